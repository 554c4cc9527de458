r"""Unpack gzip and zip within limits; a plain file is its own only member.

Limits come from the profile: bytes after unpacking, ratio, number of members. They are kept while unpacking,
not read from headers, which lie in a bomb. An archive within an archive is given as a member and not opened.

A member is known by its place in the archive's directory: two may carry one name. Members that share bytes
are a bomb or a damage: the first is read. Members that the directory does not list (two archives one behind
the other) are a finding.

>>> from screening.profile.model import Intake
>>> unpacked = unpack(b"UNB+UNOA:1+A+B'", "a.edi", Intake())
>>> unpacked.kind.value, [member.name for member in unpacked.members]
('edifact', ['a.edi'])
"""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from screening.messages.finding_kinds import finding
from screening.messages.syntax.dense_members import DENSE, stretches_of
from screening.messages.syntax.memory_map import STRETCH, forget
from screening.messages.syntax.segments import Data
from screening.profile.model import Intake
from screening.tables.codes import InputKind
from screening.tables.findings import Finding

PACKED = frozenset({InputKind.GZIP, InputKind.ZIP})
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_CHUNK = 1 << 20
_FREE_RATIO_BYTES = 1 << 20  # small files may be as dense as they like
_GZIP_WINDOW = 31  # zlib: 15 window bits, gzip header
_ENCRYPTED = 0x1
_LOCAL = b"PK\x03\x04"  # begins the header before a member's bytes
_LOCAL_BYTES = 30
_LENGTHS = struct.Struct("<HH")  # of name and extra field, at the end of that header
_SMALL_CHUNK = 1 << 12
_OVERLAP = "A member of the archive shares bytes with another; the first of them was read."
_UNLISTED = "The archive holds a member that its directory does not list: perhaps two archives in one file."
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    MemoryError,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Member:
    """One file that came in: itself, or a member of an archive.

    Attributes:
        name: path below the inbox; of a member `container!member`, which may stand for several.
        data: its bytes.
        ordinal: place in the archive's directory from 1; 0 of a plain file.
    """

    name: str
    data: bytes
    ordinal: int = 0


@dataclass(slots=True)
class Unpacked:
    """What a received file holds."""

    kind: InputKind
    members: list[Member] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class Room(Protocol):
    """Where the bytes of a member go: memory, or a file."""

    def write(self, data: bytes, /) -> object:
        """Take bytes, one stretch behind the other."""

    def close(self) -> None:
        """Discard it: nobody will read it."""


_Room = TypeVar("_Room", bound=Room)


class _TooLargeError(Exception):
    """A limit was reached; caught here."""


def unpack(data: bytes, name: str, intake: Intake) -> Unpacked:
    """Unpack a received file into memory.

    Args:
        data: its bytes.
        name: path below the inbox; members of an archive are named `name!member`.
        intake: the profile's section with its limits.

    Returns:
        Kind, members, and findings where a limit was reached or an archive cannot be read (then fewer
        members). Never raises on any bytes.
    """
    unpacked = Unpacked(kind_of_bytes(data))
    if unpacked.kind not in PACKED and len(data) <= intake.max_file_bytes:
        unpacked.members.append(Member(name, data))
        return unpacked
    for ordinal, inner, room in members(data, name, intake, io.BytesIO, unpacked.findings):
        unpacked.members.append(Member(inner, room.getvalue(), ordinal))
    return unpacked


def members(
    data: Data, name: str, intake: Intake, room: Callable[[], _Room], findings: list[Finding]
) -> Iterator[tuple[int, str, _Room]]:
    """Unpack an archive member by member.

    Args:
        data: bytes of the archive, or a map of it.
        name: its name; members are named `name!member`.
        intake: the profile's section with its limits.
        room: gives a place for one member; those of members that cannot be read whole are closed here.
        findings: takes what went wrong; complete when the last member was given.

    Yields:
        Place in the archive's directory from 1, name and room of each member that could be read whole. Never
        raises on any bytes.
    """
    if len(data) > intake.max_file_bytes:
        findings.append(finding("file_too_large", 0))
    elif kind_of_bytes(data) is InputKind.GZIP:
        yield from _gunzip(data, name, intake, room, findings)
    else:
        yield from _unzip(data, name, intake, room, findings)


def kind_of_bytes(data: Data) -> InputKind:
    """Say what kind of file the bytes are."""
    if data[:2] == _GZIP:
        return InputKind.GZIP
    if data[:4] in _ZIP:
        return InputKind.ZIP
    head = data[:65536]
    return InputKind.EDIFACT if b"UNB" in head or b"UNA" in head else InputKind.OTHER


def _limit(packed: int, intake: Intake) -> int:
    return min(intake.max_unpacked_bytes, max(_FREE_RATIO_BYTES, packed * intake.max_unpack_ratio))


def _gunzip(
    data: Data, name: str, intake: Intake, room: Callable[[], _Room], findings: list[Finding]
) -> Iterator[tuple[int, str, _Room]]:
    out = room()
    try:
        _fill(out, _inflated(data), _Budget(_limit(len(data), intake)))
    except _TooLargeError:
        out.close()
        findings.append(finding("unpacked_too_large", 0))
        return
    except zlib.error:
        out.close()
        findings.append(finding("archive_unreadable", 0))
        return
    inner = name.rpartition("/")[2].removesuffix(".gz") or "content"
    yield 1, f"{name}!{inner}", out


def _inflated(data: Data) -> Iterator[bytes]:
    """Yield what a gzip file holds, a stretch at a time; zeros after a member are padding (gzip manual)."""
    place, size = 0, len(data)
    while place < size:
        machine = zlib.decompressobj(_GZIP_WINDOW)
        step = _SMALL_CHUNK  # grows: what is fed beyond a member's end is copied, and members may be tiny
        while not machine.eof:
            fed = machine.unconsumed_tail
            if not fed:
                fed = data[place : place + step]
                place += len(fed)
                step = min(2 * step, _CHUNK)
                forget(data, place)
            out = machine.decompress(fed, _CHUNK)
            if not fed and not out and not machine.eof:
                raise zlib.error("cut off")
            yield out
        place = _after_padding(data, place - len(machine.unused_data))


def _after_padding(data: Data, place: int) -> int:
    while place < len(data):
        stretch = data[place : place + _CHUNK]
        filled = stretch.lstrip(b"\x00")
        if filled:
            return place + len(stretch) - len(filled)
        place += len(stretch)
    return place


def _unzip(
    data: Data, name: str, intake: Intake, room: Callable[[], _Room], findings: list[Finding]
) -> Iterator[tuple[int, str, _Room]]:
    archive = _archive(data)
    if archive is None:
        findings.append(finding("archive_unreadable", 0))
        return
    # A name that ends in / is a folder's; bytes under it are a member all the same.
    infos = [info for info in archive.infolist() if not info.is_dir() or info.file_size or info.compress_size]
    if len(infos) > intake.max_members:
        findings.append(finding("too_many_members", 0))
        return
    overlapping, unlisted = _places(data, archive)
    budget = _Budget(_limit(len(data), intake))
    for ordinal, info in enumerate(infos, 1):
        if info.flag_bits & _ENCRYPTED:
            findings.append(finding("archive_encrypted", info.header_offset))
            continue
        if id(info) in overlapping:
            findings.append(finding("archive_unreadable", info.header_offset, text=_OVERLAP))
            continue
        out = room()
        try:
            budget.spend(0)
            _extract(archive, info, budget, out)
        except _TooLargeError:
            out.close()
            findings.append(finding("unpacked_too_large", 0))
            return
        except _BROKEN:
            out.close()
            budget.left -= min(info.file_size, _CHUNK)  # unpacked and not given: its checksum failed
            findings.append(finding("archive_unreadable", info.header_offset))
            continue
        yield ordinal, f"{name}!{info.filename}", out
    if not overlapping:  # else one entry leads astray, and what it should lead to seems unlisted
        findings += [finding("archive_unreadable", place, text=_UNLISTED) for place in unlisted]
    if not infos and not findings:
        findings.append(finding("archive_empty", 0))


def _places(data: Data, archive: zipfile.ZipFile) -> tuple[set[int], list[int]]:
    """Look at where an archive's members lie, in one pass.

    Returns:
        Identities of the entries that share bytes with one before them, and the first place between or behind
        members where one begins that the directory does not list.
    """
    overlapping: set[int] = set()
    end = 0
    gaps = []
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        start = info.header_offset
        if start < end:
            overlapping.add(id(info))
            continue
        gaps.append((end, start))
        lengths = data[start + _LOCAL_BYTES - _LENGTHS.size : start + _LOCAL_BYTES]
        filled = sum(_LENGTHS.unpack(lengths)) if len(lengths) == _LENGTHS.size else 0
        end = start + _LOCAL_BYTES + filled + info.compress_size
    gaps.append((end, len(data)))
    found = [place for low, high in gaps if low < high and (place := data.find(_LOCAL, low, high)) >= 0]
    return overlapping, found[:1]


def _archive(data: Data) -> zipfile.ZipFile | None:
    try:
        return zipfile.ZipFile(io.BufferedReader(_Bytes(data), _CHUNK))
    except _BROKEN:
        return None


@dataclass(slots=True)
class _Budget:
    """Bytes that an archive may still unpack to; what of a broken member came out counts too."""

    left: int

    def spend(self, number: int) -> None:
        """Take note of bytes.

        Raises:
            _TooLargeError: they are more than what is left.
        """
        self.left -= number
        if self.left < 0:
            raise _TooLargeError


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: _Budget, out: Room) -> None:
    if info.compress_type in DENSE:
        _fill(out, stretches_of(archive, info), budget)
        return
    with archive.open(info) as stream:
        _fill(out, iter(lambda: stream.read(_CHUNK), b""), budget)


def _fill(out: Room, stretches: Iterator[bytes], budget: _Budget) -> None:
    """Write stretches into a room.

    Raises:
        _TooLargeError: they are longer than what is left.
    """
    for stretch in stretches:
        budget.spend(len(stretch))
        out.write(stretch)


class _Bytes(io.RawIOBase):
    """Bytes or a map as the file that `zipfile` wants, without a copy."""

    def __init__(self, data: Data) -> None:
        super().__init__()
        self._data = data
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: len(self._data)}[whence]
        if base + offset < 0:
            raise OSError("before the first byte")
        self._place = base + offset
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]
        found = self._data[self._place : self._place + len(buffer)]
        buffer[: len(found)] = found
        if self._place // STRETCH != (self._place + len(found)) // STRETCH:
            forget(self._data, self._place)
        self._place += len(found)
        return len(found)
