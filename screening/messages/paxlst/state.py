"""State of reading one PAXLST message: the traveller and the document at hand, flights, counts.

Actions (`actions`) change it segment by segment; `end_of_message` closes it.
"""

from collections.abc import Callable
from datetime import date

from screening.messages.cached import placeholder
from screening.messages.finding_kinds import finding
from screening.messages.model import Document, Message, Quarantined, Traveller
from screening.messages.paxlst.legs import Flight, Times
from screening.messages.syntax.envelope import MessageReading, RawMessage
from screening.messages.syntax.segments import Syntax, fitting
from screening.tables.codes import Action, QuarantineUnit, Role, Says

Fields = list[list[str]]
StatedValue = tuple[bool, str, object]  # of the document (else of the traveller), attribute, value
SegmentAction = Callable[["PaxlstState", Fields], "StatedValue | None"]
NOTHING: StatedValue = (False, "", None)  # known, and nothing of it is kept

ON_BOARD = {Action.CLOSE_ON_BOARD: True, Action.CLOSE_NOT_BOARDED: False}
_WITHDRAWS = frozenset({Action.CANCEL, Action.CANCEL_FLIGHT})
_NO_DATE = date(2049, 12, 31)  # an interchange without a readable date: two-digit years up to 49 are 20xx


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
        "before", "born_before", "count_place", "document", "document_state_sent", "flights", "index",
        "lower_case", "message", "out", "raw", "seats", "sent", "stated", "syntax", "traveller",
    )  # fmt: skip

    def __init__(self, raw: RawMessage, message: Message) -> None:
        self.raw = raw
        self.syntax: Syntax = fitting(raw.syntax, b"".join(raw.pieces))
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
        self.sent = raw.sent.date() if raw.sent else None
        self.born_before = self.sent or _NO_DATE

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
        if traveller.birth_as_sent is None:
            self.note_at(traveller, "birth_date_missing")
        if not traveller.name_as_sent:
            self.note_at(traveller, "traveller_without_name")
            self.set_aside(traveller, "traveller_without_name")
        self.traveller = None

    def note_at(self, traveller: Traveller, code: str) -> None:
        """Record a finding about a traveller as a whole, at their first segment."""
        traveller.findings.append(finding(code, traveller.offset))

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
        """Set a value on the document or the traveller at hand."""
        of_document, attribute, known = stated
        if attribute:
            setattr(self.document if of_document else self.traveller, attribute, known)
