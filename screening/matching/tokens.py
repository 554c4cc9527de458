"""Neighbours of tokens: which tokens of one vocabulary agree with which of another, and how.

Fuzzy work is done on vocabularies (10⁴ to 10⁵ tokens), never on pairs of persons. Edit distances are bounded
optimal string alignment (`edits`), all other kinds are equal keys (`keys`) or beginnings. Initials are no
neighbours: they would pair every token with thousands, and the alignment compares them by their letter.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from screening.identity.syllables import readings_beside
from screening.matching.edits import Edited, distinct, within_edits
from screening.matching.joins import Beside, Keyed, joins
from screening.matching.keys import Keys, keys_of, short_forms
from screening.matching.model import KINDS

Ints = npt.NDArray[np.int64]
Posting = tuple[pa.StringArray, Ints]
"""Keys, and the token that stands under each."""
KIND = {name: number for number, name in enumerate(KINDS)}
_SHORTEST, _TWO_FROM = 4, 7
"""Letters of the shortest token that is compared by edits, and from which on two are allowed."""


class Vocabulary:
    """Distinct tokens of A-Z; what is worked out of them is worked out once.

    Attributes:
        tokens: the tokens; others name them by their places.
    """

    KEPT = ("tokens", "texts", "postings", "edits", "skeletons", "keyed")

    def __init__(self, tokens: Iterable[str]) -> None:
        self.tokens = tuple(tokens)

    @cached_property
    def texts(self) -> pa.StringArray:
        """The tokens as one array."""
        return pa.array(self.tokens, pa.string())

    @cached_property
    def keys(self) -> list[Keys]:
        """Keys of each token."""
        return keys_of(self.tokens)

    @cached_property
    def postings(self) -> dict[str, Posting]:
        """Tokens by the keys of each kind whose agreement is an equal key."""
        return {
            "exact": (self.texts, np.arange(len(self.tokens))),
            "transliteration": _posting(keys.transliteration for keys in self.keys),
            "sound": _posting(keys.sound for keys in self.keys),
            "short_form": _posting(map(short_forms, self.tokens)),
        }

    @cached_property
    def edits(self) -> Edited:
        """The tokens as they are compared by edits."""
        return Edited(self.tokens, shortest=_SHORTEST, two_from=_TWO_FROM)

    @cached_property
    def skeletons(self) -> tuple[Edited, tuple[Ints, Ints]]:
        """The distinct skeletons, of which one edit is allowed, and pairs of a skeleton and its token."""
        keys, owners = _posting(keys.skeleton for keys in self.keys)
        names = pc.unique(keys).sort()
        return (
            Edited(names.to_pylist(), shortest=_SHORTEST, two_from=99),
            (_places(keys, names), owners),
        )

    @cached_property
    def keyed(self) -> tuple[Keyed, Keyed]:
        """The tokens and their transliteration keys as rows of symbols."""
        return Keyed((token,) for token in self.tokens), Keyed(
            (*keys.transliteration, *readings_beside(token))
            for token, keys in zip(self.tokens, self.keys, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Pairs of agreeing tokens, sorted by left, then right; each pair once with its strongest kind."""

    left: Ints
    right: Ints
    kind: Ints


def neighbours(left: Vocabulary, right: Vocabulary) -> Neighbours:
    """Find every pair of tokens that agree in any kind.

    Returns:
        Places in `left` and `right` and the number of the kind in `model.KINDS`.
    """
    found: list[tuple[Ints, Ints, int]] = []
    for name, posting in left.postings.items():
        found.append((*_equal(posting, right.postings[name]), KIND[name]))
    found.append((*_prefixes(left.texts, right.texts), KIND["prefix"]))
    second, first = _prefixes(right.texts, left.texts)
    found.append((first, second, KIND["prefix"]))
    one, other, distance = within_edits(left.edits, right.edits)
    for edits, name in ((1, "one_edit"), (2, "two_edits")):
        found.append((one[distance == edits], other[distance == edits], KIND[name]))
    found.append((*_skeleton_edits(left, right), KIND["transliteration_edit"]))
    return _strongest(found, len(right.tokens))


def after_one_another(found: Sequence[Neighbours], left: Sequence[Vocabulary]) -> Neighbours:
    """Return the neighbours of several vocabularies as those of one: their tokens follow one another."""
    before = np.cumsum([0, *(len(one.tokens) for one in left)])
    return Neighbours(
        np.concatenate([one.left + offset for one, offset in zip(found, before[:-1], strict=True)]),
        np.concatenate([one.right for one in found]),
        np.concatenate([one.kind for one in found]),
    )


def joined(whole: Vocabulary, parts: Vocabulary, side_by_side: Beside) -> Neighbours:
    """Find every token of one side that is neighbours of the other side written as one.

    Args:
        whole: tokens of one side; those of four letters or more are compared.
        parts: tokens of the other side.
        side_by_side: `joins.beside` of the other side's `names.Names.joined`.

    Returns:
        Places in `whole` and among the sequences, and the number of the kind.
    """
    long = pc.binary_length(whole.texts).to_numpy() >= _SHORTEST
    return Neighbours(*joins(whole.keyed, parts.keyed, side_by_side, long))


def _strongest(found: Sequence[tuple[Ints, Ints, int]], width: int) -> Neighbours:
    code = np.concatenate([(one * width + other) * len(KINDS) + kind for one, other, kind in found])
    code = distinct(code)
    pair = code // len(KINDS)
    first = np.ones(len(pair), bool)
    first[1:] = pair[1:] != pair[:-1]  # sorted by kind within a pair: the first is the strongest
    pair, kind = pair[first], (code % len(KINDS))[first]
    return Neighbours(pair // max(width, 1), pair % max(width, 1), kind)


def _posting(keys: Iterable[Iterable[str]]) -> Posting:
    found = [(key, number) for number, of in enumerate(keys) for key in of]
    texts = pa.array([key for key, _ in found], pa.string())
    return texts, np.array([number for _, number in found], np.int64)


def _equal(left: Posting, right: Posting) -> tuple[Ints, Ints]:
    """Return the tokens of both sides that stand under one key."""
    coded = left[0].dictionary_encode()
    ours = coded.indices.to_numpy().astype(np.int64)
    theirs = _places(right[0], coded.dictionary)
    shared = np.flatnonzero(theirs >= 0)
    at, partners = _owners((theirs[shared], right[1][shared]), ours)
    return left[1][at], partners


def _places(texts: pa.StringArray, among: pa.StringArray) -> Ints:
    """Return the place of each text among others; -1 for those that are not there."""
    found: Ints = pc.fill_null(pc.index_in(texts, among), -1).to_numpy().astype(np.int64)
    return found


def _prefixes(left: pa.StringArray, right: pa.StringArray) -> tuple[Ints, Ints]:
    """Pairs where the left token (4 letters or more) begins the right one and at least two more follow."""
    sizes, lengths = (pc.binary_length(side).to_numpy() for side in (left, right))
    ones, others = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for size in range(_SHORTEST, int(lengths.max(initial=0)) - 1):
        begins, longer = np.flatnonzero(sizes == size), np.flatnonzero(lengths >= size + 2)
        if len(begins):
            beginnings = pc.utf8_slice_codeunits(right.take(pa.array(longer)), 0, size)
            place = _places(beginnings, left.take(pa.array(begins)))
            ones.append(begins[place[place >= 0]])
            others.append(longer[place >= 0])
    return np.concatenate(ones), np.concatenate(others)


def _skeleton_edits(left: Vocabulary, right: Vocabulary) -> tuple[Ints, Ints]:
    """Pairs of tokens whose skeletons (four letters or more) are one edit apart."""
    (ours, own), (theirs, listed) = left.skeletons, right.skeletons
    one, other, distance = within_edits(ours, theirs)
    near = distance == 1
    return _bridged(own, listed, one[near], other[near])


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
