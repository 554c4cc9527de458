"""Thresholds: from the false alerts that a list's owner accepts to centibits, and back.

Rule: the model holds a table, measured on the evaluation set (docs/matching.md): the score that a given
number of 1,000 innocent travellers reach, for lists of several sizes. Between measured sizes and rates it is
interpolated in logarithms; beyond the largest list the last step goes on (about 4.5 bits for each tenfold
list), as two unlike names are as unlikely to agree however many there are. A list that holds documents alone
needs no name: its threshold is `documents_only`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from screening.matching.model import Model
from screening.profile.model import ListPolicy


@dataclass(frozen=True, slots=True)
class ThresholdTable:
    """Measured thresholds `scores[size][rate]`, centibits; sizes and rates ascend, scores fall by rate."""

    sizes: tuple[int, ...]
    rates: tuple[float, ...]
    scores: tuple[tuple[int, ...], ...]
    documents_only: int


def table_of(model: Model) -> ThresholdTable:
    """Return the model's table of thresholds."""
    read: Mapping[str, object] = model.thresholds
    sizes, rates, scores, alone = (read[name] for name in ("sizes", "rates", "scores", "documents_only"))
    if not isinstance(sizes, list) or not isinstance(rates, list) or not isinstance(scores, list):
        raise TypeError("weights.json: thresholds hold lists of sizes, rates and scores")
    if not isinstance(alone, int):
        raise TypeError("weights.json: documents_only is a whole number of centibits")
    return ThresholdTable(tuple(sizes), tuple(rates), tuple(tuple(row) for row in scores), alone)


def list_threshold(model: Model, policy: ListPolicy, names: int) -> int:
    """Return the threshold of a list.

    Args:
        model: the model with its measured table.
        policy: the list's policy; `threshold_bits` overrides `false_alerts_per_1000`.
        names: how many names the list holds; 0 for a list of documents.

    Returns:
        Centibits; a pair at or above it is a hit.
    """
    if policy.threshold_bits is not None:
        return round(policy.threshold_bits * 100)
    return threshold(model, policy.false_alerts_per_1000, names)


def threshold(model: Model, per_1000: float, names: int) -> int:
    """Return the score that `per_1000` of 1,000 innocent travellers reach against a list of so many names.

    >>> from screening.matching.model import load_model
    >>> model = load_model()
    >>> threshold(model, 1.0, 100_000) > threshold(model, 1.0, 10_000) > threshold(model, 5.0, 10_000)
    True
    """
    table = table_of(model)
    if names <= 0:
        return table.documents_only
    row = _row(table, names)
    return round(between([math.log(rate) for rate in table.rates], row, math.log(per_1000)))


def false_alerts_per_1000(model: Model, score: int, names: int) -> float:
    """Return how many of 1,000 innocent travellers reach a score: the inverse of `threshold`.

    Args:
        model: the model with its measured table.
        score: centibits.
        names: how many names the list holds.

    Returns:
        Between 0 and 1,000, rounded to four significant places so that it reads the same everywhere.
    """
    table = table_of(model)
    row = _row(table, max(names, 1))
    rates = [math.log(rate) for rate in table.rates]
    found = min(math.exp(between(row[::-1], rates[::-1], float(score))), 1000.0)
    return float(f"{found:.4g}")


def _row(table: ThresholdTable, names: int) -> list[float]:
    """Return the thresholds by rate for a list of so many names.

    Above the measured sizes all rates move by one step, so that they never cross. Below them the smallest
    measured list holds: with few names the measured rate hangs on single names, and a lower threshold would
    let two common tokens without a birth date be a hit.
    """
    sizes = [math.log(size) for size in table.sizes]
    size = math.log(max(names, table.sizes[0]))
    inside = min(size, sizes[-1])
    rates = range(len(table.rates))
    row = [between(sizes, [scores[at] for scores in table.scores], inside) for at in rates]
    step = sum(table.scores[-1][at] - table.scores[-2][at] for at in rates) / len(table.rates)
    return [score + step * (size - inside) / (sizes[-1] - sizes[-2]) for score in row]


def between(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    """Interpolate linearly; beyond the ends the first or last step goes on. xs ascend."""
    at = 1
    while at < len(xs) - 1 and x > xs[at]:
        at += 1
    return ys[at - 1] + (ys[at] - ys[at - 1]) * (x - xs[at - 1]) / (xs[at] - xs[at - 1])
