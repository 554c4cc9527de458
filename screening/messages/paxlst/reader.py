"""Read PAXLST: lead a message's segments through a table of steps and do what each step names.

The loop has no branch for a segment: tables are data (`tables`), actions are small functions
(`actions`). Values that repeat (states, ports, sexes, dates of expiry) are read once and remembered by
their segment's bytes: half of a traveller's segments are such.

Source: UN/EDIFACT PAXLST D.02B to D.15B; WCO/IATA/ICAO API guide; docs/messages.md says what rests on real
bytes.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from screening.messages.paxlst import tables
from screening.messages.paxlst.actions import ACTIONS
from screening.messages.paxlst.end_of_message import finish
from screening.messages.paxlst.state import NOTHING, Fields, PaxlstState, SegmentAction, StatedValue
from screening.messages.paxlst.tables import At, Table
from screening.messages.syntax.envelope import MessageReading, RawMessage
from screening.messages.syntax.segments import Separators, Syntax, fitting, tag_of, without_bent
from screening.profile.model import Intake
from screening.tables.codes import MessageType, Source

_REACH = 1024  # bytes in which a segment that lost its terminator mostly ends
_VALUES_KEPT = 20_000  # of one state


@dataclass(frozen=True, eq=False)
class PaxlstDialect:
    """A table of steps and the actions that it names."""

    name: str
    table: Table
    actions: dict[str, SegmentAction]


def keys_of(fields: Fields) -> tuple[str, str]:
    """Return the keys of a segment's rows: its tag, and its tag with the qualifier."""
    tag = fields[0][0].strip()
    return tag, f"{tag}+{fields[1][0].strip() if len(fields) > 1 else ''}"


class Position:
    """Where the reader stands in a message: rows of the table, and values that segments stated there.

    Attributes:
        rows: action and next position, by tag or by tag and qualifier.
        names: name of the action, by the same keys; None where nothing of the segment is kept.
        values: what a segment states, by all its bytes.
    """

    __slots__ = ("names", "rows", "values")

    def __init__(self) -> None:
        self.names: dict[str, str | None] = {}
        self.rows: dict[str, tuple[SegmentAction | None, Position]] = {}
        self.values: dict[bytes, StatedValue] = {}

    def row(self, fields: Fields) -> tuple[SegmentAction | None, "Position"] | None:
        """Find the step of a segment: the row with its qualifier wins."""
        tag, qualified = keys_of(fields)
        return self.rows.get(qualified) or self.rows.get(tag)


@lru_cache(maxsize=16)
def compiled(dialect: PaxlstDialect, separators: Separators, codec: str, sent: date | None) -> Position:
    """Compile a dialect's table and return the position in which a message begins.

    Values hold for one way of writing, and for one date of message, which decides centuries.
    """
    positions = {at: Position() for at in At}
    for at, steps in dialect.table.items():
        for key, step in steps.items():
            action = dialect.actions[step.action] if step.action else None
            positions[at].rows[key] = (action, positions[step.to])
            positions[at].names[key] = step.action
    return positions[At.HEADER]


UN = PaxlstDialect("un", tables.freeze(tables.UN), ACTIONS)


def read_paxlst(raw: RawMessage, intake: Intake) -> MessageReading:
    """Read a UN PAXLST message (D.02B to D.15B).

    Args:
        raw: segments and envelope of the message.
        intake: the profile's section; PAXLST carries no sensitive free text.

    Returns:
        What it says; findings; the units that were set aside. Never raises on any bytes.

    Source:
        UN/EDIFACT PAXLST; WCO/IATA/ICAO API guide.
    """
    return read_with(raw, UN)


def read_with(raw: RawMessage, dialect: PaxlstDialect) -> MessageReading:
    """Read a message with a dialect's table and actions."""
    state = PaxlstState(raw, raw.message(MessageType.PAXLST, dialect.name, Source.API))
    position = compiled(dialect, raw.separators, raw.syntax.codec, state.sent)
    recall = position.values.get
    for index in range(1, len(raw.pieces) - raw.has_end):
        piece = raw.pieces[index]
        stated = recall(piece)
        state.index = index
        if stated is None:
            position, stated = _step(state, position, piece, dialect)
            recall = position.values.get
        if stated is not None:
            state.set_value(stated)
    finish(state)
    return state.out


def _step(
    state: PaxlstState, position: Position, piece: bytes, dialect: PaxlstDialect
) -> tuple[Position, StatedValue | None]:
    """Take one segment: find its step, do its action, remember the value if it states one."""
    if not piece:
        return position, None
    sign = state.repetition
    if sign and sign in piece and piece[:3] in tables.REPEATED and state.syntax.release not in piece:
        for one in _each(piece, state.syntax.element, sign):
            position, stated = _step(state, position, one, dialect)
            if stated is not None:
                state.set_value(stated)
        return position, None
    fields = _fields(state.syntax, piece)
    tag = fields[0][0].strip()
    if len(fields) - 1 > tables.ELEMENTS.get(tag, 99):
        after = _part_glued(state, position, piece, dialect)
        if after is not None:
            return after, None
    step = position.row(fields)
    if step is None:
        _unknown(state, tag, dialect)
        return position, None
    as_sent = fields[0][0] == tag
    action, after = step
    stated = NOTHING if action is None else action(state, fields)
    if not as_sent:  # noted when it is known whose segment it is
        state.note("space_after_tag")
    if stated is not None and after is position and as_sent and len(position.values) < _VALUES_KEPT:
        position.values[piece] = stated
    return after, stated


def _fields(syntax: Syntax, piece: bytes) -> Fields:
    """Split a segment; a fold within its tag goes, a blank behind it stays."""
    fields = syntax.fields(piece)
    if " " in fields[0][0]:
        fields[0][0] = tag_of(piece, syntax.element) + " " * fields[0][0].endswith(" ")
    return fields


def _each(piece: bytes, element: bytes, sign: bytes) -> list[bytes]:
    """Write a segment with a repeated element as several segments; of a second one the first value stays."""
    parts = piece.split(element)
    place = next(number for number, part in enumerate(parts) if sign in part)
    others = [part.partition(sign)[0] for part in parts]
    return [element.join([*others[:place], one, *others[place + 1 :]]) for one in parts[place].split(sign)]


def _unknown(state: PaxlstState, tag: str, dialect: PaxlstDialect) -> None:
    known = any(key.partition("+")[0] == tag for rows in dialect.table.values() for key in rows)
    state.note("segment_out_of_place" if known else "unknown_segment")


@lru_cache(maxsize=64)
def _glued(element: str, component: str) -> re.Pattern[str]:
    return re.compile(
        tables.GLUED.replace("[{c}{e}]", f"[{re.escape(component)}{re.escape(element)}]")
        .replace("[{c}]", re.escape(component))
        .replace("{e}", re.escape(element))
    )


def _part_glued(
    state: PaxlstState, position: Position, piece: bytes, dialect: PaxlstDialect
) -> Position | None:
    """Part a segment from those that lost their terminators, where the grammar allows each in its place."""
    begin = 0
    while (place := _next_glued(state.syntax, position, piece, begin)) is not None:
        first = without_bent(piece[begin:place].rstrip())
        position, stated = _step(state, position, first, dialect)
        if stated is not None:
            state.set_value(stated)
        state.note("terminator_lost")  # whom the first part names is known now
        begin = place
    if not begin:
        return None
    position, stated = _step(state, position, piece[begin:], dialect)
    if stated is not None:
        state.set_value(stated)
    return position


def _next_glued(syntax: Syntax, position: Position, piece: bytes, begin: int) -> int | None:
    """Return where the next segment begins in one that has more elements than it may have.

    It is looked for near by first: of a file without terminators each segment would else cost all others.
    """
    separators, fields_of = syntax.separators, syntax.fields
    pattern = _glued(separators.element, separators.component)
    reach = _REACH
    while True:
        near = piece[begin : begin + reach]
        fields = fields_of(near)
        if len(fields) - 1 > tables.ELEMENTS.get(fields[0][0].strip(), 99):
            text = near.decode("latin_1")  # one character a byte: offsets stay
            for found in pattern.finditer(text, 4):
                first = without_bent(near[: min(found.start(), _REACH)].rstrip())
                step = position.row(fields_of(first))
                tag = text[found.start() : found.start() + 3]
                if step is not None and any(key.partition("+")[0] == tag for key in step[1].rows):
                    return begin + found.start()
        if begin + reach >= len(piece):
            return None
        reach *= 8


NOT_READ = "not_read"
NOT_KEPT = "not_kept"


def actions_of(raw: RawMessage, dialect: PaxlstDialect) -> list[str]:
    """Return what the reader does with each segment: the name of its action, NOT_KEPT or NOT_READ.

    Of segments that lost their terminators it is the last one's.
    """
    position = compiled(dialect, raw.separators, raw.syntax.codec, None)
    syntax = fitting(raw.syntax, b"".join(raw.pieces))
    done: list[str] = []
    for piece in raw.pieces:
        name, begin = NOT_READ, 0
        while piece:
            place = _next_glued(syntax, position, piece, begin)
            part = piece[begin:] if place is None else without_bent(piece[begin:place].rstrip())
            tag, qualified = keys_of(_fields(syntax, part))
            key = qualified if qualified in position.rows else tag
            row = position.rows.get(key)
            name = NOT_READ if row is None else position.names[key] or NOT_KEPT
            position = row[1] if row is not None else position
            if place is None:
                break
            begin = place
        done.append(name)
    return done
