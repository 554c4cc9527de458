import json
import random
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from screening.lab.fit.__main__ import START
from screening.lab.fit.coefficients import GRADED, bounds, of_weights, parameters, to_weights
from screening.lab.fit.design import LISTED, best_innocents, design, even_without_date, refit, score_at
from screening.lab.fit.history import earlier_counts
from screening.lab.fit.listed import HABITS, draw_listed
from screening.lab.fit.measure import recall, slices
from screening.lab.fit.noise import CHANGES, DATE_CHANGES, noisy_date, noisy_name
from screening.lab.fit.peoples import peoples
from screening.lab.fit.pieces import AT, COLUMNS, pairs_of
from screening.lab.fit.regression import Terms, fit
from screening.lab.fit.run import RECIPES, Part, Recipe, fitted, measured, recipe_text, thresholds
from screening.lab.fit.samples import Size, draw
from screening.lab.fit.travelling import NEAR
from screening.lab.fit.validate import table
from screening.matching.index import build_index
from screening.matching.match import match
from screening.matching.model import FILES, KINDS, model_of

TINY = Recipe(
    fit=(Part("tiny-1", Size(120, 60, 150, 80, 9), 0),),
    large=(),
    held=(Part("tiny-2", Size(60, 30, 100, 0, 6), 0), Part("tiny-3", Size(120, 30, 100, 0, 6), 300)),
    rounds=1,
)


@pytest.fixture(scope="module")
def files():
    from importlib.resources import files as package

    return {name: package("screening.matching").joinpath("data", name).read_bytes() for name in FILES}


@pytest.fixture(scope="module")
def weights(files):
    return json.loads(files["weights.json"])


@pytest.fixture(scope="module")
def done(files):
    return fitted(files, TINY, lambda _: None)


@pytest.mark.parametrize(
    ("change", "surname", "given", "expected"),
    [
        pytest.param("swapped", ("DOE",), ("JANE",), (("JANE",), ("DOE",)), id="fields change places"),
        pytest.param("swapped", ("DOE",), (), None, id="a single name has no other field"),
        pytest.param("one_field", ("DOE",), ("JANE",), (("DOE", "JANE"), ()), id="all in the surname's field"),
        pytest.param("joined", ("DE", "WIT"), ("JO",), (("DEWIT",), ("JO",)), id="two surnames as one"),
        pytest.param("joined", ("DOE",), ("JANE",), None, id="one token each: nothing to join"),
        pytest.param("field_moved", ("DOE",), ("ANN", "LEE"), (("LEE", "DOE"), ("ANN",)), id="the last given name moves"),
        pytest.param("short_form", ("LI",), ("ROBERT",), (("LI",), ("BOB",)), id="a hypocorism"),
        pytest.param("typed", ("DO",), ("JO",), None, id="short tokens are not mistyped"),
    ],
)  # fmt: skip
def test_what_a_change_does_to_a_name(change, surname, given, expected):
    assert CHANGES[change](random.Random(1), surname, given, peoples()["english"], "F") == expected


def test_every_kind_of_noise_happens_and_never_leaves_a_traveller_without_a_name():
    rng, happened, dates = random.Random("noise"), set(), set()
    everyone = list(peoples().values())
    for _ in range(2_500):
        people = rng.choice(everyone)
        named = people.person(rng)
        surname, given, changes = noisy_name(rng, named.surname, named.given, people, named.sex)
        assert "".join((*surname, *given)).isascii()
        assert surname or given
        happened |= set(changes)
        dates.add(noisy_date(rng, date(1980, 5, 11))[1])
    assert happened == set(CHANGES)
    assert dates == set(DATE_CHANGES)


def test_a_third_of_the_peoples_weight_is_unknown_to_the_shares():
    known = {key for key, people in peoples().items() if people.known}
    persons, _ = draw_listed("mixture", 800)
    share = sum(person.named.people in known for person in persons) / len(persons)
    assert 0.59 < share < 0.74
    assert {person.habit for person in persons} == set(HABITS)


def test_a_longer_list_begins_with_the_shorter_one():
    short, long = draw_listed("same", 20), draw_listed("same", 40)
    assert long[0][:20] == short[0]
    assert long[1].slice(0, 20).equals(short[1])


def test_a_people_left_out_is_nowhere():
    persons, _ = draw_listed("left out", 400, without="batbay")
    assert "batbay" not in {person.named.people for person in persons}


def test_the_columns_of_a_pair_add_up_to_its_score(files, weights):
    model = model_of(files)
    drawn = draw("columns", Size(150, 100, 100, 0, 9))
    scored = match(drawn.traffic.identities, build_index(drawn.alerts, model), floor=300)
    pairs = pairs_of(scored, model)
    state = model.nationality
    bits = pairs.x[:, AT["state:rarity"]] * state.rarity / 100
    bits += pairs.x[:, AT["state:agrees"]] * state.rarity / 100 * np.log2(state.agrees)
    bits += pairs.x[:, AT["state:birth"]] * state.rarity / 100 * np.log2(state.birth)
    held = np.array(["held down" in str(row) for row in scored["evidence"].to_pylist()])
    plain = ~held & (bits >= 0) & (bits * 100 <= state.cap)
    sums = 100 * parameters(pairs.x) @ of_weights(weights)
    assert plain.sum() > 60
    assert np.abs(sums - pairs.score)[plain].max() <= 6  # roundings of the pieces


def test_weights_become_coefficients_and_weights_again(weights):
    again = to_weights(of_weights(weights), weights)
    for part in ("name", "date_of_birth", "sex", "nationality"):
        for key, value in weights[part].items():
            assert again[part][key] == pytest.approx(value, abs=0.006), (part, key)


def test_what_is_shipped_is_what_a_fit_makes_of_its_start(files, weights):
    """Entries that no fit changes are the start's, and the recipe is of the shares that are shipped."""
    start = json.loads(START.read_bytes())
    refitted = to_weights(of_weights(weights), start)
    for part in ("version", "name", "document"):
        assert refitted[part] == weights[part]
    said = recipe_text("medium", RECIPES["medium"], files)
    assert weights["about"] == said
    assert weights["thresholds"]["documents_only"] == start["thresholds"]["documents_only"]


def test_whatever_is_found_a_stronger_kind_never_weighs_less(weights):
    rng = np.random.default_rng(5)
    low, high = bounds().low, bounds().high
    for _ in range(50):
        found = to_weights(rng.uniform(low, high), weights)
        charges = [found["name"]["kinds"][kind] for kind in ("exact", *GRADED)]
        dates = found["date_of_birth"]
        assert charges == sorted(charges)
        assert dates["same"] >= dates["same_month"] >= dates["same_year"] >= dates["circa"]
        assert dates["far"] >= -1000
        assert found["name"]["conflict"] < 0
        assert set(found["name"]["kinds"]) == set(KINDS)
        assert found["document"] == weights["document"]


def test_the_regression_finds_what_made_the_data():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(20_000, 3))
    y = (rng.random(20_000) < 1 / (1 + np.exp(-(x @ [1.0, -2.0, 0.5] - 1.0)))).astype(float)
    wide = Terms(np.zeros(3), np.full(3, -9.0), np.full(3, 9.0), 0.1)
    found = fit(x, y, np.ones(20_000), np.full(20_000, -1.0), wide)
    assert found == pytest.approx([1.0, -2.0, 0.5], abs=0.08)
    held = fit(x, y, np.ones(20_000), np.full(20_000, -1.0), replace(wide, high=np.array([0.3, 9.0, 9.0])))
    assert held[0] == pytest.approx(0.3)


def test_a_fit_is_the_same_every_time_and_keeps_its_bounds(files, done):
    again = fitted(files, TINY, lambda _: None)
    assert again.weights == done.weights
    low, high = bounds().low, bounds().high
    assert ((done.beta[:-1] >= low - 1e-9) & (done.beta[:-1] <= high + 1e-9)).all()
    assert done.weights["odds"]["listed_share"] == LISTED
    model_of({**files, "weights.json": json.dumps(done.weights).encode()})


def test_a_sample_holds_the_listed_with_their_own_entry_only(done):
    sample, traffic = done.samples[0][0], done.drawn[0].traffic
    for who, alert, y, kind in zip(
        sample.pairs.traveller, sample.pairs.alert, sample.y, sample.kind, strict=True
    ):
        truth = traffic.truth[who]
        assert kind == truth.kind
        assert (y == 1) == (truth.kind == "true")
        assert truth.kind != "true" or alert == truth.entity
    assert {*sample.kind} <= {"true", "innocent", *NEAR}
    assert {round(float(weight), 3) for weight in sample.weight} <= {1.0, round(150 / 80, 3)}


def test_innocents_count_as_many_as_they_stand_for(done):
    data = design(done.samples)
    listed = data.weight[data.y == 1].sum()
    innocent = np.array([kind == "innocent" for kind in done.samples[0][0].kind])
    everyone = done.samples[0][0].weight[innocent]
    assert data.weight[innocent].sum() == pytest.approx(everyone.sum() * listed / (LISTED * 150))


def test_a_column_taken_away_weighs_nothing(done, weights):
    found = refit(design(done.samples), weights, done.beta, without=("date:same", "conflict"))
    assert found[AT["date:same"]] == found[AT["conflict"]] == 0
    assert found[AT["rarity"]] > 0


def test_who_lacks_a_date_raises_no_more_false_alerts_than_others(done):
    beta = done.beta.copy()
    beta[AT["date:not_given_traveller"]] = 6.0
    after = even_without_date(done.samples, done.drawn, beta)
    assert after[AT["date:not_given_traveller"]] < 6.0
    assert (
        np.delete(after, AT["date:not_given_traveller"]) == np.delete(beta, AT["date:not_given_traveller"])
    ).all()


def test_score_at_counts_what_each_innocent_stands_for(done):
    sample = done.samples[0][0]
    best = best_innocents(sample, np.zeros(len(sample.y)), lambda _: True)
    assert len(best) == len(
        {who for who, kind in zip(sample.pairs.traveller, sample.kind, strict=True) if kind == "innocent"}
    )
    assert [score_at([(3.0, 1.0), (2.0, 4.0), (1.0, 1.0)], allowed) for allowed in (0, 1, 4.9, 5, 99)] == [
        3,
        2,
        2,
        1,
        1,
    ]


def test_thresholds_rise_with_the_list_and_fall_with_the_rate(files, done):
    held = measured(files, done.weights, TINY, lambda _: None)
    found = thresholds(held, {"documents_only": 1400}, "test")
    scores = np.array(found["scores"])
    assert found["sizes"] == sorted(found["sizes"])
    assert (np.diff(scores, axis=1) <= 0).all()
    assert (np.diff(scores, axis=0) >= 0).all()
    shown = recall(held[1].best, held[1].drawn.traffic)
    assert sorted(shown.found) == list(shown.found)
    rows = list(slices(held[1].best, held[1].drawn.traffic, shown.thresholds))
    assert sum(row[2] for row in rows if row[0] == "people") == 30
    assert sum(row[4] for row in rows if row[0] == "people") == 100


def test_history_counts_frequent_names_and_leaves_no_trace_of_rare_ones():
    counted = earlier_counts("history", 2_000).to_pylist()
    tokens = [row for row in counted if row["kind"] == "token"]
    assert len({row["state"] for row in tokens}) > 5
    assert min(row["count"] for row in tokens) >= 5
    (everybody,) = (row["count"] for row in counted if row["kind"] == "travellers" and row["state"] == "*")
    assert everybody == 2_000


def test_the_recipe_says_what_the_weights_come_from(files):
    said = recipe_text("full", TINY, files)
    assert "--recipe full" in said["command"]
    assert len(said["fit"]) == 1
    assert set(said["shares"]) == {"tokens.json", "states.json"}
    assert table([]).count("\n") == 2
    assert len(COLUMNS) == len(set(COLUMNS))
