"""Who did what, when, to which object, for what reason: a chain that shows every later change.

`audit/audit-YYYY.jsonl` holds one record a line: seq, at, actor, act, objects, reason, previous, hash, and
of acts that use individuals' data the purpose (`protection.purposes`), which the profile must allow.
`hash` is the sha256 of the record's canonical JSON without it, `previous` the hash of the record before; so a
changed byte, a line taken out, put in or moved breaks the chain at its place. A new year begins a new file;
the chain goes on. `audit/head.json` repeats sequence and hash of the last record, which shows a cut-off end;
it proves nothing against somebody who can write there, so the agency keeps `head` outside once a day (another
disk, print, post).

The chain proves later change and gaps. It does not prove that nothing went unrecorded.

In a folder a record is a line (`audit_lines`), on object storage an object of its own (`audit_objects`);
`verify` reads both forms, of a store that was moved one after the other. What a kill leaves at the end of the
chain: `audit_end`. Files of years whose term has ended go, and an act says so: `audit_terms`.

Records of reading and deciding are kept for verification only: Directive (EU) 2016/681 art. 13(5)-(6),
Directive (EU) 2016/680 art. 25.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from screening.protection.audit_end import NOT_RECORDED, agree, end_of, keep_head, kept_head, set_aside
from screening.protection.audit_lines import write_after, write_line
from screening.protection.audit_objects import is_behind, put_act, put_after
from screening.protection.audit_records import (
    GENESIS,
    Act,
    Broken,
    Head,
    base_of,
    bases_in,
    chain_lines,
    follows,
    head_of,
    parse,
)
from screening.protection.purposes import purpose_of
from screening.store.files import disk_faults
from screening.store.locks import exclusive
from screening.store.object_path import ObjectPath
from screening.store.zones import Store, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import StoreError

FORGET = "audit.forget"
"""Act that tells of files of the chain which have come to the end of their term."""
_ACT = re.compile(r"[a-z][a-z0-9_.-]{0,60}")


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
    stated = Act(actor, act, objects, reason, purpose)
    with _open(store) as folder:
        if isinstance(folder, ObjectPath):
            return put_act(folder, stated, moment)
        return write_line(folder, stated, moment)


def head(store: Store) -> Head | None:
    """Return the last record's sequence and hash, to be kept outside the store.

    Raises:
        StoreError: the head's file is damaged.
    """
    return kept_head(store.root / Zone.AUDIT)


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
        tail, kept = end_of(folder), kept_head(folder)
        if not tail.rest and (agree(tail.head, kept) or is_behind(folder, tail.head, kept)):
            return None
        objects = [set_aside(folder, tail)] if tail.rest else []
        if kept is not None:
            objects.append(f"expected:{kept.seq}:{kept.hash}")
        stated = Act(actor, "audit.mend", objects, reason)
        if isinstance(folder, ObjectPath):
            mended = put_after(folder, tail.head, stated, moment)
            keep_head(folder, mended)  # also where what was expected is further on, and is gone
            return mended
        return write_after(folder, tail, stated, moment)


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
    bases = {0: GENESIS} | bases_in(folder)
    seen = dict(bases)
    last, repairs, begun = Head(0, GENESIS), 0, False
    unsaid: str | None = None  # a base that no act on the chain names yet
    for path, number, line in chain_lines(folder):
        try:
            record = parse(line)
            if not begun:
                begun, before = True, int(str(record["seq"])) - 1
                last = Head(before, bases[before]) if before in bases else last
                unsaid = base_of(last) if last.seq else None
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
        return kept_head(folder)
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
    with _alone(folder), disk_faults(folder, effect=NOT_RECORDED):
        yield folder


def _alone(folder: Path) -> AbstractContextManager[None]:
    if isinstance(folder, ObjectPath):
        return nullcontext()
    return exclusive(folder / ".lock", what="the audit chain", wait=True)
