"""A failed flight is mended and run again; other flights' rows stay as they are."""

import re

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
TRAVELLERS = ("individual", "travellers")
GOOD, BAD, FAILING = "XQ401-20261123-ARN-VIE", "XQ402-20261123-ARN-VIE", "XQ404-20261123-ARN-GRZ"
BOTH = "XQ405-20261123-ARN-LNZ", "XQ406-20261123-LNZ-ATH"


def rows(agency, zone, table, leg):
    path = agency.store / zone / "current" / f"night={NIGHT}" / f"{table}.parquet"
    return [row for row in pq.read_table(path).to_pylist() if row["flight_id"] == leg]


def test_a_flight_is_mended_and_run_again_and_other_rows_stay(by_hand, written):
    by_hand.send("good.edi", written.paxlst([written.ylva]))
    by_hand.send("failing.edi", written.paxlst(written.fillers, flight="XQ0404", destination="GRZ"))
    broken = re.sub(r"DTM.(189|232):[0-9]+:201'", "", written.paxlst(written.fillers, flight="XQ0402"))
    by_hand.send("bad.edi", broken)
    two_legs = (
        written.paxlst(written.fillers, flight="XQ0405", destination="LNZ")
        .replace(
            "LOC+87+LNZ'\r\nDTM+232:2611231130:201'",
            "LOC+87+LNZ'\r\nDTM+232:2611231130:201'\r\nTDT+20+XQ0406+++XQ'\r\nLOC+125+LNZ'\r\n"
            "DTM+189:2611231300:201'\r\nLOC+87+ATH'\r\nDTM+232:2611231500:201'",
        )
        .replace("LOC+179+LNZ'", "LOC+179+ATH'")
    )
    by_hand.send("two.edi", two_legs)
    by_hand.run(NIGHT, check=1, FAIL_ON=FAILING)
    status = by_hand.status(NIGHT)
    assert status[GOOD]["outcome"].startswith("screened")
    assert status[GOOD]["hits"] == 1
    before = {table: rows(by_hand, zone, table, GOOD) for zone, table in _TABLES}
    done = by_hand("rerun", "--night", NIGHT, "--flight", "XQ999", check=2)
    assert GOOD in done.stderr  # of those that fit best

    # a fault of ours costs one flight
    row = status[FAILING]
    assert (row["outcome"], row["reason_code"]) == ("failed", "unforeseen_error")
    assert "RuntimeError in batches.py" in row["reason"]
    by_hand("rerun", "--night", NIGHT, "--flight", "xq 0404", check=0)
    assert by_hand.status(NIGHT)[FAILING]["outcome"] == "screened"
    assert {table: rows(by_hand, zone, table, GOOD) for zone, table in _TABLES} == before

    # so does a manifest without its day, until a mended one comes
    [incomplete] = [row for row in status.values() if row["reason_code"] == "leg_incomplete"]
    assert (incomplete["outcome"], incomplete["travellers"]) == ("screened_with_findings", 3)
    assert incomplete["mend"] == f"screening rerun --night {NIGHT} --failed"
    ids = {row["traveller_id"] for row in rows(by_hand, *TRAVELLERS, incomplete["flight_id"])}
    by_hand.send(
        f"night={NIGHT}/mended.edi", written.paxlst(written.fillers, flight="XQ0402", sent="261122:1900")
    )
    done = by_hand("rerun", "--night", NIGHT, "--failed", "--inbox", "inbox")
    assert done.returncode == 0, done.stderr
    after = by_hand.status(NIGHT)
    assert set(after) == {GOOD, FAILING, BAD, *BOTH}
    assert after[BAD]["outcome"].startswith("screened")
    assert {row["traveller_id"] for row in rows(by_hand, *TRAVELLERS, BAD)} == ids
    assert {table: rows(by_hand, zone, table, GOOD) for zone, table in _TABLES} == before

    # once more, with a flight that shares its message with another: that one comes along
    done = by_hand("rerun", "--night", NIGHT, "--flight", BAD, "--flight", BOTH[0], check=0)
    assert BOTH[1] in done.stdout
    assert "the result is the same" in done.stdout
    assert {row["traveller_id"] for row in rows(by_hand, *TRAVELLERS, BAD)} == ids


def test_a_provisional_leg_moves_when_a_later_night_names_it(by_hand, written):
    people = [written.ylva, *written.fillers]
    by_hand.send("bad.edi", re.sub(r"DTM.(189|232):[0-9]+:201'", "", written.paxlst(people, flight="XQ0402")))
    by_hand.run("2026-11-22")
    [provisional] = by_hand.status("2026-11-22").values()
    assert provisional["hits"] == 1
    by_hand.send("good.edi", written.paxlst(people, flight="XQ0402", sent="261123:0500"))
    by_hand.run(NIGHT)
    status = by_hand.status(NIGHT)
    assert set(status) == {BAD}
    assert (status[BAD]["travellers"], status[BAD]["hits"]) == (4, 1)


_TABLES = (
    ("individual", "travellers"),
    ("individual", "flights"),
    ("individual", "outcomes"),
    ("analyst", "hits"),
)
