"""What only the whole of an input can tell, though it is read a part at a time.

Three things reach over a part's end. A finding of bytes outside messages stands with the message before them,
which may still come to be another: so a part hands its last message on to the next. An envelope takes the
class of the message after it: so a part ends where a message begins. And a manifest sent in parts is complete
when its last part came, and its count may be that of all parts: `Sequences` keeps a few numbers of each, and
says from which message on that is still open.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from screening.messages.finding_kinds import finding
from screening.messages.model import ByteRange, Message, Reading
from screening.tables.codes import MessageStatus, Source
from screening.tables.findings import Finding

_COUNT = "cnt_differs"


def part_end(part: Reading, waiting: list[Finding], coming: int, source: Source | None) -> Reading:
    """Close a part where a message begins.

    Args:
        part: what was read since the part before; changed in place to what no later byte can change.
        waiting: findings outside messages so far; those that found their message are taken out.
        coming: first byte of the message that begins here.
        source: class of that message, None where nobody reads it.

    Returns:
        The next part, begun with the last message of this one.
    """
    rest = Reading(part.input_id, part.size)
    if part.messages:
        settled = [found for found in waiting if found.offset < coming]
        waiting[:] = [found for found in waiting if found.offset >= coming]
        lead(part.messages, settled)
        last = part.messages.pop()
        rest.messages = [last]
        rest.quarantined = [unit for unit in part.quarantined if unit.message_offset == last.offset]
        part.quarantined = [unit for unit in part.quarantined if unit.message_offset != last.offset]
    _ordered(part, source, followed=True)
    return rest


def input_end(part: Reading, waiting: list[Finding]) -> None:
    """Close the last part; findings of an input without any message stay with the reading."""
    if part.messages:
        lead(part.messages, waiting)
    else:
        part.findings = list(waiting)
    _ordered(part, None, followed=False)


def _ordered(part: Reading, source: Source | None, *, followed: bool) -> None:
    part.byte_ranges = in_order(part.byte_ranges, source, followed=followed)
    part.quarantined.sort(key=lambda unit: (unit.offset, -unit.length))
    part.sensitive.sort()
    _blanked(part.byte_ranges, part.sensitive)


def in_order(
    byte_ranges: list[ByteRange], coming: Source | None = None, *, followed: bool = False
) -> list[ByteRange]:
    """Return byte ranges in order, neighbours of one envelope joined.

    An envelope belongs to the source of the message after it, else before it: its bytes live as long.

    Args:
        byte_ranges: those of a stretch of the input.
        coming: source of the byte range that follows the stretch.
        followed: one follows, and is no envelope.
    """
    joined: list[ByteRange] = []
    for span in sorted(byte_ranges, key=lambda span: span.offset):
        before = joined[-1] if joined else None
        if before is not None and before.fate == span.fate == "envelope":
            before.length += span.length
        elif span.length:
            joined.append(span)
    for ordered, first in ((reversed(joined), coming if followed else None), (iter(joined), None)):
        source = first
        for span in ordered:
            if span.fate == "envelope":
                span.source = span.source or source
            else:
                source = span.source
    return joined


def _blanked(byte_ranges: list[ByteRange], sensitive: list[tuple[int, int]]) -> None:
    """Count the sensitive bytes of each byte range; both are in order."""
    place = 0
    for span in byte_ranges:
        stop = span.offset + span.length
        while place < len(sensitive) and sensitive[place][0] < stop:
            span.blanked += sensitive[place][1]
            place += 1


def lead(messages: list[Message], findings: Iterable[Finding]) -> None:
    """Put findings of bytes around messages with the message before them, else the first."""
    offsets = [message.offset for message in messages]
    for found in findings:
        note(messages[max(bisect_right(offsets, found.offset) - 1, 0)], found)


def note(message: Message, found: Finding) -> None:
    """Add a finding to a message that was read."""
    message.findings.append(found)
    if message.status is MessageStatus.OK:
        message.status = MessageStatus.REPAIRED


@dataclass(slots=True)
class _Sequence:
    """A manifest in parts: numbers only, no message."""

    ended: bool = False  # its last part was read
    latest: int = 0  # offset of the part read last
    parts: int = 0
    travellers: int = 0
    differing: list[tuple[int, int]] = field(default_factory=list)  # offset, stated: CNT fits not the part

    @property
    def open_from(self) -> int | None:
        """Offset of the first message that may still be judged otherwise."""
        places = [offset for offset, _ in self.differing[:1]]
        return min(places if self.ended else [*places, self.latest], default=None)


class Sequences:
    """Manifests sent in parts: is the last part here, and does a count fit all parts?

    Only the latest part of a sequence whose last one is missing can get a finding, and only a part whose
    count differs can lose one: all others are as they were read. What is kept is numbers, no message.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], _Sequence] = {}
        self._open: dict[tuple[object, ...], _Sequence] = {}

    def take(self, messages: Iterable[Message]) -> None:
        """Take note of messages, in their order."""
        for message in messages:
            if message.part is not None:
                self._take(message)

    def _take(self, message: Message) -> None:
        key = (message.sender, message.type, message.transaction)
        sequence = self._known.setdefault(key, _Sequence())
        sequence.ended = sequence.ended or bool(message.last_part)
        sequence.latest = message.offset
        sequence.parts += 1
        sequence.travellers += len(message.travellers)
        if message.stated is not None and any(found.code == _COUNT for found in message.findings):
            sequence.differing.append((message.offset, message.stated))
        if sequence.differing:  # the sum only grows: a smaller count will never fit
            sequence.differing = [one for one in sequence.differing if one[1] >= sequence.travellers]
        if sequence.open_from is None:
            self._open.pop(key, None)
        else:
            self._open[key] = sequence

    def open_from(self) -> int | None:
        """Return the offset of the first message that may still be judged otherwise; None if none may."""
        places = (sequence.open_from for sequence in self._open.values())
        return min((place for place in places if place is not None), default=None)

    def judge(self, messages: Iterable[Message]) -> None:
        """Judge, when all messages of the input were taken note of; changes them in place."""
        unended = {sequence.latest for sequence in self._open.values() if not sequence.ended}
        fitting = {
            offset
            for sequence in self._open.values()
            for offset, stated in sequence.differing
            if sequence.parts > 1 and stated == sequence.travellers
        }
        for message in messages:
            if message.part is None:
                continue
            if message.offset in unended:
                message.complete = False
                note(message, finding("sequence_without_last_part", message.offset, 1))
            if message.offset in fitting:
                _forgive_count(message)


def _forgive_count(part: Message) -> None:
    """A count that fits all parts together is no deviation of one part."""
    part.findings = [found for found in part.findings if found.code != _COUNT]
    part.complete = True
    if part.status is MessageStatus.REPAIRED and not part.findings:
        fine = not any(traveller.findings for traveller in part.travellers)
        part.status = MessageStatus.OK if fine else part.status
