"""Open an input: a plain file is one part, a compressed one has a part for each member.

The bytes of a compressed file itself are not kept (they cannot be scrubbed): when an earlier revision has
unpacked it, its members come from landing.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from screening.messages.unpack import kind_of_bytes, unpack
from screening.night.frozen import FrozenInput
from screening.profile.model import Intake
from screening.store.landing import read_back
from screening.store.revisions import read_current
from screening.store.zones import Store
from screening.tables import individual, landing
from screening.tables.codes import InputKind, InputStatus, Level
from screening.tables.findings import Finding

PACKED = frozenset({InputKind.GZIP, InputKind.ZIP})


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


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes to be read: a plain file, or one member of a compressed one, under its id as received."""

    name: str
    data: bytes
    input_id: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it is read: what kind it is, its parts, and what went wrong when it was unpacked."""

    kind: InputKind
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]

    @property
    def packed(self) -> bool:
        """Is it a compressed file?"""
        return self.kind in PACKED


def open_input(store: Store, entry: FrozenInput, intake: Intake, known: Carried) -> Opened:
    """Give the parts of an input.

    Raises:
        StoreError: its bytes are missing in landing.
    """
    carried_over = _members_in_landing(store, entry, known) if entry.carried else None
    if carried_over is not None:
        return carried_over
    unpacked = unpack(read_back(store, entry.input_id), entry.name, intake)
    packed = unpacked.kind in PACKED
    parts = tuple(
        Part(
            member.name,
            member.data,
            hashlib.sha256(member.data).hexdigest() if packed else entry.input_id,
        )
        for member in unpacked.members
    )
    return Opened(unpacked.kind, parts, tuple(unpacked.findings))


def _members_in_landing(store: Store, entry: FrozenInput, known: Carried) -> Opened | None:
    """Members of a compressed file that an earlier revision unpacked: only they are kept, scrubbed."""
    rows = known.inputs.to_pylist()
    own = next((row for row in rows if row["input_id"] == entry.input_id and row["name"] == entry.name), None)
    if own is None or own["status"] != InputStatus.UNPACKED:
        return None
    parts = tuple(
        Part(row["name"], read_back(store, row["input_id"]), row["input_id"])
        for row in rows
        if row["container"] == entry.input_id
    )
    findings = tuple(
        Finding(row["codes"][0], Level.ERROR, 0, None, row["reason"])
        for row in known.quarantine.to_pylist()
        if row["quarantine_id"] == f"{entry.input_id}:file"
    )
    return Opened(InputKind(own["kind"]), parts, findings)


def doubled_members(
    store: Store, inputs: Sequence[FrozenInput], intake: Intake, known: Carried, elsewhere: Collection[str]
) -> frozenset[str]:
    """Name the members of compressed files whose bytes stand elsewhere too: counted, not read.

    Args:
        store: the store.
        inputs: files of the night.
        intake: limits of unpacking.
        known: what the published revision knows of compressed files.
        elsewhere: ids that earlier nights received, members included.

    Returns:
        Names of members, `container!member`. Of equal members the first by name is read.
    """
    once = [entry for entry in sorted(inputs) if not entry.duplicate and entry.size <= intake.max_file_bytes]
    packed = [entry for entry in once if _looks_packed(store, entry, known)]
    seen = set(elsewhere) | {entry.input_id for entry in once}
    doubled = set()
    for entry in packed:
        for part in open_input(store, entry, intake, known).parts:
            if part.input_id in seen:
                doubled.add(part.name)
            seen.add(part.input_id)
    return frozenset(doubled)


def _looks_packed(store: Store, entry: FrozenInput, known: Carried) -> bool:
    if entry.carried and _members_in_landing(store, entry, known) is not None:
        return True
    return kind_of_bytes(read_back(store, entry.input_id)) in PACKED
