"""From the entries of weights.json to coefficients and back, with the bounds that meaning demands.

Rule: a stronger kind of agreement never weighs less (charges grow step by step, each step is a coefficient of
at least 0); conflict and extras never speak for a pair; dates that are far never below -10 bits, since the
generator's lists err less than real ones; documents, caps and `other_name` are no coefficients.
All coefficients are bits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from screening.lab.fit.pieces import AT, COLUMNS
from screening.matching.evidence.date_of_birth import RELATIONS
from screening.matching.model import KINDS

Floats = npt.NDArray[np.float64]
Weights = dict[str, Any]
GRADED: tuple[str, ...] = ("transliteration", "one_edit", "transliteration_edit", "sound", "two_edits")
"""Kinds that contain one another, each charged at least as much as the one before."""
FREE = tuple(kind for kind in KINDS if kind != "exact" and kind not in GRADED)
_PLAIN = (
    "joined", "moved", "conflict", "extra_traveller", "extra_listed", "left_alike", "left_partly",
    "left_begins", "weak_alias",
)  # fmt: skip
_STRONGER_DATES: tuple[tuple[str, str], ...] = (
    ("same", "day_and_month_swapped"),
    ("same", "same_month"),
    ("same_month", "same_year"),
    ("same_year", "circa"),
    ("circa", "circa_near"),
    ("same_year", "in_range"),
    ("year_only_other", "near_year"),
    ("near_year", "far"),
    ("far", "generation_apart"),
    ("year_only_near", "imprecise_far"),
    ("stand_in_for_year", "stand_in_other_year"),
)
_DATE_BOUNDS = {
    "far": (-10.0, -8.0),
    "generation_apart": (-20.0, -20.0),
    "imprecise_far": (-8.0, -5.0),
    "year_only_other": (-2.0, 1.0),
    "near_year": (-4.0, 0.0),
    "year_only_near": (-4.0, 1.0),
    "not_given_traveller": (-4.0, 0.0),
    "not_given_listed": (-4.0, 0.0),
    "stand_in_other_year": (-4.0, 4.0),
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lowest and highest value of each coefficient, bits."""

    low: Floats
    high: Floats


def parameters(x: Floats) -> Floats:
    """Return the columns of pairs as those of the coefficients: graded kinds become steps.

    A two-edit agreement has taken every step from `transliteration` to `two_edits`.
    """
    found = x.copy()
    for at, kind in enumerate(GRADED):
        found[:, AT[f"kind:{kind}"]] = x[:, [AT[f"kind:{weaker}"] for weaker in GRADED[at:]]].sum(axis=1)
    return found


def bounds() -> Bounds:
    """Return the bounds of all coefficients."""
    low, high = np.full(len(COLUMNS), -20.0), np.full(len(COLUMNS), 20.0)

    def between(name: str, lowest: float, highest: float) -> None:
        low[AT[name]], high[AT[name]] = lowest, highest

    between("rarity", 0.7, 1.1)
    between("rarity_fuzzy", 0.6, 1.1)
    between("matched", -5.0, 1.0)
    for kind in KINDS[1:]:
        between(f"kind:{kind}", -6.0, 0.0 if kind in GRADED else 1.5)
    for name in ("joined", "moved", "weak_alias"):
        between(name, -6.0, 0.0)
    between("conflict", -6.0, -0.1)
    for name in ("extra_traveller", "extra_listed"):
        between(name, -2.5, -0.1)
    for name in ("left_alike", "left_partly", "left_begins"):
        between(name, -6.0, 0.0)
    between("inherited", -0.8, -0.35)
    for name, _ in RELATIONS:
        between(f"date:{name}", *_DATE_BOUNDS.get(name, (-1.0, 15.0)))
    between("sex:same", 0.0, 1.0)
    between("sex:conflict", -7.0, -3.0)
    between("state:rarity", 0.4, 1.0)
    between("state:agrees", -1.5, 0.0)
    between("state:birth", -3.0, 0.0)
    between("state:conflict", -5.0, -1.0)
    return Bounds(low, high)


def of_weights(weights: Weights) -> Floats:
    """Return the coefficients that these weights are."""
    name, date, state = weights["name"], weights["date_of_birth"], weights["nationality"]
    charge = name["kinds"]
    beta = np.zeros(len(COLUMNS))
    beta[AT["rarity"]], beta[AT["rarity_fuzzy"]] = name["rarity"] / 100, name["rarity_fuzzy"] / 100
    beta[AT["matched"]] = (name["matched"] - charge["exact"]) / 100
    before = "exact"
    for kind in GRADED:
        beta[AT[f"kind:{kind}"]] = (charge[before] - charge[kind]) / 100
        before = kind
    for kind in FREE:
        beta[AT[f"kind:{kind}"]] = (charge["exact"] - charge[kind]) / 100
    for key in _PLAIN:
        beta[AT[key]] = name[key] / 100
    beta[AT["inherited"]] = (name["inherited_keeps"] - 100) / 100
    for relation, _ in RELATIONS:
        beta[AT[f"date:{relation}"]] = date[relation] / 100
    for key in ("same", "conflict"):
        beta[AT[f"sex:{key}"]] = weights["sex"][key] / 100
    beta[AT["state:rarity"]] = state["rarity"] / 100
    for key in ("agrees", "birth"):
        beta[AT[f"state:{key}"]] = state["rarity"] / 100 * float(np.log2(state[key]))
    beta[AT["state:conflict"]] = state["conflict"] / 100
    return beta


def to_weights(beta: Floats, old: Weights) -> Weights:
    """Return weights with these coefficients; what is no coefficient stays as it was."""
    value: Mapping[str, float] = dict(zip(COLUMNS, beta.tolist(), strict=True))

    def cb(name: str) -> int:
        return round(100 * value[name])

    name = dict(old["name"])
    exact = name["kinds"]["exact"]
    name["rarity"], name["rarity_fuzzy"] = cb("rarity"), cb("rarity_fuzzy")
    name["matched"] = cb("matched") + exact
    kinds, before = {"exact": exact}, exact
    for kind in GRADED:
        before = kinds[kind] = before - cb(f"kind:{kind}")
    kinds |= {kind: exact - cb(f"kind:{kind}") for kind in FREE}
    name["kinds"] = {kind: kinds[kind] for kind in KINDS}
    for key in _PLAIN:
        name[key] = cb(key)
    name["inherited_keeps"] = 100 + cb("inherited")
    dates = _ordered({relation: cb(f"date:{relation}") for relation, _ in RELATIONS})
    state = dict(old["nationality"])
    state["rarity"] = cb("state:rarity")
    for key in ("agrees", "birth"):
        state[key] = round(float(np.exp2(value[f"state:{key}"] / value["state:rarity"])), 3)
    state["conflict"] = cb("state:conflict")
    sex = {key: cb(f"sex:{key}") for key in ("same", "conflict")}
    return {**old, "name": name, "date_of_birth": dates, "sex": sex, "nationality": state}


def _ordered(dates: dict[str, int]) -> dict[str, int]:
    """Hold a weaker relation down to the stronger one, where few pairs say otherwise."""
    for stronger, weaker in _STRONGER_DATES:
        dates[weaker] = min(dates[weaker], dates[stronger])
    return dates
