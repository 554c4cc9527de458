"""Manifests that are read as columns say the same as by the long way, whatever stands in them."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.messages import paxlst
from screening.messages.crowd import Crowd
from screening.messages.envelope import RawMessage, frames
from screening.messages.read import read_input
from screening.messages.tabulate import tabulate
from screening.profile.model import Intake

INTAKE = Intake()
LONG_WAY = paxlst.PaxlstDialect("un", paxlst.UN.table, paxlst.UN.acts, plain=False)
TWO_LEGS = (
    "TDT+20+XY0123+++XY'LOC+125+NBO'DTM+189:2611231730:201'LOC+92+FRA'DTM+232:2611240510:201'"
    "DTM+189:2611240700:201'LOC+92+IAD'DTM+232:2611241030:201'"
)
PERSON = (
    "NAD+FL+++DOE{n}:JANE{n}'ATT+2++F'DTM+329:80020{n}'GEI+4+173'FTX+BAG+++XY10020{n}'LOC+178+NBO'LOC+179+IAD'"
    "NAT+2+GBR'RFF+AVF:ABC12{n}'RFF+ABO:R{n}'RFF+SEA:1{n}C'RFF+SEA:2{n}D'DOC+P:110:111+X123456{n}'DTM+36:300101'"
    "LOC+91+GBR'DOC+V+V{n}'LOC+91+USA'"
)
# What may stand in a manifest beside the usual: each is one traveller, or part of one
STRANGE = {
    "released sign": "NAD+FL+++O?'DOE:ANN'DTM+329:800101'",
    "hyphen": "NAD+FL+++DOE-ROE:ANN MAY:Q'DTM+329:19800101:102'",
    "lower case": "NAD+FL+++Doe:Ann'DTM+329:800101'",
    "no birth": "NAD+FL+++ROE:ANN'ATT+2++F'",
    "born on no day": "NAD+FL+++ROE:ANN'DTM+329:801301'",
    "no name": "NAD+FL+++:'DTM+329:800101'DOC+P+Y1'LOC+91+GBR'",
    "given names alone": "NAD+FL+++:ANN'DTM+329:800101'",
    "placeholder": "NAD+FL+++TBA:TBA'DTM+329:800101'",
    "crew": "NAD+FM+++POE:ANN'DTM+329:800101'DOC+P+Y2'LOC+91+GBR'",
    "transit": "NAD+DDU+++POE:ANN'DTM+329:800101'LOC+178+FRA'",
    "role unknown": "NAD+ZZ+++POE:ANN'DTM+329:800101'",
    "name in another element": "NAD+FL+POE:ANN'DTM+329:800101'",
    "one part": "NAD+FL+++POE/ANN'DTM+329:800101'",
    "document without state": "NAD+FL+++POE:ANN'DTM+329:800101'DOC+P+Y3'",
    "state before its document": "NAD+FL+++POE:ANN'DTM+329:800101'LOC+91+GBR'DOC+P+Y4'LOC+91+GBR'",
    "expiry before its document": "NAD+FL+++POE:ANN'DTM+329:800101'DTM+36:300101'DOC+P+Y5'LOC+91+GBR'",
    "document without number": "NAD+FL+++POE:ANN'DTM+329:800101'DOC+P'LOC+91+GBR'",
    "same document": "NAD+FL+++POE:ANN'DTM+329:800101'DOC+P+X1234561'LOC+91+GBR'",
    "state unknown": "NAD+FL+++POE:ANN'DTM+329:800101'NAT+2+QQQ'",
    "state that has no sex": "NAD+FL+++POE:ANN'DTM+329:800101'ATT+2++Q'",
    "said twice": "NAD+FL+++POE:ANN'DTM+329:800101'DTM+329:810101'ATT+2++F'ATT+2++M'RFF+AVF:A'RFF+AVF:B'",
    "off the legs": "NAD+FL+++POE:ANN'DTM+329:800101'LOC+178+SVO'LOC+179+CDG'",
    "second leg alone": "NAD+FL+++POE:ANN'DTM+329:800101'LOC+178+FRA'LOC+179+IAD'RFF+SEA:9A'",
    "unknown segment": "NAD+FL+++POE:ANN'DTM+329:800101'LT'",
    "empty segment": "NAD+FL+++POE:ANN''DTM+329:800101'",
    "tag with a blank": "NAD +FL+++POE:ANN'DTM+329:800101'",
    "fold": "NAD+FL+++PO\r\nE:ANN'DTM+329:800\r\n101'",
    "lost terminator": "NAD+FL+++POE:ANNATT+2++F'DTM+329:800101'",
    "travellers glued": "NAD+FL+++POE:ANN'DTM+329:800101NAD+FL+++QOE:ANN'DTM+329:800101'",
    "bags that follow one another": "NAD+FL+++POE:ANN'DTM+329:800101'FTX+BAG+++XY1:3'FTX+BAG+++XY9'",
    "flight between": "TDT+20+XY0124+++XY'LOC+125+IAD'DTM+189:2611241730:201'LOC+87+ORD'NAD+FL+++POE:ANN'",
    "count between": "CNT+42:9'NAD+FL+++POE:ANN'DTM+329:800101'",
    "bytes of another character set": "NAD+FL+++PÖE:ANN'DTM+329:800101'",
    "digits alone": "NAD+FL+++123:456'DTM+329:800101'",
    "blanks about": "NAD+FL+++ POE : ANN  MAY '  DTM+329:80 0101'",
}


def manifest(*strange, line_end="", header=TWO_LEGS, action="", una="UNA:+.?*'"):
    people = [PERSON.format(n=n) for n in range(1, 8)]
    for place, text in enumerate(strange, 2):
        people.insert(place, text)
    body = "".join(people)
    text = (
        f"{una}UNB+UNOA:4+XYAPIS+GOV+261123:1545+77'UNH+1+PAXLST:D:12B:UN:IATA'BGM+745{action}'RFF+TN:T1'"
        f"{header}{body}CNT+42:{len(people)}'UNT+99+1'UNZ+1+77'"
    )
    return text.replace("'", f"'{line_end}").replace(f"?'{line_end}", "?'").encode("latin_1")


def both(data):
    """Read and tabulate by columns and by the long way."""
    raws = [[raw for raw in frames(data) if isinstance(raw, RawMessage)] for _ in range(2)]
    return [paxlst.read_with(of, dialect) for dialect, of in zip((paxlst.UN, LONG_WAY), raws, strict=True)]


def tables(data, monkeypatch, dialect):
    with monkeypatch.context() as changed:
        changed.setattr(paxlst, "UN", dialect)
        return tabulate([read_input(data, INTAKE)])


def equal_both_ways(data, monkeypatch):
    short, long = both(data)
    assert short == long
    one, other = (tables(data, monkeypatch, dialect) for dialect in (paxlst.UN, LONG_WAY))
    assert all(one[name].equals(other[name]) for name in one)
    return short


@pytest.mark.parametrize("line_end", ["", "\r\n", "\n"], ids=["none", "crlf", "lf"])
@pytest.mark.parametrize("strange", STRANGE.values(), ids=list(STRANGE))
def test_whatever_stands_in_a_manifest_it_says_the_same_both_ways(strange, line_end, monkeypatch):
    equal_both_ways(manifest(strange, line_end=line_end), monkeypatch)


@pytest.mark.parametrize("action", ["+CP", "+XR", "+CLOB", "+CLNB", "++1"])
def test_what_a_message_does_holds_for_all_its_travellers(action, monkeypatch):
    equal_both_ways(manifest(action=action), monkeypatch)


def test_a_usual_manifest_is_held_as_columns_and_its_strange_travellers_as_objects():
    (reading,) = both(manifest(STRANGE["no birth"], STRANGE["released sign"]))[0]
    crowd = reading.message.travellers
    assert isinstance(crowd, Crowd)
    assert (len(crowd), len(crowd.columns), len(crowd.others)) == (9, 7, 2)
    assert [one.ordinal for one in crowd] == list(range(9))
    assert "DOE" not in repr(crowd)


def test_seats_go_with_the_legs_in_order(monkeypatch):
    rows = tables(manifest(), monkeypatch, paxlst.UN)["statements"].to_pylist()
    seats = {(row["surname"], row["flight_id"][-7:]): row["seat"] for row in rows}
    assert (seats["DOE1", "NBO-FRA"], seats["DOE1", "FRA-IAD"]) == ("11C", "21D")
    assert len(rows) == 14


@pytest.mark.parametrize(
    "header",
    [
        TWO_LEGS.replace("DTM+189:2611240700:201'", ""),
        TWO_LEGS.replace("2611231730", "2613231730"),
        TWO_LEGS.replace("TDT+20+XY0123+++XY'", ""),
        "TDT+20+XY0123+++XY'LOC+125+NBO'DTM+189:2611231730:201'",
    ],
    ids=["a leg without its date", "an impossible date", "no flight", "one airport"],
)
def test_legs_that_are_not_whole_are_read_the_same(header, monkeypatch):
    equal_both_ways(manifest(header=header), monkeypatch)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_damage_is_read_the_same_both_ways(seed):
    chance = random.Random(seed)
    out = bytearray(manifest(*chance.sample(list(STRANGE.values()), 2), line_end=chance.choice(["", "\r\n"])))
    for _ in range(chance.randint(1, 3)):
        place, kind = chance.randrange(200, len(out)), chance.randrange(5)
        if kind == 0:
            out[place] = chance.randrange(256)
        elif kind == 1:
            del out[place : place + chance.randint(1, 30)]
        elif kind == 2:
            out[place:place] = chance.choice([b"?", b"'", b"+", b":", b"\n", b" ", b"UNA", b"\x1b", b"-"])
        else:
            segments = bytes(out).split(b"'")
            one, other = (chance.randrange(8, len(segments)) for _ in range(2))
            moved = segments.pop(one) if kind == 3 else segments[one]
            segments.insert(other, moved)
            out = bytearray(b"'".join(segments))
    short, long = both(bytes(out))
    assert short == long


def test_separators_may_be_signs_that_names_hold(monkeypatch):
    data = manifest(STRANGE["hyphen"]).replace(b"+", b"-").replace(b"UNA:-.", b"UNA:-.")
    equal_both_ways(data, monkeypatch)


def test_a_fold_within_a_character_leaves_the_character(monkeypatch):
    data = manifest().replace(b"LOC+178+NBO", "LOC+178+É".encode(), 1).replace("É".encode(), b"\xc3\r\n\x89")
    (reading,) = equal_both_ways(data, monkeypatch)
    assert reading.message.travellers[0].embarkation == "É"


def test_spellings_are_forgotten_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr("screening.messages.paxlst_spellings._SPELLINGS_KEPT", 3)
    data = manifest() + manifest(STRANGE["crew"])
    equal_both_ways(data, monkeypatch)
