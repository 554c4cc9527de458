"""Findings of the syntax of one message: folds, bytes outside ASCII, dangling release characters.

One finding for all segments of a kind, with their number: a file folded at 69 columns has thousands.
"""

import re

from screening.messages.finding_kinds import finding, kind_of
from screening.messages.syntax.charsets import IN_UTF8, TWICE, is_utf8, mask_escaped
from screening.messages.syntax.code_pages import explaining, has_controls
from screening.messages.syntax.segments import Offsets, Syntax, as_bytes
from screening.tables.findings import Finding

OF_BYTES = frozenset(
    {
        "line_break_in_value",
        "undecodable_byte",
        "control_character",
        "charset_label_differs",
        "dangling_release",
        "repetition_not_read",
    }
)
CODE_PAGES = {
    TWICE: "UTF-8 that was encoded twice",
    IN_UTF8: "code page 1252 that was encoded as UTF-8 by bytes",
    "mac_roman": "Mac Roman",
} | {f"cp{number}": f"code page {number}" for number in (437, 850, 1250, 1251, 1252, 1253, 1254, 1257)}
# Names alone decide the code page: landing blanks sensitive texts, and the bytes are to be read alike then.
_NAMES = (b"NAD", b"PDT", b"TIF")
_NOT_COMPARED = frozenset(
    {"utf_8", "iso2022_jp_2", TWICE, IN_UTF8}
)  # labels under which UTF-8 is right or cannot be told


def syntax_findings(
    pieces: list[bytes], starts: Offsets, syntax: Syntax, *, labelled: bool
) -> tuple[list[Finding], str | None]:
    """Look at the bytes of a message's segments.

    Args:
        pieces: segments' bytes.
        starts: their offsets.
        syntax: separators and character set.
        labelled: the syntax identifier names a character set at all.

    Returns:
        Findings, and the codec that explains the text where the label does not.
    """
    whole = b"".join(pieces)
    found: list[Finding] = []
    codec: str | None = None
    if b"\n" in whole or b"\r" in whole:
        folded = [index for index, piece in enumerate(pieces) if b"\n" in piece or b"\r" in piece]
        found += _once("line_break_in_value", folded, starts)
    if not whole.isascii():
        odd = [index for index, piece in enumerate(pieces) if not piece.isascii()]
        names = [index for index in odd if pieces[index].startswith(_NAMES)]
        codec = explaining((syntax.unfolded(pieces[index]) for index in names), syntax.codec)
        if codec is not None:
            found += _once("code_page_used", names, starts, f"Read as {CODE_PAGES.get(codec, codec)}.")
            syntax = Syntax(syntax.separators, codec, syntax.version)
        compared = labelled and syntax.codec not in _NOT_COMPARED
        found += _charset(pieces, odd, starts, syntax, compared=compared)
    release = syntax.release
    if release and release in whole:
        ended = [index for index, piece in enumerate(pieces) if piece.endswith(release)]
        dangling = [index for index in ended if _dangles(pieces[index], release)]
        found += _once("dangling_release", dangling, starts)
    repetition = as_bytes(syntax.separators.repetition)
    if repetition and repetition in whole:
        repeated = [index for index, piece in enumerate(pieces) if _repeats(piece, repetition, release)]
        found += _once("repetition_not_read", repeated, starts)
    return found, codec


def _repeats(piece: bytes, repetition: bytes, release: bytes) -> bool:
    """Say whether an element is repeated: the sign is there, and no release character frees it."""
    if repetition not in piece:
        return False
    piece = mask_escaped(piece)
    if release:
        piece = re.sub(re.escape(release) + rb"[\r\n]*.", b"", piece, flags=re.DOTALL)
    return repetition in piece


def _dangles(piece: bytes, release: bytes) -> bool:
    return (len(piece) - len(piece.rstrip(release))) // len(release) % 2 == 1


def _charset(
    pieces: list[bytes], odd: list[int], starts: Offsets, syntax: Syntax, *, compared: bool
) -> list[Finding]:
    lost: list[int] = []
    controls: list[int] = []
    relabelled: list[int] = []
    for index in odd:
        text = syntax.text(pieces[index])
        if "\ufffd" in text:
            lost.append(index)
        elif has_controls(text):
            controls.append(index)
        elif compared and is_utf8(pieces[index]):
            relabelled.append(index)
    return [
        *_once("undecodable_byte", lost, starts),
        *_once("control_character", controls, starts),
        *_once("charset_label_differs", relabelled, starts),
    ]


def _once(code: str, indices: list[int], starts: Offsets, more: str = "") -> list[Finding]:
    if not indices:
        return []
    text = " ".join(filter(None, (kind_of(code).meaning, more, f"Segments: {len(indices)}.")))
    return [finding(code, starts[indices[0]], indices[0] + 1, text)]
