"""Where manifests come from in Airflow: folders at carriers or hosts, each behind a connection.

A place of the profile's `intake.fetch_from` is a folder in the way of Airflow's object storage paths:
`sftp://CONNECTION@HOST/outgoing`, `s3://CONNECTION@BUCKET/manifests`, `file:///mnt/drop`. What address, user
and key the connection holds is for Airflow; schemes other than `file` need their provider
(`apache-airflow-providers-sftp[sshfs]`, `-amazon[s3fs]`).

- A file is there at once and whole: written under a name with a dot, which `receive` skips, then linked.
- Nothing at the source is changed, and nothing in the inbox is written over: a file that comes again with
  other bytes stands beside the earlier one.
- What was fetched is not fetched again while it lies there, also when it was taken out of the inbox since:
  else bytes whose term has ended would come back. `landing/fetched/` holds a hash for each, no name.
- One place that fails stops no other. Errors name the connection: no address, no file.
"""

import filecmp
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from screening.night.settings import Settings
from screening.store.files import disk_faults, make_folder, read_json, sync_folder, write_json
from screening.store.zones import Store, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import InputError

_PART = 1 << 20


class _SourceError(Exception):
    """A place failed. What its protocol says of it names hosts and files, and is left behind."""


@contextmanager
def _at_source() -> Iterator[None]:
    try:
        yield
    except Exception:  # noqa: BLE001  (each protocol raises its own)
        raise _SourceError from None


class UnreachableError(InputError):
    """A place that manifests come from does not answer, or cannot be read."""

    waiting_helps = True


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a look at all places gave.

    Attributes:
        files: files that came into the inbox.
        changing: files that changed while they were read; the next look takes them.
        failed: connections of the places that could not be read to the end.
    """

    files: int
    changing: int
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Offered:
    name: PurePosixPath
    path: str
    mark: str  # hash of what tells this file from another, and from itself with other bytes


def fetch(settings: Settings) -> Fetched:
    """Fetch what is new in every place of the profile.

    Raises:
        StoreError: the inbox or the store cannot be written.
    """
    came: Counter[bool] = Counter()
    failed = []
    for place in settings.profile.intake.fetch_from:
        try:
            came.update(written is not None for written in _fetch_place(settings, place))
        except _SourceError:
            failed.append(_said(place))
    return Fetched(came[True], came[False], tuple(failed))


def unreachable(failed: tuple[str, ...]) -> UnreachableError:
    """Return the error of places that could not be read."""
    return UnreachableError(
        f"{len(failed)} place(s) that manifests come from could not be read",
        where=f"intake.fetch_from: {', '.join(failed)}",
        effect="what lies there waits; the other places were fetched, the night takes what is in the inbox",
        remedy="check the connection in Airflow (Admin, Connections), its provider, whether the folder is "
        "there; then `airflow dags trigger fetch_manifests`",
    )


def _said(place: str) -> str:
    """Name a place by its connection, else by its scheme.

    >>> _said("sftp://carriers@sftp.example.org/outgoing"), _said("file:///mnt/drop")
    ('carriers', 'file')
    """
    parts = urlsplit(place)
    return parts.username or parts.scheme


def _fetch_place(settings: Settings, place: str) -> Iterator[Path | None]:
    """Yield each new file when it is in the inbox, None where it changed under our hands."""
    from airflow.sdk import ObjectStoragePath

    with _at_source():
        root = ObjectStoragePath(place)
        root.fs.invalidate_cache()  # of an earlier look of this process
        source, offered = root.fs, list(_offered(root.fs, root.path))
    known = _Known(settings.store, place)
    for file in offered:
        if file.mark in known.marks:
            continue
        written = _copy(source, file, settings.inbox)
        if written is not None:
            known.add(file.mark)
        yield written
    known.keep({file.mark for file in offered})


def _offered(source: Any, root: str) -> Iterator[_Offered]:  # noqa: ANN401  (a file system of fsspec)
    source.ls(root)  # `find` takes a folder that is not there for an empty one
    for path, told in sorted(source.find(root, detail=True).items()):
        name = PurePosixPath(path).relative_to(PurePosixPath(root))
        if not any(part.startswith(".") for part in name.parts):
            yield _Offered(name, path, _mark(name, told))


def _mark(name: PurePosixPath, told: dict[str, Any]) -> str:
    which = [_plain(told.get(key)) for key in ("size", "mtime", "LastModified", "ETag")]
    return hashlib.sha256(json.dumps([str(name), *which]).encode()).hexdigest()


def _plain(told: object) -> str:
    """S3 tells one moment in two ways: of an object in UTC, in a list also locally, or with fractions.

    >>> _plain(datetime.fromisoformat("2026-11-23T04:10:07.250+01:00")), _plain(17)
    ('2026-11-23T03:10:07+00:00', '17')
    """
    return told.astimezone(UTC).isoformat(timespec="seconds") if isinstance(told, datetime) else str(told)


def _copy(source: Any, file: _Offered, inbox: Path) -> Path | None:  # noqa: ANN401  (as above)
    """Copy one file; None where it changed under our hands: the next look takes it."""
    target = inbox / file.name
    with disk_faults(target, effect="this file was not taken into the inbox; it still lies at its source"):
        make_folder(target.parent)
        part = target.parent / f".{file.mark[:16]}.part"
        try:
            with part.open("wb") as stream:
                stream.writelines(_pieces(source, file.path))
                stream.flush()
                os.fsync(stream.fileno())
            return _named(part, target, file.mark) if _is_still(source, file) else None
        finally:
            part.unlink(missing_ok=True)


def _pieces(source: Any, path: str) -> Iterator[bytes]:  # noqa: ANN401  (as above)
    with _at_source(), source.open(path, "rb") as incoming:
        while piece := incoming.read(_PART):
            yield piece


def _is_still(source: Any, file: _Offered) -> bool:  # noqa: ANN401  (as above)
    with _at_source():
        source.invalidate_cache()
        return _mark(file.name, source.info(file.path)) == file.mark


def _named(part: Path, target: Path, mark: str) -> Path:
    """Give a whole file its name; where other bytes bear it, one of its own beside them."""
    for name in (target, target.with_name(f"{target.stem}-{mark[:8]}{target.suffix}")):
        with suppress(FileExistsError):
            os.link(part, name)
            sync_folder(name.parent)
            return name
        if filecmp.cmp(part, name, shallow=False):  # a fetch that was killed had come so far
            return name
    raise FileExistsError(target)


class _Known:
    """Marks of the files of one place that were fetched and still lie there."""

    def __init__(self, store: Store, place: str) -> None:
        named = hashlib.sha256(place.encode()).hexdigest()[:16]
        self._path = open_zones(store, {Zone.LANDING}).path(Zone.LANDING, "fetched", f"{named}.json")
        plain = read_json(self._path) if self._path.exists() else []
        self.marks = {str(mark) for mark in plain} if isinstance(plain, list) else set()

    def add(self, mark: str) -> None:
        self.marks.add(mark)
        write_json(self._path, sorted(self.marks))

    def keep(self, marks: set[str]) -> None:
        if self.marks - marks:
            self.marks &= marks
            write_json(self._path, sorted(self.marks))
