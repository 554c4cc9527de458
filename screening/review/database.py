"""One SQLite file: write-ahead log, private modes, bytes of deleted rows overwritten.

A connection is opened for each act and closed: it costs a third of a millisecond and leaves nothing that a
kill could break. What is written begins with `begin immediate`, so that reading and writing are one step.

Source: sqlite.org/wal.html, sqlite.org/lang_transaction.html, sqlite.org/pragma.html (secure_delete).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from screening.store.files import disk_faults, make_folder
from screening.store.zones import Store, beside, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import StoreError

_WAIT = 20.0
"""Seconds that a writer waits for another one."""


@dataclass(frozen=True)
class Database:
    """A SQLite file with its schema.

    Attributes:
        path: the file; it need not be there yet.
        schema: statements that make the tables, each `if not exists`.
        remedy: what a person does when the file is damaged.
    """

    path: Path
    schema: str
    remedy: str

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open it for the block; what is read is one state of it.

        Raises:
            StoreError: it is damaged, or cannot be opened.
        """
        with self._opened() as connection:
            connection.execute("begin")
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open it for the block as the only writer; all of the block's changes count, or none.

        Raises:
            StoreError: it is damaged, or cannot be opened or written.
        """
        with self._opened() as connection:
            connection.execute("begin immediate")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(self._connected()) as connection:
                yield connection
        except sqlite3.Error as fault:
            raise StoreError(
                f"the file cannot be used ({type(fault).__name__})",
                where=str(self.path),
                effect="nothing was shown or done; no decision is lost",
                remedy=self.remedy,
            ) from None

    def _connected(self) -> sqlite3.Connection:
        new = not self.path.exists()
        with disk_faults(self.path, effect="the review cannot go on; no decision is lost"):
            make_folder(self.path.parent)
            connection = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("pragma secure_delete = on")
        if new or not connection.execute("select 1 from sqlite_master limit 1").fetchone():
            connection.execute("pragma journal_mode = wal")
            connection.executescript(self.schema)
        return connection


def place(store: Store, name: str) -> Path:
    """Return where a file of the review lies.

    Raises:
        StoreError: the analyst zone is open to others or cannot be made.
    """
    open_zones(store, [Zone.ANALYST])
    return beside(store, Zone.ANALYST) / "review" / name
