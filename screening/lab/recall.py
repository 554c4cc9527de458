"""How many of the listed reach a score: the shipped table behind `expected_recall` of `screening thresholds`.

Made by `python -m screening.lab.recall > screening/matching/data/recall.json`, a minute's work: the set
`listed` of the examiner (docs/accuracy.md) with invented people. What a listed traveller scores depends on no
other alert, so the rows of all sizes of list are alike as long as the weights are.
"""

import json
import sys
from collections.abc import Mapping

import numpy as np

from screening.lab import evaluation_tables
from screening.lab.evaluate import best_scores
from screening.lab.evaluation import sets
from screening.matching.index import build_index
from screening.matching.match import match
from screening.matching.model import load_model

SIZES = (1_000, 1_000_000)
SCORES = tuple(range(0, 4001, 200))


def recall_table(*, listed: int, true: int, seed: int) -> Mapping[str, object]:
    """Measure which share of listed travellers reaches each score.

    Args:
        listed: names on the list.
        true: how many listed people travel.
        seed: the same seed gives the same table.

    Returns:
        `about`, `sizes` (names of a list), `scores` (centibits), `recall[size][score]`.
    """
    found = sets.listed(None, sets.Size(listed, true, true, 0), seed)
    model = load_model()
    index = build_index(evaluation_tables.alert_tables(found.alerts), model)
    scored = match(evaluation_tables.identities(found.travellers), index, floor=0)
    scores = best_scores(evaluation_tables.hits(scored), found.truth)
    best = 100 * scores.best[scores.listed]
    row = [round(float(np.mean(best >= at)), 4) for at in SCORES]
    return {
        "about": f"screening.lab.recall: {len(best)} listed people travel, seed {seed}",
        "model": model.version,
        "sizes": list(SIZES),
        "scores": list(SCORES),
        "recall": [row for _ in SIZES],
    }


if __name__ == "__main__":
    json.dump(recall_table(listed=10_000, true=5_000, seed=50), sys.stdout)
    sys.stdout.write("\n")
