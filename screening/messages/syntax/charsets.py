r"""Character sets that a syntax identifier names, and how bytes become text when the label lies.

Rule (docs/messages.md): ASCII, then UTF-8, then the label; a byte that fits none becomes U+FFFD and the
traveller stays. Bytes of Mac Roman and code page 437 under UNOA occur in real messages, so the label is the
last witness, not the first. IATA (PNRGOV) names no set.

Source: ISO 9735-1, annex A, and the service code list, element 0001.

>>> decode(b"M\xc3\x9cLLER", "ascii"), decode(b"M\xdcLLER", codec_of("UNOC")), decode(b"M\xdcLLER", "ascii")
('MÜLLER', 'MÜLLER', 'M�LLER')
"""

import re

ASCII = "ascii"
TWICE = "utf_8_twice"  # our name for UTF-8 that was encoded into UTF-8 once more
IN_UTF8 = "utf_8_of_1252"  # code page 1252, taken for ISO 8859-1 and encoded into UTF-8
_WINDOWS_CONTROLS = {
    byte: sign for byte in range(0x80, 0xA0) if (sign := bytes([byte]).decode("cp1252", "ignore"))
}
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_LEFT_OUT = frozenset("\x81\x8d\x8f\x90\x9d")
_CODECS = {
    "UNOA": ASCII,
    "UNOB": ASCII,
    "UNOC": "iso8859_1",
    "UNOD": "iso8859_2",
    "UNOE": "iso8859_5",
    "UNOF": "iso8859_7",
    "UNOG": "iso8859_3",
    "UNOH": "iso8859_4",
    "UNOI": "iso8859_6",
    "UNOJ": "iso8859_8",
    "UNOK": "iso8859_9",
    "UNOX": "iso2022_jp_2",
    "UNOY": "utf_8",
}
ESCAPE = b"\x1b"  # opens a multi-byte run under UNOX; its bytes may look like separators


def codec_of(syntax_identifier: str) -> str:
    """Return the Python codec of a syntax identifier; ASCII where it names none."""
    return _CODECS.get(syntax_identifier.strip().upper(), ASCII)


def is_labelled(syntax_identifier: str) -> bool:
    """Say whether the identifier names a character set at all (IATA does not)."""
    return syntax_identifier.strip().upper() in _CODECS


def decode(raw: bytes, codec: str) -> str:
    """Decode bytes; a byte that nothing can read becomes U+FFFD."""
    if ESCAPE in raw and codec == "iso2022_jp_2":
        return raw.decode(codec, "replace")
    try:
        text = raw.decode("utf_8")
    except UnicodeDecodeError:
        return raw.decode("utf_8" if codec in {TWICE, IN_UTF8} else codec, "replace")
    if codec == IN_UTF8:
        return text.translate(_WINDOWS_CONTROLS)
    if codec == TWICE:
        return _BEYOND_ASCII.sub(lambda found: encoded_once(found[0]) or found[0], text)
    return text


def encoded_once(text: str) -> str | None:
    """Return a text that was taken for code page 1252 and encoded into UTF-8 again; None where it was not.

    >>> encoded_once("MÃœLLER"), encoded_once("MÜLLER"), encoded_once("MULLER")
    ('MÜLLER', None, None)
    """
    if text.isascii():
        return None
    try:
        return b"".join(map(_byte_of, text)).decode("utf_8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None


def _byte_of(sign: str) -> bytes:
    """Return the byte that code page 1252 writes; the five that it leaves out stand for themselves."""
    return sign.encode("latin_1") if sign in _LEFT_OUT else sign.encode("cp1252")


def is_utf8(raw: bytes) -> bool:
    """Say whether bytes are well-formed UTF-8."""
    try:
        raw.decode("utf_8")
    except UnicodeDecodeError:
        return False
    return True


def mask_escaped(raw: bytes) -> bytes:
    r"""Return bytes of the same length in which multi-byte runs of ISO 2022 cannot be taken for separators.

    >>> mask_escaped(b"A+\x1b$B'+\x1b(B'") == b"A+\x1b$B\x80\x80\x1b(B'"
    True
    """
    out = bytearray(raw)
    place = raw.find(ESCAPE)
    while place >= 0:
        following = raw.find(ESCAPE, place + 1)
        stop = len(raw) if following < 0 else following
        start = place + 3
        if raw[place + 1 : place + 2] == b"$":
            if raw[place + 2 : place + 3] == b"(":
                start += 1
            out[start:stop] = b"\x80" * max(0, stop - start)
        place = following
    return bytes(out)
