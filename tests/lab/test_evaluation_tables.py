"""Evaluation tables become the matcher's own tables; what cannot be read is missing, never an error."""

import math
from datetime import date

import pyarrow as pa
import pytest

from screening.lab.evaluate import NEVER, best_scores, evaluate, threshold_at, wilson
from screening.lab.evaluation_tables import alert_tables, hits, identities

TRAVELLER = {
    "passenger_id": "t1", "surname": "QUENZEBRAND", "given_names": "OTHO", "dob": "1980-02-01", "sex": "M",
    "nationality": "GB", "doc_type": "P", "doc_number": "51 122-2333", "doc_country": "GBR",
}  # fmt: skip
ALERT = {
    "entity_id": "e1", "source": "own", "primary_name": "QUENZEBRAND, Otho", "aliases": ["Otto Quenzebrand"],
    "weak_aliases": ["Q"], "sex": "M", "dobs": ["1980"], "dob_precisions": ["year"], "nationalities": ["GB"],
    "birth_country": "DE", "doc_numbers": ["X1"], "doc_countries": ["GB"],
}  # fmt: skip


def compared(**facts):
    return identities(pa.Table.from_pylist([TRAVELLER | facts])).to_pylist()


def listed(**facts):
    return alert_tables(pa.Table.from_pylist([ALERT | facts]))


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("1980-02-29", date(1980, 2, 29), date(1980, 2, 29)),
        ("1980-02", date(1980, 2, 1), date(1980, 2, 29)),
        ("1980", date(1980, 1, 1), date(1980, 12, 31)),
        ("1978..1980", date(1978, 1, 1), date(1980, 12, 31)),
        pytest.param("1980..1978", None, None, id="a range that runs back"),
        pytest.param("1981-02-29", None, None, id="no such day"),
        pytest.param("1980-13", None, None, id="no such month"),
        pytest.param("01.02.1980", None, None, id="another notation"),
        pytest.param("", None, None, id="nothing"),
        pytest.param("0000", None, None, id="no such year"),
    ],
)
def test_dates_are_intervals_on_both_sides(written, first, last):
    (row,) = compared(dob=written)
    assert (row["born_from"], row["born_to"]) == (first, last)
    dates = [(one["from"], one["to"]) for one in listed(dobs=[written]).dates.to_pylist()]
    assert dates == ([(first, last)] if first else [])


def test_a_document_is_compared_with_and_without_its_state_and_its_signs_do_not_matter():
    (row,), (bare,) = compared(), compared(doc_number="511222333")
    assert row["document_keys"] == bare["document_keys"]
    assert len(row["document_keys"]) == 2
    assert compared(doc_number="")[0]["document_keys"] == []


def test_states_of_nationality_and_document_count_once_and_unknown_ones_not_at_all():
    assert compared()[0]["nationalities"] == ["GB"]
    assert compared(nationality="??", doc_country="FRA")[0]["nationalities"] == ["FR"]


def test_a_name_of_one_field_may_have_its_title_there():
    for given in ("", "DOELINHMS"):
        one, other = compared(surname="DOELINHMS", given_names=given)
        assert [row["surname_tokens"] for row in (one, other)] == [["DOELINH"], ["DOELINHMS"]]


def test_a_title_gives_a_second_reading():
    one, other = compared(given_names="OTHOMR")
    assert [row["given_tokens"][0].upper() for row in (one, other)] == ["OTHO", "OTHOMR"]
    assert [one["reading"], other["reading"]] == [0, 1]


def test_a_traveller_without_a_name_stays_for_the_document():
    (row,) = compared(surname="", given_names=None)
    assert row["placeholder"]
    assert row["document_keys"]


def test_an_unknown_sex_is_missing():
    assert compared(sex="X")[0]["sex"] is None


def test_names_of_an_alert_stand_once_by_their_best_kind():
    names = listed(
        aliases=["Otto Quenzebrand", "QUENZEBRAND, Otho", ""], weak_aliases=["Otto Quenzebrand"]
    ).names
    assert [(row["full"], row["kind"]) for row in names.to_pylist()] == [
        ("QUENZEBRAND, Otho", "primary"),
        ("Otto Quenzebrand", "alias"),
    ]


def test_numbers_and_countries_of_an_alert_belong_together_by_place():
    documents = listed(doc_numbers=["X1", "", "X3"], doc_countries=["GB", "FR"]).documents.to_pylist()
    assert [(row["number"], row["issuing_state"]) for row in documents] == [("X1", "GB"), ("X3", None)]


def test_facts_of_an_alert():
    facts = [
        (row["kind"], row["value"]) for row in listed(nationalities=["GBR", "GB", "?"]).facts.to_pylist()
    ]
    assert facts == [("sex", "M"), ("nationality", "GB"), ("birth_country", "DE")]


def test_hits_are_bits_with_their_pieces():
    scored = pa.table(
        {"traveller_id": ["t"], "alert_id": ["e"], "score": [1250], "evidence": [[{"weight": 1250}]]}
    )
    assert hits(scored).to_pylist() == [
        {"passenger_id": "t", "entity_id": "e", "score": 12.5, "explanation": '[{"weight": 1250}]'}
    ]


TRUTH = pa.table(
    {
        "passenger_id": ["t1", "i1", "n1", "t2"],
        "kind": ["true", "inn_x", "nm_day", "true"],
        "entity_ids": [["e1", "e2"], [], [], ["e3"]],
        "name_ops": [["swap", "cut"], [], [], []],
    }
)


def test_the_best_pair_of_each_counts_and_for_the_listed_only_their_own_entities():
    pairs = [("t1", "e1", 5.0), ("t1", "e2", 9.0), ("t1", "e3", 20.0), ("i1", "e1", 3.0), ("n1", "e1", 4.0)]
    found = pa.table(dict(zip(("passenger_id", "entity_id", "score"), zip(*pairs, strict=True), strict=True)))
    scores = best_scores(found, TRUTH)
    assert scores.best.tolist() == [9.0, 3.0, 4.0, NEVER]
    assert (scores.listed | scores.innocent | scores.near).all()
    rows = {(row["slice"], row["value"]): row for row in evaluate(found, TRUTH, (0.5,))}
    assert rows["all", "all"]["recall"] == 0.5
    assert rows["all", "all"]["near_misses"] == rows["near_miss", "nm_day"]["near_misses"] == 1.0
    assert rows["name_ops", "swap"]["listed"] == rows["name_ops", "cut"]["listed"] == 1


@pytest.mark.parametrize(
    ("innocent", "rate", "threshold"),
    [
        pytest.param([], 1.0, NEVER, id="nobody scores"),
        pytest.param([7.0, NEVER], 1000, 7.0, id="all may"),
        pytest.param([9.0, 7.0, 7.0, 1.0], 500, math.nextafter(7.0, 8.0), id="of two alike neither"),
    ],
)
def test_the_threshold_lets_no_more_through_than_allowed(innocent, rate, threshold):
    assert threshold_at(innocent, rate) == threshold
    assert sum(score >= threshold for score in innocent if score > NEVER) <= len(innocent) * rate / 1000


def test_of_nobody_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)
