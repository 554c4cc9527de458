"""Row types are those of the declarations: a table goes through rows and comes back the same."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from screening.lab.row_types import ROWS, row_name
from screening.tables import rows as row_types
from screening.tables.model import SchemaError, rows_of

VALUES = (
    (pa.types.is_date, date(2026, 11, 23)),
    (pa.types.is_boolean, True),
    (pa.types.is_integer, 7),
    (pa.types.is_floating, 0.5),
    (pa.types.is_string, "word"),
)


def example(kind: pa.DataType) -> object:
    """Any value of an Arrow type."""
    if pa.types.is_list(kind):
        return [example(kind.value_type)]
    if pa.types.is_struct(kind):
        return {field.name: example(field.type) for field in kind}
    if pa.types.is_timestamp(kind):
        return datetime(2026, 11, 23, 4, 5, tzinfo=UTC if kind.tz else None)
    return next(value for test, value in VALUES if test(kind))


def table_of(spec, *, absent: bool) -> pa.Table:
    values = {
        field.name: [None if absent and field.nullable else example(field.type)] for field in spec.schema
    }
    return pa.table(values, spec.schema)


@pytest.mark.parametrize("absent", [False, True], ids=["all given", "all absent that may be"])
@pytest.mark.parametrize("spec", ROWS, ids=lambda spec: spec.name)
def test_a_table_goes_through_rows_and_comes_back(spec, absent):
    table = table_of(spec, absent=absent)
    kind = getattr(row_types, row_name(spec))
    assert list(kind.__annotations__) == spec.schema.names
    assert pa.Table.from_pylist(rows_of(table, kind), schema=spec.schema).equals(table)


def test_a_missing_column_is_named():
    with pytest.raises(SchemaError, match="HitRow: missing hit_id"):
        rows_of(pa.table({"flight_id": ["x"]}), row_types.HitRow)
