"""What cannot be a list is refused with a clear error; what is damaged in part is a finding."""

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.alerts.importers import IMPORTERS
from screening.alerts.model import ImportOptions
from screening.tables.errors import InputError, ProfileError

OPTIONS = ImportOptions("list", mapping=b'[columns]\nsource_id = "id"\nfull_name = "name"\n')
NAMES = {source: f"file{importer.endings[0]}" for source, importer in IMPORTERS.items()}
UN = (
    b"<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>A B</FIRST_NAME></INDIVIDUAL>"
)
BILLION = (
    b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + UN + b"</INDIVIDUALS></CONSOLIDATED_LIST>"
)


def read(source, data):
    return IMPORTERS[source].read({NAMES[source]: data}, OPTIONS)


@pytest.mark.parametrize("source", IMPORTERS)
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x1a\r\n", id="only an end mark"),
        pytest.param(b"<!DOCTYPE html><html><body>404</body></html>", id="web page"),
        pytest.param(b"  <HTML><head></head></HTML>", id="web page in capitals"),
        pytest.param(bytes(range(256)), id="noise"),
        pytest.param(b"\xff\xfe\x00\x00" * 8, id="half of another encoding"),
    ],
)
def test_what_is_no_list_is_refused(source, data):
    with pytest.raises(InputError) as told:
        read(source, data)
    assert told.value.remedy


@pytest.mark.parametrize(
    ("source", "data"),
    [
        pytest.param("un", UN, id="cut"),
        pytest.param("un", BILLION, id="entities"),
        pytest.param("un", b"<OTHER/>", id="other root"),
        pytest.param("eu", b"<export><sanctionEntity", id="cut EU"),
        pytest.param("ofac-xml", b"<Sanctions><DistinctParties>", id="cut OFAC"),
        pytest.param("uk", b"Last Updated,01/02/2025\nName,Given\nA,B\n", id="no header of the UK"),
        pytest.param("documents", b"a;b\n1;2\n", id="no column of documents"),
        pytest.param("ofac", b'1,"A","individual"\n', id="no row of twelve columns"),
    ],
)
def test_cut_and_foreign_files_are_refused(source, data):
    with pytest.raises(InputError):
        read(source, data)


def test_an_external_entity_is_never_fetched(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    data = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]><CONSOLIDATED_LIST>&e;</CONSOLIDATED_LIST>'
    with pytest.raises(InputError, match="document type"):
        read("un", data.encode())


def test_a_doctype_behind_a_long_prologue_is_refused_too():
    data = b"<?xml version='1.0'?>" + b"<!-- x -->" * 10_000 + BILLION
    with pytest.raises(InputError):
        read("un", data)


def test_columns_that_stand_one_off_are_refused_with_the_reason():
    header = "Name 6,Name 1,DOB,Group Type,Alias Type,Group ID"
    rows = ["," + header, *(f"A,B,01/01/1980,Individual,AKA,{n}" for n in range(9))]
    with pytest.raises(InputError, match="shifted"):
        read("uk", "\n".join(rows).encode())


def test_a_spreadsheet_that_unpacks_too_far_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    with pytest.raises(InputError, match="unpacks"):
        IMPORTERS["own"].read({"a.xlsx": packed.getvalue()}, OPTIONS)


def test_a_spreadsheet_that_is_damaged_is_refused():
    with pytest.raises(InputError):
        IMPORTERS["own"].read({"a.xlsx": b"PK\x03\x04 and no more"}, OPTIONS)


@pytest.mark.parametrize(
    "mapping",
    [
        pytest.param(None, id="none"),
        pytest.param(b"[columns", id="no TOML"),
        pytest.param(b'[columns]\nsource_id="id"\nnickname="x"\n', id="unknown key"),
        pytest.param(b"\xff", id="no text"),
    ],
)
def test_a_mapping_that_does_not_hold_is_an_error_with_the_allowed_keys(mapping):
    with pytest.raises(ProfileError, match=r"(?s)source_id|mapping"):
        IMPORTERS["own"].read({"a.csv": b"id,name\n1,A\n"}, ImportOptions("list", mapping=mapping))


def test_a_mapped_column_that_is_missing_is_named():
    with pytest.raises(InputError, match="name"):
        read("own", b"id,other\n1,A\n")


def test_windows_1252_posing_as_latin_1_is_read_with_a_finding():
    found = read("own", "id,name\n1,Noëlle D’Arc\n".encode("cp1252"))
    assert found.names["full"].to_pylist() == ["Noëlle D’Arc"]
    assert [finding.code for finding in found.findings] == ["list_encoding"]


def test_an_open_quote_at_the_end_says_that_the_file_is_cut():
    found = read("own", b'id,name\n1,Anna Example\n2,"Berta Exam')
    assert "list_file_cut" in [finding.code for finding in found.findings]


def test_a_document_number_that_is_a_number_in_the_spreadsheet_is_a_finding():
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["id", "name", "passport"])
    book.active.append(["1", "Anna Example", 123456])
    book.active.append(["2", "Berta Example", "00123"])
    packed = io.BytesIO()
    book.save(packed)
    mapping = b'[columns]\nsource_id="id"\nfull_name="name"\ndocument_number="passport"\n'
    found = IMPORTERS["own"].read({"a.xlsx": packed.getvalue()}, ImportOptions("list", mapping=mapping))
    assert found.documents["number"].to_pylist() == ["123456", "00123"]
    assert [(f.code, f.record) for f in found.findings] == [("list_document_number_numeric", "1")]


def test_two_records_of_one_id_are_put_together_with_a_finding():
    row = '{},"{}","individual","Z",' + ",".join(["-0- "] * 7) + ',"DOB {}."\n'
    data = row.format(1, "BOROVENKO, Yurgen", 1948) + row.format(1, "PETROV, Yurgen", 1950)
    found = read("ofac", data.encode())
    assert sorted(found.names["full"].to_pylist()) == ["BOROVENKO, Yurgen", "PETROV, Yurgen"]
    assert "list_record_doubled" in [finding.code for finding in found.findings]


GOLDEN = Path(__file__).parent / "golden"
SAMPLES = {
    "un": "un",
    "eu": "eu",
    "ofac-xml": "ofac_xml",
    "uk": "uk_conlist",
    "ftm": "ftm",
    "senzing": "senzing",
}


@pytest.mark.parametrize("source", SAMPLES)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_damaged_file_is_read_in_part_or_refused_and_nothing_else(source, data):
    whole = next((GOLDEN / SAMPLES[source]).iterdir())
    damaged = bytearray(whole.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        length = data.draw(st.integers(0, 40))
        damaged[place : place + length] = data.draw(st.binary(max_size=4))
    with suppress(InputError):
        found = IMPORTERS[source].read({whole.name: bytes(damaged)}, OPTIONS)
        assert found.alerts.schema.names[0] == "alert_id"
