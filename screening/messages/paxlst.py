"""Read PAXLST: walk a message's segments through a table of steps and do what each step names.

The loop has no branch for a segment: tables are data (`paxlst_tables`), deeds are small functions
(`paxlst_deeds`). Facts that repeat (states, ports, sexes, dates of expiry) are worked out once for each
spelling and kept by bytes: ten of the sixteen segments of a traveller are such.

Source: UN/EDIFACT PAXLST D.02B to D.15B; WCO/IATA/ICAO API guide; docs/messages.md says what rests on real
bytes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice

from screening.messages import paxlst_tables
from screening.messages.envelope import MessageReading, RawMessage
from screening.messages.model import Message
from screening.messages.paxlst_columns import Manifest, read_columns
from screening.messages.paxlst_deeds import ACTS, ValueDeed
from screening.messages.paxlst_end import finish
from screening.messages.paxlst_legs import legs_of
from screening.messages.paxlst_plain import (
    HEAD,
    Plain,
    Shape,
    bag_shape,
    document_shape,
    name_shape,
    plain_values,
)
from screening.messages.paxlst_spellings import Spellings
from screening.messages.paxlst_tables import At, Table
from screening.messages.paxlst_walk import NOTHING, Deed, Fact, Fields, Walk
from screening.messages.syntax import FOLDS, Separators, Syntax, tag_of
from screening.profile.model import Intake
from screening.tables.codes import MessageType, Source

_KEPT_SPELLINGS = 20_000
_WORTH_COLUMNS = 60  # segments of a message from which on columns are quicker (measured)
_TYPOGRAPHIC = (*(sign.encode() for sign in "’‘´"), b"\x91", b"\x92", b"\xb4", b"`")


# A row, the deed that it must name, and its plain shape
_PLAIN: tuple[tuple[str, str, Shape], ...] = (
    ("NAD+FL", "traveller", name_shape),
    ("NAD+FM", "traveller", name_shape),
    ("DOC", "document", document_shape),
    ("FTX+BAG", "bag", bag_shape),
)


@dataclass(frozen=True, eq=False)
class PaxlstDialect:
    """A table of steps and the deeds that it names.

    Attributes:
        plain: frequent segments may take the short way (`paxlst_plain`).
    """

    name: str
    table: Table
    acts: dict[str, Deed]
    plain: bool = True


class State:
    """One state with its rows compiled, facts by the bytes that state them, and plain shapes by their heads.

    Attributes:
        rows: steps by tag, or tag and qualifier.
        facts: what a segment states, by all its bytes.
        values: deeds of segments with one value, by the eight bytes before it.
        plain: shapes of names, documents and bags, by eight bytes or by tag and separator.
    """

    __slots__ = ("facts", "plain", "rows", "values")

    def __init__(self) -> None:
        self.rows: dict[str, tuple[Deed | None, State]] = {}
        self.facts: dict[bytes, Fact] = {}
        self.values: dict[bytes, ValueDeed] = {}
        self.plain: dict[bytes, tuple[Plain, State]] = {}

    def row(self, fields: Fields) -> tuple[Deed | None, "State"] | None:
        """Find the step of a segment: the row with its qualifier wins."""
        tag = fields[0][0].strip()
        qualifier = fields[1][0].strip() if len(fields) > 1 else ""
        return self.rows.get(f"{tag}+{qualifier}") or self.rows.get(tag)


@dataclass(slots=True)
class Machine:
    """A table compiled for one way of writing; facts hold for one date of message (centuries)."""

    states: dict[At, State]
    spellings: Spellings | None

    def refreshed(self) -> Spellings | None:
        """Give the spellings; new ones when too many are kept."""
        if self.spellings is not None and self.spellings.full:
            self.spellings = Spellings(self.spellings.table, self.spellings.separators)
        return self.spellings


@lru_cache(maxsize=16)
def _machine(dialect: PaxlstDialect, separators: Separators, codec: str, sent: date | None) -> Machine:
    """Compile a dialect's table."""
    syntax = Syntax(separators, codec, 0)
    states = {at: State() for at in At}
    single_bytes = len(syntax.element) == len(separators.component.encode("latin_1", "replace")) == 1
    plain = dialect.plain and single_bytes
    for at, steps in dialect.table.items():
        state = states[at]
        for key, step in steps.items():
            state.rows[key] = (dialect.acts[step.do] if step.do else None, states[step.to])
        if not plain:
            continue
        state.values = plain_values({key: (step.do, step.to is at) for key, step in steps.items()}, syntax)
        for key, deed, shape in _PLAIN:
            found = steps.get(key)
            if found is not None and found.do == deed:
                head, reader = shape(key, syntax)
                state.plain[head] = (reader, states[found.to])
    by_columns = plain and dialect.acts is ACTS
    return Machine(states, Spellings(dialect.table, separators) if by_columns else None)


UN = PaxlstDialect("un", paxlst_tables.freeze(paxlst_tables.UN), ACTS)


def read_paxlst(raws: Sequence[RawMessage], intake: Intake) -> list[MessageReading]:
    """Read UN PAXLST messages (D.02B to D.15B), together: many are small, and columns cost by the call.

    Args:
        raws: segments and envelope of each message.
        intake: the profile's section; PAXLST carries no sensitive free text.

    Returns:
        What each says; findings; the units that were set aside. Never raises on any bytes.

    Source:
        UN/EDIFACT PAXLST; WCO/IATA/ICAO API guide.
    """
    return read_with(raws, UN)


def read_with(raws: Sequence[RawMessage], dialect: PaxlstDialect) -> list[MessageReading]:
    """Read messages with a dialect's table and deeds."""
    machines = [
        _machine(dialect, raw.separators, raw.syntax.codec, raw.sent.date() if raw.sent else None)
        for raw in raws
    ]
    walks = _by_columns(raws, dialect, machines)
    for place, (raw, machine) in enumerate(zip(raws, machines, strict=True)):
        walk = walks.get(place)
        if walk is None:
            walk = walks[place] = _begun(raw, dialect)
            _walk_segments(walk, machine.states[At.HEADER], dialect, 1, len(raw.pieces) - raw.has_end)
        finish(walk)
    return [walks[place].out for place in range(len(raws))]


def _begun(raw: RawMessage, dialect: PaxlstDialect) -> Walk:
    message = Message(
        index=raw.index,
        offset=raw.offset,
        length=raw.length,
        type=MessageType.PAXLST,
        version=raw.version,
        dialect=dialect.name,
        source=Source.API,
        reference=raw.reference,
        transaction=raw.common_reference,
        sender=raw.sender,
        recipient=raw.recipient,
        control_reference=raw.control_reference,
        sent=raw.sent,
        part=raw.part,
        last_part=raw.last_part,
        findings=list(raw.findings),
        complete=not raw.cut,
    )
    return Walk(raw, message)


def _by_columns(
    raws: Sequence[RawMessage], dialect: PaxlstDialect, machines: Sequence[Machine]
) -> dict[int, Walk]:
    """Read the manifests of usual structure among messages: those that share a machine at once."""
    usual: dict[int, dict[int, Manifest]] = {}
    for place, (raw, machine) in enumerate(zip(raws, machines, strict=True)):
        manifest = _manifest(raw, dialect, machine)
        if manifest is not None:
            usual.setdefault(id(machine), {})[place] = manifest
    walks: dict[int, Walk] = {}
    for group in usual.values():
        machine = machines[next(iter(group))]
        spellings = machine.refreshed()
        if spellings is None:
            continue
        crowds = read_columns(list(group.values()), spellings)
        for (place, manifest), crowd in zip(group.items(), crowds, strict=True):
            walk, last = manifest.walk, len(manifest.walk.raw.pieces) - 1
            if crowd is None:
                continue
            _walk_segments(walk, machine.states[At.TRAVELLER], dialect, manifest.high, last)
            if len(walk.travellers) == len(crowd.others):
                walk.message.travellers = crowd
                walks[place] = walk
    return walks


def _manifest(raw: RawMessage, dialect: PaxlstDialect, machine: Machine) -> Manifest | None:
    """Read a message's header and find its travellers; None if its structure is unusual."""
    spellings, pieces, states = machine.spellings, raw.pieces, machine.states
    if spellings is None or len(pieces) < _WORTH_COLUMNS or raw.cut or not raw.has_end:
        return None
    low = next((at for at, piece in enumerate(pieces) if spellings.is_name(piece.translate(None, FOLDS))), 0)
    high = len(pieces) - 1
    count = b"CNT" + raw.syntax.element
    while high > low and pieces[high - 1].startswith(count):
        high -= 1
    walk = _begun(raw, dialect)
    between = (states[At.HEADER], states[At.FLIGHT])
    if not low or _walk_segments(walk, states[At.HEADER], dialect, 1, low) not in between:
        return None
    legs, _ = legs_of(walk.flights)
    if walk.travellers or not legs or not all(leg.flight_id for leg in legs):
        return None

    def long_way(begin: int, end: int) -> bool:
        seen = len(walk.travellers), len(walk.flights), len(walk.stated)
        state = _walk_segments(walk, states[At.TRAVELLER], dialect, begin, begin + 1)
        if walk.traveller is None:
            return False
        state = _walk_segments(walk, state, dialect, begin + 1, end)
        walk.index = end  # where the long way would be when it closes him
        walk.end_traveller(raw.starts[end])
        within = state in {states[At.TRAVELLER], states[At.DOCUMENT]}
        return within and (len(walk.travellers) - 1, len(walk.flights), len(walk.stated)) == seen

    return Manifest(walk, low, high, legs, long_way)


def _walk_segments(walk: Walk, state: State, dialect: PaxlstDialect, low: int, high: int) -> State:
    """Take the segments from `low` up to `high`; give the state after them."""
    recall, value_deed = state.facts.get, state.values.get
    for index, piece in enumerate(islice(walk.raw.pieces, low, high), low):
        fact = recall(piece)
        if fact is None:
            deed = value_deed(piece[:HEAD])
            if (
                deed is not None and piece[HEAD:].isalnum()
            ):  # of bytes: ASCII letters and digits, nothing else
                walk.index = index
                deed(walk, piece[HEAD:].decode("ascii"))
                continue
            walk.index = index
            plain = state.plain.get(piece[:HEAD]) or state.plain.get(piece[:4])
            if plain is not None and plain[0](walk, piece):
                state = plain[1]
            else:
                state, fact = _step(walk, state, piece, dialect)
            recall, value_deed = state.facts.get, state.values.get
            if fact is None:
                continue
        of_document, attribute, known = fact
        if attribute:
            setattr(walk.document if of_document else walk.traveller, attribute, known)
    return state


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
    if fact is not None and after is state and as_sent and len(state.facts) < _KEPT_SPELLINGS:
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
