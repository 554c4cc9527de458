import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.matching.evidence import document
from screening.matching.evidence.date_of_birth import PRECISION, RELATIONS, columns
from screening.matching.loops import most_of_year, relations
from screening.matching.model import KINDS
from screening.matching.rarity import token_weights
from screening.matching.thresholds import false_alerts_per_1000, list_threshold, threshold
from screening.matching.tokens import Vocabulary, neighbours
from screening.profile.model import ListPolicy


def kind_of(one, other):
    from screening.matching.model import KINDS

    found = neighbours(Vocabulary([one]), Vocabulary([other]))
    return KINDS[int(found.kind[0])] if len(found.kind) else None


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        pytest.param("MOHAMMED", "MUHAMMAD", "transliteration", id="Arabic vowels"),
        pytest.param("OUALID", "WALID", "transliteration", id="French ou for w"),
        pytest.param("CHTCHERBAKOV", "SHCHERBAKOV", "transliteration", id="old French Cyrillic"),
        pytest.param("LEE", "RHEE", "transliteration", id="Korean surname spellings"),
        pytest.param("WONG", "HUANG", "transliteration", id="Cantonese and Pinyin"),
        pytest.param("YILDIRIM", "YILDIRIN", "one_edit", id="a letter"),
        pytest.param("ALTIKRITI", "TIKRITI", "transliteration", id="article joined"),
        pytest.param("MUELLER", "MULLER", "transliteration", id="umlaut"),
        pytest.param("WILLIAM", "BILL", "short_form", id="short form"),
        pytest.param("J", "JOHANNES", None, id="an initial is compared where names are aligned"),
        pytest.param("WIJAYAKUM", "WIJAYAKUMARA", "prefix", id="cut off"),
        pytest.param("KIM", "PARK", None, id="two names"),
        pytest.param("ANNA", "OTTO", None, id="two edits in a short name"),
    ],
)
def test_kind_of_agreement_of_two_tokens(one, other, kind):
    assert kind_of(one, other) == kind
    assert kind_of(other, one) == kind


def test_weights_fall_from_kind_to_kind_and_rise_with_rarity(model):
    weights = token_weights(["MOHAMMED", "QUENZEBRAND"], model)
    assert (np.diff(weights[:, :6], axis=1) <= 0).all()
    assert weights[1, 0] > weights[0, 0] + 300


def test_a_compound_is_no_rarer_than_its_parts_suggest(model):
    weights = token_weights(["ABDULRAHMAN", "QUENZEBRAND"], model)
    assert weights[0, 0] < weights[1, 0]


DAY = dt.date(1971, 4, 9)
NEW_YEAR = dt.date(1971, 1, 1)


@pytest.mark.parametrize(
    ("traveller", "first", "last", "precision", "relation"),
    [
        pytest.param("1971-04-09", DAY, DAY, "day", "same day", id="same"),
        pytest.param("1971-09-04", DAY, DAY, "day", "day and month swapped", id="swapped"),
        pytest.param("1971-04-10", DAY, DAY, "day", "one day apart", id="a day off"),
        pytest.param("1972-04-09", DAY, DAY, "day", "same day and month, year one apart", id="a year off"),
        pytest.param("1971-04-29", DAY, DAY, "day", "one digit differs or two are swapped", id="a digit"),
        pytest.param(
            "1917-04-09",
            DAY,
            DAY,
            "day",
            "one digit differs or two are swapped",
            id="two digits of the year swapped",
        ),
        pytest.param(
            "1971-01-01", DAY, DAY, "day", "1 January stands in for the year", id="traveller's stand-in"
        ),
        pytest.param(
            "1972-01-01",
            NEW_YEAR,
            NEW_YEAR,
            "day",
            "both 1 January, one slip in the year",
            id="next New Year",
        ),
        pytest.param(
            "1981-01-01",
            NEW_YEAR,
            NEW_YEAR,
            "day",
            "both 1 January, one slip in the year",
            id="a digit of it",
        ),
        pytest.param("1971-12-25", DAY, DAY, "day", "same year, other day", id="same year"),
        pytest.param("1960-12-25", DAY, DAY, "day", "other date", id="far"),
        pytest.param("1956-12-25", DAY, DAY, "day", "a generation apart", id="fifteen years"),
        pytest.param("1900-01-01", DAY, DAY, "day", "other date", id="a day that stands in is no father's"),
        pytest.param(
            "1872-12-25", DAY, DAY, "day", "other date", id="nor is one that nobody living was born on"
        ),
        pytest.param(
            "1941-04-09", DAY, DAY, "day", "one digit differs or two are swapped", id="far, but a digit"
        ),
        pytest.param(
            "1971-04-30",
            dt.date(1971, 4, 1),
            dt.date(1971, 4, 30),
            "month",
            "in the listed month",
            id="month",
        ),
        pytest.param(
            "1971-12-25", dt.date(1971, 1, 1), dt.date(1971, 12, 31), "year", "in the listed year", id="year"
        ),
        pytest.param(
            "1972-12-25",
            dt.date(1971, 1, 1),
            dt.date(1971, 12, 31),
            "year",
            "a year beside the listed year",
            id="next year",
        ),
        pytest.param(
            "1971-12-25", dt.date(1971, 1, 1), dt.date(1971, 12, 31), "circa", "in the circa year", id="circa"
        ),
        pytest.param(
            "1973-12-25",
            dt.date(1971, 1, 1),
            dt.date(1971, 12, 31),
            "circa",
            "within two years of the circa year",
            id="circa near",
        ),
        pytest.param(
            "1968-12-25",
            dt.date(1965, 1, 1),
            dt.date(1971, 12, 31),
            "range",
            "in the listed range",
            id="range",
        ),
        pytest.param(
            "1900-12-25",
            dt.date(1965, 1, 1),
            dt.date(1971, 12, 31),
            "range",
            "far from the listed year or range",
            id="out of range",
        ),
    ],
)
def test_relation_of_two_dates(traveller, first, last, precision, relation):
    days = [
        np.array([(day - dt.date(1970, 1, 1)).days])
        for day in (dt.date.fromisoformat(traveller), first, last)
    ]
    own = columns(days[0], days[0], np.array([0]))
    listed = columns(days[1], days[2], np.array([PRECISION[precision]]))
    assert RELATIONS[int(relations(own, listed)[0])][1] == relation


@pytest.mark.parametrize("precision", PRECISION)
def test_no_date_weighs_more_than_its_year_allows(precision):
    dice = np.random.default_rng(PRECISION[precision])
    own = dice.integers(-15_000, 15_000, 4000)
    own[::4] = own[::4].astype("datetime64[D]").astype("datetime64[Y]").astype("datetime64[D]").astype(int)
    days = own + dice.choice([0, 1, -1, 31, 365, -366, 3652, -1826, 9000], 4000) + dice.integers(-2, 3, 4000)
    unit = {"month": "M", "year": "Y", "circa": "Y", "range": "Y"}.get(precision, "D")
    first = days.astype("datetime64[D]").astype(f"datetime64[{unit}]")
    after = first + (1 + dice.integers(0, 4, 4000) if precision == "range" else 1)
    ends = [first.astype("datetime64[D]").astype(int), after.astype("datetime64[D]").astype(int) - 1]
    ours = columns(own, own, np.zeros(4000, int))
    theirs = columns(*ends, np.full(4000, PRECISION[precision]))
    # Each relation in turn weighs most: a bound that leaves one out fails then.
    held = relations(ours, theirs)
    for of in set(held.tolist()):
        weights = np.where(np.arange(len(RELATIONS)) == of, 900, -900).astype(np.int32)
        for at in np.flatnonzero(held == of):
            years = int(theirs.year[at]), int(theirs.last_year[at])
            assert most_of_year(int(ours.year[at]), PRECISION[precision], *years, weights) == 900


NUMBERS = st.text("ABO01IS5Z2", min_size=5, max_size=9)


@settings(max_examples=100, deadline=None)
@given(
    number=NUMBERS,
    listed=NUMBERS,
    state=st.sampled_from(["GB", None]),
    other=st.sampled_from(["GB", "FR", None]),
)
def test_every_related_document_is_found_by_its_keys(number, listed, state, other):
    keys = set(document.keys(listed, other))
    if document.relation(number, state, listed, other) is not None:
        assert keys & set(document.lookups(number, state))


@pytest.mark.parametrize("rate", [0.1, 1.0, 3.0, 50.0])
@pytest.mark.parametrize("names", [100, 5_000, 12_641, 60_000, 3_000_000])
def test_rate_is_the_inverse_of_the_threshold(model, rate, names):
    assert false_alerts_per_1000(model, threshold(model, rate, names), names) == pytest.approx(rate, rel=0.05)


def test_threshold_rises_with_the_list_and_falls_with_the_rate(model):
    sizes = [threshold(model, 1.0, names) for names in (100, 1_000, 10_000, 100_000, 1_000_000)]
    assert sizes == sorted(sizes)
    rates = [threshold(model, rate, 10_000) for rate in (0.1, 0.5, 1, 5, 50)]
    assert rates == sorted(rates, reverse=True)


def test_a_policy_may_set_bits_itself(model):
    assert list_threshold(model, ListPolicy(id="a", threshold_bits=21.5), 10_000) == 2150
    assert list_threshold(model, ListPolicy(id="a"), 0) == 1400


@pytest.mark.parametrize(
    ("token", "like"),
    [
        pytest.param("IGOREVICH", "IGOR", id="patronymic"),
        pytest.param("OLEGOVNA", "OLEG", id="patronymic, a woman's"),
        pytest.param("ANATOLYEVICH", "ANATOLY", id="father's name loses its end"),
        pytest.param("MIKHAYLOVNA", "MIKHAIL", id="other spelling"),
    ],
)
def test_a_patronymic_weighs_as_the_fathers_name(model, token, like):
    weights = token_weights([token, like], model)
    assert abs(int(weights[0, 0]) - int(weights[1, 0])) < 150


def test_a_patronymic_of_a_name_that_nobody_counted_is_not_the_rarest(model):
    weights = token_weights(["QUENZEBRANDOVICH", "QUENZEBRANDUS"], model)
    assert weights[0, 0] < weights[1, 0] - 200


def test_a_common_name_that_begins_a_rare_one_says_little(model):
    prefix = KINDS.index("prefix")
    weights = token_weights(["MIKHAILIUK", "QUENZEBRANDUS"], model)
    assert weights[0, prefix] < weights[1, prefix] - 300
