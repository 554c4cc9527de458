"""Invented tables of every retention class, small and large, and a store to put them in."""

import os
from datetime import date

import pytest

from screening.store.revisions import Publication
from screening.store.zones import Store
from screening.tables.analyst import EVIDENCE
from screening.tables.codes import RetentionClass
from screening.tables.individual import NIGHT_HEALTH, STATEMENT_DOCUMENTS
from screening.tables.landing import INPUTS

NIGHT = date(2026, 11, 23)


@pytest.fixture
def night():
    return NIGHT


@pytest.fixture(autouse=True)
def umask():
    """Opening a zone makes the process's umask private; give it back."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture
def documents():
    """STATEMENT_DOCUMENTS with n rows; some columns hold nulls, some repeat, some do not."""

    def make(count, source="a"):
        return STATEMENT_DOCUMENTS.table(
            {
                "statement_id": f"{source * 64}:{row}:0",
                "ordinal": 0,
                "type": "passport" if row % 3 else "visa",
                "type_as_sent": None if row % 7 == 0 else "P",
                "number": f"X{row:08d}",
                "issuing_state": ("UT", "XX", None)[row % 3],
                "expiry": date(2030, 1, 1 + row % 28),
                "check_digit": "none",
            }
            for row in range(count)
        )

    return make


@pytest.fixture
def whole_night(documents):
    """Publications of a small night; `change` makes one table another."""

    def make(change=0):
        health = [{"night": NIGHT, "measure": "travellers", "value": 40.0 + change, "unit": "travellers"}]
        inputs = [
            {
                "input_id": "a" * 64,
                "name": "one.edi",
                "kind": "edifact",
                "bytes": 9,
                "messages": 1,
                "status": "read",
            }
        ]
        evidence = [
            {
                "hit_id": "f" * 32,
                "alert_id": "own:1",
                "ordinal": 0,
                "kind": "name",
                "relation": "the same",
                "weight": 1200,
            }
        ]
        return [
            Publication(STATEMENT_DOCUMENTS, RetentionClass.API, documents(30)),
            Publication(STATEMENT_DOCUMENTS, RetentionClass.PNR, documents(10, "b")),
            Publication(INPUTS, RetentionClass.RECORD, INPUTS.table(inputs)),
            Publication(EVIDENCE, RetentionClass.HIT, EVIDENCE.table(evidence)),
            Publication(NIGHT_HEALTH, RetentionClass.AGGREGATE, NIGHT_HEALTH.table(health)),
        ]

    return make


@pytest.fixture
def tree():
    """Every file and link of a store with its bytes; locks and temporary files of dead processes aside."""

    def read(root):
        found = {}
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.name in {".lock", ".publish", ".alive"} or path.suffix == ".tmp":
                continue
            if path.is_symlink():
                found[name] = str(path.readlink())
            elif path.is_file():
                found[name] = path.read_bytes()
        return found

    return read
