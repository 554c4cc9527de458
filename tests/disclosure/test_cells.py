"""Cells and equations: one cell in many tables, hierarchies and groupings, and what does not hold is named."""

import pyarrow as pa
import pytest

from screening.disclosure.cells import cells_of
from screening.disclosure.counted import counted
from screening.disclosure.groupings import bands, grouping
from screening.disclosure.protect import Source, protect
from screening.disclosure.rules import Rules
from screening.tables.errors import UnprotectableError
from tests.disclosure.conftest import summed, values_of

REGION = {"FR": "Europe", "DE": "Europe", "IS": "Europe", "JP": "Asia", "KR": "Asia"}
REGIONS = grouping(
    [
        *(("Total", region) for region in ("Europe", "Asia")),
        *((parent, child) for child, parent in REGION.items()),
    ],
    named="regions.csv",
)
DIMENSIONS = ("nationality", "route")
INNER = {
    (state, route): count
    for route, counts in {"A": (20, 3, 12, 9, 40), "B": (14, 22, 11, 8, 31)}.items()
    for state, count in zip(REGION, counts, strict=True)
}


def table(**changed):
    rows = summed(INNER, DIMENSIONS, nationality=REGION).to_pylist()
    for row in rows:
        name = f"{row['nationality']}_{row['route']}"
        row["count"] = changed.get(name, row["count"])
    return pa.Table.from_pylist([row for row in rows if row["count"] != "gone"])


def built(*tables, groupings=None):
    read = [counted(one, names, name=f"table {at}") for at, (one, names) in enumerate(tables)]
    return cells_of(read, {"nationality": [REGIONS]} if groupings is None else groupings)


def test_every_level_is_an_equation():
    cells = built((table(), DIMENSIONS))
    assert len(cells.keys) == 8 * 3
    told = {cells.told(whole): sorted(cells.told(part) for part in parts) for whole, parts in cells.equations}
    assert "nationality=Asia, route=A" in told
    assert told["nationality=Asia"] in (
        ["nationality=JP", "nationality=KR"], ["nationality=Asia, route=A", "nationality=Asia, route=B"],
    )  # fmt: skip
    assert len(cells.equations) == 3 * 3 + 8
    assert not (cells.matrix @ cells.counts).any()


def test_a_table_without_the_levels_between_adds_up_all_the_same():
    cells = built((summed(INNER, DIMENSIONS), DIMENSIONS))
    assert sum(len(parts) == 5 for _, parts in cells.equations) == 3


@pytest.mark.parametrize("name", ["nationality", "region"])
def test_cells_that_agree_in_all_but_total_are_one(name):
    """Also where the other table calls the column by another name."""
    sizes = {("Europe", "1"): 60, ("Europe", "2+"): 22, ("Asia", "1"): 50, ("Asia", "2+"): 38}
    linked = summed(sizes, (name, "size"))
    cells = built((table(), DIMENSIONS), (linked, (name, "size")))
    assert len(cells.keys) == 24 + 9 - 3  # Europe, Asia, and all
    other_first = built((linked, (name, "size")), (table(), DIMENSIONS))
    assert len(other_first.keys) == len(cells.keys)


def test_linked_cells_are_withheld_in_all_tables_or_none():
    sizes = {("Europe", "1"): 79, ("Europe", "2+"): 3, ("Asia", "1"): 88, ("Asia", "2+"): 0}
    sources = [
        Source("main", table(), DIMENSIONS),
        Source("sizes", summed(sizes, ("region", "size")), ("region", "size")),
    ]
    done = protect(sources, Rules(), groupings={"nationality": [REGIONS]}).tables
    main, linked = values_of(done["main"], DIMENSIONS), values_of(done["sizes"], ("region", "size"))
    assert linked["Europe", "2+"] is None
    for region in ("Europe", "Asia", "Total"):
        assert main[region, "Total"] == linked[region, "Total"]


CASES = [
    pytest.param({"FR_Total": "gone"}, "a margin is missing: nationality=FR", id="a margin is missing"),
    pytest.param(
        {"Asia_A": "gone"}, "a margin is missing: nationality=Asia, route=A", id="a level is missing"
    ),
    pytest.param({"Total_Total": "gone"}, "a margin is missing", id="the grand total is missing"),
    pytest.param({"FR_A": 21}, "not the sum of its parts", id="a margin does not add up"),
    pytest.param({"FR_A": -1}, "a count is negative: nationality=FR, route=A", id="a count is negative"),
    pytest.param({"FR_A": None}, "a count is missing: nationality=FR, route=A", id="a count is missing"),
    pytest.param({"KR_A": "gone"}, "not the sum of its parts", id="an inner cell is missing"),
]


@pytest.mark.parametrize(("changed", "words"), CASES)
def test_what_does_not_hold_is_named(changed, words):
    with pytest.raises(UnprotectableError, match=words) as told:
        built((table(**changed), DIMENSIONS))
    assert "table 0" in told.value.where
    assert not any(character.isdigit() for character in told.value.what.replace("2+", ""))


def test_a_cell_that_stands_twice_is_named():
    twice = pa.concat_tables([table(), table().slice(3, 1)])
    with pytest.raises(UnprotectableError, match="stands twice") as told:
        built((twice, DIMENSIONS))
    assert "rows 4 and 25" in told.value.where


@pytest.mark.parametrize(
    ("column", "words"),
    [
        pytest.param(pa.array([0.5] * 24), "something else than whole numbers", id="shares"),
        pytest.param(pa.array(["many"] * 24), "something else than whole numbers", id="words"),
    ],
)
def test_only_counts_are_protected(column, words):
    with pytest.raises(UnprotectableError, match=words):
        built((table().set_column(2, "count", column), DIMENSIONS))


def test_columns_rows_and_values_that_are_not_there_are_named():
    with pytest.raises(UnprotectableError, match="no column carrier"):
        counted(table(), ("carrier",), name="t")
    with pytest.raises(UnprotectableError, match="no rows"):
        counted(table().slice(0, 0), DIMENSIONS, name="t")
    with pytest.raises(UnprotectableError, match="no value of dimension route"):
        counted(pa.table({"route": ["A", ""], "count": [1, 2]}), ("route",), name="t")


def test_a_value_outside_the_hierarchy_is_named():
    short = grouping([("Total", "Europe"), ("Europe", "FR")], named="short.csv")
    with pytest.raises(UnprotectableError, match="stands in no grouping") as told:
        built((table(), DIMENSIONS), groupings={"nationality": [short]})
    assert "short.csv" in told.value.where


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        pytest.param([("Total", "A"), ("B", "A")], "two parents", id="two parents"),
        pytest.param([("Europe", "FR")], "Europe has no parent", id="no way to the top"),
        pytest.param([("A", "B"), ("B", "A")], "does not lead to Total", id="a circle"),
        pytest.param([("A", "Total")], "Total has a parent", id="above the top"),
    ],
)
def test_a_tree_that_is_none_is_refused(pairs, words):
    with pytest.raises(UnprotectableError, match=words):
        grouping(pairs, named="g.csv")


def test_tables_that_contradict_each_other_are_refused():
    other = summed({("Europe", "1"): 90, ("Asia", "1"): 88}, ("nationality", "size"))
    with pytest.raises(UnprotectableError, match="different counts of one cell"):
        built((table(), DIMENSIONS), (other, ("nationality", "size")))
    with pytest.raises(UnprotectableError, match="has the words of nationality"):
        built((table(), DIMENSIONS), (summed({("Europe",): 82, ("Asia",): 89}, ("region",)), ("region",)))


def test_two_groupings_of_one_dimension_imply_what_no_table_shows():
    one = {"FR": "Union", "DE": "Union", "IS": "Rest", "JP": "Rest", "KR": "Rest"}
    groupings = [
        REGIONS,
        grouping(
            [("Total", "Union"), ("Total", "Rest"), *((b, a) for a, b in one.items())], named="union.csv"
        ),
    ]
    inner = {(state, route): count for (state, route), count in INNER.items()}
    rows = {tuple(row.values())[:2]: row for row in summed(inner, DIMENSIONS, nationality=REGION).to_pylist()}
    rows.update(
        {tuple(row.values())[:2]: row for row in summed(inner, DIMENSIONS, nationality=one).to_pylist()}
    )
    # Europe = Union + IS, which only shows where both groupings are seen together: states are not in the table
    levels = {"Europe", "Asia", "Union", "Rest", "Total", "IS"}
    whole = pa.Table.from_pylist([row for row in rows.values() if row["nationality"] in levels])
    cells = built((whole, DIMENSIONS), groupings={"nationality": groupings})
    hidden = {cells.told(at): int(cells.counts[at]) for at in cells.hidden.nonzero()[0]}
    assert hidden  # what is left of Europe, and of Rest, without IS
    assert not (cells.matrix @ cells.counts).any()


def test_bands_are_cut_only_where_they_overlap():
    assert bands(["0-17", "18-64", "65+"]) == []
    assert [relation.children for relation in bands(["0-17", "18+", "0-64", "65+"])] == [
        ("18-64", "65+"), ("0-17", "18-64"),
    ]  # fmt: skip
