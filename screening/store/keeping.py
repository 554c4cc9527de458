"""What was read of an input is kept by class, in the form that `landing` describes; its list commits it."""

import hashlib
from collections import deque
from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from pathlib import Path

from screening.store.files import GrowingFile, remove_files, sha256_file, write_json
from screening.store.landing import Content, Landed, Piece, landed, list_path
from screening.store.zones import Store, ZoneOpener, open_zones
from screening.tables.codes import RetentionClass, Zone
from screening.tables.errors import StoreError


class Settling:
    """An input that is being kept by class: its bytes come in order, blanked, each with its class."""

    def __init__(self, store: Store, input_id: str, length: int) -> None:
        self._store, self._input_id, self._expected = store, input_id, length
        self._zone = open_zones(store, {Zone.LANDING})
        self._list = list_path(self._zone, input_id)
        self._files: dict[RetentionClass, GrowingFile] = {}
        self._pieces: list[Piece] = []
        self._digest = hashlib.sha256()
        self._length = 0

    def add(self, cls: RetentionClass, data: bytes) -> None:
        """Take the next bytes of the input, sensitive text replaced by as many blanks.

        Raises:
            StoreError: the disk is full or fails.
        """
        if cls not in self._files:
            self._files[cls] = GrowingFile(self._zone.path(Zone.LANDING, "content", cls))
        self._files[cls].write(data)
        self._digest.update(data)
        last = self._pieces[-1] if self._pieces else None
        if last is not None and last.cls == cls:
            self._pieces[-1] = Piece(last.offset, last.length + len(data), cls)
        elif data:
            self._pieces.append(Piece(self._length, len(data), cls))
        self._length += len(data)

    @property
    def stored_sha256(self) -> str:
        """Hash of what was added so far."""
        return self._digest.hexdigest()

    def keep(self) -> Landed:
        """Store what was added; the bytes as received stay until `release_incoming`.

        Raises:
            StoreError: what was added is not as long as the input, or the disk is full or fails.
        """
        if self._length != self._expected:
            raise _not_covered(self._input_id, len(self._pieces), self._length)
        earlier = _contents_before(self._zone, self._store, self._input_id)
        contents = tuple(self._content(cls, file, earlier) for cls, file in sorted(self._files.items()))
        kept = Landed(self._input_id, self.stored_sha256, self._length, tuple(self._pieces), contents)
        write_json(self._list, kept.document())
        left = earlier - {self._store.root / item.path for item in contents}
        remove_files(left, effect="the input is stored by class; a file of an earlier settling is left")
        return kept

    def _content(self, cls: RetentionClass, file: GrowingFile, earlier: Collection[Path]) -> Content:
        name = f"{self._input_id}-{file.sha256[:16]}.bin"
        path = self._zone.path(Zone.LANDING, "content", cls, name)
        if path not in earlier or not path.exists() or sha256_file(path) != file.sha256:
            file.keep(path)
        return Content(cls, path.relative_to(self._store.root).as_posix(), file.sha256, file.size)

    def close(self) -> None:
        """Remove what was not kept."""
        for file in self._files.values():
            file.discard()


class KeptBehind:
    """Inputs are kept while the next ones are read: most of the time goes into waiting for disk or storage.

    On leaving the block all are kept, or the first fault is raised.
    """

    def __init__(self, at_once: int) -> None:
        """Begin.

        Args:
            at_once: how many may wait; none: each is kept before the next is read, and a fault is its own.
        """
        self._at_once = at_once
        self._threads = ThreadPoolExecutor(max(at_once, 1))
        self._pending: deque[Future[Landed]] = deque()

    def __enter__(self) -> "KeptBehind":
        return self

    def keep(self, settling: Settling) -> None:
        """Keep an input, and close it; a fault may be that of an earlier input.

        Raises:
            StoreError: as `Settling.keep`.
        """
        self._pending.append(self._threads.submit(copy_context().run, _kept, settling))
        if len(self._pending) > self._at_once:
            self._pending.popleft().result()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._threads.shutdown()
        for one in self._pending:
            if kind is None:
                one.result()


def _kept(settling: Settling) -> Landed:
    with closing(settling):
        return settling.keep()


def settle_landing(
    store: Store, input_id: str, pieces: Sequence[tuple[int, int, RetentionClass]], blanked: bytes
) -> Landed:
    """Keep an input by class, all of it at hand; the bytes as received stay until `release_incoming`.

    Args:
        store: the store.
        input_id: the input.
        pieces: offset, length and class; together exactly the input.
        blanked: its bytes, sensitive text replaced by blanks of the same length.

    Returns:
        What is kept.

    Raises:
        StoreError: the pieces do not cover the input, or the disk is full or fails; the bytes as received
            are still there.
    """
    _require_cover(input_id, pieces, len(blanked))
    with closing(Settling(store, input_id, len(blanked))) as settling:
        for offset, length, cls in sorted(pieces):
            settling.add(RetentionClass(cls), blanked[offset : offset + length])
        return settling.keep()


def _contents_before(zone: ZoneOpener, store: Store, input_id: str) -> set[Path]:
    """Return the files of an earlier settling: those that its list names.

    Nothing is looked for where there is no list, as nearly always: the folders hold the files of months. What
    a run killed before its list has left unnamed is found by `retention`, under the shortest term.
    """
    if not list_path(zone, input_id).exists():
        return set()
    try:
        kept = landed(store, input_id)
    except StoreError:  # damaged, and written anew now: look for its files by name
        folders = (zone.path(Zone.LANDING, "content", cls) for cls in RetentionClass)
        return {path for folder in folders for path in folder.glob(f"{input_id}-*.bin")}
    return {store.root / item.path for item in kept.contents} if kept is not None else set()


def _require_cover(input_id: str, pieces: Sequence[tuple[int, int, RetentionClass]], size: int) -> None:
    ends, begins = [0], []
    for offset, length, _ in sorted(pieces):
        begins.append(offset)
        ends.append(offset + length)
    if [*begins, size] != ends or any(length <= 0 for _, length, _ in pieces):
        raise _not_covered(input_id, len(pieces), size)


def _not_covered(input_id: str, pieces: int, size: int) -> StoreError:
    return StoreError(
        f"the pieces of an input do not cover it: {pieces} pieces, {size} bytes",
        where=f"input {input_id}",
        effect="its bytes as received are still there; nothing was stored by class",
        remedy="this is a fault of the reader: send the input's id to the maintainers",
    )
