"""What happens to a name between a person and a message: transliteration, typing, carriage.

Rule: an operation tells None where it does not apply, so that what `distorted` reports is what happened. The
same chances hold for the listed, for near misses and for innocents. Sources: docs/matching.md (variation),
ICAO Doc 9303 part 3 (39 characters), practice of hosts (titles glued, fields merged).

>>> dice = random.Random(1)
>>> OPERATIONS["joined"](dice, (["AL", "MASRI"], ["OMAR"]), load_peoples()["arabic"])
(['ALMASRI'], ['OMAR'])
>>> OPERATIONS["one_field"](dice, (["PARK"], ["JI", "HOON"]), load_peoples()["korean"])
(['PARK', 'JI', 'HOON'], [])
"""

import json
import random
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from screening.lab.evaluation.peoples import People, load_peoples
from screening.lab.evaluation.tables import tables_of, written

Name = tuple[list[str], list[str]]
Operation = Callable[[random.Random, Name, People], Name | None]
ROOM = 39
"""Characters of a name in the machine-readable zone of a passport: surname, two fillers, given names."""
_KEYS = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
_LOOK_ALIKE = (
    ("RN", "M"), ("M", "RN"), ("VV", "W"), ("W", "VV"), ("I", "L"), ("L", "I"), ("O", "Q"), ("O", "D"),
    ("D", "O"), ("C", "G"), ("G", "C"), ("U", "V"), ("V", "U"), ("E", "F"), ("F", "E"), ("B", "R"),
    ("R", "B"), ("H", "N"), ("N", "H"), ("T", "I"), ("CL", "D"), ("LI", "U"), ("K", "X"), ("P", "F"),
)  # fmt: skip
_TITLES = ("MR", "MRS", "MS", "MISS", "MSTR", "DR")
_PARTICLES = frozenset(
    {"AL", "EL", "BIN", "IBN", "BEN", "BINT", "DE", "LA", "DEL", "DA", "DOS", "VAN", "DER", "DI", "ABU", "UM",
     "MD", "BANU", "LE", "DU", "VON"}
)  # fmt: skip


def distorted(dice: random.Random, name: Name, people: People) -> tuple[Name, tuple[str, ...]]:
    """Let chance do 0 to 4 things to a name, and carriage cut it at 39 characters (a fifth).

    Returns:
        The name as it arrives and what took effect, in order.
    """
    done: list[str] = []
    wanted = dice.choices(_HOW_MANY, cum_weights=_HOW_MANY_WEIGHTS)[0]
    for _ in range(_TRIES * wanted):
        if len(done) == wanted:
            break
        operation = dice.choices(_NAMES, cum_weights=_WEIGHTS)[0]
        changed = None if operation in done else OPERATIONS[operation](dice, name, people)
        if changed is not None and changed != name and any(changed):
            name = changed
            done.append(operation)
    cut = _cut_at_room(name)
    return (cut, (*done, "truncated")) if cut != name else (name, tuple(done))


def _cut_at_room(name: Name) -> Name:
    surname, given = " ".join(name[0])[:ROOM], " ".join(name[1])
    return surname.split(), given[: max(0, ROOM - len(surname) - 2)].split()


def _word(dice: random.Random, name: Name, shortest: int) -> tuple[int, int] | None:
    """Choose a word of at least so many letters: field and place in it."""
    fitting = [
        (field, at) for field in (0, 1) for at, word in enumerate(name[field]) if len(word) >= shortest
    ]
    return dice.choice(fitting) if fitting else None


def _with(name: Name, field: int, at: int, *words: str) -> Name:
    changed = [*name[field][:at], *words, *name[field][at + 1 :]]
    return (changed, name[1]) if field == 0 else (name[0], changed)


def _in_word(shortest: int, change: Callable[[random.Random, str], str]) -> Operation:
    def changed(dice: random.Random, name: Name, _people: People) -> Name | None:
        place = _word(dice, name, shortest)
        if place is None:
            return None
        field, at = place
        return _with(name, field, at, change(dice, name[field][at]))

    return changed


def _transliterated(dice: random.Random, name: Name, people: People) -> Name | None:
    """The whole name by another table."""
    tables = tables_of(people.table)
    if not tables:
        return None
    table = dice.choice(tables)
    return (
        [written(people.table, table, word) for word in name[0]],
        [written(people.table, table, word) for word in name[1]],
    )


def _respelt(dice: random.Random, name: Name, people: People) -> Name | None:
    """One word by another table: papers of different offices."""
    tables, place = tables_of(people.table), _word(dice, name, 3)
    if not tables or place is None:
        return None
    field, at = place
    return _with(name, field, at, written(people.table, dice.choice(tables), name[field][at]))


def _typed(dice: random.Random, word: str) -> str:
    at, slip = dice.randrange(len(word)), dice.random()
    if slip < 0.28:
        return word[:at] + _neighbour(dice, word[at]) + word[at + 1 :]
    if slip < 0.52:
        return word[:at] + word[at + 1 :]
    if slip < 0.70:
        return word[:at] + word[at] + word[at:]
    if slip < 0.90:
        at = min(at, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + _neighbour(dice, word[at]) + word[at:]


def _neighbour(dice: random.Random, letter: str) -> str:
    row = next((row for row in _KEYS if letter in row), letter)
    at = row.index(letter)
    return dice.choice([row[near] for near in (at - 1, at + 1) if 0 <= near < len(row)] or [letter])


def _misread(dice: random.Random, word: str) -> str:
    fitting = [(seen, read) for seen, read in _LOOK_ALIKE if seen in word]
    if not fitting:
        return word
    seen, read = dice.choice(fitting)
    at = dice.choice([at for at in range(len(word)) if word.startswith(seen, at)])
    return word[:at] + read + word[at + len(seen) :]


def _initials(dice: random.Random, name: Name, _people: People) -> Name | None:
    """Given names as initials: mostly those after the first, seldom all."""
    surname, given = name
    if len(given) > 1 and dice.random() < 0.75:
        kept = [given[0], *(word[0] for word in given[1:])]
    else:
        kept = [word[0] for word in given] if given and len(surname) + len(given) > 1 and surname else []
    return (surname, kept) if kept and kept != given else None


def _given_dropped(dice: random.Random, name: Name, _people: People) -> Name | None:
    """A second given name, or the father's name, is missing."""
    surname, given = name
    if len(given) < 2:
        return None
    at = dice.randrange(1, len(given)) if dice.random() < 0.8 else 0
    return surname, given[:at] + given[at + 1 :]


def _surname_dropped(dice: random.Random, name: Name, _people: People) -> Name | None:
    """One of two surnames, or the grandfather's name, is missing."""
    surname, given = name
    if sum(len(word) > 2 for word in surname) < 2:
        return None
    at = dice.choice([at for at, word in enumerate(surname) if len(word) > 2])
    return surname[:at] + surname[at + 1 :], given


def _added(dice: random.Random, name: Name, people: People) -> Name | None:
    """A name that the other side does not have: father's, second given or second family name."""
    surname, given = name
    inventory = people.family if dice.random() < 0.3 else people.male
    word = inventory.one(dice)
    if inventory is people.family:
        return ([*surname, word], given) if dice.random() < 0.5 else ([word, *surname], given)
    return surname, [*given, word]


def _joined(dice: random.Random, name: Name, _people: People) -> Name | None:
    pairs = [(field, at) for field in (0, 1) for at in range(len(name[field]) - 1)]
    if not pairs:
        return None
    field, at = dice.choice(pairs)
    words = name[field]
    changed = [*words[:at], words[at] + words[at + 1], *words[at + 2 :]]
    return (changed, name[1]) if field == 0 else (name[0], changed)


def _split(dice: random.Random, name: Name, _people: People) -> Name | None:
    place = _word(dice, name, 6)
    if place is None:
        return None
    field, at = place
    word = name[field][at]
    cut = dice.randrange(2, len(word) - 2)
    return _with(name, field, at, word[:cut], word[cut:])


def _moved(dice: random.Random, name: Name, _people: People) -> Name | None:
    """A word stands in the other field."""
    surname, given = name
    if len(given) > 1 and (len(surname) < 2 or dice.random() < 0.5):
        return (
            ([given[-1], *surname], given[:-1])
            if dice.random() < 0.5
            else ([*surname, given[-1]], given[:-1])
        )
    return (surname[1:], [*given, surname[0]]) if len(surname) > 1 else None


def _swapped(_dice: random.Random, name: Name, _people: People) -> Name | None:
    return (name[1], name[0]) if all(name) else None


def _one_field(_dice: random.Random, name: Name, _people: People) -> Name | None:
    return ([*name[0], *name[1]], []) if all(name) else None


def _reordered(dice: random.Random, name: Name, _people: People) -> Name | None:
    field = dice.choice((0, 1))
    words = name[field]
    if len(words) < 2:
        return None
    turned = words[1:] + words[:1]
    return (turned, name[1]) if field == 0 else (name[0], turned)


def _field_cut(dice: random.Random, name: Name, _people: People) -> Name | None:
    """The last word is cut off: a host's narrow field."""
    surname, given = name
    last = given[-1] if given else ""
    if len(last) < 5:
        return None
    return surname, [*given[:-1], last[: dice.randrange(2, len(last) - 1)]]


def _title_glued(dice: random.Random, name: Name, _people: People) -> Name | None:
    surname, given = name
    return (surname, [*given[:-1], given[-1] + dice.choice(_TITLES)]) if given else None


def _particle(dice: random.Random, name: Name, _people: People) -> Name | None:
    """A particle is left out or glued to what follows."""
    places = [
        (field, at)
        for field in (0, 1)
        for at, word in enumerate(name[field])
        if word in _PARTICLES and at + 1 < len(name[field])
    ]
    if not places:
        return None
    field, at = dice.choice(places)
    words = name[field]
    rest = words[at + 1 :] if dice.random() < 0.5 else [words[at] + words[at + 1], *words[at + 2 :]]
    changed = [*words[:at], *rest]
    return (changed, name[1]) if field == 0 else (name[0], changed)


@lru_cache(maxsize=1)
def _short_forms() -> MappingProxyType[str, tuple[str, ...]]:
    text = files("screening.lab.evaluation").joinpath("data/short_forms.json").read_text("utf-8")
    return MappingProxyType({name: tuple(forms.split()) for name, forms in json.loads(text)["forms"].items()})


def _nickname(dice: random.Random, name: Name, _people: People) -> Name | None:
    fitting = [at for at, word in enumerate(name[1]) if word in _short_forms()]
    if not fitting:
        return None
    at = dice.choice(fitting)
    return _with(name, 1, at, dice.choice(_short_forms()[name[1][at]]))


OPERATIONS: MappingProxyType[str, Operation] = MappingProxyType(
    {
        "transliterated": _transliterated,
        "respelt": _respelt,
        "typing": _in_word(4, _typed),
        "ocr": _in_word(3, _misread),
        "initials": _initials,
        "given_dropped": _given_dropped,
        "surname_dropped": _surname_dropped,
        "added": _added,
        "joined": _joined,
        "split": _split,
        "moved": _moved,
        "swapped": _swapped,
        "one_field": _one_field,
        "reordered": _reordered,
        "field_cut": _field_cut,
        "title_glued": _title_glued,
        "particle": _particle,
        "nickname": _nickname,
    }
)
_NAMES = tuple(OPERATIONS)


def _running(weights: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sum(weights[: at + 1]) for at in range(len(weights)))


_WEIGHTS = _running((22, 14, 18, 5, 6, 10, 7, 4, 6, 4, 5, 5, 3, 3, 3, 3, 5, 5))
_HOW_MANY = (0, 1, 2, 3, 4)
_HOW_MANY_WEIGHTS = _running((26, 36, 23, 11, 4))
_TRIES = 4  # what does not apply to this name is drawn anew

__all__ = ["OPERATIONS", "ROOM", "Name", "distorted", "load_peoples"]
