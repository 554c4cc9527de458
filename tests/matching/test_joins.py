"""Neighbours written as one: found exactly where their letters make the token; hashes stand for equal keys."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.matching import joins
from screening.matching.model import KINDS
from screening.matching.tokens import Vocabulary, joined

TOKENS = st.lists(st.text("AB", min_size=1, max_size=5), min_size=1, max_size=8, unique=True)


@settings(max_examples=200, deadline=None)
@given(TOKENS, TOKENS, st.data())
def test_a_token_is_the_neighbours_whose_letters_it_has(whole, parts, data):
    places = st.integers(0, len(parts) - 1)
    rows = data.draw(st.sets(st.tuples(places, places, places | st.just(-1)), min_size=1, max_size=20))
    side_by_side = joins.beside(np.array(sorted(rows), np.int64))
    found = joined(Vocabulary(whole), Vocabulary(parts), side_by_side)
    exact = found.kind == KINDS.index("exact")
    assert set(zip(found.left[exact].tolist(), found.right[exact].tolist(), strict=True)) == {
        (at, place)
        for at, token in enumerate(whole)
        for place, row in enumerate(sorted(rows))
        if len(token) >= 4 and _written(token, [parts[part] for part in row if part >= 0])
    }


def _written(token, parts):
    """Say whether parts make a token; a letter in which two meet may stand once."""
    if len(parts) == 1:
        return token == parts[0]
    end = len(parts[0])
    if not token.startswith(parts[0]) or end == len(token):
        return False
    return any(_written(token[at:], parts[1:]) for at in (end, end - 1) if at > 0)


def test_a_symbol_of_one_language_has_the_hash_of_no_other():
    symbols, languages = np.arange(2000, dtype=np.int32), (0, *joins._LANGUAGES.values())
    rows = np.tile(symbols, len(languages))
    begin = np.arange(len(rows) + 1)
    found = joins._hash_rows(rows, begin, np.repeat(languages, len(symbols)).astype(np.int8))
    assert len(np.unique(found)) == len(found)
