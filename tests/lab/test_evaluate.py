"""The evaluator, the evaluation set, and what the matcher reaches on it (figures: docs/matching.md)."""

import csv
import json
import random
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from screening.cli.laboratory import match as commands
from screening.lab import evaluation_tables
from screening.lab.evaluate import evaluate
from screening.lab.evaluation_set import Person, evaluation_set
from screening.matching.index import build_index
from screening.matching.match import match
from screening.matching.model import load_model
from screening.tables.errors import UsageError

# Invented people: given names and stems of surnames by culture, put together by chance.
CULTURES = {
    "SY": ("AHMAD MAHMOUD KHALED YOUSSEF SAMIR FADI NABIL WALID HASSAN ZIAD", "TARAB KHUD SHALAB MARDIN QUWAT DARKAZ HAFFAR", "ICHI ARI ALI AWI LI AJI"),
    "IR": ("REZA HOSSEIN BEHROUZ FARHAD KAMRAN SIAVASH DARIUSH OMID", "TAVAKOL MIRBAGHER ESKANDAR SHAKER GHOLAM MEHRAB", "I IZADEH POUR IFAR NIA IAN"),
    "RU": ("SERGEY DMITRIY VALENTIN GENNADIY OLEG ARKADIY IGOR PAVEL", "SHCHUKAR VOROTNIK ZHILTS KHARITON TYUTCH BEZRUK", "OV EV IN ENKO SKIY YAKOV"),
    "CN": ("XIAO JIAN WEN QIANG ZHI MING GUO JUN HUA YI", "ZHUANG QIU XIONG CAO LIAO SHEN MENG", " "),
    "KR": ("JONG SU MYONG CHOL YONG HO KWANG MIN", "KIM RI CHOE PAEK HWANG SIN", " "),
    "MX": ("JOSE LUIS ARTURO HECTOR RAMON IGNACIO PABLO JULIO", "VALDERR ECHEV MONTESQ ZALDU ARRIZA BARRIO", "ABANO ERRIA UIU ENDO BALAGA NUEVO"),
    "GB": ("OTHO PERCIVAL MONTAGUE CLIVE REGINALD JOHN PETER", "QUENZE THISTLE HAR PENHAL WYCHER ASH", "BRAND WOOD CASTLE IGON LEY BY"),
    "PK": ("MUHAMMAD IMRAN TARIQ ZAFAR NADEEM ABDUL ASIF", "QAZIL JATOI LODH MAKHDOOM CHANN BUGT", "BASH ZAI RANI I A UKHEL"),
}  # fmt: skip


MIDDLES = "AB ER IL OM UR AD EN IK OL UN AR EM ID OR US AN EL IR OD UL AS ET IM".split()


def person(dice, state):
    given, stems, endings = (words.split() for words in CULTURES[state])
    return Person(
        dice.choice(stems) + (dice.choice(MIDDLES) + dice.choice(endings) if endings else ""), " ".join(dice.sample(given, 2)),
        date(dice.randrange(1945, 2005), dice.randrange(1, 13), dice.randrange(1, 29)), dice.choice("MF"), state,
    )  # fmt: skip


def alert(dice, at):
    one = person(dice, dice.choice(list(CULTURES)))
    year = dice.random() < 0.2
    return {
        "entity_id": f"own:{at}", "source": "own", "primary_name": f"{one.surname}, {one.given_names.title()}", "aliases": [],
        "weak_aliases": [], "sex": one.sex, "dobs": [str(one.born.year) if year else one.born.isoformat()],
        "dob_precisions": ["year" if year else "day"], "nationalities": [one.nationality], "birth_country": "",
        "doc_numbers": [f"X{at:07}"] if at % 3 == 0 else [], "doc_countries": [one.nationality] if at % 3 == 0 else [],
    }  # fmt: skip


@pytest.fixture(scope="module")
def made():
    dice = random.Random(7)
    alerts = [alert(dice, at) for at in range(400)]
    innocents = [person(dice, dice.choice(list(CULTURES))) for _ in range(1200)]
    return alerts, evaluation_set(alerts, innocents, true=300, seed=11)


def test_the_same_seed_gives_the_same_set(made):
    alerts, found = made
    dice = random.Random(7)
    again = [alert(dice, at) for at in range(400)]
    innocents = [person(dice, dice.choice(list(CULTURES))) for _ in range(1200)]
    assert alerts == again
    assert evaluation_set(again, innocents, true=300, seed=11).travellers.equals(found.travellers)


@pytest.mark.slow
def test_the_matcher_finds_the_listed_among_innocents_with_the_same_noise(made):
    """Innocents are built of the same few stems as the listed, so this is harder than traffic."""
    alerts, found = made
    model = load_model()
    index = build_index(evaluation_tables.alert_tables(pa.Table.from_pylist(alerts)), model)
    hits = evaluation_tables.hits(
        match(evaluation_tables.identities(found.travellers), index, model, floor=900)
    )
    recall = {
        row["false_alerts_per_1000"]: row["recall"]
        for row in evaluate(hits, found.truth)
        if row["slice"] == "all"
    }
    assert recall[5.0] >= 0.92  # at 1 per 1,000 a single one of the 1,200 innocents would decide
    assert recall[10.0] >= 0.95


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
        pytest.param(1.0, 1.0 / 2, 1, id="one traveller with two pairs is one false alert"),
        pytest.param(2.0, 1.0, 2, id="the wrong entity is no recall, the right one below it is"),
    ],
)
def test_recall_at_a_rate_of_false_alerts(rate, recall, false_alerts):
    (row,) = [row for row in evaluate(HITS, TRUTH, (rate,)) if row["slice"] == "all"]
    assert (row["recall"], row["false_alerts"]) == (recall, false_alerts)


def test_slices_are_those_that_the_truth_has():
    assert {row["slice"] for row in evaluate(HITS, TRUTH)} == {"all", "culture"}


@pytest.mark.slow
def test_match_compare_and_evaluate_write_the_published_formats(made, tmp_path, capsys):
    alerts, found = made
    paths = {
        name: tmp_path / name
        for name in ("t.parquet", "a.parquet", "truth.parquet", "h.parquet", "e.parquet")
    }
    pq.write_table(found.travellers.slice(0, 40), paths["t.parquet"])
    pq.write_table(pa.Table.from_pylist(alerts[:60]), paths["a.parquet"])
    pq.write_table(found.truth, paths["truth.parquet"])
    commands.match(paths["t.parquet"], paths["a.parquet"], paths["h.parquet"])
    commands.match(paths["t.parquet"], paths["a.parquet"], paths["e.parquet"], exhaustive=True)
    hits = pq.read_table(paths["h.parquet"])
    assert hits.equals(pq.read_table(paths["e.parquet"]))
    assert hits.column_names == ["passenger_id", "entity_id", "score", "explanation"]
    for row in hits.to_pylist():
        assert sum(piece["weight"] for piece in json.loads(row["explanation"])) == round(row["score"] * 100)
    commands.evaluate(paths["h.parquet"], paths["truth.parquet"], commands.Format.JSON)
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
