"""What is known of a date of birth, in every format and with unknown parts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.identity.birth_dates import FORMATS, birth, covers, latest_birth, span

LATEST = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("written", "form", "known"),
    [
        ("710412", "", "1971-04-12"),
        ("19710412", "102", "1971-04-12"),
        ("19710000", "102", "1971"),
        ("19710400", "102", "1971-04"),
        ("710400", "", "1971-04"),
        ("710400", "101", "1971-04"),
        ("710000", "", "1971"),
        ("710012", "", "1971"),
        ("71<<<<", "", "1971"),
        ("7104<<", "", "1971-04"),
        ("71XXXX", "", "1971"),
        ("1971", "602", "1971"),
        ("1971", "", "1971"),
        ("71", "601", "1971"),
        ("197104", "610", "1971-04"),
        ("7104", "609", "1971-04"),
        ("1971-04", "", "1971-04"),
        ("1971-04-00", "", "1971-04"),
        ("120471", "2", "1971-04-12"),
        ("100603", "2", "2003-06-10"),
        ("040571", "3", "1971-04-05"),
        ("12041971", "4", "1971-04-12"),
        ("000471", "2", "1971-04"),
        ("12APR71", "", "1971-04-12"),
        ("00APR71", "", "1971-04"),
        ("APR1971", "", "1971-04"),
        ("1971-04-12", "", "1971-04-12"),
        ("1971-04-12T00:00:00Z", "", "1971-04-12"),
        ("1971/04/12", "", "1971-04-12"),
        ("1971.4.2", "", "1971-04-02"),
        ("12/04/1971", "", "1971-04-12"),
        ("04.13.1971", "", "1971-04-13"),
        ("XXAPR71", "", "1971-04"),
        ("7104120000", "201", "1971-04-12"),
        ("197104120000", "203", "1971-04-12"),
        ("19710412000000", "204", "1971-04-12"),
        ("197104120000+0100", "205", "1971-04-12"),
        ("197104120000GMT", "303", "1971-04-12"),
        ("197104120000", "", "1971-04-12"),
        pytest.param("261124", "", "1926-11-24", id="born tomorrow is a centenarian"),
        pytest.param("261123", "", "2026-11-23", id="born on the day of the flight"),
        pytest.param("000229", "", "2000-02-29", id="leap day only in 2000"),
        pytest.param("990000", "", "1999", id="year of the last century"),
        pytest.param("260000", "", "2026", id="this year, month not known"),
        *[
            pytest.param(garbage, "", None, id=f"nothing: {garbage!r}")
            for garbage in ("000071", "000012", "711301", "710431", "19701", "18710412", "ABCDEF", "", "٧١٠٤١٢", "20270101")
        ],
    ],
)  # fmt: skip
def test_what_is_known_is_kept(written, form, known):
    assert birth(written, form, latest=LATEST).known == known


@pytest.mark.parametrize("written", ["000000", "00000000", "<<<<<<", "XXXXXX", "0000-00-00"])
def test_zeros_and_fillers_are_no_date(written):
    assert birth(written, latest=LATEST).empty


@pytest.mark.parametrize(
    ("written", "form", "told"),
    [("710412", "102", True), ("19710412", "101", True), ("710412", "2", True), ("710412", "999", True),
     ("710412", "", False), ("19710412", "102", False), ("710412", "101", False)],
)  # fmt: skip
def test_digits_against_their_format_are_read_and_told(written, form, told):
    found = birth(written, form, latest=LATEST)
    assert (found.known, found.against_format) == ("1971-04-12", told)


@pytest.mark.parametrize(
    ("sent", "departures", "latest"),
    [
        ("2026-11-22", ["2026-11-23"], "2026-11-23"),
        ("2026-11-24", ["2026-11-23"], "2026-11-24"),
        ("1970-01-01", ["2026-11-23"], "2026-11-23"),
        ("2049-01-01", ["2026-11-23"], "2026-11-23"),
        (None, ["2026-11-22", "2026-11-23"], "2026-11-23"),
        ("2026-11-22", [], "2026-11-22"),
        (None, [], None),
    ],
)
def test_the_flight_decides_against_a_clock_that_contradicts_it(sent, departures, latest):
    found = latest_birth(sent and date.fromisoformat(sent), [date.fromisoformat(day) for day in departures])
    assert found == (latest and date.fromisoformat(latest))


@given(
    st.dates(date(1927, 1, 1), LATEST),
    st.sampled_from([("%y%m%d", "101"), ("%Y%m%d", "102"), ("%d%m%y", "2"), ("%m%d%y", "3"), ("%d%m%Y", "4"), ("%Y%m%d0000", "203")]),
)  # fmt: skip
def test_a_date_in_its_format_is_that_date(day, written):
    pattern, form = written
    assert birth(day.strftime(pattern), form, latest=LATEST).day == day


@given(st.text(alphabet="0123456789<X-/TZ+.APR ", max_size=16), st.sampled_from(["", "9", *FORMATS]))
def test_nothing_is_raised_and_nobody_is_born_after_the_flight(written, form):
    found = birth(written, form, latest=LATEST)
    if found.known:
        first, last = span(found.known)
        assert first <= LATEST
        assert first <= last
        assert covers(found.known[:4], found.known)
