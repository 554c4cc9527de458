"""Damage of characters in formats that say their encoding themselves: found, told, and undone."""

import json
import re

import pytest

from screening.alerts.export import objects
from screening.alerts.importers import IMPORTERS
from screening.alerts.model import ImportOptions
from screening.alerts.version import version_hash
from screening.tables.errors import InputError
from tests.alerts.test_golden import CASES, files_of, imported

UN = (
    '<?xml version="1.0" encoding="{page}"?><CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID>'
    "<FIRST_NAME>{name}</FIRST_NAME></INDIVIDUAL></INDIVIDUALS></CONSOLIDATED_LIST>"
)


def twice(text, page="cp1252"):
    """Encode as UTF-8, read as another page, as somebody's program did."""
    out = []
    for byte in text.encode():
        try:
            out.append(bytes([byte]).decode(page) if byte > 127 else chr(byte))
        except UnicodeDecodeError:
            out.append(chr(byte))
    return "".join(out)


def referred(text):
    return re.sub(r"[^\x00-\x7f]", lambda one: f"&#{ord(one[0])};", text)


def escaped(text):
    return re.sub(r"[^\x00-\x7f]", lambda one: f"\\u{ord(one[0]):04x}", text)


def codes(found):
    return {finding.code for finding in found.findings}


@pytest.mark.parametrize(
    ("case", "written"),
    [
        *((case, str) for case in ("un", "eu", "ofac_xml", "ftm", "senzing")),
        *((case, referred) for case in ("un", "eu")),
        *((case, escaped) for case in ("ftm", "senzing")),
    ],
)
def test_a_file_encoded_twice_is_read_as_it_was_meant(case, written):
    ((name, data),) = files_of(case).items()
    text = re.sub(r"(?<=[A-Z])AR", "ÁR", data.decode())  # one sample has no letter beyond ASCII
    meant = imported(case, {name: text.encode()})
    damaged = imported(case, {name: written(twice(text)).encode()})
    assert version_hash(damaged) == version_hash(meant)
    assert "list_encoding_twice" in codes(damaged)


def test_the_canonical_form_too():
    lines = [json.dumps(one, ensure_ascii=False) + "\n" for one in objects(imported("un"), "V")]
    text = "".join(lines)
    whole, damaged = (
        IMPORTERS["canonical"].read({"a.jsonl": one.encode()}, ImportOptions("list"))
        for one in (text, twice(text))
    )
    assert version_hash(whole) == version_hash(damaged)


@pytest.mark.parametrize(
    ("data", "mapping", "name"),
    [
        pytest.param(
            UN.format(page="UTF-8", name="¯ó³kiewski").encode(), b'encoding = "cp1250"', "Żółkiewski",
            id="converted by the wrong page",
        ),
        pytest.param(
            UN.format(page="UTF-8", name="Żółkiewski").encode("cp1250"), b'encoding = "cp1250"', "Żółkiewski",
            id="another page than it declares",
        ),
        pytest.param(
            UN.format(page="ISO-8859-1", name="Müller").encode(), None, "Müller",
            id="UTF-8 that declares another page",
        ),
        pytest.param(
            UN.format(page="ISO-8859-1", name="Müller").encode("latin-1"), None, "Müller",
            id="the page that it declares",
        ),
        pytest.param(
            UN.format(page="UTF-16", name="Müller").encode("utf-16"), None, "Müller", id="two bytes a sign"
        ),
    ],
)  # fmt: skip
def test_xml_is_read_by_what_it_is_written_in(data, mapping, name):
    found = IMPORTERS["un"].read({"list.xml": data}, ImportOptions("list", mapping=mapping))
    assert found.names["full"].to_pylist() == [name]


def test_xml_in_another_page_than_it_declares_names_the_key():
    data = UN.format(page="UTF-8", name="Żółkiewski").encode("cp1250")
    with pytest.raises(InputError) as fault:
        IMPORTERS["un"].read({"list.xml": data}, ImportOptions("list"))
    assert "`encoding`" in fault.value.remedy


def test_damage_that_explains_no_whole_file_is_told_with_its_entry_and_mended_by_the_key():
    text = "\n".join(
        json.dumps({"RECORD_ID": str(n), "NAME_FULL": name}, ensure_ascii=False)
        for n, name in enumerate(["Müller Jörg", "MÃ¼ller Jörg"])
    )
    told = IMPORTERS["senzing"].read({"a.json": text.encode()}, ImportOptions("list"))
    assert [f.record for f in told.findings if f.code == "list_characters_damaged"] == ["1"]
    mended = IMPORTERS["senzing"].read(
        {"a.json": text.encode()}, ImportOptions("list", mapping=b'encoding = "utf-8"')
    )
    assert set(mended.names["full"].to_pylist()) == {"Müller Jörg"}


def test_a_cell_of_a_spreadsheet_too(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Case", "Name"])
    book.active.append(["1", twice("Šimić")])
    book.save(tmp_path / "list.xlsx")
    mapping = b'[columns]\nsource_id = "Case"\nfull_name = "Name"\n'
    found = IMPORTERS["own"].read(
        {"list.xlsx": (tmp_path / "list.xlsx").read_bytes()}, ImportOptions("list", mapping=mapping)
    )
    assert found.names["full"].to_pylist() == ["Šimić"]


def test_every_format_of_text_is_among_these_cases():
    assert set(CASES) == {
        "un", "eu", "ofac_xml", "ftm", "senzing",  # above
        "ofac", "uk_conlist", "uk_sanctions_list", "documents", "own", "opensanctions",  # CSV, test_cells
    }  # fmt: skip
