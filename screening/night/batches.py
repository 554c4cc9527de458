"""Batches: legs grouped for one task, screened together; a fault of ours costs one leg, never the batch.

No output depends on how legs are grouped: rows of a leg depend on its manifest, the lists and the model.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from screening.hits.raising import Before, ListsInUse, People, raise_hits
from screening.identity.prepare import identify
from screening.list_keeping import merges
from screening.list_keeping.indexes import kept_index
from screening.list_keeping.traffic_models import NightModel, lists_of, night_model
from screening.matching.index import AlertTables, Index, build_index
from screening.matching.match import match
from screening.matching.measured import Measured, measured_rate, measured_threshold
from screening.matching.merged import all_names, better, merged_tables
from screening.matching.model import Model
from screening.night.balance import line
from screening.night.batch_plan import Batch
from screening.night.exceptions import place_of
from screening.night.frozen import Frozen, machine
from screening.night.outcomes import LegFailure
from screening.night.scope import earlier_hits
from screening.night.settling import about
from screening.profile.hours import ends
from screening.profile.model import Profile, Screening
from screening.protection.keys import Keys
from screening.store import acts
from screening.store.object_path import store_path
from screening.store.zones import Store
from screening.tables import analyst, individual
from screening.tables.codes import Standing
from screening.tables.errors import ScreeningError


@dataclass(frozen=True, slots=True)
class Watch:
    """Everything that travellers of the night are compared with.

    Attributes:
        alerts: the pinned list versions together.
        index: made from them.
        model: matching model.
        measured: what was measured for a list on earlier travellers; nothing without a traffic model.
        thresholds: centibits by list.
        sizes: names by list; 0 for a list of documents alone.
        merged: index of the alerts that a person has merged, each with what all of its group say.
        names: ALERT_NAMES, with those that alerts have by their group.
        together: alert_id -> smallest id of its group.
    """

    alerts: AlertTables
    index: Index
    model: Model
    measured: Mapping[str, Measured]
    thresholds: dict[str, int]
    sizes: dict[str, int]
    merged: Index | None
    names: pa.Table
    together: dict[str, str]

    def compare(self, identities: pa.Table, floors: Mapping[str, int]) -> pa.Table:
        """Score travellers against the lists: SCORED, pairs at or above the floor of their list."""
        own = match(identities, self.index, floor=dict(floors))
        if self.merged is None:
            return own
        lowest = min(floors[list_id] for list_id in self.merged.lists)
        return better(own, match(identities, self.merged, floor=lowest))

    def rate(self, score: int, list_id: str) -> float:
        """Return how many of 1,000 innocent travellers reach a score against a list."""
        return measured_rate(self.model, score, self.sizes[list_id], self.measured.get(list_id))


def watch(store: Store, frozen: Frozen) -> Watch:
    """Load the pinned lists and their index; kept for further batches in the same process."""
    pinned = tuple(sorted(frozen.pins.lists.items()))
    profile_json = frozen.agency_profile().model_dump_json()
    decided = frozen.pins.decided_until if frozen.pins.merges else None
    return _watch(str(store.root.resolve()), pinned, profile_json, frozen.pins.traffic, decided)


@lru_cache(maxsize=2)
def _watch(
    root: str,
    pinned: tuple[tuple[str, str], ...],
    profile_json: str,
    traffic: str | None,
    decided: str | None,
) -> Watch:
    store = Store(store_path(root))
    tables, sizes = lists_of(store, dict(pinned))
    groups = merges.groups_of(store, tables, until=datetime.fromisoformat(decided)) if decided else ()
    profile, known = Profile.model_validate_json(profile_json), night_model(store, traffic)
    index = kept_index(store, dict(pinned), tables, known.model, traffic=traffic, machine=machine())
    return watch_of(tables, sizes, known, profile, groups=groups, index=index)


def watch_of(
    tables: AlertTables,
    sizes: dict[str, int],
    known: NightModel,
    profile: Profile,
    *,
    among: AlertTables | None = None,
    groups: Sequence[Sequence[str]] = (),
    index: Index | None = None,
) -> Watch:
    """Make alerts ready to be compared, each list with its threshold.

    Args:
        tables: alerts of one list or several.
        sizes: names of each whole list; 0 for a list of documents alone.
        known: the night's model, and what was measured with it.
        profile: the lists' policies.
        among: all lists in use, where these alerts are only some of them (`build_index`).
        groups: alerts that are one person by a person's decision.
        index: of the alerts, where there is one.
    """
    thresholds = {
        list_id: measured_threshold(known.model, profile.policy(list_id), size, known.measured.get(list_id))
        for list_id, size in sizes.items()
    }
    index = index or build_index(tables, known.model, among=among)
    merged, names = None, tables.names
    if groups:
        both = merged_tables(tables, groups)
        merged = build_index(both, known.model, among=among or tables)
        names = all_names(tables.names, both.names)
    together = {alert_id: group[0] for group in groups for alert_id in group}
    return Watch(tables, index, known.model, known.measured, thresholds, sizes, merged, names, together)


def decided(store: Store, frozen: Frozen) -> Before:
    """Read dispositions, clearances and earlier hits as frozen."""
    until = acts.dispositions(store, until=frozen.moment)
    return Before(acts.clearances(store, until), until, earlier_hits(store, frozen.pins.earlier))


@dataclass(frozen=True, slots=True)
class Screened:
    """What screening a batch gives.

    Attributes:
        hits, evidence, ledger: tables.
        silenced: pairs above their threshold that a person's clearance keeps silent.
        failures: legs on which our code failed.
    """

    hits: pa.Table
    evidence: pa.Table
    ledger: pa.Table
    silenced: int
    failures: dict[str, LegFailure]


def screen(
    frozen: Frozen,
    keys: Keys,
    against: Watch,
    before: Before,
    settled: dict[str, pa.Table],
    batch: Batch,
) -> Screened:
    """Screen the legs of a batch; after an unforeseen exception, leg by leg.

    Args:
        frozen: the frozen set.
        keys: pseudonyms.
        against: lists and index.
        before: decisions and earlier hits.
        settled: flights, travellers, documents of the batch; rows of other legs do not matter.
        batch: the legs.

    Raises:
        ScreeningError: the store or a list cannot be used; no leg is to blame.
    """
    try:
        return _screen(frozen, keys, against, before, settled, batch.flight_ids)
    except ScreeningError:
        raise
    except Exception:  # noqa: BLE001  (a fault of ours must cost one leg, never the batch: find the leg)
        parts = [_screen_leg(frozen, keys, against, before, settled, leg) for leg in batch.flight_ids]
    return Screened(
        analyst.HITS.conform(pa.concat_tables([part.hits for part in parts])),
        analyst.EVIDENCE.conform(pa.concat_tables([part.evidence for part in parts])),
        individual.LEDGER.conform(pa.concat_tables([part.ledger for part in parts])),
        sum(part.silenced for part in parts),
        {leg: failure for part in parts for leg, failure in part.failures.items()},
    )


def _screen_leg(
    frozen: Frozen,
    keys: Keys,
    against: Watch,
    before: Before,
    settled: dict[str, pa.Table],
    leg: str,
) -> Screened:
    try:
        return _screen(frozen, keys, against, before, settled, (leg,))
    except ScreeningError:
        raise
    except Exception as fault:  # noqa: BLE001  (the text may hold a name: only its type and place are kept)
        number = about(settled, (leg,))["travellers"].num_rows
        rows = line("screen", leg, "travellers", passed=0, aside={"failed": number})
        return Screened(
            analyst.HITS.empty(),
            analyst.EVIDENCE.empty(),
            individual.LEDGER.table(rows),
            0,
            {leg: LegFailure("unforeseen_error", f"our code failed on this flight: {place_of(fault)}")},
        )


def _screen(
    frozen: Frozen,
    keys: Keys,
    against: Watch,
    before: Before,
    settled: dict[str, pa.Table],
    legs: Sequence[str],
) -> Screened:
    ours = about(settled, legs)
    flights, documents = ours["flights"], ours["documents"]
    travellers = to_screen(ours["travellers"], frozen.agency_profile().screening)
    scored = against.compare(identify(travellers, documents), against.thresholds)
    raised = raise_hits(
        scored,
        People(travellers, documents, flights),
        watched(against, frozen),
        before,
        night=frozen.night,
        night_begins=begins(frozen),
        pseudonym=keys.pseudonym,
        linked=[one.pseudonym for one in keys.linked],
    )
    screened, settled_ = _by_leg(travellers), _by_leg(ours["travellers"])
    rows = [
        row
        for leg in legs
        for row in line(
            "screen",
            leg,
            "travellers",
            passed=screened[leg],
            aside={"withdrawn": settled_[leg] - screened[leg]},
        )
    ]
    return Screened(raised.hits, raised.evidence, individual.LEDGER.table(rows), raised.silenced, {})


def to_screen(travellers: pa.Table, screening: Screening) -> pa.Table:
    """Return the travellers who are compared with the lists: everybody, or all but those withdrawn."""
    if screening.withdrawn:
        return travellers
    return travellers.filter(
        pc.fill_null(pc.not_equal(travellers["standing"], str(Standing.WITHDRAWN)), True)
    )


def _by_leg(travellers: pa.Table) -> Counter[str]:
    return Counter(travellers["flight_id"].to_pylist())


def watched(against: Watch, frozen: Frozen) -> ListsInUse:
    """Return what the rules of raising need of the lists that a night watches."""
    return ListsInUse(
        alerts=against.alerts.alerts,
        names=against.names,
        thresholds=against.thresholds,
        versions=dict(frozen.pins.lists),
        rate=against.rate,
        together=against.together,
        own_names=against.alerts.names,
        dates=against.alerts.dates,
        documents=against.alerts.documents,
        facts=against.alerts.facts,
    )


def begins(frozen: Frozen) -> datetime:
    """Moment at which the night's run begins: the end of its data interval, in UTC."""
    profile = frozen.agency_profile()
    return ends(frozen.night, profile.schedule.start, profile.agency.time_zone)
