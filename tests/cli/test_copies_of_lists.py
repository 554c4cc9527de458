"""A list whose copy has ended: hits are reviewed as before, nobody is screened with what is left of it."""

import tomllib
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq


def on_the_disk(folder):
    paths = [*(folder / "store/alerts").rglob("alerts*.parquet")]
    return {one for path in paths for one in pq.read_table(path)["alert_id"].to_pylist()}


def test_hits_of_a_copy_that_has_ended_are_still_reviewed(mine, command, monkeypatch):
    from screening.night.purge import due_now, purge_now
    from screening.night.settings import load_settings

    profile = mine.folder / "profile.toml"
    profile.write_text(profile.read_text().replace("[[lists]]", "[[lists]]\ncopy_hours = 48"))
    before = on_the_disk(mine.folder)
    monkeypatch.chdir(mine.folder)
    later = datetime.now(UTC) + timedelta(hours=49)
    due = {one.path for one in due_now(load_settings(), later) if "alerts/inform/version=" in one.path}
    assert due
    assert not [one for one in due_now(load_settings(), datetime.now(UTC)) if "alerts/" in one.path]
    done = purge_now(load_settings(), later, "tester")
    assert {one.list_id for one in done.copies} == {"inform", "refuse-entry"}
    hits = command(mine.folder, "hits", "--format", "json").json()
    assert {one["alert_id"] for one in hits} <= on_the_disk(mine.folder) < before
    for line in ("hit {hit}", "trace {hit}", "report", "audit verify"):
        done = command(mine.folder, *mine.words(line))
        assert (line, done.code) == (line, 0), done.err
    line = "decide {plain_hit} --decision false_match --reason seen --as berta"
    decided = command(mine.folder, *mine.words(line))
    assert decided.code in {0, 1}, decided.err
    late = mine.folder / "inbox" / "late.edi"
    late.write_bytes((mine.folder / "inbox" / mine.ids["message"]).read_bytes() + b"\n")
    run = ("run", "--night", mine.ids["night"], "--inbox", "inbox")
    refused = command(mine.folder, *run)
    assert (refused.code, "has ended" in refused.err) == (3, True)
    assert "screening alerts import SOURCE PATH --list inform" in refused.err
    for one in tomllib.loads(profile.read_text())["lists"]:
        if one["id"] in {"inform", "refuse-entry"}:
            if one["path"].endswith(".csv"):  # an alert has left it meanwhile: another version
                path = mine.folder / one["path"]
                path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
            words = ["alerts", "import", one["source"], one["path"], "--list", one["id"]]
            words += ["--mapping", one["mapping"]] if "mapping" in one else []
            assert command(mine.folder, *words).code == 0
    again = command(mine.folder, *run)
    assert again.code in {0, 1}, again.err
    assert "compared as they are in use now: refuse-entry\n" in again.out
    assert command(mine.folder, "hits", "--format", "json").json()
