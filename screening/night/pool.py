"""Run units of work in several processes where the night is large enough to pay for them.

A unit writes its own result into the work zone and gives a number back, so it does not matter which process
ran it, nor in which order. Processes are spawned, not forked: the libraries below hold threads and locks.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from screening.night.memory import give_back

_Unit = TypeVar("_Unit")
WORKERS = "SCREENING_WORKERS"


def workers() -> int:
    """How many processes may work at once: SCREENING_WORKERS, else the cores that this process may use."""
    given = os.environ.get(WORKERS, "")
    return max(1, int(given)) if given.isdigit() else len(os.sched_getaffinity(0))


def each(do: Callable[[_Unit], int], units: Sequence[_Unit], *, large: bool) -> Iterator[int]:
    """Do every unit.

    Args:
        do: a function of a module (it is sent to other processes by name).
        units: what to do; each can be pickled.
        large: is the night large enough that starting processes pays?

    Yields:
        What `do` gives, in the order of the units.
    """
    number = min(workers(), len(units))
    if not large or number < 2:
        yield from map(do, units)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(number, mp_context=context, initializer=give_back) as pool:
        yield from pool.map(do, units)
