"""Compiled loops: numba where it is installed, plain Python where it is not (slower, the same results).

Compiled code is kept beside the modules (`__pycache__`), so only the first run on a machine waits for it.
numba renews what it kept when the module itself changes, not when another module does that it calls: loops
that call one another stand in one module.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

Loop = TypeVar("Loop", bound=Callable[..., Any])


def compiled(loop: Loop) -> Loop:
    """Compile a function of numbers and arrays."""
    try:
        from numba import njit
    except ImportError:
        return loop
    made: Any = njit(cache=True, nogil=True)(loop)
    return cast(Loop, made)
