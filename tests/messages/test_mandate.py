"""Which legs and elements may be processed: what is outside is counted, and neither rows nor texts of it stay."""

import random
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.messages.describe import describe
from screening.messages.mandate import directions, judge
from screening.messages.model import Leg
from screening.messages.read import read_input
from screening.messages.scrub import blank
from screening.messages.tabulate import tabulate
from screening.profile.mandate import Elements, Flights
from screening.profile.model import Intake
from screening.tables.codes import ApiElement, PnrElement
from tests.messages_by_hand import FILLERS, YLVA, paxlst, pnrgov

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.edi"))
UNION = ("AT", "BE", "DE", "ES", "FR", "SE")
NOTHING = {
    "inbound": "none",
    "outbound": "none",
    "domestic": "none",
    "intra_region": "none",
    "elsewhere": "none",
}
NEEDED = ("locator", "travel_dates", "names", "itinerary")
DECISION = {
    "id": "D1",
    "authority": "court",
    "since": date(2026, 11, 1),
    "review": date(2026, 11, 20),
    "until": date(2026, 11, 30),
}


def flights(home="DE", **given):
    return Flights.model_validate({"home": (home,), "region": UNION, **given})


def leg(origin="FRA", destination="MAD", *, day=23, number="732", carrier="QX", **more):
    departure = datetime(2026, 11, day, 9) if day else None
    return Leg(carrier, number, origin, destination, departure, **more)


@pytest.mark.parametrize(
    ("origin", "destination", "expected"),
    [
        pytest.param("JFK", "FRA", {"inbound"}, id="into the State from outside"),
        pytest.param("FRA", "JFK", {"outbound"}, id="out of it"),
        pytest.param("MAD", "FRA", {"intra_region"}, id="from another State of the region"),
        pytest.param("FRA", "CDG", {"intra_region"}, id="to another State of the region"),
        pytest.param("FRA", "MUC", {"domestic"}, id="within the State"),
        pytest.param("CDG", "MAD", {"elsewhere"}, id="between others of the region"),
        pytest.param("JFK", "LAX", {"elsewhere"}, id="far away"),
        pytest.param("KJFK", "EDDF", {"inbound"}, id="ICAO codes"),
        pytest.param("LON", "FRA", {"inbound"}, id="a city of several airports"),
        pytest.param("???", "FRA", {"inbound", "intra_region", "domestic"}, id="origin not known"),
        pytest.param("FRA", "", {"outbound", "intra_region", "domestic"}, id="destination not known"),
        pytest.param(
            "JFK", "", {"inbound", "intra_region", "elsewhere"}, id="from abroad to nobody knows where"
        ),
        pytest.param(
            "", "", {"inbound", "outbound", "intra_region", "domestic", "elsewhere"}, id="nothing known"
        ),
    ],
)
def test_direction_as_seen_from_the_state(origin, destination, expected):
    assert {str(one) for one in directions(origin, destination, flights())} == expected


def test_territories_with_codes_of_their_own_are_the_state():
    there = Flights.model_validate({"home": ("FR", "RE"), "region": UNION})
    assert {str(one) for one in directions("CDG", "RUN", there)} == {"domestic"}


@pytest.mark.parametrize(
    ("legs", "decision", "expected"),
    [
        pytest.param([leg()], {"routes": ("FRA-MAD",)}, [(True, None, True)], id="route selected"),
        pytest.param([leg("MAD", "FRA")], {"routes": ("FRA-MAD",)}, [(False, "not_selected", True)], id="other way"),
        pytest.param([leg()], {"airports": ("MAD",)}, [(True, None, True)], id="airport at one end"),
        pytest.param([leg()], {"flights": ("QX732",)}, [(True, None, True)], id="flight"),
        pytest.param([leg(marketing=("ZQ77",))], {"flights": ("ZQ77",)}, [(True, None, True)], id="codeshare"),
        pytest.param([leg()], {"carriers": ("ZQ",)}, [(False, "not_selected", True)], id="another carrier"),
        pytest.param([leg()], {"carriers": ("QX",), "airports": ("CDG",)}, [(False, "not_selected", True)], id="all filters must fit"),
        pytest.param([leg()], {}, [(True, None, True)], id="a decision without filters selects all"),
        pytest.param([leg(day=30)], {}, [(True, None, True)], id="last day of the decision"),
        pytest.param([leg(day=None)], {}, [(True, None, False)], id="no date: processed, and said"),
        pytest.param([leg(carrier="")], {"carriers": ("QX",)}, [(True, None, False)], id="no carrier: processed, and said"),
        pytest.param([leg(carrier="", number="")], {"flights": ("QX732",)}, [(True, None, False)], id="no designator"),
        pytest.param([leg("FRA", "???")], {"routes": ("FRA-MAD",)}, [(True, None, False)], id="unknown end"),
        pytest.param(
            [leg("JFK", "CDG"), leg("CDG", "FRA")],
            {"carriers": ("ZQ",)},
            [(True, None, True), (True, None, True)],
            id="one flight with a stop-over is one flight",
        ),
        pytest.param(
            [leg("JFK", "CDG", number="1"), leg("CDG", "FRA", number="2")],
            {"carriers": ("ZQ",)},
            [(False, "direction", True), (False, "not_selected", True)],
            id="two flights are two",
        ),
    ],
)  # fmt: skip
def test_legs_are_judged(legs, decision, expected):
    policy = flights(intra_region="selected", elsewhere="none", selected=(DECISION | decision,))
    found = [(one.processed, one.reason and str(one.reason), one.known) for one in judge(legs, policy)]
    assert found == expected


def test_a_decision_that_has_ended_is_named():
    policy = flights(intra_region="selected", selected=(DECISION | {"until": date(2026, 11, 22)},))
    [found] = judge([leg()], policy)
    assert (found.processed, str(found.reason), found.decision) == (False, "selection_ended", "D1")


def test_a_review_that_is_overdue_is_told():
    policy = flights(intra_region="selected", selected=(DECISION,))
    assert [one.overdue for one in judge([leg(day=20), leg(day=21)], policy)] == [False, True]


LEGS = st.builds(
    leg,
    st.sampled_from(["FRA", "MUC", "MAD", "CDG", "JFK", "LAX", "???", ""]),
    st.sampled_from(["FRA", "MUC", "MAD", "CDG", "JFK", "LAX", "???", ""]),
    day=st.sampled_from([None, 1, 23, 30]),
    number=st.sampled_from(["1", "2"]),
)
HANDLING = st.fixed_dictionaries(dict.fromkeys(NOTHING, st.sampled_from(["all", "none"])))


@given(legs=st.lists(LEGS, max_size=4), handling=HANDLING)
def test_only_what_is_known_to_be_left_out_is_outside(legs, handling):
    policy = flights(**handling)
    for stated, verdict in zip(legs, judge(legs, policy), strict=True):
        ways = {handling[one] for one in directions(stated.origin, stated.destination, policy)}
        if "all" in ways:
            assert verdict.processed
        if not verdict.processed:
            assert ways == {"none"}
            assert verdict.reason is not None


@given(legs=st.lists(LEGS, max_size=4))
def test_without_a_mandate_everything_is_processed(legs):
    assert all(one.processed and one.known for one in judge(legs, Flights()))


MANDATES = {
    "some flights": Intake(flights=flights(domestic="none", intra_region="none", elsewhere="none")),
    "no flight": Intake(flights=flights(**NOTHING)),
    "API alone, without crew": Intake(
        elements=Elements(pnr=(), api=(ApiElement.NAMES, ApiElement.DOCUMENT, ApiElement.DATE_OF_BIRTH))
    ),
    "few elements": Intake(elements=Elements.model_validate({"pnr": (*NEEDED, "seat"), "api": ("names",)})),
    "few elements of some flights": Intake(
        flights=flights(outbound="none"),
        elements=Elements.model_validate({"pnr": (*NEEDED, "contact", "api"), "api": ("names", "document")}),
    ),
}


def again(data, intake):
    """Read bytes, and what landing keeps of them: the same tables."""
    [(reading, shown)] = all_again([data], intake)
    return reading, shown


def all_again(inputs, intake):
    """Do so for several inputs, put into tables at once: each has rows of its own there."""
    readings, kept = [], []
    for number, data in enumerate(inputs):
        reading = read_input(data, intake, input_id=str(number))
        shown = blank(data, reading)
        assert len(shown) == len(data), number
        readings.append(reading)
        kept.append(shown)
    before = tabulate(readings)
    after = tabulate([read_input(shown, intake, input_id=str(number)) for number, shown in enumerate(kept)])
    for name, table in before.items():
        assert table.equals(after[name]), name
    ledger = (
        before["ledger"]
        .group_by(["unit", "of"])
        .aggregate([("received", "sum"), ("passed", "sum"), ("set_aside", "sum")])
    )
    for row in ledger.to_pylist():
        assert row["received_sum"] == row["passed_sum"] + row["set_aside_sum"]
    return list(zip(readings, kept, strict=True))


@pytest.mark.parametrize("intake", MANDATES.values(), ids=MANDATES)
def test_what_landing_keeps_says_the_same_again(intake):
    all_again([path.read_bytes() for path in GOLDEN], intake)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), which=st.sampled_from(list(MANDATES)))
def test_damaged_messages_say_the_same_again(seed, which):
    chance = random.Random(seed)
    data = bytearray(chance.choice(GOLDEN).read_bytes()[:6000])
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(min(60, len(data) - 1), len(data))  # behind UNB: it names the separators
        match chance.randrange(3):
            case 0:
                data[place] = chance.choice(b"'+:?* \nA0\xe9")
            case 1:
                del data[place : place + chance.choice([1, 5, 40])]
            case _:
                data[place:place] = chance.choice([b"'", b"?", b"\r\n", b"NAD+FL+++ZZ:Y'", b"SRC'TIF+A+B'"])
        if not data:
            return
    again(bytes(data), MANDATES[which])


VALUES = [
    value.encode() for person in (YLVA, *FILLERS) for value in (person[0], person[1].split()[0], person[5])
]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(paxlst([YLVA, *FILLERS]), id="PAXLST"),
        pytest.param(pnrgov({"LOC123": [YLVA, FILLERS[0]], "LOC456": FILLERS[1:]}), id="PNRGOV"),
    ],
)
def test_nothing_of_a_traveller_outside_is_kept(text):
    data = text.encode()
    reading, shown = again(data, Intake(flights=flights("AT", intra_region="none")))
    tables = tabulate([reading])
    [row] = tables["outside_mandate"].to_pylist()
    assert (row["flight_id"], row["reason"], row["travellers"], row["whole"]) == (
        "XQ401-20261123-ARN-VIE",
        "direction",
        4,
        True,
    )
    assert not any(tables[name].num_rows for name in ("messages", "statements", "bookings", "quarantine"))
    assert any(value in data for value in VALUES)
    assert not any(value in shown for value in [*VALUES, b"LOC123", b"840317"])
    assert not any(value.decode() in str(table.to_pylist()) for table in tables.values() for value in VALUES)
    counted = [row for row in tables["ledger"].to_pylist() if row["as"] == "outside_mandate"]
    assert {row["of"]: row["set_aside"] for row in counted} == {
        "bytes": reading.byte_ranges[1].length,
        "messages": 1,
        "travellers": 4,
    }


def test_statements_on_a_leg_outside_go_and_the_others_stay():
    text = paxlst([YLVA, FILLERS[0]]).replace(
        "DTM+232:2611231130:201'",
        "DTM+232:2611231130:201'\r\nTDT+20+XQ0402+++XQ'\r\nLOC+125+VIE'\r\nDTM+189:2611231300:201'\r\n"
        "LOC+87+JFK'\r\nDTM+232:2611232030:201'",
    )
    text = text.replace("LOC+179+VIE", "LOC+179+JFK", 1)  # the first flies both legs, the second one
    reading, _ = again(text.encode(), Intake(flights=flights("AT", intra_region="none")))
    [message] = reading.messages
    assert [one.surname for one in message.travellers] == [YLVA[0]]
    tables = tabulate([reading])
    assert [row["flight_id"] for row in tables["statements"].to_pylist()] == ["XQ402-20261123-VIE-JFK"]
    [row] = tables["outside_mandate"].to_pylist()
    assert (row["flight_id"], row["travellers"], row["whole"]) == ("XQ401-20261123-ARN-VIE", 2, False)
    assert [row["set_aside"] for row in tables["ledger"].to_pylist() if row["as"] == "outside_mandate"] == [1]


def test_a_direction_that_cannot_be_told_is_processed_and_said():
    text = paxlst([YLVA], destination="QQQ")
    reading, _ = again(text.encode(), Intake(flights=flights("AT", **NOTHING | {"inbound": "all"})))
    [message] = reading.messages
    assert [one.surname for one in message.travellers] == [YLVA[0]]
    assert "mandate_not_known" in {one.code for one in message.findings}
    assert not reading.outside


def test_a_damaged_message_is_not_left_out():
    text = paxlst([YLVA, *FILLERS]).replace("UNT+", "UNX+", 1)
    reading, _ = again(text.encode(), Intake(flights=flights("AT", **NOTHING)))
    [message] = reading.messages
    assert len(message.travellers) == 4
    assert {"unt_missing", "mandate_not_known"} <= {one.code for one in message.findings}


@pytest.mark.parametrize(
    ("element", "column"),
    [
        pytest.param("date_of_birth", "date_of_birth", id="date of birth"),
        pytest.param("sex", "sex", id="sex"),
        pytest.param("nationality", "nationality", id="nationality"),
    ],
)
def test_an_element_that_may_not_be_kept_is_counted(element, column):
    data = paxlst([YLVA, FILLERS[0]]).encode()
    kept = tuple(one for one in ApiElement if one != element)
    reading, shown = again(data, Intake(elements=Elements(api=kept)))
    tables = tabulate([reading])
    assert tables["statements"][column].null_count == 2
    [counted] = [row["set_aside"] for row in tables["ledger"].to_pylist() if row["as"] == element]
    assert counted == 2
    whole = tabulate([read_input(data, Intake(), input_id="0")])["statements"]
    assert whole[column].null_count == 0
    for name in ("surname", "given_names", "name_as_sent"):
        assert tables["statements"][name].equals(whole[name])
    assert blank(data, reading) == shown != data


def test_documents_leave_rows_and_texts():
    data = paxlst([YLVA, *FILLERS]).encode()
    reading, shown = again(data, Intake(elements=Elements(api=(ApiElement.NAMES, ApiElement.SEX))))
    assert tabulate([reading])["statement_documents"].num_rows == 0
    assert not any(person[5].encode() in shown for person in (YLVA, *FILLERS))
    assert YLVA[0].encode() in shown


def test_api_in_a_booking_leaves_rows_and_texts():
    data = pnrgov({"LOC123": [YLVA]}).encode()
    without = tuple(one for one in PnrElement if one is not PnrElement.API)
    reading, shown = again(data, Intake(elements=Elements(pnr=without)))
    [row] = tabulate([reading])["statements"].to_pylist()
    assert (row["surname"], row["date_of_birth"], row["nationality"]) == (YLVA[0], None, None)
    assert YLVA[5].encode() not in shown


@pytest.mark.parametrize(
    ("elements", "text", "reason"),
    [
        pytest.param({"pnr": ()}, pnrgov({"LOC123": [YLVA]}), "source", id="no PNR"),
        pytest.param({"api": ()}, paxlst([YLVA]), "source", id="no API"),
        pytest.param({"api": ("names",)}, paxlst([YLVA], function="250"), "crew", id="a list of crew"),
    ],
)
def test_messages_of_a_kind_that_may_not_be_processed(elements, text, reason):
    reading, shown = again(text.encode(), Intake(elements=Elements.model_validate(elements)))
    assert not reading.messages
    assert [(str(one.reason), one.travellers) for one in reading.outside] == [(reason, 1)]
    assert YLVA[0].encode() not in shown


def test_crew_among_passengers_is_left_out_and_counted():
    text = paxlst([YLVA, FILLERS[0]]).replace("NAD+FL+++OKONJO", "NAD+FM+++OKONJO")
    reading, shown = again(text.encode(), Intake(elements=Elements(api=(ApiElement.NAMES, ApiElement.SEX))))
    assert [one.surname for one in reading.messages[0].travellers] == [YLVA[0]]
    assert [(str(one.reason), one.travellers, one.whole) for one in reading.outside] == [("crew", 1, False)]
    assert b"OKONJO" not in shown


def test_read_says_that_a_message_is_outside():
    data = paxlst([YLVA]).encode()
    reading = read_input(data, Intake(flights=flights("AT", intra_region="none")), input_id="0")
    [told] = describe(reading, "a.edi")
    assert (told["status"], told["index"], told["travellers"]) == ("outside_mandate", 0, [])


def test_what_was_not_kept_stays_outside_when_the_mandate_widens():
    data = paxlst([YLVA]).encode()
    _, shown = again(data, Intake(flights=flights("AT", intra_region="none")))
    wider = read_input(shown, Intake(flights=flights("AT", domestic="none")), input_id="0")
    assert not wider.messages
    assert [(str(one.reason), one.travellers) for one in wider.outside] == [("not_kept", 1)]
