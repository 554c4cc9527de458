"""Masking: after a time the columns that tell who it is leave the tables for a file of their own.

Which columns follows from the profile's data elements (`[masking] elements`); the table below says where each
element stands. What is masked becomes empty: null, or "" and an empty list where a column may not be null.
The depersonalised rows stay; the masked columns lie sealed (`protection.masked`), are shown on approval only
(`protection.unmasking`), and go with their rows or at their own term.

A booking is masked when somebody of it is; evidence with its hit. Copies count: hits repeat names, documents
and dates, evidence quotes what was compared, documents repeat the name in them, changes of a booking repeat
what was changed. Which flights, seats and locators somebody had is not masked.

Source: Directive (EU) 2016/681 art. 12(2): names (those of fellow travellers and their number too), address
and contact, payment, frequent flyer, general remarks, any API data; annex I.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from screening.profile.model import Masking
from screening.protection.terms import Terms, stronger
from screening.tables import analyst, individual
from screening.tables.codes import MaskedElement, TermOutcome
from screening.tables.declared import BY_NAME
from screening.tables.model import Column

_NAME = ("surname", "given_names", "name_as_sent", "other_names")
_FACTS = (
    "date_of_birth",
    "birth_as_sent",
    "birth_part",
    "other_births",
    "sex",
    "other_sexes",
    "nationality",
    "nationality_as_sent",
    "other_nationalities",
    "residence",
)
_PAPER = ("type_as_sent", "number", "issuing_state", "state_as_sent", "expiry", "surname", "given_names")
_ELEMENTS = {
    MaskedElement.CONTACT: ("contact",),
    MaskedElement.PAYMENT: ("payment",),
    MaskedElement.REMARKS: ("remarks", "changes"),
    MaskedElement.FREQUENT_FLYER: ("frequent_flyer",),
}
"""Keys of the map `bookings.elements`."""

COLUMNS: Mapping[MaskedElement, Mapping[str, tuple[str, ...]]] = {
    MaskedElement.NAMES: {
        "statements": _NAME,
        "travellers": _NAME,
        "statement_documents": ("surname", "given_names"),
        "documents": ("surname", "given_names"),
        "hits": ("surname", "given_names", "documents"),
        "evidence": ("traveller_value",),
    },
    MaskedElement.FELLOW_TRAVELLERS: {"bookings": ("party_size",)},
    MaskedElement.CONTACT: {"bookings": ("elements",)},
    MaskedElement.PAYMENT: {"bookings": ("elements",)},
    MaskedElement.REMARKS: {"bookings": ("elements",)},
    MaskedElement.FREQUENT_FLYER: {"bookings": ("elements",)},
    MaskedElement.API: {
        "statements": _FACTS,
        "travellers": _FACTS,
        "statement_documents": _PAPER,
        "documents": _PAPER,
        "hits": ("date_of_birth", "sex", "nationality", "documents"),
        "evidence": ("traveller_value",),
    },
}
"""Element -> table -> columns."""


def columns_of(table: str, elements: Collection[MaskedElement]) -> tuple[str, ...]:
    """Return the columns of a table that are masked, in their order.

    >>> columns_of("bookings", [MaskedElement.FELLOW_TRAVELLERS, MaskedElement.PAYMENT])
    ('party_size', 'elements')
    """
    wanted = {name for element in elements for name in COLUMNS[element].get(table, ())}
    return tuple(column.name for column in BY_NAME[table].columns if column.name in wanted)


def tables_of(elements: Collection[MaskedElement]) -> tuple[str, ...]:
    """Return the tables of which something is masked."""
    return tuple(sorted({table for element in elements for table in COLUMNS[element]}))


def mask_rows(
    table: pa.Table, name: str, rows: pa.Array, elements: Collection[MaskedElement]
) -> tuple[pa.Table, pa.Table]:
    """Mask rows of a table.

    Args:
        table: the table.
        name: its name.
        rows: boolean, which rows.
        elements: what is masked.

    Returns:
        The table with empty columns in these rows; and key and masked columns of the rows that held anything.
    """
    spec, names = BY_NAME[name], columns_of(name, elements)
    columns = [column for column in spec.columns if column.name in names]
    emptied = {column.name: _emptied(table[column.name], column, rows, elements) for column in columns}
    changed = pa.array([False] * table.num_rows, pa.bool_())
    for column_name, made in emptied.items():
        before = table[column_name].to_pylist()
        differs = [one != other for one, other in zip(before, made.to_pylist(), strict=True)]
        changed = pc.or_(changed, pa.array(differs, pa.bool_()))
    aside = table.filter(changed).select([*spec.key, *(one for one in names if one not in spec.key)])
    for column_name, made in emptied.items():
        place = table.schema.get_field_index(column_name)
        table = table.set_column(place, table.schema.field(place), made)
    return table, aside.replace_schema_metadata(None)


def _emptied(
    values: pa.ChunkedArray, column: Column, rows: pa.Array, elements: Collection[MaskedElement]
) -> pa.Array:
    chosen = rows.to_pylist()
    if pa.types.is_map(column.arrow):
        hidden = {key for element in elements for key in _ELEMENTS.get(element, ())}
        if MaskedElement.NAMES in elements:  # what was changed may be a name
            hidden.add("changes")
        kept = [
            [pair for pair in held if pair[0] not in hidden] if mask and held is not None else held
            for held, mask in zip(values.to_pylist(), chosen, strict=True)
        ]
        return pa.array(kept, column.arrow)
    if column.nullable:
        blank: object = None
    else:
        blank = [] if pa.types.is_list(column.arrow) else ""
    made = [blank if mask else held for held, mask in zip(values.to_pylist(), chosen, strict=True)]
    return pa.array(made, column.arrow)


def over(masking: Masking, terms: Terms, outcome: TermOutcome, leg: str | None) -> bool:
    """Say whether rows of an outcome on a leg are masked by now."""
    if masking.after_hours is None or outcome not in masking.outcomes:
        return False
    return terms.clocks.began(masking.clock, leg) + timedelta(hours=masking.after_hours) <= terms.at


class Chosen:
    """Which rows of a night's tables are masked by now: asked table by table."""

    def __init__(self, masking: Masking, terms: Terms) -> None:
        self._masking, self._terms = masking, terms
        self._over = lru_cache(maxsize=None)(lambda outcome, leg: over(masking, terms, outcome, leg))

    def statements(self, table: pa.Table) -> pa.Array:
        """Return which STATEMENTS are masked."""
        outcomes = self._terms.judged.statements
        columns = (table[name].to_pylist() for name in ("statement_id", "flight_id"))
        rows = zip(*columns, strict=True)
        return _mask(self._over(outcomes.get(one, TermOutcome.NONE), leg) for one, leg in rows)

    def travellers(self, table: pa.Table) -> pa.Array:
        """Return which TRAVELLERS are masked: by the strongest outcome of their statements."""
        columns = (table[name].to_pylist() for name in ("statement_ids", "flight_id"))
        return _mask(self._over(self._outcome(ids), leg) for ids, leg in zip(*columns, strict=True))

    def hits(self, table: pa.Table) -> pa.Array:
        """Return which HITS are masked."""
        outcomes = self._terms.judged.hits
        columns = (table[name].to_pylist() for name in ("hit_id", "flight_id"))
        rows = zip(*columns, strict=True)
        return _mask(self._over(outcomes.get(one, TermOutcome.HIT), leg) for one, leg in rows)

    def _outcome(self, statements: Iterable[str]) -> TermOutcome:
        outcome = TermOutcome.NONE
        for one in statements:
            outcome = stronger(outcome, self._terms.judged.statements.get(one, TermOutcome.NONE))
        return outcome


def _mask(values: Iterable[bool]) -> pa.Array:
    return pa.array(list(values), pa.bool_())


def among(table: pa.Table, column: str, ids: Iterable[str]) -> pa.Array:
    """Return which rows name one of some ids."""
    return pc.is_in(table[column].combine_chunks(), pa.array(sorted(set(ids)), pa.string()))


def booked(bookings: pa.Table, statements: pa.Table, rows: pa.Array) -> pa.Array:
    """Return which BOOKINGS are masked: those of which a statement is."""
    masked = statements.filter(rows)
    pairs = set(zip(masked["message_id"].to_pylist(), masked["locator"].to_pylist(), strict=True))
    own = zip(bookings["message_id"].to_pylist(), bookings["locator"].to_pylist(), strict=True)
    return _mask(one in pairs for one in own)


KEYED_BY = {
    individual.STATEMENT_DOCUMENTS.name: "statement_id",
    individual.DOCUMENTS.name: "traveller_id",
    analyst.EVIDENCE.name: "hit_id",
}
"""Tables that are masked with the rows of another, and the column that names these."""
