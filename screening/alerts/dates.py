"""Dates of birth as lists know them: a day, a month, a year, about a year, or a span.

`value` is `YYYY-MM-DD`, `YYYY-MM`, `YYYY` or `FROM..TO`; `start` and `end` are the days that the source
names: a date "circa 1951" has the days of 1951, and how far circa reaches is the matcher's decision.

>>> read_date("10 Dec 1948").value, read_date("Sep 1999").value, read_date("circa 1951").precision.value
('1948-12-10', '1999-09', 'circa')
>>> read_date("01 Jan 1973 to 31 Dec 1973").value, read_date("Mar 1962 to Feb 1963").value
('1973', '1962-03..1963-02')
>>> read_date("circa 1979-1982").value, read_date("circa 1979-1982").precision.value
('1979..1982', 'range')
>>> read_date("30-35 years old") is None
True
>>> slashed_date("00/10/1975").value, slashed_date("dd/mm/1965").value, slashed_date("30/02/1965") is None
('1975-10', '1965', True)
"""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date

from screening.alerts.text import ascii_digits, clean
from screening.tables.codes import Precision

_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name}
_FIRST_YEAR, _LAST_YEAR = 1850, 2100
_DAY = re.compile(r"([0-9]{1,2})\.? ([A-Za-z]+)\.?,? ?([0-9]{4})")
_DAY_AMERICAN = re.compile(r"([A-Za-z]+)\.? ([0-9]{1,2}),? ([0-9]{4})")
_MONTH = re.compile(r"([A-Za-z]+)\.? ?([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(?:T.*|Z|[+-][0-9]{2}:[0-9]{2})?")
_ABOUT = re.compile(r"(?:circa|approximately|approx\.?|about|around|ca\.?|c\.)\s+", re.IGNORECASE)
_SPAN = re.compile(r"(?:between\s+)?(.+?)\s+(?:to|and|until|-|–)\s+(.+)", re.IGNORECASE)
_YEARS = re.compile(r"([0-9]{4})\s*(?:-|–|/|\.\.)\s*([0-9]{4})")
_SLASHED = re.compile(r"([0-9]{1,2}|dd)[/.]([0-9]{1,2}|mm)[/.]([0-9]{4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListedDate:
    """One date of birth as a list gives it.

    Attributes:
        value: what is known, in the form of the module's docstring; None where it could not be read.
        start: first day that it can mean.
        end: last day.
        precision: how exactly the source knows it.
        calendar: name of the calendar where it is not Gregorian.
        note: the source's words beside it, or the text that could not be read.
    """

    value: str | None
    start: date | None
    end: date | None
    precision: Precision
    calendar: str | None = None
    note: str | None = None


def of_parts(year: int, month: int = 0, day: int = 0) -> ListedDate | None:
    """Return the date of a year, a month (day 0) or a day (month and day given); None where there is none."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR or not 0 <= month <= 12 or (day and not month):
        return None
    if not month:
        return ListedDate(f"{year:04}", date(year, 1, 1), date(year, 12, 31), Precision.YEAR)
    last = calendar.monthrange(year, month)[1]
    if not day:
        return ListedDate(
            f"{year:04}-{month:02}", date(year, month, 1), date(year, month, last), Precision.MONTH
        )
    if not 1 <= day <= last:
        return None
    found = date(year, month, day)
    return ListedDate(found.isoformat(), found, found, Precision.DAY)


def circa(known: ListedDate | None) -> ListedDate | None:
    """Return the same date, known only about; a span stays a span."""
    if known is None or known.precision is Precision.RANGE:
        return known
    return replace(known, precision=Precision.CIRCA)


def span(first: ListedDate | None, last: ListedDate | None) -> ListedDate | None:
    """Return the span of two dates; 1 January to 31 December means the year or years.

    Ends in the wrong order are put right: a list that says 1960 to 1955 means the same years.
    """
    if first is None or last is None or first.start is None or last.end is None or last.start is None:
        return None
    if first.start > last.start:
        first, last = last, first
    start, end = first.start, last.end
    if start is None or end is None:
        return None
    whole = (start.month, start.day, end.month, end.day) == (1, 1, 12, 31)
    if whole and start.year == end.year:
        return of_parts(start.year)
    value = f"{start.year:04}..{end.year:04}" if whole else f"{first.value}..{last.value}"
    return ListedDate(value, start, end, Precision.RANGE)


def unread(text: str) -> ListedDate:
    """Return the row of a date that could not be read: its text alone."""
    return ListedDate(None, None, None, Precision.RANGE, note=text)


def _atom(text: str) -> ListedDate | None:
    if found := _ISO.fullmatch(text):
        return of_parts(int(found[1]), int(found[2] or 0), int(found[3] or 0))
    if found := _DAY.fullmatch(text):
        month = _MONTHS.get(found[2][:3].casefold())
        return of_parts(int(found[3]), month, int(found[1])) if month else None
    if found := _DAY_AMERICAN.fullmatch(text):
        month = _MONTHS.get(found[1][:3].casefold())
        return of_parts(int(found[3]), month, int(found[2])) if month else None
    if found := _MONTH.fullmatch(text):
        month = _MONTHS.get(found[1][:3].casefold())
        return of_parts(int(found[2]), month) if month else None
    return None


def read_date(text: str) -> ListedDate | None:
    """Read a date as English lists write it; None where it is none (the caller keeps the text)."""
    text = ascii_digits(clean(text)).strip(" .;")
    about = _ABOUT.match(text)
    if about:
        return circa(read_date(text[about.end() :]))
    if found := _atom(text):
        return found
    if years := _YEARS.fullmatch(text):
        return span(of_parts(int(years[1])), of_parts(int(years[2])))
    if parts := _SPAN.fullmatch(text):
        return span(_atom(_ABOUT.sub("", parts[1])), _atom(_ABOUT.sub("", parts[2])))
    return None


def slashed_date(text: str) -> ListedDate | None:
    """Read a British date dd/mm/yyyy; `00`, `dd` and `mm` stand for what is unknown."""
    found = _SLASHED.fullmatch(ascii_digits(clean(text)))
    if found is None:
        return None
    day, month = (0 if part.casefold() in {"dd", "mm"} else int(part) for part in (found[1], found[2]))
    return of_parts(int(found[3]), month, day if month else 0)


def exact_day(text: str | None) -> date | None:
    """Read one whole day (issue, expiry, listing); None where the text names none."""
    known = (read_date(text) or slashed_date(text)) if text else None
    return known.start if known is not None and known.precision is Precision.DAY else None
