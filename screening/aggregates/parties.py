"""Which parties count as one respondent in the tables of a service date.

Of all bookings and crews of the date only those matter that make up so much of a cell that it has too few
respondents (`disclosure.parties`). Travellers of no party known to us are one each.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from screening.aggregates.cells import described, with_margins
from screening.aggregates.definitions import DEFINITIONS
from screening.disclosure.parties import Party, few_respondents


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
    people = described(counts.filter(pc.is_valid(counts["party"])), country)
    sizes = people.group_by("party").aggregate([("count", "sum")])
    several = sizes["party"].filter(pc.greater(sizes["count_sum"], 1))
    people = people.filter(pc.is_in(people["party"], several))
    held = pa.concat_tables([_held(people, cells, each.name, each.dimensions) for each in DEFINITIONS])
    most = held.group_by(["definition", "row"]).aggregate([("people", "max")])
    held = held.join(most, ["definition", "row"])
    unsafe = [
        mine == most and few_respondents(count, mine, threshold)
        for mine, most, count in zip(
            *(held[name].to_pylist() for name in ("people", "people_max", "count")), strict=True
        )
    ]
    wanted = held.filter(pc.is_in(held["party"], held["party"].filter(pa.array(unsafe, pa.bool_()))))
    found: dict[str, dict[tuple[str, int], int]] = {}
    for row in wanted.sort_by([(name, "ascending") for name in ("party", "definition", "row")]).to_pylist():
        found.setdefault(row["party"], {})[row["definition"], row["row"]] = row["people"]
    return list(found.values())


def _held(people: pa.Table, cells: pa.Table, name: str, by: Sequence[str]) -> pa.Table:
    """Give the people of each party in each cell of a table, with the cell's row and count."""
    own = cells.filter(pc.equal(cells["definition"], name)).select(["definition", *by, "count"])
    own = own.append_column("row", pa.array(range(own.num_rows), pa.int64()))
    mine = with_margins(people, by, beside=["party"]).rename_columns({"count": "people"})
    return mine.join(own, list(by), join_type="inner").select(
        ["definition", "row", "party", "people", "count"]
    )
