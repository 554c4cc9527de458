r"""Blank sensitive free text in bytes that are kept: same length, so that every offset still holds.

Line ends within a blanked value stay, so that folded files keep their lines.

>>> from screening.messages.model import Reading
>>> blank(b"SSR+VGML:HK:1:XX'", Reading("", 17, sensitive=[(4, 12)]))
b"SSR+            '"
"""

from collections.abc import Iterable, Iterator

from screening.messages.model import ByteRange, Reading
from screening.messages.syntax.memory_map import STRETCH
from screening.messages.syntax.segments import Data

_TO_BLANKS = bytes(sign if sign in b"\r\n" else 0x20 for sign in range(256))


def blank(data: Data, reading: Reading) -> bytes:
    """Return the bytes with blanks in place of what the reading calls sensitive.

    Args:
        data: the bytes that were read.
        reading: their reading.

    Returns:
        As many bytes; those outside the sensitive values are untouched.
    """
    return blanked(data, 0, reading.sensitive)


def blanked(data: Data, start: int, sensitive: Iterable[tuple[int, int]]) -> bytes:
    """Blank places in a stretch of an input.

    Args:
        data: the stretch.
        start: its first byte's offset in the input.
        sensitive: (offset, length) in the input; what lies outside the stretch is passed over.
    """
    out = bytearray(data)
    for offset, length in sensitive:
        low, high = max(offset - start, 0), min(offset + length - start, len(out))
        if low < high:
            out[low:high] = out[low:high].translate(_TO_BLANKS)
    return bytes(out)


def blanked_ranges(data: Data, reading: Reading) -> Iterator[tuple[ByteRange, bytes]]:
    """Yield a part's bytes with blanks in place of what it calls sensitive, in bounded stretches.

    Args:
        data: the input.
        reading: it, or a part of it.

    Yields:
        A byte range and the next bytes of it, in order; together exactly the part.
    """
    first, sensitive = 0, reading.sensitive
    for span in reading.byte_ranges:
        for start in range(span.offset, span.offset + span.length, STRETCH):
            stop = min(start + STRETCH, span.offset + span.length)
            while first < len(sensitive) and sum(sensitive[first]) <= start:
                first += 1
            last = first
            while last < len(sensitive) and sensitive[last][0] < stop:
                last += 1
            yield span, blanked(data[start:stop], start, sensitive[first:last])
