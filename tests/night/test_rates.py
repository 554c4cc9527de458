"""Rates of a month: counted by the first night that may, once, and shown with the month."""

import json

import pandas as pd
import pyarrow.parquet as pq
import pytest

from screening.aggregates.definitions import RATES
from tests.messages_by_hand import Agency

pytestmark = pytest.mark.slow


def rates_of(agency, night):
    path = agency.store / "aggregate" / "current" / f"night={night}" / "rates.parquet"
    return pq.read_table(path, partitioning=None)


def send(agency, written, number, day):
    """Twelve travellers and the one who is sought."""
    people = [(f"NAM{chr(65 + n)}", "GIVEN", "800101", "FM"[n % 2], "SWE", f"N{n:07d}") for n in range(12)]
    sent = f"{int(day) - 1}:1800"
    text = written.paxlst([written.ylva, *people], day=day, sent=sent, reference=str(number))
    agency.send(f"{number}.edi", text)


@pytest.fixture(scope="module")
def november_once(tmp_path_factory, screening, written):
    agency = Agency(tmp_path_factory.mktemp("november") / "agency", screening)
    send(agency, written, 1, "261123")
    agency.run("2026-11-23")
    return agency


@pytest.fixture
def november(november_once, tmp_path):
    """A night of the month whose rates are told in the next."""
    return november_once.copy(tmp_path / "agency")


def test_a_month_is_counted_once_by_the_first_night_after_time_to_decide(november, written):
    assert not rates_of(november, "2026-11-23").num_rows
    month = november.store / "aggregate" / "reports" / "month=2026-11"
    assert "Not published yet" in (month / "index.html").read_text()
    assert "Provisional" in (month / "index.html").read_text()
    assert not (month / "rates.parquet").exists()

    send(november, written, 2, "261215")
    november.run("2026-12-15", check=None)
    told = rates_of(november, "2026-12-15")
    assert set(told["definition"].to_pylist()) == {each.name for each in RATES}
    assert set(told["period"].to_pylist()) == {"2026-11"}
    assert pd.read_parquet(month / "rates.parquet").equals(told.to_pandas())
    assert len(pd.read_csv(month / "rates.csv")) == told.num_rows
    assert (month / "data-hits_by_decision.csv").exists()
    assert (month / "data-carrier_quality.csv").exists()
    assert "Counted once" in (month / "index.html").read_text()

    send(november, written, 3, "261216")
    november.run("2026-12-16", check=None)
    assert not rates_of(november, "2026-12-16").num_rows
    assert rates_of(november, "2026-12-15").equals(told)


def test_hits_do_not_wait_for_the_figures_of_a_month_that_cannot_be_read(november, written):
    current = json.loads((november.store / "nights" / "2026-11-23" / "CURRENT.json").read_text())
    [place] = [file["path"] for file in current["files"] if file["table"] == "night_health"]
    path = november.store / place
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])

    send(november, written, 2, "261215")
    november.run("2026-12-15", check=None)
    assert len(november.json("hits", "--night", "2026-12-15")) == 1
    assert not rates_of(november, "2026-12-15").num_rows

    path.write_bytes(whole)
    send(november, written, 3, "261216")
    november.run("2026-12-16", check=None)
    assert set(rates_of(november, "2026-12-16")["period"].to_pylist()) == {"2026-11"}
