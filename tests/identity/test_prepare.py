"""Readings of a traveller: which names, States, dates and documents are compared."""

import datetime as dt

import pytest

from screening.identity.prepare import identify
from screening.tables.individual import DOCUMENTS, TRAVELLERS


def traveller(**more):
    return {
        "traveller_id": "t", "flight_id": "XX1-20261123-AAA-BBB", "statement_ids": [], "current": 0, "sources": ["api"],
        "person_key": "p", "role": "passenger", "name_as_sent": "", **more,
    }  # fmt: skip


def read(*people, documents=()):
    rows = [
        {"traveller_id": "t", "ordinal": at, "type": "passport", "check_digit": "none", **one}
        for at, one in enumerate(documents)
    ]
    return identify(TRAVELLERS.table(list(people)), DOCUMENTS.table(rows)).to_pylist()


def names(rows):
    return [(" ".join(row["surname_tokens"]), " ".join(row["given_tokens"])) for row in rows]


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        pytest.param({"surname": "DOE", "given_names": "JO", "name_as_sent": "DOE/JO"}, [("DOE", "JO")], id="once"),
        pytest.param({"surname": "DOE", "given_names": "JO", "name_as_sent": "DOE/JOMR"}, [("DOE", "JO"), ("DOE", "JOMR")],
                     id="as sent, where a title was cut"),
        pytest.param({"surname": "DOE", "given_names": "JOHNMR", "name_as_sent": "DOE/JOHNMR"},
                     [("DOE", "JOHNMR"), ("DOE", "JOHN")], id="without a title that was left"),
        pytest.param({"surname": "DOE", "given_names": "LINHQUYENMS", "name_as_sent": "DOE/LINHQUYENMS"},
                     [("DOE", "LINHQUYENMS"), ("DOE", "LINHQUYEN")], id="without a title glued to several names"),
        pytest.param({"surname": "DOELINHMS", "given_names": None, "name_as_sent": "DOELINHMS"},
                     [("DOELINHMS", ""), ("DOELINH", "")], id="a name of one field without its title"),
        pytest.param({"surname": "DOELINHMR", "given_names": "FNU", "name_as_sent": "DOELINHMR/FNU"},
                     [("DOELINHMR", ""), ("DOELINH", "")], id="the same beside a stand-in"),
        pytest.param({"surname": "DOELINHDR", "given_names": "DOELINHDR", "name_as_sent": "DOELINHDR/DOELINHDR"},
                     [("DOELINHDR", "DOELINHDR"), ("DOELINHDR", "DOELINH"), ("DOELINH", "")], id="the same in both fields"),
        pytest.param({"surname": "ADAMS", "given_names": None, "name_as_sent": "ADAMS"}, [("ADAMS", "")], id="a known name is no title"),
        pytest.param({"surname": "Dœ", "given_names": "Jö", "name_as_sent": "DOE/JO"}, [("DOE", "JO")], id="marks are no other name"),
        pytest.param({"surname": "DOE", "given_names": "JO", "name_as_sent": "DOE/JO", "other_names": ["ROE/JO", "DOE/JO"]},
                     [("DOE", "JO"), ("ROE", "JO")], id="further names"),
        pytest.param({"surname": "DOE", "given_names": None, "name_as_sent": "DOE"}, [("DOE", "")], id="surname alone"),
        pytest.param({"surname": "DOE", "given_names": "FNU", "name_as_sent": "DOE/FNU"}, [("DOE", "")], id="stand-in beside a name"),
        pytest.param({"surname": "TBA", "given_names": "TBA", "name_as_sent": "TBA/TBA"}, [("", "")], id="stand-ins alone"),
        pytest.param({"surname": "12", "given_names": "-", "name_as_sent": "12/-"}, [("", "")], id="no letters"),
    ],
)  # fmt: skip
def test_readings_of_a_name(facts, found):
    rows = read(traveller(**facts))
    assert names(rows) == found
    assert [row["reading"] for row in rows] == list(range(len(found)))
    assert [row["placeholder"] for row in rows] == [found == [("", "")]] * len(found)


@pytest.mark.parametrize(("given", "cut"), [("B" * 31, False), ("B" * 32, True)])
def test_a_name_that_fills_the_zone_is_marked(given, cut):
    assert read(traveller(surname="AAAAA", given_names=given))[0]["maybe_cut"] is cut


@pytest.mark.parametrize(("sex", "known"), [("M", "M"), ("F", "F"), ("X", None), (None, None)])
def test_only_two_sexes_are_compared(sex, known):
    assert read(traveller(surname="A", sex=sex))[0]["sex"] == known


def test_states_are_of_the_nationality_and_of_all_documents_once_each():
    documents = [
        {"number": "1A", "issuing_state": "FR"},
        {"number": "2B", "issuing_state": "DE"},
        {"number": "3C", "issuing_state": None},
    ]
    (row,) = read(traveller(surname="A", nationality="FR"), documents=documents)
    assert row["nationalities"] == ["DE", "FR"]
    assert row["document_keys"] == ["1A@", "1A@FR", "2B@", "2B@DE", "3C@"]


def test_a_number_without_a_letter_or_digit_is_no_document():
    (row,) = read(traveller(surname="A"), documents=[{"number": "--", "issuing_state": "FR"}])
    assert row["document_keys"] == []


@pytest.mark.parametrize(
    ("sent", "first", "last"),
    [
        pytest.param("1980", (1980, 1, 1), (1980, 12, 31), id="year"),
        pytest.param("1980-00-00", (1980, 1, 1), (1980, 12, 31), id="year, zeros with dashes"),
        pytest.param("198002", (1980, 2, 1), (1980, 2, 29), id="month of a leap year"),
        pytest.param("1981-02-00", (1981, 2, 1), (1981, 2, 28), id="month, day zero"),
        pytest.param("19800000", (1980, 1, 1), (1980, 12, 31), id="year, zeros"),
        pytest.param("19800200", (1980, 2, 1), (1980, 2, 29), id="month, zeros"),
        pytest.param("198012", (1980, 12, 1), (1980, 12, 31), id="December"),
        pytest.param(" 1999 ", (1999, 1, 1), (1999, 12, 31), id="blanks"),
    ],
)
def test_a_birth_date_sent_in_part_is_a_range(sent, first, last):
    row = read(traveller(surname="A", birth_as_sent=sent))[0]
    assert (row["born_from"], row["born_to"]) == (dt.date(*first), dt.date(*last))


@pytest.mark.parametrize("sent", ["", "80", "1780", "2180", "198013", "19800230", "١٩٨٠", "UNKNOWN", None])
def test_what_is_no_part_of_a_date_is_unknown(sent):
    row = read(traveller(surname="A", birth_as_sent=sent))[0]
    assert (row["born_from"], row["born_to"]) == (None, None)


def test_a_whole_date_wins_over_what_was_sent():
    row = read(traveller(surname="A", date_of_birth=dt.date(1980, 1, 2), birth_as_sent="1979"))[0]
    assert (row["born_from"], row["born_to"]) == (dt.date(1980, 1, 2), dt.date(1980, 1, 2))


def test_documents_are_their_holders_only_and_read_in_their_order():
    documents = [
        {"number": "1", "surname": "ROE", "ordinal": 1},
        {"number": "2", "surname": "POE", "ordinal": 0},
    ]
    rows = read(traveller(surname="DOE"), traveller(traveller_id="u", surname="FOE"), documents=documents)
    assert [(row["traveller_id"], *row["surname_tokens"]) for row in rows] == [
        ("t", "DOE"),
        ("t", "POE"),
        ("t", "ROE"),
        ("u", "FOE"),
    ]
    assert rows[-1]["document_keys"] == []


def test_a_name_is_read_as_settled_as_in_the_document_and_as_sent():
    rows = read(
        traveller(surname="MASRI", given_names="JOHN", name_as_sent="MASRI/JOHNMR", nationality="GB"),
        documents=[{"number": "AB 123", "issuing_state": "EG", "surname": "EL MASRY", "given_names": "JOHN"}],
    )
    assert names(rows) == [("MASRI", "JOHN"), ("EL MASRY", "JOHN"), ("MASRI", "JOHNMR")]
    assert {tuple(row["nationalities"]) for row in rows} == {("EG", "GB")}
    assert rows[0]["document_keys"] == ["AB123@", "AB123@EG"]


def test_a_traveller_without_a_real_name_keeps_a_row_for_the_documents():
    documents = [{"number": "X99999", "issuing_state": "FR"}]
    (row,) = read(traveller(surname="TBA", name_as_sent="TBA/"), documents=documents)
    assert row["placeholder"]
    assert row["document_keys"] == ["X99999@", "X99999@FR"]
