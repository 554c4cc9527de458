"""Add up the legs of a service date to the cells of every table, with all margins.

What comes out is exact: it lies in the individual zone, is where protection starts from, and what a later
correction is compared with. Cells of nobody have no row. Beside the tables stands the *timetable*: legs by
carrier, route and hour, which readers know from public timetables. Nothing of it is published; protection
has to know it, as a carrier's figure less that of its other route is a leg.
"""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import combinations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from screening.aggregates.counts import EACH
from screening.aggregates.definitions import DEFINITIONS, TIMETABLE, TIMETABLE_DIMENSIONS, TOTAL
from screening.aggregates.regions import direction, region
from screening.tables import dimensions
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
    parts = [_table(people, name, by) for name, by in [*named, (TIMETABLE, TIMETABLE_DIMENSIONS)]]
    whole = pd.concat(parts, ignore_index=True)
    columns: dict[str, pa.Array] = {
        "definition": pa.array(whole["definition"].tolist(), pa.string()),
        "period": pa.array([day.isoformat()] * len(whole), pa.string()),
        "count": pa.array(whole["count"].tolist(), pa.int64()),
    }
    for name in dimensions.NAMES:
        stated = whole[name] if name in whole else pd.Series([None] * len(whole))
        columns[name] = pa.array(stated.astype(object).where(stated.notna(), None).tolist(), pa.string())
    return TRAFFIC_CELLS.columns_table(columns)


def described(counts: pa.Table, country: str) -> pd.DataFrame:
    """Give counts with the coarser levels of their dimensions, region and direction."""
    people: pd.DataFrame = counts.to_pandas()
    people["region"] = _each(people["nationality"], region)
    people["direction"] = _each(people["route"], lambda route: direction(route, country))
    return people


def _each(values: pd.Series, of: Callable[[str], str]) -> pd.Series:
    return values.map({value: of(value) for value in values.unique()})


def _table(people: pd.DataFrame, name: str, by: Sequence[str]) -> pd.DataFrame:
    finest = people.groupby(list(by), sort=True, observed=True)["count"].sum().reset_index()
    parts = []
    for size in range(len(by), 0, -1):
        for some in combinations(by, size):
            summed = finest.groupby(list(some), sort=True, observed=True)["count"].sum().reset_index()
            parts.append(summed)
    parts.append(pd.DataFrame({"count": [int(finest["count"].sum())]}))
    table = pd.concat(parts, ignore_index=True).reindex(columns=[*by, "count"])
    table[list(by)] = table[list(by)].fillna(TOTAL)
    return table.assign(definition=name)
