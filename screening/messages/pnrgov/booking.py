"""One PNR while it is read, and its closing, when documents find their holders.

Only when all groups of a PNR are known can a DOCS of group 1 be given to a traveller of group 2.

Source: IATA PNRGOV guide, groups 1 to 8; docs/messages.md.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from screening.identity.documents import document_type, normalise_number
from screening.identity.states import state_code
from screening.messages.finding_kinds import finding
from screening.messages.model import Booking, Document, Leg
from screening.messages.pnrgov.elements import Elements
from screening.messages.pnrgov.history import History
from screening.messages.pnrgov.legs import Flight, Settled
from screening.messages.pnrgov.names import reference_of
from screening.messages.pnrgov.party import Claim, Party, Person, add_document
from screening.messages.pnrgov.ssr_docs import (
    CONTINUES,
    continues,
    joined,
    parse_doca,
    parse_doco,
    parse_docs,
    parse_inft,
    text_of,
)
from screening.messages.syntax.segments import Segment
from screening.tables.codes import Says
from screening.tables.findings import Finding

CANCELLED = "reported_flight_cancelled"


class SeatClaim(NamedTuple):
    """A seat that waits until flights and travellers of its PNR are known; later ones are surer."""

    rank: int  # 0 asked for, 1 booked, 2 given at check-in
    flight: Flight | None  # in whose group it stands
    route: tuple[str, str]
    reference: str
    person: Person | None
    seat: str


@dataclass(slots=True, eq=False)
class Pnr:
    """Everything read of one PNR so far."""

    segment: Segment  # SRC
    party: Party
    elements: Elements
    locator: str | None = None
    carrier: str | None = None
    booked: datetime | None = None
    agency: str | None = None
    originator: bool = False  # its ORG says something
    others: list[str] = field(default_factory=list)
    split_from: str | None = None
    group_name: bool = False
    flights: list[Flight] = field(default_factory=list)
    history: History = field(default_factory=History)
    person: Person | None = None  # of the group 2 at hand
    boarding: Person | None = None  # of the group 7 at hand
    boarding_reference: str = ""
    documents: list[Claim] = field(default_factory=list)
    visas: list[Claim] = field(default_factory=list)
    addresses: list[Claim] = field(default_factory=list)
    infants: list[Claim] = field(default_factory=list)
    seats: list[SeatClaim] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def note(self, code: str, segment: Segment) -> None:
        """Record a deviation of the booking."""
        self.findings.append(finding(code, segment.offset, segment.number))

    def claim(self, segment: Segment, *, in_group_2: bool) -> Claim:
        """Say whom an SSR refers to and whom it stands behind."""
        reference = ""
        for element in segment.fields()[2:]:
            reference = reference_of(element[2]) if len(element) > 2 else ""
            if reference:
                break
        return Claim(segment, reference, self.person if in_group_2 else None)

    def seat(self, segment: Segment, flight: Flight | None, *, rank: int) -> None:
        """Take up the seats of an SSR SEAT or RQST."""
        route = (segment.get(0, 6).strip().upper(), segment.get(0, 7).strip().upper())
        for element in segment.fields()[2:]:
            seat = seat_of(element[0])
            if seat:
                reference = reference_of(element[2]) if len(element) > 2 else ""
                self.seats.append(SeatClaim(rank, flight, route, reference, self.person_for(flight), seat))

    def person_for(self, flight: Flight | None) -> Person | None:
        """Return the traveller whom an SSR without reference stands behind (group 2 only)."""
        return self.person if flight is None else None

    def booking(self, legs: list[Leg]) -> Booking:
        """Build the booking as the model has it, with the legs of its settled flights."""
        return Booking(
            locator=self.locator or "",
            carrier=self.carrier,
            booked=self.booked,
            agency=self.agency,
            party_size=len(self.party.people) or None,
            other_locators=tuple(self.others),
            split_from=self.split_from,
            itinerary=legs.copy(),
            elements=self.elements.flat(),
        )


@lru_cache(maxsize=4096)
def seat_of(written: str) -> str:
    """Return a seat without leading zeros; a masked or missing one (`XXX`) is none.

    >>> seat_of("015A"), seat_of("XXX"), seat_of(" 38e ")
    ('15A', '', '38E')
    """
    seat = written.strip().upper().lstrip("0")
    return seat if any(map(str.isdigit, seat)) and len(seat) <= 5 else ""


def locators(segment: Segment) -> list[tuple[str, str, list[str]]]:
    """Return company, locator and the rest of each element of an RCI."""
    found = []
    for element in segment.fields()[1:]:
        parts = [part.strip().upper() for part in element]
        if len(parts) > 1 and parts[1]:
            found.append((parts[0], parts[1], parts[2:]))
        elif parts and len(parts[0]) >= 5:  # the company left out
            found.append(("", parts[0], parts[1:]))
    return found


def close(pnr: Pnr, settled: Settled, header: Leg | None) -> None:
    """Bring a PNR to its end: infants, then documents to their holders, then flights and seats.

    Args:
        pnr: all groups of one PNR; changed.
        settled: what its flights and the reported one tell of each other.
        header: the flight that the message reports, where it has one.
    """
    _settle_people(pnr)
    for text in pnr.history.texts():
        pnr.elements.add("changes", text)
    for name, flight in zip(settled.names, pnr.flights, strict=True):
        _keep_status(pnr, name, flight)
    for codeshare in settled.codeshares:
        pnr.elements.add("codeshare", codeshare)
    for claim in pnr.seats:
        if claim.flight is not None:
            leg = claim.flight.leg
            pnr.elements.add("seat", f"{leg.origin}{leg.destination} {claim.seat}")
    if header is not None:
        _settle_reported(pnr, settled, header)


def _keep_status(pnr: Pnr, name: str, flight: Flight) -> None:
    """Keep how a flight is booked and how many have checked in: travel status (annex I, item 10)."""
    if flight.status:
        pnr.elements.add("status", f"{name} {flight.status}")
    if flight.checked_in:
        pnr.elements.add("status", f"{name} checked in {flight.checked_in}")


def _settle_people(pnr: Pnr) -> None:
    party = pnr.party
    party.locator = pnr.locator
    for person in party.people:
        person.traveller.locator = pnr.locator
    for text, claim in whole_texts(pnr.infants):
        parts = parse_inft(text)
        if party.infant(parts, claim) is None:
            pnr.note("infant_not_named", claim.segment)
    for text, claim in whole_texts(pnr.documents):
        _give_docs(pnr, text, claim)
    for text, claim in whole_texts(pnr.visas):
        _give_visa(pnr, text, claim)
    for text, claim in whole_texts(pnr.addresses):
        _give_address(pnr, text, claim)
    _check_people(pnr)


def whole_texts(claims: list[Claim]) -> list[tuple[str, Claim]]:
    """Return the texts of SSR, those that continue another one joined to it (AIRIMP: `///` on both sides).

    A text that was cut stands at the claim of its first part.
    """
    found: list[tuple[str, Claim]] = []
    for claim in claims:
        text = text_of(claim.segment)
        begun = _begun(found, text, claim) if text.startswith(CONTINUES) else None
        if begun is None:
            found.append((text, claim))
        else:
            found[begun] = joined(found[begun][0], text), found[begun][1]
    return found


def _begun(found: list[tuple[str, Claim]], text: str, claim: Claim) -> int | None:
    """Return the place of the text that this one continues: the last of the same traveller that is open."""
    for place in range(len(found) - 1, -1, -1):
        known, other = found[place]
        one_traveller = "" in {other.reference, claim.reference} or other.reference == claim.reference
        if one_traveller and continues(known, text):
            return place
    return None


def _give_docs(pnr: Pnr, text: str, claim: Claim) -> None:
    docs = parse_docs(text)
    if docs is None:
        pnr.note("docs_unreadable", claim.segment)
        return
    holder = pnr.party.holder(docs, claim) or pnr.party.nobody(claim.segment)
    pnr.party.give(holder, docs, claim.segment)


def _give_visa(pnr: Pnr, text: str, claim: Claim) -> None:
    visa = parse_doco(text)
    if visa is None:
        pnr.note("docs_unreadable", claim.segment)
        return
    kind, number, _ = visa
    holder = pnr.party.referred(claim) or pnr.party.nobody(claim.segment)
    # Who may enter where says nothing for certain about who issued it: the state stays open.
    document = Document(type=document_type(kind), type_as_sent=kind, number=normalise_number(number))
    if document.number:
        add_document(holder.traveller, document)


def _give_address(pnr: Pnr, text: str, claim: Claim) -> None:
    address = parse_doca(text)
    if address is None:
        pnr.note("docs_unreadable", claim.segment)
        return
    kind, country, place = address
    pnr.elements.add("contact", ", ".join(filter(None, (place, country))))
    holder = pnr.party.referred(claim)
    if kind == "R" and holder is not None:
        holder.traveller.residence = holder.traveller.residence or state_code(country)


def _check_people(pnr: Pnr) -> None:
    people = pnr.party.people
    carrying = [person for person in people if person.carries_infant]
    if carrying and not any(person.is_infant for person in people):
        pnr.note("infant_not_named", carrying[0].segment)
    holders: dict[tuple[str, str | None], Person] = {}
    for person in people:
        traveller = person.traveller
        if len(people) > 1:
            for document in traveller.documents:
                other = holders.setdefault((document.number, document.issuing_state), person)
                if other is not person:
                    person.note("document_number_shared", person.segment)
        if traveller.birth_as_sent is None:
            person.note("birth_date_missing", person.segment)


def _settle_reported(pnr: Pnr, settled: Settled, header: Leg) -> None:
    flight = None
    if settled.reported is not None and settled.journey is not None:
        flight = pnr.flights[settled.reported]
        if flight.is_cancelled and flight.status_at is not None:
            pnr.note(CANCELLED, flight.status_at)
        for person in pnr.party.people:
            person.traveller.embarkation, person.traveller.debarkation = settled.journey
            if flight.is_cancelled:
                person.traveller.says = Says.WITHDRAWN
    if not pnr.seats:
        return
    adults = [person for person in pnr.party.people if not person.is_infant]
    for claim in sorted(pnr.seats, key=attrgetter("rank")):
        if claim.flight is not None and claim.flight is not flight:
            continue
        if claim.flight is None and claim.route not in {("", ""), (header.origin, header.destination)}:
            continue
        holder = pnr.party.by_reference.get(claim.reference) if claim.reference else claim.person
        if holder is None and not claim.reference and len(adults) == 1:
            holder = adults[0]
        if holder is not None:
            holder.traveller.seats[0] = claim.seat


def date_and_time(parts: list[str]) -> tuple[str, str] | None:
    """Return the first `ddmmyy` of an RCI element and the time behind it; its place differs between hosts."""
    for place, part in enumerate(parts):
        if len(part) == 6 and part.isdigit():
            clock = parts[place + 1] if place + 1 < len(parts) else ""
            return part, clock
    return None
