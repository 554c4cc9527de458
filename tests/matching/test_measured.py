import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.matching.measured import (
    FEWEST,
    RATES,
    Measured,
    expected_recall,
    is_enough,
    measure,
    measured_rate,
    measured_threshold,
    told,
)
from screening.matching.thresholds import false_alerts_per_1000, list_threshold, threshold
from screening.profile.model import ListPolicy
from screening.tables.work import SCORED


def scored(scores, *, document=()):
    """SCORED of travellers by number; those of `document` carry a listed document."""
    return SCORED.table(
        {
            "traveller_id": f"T{at:06}",
            "alert_id": f"own:{pair}",
            "alert_name": 0,
            "routes": 1,
            "score": score,
            "evidence": [
                {"kind": "document", "relation": "same", "weight": 2400 if at in document else 0},
                {"kind": "name", "relation": "same", "weight": score},
            ],
        }
        for at, of in enumerate(scores)
        for pair, score in enumerate(of)
    )


def policy(rate=1.0, bits=None):
    return ListPolicy(id="own", false_alerts_per_1000=rate, threshold_bits=bits)


def test_a_threshold_is_the_lowest_score_that_so_many_travellers_reach():
    measured = measure(scored([[score] for score in range(1, 1001)]), 100_000, 500)
    assert measured.scores == {0.2: 981, 0.5: 951, 1.0: 901, 2.0: 801, 5.0: 501, 10.0: 1}
    assert measured.extrapolated == ()
    assert (measured.travellers, measured.names) == (100_000, 500)


def test_a_traveller_counts_with_the_best_pair_and_not_with_a_listed_document():
    best = measure(scored([[score, score // 2] for score in range(1, 101)]), 10_000, 500)
    alone = measure(scored([[score] for score in range(1, 101)]), 10_000, 500)
    assert best == alone
    known = measure(scored([[score] for score in range(1, 111)], document=range(100, 110)), 10_010, 500)
    assert known == alone


def test_what_few_reach_is_drawn_on_by_the_tail_and_so_told(model):
    """An exponential tail whose number of travellers halves every 1.5 bits, less than 10 above 0.2 and 0.5."""
    dice = np.random.default_rng(5)
    tail = np.round(800 + dice.exponential(150 / np.log(2), 400)).astype(int)
    measured = measure(scored([[score] for score in tail.tolist()]), 20_000, 500)
    assert measured.extrapolated == (0.2,)  # four travellers
    assert measured.scores[0.2] == pytest.approx(800 + 150 * np.log2(400 / 4), abs=150)
    assert told(measured, 0.2, "nights") == "20000 travellers of nights, extrapolated"
    assert told(measured, 1.0, "nights") == "20000 travellers of nights"
    assert told(None, 1.0, "nights") == "not yet measured here"


def test_ten_listed_among_the_innocents_hardly_move_the_tail():
    dice = np.random.default_rng(5)
    tail = np.round(800 + dice.exponential(200, 400)).astype(int).tolist()
    without = measure(scored([[score] for score in tail]), 20_000, 500)
    with_some = measure(scored([[score] for score in [*tail, *[4000] * 3]]), 20_003, 500)
    assert with_some.scores[0.2] == pytest.approx(without.scores[0.2], abs=50)


@pytest.mark.parametrize("travellers", [0, FEWEST])
def test_too_few_scores_measure_nothing(model, travellers):
    measured = measure(scored([[900]] * travellers), 5000, 500)
    assert measured.scores == {}
    assert not is_enough(measured)
    assert measured_threshold(model, policy(), 500, measured) == list_threshold(model, policy(), 500)
    assert measured_rate(model, 1500, 500, measured) == false_alerts_per_1000(model, 1500, 500)
    assert told(measured, 10.0, "x").startswith("not measured: fewer than 10 per 1,000")


FOUND = Measured(20_000, 100_000, dict(zip(RATES, (2400, 2300, 2200, 2100, 1950, 1800), strict=True)))


@pytest.mark.parametrize(
    ("rate", "names", "bits", "expected"),
    [
        pytest.param(1.0, 20_000, None, 2200, id="as measured"),
        pytest.param(10.0, 20_000, None, 1800, id="another rate"),
        pytest.param(1.0, 20_000, 12.5, 1250, id="the profile's own threshold goes first"),
    ],
)
def test_a_list_takes_the_measured_threshold(model, rate, names, bits, expected):
    assert measured_threshold(model, policy(rate, bits), names, FOUND) == expected


def test_a_list_of_documents_and_a_list_that_grew_keep_the_models_rule(model):
    assert measured_threshold(model, policy(), 0, FOUND) == list_threshold(model, policy(), 0)
    grown = measured_threshold(model, policy(), 200_000, FOUND) - 2200
    assert grown == threshold(model, 1.0, 200_000) - threshold(model, 1.0, 20_000) > 0


@given(st.lists(st.integers(0, 3000), max_size=300), st.integers(300, 30_000))
def test_fewer_false_alerts_never_take_a_lower_score_and_the_rate_is_the_inverse(found, travellers):
    from screening.matching.model import load_model

    model, measured = load_model(), measure(scored([[score] for score in found]), travellers, 500)
    scores = list(measured.scores.values())
    assert scores == sorted(set(scores), reverse=True)
    if is_enough(measured):
        for rate, score in measured.scores.items():
            assert measured_rate(model, score, 500, measured) == pytest.approx(rate, rel=0.01)


def test_what_was_measured_is_read_as_it_was_written():
    assert Measured.read(FOUND.as_json()) == FOUND


@pytest.mark.parametrize(
    ("score", "names", "known"),
    [(1500, 10_000, True), (1500, 10, False), (1500, 10**8, False), (9000, 10_000, False)],
)
def test_recall_is_told_within_what_was_measured_alone(score, names, known):
    found = expected_recall(score, names)
    assert (found is not None) is known
    assert not known or 0.9 < found < 1
