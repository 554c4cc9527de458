"""The generated sample night, read and settled: on each leg as many travellers as its truth says."""

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from screening.manifests.quality import carrier_quality
from screening.manifests.settle import settle
from screening.messages.read import read_input
from screening.messages.syntax.unpack import unpack
from screening.messages.tabulate import tabulate
from screening.profile.model import Intake
from screening.tables import individual as t

SAMPLE = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="module")
def tables():
    readings = {}
    for path in sorted((SAMPLE / "inbox").rglob("*")):
        if path.is_file():
            for member in unpack(path.read_bytes(), path.name, Intake()).members:
                input_id = hashlib.sha256(member.data).hexdigest()
                if input_id not in readings:
                    readings[input_id] = read_input(member.data, Intake(), input_id=input_id)
    read = tabulate(list(readings.values()))
    return [read[name] for name in ("messages", "message_legs", "statements", "statement_documents")]


@pytest.fixture(scope="module")
def settled(kit, tables):
    scope = sorted(set(tables[1]["flight_id"].to_pylist()))
    return settle(*tables, scope=scope, earlier=t.TRAVELLERS.empty(), pseudonym=kit.pseudonym)


def test_each_leg_has_the_travellers_of_its_truth(settled):
    truth = {
        leg["flight_id"]: leg["travellers"] for leg in json.loads((SAMPLE / "truth/flights.json").read_text())
    }
    flights = [leg for leg in settled.flights.to_pylist() if not leg["provisional"]]
    assert {leg["flight_id"]: leg["counted"] for leg in flights} == {
        flight_id: number for flight_id, number in truth.items() if number
    }


def test_every_statement_of_the_night_is_accounted_for(tables, settled):
    received = sum(settled.ledger["received"].to_pylist())
    assert received == tables[2].num_rows
    assert received == sum(settled.ledger["passed"].to_pylist()) + sum(
        settled.ledger["set_aside"].to_pylist()
    )


def test_every_carrier_is_measured(tables, settled):
    measured = carrier_quality(
        tables[0],
        tables[1],
        settled.flights,
        settled.travellers,
        night=date(2026, 11, 23),
        documents=settled.documents,
    )
    assert set(settled.flights["carrier"].to_pylist()) <= set(measured["carrier"].to_pylist())
