"""Persons who travel: the listed as an alert knows them, innocents as a population holds them.

A listed person has a true birthday behind an imprecise date, one of their listed names, and belongs to the
people of their State, else to the people whose words their name has.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pyarrow as pa

from screening.lab.evaluation.names import Name
from screening.lab.evaluation.peoples import People, load_peoples, people_of_states
from screening.lab.generate.noise import as_hosts_write

Alert = Mapping[str, object]
_ELSE = "english"
_FIRST_NOT_LATIN = "\u0250"  # before it Unicode has Latin letters and their marks
NO_DATE = "no_date"
"""`listed_dob` of somebody whose list has no date of birth."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody before anything happens to their data.

    Attributes:
        name: words of surname and of given names, A-Z.
        born: day of birth.
        sex: M or F.
        nationality: ISO 3166 alpha-2, empty where unknown.
        people: how they are named.
        listed_dob: best precision of their listed dates, or NO_DATE; empty for innocents.
    """

    name: Name
    born: date
    sex: str
    nationality: str
    people: People
    listed_dob: str = ""


def innocents(population: pa.Table) -> Iterator[Person]:
    """Yield the people of a population."""
    peoples = load_peoples()
    names = ("surname", "given_names", "born", "sex", "nationality", "people")
    columns = (population[name].to_pylist() for name in names)
    for surname, given, born, sex, state, people in zip(*columns, strict=True):
        yield Person((surname.split(), given.split()), born, sex, state, peoples[people])


def listed(dice: random.Random, alert: Alert) -> Person:
    """Return a listed person as they are: one of their names, one of their dates, one of their States.

    Args:
        dice: stream.
        alert: row of an evaluation table of alerts.
    """
    name = words_of(dice.choice([str(alert["primary_name"])] * 2 + borne(alert)))
    states = texts(alert, "nationalities")
    state = dice.choice(states) if states else str(alert.get("birth_country") or "")
    born, precision = _born(dice, alert)
    sex = str(alert.get("sex") or ("F" if dice.random() < 0.15 else "M"))
    return Person(name, born, sex, state, people_of(name, state), precision)


def borne(alert: Alert) -> list[str]:
    """Return the aliases that a travel document can bear: in Latin letters, and no sentence about a person.

    >>> borne({"aliases": ["Omar Masri", "Омар", "Omar, born on 1 Jan. 1967"]})
    ['Omar Masri']
    """
    return [
        name
        for name in texts(alert, "aliases")
        if max(name) < _FIRST_NOT_LATIN and not any(sign.isdigit() for sign in name)
    ]


def words_of(written: str) -> Name:
    """Part a listed name into the fields of a travel document.

    >>> words_of("AL-MASRI, Omar"), words_of("Omar Al Masri")
    ((['AL', 'MASRI'], ['OMAR']), (['MASRI'], ['OMAR', 'AL']))
    """
    surname, comma, given = written.partition(",")
    if comma:
        return _words(surname), _words(given)
    words = _words(written)
    return words[-1:], words[:-1]


def _words(text: str) -> list[str]:
    plain = "".join(letter if "A" <= letter <= "Z" else " " for letter in as_hosts_write(text))
    return plain.split()


def texts(alert: Alert, field: str) -> list[str]:
    """Return the values of a list-valued field that are given."""
    value = alert.get(field)
    return [str(one) for one in value if one] if isinstance(value, list) else []


def _born(dice: random.Random, alert: Alert) -> tuple[date, str]:
    """Return the true day behind one of the alert's dates, and the best precision that the alert has."""
    dates = list(zip(texts(alert, "dobs"), texts(alert, "dob_precisions"), strict=False))
    best = best_precision(alert)
    if not dates:
        return date(dice.randrange(1945, 2000), dice.randrange(1, 13), dice.randrange(1, 29)), best
    value, precision = dice.choice(dates)
    if precision == "day":
        return date.fromisoformat(value), best
    begin, _, end = value.partition("..")
    year, last = int(begin[:4]), int((end or begin)[:4])
    year = dice.randint(min(year, last), max(year, last))
    if precision == "circa":
        year += dice.choice((0, 0, 0, 0, 1, -1, 2, -2))
    month = int(value[5:7]) if precision == "month" else dice.randrange(1, 13)
    return date(year, month, dice.randrange(1, 29)), best


def best_precision(alert: Alert) -> str:
    """Return the best precision among an alert's dates, NO_DATE where there is none."""
    known = texts(alert, "dob_precisions")
    return next((one for one in ("day", "month", "year", "circa", "range") if one in known), NO_DATE)


def people_of(name: Name, state: str) -> People:
    """Return the people of a State, else the one whose inventories have most words of a name."""
    key = people_of_states().get(state)
    if key is None:
        found = Counter(key for word in {*name[0], *name[1]} for key in _who_has().get(word, ()))
        key = found.most_common(1)[0][0] if found else _ELSE
    return load_peoples()[key]


@lru_cache(maxsize=1)
def _who_has() -> Mapping[str, tuple[str, ...]]:
    """Return for each common word the peoples who have it, most usual peoples first."""
    found: dict[str, tuple[str, ...]] = {}
    for people in sorted(load_peoples().values(), key=lambda one: -one.common):
        for word in dict.fromkeys(
            (*people.male.words[:150], *people.female.words[:100], *people.family.words[:150])
        ):
            found[word] = (*found.get(word, ()), people.key)
    return found


__all__ = [
    "NO_DATE",
    "Alert",
    "Person",
    "best_precision",
    "borne",
    "innocents",
    "listed",
    "people_of",
    "texts",
    "words_of",
]
