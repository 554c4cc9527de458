"""Indexes of alert lists, a file each: built once for its list versions, mapped by every process after that.

A file `alerts/_index/<name>.index` holds a head (JSON), arrays at places that are a multiple of 64 bytes, and
the sha256 of all before it at the end. Its name is the hash of all that the index follows from, so a file is
never changed: another list version, model or code has another name. It holds the people of lists and lies in
their zone.

Pages of a mapped file are shared by all processes of a machine. They are mapped privately and writable, since
compiled loops take arrays that may not be written for another type and would be compiled a second time;
nobody writes to them, and what anybody wrote would not reach the file.

Whoever finds no whole file builds the index, and the others wait for it. A file is never needed: it is made
again where it was removed or is damaged, and where it cannot be written, the index serves the process that
built it. Of a store on object storage each machine keeps its own.

A file that nobody has opened for `UNUSED` goes when another one is written, or at a purge
(`screening.protection.zone_terms`).
"""

import hashlib
import json
import mmap
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from screening.store.files import make_folder, sweep_temporaries, write_pieces
from screening.store.locks import exclusive
from screening.store.zones import Store, beside, check_declared, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import StoreError

Array = npt.NDArray[Any]
UNUSED = timedelta(hours=48)
_ZONES = (Zone.ALERTS,)
_FOLDER, _ENDING = "_index", ".index"
_MAGIC = b"kept index 1\n"
_ALIGNED = 64
_DIGEST = hashlib.sha256().digest_size
_PIECE = 1 << 20
_TOUCHED_AFTER = 3600.0  # seconds


def kept_or_built(
    store: Store,
    name: str,
    made_of: Mapping[str, object],
    build: Callable[[], tuple[object, Sequence[Array]]],
) -> tuple[object, Sequence[Array]]:
    """Return an index that is kept, or build and keep it.

    Args:
        store: the store.
        name: hash of all that it follows from.
        made_of: what a purge must know: `lists`, a version for each.
        build: makes its description and arrays.

    Returns:
        Description and arrays; the arrays are mapped from the file, or those that were built.
    """
    open_zones(store, _ZONES)
    folder = _folder(store)
    path = folder / f"{name}{_ENDING}"
    found = _mapped(path)
    if found is not None:
        return found
    make_folder(folder)
    with exclusive(folder / ".lock", what="the indexes of the lists", wait=True):
        found = _mapped(path)  # another process was quicker
        if found is not None:
            return found
        built = build()
        _sweep(folder)
        with suppress(StoreError):  # a full disk costs time, no traveller
            _write(path, made_of, *built)
    return _mapped(path) or built


def kept(store: Store) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Give each kept index and what it was made of; nothing for one whose head is damaged.

    Raises:
        StoreError: the zone is not declared.
    """
    for path in sorted(_folder(store).glob(f"*{_ENDING}")):
        with path.open("rb") as file:
            head = _head(file.read(len(_MAGIC) + 8), file.read)
        yield path, head["made_of"] if head else {}


def _folder(store: Store) -> Path:
    check_declared(Zone.ALERTS, store.root)
    return beside(store, Zone.ALERTS) / _FOLDER


def _write(path: Path, made_of: Mapping[str, object], description: object, arrays: Sequence[Array]) -> None:
    places, at = [], 0
    for array in arrays:
        places.append([array.dtype.str, list(array.shape), at])
        at += -(-array.nbytes // _ALIGNED) * _ALIGNED
    head = json.dumps({"made_of": made_of, "description": description, "arrays": places}).encode()
    head += b" " * (-(len(_MAGIC) + 8 + len(head)) % _ALIGNED)

    def pieces() -> Iterator[bytes | memoryview]:
        yield _MAGIC + len(head).to_bytes(8, "big") + head
        for array in arrays:
            yield np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
            yield b"\0" * (-array.nbytes % _ALIGNED)

    write_pieces(path, pieces())


def _mapped(path: Path) -> tuple[object, Sequence[Array]] | None:
    """Map a kept index; None where there is none, or none that is whole."""
    try:
        with path.open("rb") as file:
            if not _is_whole(file):
                return None
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
            if time.time() - os.fstat(file.fileno()).st_mtime > _TOUCHED_AFTER:
                os.utime(path)
    except OSError:
        return None
    begin = len(_MAGIC) + 8
    head = _head(data[:begin], lambda length: data[begin : begin + length])
    if head is None:
        return None
    begin += int.from_bytes(data[begin - 8 : begin], "big")
    return head["description"], [
        np.frombuffer(data, kind, int(np.prod(shape)), begin + at).reshape(shape)
        for kind, shape, at in head["arrays"]
    ]


def _is_whole(file: BinaryIO) -> bool:
    """Say whether a file ends with its hash; read, as pages that were mapped for it would stay in memory."""
    digest, left = hashlib.sha256(), os.fstat(file.fileno()).st_size - _DIGEST
    while left > 0:
        piece = file.read(min(left, _PIECE))
        digest.update(piece)
        left -= len(piece) or left
    return left == 0 and file.read() == digest.digest()


def _head(start: bytes, read: Callable[[int], bytes]) -> dict[str, Any] | None:
    if not start.startswith(_MAGIC):
        return None
    with suppress(ValueError):
        head: dict[str, Any] = json.loads(read(int.from_bytes(start[len(_MAGIC) :], "big")))
        return head
    return None


def _sweep(folder: Path) -> None:
    """Remove what dead processes left, and indexes that nobody has opened for long."""
    sweep_temporaries(folder)
    for path in folder.glob(f"*{_ENDING}"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > UNUSED.total_seconds():
                path.unlink()
