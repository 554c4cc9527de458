"""Whole names written as one: NGUYENTHILINHQUYEN, with nothing or the same beside it.

Rule: a traveller whose name is a single token gets a further reading for each listed name that it is, written
as one, in whatever order, with its particles or without, and without one of three words or more: the token is
cut where the listed name is cut. It need not be spelt as listed: one letter may differ, or the skeletons
(`identity.skeleton`) are one letter apart. A token of `CUT_FROM` letters or more may be the beginning of a
longer name, as fields end (ICAO Doc 9303 part 4: 39 characters, smaller zones 31 and 30; UN/EDIFACT: 35).

The reading weighs what the name would weigh with its blanks: rarity, alignment and explanation are those of
any name. So whoever is no listed person is found no more often than if they had written their name apart.

Names with the same letters have the same sum of letters, in whatever order their parts stand; so names are
looked up by sums, with one letter more, less or other, and what is found is compared letter by letter. Sums
of 64 bits that are equal by accident cost a comparison, never an alert.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA, Levenshtein

from screening.identity.names import tokens
from screening.identity.skeleton import keys, skeletons
from screening.matching.names import SURNAME, Names

Ints = npt.NDArray[np.int64]
Sums = npt.NDArray[np.uint64]
Fields = tuple[tuple[str, ...], tuple[str, ...]]
"""Tokens of the surname and of the given names."""
Word = tuple[str, bool, bool]
"""A word of a listed name; does it stand in the surname; is it part of the name (S/O is not)?"""

SHORTEST = 6
"""Letters of a name that is cut; shorter ones are compared as `joins` does."""
EDITED_FROM = 8
"""Letters from which one may differ."""
CUT_FROM = 30
_BEGINNING = 4  # letters of a cut-off word that still tell its name (`tokens`, prefix)
_CUT_EDITS = 2
_RESPELT = 3  # one letter in so many may be another in another transliteration
_ANY_ORDER = 4  # words of a name that may stand in any order
_FIRST = 3  # first letters of a cut name that are as listed
_FILTER = 16  # places of the filter for each sum
_MOST_PLACES = 1 << 25
_AT_ONCE = 4096  # names that are looked up at once
_Number = TypeVar("_Number", np.uint64, np.int64)


def _letter_values() -> Sums:
    """Return a number for each letter, of either case; 0 for all other characters."""
    values = np.zeros(256, np.uint64)
    powers = np.cumprod(np.full(26, 0x9E3779B97F4A7C15, np.uint64))
    values[ord("A") : ord("Z") + 1] = values[ord("a") : ord("z") + 1] = powers
    return values


_VALUES = _letter_values()


def _deltas() -> Sums:
    """Return what one letter more, less or other changes in a sum; no change first."""
    letters = _VALUES[ord("A") : ord("Z") + 1]
    other = (letters[:, None] - letters[None, :])[~np.eye(len(letters), dtype=np.bool_)]
    return np.concatenate([np.zeros(1, np.uint64), letters, np.zeros(1, np.uint64) - letters, other])


_DELTAS = _deltas()


@dataclass(frozen=True, slots=True)
class Wholes:
    """Listed names to be found by their letters.

    Attributes:
        names: in columns.
        text: as published.
        letters: how many each has.
        spelling, skeleton: sums of their letters, and of those of their skeletons.
    """

    names: Names
    text: pa.StringArray
    letters: Ints
    spelling: "Found"
    skeleton: "Found"


@dataclass(frozen=True, slots=True)
class Found:
    """Sums, sorted, the name of each, and a filter: is there a sum with these low bits?"""

    sums: Sums
    name: Ints
    filter: npt.NDArray[np.bool_]

    def look_up(self, sums: Sums) -> Ints:
        """Return rows of (place among the sums, name) of equal ones."""
        place = np.flatnonzero(self.filter[sums & np.uint64(len(self.filter) - 1)])
        begin, end = (np.searchsorted(self.sums, sums[place], side=side) for side in ("left", "right"))
        count = end - begin
        offset = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        return np.column_stack([np.repeat(place, count), self.name[np.repeat(begin, count) + offset]])


def whole_names(names: Names, text: pa.StringArray) -> Wholes:
    """Make listed names ready to be found by their letters.

    Args:
        names: listed names in columns.
        text: as published.
    """
    published, letters = _sums(text.to_pylist())
    tokens_of, length = _sums(names.singles.tokens)
    both = skeletons(names.singles.tokens)
    skeletons_of = [_sums([pair[way] for pair in both])[0] for way in (0, 1)]
    several = np.flatnonzero(names.count > 1)
    led = several[(names.spelt[several] >= 0).any(axis=1)]
    with_particles = np.where(names.spelt >= 0, names.spelt, names.single)
    columns = (names.single, several), (with_particles, led)
    return Wholes(
        names,
        text,
        np.maximum(letters, _added(length, with_particles)),  # of other scripts only the tokens have letters
        _sorted([(published[several], several), *_with_and_without(tokens_of, columns)]),
        _sorted([part for of in skeletons_of for part in _with_and_without(of, columns)]),
    )


def _sums(texts: Sequence[str]) -> tuple[Sums, Ints]:
    """Return the sum of the letters of each text, and their number."""
    values = _VALUES[np.frombuffer("".join(texts).encode("ascii", "replace"), np.uint8)]
    end = np.cumsum([0, *map(len, texts)])
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(values, dtype=np.uint64)])
    number = np.concatenate([[0], np.cumsum(values != 0)])
    return sums[end[1:]] - sums[end[:-1]], number[end[1:]] - number[end[:-1]]


def _added(of_token: npt.NDArray[_Number], column: npt.NDArray[np.int32]) -> npt.NDArray[_Number]:
    """Add up over the tokens of each name; -1 is none."""
    found: npt.NDArray[_Number] = np.append(of_token, of_token.dtype.type(0))[column].sum(axis=1)
    return found


def _with_and_without(
    of_token: Sums, columns: Iterable[tuple[npt.NDArray[np.int32], Ints]]
) -> Iterator[tuple[Sums, Ints]]:
    """Yield sums of names, then of those of more than two tokens without each of them; and the names."""
    for tokens_of, names in columns:
        rows = tokens_of[names]
        whole = _added(of_token, rows)
        yield whole, names
        longer = rows[:, 2] >= 0
        for at in range(rows.shape[1]):
            chosen = np.flatnonzero(longer & (rows[:, at] >= 0))
            yield whole[chosen] - of_token[rows[chosen, at]], names[chosen]


def _sorted(parts: Sequence[tuple[Sums, Ints]]) -> Found:
    """Lay out sums and their names, each pair once."""
    sums, name = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((name, sums))
    sums, name = sums[order], name[order].astype(np.int64)
    new = np.ones(len(sums), np.bool_)
    new[1:] = (sums[1:] != sums[:-1]) | (name[1:] != name[:-1])
    sums, name = sums[new], name[new]
    places = np.zeros(min(_MOST_PLACES, 1 << (_FILTER * len(sums)).bit_length()), np.bool_)
    places[sums & np.uint64(len(places) - 1)] = True
    return Found(sums, name, places)


def apart(identities: pa.Table, listed: Wholes) -> pa.Table:
    """Add the readings of names that are listed names written as one.

    Args:
        identities: IDENTITIES.
        listed: names to be found.

    Returns:
        IDENTITIES and the column `written_as_one`: the token that a further reading was cut from, else null.
        Further readings follow the traveller's others.
    """
    table = identities.append_column("written_as_one", pa.nulls(identities.num_rows, pa.string()))
    rows, written = _single(identities)
    if not len(rows) or not len(listed.text):
        return table
    found = _cuts(sorted(set(written)), listed)
    chosen = [at for at, token in enumerate(written) if token in found]
    if not chosen:
        return table
    after = int(pc.max(identities["reading"]).as_py()) + 1
    more = []
    for row, token in zip(
        identities.take(rows[chosen]).to_pylist(), [written[at] for at in chosen], strict=True
    ):
        for number, (surname, given) in enumerate(found[token], start=1):
            more.append(
                row
                | {
                    "reading": after * number + row["reading"],
                    "surname_tokens": list(surname),
                    "given_tokens": list(given),
                    "written_as_one": token,
                }
            )
    return pa.concat_tables([table, pa.Table.from_pylist(more, table.schema)])


def _single(identities: pa.Table) -> tuple[Ints, list[str]]:
    """Return the readings whose name is one token, alone or in both fields, and the token."""
    lists = [identities[field] for field in ("surname_tokens", "given_tokens")]
    size = [pc.list_value_length(one).to_numpy() for one in lists]
    some = np.flatnonzero((size[0] <= 1) & (size[1] <= 1) & (size[0] + size[1] > 0))
    fields = [one.take(pa.array(some)).to_pylist() for one in lists]
    rows, written = [], []
    for row, surname, given in zip(some.tolist(), *fields, strict=True):
        token = (surname or given)[0]
        if len(token) >= SHORTEST and (not surname or not given or surname == given):
            rows.append(row)
            written.append(token)
    return np.array(rows, np.int64), written


def _cuts(written: Sequence[str], listed: Wholes) -> dict[str, tuple[Fields, ...]]:
    """Return the fields that each token can be cut into."""
    found: dict[str, set[Fields]] = {}
    for begin in range(0, len(written), _AT_ONCE):
        part = written[begin : begin + _AT_ONCE]
        for place, name in _alike(part, listed).tolist():
            found.setdefault(part[place], set()).update(_as_listed(part[place], _worded(name, listed)))
    for token, fields in _beginnings([token for token in written if len(token) >= CUT_FROM], listed):
        found.setdefault(token, set()).update(fields)
    return {token: tuple(sorted(fields)) for token, fields in found.items() if fields}


def _alike(written: Sequence[str], listed: Wholes) -> Ints:
    """Return rows of (token, name) that have the same letters but one, as spelt or by skeleton."""
    lengths = np.array([len(token) for token in written])
    both = skeletons(written)
    pairs = []
    for sums, among in (
        (_sums(written)[0], listed.spelling),
        *((_sums([pair[way] for pair in both])[0], listed.skeleton) for way in (0, 1)),
    ):
        same = among.look_up(sums)
        edited = np.flatnonzero(lengths >= EDITED_FROM)
        near = among.look_up((sums[edited][:, None] + _DELTAS[None, 1:]).ravel())
        near[:, 0] = edited[near[:, 0] // (len(_DELTAS) - 1)]
        pairs += [same, near]
    return np.unique(np.concatenate(pairs), axis=0)


def _worded(name: int, listed: Wholes) -> Iterator[list[Word]]:
    """Yield the words of a listed name, in each way in which it may be written."""
    text, names = listed.text[name].as_py(), listed.names
    parts = text.split(",") if text.count(",") == 1 and all(map(str.strip, text.split(","))) else ["", text]
    surname, given = (tokens(part) for part in parts)
    yield [*((word, True, True) for word in surname), *((word, False, True) for word in given)]
    if "/" in text:  # S/O and A/L lead to a father; where they are glued, they are letters
        marked = [tokens(part.replace("/", "")) for part in parts]
        yield [
            *((word, True, word in surname) for word in marked[0]),
            *((word, False, word in given) for word in marked[1]),
        ]
    size = int(names.count[name])
    rows = names.single[name, :size].tolist(), names.spelt[name, :size].tolist()
    of_surname = (names.part[name, :size] == SURNAME).tolist()
    for joined in (False, True) if max(rows[1], default=-1) >= 0 else (False,):
        yield [
            (names.singles.tokens[spelt if joined and spelt >= 0 else token], part, True)
            for token, spelt, part in zip(*rows, of_surname, strict=True)
        ]


def _orders(words: Sequence[Word]) -> Iterable[tuple[int, ...]]:
    """Return the orders in which words may stand: few in any, more from each of them on."""
    places = range(len(words))
    if len(words) <= _ANY_ORDER:
        return permutations(places)
    return ((*places[start:], *places[:start]) for start in places)


def _in_order(words: Sequence[Word], order: Sequence[int]) -> str:
    return "".join([words[at][0] for at in order])


def _as_listed(token: str, ways: Iterable[list[Word]]) -> list[Fields]:
    """Return the fields of a token that is a name; the first way in which it may be written counts."""
    first, last = _ends(token)
    for words in _less(ways):
        ends = [_ends(word) for word, *_ in words]
        found: list[Fields] = []
        for order in _orders(words):
            # Comparing costs more; where both ends sound otherwise, two letters are wrong.
            if ends[order[0]][0] == first or ends[order[-1]][1] == last:
                whole = _in_order(words, order)
                if _same(token, whole):
                    found += _pieces(token, whole, words, order)
        if found:
            return found
    return []


def _ends(word: str) -> tuple[str, str]:
    """Return the first and the last letter of the skeleton of a word."""
    skeleton = keys(word)[0]
    return skeleton[:1], skeleton[-1:]


def _less(ways: Iterable[list[Word]]) -> Iterator[list[Word]]:
    """Yield each way to write a name, then those of more than two words without each of them."""
    several = list(ways)
    yield from several
    for words in several:
        if len(words) > 2:
            yield from (words[:at] + words[at + 1 :] for at in range(len(words)))


def _same(token: str, whole: str) -> bool:
    most = len(token) // _RESPELT
    edits, allowed = OSA.distance(token, whole, score_cutoff=most), int(len(token) >= EDITED_FROM)
    return edits <= allowed or (
        edits <= most
        and any(
            OSA.distance(one, other, score_cutoff=allowed) <= allowed
            for one in keys(token)
            for other in keys(whole)
        )
    )


def _pieces(token: str, whole: str, words: Sequence[Word], order: Sequence[int]) -> Iterator[Fields]:
    """Yield the fields of a token cut where the words of a name meet; nothing where a word is lost."""
    ends = np.cumsum([len(words[at][0]) for at in order]).tolist()
    steps = Levenshtein.opcodes(whole, token)
    places = [0]
    for end in ends[:-1]:
        step = next(step for step in steps if end <= step.src_end)
        places.append(min(step.dest_start + end - step.src_start, step.dest_end))
    places.append(len(token))
    pieces = {at: token[places[n] : places[n + 1]] for n, at in enumerate(order)}
    if all(pieces[at] for at, (word, *_) in enumerate(words) if word):
        own = [(pieces[at], of_surname) for at, (word, of_surname, name) in enumerate(words) if word and name]
        yield tuple(piece for piece, first in own if first), tuple(piece for piece, first in own if not first)


def _beginnings(written: Sequence[str], listed: Wholes) -> Iterator[tuple[str, list[Fields]]]:
    """Yield the fields of tokens that are beginnings of longer names."""
    if not written:
        return
    begins: dict[str, list[str]] = {}
    for token in written:
        begins.setdefault(token[:_FIRST], []).append(token)
    for name in _long_names(written, listed):
        for words in _worded(name, listed):
            for order in _orders(words):
                whole = _in_order(words, order)
                for token in begins.get(whole[:_FIRST], ()):
                    cut = whole[: len(token)]
                    if (
                        len(whole) > len(token)
                        and OSA.distance(token, cut, score_cutoff=_CUT_EDITS) <= _CUT_EDITS
                    ):
                        kept = _kept(words, order, len(token))
                        yield token, list(_pieces(token, cut, kept, order))


def _long_names(written: Sequence[str], listed: Wholes) -> list[int]:
    """Return the names that are long enough and have a word that begins like one of the tokens."""
    names = listed.names
    starts = {token[:length] for token in written for length in range(1, _FIRST + 1)}
    begins = np.array([*(token[:_FIRST] in starts for token in names.singles.tokens), False])  # -1: no token
    long = np.flatnonzero((listed.letters >= min(map(len, written))) & (names.count > 1))
    chosen = (begins[names.single[long]] | begins[names.spelt[long]]).any(axis=1)
    found: list[int] = long[chosen].tolist()
    return found


def _kept(words: Sequence[Word], order: Sequence[int], length: int) -> list[Word]:
    """Return the words with what is left of each where the name is cut; short remainders are no name."""
    left, kept = length, list(words)
    for at in order:
        word, of_surname, name = words[at]
        rest = word[: max(left, 0)]
        kept[at] = (rest, of_surname, name and len(rest) >= min(len(word), _BEGINNING))
        left -= len(word)
    return kept
