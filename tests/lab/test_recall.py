"""The table behind `expected_recall`: made from a seed, falling by score, shipped in the same shape."""

import json

from screening.lab.recall import SCORES, recall_table
from screening.matching.model import load_model


def test_the_table_falls_by_score_and_is_the_same_for_the_same_seed(root):
    made = recall_table(listed=200, true=150, seed=3)
    assert made == recall_table(listed=200, true=150, seed=3)
    assert made["scores"] == list(SCORES)
    for row in made["recall"]:
        assert row == sorted(row, reverse=True)
        assert row[0] > 0.95 > row[-1]
    shipped = json.loads((root / "screening/matching/data/recall.json").read_text())
    assert shipped.keys() == made.keys()
    assert shipped["model"] == load_model().version
    assert [len(row) for row in shipped["recall"]] == [len(shipped["scores"])] * len(shipped["sizes"])
