"""From samples to a fit: how often each pair counts, the prior odds of a pair, and the refitted weights.

Rule: in the population fitted to, `LISTED` of travellers are listed and near misses are a seventh as many. A
pair of a traveller and one of N listed names is true with prior odds LISTED / N; that is the offset, so that
lists of several sizes make one fit. What is left over is the base: log2 odds that a pair is true are
score + base + log2(LISTED / N).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from screening.lab.fit.coefficients import Weights, bounds, of_weights, parameters
from screening.lab.fit.pieces import AT, COLUMNS
from screening.lab.fit.regression import Terms, fit
from screening.lab.fit.samples import Drawn, Sample

Floats = npt.NDArray[np.float64]
LISTED = 0.002
_NEAR = 0.15  # near misses for each listed traveller: how often they come is judgement
_EVEN_AT = 5.0  # false alerts per 1,000 at which travellers with and without a date are compared
_AT_MOST = 3.0  # false alerts of those without a date for one of those with it
_RIDGE = 3.0  # in pairs: a column that few pairs have stays near what was expected
_BASE = (-20.0, 20.0)
_LN2 = float(np.log(2))


@dataclass(frozen=True, slots=True)
class Design:
    """A fit's data: columns with that of the base, truth, weight and offset of each pair."""

    x: Floats
    y: Floats
    weight: Floats
    offset: Floats


def design(
    samples: Sequence[tuple[Sample, int]], keep: Sequence[npt.NDArray[np.bool_]] | None = None
) -> Design:
    """Put samples together.

    Args:
        samples: each with the number of its innocents.
        keep: for each sample, which of its pairs are fitted to (None: all).
    """
    parts: list[tuple[Floats, ...]] = []
    for number, (one, innocents) in enumerate(samples):
        near = np.array([kind.startswith("nm_") for kind in one.kind], np.bool_)
        true = one.y == 1
        weight = one.weight.copy()
        weight[~near & ~true] *= true.sum() / (LISTED * innocents)
        weight[near] *= _NEAR * true.sum() / max(len({*_travellers(one, near)}), 1)
        offset = np.log(LISTED) - np.log(one.names)
        x = np.c_[parameters(one.pairs.x), np.ones(len(weight))]
        chosen = np.ones(len(weight), np.bool_) if keep is None else keep[number]
        parts.append((x[chosen], one.y[chosen], weight[chosen], offset[chosen]))
    x, y, weight, offset = (np.concatenate([part[at] for part in parts]) for at in range(4))
    return Design(x, y, weight, offset)


def _travellers(one: Sample, of: npt.NDArray[np.bool_]) -> list[str]:
    return [one.pairs.traveller[at] for at in np.flatnonzero(of).tolist()]


def refit(of: Design, expected: Weights, start: Floats | None = None, without: Sequence[str] = ()) -> Floats:
    """Return the coefficients of COLUMNS and the base, bits.

    Args:
        of: the data.
        expected: weights that columns without data keep.
        start: where the search begins.
        without: columns that get no weight (ablation).
    """
    low, high = np.r_[bounds().low, _BASE[0]], np.r_[bounds().high, _BASE[1]]
    centre = np.r_[of_weights(expected), 0.0]
    for name in without:
        low[AT[name]] = high[AT[name]] = centre[AT[name]] = 0.0
    terms = Terms(centre, low, high, _RIDGE)
    return fit(of.x * _LN2, of.y, of.weight, of.offset, terms, start)


def scores(one: Sample, beta: Floats) -> Floats:
    """Return the score of each pair by these coefficients, bits (alignments stay)."""
    return np.asarray(parameters(one.pairs.x) @ beta[: len(COLUMNS)], np.float64)


def best_innocents(one: Sample, score: Floats, of: Callable[[str], bool]) -> list[tuple[float, float]]:
    """Return (best score, how many it stands for) of the sample's innocents, best first.

    Args:
        one: the sample.
        score: score of each of its pairs.
        of: which travellers.
    """
    best: dict[str, tuple[float, float]] = {}
    for at in np.flatnonzero(np.array([kind == "innocent" for kind in one.kind], np.bool_)).tolist():
        key = one.pairs.traveller[at]
        if of(key):
            before = best.get(key, (-np.inf, np.inf))
            best[key] = max(before[0], float(score[at])), min(before[1], float(one.weight[at]))
    return sorted(best.values(), reverse=True)


def score_at(best: Sequence[tuple[float, float]], allowed: float) -> float:
    """Return the score above which so many innocents stand."""
    reached = np.cumsum([weight for _, weight in best])
    return best[min(int(np.searchsorted(reached, allowed, "right")), len(best) - 1)][0]


def even_without_date(samples: Sequence[tuple[Sample, int]], drawn: Sequence[Drawn], beta: Floats) -> Floats:
    """Charge an absent date: who has none raises at most `_AT_MOST` times the false alerts of others.

    The regression makes odds equal; without a date more people of either kind stand in the middle of the
    scale, and a border would see many times as many of them.

    Args:
        samples: samples of the last round with the number of their innocents.
        drawn: their traffic, in the same order.
        beta: coefficients.

    Returns:
        The coefficients with `date:not_given_traveller` lowered by the mean difference of the two scores.
    """
    gaps = []
    for (one, innocents), of in zip(samples, drawn, strict=True):
        truth, score = of.traffic.truth, scores(one, beta)
        without = sum(who.kind == "innocent" and "date" in who.lacks for who in truth.values())
        lacking = best_innocents(one, score, lambda key, truth=truth: "date" in truth[key].lacks)  # type: ignore[misc]
        having = best_innocents(one, score, lambda key, truth=truth: "date" not in truth[key].lacks)  # type: ignore[misc]
        share = _EVEN_AT / 1000
        cut = score_at(having, share * (innocents - without))
        gaps.append(score_at(lacking, _AT_MOST * share * without) - cut)
    found = beta.copy()
    place = AT["date:not_given_traveller"]
    found[place] = max(found[place] - max(float(np.mean(gaps)), 0.0), bounds().low[place])
    return found
