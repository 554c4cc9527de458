"""What is true of a generated night: who was planted, what noise each name got, how many are on each leg.

`truth.parquet` holds one row a person and leg, in the evaluation tables' columns and, beside them, the
traveller as they were sent, so that a row can be found again in what was read (by locator and name; crew by
leg and name).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from screening.lab.generate.flights import Flight
from screening.lab.generate.parties import Passenger, names_as_sent
from screening.messages.model import Document
from screening.tables.codes import DocumentType

SCHEMA = pa.schema(
    [
        ("passenger_id", pa.string()),
        ("flight_id", pa.string()),
        ("kind", pa.string()),
        ("entity_ids", pa.list_(pa.string())),
        ("name_ops", pa.list_(pa.string())),
        ("dob_op", pa.string()),
        ("culture", pa.string()),
        ("surname", pa.string()),
        ("given_names", pa.string()),
        ("dob", pa.string()),
        ("sex", pa.string()),
        ("nationality", pa.string()),
        ("doc_type", pa.string()),
        ("doc_number", pa.string()),
        ("doc_country", pa.string()),
        ("role", pa.string()),
        ("locator", pa.string()),
        ("seat", pa.string()),
        ("in_api", pa.bool_()),
        ("in_pnr", pa.bool_()),
        ("readable", pa.bool_()),
    ]
)
_CODES = {DocumentType.PASSPORT: "P", DocumentType.NATIONAL_ID: "I", DocumentType.CREW: "L"}


@dataclass(slots=True)
class Truth:
    """Collects rows as flights are written."""

    rows: list[tuple[object, ...]] = field(default_factory=list)
    legs: list[dict[str, object]] = field(default_factory=list)

    def add(self, flight: Flight, ordinal: int, people: list[tuple[Passenger, str | None, bool]]) -> None:
        """Add everybody on a flight.

        Args:
            flight: the flight.
            ordinal: its place in the night; people are numbered inside it.
            people: each traveller with their locator and whether some file that can be read holds them.
        """
        on_leg = [0] * len(flight.legs)
        for place, (passenger, locator, readable) in enumerate(people):
            facts = _facts(passenger, locator, readable=readable)
            for place_of_leg in _reported(flight, passenger):
                row = (f"{ordinal:05}-{place:04}", flight.legs[place_of_leg].flight_id, *facts)
                self.rows.append(row)
                on_leg[place_of_leg] += readable
        for leg, count in zip(flight.legs, on_leg, strict=True):
            if flight.has_api or leg is flight.legs[-1]:
                sources = [name for name, held in (("api", flight.has_api), ("pnr", flight.has_pnr)) if held]
                self.legs.append({"flight_id": leg.flight_id, "travellers": count, "sources": sources})

    def table(self) -> pa.Table:
        """Return truth.parquet's table, in the order in which people were added."""
        columns = list(zip(*self.rows, strict=True)) if self.rows else [()] * len(SCHEMA)
        arrays = [pa.array(values, kind.type) for values, kind in zip(columns, SCHEMA, strict=True)]
        return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _reported(flight: Flight, passenger: Passenger) -> Iterator[int]:
    """Legs of which messages tell: API tells all that they fly, PNR the one that crosses the border."""
    begin = passenger.first_leg if passenger.in_api else len(flight.legs) - 1
    yield from range(begin, len(flight.legs))


def _facts(passenger: Passenger, locator: str | None, *, readable: bool) -> tuple[object, ...]:
    surname, given = names_as_sent(passenger, diacritics=False)
    document: Document | None = next((d for d in passenger.documents if d.type in _CODES), None)
    return (
        passenger.kind,
        list(passenger.entity_ids),
        list(passenger.name_operations),
        passenger.date_operation,
        passenger.person.culture,
        surname,
        given,
        passenger.born.isoformat() if passenger.born else "",
        str(passenger.sex or ""),
        passenger.nationality or "",
        _CODES[document.type] if document else "",
        document.number if document else "",
        (document.issuing_state or "") if document else "",
        str(passenger.role),
        locator,
        passenger.seat,
        passenger.in_api,
        passenger.in_pnr,
        readable,
    )
