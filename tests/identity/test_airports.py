"""Airports: codes of all kinds, zones, UTC."""

from datetime import UTC, datetime

import pytest

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
