"""Absence withdraws nobody: whoever was named and not explicitly withdrawn stands on the leg and is screened."""

from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.manifests.settle import settle
from screening.tables import individual as t
from screening.tables.codes import Meant

PEOPLE = [(f"P{place:02}/GIVEN{place:02}", f"19{place + 30}-01-01", f"D{place:02}@DE") for place in range(14)]
START = datetime(2026, 11, 23, 6, 0)


def people(*places):
    return [PEOPLE[place] for place in places]


def said(kit, messages, *, order=None, meant=None, earlier=None):
    """Settle messages of (source, action, places), an hour between each; `order` is that of their arrival."""
    night = kit.Night()
    for place, (source, action, places) in enumerate(messages):
        sent = (START + timedelta(hours=place)).isoformat()
        night.say(
            source,
            sent,
            [
                kit.person(*PEOPLE[who], locator=f"L{who // 3}" if source == "pnr" else None)
                | ({"says": "withdrawn"} if action == "cancel" else {})
                for who in places
            ],
            action=action,
            file=f"f{place:03}",
            control_reference=f"c{place:03}",
        )
    tables = night.tables()
    if order is not None:
        tables = tuple(table.take(_shuffled(table.num_rows, order)) for table in tables)
    return settle(
        *tables,
        scope=[kit.leg],
        earlier=t.TRAVELLERS.empty() if earlier is None else earlier,
        pseudonym=kit.pseudonym,
        meant=meant,
    )


def _shuffled(number, order):
    places = sorted(range(number), key=lambda place: (order[place % len(order)], -place))
    return pa.array(places, pa.int64())


def standing(settled):
    return {row["surname"]: row["standing"] for row in settled.travellers.to_pylist()}


SOME = st.lists(st.integers(0, 13), min_size=1, max_size=9, unique=True)
MESSAGE = st.one_of(
    st.tuples(st.sampled_from(["api", "pnr"]), st.sampled_from(["full", "update"]), SOME),
    st.tuples(st.just("api"), st.just("full"), st.just(list(range(14)))),
    st.tuples(st.just("api"), st.just("full"), st.lists(st.integers(0, 13), min_size=1, max_size=1)),
    st.tuples(st.just("api"), st.just("cancel"), st.lists(st.integers(0, 13), max_size=2, unique=True)),
    st.tuples(st.just("api"), st.just("close_on_board"), SOME),
)


@settings(max_examples=100, deadline=None)
@given(
    messages=st.lists(MESSAGE, min_size=1, max_size=8),
    order=st.permutations(range(17)),
    meant=st.sampled_from([None, {"QX": Meant.ADD}, {"QX": Meant.REPLACE}]),
)
def test_nobody_named_and_not_withdrawn_is_missing_whatever_the_order_of_arrival(kit, messages, order, meant):
    named, last_word = set(), {}
    for source, action, places in messages:
        for who in places:
            if action != "cancel":
                named.add(who)
                last_word[who, source] = "named"
            elif (who, source) in last_word:
                last_word[who, source] = "withdrawn"
    settled = said(kit, messages, meant=meant)
    found = standing(settled)
    assert settled.travellers.num_rows == len(found)
    assert set(found) == {f"P{who:02}" for who in named}
    off = {
        f"P{who:02}" for who in named if not {last_word.get((who, one)) for one in ("api", "pnr")} & {"named"}
    }
    assert {name for name, word in found.items() if word == "withdrawn"} == off
    again = said(kit, messages, order=order, meant=meant)
    for name in ("flights", "travellers", "documents", "ledger"):
        assert getattr(again, name).equals(getattr(settled, name))
    assert set(standing(said(kit, messages))) == set(found)


@settings(max_examples=60, deadline=None)
@given(messages=st.lists(MESSAGE, min_size=2, max_size=7), data=st.data())
def test_what_came_in_an_earlier_night_changes_nobodys_standing(kit, messages, data):
    first = data.draw(st.lists(st.sampled_from(range(len(messages))), unique=True, min_size=1))
    nobody = ("api", "update", [])
    before = said(kit, [one if place in first else nobody for place, one in enumerate(messages)])
    after = said(kit, messages, earlier=before.travellers)
    at_once = said(kit, messages)
    assert standing(after) == standing(at_once)
    assert after.flights["counted"].equals(at_once.flights["counted"])
    held = dict(
        zip(*(before.travellers[name].to_pylist() for name in ("surname", "traveller_id")), strict=True)
    )
    now = dict(
        zip(*(after.travellers[name].to_pylist() for name in ("surname", "traveller_id")), strict=True)
    )
    assert {name: now[name] for name in held} == held


@pytest.mark.parametrize(
    ("messages", "unconfirmed", "counted"),
    [
        pytest.param([range(5), [1]], [0, 2, 3, 4], [1], id="five, then one of them"),
        pytest.param([range(9), *([place] for place in range(1, 9))], [0], range(1, 9), id="nine, then eight singly"),
        pytest.param([range(9), [8, 9, 10]], range(8), [8, 9, 10], id="nine, then three of whom one is known"),
        pytest.param([range(5), range(5, 9)], [], range(9), id="two batches that share nobody"),
        pytest.param([[0], [1], [2], [0]], [], range(3), id="singles, one sent again"),
        pytest.param([range(5), range(5, 10), [4, 9]], [*range(4), *range(5, 9)], range(10), id="a part of two batches"),
        pytest.param([range(12), [3, 4]], [0, 1, 2, *range(5, 12)], range(12), id="too small to be the whole"),
        pytest.param([range(5), [], range(5)], [], range(5), id="an empty one, then all again"),
        pytest.param([range(5), []], range(5), range(5), id="an empty one"),
    ],
)  # fmt: skip
def test_whom_a_later_list_leaves_out(kit, messages, unconfirmed, counted):
    settled = said(kit, [("api", "full", list(places)) for places in messages])
    found = standing(settled)
    assert {name for name, word in found.items() if word == "unconfirmed"} == {
        f"P{who:02}" for who in unconfirmed
    }
    assert kit.counted(settled) == [PEOPLE[who][0] for who in counted]
    (flight,) = settled.flights.to_pylist()
    assert flight["unconfirmed"] == len(unconfirmed)
    assert flight["counted"] == len(counted)
    assert ("not_named_again" in kit.codes(settled)) is bool(unconfirmed)


@pytest.mark.parametrize(
    ("meant", "unconfirmed", "counted"),
    [
        pytest.param(Meant.ADD, [], range(9), id="add: everybody counts"),
        pytest.param(Meant.REPLACE, [*range(5), 7, 8], [5, 6], id="replace: the last one counts"),
    ],
)
def test_what_the_profile_says_of_a_carrier_changes_counts_and_standing_only(
    kit, meant, unconfirmed, counted
):
    messages = [("api", "full", list(places)) for places in (range(5), range(5, 9), [5, 6])]
    settled = said(kit, messages, meant={"QX": meant})
    found = standing(settled)
    assert set(found) == {f"P{who:02}" for who in range(9)}
    assert {name for name, word in found.items() if word == "unconfirmed"} == {
        f"P{who:02}" for who in unconfirmed
    }
    assert kit.counted(settled) == [PEOPLE[who][0] for who in counted]
    assert standing(said(kit, messages, meant={"QY": meant})) == standing(said(kit, messages))


def test_a_manifest_that_is_not_whole_replaces_none_in_the_count(kit):
    night = kit.Night()
    night.api("08:00", *(kit.person(*one) for one in people(0, 1)))
    night.api("09:00", kit.person(*PEOPLE[0]), complete=False)
    settled = night.settle(meant={"QX": Meant.REPLACE})
    assert kit.standings(settled)["GIVEN01"] == "unconfirmed not_named_again"
    assert len(kit.counted(settled)) == 2


def test_a_booking_without_content_withdraws_its_unconfirmed_travellers_too(kit):
    night = kit.Night()
    night.pnr("2026-11-21T10:00", *(kit.person(*one, locator="L1") for one in people(0, 1)))
    night.pnr("2026-11-22T10:00", kit.person(*PEOPLE[0], locator="L1"), action="update")
    night.pnr("2026-11-23T10:00", kit.person("", locator="L1", says="withdrawn"), action="update")
    settled = night.settle()
    assert set(kit.standings(settled).values()) == {"withdrawn cancelled_booking"}
    assert kit.ledger(settled) == {"passed": 2, "superseded": 1, "withdrawn": 1}


def test_an_unconfirmed_traveller_is_named_by_a_cancellation_like_any_other(kit):
    night = kit.Night()
    night.api("08:00", *(kit.person(*one) for one in people(0, 1, 2)))
    night.api("09:00", *(kit.person(*one) for one in people(0, 1)))
    night.api("10:00", kit.person(PEOPLE[2][0]), action="cancel")
    assert kit.standings(night.settle())["GIVEN02"] == "withdrawn cancelled"


def test_a_cancellation_that_fits_somebody_left_out_as_well_withdraws_neither(kit):
    night = kit.Night()
    night.api(
        "08:00",
        kit.person("KIM/MIN", "1980-01-01"),
        kit.person("KIM/MIN", "1990-01-01"),
        kit.person(*PEOPLE[0]),
    )
    night.api("09:00", kit.person("KIM/MIN", "1980-01-01"), kit.person(*PEOPLE[0]))
    night.api("10:00", kit.person("KIM/MIN"), action="cancel")
    settled = night.settle()
    assert sorted(settled.travellers["standing"].to_pylist()) == ["confirmed", "confirmed", "unconfirmed"]
    assert "cancel_without_traveller" in kit.codes(settled)


@pytest.mark.parametrize(
    ("action", "named", "expected"),
    [
        pytest.param("close_on_board", [0], {0: ("confirmed", True), 1: ("unconfirmed not_in_close_out", False)},
                     id="a list of who is on board is no word on the others"),
        pytest.param("close_not_boarded", [1], {0: ("confirmed", True), 1: ("withdrawn not_boarded", False)},
                     id="a list of who is not is"),
    ],
)  # fmt: skip
def test_close_out_and_standing(kit, action, named, expected):
    night = kit.Night()
    night.api("08:00", *(kit.person(*one) for one in people(0, 1)))
    night.api(
        "11:00", *(kit.person(PEOPLE[who][0]) for who in named), action=action, function="flight_status"
    )
    settled = night.settle()
    found = kit.standings(settled)
    assert {
        who: (found[f"GIVEN{who:02}"], PEOPLE[who][0] in kit.counted(settled)) for who in expected
    } == expected


def test_a_close_out_keeps_what_was_said_of_somebody_left_out(kit):
    night = kit.Night()
    night.api("08:00", *(kit.person(*one) for one in people(0, 1, 2)))
    night.api("09:00", *(kit.person(*one) for one in people(0, 1)))
    night.api(
        "11:00",
        *(kit.person(one[0]) for one in people(0, 2)),
        action="close_on_board",
        function="flight_status",
    )
    settled = night.settle()
    assert kit.standings(settled)["GIVEN02"] == "confirmed"
    assert settled.documents.num_rows == 3
    assert "close_out_adds" not in kit.codes(settled)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(("TWIN/TIM", "2019-01-01", "A1@DE"), ("TWIN/TOM", "2019-01-01", "A1@DE"), id="twins, one document"),
        pytest.param(("ADAM/ANNA", "1980-01-01", "A1@DE"), ("EVANS/ANNA", "1980-01-01", "A1@DE"), id="married"),
        pytest.param(("ADAM/ANNA MARIA", "1980-01-01", "A1@DE"), ("ADAM/ANNA", "1980-01-01", "A1@DE"), id="shortened"),
    ],
)  # fmt: skip
def test_a_name_that_a_later_message_replaces_is_still_compared(kit, before, after):
    night = kit.Night()
    night.api("08:00", kit.person(*before), kit.person(*PEOPLE[0]))
    night.api("09:00", kit.person(*after), kit.person(*PEOPLE[0]))
    named = {
        name
        for row in night.settle().travellers.to_pylist()
        for name in (f"{row['surname']}/{row['given_names']}", *row["other_names"])
    }
    assert named == {before[0], after[0], PEOPLE[0][0]}


def test_a_traveller_of_an_old_api_and_the_pnr_is_one(kit):
    night = kit.Night()
    night.pnr("07:00", *(kit.person(*one, locator="L1") for one in people(0, 1)))
    night.api("08:00", *(kit.person(*one) for one in people(0, 1)))
    night.api("09:00", kit.person(*PEOPLE[0]))
    settled = night.settle()
    assert kit.standings(settled) == {"GIVEN00": "confirmed", "GIVEN01": "confirmed"}
    assert settled.travellers["sources"].to_pylist() == [["api", "pnr"]] * 2
    night.api("10:00", kit.person(*PEOPLE[1]), action="cancel")
    assert kit.standings(night.settle())["GIVEN01"] == "confirmed"
    night.pnr("11:00", kit.person("", locator="L1", says="withdrawn"), action="update")
    assert standing(night.settle()) == {"P00": "confirmed", "P01": "withdrawn"}


def test_two_people_of_one_name_stay_two_whoever_was_left_out(kit):
    night = kit.Night()
    night.api("08:00", kit.person("KIM/MIN", "1980-01-01", "K1@KR"), kit.person(*PEOPLE[0]))
    night.api("09:00", kit.person("KIM/MIN", "1990-01-01", "K2@KR"), kit.person(*PEOPLE[0]))
    night.pnr("09:30", kit.person("KIM/MIN", "1990-01-01", locator="L1"))
    rows = {str(row["date_of_birth"]): row for row in night.settle().travellers.to_pylist()}
    assert rows["1980-01-01"]["standing"] == "unconfirmed"
    assert rows["1980-01-01"]["sources"] == ["api"]
    assert rows["1990-01-01"]["sources"] == ["api", "pnr"]


def test_the_message_that_named_somebody_last_is_known(kit):
    night = kit.Night()
    night.api("08:00", *(kit.person(*one) for one in people(0, 1)))
    night.pnr("08:30", kit.person(*PEOPLE[1], locator="L1"))
    night.api("09:00", kit.person(*PEOPLE[0]))
    night.api("10:00", kit.person(*PEOPLE[0]), action="cancel")
    last = {row["given_names"]: row["last_named_by"] for row in night.settle().travellers.to_pylist()}
    assert last == {"GIVEN00": "f002:100", "GIVEN01": "f001:100"}


def test_the_id_stays_when_somebody_is_left_out_and_named_again(kit):
    night, ids, held = kit.Night(), [], None
    for sent, places in (("08:00", (0, 1)), ("09:00", (0,)), ("10:00", (0, 1))):
        night.api(sent, *(kit.person(*one) for one in people(*places)))
        held = night.settle(earlier=held).travellers
        ids.append({row["given_names"]: row["traveller_id"] for row in held.to_pylist()})
    assert ids[0] == ids[1] == ids[2]
