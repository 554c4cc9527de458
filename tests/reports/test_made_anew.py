"""A report that is made anew: with the decisions so far, and the same each time where nothing happened."""

import json
import shutil
from datetime import UTC, date, datetime

from screening.night.reporting import view, write_report
from screening.reports.night_html import MAIN, render
from screening.store.zones import Store

NIGHT = date(2026, 11, 23)


def test_a_report_shows_what_was_decided_until_its_moment_and_is_a_function_of_tables_and_acts(
    screened_night, tmp_path, screening, monkeypatch
):
    folder = tmp_path / "agency"
    shutil.copytree(screened_night, folder, symlinks=True)
    monkeypatch.chdir(folder)
    store = Store(folder / "store")
    hit = json.loads(screening(folder, "hits", "--format", "json", check=0).stdout)[0]["hit_id"]
    first = write_report(store, NIGHT).read_bytes()
    assert write_report(store, NIGHT).read_bytes() == first
    line = ("decide", hit, "--decision", "inconclusive", "--reason", "photograph asked for")
    screening(folder, *line, check=0)
    said = screening(folder, "report", check=0).stdout
    assert "As of " in said
    anew = (store.root / "analyst" / "reports" / f"night={NIGHT}" / MAIN).read_text()
    assert "Decided since: inconclusive" in anew
    assert "photograph asked for" in anew
    again = write_report(store, NIGHT).read_bytes()  # as a purge or a release does
    assert b"photograph asked for" in again
    assert write_report(store, NIGHT).read_bytes() == again
    before = render(view(store, NIGHT, datetime(2026, 11, 22, tzinfo=UTC)))[MAIN]
    assert "photograph asked for" not in before
    assert "Landed or departed before" not in before
