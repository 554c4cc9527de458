"""Add up the legs of a service date to the cells of every table, with all margins.

What comes out is exact: it lies in the individual zone, is where protection starts from, and what a later
correction is compared with. Cells of nobody have no row. Beside the tables stands the *timetable*: legs by
carrier, route and hour, which readers know from public timetables. Nothing of it is published; protection
has to know it, as a carrier's figure less that of its other route is a leg.
"""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import combinations

import pyarrow as pa
import pyarrow.compute as pc

from screening.aggregates.counts import EACH
from screening.aggregates.definitions import DEFINITIONS, TIMETABLE, TIMETABLE_DIMENSIONS, TOTAL
from screening.aggregates.regions import direction, region
from screening.tables.individual import COUNTS, TRAFFIC_CELLS


def cells(counts: pa.Table, *, day: date, country: str) -> pa.Table:
    """Make the cells of one service date.

    Args:
        counts: COUNTS, each leg once (from its latest manifest); rows of other dates are left out.
        day: the service date.
        country: of the agency, ISO 3166 alpha-2; directions are seen from there.

    Returns:
        TRAFFIC_CELLS: for each definition and the timetable every cell of somebody, and every margin, which
        has `Total` in the dimensions that it sums over; a date without travellers has grand totals of 0.

    Raises:
        SchemaError: the counts hold a leg twice.
    """
    counts = COUNTS.conform(counts)
    wanted = pc.and_(pc.equal(counts["service_date"], pa.scalar(day)), pc.equal(counts["definition"], EACH))
    people = described(counts.filter(wanted), country)
    named = [(definition.name, definition.dimensions) for definition in DEFINITIONS]
    parts = [TRAFFIC_CELLS.empty()]
    for name, by in [*named, (TIMETABLE, TIMETABLE_DIMENSIONS)]:
        table = with_margins(people, by)
        for column, value in (("definition", name), ("period", day.isoformat())):
            table = table.append_column(column, pa.repeat(value, table.num_rows))
        parts.append(table)
    return TRAFFIC_CELLS.conform(pa.concat_tables(parts, promote_options="default"))


def described(counts: pa.Table, country: str) -> pa.Table:
    """Give counts with the coarser levels of their dimensions, region and direction."""
    coarser: dict[str, tuple[str, Callable[[str], str]]] = {
        "region": ("nationality", region),
        "direction": ("route", lambda route: direction(route, country)),
    }
    for name, (finer, of) in coarser.items():
        values = counts[finer].combine_chunks().dictionary_encode()
        levels = pa.array([of(value) for value in values.dictionary.to_pylist()], pa.string())
        counts = counts.append_column(name, levels.take(values.indices))
    return counts


def with_margins(people: pa.Table, by: Sequence[str], beside: Sequence[str] = ()) -> pa.Table:
    """Add people up to cells, and to every margin of them.

    Args:
        people: count, and the columns that the next two name.
        by: dimensions of the cells; a margin has `Total` in those that it sums over.
        beside: columns that are in every key.

    Returns:
        by, beside, count; without people only a grand total of 0, and none where something is beside.
    """
    summed = _summed(people, [*by, *beside])
    parts = []
    for size in range(len(by), -1, -1):
        for some in combinations(by, size):
            part = _summed(summed, [*some, *beside])
            for each in by:
                if each not in some:
                    part = part.append_column(each, pa.repeat(TOTAL, part.num_rows))
            parts.append(part.select([*by, *beside, "count"]))
    return pa.concat_tables(parts)


def _summed(people: pa.Table, by: Sequence[str]) -> pa.Table:
    nobody_is_0 = pc.ScalarAggregateOptions(min_count=0)
    summed = people.group_by(by, use_threads=False).aggregate([("count", "sum", nobody_is_0)])
    return summed.rename_columns([*by, "count"])
