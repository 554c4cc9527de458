"""What changed between two versions of a list, by alert and field.

An alert is changed when something changed that a matcher or the reader of a hit acts on. Where only the
publisher's remarks or its legal basis differ (addresses, comments, programmes), it is `restated`: listed, but
no reason to screen again.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from screening.alerts.model import Imported
from screening.tables.codes import FactKind

_TERMS = (
    "category", "severity", "authority", "visibility", "caveat", "instructions", "valid_from",
    "review_by", "expires", "status",
)  # fmt: skip
_FACT_FIELDS = {
    FactKind.SEX: "sex",
    FactKind.NATIONALITY: "nationalities",
    FactKind.BIRTH_PLACE: "birth_places",
    FactKind.BIRTH_COUNTRY: "birth_places",
}
FIELDS = ("names", "dates_of_birth", "sex", "nationalities", "birth_places", "documents", *_TERMS)
_COLUMNS = {
    "names": ("kind", "full", "surname", "given_names", "quality", "identity"),
    "dates_of_birth": ("value", "precision", "calendar", "note", "identity"),
    "documents": ("type", "number", "issuing_state", "status", "from", "to", "identity"),
}

Fields = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Diff:
    """Differences of two versions, by source_id, sorted.

    Attributes:
        changed: source_id to the fields that differ, in the order of FIELDS.
        unchanged: number of alerts in both whose fields are equal, the restated included.
        restated: those of them whose remarks or legal basis differ.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: dict[str, tuple[str, ...]]
    unchanged: int
    restated: tuple[str, ...]

    def document(self) -> dict[str, object]:
        """Return the JSON object of `screening alerts diff`."""
        return {
            "added": list(self.added),
            "removed": list(self.removed),
            "changed": [{"source_id": key, "fields": list(fields)} for key, fields in self.changed.items()],
            "unchanged": self.unchanged,
            "restated": list(self.restated),
        }


def _line(row: dict[str, object], columns: tuple[str, ...]) -> str:
    return json.dumps([row[column] for column in columns], ensure_ascii=False, default=str)


def _fields(imported: Imported) -> tuple[dict[str, Fields], dict[str, str]]:
    """Return the comparable values of each alert and its remarks, by source_id."""
    found: dict[str, Fields] = {}
    remarks: dict[str, str] = {}
    by_alert: dict[str, Fields] = {}
    for row in imported.alerts.to_pylist():
        fields: Fields = defaultdict(list)
        for term in _TERMS:
            fields[term] = [str(row[term])]
        found[row["source_id"]] = by_alert[row["alert_id"]] = fields
        remarks[row["source_id"]] = f"{row['legal_basis']} {row['provenance']}"
    tables: dict[str, pa.Table] = {
        "names": imported.names, "dates_of_birth": imported.dates, "documents": imported.documents
    }  # fmt: skip
    for field, table in tables.items():
        for row in table.to_pylist():
            by_alert[row["alert_id"]][field].append(_line(row, _COLUMNS[field]))
    for row in imported.facts.to_pylist():
        field = _FACT_FIELDS[FactKind(row["kind"])]
        by_alert[row["alert_id"]][field].append(_line(row, ("kind", "value", "identity")))
    return found, remarks


def _only(imported: Imported, source_ids: pa.Array) -> Imported:
    """Return the rows of some alerts."""
    alerts = imported.alerts.filter(pc.is_in(imported.alerts["source_id"], source_ids))
    wanted = alerts["alert_id"].combine_chunks()
    names, dates, documents, facts = (
        table.filter(pc.is_in(table["alert_id"], wanted))
        for table in (imported.names, imported.dates, imported.documents, imported.facts)
    )
    return replace(imported, alerts=alerts, names=names, dates=dates, documents=documents, facts=facts)


def _told(alerts: pa.Table) -> pa.ChunkedArray:
    basis = pc.fill_null(alerts["legal_basis"], "None")
    return pc.binary_join_element_wise(basis, alerts["provenance"], " ")


def diff(old: Imported, new: Imported) -> Diff:
    """Compare two versions of a list; only alerts whose content hash differs are compared by field.

    Returns:
        What was added, removed and changed from `old` to `new`.
    """
    before, after = old.alerts["source_id"], new.alerts["source_id"]
    place = pc.index_in(after, before.combine_chunks())
    both = pc.is_valid(place)
    here, there = new.alerts.filter(both), old.alerts.take(place.filter(both))
    same = pc.equal(here["content_hash"], there["content_hash"])
    retold = pc.and_(same, pc.not_equal(_told(here), _told(there)))
    restated = here.filter(retold)["source_id"].to_pylist()
    ids = here.filter(pc.invert(same))["source_id"].combine_chunks()
    changed, more = _compared(_only(old, ids), _only(new, ids))
    return Diff(
        added=tuple(sorted(new.alerts.filter(pc.invert(both))["source_id"].to_pylist())),
        removed=tuple(sorted(before.filter(pc.invert(pc.is_in(before, after.combine_chunks()))).to_pylist())),
        changed=changed,
        unchanged=here.num_rows - len(changed),
        restated=tuple(sorted([*restated, *more])),
    )


def _compared(old: Imported, new: Imported) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Return the fields that differ, by source_id, and what differs in its remarks alone."""
    (before, told), (after, tell) = _fields(old), _fields(new)
    changed: dict[str, tuple[str, ...]] = {}
    restated = []
    for key in sorted(before):
        differing = tuple(
            field
            for field in FIELDS
            if sorted(before[key].get(field, [])) != sorted(after[key].get(field, []))
        )
        if differing:
            changed[key] = differing
        elif told[key] != tell[key]:
            restated.append(key)
    return changed, restated
