"""The end of a PAXLST message: what only the whole message can tell."""

from screening.messages.finding_kinds import INCOMPLETE, finding
from screening.messages.model import Quarantined, Traveller
from screening.messages.paxlst.legs import flown, legs_of
from screening.messages.paxlst.state import Walk
from screening.tables.codes import MessageStatus, QuarantineUnit
from screening.tables.findings import Finding


def finish(walk: Walk) -> None:
    """Close the message: legs, who flies them, counts, what is set aside, its status.

    Args:
        walk: all segments were taken.
    """
    raw, message = walk.raw, walk.message
    open_traveller = walk.traveller
    walk.index = len(raw.pieces) - 1
    end = raw.starts[-1] if raw.has_end else raw.offset + raw.length
    walk.end_traveller(end)
    if raw.unterminated and raw.cut and open_traveller is not None:
        walk.note_at(open_traveller, "traveller_cut_off")
        walk.set_aside(open_traveller, "traveller_cut_off")
    if walk.lower_case:
        walk.note_message("lower_case", raw.starts[walk.lower_case - 1], walk.lower_case)
    message.legs, codes = legs_of(walk.flights)
    for code in codes:
        walk.note_message(code, raw.offset, None)
    _bind_legs(walk)
    _shared_documents(walk)
    _check_count(walk)
    if not any(leg.flight_id for leg in message.legs):
        walk.note_message("no_leg_with_date", raw.offset, None)
        message.status = MessageStatus.QUARANTINED
        walk.out.quarantined.append(
            Quarantined(
                QuarantineUnit.MESSAGE,
                raw.offset,
                raw.length,
                ("no_leg_with_date",),
                finding("no_leg_with_date", 0).text,
                raw.offset,
            )
        )
    elif message.findings or any(traveller.findings for traveller in walk.message.travellers):
        message.status = MessageStatus.REPAIRED
    if any(found.code in INCOMPLETE for found in message.findings) or any(
        traveller.quarantined for traveller in walk.message.travellers
    ):
        message.complete = False


def _bind_legs(walk: Walk) -> None:
    """Say which legs each traveller flies, and bind their seats to them in order."""
    legs = walk.message.legs
    dated = tuple(ordinal for ordinal, leg in enumerate(legs) if leg.flight_id is not None)
    found: dict[tuple[str | None, str | None], tuple[tuple[int, ...], bool]] = {}
    for traveller in walk.message.travellers:
        journey = (traveller.embarkation, traveller.debarkation)
        known = found.get(journey)
        if known is None:
            mine = flown(legs, *journey) if legs else ()
            off = bool(dated) and not any(ordinal in dated for ordinal in mine)
            known = found[journey] = (dated if off else mine, off)
        mine, off = known
        if off:
            walk.note_at(traveller, "journey_off_the_legs")
        traveller.legs = mine
        if traveller.seats and (mine != (0,) or len(traveller.seats) > 1):
            traveller.seats = dict(zip(mine, traveller.seats.values(), strict=False))


def _shared_documents(walk: Walk) -> None:
    """Tell of a document that several travellers of the message carry."""
    holders: dict[tuple[str, str | None], Traveller] = {}
    shared = 0
    first: Finding | None = None
    for traveller in walk.message.travellers:
        for document in traveller.documents:
            holder = holders.setdefault((document.number, document.issuing_state), traveller)
            if holder is not traveller and (
                holder.name_as_sent != traveller.name_as_sent
                or holder.date_of_birth != traveller.date_of_birth
            ):
                shared += 1
                first = first or finding("document_number_shared", traveller.offset)
    if first is not None:
        walk.message.findings.append(
            Finding(
                first.code,
                first.level,
                first.offset,
                None,
                f"{first.text} Travellers beside the first: {shared}.",
            )
        )


def _check_count(walk: Walk) -> None:
    message = walk.message
    if not walk.stated:
        return
    message.stated = sum(walk.stated)
    if message.stated != len(message.travellers):
        walk.note_message("cnt_differs", *walk.count_place)
