"""Cells of names that hold more than a name: aliases, former names, nicknames, notes, several names.

Rule: the name stays as published; what the cell holds besides stands next to it as names of their own,
and the
bare name as `derived`, because a matcher that waits for "(deceased)" misses the person. What is no name of
anybody (a number, a date, UNKNOWN) is told: a column may be mapped wrongly.

>>> [(kind.value, text) for kind, text in parted("KARIM Ali alias ABU HASAN")]
[('derived', 'KARIM Ali'), ('alias', 'ABU HASAN')]
>>> [(kind.value, text) for kind, text in parted('SMITH, John (a.k.a. "Johnny")')]
[('derived', 'SMITH, John'), ('alias', 'Johnny')]
>>> [(kind.value, text) for kind, text in parted("MARTIN, Claire née DUPONT")]
[('derived', 'MARTIN, Claire'), ('former', 'DUPONT, Claire')]
>>> parted("VALDEZ, Ana - see also file 123")[0][1], parted("VALDEZ GARCIA, Ana")
('VALDEZ, Ana', [])
>>> is_no_name("12345"), is_no_name("N/A"), is_no_name("1963-02-01"), is_no_name("LI, Na")
(True, True, True, False)
"""

import re

from screening.alerts.dates import read_date, slashed_date
from screening.alerts.states import state_named
from screening.alerts.text import clean, script, word_key
from screening.tables.codes import NameKind

_ALIAS = (
    r"(?:a[./]?\s?k[./]?\s?a\.?|alias(?:es)?|also known as|known as|better known as|nom de guerre|dite?|"
    r"detto|detta|genannt|gen\.|conocid[oa] como|connue? sous le nom de|@)"
)
_FORMER = (
    r"(?:f[./]?\s?k[./]?\s?a\.?|formerly(?: known as)?|previously|n[ée]e?|born|geb(?:orene?|\.)?|z domu|"
    r"maiden name|name at birth|birth name)"
)
_WORD = re.compile(
    rf"(?:(?<![^\W\d_])|(?<=[\s(,;]))(?:(?P<alias>{_ALIAS})|(?P<former>{_FORMER}))(?![^\W\d_])[:\s]*",
    re.IGNORECASE,
)
_MAYBE = re.compile(
    r"[()\[\]{}\"“”„«»@/;*#0-9|=:]|(?<!\S)'|\s-{1,2}\s|\s[–—]|\b(?:[af][./]?\s?k[./]?\s?a|alias|also|known|n[ée]e?|born|geb|dite?|detto|"
    r"detta|genannt|nom|formerly|previously|maiden|conocid|connu|z domu)\b",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|\{([^{}]*)\}")
_QUOTED = re.compile(r"[\"“”„«]([^\"“”„«»]+)[\"“”»]|(?<!\S)'([^']{2,})'(?![^\W\d_])")
_BEHIND = re.compile(r"\s+(?:-{1,2}|[–—])\s+(?P<note>.+)$|\s*[*#=:]+\s*(?P<sign>.*)$|,?\s+[0-9].*$")
_BEFORE = re.compile(r"^(?:[*#\s]+|[0-9]+[.)]\s+)")
_SEVERAL = re.compile(r"\s*[;|]\s*|\s+/\s+|\s*//\s*")
_NOTE = re.compile(
    r"[0-9]|\b(?:deceased|dead|died|see|ref|file|case|unconfirmed|confirmed|possibl[ey]|probabl[ey]|cancel+ed|withdrawn|"
    r"female|male|minor|child|missing|duplicate|copy|suspect|wanted|listed|removed|alleged|unknown|n/?a|old|new|record|"
    r"photo|spelling|phonetic|same as|brother|sister|son|daughter|wife|husband|father|mother|birth name|"
    r"decede|"
    r"verstorben|fallecid[oa]|disparue?|national|citizen|passport|dob|doc|tbc|sic)\b",
    re.IGNORECASE,
)
_NO_NAMES = frozenset(
    (
        "unknown", "n a", "na", "nil", "none", "null", "test", "xxx", "xx", "no name", "noname", "anonymous",
        "inconnu", "unbekannt", "desconocido", "not known", "not available", "fnu lnu", "unk", "name", "tbc",
        "tbd", "idem", "same",
    )
)  # fmt: skip
_PLAIN = re.compile(r"[A-Za-z]{2,40}(?:[ ,]{1,2}[A-Za-z]{2,40}){1,3}")
_ADDRESS = re.compile(r"https?:|www\.|[^\s@]+@[^\s@]+\.[a-z]", re.IGNORECASE)
_LONGEST = 160

Piece = tuple[NameKind, str]


def _trim(text: str) -> str:
    return clean(text).strip(" ,;:-–—*/").replace(" ,", ",")


def _is_name(text: str) -> bool:
    return (
        any(character.isalpha() for character in text)
        and not any(c.isdigit() for c in text)
        and len(text) > 1
    )


def parted(written: str) -> list[Piece]:
    """Return what a cell of a name holds besides: the bare name as `derived`, then further names.

    Args:
        written: the name as published, cleaned.

    Returns:
        Nothing where the cell is one name and no more.
    """
    if not _MAYBE.search(written):
        return []
    pieces: list[Piece] = []
    parts = [part for part in _SEVERAL.split(_unbracketed(written, pieces)) if _trim(part)]
    found: list[Piece] = []
    for place, part in enumerate(parts):
        found.extend(_of_one(part, NameKind.DERIVED if place == 0 else NameKind.ALIAS))
    bare = next((text for kind, text in found if kind is NameKind.DERIVED), "")
    former = [(kind, _whole(text, bare) if kind is NameKind.FORMER else text) for kind, text in pieces]
    return [
        (kind, text) for kind, text in dict.fromkeys((*found, *former)) if text != written and _is_name(text)
    ]


def _unbracketed(written: str, pieces: list[Piece]) -> str:
    """Take brackets and quotes out; names in them go to `pieces`, notes are part of what was published."""

    def bracket(found: re.Match[str]) -> str:
        content = _trim(next(filter(None, found.groups()), ""))
        if word := _WORD.match(content):
            kind = NameKind.ALIAS if word["alias"] else NameKind.FORMER
            pieces.extend(
                (kind, _trim(part.strip("\"“”'"))) for part in _SEVERAL.split(content[word.end() :])
            )
        elif content and script(content) != script(written[: found.start()] or content):
            pieces.append(
                (NameKind.ALIAS if script(content) == "Latn" else NameKind.ORIGINAL_SCRIPT, content)
            )
        elif (
            _is_name(content)
            and not _NOTE.search(content)
            and not state_named(content)
            and len(content.split()) < 4
        ):
            pieces.append((NameKind.WEAK, content.strip("\"“”'")))
        return " "

    def quoted(found: re.Match[str]) -> str:
        pieces.append((NameKind.WEAK, _trim(found[1] or found[2])))
        before = _WORD.search(written[: found.start()])
        if before and not written[before.end() : found.start()].strip():
            pieces[-1] = (NameKind.ALIAS if before["alias"] else NameKind.FORMER, pieces[-1][1])
        return " "

    return _QUOTED.sub(quoted, _BRACKET.sub(bracket, written))


def _of_one(text: str, kind: NameKind) -> list[Piece]:
    text = _BEFORE.sub("", text)
    behind = _BEHIND.search(text)
    if behind and (behind["note"] is None or _NOTE.search(behind["note"])):
        text = text[: behind.start()]
    words = [word for word in _WORD.finditer(text) if word.start()]
    if not words:
        return [(kind, _trim(text))]
    first = _trim(text[: words[0].start()])
    found: list[Piece] = [(kind, first)]
    for place, word in enumerate(words):
        end = words[place + 1].start() if place + 1 < len(words) else len(text)
        value = _trim(text[word.end() : end])
        if value and not any(character.isdigit() for character in value):
            found.append(
                (NameKind.ALIAS, value) if word["alias"] else (NameKind.FORMER, _whole(value, first))
            )
    return found


def _whole(former: str, bare: str) -> str:
    """Give a former surname that stands alone the given names of the bare name."""
    if len(former.split()) > 1 or not bare:
        return former
    _, comma, given = bare.partition(",")
    if comma and given.strip():
        return f"{former}, {given.strip()}"
    words = bare.split()
    return " ".join((*words[:-1], former)) if len(words) > 1 else former


def is_no_name(text: str) -> bool:
    """Say whether a cell cannot be anybody's name: no letters, a date, an address, UNKNOWN, a page."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _NO_NAMES:
        return False
    key = word_key(text)
    letters = sum(character.isalpha() for character in text)
    if letters < 2 and not (letters and script(text) not in {"Latn", "Cyrl", "Grek"}):
        return True
    digits = sum(character.isdigit() for character in text)
    return (
        key in _NO_NAMES
        or digits > letters
        or len(text) > _LONGEST
        or (bool(digits) and bool(read_date(text) or slashed_date(text)))
        or bool(_ADDRESS.search(text))
    )
