"""Members of a zip that are packed by bzip2 or LZMA, unpacked a stretch at a time.

Of these `zipfile` unpacks all that it has read at once: 4 kB may become 80 MB before a limit is looked at.

Source: PKWARE APPNOTE 4.4.5, 5.8 (LZMA: version, size and bytes of the properties before the stream);
lzma.txt of the LZMA SDK (properties: (pb * 5 + lp) * 9 + lc, then the size of the dictionary).
"""

import bz2
import copy
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

DENSE = frozenset({zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})
_READ = 1 << 12
_GIVEN = 1 << 20
_HEAD = struct.Struct(
    "<BBHBI"
)  # version, two bytes; size of the properties; their byte and the dictionary's size
_PROPERTIES = 5
_MOST = 9 * 5 * 5
_Machine = bz2.BZ2Decompressor | lzma.LZMADecompressor


def stretches_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a member holds, at most 1 MiB at a time.

    Raises:
        zipfile.BadZipFile: it is cut off, or its length or checksum is not as stated.
        OSError, lzma.LZMAError, EOFError: its bytes are damaged.
    """
    packed = copy.copy(info)  # its bytes as they are: zipfile checks the place, and unpacks nothing
    packed.compress_type, packed.file_size = zipfile.ZIP_STORED, info.compress_size
    setattr(packed, "CRC", None)  # noqa: B010  (zipfile: nothing to be compared with; its stub knows no None)
    size = checksum = 0
    with archive.open(packed) as stream:
        machine = bz2.BZ2Decompressor() if info.compress_type == zipfile.ZIP_BZIP2 else _lzma(stream, info)
        while not machine.eof and size < info.file_size:
            fed = stream.read(_READ) if machine.needs_input else b""
            if not fed and machine.needs_input:
                break
            out = machine.decompress(fed, _GIVEN)
            size, checksum = size + len(out), zlib.crc32(out, checksum)
            yield out
    if size != info.file_size or checksum != info.CRC:
        raise zipfile.BadZipFile("not as long as stated, or another checksum")


def _lzma(stream: IO[bytes], info: zipfile.ZipInfo) -> lzma.LZMADecompressor:
    """Begin an LZMA stream; its dictionary needs no more room than the member has bytes."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise zipfile.BadZipFile("cut off")
    _, _, length, mixed, dictionary = _HEAD.unpack(head)
    if length != _PROPERTIES or mixed >= _MOST:
        raise zipfile.BadZipFile("other properties than of LZMA")
    rest, lc = divmod(mixed, 9)
    pb, lp = divmod(rest, 5)
    room = max(_READ, min(dictionary, info.file_size))
    chosen = {"id": lzma.FILTER_LZMA1, "lc": lc, "lp": lp, "pb": pb, "dict_size": room}
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[chosen])
