"""Where an unforeseen exception was raised: its type and our innermost line, never its text.

The text of an exception may quote what was read: a name, a date of birth, a document number.
"""

from pathlib import Path


def place_of(fault: BaseException) -> str:
    """Return type and place of an exception.

    >>> try:
    ...     int("MUELLER")
    ... except ValueError as fault:
    ...     place_of(fault)
    'ValueError in unknown place'
    """
    trace, place = fault.__traceback__, "unknown place"
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if "screening" in path.parts:
            place = f"{path.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(fault).__name__} in {place}"
