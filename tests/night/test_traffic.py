"""Traffic tables over runs and nights: what readers hold is never told apart by what comes later."""

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"


def people(number):
    return [(f"NAM{chr(65 + n)}", "GIVEN", "800101", "FM"[n % 2], "SWE", f"N{n:07d}") for n in range(number)]


def send(agency, written, number, sent):
    agency.send(f"{number}.edi", written.paxlst(people(number), sent=sent, reference=str(number)))


def told(agency, night=NIGHT):
    """Grand total of the service date, and what was said of the tables by sex."""
    folder = agency.store / "aggregate" / "current" / f"night={night}"
    published = pq.read_table(folder / "published.parquet", partitioning=None).to_pylist()
    cost = pq.read_table(folder / "protection.parquet", partitioning=None).to_pylist()
    (total,) = (row["value"] for row in published if row["definition"] == "by_sex" and row["sex"] == "Total")
    return total, next(row["state"] for row in cost if row["definition"] == "by_sex")


def test_a_few_latecomers_do_not_show_and_many_do(by_hand, written):
    send(by_hand, written, 12, "261122:1800")
    by_hand.run(NIGHT)
    assert told(by_hand) == (12, "published")
    send(by_hand, written, 14, "261122:1900")
    by_hand.run(NIGHT)
    assert told(by_hand) == (12, "earlier_stands")
    assert by_hand.status(NIGHT)["XQ401-20261123-ARN-VIE"]["travellers"] == 14
    send(by_hand, written, 22, "261122:2000")
    by_hand.run(NIGHT)
    assert told(by_hand)[0] == 22


def test_a_later_night_is_held_against_what_the_earlier_one_published(by_hand, written):
    send(by_hand, written, 12, "261122:1800")
    by_hand.run(NIGHT)
    send(by_hand, written, 13, "261123:1800")
    by_hand.run("2026-11-24")
    assert told(by_hand, "2026-11-24") == (12, "earlier_stands")


def test_where_the_figures_behind_it_are_gone_by_rule_a_correction_stays_unpublished(by_hand, written):
    profile = by_hand.folder / "profile.toml"
    text = profile.read_text()
    send(by_hand, written, 12, "261122:1800")
    by_hand.run(NIGHT)
    profile.write_text(text + "\n[retention]\nsettled = 1\n")
    by_hand("retention", "purge", "--as", "anna", check=0)
    assert not list((by_hand.store / "individual").rglob("traffic_cells.parquet"))
    profile.write_text(text)
    send(by_hand, written, 30, "261123:1800")
    by_hand.run("2026-11-24")
    assert told(by_hand, "2026-11-24") == (12, "earlier_stands")
