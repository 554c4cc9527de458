"""The audit refuses what tells, accepts what does not, and gives the intervals of the published examples."""

import numpy as np
import pyarrow as pa
import pytest
from scipy.sparse import csr_array

from screening.disclosure.audit import audit, intervals
from screening.disclosure.cells import Cells, cells_of
from screening.disclosure.counted import counted
from screening.disclosure.protect import Source, protect
from screening.disclosure.published import disclosures
from screening.disclosure.rules import Rules
from screening.disclosure.suppression import Pattern, suppress
from screening.tables.errors import UnprotectableError
from tests.disclosure.conftest import CORPUS, GOLDEN, NEEDS_CORPUS, read

ROWS = ("row", "col")


def withheld(table, dimensions, cells):
    """A table as published with some cells withheld."""
    keys = zip(*(table[name].to_pylist() for name in dimensions), strict=True)
    values = [
        None if key in cells else count for key, count in zip(keys, table["count"].to_pylist(), strict=True)
    ]
    return table.drop_columns(["count"]).append_column("value", pa.array(values, pa.int64()))


SMALL = read(GOLDEN / "three_by_three.csv")
PATTERNS = [
    pytest.param({("A", "y")}, {}, [(3, 3)], id="alone in its line"),
    pytest.param({("A", "x"), ("A", "y"), ("C", "x"), ("C", "y")}, {}, [], id="the optimum"),
    pytest.param(
        {("A", "x"), ("A", "y"), ("C", "x"), ("C", "y")},
        {"rule": "strict"},
        [],
        id="the optimum is strict too",
    ),
]


@pytest.mark.parametrize(("cells", "rules", "ends"), PATTERNS)
def test_a_pattern_passes_or_the_interval_is_told(cells, rules, ends):
    found = disclosures([Source("t", SMALL, ROWS)], {"t": withheld(SMALL, ROWS, cells)}, Rules(**rules))
    assert [(fault["low"], fault["high"]) for fault in found] == ends


def test_small_cells_alone_tell_nineteen_of_each_other():
    dimensions = ("nationality", "route", "ageband")
    table = read(GOLDEN / "optimum_4x4x3.csv")
    cells = cells_of([counted(table, dimensions, name="t")], {})
    found = audit(cells, (cells.counts == 0) | (cells.counts >= 5), Rules())
    assert sum(fault.exact for fault in found) == 19


@NEEDS_CORPUS
@pytest.mark.parametrize(("name", "told"), [("nine", [(47, 47)]), ("ten", [])])
def test_two_withheld_in_each_line_are_looked_through(name, told):
    published = read(CORPUS / f"block_published_{name}.csv")
    found = disclosures([Source("t", read(CORPUS / "block.csv"), ("v1", "v2"))], {"t": published}, Rules())
    assert [(fault["low"], fault["high"]) for fault in found] == told


@NEEDS_CORPUS
def test_intervals_of_a_textbook_table_of_which_the_truth_is_not_known():
    published = read(CORPUS / "geurts_published.csv")
    keys = list(zip(published["row"].to_pylist(), published["col"].to_pylist(), strict=True))
    fitting = {("1", "1"): 4, ("1", "2"): 3, ("2", "1"): 2, ("2", "2"): 1}  # one of the tables that fit
    values = published["value"].to_pylist()
    counts = [fitting[key] if value is None else value for key, value in zip(keys, values, strict=True)]
    table = published.append_column("count", pa.array(counts))
    cells = cells_of([counted(table, ROWS, name="t")], {})
    shown = np.ones(len(cells.keys), dtype=bool)
    asked = [int(cells.rows["t"][keys.index(key)]) for key in fitting]
    shown[asked] = False
    assert intervals(cells, shown, asked) == [(3, 6), (1, 4), (0, 3), (0, 3)]


def odd():
    """x + u + w = 3, u + v = 9, w + v = 9 are known: u = w, so x is 1 or 3; fractions would let it be 0."""
    counts = np.array([1, 1, 1, 8, 3, 9, 9])
    none = np.zeros(7, dtype=bool)
    equations = ((4, (0, 1, 2)), (5, (1, 3)), (6, (2, 3)))
    keys = tuple((("cell", name),) for name in ("x", "u", "w", "v", "all", "first", "second"))
    return Cells(keys, counts, equations, none, none, none, none, {})


def test_people_are_whole():
    cells = odd()
    shown = np.array([False, False, False, False, True, True, True])
    assert intervals(cells, shown, [0]) == [(0, 3)]
    rules = Rules(threshold=4)
    assert next(fault.cells for fault in audit(cells, shown, rules)) == (0,)
    assert audit(cells, ~suppress(cells, rules).withheld, rules) == []


def test_what_was_changed_is_no_suppression():
    rounded = withheld(SMALL, ROWS, set()).set_column(2, "value", pa.array([5] * SMALL.num_rows))
    with pytest.raises(UnprotectableError, match="not the count"):
        disclosures([Source("t", SMALL, ROWS)], {"t": rounded}, Rules())
    with pytest.raises(UnprotectableError, match="not those of the counts"):
        disclosures([Source("t", SMALL, ROWS)], {"t": withheld(SMALL, ROWS, set()).slice(1)}, Rules())


@pytest.mark.parametrize("made_up", [{}, {0: 3}, {0: -1, 1: 1}, {0: 0.5, 1: -0.5}])
def test_nothing_is_returned_of_a_pattern_that_the_audit_refuses(monkeypatch, made_up):
    """A fault of the suppression itself: it withholds what is unsafe, and offers tables that do not fit."""

    def careless(cells, rules, respondents=()):
        small = (cells.counts > 0) & (cells.counts < rules.threshold)
        places = np.flatnonzero(small).tolist() + np.flatnonzero(~small).tolist()
        moves = np.zeros((1, len(small)))
        for at, amount in made_up.items():
            moves[0, places[at]] = amount * 9
        return Pattern(small, small, True, (), csr_array(moves))

    monkeypatch.setattr("screening.disclosure.protect.suppress", careless)
    with pytest.raises(UnprotectableError, match="the audit found 1 disclosures"):
        protect([Source("t", SMALL, ROWS)], Rules())
