"""Raising hits: pairs at or above the threshold of their list, grouped, with all that a decision needs.

Rules:

* A pair is a hit when its score reaches the threshold of its list, or when a document agrees with the same
  number and State: documents are matched on themselves alone, whatever the size of the list.
* Alerts that are one person are one hit (`grouping`); its best alert has the highest score, then the highest
  severity, then the smallest id. hit_id = pseudonym("hit", traveller_id | smallest alert_id).
* `evidence_hash` is over what was compared and how (kind, both values, relation) of the best alert, so that
  neither a new model's weights nor another night change it, and any new datum of either side does.
* Alerts that a person has merged are one hit too: who reaches the threshold of one is shown with all of them
  that were scored, and what was cleared for one is cleared for the others on the same evidence.
* A pair cleared by a person is silent but counted; an alert that is not active or not valid on the night
  raises none.
* `late`: the leg had departed (local time of the origin, its zone) when the night began.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa

from screening.hits.clearances import Clearances, clearances_of
from screening.hits.cleared_content import Contents
from screening.hits.dispositions import confirmed, in_force, taken_back
from screening.hits.grouping import group
from screening.hits.near_miss import near_miss
from screening.hits.person_keys import Pseudonym, bind, other_keys
from screening.tables.alerts import ALERT_DATES, ALERT_DOCUMENTS, ALERT_FACTS
from screening.tables.analyst import CLEARANCES, DISPOSITIONS, EVIDENCE, HITS
from screening.tables.codes import AlertStatus, EvidenceKind
from screening.tables.model import rows_of
from screening.tables.rows import (
    AlertNameRow,
    AlertRow,
    DispositionRow,
    DocumentRow,
    EvidenceRow,
    FlightRow,
    HitRow,
    ScoredEvidence,
    ScoredRow,
    TravellerRow,
)
from screening.tables.work import BORROWED

Key = tuple[str, str, str]
SAME_DOCUMENT = "same number and State"
"""Relation of document evidence (screening.matching.evidence.document) that is a hit by itself."""


@dataclass(frozen=True, slots=True)
class Raised:
    """Hits and their evidence, and how many pairs a clearance kept silent."""

    hits: pa.Table
    evidence: pa.Table
    silenced: int


@dataclass(frozen=True, slots=True)
class People:
    """Who was scored.

    Attributes:
        travellers: TRAVELLERS of the scored travellers.
        documents: DOCUMENTS of them.
        flights: FLIGHTS of them.
    """

    travellers: pa.Table
    documents: pa.Table
    flights: pa.Table


@dataclass(frozen=True, slots=True)
class ListsInUse:
    """What they were scored against.

    Attributes:
        alerts: ALERTS of the lists in use.
        names: ALERT_NAMES of them, with those that alerts have by merges.
        thresholds: threshold of each list, centibits.
        versions: version of each list.
        rate: false alerts in 1,000 innocent travellers of a score against a list.
        together: alert_id -> smallest id of the alerts that are one person by a person's decision.
        own_names, dates, documents, facts: ALERT_NAMES, ALERT_DATES, ALERT_DOCUMENTS and ALERT_FACTS as
            published, without what merges add; what was cleared is told by them. Where own_names is None,
            nothing is merged.
    """

    alerts: pa.Table
    names: pa.Table
    thresholds: Mapping[str, int]
    versions: Mapping[str, str]
    rate: Callable[[int, str], float]
    together: Mapping[str, str] = field(default_factory=dict)
    own_names: pa.Table | None = None
    dates: pa.Table = field(default_factory=ALERT_DATES.empty)
    documents: pa.Table = field(default_factory=ALERT_DOCUMENTS.empty)
    facts: pa.Table = field(default_factory=ALERT_FACTS.empty)


@dataclass(frozen=True, slots=True)
class Before:
    """What was known before the night began.

    Attributes:
        clearances: CLEARANCES in force when the night was frozen.
        dispositions: DISPOSITIONS of that time.
        hits: HITS of earlier nights.
    """

    clearances: pa.Table
    dispositions: pa.Table
    hits: pa.Table

    @classmethod
    def nothing(cls, clearances: pa.Table | None = None) -> "Before":
        """Return a past without hits and decisions, but for given CLEARANCES."""
        known = CLEARANCES.empty() if clearances is None else clearances
        return cls(known, DISPOSITIONS.empty(), HITS.empty())


@dataclass(frozen=True, slots=True)
class HitRule:
    """Which scored pairs are hits on a night.

    Attributes:
        alerts: alerts of the lists by id.
        lists: lists in use.
        night: the night.
    """

    alerts: Mapping[str, AlertRow]
    lists: ListsInUse
    night: date

    @classmethod
    def of(cls, lists: ListsInUse, night: date) -> "HitRule":
        """Return the rule for lists on a night."""
        return cls({row["alert_id"]: row for row in rows_of(lists.alerts, AlertRow)}, lists, night)

    def is_hit(self, pair: ScoredRow) -> bool:
        """Is the alert in force, and does the pair reach the threshold or hold the same document?"""
        alert = self.alerts.get(pair["alert_id"])
        return alert is not None and _in_use(alert, self.night) and self.reaches(pair)

    def reaches(self, pair: ScoredRow) -> bool:
        """Does the pair reach the threshold of its list, or hold the same document?"""
        by_document = any(
            piece["kind"] == EvidenceKind.DOCUMENT and piece["relation"] == SAME_DOCUMENT
            for piece in pair["evidence"]
        )
        of = self.alerts[pair["alert_id"]]["list"]
        return by_document or pair["score"] >= self.lists.thresholds[of]

    def above(self, pairs: Sequence[ScoredRow]) -> list[ScoredRow]:
        """Return the pairs that are hits, and those with alerts that are one person with the alert of one."""
        reached = [self.is_hit(pair) for pair in pairs]
        together = self.lists.together
        raised = {
            (pair["traveller_id"], together[pair["alert_id"]])
            for pair, hit in zip(pairs, reached, strict=True)
            if hit and pair["alert_id"] in together
        }
        return [
            pair
            for pair, hit in zip(pairs, reached, strict=True)
            if hit
            or (
                (pair["traveller_id"], together.get(pair["alert_id"])) in raised
                and _in_use(self.alerts[pair["alert_id"]], self.night)
            )
        ]


@dataclass(frozen=True, slots=True)
class _Context:
    """What every hit of the night needs, found by id."""

    travellers: Mapping[str, TravellerRow]
    documents: Mapping[str, list[DocumentRow]]
    flights: Mapping[str, FlightRow]
    alerts: Mapping[str, AlertRow]
    names: Mapping[tuple[str, int], str]
    lists: ListsInUse
    rule: HitRule
    clearances: Clearances
    dispositions: Mapping[Key, DispositionRow]
    first_nights: Mapping[Key, date]
    night: date
    night_begins: datetime
    pseudonym: Pseudonym


def raise_hits(
    scored: pa.Table,
    people: People,
    lists: ListsInUse,
    before: Before,
    *,
    night: date,
    night_begins: datetime,
    pseudonym: Pseudonym,
    linked: Sequence[Pseudonym] = (),
) -> Raised:
    """Raise the hits of scored pairs.

    Args:
        scored: SCORED.
        people: the scored travellers.
        lists: lists in use.
        before: decisions and hits before the night.
        night: the night.
        night_begins: when it began, UTC.
        pseudonym: keyed pseudonym of (purpose, text).
        linked: the same under keys that are read together with it.

    Returns:
        HITS, EVIDENCE and the number of silenced pairs.
    """
    travellers = {row["traveller_id"]: row for row in rows_of(people.travellers, TravellerRow)}
    documents = _by_traveller(people.documents)
    compared = [travellers[one] for one in sorted(set(scored["traveller_id"].to_pylist()))]
    others = other_keys(compared, documents, pseudonym, linked)
    dispositions = bind(before.dispositions, others)
    rule = HitRule.of(lists, night)
    context = _Context(
        travellers=travellers,
        documents=documents,
        flights={row["flight_id"]: row for row in rows_of(people.flights, FlightRow)},
        alerts=rule.alerts,
        names={(row["alert_id"], row["ordinal"]): row["full"] for row in rows_of(lists.names, AlertNameRow)},
        lists=lists,
        rule=rule,
        clearances=clearances_of(
            bind(before.clearances, others), taken_back(dispositions), confirmed(dispositions)
        ),
        dispositions=in_force(dispositions),
        first_nights=_first_nights(bind(before.hits, others)),
        night=night,
        night_begins=night_begins,
        pseudonym=pseudonym,
    )
    above = rule.above(rows_of(scored, ScoredRow))
    contents = _contents_of([pair for pair in above if _cleared(pair, context)], context)
    loud = [pair for pair in above if not _is_silent(pair, context, contents)]
    hits, evidence = _grouped(loud, context)
    return Raised(HITS.table(hits), EVIDENCE.table(evidence), len(above) - len(loud))


def _grouped(pairs: Iterable[ScoredRow], context: _Context) -> tuple[list[HitRow], list[EvidenceRow]]:
    """Make one hit of the pairs of a traveller with alerts that are one person."""
    of_traveller: dict[str, dict[str, ScoredRow]] = {}
    for pair in pairs:
        of_traveller.setdefault(pair["traveller_id"], {})[pair["alert_id"]] = pair
    hits: list[HitRow] = []
    evidence: list[EvidenceRow] = []
    for traveller_id in sorted(of_traveller):
        own = of_traveller[traveller_id]
        shown = {alert_id: (_name(pair, context) or "", pair["evidence"]) for alert_id, pair in own.items()}
        for alert_ids in group(shown, context.lists.together):
            hit = _hit(traveller_id, alert_ids, own, context)
            hits.append(hit)
            evidence.extend(_evidence(hit["hit_id"], alert_ids, own))
    return hits, evidence


def _by_traveller(documents: pa.Table) -> dict[str, list[DocumentRow]]:
    found: dict[str, list[DocumentRow]] = {}
    in_order = documents.sort_by([("traveller_id", "ascending"), ("ordinal", "ascending")])
    for row in rows_of(in_order, DocumentRow):
        found.setdefault(row["traveller_id"], []).append(row)
    return found


def _first_nights(earlier: pa.Table) -> dict[Key, date]:
    found: dict[Key, date] = {}
    names = ("person_key", "alert_id", "evidence_hash", "first_night")
    for *key, first in zip(*(earlier[name].to_pylist() for name in names), strict=True):
        one = (key[0], key[1], key[2])
        found[one] = min(first, found.get(one, first))
    return found


def _in_use(alert: AlertRow, night: date) -> bool:
    if alert["status"] != AlertStatus.ACTIVE:
        return False
    begins, ends = alert["valid_from"] or night, alert["expires"] or night
    return begins <= night <= ends


def _mates(pair: ScoredRow, context: _Context) -> list[AlertRow]:
    """Return the alert of a pair, and those that are one person with it by a person's decision."""
    together = context.lists.together
    of = together.get(pair["alert_id"])
    ids = [one for one, leads in together.items() if leads == of] if of else [pair["alert_id"]]
    return [context.alerts[one] for one in ids if one in context.alerts]


def _cleared(pair: ScoredRow, context: _Context) -> bool:
    """Did a person clear something of this pair? Few pairs: of the others no content is looked at."""
    person = context.travellers[pair["traveller_id"]]["person_key"]
    compared = evidence_hash(pair["evidence"])
    return any(context.clearances.about(person, alert, compared) for alert in _mates(pair, context))


def _contents_of(pairs: Iterable[ScoredRow], context: _Context) -> Contents:
    named = {alert["alert_id"] for pair in pairs for alert in _mates(pair, context)}
    lists = context.lists
    names = lists.names if lists.own_names is None else lists.own_names
    return Contents(names, lists.dates, lists.documents, lists.facts, named)


def _is_silent(pair: ScoredRow, context: _Context, contents: Contents) -> bool:
    """Is the pair cleared, or the same evidence with an alert that is one person with this one?"""
    compared = evidence_hash(pair["evidence"])
    return any(
        context.clearances.silences(
            context.travellers[pair["traveller_id"]]["person_key"],
            alert,
            compared,
            name=_name(pair, context),
            contents=contents,
            night=context.night,
            pieces=pair["evidence"],
        )
        for alert in _mates(pair, context)
    )


def evidence_hash(pieces: Sequence[ScoredEvidence]) -> str:
    """Return the hash of what was compared: kind, both values and relation of each piece."""
    compared = [
        [piece["kind"], piece["traveller_value"], piece["alert_value"], piece["relation"]] for piece in pieces
    ]
    return hashlib.sha256(json.dumps(compared, ensure_ascii=False).encode()).hexdigest()


def _name(pair: ScoredRow, context: _Context) -> str | None:
    return context.names.get((pair["alert_id"], pair["alert_name"]))


def _best(alert_ids: Sequence[str], pairs: Mapping[str, ScoredRow], context: _Context) -> ScoredRow:
    """Return the pair that stands for its group: highest score, then highest severity, then smallest id.

    Of equal scores one goes first that stands on what the alert itself says: decisions bind to it, and hold
    when a merge is undone.
    One that is there by a merge alone, below the threshold of its list, stands for none.
    """
    reached = [alert_id for alert_id in alert_ids if context.rule.is_hit(pairs[alert_id])]
    return min(
        (pairs[alert_id] for alert_id in reached or alert_ids),
        key=lambda pair: (
            -pair["score"],
            pair["routes"] & BORROWED,
            -context.alerts[pair["alert_id"]]["severity"],
            pair["alert_id"],
        ),
    )


def _hit(
    traveller_id: str, alert_ids: Sequence[str], pairs: Mapping[str, ScoredRow], context: _Context
) -> HitRow:
    traveller, lists = context.travellers[traveller_id], context.lists
    best = _best(alert_ids, pairs, context)
    alert = context.alerts[best["alert_id"]]
    compared = evidence_hash(best["evidence"])
    key = (traveller["person_key"], best["alert_id"], compared)
    decided = context.dispositions.get(key)
    named = sorted({context.alerts[alert_id]["list"] for alert_id in alert_ids})
    return {
        "hit_id": context.pseudonym("hit", f"{traveller_id}|{alert_ids[0]}"),
        "traveller_id": traveller_id,
        "flight_id": traveller["flight_id"],
        "person_key": traveller["person_key"],
        "surname": traveller["surname"],
        "given_names": traveller["given_names"],
        "date_of_birth": traveller["date_of_birth"],
        "sex": traveller["sex"],
        "nationality": traveller["nationality"],
        "documents": [
            {
                "type": row["type"],
                "number": row["number"],
                "issuing_state": row["issuing_state"],
                "expiry": row["expiry"],
            }
            for row in context.documents.get(traveller_id, [])
        ],
        "seat": traveller["seat"],
        "locator": traveller["locator"],
        "alert_id": best["alert_id"],
        "alert_ids": list(alert_ids),
        "alert_name": _name(best, context),
        "list": alert["list"],
        "list_versions": [f"{name}={lists.versions[name]}" for name in named],
        "category": alert["category"],
        "severity": alert["severity"],
        "score": best["score"],
        "threshold": lists.thresholds[alert["list"]],
        "false_alerts_per_1000": lists.rate(best["score"], alert["list"]),
        "evidence_hash": compared,
        "first_night": min(context.first_nights.get(key, context.night), context.night),
        "late": _late(context.flights.get(traveller["flight_id"]), context.night_begins),
        "disposition_id": decided["disposition_id"] if decided else None,
        "decision": decided["decision"] if decided else None,
        "message_ids": _messages(traveller),
        "standing": traveller["standing"],
        "standing_reason": traveller["standing_reason"],
        "last_named_by": traveller["last_named_by"],
        "last_named_local": traveller["last_named_local"],
        "near_miss": near_miss(traveller["surname"], best["evidence"]),
        "rescreened": None,
    }


def _messages(traveller: TravellerRow) -> list[str]:
    """Return the messages of the current statements: a statement_id is its message_id and an ordinal."""
    current = traveller["statement_ids"][: traveller["current"]]
    return sorted({statement.rpartition(":")[0] for statement in current})


def _late(flight: FlightRow | None, night_begins: datetime) -> bool:
    """Had the leg departed? False where its time or zone is unknown: a hit is then treated as in time."""
    if flight is None or not flight["origin_zone"] or flight["departure_local"] is None:
        return False
    return flight["departure_local"].replace(tzinfo=ZoneInfo(flight["origin_zone"])) < night_begins


def _evidence(hit_id: str, alert_ids: Sequence[str], pairs: Mapping[str, ScoredRow]) -> Iterable[EvidenceRow]:
    for alert_id in alert_ids:
        for ordinal, piece in enumerate(pairs[alert_id]["evidence"]):
            yield {"hit_id": hit_id, "alert_id": alert_id, "ordinal": ordinal, **piece}
