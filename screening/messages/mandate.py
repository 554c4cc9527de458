"""Which legs the profile lets be processed; what is outside is counted and leaves neither rows nor texts.

A message whose legs are all outside becomes rows of `outside_mandate` alone: how many travellers on which
leg, and why. Landing keeps its header, blanked bodies and nothing else. Of a message that has legs of both
kinds the statements on legs outside go; its text stays, since it is also that of the others.

Whatever cannot be told fails safe: a leg whose direction or selection is not known, a message that is set
aside or whose segments had lost their terminators, is processed, and says so.

Source: Directive (EU) 2016/681 art. 3(2) and (3): a flight with stop-overs is one flight; CJEU C-817/19 on
selected flights within the Union.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from screening.identity import airports
from screening.messages.finding_kinds import finding
from screening.messages.model import Leg, Message, Outside, Traveller
from screening.messages.syntax.envelope import MessageReading, RawMessage
from screening.messages.tabulate import identified_legs, legs_flown
from screening.messages.withheld import begins_traveller, head, is_damaged
from screening.profile.mandate import Flights, Selected
from screening.profile.model import Intake
from screening.tables.codes import (
    ApiElement,
    Direction,
    Function,
    Handling,
    MessageStatus,
    OutsideReason,
    QuarantineUnit,
    Role,
    Source,
)

_CREW = frozenset({Role.CREW, Role.TRANSIT_CREW})
_CREW_LISTS = frozenset({Function.CREW, Function.MASTER_CREW_LIST})
_PNR_HEADER = frozenset({"UNH", "MSG", "ORG", "TVL", "EQN"})
_PNR_END_OF_NAMES = frozenset({"TVL", "EQN", "MSG", "ABI", "SAC", "LTS"})
_STAYS = frozenset({"UNT", "CNT", "UNS"})
UNKNOWN_LEG = "unknown"
_US = "us"  # dialect


@dataclass(frozen=True, slots=True)
class Verdict:
    """May a leg be processed?

    Attributes:
        processed: it may, or nobody can tell.
        reason: why it may not.
        decision: id of the decision that selects it, or did.
        known: False where it is processed because nobody can tell.
        overdue: the leg departs after the decision's date of review.
    """

    processed: bool
    reason: OutsideReason | None = None
    decision: str | None = None
    known: bool = True
    overdue: bool = False


_ALL = Verdict(True)
_NOBODY_CAN_TELL = Verdict(True, known=False)


def directions(origin: str, destination: str, flights: Flights) -> frozenset[Direction]:
    """Return the directions that a leg may have: one where the States of both its ends are known.

    >>> sorted(directions("JFK", "FRA", Flights(home=("DE",), region=("DE", "FR"))))
    [<Direction.INBOUND: 'inbound'>]
    >>> sorted(map(str, directions("FRA", "???", Flights(home=("DE",)))))
    ['domestic', 'intra_region', 'outbound']
    """
    home, region = frozenset(flights.home), frozenset(flights.region)
    ends = [airports.country(code) for code in (origin, destination)]
    at_home = [None if state is None else state in home for state in ends]
    if None not in at_home and at_home[0] != at_home[1]:
        other = ends[0] if at_home[1] else ends[1]
        if other in region:
            return frozenset({Direction.INTRA_REGION})
    return _DIRECTIONS[at_home[0], at_home[1]]


_IN, _OUT = Direction.INBOUND, Direction.OUTBOUND
_INTRA, _DOMESTIC, _ELSEWHERE = Direction.INTRA_REGION, Direction.DOMESTIC, Direction.ELSEWHERE
# Does it begin, does it end in the State? None: not known.
_DIRECTIONS: dict[tuple[bool | None, bool | None], frozenset[Direction]] = {
    (True, True): frozenset({_DOMESTIC}),
    (True, False): frozenset({_OUT}),
    (False, True): frozenset({_IN}),
    (False, False): frozenset({_ELSEWHERE}),
    (True, None): frozenset({_OUT, _INTRA, _DOMESTIC}),
    (None, True): frozenset({_IN, _INTRA, _DOMESTIC}),
    (False, None): frozenset({_IN, _INTRA, _ELSEWHERE}),
    (None, False): frozenset({_OUT, _INTRA, _ELSEWHERE}),
    (None, None): frozenset(Direction),
}


def judge(legs: Sequence[Leg], flights: Flights) -> list[Verdict]:
    """Judge each leg of a message.

    A leg may be processed by itself, or as part of a flight of several legs under one number.

    Args:
        legs: in the order of the message.
        flights: the profile's section.
    """
    if not flights.restricted:
        return [_ALL] * len(legs)
    verdicts = []
    for leg, whole in zip(legs, _whole_flights(legs), strict=True):
        found = [
            _judged(leg, *ends, flights) for ends in dict.fromkeys(((leg.origin, leg.destination), whole))
        ]
        sure = [one for one in found if one.processed and one.known]
        verdicts.append(next(iter([*sure, *(one for one in found if one.processed), *found])))
    return verdicts


def _whole_flights(legs: Sequence[Leg]) -> list[tuple[str, str]]:
    """Return for each leg where the flight of its number begins and ends."""
    groups: list[list[Leg]] = []
    for leg in legs:
        before = groups[-1][-1] if groups else None
        follows = (
            before is not None
            and (before.carrier, before.number) == (leg.carrier, leg.number)
            and before.destination == leg.origin
        )
        if follows:
            groups[-1].append(leg)
        else:
            groups.append([leg])
    return [(group[0].origin, group[-1].destination) for group in groups for _ in group]


def _judged(leg: Leg, origin: str, destination: str, flights: Flights) -> Verdict:
    handling = flights.handling()
    ways = {handling[direction] for direction in directions(origin, destination, flights)}
    if ways == {Handling.ALL}:
        return _ALL
    if len(ways) > 1:
        return _NOBODY_CAN_TELL
    if ways == {Handling.NONE}:
        return Verdict(False, OutsideReason.DIRECTION)
    return _selected(leg, flights.selected)


def _selected(leg: Leg, decisions: Sequence[Selected]) -> Verdict:
    ended, unsure = None, False
    for decision in decisions:
        fits = _fits(leg, decision)
        if fits is False:
            continue
        day = leg.day
        if fits is None or day is None:
            unsure = True
        elif decision.since <= day <= decision.until:
            return Verdict(True, decision=decision.id, overdue=day > decision.review)
        else:
            ended = ended or decision.id
    if unsure:
        return _NOBODY_CAN_TELL
    reason = OutsideReason.SELECTION_ENDED if ended else OutsideReason.NOT_SELECTED
    return Verdict(False, reason, ended)


def _fits(leg: Leg, decision: Selected) -> bool | None:
    """Say whether a decision selects a leg, its dates aside; None where the message does not tell."""
    own = f"{leg.carrier}{leg.number}" if leg.carrier and leg.number else None
    asked: list[bool | None] = []
    if decision.carriers:
        asked.append(leg.carrier in decision.carriers if leg.carrier else None)
    if decision.flights:
        named = {own, *leg.marketing} & set(decision.flights)
        asked.append(bool(named) or (False if own else None))
    ends = [airports.iata_code(code) for code in (leg.origin, leg.destination)]
    if decision.routes:
        asked.append(f"{ends[0]}-{ends[1]}" in decision.routes if all(ends) else None)
    if decision.airports:
        asked.append(bool(set(ends) & set(decision.airports)) or (False if all(ends) else None))
    if False in asked:
        return False
    return None if None in asked else True


def body(raw: RawMessage, source: Source) -> Iterator[tuple[int, int]]:
    """Yield the segments that speak of travellers: index, and how many of its bytes build the message."""
    inside = False
    for index in range(1, len(raw.pieces)):
        tag, qualifier, kept = head(raw, index)
        if source is Source.API:
            inside = begins_traveller(tag, qualifier) or (inside and tag != "TDT")
            stays = kept  # qualifiers tell nothing of a person, and which element a segment states
        else:
            inside = inside or tag not in _PNR_HEADER
            stays = kept if tag != "SSR" else min(kept, 3)  # its code may tell religion or health
        if inside and tag not in _STAYS and raw.pieces[index]:
            yield index, stays


def people_in_body(raw: RawMessage, source: Source) -> int:
    """Count the segments that begin a traveller: the same before and after the message is blanked."""
    heads = [head(raw, index)[:2] for index in range(1, len(raw.pieces))]
    if source is Source.API:
        return sum(begins_traveller(*one) for one in heads)
    named, people = False, 0
    for tag, _ in heads:
        named = tag == "SRC" or (named and tag not in _PNR_END_OF_NAMES)
        people += named and tag == "TIF"
    return people


def is_blanked(raw: RawMessage, source: Source) -> bool:
    """Say whether landing has blanked the message as outside a mandate."""
    rest = [raw.pieces[index][stays:] for index, stays in body(raw, source)]
    return any(rest) and not any(one.strip() for one in rest)


def outside_wholly(reading: MessageReading, intake: Intake, raw: RawMessage) -> bool:
    """Say whether nothing of a message may be processed."""
    message, source = reading.message, reading.message.source
    if not (intake.flights.restricted or intake.elements.restricted) or is_damaged(message.findings):
        return False
    if is_blanked(raw, source):
        return True
    if message.status is MessageStatus.QUARANTINED:
        return False
    verdicts = _verdicts(message, intake)
    nowhere = bool(verdicts) and not any(one.processed for one in verdicts)
    return nowhere or _kind_left_out(message, intake) is not None


def _kind_left_out(message: Message, intake: Intake) -> OutsideReason | None:
    """Say why messages of this kind are outside, whatever their legs."""
    listed = intake.elements.api if message.source is Source.API else intake.elements.pnr
    if listed == ():
        return OutsideReason.SOURCE
    if not _crew_permitted(intake) and message.function in _CREW_LISTS:
        return OutsideReason.CREW
    return None


def rows_outside(message: Message, intake: Intake, people: int) -> list[Outside]:
    """Return what is known of a message that is outside wholly.

    Args:
        message: as read from its blanked bytes, so that a re-run says the same.
        intake: the profile's section.
        people: how many it names.
    """
    kind = _kind_left_out(message, intake)
    verdicts = dict(zip(identified_legs(message).values(), _verdicts(message, intake), strict=True))
    rows = []
    for leg, verdict in (verdicts or {UNKNOWN_LEG: _NOBODY_CAN_TELL}).items():
        reason = kind or verdict.reason or OutsideReason.NOT_KEPT
        decision = verdict.decision if reason is OutsideReason.SELECTION_ENDED else None
        row = Outside(message.offset, leg, message.source, reason, decision, people, True, message.index)
        rows.append(row)
    return rows


def crew_outside(message: Message, intake: Intake) -> list[tuple[int, int]]:
    """Return the places of crew to blank among a message's travellers, where the profile leaves crew out.

    None in the US dialect, whose PDT states the role with all else: a re-run could not tell who was crew. Nor
    of a damaged message.
    """
    if message.source is not Source.API or _crew_permitted(intake):
        return []
    if message.dialect == _US or _is_damaged(message):
        return []
    return [(one.offset, one.length) for one in message.travellers if one.role in _CREW]


def part(reading: MessageReading, intake: Intake) -> list[Outside]:
    """Take out of a message what of it is outside, and note what nobody can tell; changes the reading.

    Returns:
        What was taken out: one row a leg and reason.
    """
    message = reading.message
    if not (intake.flights.restricted or intake.elements.restricted):
        return []
    verdicts = dict(zip(identified_legs(message), _verdicts(message, intake), strict=True))
    _note(message, list(verdicts.values()))
    if _is_damaged(message):
        return []  # noted: processed as it stands
    outside = {place: one for place, one in verdicts.items() if not one.processed}
    crew_too = message.source is Source.PNR or _crew_permitted(intake)
    rows: list[Outside] = []
    stay: list[Traveller] = []
    gone: list[Traveller] = []
    legs = identified_legs(message)
    people: dict[tuple[int, OutsideReason], int] = {}
    for traveller in message.travellers:
        flown = legs_flown(traveller.legs, message, legs)
        if not crew_too and traveller.role in _CREW:
            mine = dict.fromkeys(flown, OutsideReason.CREW)
        else:
            mine = {
                place: outside[place].reason or OutsideReason.DIRECTION for place in flown if place in outside
            }
        for place, reason in mine.items():
            people[place, reason] = people.get((place, reason), 0) + 1
        if flown and len(mine) == len(flown):
            gone.append(traveller)
        else:
            traveller.legs = tuple(place for place in flown if place not in mine) if mine else traveller.legs
            stay.append(traveller)
    for (place, reason), number in sorted(people.items()):
        decision = outside[place].decision if place in outside else None
        rows.append(
            Outside(message.offset, legs[place], message.source, reason, decision, number, whole=False)
        )
    rows += [
        Outside(
            message.offset,
            legs[place],
            message.source,
            one.reason or OutsideReason.DIRECTION,
            one.decision,
            0,
            whole=False,
        )
        for place, one in outside.items()
        if not any(key[0] == place for key in people)
    ]
    _take_out(reading, stay, gone, outside)
    return rows


def _take_out(
    reading: MessageReading, stay: list[Traveller], gone: list[Traveller], outside: dict[int, Verdict]
) -> None:
    message = reading.message
    if gone:
        numbers = {one.ordinal for one in gone}
        message.travellers = stay
        reading.quarantined[:] = [
            unit
            for unit in reading.quarantined
            if unit.unit is not QuarantineUnit.TRAVELLER or unit.traveller not in numbers
        ]
        held = {one.locator for one in stay}
        if message.source is Source.PNR:
            bookings = [one for one in message.bookings if one.locator in held]
            taken, message.bookings = len(message.bookings) - len(bookings), bookings
        else:
            taken = len(gone)
        if message.stated is not None:
            message.stated = max(message.stated - taken, 0)
        message.outside = len(gone)
    if outside:
        removed = {message.legs[place].flight_id for place in outside}
        places = [place for place, leg in enumerate(message.legs) if leg.flight_id not in removed]
        renumbered = {old: new for new, old in enumerate(places)}
        message.legs = [message.legs[place] for place in places]
        for traveller in message.travellers:
            traveller.legs = tuple(renumbered[place] for place in traveller.legs if place in renumbered)
            traveller.seats = {
                renumbered[at]: seat for at, seat in traveller.seats.items() if at in renumbered
            }


def _note(message: Message, verdicts: Sequence[Verdict]) -> None:
    left_out = any(not one.processed for one in verdicts)
    if any(not one.known for one in verdicts) or not verdicts or (left_out and _is_damaged(message)):
        message.findings.append(finding("mandate_not_known", message.offset))
    if any(one.overdue for one in verdicts):
        message.findings.append(finding("selection_review_due", message.offset))


def _verdicts(message: Message, intake: Intake) -> list[Verdict]:
    """Return the verdict of each identified leg."""
    judged = judge(message.legs, intake.flights)
    return [judged[place] for place in identified_legs(message)]


def _is_damaged(message: Message) -> bool:
    return message.status is MessageStatus.QUARANTINED or is_damaged(message.findings)


def _crew_permitted(intake: Intake) -> bool:
    return intake.elements.api is None or ApiElement.CREW in intake.elements.api
