"""Statements made ready for settling: in order, by leg, and comparable.

Rule of order: UNB time as sent, then control reference, then message_id, its offset as a number (two
messages of one interchange follow each other by place: `…:999` before `…:1000`), then the traveller's place
in the message.
A message without time is the oldest of all: what cannot be dated never overrides what can.

Names are compared as one word (identity.names.comparable). What is stored stays as sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from screening.identity.names import comparable
from screening.manifests.documents import DocumentIndex
from screening.tables import individual as t
from screening.tables.codes import Level, MessageStatus, Says, Source
from screening.tables.model import SchemaError

_EPOCH = date(1970, 1, 1)
_WHOLE = len("YYYY-MM-DD")
_OLDEST = datetime(1, 1, 1)  # noqa: DTZ001 (UNB times carry no zone)


_MESSAGE_COLUMNS = (
    *("message_id", "source", "action", "function", "sender", "transaction", "control_reference"),
    *("sent_local", "part", "last_part", "stated", "read", "complete"),
)


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message as settling needs it; its place in `OrderedStatements.messages` is its place in time."""

    message_id: str
    source: str
    action: str
    function: str
    sender: str | None
    transaction: str | None
    control_reference: str | None
    sent: datetime | None
    part: int | None
    last_part: bool | None
    stated: int | None
    read: int
    complete: bool
    quarantined: bool
    codes: frozenset[str]
    errors: bool  # was something of it set aside?

    @property
    def api(self) -> bool:
        """Is it API, not PNR?"""
        return self.source == Source.API


@dataclass(frozen=True)
class OrderedStatements:
    """Statements as parallel lists; a row is a statement on a leg, later ones of a leg have greater numbers.

    Attributes:
        table: STATEMENTS in this order, one row a statement and leg, leg being the operating one.
        messages: every message, in the order of time.
        legs: operating leg of each run of rows -> (first row, row after the last).
        message: number of each row's message.
        surname, given, name: comparable surname, given names, and both as one word ("" where absent).
        born: date of birth as days; None where unknown.
        other_births: further dates of birth as days, by row; few have any.
        document_keys: keys NUMBER@STATE of each row, without doubles.
        document_index: the documents themselves, by statement.
        bookings: bookings (locators) that each PNR message names, over all its legs.
    """

    table: pa.Table
    messages: list[SentMessage]
    legs: dict[str, tuple[int, int]]
    message: list[int]
    surname: list[str]
    given: list[str]
    name: list[str]
    born: list[int | None]
    other_births: dict[int, frozenset[int]]
    locator: list[str | None]
    traveller_reference: list[str | None]
    booking_reference: list[str | None]
    seat: list[str | None]
    role: list[str]
    withdrawn: list[bool]
    on_board: list[bool | None]
    document_keys: list[tuple[str, ...]]
    document_index: DocumentIndex
    statement_id: list[str]
    bookings: dict[int, int]

    def message_of(self, row: int) -> SentMessage:
        """Return the message of a row."""
        return self.messages[self.message[row]]


def place(message_id: str) -> tuple[str, int]:
    """Return input and offset of a message id, the offset as a number.

    >>> place("ab:999") < place("ab:1000")
    True
    """
    head, _, offset = message_id.rpartition(":")
    return (head, int(offset)) if offset.isdecimal() else (message_id, -1)


def in_order(messages: pa.Table) -> list[SentMessage]:
    """Return the messages in the order of time, each once."""
    lists = [messages[name].to_pylist() for name in _MESSAGE_COLUMNS]
    lists.append([status == MessageStatus.QUARANTINED for status in messages["status"].to_pylist()])
    lists.extend(_codes_and_errors(messages["findings"]))
    by_id: dict[str, SentMessage] = {}
    for values in zip(*lists, strict=True):
        by_id[values[0]] = SentMessage(*values)
    return sorted(by_id.values(), key=order)


def order(message: SentMessage) -> tuple[datetime, str, tuple[str, int]]:
    """Return what messages are ordered by."""
    return message.sent or _OLDEST, message.control_reference or "", place(message.message_id)


def _codes_and_errors(findings: pa.ChunkedArray) -> tuple[list[frozenset[str]], list[bool]]:
    """Return for each message the codes of its findings, and whether one of them is an error."""
    whole = findings.combine_chunks()
    single = pc.list_flatten(whole)
    codes: list[frozenset[str]] = [frozenset()] * len(whole)
    errors = [False] * len(whole)
    columns = (pc.struct_field(single, name).to_pylist() for name in ("code", "level"))
    for parent, code, level in zip(pc.list_parent_indices(whole).to_pylist(), *columns, strict=True):
        codes[parent] |= {code}
        errors[parent] |= level == Level.ERROR
    return codes, errors


def comparable_names(column: pa.ChunkedArray) -> list[str]:
    """Return names as they are compared (identity.names.comparable); "" for an absent one.

    >>> comparable_names(pa.chunked_array([["O'Leary", "MÜLLER", "Michał", None]]))
    ['OLEARY', 'MULLER', 'MICHAL', '']
    """
    encoded = column.combine_chunks().dictionary_encode()
    words = [comparable(word) for word in encoded.dictionary.to_pylist()]
    return ["" if index is None else words[index] for index in encoded.indices.to_pylist()]


def gather(
    messages: list[SentMessage],
    statements: pa.Table,
    documents: pa.Table,
    root: dict[str, str],
    scope: Sequence[str],
) -> OrderedStatements:
    """Put the statements about the legs in scope into order.

    Args:
        messages: result of `in_order`.
        statements: STATEMENTS, in any order, doubled rows allowed.
        documents: STATEMENT_DOCUMENTS of them.
        root: operating leg of each leg that is only a marketing designator's (legs.operating).
        scope: operating legs.

    Raises:
        SchemaError: a statement belongs to no message.
    """
    number = {message.message_id: place for place, message in enumerate(messages)}
    bookings = _bookings(statements, number)
    wanted = set(scope)
    wanted.update(alias for alias, leg in root.items() if leg in wanted)
    table = statements.select(t.STATEMENTS.schema.names)
    table = table.filter(pc.is_in(table["flight_id"], pa.array(sorted(wanted), pa.string()))).combine_chunks()
    rank = pc.index_in(table["message_id"], pa.array(list(number), pa.string()))
    if rank.null_count:
        raise SchemaError("statements: a row whose message is missing")
    stated = table["flight_id"].to_pylist()
    legs = [root.get(leg, leg) for leg in stated]
    names = sorted(set(legs))
    leg_number = {leg: place for place, leg in enumerate(names)}
    table = table.set_column(1, t.STATEMENTS.schema.field(1), pa.array(legs, pa.string()))
    leg_of = np.array([leg_number[leg] for leg in legs], dtype=np.int64)
    identifiers = table["statement_id"].to_pylist()
    ordinal = np.array([place(identifier)[1] for identifier in identifiers], dtype=np.int64)
    # a statement on a leg and on its alias counts once: the same one of both, whatever the order they came in
    by_name = {leg: place for place, leg in enumerate(sorted(set(stated)))}
    designator = np.array([by_name[leg] for leg in stated], dtype=np.int64)
    order = np.lexsort((designator, ordinal, rank.to_numpy(), leg_of))
    order = order[_first_of_each(order, leg_of, identifiers)]
    table, leg_of = table.take(pa.array(order)).combine_chunks(), leg_of[order]
    return _ordered(
        table,
        messages=messages,
        rank=pc.take(rank, pa.array(order)).to_pylist(),
        names=names,
        leg_of=leg_of,
        documents=documents,
        bookings=bookings,
    )


def _bookings(statements: pa.Table, number: dict[str, int]) -> dict[int, int]:
    """Count the bookings of each PNR message over all its legs, as its EQN does."""
    pnr = statements.filter(pc.equal(statements["source"], str(Source.PNR)))
    counted = pnr.group_by("message_id").aggregate([("locator", "count_distinct")])
    columns = (counted[name].to_pylist() for name in ("message_id", "locator_count_distinct"))
    return {
        number[identifier]: count for identifier, count in zip(*columns, strict=True) if identifier in number
    }


def _other_births(table: pa.Table) -> dict[int, frozenset[int]]:
    """Return the further whole dates of birth of each row that has any, as days."""
    column = table["other_births"].combine_chunks()
    places = pc.indices_nonzero(pc.is_valid(column))
    told = zip(places.to_pylist(), column.take(places).to_pylist(), strict=True)
    return {row: frozenset(_days(known) for known in births if len(known) == _WHOLE) for row, births in told}


def _days(known: str) -> int:
    return (date.fromisoformat(known) - _EPOCH).days


def _first_of_each(order: np.ndarray, leg_of: np.ndarray, identifiers: list[str]) -> np.ndarray:
    """Keep a statement once that was drawn in twice, or speaks of a leg and of its alias."""
    keep = np.ones(len(order), dtype=bool)
    before: tuple[int, str] | None = None
    for place_, row in enumerate(order.tolist()):
        this = int(leg_of[row]), identifiers[row]
        keep[place_] = this != before
        before = this
    return keep


def _ordered(
    table: pa.Table,
    *,
    messages: list[SentMessage],
    rank: list[int],
    names: list[str],
    leg_of: np.ndarray,
    documents: pa.Table,
    bookings: dict[int, int],
) -> OrderedStatements:
    bounds = np.searchsorted(leg_of, np.arange(len(names) + 1)).tolist()
    surname, given = comparable_names(table["surname"]), comparable_names(table["given_names"])
    seats = table["seat"].to_pylist()
    identifiers = table["statement_id"].to_pylist()
    index = DocumentIndex.of(documents, table["statement_id"])
    return OrderedStatements(
        table=table,
        messages=messages,
        legs={leg: (bounds[place], bounds[place + 1]) for place, leg in enumerate(names)},
        message=rank,
        surname=surname,
        given=given,
        name=[first + second for first, second in zip(surname, given, strict=True)],
        born=table["date_of_birth"].cast(pa.int32()).to_pylist(),
        other_births=_other_births(table),
        locator=table["locator"].to_pylist(),
        traveller_reference=table["traveller_reference"].to_pylist(),
        booking_reference=table["booking_reference"].to_pylist(),
        # some senders fill seats to a fixed length: 056F is 56F
        seat=[seat.lstrip("0") if seat else None for seat in seats],
        role=table["role"].to_pylist(),
        withdrawn=[says == Says.WITHDRAWN for says in table["says"].to_pylist()],
        on_board=table["on_board"].to_pylist(),
        document_keys=[index.keys.get(identifier, ()) for identifier in identifiers],
        document_index=index,
        statement_id=identifiers,
        bookings=bookings,
    )
