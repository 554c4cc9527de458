"""What the segments of a PAXLST traveller state, worked out once for each spelling.

Ten of the sixteen segments of a traveller repeat from one to the next: states, ports, sexes, dates. Each
spelling gets a number that says what is stated and where its value stands; the deed that works it out is the
one that the long way takes (`paxlst_deeds`). What a deed finds something wrong with is OTHER: its traveller
is read the long way.
"""

from dataclasses import replace
from datetime import date
from enum import IntEnum, auto

from screening.identity.documents import document_type
from screening.messages import paxlst_tables
from screening.messages.crowd import NONE, Kind, Value, Values
from screening.messages.kept import birth_date
from screening.messages.model import Document, Traveller
from screening.messages.paxlst_deeds import ACTS
from screening.messages.paxlst_tables import At, Step, Table
from screening.messages.paxlst_walk import Fields, Walk, value
from screening.messages.syntax import Separators
from screening.tables.codes import Sex

HEAD = 8  # `RFF+AVF:`, `DTM+329:`, `NAD+FL++`
SHIFT = 32  # a number is what is stated, shifted, and the place of its value
_HEADS_KEPT = 4_000
_KINDS_KEPT = 500
_SPELLINGS_KEPT = 40_000


class Stated(IntEnum):
    """What a segment states."""

    UNKNOWN = 0  # not seen yet
    NOTHING = auto()  # known, and nothing of it is kept
    OTHER = auto()  # its traveller is read the long way
    NAME = auto()
    BIRTH = auto()
    SEX = auto()
    NATIONALITY = auto()
    RESIDENCE = auto()
    EMBARKATION = auto()
    DEBARKATION = auto()
    SEAT = auto()
    EXPIRY = auto()
    ISSUER = auto()
    LOCATOR = auto()
    REFERENCE = auto()
    DOCUMENT = auto()
    BAG = auto()


_FACTS = {
    "sex": Stated.SEX,
    "nationality": Stated.NATIONALITY,
    "residence": Stated.RESIDENCE,
    "embarkation": Stated.EMBARKATION,
    "debarkation": Stated.DEBARKATION,
    "expiry": Stated.EXPIRY,
    "issuing_state": Stated.ISSUER,
}
_OF_DOCUMENT = frozenset({"expiry", "issuing_state"})
_OTHER = Stated.OTHER << SHIFT
_NOTHING = Stated.NOTHING << SHIFT


class Spellings:
    """Numbers of the segments seen so far, under one table, one way of writing and one date of message.

    Attributes:
        known: number of each segment that states a fact, by all its bytes.
        heads: what begins with these eight bytes; UNKNOWN where all of the segment must be looked at.
        values: what the numbers point to.
        prefixes: what stands before the name, for each of `values.roles`.
    """

    def __init__(self, table: Table, separators: Separators) -> None:
        self.table = table
        self.separators = separators
        self.values = Values()
        self.known: dict[bytes, int] = {}
        self.heads: dict[bytes, int] = {}
        self.kinds: dict[bytes, int] = {}
        self.prefixes: list[bytes] = []
        element, component = separators.element, separators.component
        for key, step in table[At.DOCUMENT].items():
            head = key.replace("+", element).encode("latin_1")
            if step.do == "traveller" and key[4:] in paxlst_tables.NAD_ROLE:
                prefix = head + 3 * element.encode("latin_1")
                self.values.roles.append(paxlst_tables.NAD_ROLE[key[4:]])
                self.prefixes.append(prefix)
                self._head(prefix[:HEAD], Stated.NAME)
            elif step.do in {"locator", "traveller_reference"}:
                stated = Stated.LOCATOR if step.do == "locator" else Stated.REFERENCE
                self._head(head + component.encode("latin_1"), stated)
            elif step.do == "bag":
                self._head(head + element.encode("latin_1"), Stated.BAG)

    @property
    def full(self) -> bool:
        """Are so many kept that it is time to begin anew?"""
        return len(self.known) > _SPELLINGS_KEPT

    def is_name(self, piece: bytes) -> bool:
        """Say whether a segment begins a traveller in the usual way."""
        return self.heads.get(piece[:HEAD], 0) >> SHIFT == Stated.NAME

    def _head(self, head: bytes, stated: Stated) -> None:
        place = len(self.values.roles) - 1 if stated is Stated.NAME else 0
        if len(head) == HEAD:
            self.heads[head] = (stated << SHIFT) | place

    def number(self, piece: bytes, walk: Walk) -> int:
        """Give the number of a segment that is not known by its bytes.

        Args:
            piece: the segment.
            walk: a message of the same way of writing and date; its traveller is not touched.
        """
        number = self.known.get(piece)
        if number is not None:
            return number
        head = piece[:HEAD]
        number = self.heads.get(head)
        if number is None:
            document = piece[:3] == b"DOC" and piece[3:4] == walk.syntax.element
            number = Stated.DOCUMENT << SHIFT if document else 0
            if len(self.heads) < _HEADS_KEPT:
                self.heads[head] = number
        if number:
            return number
        number = self.known[piece] = self._worked_out(piece, walk)
        return number

    def kind(self, written: bytes) -> int:
        """Give the place of a kind of document as written (`P:110:111`); NONE where it is no plain one."""
        place = self.kinds.get(written)
        if place is None:
            component = self.separators.component
            code = written.decode("latin_1").split(component, 1)[0]
            plain = written.replace(component.encode("latin_1"), b"").isalnum()
            if not (plain and code and code == code.upper()) or len(self.kinds) > _KINDS_KEPT:
                return NONE
            place = self.kinds[written] = len(self.values.kinds)
            self.values.kinds.append(Kind(code, document_type(code)))
        return place

    def _worked_out(self, piece: bytes, walk: Walk) -> int:
        if not piece:
            return _NOTHING
        fields = walk.syntax.fields(piece)
        tag = fields[0][0]
        step, before = self._step(fields, At.DOCUMENT), self._step(fields, At.TRAVELLER)
        if tag.strip() != tag or len(fields) - 1 > paxlst_tables.ELEMENTS.get(tag, 99):
            return _OTHER
        if step is None or before is None or (step.do != before.do and step.do not in _OF_DOCUMENT):
            return _OTHER
        return self._value(step.do, fields, walk)

    def _value(self, deed: str | None, fields: Fields, walk: Walk) -> int:
        written = value(fields, 1, 1)
        if deed is None or (not written and deed in {"birth", "seat"}):
            return _NOTHING
        if deed == "birth":
            day = birth_date(written, sent=walk.born_before) if " " not in written else None
            if day is None:
                return _OTHER
            self.values.births_as_sent.append(written)
            return self._keep(Stated.BIRTH, self.values.births, day)
        if deed == "seat":
            return self._keep(Stated.SEAT, self.values.seats, written.upper())
        return self._fact(deed, fields, walk) if deed in _FACTS else _OTHER

    def _step(self, fields: Fields, at: At) -> Step | None:
        """Give the step of a segment that leaves the state as it is."""
        tag = fields[0][0]
        qualifier = fields[1][0].strip() if len(fields) > 1 else ""
        rows = self.table[at]
        step = rows.get(f"{tag}+{qualifier}") or rows.get(tag)
        return step if step is not None and step.to is at else None

    def _fact(self, deed: str, fields: Fields, walk: Walk) -> int:
        """Do the deed for nobody; what it finds wrong is noted for nobody and its segment is OTHER."""
        trial = Walk(walk.raw, replace(walk.message, findings=[], travellers=[]))
        trial.traveller, trial.document = Traveller(0, 0), Document()
        fact = ACTS[deed](trial, fields)
        if fact is None:
            return _OTHER
        found, stated = fact[2], _FACTS[deed]
        if stated is Stated.SEX:
            return self._keep(stated, self.values.sexes, found if isinstance(found, Sex) else None)
        if stated is Stated.EXPIRY:
            return self._keep(stated, self.values.expiries, found if isinstance(found, date) else None)
        text = found if isinstance(found, str) else None
        if stated is Stated.ISSUER and text is None:
            return _OTHER  # a document without a state is a finding
        ports = stated in {Stated.EMBARKATION, Stated.DEBARKATION}
        return self._keep(stated, self.values.ports if ports else self.values.states, text)

    def _keep(self, stated: Stated, values: list[Value], found: Value) -> int:
        values.append(found)
        return (stated << SHIFT) | (len(values) - 1)
