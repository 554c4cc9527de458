"""Facts that statements give differently: the settled one by rule, the others kept beside it."""

import datetime as dt

import pytest

KEPT = (
    "date_of_birth",
    "birth_part",
    "other_births",
    "sex",
    "other_sexes",
    "nationality",
    "other_nationalities",
)
NAME, DOC = "HADDAD/SAMIR", "T2000001@TN"


def row(settled):
    (one,) = settled.travellers.to_pylist()
    return {name: one[name] for name in KEPT if one[name] is not None}


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("api", "pnr", "kept"),
    [
        pytest.param({"born": "1971-04-12"}, {"born": "1971-04-12"}, {"date_of_birth": day("1971-04-12")}, id="one"),
        pytest.param({}, {"born": "1971-04-12"}, {"date_of_birth": day("1971-04-12")}, id="given before absent"),
        pytest.param({"birth_part": "1971"}, {"born": "1971-04-12"}, {"date_of_birth": day("1971-04-12")}, id="the one that says more"),
        pytest.param({"birth_part": "1970"}, {"born": "1971-04-12"},
                     {"date_of_birth": day("1971-04-12"), "other_births": ["1970"]}, id="another year"),
        pytest.param({"birth_part": "1971-04"}, {}, {"birth_part": "1971-04"}, id="a part alone"),
        pytest.param({"sex": "M"}, {"sex": "F"}, {"sex": "M", "other_sexes": ["F"]}, id="sex"),
        pytest.param({"nationality": "XXX"}, {"nationality": "TN"}, {"nationality": "TN"}, id="a placeholder gives way"),
        pytest.param({"nationality": "TN"}, {"nationality": "XXX"}, {"nationality": "TN"}, id="a placeholder is no other value"),
        pytest.param({"nationality": "TN"}, {"nationality": "FR"}, {"nationality": "TN", "other_nationalities": ["FR"]}, id="two nationalities"),
        pytest.param({"nationality": "TN", "other_nationalities": ["SY"]}, {"nationality": "TN", "other_nationalities": ["FR", "SY"]},
                     {"nationality": "TN", "other_nationalities": ["SY", "FR"]}, id="what each message told"),
        pytest.param({"born": "1971-04-12", "other_births": ["1980-01-01"]}, {"born": "1980-01-01"},
                     {"date_of_birth": day("1971-04-12"), "other_births": ["1980-01-01"]}, id="told within one, settled in the other"),
    ],
)  # fmt: skip
def test_api_beside_pnr(kit, api, pnr, kept):
    night = kit.Night()
    night.api("10:00", kit.person(NAME, doc=DOC, traveller_reference="R1", locator="ABC123", **api))
    night.pnr("09:00", kit.person(NAME, doc=DOC, traveller_reference="R1", locator="ABC123", **pnr))
    settled = night.settle()
    if len(settled.travellers) == 1:  # births that contradict are not joined: both are screened
        assert row(settled) == kept
    told = "facts_differ" in kit.codes(settled)
    assert told == any(name.startswith("other") for name in kept)


@pytest.mark.parametrize("known", ["1971-04-12", "1980-01-01"])
def test_one_of_two_births_is_enough_to_be_one_person(kit, known):
    night = kit.Night()
    night.api("10:00", kit.person(NAME, born="1971-04-12", other_births=["1980-01-01"], doc=DOC))
    night.pnr("09:00", kit.person(NAME, born=known, doc=DOC))
    assert row(night.settle())["other_births"] == ["1980-01-01"]


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        pytest.param({"born": "1971-04-12", "sex": "M", "nationality": "TN"}, {},
                     {"date_of_birth": day("1971-04-12"), "sex": "M", "nationality": "TN"}, id="a later message that leaves facts out wipes none"),
        pytest.param({"sex": "M", "nationality": "TN"}, {"sex": "F", "nationality": "FR"},
                     {"sex": "F", "other_sexes": ["M"], "nationality": "FR", "other_nationalities": ["TN"]}, id="later before earlier, both kept"),
        pytest.param({"born": "1971-04-12"}, {"birth_part": "1971"}, {"date_of_birth": day("1971-04-12")}, id="later, but says less"),
    ],
)  # fmt: skip
def test_a_later_message_over_an_earlier_one(kit, before, after, kept):
    night = kit.Night()
    night.api("09:00", kit.person(NAME, doc=DOC, **before))
    night.api("10:00", kit.person(NAME, doc=DOC, **after))
    assert row(night.settle()) == kept


def test_a_document_of_an_earlier_message_stays_where_the_later_one_has_none(kit):
    night = kit.Night()
    night.api("09:00", kit.person(NAME, born="1971-04-12", doc=DOC))
    night.api("10:00", kit.person(NAME, born="1971-04-12"))
    settled = night.settle()
    assert [one["number"] for one in settled.documents.to_pylist()] == ["T2000001"]


def test_facts_of_another_name_are_not_taken_over(kit):
    """A seat given away: the earlier statement may be about another person."""
    night = kit.Night()
    night.pnr("09:00", kit.person("MANSOUR/LEILA", sex="F", locator="ABC123", booking_reference="1"))
    night.pnr("10:00", kit.person("HADDAD/SAMIR", locator="ABC123", booking_reference="1"))
    rows = {one["surname"]: one["sex"] for one in night.settle().travellers.to_pylist()}
    assert rows["HADDAD"] is None
