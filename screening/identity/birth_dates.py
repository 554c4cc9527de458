"""Dates of birth as messages write them: what is known of one, and how.

Rule (docs/messages.md): a format code (UN/EDIFACT 2379) is honoured where the digits fit it, else the shape
decides. A day or month that is written as unknown (00, `<<`, XX) leaves month and year standing. Two digits
of a year mean the latest date that is not after the flight. Nothing is guessed of a date that does not exist.

Source: UN/EDIFACT 2379; ICAO Doc 9303 part 3, section 4.8 (unknown parts are `<<`).

>>> birth("19710400", latest=date(2026, 11, 23)).known, birth("71<<<<", latest=date(2026, 11, 23)).known
('1971-04', '1971')
>>> birth("120471", "2", latest=date(2026, 11, 23)).known
'1971-04-12'
>>> birth("000000", latest=date(2026, 11, 23)).empty, birth("711301", latest=date(2026, 11, 23)).known
(True, None)
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from screening.identity.dates import MONTHS

OLDEST = 130  # years
_CONTRADICTS = timedelta(days=366)  # no interchange is sent a year before or after its flight
_NAMED = re.compile(r"([0-9]{1,2}|XX|<<)?([A-Z]{3})([0-9]{2}|[0-9]{4})", re.ASCII)
_FILLER = re.compile(r"[<X?]")
_SIGNS = re.compile(r"[-/.:]")
_CLOCK = re.compile(r"[A-Z+]")  # what follows a T, Z or + is no part of the date
# Where year, month and day stand: (first, behind the last) of each; a clock or zone behind them says nothing.
_YMD, _CYMD = ((0, 2), (2, 4), (4, 6)), ((0, 4), (4, 6), (6, 8))
_DMY, _MDY, _DMCY = ((4, 6), (2, 4), (0, 2)), ((4, 6), (0, 2), (2, 4)), ((4, 8), (2, 4), (0, 2))
_NONE = (0, 0)
_Places = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
FORMATS: dict[str, tuple[int, _Places]] = {
    "2": (6, _DMY), "3": (6, _MDY), "4": (8, _DMCY), "10": (8, _CYMD),
    "101": (6, _YMD), "102": (8, _CYMD), "201": (10, _YMD), "202": (12, _YMD), "203": (12, _CYMD),
    "204": (14, _CYMD), "205": (12, _CYMD), "303": (12, _CYMD), "601": (2, ((0, 2), _NONE, _NONE)),
    "602": (4, ((0, 4), _NONE, _NONE)), "609": (4, ((0, 2), (2, 4), _NONE)),
    "610": (6, ((0, 4), (4, 6), _NONE)),
}  # fmt: skip
_SHAPES: dict[int, _Places] = {6: _YMD, 8: _CYMD}
_LONG = re.compile(r"(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{2}(?:[0-9]{4}|[0-9]{6})", re.ASCII)
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", re.ASCII)
_YEAR = re.compile(r"(?:18|19|20)[0-9]{2}", re.ASCII)
_MONTH = re.compile(r"((?:18|19|20)[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Birth:
    """What is known of a date of birth.

    Attributes:
        known: YYYY-MM-DD, YYYY-MM or YYYY; None where nothing is.
        empty: zeros or fillers stand for a date that is not known.
        against_format: the digits do not fit the format code that stands beside them.
        day: the date where all of it is known.
    """

    known: str | None = None
    empty: bool = False
    against_format: bool = False
    day: date | None = None


def birth(written: str, form: str = "", *, latest: date, day_first: bool = False) -> Birth:
    """Read a date of birth.

    Args:
        written: as sent.
        form: format code (2379), empty where none is sent.
        latest: day of `latest_birth`; nobody aboard is born after it.
        day_first: digits stand in the order of PNRGOV, ddMMyy.
    """
    found = _birth(written, form, latest, day_first)
    if found.known is None or len(found.known) < len("YYYY-MM-DD"):
        return found
    return replace(found, day=date.fromisoformat(found.known))


def _birth(written: str, form: str, latest: date, day_first: bool) -> Birth:
    text = written.strip().upper().replace(" ", "")
    named = _NAMED.fullmatch(text)
    if named is not None:
        month = MONTHS.get(named[2])
        day = int(_FILLER.sub("0", named[1] or "0"))
        return Birth(_known(named[3], month, day, latest) if month else None)
    code = form.strip().lstrip("0")
    stated = FORMATS.get(code)
    dated = _FILLER.sub("0", text)
    bare = _SIGNS.sub("", _CLOCK.split(dated, maxsplit=1)[0])
    if not bare.isascii() or not bare.isdecimal():
        return Birth(against_format=stated is not None)
    if not bare.strip("0"):
        return Birth(empty=True)
    if stated is not None and len(bare) >= stated[0] and (len(bare) == stated[0] or stated[0] >= 10):
        known = _at(bare, stated[1], latest)
        if known is not None:
            return Birth(known)
    known = _by_shape(bare, text, latest, day_first)
    odd = bool(code) or _YEAR_LAST.fullmatch(text) is not None
    return Birth(known, against_format=stated is not None or (odd and known is not None))


def _by_signs(text: str, latest: date) -> str | None:
    """Read a date whose parts stand apart; where the year is last the day is first, unless it cannot be."""
    first = _YEAR_FIRST.fullmatch(text)
    if first is not None:
        return _known(first[1], int(first[2]), int(first[3]), latest)
    last = _YEAR_LAST.fullmatch(text)
    if last is None:
        return None
    day, month = int(last[1]), int(last[2])
    return _known(last[3], month, day, latest) or _known(last[3], day, month, latest)


def _by_shape(digits: str, text: str, latest: date, day_first: bool) -> str | None:
    """Read digits without a format code, or against it."""
    apart = _by_signs(text, latest)
    if apart is not None:
        return apart
    if _YEAR.fullmatch(digits):
        return _known(digits, 0, 0, latest)
    month = _MONTH.fullmatch(text)
    if month is not None:
        return _known(month[1], int(month[2]), 0, latest)
    if _LONG.fullmatch(digits):
        return _at(digits, _CYMD, latest)
    places = _SHAPES.get(len(digits))
    if places is None:
        return None
    orders = (_DMY if len(digits) == 6 else _DMCY, places) if day_first else (places,)
    return next((known for order in orders if (known := _at(digits, order, latest))), None)


def _at(digits: str, places: _Places, latest: date) -> str | None:
    year, month, day = (digits[first:stop] for first, stop in places)
    return _known(year, int(month or 0), int(day or 0), latest)


def _known(year: str, month: int, day: int, latest: date) -> str | None:
    """Return what is known of a date with a century that lets it exist; 0 is an unknown month or day."""
    if not year.strip("0") and len(year) == 4:
        return None
    if day > 31 or (not month and year == "00"):
        return None  # 000071 is no year
    if not month:
        day = 0  # a day without a month says nothing
    century = latest.year - latest.year % 100
    starts = (century, century - 100) if len(year) == 2 else (0,)
    for start in starts:
        whole = start + int(year)
        try:
            first = date(whole, month or 1, day or 1)
        except ValueError:
            continue
        if first <= latest and whole >= latest.year - OLDEST:
            if not month:
                return f"{whole:04}"
            return f"{whole:04}-{month:02}" + (f"-{day:02}" if day else "")
    return None


def span(known: str) -> tuple[date, date]:
    """Return the first and the last day that a known date, month or year may mean.

    >>> span("1971-02"), span("1971")[1].isoformat()
    ((datetime.date(1971, 2, 1), datetime.date(1971, 2, 28)), '1971-12-31')
    """
    if len(known) == 10:
        day = date.fromisoformat(known)
        return day, day
    if len(known) == 7:
        first = date.fromisoformat(f"{known}-01")
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return date(int(known), 1, 1), date(int(known), 12, 31)


def covers(less: str, more: str) -> bool:
    """Say whether one date only leaves out what the other one says.

    >>> covers("1971", "1971-04-12"), covers("1971-05", "1971-04-12")
    (True, False)
    """
    return more.startswith(less)


def latest_birth(sent: date | None, departures: list[date]) -> date | None:
    """Return the day by which centuries are decided: the later of the interchange's and the departure.

    A clock that contradicts the flight by more than a year is not believed. None where neither is known.
    """
    if not departures:
        return sent
    flown = max(departures)
    if sent is None or abs(flown - sent) > _CONTRADICTS:
        return flown
    return max(sent, flown)
