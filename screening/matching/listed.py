"""Names of the lists in use, counted: what is frequent in a list of many is common among the people it names.

Rule: each alert counts once with each different token of its names, under each of its nationalities (else its
States of birth, else '') and under all together. Tokens of fewer than `FEWEST` alerts are left out, lists of
fewer than `FEWEST_ALERTS` alerts say nothing. The counts follow from the pinned list versions alone.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from screening.matching.edits import distinct
from screening.matching.model import Traffic

Ints = npt.NDArray[np.int64]
FEWEST = 5
FEWEST_ALERTS = 200


def count_listed(
    alert: Ints, token: Ints, tokens: Sequence[str], of: Ints, state: Ints, states: Sequence[str]
) -> Traffic | None:
    """Count the names of listed people.

    Args:
        alert: alert of each token of a name.
        token: number of that token.
        tokens: the tokens.
        of: alert of each State that one has.
        state: number of that State; each pair once.
        states: the States.

    Returns:
        Shares and numbers as of traffic; None where the lists name too few.
    """
    width = max(len(tokens), 1)
    alert, token = np.divmod(distinct(alert * width + token), width)
    named = np.unique(alert)
    if len(named) < FEWEST_ALERTS:
        return None
    # An alert of no known State counts under ''.
    stateless = np.setdiff1d(named, of)
    kept = np.isin(of, named)
    of = np.concatenate([of[kept], stateless])
    state = np.concatenate([state[kept], np.full(len(stateless), len(states))])
    known = [*states, ""]
    begin, end = (np.searchsorted(alert, of, side=side) for side in ("left", "right"))
    count = end - begin
    at = np.repeat(begin - np.cumsum(count) + count, count) + np.arange(int(count.sum()))
    code, bearers = np.unique(np.repeat(state, count) * width + token[at], return_counts=True)
    totals = np.bincount(np.repeat(state, count), minlength=len(known))
    holders = np.bincount(state, minlength=len(known))
    overall = np.bincount(token, minlength=width)
    by_state: dict[str, dict[str, int]] = {known[at]: {} for at in np.flatnonzero(holders).tolist()}
    frequent = bearers >= FEWEST
    for one, n in zip(code[frequent].tolist(), bearers[frequent].tolist(), strict=True):
        by_state[known[one // width]][tokens[one % width]] = n
    everything = int(overall.sum())
    number = {known[at]: at for at in range(len(known))}
    return Traffic(
        tokens=dict(
            sorted(
                (tokens[at], int(overall[at]) / everything)
                for at in np.flatnonzero(overall >= FEWEST).tolist()
            )
        ),
        by_state={
            name: (int(totals[number[name]]), dict(sorted(held.items())))
            for name, held in sorted(by_state.items())
        },
        states={name: int(holders[number[name]]) / len(named) for name in sorted(by_state)},
        travellers=len(named),
    )
