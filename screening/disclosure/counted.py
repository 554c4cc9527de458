"""A table of counts in long form: one row a cell, one column a dimension, `Total` for margins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from screening.tables.errors import UnprotectableError

TOTAL = "Total"
NOT_WRITTEN = "no table was written"
Values = tuple[str, ...]


@dataclass(frozen=True)
class Counted:
    """One table of counts, read and checked row by row.

    Attributes:
        name: what messages call it (a file's name).
        dimensions: its columns.
        rows: values of each row, by dimension, in the order of the input.
        counts: people of each row.
        at: values that hold for the whole table (day -> 2026-11-23), as if it had such a column.
        shown: for a table that was published earlier, which rows readers know; None for a table to protect.
        background: nothing of it is published, but readers know which cells there are (a timetable); those
            that stand in no other table stay unknown.
    """

    name: str
    dimensions: tuple[str, ...]
    rows: tuple[Values, ...]
    counts: tuple[int, ...]
    at: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[bool, ...] | None = None
    background: bool = False

    def told(self, row: int) -> str:
        """Name a row for a person: its values, never its count."""
        return described(zip(self.dimensions, self.rows[row], strict=True))


def described(pairs: "Sequence[tuple[str, str]] | zip[tuple[str, str]]") -> str:
    """Write the values of a cell.

    >>> described([("sex", "male"), ("route", "Total")])
    'sex=male, route=Total'
    """
    return ", ".join(f"{dimension}={value}" for dimension, value in pairs) or "the grand total"


def counted(
    table: pa.Table,
    dimensions: Sequence[str],
    *,
    name: str,
    at: Mapping[str, str] | None = None,
    published: pa.Table | None = None,
    background: bool = False,
) -> Counted:
    """Read a table of counts.

    Args:
        table: a column for each dimension (text, without nulls) and `count` (whole numbers, 0 or more);
            other columns are ignored.
        dimensions: names of the dimension columns.
        name: what messages call the table.
        at: values that hold for the whole table.
        published: what was published of it earlier: the same rows with `value` (null where withheld).
        background: whether nothing of it is published, and readers know which cells there are.

    Raises:
        UnprotectableError: a column is missing, a cell stands twice, a count is missing, negative or no
            whole number; names the row.
    """
    missing = [column for column in (*dimensions, "count") if column not in table.column_names]
    if missing:
        raise refused(
            f"no column {', '.join(missing)}", name, "name the dimensions as the table's columns are named"
        )
    columns = [_texts(table[column], column, name) for column in dimensions]
    rows = tuple(zip(*columns, strict=True)) if columns else ((),) * table.num_rows
    if not rows:
        raise refused("the table has no rows", name, "give all cells and their margins")
    counts = _counts(table["count"], rows, dimensions, name)
    first: dict[Values, int] = {}
    for at_row, row in enumerate(rows):
        if first.setdefault(row, at_row) != at_row:
            raise refused(
                f"a cell stands twice: {described(zip(dimensions, row, strict=True))}",
                f"{name}, rows {first[row] + 1} and {at_row + 1}",
                "give each cell once",
            )
    shown = None if published is None else _shown(published, dimensions, rows, name)
    return Counted(name, tuple(dimensions), rows, counts, dict(at or {}), shown, background)


def refused(what: str, where: str, remedy: str) -> UnprotectableError:
    """Make the error of a table that does not hold."""
    return UnprotectableError(what, where=where, effect=NOT_WRITTEN, remedy=f"{remedy}; then again")


def _texts(column: pa.ChunkedArray, dimension: str, name: str) -> list[str]:
    texts: list[str | None] = column.cast(pa.string()).to_pylist()
    for at_row, text in enumerate(texts):
        if not text:
            raise refused(
                f"no value of dimension {dimension}",
                f"{name}, row {at_row + 1}",
                f"write {TOTAL} for a margin, a word of your own for what is not known",
            )
    return [text or "" for text in texts]


def _counts(
    column: pa.ChunkedArray, rows: Sequence[Values], dimensions: Sequence[str], name: str
) -> tuple[int, ...]:
    try:
        whole = pc.cast(column, pa.int64()).to_pylist()
    except pa.ArrowException:
        raise refused(
            "column count holds something else than whole numbers",
            name,
            "only counts can be protected: give whole numbers, no shares or sums of money",
        ) from None
    for at_row, (count, row) in enumerate(zip(whole, rows, strict=True)):
        if count is None or count < 0:
            raise refused(
                f"a count is {'missing' if count is None else 'negative'}: "
                f"{described(zip(dimensions, row, strict=True))}",
                f"{name}, row {at_row + 1}",
                "give 0 or more for each cell",
            )
    return tuple(whole)


def _shown(
    published: pa.Table, dimensions: Sequence[str], rows: Sequence[Values], name: str
) -> tuple[bool, ...]:
    missing = [column for column in (*dimensions, "value") if column not in published.column_names]
    if missing:
        raise refused(
            f"what was published earlier has no column {', '.join(missing)}",
            f"{name} as published",
            "name the file that was written",
        )
    columns = [_texts(published[column], column, f"{name} as published") for column in dimensions]
    known = {
        row: value is not None
        for row, value in zip(zip(*columns, strict=True), published["value"].to_pylist(), strict=True)
    }
    if set(known) != set(rows):
        raise refused(
            "what was published earlier has other cells than its counts",
            name,
            "name the counts and what was published of them, of the same revision",
        )
    return tuple(known[row] for row in rows)
