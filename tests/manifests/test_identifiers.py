"""Ids that stay while messages add up, and keys of persons."""

from datetime import date

import pytest


def ids(settled):
    return {row["given_names"]: row["traveller_id"] for row in settled.travellers.to_pylist()}


def counted(settled):
    """Findings about ids, by code."""
    (flight,) = settled.flights.to_pylist()
    return {
        finding["code"]: finding["text"]
        for finding in flight["findings"]
        if finding["code"].startswith("traveller_ids")
    }


def held(kit, statements):
    """Travellers of an earlier night: id -> statements."""
    from screening.tables import individual as t

    return t.TRAVELLERS.table(
        {
            "traveller_id": identifier, "flight_id": kit.leg, "statement_ids": own, "current": 1, "sources": ["api"],
            "person_key": "x", "role": "passenger", "name_as_sent": "x",
        }
        for identifier, own in statements.items()
    )  # fmt: skip


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
    after = night.settle(earlier=before.travellers)
    assert ids(after) == ids(before)
    assert counted(after) == {}
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
    assert counted(after) == {"traveller_ids_merged": "1 id was lost to an older one"}


def test_what_was_merged_and_split_is_counted_over_all_travellers(kit):
    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA", "1980-01-01"), kit.person("BERG/BELA", "1990-01-01"))
    night.api("09:00", kit.person("ADAM/ANNA", "1980-01-01"), kit.person("BERG/BELA", "1990-01-01"))
    first, second = (
        [f"f00{message}:100:{place}" for place in (0, 1)] for message in (0, 1)
    )  # statements of Anna and Bela
    merged = night.settle(
        earlier=held(kit, {"a": first[:1], "b": second[:1], "c": first[1:], "d": second[1:]})
    )
    assert ids(merged) == {"ANNA": "a", "BELA": "c"}
    assert counted(merged) == {"traveller_ids_merged": "2 ids were lost to older ones"}
    split = night.settle(earlier=held(kit, {"a": first, "b": second}))
    assert ids(split)["ANNA"] == "a"
    assert counted(split) == {
        "traveller_ids_merged": "1 id was lost to an older one",
        "traveller_ids_split": "2 ids had several travellers",
    }


def test_of_one_id_that_is_two_travellers_the_first_statement_keeps_it(kit):
    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA", "1980-01-01"))
    night.api("09:00", kit.person("BERG/BELA", "1990-01-01"), action="update")
    after = night.settle(earlier=held(kit, {"ab": ["f000:100:0", "f001:100:0"]}))
    assert ids(after) == {"ANNA": "ab", "BELA": kit.pseudonym("traveller", f"{kit.leg}|f001:100:0")}
    assert counted(after) == {"traveller_ids_split": "1 id had several travellers"}


def test_an_id_is_never_given_twice_on_a_leg(kit):
    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA", "1980-01-01"))
    night.api("09:00", kit.person("BERG/BELA", "1990-01-01"), action="update")
    own = f"{kit.leg}|f001:100:0"
    again = [kit.pseudonym("traveller", text) for text in (own, f"{own}|2", f"{own}|3")]
    both = ["f000:100:0", "f001:100:0"]
    after = ids(night.settle(earlier=held(kit, {again[0]: both})))
    assert after == {"ANNA": again[0], "BELA": again[1]}
    night.api("09:30", kit.person("CERNY/CARL", "1985-01-01"), action="update")
    after = ids(night.settle(earlier=held(kit, {again[0]: both, again[1]: ["f002:100:0"]})))
    assert after == {"ANNA": again[0], "BELA": again[2], "CARL": again[1]}


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


def test_a_name_alone_has_the_travellers_own_key_and_a_birth_date_makes_it_the_persons(kit):
    from screening.identity.person_key import text

    night = kit.Night()
    night.api(
        "08:00", kit.person("ADAM/ANNA"), kit.person("", "1980-01-01"), kit.person("BERG/BELA", "1990-01-01")
    )
    rows = night.settle().travellers.to_pylist()
    assert {row["person_key"] for row in rows} == {
        *(kit.pseudonym("person", row["traveller_id"]) for row in rows if row["given_names"] != "BELA"),
        kit.pseudonym("person", text("BERG", "BELA", date(1990, 1, 1))),
    }


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
