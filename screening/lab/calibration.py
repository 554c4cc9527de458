"""Does a score mean the odds that it states? Pairs of a set by score, beside what `odds` of the weights says.

Rule: so many of all travellers are listed as the weights' `odds` say, whatever share of the set is. The
observed odds of a step of scores are the listed whose own pair stands there, as a share of all listed, times
that share, to the pairs of innocents there for each innocent, times the rest; travellers with and without a
date of birth apart. What the score states is averaged over the same pairs with the same weights.
"""

import json
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

STEP = 4
"""Bits of a step of scores."""
_FEWEST = 5
"""Pairs of either kind below which a step says nothing."""

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


def calibration(hits: pa.Table, truth: pa.Table, travellers: pa.Table, names: int) -> list[dict[str, object]]:
    """Return observed and stated odds by step of scores.

    Args:
        hits: evaluation table of hits, down to a score below the steps that matter.
        truth: evaluation table of truth.
        travellers: evaluation table of travellers, in any order.
        names: names of the list.

    Returns:
        Rows of date of birth (given, missing), bits (a step), listed and innocent pairs, and the base-2
        logarithms of the observed and the stated odds. Steps with fewer than five pairs of either kind are
        left out; near misses are neither.
    """
    base, share = _odds()
    kinds = truth["kind"].combine_chunks()
    who = np.asarray(
        pc.index_in(truth["passenger_id"], value_set=travellers["passenger_id"].combine_chunks())
    )
    dated = np.asarray(pc.not_equal(pc.fill_null(travellers["dob"], ""), ""))[who.astype(np.int64)]
    of_listed = np.asarray(pc.equal(kinds, "true"))
    innocent = ~of_listed & ~np.asarray(pc.starts_with(kinds, "nm_"))
    place, own = _places(hits, truth)
    score = np.asarray(hits["score"], float)
    stated = _probability(score + base + np.log2(share / names))
    rows: list[dict[str, object]] = []
    for said, those in (("given", dated), ("missing", ~dated)):
        true = own & of_listed[place] & those[place]
        false = innocent[place] & those[place]
        each = (share / max((of_listed & those).sum(), 1), (1 - share) / max((innocent & those).sum(), 1))
        steps = np.floor(score / STEP).astype(np.int64)
        for step in np.unique(steps).tolist():
            here = steps == step
            found = int((true & here).sum()), int((false & here).sum())
            if min(found) < _FEWEST:
                continue
            weight = each[0] * (true & here) + each[1] * (false & here)
            rows.append(
                {
                    "date of birth": said,
                    "bits": f"{step * STEP} to {(step + 1) * STEP}",
                    "listed pairs": found[0],
                    "innocent pairs": found[1],
                    "observed log2 odds": _bits(each[0] * found[0] / float(weight.sum())),
                    "stated log2 odds": _bits(float((weight * stated).sum() / weight.sum())),
                }
            )
    return rows


def _odds() -> tuple[float, float]:
    """Return the base, bits, and the share of listed travellers for which scores are stated."""
    weights = json.loads(files("screening.matching").joinpath("data", "weights.json").read_bytes())
    return weights["odds"]["base"] / 100, weights["odds"]["listed_share"]


def _places(hits: pa.Table, truth: pa.Table) -> tuple[Places, npt.NDArray[np.bool_]]:
    """Return the row of the truth of each hit, and whether its entity is the traveller's own."""
    place = np.asarray(pc.index_in(hits["passenger_id"], value_set=truth["passenger_id"].combine_chunks()))
    entities = truth["entity_ids"].to_pylist()
    place = place.astype(np.int64)
    own = [
        entity in (entities[at] or ())
        for at, entity in zip(place.tolist(), hits["entity_id"].to_pylist(), strict=True)
    ]
    return place, np.array(own, np.bool_)


def _probability(bits: Floats) -> Floats:
    return 1 / (1 + np.exp2(-bits))


def _bits(probability: float) -> float:
    return round(float(np.log2(probability / (1 - probability))), 1)


__all__ = ["STEP", "calibration"]
