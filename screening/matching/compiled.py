"""Compiled loops: numba where it is installed, plain Python where it is not (slower, the same results).

numba takes a second to import, and most commands match nobody: the loops of a module are compiled together
when the first of them is called. Compiled code is kept beside the modules (`__pycache__`), so only the first
run on a machine waits for it (`make setup`). numba renews what it kept when the module itself changes, not
when another module does that it calls: loops that call one another stand in one module.
"""

import sys
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar, cast

Loop = TypeVar("Loop", bound=Callable[..., Any])
_loops: dict[str, list[Callable[..., Any]]] = {}


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
        made = {name: njit(cache=True, nogil=True)(loop) for name, loop in made.items()}
    vars(sys.modules[module]).update(made)
    return made
