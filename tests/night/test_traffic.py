"""Traffic tables over runs and nights: what readers hold is never told apart by what comes later."""

import pyarrow.parquet as pq
import pytest

from tests.messages_by_hand import Agency

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


@pytest.fixture(scope="module")
def twelve_once(tmp_path_factory, screening, written):
    agency = Agency(tmp_path_factory.mktemp("twelve") / "agency", screening)
    send(agency, written, 12, "261122:1800")
    agency.run(NIGHT)
    assert told(agency) == (12, "published")
    return agency


@pytest.fixture
def twelve(twelve_once, tmp_path):
    """A night that published twelve travellers."""
    return twelve_once.copy(tmp_path / "agency")


def test_a_few_latecomers_do_not_show_and_many_do(twelve, written):
    send(twelve, written, 14, "261122:1900")
    twelve.run(NIGHT)
    assert told(twelve) == (12, "earlier_stands")
    assert twelve.status(NIGHT)["XQ401-20261123-ARN-VIE"]["travellers"] == 14
    send(twelve, written, 22, "261122:2000")
    twelve.run(NIGHT)
    assert told(twelve)[0] == 22


def test_a_later_night_is_held_against_what_the_earlier_one_published(twelve, written):
    send(twelve, written, 13, "261123:1800")
    twelve.run("2026-11-24")
    assert told(twelve, "2026-11-24") == (12, "earlier_stands")


def test_where_the_figures_behind_it_are_gone_by_rule_a_correction_stays_unpublished(twelve, written):
    profile = twelve.folder / "profile.toml"
    text = profile.read_text()
    profile.write_text(text + "\n[retention]\nsettled = 1\n")
    twelve("retention", "purge", "--as", "anna", check=0)
    assert not list((twelve.store / "individual").rglob("traffic_cells.parquet"))
    profile.write_text(text)
    send(twelve, written, 30, "261123:1800")
    twelve.run("2026-11-24")
    assert told(twelve, "2026-11-24") == (12, "earlier_stands")
