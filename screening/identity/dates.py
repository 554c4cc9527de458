"""Dates as messages write them, and the century of two-digit years.

Rule (docs/messages.md): an expiry is the year within -20 … +80 years of the message. Impossible dates are
None; the caller keeps them as sent with a finding. Dates of birth: `birth_dates`.

>>> expiry_date("610218", sent=date(2014, 2, 2)).isoformat()
'2061-02-18'
"""

import re
from datetime import date, datetime, time

MONTHS = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), start=1
    )
}
_NAMED = re.compile(r"^([0-9]{1,2})([A-Z]{3})([0-9]{2}|[0-9]{4})$", re.ASCII)
_DIGITS = re.compile(r"^[0-9]+$", re.ASCII)


def _parts(written: str, *, day_first: bool) -> tuple[int, int, int, bool] | None:
    """Split into year, month, day and whether the year has two digits."""
    text = written.strip().upper().replace(" ", "")
    named = _NAMED.match(text)
    if named:
        month = MONTHS.get(named[2])
        return (int(named[3]), month, int(named[1]), len(named[3]) == 2) if month else None
    text = text.replace("-", "").replace("/", "")
    if not _DIGITS.match(text) or len(text) not in {6, 8}:
        return None
    short = len(text) == 6
    if day_first:
        return int(text[4:]), int(text[2:4]), int(text[:2]), short
    year, rest = (text[:2], text[2:]) if short else (text[:4], text[4:])
    return int(year), int(rest[:2]), int(rest[2:]), short


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def expiry_date(written: str, *, sent: date, day_first: bool = False) -> date | None:
    """Read a date of expiry: a two-digit year is the one within -20 … +80 years of `sent`."""
    parts = _parts(written, day_first=day_first)
    if parts is None:
        return None
    year, month, day, short = parts
    if not short:
        return _day(year, month, day)
    century = sent.year - sent.year % 100
    for start in (century - 100, century, century + 100):
        if sent.year - 20 <= start + year < sent.year + 80:
            return _day(start + year, month, day)
    return None


def local_time(
    written_date: str, written_time: str, *, day_first: bool, sent: date | None
) -> datetime | None:
    """Read a local date and time of a movement: YYMMDD, CCYYMMDD, ddMMyy; HHMM (or empty: 00:00)."""
    parts = _parts(written_date, day_first=day_first)
    if parts is None:
        return None
    year, month, day, short = parts
    if short:
        base = sent.year if sent else 2000
        years = (century + year for century in range(1900, 2200, 100))
        year = min(years, key=lambda candidate: abs(candidate - base))
    found = _day(year, month, day)
    clock = clock_time(written_time) if written_time else time(0, 0)
    if found is None or clock is None:
        return None
    return datetime.combine(found, clock)


def clock_time(written: str) -> time | None:
    """Read HHMM or HHMMSS; None where there is no such time."""
    text = written.strip()
    if not _DIGITS.match(text) or len(text) not in {3, 4, 6}:
        return None
    text = text.zfill(4) if len(text) == 3 else text
    hour, minute = int(text[:2]), int(text[2:4])
    if hour == 24 and minute == 0:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def month_of(name: str) -> int | None:
    """Return the number of a month by its first three letters.

    >>> month_of("NOV"), month_of("NOX")
    (11, None)
    """
    return MONTHS.get(name)


def calendar_day(year: int, month: int, day: int) -> date | None:
    """Return a date; None where there is no such day."""
    return _day(year, month, day)
