"""When a night begins and ends: by the agency's clocks, also where these change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.profile.hours import begins, ends, last_over
from screening.profile.model import Agency, Schedule
from screening.protection.retention import night_end

# Zone, start, night, and the moment at which it begins.
BEGINS = [
    pytest.param("Europe/Vienna", "01:00", "2026-07-01", "2026-06-30T23:00", id="summer"),
    pytest.param("Europe/Vienna", "01:00", "2026-12-01", "2026-12-01T00:00", id="winter"),
    pytest.param(
        "Europe/Vienna", "02:30", "2026-03-29", "2026-03-29T01:30", id="forward: the hour is left out"
    ),
    pytest.param("Europe/Vienna", "03:00", "2026-03-29", "2026-03-29T01:00", id="forward: the hour after it"),
    pytest.param("Europe/Vienna", "02:30", "2026-10-25", "2026-10-25T01:30", id="back: the second of two"),
    pytest.param("Europe/London", "01:00", "2027-03-28", "2027-03-28T01:00", id="London leaves out 01:00"),
    pytest.param("Europe/London", "01:00", "2027-10-31", "2027-10-31T01:00", id="London has 01:00 twice"),
    pytest.param("America/New_York", "02:00", "2026-03-08", "2026-03-08T07:00", id="New York, forward"),
    pytest.param("America/New_York", "01:30", "2026-11-01", "2026-11-01T06:30", id="New York, back"),
    pytest.param(
        "America/Santiago", "00:15", "2026-09-06", "2026-09-06T04:15", id="Santiago leaves out midnight"
    ),
    pytest.param("Asia/Beirut", "00:30", "2026-03-29", "2026-03-28T22:30", id="Beirut leaves out midnight"),
    pytest.param(
        "Australia/Lord_Howe", "02:15", "2026-10-04", "2026-10-03T15:45", id="half an hour, forward"
    ),
    pytest.param("Australia/Lord_Howe", "01:45", "2026-04-05", "2026-04-04T15:15", id="half an hour, back"),
    pytest.param("Pacific/Auckland", "02:30", "2026-09-27", "2026-09-26T14:30", id="Auckland, forward"),
    pytest.param(
        "Pacific/Kiritimati", "01:00", "2027-01-01", "2026-12-31T11:00", id="a year begins far east"
    ),
    pytest.param("Pacific/Pago_Pago", "23:30", "2026-12-31", "2027-01-01T10:30", id="and ends far west"),
    pytest.param("Europe/Vienna", "01:00", "2028-02-29", "2028-02-29T00:00", id="leap day"),
    pytest.param("Europe/Vienna", "01:00", "2028-03-01", "2028-03-01T00:00", id="the day after it"),
]


@pytest.mark.parametrize(("zone", "start", "night", "moment"), BEGINS)
def test_a_night_begins_by_the_agencys_clocks(zone, start, night, moment):
    label, hour = date.fromisoformat(night), time.fromisoformat(start)
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert begins(label, hour, zone) == at
    before = label - timedelta(days=1)
    assert ends(before, hour, zone) == night_end(before, Schedule(start=hour), Agency(time_zone=zone)) == at
    assert last_over(at, hour, zone) == before
    assert last_over(at - timedelta(minutes=1), hour, zone) == before - timedelta(days=1)


ZONES = [
    "Europe/Vienna",
    "Europe/London",
    "America/Santiago",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
]


@settings(deadline=None)
@given(
    st.sampled_from(ZONES),
    st.times(),
    st.dates(date(2026, 1, 1), date(2032, 1, 1)),
    st.timedeltas(timedelta(), timedelta(days=1)),
)
def test_nights_follow_each_other_without_a_gap_and_each_bears_the_date_on_which_it_begins(
    zone, start, night, after
):
    begin, end = begins(night, start, zone), ends(night, start, zone)
    assert timedelta(hours=23) <= end - begin <= timedelta(hours=25)
    assert begin.astimezone(ZoneInfo(zone)).date() == night
    assert last_over(end + min(after, timedelta(hours=22)), start, zone) == night
