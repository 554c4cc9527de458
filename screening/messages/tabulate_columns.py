"""Travellers that are held as columns become rows of statements and documents, without an object for any.

Numbers of all messages that share a table of values are put together and looked up once.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from screening.messages.crowd import NONE, Columns, Numbers
from screening.messages.model import Message
from screening.tables import individual
from screening.tables.codes import CheckDigit


class Told(NamedTuple):
    """Travellers of a message in columns.

    Attributes:
        flown: for each of `columns.journeys` the flights, and on each the turn of the seat (-1: none).
    """

    message_id: str
    message: Message
    columns: Columns
    flown: list[list[tuple[str, int]]]


def statements(told: Sequence[Told]) -> list[pa.Table]:
    """Give the statements of travellers in columns, a row for each leg flown; not yet in order."""
    return [_statements(group) for group in _sharing(told)]


def documents(told: Sequence[Told]) -> list[pa.Table]:
    """Give the documents of travellers in columns; not yet in order."""
    return [_documents(group) for group in _sharing(told)]


def _sharing(told: Sequence[Told]) -> Iterable[list[Told]]:
    """Put together the messages that share a table of values."""
    groups: dict[int, list[Told]] = {}
    for one in told:
        if len(one.columns):
            groups.setdefault(id(one.columns.values), []).append(one)
    return groups.values()


def _statements(group: list[Told]) -> pa.Table:
    schema = individual.STATEMENTS.schema
    values = group[0].columns.values
    rows = _Flown.of(group)

    def picked(places: Callable[[Columns], Numbers], of: Sequence[object], name: str) -> pa.Array:
        return _picked(_joined(places(one.columns) for one in group), of, schema.field(name).type)

    surname = pa.array(chain.from_iterable(one.columns.surname for one in group), pa.string())
    given = pa.array(chain.from_iterable(one.columns.given_names for one in group), pa.string())
    count = len(surname)
    columns = {
        "statement_id": _statement_ids(group),
        "message_id": _told([one.message_id for one in group], group, pa.string()),
        "source": _told([one.message.source for one in group], group, pa.string()),
        "sent_local": _told([one.message.sent for one in group], group, schema.field("sent_local").type),
        "booking_reference": pa.nulls(count, pa.string()),
        "role": picked(lambda one: one.role, values.roles, "role"),
        "surname": surname,
        "given_names": given,
        "name_as_sent": pc.coalesce(pc.binary_join_element_wise(surname, given, "/"), surname),
        "date_of_birth": picked(lambda one: one.birth, values.births, "date_of_birth"),
        "birth_as_sent": picked(lambda one: one.birth, values.births_as_sent, "birth_as_sent"),
        "sex": picked(lambda one: one.sex, values.sexes, "sex"),
        "nationality": picked(lambda one: one.nationality, values.states, "nationality"),
        "residence": picked(lambda one: one.residence, values.states, "residence"),
        "locator": pa.array(chain.from_iterable(one.columns.locator for one in group), pa.string()),
        "traveller_reference": pa.array(
            chain.from_iterable(one.columns.reference for one in group), pa.string()
        ),
        "embarkation": picked(lambda one: one.embarkation, values.ports, "embarkation"),
        "debarkation": picked(lambda one: one.debarkation, values.ports, "debarkation"),
        "says": _told([one.columns.says for one in group], group, pa.string()),
        "on_board": _told([one.columns.on_board for one in group], group, pa.bool_()),
        "findings": pa.array([[]], schema.field("findings").type).take(pa.array(np.zeros(count, np.int64))),
        "nationality_as_sent": pa.nulls(count, pa.string()),
        "other_names": pa.nulls(count, schema.field("other_names").type),
    }
    if rows.places is not None:
        columns = {name: column.take(rows.places) for name, column in columns.items()}
    columns["flight_id"] = rows.flight_ids
    columns["seat"] = _picked(rows.seats, values.seats, pa.string())
    return pa.table([columns[name] for name in schema.names], names=schema.names)


def _documents(group: list[Told]) -> pa.Table:
    schema = individual.STATEMENT_DOCUMENTS.schema
    values = group[0].columns.values
    papers = [one.columns.documents for one in group]
    firsts = np.cumsum([0, *(len(one.columns) for one in group)])
    owner = _joined(first + one.owner for first, one in zip(firsts, papers, strict=False))
    kinds = _joined(one.kind for one in papers)
    count = len(owner)
    turn = np.arange(count) - np.searchsorted(owner, owner, "left")

    def picked(places: Numbers, of: Sequence[object], name: str) -> pa.Array:
        return _picked(places, of, schema.field(name).type)

    columns = {
        "statement_id": _statement_ids(group).take(pa.array(owner)),
        "ordinal": pa.array(turn).cast(schema.field("ordinal").type),
        "type": picked(kinds, [kind.type for kind in values.kinds], "type"),
        "type_as_sent": picked(kinds, [kind.as_sent for kind in values.kinds], "type_as_sent"),
        "number": pa.array(chain.from_iterable(one.number for one in papers), pa.string()),
        "issuing_state": picked(_joined(one.issuer for one in papers), values.states, "issuing_state"),
        "expiry": picked(_joined(one.expiry for one in papers), values.expiries, "expiry"),
        "check_digit": pa.array([CheckDigit.NONE], pa.string()).take(pa.array(np.zeros(count, np.int64))),
        "surname": pa.nulls(count, pa.string()),
        "given_names": pa.nulls(count, pa.string()),
        "state_as_sent": pa.nulls(count, pa.string()),
    }
    return pa.table([columns[name] for name in schema.names], names=schema.names)


class _Flown(NamedTuple):
    """A row for each leg that a traveller flies: the traveller, the flight, place of his seat on it.

    Attributes:
        places: the travellers; None where each flies one leg.
    """

    places: pa.Array | None
    flight_ids: pa.Array
    seats: Numbers

    @classmethod
    def of(cls, group: list[Told]) -> "_Flown":
        """Lay out the legs of all travellers of a group."""
        places, flights, seats = [], [], []
        flight_ids: list[str] = []
        first = 0
        for one in group:
            columns = one.columns
            begin = np.cumsum([0, *map(len, one.flown)])
            count = np.diff(begin)[columns.journey]
            row = np.repeat(np.arange(len(columns)), count)
            turn = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
            leg = begin[columns.journey[row]] + turn
            places.append(first + row)
            flights.append(len(flight_ids) + leg)
            turns = np.array([turn for journey in one.flown for _, turn in journey], np.int64)[leg]
            sent = (turns >= 0) & (turns < len(columns.seats))
            seat = np.full(len(row), NONE)
            seat[sent] = columns.seats[turns[sent], row[sent]]
            seats.append(seat)
            flight_ids += [flight_id for journey in one.flown for flight_id, _ in journey]
            first += len(columns)
        named = pa.array(flight_ids, pa.string()).take(pa.array(_joined(flights)))
        row = _joined(places)
        once = len(row) == first and bool((row == np.arange(first)).all())
        return cls(None if once else pa.array(row), named, _joined(seats))


def _joined(parts: Iterable[Numbers]) -> Numbers:
    listed = list(parts)
    return np.concatenate(listed) if listed else np.empty(0, np.int64)


def _picked(places: Numbers, values: Sequence[object], of: pa.DataType) -> pa.Array:
    """Give the value at each place, null at NONE; only those that occur are made."""
    coded = pa.array(places, mask=places == NONE).dictionary_encode()
    occurring = [values[place] for place in coded.dictionary.to_pylist()]
    return pa.array(occurring, of).take(coded.indices)


def _repeated(group: list[Told]) -> pa.Array:
    return pa.array(np.repeat(np.arange(len(group)), [len(one.columns) for one in group]))


def _told(values: list[object], group: list[Told], of: pa.DataType) -> pa.Array:
    """Repeat one value a message for each of its travellers."""
    return pa.array(values, of).take(_repeated(group))


def _statement_ids(group: list[Told]) -> pa.Array:
    ordinals = pa.array(_joined(one.columns.ordinal for one in group)).cast(pa.string())
    messages = _told([one.message_id for one in group], group, pa.string())
    return pc.binary_join_element_wise(messages, ordinals, ":")
