"""Peoples: how each is named (data/peoples.toml, data/common_names.json).

Rule: half of the peoples have names that most sources of names do not hold; their inventories are built whole
from syllables in the shape of the language. Heads are common names of general knowledge, and for better known
peoples those of a CC0 data set (named in the file).

>>> khmer = load_peoples()["khmer"]
>>> len(khmer.family.words) > 1000, khmer.states[0], khmer.forms[0]
(True, 'KH', Form(surname=('F',), given=('G',), weight=9.0))
"""

import json
import tomllib
import zlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np

from screening.lab.evaluation.inventories import Inventory, Syllables, built, spliced

_SLOTS = frozenset({"G", "G2", "M", "H", "F", "P"})
_COUNTRY_HEADS = 40
_ENDED, _BEGUN = 0.6, 0.5
_LONGEST_FAMILY = 22


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing a full name, in slots (data/peoples.toml names them) or words as they stand."""

    surname: tuple[str, ...]
    given: tuple[str, ...]
    weight: float

    @property
    def slots(self) -> tuple[str, ...]:
        """All slots and words, surname first."""
        return (*self.surname, *self.given)


@dataclass(frozen=True, slots=True)
class People:
    """How one people is named.

    Attributes:
        key: its name in the file.
        states: nationalities of its travellers, with weights that sum to 1.
        male, female, family: inventories.
        forms: ways of writing a full name.
        feminine: endings of a family name and what women bear in their place.
        patronymics: endings of a father's name for a son and for a daughter; empty where there are none.
        table: key of the romanisation tables (`tables`).
        traffic: weight in the uneven traffic.
        common: weight in ordinary traffic.
    """

    key: str
    states: tuple[str, ...]
    state_shares: tuple[float, ...]
    male: Inventory
    female: Inventory
    family: Inventory
    forms: tuple[Form, ...]
    feminine: tuple[tuple[str, str], ...]
    patronymics: tuple[tuple[str, ...], tuple[str, ...]]
    table: str
    traffic: float
    common: float

    def given(self, male: bool) -> Inventory:
        """Return the inventory of given names of a sex."""
        return self.male if male else self.female

    def of_woman(self, family: str) -> str:
        """Return the form of a family name that a woman bears."""
        for ending, other in self.feminine:
            if family.endswith(ending):
                return family.removesuffix(ending) + other
        return family


@lru_cache(maxsize=1)
def load_peoples() -> MappingProxyType[str, People]:
    """Read the peoples of the package, in the order of the file."""
    data = files("screening.lab.evaluation").joinpath("data")
    common = json.loads(data.joinpath("common_names.json").read_text("utf-8"))["states"]
    entries = tomllib.loads(data.joinpath("peoples.toml").read_text("utf-8"))
    return MappingProxyType({key: _people(key, entry, common) for key, entry in entries.items()})


@lru_cache(maxsize=1)
def people_of_states() -> MappingProxyType[str, str]:
    """Return for each State (ISO 3166 alpha-2) the people that most of its travellers belong to."""
    best: dict[str, tuple[float, str]] = {}
    for key, people in load_peoples().items():
        for state, share in zip(people.states, people.state_shares, strict=True):
            best[state] = max(best.get(state, (0.0, "")), (share * people.common, key))
    return MappingProxyType({state: key for state, (_, key) in best.items()})


def _people(key: str, entry: dict[str, object], common: dict[str, dict[str, str]]) -> People:
    def text(name: str) -> str:
        return str(entry.get(name, ""))

    def number(name: str, default: float) -> float:
        return float(str(entry.get(name, default)))

    # Words belong to the people, not to a set: the same whatever the seed of the set.
    dice = np.random.default_rng(zlib.crc32(key.encode()))
    given_slope, family_slope = (float(slope) for slope in (text("slopes") or "1.25 1.0").split())
    given_size, family_size = (int(size) for size in text("sizes").split())
    heads = {
        kind: [*text(kind).split(), *_by_country(common, text("cc0").split(), kind)]
        for kind in ("male", "female", "family")
    }
    givens = {}
    for kind in ("male", "female"):
        tail = _tail(dice, entry, "given_syllables", heads[kind], given_size - len(heads[kind]))
        givens[kind] = Inventory.of([*heads[kind], *tail], given_slope)
    family = _families(dice, entry, heads["family"], givens["male"].words, family_size)
    states = [pair.split(":") for pair in text("states").split()]
    total = sum(float(weight) for _, weight in states)
    endings = [tuple(part.split()) for part in (text("patronymics") or "|").split("|")]
    return People(
        key=key,
        states=tuple(state for state, _ in states),
        state_shares=tuple(float(weight) / total for _, weight in states),
        male=givens["male"],
        female=givens["female"],
        family=Inventory.of(family, family_slope),
        forms=tuple(_form(part) for part in _forms(text("forms"))),
        feminine=tuple((pair.split(">")[0], pair.split(">")[1]) for pair in text("feminine").split()),
        patronymics=(endings[0], endings[1]),
        table=text("table"),
        traffic=number("traffic", 1),
        common=number("common", 1),
    )


def _by_country(common: dict[str, dict[str, str]], states: list[str], kind: str) -> list[str]:
    """Take the States' names in turn, first ranks first."""
    lists = [common.get(state, {}).get(kind, "").split()[:_COUNTRY_HEADS] for state in states]
    longest = max((len(one) for one in lists), default=0)
    return [one[rank] for rank in range(longest) for one in lists if rank < len(one)]


def _tail(
    dice: np.random.Generator, entry: dict[str, object], counts: str, like: list[str], size: int
) -> list[str]:
    if "onset" not in entry:
        return spliced(dice, like, max(size, 0))
    parts = (tuple(str(entry[part]).split()) for part in ("onset", "vowel", "coda"))
    onsets, vowels, codas = parts
    many = tuple((int(pair.split(":")[0]), float(pair.split(":")[1])) for pair in str(entry[counts]).split())
    return built(dice, Syllables(onsets, vowels, codas, many), max(size, 0))


def _families(
    dice: np.random.Generator,
    entry: dict[str, object],
    heads: list[str],
    male: tuple[str, ...],
    size: int,
) -> list[str]:
    """Build family names: stems, some of them fathers' names, most with one of the endings or beginnings."""
    ends, starts = str(entry.get("family_ends", "")).split(), str(entry.get("family_starts", "")).split()
    stems = _tail(dice, entry, "family_syllables", heads, max(size - len(heads), 0))
    fathers = dice.random(len(stems)) < float(str(entry.get("family_from_male", 0)))
    ended, begun = dice.random(len(stems)) < _ENDED, dice.random(len(stems)) < _BEGUN
    words = list(heads)
    for at, stem in enumerate(stems):
        word = male[int(dice.integers(len(male)))] if fathers[at] else stem
        if ends and (fathers[at] or ended[at]):
            ending = ends[int(dice.integers(len(ends)))]
            word = word.rstrip("AEIOUY") + ending if ending[0] in "AEIOUY" else word + ending
        if starts and begun[at]:
            word = starts[int(dice.integers(len(starts)))] + word
        words.append(word[:_LONGEST_FAMILY])
    return words


def _forms(text: str) -> list[str]:
    """Part the forms: `F|G:9 F|G G:1` gives `F|G:9` and `F|G G:1`; a form ends in its weight."""
    found, begun = [], ""
    for word in text.split():
        begun = f"{begun} {word}".strip()
        if ":" in word:
            found.append(begun)
            begun = ""
    return found


def _form(text: str) -> Form:
    fields, _, weight = text.rpartition(":")
    surname, _, given = fields.partition("|")
    return Form(tuple(surname.split()), tuple(given.split()), float(weight))


__all__ = ["Form", "People", "load_peoples", "people_of_states"]
