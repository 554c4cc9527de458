r"""Characters that a wrong code page left behind: found by their signs, and undone where it is certain.

Rule: text that was encoded as UTF-8 twice is mended, if that explains every sign of the file beyond ASCII: a
run of such signs is valid UTF-8 by chance only. Everything else is told by record and mended by `encoding` in
the mapping, which names what the bytes were before somebody misread them. Sources: WHATWG Encoding Standard
(windows-1252 maps all 256 bytes), Unicode general categories.

>>> sign_of("Müller"), sign_of("Dvořák"), sign_of("O’Brien"), sign_of("Mª José"), sign_of("DE LA PEÑA")
(None, None, None, None, None)
>>> sign_of("MŸller"), sign_of("¯ó³kiewski"), sign_of("Pe?a"), sign_of("KovaÄ\x8deviÄ‡") is None
('a capital inside a word', 'a symbol inside a word', 'a question mark inside a word', False)
>>> once("MÃ¼ller JosÃ© Å\xa0imiÄ‡"), once("Müller José")
(('Müller José Šimić', True), ('Müller José', False))
>>> reread("MŸller", "mac_roman"), reread("¯ó³kiewski", "cp1250")
('Müller', 'Żółkiewski')
"""

import re
from collections.abc import Sequence

REPLACED = "\ufffd"
_RUN = re.compile(r"[^\x00-\x7f]+")
# pages as which UTF-8 is misread, in the order of how often
_MISREAD = ("cp1252", "mac_roman", "cp1250", "cp850", "cp437", "cp1251", "cp1254")
CANDIDATES = (
    "cp1250", "mac_roman", "cp1254", "cp1251", "cp1257", "iso8859_2", "cp852", "cp850", "cp437", "cp1253",
    "cp1256", "cp866", "koi8_r", "mac_latin2",
)  # fmt: skip
_SYMBOLS = "¡¢£¤¥¦§¨©«¬®¯°±²³µ¶¸¹»¼½¾¿×÷†‡ˆ‰‹›€„…˜™√∞≈∆◊⁄∫Ω∂∏π∑≠≤≥"
_LETTER = r"[^\W\d_]"
_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("characters that were lost", re.compile(REPLACED)),
    ("control characters", re.compile("[\x80-\x9f]")),
    (
        "a question mark inside a word",
        re.compile(rf"{_LETTER}\?(?={_LETTER})|(?<![^\W\d_])\?(?={_LETTER}{{2}})"),
    ),
    (
        "a symbol inside a word",
        re.compile(rf"{_LETTER}[{_SYMBOLS}]|[{_SYMBOLS}]{_LETTER}|[ªº]{_LETTER}|[a-zß-ÿ][–—][a-zß-ÿ]"),
    ),
    ("box drawing", re.compile("[\u2500-\u259f]")),
    (
        "a capital inside a word",
        re.compile(r"[a-z]{2}[À-ÖØ-ÞŒŠŸŽ](?![A-Z])|(?<![^\W\d_])[A-Z][ÀŸŽŠŒ][a-z]{2}"),
    ),
    (
        "letters that stand together in no language",
        re.compile(r"[ieoaè]æ\b|[aeiou]è[a-z]|[ií]ø|øí|[a-z]ì[a-z]|[bcdfghjklmnpqrstvz]ù[a-z]"),
    ),
)  # fmt: skip


def _bytes(text: str, page: str) -> bytes | None:
    """Return the bytes of a code page; those that it leaves undefined stand for themselves."""
    out = bytearray()
    for character in text:
        try:
            out += character.encode(page)
        except UnicodeEncodeError:
            if not 0x80 <= ord(character) <= 0x9F:
                return None
            out.append(ord(character))
    return bytes(out)


def _undone(run: str, page: str) -> str | None:
    """Return a run as it was before its second encoding, lost bytes as U+FFFD; None where there was none."""
    data = _bytes(run, page)
    if data is None or len(data) < 2:
        return None
    better = data.decode("utf-8", errors="replace")
    return better if len(better) < len(run) and better.strip(REPLACED) else None


def once(text: str, *, everywhere: bool = True) -> tuple[str, bool]:
    """Undo a second encoding as UTF-8.

    Args:
        text: decoded once.
        everywhere: mend only where it explains eight of ten runs of signs, the rest in part, beyond
            ASCII; else whatever can be mended is.

    Returns:
        The text and whether it was mended; what was lost on the way is U+FFFD.
    """
    runs = set(_RUN.findall(text))
    for page in _MISREAD if runs else ():
        undone = {run: better for run in runs if (better := _undone(run, page)) is not None}
        whole = {run for run, better in undone.items() if REPLACED not in better}
        if not everywhere:
            undone = {r: better for r, better in undone.items() if better.count(REPLACED) * 2 <= len(better)}
        if whole and (not everywhere or (len(undone) == len(runs) and len(whole) * 10 >= len(runs) * 8)):
            return _RUN.sub(lambda run, found=undone: found.get(run[0], run[0]), text), True  # type: ignore[misc]
    return text, False


def reread(text: str, encoding: str, misread_as: str = "cp1252") -> str:
    """Return text that was read by another code page than it was written in, read by its own."""

    def again(run: re.Match[str]) -> str:
        data = _bytes(run[0], misread_as)
        return run[0] if data is None else data.decode(encoding, errors="replace")

    return _RUN.sub(again, text)


def sign_of(text: str) -> str | None:
    """Return the sign of a wrong code page in a name, in words; None where there is none."""
    if text.isascii() and "?" not in text:
        return None
    for words, pattern in _SIGNS:
        if pattern.search(text):
            return words
    if any(REPLACED not in (_undone(run, "cp1252") or REPLACED) for run in _RUN.findall(text)):
        return "UTF-8 that was read as another code page"
    return None


def likely_pages(names: Sequence[str]) -> tuple[str, ...]:
    """Return the code pages as which names show no sign any more, likeliest first; at most three."""
    found = []
    for page in CANDIDATES:
        better = [reread(name, page) for name in names]
        if all(sign_of(name) is None and REPLACED not in name for name in better):
            found.append(page)
    return tuple(found[:3])
