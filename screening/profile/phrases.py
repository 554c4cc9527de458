"""Words of the sentences in which a profile is explained.

>>> duration(4320), duration(43800), duration(5), duration(4380)
('180 days', '5 years (43,800 hours)', '5 hours', '4,380 hours')
>>> listed(["a", "b", "c"]), listed(["a"]), listed([])
('a, b and c', 'a', 'nothing')
"""

from collections.abc import Sequence

from screening.tables.codes import (
    ApiElement,
    Clock,
    Direction,
    Handling,
    MaskedElement,
    PnrElement,
    TermKind,
    TermOutcome,
    Use,
)

_DAY, _YEAR = 24, 8760

DIRECTION_WORDS = {
    Direction.INBOUND: "Flights from other States into the State{home}",
    Direction.OUTBOUND: "Flights from the State{home} to other States",
    Direction.INTRA_REGION: "Flights between the State{home} and its region ({region})",
    Direction.DOMESTIC: "Flights within the State{home}",
    Direction.ELSEWHERE: "Flights that neither begin nor end in the State{home}",
}
USE_WORDS = {
    Use.SCREENING: "screening",
    Use.REVIEW: "the review of hits",
    Use.ENQUIRY: "looking up one person",
    Use.MENDING: "mending messages",
    Use.LISTS: "keeping alert lists",
    Use.EXCHANGE: "exchange with partners",
    Use.UNMASKING: "unmasking",
    Use.STATISTICS: "statistics",
    Use.RIGHTS: "rights of persons",
}
BEHAVIOUR = {
    Handling.ALL: "all are processed",
    Handling.SELECTED: "only those that a decision in force selects are processed",
    Handling.NONE: "none is processed",
}
API_WORDS = {
    ApiElement.NAMES: "names",
    ApiElement.DATE_OF_BIRTH: "date of birth",
    ApiElement.SEX: "sex",
    ApiElement.NATIONALITY: "nationality",
    ApiElement.RESIDENCE: "country of residence",
    ApiElement.DOCUMENT: "travel documents",
    ApiElement.LOCATOR: "booking locator",
    ApiElement.SEAT: "seat",
    ApiElement.BAGGAGE: "baggage",
    ApiElement.CREW: "crew",
}
PNR_WORDS = {
    PnrElement.LOCATOR: "locator",
    PnrElement.BOOKED: "date of booking",
    PnrElement.TRAVEL_DATES: "dates of travel",
    PnrElement.NAMES: "names",
    PnrElement.CONTACT: "address and contact",
    PnrElement.PAYMENT: "payment",
    PnrElement.ITINERARY: "itinerary",
    PnrElement.FREQUENT_FLYER: "frequent flyer",
    PnrElement.AGENCY: "travel agency",
    PnrElement.STATUS: "travel status",
    PnrElement.SPLIT: "split PNR",
    PnrElement.REMARKS: "remarks",
    PnrElement.TICKET: "ticket",
    PnrElement.SEAT: "seat",
    PnrElement.CODESHARE: "codeshare",
    PnrElement.BAGGAGE: "baggage",
    PnrElement.FELLOW_TRAVELLERS: "number and names of others",
    PnrElement.API: "API",
    PnrElement.CHANGES: "changes",
}
MASKED_WORDS = {
    MaskedElement.NAMES: "names",
    MaskedElement.FELLOW_TRAVELLERS: "names and number of fellow travellers",
    MaskedElement.CONTACT: "address and contact",
    MaskedElement.PAYMENT: "payment",
    MaskedElement.REMARKS: "remarks",
    MaskedElement.FREQUENT_FLYER: "frequent flyer",
    MaskedElement.API: "API",
}
KIND_WORDS = {
    TermKind.API: "API",
    TermKind.PNR: "PNR",
    TermKind.HIT: "The record of a hit with its evidence",
}
OUTCOME_WORDS = {
    TermOutcome.NONE: "travellers without a hit",
    TermOutcome.HIT: "travellers with an open hit",
    TermOutcome.CONFIRMED: "travellers with a confirmed hit",
}
AFTER_CLOCK = {
    Clock.RECEIPT: "from receipt",
    Clock.LOAD: "from the end of the night that received it",
    Clock.DEPARTURE: "from departure of the flight",
}
CLASS_WORDS = {
    "settled": "Manifests made of both are kept no longer than the shorter of API and PNR, at most",
    "unread": "Bytes that nobody could read are kept no longer than the shorter of API and PNR, at most",
    "list": "Versions of alert lists are kept",
    "model": "Counts of earlier traffic by name token are kept, once out of use,",
    "aggregate": "Statistics are kept",
    "record": "Outcomes and counts of nights, without persons, are kept",
    "audit": "The record of acts is kept",
}


def duration(hours: int) -> str:
    """Say a term in words."""
    if hours % _YEAR == 0:
        years = hours // _YEAR
        return f"{years} year{'s' * (years != 1)} ({hours:,} hours)"
    if hours % _DAY == 0 and hours > 2 * _DAY:
        return f"{hours // _DAY:,} days"
    return f"{hours:,} hour{'s' * (hours != 1)}"


def listed(words: Sequence[str], joint: str = "and") -> str:
    """Join words as a sentence does."""
    if not words:
        return "nothing"
    return f"{', '.join(words[:-1])} {joint} {words[-1]}" if len(words) > 1 else words[0]


def pnr_words(elements: Sequence[PnrElement]) -> str:
    """List elements of a booking with their numbers in annex I."""
    order = list(PnrElement)
    return ", ".join(f"{order.index(one) + 1} {PNR_WORDS[one]}" for one in elements) or "none"
