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

_MARKS = re.compile(
    "[\u200b\u200e\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad\x00-\x08\x0e-\x1f\x7f]"
)
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_SCRIPTS = {
    "LATIN": "Latn", "CYRILLIC": "Cyrl", "ARABIC": "Arab", "GREEK": "Grek", "HEBREW": "Hebr", "CJK": "Hani",
    "HIRAGANA": "Jpan", "KATAKANA": "Jpan", "HANGUL": "Kore", "DEVANAGARI": "Deva", "BENGALI": "Beng",
    "THAI": "Thai", "GEORGIAN": "Geor", "ARMENIAN": "Armn", "MYANMAR": "Mymr", "ETHIOPIC": "Ethi",
    "GURMUKHI": "Guru", "GUJARATI": "Gujr", "TAMIL": "Taml", "TELUGU": "Telu", "KANNADA": "Knda",
    "MALAYALAM": "Mlym", "SINHALA": "Sinh", "KHMER": "Khmr", "LAO": "Laoo", "TIBETAN": "Tibt",
    "MONGOLIAN": "Mong", "SYRIAC": "Syrc", "THAANA": "Thaa", "FULLWIDTH": "Latn",
}  # fmt: skip


def clean(text: str | None) -> str:
    """Give a value without marks, doubled blanks and entities, in NFC; spelling and signs stay."""
    if not text:
        return ""
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
    """Give the script of most of the letters (ISO 15924); Zyyy where there is no letter."""
    found = Counter(code for character in text if (code := _script_of(character)) is not None)
    return min(found, key=lambda code: (-found[code], code)) if found else "Zyyy"


def ascii_digits(text: str) -> str:
    """Give the text with decimal digits of any script as 0-9."""
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


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Give a file's text and the codes of what deviated.

    UTF-8 with or without mark, UTF-16 with mark, else Windows-1252, which publishers call Latin-1: bytes
    0x80-0x9F are typographic signs there and control characters in Latin-1.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", errors="replace")
        return text, ("list_encoding", *(("list_characters_lost",) if "\ufffd" in text else ()))
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
        return text, ("list_encoding", *(("list_characters_lost",) if "\ufffd" in text else ()))
