"""Names of the lists in use, counted: what is frequent in a list of many is common among the people it names.

Rule: each alert counts once with each different token of its names, under each of its nationalities (else its
States of birth, else '') and under all together. Tokens of fewer than `FEWEST` alerts are left out, lists of
fewer than `FEWEST_ALERTS` alerts say nothing. The counts follow from the pinned list versions alone.

Tokens of one name depend on one another: who is called PARMINDER is called SINGH as well, in whatever State.
So a token is also as common as it is beside the other tokens of the names that hold it (`_beside`).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from screening.matching.edits import distinct
from screening.matching.loops import MOST as MOST_TOKENS
from screening.matching.model import Traffic

Ints = npt.NDArray[np.int64]
FEWEST = 5
FEWEST_ALERTS = 200
OVERALL, BESIDE = 0.25, 0.5  # parts of a token's shares that count for travellers of whatever State
_SHRINK = 200


def count_listed(
    alert: Ints,
    name: Ints,
    token: Ints,
    tokens: Sequence[str],
    of: Ints,
    state: Ints,
    states: Sequence[str],
) -> Traffic | None:
    """Count the names of listed people.

    Args:
        alert: alert of each token of a name.
        name: number of that name; its tokens stand together.
        token: number of that token.
        tokens: the tokens.
        of: alert of each State that one has.
        state: number of that State; each pair once.
        states: the States.

    Returns:
        Shares and numbers as of traffic, the shares held down to the part that counts; None where the lists
        name too few.
    """
    width = max(len(tokens), 1)
    beside = _beside(alert, name, token, width)
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
                (tokens[at], max(OVERALL * int(overall[at]) / everything, BESIDE * float(beside[at])))
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


def _beside(alert: Ints, name: Ints, token: Ints, width: int) -> npt.NDArray[np.float64]:
    """Return how common each token is among those who bear the other tokens of its names, itself left out.

    Of the alerts that hold another token of a name, without the one at hand, this is the share that holds the
    token beside it; over all its names together, and drawn to 0 by `_SHRINK` such alerts.
    """
    bearers = np.bincount(distinct(alert * width + token) % width, minlength=width)
    frequent = np.flatnonzero(bearers >= FEWEST)
    known = np.isin(token, frequent)
    alert, name, token = alert[known], name[known], np.searchsorted(frequent, token[known])
    count = max(len(frequent), 1)
    found = [np.empty(0, np.int64)]
    for apart in range(1, MOST_TOKENS):
        same = np.flatnonzero((name[apart:] == name[:-apart]) & (token[apart:] != token[:-apart]))
        one, other = np.sort([token[same], token[same + apart]], axis=0)
        found.append((alert[same] * count + one) * count + other)
    pair, held = np.unique(distinct(np.concatenate(found)) % count**2, return_counts=True)
    share = np.zeros(width)
    one, other = np.divmod(pair, count)
    one, other, held = np.r_[one, other], np.r_[other, one], np.r_[held, held]  # each beside the other
    both = np.bincount(one, held * (held - 1), count)
    every = np.bincount(one, held * (bearers[frequent][other] - 1), count)
    share[frequent] = (both / (every + _SHRINK))[: len(frequent)]
    return share
