"""A failed flight is mended and run again; other flights' rows stay as they are."""

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
GOOD, BAD = "XQ401-20261123-ARN-VIE", "XQ402-20261123-ARN-VIE"


def rows(agency, zone, table, leg):
    path = agency.store / zone / "current" / f"night={NIGHT}" / f"{table}.parquet"
    return [row for row in pq.read_table(path).to_pylist() if row["flight_id"] == leg]


def test_a_mended_manifest_is_run_again_and_other_rows_stay(by_hand, written):
    by_hand.send("good.edi", written.paxlst([written.ylva, written.fillers[0]]))
    broken = written.paxlst(written.fillers, flight="XQ0402").replace("DTM+189:2611230915:201'", "")
    by_hand.send("bad.edi", broken)
    by_hand.run(NIGHT, check=1)
    status = by_hand.status(NIGHT)
    assert status[GOOD]["outcome"].startswith("screened")
    [aside] = [row for row in status.values() if row["outcome"] == "quarantined"]
    assert aside["mend"].startswith("screening quarantine replay ")
    assert aside["quarantined"] == 3
    before = {table: rows(by_hand, zone, table, GOOD) for zone, table in _TABLES}

    by_hand.send(f"night={NIGHT}/mended.edi", written.paxlst(written.fillers, flight="XQ0402"))
    done = by_hand("rerun", "--night", NIGHT, "--failed", "--inbox", "inbox")
    assert done.returncode in (0, 1), done.stderr
    after = by_hand.status(NIGHT)
    assert after[BAD]["outcome"].startswith("screened")
    assert after[BAD]["travellers"] == 3
    assert {table: rows(by_hand, zone, table, GOOD) for zone, table in _TABLES} == before


def test_a_fault_of_ours_costs_one_flight_and_a_rerun_mends_it(by_hand, written):
    by_hand.send("a.edi", written.paxlst([written.ylva]))
    by_hand.send("b.edi", written.paxlst(written.fillers, flight="XQ0402"))
    by_hand.run(NIGHT, check=1, FAIL_ON=BAD)
    status = by_hand.status(NIGHT)
    assert status[BAD]["outcome"] == "failed"
    assert status[BAD]["reason_code"] == "unforeseen_error"
    assert "RuntimeError in batches.py" in status[BAD]["reason"]
    assert status[GOOD]["hits"] == 1
    before = {table: rows(by_hand, zone, table, GOOD) for zone, table in _TABLES}
    by_hand("rerun", "--night", NIGHT, "--flight", "xq 0402", check=0)
    assert by_hand.status(NIGHT)[BAD]["outcome"] == "screened"
    assert {table: rows(by_hand, zone, table, GOOD) for zone, table in _TABLES} == before


def test_flights_that_share_a_message_come_along(by_hand, written):
    two_legs = (
        written.paxlst(written.fillers)
        .replace(
            "LOC+87+VIE'\r\nDTM+232:2611231130:201'",
            "LOC+87+VIE'\r\nDTM+232:2611231130:201'\r\nTDT+20+XQ0403+++XQ'\r\nLOC+125+VIE'\r\n"
            "DTM+189:2611231300:201'\r\nLOC+87+ATH'\r\nDTM+232:2611231500:201'",
        )
        .replace("LOC+179+VIE'", "LOC+179+ATH'")
    )
    by_hand.send("two.edi", two_legs)
    by_hand.run(NIGHT)
    done = by_hand("rerun", "--night", NIGHT, "--flight", GOOD, check=0)
    assert "XQ403-20261123-VIE-ATH" in done.stdout
    assert "the result is the same" in done.stdout


def test_an_unknown_flight_is_named_with_those_that_fit_best(by_hand, written):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    by_hand.run(NIGHT)
    done = by_hand("rerun", "--night", NIGHT, "--flight", "XQ999", check=2)
    assert GOOD in done.stderr


_TABLES = (
    ("individual", "travellers"),
    ("individual", "flights"),
    ("individual", "outcomes"),
    ("analyst", "hits"),
)
