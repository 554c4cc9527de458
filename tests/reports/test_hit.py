import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.reports.hit import align, sentence, waterfall
from screening.reports.text import bits

WEIGHTS = st.lists(st.integers(-2500, 2500), min_size=1, max_size=10)


def pieces(weights):
    return [
        {"kind": "name", "relation": "same", "traveller_value": "A", "alert_value": "A", "weight": weight}
        for weight in weights
    ]


def centibits(written):
    sign = -1 if written.startswith("−") else 1
    whole, rest = written.lstrip("−+").split(".")
    return sign * (100 * int(whole) + int(rest))


@settings(max_examples=100, deadline=None)
@given(weights=WEIGHTS, threshold=st.integers(100, 4000))
def test_the_rows_of_a_waterfall_as_printed_add_up_to_its_printed_total(weights, threshold):
    fall = waterfall("own:1", pieces(weights), threshold)
    assert sum(centibits(step.bits) for step in fall.steps) == centibits(fall.total_bits) == sum(weights)
    running = 0
    for step, weight in zip(fall.steps, weights, strict=True):
        running += weight
        assert centibits(step.running) == running


@settings(max_examples=100, deadline=None)
@given(weights=WEIGHTS, threshold=st.integers(100, 4000))
def test_every_bar_begins_where_the_last_ended_and_stays_in_the_picture(weights, threshold):
    fall = waterfall("own:1", pieces(weights), threshold)
    end = float(fall.zero_x)
    assert 0 <= float(fall.threshold_x) <= fall.width
    for step in fall.steps:
        left, right = float(step.x), float(step.x) + float(step.width)
        assert -0.11 <= left <= right <= fall.width + 0.11
        begin, last = (right, left) if step.negative else (left, right)
        assert begin == pytest.approx(end, abs=0.25)
        end = last


def test_a_hit_whose_evidence_is_missing_still_has_a_waterfall():
    assert waterfall("own:1", [], 800).total_bits == "0.00"


@given(number=st.integers(-(10**6), 10**6))
def test_bits_are_exact(number):
    assert centibits(bits(number)) == number
    assert re.fullmatch(r"−?\d+\.\d\d", bits(number))


@pytest.mark.parametrize(
    ("ours", "theirs", "marked"),
    [
        pytest.param("SAYED", "SEYED", ("A", "E"), id="one letter"),
        pytest.param("Ali", "ALI", ("", ""), id="case does not count"),
        pytest.param("ABDULRAHMAN", "Abd Rahman", ("UL", " "), id="joined"),
        pytest.param("STRASSE", "straße", ("SS", "ß"), id="a letter whose folded form is longer"),
        pytest.param("ALI", None, ("", ""), id="only on one side"),
        pytest.param("ALI", "علی", ("ALI", "علی"), id="another script"),
    ],
)
def test_letters_that_differ_are_marked_on_both_sides(ours, theirs, marked):
    piece = {"kind": "name", "traveller_value": ours, "alert_value": theirs, "relation": "spelling"}
    (pair,) = align([piece])
    for parts, text, expected in ((pair.traveller, ours, marked[0]), (pair.alert, theirs, marked[1])):
        assert "".join(part.text for part in parts) == (text or "")
        assert "".join(part.text for part in parts if part.differs) == expected


def test_pieces_that_say_nothing_of_a_name_make_no_column():
    other = {"kind": "sex", "traveller_value": "M", "alert_value": "M", "relation": "same"}
    silent = {"kind": "name", "traveller_value": None, "alert_value": None, "relation": "not given"}
    assert align([other, silent]) == ()


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        pytest.param(
            [("name", 600), ("name", 400), ("date_of_birth", 540), ("sex", -100)],
            "14.40 bits, 2.40 above the threshold of 12.00; without the name or the date of birth no hit.",
            id="both carry it, the name by two pieces",
        ),
        pytest.param(
            [("name", 1300), ("date_of_birth", 140)],
            "14.40 bits, 2.40 above the threshold of 12.00; without the name no hit.",
            id="one carries it",
        ),
        pytest.param(
            [("prior", 1000), ("name", 220), ("date_of_birth", 220)],
            "14.40 bits, 2.40 above the threshold of 12.00; no single kind of evidence decides.",
            id="none of them alone; the prior is no evidence",
        ),
        pytest.param(
            [("document", 2000), ("name", -560)],
            "14.40 bits, 2.40 above the threshold of 12.00; without the document no hit.",
            id="what speaks against it never carries it",
        ),
    ],
)
def test_the_sentence_names_the_evidence_without_which_there_is_no_hit(weights, says):
    evidence = [{"kind": kind, "weight": weight} for kind, weight in weights]
    assert sentence(evidence, score=1440, threshold=1200) == says
