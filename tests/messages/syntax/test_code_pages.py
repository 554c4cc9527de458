"""Names under a wrong label: one code page explains them all, or nothing is guessed."""

import pytest

from screening.messages.read import read_input
from screening.profile.model import Intake


def read(names, label):
    people = b"".join(b"NAD+FL+++" + name + b":JO'DTM+329:800101'" for name in names)
    reading = read_input(
        b"UNA:+.? 'UNB+"
        + label
        + b":4+A+B+261123:0700+1'UNH+1+PAXLST:D:12B:UN:IATA'BGM+745'TDT+20+XY1+++XY'LOC+125+FRA'"
        b"DTM+189:2611231730:201'LOC+87+IAD'" + people + b"UNT+1+1'UNZ+1+1'",
        Intake(),
    )
    (message,) = reading.messages
    codes = {found.code for found in message.findings}
    return [one.surname for one in message.travellers], codes - {"unt_count_differs"}


@pytest.mark.parametrize(
    ("names", "coded", "label"),
    [
        pytest.param(["ŠIMIĆ", "ŽELJKO"], "cp1250", "UNOD", id="1250 under 8859-2"),
        pytest.param(["ŒUVRARD", "D’ALMEIDA", "JOÃO"], "cp1252", "UNOC", id="1252 under 8859-1"),
        pytest.param(["ЂУРИЋ", "ИВАНОВ"], "cp1251", "UNOE", id="1251 under 8859-5"),
        pytest.param(["ŞAHİN", "ÇELİK", "D’ALMEIDA"], "cp1254", "UNOK", id="1254 under 8859-9"),
        pytest.param(["MÜLLER", "GÖTZ"], "cp437", "UNOA", id="437 under ASCII"),
        pytest.param(["MÜLLER", "ÁLVAREZ"], "mac_roman", "UNOA", id="Mac Roman under ASCII"),
        pytest.param(["LEFÈVRE", "MÜLLER"], "utf_8", "UNOA", id="UTF-8 under ASCII"),
    ],
)  # fmt: skip
def test_a_code_page_that_explains_all_names_is_used(names, coded, label):
    found, codes = read([name.encode(coded) for name in names], label.encode())
    assert found == names
    assert codes == {"charset_label_differs" if coded == "utf_8" else "code_page_used"}


def test_utf8_that_was_encoded_twice():
    name = "LEFÈVRE".encode().decode("cp1252").encode()
    assert read([name, b"DOE"], b"UNOY") == (["LEFÈVRE", "DOE"], {"code_page_used"})


def test_code_page_1252_that_was_taken_for_8859_1_and_encoded():
    assert read(["D\x92ALMEIDA".encode()], b"UNOC") == (["D’ALMEIDA"], {"code_page_used"})


def test_utf8_beside_a_code_page_stays_utf8():
    found, codes = read(["LEFÈVRE".encode(), "ŒUVRARD".encode("cp1252")], b"UNOC")
    assert found == ["LEFÈVRE", "ŒUVRARD"]
    assert "code_page_used" in codes


@pytest.mark.parametrize(
    ("name", "label", "code"),
    [
        pytest.param(b"O\x92HADDAD", b"UNOA", "undecodable_byte", id="two pages read it differently"),
        pytest.param(b"R\x81E", b"UNOC", "control_character", id="no page has a letter there"),
        pytest.param(b"R\xff\x81\x8dE", b"UNOA", "undecodable_byte", id="no page at all"),
    ],
)
def test_nothing_is_guessed(name, label, code):
    found, codes = read([name], label)
    assert code in codes
    assert "code_page_used" not in codes
    assert len(found) == 1
