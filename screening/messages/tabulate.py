"""Readings to tables: messages, legs, statements, documents, bookings, quarantine, byte ranges, ledger.

One statement for each traveller and each leg they fly. A message in quarantine says nothing; a traveller in
quarantine says nothing but their documents: without a name they are still screened by a document that was
read whole. The ledger adds up for each input: bytes, messages, travellers received = passed + set aside.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from screening.messages.describe import all_findings
from screening.messages.model import Booking, Message, Quarantined, Reading, Traveller
from screening.tables import individual, landing
from screening.tables.codes import Counted, LedgerUnit, MessageStatus, QuarantineUnit, RetentionClass, Source
from screening.tables.collector import collector_paused

_CLASS = {Source.API: RetentionClass.API, Source.PNR: RetentionClass.PNR, None: RetentionClass.UNREAD}
_CUT_OFF = "traveller_cut_off"
_OUTSIDE = "outside_mandate"
Row = dict[str, object]


def tabulate(readings: Sequence[Reading]) -> dict[str, pa.Table]:
    """Build the tables of a set of inputs.

    Args:
        readings: readings of different inputs, or parts of one (`read_parts`).

    Returns:
        messages, message_legs, statements, statement_documents, bookings, quarantine, byte_ranges,
        outside_mandate, ledger; each conforms to its declaration, whatever the order of the readings.
    """
    with collector_paused():
        messages = [(reading.input_id, message) for reading in readings for message in reading.messages]
        stating = [
            (input_id, message)
            for input_id, message in messages
            if message.status is not MessageStatus.QUARANTINED
        ]
        people = _People.of(stating)
        return {
            "messages": individual.MESSAGES.table(_message_row(*one) for one in messages),
            "message_legs": individual.MESSAGE_LEGS.table(
                chain.from_iterable(_leg_rows(*one) for one in stating)
            ),
            "statements": individual.STATEMENTS.conform(_statements(people)),
            "statement_documents": individual.STATEMENT_DOCUMENTS.conform(_documents(people)),
            "bookings": individual.BOOKINGS.table(
                chain.from_iterable(_booking_rows(*one) for one in stating)
            ),
            "quarantine": individual.QUARANTINE.table(chain.from_iterable(map(_quarantine_rows, readings))),
            "byte_ranges": landing.BYTE_RANGES.table(chain.from_iterable(map(_range_rows, readings))),
            "outside_mandate": individual.OUTSIDE_MANDATE.table(
                chain.from_iterable(map(_outside_rows, readings))
            ),
            "ledger": individual.LEDGER.table(_ledger_rows(readings)),
        }


def is_screened(traveller: Traveller) -> bool:
    """Say whether a traveller makes statements."""
    if not traveller.quarantined:
        return True
    return bool(traveller.documents) and not any(found.code == _CUT_OFF for found in traveller.findings)


def identified_legs(message: Message) -> dict[int, str]:
    """Return ordinal and flight_id of the legs that have one, dated or provisional, each flight once."""
    seen: dict[str, int] = {}
    for ordinal, leg in enumerate(message.legs):
        flight_id = leg.flight_id
        if flight_id is not None:
            seen.setdefault(flight_id, ordinal)
    return {ordinal: flight_id for flight_id, ordinal in seen.items()}


def message_id(input_id: str, message: Message) -> str:
    """Build the identifier of a message: its input and its first byte."""
    return f"{input_id}:{message.offset}"


def _message_row(input_id: str, message: Message) -> Row:
    return {
        "message_id": message_id(input_id, message),
        "input_id": input_id,
        "offset": message.offset,
        "length": message.length,
        "source": str(message.source),
        "type": str(message.type),
        "version": message.version,
        "dialect": message.dialect,
        "function": str(message.function),
        "action": str(message.action),
        "reference": message.reference,
        "transaction": message.transaction,
        "sender": message.sender,
        "control_reference": message.control_reference,
        "sent_local": message.sent,
        "part": message.part,
        "last_part": message.last_part,
        "stated": message.stated,
        "read": len(message.travellers) + message.erased,
        "complete": message.complete,
        "flight_ids": list(identified_legs(message).values()),
        "status": str(message.status),
        "findings": [found.row() for found in all_findings(message)],
    }


def _leg_rows(input_id: str, message: Message) -> Iterable[Row]:
    for ordinal, flight_id in identified_legs(message).items():
        leg = message.legs[ordinal]
        yield {
            "message_id": message_id(input_id, message),
            "flight_id": flight_id,
            "ordinal": ordinal,
            "carrier": leg.carrier or None,
            "number": leg.number or None,
            "marketing": list(leg.marketing),
            "origin": leg.origin or None,
            "destination": leg.destination or None,
            "departure_local": leg.departure,
            "arrival_local": leg.arrival,
            "provisional": bool(leg.stand_in) and not leg.is_complete,
        }


_STATED = (
    "booking_reference",
    "role",
    "surname",
    "given_names",
    "name_as_sent",
    "date_of_birth",
    "birth_as_sent",
    "sex",
    "nationality",
    "residence",
    "locator",
    "traveller_reference",
    "embarkation",
    "debarkation",
    "says",
    "on_board",
    "nationality_as_sent",
    "birth_part",
)
_OTHERS = ("other_births", "other_sexes", "other_nationalities")  # fmt: skip
_OF_DOCUMENT = (
    "type", "type_as_sent", "number", "issuing_state", "expiry", "check_digit", "surname", "given_names",
    "state_as_sent",
)  # fmt: skip
_NOTHING: list[Row] = []


@dataclass(frozen=True, slots=True)
class _People:
    """Travellers who make statements, by message; columns are built of all at once."""

    stating: list[tuple[str, Message]]
    travellers: list[Traveller]
    counts: list[int]  # travellers of each message
    statement_ids: pa.Array

    @classmethod
    def of(cls, stating: list[tuple[str, Message]]) -> "_People":
        """Gather them."""
        travellers: list[Traveller] = []
        counts = []
        for _, message in stating:
            people = message.travellers
            if any(traveller.quarantined for traveller in people):
                people = [traveller for traveller in people if is_screened(traveller)]
            counts.append(len(people))
            travellers += people
        messages = pa.array([message_id(*one) for one in stating], pa.string())
        ordinals = pa.array([traveller.ordinal for traveller in travellers], pa.int64())
        identities = messages.take(_repeated(counts))
        joined = pc.binary_join_element_wise(identities, ordinals.cast(pa.string()), ":")
        return cls(stating, travellers, counts, joined)

    def of_message(self, values: list[object], of: pa.DataType) -> pa.Array:
        """Repeat one value a message for each of its travellers."""
        return pa.array(values, of).take(_repeated(self.counts))


def _repeated(counts: list[int]) -> pa.Array:
    return pa.array(np.repeat(np.arange(len(counts)), counts))


def _statements(people: _People) -> pa.Table:
    travellers = people.travellers
    if not travellers:
        return individual.STATEMENTS.empty()
    places, flight_ids, seats = _flown(people)
    schema = individual.STATEMENTS.schema
    stated = zip(*map(attrgetter(*_STATED), travellers), strict=True)
    columns = {
        name: pa.array(values, schema.field(name).type) for name, values in zip(_STATED, stated, strict=True)
    }
    messages = [message for _, message in people.stating]
    columns["statement_id"] = people.statement_ids
    columns["message_id"] = people.of_message([message_id(*one) for one in people.stating], pa.string())
    columns["source"] = people.of_message([message.source for message in messages], pa.string())
    columns["sent_local"] = people.of_message(
        [message.sent for message in messages], schema.field("sent_local").type
    )
    columns["findings"] = pa.array(
        [
            [found.row() for found in traveller.findings] if traveller.findings else _NOTHING
            for traveller in travellers
        ],
        schema.field("findings").type,
    )
    columns["other_names"] = pa.array(
        [
            [f"{surname}/{given}" for surname, given in traveller.other_names]
            if traveller.other_names
            else None
            for traveller in travellers
        ],
        schema.field("other_names").type,
    )
    for name in _OTHERS:
        further = [getattr(traveller, name) or None for traveller in travellers]
        columns[name] = pa.array(further, schema.field(name).type)
    if places is not None:
        columns = {name: values.take(places) for name, values in columns.items()}
    columns |= {"flight_id": pa.array(flight_ids, pa.string()), "seat": pa.array(seats, pa.string())}
    return pa.table([columns[name] for name in schema.names], names=schema.names)


def _flown(people: _People) -> tuple[pa.Array | None, list[str], list[str | None]]:
    """Return the traveller of each statement (None: one each, in order), its flight, and the seat on it."""
    places: list[int] = []
    flight_ids: list[str] = []
    seats: list[str | None] = []
    first = 0
    for (_, message), count in zip(people.stating, people.counts, strict=True):
        legs = identified_legs(message)
        known: dict[tuple[int, ...], list[int]] = {}
        for place in range(first, first + count):
            traveller = people.travellers[place]
            flown = known.get(traveller.legs)
            if flown is None:
                flown = known[traveller.legs] = legs_flown(traveller.legs, message, legs)
            for ordinal in flown:
                places.append(place)
                flight_ids.append(legs[ordinal])
                seats.append(traveller.seats.get(ordinal))
        first += count
    once = len(places) == first and all(map(int.__eq__, places, range(first)))
    return None if once else pa.array(places, pa.int64()), flight_ids, seats


def legs_flown(journey: tuple[int, ...], message: Message, legs: dict[int, str]) -> list[int]:
    """Return the ordinals of a journey's dated legs, each flight once; all dated ones where none of it is."""
    mine = [ordinal for ordinal in journey if ordinal in legs]
    if mine:
        return mine
    wanted = {message.legs[ordinal].flight_id for ordinal in journey if ordinal < len(message.legs)}
    return [ordinal for ordinal, flight_id in legs.items() if flight_id in wanted] or list(legs)


def _documents(people: _People) -> pa.Table:
    counts = [len(traveller.documents) for traveller in people.travellers]
    documents = [document for traveller in people.travellers for document in traveller.documents]
    if not documents:
        return individual.STATEMENT_DOCUMENTS.empty()
    schema = individual.STATEMENT_DOCUMENTS.schema
    stated = zip(*map(attrgetter(*_OF_DOCUMENT), documents), strict=True)
    columns = {
        name: pa.array(values, schema.field(name).type)
        for name, values in zip(_OF_DOCUMENT, stated, strict=True)
    }
    columns["statement_id"] = people.statement_ids.take(_repeated(counts))
    first = np.repeat(np.cumsum(counts) - counts, counts)
    columns["ordinal"] = pa.array(np.arange(len(documents)) - first).cast(schema.field("ordinal").type)
    return pa.table([columns[name] for name in schema.names], names=schema.names)


def _booking_rows(input_id: str, message: Message) -> Iterable[Row]:
    merged: dict[str, Booking] = {}
    elements: dict[str, dict[str, str]] = {}
    for booking in message.bookings:
        merged.setdefault(booking.locator, booking)
        elements.setdefault(booking.locator, {}).update(booking.elements)
    for locator, booking in merged.items():
        for flight_id in identified_legs(message).values():
            yield {
                "message_id": message_id(input_id, message),
                "locator": locator,
                "flight_id": flight_id,
                "booked_local": booking.booked,
                "agency": booking.agency,
                "party_size": booking.party_size,
                "elements": sorted(elements[locator].items()),
            }


def _quarantine_rows(reading: Reading) -> list[Row]:
    messages = {message.offset: message for message in reading.messages}
    rows: dict[str, Row] = {}
    for unit in reading.quarantined:
        message = messages.get(unit.message_offset) if unit.message_offset is not None else None
        identity = f"{reading.input_id}:{unit.offset}"
        if unit.unit is QuarantineUnit.TRAVELLER:
            identity = f"{identity}:{unit.traveller}"
        row = rows.get(identity)
        if row is None:
            rows[identity] = _quarantine_row(identity, reading, unit, message)
        else:
            row["codes"] = [*dict.fromkeys([*_strings(row["codes"]), *unit.codes])]
    return list(rows.values())


def _strings(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _quarantine_row(identity: str, reading: Reading, unit: Quarantined, message: Message | None) -> Row:
    return {
        "quarantine_id": identity,
        "input_id": reading.input_id,
        "unit": str(unit.unit),
        "flight_id": next(iter(identified_legs(message).values()), None) if message is not None else None,
        "message_id": message_id(reading.input_id, message) if message is not None else None,
        "offset": unit.offset,
        "length": unit.length,
        "class": str(_CLASS[message.source if message is not None else None]),
        "codes": list(unit.codes),
        "reason": unit.reason,
        **_people(unit, message),
    }


def _people(unit: Quarantined, message: Message | None) -> Row:
    """Say how many people a unit holds whom nobody compared: travellers who were read are counted."""
    flight = unit.flight
    if message is not None:
        legs = [f"{leg.carrier}{leg.number}" for leg in message.legs if leg.carrier and leg.number]
        flight = next(iter(legs), flight)
    if unit.unit is QuarantineUnit.TRAVELLER and message is not None:
        aside = [one for one in message.travellers if one.ordinal == unit.traveller and is_screened(one)]
        return {"people": 0 if aside else 1, "counted": str(Counted.COUNTED), "flight": flight}
    if message is not None and message.travellers:
        return {"people": len(message.travellers), "counted": str(Counted.COUNTED), "flight": flight}
    return {"people": unit.people, "counted": str(unit.counted), "flight": flight}


def _outside_rows(reading: Reading) -> Iterable[Row]:
    for one in reading.outside:
        yield {
            "message_id": f"{reading.input_id}:{one.message_offset}",
            "flight_id": one.flight_id,
            "reason": str(one.reason),
            "input_id": reading.input_id,
            "source": str(one.source),
            "decision": one.decision,
            "travellers": one.travellers,
            "whole": one.whole,
        }


def _range_rows(reading: Reading) -> Iterable[Row]:
    for span in reading.byte_ranges:
        yield {
            "input_id": reading.input_id,
            "offset": span.offset,
            "length": span.length,
            "fate": span.fate,
            "class": str(_CLASS[span.source]),
            "blanked": span.blanked,
        }


def _ledger_rows(readings: Sequence[Reading]) -> Iterable[Row]:
    """Count bytes, messages and travellers of each input: what came in, what went on, what was set aside."""
    counts: dict[str, Counter[tuple[LedgerUnit, str]]] = {}
    for reading in readings:
        count = counts.setdefault(reading.input_id, Counter())
        for span in reading.byte_ranges:
            fate = {"message": "passed", "set_aside": "quarantined"}.get(span.fate, span.fate)
            count[LedgerUnit.BYTES, fate] += span.length
        known = {message.offset for message in reading.messages}
        for message in reading.messages:
            quarantined = message.status is MessageStatus.QUARANTINED
            count[LedgerUnit.MESSAGES, "quarantined" if quarantined else "passed"] += 1
            aside = sum(not is_screened(traveller) for traveller in message.travellers)
            passed = 0 if quarantined else len(message.travellers) - aside
            count[LedgerUnit.TRAVELLERS, "passed"] += passed
            count[LedgerUnit.TRAVELLERS, "quarantined"] += len(message.travellers) - passed
            count[LedgerUnit.TRAVELLERS, "erased"] += message.erased
            count[LedgerUnit.TRAVELLERS, _OUTSIDE] += message.outside
        for people in {one.message_offset: one.travellers for one in reading.outside if one.whole}.values():
            count[LedgerUnit.MESSAGES, _OUTSIDE] += 1
            count[LedgerUnit.TRAVELLERS, _OUTSIDE] += people
        for element, number in reading.withheld.items():
            count[LedgerUnit.ELEMENTS, element] += number
        for unit in reading.quarantined:
            if unit.message_offset is not None and unit.message_offset not in known:
                count[LedgerUnit.MESSAGES, "quarantined"] += 1
    for input_id, count in counts.items():
        yield from _ledger_of(input_id, count)


def _ledger_of(input_id: str, count: Counter[tuple[LedgerUnit, str]]) -> Iterable[Row]:
    for of in LedgerUnit:
        parts = {how: number for (unit, how), number in count.items() if unit is of}
        if of is LedgerUnit.ELEMENTS and not parts:
            continue
        passed = parts.pop("passed", 0)
        yield {
            "stage": "read",
            "unit": input_id,
            "of": str(of),
            "as": "passed",
            "received": passed + sum(parts.values()),
            "passed": passed,
            "set_aside": 0,
        }
        for how, number in sorted(parts.items()):
            if number:
                yield {
                    "stage": "read",
                    "unit": input_id,
                    "of": str(of),
                    "as": how,
                    "received": 0,
                    "passed": 0,
                    "set_aside": number,
                }
