"""Fit what two names alone say (`screening.matching.pairs`) on labelled pairs.

    python -m screening.lab.fit_pairs --pairs CSV --out screening/matching/data/pairs.json

Rule: logistic regression with a quadratic penalty over general features, never tuned to single pairs. Pairs
that share a name are one group; quality is that of 30 splits in halves by groups: fitted and its threshold
chosen on one half, F1 on the other. The file holds coefficients and no name.
"""

import argparse
import csv
import hashlib
import json
import math
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from screening.identity.names import comparable
from screening.matching.pair_features import FEATURES, compare, parts

Floats = npt.NDArray[np.float64]
PENALTY = 3.0
SPLITS = 30
FAVOURABLE = frozenset({"matched"})
"""What may speak for one name; all else may only speak against it: no slip makes two names more alike."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Labelled pairs: features [pair, feature], 1.0 where it is one name, and the group of each pair."""

    features: Floats
    same: Floats
    groups: tuple[str, ...]


def labelled(rows: Sequence[tuple[str, str, bool]]) -> Labelled:
    """Return the features and groups of labelled pairs of names; pairs without a name are left out."""
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name

    kept = [(one, other, same) for one, other, same in rows if parts(one) and parts(other)]
    for one, other, _ in kept:
        leader[find(comparable(one))] = find(comparable(other))
    return Labelled(
        np.array([compare(parts(one), parts(other)).features for one, other, _ in kept]),
        np.array([float(same) for *_, same in kept]),
        tuple(find(comparable(one)) for one, *_ in kept),
    )


def fitted(features: Floats, same: Floats) -> tuple[float, Floats]:
    """Return the start and the coefficient of each feature, natural logarithm of the odds."""
    middle, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    design = np.c_[np.ones(len(features)), (features - middle) / spread]

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = design @ weights
        value = np.logaddexp(0, odds).sum() - (same * odds).sum() + PENALTY / 2 * (weights[1:] ** 2).sum()
        slope = design.T @ (1 / (1 + np.exp(-odds)) - same) + np.r_[0.0, PENALTY * weights[1:]]
        return float(value), slope

    signs = [(None, None), *((0, None) if name in FAVOURABLE else (None, 0) for name in FEATURES)]
    found = minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B", bounds=signs).x
    each = found[1:] / spread
    return float(found[0] - each @ middle), each


def f1(same: Floats, score: Floats, threshold: float) -> float:
    """Return the harmonic mean of precision and recall at a threshold.

    >>> f1(np.array([1.0, 1.0, 0.0]), np.array([3.0, 1.0, 2.0]), 2.0)
    0.5
    """
    hits = score >= threshold
    both = float((hits & (same > 0)).sum())
    return 2 * both / max(1.0, float(hits.sum() + same.sum()))


def best_threshold(same: Floats, score: Floats) -> float:
    """Return the score at which F1 is highest."""
    candidates: list[float] = np.unique(score).tolist()
    return max(candidates, key=lambda threshold: f1(same, score, threshold))


def cross_validated(pairs: Labelled, *, splits: int = SPLITS, seed: int = 1) -> tuple[float, float]:
    """Return mean and standard deviation of F1 on the half that was not fitted."""
    dice = random.Random(seed)  # noqa: S311 - the same splits for the same seed, nothing secret
    groups = np.array(pairs.groups)
    found = []
    for _ in range(splits):
        order = sorted(set(pairs.groups))
        dice.shuffle(order)
        half = np.zeros(len(groups), bool)
        for group in order:
            if half.sum() < len(groups) / 2:
                half |= groups == group
        start, each = fitted(pairs.features[half], pairs.same[half])
        score = start + pairs.features @ each
        threshold = best_threshold(pairs.same[half], score[half])
        found.append(f1(pairs.same[~half], score[~half], threshold))
    return float(np.mean(found)), float(np.std(found))


def main(arguments: Sequence[str]) -> None:
    """Fit, cross-validate and write the coefficients."""
    parser = argparse.ArgumentParser(prog="python -m screening.lab.fit_pairs")
    parser.add_argument("--pairs", type=Path, required=True, help="CSV: name1, name2, is_match (true, false)")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    with given.pairs.open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["name1"], row["name2"], row["is_match"] == "true") for row in csv.DictReader(file)]
    pairs = labelled(rows)
    mean, deviation = cross_validated(pairs)
    start, each = fitted(pairs.features, pairs.same)
    bits = {name: round(value / math.log(2), 3) for name, value in zip(FEATURES, each.tolist(), strict=True)}
    read = {
        "about": f"Coefficients of screening.matching.pairs in bits, fitted by screening.lab.fit_pairs on "
        f"{len(pairs.same)} labelled pairs in {len(set(pairs.groups))} groups of names; "
        f"F1 on the half that was not fitted, {SPLITS} splits: {mean:.3f}, deviation {deviation:.3f}.",
        "version": hashlib.sha256(json.dumps([start, bits]).encode()).hexdigest()[:12],
        "start": round(start / math.log(2), 3),
        "bits": bits,
    }
    given.out.write_text(json.dumps(read, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
