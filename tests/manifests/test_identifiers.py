"""Ids that stay while messages add up, and keys of persons."""

import pytest


def ids(settled):
    return {row["given_names"]: row["traveller_id"] for row in settled.travellers.to_pylist()}


def keys(settled):
    return [row["person_key"] for row in settled.travellers.to_pylist()]


def test_a_new_id_is_made_of_leg_and_first_statement(kit):
    night = kit.Night()
    night.pnr("06:00", kit.person("ADAM/ANNA", locator="L1"))
    night.api("08:00", kit.person("ADAM/ANNA", locator="L1"))
    assert ids(night.settle()) == {"ANNA": kit.pseudonym("traveller", f"{kit.leg}|f000:100:0")}


def test_a_traveller_keeps_his_id_when_an_older_statement_arrives_later(kit):
    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA", locator="L1"))
    before = night.settle()
    night.pnr("06:00", kit.person("ADAM/ANNA", locator="L1"))
    assert ids(night.settle(earlier=before.travellers)) == ids(before)
    assert ids(night.settle()) != ids(before)


def test_of_two_ids_the_one_whose_first_statement_is_older_stays(kit):
    night = kit.Night()
    night.pnr("06:00", kit.person("ADAM/ANNA", locator="L1"))
    night.api("08:00", kit.person("ADAM/ANNA M", None, "A1@DE"))
    before = night.settle()
    assert len(ids(before)) == 2
    night.pnr("09:00", kit.person("ADAM/ANNA M", None, "A1@DE", locator="L1"), action="update")
    after = night.settle(earlier=before.travellers)
    assert ids(after) == {"ANNA M": ids(before)["ANNA"]}
    assert "traveller_ids_merged" in kit.codes(after)


def test_of_one_id_that_is_two_travellers_the_first_statement_keeps_it(kit):
    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA", "1980-01-01"))
    night.api("09:00", kit.person("BERG/BELA", "1990-01-01"), action="update")
    from screening.tables import individual as t

    wrong = t.TRAVELLERS.table([{
        "traveller_id": "ab", "flight_id": kit.leg, "statement_ids": ["f000:100:0", "f001:100:0"], "current": 2,
        "sources": ["api"], "person_key": "x", "role": "passenger", "name_as_sent": "x",
    }])  # fmt: skip
    after = night.settle(earlier=wrong)
    assert ids(after) == {"ANNA": "ab", "BELA": kit.pseudonym("traveller", f"{kit.leg}|f001:100:0")}
    assert "traveller_ids_split" in kit.codes(after)


def test_an_id_is_never_given_twice_on_a_leg(kit):
    from screening.tables import individual as t

    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA", "1980-01-01"))
    night.api("09:00", kit.person("BERG/BELA", "1990-01-01"), action="update")
    taken = kit.pseudonym("traveller", f"{kit.leg}|f001:100:0")
    held = t.TRAVELLERS.table([{
        "traveller_id": taken, "flight_id": kit.leg, "statement_ids": ["f000:100:0", "f001:100:0"], "current": 1,
        "sources": ["api"], "person_key": "x", "role": "passenger", "name_as_sent": "x",
    }])  # fmt: skip
    after = ids(night.settle(earlier=held))
    assert after["ANNA"] == taken
    assert after["BELA"] != taken


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(("A/B", "1980-01-01", "P1@DE"), ("C/D", "1990-01-01", "P1@DE"), True, id="one passport"),
        pytest.param(("A/B", "1980-01-01"), ("A/B", "1980-01-01"), True, id="name and birth date"),
        pytest.param(("A/B",), ("A/B",), False, id="a name alone names no person"),
        pytest.param(("/",), ("/",), False, id="nothing names nobody"),
        pytest.param(
            ("A/B", "1980-01-01", "P1@DE"), ("A/B", "1980-01-01", "P1@FR"), False, id="another state"
        ),
    ],
)
def test_persons_on_two_legs(kit, one, other, same):
    night = kit.Night()
    night.api("08:00", kit.person(*one))
    night.api("08:00", kit.person(*other), leg="QX99-20261124-FRA-JFK")
    first, second = keys(night.settle())
    assert (first == second) is same


def test_a_document_that_two_state_is_no_ones_key(kit):
    night = kit.Night()
    night.api("08:00", kit.person("A/B", "1980-01-01", "P1@DE"), kit.person("C/D", "1990-01-01", "P1@DE"))
    settled = night.settle()
    assert len(set(keys(settled))) == 2
    assert kit.pseudonym("person", "P1@DE") not in keys(settled)


def test_the_passport_goes_before_other_documents(kit):
    visa = {"type": "visa", "number": "A0", "issuing_state": "US"}
    card = {"type": "national_id", "number": "A1", "issuing_state": "DE"}
    night = kit.Night()
    night.api("08:00", kit.person("A/B", None, [visa, card, "Z9@DE", "Y8@DE"]))
    assert keys(night.settle()) == [kit.pseudonym("person", "Y8@DE")]
