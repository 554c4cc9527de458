"""Which keys of pseudonyms are read together: only those that a recorded act of a person links.

A new key gives everybody a new person_key. Where an act links it with the one before, a night computes the
ids of those whom it compares under both keys, from the documents and names at hand, and finds what people
decided under either (`screening.hits.person_keys`). Links are of keys. No table of persons is kept: it would
tell whoever has seen the old key, the reason to rotate, who is who under the new one.

A link goes both ways, and from key to key. It ends when either key is retired by an act. A linked key that
cannot be loaded is left out of the nights that are frozen meanwhile: cleared pairs are raised again, and the
night's summary says so.

Source: ISO/IEC 27002:2022, 8.24 (life cycle of keys); Regulation (EU) 2016/679 art. 4(5) (what would
attribute pseudonymised data to a person is kept apart).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from screening.hits.four_eyes import same_person
from screening.protection import audit
from screening.protection.keys import (
    DEMONSTRATION_ID,
    current_id,
    key_folder,
    key_ids,
    load_key,
    load_linked,
    make_key,
    put_in_use,
)
from screening.store import acts
from screening.store.zones import Store
from screening.tables.analyst import KEY_ACTS
from screening.tables.codes import KeyAct
from screening.tables.errors import StoreError, UsageError
from screening.tables.model import rows_of
from screening.tables.rows import ClearanceRow, KeyActRow


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts on keys, and why.

    Attributes:
        actor: who.
        reason: why, in their words.
        at: when, UTC.
        second: second person, where one is asked for.
        needs_second: does the profile ask for one (`keys.second_person`)?
    """

    actor: str
    reason: str
    at: datetime
    second: str | None = None
    needs_second: bool = False


@dataclass(frozen=True, slots=True)
class KeyState:
    """A key as `screening keys list` shows it.

    Attributes:
        key_id: its id.
        state: `in_use`, `linked` with the one in use, `retired`, or `not_linked`.
        file: `there`, or why it cannot be loaded.
        clearances: clearances in force that were made under it.
        until: last day of the last of them.
        mend: what to do, where something is amiss.
    """

    key_id: str
    state: str
    file: str
    clearances: int
    until: date | None
    mend: str | None


def linked_with(store: Store, key_id: str) -> tuple[str, ...]:
    """Return the ids of all keys that are linked with a key, directly or by others, sorted."""
    pairs = _links(rows_of(acts.key_acts(store), KeyActRow))
    found, next_ = {key_id}, {key_id}
    while next_:
        next_ = {other for pair in pairs for other in pair if not pair.isdisjoint(next_)} - found
        found |= next_
    return tuple(sorted(found - {key_id}))


def readable(store: Store, key_id: str) -> tuple[str, ...]:
    """Return those of the keys linked with a key that can be loaded."""
    return tuple(one for one in linked_with(store, key_id) if _fault(store, one) is None)


def _fault(store: Store, key_id: str) -> StoreError | None:
    try:
        load_linked(key_id, store_root=store.root)
    except StoreError as fault:
        return fault
    return None


def _links(rows: Sequence[KeyActRow]) -> set[frozenset[str]]:
    """Return the pairs of keys whose link no later act has ended."""
    pairs: set[frozenset[str]] = set()
    for row in rows:
        if row["act"] == KeyAct.LINK:
            pairs.add(frozenset({row["key_id"], str(row["other"])}))
        else:
            pairs = {pair for pair in pairs if row["key_id"] not in pair}
    return pairs


def retired(store: Store) -> frozenset[str]:
    """Return the ids of keys that were retired and not linked again."""
    found: set[str] = set()
    for row in rows_of(acts.key_acts(store), KeyActRow):
        if row["act"] == KeyAct.RETIRE:
            found.add(row["key_id"])
        else:
            found -= {row["key_id"], str(row["other"])}
    return frozenset(found)


def rotate(store: Store, folder: Path, act: Act) -> tuple[str, str]:
    """Make a key, link it with the one in use, and put it in use, in this order.

    Killed before the last step, the key in use is the one before, and the same command makes another; no
    night ever runs with a key that is not yet linked.

    Returns:
        The key before, and the new one.

    Raises:
        UsageError: no reason, or a second person is missing.
        StoreError: no usable key is in use, or the folder or store cannot be written.
    """
    _check(act)
    before = current_id(folder)
    load_key(folder, before)
    new = make_key(folder)
    audit.append(store, act.actor, "keys.new", [new], act.reason, act.at)
    link(store, folder, before, new, act)
    put_in_use(folder, new)
    return before, new


def link(store: Store, folder: Path, key_id: str, other: str, act: Act) -> bool:
    """Link two keys by a recorded act; both must be in the folder.

    Returns:
        False where they are linked already, and nothing was recorded.

    Raises:
        UsageError: they are one key or the demonstration key, no reason, or a second person is missing.
        StoreError: a key cannot be loaded, or the act cannot be recorded.
    """
    _check(act)
    if key_id == other or DEMONSTRATION_ID in {key_id, other}:
        same = key_id == other
        raise UsageError(
            "a key is not linked with itself" if same else "the demonstration key is linked with no other",
            where="--from, --to",
            effect="nothing was linked",
            remedy="`screening keys list` names the keys"
            if same
            else "what was decided with it was a trial: decide on the hits of real nights",
        )
    for one in (key_id, other):
        load_key(folder, one)
    with acts.deciding(store):
        if other in linked_with(store, key_id):
            return False
        _record(store, KeyAct.LINK, key_id, other, act)
    return True


def retire(store: Store, key_id: str, act: Act) -> int:
    """End all links of a key by a recorded act: what was decided under it binds nobody any more.

    The key's file is not touched: nights that were frozen with it need it to be run again.

    Returns:
        How many clearances in force end with it, of those whose key is written down.

    Raises:
        UsageError: no reason, or nothing is known of the key.
        StoreError: the act cannot be recorded.
    """
    _check(act, alone=True)
    with acts.deciding(store):
        ending = clearances_by_key(store, act.at.date(), until=None).get(key_id, ())
        known = {one for pair in _links(rows_of(acts.key_acts(store), KeyActRow)) for one in pair}
        if key_id not in known and not ending:
            raise UsageError(
                f"the key {key_id[:40]} is linked with no other, and no clearance in force was made with it",
                where="KEY",
                effect="nothing was recorded",
                remedy="`screening keys list` names the keys",
            )
        _record(store, KeyAct.RETIRE, key_id, None, act)
    return len(ending)


def _check(act: Act, *, alone: bool = False) -> None:
    if not act.reason.strip():
        what, remedy = "an act on keys needs a reason", "add --reason TEXT"
    elif act.second and same_person(act.second, act.actor):
        what, remedy = "the second person is the first", "a different person has to agree: --second NAME"
    elif act.needs_second and not act.second and not alone:
        what = "linking keys takes two persons (profile: keys.second_person)"
        remedy = "name the second person: --second NAME"
    else:
        return
    raise UsageError(what, where="screening keys", effect="nothing was done", remedy=remedy)


def _record(store: Store, kind: KeyAct, key_id: str, other: str | None, act: Act) -> None:
    """Write down an act: in the audit chain first, then as the file that counts."""
    last = pc.max(acts.key_acts(store)["at_utc"]).as_py()
    at = act.at if last is None or last < act.at else last + timedelta(microseconds=1)
    text = "|".join([kind, key_id, other or "", act.actor, at.isoformat()])
    row: KeyActRow = {
        "act_id": hashlib.sha256(text.encode()).hexdigest()[:32],
        "act": str(kind),
        "key_id": key_id,
        "other": other,
        "actor": act.actor,
        "second": act.second,
        "reason": act.reason.strip(),
        "at_utc": at,
    }
    objects = [row["act_id"], key_id, *([other] if other else [])]
    objects += [f"second:{act.second}"] if act.second else []
    audit.append(store, act.actor, f"keys.{kind}", objects, act.reason, at)
    acts.record_key_act(store, KEY_ACTS.table([row]))


def clearances_by_key(
    store: Store, day: date, *, until: datetime | None
) -> Mapping[str, Sequence[ClearanceRow]]:
    """Return the clearances in force on a day by the key that they were made under, as far as written down.

    Args:
        store: the store.
        day: the day.
        until: moment up to which decisions count; None for all.
    """
    table = acts.clearances(store, acts.dispositions(store, until=until))
    in_force = table.filter(
        pc.and_(pc.greater_equal(table["until"], pa.scalar(day)), table["key_id"].is_valid())
    )
    found: dict[str, list[ClearanceRow]] = {}
    for row in rows_of(in_force, ClearanceRow):
        found.setdefault(str(row["key_id"]), []).append(row)
    return found


def states(store: Store, in_use: str, day: date) -> list[KeyState]:
    """Return every key that is in the folder, in an act or behind a clearance in force, the one in use first.

    Args:
        store: the store.
        in_use: id of the key in use.
        day: today.
    """
    rows = rows_of(acts.key_acts(store), KeyActRow)
    named = {one for row in rows for one in (row["key_id"], row["other"]) if one}
    cleared = clearances_by_key(store, day, until=None)
    linked, gone = linked_with(store, in_use), retired(store)
    folder = key_folder()
    everything = {in_use, *(key_ids(folder) if folder else ()), *named, *cleared}
    found = []
    for key_id in sorted(everything, key=lambda one: (one != in_use, one)):
        state = "in_use" if key_id == in_use else "linked" if key_id in linked else "not_linked"
        state = "retired" if state == "not_linked" and key_id in gone else state
        fault = None if key_id == DEMONSTRATION_ID else _fault(store, key_id)
        own = cleared.get(key_id, ())
        found.append(
            KeyState(
                key_id=key_id,
                state=state,
                file=fault.what if fault else "there",
                clearances=len(own),
                until=max((row["until"] for row in own), default=None),
                mend=_mend(key_id, state, in_use, fault, len(own)),
            )
        )
    return found


def _mend(key_id: str, state: str, in_use: str, fault: StoreError | None, cleared: int) -> str | None:
    if state == "linked":
        return fault.remedy if fault else None
    if state != "not_linked" or not cleared:
        return None
    retire_ = f"`screening keys retire {key_id} --reason WHY`"
    if DEMONSTRATION_ID in {key_id, in_use}:
        return f"{retire_}: the demonstration key is linked with no other"
    first = "copy its file back, then " if fault else ""
    return f"{first}`screening keys link --from {key_id} --to {in_use} --reason WHY`, else {retire_}"
