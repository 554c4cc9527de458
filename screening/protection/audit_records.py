"""Records of the chain of acts as they are written: one JSON line each, spelt in one way.

A line that is not exactly what was written does not pass, whatever it says. `base.json` names the records
behind which the chain may begin, as files before them have come to the end of their term (`audit_terms`).

    audit-2026.jsonl                in a folder: the lines of a year
    audit-000000000042.jsonl        on object storage: one line, under its sequence
"""

import hashlib
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from screening.store.files import read_json
from screening.store.object_path import ObjectPath
from screening.store.objects import side_by_side

GENESIS = "0" * 64
_FIELDS = ["act", "actor", "at", "hash", "objects", "previous", "reason", "seq"]
_PURPOSE = "purpose"  # of acts that use individuals' data; older records have none
_FILE = re.compile(r"audit-(\d{4}|\d{12})\.jsonl")
_FETCHED = 512  # lie in memory at a time


@dataclass(frozen=True, slots=True)
class Head:
    """The last record; kept outside, it proves that everything up to it is unchanged."""

    seq: int
    hash: str


class Broken(Exception):
    """A record does not hold; the text says how."""


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be recorded (`audit.append`)."""

    actor: str
    act: str
    objects: Sequence[str]
    reason: str | None
    purpose: str | None = None

    def record(self, previous: Head, at: datetime) -> dict[str, object]:
        """Return the record of the act behind another."""
        record: dict[str, object] = {
            "seq": previous.seq + 1,
            "at": at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "actor": self.actor,
            "act": self.act,
            "objects": list(self.objects),
            "reason": self.reason,
            "previous": previous.hash,
        } | ({"purpose": self.purpose} if self.purpose else {})
        record["hash"] = hashlib.sha256(body(record)).hexdigest()
        return record


def chain_files(folder: Path) -> list[Path]:
    """Return the files of the chain, oldest first: of a store that was moved those of its former place."""
    found = [path for path in folder.glob("audit-*.jsonl") if _FILE.fullmatch(path.name)]
    here = isinstance(folder, ObjectPath)
    return sorted(found, key=lambda path: (is_act(path) is here, path.name))


def is_act(path: Path) -> bool:
    """Is it the file of a single act?"""
    return len(path.stem) > len("audit-2026")


def chain_lines(folder: Path) -> Iterator[tuple[Path, int, bytes]]:
    """Yield file, number and bytes of each line of the chain."""
    files = chain_files(folder)
    acts = [path for path in files if isinstance(path, ObjectPath)]
    for path in files[: len(files) - len(acts)]:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                yield path, number, line
    for start in range(0, len(acts), _FETCHED):
        some = acts[start : start + _FETCHED]
        for path, data in zip(some, side_by_side(ObjectPath.read_bytes, some), strict=True):
            for number, line in enumerate(io.BytesIO(data), start=1):
                yield path, number, line


def act_path(folder: ObjectPath, seq: int) -> ObjectPath:
    """Return the place of one act on object storage."""
    return folder / f"audit-{seq:012d}.jsonl"


def body(record: dict[str, object]) -> bytes:
    """Return the one spelling of a record."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def parse(line: bytes) -> dict[str, object]:
    """Read a line that is exactly what `Act.record` gives: no other spelling of the same values passes.

    Raises:
        Broken: the line is none; the text says how.
    """
    if not line.endswith(b"\n"):
        raise Broken("the line has no end")
    try:
        record = json.loads(line)
    except ValueError:
        raise Broken("the line is not JSON") from None
    if not isinstance(record, dict) or sorted({*record} - {_PURPOSE}) != _FIELDS:
        raise Broken("the line is no record")
    if body(record) + b"\n" != line:
        raise Broken("the line is spelt otherwise than it was written")
    rest = {key: value for key, value in record.items() if key != "hash"}
    if hashlib.sha256(body(rest)).hexdigest() != record["hash"]:
        raise Broken("its hash does not fit its content")
    return record


def follows(record: dict[str, object], last: Head) -> None:
    """Refuse a record that does not follow the one before.

    Raises:
        Broken: it does not.
    """
    if record["seq"] != last.seq + 1:
        raise Broken(f"record {last.seq + 1} is missing or out of place")
    if record["previous"] != last.hash:
        raise Broken("it does not follow the record before")


def head_of(record: dict[str, object]) -> Head:
    """Return sequence and hash of a record."""
    return Head(int(str(record["seq"])), str(record["hash"]))


def last_lines(path: Path) -> list[tuple[int, bytes]]:
    """Return offset and bytes of the last two lines."""
    size = path.stat().st_size
    reach = 8192
    with path.open("rb") as stream:
        while True:
            start = max(0, size - reach)
            stream.seek(start)
            lines = re.findall(rb"[^\n]*\n|[^\n]+", stream.read())
            if start == 0 or len(lines) > 2:  # the first of them may be cut
                break
            reach *= 4
    ends = size
    found = []
    for line in reversed(lines[-2:]):
        ends -= len(line)
        found.append((ends, line))
    return found[::-1]


def bases_in(folder: Path) -> dict[int, str]:
    """Return the records behind which the chain may begin: sequence -> hash."""
    path = folder / "base.json"
    held = read_json(path) if path.exists() else {}
    return {int(seq): str(digest) for seq, digest in held.items()} if isinstance(held, dict) else {}


def base_of(head_: Head) -> str:
    """Return the text by which an act names such a record."""
    return f"base:{head_.seq}:{head_.hash}"
