"""Read an input's bytes: every message read, or its bytes accounted for.

A message goes to the reader of its dialect; DIALECTS is the one place that knows which there are, and a new
version or national dialect is one entry more. What comes out covers the input: each byte in exactly one tile.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from screening.messages.collector import collector_paused
from screening.messages.envelope import Frame, Loose, MessageReading, RawMessage, frames
from screening.messages.findings import finding, kind_of
from screening.messages.model import Message, Quarantined, Reading, Tile
from screening.messages.paxlst import read_paxlst
from screening.messages.pnrgov import read_pnrgov
from screening.messages.syntax import Data
from screening.messages.us_paxlst import read_us_paxlst
from screening.profile.model import Intake
from screening.tables.codes import MessageStatus, QuarantineUnit, Source
from screening.tables.findings import Finding

_TOGETHER = 2_000_000  # bytes of messages that are read together: columns cost by the call
Reader = Callable[[Sequence[RawMessage], Intake], list[MessageReading]]


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
    Dialect("PAXLST", r"0*1:0*", r".*", Source.API, read_us_paxlst),
    Dialect("PAXLST", r"D:(0[2-9]|1[0-5])[AB]", r".*", Source.API, read_paxlst),
    Dialect("PAXLST", r".*", r".*", Source.API, read_paxlst, tested=False),
    Dialect("PNRGOV", r"(1[0-9]|2[01]):\d+", r".*", Source.PNR, read_pnrgov),
    Dialect("PNRGOV", r".*", r".*", Source.PNR, read_pnrgov, tested=False),
)


def read_input(data: Data, intake: Intake, *, input_id: str | None = None) -> Reading:
    """Read all messages of an input.

    Args:
        data: bytes of a file, or a map of it.
        intake: the profile's section: what is sensitive, what is kept.
        input_id: sha256 of the bytes, worked out here if it is not known yet.

    Returns:
        Messages, quarantine, tiles that cover the input exactly, places of sensitive text. Never raises on
        any bytes.
    """
    whole = Reading(input_id or hashlib.sha256(data).hexdigest(), len(data))
    for part in read_parts(data, intake, input_id=whole.input_id):
        whole.messages += part.messages
        whole.quarantined += part.quarantined
        whole.tiles += part.tiles
        whole.sensitive += part.sensitive
        whole.findings += part.findings
    if not data:
        whole.findings.append(finding("file_empty", 0))
    _lead_findings(whole)
    _sequences(whole)
    whole.tiles = tiled(whole.tiles)
    whole.quarantined.sort(key=lambda unit: (unit.offset, -unit.length))
    whole.sensitive.sort()
    _blanked(whole.tiles, whole.sensitive)
    return whole


def read_parts(
    data: Data, intake: Intake, *, input_id: str | None = None, bytes_at_once: int = 64_000_000
) -> Iterator[Reading]:
    """Read an input piece by piece, so that a file of any size is read in bounded memory.

    Each part holds whole messages and their tiles; parts in order are the reading of the input, except for
    what only the whole file can tell (`sequence_without_last_part`).

    Args:
        data: bytes of a file, or (large ones) a map of it.
        intake: the profile's section.
        input_id: sha256 of the bytes, worked out here if it is not known yet.
        bytes_at_once: a part ends with the message that reaches this many bytes.
    """
    identity = input_id or hashlib.sha256(data).hexdigest()
    part = Reading(identity, len(data))
    filled = 0
    with collector_paused():
        gathered: list[Frame] = []
        size = 0
        for frame in frames(data):
            gathered.append(frame)
            size += frame.length
            filled += frame.length
            if size >= _TOGETHER or filled >= bytes_at_once:
                _take(part, gathered, intake)
                gathered, size = [], 0
            if filled >= bytes_at_once:
                yield part
                part, filled = Reading(identity, len(data)), 0
        _take(part, gathered, intake)
    yield part


def _take(part: Reading, gathered: list[Frame], intake: Intake) -> None:
    """Read some messages together and put them and the bytes between them in order."""
    readings = _readings([frame for frame in gathered if isinstance(frame, RawMessage)], intake)
    for frame in gathered:
        if isinstance(frame, Loose):
            _loose(part, frame)
        elif frame.offset in readings:
            _message(part, frame, *readings[frame.offset])
        else:
            _unreadable(part, frame)


def _readings(raws: Sequence[RawMessage], intake: Intake) -> dict[int, tuple[MessageReading, Source]]:
    """Read messages, those of one reader together; none of a type that nobody reads is among the results."""
    taken: dict[Reader, list[tuple[RawMessage, Source]]] = {}
    for raw in raws:
        dialect = next((dialect for dialect in DIALECTS if dialect.takes(raw)), None)
        if dialect is not None:
            taken.setdefault(dialect.reader, []).append((raw, dialect.source))
            if not dialect.tested:
                raw.findings.append(finding("unh_version_unknown", raw.offset, 1))
    return {
        raw.offset: (reading, source)
        for reader, mine in taken.items()
        for (raw, source), reading in zip(mine, reader([raw for raw, _ in mine], intake), strict=True)
    }


def _message(part: Reading, raw: RawMessage, reading: MessageReading, source: Source) -> None:
    part.messages.append(reading.message)
    part.quarantined += reading.quarantined
    part.sensitive += reading.sensitive
    quarantined = reading.message.status is MessageStatus.QUARANTINED
    part.tiles.append(Tile(raw.offset, raw.length, "quarantined" if quarantined else "message", source))


def _unreadable(part: Reading, raw: RawMessage) -> None:
    """Set aside a message of another type, or one whose UNH names none."""
    code = "other_message_type" if raw.type else "unh_unreadable"
    unit = QuarantineUnit.INTERCHANGE if raw.type else QuarantineUnit.MESSAGE
    found = finding(code, raw.offset, 1)
    part.findings += [found, *raw.findings]
    part.quarantined.append(Quarantined(unit, raw.offset, raw.length, (code,), found.text, raw.offset))
    part.tiles.append(Tile(raw.offset, raw.length, "quarantined", None))


def _loose(part: Reading, loose: Loose) -> None:
    part.tiles.append(Tile(loose.offset, loose.length, loose.fate, None))
    if loose.fate != "set_aside":
        return
    codes = tuple(dict.fromkeys(found.code for found in loose.findings))
    part.quarantined.append(
        Quarantined(
            loose.unit or QuarantineUnit.BYTES,
            loose.offset,
            loose.length,
            codes[:1],
            kind_of(codes[0]).meaning,
        )
    )
    part.findings += loose.findings


def tiled(tiles: list[Tile]) -> list[Tile]:
    """Give tiles in order, neighbours of one envelope joined.

    An envelope belongs to the source of the message after it, else before it: its bytes live as long.
    """
    joined: list[Tile] = []
    for tile in sorted(tiles, key=lambda tile: tile.offset):
        before = joined[-1] if joined else None
        if before is not None and before.fate == tile.fate == "envelope":
            before.length += tile.length
        elif tile.length:
            joined.append(tile)
    for ordered in (reversed(joined), iter(joined)):
        source: Source | None = None
        for tile in ordered:
            if tile.fate == "envelope":
                tile.source = tile.source or source
            else:
                source = tile.source
    return joined


def _blanked(tiles: list[Tile], sensitive: list[tuple[int, int]]) -> None:
    """Count the sensitive bytes of each tile; both are in order."""
    place = 0
    for tile in tiles:
        stop = tile.offset + tile.length
        while place < len(sensitive) and sensitive[place][0] < stop:
            tile.blanked += sensitive[place][1]
            place += 1


def _lead_findings(whole: Reading) -> None:
    """Put findings of bytes around a message with the message before them, else the first."""
    if not whole.messages:
        return
    for found in whole.findings:
        before = [message for message in whole.messages if message.offset <= found.offset]
        note(before[-1] if before else whole.messages[0], found)
    whole.findings = []


def note(message: Message, found: Finding) -> None:
    """Add a finding to a message that was read."""
    message.findings.append(found)
    if message.status is MessageStatus.OK:
        message.status = MessageStatus.REPAIRED


def _sequences(whole: Reading) -> None:
    """Look at manifests sent in parts: is the last part here, and does its count fit all parts?"""
    groups: dict[tuple[object, ...], list[Message]] = {}
    for message in whole.messages:
        if message.part is not None:
            key = (message.sender, message.type, message.transaction)
            groups.setdefault(key, []).append(message)
    for parts in groups.values():
        if not any(part.last_part for part in parts):
            parts[-1].complete = False
            note(parts[-1], finding("sequence_without_last_part", parts[-1].offset, 1))
        total = sum(len(part.travellers) for part in parts)
        for part in parts:
            if len(parts) > 1 and part.stated == total:
                _forgive_count(part)


def _forgive_count(part: Message) -> None:
    """A count that fits all parts together is no deviation of one part."""
    if not any(found.code == "cnt_differs" for found in part.findings):
        return
    part.findings = [found for found in part.findings if found.code != "cnt_differs"]
    part.complete = True
    if part.status is MessageStatus.REPAIRED and not part.findings:
        fine = not any(traveller.findings for traveller in part.travellers)
        part.status = MessageStatus.OK if fine else part.status
