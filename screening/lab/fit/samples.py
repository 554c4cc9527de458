"""Pairs to learn from and to measure with: travellers matched against lists of several sizes.

Rule: false pairs are those that `match` meets. Of all innocents the pairs above a high floor are kept, of
some of them those above a low one, which then count for all; true travellers' pairs above the low floor.
Which pairs are kept depends on their evidence alone, not on who is meant, so the odds stay unbiased.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from screening.lab.fit.listed import Person, draw_listed, tables_of
from screening.lab.fit.pieces import Pairs, pairs_of
from screening.lab.fit.travelling import NEAR, Traffic, draw_traffic
from screening.matching.index import AlertTables, Index, build_index
from screening.matching.match import match
from screening.matching.model import Model

Floats = npt.NDArray[np.float64]
_PROBED, _LOWEST = 150, -1500
_CLOSELY, _EVERYONE = 1.6, 0.16  # pairs of an innocent above the low floor and above the high one


@dataclass(frozen=True, slots=True)
class Size:
    """How much is drawn.

    Attributes:
        persons: entries of the list.
        true: how many of them travel.
        innocents: all of them, matched down to the high floor.
        closely: how many of them are matched down to the low floor.
        near: near misses.
    """

    persons: int
    true: int
    innocents: int
    closely: int
    near: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A list and its traffic, made once; `names` of the list."""

    size: Size
    names: int
    alerts: AlertTables
    traffic: Traffic


@dataclass(frozen=True, slots=True)
class Sample:
    """Pairs with what is known of them.

    Attributes:
        pairs: pairs as numbers; of a true traveller with their own entry, of others with any.
        y: 1 for the same person.
        weight: how often a pair counts, once for each traveller that it stands for.
        names: names of the list that a pair is of.
        kind: true, innocent or a kind of near miss.
    """

    pairs: Pairs
    y: Floats
    weight: Floats
    names: Floats
    kind: tuple[str, ...]


def draw(seed: str, size: Size, without: str = "") -> Drawn:
    """Draw a list and its traffic."""
    persons, entries = draw_listed(seed, size.persons, without)
    travelling: Sequence[Person] = persons[: size.true]
    alerts = tables_of(entries)
    traffic = draw_traffic(seed, travelling, size.innocents, size.near, without)
    return Drawn(size, alerts.names.num_rows, alerts, traffic)


def sample(drawn: Drawn, model: Model) -> Sample:
    """Match the traffic against the list and return its pairs.

    Args:
        drawn: list and traffic.
        model: weights; the floors follow their scale (`_floors`).
    """
    index = build_index(drawn.alerts, model)
    size, truth = drawn.size, drawn.traffic.truth
    low, high = _floors(drawn, index, model)

    def matched(kinds: Sequence[str], count: int | None, floor: int) -> Pairs:
        return pairs_of(_scored(drawn.traffic.only(kinds, count), index, floor), model)

    parts: list[tuple[Pairs, float]] = []
    true = matched(("true",), None, low)
    own = [truth[who].entity == alert for who, alert in zip(true.traveller, true.alert, strict=True)]
    parts.append((true.take(np.flatnonzero(own)), 1.0))
    everyone = matched(("innocent",), None, high)
    parts.append((everyone, 1.0))
    closely = matched(("innocent",), size.closely, low)
    parts.append((closely.take(np.flatnonzero(closely.score < high)), size.innocents / max(size.closely, 1)))
    parts.append((matched(NEAR, None, low), 1.0))
    pairs = _together([part for part, _ in parts])
    kind = tuple(truth[who].kind for who in pairs.traveller)
    return Sample(
        pairs,
        np.array([float(one == "true") for one in kind]),
        np.concatenate([np.full(len(part.traveller), weight) for part, weight in parts]),
        np.full(len(kind), float(drawn.names)),
        kind,
    )


def _scored(identities: pa.Table, index: Index, floor: int) -> pa.Table:
    return match(identities, index, floor=floor)


def _floors(drawn: Drawn, index: Index, model: Model) -> tuple[int, int]:
    """Return the scores that an innocent reaches with `_CLOSELY` and with `_EVERYONE` alerts on average.

    The low one is for true travellers, near misses and the innocents looked at closely, the other for all.
    """
    scored = _scored(drawn.traffic.only(("innocent",), _PROBED), index, _LOWEST)
    scores = np.sort(np.array(scored["score"].to_pylist(), np.int64))[::-1]
    if not len(scores):
        raise ValueError("screening.lab.fit.samples: no innocent meets any alert; draw more")
    low, high = (int(scores[min(round(_PROBED * each), len(scores) - 1)]) for each in (_CLOSELY, _EVERYONE))
    return low, max(high, low)


def _together(parts: Sequence[Pairs]) -> Pairs:
    return Pairs(
        tuple(key for part in parts for key in part.traveller),
        tuple(key for part in parts for key in part.alert),
        np.concatenate([part.score for part in parts]),
        np.concatenate([part.x for part in parts]),
    )


def together(samples: Sequence[Sample]) -> Sample:
    """Return all samples as one."""
    return Sample(
        _together([one.pairs for one in samples]),
        np.concatenate([one.y for one in samples]),
        np.concatenate([one.weight for one in samples]),
        np.concatenate([one.names for one in samples]),
        tuple(kind for one in samples for kind in one.kind),
    )


def best_scores(drawn: Drawn, model: Model) -> Mapping[str, float]:
    """Match the whole traffic and return the best score of each traveller, bits.

    The listed count with their own entry, others with any. Travellers far below any threshold are left out.
    """
    index = build_index(drawn.alerts, model)
    floor = _floors(drawn, index, model)[1]
    return best_by_traveller(_scored(drawn.traffic.identities, index, floor), drawn.traffic)


def best_by_traveller(scored: pa.Table, traffic: Traffic) -> Mapping[str, float]:
    """Return the best score of each traveller of the traffic, bits; own entry for the listed, else any."""
    best: dict[str, float] = {}
    for who, alert, score in zip(
        *(scored[name].to_pylist() for name in ("traveller_id", "alert_id", "score")), strict=True
    ):
        truth = traffic.truth[who]
        if (truth.kind != "true" or truth.entity == alert) and score / 100 > best.get(who, -np.inf):
            best[who] = score / 100
    return best
