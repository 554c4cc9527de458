"""The evaluation sets: deterministic, alike in noise, lists of the size asked for, nobody in two tables."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from screening.cli.laboratory.examine import SetKind, evaluation_set
from screening.lab.evaluation import lists, persons, population, sets
from screening.lab.evaluation.peoples import load_peoples, people_of_states
from screening.lab.evaluation.public_lists import imported
from screening.lab.evaluation.two_lists import BY_BIRTHDAY, BY_DOCUMENT, linked
from screening.tables.errors import ScreeningError

GOLDEN = Path(__file__).parents[2] / "alerts/golden"
SIZE = sets.Size(names=600, travellers=1500, true=200, history=100)


@pytest.fixture(scope="module")
def made():
    return sets.unknown(SIZE, seed=3)


def test_the_same_seed_gives_the_same_tables_and_another_seed_others():
    first, second, other = (
        sets.unknown(sets.Size(names=150, travellers=300, true=50, history=20), seed) for seed in (3, 3, 4)
    )
    assert first == second
    assert first.travellers != other.travellers


def test_sizes_are_as_asked_for(made):
    kinds = {row["values"]: row["counts"] for row in made.truth["kind"].value_counts().to_pylist()}
    assert kinds == {"true": 200, "nm_name_year": 10, "nm_surname_date": 10, "inn_plain": 1280}
    assert lists.names_in(made.alerts) in {599, 600}
    assert made.history.num_rows == 100
    assert made.travellers["passenger_id"] == made.truth["passenger_id"]


def test_travellers_do_not_depend_on_the_size_of_the_list():
    small, large = (
        sets.listed(None, sets.Size(names, 400, 50, 0), seed=1)
        for names in (sets.OWN_NAMES, sets.OWN_NAMES + 500)
    )
    assert small.travellers == large.travellers
    assert small.truth == large.truth
    assert large.alerts.slice(0, small.alerts.num_rows) == small.alerts
    assert lists.names_in(large.alerts) - lists.names_in(small.alerts) in {499, 500, 501}


def test_a_part_of_ordinary_traffic_bears_the_names_of_the_list_put_together_anew():
    found = sets.listed(None, sets.Size(names=600, travellers=1500, true=200, history=0), seed=3)
    kinds = found.truth["kind"].to_pylist()
    assert 0 < kinds.count("inn_recombined") <= 25  # of 1,280; who is drawn alone of a people makes nobody
    assert kinds.count("inn_recombined") + kinds.count("inn_plain") == 1280


def test_the_listed_have_their_own_alert_and_innocents_none(made):
    ids = set(made.alerts["entity_id"].to_pylist())
    for row in made.truth.to_pylist():
        assert bool(row["entity_ids"]) == (row["kind"] == "true") == (row["listed_dob"] is not None)
        assert set(row["entity_ids"]) <= ids


def test_listed_and_innocents_get_the_same_noise():
    truth = sets.unknown(sets.Size(3000, 8000, 3000, 0), seed=5).truth
    for column, value in (("name_errors", "0"), ("dob_op", "exact")):
        shares = [
            pc.mean(
                pc.equal(truth.filter(pc.equal(truth["kind"], kind))[column], value).cast(pa.float64())
            ).as_py()
            for kind in ("true", "inn_plain")
        ]
        assert abs(shares[0] - shares[1]) < 0.04  # three standard errors of 3,000 against 4,400


def test_near_misses_are_what_their_kind_says():
    alerts = [
        {
            "entity_id": "own:1", "primary_name": "QUENZEBRAND, Otho Percival", "aliases": [], "sex": "M",
            "dobs": ["1970-05-17"], "dob_precisions": ["day"], "nationalities": ["GB"],
        }
    ]  # fmt: skip
    born = date(1970, 5, 17)
    rows = [persons.listed(sets.Rows(sets.random.Random(1), "p").dice, alerts[0]) for _ in range(5)]
    assert {(row.born, " ".join(row.name[0])) for row in rows} == {(born, "QUENZEBRAND")}
    for seed in range(30):
        dice = sets.random.Random(seed)
        other_day, other_given = sets._other_day(dice, rows[0]), sets._other_given(dice, rows[0])
        assert other_day.name == rows[0].name
        assert other_day.born.year == 1970
        assert abs((other_day.born - born).days) > 1
        assert other_day.born.day != 17
        assert other_given.born == born
        assert other_given.name[0] == ["QUENZEBRAND"]
        assert not {"OTHO", "PERCIVAL"} & set(other_given.name[1])


def test_a_list_of_single_names_has_no_near_misses():
    alone = {"entity_id": "1", "primary_name": "QUENZE", "dobs": ["1980-02-03"], "dob_precisions": ["day"]}
    rows = sets.Rows(sets.random.Random(1), "p")
    sets.add_near_misses(rows, [alone], 5)
    assert rows.travellers == []


def test_population_of_a_people_bears_its_names():
    kazakh = load_peoples()["kazakh"]
    found = population.draw(np.random.default_rng(1), {"kazakh": 1.0}, 400).to_pylist()
    women = [row for row in found if row["sex"] == "F" and " " in row["given_names"]]
    assert {row["given_names"].split()[-1][-3:] for row in women} <= {"YZY", "VNA"}  # daughter's patronymics
    assert not any(row["surname"].endswith("OV") for row in found if row["sex"] == "F")
    assert {row["nationality"] for row in found} <= set(kazakh.states)
    assert len({row["surname"] for row in found}) > 200  # a long tail of surnames


def test_an_invented_list_is_as_uneven_as_real_ones():
    found = lists.invented(np.random.default_rng(1), {"khmer": 1.0, "somali": 1.0}, 3000, "own", "list")
    precisions = [row[0] if row else "none" for row in found["dob_precisions"].to_pylist()]
    assert set(precisions) == {*lists.PRECISIONS[:5], "none"}
    assert 0.65 < precisions.count("day") / len(precisions) < 0.8
    for row in found.to_pylist():
        assert len(row["dobs"]) == len(row["dob_precisions"]) <= 1
        assert row["primary_name"] not in row["aliases"]
        assert len(set(row["aliases"])) == len(row["aliases"])


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([["a", None], ["b", "c"]], [["a", "b"], ["c"]]),
        ([["a", None], ["a", None]], [["a"], []]),
    ],
)
def test_columns_become_lists_without_nulls_and_doubles(columns, expected):
    assert lists._lists([pa.array(one, pa.string()) for one in columns]).to_pylist() == expected


@pytest.mark.parametrize(
    ("dobs", "precisions", "years", "best"),
    [
        (["1980-02-03"], ["day"], {1980}, "day"),
        (["1980"], ["year"], {1980}, "year"),
        (["1980-02"], ["month"], {1980}, "month"),
        (["1960..1963"], ["range"], {1960, 1961, 1962, 1963}, "range"),
        (["1963..1963-03-31"], ["range"], {1963}, "range"),
        (["1980"], ["circa"], {1978, 1979, 1980, 1981, 1982}, "circa"),
        (["1980", "1980-02-03"], ["year", "day"], {1980}, "day"),
        ([], [], set(range(1945, 2000)), persons.NO_DATE),
    ],
)
def test_the_true_day_lies_behind_the_listed_date(dobs, precisions, years, best):
    alert = {"entity_id": "1", "primary_name": "QUENZE, Otho", "dobs": dobs, "dob_precisions": precisions}
    found = [persons.listed(sets.random.Random(seed), alert) for seed in range(150)]
    assert {person.listed_dob for person in found} == {best}
    assert {person.born.year for person in found} <= years
    assert len({person.born.year for person in found}) >= min(len(years), 3)


def test_who_has_no_state_is_of_the_people_whose_words_they_bear():
    assert persons.people_of((["SHCHERBAKOV"], ["SERGEY"]), "").key == "russian"
    assert persons.people_of((["SOK"], ["SOPHEAP"]), "").key == "khmer"
    assert persons.people_of((["ZZZZ"], []), "").key == "english"
    assert people_of_states()["KZ"] == "kazakh"


def sought(key, name, day, state="LY", number=None):
    return {
        "entity_id": key, "source": key[0], "primary_name": name, "aliases": [], "weak_aliases": [], "sex": "M",
        "dobs": [day] if day else [], "dob_precisions": ["day"] if day else [], "nationalities": [state],
        "birth_country": None, "doc_numbers": [number] if number else [], "doc_countries": [state] if number else [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        pytest.param(("OTHO QUENZE", None, "LY", "AB 12345"), ("Harpenhal, Clive", None, "LY", "ab12345"), BY_DOCUMENT, id="one number"),
        pytest.param(("OTHO QUENZE", None, "LY", "AB12345"), ("QUENZE, Otho", None, "SY", "AB12345"), None, id="number of another State"),
        pytest.param(("OTHO QUENZE", "1970-01-02", "LY"), ("QUENZE, Oto", "1970-01-02", "LY"), BY_BIRTHDAY, id="day, State and a word"),
        pytest.param(("OTHO QUENZE", "1970-01-02", "LY"), ("HARPENHAL, Clive", "1970-01-02", "LY"), None, id="no word in common"),
        pytest.param(("OTHO QUENZE", "1970-01-02", "LY"), ("QUENZE, Otho", "1970-01-03", "LY"), None, id="the name alone links nobody"),
    ],
)  # fmt: skip
def test_two_entries_are_one_person_by_rule_and_never_by_score(one, other, rule):
    lefts = pa.Table.from_pylist([sought("u1", *one)], lists.ALERTS)
    rights = pa.Table.from_pylist([sought("o1", *other)], lists.ALERTS)
    assert linked(lefts, rights) == ({"u1": ("o1", rule)} if rule else {})


def test_a_day_that_two_people_of_a_list_share_links_nobody():
    lefts = pa.Table.from_pylist([sought("u1", "OTHO QUENZE", "1970-01-02")], lists.ALERTS)
    twins = [sought("o1", "QUENZE, Otho", "1970-01-02"), sought("o2", "QUENZE, Emil", "1970-01-02")]
    assert linked(lefts, pa.Table.from_pylist(twins, lists.ALERTS)) == {}


def test_the_linked_travel_as_their_list_writes_them_without_document():
    lefts = pa.Table.from_pylist([sought("u1", "OTHO QUENZE", "1970-01-02", "LY", "X123456")], lists.ALERTS)
    rights = pa.Table.from_pylist([sought("o1", "QUENZE, Oto", "1970-01-02", "LY", "X123456")], lists.ALERTS)
    found = sets.two_lists(lefts, rights, sets.Size(10, 20, 1, 5), seed=1)
    at = found.truth["kind"].to_pylist().index("true")
    traveller, known = found.travellers.slice(at, 1).to_pylist()[0], found.truth.slice(at, 1).to_pylist()[0]
    assert (traveller["surname"], traveller["given_names"]) == ("QUENZE", "OTHO")
    assert (traveller["dob"], traveller["doc_number"]) == ("1970-01-02", "")
    assert (known["entity_ids"], known["name_ops"]) == (["o1"], [sets.PRIMARY, BY_DOCUMENT])


def test_the_command_writes_the_four_tables(tmp_path, capsys):
    evaluation_set(SetKind.UNKNOWN, tmp_path, None, names=50, travellers=40, true=5, history=7, seed=1)
    rows = {
        name: pq.read_table(tmp_path / f"{name}.parquet").num_rows
        for name in ("travellers", "truth", "history")
    }
    assert rows == {"travellers": 40, "truth": 40, "history": 7}
    assert "40 travellers" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("kind", "public", "said"),
    [
        (SetKind.TWO_LISTS, None, "takes 2 lists, 0 are named"),
        (SetKind.UNKNOWN, ["ofac=."], "takes 0 lists, 1 are named"),
        (SetKind.LISTED, ["nobody=."], "no list format"),
        (SetKind.LISTED, ["ofac=/no/such/path"], "there is no file"),
    ],
)
def test_wrong_lists_are_wrong_use(kind, public, said, tmp_path):
    with pytest.raises(ScreeningError, match=said):
        evaluation_set(kind, tmp_path, public, names=50, travellers=40, true=5, history=7, seed=1)


def test_an_imported_list_keeps_names_by_kind_dates_and_papers():
    rows = {row["entity_id"]: row for row in imported("ofac", GOLDEN / "ofac").to_pylist()}
    one, other = rows["ofac:9001"], rows["ofac:9002"]
    assert one["primary_name"] == "BOROVENKO, Yurgen Timofil"
    assert one["aliases"] == ["BOROVENCO, Iurgen", "PETROV, Yurgen"]
    assert list(zip(one["dobs"], one["dob_precisions"], strict=True)) == [
        ("1948-12-10", "day"),
        ("1949-09", "month"),
    ]
    assert one["doc_countries"][one["doc_numbers"].index("A1234567")] == "MD"
    assert "'ALI AL-KHAL" in other["weak_aliases"]
    assert other["sex"] is None
