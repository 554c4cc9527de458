import datetime as dt

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from screening.identity.names import fold, tokens
from screening.identity.prepare import identify
from screening.identity.skeleton import keys
from screening.tables.individual import DOCUMENTS, TRAVELLERS


@pytest.mark.parametrize(
    ("written", "found"),
    [
        pytest.param("D'Arcy-O’Neill", "DARCY ONEILL", id="apostrophes join, hyphens part"),
        pytest.param("Ñúñez", "NUNEZ", id="marks"),
        pytest.param("N\u0303u\u0301n\u0303ez", "NUNEZ", id="decomposed"),
        pytest.param("Łukasz Ørsted Straße", "LUKASZ ORSTED STRASSE", id="letters without a base"),
        pytest.param("ÇELİK ışık", "CELIK ISIK", id="Turkish dotted and dotless i"),
        pytest.param("Şahin\u200f Öztürk\u00a0Ağa", "SAHIN OZTURK AGA", id="direction mark, hard blank"),
        pytest.param("Юлия Щукарёва", "YULIYA SHCHUKAREVA", id="Cyrillic"),
        pytest.param("Παπαδόπουλος", "PAPADOPOULOS", id="Greek"),
        pytest.param("VAN<DER<BERG<<JAN<", "VAN DER BERG JAN", id="machine-readable zone"),
        pytest.param("ＷＡＮＧ　ＬＩ", "WANG LI", id="full width"),
        pytest.param("12 / 34", "", id="no letters"),
        pytest.param(None, "", id="nothing"),
    ],
)
def test_a_name_becomes_tokens_of_a_to_z(written, found):
    assert fold(written) == found


@limits(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_folding_a_folded_name_changes_nothing(written):
    assert tokens(fold(written)) == tokens(written)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("YELENA", "ELENA", id="Cyrillic ye"),
        pytest.param("ALEKSEY", "ALEXEI", id="ks and x"),
        pytest.param("QADHAFI", "GADAFI", id="qaf, dhal"),
        pytest.param("HSIAO", "XIAO", id="Wade-Giles"),
        pytest.param("SAEED", "SAID", id="ee"),
        pytest.param("OUAHAB", "WAHAB", id="French ou"),
        pytest.param("JELLOUL", "DJELLOUL", id="Maghreb dj"),
        pytest.param("PHILIP", "FILIP", id="ph"),
    ],
)
def test_spellings_of_one_name_share_a_skeleton(one, other):
    assert set(keys(one)) & set(keys(other))


@pytest.mark.parametrize(("one", "other"), [("HASSAN", "HUSSEIN"), ("MARTA", "MARKO"), ("SALIM", "SULEIMAN")])
def test_different_names_do_not(one, other):
    assert not set(keys(one)) & set(keys(other))


def traveller(**more):
    return {
        "traveller_id": "t", "flight_id": "XX1-20261123-AAA-BBB", "statement_ids": [], "current": 0, "sources": ["api"],
        "person_key": "p", "role": "passenger", "name_as_sent": "", **more,
    }  # fmt: skip


def readings(documents=(), **more):
    table = DOCUMENTS.table(
        [
            {"traveller_id": "t", "ordinal": at, "type": "passport", "check_digit": "none", **one}
            for at, one in enumerate(documents)
        ]
    )
    return identify(TRAVELLERS.table([traveller(**more)]), table).to_pylist()


def test_a_name_is_read_as_settled_as_in_the_document_and_as_sent():
    rows = readings(
        [{"number": "AB 123", "issuing_state": "EG", "surname": "EL MASRY", "given_names": "JOHN"}],
        surname="MASRI", given_names="JOHN", name_as_sent="MASRI/JOHNMR", nationality="GB", sex="X",
    )  # fmt: skip
    assert [(row["surname_tokens"], row["given_tokens"]) for row in rows] == [
        (["MASRI"], ["JOHN"]),
        (["EL", "MASRY"], ["JOHN"]),
        (["MASRI"], ["JOHNMR"]),
    ]
    assert {tuple(row["nationalities"]) for row in rows} == {("EG", "GB")}
    assert rows[0]["document_keys"] == ["AB123@", "AB123@EG"]
    assert rows[0]["sex"] is None


@pytest.mark.parametrize(
    ("sent", "born"),
    [
        pytest.param("1980", (dt.date(1980, 1, 1), dt.date(1980, 12, 31)), id="year"),
        pytest.param("19800000", (dt.date(1980, 1, 1), dt.date(1980, 12, 31)), id="year, zeros"),
        pytest.param("19800200", (dt.date(1980, 2, 1), dt.date(1980, 2, 29)), id="month, zeros"),
        pytest.param("xx", None, id="unreadable"),
    ],
)
def test_a_date_sent_in_part_is_a_range(sent, born):
    row = readings(surname="A", given_names="B", birth_as_sent=sent)[0]
    assert ((row["born_from"], row["born_to"]) if row["born_from"] else None) == born


def test_a_traveller_without_a_real_name_keeps_a_row_for_the_documents():
    (row,) = readings([{"number": "X99999", "issuing_state": "FR"}], surname="TBA", name_as_sent="TBA/")
    assert row["placeholder"]
    assert row["document_keys"] == ["X99999@", "X99999@FR"]
