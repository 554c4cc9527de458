"""How values are written for people: signs that mislead taken out, bits, days, times in two zones."""

import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Unicode TR9: they reorder what a reader sees. ZWJ and ZWNJ stay, Persian and Indic names need them.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
MINUS = "\u2212"


def steers(sign: str) -> bool:
    """Would this sign steer a terminal or mislead its reader?"""
    return sign in _BIDI or unicodedata.category(sign) in _UNPRINTABLE


def clean(text: str) -> str:
    r"""Replace what would steer a terminal or mislead its reader by a blank.

    >>> clean("A\x1b[31mB\u202eC\nD")
    'A [31mB C D'
    """
    return text if text.isascii() and text.isprintable() else "".join(" " if steers(s) else s for s in text)


def bits(centibits: int, *, signed: bool = False) -> str:
    """Write centibits as bits; two digits, so that printed rows add up to the printed sum.

    >>> bits(1450), bits(-5), bits(250, signed=True), bits(0, signed=True)
    ('14.50', '−0.05', '+2.50', '0.00')
    """
    sign = MINUS if centibits < 0 else "+" if signed and centibits > 0 else ""
    whole, rest = divmod(abs(centibits), 100)
    return f"{sign}{whole}.{rest:02d}"


def thousands(number: int) -> str:
    """Write a count with thin groups of three.

    >>> thousands(1234567)
    '1\u202f234\u202f567'
    """
    return f"{number:,}".replace(",", "\u202f")


def days_old(days: int) -> str:
    """Write an age in days; what is dated later than the day it is looked at from has none.

    >>> days_old(3), days_old(1), days_old(-5)
    ('3 days', '1 day', 'dated 5 days ahead')
    """
    written = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return f"dated {written} ahead" if days < 0 else written


def words(code: str) -> str:
    """Write a word of a closed set for people.

    >>> words("screened_with_findings")
    'screened with findings'
    """
    return code.replace("_", " ")


def moment(local: datetime | None, zone: str | None) -> str:
    """Write a local time with its zone and in UTC, each labelled.

    >>> moment(datetime.fromisoformat("2026-11-23T00:30"), "Europe/Berlin")
    '2026-11-23 00:30 Europe/Berlin (2026-11-22 23:30 UTC)'
    >>> moment(datetime.fromisoformat("2026-11-23T00:30"), None), moment(None, "Europe/Berlin")
    ('2026-11-23 00:30 local time of an unknown zone', 'not given')
    """
    if local is None:
        return "not given"
    written = f"{local:%Y-%m-%d %H:%M}"
    try:
        known = ZoneInfo(zone) if zone else None
    except (ZoneInfoNotFoundError, ValueError):
        known = None
    if known is None:
        return f"{written} local time of an unknown zone"
    utc = local.replace(tzinfo=known).astimezone(UTC)
    day = "" if utc.date() == local.date() else f"{utc:%Y-%m-%d} "
    return f"{written} {zone} ({day}{utc:%H:%M} UTC)"
