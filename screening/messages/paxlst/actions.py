"""What a step of the PAXLST tables does with a segment: one small function each.

A deed that only states a fact gives it back (attribute and value), so that it is worked out once for each
spelling; a deed that changes anything else, or found something wrong, gives None.
"""

from functools import partial

from screening.identity.documents import document_type, normalise_number
from screening.identity.states import state_code
from screening.messages.cached import birth_date, expiry_date
from screening.messages.model import Document
from screening.messages.paxlst import tables
from screening.messages.paxlst.legs import Flight, Place, airport, flight_number, moment
from screening.messages.paxlst.state import Deed, Fact, Fields, Walk, value
from screening.messages.syntax.segments import whole_number
from screening.tables.codes import Action, Function, Role, Sex

SEX = {"M": Sex.MALE, "F": Sex.FEMALE, "X": Sex.UNSPECIFIED, "U": None}


def _function(walk: Walk, fields: Fields) -> Fact | None:
    message = walk.message
    code, act = value(fields, 1), value(fields, 2).upper()
    function = tables.BGM_FUNCTION.get(code)
    if function is None:
        walk.note("bgm_code_unknown")
        function = Function.PASSENGERS
    action = tables.BGM_ACTION.get(act)
    if action is None:
        walk.note("bgm_code_unknown")
        action = Action.FULL
    if function is Function.FLIGHT_STATUS and action is Action.FULL:
        action = Action.UPDATE  # a status alone replaces no manifest
    if value(fields, 3) == tables.BGM_CANCELS:
        action = Action.CANCEL
    message.function, message.action = function, action
    return None


def _transaction(walk: Walk, fields: Fields) -> Fact | None:
    walk.message.transaction = value(fields, 1, 1) or walk.message.transaction
    return None


def _flight(walk: Walk, fields: Fields) -> Fact | None:
    walk.end_traveller(walk.raw.starts[walk.index])
    sent = value(fields, 2)
    carrier, number, codes = flight_number(sent, value(fields, 5) or value(fields, 4))
    if sent.upper().endswith("MCL"):
        walk.message.function = Function.MASTER_CREW_LIST
    for code in codes:
        walk.note(code)
    walk.flights.append(Flight(carrier, number))
    return None


def _place(walk: Walk, fields: Fields) -> Fact | None:
    where = airport(value(fields, 2))
    if not where:
        walk.note("leg_airport_missing")
    walk.flights[-1].places.append(Place(value(fields, 1), where))
    return None


def _moment(walk: Walk, fields: Fields, attribute: str) -> Fact | None:
    """Take a time: it belongs to the place just before."""
    found = moment(value(fields, 1, 1), walk.sent)
    for code in found.codes:
        walk.note(code)
    if walk.flights[-1].places:
        setattr(walk.flights[-1].places[-1], attribute, found.at)
    return None


def _traveller(walk: Walk, fields: Fields) -> Fact | None:
    role = tables.NAD_ROLE.get(value(fields, 1))
    walk.begin_traveller(role or Role.PASSENGER)
    if role is None:
        walk.note("role_unknown")
    names = fields[4] if len(fields) > 4 else []
    if not any(names):
        names = next((components for components in fields[2:4] if any(components)), names)
        if any(names):
            walk.note("name_out_of_place")
    name(walk, names)
    return None


def name(walk: Walk, names: list[str]) -> None:
    """Give the traveller at hand the components of C080: surname, first name, further names."""
    surname = names[0].strip() if names else ""
    given = names[1].strip() if len(names) > 1 else ""
    if len(names) > 2:
        given = " ".join([given, *(part.strip() for part in names[2:] if part.strip())]).strip()
    if not given and "/" in surname:
        surname, _, given = surname.partition("/")
    walk.name(surname, given)


def _sex(walk: Walk, fields: Fields) -> Fact | None:
    code = value(fields, 3).upper()
    if code not in SEX:
        walk.note("sex_unknown")
        return None
    return (False, "sex", SEX[code])


def birth(walk: Walk, written: str) -> None:
    """Take a date of birth as sent."""
    traveller = walk.traveller
    if traveller is None or not written:
        return
    compact = written
    if " " in written:
        compact = written.replace(" ", "")
        walk.note("space_in_date")
    traveller.birth_as_sent = written
    traveller.date_of_birth = birth_date(compact, sent=walk.born_before)
    if traveller.date_of_birth is None:
        walk.note("birth_date_impossible")


def _state(walk: Walk, fields: Fields, attribute: str, code: str) -> Fact | None:
    written = value(fields, 2)
    state = state_code(written)
    if written and state is None:
        walk.note(code)
        if walk.traveller is not None and attribute == "nationality":
            walk.traveller.nationality_as_sent = written
        return None
    return (False, attribute, state)


def _port(walk: Walk, fields: Fields, attribute: str) -> Fact | None:
    return (False, attribute, airport(value(fields, 2)) or None)


def _birth(walk: Walk, fields: Fields) -> Fact | None:
    birth(walk, value(fields, 1, 1))
    return None


def _locator(walk: Walk, fields: Fields) -> Fact | None:
    if walk.traveller is not None:
        walk.traveller.locator = value(fields, 1, 1) or None
    return None


def _traveller_reference(walk: Walk, fields: Fields) -> Fact | None:
    if walk.traveller is not None:
        walk.traveller.traveller_reference = value(fields, 1, 1) or None
    return None


def _seat(walk: Walk, fields: Fields) -> Fact | None:
    seat = value(fields, 1, 1).upper()  # as sent: zeros before it are dropped where seats are compared
    if seat:
        walk.seats.append(seat)
    return None


def _bag(walk: Walk, fields: Fields) -> Fact | None:
    """A tag `:n` stands for n consecutive tags."""
    traveller, tag, count = walk.traveller, value(fields, 4), whole_number(value(fields, 4, 1)) or 1
    if traveller is None or not tag:
        return None
    traveller.bags += (tag,)
    digits = tag[len(tag.rstrip("0123456789")) :]
    if digits.isascii() and len(digits) <= 9 and 1 < count <= 50:
        stem = tag[: len(tag) - len(digits)]
        first = int(digits or "0")
        traveller.bags += tuple(f"{stem}{first + step:0{len(digits)}d}" for step in range(1, count))
    return None


def _document(walk: Walk, fields: Fields) -> Fact | None:
    code = value(fields, 1).upper() or None
    walk.begin_document(
        Document(
            type=document_type(code),
            type_as_sent=code,
            number=normalise_number(value(fields, 2)),
        )
    )
    return None


def _expiry(walk: Walk, fields: Fields) -> Fact | None:
    written = value(fields, 1, 1)
    compact = written.replace(" ", "")
    expiry = expiry_date(compact, sent=walk.born_before)
    fact = (True, "expiry", expiry)
    if compact != written:
        walk.note("space_in_date")
        walk.settle(fact)
    if expiry is None and written:
        walk.note("expiry_impossible")
        return None
    return fact if compact == written else None


def _issuing_state(walk: Walk, fields: Fields) -> Fact | None:
    written = value(fields, 2)
    state = state_code(written)
    if written and state is None:
        walk.document_state_sent = True
        walk.note("document_state_unknown")
        if walk.document is not None:
            walk.document.state_as_sent = written
        return None
    return (True, "issuing_state", state)


def _count(walk: Walk, fields: Fields) -> Fact | None:
    walk.end_traveller(walk.raw.starts[walk.index])
    stated = whole_number(value(fields, 1, 1) or value(fields, 2))
    walk.count_place = (walk.raw.starts[walk.index], walk.index + 1)
    if stated is None:
        walk.note("cnt_unreadable")
    else:
        walk.stated.append(stated)
    return None


def _out_of_place(walk: Walk, fields: Fields) -> Fact | None:
    walk.note("segment_out_of_place")
    return None


ACTS: dict[str, Deed] = {
    "birth": _birth,
    "locator": _locator,
    "traveller_reference": _traveller_reference,
    "seat": _seat,
    "function": _function,
    "transaction": _transaction,
    "flight": _flight,
    "place": _place,
    "departure": partial(_moment, attribute="departure"),
    "arrival": partial(_moment, attribute="arrival"),
    "traveller": _traveller,
    "sex": _sex,
    "residence": partial(_state, attribute="residence", code="nationality_unknown"),
    "nationality": partial(_state, attribute="nationality", code="nationality_unknown"),
    "embarkation": partial(_port, attribute="embarkation"),
    "debarkation": partial(_port, attribute="debarkation"),
    "bag": _bag,
    "document": _document,
    "expiry": _expiry,
    "issuing_state": _issuing_state,
    "count": _count,
    "out_of_place": _out_of_place,
}
