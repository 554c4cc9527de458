"""Invented peoples: how many names they share, how a name is built, how else its letters are romanised.

Rule: two thirds of all people bear names of the generator's cultures, whose frequent tokens the shipped
shares know; a third belong to peoples whose words are built from syllables, so that no share knows them, as
an agency's traffic has names that a model's makers never saw. Frequencies fall as 1/rank^s (Zipf), steeply
where a people has few names.

Source of the forms of names: ICAO Doc 9303 part 3 and its examples; of frequencies: Zipf's law holds for
surnames (Miyazima et al. 2000, Physica A 278: exponents 0.7 to 1.8 by country).

>>> a = peoples()["brakh"].person(random.Random("doctest"))
>>> a == peoples()["brakh"].person(random.Random("doctest")), a.people
(True, 'brakh')
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from screening.lab.generate.cultures import Culture, LetterChain, load_cultures
from screening.lab.generate.noise import as_hosts_write
from screening.tables.codes import Sex

Tokens = tuple[str, ...]
_RARE_GIVEN = 0.35  # of given names beside the fifty most frequent (US Social Security, births 1950 to 2000)
_TAIL = 2500


@dataclass(frozen=True, slots=True)
class Named:
    """An invented person's name, sex and State; tokens of A-Z as hosts write them."""

    people: str
    surname: Tokens
    given: Tokens
    sex: str
    state: str


@dataclass(frozen=True, slots=True)
class People:
    """A people: who draws a person, who draws one more name, and how a token is spelt otherwise."""

    key: str
    known: bool
    person: Callable[[random.Random], Named]
    another_name: Callable[[random.Random, str], str]
    another_surname: Callable[[random.Random], Tokens]
    respelt: Callable[[random.Random, str], str]


def stream(name: str) -> random.Random:
    """Return the stream of random numbers of this name."""
    return random.Random(name)  # noqa: S311 -- choices must repeat; nothing is kept secret by them


@lru_cache(maxsize=1)
def peoples() -> Mapping[str, People]:
    """Return all peoples by key: the generator's cultures, then those built from syllables."""
    known = {key: _of_culture(culture) for key, culture in load_cultures().items()}
    return known | {grammar.key: _of_grammar(grammar) for grammar in _GRAMMARS}


def respelt_by(table: Sequence[tuple[str, str]], rng: random.Random, token: str) -> str:
    """Return a token with one or two of the table's letters written the other way; itself where none occurs.

    >>> respelt_by((("OU", "U"),), random.Random(0), "MAHMOUD")
    'MAHMUD'
    """
    for _ in range(rng.choice((1, 1, 2))):
        fitting = [pair for pair in table if pair[0] in token]
        if not fitting:
            return token
        ours, theirs = rng.choice(fitting)
        at = rng.choice([place for place in range(len(token)) if token.startswith(ours, place)])
        changed = token[:at] + theirs + token[at + len(ours) :]
        token = changed if len(changed) > 1 else token
    return token


def _of_culture(culture: Culture) -> People:
    tails = {sex: _given_tail(culture, sex) for sex in "MF"}

    def one_name(rng: random.Random, sex: str, frequent: str) -> str:
        tail = tails[sex]
        return tail.draw(rng) if tail is not None and rng.random() < _RARE_GIVEN else frequent

    def person(rng: random.Random) -> Named:
        sex = Sex.MALE if rng.random() < 0.56 else Sex.FEMALE
        surname, given = (_split(part) for part in culture.name(rng, sex))
        own = tuple(one_name(rng, "M" if at else str(sex), token) for at, token in enumerate(given))
        state = rng.choices(culture.states, culture.state_weights)[0]
        return Named(culture.key, surname, own, str(sex), state)

    def another_name(rng: random.Random, sex: str) -> str:
        words = culture.female if sex == "F" else culture.male
        return one_name(rng, sex, as_hosts_write(words.draw(rng)))

    def another_surname(rng: random.Random) -> Tokens:
        return _split(culture.name(rng, Sex.MALE)[0])

    def respelt(rng: random.Random, token: str) -> str:
        return "".join(_split(culture.respelt(token, rng))) or token

    return People(culture.key, True, person, another_name, another_surname, respelt)


def _given_tail(culture: Culture, sex: str) -> "_Ranked | None":
    """Return rarer given names, letter by letter as the frequent ones; None for names of two syllables."""
    if culture.given_syllables:
        return None
    words = (culture.female if sex == "F" else culture.male).words
    chain = LetterChain.of([as_hosts_write(word).replace(" ", "") for word in words])
    rng = stream(f"tail {culture.key} {sex}")
    return _Ranked(tuple(dict.fromkeys(chain.draw(rng) for _ in range(_TAIL))), 0.7)


def _split(text: str) -> Tokens:
    return tuple(as_hosts_write(text).split())


@dataclass(frozen=True, slots=True)
class Grammar:
    """A people of syllables.

    Attributes:
        key: its name.
        states: States its people come from, the first most often.
        onsets, vowels, codas: of a syllable, parted by blanks; `-` is none.
        syllables: fewest and most in a word.
        sizes: different male names, female names and surnames.
        zipf: exponent of the frequencies.
        form: how a name is built (`_FORMS`).
        spellings: letters and how another table writes them.
        ending: of a patronymic, for a son and a daughter.
    """

    key: str
    states: tuple[str, ...]
    onsets: str
    vowels: str
    codas: str
    syllables: tuple[int, int]
    sizes: tuple[int, int, int]
    zipf: float
    form: str
    spellings: str
    ending: tuple[str, str] = ("", "")


def _of_grammar(grammar: Grammar) -> People:
    build = stream(f"people {grammar.key}")  # the same words whoever asks
    male, female, surnames = (_Ranked(_words(build, grammar, size), grammar.zipf) for size in grammar.sizes)
    table = tuple(
        (pair.split(">")[0], pair.split(">")[1].replace("-", "")) for pair in grammar.spellings.split()
    )
    form = _FORMS[grammar.form]

    def person(rng: random.Random) -> Named:
        sex = "M" if rng.random() < 0.56 else "F"
        given = male if sex == "M" else female
        family, own = form(rng, given, male, surnames, grammar.ending[sex == "F"])
        state = grammar.states[0] if rng.random() < 0.8 else rng.choice(grammar.states)
        return Named(grammar.key, family, own, sex, state)

    return People(
        grammar.key,
        False,
        person,
        lambda rng, sex: (male if sex == "M" else female).draw(rng),
        lambda rng: (surnames.draw(rng),),
        lambda rng, token: respelt_by(table, rng, token),
    )


class _Ranked:
    """Words drawn with weights that fall with rank."""

    def __init__(self, words: Sequence[str], zipf: float) -> None:
        self._words = words
        self._cumulative = tuple(accumulate(1 / (rank + 2) ** zipf for rank in range(len(words))))

    def draw(self, rng: random.Random) -> str:
        return rng.choices(self._words, cum_weights=self._cumulative)[0]


def _words(rng: random.Random, grammar: Grammar, size: int) -> list[str]:
    onsets, vowels, codas = grammar.onsets.split(), grammar.vowels.split(), grammar.codas.split()
    found: dict[str, None] = {}
    tries = 0
    while len(found) < size and tries < 60 * size:
        tries += 1
        count = rng.randint(*grammar.syllables)
        word = "".join(
            rng.choice(onsets) + rng.choice(vowels) + rng.choice(codas) for _ in range(count)
        ).replace("-", "")
        if 2 <= len(word) <= 14:
            found.setdefault(word)
    return list(found)


Parts = tuple[Tokens, Tokens]
Form = Callable[[random.Random, _Ranked, _Ranked, _Ranked, str], Parts]


def _family(rng: random.Random, given: _Ranked, _m: _Ranked, surnames: _Ranked, _e: str) -> Parts:
    """Surname and one or two given names."""
    names = (given.draw(rng), *((given.draw(rng),) if rng.random() < 0.35 else ()))
    return (surnames.draw(rng),), names


def _fathers(rng: random.Random, given: _Ranked, male: _Ranked, _s: _Ranked, _e: str) -> Parts:
    """No surname: own name, father's, grandfather's; the last stands as surname."""
    chain = (given.draw(rng), male.draw(rng), *((male.draw(rng),) if rng.random() < 0.6 else ()))
    return chain[-1:], chain[:-1]


def _patronymic(rng: random.Random, given: _Ranked, male: _Ranked, surnames: _Ranked, ending: str) -> Parts:
    """Surname, own name and a patronymic, that papers often lack."""
    father = (male.draw(rng) + ending,) if rng.random() < 0.6 else ()
    return (surnames.draw(rng),), (given.draw(rng), *father)


def _two(rng: random.Random, given: _Ranked, _m: _Ranked, surnames: _Ranked, _e: str) -> Parts:
    """Two surnames and one or two given names."""
    names = (given.draw(rng), *((given.draw(rng),) if rng.random() < 0.4 else ()))
    return (surnames.draw(rng), surnames.draw(rng)), names


def _single(rng: random.Random, given: _Ranked, male: _Ranked, _s: _Ranked, _e: str) -> Parts:
    """A single name (the surname's field, Doc 9303) as often as two."""
    if rng.random() < 0.45:
        return (given.draw(rng),), ()
    return (male.draw(rng),), (given.draw(rng),)


def _short(rng: random.Random, given: _Ranked, _m: _Ranked, surnames: _Ranked, _e: str) -> Parts:
    """A short surname and a given name of two words, written as one or as two."""
    first, second = given.draw(rng), given.draw(rng)
    return (surnames.draw(rng),), ((first + second,) if rng.random() < 0.6 else (first, second))


_FORMS: Mapping[str, Form] = {
    "family": _family,
    "fathers": _fathers,
    "patronymic": _patronymic,
    "two": _two,
    "single": _single,
    "short": _short,
}
_GRAMMARS = (
    Grammar("sovan", ("KH", "LA"), "S P K CH TH V R M N B D PH KH SR", "A O I U EA OU IE AO",
            "N NG M T K - - RA", (1, 2), (1500, 1500, 900), 0.9, "family",
            "EA>IA OU>U CH>J V>W PH>P TH>T KH>K AO>AU Y>I IE>EA"),
    Grammar("dirro", ("DJ", "ER", "SO"), "D F G H M R S W X B Q L", "A AA E I O UU", "- - L N R D SH",
            (2, 3), (1600, 1500, 400), 1.0, "fathers",
            "AA>A UU>U X>H Q>K SH>CH W>OU DH>D I>Y D>DH II>I"),
    Grammar("temirkh", ("KZ", "KG", "UZ"), "T B K ZH SH N S D M AI G", "A E U Y I O", "R N L S T - K M",
            (2, 3), (2500, 2200, 9000), 0.85, "patronymic",
            "ZH>J SH>CH Y>I U>OU KH>H AI>AY K>Q Y>U I>Y ZH>ZJ",
            ("ULI", "KIZI")),
    Grammar("volanoa", ("FJ", "WS", "TO"), "V L T S M N F K P H", "A E I O U AI OA", "-",
            (2, 4), (3000, 3000, 6000), 0.8, "family", "V>W K>C AI>AE OA>OWA F>PH L>R H>-"),
    Grammar("raketa", ("MG", "KM"), "R M N T S H V AN FAN Z L", "A O I Y E", "- - N",
            (3, 5), (3000, 3000, 9000), 0.75, "single", "Y>I O>OU AN>N Z>S V>W A>-"),
    Grammar("brakh", ("GE", "AM"), "B R K G T D KH GH M V SH J L N", "A E I O U", "- R L D V",
            (2, 3), (1500, 1400, 9000), 0.8, "family", "KH>H GH>G J>DJ SH>CH V>W G>K K>Q KH>X"),
    Grammar("nkosana", ("CG", "GA", "CD"), "N NK M B MB K L Z T ND S Y", "A O E I U", "-",
            (2, 4), (3500, 3000, 9000), 0.7, "two", "OU>U U>OU K>C NK>K MB>B Y>I Z>S ND>D L>R I>Y"),
    Grammar("thuwin", ("MM",), "TH W Z K H N M P S Y AY KY", "U A I EI O E", "N - T NG -",
            (1, 1), (150, 150, 110), 0.9, "short", "TH>T W>U AY>AI EI>AY KY>CH U>OO Y>I"),
    Grammar("sangye", ("BT", "NP"), "S D P T K Y R L N CH W PH", "A E I O U", "N NG R M - -",
            (1, 2), (90, 80, 60), 0.8, "fathers", "CH>TSH PH>P Y>I NG>N D>T S>TS K>G"),
    Grammar("ouedra", ("BF", "NE", "TD"), "S K D B G Z T N W Y Z F", "OU A I O E", "- - - M",
            (2, 3), (2500, 2400, 1500), 0.95, "family", "OU>U Y>I W>OU Z>S F>PH G>GU K>C U>OO"),
    Grammar("batbay", ("MN",), "B D G E KH TS N S M O CH J", "A A O U E II AR UR", "T N R L D - G",
            (2, 4), (4000, 3500, 900), 0.85, "fathers", "KH>H TS>C J>ZH II>I CH>TCH U>OU O>U KH>X"),
    Grammar("merean", ("TM", "TJ"), "M G B O S N A D H R J Y", "E A U Y I O", "R N L - T K S H",
            (2, 3), (2200, 2000, 6000), 0.9, "patronymic", "Y>I J>DJ H>KH U>OU G>GH E>YE O>U",
            ("ZODA", "DOKHT")),
)  # fmt: skip
