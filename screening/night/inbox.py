"""Which files of the inbox belong to a night.

An input belongs to the first night that receives it; file times are never used. What lies in
`inbox/night=D/` belongs to D alone. Names that begin with a dot are skipped: transfer programs
use them while a file is on its way.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from screening.store.revisions import current, nights, read_current
from screening.store.zones import Store
from screening.tables.errors import InputError
from screening.tables.landing import INPUTS

_NIGHT_FOLDER = re.compile(r"^night=(\d{4}-\d{2}-\d{2})$")


@dataclass(frozen=True, slots=True, order=True)
class Arrival:
    """One file of the inbox.

    Attributes:
        name: path below the inbox, with `/`.
        path: where it lies.
        input_id: sha256 of its bytes.
        size: bytes.
        asked: a person replays it out of quarantine, so every run of its night takes it.
    """

    name: str
    path: Path
    input_id: str
    size: int
    asked: bool = False

    @property
    def addressed(self) -> bool:
        """Does it lie in the folder of one night?"""
        return _NIGHT_FOLDER.match(self.name.partition("/")[0]) is not None


def arrivals(inbox: Path, night: date) -> list[Arrival]:
    """List the files of the inbox that a night may take, sorted by name.

    Raises:
        InputError: the inbox is no folder, or a file in it cannot be read.
    """
    if not inbox.is_dir():
        raise InputError(
            "the inbox is not there",
            where=str(inbox),
            effect="nothing was received",
            remedy="mount or make the folder, or name another by --inbox or SCREENING_INBOX",
        )
    found = []
    for path in _files(inbox, night):
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                size = stream.tell()
        except OSError as fault:
            raise InputError(
                f"a file of the inbox cannot be read ({type(fault).__name__})",
                where=str(path),
                effect="nothing was received: a night must not begin without a file that is there",
                remedy="make the file readable to this user or move it out of the inbox, then run again",
            ) from None
        found.append(Arrival(path.relative_to(inbox).as_posix(), path, digest, size))
    return sorted(found)


def _files(inbox: Path, night: date) -> Iterator[Path]:
    for path in sorted(inbox.rglob("*")):
        parts = path.relative_to(inbox).parts
        if any(part.startswith(".") for part in parts) or not path.is_file():
            continue
        folder = _NIGHT_FOLDER.match(parts[0])
        if folder and len(parts) > 1 and folder[1] != night.isoformat():
            continue
        yield path


@dataclass(frozen=True, slots=True)
class Received:
    """What nights have received so far.

    Attributes:
        files: pairs of name and input_id.
        bytes: input_ids, under whatever name.
    """

    files: frozenset[tuple[str, str]]
    bytes: frozenset[str]


def received_by(store: Store, chosen: list[date]) -> Received:
    """Gather what the given nights have received, from their published `inputs`."""
    files: set[tuple[str, str]] = set()
    for night in chosen:
        table = read_current(store, night, INPUTS)
        files.update(zip(table["name"].to_pylist(), table["input_id"].to_pylist(), strict=True))
    return Received(frozenset(files), frozenset(input_id for _, input_id in files))


def other_nights(store: Store, night: date) -> list[date]:
    """Published nights but this one."""
    return [found for found in nights(store) if found != night and current(store, found) is not None]
