"""Findings of the syntax of one message: folds, bytes outside ASCII, dangling release characters.

One finding for all segments of a kind, with their number: a file folded at 69 columns has thousands.
"""

import re

from screening.messages.finding_kinds import finding, kind_of
from screening.messages.syntax.charsets import is_utf8, mask_escaped
from screening.messages.syntax.segments import Offsets, Syntax, as_bytes
from screening.tables.findings import Finding

OF_BYTES = frozenset(
    {
        "line_break_in_value",
        "undecodable_byte",
        "charset_label_differs",
        "dangling_release",
        "repetition_not_read",
    }
)
_NOT_COMPARED = frozenset({"utf_8", "iso2022_jp_2"})  # labels under which UTF-8 is right or cannot be told


def syntax_findings(pieces: list[bytes], starts: Offsets, syntax: Syntax, *, labelled: bool) -> list[Finding]:
    """Look at the bytes of a message's segments.

    Args:
        pieces: segments' bytes.
        starts: their offsets.
        syntax: separators and character set.
        labelled: the syntax identifier names a character set at all.
    """
    whole = b"".join(pieces)
    found: list[Finding] = []
    if b"\n" in whole or b"\r" in whole:
        folded = [index for index, piece in enumerate(pieces) if b"\n" in piece or b"\r" in piece]
        found += _once("line_break_in_value", folded, starts)
    if not whole.isascii():
        found += _charset(pieces, starts, syntax, compared=labelled and syntax.codec not in _NOT_COMPARED)
    release = syntax.release
    if release and release in whole:
        ended = [index for index, piece in enumerate(pieces) if piece.endswith(release)]
        dangling = [index for index in ended if _dangles(pieces[index], release)]
        found += _once("dangling_release", dangling, starts)
    repetition = as_bytes(syntax.separators.repetition)
    if repetition and repetition in whole:
        repeated = [index for index, piece in enumerate(pieces) if _repeats(piece, repetition, release)]
        found += _once("repetition_not_read", repeated, starts)
    return found


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


def _charset(pieces: list[bytes], starts: Offsets, syntax: Syntax, *, compared: bool) -> list[Finding]:
    lost: list[int] = []
    relabelled: list[int] = []
    for index, piece in enumerate(pieces):
        if piece.isascii():
            continue
        if "\ufffd" in syntax.text(piece):
            lost.append(index)
        elif compared and is_utf8(piece):
            relabelled.append(index)
    return [*_once("undecodable_byte", lost, starts), *_once("charset_label_differs", relabelled, starts)]


def _once(code: str, indices: list[int], starts: Offsets) -> list[Finding]:
    if not indices:
        return []
    text = f"{kind_of(code).meaning} Segments: {len(indices)}."
    return [finding(code, starts[indices[0]], indices[0] + 1, text)]
