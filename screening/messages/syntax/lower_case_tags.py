"""Tags in lower case are read as what they are: a listed traveller may stand behind `nad+fl`.

ISO 9735 has tags and codes in upper case; some senders' tools lower whole segments.
"""

import re

_TAG = re.compile(rb"[ \r\n]*([a-z]{3})(?![a-z0-9])")
_CODE = re.compile(rb"[a-z]{1,3}")


def raise_tags(pieces: list[bytes], element: bytes) -> list[int]:
    """Write lower-case tags, and lower-case qualifiers behind them, in upper case; all offsets stay.

    Args:
        pieces: segments' bytes; changed in place.
        element: separator of elements.

    Returns:
        Indices of the segments that were changed.
    """
    found = []
    for index, piece in enumerate(pieces):
        if not piece[:1].islower() and not piece[:1].isspace():  # nearly all
            continue
        if _TAG.match(piece) is None:
            continue
        tag, *rest = piece.split(element, 2)
        if rest and _CODE.fullmatch(rest[0]):
            rest[0] = rest[0].upper()
        pieces[index] = element.join([tag.upper(), *rest])
        found.append(index)
    return found
