"""Neighbours of tokens: which tokens of one vocabulary agree with which of another, and how.

Fuzzy work is done on vocabularies (10⁴ to 10⁵ tokens), never on pairs of persons. Edit distances are bounded
optimal string alignment (rapidfuzz), sounds are metaphone keys (jellyfish), transliteration classes are
`screening.identity.skeleton`. Nothing is hashed away: every pair within the bound of a length class is
compared, so the candidate routes lose nothing here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import jellyfish
import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from screening.identity.significant import variants
from screening.identity.skeleton import consonants, keys
from screening.identity.spellings import spelling_keys
from screening.identity.syllables import readings
from screening.matching.model import KINDS

Ints = npt.NDArray[np.int64]
KIND = {name: number for number, name in enumerate(KINDS)}
_ROWS = 4_000_000  # cells of one distance matrix: 4 MB
_ARTICLES = ("AL", "EL", "UL")


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Pairs of agreeing tokens, sorted by left, then right; each pair once with its strongest kind."""

    left: Ints
    right: Ints
    kind: Ints


def neighbours(left: Sequence[str], right: Sequence[str], *, fuzzy: bool = True) -> Neighbours:
    """Find every pair of tokens that agree in any kind.

    Args:
        left: distinct tokens of A-Z.
        right: distinct tokens of A-Z.
        fuzzy: also compare by sound, edits, short forms, beginnings and initials.

    Returns:
        Positions in `left` and `right` and the number of the kind in `model.KINDS`.
    """
    found: list[tuple[Ints, Ints, int]] = []
    for name, key_of in _KEYS.items():
        pairs = _equal(_posting(left, key_of), _posting(right, key_of))
        found.append((*pairs, KIND[name]))
    if not fuzzy:
        return _strongest(found, len(right))
    sounds = _equal(_posting(left, _sounds), _posting(right, _sounds))
    found.append((*sounds, KIND["sound"]))
    found.append((*_short(left, right), KIND["short_form"]))
    found.append((*_initials(left, right), KIND["initial"]))
    found.append((*_prefixes(left, right), KIND["prefix"]))
    second, first = _prefixes(right, left)
    found.append((first, second, KIND["prefix"]))
    for one, other, distance in _edits(left, right, shortest=4, two_from=7):
        for edits, name in ((1, "one_edit"), (2, "two_edits")):
            found.append((one[distance == edits], other[distance == edits], KIND[name]))
    found.append((*_skeleton_edits(left, right), KIND["transliteration_edit"]))
    return _strongest(found, len(right))


def _strongest(found: Sequence[tuple[Ints, Ints, int]], width: int) -> Neighbours:
    code = np.concatenate([(one * width + other) * len(KINDS) + kind for one, other, kind in found])
    code = np.unique(code)
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
    known = (*_spelling_groups().get(token, ()), *readings(token))
    if len(token) < 3:
        return known
    found = {key for key in spelling_keys(token) if len(key) > 1}
    if token.startswith(_ARTICLES) and len(token) >= 6:
        found.update(key for key in keys(token[2:]) if len(key) > 2)
    return (*sorted(found), *known)


@lru_cache(maxsize=400_000)
def _sounds(token: str) -> tuple[str, ...]:
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


_KEYS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "exact": _exact,
    "transliteration": transliterations,
}


def _posting(vocabulary: Sequence[str], key_of: Callable[[str], Iterable[str]]) -> dict[str, list[int]]:
    posting: dict[str, list[int]] = {}
    for number, token in enumerate(vocabulary):
        for key in key_of(token):
            posting.setdefault(key, []).append(number)
    return posting


def _equal(left: dict[str, list[int]], right: dict[str, list[int]]) -> tuple[Ints, Ints]:
    one: list[Ints] = [np.empty(0, np.int64)]
    other: list[Ints] = [np.empty(0, np.int64)]
    for key, numbers in left.items():
        partners = right.get(key)
        if partners:
            one.append(np.repeat(np.array(numbers, np.int64), len(partners)))
            other.append(np.tile(np.array(partners, np.int64), len(numbers)))
    return np.concatenate(one), np.concatenate(other)


def short_forms(token: str) -> tuple[str, ...]:
    """Return the groups of short forms that a token belongs to."""
    return _short_groups().get(token, ())


def _short(left: Sequence[str], right: Sequence[str]) -> tuple[Ints, Ints]:
    return _equal(_posting(left, short_forms), _posting(right, short_forms))


def _initials(left: Sequence[str], right: Sequence[str]) -> tuple[Ints, Ints]:
    """Pairs where one token is a single letter and the other begins with it."""
    letters = [_posting(side, lambda token: (token,) if len(token) == 1 else ()) for side in (left, right)]
    words = [_posting(side, lambda token: (token[0],) if len(token) > 1 else ()) for side in (left, right)]
    first, second = _equal(letters[0], words[1]), _equal(words[0], letters[1])
    return np.concatenate([first[0], second[0]]), np.concatenate([first[1], second[1]])


def _prefixes(left: Sequence[str], right: Sequence[str]) -> tuple[Ints, Ints]:
    """Pairs where the left token (4 letters or more) begins the right one and at least two more follow."""
    begins = _posting(left, lambda token: (token,) if len(token) >= 4 else ())
    wanted = begins.keys()
    posting = _posting(
        right, lambda token: (p for n in range(4, len(token) - 1) if (p := token[:n]) in wanted)
    )
    return _equal(begins, posting)


def _edits(
    left: Sequence[str], right: Sequence[str], *, shortest: int, two_from: int
) -> Iterable[tuple[Ints, Ints, Ints]]:
    """Yield pairs within one edit (two from `two_from` letters on), length class by length class."""
    lengths = [np.array([len(token) for token in side], np.int64) for side in (left, right)]
    for length in np.unique(lengths[0][lengths[0] >= shortest]).tolist():
        reach = 2 if length >= two_from else 1
        rows = np.flatnonzero(lengths[0] == length)
        near = (np.abs(lengths[1] - length) <= reach) & (lengths[1] >= shortest)
        columns = np.flatnonzero(near)
        if not len(columns):
            continue
        choices = [right[at] for at in columns.tolist()]
        step = max(1, _ROWS // len(columns))
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            distance = cdist(
                [left[at] for at in part.tolist()],
                choices,
                scorer=OSA.distance,
                score_cutoff=reach,
                dtype=np.uint8,
            )
            at, to = np.nonzero(distance <= reach)
            found = distance[at, to].astype(np.int64)
            if reach == 2:  # two edits in a shorter partner change too much of it
                keep = (found < 2) | (lengths[1][columns[to]] >= two_from)
                at, to, found = at[keep], to[keep], found[keep]
            yield part[at], columns[to], found


def _skeleton_edits(left: Sequence[str], right: Sequence[str]) -> tuple[Ints, Ints]:
    """Pairs of tokens whose skeletons (four letters or more) are one edit apart."""
    postings = [
        _posting(side, lambda token: keys(token)[:1] if len(token) > 4 else ()) for side in (left, right)
    ]
    names = [sorted(posting) for posting in postings]
    one: list[Ints] = [np.empty(0, np.int64)]
    other: list[Ints] = [np.empty(0, np.int64)]
    for at, to, distance in _edits(names[0], names[1], shortest=4, two_from=99):
        for a, b in zip(at[distance == 1].tolist(), to[distance == 1].tolist(), strict=True):
            numbers, partners = postings[0][names[0][a]], postings[1][names[1][b]]
            one.append(np.repeat(np.array(numbers, np.int64), len(partners)))
            other.append(np.tile(np.array(partners, np.int64), len(numbers)))
    return np.concatenate(one), np.concatenate(other)
