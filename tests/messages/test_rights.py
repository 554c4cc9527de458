"""Rights of persons in bytes: one traveller blanked, everybody else read as before; corrected values."""

import gzip
import random
from datetime import date
from pathlib import Path

import pytest

from screening.messages.read import read_input
from screening.messages.rights import Rights, Stood, fulfil, places_of, veil
from screening.messages.scrub import blank, blanked
from screening.messages.tabulate import tabulate
from screening.profile.model import Intake

ROOT = Path(__file__).parent.parent.parent
MARTA = ("LINDQUIST", "MARTA ELIN", "810412", "F", "SWE", "AA7712345")
JONAS = ("LINDQUIST", "JONAS", "790101", "M", "SWE", "AA8823456")
OTHER = ("OKONJO", "BAKARI", "900101", "M", "NGA", "B1112223")
INPUT = "a" * 64


def read(data, rights=None):
    reading = read_input(data, Intake(), input_id=INPUT)
    if rights is not None:
        fulfil(reading, rights)
    return reading


def erase(data, ordinals, message=0):
    """What stays of the bytes, what is noted of them, and what they say of all others."""
    reading = read(data)
    one = reading.messages[message]
    gone = {one.offset: ordinals}
    places = places_of(data, reading, gone)
    rights = Rights(gone, {one.offset: Stood.of(one, ordinals)}, places.blank)
    fulfil(reading, rights)
    return veil(blanked(data, 0, places.blank), 0, places.veiled), rights, tabulate([reading])


@pytest.mark.parametrize(
    ("kind", "people", "ordinals"),
    [
        pytest.param("paxlst", [MARTA, JONAS, OTHER], [0], id="API: the first of a list"),
        pytest.param("paxlst", [OTHER, MARTA], [1], id="API: the last of a list"),
        pytest.param("paxlst", [MARTA], [0], id="API: everybody"),
        pytest.param("pnrgov", {"ABC123": [MARTA, JONAS], "DEF456": [OTHER]}, [0], id="PNR: one of a family"),
        pytest.param("pnrgov", {"ABC123": [JONAS, MARTA], "DEF456": [OTHER]}, [1], id="PNR: the second"),
        pytest.param("pnrgov", {"DEF456": [OTHER], "ABC123": [MARTA]}, [1], id="PNR: a whole booking"),
    ],
)
def test_values_of_the_erased_are_gone_and_all_others_read_as_before(kind, people, ordinals, written):
    data = getattr(written, kind)(people).encode()
    kept, rights, others = erase(data, ordinals)
    assert len(kept) == len(data)
    for value in (b"MARTA", b"ELIN", b"810412", b"12APR81", b"AA7712345"):
        assert value not in kept
    again = tabulate([read(kept, rights)])
    for name in ("messages", "message_legs", "statements", "statement_documents", "quarantine", "ledger"):
        assert again[name].equals(others[name]), name
    left = {row["statement_id"] for row in again["statements"].to_pylist()}
    assert not {f"{INPUT}:{next(iter(rights.erased))}:{one}" for one in ordinals} & left
    travellers = [row for row in again["ledger"].to_pylist() if row["of"] == "travellers"]
    assert sum(row["set_aside"] for row in travellers if row["as"] == "erased") == len(ordinals)
    assert sum(row["received"] - row["passed"] - row["set_aside"] for row in travellers) == 0


def test_a_booking_in_which_nobody_is_left_goes_with_its_locator(written):
    data = written.pnrgov({"DEF456": [OTHER], "ABC123": [MARTA]}).encode()
    kept, rights, others = erase(data, [1])
    assert b"ABC123" not in kept
    assert b"DEF456" in kept
    for tables in (others, tabulate([read(kept, rights)])):
        assert set(tables["bookings"]["locator"].to_pylist()) == {"DEF456"}


def test_blanking_again_changes_nothing(written):
    data = written.pnrgov({"ABC123": [MARTA, JONAS]}).encode()
    kept, rights, _ = erase(data, [0])
    reading = read(kept)
    places = places_of(kept, reading, rights.erased)
    assert veil(blanked(kept, 0, places.blank), 0, places.veiled) == kept


@pytest.mark.parametrize("seed", [1])
def test_in_every_file_of_the_sample_some_can_be_erased_and_the_rest_reads_as_before(seed):
    chance = random.Random(seed)
    files = tried = 0
    for path in sorted((ROOT / "sample_data" / "inbox").iterdir()):
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        data = blank(data, read(data))
        stating = [
            (number, one)
            for number, one in enumerate(read(data).messages)
            if one.travellers and one.status != "quarantined"
        ]
        if not stating:
            continue
        number, one = chance.choice(stating)
        many = min(chance.choice([1, 1, 2, len(one.travellers)]), len(one.travellers))
        ordinals = sorted(chance.sample([each.ordinal for each in one.travellers], many))
        numbers = [each.number for who in one.travellers if who.ordinal in ordinals for each in who.documents]
        kept, rights, others = erase(data, ordinals, number)
        again = tabulate([read(kept, rights)])
        for name in ("messages", "message_legs", "statements", "statement_documents", "ledger"):
            assert again[name].equals(others[name]), (path.name, name)
        for held in numbers:
            assert held.encode() not in kept, path.name
        files, tried = files + 1, tried + many
    assert files > 80
    assert tried > files


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({"date_of_birth": "1981-04-13"}, {"date_of_birth": date(1981, 4, 13)}, id="birth"),
        pytest.param({"surname": "LINDKVIST"}, {"surname": "LINDKVIST"}, id="surname"),
        pytest.param({"sex": None}, {"sex": None}, id="a value taken away"),
        pytest.param({"nationality": "FI", "residence": "SE"}, {"nationality": "FI"}, id="two values"),
    ],
)
def test_a_corrected_value_is_read_and_what_was_sent_stays(changed, expected, written):
    data = written.paxlst([MARTA, OTHER]).encode()
    offset = read(data).messages[0].offset
    rights = Rights(corrected={(offset, 0): changed})
    before, after = (tabulate([read(data, each)])["statements"].to_pylist() for each in (None, rights))
    assert after[1] == before[1]
    assert {name: after[0][name] for name in expected} == expected
    assert [found["code"] for found in after[0]["findings"]][-1] == "value_corrected"
    for name in ("name_as_sent", "birth_as_sent"):
        assert after[0][name] == before[0][name]


def test_a_document_s_number_is_corrected(written):
    data = written.paxlst([MARTA]).encode()
    offset = read(data).messages[0].offset
    rights = Rights(corrected={(offset, 0): {"document.0.number": "AA7712346", "document.7.number": "X"}})
    assert tabulate([read(data, rights)])["statement_documents"]["number"].to_pylist() == ["AA7712346"]
