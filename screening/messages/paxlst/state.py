"""State of reading one PAXLST message: the traveller and the document at hand, flights, counts.

Actions (`actions`) change it segment by segment; `end_of_message` closes it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from screening.identity.birth_dates import latest_birth
from screening.messages.cached import birth, placeholder
from screening.messages.facts import take_birth, take_nationality, take_sex
from screening.messages.finding_kinds import finding, repeated
from screening.messages.model import Document, Message, Quarantined, Traveller
from screening.messages.paxlst.legs import Flight, Times
from screening.messages.syntax.envelope import MessageReading, RawMessage
from screening.messages.syntax.segments import Syntax, as_bytes, fitting
from screening.tables.codes import Action, QuarantineUnit, Role, Says, Sex

Fields = list[list[str]]
StatedValue = tuple[bool, str, object]  # of the document (else of the traveller), attribute, value
SegmentAction = Callable[["PaxlstState", Fields], "StatedValue | None"]
NOTHING: StatedValue = (False, "", None)  # known, and nothing of it is kept

ON_BOARD = {Action.CLOSE_ON_BOARD: True, Action.CLOSE_NOT_BOARDED: False}
_WITHDRAWS = frozenset({Action.CANCEL, Action.CANCEL_FLIGHT})
_NO_DATE = date(2049, 12, 31)  # an interchange without a readable date: two-digit years up to 49 are 20xx
_FIRST_YEAR = 2000  # PAXLST is younger: an earlier clock is reset, and decides no century
_JOURNEY = frozenset({"embarkation", "debarkation"})


def value(fields: Fields, element: int, component: int = 0) -> str:
    """Return a value of split fields, stripped; fields[0] is the tag, so elements count from 1 here."""
    if element < len(fields):
        components = fields[element]
        if component < len(components):
            return components[component].strip()
    return ""


def says_of(action: Action) -> Says:
    """Say whether the travellers of a message are present or withdrawn."""
    return Says.WITHDRAWN if action in _WITHDRAWS else Says.PRESENT


class PaxlstState:
    """State of reading one message."""

    __slots__ = (
        "before", "births", "born_before", "count_place", "document", "document_state_sent", "flights",
        "former", "index", "latest", "lower_case", "message", "other_issuers", "out", "raw", "repetition",
        "seats", "sent", "stated", "syntax", "traveller",
    )  # fmt: skip

    def __init__(self, raw: RawMessage, message: Message) -> None:
        self.raw = raw
        self.syntax: Syntax = fitting(raw.syntax, b"".join(raw.pieces))
        self.repetition = as_bytes(raw.separators.repetition)
        self.message = message
        self.out = MessageReading(message, [], [])
        self.index = 0
        self.flights: list[Flight] = []
        self.before = Times()  # before the first TDT
        self.traveller: Traveller | None = None
        self.document: Document | None = None
        self.document_state_sent = False
        self.seats: list[str] = []
        self.stated: list[int] = []
        self.count_place = (0, 0)
        self.lower_case = 0
        self.former: dict[str, list[str]] = {}  # nationalities of the traveller at hand that are not current
        self.other_issuers: list[str] = []  # further States of the document at hand
        self.sent = raw.sent.date() if raw.sent and raw.sent.year >= _FIRST_YEAR else None
        self.born_before = self.sent or _NO_DATE
        self.latest = self.born_before  # of births, when the flights are known
        self.births: list[tuple[Traveller, int, str, str]] = []  # stated before any flight

    def note(self, code: str, text: str | None = None) -> None:
        """Record a finding at the segment at hand: with the open traveller, else with the message."""
        found = finding(code, self.raw.starts[self.index], self.index + 1, text)
        (self.traveller.findings if self.traveller is not None else self.message.findings).append(found)

    def note_message(self, code: str, offset: int, segment: int | None, text: str | None = None) -> None:
        """Record a finding of the message as a whole."""
        self.message.findings.append(finding(code, offset, segment, text))

    @property
    def times(self) -> Times:
        """Times of the place at hand, else of the flight, else of what stands before any flight."""
        if not self.flights:
            return self.before
        flight = self.flights[-1]
        return flight.places[-1].times if flight.places else flight.times

    # --- travellers ----------------------------------------------------------------------------------------

    def begin_traveller(self, role: Role) -> Traveller:
        """Close the traveller at hand and open the next."""
        self.end_traveller(self.raw.starts[self.index])
        message = self.message
        if self.flights and not message.travellers:
            self.latest = self.latest_birth()
        traveller = Traveller(len(message.travellers), self.raw.starts[self.index], 0, role)
        traveller.says = says_of(message.action)
        traveller.on_board = ON_BOARD.get(message.action)
        message.travellers.append(traveller)
        self.traveller = traveller
        return traveller

    def name(self, surname: str, given: str) -> None:
        """Set the name of the traveller at hand, as sent."""
        traveller = self.traveller
        if traveller is None:
            return
        traveller.name_as_sent = f"{surname}/{given}" if given else surname
        traveller.surname = surname or None
        traveller.given_names = traveller.given_names_as_sent = given or None
        if traveller.name_as_sent != traveller.name_as_sent.upper():
            self.lower_case = self.lower_case or self.index + 1
        if not surname and given:
            self.note("surname_missing")
        if placeholder(surname) and (not given or placeholder(given)):
            self.note("placeholder_name")

    def latest_birth(self) -> date:
        """Return the day by which centuries of births are decided: the flight's, or the interchange's."""
        places = [place.times for flight in self.flights for place in flight.places]
        times = [self.before, *(flight.times for flight in self.flights), *places]
        moments = [at.departure or at.arrival for at in times]
        return latest_birth(self.sent, [at.date() for at in moments if at is not None]) or _NO_DATE

    def birth(self, written: str, form: str) -> None:
        """Take a date of birth as sent; before any flight is known it waits for the end of the message."""
        traveller = self.traveller
        if traveller is None or not written:
            return
        if not self.flights:
            self.births.append((traveller, self.index, written, form))
            traveller.birth_as_sent = traveller.birth_as_sent or written
            return
        self.born(traveller, written, form)

    def born(self, traveller: Traveller, written: str, form: str) -> None:
        """Read a date of birth and keep what is known of it."""
        if " " in written:
            self.note("space_in_date")
        found = birth(written.replace(" ", ""), form, latest=self.latest)
        if found.known is None:
            traveller.birth_as_sent = traveller.birth_as_sent or written
            self.note("birth_date_impossible")
            return
        if found.against_format:
            self.note("birth_date_against_format")
        if traveller.birth_as_sent is None and found.day is not None:  # nearly all
            traveller.date_of_birth, traveller.birth_as_sent = found.day, written
            return
        if found.day is None:
            self.note("birth_date_partial")
        if take_birth(traveller, found.known, written):
            self.repeats("date of birth")

    def repeats(self, fact: str) -> None:
        """Record that a fact is stated twice, differently."""
        self.note("fact_repeated_differs", repeated(fact))

    def begin_document(self, document: Document) -> None:
        """Close the document at hand and open the next; it is kept when it ends with a number."""
        self.end_document()
        self.document = document
        self.document_state_sent = False
        if not document.type_as_sent:
            self.note("document_without_type")
        if not document.number:
            self.note("document_without_number")

    def end_document(self) -> None:
        """Keep the document at hand if it has a number."""
        document, traveller = self.document, self.traveller
        if document is None or traveller is None:
            return
        if document.issuing_state is None and not self.document_state_sent:
            self.note("document_without_state")
        if document.number:
            traveller.documents.append(document)
            traveller.documents += [replace(document, issuing_state=state) for state in self.other_issuers]
        self.other_issuers = []
        self.document = None

    def end_traveller(self, stop: int) -> None:
        """Close the traveller at hand."""
        traveller = self.traveller
        if traveller is None:
            return
        if self.document is not None:
            self.end_document()
        traveller.length = stop - traveller.offset
        if self.seats:
            traveller.seats = dict(enumerate(self.seats))  # in order; bound to their legs at the end
            self.seats = []
        if self.former:
            self._former_nationalities(traveller)
        if traveller.birth_as_sent is None:
            self.note_at(traveller, "birth_date_missing")
        if not traveller.name_as_sent:
            self.note_at(traveller, "traveller_without_name")
            self.set_aside(traveller, "traveller_without_name")
        self.traveller = None

    def _former_nationalities(self, traveller: Traveller) -> None:
        """Take nationalities at birth, then previous ones: behind the current one, or for want of it."""
        if traveller.nationality is None:
            self.note_at(traveller, "nationality_not_current")
        states = [state for qualifier in sorted(self.former) for state in self.former[qualifier]]
        self.former = {}
        differ = [take_nationality(traveller, state) for state in states]
        if any(differ):
            self.note_at(traveller, "fact_repeated_differs", repeated("nationality"))

    def note_at(self, traveller: Traveller, code: str, text: str | None = None) -> None:
        """Record a finding about a traveller as a whole, at their first segment."""
        traveller.findings.append(finding(code, traveller.offset, None, text))

    def set_aside(self, traveller: Traveller, code: str) -> None:
        """Put a traveller into quarantine; documents that were read are still screened."""
        traveller.quarantined = True
        self.out.quarantined.append(
            Quarantined(
                QuarantineUnit.TRAVELLER,
                traveller.offset,
                traveller.length,
                (code,),
                finding(code, 0).text,
                self.message.offset,
                traveller.ordinal,
            )
        )

    def set_value(self, stated: StatedValue) -> None:
        """Set a value on the document or the traveller at hand; one that is there is never wiped."""
        of_document, attribute, known = stated
        if known is None:
            return
        subject = self.document if of_document else self.traveller
        held = getattr(subject, attribute)
        if held is None:
            setattr(subject, attribute, known)
        elif held != known:
            self._again(attribute, known)

    def _again(self, attribute: str, known: object) -> None:
        """Take another value of a fact that is known: it is kept beside the one that stands."""
        traveller = self.traveller
        if attribute in _JOURNEY:  # stated stop by stop: it starts at the first and ends at the last
            if attribute == "debarkation" and traveller is not None:
                traveller.debarkation = str(known)
            return
        differs = True
        if traveller is not None and isinstance(known, Sex):
            differs = take_sex(traveller, known)
        elif traveller is not None and attribute == "nationality":
            differs = take_nationality(traveller, str(known))
        elif attribute == "issuing_state" and known not in self.other_issuers:
            self.other_issuers.append(str(known))
        if differs:
            self.repeats(attribute.replace("_", " "))
