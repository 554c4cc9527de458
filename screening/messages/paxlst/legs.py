"""Legs of a PAXLST message: flight numbers, places in the order sent, times, and who flies which leg.

Rule: a place opens a leg, the next closes it; a place that closes a leg and departs again (a stop sent once,
a 125 or PT) opens the next. A time belongs to the place before it; one under TDT, before the first TDT or
with the leg's other end is used where the leg has none, with a finding. An arrival alone dates the leg. A
traveller flies from the leg that starts at LOC+178 to the leg that ends at LOC+179; ports off the reported
legs are connections and limit nothing.

Source: WCO/IATA/ICAO API guide, LOC group of TDT; UN/EDIFACT PAXLST, group 2 (DTM under TDT);
docs/messages.md.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from screening.messages.model import Leg

_OPENS = frozenset({"125", "PT", "005", "5"})
_CLOSES = frozenset({"87", "008", "8"})
_BEYOND_DATE_LINE = timedelta(hours=25)
_APART = timedelta(days=31)
_NO_MODE_BY_AIR = frozenset({"1", "2", "3", "8"})  # UN 8067: sea, rail, road, inland water


@dataclass(slots=True)
class Times:
    """Departure and arrival as stated at one place of the message.

    Of several times of one event the scheduled one is believed, then the estimated, then the actual: a leg
    is called by the scheduled one. Of two of a kind the later stands, if it can be read.
    """

    departure: datetime | None = None
    arrival: datetime | None = None
    ranks: dict[str, int] = field(default_factory=dict)

    def take(self, event: str, at: datetime | None, rank: int = 0) -> None:
        """Take a time of an event, unless a better one is known."""
        if at is None or self.ranks.get(event, rank) < rank:
            return
        self.ranks[event] = rank
        setattr(self, event, at)


@dataclass(slots=True)
class Place:
    """One LOC of the flight with the times that follow it."""

    qualifier: str
    airport: str
    times: Times = field(default_factory=Times)


@dataclass(slots=True)
class Flight:
    """One TDT with its places; `times` stand before them; `implied` where the TDT itself is lost."""

    carrier: str
    number: str
    mode: str = ""
    places: list[Place] = field(default_factory=list)
    times: Times = field(default_factory=Times)
    implied: bool = False

    @property
    def by_air(self) -> bool:
        """Does it fly, as far as is said?"""
        return self.mode not in _NO_MODE_BY_AIR

    @property
    def is_empty(self) -> bool:
        """Is nothing known of it?"""
        known = self.carrier or self.number or self.places or self.times.departure or self.times.arrival
        return not known


def legs_of(flights: list[Flight], before: Times) -> tuple[list[Leg], list[str]]:
    """Build legs from flights and their places.

    Args:
        flights: in the order sent.
        before: times before the first TDT.

    Returns:
        Legs in the order sent, and codes of findings about them. Where no flight has a pair of places, the
        legs hold what is known of each.
    """
    codes: list[str] = []
    legs: list[Leg] = []
    partial: list[Leg] = []
    for flight in flights:
        found, moved = _legs_of_one(flight)
        if not found and flight.places:
            codes.append("leg_airport_missing")
        if not found and not flight.is_empty:
            partial.append(_part_of_a_leg(flight))
        legs += found
        codes += ["leg_date_out_of_place"] * moved
    legs = legs or partial
    if legs and (_fill(legs[0], "departure", before) | _fill(legs[-1], "arrival", before)):
        codes.append("leg_date_out_of_place")
    places = [place.times for flight in flights for place in flight.places]
    if any(times.ranks.get("departure", 0) for times in [*places, *(flight.times for flight in flights)]):
        codes.append("leg_time_not_scheduled")
    if any(leg.departure is None and leg.arrival is not None for leg in legs):
        codes.append("leg_by_arrival")
    dated = [leg.departure for leg in legs if leg.departure is not None]
    if any(leg.day is None for leg in legs) and any(leg.is_complete for leg in legs):
        codes.append("leg_without_date")
    if dated and max(dated) - min(dated) > _APART:
        codes.append("legs_far_apart")
    if any(leg.departure and leg.arrival and leg.departure - leg.arrival > _BEYOND_DATE_LINE for leg in legs):
        codes.append("arrival_before_departure")
    return legs, list(dict.fromkeys(codes))


def _fill(leg: Leg, event: str, times: Times) -> bool:
    """Give a leg the time of an event that it lacks; say whether it got one."""
    at = getattr(times, event)
    if at is None or getattr(leg, event) is not None:
        return False
    setattr(leg, event, at)
    return True


def _legs_of_one(flight: Flight) -> tuple[list[Leg], bool]:
    """Return the legs between the places of a flight, and whether a time was used out of its place."""
    places = [place for place in flight.places if place.airport]
    if len(places) == 2 and places[0].qualifier in _CLOSES and places[1].qualifier in _OPENS:
        places.reverse()
    legs: list[Leg] = []
    ends: list[tuple[Place, Place, bool]] = []
    opened: Place | None = None
    for number, place in enumerate(places):
        if opened is None:
            if place.qualifier == "130" and legs:
                continue  # the flight's final airport, stated again
            opened = place
            continue
        departure, arrival = opened.times.departure, place.times.arrival
        legs.append(Leg(flight.carrier, flight.number, opened.airport, place.airport, departure, arrival))
        again = place.qualifier in _OPENS or place.times.departure is not None
        following = places[number + 1] if number + 1 < len(places) else None
        onward = bool(again and following and following.airport != place.airport)
        ends.append((opened, place, onward))
        opened = place if onward else None
    moved = False
    if legs:
        moved = _fill(legs[0], "departure", flight.times) | _fill(legs[-1], "arrival", flight.times)
        for leg, (_, closing, onward) in zip(legs, ends, strict=True):
            moved |= not onward and _fill(leg, "departure", closing.times)
        moved |= _fill(legs[0], "arrival", ends[0][0].times)
    return legs, moved


def _part_of_a_leg(flight: Flight) -> Leg:
    """Return what is known of a flight that has no pair of places."""
    leg = Leg(flight.carrier, flight.number, "", "")
    for place in flight.places:
        closes = place.qualifier in _CLOSES or (
            place.qualifier not in _OPENS and place.times.arrival is not None
        )
        if place.airport and closes:
            leg.destination = place.airport
        elif place.airport:
            leg.origin = place.airport
    for times in (*(place.times for place in flight.places), flight.times):
        _fill(leg, "departure", times)
        _fill(leg, "arrival", times)
    return leg


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
