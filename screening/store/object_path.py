"""What stands for a path in a store on object storage (S3), where `s3://bucket/prefix` is its root.

`ObjectPath` is a `Path` whose reading methods ask for objects (`objects`), so that whoever reads a file of
the store reads an object in the same words. Writing goes through `screening.store.files`, locks through
`screening.store.locks`; everything else that a `Path` can do asks the operating system for a name, and is
refused here: an object is never mistaken for a file of this machine. A folder is there while an object lies
below it.
"""

import os
import re
from collections.abc import Generator, Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PosixPath
from typing import Any

from screening.store.objects import (
    ObjectStat,
    copy,
    delete,
    get,
    head,
    holds,
    inside,
    listing,
    opened,
    side_by_side,
)
from screening.tables.errors import StoreError

_SCHEME = "s3:"
_FILE = re.compile(r"\.(json|jsonl|parquet|html|bin|sealed|gathered)$|^[0-9a-f]{64}$")


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
        return holds(self)

    def exists(self) -> bool:
        """Is it an object, or a folder with one? No folder of a store has the name of a file."""
        return head(self) is not None or (_FILE.search(self.name) is None and holds(self))

    def stat(self, *, follow_symlinks: bool = True) -> Any:  # noqa: ANN401  (stands for os.stat_result)
        """Return size and time of an object; of a folder the time of the youngest object below it.

        Raises:
            FileNotFoundError: it is not there.
        """
        found = head(self)
        if found is None:
            times = [one["last_modified"].timestamp() for one in listing(self)]
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
        return opened(self)

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
        for one in listing(self):
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


def _inside(folder: ObjectPath) -> Iterator[ObjectPath]:
    keys, prefixes = inside(folder)
    for key in keys:
        yield _named(folder, key)
    for prefix in prefixes:
        path = folder / prefix.rsplit("/", 1)[-1]
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
