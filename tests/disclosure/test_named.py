"""Readers who know that a withheld cell holds somebody, who stand in several tables, or who have a timetable."""

import pyarrow as pa
import pytest

from screening.disclosure.protect import Source, protect
from screening.disclosure.published import disclosures
from screening.disclosure.rules import Rules
from tests.disclosure.conftest import summed, values_of

STATES = summed({("A",): 3, ("B",): 2, ("C",): 30, ("D",): 40}, ("state",))


@pytest.mark.parametrize(
    ("named", "withheld"),
    [
        pytest.param(False, {"A", "B"}, id="each may be nobody"),
        pytest.param(True, {"A", "B", "C"}, id="each holds somebody, so neither reaches the threshold"),
    ],
)
def test_named_cells_must_be_able_to_reach_the_threshold(named, withheld):
    done = protect([Source("t", STATES, ("state",))], Rules(named=named)).tables["t"]
    assert {key for (key,), value in values_of(done, ("state",)).items() if value is None} == withheld


@pytest.mark.parametrize("named", [False, True])
def test_the_audit_knows_it_too(named):
    shown = [
        None if state in {"A", "B"} else count
        for state, count in zip(*STATES.to_pydict().values(), strict=True)
    ]
    published = {"t": STATES.drop_columns("count").append_column("value", pa.array(shown, pa.int64()))}
    found = disclosures([Source("t", STATES, ("state",))], published, Rules(named=named))
    assert [fault["cell"] for fault in found] == (["state=A", "state=B"] if named else [])


@pytest.mark.parametrize("insiders", [0, 1])
def test_sums_of_a_line_are_protected_with_cells_that_reach_the_threshold(insiders):
    """So the tables of nights need no rule `implied` beside `named`."""
    inner = {("FR", "A"): 1, ("FR", "B"): 3, ("FR", "C"): 40, ("DE", "A"): 8, ("DE", "B"): 9, ("DE", "C"): 22}
    source = Source("t", summed(inner, ("state", "route")), ("state", "route"))
    both = [
        protect([source], Rules(named=True, insiders=insiders, implied=implied)).tables["t"]
        for implied in (False, True)
    ]
    assert both[0].equals(both[1])


def test_named_cells_of_nobody_cannot_be_asked_for():
    with pytest.raises(ValueError, match="zeros that are published"):
        Rules(named=True, zeros="withheld")


def test_a_single_traveller_of_two_tables_knows_the_cell_of_each():
    """One of KM, a man who flew out: he is no secret to himself in either table."""
    by_sex = summed(
        {("KM", "M"): 1, ("FR", "M"): 40, ("FR", "F"): 30, ("DE", "M"): 20, ("DE", "F"): 9}, ("state", "sex")
    )
    by_way = summed(
        {("KM", "out"): 1, ("FR", "out"): 40, ("FR", "in"): 30, ("DE", "out"): 20, ("DE", "in"): 9},
        ("state", "way"),
    )
    done = protect(
        [Source("sex", by_sex, ("state", "sex")), Source("way", by_way, ("state", "way"))], Rules(insiders=1)
    )
    assert values_of(done.tables["sex"], ("state", "sex"))["KM", "M"] is None
    assert values_of(done.tables["way"], ("state", "way"))["KM", "out"] is None


def test_a_table_in_the_background_is_not_published_and_ties_the_others():
    legs = summed(
        {("Q1", "A-B"): 20, ("Q1", "A-C"): 3, ("Q2", "A-D"): 40, ("Q3", "A-E"): 25}, ("carrier", "route")
    )
    carriers = summed({("Q1",): 23, ("Q2",): 40, ("Q3",): 25}, ("carrier",))
    routes = summed({("A-B",): 20, ("A-C",): 3, ("A-D",): 40, ("A-E",): 25}, ("route",))
    sources = [Source("carriers", carriers, ("carrier",)), Source("routes", routes, ("route",))]
    background = Source("timetable", legs, ("carrier", "route"), background=True)

    def shown(*more):
        done = protect([*sources, *more], Rules(threshold=5)).tables
        assert set(done) == {"carriers", "routes"}
        return values_of(done["carriers"], ("carrier",)) | values_of(done["routes"], ("route",))

    blind, seeing = shown(), shown(background)
    assert blind["Q1",] is not None  # less A-B it is the small leg, for who knows that Q1 flies these two
    assert seeing["Q1",] is None or seeing["A-B",] is None
