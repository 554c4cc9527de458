"""The solver of linear programs is started so that stdout stays ours."""

import ctypes
import os
import sys
from functools import cache


@cache
def start_solver() -> None:
    """Keep stdout for data: HiGHS 1.16 prints its name there when a process makes its first model."""
    import highspy

    try:
        out = sys.__stdout__.fileno() if sys.__stdout__ else None
    except (OSError, ValueError):
        return
    if out is None:
        return
    sys.stdout.flush()
    kept, nowhere = os.dup(out), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, out)
        highspy.Highs()  # type: ignore[no-untyped-call]
        ctypes.CDLL(None).fflush(None)  # what C holds back would come out at the end
    finally:
        os.dup2(kept, out)
        os.close(kept)
        os.close(nowhere)
