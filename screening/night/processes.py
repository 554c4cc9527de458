"""Run units of work in several processes where the night is large enough to pay for them.

A unit writes its own result into the work zone and gives a number back, so it does not matter which process
ran it, nor in which order. Processes are spawned, not forked: the libraries below hold threads and locks.

Each uses an allocator that gives freed memory back to the system. Arrow's default (mimalloc in pyarrow 26)
keeps most of what was freed: after a large night is settled, 150 MB of tables hold 700 MB, and every process
of the night does so. jemalloc gives it back within a second and costs no time. No byte depends on it.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

import pyarrow as pa

_Unit = TypeVar("_Unit")
WORKERS = "SCREENING_WORKERS"
_ALLOCATOR = "ARROW_DEFAULT_MEMORY_POOL"  # Arrow's own variable: whoever sets it has chosen


def give_back() -> None:
    """Let Arrow give freed memory back, where its build can; may be called any number of times."""
    if _ALLOCATOR not in os.environ and "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())


def _begin() -> None:
    """Begin a process of the pool; Ctrl-C reaches it too, and the one that started it decides."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    give_back()


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
    with ProcessPoolExecutor(number, mp_context=context, initializer=_begin) as pool:
        yield from pool.map(do, units)
