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


def fit(x: Floats, y: Floats, weight: Floats, offset: Floats, terms: Terms) -> Floats:
    """Return the coefficients (natural logarithm of odds).

    Args:
        x: pairs × columns.
        y: 1 for the same person, else 0.
        weight: how often each pair counts.
        offset: part of the log odds that is known.
        terms: expectations and bounds.

    Raises:
        RuntimeError: no optimum was found.
    """

    def loss(beta: Floats) -> tuple[float, Floats]:
        z = x @ beta + offset
        away = beta - terms.expected
        value = float(weight @ (np.logaddexp(0.0, z) - y * z) + terms.ridge * away @ away)
        return value, x.T @ (weight * (expit(z) - y)) + 2 * terms.ridge * away

    start = np.clip(terms.expected, terms.low, terms.high)
    found = minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(terms.low.tolist(), terms.high.tolist(), strict=True)),
        options={"maxiter": 3000, "maxfun": 6000, "ftol": 1e-11, "gtol": 1e-6},
    )
    if not found.success:
        raise RuntimeError(f"screening.lab.fit.regression: no optimum ({found.message}); nothing was written")
    return np.asarray(found.x, np.float64)
