"""Airports: from any code that carriers write to IATA, country and time zone; local times to UTC.

Source: the package airportsdata (ICAO and IATA codes, ISO 3166 country, IANA zone). Its table of IATA's
multi-airport cities answers for city codes, which bookings use as the end of a journey. A UN/LOCODE has no
table of its own there: its last three letters are the IATA code for nearly every airport, and are believed
only where the airport of that code lies in the country that the first two letters name.

>>> iata_code("NZAKL"), iata_code("EDDF"), iata_code("fra"), iata_code("USAKL")
('AKL', 'FRA', 'FRA', None)
>>> country("FRA"), zone("FRA"), country("LON"), country("ZZZ")
('DE', 'Europe/Berlin', 'GB', None)
>>> utc(datetime(2026, 11, 23, 17, 30), "Europe/Berlin").isoformat()
'2026-11-23T16:30:00+00:00'
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import airportsdata


@dataclass(frozen=True, slots=True)
class Airport:
    """An airport, or a city of several airports.

    Attributes:
        iata: IATA code.
        icao: ICAO location indicator; None for a city.
        country: ISO 3166 alpha-2 (XK for Kosovo).
        zone: IANA time zone; None in Antarctica, or where the airports of a city disagree.
        city: is it a city code, which no leg starts or ends at?
    """

    iata: str
    icao: str | None
    country: str
    zone: str | None
    city: bool = False


@lru_cache(maxsize=1)
def _airports() -> dict[str, Airport]:
    found = {
        iata: Airport(iata, row["icao"] or None, row["country"], row["tz"] or None)
        for iata, row in airportsdata.load("IATA").items()
    }
    for code, city in airportsdata.load_iata_macs().items():
        zones = {row["tz"] for row in city["airports"].values()}
        countries = {row["country"] for row in city["airports"].values()}
        # 19 of its 41 codes are also those of an airport (OSL, BKK): the airport wins
        if code not in found and len(countries) == 1:
            found[code] = Airport(
                code, None, countries.pop(), zones.pop() if len(zones) == 1 else None, city=True
            )
    return found


@lru_cache(maxsize=1)
def _by_icao() -> dict[str, str]:
    return {airport.icao: airport.iata for airport in _airports().values() if airport.icao}


@lru_cache(maxsize=16384)
def iata_code(written: str | None) -> str | None:
    """Return the IATA code of an airport written as IATA, ICAO or UN/LOCODE.

    Returns:
        Three letters; None where the code is unknown or its country and its airport contradict each other.
    """
    if not written:
        return None
    code = written.strip().upper()
    if len(code) == 3:
        return code if code in _airports() else None
    if len(code) == 4:
        return _by_icao().get(code)
    if len(code) == 5:
        found = _airports().get(code[2:])
        return found.iata if found and found.country == code[:2] else None
    return None


def airport(written: str | None) -> Airport | None:
    """Return what is known of an airport or city; None where its code is unknown."""
    code = iata_code(written)
    return _airports()[code] if code else None


def country(written: str | None) -> str | None:
    """Return the country of an airport or city as ISO 3166 alpha-2."""
    found = airport(written)
    return found.country if found else None


def zone(written: str | None) -> str | None:
    """Return the IANA time zone of an airport or city."""
    found = airport(written)
    return found.zone if found else None


def utc(local: datetime | None, zone_name: str | None) -> datetime | None:
    """Return the UTC of a local time without zone.

    A time that occurs twice when clocks go back is the first of the two; one that is left out when they go
    forward is read with the offset from before (PEP 495, fold 0): schedules name neither in practice.

    Returns:
        An aware time; None where the time or the zone is unknown.
    """
    if local is None or not zone_name:
        return None
    try:
        return local.replace(tzinfo=ZoneInfo(zone_name)).astimezone(UTC)
    except (ZoneInfoNotFoundError, ValueError, OverflowError):
        return None
