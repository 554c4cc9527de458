"""Legs of a PAXLST message: flight numbers, places in the order sent, times, and who flies which leg.

Rule: a place opens a leg, the next closes it; a place that closes a leg and departs again (a stop sent once,
a 125 or PT) opens the next. A traveller flies from the leg that starts at LOC+178 to the leg that ends at
LOC+179; ports off the reported legs are connections and limit nothing.

Source: WCO/IATA/ICAO API guide, LOC group of TDT; docs/messages.md.

>>> flight_number("UA0989", "UA"), flight_number("AAL12B", "")
(('UA', '989', ()), ('AAL', '12B', ('tdt_without_carrier',)))
>>> flight_number("ZX877", "XZ")
('XZ', '877', ('carrier_differs_from_flight_number',))
>>> airport("NZAKL"), airport("lhr"), airport("")
('AKL', 'LHR', '')
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from screening.identity.airports import iata_code
from screening.identity.dates import local_time
from screening.messages.model import Leg

_PREFIXED = re.compile(r"^((?:[A-Z][A-Z0-9]|[0-9][A-Z])[A-Z]?)(\d{1,5})([A-Z]?)$", re.ASCII)
_BARE = re.compile(r"^(\d{1,5})([A-Z]?)$", re.ASCII)
_OPENS = frozenset({"125", "PT", "005", "5"})
_CLOSES = frozenset({"87", "008", "8"})
_BEYOND_DATE_LINE = timedelta(hours=25)
_APART = timedelta(days=31)


@dataclass(slots=True)
class Place:
    """One LOC of the flight with the times that follow it."""

    qualifier: str
    airport: str
    departure: datetime | None = None
    arrival: datetime | None = None


@dataclass(slots=True)
class Flight:
    """One TDT with its places."""

    carrier: str
    number: str
    places: list[Place] = field(default_factory=list)


@lru_cache(maxsize=4096)
def airport(written: str) -> str:
    """Return the IATA code of a place written as IATA (3 letters) or UN/LOCODE (5)."""
    code = written.strip().upper()
    known = iata_code(code) if code else None
    return known or (code[2:] if len(code) == 5 and code.isalpha() else code)


def flight_number(written: str, carrier: str) -> tuple[str, str, tuple[str, ...]]:
    """Part carrier and number: no leading zeros, suffix letter kept; the element of the carrier wins.

    Returns:
        carrier, number (either may be empty) and codes of findings.
    """
    text = written.upper().replace(" ", "").removesuffix("MCL")
    carrier = carrier.strip().upper()
    codes: list[str] = []
    bare = _BARE.match(text) if carrier or not _PREFIXED.match(text) else None
    prefixed = _PREFIXED.match(text)
    if carrier and text.startswith(carrier) and _BARE.match(text[len(carrier) :]):
        bare = _BARE.match(text[len(carrier) :])
    elif bare is None and prefixed is not None:
        if carrier:
            codes.append("carrier_differs_from_flight_number")
        else:
            codes.append("tdt_without_carrier")
            carrier = prefixed[1]
        return carrier, (prefixed[2].lstrip("0") or "0") + prefixed[3], tuple(codes)
    if bare is None:
        return carrier, "", ("flight_number_unreadable",)
    if not carrier:
        codes.append("flight_number_unreadable")
    return carrier, (bare[1].lstrip("0") or "0") + bare[2], tuple(codes)


@dataclass(frozen=True, slots=True)
class Moment:
    """A local date and time, and what deviated in it."""

    at: datetime | None
    codes: tuple[str, ...] = ()


def moment(written: str, sent: date | None) -> Moment:
    """Read YYMMDDHHMM or CCYYMMDDHHMM (formats 201, 203), or a date alone (101, 102)."""
    text = written.replace(" ", "")
    codes: tuple[str, ...] = ("space_in_date",) if text != written.strip() else ()
    if not (text.isascii() and text.isdigit()) or len(text) not in {6, 8, 10, 12, 14}:
        return Moment(None, (*codes, "leg_date_impossible"))
    cut = 8 if len(text) in {8, 12, 14} else 6
    at = local_time(text[:cut], text[cut : cut + 4], day_first=False, sent=sent)
    if at is None:
        at = local_time(text[:cut], "", day_first=False, sent=sent)
        return Moment(at, (*codes, "leg_date_impossible" if at is None else "hour_above_23"))
    return Moment(at, codes)


def legs_of(flights: list[Flight]) -> tuple[list[Leg], list[str]]:
    """Build legs from flights and their places.

    Returns:
        Legs in the order sent, and codes of findings about them.
    """
    legs: list[Leg] = []
    codes: list[str] = []
    for flight in flights:
        found = _legs_of_one(flight)
        if not found and flight.places:
            codes.append("leg_airport_missing")
        legs += found
    dated = [leg.departure for leg in legs if leg.departure is not None]
    if any(leg.flight_id is None for leg in legs) and dated:
        codes.append("leg_without_date")
    if dated and max(dated) - min(dated) > _APART:
        codes.append("legs_far_apart")
    if any(leg.departure and leg.arrival and leg.departure - leg.arrival > _BEYOND_DATE_LINE for leg in legs):
        codes.append("arrival_before_departure")
    return legs, codes


def _legs_of_one(flight: Flight) -> list[Leg]:
    places = [place for place in flight.places if place.airport]
    if len(places) == 2 and places[0].qualifier in _CLOSES and places[1].qualifier in _OPENS:
        places.reverse()
    legs: list[Leg] = []
    opened: Place | None = None
    for number, place in enumerate(places):
        if opened is None:
            if place.qualifier == "130" and legs:
                continue  # the flight's final airport, stated again
            opened = place
            continue
        legs.append(
            Leg(flight.carrier, flight.number, opened.airport, place.airport, opened.departure, place.arrival)
        )
        again = place.qualifier in _OPENS or place.departure is not None
        following = places[number + 1] if number + 1 < len(places) else None
        opened = place if again and following and following.airport != place.airport else None
    return legs


def flown(legs: list[Leg], embarkation: str | None, debarkation: str | None) -> tuple[int, ...]:
    """Return the ordinals of the legs that a traveller flies.

    >>> legs = [Leg("AA", "1", "ATL", "ORD"), Leg("AA", "2", "ORD", "JFK")]
    >>> flown(legs, "ATL", "JFK"), flown(legs, "ORD", "JFK"), flown(legs, "ATL", "ORD")
    ((0, 1), (1,), (0,))
    >>> flown(legs, "SVO", "IAD")
    (0, 1)
    """
    everything = tuple(range(len(legs)))
    first = next((place for place in everything if legs[place].origin == embarkation), 0)
    ends = [place for place in everything if legs[place].destination == debarkation and place >= first]
    last = ends[0] if ends else len(legs) - 1
    return tuple(range(first, last + 1)) or everything
