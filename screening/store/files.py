"""How bytes become files that are never half there; tables: `parquet`.

Every write in a folder goes to a temporary name in the same folder, is flushed to the disk (fsync), takes its
final name by one rename, and the folder is flushed. A reader sees the old file or the new one, never a part;
after a power cut too. Whoever writes a temporary file holds a lock on it, so that a sweep knows the leftovers
of dead processes from files being written. On object storage a write is one put, whole or not there, and
needs nothing of this.

Source: POSIX.1-2017 rename(), fsync().
"""

import errno
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from screening.store import leases, objects
from screening.store.object_path import ObjectPath
from screening.tables.errors import StoreError

_TEMPORARY = ".tmp"
_GRACE_SECONDS = 60.0  # between the creation of a temporary file and its lock
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_LINKS = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS})
_NOT_WRITTEN = "the file was not written and nothing was published; an earlier file of that name is untouched"


@contextmanager
def disk_faults(where: Path, *, effect: str) -> Iterator[None]:
    """Turn faults of the disk into a StoreError (`explained`).

    Raises:
        StoreError: the disk is full, read-only, closed to us, or fails.
    """
    try:
        yield
    except OSError as fault:
        raise explained(fault, where, effect) from fault


def explained(fault: OSError, where: Path, effect: str) -> StoreError:
    """Return a fault of the disk as an error that says what, where, what follows and how to mend it."""
    code = errno.errorcode.get(fault.errno or 0, "unknown error")
    if fault.errno in _FULL:
        what = f"no room left to write ({code})"
        remedy = (
            "free space on this disk (or raise the quota or file size limit), then start the command again"
        )
    elif fault.errno in _DENIED:
        what = f"not permitted to read or write here ({code})"
        remedy = f"look at owner, mode and mount: ls -ld {where.parent}; findmnt -T {where.parent}"
    elif fault.errno == errno.ENOENT:
        what = "a file or folder is missing (ENOENT)"
        remedy = (
            "look whether the disk is mounted and whether somebody removed it; restore it from the backup"
        )
    elif fault.errno in {errno.ENOTDIR, errno.EEXIST}:
        what = f"a file stands where a folder is needed ({code})"
        remedy = "move it away, then start the command again"
    else:
        what = f"the disk reports a fault ({code})"
        remedy = "look at the system's log (dmesg), then start the command again"
    return StoreError(what, where=str(where), effect=effect, remedy=remedy)


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents with mode 0700, durably; one that exists is left as it is."""
    if isinstance(folder, ObjectPath):
        return
    missing = []
    probe = folder
    while not probe.exists():
        missing.append(probe)
        probe = probe.parent
    for path in reversed(missing):
        with suppress(FileExistsError):  # another process was quicker
            path.mkdir(mode=0o700)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder, so that names made or changed in it outlive a power cut."""
    if isinstance(folder, ObjectPath):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Open a locked temporary file beside `path`; on leaving it takes that name, durably."""
    with disk_faults(path, effect=_NOT_WRITTEN):
        make_folder(path.parent)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_TEMPORARY, dir=path.parent)
        temporary = Path(name)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield temporary
            os.fsync(handle)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        sync_folder(path.parent)


class GrowingFile:
    """A file that is written stretch by stretch and gets its name when its hash is known.

    Attributes:
        size: bytes written.
    """

    def __init__(self, folder: Path) -> None:
        """Begin a temporary file; for object storage one without name on this machine's disk.

        Raises:
            StoreError: the folder cannot be made or written.
        """
        self._folder = folder
        self._digest = hashlib.sha256()
        self.size = 0
        self._temporary: Path | None = None
        self._stream: IO[bytes]
        if isinstance(folder, ObjectPath):
            self._stream = tempfile.TemporaryFile()  # noqa: SIM115  (closed by `keep` or `discard`)
            return
        with disk_faults(folder, effect=_NOT_WRITTEN):
            make_folder(folder)
            handle, name = tempfile.mkstemp(prefix=".growing.", suffix=_TEMPORARY, dir=folder)
            self._temporary = Path(name)
            fcntl.flock(handle, fcntl.LOCK_EX)
            self._stream = os.fdopen(handle, "wb")

    @property
    def sha256(self) -> str:
        """Hash of what was written so far."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> None:
        """Take bytes, one stretch behind the other.

        Raises:
            StoreError: the disk is full or fails.
        """
        with disk_faults(self._temporary or self._folder, effect=_NOT_WRITTEN):
            self._stream.write(data)
        self._digest.update(data)
        self.size += len(data)

    def keep(self, path: Path) -> None:
        """Rename the file to its name, durably; `path` lies in the folder it was begun in.

        Raises:
            StoreError: the disk is full or fails.
        """
        with disk_faults(path, effect=_NOT_WRITTEN):
            self._stream.flush()
            if isinstance(path, ObjectPath):
                objects.put(path, self._stream)
            elif self._temporary is not None:
                os.fsync(self._stream.fileno())
                self._temporary.replace(path)
            self._stream.close()
            sync_folder(self._folder)

    def discard(self) -> None:
        """Remove the file, unless it was kept."""
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)
        with suppress(OSError):  # what a full disk did not take is written again on closing
            self._stream.close()


def write_bytes(path: Path, data: bytes) -> str:
    """Write a file that is never half there.

    Returns:
        sha256 of the bytes.

    Raises:
        StoreError: the disk is full, read-only, closed to us, or fails; an earlier file is untouched.
    """
    if isinstance(path, ObjectPath):
        objects.put(path, data)
    else:
        with replacing(path) as temporary:
            temporary.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def write_pieces(path: Path, pieces: Iterable[bytes | memoryview]) -> None:
    """Write a file of many pieces that is never half there; the sha256 of all of them (32 bytes) ends it.

    Raises:
        StoreError: the disk is full, read-only, closed to us, or fails; an earlier file is untouched.
    """
    digest = hashlib.sha256()
    with replacing(path) as temporary, temporary.open("wb") as stream:
        for piece in pieces:
            digest.update(piece)
            stream.write(piece)
        stream.write(digest.digest())


def canonical_json(value: object) -> bytes:
    r"""Return the one spelling of a JSON value: keys sorted, two blanks a level, a newline at the end.

    >>> canonical_json({"b": 1, "a": [True]})
    b'{\n  "a": [\n    true\n  ],\n  "b": 1\n}\n'
    """
    return (json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def write_json(path: Path, value: object) -> str:
    """Write a value as canonical JSON; errors and result as `write_bytes`."""
    return write_bytes(path, canonical_json(value))


def read_json(path: Path, *, remedy: str = "restore the file from the backup") -> object:
    """Read a JSON file of the store.

    Raises:
        StoreError: the file is missing, cannot be read or is damaged.
    """
    with disk_faults(path, effect="nothing was read"):
        data = path.read_bytes()
    return _json_in(path, data, remedy)


def json_if_there(path: Path, *, remedy: str = "restore the file from the backup") -> object | None:
    """Read a JSON file of the store as `read_json`; None where there is none, with one look instead of two.

    Raises:
        StoreError: the file cannot be read or is damaged.
    """
    try:
        with disk_faults(path, effect="nothing was read"):
            data = path.read_bytes()
    except StoreError as fault:
        if isinstance(fault.__cause__, FileNotFoundError):
            return None
        raise
    return _json_in(path, data, remedy)


def _json_in(path: Path, data: bytes, remedy: str) -> object:
    with suppress(ValueError):
        document: object = json.loads(data)
        if document is not None:  # nothing of ours says only that
            return document
    raise StoreError(
        "the file is damaged: it is not JSON", where=str(path), effect="nothing was read", remedy=remedy
    )


def sha256_file(path: Path) -> str:
    """Return the sha256 of a file, read piece by piece."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def link_file(source: Path, target: Path) -> None:
    """Link a file under a second name; copy it where there are no hard links."""
    if isinstance(source, ObjectPath) and isinstance(target, ObjectPath):
        objects.copy(source, target)
        return
    make_folder(target.parent)
    try:
        target.hardlink_to(source)
    except OSError as fault:
        if fault.errno not in _NO_LINKS:
            raise
        write_bytes(target, source.read_bytes())


def remove_files(paths: Iterable[Path], *, effect: str) -> None:
    """Remove files, there or not; objects many at a request.

    Args:
        paths: the files.
        effect: for the error: what stands, and what is left.

    Raises:
        StoreError: one cannot be removed.
    """
    found = list(paths)
    objects.delete_all([path for path in found if isinstance(path, ObjectPath)])
    for path in found:
        if not isinstance(path, ObjectPath):
            with disk_faults(path, effect=effect):
                path.unlink(missing_ok=True)


def remove_tree(folder: Path) -> None:
    """Remove a folder and all that lies in it."""
    if isinstance(folder, ObjectPath):
        objects.delete_below(folder)
    else:
        shutil.rmtree(folder)


def date_file(path: Path, moment: datetime) -> None:
    """Let a file or folder be as old as a moment; an object is as old as its last put, whatever is wished."""
    if not isinstance(path, ObjectPath):
        os.utime(path, (moment.timestamp(), moment.timestamp()))


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder, in no order; none where there is no folder."""
    if isinstance(folder, ObjectPath):
        return [path.name for path in folder.iterdir()]
    try:
        with os.scandir(folder) as entries:
            return [one.name for one in entries]
    except FileNotFoundError:
        return []


def by_hand(command: str, *paths: Path) -> str:
    """Return the command that a person types: `rm PATH`, of an object `aws s3 rm PATH`."""
    if isinstance(paths[0], ObjectPath):
        command = f"aws s3 {command.replace(' -r', ' --recursive')}"
    return f"`{' '.join([command, *map(str, paths)])}`"


def require_space(root: Path, needed: int) -> None:
    """Refuse to begin what would not fit on the disk.

    Args:
        root: a folder on that disk; it need not exist yet. Of object storage: what passes through this
            machine's own temporary folder.
        needed: bytes.

    Raises:
        StoreError: less than that is free.
    """
    probe = Path(tempfile.gettempdir()) if isinstance(root, ObjectPath) else root
    while not probe.exists():
        probe = probe.parent
    free = shutil.disk_usage(probe).free
    if free < needed:
        raise StoreError(
            f"too little room on the disk: {needed:,} bytes are needed, {free:,} are free",
            where=str(root),
            effect="nothing was begun or changed",
            remedy="free space on this disk, then start the command again",
        )


def sweep_temporaries(folder: Path) -> int:
    """Remove temporary files that dead processes left in a folder.

    A file is dead when nobody holds its lock; young ones are spared, as the lock follows the creation.

    Returns:
        Number of files removed.
    """
    if isinstance(folder, ObjectPath):
        return 0
    removed = 0
    for path in sorted(folder.glob(f".*{_TEMPORARY}")):
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime < _GRACE_SECONDS or is_locked(path):
                continue
            path.unlink()
            removed += 1
    return removed


def is_locked(path: Path) -> bool:
    """Say whether a living process holds the lock of this file; a file that is not there is free."""
    if isinstance(path, ObjectPath):
        return path.name.startswith(".") and leases.is_held(path)  # an object is never half written
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
