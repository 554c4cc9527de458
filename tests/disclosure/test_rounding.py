"""Controlled rounding: multiples of the base, near the truth, sums exact."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.disclosure.protect import Source, protect
from screening.disclosure.rules import Rules
from screening.tables.errors import UnprotectableError
from tests.disclosure.conftest import GOLDEN, read, summed, values_of

ROWS = ("row", "col")


def rounded(table, dimensions, **rules):
    return protect([Source("t", table, dimensions)], Rules(method="rounding", **rules)).tables["t"]


@given(counts=st.lists(st.integers(0, 40), min_size=9, max_size=9), base=st.sampled_from([5, 7, 10]))
@settings(max_examples=40, deadline=None)
def test_every_value_is_a_multiple_within_one_base_and_sums_stay(counts, base):
    table = summed(dict(zip(itertools.product("abc", "xyz"), counts, strict=True)), ROWS)
    done = rounded(table, ROWS, base=base)
    assert set(done["status"].to_pylist()) == {"rounded"}
    for value, count in zip(done["value"].to_pylist(), table["count"].to_pylist(), strict=True):
        assert value % base == 0
        assert abs(value - count) < base
    values = values_of(done, ROWS)
    for row in (*"abc", "Total"):
        assert values[row, "Total"] == sum(values[row, column] for column in "xyz")
    for column in (*"xyz", "Total"):
        assert values["Total", column] == sum(values[row, column] for row in "abc")


def test_three_dimensions_round_together_and_the_same_each_time():
    dimensions = ("nationality", "route", "ageband")
    table = read(GOLDEN / "optimum_4x4x3.csv")
    first = rounded(table, dimensions)
    assert first.equals(rounded(table, dimensions))
    assert (
        max(abs(a - b) for a, b in zip(first["value"].to_pylist(), table["count"].to_pylist(), strict=True))
        <= 5
    )


def test_a_base_below_the_threshold_would_tell():
    with pytest.raises(ValueError, match="base must not be below threshold"):
        Rules(method="rounding", threshold=10, base=5)
    assert Rules(method="rounding", threshold=10).step == 10


def test_what_is_out_exactly_cannot_be_rounded_any_more():
    table = summed({("a", "x"): 9, ("b", "y"): 8}, ROWS)
    out = table.rename_columns([*ROWS, "value"])
    with pytest.raises(UnprotectableError, match="cannot be rounded any more"):
        protect(
            [Source("t", table, ROWS), Source("old", table, ROWS, published=out, revision="1")],
            Rules(method="rounding"),
        )
