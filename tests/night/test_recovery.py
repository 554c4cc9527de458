"""After something went wrong, the next run is right: gates, a kill after publication, new code."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from screening.night.frozen import machine
from screening.night.stages import stage
from screening.store.zones import Store, only, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import StoreError

ROOT = Path(__file__).parents[2]
NIGHT = "2026-11-23"
LEG = "XQ401-20261123-ARN-VIE"


@pytest.mark.slow
def test_a_gate_that_fails_keeps_no_hit_back_and_a_person_releases_the_traffic_tables(
    by_hand, written, tmp_path
):
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + "\n[gates]\nminimum = 1\ndate_of_birth = 0.9\n")
    undated = [(*person[:2], "", *person[3:]) for person in written.fillers]
    by_hand.send("a.edi", written.paxlst([written.ylva, *undated]))
    told = by_hand.run(NIGHT, check=1)
    sentence = "travellers with a date of birth: 25.00 % given, expected at least 90 % given"
    [first, *_] = told.stdout.splitlines()
    assert first.startswith(f"Night {NIGHT}, revision 1: incomplete: hits in a thousand travellers: 250, ")
    assert first.endswith(sentence)
    assert by_hand.status(NIGHT)[LEG]["hits"] == 1
    assert "aggregate" not in zones(by_hand)
    assert sentence in report(by_hand)
    mended = by_hand.copy(tmp_path / "mended")

    by_hand("run", "--night", NIGHT, "--let-through", "manifests", check=2)
    by_hand("run", "--night", NIGHT, "--let-through", "manifests", "--reason", "strike", check=1)
    assert "aggregate" not in zones(by_hand)
    [command] = re.findall(r"screening (run .*--let-through hits.*)", told.stdout)
    by_hand(*shlex.split(command), "--as", "anna", check=0)
    assert "aggregate" in zones(by_hand)
    assert "incomplete" not in report(by_hand)
    acts = [row for row in audited(by_hand) if row["act"] == "gate.let_through"]
    assert [(row["actor"], row["objects"][1]) for row in acts] == [("tester", "manifests"), ("anna", "hits")]
    told = by_hand("run", "--night", NIGHT, *shlex.split(command)[3:], check=0)
    assert "nothing is new" in told.stdout
    by_hand("audit", "verify", check=0)

    by_hand.send("b.edi", written.paxlst(undated, flight="XQ0402"))
    before = zones(by_hand)["aggregate"]
    by_hand.run(NIGHT, check=1)
    assert zones(by_hand)["aggregate"] == before

    more = [(f"{name}{n}", *rest, f"{number}{n}") for n in "ABC" for name, *rest, number in written.fillers]
    whole = written.paxlst([written.ylva, *written.fillers, *more], sent="261122:1900", reference="2")
    mended.send("b.edi", whole)
    mended.run(NIGHT)  # what the next run completes nobody has to release
    assert mended.status(NIGHT)[LEG]["travellers"] == 13
    assert "aggregate" in zones(mended)


@pytest.mark.slow
def test_a_feed_that_is_a_fifth_of_what_is_usual_is_incomplete_also_in_a_small_night(by_hand, written):
    for day in range(20, 23):
        people = [(f"{surname}{'ABCDE'[n]}", *rest) for n in range(5) for surname, *rest in written.fillers]
        by_hand.send(f"{day}.edi", written.paxlst(people, day=f"2611{day}", sent=f"2611{day}:0100"))
        told = by_hand.run(f"2026-11-{day}", check=0).stdout
        assert "What is usual is not known yet: fewer than 3 earlier nights." in told
    by_hand.send("23.edi", written.paxlst(written.fillers))
    told = by_hand.run(NIGHT, check=1).stdout
    assert "incomplete: travellers, against what is usual: 3 instead of 15" in told.splitlines()[0]
    assert "not known" not in told
    assert by_hand.status(NIGHT)[LEG]["travellers"] == 3


def zones(agency):
    document = json.loads((agency.store / "nights" / NIGHT / "CURRENT.json").read_text())
    found = {}
    for entry in document["files"]:
        found.setdefault(entry["zone"], {})[entry["table"]] = entry["sha256"]
    return found


def report(agency):
    return (agency.store / "analyst" / "reports" / f"night={NIGHT}" / "report.html").read_text()


def audited(agency):
    lines = [
        line
        for path in sorted((agency.store / "audit").glob("audit-*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    return [json.loads(line) for line in lines]


@pytest.mark.slow
def test_a_kill_after_publication_leaves_no_bytes_as_received(by_hand, written):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    killed = by_hand.run(NIGHT, check=None, KILL_AT="revisions.after_current")
    assert killed.returncode == -signal.SIGKILL
    assert "nothing is new" in by_hand.run(NIGHT).stdout
    assert not list((by_hand.store / "landing" / "incoming").glob("*"))
    assert not list((by_hand.store / "work").glob("*"))


@pytest.mark.slow
def test_a_worker_of_other_code_takes_no_part_in_a_run(by_hand, written, tmp_path):
    by_hand.send("a.edi", written.paxlst([written.ylva]))
    by_hand.run(NIGHT, check=-signal.SIGKILL, KILL_AT="revisions.before_folder")
    other = tmp_path / "other"
    shutil.copytree(ROOT / "screening", other / "screening", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.lock", other)
    changed = other / "screening" / "matching" / "match.py"
    changed.write_text(changed.read_text() + "# a fix that has reached one machine alone\n")
    task = f"from screening.orchestration.tasks import plan; plan('{NIGHT}-0001')"

    def work(code: Path) -> subprocess.CompletedProcess[str]:
        surroundings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(code), "AIRFLOW_HOME": str(tmp_path)}
        own = {
            "SCREENING_STORE": str(by_hand.store),
            "SCREENING_PROFILE": str(by_hand.folder / "profile.toml"),
        }
        return subprocess.run(
            [sys.executable, "-c", task],
            cwd=code,
            env=surroundings | own,
            capture_output=True,
            text=True,
            check=False,
        )

    before = {path: path.read_bytes() for path in (by_hand.store / "work").rglob("*") if path.is_file()}
    refused = work(other)
    assert refused.returncode == 1
    assert "AirflowFailException" in refused.stderr, "waiting does not mend it: no retry"
    code = machine()["code"]
    assert re.search(
        rf"was frozen by other code than runs here: code {re.escape(code)} there, \S+ here", refused.stderr
    )
    assert {path: path.read_bytes() for path in before} == before
    by_hand(
        *re.search(r"screening (run --night \S+)", refused.stderr)[1].split(), "--inbox", "inbox", check=0
    )
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
