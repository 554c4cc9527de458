"""A store on object storage (S3): what stands for a path there, and the requests that all of it is made of.

`s3://bucket/prefix` is the root of such a store. `ObjectPath` is a `Path` whose reading methods ask for
objects, so that whoever reads a file of the store reads an object in the same words. Writing goes through
`screening.store.files`, locks through `screening.store.locks`; everything else that a `Path` can do asks the
operating system for a name, and is refused here: an object is never mistaken for a file of this machine.

What is relied on: a put is whole or not there, reads see the last put, and a put can be bound to a condition
(nothing is there, or what is there is still the same). What is not: rename, link, append, order of lists,
times of this machine. A folder is there while an object lies below it.

Every request is tried again after a time-out or a fault of the service. The answer to one that succeeded may
be lost: a conditional put that then meets its own bytes has succeeded.

Source: Amazon S3 API, PutObject (If-None-Match, If-Match), consistency since December 2020.
"""

import hashlib
import os
import random
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path, PosixPath
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar

from screening.tables.errors import StoreError, UnreachableError

_SCHEME = "s3:"
_PAUSES = (0.1, 0.4, 1.0, 2.0, 4.0)
"""Seconds between tries; each is made up to half as long again by chance: many are not to come at once."""
_SECONDS = 60  # for one request, with all of its bytes
_WHOLE = 64 << 20
"""Bytes up to which an object goes in one request; larger ones go in parts."""
_PART = 32 << 20
_AT_ONCE = 16
_FILE = re.compile(r"\.(json|jsonl|parquet|html|bin|sealed|gathered)$|^[0-9a-f]{64}$")
_STATUS = re.compile(r"status code: (\d+ [A-Za-z ]+)")
_REFUSED = frozenset({"PermissionDeniedError", "UnauthenticatedError"})
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class ObjectStat:
    """What is known of an object, under the names of `os.stat_result`; `tag` names its content."""

    st_size: int
    st_mtime: float
    tag: str = ""

    @property
    def st_mtime_ns(self) -> int:
        """Time of the last put, in nanoseconds (S3 keeps whole seconds)."""
        return int(self.st_mtime * 1_000_000_000)

    @property
    def st_ino(self) -> int:
        """A number that is another one for other content."""
        return int.from_bytes(hashlib.sha256(self.tag.encode()).digest()[:8], "big")


class ObjectPath(PosixPath):
    """A path on object storage, `s3://bucket/key`; a folder or an object, there or not."""

    __slots__ = ("_listed",)
    _listed: bool  # is it an object? Known of those that a list named

    def __str__(self) -> str:
        """Return the address; of a relative path its parts."""
        text = super().__str__()
        return f"{_SCHEME}{text}" if text.startswith("//") else text

    def __fspath__(self) -> str:
        """Refuse to be taken for a file of this machine.

        Raises:
            StoreError: always.
        """
        raise StoreError(
            "this needs a store in a folder, and the store lies on object storage",
            where=str(self),
            effect="nothing was read or written there",
            remedy="copy the store into a folder (`aws s3 sync`) and name that in SCREENING_STORE",
        )

    @property
    def bucket(self) -> str:
        """Name of the bucket."""
        return self.parts[1]

    @property
    def key(self) -> str:
        """Name of the object in its bucket."""
        return "/".join(self.parts[2:])

    def resolve(self, strict: bool = False) -> "ObjectPath":
        """Return this path: objects know no links."""
        return self

    def is_symlink(self) -> bool:
        """Objects know no links."""
        return False

    def is_file(self) -> bool:
        """Is it an object?"""
        known: bool | None = getattr(self, "_listed", None)
        return known if known is not None else head(self) is not None

    def is_dir(self) -> bool:
        """Does an object lie below it?"""
        if getattr(self, "_listed", False):
            return False
        return _holds(self)

    def exists(self) -> bool:
        """Is it an object, or a folder with one? No folder of a store has the name of a file."""
        return head(self) is not None or (_FILE.search(self.name) is None and _holds(self))

    def stat(self, *, follow_symlinks: bool = True) -> Any:  # noqa: ANN401  (stands for os.stat_result)
        """Return size and time of an object; of a folder the time of the youngest object below it.

        Raises:
            FileNotFoundError: it is not there.
        """
        found = head(self)
        if found is None:
            times = [one["last_modified"].timestamp() for one in _listing(self)]
            if not times:
                raise FileNotFoundError(2, "no such object", str(self))
            found = ObjectStat(0, max(times))
        return found

    def samefile(self, other_path: Any) -> bool:  # noqa: ANN401  (as Path)
        """Do two objects hold the same bytes, as far as their tags tell?"""
        one, other = head(self), head(other_path)
        return one is not None and other is not None and (one.tag, one.st_size) == (other.tag, other.st_size)

    def read_bytes(self) -> bytes:
        """Return all bytes.

        Raises:
            FileNotFoundError: it is not there.
        """
        return get(self)[0]

    def read_text(self, encoding: str | None = None, errors: str | None = None) -> str:
        """Return all bytes as text, UTF-8 where nothing else is said."""
        return get(self)[0].decode(encoding or "utf-8", errors or "strict")

    def open(self, mode: str = "r", *_: Any, **more: Any) -> Any:  # noqa: ANN401  (as Path)
        """Open an object for reading bytes; a large one in a file without name on this machine's disk."""
        if mode != "rb":
            os.fspath(self)
        return _opened(self)

    def iterdir(self) -> Generator["ObjectPath", None, None]:
        """Give what lies in a folder, objects and folders; in no order."""
        yield from _inside(self)

    def glob(self, pattern: str) -> Generator["ObjectPath", None, None]:
        """Give what fits a pattern, segment by segment; nothing of it reaches over a slash."""
        found = iter([self])
        segments = pattern.split("/")
        for place, segment in enumerate(segments):
            found = _next(found, segment, last=place == len(segments) - 1)
        yield from found

    def rglob(self, pattern: str) -> Generator["ObjectPath", None, None]:
        """Give every object below it whose name fits."""
        for one in _listing(self):
            path = _named(self, str(one["path"]))
            if fnmatchcase(path.name, pattern):
                yield path

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove an object; one that is gone is no fault."""
        delete(self)

    def replace(self, target: Any) -> "ObjectPath":  # noqa: ANN401  (as Path)
        """Copy, then remove: a kill between them leaves both, never none."""
        copy(self, target)
        delete(self)
        made: ObjectPath = target
        return made


def side_by_side(ask: Callable[[ObjectPath], _Answer], paths: Sequence[ObjectPath]) -> Iterator[_Answer]:
    """Ask for many objects, several at once: hundreds of nights would wait for each other. In their order."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        yield from threads.map(ask, paths)


def store_path(text: str) -> Path:
    """Return the root of a store as it is written in the environment: a folder, or `s3://bucket/prefix`.

    >>> store_path("s3://agency/store"), store_path("var/store")
    (ObjectPath('s3://agency/store'), PosixPath('var/store'))
    >>> store_path("s3://")
    Traceback (most recent call last):
    ...
    screening.tables.errors.StoreError: the address of the store names no bucket
      where:  s3://
      effect: nothing was opened
      remedy: set SCREENING_STORE to s3://BUCKET/PREFIX, or to a folder

    Raises:
        StoreError: no bucket is named.
    """
    if not text.startswith(f"{_SCHEME}/"):
        return Path(text)
    parts = [part for part in text.removeprefix(_SCHEME).split("/") if part]
    if not parts:
        raise StoreError(
            "the address of the store names no bucket",
            where=text,
            effect="nothing was opened",
            remedy="set SCREENING_STORE to s3://BUCKET/PREFIX, or to a folder",
        )
    return ObjectPath("//" + "/".join(parts))


def get(path: ObjectPath) -> tuple[bytes, ObjectStat]:
    """Return the bytes of an object, and what is known of it.

    Raises:
        FileNotFoundError: it is not there.
        UnreachableError: the storage does not answer.
    """
    with _opened(path) as stream:
        data: bytes = stream.read()
        return data, stream.known


def put(path: ObjectPath, data: "bytes | IO[bytes]", *, guarded: bool = True) -> str:
    """Write an object in place of what was there.

    Args:
        path: its place.
        data: its bytes, or an open file of them.
        guarded: refuse where a lease was lost; the leases themselves are put without.

    Returns:
        Its tag.
    """
    return _put(path, data, "overwrite", guarded)


def put_new(path: ObjectPath, data: bytes) -> str | None:
    """Write an object where there is none.

    Returns:
        Its tag; None where one is there, which stays.
    """
    return _put_on_condition(path, data, "create", guarded=True)


def put_if(path: ObjectPath, data: bytes, tag: str, *, guarded: bool = True) -> str | None:
    """Write an object in place of one that still has this tag; the bytes must be of this writer alone.

    Returns:
        Its tag; None where the object is another one or gone.
    """
    return _put_on_condition(path, data, {"e_tag": tag}, guarded)


def head(path: ObjectPath) -> ObjectStat | None:
    """Return what is known of an object; None where there is none."""
    if not path.key:
        return None
    try:
        return _stat_of(_tried(path, lambda api, store: api.head(store, path.key)))
    except FileNotFoundError:
        return None


def copy(source: ObjectPath, target: ObjectPath) -> None:
    """Copy an object within the storage.

    Raises:
        FileNotFoundError: it is not there.
    """
    _tried(source, lambda api, store: api.copy(store, source.key, target.key), guarded=True)


def delete(path: ObjectPath, *, guarded: bool = True) -> None:
    """Remove an object, there or not."""
    _remove(path, path.key, guarded)


def delete_below(folder: ObjectPath) -> None:
    """Remove every object below a folder."""
    keys = [str(one["path"]) for one in _listing(folder)]
    if keys:
        _remove(folder, keys, guarded=True)


def _remove(path: ObjectPath, keys: str | list[str], guarded: bool) -> None:
    try:
        _tried(path, lambda api, store: api.delete(store, keys), guarded=guarded)
    except FileNotFoundError:  # some services say so
        return


guards: list[Callable[[], None]] = []
"""Asked before each try of a change: a lease that was lost raises (`screening.store.leases`)."""


def _put(path: ObjectPath, data: "bytes | IO[bytes]", mode: "str | dict[str, str]", guarded: bool) -> str:
    def do(api: Any, store: Any) -> str:  # noqa: ANN401  (the library's module and client)
        if not isinstance(data, bytes):
            data.seek(0)
        size = len(data) if isinstance(data, bytes) else os.fstat(data.fileno()).st_size
        in_parts = size > _WHOLE and mode == "overwrite"
        return str(api.put(store, path.key, data, mode=mode, use_multipart=in_parts)["e_tag"])

    return _tried(path, do, guarded=guarded)


def _put_on_condition(
    path: ObjectPath, data: bytes, mode: "str | dict[str, str]", guarded: bool
) -> str | None:
    try:
        return _put(path, data, mode, guarded)
    except _NotMetError as not_met:
        if not not_met.unsure:
            return None
    try:  # an earlier try may have succeeded, its answer lost
        there, known = get(path)
    except FileNotFoundError:
        return None
    return known.tag if there == data else None


class _NotMetError(Exception):
    """The condition of a put did not hold; unsure where an earlier try of it may have succeeded."""

    def __init__(self, unsure: bool) -> None:
        super().__init__(unsure)
        self.unsure = unsure


def _tried(path: ObjectPath, do: Callable[[Any, Any], _Answer], *, guarded: bool = False) -> _Answer:
    """Make a request, again after each fault that may pass.

    Args:
        path: what it is about.
        do: makes it, with the library and a client.
        guarded: it changes something, which a process that lost a lease may not.

    Raises:
        FileNotFoundError: the object is not there.
        UnreachableError: the storage refuses or does not answer.
    """
    import obstore
    from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

    unsure = False
    for pause in (*_PAUSES, None):
        for guard in list(guards) if guarded else ():
            guard()
        try:
            return do(obstore, _client(path.bucket, os.getpid()))
        except (AlreadyExistsError, PreconditionError):
            raise _NotMetError(unsure) from None
        except (BaseError, FileNotFoundError, PermissionError) as fault:
            if "NoSuchBucket" in str(fault):
                raise _no_answer(path, fault, "there is no such bucket") from None
            if isinstance(fault, FileNotFoundError):
                raise FileNotFoundError(2, "no such object", str(path)) from None
            if type(fault).__name__ in _REFUSED or isinstance(fault, PermissionError):
                raise _no_answer(path, fault, "access is denied") from None
            if pause is None:
                raise _no_answer(path, fault, "the object storage does not answer") from None
            unsure = True
        time.sleep(pause * (1 + random.random() / 2))  # noqa: S311  (no secret)
    raise AssertionError("the loop returns or raises")


def _no_answer(path: ObjectPath, fault: BaseException, how: str) -> UnreachableError:
    status = _STATUS.search(str(fault))
    return UnreachableError(
        f"{how} ({status[1].strip() if status else type(fault).__name__})",
        where=str(path),
        effect="this step was not done; what is published stays as it is",
        remedy="look at SCREENING_STORE, AWS_ENDPOINT_URL, AWS_REGION and the credentials, and whether the "
        "service answers; then start the command again",
    )


_STARTED: dict[str, int] = {}  # the process that has used the library


@lru_cache(maxsize=8)
def _client(bucket: str, pid: int) -> Any:  # noqa: ANN401  (the library's client)
    """Return a client.

    Raises:
        StoreError: the process was forked from one that has used the library.
    """
    from obstore.store import S3Store

    if _STARTED.setdefault("here", pid) != pid:
        raise StoreError(
            "this process was forked from one that had used the object storage",
            where=f"process {pid}",
            effect="nothing was read or written: the library's threads do not outlive a fork",
            remedy="start it as a process of its own (spawn)",
        )
    return S3Store(
        bucket,
        client_options={
            "timeout": f"{_SECONDS} seconds",
            "connect_timeout": "5 seconds",
            # options replace the library's own reading of this variable
            "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() == "true",
        },
        retry_config={"max_retries": 0},
    )


class _Stream(SpooledTemporaryFile[bytes]):
    """The bytes of an object: in memory while they are few, then in a file without name."""

    known: ObjectStat


def _opened(path: ObjectPath) -> _Stream:

    def first(api: Any, store: Any) -> tuple[bytes, ObjectStat]:  # noqa: ANN401  (the library's)
        answer = api.get(store, path.key)
        known = _stat_of(answer.meta)
        return (_all_of(answer, known.st_size) if known.st_size <= _WHOLE else b""), known

    data, known = _tried(path, first)
    stream = _Stream(_PART, prefix=".", suffix=".tmp")
    stream.known = known
    try:
        stream.write(data)
        while (at := stream.tell()) < known.st_size:
            stream.write(_part(path, known, at))
    except _NotMetError:  # another was put meanwhile
        stream.close()
        return _opened(path)
    except BaseException:
        stream.close()
        raise
    stream.seek(0)
    return stream


def _part(path: ObjectPath, known: ObjectStat, at: int) -> bytes:
    end = min(at + _PART, known.st_size)
    options = {"range": (at, end), "if_match": known.tag}
    return _tried(path, lambda api, store: _all_of(api.get(store, path.key, options=options), end - at))


def _all_of(answer: Any, size: int) -> bytes:  # noqa: ANN401  (the library's)
    from obstore.exceptions import GenericError

    data = bytes(answer.bytes())
    if len(data) != size:
        raise GenericError("the answer was cut off")
    return data


def _stat_of(meta: Any) -> ObjectStat:  # noqa: ANN401  (the library's)
    return ObjectStat(meta["size"], meta["last_modified"].timestamp(), meta["e_tag"] or "")


def _listing(folder: ObjectPath) -> Sequence[Any]:
    """List all objects below a folder: all pages or none, as a list that was cut off would hide objects."""
    return _tried(folder, lambda api, store: list(api.list(store, folder.key or None).collect()))


def _holds(folder: ObjectPath) -> bool:
    """Does an object lie below a folder?"""
    return bool(_tried(folder, lambda api, store: next(iter(api.list(store, folder.key or None)), [])))


def _inside(folder: ObjectPath) -> Iterator[ObjectPath]:
    found = _tried(folder, lambda api, store: api.list_with_delimiter(store, folder.key or None))
    for one in found["objects"]:
        yield _named(folder, str(one["path"]))
    for prefix in found["common_prefixes"]:
        path = folder / str(prefix).rsplit("/", 1)[-1]
        path._listed = False
        yield path


def _named(folder: ObjectPath, key: str) -> ObjectPath:
    path = ObjectPath(f"//{folder.bucket}/{key}")
    path._listed = True
    return path


def _next(folders: Iterator[ObjectPath], segment: str, *, last: bool) -> Iterator[ObjectPath]:
    if any(sign in segment for sign in "*?["):
        for folder in folders:
            if not getattr(folder, "_listed", False):
                yield from (path for path in _inside(folder) if fnmatchcase(path.name, segment))
        return
    paths = [folder / segment for folder in folders]
    there = side_by_side(ObjectPath.exists, paths) if last else (True for _ in paths)
    yield from (path for path, is_there in zip(paths, there, strict=True) if is_there)


__all__ = [
    "ObjectPath",
    "ObjectStat",
    "copy",
    "delete",
    "delete_below",
    "get",
    "head",
    "put",
    "put_if",
    "put_new",
    "store_path",
]
