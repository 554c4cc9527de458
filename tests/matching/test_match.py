import datetime as dt
import random
from dataclasses import replace

import pytest

from screening.matching.index import build_index
from screening.matching.match import match
from screening.tables.work import SCORED

SUROVIKIN = "SHCHERBATENKO, Arkadiy Petrovich"
WORLD = {
    "own:1": {
        "names": [(SUROVIKIN, 0), ("Gavrilyuk, Semyon", 1)],
        "facts": [("sex", "M"), ("nationality", "RU")],
    },
    "own:2": {"names": [("AL-TARABICHI, Abd al-Qadir Mahmoud", 0)], "facts": [("nationality", "SY")]},
    "own:3": {"names": [("Zhuang Xiaoming", 0)], "facts": [("nationality", "CN")]},
    "own:4": {"names": [("Etxeberriagarai Otxandiano, Jose Maria", 0)], "facts": [("nationality", "ES")]},
}


@pytest.fixture(scope="module")
def world(make_index, exact_day):
    alerts = {key: dict(value) for key, value in WORLD.items()}
    alerts["own:1"]["dates"] = [exact_day("1961-03-07"), exact_day("1970-12-30", 1)]
    alerts["own:2"]["dates"] = [exact_day("1959-11-02")]
    alerts["own:3"]["dates"] = [exact_day("1980-05-21")]
    alerts["own:4"]["dates"] = [exact_day("1975-08-14")]
    alerts["own:1"]["documents"] = [("70 4412345", "RU", 0), ("BX998877", "MD", 1)]
    return make_index(alerts)


@pytest.mark.parametrize(
    ("surname", "given", "born", "alert", "words"),
    [
        pytest.param("SHCHERBATENKO", "ARKADIY PETROVICH", "1961-03-07", "own:1", "same", id="as listed"),
        pytest.param(
            "CHTCHERBATENKO",
            "ARKADI",
            "1961-03-07",
            "own:1",
            "same name in another transliteration",
            id="French romanisation, patronymic missing",
        ),
        pytest.param(
            "ARKADIY PETROVICH", "SHCHERBATENKO", "1961-03-07", "own:1", "moved", id="fields swapped"
        ),
        pytest.param("SHCHERBATENKO ARKADIY", "", "1961-03-07", "own:1", "same", id="all in one field"),
        pytest.param(
            "SHCHERBATENKO", "A P", "1961-07-03", "own:1", "initial", id="initials, day and month swapped"
        ),
        pytest.param(
            "SHCHERBATENKA",
            "ARKADIY",
            "1961-03-08",
            "own:1",
            "one letter differs",
            id="feminine ending, a day off",
        ),
        pytest.param(
            "TARABICHI",
            "ABDELKADER",
            "1959-11-02",
            "own:2",
            "transliteration",
            id="article dropped, Abd al- joined in French",
        ),
        pytest.param(
            "ALTARABICHI", "ABDULQADIR MAHMUD", "1959-11-02", "own:2", "transliteration", id="article joined"
        ),
        pytest.param("ZHUANG", "XIAO MING", "1980-05-21", "own:3", "one in the list", id="given name split"),
        pytest.param("XIAOMING", "ZHUANG", "1980-05-21", "own:3", "same", id="given name first"),
        pytest.param(
            "ETXEBERRIAGARAI",
            "JOSE MARIA",
            "1975-08-14",
            "own:4",
            "only with the alert",
            id="second surname dropped",
        ),
        pytest.param(
            "ETXEBERRIAGARAI OTXAND", "JOSEMARIA", "1975-08-14", "own:4", "beginning", id="cut off and joined"
        ),
        pytest.param("GAVRILIUK", "SEMEN", "1970-12-30", "own:1", "same day", id="alias with its own date"),
    ],
)
def test_a_listed_person_is_found_however_the_name_is_carried(
    world, model, identities, rows_of, surname, given, born, alert, words
):
    table = match(identities({"t": (surname, given, born, "M", None, [])}), world, floor=1500)
    row = rows_of(table)["t", alert]
    assert words in "; ".join(piece["relation"] for piece in row["evidence"])


def test_evidence_adds_up_to_the_score(world, model, identities):
    travellers = {
        "a": ("CHTCHERBATENKO", "ARKADI IVAN", "1961-03-07", "F", "RU", []),
        "b": ("", "", None, None, None, [("704412345", "RU")]),
        "c": ("PINTO", "JANE", "2001-01-01", "F", "PT", [("7O4412345", "RU")]),
        "d": ("AL TARABICHI MASRI", "MAHMOUD ABDELQADIR HASSAN", "1959-01-01", None, "EG", []),
    }
    rows = match(identities(travellers), world, floor=-9000).to_pylist()
    assert {row["traveller_id"] for row in rows} == set(travellers)
    for row in rows:
        assert sum(piece["weight"] for piece in row["evidence"]) == row["score"]


def test_what_belongs_to_one_identity_stays_with_it(world, model, identities, rows_of):
    """The date of the alias counts with the alias, not with the true name."""
    table = match(
        identities(
            {
                "own": ("SHCHERBATENKO", "ARKADIY", "1970-12-30", "M", None, []),
                "alias": ("GAVRILYUK", "SEMYON", "1970-12-30", "M", None, []),
            }
        ),
        world, floor=-9000,
    )  # fmt: skip
    rows = rows_of(table)
    assert "other date" in [piece["relation"] for piece in rows["own", "own:1"]["evidence"]]
    assert "same day" in [piece["relation"] for piece in rows["alias", "own:1"]["evidence"]]


@pytest.mark.parametrize(
    ("number", "state", "relation"),
    [
        pytest.param("704412345", "RU", "same number and State", id="same"),
        pytest.param(
            "7O44I2345", "RU", "number alike in look-alike characters, same State", id="O for 0, I for 1"
        ),
        pytest.param("704421345", "RU", "two neighbouring characters swapped, same State", id="swapped"),
        pytest.param("704412345", None, "same number, State not known", id="no State"),
        pytest.param("704412345", "FR", "same number, other State", id="other State"),
    ],
)
def test_a_document_leads_to_its_alert_whatever_the_name(
    world, model, identities, rows_of, number, state, relation
):
    table = match(
        identities({"t": ("PINTO", "JANE", "2001-05-05", "F", None, [(number, state)])}),
        world,
        floor=500,
    )
    pieces = rows_of(table)["t", "own:1"]["evidence"]
    assert [piece["relation"] for piece in pieces if piece["kind"] == "document"] == [relation]
    assert all(piece["weight"] == 0 for piece in pieces if piece["kind"] != "document")


def test_the_same_document_is_kept_whatever_the_floor(world, model, identities):
    table = match(
        identities({"t": ("PINTO", "JANE", None, None, None, [("704412345", "RU")])}),
        world,
        floor=9999,
    )
    assert table["alert_id"].to_pylist() == ["own:1"]


def test_missing_is_not_disagreement(world, model, identities, rows_of):
    bare = match(
        identities({"t": ("SHCHERBATENKO", "ARKADIY PETROVICH", None, None, None, [])}),
        world,
        floor=-9000,
    )
    for piece in rows_of(bare)["t", "own:1"]["evidence"]:
        absent = model.date_of_birth["not_given_traveller"] if piece["kind"] == "date_of_birth" else 0
        assert piece["weight"] >= absent > model.date_of_birth["near_year"]


def test_more_agreement_never_lowers_the_score(world, model, identities, rows_of):
    steps = [
        ("SHCHERBATENKO", "IVAN", "1990-01-05", "F", "FR", []),
        ("SHCHERBATENKO", "ARKADIY", "1990-01-05", "F", "FR", []),
        ("SHCHERBATENKO", "ARKADIY", "1961-03-07", "F", "FR", []),
        ("SHCHERBATENKO", "ARKADIY", "1961-03-07", "M", "FR", []),
        ("SHCHERBATENKO", "ARKADIY", "1961-03-07", "M", "RU", []),
        ("SHCHERBATENKO", "ARKADIY PETROVICH", "1961-03-07", "M", "RU", []),
        ("SHCHERBATENKO", "ARKADIY PETROVICH", "1961-03-07", "M", "RU", [("704412345", "RU")]),
    ]
    table = match(identities({str(at): step for at, step in enumerate(steps)}), world, floor=-9000)
    scores = [rows_of(table)[str(at), "own:1"]["score"] for at in range(len(steps))]
    assert scores == sorted(scores)


@pytest.mark.parametrize(
    ("born", "relation", "listed"),
    [
        pytest.param("1961-03-07", "same day", "1961-03-07", id="the first"),
        pytest.param("1970-12-30", "same day", "1970-12-30", id="the second"),
        pytest.param("2000-06-15", "a generation apart", "1961-03-07", id="of two as far away the first"),
    ],
)
def test_of_several_listed_dates_the_one_that_agrees_best_counts(
    make_index, model, identities, exact_day, born, relation, listed
):
    days = [exact_day("1961-03-07"), exact_day("1970-12-30")]
    index = make_index({"own:1": {"names": [(SUROVIKIN, 0)], "dates": days}})
    travellers = identities({"t": ("SHCHERBATENKO", "ARKADIY PETROVICH", born, None, None, [])})
    (row,) = match(travellers, index, floor=-9000).to_pylist()
    assert [
        (piece["relation"], piece["alert_value"])
        for piece in row["evidence"]
        if piece["kind"] == "date_of_birth"
    ] == [(relation, listed)]


def test_a_pair_at_its_floor_stays_and_below_it_goes(world, model, identities):
    travellers = identities({"t": ("SHCHERBATENKO", "ARKADIY PETROVICH", "1961-03-07", "M", "RU", [])})
    (row,) = match(travellers, world, floor=1500).to_pylist()
    assert match(travellers, world, floor=row["score"]).to_pylist() == [row]
    assert match(travellers, world, floor=row["score"] + 1).num_rows == 0


def test_an_initial_alone_or_a_date_alone_makes_no_pair(world, model, identities):
    table = match(identities({"t": ("S", "A", "1961-03-07", "M", "RU", [])}), world, floor=0)
    assert table.num_rows == 0


def test_an_empty_side_gives_an_empty_table(world, model, identities, make_index):
    assert match(identities({}), world, floor=0).equals(SCORED.empty())
    assert match(identities({"t": ("A", "B", None, None, None, [])}), make_index({}), floor=0).num_rows == 0


SYLLABLES = [
    "BA",
    "RU",
    "DIN",
    "MOH",
    "SHER",
    "KO",
    "LI",
    "VAN",
    "TA",
    "ZE",
    "QU",
    "NOR",
    "HAS",
    "SAN",
    "EL",
    "OV",
    "IN",
    "MAR",
    "GHA",
    "YU",
    "TCH",
]


def crowd(dice, number, day):
    """Names out of few syllables: many near neighbours, joined and split forms, repeated tokens."""
    people = {}
    for at in range(number):
        words = [
            "".join(dice.choices(SYLLABLES, k=dice.randrange(1, 4))) for _ in range(dice.randrange(1, 6))
        ]
        people[at] = (
            words,
            day(f"{dice.randrange(1950, 1960)}-0{dice.randrange(1, 10)}-1{dice.randrange(10)}"),
        )
    return people


@pytest.fixture(scope="module")
def crowded_sides(identities, exact_day):
    dice = random.Random(20261123)
    listed = crowd(dice, 150, exact_day)
    alerts = {
        f"own:{at}": {
            "names": [(" ".join(words), 0)],
            "dates": (
                [born],
                [(born[0].replace(month=1, day=1), born[0].replace(month=12, day=31), "year", 0)],
                [(born[0].replace(month=1, day=1), dt.date(born[0].year + 3, 12, 31), "range", 0)],
                [born, exact_day("1957-04-12")],
                [],
            )[at % 9 % 5],
            "facts": [("nationality", dice.choice(["RU", "SY", "ES"]))],
            "documents": [(f"D{at:06}", "RU", 0)],
        }
        for at, (words, born) in listed.items()
    }
    flying = crowd(dice, 60, exact_day)
    travellers = {
        f"t{at:03}": (
            " ".join(words[:2]),
            " ".join(words[2:]),
            born[0].isoformat(),
            dice.choice(["M", "F", None]),
            dice.choice(["RU", "FR", None]),
            [(f"D{at:06}", "RU")] if at % 7 == 0 else [],
        )
        for at, (words, born) in flying.items()
    }
    return alerts, identities(travellers)


@pytest.fixture(scope="module")
def crowded(make_index, crowded_sides):
    alerts, travellers = crowded_sides
    return make_index(alerts), travellers


@pytest.mark.parametrize("floor", [300, 900, 1500])
def test_candidates_lose_no_pair_that_scoring_every_pair_finds(crowded, model, floor):
    index, table = crowded
    columns = ["traveller_id", "alert_id", "alert_name", "score", "evidence"]
    quick = match(table, index, floor=floor).select(columns)
    whole = match(table, index, floor=floor, exhaustive=True).select(columns)
    assert whole.num_rows > 12
    assert quick.equals(whole)


def test_pairs_do_not_depend_on_batch_or_order(crowded, model, rows_of):
    index, table = crowded
    together = match(table, index, floor=600)
    shuffled = table.take(random.Random(1).sample(range(table.num_rows), table.num_rows))
    assert match(shuffled, index, floor=600).equals(together)
    halves = [match(part, index, floor=600) for part in (table.slice(0, 25), table.slice(25))]
    assert {**rows_of(halves[0]), **rows_of(halves[1])} == rows_of(together)


@pytest.mark.parametrize("parts", [2, 5])
def test_lists_in_parts_give_the_pairs_of_the_whole(
    crowded, crowded_sides, listed_tables, model, rows_of, parts
):
    """How lists that fit into no worker's memory may be cut; the names of all of them are counted in each part."""
    alerts, (index, travellers) = crowded_sides[0], crowded
    everybody, found = listed_tables(alerts), {}
    for part in range(parts):
        held = listed_tables(
            {key: said for at, (key, said) in enumerate(alerts.items()) if at % parts == part}
        )
        found |= rows_of(match(travellers, build_index(held, model, among=everybody), floor=600))
    assert len(found) > 12
    assert found == rows_of(match(travellers, index, floor=600))


def test_each_list_may_have_its_own_floor(make_index, model, identities):
    index = make_index(
        {
            "a:1": {"list": "a", "names": [("Quenzebrand, Otho", 0)]},
            "b:1": {"list": "b", "names": [("Quenzebrand, Otho", 0)]},
        }
    )
    traveller = identities({"t": ("QUENZEBRAND", "OTHO", None, None, None, [])})
    assert match(traveller, index, floor={"a": 1000, "b": 9000})["alert_id"].to_pylist() == ["a:1"]


def test_a_rare_state_carries_no_pair_that_name_and_date_contradict(make_index, model, identities, exact_day):
    index = make_index(
        {
            "own:1": {
                "names": [("ZUBARENKOVICH, Arkadiy", 0)],
                "dates": [exact_day("1951-03-07")],
                "facts": [("nationality", "KP")],
            }
        }
    )
    people = {
        "other": ("HOLLIMANDER", "ARKADIY", "1980-10-12", None, "KP", []),
        "same date": ("HOLLIMANDER", "ARKADIY", "1951-03-07", None, "KP", []),
        "same name": ("ZUBARENKOVICH", "ARKADIY", "1980-10-12", None, "KP", []),
    }
    found = match(identities(people), index, floor=-5000, exhaustive=True).to_pylist()
    said = {
        row["traveller_id"]: next(p for p in row["evidence"] if p["kind"] == "nationality") for row in found
    }
    assert said["other"]["weight"] == model.nationality.contradicted_cap
    assert "contradict" in said["other"]["relation"]
    assert said["same date"]["weight"] == said["same name"]["weight"] > model.nationality.contradicted_cap
    assert all(sum(p["weight"] for p in row["evidence"]) == row["score"] for row in found)


def test_a_weak_alias_says_so_and_weighs_so(make_index, model, identities):
    charged = replace(model, name=replace(model.name, weak_alias=-210))
    scores = {}
    for kind in ("primary", "weak"):
        index = make_index({"own:1": {"names": [("ZUBARENKOVICH, Arkadiy", 0)], "kind": kind}}, charged)
        (row,) = match(
            identities({"a": ("ZUBARENKOVICH", "ARKADIY", None, None, None, [])}), index, floor=0
        ).to_pylist()
        scores[kind] = row["score"]
        assert sum(p["weight"] for p in row["evidence"]) == row["score"]
        assert ("weak" in str(row["evidence"])) == (kind == "weak")
    assert scores["primary"] - scores["weak"] == 210
