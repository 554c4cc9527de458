"""How a table is declared: columns, key, zone, retention class, version; and how a table is held to it.

`TableSpec.conform` stands at every border between stages: it selects the declared columns, casts strictly,
sorts by key, and refuses doubled keys, nulls where none may be, and words outside a closed set.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from typing import TypeVar, cast

import pyarrow as pa
import pyarrow.compute as pc

from screening.tables.codes import RetentionClass, Zone

STRINGS = pa.list_(pa.field("item", pa.string(), nullable=False))
INT32 = pa.int32()
INT64 = pa.int64()
DATE = pa.date32()
LOCAL = pa.timestamp("ms")  # local to the airport; Parquet keeps no seconds
UTC = pa.timestamp("us", tz="UTC")
STRING = pa.string()
BOOL = pa.bool_()
FLOAT = pa.float64()


class SchemaError(Exception):
    """A table does not keep its declaration: a fault of ours, never of the data."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: column name; `_id`, `_local`, `_at`, `_date` as docs/data-dictionary.md says.
        meaning: one sentence for the data dictionary.
        arrow: Arrow type.
        nullable: may the value be absent?
        unit: unit of a number or the form of a string, if it has one.
        values: closed set of words, if there is one.
    """

    name: str
    meaning: str
    arrow: pa.DataType = STRING
    nullable: bool = False
    unit: str | None = None
    values: type[StrEnum] | None = None

    def field(self) -> pa.Field:
        """Return the Arrow field, with meaning and unit in its metadata."""
        metadata = {"meaning": self.meaning}
        if self.unit:
            metadata["unit"] = self.unit
        return pa.field(self.name, self.arrow, self.nullable, metadata)


@dataclass(frozen=True)
class TableSpec:
    """Declaration of one table.

    Attributes:
        name: file name without ending.
        zone: zone of the store.
        classes: retention classes; a table of several classes is one file for each.
        key: columns that name a row; rows are sorted by them.
        meaning: one sentence for the data dictionary.
        columns: in the order of the file; new ones are nullable and stand at the end.
        version: major.minor; minor rises with a column at the end, a breaking change takes a new name.
        former_name: under which earlier code published it; its files are still read.
    """

    name: str
    zone: Zone
    classes: tuple[RetentionClass, ...]
    key: tuple[str, ...]
    meaning: str
    columns: tuple[Column, ...]
    version: str = "1.0"
    former_name: str | None = None

    @cached_property
    def schema(self) -> pa.Schema:
        """Arrow schema with the meaning of each column in its metadata."""
        metadata = {
            "table": self.name,
            "zone": str(self.zone),
            "key": ",".join(self.key),
            "version": self.version,
            "meaning": self.meaning,
        }
        return pa.schema([column.field() for column in self.columns], metadata)

    def empty(self) -> pa.Table:
        """Return the table without rows."""
        return self.schema.empty_table()

    def table(self, rows: Iterable[Mapping[str, object]]) -> pa.Table:
        """Make a conforming table from rows; absent columns are null."""
        names = self.schema.names
        listed = list(rows)
        columns = {name: [row.get(name) for row in listed] for name in names}
        return self.conform(
            pa.table(
                [pa.array(columns[field.name], field.type) for field in self.schema],
                names=names,
            )
        )

    def columns_table(self, columns: Mapping[str, object]) -> pa.Table:
        """Make a conforming table from columns (lists or Arrow arrays, one length)."""
        arrays = [
            value if isinstance(value, pa.Array | pa.ChunkedArray) else pa.array(value, field.type)
            for field in self.schema
            for value in [columns[field.name]]
        ]
        return self.conform(pa.table(arrays, names=self.schema.names))

    def conform(self, table: pa.Table) -> pa.Table:
        """Hold a table to its declaration.

        Args:
            table: at least the declared columns, in any order; further ones are dropped.

        Returns:
            The declared columns, cast, in one chunk, sorted by key.

        Raises:
            SchemaError: a column is missing, a value does not fit its type or set, a null stands where
                none may, or a key is doubled. The text names table and column, never a value.
        """
        present = set(table.column_names)
        missing = [column.name for column in self.columns if column.name not in present]
        if missing:
            raise SchemaError(f"{self.name}: missing {', '.join(missing)}")
        if not table.num_rows:
            return self.empty()
        table = table.select([column.name for column in self.columns])
        for column in self.columns:
            if not column.nullable and table[column.name].null_count:
                raise SchemaError(f"{self.name}.{column.name}: null where none may be")
        try:
            table = table.cast(self.schema)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError, TypeError) as fault:
            raise SchemaError(
                f"{self.name}: a column does not fit its type ({type(fault).__name__})"
            ) from None
        self._check_sets(table)
        table = table.combine_chunks()
        if self.key and table.num_rows > 1:
            table = table.sort_by([(name, "ascending") for name in self.key])
            self._check_key(table)
        return table

    def _check_sets(self, table: pa.Table) -> None:
        for column in self.columns:
            if column.values is None:
                continue
            allowed = _allowed(column.values)
            values = table[column.name]
            if pa.types.is_list(column.arrow):
                values = pc.list_flatten(values)
            strange = pc.and_(pc.is_valid(values), pc.invert(pc.is_in(values, allowed)))
            if pc.any(strange).as_py():
                raise SchemaError(f"{self.name}.{column.name}: a word outside {column.values.__name__}")

    def _check_key(self, table: pa.Table) -> None:
        same = None
        for name in self.key:
            values = table[name].combine_chunks() if table[name].num_chunks != 1 else table[name].chunk(0)
            after, before = values.slice(1), values.slice(0, len(values) - 1)
            both_null = pc.and_(pc.is_null(after), pc.is_null(before))
            equal = pc.or_(pc.fill_null(pc.equal(after, before), False), both_null)
            same = equal if same is None else pc.and_(same, equal)
        if same is not None and pc.any(same).as_py():
            raise SchemaError(f"{self.name}: doubled key ({', '.join(self.key)})")


@cache
def _allowed(words: type[StrEnum]) -> pa.Array:
    return pa.array([str(word) for word in words])


_Row = TypeVar("_Row")


def rows_of(table: pa.Table, kind: type[_Row]) -> list[_Row]:
    """Return a table's rows as a type of `screening.tables.rows`; columns beyond it are left out.

    Args:
        table: conforms to the declaration that the type is written from.
        kind: one of `screening.tables.rows`.

    Raises:
        SchemaError: a column of the type is missing.
    """
    names = list(kind.__annotations__)
    missing = [name for name in names if name not in table.column_names]
    if missing:
        raise SchemaError(f"{kind.__name__}: missing {', '.join(missing)}")
    return cast("list[_Row]", table.select(names).to_pylist())
