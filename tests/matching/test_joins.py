"""Keys of neighbours written as one: equal hashes stand for equal keys."""

import numpy as np

from screening.matching import joins


def test_a_symbol_of_one_language_has_the_hash_of_no_other():
    symbols, languages = np.arange(2000, dtype=np.int32), (0, *joins._LANGUAGES.values())
    rows = np.tile(symbols, len(languages))
    begin = np.arange(len(rows) + 1)
    found = joins._hash_rows(rows, begin, np.repeat(languages, len(symbols)).astype(np.int8))
    assert len(np.unique(found)) == len(found)
