r"""Texts of SSR DOCS, DOCO, DOCA and INFT: parts by `/`, often shifted, folded or half empty.

DOCS has thirteen parts, the first empty: type, state, number, nationality, birth, sex, expiry, surname,
given, second, holder. Senders lose the leading slash or add one; the place of the birth date tells which.

Source: AIRIMP section 3.15 (SSR DOCS, DOCO, DOCA, INFT) by way of docs/messages.md; US-CBP/GTAS issues 1029,
2082.

>>> docs = parse_docs("/P/GBR/123456789/GBR/12JUL64/M/23AUG19/SMITHJR/MRJONATHON/ROBERT")
>>> docs.number, docs.birth, docs.sex, docs.surname, docs.given_names, docs.shifted
('123456789', '12JUL64', 'M', 'SMITHJR', 'MRJONATHON ROBERT', False)
>>> parse_docs("//P/GBR/123456789/GBR/12JUL64/M/23AUG19/ADAM/EVE").shifted
True
>>> parse_docs("/////05FEB53/F//DORON/NINA").surname
'DORON'
>>> docs = parse_docs("//P/C01X00T47/14JUL71/M/28MAY23/MODEL/ILIR")  # states left out
>>> docs.type, docs.state, docs.number, docs.nationality, docs.shifted
('P', '', 'C01X00T47', '', True)
>>> docs = parse_docs("/////14JUL71/M//MODEL/ILIR-1MODEL/ILIR")  # the booked name once more
>>> docs.surname, docs.given_names
('MODEL', 'ILIR')
>>> parse_doco(" HERE VA/V/8675309/OTHER PLACE/22DEC06/LI")
('V', '8675309', 'LI')
>>> parse_inft("BELT/SOPHY 20SEP12"), parse_inft("TESTTWO/NAMETWO/10AUG11")
(('BELT', 'SOPHY', '20SEP12'), ('TESTTWO', 'NAMETWO', '10AUG11'))
"""

import re
from functools import lru_cache
from typing import NamedTuple

from screening.messages.syntax.segments import Segment

_BIRTH = 5
_INFANTS = frozenset({"MI", "FI", "UI", "XI"})
_SEXES = frozenset({"M", "F", "U", "X"}) | _INFANTS
_MONTHS = frozenset({"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"})
_UNKNOWN_DAY = frozenset({"XX", "<<"})
_TEXT = 8  # component of SSR that holds the free text
_SURNAME = 8  # part of DOCS
_READ = 11  # the parts up to the second given names
_NO_PARTS = [""] * _READ
_SHORTEST_NUMBER = 4
CONTINUES = "///"  # at the end of a text that was cut, and before its rest
# `-1MODEL/ILIR`: the number of a name item and the booked name, which some hosts write behind an SSR's text
_NAME_ITEM = re.compile(r"-\d{1,2}(?:\.\d{1,2})?(?=[A-Z])")


class Docs(NamedTuple):
    """One SSR DOCS as sent, parts at their places; empty strings where nothing was sent."""

    type: str
    state: str
    number: str
    nationality: str
    birth: str
    sex: str
    expiry: str
    surname: str
    given_names: str
    shifted: bool

    @property
    def is_infant(self) -> bool:
        """Does it state an infant (MI, FI, UI, XI), whoever it refers to?

        >>> stated = [parse_docs(f"/P/GBR/1/GBR/12JUL64/{sex}/23AUG19/A/B") for sex in ("M", "fi", "MR")]
        >>> [docs.is_infant for docs in stated]
        [False, True, False]
        """
        return self.sex in _INFANTS


def continues(begun: str, text: str) -> bool:
    """Say whether a text goes on where another was cut; one with a date of its own is a document.

    >>> continues("/P/GRC/T1/GRC/12APR71/F/01JAN31/ALEXANDROPOUL///", "///OU/MARIA")
    True
    >>> continues("/P/GRC/T1/GRC/12APR71/F/01JAN31/DORON/NINA", "/////05FEB53/F//DORON/NINA")
    False
    """
    dated = [
        len(parts := one.split("/")) > _BIRTH and looks_like_date(parts[_BIRTH]) for one in (begun, text)
    ]
    if all(dated):
        return False
    return begun.endswith(CONTINUES) or not any(
        looks_like_date(part) or any(map(str.isdigit, part)) for part in text.split("/")
    )


def joined(begun: str, text: str) -> str:
    """Return a text and what continues it as one.

    >>> joined("/P/GRC/T1/GRC/12APR71/F/01JAN31/ALEXANDROPOUL///", "///OU/MARIA")
    '/P/GRC/T1/GRC/12APR71/F/01JAN31/ALEXANDROPOULOU/MARIA'
    """
    return begun.removesuffix(CONTINUES) + text.removeprefix(CONTINUES)


def text_of(segment: Segment) -> str:
    """Return the free text of an SSR, wherever the sender put it.

    The text is component 8; unreleased component separators inside it part it further, and some senders leave
    out the empty components before it or put it into an element of its own.
    """
    components, *others = segment.fields()[1:] or [[""]]
    text = ":".join(components[_TEXT:])
    if text:
        return text
    for component in components[1:_TEXT]:
        if "/" in component:
            return component
    for element in others:
        if element[0].count("/") > 1:
            return element[0]
    return ""


@lru_cache(maxsize=65536)
def looks_like_date(text: str) -> bool:
    """Say whether a part is a date as DOCS writes it, blanks of folds aside.

    >>> [looks_like_date(part) for part in ("12JUL64", "1 2JUL64", "XXJUL64", "JULIA", "99")]
    [True, True, True, False, False]
    """
    bare = text.replace(" ", "")
    if bare[:2] in _UNKNOWN_DAY:
        bare = f"00{bare[2:]}"
    if len(bare) in {6, 7, 9} and bare[-2:].isdigit() and bare[:1].isdigit():
        letters = bare.lstrip("0123456789")[:3].upper()
        return letters in _MONTHS
    return False


def _start(parts: list[str]) -> int:
    """Return how many places the parts stand too late (1), too early (-1) or right (0)."""
    for shift in (0, -1, 1):
        place = _BIRTH + shift
        if 0 <= place < len(parts) and looks_like_date(parts[place]):
            return shift
    for shift in (0, -1, 1):  # no date: the sex stands behind it
        place = _BIRTH + 1 + shift
        if place < len(parts) and parts[place].strip().upper() in _SEXES:
            return shift
    return -1 if parts[0].strip() and len(parts[0].strip()) <= 2 else 0


def _by_shape(parts: list[str]) -> tuple[str, str, str, str]:
    """Return type, state, number and nationality of the parts before the date where one of them is missing.

    A number has a digit; before it one letter is the type and more are the state, behind it stands the
    nationality.

    >>> _by_shape(["P", "GBR", "123456789"]), _by_shape(["GBR", "123456789", "GBR"])
    (('P', 'GBR', '123456789', ''), ('', 'GBR', '123456789', 'GBR'))
    """
    values = [part.strip() for part in parts]
    place = next(
        (
            index
            for index, value in enumerate(values)
            if len(value) >= _SHORTEST_NUMBER and any(map(str.isdigit, value))
        ),
        len(values),
    )
    before = [value for value in values[:place] if value]
    kind = next((value for value in before if len(value) == 1), "")
    state = next((value for value in before if len(value) > 1), "")
    behind = values[place + 1] if place + 1 < len(values) else ""
    return kind, state, values[place] if place < len(values) else "", behind


def _without_name_item(values: list[str]) -> list[str]:
    """Drop the booked name that a host repeated behind the names of the document."""
    for place in range(_SURNAME, len(values)):
        found = _NAME_ITEM.search(values[place].upper())
        if found is not None:
            rest = [values[place][: found.start()].strip()]
            return [*values[:place], *rest, *[""] * (len(values) - place - 1)]
    return values


def parse_docs(text: str) -> Docs | None:
    """Read the text of an SSR DOCS; None where it has no parts at all."""
    parts = text.split("/")
    if len(parts) < 4:
        return None
    in_place = len(parts) > _BIRTH and looks_like_date(parts[_BIRTH])  # nearly all
    shift = 0 if in_place else _start(parts)
    if shift > 0:
        parts = parts[shift:]
    elif shift < 0 and parts[0].strip():
        parts = ["", *parts]
    elif shift < 0:  # the slash in front is there: a part before the date is missing
        parts = ["", *_by_shape(parts[1 : _BIRTH - 1]), *parts[_BIRTH - 1 :]]
    values = list(map(str.strip, (parts + _NO_PARTS)[:_READ]))
    if "-" in text:
        values = _without_name_item(values)
    given = f"{values[9]} {values[10]}" if values[9] and values[10] else values[9] or values[10]
    kind, state, number, nationality, birth, sex, expiry, surname = values[1:9]
    if len(number) < _SHORTEST_NUMBER and not any(map(str.isdigit, number)):
        number = ""  # the rest of a text whose beginning is lost: no document is numbered OU
    return Docs(kind, state, number, nationality, birth, sex.upper(), expiry, surname, given, bool(shift))


def parse_doco(text: str) -> tuple[str, str, str] | None:
    """Read type, number and for which state out of an SSR DOCO (`/birthplace/V/number/place/date/for`)."""
    parts = [part.strip() for part in text.split("/")]
    for place in (2, 1, 0, 3):
        if place + 1 < len(parts) and len(parts[place]) == 1 and parts[place].isalpha() and parts[place + 1]:
            state = parts[place + 4] if place + 4 < len(parts) else ""
            return parts[place].upper(), parts[place + 1], state
    return None


def parse_doca(text: str) -> tuple[str, str, str] | None:
    """Read kind (R residence, D destination), country and the rest out of an SSR DOCA.

    >>> parse_doca("/R/DE/HAUPTSTR 1/BERLIN//10115")
    ('R', 'DE', 'HAUPTSTR 1, BERLIN, 10115')
    """
    parts = [part.strip() for part in text.split("/")]
    for place in (1, 0, 2):
        if place + 1 < len(parts) and parts[place].upper() in {"R", "D"}:
            rest = ", ".join(part for part in parts[place + 2 :] if part)
            return parts[place].upper(), parts[place + 1].upper(), rest
    return None


def parse_inft(text: str) -> tuple[str, str, str] | None:
    """Read surname, given names and date of birth out of an SSR INFT; any of them may be empty."""
    named = _NAME_ITEM.split(text, maxsplit=1)[0]
    parts = [part.strip() for part in named.strip().strip("/").split("/")]
    if not any(parts):
        return None
    birth = ""
    if looks_like_date(parts[-1]) and len(parts) > 1:
        birth = parts.pop()
    else:
        words = parts[-1].split()
        if words and looks_like_date(words[-1]):
            birth = words.pop()
            parts[-1] = " ".join(words)
    surname = parts[0] if parts else ""
    given = " ".join(part for part in parts[1:3] if part)
    return (surname, given, birth) if surname or given or birth else None
