"""How many of the listed reach a score: the shipped table behind `expected_recall` of `screening thresholds`.

Made by `python -m screening.lab.recall > screening/matching/data/recall.json`, a minute's work: people of 27
naming cultures are drawn and listed by the generator, and travel as `evaluation_set` distorts them. What a
listed traveller scores depends on no other alert, so the rows of all sizes of list are alike as long as the
weights are. The same laboratory wrote the distortions and chose the weights: expect less outside.
"""

import json
import random
import sys
from collections.abc import Mapping
from datetime import date

import pyarrow as pa

from screening.lab import evaluation_tables
from screening.lab.evaluate import best_scores
from screening.lab.evaluation_set import evaluation_set
from screening.lab.generate.alert_lists import Listed, draw_lists
from screening.matching.index import build_index
from screening.matching.match import match
from screening.matching.model import load_model
from screening.tables.codes import Precision

SIZES = (1_000, 1_000_000)
SCORES = tuple(range(0, 4001, 200))
_WRITTEN = {Precision.DAY: "%Y-%m-%d", Precision.MONTH: "%Y-%m"}


def recall_table(*, listed: int, true: int, seed: int) -> Mapping[str, object]:
    """Measure which share of listed travellers reaches each score.

    Args:
        listed: alerts that are drawn, about.
        true: how many listed people travel.
        seed: the same seed gives the same table.

    Returns:
        `about`, `sizes` (names of a list), `scores` (centibits), `recall[size][score]`.
    """
    dice = random.Random(seed)  # noqa: S311 - reproducible draws, nothing secret
    alerts = [_alert(one) for one in draw_lists(dice, listed, date(2026, 11, 23)).people]
    found = evaluation_set(alerts, [], true=true, seed=seed)
    model = load_model()
    tables = evaluation_tables.alert_tables(pa.Table.from_pylist(alerts))
    identities = evaluation_tables.identities(found.travellers)
    scored = match(identities, build_index(tables, model), floor=0)
    best = best_scores(evaluation_tables.hits(scored), found.truth).listed
    row = [round(sum(100 * score >= at for score in best.values()) / len(best), 4) for at in SCORES]
    return {
        "about": f"screening.lab.recall: {len(best)} of {len(alerts)} listed people travel, seed {seed}",
        "model": model.version,
        "sizes": list(SIZES),
        "scores": list(SCORES),
        "recall": [row for _ in SIZES],
    }


def _alert(one: Listed) -> dict[str, object]:
    """Return a listed person as a row of the evaluation table of alerts."""
    written = _WRITTEN.get(one.precision)
    if written:
        born = one.first.strftime(written)
    elif one.precision is Precision.RANGE:
        born = f"{one.first.year}..{one.last.year}"
    else:
        born = str(one.first.year)
    return {
        "entity_id": f"{one.list_id}:{one.source_id}",
        "source": one.list_id,
        "primary_name": f"{one.surname}, {one.given}",
        "aliases": [f"{surname}, {given}" for surname, given in one.aliases],
        "weak_aliases": list(one.weak),
        "sex": str(one.person.sex) if one.sex_known else "",
        "dobs": [born],
        "dob_precisions": [str(one.precision)],
        "nationalities": [one.person.state] if one.state_known else [],
        "birth_country": "",
        "doc_numbers": [one.document.number] if one.document else [],
        "doc_countries": [one.document.state] if one.document else [],
    }


if __name__ == "__main__":
    json.dump(recall_table(listed=10_000, true=5_000, seed=50), sys.stdout)
    sys.stdout.write("\n")
