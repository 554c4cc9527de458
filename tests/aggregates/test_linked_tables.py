"""Which cells must be folded besides, as linear algebra over the legs gives a small count away."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.aggregates.linked_tables import Legs, disclosing

THRESHOLD = 5
CARRIERS = ("Q1", "Q1", "Q2")
ROUTES = ("A-B", "A-C", "A-D")


def extra(folded, counts, **values):
    legs = Legs({f"by_{name}": column for name, column in values.items()}, counts)
    away = {name: frozenset(folded.get(name.removeprefix("by_"), ())) for name in legs.values}
    return disclosing(legs, away, THRESHOLD)


@pytest.mark.parametrize(
    ("counts", "folded", "expected"),
    [
        pytest.param((20, 3, 40), {"route": {"A-C", "A-D"}}, {"by_route": {"A-B"}},
                     id="the carrier less its other route: the smaller of the two cells is folded"),
        pytest.param((20, 4, 40), {"route": {"A-C", "A-D"}}, {"by_route": {"A-B"}}, id="one below the threshold"),
        pytest.param((20, 5, 40), {"route": {"A-C", "A-D"}}, {}, id="at the threshold nothing is small"),
        pytest.param((20, 1, 40), {"route": {"A-C", "A-D"}}, {"by_route": {"A-B"}}, id="one traveller"),
        pytest.param((20, 0, 40), {"route": {"A-C", "A-D"}}, {}, id="nobody is not small"),
        pytest.param((20, 3, 40), {"route": set(ROUTES), "carrier": set(CARRIERS)}, {},
                     id="one sum of all tells nothing"),
        pytest.param((20, 3, 40), {"route": set(ROUTES)}, {}, id="the carrier's own sum tells no leg"),
    ],
)  # fmt: skip
def test_a_leg_that_two_tables_give_away(counts, folded, expected):
    assert extra(folded, counts, carrier=CARRIERS, route=ROUTES) == expected


def test_a_small_cell_of_several_legs_is_given_away_though_none_of_the_legs_is():
    told = extra(
        {"route": {"R1", "R3"}},
        (2, 2, 20, 40),
        carrier=("Q1", "Q1", "Q1", "Q2"),
        route=("R1", "R1", "R2", "R3"),
    )
    assert told == {"by_route": {"R2"}}


def test_a_lone_traveller_of_a_leg_whose_cells_are_all_large_is_given_away():
    assert extra({}, (20, 1, 40), carrier=CARRIERS, route=("R1", "R2", "R2")) == {"by_route": {"R1"}}


def test_a_smaller_cell_that_the_derivation_does_not_need_stays():
    told = extra({"route": {"A-C", "A-D"}}, (20, 3, 40, 6), carrier=(*CARRIERS, "Q3"), route=(*ROUTES, "A-E"))
    assert told == {"by_route": {"A-B"}}


def test_legs_that_are_small_each_and_not_together_are_no_small_cell():
    assert extra({}, (3, 3, 40), carrier=("Q1", "Q1", "Q2")) == {}


@pytest.mark.parametrize(
    ("counts", "value"),
    [
        pytest.param((3, 40, 30), "Q3", id="the smallest"),
        pytest.param((3, 30, 30), "Q2", id="of equal ones the first by its text"),
    ],
)
def test_what_other_alone_tells_is_widened_by_the_smallest_published_cell(counts, value):
    assert extra({"carrier": {"Q1"}}, counts, carrier=("Q1", "Q2", "Q3")) == {"by_carrier": {value}}


def test_equal_cells_of_two_tables_are_folded_in_the_order_of_the_tables_names():
    told = extra({"carrier": {"Q1"}, "route": {"A-B"}}, (3, 30), carrier=("Q1", "Q2"), route=("A-B", "A-C"))
    assert told == {"by_carrier": {"Q2"}}


def test_where_nothing_is_published_nothing_can_be_folded():
    assert extra({"carrier": {"Q1"}}, (3,), carrier=("Q1",)) == {}


def test_no_legs_tell_nothing():
    assert extra({}, (), carrier=(), route=()) == {}


def vectors(legs, folded):
    """Published equations over the legs, `Other` included."""
    return [
        [int(cell == value if value is not None else cell in folded[name]) for cell in column]
        for name, column in legs.values.items()
        for value in [*sorted(set(column) - folded[name]), None]
    ]


def small(legs):
    """Legs and cells of 1 to threshold - 1 travellers."""
    size = len(legs.counts)
    single = [[int(place == at) for place in range(size)] for at in range(size)]
    cells = [
        [int(one == value) for one in column] for column in legs.values.values() for value in set(column)
    ]
    return [
        row
        for row in [*single, *cells]
        if 0 < sum(bit * count for bit, count in zip(row, legs.counts, strict=True)) < THRESHOLD
    ]


def rank(rows):
    rows, found = [[Fraction(value) for value in row] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((at for at in range(found, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for at in range(found + 1, len(rows)):
            factor = rows[at][column] / rows[found][column]
            rows[at] = [one - factor * other for one, other in zip(rows[at], rows[found], strict=True)]
        found += 1
    return found


@settings(max_examples=60, deadline=None)
@given(data=st.data(), size=st.integers(1, 7))
def test_something_is_folded_when_and_only_when_fractions_say_that_something_is_given_away(data, size):
    column = st.lists(st.sampled_from("ABCD"), min_size=size, max_size=size).map(tuple)
    legs = Legs(
        {name: data.draw(column) for name in ("by_carrier", "by_hour", "by_route")},
        tuple(data.draw(st.lists(st.sampled_from([0, 1, 4, 5, 20, 60]), min_size=size, max_size=size))),
    )
    folded = {
        name: frozenset(data.draw(st.sets(st.sampled_from("ABCD"), max_size=3))) for name in legs.values
    }
    told = disclosing(legs, folded, THRESHOLD)
    known = vectors(legs, folded)
    given_away = [row for row in small(legs) if rank(known) == rank([*known, row])]
    published = {name: set(column) - folded[name] for name, column in legs.values.items()}
    assert bool(told) is (bool(given_away) and any(published.values()))
    assert all(values and values <= published[name] for name, values in told.items())
