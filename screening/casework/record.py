"""What stands in the store, compared with what the record of acts says of it.

The chain shows that no record was changed; it does not show that the store still is what the records say. So
nights, decisions and other acts on hits, links of keys, proposals on own alerts and versions of lists in use
are compared with the last act on each: a commit point put back to an older state, a file taken out, a
decision that is gone or was slipped in, an emptied record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from screening.casework.acting import digest as act_hash
from screening.list_keeping.proposals import FOLDER, documents
from screening.list_keeping.versions import known_lists, stated_version, versions
from screening.protection import audit
from screening.protection.audit_terms import DECIDING, ON_HITS, Words
from screening.protection.retention import proofs
from screening.protection.rewriting import rewriting_proofs
from screening.store import acts
from screening.store.current_json import CURRENT, current, nights
from screening.store.files import by_hand, sha256_file
from screening.store.zones import Store
from screening.tables import hit_acts
from screening.tables.analyst import DISPOSITIONS
from screening.tables.errors import StoreError
from screening.tables.model import TableSpec, rows_of
from screening.tables.rows import DispositionRow, KeyActRow


@dataclass
class _Stated:
    """The last act on each thing, as the record has it."""

    records: int = 0
    nights: dict[date, tuple[int, str]] = field(default_factory=dict)
    """Revision and its seal; a record of before there were seals names the frozen set instead."""
    decisions: dict[str, tuple[str, str, str | None]] = field(default_factory=dict)
    """Hit, decision and reason by id of the disposition; without reason where its act has had its term."""
    older: set[tuple[str, str, str]] = field(default_factory=set)
    """The same of decisions recorded before they were named by id."""
    on_hits: dict[str, str] = field(default_factory=dict)
    """Hash by id of each further act on a hit."""
    lists: dict[str, str] = field(default_factory=dict)
    proposals: dict[str, set[str]] = field(default_factory=dict)
    """Hashes of what was proposed and decided, by id of the proposal."""
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Act and keys by id of the act on keys."""
    repeated: Words = field(default_factory=Words)
    """What acts repeated of files of the record that are gone."""


def differences(store: Store) -> list[str]:
    """Return in words where the store is not what the record of acts says; each names what to do.

    Reads every published file. An act in progress may show as a difference: look again when it has ended.
    """
    stated = _Stated()
    for record in audit.records(store):
        _state(stated, record)
    _say_again(stated)
    published = nights(store)
    if published and not stated.records:
        return [
            f"the record of acts is empty, but {len(published)} nights are published: "
            f"restore the folder {store.root / 'audit'} from the backup"
        ]
    return [
        *_copies(store),  # first: from here on acts are read from their own files
        *_nights(store, stated, published),
        *_decisions(store, stated),
        *_on_hits(store, stated),
        *_lists(store, stated),
        *_proposals(store, stated),
        *_keys(store, stated),
    ]


def _state(stated: _Stated, record: Mapping[str, Any]) -> None:
    stated.records += 1
    act, objects, reason = record["act"], record["objects"], record["reason"] or ""
    if act == audit.FORGET:
        stated.repeated.take(objects)
        return
    for seal in (text for text in objects if text.startswith("published:")):
        _, night, revision, _ = seal.split(":")
        label = date.fromisoformat(night)
        stated.nights[label] = int(revision), seal
    if act == "night.publish" and len(objects) == 2:
        stated.nights[date.fromisoformat(objects[0][:10])] = int(reason), objects[1]
    elif act in DECIDING:
        hit, decision, *ids = objects  # then what it confirms or undoes
        if ids:
            stated.decisions[ids[0]] = hit, decision, reason
        else:
            stated.older.add((hit, decision, reason.strip()))
    elif act in ON_HITS:
        _, name, digest = objects
        stated.on_hits[name] = digest
    elif act in {"list.activate", "list.release"}:
        stated.lists[objects[0]] = objects[1]
    elif act in _PROPOSING:
        stated.proposals.setdefault(objects[0], set()).update(objects[2:])
    elif act in {"keys.link", "keys.retire"}:
        name, *named = objects
        stated.keys[name] = act, *(one for one in named if not one.startswith("second:"))


_PROPOSING = frozenset(
    f"alert.{word}" for word in ("nominate", "amend", "extend", "withdraw", "approve", "reject")
)


def _say_again(stated: _Stated) -> None:
    """Take what was repeated of files of the record that are gone at the end of their term.

    It is older than every act of the chain: these go before it.
    """
    for label, seal in stated.repeated.seals.items():
        stated.nights.setdefault(date.fromisoformat(label), (int(seal.split(":")[2]), seal))
    for name, text in stated.repeated.lists.items():
        stated.lists.setdefault(name, text.split(":")[2])
    told = {name: text.split(":") for name, text in stated.repeated.decisions.items()}
    earlier: dict[str, tuple[str, str, str | None]] = {
        name: (hit, decision, None) for name, (_, _, hit, decision) in told.items()
    }
    stated.decisions = earlier | stated.decisions
    for name, text in stated.repeated.on_hits.items():
        stated.on_hits.setdefault(name, text.split(":", 2)[2])


def _gone_by_rule(store: Store, spec: TableSpec = DISPOSITIONS) -> set[str]:
    """Return the acts whose files a purge removed at the end of their term, by its proof."""
    place = f"analyst/acts/{spec.name}/"
    removed = (item.path for proof in proofs(store) for item in proof.files)
    rewritten = (path for proof in rewriting_proofs(store) for path in proof.document["remove"])
    return {
        path.removeprefix(place).removesuffix(".parquet")
        for path in (*removed, *rewritten)
        if path.startswith(place)
    }


def _nights(store: Store, stated: _Stated, published: list[date]) -> Iterator[str]:
    for night in sorted({*published, *stated.nights}):
        folder = store.night_folder(night)
        try:
            now = current(store, night)
        except StoreError:
            now = None
        if now is None:
            yield (
                f"night {night} was published, but its {CURRENT} is gone or damaged: "
                f"{_copy(folder, night, stated.nights[night][0])}"
            )
            continue
        revision, seal = stated.nights.get(night, (0, ""))
        if revision == 0:
            yield (
                f"night {night} is published, but no act says so: `screening run --night {night}` records "
                "what a killed run published; else somebody put it there"
            )
        elif seal not in {now.seal, now.frozen} or revision != now.revision:
            yield (
                f"{CURRENT} of night {night} is not revision {revision} as it was published: "
                f"{_copy(folder, night, revision)}"
            )
        for file in now.files:
            path = store.root / file.path
            if not path.is_file() or sha256_file(path) != file.sha256:
                yield (
                    f"{path} is gone or not as it was published: restore it from the backup, or screen the "
                    f"night again: `screening run --night {night} --again`"
                )


def _copy(folder: Path, night: date, revision: int) -> str:
    own = folder / "revisions" / f"{revision:04d}.json"
    if not own.exists():  # another disk
        return (
            f"restore the store from the backup; without one `screening run --night {night}` screens what "
            "the inbox still holds"
        )
    return f"{by_hand('cp', own, folder / CURRENT)}, or restore both from the backup"


def _copies(store: Store) -> Iterator[str]:
    for path in acts.differing_copies(store):
        yield (
            f"{path} is not what the files of these acts hold: remove it, a later night makes it anew: "
            f"{by_hand('rm', path)}"
        )


def _decisions(store: Store, stated: _Stated) -> Iterator[str]:
    there = {row["disposition_id"]: row for row in rows_of(acts.dispositions(store), DispositionRow)}
    latest = {hit: name for name, (hit, _, _) in stated.decisions.items() if name in there}
    order = {name: number for number, name in enumerate(stated.decisions)}
    ended = _gone_by_rule(store)
    for name, (hit, decision, _) in stated.decisions.items():
        if name in ended:
            continue
        if name not in there and order.get(latest.get(hit, ""), -1) < order[name]:  # else decided again
            yield (
                f"the decision {name} ({decision} on hit {hit}) is recorded, but its file is gone: restore "
                f"analyst/acts from the backup, or decide again; `screening trace {hit}` says on what"
            )
    for name, row in there.items():
        made = row["hit_id"], row["decision"], row["reason"]
        if name in stated.decisions:
            hit, decision, reason = stated.decisions[name]
            known = (hit, decision, reason.strip() if reason is not None else made[2]) == made
        else:
            known = made in stated.older
        if not known:
            yield (
                f"the decision {name} ({row['decision']} on hit {row['hit_id']}) is not as an act recorded "
                "it: restore analyst/acts from the backup, or move the file away and decide again"
            )


def _on_hits(store: Store, stated: _Stated) -> Iterator[str]:
    """Proposals, notes and what else people did on hits."""
    there: dict[str, str] = {}
    for spec in hit_acts.TABLES:
        for row in acts.acts_on_hits(store, spec).to_pylist():
            there[row["act_id"]] = spec.name
            if stated.on_hits.get(row["act_id"]) != act_hash(row):
                yield (
                    f"the act {row['act_id']} ({spec.name}, hit {row['hit_id']}) is not as it was recorded: "
                    "restore analyst/acts from the backup, or move the file away"
                )
    ended = {name for spec in hit_acts.TABLES for name in _gone_by_rule(store, spec)}
    for name in stated.on_hits:
        if name not in there and name not in ended:
            yield (
                f"the act {name} on a hit is recorded, but its file is gone: restore analyst/acts from the "
                "backup, or do it again"
            )


def _keys(store: Store, stated: _Stated) -> Iterator[str]:
    there = {
        row["act_id"]: (f"keys.{row['act']}", *(one for one in (row["key_id"], row["other"]) if one))
        for row in rows_of(acts.key_acts(store), KeyActRow)
    }
    last = {what: name for name, what in stated.keys.items()}
    for name, (act, *named) in stated.keys.items():
        if name not in there and last[(act, *named)] == name:  # else done again
            again = (
                f"`screening keys link --from {named[0]} --to {named[1]} --reason WHY`"
                if act == "keys.link"
                else f"`screening keys retire {named[0]} --reason WHY`"
            )
            yield (
                f"the act {name} ({act} on {', '.join(named)}) is recorded, but its file is gone: restore "
                f"analyst/acts from the backup, or {again} again"
            )
    for name, what in there.items():
        if stated.keys.get(name) != what:
            yield (
                f"the act {name} ({what[0]} on {', '.join(what[1:])}) is not as it was recorded: restore "
                "analyst/acts from the backup, or move the file away"
            )


def _proposals(store: Store, stated: _Stated) -> Iterator[str]:
    """What authors wrote and approvers decided; acts whose file of the record is gone are not asked for."""
    kept = bool(stated.repeated.lists)
    there = set()
    for path, proposal, digest in documents(store):
        there.add(proposal)
        if digest not in stated.proposals.get(proposal, set()) and not (
            kept and proposal not in stated.proposals
        ):
            yield (
                f"{path} is not as an act recorded it: restore it from the backup, or move it away; what it "
                "approved comes into use with the next approval"
            )
    gone = _gone_proposals(store)
    for proposal in sorted(set(stated.proposals) - there - gone):
        yield (
            f"the proposal {proposal} on an alert is recorded, but its file is gone: restore the folder "
            f"{store.root / 'alerts'} from the backup, or its author writes the same again"
        )


def _gone_proposals(store: Store) -> set[str]:
    """Return the proposals whose files a purge removed at the end of their term, by its proof."""
    removed = (item.path for proof in proofs(store) for item in proof.files)
    return {
        path.rpartition("/")[2].removesuffix(".json").removesuffix(".decided")
        for path in removed
        if f"/{FOLDER}/" in path
    }


def _lists(store: Store, stated: _Stated) -> Iterator[str]:
    for list_id in sorted({*known_lists(store), *stated.lists}):
        last = stated.lists.get(list_id)
        try:
            now = stated_version(store, list_id)
        except StoreError as damaged:
            yield f"{damaged.what} ({damaged.where}): {damaged.remedy}"
            continue
        version = last or now
        if now != last and version not in {entry.version for entry in versions(store, list_id)}:
            yield (
                f"the list {list_id} has no version {version}, which the last act on it names: restore "
                f"{store.root / 'alerts'} from the backup, or `screening alerts import SOURCE PATH --list "
                f"{list_id}`; a list with a path in the profile is imported by the next night"
            )
        elif now != last:
            yield (
                f"the list {list_id} uses version {now or 'none'}, the last act on it names "
                f"{last or 'none'}: "
                f"`screening alerts activate --list {list_id} --version {version} --reason WHY`"
            )
