"""Thresholds measured on the agency's own earlier travellers: a promise about innocents needs no labels.

Rule: nearly everybody who travels is on no list, so the score that N of 1,000 earlier travellers reach is the
threshold of N false alerts per 1,000. Each traveller counts with their best pair in the list; who carries a
listed document is left out. Where fewer than `FEWEST` travellers stand above a score it is not read off but
extrapolated: far out, the number of travellers above a score falls by the same factor from bit to bit (an
exponential tail; Pickands 1975, Annals of Statistics 3), and the median excess, unlike the mean, is hardly
moved by the few travellers who really are listed.

A threshold belongs to a list of so many names: when the list has grown since, it moves as the model's own
table says (`thresholds`).
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from screening.matching.model import Model
from screening.matching.thresholds import between, false_alerts_per_1000, list_threshold, threshold
from screening.profile.model import ListPolicy
from screening.tables.codes import EvidenceKind

RATES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""False alerts in 1,000 innocent travellers for which a score is told."""
FEWEST = 10
TAIL = 100
"""Travellers from whose scores the tail is drawn on."""
KEPT_PER_1000 = 50.0
"""Pairs are scored down to what so many of 1,000 innocents reach by the model's table."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured for one list.

    Attributes:
        names: how many names the list had.
        travellers: how many were matched with it, less those who carry a listed document.
        scores: rate -> centibits; a rate whose score lies below all that was scored is not there.
        extrapolated: the rates at which fewer than `FEWEST` travellers stand above the score.
    """

    names: int
    travellers: int
    scores: Mapping[float, int]
    extrapolated: tuple[float, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return plain data; `read` takes it back."""
        return {
            "names": self.names,
            "travellers": self.travellers,
            "rates": list(self.scores),
            "scores": list(self.scores.values()),
            "extrapolated": list(self.extrapolated),
        }

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> "Measured":
        """Return what `as_json` wrote.

        Raises:
            KeyError, TypeError, ValueError: it did not write that.
        """
        return cls(
            int(plain["names"]),
            int(plain["travellers"]),
            {float(rate): int(score) for rate, score in zip(plain["rates"], plain["scores"], strict=True)},
            tuple(float(rate) for rate in plain["extrapolated"]),
        )


def floor_of(model: Model, names: int) -> int:
    """Return the score down to which travellers are matched to measure a list of so many names."""
    return max(0, threshold(model, KEPT_PER_1000, max(names, 1)))


def measure(scored: pa.Table, travellers: int, names: int) -> Measured:
    """Read thresholds off the scores of travellers against one list.

    Args:
        scored: SCORED, all pairs of these travellers and the list from `floor_of` upwards.
        travellers: how many were matched.
        names: names of the list.
    """
    known = set(_by_document(scored))
    best: dict[str, int] = {}
    for who, score in zip(scored["traveller_id"].to_pylist(), scored["score"].to_pylist(), strict=True):
        if who not in known:
            best[who] = max(score, best.get(who, score))
    counted = travellers - len(known)
    above = np.sort(np.array(list(best.values()), np.int64))[::-1]
    scores: dict[float, int] = {}
    for rate in sorted(RATES, reverse=True):
        score = _score_of(above, rate * counted / 1000)
        if score is not None:  # ever fewer travellers, ever higher scores, also where two share one
            scores[rate] = max([score, *(other + 1 for other in scores.values())])
    found = {rate: scores[rate] for rate in RATES if rate in scores}
    return Measured(names, counted, found, tuple(rate for rate in found if rate * counted / 1000 < FEWEST))


def _by_document(scored: pa.Table) -> list[str]:
    kinds = pc.struct_field(pc.list_flatten(scored["evidence"]), "kind")
    weights = pc.struct_field(pc.list_flatten(scored["evidence"]), "weight")
    agrees = pc.and_(pc.equal(kinds, str(EvidenceKind.DOCUMENT)), pc.greater(weights, 0))
    rows = pc.list_parent_indices(scored["evidence"]).filter(agrees)
    listed: list[str] = scored["traveller_id"].take(rows).to_pylist()
    return listed


def _score_of(above: npt.NDArray[np.int64], wanted: float) -> int | None:
    """Return the lowest score that at most so many travellers reach; None if it lies below all scores.

    >>> _score_of(np.arange(1000, 0, -1), 20)
    981
    >>> _score_of(np.arange(20, 0, -1), 30) is None
    True
    """
    if wanted >= FEWEST:
        place = int(wanted)
        return int(above[place]) + 1 if place < len(above) else None
    tail = above[: TAIL + 1]
    if len(tail) <= FEWEST or wanted <= 0:
        return None
    begins, number = int(tail[-1]), len(tail) - 1
    a_factor_e = float(np.median(tail[:-1] - begins)) / math.log(2)
    return begins + 1 + round(a_factor_e * math.log(number / wanted))


def measured_threshold(model: Model, policy: ListPolicy, names: int, measured: Measured | None) -> int:
    """Return the threshold of a list: measured where it was, else the model's own.

    Args:
        model: the model with its table.
        policy: the list's policy; `threshold_bits` overrides all else.
        names: how many names the list holds now; 0 for a list of documents.
        measured: what was measured for it; None where nothing was.

    Returns:
        Centibits.
    """
    if measured is None or policy.threshold_bits is not None or names <= 0 or not is_enough(measured):
        return list_threshold(model, policy, names)
    rate = policy.false_alerts_per_1000
    rates = [math.log(each) for each in measured.scores]
    found = between(rates, list(measured.scores.values()), math.log(rate))
    grown = threshold(model, rate, names) - threshold(model, rate, measured.names)
    return round(found) + grown


def measured_rate(model: Model, score: int, names: int, measured: Measured | None) -> float:
    """Return how many of 1,000 innocent travellers reach a score: the inverse of `measured_threshold`.

    Returns:
        Between 0 and 1,000, rounded to four significant places.
    """
    if measured is None or names <= 0 or not is_enough(measured):
        return false_alerts_per_1000(model, score, names)
    grown = threshold(model, 1.0, names) - threshold(model, 1.0, measured.names)
    scores = list(measured.scores.values())[::-1]
    rates = [math.log(each) for each in measured.scores][::-1]
    return float(f"{min(math.exp(between(scores, rates, float(score - grown))), 1000.0):.4g}")


def is_enough(measured: Measured) -> bool:
    """Say whether two scores at least were measured, so that others lie on a line with them."""
    return len(measured.scores) > 1


def told(measured: Measured | None, rate: float, where: str) -> str:
    """Say what a threshold was measured on, in words for the person who reads it.

    Args:
        measured: what was measured; None where nothing was.
        rate: the rate asked for.
        where: whose travellers they were.
    """
    if measured is None:
        return "not yet measured here"
    if rate not in measured.scores:
        return f"not measured: fewer than {rate:g} per 1,000 of {measured.travellers} travellers were scored"
    text = f"{measured.travellers} travellers of {where}"
    return f"{text}, extrapolated" if rate in measured.extrapolated else text


@cache
def _recall() -> Mapping[str, Sequence[Any]]:
    """Read `sizes`, `scores` and `recall[size][score]`, ascending, as the laboratory measured them."""
    read: Mapping[str, Sequence[Any]] = json.loads(
        files("screening.matching").joinpath("data/recall.json").read_text("utf-8")
    )
    return read


def expected_recall(score: int, names: int) -> float | None:
    """Return the share of listed travellers who reach a score, by the shipped table of recall.

    Args:
        score: centibits.
        names: how many names the list holds.

    Returns:
        Interpolated by score, and by size in logarithms; None beyond what was measured.

    >>> expected_recall(1000, 10_000) > expected_recall(3000, 10_000)
    True
    >>> expected_recall(9000, 10_000) is None
    True
    """
    table = _recall()
    sizes, scores = table["sizes"], table["scores"]
    if not (sizes[0] <= names <= sizes[-1] and scores[0] <= score <= scores[-1]):
        return None
    rows = [between(scores, row, float(score)) for row in table["recall"]]
    return round(between([math.log(size) for size in sizes], rows, math.log(names)), 3)
