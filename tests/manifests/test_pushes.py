"""Which messages are one statement of a whole manifest, and whether it is whole."""

import pytest

from screening.manifests.pushes import pushes, stated_by


def grouped(night):
    ordered = night.ordered()
    rows = {}
    for row, number in enumerate(ordered.message):
        rows.setdefault(number, []).append(row)
    return ordered, pushes(ordered, range(len(ordered.messages)), rows)


def said(kit, source, messages):
    """Messages as (time, bookings of its travellers, facts of the message), in the order of time."""
    night = kit.Night()
    for at, (sent, bookings, facts) in enumerate(messages):
        travellers = [
            kit.person(f"T{at}{place}/X", locator=locator or None) for place, locator in enumerate(bookings)
        ]
        night.say(source, sent, travellers, **{"file": f"f{at:03}"} | facts)
    return night


PART = {"transaction": "t"}


@pytest.mark.parametrize(
    ("source", "messages", "together"),
    [
        pytest.param("api", [("08:00", "A", {"control_reference": "7"}), ("08:00", "B", {"control_reference": "7"})],
                     [[0, 1]], id="API: one interchange"),
        pytest.param("api", [("08:00", "A", {"control_reference": "7"}), ("08:00", "B", {"control_reference": "8"})],
                     [[0], [1]], id="API: another control reference"),
        pytest.param("api", [("08:00", "A", {"control_reference": "7"}), ("08:01", "B", {"control_reference": "7"})],
                     [[0], [1]], id="API: another time"),
        pytest.param("api", [(None, "A", {"control_reference": "7"}), (None, "B", {"control_reference": "7"})],
                     [[0], [1]], id="API: a control reference without time ties nothing"),
        pytest.param("api", [("08:00", "A", {"control_reference": None}), ("08:00", "B", {"control_reference": None})],
                     [[0], [1]], id="API: nor a time without control reference"),
        pytest.param("api", [("08:00", "A", PART | {"part": 1}), ("08:01", "B", PART | {"part": 2}),
                             ("08:02", "C", PART | {"part": 1})],
                     [[0, 1], [2]], id="a part that was there opens the next push"),
        pytest.param("api", [("08:00", "A", {"transaction": "t", "part": 1}), ("08:01", "B", {"transaction": "u", "part": 2})],
                     [[0], [1]], id="parts of another transaction"),
        pytest.param("api", [("08:00", "A", PART | {"part": 1, "control_reference": "7"}),
                             ("08:00", "B", {"transaction": "u", "part": 2, "control_reference": "7"})],
                     [[0], [1]], id="parts are tied by nothing else"),
        pytest.param("pnr", [("08:00", "A", {}), ("08:00", "A", {})], [[0, 1]], id="PNR: one time, even if a booking repeats"),
        pytest.param("pnr", [(None, "A", {}), (None, "B", {})], [[0], [1]], id="PNR: no time is no tie"),
        pytest.param("pnr", [("08:00", "A", PART), ("08:01", "B", PART)], [[0, 1]], id="PNR: one transaction"),
        pytest.param("pnr", [("08:00", "A", PART), ("08:01", "A", PART)], [[0], [1]],
                     id="PNR: one transaction that repeats a booking is the next push"),
        pytest.param("pnr", [("08:00", "A", PART), ("08:01", "", PART), ("08:02", "B", PART)], [[0, 1, 2]],
                     id="PNR: one of them without travellers on this leg"),
        pytest.param("pnr", [("08:00", "A", {"stated": 2}), ("08:01", "B", {"stated": 2}), ("08:02", "C", {"stated": 2})],
                     [[0, 1], [2]], id="PNR: one EQN until its number is reached"),
        pytest.param("pnr", [("08:00", "A", {"stated": 3}), ("08:01", "BC", {"stated": 3})], [[0, 1]],
                     id="PNR: several bookings in one message"),
        pytest.param("pnr", [("08:00", "A", {"stated": 2}), ("08:01", "B", {"stated": 3})], [[0], [1]], id="PNR: another EQN"),
    ],
)  # fmt: skip
def test_what_ties_messages(kit, source, messages, together):
    _, found = grouped(said(kit, source, messages))
    assert [push.messages for push in found] == together
    assert [push.position for push in found] == [numbers[-1] for numbers in together]
    assert sum(len(push.rows) for push in found) == sum(len(bookings) for _, bookings, _ in messages)


def finding(code, level="warning"):
    return {"code": code, "level": level, "segment": None, "offset": 0, "text": "x"}


def short(*codes, level="warning", **facts):
    return {"complete": False, "findings": [finding(code, level) for code in codes], **facts}


def in_parts(*parts):
    return [("08:00", "A", PART | part) for part in parts]


FIRST, LAST = {"part": 1, "last_part": False}, {"part": 2, "last_part": True}


@pytest.mark.parametrize(
    ("source", "messages", "whole"),
    [
        pytest.param("api", [("08:00", "A", {})], True, id="nothing speaks against it"),
        pytest.param("api", [("08:00", "A", {"complete": False})], False, id="the message lacks travellers"),
        pytest.param("api", [("08:00", "A", short("sequence_without_last_part"))], False,
                     id="a message without parts is judged by its reader"),
        pytest.param("api", in_parts(FIRST, LAST), True, id="all parts"),
        pytest.param("api", in_parts(FIRST), False, id="the last part is missing"),
        pytest.param("api", in_parts(LAST), False, id="the first part is missing"),
        pytest.param("api", in_parts(FIRST, {"part": 3, "last_part": True}), False, id="one between is missing"),
        pytest.param("api", in_parts(short("sequence_without_last_part", **FIRST), LAST), True,
                     id="the reader of one part missed the last"),
        pytest.param("api", in_parts(short("cnt_differs", **FIRST), LAST), True, id="CNT of a part"),
        pytest.param("pnr", in_parts(short("eqn_differs", **FIRST), LAST), True, id="EQN of a part"),
        pytest.param("api", in_parts(short("cnt_differs", "unt_missing", **FIRST), LAST), False, id="a part is cut off"),
        pytest.param("api", in_parts(short("unt_missing", **FIRST), LAST), False, id="cut off and nothing else"),
        pytest.param("api", in_parts(short("cnt_differs", level="error", **FIRST), LAST), False,
                     id="something of a part was set aside"),
        pytest.param("api", in_parts(short(**FIRST), LAST), False, id="a part that is incomplete for no reason told"),
        pytest.param("api", [("08:00", "AB", {"stated": 2})], True, id="CNT holds"),
        pytest.param("api", [("08:00", "AB", {"stated": 3})], False, id="CNT is greater"),
        pytest.param("api", [("08:00", "AB", {"stated": 1})], False, id="CNT is smaller"),
        pytest.param("api", in_parts(FIRST | {"stated": 2}, LAST | {"stated": 2}), True, id="each part states the total"),
        pytest.param("api", in_parts(FIRST | {"stated": 1}, LAST | {"stated": 1}), True, id="each part states its own"),
        pytest.param("api", in_parts(FIRST, LAST | {"stated": 1}), True, id="one states its own, the other nothing"),
        pytest.param("api", in_parts(FIRST | {"stated": 1}, LAST | {"stated": 2}), False, id="neither way fits"),
        pytest.param("pnr", [("08:00", "AAB", {"stated": 1})], True, id="EQN: 1 says nothing"),
        pytest.param("pnr", [("08:00", "AAB", {"stated": 2})], True, id="EQN: bookings"),
        pytest.param("pnr", [("08:00", "AAB", {"stated": 3})], True, id="EQN: travellers"),
        pytest.param("pnr", [("08:00", "AAB", {"stated": 4})], False, id="EQN: neither"),
        pytest.param("pnr", [("08:00", "A", {"stated": 2}), ("08:00", "", {})], False,
                     id="EQN: a message without travellers brings no booking"),
    ],
)  # fmt: skip
def test_a_push_is_whole_when_nothing_of_it_is_missing(kit, source, messages, whole):
    _, (push,) = grouped(said(kit, source, messages))
    assert push.whole is whole


@pytest.mark.parametrize(
    ("source", "messages", "party"),
    [
        pytest.param("api", [("08:00", "A", PART)], True, id="one traveller"),
        pytest.param("api", [("08:00", " ", PART)], True, id="one traveller without booking"),
        pytest.param("api", [("08:00", "AA", PART)], True, id="two of one booking"),
        pytest.param("api", [("08:00", "AB", PART)], False, id="two bookings"),
        pytest.param("api", [("08:00", ["A", ""], PART)], False, id="one of two has no booking"),
        pytest.param("api", [("08:00", ["", ""], PART)], False, id="two without booking"),
        pytest.param("api", [("08:00", "A", {})], False, id="no transaction"),
        pytest.param("api", [("08:00", "A", PART | {"part": 1})], False, id="a part"),
        pytest.param("pnr", [("08:00", "A", PART)], False, id="PNR"),
        pytest.param("api", [("08:00", "A", PART | {"control_reference": "7"})] * 2, False, id="two messages"),
    ],
)  # fmt: skip
def test_one_party_is_an_interactive_message(kit, source, messages, party):
    _, (push,) = grouped(said(kit, source, messages))
    assert push.party is party


@pytest.mark.parametrize(
    ("messages", "stated"),
    [
        pytest.param([("08:00", "A", {})], None, id="nothing stated"),
        pytest.param([("08:00", "A", {"stated": 3})], 3, id="one message"),
        pytest.param(in_parts(FIRST | {"stated": 2}, LAST | {"stated": 2}), 2, id="each states the total"),
        pytest.param(in_parts(FIRST | {"stated": 1}, LAST | {"stated": 1}), 2, id="each states its own"),
        pytest.param(in_parts(FIRST | {"stated": 4}, LAST | {"stated": 1}), 5, id="the sum, where they differ"),
        pytest.param(in_parts(FIRST, LAST | {"stated": 3}), 3, id="one of two states"),
    ],
)  # fmt: skip
def test_travellers_that_a_push_states(kit, messages, stated):
    ordered, (push,) = grouped(said(kit, "api", messages))
    assert stated_by(ordered, push) == stated
