"""Raising hits: pairs at or above the threshold of their list, grouped, with all that a decision needs.

Rules:

* A pair is a hit when its score reaches the threshold of its list, or when a document agrees with the same
  number and State: documents are matched on themselves alone, whatever the size of the list.
* Alerts that are one person are one hit (`grouping`); its best alert has the highest score, then the highest
  severity, then the smallest id. hit_id = pseudonym("hit", traveller_id | smallest alert_id).
* `evidence_hash` is over what was compared and how (kind, both values, relation) of the best alert, so that
  neither a new model's weights nor another night change it, and any new datum of either side does.
* A pair cleared by a person is silent but counted; an alert that is not active or not valid on the night
  raises none.
* `late`: the leg had departed (local time of the origin, its zone) when the night began.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa

from screening.hits.clearances import Clearances, clearances_of
from screening.hits.dispositions import in_force
from screening.hits.grouping import group
from screening.hits.person_keys import bind, other_keys
from screening.tables.analyst import EVIDENCE, HITS
from screening.tables.codes import AlertStatus, EvidenceKind

Row = Mapping[str, object]
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
class _Context:
    """What every hit of the night needs."""

    travellers: Mapping[str, Row]
    documents: Mapping[str, list[Row]]
    flights: Mapping[str, Row]
    alerts: Mapping[str, Row]
    names: Mapping[tuple[str, int], str]
    thresholds: Mapping[str, int]
    list_sizes: Mapping[str, int]
    list_versions: Mapping[str, str]
    rate: Callable[[int, int], float]
    clearances: Clearances
    dispositions: Mapping[Key, Row]
    first_nights: Mapping[Key, date]
    night: date
    night_begins: datetime
    pseudonym: Callable[[str, str], str]


def raise_hits(
    scored: pa.Table,
    travellers: pa.Table,
    documents: pa.Table,
    flights: pa.Table,
    alerts: pa.Table,
    alert_names: pa.Table,
    *,
    thresholds: Mapping[str, int],
    list_sizes: Mapping[str, int],
    list_versions: Mapping[str, str],
    rate: Callable[[int, int], float],
    clearances: pa.Table,
    dispositions: pa.Table,
    earlier_hits: pa.Table,
    night: date,
    night_begins: datetime,
    pseudonym: Callable[[str, str], str],
) -> Raised:
    """Raise the hits of scored pairs.

    Args:
        scored: SCORED.
        travellers: TRAVELLERS of the scored travellers.
        documents: DOCUMENTS of them.
        flights: FLIGHTS of them.
        alerts: ALERTS of the lists in use.
        alert_names: ALERT_NAMES of them.
        thresholds: threshold of each list, centibits.
        list_sizes: names of each list, for `rate`.
        list_versions: version of each list.
        rate: false alerts in 1,000 innocent travellers of a score and a list size.
        clearances: CLEARANCES in force when the night was frozen.
        dispositions: DISPOSITIONS of that time.
        earlier_hits: HITS of earlier nights.
        night: the night.
        night_begins: when it began, UTC.
        pseudonym: keyed pseudonym of (purpose, text).

    Returns:
        HITS, EVIDENCE and the number of silenced pairs.
    """
    people = {str(row["traveller_id"]): row for row in travellers.to_pylist()}
    others = other_keys(people.values(), pseudonym)
    context = _Context(
        travellers=people,
        documents=_by_traveller(documents),
        flights={str(row["flight_id"]): row for row in flights.to_pylist()},
        alerts={str(row["alert_id"]): row for row in alerts.to_pylist()},
        names={(row["alert_id"], row["ordinal"]): row["full"] for row in alert_names.to_pylist()},
        thresholds=thresholds,
        list_sizes=list_sizes,
        list_versions=list_versions,
        rate=rate,
        clearances=clearances_of(bind(clearances, others)),
        dispositions=in_force(bind(dispositions, others)),
        first_nights=_first_nights(bind(earlier_hits, others)),
        night=night,
        night_begins=night_begins,
        pseudonym=pseudonym,
    )
    of_traveller: dict[str, dict[str, Row]] = {}
    silenced = 0
    for pair in scored.to_pylist():
        if not _is_hit(pair, context):
            continue
        if _is_silent(pair, context):
            silenced += 1
            continue
        of_traveller.setdefault(pair["traveller_id"], {})[pair["alert_id"]] = pair
    hits: list[Row] = []
    evidence: list[Row] = []
    for traveller_id in sorted(of_traveller):
        pairs = of_traveller[traveller_id]
        shown = {alert_id: (_name(pair, context) or "", _pieces(pair)) for alert_id, pair in pairs.items()}
        for alert_ids in group(shown):
            hit = _hit(traveller_id, alert_ids, pairs, context)
            hits.append(hit)
            evidence.extend(_evidence(str(hit["hit_id"]), alert_ids, pairs))
    return Raised(HITS.table(hits), EVIDENCE.table(evidence), silenced)


def _by_traveller(documents: pa.Table) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in documents.sort_by([("traveller_id", "ascending"), ("ordinal", "ascending")]).to_pylist():
        found.setdefault(row["traveller_id"], []).append(row)
    return found


def _first_nights(earlier: pa.Table) -> dict[Key, date]:
    found: dict[Key, date] = {}
    names = ("person_key", "alert_id", "evidence_hash", "first_night")
    for *key, first in zip(*(earlier[name].to_pylist() for name in names), strict=True):
        one = (key[0], key[1], key[2])
        found[one] = min(first, found.get(one, first))
    return found


def _pieces(pair: Row) -> Sequence[Row]:
    pieces = pair["evidence"]
    return pieces if isinstance(pieces, list) else []


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("scores, severities and ordinals are whole numbers")
    return value


def _is_hit(pair: Row, context: _Context) -> bool:
    alert = context.alerts.get(str(pair["alert_id"]))
    if alert is None or not _in_use(alert, context.night):
        return False
    by_document = any(
        piece["kind"] == EvidenceKind.DOCUMENT and piece["relation"] == SAME_DOCUMENT
        for piece in _pieces(pair)
    )
    return by_document or _whole(pair["score"]) >= context.thresholds[str(alert["list"])]


def _in_use(alert: Row, night: date) -> bool:
    begins, ends = alert["valid_from"], alert["expires"]
    if alert["status"] != AlertStatus.ACTIVE:
        return False
    return not (isinstance(begins, date) and night < begins) and not (isinstance(ends, date) and night > ends)


def _is_silent(pair: Row, context: _Context) -> bool:
    alert_id = str(pair["alert_id"])
    return context.clearances.silences(
        str(context.travellers[str(pair["traveller_id"])]["person_key"]),
        alert_id,
        evidence_hash(_pieces(pair)),
        alert_hash=str(context.alerts[alert_id]["content_hash"]),
        night=context.night,
        pieces=_pieces(pair),
    )


def evidence_hash(pieces: Sequence[Row]) -> str:
    """Give the hash of what was compared: kind, both values and relation of each piece."""
    compared = [
        [piece["kind"], piece["traveller_value"], piece["alert_value"], piece["relation"]] for piece in pieces
    ]
    return hashlib.sha256(json.dumps(compared, ensure_ascii=False).encode()).hexdigest()


def _name(pair: Row, context: _Context) -> str | None:
    return context.names.get((str(pair["alert_id"]), _whole(pair["alert_name"])))


def _hit(
    traveller_id: str, alert_ids: Sequence[str], pairs: Mapping[str, Row], context: _Context
) -> dict[str, object]:
    traveller = context.travellers[traveller_id]
    best = min(
        (pairs[alert_id] for alert_id in alert_ids),
        key=lambda pair: (
            -_whole(pair["score"]),
            -_whole(context.alerts[str(pair["alert_id"])]["severity"]),
            str(pair["alert_id"]),
        ),
    )
    alert = context.alerts[str(best["alert_id"])]
    of, score = str(alert["list"]), _whole(best["score"])
    compared = evidence_hash(_pieces(best))
    key = (str(traveller["person_key"]), str(best["alert_id"]), compared)
    decided = context.dispositions.get(key)
    lists = sorted({str(context.alerts[alert_id]["list"]) for alert_id in alert_ids})
    copied = ("flight_id", "person_key", "surname", "given_names", "date_of_birth", "sex", "nationality")
    return {
        "hit_id": context.pseudonym("hit", f"{traveller_id}|{alert_ids[0]}"),
        "traveller_id": traveller_id,
        **{name: traveller[name] for name in (*copied, "seat", "locator")},
        "documents": [
            {name: row[name] for name in ("type", "number", "issuing_state", "expiry")}
            for row in context.documents.get(traveller_id, [])
        ],
        "alert_id": best["alert_id"],
        "alert_ids": list(alert_ids),
        "alert_name": _name(best, context),
        "list": of,
        "list_versions": [f"{name}={context.list_versions[name]}" for name in lists],
        "category": alert["category"],
        "severity": alert["severity"],
        "score": score,
        "threshold": context.thresholds[of],
        "false_alerts_per_1000": context.rate(score, context.list_sizes[of]),
        "evidence_hash": compared,
        "first_night": min(context.first_nights.get(key, context.night), context.night),
        "late": _late(context.flights.get(str(traveller["flight_id"])), context.night_begins),
        "disposition_id": decided["disposition_id"] if decided else None,
        "decision": decided["decision"] if decided else None,
        "message_ids": _messages(traveller),
    }


def _messages(traveller: Row) -> list[str]:
    """Give the messages of the current statements: a statement_id is its message_id and an ordinal."""
    statements = traveller["statement_ids"]
    if not isinstance(statements, list):
        return []
    return sorted({str(one).rpartition(":")[0] for one in statements[: _whole(traveller["current"])]})


def _late(flight: Row | None, night_begins: datetime) -> bool:
    """Had the leg departed? False where its time zone is unknown: a hit is then treated as in time."""
    if flight is None or not flight["origin_zone"]:
        return False
    departure = flight["departure_local"]
    if not isinstance(departure, datetime):
        return False
    return departure.replace(tzinfo=ZoneInfo(str(flight["origin_zone"]))) < night_begins


def _evidence(hit_id: str, alert_ids: Sequence[str], pairs: Mapping[str, Row]) -> list[dict[str, object]]:
    return [
        {"hit_id": hit_id, "alert_id": alert_id, "ordinal": ordinal, **piece}
        for alert_id in alert_ids
        for ordinal, piece in enumerate(_pieces(pairs[alert_id]))
    ]
