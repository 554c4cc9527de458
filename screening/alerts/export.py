"""The canonical model as JSON objects, one an alert (docs/interfaces.md, "Alert lists").

Beyond the agreed shape an object carries what our own importer `canonical` needs to build the same rows
again: `quality` and `source` of values, `facts` with their identity, dates that could not be read.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import pyarrow as pa

from screening.alerts.model import Imported
from screening.tables.codes import FactKind

_Row = dict[str, object]


def _iso(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _grouped(table: pa.Table) -> dict[str, list[_Row]]:
    groups: dict[str, list[_Row]] = defaultdict(list)
    for row in table.to_pylist():
        groups[row["alert_id"]].append(row)
    return groups


def _pick(row: _Row, *names: str) -> _Row:
    return {name: _iso(row[name]) for name in names}


def _values(facts: list[_Row], kind: FactKind) -> list[object]:
    return list(dict.fromkeys(fact["value"] for fact in facts if fact["kind"] == kind))


def objects(imported: Imported, version: str) -> Iterator[dict[str, object]]:
    """Yield one JSON object an alert, in the order of alert_id.

    Args:
        imported: the version's tables.
        version: its hash, as `screening alerts versions` shows it.
    """
    names, dates = _grouped(imported.names), _grouped(imported.dates)
    documents, facts = _grouped(imported.documents), _grouped(imported.facts)
    for alert in imported.alerts.to_pylist():
        key = alert["alert_id"]
        yield {
            **_pick(alert, "alert_id", "list", "source_id"),
            "version": version,
            **_pick(alert, "category", "severity", "authority", "sufficient"),
            "names": [
                {**_pick(row, "full", "surname", "given_names", "kind", "script", "identity", "quality"),
                 "source": row["provenance"]}
                for row in names[key]
            ],
            "dates_of_birth": [
                {**_pick(row, "value", "from", "to", "precision", "identity", "calendar", "note"),
                 "source": row["provenance"]}
                for row in dates[key] if row["value"] is not None
            ],
            "sex": _values(facts[key], FactKind.SEX),
            "nationalities": _values(facts[key], FactKind.NATIONALITY),
            "birth_places": _values(facts[key], FactKind.BIRTH_PLACE),
            "documents": [
                {**_pick(row, "type", "number", "issuing_state", "status", "identity", "from", "to", "note"),
                 "source": row["provenance"]}
                for row in documents[key]
            ],
            **_pick(alert, "legal_basis", "visibility", "caveat", "instructions", "valid_from", "review_by",
                    "expires", "status", "content_hash"),
            "unread_dates": [
                {**_pick(row, "note", "identity"), "source": row["provenance"]}
                for row in dates[key] if row["value"] is None
            ],
            "facts": [
                {**_pick(row, "kind", "value", "identity"), "source": row["provenance"]} for row in facts[key]
            ],
            "provenance": json.loads(alert["provenance"]),
        }  # fmt: skip


def json_lines(imported: Imported, version: str) -> Iterator[str]:
    """Yield the lines of the export file, each with its line end."""
    for item in objects(imported, version):
        yield json.dumps(item, ensure_ascii=False) + "\n"


def parquet_table(imported: Imported, version: str) -> pa.Table:
    """Return the same objects as a table of nested columns; `provenance` is JSON text."""
    text = pa.string()
    name = pa.struct(
        [(n, text) for n in ("full", "surname", "given_names", "kind", "script")] + [("identity", pa.int32())]
    )
    born = pa.struct([(n, text) for n in ("value", "from", "to", "precision")] + [("identity", pa.int32())])
    document = pa.struct(
        [(n, text) for n in ("type", "number", "issuing_state", "status")] + [("identity", pa.int32())]
    )
    schema = pa.schema(
        [
            *((n, text) for n in ("alert_id", "list", "source_id", "version", "category")),
            ("severity", pa.int32()), ("authority", text), ("sufficient", pa.bool_()),
            ("names", pa.list_(name)), ("dates_of_birth", pa.list_(born)),
            *((n, pa.list_(text)) for n in ("sex", "nationalities", "birth_places")),
            ("documents", pa.list_(document)),
            *((n, text) for n in ("legal_basis", "visibility", "caveat", "instructions", "valid_from",
                                  "review_by", "expires", "provenance")),
        ]
    )  # fmt: skip
    rows = [
        {**item, "provenance": json.dumps(item["provenance"], ensure_ascii=False)}
        for item in objects(imported, version)
    ]
    return pa.Table.from_pylist(rows, schema)
