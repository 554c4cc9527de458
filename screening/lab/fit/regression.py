"""Weighted logistic regression with bounds and a penalty towards expected values.

Rule: maximise Σ w · log P(y | x) − ridge · Σ (β − expected)² with β inside its bounds (L-BFGS-B, scipy). An
offset has no coefficient: it carries the prior odds of a pair.

>>> x = np.array([[0.0], [1.0], [0.0], [1.0]])
>>> y, once = np.array([0.0, 1.0, 0.0, 1.0]), np.ones(4)
>>> found = fit(x, y, once, np.zeros(4), Terms(np.zeros(1), np.array([-2.0]), np.array([2.0]), 0.0))
>>> [round(float(value), 2) for value in found]
[2.0]
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Terms:
    """What is expected of the coefficients, their bounds, and the strength of the penalty."""

    expected: Floats
    low: Floats
    high: Floats
    ridge: float


def fit(
    x: Floats, y: Floats, weight: Floats, offset: Floats, terms: Terms, start: Floats | None = None
) -> Floats:
    """Return the coefficients (natural logarithm of odds).

    Args:
        x: pairs × columns.
        y: 1 for the same person, else 0.
        weight: how often each pair counts.
        offset: part of the log odds that is known.
        terms: expectations and bounds.
        start: where the search begins (None: at what is expected).

    Raises:
        RuntimeError: no optimum was found.
    """
    start = np.clip(terms.expected if start is None else start, terms.low, terms.high)
    likely = expit(x @ start + offset)
    curvature = (x * x).T @ (weight * np.maximum(likely * (1 - likely), 1e-3)) + 2 * terms.ridge
    unit = 1 / np.sqrt(curvature)  # all directions about equally steep: a tenth of the steps

    def loss(scaled: Floats) -> tuple[float, Floats]:
        beta = scaled * unit
        z = x @ beta + offset
        away = beta - terms.expected
        value = float(weight @ (np.logaddexp(0.0, z) - y * z) + terms.ridge * away @ away)
        return value, unit * (x.T @ (weight * (expit(z) - y)) + 2 * terms.ridge * away)

    found = minimize(
        loss,
        start / unit,
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip((terms.low / unit).tolist(), (terms.high / unit).tolist(), strict=True)),
        options={"maxiter": 3000, "maxfun": 6000, "ftol": 1e-10, "gtol": 1e-4},
    )
    if not found.success:
        raise RuntimeError(f"screening.lab.fit.regression: no optimum ({found.message}); nothing was written")
    return np.asarray(found.x * unit, np.float64)
