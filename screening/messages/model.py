"""What a message says, independent of the dialect it was written in: readers give it, writers take it.

Times are local to the airport, as sent. States are inner codes (ISO alpha-2, else ICAO 9303).
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from screening.tables.codes import (
    Action,
    CheckDigit,
    Counted,
    DocumentType,
    Function,
    MessageStatus,
    MessageType,
    OutsideReason,
    QuarantineUnit,
    Role,
    Says,
    Sex,
    Source,
)
from screening.tables.findings import Finding

_NUMBER_ALONE = re.compile(r"^[0-9]+[A-Z]{0,3}$")


@dataclass(slots=True)
class Leg:
    """One take-off to one landing, as a message states it."""

    carrier: str
    number: str  # without leading zeros, with suffix letter
    origin: str  # IATA
    destination: str
    departure: datetime | None = None
    arrival: datetime | None = None
    marketing: tuple[str, ...] = ()
    stand_in: str = ""  # of a provisional leg: what tells it from others (messages.provisional)

    @property
    def day(self) -> date | None:
        """Date by which the leg is called: of departure, else of arrival."""
        moment = self.departure or self.arrival
        return moment.date() if moment is not None else None

    @property
    def is_complete(self) -> bool:
        """Are flight, date and airports known? A number alone names no flight; a registration does."""
        named = bool(self.number) and (bool(self.carrier) or not _NUMBER_ALONE.match(self.number))
        return named and self.day is not None and bool(self.origin and self.destination)

    @property
    def flight_id(self) -> str | None:
        """Identifier of the leg, `UA988-20261123-FRA-IAD`; None while a part of it is unknown.

        A provisional leg holds what is known, and what tells it from others: `UA988-UNDATED-FRA-XXX-…`.
        """
        if self.is_complete:
            return f"{self.carrier}{self.number}-{self.day:%Y%m%d}-{self.origin}-{self.destination}"
        if not self.stand_in:
            return None
        day = f"{self.day:%Y%m%d}" if self.day is not None else "UNDATED"
        name = f"{self.carrier}{self.number}" or "UNNAMED"
        return f"{name}-{day}-{self.origin or 'XXX'}-{self.destination or 'XXX'}-{self.stand_in}"


@dataclass(slots=True)
class Document:
    """A travel document of a traveller."""

    type: DocumentType = DocumentType.OTHER
    type_as_sent: str | None = None
    number: str = ""  # normalised
    issuing_state: str | None = None
    expiry: date | None = None
    check_digit: CheckDigit = CheckDigit.NONE
    state_as_sent: str | None = None  # where the code is unknown
    surname: str | None = None  # as in the document (DOCS)
    given_names: str | None = None


@dataclass(slots=True)
class Traveller:
    """What one message says of one traveller."""

    ordinal: int
    offset: int  # of its first segment
    length: int = 0
    role: Role = Role.PASSENGER
    surname: str | None = None  # titles removed
    given_names: str | None = None
    given_names_as_sent: str | None = None
    name_as_sent: str = ""
    date_of_birth: date | None = None
    birth_as_sent: str | None = None
    birth_part: str | None = None  # YYYY or YYYY-MM, where day or month is not known
    sex: Sex | None = None
    nationality: str | None = None
    nationality_as_sent: str | None = None  # where the code is unknown
    residence: str | None = None
    seats: dict[int, str] = field(default_factory=dict)  # leg ordinal -> seat
    locator: str | None = None
    traveller_reference: str | None = None  # RFF+ABO, REF
    booking_reference: str | None = None  # TIF reference
    embarkation: str | None = None
    debarkation: str | None = None
    legs: tuple[int, ...] = ()  # ordinals of the message's legs that they fly
    documents: list[Document] = field(default_factory=list)
    bags: tuple[str, ...] = ()
    says: Says = Says.PRESENT
    on_board: bool | None = None
    findings: list[Finding] = field(default_factory=list)
    quarantined: bool = False
    other_names: tuple[
        tuple[str, str], ...
    ] = ()  # further (surname, given names) of one and the same traveller
    other_births: tuple[str, ...] = ()  # further dates of birth, as far as they are known
    other_sexes: tuple[Sex, ...] = ()
    other_nationalities: tuple[str, ...] = ()


@dataclass(slots=True)
class Booking:
    """One PNR as a message states it, permitted elements only."""

    locator: str
    carrier: str | None = None
    booked: datetime | None = None
    agency: str | None = None
    party_size: int | None = None
    other_locators: tuple[str, ...] = ()
    split_from: str | None = None
    itinerary: list[Leg] = field(default_factory=list)
    elements: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Message:
    """One UNH…UNT with what it says."""

    index: int  # in its file
    offset: int
    length: int
    type: MessageType
    version: str  # "D:12B", "13:1", "001:000"
    dialect: str
    source: Source
    function: Function = Function.PASSENGERS
    action: Action = Action.FULL
    reference: str | None = None
    transaction: str | None = None
    sender: str | None = None
    recipient: str | None = None
    control_reference: str | None = None
    sent: datetime | None = None
    part: int | None = None
    last_part: bool | None = None
    stated: int | None = None
    complete: bool = True
    status: MessageStatus = MessageStatus.OK
    legs: list[Leg] = field(default_factory=list)
    travellers: list[Traveller] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    outside: int = 0  # travellers taken out because they are outside the mandate
    erased: int = 0  # travellers that were read and are left out by right (messages.rights)


@dataclass(slots=True)
class Quarantined:
    """The smallest bad unit, its bytes' place and why."""

    unit: QuarantineUnit
    offset: int
    length: int
    codes: tuple[str, ...]
    reason: str  # one sentence without personal data
    message_offset: int | None = None
    traveller: int | None = None  # ordinal, for a traveller
    people: int | None = None  # people in it whom nobody compared; None: not known
    counted: Counted = Counted.UNKNOWN
    flight: str | None = None  # designator that stands in it


@dataclass(slots=True)
class ByteRange:
    """A run of bytes and where it went; byte ranges of an input cover it exactly, without overlap."""

    offset: int
    length: int
    fate: str  # message | quarantined | outside_mandate | envelope | set_aside
    source: Source | None  # None: unread bytes
    blanked: int = 0


@dataclass(frozen=True, slots=True)
class Outside:
    """What of a message, on one leg, is outside the profile's mandate: counted, and not stored."""

    message_offset: int
    flight_id: str
    source: Source
    reason: OutsideReason
    decision: str | None  # that selected it once
    travellers: int
    whole: bool  # nothing of the message is stored
    index: int = 0  # of a message outside wholly: its place in its file


@dataclass(slots=True)
class Reading:
    """Everything that was understood of one input's bytes."""

    input_id: str
    size: int
    messages: list[Message] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    byte_ranges: list[ByteRange] = field(default_factory=list)
    sensitive: list[tuple[int, int]] = field(default_factory=list)  # (offset, length) of values to blank
    findings: list[Finding] = field(default_factory=list)  # outside any message
    outside: list[Outside] = field(default_factory=list)
    withheld: Counter[str] = field(default_factory=Counter)  # segments by element that may not be kept
