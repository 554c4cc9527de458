"""Names of the lists in use, counted: what is frequent in a list of many is common among the people it names.

Rule: each alert counts once with each different token of its names, under each of its nationalities (else its
States of birth, else '') and under all together. Tokens of fewer than `FEWEST` alerts are left out, lists of
fewer than `FEWEST_ALERTS` alerts say nothing. The counts follow from the pinned list versions alone.
"""

from collections import Counter
from collections.abc import Iterable

from screening.matching.model import Traffic

FEWEST = 5
FEWEST_ALERTS = 200
Person = tuple[frozenset[str], tuple[str, ...]]


def count_listed(people: Iterable[Person]) -> Traffic | None:
    """Count the names of listed people.

    Args:
        people: tokens of all names of an alert, and its States.

    Returns:
        Shares and numbers as of traffic; None where the lists name too few.
    """
    alerts = 0
    states: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    bearers: dict[str, Counter[str]] = {}
    overall: Counter[str] = Counter()
    for tokens, of in people:
        alerts += 1
        overall.update(tokens)
        for state in of or ("",):
            states[state] += 1
            totals[state] += len(tokens)
            bearers.setdefault(state, Counter()).update(tokens)
    if alerts < FEWEST_ALERTS:
        return None
    everything = overall.total()
    return Traffic(
        tokens={token: n / everything for token, n in sorted(overall.items()) if n >= FEWEST},
        by_state={
            state: (totals[state], {token: n for token, n in sorted(held.items()) if n >= FEWEST})
            for state, held in sorted(bearers.items())
        },
        states={state: n / alerts for state, n in sorted(states.items())},
        travellers=alerts,
    )
