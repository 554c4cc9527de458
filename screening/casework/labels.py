"""Labels from the agency's own traffic: decided hits of the nights that are held, for `hits.labels`.

Who looks at figures of alerts sees those of alerts that are shown to few as one row. Travellers are counted
by the figures of their night, which outlive their rows; each night counts those that it compared.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow.compute as pc

from screening.hits.dispositions import in_force
from screening.hits.labels import Burden, Label
from screening.hits.raising import SAME_DOCUMENT
from screening.list_keeping.alerts_of_hits import alerts_of_hits
from screening.night.frozen import published_frozen
from screening.night.settings import Settings
from screening.profile.model import ListPolicy
from screening.store import acts
from screening.store.current_json import current, nights
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables import analyst, individual
from screening.tables.codes import Decision, EvidenceKind
from screening.tables.hit_acts import CLOSINGS
from screening.tables.model import rows_of
from screening.tables.rows import ClosingRow, EvidenceRow, HitRow

_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the held nights say.

    Attributes:
        nights: those that were read.
        labels: one a pair of person and alert on the same evidence.
        burdens: one a list, month and promise.
    """

    nights: tuple[date, ...]
    labels: tuple[Label, ...]
    burdens: tuple[Burden, ...]


@dataclass(frozen=True, slots=True)
class _Speaks:
    """What speaks for a hit."""

    kinds: frozenset[str]
    by_document: bool


def labelled(
    settings: Settings,
    *,
    first: date | None = None,
    last: date | None = None,
    actor: str | None = None,
    list_id: str | None = None,
) -> Labelled:
    """Read the decided and open hits of held nights.

    Args:
        settings: store and profile.
        first: first night; None for the oldest that is held.
        last: last night, included; None for the latest.
        actor: who looks.
        list_id: only hits and promises of this list.

    Raises:
        StoreError: a published file is damaged.
    """
    store = settings.store
    chosen = [night for night in nights(store) if (first or night) <= night <= (last or night)]
    stands = {key: row["decision"] for key, row in in_force(acts.dispositions(store)).items()}
    held: dict[_Key, tuple[date, HitRow, _Speaks]] = {}
    burdens: dict[tuple[str, str, float | None], Counter[str]] = defaultdict(Counter)
    for night in chosen:
        hits = rows_of(read_current(store, night, analyst.HITS), HitRow)
        hits = [hit for hit in hits if list_id in {None, hit["list"]}]
        speaks = _speaks(store, night, hits)
        for hit in hits:
            held.setdefault(_key(hit), (night, hit, speaks[hit["hit_id"]]))
        for (of, promised), counted in _burdens(store, night, hits, stands).items():
            if list_id in {None, of}:
                burdens[of, f"{night:%Y-%m}", promised].update(counted)
    few = _shown_to_few(settings, [hit for _, hit, _ in held.values()], actor)
    answers = _answers(store)
    labels = tuple(
        Label(
            month=f"{night:%Y-%m}",
            list_id=hit["list"],
            category=hit["category"],
            alert_id=hit["alert_id"],
            few=hit["hit_id"] in few,
            above=hit["score"] - hit["threshold"],
            rate=hit["false_alerts_per_1000"],
            kinds=spoke.kinds,
            by_document=spoke.by_document,
            decision=stands.get(key),
            answers=answers.get(key, ()),
        )
        for key, (night, hit, spoke) in held.items()
    )
    counted_ = tuple(
        Burden(of, month, promised, counts["travellers"], counts["false"], counts["undecided"])
        for (of, month, promised), counts in sorted(burdens.items(), key=str)
    )
    return Labelled(tuple(chosen), labels, counted_)


def _key(hit: HitRow) -> _Key:
    return hit["person_key"], hit["alert_id"], hit["evidence_hash"]


def _speaks(store: Store, night: date, hits: Sequence[HitRow]) -> dict[str, _Speaks]:
    best = {hit["hit_id"]: hit["alert_id"] for hit in hits}
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    documents = set[str]()
    for row in rows_of(read_current(store, night, analyst.EVIDENCE), EvidenceRow):
        if best.get(row["hit_id"]) != row["alert_id"] or row["kind"] == EvidenceKind.PRIOR:
            continue
        kinds[row["hit_id"]][row["kind"]] += row["weight"]
        if row["kind"] == EvidenceKind.DOCUMENT and row["relation"] == SAME_DOCUMENT:
            documents.add(row["hit_id"])
    return {
        one: _Speaks(frozenset(k for k, weight in kinds[one].items() if weight > 0), one in documents)
        for one in best
    }


def _burdens(
    store: Store, night: date, hits: Iterable[HitRow], stands: Mapping[_Key, str]
) -> dict[tuple[str, float | None], Counter[str]]:
    """Count travellers of a night, and those with hits that are not true, by list and promise."""
    now = current(store, night)
    frozen = published_frozen(store, night, now.revision) if now else None
    if frozen is None:
        return {}
    health = read_current(store, night, individual.NIGHT_HEALTH)
    [*stated] = health.filter(pc.equal(health["measure"], "travellers"))["value"].to_pylist()
    travellers = round(sum(stated))
    policies = {row["id"]: row for row in frozen.pins.profile.get("lists", ())}
    false: dict[str, set[str]] = defaultdict(set)
    undecided: dict[str, set[str]] = defaultdict(set)
    for hit in hits:
        decision = stands.get(_key(hit))
        if decision == Decision.FALSE_MATCH:
            false[hit["list"]].add(hit["traveller_id"])
        elif decision != Decision.TRUE_MATCH:
            undecided[hit["list"]].add(hit["traveller_id"])
    found = {}
    for list_id in frozen.pins.lists:
        policy = policies.get(list_id, {})
        default = ListPolicy.model_fields["false_alerts_per_1000"].default
        promised = policy.get("false_alerts_per_1000", default)
        key = list_id, None if policy.get("threshold_bits") is not None else float(promised)
        found[key] = Counter(
            travellers=travellers,
            false=len(false[list_id]),
            undecided=len(undecided[list_id] - false[list_id]),
        )
    return found


def _shown_to_few(settings: Settings, hits: Sequence[HitRow], actor: str | None) -> frozenset[str]:
    alerts = alerts_of_hits(settings.store, hits)
    shown = settings.profile.visibility
    return frozenset(
        hit["hit_id"] for hit in hits if alerts.state(hit, shown, actor, date.min).call is not None
    )


def _answers(store: Store) -> Mapping[_Key, tuple[str, ...]]:
    """Return the last answer at the closing of each hit, by pair."""
    last = {}
    for row in rows_of(acts.acts_on_hits(store, CLOSINGS).sort_by("at_utc"), ClosingRow):
        last[row["hit_id"], row["evidence_hash"]] = row
    found: dict[_Key, tuple[str, ...]] = {}
    for row in last.values():
        key = row["person_key"], row["alert_id"], row["evidence_hash"]
        found[key] = (*found.get(key, ()), row["answer"])
    return found
