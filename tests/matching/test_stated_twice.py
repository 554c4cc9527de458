"""A fact that is stated twice never loses the first value, and never a hit: from the message to the score."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.identity.prepare import identify
from screening.manifests.settle import settle
from screening.matching.match import match
from screening.messages.read import read_input
from screening.messages.tabulate import tabulate
from screening.profile.model import Intake
from screening.tables.individual import TRAVELLERS

FIRST = (
    "ATT+2++M'", "DTM+329:710412'", "LOC+178+DOH'", "LOC+179+BRU'", "NAT+2+TUN'", "RFF+AVF:ABC123'", "DOC+P+T2000001'",
    "DTM+36:310101'", "LOC+91+TUN'",
)  # fmt: skip
AGAIN = (
    "ATT+2++'", "ATT+2++F'", "ATT+2++X'", "ATT+1++F'", "ATT+2++SLIM'", "DTM+329:'", "DTM+329:800101'", "DTM+329:000000'",
    "DTM+329:710000'", "DTM+329:19710400:102'", "DTM+329:XXXXXX'", "DTM+329:711301'", "NAT+2+'", "NAT+2+FRA'", "NAT+3+FRA'",
    "NAT+1+SYR'", "NAT+2+XXX'", "NAT+9+FRA'", "NAT+2+QQQ'", "RFF+AVF:'", "RFF+AVF:ZZZ999'", "LOC+174+FRA'", "LOC+178+'",
)  # fmt: skip
LISTED = {
    "own:a": {
        "names": [("Samir HADDAD", 0)],
        "dates": [(date(1971, 4, 12), date(1971, 4, 12), "day", 0)],
        "facts": [("sex", "M"), ("nationality", "TN")],
    }
}


def manifest(segments):
    return (
        "UNA:+.? 'UNB+UNOA:4+QXDCS+BEGOV+261123:0700+901'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+QX0412+++QX'"
        "LOC+125+DOH'DTM+189:2611231010:201'LOC+87+BRU'DTM+232:2611231540:201'NAD+FL+++HADDAD:SAMIR'"
        + "".join(segments)
        + "UNT+1+1'UNZ+1+901'"
    ).encode()


def settled(*messages):
    tables = tabulate([read_input(message, Intake()) for message in messages])
    legs = sorted(set(tables["message_legs"]["flight_id"].to_pylist()))
    return settle(
        tables["messages"], tables["message_legs"], tables["statements"], tables["statement_documents"], scope=legs,
        earlier=TRAVELLERS.empty(), pseudonym=lambda purpose, text: f"{purpose}|{text}",
    )  # fmt: skip


@pytest.fixture(scope="module")
def score(make_index, model):
    index = make_index(LISTED)

    def of(*messages):
        legs = settled(*messages)
        pairs = match(identify(legs.travellers, legs.documents), index, floor=0)
        return max(pairs["score"].to_pylist(), default=0), pairs.to_pylist(), legs.travellers.to_pylist()

    return of


def inserted(data):
    segments = list(FIRST)
    for again in data.draw(st.lists(st.sampled_from(AGAIN), min_size=1, max_size=4)):
        segments.insert(data.draw(st.integers(0, len(segments))), again)
    return segments


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_repeat_within_a_message_never_lowers_the_score(score, data):
    segments = inserted(data)
    best, _, (traveller,) = score(manifest(segments))
    assert best >= score(manifest(FIRST))[0]
    births = [
        traveller["date_of_birth"] and traveller["date_of_birth"].isoformat(),
        *(traveller["other_births"] or ()),
    ]
    assert "1971-04-12" in births
    assert "M" in {traveller["sex"], *(traveller["other_sexes"] or ())}
    assert "TN" in {traveller["nationality"], *(traveller["other_nationalities"] or ())}


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_repeat_over_messages_never_lowers_the_score(score, data):
    segments = inserted(data)
    cut = data.draw(st.integers(0, len(segments)))
    before, after = (manifest(["DOC+P+T2000001'", *part]) for part in (segments[:cut], segments[cut:]))
    later = after.replace(b"261123:0700+901", b"261123:0800+902")
    assert score(before, later)[0] >= score(manifest(FIRST))[0]


@pytest.mark.parametrize(
    ("again", "kind", "value"),
    [
        pytest.param("DTM+329:800101'", "date_of_birth", "1971-04-12", id="birth"),
        pytest.param("ATT+2++F'", "sex", "M", id="sex"),
        pytest.param("NAT+2+FRA'", "nationality", "TN", id="nationality"),
    ],
)
@pytest.mark.parametrize("place", [0, len(FIRST)])
def test_the_hit_shows_the_value_that_agreed(score, again, kind, value, place):
    _, (pair,), _ = score(manifest([*FIRST[:place], again, *FIRST[place:]]))
    (piece,) = (piece for piece in pair["evidence"] if piece["kind"] == kind)
    assert piece["traveller_value"] == value
    told = "(stated beside another value)" in piece["relation"]
    assert told == (place == 0 and kind != "nationality")  # the settled value needs no word


def test_a_year_that_is_known_counts(score):
    unknown, year, month = (
        score(manifest([born, *FIRST[:1], *FIRST[2:]]))[0]
        for born in ("DTM+329:000000'", "DTM+329:710000'", "DTM+329:710400'")
    )
    assert unknown < year <= month < score(manifest(FIRST))[0]
