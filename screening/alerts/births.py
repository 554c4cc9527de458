"""Dates as people type them: everything that `dates.read_date` leaves, and what to say of it.

Rule: at least the year that is there is kept. What can mean two dates (two orders of day and month, two
centuries, two calendars) is both, because the better of the two counts in matching; what was assumed is a
finding. Where no form fits, the years that the words hold are taken. Only what holds no year is unread.

>>> [d.value for d in read_births("Approximately 1963, 1966").dates]
['1963', '1966']
>>> [read_births(text).dates[0].value for text in ("23-Apr-68", "1er février 1972")]
['1968-04-23', '1972-02-01']
>>> read_births("29347").dates[0].value, read_births("29347").codes
('1980-05-06', ('list_date_serial',))
>>> [d.value for d in read_births("5/6/71", "dmy").dates], [d.value for d in read_births("5/6/71").dates]
(['1971-06-05'], ['1971-06-05', '1971-05-06'])
>>> [d.value for d in read_births("late 1970s").dates], [d.value for d in read_births("13/13/1972").dates]
(['1975..1979'], ['1972'])
>>> read_births("withdrawn").dates, read_births("withdrawn").codes
((), ('list_date_unread',))
>>> term_day("11/2026", last=True).isoformat(), term_day("2026", last=True).isoformat()
('2026-11-30', '2026-12-31')
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import product

from screening.alerts.calendars import buddhist, lunar, solar
from screening.alerts.dates import ListedDate, circa, of_parts, read_date, span, unread
from screening.alerts.model import AlertFinding, BirthDate
from screening.alerts.months import months_named
from screening.alerts.text import ascii_digits, clean
from screening.tables.codes import Precision

DEFAULT_TODAY = date(2029, 12, 31)
"""Stands for the day of the import where a caller names none: it only decides the century of two digits."""
_LAST = date(2099, 12, 31)
_EPOCH = date(1899, 12, 30)  # day 0 of Excel's 1900 system for days after February 1900
_NOTHING = frozenset(
    ("", "-", "--", "---", "?", "n/a", "na", "n.a.", "nil", "none", "null", "unknown", "unk", "not known",
     "not available", "inconnu", "inconnue", "unbekannt", "desconocido", "00/00/0000", "0000-00-00", "0")
)  # fmt: skip
_ENDLESS = frozenset(
    ("unlimited", "indefinite", "indefinitely", "never", "no expiry", "permanent", "open", "open ended",
     "illimite", "illimité", "unbefristet", "until further notice")
)  # fmt: skip
_LABEL = re.compile(
    r"^(?:d\.? ?o\.? ?b\.?|date of birth|birth ?date|born|née? (?:le|en)|geb(?:oren|\.)?(?: am)?|"
    r"nacid[oa](?: el)?|"
    r"nat[oa](?: il)?|year of birth|y\.?o\.?b\.?)\b[\s:.]*(?:(?:in|on|en|le)\s+)?",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^(?:circa|approximately|approx\.?|about|around|abt\.?|est(?:imated|\.)?|ca\.?|c\.?(?=\s*[0-9])|env(?:iron|\.)?|"
    r"vers|um|etwa|hacia|alrededor de|aprox(?:imadamente|\.)?|cerca de|около|ок\.|~|≈|±)\s*:?\s*",
    re.IGNORECASE,
)
_ABOUT_BEHIND = re.compile(
    r"\s*(?:\(?(?:approximately|approx\.?|circa|est(?:imated|\.)?|about|ca\.?|\?)\)?)$", re.IGNORECASE
)
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.IGNORECASE)
_TIME = re.compile(
    r"[T\s]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2})?$",
    re.IGNORECASE,
)
_LUNAR = re.compile(r"\s*\(?(?:A\.?\s?H\.?|H\.?|hijri|hijra|هـ|ه)\)?$", re.IGNORECASE)
_SOLAR = re.compile(
    r"\s*\(?(?:S\.?H\.?|H\.?S\.?|A\.?P\.?|A\.?H\.?S\.?|solar|shamsi|persian|jalali|هـ? ?\.?ش\.?|ش)\)?$",
    re.IGNORECASE,
)
_BUDDHIST = re.compile(r"\s*\(?(?:B\.?\s?E\.?|พ\.?ศ\.?)\)?$", re.IGNORECASE)
_BUDDHIST_BEFORE = re.compile(r"^(?:B\.?\s?E\.?|พ\.?ศ\.?)\s*", re.IGNORECASE)
_SERIAL = re.compile(r"([0-9]{5})(?:[.,][0-9]+)?")
_COMPACT = re.compile(r"([0-9]{8})(?:\.0+)?")
_PART = r"([0-9]{1,4}|dd|mm|yy|xx|--|\?\?|__)"
_TRIPLE = re.compile(rf"{_PART}\s*[./\- ]\s*{_PART}\s*[./\- ]\s*{_PART}\.?", re.IGNORECASE)
_MONTH_YEAR = re.compile(r"([0-9]{1,2})\s*[./\- ]\s*([0-9]{4})")
_YEAR_MONTH = re.compile(r"([0-9]{4})\s*[./\- ]\s*([0-9]{1,2})")
_CJK = re.compile(r"([0-9]{4})\s*[年년]\s*(?:([0-9]{1,2})\s*[月월]\s*(?:([0-9]{1,2})\s*[日일号]?)?)?")
_YEAR = r"([0-9]{4}|['’]?[0-9]{2})(?:\s*(?:г\.?|р\.?|r\.?|року|года|г\.р\.)(?![^\W\d_]))?"
_JOIN = r"[\s./,\-–]*(?:(?:de|del|of|d['’])\s*)?"
_ORDINAL = r"(?:st|nd|rd|th|er|ère|º|ª|°|o\b|\.)?"
_WORD = r"([^\W\d_]{3,}(?:\.|\b))"
_DAY_WORD_YEAR = re.compile(rf"([0-9]{{1,2}}){_ORDINAL}{_JOIN}{_WORD}{_JOIN}{_YEAR}", re.IGNORECASE)
_WORD_DAY_YEAR = re.compile(rf"{_WORD}[\s\-.]*([0-9]{{1,2}}){_ORDINAL}[\s,\-./]+{_YEAR}", re.IGNORECASE)
_YEAR_WORD_DAY = re.compile(
    rf"([0-9]{{4}})[\s./,\-]+{_WORD}[\s./,\-]*([0-9]{{1,2}}){_ORDINAL}", re.IGNORECASE
)
_WORD_YEAR = re.compile(rf"{_WORD}{_JOIN}{_YEAR}", re.IGNORECASE)
_DECADE = re.compile(
    r"(?:the\s+)?(early|mid|middle of|late|end of|beginning of)?[\s-]*(?:the\s+)?([0-9]{3})0['’]?s",
    re.IGNORECASE,
)
_DECADES = {
    "early": (0, 4), "beginning of": (0, 4), "mid": (3, 7), "middle of": (3, 7), "late": (5, 9),
    "end of": (5, 9),
}  # fmt: skip
_SPAN = re.compile(
    r"(?:(?:between|from|entre|zwischen|de|von)\s+)?(.+?)\s*(?:\s(?:to|and|until|till|et|und|bis|y|à|al?|e)\s|\s-\s|[–—]|\.\.)\s*(.+)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\s*(?:[;|,\n()&]|\s/\s|\b(?:or|and|ou|oder|und|et|o|или)\b)\s*", re.IGNORECASE)
_SLASHES = re.compile(r"(?<=[0-9]{4})/(?=[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4})")
_YEARS = re.compile(r"(?<![0-9])(1[89][0-9]{2}|20[0-9]{2})(?![0-9])")
_DEATH = re.compile(
    r"(?:\b(?:died|deceased|death|dead|d\.|killed|décédée?|gest(?:orben|\.))|[†+])[^0-9]*[0-9]{4}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Births:
    """What a cell says of a birth.

    Attributes:
        dates: each date that it can mean; none where it says nothing.
        codes: findings: what was assumed, or that nothing could be read.
    """

    dates: tuple[ListedDate, ...]
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reader:
    """Forms of one date; `order` is of day, month and year in figures, `term` reads an end of validity."""

    order: str
    today: date
    term: bool = False

    def years(self, written: str) -> list[int]:
        """Return the years that the figures can mean; two figures never mean a year to come of a birth."""
        digits = written.strip("'’")
        year = int(digits)
        if len(digits) > 2:
            return [year]
        if self.term:
            return [2000 + year if 2000 + year <= self.today.year + 50 else 1900 + year]
        return [century + year for century in (1900, 2000) if century + year <= self.today.year]

    def one(self, text: str) -> Births | None:
        """Read one date; None where it has none of the forms."""
        text = _WEEKDAY.sub("", _TIME.sub("", text)).strip(" .,;:")
        if known := read_date(text):
            return Births((known,))
        if (about := _ABOUT.sub("", text)) != text or (about := _ABOUT_BEHIND.sub("", text)) != text:
            found = self.one(about) if about else None
            return found and Births(tuple(filter(None, map(circa, found.dates))), found.codes)
        for form in (
            self._serial, self._compact, self._marked, self._figures, self._months, self._words,
            self._decade, self._span,
        ):  # fmt: skip
            if (found := form(text)) and found.dates:
                return found
        return None

    def _serial(self, text: str) -> Births | None:
        if not (found := _SERIAL.fullmatch(text)):
            return None
        day = _EPOCH + timedelta(days=int(found[1]))
        known = (
            of_parts(day.year, day.month, day.day) if day <= (_LAST if self.term else self.today) else None
        )
        return Births((known,), ("list_date_serial",)) if known else None

    def _compact(self, text: str) -> Births | None:
        if not (found := _COMPACT.fullmatch(text)):
            return None
        d = found[1]
        orders = {
            "ymd": (d[:4], d[4:6], d[6:]), "dmy": (d[4:], d[2:4], d[:2]), "mdy": (d[4:], d[:2], d[2:4])
        }  # fmt: skip
        for order in dict.fromkeys(("ymd", self.order or "dmy", "dmy")):
            if known := self._valid(*(int(part) for part in orders[order])):
                return Births((known,))
        return None

    def _valid(self, year: int, month: int, day: int) -> ListedDate | None:
        return of_parts(year, month, day) if year <= (2099 if self.term else self.today.year) else None

    def _marked(self, text: str) -> Births | None:
        """Read a date that names its calendar."""
        bare = _BUDDHIST_BEFORE.sub("", text)
        for pattern, calendar in ((_SOLAR, solar), (_LUNAR, lunar), (_BUDDHIST, buddhist)):
            cut = pattern.sub("", text)
            if calendar is buddhist and bare != text:
                cut = bare
            if cut == text or not any(character.isdigit() for character in cut):
                continue
            found = [
                known
                for year, month, day in self._parts(cut)
                if year >= 1200 and (known := calendar(year, month, day))
            ]
            if found:
                return Births(tuple(found[:1]))
        return None

    def _parts(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Yield year, month and day in each order that the figures allow; 0 is unknown."""
        if text.isdigit() and len(text) == 4:
            yield int(text), 0, 0
            return
        if found := _TRIPLE.fullmatch(text):
            first, second, third = (part if part.isdigit() else "0" for part in found.groups())
            if len(first) > 2 or (len(third) <= 2 and int(first) > 31):
                yield from ((year, int(second), int(third)) for year in self.years(first))
            elif (
                len(third) <= 2
                and self.order == "ymd"
                and int(third) <= 31
                and len(first) == 2
                and len(second) == 2
            ):
                # figures of two in a list that puts the year first may stand in any order
                yield from ((year, int(second), int(third)) for year in self.years(first))
                yield from ((year, int(second), int(first)) for year in self.years(third))
            else:
                for year in self.years(third):
                    if self.order != "mdy":
                        yield year, int(second), int(first)
                    if self.order != "dmy":
                        yield year, int(first), int(second)
        elif found := _MONTH_YEAR.fullmatch(text):
            yield int(found[2]), int(found[1]), 0
        elif found := _YEAR_MONTH.fullmatch(text):
            yield int(found[1]), int(found[2]), 0
        elif found := _CJK.fullmatch(text):
            yield int(found[1]), int(found[2] or 0), int(found[3] or 0)

    def _figures(self, text: str) -> Births | None:
        parts = list(self._parts(text))
        if not parts:
            return None
        found: list[ListedDate] = []
        codes: list[str] = []
        for year, month, day in parts:
            if 2350 <= year <= 2700:
                found.extend(filter(None, (buddhist(year, month, day if month else 0),)))
                codes.append("list_date_calendar")
            elif 1230 <= year <= 1500:
                either = (calendar(year, month, day if month else 0) for calendar in (solar, lunar))
                found.extend(
                    d for d in either if d and d.start and d.start <= (_LAST if self.term else self.today)
                )
                codes.append("list_date_calendar")
            elif known := self._valid(year, month, day if month else 0):
                found.append(known)
        if not found and _TRIPLE.fullmatch(text):
            for year, month, day in dict.fromkeys(parts):
                if swapped := self._valid(year, day, month):
                    found.append(swapped)
                    codes.append("list_date_order")
        if not found:
            years = [
                known for year in sorted({part[0] for part in parts}) if (known := self._valid(year, 0, 0))
            ]
            if (short := _YEAR_MONTH.fullmatch(text)) and years:  # 1970-73
                last = of_parts(int(short[1][:2] + short[2].zfill(2)))
                both = span(years[0], last)
                return Births((both,)) if both else None
            return Births(tuple(years), ("list_date_part_unread",)) if years else None
        found = list(dict.fromkeys(found))
        if len(found) > 1 and not codes:
            two = len({d.start.year for d in found if d.start}) > 1
            codes.append("list_date_century" if two else "list_date_order")
        return Births(tuple(found), tuple(dict.fromkeys(codes)))

    def _months(self, text: str) -> Births | None:
        """Read a date whose month is a word, in any language that `months` knows."""
        if found := _DAY_WORD_YEAR.fullmatch(text):
            day, word, year = found[1], found[2], found[3]
        elif found := _WORD_DAY_YEAR.fullmatch(text):
            word, day, year = found[1], found[2], found[3]
        elif found := _YEAR_WORD_DAY.fullmatch(text):
            year, word, day = found[1], found[2], found[3]
        elif found := _WORD_YEAR.fullmatch(text):
            word, day, year = found[1], "0", found[2]
        else:
            return None
        pairs = product(self.years(year), months_named(word))
        dates = [known for each, month in pairs if (known := self._valid(each, month, int(day)))]
        if not dates and months_named(word):
            dates = [known for each in self.years(year) if (known := self._valid(each, 0, 0))]
            return Births(tuple(dates), ("list_date_part_unread",))
        return Births(tuple(dates), ("list_date_century",) if len(self.years(year)) > 1 else ())

    def _words(self, text: str) -> Births | None:
        bare = text.strip("()[] ")
        return self.one(bare) if bare != text and bare else None

    def _decade(self, text: str) -> Births | None:
        if not (found := _DECADE.fullmatch(text)):
            return None
        start, first, last = int(found[2]) * 10, *_DECADES.get((found[1] or "").lower(), (0, 9))
        both = span(of_parts(start + first), of_parts(start + last))
        return Births((both,)) if both else None

    def _span(self, text: str) -> Births | None:
        if not (parts := _SPAN.fullmatch(text)):
            return None
        first, last = (self.one(_ABOUT.sub("", part)) for part in (parts[1], parts[2]))
        if not first or not last:
            return None
        both = span(
            min(first.dates, key=lambda d: d.start or date.max),
            max(last.dates, key=lambda d: d.end or date.min),
        )
        return Births((both,), tuple(dict.fromkeys((*first.codes, *last.codes)))) if both else None


@lru_cache(maxsize=65_536)
def read_births(written: str, order: str = "", today: date = DEFAULT_TODAY) -> Births:
    """Read a cell of birth dates.

    Args:
        written: the text as published; one date or several.
        order: `dmy`, `mdy` or `ymd`, where the list says how it writes figures.
        today: day of the import; decides which century two figures can mean.

    Returns:
        Dates in the order of the text and codes of findings; without a date and with `list_date_unread`
        where no year could be read; without either where the cell says that nothing is known.
    """
    text = ascii_digits(clean(written)).strip(" .;:")
    if text.casefold() in _NOTHING:
        return Births(())
    text = _LABEL.sub("", text) or text
    reader = _Reader(order, today)
    if found := reader.one(text):
        return found
    if several := _several(reader, text):
        return several
    alive = _DEATH.sub(" ", text)
    years = [
        known for year in _YEARS.findall(alive) if int(year) <= today.year and (known := of_parts(int(year)))
    ]
    decades = [found.dates[0] for each in _DECADE.finditer(alive) if (found := reader.one(each[0].strip()))]
    if years or decades:
        dates = tuple(replace(known, note=clean(written)) for known in dict.fromkeys((*decades, *years)))
        kept = tuple(d for d in dates if not decades or d.precision is Precision.RANGE or d not in decades)
        return Births(kept, ("list_date_in_words",))
    return Births((), ("list_date_unread",))


def _several(reader: _Reader, text: str) -> Births | None:
    """Read a text of several dates; "about" before the first is said of all."""
    bare = _ABOUT.sub("", text)
    parts = [part for part in _SEVERAL.split(_SLASHES.sub(" / ", bare)) if part.strip(" .?")]
    read = [reader.one(part) for part in parts]
    if len(parts) < 2 or any(each is None for each in read):
        return None
    dates = [known for each in read if each for known in each.dates]
    if bare != text:
        dates = [known for each in dates if (known := circa(each))]
    return Births(
        tuple(dict.fromkeys(dates)),
        tuple(dict.fromkeys(code for each in read if each for code in each.codes)),
    )


_TEXTS = {
    "list_date_unread": "date of birth kept as text",
    "list_date_serial": "a date of birth is a spreadsheet's number of a day",
    "list_date_order": "day and month of a date of birth may stand in the other order",
    "list_date_century": "a date of birth has a year of two figures",
    "list_date_calendar": "a date of birth is of another calendar",
    "list_date_part_unread": "day or month of a date of birth is none; the year was kept",
    "list_date_in_words": "a date of birth is written in words; its years were taken",
}


def listed_births(
    written: str,
    source: str,
    *,
    role: str,
    record: str,
    findings: list[AlertFinding],
    order: str = "",
    today: date | None = None,
) -> list[BirthDate]:
    """Return the rows of a cell of birth dates, and tell what deviated; what is unread is a row of its text.

    Args:
        written: the cell.
        source: where it stood; kept with each row.
        role: file, for findings.
        record: the record's id, for findings.
        findings: gets what deviated.
        order: how the list writes figures.
        today: day of the import.
    """
    found = read_births(written, order, today or DEFAULT_TODAY)
    findings.extend(AlertFinding(code, role, record, _TEXTS[code]) for code in found.codes)
    dates: Iterable[ListedDate] = found.dates or ((unread(written),) if found.codes else ())
    return [BirthDate(known, source) for known in dates]


def term_day(written: str, *, last: bool, order: str = "", today: date | None = None) -> date | None:
    """Return the day of a term (begin, end, review): an imprecise end means its last day, a begin its first.

    Args:
        written: the cell; may be a day, a month, a year, a spreadsheet's number of a day.
        last: whether the last day that it can mean is wanted.
        order: how the list writes figures.
        today: day of the import; decides the century of two figures.

    Returns:
        The day; None where it says that there is no end, or cannot be read (`is_endless` tells which).
    """
    text = ascii_digits(clean(written)).strip(" .;:")
    found = _Reader(order, today or DEFAULT_TODAY, term=True).one(text) if text else None
    if not found:
        return None
    if last:
        return max((known.end for known in found.dates if known.end), default=None)
    return min((known.start for known in found.dates if known.start), default=None)


def is_endless(written: str) -> bool:
    """Say whether the cell tells that there is no such day."""
    text = clean(written).strip(" .;:").casefold()
    return text in _NOTHING or text in _ENDLESS
