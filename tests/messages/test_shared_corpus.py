"""Real test messages and the facts they state; skipped where the corpus is not at hand (it is no part of ours)."""

import json
from pathlib import Path

import pytest

from screening.messages.describe import describe
from screening.messages.read import read_input
from screening.profile.model import Intake

CORPUS = Path(__file__).parents[2] / "../shared/data/messages"
EXPECTED = json.loads((CORPUS / "expected.json").read_text()) if (CORPUS / "expected.json").exists() else {}
pytestmark = pytest.mark.skipif(not EXPECTED, reason="the shared corpus is not at hand")

DROPPED = "sensitive_text_dropped"  # our own record of what the profile drops; no deviation of the message
FACTS = ("surname", "given_names", "date_of_birth", "sex", "nationality", "locator")


@pytest.fixture(scope="module")
def described():
    return {name: describe(read_input((CORPUS / name).read_bytes(), Intake()), name) for name in EXPECTED}


def cases():
    return [pytest.param(name, id=name) for name in sorted(EXPECTED)]


def without_nulls(row):
    return {key: value for key, value in row.items() if value is not None}


def order(documents):
    return sorted(documents, key=lambda document: document.get("number") or "")


@pytest.mark.parametrize("name", cases())
def test_messages_are_recognised(name, described):
    for told, expected in zip(described[name], EXPECTED[name], strict=True):
        assert {key: told[key] for key in ("type", "version", "reference", "status")} == {
            key: expected[key] for key in ("type", "version", "reference", "status")
        }
        assert told["function"] == expected.get("function", "passengers")


@pytest.mark.parametrize("name", cases())
def test_findings_are_the_known_deviations(name, described):
    for told, expected in zip(described[name], EXPECTED[name], strict=True):
        found = {finding["code"] for finding in told["findings"]} - {DROPPED}
        assert found == set(expected["deviations"])


@pytest.mark.parametrize("name", cases())
def test_flights_are_as_stated(name, described):
    for told, expected in zip(described[name], EXPECTED[name], strict=True):
        assert [without_nulls(flight) for flight in told["flights"]] == expected["flights"]


@pytest.mark.parametrize("name", cases())
def test_manifests_that_lack_travellers_are_marked(name, described):
    for told, expected in zip(described[name], EXPECTED[name], strict=True):
        assert told["complete"] is ("incomplete" not in expected)
        if "cnt_stated" in expected:
            assert told["stated"] == int(expected["cnt_stated"])


@pytest.mark.parametrize("name", cases())
def test_travellers_are_as_stated(name, described):
    for told, expected in zip(described[name], EXPECTED[name], strict=True):
        people = told["travellers"]
        assert len(people) == expected["travellers_count"]
        for person, wanted in zip(people, expected.get("travellers", []), strict=True):
            for fact in FACTS:
                if fact in wanted:
                    assert person[fact] == wanted[fact], fact
            assert person["status"] == "ok"
            documents = order(person["documents"])
            assert len(documents) == len(wanted["documents"])
            for document, sent in zip(documents, order(wanted["documents"]), strict=True):
                stated = {key: value for key, value in sent.items() if not key.endswith("_raw")}
                assert {key: document[key] for key in stated} == stated
