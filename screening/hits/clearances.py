"""Clearances: cleared pairs stay silent, but counted, while neither side's evidence changes.

Rule (docs/alert-lists.md, redress): a clearance binds the traveller's person_key, the alert, the content of
its compared identity (`cleared_content`), and what was compared. It ends with its last day, when that content
changed, or when other evidence is compared. It holds for an alert that is the successor of the cleared one by
a merge, unless this person is a true match of the successor. It never silences document evidence: a document
is on a list whoever holds it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from screening.hits.cleared_content import Contents, earlier_ids
from screening.tables.codes import EvidenceKind
from screening.tables.model import rows_of
from screening.tables.rows import AlertRow, ClearanceRow, ScoredEvidence


@dataclass(frozen=True, slots=True)
class Clearances:
    """Clearances by (person_key, evidence_hash).

    Attributes:
        of: the rows.
        confirmed: (person_key, alert_id) of true matches that stand.
    """

    of: Mapping[tuple[str, str], Sequence[ClearanceRow]]
    confirmed: Collection[tuple[str, str]] = ()

    def about(self, person_key: str, alert: AlertRow, evidence_hash: str) -> list[ClearanceRow]:
        """Return the clearances of a pair on what was compared, whatever the alert's content was then."""
        found = self.of.get((person_key, evidence_hash), ())
        own = [row for row in found if row["alert_id"] == alert["alert_id"]]
        if len(own) == len(found) or (person_key, alert["alert_id"]) in self.confirmed:
            return own
        earlier = earlier_ids(alert)
        return own + [row for row in found if row["alert_id"] in earlier]

    def silences(
        self,
        person_key: str,
        alert: AlertRow,
        evidence_hash: str,
        *,
        name: str | None,
        contents: Contents,
        night: date,
        pieces: Sequence[ScoredEvidence],
    ) -> bool:
        """Is this pair cleared on this night?

        Args:
            person_key: the traveller.
            alert: the alert.
            evidence_hash: of what was compared.
            name: listed name that fits best.
            contents: of the alert's identities.
            night: the night.
            pieces: evidence of the pair.
        """
        if any(piece["kind"] == EvidenceKind.DOCUMENT and piece["weight"] != 0 for piece in pieces):
            return False
        return any(
            night <= row["until"] and same_content(row, alert, name, contents)
            for row in self.about(person_key, alert, evidence_hash)
        )


def same_content(row: ClearanceRow, alert: AlertRow, name: str | None, contents: Contents) -> bool:
    """Say whether an alert still is what was cleared; an older clearance knows its whole content alone."""
    if row["identity_hash"] is None:
        return row["alert_id"] == alert["alert_id"] and row["alert_hash"] == alert["content_hash"]
    return row["identity_hash"] in contents.compared(alert, name)


def clearances_of(
    table: pa.Table,
    taken_back: Collection[tuple[str, str]] = (),
    confirmed: Collection[tuple[str, str]] = (),
) -> Clearances:
    """Read CLEARANCES but those of (disposition_id, person_key) that were taken back.

    Args:
        table: CLEARANCES.
        taken_back: (disposition_id, person_key).
        confirmed: (person_key, alert_id) of true matches that stand.
    """
    found: dict[tuple[str, str], list[ClearanceRow]] = {}
    for row in rows_of(table, ClearanceRow):
        if (row["disposition_id"], row["person_key"]) not in taken_back:
            found.setdefault((row["person_key"], row["evidence_hash"]), []).append(row)
    return Clearances(found, confirmed)
