"""What persons decided on alerts that may be one person: one immutable file an act, in the zone of the lists.

    alerts/_acts/merge_acts/<act>.parquet

Rules of what holds, and until when: `screening.alerts.merging`. A night counts the acts up to the moment that
it has frozen, and pins the hash of their ids: a later act changes no night that was screened.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from screening.alerts.merging import AlertParts, Judged, divided, groups, identity_hashes, judge
from screening.list_keeping.versions import known_lists, open_version, resolve
from screening.protection.audit import append
from screening.store.files import make_folder
from screening.store.locks import exclusive
from screening.store.parquet import read_table, write_table
from screening.store.zones import Store, open_zones
from screening.tables.alerts import MERGE_ACTS
from screening.tables.codes import MergeAct, Zone
from screening.tables.errors import UsageError
from screening.tables.model import rows_of
from screening.tables.rows import MergeActRow

_ZONES = (Zone.ALERTS, Zone.AUDIT)
_FOLDER = ("_acts", MERGE_ACTS.name)


def _folder(store: Store) -> Path:
    return store.path(Zone.ALERTS, *_FOLDER, declared=_ZONES)


def acts(store: Store, *, until: datetime | None = None) -> list[MergeActRow]:
    """Return what was decided up to a moment, in the order of time."""
    folder = _folder(store)
    if not folder.is_dir():
        return []
    read = [read_table(path, MERGE_ACTS) for path in sorted(folder.glob("*.parquet"))]
    rows = rows_of(pa.concat_tables([MERGE_ACTS.empty(), *read]), MergeActRow)
    found = [row for row in rows if until is None or row["at_utc"] <= until]
    return sorted(found, key=lambda row: (row["at_utc"], row["act_id"]))


def acts_hash(decided: Sequence[MergeActRow]) -> str | None:
    """Return a hash over the ids of acts, as a frozen set holds it; None for none."""
    ids = sorted(row["act_id"] for row in decided)
    return hashlib.sha256("\n".join(ids).encode()).hexdigest() if ids else None


def judged(decided: Sequence[MergeActRow], parts: AlertParts) -> Judged:
    """Find what holds for the alerts of some list versions together."""
    named = {row[side] for row in decided for side in ("one", "other")}
    return judge(decided, parts.alerts, identity_hashes(parts, named))


def groups_of(store: Store, parts: AlertParts, *, until: datetime) -> list[tuple[str, ...]]:
    """Return the alerts of some list versions that are one person by what was decided up to a moment."""
    decided = acts(store, until=until)
    if not decided:
        return []
    found = judged(decided, parts)
    return groups(found.of(MergeAct.MERGE), found.of(MergeAct.KEEP_APART))


@dataclass(frozen=True, slots=True)
class MergeDecision:
    """What a person says of two alerts.

    Attributes:
        act: merge, keep apart, or take either back.
        one, other: alert ids.
        actor: who.
        reason: why.
        at: when, UTC.
        versions: list -> version in which the alerts were seen; else the one in use, else the latest.
    """

    act: MergeAct
    one: str
    other: str
    actor: str
    reason: str
    at: datetime
    versions: Mapping[str, str]


def decide(store: Store, decision: MergeDecision) -> tuple[MergeActRow, bool]:
    """Record what a person decides on two alerts.

    Returns:
        The act that holds, and whether it is new: the same decision on the same contents is made once.

    Raises:
        UsageError: an alert is not there, both are one, no reason is given, the merge would join what was
            kept apart, or there is nothing to take back.
        StoreError: the act cannot be recorded.
    """
    one, other = sorted((decision.one.strip(), decision.other.strip()))
    if not decision.reason.strip():
        raise _refused("no reason is given", "--reason", "say why in a sentence; it is recorded")
    if one == other:
        raise _refused("both ids are the same alert", "A B", "name two alerts")
    with _deciding(store):
        parts = _opened(store, (one, other), decision.versions)
        so_far = acts(store)
        known = judged(so_far, parts)
        standing = known.standing.get((one, other))
        if standing and standing["act"] == decision.act:
            return standing, False
        _check(decision, (one, other), known)
        last = so_far[-1]["at_utc"] if so_far else None
        row = _row(decision, (one, other), parts, last)
        objects = [row["act_id"], one, other]
        append(store, decision.actor, f"alerts.{decision.act}", objects, row["reason"], row["at_utc"])
        write_table(_folder(store) / f"{row['act_id']}.parquet", MERGE_ACTS.table([dict(row)]), MERGE_ACTS)
    return row, True


def _row(
    decision: MergeDecision, pair: tuple[str, str], parts: AlertParts, last: datetime | None
) -> MergeActRow:
    one, other = pair
    ids, contents = parts.alerts["alert_id"].to_pylist(), parts.alerts["content_hash"].to_pylist()
    content, identity = dict(zip(ids, contents, strict=True)), identity_hashes(parts, pair)
    at = decision.at if last is None or last < decision.at else last + timedelta(microseconds=1)
    text = "|".join([decision.act, one, other, decision.actor, at.isoformat()])
    return {
        "act_id": hashlib.sha256(text.encode()).hexdigest()[:32],
        "act": str(decision.act),
        "one": one,
        "other": other,
        "one_content": content[one],
        "other_content": content[other],
        "one_identity": identity[one],
        "other_identity": identity[other],
        "actor": decision.actor,
        "reason": decision.reason.strip(),
        "at_utc": at,
    }


def _check(decision: MergeDecision, pair: tuple[str, str], known: Judged) -> None:
    if decision.act is MergeAct.UNMERGE and pair not in known.standing:
        raise _refused(
            "nothing is decided on these two alerts as they are now",
            f"{pair[0]} {pair[1]}",
            "`screening alerts check --list ID` shows what is decided and proposed",
        )
    merged = [kept for kept in known.of(MergeAct.MERGE) if kept != pair]
    apart = [kept for kept in known.of(MergeAct.KEEP_APART) if kept != pair]
    if decision.act is MergeAct.MERGE:
        whole = next((group for group in groups([*merged, pair], ()) if pair[0] in group), pair)
        contradicted = divided(whole, apart)
        if contradicted:
            raise _refused(
                f"{contradicted[0]} and {contradicted[1]} were kept apart, and would come into one group",
                f"{pair[0]} {pair[1]}",
                f"if that was wrong: `screening alerts unmerge {contradicted[0]} {contradicted[1]} "
                "--reason …`, then merge",
            )
    if decision.act is MergeAct.KEEP_APART:
        joined = next((group for group in groups(merged, apart) if set(pair) <= set(group)), None)
        if joined:
            raise _refused(
                f"they are one by way of others: {', '.join(joined)}",
                f"{pair[0]} {pair[1]}",
                "take one of these merges back first: `screening alerts unmerge A B --reason …`",
            )


def _opened(store: Store, pair: Sequence[str], versions: Mapping[str, str]) -> AlertParts:
    """Open the lists of two alerts in the versions that were looked at; both alerts must be there.

    What was decided on alerts of further lists is not looked at: no group can come of it without them.
    """
    wanted = {alert_id.partition(":")[0] for alert_id in pair}
    parts = together(
        store, {of: resolve(store, of, versions.get(of)) for of in sorted(_every(store, wanted))}
    )
    there = set(parts.alerts["alert_id"].to_pylist())
    for alert_id in pair:
        if alert_id not in there:
            raise _refused(
                f"there is no alert {alert_id[:60]} in the version that is looked at",
                "A B",
                "ids are LIST:SOURCE_ID; --version LIST=VERSION looks into another version",
            )
    return parts


def _every(store: Store, wanted: set[str]) -> set[str]:
    known = set(known_lists(store))
    missing = sorted(wanted - known)
    if missing:
        raise _refused(
            f"the store has no list `{missing[0][:40]}`",
            "A B",
            f"ids are LIST:SOURCE_ID; lists of the store: {', '.join(sorted(known)) or 'none'}",
        )
    named = {row[side].partition(":")[0] for row in acts(store) for side in ("one", "other")}
    return wanted | (named & known)


@dataclass(frozen=True, slots=True)
class Parts:
    """Alerts of several list versions together."""

    alerts: pa.Table
    names: pa.Table
    dates: pa.Table
    documents: pa.Table
    facts: pa.Table


def together(store: Store, pinned: Mapping[str, str]) -> Parts:
    """Open list versions as one set of alerts."""
    opened = [open_version(store, list_id, version) for list_id, version in sorted(pinned.items())]
    return Parts(
        *(
            pa.concat_tables([getattr(found, part) for found in opened])
            for part in ("alerts", "names", "dates", "documents", "facts")
        )
    )


@contextmanager
def _deciding(store: Store) -> Iterator[None]:
    folder = _folder(store)
    open_zones(store, _ZONES)
    make_folder(folder)
    with exclusive(folder / ".lock", what="decisions on duplicates", wait=True):
        yield


def _refused(what: str, where: str, remedy: str) -> UsageError:
    return UsageError(what, where=where, effect="nothing was decided", remedy=remedy)
