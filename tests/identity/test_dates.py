"""Dates of messages: centuries, orders, names of months, and what is no date."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.identity.birth_dates import birth
from screening.identity.dates import clock_time, expiry_date, local_time

SENT = date(2026, 11, 23)
DAYS = st.dates(date(1897, 1, 1), SENT)


def birth_date(written, *, sent, day_first=False):
    return birth(written, latest=sent, day_first=day_first).day


@pytest.mark.parametrize(
    ("written", "born"),
    [
        pytest.param("261123", date(2026, 11, 23), id="born today"),
        pytest.param("261124", date(1926, 11, 24), id="born tomorrow is a centenarian"),
        pytest.param("000229", date(2000, 2, 29), id="leap day only in 2000"),
        pytest.param("270229", None, id="no leap year in either century"),
        pytest.param("260230", None, id="no such day"),
        pytest.param("261301", None, id="no such month"),
        pytest.param("260100", None, id="day zero"),
        pytest.param("260001", None, id="month zero"),
        pytest.param("19800102", date(1980, 1, 2), id="four digits"),
        pytest.param("20261124", None, id="four digits, tomorrow"),
        pytest.param("20261123", date(2026, 11, 23), id="four digits, today"),
        pytest.param("18960101", date(1896, 1, 1), id="130 years old"),
        pytest.param("18951231", None, id="a year of birth 131 years ago"),
        pytest.param("1980-01-02", date(1980, 1, 2), id="dashes"),
        pytest.param("1980/01/02", date(1980, 1, 2), id="strokes"),
        pytest.param("19 80 01 02", date(1980, 1, 2), id="blanks of a fold"),
        pytest.param("02JAN80", date(1980, 1, 2), id="month by name"),
        pytest.param("2jan1980", date(1980, 1, 2), id="one digit, small letters, four digits"),
        pytest.param("31DEC26", date(1926, 12, 31), id="by name, later this year"),
        pytest.param("12XYZ80", None, id="no name of a month"),
        pytest.param("JAN80", None, id="by name without day"),
        pytest.param("02JAN980", None, id="three digits of a year"),
        pytest.param("8001", None, id="four digits in all"),
        pytest.param("8001021", None, id="seven digits"),
        pytest.param("198001021", None, id="nine digits"),
        pytest.param("٢٦٠٢٠٣", None, id="digits of another script"),
        pytest.param("", None, id="empty"),
    ],
)
def test_birth_date(written, born):
    assert birth_date(written, sent=SENT) == born


@pytest.mark.parametrize(
    ("month", "number"),
    [(name, at) for at, name in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), 1)],
)
def test_every_month_has_its_name(month, number):
    assert birth_date(f"05{month}1990", sent=SENT) == date(1990, number, 5)


@pytest.mark.parametrize(
    ("written", "born"),
    [
        pytest.param("020180", date(1980, 1, 2), id="two digits"),
        pytest.param("02011980", date(1980, 1, 2), id="four digits"),
        pytest.param("02-01-1980", date(1980, 1, 2), id="dashes"),
        pytest.param("310280", None, id="no such day"),
        pytest.param("02JAN80", date(1980, 1, 2), id="by name is one order"),
    ],
)
def test_birth_date_with_the_day_first(written, born):
    assert birth_date(written, sent=SENT, day_first=True) == born


@given(DAYS)
def test_a_birth_date_in_four_digits_is_read_back_in_either_order(day):
    assert birth_date(f"{day:%Y%m%d}", sent=SENT) == day
    assert birth_date(f"{day:%d%m%Y}", sent=SENT, day_first=True) == day
    assert birth_date(f"{day:%d%b%Y}", sent=SENT) == day


@given(DAYS)
def test_two_digits_are_the_latest_year_that_is_not_after_the_message(day):
    found = birth_date(f"{day:%y%m%d}", sent=SENT)
    assert found is not None
    assert found <= SENT
    assert (found.month, found.day, found.year % 100) == (day.month, day.day, day.year % 100)
    assert found >= day


@pytest.mark.parametrize(
    ("written", "expiry"),
    [
        pytest.param("061123", date(2006, 11, 23), id="20 years ago"),
        pytest.param("051231", date(2105, 12, 31), id="21 years ago is in 79 years"),
        pytest.param("261123", date(2026, 11, 23), id="today"),
        pytest.param("310101", date(2031, 1, 1), id="in five years"),
        pytest.param("991231", date(2099, 12, 31), id="end of the century"),
        pytest.param("18500101", date(1850, 1, 1), id="four digits are believed"),
        pytest.param("31APR31", None, id="no such day"),
        pytest.param("310431", None, id="no such day, digits"),
        pytest.param("x", None, id="no date"),
    ],
)
def test_expiry_date(written, expiry):
    assert expiry_date(written, sent=SENT) == expiry


def test_expiry_with_the_day_first():
    assert expiry_date("010231", sent=SENT, day_first=True) == date(2031, 2, 1)


@pytest.mark.parametrize(
    ("written", "sent", "expiry"),
    [
        pytest.param("990101", date(2014, 2, 2), date(1999, 1, 1), id="the century before"),
        pytest.param("930101", date(2014, 2, 2), date(2093, 1, 1), id="in 79 years"),
        pytest.param("940101", date(2014, 2, 2), date(1994, 1, 1), id="20 years before"),
        pytest.param("050101", date(1999, 2, 2), date(2005, 1, 1), id="the century after"),
    ],
)
def test_an_expiry_lies_within_20_years_before_and_80_after(written, sent, expiry):
    assert expiry_date(written, sent=sent) == expiry


@given(DAYS, st.integers(-19, 79))
def test_every_two_digit_expiry_in_the_window_is_read_back(sent, years):
    day = date(sent.year + years, 6, 15)
    assert expiry_date(f"{day:%y%m%d}", sent=sent) == day


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        pytest.param("0000", time(0, 0), id="midnight"),
        pytest.param("2359", time(23, 59), id="last minute"),
        pytest.param("2400", time(0, 0), id="24:00"),
        pytest.param("2401", None, id="24:01"),
        pytest.param("2500", None, id="25:00"),
        pytest.param("1260", None, id="minute 60"),
        pytest.param("915", time(9, 15), id="three digits"),
        pytest.param(" 0915 ", time(9, 15), id="blanks"),
        pytest.param("091530", time(9, 15), id="seconds"),
        pytest.param("09153", None, id="five digits"),
        pytest.param("15", None, id="two digits"),
        pytest.param("09:15", None, id="colon"),
        pytest.param("", None, id="empty"),
    ],
)
def test_clock_time(written, clock):
    assert clock_time(written) == clock


@given(st.times())
def test_a_clock_time_is_read_back(clock):
    assert clock_time(f"{clock:%H%M}") == clock.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("day", "clock", "day_first", "sent", "found"),
    [
        pytest.param("261123", "0915", False, SENT, datetime(2026, 11, 23, 9, 15), id="as API writes"),
        pytest.param("231126", "0915", True, SENT, datetime(2026, 11, 23, 9, 15), id="as PNR writes"),
        pytest.param("20261123", "", False, None, datetime(2026, 11, 23), id="without time"),
        pytest.param(
            "991231", "2359", False, date(2000, 1, 1), datetime(1999, 12, 31, 23, 59), id="turn of a century"
        ),
        pytest.param("000101", "0000", False, date(1999, 12, 31), datetime(2000, 1, 1), id="the other way"),
        pytest.param("261123", "0915", False, None, datetime(2026, 11, 23, 9, 15), id="sent unknown"),
        pytest.param(
            "990101", "0915", False, None, datetime(1999, 1, 1, 9, 15), id="sent unknown, near 2000"
        ),
        pytest.param("261131", "0915", False, SENT, None, id="no such day"),
        pytest.param("261123", "2500", False, SENT, None, id="no such time"),
        pytest.param("", "0915", False, SENT, None, id="no day"),
    ],
)
def test_local_time(day, clock, day_first, sent, found):
    assert local_time(day, clock, day_first=day_first, sent=sent) == found


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(-49 * 365, 49 * 365))
def test_a_two_digit_day_of_travel_is_the_nearest_to_the_message(sent, days):
    day = sent + timedelta(days=days)
    assert local_time(f"{day:%y%m%d}", "", day_first=False, sent=sent) == datetime(
        day.year, day.month, day.day
    )
