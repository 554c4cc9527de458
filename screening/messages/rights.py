r"""What the rights of persons change of one input: people erased from it, values corrected.

Who is erased stands in no table any more, and their values are blanks in the bytes that are kept. Tags,
separators and first codes stay, so that the message still has as many travellers: everybody else keeps place
and id. A re-run reads the blanked traveller and leaves them out; the ledger says `erased`.

A correction stands beside the message: the bytes, and what is kept as sent, stay as the carrier sent them;
the value that is read from them is the corrected one, and the traveller has the finding `value_corrected`.

Source: Directive (EU) 2016/680 art. 16; Regulation (EU) 2016/679 art. 16 and 17.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from screening.identity.documents import normalise_number
from screening.identity.names import tokens
from screening.messages.finding_kinds import finding
from screening.messages.model import Message, Reading, Traveller
from screening.messages.syntax.envelope import RawMessage, frames
from screening.messages.syntax.segments import Data, Segment
from screening.tables.codes import MessageStatus, MessageType, Sex
from screening.tables.findings import Finding

CORRECTED = "value_corrected"
FIELDS = ("surname", "given_names", "date_of_birth", "sex", "nationality", "residence")
"""Facts of a statement that can be corrected."""
DOCUMENT_FIELDS = ("number", "issuing_state", "expiry")
"""Facts of a document that can be corrected; written `document.ORDINAL.FIELD`."""
Place = tuple[int, int]
_CODE = 4  # a first value up to this long is a code (FL, DOCS, 329), not a person's
_SHORTEST_NUMBER = 5
_INFANT = "INFT"
_KEPT = frozenset(range(0x80)) - {sign for sign in range(0x80) if chr(sign).isalnum()}
_TO_X = bytes(sign if sign in _KEPT else ord("X") for sign in range(256))
OF_NOBODY = frozenset(
    {"UNB", "UNG", "UNH", "UNT", "UNE", "UNZ", "UNS", "SRC", "TVL", "EQN", "MSG", "TRA", "APD", "RPI"}
)


@dataclass(frozen=True, slots=True)
class Stood:
    """What a message was like before anybody in it was blanked: blanks must not make it another one.

    Attributes:
        complete, status, findings: as read, without findings about those who go.
        stated: number that it states of itself; of a PNRGOV, bookings, less those in which nobody is left.
    """

    complete: bool
    status: str
    findings: tuple[Finding, ...]
    stated: int | None

    @classmethod
    def of(cls, message: Message, gone: Collection[int]) -> "Stood":
        """Take it down, without the findings about those who go.

        Args:
            message: as read of bytes in which they still stand.
            gone: their ordinals.
        """
        spans = [
            (one.offset, one.offset + max(one.length, 1)) for one in message.travellers if one.ordinal in gone
        ]
        kept = [
            found for found in message.findings if not any(low <= found.offset < high for low, high in spans)
        ]
        remain = {one.locator for one in message.travellers if one.ordinal not in gone}
        left = {one.locator for one in message.travellers if one.ordinal in gone} - remain - {None}
        stated = message.stated
        if stated is not None and message.type == MessageType.PNRGOV:
            stated = max(0, stated - len(left))
        return cls(message.complete, str(message.status), tuple(kept), stated)


@dataclass(frozen=True, slots=True)
class Rights:
    """What persons' rights changed of one input.

    Attributes:
        erased: ordinals of travellers by offset of their message.
        stood: what these messages were like before anybody was blanked.
        blank: (offset, length) of values that are blanks in what is kept, sorted.
        corrected: new values by fact, by (offset of the message, ordinal); None for a fact taken away.
    """

    erased: Mapping[int, Sequence[int]] = field(default_factory=dict)
    stood: Mapping[int, Stood] = field(default_factory=dict)
    blank: Sequence[Place] = ()
    corrected: Mapping[tuple[int, int], Mapping[str, str | None]] = field(default_factory=dict)


def fulfil(reading: Reading, rights: Rights) -> None:
    """Leave the erased out of a reading, set corrected values, and say which bytes are kept blank.

    Args:
        reading: of the input or a part of it, of its bytes as received or as kept; changed.
        rights: of the input.
    """
    for message in reading.messages:
        gone = set(rights.erased.get(message.offset, ()))
        if gone:
            _leave_out(message, gone, rights)
        for traveller in message.travellers:
            changed = rights.corrected.get((message.offset, traveller.ordinal))
            if changed:
                correct(traveller, changed, message.offset)
    reading.quarantined = [
        unit
        for unit in reading.quarantined
        if unit.traveller is None or unit.traveller not in rights.erased.get(unit.message_offset or 0, ())
    ]
    if rights.blank:
        bounds = [(span.offset, span.offset + span.length) for span in reading.byte_ranges]
        first, last = (bounds[0][0], bounds[-1][1]) if bounds else (0, 0)
        ours = [place for place in rights.blank if first <= place[0] < last]
        reading.sensitive = sorted({*reading.sensitive, *ours})


def _leave_out(message: Message, gone: Collection[int], rights: Rights) -> None:
    left = [one for one in message.travellers if one.ordinal in gone]
    message.travellers = [one for one in message.travellers if one.ordinal not in gone]
    message.erased = len(rights.erased[message.offset])  # also who, blanked, is read no more
    stood = rights.stood[message.offset]
    message.complete, message.status = stood.complete, MessageStatus(stood.status)
    message.findings, message.stated = list(stood.findings), stood.stated
    remain = {one.locator for one in message.travellers}
    theirs = {one.locator for one in left}
    message.bookings = [
        one
        for one in message.bookings
        if one.locator in remain or not (one.locator in theirs or not one.locator.strip())
    ]


def correct(traveller: Traveller, changed: Mapping[str, str | None], offset: int) -> None:
    """Set corrected values of a traveller; what is kept as sent stays.

    Args:
        traveller: changed.
        changed: value by fact, dates as YYYY-MM-DD; documents that are not there are passed over.
        offset: of the message, where the finding stands.
    """
    for name, value in sorted(changed.items()):
        kind, _, rest = name.partition(".")
        if kind == "document":
            place, _, of = rest.partition(".")
            if int(place) < len(traveller.documents):
                setattr(
                    traveller.documents[int(place)], of, typed(of, value) if value or of != "number" else ""
                )
            continue
        setattr(traveller, name, typed(name, value))
        if name == "date_of_birth":
            traveller.birth_part = None
    traveller.findings.append(finding(CORRECTED, offset, None))


def typed(name: str, value: str | None) -> str | date | Sex | None:
    """Return a corrected value as it is kept.

    >>> typed("date_of_birth", "1984-03-17"), typed("sex", "F"), typed("surname", None)
    (datetime.date(1984, 3, 17), <Sex.FEMALE: 'F'>, None)
    """
    if value is None:
        return None
    if name in {"date_of_birth", "expiry"}:
        return date.fromisoformat(value)
    return Sex(value) if name == "sex" else value


@dataclass(frozen=True, slots=True)
class Places:
    """Where values of erased people stand in the bytes of an input: (offset, length), sorted.

    Attributes:
        blank: values that become blanks.
        veiled: texts that say that there is somebody (an infant's name in its parent's segments): letters and
            digits become X, so that as many people are read as before.
    """

    blank: tuple[Place, ...]
    veiled: tuple[Place, ...]


def places_of(data: Data, reading: Reading, erased: Mapping[int, Collection[int]]) -> Places:
    """Find the values of some travellers in the bytes of an input.

    In the segments of the traveller every value but the first code; of a booking in which nobody else is
    left, those of the booking too. Elsewhere in the message (special services, remarks, history) the whole
    segment where it holds a number of theirs, or family and given name; a seat where it names their
    reference. What names somebody else, and not them, stays.

    Args:
        data: the input's bytes.
        reading: of the whole input.
        erased: ordinals by offset of the message.
    """
    messages = {message.offset: message for message in reading.messages if message.offset in erased}
    blank, veiled = set[Place](), set[Place]()
    for frame in frames(data):
        if isinstance(frame, RawMessage) and frame.offset in messages:
            for segment in _theirs(frame, messages[frame.offset], set(erased[frame.offset])):
                whole = segment.tag == "SSR" and segment.get(0).strip() == _INFANT
                (veiled if whole else blank).update(values_of(segment))
            blank.update(_seats_in(frame, messages[frame.offset], set(erased[frame.offset])))
    return Places(tuple(sorted(blank)), tuple(sorted(veiled)))


def veil(data: bytes, start: int, places: Iterable[Place]) -> bytes:
    """Put X in place of letters and digits, and of every sign beyond ASCII; the length stays.

    Args:
        data: a stretch of an input.
        start: its first byte's offset in the input.
        places: (offset, length) in the input; what lies outside the stretch is passed over.

    >>> veil(b"SSR+INFT:HK:1:XX:::::DOE/ANN/11JAN25+::1", 100, [(121, 15)])
    b'SSR+INFT:HK:1:XX:::::XXX/XXX/XXXXXXX+::1'
    """
    out = bytearray(data)
    for offset, length in places:
        low, high = max(offset - start, 0), min(offset + length - start, len(out))
        if low < high:
            out[low:high] = out[low:high].translate(_TO_X)
    return bytes(out)


def _theirs(raw: RawMessage, message: Message, gone: Collection[int]) -> Iterator[Segment]:
    """Yield the segments that are, or tell, of those who go and of nobody else."""
    leaving = [one for one in message.travellers if one.ordinal in gone]
    if message.type != MessageType.PNRGOV:  # a passenger list says of nobody outside their own segments
        starts = [one.offset for one in leaving]
        for segment in raw.segments:
            at = bisect_right(starts, segment.offset) - 1
            if at >= 0 and _is_in(segment, leaving[at]) and segment.tag not in OF_NOBODY:
                yield segment
        return
    named = [_Names.of(one) for one in leaving]
    for low, high in _groups(raw):
        here = [one for one in message.travellers if low <= one.offset < high]
        others = [_Names.of(one) for one in here if one.ordinal not in gone]
        alone = bool(here) and not others
        for segment in raw.segments:
            if not low <= segment.offset < high or segment.tag in OF_NOBODY:
                continue
            text = segment.syntax.text(segment.raw)
            said = normalise_number(text), set(tokens(text))
            says = any(one.stand_in(*said) for one in named)
            of_others = any(one.stand_in(*said) for one in others)
            owner = _owner(segment, here)
            if says and of_others:  # people of one name: where it stands decides
                says = of_others = False
            owned = owner is not None and owner.ordinal in gone and not _of_another(segment, owner)
            if says or (not of_others and (owned or alone)):
                yield segment


@dataclass(frozen=True, slots=True)
class _Names:
    """What of a traveller a text may hold: numbers of documents, family and given names."""

    numbers: frozenset[str]
    family: frozenset[str]
    given: frozenset[str]

    @classmethod
    def of(cls, one: Traveller) -> "_Names":
        held = (normalise_number(document.number) for document in one.documents)
        numbers = frozenset(number for number in held if len(number) >= _SHORTEST_NUMBER)
        return cls(numbers, frozenset(tokens(one.surname)), frozenset(tokens(one.given_names)))

    def stand_in(self, bare: str, words: Collection[str]) -> bool:
        """Say whether a text names them: its letters and digits alone, and its words."""
        if any(number in bare for number in self.numbers):
            return True
        return bool(self.family) and self.family <= set(words) and not self.given.isdisjoint(words)


def _seats_in(raw: RawMessage, message: Message, gone: Collection[int]) -> Iterator[Place]:
    if message.type != MessageType.PNRGOV:
        return
    for low, high in _groups(raw):
        here = [one for one in message.travellers if low <= one.offset < high and one.ordinal in gone]
        references = {one.booking_reference for one in here} - {None}
        for segment in raw.segments if references else ():
            if segment.tag == "SSR" and low <= segment.offset < high:
                yield from _seats(segment, references)


def _groups(raw: RawMessage) -> list[Place]:
    """Bounds of the bookings of a message; what stands before the first is a group too."""
    begins = [segment.offset for segment in raw.segments if segment.tag == "SRC"]
    stops = [raw.offset, *begins, raw.offset + raw.length]
    return list(pairwise(stops))


def _is_in(segment: Segment, one: Traveller) -> bool:
    return one.offset <= segment.offset < one.offset + max(one.length, 1)


def _owner(segment: Segment, travellers: Iterable[Traveller]) -> Traveller | None:
    """Return whose segment it is: of several, whose segments begin last (an infant among its parent's)."""
    around = [one for one in travellers if _is_in(segment, one)]
    return max(around, key=lambda one: one.offset, default=None)


def _of_another(segment: Segment, owner: Traveller) -> bool:
    """Say whether a special service among one traveller's segments names another's reference."""
    if segment.tag != "SSR" or owner.booking_reference is None:
        return False
    named = {segment.get(place, 2).strip() for place in range(1, segment.count())} - {""}
    return bool(named) and owner.booking_reference not in named


def values_of(segment: Segment) -> Iterator[Place]:
    """Yield the places of a segment's values but its first code; of a TIF also but type and reference."""
    for element in range(segment.count()):
        for component, value in enumerate(segment.element(element)):
            is_code = len(value.strip()) <= _CODE
            first = element == 0 and component == 0 and segment.tag not in {"TIF", "PDT"}
            of_name = segment.tag == "TIF" and component > 0
            if value.strip() and not (is_code and (first or of_name)):
                offset, length = segment.span(element, component)
                if length:
                    yield offset, length


def _seats(segment: Segment, references: Collection[str | None]) -> Iterator[Place]:
    for element in range(1, segment.count()):
        if segment.get(element, 2).strip() in references:
            offset, length = segment.span(element, 0)
            if length:
                yield offset, length
