"""Cases after field reports: facts of travellers as they are right; skipped where the corpus is not at hand.

UPDATE_GOLDEN=1 rewrites the expectations; the difference is reviewed like code.
"""

import json
import os
from pathlib import Path

import pytest

from screening.messages.describe import all_findings
from screening.messages.read import read_input
from screening.profile.model import Intake

CORPUS = Path(__file__).parents[2] / "../shared/data/field-cases/messages"
EXPECTED = Path(__file__).with_name("field_cases.json")
KINDS = ("03", "04", "05", "06", "07", "08", "11", "12", "13", "14", "15", "16", "17", "19", "20", "21", "24", "25", "32", "46")  # fmt: skip
FILES = sorted(path for path in CORPUS.glob("*") if path.name.startswith(KINDS))
pytestmark = pytest.mark.skipif(not FILES, reason="the shared corpus is not at hand")


def fact(traveller):
    """One line a traveller: name, birth as far as known, sex, nationality, documents; then what is kept beside."""
    documents = [
        f"{one.type_as_sent}:{one.number}:{one.issuing_state}:{one.expiry}" for one in traveller.documents
    ]
    beside = [*traveller.other_births, *traveller.other_sexes, *traveller.other_nationalities]
    born = traveller.date_of_birth or traveller.birth_part
    line = f"{traveller.name_as_sent} {born} {traveller.sex} {traveller.nationality} {' '.join(documents)}"
    return f"{line} | beside: {' '.join(beside)}" if beside else line


def told(path):
    reading = read_input(path.read_bytes(), Intake())
    found = [one for message in reading.messages for one in all_findings(message)]
    return {
        "legs": [leg.flight_id for message in reading.messages for leg in message.legs],
        "travellers": [fact(one) for message in reading.messages for one in message.travellers],
        "findings": sorted({one.code for one in (*found, *reading.findings)}),
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_facts_of_a_field_case(path):
    if os.environ.get("UPDATE_GOLDEN"):
        known = json.loads(EXPECTED.read_text()) if EXPECTED.exists() else {}
        known[path.name] = told(path)
        EXPECTED.write_text(json.dumps(known, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    assert told(path) == json.loads(EXPECTED.read_text())[path.name]
