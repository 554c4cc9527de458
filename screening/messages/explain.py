"""Print a message for a person: segment by segment with meaning and findings, values of people masked.

Masking allows, it does not forbid: only elements listed in `_OPEN` are shown, so that a segment nobody
thought of shows its tag and nothing else. What a segment means is not told by its tag alone: the readers'
own tables say what is done with it where it stands, and what they do not keep is said to be not kept.

Source of the meanings: UN/EDIFACT PAXLST and PNRGOV implementation guides; docs/messages.md.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from screening.messages.describe import all_findings
from screening.messages.model import Message, Reading
from screening.messages.paxlst import reader as paxlst
from screening.messages.paxlst.us_dialect import US, is_us
from screening.messages.pnrgov import reader as pnrgov
from screening.messages.pnrgov.tables import PASSED_OVER
from screening.messages.syntax.envelope import OutsideMessages, RawMessage, frames
from screening.messages.syntax.segments import Data, Segment
from screening.tables.codes import MessageType
from screening.tables.findings import Finding

_ALL = 99
# tag (and qualifier) to the number of elements that name no person
_OPEN = {
    "UNB": _ALL, "UNG": _ALL, "UNH": _ALL, "UNT": _ALL, "UNE": _ALL, "UNZ": _ALL, "UNS": _ALL,
    "BGM": _ALL, "TDT": _ALL, "LOC": _ALL, "LOC+180": 1, "DTM": _ALL, "ATT": _ALL, "MEA": _ALL,
    "GEI": _ALL, "NAT": _ALL, "CNT": _ALL, "EMP": 1, "NAD": 1, "DOC": 1, "FTX": 1, "RFF": 0, "COM": 0,
    "MSG": _ALL, "ORG": 2, "TVL": _ALL, "EQN": _ALL, "SRC": _ALL, "DAT": _ALL, "RPI": _ALL, "APD": _ALL,
    "TRA": _ALL, "SAC": _ALL, "ABI": 1, "FAR": 1, "MON": 0, "TXD": 0, "ADD": 0,
}  # fmt: skip
_OPEN_QUALIFIER = frozenset({"DTM", "RFF", "SSR", "IFT", "NAD", "ADD"})  # first component is a code
_MEANING = {
    "UNB": "interchange begins: syntax, sender, recipient, date and time, reference",
    "UNG": "group begins", "UNE": "group ends", "UNZ": "interchange ends: messages or groups, reference",
    "UNH": "message begins: reference, type and version", "UNT": "message ends: segments, reference",
    "UNS": "section separator",
    "BGM": "what the message is about", "BGM+745": "passenger list", "BGM+250": "crew list",
    "BGM+266": "flight status", "BGM+336": "master crew list", "BGM+655": "gate pass",
    "RFF": "reference", "RFF+TN": "transaction", "RFF+AVF": "booking locator",
    "RFF+ABO": "traveller's reference",
    "RFF+SEA": "seat", "RFF+AEA": "government's reference", "RFF+CR": "customer number",
    "NAD": "party", "NAD+MS": "reporting party", "NAD+FL": "passenger", "NAD+FM": "crew member",
    "NAD+DDU": "passenger in transit", "NAD+DDT": "crew member in transit",
    "COM": "contact", "CTA": "contact", "TDT": "flight", "TDT+20": "flight", "TDT+34": "overflight",
    "LOC": "place", "LOC+125": "departs from", "LOC+87": "arrives at", "LOC+92": "end of a leg",
    "LOC+130": "final airport", "LOC+22": "first clearance", "LOC+174": "residence", "LOC+178": "embarks at",
    "LOC+179": "debarks at", "LOC+180": "place of birth", "LOC+91": "issuing state",
    "LOC+005": "departs from", "LOC+008": "arrives at",
    "DTM": "date or time",
    "ATT": "attribute", "ATT+2": "sex", "MEA": "measure", "MEA+CT": "number of bags",
    "MEA+WT": "weight of bags", "FTX": "text",
    "FTX+BAG": "bag tag", "GEI": "verification", "NAT": "nationality", "NAT+1": "nationality at birth",
    "NAT+3": "previous nationality", "EMP": "crew class", "DOC": "document",
    "PDT": "traveller with document", "CNT": "number of travellers",
    "MSG": "function", "ORG": "originator", "TVL": "flight", "EQN": "number of bookings",
    "SRC": "booking begins",
    "RCI": "locators", "SSR": "special service", "DAT": "dates", "IFT": "text", "ADD": "address",
    "EBD": "excess baggage", "TIF": "traveller", "FTI": "frequent flyer", "REF": "traveller's reference",
    "FAR": "fare", "TKT": "ticket", "MON": "amount", "PTK": "pricing", "TXD": "tax", "FOP": "payment",
    "RPI": "status of the leg", "APD": "equipment", "TRA": "operating flight", "TRI": "check-in",
    "SSD": "seat", "TBD": "bags", "ABI": "history: who", "SAC": "history: what",
    "LTS": "host text (not read)",
}  # fmt: skip
# by the action of the reader's table: it is done with the segment where it stands
_DONE = {
    "departure_scheduled": "departure", "departure_estimated": "departure, estimated",
    "departure_actual": "departure, actual", "us_departure": "departure",
    "arrival_scheduled": "arrival", "arrival_estimated": "arrival, estimated",
    "arrival_actual": "arrival, actual", "us_arrival": "arrival",
    "birth": "date of birth", "expiry": "expiry", "other_moment": "date or time (not kept)",
    "out_of_place": "out of its place (not kept)", "residence": "residence", "nationality": "nationality",
    "embarkation": "embarks at", "debarkation": "debarks at", "issuing_state": "issuing state",
    "boarding_name": "traveller, repeated at check-in",
    "history_item": "past: counted, not read", "history_date": "past: when",
    "split_locator": "split from or to",
}  # fmt: skip
_DATES_OF_NOBODY = ("departure", "arrival", "us_departure", "us_arrival", "other_moment", "expiry")
_NOT_KEPT, _NOT_READ = " (not kept)", " (not read here)"
_KEEP_NOTHING = frozenset({"UNA", "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ", "UNS"})
_MASK = "•••"


def explain(data: Data, reading: Reading, *, show_names: bool = False) -> str:
    """Build the text of `screening explain` for one input.

    Args:
        data: the bytes.
        reading: what was read of them.
        show_names: show values of people; the caller records that somebody asked.

    Returns:
        One line a segment, findings below the segment that they are about.
    """
    lines = explain_parts(data, [reading], messages=len(reading.messages), show_names=show_names)
    return "\n".join(lines) + "\n"


def explain_stretch(data: Data, start: int, stop: int, *, show_names: bool = False) -> str:
    """Return a line for each segment that touches the bytes start to stop, masked as by `explain`."""
    return "\n".join(
        f"{segment.offset:>8} {segment.number:>4}  {_segment(segment, done, show_names=show_names)}"
        for frame in frames(data)
        if isinstance(frame, RawMessage)
        for segment, done in zip(frame.segments, _done(frame), strict=True)
        if segment.offset < stop and segment.offset + segment.length > start
    )


def explain_parts(
    data: Data, parts: Iterable[Reading], *, messages: int, show_names: bool = False
) -> Iterator[str]:
    """Yield the lines of `explain` as the input is read.

    Args:
        data: the bytes.
        parts: what was read of them, in order (`read_parts`).
        messages: number of messages in all parts.
        show_names: show values of people; the caller records that somebody asked.
    """
    begun = iter(parts)
    first = next(begun)
    yield f"input {first.input_id[:16]} · {first.size} bytes · {messages} messages"
    findings: list[Finding] = []
    read = _messages(chain([first], begun), findings)
    del first
    message = next(read, None)
    for frame in frames(data):
        if isinstance(frame, OutsideMessages):
            yield from _outside(frame)
            continue
        head = f"{frame.type or '?'} {frame.version} · bytes {frame.offset}-{frame.offset + frame.length}"
        if message is None or message.offset != frame.offset:
            yield f"\nset aside: {head}"
            continue
        yield (
            f"\nmessage {message.index}: {head} · {message.status} · {message.function} · "
            f"{len(message.travellers)} travellers"
        )
        yield from _segments(frame, all_findings(message), show_names=show_names)
        message = next(read, None)
    for found in findings:
        yield _finding(found)


def _messages(parts: Iterable[Reading], findings: list[Finding]) -> Iterator[Message]:
    """Yield the messages of all parts; findings that stand with none are put aside."""
    for part in parts:
        yield from part.messages
        findings += part.findings
        del part


def _outside(frame: OutsideMessages) -> Iterator[str]:
    if frame.fate == "set_aside":
        yield f"\nset aside: bytes {frame.offset}-{frame.offset + frame.length}"
        for found in frame.findings:
            yield _finding(found)


def _finding(found: Finding) -> str:
    return f"           └ {found.level}: {found.code}. {found.text}"


def _segments(raw: RawMessage, findings: list[Finding], *, show_names: bool) -> Iterator[str]:
    waiting = list(findings)
    for segment, done in zip(raw.segments, _done(raw), strict=True):
        if not segment.raw:
            continue
        yield f"{segment.offset:>8} {segment.number:>4}  {_segment(segment, done, show_names=show_names)}"
        stop = segment.offset + segment.length
        while waiting and waiting[0].offset < stop:
            yield _finding(waiting.pop(0))
    for found in waiting:
        yield _finding(found)


def _done(raw: RawMessage) -> list[str]:
    """Return what the reader of a message does with each of its segments."""
    if raw.type == MessageType.PNRGOV:
        return pnrgov.actions_of(raw)
    if raw.type == MessageType.PAXLST:
        return paxlst.actions_of(raw, US if is_us(raw) else paxlst.UN)
    return [paxlst.NOT_READ] * len(raw.pieces)


def meaning(tag: str, qualifier: str, done: str) -> str:
    """Return what a segment means where it stands.

    Args:
        tag: of the segment.
        qualifier: its first value.
        done: what the reader does with it.

    >>> meaning("DTM", "136", "departure_actual"), meaning("DTM", "136", "not_kept")
    ('departure, actual', 'date or time (not kept)')
    """
    if done in _DONE:
        return _DONE[done]
    told = _MEANING.get(f"{tag}+{qualifier}") or _MEANING.get(tag, "unknown segment")
    if tag in _KEEP_NOTHING:
        return told
    if done in {paxlst.NOT_KEPT, PASSED_OVER}:
        return f"{told}{_NOT_KEPT}"
    return told if done not in {paxlst.NOT_READ, ""} or tag not in _MEANING else f"{told}{_NOT_READ}"


def _segment(segment: Segment, done: str, *, show_names: bool) -> str:
    tag = segment.tag if segment.tag.isalnum() and len(segment.tag) == 3 else "???"
    qualified = f"{tag}+{segment.get(0).strip()}"
    told = meaning(tag, segment.get(0).strip(), done)
    if show_names:
        shown = "+".join(":".join(segment.element(place)) for place in range(segment.count()))
    else:
        shown = "+".join(_masked(segment, tag, qualified, done))
    return f"{tag} {shown:<40} {told}".rstrip()


def _masked(segment: Segment, tag: str, qualified: str, done: str) -> Iterator[str]:
    open_elements = _OPEN.get(qualified, _OPEN.get(tag, 0))
    if tag == "DTM" and not done.startswith(_DATES_OF_NOBODY):
        open_elements = 0  # a birth date under a qualifier that is unknown stays masked
    for place in range(segment.count()):
        components = segment.element(place)
        if place < open_elements:
            yield ":".join(components)
        elif place == 0 and tag in _OPEN_QUALIFIER:
            yield ":".join([components[0], *(_MASK for value in components[1:] if value)])
        else:
            yield _MASK if any(components) else ""
