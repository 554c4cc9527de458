"""The cell-key method: the same people give the same noise in whatever table they are counted.

Every person has a record key; the key of a cell is the fraction of their sum, so the order of people does not
matter. A p-table says what a count is published as, by its key. Keys are exact fractions: sums of floats
would drift. Every figure is perturbed, margins do not add up, and no exact mean or total may stand beside it.

Source: Handbook on Statistical Disclosure Control, 5.4; Thompson, Broadfoot and Elazar (2013), UNECE work
session on statistical data confidentiality; Giessing and Tent (2019), the same.
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from screening.disclosure.cells import Cells, Integers
from screening.tables.errors import UsageError

SPACE = 2**32


@dataclass(frozen=True)
class Line:
    """One line of a p-table: keys in (above, up_to] publish `original` as `perturbed`."""

    original: int
    perturbed: int
    above: Fraction
    up_to: Fraction


def _lines(original: int, *chances: tuple[int, int]) -> list[Line]:
    found, begin = [], Fraction(0)
    for perturbed, percent in chances:
        found.append(Line(original, perturbed, begin, begin + Fraction(percent, 100)))
        begin += Fraction(percent, 100)
    return found


# Mean 0, noise of at most 2 (variance 1, 1.6, 1.3 for 1, 2, 3 and more). Handbook 5.4.2 names the conditions.
STANDARD: tuple[Line, ...] = (
    *_lines(0, (0, 100)),
    *_lines(1, (0, 40), (1, 30), (2, 20), (3, 10)),
    *_lines(2, (0, 15), (1, 20), (2, 30), (3, 20), (4, 15)),
    *_lines(3, (1, 10), (2, 25), (3, 30), (4, 25), (5, 10)),
)


def record_key(person: str, secret: bytes) -> Fraction:
    """Give the record key of a person: HMAC-SHA256 of the id, its first 32 bits as a fraction.

    >>> record_key("T1", b"0" * 32) == record_key("T1", b"0" * 32) != record_key("T2", b"0" * 32)
    True
    """
    digest = hmac.digest(secret, person.encode(), "sha256")
    return Fraction(int.from_bytes(digest[:4], "big"), SPACE)


def cell_key(keys: Iterable[Fraction]) -> Fraction:
    """Give the key of a cell: the fraction of the sum of its record keys.

    >>> cell_key([Fraction("0.9"), Fraction("0.3"), Fraction("0.6")])
    Fraction(4, 5)
    """
    return sum(keys, Fraction(0)) % 1


def perturbed(count: int, key: Fraction, table: Sequence[Line] = STANDARD) -> int:
    """Look up what a count is published as; counts above the last line take its noise.

    >>> [perturbed(count, Fraction(1, 2)) for count in (0, 1, 2, 3, 40)]
    [0, 1, 2, 3, 40]
    """
    last = max(line.original for line in table)
    original = min(count, last)
    for line in table:
        if line.original == original and (line.above < key <= line.up_to or (key == 0 and line.above == 0)):
            return count + line.perturbed - line.original
    raise UsageError(
        f"the p-table has no line for a count of {original}",
        where="p-table",
        effect="no table was written",
        remedy="give lines that cover all keys of every original from 0",
    )


def faults(table: Sequence[Line]) -> list[str]:
    """Say what makes a p-table unfit for publication; empty for a fit one.

    >>> faults(STANDARD)
    []
    """
    found = []
    originals = sorted({line.original for line in table})
    if originals != list(range(len(originals))):
        found.append("originals must be 0, 1, 2, … without a gap")
    for original in originals:
        lines = sorted((line for line in table if line.original == original), key=lambda line: line.above)
        ends = [line.above for line in lines] + [Fraction(1)]
        if ends[0] != 0 or any(line.up_to != end for line, end in zip(lines, ends[1:], strict=True)):
            found.append(f"the probabilities of {original} do not add up to 1 without gap or overlap")
        mean = sum((line.up_to - line.above) * (line.perturbed - original) for line in lines)
        if mean != 0:
            found.append(f"the noise of {original} has mean {float(mean):g}, not 0")
        if any(line.perturbed < 0 for line in lines):
            found.append(f"{original} may become negative")
        if original == 0 and any(line.perturbed for line in lines):
            found.append("0 does not stay 0")
    return found


def unequal(cells: Cells, keys: Sequence[Fraction]) -> int | None:
    """Give a margin whose key is not the sum of the keys of its parts; None where all are."""
    for whole, parts in cells.equations:
        if cell_key(keys[part] for part in parts) != keys[whole] % 1:
            return whole
    return None


def perturb(cells: Cells, keys: Sequence[Fraction], table: Sequence[Line] = STANDARD) -> Integers:
    """Perturb all cells, each by its key; equal cells of several tables are one and stay equal."""
    return np.array(
        [perturbed(count, key % 1, table) for count, key in zip(cells.counts.tolist(), keys, strict=True)],
        dtype=np.int64,
    )
