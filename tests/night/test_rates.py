"""Rates of a month: counted by the first night that may, once, and shown with the month."""

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
