"""Why: what happened between one traveller and one alert in a night, whether it became a hit or not.

The night's own frozen set answers: its list version, its profile, its travellers and the clearances in force
at its moment (`why_case`). The pair is taken through matching step by step: which route found it, what it
scored, what was missing, and whether the alert, the leg or a clearance kept it from being a hit. What was
published goes before what is scored now; a difference is told.

A pair that reaches its threshold when everything is scored, but that no route found, would be a fault of
ours: it is called `lost`, and a person must act.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from screening.casework.lookup import BELOW, HIT, NOT_IN_FORCE, raise_pairs
from screening.casework.seen import shown_to_few
from screening.casework.why_case import Case, find_case
from screening.hits.audience import closed_to
from screening.hits.clearances import same_content
from screening.hits.cleared_content import Contents, earlier_ids
from screening.hits.dispositions import taken_back
from screening.hits.person_keys import bind, other_keys
from screening.hits.raising import Before, evidence_hash
from screening.identity.prepare import identify
from screening.matching.match import match
from screening.matching.merged import better
from screening.matching.score import Judge
from screening.matching.travellers import lay_out
from screening.night.frozen import machine
from screening.night.settings import Settings
from screening.protection import audit
from screening.protection.key_links import linked_with
from screening.protection.keys import Keys, load_keys
from screening.reports.hit import kind_words
from screening.reports.text import bits, words
from screening.store import acts
from screening.store.published import read_current
from screening.tables import analyst
from screening.tables.codes import Category, EvidenceKind, Outcome, Standing
from screening.tables.model import rows_of
from screening.tables.rows import (
    AlertNameRow,
    ClearanceRow,
    HitRow,
    ScoredEvidence,
    ScoredRow,
)

COLUMNS = ("step", "result", "detail", "traveller_value", "alert_value", "weight", "running")
SILENCED, NOT_SCREENED, NOT_COMPARABLE = "silenced", "not_screened", "not_comparable"
LOST, DIFFERS = "lost", "differs"
WITHDRAWN = "withdrawn"
FAULTS = frozenset({LOST, DIFFERS})
"""Verdicts that a person must look into."""
_LOWEST = -1_000_000  # centibits: below every score, so that nothing is left out
_SCREENED = frozenset({Outcome.SCREENED, Outcome.SCREENED_WITH_FINDINGS})


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way of the pair: what it was, how it went, and in words."""

    step: str
    result: str
    detail: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened between a traveller and an alert.

    Attributes:
        verdict: HIT, SILENCED, BELOW, NOT_IN_FORCE, NOT_SCREENED, WITHDRAWN, NOT_COMPARABLE, LOST or DIFFERS.
        before: steps up to the comparison.
        evidence: pieces whose weights add up to the score; none where nothing can be compared.
        after: steps after it; the last is the verdict.
        score: centibits; None where nothing can be compared.
        threshold: of the alert's list in the night, centibits.
    """

    night: date
    traveller_id: str
    alert_id: str
    verdict: str
    before: tuple[Step, ...]
    evidence: tuple[ScoredEvidence, ...]
    after: tuple[Step, ...]
    score: int | None
    threshold: int

    def rows(self) -> list[dict[str, object]]:
        """Return the steps and pieces of evidence as rows (COLUMNS), in the order in which to read them."""
        rows: list[dict[str, object]] = [_plain(step) for step in self.before]
        running = 0
        for piece in self.evidence:
            running += piece["weight"]
            rows.append(
                {
                    "step": "evidence",
                    "result": piece["kind"],
                    "detail": piece["relation"],
                    "traveller_value": piece["traveller_value"],
                    "alert_value": piece["alert_value"],
                    "weight": piece["weight"],
                    "running": running,
                }
            )
        return rows + [_plain(step) for step in self.after]


def _plain(step: Step) -> dict[str, object]:
    return {"step": step.step, "result": step.result, "detail": step.detail}


@dataclass(frozen=True, slots=True)
class _Scored:
    """The pair scored: by the alert alone, with what it was merged with, as the night's routes find it."""

    own: pa.Table
    exhaustive: pa.Table
    routed: pa.Table
    in_force: bool
    reaches: bool
    silenced: bool


def why(
    settings: Settings, traveller: str, alert: str, *, night: date | None, actor: str, at: datetime
) -> Explanation:
    """Explain what happened between a traveller and an alert in a night.

    Args:
        settings: store and profile.
        traveller: traveller_id, or an unambiguous beginning of it.
        alert: alert_id (`LIST:SOURCE_ID`), or an unambiguous beginning of it.
        night: the night; None for the latest that holds the traveller.
        actor: who asks; recorded.
        at: the moment, UTC.

    Raises:
        UsageError: no such traveller, list or alert in the night, or several begin so; or the alert is shown
            to few, and not to this actor.
        StoreError: a file of the night or list is missing or damaged, or the act cannot be recorded.
    """
    store = settings.store
    case = find_case(store, traveller, alert, within=night)
    load_keys(settings.profile.agency.production, store_root=store.root)  # production without
    pins = case.frozen.pins
    still = linked_with(store, pins.key_id) if pins.linked else ()  # a key retired since is not read again
    keys = case.frozen.keys(store, linked=[one for one in pins.linked if one in still])
    audit.append(store, actor, "pair.why", _objects(case, keys), f"night {case.frozen.night}", at)
    call = closed_to(actor, [case.alert, *case.group], settings.profile.visibility)
    if call is not None:
        raise shown_to_few("ALERT", call)
    return _explained(case, _score(case, keys), keys)


def _objects(case: Case, keys: Keys) -> list[str]:
    """Ids for the record; the id of a listed document is its number, so a pseudonym stands for it."""
    alert_id = case.alert["alert_id"]
    if case.alert["category"] == Category.DOCUMENT:
        alert_id = keys.pseudonym("alert", alert_id)
    return [case.traveller["traveller_id"], alert_id, f"{case.list_id}={case.version}"]


def _score(case: Case, keys: Keys) -> _Scored:
    identities, index = identify(*case.sides), case.against.index
    exhaustive = own = match(identities, index, floor=_LOWEST, exhaustive=True)
    if case.against.merged is not None:
        exhaustive = better(own, match(identities, case.against.merged, floor=_LOWEST, exhaustive=True))
    decided = acts.dispositions(case.store, until=case.frozen.moment)

    def raised(threshold: int, before: Before) -> tuple[bool, bool]:
        found = raise_pairs(
            exhaustive,
            case.sides,
            case.against,
            case.frozen,
            keys,
            thresholds={case.list_id: threshold},
            before=before,
        )
        return found.hits.num_rows > 0, found.silenced > 0

    return _Scored(
        own=own,
        exhaustive=exhaustive,
        routed=case.against.compare(identities, {case.list_id: case.threshold}),
        in_force=raised(_LOWEST, Before.nothing())[0],
        reaches=raised(case.threshold, Before.nothing())[0],
        silenced=raised(
            case.threshold, Before(acts.clearances(case.store, decided), decided, analyst.HITS.empty())
        )[1],
    )


def _explained(case: Case, scored: _Scored, keys: Keys) -> Explanation:
    pair = next(iter(rows_of(scored.exhaustive, ScoredRow)), None)
    hit, kept = _published(case)
    computed = pair["evidence"] if pair else []
    evidence = kept or computed
    score = sum(piece["weight"] for piece in evidence) if evidence else None
    threshold = hit["threshold"] if hit and hit["alert_id"] == case.alert["alert_id"] else case.threshold
    verdict = _verdict(case, scored, hit, score)
    after = [_step_score(score, threshold, evidence), _clearance(case, scored, computed, keys)]
    if kept:
        same = computed == kept
        result = "same" if same else "differs"
        after.append(
            Step("scored_again", result, "the published evidence is shown; scored again now: " + result)
        )
    after.append(Step("verdict", verdict, _SAYS[verdict].format(hit=hit["hit_id"] if hit else "")))
    return Explanation(
        night=case.frozen.night,
        traveller_id=case.traveller["traveller_id"],
        alert_id=case.alert["alert_id"],
        verdict=verdict,
        before=(
            *_setting(case),
            *_merge(case, scored),
            _name_route(case, scored),
            _document_route(case, computed),
        ),
        evidence=tuple(evidence),
        after=tuple(after),
        score=score,
        threshold=threshold,
    )


_SAYS = {
    HIT: "it is the hit {hit}",
    SILENCED: "a person's clearance kept it silent; it was counted",
    BELOW: "it stayed below the threshold of its list",
    NOT_IN_FORCE: "it reaches the threshold, but the alert was not in force in this night",
    NOT_SCREENED: "it reaches the threshold, but its leg was not screened: see `screening status`",
    WITHDRAWN: "it reaches the threshold, but the traveller was withdrawn and the profile screens no such",
    NOT_COMPARABLE: "nothing of the two can be compared",
    LOST: "it reaches the threshold, but no route found it: this is a fault of the program, report it",
    DIFFERS: "it reaches the threshold now but was no hit in the night: other code ran, or it is a fault",
}


def _published(case: Case) -> tuple[HitRow | None, list[ScoredEvidence]]:
    """Return the hit of the night that holds the pair, and its evidence as published."""
    alert_id, night = case.alert["alert_id"], case.frozen.night
    hits = read_current(case.store, night, analyst.HITS)
    own = rows_of(hits.filter(pc.equal(hits["traveller_id"], case.traveller["traveller_id"])), HitRow)
    hit = next((row for row in own if alert_id in row["alert_ids"]), None)
    if hit is None:
        return None, []
    table = read_current(case.store, night, analyst.EVIDENCE)
    wanted = pc.and_(pc.equal(table["hit_id"], hit["hit_id"]), pc.equal(table["alert_id"], alert_id))
    return hit, rows_of(table.filter(wanted).sort_by("ordinal"), ScoredEvidence)


def _verdict(case: Case, scored: _Scored, hit: HitRow | None, score: int | None) -> str:
    if hit is not None:
        return HIT
    if score is None:
        return NOT_COMPARABLE
    if not scored.reaches:
        return NOT_IN_FORCE if score >= case.threshold and not scored.in_force else BELOW
    if scored.silenced or _unscreened(case):
        return _unscreened(case) or SILENCED
    return DIFFERS if scored.routed.num_rows else LOST


def _unscreened(case: Case) -> str | None:
    """Return why the traveller was not compared in the night; None if they were."""
    if case.outcome not in _SCREENED:
        return NOT_SCREENED
    withdrawn = case.traveller["standing"] == Standing.WITHDRAWN
    return WITHDRAWN if withdrawn and not case.frozen.agency_profile().screening.withdrawn else None


def _setting(case: Case) -> list[Step]:
    frozen, alert = case.frozen, case.alert
    size = case.against.sizes[case.list_id]
    outcome = words(case.outcome) if case.outcome else "no outcome"
    same = frozen.pins.model == case.against.model.version and frozen.machine == machine()
    terms = [words(alert["category"]), f"severity {alert['severity']}", f"status {alert['status']}"]
    limits = (("from", alert["valid_from"]), ("until", alert["expires"]))
    terms += [f"{word} {day}" for word, day in limits if day]
    return [
        Step("night", frozen.night.isoformat(), f"revision {case.revision}"),
        Step("traveller", case.traveller["traveller_id"], f"{case.traveller['flight_id']}: {outcome}"),
        Step("alert", str(alert["alert_id"]), ", ".join(terms)),
        Step(
            "list_version",
            f"{case.list_id}={case.version}",
            f"{size} names, threshold {bits(case.threshold)} bits",
        ),
        Step(
            "code",
            "same" if same else "other",
            f"model and code {'of' if same else 'other than in'} the night",
        ),
    ]


def _merge(case: Case, scored: _Scored) -> list[Step]:
    """Say what the alerts add that a person made one with this; nothing where nobody did."""
    if not case.group:
        return []
    own, both = (
        max((row["score"] for row in rows_of(table, ScoredRow)), default=None)
        for table in (scored.own, scored.exhaustive)
    )
    adds = both is not None and (own is None or both > own)
    ids = ", ".join(str(row["alert_id"]) for row in case.group)
    by_itself = "by itself it compares nothing" if own is None else f"by itself it scores {bits(own)} bits"
    added = f"with what they say {bits(both)} bits" if adds and both is not None else "they add nothing"
    return [Step("merge", "adds" if adds else "adds_nothing", f"one person with {ids}; {by_itself}, {added}")]


def _name_route(case: Case, scored: _Scored) -> Step:
    """Say how far the names led: no shared token, shared ones that cannot suffice, or scored in full."""
    index = case.against.index
    travellers = lay_out(identify(*case.sides), index)
    if not travellers.names.count.any():
        return Step("route_name", "none", "the traveller has no name that can be compared")
    if not len(index.name_alert):
        return Step("route_name", "none", "the alert has no name")
    judge = Judge(travellers, index)
    limits: list[int] = []
    for group in judge.groups():
        found, bound = judge.by_name(group, np.full(len(index.alert_ids), _LOWEST), every=False)
        rest = judge.facts_weight(group, found.reading, found.unit)
        rest = rest + judge.date_places(found.reading, found.unit)[0]
        limits += (bound + rest).tolist()
    if not limits:
        return Step("route_name", "none", "no part of the names agrees in more than an initial: no candidate")
    limit = max(limits)
    if limit < case.threshold:
        return Step(
            "route_name",
            "cut",
            f"a candidate by parts of the name, but it can reach {bits(limit)} bits at most (documents left "
            "out): not compared further",
        )
    return Step("route_name", "candidate", "a candidate by parts of the name, compared in full")


def _document_route(case: Case, evidence: Sequence[ScoredEvidence]) -> Step:
    agreeing = [p for p in evidence if p["kind"] == EvidenceKind.DOCUMENT and p["weight"]]
    if agreeing:
        return Step("route_document", "candidate", f"a candidate by a document: {agreeing[0]['relation']}")
    if not case.sides[1].num_rows:
        return Step("route_document", "none", "no document of the traveller is known")
    if not case.against.alerts.documents.num_rows:
        return Step("route_document", "none", "the alert has no document")
    return Step("route_document", "none", "no document of the two agrees")


def _step_score(score: int | None, threshold: int, evidence: Sequence[ScoredEvidence]) -> Step:
    if score is None:
        return Step("score", "none", "no name and no document that could be compared")
    if score >= threshold:
        return Step(
            "score", bits(score), f"{bits(score - threshold)} bits above the threshold of {bits(threshold)}"
        )
    counter = [
        f"{kind_words(p['kind'])} {bits(p['weight'])} ({p['relation']})" for p in evidence if p["weight"] < 0
    ]
    unknown = [kind_words(p["kind"]) for p in evidence if p["relation"].startswith("not given")]
    parts = [f"{bits(threshold - score)} bits were missing to the threshold of {bits(threshold)}"]
    parts += [f"against it: {', '.join(counter)}"] if counter else []
    parts += [f"not given: {', '.join(unknown)}"] if unknown else []
    return Step("score", bits(score), "; ".join(parts))


def _clearance(case: Case, scored: _Scored, evidence: Sequence[ScoredEvidence], keys: Keys) -> Step:
    """Say whether a person's clearance of the pair was in force, and if not, why not."""
    decided = acts.dispositions(case.store, until=case.frozen.moment)
    traveller, linked = case.traveller, [one.pseudonym for one in keys.linked]
    documents = {traveller["traveller_id"]: case.sides[1].to_pylist()}
    others = other_keys([traveller], documents, keys.pseudonym, linked)
    gone = taken_back(bind(decided, others))
    table = bind(acts.clearances(case.store, decided), others)
    named = pa.array(sorted({case.alert["alert_id"], *earlier_ids(case.alert)}), pa.string())
    mine = pc.and_(pc.equal(table["person_key"], traveller["person_key"]), pc.is_in(table["alert_id"], named))
    rows = [
        row
        for row in rows_of(table.filter(mine).sort_by("until"), ClearanceRow)
        if (row["disposition_id"], row["person_key"]) not in gone
    ]
    if not rows:
        return Step("clearance", "none", "nobody cleared this pair before the night")
    last = rows[-1]
    if scored.silenced:
        return Step(
            "clearance", "in_force", f"until {last['until']}, by disposition {last['disposition_id']}"
        )
    current = evidence_hash(evidence)
    tables = case.against.alerts
    contents = Contents(tables.names, tables.dates, tables.documents, tables.facts, [case.alert["alert_id"]])
    name = _compared_name(case, scored)
    reasons = [
        (all(row["evidence_hash"] != current for row in rows), "other evidence was compared then"),
        (
            not any(same_content(row, case.alert, name, contents) for row in rows),
            "the alert's content has changed",
        ),
        (last["until"] < case.frozen.night, f"it ended on {last['until']}"),
        (not scored.reaches, "the pair is below its threshold anyway"),
    ]
    told = [text for holds, text in reasons if holds] or ["a document agrees, which no clearance silences"]
    return Step("clearance", "not_in_force", "; ".join(told))


def _compared_name(case: Case, scored: _Scored) -> str | None:
    """Return the listed name that fits best."""
    pair = next(iter(rows_of(scored.exhaustive, ScoredRow)), None)
    names = rows_of(case.against.alerts.names, AlertNameRow)
    return next((row["full"] for row in names if pair and row["ordinal"] == pair["alert_name"]), None)
