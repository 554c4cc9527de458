"""Is there enough in an alert to be matched sensibly?

Rule (docs/alert-lists.md, "Minimum data"): a person alert needs a name of two tokens, or one long enough to
be rare, plus a birth date of any precision, a nationality or a document; a document alert needs number and
state. An alert short of that is kept, matched and flagged: it is the issuer's to complete, not ours to drop.

>>> is_sufficient(Category.INFORM, names=["Borovenko, Yurgen"], dates=1, nationalities=0, documents=[])
True
>>> is_sufficient(Category.INFORM, names=["Borovenko, Yurgen"], dates=0, nationalities=0, documents=[])
False
>>> is_sufficient(Category.DOCUMENT, names=[], dates=0, nationalities=0, documents=[("L1234567", None)])
False
"""

import re
from collections.abc import Sequence

from screening.identity.names import tokens
from screening.tables.codes import Category

# Without a frequency table in this room length stands for rarity: given names of eight letters or more are
# rare next to those of four to six that most nicknames on public lists have.
_RARE_LETTERS = 8


_PLAIN = re.compile(r"[A-Za-z ,.\-]+")
_WORD = re.compile(r"[A-Za-z]{2,}")


def is_usable(name: str) -> bool:
    """Is a name of two words, or of one long enough to be rare?"""
    if _PLAIN.fullmatch(name):  # nothing to romanise or to join: the same answer without making tokens
        plain = _WORD.findall(name)
        return len(plain) > 1 or any(len(word) >= _RARE_LETTERS for word in plain)
    words = [token for token in tokens(name) if len(token) > 1]
    return len(words) > 1 or any(len(word) >= _RARE_LETTERS for word in words)


def is_sufficient(
    category: Category,
    *,
    names: Sequence[str],
    dates: int,
    nationalities: int,
    documents: Sequence[tuple[str, str | None]],
) -> bool:
    """Say whether an alert has the minimum data.

    Args:
        category: document alerts have a rule of their own.
        names: all names, as published.
        dates: number of dates of birth that could be read.
        nationalities: number of nationalities.
        documents: number and issuing state of each document.
    """
    return not missing(category, names=names, dates=dates, nationalities=nationalities, documents=documents)


def missing(
    category: Category,
    *,
    names: Sequence[str],
    dates: int,
    nationalities: int,
    documents: Sequence[tuple[str, str | None]],
) -> list[str]:
    """Say in words what an alert lacks of the minimum data; nothing where it is sufficient.

    Args and rule as `is_sufficient`.

    >>> missing(Category.WANTED, names=["Otho"], dates=0, nationalities=0, documents=[])
    ['a name of two parts, or one of 8 letters', 'a birth date (a year is enough), nationality or document']
    """
    if category is Category.DOCUMENT:
        held = any(number and state for number, state in documents)
        return [] if held else ["number and issuing State of a document"]
    found = []
    if not any(is_usable(name) for name in names):
        found.append(f"a name of two parts, or one of {_RARE_LETTERS} letters")
    if not (dates or nationalities or documents):
        found.append("a birth date (a year is enough), nationality or document")
    return found
