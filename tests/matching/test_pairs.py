"""Two names alone: what is more alike scores higher, and the pieces add up."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.matching.pair_features import compare, parts
from screening.matching.pairs import coefficients, compare_names

NAME = st.lists(st.text("ABEHIKLMNORSTUV", min_size=1, max_size=9), min_size=1, max_size=5).map(" ".join)


@pytest.mark.parametrize(
    ("alike", "unlike"),
    [
        pytest.param(
            ("Ferran Puigdomenech", "PUIGDOMENECH, Ferran"),
            ("Ferran Puigdomenech", "Ferran Castellvell"),
            id="order against surname",
        ),
        pytest.param(
            ("Hamid bin Rashid al-Bazzaz", "Hamid Bazzaz"),
            ("Hamid bin Rashid al-Bazzaz", "Rashid bin Hamid al-Bazzaz"),
            id="shorter against father and son",
        ),
        pytest.param(
            ("Дмитрий Скворцов", "Dmitry Skvortsov"), ("Дмитрий Скворцов", "Dmitry Vorontsov"), id="scripts"
        ),
        pytest.param(
            ("AnnelieseBrockdorff", "Anneliese Brockdorff"),
            ("Anneliese Brockdorff", "Anneliese Brandt"),
            id="joined",
        ),
        pytest.param(
            ("Ri Chong-hyok", "Lee Jeonghyeok"), ("Ri Chong-hyok", "Ri Chol-su"), id="Korean tables"
        ),
        pytest.param(
            ("Otto Brandt", "Otto Brandt"), ("Otto Brandt", "Otto Brand"), id="the same against a slip"
        ),
    ],
)
def test_names_alone_that_are_alike_score_above_those_that_are_not(alike, unlike):
    high, low = compare_names([alike, unlike])
    assert high.score > low.score


@given(NAME, NAME)
@settings(max_examples=100, deadline=None)
def test_the_pieces_add_up_to_the_odds_of_the_score(one, other):
    (found,) = compare_names([(one, other)])
    bits = sum(piece[3] for piece in found.pieces)
    assert found.score == pytest.approx(1 / (1 + math.pow(2, -bits)), abs=0.02)


@given(NAME, NAME)
@settings(max_examples=100, deadline=None)
def test_every_token_is_paired_once_or_left_over(one, other):
    found = compare(parts(one), parts(other))
    for side, place in ((0, "at"), (1, "to")):
        places = [getattr(pair, place) for pair in found.pairs]
        assert len(set(places)) == len(places)
        words = "".join((one, other)[side].split())
        told = [(pair.one, pair.other)[side] for pair in found.pairs] + list(found.over[side])
        assert sum(map(len, told)) <= len(words)
    assert 0 <= found.features[0] <= 1


@given(NAME, NAME)
@settings(max_examples=100, deadline=None)
def test_nothing_is_more_alike_than_the_same_name(one, other):
    same, unlike = compare_names([(one, one), (one, other)])
    assert same.score >= unlike.score


def test_a_row_of_names_does_not_depend_on_the_others():
    pairs = [("Jan Kowalczyk", "Jan Kowalczik"), ("Li Wei", "Lee Wai"), ("", "Nobody")]
    assert [compare_names([pair])[0] for pair in pairs] == compare_names(pairs)
    assert compare_names(pairs)[2].score == 0.0


def test_only_what_agrees_speaks_for_one_name():
    for name, bits in coefficients().each.items():
        assert bits >= 0 if name == "matched" else bits <= 0
