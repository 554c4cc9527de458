"""Invented populations: people of many peoples with names, sex, nationality and birth, column by column.

Rule: people are drawn by people, form of name and sex; each word of a name by its rank's weight. `others` are
further spellings of the same names, each by one romanisation table of the people: what a list's aliases are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from screening.lab.evaluation.peoples import Form, People, load_peoples
from screening.lab.evaluation.tables import tables_of, written

OTHERS = 2
_MALE = 0.56
_FIRST_DAY, _LAST_DAY = np.datetime64("1935-01-01"), np.datetime64("2018-12-31")
_YEARS = ((1935, 2), (1945, 6), (1955, 13), (1965, 19), (1975, 22), (1985, 20), (1995, 12), (2005, 6))
_STAND_IN_HOME = 0.06  # registers of many States hold 1 January for those whose day nobody wrote down


def draw(dice: np.random.Generator, weights: Mapping[str, float], size: int) -> pa.Table:
    """Draw a population.

    Args:
        dice: stream; the same state gives the same people.
        weights: peoples by key and how many of them there are, in any unit.
        size: how many people.

    Returns:
        One row a person: surname, given_names, other_0, other_1 (null where it is the same), sex (M, F),
        nationality (ISO 3166 alpha-2), people, born (date32).
    """
    keys = list(weights)
    shares = np.array([weights[key] for key in keys])
    of = dice.choice(len(keys), size, p=shares / shares.sum())
    men = dice.random(size) < _MALE
    parts, places = [], []
    for at, key in enumerate(keys):
        people = load_peoples()[key]
        here = np.flatnonzero(of == at)
        form_shares = np.array([form.weight for form in people.forms])
        forms = dice.choice(len(people.forms), len(here), p=form_shares / form_shares.sum())
        for which, form in enumerate(people.forms):
            for male in (True, False):
                rows = here[(forms == which) & (men[here] == male)]
                if len(rows):
                    parts.append(_named(dice, people, form, len(rows), male=male))
                    places.append(rows)
    order = np.argsort(np.concatenate(places), kind="stable") if places else np.array([], np.int64)
    table = (
        pa.concat_tables(parts).take(pa.array(order))
        if parts
        else _named(dice, next(iter(load_peoples().values())), Form(("F",), ("G",), 1.0), 0, male=True)
    )
    return table.append_column("born", pa.array(_births(dice, size), pa.date32()))


def _births(dice: np.random.Generator, size: int) -> np.ndarray:
    """Draw days of birth of travellers, shape (size,), datetime64[D]."""
    starts = np.array([year for year, _ in _YEARS])
    shares = np.array([weight for _, weight in _YEARS], float)
    years = dice.choice(starts, size, p=shares / shares.sum()) + dice.integers(0, 10, size)
    first = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    days = first + np.where(dice.random(size) < _STAND_IN_HOME, 0, dice.integers(0, 365, size))
    return np.asarray(np.clip(days, _FIRST_DAY, _LAST_DAY))


def _named(dice: np.random.Generator, people: People, form: Form, size: int, *, male: bool) -> pa.Table:
    drawn = [_slot(dice, people, slot, size, male=male) for slot in form.slots]
    tables = tables_of(people.table)
    chosen = dice.permutation(len(tables))[:OTHERS]
    columns: dict[str, pa.Array] = {
        "surname": _joined([words.spelt(None) for words in drawn[: len(form.surname)]], size),
        "given_names": _joined([words.spelt(None) for words in drawn[len(form.surname) :]], size),
    }
    for at in range(OTHERS):
        other = pa.nulls(size, pa.string())
        if at < len(chosen):
            spelt = [words.spelt((people.table, tables[int(chosen[at])])) for words in drawn]
            surname, given = (
                _joined(spelt[: len(form.surname)], size),
                _joined(spelt[len(form.surname) :], size),
            )
            same = pc.and_(pc.equal(surname, columns["surname"]), pc.equal(given, columns["given_names"]))
            other = pc.if_else(same, pa.scalar(None, pa.string()), with_comma(surname, given))
        columns[f"other_{at}"] = other
    states = dice.choice(len(people.states), size, p=people.state_shares)
    columns["sex"] = pa.array(["M" if male else "F"] * size, pa.string())
    columns["nationality"] = pa.array(people.states).take(pa.array(states))
    columns["people"] = pa.array([people.key] * size, pa.string())
    return pa.table(columns)


def with_comma(surname: pa.Array, given: pa.Array) -> pa.Array:
    """Return names as lists write them: `SURNAME, Given Names`; what is there alone stands alone."""
    both = pc.binary_join_element_wise(surname, pc.utf8_title(given), ", ")
    return pc.if_else(
        pc.equal(given, ""), surname, pc.if_else(pc.equal(surname, ""), pc.utf8_title(given), both)
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Words of one slot: which of an inventory, or the same word for all."""

    words: tuple[str, ...]
    places: np.ndarray

    def spelt(self, table: tuple[str, str] | None) -> pa.Array:
        if table is None:
            return pa.array(self.words, pa.string()).take(pa.array(self.places))
        used, places = np.unique(self.places, return_inverse=True)
        return pa.array([written(*table, self.words[at]) for at in used], pa.string()).take(pa.array(places))


def _slot(dice: np.random.Generator, people: People, slot: str, size: int, *, male: bool) -> _Drawn:
    match slot:
        case "G" | "G2":
            inventory = people.given(male)
        case "M" | "H":
            inventory = people.male
        case "P":
            return _Drawn(_patronymics(people, male), _patronymic_places(dice, people, size, male=male))
        case "F":
            return _Drawn(_borne(people, male), people.family.draw(dice, size))
        case word:
            return _Drawn((word,), np.zeros(size, np.int64))
    return _Drawn(inventory.words, inventory.draw(dice, size))


@lru_cache(maxsize=400)
def _patronymics_of(key: str, male: bool) -> tuple[str, ...]:
    people = load_peoples()[key]
    endings = people.patronymics[0 if male else 1]
    return tuple(_patronymic(word, ending) for word in people.male.words for ending in endings)


def _patronymics(people: People, male: bool) -> tuple[str, ...]:
    return _patronymics_of(people.key, male)


def _patronymic_places(dice: np.random.Generator, people: People, size: int, *, male: bool) -> np.ndarray:
    endings = len(people.patronymics[0 if male else 1])
    return people.male.draw(dice, size) * endings + dice.integers(0, endings, size)


def _patronymic(father: str, ending: str) -> str:
    """Join father's name and ending.

    >>> _patronymic("IVAN", "OVICH"), _patronymic("SERGEY", "EVNA"), _patronymic("ILYA", "OVICH")
    ('IVANOVICH', 'SERGEYEVNA', 'ILYOVICH')
    """
    if ending[0] in "EO" and father[-1] in "AEIOU":
        return father[:-1] + ending
    return father + ending


@lru_cache(maxsize=400)
def _borne_of(key: str, male: bool) -> tuple[str, ...]:
    people = load_peoples()[key]
    return people.family.words if male else tuple(people.of_woman(word) for word in people.family.words)


def _borne(people: People, male: bool) -> tuple[str, ...]:
    return _borne_of(people.key, male)


def _joined(parts: Sequence[pa.Array], size: int) -> pa.Array:
    if not parts:
        return pa.array([""] * size, pa.string())
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, " ")


__all__ = ["OTHERS", "draw", "with_comma"]
