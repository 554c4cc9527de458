"""How good is the matcher: recall at a given number of false alerts per 1,000 innocent travellers.

Rule: a traveller raises one false alert at most (an analyst sees them once), so an innocent counts with the
best of their pairs. At a rate of r per 1,000 the threshold is the lowest score that at most r of 1,000
innocents reach, and recall is the share of listed travellers with a pair of their own entity at or above it.
Near misses (`nm_…`) are no innocents: how many of them stand above is told apart, by kind. A slice has the
threshold of the whole: its false alerts per 1,000 stand beside the mean. Intervals are Wilson's, 95 %.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from screening.hits.labels import wilson

RATES: tuple[float, ...] = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
SLICES: tuple[str, ...] = (
    "culture",
    "people",
    "name_ops",
    "name_errors",
    "dob_op",
    "missing",
    "listed_dob",
)
"""Columns of the truth by which figures are told apart; a truth has those that it can tell."""
NEVER = -math.inf


@dataclass(frozen=True, slots=True)
class Scores:
    """Best score of every traveller of the truth, one element a row of it.

    Attributes:
        best: shape (n,), own entity for the listed, any entity for the others; NEVER without a pair.
        listed, innocent, near: shape (n,), who is what.
    """

    best: np.ndarray
    listed: np.ndarray
    innocent: np.ndarray
    near: np.ndarray


def best_scores(hits: pa.Table, truth: pa.Table) -> Scores:
    """Return the best score of each traveller.

    Args:
        hits: evaluation table of hits.
        truth: evaluation table of truth.
    """
    kinds = truth["kind"].combine_chunks()
    listed = np.asarray(pc.equal(kinds, "true"))
    near = np.asarray(pc.starts_with(kinds, "nm_"))
    travellers = pc.index_in(hits["passenger_id"], value_set=truth["passenger_id"].combine_chunks())
    rows = np.asarray(pc.fill_null(travellers, -1)).astype(np.int64)
    own = _own_pairs(truth, rows, hits["entity_id"].combine_chunks())
    counts = (rows >= 0) & (~listed[rows] | own)
    best = np.full(truth.num_rows, NEVER)
    np.maximum.at(best, rows[counts], np.asarray(hits["score"], float)[counts])
    return Scores(best, listed, ~listed & ~near, near)


def _own_pairs(truth: pa.Table, rows: np.ndarray, entities: pa.Array) -> np.ndarray:
    """Say of each hit whether its entity is one of its traveller's own; shape as `rows`."""
    lists = truth["entity_ids"].combine_chunks()
    of = np.asarray(pc.list_parent_indices(lists)).astype(np.int64)
    wanted = lists.flatten()
    names = pa.concat_arrays([wanted.cast(pa.string()), entities.cast(pa.string())]).dictionary_encode()
    codes = np.asarray(pc.fill_null(names.indices, -1)).astype(np.int64)
    width = max(len(names.dictionary), 1)
    return np.isin(rows * width + codes[len(wanted) :], of * width + codes[: len(wanted)])


def threshold_at(innocent: Sequence[float] | np.ndarray, rate: float) -> float:
    """Return the lowest threshold that at most `rate` of 1,000 innocents reach: above the first too many.

    >>> round(threshold_at([1.0, 2.0, 3.0, 4.0], 500), 6), threshold_at([1.0, 2.0, 3.0, 4.0], 500) > 2
    (2.0, True)
    """
    values = np.asarray(innocent, float)
    allowed = math.floor(len(values) * rate / 1000 + 1e-9)
    scores = np.sort(values[values > NEVER])[::-1]
    if allowed >= len(scores):
        return float(scores[-1]) if len(scores) else NEVER
    return math.nextafter(float(scores[allowed]), math.inf)


def evaluate(hits: pa.Table, truth: pa.Table, rates: Sequence[float] = RATES) -> list[dict[str, object]]:
    """Return recall by rate of false alerts, over all and by slice.

    Args:
        hits: evaluation table of hits (passenger_id, entity_id, score).
        truth: evaluation table of truth; slices that it lacks are left out.
        rates: false alerts per 1,000 innocent travellers.

    Returns:
        Rows of slice, value, false_alerts_per_1000 (of the whole), threshold, recall, low, high, listed,
        false_alerts, innocents, per_1000 (false alerts per 1,000 innocents of this row), times_mean (that
        beside the whole's), near (near misses), near_misses (share of them above the threshold), in a fixed
        order. A listed person who carries several distortions stands in each of their slices.
    """
    scores = best_scores(hits, truth)
    groups = [_Group(of, value, scores, rows) for (of, value), rows in _rows_of(truth).items()]
    rows: list[dict[str, object]] = []
    for rate in rates:
        threshold = threshold_at(scores.best[scores.innocent], rate)
        above = (scores.best >= threshold) & (scores.best > NEVER)
        mean = _share(int((above & scores.innocent).sum()), int(scores.innocent.sum()))
        head = {
            "false_alerts_per_1000": rate,
            "threshold": round(threshold, 4) if math.isfinite(threshold) else None,
        }
        rows.extend({"slice": one.of, "value": one.value} | head | one.figures(above, mean) for one in groups)
    return rows


class _Group:
    """Who carries one value of one slice: rows of the listed, of innocents and of near misses."""

    def __init__(self, of: str, value: str, scores: Scores, rows: np.ndarray) -> None:
        self.of, self.value = of, value
        self.listed = rows[scores.listed[rows]]
        self.innocent = rows[scores.innocent[rows]]
        self.near = rows[scores.near[rows]]

    def figures(self, above: np.ndarray, mean: float | None) -> dict[str, object]:
        """Return what stands above the threshold; `mean` is the share of all innocents that do."""
        found, false = int(above[self.listed].sum()), int(above[self.innocent].sum())
        low, high = wilson(found, len(self.listed))
        here = _share(false, len(self.innocent))
        return {
            "recall": _rounded(_share(found, len(self.listed))),
            "low": round(low, 4) if len(self.listed) else None,
            "high": round(high, 4) if len(self.listed) else None,
            "listed": len(self.listed),
            "false_alerts": false,
            "innocents": len(self.innocent),
            "per_1000": None if here is None else round(1000 * here, 2),
            "times_mean": round(here / mean, 2) if here is not None and mean else None,
            "near": len(self.near),
            "near_misses": _rounded(_share(int(above[self.near].sum()), len(self.near))),
        }


def _rows_of(truth: pa.Table) -> Mapping[tuple[str, str], np.ndarray]:
    """Return the rows of the truth in each slice and value: all, those of SLICES, kinds of near misses."""
    found = {("all", "all"): np.arange(truth.num_rows)}
    for name in (name for name in SLICES if name in truth.column_names):
        found |= {(name, value): rows for value, rows in _by_value(truth[name].combine_chunks()).items()}
    kinds = _by_value(truth["kind"].combine_chunks())
    return found | {("near_miss", kind): rows for kind, rows in kinds.items() if kind.startswith("nm_")}


def _by_value(column: pa.Array) -> dict[str, np.ndarray]:
    """Return the rows of each value, sorted: a list's, or text parted by `+`; `none` where nothing is."""
    lists = column
    if not pa.types.is_list(column.type):
        lists = pc.split_pattern(pc.fill_null(column.cast(pa.string()), ""), "+")
    rows = np.asarray(pc.list_parent_indices(lists)).astype(np.int64)
    filled = pc.if_else(pc.equal(pc.fill_null(lists.flatten(), ""), ""), "none", lists.flatten())
    bare = np.setdiff1d(np.arange(len(column)), rows)
    rows = np.concatenate((rows, bare))
    values = pa.concat_arrays([filled, pa.array(["none"] * len(bare), pa.string())]).dictionary_encode()
    codes = np.asarray(values.indices)
    names = values.dictionary.to_pylist()
    return {names[code]: np.unique(rows[codes == code]) for code in np.argsort(np.array(names, object))}


def _share(found: int, of: int) -> float | None:
    return found / of if of else None


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
