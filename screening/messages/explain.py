"""Print a message for a person: segment by segment with meaning and findings, values of people masked.

Masking allows, it does not forbid: only elements listed in `_OPEN` are shown, so that a segment nobody
thought of shows its tag and nothing else.

Source of the meanings: UN/EDIFACT PAXLST and PNRGOV implementation guides; docs/messages.md.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from screening.messages.describe import all_findings
from screening.messages.model import Message, Reading
from screening.messages.syntax.envelope import OutsideMessages, RawMessage, frames
from screening.messages.syntax.segments import Data, Segment
from screening.tables.findings import Finding

_ALL = 99
# tag (and qualifier) to the number of elements that name no person
_OPEN = {
    "UNB": _ALL, "UNG": _ALL, "UNH": _ALL, "UNT": _ALL, "UNE": _ALL, "UNZ": _ALL, "UNS": _ALL,
    "BGM": _ALL, "TDT": _ALL, "LOC": _ALL, "LOC+180": 1, "DTM": _ALL, "DTM+329": 0, "ATT": _ALL, "MEA": _ALL,
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
    "DTM": "date or time", "DTM+189": "departure", "DTM+232": "arrival", "DTM+329": "date of birth",
    "DTM+36": "expiry", "DTM+136": "departure", "DTM+132": "arrival",
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
        f"{segment.offset:>8} {segment.number:>4}  {_segment(segment, show_names=show_names)}"
        for frame in frames(data)
        if isinstance(frame, RawMessage)
        for segment in frame.segments
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
    for segment in (one for one in raw.segments if one.raw):
        yield f"{segment.offset:>8} {segment.number:>4}  {_segment(segment, show_names=show_names)}"
        stop = segment.offset + segment.length
        while waiting and waiting[0].offset < stop:
            yield _finding(waiting.pop(0))
    for found in waiting:
        yield _finding(found)


def _segment(segment: Segment, *, show_names: bool) -> str:
    tag = segment.tag if segment.tag.isalnum() and len(segment.tag) == 3 else "???"
    qualified = f"{tag}+{segment.get(0).strip()}"
    meaning = _MEANING.get(qualified) or _MEANING.get(tag, "unknown segment")
    if show_names:
        shown = "+".join(":".join(segment.element(place)) for place in range(segment.count()))
    else:
        shown = "+".join(_masked(segment, tag, qualified))
    return f"{tag} {shown:<40} {meaning}".rstrip()


def _masked(segment: Segment, tag: str, qualified: str) -> Iterator[str]:
    open_elements = _OPEN.get(qualified, _OPEN.get(tag, 0))
    for place in range(segment.count()):
        components = segment.element(place)
        if place < open_elements:
            yield ":".join(components)
        elif place == 0 and tag in _OPEN_QUALIFIER:
            yield ":".join([components[0], *(_MASK for value in components[1:] if value)])
        else:
            yield _MASK if any(components) else ""
