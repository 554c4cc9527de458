"""What a step of the PAXLST tables does with a segment: one small function each.

An action that only reads a value returns it (attribute and value): it is read once for the same bytes. One
that changes anything else, or found something wrong, returns None.
"""

from functools import partial

from screening.identity.documents import document_type, is_document_type, normalise_number
from screening.identity.states import state_code, state_named
from screening.messages.cached import expiry_date
from screening.messages.designators import airport, designator
from screening.messages.model import Document
from screening.messages.moments import read_moment
from screening.messages.paxlst import tables
from screening.messages.paxlst.legs import Flight, Place
from screening.messages.paxlst.state import Fields, PaxlstState, SegmentAction, StatedValue, value
from screening.messages.syntax.segments import whole_number
from screening.tables.codes import Action, Function, Role, Sex

_STATE_CODE = 3  # letters at most
SEX = {"M": Sex.MALE, "F": Sex.FEMALE, "X": Sex.UNSPECIFIED, "U": None}


def _function(state: PaxlstState, fields: Fields) -> StatedValue | None:
    message = state.message
    code, action_code = value(fields, 1), value(fields, 2).upper()
    function = tables.BGM_FUNCTION.get(code)
    if function is None:
        state.note("bgm_code_unknown")
        function = Function.PASSENGERS
    action = tables.BGM_ACTION.get(action_code)
    if action is None:
        state.note("bgm_code_unknown")
        action = Action.FULL
    if function is Function.FLIGHT_STATUS and action is Action.FULL:
        action = Action.UPDATE  # a status alone replaces no manifest
    if value(fields, 3) == tables.BGM_CANCELS:
        action = Action.CANCEL
    message.function, message.action = function, action
    return None


def _transaction(state: PaxlstState, fields: Fields) -> StatedValue | None:
    state.message.transaction = value(fields, 1, 1) or state.message.transaction
    return None


def _flight(state: PaxlstState, fields: Fields) -> StatedValue | None:
    state.end_traveller(state.raw.starts[state.index])
    sent = value(fields, 2)
    carrier = value(fields, 5) or ("" if value(fields, 4).isdigit() else value(fields, 4))
    mode = value(fields, 3)
    carrier, number, codes = designator(_named_by_craft(fields, sent, mode), carrier)
    if sent.upper().endswith("MCL"):
        state.message.function = Function.MASTER_CREW_LIST
    for code in codes:
        state.note(code)
    if state.flights and state.flights[-1].implied:
        flight = state.flights[-1]  # its places came first
        flight.carrier, flight.number, flight.mode, flight.implied = carrier, number, mode, False
    else:
        state.flights.append(Flight(carrier, number, mode))
    return None


def _named_by_craft(fields: Fields, sent: str, mode: str) -> str:
    """Return the designator as sent, or the craft's own where a voyage has none, or only a number (C222)."""
    craft = "".join(filter(str.isalnum, value(fields, 8).upper()))
    if not craft or (sent and not (sent.isdigit() and mode == tables.BY_SEA)):
        return sent
    if craft.isdigit():
        craft = f"IMO{craft}"
    return f"{craft}V{sent.lstrip('0') or '0'}" if sent else craft


def _place(state: PaxlstState, fields: Fields) -> StatedValue | None:
    if not state.flights:
        state.note("tdt_missing")
        state.flights.append(Flight("", "", implied=True))
    flight, sent = state.flights[-1], value(fields, 2)
    where = airport(sent, by_air=flight.by_air)
    if not where:
        state.note("leg_airport_missing")
    elif len(where) != 3:
        state.note("leg_airport_unknown")
    flight.places.append(Place(value(fields, 1), where))
    return None


def _moment(state: PaxlstState, fields: Fields, event: str, rank: int) -> StatedValue | None:
    """Take a time: it belongs to the place just before, else to the flight."""
    written, code = value(fields, 1, 1), value(fields, 1, 2)
    if not written and value(fields, 2):
        written, code = value(fields, 2), value(fields, 2, 1)
        state.note("leg_date_out_of_place")
    found = read_moment(written, code, sent=state.sent)
    for one in found.codes:
        state.note(one)
    state.times.take(event, found.at, rank)
    return None


def _other_moment(state: PaxlstState, fields: Fields) -> StatedValue | None:
    if value(fields, 1) not in tables.MOMENTS_PASSED:
        state.note("leg_date_qualifier_unknown")
    return None


def _traveller(state: PaxlstState, fields: Fields) -> StatedValue | None:
    role = tables.NAD_ROLE.get(value(fields, 1))
    state.begin_traveller(role or Role.PASSENGER)
    if role is None:
        state.note("role_unknown")
    names = fields[4] if len(fields) > 4 else []
    if not any(names):
        beside = [
            *fields[2:4],
            *fields[5:6],
        ]  # a separator may be lost or too many: what reads most like a name
        names = max(beside, key=lambda components: sum(map(str.isalpha, "".join(components))), default=names)
        if any(names):
            state.note("name_out_of_place")
    name(state, names)
    return None


def name(state: PaxlstState, names: list[str]) -> None:
    """Set the name of the traveller at hand from C080: surname, first name, further names."""
    surname = names[0].strip() if names else ""
    given = names[1].strip() if len(names) > 1 else ""
    if len(names) > 2:
        given = " ".join([given, *(part.strip() for part in names[2:] if part.strip())]).strip()
    if not given and "/" in surname:
        surname, _, given = surname.partition("/")
    state.name(surname, given)


def _sex(state: PaxlstState, fields: Fields) -> StatedValue | None:
    if value(fields, 1) not in tables.ATT_PERSON or value(fields, 2, 3).upper() not in tables.ATT_SEX:
        state.note("qualifier_unknown")  # an attribute, but of something else: build, hair …
        return None
    code = value(fields, 3).upper()
    if code not in SEX:
        state.note("sex_unknown")
        return None
    return (False, "sex", SEX[code])


def _written_state(fields: Fields) -> tuple[str, str | None]:
    """Return a State as sent, by code or by name (C517, C042: name in the fourth component), and its code."""
    code, named = value(fields, 2), value(fields, 2, 3)
    name = named if not code or len(code) <= _STATE_CODE else code  # some write the name in the code's place
    return code or named, state_code(code) or state_named(name)


def _state(state: PaxlstState, fields: Fields, attribute: str, code: str) -> StatedValue | None:
    written, known = _written_state(fields)
    if written and known is None:
        state.note(code)
        return None
    return (False, attribute, known)


def _nationality(state: PaxlstState, fields: Fields) -> StatedValue | None:
    written, known = _written_state(fields)
    if written and known is None:
        state.note("nationality_unknown")
        if state.traveller is not None:
            state.traveller.nationality_as_sent = state.traveller.nationality_as_sent or written
        return None
    return (False, "nationality", known)


def _former_nationality(state: PaxlstState, fields: Fields) -> StatedValue | None:
    """Keep a nationality at birth or a previous one; which one stands is known at the traveller's end."""
    stated = _nationality(state, fields)
    if stated is not None and stated[2] is not None:
        state.former.setdefault(value(fields, 1), []).append(str(stated[2]))
    return None


def _qualifier_unknown(state: PaxlstState, fields: Fields) -> StatedValue | None:
    state.note("qualifier_unknown")
    return None


def _port(state: PaxlstState, fields: Fields, attribute: str) -> StatedValue | None:
    return (False, attribute, airport(value(fields, 2)) or None)


def _birth(state: PaxlstState, fields: Fields) -> StatedValue | None:
    state.birth(value(fields, 1, 1), value(fields, 1, 2))
    return None


def _reference(state: PaxlstState, fields: Fields, attribute: str) -> StatedValue | None:
    """Take a locator or a traveller's reference: too many different ones to be worth remembering."""
    state.set_value((False, attribute, value(fields, 1, 1) or None))
    return None


def _seat(state: PaxlstState, fields: Fields) -> StatedValue | None:
    seat = value(fields, 1, 1).upper()  # as sent: zeros before it are dropped where seats are compared
    if seat:
        state.seats.append(seat)
    return None


def _bag(state: PaxlstState, fields: Fields) -> StatedValue | None:
    """A tag `:n` stands for n consecutive tags."""
    traveller, tag, count = state.traveller, value(fields, 4), whole_number(value(fields, 4, 1)) or 1
    if traveller is None or not tag:
        return None
    traveller.bags += (tag,)
    digits = tag[len(tag.rstrip("0123456789")) :]
    if digits.isascii() and len(digits) <= 9 and 1 < count <= 50:
        stem = tag[: len(tag) - len(digits)]
        first = int(digits or "0")
        traveller.bags += tuple(f"{stem}{first + step:0{len(digits)}d}" for step in range(1, count))
    return None


def _document(state: PaxlstState, fields: Fields) -> StatedValue | None:
    code = value(fields, 1).upper() or None
    state.begin_document(
        Document(
            type=document_type(code),
            type_as_sent=code,
            number=normalise_number(value(fields, 2)),
        )
    )
    if code and not is_document_type(code):
        state.note("document_type_unknown")
    return None


def _expiry(state: PaxlstState, fields: Fields) -> StatedValue | None:
    written = value(fields, 1, 1)
    compact = written.replace(" ", "")
    expiry = expiry_date(compact, sent=state.born_before)
    stated = (True, "expiry", expiry)
    if compact != written:
        state.note("space_in_date")
        state.set_value(stated)
    if expiry is None and written:
        state.note("expiry_impossible")
        return None
    return stated if compact == written else None


def _issuing_state(state: PaxlstState, fields: Fields) -> StatedValue | None:
    written, known = _written_state(fields)
    if written and known is None:
        state.document_state_sent = True
        state.note("document_state_unknown")
        if state.document is not None:
            state.document.state_as_sent = written
        return None
    return (True, "issuing_state", known)


def _count(state: PaxlstState, fields: Fields) -> StatedValue | None:
    state.end_traveller(state.raw.starts[state.index])
    stated = whole_number(value(fields, 1, 1) or value(fields, 2))
    state.count_place = (state.raw.starts[state.index], state.index + 1)
    if stated is None:
        state.note("cnt_unreadable")
    else:
        state.stated.append(stated)
    return None


def _out_of_place(state: PaxlstState, fields: Fields) -> StatedValue | None:
    state.note("segment_out_of_place")
    return None


ACTIONS: dict[str, SegmentAction] = {
    "birth": _birth,
    "locator": partial(_reference, attribute="locator"),
    "traveller_reference": partial(_reference, attribute="traveller_reference"),
    "seat": _seat,
    "function": _function,
    "transaction": _transaction,
    "flight": _flight,
    "place": _place,
    **{
        f"{event}_{kind}": partial(_moment, event=event, rank=rank)
        for event in ("departure", "arrival")
        for rank, kind in enumerate(tables.TIMES)
    },
    "other_moment": _other_moment,
    "traveller": _traveller,
    "sex": _sex,
    "residence": partial(_state, attribute="residence", code="nationality_unknown"),
    "nationality": _nationality,
    "former_nationality": _former_nationality,
    "qualifier_unknown": _qualifier_unknown,
    "embarkation": partial(_port, attribute="embarkation"),
    "debarkation": partial(_port, attribute="debarkation"),
    "bag": _bag,
    "document": _document,
    "expiry": _expiry,
    "issuing_state": _issuing_state,
    "count": _count,
    "out_of_place": _out_of_place,
}
