"""In which order hits are worked on: severity x odds x time to landing, at a stated moment.

Rules:

* The direction of a leg is told from the countries of its airports and the agency's own: in, out, within, or
  passing (neither end is ours). A person with a leg in and a leg out within two days is in transit.
* A leg out counts by its departure, any other by its landing: after that the person is out of reach, or here.
* Parts: what lands after the moment, what departs after it, what has landed or left. Near misses and weak
  combinations stand apart after them. A time that is not known counts as still to come, and soon.
* Within a part the product decides, largest first. It is kept as a sum of logarithms, in hundredths of a bit:
  a step of severity is worth eight times the odds, odds count up to 2^20, and half the time counts as twice
  the odds, down to a quarter of an hour.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from screening.identity.airports import country, utc
from screening.tables.rows import FlightRow, HitRow


class Direction(StrEnum):
    """Which way a leg, or a person over their legs, goes; seen from the agency's country."""

    IN = "in"
    OUT = "out"
    TRANSIT = "transit"
    WITHIN = "within"
    PASSING = "passing"
    UNKNOWN = "not known"


class Part(StrEnum):
    """Parts of the work, in this order."""

    LANDS = "lands"
    DEPARTS = "departs"
    OVER = "over"
    NEAR = "near"
    WEAK = "weak"


_SEVERITY = 300  # hundredths of a bit a step
_MOST_ODDS = 2_000
_SOONEST = 15  # minutes
_TRANSIT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Timing:
    """When a leg counts.

    Attributes:
        direction: of the leg.
        at: landing, or departure of a leg out, UTC; None where it is not known.
        minutes: from the moment until then, negative when it is past; None where either is not known.
    """

    direction: Direction
    at: datetime | None
    minutes: int | None

    @property
    def words(self) -> str:
        """Say how long it is until then.

        >>> at = datetime.fromisoformat("2026-11-23T06:00+00:00")
        >>> Timing(Direction.IN, at, 95).words, Timing(Direction.OUT, at, -1500).words
        ('lands in 1 h 35 min', 'departed 1 d 1 h ago')
        >>> Timing(Direction.OUT, None, None).words
        'departure not known'
        """
        leaves = self.direction is Direction.OUT
        if self.minutes is None:
            return "departure not known" if leaves else "landing not known"
        ahead = self.minutes >= 0
        length = _length(abs(self.minutes))
        if ahead:
            return f"{'departs' if leaves else 'lands'} in {length}"
        return f"{'departed' if leaves else 'landed'} {length} ago"


def _length(minutes: int) -> str:
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {left:02d} min" if hours else f"{left} min"


NO_TIME = Timing(Direction.UNKNOWN, None, None)


def direction(origin: str | None, destination: str | None, home: str | None) -> Direction:
    """Tell the direction of a leg from its airports.

    Args:
        origin: airport, any code; None where not known.
        destination: likewise.
        home: the agency's country, ISO alpha-2; None where not known.

    >>> [str(direction(*ends, "BE")) for ends in (("HKG", "BRU"), ("BRU", "JFK"), ("FRA", "JFK"))]
    ['in', 'out', 'passing']
    """
    if not home:
        return Direction.UNKNOWN
    start, end = country(origin), country(destination)
    if start == home:
        return Direction.WITHIN if end == home else Direction.OUT
    if end == home:
        return Direction.IN
    return Direction.PASSING if start and end else Direction.UNKNOWN


def timing(flight: FlightRow | None, home: str | None, moment: datetime | None) -> Timing:
    """Return when a leg counts, seen from a moment (UTC)."""
    if flight is None:
        return NO_TIME
    way = direction(flight["origin"], flight["destination"], home)
    local, zone = (
        (flight["departure_local"], flight["origin_zone"])
        if way is Direction.OUT
        else (flight["arrival_local"], flight["destination_zone"])
    )
    at = utc(local, zone) if local and zone else None
    minutes = int((at - moment).total_seconds() // 60) if at and moment else None
    return Timing(way, at, minutes)


def over_legs(legs: Collection[Timing]) -> Direction:
    """Tell the direction of a person over their legs.

    >>> into = Timing(Direction.IN, None, None)
    >>> over_legs([into]), over_legs([into, Timing(Direction.OUT, None, None)])
    (<Direction.IN: 'in'>, <Direction.TRANSIT: 'transit'>)
    """
    ways = list(dict.fromkeys(leg.direction for leg in legs))
    if Direction.IN in ways and Direction.OUT in ways:
        times = [leg.at for leg in legs if leg.direction in (Direction.IN, Direction.OUT) and leg.at]
        if not times or max(times) - min(times) <= _TRANSIT:
            return Direction.TRANSIT
    # A leg in or out says more than one abroad of the same journey.
    ours = [way for way in ways if way in (Direction.IN, Direction.OUT)]
    return next(iter([*ours, *ways]), Direction.UNKNOWN)


def part(hit: HitRow, when: Timing, *, weak: bool, apart: bool = True) -> Part:
    """Return the part of the work that a hit belongs to.

    Args:
        hit: the hit.
        when: when its leg counts.
        weak: is it a weak combination?
        apart: do near misses and weak combinations stand apart? Of what is shown to few that would tell of
            its evidence.
    """
    if apart and hit["near_miss"] is not None:
        return Part.NEAR
    if apart and weak:
        return Part.WEAK
    if when.minutes is not None and when.minutes < 0:
        return Part.OVER
    return Part.DEPARTS if when.direction is Direction.OUT else Part.LANDS


def weight(hit: HitRow, when: Timing) -> int:
    """Return severity x odds x time to landing as hundredths of a bit; what is past has no time left to lose.

    >>> row = {"severity": 5, "score": 1200}
    >>> weight(row, Timing(Direction.IN, None, 60)) - weight(row, Timing(Direction.IN, None, 120))
    100
    """
    fixed = hit["severity"] * _SEVERITY + min(hit["score"], _MOST_ODDS)
    if when.minutes is not None and when.minutes < 0:
        return fixed
    left = max(_SOONEST, when.minutes or 0)
    return fixed - round(100 * math.log2(left / _SOONEST))
