r"""Segments that state what the profile does not let be kept: emptied before anybody reads them.

An allow-list (profile, intake.elements): where it stands, what it does not name goes, segments of no element
too. Landing blanks their values; tag and qualifier stay, so that a re-run finds and counts the same ones.
A segment that states several elements at once (PDT of the US dialect, TIF) is read, and what may not be kept
is dropped after (`drop_elements`).

Source: Directive (EU) 2016/681 art. 6(1) and annex I: other data are deleted upon receipt.

>>> element_of_api("DTM", "329"), element_of_api("NAD", "FL"), element_of_api("COM", "")
('date_of_birth', None, 'other')
>>> element_of_pnr("SSR", "FQTV"), element_of_pnr("TIF", ""), element_of_pnr("FOP", "CC")
('frequent_flyer', None, 'payment')
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from screening.messages.model import Message
from screening.messages.syntax.envelope import RawMessage
from screening.messages.syntax.segments import as_bytes, tag_of
from screening.messages.syntax.text_findings import OF_BYTES, syntax_findings
from screening.profile.mandate import Elements
from screening.tables.codes import ApiElement, PnrElement, Source
from screening.tables.findings import Finding

OTHER = "other"
_TAG = 9  # bytes in which a tag ends, a fold in it included
_LETTERS = 3
_CODE = 4  # letters of a qualifier at most; what is longer is a value
_API = {
    "ATT": "sex",
    "DTM+329": "date_of_birth",
    "DTM+36": "document",
    "DOC": "document",
    "LOC+91": "document",
    "LOC+174": "residence",
    "NAT": "nationality",
    "RFF+AVF": "locator",
    "RFF+SEA": "seat",
    "FTX+BAG": "baggage",
}
_API_STRUCTURE = frozenset({"NAD", "TDT", "CNT", "UNT", "UNS", "LOC+178", "LOC+179", "RFF+ABO"})
_PNR = {
    "ADD": "contact",
    "FOP": "payment",
    "FTI": "frequent_flyer",
    "ORG": "agency",
    "TKT": "ticket",
    "MON": "ticket",
    "PTK": "ticket",
    "TXD": "ticket",
    "FAR": "ticket",
    "SSD": "seat",
    "TBD": "baggage",
    "EBD": "baggage",
    "IFT": "remarks",
    "LTS": "remarks",
}
_PNR_STRUCTURE = frozenset(
    {"UNH", "UNT", "SRC", "RCI", "TIF", "TVL", "TRA", "RPI", "DAT", "TRI", "EQN", "MSG", "REF", "APD"}
    | {"ABI", "SAC"}
)
_SERVICES = {"TKN": "ticket", "FQT": "frequent_flyer", "CTC": "contact", "DOC": "api"}
_SEATS = frozenset({"SEAT", "NSST", "RQST", "NSSA", "NSSB", "NSSW", "SMST"})
_CONTACT_IN = frozenset({"OTHS", "OSI", "RMKS"})  # their texts may hold a contact: the reader looks
# Their first value is a code.
_QUALIFIED = frozenset({"NAD", "ATT", "DTM", "LOC", "NAT", "RFF", "FTX", "SSR"})
_HISTORY = frozenset({"ABI", "SAC"})
_AFTER_HISTORY = frozenset({"SRC", "RCI", "UNT"})


# What is a message or a segment hangs together with the text here: blanked, it would be read otherwise.
_DAMAGED = frozenset(
    {"unh_damaged", "unb_damaged", "unb_separators_differ", "tag_mended", "unt_missing"}
    | {"last_segment_unterminated", "terminator_lost", "terminator_typographic_or_lost"}
)


def is_damaged(findings: Iterable[Finding]) -> bool:
    """Say whether a message is too damaged for anything of its text to be taken out."""
    return any(one.code in _DAMAGED for one in findings)


@dataclass(slots=True)
class Withheld:
    """What was emptied of a message.

    Attributes:
        spans: (offset, length) of the values, to blank.
        counts: segments by element.
    """

    spans: list[tuple[int, int]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def element_of_api(tag: str, qualifier: str) -> str | None:
    """Return the element that a segment of a traveller states; None where it builds the message."""
    qualified = f"{tag}+{qualifier}"
    if tag in _API_STRUCTURE or qualified in _API_STRUCTURE:
        return None
    return _API.get(qualified) or _API.get(tag) or OTHER


def element_of_pnr(tag: str, qualifier: str) -> str | None:
    """Return the element that a segment of a booking states; None where it builds the message."""
    if tag in _PNR_STRUCTURE:
        return None
    if tag == "SSR":
        return "seat" if qualifier in _SEATS else _SERVICES.get(qualifier[:3], "remarks")
    return _PNR.get(tag, OTHER)


def withhold(raw: RawMessage, source: Source, elements: Elements) -> Withheld:
    """Empty the segments that state what may not be kept; changes the message's pieces.

    Args:
        raw: the message.
        source: API or PNR.
        elements: the profile's section; without a list for this source nothing is done.
    """
    found = Withheld()
    if is_damaged(raw.findings):
        return found
    permitted = elements.api if source is Source.API else elements.pnr
    if not permitted:
        return found
    for index, element, kept in _stated(raw, source, frozenset(map(str, permitted))):
        piece, start = raw.pieces[index], raw.starts[index]
        found.counts[element] += 1
        if len(piece) > kept:
            found.spans.append((start + kept, len(piece) - kept))
        raw.pieces[index] = b""
    if found.counts:
        look_again(raw)
    return found


def look_again(raw: RawMessage) -> None:
    """Look at a message's bytes again, those left out that landing blanks: a re-run must find the same."""
    if any(one.code in OF_BYTES for one in raw.findings):
        fresh, _ = syntax_findings(raw.pieces, raw.starts, raw.syntax, labelled=raw.labelled)
        raw.findings = [one for one in raw.findings if one.code not in OF_BYTES] + fresh


def _stated(raw: RawMessage, source: Source, permitted: Collection[str]) -> Iterator[tuple[int, str, int]]:
    """Yield segments that may not be kept: index, element, and how many bytes of it stay."""
    inside = history = False
    for index in range(1, len(raw.pieces)):
        tag, qualifier, kept = head(raw, index)
        if source is Source.API:
            inside = begins_traveller(tag, qualifier) or (inside and tag != "TDT")
            element = element_of_api(tag, qualifier) if inside else None
        else:
            inside = inside or tag == "SRC"
            history = tag in _HISTORY or (history and tag not in _AFTER_HISTORY)
            element = element_of_pnr(tag, qualifier) if inside else None
            if history:
                element = "changes" if "changes" not in permitted else element
            if element == "remarks" and "contact" in permitted and (tag == "IFT" or qualifier in _CONTACT_IN):
                element = None
        if element is not None and element not in permitted:
            yield index, element, kept


def head(raw: RawMessage, index: int) -> tuple[str, str, int]:
    """Return a segment's tag, its qualifier, and the bytes of both: the same when these alone are left."""
    piece, element = raw.pieces[index], raw.syntax.element
    tag = tag_of(piece[:_TAG], element)
    first = piece.find(element)
    shown = len((piece if first < 0 else piece[:first]).rstrip())  # without a value: landing has blanked it
    if not (shown <= _TAG and len(tag) == _LETTERS and tag.isalpha()):
        return "", "", 1  # no tag: of more, what is left could be taken for one
    if first < 0 or tag not in _QUALIFIED:
        return tag, "", shown
    begin = first + len(element)
    ends = [piece.find(sign, begin) for sign in (element, as_bytes(raw.separators.component)) if sign]
    end = min([place for place in ends if place >= 0], default=len(piece))
    qualifier = piece[begin:end].decode("latin_1").strip()
    if len(qualifier) > _CODE:
        return tag, "", shown
    return tag, qualifier, begin + len(piece[begin:end].rstrip())


def begins_traveller(tag: str, qualifier: str) -> bool:
    """Say whether a segment of PAXLST begins a traveller."""
    return tag == "PDT" or (tag == "NAD" and qualifier in {"FL", "FM", "DDU", "DDT"})


def drop_elements(message: Message, elements: Elements) -> None:
    """Drop what segments of several elements stated and may not be kept; changes the message.

    Args:
        message: as read.
        elements: the profile's section.
    """
    permitted = elements.api if message.source is Source.API else elements.pnr
    if permitted is None:
        return
    lacks = _lacking(message.source, frozenset(map(str, permitted)))
    facts = [fact for element, facts in _FACTS.items() if element in lacks for fact in facts]
    for traveller in message.travellers:
        for name, nothing in facts:
            setattr(traveller, name, nothing)
        if ApiElement.DOCUMENT in lacks:
            traveller.documents = []
        if ApiElement.SEAT in lacks:
            traveller.seats = {}
    facts = [fact for element, facts in _BOOKING_FACTS.items() if element in lacks for fact in facts]
    for booking in message.bookings:
        for name, nothing in facts:
            setattr(booking, name, nothing)


_FACTS: dict[str, tuple[tuple[str, object], ...]] = {
    "date_of_birth": (
        ("date_of_birth", None),
        ("birth_as_sent", None),
        ("birth_part", None),
        ("other_births", ()),
    ),
    "sex": (("sex", None), ("other_sexes", ())),
    "nationality": (("nationality", None), ("nationality_as_sent", None), ("other_nationalities", ())),
    "residence": (("residence", None),),
    "locator": (("locator", None),),
    "baggage": (("bags", ()),),
}
_BOOKING_FACTS: dict[str, tuple[tuple[str, object], ...]] = {
    "booked": (("booked", None),),
    "agency": (("agency", None),),
    "fellow_travellers": (("party_size", None),),
    "split": (("split_from", None), ("other_locators", ())),
}
_OF_API = frozenset({"date_of_birth", "sex", "nationality", "residence", "document"})


def _lacking(source: Source, permitted: frozenset[str]) -> frozenset[str]:
    if source is Source.API:
        return frozenset(map(str, ApiElement)) - permitted
    lacks = frozenset(map(str, PnrElement)) - permitted
    return lacks | _OF_API if PnrElement.API in lacks else lacks
