"""One leg over three nights: bookings first, the list of those aboard last; a decided hit stays decided."""

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow
LEG = "XQ401-20261123-ARN-VIE"


def hits(agency, night):
    return pq.read_table(agency.store / "analyst" / "current" / f"night={night}" / "hits.parquet").to_pylist()


def test_a_leg_grows_over_three_nights_and_a_decided_hit_is_not_raised_as_new(by_hand, written):
    ylva, (bakari, isla, _) = written.ylva, written.fillers
    by_hand.send("push72.edi", written.pnrgov({"QK7RT2": [ylva]}, sent="261120:0900"))
    by_hand.run("2026-11-20")
    [first] = hits(by_hand, "2026-11-20")
    assert (first["flight_id"], str(first["first_night"]), first["decision"]) == (LEG, "2026-11-20", None)
    assert by_hand.status("2026-11-20")[LEG]["travellers"] == 1

    by_hand(
        "decide",
        first["hit_id"],
        "--as",
        "anna",
        "--decision",
        "inconclusive",
        "--reason",
        "seat asked",
        check=0,
    )
    push = {"QK7RT2": [ylva], "MM4LP9": [bakari, isla]}
    by_hand.send("push24.edi", written.pnrgov(push, sent="261122:0900", reference="2"))
    by_hand.run("2026-11-22")
    [second] = hits(by_hand, "2026-11-22")
    assert second["traveller_id"] == first["traveller_id"]
    assert (str(second["first_night"]), second["decision"]) == ("2026-11-20", "inconclusive")
    assert by_hand.status("2026-11-22")[LEG]["travellers"] == 3

    by_hand(
        "decide",
        second["hit_id"],
        "--as",
        "anna",
        "--decision",
        "false_match",
        "--reason",
        "other person",
        check=0,
    )
    by_hand.send("api.edi", written.paxlst([ylva, bakari], sent="261123:0900"))
    by_hand.run("2026-11-23")
    status = by_hand.status("2026-11-23")[LEG]
    travellers = pq.read_table(
        by_hand.store / "individual" / "current" / "night=2026-11-23" / "travellers.parquet"
    ).to_pylist()
    assert status["travellers"] == len(travellers) == 3
    joined = [row for row in travellers if set(row["sources"]) == {"api", "pnr"}]
    assert len(joined) == 2
    assert first["traveller_id"] in {row["traveller_id"] for row in joined}
    assert hits(by_hand, "2026-11-23") == [] or hits(by_hand, "2026-11-23")[0]["decision"] == "false_match"

    steps = by_hand.json("trace", first["hit_id"])
    assert {"message", "input", "list version", "revision"} <= {row["step"] for row in steps}
    assert by_hand("audit", "verify").returncode == 0


def test_an_input_belongs_to_the_night_that_receives_it_first_and_outsiders_read_each_row_once(
    by_hand, written
):
    """pandas, DuckDB and Polars, as `screening tables` says, also after a second revision."""
    import duckdb
    import pandas as pd
    import polars as pl

    by_hand.send("a.edi", written.paxlst([written.ylva]))
    by_hand.run("2026-11-22")
    done = by_hand.run("2026-11-23", check=3)
    assert "holds no file that was not received before" in done.stderr
    by_hand.send("night=2026-11-22/b.edi", written.paxlst([written.ylva], flight="XQ0405", origin="OSL"))
    by_hand.run("2026-11-22")
    by_hand.send("night=2026-11-24/c.edi", written.paxlst([written.ylva], flight="XQ0409", day="261124"))
    by_hand.run("2026-11-23", check=3)
    by_hand.run("2026-11-24")
    assert set(by_hand.status("2026-11-24")) == {"XQ409-20261124-ARN-VIE"}

    every = f"{by_hand.store}/analyst/current/*/hits.parquet"
    one = by_hand.store / "analyst" / "current" / "night=2026-11-22" / "hits.parquet"
    assert len(pd.read_parquet(one)) == 2
    assert duckdb.sql(
        f"select count(*) from read_parquet('{every}', hive_partitioning=false)"
    ).fetchall() == [(3,)]
    assert pl.read_parquet(every).height == 3
