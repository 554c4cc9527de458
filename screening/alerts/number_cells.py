"""Cells that hold more, or less, than one document number: ranges, wildcards, several, rounded ones.

Rule: each number is sought by itself, or the cell is refused and told; a number made of a whole range is
never
sought, because nobody carries it. Stolen blanks come by the hundred, so a range or wildcard may stand for
MOST_NUMBERS, and one import for MOST_OF_ALL. A spreadsheet that wrote `1.23457E+11` has lost digits: no
number.

>>> read_numbers("AB100001-AB100003").numbers, read_numbers("C300001 to C300002").numbers
(('AB100001', 'AB100002', 'AB100003'), ('C300001', 'C300002'))
>>> len(read_numbers("E5000??").numbers), read_numbers("G700001,G700002").numbers
(100, ('G700001', 'G700002'))
>>> read_numbers("D400001", to="D400002").numbers, read_numbers("AB100098-100").numbers
(('D400001', 'D400002'), ('AB100098', 'AB100099', 'AB100100'))
>>> read_numbers("E5*").refused, read_numbers("1,23457E+08").code
('a wildcard of unknown length', 'list_document_number_rounded')
>>> [read_numbers(text).numbers for text in ("B/002210", "277-93-113495", "TR-P 614 166")]
[('B/002210',), ('277-93-113495',), ('TR-P 614 166',)]
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

from screening.alerts.text import ascii_digits, clean

MOST_NUMBERS = 10_000
MOST_OF_ALL = 2_000_000
_ROUNDED = re.compile(r"([0-9])(?:[.,]([0-9]+))?[eE]\+?([0-9]{1,2})")
_SIGNED = re.compile(r"[eE]\+|^[0-9][.,][0-9]+[eE]")
_DECIMAL = re.compile(r"([0-9]+)[.,]0+")
_FORMULA = re.compile(r'^(?:="?|\')(.*?)"?$')
_COUNT = re.compile(r"\s*\(?\b[0-9]+\s*(?:pcs|pieces|blanks|documents|passports|items)\)?\.?$", re.IGNORECASE)
_ONWARDS = re.compile(
    r"[0-9]\s*(?:\+|ff\.?|et seq\.?|sqq\.?|onwards?|and (?:following|up|higher)|usw\.?|etc\.?)$",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"[A-Z]{1,5}[0-9]{5,}[A-Z]?|[0-9]{7,}", re.IGNORECASE)
_FROM = re.compile(r"^(?:from|between|de|du|von|nos?\.?|numbers?|serials?)\s+(?=\S*[0-9])", re.IGNORECASE)
_TO = re.compile(
    r"\s*(?:\.{2,}|…|[–—−~]|->|→|\b(?:to|thru|through|until|till|bis|jusqu'?(?:à|au)|hasta|до|up to)\b"
    r"|(?<=[0-9])\s+(?:a|à|al?|au|and)\s+(?=[A-Z]*[0-9]))\s*",
    re.IGNORECASE,
)
_MAYBE_TO = re.compile(r"\s*[-/:]\s*")
_SURE = re.compile(r"\s*(?:[;|\n]|,(?=\s*\S))\s*")
_MAYBE = re.compile(r"\s*(?:&|\+|\s/\s|\b(?:and|und|et|y|e|or|ou|oder)\b)\s*", re.IGNORECASE)
_SHAPE = re.compile(r"([A-Z]{0,5})[ ]?([0-9]{3,})([A-Z]{0,2})", re.IGNORECASE)
_WHOLE = re.compile(r"(?=(?:[^0-9]*[0-9]){4})[A-Z0-9][A-Z0-9 .\-]{3,24}", re.IGNORECASE)
_BRACKETS = re.compile(r"([A-Z0-9]*)\[([0-9]+)\s*[-–]\s*([0-9]+)\]([A-Z0-9]*)", re.IGNORECASE)
_LETTERED = re.compile(r"[A-Z]{1,5} ?[0-9]{5,}[A-Z]{0,2}", re.IGNORECASE)
_LATE_X = re.compile(r"[A-Z]{0,5}[0-9]{2,}x{1,6}")


@dataclass(frozen=True, slots=True)
class NumberCell:
    """What a cell of document numbers says.

    Attributes:
        numbers: each number that it stands for; one for an ordinary cell, none where it was refused.
        code: finding, where the cell is no single number.
        refused: why it stands for no number that could be sought.
    """

    numbers: tuple[str, ...]
    code: str | None = None
    refused: str | None = None


def _refuse(why: str, code: str = "list_document_range_refused") -> NumberCell:
    return NumberCell((), code, why)


def read_numbers(written: str, to: str = "", *, ranges: bool = True, most: int = MOST_NUMBERS) -> NumberCell:
    """Read a cell of document numbers.

    Args:
        written: the cell; blanks, dots and slashes belong to a number as published.
        to: last number of a range, where the list has a column for it.
        ranges: whether a dash or slash between any two like numbers is a range, as in lists of blanks;
            else only between two whole numbers with letters, which are surely two.
        most: how many numbers a range or wildcard may stand for.
    """
    if not to and written.isascii() and written.isalnum() and written.isupper():
        return NumberCell((written,))
    text = _formula(ascii_digits(clean(written)))
    last = _formula(ascii_digits(clean(to)))
    if last and last.casefold() != text.casefold():
        return _range(text, last, most) or _refuse("first and last number of a range do not fit")
    if rounded := _rounded(text):
        return rounded
    if _COUNT.search(text) or _ONWARDS.search(text):
        return _refuse("a run of numbers whose last one is not told")
    parts = [part for piece in _SURE.split(text) for part in _parted(piece) if part]
    numbers = [part for part in parts if any(character.isdigit() for character in part)]
    if len(numbers) > 1:
        return _several(numbers, ranges, most)
    return _single(text, ranges, most) or NumberCell((text,) if text else ())


def _parted(text: str) -> list[str]:
    """Part whole numbers that stand beside one another; a blank may belong to a number."""
    parts = _MAYBE.split(text)
    if len(parts) > 1 and all(_WHOLE.fullmatch(part) for part in parts):
        return parts
    words = text.split()
    alike = [_BESIDE.fullmatch(word) for word in words]
    return words if len(words) > 1 and all(alike) else [text]


def _formula(text: str) -> str:
    """Return what a spreadsheet was told to keep as text: ="00123" and '00123."""
    found = _FORMULA.match(text)
    return found[1] if found else text


def _rounded(text: str) -> NumberCell | None:
    if whole := _DECIMAL.fullmatch(text):
        return NumberCell((whole[1],), "list_document_number_numeric")
    found = _ROUNDED.fullmatch(text)
    if not found or not _SIGNED.search(text):
        return None
    digits, power = found[1] + (found[2] or ""), int(found[3])
    if len(digits) == power + 1:
        return NumberCell((digits,), "list_document_number_numeric")
    return _refuse("a spreadsheet has rounded the number", "list_document_number_rounded")


def _several(parts: list[str], ranges: bool, most: int) -> NumberCell:
    numbers: list[str] = []
    for part in parts:
        read = _single(part, ranges, most) or NumberCell((part,))
        if read.refused:
            return read
        numbers.extend(read.numbers)
        if len(numbers) > most:
            return _refuse(f"more than {most} numbers")
    return NumberCell(tuple(dict.fromkeys(numbers)), "list_document_numbers_parted")


def _single(text: str, ranges: bool, most: int) -> NumberCell | None:
    """Read a range or a wildcard; None where the text is one number."""
    bare = _FROM.sub("", text)
    ends = [part for part in _TO.split(bare, maxsplit=1) if part]
    if len(ends) == 2 and all(any(c.isdigit() for c in end) for end in ends):
        return _range(ends[0], ends[1], most) or _refuse("first and last number of a range do not fit")
    if found := _BRACKETS.fullmatch(bare):
        head, tail = found[1], found[4]
        return _counted(head, found[2], found[3].zfill(len(found[2])), tail, most)
    if joined := _joined(bare, ranges, most):
        return joined
    return _holes(bare, most)


def _holes(text: str, most: int) -> NumberCell | None:
    """Read a wildcard; None where the text has none."""
    if any(sign in text for sign in "*%"):
        return _refuse("a wildcard of unknown length")
    holes = "?_#" if any(sign in text for sign in "?_#") else ("x" if _LATE_X.fullmatch(text) else "")
    return _wild(text, holes, most) if holes and any(c.isdigit() for c in text) else None


def _joined(bare: str, ranges: bool, most: int) -> NumberCell | None:
    """Read two numbers joined by a dash, slash or colon; None where they are one."""
    for sign in _MAYBE_TO.finditer(bare):
        first, last = bare[: sign.start()], bare[sign.end() :]
        whole = all(_LETTERED.fullmatch(end.strip()) for end in (first, last))
        if not ranges and not whole:
            continue
        if made := _range(first, last, most, strict=True):
            return made
        if whole and "/" in sign[0]:
            return NumberCell((first.strip(), last.strip()), "list_document_numbers_parted")
        if whole:
            return _refuse("first and last number of a range do not fit")
    return None


def _range(first: str, last: str, most: int, *, strict: bool = False) -> NumberCell | None:
    """Return the numbers from first to last; None where they are no two ends of one range.

    Args:
        first: the whole first number.
        last: the last one, or, with fewer digits and no letters, its end.
        most: how many there may be.
        strict: two whole numbers of one shape only, or a shorter end behind letters: what is joined by a
            dash or slash may be one number.
    """
    one, other = _SHAPE.fullmatch(first.strip()), _SHAPE.fullmatch(last.strip().upper())
    if one is None and not strict and last.isdigit():
        return None
    if one is None:
        return None
    head, digits, tail = one[1].upper(), one[2], one[3].upper()
    if other is None:
        short = last.strip()
        if not short.isdigit() or (strict and not head):
            return None
        end = digits[: -len(short)] + short
    elif (other[1], other[3]) == (head, tail) and len(other[2]) == len(digits):
        end = other[2]
    elif not other[1] and not other[3] and len(other[2]) < len(digits) and (head or not strict):
        end = digits[: -len(other[2])] + other[2]
    elif not other[1] and not tail and len(other[2]) == len(digits) and head and not other[3]:
        end = other[2]
    else:
        return None
    if strict and (len(digits) < 5 or int(end) < int(digits)):
        return None
    return _counted(head, digits, end, tail, most)


def _counted(head: str, first: str, last: str, tail: str, most: int) -> NumberCell:
    start, stop = int(first), int(last)
    if stop < start:
        return _refuse("the last number of a range stands before the first")
    if stop - start >= most:
        return _refuse(f"a range of {stop - start + 1} numbers; {most} may be")
    numbers = tuple(f"{head}{number:0{len(first)}}{tail}" for number in range(start, stop + 1))
    return NumberCell(numbers, "list_document_range")


def _wild(text: str, holes: str, most: int) -> NumberCell:
    places = [place for place, sign in enumerate(text) if sign in holes]
    if 10 ** len(places) > most:
        return _refuse(f"a wildcard for {10 ** len(places)} numbers; {most} may be")
    return NumberCell(tuple(_filled(text, places)), "list_document_range")


def _filled(text: str, places: list[int]) -> Iterator[str]:
    signs = list(text)
    for digits in product("0123456789", repeat=len(places)):
        for place, digit in zip(places, digits, strict=True):
            signs[place] = digit
        yield "".join(signs)


Budget = Callable[[int], bool]


def budget(most: int = MOST_OF_ALL) -> Budget:
    """Return a function that takes a number of expanded numbers and says whether the import may hold them."""
    left = most

    def spend(count: int) -> bool:
        nonlocal left
        if count > left:
            return False
        left -= count
        return True

    return spend
