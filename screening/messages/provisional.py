"""Provisional legs: where a manifest names no whole leg, its people stand on one that holds what is known.

Rule: nobody is lost because a header cannot be read. A message with travellers and without a single leg whose
flight, date and airports are known gives each of its legs, or one of which nothing is known, an identifier of
its own: what is known, and 12 digits of a hash over the input, the transaction (else the place of the message
in its input) and these parts. So it stays through re-runs, parts of one manifest share it, and two manifests
never do.
"""

import hashlib
from dataclasses import replace

from screening.messages.finding_kinds import finding
from screening.messages.model import Leg, Message
from screening.tables.codes import MessageStatus

_DIGITS = 12


def is_provisional(message: Message) -> bool:
    """Say whether a message stands on provisional legs."""
    return any(leg.stand_in for leg in message.legs)


def stand_in(message: Message, input_id: str) -> None:
    """Give the legs of a message their provisional identifiers, if it has people and no whole leg.

    Args:
        message: as read; changed.
        input_id: the input that holds it.
    """
    if not message.travellers or any(leg.is_complete for leg in message.legs):
        return
    legs = message.legs or [Leg("", "", "", "")]
    which = message.transaction or str(message.offset)
    message.legs = [replace(leg, stand_in=_digest(input_id, which, leg)) for leg in legs]
    known = range(len(legs))
    for traveller in message.travellers:
        traveller.legs = tuple(leg for leg in traveller.legs if leg in known) or tuple(known)


def _digest(input_id: str, which: str, leg: Leg) -> str:
    parts = (input_id, which, leg.carrier, leg.number, str(leg.day), leg.origin, leg.destination)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_DIGITS]


def note_unknown(message: Message, offset: int) -> bool:
    """Note what is not known of the legs of a message that names none whole.

    Args:
        message: with its legs and travellers; changed.
        offset: first byte of the message.

    Returns:
        Whether it holds people, who stand on a provisional leg; a message without any names nobody and is
        set aside.
    """
    if not message.travellers:
        message.findings.append(finding("no_leg_with_date", offset))
        return False
    kind = finding("leg_incomplete", offset)
    legs = message.legs or [Leg("", "", "", "")]
    missing = [
        word
        for word, known in (
            ("carrier", all(leg.carrier for leg in legs)),
            ("number", all(leg.number for leg in legs)),
            ("date", all(leg.day is not None for leg in legs)),
            ("place of departure", all(leg.origin for leg in legs)),
            ("place of arrival", all(leg.destination for leg in legs)),
        )
        if not known
    ]
    text = f"{kind.text} Not known: {', '.join(missing)}."
    message.findings.append(finding("leg_incomplete", offset, None, text))
    message.status = MessageStatus.REPAIRED
    return True
