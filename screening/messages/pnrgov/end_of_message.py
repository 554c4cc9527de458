"""The end of a PNRGOV message: bookings closed, travellers numbered, what only the whole can tell."""

from bisect import bisect_right

from screening.messages.finding_kinds import finding
from screening.messages.model import Leg, Traveller
from screening.messages.model import Quarantined as Unit
from screening.messages.pnrgov.actions import OF_TRAVELLER
from screening.messages.pnrgov.booking import CANCELLED, Pnr, close
from screening.messages.pnrgov.legs import Settled, designator
from screening.messages.pnrgov.names import alike
from screening.messages.pnrgov.party import Person
from screening.messages.pnrgov.state import PnrgovState
from screening.messages.provisional import note_unknown
from screening.messages.scrub import blanked
from screening.messages.syntax.envelope import MessageReading
from screening.messages.syntax.text_findings import OF_BYTES, syntax_findings
from screening.tables.codes import Action, MessageStatus, QuarantineUnit, Says
from screening.tables.findings import Finding

SENSITIVE = "sensitive_text_dropped"


def finish(state: PnrgovState) -> MessageReading:
    """Close the bookings and return the message.

    Args:
        state: the message after its last segment; changed.

    Returns:
        The message with status and completeness, its quarantine units and sensitive places.
    """
    marketing: set[str] = set()
    legs = _dated(state.message.legs)
    header = state.header
    for pnr in state.pnrs:
        settled = state.settled(pnr.flights)
        close(pnr, settled, header)
        _take(state, pnr, settled, legs)
        if settled.far_apart:
            state.note("legs_far_apart", pnr.segment)
        marketing |= settled.marketing
    _name_header(state, marketing)
    _check_header(state)
    _check_cut(state)
    _set_aside_nameless(state)
    _count_sensitive(state)
    _conclude(state)
    return state.out


def _dated(legs: list[Leg]) -> tuple[int, ...]:
    return tuple(ordinal for ordinal, leg in enumerate(legs) if leg.is_complete)


def _take(state: PnrgovState, pnr: Pnr, settled: Settled, legs: tuple[int, ...]) -> None:
    message = state.message
    travellers = message.travellers
    message.findings += pnr.findings
    for person in pnr.party.people:
        traveller = person.traveller
        traveller.ordinal = len(travellers)
        traveller.legs = legs
        _check_reference(state, person)
        travellers.append(traveller)
    if pnr.locator is None:
        state.note("pnr_without_locator", pnr.segment)
    if not pnr.party.people:
        _empty(state, pnr)
    message.bookings.append(pnr.booking(settled.legs))


def _check_reference(state: PnrgovState, person: Person) -> None:
    """Keep a reference only where it names one person: manifests take equal (locator, reference) for one."""
    traveller = person.traveller
    reference = traveller.booking_reference
    if reference is None or traveller.locator is None:
        traveller.booking_reference = None
        return
    first = state.referred.setdefault((traveller.locator, reference), person)
    if first is person or (alike(first.surname, person.surname) and alike(first.given, person.given)):
        return
    person.note("traveller_reference_reused", person.segment)
    traveller.booking_reference = None


def _empty(state: PnrgovState, pnr: Pnr) -> None:
    """A booking without travellers: gone, where an update says so; a group without names yet; or a fault.

    The guide sends a cancelled PNR in an update with an empty ORG. A statement `withdrawn` without name tells
    the manifest that nobody of this locator is left on the flight.
    """
    message = state.message
    if message.action is Action.UPDATE and not pnr.originator and pnr.locator is not None:
        state.note("booking_cancelled", pnr.segment)
        message.travellers.append(
            Traveller(
                ordinal=len(message.travellers),
                offset=pnr.segment.offset,
                length=pnr.segment.length,
                locator=pnr.locator,
                says=Says.WITHDRAWN,
                legs=_dated(message.legs),
            )
        )
    elif not pnr.group_name:
        state.note("pnr_without_traveller", pnr.segment)


def _name_header(state: PnrgovState, marketing: set[str]) -> None:
    """Set the designators under which bookings know the reported leg."""
    leg = state.header
    if leg is None:
        return
    own = designator(leg.carrier, leg.number)
    leg.marketing = tuple(sorted({*leg.marketing, *marketing} - {own}))
    for pnr in state.pnrs:
        if any(own in flight.leg.marketing for flight in pnr.flights):
            state.note("flight_sold_under_other_designator", pnr.segment)
            return


def _check_header(state: PnrgovState) -> None:
    message, raw = state.message, state.raw
    if not state.has_function:
        message.findings.append(finding("msg_missing", raw.offset, 1))
    if not state.has_originator:
        message.findings.append(finding("org_missing", raw.offset, 1))
    whole = raw.part is None or (raw.part == 1 and raw.last_part is True)
    if state.eqn is not None and whole and message.stated != len(state.pnrs):
        state.note("eqn_differs", state.eqn)
    if message.legs and 0 < len(_dated(message.legs)) < len(message.legs):
        message.findings.append(finding("leg_without_date", raw.offset, None))


def _check_cut(state: PnrgovState) -> None:
    """The input ended inside a traveller: they are set aside unless what identifies them had been read."""
    raw = state.raw
    if not (raw.cut and raw.unterminated) or state.at not in OF_TRAVELLER or not state.pnrs:
        return
    last, person = raw.segments[-1], state.pnrs[-1].person
    if person is None:
        return
    traveller = person.traveller
    if last.tag == "TIF" or (traveller.birth_as_sent is None and not traveller.documents):
        person.note("traveller_cut_off", last)
        _set_aside(state, person, "traveller_cut_off")


def _set_aside_nameless(state: PnrgovState) -> None:
    for pnr in state.pnrs:
        for person in pnr.party.people:
            if person.surname:
                continue
            if person.given:
                person.note("surname_missing", person.segment)
            elif not person.traveller.quarantined:
                person.note("traveller_without_name", person.segment)
                _set_aside(state, person, "traveller_without_name")


def _set_aside(state: PnrgovState, person: Person, code: str) -> None:
    traveller = person.traveller
    traveller.quarantined = True
    unit = QuarantineUnit.TRAVELLER
    text = finding(code, 0).text
    state.out.quarantined.append(
        Unit(unit, traveller.offset, traveller.length, (code,), text, state.message.offset, traveller.ordinal)
    )


def _count_sensitive(state: PnrgovState) -> None:
    found = state.sensitive
    if found.first is None:
        return
    state.out.sensitive += found.spans
    _look_beside_sensitive(state)
    kind = finding(SENSITIVE, found.first.offset, found.first.number)
    counts = f"Special services: {found.services}, remarks and host texts: {found.texts}."
    state.message.findings.append(
        Finding(kind.code, kind.level, kind.offset, kind.segment, f"{kind.text} {counts}")
    )


def _look_beside_sensitive(state: PnrgovState) -> None:
    """Findings of bytes count outside sensitive texts only: landing blanks those, a re-run says the same."""
    message, raw = state.message, state.raw
    if not any(found.code in OF_BYTES for found in message.findings):
        return
    shown = list(raw.pieces)
    for span in state.sensitive.spans:
        place = bisect_right(raw.starts, span[0]) - 1
        shown[place] = blanked(shown[place], raw.starts[place], [span])
    others = [found for found in message.findings if found.code not in OF_BYTES]
    fresh, _ = syntax_findings(shown, raw.starts, raw.syntax, labelled=raw.labelled)
    if len(others) + len(fresh) != len(message.findings) or not set(fresh) <= set(message.findings):
        message.findings = others + fresh


def _conclude(state: PnrgovState) -> None:
    message, raw = state.message, state.raw
    codes = {found.code for found in message.findings}
    if not _dated(message.legs) and not note_unknown(message, raw.offset):
        code = "no_leg_with_date"
        message.status = MessageStatus.QUARANTINED
        text = finding(code, 0).text
        unit = QuarantineUnit.MESSAGE
        state.out.quarantined.append(Unit(unit, raw.offset, raw.length, (code,), text, raw.offset))
    elif codes - {SENSITIVE, CANCELLED} or any(traveller.findings for traveller in message.travellers):
        message.status = MessageStatus.REPAIRED
    if "unt_missing" in codes or any(traveller.quarantined for traveller in message.travellers):
        message.complete = False
