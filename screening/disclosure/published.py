"""Audit of what was published, or is about to be, by whomever it was protected."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from screening.disclosure.audit import audit
from screening.disclosure.cells import cells_of
from screening.disclosure.counted import refused
from screening.disclosure.groupings import Grouping
from screening.disclosure.parties import Party, in_cells, with_parties
from screening.disclosure.protect import CellStatus, Source, by_respondent, counted_of
from screening.disclosure.rules import Rules


def disclosures(
    sources: Sequence[Source],
    published: Mapping[str, pa.Table],
    rules: Rules,
    *,
    groupings: Mapping[str, Sequence[Grouping]] | None = None,
    respondents: Sequence[Party] = (),
) -> list[dict[str, object]]:
    """Say what readers of published tables learn of unsafe cells.

    Args:
        sources: the tables with their true counts.
        published: name -> the same rows with `value`, null where withheld; where there is a `status`, cells
            that are `primary` there must not be exact, however large.
        rules: what is unsafe; suppression is what is audited.
        groupings: dimension -> its groupings.
        respondents: of each who stands in several cells, (table, row) -> own people there.

    Returns:
        One row a fault: cell, low and high (by the linear program; high null without bound), exact, insider.

    Raises:
        UnprotectableError: the tables do not hold, or a published value is not the count.
    """
    read = [counted_of(source) for source in sources]
    cells = cells_of(read, groupings or {}, named=rules.named)
    stands_in = [in_cells(cells, one) for one in respondents]
    cells = with_parties(cells, by_respondent(cells, rules, stands_in), rules.threshold)
    shown = cells.open.copy()
    given = np.zeros_like(shown)
    for table in read:
        if table.shown is not None:
            continue
        out = published[table.name]
        places = _places(table.dimensions, table.rows, out, table.name)
        status = out["status"].to_pylist() if "status" in out.column_names else [None] * out.num_rows
        for row, value, told in zip(places, out["value"].to_pylist(), status, strict=True):
            cell = cells.rows[table.name][row]
            if value is not None and value != cells.counts[cell]:
                raise refused(
                    f"a published value is not the count: {cells.told(int(cell))}",
                    table.name,
                    "only suppression can be audited so",
                )
            shown[cell] |= value is not None
            given[cell] |= told == CellStatus.PRIMARY
    return [
        {
            "cell": "; ".join(cells.told(cell) for cell in fault.cells),
            "low": fault.low,
            "high": fault.high,
            "exact": fault.exact,
            "insider": fault.insider,
        }
        for fault in audit(cells, shown, rules, given=given, respondents=stands_in)
    ]


def _places(
    dimensions: Sequence[str], rows: Sequence[tuple[str, ...]], out: pa.Table, name: str
) -> list[int]:
    missing = [column for column in (*dimensions, "value") if column not in out.column_names]
    at = {row: place for place, row in enumerate(rows)}
    told = [] if missing else list(zip(*(out[column].to_pylist() for column in dimensions), strict=True))
    if missing or sorted(at) != sorted(told):
        raise refused(
            f"no column {', '.join(missing)}"
            if missing
            else "the published rows are not those of the counts",
            f"{name} as published",
            "name the file that was written from this table",
        )
    return [at[row] for row in told]
