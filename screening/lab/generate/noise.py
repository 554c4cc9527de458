"""Noise: what happens to a name and a date between a person's papers and a message.

The same chances for listed people and innocents. Each operation gives None where it does not apply, so
that what `distorted` reports is what really happened.

Source: kinds of variation as listed in docs/matching.md (transliteration and carriage).

>>> rng = random.Random("doctest")
>>> OPERATIONS["joined"](rng, "AL MASRI", "OMAR", load_cultures()["arabic"])
('ALMASRI', 'OMAR')
>>> OPERATIONS["initial"](rng, "SMITH", "JOHN PAUL", load_cultures()["english"])
('SMITH', 'JOHN P')
"""

import random
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

from anyascii import anyascii

from screening.lab.generate.cultures import Culture, load_cultures

Name = tuple[str, str]
Operation = Callable[[random.Random, str, str, Culture], Name | None]

_KEYS = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
_LOOKALIKES = (
    ("RN", "M"),
    ("M", "RN"),
    ("VV", "W"),
    ("I", "L"),
    ("O", "Q"),
    ("C", "G"),
    ("U", "V"),
    ("E", "F"),
    ("B", "R"),
)
_ICAO = str.maketrans(
    {
        "Ä": "AE",
        "Ö": "OE",
        "Ü": "UE",
        "Å": "AA",
        "Ø": "OE",
        "Æ": "AE",
        "ß": "SS",
        "Þ": "TH",
        "Ð": "D",
        "Ñ": "N",
    }
)  # Doc 9303 part 3, section 6
_MRZ_NAME = 39


def _respelt(rng: random.Random, surname: str, given: str, culture: Culture) -> Name | None:
    """One or two tokens in another romanisation."""
    tokens = surname.split(" ") if surname else []
    mark = len(tokens)
    tokens += given.split(" ") if given else []
    places = list(range(len(tokens)))
    rng.shuffle(places)
    changed = 0
    for place in places:
        other = culture.respelt(tokens[place], rng)
        if other != tokens[place]:
            tokens[place] = other
            changed += 1
            if rng.random() < 0.6:
                break
    return (" ".join(tokens[:mark]), " ".join(tokens[mark:])) if changed else None


def _swapped(_rng: random.Random, surname: str, given: str, _culture: Culture) -> Name | None:
    """Surname and given names in each other's fields."""
    return (given, surname) if surname and given else None


def _dropped(rng: random.Random, surname: str, given: str, _culture: Culture) -> Name | None:
    """A second given name or one of two surnames is missing."""
    names, families = given.split(" "), surname.split(" ")
    if len(names) > 1 and (len(families) == 1 or rng.random() < 0.6):
        return surname, names[0]
    if len(families) == 2 and min(map(len, families)) > 3:
        return families[0] if rng.random() < 0.7 else families[1], given
    return None


def _joined(_rng: random.Random, surname: str, given: str, _culture: Culture) -> Name | None:
    """Two tokens become one: `AL MASRI`, `MARIA JOSE`."""
    if " " in surname:
        return surname.replace(" ", "", 1), given
    return (surname, given.replace(" ", "", 1)) if " " in given else None


def _parted(rng: random.Random, surname: str, given: str, _culture: Culture) -> Name | None:
    """One token becomes two, as happens to names of two syllables."""
    if " " in given or len(given) < 6:
        return None
    middle = len(given) // 2 + rng.choice((-1, 0, 0))
    return surname, f"{given[:middle]} {given[middle:]}"


def _initial(_rng: random.Random, surname: str, given: str, _culture: Culture) -> Name | None:
    """The second given name shrinks to its initial."""
    first, _, rest = given.partition(" ")
    return (surname, f"{first} {rest[0]}") if len(rest) > 1 else None


def _mistyped(rng: random.Random, surname: str, given: str, _culture: Culture) -> Name | None:
    """One slip of the keyboard: neighbour, transposition, loss or doubling."""
    in_surname = len(surname) > 3 and (rng.random() < 0.55 or len(given) < 4)
    text = surname if in_surname else given
    if len(text) < 4:
        return None
    place = rng.randrange(1, len(text) - 1)
    letter, slip = text[place], rng.random()
    if letter == " ":
        return None
    if slip < 0.3:
        other = text[:place] + _neighbour(letter, rng) + text[place + 1 :]
    elif slip < 0.6 and text[place + 1] not in {" ", letter}:
        other = text[:place] + text[place + 1] + letter + text[place + 2 :]
    elif slip < 0.85:
        other = text[:place] + text[place + 1 :]
    else:
        other = text[:place] + letter + text[place:]
    return (other, given) if in_surname else (surname, other)


def _neighbour(letter: str, rng: random.Random) -> str:
    for row in _KEYS:
        place = row.find(letter)
        if place >= 0:
            return (
                row[max(place - 1, 0)] if rng.random() < 0.5 and place else row[min(place + 1, len(row) - 1)]
            )
    return letter


def _misread(rng: random.Random, surname: str, given: str, _culture: Culture) -> Name | None:
    """One letter taken for another that looks alike (optical reading of the document)."""
    fitting = [(seen, read) for seen, read in _LOOKALIKES if seen in surname]
    if not fitting:
        return None
    seen, read = rng.choice(fitting)
    return surname.replace(seen, read, 1), given


def _truncated(rng: random.Random, surname: str, given: str, _culture: Culture) -> Name | None:
    """Cut at the length of the machine-readable zone, or of a host's narrower field."""
    room = _MRZ_NAME if len(surname) + len(given) + 2 > _MRZ_NAME else rng.choice((14, 16, 18, 20))
    left = room - len(surname) - 2
    return (surname, given[:left].rstrip()) if 2 <= left < len(given) else None


def _one_field(_rng: random.Random, surname: str, given: str, _culture: Culture) -> Name | None:
    """Everything stands in the field of the surname."""
    return (f"{surname} {given}", "") if surname and given else None


OPERATIONS: MappingProxyType[str, Operation] = MappingProxyType(
    {
        "respelt": _respelt,
        "swapped": _swapped,
        "dropped": _dropped,
        "joined": _joined,
        "parted": _parted,
        "initial": _initial,
        "mistyped": _mistyped,
        "misread": _misread,
        "truncated": _truncated,
        "one_field": _one_field,
    }
)
_NAMES = tuple(OPERATIONS)
_WEIGHTS = (40, 5, 12, 9, 4, 6, 14, 4, 3, 3)
_HOW_MANY = (0, 1, 2, 3)
_HOW_MANY_WEIGHTS = (45, 37, 15, 3)


def distorted(
    rng: random.Random, surname: str, given: str, culture: Culture
) -> tuple[str, str, tuple[str, ...]]:
    """Let chance do to a name what happens on the way into a message.

    Args:
        rng: stream of the traveller.
        surname: as in the person's papers.
        given: given names as in the papers.
        culture: whose romanisations apply.

    Returns:
        Surname and given names as they arrive, and the operations that took effect, in order.
    """
    done: list[str] = []
    papers = (surname, given)
    for _ in range(rng.choices(_HOW_MANY, _HOW_MANY_WEIGHTS)[0]):
        operation = rng.choices(_NAMES, _WEIGHTS)[0]
        if operation in done:
            continue
        changed = OPERATIONS[operation](rng, surname, given, culture)
        if changed is not None and changed != (surname, given) and any(changed):
            surname, given = changed
            done.append(operation)
    return surname, given, tuple(done) if (surname, given) != papers else ()  # one may undo another


DATE_OPERATIONS = (
    "exact",
    "day_and_month_swapped",
    "digit",
    "day_off",
    "year_off",
    "first_of_january",
    "missing",
)
_DATE_WEIGHTS = (880, 15, 25, 15, 15, 30, 20)


def distorted_date(rng: random.Random, born: date, latest: date) -> tuple[date | None, str]:
    """Let chance do to a date of birth what happens on the way; never later than `latest`."""
    operation = rng.choices(DATE_OPERATIONS, _DATE_WEIGHTS)[0]
    changed = _changed_date(rng, born, operation)
    if operation == "missing":
        return None, operation
    if changed is None or changed == born or changed > latest:
        return born, "exact"
    return changed, operation


def _changed_date(rng: random.Random, born: date, operation: str) -> date | None:
    match operation:
        case "day_and_month_swapped":
            return _day(born.year, born.day, born.month)
        case "digit":
            units = born.day % 10
            return _day(born.year, born.month, born.day - units + rng.randrange(10))
        case "day_off":
            return born + timedelta(days=rng.choice((-1, 1)))
        case "year_off":
            return _day(born.year + rng.choice((-1, 1)), born.month, born.day)
        case "first_of_january":
            return date(born.year, 1, 1)
        case _:
            return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=200_000)
def as_hosts_write(name: str) -> str:
    """Return a name in A-Z and blanks, as hosts and machine-readable zones write it.

    >>> as_hosts_write("MÜLLER-LÜDENSCHEIDT"), as_hosts_write("O'BRIEN"), as_hosts_write("ERDOĞAN")
    ('MUELLER LUEDENSCHEIDT', 'OBRIEN', 'ERDOGAN')
    """
    text = name.upper()
    if not text.isascii():
        text = anyascii(text.translate(_ICAO)).upper()
    return " ".join(text.replace("'", "").replace("-", " ").split())


__all__ = ["DATE_OPERATIONS", "OPERATIONS", "as_hosts_write", "distorted", "distorted_date", "load_cultures"]
