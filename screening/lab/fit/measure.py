"""Recall at given rates of false alerts, over all and by slice, as `screening.lab.evaluate` counts them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from screening.lab.evaluate import NEVER, threshold_at
from screening.lab.fit.travelling import Traffic, Truth

RATES: tuple[float, ...] = (0.2, 1.0, 5.0)


@dataclass(frozen=True, slots=True)
class Recall:
    """Share of the listed found, and the threshold, at each rate."""

    rates: tuple[float, ...]
    thresholds: tuple[float, ...]
    found: tuple[float, ...]
    near: tuple[float, ...]


def recall(best: Mapping[str, float], traffic: Traffic, rates: Sequence[float] = RATES) -> Recall:
    """Return recall over all travellers.

    Args:
        best: best score of each traveller (`samples.best_by_traveller`).
        traffic: who they are.
        rates: false alerts per 1,000 innocents.
    """
    of: dict[str, list[float]] = {"true": [], "innocent": [], "near": []}
    for key, who in traffic.truth.items():
        of[who.kind if who.kind in of else "near"].append(best.get(key, NEVER))
    thresholds = [threshold_at(of["innocent"], rate) for rate in rates]
    return Recall(
        tuple(rates),
        tuple(thresholds),
        tuple(_share(of["true"], threshold) for threshold in thresholds),
        tuple(_share(of["near"], threshold) for threshold in thresholds),
    )


def _share(scores: Sequence[float], threshold: float) -> float:
    return round(sum(score >= threshold for score in scores) / max(len(scores), 1), 4)


def slices(
    best: Mapping[str, float], traffic: Traffic, thresholds: Sequence[float]
) -> Iterable[tuple[str, str, int, tuple[float, ...], int, tuple[float, ...]]]:
    """Yield (slice, value, listed, their recall at each threshold, innocents, false alerts per 1,000)."""
    for name, values_of in _SLICES.items():
        true: dict[str, list[float]] = {}
        innocent: dict[str, list[float]] = {}
        for key, who in traffic.truth.items():
            for value in values_of(who) if who.kind in {"true", "innocent"} else ():
                (true if who.kind == "true" else innocent).setdefault(value, []).append(best.get(key, NEVER))
        for value in sorted({*true, *innocent}):
            found, false = true.get(value, []), innocent.get(value, [])
            yield (
                name,
                value,
                len(found),
                tuple(_share(found, threshold) for threshold in thresholds),
                len(false),
                tuple(round(1000 * _share(false, threshold), 1) for threshold in thresholds),
            )


_SLICES: Mapping[str, Callable[[Truth], Sequence[str]]] = {
    "people": lambda who: (who.people,),
    "changes": lambda who: who.changes,
    "how_many": lambda who: (str(len(who.changes) if who.changes != ("none",) else 0),),
    "date": lambda who: (who.date,),
    "listed_date": lambda who: (who.habit,) if who.habit else (),
    "lacks": lambda who: who.lacks or ("nothing",),
}
