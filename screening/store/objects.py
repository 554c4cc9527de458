"""The requests that a store on object storage (S3) is made of: get, put, copy, delete, list.

What is relied on: a put is whole or not there, reads see the last put, and a put can be bound to a condition
(nothing is there, or what is there is still the same). What is not: rename, link, append, order of lists,
times of this machine.

Every request is tried again after a time-out or a fault of the service. The answer to one that succeeded may
be lost: a conditional put that then meets its own bytes has succeeded.

Source: Amazon S3 API, PutObject (If-None-Match, If-Match), consistency since December 2020.
"""

import hashlib
import os
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import lru_cache
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Protocol, TypeVar

from screening.tables.errors import StoreError, UnreachableError

_PAUSES = (0.1, 0.4, 1.0, 2.0, 4.0)
"""Seconds between tries; each is made up to half as long again by chance: many are not to come at once."""
_SECONDS = 60  # for one request, with all of its bytes
_WHOLE = 64 << 20
"""Bytes up to which an object goes in one request; larger ones go in parts."""
_PART = 32 << 20
_AT_ONCE = 16
_STATUS = re.compile(r"status code: (\d+ [A-Za-z ]+)")
_REFUSED = frozenset({"PermissionDeniedError", "UnauthenticatedError"})
_Answer = TypeVar("_Answer")
_Asked = TypeVar("_Asked")


class Place(Protocol):
    """Where an object lies, or a folder of them (`object_path`)."""

    @property
    def bucket(self) -> str:
        """Name of the bucket."""

    @property
    def key(self) -> str:
        """Name of the object in its bucket."""


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


def get(path: Place) -> tuple[bytes, ObjectStat]:
    """Return the bytes of an object, and what is known of it.

    Raises:
        FileNotFoundError: it is not there.
        UnreachableError: the storage does not answer.
    """
    with opened(path) as stream:
        data: bytes = stream.read()
        return data, stream.known


def put(path: Place, data: "bytes | IO[bytes]", *, guarded: bool = True) -> str:
    """Write an object in place of what was there.

    Args:
        path: its place.
        data: its bytes, or an open file of them.
        guarded: refuse where a lease was lost; the leases themselves are put without.

    Returns:
        Its tag.
    """
    return _put(path, data, "overwrite", guarded)


def put_new(path: Place, data: bytes) -> str | None:
    """Write an object where there is none.

    Returns:
        Its tag; None where one is there, which stays.
    """
    return _put_on_condition(path, data, "create", guarded=True)


def put_if(path: Place, data: bytes, tag: str, *, guarded: bool = True) -> str | None:
    """Write an object in place of one that still has this tag; the bytes must be of this writer alone.

    Returns:
        Its tag; None where the object is another one or gone.
    """
    return _put_on_condition(path, data, {"e_tag": tag}, guarded)


def head(path: Place) -> ObjectStat | None:
    """Return what is known of an object; None where there is none."""
    if not path.key:
        return None
    try:
        return _stat_of(_tried(path, lambda api, store: api.head(store, path.key)))
    except FileNotFoundError:
        return None


def copy(source: Place, target: Place) -> None:
    """Copy an object within the storage.

    Raises:
        FileNotFoundError: it is not there.
    """
    _tried(source, lambda api, store: api.copy(store, source.key, target.key), guarded=True)


def delete(path: Place, *, guarded: bool = True) -> None:
    """Remove an object, there or not."""
    _remove(path, path.key, guarded)


def delete_all(paths: Sequence[Place]) -> None:
    """Remove objects of one bucket, there or not."""
    if paths:
        _remove(paths[0], [path.key for path in paths], guarded=True)


def delete_below(folder: Place) -> None:
    """Remove every object below a folder."""
    keys = [str(one["path"]) for one in listing(folder)]
    if keys:
        _remove(folder, keys, guarded=True)


def listing(folder: Place) -> Sequence[Any]:
    """List all objects below a folder: all pages or none, as a list that was cut off would hide objects.

    Returns:
        What the library says of each: `path` is its key, `last_modified` the time of its last put.
    """
    return _tried(folder, lambda api, store: list(api.list(store, folder.key or None).collect()))


def holds(folder: Place) -> bool:
    """Does an object lie below a folder?"""
    return bool(_tried(folder, lambda api, store: next(iter(api.list(store, folder.key or None)), [])))


def inside(folder: Place) -> tuple[list[str], list[str]]:
    """Return keys of the objects in a folder, and of the folders in it."""
    found = _tried(folder, lambda api, store: api.list_with_delimiter(store, folder.key or None))
    return [str(one["path"]) for one in found["objects"]], [str(one) for one in found["common_prefixes"]]


def side_by_side(
    ask: Callable[[_Asked], _Answer], paths: Sequence[_Asked], at_once: int = _AT_ONCE
) -> Iterator[_Answer]:
    """Ask for many files or objects, several at once: thousands would wait for each other. In their order."""
    with ThreadPoolExecutor(at_once) as threads:
        contexts = [copy_context() for _ in paths]  # which zones may be opened
        yield from threads.map(lambda context, path: context.run(ask, path), contexts, paths)


def _remove(path: Place, keys: str | list[str], guarded: bool) -> None:
    try:
        _tried(path, lambda api, store: api.delete(store, keys), guarded=guarded)
    except FileNotFoundError:  # some services say so
        return


guards: list[Callable[[], None]] = []
"""Asked before each try of a change: a lease that was lost raises (`screening.store.leases`)."""


def _put(path: Place, data: "bytes | IO[bytes]", mode: "str | dict[str, str]", guarded: bool) -> str:
    def do(api: Any, store: Any) -> str:  # noqa: ANN401  (the library's module and client)
        if not isinstance(data, bytes):
            data.seek(0)
        size = len(data) if isinstance(data, bytes) else os.fstat(data.fileno()).st_size
        in_parts = size > _WHOLE and mode == "overwrite"
        return str(api.put(store, path.key, data, mode=mode, use_multipart=in_parts)["e_tag"])

    return _tried(path, do, guarded=guarded)


def _put_on_condition(path: Place, data: bytes, mode: "str | dict[str, str]", guarded: bool) -> str | None:
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


def _tried(path: Place, do: Callable[[Any, Any], _Answer], *, guarded: bool = False) -> _Answer:
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


def _no_answer(path: Place, fault: BaseException, how: str) -> UnreachableError:
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


class Stream(SpooledTemporaryFile[bytes]):
    """The bytes of an object: in memory while they are few, then in a file without name."""

    known: ObjectStat


def opened(path: Place) -> Stream:
    """Open an object for reading bytes; a large one in a file without name on this machine's disk.

    Raises:
        FileNotFoundError: it is not there.
        UnreachableError: the storage does not answer.
    """

    def first(api: Any, store: Any) -> tuple[bytes, ObjectStat]:  # noqa: ANN401  (the library's)
        answer = api.get(store, path.key)
        known = _stat_of(answer.meta)
        return (_all_of(answer, known.st_size) if known.st_size <= _WHOLE else b""), known

    data, known = _tried(path, first)
    stream = Stream(_PART, prefix=".", suffix=".tmp")
    stream.known = known
    try:
        stream.write(data)
        while (at := stream.tell()) < known.st_size:
            stream.write(_part(path, known, at))
    except _NotMetError:  # another was put meanwhile
        stream.close()
        return opened(path)
    except BaseException:
        stream.close()
        raise
    stream.seek(0)
    return stream


def _part(path: Place, known: ObjectStat, at: int) -> bytes:
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
