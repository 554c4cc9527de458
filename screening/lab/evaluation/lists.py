"""Invented alert lists as evaluation tables.

Rule: an invented list is as uneven as real ones are: a quarter of its dates is no day, a fifth of its
people has no nationality, a third has another spelling. The same stream gives the same list, and a longer
list begins with the shorter one's own people only where it is asked for in parts (`sets`).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from screening.lab.evaluation.population import OTHERS, draw, with_comma

_TEXTS = pa.list_(pa.string())
ALERTS = pa.schema(
    [
        ("entity_id", pa.string()),
        ("source", pa.string()),
        ("primary_name", pa.string()),
        ("aliases", _TEXTS),
        ("weak_aliases", _TEXTS),
        ("sex", pa.string()),
        ("dobs", _TEXTS),
        ("dob_precisions", _TEXTS),
        ("nationalities", _TEXTS),
        ("birth_country", pa.string()),
        ("doc_numbers", _TEXTS),
        ("doc_countries", _TEXTS),
    ]
)
PRECISIONS = ("day", "year", "circa", "range", "month", "none")
_PRECISION_SHARES = (0.72, 0.14, 0.04, 0.03, 0.02, 0.05)
_SPELLING_SHARE = 0.4
_NAMES_PER_PERSON = 1.4


def names_in(alerts: pa.Table) -> int:
    """Return how many names a list has, aliases included: its size."""
    lists = (alerts["aliases"], alerts["weak_aliases"])
    return int(alerts.num_rows) + sum(len(one.combine_chunks().flatten()) for one in lists)


def invented(
    dice: np.random.Generator, weights: Mapping[str, float], names: int, prefix: str, source: str
) -> pa.Table:
    """Invent a list.

    Args:
        dice: stream.
        weights: peoples by key, and how many of its people are of each.
        names: how many names it has, other spellings included.
        prefix: what its ids begin with.
        source: the list that they are of.

    Returns:
        Table of schema ALERTS with `names` names or one fewer.
    """
    people = draw(dice, weights, max(int(names / _NAMES_PER_PERSON) + 10, 10))
    size = people.num_rows
    spellings = [_kept(people[f"other_{at}"], dice.random(size) < _SPELLING_SHARE) for at in range(OTHERS)]
    aliases = _lists(spellings)
    counts = np.cumsum(1 + np.asarray(pc.list_value_length(aliases)))
    size = int(np.searchsorted(counts, names, side="right"))
    people, aliases = people.slice(0, size), aliases.slice(0, size)
    values, precisions = _dates(dice, people["born"])
    known = dice.random(size) < 0.8
    states = people["nationality"].combine_chunks()
    papers = dice.random(size) < 0.2
    empty = _lists([pa.nulls(size, pa.string())])
    return pa.table(
        {
            "entity_id": pa.array([f"{prefix}:{at}" for at in range(size)], pa.string()),
            "source": pa.array([source] * size, pa.string()),
            "primary_name": with_comma(
                people["surname"].combine_chunks(), people["given_names"].combine_chunks()
            ),
            "aliases": aliases,
            "weak_aliases": empty,
            "sex": _kept(people["sex"], dice.random(size) < 0.85),
            "dobs": values,
            "dob_precisions": precisions,
            "nationalities": _lists([_kept(states, known)]),
            "birth_country": _kept(states, dice.random(size) < 0.5),
            "doc_numbers": _lists([_kept(numbers(dice, size), papers)]),
            "doc_countries": _lists([_kept(states, papers)]),
        },
        ALERTS,
    )


def numbers(dice: np.random.Generator, size: int) -> pa.Array:
    """Draw document numbers: a letter and eight digits."""
    letters = pa.array(list("ABCEGHKLMNPRTX")).take(pa.array(dice.integers(0, 14, size)))
    digits = pa.array(dice.integers(10_000_000, 100_000_000, size)).cast(pa.string())
    return pc.binary_join_element_wise(letters, digits, "")


def _kept(values: pa.Array | pa.ChunkedArray, keep: np.ndarray) -> pa.Array:
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return pc.if_else(pa.array(keep), whole, pa.scalar(None, whole.type))


def _lists(columns: Sequence[pa.Array]) -> pa.Array:
    """Put columns side by side into lists; nulls and what stands in an earlier column are left out."""
    kept: list[pa.Array] = []
    for at, column in enumerate(columns):
        fresh = column.is_valid()
        for earlier in columns[:at]:
            fresh = pc.and_(fresh, pc.invert(pc.fill_null(pc.equal(column, earlier), False)))
        kept.append(fresh)
    counts = sum((np.asarray(one).astype(np.int32) for one in kept), np.zeros(len(columns[0]), np.int32))
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    flat = pa.concat_arrays([one.cast(pa.string()) for one in columns])
    row_by_row = np.arange(len(flat)).reshape(len(columns), -1).T.ravel()
    chosen = row_by_row[np.concatenate([np.asarray(one) for one in kept])[row_by_row]]
    return pa.ListArray.from_arrays(pa.array(offsets), flat.take(pa.array(chosen)))


def _dates(dice: np.random.Generator, born: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    days = born.to_numpy().astype("datetime64[D]")
    kinds = dice.choice(len(PRECISIONS), len(days), p=_PRECISION_SHARES)
    years = days.astype("datetime64[Y]").astype(int) + 1970
    near = years + dice.choice((0, 0, 0, 1, -1, 2), len(days))
    first = years - dice.integers(0, 4, len(days))
    last = np.maximum(years, first + 1) + dice.integers(0, 3, len(days))
    text = days.astype(str)
    value = np.select(
        [kinds == at for at in range(5)],
        [
            text,
            years.astype(str),
            near.astype(str),
            np.char.add(np.char.add(first.astype(str), ".."), last.astype(str)),
            days.astype("datetime64[M]").astype(str),
        ],
        default="",
    )
    given = kinds != PRECISIONS.index("none")
    words = pa.array(PRECISIONS).take(pa.array(kinds))
    return _lists([_kept(pa.array(value.tolist(), pa.string()), given)]), _lists([_kept(words, given)])


__all__ = ["ALERTS", "PRECISIONS", "invented", "names_in", "numbers"]
