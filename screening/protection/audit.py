"""Who did what, when, to which object, for what reason: a chain that shows every later change.

`audit/audit-YYYY.jsonl` holds one record a line: seq, at, actor, act, objects, reason, previous, hash, and
of acts that use individuals' data the purpose (`protection.purposes`), which the profile must allow.
`hash` is the sha256 of the record's canonical JSON without it, `previous` the hash of the record before; so a
changed byte, a line taken out, put in or moved breaks the chain at its place. A new year begins a new file;
the chain goes on. `audit/head.json` repeats sequence and hash of the last record, which shows a cut-off end;
it proves nothing against somebody who can write there, so the agency keeps `head` outside once a day (another
disk, print, post).

The chain proves later change and gaps. It does not prove that nothing went unrecorded.

Files of years whose term has ended go (`forget`): `audit/base.json` keeps sequence and hash of the last
record of each, from which the chain is verified then, and an act on the chain names both. Whoever removes a
file without such an act is seen.

On object storage, where nothing can be appended, each record is an object of its own under its sequence
(`audit-000000000042.jsonl`), put on condition that none is there: of two who write at once one succeeds, and
the other writes the next. No lock is taken. `head.json` may fall behind where writers are killed, never
ahead; who writes next looks from there on. `audit verify` reads both forms, of a store that was moved one
after the other. Old records go by whole years there too.

A kill in the middle of a line leaves a line without its end: its bytes are set aside in a file of their own,
and a repair record takes its place. A complete line that does not hold is no accident of ours: nothing is
written behind it until a person has looked (`mend`).

Records of reading and deciding are kept for verification only: Directive (EU) 2016/681 art. 13(5)-(6),
Directive (EU) 2016/680 art. 25.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from screening.protection.audit_records import (
    Broken,
    Head,
    act_path,
    body,
    chain_files,
    chain_lines,
    follows,
    head_of,
    is_act,
    last_lines,
    parse,
)
from screening.protection.purposes import purpose_of
from screening.store import objects
from screening.store.files import (
    canonical_json,
    disk_faults,
    json_if_there,
    read_json,
    sync_folder,
    write_bytes,
    write_json,
)
from screening.store.locks import exclusive
from screening.store.objects import ObjectPath, put_if, put_new
from screening.store.zones import Store, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import StoreError

GENESIS = "0" * 64
FORGET = "audit.forget"
"""Act that tells of files of the chain which have come to the end of their term."""
_ACT = re.compile(r"[a-z][a-z0-9_.-]{0,60}")
_COMPARE = "compare with the head kept outside, then `screening audit verify`"
_NOT_RECORDED = "the act was not recorded, so it was not done"


@dataclass(frozen=True, slots=True)
class AuditState:
    """What a verification found.

    Attributes:
        records: records that hold, from the first on.
        head: the last of them.
        broken: sequence number at which the chain breaks, None if it holds.
        where: file and line of the break.
        reason: what is wrong there.
        repairs: records that tell of torn or mended lines.
    """

    records: int
    head: Head | None
    broken: int | None = None
    where: str | None = None
    reason: str | None = None
    repairs: int = 0

    @property
    def holds(self) -> bool:
        """Is every record unchanged?"""
        return self.broken is None


@dataclass(frozen=True, slots=True)
class _Tail:
    """End of the chain: last record that holds, and the bytes of a line behind it that does not."""

    path: Path | None
    head: Head
    rest: bytes
    offset: int


@dataclass(frozen=True, slots=True)
class _Act:
    actor: str
    act: str
    objects: Sequence[str]
    reason: str | None
    purpose: str | None = None

    def record(self, previous: Head, at: datetime) -> dict[str, object]:
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


def append(
    store: Store,
    actor: str,
    act: str,
    objects: Sequence[str],
    reason: str | None = None,
    at: datetime | None = None,
) -> Head:
    """Record an act, durably, before it is done or told.

    Args:
        store: the store.
        actor: who (protection.actor.who).
        act: what, a lower-case word such as `hit.decide`.
        objects: pseudonymous ids of what it was done to; never names, dates or numbers of persons.
        reason: why, in the words of the actor.
        at: when; now if not given. Must know its zone.

    Returns:
        The new head.

    Raises:
        ProfileError: the profile does not allow individuals' data to be used so.
        StoreError: the chain is broken at its end, or cannot be written.
        ValueError: the act is no such word, or `at` has no zone.
    """
    purpose = purpose_of(store, act)
    moment = datetime.now(UTC) if at is None else at
    if moment.tzinfo is None or not _ACT.fullmatch(act):
        raise ValueError("an act is a lower-case word and its time knows its zone")
    stated = _Act(actor, act, objects, reason, purpose)
    with _open(store) as folder:
        if isinstance(folder, ObjectPath):
            return _put_act(folder, _furthest(folder), stated, moment)
        return _write(folder, _repaired(folder, _tail(folder), moment), stated, moment)


def head(store: Store) -> Head | None:
    """Return the last record's sequence and hash, to be kept outside the store.

    Raises:
        StoreError: the head's file is damaged.
    """
    return _kept_head(store.root / Zone.AUDIT)


def mend(store: Store, actor: str, reason: str, at: datetime | None = None) -> Head | None:
    """Set a damaged last line aside and go on with the chain; for a person who has looked.

    Its bytes are kept beside the chain; the record names their file and the head that was expected.

    Returns:
        The head of the mended chain; None where its end is whole, and nothing was recorded.

    Raises:
        StoreError: the damage lies deeper than the last line.
    """
    moment = datetime.now(UTC) if at is None else at
    with _open(store) as folder:
        tail, kept = _tail(folder), _kept_head(folder)
        if not tail.rest and (_agree(tail.head, kept) or _is_behind(folder, tail.head, kept)):
            return None
        objects = [_set_aside(folder, tail)] if tail.rest else []
        if kept is not None:
            objects.append(f"expected:{kept.seq}:{kept.hash}")
        stated = _Act(actor, "audit.mend", objects, reason)
        if isinstance(folder, ObjectPath):
            mended = _put_act(folder, tail.head, stated, moment)
            _keep_head(folder, mended)  # also where what was expected is further on, and is gone
            return mended
        return _write(folder, tail, stated, moment)


def forget(
    store: Store,
    before: datetime,
    actor: str,
    carried: Callable[[Sequence[Path]], Sequence[str]],
    at: datetime,
) -> list[str]:
    """Remove the files of the chain whose last record is older than a moment; the newest always stays.

    Args:
        store: the store.
        before: files with a record of this moment or later stay, and all after them.
        actor: who.
        carried: gives of the files that go what has to be said again (`protection.audit_terms`).
        at: when.

    Returns:
        Names of the files removed. One that was killed is ended by the next.

    Raises:
        StoreError: the chain is broken in what would go, or a file cannot be removed.
    """
    folder = open_zones(store, {Zone.AUDIT}).path(Zone.AUDIT)
    ended = [(paths, record) for paths, record in _ends_of(folder) if _at(record) < before]
    if not ended:
        return []
    going, last = [path for paths, _ in ended for path in paths], head_of(ended[-1][1])
    bases = _bases(folder)
    bases[last.seq] = last.hash
    write_json(folder / "base.json", {str(seq): digest for seq, digest in bases.items()})
    files = [_named(paths) for paths, _ in ended]
    append(store, actor, FORGET, [_base(last), *files, *carried(going)], "end of term", at)
    for path in going:
        with disk_faults(path, effect="the file is still there"):
            path.unlink()
    sync_folder(folder)
    return [path.name for path in going]


def last_acts(store: Store) -> list[tuple[Path, datetime]]:
    """Return each file of the chain but those of the newest year, and when the last act of its year was.

    Raises:
        StoreError: the last line of one does not hold.
    """
    return [(path, _at(record)) for paths, record in _ends_of(store.root / Zone.AUDIT) for path in paths]


def _ends_of(folder: Path) -> Iterator[tuple[list[Path], dict[str, object]]]:
    """Give the files of each year but the newest, and the last record of it."""
    files = chain_files(folder)
    acts = [path for path in files if isinstance(path, ObjectPath) and is_act(path)]
    lines = files[: len(files) - len(acts)]
    for path in lines if acts else lines[:-1]:
        for _, line in last_lines(path)[-1:]:
            yield [path], _parse_or_stop(path, line)
    if not acts or _year(acts[0]) == _year(acts[-1]):  # as nearly always: the rest is not read
        return
    year: list[Path] = []
    last: dict[str, object] = {}
    for path in acts:
        record = _parse_or_stop(path, path.read_bytes())
        if year and _at(record).year > _at(last).year:
            yield year, last
            year = []
        year, last = [*year, path], record


def _year(path: Path) -> int:
    return _at(_parse_or_stop(path, path.read_bytes())).year


def _named(paths: Sequence[Path]) -> str:
    """Name files of the chain that go, and their bytes: many small ones together."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    name = paths[0].name if len(paths) == 1 else f"{paths[0].name}..{paths[-1].name}"
    return f"file:{name}:{digest}"


def _at(record: Mapping[str, object]) -> datetime:
    return datetime.fromisoformat(str(record["at"]))


def records_in(path: Path) -> Iterator[Mapping[str, Any]]:
    """Read the records of one file of the chain.

    Raises:
        StoreError: one does not hold.
    """
    with path.open("rb") as stream:
        for line in stream:
            yield _parse_or_stop(path, line)


def _parse_or_stop(path: Path, line: bytes) -> dict[str, object]:
    try:
        return parse(line)
    except Broken as broken:
        raise _chain_broken(path, str(broken)) from None


def _base(head_: Head) -> str:
    return f"base:{head_.seq}:{head_.hash}"


def _bases(folder: Path) -> dict[int, str]:
    """Return the records behind which the chain may begin: sequence -> hash."""
    path = folder / "base.json"
    held = read_json(path) if path.exists() else {}
    return {int(seq): str(digest) for seq, digest in held.items()} if isinstance(held, dict) else {}


def records(store: Store) -> Iterator[Mapping[str, Any]]:
    """Read the records that hold, from the first on."""
    for _, _, line in chain_lines(store.root / Zone.AUDIT):
        try:
            yield parse(line)
        except Broken:
            return


def verify(store: Store, anchor: Head | None = None) -> AuditState:
    """Read the whole chain and compare every byte.

    Args:
        store: the store.
        anchor: a head that was kept outside.

    Returns:
        The state; `broken` names the first record that does not hold.
    """
    folder = store.root / Zone.AUDIT
    if not folder.is_dir():
        return _against(AuditState(0, None), {}, anchor, "no audit folder")
    with _alone(folder):
        return _verified(folder, anchor)


def _verified(folder: Path, anchor: Head | None) -> AuditState:
    kept = _found_head(folder)  # before the lines: on object storage others may write meanwhile
    bases = {0: GENESIS} | _bases(folder)
    seen = dict(bases)
    last, repairs, begun = Head(0, GENESIS), 0, False
    unsaid: str | None = None  # a base that no act on the chain names yet
    for path, number, line in chain_lines(folder):
        try:
            record = parse(line)
            if not begun:
                begun, before = True, int(str(record["seq"])) - 1
                last = Head(before, bases[before]) if before in bases else last
                unsaid = _base(last) if last.seq else None
            follows(record, last)
        except Broken as broken:
            where = f"{path.name}, line {number}"
            good = last if last.seq else None
            return AuditState(last.seq, good, last.seq + 1, where, str(broken), repairs)
        last = head_of(record)
        seen[last.seq] = last.hash
        repairs += record["act"] in {"audit.repair", "audit.mend"}
        if record["act"] == FORGET and unsaid in list(map(str, _listed(record["objects"]))):
            unsaid = None
    state = AuditState(last.seq, last if last.seq else None, repairs=repairs)
    if unsaid is not None:
        how = f"records up to {unsaid.split(':')[1]} are gone, and no act says so"
        return AuditState(state.records, state.head, int(unsaid.split(":")[1]) + 1, "base.json", how, repairs)
    if isinstance(kept, StoreError):
        return AuditState(
            state.records, state.head, last.seq + 1, "head.json", "head.json is damaged", repairs
        )
    if kept is None and last.seq > 1:  # the first record is written before the first head
        return AuditState(state.records, state.head, last.seq + 1, "head.json", "head.json is gone", repairs)
    state = _against(state, seen, kept, "head.json")
    return _against(state, seen, anchor, "the head kept outside") if state.holds else state


def _found_head(folder: Path) -> Head | StoreError | None:
    try:
        return _kept_head(folder)
    except StoreError as damaged:
        return damaged


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _against(state: AuditState, seen: dict[int, str], head_: Head | None, origin: str) -> AuditState:
    if head_ is None or seen.get(head_.seq) == head_.hash:
        return state
    if head_.seq not in seen:
        broken, reason = state.records + 1, f"records up to {head_.seq} are known from {origin}, but are gone"
    else:
        broken, reason = head_.seq, f"record {head_.seq} is another one than {origin} says"
    return AuditState(state.records, state.head, broken, origin, reason, state.repairs)


@contextmanager
def _open(store: Store) -> Iterator[Path]:
    folder = open_zones(store, {Zone.AUDIT}).path(Zone.AUDIT)
    with _alone(folder), disk_faults(folder, effect=_NOT_RECORDED):
        yield folder


def _alone(folder: Path) -> AbstractContextManager[None]:
    if isinstance(folder, ObjectPath):
        return nullcontext()
    return exclusive(folder / ".lock", what="the audit chain", wait=True)


def _kept_head(folder: Path) -> Head | None:
    path = folder / "head.json"
    document = json_if_there(path, remedy=_COMPARE)
    return None if document is None else _head_in(path, document)


def _head_in(path: Path, document: object) -> Head:
    held = document if isinstance(document, dict) else {}
    if {*held} != {"seq", "hash"} or not isinstance(held["seq"], int):
        raise StoreError("the file is damaged", where=str(path), effect=_NOT_RECORDED, remedy=_COMPARE)
    return Head(held["seq"], str(held["hash"]))


def _tail(folder: Path) -> _Tail:
    """Look at the end of the chain.

    Raises:
        StoreError: not only the last line does not hold.
    """
    path, rest, offset = None, b"", 0
    for file in reversed(chain_files(folder)):
        for start, line in reversed(last_lines(file)):
            try:
                return _Tail(path or file, head_of(parse(line)), rest, offset)
            except Broken as broken:
                if rest:
                    raise _chain_broken(file, f"more than the last line does not hold: {broken}") from None
            path, rest, offset = file, line, start
    return _Tail(path, Head(0, GENESIS), rest, offset)


def _agree(found: Head, kept: Head | None) -> bool:
    """A kill between line and head leaves the head one behind, never ahead."""
    if kept is None:
        return found.seq <= 1
    return kept == found or kept.seq + 1 == found.seq


def _is_behind(folder: Path, found: Head, kept: Head | None) -> bool:
    """Do records follow the one that head.json names? So killed writers leave it on object storage."""
    if kept is None or not isinstance(folder, ObjectPath) or kept.seq > found.seq:
        return False
    return kept.seq == 0 or _record_at(folder, kept.seq) == kept


def _repaired(folder: Path, tail: _Tail, at: datetime) -> _Tail:
    """Close a torn line with a repair record; refuse to write behind anything worse."""
    kept = _kept_head(folder)
    finished = kept is not None and b'"hash":"%s"' % kept.hash.encode() in tail.rest
    if tail.rest.endswith(b"\n") or finished or not _agree(tail.head, kept):
        how = "its last line does not hold" if tail.rest else f"it ends with record {tail.head.seq}"
        raise _chain_broken(tail.path or folder, f"{how}, head.json says {kept.seq if kept else 0}")
    if tail.head.seq and tail.head != kept:  # else a second kill here leaves it two behind
        _keep_head(folder, tail.head)
    if not tail.rest:
        return tail
    reason = "a line without its end was found; its bytes are kept in the file named"
    act = _Act("system", "audit.repair", [_set_aside(folder, tail)], reason)
    return _Tail(tail.path, _write(folder, tail, act, at), b"", 0)


def _chain_broken(path: Path, how: str) -> StoreError:
    return StoreError(
        f"the audit chain is broken at its end: {how}",
        where=str(path),
        effect=_NOT_RECORDED,
        remedy="`screening audit verify` shows the place; when a person has looked, "
        "`screening audit mend --reason TEXT` sets the line aside and goes on",
    )


def _set_aside(folder: Path, tail: _Tail) -> str:
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


def _furthest(folder: ObjectPath) -> Head:
    """Return the last record, looked for from head.json on; refuse to write behind one that does not hold."""
    last = _begun_head(folder)
    if last.seq and (_record_at(folder, last.seq) or _end_of_lines(folder)) != last:
        raise _chain_broken(folder, f"record {last.seq} is missing, or another one than head.json says")
    while (following := _record_at(folder, last.seq + 1, after=last)) is not None:
        last = following
    return last


def _begun_head(folder: ObjectPath) -> Head:
    """Return what head.json says; it is put before the first record, so that it is never missing later."""
    kept = _kept_head(folder)
    if kept is None and not _tail(folder).head.seq:
        put_new(folder / "head.json", _said(Head(0, GENESIS)))
    kept = kept or _kept_head(folder)  # another writer may have been quicker
    if kept is None:
        raise _chain_broken(folder, "head.json is gone")
    return kept


def _said(head_: Head) -> bytes:
    return canonical_json({"seq": head_.seq, "hash": head_.hash})


def _record_at(folder: ObjectPath, seq: int, after: Head | None = None) -> Head | None:
    path = act_path(folder, seq)
    try:
        record = _parse_or_stop(path, path.read_bytes())
        if after is not None:
            follows(record, after)
    except FileNotFoundError:
        return None
    except Broken as broken:
        raise _chain_broken(path, str(broken)) from None
    return head_of(record)


def _end_of_lines(folder: Path) -> Head:
    """Return the last record of a chain that was moved here as lines, and has no object yet."""
    tail = _tail(folder)
    if tail.rest:
        raise _chain_broken(tail.path or folder, "its last line does not hold")
    return tail.head


def _put_act(folder: ObjectPath, last: Head, act: _Act, at: datetime) -> Head:
    """Put a record where none is; where another writer was quicker, behind theirs."""
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
            kept = _head_in(path, json.loads(data))
            done = put_if(path, _said(new), known.tag) if kept.seq < new.seq else known.tag
        if done is not None:
            return new


def _write(folder: Path, tail: _Tail, act: _Act, at: datetime) -> Head:
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
    _keep_head(folder, new)
    return new


def _keep_head(folder: Path, new: Head) -> None:
    write_json(folder / "head.json", {"seq": new.seq, "hash": new.hash})


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
