"""Designators that the agency says are one: a leg stated under any of them is called by the first.

Rule: an entry of two letters or three is a carrier, and holds for all its flights; one with a number is a
flight, and holds for it alone and before any carrier. The bytes and the marketing designators stay as sent.

>>> names = same_designators((("UA", ("UAL",)), ("QX732", ("ZQ7732",))))
>>> called("UAL", "989", names), called("ZQ", "7732", names), called("ZQ", "1", names)
(('UA', '989'), ('QX', '732'), ('ZQ', '1'))
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from screening.messages.finding_kinds import finding
from screening.messages.model import Message

_PARTS = re.compile(r"^((?:[A-Z][A-Z0-9]|[0-9][A-Z])[A-Z]?)([0-9]*[A-Z]?)$")
_CARRIER = 3  # letters at most


def same_designators(entries: Iterable[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """Return each further designator with the one that it is."""
    return {other: one for one, others in entries for other in others}


def called(carrier: str, number: str, names: Mapping[str, str]) -> tuple[str, str]:
    """Return carrier and number by which a leg is called."""
    flight = names.get(f"{carrier}{number}")
    if flight is not None and len(flight) > _CARRIER and number:
        parts = _PARTS.match(flight)
        return (parts[1], parts[2]) if parts else (carrier, number)
    return names.get(carrier, carrier), number


def call_by_one(message: Message, names: Mapping[str, str], offset: int) -> None:
    """Call the legs of a message by the one designator that the agency has named; changes them.

    Args:
        message: as read.
        names: result of `same_designators`.
        offset: first byte of the message.
    """
    said = set()
    for place, leg in enumerate(message.legs):
        carrier, number = called(leg.carrier, leg.number, names)
        if (carrier, number) != (leg.carrier, leg.number):
            own = f"{carrier}{number}"
            marketing = tuple(name for name in leg.marketing if name != own)
            message.legs[place] = replace(leg, carrier=carrier, number=number, marketing=marketing)
            said.add(f"{leg.carrier}{leg.number} is {own}")
    if said:
        text = f"{finding('designator_by_profile', offset).text} {', '.join(sorted(said))}."
        message.findings.append(finding("designator_by_profile", offset, None, text))
