"""Tables of a night as published: read through CURRENT.json, and compared with its hashes.

A reader sees one revision, never a mixture; a file whose bytes are others than CURRENT.json says is not read.
How a revision is written: `revisions`.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa

from screening.store.current_json import (
    Current,
    FileKey,
    PublishedFile,
    current,
    declared_name,
    is_withdrawn,
    successor,
)
from screening.store.files import disk_faults, sha256_file
from screening.store.object_path import ObjectPath
from screening.store.parquet import read_table
from screening.store.zones import Store, check_declared
from screening.tables.declared import BY_NAME
from screening.tables.errors import StoreError
from screening.tables.model import TableSpec

_NEEDED_AGAIN = frozenset({"inputs"})  # says what a night has to read: it cannot be run again without it
_TRIES = 5  # a reader meets at most one purge or publication; more is a fault


def read_current(store: Store, night: date, spec: TableSpec, *, verify: bool = True) -> pa.Table:
    """Read a table of a night as published.

    Args:
        store: the store.
        night: the night.
        spec: the table.
        verify: compare each file's hash with CURRENT.json first (2 GB/s: 3 ms for 750,000 documents).

    Returns:
        The table, all retention classes together, sorted by its key; without rows if the night does not
        hold it.

    Raises:
        StoreError: a file is missing or damaged.
    """
    return _as_current(store, night, spec, partial(_read, store, spec, verify=verify))


def read_columns(store: Store, night: date, spec: TableSpec, columns: Sequence[str]) -> pa.Table:
    """Read some columns of a table of a night, hashes unchecked: a tenth of the time of all of them.

    Raises:
        StoreError: a file is missing or damaged.
    """

    def read(files: Sequence[PublishedFile]) -> pa.Table:
        tables = [spec.empty().select(columns)]
        for file in files:
            check_declared(file.zone, store.root)
            tables.append(read_table(store.root / file.path, columns=columns))
        return pa.concat_tables(tables, promote_options="permissive").combine_chunks()

    return _as_current(store, night, spec, read)


def _as_current(
    store: Store, night: date, spec: TableSpec, read: Callable[[Sequence[PublishedFile]], pa.Table]
) -> pa.Table:
    """Read the files of a table; again where a purge has taken them away and CURRENT.json has moved on."""
    for attempt in range(_TRIES):
        now = current(store, night)
        try:
            return read(now.of(spec) if now else ())
        except StoreError:
            if attempt == _TRIES - 1 or current(store, night) == now:
                raise
    raise AssertionError("the loop returns or raises")


def read_revision(store: Store, kept: Current, spec: TableSpec, *, verify: bool = True) -> pa.Table:
    """Read a table of an earlier revision: what of it is not yet gone at the end of its term.

    Of a file of which rows are gone, the one that took its place.

    Args:
        store: the store.
        kept: the revision (`revision`).
        spec: the table.
        verify: compare each file's hash first.

    Raises:
        StoreError: a file is damaged, or missing without a rule.
    """
    held = []
    for file in kept.of(spec):
        if (store.root / file.path).exists():
            held.append(file)
        elif not is_withdrawn(store, kept.night, file, kept.revision):
            held.append(successor(store, kept.night, file, kept.revision) or file)
    return _read(store, spec, held, verify=verify)


class NightFiles(Mapping[FileKey, pa.Table]):
    """The files of a revision as tables, each read, with its hash compared, when it is asked for."""

    def __init__(self, store: Store, held: Current | None) -> None:
        self._store = store
        self._files = {(declared_name(file.table), file.cls): file for file in (held.files if held else ())}

    def __getitem__(self, key: FileKey) -> pa.Table:
        return _read(self._store, BY_NAME[key[0]], [self._files[key]], verify=True)

    def __iter__(self) -> Iterator[FileKey]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def table(self, spec: TableSpec) -> pa.Table:
        """Return a table of all its classes together; without rows where the night does not hold it."""
        return spec.conform(
            pa.concat_tables([spec.empty(), *(self[key] for key in self if key[0] == spec.name)])
        )


def verify_night(store: Store, night: date) -> list[str]:
    """Compare every published file of a night with CURRENT.json.

    Returns:
        Paths, relative to the store, of files that are missing or damaged.
    """
    now = current(store, night)
    wrong = []
    for file in now.files if now else ():
        path = store.root / file.path
        if not path.is_file() or sha256_file(path) != file.sha256:
            wrong.append(file.path)
    return wrong


def _read(store: Store, spec: TableSpec, files: Sequence[PublishedFile], *, verify: bool) -> pa.Table:
    tables = []
    for file in files:
        check_declared(file.zone, store.root)
        path = store.root / file.path
        table = read_table(path, spec, data=_verified(path, file) if verify else None)
        if table.num_rows != file.rows:
            raise _damaged(path, file, f"it holds {table.num_rows} rows, CURRENT.json says {file.rows}")
        tables.append(table)
    if not tables:
        return spec.empty()
    return tables[0] if len(tables) == 1 else spec.conform(pa.concat_tables(tables))


def _verified(path: Path, file: PublishedFile) -> bytes | None:
    """Compare the hash of a file; give its bytes where they came from far and need not come again."""
    with disk_faults(path, effect="nothing was read"):
        data = path.read_bytes() if isinstance(path, ObjectPath) else None
        found = sha256_file(path) if data is None else hashlib.sha256(data).hexdigest()
    if found != file.sha256:
        raise _damaged(path, file, "its hash is not the one in CURRENT.json")
    return data


def _damaged(path: Path, file: PublishedFile, how: str) -> StoreError:
    night = next(part for part in path.parts if part.startswith("night=")).removeprefix("night=")
    again = f"screen the night again: `screening run --night {night} --again`; or restore it from the backup"
    again += ", the only way where archives came in" if file.table == "quarantine" else ""
    return StoreError(
        f"a published file was changed or damaged: {how}",
        where=str(path),
        effect="nothing was read",
        remedy="restore it from the backup" if file.table in _NEEDED_AGAIN else again,
    )
