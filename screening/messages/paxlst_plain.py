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
Shape = Callable[
    [str, Syntax], tuple[bytes, Plain]
]  # key of a row to the head it is known by, and its reader
Rows = Mapping[str, tuple[str | None, bool]]  # key to the deed's name and whether the state stays
HEAD = 8  # `RFF+AVF:`, `DTM+329:`, `NAD+FL++`
_KINDS_KEPT = 500


def plain_values(rows: Rows, syntax: Syntax) -> dict[bytes, ValueDeed]:
    """Give the deeds of segments with one value after their qualifier, by their first eight bytes."""
    separators = syntax.separators
    heads = {
        f"{key.replace('+', separators.element)}{separators.component}".encode("latin_1"): VALUE_DEEDS[deed]
        for key, (deed, stays) in rows.items()
        if deed in VALUE_DEEDS and stays and "+" in key
    }
    return {head: deed for head, deed in heads.items() if len(head) == HEAD}


def name_shape(key: str, syntax: Syntax) -> tuple[bytes, Plain]:
    """Give head and reader of `NAD+FL+++DOE:JANE:QUINN`."""
    element, component = syntax.element, syntax.separators.component
    sign = component.encode("latin_1")
    role = paxlst_tables.NAD_ROLE[key[4:]]

    def shape(walk: Walk, piece: bytes) -> bool:
        names = piece[HEAD + 1 :]
        if piece[HEAD : HEAD + 1] != element or not names.isupper():
            return False
        if not names.replace(sign, b"").replace(b" ", b"").isalnum():
            return False
        parts = names.decode("ascii").split(component)
        walk.begin_traveller(role)
        if len(parts) == 2:
            walk.name(parts[0].strip(), parts[1].strip(), upper=True)
        else:
            name(walk, parts)
        return True

    return key.replace("+", element.decode("latin_1")).encode("latin_1") + element * 2, shape


def bag_shape(key: str, syntax: Syntax) -> tuple[bytes, Plain]:
    """Give head and reader of `FTX+BAG+++XY123456`."""
    element = syntax.element
    head = b"FTX" + element + b"BAG" + element * 3

    def shape(walk: Walk, piece: bytes) -> bool:
        tag = piece[len(head) :]
        if walk.traveller is None or not piece.startswith(head) or not tag.isalnum():
            return False
        walk.traveller.bags += (tag.decode("ascii"),)
        return True

    return head[:HEAD], shape


def document_shape(key: str, syntax: Syntax) -> tuple[bytes, Plain]:
    """Give head and reader of `DOC+P:110:111+X1234567`; kinds are worked out once."""
    element = syntax.element
    kinds: dict[bytes, tuple[str, DocumentType]] = {}

    def shape(walk: Walk, piece: bytes) -> bool:
        head, _, number = piece.rpartition(element)
        if not number.isalnum():
            return False
        kind = kinds.get(head)
        if kind is None:
            kind = _kind_of(head[4:], syntax.separators.component)
            if kind is None:
                return False
            if len(kinds) < _KINDS_KEPT:
                kinds[head] = kind
        walk.begin_document(Document(kind[1], kind[0], number.decode("ascii").upper()))
        return True

    return key.encode() + element, shape


def _kind_of(written: bytes, component: str) -> tuple[str, DocumentType] | None:
    """Give code and type of a document; None where its code is no plain one."""
    code = written.decode("latin_1").split(component, 1)[0]
    plain = written.replace(component.encode("latin_1"), b"").isalnum()
    return (code, document_type(code)) if plain and code and code == code.upper() else None
