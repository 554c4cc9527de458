"""Name cultures: common names and the parts that rarer ones are built from, with their romanisations.

The word lists (data/cultures.json) hold frequent given names and surnames of each culture, the most
frequent first; a person is a chance combination, so nobody is meant. Rare surnames are built from a root
and an ending, because a night in which forty surnames repeat would make every list look ambiguous.

>>> cultures = load_cultures()
>>> sorted(cultures)[:3]
['arabic', 'caucasian', 'chinese']
>>> cultures["korean"].respelt("LEE", random.Random("doctest"))
'LI'
"""

import json
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import accumulate
from types import MappingProxyType

from screening.tables.codes import Sex

_PREFIX_CULTURES = frozenset({"arabic", "maghrebi", "irish", "dutch"})  # endings stand before the root
_FEW_SURNAMES = frozenset(
    {"chinese", "korean", "vietnamese"}
)  # a few hundred surnames serve nearly everybody
_RARE_SURNAMES = 0.45
_RARE_LETTERS = (4, 12)
_ZIPF_OFFSET = 6  # rank r gets weight 1/(r + 6): the first names of a culture lead without drowning the rest


@dataclass(frozen=True, slots=True)
class Words:
    """A list of words, frequent ones first, drawn with weights that fall with rank."""

    words: tuple[str, ...]
    cumulative: tuple[float, ...]

    @classmethod
    def of(cls, text: str) -> "Words":
        """Read words parted by blanks."""
        words = tuple(text.split())
        weights = accumulate(1 / (rank + _ZIPF_OFFSET) for rank in range(len(words)))
        return cls(words, tuple(weights))

    def draw(self, rng: random.Random) -> str:
        """Draw one word."""
        return rng.choices(self.words, cum_weights=self.cumulative)[0]


@dataclass(frozen=True, slots=True)
class LetterChain:
    """Surnames that nobody listed, letter by letter as a culture's surnames go on (a chain of order 2).

    Half of a population bears names outside any list of frequent ones; without them ten thousand listed
    people would share their forty surnames with everybody.
    """

    follows: MappingProxyType[
        str, str
    ]  # two letters ("^" before the first) -> letters seen next, "$" the end

    @classmethod
    def of(cls, words: Iterable[str]) -> "LetterChain":
        """Learn from words; those with a blank, hyphen or apostrophe are left out."""
        follows: dict[str, str] = {}
        for word in words:
            if word.isalpha():
                marked = f"^^{word}$"
                for at in range(len(word) + 1):
                    follows[marked[at : at + 2]] = follows.get(marked[at : at + 2], "") + marked[at + 2]
        return cls(MappingProxyType(follows))

    def draw(self, rng: random.Random) -> str:
        """Draw a surname of 4 to 12 letters."""
        word = ""
        while not _RARE_LETTERS[0] <= len(word) <= _RARE_LETTERS[1]:
            word, letter = "", ""
            while letter != "$" and len(word) <= _RARE_LETTERS[1]:
                word += letter
                letter = rng.choice(self.follows[f"^^{word}"[-2:]])
        return word


@dataclass(frozen=True, slots=True)
class Culture:
    """How people of one culture are named, and how their names are romanised."""

    key: str
    states: tuple[str, ...]
    state_weights: tuple[float, ...]
    male: Words
    female: Words
    surnames: Words
    roots: tuple[str, ...]
    endings: tuple[str, ...]
    built_surnames: float
    second_given: float
    given_syllables: tuple[str, ...]
    father_as_second: float
    two_surnames: float
    single_name: float
    particles: tuple[str, ...]
    patronymics: tuple[str, ...]
    feminine: tuple[tuple[str, str], ...]
    variants: MappingProxyType[str, tuple[str, ...]]
    rules: tuple[tuple[re.Pattern[str], str], ...]
    rare: LetterChain | None

    def name(self, rng: random.Random, sex: Sex, surname: str | None = None) -> tuple[str, str]:
        """Draw surname and given names of a person; a surname is kept for members of a family."""
        if self.single_name and surname is None and rng.random() < self.single_name:
            return self._given(rng, sex), ""  # Doc 9303: a single name is the primary identifier
        family = surname if surname is not None else self._surname(rng)
        if sex is Sex.FEMALE:
            family = self._feminine(family)
        return family, self._given(rng, sex)

    def _given(self, rng: random.Random, sex: Sex) -> str:
        words = self.female if sex is Sex.FEMALE else self.male
        if self.given_syllables and rng.random() < 0.8:
            first = rng.choice(self.given_syllables) + rng.choice(self.given_syllables)
        else:
            first = words.draw(rng)
        if self.father_as_second and rng.random() < self.father_as_second:
            return f"{first} {self.male.draw(rng)}"
        if self.patronymics and rng.random() < 0.3:
            return f"{first} {self._patronymic(rng, sex)}"
        if self.second_given and rng.random() < self.second_given:
            second = words.draw(rng)
            return f"{first} {second}" if second != first else first
        return first

    def _patronymic(self, rng: random.Random, sex: Sex) -> str:
        male = rng.choice(self.patronymics)
        return male.removesuffix("ICH") + "NA" if sex is Sex.FEMALE else male

    def _surname(self, rng: random.Random) -> str:
        first = self._one_surname(rng)
        if self.two_surnames and rng.random() < self.two_surnames:
            return f"{first} {self._one_surname(rng)}"
        return first

    def _one_surname(self, rng: random.Random) -> str:
        if self.rare is not None and rng.random() < _RARE_SURNAMES:
            return self.rare.draw(rng)
        if self.roots and rng.random() < self.built_surnames:
            root, ending = rng.choice(self.roots), rng.choice(self.endings)
            if self.key not in _PREFIX_CULTURES:
                return root + ending
            joined = ending.endswith(("'", "c", "-")) or self.key == "maghrebi"
            before = ending.upper() if self.key != "dutch" else ending.replace("-", " ")
            return f"{before}{root}" if joined and self.key != "dutch" else f"{before} {root}"
        plain = self.surnames.draw(rng).upper()
        if self.particles and rng.random() < 0.08:
            return f"{rng.choice(self.particles)} {plain}"
        return plain

    def _feminine(self, surname: str) -> str:
        for ending, other in self.feminine:
            if surname.endswith(ending):
                return surname[: -len(ending)] + other
        return surname

    def respelt(self, token: str, rng: random.Random) -> str:
        """Return another romanisation of a token; the token itself where no rule fits."""
        known = self.variants.get(token)
        if known and rng.random() < 0.75:
            return rng.choice(known)
        fitting = [(pattern, other) for pattern, other in self.rules if pattern.search(token)]
        if not fitting:
            return rng.choice(known) if known else token
        pattern, other = rng.choice(fitting)
        changed = pattern.sub(other, token, count=1).strip("- ")
        return changed if len(changed) >= 2 else token


@lru_cache(maxsize=1)
def load_cultures() -> MappingProxyType[str, Culture]:
    """Read the word lists of the package.

    Returns:
        Cultures by key, in the order of the file.
    """
    text = files("screening.lab.generate").joinpath("data/cultures.json").read_text("utf-8")
    return MappingProxyType({key: _culture(key, entry) for key, entry in json.loads(text).items()})


def _culture(key: str, entry: dict[str, object]) -> Culture:
    def text(name: str) -> str:
        return str(entry.get(name, ""))

    def share(name: str) -> float:
        return float(str(entry.get(name, 0)))

    states = [pair.split(":") for pair in text("states").split()]
    rules = [rule.split(">") for rule in text("rules").split()]
    groups = entry.get("variants", [])
    return Culture(
        key=key,
        states=tuple(state for state, _ in states),
        state_weights=tuple(float(weight) for _, weight in states),
        male=Words.of(text("male")),
        female=Words.of(text("female")),
        surnames=Words.of(text("surnames")),
        roots=tuple(text("roots").split()),
        endings=tuple(text("endings").split()),
        built_surnames=share("built_surnames"),
        second_given=share("second_given"),
        given_syllables=tuple(text("given_syllables").split()),
        father_as_second=share("father_as_second"),
        two_surnames=share("two_surnames"),
        single_name=share("single_name"),
        particles=tuple(part for part in text("particles").split(",") if part),
        patronymics=tuple(text("patronymics").split()),
        feminine=tuple((pair.split(">")[0], pair.split(">")[1]) for pair in text("feminine").split()),
        variants=_variants(groups if isinstance(groups, list) else []),
        rules=tuple((re.compile(found), other) for found, other in rules),
        rare=None
        if key in _FEW_SURNAMES
        else LetterChain.of([*text("surnames").split(), *text("roots").split()]),
    )


def _variants(groups: list[str]) -> MappingProxyType[str, tuple[str, ...]]:
    """Every spelling of a group to the others; a spelling in two groups keeps both."""
    others: dict[str, list[str]] = {}
    for group in groups:
        spellings = list(dict.fromkeys(group.split()))
        for spelling in spellings:
            known = others.setdefault(spelling, [])
            known += [other for other in spellings if other != spelling and other not in known]
    return MappingProxyType({spelling: tuple(known) for spelling, known in others.items()})
