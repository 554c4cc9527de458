"""The best assignment of the tokens of two names, and the way back to it."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from screening.matching.align import NONE, Grid, align, inherited, steps

from screening.matching.model import load_model
from screening.matching.names import whole

WEIGHTS = replace(
    load_model().name, conflict=-400, extra_traveller=-50, extra_listed=-90, inherited_from=1000
)


def grid(m, n, single=(), listed_joined=(), traveller_joined=()):
    """One pair of names: {(listed, traveller): weight} of each way to agree."""
    parts = [np.full((1, m, n), NONE, np.int32) for _ in range(3)]
    for part, cells in zip(parts, (single, listed_joined, traveller_joined), strict=True):
        for (i, j), weight in dict(cells).items():
            part[0, i, j] = weight
    return Grid(*parts)


def walked(m, n, **cells):
    aligned = align(grid(m, n, **cells), WEIGHTS, keep=True)
    return int(aligned.score[0]), steps(aligned, 0, m, n)


@pytest.mark.parametrize(
    ("shape", "cells", "score", "way"),
    [
        pytest.param((1, 1), {"single": {(0, 0): 700}}, 700, [((0,), (0,), 1)], id="one token each"),
        pytest.param((1, 1), {}, -400, [], id="nothing agrees: one conflict"),
        pytest.param((1, 2), {"single": {(0, 1): 700}}, 650, [((0,), (1,), 2)], id="one over at the traveller: an extra"),
        pytest.param((2, 1), {"single": {(1, 0): 700}}, 610, [((1,), (0,), 1)], id="one over in the list: an extra"),
        pytest.param((2, 2), {"single": {(0, 0): 700}}, 300, [((0,), (0,), 1)], id="one over on both sides: a conflict"),
        pytest.param((2, 2), {"single": {(0, 0): 1300}}, 750, [((0,), (0,), 1)],
                     id="with a conflict, half of what is beyond the limit counts"),
        pytest.param((3, 2), {"single": {(0, 0): 700}}, 210, [((0,), (0,), 1)], id="two over against one: conflict and extra"),
        pytest.param((2, 3), {"single": {(0, 2): 700}}, 250, [((0,), (2,), 3)], id="one over against two"),
        pytest.param((2, 2), {"single": {(0, 1): 500, (1, 0): 600}}, 1100, [((0,), (1,), 2), ((1,), (0,), 1)],
                     id="names in the other order"),
        pytest.param((2, 1), {"listed_joined": {(0, 0): 800}}, 800, [((0, 1), (0,), 101)],
                     id="two listed tokens written as one"),
        pytest.param((3, 2), {"single": {(0, 0): 300}, "listed_joined": {(1, 1): 800}}, 1100,
                     [((0,), (0,), 1), ((1, 2), (1,), 102)], id="the last two listed tokens as one"),
        pytest.param((3, 2), {"single": {(2, 0): 300}, "listed_joined": {(0, 1): 800}}, 1100,
                     [((0, 1), (1,), 102), ((2,), (0,), 1)], id="the first two listed tokens as one"),
        pytest.param((1, 2), {"traveller_joined": {(0, 0): 800}}, 800, [((0,), (0, 1), 201)],
                     id="two traveller tokens written as one"),
        pytest.param((1, 2), {"traveller_joined": {(0, 1): 800}}, -450, [],
                     id="of two tokens the last with the first is no neighbour"),
        pytest.param((1, 3), {"traveller_joined": {(0, 2): 800}}, 750, [((0,), (2, 0), 203)],
                     id="of three it is: fields may be swapped"),
        pytest.param((2, 3), {"single": {(1, 0): 300}, "traveller_joined": {(0, 1): 800}}, 1100,
                     [((0,), (1, 2), 202), ((1,), (0,), 1)], id="joined and single"),
        pytest.param((2, 2), {"single": {(0, 0): 500, (1, 0): 600, (1, 1): 550}}, 1050,
                     [((0,), (0,), 1), ((1,), (1,), 2)], id="no token is used twice"),
        pytest.param((2, 2), {"single": {(0, 0): 200, (1, 1): 200}, "listed_joined": {(0, 0): 1000}}, 950,
                     [((0, 1), (0,), 101)], id="the better of joined and apart"),
        pytest.param((2, 1), {"single": {(0, 0): 700}}, 610, [((0,), (0,), 1)], id="the last listed token over"),
        pytest.param((3, 2), {"single": {(0, 0): 300, (0, 1): 900}, "listed_joined": {(1, 1): 800}}, 1100,
                     [((0,), (0,), 1), ((1, 2), (1,), 102)], id="a token that a joined one took is not taken again"),
        pytest.param((2, 3), {"single": {(0, 0): 300, (0, 1): 400, (0, 2): 400}, "traveller_joined": {(1, 1): 800}}, 1100,
                     [((0,), (0,), 1), ((1,), (1, 2), 202)], id="nor are the two that were joined"),
    ],
)  # fmt: skip
def test_what_agrees_and_what_is_left_over(shape, cells, score, way):
    assert walked(*shape, **cells) == (score, way)


def test_pairs_of_one_shape_do_not_touch_each_other():
    one, other = grid(2, 2, single={(0, 0): 700, (1, 1): 300}), grid(2, 2, single={(0, 1): 200})
    both = Grid(*(np.concatenate(parts) for parts in zip(
        (one.single, one.listed_joined, one.traveller_joined),
        (other.single, other.listed_joined, other.traveller_joined), strict=True)))  # fmt: skip
    aligned = align(both, WEIGHTS, keep=True)
    assert aligned.score.tolist() == [1000, -200]
    assert (steps(aligned, 0, 2, 2), steps(aligned, 1, 2, 2)) == (
        [((0,), (0,), 1), ((1,), (1,), 2)],
        [((0,), (1,), 2)],
    )
    taken = both.take(np.array([1]))
    assert align(taken, WEIGHTS).score.tolist() == [-200]


def test_without_choices_there_is_no_way_back():
    aligned = align(grid(1, 1, single={(0, 0): 700}), WEIGHTS)
    assert aligned.choices is None
    with pytest.raises(ValueError, match="keep=True"):
        steps(aligned, 0, 1, 1)


def test_no_more_than_eight_tokens_of_a_name_are_aligned():
    assert len(whole("ALFA BRAVO CHARLIE DELTA ECHO FOXTROT GOLF HOTEL INDIA")) == 8


@pytest.mark.parametrize(
    ("agreeing", "taken"), [(999, 0), (1000, 0), (1001, 0), (1002, -1), (1300, -150), (-5, 0)]
)
def test_half_of_what_agrees_beyond_the_limit_is_inherited(agreeing, taken):
    assert inherited(np.array([agreeing], np.int32), WEIGHTS).tolist() == [taken]


def brute_force(single, weights):
    """Best assignment without joined tokens, by trying all of them."""
    m, n = single.shape
    best = -(10**9)
    for chosen in itertools.product([None, *range(n)], repeat=m):
        used = [j for j in chosen if j is not None]
        if len(set(used)) < len(used) or any(
            single[i, j] == NONE for i, j in enumerate(chosen) if j is not None
        ):
            continue
        agreeing = sum(int(single[i, j]) for i, j in enumerate(chosen) if j is not None)
        left, unused = m - len(used), n - len(used)
        both = min(left, unused)
        total = (
            agreeing
            + weights.conflict * both
            + weights.extra_listed * (left - both)
            + weights.extra_traveller * (unused - both)
        )
        if both:
            total -= max(agreeing - weights.inherited_from, 0) * (100 - weights.inherited_keeps) // 100
        best = max(best, total)
    return best


@settings(max_examples=60, deadline=None)
@given(data=st.data(), m=st.integers(1, 4), n=st.integers(1, 4))
def test_the_alignment_is_the_best_assignment(data, m, n):
    weights = load_model().name
    cell = st.one_of(st.just(NONE), st.integers(-300, 1500))
    single = np.array([[data.draw(cell) for _ in range(n)] for _ in range(m)], np.int32)
    nothing = np.full((1, m, n), NONE, np.int32)
    aligned = align(Grid(single[None], nothing, nothing), weights, keep=True)
    assert int(aligned.score[0]) == brute_force(single, weights)
    walked = steps(aligned, 0, m, n)
    assert len({used for _, (used,), _ in walked}) == len(walked)
