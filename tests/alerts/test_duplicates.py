"""Alerts that travel against alerts: who stands twice is proposed with both sides of the evidence."""

import json

import pyarrow as pa

from screening.alerts.duplicates import MARGIN, as_travellers, floor_of, proposals
from screening.alerts.importers import IMPORTERS
from screening.alerts.model import ImportOptions
from screening.list_keeping.duplicate_search import in_stretches
from screening.matching.index import AlertTables, build_index
from screening.matching.match import match
from screening.matching.model import load_model
from tests.alerts.test_golden import imported


def person(source_id, full, born=None, documents=(), sex=None, **more):
    surname, _, given = full.partition(", ")
    name = {
        "full": full,
        "surname": surname,
        "given_names": given,
        "kind": "primary",
        "script": "Latn",
        "identity": 0,
    }
    dates = [{"value": born, "from": born, "to": born, "precision": "day", "identity": 0}] if born else []
    papers = [
        {"type": "passport", "number": number, "issuing_state": state, "status": "valid", "identity": 0}
        for number, state in documents
    ]
    return {
        "alert_id": f"w:{source_id}", "list": "w", "source_id": source_id, "category": "inform", "severity": 3, "authority": "a",
        "names": [name], "dates_of_birth": dates, "sex": [sex] if sex else [], "nationalities": ["SE"], "birth_places": [],
        "documents": papers, "provenance": {}, **more,
    }  # fmt: skip


def listed(*people):
    text = "\n".join(json.dumps(one) for one in people).encode()
    return IMPORTERS["canonical"].read({"w.jsonl": text}, ImportOptions("w"))


def proposed(*people):
    found = listed(*people)
    tables = AlertTables(found.alerts, found.names, found.dates, found.documents, found.facts)
    floor = floor_of(len(people))
    scored = match(as_travellers(found), build_index(tables, load_model()), floor=floor)
    return proposals([scored], len(people))


TWICE = (
    person("1", "QVARNSTEDT, Ylvalinn", "1984-03-17", sex="F"),
    person("2", "QVARNSTEDT, Ylvalin Torbjorg", "1984-03-17", sex="M"),
)


def test_a_list_in_stretches_is_the_whole_list():
    found = imported("un")
    for size in (1, 2, 100):
        parts = [some.tables() for some in in_stretches(found, size)]
        assert all(part["alerts"].num_rows <= size for part in parts)
        for name, table in found.tables().items():
            assert pa.concat_tables([part[name] for part in parts]).equals(table)


def test_one_person_twice_is_proposed_once_with_what_speaks_for_it_and_against_it():
    [pair] = proposed(*TWICE, person("3", "HARTNAGEL, Korbinian", "1961-04-12"))
    assert (pair.one, pair.other) == ("w:1", "w:2")
    assert {piece["kind"] for piece in pair.pro} == {"name", "date_of_birth", "nationality"}
    assert {piece["kind"] for piece in pair.contra} >= {"sex"}
    assert sum(piece["weight"] for piece in (*pair.pro, *pair.contra)) == pair.score
    assert pair.above == pair.score - floor_of(3) + MARGIN


def test_the_same_document_is_proposed_whatever_the_names():
    pairs = proposed(
        person("1", "OKONJO, Bakari", "1990-01-01", [("B1112223", "NG")]),
        person("2", "DRUMMOND, Isla", "1975-06-30", [("B1112223", "NG")]),
    )
    assert [(pair.one, pair.other) for pair in pairs] == [("w:1", "w:2")]
    assert any(piece["kind"] == "document" for piece in pairs[0].pro)


def test_namesakes_of_another_age_are_not_proposed():
    assert (
        proposed(person("1", "OKONJO, Mary", "1990-01-01"), person("2", "OKONJO, Mary", "1951-07-19")) == []
    )


def test_each_alias_travels_with_the_dates_of_its_identity():
    alias = {
        **TWICE[0]["names"][0],
        "full": "DRUMMOND, Isla",
        "surname": "DRUMMOND",
        "given_names": "Isla",
        "kind": "alias",
        "identity": 1,
    }
    false_date = {
        "value": "1990-01-01",
        "from": "1990-01-01",
        "to": "1990-01-01",
        "precision": "day",
        "identity": 1,
    }
    one = TWICE[0] | {
        "names": [*TWICE[0]["names"], alias],
        "dates_of_birth": [*TWICE[0]["dates_of_birth"], false_date],
    }
    rows = as_travellers(listed(one)).to_pylist()
    assert {(row["surname_tokens"][0], str(row["born_from"])) for row in rows} == {
        ("QVARNSTEDT", "1984-03-17"),
        ("DRUMMOND", "1990-01-01"),
    }
