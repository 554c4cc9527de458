"""Real public messages as an inbox, a real public list, no profile at all: every file accounted for."""

import hashlib
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (SHARED / "messages").is_dir(), reason="the shared corpus is not at hand"),
]
NIGHT = "2026-11-23"


def test_every_file_is_accounted_for_and_every_flight_has_an_outcome(tmp_path, screening):
    import pyarrow.parquet as pq

    screening(
        tmp_path, "alerts", "import", "ofac", str(SHARED / "alert-lists" / "ofac"), "--list", "ofac", check=0
    )
    screening(tmp_path, "run", "--night", NIGHT, "--inbox", str(SHARED / "messages"), check=1)
    store = tmp_path / "store"
    inputs = pq.read_table(store / "landing" / "current" / f"night={NIGHT}" / "inputs.parquet").to_pylist()
    sent = {path.relative_to(SHARED / "messages").as_posix() for path in (SHARED / "messages").rglob("*.*")}
    assert {row["name"] for row in inputs} == sent
    assert all(row["status"] == "read" for row in inputs if "/" in row["name"])
    folder = store / "individual" / "current" / f"night={NIGHT}"
    stated = {
        leg
        for path in folder.glob("message_legs.*.parquet")
        for leg in pq.read_table(path)["flight_id"].to_pylist()
    }
    outcomes = {
        row["flight_id"]: row["outcome"] for row in pq.read_table(folder / "outcomes.parquet").to_pylist()
    }
    assert stated <= set(outcomes)
    assert {name for name in outcomes if name not in stated} == {
        f"input:{hashlib.sha256((SHARED / 'messages' / name).read_bytes()).hexdigest()[:12]}"
        for name in ("README.md", "expected.json")
    }
    assert all(outcomes[leg].startswith("screened") for leg in stated)
