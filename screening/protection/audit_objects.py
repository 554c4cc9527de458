"""The chain of acts on object storage, where nothing can be appended: one object an act, under its sequence.

`audit-000000000042.jsonl` is put on condition that none is there: of two who write at once one succeeds, and
the other writes the next. No lock is taken. `head.json` may fall behind where writers are killed, never
ahead; who writes next looks from there on. A chain that was moved here as lines goes on as objects.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

from screening.protection.audit_end import chain_broken, end_of, head_in, kept_head, parse_or_stop
from screening.protection.audit_records import GENESIS, Act, Broken, Head, act_path, body, follows, head_of
from screening.store import objects
from screening.store.files import canonical_json
from screening.store.object_path import ObjectPath
from screening.store.objects import put_if, put_new


def put_act(folder: ObjectPath, act: Act, at: datetime) -> Head:
    """Put an act behind the last one.

    Raises:
        StoreError: the chain is broken at its end.
    """
    return put_after(folder, _furthest(folder), act, at)


def put_after(folder: ObjectPath, last: Head, act: Act, at: datetime) -> Head:
    """Put an act behind a record; where another writer was quicker, behind theirs."""
    while True:
        record = act.record(last, at.astimezone(UTC))
        new = head_of(record)
        if put_new(act_path(folder, new.seq), body(record) + b"\n") is not None:
            break
        last = _record_at(folder, new.seq, after=last) or last
    path = folder / "head.json"
    while True:
        try:
            data, known = objects.get(path)
        except FileNotFoundError:  # it was lost, and this is the act that mends it
            done = put_new(path, _said(new))
        else:
            kept = head_in(path, json.loads(data))
            done = put_if(path, _said(new), known.tag) if kept.seq < new.seq else known.tag
        if done is not None:
            return new


def _furthest(folder: ObjectPath) -> Head:
    """Return the last record, looked for from head.json on; refuse to write behind one that does not hold."""
    last = _begun_head(folder)
    if last.seq and (_record_at(folder, last.seq) or _end_of_lines(folder)) != last:
        raise chain_broken(folder, f"record {last.seq} is missing, or another one than head.json says")
    while (following := _record_at(folder, last.seq + 1, after=last)) is not None:
        last = following
    return last


def _begun_head(folder: ObjectPath) -> Head:
    """Return what head.json says; it is put before the first record, so that it is never missing later."""
    kept = kept_head(folder)
    if kept is None and not end_of(folder).head.seq:
        put_new(folder / "head.json", _said(Head(0, GENESIS)))
    kept = kept or kept_head(folder)  # another writer may have been quicker
    if kept is None:
        raise chain_broken(folder, "head.json is gone")
    return kept


def _said(head_: Head) -> bytes:
    return canonical_json({"seq": head_.seq, "hash": head_.hash})


def _record_at(folder: ObjectPath, seq: int, after: Head | None = None) -> Head | None:
    path = act_path(folder, seq)
    try:
        record = parse_or_stop(path, path.read_bytes())
        if after is not None:
            follows(record, after)
    except FileNotFoundError:
        return None
    except Broken as broken:
        raise chain_broken(path, str(broken)) from None
    return head_of(record)


def _end_of_lines(folder: Path) -> Head:
    """Return the last record of a chain that was moved here as lines, and has no object yet."""
    tail = end_of(folder)
    if tail.rest:
        raise chain_broken(tail.path or folder, "its last line does not hold")
    return tail.head


def is_behind(folder: Path, found: Head, kept: Head | None) -> bool:
    """Do records follow the one that head.json names? So killed writers leave it on object storage."""
    if kept is None or not isinstance(folder, ObjectPath) or kept.seq > found.seq:
        return False
    return kept.seq == 0 or _record_at(folder, kept.seq) == kept
