"""Which files of an inbox lay there when it was last received: what lies there still has not come again.

A carrier sends the same bytes under the same name again; an agency leaves files where they came. By name and
bytes the two look alike. Only what has come again is read anew when the earlier copy is not in use: a file
left in the inbox would else be read in each night after the end of its term.

    landing/seen/<hash of the inbox's path>.json     name -> which file it was (inode and time of writing)
"""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from screening.night.frozen import FrozenInput
from screening.night.inbox import Arrival, folder_night, readable
from screening.store.files import read_json, write_json
from screening.store.published import read_current
from screening.store.zones import Store, open_zones
from screening.tables.codes import Zone
from screening.tables.landing import INPUTS


def came_again(store: Store, inbox: Path, came: Sequence[Arrival]) -> set[tuple[str, str]]:
    """Return name and id of the files that were not in the inbox when it was last received; none before."""
    path = _path(store, inbox)
    if not path.exists():
        return set()
    seen = _read(path)
    return {
        (found.name, found.input_id) for found in came if found.mark and seen.get(found.name) != found.mark
    }


def note_seen(
    store: Store, inbox: Path, night: date, came: Sequence[Arrival], fresh: Sequence[Arrival]
) -> None:
    """Write down what lies in the inbox; of folders of other nights, which were not looked at, it stays.

    What is about to be received is written down when it is published (`note_received`): a run may be killed
    or given up, and it must come again then.
    """
    path = _path(store, inbox)
    before = _read(path) if path.exists() else {}
    own, taken = f"night={night.isoformat()}/", {found.name for found in fresh}
    kept = {
        name: mark
        for name, mark in before.items()
        if name in taken or (name.startswith("night=") and not name.startswith(own))
    }
    lying = {found.name: found.mark for found in came if found.mark and found.name not in taken}
    write_json(path, kept | lying)


def note_received(store: Store, inbox: Path, inputs: Iterable[FrozenInput]) -> None:
    """Write down the files that a published night has received."""
    received = {entry.name: entry.mark for entry in inputs if entry.mark}
    path = _path(store, inbox)
    if received:
        write_json(path, (_read(path) if path.exists() else {}) | received)


def unread(store: Store, inbox: Path) -> list[float]:
    """Return when each file of the inbox was written that no published night has received, oldest first.

    Only names and times are looked at, so it can be asked at any moment; UTC, in seconds.
    """
    path = _path(store, inbox)
    seen = _read(path) if path.exists() else {}
    return sorted(
        file.st_mtime for name, file in _lying(inbox) if seen.get(name) != f"{file.st_ino}-{file.st_mtime_ns}"
    )


def left_in_folders(store: Store, inbox: Path, before: date) -> dict[date, int]:
    """Return how many files lie in folders of earlier nights that have not received them, by night.

    No other night takes them: their own was never run, or not since they came.

    Args:
        store: the store.
        inbox: the inbox; only names and times are looked at.
        before: a night.
    """
    path = _path(store, inbox)
    seen = _read(path) if path.exists() else {}
    lying: dict[date, list[str]] = {}
    for name, file in _lying(inbox):
        folder, below, _ = name.partition("/")
        night = folder_night(folder) if below else None
        if night is not None and night < before and seen.get(name) != f"{file.st_ino}-{file.st_mtime_ns}":
            lying.setdefault(night, []).append(name)
    left = {}
    for night, names in sorted(lying.items()):
        # An inbox that was moved since has its files under other marks.
        known = set(read_current(store, night, INPUTS)["name"].to_pylist()) - seen.keys()
        left[night] = len([name for name in names if name not in known])
    return {night: number for night, number in left.items() if number}


def _lying(inbox: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield the files of an inbox, by name; one that goes while it is looked at is none."""
    for folder, folders, files in os.walk(inbox):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            path = Path(folder, name)
            with suppress(OSError):
                file = path.lstat()
                if stat.S_ISREG(file.st_mode) and not name.startswith("."):
                    yield readable(path.relative_to(inbox).as_posix()), file


def _path(store: Store, inbox: Path) -> Path:
    named = hashlib.sha256(str(inbox.resolve()).encode("utf_8", "surrogateescape")).hexdigest()
    return open_zones(store, {Zone.LANDING}).path(Zone.LANDING, "seen", f"{named[:16]}.json")


def _read(path: Path) -> dict[str, str]:
    document = read_json(path)
    return {str(name): str(mark) for name, mark in document.items()} if isinstance(document, dict) else {}
