"""Shares: a stage's work cut for tasks of their own, from what there is to do and never from who does it.

A task of a scheduler costs some 4 s before it does anything (queue, process, imports), so that a share has a
floor of work, and a small night is one share. The number of workers is no part of it: any cut gives the same
bytes, but a run that is taken up on another machine must find the units that it has left.
"""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import accumulate

NOBODY = "none"  # Airflow skips what follows an empty mapping, and such a night must be published too
MOST = 32


def evenly(weights: Sequence[int], *, least: int, most: int = MOST) -> list[range]:
    """Cut a sequence into consecutive shares of about equal weight.

    Args:
        weights: weight of each part; parts are never cut.
        least: a share weighs so much, but for the last crumbs.
        most: shares at most.

    Returns:
        Places of each share's parts; none without parts.

    >>> evenly([4, 4, 4, 4], least=8), evenly([1, 1, 1], least=8), evenly([4, 1, 9], least=1, most=2)
    ([range(0, 2), range(2, 4)], [range(0, 3)], [range(0, 2), range(2, 3)])
    """
    if not weights:
        return []
    whole = sum(weights)
    number = max(1, min(most, whole // least))
    begins: dict[int, int] = {}
    for place, (weight, end) in enumerate(zip(weights, accumulate(weights), strict=True)):
        share = (2 * end - weight) * number // (2 * whole) if whole else 0  # where its middle lies
        begins.setdefault(min(share, number - 1), place)
    starts = sorted(begins.values())
    return [range(start, end) for start, end in zip(starts, [*starts[1:], len(weights)], strict=True)]


def unit_of(parts: Iterable[str]) -> str:
    """Return the name of a share: the hash of what it is made of."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def planned(shares: Sequence[tuple[str, str]], *, nothing: str) -> list[dict[str, str]]:
    """Return unit and label of each share as tasks pass them, at least one.

    Args:
        shares: unit and what it holds, in numbers and carriers, never people.
        nothing: the label where there is nothing to do.
    """
    found = [
        {"unit": unit, "label": f"{place:02d}: {holds}"}
        for place, (unit, holds) in enumerate(shares, start=1)
    ]
    return found or [{"unit": NOBODY, "label": nothing}]
