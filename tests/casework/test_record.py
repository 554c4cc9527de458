"""The record of acts notices what was changed in the store behind its back; what it tells to do mends it."""

import json
import re
import shlex
import shutil
import subprocess

import pyarrow.parquet as pq
import pytest

NIGHT = "2026-11-23"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("record") / "night"


@pytest.fixture
def decided(by_hand, written, kept):
    """A night in two revisions, a decision, a list in two versions."""
    by_hand.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    if kept.exists():
        shutil.copytree(kept, by_hand.store, symlinks=True)
        by_hand.send("b.edi", written.paxlst(written.fillers, flight="XQ0403", reference="2"))
        return by_hand
    by_hand.run(NIGHT)
    by_hand.send("b.edi", written.paxlst(written.fillers, flight="XQ0403", reference="2"))
    by_hand.run(NIGHT)
    hit = by_hand.json("hits", "--night", NIGHT)[0]["hit_id"]
    by_hand("decide", hit, "--decision", "true_match", "--reason", "seen", "--as", "anna", check=0)
    for rows in (range(20), range(1, 21)):
        lines = "".join(f"A{number:06};MDA;stolen\n" for number in rows)
        (by_hand.folder / "d.csv").write_text("document_number;issuing_state;status\n" + lines)
        by_hand("alerts", "import", "documents", "d.csv", "--list", "stolen", check=0)
    shutil.copytree(by_hand.store, kept, symlinks=True)
    return by_hand


def verify(agency):
    done = agency("audit", "verify", "--format", "json")
    [row] = json.loads(done.stdout)
    assert done.returncode == (1 if row["differences"] else 0)
    return row["differences"]


def test_an_untouched_store_is_as_recorded(decided):
    assert verify(decided) == []
    decided("retention", "purge", "--as", "anna", check=0)
    assert verify(decided) == []


def put_back(store):
    folder = store / "nights" / NIGHT
    shutil.copy(folder / "revisions" / "0001.json", folder / "CURRENT.json")


def unpublish(store):
    (store / "nights" / NIGHT / "CURRENT.json").unlink()


def hits_out(store):
    path = store / "nights" / NIGHT / "CURRENT.json"
    document = json.loads(path.read_text())
    document["files"] = [file for file in document["files"] if file["table"] != "hits"]
    path.write_text(json.dumps(document))


def older_list(store):
    path = store / "alerts" / "stolen" / "ACTIVE.json"
    state = json.loads(path.read_text())
    path.write_text(json.dumps({"version": state["history"][0]["version"], "history": state["history"][:1]}))


@pytest.mark.parametrize("harm", [put_back, unpublish, hits_out, older_list])
def test_a_commit_point_put_back_is_noticed_and_mended_as_told(decided, harm):
    harm(decided.store)
    [text] = verify(decided)
    [command] = re.findall(r"`([^`]+)`", text)
    if command.startswith("cp "):
        shutil.copy(*(decided.folder / name for name in command.split()[1:]))
    else:
        decided(*shlex.split(command)[1:], check=0)
    assert verify(decided) == []


def test_a_published_file_that_was_cut_is_noticed_and_screened_again(decided):
    for path in (decided.store / "analyst" / "revisions").rglob("hits*.parquet"):
        data = path.read_bytes()
        path.chmod(0o600)
        path.write_bytes(data[: len(data) // 2])
    [text] = verify(decided)
    [command] = re.findall(r"`screening ([^`]+)`", text)
    decided(*shlex.split(command), "--inbox", "inbox", check=0)
    assert verify(decided) == []
    assert len(decided.json("hits", "--night", NIGHT)) == 1


def test_a_decision_that_is_gone_or_changed_is_noticed(decided):
    [path] = (decided.store / "analyst" / "acts" / "dispositions").glob("*.parquet")
    held = path.read_bytes()
    table = pq.read_table(path)
    place = table.schema.get_field_index("decision")
    other = table.set_column(place, table.schema.field(place), [["false_match"]])
    pq.write_table(other.cast(table.schema), path)
    [text] = verify(decided)
    assert "is not as an act recorded it" in text
    path.unlink()
    [text] = verify(decided)
    assert "its file is gone" in text
    path.write_bytes(held)
    assert verify(decided) == []


def test_a_gathered_copy_hides_no_change_and_is_removed_as_told(decided, monkeypatch):
    from screening.store import acts, once
    from screening.store.zones import Store

    monkeypatch.setattr(once, "_WORTH", 1)
    acts.gather_acts(Store(decided.store))
    folder = decided.store / "analyst" / "acts" / "dispositions"
    [path], copy = folder.glob("*.parquet"), folder.with_suffix(".gathered")
    held = path.read_bytes()
    table = pq.read_table(path)
    place = table.schema.get_field_index("decision")
    other = table.set_column(place, table.schema.field(place), [["false_match"]]).cast(table.schema)
    pq.write_table(other, path)
    about_the_copy, about_the_file = verify(decided)
    assert "is not as an act recorded it" in about_the_file
    path.write_bytes(held)
    assert verify(decided) == []
    pq.write_table(other, copy)
    assert verify(decided) == [about_the_copy]
    subprocess.run(shlex.split(about_the_copy.split("`")[1]), cwd=decided.folder, check=True)
    assert verify(decided) == []


def test_an_act_on_keys_that_is_gone_or_changed_is_noticed_and_done_again_as_told(by_hand):
    keys, folder = {"SCREENING_KEYS": "keys"}, by_hand.store / "analyst" / "acts" / "key_acts"
    by_hand("keys", "new", "--folder", "keys", check=0)
    first = (by_hand.folder / "keys" / "current").read_text().strip()
    for words in (("rotate",), ("retire", first)):
        before = set(folder.glob("*.parquet"))
        by_hand("keys", *words, "--reason", "seen", check=0, **keys)
        assert verify(by_hand) == []
        [path] = set(folder.glob("*.parquet")) - before
        held = path.read_bytes()
        path.unlink()
        [text] = verify(by_hand)
        assert "its file is gone" in text
        [command] = re.findall(r"`screening ([^`]+)`", text)
        by_hand(*shlex.split(command), check=0, **keys)
        assert verify(by_hand) == []
        path.write_bytes(held)
        assert verify(by_hand) == []
    table = pq.read_table(path)
    place = table.schema.get_field_index("key_id")
    other = table.set_column(place, table.schema.field(place), [["key-00000000"]])
    pq.write_table(other.cast(table.schema), path)
    [text] = verify(by_hand)
    assert "is not as it was recorded" in text


def test_an_emptied_record_is_noticed(decided):
    shutil.rmtree(decided.store / "audit")
    [text] = verify(decided)
    assert "the record of acts is empty, but 1 nights are published" in text


def test_what_a_killed_run_published_is_recorded_when_it_goes_on(by_hand, written):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    by_hand.run(NIGHT, check=-9, KILL_AT="revisions.after_current")
    [text] = verify(by_hand)
    [command] = re.findall(r"`screening ([^`]+)`", text)
    by_hand(*shlex.split(command), check=0)
    assert verify(by_hand) == []
