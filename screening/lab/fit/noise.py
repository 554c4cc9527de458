"""What happens to a name and a date of birth between a person and a message; innocents and listed alike.

Sources, none of them the matcher's own tables:
- typing: four kinds of single slips (Damerau 1964, CACM 7); neighbours on the keys of ISO/IEC 9995.
- reading: shapes that OCR-B confuses (Doc 9303 part 3, and what readers of the page take for one another).
- romanisation: the people's other table (`peoples`), else the differences between BGN/PCGN, ALA-LC, ISO 9 and
  French usage.
- carriers: AIRIMP name element (titles glued, fields of limited width, initials), Doc 9303 part 3, 4.2.3
  (cut at 39 characters), given names in the surname's field.
- civil status: names added, left out, married surnames; hypocorisms of the usual handbooks.

>>> from screening.lab.fit.peoples import peoples
>>> rng = random.Random("doctest")
>>> CHANGES["swapped"](rng, ("DOE",), ("JANE",), peoples()["english"], "F")
(('JANE',), ('DOE',))
>>> CHANGES["title"](rng, ("DOE",), ("JANE",), peoples()["english"], "F")[1][0].startswith("JANEM")
True
"""

import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from screening.lab.fit.peoples import People, Tokens, respelt_by

Name = tuple[Tokens, Tokens]
Change = Callable[[random.Random, Tokens, Tokens, People, str], Name | None]

_ROWS = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
_SHAPES = (
    ("O", "D"), ("O", "Q"), ("I", "J"), ("I", "T"), ("L", "I"), ("C", "G"), ("E", "F"), ("P", "F"),
    ("V", "Y"), ("U", "V"), ("RN", "M"), ("M", "RN"), ("NN", "M"), ("W", "VV"), ("H", "N"), ("B", "R"),
    ("S", "5"), ("K", "X"),
)  # fmt: skip
_TABLES = (
    ("KH", "CH"), ("KH", "H"), ("SHCH", "CHTCH"), ("ZH", "J"), ("ZH", "Z"), ("CH", "TCH"), ("CH", "C"),
    ("SH", "S"), ("YA", "IA"), ("YU", "IU"), ("YE", "IE"), ("IY", "Y"), ("IY", "II"), ("EV", "EFF"),
    ("OV", "OFF"), ("J", "Y"), ("DJ", "J"), ("OU", "OO"), ("OO", "U"), ("AI", "EI"), ("AY", "AI"), ("Q", "G"),
    ("GH", "RH"), ("TH", "S"), ("DH", "Z"), ("AA", "A"), ("EE", "I"), ("AH", "A"), ("AE", "A"), ("OE", "O"),
    ("UE", "U"), ("SS", "S"), ("W", "V"), ("X", "KS"), ("C", "K"), ("PH", "F"), ("IE", "I"), ("TZ", "TS"),
)  # fmt: skip
_SHORT = {
    "ALEXANDER": "ALEX", "ALEKSANDR": "SASHA", "WILLIAM": "BILL", "ROBERT": "BOB", "MICHAEL": "MIKE",
    "ELIZABETH": "LIZ", "KATHERINE": "KATE", "MARGARET": "PEGGY", "THOMAS": "TOM", "JAMES": "JIM",
    "ANDREW": "ANDY", "ANTHONY": "TONY", "DANIEL": "DAN", "FRANCISCO": "PACO", "JOSE": "PEPE",
    "IGNACIO": "NACHO", "GUADALUPE": "LUPE", "MARIA": "MASHA", "DMITRY": "DIMA", "SERGEY": "SEREZHA",
    "VLADIMIR": "VOLODYA", "IVAN": "VANYA", "NATALIA": "NATASHA", "MOHAMMED": "MOHD", "MOHAMED": "MOHD",
    "MUHAMMAD": "MD", "ABDUL": "ABD", "JOHANNES": "HANS", "GIUSEPPE": "BEPPE", "CHRISTOPHER": "CHRIS",
}  # fmt: skip
_TITLES = {"M": ("MR", "MR", "MR", "DR", "MSTR"), "F": ("MRS", "MS", "MISS", "MRS")}


def _in_one(change: Callable[[random.Random, str], str | None], shortest: int) -> Change:
    """Change one token of at least so many letters."""

    def apply(rng: random.Random, surname: Tokens, given: Tokens, _p: People, _s: str) -> Name | None:
        both = [*surname, *given]
        fitting = [at for at, token in enumerate(both) if len(token) >= shortest]
        if not fitting:
            return None
        at = rng.choice(fitting)
        changed = change(rng, both[at])
        if changed is None or len(changed) < 2:
            return None
        both[at] = changed
        return tuple(both[: len(surname)]), tuple(both[len(surname) :])

    return apply


def _typed(rng: random.Random, token: str) -> str:
    at = rng.randrange(len(token))
    match rng.choices(("other", "lost", "more", "swapped"), (35, 30, 15, 20))[0]:
        case "other":
            return token[:at] + _beside(rng, token[at]) + token[at + 1 :]
        case "lost":
            return token[:at] + token[at + 1 :]
        case "more":
            return token[:at] + rng.choice((token[at], _beside(rng, token[at]))) + token[at:]
        case _:
            at = min(at, len(token) - 2)
            return token[:at] + token[at + 1] + token[at] + token[at + 2 :]


def _beside(rng: random.Random, letter: str) -> str:
    for row in _ROWS:
        at = row.find(letter)
        if at >= 0:
            return rng.choice([row[near] for near in (at - 1, at + 1) if 0 <= near < len(row)])
    return letter


def _misread(rng: random.Random, token: str) -> str | None:
    fitting = [(a, b) for a, b in (*_SHAPES, *((b, a) for a, b in _SHAPES)) if a in token]
    if not fitting:
        return None
    a, b = rng.choice(fitting)
    return token.replace(a, b, 1)


def _romanised(rng: random.Random, surname: Tokens, given: Tokens, people: People, _sex: str) -> Name | None:
    share = rng.choice((0.4, 0.7, 1.0))

    def other(token: str) -> str:
        if rng.random() > share:
            return token
        changed = people.respelt(rng, token)
        return respelt_by(_TABLES, rng, token) if changed == token or rng.random() < 0.2 else changed

    return tuple(map(other, surname)), tuple(map(other, given))


def _initial(rng: random.Random, surname: Tokens, given: Tokens, _p: People, _s: str) -> Name | None:
    """Second names shrink to initials; seldom the first too."""
    if not given:
        return None
    first = given[0][:1] if len(given) == 1 or rng.random() < 0.25 else given[0]
    return surname, (first, *(token[:1] for token in given[1:]))


def _dropped(rng: random.Random, surname: Tokens, given: Tokens, _p: People, _s: str) -> Name | None:
    """A given name, a father's name or one of two surnames is left out; never the last of all."""
    if len(given) > 1 and (len(surname) == 1 or rng.random() < 0.6):
        gone = rng.randrange(1, len(given)) if rng.random() < 0.85 else 0
        return surname, (*given[:gone], *given[gone + 1 :])
    if len(surname) > 1:
        gone = rng.randrange(len(surname))
        return (*surname[:gone], *surname[gone + 1 :]), given
    return None


def _added(rng: random.Random, surname: Tokens, given: Tokens, people: People, sex: str) -> Name | None:
    """A second given name, a father's name, or one more surname."""
    if rng.random() < 0.75:
        return surname, (*given, people.another_name(rng, sex if rng.random() < 0.5 else "M"))
    return (*surname, *people.another_surname(rng)), given


def _joined(rng: random.Random, surname: Tokens, given: Tokens, _p: People, _s: str) -> Name | None:
    if len(given) > 1 and (len(surname) == 1 or rng.random() < 0.5):
        return surname, (given[0] + given[1], *given[2:])
    return ((surname[0] + surname[1], *surname[2:]), given) if len(surname) > 1 else None


def _parted(rng: random.Random, surname: Tokens, given: Tokens, _p: People, _s: str) -> Name | None:
    if not given or len(given[0]) < 6:
        return None
    at = rng.randrange(3, len(given[0]) - 2)
    return surname, (given[0][:at], given[0][at:], *given[1:])


def _swapped(_rng: random.Random, surname: Tokens, given: Tokens, _p: People, _s: str) -> Name | None:
    return (given, surname) if given else None


def _one_field(
    _rng: random.Random, surname: Tokens, given: Tokens, _people: People, _sex: str
) -> Name | None:
    return ((*surname, *given), ()) if given else None


def _field_moved(
    _rng: random.Random, surname: Tokens, given: Tokens, _people: People, _sex: str
) -> Name | None:
    """The last given name stands with the surname, or the first surname with the given names."""
    if len(given) > 1:
        return (given[-1], *surname), given[:-1]
    return (surname[1:], (*given, surname[0])) if len(surname) > 1 else None


def _title(rng: random.Random, surname: Tokens, given: Tokens, _people: People, sex: str) -> Name | None:
    return (surname, (*given[:-1], given[-1] + rng.choice(_TITLES[sex]))) if given else None


def _cut(rng: random.Random, surname: Tokens, given: Tokens, _p: People, _s: str) -> Name | None:
    """Cut at the 39 characters of the machine-readable zone or at a host's narrower field."""
    room = rng.choice((39, 39, 24, 20)) - len(" ".join(surname)) - 2
    left = tuple(" ".join(given)[: max(room, 1)].split())
    return (surname, left) if given and left != given else None


def _married(rng: random.Random, surname: Tokens, given: Tokens, people: People, sex: str) -> Name | None:
    other = people.another_surname(rng)
    return (other if rng.random() < 0.4 else (*surname, *other), given) if sex == "F" and given else None


CHANGES: Mapping[str, Change] = {
    "typed": _in_one(_typed, 4),
    "misread": _in_one(_misread, 4),
    "romanised": _romanised,
    "initial": _initial,
    "dropped": _dropped,
    "added": _added,
    "joined": _joined,
    "parted": _parted,
    "swapped": _swapped,
    "one_field": _one_field,
    "field_moved": _field_moved,
    "title": _title,
    "cut": _cut,
    "short_form": _in_one(lambda _rng, token: _SHORT.get(token), 3),
    "married": _married,
}
_WEIGHTS = (16, 5, 26, 7, 12, 6, 6, 2, 5, 4, 3, 4, 3, 3, 2)
_HOW_MANY = (0, 1, 2, 3, 4)
_HOW_MANY_WEIGHTS = (34, 34, 20, 9, 3)


def noisy_name(
    rng: random.Random, surname: Tokens, given: Tokens, people: People, sex: str
) -> tuple[Tokens, Tokens, tuple[str, ...]]:
    """Return a name as it arrives, and what happened to it, in order."""
    done: list[str] = []
    for _ in range(rng.choices(_HOW_MANY, _HOW_MANY_WEIGHTS)[0]):
        kind = rng.choices(tuple(CHANGES), _WEIGHTS)[0]
        changed = None if kind in done else CHANGES[kind](rng, surname, given, people, sex)
        if changed is not None and changed != (surname, given):
            surname, given = changed
            done.append(kind)
    return surname, given, tuple(done)


DATE_CHANGES = (
    "exact",
    "swapped",
    "digit",
    "one_day",
    "one_year",
    "stand_in",
    "missing",
    "year_alone",
    "wrong",
)
_DATE_WEIGHTS = (850, 17, 25, 12, 15, 22, 50, 4, 5)


def noisy_date(rng: random.Random, born: date) -> tuple[str, str]:
    """Return a date of birth as it arrives (empty: missing) and what happened to it."""
    kind = rng.choices(DATE_CHANGES, _DATE_WEIGHTS)[0]
    changed = _changed(rng, born, kind)
    if changed is None:
        return born.isoformat(), "exact"
    return changed, kind if changed != born.isoformat() else "exact"


def _changed(rng: random.Random, born: date, kind: str) -> str | None:
    """Return the date as such a change leaves it; None where that is no day of the calendar."""
    away = timedelta(days=rng.choice((-1, 1)) * (1 if kind == "one_day" else rng.randrange(60, 1500)))
    digits = list(f"{born:%Y%m%d}")
    digits[rng.choice((2, 3, 3, 5, 6, 7, 7))] = rng.choice("0123456789")
    text = "".join(digits)
    changed: Mapping[str, str | None] = {
        "exact": born.isoformat(),
        "missing": "",
        "year_alone": f"{born.year}",
        "stand_in": f"{born.year}-01-01",
        "one_day": (born + away).isoformat(),
        "wrong": (born + away).isoformat(),
        "one_year": _day(born.year + rng.choice((-1, 1)), born.month, born.day),
        "swapped": _day(born.year, born.day, born.month),
        "digit": _day(int(text[:4]), int(text[4:6]), int(text[6:])),
    }
    return changed[kind]


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
