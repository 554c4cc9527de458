"""Messages whose UNH, or interchanges whose UNB, is lost or damaged: told by the segments of people in them.

Rule: one damaged segment decides nothing. A run of segments that names people is a message, whatever stands
in the place of its UNH; its type is told by them. A whole name of another message stays what it is.

>>> message_type([b"", b"BGM+745", b"NAD+FL+++DOE:JANE"], "", b"+")
'PAXLST'
>>> message_type([b"UNH+1+CUSRES", b"NAD+FL+++DOE"], "CUSRES", b"+") is None
True
"""

import re
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from screening.messages.syntax.segments import Data

_SIGN = rb"[!-/:-@\[-`{-~\x1c-\x1f]"
_UNH = re.compile(rb"UNH ?(" + _SIGN + rb")[^\r\n]{0,40}?\1(?:PAXLST|PNRGOV)(" + _SIGN + rb")")
_PEOPLE = {"PAXLST": (b"NAD", b"PDT"), "PNRGOV": (b"TIF",)}
_ROLES = (b"FL", b"FM", b"DDU", b"DDT")
_SLIPS = 2  # letters of a type that may be wrong or missing
_WHOLE = 6  # letters of a type


def names_people(pieces: Iterable[bytes], element: bytes) -> str | None:
    """Return the type of message whose people a run of segments names."""
    for piece in pieces:
        for kind, tags in _PEOPLE.items():
            tag = piece[:3]
            if tag not in tags or not piece[3:].startswith(element):
                continue
            if tag != b"NAD" or piece[3 + len(element) :].startswith(_ROLES):
                return kind
    return None


def message_type(pieces: Iterable[bytes], stated: str, element: bytes) -> str | None:
    """Return the type of a message whose UNH names none; None where another is named, or nobody."""
    found = names_people(pieces, element)
    whole = len(stated) == _WHOLE and stated.isalpha()
    if found is None or (whole and OSA.distance(stated, found) > _SLIPS):
        return None
    return found


def first_message(data: Data, start: int, stop: int) -> re.Match[bytes] | None:
    """Find the UNH of a message that stands before any UNB."""
    return _UNH.search(data, start, stop)
