"""Tags in lower case, or of people with one wrong sign, are read as what they are.

ISO 9735 has tags and codes in upper case; some senders' tools lower whole segments, and a line may turn a
sign into another. Only a segment that begins a traveller is told by its shape: NAD with a role of travellers,
TIF with the type of traveller in a component.
"""

import re
from functools import lru_cache

_ROLE = rb"(?:FL|FM|DDU|DDT)"
_TAG = re.compile(rb"[ \r\n]*([a-z]{3})(?![a-z0-9])")
_CODE = re.compile(rb"[a-z]{1,3}")
_WHOLE = frozenset(  # as they should be: nearly all; none of them is one sign off NAD or TIF
    b"NAD ATT DTM LOC NAT DOC RFF FTX MEA GEI EMP TDT CNT BGM UNH UNT "
    b"TIF SSR TVL SRC RCI DAT MSG ORG EQN".split()
)


@lru_cache(maxsize=16)
def _people(element: bytes, component: bytes) -> re.Pattern[bytes]:
    sign, part = re.escape(element), re.escape(component)
    nad = rb"(?:.AD|N.D|NA.)(?=" + sign + _ROLE + sign + rb")"
    tif = rb"(?:.IF|T.F|TI.)(?=" + sign + rb"[^\x00]*" + part + rb"(?:A|C|IN|S)(?:" + part + rb"|$))"
    return re.compile(rb"(" + nad + rb")|(" + tif + rb")", re.DOTALL)


def mend_tags(pieces: list[bytes], element: bytes, component: bytes) -> tuple[list[int], list[int]]:
    """Write tags in upper case, with a qualifier behind them, and tags of people without their wrong sign.

    Args:
        pieces: segments' bytes; changed in place, all offsets stay.
        element: separator of elements.
        component: separator of components.

    Returns:
        Indices of the segments that stood in lower case, and of those with a wrong sign in the tag.
    """
    raised, mended = [], []
    for index, piece in enumerate(pieces):
        if piece[:3] in _WHOLE:
            continue
        if _TAG.match(piece) is not None:
            tag, *rest = piece.split(element, 2)
            if rest and _CODE.fullmatch(rest[0]):
                rest[0] = rest[0].upper()
            pieces[index] = element.join([tag.upper(), *rest])
            raised.append(index)
        elif (found := _people(element, component).match(piece)) is not None:
            pieces[index] = (b"NAD" if found[1] else b"TIF") + piece[3:]
            mended.append(index)
    return raised, mended
