"""Open an input: a plain file is one part, a compressed one has a part for each member.

The bytes of a compressed file itself are not kept (they cannot be scrubbed): when an earlier revision has
unpacked it, its members come from landing.
"""

import functools
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from screening.messages.syntax.segments import Data
from screening.messages.syntax.unpack import PACKED, kind_of_bytes, members
from screening.night.frozen import FrozenInput
from screening.profile.model import Intake
from screening.store.landing import held, nameless, open_back
from screening.store.mapped import Counted
from screening.store.objects import side_by_side
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables import individual, landing
from screening.tables.codes import InputKind, InputStatus, Level
from screening.tables.errors import ScreeningError
from screening.tables.findings import Finding


@dataclass(frozen=True)
class Carried:
    """What the published revision knows of compressed files, whose own bytes are not kept.

    Attributes:
        inputs: INPUTS of the published revision; empty where there is none.
        quarantine: its QUARANTINE, where one of them was unpacked.
    """

    inputs: pa.Table
    quarantine: pa.Table

    @functools.cached_property
    def unpacked(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Rows of the files that were unpacked, by id and name: each input of a night asks for its own."""
        rows = self.inputs.filter(pc.equal(self.inputs["status"], str(InputStatus.UNPACKED))).to_pylist()
        return {(row["input_id"], row["name"]): row for row in rows}

    @functools.cached_property
    def members(self) -> dict[str, list[dict[str, Any]]]:
        """Rows of the members of each of them."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.inputs.filter(pc.is_valid(self.inputs["container"])).to_pylist():
            found.setdefault(row["container"], []).append(row)
        return found


def carried(store: Store, night: date) -> Carried:
    """Return what the published revision of a night knows; empty before the first."""
    inputs = read_current(store, night, landing.INPUTS)
    packed = InputStatus.UNPACKED in inputs["status"].to_pylist()
    spec = individual.QUARANTINE  # not read in vain: a run that does not need it writes a damaged one anew
    return Carried(inputs, read_current(store, night, spec) if packed else spec.empty())


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes to be read: a plain file, or one member of a compressed one, under its id as received."""

    name: str
    data: Data
    input_id: str
    ordinal: int | None = None  # of a member in its container


MemberPlace = tuple[str, int]  # input_id of the container, ordinal in it


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it is read.

    Attributes:
        kind: what kind of file it is.
        parts: walks over its parts; the bytes of each are there until the next is asked for.
        findings: what went wrong when it was unpacked; complete when the last part was given.
    """

    kind: InputKind
    parts: Callable[[], Iterator[Part]]
    findings: list[Finding]

    @property
    def packed(self) -> bool:
        """Is it a compressed file?"""
        return self.kind in PACKED


def gone(store: Store, entries: Iterable[FrozenInput], known: Carried) -> list[FrozenInput]:
    """Return the inputs whose bytes are not there any more; one that is only counted needs none.

    Raises:
        StoreError: the list of an input's pieces is damaged.
    """
    needed = {entry: _needed(entry, known) for entry in entries if entry.is_read}
    there = held(store, {input_id for ids in needed.values() for input_id in ids})
    return [entry for entry, ids in needed.items() if not there.issuperset(ids)]


def _needed(entry: FrozenInput, known: Carried) -> list[str]:
    if _unpacked_before(entry, known) is not None:
        return [input_id for *_, input_id in _members_before(entry, known)]
    return [entry.input_id]


@contextmanager
def open_input(store: Store, entry: FrozenInput, intake: Intake, known: Carried) -> Iterator[Opened]:
    """Open an input; its parts are read within the block.

    Raises:
        StoreError: its bytes are missing in landing.
    """
    own = _unpacked_before(entry, known)
    if own is not None:
        findings = [
            Finding(row["codes"][0], Level.ERROR, 0, None, row["reason"])
            for row in known.quarantine.to_pylist()
            if row["quarantine_id"] == f"{entry.input_id}:file"
        ]
        walk = functools.partial(_from_landing, store, _members_before(entry, known))
        yield Opened(InputKind(own["kind"]), walk, findings)
        return
    with open_back(store, entry.input_id) as data:
        found: list[Finding] = []
        parts = functools.partial(parts_of, store, data, entry.name, entry.input_id, intake, found)
        yield Opened(kind_of_bytes(data), parts, found)


def parts_of(
    store: Store, data: Data, name: str, input_id: str, intake: Intake, findings: list[Finding]
) -> Iterator[Part]:
    """Yield the parts of a file: itself, or its members, each there until the next is asked for.

    Args:
        store: the store; large members lie in its landing zone while they are read.
        data: the file's bytes.
        name: its name.
        input_id: its id.
        intake: limits of unpacking.
        findings: takes what went wrong.
    """
    if kind_of_bytes(data) not in PACKED:
        yield Part(name, data, input_id)
        return
    for ordinal, member, room in members(data, name, intake, functools.partial(nameless, store), findings):
        with closing(room), room.data() as inner:
            yield Part(member, inner, room.sha256, ordinal)


def _unpacked_before(entry: FrozenInput, known: Carried) -> dict[str, Any] | None:
    """Row of a compressed file that an earlier revision unpacked: only its members are kept, scrubbed."""
    return known.unpacked.get((entry.input_id, entry.name)) if entry.carried else None


def _members_before(entry: FrozenInput, known: Carried) -> list[tuple[int, str, str]]:
    """Ordinal, name and id of the members that an earlier revision found; earlier code wrote no ordinals."""
    rows = known.members.get(entry.input_id, [])
    found = [
        (row["ordinal"] or place, row["name"], row["input_id"]) for place, row in enumerate(rows, len(rows))
    ]
    return sorted(found)


def _from_landing(store: Store, chosen: Sequence[tuple[int, str, str]]) -> Iterator[Part]:
    for ordinal, name, input_id in chosen:
        with open_back(store, input_id) as data:
            yield Part(name, data, input_id, ordinal)


def doubled_members(
    store: Store,
    inputs: Sequence[FrozenInput],
    intake: Intake,
    known: Carried,
    kept: Collection[str],
    elsewhere: Container[str],
) -> frozenset[MemberPlace]:
    """Name the members of compressed files whose bytes stand elsewhere too: counted, not read.

    Args:
        store: the store.
        inputs: files of the night.
        intake: limits of unpacking.
        known: what the published revision knows of compressed files.
        kept: ids that a re-run leaves as they are, members included.
        elsewhere: ids that earlier nights have in use, members included.

    Returns:
        Places of members. Of equal members the first is read, by name of the container and place in it.
    """
    once = [entry for entry in sorted(inputs) if entry.is_read and entry.size <= intake.max_file_bytes]
    seen = set(kept) | {entry.input_id for entry in once}
    doubled = set()
    within = side_by_side(functools.partial(_members, store, intake, known), once, store.at_once)
    for entry, found in zip(once, within, strict=True):
        for ordinal, input_id in found:
            if input_id in seen or input_id in elsewhere:
                doubled.add((entry.input_id, ordinal))
            seen.add(input_id)
    return frozenset(doubled)


def _members(store: Store, intake: Intake, known: Carried, entry: FrozenInput) -> list[tuple[int, str]]:
    """Return ordinal and id of each member of a file; a plain file has none."""
    if _unpacked_before(entry, known) is not None:
        return [(ordinal, input_id) for ordinal, _, input_id in _members_before(entry, known)]
    try:
        with open_back(store, entry.input_id) as data:
            if kind_of_bytes(data) in PACKED:
                rooms = members(data, entry.name, intake, Counted, [])
                return [(ordinal, room.sha256) for ordinal, _, room in rooms]
    except ScreeningError:
        raise
    except Exception:  # noqa: BLE001  (its reading fails too, and names it)
        return []
    return []
