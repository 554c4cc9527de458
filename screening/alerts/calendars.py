"""Days of other calendars as days of ours: Buddhist era, lunar Hijri, solar Hijri (Persian).

A lunar day begins at a sighting of the moon, so the day that a table gives may be off by one: the date is the
span of three days. Sources: the tabular Islamic calendar (civil epoch, 16 July 622 Julian); the Persian
calendar by its cycle of 33 years, exact for 1178 to 1633.

>>> lunar(1392, 7, 12).value, lunar(1392).value
('1972-08-21..1972-08-23', '1972..1973')
>>> solar(1351, 5, 23).value, solar(1351).value, buddhist(2515, 8, 14).value
('1972-08-14', '1972-03-21..1973-03-20', '1972-08-14')
>>> solar(1351, 13, 1) is None, lunar(1392, 2, 31) is None
(True, True)
"""

from dataclasses import replace
from datetime import date, timedelta

from screening.alerts.dates import ListedDate, of_parts
from screening.tables.codes import Precision

LUNAR, SOLAR, BUDDHIST = "lunar Hijri", "solar Hijri", "Buddhist"
_JULIAN_DAY_OF_ORDINAL = 1_721_425
_ANCHOR = date(1970, 1, 1).toordinal()  # 11 Dey 1348


def buddhist(year: int, month: int = 0, day: int = 0) -> ListedDate | None:
    """Return a date of the Buddhist era, whose years are 543 ahead; None where there is none."""
    known = of_parts(year - 543, month, day)
    return replace(known, calendar=BUDDHIST) if known else None


def _lunar_ordinal(year: int, month: int, day: int) -> int:
    whole = (11 * year + 3) // 30 + 354 * year + 30 * month - (month - 1) // 2 + day + 1_948_440 - 385
    return whole - _JULIAN_DAY_OF_ORDINAL


def _solar_days(year: int, month: int, day: int) -> int:
    moved = year + 1595
    before = (month - 1) * 31 if month < 7 else (month - 7) * 30 + 186
    return 365 * moved + moved // 33 * 8 + (moved % 33 + 3) // 4 + before + day


def _solar_ordinal(year: int, month: int, day: int) -> int:
    return _ANCHOR + _solar_days(year, month, day) - _solar_days(1348, 10, 11)


def _span(start: date, end: date, calendar: str) -> ListedDate:
    return ListedDate(f"{start.isoformat()}..{end.isoformat()}", start, end, Precision.RANGE, calendar)


def lunar(year: int, month: int = 0, day: int = 0) -> ListedDate | None:
    """Return a date of the lunar Hijri calendar as the days that it can mean; None where there is none."""
    if not 1260 <= year <= 1500 or not 0 <= month <= 12 or not 0 <= day <= 30 or (day and not month):
        return None
    first = date.fromordinal(_lunar_ordinal(year, month or 1, day or 1))
    if day:
        return _span(first - timedelta(days=1), first + timedelta(days=1), LUNAR)
    after = (year + 1, 1) if month in {0, 12} else (year, month + 1)
    last = date.fromordinal(_lunar_ordinal(*after, 1)) - timedelta(days=1)
    if month:
        return _span(first, last, LUNAR)
    value = f"{first.year}..{last.year}" if first.year != last.year else f"{first.year}"
    return ListedDate(value, first, last, Precision.RANGE, LUNAR)


def solar(year: int, month: int = 0, day: int = 0) -> ListedDate | None:
    """Return a date of the Persian calendar; None where there is none."""
    longest = 31 if month < 7 else 30
    if not 1230 <= year <= 1479 or not 0 <= month <= 12 or not 0 <= day <= longest or (day and not month):
        return None
    first = date.fromordinal(_solar_ordinal(year, month or 1, day or 1))
    if day:
        return ListedDate(first.isoformat(), first, first, Precision.DAY, SOLAR)
    after = (year + 1, 1) if month in {0, 12} else (year, month + 1)
    return _span(first, date.fromordinal(_solar_ordinal(*after, 1)) - timedelta(days=1), SOLAR)
