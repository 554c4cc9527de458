"""Read an input's bytes: every message read, or its bytes accounted for.

A message goes to the reader of its dialect; DIALECTS is the one place that knows which there are, and a new
version or national dialect is one entry more. What comes out covers the input: each byte in one range.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from screening.messages import mandate
from screening.messages.finding_kinds import finding, kind_of
from screening.messages.model import ByteRange, Quarantined, Reading
from screening.messages.multipart import Sequences, input_end, part_end
from screening.messages.one_designator import call_by_one, same_designators
from screening.messages.paxlst.reader import read_paxlst
from screening.messages.paxlst.us_dialect import US_VERSION, is_us, read_us_paxlst
from screening.messages.pnrgov.reader import read_pnrgov
from screening.messages.provisional import stand_in
from screening.messages.scrub import blanked
from screening.messages.syntax.envelope import Frame, MessageReading, OutsideMessages, RawMessage, frames
from screening.messages.syntax.memory_map import forget, sha256_of
from screening.messages.syntax.segments import Data
from screening.messages.withheld import drop_elements, look_again, withhold
from screening.profile.model import Intake
from screening.tables.codes import MessageStatus, QuarantineUnit, Source
from screening.tables.collector import collector_paused
from screening.tables.findings import Finding

BYTES_AT_ONCE = 8_000_000
_HELD = 2  # parts that wait for the end of a manifest in parts
Reader = Callable[[RawMessage, Intake], MessageReading]


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which messages a reader takes.

    Attributes:
        type: message type.
        version: pattern of the whole version as sent.
        agency: pattern of the whole controlling agency as sent.
        tested: the version is one that tables were made for; others are read with a finding.
    """

    type: str
    version: str
    agency: str
    source: Source
    reader: Reader
    tested: bool = True

    def takes(self, raw: RawMessage) -> bool:
        """Say whether a message is this dialect's."""
        return (
            raw.type == self.type
            and re.fullmatch(self.version, raw.version) is not None
            and re.fullmatch(self.agency, raw.agency) is not None
        )


DIALECTS: tuple[Dialect, ...] = (
    Dialect("PAXLST", US_VERSION, r".*", Source.API, read_us_paxlst),
    Dialect("PAXLST", r"D:(0[2-9]|1[0-5])[AB]", r".*", Source.API, read_paxlst),
    Dialect("PAXLST", r".*", r".*", Source.API, read_paxlst, tested=False),
    Dialect("PNRGOV", r"(1[0-9]|2[01]):\d+", r".*", Source.PNR, read_pnrgov),
    Dialect("PNRGOV", r".*", r".*", Source.PNR, read_pnrgov, tested=False),
)


_US_DAMAGED = Dialect("PAXLST", r".*", r".*", Source.API, read_us_paxlst, tested=False)


def read_input(data: Data, intake: Intake, *, input_id: str | None = None) -> Reading:
    """Read all messages of an input.

    Args:
        data: bytes of a file, or a map of it.
        intake: the profile's section: what is sensitive, what is kept.
        input_id: sha256 of the bytes, worked out here if it is not known yet.

    Returns:
        Messages, quarantine, byte ranges that cover the input exactly, places of sensitive text. Never
        raises on any bytes.
    """
    whole = Reading(sha256_of(data) if input_id is None else input_id, len(data))
    for part in read_parts(data, intake, input_id=whole.input_id):
        whole.messages += part.messages
        whole.quarantined += part.quarantined
        whole.byte_ranges += part.byte_ranges
        whole.sensitive += part.sensitive
        whole.findings += part.findings
        whole.outside += part.outside
        whole.withheld.update(part.withheld)
    whole.quarantined.sort(key=lambda unit: (unit.offset, -unit.length))
    return whole


def read_parts(
    data: Data, intake: Intake, *, input_id: str | None = None, bytes_at_once: int = BYTES_AT_ONCE
) -> Iterator[Reading]:
    """Read an input part by part, so that a file of any size is read in bounded memory.

    The parts together are the reading of the input, whatever their size: what only the whole input can tell
    (`stitch`) is settled before a part is yielded. Where a manifest in parts stays open over more than
    `_HELD` parts, the input is read to its end for that alone, and then again.

    Args:
        data: bytes of a file, or (large ones) a map of it.
        intake: the profile's section.
        input_id: sha256 of the bytes, worked out here if it is not known yet.
        bytes_at_once: a part ends before the message that follows this many bytes.

    Yields:
        Messages in order, each with its quarantine units; byte ranges and sensitive places in order. A
        message may stand in the part after the one that holds its byte range. Findings without a message
        stand in the last part, and only of an input that has no message.
    """
    identity = sha256_of(data) if input_id is None else input_id
    sequences = Sequences()
    held: deque[Reading] = deque()
    given = 0
    again: Iterator[Reading] = iter(())
    parts = _parts(data, intake, identity, bytes_at_once)
    for part in parts:
        sequences.take(part.messages)
        held.append(part)
        del part  # here and below: a name would keep a part alive while the next is read
        open_from = sequences.open_from()
        while held and (open_from is None or _ends_before(held[0], open_from)):
            yield held.popleft()
            given += 1
        if len(held) > _HELD:
            held.clear()
            for ahead in parts:
                sequences.take(ahead.messages)
                del ahead
            again = islice(_parts(data, intake, identity, bytes_at_once), given, None)
            break
    while held:
        sequences.judge(held[0].messages)
        yield held.popleft()
    for part in again:
        sequences.judge(part.messages)
        yield part
        del part


def _ends_before(part: Reading, offset: int) -> bool:
    return not part.messages or part.messages[-1].offset < offset


def _parts(data: Data, intake: Intake, identity: str, bytes_at_once: int) -> Iterator[Reading]:
    """Yield the parts of an input; manifests in parts are not judged yet."""
    coming_frames = frames(data)
    part = Reading(identity, len(data))
    waiting: list[Finding] = [] if len(data) else [finding("file_empty", 0)]
    coming: RawMessage | None = None
    while True:
        with collector_paused():
            coming = _fill(part, waiting, coming, coming_frames, intake, bytes_at_once)
            if coming is None:
                input_end(part, waiting)
                following = None
            else:
                dialect = _dialect(coming)
                following = part_end(part, waiting, coming.offset, dialect.source if dialect else None)
        yield part
        if following is None or coming is None:
            return
        forget(data, coming.offset)
        part = following


def _fill(
    part: Reading,
    waiting: list[Finding],
    coming: RawMessage | None,
    coming_frames: Iterator[Frame],
    intake: Intake,
    bytes_at_once: int,
) -> RawMessage | None:
    """Read on until the part is full.

    Args:
        part: what is filled.
        waiting: takes findings that stand outside messages.
        coming: message that begins the part, if it is not the input's first.
        coming_frames: the frames after it.
        intake: the profile's section.
        bytes_at_once: bytes that fill a part.

    Returns:
        The message that begins the next part; None at the end of the input.
    """
    filled = 0
    for frame in chain([coming] if coming is not None else [], coming_frames):
        if isinstance(frame, OutsideMessages):
            _outside(part, waiting, frame)
        elif filled >= bytes_at_once:
            return frame
        else:
            _message(part, waiting, frame, intake)
        filled += frame.length
    return None


def _dialect(raw: RawMessage) -> Dialect | None:
    found = next((dialect for dialect in DIALECTS if dialect.takes(raw)), None)
    if found is not None and found.source is Source.API and not found.tested and is_us(raw):
        return _US_DAMAGED
    return found


def number_of_messages(data: Data) -> int:
    """Count the messages that `read_parts` will yield, without reading them."""
    return sum(isinstance(frame, RawMessage) and _dialect(frame) is not None for frame in frames(data))


def _message(part: Reading, waiting: list[Finding], raw: RawMessage, intake: Intake) -> None:
    """Read a message by its dialect; one of a type that nobody reads is set aside."""
    dialect = _dialect(raw)
    if dialect is None:
        _unreadable(part, waiting, raw)
        return
    if not dialect.tested:
        raw.findings.append(finding("unh_version_unknown", raw.offset, 1))
    withheld = withhold(raw, dialect.source, intake.elements)
    noted = list(raw.findings)
    part.sensitive += withheld.spans
    reading = _understood(part, raw, dialect, intake)
    if mandate.outside_wholly(reading, intake, raw):
        part.sensitive += _blank(raw, list(mandate.body(raw, dialect.source)))
        raw.findings = noted
        bare = _understood(part, raw, dialect, intake).message
        people = mandate.people_in_body(raw, dialect.source)
        part.outside += mandate.rows_outside(bare, intake, people)
        part.byte_ranges.append(ByteRange(raw.offset, raw.length, "outside_mandate", dialect.source))
        return
    crew = mandate.crew_outside(reading.message, intake)
    if crew:
        inside = [one for one in mandate.body(raw, dialect.source) if _within(raw.starts[one[0]], crew)]
        part.sensitive += _blank(raw, inside)
        raw.findings = noted
        look_again(raw)
        reading = _understood(part, raw, dialect, intake)
    part.outside += mandate.part(reading, intake)
    part.withheld.update(withheld.counts)
    part.messages.append(reading.message)
    part.quarantined += reading.quarantined
    part.sensitive += reading.sensitive
    quarantined = reading.message.status is MessageStatus.QUARANTINED
    fate = "quarantined" if quarantined else "message"
    part.byte_ranges.append(ByteRange(raw.offset, raw.length, fate, dialect.source))


def _understood(part: Reading, raw: RawMessage, dialect: Dialect, intake: Intake) -> MessageReading:
    """Read a message, call its legs as the agency does, and drop what may not be kept of it."""
    reading = dialect.reader(raw, intake)
    if intake.designators:
        names = same_designators((entry.one, entry.also) for entry in intake.designators)
        call_by_one(reading.message, names, raw.offset)
    drop_elements(reading.message, intake.elements)
    stand_in(reading.message, part.input_id)
    return reading


def _within(offset: int, places: Sequence[tuple[int, int]]) -> bool:
    return any(start <= offset < start + length for start, length in places)


def _blank(raw: RawMessage, segments: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Blank segments behind the bytes that only build the message; return the places."""
    spans = []
    for index, stays in segments:
        piece = raw.pieces[index]
        if len(piece) > stays:
            span = (raw.starts[index] + stays, len(piece) - stays)
            raw.pieces[index] = blanked(piece, raw.starts[index], [span])
            spans.append(span)
    raw.forget_segments()
    return spans


def _unreadable(part: Reading, waiting: list[Finding], raw: RawMessage) -> None:
    """Set aside a message of another type, or one whose UNH names none."""
    code = "other_message_type" if raw.type else "unh_unreadable"
    unit = QuarantineUnit.INTERCHANGE if raw.type else QuarantineUnit.MESSAGE
    found = finding(code, raw.offset, 1)
    waiting += [found, *raw.findings]
    part.quarantined.append(Quarantined(unit, raw.offset, raw.length, (code,), found.text, raw.offset))
    part.byte_ranges.append(ByteRange(raw.offset, raw.length, "quarantined", None))


def _outside(part: Reading, waiting: list[Finding], outside: OutsideMessages) -> None:
    part.byte_ranges.append(ByteRange(outside.offset, outside.length, outside.fate, None))
    if outside.fate != "set_aside":
        return
    codes = tuple(dict.fromkeys(found.code for found in outside.findings))
    part.quarantined.append(
        Quarantined(
            outside.unit or QuarantineUnit.BYTES,
            outside.offset,
            outside.length,
            codes[:1],
            kind_of(codes[0]).meaning,
        )
    )
    waiting += outside.findings
