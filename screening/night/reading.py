"""Read and scrub: bytes of inputs to messages, statements and quarantine; blanked bytes into landing.

Inputs are read in chunks (a unit of work that a killed run need not do again); no output depends on how they
are chunked.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from screening.messages.model import Reading
from screening.messages.read import read_input
from screening.messages.scrub import blank
from screening.messages.tabulate import tabulate
from screening.night.balance import line
from screening.night.frozen import FrozenInput
from screening.night.opening import Carried, Opened, open_input
from screening.profile.model import Intake
from screening.store.landing import read_back, settle_landing
from screening.store.zones import Store
from screening.tables import individual, landing
from screening.tables.codes import InputKind, InputStatus, QuarantineUnit, RetentionClass, Source
from screening.tables.model import TableSpec

CHUNK_BYTES = 8_000_000
CHUNK_FILES = 64
SPECS: tuple[TableSpec, ...] = (
    landing.INPUTS,
    landing.TILES,
    individual.MESSAGES,
    individual.MESSAGE_LEGS,
    individual.STATEMENTS,
    individual.STATEMENT_DOCUMENTS,
    individual.BOOKINGS,
    individual.QUARANTINE,
    individual.LEDGER,
)
_CLASS = {Source.API: RetentionClass.API, Source.PNR: RetentionClass.PNR, None: RetentionClass.UNREAD}


@dataclass(frozen=True, slots=True)
class Chunk:
    """Inputs that are read as one unit of work."""

    inputs: tuple[FrozenInput, ...]

    @property
    def unit(self) -> str:
        """Hash of the inputs' names and bytes."""
        named = "\n".join(f"{entry.name}\t{entry.input_id}\t{entry.duplicate}" for entry in self.inputs)
        return hashlib.sha256(named.encode()).hexdigest()


def chunks(inputs: Sequence[FrozenInput]) -> Iterator[Chunk]:
    """Cut inputs into chunks of bounded size, in the order of their names."""
    gathered: list[FrozenInput] = []
    size = 0
    for entry in sorted(inputs):
        if gathered and (size + entry.size > CHUNK_BYTES or len(gathered) >= CHUNK_FILES):
            yield Chunk(tuple(gathered))
            gathered, size = [], 0
        gathered.append(entry)
        size += entry.size
    if gathered:
        yield Chunk(tuple(gathered))


def _unpacked(entry: FrozenInput, opened: Opened, doubled: Collection[str]) -> list[dict[str, object]]:
    """The file's own bytes end here; the bytes of its members begin."""
    again = sum(len(part.data) for part in opened.parts if part.name in doubled)
    total = sum(len(part.data) for part in opened.parts)
    fate = "unpacked" if opened.parts else "quarantined"
    return [
        *line("receive", entry.name, "bytes", passed=0, aside={fate: entry.size}),
        *line(
            "receive",
            f"{entry.name}!",
            "bytes",
            passed=total - again,
            aside={"duplicate": again},
            came="unpacked",
        ),
    ]


@dataclass(slots=True)
class _Gathered:
    inputs: list[dict[str, object]] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    ledger: list[dict[str, object]] = field(default_factory=list)
    quarantine: list[dict[str, object]] = field(default_factory=list)


def read_chunk(
    store: Store, chunk: Chunk, intake: Intake, known: Carried, doubled: Collection[str] = ()
) -> dict[str, pa.Table]:
    """Read one chunk and store its scrubbed bytes in landing.

    Args:
        store: the store; bytes are taken from landing.
        chunk: the inputs.
        intake: limits and what is sensitive.
        known: what the published revision knows of compressed files.
        doubled: members that are counted, not read (`doubled_members`).

    Returns:
        A table for each of SPECS, by name.

    Raises:
        StoreError: bytes are missing in landing or cannot be written.
    """
    gathered = _Gathered()
    for entry in chunk.inputs:
        if entry.duplicate:
            gathered.inputs.append(_row(entry.name, entry.input_id, entry.size, InputStatus.DUPLICATE))
            gathered.ledger += _received(entry, read=False)
        elif entry.size > intake.max_file_bytes:
            _set_whole_aside(
                store, gathered, entry, "file_too_large", "the file is larger than the profile allows"
            )
        else:
            _read(store, entry, intake, known, doubled, gathered)
    return _tables(gathered)


def _read(
    store: Store,
    entry: FrozenInput,
    intake: Intake,
    known: Carried,
    doubled: Collection[str],
    gathered: _Gathered,
) -> None:
    opened = open_input(store, entry, intake, known)
    if opened.packed:
        gathered.ledger += _unpacked(entry, opened, doubled)
        _note_container(store, gathered, entry, opened)
    else:
        gathered.ledger += _received(entry, read=True)
    container = entry.input_id if opened.packed else None
    for part in opened.parts:
        size = len(part.data)
        if opened.packed and part.name in doubled:
            double = InputStatus.DUPLICATE
            gathered.inputs.append(_row(part.name, part.input_id, size, double, container=container))
            continue
        reading = read_input(part.data, intake, input_id=part.input_id)
        gathered.readings.append(reading)
        scrubbed = blank(part.data, reading)
        pieces = [(tile.offset, tile.length, _CLASS[tile.source]) for tile in reading.tiles]
        settle_landing(store, part.input_id, pieces, scrubbed)
        gathered.inputs.append(
            _row(
                part.name,
                part.input_id,
                size,
                _status(reading),
                container=container,
                kind=InputKind.EDIFACT if reading.messages else InputKind.OTHER,
                messages=len(reading.messages),
                stored=hashlib.sha256(scrubbed).hexdigest(),
                reason=_reason(reading),
            )
        )


def _note_container(store: Store, gathered: _Gathered, entry: FrozenInput, opened: Opened) -> None:
    """Give a compressed file its row; what could not be unpacked is set aside whole."""
    faults = [finding.code for finding in opened.findings]
    status = InputStatus.UNPACKED if opened.parts else InputStatus.QUARANTINED
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
    if not opened.parts:
        _keep_whole(store, entry)


def _keep_whole(store: Store, entry: FrozenInput) -> None:
    """Keep a file that nobody could read, under the shortest term."""
    settle_landing(
        store, entry.input_id, [(0, entry.size, RetentionClass.UNREAD)], read_back(store, entry.input_id)
    )


def _set_whole_aside(store: Store, gathered: _Gathered, entry: FrozenInput, code: str, text: str) -> None:
    gathered.inputs.append(_row(entry.name, entry.input_id, entry.size, InputStatus.QUARANTINED, reason=code))
    gathered.quarantine.append(_file_aside(entry, [code], text))
    gathered.ledger += line("receive", entry.name, "bytes", passed=0, aside={code: entry.size})
    _keep_whole(store, entry)


def _file_aside(entry: FrozenInput, codes: Sequence[str], text: str) -> dict[str, object]:
    return {
        "quarantine_id": f"{entry.input_id}:file",
        "input_id": entry.input_id,
        "unit": QuarantineUnit.FILE,
        "offset": 0,
        "length": entry.size,
        "class": RetentionClass.UNREAD,
        "codes": list(codes),
        "reason": text,
    }


def _received(entry: FrozenInput, *, read: bool) -> list[dict[str, object]]:
    if read:
        return line("receive", entry.name, "bytes", passed=entry.size)
    return line("receive", entry.name, "bytes", passed=0, aside={"duplicate": entry.size})


def _status(reading: Reading) -> InputStatus:
    good = any(message.status != "quarantined" for message in reading.messages)
    if good:
        return InputStatus.READ_IN_PART if reading.quarantined else InputStatus.READ
    return InputStatus.QUARANTINED


def _reason(reading: Reading) -> str | None:
    if _status(reading) is not InputStatus.QUARANTINED:
        return None
    codes = [code for entry in reading.quarantined for code in entry.codes]
    codes += [finding.code for finding in reading.findings]
    return next(iter(codes), "no_message")


def _row(
    name: str,
    input_id: str,
    size: int,
    status: InputStatus,
    *,
    container: str | None = None,
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
    }


def _tables(gathered: _Gathered) -> dict[str, pa.Table]:
    told = tabulate(gathered.readings)
    return {
        **{spec.name: told.get(spec.name, spec.empty()) for spec in SPECS},
        "inputs": landing.INPUTS.table(gathered.inputs),
        "quarantine": individual.QUARANTINE.conform(
            pa.concat_tables([told["quarantine"], individual.QUARANTINE.table(gathered.quarantine)])
        ),
        "ledger": individual.LEDGER.conform(
            pa.concat_tables([told["ledger"], individual.LEDGER.table(gathered.ledger)])
        ),
    }
