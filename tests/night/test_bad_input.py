"""Bad input: a clear error or finding that says what, where, what happens to the rest, and what to do."""

import gzip
import io
import json
import os
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
LEG = "XQ401-20261123-ARN-VIE"


def four_parts(text: str) -> bool:
    return all(f"{part}:" in text for part in ("where", "effect", "remedy"))


def quarantine(agency):
    folder = agency.store / "individual" / "current" / f"night={NIGHT}"
    return [
        row for path in sorted(folder.glob("quarantine.*.parquet")) for row in pq.read_table(path).to_pylist()
    ]


def test_an_empty_inbox_is_a_broken_feed(by_hand):
    done = by_hand.run(NIGHT, check=3)
    assert "the inbox holds no file" in done.stderr
    assert four_parts(done.stderr)


def test_no_inbox_at_all(by_hand):
    done = by_hand("run", "--night", NIGHT, "--inbox", "elsewhere", check=3)
    assert "the inbox is not there" in done.stderr
    assert four_parts(done.stderr)


def test_a_night_without_a_list_is_refused(by_hand, written):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    (by_hand.folder / "profile.toml").unlink()
    done = by_hand.run(NIGHT, check=3)
    assert "there is no alert list" in done.stderr
    assert "screening alerts import" in done.stderr


def test_a_list_whose_file_is_missing_is_named(by_hand, written):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    (by_hand.folder / "watch.jsonl").unlink()
    done = by_hand.run(NIGHT, check=3)
    assert "watch" in done.stderr
    assert four_parts(done.stderr)


def test_an_unknown_key_of_the_profile_is_named_with_those_allowed(by_hand, written):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + "\n[gates]\nminimumm = 3\n")
    done = by_hand.run(NIGHT, check=2)
    assert "gates.minimumm" in done.stderr
    assert "minimum" in done.stderr
    assert four_parts(done.stderr)


def test_an_interchange_cut_in_the_middle_keeps_the_travellers_before_the_cut(by_hand, written):
    whole = written.paxlst([*written.fillers, written.ylva])
    by_hand.send("cut.edi", whole[: whole.index("QVARNSTEDT") + 14])
    by_hand.send("other.edi", written.paxlst(written.fillers, flight="XQ0402", destination="GRZ"))
    by_hand.run(NIGHT, check=1)
    status = by_hand.status(NIGHT)
    assert status[LEG]["outcome"] == "screened_with_findings"
    assert status[LEG]["travellers"] == 3
    assert status[LEG]["quarantined"] == 1
    assert status["XQ402-20261123-ARN-GRZ"]["outcome"] == "screened"
    assert [row["unit"] for row in quarantine(by_hand)] == ["traveller"]


def test_a_wrong_count_is_a_finding_and_the_travellers_are_screened(by_hand, written):
    by_hand.send("count.edi", written.paxlst([written.ylva, *written.fillers], count=9))
    by_hand.run(NIGHT)
    row = by_hand.status(NIGHT)[LEG]
    assert (row["travellers"], row["hits"], row["reason_code"]) == (4, 1, "cnt_differs")


def test_a_file_that_is_no_message_is_set_aside_and_named(by_hand, written):
    by_hand.send("good.edi", written.paxlst(written.fillers))
    by_hand.send("notes.txt", "shift notes: nothing to report\n")
    by_hand.send("empty.edi", b"")
    by_hand.run(NIGHT, check=1)
    status = by_hand.status(NIGHT)
    assert status["input:notes.txt"]["outcome"] == "quarantined"
    assert status["input:empty.edi"]["outcome"] == "quarantined"
    assert status[LEG]["outcome"] == "screened"


def test_members_of_gzip_and_zip_are_read_and_equal_bytes_count_once(by_hand, written):
    text = written.paxlst(written.fillers).encode()
    by_hand.send("a.edi.gz", gzip.compress(text, mtime=0))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("b.edi", written.paxlst([written.ylva], flight="XQ0402"))
    by_hand.send("b.zip", packed.getvalue())
    by_hand.send("copy.edi.gz", gzip.compress(text, mtime=0))
    by_hand.run(NIGHT)
    status = by_hand.status(NIGHT)
    assert status[LEG]["travellers"] == 3
    assert status["XQ402-20261123-ARN-VIE"]["hits"] == 1
    inputs = pq.read_table(
        by_hand.store / "landing" / "current" / f"night={NIGHT}" / "inputs.parquet"
    ).to_pylist()
    assert {row["name"]: row["status"] for row in inputs}["copy.edi.gz"] == "duplicate"
    assert not list((by_hand.store / "landing" / "incoming").glob("*"))


def test_equal_bytes_in_other_wrappings_are_read_once_also_in_a_later_night(by_hand, written):
    text = written.paxlst([written.ylva]).encode()
    by_hand.send("plain.edi", text)
    by_hand.send("same.edi.gz", gzip.compress(text, mtime=0))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("first.edi", text)
        archive.writestr("second.edi", text)
    by_hand.send("same.zip", packed.getvalue())
    by_hand.run(NIGHT)
    assert by_hand.status(NIGHT)[LEG]["travellers"] == 1
    by_hand.send("again.edi.gz", gzip.compress(text, compresslevel=1, mtime=1))
    by_hand.send("new.edi", written.paxlst(written.fillers, flight="XQ0402"))
    by_hand.run("2026-11-24")
    assert set(by_hand.status("2026-11-24")) == {"XQ402-20261123-ARN-VIE"}


def test_a_zip_bomb_is_set_aside_without_being_unpacked(by_hand, written):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.edi", b"\0" * 50_000_000)
    by_hand.send("bomb.zip", packed.getvalue())
    by_hand.send("good.edi", written.paxlst(written.fillers))
    by_hand.run(NIGHT, check=1)
    status = by_hand.status(NIGHT)
    assert status["input:bomb.zip"]["outcome"] == "quarantined"
    assert status["input:bomb.zip"]["reason_code"] in {"unpacked_too_large", "unpack_ratio_exceeded"}
    assert status[LEG]["outcome"] == "screened"


def test_a_disk_without_room_publishes_nothing_and_the_next_run_ends_well(by_hand, written):
    by_hand.send("a.edi", written.paxlst([written.ylva]))

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))

    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "SCREENING_ACTOR": "tester"}
    done = subprocess.run(
        [sys.executable, "-c", "from screening.cli.main import app; app()", "run", "--night", NIGHT],
        cwd=by_hand.folder,
        env=environment,
        preexec_fn=small_disk,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert "no room left to write" in done.stderr
    assert four_parts(done.stderr)
    assert not (by_hand.store / "nights" / NIGHT / "CURRENT.json").exists()
    by_hand.run(NIGHT)
    assert by_hand.status(NIGHT)[LEG]["hits"] == 1


def test_a_damaged_published_file_is_named_and_not_read(by_hand, written):
    by_hand.send("a.edi", written.paxlst([written.ylva]))
    by_hand.run(NIGHT)
    document = json.loads((by_hand.store / "nights" / NIGHT / "CURRENT.json").read_text())
    path = by_hand.store / next(entry["path"] for entry in document["files"] if entry["table"] == "outcomes")
    path.write_bytes(path.read_bytes()[:-40])
    done = by_hand("status", "--night", NIGHT, check=3)
    assert "outcomes.parquet" in done.stderr
    assert four_parts(done.stderr)


def test_the_store_of_a_production_needs_its_own_keys(by_hand, written):
    by_hand.send("a.edi", written.paxlst([written.ylva]))
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text().replace("[agency]", "[agency]\nproduction = true"))
    done = by_hand.run(NIGHT, check=2)
    assert "screening keys new" in done.stderr
