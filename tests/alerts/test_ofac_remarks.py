"""Phrases of OFAC's remarks, one rule a row."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.alerts.importers.ofac_remarks import listed_document, phrases, read_remark
from screening.alerts.model import Record
from screening.alerts.terms import Words


def record_of(remark, *, cut=False):
    record, findings = Record("1", "main"), []
    read_remark(record, remark, "main", Words(None, findings), cut=cut)
    return record, findings


@pytest.mark.parametrize(
    ("remark", "expected"),
    [
        pytest.param("a.k.a. 'A'; a.k.a. 'B'.", ["a.k.a. 'A'", "a.k.a. 'B'"], id="two aliases"),
        pytest.param("a.k.a. 'X; Y'; DOB 1951.", ["a.k.a. 'X; Y'", "DOB 1951"], id="semicolon in an alias"),
        pytest.param(
            "a.k.a. 'X' (nickname); DOB 1951; a.k.a. 'Y'.",
            ["a.k.a. 'X' (nickname)", "DOB 1951", "a.k.a. 'Y'"],
            id="words behind an alias swallow no date",
        ),
        pytest.param(
            "a.k.a. 'X; DOB 1951; Gender Male.",
            ["a.k.a. 'X", "DOB 1951", "Gender Male"],
            id="a quote that is never closed",
        ),
        pytest.param("", [], id="empty"),
    ],
)
def test_phrases_are_parted_outside_of_aliases_only(remark, expected):
    assert phrases(remark) == expected


@pytest.mark.parametrize(
    ("phrase", "kind", "number", "state"),
    [
        pytest.param("Passport 1084010 (Egypt)", "passport", "1084010", "EG", id="plain"),
        pytest.param("Passport D489833(9) (Hong Kong)", "passport", "D489833(9)", "HK", id="check digit"),
        pytest.param("Passport 265 216 (Egypt)", "passport", "265 216", "EG", id="blank inside"),
        pytest.param("Passport Booklet: A5199819 (Pakistan)", "passport", "A5199819", "PK", id="booklet"),
        pytest.param("Passport AF465508 Colombia", "passport", "AF465508", "CO", id="state without brackets"),
        pytest.param("Passport D000000483, Diplomatic (Syria)", "passport", "D000000483", "SY", id="comma"),
        pytest.param(
            "Passport No.: 0310857, Eritrea, Issue Date 21 August 2006",
            "passport",
            "0310857",
            "ER",
            id="sentence",
        ),
        pytest.param(
            "Diplomatic Passport Laissez-Passer 02154", "travel_document", "02154", None, id="laissez-passer"
        ),
        pytest.param(
            "Stateless Person Passport C000375 (Moldova)", "travel_document", "C000375", "MD", id="stateless"
        ),
        pytest.param(
            "Travel Document Number A0020375 (Germany)", "travel_document", "A0020375", "DE", id="travel"
        ),
        pytest.param("Cedula No. 16247821 (Colombia)", "national_id", "16247821", "CO", id="cedula"),
        pytest.param(
            "National ID No. JMB 0105954171511", "national_id", "JMB 0105954171511", None, id="prefix"
        ),
        pytest.param("SSN 523-33-8386 (United States)", "national_id", "523-33-8386", "US", id="SSN"),
        pytest.param("VisaNumberID 2024702 (Mexico)", "visa", "2024702", "MX", id="visa"),
        pytest.param("Driver's License No. 180839 (Mexico)", "other", "180839", "MX", id="licence"),
    ],
)
def test_documents_keep_their_number_as_published(phrase, kind, number, state):
    found = listed_document(phrase)
    assert (found.type.value, found.number, found.state) == (kind, number, state)


@pytest.mark.parametrize(
    "phrase",
    [
        "Passport issued in Sarajevo, Bosnia-Herzegovina",
        "Phone Number 8613314257947",
        "Judge, Head of Tehran Revolutionary Court, Branch 15",
        "President since 1979",
        "arrested 23 Apr 2002",
        "Linked To: IMAGINARY COMPANY No. 5",
    ],
)
def test_what_names_no_document_number_is_no_document(phrase):
    assert listed_document(phrase) is None


def test_the_same_number_told_twice_is_one_document():
    record, _ = record_of(
        "Passport 4117921 (Pakistan) issued 09 Sep 2008; Passport 4117921 issued under the name A B."
    )
    assert [(d.number, d.state) for d in record.own.documents] == [("4117921", "PK")]
    assert [(name.full, name.kind.value) for name in record.own.names] == [("A B", "derived")]


def test_two_documents_in_one_phrase_are_two():
    record, _ = record_of(
        "Passport OR801168 and Kuwaiti National ID No. 281020505755 issued under the name A B."
    )
    assert [(d.type.value, d.number, d.state) for d in record.own.documents] == [
        ("passport", "OR801168", None),
        ("national_id", "281020505755", "KW"),
    ]


def test_a_cut_last_phrase_is_text_only():
    record, _ = record_of("DOB 1951; Passport 12", cut=True)
    assert not record.own.documents
    assert record.remarks["remarks"] == ["Passport 12"]


@given(text=st.text(alphabet="ab1 ;.'(),:", max_size=80) | st.text(max_size=80))
@settings(max_examples=100, deadline=None)
def test_any_text_is_read(text):
    record, _ = record_of(text)
    assert isinstance(record, Record)


@given(text=st.text(alphabet="ab1 ;'(),:", max_size=80))
@settings(max_examples=100, deadline=None)
def test_parting_into_phrases_loses_no_sign_but_the_semicolons_and_blanks(text):
    told = "".join(phrases(text)).replace(";", "").replace(" ", "")
    assert told == text.replace(";", "").replace(" ", "")
