"""Is the fit more than its generator? Refits without one people, date or distortion, and without a piece.

Rule: leave-one-out. What a group's listed persons get from weights that never saw it is set beside what they
get from all of it. Ablation: refitted without a piece of evidence. Alignments stay those of the final round,
so differences below a point of recall are noise (standard error 0.5 points at 0.9 and 2,500 listed).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from screening.lab.fit.coefficients import Weights
from screening.lab.fit.design import best_innocents, design, refit, score_at, scores
from screening.lab.fit.pieces import COLUMNS
from screening.lab.fit.samples import Drawn, Sample
from screening.lab.fit.travelling import Truth

Floats = npt.NDArray[np.float64]
Samples = Sequence[tuple[Sample, int]]
RATES: tuple[float, ...] = (0.2, 1.0, 5.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One refit: what was left out, its listed travellers, and recall with and without at each rate."""

    what: str
    value: str
    listed: int
    full: tuple[float, ...]
    without: tuple[float, ...]


LEFT_OUT: Mapping[str, Callable[[Truth], Sequence[str]]] = {
    "people": lambda who: (who.people,),
    "name": lambda who: who.changes,
    "date of the traveller": lambda who: (who.date,),
    "date of the list": lambda who: (who.habit,) if who.habit else (),
}
ABLATION: Mapping[str, tuple[str, ...]] = {
    "rarity of names": ("rarity", "rarity_fuzzy"),
    "date of birth": tuple(name for name in COLUMNS if name.startswith("date:")),
    "dates that are near or stand in": tuple(
        f"date:{name}"
        for name in (
            "day_and_month_swapped", "one_day_off", "same_day_other_year", "one_digit", "stand_in_for_year",
        )
    ),
    "sex": ("sex:same", "sex:conflict"),
    "nationality": tuple(name for name in COLUMNS if name.startswith("state:")),
    "left over on one side": ("extra_traveller", "extra_listed"),
    "contradicting tokens": ("conflict", "inherited"),
    "joined, moved, weak alias": ("joined", "moved", "weak_alias"),
}  # fmt: skip


def left_out(samples: Samples, drawn: Sequence[Drawn], weights: Weights, beta: Floats) -> Iterator[Row]:
    """Yield a row for each value of LEFT_OUT that at least thirty listed travellers have."""
    truths = [one.traffic.truth for one in drawn]
    cuts = _cuts(samples, beta)
    for what, values_of in LEFT_OUT.items():
        values = sorted({value for truth in truths for who in truth.values() for value in values_of(who)})
        for value in values:
            has = [
                np.array([value in values_of(truth[key]) for key in one.pairs.traveller], np.bool_)
                for (one, _), truth in zip(samples, truths, strict=True)
            ]
            listed = sum(
                who.kind == "true" and value in values_of(who) for truth in truths for who in truth.values()
            )
            if listed < 30:
                continue
            other = refit(design(samples, [~mask for mask in has]), weights, beta)
            found = [
                _found(samples, has, coefficients, limits, listed)
                for coefficients, limits in ((beta, cuts), (other, _cuts(samples, other)))
            ]
            yield Row(what, value, listed, *found)


def ablation(samples: Samples, weights: Weights, beta: Floats, listed: int) -> Iterator[Row]:
    """Yield a row for each piece of evidence that is taken away."""
    every = [np.ones(len(one.y), np.bool_) for one, _ in samples]
    full = _found(samples, every, beta, _cuts(samples, beta), listed)
    for what, columns in ABLATION.items():
        other = refit(design(samples), weights, beta, without=columns)
        yield Row("piece", what, listed, full, _found(samples, every, other, _cuts(samples, other), listed))


def _cuts(samples: Samples, beta: Floats) -> list[list[float]]:
    """Return the score of each rate in each sample."""
    found = []
    for one, innocents in samples:
        best = best_innocents(one, scores(one, beta), lambda _: True)
        found.append([score_at(best, rate * innocents / 1000) for rate in RATES])
    return found


def _found(
    samples: Samples,
    has: Sequence[npt.NDArray[np.bool_]],
    beta: Floats,
    cuts: Sequence[Sequence[float]],
    listed: int,
) -> tuple[float, ...]:
    """Return the share of these listed travellers above the score of each rate of their sample."""
    counts = np.zeros(len(RATES))
    for (one, _), mask, limits in zip(samples, has, cuts, strict=True):
        score = scores(one, beta)[(one.y == 1) & mask]
        counts += [int((score > limit).sum()) for limit in limits]
    return tuple(round(float(count) / listed, 4) for count in counts)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    head = "| left out | | listed | with it: recall at 0.2 / 1 / 5 | without it |\n|---|---|---:|---|---|\n"
    lines = (
        f"| {row.what} | {row.value} | {row.listed:,} | {_three(row.full)} | {_three(row.without)} |\n"
        for row in rows
    )
    return head + "".join(lines)


def _three(values: Sequence[float]) -> str:
    return " / ".join(f"{value:.3f}" for value in values)
