"""Which entries of the inbox belong to a night: files to be taken in, and what cannot be, with its reason.

An input belongs to the first night that receives it, whatever its times. What lies in
`inbox/night=D/` belongs to D alone. Names that begin with a dot are skipped: transfer programs
use them while a file is on its way.

Every other entry is accounted for. A link to a file of this inbox is that file under another name; no other
link is followed. A name that is no UTF-8 is written with its bytes escaped; the file is read, and a person is
told, as a damaged name is the sign of a damaged transfer.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from screening.tables.errors import InputError

_FAR_AHEAD, _LONG_AGO = timedelta(days=366), timedelta(days=3660)
_NIGHT_FOLDER = re.compile(r"^night=(\d{4}-\d{2}-\d{2})$")


@dataclass(frozen=True, slots=True, order=True)
class Arrival:
    """One entry of the inbox.

    Attributes:
        name: path below the inbox, with `/`; what is no UTF-8 in it is escaped.
        path: where it lies.
        input_id: sha256 of its bytes; of an entry that cannot be taken in, of its name.
        size: bytes.
        asked: a person replays it out of quarantine, so every run of its night takes it.
        refused: finding that says why it cannot be taken in; empty where it can.
        mark: which file it was, as `sightings` knows it again; empty of what is no file of the inbox.
    """

    name: str
    path: Path
    input_id: str
    size: int
    asked: bool = False
    refused: str = ""
    mark: str = ""

    @property
    def addressed(self) -> bool:
        """Does it lie in the folder of one night?"""
        return _NIGHT_FOLDER.match(self.name.partition("/")[0]) is not None


def refused(name: str, path: Path, code: str) -> Arrival:
    """Make the entry of something that cannot be taken in."""
    return Arrival(name, path, hashlib.sha256(f"{code}\n{name}".encode()).hexdigest(), 0, refused=code)


def arrivals(inbox: Path, night: date) -> list[Arrival]:
    """List the entries of the inbox that a night may take, sorted by name.

    Raises:
        InputError: the inbox is no folder, or cannot be read.
    """
    if not inbox.is_dir():
        raise InputError(
            "the inbox is not there",
            where=str(inbox),
            effect="nothing was received",
            remedy="mount or make the folder, or name another by --inbox or SCREENING_INBOX",
        )
    try:
        with os.scandir(inbox):
            pass
    except OSError as fault:
        raise InputError(
            f"the inbox cannot be read ({type(fault).__name__})",
            where=str(inbox),
            effect="nothing was received",
            remedy="make the folder readable to this user, then run again",
        ) from None
    return sorted(_below(inbox.resolve(), inbox, "", night))


def _below(root: Path, folder: Path, above: str, night: date) -> Iterator[Arrival]:
    """Yield the entries of a folder and of those in it."""
    try:
        with os.scandir(folder) as listing:
            entries = list(listing)
    except OSError:
        yield refused(above, folder, "entry_unreadable")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path, own = folder / entry.name, readable(entry.name)
        name = f"{above}/{own}" if above else own
        if own != entry.name:
            yield refused(name, path, "entry_name_not_utf8")
        if entry.is_dir(follow_symlinks=False):
            belongs = None if above else _night_of(own)
            if belongs is not None and belongs != night.isoformat():
                if not _may_be_a_night(belongs, night):
                    yield refused(name, path, "night_folder_impossible")
                continue
            yield from _below(root, path, name, night)
        else:
            yield _arrived(root, path, name)


def _night_of(name: str) -> str | None:
    """Return what a folder of the inbox says of its night; None where it says nothing.

    >>> _night_of("night=2026-11-23"), _night_of("Night=23.11."), _night_of("night"), _night_of("nightly")
    ('2026-11-23', '23.11.', None, None)
    """
    word, sign, label = name.partition("=")
    return label if sign and word.strip().lower() == "night" else None


def folder_night(name: str) -> date | None:
    """Return the night to which what lies in a folder of the inbox belongs alone.

    >>> folder_night("night=2026-11-23"), folder_night("night=2026-02-30"), folder_night("carriers")
    (datetime.date(2026, 11, 23), None, None)
    """
    try:
        return date.fromisoformat(name.removeprefix("night=")) if _NIGHT_FOLDER.match(name) else None
    except ValueError:
        return None


def _may_be_a_night(label: str, night: date) -> bool:
    """Say whether a label is a date that has been, or will soon be, a night.

    >>> [_may_be_a_night(label, date(2026, 11, 23)) for label in ("2026-11-24", "2026-11-31", "2062-11-23")]
    [True, False, False]
    """
    try:
        found = date.fromisoformat(label)
    except ValueError:
        return False
    return found.isoformat() == label and -_LONG_AGO <= found - night <= _FAR_AHEAD


def readable(name: str) -> str:
    r"""Return a file's name as text; bytes that are no UTF-8 are escaped.

    >>> readable("caf\udce9.edi")
    'caf\\xe9.edi'
    """
    return os.fsencode(name).decode("utf_8", "backslashreplace")


def _arrived(root: Path, path: Path, name: str) -> Arrival:
    """Take note of an entry that is no folder."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            target = _linked(root, path, name)
            if target is None:
                return refused(name, path, "entry_link")
            path = target
        elif not stat.S_ISREG(mode):
            return refused(name, path, "entry_special")
        # A link or a FIFO that took its place since is not followed, and does not hold the night.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            file = os.fstat(handle)
            return Arrival(name, path, digest, stream.tell(), mark=f"{file.st_ino}-{file.st_mtime_ns}")
    except OSError:
        return refused(name, path, "entry_unreadable")


def _linked(root: Path, path: Path, name: str) -> Path | None:
    """Return the file of this inbox that a link leads to; None where it leads anywhere else."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # it leads to nothing, or in a circle
        return None
    if not target.is_relative_to(root) or not target.is_file():
        return None
    parts = target.relative_to(root).parts
    hidden = any(part.startswith(".") for part in parts)
    elsewhere = _night_of(parts[0]) is not None and parts[0] != name.partition("/")[0]
    return None if hidden or elsewhere else target
