"""Read PAXLST in the US dialect (version 001:000): one PDT a traveller, times in DTM+136 and DTM+132.

Trailing components of PDT drop, and one may be missing inside, so that what follows stands a place too early:
values are assigned by their shape where the number of components is not the full one, else left null.

Source: real bytes (docs/messages.md); CEDIPAX layout of the US Customs Service.

>>> name_parts(["DOE", "JANE", "Q", "590429", "F"])
('DOE', 'JANE Q', '590429', 'F', False)
>>> name_parts(["DOE", "JANE", "590429", "F"])
('DOE', 'JANE', '590429', 'F', True)
>>> document_parts(["P/X1234567", "US"])
('P', 'X1234567', '', 'US', True)
"""

import re
from functools import partial

from screening.identity.documents import document_type, normalise_number
from screening.identity.states import state_code
from screening.messages.designators import airport
from screening.messages.model import Document
from screening.messages.moments import read_moment
from screening.messages.paxlst import actions, tables
from screening.messages.paxlst.reader import PaxlstDialect, read_with
from screening.messages.paxlst.state import Fields, PaxlstState, SegmentAction, StatedValue, value
from screening.messages.syntax.envelope import MessageReading, RawMessage
from screening.profile.model import Intake
from screening.tables.codes import Role

_NAME_COMPONENTS = 5
_DOCUMENT_COMPONENTS = 3
_ROLES = {"PAX": Role.PASSENGER, "CRW": Role.CREW, "TRA": Role.TRANSIT_PASSENGER}


def _is_date(text: str) -> bool:
    compact = text.replace(" ", "")
    return compact.isascii() and compact.isdigit() and len(compact) in {6, 8}


def name_parts(components: list[str]) -> tuple[str, str, str, str, bool]:
    """Return surname, given names, birth date as sent, sex, and whether components are missing."""
    parts = [component.strip() for component in components]
    if len(parts) == _NAME_COMPONENTS and (_is_date(parts[3]) or not any(map(_is_date, parts))):
        given = f"{parts[1]} {parts[2]}".strip()
        return parts[0], given, parts[3], parts[4], False
    born = next((place for place, part in enumerate(parts) if place and _is_date(part)), None)
    names = parts[1 : born if born is not None else 3]
    after = parts[born + 1 :] if born is not None else parts[3:]
    sex = next((part for part in after if len(part) == 1), "")
    return parts[0], " ".join(filter(None, names)), parts[born] if born is not None else "", sex, True


def document_parts(components: list[str]) -> tuple[str, str, str, str, bool]:
    """Return type, number, expiry as sent, issuing state, and whether components are missing."""
    parts = [component.strip() for component in components]
    kind, slash, number = parts[0].partition("/")
    if not slash:
        kind, number = ("", kind) if len(kind) > 2 else (kind, "")
    if len(parts) == _DOCUMENT_COMPONENTS:
        return kind, number, parts[1], parts[2], False
    expiry = next((part for part in parts[1:] if _is_date(part)), "")
    state = next((part for part in parts[1:] if part.isalpha() and len(part) in {2, 3}), "")
    return kind, number, expiry, state, True


def _us_traveller(state: PaxlstState, fields: Fields) -> StatedValue | None:
    role = _ROLES.get(value(fields, 3).upper())
    traveller = state.begin_traveller(role or Role.PASSENGER)
    if role is None and value(fields, 3):
        state.note("role_unknown")
    surname, given, born, sex, missing = name_parts(fields[2] if len(fields) > 2 else [""])
    state.name(surname, given)
    state.birth(born, "")
    if sex:
        if sex.upper() in actions.SEX:
            traveller.sex = actions.SEX[sex.upper()]
        else:
            state.note("sex_unknown")
    traveller.embarkation = airport(value(fields, 4, 0)) or None
    traveller.debarkation = airport(value(fields, 4, 1)) or None
    components = fields[1] if len(fields) > 1 else [""]
    if any(component.strip() for component in components):
        lacking = _us_document(state, components)
        missing = missing or lacking
    if missing:
        state.note("pdt_components_missing")
    return None


def _us_document(state: PaxlstState, components: list[str]) -> bool:
    kind, number, expiry, issuer, missing = document_parts(components)
    inner = state_code(issuer)
    state.begin_document(Document(document_type(kind), kind.upper() or None, normalise_number(number), inner))
    if issuer and inner is None:
        state.document_state_sent = True
        state.note("document_state_unknown")
        if state.document is not None:
            state.document.state_as_sent = issuer
    if expiry and state.document is not None:
        stated = actions.ACTIONS["expiry"](state, [["DTM"], ["36", expiry]])
        if stated is not None:
            state.set_value(stated)
    return missing


def _us_moment(state: PaxlstState, fields: Fields, event: str) -> StatedValue | None:
    """Date and time are two elements here; the zone after them is not used: times are local."""
    clock = value(fields, 3)
    found = read_moment(value(fields, 2) + clock, sent=state.sent)
    for code in found.codes:
        state.note(code)
    state.times.take(event, found.at)
    return None


ACTIONS: dict[str, SegmentAction] = {
    **actions.ACTIONS,
    "us_place": actions.ACTIONS["place"],
    "us_departure": partial(_us_moment, event="departure"),
    "us_arrival": partial(_us_moment, event="arrival"),
    "us_traveller": _us_traveller,
}
US_VERSION = r"0*1:0*"
US = PaxlstDialect("us", tables.freeze(tables.US), ACTIONS)


def is_us(raw: RawMessage) -> bool:
    """Say whether a message is of the US dialect, by its version, else by its travellers in PDT."""
    if re.fullmatch(US_VERSION, raw.version):
        return True
    return not raw.version.startswith("D:") and any(piece.startswith(b"PDT") for piece in raw.pieces)


def read_us_paxlst(raw: RawMessage, intake: Intake) -> MessageReading:
    """Read a PAXLST message in the US dialect (001:000).

    Args:
        raw: segments and envelope of the message.
        intake: the profile's section; the dialect carries no sensitive free text.

    Returns:
        What it says; findings; the units that were set aside. Never raises on any bytes.
    """
    return read_with(raw, US)
