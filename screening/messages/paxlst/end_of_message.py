"""The end of a PAXLST message: what only the whole message can tell."""

from screening.messages.finding_kinds import INCOMPLETE, finding
from screening.messages.model import Quarantined, Traveller
from screening.messages.paxlst.legs import flown, legs_of
from screening.messages.paxlst.state import PaxlstState
from screening.messages.provisional import note_unknown
from screening.tables.codes import MessageStatus, QuarantineUnit
from screening.tables.findings import Finding


def finish(state: PaxlstState) -> None:
    """Close the message: legs, who flies them, counts, what is set aside, its status.

    Args:
        state: all segments were taken.
    """
    raw, message = state.raw, state.message
    open_traveller = state.traveller
    state.index = len(raw.pieces) - 1
    end = raw.starts[-1] if raw.has_end else raw.offset + raw.length
    state.end_traveller(end)
    if state.births:
        _births_before_flights(state)
    if raw.unterminated and raw.cut and open_traveller is not None:
        state.note_at(open_traveller, "traveller_cut_off")
        state.set_aside(open_traveller, "traveller_cut_off")
    if state.lower_case:
        state.note_message("lower_case", raw.starts[state.lower_case - 1], state.lower_case)
    message.legs, codes = legs_of(state.flights, state.before)
    for code in codes:
        state.note_message(code, raw.offset, None)
    _bind_legs(state)
    _shared_documents(state)
    _check_count(state)
    if not any(leg.is_complete for leg in message.legs) and not note_unknown(message, raw.offset):
        message.status = MessageStatus.QUARANTINED
        state.out.quarantined.append(
            Quarantined(
                QuarantineUnit.MESSAGE,
                raw.offset,
                raw.length,
                ("no_leg_with_date",),
                finding("no_leg_with_date", 0).text,
                raw.offset,
            )
        )
    elif message.findings or any(traveller.findings for traveller in state.message.travellers):
        message.status = MessageStatus.REPAIRED
    if any(found.code in INCOMPLETE for found in message.findings) or any(
        traveller.quarantined for traveller in state.message.travellers
    ):
        message.complete = False


def _births_before_flights(state: PaxlstState) -> None:
    """Read the dates of birth that were stated before the flight, which decides their century."""
    state.latest = state.latest_birth()
    for traveller, index, written, form in state.births:
        state.traveller, state.index = traveller, index
        state.born(traveller, written, form)
    state.traveller, state.index = None, len(state.raw.pieces) - 1


def _bind_legs(state: PaxlstState) -> None:
    """Say which legs each traveller flies, and bind their seats to them in order."""
    legs = state.message.legs
    dated = tuple(ordinal for ordinal, leg in enumerate(legs) if leg.is_complete)
    found: dict[tuple[str | None, str | None], tuple[tuple[int, ...], bool]] = {}
    for traveller in state.message.travellers:
        journey = (traveller.embarkation, traveller.debarkation)
        known = found.get(journey)
        if known is None:
            mine = flown(legs, *journey) if legs else ()
            off = bool(dated) and not any(ordinal in dated for ordinal in mine)
            known = found[journey] = (dated if off else mine, off)
        mine, off = known
        if off:
            state.note_at(traveller, "journey_off_the_legs")
        traveller.legs = mine
        if traveller.seats and (mine != (0,) or len(traveller.seats) > 1):
            traveller.seats = dict(zip(mine, traveller.seats.values(), strict=False))


def _shared_documents(state: PaxlstState) -> None:
    """Tell of a document that several travellers of the message carry."""
    holders: dict[tuple[str, str | None], Traveller] = {}
    shared = 0
    first: Finding | None = None
    for traveller in state.message.travellers:
        for document in traveller.documents:
            holder = holders.setdefault((document.number, document.issuing_state), traveller)
            if holder is not traveller and (
                holder.name_as_sent != traveller.name_as_sent
                or holder.date_of_birth != traveller.date_of_birth
            ):
                shared += 1
                first = first or finding("document_number_shared", traveller.offset)
    if first is not None:
        state.message.findings.append(
            Finding(
                first.code,
                first.level,
                first.offset,
                None,
                f"{first.text} Travellers beside the first: {shared}.",
            )
        )


def _check_count(state: PaxlstState) -> None:
    message = state.message
    if not state.stated:
        return
    message.stated = sum(state.stated)
    if message.stated != len(message.travellers):
        state.note_message("cnt_differs", *state.count_place)
