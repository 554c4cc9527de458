"""API and PNR joined traveller by traveller, each join with its basis, none by guess."""

import pytest


def joined(kit, api, pnr):
    night = kit.Night()
    night.api("08:00", *(kit.person(*one[0], **one[1]) for one in api))
    night.pnr("07:00", *(kit.person(*one[0], **one[1]) for one in pnr))
    settled = night.settle()
    kit.ledger(settled)
    return settled


def person(*ordered, **more):
    return ordered, more


@pytest.mark.parametrize(
    ("api", "pnr", "basis"),
    [
        pytest.param(person("ADAM/ANNA", locator="L1"), person("ADAM/ANNA", locator="L1"), "locator_and_name", id="1"),
        pytest.param(person("ADAM/ANNA MARIA", locator="L1"), person("ADAM/ANNA", locator="L1"), "locator_and_name",
                     id="second name dropped"),
        pytest.param(person("DE LA CRUZ/ANA", locator="L1"), person("DE/LA CRUZ ANA", locator="L1"), "locator_and_name",
                     id="border between the names drawn elsewhere"),
        pytest.param(person("O'LEARY/KRIS", locator="L1"), person("O LEARY/KRIS", locator="L1"), "locator_and_name",
                     id="signs and blanks"),
        pytest.param(person("ØSTERGÅRD/MICHAŁ", locator="L1"), person("OESTERGAARD/MICHAL", locator="L1"),
                     "locator_and_name", id="transliterated in one of them"),
        pytest.param(person("ADAM/ANNA", traveller_reference="R1"), person("ADAM/ANNA", traveller_reference="R1"),
                     "traveller_reference", id="2"),
        pytest.param(person("ADAM/ANNA", None, "A1@DE"), person("EVANS/ANNA", None, "A1@DE"), "document",
                     id="3, married name"),
        pytest.param(person("ADAM/ANNA", "1980-01-01", "A1@DE"), person("ADAM/ANNA", "1980-01-10", "A1@DE"), "document",
                     id="3, birth date differs, name and document agree"),
        pytest.param(person("ADAM/ANNA", "1980-01-01"), person("ADAM/ANNA B", "1980-01-01"), "name_and_birth_date",
                     id="4"),
        pytest.param(person("ADAM/ANNA", seat="056F"), person("ADAM/ANNA", seat="56F"), "name_and_seat", id="5"),
        pytest.param(person("ADAM/ANNA", "1980-01-01", "A1@DE", locator="L1", seat="1A"),
                     person("ADAM/ANNA", "1980-01-01", "A1@DE", locator="L1", seat="1A"), "locator_and_name",
                     id="the strongest is named"),
    ],
)  # fmt: skip
def test_joins_by_the_first_basis_that_holds(kit, api, pnr, basis):
    (row,) = joined(kit, [api], [pnr]).travellers.to_pylist()
    assert row["join_basis"] == basis
    assert row["sources"] == ["api", "pnr"]
    assert row["current"] == 2


@pytest.mark.parametrize(
    ("api", "pnr", "code"),
    [
        pytest.param(person("ADAM/ANNA", locator="L1"), person("ADAM/ANNA", locator="L2"), None,
                     id="name alone is no evidence"),
        pytest.param(person("ADAM/ANNA", "1980-01-01", locator="L1"), person("ADAM/ANNA", "2010-01-01", locator="L1"),
                     None, id="mother and daughter of one name"),
        pytest.param(person("ADAM/ANNA", "1980-01-01", "A1@DE"), person("BERG/BELA", "1990-01-01", "A1@DE"),
                     "join_contradicted", id="somebody else's document"),
        pytest.param(person("ADAM/ANNA", traveller_reference="1"), person("BERG/BELA", traveller_reference="1"),
                     "join_contradicted", id="a reference that is none"),
        pytest.param(person("ADAM/ANNA", None, "A1@DE"), person("ADAM/BELA", None, "A1@DE"), "join_contradicted",
                     id="a family books on one document"),
        pytest.param(person("ADAM/ANNA", None, "A1@DE"), person("ADAM/BELA", None, "A1@FR"), None,
                     id="same number of another state"),
    ],
)  # fmt: skip
def test_does_not_join_by_guess(kit, api, pnr, code):
    settled = joined(kit, [api], [pnr])
    assert settled.travellers.num_rows == 2
    assert settled.travellers["join_basis"].null_count == 2
    assert {"api_without_pnr", "pnr_without_api"} <= set(kit.codes(settled))
    assert ("join_contradicted" in kit.codes(settled)) is (code is not None)


def test_two_candidates_are_no_join(kit):
    settled = joined(
        kit,
        [person("KIM/MIN", locator="L1")],
        [person("KIM/MIN A", locator="L1"), person("KIM/MIN B", locator="L1")],
    )
    assert settled.travellers.num_rows == 3
    assert "join_ambiguous" in kit.codes(settled)


def test_two_who_ask_for_one_are_no_join(kit):
    settled = joined(
        kit,
        [person("KIM/MIN A", locator="L1"), person("KIM/MIN B", locator="L1")],
        [person("KIM/MIN", locator="L1")],
    )
    assert settled.travellers["join_basis"].null_count == 3
    assert "join_ambiguous" in kit.codes(settled)


def test_a_weaker_basis_decides_between_candidates_of_a_stronger(kit):
    settled = joined(
        kit,
        [person("KIM/MIN", None, "B2@KR", locator="L1")],
        [person("KIM/MIN", None, "A1@KR", locator="L1"), person("KIM/MIN", None, "B2@KR", locator="L1")],
    )
    assert sorted(str(basis) for basis in settled.travellers["join_basis"].to_pylist()) == [
        "None",
        "document",
    ]
    assert "join_ambiguous" not in kit.codes(settled)


def test_equal_names_go_before_names_that_only_agree(kit):
    both = [person("SMITH/JOHN", locator="L1"), person("SMITH/JOHNNY", locator="L1")]
    settled = joined(kit, both, both)
    assert settled.travellers["join_basis"].to_pylist() == ["locator_and_name"] * 2


def test_father_and_son_of_one_name_and_booking_are_told_apart_by_birth(kit):
    both = [
        person("SMITH/JOHN", "1960-01-01", locator="L1"),
        person("SMITH/JOHN", "1990-01-01", locator="L1"),
    ]
    settled = joined(kit, both, list(reversed(both)))
    assert settled.travellers["join_basis"].to_pylist() == ["locator_and_name"] * 2
    assert settled.travellers["other_names"].to_pylist() == [[], []]


def test_api_wins_and_what_it_lacks_comes_from_pnr(kit):
    settled = joined(
        kit,
        [person("ADAM/ANNA MARIA", None, "A1@DE", locator="L1", nationality="DE", birth_as_sent="8001")],
        [person("ADAM/ANNA", "1980-01-01", ["A1@", "V7@US"], locator="L1", nationality="FR", seat="3C", sex="F",
                birth_as_sent="01JAN80", role="infant")],
    )  # fmt: skip
    (row,) = settled.travellers.to_pylist()
    assert (row["given_names"], row["nationality"], row["seat"], row["sex"]) == (
        "ANNA MARIA",
        "DE",
        "3C",
        "F",
    )
    assert (str(row["date_of_birth"]), row["birth_as_sent"]) == ("1980-01-01", "01JAN80")
    assert row["other_names"] == ["ADAM/ANNA"]
    assert row["role"] == "infant"
    assert settled.documents.select(["ordinal", "number", "issuing_state"]).to_pylist() == [
        {"ordinal": 0, "number": "A1", "issuing_state": "DE"},
        {"ordinal": 1, "number": "V7", "issuing_state": "US"},
    ]


def test_doubled_documents_are_one_and_fill_each_other(kit):
    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA", documents=[{"type": "other", "number": "A1"}], locator="L1"))
    passport = {
        "type": "passport",
        "number": "A1",
        "issuing_state": "DE",
        "surname": "ADAM",
        "check_digit": "right",
    }
    visa = {"type": "visa", "number": "A1", "issuing_state": "US"}
    night.pnr("08:00", kit.person("ADAM/ANNA", documents=[passport, visa, {"number": ""}], locator="L1"))
    rows = night.settle().documents.to_pylist()
    assert [(row["type"], row["issuing_state"], row["surname"], row["check_digit"]) for row in rows] == [
        ("passport", "DE", "ADAM", "right"),
        ("visa", "US", None, "none"),
    ]


def test_one_source_alone_is_no_lead(kit):
    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA"))
    assert kit.codes(night.settle()) == []


def test_crew_without_booking_is_no_lead(kit):
    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA", locator="L1"))
    night.api("08:00", kit.person("CREW/CARL", role="crew"), function="crew")
    night.pnr("08:00", kit.person("ADAM/ANNA", locator="L1"))
    assert kit.codes(night.settle()) == []


@pytest.mark.parametrize(
    ("one", "other", "number"),
    [
        pytest.param(("ADAM/ANNA", None, "A1@DE"), ("ADAM/ANNA", "1980-01-01", "A1@DE"), 1, id="document and name"),
        pytest.param(("ADAM/ANNA", "1980-01-01", "A1@DE"), ("BERG/BELA", "1981-01-01", "A1@DE"), 2,
                     id="crew of one document number"),
        pytest.param(("TWIN/TIM", "2019-01-01", "A1@DE"), ("TWIN/TOM", "2019-01-01", "A1@DE"), 2, id="twins"),
        pytest.param(("ADAM/ANNA", "1980-01-01", None), ("ADAM/ANNA", "1980-01-01", None), 2,
                     id="name and birth twice in one message are two"),
    ],
)  # fmt: skip
def test_doubles_of_one_message(kit, one, other, number):
    night = kit.Night()
    night.api("08:00", kit.person(*one), kit.person(*other))
    settled = night.settle()
    assert settled.travellers.num_rows == number
    assert kit.ledger(settled)["passed"] == number
    shared = number == 2 and one[2] is not None
    assert ("document_on_several_travellers" in kit.codes(settled)) is shared


def test_one_person_in_two_bookings_and_in_two_senders_lists_is_one_traveller(kit):
    night = kit.Night()
    anna = ("ADAM/ANNA", "1980-01-01")
    night.pnr("08:00", kit.person(*anna, "A1@DE", locator="L1"), kit.person(*anna, "A1@DE", locator="L2"))
    night.api("09:00", kit.person(*anna), sender="QX")
    night.api("09:30", kit.person(*anna), sender="QY")
    settled = night.settle()
    assert settled.travellers["current"].to_pylist() == [4]
    assert kit.ledger(settled) == {"passed": 1, "merged": 3}


def test_check_in_repeats_of_a_booking_count_once(kit):
    night = kit.Night()
    same = {"locator": "L1", "booking_reference": "1"}
    night.pnr("08:00", kit.person("ADAM/ANNA", **same), kit.person("ADAM/ANNA M", **same),
              kit.person("BERG/BELA", locator="L1", booking_reference="1"))  # fmt: skip
    assert kit.names(night.settle()) == ["ADAM/ANNA M", "BERG/BELA"]


def test_a_cancelled_booking_without_names_withdraws_its_travellers(kit):
    night = kit.Night()
    night.pnr("08:00", kit.person("ADAM/ANNA", locator="L1"), kit.person("BERG/BELA", locator="L2"))
    night.pnr("09:00", kit.person("", locator="L1", says="withdrawn"), action="update")
    settled = night.settle()
    assert kit.counted(settled) == ["BERG/BELA"]
    assert kit.standings(settled) == {"ANNA": "withdrawn cancelled_booking", "BELA": "confirmed"}
    assert kit.ledger(settled) == {"passed": 2, "withdrawn": 1}


def test_findings_name_nobody(kit):
    night = kit.Night()
    night.api(
        "08:00", kit.person("SECRETNAME/ANNA", "1980-01-01", "NUMBER1@DE"), departure="2026-11-24T12:30"
    )
    night.pnr("08:00", kit.person("OTHERNAME/BELA", "1990-01-01", "NUMBER1@DE", locator="LOCAT1"))
    night.api("09:00", kit.person("SECRETNAME/CARL"), action="cancel")
    (flight,) = night.settle().flights.to_pylist()
    texts = " ".join(finding["text"] for finding in flight["findings"])
    assert len(flight["findings"]) >= 4
    assert not any(word in texts for word in ("SECRETNAME", "OTHERNAME", "NUMBER1", "LOCAT1", "1980", "1990"))
