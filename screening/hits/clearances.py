"""Clearances: cleared pairs stay silent, but counted, while neither side's evidence changes.

Rule (docs/alert-lists.md, redress): a clearance binds the traveller's person_key, the alert and its content,
and what was compared. It ends with its last day, when the alert's content changed, or when other evidence is
compared. It never silences document evidence: a document is on a list whoever holds it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from screening.tables.codes import EvidenceKind
from screening.tables.model import rows_of
from screening.tables.rows import ClearanceRow, ScoredEvidence


@dataclass(frozen=True, slots=True)
class Clearances:
    """Clearances by (person_key, alert_id, evidence_hash): (alert_hash, until) of each."""

    of: Mapping[tuple[str, str, str], Sequence[tuple[str, date]]]

    def silences(
        self,
        person_key: str,
        alert_id: str,
        evidence_hash: str,
        *,
        alert_hash: str,
        night: date,
        pieces: Sequence[ScoredEvidence],
    ) -> bool:
        """Is this pair cleared on this night?"""
        if any(piece["kind"] == EvidenceKind.DOCUMENT and piece["weight"] != 0 for piece in pieces):
            return False
        found = self.of.get((person_key, alert_id, evidence_hash), ())
        return any(content == alert_hash and night <= until for content, until in found)


def clearances_of(table: pa.Table, taken_back: Collection[tuple[str, str]] = ()) -> Clearances:
    """Read CLEARANCES but those of (disposition_id, person_key) that were taken back."""
    found: dict[tuple[str, str, str], list[tuple[str, date]]] = {}
    for row in rows_of(table, ClearanceRow):
        if (row["disposition_id"], row["person_key"]) in taken_back:
            continue
        key = (row["person_key"], row["alert_id"], row["evidence_hash"])
        found.setdefault(key, []).append((row["alert_hash"], row["until"]))
    return Clearances(found)
