import re
from pathlib import Path

import pyarrow as pa

from screening.reports.summary import done, summarise
from screening.tables import individual

GOLDEN = Path(__file__).parent / "golden"
STAGES = [("receive", 0.12), ("read", 2.345)]
PLACES = {"Report": "store/analyst/current/night=2026-11-23/report.html", "Airflow": "http://localhost:8080"}


def test_the_summary_of_a_night_reads_as_agreed(night_tables, night_view):
    written = summarise(night_view(night_tables()), stages=STAGES, places=PLACES)
    assert written == (GOLDEN / "summary.txt").read_text(encoding="utf-8")


def test_outcomes_in_the_last_line_add_up_to_the_flights(night_tables, night_view):
    line = done(night_view(night_tables()))
    figures = {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", line)}
    hits, total = figures.pop("HITS"), figures.pop("TOTAL")
    assert sum(figures.values()) == total == 24
    assert hits == 12
    assert summarise(night_view(night_tables())).splitlines()[-1] == line


def test_no_name_stands_in_the_summary(night_tables, night_view):
    tables = night_tables()
    written = summarise(night_view(tables), stages=STAGES, places=PLACES)
    names = set(tables.travellers["surname"].to_pylist()) | set(tables.hits["alert_name"].to_pylist())
    assert not any(name in written for name in names)


def test_a_night_without_anything_is_in_order(night_tables, night_view):
    tables = night_tables(0, 0)
    written = summarise(night_view(tables, notes=()))
    assert "in order" in written.splitlines()[0]
    assert written.splitlines()[-1] == "Done. SCREENED=0 FINDINGS=0 QUARANTINED=0 FAILED=0 HITS=0 TOTAL=0"


def test_a_scheduled_leg_without_message_is_counted(night_tables, night_view):
    row = {
        "flight_id": "Q1-x",
        "outcome": "expected",
        "frozen": "f",
        "travellers": 0,
        "quarantined": 0,
        "hits": 0,
    }
    outcomes = pa.concat_tables([night_tables().outcomes, individual.OUTCOMES.table([row])])
    assert "EXPECTED=1" in done(night_view(night_tables(outcomes=outcomes)))


def test_control_characters_of_a_reason_never_reach_the_terminal(night_tables, night_view):
    row = {"flight_id": "input:\x1b[2Jx", "outcome": "quarantined", "reason": "a\nb", "frozen": "f",
           "travellers": 0, "quarantined": 0, "hits": 0}  # fmt: skip
    written = summarise(night_view(night_tables(outcomes=individual.OUTCOMES.table([row]))))
    assert "\x1b" not in written
    assert "a b" in written
