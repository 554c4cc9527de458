"""Read PNRGOV (10.1 … 21.1): which bookings, travellers, documents and flights a push states.

The loop knows no segment: `pnrgov_tables` says for each group and tag where it leads and what is read,
`pnrgov_segments` holds the readers. One traveller is one (PNR, TIF reference). Names in history are past,
those of the check-in part repeat, a group is nobody; raw host text is never read.

Source: IATA/ICAO/WCO PNRGOV principles and EDIFACT implementation guide; what each reading rests on stands in
docs/messages.md.
"""

from collections.abc import Iterator
from functools import lru_cache

from screening.messages.pnrgov.actions import Row, rows_of
from screening.messages.pnrgov.end_of_message import finish
from screening.messages.pnrgov.lost_terminators import Splitter
from screening.messages.pnrgov.state import Walk
from screening.messages.pnrgov.tables import At, table_of
from screening.messages.syntax.envelope import MessageReading, RawMessage
from screening.messages.syntax.segments import Segment, fitting
from screening.profile.model import Intake


def read_pnrgov(raw: RawMessage, intake: Intake) -> MessageReading:
    """Read a PNRGOV message.

    Args:
        raw: segments and envelope of the message.
        intake: the profile's section: permitted elements of a booking, sensitive codes and remarks.

    Returns:
        What it says with its findings, the units that were set aside, and the places of sensitive texts.
        Never raises on any bytes.

    Source:
        IATA/ICAO/WCO PNRGOV EDIFACT implementation guide.
    """
    walk = Walk(raw, intake)
    rows = _rows(raw.version, raw.syntax.element)
    splitter = _splitter(raw.syntax.element)
    suspicious = splitter.suspicious(raw.pieces)
    raw.syntax = fitting(raw.syntax, b"".join(raw.pieces))
    syntax, starts, ends = raw.syntax, raw.starts, raw.ends
    of_group = rows[walk.at]
    for index, piece in enumerate(raw.pieces):
        row = of_group.get(piece[:4])
        if row is None or index in suspicious:
            if piece:
                for segment in _parted(walk, splitter, raw.segment(index)):
                    _read(walk, segment, rows[walk.at].get(segment.tag.encode()))
                of_group = rows[walk.at]
            continue
        if row.to is not walk.at:
            walk.at = row.to
            of_group = rows[row.to]
        if row.says:  # what says nothing that is kept is not even split
            start = starts[index]
            segment = Segment(piece, start, ends[index] - start, index + 1, syntax)
            # As in `_read`, whose call is spared for nine of ten segments.
            sensitive = row.watch is not None and row.watch(walk.sensitive, segment)
            if row.act is not None and not sensitive:
                row.act(walk, segment)
        if row.of_traveller:
            walk.lengthen(ends[index])
    return finish(walk)


def _read(walk: Walk, segment: Segment, row: Row | None) -> None:
    """Do what the table names for a segment."""
    if row is None:
        walk.note("unknown_segment", segment)
        return
    walk.at = row.to
    sensitive = row.watch is not None and row.watch(walk.sensitive, segment)
    if row.act is not None and not sensitive:
        row.act(walk, segment)
    if row.of_traveller:
        walk.lengthen(segment.offset + segment.length)


@lru_cache(maxsize=32)
def _rows(version: str, element: bytes) -> dict[At, dict[bytes, Row]]:
    return rows_of(table_of(version)[1], element)


@lru_cache(maxsize=16)
def _splitter(element: bytes) -> Splitter:
    return Splitter(element)


def _parted(walk: Walk, splitter: Splitter, segment: Segment) -> Iterator[Segment]:
    """Give the segments that stand in one: two or more where terminators were lost."""
    while True:
        step = walk.table.get((walk.at, segment.tag))
        parted = splitter.part(segment, step.to if step is not None else walk.at)
        if parted is None:
            break
        first, segment, found = parted
        walk.message.findings.append(found)
        yield first
    yield segment
