"""Who looked: commands that show individuals record it, before anything is shown.

What is recorded: the act, who, why where it was said, ids; no names. It costs one line of the record. Where
it cannot be recorded (a store that is mounted read-only, a full disk, a broken chain), what was asked for is
shown all the same, and stderr says that it was not recorded and why: hits must be seen, and who can read the
files could read them without us. What hands out or changes data (`lookup`, `why`, `decide`, `unmask`,
`subject`) is refused then.

Source: Directive (EU) 2016/680 art. 25; Directive (EU) 2016/681 art. 13(6).
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from screening.cli.output import warn
from screening.protection.actor import who
from screening.tables.errors import StoreError

if TYPE_CHECKING:
    from screening.store.zones import Store

_MOST = 200
"""Ids that a record names; of more, the revision and their number say which they were."""


def looked(store: "Store", act: str, objects: Sequence[str], actor: str | None, reason: str | None) -> None:
    """Record that somebody looks; say on stderr where it cannot be recorded.

    Args:
        store: the store.
        act: what is done, `hits.list`.
        objects: ids of what is shown.
        actor: `--as`, or None.
        reason: why, where it is said.

    Raises:
        UsageError: the actor's name is none.
    """
    from screening.protection.audit import append

    name = who(actor)
    shown = [*objects[:_MOST], *([f"and:{len(objects) - _MOST}"] if len(objects) > _MOST else [])]
    try:
        append(store, name, act, shown, (reason or "").strip() or None, datetime.now(UTC))
    except StoreError as fault:
        warn(f"not recorded that you looked: {fault.what} ({fault.where}); to do: {fault.remedy}")


def looked_at_files(paths: Sequence[Path], act: str, actor: str | None, reason: str | None) -> None:
    """Record a look into message files, under their hashes, where there is a store to record it in."""
    from screening.night.settings import load_settings
    from screening.store.files import sha256_file

    store = load_settings().store
    if store.root.is_dir():
        looked(store, act, [f"file:{sha256_file(path)}" for path in paths], actor, reason)


def of_night(store: "Store", night: date) -> str:
    """Return night and revision: with them the record says which rows were shown."""
    from screening.store.current_json import current

    now = current(store, night)
    return f"night:{night}:{now.revision if now else 0}"
