"""A package as one file: a ZIP of the signed manifest and the two data files, and nothing else.

What is read is bounded before it is unpacked: number and names of members, the size that each says, and the
size that really comes out. Data files are unpacked piece by piece, as often as somebody reads them, and never
held whole. No name of a member is ever used as a path.

Source: PKWARE APPNOTE.TXT 6.3.10; stored or deflated members only, no encryption.
"""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from screening.alerts.exchange.model import DATA_FILES, MANIFEST_FILE
from screening.alerts.exchange.refusals import Refusal, RefusedError

MOST_MANIFEST_BYTES = 4 * 1024 * 1024
_NAMES = (MANIFEST_FILE, *DATA_FILES)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ENCRYPTED = 0x1
_PIECE = 1024 * 1024
_LONGEST_LINE = 16 * 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


def pack(manifest: str, files: Mapping[str, bytes]) -> bytes:
    """Return the package: equal content, equal bytes."""
    content = {MANIFEST_FILE: manifest.encode("ascii"), **files}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in _NAMES:
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            member.create_system = 3
            archive.writestr(member, content[name], compresslevel=6)
    return stream.getvalue()


def is_archive(data: bytes) -> bool:
    """Say whether the bytes begin like a package; a receipt is text."""
    return data[:2] == b"PK"


class Archive:
    """A package that is open; members are unpacked one by one, each up to the size that was promised."""

    def __init__(self, data: bytes, most: int) -> None:
        """Open a package.

        Args:
            data: the file.
            most: bytes that the file, and each member of it unpacked, may have.

        Raises:
            RefusedError: it is no ZIP, or holds anything but what a package holds.
        """
        if len(data) > most:
            raise RefusedError(Refusal.TOO_LARGE, f"the file has {len(data):,} bytes; {most:,} may be")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            members = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
            raise RefusedError(Refusal.NOT_A_PACKAGE, "the file is no whole ZIP archive") from None
        self._check(members, most)
        self._members = {member.filename: member for member in members}
        self._most = most

    @staticmethod
    def _check(members: list[zipfile.ZipInfo], most: int) -> None:
        names = sorted(member.filename for member in members[: len(_NAMES) + 1])
        if names != sorted(_NAMES):
            raise RefusedError(
                Refusal.UNSAFE_ARCHIVE,
                f"the archive has {len(members)} members where it holds {', '.join(_NAMES)}, each once",
            )
        for member in members:
            if member.flag_bits & _ENCRYPTED or member.compress_type not in {
                zipfile.ZIP_STORED,
                zipfile.ZIP_DEFLATED,
            }:
                raise RefusedError(
                    Refusal.UNSAFE_ARCHIVE, f"{member.filename} is encrypted or packed otherwise"
                )
            limit = MOST_MANIFEST_BYTES if member.filename == MANIFEST_FILE else most
            if member.file_size > limit:
                raise RefusedError(
                    Refusal.TOO_LARGE,
                    f"{member.filename} has {member.file_size:,} bytes unpacked; {limit:,} may be",
                )

    def manifest(self) -> bytes:
        """Return the signed manifest.

        Raises:
            RefusedError: it cannot be unpacked.
        """
        return self._read(MANIFEST_FILE, MOST_MANIFEST_BYTES)

    def digest(self, name: str, size: int) -> str:
        """Return the sha256 of a data file, of which the signed manifest says the size.

        Raises:
            RefusedError: it has another size, does not end with a line feed, or cannot be unpacked.
        """
        if size > self._most:
            raise RefusedError(Refusal.TOO_LARGE, f"{name} has {size:,} bytes; {self._most:,} may be")
        digest, length, last = hashlib.sha256(), 0, b"\n"
        for piece in self._pieces(name):
            digest.update(piece)
            length, last = length + len(piece), piece[-1:]
            if length > size:  # a header that lies about the size stops here
                break
        if length != size:
            raise RefusedError(Refusal.HASH_DIFFERS, f"{name} is not the file that was signed: other size")
        if last != b"\n":
            raise RefusedError(Refusal.SCHEMA, f"{name} does not end with a line feed")
        return digest.hexdigest()

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a data file whose size and hash were checked, without their line feeds.

        Raises:
            RefusedError: a line is longer than any alert.
        """
        rest = b""
        for piece in self._pieces(name):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
            if len(rest) > _LONGEST_LINE:
                raise RefusedError(
                    Refusal.TOO_LARGE, f"a line of {name} is longer than {_LONGEST_LINE:,} bytes"
                )

    def _pieces(self, name: str) -> Iterator[bytes]:
        try:
            with self._zip.open(self._members[name]) as stream:
                while piece := stream.read(_PIECE):
                    yield piece
        except _DAMAGED:
            raise RefusedError(Refusal.UNSAFE_ARCHIVE, f"{name} cannot be unpacked") from None

    def _read(self, name: str, most: int) -> bytes:
        try:
            with self._zip.open(self._members[name]) as stream:
                data = stream.read(most + 1)
        except _DAMAGED:
            raise RefusedError(Refusal.UNSAFE_ARCHIVE, f"{name} cannot be unpacked") from None
        if len(data) > most:
            raise RefusedError(Refusal.TOO_LARGE, f"{name} is larger than it may be")
        return data
