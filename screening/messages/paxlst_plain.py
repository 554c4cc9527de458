"""Plain shapes of the segments that differ from traveller to traveller: names, births, numbers, locators.

Nothing here decides anything: a segment of letters and digits alone is handed to the same deed as by the
long way, without being split first; anything else (released signs, folds, further components, other
character sets) goes the long way. A test holds both ways equal.
"""

from collections.abc import Callable, Mapping

from screening.identity.documents import document_type
from screening.messages import paxlst_tables
from screening.messages.model import Document
from screening.messages.paxlst_deeds import VALUE_DEEDS, ValueDeed, name
from screening.messages.paxlst_walk import Walk
from screening.messages.syntax import Syntax
from screening.tables.codes import DocumentType

Plain = Callable[[Walk, bytes], bool]
Rows = Mapping[str, tuple[str | None, bool]]  # key to the deed's name and whether the state stays
_HEAD = 8  # `RFF+AVF:`, `DTM+329:`, `NAD+FL++`
_KINDS_KEPT = 500


def plain_values(rows: Rows, syntax: Syntax) -> dict[bytes, ValueDeed]:
    """Give the deeds of segments with one value after their qualifier, by their first eight bytes."""
    separators = syntax.separators
    heads = {
        f"{key.replace('+', separators.element)}{separators.component}".encode("latin_1"): VALUE_DEEDS[deed]
        for key, (deed, stays) in rows.items()
        if deed in VALUE_DEEDS and stays and "+" in key
    }
    return {head: deed for head, deed in heads.items() if len(head) == _HEAD}


def value_shape(heads: dict[bytes, ValueDeed]) -> Plain:
    """Give the reader of `RFF+AVF:ABC123` and its like."""

    def shape(walk: Walk, piece: bytes) -> bool:
        deed = heads.get(piece[:_HEAD])
        rest = piece[_HEAD:]
        if deed is None or not rest.isalnum():  # bytes.isalnum: ASCII letters and digits, nothing else
            return False
        deed(walk, rest.decode("ascii"))
        return True

    return shape


def name_shape(syntax: Syntax) -> Plain:
    """Give the reader of `NAD+FL+++DOE:JANE:QUINN`."""
    element, component = syntax.element, syntax.separators.component
    sign = component.encode("latin_1")
    roles = {
        (b"NAD" + element + code.encode() + element * 2): role
        for code, role in paxlst_tables.NAD_ROLE.items()
        if len(code) == 2
    }

    def shape(walk: Walk, piece: bytes) -> bool:
        role = roles.get(piece[:_HEAD])
        names = piece[_HEAD + 1 :]
        if role is None or piece[_HEAD : _HEAD + 1] != element:
            return False
        if not names.replace(sign, b"").replace(b" ", b"").isalnum():
            return False
        walk.begin_traveller(role)
        name(walk, names.decode("ascii").split(component))
        return True

    return shape


def bag_shape(syntax: Syntax) -> Plain:
    """Give the reader of `FTX+BAG+++XY123456`."""
    element = syntax.element
    head = b"FTX" + element + b"BAG" + element * 3

    def shape(walk: Walk, piece: bytes) -> bool:
        tag = piece[len(head) :]
        if walk.traveller is None or not piece.startswith(head) or not tag.isalnum():
            return False
        walk.traveller.bags += (tag.decode("ascii"),)
        return True

    return shape


def document_shape(syntax: Syntax) -> Plain:
    """Give the reader of `DOC+P:110:111+X1234567`; kinds are worked out once."""
    element, component = syntax.element, syntax.separators.component
    kinds: dict[bytes, tuple[str, DocumentType]] = {}

    def shape(walk: Walk, piece: bytes) -> bool:
        head, _, number = piece.rpartition(element)
        kind = kinds.get(head)
        if kind is None:
            written = head[4:]
            code = written.decode("latin_1").split(component, 1)[0]
            if (
                not written.replace(component.encode("latin_1"), b"").isalnum()
                or not code
                or code != code.upper()
            ):
                return False
            kind = (code, document_type(code))
            if len(kinds) < _KINDS_KEPT:
                kinds[head] = kind
        if not number.isalnum():
            return False
        walk.begin_document(Document(kind[1], kind[0], number.decode("ascii").upper()))
        return True

    return shape
