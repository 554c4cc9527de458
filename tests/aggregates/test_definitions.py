from datetime import date
from itertools import combinations

import pytest

from screening.aggregates.definitions import BY_NAME, DEFINITIONS, DIMENSION, POPULATION, age_band, ordered
from screening.tables import dimensions

ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("born", "band"),
    [
        pytest.param(ON, "00-01", id="born on the day"),
        pytest.param(date(2024, 11, 24), "00-01", id="second birthday tomorrow"),
        pytest.param(date(2024, 11, 23), "02-11", id="second birthday today"),
        pytest.param(date(2008, 11, 23), "18-24", id="of age today"),
        pytest.param(date(1951, 11, 23), "75+", id="75 today"),
        pytest.param(date(1906, 11, 23), "75+", id="120 is still possible"),
        pytest.param(date(1905, 11, 23), "unknown", id="121 is a typing error"),
        pytest.param(date(2026, 11, 24), "unknown", id="born after departure"),
        pytest.param(None, "unknown", id="not given"),
    ],
)
def test_ages_are_completed_years_on_the_service_date(born, band):
    assert age_band(born, on=ON) == band


def test_all_tables_have_one_population_so_that_totals_cannot_be_subtracted():
    assert {definition.population for definition in DEFINITIONS} == {POPULATION}


def test_each_definition_fills_declared_dimensions_of_its_own():
    used = [definition.dimensions for definition in DEFINITIONS]
    assert len(set(used)) == len(used) == len(BY_NAME)
    assert {name for names in used for name in names} <= set(dimensions.NAMES)


def test_the_set_is_closed_under_coarsening_so_that_every_sum_between_tables_is_protected():
    """A table by route and nationality would need those by direction and nationality, and so on."""
    shown = {frozenset(names) for each in DEFINITIONS for names in _margins(each.dimensions)}
    for each in DEFINITIONS:
        for name in each.dimensions:
            coarser = DIMENSION[name].coarser
            if coarser:
                assert frozenset({coarser, *each.dimensions} - {name}) in shown, (each.name, coarser)


def _margins(names):
    return [some for size in range(len(names) + 1) for some in combinations(names, size)]


def test_no_two_dimensions_of_a_table_are_levels_of_one_variable():
    for each in DEFINITIONS:
        variables = [DIMENSION[name].variable for name in each.dimensions]
        assert len(set(variables)) == len(variables)


def test_people_read_hours_by_value_and_carriers_by_size_with_other_and_total_last():
    hours = {"23": 90, "05": 1, "Total": 91}
    carriers = {"Q1": 3, "Q2": 8, "Other": 9, "Total": 20}
    assert sorted(hours, key=lambda value: ordered("hour")(value, hours[value])) == ["05", "23", "Total"]
    assert sorted(carriers, key=lambda value: ordered("carrier")(value, carriers[value])) == [
        "Q2",
        "Q1",
        "Other",
        "Total",
    ]
