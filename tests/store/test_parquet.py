"""The same table is the same bytes; a file that is no longer what was written is an error."""

import itertools

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.store.files import sha256_file
from screening.store.parquet import read_table, write_table
from screening.tables.errors import StoreError
from screening.tables.individual import STATEMENT_DOCUMENTS
from screening.tables.model import SchemaError


def chunked(table, count):
    edges = [table.num_rows * number // count for number in range(count + 1)]
    return pa.concat_tables(table.slice(a, b - a) for a, b in itertools.pairwise(edges))


@pytest.mark.parametrize("count", [1, 2, 5, 8000])
def test_same_rows_are_the_same_file_however_they_are_chunked(tmp_path, documents, count):
    table = documents(9000)
    whole = write_table(tmp_path / "whole.parquet", table)
    pieces = write_table(tmp_path / "pieces.parquet", chunked(table, count))
    assert pieces == whole


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_same_rows_are_the_same_file_whatever_their_order_and_buffers(tmp_path, documents, data):
    table = documents(20)
    order = data.draw(st.permutations(range(20)))
    other = chunked(table.take(order), data.draw(st.integers(1, 20)))
    padded = pa.concat_tables([table.slice(0, 3), other, table.slice(17, 3)]).slice(3, 20)
    assert write_table(tmp_path / "a", padded).sha256 == write_table(tmp_path / "b", table).sha256


def test_traces_of_pandas_and_dictionary_order_do_not_reach_the_file(tmp_path, documents):
    table = documents(200)
    through_pandas = pa.Table.from_pandas(table.to_pandas(), schema=table.schema)
    encoded = table.set_column(2, "type", table["type"].dictionary_encode())
    expected = write_table(tmp_path / "plain", table)
    assert write_table(tmp_path / "pandas", through_pandas, STATEMENT_DOCUMENTS) == expected
    assert write_table(tmp_path / "encoded", encoded, STATEMENT_DOCUMENTS) == expected
    undeclared = pa.Table.from_pandas(table.to_pandas()[["statement_id"]])
    write_table(tmp_path / "undeclared", undeclared)
    assert b"pandas" not in (pq.read_schema(tmp_path / "undeclared").metadata or {})


@pytest.mark.parametrize("rows", [0, 1, 70_000], ids=["none", "one", "more than a row group"])
def test_what_is_written_is_read(tmp_path, documents, rows):
    table = documents(rows)
    written = write_table(tmp_path / "t", table)
    assert (written.rows, written.bytes) == (rows, (tmp_path / "t").stat().st_size)
    assert written.sha256 == sha256_file(tmp_path / "t")
    back = read_table(tmp_path / "t", STATEMENT_DOCUMENTS)
    assert back.equals(table)
    assert back.schema.equals(STATEMENT_DOCUMENTS.schema, check_metadata=True)


def test_a_table_that_does_not_keep_its_declaration_is_not_written(tmp_path, documents):
    table = documents(3)
    strange = table.set_column(2, "type", pa.array(["passport", "visa", "balloon"]))
    for wrong in (strange, table.drop_columns(["number"]), pa.concat_tables([table, table])):
        with pytest.raises(SchemaError):
            write_table(tmp_path / "t", wrong, STATEMENT_DOCUMENTS)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_named_like_a_partition_adds_no_column(tmp_path, documents):
    path = tmp_path / "night=2026-11-23" / "0003" / "t.parquet"
    write_table(path, documents(3))
    assert read_table(path).column_names == STATEMENT_DOCUMENTS.schema.names


def test_a_column_that_a_newer_version_added_is_null_in_older_files(tmp_path, documents):
    older = documents(3).drop_columns(["state_as_sent"]).replace_schema_metadata(None)
    write_table(tmp_path / "t", older)
    back = read_table(tmp_path / "t", STATEMENT_DOCUMENTS)
    assert back["state_as_sent"].to_pylist() == [None] * 3
    assert back.schema.equals(STATEMENT_DOCUMENTS.schema)


def test_a_file_without_a_needed_column_is_of_another_version(tmp_path, documents):
    write_table(tmp_path / "t", documents(3).drop_columns(["number"]).replace_schema_metadata(None))
    with pytest.raises(StoreError, match="does not hold `statement_documents`"):
        read_table(tmp_path / "t", STATEMENT_DOCUMENTS)


@pytest.mark.parametrize("start", range(4))
def test_a_flipped_bit_is_an_error_and_never_another_value(tmp_path, documents, start):
    table, path = documents(400), tmp_path / "t"
    write_table(path, table)
    good = path.read_bytes()
    noticed = 0
    for at in range(start, len(good), 16):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0x10]) + good[at + 1 :])
        try:
            assert read_table(path, STATEMENT_DOCUMENTS).equals(table)  # statistics, indexes: not the values
        except StoreError:
            noticed += 1
    assert noticed > 100


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(None, "missing", id="missing"),
        pytest.param(b"", "damaged", id="empty"),
        pytest.param(b"PAR1", "damaged", id="only the magic number"),
        pytest.param(b"PAR1" + b"\0" * 100 + b"PAR1", "damaged", id="empty footer"),
    ],
)
def test_a_file_that_is_no_parquet_says_what_to_do(tmp_path, content, message):
    if content is not None:
        (tmp_path / "t").write_bytes(content)
    with pytest.raises(StoreError, match=message) as caught:
        read_table(tmp_path / "t", STATEMENT_DOCUMENTS)
    assert "backup" in caught.value.remedy
    assert caught.value.where == str(tmp_path / "t")


def test_a_cut_file_is_damaged_wherever_it_was_cut(tmp_path, documents):
    path = tmp_path / "t"
    write_table(path, documents(50))
    good = path.read_bytes()
    for length in range(0, len(good), 97):
        path.write_bytes(good[:length])
        with pytest.raises(StoreError):
            read_table(path, STATEMENT_DOCUMENTS)
