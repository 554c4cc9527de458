"""Files as bytes: small ones are loaded, large ones mapped; and files without a name for what is unpacked.

A file without a name is seen by nobody else and is gone with its process, however that ends, so that nothing
is left to be swept: the bytes of people in an archive lie in the folder that is given (in a run the landing
zone, with its protection) for as long as they are read and no longer.

Source: open(2), O_TMPFILE; where a file system knows it not, the name is taken away at once.
"""

import hashlib
import mmap
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from screening.messages.syntax.segments import Data
from screening.store.files import disk_faults, make_folder

MAPPED_FROM = 32 << 20  # bytes
_NOT_UNPACKED = "the archive was not unpacked; its bytes as received are untouched"


@contextmanager
def data_of(stream: IO[bytes]) -> Iterator[Data]:
    """Provide the bytes of an open file, valid within the block; large files are mapped."""
    size = stream.seek(0, 2)
    stream.seek(0)
    if size < MAPPED_FROM:
        yield stream.read()
        return
    data = mmap.mmap(stream.fileno(), size, access=mmap.ACCESS_READ)
    try:
        yield data
    finally:
        with suppress(BufferError):  # an exception on its way may hold a search in it; it goes with that
            data.close()


@contextmanager
def mapped(path: Path) -> Iterator[Data]:
    """Provide the bytes of a file, valid within the block."""
    with path.open("rb") as stream, data_of(stream) as data:
        yield data


class Nameless:
    """Bytes that are written once and then read: in memory while they are few, then in a file without name.

    Attributes:
        size: bytes written.
    """

    def __init__(self, folder: Path) -> None:
        """Begin; the folder is made where it is missing.

        Raises:
            StoreError: it cannot be made.
        """
        self._folder = folder
        with disk_faults(folder, effect=_NOT_UNPACKED):
            make_folder(folder)
        self._file = SpooledTemporaryFile(  # noqa: SIM115  (closed by `close`)
            MAPPED_FROM, prefix=".", suffix=".tmp", dir=str(folder)
        )
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes, /) -> None:
        """Take bytes, one stretch behind the other.

        Raises:
            StoreError: the disk is full or fails.
        """
        with disk_faults(self._folder, effect=_NOT_UNPACKED):
            self._file.write(data)
        self._digest.update(data)
        self.size += len(data)

    @property
    def sha256(self) -> str:
        """Hash of what was written so far."""
        return self._digest.hexdigest()

    @contextmanager
    def data(self) -> Iterator[Data]:
        """Provide what was written, valid within the block."""
        with disk_faults(self._folder, effect=_NOT_UNPACKED):
            self._file.flush()
        with data_of(self._file) as data:
            yield data

    def close(self) -> None:
        """Remove it."""
        self._file.close()


class Counted:
    """Bytes that nobody will read: their hash and number are kept, they are not.

    Attributes:
        size: bytes written.
    """

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes, /) -> None:
        """Take bytes, one stretch behind the other."""
        self._digest.update(data)
        self.size += len(data)

    @property
    def sha256(self) -> str:
        """Hash of what was written so far."""
        return self._digest.hexdigest()

    def close(self) -> None:
        """Nothing is held."""
