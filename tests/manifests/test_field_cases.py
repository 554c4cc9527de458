"""Lists, batches and singles after field reports: the union of all messages stands on the leg.

Skipped where the cases are not at hand (they are no part of ours).
"""

from pathlib import Path

import pytest

from screening.manifests.settle import settle
from screening.messages.read import read_input
from screening.messages.tabulate import tabulate
from screening.profile.model import Intake
from screening.tables import individual as t

CASES = Path(__file__).parents[2] / "../shared/data/field-cases/messages"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the field cases are not at hand")


def settled(kit, *patterns):
    """Settle the files that fit a pattern, in reverse order of their names; also return the names that each states."""
    files = sorted((path for one in patterns for path in CASES.glob(one)), reverse=True)
    readings = [
        read_input(path.read_bytes(), Intake(), input_id=f"{place:064}") for place, path in enumerate(files)
    ]
    read = tabulate(readings)
    stated = [read[name] for name in ("messages", "message_legs", "statements", "statement_documents")]
    scope = sorted(set(stated[1]["flight_id"].to_pylist()))
    assert len(scope) == 1
    return settle(*stated, scope=scope, earlier=t.TRAVELLERS.empty(), pseudonym=kit.pseudonym), stated[2]


@pytest.mark.parametrize(
    ("patterns", "on_leg", "left_out", "listed"),
    [
        pytest.param(["48-950/*"], 9, 1, "unconfirmed", id="nine, then eight of them singly"),
        pytest.param(["48-951/*"], 9, 1, "unconfirmed", id="the same with transactions"),
        pytest.param(["48-955/*"], 11, 8, "unconfirmed", id="nine, then three of whom two are new"),
        pytest.param(["40-S803-*"], 12, 6, "unconfirmed", id="twelve, then six of them"),
        pytest.param(["40-S821-*"], 16, 7, "unconfirmed", id="eight, then nine of whom one is known"),
        pytest.param(["40a-*"], 5, 4, "unconfirmed", id="five, then one of them"),
        pytest.param(["42-*"], 1, 0, "confirmed", id="a booking"),
    ],
)
def test_everybody_named_stays_and_who_is_not_named_again_is_told(kit, patterns, on_leg, left_out, listed):
    result, statements = settled(kit, *patterns)
    named = set(zip(statements["surname"].to_pylist(), statements["given_names"].to_pylist(), strict=True))
    rows = result.travellers.to_pylist()
    assert {(row["surname"], row["given_names"]) for row in rows} == named
    assert len(rows) == len(named)
    assert len(rows) == on_leg
    (flight,) = result.flights.to_pylist()
    assert flight["unconfirmed"] == left_out
    assert flight["withdrawn"] == 0
    assert ("not_named_again" in {found["code"] for found in flight["findings"]}) is bool(left_out)
    assert {row["standing"] for row in rows if row["surname"] == "KAZEMI"} == {listed}
