"""The aggregate zone of a night as a statistician has it: alone, without our software, and without a person."""

import re
import shutil
import warnings

import pandas as pd
import pyarrow.parquet as pq
import pytest

from screening.aggregates.definitions import DEFINITIONS, QUALITY
from screening.reports import sdmx as exchange

NIGHT, MONTH = "2026-11-23", "2026-11"
_PERSONAL = {
    "travellers": ("surname", "given_names", "name_as_sent", "locator", "traveller_id", "person_key"),
    "documents": ("number",),
    "statements": ("statement_id",),
}


@pytest.fixture(scope="module")
def zone(screened_night, tmp_path_factory):
    """A copy of the aggregate zone, and nothing else."""
    folder = tmp_path_factory.mktemp("statistician") / "aggregate"
    shutil.copytree(screened_night / "store" / "aggregate", folder, symlinks=True)
    return folder


def test_pandas_alone_reads_a_month_of_the_zone(zone):
    monthly = pd.read_parquet(zone / "reports" / f"month={MONTH}" / "monthly.parquet")
    days = pd.concat(
        pd.read_parquet(path / "published.parquet", partitioning=None)
        for path in sorted((zone / "current").glob(f"night={MONTH}-*"))
    )
    assert set(monthly["definition"]) <= {each.name for each in DEFINITIONS}
    totals = days[(days["definition"] == "by_sex") & (days["sex"] == "Total")]
    told = monthly[(monthly["definition"] == "by_sex") & (monthly["sex"] == "Total")]
    assert int(told["value"].iloc[0]) == int(totals["value"].sum()) > 0
    as_text = pd.read_csv(
        zone / "reports" / f"month={MONTH}" / "monthly.csv", dtype=str, keep_default_na=False
    )
    assert len(as_text) == len(monthly)


def test_pysdmx_reads_a_month_of_the_zone(zone):
    from pysdmx.io import read_sdmx

    folder = zone / "reports" / f"month={MONTH}"
    structures = read_sdmx(folder / "structures-3.0.xml", validate=True)
    assert len(structures.get_data_structure_definitions()) == len(exchange.ALL)
    for each in (*DEFINITIONS, QUALITY):
        frame = read_sdmx(folder / f"data-{each.name}.csv", validate=True).data[0].data
        assert set(frame["CONF_STATUS"]) <= {"F", "C"}
        assert ((frame["OBS_VALUE"] == "") == (frame["CONF_STATUS"] == "C")).all()


def test_sdmx1_reads_a_month_of_the_zone(zone):
    folder = zone / "reports" / f"month={MONTH}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import sdmx

        known = sdmx.read_sdmx(folder / "structures-2.1.xml")
        for each in (*DEFINITIONS, QUALITY):
            structure = known.structure[f"DSD_{each.name.upper()}"]
            message = sdmx.read_sdmx(folder / f"data-{each.name}.csv", structure=structure)
            rows = (folder / f"data-{each.name}.csv").read_text().splitlines()
            assert len(sdmx.to_pandas(message.data[0], dtype=str)) == len(rows) - 1


def test_nothing_of_a_person_stands_in_the_zone(zone, screened_night):
    planted = set()
    for table, columns in _PERSONAL.items():
        for path in (screened_night / "store" / "individual" / "current" / f"night={NIGHT}").glob(
            f"{table}*.parquet"
        ):
            held = pq.read_table(path, partitioning=None)
            for column in columns:
                planted |= {value for value in held[column].to_pylist() if value and len(value) >= 5}
    assert len(planted) > 500
    words = re.compile(r"[^\s\",;|<>=/]+")
    for path in sorted(zone.rglob("*")):
        if path.is_dir():
            continue
        text = (
            pq.read_table(path, partitioning=None).to_pandas().to_csv()
            if path.suffix == ".parquet"
            else path.read_text()
        )
        assert planted.isdisjoint(words.findall(text)), path.name
        assert not re.search(
            r"\b(?:19|20)\d{2}-\d{2}-\d{2}\b", text.replace(NIGHT, "").replace("2026-11-2", "")
        ), path.name


def test_no_exact_cell_leaves_the_individual_zone(screened_night):
    """Each value that is published is the exact one; each cell below the threshold has none."""
    store = screened_night / "store"
    exact = pq.read_table(
        store / "individual" / "current" / f"night={NIGHT}" / "traffic_cells.parquet", partitioning=None
    )
    public = pq.read_table(
        store / "aggregate" / "current" / f"night={NIGHT}" / "published.parquet", partitioning=None
    )
    keys = [name for name in exact.column_names if name != "count"]
    counts = {tuple(row[key] for key in keys): row["count"] for row in exact.to_pylist()}
    for row in public.to_pylist():
        count = counts[tuple(row[key] for key in keys)]
        assert row["value"] is None or (row["value"] == count and count not in range(1, 5))


def test_files_are_written_again_with_the_same_bytes(screened_night, zone, tmp_path, screening):
    folder = tmp_path / "agency"
    shutil.copytree(screened_night, folder, symlinks=True)
    said = screening(folder, "statistics", "export", "--period", MONTH, "--out", "november", check=0)
    assert "begin with november/index.html" in said.stdout
    kept = zone / "reports" / f"month={MONTH}"
    names = sorted(path.name for path in kept.iterdir())
    assert names == sorted(path.name for path in (folder / "november").iterdir())
    assert [
        name for name in names if (kept / name).read_bytes() != (folder / "november" / name).read_bytes()
    ] == []


def test_the_command_shows_tables_and_what_they_cost(screened_night, screening):
    cost = screening(
        screened_night, "statistics", "show", "--period", NIGHT, "--format", "csv", check=0
    ).stdout
    assert cost.splitlines()[0] == "definition,period,state,cells,withheld,travellers,travellers_withheld"
    table = screening(
        screened_night, "statistics", "show", "--period", NIGHT, "--table", "by_sex", check=0
    ).stdout
    assert "Total" in table
    assert (
        "by_route"
        in screening(screened_night, "statistics", "show", "--period", NIGHT, "--table", "x", check=2).stderr
    )
    assert "YYYY-MM" in screening(screened_night, "statistics", "show", "--period", "tonight", check=2).stderr
    assert (
        "nothing is published"
        in screening(
            screened_night, "statistics", "export", "--period", "2020-01", "--out", "x", check=2
        ).stderr
    )
