"""The review's index of hits holds copies of rows; they go with the rows that they are copies of.

Whatever changes what is published of a night (a run, a purge, masking, an erasure) ends in one new revision.
There the night's rows leave the index, whether the application runs or not; it reads them anew when it is
next asked. Bytes of deleted rows are overwritten (secure_delete), the write-ahead log is emptied.
"""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from screening.store.zones import Store
from screening.tables.codes import Zone

INDEX = ("review", "index.sqlite")
_WAIT = 20.0


def index_path(store: Store) -> Path:
    """Return where the index lies, whether it is there or not."""
    return store.root.joinpath(Zone.ANALYST, *INDEX)


def forget(store: Store, night: date) -> None:
    """Remove a night's rows from the index; an index that cannot be read is removed whole."""
    path = index_path(store)
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT, isolation_level=None)) as db:
            db.execute("pragma secure_delete = on")
            db.execute("begin immediate")
            db.execute("delete from hits where night = ?", (night.isoformat(),))
            db.execute("delete from marks where what = ?", (night.isoformat(),))
            db.execute("commit")
            db.execute("pragma wal_checkpoint(truncate)").fetchall()
    except sqlite3.Error:
        for each in path.parent.glob(f"{path.name}*"):
            each.unlink(missing_ok=True)
