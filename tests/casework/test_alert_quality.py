"""Before a list goes live: what its alerts would raise is what a night raises; merged alerts are one hit."""

import json
import shutil
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from screening.casework.expected_load import HELD, MODEL, expected_load
from screening.list_keeping import lists
from screening.night.settings import load_settings

pytestmark = pytest.mark.slow
OTHER = "2026-11-24"


@pytest.fixture
def settings(screened_night, tmp_path, monkeypatch):
    folder = tmp_path / "agency"
    shutil.copytree(screened_night, folder, symlinks=True)
    monkeypatch.chdir(folder)
    return load_settings()


def loaded(settings, list_id, worst=5):
    version = lists.resolve(settings.store, list_id, None)
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    return expected_load(settings, list_id, version, worst=worst, at=at, told=lambda done, of: None)


def test_the_expected_load_is_what_the_night_raised_alert_by_alert(settings):
    current = settings.store.root / "analyst" / "current" / "night=2026-11-23" / "hits.parquet"
    raised = {}
    for hit in pq.read_table(current).to_pylist():
        for alert_id in hit["alert_ids"]:
            raised.setdefault(alert_id.partition(":")[0], {}).setdefault(alert_id, set()).add(
                hit["traveller_id"]
            )
    assert raised
    for list_id in lists.known_lists(settings.store):
        found = loaded(settings, list_id)
        assert found.basis == HELD
        assert {one.alert_id: one.hits for one in found.loads} == {
            of: len(who) for of, who in raised.get(list_id, {}).items()
        }
        assert [one.per_1000 for one in found.loads] == sorted(
            (one.per_1000 for one in found.loads), reverse=True
        )


def test_the_cure_is_worked_out_for_what_an_alert_lacks(by_hand, written):
    people = [
        ("QVARNSTEDT", "YLVALINN", f"{year:02}0317", "F", "SWE", f"ZZ10000{year}")
        for year in range(50, 90, 2)
    ]
    by_hand.send("api.edi", written.paxlst(people))
    sought = written.sought | {"dates_of_birth": [], "documents": [], "sex": []}
    others = [
        written.sought | {"alert_id": f"watch:B{year}", "source_id": f"B{year}", "documents": [],
         "names": [written.sought["names"][0] | {"full": "HARTNAGEL, Korbinian", "surname": "HARTNAGEL", "given_names": "Korbinian"}],
         "dates_of_birth": [{"value": f"19{year}", "from": f"19{year}-01-01", "to": f"19{year}-12-31", "precision": "year", "identity": 0}]}
        for year in range(50, 90, 3)
    ]  # fmt: skip
    text = "".join(json.dumps(one) + "\n" for one in [sought, *others])
    (by_hand.folder / "watch.jsonl").write_text(text)
    by_hand.run("2026-11-23")
    rows = by_hand.json("alerts", "check", "--list", "watch")
    worst = next(row for row in rows if row["check"] == "expected load" and row["alert_id"])
    assert (worst["alert_id"], worst["hits"], worst["basis"]) == ("watch:A1", 20, HELD)
    assert worst["cure"] in {"year_of_birth", "day_of_birth"}
    assert 0.3 < worst["takes_away"] <= 1  # of a name as rare as this one a year apart is still a hit
    assert "date of birth" not in json.dumps(
        [row for row in rows if row["check"] == "deficient" and row["alert_id"]]
    )


def test_without_held_nights_the_model_tells_what_a_list_of_its_size_raises(by_hand, written):
    (by_hand.folder / "watch.jsonl").write_text(json.dumps(written.sought) + "\n")
    by_hand("alerts", "import", "canonical", "watch.jsonl", "--list", "watch", check=0)
    whole, *each = [
        row for row in by_hand.json("alerts", "check", "--list", "watch") if row["check"] == "expected load"
    ]
    assert (whole["basis"], whole["travellers"], whole["hits"]) == (MODEL, 0, None)
    assert whole["per_1000"] > 0
    assert sum(row["per_1000"] for row in each) == pytest.approx(whole["per_1000"], abs=0.001)


def two_lists(by_hand, written):
    """The same person on two lists: one knows the day, the other another spelling and the year."""
    name = written.sought["names"][0]
    other = written.sought | {
        "alert_id": "ours:7", "list": "ours", "source_id": "7", "documents": [],
        "names": [name | {"full": "QVARNSTETT, Ylvalinn", "surname": "QVARNSTETT", "given_names": "Ylvalinn"}],
        "dates_of_birth": [{"value": "1984", "from": "1984-01-01", "to": "1984-12-31", "precision": "year", "identity": 0}],
    }  # fmt: skip
    (by_hand.folder / "ours.jsonl").write_text(json.dumps(other) + "\n")
    (by_hand.folder / "watch.jsonl").write_text(json.dumps(written.sought | {"documents": []}) + "\n")
    for list_id in ("watch", "ours"):
        by_hand("alerts", "import", "canonical", f"{list_id}.jsonl", "--list", list_id, check=0)


def hits(by_hand, night):
    table = pq.read_table(by_hand.store / "analyst" / "current" / f"night={night}" / "hits.parquet")
    return sorted(table.to_pylist(), key=lambda hit: hit["alert_ids"])


def test_merged_alerts_are_one_hit_until_unmerged_and_clearances_outlive_both(by_hand, written):
    two_lists(by_hand, written)
    [row] = [row for row in by_hand.json("alerts", "check", "--list", "watch") if row["check"] == "duplicate"]
    assert (row["one"], row["other"], row["state"]) == ("ours:7", "watch:A1", "proposed")
    by_hand.send("night=2026-11-21/a.edi", written.paxlst([written.ylva], day="261121", reference="1"))
    by_hand.run("2026-11-21")
    assert [hit["alert_ids"] for hit in hits(by_hand, "2026-11-21")] == [["ours:7"], ["watch:A1"]]

    decide = ("ours:7", "watch:A1", "--as", "anna", "--reason", "same person")
    by_hand("alerts", "merge", *decide, check=0)
    again = by_hand("alerts", "merge", *decide, check=0)
    assert "decided before" in again.stdout
    by_hand.send("night=2026-11-22/b.edi", written.paxlst([written.ylva], day="261122", reference="2"))
    by_hand.run("2026-11-22")
    [one] = hits(by_hand, "2026-11-22")
    assert one["alert_ids"] == ["ours:7", "watch:A1"]
    assert len(one["list_versions"]) == 2
    told = {step["step"]: step for step in by_hand.json("why", one["traveller_id"], "ours:7", "--as", "anna")}
    assert (told["merge"]["result"], told["verdict"]["result"]) == ("adds", "hit")
    assert told["merge"]["detail"].startswith("one person with watch:A1; by itself it scores ")
    assert told["scored_again"]["result"] == "same"
    assert [hit["alert_ids"] for hit in hits(by_hand, "2026-11-21")] == [["ours:7"], ["watch:A1"]]

    by_hand(
        "decide", one["hit_id"], "--as", "anna", "--decision", "false_match", "--reason", "other place", check=0
    )  # fmt: skip
    by_hand.send("night=2026-11-23/c.edi", written.paxlst([written.ylva], day="261123", reference="3"))
    by_hand.run("2026-11-23")
    assert hits(by_hand, "2026-11-23") == []
    travellers = by_hand.store / "individual" / "current" / "night=2026-11-23" / "travellers.parquet"
    [silent] = pq.read_table(travellers)["traveller_id"].to_pylist()
    for night, who, verdict, clearance in (
        ("2026-11-22", one["traveller_id"], "hit", "none"),
        ("2026-11-23", silent, "silenced", "in_force"),
    ):
        why = by_hand.json("why", who, "watch:A1", "--night", night, "--as", "anna")
        told = {step["step"]: step["result"] for step in why}
        assert (told["verdict"], told["clearance"]) == (verdict, clearance), night

    by_hand("alerts", "unmerge", *decide, check=0)
    by_hand.send("night=2026-11-24/d.edi", written.paxlst([written.ylva], day="261124", reference="4"))
    by_hand.run("2026-11-24")
    assert all("watch:A1" not in hit["alert_ids"] for hit in hits(by_hand, "2026-11-24"))
    assert by_hand("audit", "verify").returncode == 0


def test_a_merge_that_would_join_what_was_kept_apart_is_refused_with_the_way_out(by_hand, written):
    two_lists(by_hand, written)
    by_hand("alerts", "keep-apart", "ours:7", "watch:A1", "--reason", "brothers", check=0)
    [head] = [
        row for row in by_hand.json("alerts", "check", "--list", "watch") if row["what"] == "kept apart"
    ]
    assert head["value"] == 1
    by_hand(
        "alerts", "merge", "watch:A1", "ours:7", "--reason", "after all", check=0
    )  # the later word counts
    gone = by_hand("alerts", "merge", "watch:A1", "ours:8", "--reason", "r")
    assert gone.returncode == 2
    assert "there is no alert ours:8" in gone.stderr
