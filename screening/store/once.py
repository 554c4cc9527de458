"""What never changes is read once a process: files of acts, and tables of a revision.

A file of an act is written once under its own id and never changed; it may go (end of term, erasure). A
revision of a night is immutable; which one is in force stands in CURRENT.json, replaced by one rename. So the
folder is listed, and CURRENT.json is looked at, each time; what lies behind a name that was seen is not read
again. A check that nobody changed a file (`screening audit verify`) is a process of its own (`read_apart`).

A process that begins reads a year of acts from one file, where a night has gathered them (`gather`): 100,000
files take it over a minute. The files of the acts stay what holds; the gathered one is a copy, and goes
before any of them does (`forget_gathered`).
"""

from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Lock

import pyarrow as pa
import pyarrow.compute as pc

from screening.store.current_json import CURRENT
from screening.store.files import names_in
from screening.store.parquet import read_table, write_table
from screening.store.published import read_columns, read_current
from screening.store.zones import Store, check_declared
from screening.tables.analyst import HITS
from screening.tables.errors import StoreError
from screening.tables.model import TableSpec

_LOCK = Lock()
_NIGHTS = 40
"""Tables of nights that are kept: of most hits the latest nights are asked for."""
_GATHERED = ".gathered"
_WORTH = 500
"""Acts beyond those gathered for which they are gathered anew: half a second of reading."""


@dataclass
class _Acts:
    """The acts of a folder that were read: the files' names, and their rows in one table."""

    names: frozenset[str] = frozenset()
    table: pa.Table | None = None
    lock: Lock = field(default_factory=Lock)


_ACTS: dict[Path, _Acts] = {}
_IDS: dict[Path, tuple[tuple[int, ...], pa.ChunkedArray]] = {}
_TABLES: OrderedDict[tuple[Path, str], tuple[tuple[int, ...], pa.Table]] = OrderedDict()


def acts_in(folder: Path, spec: TableSpec) -> pa.Table:
    """Read the acts of a folder: one file an act, named by its id, which is the table's key.

    Returns:
        The table, sorted by its key.

    Raises:
        StoreError: a file is damaged.
    """
    names = _names(folder)
    with _LOCK:
        held = _ACTS.setdefault(folder.resolve(), _Acts())
    with held.lock:
        if held.table is None or held.names != names:
            held.table = _brought_up(folder, spec, held, names)
            held.names = names
        return held.table


def gather(folder: Path, spec: TableSpec) -> None:
    """Write the acts of a folder into one file, where many lie apart; who calls keeps purges away meanwhile.

    Raises:
        StoreError: a file is damaged, or cannot be written.
    """
    names = _names(folder)
    there, _ = _gathered(folder, spec, names)
    if not there:  # none, damaged, or of an act that is gone
        folder.with_suffix(_GATHERED).unlink(missing_ok=True)
    if len(names - there) >= _WORTH:
        write_table(folder.with_suffix(_GATHERED), acts_in(folder, spec), spec)


def read_apart(folder: Path, spec: TableSpec) -> Path | None:
    """Read each act from its own file, in this process from now on: who looks for changes asks no copy.

    Returns:
        The copy, where it holds other rows than these files.

    Raises:
        StoreError: a file is damaged.
    """
    names = _names(folder)
    with _LOCK:
        held = _ACTS.setdefault(folder.resolve(), _Acts())
    with held.lock:
        apart = (read_table(folder / name, spec) for name in sorted(names))
        held.table, held.names = spec.conform(pa.concat_tables([spec.empty(), *apart])), names
        _, copy = _gathered(folder, spec, names)
        own = held.table.filter(pc.is_in(held.table[spec.key[0]], copy[spec.key[0]]))
    return None if copy.equals(own) else folder.with_suffix(_GATHERED)


def forget_gathered(path: Path) -> None:
    """Remove the copy of a file that is about to be removed, if it is that of an act."""
    path.parent.with_suffix(_GATHERED).unlink(missing_ok=True)


def _names(folder: Path) -> frozenset[str]:
    names = names_in(folder)
    return frozenset(name for name in names if name.endswith(".parquet") and not name.startswith("."))


def _brought_up(folder: Path, spec: TableSpec, held: _Acts, names: frozenset[str]) -> pa.Table:
    if held.table is not None and held.names <= names:
        there, known = held.names, held.table
    else:
        there, known = _gathered(folder, spec, names)
    new = sorted(names - there)
    return spec.conform(pa.concat_tables([known, *(read_table(folder / name, spec) for name in new)]))


def _gathered(folder: Path, spec: TableSpec, names: frozenset[str]) -> tuple[frozenset[str], pa.Table]:
    """Read the gathered acts: names of their files, and their rows; nothing where one of these is gone."""
    with suppress(StoreError):  # none there, or damaged: the files of the acts are what holds
        table = read_table(folder.with_suffix(_GATHERED), spec)
        there = frozenset(f"{one}.parquet" for one in table[spec.key[0]].to_pylist())
        if there <= names:
            return there, table
    return frozenset(), spec.empty()


def hit_ids(store: Store, night: date) -> pa.ChunkedArray:
    """Read the ids of a night's hits, as published.

    Raises:
        StoreError: a file is missing or damaged.
    """
    mark = _mark(store, night)
    key = store.night_folder(night).resolve()
    with _LOCK:
        held = _IDS.get(key)
    if held is not None and held[0] == mark:
        return held[1]
    ids = read_columns(store, night, HITS, ["hit_id"])["hit_id"]
    with _LOCK:
        _IDS[key] = (mark, ids)
    return ids


def _mark(store: Store, night: date) -> tuple[int, ...]:
    """Return what differs once another revision of a night is in force."""
    state = (store.night_folder(night) / CURRENT).stat()
    return (state.st_ino, state.st_mtime_ns, state.st_size)


def night_table(store: Store, night: date, spec: TableSpec) -> pa.Table:
    """Read a table of a night as published, its hash compared when it is first read.

    Raises:
        StoreError: a file is missing or damaged.
    """
    check_declared(spec.zone, store.root)
    mark = _mark(store, night)
    key = (store.night_folder(night).resolve(), spec.name)
    with _LOCK:
        held = _TABLES.get(key)
        if held is not None and held[0] == mark:
            _TABLES.move_to_end(key)
            return held[1]
    table = read_current(store, night, spec)
    with _LOCK:
        _TABLES[key] = (mark, table)
        _TABLES.move_to_end(key)
        while len(_TABLES) > _NIGHTS:
            _TABLES.popitem(last=False)
    return table
