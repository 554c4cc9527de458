r"""Names as tokens of A-Z, whatever script, machine-readable zone or punctuation they came in.

Rule: other scripts are romanised letter by letter (anyascii, ISC; ICAO Doc 9303 part 3, section 6 allows a
State's own romanisation, so spelling is compared later by `skeleton`). Letters lose their marks; letters that
Doc 9303 writes with two (AE, OE, UE, SS, TH) keep one spelling here, because the skeleton brings both
spellings together. An apostrophe joins (O'NEIL is one name), a hyphen, full stop, comma or `<` parts.

>>> tokens("Abd al-Rahman O'Néill")
('ABD', 'AL', 'RAHMAN', 'ONEILL')
>>> tokens("MÜLLER<LÜDENSCHEIDT<<JÖRG<")
('MULLER', 'LUDENSCHEIDT', 'JORG')
>>> tokens("Щербаков, Ю.")
('SHCHERBAKOV', 'YU')
>>> tokens(" \u200f12 ")
()
"""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

# Letters that do not decompose into a base letter and a mark (Unicode 16, Latin-1 and Latin Extended).
_LETTERS = str.maketrans({
    "ß": "ss", "ẞ": "SS", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d",
    "Ð": "D", "ð": "d", "Þ": "TH", "þ": "th", "Ł": "L", "ł": "l", "ı": "i", "Ŋ": "N", "ŋ": "n", "Ə": "A",
    "ə": "a",
})  # fmt: skip
# ELOT 743 and Doc 9303: two Greek letters that are one sound; anyascii writes them letter by letter.
_GREEK = (("ου", "ou"), ("αυ", "av"), ("ευ", "ev"), ("μπ", "mp"), ("γγ", "ng"), ("γκ", "gk"))
# Apostrophes, ayn, hamza, soft and hard sign and their look-alikes: they join what stands beside them.
_JOINS = re.compile("['’‘ʼʻʹʺ`´′ʾʿˈ\"“”„]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PARTS = re.compile(r"[^A-Z]+")


@lru_cache(maxsize=200_000)
def tokens(written: str | None) -> tuple[str, ...]:
    """Give the tokens of a name in their order; digits and signs are no part of a name."""
    if not written:
        return ()
    text = written
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_LETTERS)
        text = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
        text = _JOINS.sub("", text)
        if not text.isascii():
            text = text.lower()
            for letters, sound in _GREEK:
                text = text.replace(letters, sound)
            text = _JOINS.sub("", _spaced(text))
    else:
        text = _JOINS.sub("", text)
    return tuple(part for part in _PARTS.split(text.upper()) if part)


def _spaced(text: str) -> str:
    """Romanise word by word; anyascii writes Han as capitalised syllables, which belong to one name."""
    return " ".join(anyascii(word) for word in re.split(r"[\s·・,]+", text))


def fold(written: str | None) -> str:
    """Give a name as tokens with single blanks: the form in which two names are compared as a whole.

    >>> fold("  Díaz-Canel ")
    'DIAZ CANEL'
    """
    return " ".join(tokens(written))


def joined(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Give the neighbours of a name written as one; the last and the first too, as fields may be swapped.

    >>> joined(("ABD", "AL", "RAHMAN"))
    ('ABDAL', 'ALRAHMAN', 'RAHMANABD')
    >>> joined(("LI",))
    ()
    """
    if len(parts) < 2:
        return ()
    pairs = [parts[at] + parts[at + 1] for at in range(len(parts) - 1)]
    if len(parts) > 2:
        pairs.append(parts[-1] + parts[0])
    return tuple(pairs)
