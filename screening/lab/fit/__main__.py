"""`python -m screening.lab.fit`: fit the weights, write weights.json (docs/matching.md, Fitted weights)."""

import argparse
import json
import sys
from pathlib import Path

from screening.lab.fit.measure import recall
from screening.lab.fit.run import RECIPES, Held, fitted, measured, recipe_text, shipped, thresholds
from screening.lab.fit.validate import ablation, left_out, table

START = Path(__file__).parent / "data" / "start.json"
"""Weights that the fit starts from, whatever is shipped: the same recipe gives the same weights."""


def main() -> None:
    """Read arguments, fit, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m screening.lab.fit", description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=Path("screening/matching/data"), help="the model's data files"
    )
    parser.add_argument("--out", type=Path, required=True, help="where weights.json is written")
    parser.add_argument("--recipe", choices=sorted(RECIPES), default="full")
    parser.add_argument("--measure-only", action="store_true", help="measure the weights that are there")
    parser.add_argument("--validate", type=Path, help="also leave out groups and pieces; a table goes there")
    given = parser.parse_args()
    files, recipe = shipped(given.data), RECIPES[given.recipe]
    if given.measure_only:
        _tell(measured(files, json.loads(files["weights.json"]), recipe, _say))
        return
    files = {**files, "weights.json": START.read_bytes()}
    found = fitted(files, recipe, _say)
    weights = found.weights
    held = measured(files, weights, recipe, _say)
    _tell(held)
    old = json.loads(files["weights.json"])["thresholds"]
    about = "Measured on the innocents of the held-out parts of the recipe; parts of one size together."
    weights = {**weights, "about": recipe_text(given.recipe, recipe, files)}
    weights["thresholds"] = thresholds(held, old, about)
    text = json.dumps(weights, indent=1) + "\n"
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "weights.json").write_text(text, "utf-8")
    if given.validate is not None:
        listed = sum(part.size.true for part in (*recipe.fit, *recipe.large))
        rows = [
            *ablation(found.samples, weights, found.beta, listed),
            *left_out(found.samples, found.drawn, weights, found.beta),
        ]
        given.validate.write_text(table(rows), "utf-8")


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _tell(held: list[Held]) -> None:
    for one in held:
        found = recall(one.best, one.drawn.traffic)
        history = "with history" if one.part.history else "shipped shares"
        rates = ", ".join(
            f"{share:.3f} at {rate:g} ({bits:.1f} bits)"
            for share, rate, bits in zip(found.found, found.rates, found.thresholds, strict=True)
        )
        near = " / ".join(f"{share:.2f}" for share in found.near)
        sys.stdout.write(f"{one.drawn.names} names, {history}: {rates}; near misses {near}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
