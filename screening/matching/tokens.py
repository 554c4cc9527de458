"""Neighbours of tokens: which tokens of one vocabulary agree with which of another, and how.

Fuzzy work is done on vocabularies (10⁴ to 10⁵ tokens), never on pairs of persons. Edit distances are bounded
optimal string alignment (`edits`), sounds are metaphone keys (jellyfish), transliteration classes are
`screening.identity.skeleton`. Initials are no neighbours: they would pair every token with thousands, and the
alignment compares them by their letter.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import jellyfish
import numpy as np
import numpy.typing as npt

from screening.identity.significant import variants
from screening.identity.skeleton import consonants, keys
from screening.identity.spellings import spelling_keys
from screening.identity.syllables import readings
from screening.matching.edits import distinct, within_edits
from screening.matching.kept_keys import keep, kept
from screening.matching.model import KINDS

Ints = npt.NDArray[np.int64]
Posting = tuple[list[str], Ints]
"""Keys, and the token that stands under each."""
KIND = {name: number for number, name in enumerate(KINDS)}
_ARTICLES = ("AL", "EL", "UL")


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Pairs of agreeing tokens, sorted by left, then right; each pair once with its strongest kind."""

    left: Ints
    right: Ints
    kind: Ints


def neighbours(
    left: Sequence[str], right: Sequence[str], *, fuzzy: bool = True, again: bool = False
) -> Neighbours:
    """Find every pair of tokens that agree in any kind.

    Args:
        left: distinct tokens of A-Z.
        right: distinct tokens of A-Z.
        fuzzy: also compare by sound, edits, short forms and beginnings.
        again: `left` will be compared again: what is worked out of it is kept.

    Returns:
        Positions in `left` and `right` and the number of the kind in `model.KINDS`.
    """
    posting = _posted if again else _posting
    left = tuple(left)
    found: list[tuple[Ints, Ints, int]] = []
    for name, key_of in _KEYS.items():
        pairs = _equal(posting(left, key_of), _posting(right, key_of))
        found.append((*pairs, KIND[name]))
    if not fuzzy:
        return _strongest(found, len(right))
    for name, key_of in (("sound", _sounds), ("short_form", short_forms)):
        found.append((*_equal(posting(left, key_of), _posting(right, key_of)), KIND[name]))
    found.append((*_prefixes(left, right), KIND["prefix"]))
    second, first = _prefixes(right, left)
    found.append((first, second, KIND["prefix"]))
    one, other, distance = within_edits(left, right, shortest=4, two_from=7, again=again)
    for edits, name in ((1, "one_edit"), (2, "two_edits")):
        found.append((one[distance == edits], other[distance == edits], KIND[name]))
    skeletons = posting(left, _skeleton), _posting(right, _skeleton)
    found.append((*_skeleton_edits(*skeletons, again=again), KIND["transliteration_edit"]))
    return _strongest(found, len(right))


def _strongest(found: Sequence[tuple[Ints, Ints, int]], width: int) -> Neighbours:
    code = np.concatenate([(one * width + other) * len(KINDS) + kind for one, other, kind in found])
    code = distinct(code)
    pair = code // len(KINDS)
    first = np.ones(len(pair), bool)
    first[1:] = pair[1:] != pair[:-1]  # sorted by kind within a pair: the first is the strongest
    pair, kind = pair[first], (code % len(KINDS))[first]
    return Neighbours(pair // max(width, 1), pair % max(width, 1), kind)


def _exact(token: str) -> tuple[str, ...]:
    return (token,)


@lru_cache(maxsize=1)
def _spelling_groups() -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for number, group in enumerate(variants().spelling):
        for token in group:
            groups[token] = (*groups.get(token, ()), f"={number}")
    return groups


@lru_cache(maxsize=1)
def _short_groups() -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for number, group in enumerate(variants().short):
        for token in group:
            groups[token] = (*groups.get(token, ()), str(number))
    return groups


@lru_cache(maxsize=400_000)
def transliterations(token: str) -> tuple[str, ...]:
    """Known spellings, readings by syllables, skeletons, and those of what follows a joined article."""
    return _kept_or_made(token, 0)


@lru_cache(maxsize=400_000)
def _sounds(token: str) -> tuple[str, ...]:
    return _kept_or_made(token, 1)


@lru_cache(maxsize=400_000)
def _skeleton(token: str) -> tuple[str, ...]:
    """Return the skeleton of a token of five letters or more."""
    return _kept_or_made(token, 2)


def _kept_or_made(token: str, way: int) -> tuple[str, ...]:
    known = kept().get(token)
    return tuple(known[way]) if known else _MADE[way](token)


def keep_keys(tokens: Iterable[str]) -> None:
    """Keep all keys of these tokens (`kept_keys`)."""
    keep(tokens, _MADE)


def _made_transliterations(token: str) -> tuple[str, ...]:
    known = (*_spelling_groups().get(token, ()), *readings(token))
    if len(token) < 3:
        return known
    found = {key for key in spelling_keys(token) if len(key) > 1}
    if token.startswith(_ARTICLES) and len(token) >= 6:
        found.update(key for key in keys(token[2:]) if len(key) > 2)
    return (*sorted(found), *known)


def _made_sounds(token: str) -> tuple[str, ...]:
    if len(token) < 4:
        return ()
    frame, sound = consonants(token), jellyfish.metaphone(token)
    # Marks lost: s, z and c for sh, zh and ch (ISO 9, Slavic and Turkic letters).
    hiss = {"~" + key.replace("X", "S") for key in spelling_keys(token) if len(key) > 3}
    return (
        *((f"-{frame}",) if len(frame) > 2 else ()),
        *((sound,) if len(sound) > 2 else ()),
        *sorted(hiss),
    )


def _made_skeleton(token: str) -> tuple[str, ...]:
    return keys(token)[:1] if len(token) > 4 else ()


_MADE = (_made_transliterations, _made_sounds, _made_skeleton)
_KEYS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "exact": _exact,
    "transliteration": transliterations,
}


def _posting(vocabulary: Sequence[str], key_of: Callable[[str], Iterable[str]]) -> Posting:
    found = [(key, number) for number, token in enumerate(vocabulary) for key in key_of(token)]
    return [key for key, _ in found], np.array([number for _, number in found], np.int64)


@lru_cache(maxsize=8)
def _posted(vocabulary: tuple[str, ...], key_of: Callable[[str], Iterable[str]]) -> Posting:
    """Return the posting of tokens that come again."""
    return _posting(vocabulary, key_of)


def _equal(left: Posting, right: Posting) -> tuple[Ints, Ints]:
    """Return the tokens of both sides that stand under one key."""
    numbers: dict[str, int] = {}
    ours = np.array([numbers.setdefault(key, len(numbers)) for key in left[0]], np.int64)
    theirs = np.array([numbers.get(key, -1) for key in right[0]], np.int64)
    at, partners = _owners((theirs, right[1]), ours)
    return left[1][at], partners


def short_forms(token: str) -> tuple[str, ...]:
    """Return the groups of short forms that a token belongs to."""
    return _short_groups().get(token, ())


def _prefixes(left: Sequence[str], right: Sequence[str]) -> tuple[Ints, Ints]:
    """Pairs where the left token (4 letters or more) begins the right one and at least two more follow."""
    wanted = {token for token in left if len(token) >= 4}
    begins = _posting(left, lambda token: (token,) if len(token) >= 4 else ())
    posting = _posting(
        right, lambda token: (p for n in range(4, len(token) - 1) if (p := token[:n]) in wanted)
    )
    return _equal(begins, posting)


def _skeleton_edits(left: Posting, right: Posting, *, again: bool) -> tuple[Ints, Ints]:
    """Pairs of tokens whose skeletons (four letters or more) are one edit apart."""
    postings = (left, right)
    names = [sorted(set(posting[0])) for posting in postings]
    one, other, distance = within_edits(names[0], names[1], shortest=4, two_from=99, again=again)
    near = distance == 1
    places = [{name: at for at, name in enumerate(side)} for side in names]
    return _bridged(
        (np.array([places[0][key] for key in postings[0][0]], np.int64), postings[0][1]),
        (np.array([places[1][key] for key in postings[1][0]], np.int64), postings[1][1]),
        one[near],
        other[near],
    )


def _bridged(left: tuple[Ints, Ints], right: tuple[Ints, Ints], one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Return the tokens of both sides whose keys are a pair of `one` and `other`."""
    at, tokens = _owners(left, one)
    to, partners = _owners(right, other[at])
    return tokens[to], partners


def _owners(side: tuple[Ints, Ints], keys_: Ints) -> tuple[Ints, Ints]:
    """Return, for each key, all tokens that have it: (place among the keys, token)."""
    order = np.argsort(side[0], kind="stable")
    having, owners = side[0][order], side[1][order]
    begin, end = (np.searchsorted(having, keys_, side=of) for of in ("left", "right"))
    count = end - begin
    offset = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(np.arange(len(keys_)), count), owners[np.repeat(begin, count) + offset]
