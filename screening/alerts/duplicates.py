"""Who stands twice, inside a list or on two: proposals with what speaks for them and against them.

Rule: an alert travels. Its names, dates, sexes, States and documents become the readings of a traveller, and
the matcher compares them with all other alerts, as it compares people who fly. A pair is proposed when its
score is `MARGIN` above the bits that it takes to find one alert among so many (log2 of their number), or if
both hold the same document of the same State. No proposal merges anything: a person decides
(`screening.alerts.merging`).

Where both sides travel, the better direction counts. Brothers stand among the proposals of real lists,
with their other given name as evidence against; that is what the person is shown.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import pyarrow as pa

from screening.alerts.model import Imported
from screening.identity.documents import document_key, normalise_number
from screening.identity.names import tokens
from screening.tables.codes import EvidenceKind, FactKind
from screening.tables.model import rows_of
from screening.tables.rows import (
    AlertDateRow,
    AlertDocumentRow,
    AlertFactRow,
    AlertNameRow,
    ScoredEvidence,
    ScoredRow,
)
from screening.tables.work import IDENTITIES

MARGIN = 600
"""Centibits above log2 of the number of alerts: 64 to 1 that it is one person, were each as likely before.

Measured on the shared OFAC and UN lists (docs/alert-lists.md, Duplicates)."""
SAME_DOCUMENT = "same number and State"
_FEWEST_ALERTS = 1024  # a short list is not flooded with namesakes
_MOST_READINGS = 60  # names times dates of one alert; more are variants of what was read
_Name = tuple[tuple[str, ...], tuple[str, ...]]
_Born = tuple[date, date] | None
_Row = TypeVar("_Row", AlertDocumentRow, AlertFactRow)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two alerts that may be one person.

    Attributes:
        one, other: alert ids, the smaller first.
        score: centibits.
        above: centibits above the bits that it takes to find one among so many.
        pro, contra: evidence that weighs for one person, and against it; what both do not give is left out.
    """

    one: str
    other: str
    score: int
    above: int
    pro: tuple[ScoredEvidence, ...]
    contra: tuple[ScoredEvidence, ...]


def as_travellers(found: Imported) -> pa.Table:
    """Let alerts travel.

    Args:
        found: alerts with names, dates, documents and facts.

    Returns:
        IDENTITIES; `traveller_id` is the alert's id. What belongs to one identity stays with it.
    """
    names, dates = _names(found), _dates(found)
    documents = _by_alert(rows_of(found.documents, AlertDocumentRow))
    facts = _by_alert(rows_of(found.facts, AlertFactRow))
    rows: list[dict[str, object]] = []
    for alert_id in sorted(found.alerts["alert_id"].to_pylist()):
        said = facts.get(alert_id, ())
        sexes = {row["value"] for row in said if row["kind"] == FactKind.SEX}
        keys: set[str] = set()
        for document in documents.get(alert_id, ()):
            number = normalise_number(document["number"])
            if number:
                keys |= {document_key(number, None), document_key(number, document["issuing_state"])}
        common = {
            "traveller_id": alert_id,
            "flight_id": "",
            "maybe_cut": False,
            "sex": next(iter(sexes)) if len(sexes) == 1 else None,
            "nationalities": sorted({row["value"] for row in said if row["kind"] == FactKind.NATIONALITY}),
            "document_keys": sorted(keys),
        }
        for reading, ((surname, given), born) in enumerate(_readings(names, dates, alert_id)):
            rows.append(
                {
                    **common,
                    "reading": reading,
                    "surname_tokens": list(surname),
                    "given_tokens": list(given),
                    "placeholder": not (surname or given),
                    "born_from": born[0] if born else None,
                    "born_to": born[1] if born else None,
                }
            )
    return IDENTITIES.table(rows)


def _readings(
    names: Mapping[str, Mapping[int, list[_Name]]], dates: Mapping[str, Mapping[int, list[_Born]]], of: str
) -> list[tuple[_Name, _Born]]:
    """Return the distinct names of an alert, each with the dates of its identity, else of the person."""
    own = dates.get(of, {})
    found = dict.fromkeys(
        (name, born)
        for identity, written in sorted(names.get(of, {}).items())
        for name in written
        for born in own.get(identity) or own.get(0) or [None]
        if any(name)
    )
    return list(found)[:_MOST_READINGS] or [(((), ()), None)]


def _names(found: Imported) -> Mapping[str, Mapping[int, list[_Name]]]:
    by: dict[str, dict[int, list[_Name]]] = {}
    for row in rows_of(found.names, AlertNameRow):
        parted = row["surname"], row["given_names"]
        name = (tokens(parted[0]), tokens(parted[1])) if all(parted) else (tokens(row["full"]), ())
        by.setdefault(row["alert_id"], {}).setdefault(row["identity"], []).append(name)
    return by


def _dates(found: Imported) -> Mapping[str, Mapping[int, list[_Born]]]:
    by: dict[str, dict[int, list[_Born]]] = {}
    for row in rows_of(found.dates, AlertDateRow):
        first, last = row["from"], row["to"]
        if first is not None and last is not None:
            by.setdefault(row["alert_id"], {}).setdefault(row["identity"], []).append((first, last))
    return by


def _by_alert(rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    by: dict[str, list[_Row]] = {}
    for row in rows:
        by.setdefault(row["alert_id"], []).append(row)
    return by


def floor_of(alerts: int) -> int:
    """Return the score from which a pair is proposed, centibits.

    Args:
        alerts: how many each is compared with.

    >>> floor_of(1024)
    1600
    """
    return round(100 * math.log2(max(alerts, _FEWEST_ALERTS))) + MARGIN


def proposals(scored: Iterable[pa.Table], alerts: int) -> list[Proposal]:
    """Return the pairs to be judged by a person, the likeliest first.

    Args:
        scored: SCORED tables of alerts as travellers; of both directions of a pair the better one counts.
        alerts: how many each was compared with.
    """
    best: dict[tuple[str, str], ScoredRow] = {}
    floor = floor_of(alerts)
    for table in scored:
        for row in rows_of(table, ScoredRow):
            one, other = sorted((row["traveller_id"], row["alert_id"]))
            if one == other or not (row["score"] >= floor or _same_document(row["evidence"])):
                continue
            known = best.get((one, other))
            if known is None or (row["score"], row["traveller_id"]) > (known["score"], known["traveller_id"]):
                best[one, other] = row
    found = [_proposal(one, other, row, floor) for (one, other), row in best.items()]
    return sorted(found, key=lambda pair: (-pair.score, pair.one, pair.other))


def _proposal(one: str, other: str, row: ScoredRow, floor: int) -> Proposal:
    pieces = row["evidence"]
    if row["traveller_id"] == other:  # the first side's value is the one that is shown first
        pieces = [
            {**piece, "traveller_value": piece["alert_value"], "alert_value": piece["traveller_value"]}
            for piece in pieces
        ]
    pro = tuple(piece for piece in pieces if piece["weight"] > 0)
    contra = tuple(piece for piece in pieces if piece["weight"] < 0)
    return Proposal(one, other, row["score"], row["score"] - floor + MARGIN, pro, contra)


def _same_document(pieces: Sequence[ScoredEvidence]) -> bool:
    return any(
        piece["kind"] == EvidenceKind.DOCUMENT and piece["relation"] == SAME_DOCUMENT for piece in pieces
    )
