"""The hash of a list version: over canonical sorted rows; another order or line ending is the same one.

Each value stands in the hash as its length and its UTF-8, an absent one as `-`; a day as YYYY-MM-DD, a
number in figures. Sixteen hex digits name the folder; the whole hash stands in `version.json`.
"""

import hashlib

import pyarrow as pa
import pyarrow.compute as pc

from screening.alerts.model import Imported

SHORT = 16
_STRETCH = 100_000


def _written(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return each value with its length before it, so that no two rows are written alike."""
    text = column.cast(pa.string())
    size = pc.binary_length(text).cast(pa.string())
    return pc.fill_null(pc.binary_join_element_wise(size, text, ":"), "-")


def _feed(digest: "hashlib._Hash", table: pa.Table) -> None:
    for start in range(0, table.num_rows, _STRETCH):
        part = table.slice(start, _STRETCH)
        values = (_written(part[column]) for column in part.column_names)
        lines = pc.binary_join_element_wise(*values, "|")
        for chunk in lines.chunks if isinstance(lines, pa.ChunkedArray) else [lines]:
            digest.update("\n".join(chunk.to_pylist()).encode() + b"\n")


def digest_of(table: pa.Table) -> str:
    """Return the sha256 over the rows of one table in their order."""
    digest = hashlib.sha256()
    _feed(digest, table)
    return digest.hexdigest()


def version_hash(imported: Imported) -> str:
    """Return the sha256 over all rows of the five tables; findings and counts are no part of it."""
    digest = hashlib.sha256()
    for name, table in imported.tables().items():
        digest.update(f"{name}\n{','.join(table.column_names)}\n".encode())
        _feed(digest, table)
    return digest.hexdigest()
