"""Read and scrub: bytes of inputs to messages, statements and quarantine; blanked bytes into landing.

Inputs are read in chunks (a unit of work that a killed run need not do again); no output depends on how they
are chunked.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from screening.messages.model import Reading
from screening.messages.read import read_input
from screening.messages.scrub import blank
from screening.messages.tabulate import tabulate
from screening.messages.unpack import Member, Unpacked, unpack
from screening.night.balance import line
from screening.night.frozen import FrozenInput
from screening.profile.model import Intake
from screening.store.landing import read_back, settle_landing
from screening.store.revisions import read_current
from screening.store.zones import Store
from screening.tables import individual, landing
from screening.tables.codes import InputKind, InputStatus, Level, QuarantineUnit, RetentionClass, Source
from screening.tables.findings import Finding
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


def _unpacked(entry: FrozenInput, unpacked: Unpacked) -> list[dict[str, object]]:
    """The file's own bytes end here; the bytes of its members begin."""
    once = {hashlib.sha256(member.data).hexdigest(): len(member.data) for member in unpacked.members}
    fate = "unpacked" if unpacked.members else "quarantined"
    total = sum(len(member.data) for member in unpacked.members)
    return [
        *line("receive", entry.name, "bytes", passed=0, aside={fate: entry.size}),
        *line(
            "receive",
            f"{entry.name}!",
            "bytes",
            passed=sum(once.values()),
            aside={"duplicate": total - sum(once.values())},
            came="unpacked",
        ),
    ]


@dataclass(frozen=True, slots=True)
class Carried:
    """What the published revision knows of compressed files, whose own bytes are not kept.

    Attributes:
        inputs: INPUTS of the published revision; empty where there is none.
        quarantine: its QUARANTINE.
    """

    inputs: pa.Table
    quarantine: pa.Table


def carried(store: Store, night: date) -> Carried:
    """Give what the published revision of a night knows; empty before the first."""
    return Carried(
        read_current(store, night, landing.INPUTS), read_current(store, night, individual.QUARANTINE)
    )


@dataclass(slots=True)
class _Gathered:
    inputs: list[dict[str, object]] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    ledger: list[dict[str, object]] = field(default_factory=list)
    quarantine: list[dict[str, object]] = field(default_factory=list)


def read_chunk(store: Store, chunk: Chunk, intake: Intake, known: Carried) -> dict[str, pa.Table]:
    """Read one chunk and store its scrubbed bytes in landing.

    Args:
        store: the store; bytes are taken from landing.
        chunk: the inputs.
        intake: limits and what is sensitive.
        known: what the published revision knows of compressed files.

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
            _read(store, entry, intake, known, gathered)
    return _tables(gathered)


def _read(store: Store, entry: FrozenInput, intake: Intake, known: Carried, gathered: _Gathered) -> None:
    unpacked = _members_in_landing(store, entry, known)
    if unpacked is None:
        data = read_back(store, entry.input_id)
        unpacked = unpack(data, entry.name, intake)
    packed = unpacked.kind in {InputKind.GZIP, InputKind.ZIP}
    gathered.ledger += _unpacked(entry, unpacked) if packed else _received(entry, read=True)
    if packed:
        _note_container(store, gathered, entry, unpacked)
    seen: set[str] = set()
    for member in unpacked.members:
        input_id = hashlib.sha256(member.data).hexdigest() if packed else entry.input_id
        name = f"{entry.name}!{member.name}" if packed else entry.name
        container = entry.input_id if packed else None
        if input_id in seen:
            gathered.inputs.append(
                _row(name, input_id, len(member.data), InputStatus.DUPLICATE, container=container)
            )
            continue
        seen.add(input_id)
        reading = read_input(member.data, intake, input_id=input_id)
        gathered.readings.append(reading)
        scrubbed = blank(member.data, reading)
        settle_landing(
            store, input_id, [(t.offset, t.length, _CLASS[t.source]) for t in reading.tiles], scrubbed
        )
        gathered.inputs.append(
            _row(
                name,
                input_id,
                len(member.data),
                _status(reading),
                container=container,
                kind=InputKind.EDIFACT if reading.messages else InputKind.OTHER,
                messages=len(reading.messages),
                stored=hashlib.sha256(scrubbed).hexdigest(),
                reason=_reason(reading),
            )
        )


def _note_container(store: Store, gathered: _Gathered, entry: FrozenInput, unpacked: Unpacked) -> None:
    """Give a compressed file its row; what could not be unpacked is set aside whole."""
    faults = [finding.code for finding in unpacked.findings]
    status = InputStatus.UNPACKED if unpacked.members else InputStatus.QUARANTINED
    gathered.inputs.append(
        _row(
            entry.name,
            entry.input_id,
            entry.size,
            status,
            kind=unpacked.kind,
            reason=faults[0] if faults else None,
        )
    )
    if faults:
        gathered.quarantine.append(_file_aside(entry, faults, unpacked.findings[0].text))
    if not unpacked.members:
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


def _members_in_landing(store: Store, entry: FrozenInput, known: Carried) -> Unpacked | None:
    """Members of a compressed file that an earlier revision unpacked; None for every other input."""
    if not entry.carried:
        return None
    rows = known.inputs.to_pylist()
    own = next((row for row in rows if row["input_id"] == entry.input_id and row["name"] == entry.name), None)
    if own is None or own["status"] != InputStatus.UNPACKED:
        return None
    members = [
        Member(row["name"].removeprefix(f"{entry.name}!"), read_back(store, row["input_id"]))
        for row in rows
        if row["container"] == entry.input_id
    ]
    findings = [
        Finding(row["codes"][0], Level.ERROR, 0, None, row["reason"])
        for row in known.quarantine.to_pylist()
        if row["quarantine_id"] == f"{entry.input_id}:file"
    ]
    return Unpacked(InputKind(own["kind"]), members, findings)


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
