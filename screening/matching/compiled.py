"""Compiled loops: numba where it is installed, plain Python where it is not (slower, the same results).

numba takes a second to import, and most commands match nobody: the loops of a module are compiled together
when the first of them is called. Compiled code is kept beside the modules (`__pycache__`), so only the first
run on a machine waits for it (`make setup`). numba renews what it kept when the module itself changes, not
when another module does that it calls: loops that call one another stand in one module.

One process compiles at a time, and the others take what it kept. numba numbers what it keeps of a loop for
several kinds of arguments by its index file, reading and writing it without a lock: of two processes that
began with nothing kept, each could put its own machine code where the other's index looks for another.
"""

import fcntl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from threading import RLock
from typing import Any, BinaryIO, TypeVar, cast

Loop = TypeVar("Loop", bound=Callable[..., Any])
_loops: dict[str, list[Callable[..., Any]]] = {}
_LOCK = "compiling.lock"
_here = RLock()
_held: set[str] = set()


def compiled(loop: Loop) -> Loop:
    """Compile a function of numbers and arrays when its module is first used."""
    _loops.setdefault(loop.__module__, []).append(loop)

    @wraps(loop)
    def first(*arguments: object) -> object:
        return _ready(loop.__module__)[loop.__name__](*arguments)

    return cast(Loop, first)


@cache
def _ready(module: str) -> dict[str, Callable[..., Any]]:
    """Compile the loops of a module and put them in its place, where they find one another."""
    made = {loop.__name__: loop for loop in _loops[module]}
    try:
        from numba import njit
    except ImportError:
        pass
    else:
        made = {name: in_turn(njit(cache=True, nogil=True)(loop)) for name, loop in made.items()}
    vars(sys.modules[module]).update(made)
    return made


def in_turn(dispatcher: Any) -> Any:  # noqa: ANN401 - numba's, which has no types
    """Let a compiled function compile, or read what was kept, while no other process of its folder does.

    Args:
        dispatcher: what `njit(cache=True)` gives.

    Returns:
        The same.
    """
    alone, folder = dispatcher.compile, str(dispatcher.stats.cache_path)

    def compile_in_turn(signature: object) -> object:
        with _turn(folder):
            return alone(signature)

    dispatcher.compile = compile_in_turn
    return dispatcher


@contextmanager
def _turn(folder: str) -> Iterator[None]:
    """Hold the lock of a folder of compiled code; a loop compiles the loops that it calls within its turn."""
    with _here:
        if folder in _held:
            yield
            return
        with _lock_file(f"{folder}/{_LOCK}") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _held.add(folder)
            try:
                yield
            finally:
                _held.discard(folder)


def _lock_file(path: str) -> BinaryIO:
    """Open the lock, of which reading is enough where another user made it; numba has made its folder."""
    try:
        return open(path, "ab")  # noqa: PTH123
    except PermissionError:
        return open(path, "rb")  # noqa: PTH123
