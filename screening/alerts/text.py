r"""Text of alert lists: bytes to characters, and characters to what the publisher meant.

Rule (docs/alert-lists.md, "Everywhere"): direction marks go, blanks of any kind become one blank, HTML
entities are resolved, the form is NFC; apostrophes and spelling stay the publisher's.

>>> clean("\u200fal-Q\u00a0ays &amp; s\u0327on ")
'al-Q ays & şon'
>>> script("Borovenko"), script("БОРОВЕНКО"), script("عبد"), script("123")
('Latn', 'Cyrl', 'Arab', 'Zyyy')
>>> ascii_digits("٢٦/۰۲")
'26/02'
"""

import codecs
import html
import re
import unicodedata
from collections import Counter
from functools import lru_cache

from screening.alerts.damage import REPLACED, once, reread, sign_of

_MARKS = re.compile(
    "[\u200b\u200e\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f]"
)
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_ASCII_LETTER = re.compile("[A-Za-z]")
_SCRIPTS = {
    "LATIN": "Latn", "CYRILLIC": "Cyrl", "ARABIC": "Arab", "GREEK": "Grek", "HEBREW": "Hebr", "CJK": "Hani",
    "HIRAGANA": "Jpan", "KATAKANA": "Jpan", "HANGUL": "Kore", "DEVANAGARI": "Deva", "BENGALI": "Beng",
    "THAI": "Thai", "GEORGIAN": "Geor", "ARMENIAN": "Armn", "MYANMAR": "Mymr", "ETHIOPIC": "Ethi",
    "GURMUKHI": "Guru", "GUJARATI": "Gujr", "TAMIL": "Taml", "TELUGU": "Telu", "KANNADA": "Knda",
    "MALAYALAM": "Mlym", "SINHALA": "Sinh", "KHMER": "Khmr", "LAO": "Laoo", "TIBETAN": "Tibt",
    "MONGOLIAN": "Mong", "SYRIAC": "Syrc", "THAANA": "Thaa", "FULLWIDTH": "Latn",
}  # fmt: skip


def clean(text: str | None) -> str:
    """Return a value without marks, doubled blanks and entities, in NFC; spelling and signs stay."""
    if not text:
        return ""
    if text.isascii() and text.isprintable() and "&" not in text and "  " not in text:
        return text.strip()
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    if text.isascii():
        return " ".join(_MARKS.sub(" ", text).split())
    return " ".join(unicodedata.normalize("NFC", _MARKS.sub("", text)).split())


@lru_cache(maxsize=65536)
def _script_of(character: str) -> str | None:
    if not character.isalpha():
        return None
    word = unicodedata.name(character, "").split(" ", 1)[0].split("-", 1)[0]
    return _SCRIPTS.get(word, "Zzzz")


def script(text: str) -> str:
    """Return the script of most of the letters (ISO 15924); Zyyy where there is no letter."""
    if text.isascii():
        return "Latn" if _ASCII_LETTER.search(text) else "Zyyy"
    found = Counter(code for character in text if (code := _script_of(character)) is not None)
    return min(found, key=lambda code: (-found[code], code)) if found else "Zyyy"


def ascii_digits(text: str) -> str:
    """Return the text with decimal digits of any script as 0-9."""
    if text.isascii():
        return text
    return "".join(
        str(digit) if (digit := unicodedata.decimal(character, None)) is not None else character
        for character in text
    )


def word_key(text: str) -> str:
    """Return a key for looking up words of a publisher (States, column headings, kinds): no accents or signs.

    Words keep their script and their blanks, so that a sentence can be searched for them. Names of people are
    compared by `screening.identity.names`, never by this.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in plain.casefold()).split())


def decode(data: bytes, encoding: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Return a file's text and the codes of what deviated.

    UTF-8 with or without mark, UTF-16, else line by line UTF-8 or Windows-1252, which publishers call
    Latin-1:
    bytes 0x80-0x9F are typographic signs there and control characters in Latin-1. UTF-8 encoded twice is
    undone.

    Args:
        data: the file.
        encoding: what the mapping says that it was written in; a file that is UTF-8 all the same was
            misread by whoever converted it, and is read again if its names show it.
    """
    if (wide := _wide(data)) is not None:
        text = data.decode(wide, errors="replace")
        return text, ("list_encoding", *_lost(text))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _not_utf8(data, encoding)
    if text.isascii():
        return text, ()
    if encoding and codecs.lookup(encoding).name != "utf-8":
        again = reread(text, encoding)
        if again != text and _signs(text) > _signs(again):
            return again, ("list_encoding_reread", *_lost(again))
        return text, ("list_encoding_other",)
    text, mended = once(text, everywhere=encoding is None)
    return text, (("list_encoding_twice",) if mended else ()) + _lost(text)


def _wide(data: bytes) -> str | None:
    """Return the codec of two bytes a character, by its mark or by the zeros between letters."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = data[:400]
    for codec, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if len(sample) > 7 and zeros.count(0) * 10 > len(zeros) * 8:
            return codec
    return None


def _not_utf8(data: bytes, encoding: str | None) -> tuple[str, tuple[str, ...]]:
    if encoding and codecs.lookup(encoding).name != "utf-8":
        text = data.decode(encoding, errors="replace")
        return text, _lost(text)
    lines = []
    wide, single = False, False
    for line in data.removeprefix(codecs.BOM_UTF8).splitlines(keepends=True):
        try:
            lines.append(line.decode("utf-8"))
            wide |= not line.isascii()
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252", errors="replace"))
            single = True
    text = "".join(lines)
    return text, ("list_encoding", *(("list_encoding_mixed",) if wide and single else ()), *_lost(text))


def _lost(text: str) -> tuple[str, ...]:
    return ("list_characters_lost",) if REPLACED in text else ()


def _signs(text: str) -> int:
    """Return how many words of a text show a wrong code page."""
    return sum(sign_of(word) is not None for word in set(text.split()) if not word.isascii())
