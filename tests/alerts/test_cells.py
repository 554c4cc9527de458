"""What the field writes into cells of lists: dates, numbers, names, characters. Everybody here is invented."""

import gzip
import io
import zipfile
from collections import Counter
from datetime import date

import pytest

from screening.alerts.births import read_births, term_day
from screening.alerts.damage import likely_pages, sign_of
from screening.alerts.gate import check
from screening.alerts.importers import IMPORTERS
from screening.alerts.model import ImportOptions
from screening.alerts.name_cells import is_no_name, parted
from screening.alerts.number_cells import read_numbers
from screening.alerts.source import unpacked
from screening.alerts.text import decode
from screening.profile.model import ListGate
from screening.tables.errors import InputError

TODAY = date(2026, 11, 29)
MAPPING = b"""
date_order = "dmy"
[columns]
source_id = "id"
full_name = "name"
date_of_birth = "born"
document_number = "paper"
document_number_to = "until"
document_state = "state"
category = "action"
expires = "expires"
"""
HEADER = "id;name;born;paper;until;state;action;expires\n"


def own(*rows, mapping=MAPPING, terms=None, encoding="utf-8"):
    data = (HEADER + "".join(f"{row}\n" for row in rows)).encode(encoding)
    return IMPORTERS["own"].read(
        {"own.csv": data}, ImportOptions("own", mapping=mapping, terms=terms, today=TODAY)
    )


def codes(imported):
    return Counter(finding.code for finding in imported.findings)


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("Approximately 1963, 1966", ["1963", "1966"]),
        ("06/1975", ["1975-06"]),
        ("1958 (1965 or 1966)", ["1958", "1965", "1966"]),
        ("late 1970s", ["1975..1979"]),
        ("1970-73", ["1970..1973"]),
        ("23-Apr-68", ["1968-04-23"]),
        ("5/6/71", ["1971-06-05"]),
        ("1 Jan 15", ["1915-01-01", "2015-01-01"]),
        ("03/04/1981 00:00:00", ["1981-04-03"]),
        ("29347", ["1980-05-06"]),
        ("29347.0", ["1980-05-06"]),
        ("13/13/1972", ["1972"]),
        ("03/25/1981", ["1981-03-25"]),
        ("4 mai 1970", ["1970-05-04"]),
        ("1er février 1972", ["1972-02-01"]),
        ("12 de marzo de 1975", ["1975-03-12"]),
        ("15 października 1980 r.", ["1980-10-15"]),
        ("12 мая 1971 г.", ["1971-05-12"]),
        ("listopad 1970", ["1970-10", "1970-11"]),
        ("1981年4月3日", ["1981-04-03"]),
        ("14/08/2515", ["1972-08-14"]),
        ("12-07-1392 H", ["1972-08-21..1972-08-23"]),
        ("23/05/1351", ["1972-08-14", "1932-09-23..1932-09-25"]),
        ("xx/xx/1965", ["1965"]),
        ("born in 1963, died 2004", ["1963"]),
        ("unknown", []),
    ],
)
def test_at_least_the_year_of_a_birth_is_read(written, values):
    assert [known.value for known in read_births(written, "dmy", TODAY).dates] == values


def test_two_figures_of_day_and_month_in_an_unknown_order_are_both_days():
    found = read_births("03/04/1981", "", TODAY)
    assert {known.value for known in found.dates} == {"1981-04-03", "1981-03-04"}
    assert found.codes == ("list_date_order",)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("11/2026", "2026-11-01", "2026-11-30"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("30/11/2026", "2026-11-30", "2026-11-30"),
        ("30/11/26", "2026-11-30", "2026-11-30"),
        ("46357", "2026-12-01", "2026-12-01"),
        ("Feb 2028", "2028-02-01", "2028-02-29"),
        ("withdrawn", "None", "None"),
    ],
)
def test_an_imprecise_term_begins_on_its_first_and_ends_on_its_last_day(written, first, last):
    found = [str(term_day(written, last=end, order="dmy", today=TODAY)) for end in (False, True)]
    assert found == [first, last]


def test_an_end_that_cannot_be_read_is_told_and_the_alert_stays():
    found = own("W1;TJOELKER, Rikkert;1970;;;;;withdrawn", "W2;TJOELKER, Sjoerd;1972;;;;;never")
    assert found.alerts["expires"].to_pylist() == [None, None]
    assert found.alerts["status"].to_pylist() == ["active", "active"]
    assert [(f.code, f.record) for f in found.findings] == [("list_validity_unread", "W1")]
    assert "withdrawn" in found.alerts["provenance"][0].as_py()


@pytest.mark.parametrize(
    ("written", "until", "count", "first", "last"),
    [
        ("AB100001-AB100500", "", 500, "AB100001", "AB100500"),
        ("AB100001 – AB100020", "", 20, "AB100001", "AB100020"),
        ("AB100001-020", "", 20, "AB100001", "AB100020"),
        ("D400001/D400020", "", 20, "D400001", "D400020"),
        ("from F600001 to F600020", "", 20, "F600001", "F600020"),
        ("F600001..F600020", "", 20, "F600001", "F600020"),
        ("AB1000[01-20]", "", 20, "AB100001", "AB100020"),
        ("E5000??", "", 100, "E500000", "E500099"),
        ("G700001, G700002 & G700005", "", 3, "G700001", "G700005"),
        ("AB123456 / CD789012", "", 2, "AB123456", "CD789012"),
        ("H800001", "H800003", 3, "H800001", "H800003"),
        ("H800001", "H800001", 1, "H800001", "H800001"),
        ("AB 100 001", "", 1, "AB 100 001", "AB 100 001"),
        ("277-93-113495", "", 1, "277-93-113495", "277-93-113495"),
        ('="00123456"', "", 1, "00123456", "00123456"),
        ("1.23456789E+08", "", 1, "123456789", "123456789"),
        ("1E234567", "", 1, "1E234567", "1E234567"),
    ],
)
def test_each_number_of_a_cell_is_sought(written, until, count, first, last):
    numbers = read_numbers(written, until).numbers
    assert (len(numbers), numbers[0], numbers[-1]) == (count, first, last)


@pytest.mark.parametrize(
    "written",
    ["E5*", "AB100001-AB900000", "AB100001-AC100500", "B100020 to B100001", "AB100001 (500 blanks)",
     "AB100001 onwards", "E5??????", "1,23457E+08", "AB100001 to AC100500"],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_stands_for_no_number(written):
    found = read_numbers(written)
    assert found.numbers == ()
    assert found.refused


def test_a_refused_range_of_stolen_blanks_is_told_and_the_rest_is_sought():
    data = b"document_number;number_to;issuing_state;status\nC1000001;C1000003;GRC;stolen blank\nE5*;;SYR;stolen\n"
    found = IMPORTERS["documents"].read({"d.csv": data}, ImportOptions("d"))
    assert found.alerts["source_id"].to_pylist() == ["C1000001@GR", "C1000002@GR", "C1000003@GR"]
    assert [(f.code, f.record) for f in found.findings] == [
        ("list_document_range", "2"),
        ("list_document_range_refused", "3"),
    ]
    result = check(found, None, ListGate())
    assert result.passed
    assert [warning.code for warning in result.warnings] == ["not_sought"]


def test_a_rounded_number_is_no_number_and_the_person_stays():
    found = own(
        "A1;BENALI, Karim;1963;1,23457E+08;;MA;;", "A2;HARUNA, Musa;1970;A1234567 / B7654321;;NG / GH;;"
    )
    assert [(row["number"], row["issuing_state"]) for row in found.documents.to_pylist()] == [
        ("A1234567", "NG"),
        ("B7654321", "GH"),
    ]
    assert codes(found)["list_document_number_rounded"] == 1


def test_two_documents_in_one_cell_are_two_in_every_format():
    data = b'id,schema,name,aliases,birth_date,identifiers\nq1,Person,"ZAHER, Omar",,1971,"A1234567 / B7654321"\n'
    found = IMPORTERS["opensanctions"].read({"targets.simple.csv": data}, ImportOptions("os"))
    assert found.documents["number"].to_pylist() == ["A1234567", "B7654321"]


@pytest.mark.parametrize(
    ("written", "pieces"),
    [
        ("KARIM Ali alias ABU HASAN", [("derived", "KARIM Ali"), ("alias", "ABU HASAN")]),
        ("Omar Sheikh @ Abu Khalid", [("derived", "Omar Sheikh"), ("alias", "Abu Khalid")]),
        ('SMITH, John (a.k.a. "Johnny")', [("derived", "SMITH, John"), ("alias", "Johnny")]),
        ("Claire MARTIN née DUPONT", [("derived", "Claire MARTIN"), ("former", "Claire DUPONT")]),
        ("MARTIN (née DUPONT), Claire", [("derived", "MARTIN, Claire"), ("former", "DUPONT, Claire")]),
        ("KANT, Uwe [unconfirmed]", [("derived", "KANT, Uwe")]),
        ("*** PETROV, Ivan (deceased) ***", [("derived", "PETROV, Ivan")]),
        ("IVANOV, Ivan (Иванов Иван)", [("derived", "IVANOV, Ivan"), ("original_script", "Иванов Иван")]),
        ("DOE, John / DOE, Jon", [("derived", "DOE, John"), ("alias", "DOE, Jon")]),
        ("SMITH, John, born 1963", [("derived", "SMITH, John")]),
        ("BAKER, Tom a/k/a BAKER, Thomas", [("derived", "BAKER, Tom"), ("alias", "BAKER, Thomas")]),
        ("GARCIA - LOPEZ, Ana", []),
        ("RENE, Paul", []),
        ("DIT, Ali", []),
        ("O'NEIL, Sean", []),
    ],
)
def test_a_cell_of_a_name_is_as_many_names_as_it_holds(written, pieces):
    assert [(str(kind), text) for kind, text in parted(written)] == pieces


@pytest.mark.parametrize("text", ["12345", "N/A", "UNKNOWN", "1963-02-01", "12 May 1951", "a@b.example", "-"])
def test_what_is_no_name_is_told(text):
    assert is_no_name(text)


@pytest.mark.parametrize("text", ["LI, Na", "WU", "X Æ, A", "Éireann Ó hÉigeartaigh", "Иванов", "李娜"])
def test_a_short_or_foreign_name_is_a_name(text):
    assert not is_no_name(text)
    assert sign_of(text) is None


NAMES = ("Müller", "Jürgen", "Šimić", "Ørsted", "Søren", "Peña Ibáñez", "José", "Żółkiewski", "Paweł")


@pytest.mark.parametrize("page", ["cp1252", "mac_roman", "cp1250", "cp437"])
def test_utf_8_that_was_encoded_twice_is_undone(page):
    text = "\n".join(NAMES)
    twice = bytearray()
    for character in text.encode().decode("latin-1"):
        try:
            twice += bytes([ord(character)]).decode(page).encode()
        except UnicodeDecodeError:
            twice += character.encode()
    assert decode(bytes(twice)) == (text, ("list_encoding_twice",))


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("mac_roman", ("Müller", "Jürgen", "Ørsted", "Søren", "Peña")),
        ("cp1250", ("Šimić", "Żółkiewski", "Paweł")),
    ],
)
def test_another_code_page_is_found_by_its_signs_and_mended_by_the_mapping(page, names):
    data = "\n".join(names).encode(page)
    read, found = decode(data)
    assert found == ("list_encoding",)
    signs = [name for name in read.split("\n") if sign_of(name)]
    assert len(signs) >= 2
    assert likely_pages(signs)[0] == page
    assert decode(data, page) == ("\n".join(names), ())
    # converted to UTF-8 by somebody who took it for Windows-1252
    converted = data.decode("cp1252").encode()
    assert decode(converted, page) == ("\n".join(names), ("list_encoding_reread",))
    # the publisher has mended it, the mapping says so no more
    assert decode("\n".join(names).encode(), page) == ("\n".join(names), ("list_encoding_other",))


def test_lines_of_two_encodings_are_each_read_as_what_they_are():
    assert decode("Müller\n".encode() + "Peña\n".encode("cp1252")) == (
        "Müller\nPeña\n",
        ("list_encoding", "list_encoding_mixed"),
    )


def test_a_first_version_of_damaged_names_is_held_and_says_which_code_page():
    rows = [
        f"A{n};{name};197{n};;;;;" for n, name in enumerate(("Müller, Jürgen", "Ørsted, Søren", "Peña, José"))
    ]
    held = check(own(*rows, encoding="mac_roman"), None, ListGate())
    assert [reason.code for reason in held.reasons] == ["names_unlike"]
    assert "mac_roman" in held.reasons[0].text
    mended = own(*rows, mapping=b'encoding = "mac_roman"\n' + MAPPING, encoding="mac_roman")
    assert check(mended, None, ListGate()).passed
    assert mended.names["full"].to_pylist()[0] == "Müller, Jürgen"


def test_a_first_version_of_unread_dates_is_held_and_a_later_one_is_not_held_for_it_again():
    bad = own("A1;BENALI, Karim;no idea;;;;;", "A2;HARUNA, Musa;long ago;;;;;", "A3;MELO, Rui;1970;;;;;")
    assert [reason.code for reason in check(bad, None, ListGate()).reasons] == ["dates_unread"]
    assert check(bad, bad, ListGate()).passed


TERMS = b"field,code,ours,relation\ncategory,WL3,refuse_entry,exact\ncategory,WL4,inform,broader\nstate,RUR,MA,exact\n"


def test_an_alert_whose_code_has_no_row_waits_and_the_others_are_translated():
    found = own(
        "A1;BENALI, Karim;1963;X1234567;;RUR;WL3;", "A2;HARUNA, Musa;1970;;;;WL4;", "A3;MELO, Rui;1971;;;;WL9;",
        terms=TERMS,
    )  # fmt: skip
    rows = found.alerts.select(["source_id", "category", "status"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("A1", "refuse_entry", "active"),
        ("A2", "inform", "active"),
        ("A3", "inform", "held"),
    ]
    assert found.documents["issuing_state"].to_pylist() == ["MA"]
    assert "WL4; ours is broader: inform" in found.alerts["provenance"][1].as_py()
    assert "category: WL9" in found.alerts["provenance"][2].as_py()
    assert [(f.code, f.record) for f in found.findings] == [("list_term_unknown", "A3")]


@pytest.mark.parametrize("bytes_of", ["zip", "gz"])
def test_a_packed_file_with_a_line_for_spreadsheets_is_read(bytes_of):
    plain = b"sep=;\r\nid;name;born;;\r\nA1;BENALI, Karim;1963;;\r\n;;;;\r\n"
    if bytes_of == "zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("folder/list.csv", plain)
            archive.writestr("readme.md", "no list")
        files = {"list.zip": packed.getvalue()}
    else:
        files = {"list.csv.gz": gzip.compress(plain)}
    mapping = b'[columns]\nsource_id = "id"\nfull_name = "name"\ndate_of_birth = "born"\n'
    found = IMPORTERS["own"].read(
        unpacked(files, (".csv", ".xlsx")), ImportOptions("own", mapping=mapping, today=TODAY)
    )
    assert found.names["full"].to_pylist() == ["BENALI, Karim"]
    assert found.findings == ()


def test_an_archive_that_unpacks_too_far_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list.csv", b"0" * 10_000_000)
    with pytest.raises(InputError, match="unpacks"):
        unpacked({"list.zip": packed.getvalue()}, (".csv",))


def test_rows_of_one_alert_are_one_wherever_they_stand():
    rows = ["A1;BENALI, Karim;1963;;;;;", "A2;HARUNA, Musa;1970;;;;;", "A1;BEN ALI, Karim;1966;;;;;"]
    apart, together = own(*rows), own(rows[0], rows[2], rows[1])
    assert apart.alerts.equals(together.alerts)
    assert apart.names.equals(together.names)
    assert apart.dates["value"].to_pylist() == ["1963", "1966", "1970"]
