"""A night whose store lies on object storage: killed, taken up, read, and the same bytes as in a folder.

`make store-test` runs the long form: each point of a kill, and faults throughout a night (tests/store_faults.py).
"""

import json
import signal

import pytest

DATE = "2026-11-23"


@pytest.fixture
def commands(screening, agency, storage):
    """Commands of an agency whose store lies on object storage; a copy of the small night."""
    root = storage.store(agency.parent.name)

    def call(*arguments, check=0, **environment):
        place = storage.environment | {"SCREENING_STORE": str(root)}
        return screening(agency, *arguments, check=check, **place, **environment)

    call.root = root
    return call


def test_a_night_killed_at_its_commit_point_ends_with_the_bytes_of_one_in_a_folder(
    commands, screened_night, promised, agency
):
    run = ("run", "--night", DATE, "--inbox", "inbox")
    commands(*run, check=-signal.SIGKILL, KILL_AT="objects.before_current")
    assert "never published" in commands("nights").stdout
    done = commands(*run, check=1).stdout
    assert "revision 1: needs a person" in done
    assert f"Parquet     {commands.root}/<path>" in done
    assert promised(commands.root) == promised(screened_night / "store")
    hits = json.loads(commands("hits", "--format", "json").stdout)
    hit = next(row["hit_id"] for row in hits if row["severity"] < 5)
    commands("decide", hit, "--as", "anna", "--decision", "false_match", "--reason", "other birth place")
    verified = json.loads(commands("audit", "verify", "--format", "json").stdout)[0]
    assert (verified["holds"], verified["differences"]) == (True, [])
    assert f"{commands.root}/<path>" in commands("tables").stdout
    assert not (agency / "store").exists()
    assert not (agency / "s3:").exists()
