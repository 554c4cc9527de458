"""Pages of mapped files: what was read is given back, so that a large file does not pile up in memory.

A map's pages count as memory of the process until the kernel takes them; giving them back costs nothing, as
they are read again from the file where somebody asks once more. Bytes in memory are left as they are.
"""

import hashlib
from mmap import MADV_DONTNEED, PAGESIZE, mmap

from screening.messages.syntax.segments import Data

STRETCH = 8 << 20  # bytes that are looked at between two returns


def forget(data: Data, stop: int) -> None:
    """Release the pages of a map before an offset."""
    if isinstance(data, mmap) and stop >= PAGESIZE:
        data.madvise(MADV_DONTNEED, 0, stop - stop % PAGESIZE)


def sha256_of(data: Data) -> str:
    """Compute the sha256 of an input, a stretch at a time."""
    digest = hashlib.sha256()
    for start in range(0, len(data), STRETCH):
        digest.update(data[start : start + STRETCH])
        forget(data, start)
    return digest.hexdigest()
