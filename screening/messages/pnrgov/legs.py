r"""Flights in PNRGOV: TVL to legs, codeshares to their operating flight, the reported flight in an itinerary.

`TVL+ddmmyy:hhmm:ddmmyy:hhmm+FROM+TO+CARRIER[:OPERATING]+NUMBER[:class:suffix]`, local times, day first. Of an
arrival without its date there is no telling the day, so it is no arrival. A codeshare names both carriers;
its second number stands in TRA or in a following TVL without dates. The guide gives the first number to the
marketing carrier; some hosts give it to the operating one (codeshare.edi: header SQ609, `KE:SQ+609`, then
303), so the header's number decides which is which.

Source: IATA PNRGOV guide, TVL 5.28.2 and 5.28.3, TRA, as quoted by US-CBP/GTAS.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from screening.identity.dates import clock_time
from screening.messages.designators import airport
from screening.messages.model import Leg
from screening.messages.moments import read_moment
from screening.messages.syntax.segments import Segment

Note = Callable[[str, Segment], None]
_A_MONTH = timedelta(days=31)
_DATE_LINE = timedelta(hours=26)  # local arrival may precede local departure by up to a day and the date line
_CONNECTION = timedelta(hours=24)  # IATA: a longer stay is a stopover
# AIRIMP status codes of a segment that is no longer or was never held; a waitlist (HL, US, UU) may yet fly
_CANCELLED = frozenset({"HX", "XX", "XK", "XL", "UN", "UC", "NO"})


def designator(carrier: str, number: str) -> str:
    """Return carrier and number without leading zeros, `SQ609`."""
    return f"{carrier}{number}"


def flight_number(written: str) -> str:
    """Return a flight number without leading zeros, its suffix letter kept.

    >>> flight_number("0006"), flight_number(" 324a"), flight_number("000")
    ('6', '324A', '0')
    """
    bare = written.strip().upper()
    return bare.lstrip("0") or bare[-1:]


@dataclass(slots=True, eq=False)
class Flight:
    """One TVL of an itinerary while its codeshare may still be stated in the next segments."""

    leg: Leg  # another where the codeshare is settled: never changed
    sold_by: str  # first carrier
    flown_by: str  # second carrier, or the first
    number: str  # first number
    second: str = ""  # number of a following TVL or of TRA
    cabin: str = ""
    status: str = ""  # RPI: HK, HL, HX …
    status_at: Segment | None = None
    checked_in: int = 0
    written: bytes = b""  # its TVL

    @property
    def is_cancelled(self) -> bool:
        """Does the booking say that it does not hold this flight any more?"""
        return self.status in _CANCELLED

    def copy(self) -> "Flight":
        """Copy it, as its TVL states it."""
        return Flight(
            self.leg, self.sold_by, self.flown_by, self.number, cabin=self.cabin, written=self.written
        )

    @property
    def is_codeshare(self) -> bool:
        """Are there two carriers or two numbers?"""
        return self.sold_by != self.flown_by or bool(self.second)

    def names(self) -> set[str]:
        """Return every designator that this flight may be known by."""
        numbers = {self.number, self.second} - {""}
        return {
            designator(carrier, number) for carrier in (self.sold_by, self.flown_by) for number in numbers
        }


def is_operating_only(segment: Segment) -> bool:
    """Say whether a TVL only names the operating flight of the one before (`TVL+++++303:Y`).

    A gap in the itinerary looks alike (`TVL+++++ARNK`), but is a segment of its own and has no number.
    """
    if any(segment.element(0)) or segment.get(1).strip() or segment.get(2).strip():
        return False
    return any(map(str.isdigit, segment.get(4))) or not segment.get(4).strip()


def read_flight(segment: Segment, sent: date | None, note: Note) -> Flight:
    """Read a TVL.

    Args:
        segment: the TVL.
        sent: date of the interchange; decides the century.
        note: takes the code of a deviation and its segment.

    Returns:
        The flight; its leg's departure is None where no date can be read (OPEN, ARNK).
    """
    carriers = [part.strip().upper() for part in segment.element(3)]
    sold_by = carriers[0] if carriers else ""
    flown_by = carriers[1] if len(carriers) > 1 and carriers[1] else sold_by
    number = flight_number(segment.get(4) + segment.get(4, 2).strip())
    departure = _departure(segment, sent, note)
    leg = Leg(
        carrier=flown_by,
        number=number,
        origin=airport(segment.get(1)),
        destination=airport(segment.get(2)),
        departure=departure,
        arrival=_arrival(segment, sent, note),
    )
    if leg.departure and leg.arrival and leg.arrival < leg.departure - _DATE_LINE:
        note("arrival_before_departure", segment)
    cabin = segment.get(4, 1).strip().upper()
    return Flight(leg, sold_by, flown_by, number, cabin=cabin, written=segment.raw)


def _departure(segment: Segment, sent: date | None, note: Note) -> datetime | None:
    day, clock = segment.get(0).strip(), segment.get(0, 1).strip()
    return _local(day, clock, sent, segment, note) if day else None


def _arrival(segment: Segment, sent: date | None, note: Note) -> datetime | None:
    day, clock = segment.get(0, 2).strip(), segment.get(0, 3).strip()
    if len(day) in {3, 4} and day.isdigit() and not clock:
        note("tvl_arrival_time_in_date_place", segment)
        return None
    if not day or not clock:
        return None
    return _local(day, clock, sent, segment, note)


def _local(day: str, clock: str, sent: date | None, segment: Segment, note: Note) -> datetime | None:
    """Read a day, day first, and a time; one that does not exist leaves the day with 00:00."""
    found = read_moment(day, sent=sent, day_first=True)
    for code in found.codes:
        note(code, segment)
    if found.at is None or not clock:
        return found.at
    at = clock_time(clock.replace(":", ""))
    if at is None:
        note("hour_above_23", segment)
    return datetime.combine(found.at.date(), at) if at is not None else found.at


def settle_codeshare(flight: Flight, header: Leg | None) -> None:
    """Set the operating designator of a codeshare's leg; the others become `marketing`.

    Args:
        flight: the flight, complete with its second number; it is given a leg of its own.
        header: the reported flight, whose own designator is known to be right.
    """
    operating, selling = (flight.second or flight.number), flight.number
    if header is not None and header.carrier == flight.flown_by and header.number == flight.number:
        operating, selling = flight.number, flight.second or flight.number
    sold = designator(flight.sold_by, selling)
    is_sold = flight.is_codeshare and sold != designator(flight.flown_by, operating)
    marketing = (sold,) if is_sold else flight.leg.marketing
    flight.leg = replace(flight.leg, carrier=flight.flown_by, number=operating, marketing=marketing)


class Settled(NamedTuple):
    """What an itinerary and the reported flight say of each other; many bookings of a push share one.

    Attributes:
        legs: of its flights, codeshares settled.
        names: designator and airports of each flight.
        codeshares: who sells what, in words.
        reported: place of the flight that the message reports.
        marketing: other designators of it.
        journey: where the journey begins and ends that it is part of.
        far_apart: does the reported flight lie more than a month from every leg?
    """

    legs: list[Leg]
    names: list[str]
    codeshares: list[str]
    reported: int | None
    marketing: set[str]
    journey: tuple[str, str] | None
    far_apart: bool


Itinerary = tuple[tuple[bytes, str, str, str], ...]


def itinerary_of(flights: list[Flight]) -> Itinerary:
    """Return what the settling of flights depends on, the header aside."""
    return tuple([(flight.written, flight.flown_by, flight.second, flight.status) for flight in flights])


def settle(flights: list[Flight], header: Leg | None) -> Settled:
    """Settle the codeshares of an itinerary and find the reported flight in it.

    Args:
        flights: of one booking; each is given a leg of its own.
        header: the reported flight, where the message has one.
    """
    for flight in flights:
        settle_codeshare(flight, header)
    legs = [flight.leg for flight in flights]
    names = [designator(leg.carrier, leg.number) for leg in legs]
    routes = [f"{name} {leg.origin}{leg.destination}".strip() for name, leg in zip(names, legs, strict=True)]
    codeshares = [
        f"{sold} is {name}" for name, leg in zip(names, legs, strict=True) for sold in leg.marketing
    ]
    if header is None:
        return Settled(legs, routes, codeshares, None, set(), None, far_apart=False)
    apart = far_apart(flights, header)
    found = reported(flights, header)
    if found is None:
        return Settled(legs, routes, codeshares, None, set(), None, apart)
    place = flights.index(found)
    marketing = {names[place], *found.leg.marketing} - {designator(header.carrier, header.number)}
    return Settled(legs, routes, codeshares, place, marketing, journey(flights, found), apart)


def reported(itinerary: list[Flight], header: Leg) -> Flight | None:
    """Find the itinerary's flight that the message reports.

    In this order: same designator and airports; same designator within a day (the guide lets the header name
    the leg that crosses the border, the itinerary the whole booked segment); same airports and minute (a
    codeshare whose operating flight is not named). Another flight of the same day on the same route is none.
    One that is cancelled is meant only where no other fits.
    """
    if header.departure is None:
        return None
    own = designator(header.carrier, header.number)
    found: list[tuple[bool, int, Flight]] = []
    for flight in itinerary:
        departure = flight.leg.departure
        if departure is None:
            continue
        same_route = (flight.leg.origin, flight.leg.destination) == (header.origin, header.destination)
        if own in flight.names() and abs(departure - header.departure) <= timedelta(days=1):
            found.append((flight.is_cancelled, 0 if same_route else 1, flight))
        elif same_route and departure == header.departure:
            found.append((flight.is_cancelled, 2, flight))
    return min(found, key=lambda one: one[:2])[2] if found else None


def journey(itinerary: list[Flight], flight: Flight) -> tuple[str, str]:
    """Return where the journey on the flight's carrier begins and ends; connections last less than a day."""
    dated = [(step.leg.departure, place) for place, step in enumerate(itinerary) if step.leg.departure]
    known = [itinerary[place] for _, place in sorted(dated)]
    place = known.index(flight)
    first = last = place
    while first > 0 and _connects(known[first - 1], known[first]):
        first -= 1
    while last + 1 < len(known) and _connects(known[last], known[last + 1]):
        last += 1
    return known[first].leg.origin, known[last].leg.destination


def _connects(before: Flight, after: Flight) -> bool:
    if before.leg.destination != after.leg.origin or not before.leg.departure or not after.leg.departure:
        return False
    if not {before.sold_by, before.flown_by} & {after.sold_by, after.flown_by}:
        return False
    wait = after.leg.departure - (before.leg.arrival or before.leg.departure)
    return timedelta(0) <= wait <= _CONNECTION


def far_apart(itinerary: list[Flight], header: Leg) -> bool:
    """Say whether the reported flight lies more than a month from every dated leg of its itinerary."""
    dated = [flight.leg.departure for flight in itinerary if flight.leg.departure]
    departure = header.departure
    return bool(dated) and departure is not None and all(abs(day - departure) > _A_MONTH for day in dated)
