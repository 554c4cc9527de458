import datetime as dt

import pytest

from screening.hits import near_miss as rule
from screening.hits.near_miss import near_miss
from screening.matching import explain
from screening.matching.evidence.date_of_birth import RELATIONS
from screening.matching.index import AlertTables, build_index
from screening.matching.match import match
from screening.matching.model import load_model
from screening.tables.alerts import ALERT_DATES, ALERT_DOCUMENTS, ALERT_FACTS, ALERT_NAMES, ALERTS
from screening.tables.work import IDENTITIES

SURNAME = ("name", "QUENZEBRAND", "QUENZEBRAND", "same", 1500)
GIVEN = ("name", "OTHO", "OTTO", "one letter differs", 600)
OTHER_GIVEN = ("name", "OTHO", "PIETERNEL", "other names", -500)
OTHER_DAY = ("date_of_birth", "1970-02-01", "1970-05-13", "same year, other day", -200)
SAME_DAY = ("date_of_birth", "1970-02-01", "1970-02-01", "same day", 1350)
NO_DOCUMENT = ("document", "P123456", None, "none agrees", 0)
DOCUMENT = ("document", "P123456 GB", "P123456 GB", "same number and State", 2400)


@pytest.mark.parametrize(
    ("pieces", "kind"),
    [
        pytest.param([SURNAME, GIVEN, OTHER_DAY, NO_DOCUMENT], "other_day", id="name and year"),
        pytest.param(
            [SURNAME, GIVEN, ("name", "MARIA", None, "one more name only with the traveller", -50), OTHER_DAY],
            "other_day",
            id="a name more than listed",
        ),
        pytest.param(
            [SURNAME, ("name", None, "OTTO", "one more name only with the alert", -50), OTHER_DAY],
            None,
            id="a listed name is missing",
        ),
        pytest.param([SURNAME, OTHER_GIVEN, OTHER_DAY], None, id="year alone and other given names"),
        pytest.param([SURNAME, GIVEN, OTHER_DAY, DOCUMENT], None, id="name, year and the document"),
        *(
            pytest.param([SURNAME, GIVEN, ("date_of_birth", "a", "b", words, 0)], None, id=f"date: {words}")
            for _, words in RELATIONS
            if words != "same year, other day"
        ),
        pytest.param(
            [SURNAME, GIVEN, (*OTHER_DAY[:3], "same year, other day (stated beside another value)", -200)],
            None,
            id="another date was stated too",
        ),
        pytest.param(
            [("name", "OTHO", "OTTO", "other name", -900), OTHER_DAY], None, id="year and another name"
        ),
        pytest.param([SURNAME, OTHER_GIVEN, SAME_DAY, NO_DOCUMENT], "other_given_names", id="surname and date"),
        pytest.param(
            [SURNAME, ("name", "OTHO", "PIETERNEL", "other names", -500), ("name", None, None, "inherited", -90), SAME_DAY],
            "other_given_names",
            id="surname damped",
        ),
        pytest.param([SURNAME, OTHER_GIVEN, SAME_DAY, DOCUMENT], None, id="surname, date and the document"),
        pytest.param([SURNAME, GIVEN, SAME_DAY], None, id="all agrees"),
        pytest.param([SURNAME, GIVEN, OTHER_GIVEN, SAME_DAY], None, id="one of two given names agrees"),
        pytest.param([GIVEN, OTHER_GIVEN, SAME_DAY], None, id="given name agrees, surname contradicts"),
        pytest.param(
            [(*SURNAME[:3], "same, moved between surname and given names", 900), OTHER_GIVEN, SAME_DAY],
            None,
            id="the listed given name is the surname",
        ),
        pytest.param(
            [SURNAME, ("name", None, "OTTO", "one more name only with the alert", -50), SAME_DAY],
            None,
            id="given names missing contradict nothing",
        ),
        pytest.param([SAME_DAY, DOCUMENT], None, id="no name"),
    ],
)  # fmt: skip
def test_what_makes_a_near_miss(pieces, kind):
    names = ("kind", "traveller_value", "alert_value", "relation", "weight")
    assert near_miss("Quenzebrand", [dict(zip(names, one, strict=True)) for one in pieces]) == kind


@pytest.mark.parametrize("surname", [None, "Quenzebrand Vandermolle", "Otho"])
def test_the_whole_surname_must_agree(surname):
    names = ("kind", "traveller_value", "alert_value", "relation", "weight")
    pieces = [dict(zip(names, one, strict=True)) for one in (SURNAME, OTHER_GIVEN, SAME_DAY)]
    assert near_miss(surname, pieces) is None


def test_its_words_are_the_matchers():
    assert {rule.SAME_DAY, rule.OTHER_DAY} <= {words for _, words in RELATIONS}
    assert {explain.CONFLICT, explain.OTHER_NAME} == rule.CONTRADICTED
    assert explain.MOVED == rule.MOVED


@pytest.mark.parametrize(
    ("surname", "given", "born", "kind"),
    [
        pytest.param("QUENZEBRAND", "OTHO", "1970-08-23", "other_day", id="another day"),
        pytest.param("VAN DER QUENZEBRAND", "OTHO", "1970-08-23", "other_day", id="another day, particles"),
        pytest.param("QUENZEBRAND", "PIETERNEL", "1970-02-14", "other_given_names", id="other given names"),
        pytest.param("QUENZEBRAND", "OTHO", "1970-02-14", None, id="the listed person"),
        pytest.param("QUENZEBRAND", "OTHO", "1970-02-15", None, id="a day apart"),
        pytest.param("OTHO", "PIETERNEL", "1970-02-14", None, id="the given name as a surname"),
        pytest.param("QUENZEBRAND", "", "1970-08-23", None, id="a listed name missing"),
    ],
)
def test_evidence_of_the_matcher_is_told_apart(surname, given, born, kind):
    day, listed = dt.date.fromisoformat(born), dt.date(1970, 2, 14)
    common = {"alert_id": "own:1", "provenance": "test"}
    head = {
        **common, "list": "own", "source_id": "1", "category": "inform", "severity": 3, "authority": "test",
        "status": "active", "sufficient": True, "content_hash": "c",
    }  # fmt: skip
    name = {
        **common,
        "ordinal": 0,
        "identity": 0,
        "full": "QUENZEBRAND, Otho",
        "kind": "primary",
        "script": "Latn",
    }
    date = {**common, "ordinal": 0, "identity": 0, "from": listed, "to": listed, "precision": "day"}
    alerts = AlertTables(
        ALERTS.table([head]), ALERT_NAMES.table([name]), ALERT_DATES.table([date]), ALERT_DOCUMENTS.empty(),
        ALERT_FACTS.empty(),
    )  # fmt: skip
    traveller = {
        "traveller_id": "t", "flight_id": "XX1-20261123-AAA-BBB", "reading": 0, "surname_tokens": surname.split(),
        "given_tokens": given.split(), "maybe_cut": False, "placeholder": False, "born_from": day, "born_to": day,
        "nationalities": [], "document_keys": [],
    }  # fmt: skip
    [pair] = match(
        IDENTITIES.table([traveller]), build_index(alerts, load_model()), floor=-10_000, exhaustive=True
    ).to_pylist()
    assert near_miss(surname, pair["evidence"]) == kind
