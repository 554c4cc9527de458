"""The date of a leg is the local date of departure: behind midnight, over the date line, where clocks, months and years change."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.messages.read import read_input
from screening.profile.model import Intake
from tests.messages_by_hand import YLVA, paxlst, pnrgov

# Route, local departure, local arrival, the leg, and what may be told of it.
LEGS = [
    pytest.param(
        "DOH-BRU", "2026-11-23T23:50", "2026-11-24T05:40", "20261123", (), id="lands behind midnight"
    ),
    pytest.param(
        "DOH-BRU", "2026-11-24T00:05", "2026-11-24T05:55", "20261124", (), id="leaves behind midnight"
    ),
    pytest.param("DOH-BRU", "2026-11-24T00:00", "2026-11-24T05:55", "20261124", (), id="leaves at midnight"),
    pytest.param(
        "NRT-HNL",
        "2026-11-23T21:30",
        "2026-11-23T09:40",
        "20261123",
        (),
        id="over the date line, lands before",
    ),
    pytest.param(
        "AKL-HNL", "2026-11-24T00:10", "2026-11-23T10:05", "20261124", (), id="lands on the day before"
    ),
    pytest.param(
        "HNL-AKL", "2026-11-23T23:40", "2026-11-25T07:45", "20261123", (), id="lands on the day after next"
    ),
    pytest.param("DOH-BRU", "2026-12-31T23:30", "2027-01-01T05:20", "20261231", (), id="over the new year"),
    pytest.param(
        "AKL-HNL", "2027-01-01T01:00", "2026-12-31T10:50", "20270101", (), id="back into the old year"
    ),
    pytest.param("DOH-BRU", "2028-02-29T10:00", "2028-02-29T15:50", "20280229", (), id="leap day"),
    pytest.param("DOH-BRU", "2028-02-28T23:30", "2028-02-29T05:20", "20280228", (), id="into a leap day"),
    pytest.param("DOH-BRU", "2027-02-28T23:30", "2027-03-01T05:20", "20270228", (), id="no leap year"),
    pytest.param(
        "BRU-LHR", "2026-03-29T02:30", "2026-03-29T02:40", "20260329", (), id="an hour that is left out"
    ),
    pytest.param(
        "BRU-LHR", "2026-10-25T02:10", "2026-10-25T01:25", "20261025", (), id="an hour that comes twice"
    ),
    pytest.param(
        "DOH-BRU",
        "2026-11-23T10:00",
        "2026-11-21T10:00",
        "20261123",
        ("arrival_before_departure",),
        id="two days before",
    ),
]


def of_paxlst(origin, destination, leaves, lands, sent):
    text = paxlst([YLVA], day="DAY", sent=f"{sent:%y%m%d:%H%M}", origin=origin, destination=destination)
    return text.replace("DAY0915", f"{leaves:%y%m%d%H%M}").replace("DAY1130", f"{lands:%y%m%d%H%M}")


def of_pnrgov(origin, destination, leaves, lands, sent):
    text = pnrgov(
        {"ABC123": [YLVA]}, day="DAY", sent=f"{sent:%y%m%d:%H%M}", origin=origin, destination=destination
    )
    return text.replace("DAY:0915", f"{leaves:%d%m%y:%H%M}").replace("DAY:1130", f"{lands:%d%m%y:%H%M}")


SOURCES = {"PAXLST": of_paxlst, "PNRGOV": of_pnrgov}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(("route", "departure", "arrival", "day", "told"), LEGS)
def test_a_leg_has_the_local_date_of_its_departure(source, route, departure, arrival, day, told):
    leaves, lands = datetime.fromisoformat(departure), datetime.fromisoformat(arrival)
    text = SOURCES[source](*route.split("-"), leaves, lands, leaves - timedelta(days=1))
    [message] = read_input(text.encode(), Intake()).messages
    [leg] = message.legs
    assert leg.flight_id == f"XQ401-{day}-{route}"
    assert leg.departure == leaves
    assert leg.arrival == lands or told
    codes = {found.code for found in message.findings}
    assert not {code for code in codes if code.startswith(("leg_", "arrival_", "legs_"))} - set(told)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(sorted(SOURCES)),
    st.datetimes(datetime(2026, 1, 1), datetime(2032, 12, 31)),
    st.integers(0, 5),
)
def test_any_minute_of_any_year_is_read_as_written(source, leaves, days_before):
    leaves = leaves.replace(second=0, microsecond=0)
    text = SOURCES[source](
        "DOH", "BRU", leaves, leaves + timedelta(hours=6), leaves - timedelta(days=days_before)
    )
    [message] = read_input(text.encode(), Intake()).messages
    assert [(leg.departure, leg.day) for leg in message.legs] == [
        (leaves, date(leaves.year, leaves.month, leaves.day))
    ]
