"""The whole fit: draw, match, regress, twice; then measure on data that the fit has not seen.

Rule: the same seeds and sizes give the same weights. Numbers of the model come from here: coefficients by the
regression, thresholds by innocents of the held-out part, and a recipe that tells how.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from screening.lab.evaluate import NEVER, threshold_at
from screening.lab.fit.coefficients import Weights, to_weights
from screening.lab.fit.design import LISTED, design, even_without_date, refit
from screening.lab.fit.history import earlier_counts
from screening.lab.fit.pieces import COLUMNS
from screening.lab.fit.samples import Drawn, Sample, Size, best_scores, draw, sample
from screening.matching.model import FILES, Model, model_of
from screening.matching.traffic import with_traffic

Say = Callable[[str], None]
RATES: tuple[float, ...] = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)


@dataclass(frozen=True, slots=True)
class Part:
    """One list with its traffic; `history`: earlier travellers whose names are counted (0: none)."""

    seed: str
    size: Size
    history: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is drawn.

    Attributes:
        fit: parts to fit to.
        large: parts that are fitted to in the last round alone, since they take long.
        held: parts to measure thresholds and recall with.
        rounds: how often the pairs are aligned anew with the weights found.
    """

    fit: tuple[Part, ...]
    large: tuple[Part, ...]
    held: tuple[Part, ...]
    rounds: int


FULL = Recipe(
    fit=(
        Part("fit-1", Size(4_000, 2_500, 16_000, 4_000, 450), 0),
        Part("fit-2", Size(4_000, 2_500, 16_000, 4_000, 450), 60_000),
    ),
    large=(Part("fit-3", Size(38_000, 2_500, 5_000, 1_200, 450), 60_000),),
    held=(
        Part("held-1", Size(400, 400, 15_000, 0, 0), 60_000),
        Part("held-2", Size(4_200, 2_000, 15_000, 0, 300), 0),
        Part("held-3", Size(4_200, 2_000, 15_000, 0, 300), 60_000),
        Part("held-4", Size(42_000, 2_000, 8_000, 0, 300), 60_000),
        Part("held-5", Size(42_000, 1_000, 8_000, 0, 0), 0),
    ),
    rounds=2,
)
MEDIUM = Recipe(
    fit=(
        Part("fit-1", Size(4_000, 4_000, 8_000, 2_000, 300), 0),
        Part("fit-2", Size(4_000, 4_000, 8_000, 2_000, 300), 40_000),
    ),
    large=(Part("fit-3", Size(38_000, 4_000, 2_500, 600, 300), 40_000),),
    held=(
        Part("held-1", Size(400, 400, 16_000, 0, 0), 40_000),
        Part("held-2", Size(4_200, 2_000, 16_000, 0, 300), 0),
        Part("held-3", Size(4_200, 2_000, 16_000, 0, 300), 40_000),
        Part("held-4", Size(42_000, 1_500, 16_000, 0, 300), 40_000),
        Part("held-5", Size(42_000, 1_000, 16_000, 0, 0), 0),
    ),
    rounds=2,
)
SMALL = Recipe(
    fit=(Part("fit-1", Size(300, 150, 400, 200, 30), 0), Part("fit-2", Size(300, 150, 400, 200, 30), 2_000)),
    large=(),
    held=(Part("held-1", Size(150, 60, 400, 0, 15), 0), Part("held-2", Size(300, 60, 400, 0, 15), 2_000)),
    rounds=1,
)
RECIPES: Mapping[str, Recipe] = {"full": FULL, "medium": MEDIUM, "small": SMALL}


@dataclass(frozen=True, slots=True)
class Held:
    """A held-out part and the best scores of its travellers, bits."""

    part: Part
    drawn: Drawn
    best: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights, the coefficients with the base, and the samples of the last round."""

    weights: Weights
    beta: npt.NDArray[np.float64]
    samples: Sequence[tuple[Sample, int]]
    drawn: Sequence[Drawn]


def shipped(folder: Path) -> dict[str, bytes]:
    """Read the model's data files of a folder."""
    return {name: (folder / name).read_bytes() for name in FILES}


def model_with(files: Mapping[str, bytes], weights: Weights, part: Part) -> Model:
    """Return the model of these weights for an agency with the part's history."""
    model = model_of({**files, "weights.json": json.dumps(weights).encode()})
    return with_traffic(model, earlier_counts(part.seed, part.history)) if part.history else model


def fitted(files: Mapping[str, bytes], recipe: Recipe, say: Say) -> Fitted:
    """Fit the weights, starting from those of the files, which also are what is expected.

    Args:
        files: the model's data files.
        recipe: what is drawn.
        say: told of each step.
    """
    expected: Weights = json.loads(files["weights.json"])
    weights, beta = expected, np.zeros(0)
    parts = (*recipe.fit, *recipe.large)
    drawn = [draw(part.seed, part.size) for part in parts]
    samples: list[tuple[Sample, int]] = []
    for number in range(recipe.rounds):
        samples = []
        last = number + 1 == recipe.rounds
        for part, one in zip(parts if last else recipe.fit, drawn, strict=False):
            found = sample(one, model_with(files, weights, part))
            pairs = f"{len(found.y)} pairs, {int(found.y.sum())} true"
            say(f"round {number + 1}, {part.seed}: {one.names} names, {pairs}")
            samples.append((found, part.size.innocents))
        beta = refit(design(samples), expected)
        if last:
            beta = even_without_date(samples, drawn, beta)
        weights = to_weights(beta[: len(COLUMNS)], weights)
    return Fitted({**weights, "odds": _odds(float(beta[-1]))}, beta, samples, drawn)


def _odds(base: float) -> Weights:
    return {
        "about": "log2 odds that a pair is true: (score + base) / 100 + log2(listed_share / names of list)",
        "base": round(100 * base),
        "listed_share": LISTED,
    }


def measured(files: Mapping[str, bytes], weights: Weights, recipe: Recipe, say: Say) -> list[Held]:
    """Match the held-out parts with these weights."""
    found = []
    for part in recipe.held:
        drawn = draw(part.seed, part.size)
        found.append(Held(part, drawn, best_scores(drawn, model_with(files, weights, part))))
        say(f"measured {part.seed}: {drawn.names} names, {part.size.innocents} innocents")
    return found


def thresholds(held: Sequence[Held], old: Mapping[str, object], about: str) -> Weights:
    """Return the table of thresholds by size and rate; of parts of one size the innocents stand together."""
    by_size: dict[int, list[Held]] = {}
    for one in held:
        by_size.setdefault(one.part.size.persons, []).append(one)
    sizes, rows = [], []
    for size in sorted(by_size):
        parts = by_size[size]
        innocent = [
            one.best.get(key, NEVER)
            for one in parts
            for key, who in one.drawn.traffic.truth.items()
            if who.kind == "innocent"
        ]
        sizes.append(round(float(np.mean([one.drawn.names for one in parts]))))
        rows.append([round(100 * threshold_at(innocent, rate)) for rate in RATES])
    scores = np.array(rows)
    for at in range(len(RATES) - 2, -1, -1):  # few innocents: two rates may fall on one of them
        scores[:, at] = np.maximum(scores[:, at], scores[:, at + 1] + 5)
    rising = np.maximum.accumulate(scores, axis=0)  # a longer list never has a lower threshold
    return {
        "about": about,
        "sizes": sizes,
        "rates": list(RATES),
        "scores": rising.tolist(),
        "documents_only": old["documents_only"],
    }


def recipe_text(name: str, recipe: Recipe, files: Mapping[str, bytes]) -> Weights:
    """Return what the weights come from: command, parts, and hashes of the shares."""
    return {
        "command": f"python -m screening.lab.fit --recipe {name}",
        "fit": [_part(part) for part in (*recipe.fit, *recipe.large)],
        "held": [_part(part) for part in recipe.held],
        "rounds": recipe.rounds,
        "shares": {
            name: hashlib.sha256(files[name]).hexdigest()[:16] for name in ("tokens.json", "states.json")
        },
    }


def _part(part: Part) -> str:
    size = part.size
    history = f", history of {part.history}" if part.history else ""
    return (
        f"{part.seed}: {size.persons} listed, {size.true} of them travelling, {size.innocents} innocents, "
        f"{size.near} near misses{history}"
    )
