"""The one entry: tables of counts in, protected tables out, or the reason why not.

What is returned has passed the audit. Nothing is returned of a set of tables of which one cannot be
protected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from screening.disclosure.audit import audit
from screening.disclosure.cell_key import SPACE, STANDARD, Line, faults, perturb, unequal
from screening.disclosure.cells import REVISION, Cells, Flags, Integers, cells_of
from screening.disclosure.counted import NOT_WRITTEN, Counted, counted, refused
from screening.disclosure.groupings import Grouping
from screening.disclosure.parties import Party, in_cells, with_parties
from screening.disclosure.rounding import holds, rounded
from screening.disclosure.rules import Method, Rules
from screening.disclosure.suppression import Pattern, suppress
from screening.disclosure.targets import respondent
from screening.tables.errors import UnprotectableError, UsageError

CELL_KEY = "cell_key"


class CellStatus(StrEnum):
    """What became of a cell; for the publisher alone (`primary` tells that a count is small)."""

    PUBLISHED = "published"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    ROUNDED = "rounded"
    PERTURBED = "perturbed"


@dataclass(frozen=True)
class Source:
    """A table of counts of the same people as the others.

    Attributes:
        name: what messages and the result call it.
        table: a column a dimension, with `Total` for margins; `count`; with cell keys also `cell_key`.
        dimensions: its dimension columns.
        at: values that hold for the whole table (day -> 2026-11-23).
        published: for a table that is out already: its rows with `value`, null where withheld. It stays as
            it is, and is not returned.
        revision: for a table that is out already: label of the earlier publication that it belongs to, if the
            tables to protect revise that one: the difference is who came late or was taken away. Else it is
            another table of the same people.
        background: nothing of it is published, but readers know which cells there are (legs by a timetable):
            it ties the other tables together, and its small cells are protected. It is not returned. With a
            revision: it was the background of that one.
    """

    name: str
    table: pa.Table
    dimensions: tuple[str, ...]
    at: Mapping[str, str] = field(default_factory=dict)
    published: pa.Table | None = None
    revision: str | None = None
    background: bool = False


@dataclass(frozen=True)
class Report:
    """What was withheld and why, in numbers.

    Attributes:
        method: how the tables were protected.
        cells: cells in the tables, each once.
        unsafe: of these, unsafe by themselves.
        withheld: cells without value (suppression).
        withheld_count: sum of their counts: what protection cost.
        complementary: of `withheld`, those that protect others.
        changed: cells with another value than their count (rounding, cell key).
        largest_change: the largest of these changes.
        optimal: whether no other pattern costs less (suppression).
        small_sums: lines whose withheld cells add up to a known small number; rule `implied` protects them.
        already_out: unsafe cells and differences that earlier publications gave away.
    """

    method: Method
    cells: int
    unsafe: int
    withheld: int = 0
    withheld_count: int = 0
    complementary: int = 0
    changed: int = 0
    largest_change: int = 0
    optimal: bool = True
    small_sums: int = 0
    already_out: int = 0


@dataclass(frozen=True)
class Protected:
    """Tables that may be published, by name, and what it cost.

    Attributes:
        tables: name -> dimensions as in the input, `value` (int64, null where withheld), `status`.
        report: the figures.
    """

    tables: Mapping[str, pa.Table]
    report: Report


def protect(
    sources: Sequence[Source],
    rules: Rules,
    *,
    groupings: Mapping[str, Sequence[Grouping]] | None = None,
    respondents: Sequence[Mapping[tuple[str, int], int]] = (),
    parties: Sequence[Party] = (),
    p_table: Sequence[Line] = STANDARD,
) -> Protected:
    """Protect tables of the same people together.

    Args:
        sources: the tables, those that were published earlier among them.
        rules: what is unsafe and how it is protected.
        groupings: dimension -> its groupings; a dimension without one is flat.
        respondents: of each who stands in several cells, (table, row) -> own people there.
        parties: who travels together and counts as one (suppression only).
        p_table: for method cell_key.

    Returns:
        The tables to publish; the same input gives the same tables.

    Raises:
        UnprotectableError: a table does not hold, cannot be protected, or the audit found a disclosure.
        UsageError: the p-table or the rules do not fit the tables.
    """
    read = [counted_of(source) for source in sources]
    cells = cells_of(read, groupings or {}, named=rules.named)
    unsafe = _unsafe(cells, rules)
    if rules.method is Method.SUPPRESSION:
        stands_in = [in_cells(cells, one) for one in respondents]
        own = [in_cells(cells, one) for one in parties]
        cells = with_parties(cells, [*own, *by_respondent(cells, rules, stands_in)], rules.threshold)
        values, status, report = _suppressed(cells, rules, stands_in, unsafe)
    elif rules.method is Method.ROUNDING:
        values, status, report = _rounded(cells, rules, unsafe)
    else:
        values, status, report = _perturbed(cells, sources, rules, unsafe, p_table)
    tables = {
        source.name: _table(source, cells.rows[source.name], values, status)
        for source in sources
        if source.published is None and not source.background
    }
    return Protected(tables, report)


def by_respondent(
    cells: Cells, rules: Rules, stands_in: Sequence[Mapping[int, int]]
) -> list[Mapping[int, int]]:
    """Return the people of each respondent by cell, margins among them, where the rules count respondents."""
    return [respondent(cells, one).own for one in stands_in] if rules.by_respondent else []


def for_readers(table: pa.Table) -> pa.Table:
    """Give a protected table as it may leave the agency: a cell is published or withheld, and not why.

    `primary` tells that a count is small, `secondary` that it is not.
    """
    status = pc.if_else(
        pc.is_in(table["status"], pa.array([str(CellStatus.PRIMARY), str(CellStatus.SECONDARY)])),
        "withheld",
        table["status"],
    )
    return table.set_column(table.column_names.index("status"), "status", status)


def counted_of(source: Source) -> Counted:
    """Read a source's counts; those of an earlier revision hold for that revision."""
    at = dict(source.at)
    if source.revision:
        at[REVISION] = source.revision
    return counted(
        source.table,
        source.dimensions,
        name=source.name,
        at=at,
        published=source.published,
        background=source.background,
    )


def _unsafe(cells: Cells, rules: Rules) -> int:
    small = (cells.counts != 0) & (np.abs(cells.counts) < rules.threshold)
    if rules.zeros_unsafe:
        small |= cells.counts == 0
    return int((small & ~cells.hidden).sum())


def _suppressed(
    cells: Cells, rules: Rules, stands_in: Sequence[Mapping[int, int]], unsafe: int
) -> tuple[list[int | None], list[str], Report]:
    pattern = suppress(cells, rules, [respondent(cells, one) for one in stands_in])
    shown = ~pattern.withheld
    lost = [each.cells for each in pattern.lost]
    found = audit(cells, shown, rules, respondents=stands_in, lost=lost, offered=pattern.fitting)
    if found:
        worst = found[0]
        raise UnprotectableError(
            f"the audit found {len(found)} disclosures, the first of "
            + "; ".join(cells.told(cell) for cell in worst.cells[:3]),
            where="the tables together, after suppression",
            effect=NOT_WRITTEN,
            remedy="keep the tables and report this as a fault of the program; leave out detail meanwhile",
        )
    values = [int(count) if seen else None for count, seen in zip(cells.counts, shown, strict=True)]
    status = [
        str(CellStatus.PUBLISHED if seen else CellStatus.PRIMARY if small else CellStatus.SECONDARY)
        for seen, small in zip(shown, pattern.unsafe, strict=True)
    ]
    return values, status, _figures(cells, rules, pattern, unsafe)


def _figures(cells: Cells, rules: Rules, pattern: Pattern, unsafe: int) -> Report:
    withheld = pattern.withheld & ~cells.hidden
    return Report(
        method=rules.method,
        cells=int((~cells.hidden).sum()),
        unsafe=unsafe,
        withheld=int(withheld.sum()),
        withheld_count=int(cells.counts[withheld].sum()),
        complementary=int((withheld & ~pattern.unsafe).sum()),
        optimal=pattern.optimal,
        small_sums=_small_sums(cells, pattern.withheld, rules.threshold),
        already_out=len(pattern.lost),
    )


def _small_sums(cells: Cells, withheld: Flags, threshold: int) -> int:
    found = 0
    for whole, parts in cells.equations:
        away = [part for part in parts if withheld[part]]
        found += not withheld[whole] and len(away) > 1 and 0 < int(cells.counts[away].sum()) < threshold
    return found


def _rounded(cells: Cells, rules: Rules, unsafe: int) -> tuple[list[int | None], list[str], Report]:
    values = rounded(cells, rules.step)
    if not holds(cells, values, rules.step):
        raise UnprotectableError(
            "the rounded tables do not hold: sums, base or distance",
            where="the tables together",
            effect=NOT_WRITTEN,
            remedy='report this as a fault of the program; use method = "suppression" meanwhile',
        )
    return _changed(cells, values, CellStatus.ROUNDED, rules, unsafe)


def _perturbed(
    cells: Cells, sources: Sequence[Source], rules: Rules, unsafe: int, p_table: Sequence[Line]
) -> tuple[list[int | None], list[str], Report]:
    wrong = faults(p_table)
    if wrong:
        raise UsageError(
            f"the p-table is not fit for publication: {wrong[0]}"
            + (f", and {len(wrong) - 1} more" if wrong[1:] else ""),
            where="p-table",
            effect=NOT_WRITTEN,
            remedy="give probabilities that add up to 1, noise of mean 0, no negative result, and 0 as 0",
        )
    keys: list[Fraction | None] = [None] * len(cells.keys)
    for source in sources:
        for cell, key in zip(cells.rows[source.name].tolist(), _keys(source), strict=True):
            if keys[cell] not in {None, key}:
                raise refused(
                    f"two tables give one cell different keys: {cells.told(cell)}",
                    source.name,
                    "sum the record keys of the same people",
                )
            keys[cell] = key
    whole = [key or Fraction(0) for key in keys]
    if not cells.hidden.any() and (margin := unequal(cells, whole)) is not None:
        raise refused(
            f"the key of a margin is not the sum of the keys of its parts: {cells.told(margin)}",
            f"column {CELL_KEY}",
            "sum the record keys of the people of each cell; whole numbers count 1/2^32 each",
        )
    return _changed(cells, perturb(cells, whole, p_table), CellStatus.PERTURBED, rules, unsafe)


def _keys(source: Source) -> list[Fraction]:
    if CELL_KEY not in source.table.column_names:
        raise UsageError(
            f"no column {CELL_KEY}: the sum of the record keys of the people of each cell",
            where=source.name,
            effect=NOT_WRITTEN,
            remedy=f"add the column {CELL_KEY}, or use another method",
        )
    column = source.table[CELL_KEY]
    whole = pa.types.is_integer(column.type)
    try:
        keys = [Fraction(str(key)) / (SPACE if whole else 1) % 1 for key in column.to_pylist()]
    except ValueError:
        raise refused(
            f"column {CELL_KEY} holds something else than numbers", source.name, "give a key for each cell"
        ) from None
    return keys


def _changed(
    cells: Cells, values: Integers, status: CellStatus, rules: Rules, unsafe: int
) -> tuple[list[int | None], list[str], Report]:
    change = np.abs(values - cells.counts)[~cells.hidden]
    report = Report(
        method=rules.method,
        cells=int((~cells.hidden).sum()),
        unsafe=unsafe,
        changed=int((change > 0).sum()),
        largest_change=int(change.max(initial=0)),
    )
    return [int(value) for value in values], [str(status)] * len(values), report


def _table(source: Source, rows: Integers, values: Sequence[int | None], status: Sequence[str]) -> pa.Table:
    kept = [name for name in source.table.column_names if name in source.dimensions]
    places = rows.tolist()
    return pa.table(
        {
            **{name: source.table[name].cast(pa.string()) for name in kept},
            "value": pa.array([values[place] for place in places], pa.int64()),
            "status": pa.array([status[place] for place in places], pa.string()),
        }
    )
