"""Second line against personal data in logs: what is no id, code or count is withheld.

The first line is that our code logs nothing else. This filter assumes that somebody forgot, or that a library
quotes what it was given: arguments pass only as numbers, closed words and ids; in a text without arguments
(an f-string has swallowed them) only lower-case words pass; of an exception only type and place, except for
our own errors, whose texts carry no person by contract.

A filter cannot know every name (`smith` in lower case passes in a text without arguments): it is no licence.

>>> record = logging.LogRecord("x", logging.INFO, "", 0, "%s of %d travellers", ("MUELLER/ANNA", 3), None)
>>> Discreet().filter(record), record.getMessage()
(True, '[withheld]/[withheld] of 3 travellers')
"""

import logging
import re
from enum import StrEnum
from pathlib import PurePath
from types import TracebackType

from screening.tables.errors import ScreeningError

WITHHELD = "[withheld]"
_ID = re.compile(
    r"[0-9a-f]{64}(:\d+){0,2}"  # input, message, statement
    r"|[0-9a-f]{32}"  # pseudonym
    r"|key-[0-9a-f]{8}"
    r"|[A-Z0-9]{2,3}\d{1,4}[A-Z]?-\d{8}-[A-Z]{3}-[A-Z]{3}"  # flight leg
    r"|night=\d{4}-\d{2}-\d{2}"  # a bare date could be a date of birth
    r"|[a-z]+(_[a-z0-9]+)+"  # code
    r"|\d{1,3}(,\d{3})*"  # count
)
_WORD = re.compile(r"[a-z]+('[a-z]+)?|[a-z]+(-[a-z]+)+")
_TOKEN = re.compile(r"([\s/]+)")
_EDGES = "()[]{}.,;:!?\"'`"


class Discreet(logging.Filter):
    """Rewrites each record; put it on handlers, as a logger's own filter does not see its children."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Withhold what is no id, code or count; the record itself always passes."""
        if record.args:
            record.args = _arguments(record.args)
        else:
            record.msg, record.args = _text(str(record.msg)), ()
        if record.exc_info:
            record.msg = f"{record.msg} [{_place(record.exc_info[1], record.exc_info[2])}]"
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def guard(logger: logging.Logger) -> None:
    """Put the filter on every handler of a logger that lacks it."""
    for handler in logger.handlers:
        if not any(isinstance(item, Discreet) for item in handler.filters):
            handler.addFilter(Discreet())


def _arguments(args: object) -> tuple[object, ...] | dict[str, object]:
    if isinstance(args, dict):
        return {str(key): _argument(value) for key, value in args.items()}
    return tuple(_argument(value) for value in (args if isinstance(args, tuple) else (args,)))


def _argument(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | StrEnum | ScreeningError):
        return value
    if isinstance(value, PurePath):
        return _ids(str(value))
    return _ids(value) if isinstance(value, str) else WITHHELD


def _ids(text: str) -> str:
    parts = _TOKEN.split(text)
    return "".join(part if not part or _TOKEN.fullmatch(part) or _is_id(part) else WITHHELD for part in parts)


def _is_id(token: str) -> bool:
    return bool(_ID.fullmatch(token.strip(_EDGES)))


def _text(text: str) -> str:
    parts = _TOKEN.split(text)
    kept = []
    for place, part in enumerate(parts):
        bare = part.strip(_EDGES)
        opening = place == 0 and bare[1:] == bare[1:].lower()  # a sentence begins with a capital letter
        word = _WORD.fullmatch(bare.lower() if opening else bare)
        kept.append(part if not bare or _TOKEN.fullmatch(part) or word or _is_id(part) else WITHHELD)
    return "".join(kept)


def _place(fault: BaseException | None, trace: TracebackType | None) -> str:
    if isinstance(fault, ScreeningError):
        return f"{type(fault).__name__}: {fault.what}"
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(fault).__name__}{where}"
