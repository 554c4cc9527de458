"""Read and scrub: bytes of inputs to messages, statements and quarantine; blanked bytes into landing.

Inputs are read in chunks (a unit of work that a killed run need not do again), a large one part by part:
its bytes are mapped, its tables leave the memory in pieces. No output depends on how inputs are chunked or
where a piece ends.

Whatever an input provokes becomes its own outcome. Where our code fails, the chunk is read again part by
part, so that the guilty one is found; that is set aside whole, and the chunk is read without it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field

import pyarrow as pa

from screening.messages.model import ByteRange, Quarantined, Reading
from screening.messages.people import Inside, people_in
from screening.messages.read import BYTES_AT_ONCE, read_parts
from screening.messages.rights import fulfil
from screening.messages.scrub import blanked_ranges
from screening.messages.syntax.memory_map import forget
from screening.messages.syntax.unpack import PACKED, kind_of_bytes
from screening.messages.tabulate import tabulate
from screening.night.balance import line
from screening.night.chunks import Chunk
from screening.night.exceptions import place_of
from screening.night.frozen import FrozenInput
from screening.night.opening import Carried, MemberPlace, Opened, Part, open_input
from screening.night.pieces import SPECS, summed
from screening.profile.model import Intake
from screening.store.keeping import KeptBehind, Settling
from screening.store.landing import open_back
from screening.store.rights import rights_of, with_rights
from screening.store.zones import Store
from screening.tables import individual, landing
from screening.tables.codes import Counted, InputKind, InputStatus, QuarantineUnit, RetentionClass, Source
from screening.tables.errors import ScreeningError

PIECE_BYTES = BYTES_AT_ONCE  # bytes of inputs whose tables are held at once
_STRETCH = 1 << 20
_FAILED = "our code failed on this input: "
Collect = Callable[[dict[str, pa.Table]], None]
_CLASS = {Source.API: RetentionClass.API, Source.PNR: RetentionClass.PNR, None: RetentionClass.UNREAD}


@dataclass(slots=True)
class _Gathered:
    """What a chunk has given so far; `collect` takes tables that are full."""

    collect: Collect
    keeping: KeptBehind
    with_rights: Collection[str]  # inputs of which persons' rights changed something
    alone: bool = False  # each reading is tabulated by itself: what fails belongs to it
    inputs: list[dict[str, object]] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    bytes: int = 0  # of the readings
    ledger: list[dict[str, object]] = field(default_factory=list)
    counted: list[pa.Table] = field(default_factory=list)  # ledger lines of pieces given
    quarantine: list[dict[str, object]] = field(default_factory=list)

    def take(self, reading: Reading) -> None:
        """Add a reading; tables of many bytes are given away."""
        self.readings.append(reading)
        self.bytes += sum(span.length for span in reading.byte_ranges)
        if self.alone or self.bytes >= PIECE_BYTES:
            tables = tabulate(self.readings)
            self.readings, self.bytes = [], 0
            self.counted.append(tables.pop("ledger"))
            self.collect({name: table for name, table in tables.items() if table.num_rows})


class InputFailedError(Exception):
    """Our code failed on an input.

    Attributes:
        input_id: the input, or member of a container.
        place: type and place of the exception.
    """

    def __init__(self, input_id: str, fault: Exception) -> None:
        super().__init__(input_id)
        self.input_id, self.place = input_id, place_of(fault)


@dataclass(slots=True)
class _InputRead:
    """What the row of an input says of its readings."""

    messages: int = 0
    good: bool = False
    first: tuple[int, int, str] | None = None  # offset and negative length of the first unit, its code
    aside: bool = False
    codes: list[str] = field(default_factory=list)  # findings without any message

    def add(self, reading: Reading) -> None:
        """Take note of a part."""
        whole = {one.message_offset for one in reading.outside if one.whole}
        self.messages += len(reading.messages) + len(whole)
        good = any(message.status != "quarantined" for message in reading.messages)
        self.good = self.good or good or bool(whole)  # what is outside the mandate was read to its end
        self.aside = self.aside or bool(reading.quarantined)
        units = [(one.offset, -one.length, one.codes[0]) for one in reading.quarantined if one.codes]
        self.first = min([*units[:1], *([self.first] if self.first else [])], default=None)
        self.codes += [found.code for found in reading.findings[:1]]

    @property
    def status(self) -> InputStatus:
        """What became of the input."""
        if self.good:
            return InputStatus.READ_IN_PART if self.aside else InputStatus.READ
        return InputStatus.QUARANTINED

    @property
    def reason(self) -> str | None:
        """Why nothing of it could be used; None where something could."""
        if self.good:
            return None
        return self.first[2] if self.first else next(iter(self.codes), "no_message")


def read_chunk(
    store: Store,
    chunk: Chunk,
    intake: Intake,
    known: Carried,
    doubled: Collection[MemberPlace] = (),
    *,
    collect: Callable[[], Collect],
) -> dict[str, pa.Table]:
    """Read one chunk and store its scrubbed bytes in landing.

    Args:
        store: the store; bytes are taken from landing.
        chunk: the inputs.
        intake: limits and what is sensitive.
        known: what the published revision knows of compressed files.
        doubled: members that are counted, not read (`doubled_members`).
        collect: begins the chunk, anew where it was begun before, and gives what takes pieces of the tables,
            some of SPECS each, while a large input is read.

    Returns:
        A table for each of SPECS, by name, without the rows that were given.

    Raises:
        StoreError: bytes are missing in landing or cannot be written.
    """
    rights = with_rights(store)
    try:
        with KeptBehind(store.at_once) as keeping:
            return _read_all(store, chunk, intake, known, doubled, {}, _Gathered(collect(), keeping, rights))
    except ScreeningError:
        raise
    except Exception:  # noqa: BLE001  (whatever it is: the others are read)
        return _read_without_guilty(store, chunk, intake, known, doubled, collect, rights)


def _read_without_guilty(
    store: Store,
    chunk: Chunk,
    intake: Intake,
    known: Carried,
    doubled: Collection[MemberPlace],
    collect: Callable[[], Collect],
    rights: Collection[str],
) -> dict[str, pa.Table]:
    """Read a chunk in which our code has failed; each input on which it fails is set aside whole."""
    guilty: dict[str, str] = {}
    while True:
        try:
            with KeptBehind(0) as keeping:
                gathered = _Gathered(collect(), keeping, rights, alone=True)
                return _read_all(store, chunk, intake, known, doubled, guilty, gathered)
        except InputFailedError as fault:
            if fault.input_id in guilty:
                raise
            guilty[fault.input_id] = fault.place


def _read_all(
    store: Store,
    chunk: Chunk,
    intake: Intake,
    known: Carried,
    doubled: Collection[MemberPlace],
    guilty: Mapping[str, str],
    gathered: _Gathered,
) -> dict[str, pa.Table]:
    for entry in chunk.inputs:
        if entry.refused:
            refused = InputStatus.REFUSED
            gathered.inputs.append(_row(entry.name, entry.input_id, 0, refused, reason=entry.refused))
        elif entry.duplicate:
            gathered.inputs.append(_row(entry.name, entry.input_id, entry.size, InputStatus.DUPLICATE))
            gathered.ledger += _received(entry, read=False)
        elif not entry.size:
            _set_empty_aside(store, gathered, entry)
        elif entry.size > intake.max_file_bytes:
            _set_whole_aside(
                store, gathered, entry, "file_too_large", "the file is larger than the profile allows"
            )
        elif entry.input_id in guilty:
            _set_whole_aside(store, gathered, entry, "reader_failed", _FAILED + guilty[entry.input_id])
        else:
            with _blamed(entry.input_id), open_input(store, entry, intake, known) as opened:
                _read(store, entry, opened, intake, doubled, guilty, gathered)
    return _tables(gathered)


@contextmanager
def _blamed(input_id: str) -> Iterator[None]:
    """Name the input on which our code fails.

    Raises:
        InputFailedError: it failed.
    """
    try:
        yield
    except (ScreeningError, InputFailedError):
        raise
    except Exception as fault:  # noqa: BLE001  (named by type and place, never by its text)
        raise InputFailedError(input_id, fault) from None


def _read(
    store: Store,
    entry: FrozenInput,
    opened: Opened,
    intake: Intake,
    doubled: Collection[MemberPlace],
    guilty: Mapping[str, str],
    gathered: _Gathered,
) -> None:
    if not opened.packed:
        gathered.ledger += _received(entry, read=True)
    container = entry.input_id if opened.packed else None
    parts = again = total = 0
    for part in opened.parts():
        size = len(part.data)
        parts, total = parts + 1, total + size
        if part.ordinal is not None and (entry.input_id, part.ordinal) in doubled:
            again += size
            double = _row(
                part.name,
                part.input_id,
                size,
                InputStatus.DUPLICATE,
                container=container,
                ordinal=part.ordinal,
            )
            gathered.inputs.append(double)
            continue
        with _blamed(part.input_id):
            seen, stored = _read_part(store, part, intake, guilty, gathered)
        gathered.inputs.append(
            _row(
                part.name,
                part.input_id,
                size,
                seen.status,
                container=container,
                ordinal=part.ordinal,
                kind=InputKind.EDIFACT if seen.messages else InputKind.OTHER,
                messages=seen.messages,
                stored=stored,
                reason=seen.reason,
            )
        )
    if opened.packed:
        gathered.ledger += _unpacked(entry, parts, total, again)
        _note_container(store, gathered, entry, opened, unpacked=parts > 0)


def _read_part(
    store: Store, part: Part, intake: Intake, guilty: Mapping[str, str], gathered: _Gathered
) -> tuple[_InputRead, str]:
    """Read bytes and keep them scrubbed.

    Returns:
        What was read of them, and the hash of what is kept.
    """
    seen = _InputRead()
    rights = rights_of(store, part.input_id) if part.input_id in gathered.with_rights else None
    with ExitStack() as stack:
        settling = stack.enter_context(closing(Settling(store, part.input_id, len(part.data))))
        for reading in _readings(part, intake, guilty):
            if rights is not None:
                fulfil(reading, rights)
            seen.add(reading)
            _count_people(part, reading)
            for span, stretch in blanked_ranges(part.data, reading):
                settling.add(_CLASS[span.source], stretch)
            gathered.take(reading)
            del reading  # the name would keep it alive while the next is read
        stack.pop_all()  # whoever keeps it closes it
    gathered.keeping.keep(settling)
    return seen, settling.stored_sha256


def _readings(part: Part, intake: Intake, guilty: Mapping[str, str]) -> Iterator[Reading]:
    """Yield the readings of a part; of one on which our code failed, that it was set aside."""
    if part.input_id not in guilty:
        yield from read_parts(part.data, intake, input_id=part.input_id, bytes_at_once=PIECE_BYTES)
        return
    size, text = len(part.data), _FAILED + guilty[part.input_id]
    yield Reading(
        part.input_id,
        size,
        quarantined=[Quarantined(QuarantineUnit.FILE, 0, size, ("reader_failed",), text)],
        byte_ranges=[ByteRange(0, size, "set_aside", None)],
    )


def _count_people(part: Part, reading: Reading) -> None:
    """Count who stands in what was set aside, before sensitive text is blanked."""
    for unit in reading.quarantined:
        if unit.unit is not QuarantineUnit.TRAVELLER:
            inside = people_in(part.data, unit.offset, unit.offset + unit.length)
            unit.people, unit.counted, unit.flight = inside.people, inside.counted, inside.flight


def _unpacked(entry: FrozenInput, parts: int, total: int, again: int) -> list[dict[str, object]]:
    """The file's own bytes end here; the bytes of its members begin."""
    fate = "unpacked" if parts else "quarantined"
    return [
        *line("receive", entry.input_id, "bytes", passed=0, aside={fate: entry.size}),
        *line(
            "receive",
            f"{entry.input_id}!",
            "bytes",
            passed=total - again,
            aside={"duplicate": again},
            came="unpacked",
        ),
    ]


def _note_container(
    store: Store, gathered: _Gathered, entry: FrozenInput, opened: Opened, *, unpacked: bool
) -> None:
    """Write a compressed file's row; what could not be unpacked is set aside whole."""
    faults = [finding.code for finding in opened.findings]
    status = InputStatus.UNPACKED if unpacked else InputStatus.QUARANTINED
    gathered.inputs.append(
        _row(
            entry.name,
            entry.input_id,
            entry.size,
            status,
            kind=opened.kind,
            reason=faults[0] if faults else None,
        )
    )
    if faults:
        gathered.quarantine.append(_file_aside(entry, faults, opened.findings[0].text))
    if not unpacked:
        _keep_whole(store, entry)


def _keep_whole(store: Store, entry: FrozenInput) -> None:
    """Keep a file that nobody could read, under the shortest term."""
    with (
        open_back(store, entry.input_id) as data,
        closing(Settling(store, entry.input_id, len(data))) as settling,
    ):
        for start in range(0, len(data), _STRETCH):
            settling.add(RetentionClass.UNREAD, data[start : start + _STRETCH])
            forget(data, start)
        settling.keep()


def _set_whole_aside(store: Store, gathered: _Gathered, entry: FrozenInput, code: str, text: str) -> None:
    gathered.inputs.append(_row(entry.name, entry.input_id, entry.size, InputStatus.QUARANTINED, reason=code))
    with open_back(store, entry.input_id) as data:
        inside = _PACKED if kind_of_bytes(data) in PACKED else people_in(data)
    gathered.quarantine.append(_file_aside(entry, [code], text, inside))
    gathered.ledger += line("receive", entry.input_id, "bytes", passed=0, aside={code: entry.size})
    _keep_whole(store, entry)


def _set_empty_aside(store: Store, gathered: _Gathered, entry: FrozenInput) -> None:
    """Write the row of an empty file; there may be several, and nothing of them to read or to set aside."""
    aside = InputStatus.QUARANTINED
    gathered.inputs.append(_row(entry.name, entry.input_id, 0, aside, reason="file_empty"))
    _keep_whole(store, entry)


_PACKED = Inside(None, Counted.UNKNOWN, None)


def _file_aside(
    entry: FrozenInput, codes: Sequence[str], text: str, inside: Inside = _PACKED
) -> dict[str, object]:
    return {
        "quarantine_id": f"{entry.input_id}:file",
        "input_id": entry.input_id,
        "unit": QuarantineUnit.FILE,
        "offset": 0,
        "length": entry.size,
        "class": RetentionClass.UNREAD,
        "codes": list(codes),
        "reason": text,
        "people": inside.people,
        "counted": str(inside.counted),
        "flight": inside.flight,
    }


def _received(entry: FrozenInput, *, read: bool) -> list[dict[str, object]]:
    if read:
        return line("receive", entry.input_id, "bytes", passed=entry.size)
    return line("receive", entry.input_id, "bytes", passed=0, aside={"duplicate": entry.size})


def _row(
    name: str,
    input_id: str,
    size: int,
    status: InputStatus,
    *,
    container: str | None = None,
    ordinal: int | None = None,
    kind: InputKind = InputKind.OTHER,
    messages: int = 0,
    stored: str | None = None,
    reason: str | None = None,
) -> dict[str, object]:
    return {
        "input_id": input_id,
        "name": name,
        "container": container,
        "kind": kind,
        "bytes": size,
        "messages": messages,
        "status": status,
        "stored_hash": stored,
        "reason_code": reason,
        "ordinal": ordinal,
    }


def _tables(gathered: _Gathered) -> dict[str, pa.Table]:
    tables = tabulate(gathered.readings)
    received = pa.Table.from_pylist(gathered.ledger, individual.LEDGER.schema)
    return {
        **{spec.name: tables.get(spec.name, spec.empty()) for spec in SPECS},
        "inputs": landing.INPUTS.table(gathered.inputs),
        "quarantine": individual.QUARANTINE.conform(
            pa.concat_tables([tables["quarantine"], individual.QUARANTINE.table(gathered.quarantine)])
        ),
        "ledger": summed([*gathered.counted, tables["ledger"], received]),
    }
