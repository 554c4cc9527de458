"""Envelopes: from an input's bytes to its messages (UNH … UNT), each with what its interchange says of it.

Several interchanges may stand in one file, telex lines before them, text after them; UNG/UNE and UNZ may
be missing, counts and references may be wrong. Nothing of that loses a message: it becomes findings. Each
byte is either in a message or in `OutsideMessages` (service segments and white space, or bytes set aside).

Source: ISO 9735-1 (UNB, UNZ), -2 (UNG, UNE), -4 (UNH, UNT); docs/messages.md on deviations.
"""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from screening.messages.cached import local_time
from screening.messages.finding_kinds import finding
from screening.messages.model import Message, Quarantined
from screening.messages.syntax.charsets import codec_of, is_labelled
from screening.messages.syntax.damaged_headers import first_message, message_type, names_people
from screening.messages.syntax.damaged_tags import mend_tags
from screening.messages.syntax.segments import (
    TRAILING,
    WHITE,
    Data,
    Offsets,
    Segment,
    Separators,
    Syntax,
    pieces,
    skip_white,
    whole_number,
)
from screening.messages.syntax.service_segments import ServiceSegments
from screening.messages.syntax.service_string import (
    ServiceString,
    interchange_starts,
    is_value,
    separators_by_unh,
    separators_of,
    syntax_of,
)
from screening.messages.syntax.text_findings import syntax_findings
from screening.tables.codes import MessageType, QuarantineUnit, Source
from screening.tables.findings import Finding


@dataclass(slots=True)
class RawMessage:
    """One UNH … UNT before anybody read it.

    Attributes:
        index: place in the file, from 0.
        offset: first byte of UNH.
        length: to the end of UNT.
        pieces: segments' bytes without terminators.
        starts: offset of each.
        ends: offset after each, its terminator included.
        type: message type as sent (PAXLST).
        version: `D:12B`, `13:1`, `001:000`.
        agency: controlling agency (UN, IA, NZ …).
        cut: the input or interchange ended inside it.
        unterminated: its last segment has no terminator.
        has_end: its last segment is UNT.
        labelled: the interchange names a character set.
    """

    index: int
    offset: int
    length: int
    pieces: list[bytes]
    starts: Offsets
    ends: Offsets
    syntax: Syntax
    type: str = ""
    version: str = ""
    agency: str = ""
    reference: str | None = None
    common_reference: str | None = None
    part: int | None = None
    last_part: bool | None = None
    sender: str | None = None
    recipient: str | None = None
    control_reference: str | None = None
    sent: datetime | None = None
    findings: list[Finding] = field(default_factory=list)
    cut: bool = False
    unterminated: bool = False
    has_end: bool = False
    labelled: bool = False
    _segments: list[Segment] | None = None

    @property
    def separators(self) -> Separators:
        """Service characters of the interchange."""
        return self.syntax.separators

    @property
    def segments(self) -> list[Segment]:
        """All segments, UNH and (where present) UNT included."""
        if self._segments is None:
            self._segments = [self.segment(index) for index in range(len(self.pieces))]
        return self._segments

    def forget_segments(self) -> None:
        """Forget segments that were built: pieces have changed."""
        self._segments = None

    def message(self, kind: MessageType, dialect: str, source: Source) -> Message:
        """Build the message as its envelope states it, for a reader to fill."""
        return Message(
            index=self.index,
            offset=self.offset,
            length=self.length,
            type=kind,
            version=self.version,
            dialect=dialect,
            source=source,
            reference=self.reference,
            transaction=self.common_reference,
            sender=self.sender,
            recipient=self.recipient,
            control_reference=self.control_reference,
            sent=self.sent,
            part=self.part,
            last_part=self.last_part,
            findings=list(self.findings),
            complete=not self.cut,
        )

    def segment(self, index: int) -> Segment:
        """Build one segment by its index from 0."""
        start = self.starts[index]
        return Segment(self.pieces[index], start, self.ends[index] - start, index + 1, self.syntax)


TYPES = frozenset({"PAXLST", "PNRGOV"})


@dataclass(slots=True)
class OutsideMessages:
    """Bytes outside messages: `envelope` (service segments, white space) or `set_aside` with a reason."""

    offset: int
    length: int
    fate: str
    unit: QuarantineUnit | None = None
    findings: list[Finding] = field(default_factory=list)


Frame = RawMessage | OutsideMessages


@dataclass(slots=True)
class MessageReading:
    """One message as read, what of it was set aside, and which bytes are sensitive free text."""

    message: Message
    quarantined: list[Quarantined]
    sensitive: list[tuple[int, int]]


def frames(data: Data) -> Iterator[Frame]:
    """Yield messages and the bytes between them, in order, covering the input exactly.

    A message is given only when the next one has begun or its interchange has ended, so that it carries the
    findings of both ends of its envelope.
    """
    size = len(data)
    begun = _interchanges(data)
    here = next(begun, None)
    if here is None:
        yield from _no_interchange(data, size)
        return
    yield from _before_first(data, here[1].start)
    index = 0
    while here is not None:
        coming = next(begun, None)
        stop = coming[1].start if coming is not None else size
        interchange = Interchange(data, here[0], stop, here[1], index)
        yield from interchange.read()
        index, here = interchange.index, coming


def _interchanges(data: Data) -> Iterator[tuple[int, ServiceString]]:
    """Yield the place of each UNB that begins an interchange, and its separators."""
    service: ServiceString | None = None
    floor = 0
    starts = interchange_starts(data)
    first = next(starts, None)
    unh = first_message(data, 0, len(data) if first is None else first)
    if unh is not None:
        service = separators_by_unh(data, unh)
        yield unh.start(), service
    for start in chain([] if first is None else [first], starts):
        if service is not None and is_value(data, start, service.separators):
            continue
        service = separators_of(data, start, floor)
        floor = start + 3
        yield start, service


def _no_interchange(data: Data, size: int) -> Iterator[Frame]:
    if not size:
        return
    if skip_white(data, 0, size) == size:
        yield OutsideMessages(0, size, "envelope")
        return
    yield OutsideMessages(0, size, "set_aside", QuarantineUnit.INTERCHANGE, [finding("unb_missing", 0)])


def _before_first(data: Data, stop: int) -> Iterator[Frame]:
    begin = 3 if data[:3] == b"\xef\xbb\xbf" else 0
    if skip_white(data, begin, stop) == stop:
        if stop:
            yield OutsideMessages(0, stop, "envelope")
        return
    yield OutsideMessages(0, stop, "set_aside", QuarantineUnit.BYTES, [finding("text_before_interchange", 0)])


class Interchange:
    """Walks the segments of one interchange; the state is which envelope is open."""

    def __init__(self, data: Data, unb: int, stop: int, service: ServiceString, index: int) -> None:
        self._data = data
        self.index = index  # of the next message in the file
        self._unb = unb
        self._stop = stop
        self._service = service
        identifier, version = syntax_of(data, unb)
        self.syntax = Syntax(service.separators, codec_of(identifier), version)
        self._services = ServiceSegments(self.syntax)
        self._labelled = is_labelled(identifier)
        self._queue: list[Frame] = []
        self._waiting: list[Finding] = []  # for the next message
        self._open: RawMessage | None = None
        self._latest: RawMessage | None = None
        self._header: Segment | None = None
        self._sent: datetime | None = None
        self._group: Segment | None = None
        self._groups = self._messages = self._in_group = 0
        self._closed = False
        self._cursor = service.start

    def read(self) -> Iterator[Frame]:
        """Yield the interchange's messages and the bytes outside them in order."""
        self._announce()
        for parts, begins, ends, unterminated in pieces(self._data, self._unb, self._stop, self.syntax):
            if unterminated:
                parts[-1] = parts[-1].rstrip(TRAILING)
            self._window(parts, begins, ends, unterminated)
            yield from self._flush()
        self._finish()
        if self._messages == 0:
            whole = OutsideMessages(self._service.start, self._stop - self._service.start, "set_aside")
            whole.unit = QuarantineUnit.INTERCHANGE
            whole.findings = [finding("interchange_without_message", self._unb), *self._waiting]
            self._queue = [whole]
        yield from self._queue

    def _flush(self) -> Iterator[Frame]:
        """Yield what later segments cannot change: all before the latest message."""
        if self._messages == 0 or not self._queue:
            return
        places = (place for place, frame in enumerate(self._queue) if frame is self._latest)
        settled = next(places, len(self._queue) - 1)
        yield from self._queue[:settled]
        del self._queue[:settled]

    def _announce(self) -> None:
        start = self._service.start
        for code in self._service.codes:
            self._waiting.append(finding(code, start))
        if "una_missing" not in self._service.codes and start and self._data[start - 1] in WHITE:
            before = self._data[max(0, start - 64) : start]
            if start == len(before) and not before.strip(WHITE):
                self._waiting.append(finding("white_space_before_una", 0))

    # --- walking -------------------------------------------------------------------------------------------

    def _window(self, parts: list[bytes], begins: Offsets, ends: Offsets, unterminated: bool) -> None:
        (parts, begins, ends), marks, lost = self._services.find(self._data, (parts, begins, ends))
        for place in lost:
            self._note("terminator_lost", place)
        done = 0
        for mark in marks:
            self._contents(parts, begins, ends, done, mark)
            done = mark + 1
            self._service_segment(parts[mark], begins[mark], ends[mark])
        self._contents(parts, begins, ends, done, len(parts))
        if unterminated and parts:
            self._note("last_segment_unterminated", begins[-1])
            if self._open is not None:
                self._open.unterminated = True

    def _contents(self, parts: list[bytes], begins: Offsets, ends: Offsets, low: int, high: int) -> None:
        """Take segments that are no service segments: a message's own, or bytes between messages."""
        if low >= high:
            return
        if self._open is not None:
            self._open.pieces += parts[low:high]
            self._open.starts += begins[low:high]
            self._open.ends += ends[low:high]
            return
        filled = [index for index in range(low, high) if parts[index]]
        if not filled:
            return
        if names_people(parts[low:high], self.syntax.element):
            self._without_unh(parts, begins, ends, filled[0], high)
            return
        self._outside(begins[filled[0]], "envelope")
        code = "text_after_unz" if self._closed else "segment_outside_message"
        self._outside(ends[high - 1], "set_aside", code)

    def _without_unh(self, parts: list[bytes], begins: Offsets, ends: Offsets, low: int, high: int) -> None:
        """Take up a message whose UNH is lost; what stands in its place is its first segment."""
        damaged = parts[low][:1] == b"U" or any(kind in parts[low] for kind in (b"PAXLST", b"PNRGOV"))
        unh, begin = (parts[low], begins[low]) if damaged else (b"", begins[low])
        end = ends[low] if damaged else begin
        self._unh(Segment(unh, begin, end - begin, 0, self.syntax), unh, end)
        self._note("unh_damaged", begin, 1)
        self._contents(parts, begins, ends, low + damaged, high)

    def _outside(self, stop: int, fate: str, code: str | None = None) -> None:
        if stop <= self._cursor:
            return
        before = self._queue[-1] if self._queue else None
        if (
            isinstance(before, OutsideMessages)
            and before.fate == fate
            and before.offset + before.length == self._cursor
        ):
            before.length = stop - before.offset
        else:
            outside = OutsideMessages(self._cursor, stop - self._cursor, fate)
            if code is not None:
                outside.unit = QuarantineUnit.BYTES
                outside.findings = [finding(code, self._cursor)]
            self._queue.append(outside)
        self._cursor = stop

    def _note(self, code: str, offset: int, segment: int | None = None) -> None:
        """Record a finding of the envelope with the message at hand, else with the next one."""
        message = self._open or self._latest
        (message.findings if message is not None else self._waiting).append(finding(code, offset, segment))

    # --- service segments ----------------------------------------------------------------------------------

    def _service_segment(self, part: bytes, begin: int, end: int) -> None:
        segment = Segment(part, begin, end - begin, 0, self.syntax)
        tag = self._services.tag(part)
        if tag == b"UNH":
            self._unh(segment, part, end)
        elif tag == b"UNT":
            self._unt(segment, part, end)
        elif tag is not None:
            self._close_open(begin)
            _ACTIONS[tag](self, segment)
        folded = tag != part[:3] or (tag == b"UNB" and (b"\n" in part or b"\r" in part))
        if folded and tag not in {b"UNH", b"UNT"}:  # those two are looked at with their message
            self._note("line_break_in_value", begin)
        elif part[3:4] == b" ":
            self._note("space_after_tag", begin, segment.number or None)

    def _unb_segment(self, segment: Segment) -> None:
        if self._header is not None:
            return
        self._header = segment
        self._sent = local_time(segment.get(3, 0), segment.get(3, 1), day_first=False, sent=None)
        if self._sent is None:
            self._note("unb_date_unreadable", segment.offset)

    def _ung(self, segment: Segment) -> None:
        if self._group is not None:
            self._note("une_missing", segment.offset)
        self._group = segment
        self._groups += 1
        self._in_group = 0

    def _une(self, segment: Segment) -> None:
        if self._group is None:
            self._note("une_without_ung", segment.offset)
            return
        stated = whole_number(segment.get(0))
        if stated is not None and stated != self._in_group:
            self._note("une_count_differs", segment.offset)
        opened, closed = self._group.get(4).strip(), segment.get(1).strip()
        if closed and opened != closed and self._control() != opened:
            self._note("une_reference_differs", segment.offset)
        self._group = None

    def _unz(self, segment: Segment) -> None:
        if self._group is not None:
            self._note("une_missing", segment.offset)
            self._group = None
        stated = whole_number(segment.get(0))
        counted = self._groups or self._messages
        if stated is not None and stated != counted and self._messages:
            self._note("unz_count_differs", segment.offset)
        reference = segment.get(1).strip()
        if not reference:
            self._note("unz_reference_missing", segment.offset)
        elif reference != (self._control() or ""):
            self._note("unz_reference_differs", segment.offset)
        self._closed = True

    def _unh(self, segment: Segment, piece: bytes, end: int) -> None:
        self._close_open(segment.offset)
        self._outside(segment.offset, "envelope")
        part = whole_number(segment.get(3, 0))
        header = self._header
        message = RawMessage(
            index=self.index,
            offset=segment.offset,
            length=end - segment.offset,
            pieces=[piece],
            starts=array("q", (segment.offset,)),
            ends=array("q", (end,)),
            syntax=self.syntax,
            type=segment.get(1, 0).strip().upper(),
            version=":".join(value.strip() for value in segment.element(1)[1:3]),
            agency=segment.get(1, 3).strip(),
            reference=segment.get(0).strip() or None,
            common_reference=segment.get(2).strip() or None,
            part=part,
            last_part=segment.get(3, 1).strip().upper() == "F" if part is not None else None,
            sender=(header.get(1).strip() or None) if header else None,
            recipient=(header.get(2).strip() or None) if header else None,
            control_reference=self._control(),
            sent=self._sent,
            findings=self._waiting,
            labelled=self._labelled,
        )
        segment.number = 1
        self._waiting = []
        self.index += 1
        self._messages += 1
        self._in_group += 1
        self._open = message
        self._latest = message
        self._queue.append(message)
        if self._closed:
            self._note("message_after_unz", segment.offset, 1)

    def _unt(self, segment: Segment, part: bytes, end: int) -> None:
        message = self._open
        if message is None:
            self._outside(segment.offset, "envelope")
            self._outside(end, "set_aside", "segment_outside_message")
            return
        message.pieces.append(part)
        message.starts.append(segment.offset)
        message.ends.append(end)
        message.has_end = True
        segment.number = len(message.pieces)
        counted = len(message.pieces) - message.pieces.count(b"")
        if whole_number(segment.get(0)) != counted:
            self._note("unt_count_differs", segment.offset, segment.number)
        reference = segment.get(1).strip()
        if not reference:
            self._note("unt_reference_missing", segment.offset, segment.number)
        elif reference != (message.reference or ""):
            self._note("unt_reference_differs", segment.offset, segment.number)
        self._close(message, end)

    def _control(self) -> str | None:
        return (self._header.get(4).strip() or None) if self._header is not None else None

    # --- ends ----------------------------------------------------------------------------------------------

    def _close_open(self, stop: int) -> None:
        """Close a message without UNT because something else has begun."""
        message = self._open
        if message is None:
            return
        self._note("unt_missing", message.ends[-1])
        self._close(message, max(stop, message.ends[-1]))

    def _close(self, message: RawMessage, end: int) -> None:
        message.length = end - message.offset
        self._cursor = end
        self._open = None
        component = self.syntax.separators.component.encode()
        changed = mend_tags(message.pieces, self.syntax.element, component)
        for code, places in zip(("tag_lower_case", "tag_mended"), changed, strict=True):
            if places:
                message.findings.append(finding(code, message.starts[places[0]], places[0] + 1))
        if message.type not in TYPES and (
            kind := message_type(message.pieces, message.type, self.syntax.element)
        ):
            message.type = kind
            if all(found.code != "unh_damaged" for found in message.findings):
                message.findings.append(finding("unh_damaged", message.offset, 1))
        found, codec = syntax_findings(message.pieces, message.starts, self.syntax, labelled=self._labelled)
        message.findings += found
        if codec is not None:
            message.syntax = Syntax(self.syntax.separators, codec, self.syntax.version)

    def _finish(self) -> None:
        message = self._open
        if message is not None:
            message.cut = True
            self._note("unt_missing", message.ends[-1])
            self._close(message, self._stop)
        elif not self._closed:
            self._note("unz_missing", self._stop)
        self._outside(self._stop, "envelope")


# Not bound methods in the object itself: a cycle would keep each interchange's last message in memory, as the
# collector stands still while an input is read.
_ACTIONS: dict[bytes, Callable[[Interchange, Segment], None]] = {
    b"UNB": Interchange._unb_segment,
    b"UNG": Interchange._ung,
    b"UNE": Interchange._une,
    b"UNZ": Interchange._unz,
}
