"""Which parties count as one respondent in the tables of a service date.

Of all bookings and crews of the date only those matter that make up so much of a cell that it has too few
respondents (`disclosure.parties`). Travellers of no party known to us are one each.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from screening.aggregates.cells import described
from screening.aggregates.definitions import DEFINITIONS, TOTAL
from screening.disclosure.parties import Party, few_respondents

_Rows = dict[tuple[str, tuple[str, ...]], int]


def parties(counts: pa.Table, cells: pa.Table, *, country: str, threshold: int) -> list[Party]:
    """Find the parties that protection has to know.

    Args:
        counts: COUNTS of the date, each leg once.
        cells: TRAFFIC_CELLS made of them.
        country: of the agency, as for the cells.
        threshold: of respondents.

    Returns:
        Of each party, (definition, row of its cells) -> people, in every cell where it stands; sorted.
    """
    people = described(counts, country)
    people = people[people["party"].notna()]
    sizes = people.groupby("party", observed=True)["count"].sum()
    people = people[people["party"].isin(sizes[sizes > 1].index)]
    if people.empty:
        return []
    held = pd.concat([_held(people, cells, each.name, each.dimensions) for each in DEFINITIONS])
    largest = held.groupby(["definition", "row"])["people"].transform("max")
    unsafe = [
        mine == most and few_respondents(count, mine, threshold)
        for mine, most, count in zip(held["people"], largest, held["count"], strict=True)
    ]
    wanted = held[held["party"].isin(set(held["party"][unsafe]))]
    found: dict[str, dict[tuple[str, int], int]] = {}
    for party, name, row, own in wanted[["party", "definition", "row", "people"]].itertuples(index=False):
        found.setdefault(party, {})[str(name), int(row)] = int(own)
    return [found[party] for party in sorted(found)]


def _held(people: pd.DataFrame, cells: pa.Table, name: str, by: Sequence[str]) -> pd.DataFrame:
    """People of each party in each cell of a table, with the cell's row and count."""
    finest = people.groupby([*by, "party"], sort=False, observed=True)["count"].sum().reset_index()
    mine = pd.concat(list(_margins(finest, by)), ignore_index=True).rename(columns={"count": "people"})
    own = cells.filter(pc.equal(cells["definition"], name)).select([*by, "count"]).to_pandas()
    own["row"] = range(len(own))
    return mine.merge(own, on=list(by), how="inner").assign(definition=name)


def _margins(finest: pd.DataFrame, by: Sequence[str]) -> Iterator[pd.DataFrame]:
    for size in range(len(by) + 1):
        for some in combinations(by, size):
            keys = [*some, "party"]
            summed = finest.groupby(keys, sort=False, observed=True)["count"].sum().reset_index()
            yield summed.assign(**{each: TOTAL for each in by if each not in some})
