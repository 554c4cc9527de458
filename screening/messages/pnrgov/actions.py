"""What each PNRGOV segment says: one small reader for each action that `tables` names.

Source: IATA/ICAO/WCO PNRGOV implementation guide, segment descriptions, by way of docs/messages.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from screening.identity.dates import clock_time
from screening.messages.designators import designator
from screening.messages.moments import read_moment
from screening.messages.pnrgov import elements
from screening.messages.pnrgov.booking import Pnr, SeatClaim, date_and_time, locators, seat_of
from screening.messages.pnrgov.history import moment_of
from screening.messages.pnrgov.legs import flight_number, settle_codeshare
from screening.messages.pnrgov.names import names_of, reference_of
from screening.messages.pnrgov.party import Claim
from screening.messages.pnrgov.ssr_docs import text_of
from screening.messages.pnrgov.state import PnrgovState
from screening.messages.pnrgov.tables import At, Table
from screening.messages.syntax.segments import Segment
from screening.tables.codes import Action

OF_TRAVELLER = frozenset({At.NAME, At.TICKET, At.PAYMENT})
_FUNCTIONS = {"22": Action.FULL, "141": Action.UPDATE}

_REFERENCE_PARTS = 2
_CHANGED_OR_ISSUED = frozenset({"700", "710"})

# SSR codes by what waits for the end of the PNR, and seats by how sure they are.
_CLAIMS = {"DOCS": "documents", "DOCO": "visas", "DOCA": "addresses", "INFT": "infants"}
_SEATS = {"RQST": 0, "SEAT": 1}


# --- header -----------------------------------------------------------------------------------------


def _function(state: PnrgovState, segment: Segment) -> None:
    """MSG: full or update."""
    state.has_function = True
    code = segment.get(0, 1).strip() or segment.get(0).strip()
    action = _FUNCTIONS.get(code)
    if action is None:
        state.note("msg_code_unknown", segment)
    else:
        state.message.action = action


def _originator(state: PnrgovState, segment: Segment) -> None:
    """ORG of the header."""
    state.has_originator = True


def _flight(state: PnrgovState, segment: Segment) -> None:
    """TVL of the header: the reported flight, whose legs may follow as further TVL."""
    flight = state.flight(segment)
    settle_codeshare(flight, None)
    carrier, number, codes = designator(flight.leg.number, flight.leg.carrier)
    for code in codes:
        state.note(code, segment)
    leg = replace(flight.leg, carrier=carrier, number=number)
    if leg.departure is None and not state.message.legs:
        leg.departure = _date_of_reference(state)
        if leg.departure is not None:
            state.note("leg_date_out_of_place", segment)
    if leg.departure is None and leg.arrival is not None:
        state.note("leg_by_arrival", segment)
    state.message.legs.append(leg)


def _date_of_reference(state: PnrgovState) -> datetime | None:
    """Return the date in UNH's common access reference, `QX0412/231126/1010`: the reported flight's."""
    parts = (state.raw.common_reference or "").split("/")
    if len(parts) < _REFERENCE_PARTS:
        return None
    found = read_moment(parts[1], sent=state.sent, day_first=True).at
    at = clock_time(parts[2]) if found is not None and len(parts) > _REFERENCE_PARTS else None
    return datetime.combine(found, at) if found is not None and at is not None else found


def _stated(state: PnrgovState, segment: Segment) -> None:
    """EQN of the header: bookings in the whole push."""
    state.eqn = segment
    number = segment.get(0).strip()
    if number.isdecimal() and len(number) < 9:
        state.message.stated = int(number)


# --- group 1 ----------------------------------------------------------------------------------------


def _booking(state: PnrgovState, segment: Segment) -> None:
    """SRC: a PNR begins."""
    state.open_booking(segment)


def _booking_without_src(state: PnrgovState, segment: Segment) -> None:
    """RCI behind history: the SRC before it is lost."""
    state.note("src_missing", segment)
    _booking(state, segment)
    _locator(state, segment)


def _locator(state: PnrgovState, segment: Segment) -> None:
    """RCI of the booking: the first locator is the sender's, the others are other systems'."""
    pnr = state.pnr(segment)
    for company, locator, rest in locators(segment):
        if pnr.locator is not None:
            _other_locator(pnr, company, locator)
            pnr.booked = pnr.booked or _moment(state, rest)
            continue
        pnr.locator, pnr.carrier = locator, company or None
        pnr.booked = _moment(state, rest)


def _moment(state: PnrgovState, parts: list[str]) -> datetime | None:
    """Return the date and time that stand among the components of RCI or DAT."""
    moment = date_and_time(parts)
    return moment_of(*moment, state.sent) if moment is not None else None


def _dates(state: PnrgovState, segment: Segment) -> None:
    """DAT of a booking or ticket: its last change (700), and when its ticket was issued (710)."""
    if not state.pnrs:
        return
    pnr = state.pnrs[-1]
    for element in segment.fields()[1:]:
        kind, *parts = [part.strip() for part in element]
        at = _moment(state, parts) if kind in _CHANGED_OR_ISSUED else None
        if kind == "700" and at is not None:
            pnr.history.last = max(pnr.history.last or at, at)
        elif at is not None:
            pnr.elements.add("ticket", f"issued {at:%Y-%m-%d}")


def _locator_of_leg(state: PnrgovState, segment: Segment) -> None:
    """RCI elsewhere: other systems' locators of the booking, or its own once more."""
    pnr = state.pnr(segment)
    for company, locator, rest in locators(segment):
        if pnr.booked is None and locator == pnr.locator:
            pnr.booked = _moment(state, rest)
        _other_locator(pnr, company, locator)


def _other_locator(pnr: Pnr, company: str, locator: str) -> None:
    text = f"{company}:{locator}"
    if locator != pnr.locator and text not in pnr.others:
        pnr.others.append(text)


def _agency(state: PnrgovState, segment: Segment) -> None:
    """ORG of the booking; empty where an update says that it is gone."""
    pnr = state.pnr(segment)
    agency = elements.agency_of(segment)
    pnr.originator = pnr.originator or bool(agency)
    pnr.elements.add("agency", agency)
    if agency and "agency" in state.permitted:
        pnr.agency = pnr.agency or agency


def _address(state: PnrgovState, segment: Segment) -> None:
    """ADD: contact of the booking or of a traveller, or the payer's address."""
    name = "payment" if state.at is At.PAYMENT else "contact"
    state.pnr(segment).elements.add(name, elements.address_of(segment))


def _excess_baggage(state: PnrgovState, segment: Segment) -> None:
    """EBD: paid baggage."""
    pieces = segment.get(1).strip()
    if pieces:
        state.pnr(segment).elements.add("baggage", f"{pieces}PC excess")


def _free_text(state: PnrgovState, segment: Segment) -> None:
    """IFT: contacts in remarks, and who pays."""
    if not state.pnrs:
        return
    pnr = state.pnrs[-1]
    sponsor = elements.sponsor_of(segment)
    if sponsor:
        pnr.elements.add("payment", sponsor)
    for contact in elements.contacts_of(segment):
        pnr.elements.add("contact", contact)


def _special_service(state: PnrgovState, segment: Segment) -> None:
    """SSR: documents wait for their holders, seats for their flights."""
    pnr = state.pnr(segment)
    code = segment.get(0).strip().upper()
    if code in _CLAIMS:
        claims: list[Claim] = getattr(pnr, _CLAIMS[code])
        claims.append(pnr.claim(segment, in_group_2=state.at in OF_TRAVELLER))
    elif code in _SEATS:
        flight = pnr.flights[-1] if pnr.flights and state.at not in OF_TRAVELLER else None
        pnr.seat(segment, flight, rank=_SEATS[code])
    elif code[:3] == "TKN":
        pnr.elements.add("ticket", elements.ticket_in(text_of(segment)))
    elif code[:3] == "FQT":
        pnr.elements.add("frequent_flyer", f"{segment.get(0, 3)} {text_of(segment)}".strip())
    elif code[:3] == "CTC":
        text = text_of(segment)
        pnr.elements.add("contact", elements.contact_in(f"{code} {text}") or "" if text.strip() else "")
    elif code[:3] == "OTH":
        pnr.elements.add("contact", elements.contact_in(text_of(segment)) or "")


# --- groups 2 to 4 ----------------------------------------------------------------------------------


def _name(state: PnrgovState, segment: Segment) -> None:
    """TIF: a traveller, unless it is a group."""
    pnr = state.pnr(segment)
    pnr.person = None
    for name in names_of(segment):
        if name.kind == "G":
            pnr.group_name = True
            pnr.note("group_name_tif", segment)
        else:
            pnr.person = pnr.party.add(name, segment)


def _frequent_flyer(state: PnrgovState, segment: Segment) -> None:
    """FTI: programmes of a traveller."""
    pnr = state.pnr(segment)
    for programme in elements.frequent_flyer_of(segment):
        pnr.elements.add("frequent_flyer", programme)


def _reference(state: PnrgovState, segment: Segment) -> None:
    """REF: the reference that API repeats as RFF ABO."""
    person = state.pnr(segment).person
    reference = segment.get(0, 1).strip() or segment.get(0).strip()
    if person is not None and reference:
        person.traveller.traveller_reference = person.traveller.traveller_reference or reference


def _ticket(state: PnrgovState, segment: Segment) -> None:
    """TKT: a ticket's number."""
    state.pnr(segment).elements.add("ticket", segment.get(0))


def _payment(state: PnrgovState, segment: Segment) -> None:
    """FOP: forms of payment, cards masked."""
    pnr = state.pnr(segment)
    for payment in elements.payment_of(segment):
        pnr.elements.add("payment", payment)


# --- groups 5 to 8 ----------------------------------------------------------------------------------


def _leg(state: PnrgovState, segment: Segment) -> None:
    """TVL: a flight of the itinerary, or the operating side of the one before."""
    pnr = state.pnr(segment)
    pnr.boarding, pnr.boarding_reference = None, ""
    if state.known_flight(segment).operating_only:
        if pnr.flights:
            flight = pnr.flights[-1]
            flight.second = flight_number(segment.get(4)) if segment.get(4).strip() else ""
            flight.flown_by = segment.get(3).strip().upper() or flight.flown_by
        return
    pnr.flights.append(state.flight(segment))


def _operating_flight(state: PnrgovState, segment: Segment) -> None:
    """TRA: the operating carrier and its number."""
    pnr = state.pnr(segment)
    if pnr.flights and segment.get(0).strip():
        flight = pnr.flights[-1]
        flight.flown_by = segment.get(0).strip().upper()
        flight.second = flight_number(segment.get(1)) if segment.get(1).strip() else ""


def _status_of_leg(state: PnrgovState, segment: Segment) -> None:
    """RPI: how the flight is booked (HK confirmed, HL waitlisted, HX cancelled …)."""
    pnr = state.pnrs[-1] if state.pnrs else None
    if pnr is not None and pnr.flights:
        pnr.flights[-1].status = state.word(segment, 1)
        pnr.flights[-1].status_at = segment


def _boarding(state: PnrgovState, segment: Segment) -> None:
    """TRI: the check-in part of a traveller begins; the TIF behind it is surer than its reference."""
    pnr = state.pnr(segment)
    if pnr.flights:
        pnr.flights[-1].checked_in += 1
    pnr.boarding_reference = reference_of(segment.get(1, 3))
    pnr.boarding = pnr.party.by_reference.get(pnr.boarding_reference)


def _boarding_name(state: PnrgovState, segment: Segment) -> None:
    """TIF of the check-in part: repeats a traveller."""
    pnr = state.pnr(segment)
    for name in names_of(segment):
        if name.kind != "G":
            pnr.boarding = pnr.party.at_check_in(name, segment)


def _boarding_seat(state: PnrgovState, segment: Segment) -> None:
    """SSD: the seat given at check-in."""
    pnr = state.pnr(segment)
    seat = seat_of(segment.get(0))
    if seat and pnr.boarding is not None and pnr.flights:
        flight = pnr.flights[-1]
        pnr.seats.append(SeatClaim(2, flight, ("", ""), "", pnr.boarding, seat))


def _baggage(state: PnrgovState, segment: Segment) -> None:
    """TBD: checked bags and their tags."""
    pnr = state.pnr(segment)
    text, tags = elements.bags_of(segment)
    if "baggage" not in state.permitted:
        return
    pnr.elements.add("baggage", " ".join(filter(None, (text, *tags))))
    if pnr.boarding is not None:
        known = pnr.boarding.traveller.bags
        pnr.boarding.traveller.bags = (*known, *(tag for tag in tags if tag not in known))


def _split_locator(state: PnrgovState, segment: Segment) -> None:
    """RCI of group 8: where this booking was split from or to; no booking of the message."""
    pnr = state.pnr(segment)
    for company, locator, _ in locators(segment):
        pnr.split_from = pnr.split_from or locator
        pnr.elements.add("split", f"{company} {locator}".strip())


# --- groups 10 to 12 --------------------------------------------------------------------------------


def _history(state: PnrgovState, segment: Segment) -> None:
    """ABI: an act of the past begins."""
    if state.pnrs:
        state.pnrs[-1].history.begin()


def _history_date(state: PnrgovState, segment: Segment) -> None:
    """DAT of the past: when the act was done."""
    if state.pnrs:
        parts = [part.strip() for part in segment.element(0)]
        state.pnrs[-1].history.at = _moment(state, parts[1:])


def _history_action(state: PnrgovState, segment: Segment) -> None:
    """SAC: added, cancelled or changed."""
    if state.pnrs:
        state.pnrs[-1].history.begin_action(state.word(segment, 2))


def _history_item(state: PnrgovState, segment: Segment) -> None:
    """A thing of the past: counted by its tag, never read."""
    if state.pnrs:
        state.pnrs[-1].history.count(segment.tag)


SegmentAction = Callable[[PnrgovState, Segment], None]
Watch = Callable[[elements.Sensitive, Segment], bool]

ACTIONS: Mapping[str, SegmentAction | None] = MappingProxyType(
    {
        "passed_over": None,
        "history": _history,
        "history_date": _history_date,
        "history_action": _history_action,
        "history_item": _history_item,
        "dates": _dates,
        "status_of_leg": _status_of_leg,
        "function": _function,
        "originator": _originator,
        "flight": _flight,
        "stated": _stated,
        "booking": _booking,
        "booking_without_src": _booking_without_src,
        "locator": _locator,
        "locator_of_leg": _locator_of_leg,
        "agency": _agency,
        "address": _address,
        "excess_baggage": _excess_baggage,
        "free_text": _free_text,
        "special_service": _special_service,
        "name": _name,
        "frequent_flyer": _frequent_flyer,
        "reference": _reference,
        "ticket": _ticket,
        "payment": _payment,
        "leg": _leg,
        "operating_flight": _operating_flight,
        "boarding": _boarding,
        "boarding_name": _boarding_name,
        "boarding_seat": _boarding_seat,
        "baggage": _baggage,
        "split_locator": _split_locator,
    }
)

_WATCHES: Mapping[str, Watch] = MappingProxyType(
    {
        "SSR": elements.Sensitive.service,
        "IFT": elements.Sensitive.free_text,
        "LTS": elements.Sensitive.host_text,
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """A step with its reader.

    Attributes:
        to: where the segment leads.
        action: reads it.
        watch: says whether what it holds is sensitive.
        of_traveller: does the segment belong to the traveller at hand?
    """

    to: At
    action: SegmentAction | None
    watch: Watch | None
    of_traveller: bool


def rows_of(table: Table, element: bytes) -> dict[At, dict[bytes, Row]]:
    """Build a table as the loop uses it: by group, then by a segment's first four bytes.

    Args:
        table: the steps of a version.
        element: the separator that may stand behind a tag, as may a blank or the segment's end.
    """
    rows: dict[At, dict[bytes, Row]] = {at: {} for at in At}
    for (at, tag), step in table.items():
        action, watch = ACTIONS[step.action], _WATCHES.get(tag)
        row = Row(step.to, action, watch, step.to in OF_TRAVELLER)
        for behind in (b"", b" ", element[:1]):
            rows[at][tag.encode() + behind] = row
    return rows
