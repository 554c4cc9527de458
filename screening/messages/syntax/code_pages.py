r"""A message's text where its label cannot be right: which code page explains every letter.

Rule (docs/messages.md): only where the label leaves undecodable bytes or control characters (80 to 9F) in
names, or these were encoded into UTF-8 twice. Beside a label of ISO 8859 its Windows page is tried; under any
other one all pages that make letters of the right script and case of every such byte must give the same
names. Where they do not, nothing is guessed: the finding stays.

>>> explaining([b"NAD+FL+++\x8aIMUNI\xc6:\x8eELJKO"], "iso8859_1")
'cp1252'
>>> explaining(["NAD+FL+++LEFÈVRE".encode().decode("cp1252").encode()], "ascii")
'utf_8_twice'
>>> explaining([b"NAD+FL+++O\x92HADDAD"], "ascii") is None  # CP437: O, AE, HADDAD
True
>>> explaining(["NAD+FL+++D\x92ALMEIDA".encode()], "ascii")
'utf_8_of_1252'
"""

import re
import unicodedata
from collections.abc import Iterable

from screening.identity.names import comparable
from screening.messages.syntax.charsets import IN_UTF8, TWICE, decode, encoded_once, is_utf8

_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_BESIDE = {
    "iso8859_1": "cp1252",
    "iso8859_2": "cp1250",
    "iso8859_5": "cp1251",
    "iso8859_7": "cp1253",
    "iso8859_9": "cp1254",
    "iso8859_4": "cp1257",
}
_WINDOWS = ("cp1252", "cp1250", "cp1254", "cp1257")
_PAGES = (*_WINDOWS, "mac_roman", "cp437", "cp850")
_WITHIN = frozenset("’‘´`")  # an apostrophe between letters
_ESCAPED = "iso2022_jp_2"


def has_controls(text: str) -> bool:
    """Say whether a text holds control characters of the upper half, which no name has."""
    return any("\x80" <= sign <= "\x9f" for sign in text)


def explaining(pieces: Iterable[bytes], codec: str) -> str | None:
    """Return the codec that explains a message's bytes better than its label; None where the label does.

    Args:
        pieces: the message's segments of names that are not ASCII.
        codec: the label's codec.
    """
    if codec == _ESCAPED:
        return None
    odd = list(pieces)
    words = sorted({word[0] for piece in odd for word in _WORD.finditer(piece)})
    texts = [decode(word, codec) for word in words]
    if texts and all(encoded_once(text) is not None for text in texts):
        return TWICE
    if not any("\ufffd" in text or has_controls(text) for text in texts):
        return None
    coded = [word for word in words if not is_utf8(word)]  # the others are UTF-8, whatever the label
    if not coded:
        mended = [decode(word, IN_UTF8) for word in words]
        right = all(
            _fits(text, place) for text in mended for place, sign in enumerate(text) if not sign.isascii()
        )
        return IN_UTF8 if right else None
    words = coded
    beside = _BESIDE.get(codec)
    if beside is not None and _names(words, beside) is not None:
        return beside
    pages = _PAGES if beside is None else _WINDOWS
    found = {page: names for page in pages if (names := _names(words, page)) is not None}
    return next(iter(found)) if len(set(found.values())) == 1 else None


def _names(words: list[bytes], page: str) -> tuple[str, ...] | None:
    """Return the words as they are compared, read in a page; None where it does not explain them."""
    found = []
    for word in words:
        try:
            text = word.decode(page)
        except UnicodeDecodeError:
            return None
        if not all(_fits(text, place) for place, sign in enumerate(text) if not sign.isascii()):
            return None
        found.append(comparable(text))
    return tuple(found)


def _fits(text: str, place: int) -> bool:
    """Say whether a letter stands well in its word: of one script and case with those around it."""
    sign, around = text[place], text[:place] + text[place + 1 :]
    if sign in _WITHIN:
        return 0 < place < len(text) - 1
    if not sign.isalpha():
        return False
    plain = [letter for letter in around if letter.isascii()]
    if plain and not unicodedata.name(sign, "").startswith("LATIN"):
        return False
    cased = [letter for letter in around[max(0, place - 1) :] if letter.isalpha()]
    return not (cased and all(map(str.isupper, cased)) and not sign.isupper())
