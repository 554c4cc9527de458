"""How a table becomes a Parquet file of the store, and how it is read again.

Measured (pyarrow 26.0.1): the same table in 1, 2 or 5 chunks writes the same bytes, in 8,000 chunks others;
another row group size, pandas metadata or another dictionary order writes others too. So a table is held to
its declaration, joined into one chunk and written with fixed settings. Page checksums (CRC-32) make a flipped
bit an error instead of a wrong name.

Source: Apache Parquet format 2.6.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from screening.store.files import explained, replacing, sha256_file, write_bytes
from screening.store.object_path import ObjectPath
from screening.tables.declared import BY_NAME
from screening.tables.errors import StoreError
from screening.tables.model import TableSpec

_ROW_GROUP_ROWS = 65_536
_RESTORE = "run the night again (`screening run --night DATE --again`) or restore the file from the backup"


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """A table as it lies on the disk.

    Attributes:
        sha256: hash of the file.
        rows: number of rows.
        bytes: size of the file.
    """

    sha256: str
    rows: int
    bytes: int


def _declared_spec(table: pa.Table) -> TableSpec | None:
    """Return the declaration that a table's own metadata names, None for a table without one."""
    name = (table.schema.metadata or {}).get(b"table")
    return BY_NAME.get(name.decode()) if name else None


def write_table(path: Path, table: pa.Table, spec: TableSpec | None = None) -> WrittenTable:
    """Write a table as Parquet: same rows, same bytes, however they are chunked.

    Args:
        path: file to write.
        table: the table; one with a declaration (given, or named in its metadata) is conformed first.
        spec: its declaration.

    Returns:
        Hash, rows and size of the file.

    Raises:
        SchemaError: the table does not keep its declaration.
        StoreError: the disk is full, read-only, closed to us, or fails; an earlier file is untouched.
    """
    spec = spec or _declared_spec(table)
    if spec is not None:
        table = spec.conform(table)
    else:
        kept = {key: value for key, value in (table.schema.metadata or {}).items() if key != b"pandas"}
        table = table.replace_schema_metadata(kept or None)
    if isinstance(path, ObjectPath):
        buffer = io.BytesIO()
        _write_parquet(buffer, table)
        data = buffer.getvalue()
        return WrittenTable(write_bytes(path, data), table.num_rows, len(data))
    with replacing(path) as temporary:
        _write_parquet(temporary, table)
        return WrittenTable(sha256_file(temporary), table.num_rows, temporary.stat().st_size)


def read_table(
    path: Path,
    spec: TableSpec | None = None,
    *,
    columns: Sequence[str] | None = None,
    data: bytes | None = None,
) -> pa.Table:
    """Read a Parquet file of the store.

    Columns that a newer minor version added at the end are null in older files. No folder name becomes a
    column.

    Args:
        path: the file.
        spec: declaration to hold it to; None for a table without one.
        columns: read these alone; without a declaration.
        data: the bytes of the file, where they are at hand.

    Returns:
        The declared columns, cast to their types, in one chunk.

    Raises:
        StoreError: the file is missing, damaged, or of a version that cannot be read.
    """
    try:
        if data is None and isinstance(path, ObjectPath):
            data = path.read_bytes()
        source = path if data is None else pa.BufferReader(data)
        with pq.ParquetFile(source, page_checksum_verification=True) as file:
            table = file.read(columns=None if columns is None else list(columns))
    except FileNotFoundError as fault:
        raise StoreError(
            "a file of the store is missing", where=str(path), effect="nothing was read", remedy=_RESTORE
        ) from fault
    except PermissionError as fault:
        raise explained(fault, path, "nothing was read") from fault
    except (pa.ArrowException, OSError, ValueError) as fault:
        raise StoreError(
            f"a file of the store is damaged or no Parquet ({type(fault).__name__})",
            where=str(path),
            effect="nothing was read",
            remedy=_RESTORE,
        ) from None
    return (table if spec is None else _evolved(table, spec, path)).combine_chunks()


def _write_parquet(where: Path | io.BytesIO, table: pa.Table) -> None:
    pq.write_table(
        table.combine_chunks(),
        where,
        row_group_size=_ROW_GROUP_ROWS,
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        version="2.6",
        data_page_version="1.0",
        store_schema=True,
        write_page_checksum=True,
    )


def _evolved(table: pa.Table, spec: TableSpec, path: Path) -> pa.Table:
    have = (table.schema.metadata or {}).get(b"version", b"unknown").decode()
    for field in _added_since(table.column_names, spec, have):
        table = table.append_column(field, pa.nulls(table.num_rows, field.type))
    try:
        return table.select(spec.schema.names).cast(spec.schema)
    except (KeyError, pa.ArrowException, ValueError, TypeError):
        raise StoreError(
            f"the file does not hold `{spec.name}` {spec.version} (it says version {have})",
            where=str(path),
            effect="nothing was read",
            remedy="read it with the code version that wrote it, run the night again, or restore the file",
        ) from None


def _added_since(names: list[str], spec: TableSpec, version: str) -> list[pa.Field]:
    """Columns that an older version lacks: nullable ones at the end, never one in between.

    Measured: one flipped bit in a file's footer renames a column, and a nullable one would be read as null
    throughout. So a column may be missing only where evolution can have added it.
    """
    missing = [field for field in spec.schema if field.name not in names]
    tail = list(spec.schema)[len(spec.schema) - len(missing) :]
    older = version != spec.version and missing == tail and all(field.nullable for field in tail)
    return missing if older else []
