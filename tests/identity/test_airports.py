"""Airports: codes of all kinds, zones, UTC."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.identity.airports import airport, country, iata_code, utc, zone


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param("FRA", "FRA", id="IATA"),
        pytest.param(" fra ", "FRA", id="small letters and blanks"),
        pytest.param("KIAD", "IAD", id="ICAO"),
        pytest.param("NZAKL", "AKL", id="LOCODE"),
        pytest.param("USAKL", None, id="LOCODE whose country is another"),
        pytest.param("LON", "LON", id="city"),
        pytest.param("GBLON", "LON", id="LOCODE of a city"),
        pytest.param("QQQ", None, id="unknown"),
        pytest.param("QQQQ", None, id="unknown ICAO"),
        pytest.param("DEQQQ", None, id="LOCODE of no airport"),
        pytest.param("FR", None, id="two letters"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="absent"),
        pytest.param("FRANKFURT", None, id="a name"),
    ],
)
def test_iata_code(written, code):
    assert iata_code(written) == code


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("IAD", ("US", "America/New_York")),
        ("LON", ("GB", "Europe/London")),
        ("PRN", ("XK", "Europe/Belgrade")),
        ("EDDF", ("DE", "Europe/Berlin")),
        ("QQQ", (None, None)),
        (None, (None, None)),
    ],
)
def test_country_and_zone(written, expected):
    assert (country(written), zone(written)) == expected


def test_a_city_is_no_airport_and_an_airport_no_city():
    assert airport("NYC").city
    assert not airport("OSL").city
    assert airport("ZZZ") is None


@pytest.mark.parametrize(
    ("local", "zone_name", "expected"),
    [
        pytest.param("2026-07-01T12:00", "Europe/Berlin", datetime(2026, 7, 1, 10, tzinfo=UTC), id="summer"),
        pytest.param("2026-10-25T02:30", "Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
                     id="twice that night: the first"),
        pytest.param("2026-03-29T02:30", "Europe/Berlin", datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
                     id="left out that night"),
        pytest.param("2026-07-01T12:00", None, None, id="zone unknown"),
        pytest.param("2026-07-01T12:00", "Nowhere/Else", None, id="no such zone"),
        pytest.param("0001-01-01T00:00", "Asia/Tokyo", None, id="before all time"),
        pytest.param(None, "Europe/Berlin", None, id="time unknown"),
    ],
)  # fmt: skip
def test_utc(local, zone_name, expected):
    assert utc(datetime.fromisoformat(local) if local else None, zone_name) == expected


CODES = st.sampled_from(["FRA", "IAD", "AKL", "PRN", "OSL", "GRU", "NRT", "JNB"])


@given(CODES)
def test_an_airport_has_one_code_however_it_is_written(code):
    found = airport(code)
    assert found is not None
    assert {iata_code(code), iata_code(found.icao), iata_code(f"{found.country}{code}")} == {code}


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)), CODES)
def test_utc_and_back_is_the_same_time_but_for_an_hour_that_the_clocks_skipped(local, code):
    moment = utc(local, zone(code))
    assert moment is not None
    back = moment.astimezone(ZoneInfo(zone(code))).replace(tzinfo=None)
    assert back == local if code in {"NRT", "JNB"} else abs(back - local) <= timedelta(hours=1)
