"""Invented lists: each person as a list would tell of them, and more such persons up to the size in use.

Rule: habits of published lists (OFAC, UN, EU formats: docs/alert-lists.md): a primary name with or without a
comma, aliases in other spellings, orders and fields, weak aliases; dates by day, month, year, circa, range,
several or none; nationalities, a birth country alone or neither; sex often missing; now and then a mistake.
Lists and traffic have different shares of peoples.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from screening.lab.evaluation_tables import alert_tables
from screening.lab.fit.peoples import Named, People, Tokens, peoples, stream
from screening.matching.index import AlertTables

HABITS = ("day", "month", "year", "circa", "range", "several", "none")
_HABIT_WEIGHTS = (60, 3, 12, 7, 4, 6, 8)
_ALIASES = ((0, 1, 2, 3, 6), (35, 25, 18, 14, 8))
_YEARS = (1942, 2008)
_OTHER_STATES = ("GB", "FR", "RU", "TR", "AE", "PK", "SY", "DE", "IR", "US")


@dataclass(frozen=True, slots=True)
class Person:
    """A person who may travel: who they are, when born, and (the listed) how their list writes the date."""

    key: str
    named: Named
    born: date
    habit: str = ""


@dataclass(frozen=True, slots=True)
class PeopleShares:
    """Peoples and how often each occurs among these persons."""

    of: Sequence[People]
    weights: Sequence[float]

    def draw(self, rng: random.Random) -> People:
        """Draw a people."""
        return rng.choices(self.of, self.weights)[0]


def people_shares(seed: str, without: str = "") -> PeopleShares:
    """Return uneven shares of all peoples, a third of the whole for those that no share knows.

    Args:
        seed: shares differ by seed, as agencies' traffic and lists do.
        without: a people left out.
    """
    rng = stream(f"shares {seed}")
    found = [people for people in peoples().values() if people.key != without]
    drawn = [rng.gammavariate(0.8, 1.0) + 0.1 for _ in found]
    weights: list[float] = []
    for known in (True, False):
        total = sum(weight for weight, people in zip(drawn, found, strict=True) if people.known is known)
        part = 2 / 3 if known else 1 / 3
        weights += [
            part * weight / total
            for weight, people in zip(drawn, found, strict=True)
            if people.known is known
        ]
    ordered = [people for known in (True, False) for people in found if people.known is known]
    return PeopleShares(ordered, weights)


def draw_person(rng: random.Random, key: str, people: People) -> Person:
    """Draw an adult of a people."""
    named = people.person(rng)
    first = date(_YEARS[0], 1, 1)
    born = first + timedelta(days=rng.randrange((date(_YEARS[1], 1, 1) - first).days))
    return Person(key, named, born)


def draw_listed(seed: str, count: int, without: str = "") -> tuple[list[Person], pa.Table]:
    """Draw persons of a list.

    Args:
        seed: the same seed begins with the same persons, however many are drawn.
        count: persons.
        without: a people left out.

    Returns:
        The persons, and the evaluation table of alerts (docs/interfaces.md) that tells of them.
    """
    shares = people_shares(f"list {seed}", without)
    persons: list[Person] = []
    rows: list[Mapping[str, object]] = []
    for number in range(count):
        rng = stream(f"{seed} {number}")
        person = draw_person(rng, f"{seed}-{number:06}", shares.draw(rng))
        habit = rng.choices(HABITS, _HABIT_WEIGHTS)[0]
        person = Person(person.key, person.named, person.born, habit)
        persons.append(person)
        rows.append(_entry(rng, person))
    return persons, pa.Table.from_pylist(list(rows), schema=_SCHEMA)


def tables_of(entries: pa.Table) -> AlertTables:
    """Return the matcher's own tables of these entries."""
    return alert_tables(entries)


_TEXTS = pa.list_(pa.string())
_SCHEMA = pa.schema(
    [("entity_id", pa.string()), ("source", pa.string()), ("primary_name", pa.string()), ("aliases", _TEXTS),
     ("weak_aliases", _TEXTS), ("dobs", _TEXTS), ("dob_precisions", _TEXTS), ("sex", pa.string()),
     ("nationalities", _TEXTS), ("birth_country", pa.string()), ("doc_numbers", _TEXTS),
     ("doc_countries", _TEXTS)]
)  # fmt: skip


def _entry(rng: random.Random, person: Person) -> Mapping[str, object]:
    named = person.named
    people = peoples()[named.people]
    dates = _dates(rng, person)
    knows = rng.random()
    state = named.state if rng.random() > 0.05 else rng.choice(_OTHER_STATES)
    return {
        "entity_id": person.key,
        "source": "fit",
        "primary_name": _written(rng, named.surname, named.given),
        "aliases": [_alias(rng, named, people) for _ in range(rng.choices(*_ALIASES)[0])],
        "weak_aliases": [_weak(rng, named, people)] if rng.random() < 0.12 else [],
        "dobs": [value for value, _ in dates],
        "dob_precisions": [precision for _, precision in dates],
        "sex": None if rng.random() < 0.25 else named.sex if rng.random() < 0.99 else "MF"[named.sex == "M"],
        "nationalities": [state, *([rng.choice(_OTHER_STATES)] if rng.random() < 0.08 else [])]
        if knows < 0.75
        else [],
        "birth_country": state if 0.75 <= knows < 0.87 else None,
        "doc_numbers": [],
        "doc_countries": [],
    }  # fmt: skip


def _written(rng: random.Random, surname: Tokens, given: Tokens) -> str:
    """Write a full name: surname first and a comma, or given names first, or surname first without a sign."""
    if not given:
        return " ".join(surname)
    style = rng.random()
    if style < 0.55:
        return f"{' '.join(surname)}, {' '.join(given)}"
    return " ".join((*given, *surname) if style < 0.88 else (*surname, *given))


def _alias(rng: random.Random, named: Named, people: People) -> str:
    surname, given = named.surname, named.given
    what = rng.random()
    if what < 0.6:
        surname, given = (tuple(people.respelt(rng, token) for token in part) for part in (surname, given))
    elif what < 0.75 and len(given) > 1:
        given = given[: rng.randrange(1, len(given))]
    elif what < 0.85:
        given = (*given, people.another_name(rng, "M"))
    elif what < 0.92:
        surname = people.another_surname(rng)
    else:
        surname, given = given or surname, surname if given else ()
    return _written(rng, surname, given)


def _weak(rng: random.Random, named: Named, people: People) -> str:
    """One name alone, a by-name, or a father's name: what lists call a weak alias."""
    own = (*named.given, *named.surname)
    return rng.choice((own[0], f"ABU {people.another_name(rng, 'M')}", people.another_name(rng, named.sex)))


def _dates(rng: random.Random, person: Person) -> list[tuple[str, str]]:
    born = person.born
    if rng.random() < 0.015:  # lists err
        born += timedelta(days=rng.choice((-1, 1)) * rng.randrange(200, 6000))
    if rng.random() < 0.03:
        born = date(born.year, 1, 1)
    begin = born.year - rng.randrange(4)
    circa = born.year + rng.choice((-2, -1, 0, 0, 0, 1, 2))
    other = born + timedelta(days=rng.choice((-365, 365, 31, -31, 730, 1)))
    second = (f"{other.year}", "year") if rng.random() < 0.4 else (other.isoformat(), "day")
    by_habit: Mapping[str, list[tuple[str, str]]] = {
        "day": [(born.isoformat(), "day")],
        "month": [(f"{born:%Y-%m}", "month")],
        "year": [(f"{born.year}", "year")],
        "circa": [(f"{circa}", "circa")],
        "range": [(f"{begin}..{begin + rng.randrange(3, 6)}", "range")],
        "several": [(born.isoformat(), "day"), second],
        "none": [],
    }
    return by_habit[person.habit]
