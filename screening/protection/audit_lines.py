"""The chain of acts as lines in a folder: one behind the other, a file a year, by one writer at a time.

A kill in the middle of a line leaves a line without its end: its bytes are set aside in a file of their own,
and a repair record takes its place. A complete line that does not hold is no accident of ours: nothing is
written behind it until a person has looked (`audit.mend`).
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from screening.protection.audit_end import Tail, agree, chain_broken, end_of, keep_head, kept_head, set_aside
from screening.protection.audit_records import Act, Head, body, head_of
from screening.store.files import sync_folder


def write_line(folder: Path, act: Act, at: datetime) -> Head:
    """Write an act behind the last one; a torn line is closed first.

    Raises:
        StoreError: the chain is broken at its end.
    """
    return write_after(folder, _repaired(folder, end_of(folder), at), act, at)


def _repaired(folder: Path, tail: Tail, at: datetime) -> Tail:
    """Close a torn line with a repair record; refuse to write behind anything worse."""
    kept = kept_head(folder)
    finished = kept is not None and b'"hash":"%s"' % kept.hash.encode() in tail.rest
    if tail.rest.endswith(b"\n") or finished or not agree(tail.head, kept):
        how = "its last line does not hold" if tail.rest else f"it ends with record {tail.head.seq}"
        raise chain_broken(tail.path or folder, f"{how}, head.json says {kept.seq if kept else 0}")
    if tail.head.seq and tail.head != kept:  # else a second kill here leaves it two behind
        keep_head(folder, tail.head)
    if not tail.rest:
        return tail
    reason = "a line without its end was found; its bytes are kept in the file named"
    act = Act("system", "audit.repair", [set_aside(folder, tail)], reason)
    return Tail(tail.path, write_after(folder, tail, act, at), b"", 0)


def write_after(folder: Path, tail: Tail, act: Act, at: datetime) -> Head:
    """Write an act behind an end that was looked at."""
    at = at.astimezone(UTC)
    path = folder / f"audit-{at.year:04d}.jsonl"
    if tail.path is not None and tail.path.name > path.name:  # a clock set back never reopens an older file
        path = tail.path
    record = act.record(tail.head, at)
    line = body(record) + b"\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(handle).st_size
        try:
            _write_all(handle, line)
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, size)  # a full disk leaves no half line behind
            raise
    finally:
        os.close(handle)
    if not size:
        sync_folder(folder)
    new = head_of(record)
    keep_head(folder, new)
    return new


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
