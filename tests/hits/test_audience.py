"""Alerts that protect are shown to few, and everybody else is told whom to call."""

import json

import pytest

from screening.hits.audience import audience, closed_to
from screening.profile.authoring import Role, Visibility
from screening.profile.load import parse_profile
from screening.tables.errors import ProfileError

ROLE = Role(name="protection", actors=("eva",), contact="protection desk, extension 112")
NAMED = Visibility(roles=(ROLE,), role="protection")
OWN = json.dumps({"remarks": {"written_by": ["anna"], "approved_by": ["ben"]}})


def alert(category="vulnerable_person", visibility=None, told="{}"):
    return {"alert_id": "own:1", "category": category, "visibility": visibility, "authority": "Desk", "provenance": told}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "shown", "actor", "call"),
    [
        pytest.param(alert(), NAMED, "eva", None, id="the role"),
        pytest.param(alert(), NAMED, "EVA", None, id="the role, spelt otherwise"),
        pytest.param(alert(), NAMED, "carl", ROLE.contact, id="somebody else"),
        pytest.param(alert(), NAMED, None, ROLE.contact, id="a page that everybody reads"),
        pytest.param(alert("missing_person"), NAMED, "carl", ROLE.contact, id="a missing person"),
        pytest.param(alert("wanted"), NAMED, "carl", None, id="not protecting"),
        pytest.param(alert("wanted", "protection"), NAMED, "carl", ROLE.contact, id="by its own visibility"),
        pytest.param(alert("wanted", "national"), NAMED, "carl", None, id="a word that is no role"),
        pytest.param(alert(told=OWN), Visibility(), "anna", None, id="own alert without a role: its author"),
        pytest.param(
            alert(told=OWN), Visibility(), "carl", "Desk: anna or ben", id="own alert without a role"
        ),
        pytest.param(alert(), Visibility(), "carl", None, id="nobody is named: it is not hidden"),
    ],
)
def test_who_sees_a_hit_and_whom_others_call(row, shown, actor, call):
    assert closed_to(actor, [row], shown) == call


def test_one_alert_of_a_group_that_is_shown_to_few_closes_the_hit_to_others():
    assert closed_to("carl", [alert("wanted"), alert()], NAMED) == ROLE.contact
    assert audience(alert("wanted"), NAMED) is None


def test_a_role_that_is_not_declared_is_an_error_of_the_profile():
    with pytest.raises(ProfileError, match="is no role"):
        parse_profile('[visibility]\nrole = "nobody"', name="test")
