"""The best assignment of the tokens of two names, and the way back to it."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.matching.loops import NONE, Rules, align, inherited, scratch
from screening.matching.names import whole

RULES = Rules(
    conflict=-400, extra_traveller=-50, extra_listed=-90, moved=0, joined=0, other_name=-2500, inherited_from=1000,
    inherited_keeps=50, contradicted_cap=0, weak=0, initial=0,
    left_alike=-400, left_partly=-400, left_begins=-400,
)  # fmt: skip
PLANES = ("single", "listed_two", "listed_three", "own_two", "own_three")


def aligned(m, n, **cells):
    """Align one pair: {(listed, traveller): weight} of each way to agree."""
    room = scratch(1, 1, 1, 1)
    room.grid[:] = NONE
    for name, held in cells.items():
        for (i, j), weight in dict(held).items():
            room.grid[PLANES.index(name), i, j] = weight
    score, state, over = align(room.grid, m, n, RULES, room.best, room.left, room.choice)
    return room, int(score), int(state), int(over)


def walked(m, n, **cells):
    """Return the score and the way: listed places, traveller's places, plane."""
    room, score, state, _ = aligned(m, n, **cells)
    way, at = [], m
    while at > 0:
        code = int(room.choice[at, state])
        if not code:
            at -= 1
            continue
        plane, j = divmod(code - 1, 100)
        listed = 1 + (plane if plane <= 2 else 0)
        used = [(j + after) % n for after in range(plane - 1 if plane > 2 else 1)]
        at -= listed
        way.append((tuple(range(at, at + listed)), tuple(used), PLANES[plane]))
        state &= ~sum(1 << place for place in used)
    return score, way[::-1]


@pytest.mark.parametrize(
    ("shape", "cells", "score", "way"),
    [
        pytest.param((1, 1), {"single": {(0, 0): 700}}, 700, [((0,), (0,), "single")], id="one token each"),
        pytest.param((1, 1), {}, -400, [], id="nothing agrees: one conflict"),
        pytest.param((1, 2), {"single": {(0, 1): 700}}, 650, [((0,), (1,), "single")], id="one over at the traveller: an extra"),
        pytest.param((2, 1), {"single": {(1, 0): 700}}, 610, [((1,), (0,), "single")], id="one over in the list: an extra"),
        pytest.param((2, 2), {"single": {(0, 0): 700}}, 300, [((0,), (0,), "single")], id="one over on both sides: a conflict"),
        pytest.param((2, 2), {"single": {(0, 0): 1300}}, 750, [((0,), (0,), "single")],
                     id="with a conflict, half of what is beyond the limit counts"),
        pytest.param((3, 2), {"single": {(0, 0): 700}}, 210, [((0,), (0,), "single")], id="two over against one: conflict and extra"),
        pytest.param((2, 3), {"single": {(0, 2): 700}}, 250, [((0,), (2,), "single")], id="one over against two"),
        pytest.param((2, 2), {"single": {(0, 1): 500, (1, 0): 600}}, 1100, [((0,), (1,), "single"), ((1,), (0,), "single")],
                     id="names in the other order"),
        pytest.param((2, 1), {"listed_two": {(0, 0): 800}}, 800, [((0, 1), (0,), "listed_two")],
                     id="two listed tokens written as one"),
        pytest.param((3, 2), {"single": {(0, 0): 300}, "listed_two": {(1, 1): 800}}, 1100,
                     [((0,), (0,), "single"), ((1, 2), (1,), "listed_two")], id="the last two listed tokens as one"),
        pytest.param((3, 2), {"single": {(2, 0): 300}, "listed_two": {(0, 1): 800}}, 1100,
                     [((0, 1), (1,), "listed_two"), ((2,), (0,), "single")], id="the first two listed tokens as one"),
        pytest.param((1, 2), {"own_two": {(0, 0): 800}}, 800, [((0,), (0, 1), "own_two")],
                     id="two traveller tokens written as one"),
        pytest.param((1, 2), {"own_two": {(0, 1): 800}}, -450, [],
                     id="of two tokens the last with the first is no neighbour"),
        pytest.param((1, 3), {"own_two": {(0, 2): 800}}, 750, [((0,), (2, 0), "own_two")],
                     id="of three it is: fields may be swapped"),
        pytest.param((2, 3), {"single": {(1, 0): 300}, "own_two": {(0, 1): 800}}, 1100,
                     [((0,), (1, 2), "own_two"), ((1,), (0,), "single")], id="joined and single"),
        pytest.param((2, 2), {"single": {(0, 0): 500, (1, 0): 600, (1, 1): 550}}, 1050,
                     [((0,), (0,), "single"), ((1,), (1,), "single")], id="no token is used twice"),
        pytest.param((2, 2), {"single": {(0, 0): 200, (1, 1): 200}, "listed_two": {(0, 0): 1000}}, 950,
                     [((0, 1), (0,), "listed_two")], id="the better of joined and apart"),
        pytest.param((2, 1), {"single": {(0, 0): 700}}, 610, [((0,), (0,), "single")], id="the last listed token over"),
        pytest.param((3, 2), {"single": {(0, 0): 300, (0, 1): 900}, "listed_two": {(1, 1): 800}}, 1100,
                     [((0,), (0,), "single"), ((1, 2), (1,), "listed_two")], id="a token that a joined one took is not taken again"),
        pytest.param((2, 3), {"single": {(0, 0): 300, (0, 1): 400, (0, 2): 400}, "own_two": {(1, 1): 800}}, 1100,
                     [((0,), (0,), "single"), ((1,), (1, 2), "own_two")], id="nor are the two that were joined"),
    ],
)  # fmt: skip
def test_what_agrees_and_what_is_left_over(shape, cells, score, way):
    assert walked(*shape, **cells) == (score, way)


@pytest.mark.parametrize(
    ("shape", "cells", "score", "way"),
    [
        pytest.param((3, 1), {"listed_three": {(0, 0): 900}}, 900, [((0, 1, 2), (0,), "listed_three")],
                     id="three listed tokens written as one"),
        pytest.param((1, 3), {"own_three": {(0, 0): 900}}, 900, [((0,), (0, 1, 2), "own_three")],
                     id="three traveller tokens written as one"),
        pytest.param((4, 2), {"single": {(0, 1): 300}, "listed_three": {(1, 0): 900}}, 1200,
                     [((0,), (1,), "single"), ((1, 2, 3), (0,), "listed_three")], id="three and one"),
    ],
)  # fmt: skip
def test_three_tokens_written_as_one(shape, cells, score, way):
    assert walked(*shape, **cells) == (score, way)


def test_no_more_than_eight_tokens_of_a_name_are_aligned():
    assert len(whole("ALFA BRAVO CHARLIE DELTA ECHO FOXTROT GOLF HOTEL INDIA")) == 8


@pytest.mark.parametrize(
    ("agreeing", "taken"), [(999, 0), (1000, 0), (1001, 0), (1002, -1), (1300, -150), (-5, 0)]
)
def test_half_of_what_agrees_beyond_the_limit_is_inherited(agreeing, taken):
    assert inherited(agreeing, RULES) == taken


def brute_force(single):
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
        total = agreeing + RULES.conflict * both
        total += RULES.extra_listed * (left - both) + RULES.extra_traveller * (unused - both)
        if both:
            total -= max(agreeing - RULES.inherited_from, 0) // 2
        best = max(best, total)
    return best


@settings(max_examples=60, deadline=None)
@given(data=st.data(), m=st.integers(1, 4), n=st.integers(1, 4))
def test_the_alignment_is_the_best_assignment(data, m, n):
    cell = st.one_of(st.just(NONE), st.integers(-300, 1500))
    single = np.array([[data.draw(cell) for _ in range(n)] for _ in range(m)], np.int32)
    cells = {(i, j): int(single[i, j]) for i in range(m) for j in range(n)}
    score, way = walked(m, n, single=cells)
    assert score == brute_force(single)
    assert len({used for _, (used,), _ in way}) == len(way)
