"""The evaluator: recall at a rate, slices, near misses; and what the matcher reaches on small sets."""

import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from screening.cli.laboratory import match as commands
from screening.lab import evaluation_tables
from screening.lab.evaluate import evaluate
from screening.lab.evaluation import sets
from screening.matching.index import build_index
from screening.matching.match import match
from screening.matching.model import load_model
from screening.tables.errors import UsageError


@pytest.fixture(scope="module")
def made():
    return sets.listed(None, sets.Size(names=800, travellers=2000, true=400, history=0), seed=7)


@pytest.mark.slow
def test_the_matcher_finds_the_listed_among_innocents_with_the_same_noise(made):
    """A floor that no change may break, far below what docs/accuracy.md shows for large sets."""
    model = load_model()
    index = build_index(evaluation_tables.alert_tables(made.alerts), model)
    hits = evaluation_tables.hits(match(evaluation_tables.identities(made.travellers), index, floor=900))
    recall = {
        row["false_alerts_per_1000"]: row["recall"]
        for row in evaluate(hits, made.truth)
        if row["slice"] == "all"
    }
    assert recall[5.0] >= 0.9  # at 1 per 1,000 one or two of 1,560 innocents would decide


TRUTH = pa.table(
    {
        "passenger_id": ["t1", "t2", *(f"i{at}" for at in range(1000)), "n1"],
        "kind": ["true", "true", *["inn_plain"] * 1000, "nm_day"],
        "entity_ids": [["e1"], ["e2"], *[[]] * 1001],
        "culture": ["arab", "slavic", *["arab"] * 1001],
    }
)
HITS = pa.table(
    {
        "passenger_id": ["t1", "t2", "t2", "i0", "i0", "i1", "n1"],
        "entity_id": ["e1", "e9", "e2", "e1", "e2", "e1", "e1"],
        "score": [30.0, 40.0, 12.0, 20.0, 21.0, 10.0, 25.0],
    }
)


@pytest.mark.parametrize(
    ("rate", "recall", "false_alerts"),
    [
        pytest.param(0.5, 0.5, 0, id="none allowed: above the best innocent"),
        pytest.param(1.0, 1.0, 1, id="one traveller with two pairs is one false alert"),
        pytest.param(2.0, 1.0, 2, id="the wrong entity is no recall, the right one below it is"),
    ],
)
def test_recall_at_a_rate_of_false_alerts(rate, recall, false_alerts):
    (row,) = [row for row in evaluate(HITS, TRUTH, (rate,)) if row["slice"] == "all"]
    assert (row["recall"], row["false_alerts"]) == (recall, false_alerts)


def test_slices_are_those_that_the_truth_has():
    assert {row["slice"] for row in evaluate(HITS, TRUTH)} == {"all", "culture", "near_miss"}


def row_of(rows, of, value):
    (row,) = [row for row in rows if (row["slice"], row["value"]) == (of, value)]
    return row


def test_false_alerts_of_a_culture_stand_beside_the_mean():
    truth = TRUTH.set_column(3, "culture", pa.array(["arab", "slavic", *["arab"] * 250, *["slavic"] * 751]))
    rows = evaluate(HITS, truth, (2.0,))
    arab, slavic = (row_of(rows, "culture", one) for one in ("arab", "slavic"))
    assert (arab["per_1000"], arab["times_mean"]) == (8.0, 4.0)  # both false alerts are among 250 Arab names
    assert (slavic["per_1000"], slavic["times_mean"]) == (0.0, 0.0)
    assert row_of(rows, "all", "all")["per_1000"] == 2.0


def test_near_misses_are_counted_by_kind_and_are_no_false_alerts():
    kinds = ["true", "true", *["inn_plain"] * 999, "nm_other", "nm_day"]
    rows = evaluate(HITS, TRUTH.set_column(1, "kind", pa.array(kinds)), (2.0,))
    assert [row_of(rows, "near_miss", kind)["near_misses"] for kind in ("nm_day", "nm_other")] == [1.0, 0.0]
    everybody = row_of(rows, "all", "all")
    assert (everybody["near"], everybody["near_misses"], everybody["innocents"]) == (2, 0.5, 999)


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        pytest.param([["dob", "sex"], ["dob"], *[None] * 1001], {"dob": 2, "sex": 1, "none": 0}, id="lists"),
        pytest.param(["dob+sex", "sex", *[""] * 1001], {"dob": 1, "sex": 2, "none": 0}, id="text"),
        pytest.param([[], [], *[["dob"]] * 1001], {"dob": 0, "none": 2}, id="nothing is missing"),
        pytest.param([["dob", "dob"], [], *[[]] * 1001], {"dob": 1, "none": 1}, id="twice is once"),
        pytest.param([None] * 1003, {"none": 2}, id="the column says nothing"),
    ],
)
def test_a_slice_of_several_values_counts_a_traveller_in_each(values, counts):
    rows = evaluate(HITS, TRUTH.append_column("missing", pa.array(values)), (2.0,))
    assert {row["value"]: row["listed"] for row in rows if row["slice"] == "missing"} == counts


def test_hits_of_nobody_in_the_truth_count_for_nothing():
    stranger = pa.table({"passenger_id": ["zz"], "entity_id": ["e1"], "score": [99.0]})
    assert evaluate(pa.concat_tables([HITS, stranger]), TRUTH) == evaluate(HITS, TRUTH)


def test_no_hits_at_all_find_nobody():
    (row,) = [row for row in evaluate(HITS.slice(0, 0), TRUTH, (1.0,)) if row["slice"] == "all"]
    assert (row["recall"], row["false_alerts"], row["threshold"]) == (0.0, 0, None)


@pytest.mark.slow
def test_match_compare_and_evaluate_write_the_published_formats(made, tmp_path, capsys):
    paths = {
        name: tmp_path / name
        for name in ("t.parquet", "a.parquet", "truth.parquet", "h.parquet", "e.parquet")
    }
    pq.write_table(made.travellers.slice(0, 40), paths["t.parquet"])
    pq.write_table(made.alerts.slice(0, 60), paths["a.parquet"])
    pq.write_table(made.truth, paths["truth.parquet"])
    commands.match(paths["t.parquet"], paths["a.parquet"], paths["h.parquet"])
    commands.match(paths["t.parquet"], paths["a.parquet"], paths["e.parquet"], exhaustive=True)
    hits = pq.read_table(paths["h.parquet"])
    assert hits.equals(pq.read_table(paths["e.parquet"]))
    assert hits.column_names == ["passenger_id", "entity_id", "score", "explanation"]
    for row in hits.to_pylist():
        assert sum(piece["weight"] for piece in json.loads(row["explanation"])) == round(row["score"] * 100)
    commands.evaluate(paths["h.parquet"], paths["truth.parquet"], shape=commands.Format.JSON)
    assert "recall" in capsys.readouterr().out
    pairs, compared = tmp_path / "p.csv", tmp_path / "c.csv"
    pairs.write_text(
        'id,name1,name2\n1,Otho Quenzebrand,"QUENZEBRAND, Otho"\n2,Otho Quenzebrand,Clive Wycherley\n'
    )
    commands.compare(pairs, compared)
    with compared.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["1", "2"]
    assert float(rows[0]["score"]) > 0.9
    assert float(rows[1]["score"]) < 0.3


def test_a_file_without_the_columns_is_wrong_use(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UsageError, match="--pairs"):
        commands.compare(path, tmp_path / "y.csv")
