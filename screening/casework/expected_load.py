"""Expected load: how many hits each alert of a version would raise, before the version is in use.

Rules:

* Where nights are held, their travellers are compared with the version as a night would (model, thresholds,
  who is screened, which alerts are in force today). Nothing is published, nothing of it is kept; that
  somebody did it is recorded. Clearances silence nothing here. Alerts of the list alone are compared: pairs
  with other lists are not this version's load.
* Without travellers the model answers (`screening.alerts.load`): the whole is what its table says of a list
  of this size at its threshold; how it falls to the alerts is told by invented bearers of the listed names,
  each as frequent as the shares of its words make it.
* The datum that cures is found by trying: the alert gets each of some values (of years, States, … as this
  list has them), and the same travellers are compared again. What is told is the mean over the values.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from screening.alerts import load
from screening.alerts.load import Cure, Load
from screening.alerts.model import Imported
from screening.hits.raising import HitRule, ListsInUse
from screening.identity.prepare import identify
from screening.list_keeping import lists
from screening.list_keeping.duplicate_search import pinned_with
from screening.list_keeping.traffic_models import lists_of, night_model
from screening.matching.index import AlertTables
from screening.matching.model import KINDS
from screening.night.batches import Watch, to_screen, watch_of
from screening.night.settings import Settings
from screening.store.current_json import nights
from screening.store.published import read_current
from screening.store.traffic_models import active as traffic_in_use
from screening.tables.individual import DOCUMENTS, TRAVELLERS
from screening.tables.model import rows_of
from screening.tables.rows import ScoredRow
from screening.tables.work import IDENTITIES

MOST_TRAVELLERS = 100_000
"""Travellers of the latest nights who are compared; who waits should not wait for an hour."""
HELD, MODEL = "held nights", "model"
_SPELT = KINDS.index("transliteration")
_AT_ONCE = 20_000
_BEARERS_OF = 200  # alerts whose load the model works out, those with the most frequent names first
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ExpectedLoad:
    """What a version would raise.

    Attributes:
        basis: HELD or MODEL.
        nights: nights whose travellers were compared.
        travellers: how many; of the model, 0.
        hits: travellers with at least one hit; of the model, 0.
        per_1000: hits for 1,000 travellers, of all alerts together.
        loads: alerts with a hit, worst first.
    """

    basis: str
    nights: tuple[str, ...]
    travellers: int
    hits: int
    per_1000: float
    loads: tuple[Load, ...]


def expected_load(
    settings: Settings,
    list_id: str,
    version: str,
    *,
    worst: int,
    at: datetime,
    told: Told,
) -> ExpectedLoad:
    """Tell what a version would raise, the worst alerts first, with what would cure them.

    Args:
        settings: store and profile.
        list_id: the list.
        version: whole name of a stored version, in use or not.
        worst: for how many alerts a cure is looked for.
        at: the moment, UTC.
        told: is told how many travellers are compared, and of how many.

    Raises:
        StoreError: the store cannot be read.
    """
    store = settings.store
    against, every = _watch(settings, list_id, version)
    found = lists.open_version(store, list_id, version)
    today = at.astimezone(ZoneInfo(settings.profile.agency.time_zone)).date()
    rule = HitRule.of(_lists(against, {list_id: version}), today)
    used, identities = _people(settings)
    if not identities.num_rows:
        return _by_model(found, against, rule)
    people = pc.unique(identities["traveller_id"]).to_pylist()
    pairs: list[ScoredRow] = []
    for begin in range(0, len(people), _AT_ONCE):
        chunk = pa.array(people[begin : begin + _AT_ONCE], pa.string())
        travelling = identities.filter(pc.is_in(identities["traveller_id"], chunk))
        pairs += _raised(against, rule, travelling)
        told(min(begin + _AT_ONCE, len(people)), len(people))
    hitting: dict[str, set[str]] = {}
    for pair in pairs:
        hitting.setdefault(pair["alert_id"], set()).add(pair["traveller_id"])
    loads = load.of_hits({of: len(who) for of, who in hitting.items()}, len(people))
    cures = _cures(settings, (found, every), loads[:worst], hitting, identities)
    return ExpectedLoad(
        HELD,
        tuple(night.isoformat() for night in used),
        len(people),
        len({pair["traveller_id"] for pair in pairs}),
        1000 * sum(len(who) for who in hitting.values()) / len(people),
        tuple(replace(one, cure=cures.get(one.alert_id)) for one in loads),
    )


def _watch(settings: Settings, list_id: str, version: str) -> tuple[Watch, AlertTables]:
    """Make a version ready to be compared, as it would be with the other lists in use; and all of these."""
    store = settings.store
    every, _ = lists_of(store, pinned_with(store, list_id, version))
    tables, sizes = lists_of(store, {list_id: version})
    known = night_model(store, traffic_in_use(store))
    return watch_of(tables, sizes, known, settings.profile, among=every), every


def _lists(against: Watch, versions: Mapping[str, str]) -> ListsInUse:
    return ListsInUse(against.alerts.alerts, against.names, against.thresholds, versions, against.rate)


def _people(settings: Settings) -> tuple[list[date], pa.Table]:
    """Return the nights whose travellers are held, and IDENTITIES of those who were to be screened."""
    used: list[date] = []
    parts, seen = [IDENTITIES.empty()], 0
    for night in reversed(nights(settings.store)):
        travellers = to_screen(read_current(settings.store, night, TRAVELLERS), settings.profile.screening)
        if seen >= MOST_TRAVELLERS or not travellers.num_rows:
            continue
        seen += travellers.num_rows
        documents = read_current(settings.store, night, DOCUMENTS)
        ours = pc.is_in(documents["traveller_id"], travellers["traveller_id"].combine_chunks())
        found = identify(travellers, documents.filter(ours))
        known = pc.is_in(found["traveller_id"], pc.unique(pa.concat_tables(parts)["traveller_id"]))
        parts.append(found.filter(pc.invert(known)))  # a leg of two nights: once, as it stands last
        used.append(night)
    return used[::-1], pa.concat_tables(parts)


def _raised(against: Watch, rule: HitRule, identities: pa.Table) -> list[ScoredRow]:
    scored = against.compare(identities, against.thresholds)
    return rule.above(rows_of(scored, ScoredRow))


def _cures(
    settings: Settings,
    lists_: tuple[Imported, AlertTables],
    worst: Sequence[Load],
    hitting: Mapping[str, set[str]],
    identities: pa.Table,
) -> dict[str, Cure]:
    """Try what each of the worst alerts lacks on those who hit it."""
    found, every = lists_
    tried = load.variants(found, [one.alert_id for one in worst])
    if not tried.each:
        return {}
    list_id = str(tried.alerts["list"][0].as_py())
    known = night_model(settings.store, traffic_in_use(settings.store))
    tables = AlertTables(tried.alerts, tried.names, tried.dates, tried.documents, tried.facts)
    sizes = {list_id: found.names.num_rows}  # the threshold stays that of the list as it is
    against = watch_of(tables, sizes, known, settings.profile, among=every)
    hitters = pa.array(sorted(set().union(*(hitting[one.alert_id] for one in worst))), pa.string())
    people = identities.filter(pc.is_in(identities["traveller_id"], hitters))
    of = {variant.alert_id: variant.of for variant in tried.each}
    scored = rows_of(against.compare(people, against.thresholds), ScoredRow)
    rule = HitRule.of(_lists(against, {list_id: ""}), date.min)
    kept = Counter(
        pair["alert_id"]
        for pair in scored
        if pair["traveller_id"] in hitting[of[pair["alert_id"]]] and rule.reaches(pair)
    )
    cures = {}
    for one in worst:
        mine = [variant for variant in tried.each if variant.of == one.alert_id]
        cure = load.best_cure(mine, kept, len(hitting[one.alert_id]))
        if cure:
            cures[one.alert_id] = cure
    return cures


def _by_model(found: Imported, against: Watch, rule: HitRule) -> ExpectedLoad:
    """Let invented bearers of the listed names travel."""
    index = against.index
    share = dict(zip(index.names.singles.tokens, index.rarity.share[:, _SPELT].tolist(), strict=True))
    invented = load.bearers(found.names, share, _BEARERS_OF, rule.night)
    per_1000: dict[str, float] = {}
    for pair in _raised(against, rule, invented.identities):
        who = pair["traveller_id"]
        if invented.of[who] == pair["alert_id"]:
            per_1000[pair["alert_id"]] = per_1000.get(pair["alert_id"], 0.0) + invented.people[who]
    whole = sum(against.rate(score, of) for of, score in against.thresholds.items() if against.sizes[of])
    borne = sum(per_1000.values())
    loads = [Load(of, None, number * whole / borne) for of, number in per_1000.items()]
    loads.sort(key=lambda one: (-one.per_1000, one.alert_id))
    return ExpectedLoad(MODEL, (), 0, 0, whole, tuple(loads))
