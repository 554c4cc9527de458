"""Which folder a table lies in, and who may open it.

A zone is a folder of the store with one owner and one mode. A stage names the zones that it opens; the
opener refuses every other one, so that a stage for traffic figures cannot read travellers by mistake.

Folders are made with mode 0700 (0750 is accepted where an agency gives a group the right to read). Only the
store's root and each zone's own folder are checked: whoever cannot enter these reaches nothing below.

Source: Directive (EU) 2016/681 art. 13(2) and (5) (access by authorised staff); ISO/IEC 27002:2022, 8.3.
"""

import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath

from screening.store.files import disk_faults, make_folder
from screening.store.format import begin, check_format
from screening.store.object_path import ObjectPath
from screening.tables.codes import Use, Zone
from screening.tables.errors import StoreError

PRIVATE_UMASK = 0o077
_DECLARED: ContextVar[frozenset[Zone] | None] = ContextVar("declared", default=None)
_FORBIDDEN = stat.S_IWGRP | stat.S_IRWXO  # 0700 and 0750 pass
_NIGHTS = "nights"
_BEGUN: set[ObjectPath] = set()


@contextmanager
def only(zones: Iterable[Zone]) -> Iterator[None]:
    """Let the block open these zones and no other, whatever it calls (stages: `Stage.opens`).

    Blocks may stand inside each other; the inner one can only narrow.
    """
    outer = _DECLARED.get()
    wanted = frozenset(zones)
    token = _DECLARED.set(wanted if outer is None else wanted & outer)
    try:
        yield
    finally:
        _DECLARED.reset(token)


def check_declared(zone: Zone, root: Path) -> None:
    """Refuse a zone that the running stage does not declare; outside a stage all are open.

    Raises:
        StoreError: the zone is not declared.
    """
    declared = _DECLARED.get()
    if declared is not None and zone not in declared:
        raise _undeclared(zone, declared, root)


def _undeclared(zone: Zone, declared: Collection[Zone], root: Path) -> StoreError:
    return StoreError(
        f"the zone `{zone}` is not declared by this stage",
        where=f"{root}: declared are {', '.join(sorted(declared)) or 'none'}",
        effect="nothing was opened",
        remedy="declare it in screening/night/stages.py, if this stage may see it",
    )


@dataclass(frozen=True)
class Store:
    """One store: the folder, or the part of a bucket, below which everything of one agency lies.

    Attributes:
        root: the folder; it need not exist yet. `screening.store.object_path.store_path` reads its address.
        uses: what its individuals' data may be used for, each with the purposes of the law that it serves
            (profile, law.uses); None: every use, no purpose is named.
    """

    root: Path
    uses: tuple[tuple[Use, tuple[str, ...]], ...] | None = None

    def path(self, zone: Zone, *parts: str, declared: Collection[Zone]) -> Path:
        """Return a path in a zone.

        Args:
            zone: the zone to open.
            parts: folders and file name below it.
            declared: zones that the caller's stage declares.

        Returns:
            The path; nothing is created.

        Raises:
            StoreError: the zone is not declared, or a part would lead out of it.
        """
        if zone not in declared:
            raise _undeclared(zone, declared, self.root)
        check_declared(zone, self.root)
        return self.root / zone / inner_path(*parts)

    def night_folder(self, night: date) -> Path:
        """Return the folder that holds a night's commit point (CURRENT.json) and its lock."""
        return self.root / _NIGHTS / night.isoformat()

    @property
    def at_once(self) -> int:
        """How many files are read or written side by side: a disk is busy with a few, a network lets wait."""
        return 16 if isinstance(self.root, ObjectPath) else 4

    @property
    def nights_folder(self) -> Path:
        """Folder of all nights."""
        return self.root / _NIGHTS


def store_at(
    root: Path, uses: tuple[tuple[Use, tuple[str, ...]], ...] | None = None, *, any_format: bool = False
) -> Store:
    """Return the store in a folder, which need not be there yet.

    Args:
        root: the folder.
        uses: what its individuals' data may be used for; None: everything.
        any_format: also one that lies in another release's form.

    Raises:
        FormatError: it lies in a form that this release does not read.
        StoreError: something else stands there.
    """
    if not isinstance(root, ObjectPath) and root.exists() and not root.is_dir():
        raise _no_folder(root)
    if not any_format:
        check_format(root)
    return Store(root, uses)


def beside(store: Store, zone: Zone) -> Path:
    """Return the folder of a zone for what has to lie on this machine's own disk (mapped files, SQLite).

    In a store that is a folder it is the zone itself. For one on object storage it lies below SCREENING_LOCAL
    (`store-local` in the current folder), and must be as private. Nothing is created.

    Raises:
        StoreError: the folder is there, and open to others or somebody else's.
    """
    if not isinstance(store.root, ObjectPath):
        return store.root / zone
    local = Path(os.environ.get("SCREENING_LOCAL") or "store-local").absolute()
    own = local / hashlib.sha256(str(store.root).encode()).hexdigest()[:16]
    for folder in (local, own, own / zone):
        if folder.exists():
            check_private(folder)
    return own / zone


@dataclass(frozen=True)
class ZoneOpener:
    """Opens the declared zones of a store and no other."""

    store: Store
    zones: frozenset[Zone]

    def path(self, zone: Zone, *parts: str) -> Path:
        """Return a path in a declared zone.

        Raises:
            StoreError: the zone is not declared, or a part would lead out of it.
        """
        return self.store.path(zone, *parts, declared=self.zones)


def open_zones(store: Store, zones: Iterable[Zone]) -> ZoneOpener:
    """Open zones: create what is missing, check owner and mode of what is there.

    The process's umask becomes 0077: whatever a library writes from here on is private too.

    Args:
        store: the store.
        zones: zones that the stage declares.

    Returns:
        An opener for exactly these zones.

    Raises:
        StoreError: a folder belongs to somebody else, is open to others, or cannot be made.
    """
    wanted = frozenset(zones)
    for zone in sorted(wanted):
        check_declared(zone, store.root)
    os.umask(PRIVATE_UMASK)
    if not isinstance(store.root, ObjectPath):
        begin(store.root)
    elif store.root not in _BEGUN:  # asked once a process: each look is a request
        begin(store.root)
        _BEGUN.add(store.root)
    for folder in (store.root, store.nights_folder, *(store.root / zone for zone in sorted(wanted))):
        with disk_faults(folder, effect="the store was not opened"):
            make_folder(folder)
            check_private(folder)
    return ZoneOpener(store, wanted)


def check_private(folder: Path) -> None:
    """Refuse a folder that others may enter or that belongs to somebody else.

    Raises:
        StoreError: with the command that mends it.
    """
    if isinstance(folder, ObjectPath):
        return  # who may open a bucket is decided where the bucket is
    state = folder.stat()
    effect = "nothing was read or written: what lies there could be seen or changed by others"
    if not stat.S_ISDIR(state.st_mode):
        raise _no_folder(folder)
    if state.st_uid != os.geteuid():
        raise StoreError(
            f"the folder belongs to user {state.st_uid}, this process runs as user {os.geteuid()}",
            where=str(folder),
            effect=effect,
            remedy=f"run as its owner, or give it away: chown -R {os.geteuid()} {folder}",
        )
    if state.st_mode & _FORBIDDEN:
        raise StoreError(
            f"the folder is open to others (mode {stat.S_IMODE(state.st_mode):04o})",
            where=str(folder),
            effect=effect,
            remedy=f"chmod 700 {folder}",
        )


def inner_path(*parts: str) -> PurePath:
    """Join parts to a path that stays below where it is put.

    >>> inner_path("revisions", "night=2026-11-23/0001").as_posix()
    'revisions/night=2026-11-23/0001'
    >>> inner_path("..", "individual")
    Traceback (most recent call last):
    ...
    screening.tables.errors.StoreError: the path leads out of its folder
      where:  ../individual
      effect: nothing was opened
      remedy: use a relative path without `..`

    Raises:
        StoreError: a part is absolute, empty, or climbs.
    """
    path = PurePath(*parts)
    climbs = any(part == ".." for part in path.parts)
    if path.is_absolute() or climbs or any(not part or "\0" in part for part in parts):
        raise StoreError(
            "the path leads out of its folder",
            where=path.as_posix().replace("\0", "\\0"),
            effect="nothing was opened",
            remedy="use a relative path without `..`",
        )
    return path


def _no_folder(path: Path) -> StoreError:
    return StoreError(
        "a file stands where the store needs a folder",
        where=str(path),
        effect="the store was not opened",
        remedy=f"move it away: `mv {path} {path}.aside`",
    )
