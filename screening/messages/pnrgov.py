"""Read PNRGOV (10.1 … 21.1): which bookings, travellers, documents and flights a push states.

The loop knows no segment: `pnrgov_tables` says for each group and tag where it leads and what is read,
`pnrgov_segments` holds the readers. One traveller is one (PNR, TIF reference). Names in history are past,
those of the check-in part repeat, a group is nobody; raw host text is never read.

Source: IATA/ICAO/WCO PNRGOV principles and EDIFACT implementation guide; what each reading rests on stands in
docs/messages.md.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from screening.messages.envelope import MessageReading, RawMessage
from screening.messages.pnrgov_finish import finish
from screening.messages.pnrgov_segments import ACTIONS, OF_TRAVELLER
from screening.messages.pnrgov_split import Splitter
from screening.messages.pnrgov_walk import Walk
from screening.messages.syntax import Segment
from screening.profile.model import Intake


def read_pnrgov(raw: RawMessage, intake: Intake) -> MessageReading:
    """Read a PNRGOV message.

    Args:
        raw: the message's segments and envelope.
        intake: the profile's section: permitted elements of a booking, sensitive codes and remarks.

    Returns:
        What it says with its findings, the units that were set aside, and the places of sensitive texts.
        Never raises on any bytes.

    Source:
        IATA/ICAO/WCO PNRGOV EDIFACT implementation guide.
    """
    walk = Walk(raw, intake)
    watched: Mapping[str, Callable[[Segment], bool]] = {
        "SSR": walk.sensitive.service,
        "IFT": walk.sensitive.free_text,
        "LTS": walk.sensitive.host_text,
    }
    for segment in _segments(walk):
        step = walk.table.get((walk.at, segment.tag))
        if step is None:
            walk.note("unknown_segment", segment)
            continue
        walk.at = step.to
        watch = watched.get(segment.tag)
        if watch is None or not watch(segment):
            act = ACTIONS[step.action]
            if act is not None:
                act(walk, segment)
        if step.to in OF_TRAVELLER:
            walk.lengthen(segment)
    return finish(walk)


@lru_cache(maxsize=16)
def _splitter(element: bytes) -> Splitter:
    return Splitter(element)


def _segments(walk: Walk) -> Iterator[Segment]:
    """Give the segments; where a terminator was lost, two for one."""
    raw = walk.raw
    splitter = _splitter(raw.syntax.element)
    if not splitter.suspects(raw.pieces):
        for index, piece in enumerate(raw.pieces):
            if piece:
                yield raw.segment(index)
        return
    for index, piece in enumerate(raw.pieces):
        if not piece:
            continue
        segment = raw.segment(index)
        while True:
            step = walk.table.get((walk.at, segment.tag))
            parted = splitter.part(segment, step.to if step is not None else walk.at)
            if parted is None:
                break
            first, segment, found = parted
            walk.message.findings.append(found)
            yield first
        yield segment
