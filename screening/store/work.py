"""Tables on their way from one task to the next, gone when the night is published.

    work/<run>/run.json                            the run's night
    work/<run>/.alive                              locked by every process that works on the run
    work/<run>/<stage>/<unit hash>.<table>.parquet one table of one unit
    work/<run>/<stage>/<unit hash>.json            the unit is complete: its tables with hash and rows

A unit counts as written when its list stands; a kill before that leaves nothing that `read` would take. Two
processes that write the same unit at once write the same bytes to the same names.

Leftovers hold travellers, so they are removed as soon as their run is known to be dead: at once for the night
whose lock the caller holds; for another night when no process holds the run and none has touched it for hours
(the tasks of a distributed run are processes of their own, with gaps between them).
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from screening.store.files import (
    date_file,
    disk_faults,
    is_locked,
    json_if_there,
    make_folder,
    read_json,
    remove_tree,
    write_json,
)
from screening.store.locks import shared
from screening.store.parquet import read_table, write_table
from screening.store.zones import Store, ZoneOpener, open_zones
from screening.tables.codes import Zone
from screening.tables.declared import BY_NAME
from screening.tables.errors import StoreError

IDLE = timedelta(hours=6)
_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+:=-]{0,120}")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,120}")


@dataclass(frozen=True)
class Work:
    """The work folder of one run; as protected as the individual zone."""

    store: Store
    night: date
    run: str

    def __post_init__(self) -> None:
        if not _RUN.fullmatch(self.run):
            raise ValueError("a run's id is letters, digits and _.+:=-")

    @property
    def folder(self) -> Path:
        """Folder of the run."""
        return self._zone().path(Zone.WORK, self.run)

    def _zone(self) -> ZoneOpener:
        return open_zones(self.store, {Zone.WORK})

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Show, while the block runs, that a process works on this run; several may at once."""
        self._begin()
        with shared(self.folder / ".alive"):
            yield

    def write(self, stage: str, unit: str, tables: Mapping[str, pa.Table]) -> None:
        """Write what a stage made of one unit; a unit written before is replaced.

        Args:
            stage: name of the stage.
            unit: hash or id of the unit, as a file name.
            tables: by name; those with a declaration are conformed.

        Raises:
            SchemaError: a table does not keep its declaration.
            StoreError: the disk is full or fails; the unit counts as not written.
        """
        done = self._path(stage, f"{_word(unit)}.json")
        self._begin()
        listed = {}
        for name, table in sorted(tables.items()):
            path = self._path(stage, f"{unit}.{_word(name)}.parquet")
            written = write_table(path, table, BY_NAME.get(name))
            listed[name] = {"sha256": written.sha256, "rows": written.rows}
        write_json(done, listed)

    def read(self, stage: str, unit: str, table: str, *, columns: Sequence[str] | None = None) -> pa.Table:
        """Read one table of a unit, or some of its columns.

        Raises:
            StoreError: the unit is not complete, holds no such table, or a file is damaged.
        """
        if table not in self.tables(stage, unit):
            raise StoreError(
                f"the stage `{stage}` has not left a table `{table}` for this unit",
                where=str(self._path(stage, f"{_word(unit)}.json")),
                effect="the stage that needs it did not begin",
                remedy="start the night again; it takes up the same frozen set",
            )
        path = self._path(stage, f"{_word(unit)}.{table}.parquet")
        return read_table(path, None if columns else BY_NAME.get(table), columns=columns)

    def tables(self, stage: str, unit: str) -> tuple[str, ...]:
        """Return the names of a unit's tables; none if it is not complete."""
        path = self._path(stage, f"{_word(unit)}.json")
        listed = json_if_there(path, remedy="start the night again")
        return tuple(sorted(listed)) if isinstance(listed, dict) else ()

    def rows(self, stage: str, unit: str, table: str) -> int:
        """Return how many rows a table of a unit has, without reading it; 0 where it is not there."""
        path = self._path(stage, f"{_word(unit)}.json")
        listed = json_if_there(path, remedy="start the night again")
        return int(listed[table]["rows"]) if isinstance(listed, dict) and table in listed else 0

    def units(self, stage: str) -> list[str]:
        """Return the complete units of a stage, sorted."""
        return sorted(path.stem for path in self._path(stage).glob("*.json"))

    def clear(self) -> None:
        """Remove the run's folder; called when it has published."""
        _remove(self.folder)

    def _path(self, stage: str, *parts: str) -> Path:
        return self._zone().path(Zone.WORK, self.run, _word(stage), *parts)

    def _begin(self) -> None:
        path = self.folder / "run.json"
        if not path.exists():
            write_json(path, {"night": self.night.isoformat(), "run": self.run})
        with disk_faults(path, effect="the run did not begin"):
            make_folder(self.folder)
            date_file(self.folder, datetime.now(UTC))


def sweep_dead(
    store: Store, *, night: date | None = None, keep: str | None = None, idle: timedelta = IDLE
) -> list[str]:
    """Remove the work folders of dead runs.

    Args:
        store: the store.
        night: night whose lock the caller holds: its runs are dead unless a process holds them.
        keep: run of this night that the caller takes up again.
        idle: how long runs of other nights must have lain untouched.

    Returns:
        Ids of the runs removed.

    Raises:
        StoreError: a folder cannot be removed.
    """
    removed = []
    for folder in sorted(open_zones(store, {Zone.WORK}).path(Zone.WORK).glob("*")):
        if folder.name == keep or not folder.is_dir() or is_locked(folder / ".alive"):
            continue
        ours = night is not None and _night_of(folder) == night.isoformat()
        if ours or time.time() - folder.stat().st_mtime >= idle.total_seconds():
            _remove(folder)
            removed.append(folder.name)
    return removed


def _word(name: str) -> str:
    if not _WORD.fullmatch(name):
        raise ValueError("stages, units and tables of the work zone are named by letters, digits, _ and -")
    return name


def _night_of(folder: Path) -> str | None:
    """Return the night of a run; None where a kill came before it was written down."""
    try:
        document = read_json(folder / "run.json")
    except StoreError:
        return None
    return str(document.get("night")) if isinstance(document, dict) else None


def _remove(folder: Path) -> None:
    with disk_faults(folder, effect="the run's working tables are still there"):
        if folder.exists():
            remove_tree(folder)
