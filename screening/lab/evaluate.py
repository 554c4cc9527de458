"""How good is the matcher: recall at a given number of false alerts per 1,000 innocent travellers.

Rule: a traveller raises one false alert at most (an analyst sees them once), so an innocent counts with the
best of their pairs. At a rate of r per 1,000 the threshold is the lowest score that at most r of 1,000
innocents reach, and recall is the share of listed travellers with a pair of their own entity at or above it.
Near misses (`nm_…`) are no innocents: how many of them stand above is told apart. Intervals are Wilson's, 95
%.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

RATES: tuple[float, ...] = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
SLICES: tuple[str, ...] = ("culture", "name_ops", "dob_op")


@dataclass(frozen=True, slots=True)
class Scores:
    """Best score of every traveller of the truth: own entity for the listed, any entity for the others."""

    listed: Mapping[str, float]
    innocent: Mapping[str, float]
    near: Mapping[str, tuple[str, float]]


NEVER = -math.inf


def best_scores(hits: pa.Table, truth: pa.Table) -> Scores:
    """Return the best score of each traveller; NEVER for one without a pair.

    Args:
        hits: evaluation table of hits.
        truth: evaluation table of truth.
    """
    wanted = {
        row["passenger_id"]: set(row["entity_ids"] or ())
        for row in truth.to_pylist()
        if row["kind"] == "true"
    }
    best: dict[str, float] = {}
    columns = (hits[name].to_pylist() for name in ("passenger_id", "entity_id", "score"))
    for traveller, entity, score in zip(*columns, strict=True):
        if (traveller not in wanted or entity in wanted[traveller]) and score > best.get(traveller, NEVER):
            best[traveller] = score
    listed, innocent, near = {}, {}, {}
    for row in truth.to_pylist():
        key, kind = row["passenger_id"], row["kind"]
        score = best.get(key, NEVER)
        if kind == "true":
            listed[key] = score
        elif kind.startswith("nm_"):
            near[key] = (kind, score)
        else:
            innocent[key] = score
    return Scores(listed, innocent, near)


def threshold_at(innocent: Sequence[float], rate: float) -> float:
    """Return the lowest threshold that at most `rate` of 1,000 innocents reach.

    >>> threshold_at([1.0, 2.0, 3.0, 4.0], 500)
    3.0
    """
    allowed = math.floor(len(innocent) * rate / 1000 + 1e-9)
    scores = sorted((score for score in innocent if score > NEVER), reverse=True)
    if allowed >= len(scores):
        return scores[-1] if scores else NEVER
    # Ties at the border would let more than the allowed number through: step above them.
    border = scores[allowed]
    above = [score for score in scores[:allowed] if score > border]
    return above[-1] if above else math.nextafter(border, math.inf)


def wilson(found: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927).

    >>> [round(end, 3) for end in wilson(98, 100)]
    [0.93, 0.994]
    """
    if of == 0:
        return 0.0, 1.0
    z, share = 1.959964, found / of
    middle = share + z * z / (2 * of)
    reach = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - reach) / (1 + z * z / of), (middle + reach) / (1 + z * z / of)


def evaluate(hits: pa.Table, truth: pa.Table, rates: Sequence[float] = RATES) -> list[dict[str, object]]:
    """Return recall by rate of false alerts, over all and by slice.

    Args:
        hits: evaluation table of hits (passenger_id, entity_id, score).
        truth: evaluation table of truth; slices that it lacks are left out.
        rates: false alerts per 1,000 innocent travellers.

    Returns:
        Rows of slice, value, false_alerts_per_1000, threshold, recall, low, high, listed, false_alerts,
        near_misses (share above the threshold), in a fixed order. A listed person who carries several
        distortions stands in each of their slices.
    """
    scores = best_scores(hits, truth)
    about = {row["passenger_id"]: row for row in truth.to_pylist()}
    rows: list[dict[str, object]] = []
    for rate in rates:
        threshold = threshold_at(list(scores.innocent.values()), rate)
        rows.append(_row("all", "all", rate, threshold, scores, list(scores.listed), list(scores.innocent)))
        for name in (name for name in SLICES if name in truth.column_names):
            listed, innocent = _by(name, scores.listed, about), _by(name, scores.innocent, about)
            rows.extend(
                _row(name, value, rate, threshold, scores, listed.get(value, []), innocent.get(value, []))
                for value in sorted({*listed, *innocent})
            )
    return rows


def _by(
    name: str, keys: Mapping[str, float], about: Mapping[str, Mapping[str, object]]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in keys:
        value = about[key][name]
        values = value if isinstance(value, list) else str(value or "none").split("+")
        for one in sorted(set(values or ["none"])):
            found.setdefault(str(one), []).append(key)
    return found


def _row(
    of: str,
    value: str,
    rate: float,
    threshold: float,
    scores: Scores,
    listed: Sequence[str],
    innocent: Sequence[str],
) -> dict[str, object]:
    found = sum(scores.listed[key] >= threshold and scores.listed[key] > NEVER for key in listed)
    false = sum(scores.innocent[key] >= threshold and scores.innocent[key] > NEVER for key in innocent)
    near = [score >= threshold and score > NEVER for _, score in scores.near.values()]
    low, high = wilson(found, len(listed))
    return {
        "slice": of,
        "value": value,
        "false_alerts_per_1000": rate,
        "threshold": round(threshold, 4) if math.isfinite(threshold) else None,
        "recall": round(found / len(listed), 4) if listed else None,
        "low": round(low, 4) if listed else None,
        "high": round(high, 4) if listed else None,
        "listed": len(listed),
        "false_alerts": false,
        "innocents": len(innocent),
        "near_misses": round(sum(near) / len(near), 4) if near and of == "all" else None,
    }
