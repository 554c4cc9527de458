"""Names of travellers in a PNR: one TIF, and when two spellings are one person.

A reference (TIF 9944) names a traveller within his PNR; repeats in the check-in part count once. Spellings
are compared without blanks (folds leave them anywhere), titles and signs.

Source: IATA PNRGOV guide, TIF; AIRIMP on names that were cut or joined (prefixes are alike).

>>> alike("TESTSURNA MEONE", "TESTSURNAMEONE"), alike("JON", "JOHN"), alike("WAYNE", "COOPER")
(True, True, False)
>>> alike("SOPHY", "SOPHY OLIVIA"), alike("ANNA", "EVA"), alike("", "EVA")
(True, False, True)
"""

from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from screening.identity.names import comparable
from screening.identity.titles import is_placeholder, strip_surname_title, strip_title
from screening.messages.syntax import Segment

_ABSENT = [""]
_NO_PARTS = ["", "", "", ""]


class TifName(NamedTuple):
    """One traveller of a TIF as sent."""

    surname: str
    given_names: str
    kind: str  # A adult, C child, IN infant, G group, or empty
    reference: str
    infant: str  # reference of the infant in arms, or a mark that there is one


def names_of(segment: Segment) -> list[TifName]:
    """Give the travellers of a TIF; the guide has one each, some senders put several of one surname."""
    fields = segment.fields()
    head = fields[1] if len(fields) > 1 else _ABSENT
    surname = head[0].strip()
    group = head[1].strip().upper() == "G" if len(head) > 1 else False
    names = []
    for place, element in enumerate(fields[2:] or [_ABSENT]):
        given, kind, reference, infant = map(str.strip, (element + _NO_PARTS)[:4])
        if place and not any(map(str.isalpha, given)):
            continue  # a reference or a mark that slipped into an element of its own names nobody
        kind = "G" if group else kind.upper()
        family = surname
        if not given and "/" in surname:  # teletype form, SURNAME/GIVEN, in the surname's place
            family, given = (part.strip() for part in surname.split("/", 1))
        names.append(TifName(family, given, kind, reference_of(reference), infant))
    return names


@lru_cache(maxsize=4096)
def reference_of(written: str) -> str:
    """Give a traveller reference as it is compared (`002` is `2`).

    >>> reference_of(" 002"), reference_of("1.1"), reference_of("000")
    ('2', '1.1', '0')
    """
    bare = written.strip()
    return bare.lstrip("0") or bare[-1:]


def letters(name: str) -> str:
    """Return a name as it is compared."""
    return comparable(name)


class Bare(NamedTuple):
    """A name without its title."""

    name: str
    letters: str
    had_title: bool
    stands_in: bool  # for one that is not known


@lru_cache(maxsize=65536)
def bare_surname(surname: str, *, given: bool) -> Bare:
    """Part a surname from its title; `given` says whether given names stand beside it."""
    name, title = strip_surname_title(surname, given=given)
    return Bare(name, letters(name), title is not None, is_placeholder(name))


@lru_cache(maxsize=65536)
def bare_given(given: str) -> Bare:
    """Part given names from their titles."""
    name, title = strip_title(given)
    return Bare(name, letters(name), title is not None, is_placeholder(name))


def given_letters(given: str) -> str:
    """Give the letters of given names without titles."""
    return bare_given(given).letters


def alike(first: str, second: str) -> bool:
    """Say whether two spellings may be one name: equal, one begins the other, or one letter apart."""
    if first == second:
        return True
    one, other = letters(first), letters(second)
    if not one or not other or one.startswith(other) or other.startswith(one):
        return True
    return max(len(one), len(other)) >= 4 and OSA.distance(one, other, score_cutoff=1) <= 1
