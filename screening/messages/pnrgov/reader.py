"""Read PNRGOV (10.1 … 21.1): which bookings, travellers, documents and flights a push states.

The loop knows no segment: `tables` says for each group and tag where it leads and what is read,
`actions` holds the readers. One traveller is one (PNR, TIF reference). Names in history are past,
those of the check-in part repeat, a group is nobody; raw host text is never read.

Source: IATA/ICAO/WCO PNRGOV principles and EDIFACT implementation guide; what each reading rests on stands in
docs/messages.md.
"""

from collections.abc import Iterator
from functools import lru_cache

from screening.messages.pnrgov.actions import Row, rows_of
from screening.messages.pnrgov.end_of_message import finish
from screening.messages.pnrgov.lost_terminators import Splitter
from screening.messages.pnrgov.state import PnrgovState
from screening.messages.pnrgov.tables import At, table_of
from screening.messages.syntax.envelope import MessageReading, RawMessage
from screening.messages.syntax.segments import Segment, fitting
from screening.profile.model import Intake

_REACH = 4096  # bytes in which a segment that lost its terminator mostly ends
_SHAPE_REACH = 1024  # bytes that show the shape of the one that follows


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
    state = PnrgovState(raw, intake)
    rows = _rows(raw.version, raw.syntax.element)
    splitter = _splitter(raw.syntax.element)
    suspicious = splitter.suspicious(raw.pieces)
    raw.syntax = fitting(raw.syntax, b"".join(raw.pieces))
    for index, piece in enumerate(raw.pieces):
        row = rows[state.at].get(piece[:4])
        if row is not None and index not in suspicious:
            _read(state, raw.segment(index), row)
        elif piece:
            for segment in _parted(state, splitter, raw.segment(index)):
                _read(state, segment, rows[state.at].get(segment.tag.encode()))
    return finish(state)


def _read(state: PnrgovState, segment: Segment, row: Row | None) -> None:
    """Do what the table names for a segment."""
    if row is None:
        state.note("unknown_segment", segment)
        return
    state.at = row.to
    sensitive = row.watch is not None and row.watch(state.sensitive, segment)
    if row.action is not None and not sensitive:
        row.action(state, segment)
    if row.of_traveller:
        state.lengthen(segment.offset + segment.length)


def actions_of(raw: RawMessage) -> list[str]:
    """Return what the reader does with each segment: the name of its action; "" where the table has none.

    Of segments that lost their terminators it is the last one's.
    """
    table, splitter, at = table_of(raw.version)[1], _splitter(raw.syntax.element), At.HEADER
    suspicious = splitter.suspicious(raw.pieces)
    done = []
    for segment in raw.segments:
        step = table.get((at, segment.tag))
        whole = segment
        while step is None or segment.number - 1 in suspicious:
            parted = splitter.part(whole, step.to if step is not None else at)
            if parted is None:
                break
            first, whole, _ = parted
            before = table.get((at, first.tag))
            at = before.to if before is not None else at
            step = table.get((at, whole.tag))
        at = step.to if step is not None else at
        done.append(step.action if step is not None else "")
    return done


@lru_cache(maxsize=32)
def _rows(version: str, element: bytes) -> dict[At, dict[bytes, Row]]:
    return rows_of(table_of(version)[1], element)


@lru_cache(maxsize=16)
def _splitter(element: bytes) -> Splitter:
    return Splitter(element)


def _parted(state: PnrgovState, splitter: Splitter, segment: Segment) -> Iterator[Segment]:
    """Yield the segments that stand in one: two or more where terminators were lost.

    The next is looked for near by first: of a whole file without terminators each would else cost all others.
    """
    raw, begin, reach = segment.raw, 0, _REACH
    while True:
        whole = begin + reach >= len(raw)
        near = _stretch(segment, begin, None if whole else begin + reach)
        step = state.table.get((state.at, near.tag))
        parted = splitter.part(near, step.to if step is not None else state.at)
        if parted is not None and (whole or len(parted[1].raw) >= _SHAPE_REACH):
            first, following, found = parted
            state.message.findings.append(found)
            yield first
            begin, reach = following.offset - segment.offset, _REACH
        elif whole:
            yield near
            return
        else:
            reach *= 8


def _stretch(segment: Segment, begin: int, stop: int | None) -> Segment:
    """Return a part of a segment; with `stop` None it reaches to the end, the terminator included."""
    length = (segment.length if stop is None else stop) - begin
    return Segment(segment.raw[begin:stop], segment.offset + begin, length, segment.number, segment.syntax)
