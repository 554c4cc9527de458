"""Names left over on both sides: what is alike is no conflict, and the explanation says how."""

import pytest

from screening.matching.explain import CONFLICT, LEFT_WORDS
from screening.matching.loops import LEFT_ALIKE, LEFT_BEGINS, LEFT_ONE, LEFT_PARTLY
from screening.matching.match import match

FLOOR = -100_000


def names_of(found):
    [row] = found.to_pylist()
    assert row["score"] == sum(piece["weight"] for piece in row["evidence"])
    return [piece for piece in row["evidence"] if piece["kind"] == "name"]


@pytest.mark.parametrize(
    ("surname", "given", "listed", "how", "words"),
    [
        pytest.param("KVARNQUIST", "AN TREWS", "KVARNQUIST, Andrews", LEFT_ALIKE, ("AN TREWS", "ANDREWS"), id="split and respelt"),
        pytest.param("QASERNI", "TIAGO", "QASEMI, Tiago", LEFT_ALIKE, ("QASERNI", "QASEMI"), id="misread"),
        pytest.param("KVARNQUIST", "HIMOT DRUZA", "KVARNQUIST, Drazahamot", LEFT_ALIKE, ("HIMOT DRUZA", "DRAZAHAMOT"), id="swapped, joined, a letter lost"),
        pytest.param("KVARNQUIST", "PERGULT", "KVARNQUIST, Bergolf", LEFT_PARTLY, ("PERGULT", "BERGOLF"), id="much wrong"),
        pytest.param("KVARNQUIST", "BUDSUT PHIMMA", "KVARNQUIST, Bassut Wexel", LEFT_ONE, ("BUDSUT", "BASSUT"), id="one of two"),
        pytest.param("KVARNQUIST", "BO", "KVARNQUIST, Bosco", LEFT_BEGINS, ("BO", "BOSCO"), id="cut short"),
        pytest.param("KVARNQUIST", "TIAGO", "KVARNQUIST, Wexel", 0, ("TIAGO", "WEXEL"), id="other names"),
        pytest.param("KVARNQUIST", "TIAGO PHIMMA", "KVARNQUIST, Wexel", 0, ("TIAGO PHIMMA", "WEXEL"), id="other names, one more"),
    ],
)  # fmt: skip
def test_what_is_left_over(make_index, identities, model, surname, given, listed, how, words):
    index = make_index({"a": {"names": [(listed, 0)]}})
    names = names_of(match(identities({"t": (surname, given, "", None, None, [])}), index, floor=FLOOR))
    relation = LEFT_WORDS.get(how, CONFLICT)
    [piece] = [piece for piece in names if piece["relation"] == relation]
    assert (piece["traveller_value"], piece["alert_value"]) == words
    rules = model.name
    weights = {0: rules.conflict, LEFT_ALIKE: rules.left_alike, LEFT_BEGINS: rules.left_begins}
    assert piece["weight"] == weights.get(how, rules.left_partly)
    assert any(piece["relation"] == CONFLICT for piece in names) is (how in {0, LEFT_ONE})


def test_the_search_finds_them_as_every_pair_does(make_index, identities):
    listed = ("KVARNQUIST, Andrews", "KVARNQUIST, Bosco", "OLTRENIK, Bosco", "KVARNQUIST, Wexel Bassut")
    index = make_index({str(at): {"names": [(name, 0)]} for at, name in enumerate(listed)})
    given = ("AN TREWS", "BO", "VOLTRANY", "BUDSUT WEX", "PHIMMA")
    travellers = identities(
        {f"t{at}": ("KVARNQUIST", name, "", None, None, []) for at, name in enumerate(given)}
    )
    for floor in (1000, 500, 0, -500):
        found, every = (match(travellers, index, floor=floor, exhaustive=all_) for all_ in (False, True))
        assert found.drop_columns("routes").equals(every.drop_columns("routes"))
    assert found.num_rows
