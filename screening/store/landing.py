"""Bytes as they came in, kept by class so that each class can go at the end of its own term.

    landing/incoming/<input_id>                       as received, until the night is published
    landing/content/<class>/<input_id>-<hash>.bin     the pieces of one class, one behind the other
    landing/inputs/<input_id>.json                    which piece stands where: the commit point of an input

One input may hold API and PNR interchanges, and bytes that nobody understood. Its pieces are written to one
file for each class, sensitive free text blanked, then the list. The bytes as received go when the run has
published (`release_incoming`): a run that is killed and taken up again must read what it read before, and
blanked bytes would give other tables (contact codes are read before they are blanked).

The input's id is the sha256 of the bytes as received and stays its name after blanking; the list names the
hash of what is stored.

Source: Directive (EU) 2016/681 art. 6(1), 12 and 13(4): other and sensitive data are deleted on receipt.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import IO

from screening.messages.syntax.segments import Data
from screening.store.files import (
    GrowingFile,
    disk_faults,
    json_if_there,
    remove_files,
    sweep_temporaries,
)
from screening.store.mapped import Nameless, data_of
from screening.store.objects import side_by_side
from screening.store.zones import Store, ZoneOpener, inner_path, open_zones
from screening.tables.codes import RetentionClass, Zone
from screening.tables.errors import StoreError

_INPUT_ID = re.compile(r"[0-9a-f]{64}")
_STRETCH = 1 << 20
_EFFECT = "nothing of this input was read or changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of one class."""

    offset: int
    length: int
    cls: RetentionClass


@dataclass(frozen=True, slots=True)
class Content:
    """The file that holds all pieces of one class; `path` is relative to the store."""

    cls: RetentionClass
    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Landed:
    """An input as it is kept.

    Attributes:
        input_id: sha256 as received.
        stored_sha256: sha256 of what is kept, all classes together.
        length: bytes.
        pieces: in order, without gap.
        contents: one a class, sorted.
    """

    input_id: str
    stored_sha256: str
    length: int
    pieces: tuple[Piece, ...]
    contents: tuple[Content, ...]

    def document(self) -> dict[str, object]:
        """Return the content of its list."""
        return {
            "input_id": self.input_id,
            "stored_sha256": self.stored_sha256,
            "length": self.length,
            "pieces": [[piece.offset, piece.length, piece.cls] for piece in self.pieces],
            "contents": [
                {"class": item.cls, "path": item.path, "sha256": item.sha256, "bytes": item.bytes}
                for item in self.contents
            ],
        }


def write_incoming(store: Store, data: bytes) -> str:
    """Keep bytes as received until they are read; as `take_incoming`."""
    return _incoming_of(store, (data,))


def take_incoming(store: Store, stream: IO[bytes], *, expected: str) -> bool:
    """Copy a file, as received, into landing until it is read.

    An input that is there already is left as it is. One sent again after a class of it came to its end
    is taken in anew.

    Args:
        store: the store.
        stream: the file.
        expected: its id, sha256 of its bytes.

    Returns:
        Whether the bytes were those expected; others are not kept.

    Raises:
        StoreError: the disk is full or fails.
    """
    return _incoming_of(store, iter(lambda: stream.read(_STRETCH), b""), expected) == expected


def _incoming_of(store: Store, stretches: Iterable[bytes], expected: str | None = None) -> str:
    zone = open_zones(store, {Zone.LANDING})
    file = GrowingFile(zone.path(Zone.LANDING, "incoming"))
    try:
        for stretch in stretches:
            file.write(stretch)
        input_id = file.sha256
        if expected in {None, input_id}:
            path = _incoming(zone, input_id)
            known = list_path(zone, input_id).exists() and _is_kept(store, input_id)
            if not known and not path.exists():
                file.keep(path)
    finally:
        file.discard()
    return input_id


def landed(store: Store, input_id: str) -> Landed | None:
    """Return what is kept of an input, None while it has not been settled.

    Raises:
        StoreError: its list is damaged.
    """
    path = list_path(open_zones(store, {Zone.LANDING}), input_id)
    document = json_if_there(path)
    if document is None:
        return None
    try:
        return _parsed(document, input_id)
    except (KeyError, TypeError, ValueError):
        raise StoreError(
            "the list of an input's pieces is damaged",
            where=str(path),
            effect=_EFFECT,
            remedy="restore the file from the backup",
        ) from None


def missing(store: Store, input_id: str) -> tuple[Piece, ...]:
    """Return the pieces whose class has come to its end; their files are gone, their places still listed.

    Raises:
        StoreError: the input's list is damaged.
    """
    kept = landed(store, input_id)
    return () if kept is None else _gone(store, kept)


def _gone(store: Store, kept: Landed) -> tuple[Piece, ...]:
    gone = {item.cls for item in kept.contents if not (store.root / item.path).exists()}
    return tuple(piece for piece in kept.pieces if piece.cls in gone)


def held(store: Store, input_ids: Collection[str]) -> set[str]:
    """Return the inputs of which all bytes are still there, as received or by class.

    Raises:
        StoreError: the list of an input is damaged.
    """
    received = set(incoming(store)) & set(input_ids)
    rest = sorted(set(input_ids) - received)
    kept = side_by_side(partial(_is_kept, store), rest, store.at_once)
    return received | {one for one, there in zip(rest, kept, strict=True) if there}


def _is_kept(store: Store, input_id: str) -> bool:
    kept = landed(store, input_id)
    return kept is not None and not _gone(store, kept)


def read_back(store: Store, input_id: str) -> bytes:
    """Return the bytes of an input in memory; as `open_back`."""
    with open_back(store, input_id) as data:
        return data[:]


@contextmanager
def open_back(store: Store, input_id: str) -> Iterator[Data]:
    """Provide the bytes of an input: as received until its night is published, then as stored.

    They are valid within the block; those of large inputs are mapped, not loaded.

    Raises:
        StoreError: the input is unknown, damaged, or a class of it is gone by rule (`missing` names the
            pieces).
    """
    zone = open_zones(store, {Zone.LANDING})
    received = _incoming(zone, input_id)
    there = _if_there(received)
    if there is not None:
        with _compared(received, there, input_id), data_of(there) as data:
            yield data
        return
    kept = landed(store, input_id)
    if kept is None:
        raise _unknown(received)
    gone = _gone(store, kept)
    if gone:
        classes = ", ".join(sorted({piece.cls for piece in gone}))
        raise StoreError(
            f"{sum(piece.length for piece in gone)} bytes of this input are gone {_why(store, input_id)} "
            f"({classes})",
            where=f"input {input_id}",
            effect="it cannot be read again; what was stated in it may still be held as statements",
            remedy="`screening trace` names hash, date and rule; the carrier may be asked to send it again",
        )
    if len(kept.contents) == 1:  # nearly all
        item = kept.contents[0]
        with _verified(store.root / item.path, item.sha256) as stream, data_of(stream) as data:
            yield data
        return
    with closing(nameless(store)) as joined:
        _join(store, kept, joined)
        with joined.data() as data:
            yield data


def _why(store: Store, input_id: str) -> str:
    """Say why bytes are gone: `store.rights` keeps a file of an input of which somebody was erased."""
    erased = (store.root / Zone.LANDING / "rights" / f"{input_id}.json").exists()
    return "by an erasure, or at the end of their term" if erased else "at the end of their term"


def nameless(store: Store) -> Nameless:
    """Open a file without name in the landing zone, for bytes that are to be read and not kept."""
    return Nameless(open_zones(store, {Zone.LANDING}).path(Zone.LANDING, "incoming"))


def _join(store: Store, kept: Landed, joined: Nameless) -> None:
    """Put the pieces of several classes together, in the order of the input."""
    with ExitStack() as stack:
        streams = {
            item.cls: stack.enter_context(_verified(store.root / item.path, item.sha256))
            for item in kept.contents
        }
        for piece in kept.pieces:
            left = piece.length
            while left and (stretch := streams[piece.cls].read(min(left, _STRETCH))):
                joined.write(stretch)
                left -= len(stretch)


def incoming(store: Store) -> list[str]:
    """Return the ids of inputs whose bytes as received are still there, sorted."""
    folder = open_zones(store, {Zone.LANDING}).path(Zone.LANDING, "incoming")
    return sorted(path.name for path in folder.glob("*") if _INPUT_ID.fullmatch(path.name))


def settled(store: Store) -> list[str]:
    """Return the ids of inputs that are kept by class, sorted."""
    folder = open_zones(store, {Zone.LANDING}).path(Zone.LANDING, "inputs")
    return sorted(path.stem for path in folder.glob("*.json") if _INPUT_ID.fullmatch(path.stem))


def release_incoming(store: Store, input_ids: Iterable[str]) -> int:
    """Remove bytes as received of inputs whose night is published; containers and duplicates too.

    Returns:
        Number of files removed.

    Raises:
        StoreError: a file cannot be removed.
    """
    zone = open_zones(store, {Zone.LANDING})
    paths = [_incoming(zone, found) for found in sorted(set(incoming(store)) & set(input_ids))]
    remove_files(paths, effect="the night is published; these bytes as received are still there")
    return len(paths)


def sweep_landing(store: Store, *, keep: Collection[str] = ()) -> int:
    """Remove what dead runs left: temporary files, and bytes as received of inputs that are settled.

    Args:
        store: the store.
        keep: inputs of runs that are going on or will be taken up again.

    Returns:
        Number of files removed.
    """
    zone = open_zones(store, {Zone.LANDING})
    rest = (item for item in incoming(store) if item not in keep and list_path(zone, item).exists())
    removed = release_incoming(store, [item for item in rest if not missing(store, item)])
    return removed + sweep_unfinished(store)


def sweep_unfinished(store: Store) -> int:
    """Remove the temporary files that dead processes left in landing.

    Returns:
        Number of files removed.
    """
    folder = open_zones(store, {Zone.LANDING}).path(Zone.LANDING)
    places = [folder / "incoming", folder / "inputs", *sorted((folder / "content").glob("*"))]
    return sum(sweep_temporaries(place) for place in places)


def _verified(path: Path, digest: str) -> IO[bytes]:
    """Open a file of landing after comparing its hash."""
    with disk_faults(path, effect=_EFFECT):
        return _compared(path, path.open("rb"), digest)


def _if_there(path: Path) -> BufferedReader | None:
    with disk_faults(path, effect=_EFFECT):
        try:
            stream = path.open("rb")
        except FileNotFoundError:
            return None
    return stream


def _compared(path: Path, stream: BufferedReader, digest: str) -> IO[bytes]:
    with disk_faults(path, effect=_EFFECT):
        same = hashlib.file_digest(stream, "sha256").hexdigest() == digest
        stream.seek(0)
    if not same:
        stream.close()
        raise _damaged(path)
    return stream


def _unknown(path: Path) -> StoreError:
    return StoreError(
        "the input is not known here",
        where=str(path),
        effect=_EFFECT,
        remedy="look for its id in the table `inputs` of its night; put the file into the inbox again",
    )


def _damaged(path: Path) -> StoreError:
    return StoreError(
        "stored bytes were changed or damaged: their hash is another",
        where=str(path),
        effect=_EFFECT,
        remedy="restore the file from the backup, or put the original into the inbox again",
    )


def _incoming(zone: ZoneOpener, input_id: str) -> Path:
    return zone.path(Zone.LANDING, "incoming", _checked(input_id))


def list_path(zone: ZoneOpener, input_id: str) -> Path:
    """Return where the list of an input's pieces lies."""
    return zone.path(Zone.LANDING, "inputs", f"{_checked(input_id)}.json")


def _checked(input_id: str) -> str:
    if not _INPUT_ID.fullmatch(input_id):
        raise StoreError(
            "this is no id of an input", where="input id", effect=_EFFECT, remedy="give 64 hexadecimal digits"
        )
    return input_id


def _parsed(document: object, input_id: str) -> Landed:
    if not isinstance(document, dict) or document["input_id"] != input_id:
        raise ValueError("another input")
    pieces = tuple(Piece(int(o), int(n), RetentionClass(cls)) for o, n, cls in document["pieces"])
    contents = tuple(
        Content(
            RetentionClass(item["class"]),
            inner_path(item["path"]).as_posix(),
            str(item["sha256"]),
            int(item["bytes"]),
        )
        for item in document["contents"]
    )
    return Landed(input_id, str(document["stored_sha256"]), int(document["length"]), pieces, contents)
