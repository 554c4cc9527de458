"""What others do with the same tables: string similarity with a rule for dates, and an exact join.

Both give the evaluation table of hits, so that they are measured as the matcher is. Names are compared in
A-Z, every pair of them: no candidates are lost by blocking. The date rule is what a careful user would add:
points for the same day, a swapped day and month or the year a list gives; a charge for another year. The
same number and State of a document is a hit by itself.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum

import numpy as np
import pyarrow as pa

from screening.identity.documents import normalise_number
from screening.lab.evaluation.persons import texts, words_of

_CUTOFF = 70
_LEAST = 75.0
_SILENT = -10.0
_DOCUMENT = 200.0
_ROWS = 250
_MOST_DATES = 6
_NOWHERE = -(10**6)
_PARTS = re.compile(r"(\d{4})(?:-(\d{2})-(\d{2}))?")


class Peer(StrEnum):
    """A way of matching beside ours."""

    TOKEN_SET = "rapidfuzz token_set_ratio + date rule"  # noqa: S105 - a name of a measure, no secret
    SORTED = "rapidfuzz ratio of sorted words + date rule"
    EXACT = "exact join of words and date"


def hits_of(peer: Peer, travellers: pa.Table, alerts: pa.Table) -> pa.Table:
    """Match as a peer does.

    Args:
        peer: which.
        travellers: evaluation table.
        alerts: evaluation table.

    Returns:
        passenger_id, entity_id, score; one row a pair.
    """
    rows = alerts.to_pylist()
    names = [
        (at, name)
        for at, row in enumerate(rows)
        for name in dict.fromkeys([row["primary_name"], *texts(row, "aliases"), *texts(row, "weak_aliases")])
    ]
    listed = _Listed(
        words=[[word for field in words_of(name) for word in field] for _, name in names],
        of=np.array([at for at, _ in names], np.int64),
        dates=_listed_dates(rows),
    )
    who = [f"{row['surname']} {row['given_names']}".split() for row in travellers.to_pylist()]
    born = _born(travellers["dob"].to_pylist())
    one, other, score = (
        _joined(who, born, listed) if peer is Peer.EXACT else _compared(peer, who, born, listed)
    )
    papers = _same_document(travellers, rows)
    keys, ids = travellers["passenger_id"].combine_chunks(), alerts["entity_id"].combine_chunks()
    return pa.table(
        {
            "passenger_id": keys.take(pa.array(np.concatenate((one, papers[0])))),
            "entity_id": ids.take(pa.array(np.concatenate((other, papers[1])))),
            "score": pa.array(np.concatenate((score, np.full(len(papers[0]), _DOCUMENT)))),
        }
    )


class _Listed:
    """Names of a list as words, whose they are, and the dates of each entity."""

    def __init__(self, words: list[list[str]], of: np.ndarray, dates: np.ndarray) -> None:
        self.words, self.of, self.dates = words, of, dates


Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]


def _compared(peer: Peer, who: list[list[str]], born: np.ndarray, listed: _Listed) -> Pairs:
    from rapidfuzz import fuzz, process

    scorer = fuzz.token_set_ratio if peer is Peer.TOKEN_SET else fuzz.ratio
    names = [" ".join(sorted(words)) for words in listed.words]
    texts_of = [" ".join(sorted(words)) for words in who]
    found: list[Pairs] = []
    for begin in range(0, len(texts_of), _ROWS):
        part = texts_of[begin : begin + _ROWS]
        matrix = process.cdist(part, names, scorer=scorer, score_cutoff=_CUTOFF, dtype=np.uint8, workers=1)
        rows, columns = np.nonzero(matrix)
        score = matrix[rows, columns] + date_points(born[begin + rows], listed.dates[listed.of[columns]])
        keep = score >= _LEAST
        found.append((begin + rows[keep], listed.of[columns[keep]], score[keep]))
    one, other, scores = zip(*found, strict=True) if found else ((), (), ())
    empty = _none()
    return (
        np.concatenate((empty[0], *one)),
        np.concatenate((empty[1], *other)),
        np.concatenate((empty[2], *scores)),
    )


def _joined(who: list[list[str]], born: np.ndarray, listed: _Listed) -> Pairs:
    by_words: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for words, of in zip(listed.words, listed.of.tolist(), strict=True):
        by_words[tuple(sorted(words))].append(of)
    pairs = [
        (at, of) for at, words in enumerate(who) if words for of in by_words.get(tuple(sorted(words)), ())
    ]
    if not pairs:
        return _none()
    one, other = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
    score = 100 + date_points(born[one], listed.dates[other])
    keep = score >= 100 + _SILENT
    return one[keep], other[keep], score[keep]


def _none() -> Pairs:
    return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)


def _born(dobs: list[str]) -> np.ndarray:
    """Return year, month, day of each traveller; shape (n, 3), year _NOWHERE where there is none."""
    return np.array(
        [[int(part) for part in dob.split("-")] if dob else [_NOWHERE, 0, 0] for dob in dobs], np.int64
    )


def _listed_dates(rows: list[dict[str, object]]) -> np.ndarray:
    """Return first and last year, month, day of up to 6 dates an entity; shape (n, 6, 4), 0 without day."""
    found = np.full((len(rows), _MOST_DATES, 4), _NOWHERE, np.int64)
    for at, row in enumerate(rows):
        for which, value in enumerate(texts(row, "dobs")[:_MOST_DATES]):
            parts = _PARTS.findall(value)
            if parts:
                month, day = (int(parts[0][1] or 0), int(parts[0][2] or 0)) if len(parts) == 1 else (0, 0)
                found[at, which] = int(parts[0][0]), int(parts[-1][0]), month, day
    return found


def date_points(born: np.ndarray, listed: np.ndarray) -> np.ndarray:
    """Return the points of the date rule for pairs.

    Args:
        born: shape (n, 3).
        listed: shape (n, 6, 4).

    Returns:
        The best over the dates, shape (n,): 20 same day, 12 day and month swapped, 4 the year or years of a
        date without day, -10 another day of the year, -15 the next year, -30 else, -10 if a side is silent.
    """
    year, month, day = (born[:, None, at] for at in range(3))
    first, last, listed_month, listed_day = (listed[:, :, at] for at in range(4))
    within = (first <= year) & (year <= last)
    points = np.select(
        [
            within & (listed_month == month) & (listed_day == day),
            within & (listed_month == day) & (listed_day == month),
            within & (listed_month == 0),
            within,
            (first - 1 <= year) & (year <= last + 1),
        ],
        [20.0, 12.0, 4.0, -10.0, -15.0],
        default=-30.0,
    )
    best = np.where(first == _NOWHERE, -np.inf, points).max(axis=1)
    silent = (born[:, 0] == _NOWHERE) | (listed[:, 0, 0] == _NOWHERE)
    return np.where(silent, _SILENT, best)


def _same_document(travellers: pa.Table, rows: list[dict[str, object]]) -> tuple[np.ndarray, np.ndarray]:
    holders: defaultdict[tuple[str, object], list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        for number, state in zip(_raw(row, "doc_numbers"), _raw(row, "doc_countries"), strict=False):
            if number:
                holders[normalise_number(str(number)), state].append(at)
    pairs = [
        (at, of)
        for at, row in enumerate(travellers.to_pylist())
        if row["doc_number"]
        for of in holders.get((normalise_number(row["doc_number"]), row["doc_country"]), ())
    ]
    sides = zip(*pairs, strict=True) if pairs else ([], [])
    one, other = (np.array(side, np.int64) for side in sides)
    return one, other


def _raw(row: Mapping[str, object], field: str) -> list[object]:
    value = row.get(field)
    return value if isinstance(value, list) else []


__all__ = ["Peer", "date_points", "hits_of"]
