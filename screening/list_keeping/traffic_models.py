"""Counts and thresholds of the agency's own traffic: proposed by anybody, put in use by a person.

Rule: nothing learns by itself. A proposal counts the travellers of held nights (`matching.traffic`), measures
each list's thresholds on them (`matching.measured`) and is stored as a version that never changes. It screens
nobody until a person puts it in use; nights pin it by its name, which is the hash of what it holds.
Everything is recorded.

A person who travels often counts once, by person_key: else a rare name would pass for one that many bear.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from screening.alerts.version import SHORT
from screening.identity.prepare import identify
from screening.list_keeping import lists
from screening.matching.index import AlertTables, build_index
from screening.matching.match import match
from screening.matching.measured import Measured, floor_of, is_enough, measure
from screening.matching.model import Model, load_model
from screening.matching.traffic import count_traffic, counts_hash, with_traffic
from screening.protection.audit import append
from screening.store import traffic_models as stored
from screening.store.current_json import nights
from screening.store.files import canonical_json
from screening.store.object_path import store_path
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables.errors import StoreError, UsageError
from screening.tables.individual import DOCUMENTS, TRAVELLERS
from screening.tables.work import IDENTITIES

FEWEST_TRAVELLERS = 1000
MEASURED_ON = 100_000
"""Most travellers whom the lists are matched with to measure; counts are of all."""
_SHORTEST_PREFIX = 4


@dataclass(frozen=True, slots=True)
class Counted:
    """Travellers of held nights, counted.

    Attributes:
        counts: TRAFFIC_COUNTS.
        identities: IDENTITIES of the travellers; they stay in memory.
        nights: nights that held travellers.
        travellers: how many people.
    """

    counts: pa.Table
    identities: pa.Table
    nights: tuple[date, ...]
    travellers: int


@dataclass(frozen=True, slots=True)
class NightModel:
    """The model of a night, and what was measured for its lists.

    Attributes:
        model: shipped, or with the counts of the version in use.
        measured: list -> what was measured; empty where nothing was, or with other weights than today's.
        version: name of the version; None for the shipped model.
        nights: first and last night that were counted.
        documents: lists without names, which need no measuring.
    """

    model: Model
    measured: Mapping[str, Measured]
    version: str | None = None
    nights: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    @property
    def promised(self) -> frozenset[str]:
        """Lists whose thresholds keep a promise that was measured."""
        enough = {list_id for list_id, measured in self.measured.items() if is_enough(measured)}
        return frozenset(enough | set(self.documents))


def count_nights(store: Store, first: date, last: date, *, actor: str, at: datetime) -> Counted:
    """Count the travellers whom the store still holds of some nights; recorded.

    Args:
        store: the store.
        first: first night.
        last: last night, itself included.
        actor: who counts.
        at: when, UTC.

    Raises:
        UsageError: fewer than `FEWEST_TRAVELLERS` are held.
        StoreError: a published file is damaged.
    """
    wanted = [night for night in nights(store) if first <= night <= last]
    append(store, actor, "model.count", [night.isoformat() for night in wanted], None, at)
    parts, seen, held = [IDENTITIES.empty()], set[str](), []
    for night in reversed(wanted):  # who travelled twice counts as they were last
        found = _new_people(read_current(store, night, TRAVELLERS), seen)
        if found.num_rows:
            held.append(night)
            ours = pc.is_in(
                (documents := read_current(store, night, DOCUMENTS))["traveller_id"],
                found["traveller_id"].combine_chunks(),
            )
            parts.append(identify(found, documents.filter(ours)))
    identities = pa.concat_tables(parts)
    counts = counted(identities, where=f"nights {first} to {last}")
    return Counted(counts, identities, tuple(sorted(held)), _number(identities))


def counted(identities: pa.Table, *, where: str) -> pa.Table:
    """Count travellers, if they are enough to speak for a traffic.

    Raises:
        UsageError: they are fewer than `FEWEST_TRAVELLERS`.
    """
    number = _number(identities)
    if number < FEWEST_TRAVELLERS:
        raise UsageError(
            f"{number} different travellers are too few to count: {FEWEST_TRAVELLERS} are needed",
            where=where,
            effect="nothing was written: shares of a small traffic say more of single people than of names",
            remedy="name more nights; what is held depends on the terms of the profile (`retention.settled`)",
        )
    return count_traffic(identities)


def _number(identities: pa.Table) -> int:
    return int(pc.sum(pc.equal(identities["reading"], 0)).as_py() or 0)


def _new_people(travellers: pa.Table, seen: set[str]) -> pa.Table:
    """Return one row of each person who was not seen yet, and remember them."""
    rows = []
    for row, (person, traveller) in enumerate(
        zip(travellers["person_key"].to_pylist(), travellers["traveller_id"].to_pylist(), strict=True)
    ):
        if person not in seen and traveller not in seen:
            seen.update((person, traveller))
            rows.append(row)
    return travellers.take(pa.array(rows, pa.int64()))


def measure_lists(
    identities: pa.Table, tables: AlertTables, sizes: Mapping[str, int], model: Model
) -> dict[str, Measured]:
    """Measure the thresholds of lists on travellers who are on hardly any of them.

    Args:
        identities: IDENTITIES; of more than `MEASURED_ON` travellers as many are taken, by their ids' hash.
        tables: the lists' alerts together.
        sizes: names by list; lists without names are left out.
        model: with the counts of these travellers.
    """
    chosen = _some(identities)
    people = pc.count_distinct(chosen["traveller_id"]).as_py()
    named = {list_id: size for list_id, size in sizes.items() if size}
    index = build_index(tables, model)
    floors = {list_id: floor_of(model, size) for list_id, size in sizes.items()}
    scored = match(chosen, index, floor=floors)
    of = pa.array(index.lists, pa.string()).take(
        pa.array(index.list_of[pc.index_in(scored["alert_id"].combine_chunks(), index.alert_ids).to_numpy()])
    )
    return {
        list_id: measure(scored.filter(pc.equal(of, list_id)), people, size)
        for list_id, size in sorted(named.items())
    }


def _some(identities: pa.Table) -> pa.Table:
    ids = sorted(set(identities["traveller_id"].to_pylist()))
    if len(ids) <= MEASURED_ON:
        return identities
    ids = sorted(ids, key=lambda one: hashlib.sha256(one.encode()).digest())[:MEASURED_ON]
    return identities.filter(pc.is_in(identities["traveller_id"], pa.array(ids, pa.string())))


def lists_of(store: Store, pinned: Mapping[str, str]) -> tuple[AlertTables, dict[str, int]]:
    """Open list versions as one set of alerts, with the number of names of each list.

    Raises:
        StoreError: a version is damaged, or its copy has ended: only alerts of hits are left of it.
    """
    for list_id, version in sorted(pinned.items()):
        if not lists.is_whole(store, list_id, version):
            raise StoreError(
                f"the copy of the alert list `{list_id}` has ended: not all of it is there to compare with",
                where=f"{store.root}/alerts/{list_id}/version={version}",
                effect="nobody was compared; what is published stays",
                remedy=f"`screening alerts import SOURCE PATH --list {list_id}`; what is screened then is "
                "compared with that",
            )
    opened = [lists.open_version(store, list_id, version) for list_id, version in sorted(pinned.items())]
    sizes = {list_id: found.names.num_rows for list_id, found in zip(sorted(pinned), opened, strict=True)}
    numbered = [("alert_id", "ascending"), ("ordinal", "ascending")]
    tables = AlertTables(
        alerts=pa.concat_tables([found.alerts for found in opened]).sort_by("alert_id"),
        names=pa.concat_tables([found.names for found in opened]).sort_by(numbered),
        dates=pa.concat_tables([found.dates for found in opened]).sort_by(numbered),
        documents=pa.concat_tables([found.documents for found in opened]).sort_by(numbered),
        facts=pa.concat_tables([found.facts for found in opened]).sort_by(numbered),
    )
    return tables, sizes


def propose(store: Store, first: date, last: date, *, actor: str, at: datetime) -> tuple[str, bool]:
    """Make a version from held nights and the lists in use; it screens nobody until a person activates it.

    Returns:
        Its name, and whether it is new: equal counts and thresholds are the same version.

    Raises:
        UsageError: too few travellers are held.
        StoreError: a file of the store is damaged.
    """
    found = count_nights(store, first, last, actor=actor, at=at)
    base = load_model()
    pinned = {
        list_id: version
        for list_id in lists.known_lists(store)
        if (version := lists.active_version(store, list_id)) is not None
    }
    measured: dict[str, Measured] = {}
    if pinned:
        measured = measure_lists(found.identities, *lists_of(store, pinned), with_traffic(base, found.counts))
    deciding = {
        "counts": counts_hash(found.counts),
        "base_model": base.version,
        "nights": [night.isoformat() for night in found.nights],
        "lists": pinned,
        "thresholds": {list_id: each.as_json() for list_id, each in measured.items()},
    }
    version = hashlib.sha256(canonical_json(deciding)).hexdigest()[:SHORT]
    meta = {
        **deciding,
        "travellers": found.travellers,
        "proposed_at": at.isoformat(timespec="seconds"),
        "proposed_by": actor,
    }
    with stored.changing(store):
        new = version not in stored.known(store)
        if new:
            append(store, actor, "model.propose", [version], None, at)
            stored.keep(store, version, found.counts, meta)
    return version, new


def versions(store: Store) -> list[dict[str, object]]:
    """Return a row for each stored version, oldest first, as `screening model versions` shows them."""
    now, today = stored.active(store), load_model().version
    return [
        {
            "version": version,
            "active": version == now,
            "travellers": meta["travellers"],
            "from": min(meta["nights"], default=None),
            "to": max(meta["nights"], default=None),
            "lists": sorted(meta["thresholds"]),
            "current": meta["base_model"] == today,
            "proposed_at": meta["proposed_at"],
            "proposed_by": meta["proposed_by"],
        }
        for version, meta in stored.known(store).items()
    ]


def activate(store: Store, version: str, *, actor: str, reason: str, at: datetime) -> str:
    """Put a version in use, from the next new night on; recorded.

    Returns:
        Its whole name.

    Raises:
        UsageError: there is no such version, or no reason is given.
        StoreError: it is damaged.
    """
    told, whole = _reasoned(reason), _resolve(store, version)
    with stored.changing(store):
        stored.open_model(store, whole)
        if stored.active(store) != whole:
            append(store, actor, "model.activate", [whole], told, at)
            stored.put_in_use(store, whole, actor=actor, reason=told, at=at)
    return whole


def deactivate(store: Store, *, actor: str, reason: str, at: datetime) -> str | None:
    """Go back to the shipped shares and thresholds, from the next new night on; recorded.

    Returns:
        The version that was in use; None where there was none, and nothing was done.

    Raises:
        UsageError: no reason is given.
    """
    told = _reasoned(reason)
    with stored.changing(store):
        before = stored.active(store)
        if before is not None:
            append(store, actor, "model.deactivate", [before], told, at)
            stored.put_in_use(store, None, actor=actor, reason=told, at=at)
    return before


def night_model(store: Store, version: str | None) -> NightModel:
    """Return the model that a pinned version makes; the shipped one for None.

    Thresholds that were measured with other weights than today's promise nothing: they are left out.

    Raises:
        StoreError: the version is not there any more, or was changed.
    """
    return _night_model(str(store.root.resolve()), version)


@lru_cache(maxsize=2)
def _night_model(root: str, version: str | None) -> NightModel:
    base = load_model()
    if version is None:
        return NightModel(base, {})
    found = stored.open_model(Store(store_path(root)), version)
    same = found.meta["base_model"] == base.version
    try:
        measured = {
            list_id: Measured.read(plain) for list_id, plain in found.meta["thresholds"].items() if same
        }
        whole = counts_hash(found.counts) == found.meta["counts"]
    except (AttributeError, KeyError, TypeError, ValueError):
        whole = False
    if not whole:
        raise StoreError(
            f"the traffic model {version} does not hold what was proposed",
            where=f"{root}/individual/model/version={version}",
            effect="nothing was screened with it",
            remedy="restore the folder from the backup, or put another version in use",
        )
    held = found.meta["nights"]
    return NightModel(
        with_traffic(base, found.counts),
        measured,
        version,
        (min(held), max(held)),
        tuple(sorted(set(found.meta["lists"]) - set(found.meta["thresholds"]))),
    )


def _reasoned(reason: str) -> str:
    if not reason.strip():
        raise UsageError(
            "no reason is given",
            where="--reason",
            effect="what is in use stays in use",
            remedy="say why in a sentence; it is recorded",
        )
    return reason.strip()


def _resolve(store: Store, version: str) -> str:
    names = list(stored.known(store))
    fitting = [name for name in names if name.startswith(version.lower())]
    if len(version) < _SHORTEST_PREFIX or len(fitting) != 1:
        raise UsageError(
            f"{len(fitting)} versions of the traffic model begin with that",
            where="VERSION",
            effect="what is in use stays in use",
            remedy=f"{_SHORTEST_PREFIX} digits or more of: {', '.join(names)}"
            if names
            else "`screening model propose` makes one",
        )
    return fitting[0]
