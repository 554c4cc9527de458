"""The picture of rooms is drawn from imports; circles are told."""

import pytest

from screening.lab.rooms import arrows, circles, reduced


def test_every_folder_is_a_room_and_its_arrows_are_its_imports(root):
    found = arrows()
    folders = {
        path.parent.relative_to(root / "screening").as_posix()
        for path in (root / "screening").rglob("__init__.py")
    } - {"."}
    assert set(found) == folders
    assert "tables" in found["night"]
    assert found["tables"] == frozenset()


def test_no_room_is_in_a_circle():
    assert circles(arrows()) == []


@pytest.mark.parametrize(
    ("taken", "named"),
    [
        pytest.param({"a": frozenset("b"), "b": frozenset("c"), "c": frozenset()}, [], id="a chain"),
        pytest.param(
            {"a": frozenset("b"), "b": frozenset("a"), "c": frozenset("a")}, ["a", "b"], id="two rooms"
        ),
        pytest.param(
            {"a": frozenset("b"), "b": frozenset("c"), "c": frozenset("a")},
            ["a", "b", "c"],
            id="by way of a third",
        ),
    ],
)
def test_circles_are_told(taken, named):
    assert circles(taken) == named


def test_an_arrow_by_way_of_another_room_is_not_drawn():
    taken = {"a": frozenset("bcd"), "b": frozenset("c"), "c": frozenset("d"), "d": frozenset()}
    assert reduced(taken) == {"a": ["b"], "b": ["c"], "c": ["d"], "d": []}
