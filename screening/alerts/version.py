"""The hash of a list version: over canonical sorted rows; another order or line ending is the same one.

Sixteen hex digits name the folder; the whole hash stands in `version.json`.
"""

import hashlib
import json
from datetime import date

import pyarrow as pa

from screening.alerts.model import Imported

SHORT = 16


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def table_lines(table: pa.Table) -> list[str]:
    """Return each row as one canonical line of JSON."""
    return [
        json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
        for row in table.to_pylist()
    ]


def version_hash(imported: Imported) -> str:
    """Return the sha256 over all rows of the five tables; findings and counts are no part of it."""
    digest = hashlib.sha256()
    for name, table in imported.tables().items():
        digest.update(f"{name}\n".encode())
        for line in table_lines(table):
            digest.update(line.encode() + b"\n")
    return digest.hexdigest()
