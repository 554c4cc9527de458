"""Re-screening: travellers of nights that are held, against what lists have added or changed since.

    waiting ─► rescreen, a night each ─► report

Rules:

* A night waits when a list that it was screened against, or one that came into use since, has another version
  in use than the night knows. What it knows stands in its frozen set, or beside it in `rescreened.json` where
  nothing was found.
* Only alerts that were added or materially changed (`alerts.diff`) are compared, with all travellers whom the
  night screened; thresholds and counts of names are those of the lists in use now. Pairs that the night has
  compared are not compared again.
* Late hits make a revision of the night: its hits as they stand and the late ones (`hits.late_hits`), its
  other tables as they are, its frozen set with the new versions. A re-run of a flight keeps them.
* Hits of alerts that are on no list any more are told as closed by everything that shows hits; here the act
  is recorded, with the reason.
* The moment of a re-screen is when the newest of these versions came into use: decisions up to it count, and
  a leg that had departed by then makes a hit `late`. No clock decides a byte, so a process that was killed
  leaves nothing that the next one would do otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from screening.alerts.diff import diff
from screening.hits.late_hits import Late, add_late, withdrawn
from screening.hits.raising import Before, HitRule, ListsInUse, People, Raised, raise_hits
from screening.identity.prepare import identify
from screening.list_keeping import lists, merges
from screening.list_keeping.traffic_models import lists_of, night_model
from screening.list_keeping.versions import activations
from screening.matching.index import AlertTables
from screening.night import fitness, publishing
from screening.night.batches import Watch, to_screen, watch_of
from screening.night.frozen import Frozen, frozen_path, load_frozen, published_frozen, save_frozen
from screening.night.publication_record import record_publication
from screening.night.reporting import write_report
from screening.night.scope import earlier_hits
from screening.night.settings import Settings
from screening.protection import audit
from screening.protection.purposes import purpose_of
from screening.store import acts
from screening.store.current_json import Current, current, nights
from screening.store.files import read_json, write_json
from screening.store.locks import night_lock, undisturbed
from screening.store.object_path import store_path
from screening.store.published import read_current
from screening.store.revisions import publish
from screening.store.zones import Store, open_zones
from screening.tables import analyst, individual
from screening.tables.codes import Zone
from screening.tables.errors import StoreError
from screening.tables.model import rows_of
from screening.tables.rows import ScoredRow
from screening.tables.work import SCORED

_KNOWN = "rescreened.json"
_AT_ONCE = 20_000  # travellers that are compared together
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rescreened:
    """What re-screening one night gave.

    Attributes:
        night: the night.
        revision: its revision now.
        travellers: how many were compared.
        alerts: with how many added or changed alerts.
        late: ids of late hits.
        replaced: ids of earlier hits in whose place some of them stand.
        closed: ids of hits whose alerts are on no list any more.
    """

    night: date
    revision: int
    travellers: int
    alerts: int
    late: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Change:
    """What lists have come to since a night was screened.

    Attributes:
        lists: list -> version in use now.
        moment: when the newest of them came into use, UTC.
        changed: ids of alerts added or changed.
        removed: ids of alerts that are on no list any more.
    """

    lists: Mapping[str, str]
    moment: datetime
    changed: frozenset[str]
    removed: frozenset[str]


def waiting(settings: Settings, days: int, now: datetime) -> list[date]:
    """Return the nights of the last days that are held and know other list versions than those in use.

    Args:
        settings: store and profile.
        days: how many days back.
        now: the moment, UTC.
    """
    store = settings.store
    today = now.astimezone(ZoneInfo(settings.profile.agency.time_zone)).date()
    first = today - timedelta(days=days)
    found = []
    for night in nights(store):
        published = current(store, night)
        if night >= first and published is not None and published.of(individual.TRAVELLERS):
            frozen = published_frozen(store, night, published.revision)
            known = _known(store, published, frozen) if frozen else None
            if frozen is None or known != _in_use(store, frozen, known or {}):
                found.append(night)
    return found


def rescreen(settings: Settings, night: date, *, actor: str, told: Told) -> Rescreened:
    """Compare the travellers of a published night with what lists have added or changed since.

    Args:
        settings: store; lists' policies are those of the night's profile.
        night: the night.
        actor: who starts it.
        told: is told how many travellers are compared, and of how many.

    Raises:
        ProfileError: the profile does not allow screening.
        StoreError: the night has an unfinished run, its frozen set or a list version is gone or damaged.
        BusyError: another process holds the night.
    """
    store = settings.store
    purpose_of(store, "night.rescreen")
    open_zones(store, list(Zone))
    with undisturbed(store), night_lock(store, night):
        before, frozen = _opened(store, night)
        change = _change(store, before, frozen)
        hits = read_current(store, night, analyst.HITS)
        closed = tuple(withdrawn(hits, change.removed))
        late, compared = None, 0
        now = before
        if change.changed:
            raised, compared = _raised(store, frozen, change, hits, told)
            late = add_late(hits, read_current(store, night, analyst.EVIDENCE), raised)
        if late and late.found:
            now = _publish(store, frozen, before, change, late, actor)
        _record_closed(store, night, closed, change, actor)
        write_json(_known_path(store, night), {"revision": now.revision, "lists": dict(change.lists)})
        if closed or now != before:
            write_report(store, night)
    found = late.found if late else ()
    replaced = late.replaced if late else ()
    return Rescreened(night, now.revision, compared, len(change.changed), found, replaced, closed)


def _opened(store: Store, night: date) -> tuple[Current, Frozen]:
    """Return what is published of a night and its frozen set; a run that was killed goes first.

    Raises:
        StoreError: there is an unfinished run, or the frozen set is missing.
    """
    before = current(store, night)
    frozen = published_frozen(store, night, before.revision) if before else None
    if before is None or frozen is None:
        raise StoreError(
            f"the night {night} is not published, or its frozen set is missing",
            where=str(store.night_folder(night)),
            effect="nobody of it was compared again",
            remedy="restore the folder of the night from the backup, or run it",
        )
    record_publication(store, before, "rescreen")  # a process that was killed could not say it
    left = load_frozen(store, night, before.revision + 1)
    if left is not None and left.rescreened:
        frozen_path(store, night, left.revision).unlink(missing_ok=True)
    elif left is not None:
        raise StoreError(
            f"the night {night} has a run that has not ended",
            where=str(frozen_path(store, night, left.revision)),
            effect="nobody of it was compared again; other nights are not touched",
            remedy=f"`screening run --night {night}` ends it; then re-screen again",
        )
    return before, frozen


def _known_path(store: Store, night: date) -> Path:
    return store.night_folder(night) / _KNOWN


def _known(store: Store, published: Current, frozen: Frozen) -> dict[str, str]:
    """Return the list versions that a night knows: those of its frozen set, or later ones without a hit."""
    path = _known_path(store, frozen.night)
    if path.exists():
        read = read_json(path, remedy=f"rm {path}: the night is then compared again")
        if isinstance(read, dict) and read.get("revision") == published.revision:
            return {str(name): str(version) for name, version in read["lists"].items()}
    return dict(frozen.pins.lists)


def _in_use(store: Store, frozen: Frozen, known: Mapping[str, str]) -> dict[str, str]:
    """Return the versions in use of the lists that a night watches, and of those that came after it.

    A list that was in use then and was not pinned had been left out by a person (`screening run --list`).
    """
    found = dict(known)
    for list_id in lists.known_lists(store):
        history = activations(store, list_id)
        whole = bool(history) and lists.is_whole(store, list_id, history[-1][0])
        if whole and (list_id in known or history[0][1] > frozen.moment):
            found[list_id] = history[-1][0]
    return found


def _change(store: Store, published: Current, frozen: Frozen) -> _Change:
    known = _known(store, published, frozen)
    now = _in_use(store, frozen, known)
    moment, changed, removed = frozen.moment, set[str](), set[str]()
    for list_id, version in now.items():
        if known.get(list_id) == version:
            continue
        moment = max(moment, activations(store, list_id)[-1][1])
        more, gone = _delta(str(store.root.resolve()), list_id, known.get(list_id), version)
        changed |= more
        removed |= gone
    return _Change(now, moment, frozenset(changed), frozenset(removed))


@lru_cache(maxsize=8)
def _delta(root: str, list_id: str, old: str | None, new: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids of alerts added or changed, and of those removed, between two versions."""
    store = Store(store_path(root))
    after = lists.open_version(store, list_id, new)
    if old is None:
        return frozenset(after.alerts["alert_id"].to_pylist()), frozenset()
    found = diff(lists.open_version(store, list_id, old), after)
    return (
        frozenset(f"{list_id}:{source}" for source in (*found.added, *found.changed)),
        frozenset(f"{list_id}:{source}" for source in found.removed),
    )


def _raised(store: Store, frozen: Frozen, change: _Change, hits: pa.Table, told: Told) -> tuple[Raised, int]:
    """Raise the hits of travellers who reach an added or changed alert, and count who was compared."""
    night = frozen.night
    before = zip(hits["traveller_id"].to_pylist(), hits["alert_ids"].to_pylist(), strict=True)
    found_before = {(who, alert_id) for who, ids in before for alert_id in ids}
    against = _watch(store, frozen, change, {alert_id for _, alert_id in found_before})
    in_use = ListsInUse(
        alerts=against.alerts.alerts,
        names=against.names,
        own_names=against.alerts.names,
        thresholds=against.thresholds,
        versions=dict(change.lists),
        rate=against.rate,
        dates=against.alerts.dates,
        documents=against.alerts.documents,
        facts=against.alerts.facts,
        together=against.together,
    )
    rule = HitRule.of(in_use, night)
    profile = frozen.agency_profile()
    travellers = to_screen(read_current(store, night, individual.TRAVELLERS), profile.screening)
    documents = read_current(store, night, individual.DOCUMENTS)
    parts = [SCORED.empty()]
    for begin in range(0, travellers.num_rows, _AT_ONCE):
        some = travellers.slice(begin, _AT_ONCE).combine_chunks()
        theirs = documents.filter(pc.is_in(documents["traveller_id"], some["traveller_id"].combine_chunks()))
        scored = against.compare(identify(some, theirs), against.thresholds)
        parts.append(_of_interest(scored, rule, change.changed, found_before))
        told(min(begin + _AT_ONCE, travellers.num_rows), travellers.num_rows)
    scored = SCORED.conform(pa.concat_tables(parts))
    who = pc.unique(scored["traveller_id"])
    flights = read_current(store, night, individual.FLIGHTS)
    keys = frozen.keys(store)
    until = acts.dispositions(store, until=change.moment)
    raised = raise_hits(
        scored,
        People(
            travellers.filter(pc.is_in(travellers["traveller_id"], who)),
            documents.filter(pc.is_in(documents["traveller_id"], who)),
            flights,
        ),
        in_use,
        Before(acts.clearances(store, until), until, earlier_hits(store, frozen.pins.earlier)),
        night=night,
        night_begins=change.moment,
        pseudonym=keys.pseudonym,
        linked=[one.pseudonym for one in keys.linked],
    )
    return raised, travellers.num_rows


def _of_interest(
    scored: pa.Table, rule: HitRule, changed: frozenset[str], found_before: set[tuple[str, str]]
) -> pa.Table:
    """Keep pairs of travellers who reach an added or changed alert: with these, and what they had before."""
    above = {
        pair["traveller_id"] for pair in rule.above(rows_of(scored, ScoredRow)) if pair["alert_id"] in changed
    }
    pairs = zip(scored["traveller_id"].to_pylist(), scored["alert_id"].to_pylist(), strict=True)
    kept = [who in above and (of in changed or (who, of) in found_before) for who, of in pairs]
    return scored.filter(pa.array(kept, pa.bool_()))


def _watch(store: Store, frozen: Frozen, change: _Change, before: set[str]) -> Watch:
    """Make the added and changed alerts ready, and those that hits of the night have."""
    every, sizes = lists_of(store, change.lists)
    groups = merges.groups_of(store, every, until=frozen.moment) if frozen.pins.merges else []
    wanted = change.changed | before
    groups = [group for group in groups if not wanted.isdisjoint(group)]
    ids = pa.array(sorted(wanted.union(*groups)), pa.string())

    def some(table: pa.Table) -> pa.Table:
        return table.filter(pc.is_in(table["alert_id"], ids))

    tables = AlertTables(*map(some, (every.alerts, every.names, every.dates, every.documents, every.facts)))
    known = night_model(store, frozen.pins.traffic)
    return watch_of(tables, sizes, known, frozen.agency_profile(), among=every, groups=groups)


def _publish(
    store: Store, frozen: Frozen, before: Current, change: _Change, late: Late, actor: str
) -> Current:
    """Publish the night with its late hits; all its other tables stay as they are."""
    decided = acts.decisions_hash(acts.dispositions(store, until=change.moment))
    after = frozen.with_lists(before.revision + 1, change.lists, (change.moment, decided))
    fitness.carry(store, frozen, after.revision)
    save_frozen(store, after)
    tables = {"hits": late.hits, "evidence": late.evidence}
    now = publish(
        store,
        frozen.night,
        after.hash,
        publishing.publications(tables),
        kept={file.table for file in before.files} - set(tables),
        purposes=frozen.agency_profile().law.purposes,
    )
    record_publication(store, now, actor)
    return now


def _record_closed(store: Store, night: date, closed: tuple[str, ...], change: _Change, actor: str) -> None:
    """Record once that hits are closed, and why."""
    if not closed:
        return
    lists_ = [f"{name}={version}" for name, version in sorted(change.lists.items())]
    objects = [f"night:{night}", *lists_, *closed]
    told = [record for record in audit.records(store) if record["act"] == "hits.close"]
    if not any(record["objects"] == objects for record in told):
        audit.append(store, actor, "hits.close", objects, "their alerts were withdrawn from the list")
