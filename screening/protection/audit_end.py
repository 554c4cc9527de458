"""The end of the chain of acts: its last record that holds, what head.json says of it, what lies behind it.

Behind it lies at most one line that does not hold. Its bytes are kept in a file of their own, beside the
chain, before the chain goes on.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from screening.protection.audit_records import GENESIS, Broken, Head, chain_files, head_of, last_lines, parse
from screening.store.files import json_if_there, write_bytes, write_json
from screening.store.object_path import ObjectPath
from screening.tables.errors import StoreError

NOT_RECORDED = "the act was not recorded, so it was not done"
_COMPARE = "compare with the head kept outside, then `screening audit verify`"


@dataclass(frozen=True, slots=True)
class Tail:
    """End of the chain: last record that holds, and the bytes of a line behind it that does not."""

    path: Path | None
    head: Head
    rest: bytes
    offset: int


def end_of(folder: Path) -> Tail:
    """Look at the end of the chain.

    Raises:
        StoreError: not only the last line does not hold.
    """
    path, rest, offset = None, b"", 0
    for file in reversed(chain_files(folder)):
        for start, line in reversed(last_lines(file)):
            try:
                return Tail(path or file, head_of(parse(line)), rest, offset)
            except Broken as broken:
                if rest:
                    raise chain_broken(file, f"more than the last line does not hold: {broken}") from None
            path, rest, offset = file, line, start
    return Tail(path, Head(0, GENESIS), rest, offset)


def kept_head(folder: Path) -> Head | None:
    """Return what head.json says; None where there is none.

    Raises:
        StoreError: it is damaged.
    """
    path = folder / "head.json"
    document = json_if_there(path, remedy=_COMPARE)
    return None if document is None else head_in(path, document)


def head_in(path: Path, document: object) -> Head:
    """Return what a document of head.json says.

    Raises:
        StoreError: it is no head.
    """
    held = document if isinstance(document, dict) else {}
    if {*held} != {"seq", "hash"} or not isinstance(held["seq"], int):
        raise StoreError("the file is damaged", where=str(path), effect=NOT_RECORDED, remedy=_COMPARE)
    return Head(held["seq"], str(held["hash"]))


def keep_head(folder: Path, new: Head) -> None:
    """Write head.json."""
    write_json(folder / "head.json", {"seq": new.seq, "hash": new.hash})


def agree(found: Head, kept: Head | None) -> bool:
    """Do end and head.json fit? A kill between line and head leaves the head one behind, never ahead."""
    if kept is None:
        return found.seq <= 1
    return kept == found or kept.seq + 1 == found.seq


def set_aside(folder: Path, tail: Tail) -> str:
    """Move the bytes that do not hold to a file of their own and give its name."""
    name = f"aside-{hashlib.sha256(tail.rest).hexdigest()}.bin"
    write_bytes(folder / name, tail.rest)
    path = tail.path or folder
    if isinstance(path, ObjectPath):
        if tail.offset:  # the lines of a year, from before the store was moved
            write_bytes(path, path.read_bytes()[: tail.offset])
        else:
            path.unlink()
        return name
    handle = os.open(path, os.O_WRONLY)
    try:
        os.ftruncate(handle, tail.offset)
        os.fsync(handle)
    finally:
        os.close(handle)
    return name


def parse_or_stop(path: Path, line: bytes) -> dict[str, object]:
    """Read a line as `parse` does.

    Raises:
        StoreError: it does not hold.
    """
    try:
        return parse(line)
    except Broken as broken:
        raise chain_broken(path, str(broken)) from None


def chain_broken(path: Path, how: str) -> StoreError:
    """Return the error of a chain behind which nothing is written."""
    return StoreError(
        f"the audit chain is broken at its end: {how}",
        where=str(path),
        effect=NOT_RECORDED,
        remedy="`screening audit verify` shows the place; when a person has looked, "
        "`screening audit mend --reason TEXT` sets the line aside and goes on",
    )
