r"""How many people stand in bytes that could not be used, and of which flight: counted, else as stated.

Nobody who was not compared may be counted as nobody. Travellers of PAXLST are its NAD of passengers and
crew, travellers of PNRGOV its TIF; where neither can be found, the sender's own count (CNT) holds. Bytes of
which none of this can be said are `unknown`, but for those that hold nobody: white space, a message of
another type, a note. A table of text may well be a passenger list, so it is unknown.

>>> people_in(b"UNH+1+PAXLST:D:12B'NAD+FL+++DOE:JANE'NAD+FM+++ROE:RICHARD'")
Inside(people=2, counted=<Counted.COUNTED: 'counted'>, flight=None)
>>> people_in(b"TDT+20+4X0164'CNT+42:80'")
Inside(people=80, counted=<Counted.STATED: 'stated'>, flight='4X164')
>>> people_in(b"The host is down until 23:00.").counted, people_in(b"\x1f\x8b\x08\x00\xff").people
(<Counted.NOBODY: 'nobody'>, None)
"""

import re
from dataclasses import dataclass

from screening.messages.syntax.segments import Data
from screening.tables.codes import Counted

# A segment may follow any separator or none: the separators are not known here, but they are none of prose.
# Roles: paxlst/tables.py.
_NAD = re.compile(rb"(?<![0-9A-Za-z])NAD[^0-9A-Za-z\s.,;/()\"`'-](?:FL|FM|DDU|DDT)(?![0-9A-Za-z])")
_TIF = re.compile(rb"(?<![0-9A-Za-z])TIF[^0-9A-Za-z\s.,;/()\"`'-](?=[A-Z])")
_COUNT = re.compile(rb"(?<![0-9A-Za-z])CNT[^0-9A-Za-z\s](?:42|41)[^0-9A-Za-z\s]([0-9]{1,5})(?![0-9])")
_MESSAGE = re.compile(rb"(?<![0-9A-Za-z])UNH[^0-9A-Za-z\s][^\r\n]{0,40}?([A-Z]{6})(?![A-Z])")
_TDT = re.compile(
    rb"(?<![0-9A-Za-z])TDT[^0-9A-Za-z\s]20[^0-9A-Za-z\s]([0-9A-Z]{2,3}?) ?0*([0-9]{1,4}[A-Z]?)(?![0-9A-Z])"
)
_TVL = re.compile(
    rb"(?<![0-9A-Za-z])TVL[^0-9A-Za-z\s][0-9:]{6,40}[^0-9A-Za-z\s][A-Z]{3}[^0-9A-Za-z\s][A-Z]{3}"
    rb"[^0-9A-Za-z\s]([0-9A-Z]{2,3})[^0-9A-Za-z\s]0*([0-9]{1,4}[A-Z]?)(?![0-9A-Z])"
)
_SERVICE = re.compile(rb"(?<![0-9A-Za-z])(?:UNA|UNB|UNH|UNT|UNZ|NAD|TIF|DOC|TDT|TVL|SRC|RCI)[^0-9A-Za-z\s]")
_OF_PEOPLE = frozenset({b"PAXLST", b"PNRGOV"})
_NOTE_BYTES = 20_000  # a longer text is no note
_NOTE_LINES = 12
_CELLS = re.compile(r"[,;|\t]")
_NUMBERED = re.compile(r"\s*[0-9]{1,3}[.) ]")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_FEW = 2  # a letterhead of two lines in capitals, or two years, are no passenger list


@dataclass(frozen=True, slots=True)
class Inside:
    """Who stands in some bytes.

    Attributes:
        people: their number; None where not known.
        counted: how it is known.
        flight: first designator of a flight in them.
    """

    people: int | None
    counted: Counted
    flight: str | None


def people_in(data: Data, start: int = 0, stop: int | None = None) -> Inside:
    """Count the people in a stretch of bytes that was set aside.

    Args:
        data: bytes of the input, or a map of it.
        start: first byte of the stretch.
        stop: byte after its last one; None for the end.
    """
    end = len(data) if stop is None else stop
    flight = _flight(data, start, end)
    found = sum(1 for _ in _NAD.finditer(data, start, end)) or sum(1 for _ in _TIF.finditer(data, start, end))
    if found:
        return Inside(found, Counted.COUNTED, flight)
    stated = [int(one[1]) for one in _COUNT.finditer(data, start, end)]
    if stated:
        return Inside(sum(stated), Counted.STATED, flight)
    if _holds_nobody(data, start, end):
        return Inside(0, Counted.NOBODY, flight)
    return Inside(None, Counted.UNKNOWN, flight)


def _flight(data: Data, start: int, end: int) -> str | None:
    found = _TDT.search(data, start, end) or _TVL.search(data, start, end)
    return f"{found[1].decode()}{found[2].decode()}" if found else None


def _holds_nobody(data: Data, start: int, end: int) -> bool:
    """Say whether bytes without a traveller and without a count are known to hold nobody."""
    types = {found[1] for found in _MESSAGE.finditer(data, start, end)}
    if types:
        return not types & _OF_PEOPLE
    if end - start > _NOTE_BYTES or _SERVICE.search(data, start, end):
        return False
    return _is_note(bytes(data[start:end]))


def _is_note(text: bytes) -> bool:
    """Say whether text is a few lines that look like no list of people."""
    try:
        readable = text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    if not all(sign.isprintable() or sign.isspace() for sign in readable):
        return False
    lines = [line for line in readable.splitlines() if line.strip()]
    cells = sum(len(_CELLS.findall(line)) >= 2 for line in lines)
    listed = sum(line == line.upper() or _NUMBERED.match(line) is not None for line in lines)
    return (
        len(lines) <= _NOTE_LINES and cells < _FEW and listed <= _FEW and len(_YEAR.findall(readable)) <= _FEW
    )
