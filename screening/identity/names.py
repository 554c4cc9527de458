r"""Names as tokens of A-Z, whatever script, machine-readable zone or punctuation they came in.

Rule: other scripts are romanised letter by letter (anyascii, ISC; ICAO Doc 9303 part 3, section 6 allows a
State's own romanisation, so spelling is compared later by `skeleton`). Letters lose their marks; letters that
Doc 9303 writes with two (AE, OE, UE, SS, TH) keep one spelling here, because the skeleton brings both
spellings together. An apostrophe joins (O'NEIL is one name), a hyphen, full stop, comma or `<` parts. A
question mark in a word stands for a letter that an earlier system could not write, and what it read in the
wrong code page is put right where no name is written so (£ukasz, iæ). `S/O`, `A/L` lead to the father;
`C/` is Somali for CABDI.

All that compares names uses `tokens`, or `comparable`, which is the same as one word.

>>> tokens("Abd al-Rahman O'Néill")
('ABD', 'AL', 'RAHMAN', 'ONEILL')
>>> tokens("MÜLLER<LÜDENSCHEIDT<<JÖRG<")
('MULLER', 'LUDENSCHEIDT', 'JORG')
>>> tokens("Щербаков, Ю.")
('SHCHERBAKOV', 'YU')
>>> tokens("Pe?a £ukasiewicz Kovaèeviæ"), tokens("Mª Carmen")
(('PEA', 'LUKASIEWICZ', 'KOVACEVIC'), ('MA', 'CARMEN'))
>>> tokens("RAJU A/L MANI"), tokens("C/raxmaan")
(('RAJU', 'MANI'), ('CABDIRAXMAAN',))
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
_JOINS = re.compile("['’‘ʼʻʹʺ`´′ʾʿˈ\"“”„?\ufffd]")
# Code page 1250 read as 1252, where the result is no letter of names, or stands where it can't.
_MISREAD = tuple(
    (re.compile(pattern), letter)
    for pattern, letter in (
        ("£", "Ł"),
        ("³", "ł"),
        (r"(?<!\w)ª(?=\w)", "Ş"),
        (r"(?<=\w)º(?=\w)", "ş"),
        (r"(?<=[aei])è(?=[aeiou])", "č"),
        (r"(?<=i)æ\b", "ć"),
        (r"(?<!\w)È(?=[aeiouy])", "Č"),
        (r"(?<=[aeiou])ø(?=[aeiouí])", "ř"),
    )
)
_MARKS = re.compile(r"(?<![A-Z])(?:[SDW]/O|A/[LP])(?![A-Z])", re.IGNORECASE)
_ABDI = re.compile(r"(?<![A-Z])C/(?=[A-Z])", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Kana: KA and GA differ by a mark, which is no accent.
_VOICED = "\u3099\u309a"
_PARTS = re.compile(r"[^A-Z]+")
_SIGNS = re.compile(r"[^A-Z0-9]+")
_DIGRAPHS = re.compile(r"([AOU])E|(?<=A)A|(?<=[UN])XX")


@lru_cache(maxsize=200_000)
def tokens(written: str | None) -> tuple[str, ...]:
    """Return the tokens of a name in their order; digits and signs are no part of a name."""
    return tuple(part for part in _PARTS.split(_plain(written)) if part) if written else ()


@lru_cache(maxsize=65536)
def comparable(written: str | None) -> str:
    """Return a name as one word: its tokens joined, with the digits that stand among them.

    Two names are equal as a whole when this is: senders fold lines inside names, and write `O'LEARY`,
    `OLEARY` and `O LEARY` for one (docs/messages.md). Digits stay, because they alone tell apart what stands
    in for names that are not known (`INFANT 1`, `INFANT 2`). Where nothing can be romanised (anyascii
    knows not every Han character), the name's own letters are kept: else all such names
    would be equal, or absent.

    >>> comparable("O'Leary"), comparable("Müller-Lüdenscheidt"), comparable("TBA 2"), comparable(None)
    ('OLEARY', 'MULLERLUDENSCHEIDT', 'TBA2', '')
    """
    if not written:
        return ""
    if written.isascii() and "/" not in written:
        return _SIGNS.sub("", written.upper())
    romanised = _SIGNS.sub("", _plain(written))
    return romanised or "".join(filter(str.isalnum, unicodedata.normalize("NFKC", written).upper()))


@lru_cache(maxsize=65536)
def merge_transliterations(name: str) -> str:
    """Return a comparable name as it is in all transliterations of ICAO Doc 9303 (part 3, section 6).

    A document writes Ö as OE or O, Ü as UE, UXX or U, Å as AA or A, Ñ as N or NXX; a message may carry the
    letter itself, and API and PNR of one traveller need not agree about it. Finer than a `skeleton`: what is
    equal here is taken for one name, what has a skeleton in common is only weighed.

    >>> merge_transliterations("OESTERGAARD") == merge_transliterations("OSTERGARD")
    True
    >>> merge_transliterations("MUXXLLER")
    'MULLER'
    """
    return _DIGRAPHS.sub(r"\1", name)


def _plain(written: str) -> str:
    """Romanise in upper case; signs that join are gone, other signs and blanks still stand."""
    text = _ABDI.sub("CABDI", _MARKS.sub(" ", written)) if "/" in written else written
    if not text.isascii():
        for pattern, letter in _MISREAD:
            text = pattern.sub(letter, text)
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_LETTERS)
        text = "".join(
            sign
            for sign in unicodedata.normalize("NFD", text)
            if not unicodedata.combining(sign) or sign in _VOICED
        )
        text = _JOINS.sub("", text)
        if not text.isascii():
            text = unicodedata.normalize("NFC", text).lower()
            for letters, sound in _GREEK:
                text = text.replace(letters, sound)
            text = _spaced(text)
    return _JOINS.sub("", text).upper()


def _spaced(text: str) -> str:
    """Romanise word by word; anyascii writes Han as capitalised syllables, which belong to one name."""
    return " ".join(anyascii(word) for word in re.split(r"[\s·・,]+", text))


def joined(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the neighbours of a name written as one; the last and the first too, as fields may be swapped.

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
