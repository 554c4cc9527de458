r"""Dates and times of a leg, in every way that messages write them; each of them local, as sent.

Rule: the format code (UN 2379) says in which order day, month and year stand. Where the date so read does not
exist, or lies more than a year from the interchange although the same figures in another order lie within a
month of it, that other order is believed, with a finding. A time that does not exist keeps its date, with
00:00. A zone behind the time is said and not used: the field means the time of the place.

Source: UN/EDIFACT directories, code list 2379; ISO 8601; IATA's ddMMMyy; data of real carriers
(docs/messages.md).

>>> sent = date(2026, 11, 23)
>>> read_moment("2611231010", "201", sent=sent).at.isoformat()
'2026-11-23T10:10:00'
>>> read_moment("231126", "2", sent=sent)
Moment(at=datetime.datetime(2026, 11, 23, 0, 0), codes=())
>>> read_moment("231126", "101", sent=sent)
Moment(at=datetime.datetime(2026, 11, 23, 0, 0), codes=('leg_date_against_format',))
>>> read_moment("2026-11-23T22:30:00+03:00", "205", sent=sent).codes
('leg_date_against_format', 'leg_time_with_zone')
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from screening.identity.dates import calendar_day, clock_time, month_of

_NEAR = timedelta(days=31)  # an advance manifest is sent within days of its flight
_FAR = timedelta(days=366)  # no booking is further ahead
_FIGURES = re.compile(
    r"""^(?P<date>[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})
        |[0-9]{1,2}[- ]?[A-Z]{3}[- ]?(?:[0-9]{4}|[0-9]{2})|[0-9]{8}(?![0-9])|[0-9]{6}(?![0-9])
        |[0-9]{8}(?=[0-9]{4}(?:[0-9]{2})?(?![0-9]))|[0-9]{6}(?=[0-9]{4}(?![0-9])))
        [T: ]*(?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|[0-9]{6}|[0-9]{3,4})?(?:[.,][0-9]+)?
        [ ]*(?P<zone>[+-][0-9]{2}:?(?:[0-9]{2})?|[A-Z]{1,4})?$""",
    re.ASCII | re.VERBOSE,
)
_YMD, _DMY, _MDY = "YMD", "DMY", "MDY"


@dataclass(frozen=True, slots=True)
class Format:
    """How a format code has a moment written.

    Attributes:
        order: order of day, month and year.
        century: has the year four digits?
        clock: digits of the time; 0 where there is none.
        zone: does a zone follow?
        mark: what parts date and time.
    """

    order: str
    century: bool = False
    clock: int = 0
    zone: bool = False
    mark: str = ""


FORMATS = {
    "2": Format(_DMY),
    "3": Format(_MDY),
    "4": Format(_DMY, century=True),
    "5": Format(_DMY, century=True, clock=4),
    "10": Format(_YMD, century=True, clock=4, mark="T"),
    "101": Format(_YMD),
    "102": Format(_YMD, century=True),
    "201": Format(_YMD, clock=4),
    "202": Format(_YMD, clock=6),
    "203": Format(_YMD, century=True, clock=4),
    "204": Format(_YMD, century=True, clock=6),
    "205": Format(_YMD, century=True, clock=4, zone=True),
    "206": Format(_YMD, century=True, clock=6, zone=True),
    "208": Format(_YMD, century=True, clock=6, zone=True),
    "301": Format(_YMD, clock=4, zone=True),
    "302": Format(_YMD, clock=6, zone=True),
    "303": Format(_YMD, century=True, clock=4, zone=True),
    "304": Format(_YMD, century=True, clock=6, zone=True),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A local date and time, and the codes of what deviated in it."""

    at: datetime | None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Written:
    """A date and a time as figures: `named` where the month stands in letters."""

    date: str
    clock: str
    zone: str
    named: bool = False
    mark: str = ""


def read_moment(written: str, code: str = "", *, sent: date | None, day_first: bool = False) -> Moment:
    """Read a date, with or without its time.

    Args:
        written: as sent.
        code: format code; where there is none the order is year first, or day first.
        sent: date of the interchange, which decides centuries and doubtful orders.
        day_first: the order of a segment that has no format code.

    Returns:
        The moment, None where no date can be read; and the codes of findings.
    """
    text = written.strip().upper()
    if not text:
        return Moment(None)
    stated = FORMATS.get(code.strip())
    found = _figures(text, stated)
    if found is None:
        return Moment(None, ("leg_date_impossible",))
    codes: list[str] = []
    if " " in text and not found.named:
        codes.append("space_in_date")
    order = stated.order if stated is not None else (_DMY if day_first else _YMD)
    day, as_ordered = _day(found, order, sent)
    if day is None:
        return Moment(None, (*codes, "leg_date_impossible"))
    if not as_ordered or (code.strip() and (stated is None or _differs(found, stated))):
        codes.append("leg_date_against_format")
    if found.zone:
        codes.append("leg_time_with_zone")
    clock = clock_time(found.clock.replace(":", "").zfill(4)) if found.clock else time(0, 0)
    if clock is None:
        return Moment(datetime.combine(day, time(0, 0)), (*codes, "hour_above_23"))
    return Moment(datetime.combine(day, clock), tuple(codes))


def _figures(text: str, stated: Format | None) -> _Written | None:
    """Part date, time and zone by their shape; 12 digits are two things, and the code says which."""
    if (
        stated is not None
        and not stated.century
        and stated.clock == 6
        and re.match(r"^[0-9]{12}(?![0-9])", text)
    ):
        return _Written(text[:6], text[6:12], text[12:].strip())
    matched = _FIGURES.match(text)
    if matched is None:
        return _loose(text)
    day = matched["date"]
    clock, zone = matched["clock"] or "", matched["zone"] or ""
    named = any(map(str.isalpha, day))
    if named or day.isdigit():
        mark = text[len(day) : len(day) + 1] if clock else ""
        return _Written(
            day.replace("-", "").replace(" ", ""), clock, zone, named, "" if mark.isdigit() else mark
        )
    first, second, third = re.split(r"[-/.]", day)
    if len(first) == 4:
        return _Written(f"{first}{second:0>2}{third:0>2}", clock, zone, mark="-")
    return _Written(f"{first:0>2}{second:0>2}{third}", clock, zone, mark="-")


def _loose(text: str) -> _Written | None:
    """Take the figures alone where signs stand among them, or a digit of the time is lost or doubled."""
    digits = "".join(filter(str.isascii, filter(str.isdigit, text)))
    if any(map(str.isalpha, text)) or not 6 <= len(digits) <= 14:
        return None
    cut = 8 if digits[:2] in {"19", "20"} and len(digits) >= 11 else 6
    return _Written(digits[:cut], digits[cut:], "", mark="?")


def _differs(found: _Written, stated: Format) -> bool:
    """Say whether a moment is written otherwise than its code says."""
    return (
        found.named
        or found.mark != stated.mark
        or (len(found.date) == 8) != stated.century
        or len(found.clock) != stated.clock
        or bool(found.zone) != stated.zone
    )


def _day(found: _Written, order: str, sent: date | None) -> tuple[date | None, bool]:
    """Return the day, and whether it stands in the order that was asked for."""
    if found.named:
        figures = found.date.lstrip("0123456789")
        month = month_of(figures[:3])
        number, year = found.date[: len(found.date) - len(figures)], figures[3:]
        day = _of(year, f"{month:02}" if month else "", number, sent)
        return day, True
    day = _in_order(found.date, order, sent)
    if day is not None and (sent is None or abs(day - sent) <= _FAR):
        return day, True
    others = (_in_order(found.date, other, sent) for other in (_YMD, _DMY, _MDY) if other != order)
    for other in others:
        if other is not None and (day is None if sent is None else abs(other - sent) <= _NEAR):
            return other, False
    return day, True


def _in_order(figures: str, order: str, sent: date | None) -> date | None:
    width = len(figures) - 4
    if order == _YMD:
        return _of(figures[:width], figures[width : width + 2], figures[width + 2 :], sent)
    first, second, year = figures[:2], figures[2:4], figures[4:]
    return _of(year, second, first, sent) if order == _DMY else _of(year, first, second, sent)


def _of(year: str, month: str, day: str, sent: date | None) -> date | None:
    if not (year and month and day):
        return None
    if len(year) == 4:
        return calendar_day(int(year), int(month), int(day))
    base = sent.year if sent is not None else 2000
    century = min(range(1900, 2200, 100), key=lambda start: abs(start + int(year) - base))
    return calendar_day(century + int(year), int(month), int(day))
