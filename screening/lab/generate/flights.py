"""Flights of a night: who flies where and when, local times from the airports' zones and distances."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import airportsdata

from screening.lab.generate.carriers import CARRIERS, EVERYWHERE, HOME, HOME_CULTURES, ROUTES, Carrier, Route
from screening.messages.model import Leg

_KILOMETRES_AN_HOUR, _TAXI_MINUTES, _EARTH = 830.0, 35.0, 6371.0
_DAYS_AHEAD, _DAY_WEIGHTS = (0, 1, 2, 3), (78, 10, 6, 6)
_HOME_SHARE, _EVERYWHERE_SHARE = 0.3, 0.15
_STRIDE = 13


@dataclass(frozen=True, slots=True)
class Flight:
    """One flight number on one day: its legs, seats sold and the people who are likely on it."""

    carrier: Carrier
    legs: tuple[Leg, ...]
    cultures: dict[str, float]
    travellers: int
    days_ahead: int  # departure after the night's date
    has_api: bool
    has_pnr: bool

    @property
    def departure(self) -> datetime:
        """Local time at which it leaves its first airport."""
        return _known(self.legs[0].departure)

    @property
    def border_departure(self) -> datetime:
        """Local time at which its last leg leaves: the one of which PNR pushes tell."""
        return _known(self.legs[-1].departure)

    @property
    def landing(self) -> datetime:
        """Local time at which it ends."""
        return _known(self.legs[-1].arrival)

    @property
    def inbound(self) -> bool:
        """Whether it ends at the agency's airport."""
        return self.legs[-1].destination == HOME


def _known(at: datetime | None) -> datetime:
    if at is None:
        raise ValueError("a flight of the generator has no time")
    return at


@lru_cache(maxsize=1)
def _airports() -> Mapping[str, Mapping[str, object]]:
    airports: Mapping[str, Mapping[str, object]] = airportsdata.load("IATA")
    return airports


def zone(airport: str) -> ZoneInfo:
    """Return the time zone of an airport."""
    return ZoneInfo(str(_airports()[airport]["tz"]))


def country(airport: str) -> str:
    """Return the country of an airport, ISO alpha-2."""
    return str(_airports()[airport]["country"])


def _minutes(origin: str, destination: str) -> int:
    """Block time over the great circle, to five minutes."""
    one, other = _airports()[origin], _airports()[destination]
    first, second = math.radians(float(str(one["lat"]))), math.radians(float(str(other["lat"])))
    turn = math.radians(float(str(other["lon"])) - float(str(one["lon"])))
    cosine = math.sin(first) * math.sin(second) + math.cos(first) * math.cos(second) * math.cos(turn)
    distance = _EARTH * math.acos(max(-1.0, min(1.0, cosine)))
    return 5 * round((_TAXI_MINUTES + 60 * distance / _KILOMETRES_AN_HOUR) / 5)


def fly(
    carrier: str, number: str, places: tuple[str, ...], departure: datetime, marketing: tuple[str, ...]
) -> list[Leg]:
    """Return the legs of a flight that leaves at a local time, an hour on the ground at each stop."""
    legs: list[Leg] = []
    at = departure.replace(tzinfo=zone(places[0]))
    for origin, destination in pairwise(places):
        landing = at + timedelta(minutes=_minutes(origin, destination))
        arrival = (at.astimezone(ZoneInfo("UTC")) + (landing - at)).astimezone(zone(destination))
        leg = Leg(
            carrier,
            number,
            origin,
            destination,
            at.replace(tzinfo=None),
            arrival.replace(tzinfo=None),
            marketing,
        )
        legs.append(leg)
        at = arrival + timedelta(minutes=60)
    return legs


def draw_flights(rng: random.Random, night: date, flights: int, travellers: int) -> list[Flight]:
    """Draw the flights of a night.

    Args:
        rng: stream to draw from.
        night: the night's date; most flights depart on it, some one to three days later.
        flights: how many.
        travellers: seats sold on all of them together.

    Returns:
        Flights in the order of their departure; no two share designator and day.
    """
    carriers = {carrier.code: carrier for carrier in CARRIERS}
    drawn: list[Flight] = []
    for ordinal in range(flights):
        # A stride without a common divisor: few flights already come from all parts of the world
        route = ROUTES[ordinal * _STRIDE % len(ROUTES)] if ordinal < len(ROUTES) else rng.choice(ROUTES)
        drawn.append(_flight(rng, night, ordinal, route, carriers))
    loads = [rng.lognormvariate(0, 0.45) for _ in drawn]
    total = sum(loads)
    sizes = [max(4, round(travellers * load / total)) for load in loads]
    sizes[0] = max(4, sizes[0] + travellers - sum(sizes))
    drawn = [replace(flight, travellers=size) for flight, size in zip(drawn, sizes, strict=True)]
    return sorted(drawn, key=lambda flight: (flight.departure, flight.carrier.code, flight.legs[0].number))


def _flight(
    rng: random.Random, night: date, ordinal: int, route: Route, carriers: dict[str, Carrier]
) -> Flight:
    carrier = carriers[rng.choice(route.carriers)]
    inbound = bool(route.via) or rng.random() < 0.7
    ends = (route.airport, *([route.via] if route.via else []), HOME) if inbound else (HOME, route.airport)
    days = rng.choices(_DAYS_AHEAD, _DAY_WEIGHTS)[0]
    minute = 5 * rng.randrange(12 * 6, 12 * 23)
    departure = datetime.combine(night + timedelta(days=days), time(minute // 60, minute % 60))
    # Ordinals make numbers unique: a flight number flies once a day
    number = str(101 + ordinal * 2 + (0 if inbound else 1))
    marketing = tuple(
        f"{partner}{5000 + (3 * ordinal + place) % 4999}" for place, partner in enumerate(carrier.partners)
    )
    legs = fly(carrier.code, number, ends, departure, marketing)
    return Flight(
        carrier,
        tuple(legs),
        _mixture(route),
        0,
        days,
        has_api=days == 0,
        has_pnr=days > 0 or rng.random() < 0.85,
    )


def _mixture(route: Route) -> dict[str, float]:
    mixture: dict[str, float] = {}
    shares = (
        (route.cultures, 1 - _HOME_SHARE - _EVERYWHERE_SHARE),
        (HOME_CULTURES, _HOME_SHARE),
        (EVERYWHERE, _EVERYWHERE_SHARE),
    )
    for cultures, share in shares:
        total = sum(cultures.values())
        for culture, weight in cultures.items():
            mixture[culture] = mixture.get(culture, 0.0) + share * weight / total
    return mixture
