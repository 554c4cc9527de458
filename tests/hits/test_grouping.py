import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.hits.grouping import group


def piece(kind, traveller_value, alert_value, relation, weight):
    return {
        "kind": kind,
        "traveller_value": traveller_value,
        "alert_value": alert_value,
        "relation": relation,
        "weight": weight,
    }


BORN = "1970-02-01"


def document(value, weight=2400):
    return piece("document", "P123456 GB", value, "same number and State", weight)


def born(value=BORN, weight=1350):
    return piece("date_of_birth", BORN, value, "same day", weight)


def person(name, *more, day=BORN):
    return name, [born(day), *more]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param(("Quenzebrand", [document("P1 GB")]), ("Otho", [document("P1 GB")]), id="the same document, other names"),
        pytest.param(("", [document("P1 GB")]), ("", [document("P1 FR")]), id="the number decides, not the State"),
        pytest.param(("", [document("P1")]), ("", [document("P1 GB")]), id="a State only on one side"),
        pytest.param(("", [document("P1 GB", 1)]), ("", [document("P1 GB", 1)]), id="however little it weighs"),
        pytest.param(("", [document("P9", 0), document("P1")]), ("", [document("P1")]), id="any of several documents"),
        pytest.param(person("Quenzebrand, Otho"), person("Quenzebrand, Otho"), id="the same name and day"),
        pytest.param(person("Quenzebrand, Otho"), person("otho QUENZEBRAND"), id="tokens in any order and case"),
        pytest.param(person("Li Na"), person("Na Li"), id="two short tokens suffice"),
        pytest.param(("Li Na", [born(weight=-300)]), ("Li Na", [born(weight=0)]), id="a day is the person's, whatever it weighs"),
    ],
)  # fmt: skip
def test_two_alerts_of_one_person_are_one_hit(one, two):
    assert group({"a:1": one, "b:1": two}) == [("a:1", "b:1")]
    assert group({"b:1": two, "a:1": one}) == [("a:1", "b:1")]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param(("", [document("P1 GB")]), ("", [document("P2 GB")]), id="two numbers of one State"),
        pytest.param(("", [document("P1 GB", 0)]), ("", [document("P1 GB", 0)]), id="a document that weighs nothing"),
        pytest.param(("", [document("P1 GB", -1)]), ("", [document("P1 GB", -1)]), id="a document that speaks against"),
        pytest.param(("", [document(None)]), ("", [document(None)]), id="no listed document"),
        pytest.param(("", [document("")]), ("", [document("")]), id="an empty listed document"),
        pytest.param(("", [piece("name", "OTHO", "OTHO", "same", 900)]), ("", [piece("name", "OTHO", "OTHO", "same", 900)]), id="an agreeing part of the name"),
        pytest.param(("Li Na", []), ("Li Na", []), id="a name alone"),
        pytest.param(person("Otho"), person("Otho"), id="a single token and the day"),
        pytest.param(person(""), person(""), id="no name and the day"),
        pytest.param(person("Li Na", day="1970-02"), person("Li Na", day="1970-02"), id="a month"),
        pytest.param(person("Li Na", day="1970"), person("Li Na", day="1970"), id="a year"),
        pytest.param(person("Li Na", day="1970-01-01..1970-12-31"), person("Li Na", day="1970-01-01..1970-12-31"), id="a range of days"),
        pytest.param(person("Li Na", day=None), person("Li Na", day=None), id="no date"),
        pytest.param(person("Li Na"), person("Li Na", day="1970-02-02"), id="another day"),
        pytest.param(person("Li Na"), person("Li Nu"), id="another name"),
        pytest.param(person("Li Na"), person("Li Na Na"), id="one more token"),
        pytest.param(person("Lin A"), person("Li Na"), id="the same letters in other tokens"),
        pytest.param(("Li Na", [piece("sex", None, BORN, "same", 30)]), ("Li Na", [piece("sex", None, BORN, "same", 30)]), id="ten signs of another kind"),
    ],
)  # fmt: skip
def test_two_alerts_stay_two_hits(one, two):
    assert group({"a:1": one, "b:1": two}) == [("a:1",), ("b:1",)]


def test_what_the_list_writes_decides_not_what_the_traveller_carries():
    listed = [piece("document", "P1 GB", number, "number alike", 1600) for number in ("P1 GB", "P7 GB")]
    assert group({"a:1": ("", listed[:1]), "b:1": ("", listed[1:])}) == [("a:1",), ("b:1",)]


@pytest.mark.parametrize(
    ("documents", "groups"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"a": ["P1"]}, [("a",)], id="one alert"),
        pytest.param({"a": ["P1"], "b": ["P2"], "c": ["P2"], "d": ["P1"]}, [("a", "d"), ("b", "c")], id="two interleaved, by their smallest id"),
        pytest.param({"a": ["P1"], "b": ["P1", "P2"], "c": ["P2"]}, [("a", "b", "c")], id="over one between"),
        pytest.param({"a": ["P1"], "b": ["P2"], "c": ["P1", "P2"]}, [("a", "b", "c")], id="joined by a later one"),
        pytest.param({"a": ["P1"], "b": ["P2"], "c": ["P2", "P3"], "d": ["P1", "P3"], "e": ["P3"]}, [("a", "b", "c", "d", "e")], id="two groups become one"),
        pytest.param({"a": ["P1"], "b": ["P2"], "c": ["P3"], "d": ["P2", "P3"], "e": ["P1", "P3"], "f": ["P9"], "g": ["P2"]}, [("a", "b", "c", "d", "e", "g"), ("f",)], id="a leader's leader leads"),
    ],
)  # fmt: skip
def test_groups_are_joined_over_others_and_stand_by_their_smallest_alert(documents, groups):
    pairs = {alert: ("", [document(f"{number} GB") for number in own]) for alert, own in documents.items()}
    assert group(pairs) == groups
    assert group(dict(reversed(pairs.items()))) == groups


def test_a_document_joins_what_a_name_joined():
    pairs = {
        "a": person("Li Na"),
        "b": ("Na Li", [document("P1 GB"), born()]),
        "c": ("Otho", [document("P1 GB")]),
    }
    assert group(pairs) == [("a", "b", "c")]


@given(
    marks=st.dictionaries(st.sampled_from("abcdefgh"), st.sets(st.integers(1, 6), max_size=3)), data=st.data()
)
def test_every_alert_is_in_one_group_and_no_mark_in_two(marks, data):
    pairs = {alert: ("", [document(f"P{n}") for n in sorted(own)]) for alert, own in marks.items()}
    groups = group(pairs)
    assert sorted(alert for alerts in groups for alert in alerts) == sorted(marks)
    shared = [set().union(*(marks[alert] for alert in alerts)) for alerts in groups]
    assert sum(map(len, shared)) == len(set().union(*shared))
    order = data.draw(st.permutations(sorted(pairs)))
    assert group({alert: pairs[alert] for alert in order}) == groups
