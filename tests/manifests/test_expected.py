"""Which flights that are due were not received: a table of what came, and properties."""

from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.manifests.expected import EXPECTED, RECEIVED, missing
from screening.tables.individual import FLIGHTS

AT = datetime(2026, 11, 23, 23, 50)


def due(number="412", at=AT, also=(), carrier="QX", route="DOH-BRU"):
    origin, destination = route.split("-")
    return {
        "flight_id": f"{carrier}{number}-{at:%Y%m%d}-{route}",
        "carrier": carrier,
        "number": number,
        "also": list(also),
        "origin": origin,
        "destination": destination,
        "departure_local": at,
        "arrival_local": None,
    }


def came(number="412", at=AT, marketing=(), carrier="QX", route="DOH-BRU", day=None):
    origin, destination = route.split("-")
    day = day or (at.date() if at else None)
    return {
        "flight_id": "any",
        "carrier": carrier,
        "number": number,
        "marketing": list(marketing),
        "origin": origin,
        "destination": destination,
        "departure_local": at,
        "service_date": day,
    }


def left(flights, legs):
    schema = pa.schema([FLIGHTS.schema.field(name) for name in RECEIVED])
    found = missing(pa.Table.from_pylist(flights, schema=EXPECTED), pa.Table.from_pylist(legs, schema=schema))
    assert found.schema.equals(EXPECTED)
    return found["flight_id"].to_pylist()


@pytest.mark.parametrize(
    ("leg", "received"),
    [
        pytest.param(came(), True, id="the same"),
        pytest.param(came(carrier="ZQ", number="7412", marketing=["QX412"]), True, id="sold under ours"),
        pytest.param(came(carrier="ZQ", number="77"), True, id="under what it is sold as"),
        pytest.param(
            came(carrier="YY", number="9", marketing=["ZQ77"]), True, id="sold under the same third"
        ),
        pytest.param(came(carrier=None, number="QX412"), True, id="the designator as one"),
        pytest.param(came(at=AT + timedelta(minutes=20)), True, id="left behind midnight"),
        pytest.param(came(at=AT - timedelta(hours=23)), True, id="another hour of the day"),
        pytest.param(came(at=AT + timedelta(hours=7)), False, id="seven hours later, the next date"),
        pytest.param(came(at=AT + timedelta(days=1)), False, id="the next day's"),
        pytest.param(came(at=None, day=date(2026, 11, 23)), True, id="a date alone"),
        pytest.param(came(at=None, day=date(2026, 11, 24)), False, id="another date alone"),
        pytest.param(came(at=None, day=None), False, id="no date"),
        pytest.param(came(number="413"), False, id="another number"),
        pytest.param(came(number="412A"), False, id="another suffix"),
        pytest.param(came(carrier="QXA"), False, id="another carrier"),
        pytest.param(came(route="BRU-DOH"), False, id="the way back"),
        pytest.param(came(route="DOH-AMS"), False, id="another destination"),
    ],
)
def test_a_flight_is_missing_unless_a_leg_is_that_flight(leg, received):
    assert left([due(also=["ZQ77"])], [leg]) == ([] if received else ["QX412-20261123-DOH-BRU"])


def test_two_legs_of_one_number_are_two_flights():
    flights = [due(route="DOH-BRU"), due(route="BRU-JFK")]
    assert left(flights, [came(route="DOH-BRU")]) == ["QX412-20261123-BRU-JFK"]


NUMBERS = st.lists(st.integers(1, 9), max_size=6, unique=True)


@settings(deadline=None)
@given(expected=NUMBERS, received=NUMBERS, more=NUMBERS)
def test_what_is_missing_is_due_minus_received_in_any_order_and_never_grows_by_what_comes(
    expected, received, more
):
    flights = [due(str(number)) for number in expected]
    legs, further = [came(str(number)) for number in received], [came(str(number)) for number in more]
    found = left(flights, legs)
    assert found == sorted(due(str(number))["flight_id"] for number in set(expected) - set(received))
    assert found == left(flights[::-1], [*legs[::-1], *legs])
    assert set(left(flights, [*legs, *further])) <= set(found)
    assert left([], legs) == []
