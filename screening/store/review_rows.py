"""What the review holds of people goes with its term: copies of rows in its index, drafts on its desk.

Whatever changes what is published of a night (a run, a purge, masking, an erasure) ends in one new revision.
There the night's rows leave the index, whether the application runs or not; it reads them anew when it is
next asked. Drafts of decisions go after a week, at each purge and whenever somebody logs in. Bytes of deleted
rows are overwritten (secure_delete), the write-ahead log is emptied. Both files lie on the disk of the
machine that runs the review (`zones.beside`), also where the store lies on object storage.
"""

import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

from screening.store.zones import Store, beside
from screening.tables.codes import Zone
from screening.tables.errors import StoreError

INDEX = ("review", "index.sqlite")
DESK = ("review", "desk.sqlite")
KEEP_DRAFTS = timedelta(days=7)
_WAIT = 20.0


def index_path(store: Store) -> Path:
    """Return where the index lies, whether it is there or not."""
    return beside(store, Zone.ANALYST).joinpath(*INDEX)


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


def forget_drafts(store: Store, at: datetime) -> None:
    """Remove the drafts of decisions that nobody has touched for a week.

    Raises:
        StoreError: the desk cannot be read: accounts lie in it, so it is not removed.
    """
    path = beside(store, Zone.ANALYST).joinpath(*DESK)
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT, isolation_level=None)) as db:
            db.execute("pragma secure_delete = on")
            until = (at - KEEP_DRAFTS).isoformat(timespec="microseconds")
            db.execute("delete from drafts where at < ?", (until,))
            db.execute("pragma wal_checkpoint(truncate)").fetchall()
    except sqlite3.Error as fault:
        raise StoreError(
            f"drafts of the review cannot be removed ({type(fault).__name__})",
            where=str(path),
            effect="drafts stay beyond their term; the rest of the purge is done",
            remedy="move the file away and make the accounts again: "
            "`screening review account add NAME --role analyst`",
        ) from None
