"""Rates of a month: counted by the first night that may, once, and shown with the month."""

import json

import pandas as pd
import pyarrow.parquet as pq
import pytest

from screening.aggregates.definitions import RATES

pytestmark = pytest.mark.slow


def rates_of(agency, night):
    path = agency.store / "aggregate" / "current" / f"night={night}" / "rates.parquet"
    return pq.read_table(path, partitioning=None)


def test_a_month_is_counted_once_by_the_first_night_after_time_to_decide(by_hand, written):
    people = [(f"NAM{chr(65 + n)}", "GIVEN", "800101", "FM"[n % 2], "SWE", f"N{n:07d}") for n in range(12)]

    def sent(number, day):
        text = written.paxlst(people, day=day, sent=f"{int(day) - 1}:1800", reference=str(number))
        by_hand.send(f"{number}.edi", text)

    sent(1, "261123")
    by_hand.run("2026-11-23")
    assert not rates_of(by_hand, "2026-11-23").num_rows
    month = by_hand.store / "aggregate" / "reports" / "month=2026-11"
    assert "Not published yet" in (month / "index.html").read_text()
    assert "Provisional" in (month / "index.html").read_text()
    assert not (month / "rates.parquet").exists()

    sent(2, "261215")
    by_hand.run("2026-12-15", check=None)
    told = rates_of(by_hand, "2026-12-15")
    assert set(told["definition"].to_pylist()) == {each.name for each in RATES}
    assert set(told["period"].to_pylist()) == {"2026-11"}
    assert pd.read_parquet(month / "rates.parquet").equals(told.to_pandas())
    assert len(pd.read_csv(month / "rates.csv")) == told.num_rows
    assert (month / "data-hits_by_decision.csv").exists()
    assert (month / "data-carrier_quality.csv").exists()
    assert "Counted once" in (month / "index.html").read_text()

    sent(3, "261216")
    by_hand.run("2026-12-16", check=None)
    assert not rates_of(by_hand, "2026-12-16").num_rows
    assert rates_of(by_hand, "2026-12-15").equals(told)


def test_hits_do_not_wait_for_the_figures_of_a_month_that_cannot_be_read(by_hand, written):
    by_hand.send("1.edi", written.paxlst([written.ylva, *written.fillers], day="261123", sent="261122:1800"))
    by_hand.run("2026-11-23")
    current = json.loads((by_hand.store / "nights" / "2026-11-23" / "CURRENT.json").read_text())
    [place] = [file["path"] for file in current["files"] if file["table"] == "night_health"]
    path = by_hand.store / place
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])

    text = written.paxlst([written.ylva, *written.fillers], day="261215", sent="261214:1800", reference="2")
    by_hand.send("2.edi", text)
    by_hand.run("2026-12-15", check=None)
    assert len(by_hand.json("hits", "--night", "2026-12-15")) == 1
    assert not rates_of(by_hand, "2026-12-15").num_rows

    path.write_bytes(whole)
    text = written.paxlst([written.ylva, *written.fillers], day="261216", sent="261215:1800", reference="3")
    by_hand.send("3.edi", text)
    by_hand.run("2026-12-16", check=None)
    assert set(rates_of(by_hand, "2026-12-16")["period"].to_pylist()) == {"2026-11"}
