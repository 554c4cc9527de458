"""Dates of legs: formats, orders, zones; nothing that can be read is lost, nothing doubtful is silent."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.messages.moments import FORMATS, read_moment

SENT = date(2026, 11, 23)
AGAINST, ZONE, HOUR, NO_DAY = (
    "leg_date_against_format",
    "leg_time_with_zone",
    "hour_above_23",
    "leg_date_impossible",
)


@pytest.mark.parametrize(
    ("written", "code", "read", "codes"),
    [
        ("231126", "2", "2026-11-23T00:00", []),
        ("112326", "3", "2026-11-23T00:00", []),
        ("23112026", "4", "2026-11-23T00:00", []),
        ("231120261010", "5", "2026-11-23T10:10", []),
        ("20261123T1010", "10", "2026-11-23T10:10", []),
        ("261123", "101", "2026-11-23T00:00", []),
        ("20261123", "102", "2026-11-23T00:00", []),
        ("2611231010", "201", "2026-11-23T10:10", []),
        ("261123101059", "202", "2026-11-23T10:10", []),
        ("202611231010", "203", "2026-11-23T10:10", []),
        ("20261123101059", "204", "2026-11-23T10:10", []),
        ("202611231010+0300", "205", "2026-11-23T10:10", [ZONE]),
        ("202611231010UTC", "303", "2026-11-23T10:10", [ZONE]),
        ("20261123101059GMT", "304", "2026-11-23T10:10", [ZONE]),
        ("2026-11-23", "102", "2026-11-23T00:00", [AGAINST]),
        ("2026-11-23T10:10", "203", "2026-11-23T10:10", [AGAINST]),
        ("2026-11-23T10:10:59Z", "204", "2026-11-23T10:10", [AGAINST, ZONE]),
        ("23NOV26", "101", "2026-11-23T00:00", [AGAINST]),
        ("23 NOV 2026 1010", "", "2026-11-23T10:10", []),
        ("23/11/2026", "", "2026-11-23T00:00", [AGAINST]),
        ("2611231010", "", "2026-11-23T10:10", []),
        ("202611231010", "201", "2026-11-23T10:10", [AGAINST]),
        ("231126", "101", "2026-11-23T00:00", [AGAINST]),
        ("261123", "2", "2026-11-23T00:00", [AGAINST]),
        ("261123", "999", "2026-11-23T00:00", [AGAINST]),
        ("2611239910", "201", "2026-11-23T00:00", [HOUR]),
        ("2613451010", "201", None, [NO_DAY]),
        ("TOMORROW", "201", None, [NO_DAY]),
        ("", "201", None, []),
    ],
)
def test_a_moment_is_read_as_its_code_says_or_that_is_told(written, code, read, codes):
    found = read_moment(written, code, sent=SENT)
    assert (found.at and found.at.isoformat(timespec="minutes")) == read
    assert sorted(found.codes) == sorted(codes)


def test_a_far_date_that_no_other_order_brings_near_stays_as_its_code_says():
    assert read_moment("230202", "101", sent=SENT).at == datetime(2023, 2, 2)
    assert read_moment("231126", "101", sent=None).at == datetime(2023, 11, 26)


def _written(at, form):
    year = f"{at:%Y}" if form.century else f"{at:%y}"
    parts = {"YMD": (year, f"{at:%m}", f"{at:%d}"), "DMY": (f"{at:%d}", f"{at:%m}", year)}
    day = "".join(parts.get(form.order, (f"{at:%m}", f"{at:%d}", year)))
    clock = {0: "", 4: f"{at:%H%M}", 6: f"{at:%H%M%S}"}[form.clock]
    return day + form.mark + clock + ("+0100" if form.zone else "")


@given(
    at=st.datetimes(datetime(2026, 11, 1), datetime(2026, 12, 20)),
    code=st.sampled_from(sorted(FORMATS)),
)
def test_what_is_written_by_a_code_is_read_by_it(at, code):
    form = FORMATS[code]
    found = read_moment(_written(at, form), code, sent=SENT)
    assert found.at is not None
    assert found.at.date() == at.date()
    assert AGAINST not in found.codes


@given(written=st.text(max_size=20), code=st.sampled_from(["", *FORMATS]))
def test_no_text_raises(written, code):
    found = read_moment(written, code, sent=SENT)
    assert found.at is not None or found.codes or not written.strip()
