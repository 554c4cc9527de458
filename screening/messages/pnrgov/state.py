"""State of reading one PNRGOV message: the group at hand, the bookings so far, what is sensitive."""

from datetime import date
from typing import NamedTuple

from screening.identity.birth_dates import latest_birth
from screening.messages.finding_kinds import finding
from screening.messages.model import Leg
from screening.messages.pnrgov.booking import Pnr
from screening.messages.pnrgov.elements import Elements, Sensitive
from screening.messages.pnrgov.legs import (
    Flight,
    Itinerary,
    Settled,
    is_operating_only,
    itinerary_of,
    read_flight,
    settle,
)
from screening.messages.pnrgov.party import Party, Person
from screening.messages.pnrgov.tables import At, table_of
from screening.messages.syntax.envelope import MessageReading, RawMessage
from screening.messages.syntax.segments import Segment
from screening.profile.model import Intake
from screening.tables.codes import MessageType, Source


class KnownFlight(NamedTuple):
    """A TVL that was read: its flight, what deviates in it, and whether it completes the one before."""

    flight: Flight
    codes: tuple[str, ...]
    operating_only: bool


class PnrgovState:
    """One message while it is read.

    Attributes:
        sent: date of the interchange.
        at: group that the last segment led to.
        pnrs: bookings in the order of the message.
        eqn: the header's EQN.
        referred: first traveller of each (locator, reference).
        words: a value by the bytes of its segment, where few segments repeat (RPI, SAC).
    """

    def __init__(self, raw: RawMessage, intake: Intake) -> None:
        dialect, self.table = table_of(raw.version)
        self.raw = raw
        self.sent: date | None = raw.sent.date() if raw.sent is not None else None
        self.permitted = intake.permitted_elements
        self.sensitive = Sensitive(intake)
        self.at = At.HEADER
        self.pnrs: list[Pnr] = []
        self.has_function = self.has_originator = False
        self.eqn: Segment | None = None
        self.referred: dict[tuple[str, str], Person] = {}
        self.words: dict[bytes, str] = {}
        self.message = raw.message(MessageType.PNRGOV, dialect, Source.PNR)
        self.out = MessageReading(self.message, [], [])
        self._settled: dict[Itinerary, Settled] = {}
        self._flights: dict[bytes, KnownFlight] = {}

    def flight(self, segment: Segment) -> Flight:
        """Read a TVL."""
        known = self.known_flight(segment)
        for code in known.codes:
            self.note(code, segment)
        return known.flight.copy()

    def known_flight(self, segment: Segment) -> KnownFlight:
        """Read a TVL once; the bookings of a push repeat a few (one in thirty is new, measured)."""
        known = self._flights.get(segment.raw)
        if known is None:
            codes: list[str] = []
            flight = read_flight(segment, self.sent, lambda code, _: codes.append(code))
            known = KnownFlight(flight, tuple(codes), is_operating_only(segment))
            self._flights[segment.raw] = known
        return known

    def settled(self, flights: list[Flight]) -> Settled:
        """Settle an itinerary; one that is known gives its legs, none of which is changed any more."""
        itinerary = itinerary_of(flights)
        known = self._settled.get(itinerary)
        if known is None:
            known = self._settled[itinerary] = settle(flights, self.header)
        for flight, leg in zip(flights, known.legs, strict=True):
            flight.leg = leg
        return known

    def word(self, segment: Segment, element: int) -> str:
        """Return a value in capitals, split once for all segments of the same bytes."""
        known = self.words.get(segment.raw)
        if known is None:
            known = self.words[segment.raw] = segment.get(element).strip().upper()
        return known

    def note(self, code: str, segment: Segment) -> None:
        """Record a deviation of the message."""
        self.message.findings.append(finding(code, segment.offset, segment.number))

    @property
    def header(self) -> Leg | None:
        """The reported flight."""
        return self.message.legs[0] if self.message.legs else None

    @property
    def today(self) -> date | None:
        """Day by which centuries are decided (`latest_birth`)."""
        departure = self.header.departure if self.header is not None else None
        return latest_birth(self.sent, [departure.date()] if departure is not None else [])

    def open_booking(self, segment: Segment) -> Pnr:
        """Begin a PNR."""
        pnr = Pnr(segment, Party(locator=None, today=self.today), Elements(self.permitted))
        self.pnrs.append(pnr)
        return pnr

    def pnr(self, segment: Segment) -> Pnr:
        """Return the booking at hand; data before any SRC open one."""
        if self.pnrs:
            return self.pnrs[-1]
        self.note("src_missing", segment)
        return self.open_booking(segment)

    def lengthen(self, end: int) -> None:
        """Let the traveller at hand reach to the byte before `end`."""
        person = self.pnrs[-1].person if self.pnrs else None
        if person is not None:
            person.traveller.length = end - person.traveller.offset
