"""UN alias elements that hold more than a name: several names, another script in brackets, whole sentences.

Rule: what stands between semicolons are names of their own. Brackets in another script are names in that
script. A name with other brackets, or with ", born …" behind it, stays as published; beside it stands the
bare name as `derived`, because a matcher that waits for the bracket misses the person.

>>> [(p.text, p.kind and p.kind.value) for p in pieces_of("Fazel Rahim; Fazil Rahim")]
[('Fazel Rahim', None), ('Fazil Rahim', None)]
>>> [(p.text, p.kind and p.kind.value) for p in pieces_of("Amir Khazmat (original script: Амир Хазмат)")]
[('Amir Khazmat', None), ('Амир Хазмат', 'original_script')]
>>> [(p.text, p.kind and p.kind.value) for p in pieces_of("حسن غول (Hassan Ghul; Hassan Gul)")]
[('حسن غول', 'original_script'), ('Hassan Ghul', None), ('Hassan Gul', None)]
>>> [(p.text, p.kind and p.kind.value) for p in pieces_of("Encep Nurjaman (birth name)")]
[('Encep Nurjaman (birth name)', None), ('Encep Nurjaman', 'derived')]
>>> [(p.text, p.kind and p.kind.value) for p in pieces_of("Khairkhwa, born in Kandahar on 01 Jan.1967")]
[('Khairkhwa, born in Kandahar on 01 Jan.1967', None), ('Khairkhwa', 'derived')]
"""

import re
from dataclasses import dataclass

from screening.alerts.text import clean, script
from screening.tables.codes import NameKind

_BRACKET = re.compile(r"\(([^()]*)\)")
_TAIL = re.compile(r",?\s+(?:born|son of|previously|formerly|listed as)\b.*$", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:original script|transliterations?|الكنية)\s*:?\s*", re.IGNORECASE)
_NOTE = re.compile(r"original script\s*:\s*(.+)$", re.IGNORECASE)
_TRANSLITERATIONS = re.compile(
    r"^\s*(?:transliterations?\s*:\s*)?(?P<names>.+?)(?:\s*\(transliterations? of.*)?$", re.IGNORECASE
)
_LATIN = re.compile(r"[A-Za-z]")
_NOT_A_NAME = re.compile(
    r"[0-9]|passport|identi|previously|formerly|listed|nom de guerre|combat|birth|spelling|alias|translation|"
    r"mother|father|son of|brother|appears|address|nationality|language|script|used|name",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AliasPiece:
    """One name of an alias element; `kind` None takes the kind of the element's quality."""

    text: str
    kind: NameKind | None


def _is_latin(text: str) -> bool:
    return script(text) in {"Latn", "Zyyy"}


def _trim(text: str) -> str:
    return text.strip(" ,;:")


def _of_one(text: str) -> list[AliasPiece]:
    """Return the names of a piece without semicolons outside brackets."""
    foreign: list[AliasPiece] = []
    inside: list[AliasPiece] = []
    bare = text
    for bracket in _BRACKET.finditer(text):
        content = _trim(_PREFIX.sub("", bracket[1].strip()))
        if content and not _is_latin(content):
            foreign.append(AliasPiece(content, NameKind.ORIGINAL_SCRIPT))
            bare = bare.replace(bracket[0], " ")
        elif content and not _is_latin(_BRACKET.sub("", text)):
            inside.extend(AliasPiece(_trim(part), None) for part in content.split(";") if _trim(part))
            bare = bare.replace(bracket[0], " ")
    bare = _trim(clean(bare))
    if not _is_latin(bare):
        return [AliasPiece(bare, NameKind.ORIGINAL_SCRIPT if inside else None), *inside, *foreign]
    pieces = [AliasPiece(bare, None)] if bare else []
    core = _trim(clean(_TAIL.sub("", _BRACKET.sub(" ", bare).replace('"', " ").strip(") "))))
    if core and core != bare:
        pieces.append(AliasPiece(core, NameKind.DERIVED))
    if core.count(",") > 1:  # "A, B, C, D" are four spellings, "SURNAME, Given" is one
        pieces.extend(AliasPiece(_trim(part), NameKind.DERIVED) for part in core.split(",") if _trim(part))
    return [*pieces, *foreign]


def _outside(text: str) -> list[str]:
    """Part at semicolons that stand in no bracket."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == ";" and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part for part in map(_trim, parts) if part]


def pieces_of(written: str, note: str = "") -> list[AliasPiece]:
    """Return the names in an alias element and in its note.

    Args:
        written: ALIAS_NAME, cleaned.
        note: NOTE of the same element; spellings and the original script may hide in it.

    Returns:
        At least one piece unless `written` holds no letter or digit; the first is the element's own.
    """
    pieces = [piece for part in _outside(written) for piece in _of_one(part)]
    if original := _NOTE.search(note):
        pieces.append(AliasPiece(_trim(original[1]), NameKind.ORIGINAL_SCRIPT))
    elif note and (not _LATIN.search(written) or "transliteration" in note.lower()):
        names = _TRANSLITERATIONS.match(note)
        for part in re.split(r"[;,]", names["names"] if names else ""):
            text = _trim(part.split(")")[0].split("(")[0])
            if text and _is_latin(text) and not _NOT_A_NAME.search(text):
                pieces.append(AliasPiece(text, NameKind.DERIVED))
    return list(dict.fromkeys(pieces))
