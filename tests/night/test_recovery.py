"""After something went wrong, the next run is right: gates, damaged files, a kill after publication, new code."""

import json
import signal

import pytest

from screening.night.frozen import machine
from screening.night.stages import stage
from screening.store.zones import Store, only, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import StoreError

NIGHT = "2026-11-23"
LEG = "XQ401-20261123-ARN-VIE"


@pytest.mark.slow
def test_a_refused_gate_names_the_bound_and_the_night_can_be_let_through_or_mended(by_hand, written):
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + "\n[gates]\nminimum = 1\ndate_of_birth = 0.9\n")
    nobody = [
        (surname, given, "", sex, state, number) for surname, given, _, sex, state, number in written.fillers
    ]
    by_hand.send("a.edi", written.paxlst(nobody))
    refused = by_hand.run(NIGHT, check=1)
    assert "gate `manifests` refuses the night" in refused.stderr
    assert "--let-through manifests" in refused.stderr
    assert not (by_hand.store / "nights" / NIGHT / "CURRENT.json").exists()
    by_hand("run", "--night", NIGHT, "--let-through", "manifests", check=2)
    by_hand.run(NIGHT, check=1)
    by_hand("run", "--night", NIGHT, "--let-through", "manifests", "--reason", "small airport", check=0)
    assert by_hand.status(NIGHT)[LEG]["travellers"] == 3
    assert '"gate.let_through"' in next((by_hand.store / "audit").glob("audit-*.jsonl")).read_text()


@pytest.mark.slow
def test_a_refused_night_takes_the_mended_files_of_the_next_attempt(by_hand, written):
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + "\n[gates]\nminimum = 1\ndate_of_birth = 0.9\n")
    nobody = [
        (surname, given, "", sex, state, number) for surname, given, _, sex, state, number in written.fillers
    ]
    by_hand.send("a.edi", written.paxlst(nobody, sent="261122:0900"))
    by_hand.run(NIGHT, check=1)
    by_hand.send("b.edi", written.paxlst(written.fillers, sent="261122:1000"))
    by_hand.run(NIGHT)
    assert by_hand.status(NIGHT)[LEG]["travellers"] == 3


@pytest.mark.slow
def test_a_damaged_published_file_is_mended_by_running_the_night_again(by_hand, written, promised):
    by_hand.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    by_hand.run(NIGHT)
    before = promised(by_hand.store)
    document = json.loads((by_hand.store / "nights" / NIGHT / "CURRENT.json").read_text())
    path = by_hand.store / next(entry["path"] for entry in document["files"] if entry["table"] == "hits")
    path.write_bytes(b"PAR1 not any more")
    by_hand("hits", "--night", NIGHT, check=3)
    by_hand("run", "--night", NIGHT, "--again", check=0)
    assert promised(by_hand.store) == before


@pytest.mark.slow
def test_a_kill_after_publication_leaves_no_bytes_as_received(by_hand, written):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    killed = by_hand.run(NIGHT, check=None, KILL_AT="revisions.after_current")
    assert killed.returncode == -signal.SIGKILL
    assert "nothing is new" in by_hand.run(NIGHT).stdout
    assert not list((by_hand.store / "landing" / "incoming").glob("*"))
    assert not list((by_hand.store / "work").glob("*"))


@pytest.mark.slow
def test_a_run_begun_by_other_code_is_begun_anew(by_hand, written, promised):
    by_hand.send("a.edi", written.paxlst([written.ylva]))
    by_hand.run(NIGHT, check=None, KILL_AT="revisions.before_current")
    path = by_hand.store / "nights" / NIGHT / "runs" / "0001" / "night.json"
    frozen = json.loads(path.read_text())
    frozen["machine"]["code"] = "0.0.1+older"
    path.write_text(json.dumps(frozen))
    by_hand.run(NIGHT)
    assert json.loads(path.read_text())["machine"] == machine()
    assert by_hand.status(NIGHT)[LEG]["hits"] == 1


def test_a_task_cannot_open_a_zone_that_its_stages_do_not_declare(tmp_path):
    store = Store(tmp_path / "store")
    with only(stage("withhold").opens()):
        open_zones(store, [Zone.AGGREGATE])
        with pytest.raises(StoreError, match="`analyst` is not declared"):
            open_zones(store, [Zone.ANALYST])
        with only([Zone.ANALYST, Zone.AGGREGATE]), pytest.raises(StoreError):
            store.path(Zone.ANALYST, "x", declared=[Zone.ANALYST])  # an inner block cannot widen
    open_zones(store, [Zone.ANALYST])
