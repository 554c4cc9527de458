"""Read PAXLST: walk a message's segments through a table of steps and do what each step names.

The loop has no branch for a segment: tables are data (`paxlst_tables`), deeds are small functions
(`paxlst_deeds`). Facts that repeat (states, ports, sexes, dates of expiry) are worked out once for each
spelling and kept by bytes: ten of the sixteen segments of a traveller are such.

Source: UN/EDIFACT PAXLST D.02B to D.15B; WCO/IATA/ICAO API guide; docs/messages.md says what rests on real
bytes.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from screening.messages import paxlst_tables
from screening.messages.envelope import MessageReading, RawMessage
from screening.messages.paxlst_deeds import ACTS
from screening.messages.paxlst_end import finish
from screening.messages.paxlst_tables import At, Table
from screening.messages.paxlst_walk import NOTHING, Deed, Fact, Fields, Walk
from screening.messages.syntax import Separators, tag_of
from screening.profile.model import Intake
from screening.tables.codes import MessageType, Source

_FACTS_KEPT = 20_000  # of one state
_TYPOGRAPHIC = (*(sign.encode() for sign in "’‘´"), b"\x91", b"\x92", b"\xb4", b"`")


@dataclass(frozen=True, eq=False)
class PaxlstDialect:
    """A table of steps and the deeds that it names."""

    name: str
    table: Table
    acts: dict[str, Deed]


class State:
    """One state with its rows compiled, and facts by the bytes that state them.

    Attributes:
        rows: steps by tag, or tag and qualifier.
        facts: what a segment states, by all its bytes.
    """

    __slots__ = ("facts", "rows")

    def __init__(self) -> None:
        self.rows: dict[str, tuple[Deed | None, State]] = {}
        self.facts: dict[bytes, Fact] = {}

    def row(self, fields: Fields) -> tuple[Deed | None, "State"] | None:
        """Find the step of a segment: the row with its qualifier wins."""
        tag = fields[0][0].strip()
        qualifier = fields[1][0].strip() if len(fields) > 1 else ""
        return self.rows.get(f"{tag}+{qualifier}") or self.rows.get(tag)


@lru_cache(maxsize=16)
def compiled(dialect: PaxlstDialect, separators: Separators, codec: str, sent: date | None) -> State:
    """Compile a dialect's table and return the state that a message begins in.

    Facts hold for one way of writing, and for one date of message, which decides centuries.
    """
    states = {at: State() for at in At}
    for at, steps in dialect.table.items():
        for key, step in steps.items():
            states[at].rows[key] = (dialect.acts[step.do] if step.do else None, states[step.to])
    return states[At.HEADER]


UN = PaxlstDialect("un", paxlst_tables.freeze(paxlst_tables.UN), ACTS)


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
    """Read a message with a dialect's table and deeds."""
    walk = Walk(raw, raw.message(MessageType.PAXLST, dialect.name, Source.API))
    state = compiled(dialect, raw.separators, raw.syntax.codec, walk.sent)
    recall = state.facts.get
    for index in range(1, len(raw.pieces) - raw.has_end):
        piece = raw.pieces[index]
        fact = recall(piece)
        if fact is None:
            walk.index = index
            state, fact = _step(walk, state, piece, dialect)
            recall = state.facts.get
        if fact is not None:
            walk.settle(fact)
    finish(walk)
    return walk.out


def _step(walk: Walk, state: State, piece: bytes, dialect: PaxlstDialect) -> tuple[State, Fact | None]:
    """Take one segment the long way: find its step, do its deed, keep the fact if it is one."""
    if not piece:
        return state, None
    fields = walk.syntax.fields(piece)
    if " " in fields[0][0]:
        fields[0][0] = tag_of(piece, walk.syntax.element) + " " * fields[0][0].endswith(" ")
    tag = fields[0][0].strip()
    if len(fields) - 1 > paxlst_tables.ELEMENTS.get(tag, 99):
        after = _part_glued(walk, state, piece, dialect)
        if after is not None:
            return after, None
    step = state.row(fields)
    if step is None:
        _unknown(walk, tag, dialect)
        return state, None
    as_sent = fields[0][0] == tag
    deed, after = step
    fact = NOTHING if deed is None else deed(walk, fields)
    if not as_sent:  # told when it is known whose segment it is
        walk.note("space_after_tag")
    if fact is not None and after is state and as_sent and len(state.facts) < _FACTS_KEPT:
        state.facts[piece] = fact
    return after, fact


def _unknown(walk: Walk, tag: str, dialect: PaxlstDialect) -> None:
    known = any(key.partition("+")[0] == tag for rows in dialect.table.values() for key in rows)
    walk.note("segment_out_of_place" if known else "unknown_segment")


@lru_cache(maxsize=64)
def _glued(element: str, component: str) -> re.Pattern[str]:
    return re.compile(
        paxlst_tables.GLUED.replace("[{c}{e}]", f"[{re.escape(component)}{re.escape(element)}]")
        .replace("[{c}]", re.escape(component))
        .replace("{e}", re.escape(element))
    )


def _part_glued(walk: Walk, state: State, piece: bytes, dialect: PaxlstDialect) -> State | None:
    """Part a segment from one that lost its terminator, where the grammar allows the second one there."""
    text = piece.decode("latin_1")  # one character a byte: offsets stay
    separators = walk.syntax.separators
    for found in _glued(separators.element, separators.component).finditer(text, 4):
        first, second = _bare(piece[: found.start()].rstrip()), piece[found.start() :]
        step = state.row(walk.syntax.fields(first))
        tag = text[found.start() : found.start() + 3]
        if step is None or not any(key.partition("+")[0] == tag for key in step[1].rows):
            continue
        for part in (first, second):
            state, fact = _step(walk, state, part, dialect)
            if fact is not None:
                walk.settle(fact)
            if part is first:  # whom the first part names is known now
                walk.note("terminator_lost")
        return state
    return None


def _bare(piece: bytes) -> bytes:
    """Drop the typographic sign that stood for a terminator."""
    for sign in _TYPOGRAPHIC:
        if piece.endswith(sign):
            return piece[: -len(sign)]
    return piece
