r"""Unpack gzip and zip within limits; a plain file is its own only member.

Limits come from the profile: bytes after unpacking, ratio, number of members. They are kept while unpacking,
not read from headers, which lie in a bomb. An archive within an archive is given as a member and not opened.

>>> from screening.profile.model import Intake
>>> unpacked = unpack(b"UNB+UNOA:1+A+B'", "a.edi", Intake())
>>> unpacked.kind.value, [member.name for member in unpacked.members]
('edifact', ['a.edi'])
"""

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO

from screening.messages.findings import finding
from screening.profile.model import Intake
from screening.tables.codes import InputKind
from screening.tables.findings import Finding

_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_CHUNK = 1 << 20
_FREE_RATIO_BYTES = 1 << 20  # small files may be as dense as they like
_GZIP_WINDOW = 31  # zlib: 15 window bits, gzip header
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Member:
    """One file that came in: itself, or a member of an archive."""

    name: str
    data: bytes


@dataclass(slots=True)
class Unpacked:
    """What a received file holds."""

    kind: InputKind
    members: list[Member] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class _TooLargeError(Exception):
    """A limit was reached; caught here."""


def unpack(data: bytes, name: str, intake: Intake) -> Unpacked:
    """Unpack a received file.

    Args:
        data: its bytes.
        name: path below the inbox; members of an archive are named `name!member`.
        intake: the profile's section with its limits.

    Returns:
        Kind, members, and findings where a limit was reached or an archive cannot be read (then fewer
        members). Never raises on any bytes.
    """
    if len(data) > intake.max_file_bytes:
        return Unpacked(kind_of_bytes(data), [], [finding("file_too_large", 0)])
    kind = kind_of_bytes(data)
    if kind is InputKind.GZIP:
        return _gunzip(data, name, intake)
    if kind is InputKind.ZIP:
        return _unzip(data, name, intake)
    return Unpacked(kind, [Member(name, data)])


def kind_of_bytes(data: bytes) -> InputKind:
    """Say what kind of file the bytes are."""
    if data[:2] == _GZIP:
        return InputKind.GZIP
    if data[:4] in _ZIP:
        return InputKind.ZIP
    head = data[:65536]
    return InputKind.EDIFACT if b"UNB" in head or b"UNA" in head else InputKind.OTHER


def _limit(packed: int, intake: Intake) -> int:
    return min(intake.max_unpacked_bytes, max(_FREE_RATIO_BYTES, packed * intake.max_unpack_ratio))


def _gunzip(data: bytes, name: str, intake: Intake) -> Unpacked:
    out = bytearray()
    limit = _limit(len(data), intake)
    rest = data
    try:
        while rest:
            machine = zlib.decompressobj(_GZIP_WINDOW)
            out += machine.decompress(rest, limit - len(out) + 1)
            if len(out) > limit:
                raise _TooLargeError
            if not machine.eof:
                raise zlib.error("cut off")
            rest = machine.unused_data.lstrip(b"\x00")  # padding after the last member (gzip manual)
    except _TooLargeError:
        return Unpacked(InputKind.GZIP, [], [finding("unpacked_too_large", 0)])
    except zlib.error:
        return Unpacked(InputKind.GZIP, [], [finding("archive_unreadable", 0)])
    inner = name.rpartition("/")[2].removesuffix(".gz") or "content"
    return Unpacked(InputKind.GZIP, [Member(f"{name}!{inner}", bytes(out))])


def _unzip(data: bytes, name: str, intake: Intake) -> Unpacked:
    unpacked = Unpacked(InputKind.ZIP)
    left = _limit(len(data), intake)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if len(infos) > intake.max_members:
                return Unpacked(InputKind.ZIP, [], [finding("too_many_members", 0)])
            for info in infos:
                left -= _member(archive, info, name, left, unpacked)
    except _TooLargeError:
        unpacked.findings.append(finding("unpacked_too_large", 0))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, OverflowError):
        unpacked.findings.append(finding("archive_unreadable", 0))
    return unpacked


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, left: int, unpacked: Unpacked) -> int:
    if info.flag_bits & _ENCRYPTED:
        unpacked.findings.append(finding("archive_encrypted", info.header_offset))
        return 0
    try:
        with archive.open(info) as stream:
            content = _at_most(stream, left)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError, ValueError):
        unpacked.findings.append(finding("archive_unreadable", info.header_offset))
        return 0
    unpacked.members.append(Member(f"{name}!{info.filename}", content))
    return len(content)


def _at_most(stream: IO[bytes], left: int) -> bytes:
    out = bytearray()
    while chunk := stream.read(_CHUNK):
        out += chunk
        if len(out) > left:
            raise _TooLargeError
    return bytes(out)
