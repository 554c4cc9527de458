"""Who is on a flight: parties with their bookings, and each traveller as documents and messages show them.

A party is one booking. Most travel alone or in twos, families share a surname, some groups are large.
Plants (listed people, near misses, bearers of stolen documents) take seats of single adults, so nothing
but their names tells them from others.
"""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from screening.lab.generate.carriers import HOME_STATE
from screening.lab.generate.cultures import load_cultures
from screening.lab.generate.flights import Flight
from screening.lab.generate.noise import as_hosts_write, distorted, distorted_date
from screening.lab.generate.people import IssuedDocument, Person, draw_person, with_visa
from screening.messages.model import Document
from screening.tables.codes import DocumentType, Role, Sex

_SIZES, _SIZE_WEIGHTS = (1, 2, 3, 4, 5, 0), (60, 22, 8, 6, 3, 1)  # 0: a group
_GROUP_SIZES = (10, 22)
_FAMILY_SHARE, _INFANT_SHARE, _VISA_SHARE = 0.6, 0.05, 0.10
_NO_DOCUMENT, _NO_SEX, _NO_NATIONALITY, _MISREAD_NUMBER = 0.03, 0.01, 0.02, 0.02
_API_ONLY, _PNR_ONLY, _TRANSIT = 0.03, 0.03, 0.02
_LOCATOR_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_ADULT, _CREW_AGES, _INFANT_AGES = (16, 92), (21, 62), (0, 2)
_SEAT_LETTERS = "ABCDEF"


@dataclass(frozen=True, slots=True)
class Plant:
    """A person who is put on a flight on purpose.

    Attributes:
        person: as in the documents that are shown at check-in.
        kind: `true`, or `nm_…` for a near miss.
        entity_ids: alerts (LIST:SOURCE_ID) that mean this person or document.
    """

    person: Person
    kind: str
    entity_ids: tuple[str, ...]


@dataclass(slots=True)
class Plants:
    """Plants in order, and the places among all travellers where they are due."""

    queue: deque[tuple[int, Plant]]
    seen: int = 0

    def next(self, *, safe: bool) -> Plant | None:
        """Count one seat of a single adult; give the plant that is due, never on an unusable flight."""
        self.seen += 1
        if safe and self.queue and self.queue[0][0] <= self.seen:
            return self.queue.popleft()[1]
        return None


@dataclass(slots=True)
class Passenger:
    """One traveller as messages will show them."""

    person: Person
    kind: str
    entity_ids: tuple[str, ...]
    surname: str  # with noise, in the script of the documents
    given: str
    name_operations: tuple[str, ...]
    born: date | None
    date_operation: str
    sex: Sex | None
    nationality: str | None
    documents: list[Document]
    role: Role
    first_leg: int = 0
    seat: str = ""
    reference: str = ""
    bags: tuple[str, ...] = ()
    in_api: bool = True
    in_pnr: bool = True
    documents_in_pnr: bool = True
    booked_given: str = ""  # given names as booked, shorter than in the documents for some


@dataclass(slots=True)
class Party:
    """One booking with its travellers."""

    locator: str
    booked: datetime
    members: list[Passenger]
    is_group: bool = False
    late: bool = False  # booked after the earlier pushes
    withdrawn: bool = False  # cancelled before closure: only earlier pushes hold it
    elements: dict[str, str] = field(default_factory=dict)
    agency: str | None = None


def draw_parties(
    rng: random.Random, flight: Flight, today: date, plants: Plants, *, safe: bool
) -> Iterator[Party]:
    """Draw the parties of a flight until its seats are sold.

    Args:
        rng: stream of the flight.
        flight: the flight.
        today: the night's date.
        plants: people to put among them.
        safe: whether readers can use the flight; on others nobody is planted.
    """
    cultures = load_cultures()
    names, weights = list(flight.cultures), list(flight.cultures.values())
    left, seat = flight.travellers, 0
    while left > 0:
        size = rng.choices(_SIZES, _SIZE_WEIGHTS)[0]
        is_group = size == 0
        size = min(left, rng.randrange(*_GROUP_SIZES) if is_group else size)
        culture = cultures[rng.choices(names, weights)[0]]
        people: list[tuple[Person, Plant | None, Role]] = []
        surname: str | None = None
        family = size > 1 and not is_group and rng.random() < _FAMILY_SHARE
        for place in range(size):
            plant = plants.next(safe=safe) if place == 0 and size < 3 else None
            if plant is not None:
                people.append((plant.person, plant, Role.PASSENGER))
                continue
            ages = _ADULT if place == 0 else None
            person = draw_person(rng, culture, today, surname=surname if family else None, ages=ages)
            if family and any(_first_given(person) == _first_given(other) for other, _, _ in people):
                person = draw_person(rng, culture, today, surname=surname, ages=ages)  # seldom in families
            surname = surname or person.surname
            people.append((person, None, Role.PASSENGER))
        if left > size and not is_group and rng.random() < _INFANT_SHARE:
            infant = draw_person(rng, culture, today, surname=people[0][0].surname or None, ages=_INFANT_AGES)
            people.append((infant, None, Role.INFANT))
        left -= len(people)
        party = _party(rng, flight, today, people, is_group=is_group)
        for member in party.members:
            if member.role is not Role.INFANT:
                member.seat, seat = f"{seat // 6 + 1}{_SEAT_LETTERS[seat % 6]}", seat + 1
        yield party


def draw_crew(rng: random.Random, flight: Flight, today: date) -> list[Passenger]:
    """Draw the crew of a flight, people of the carrier's country; they have no booking."""
    culture = load_cultures()[flight.carrier.crew]
    crew = []
    for _ in range(4 + flight.travellers // 40):
        member = _passenger(rng, draw_person(rng, culture, today, ages=_CREW_AGES), None, Role.CREW, today)
        member.in_pnr = False
        crew.append(member)
    return crew


def _first_given(person: Person) -> str:
    return person.given.partition(" ")[0]


def _party(
    rng: random.Random,
    flight: Flight,
    today: date,
    people: list[tuple[Person, Plant | None, Role]],
    *,
    is_group: bool,
) -> Party:
    members = [_passenger(rng, person, plant, role, today) for person, plant, role in people]
    first_leg = rng.randrange(len(flight.legs))
    source, transit = rng.random(), rng.random() < _TRANSIT
    both = flight.has_api and flight.has_pnr
    for member in members:
        member.first_leg = first_leg
        member.in_api = flight.has_api and not (both and source < _PNR_ONLY)
        member.in_pnr = flight.has_pnr and not (both and source > 1 - _API_ONLY)
        member.documents_in_pnr = rng.random() < (0.75 if both else 0.92)
        member.reference = f"{rng.getrandbits(40):010X}"
        if transit and member.role is Role.PASSENGER and flight.inbound:
            member.role = Role.TRANSIT_PASSENGER
        if rng.random() < 0.12:
            member.bags = (f"{flight.carrier.code}{rng.randrange(10**6):06}",)
    locator = "".join(rng.choices(_LOCATOR_SIGNS, k=6))
    booked = datetime.combine(today, datetime.min.time()) - timedelta(
        minutes=rng.randrange(4 * 1440, 200 * 1440)
    )
    fate = rng.random()
    planted = any(member.kind != "inn_passenger" for member in members)
    party = Party(locator, booked, members, is_group, late=fate < 0.08, withdrawn=fate > 0.97 and not planted)
    _furnish(rng, party)
    return party


def _furnish(rng: random.Random, party: Party) -> None:
    """Contact, payment, ticket and other elements, each in some bookings only."""
    elements, chance = party.elements, rng.random
    if party.is_group:
        elements["group"] = f"GROUP {party.locator}"
    if chance() < 0.6:
        elements["contact"] = f"32 2 555 {rng.randrange(10**4):04}"
    if chance() < 0.5:
        elements["ticket"] = f"{rng.randrange(10**12, 10**13)}"
        if chance() < 0.6:
            elements["payment"] = f"CC:::VI:XXXXXXXXXXXX{rng.randrange(10**4):04}:{rng.randrange(1, 13):02}29"
    if chance() < 0.08:
        elements["frequent_flyer"] = f"{rng.randrange(10**8, 10**9)}"
    if chance() < 0.05:
        elements["special_service"] = rng.choice(("MOML", "VGML", "WCHR", "HNML", "KSML"))
    if chance() < 0.04:
        elements["remark"] = rng.choice(("HONEYMOON COUPLE", "PASSENGER PREFERS AISLE", "GUEST OF CATERING"))
    if chance() < 0.5:
        party.agency = f"{rng.randrange(10**7, 10**8)}"


def _passenger(rng: random.Random, person: Person, plant: Plant | None, role: Role, today: date) -> Passenger:
    culture = load_cultures()[person.culture]
    surname, given, operations = distorted(rng, person.surname, person.given, culture)
    born, date_operation = distorted_date(rng, person.born, today)
    if role is Role.PASSENGER and plant is None and rng.random() < _VISA_SHARE and person.state != HOME_STATE:
        person = with_visa(rng, person, HOME_STATE, today)
    documents = person.documents
    # A bearer of a stolen document is found by it alone: there the number arrives as printed
    keeps_number = plant is not None and plant.kind == "true"
    if not keeps_number and rng.random() < _NO_DOCUMENT:
        documents = ()
    first, _, _rest = given.partition(" ")
    return Passenger(
        person=person,
        kind=plant.kind if plant else _kind(role),
        entity_ids=plant.entity_ids if plant else (),
        surname=surname,
        given=given,
        name_operations=operations,
        born=born,
        date_operation=date_operation,
        sex=None if rng.random() < _NO_SEX else person.sex,
        nationality=None if rng.random() < _NO_NATIONALITY else person.state,
        documents=[_as_sent(rng, paper, keeps_number=keeps_number) for paper in documents],
        role=role,
        booked_given=first if rng.random() < 0.35 else given,
    )


def _kind(role: Role) -> str:
    return {Role.CREW: "inn_crew", Role.INFANT: "inn_infant"}.get(role, "inn_passenger")


def _as_sent(rng: random.Random, paper: IssuedDocument, *, keeps_number: bool) -> Document:
    number = paper.number
    if not keeps_number and rng.random() < _MISREAD_NUMBER:
        place = rng.randrange(len(number))
        misread = {"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z"}.get(number[place], number[place])
        number = number[:place] + misread + number[place + 1 :]
    return Document(type=paper.type, number=number, issuing_state=paper.state, expiry=paper.expiry)


def names_as_sent(passenger: Passenger, *, diacritics: bool) -> tuple[str, str]:
    """Return surname and given names as a host sends them: A-Z, or with the diacritics of its charset."""
    if diacritics:
        return passenger.surname, passenger.given
    return as_hosts_write(passenger.surname), as_hosts_write(passenger.given)


__all__ = [
    "DocumentType",
    "Party",
    "Passenger",
    "Plant",
    "Plants",
    "draw_crew",
    "draw_parties",
    "names_as_sent",
]
