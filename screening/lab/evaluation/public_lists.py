"""Public alert lists as evaluation tables, by our own importers; read where they lie, nothing is kept."""

from pathlib import Path

import pyarrow as pa

from screening.alerts.model import Imported, ImportOptions
from screening.lab.evaluation.lists import ALERTS
from screening.list_keeping.lists import importer_of, read_files
from screening.tables.codes import FactKind, NameKind

_Rows = list[dict[str, object]]


def imported(source: str, path: Path) -> pa.Table:
    """Read a publisher's list.

    Args:
        source: key of `screening alerts import` (`ofac`, `un` …).
        path: file or folder.

    Returns:
        Table of schema ALERTS, in the importer's order.
    """
    importer = importer_of(source)
    return as_alerts(importer.read(read_files(importer, path), ImportOptions(source)), source)


def as_alerts(found: Imported, source: str) -> pa.Table:
    """Return an imported list as an evaluation table: what a name is worth, and dates that could be read."""
    names, dates, documents, facts = map(_by_alert, (found.names, found.dates, found.documents, found.facts))
    rows: _Rows = []
    for key in found.alerts["alert_id"].to_pylist():
        written = names.get(key, [])
        main = next((row["full"] for row in written if row["kind"] == NameKind.PRIMARY), "")
        known = [row for row in dates.get(key, []) if row["from"] is not None]
        papers = [row for row in documents.get(key, []) if row["number"]]
        sexes = _values(facts.get(key, []), FactKind.SEX)
        rows.append(
            {
                "entity_id": key,
                "source": source,
                "primary_name": main,
                "aliases": [row["full"] for row in written if row["kind"] not in _NO_ALIAS],
                "weak_aliases": [row["full"] for row in written if row["kind"] == NameKind.WEAK],
                "sex": sexes[0] if len(sexes) == 1 else None,
                "dobs": [row["value"] for row in known],
                "dob_precisions": [row["precision"] for row in known],
                "nationalities": _values(facts.get(key, []), FactKind.NATIONALITY),
                "birth_country": next(iter(_values(facts.get(key, []), FactKind.BIRTH_COUNTRY)), None),
                "doc_numbers": [row["number"] for row in papers],
                "doc_countries": [row["issuing_state"] for row in papers],
            }
        )
    return pa.Table.from_pylist(rows, ALERTS)


_NO_ALIAS = frozenset({NameKind.PRIMARY, NameKind.WEAK})


def _by_alert(table: pa.Table) -> dict[str, _Rows]:
    rows: dict[str, _Rows] = {}
    for row in table.to_pylist():
        rows.setdefault(row["alert_id"], []).append(row)
    return rows


def _values(facts: _Rows, kind: FactKind) -> list[object]:
    return list(dict.fromkeys(row["value"] for row in facts if row["kind"] == kind))


__all__ = ["as_alerts", "imported"]
