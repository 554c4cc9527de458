"""When two statements are about the same person."""

import pytest

from screening.manifests.same import (
    Tier,
    contradicts,
    documents_differ,
    fits,
    keys,
    names_agree,
    same_document,
    touches,
)

BORN = 3652  # 1980-01-01 in days


def stated(kit, *people):
    """The statements of one message, as rows 0, 1, …"""
    night = kit.Night()
    night.api("08:00", *(kit.person(*facts, **more) for *facts, more in people))
    return night.ordered()


def two(kit, one, other):
    return stated(kit, (*one, {}), (*other, {}))


WHOLE = ("ADAM/ANNA", "1980-01-01", ["A1@DE", "B2@US"],
         {"locator": "L1", "booking_reference": "7", "traveller_reference": "R"})  # fmt: skip


@pytest.mark.parametrize(
    ("tier", "expected"),
    [
        (Tier.ALL, [("A1@DE", "ADAMANNA", BORN), ("B2@US", "ADAMANNA", BORN)]),
        (Tier.NAME_AND_BIRTH_DATE, [("ADAMANNA", BORN)]),
        (Tier.DOCUMENT_AND_NAME, [("A1@DE", "ADAMANNA"), ("B2@US", "ADAMANNA")]),
        (Tier.LOCATOR_AND_NAME, [("L1", "ADAMANNA")]),
        (Tier.DOCUMENT, [("A1@DE",), ("B2@US",)]),
        (Tier.REFERENCE, [("booking", "L1", "7"), ("traveller", "R")]),
        (Tier.NAME, [("ADAMANNA",)]),
        (Tier.SURNAME, [("ADAM",)]),
    ],
)
def test_keys_of_a_statement_that_says_everything(kit, tier, expected):
    assert keys(stated(kit, WHOLE), 0, tier) == expected


@pytest.mark.parametrize(
    ("person", "tiers"),
    [
        pytest.param(("", None, None, {}), set(), id="nothing"),
        pytest.param(("ADAM/ANNA", None, None, {}), {Tier.NAME, Tier.SURNAME}, id="a name"),
        pytest.param(("/ANNA", None, None, {}), {Tier.NAME}, id="a given name"),
        pytest.param(("", "1980-01-01", None, {}), set(), id="a birth date alone"),
        pytest.param(("", "1980-01-01", "A1@DE", {}), {Tier.DOCUMENT}, id="a document and a birth date"),
        pytest.param(("", None, None, {"locator": "L1"}), set(), id="a booking alone"),
        pytest.param(("", None, None, {"booking_reference": "7"}), set(), id="a place in no booking"),
        pytest.param(("", None, None, {"locator": "L1", "booking_reference": "7"}), {Tier.REFERENCE}, id="a place in one"),
        pytest.param(("", None, None, {"traveller_reference": "R"}), {Tier.REFERENCE}, id="a reference"),
        pytest.param(("ADAM/ANNA", "1980-01-01", None, {}), {Tier.NAME_AND_BIRTH_DATE, Tier.NAME, Tier.SURNAME},
                     id="no document"),
    ],
)  # fmt: skip
def test_a_statement_has_no_key_of_what_it_lacks(kit, person, tiers):
    ordered = stated(kit, person)
    assert {tier for tier in Tier if keys(ordered, 0, tier)} == tiers


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        pytest.param("ADAM/ANNA", "ADAM/ANNA", True, id="equal"),
        pytest.param("", "", False, id="two without name"),
        pytest.param("ADAM/ANNA MARIA", "ADAM/ANNA", True, id="a second name dropped"),
        pytest.param("ADAM/J", "ADAM/JOHN", True, id="an initial"),
        pytest.param("ADAM/ANNA", "ADAM/BELA", False, id="another given name"),
        pytest.param("ADAM/ANNA", "BERG/ANNA", False, id="another surname"),
        pytest.param("ADAM", "ADAM/ANNA", True, id="no given name"),
        pytest.param("/ANNA", "/ANNA MARIA", False, id="no surname"),
        pytest.param("DE LA CRUZ/ANA", "DE/LA CRUZ ANA", True, id="border drawn elsewhere"),
        pytest.param("MUELLER/JOERG", "MULLER/JORG", True, id="transliterated"),
        pytest.param("MUELLER/JOERG A", "MULLER/JORG", True, id="transliterated, and a second name"),
    ],
)
def test_names_agree(kit, one, other, agree):
    ordered = two(kit, (one,), (other,))
    assert names_agree(ordered, 0, 1) is names_agree(ordered, 1, 0) is agree


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param("1980-01-01", "1980-01-02", True, id="differ"),
        pytest.param("1980-01-01", "1980-01-01", False, id="equal"),
        pytest.param("1980-01-01", None, False, id="one unknown"),
        pytest.param(None, None, False, id="both unknown"),
    ],
)
def test_birth_dates_contradict_when_both_are_known_and_differ(kit, one, other, expected):
    ordered = two(kit, ("ADAM/ANNA", one), ("ADAM/ANNA", other))
    assert contradicts(ordered, 0, 1) is contradicts(ordered, 1, 0) is expected


@pytest.mark.parametrize(
    ("one", "other", "same", "differ"),
    [
        pytest.param("A1@DE", "A1@DE", True, False, id="one document"),
        pytest.param(["A1@DE", "B2@US"], ["B2@US", "C3@FR"], True, False, id="one of two"),
        pytest.param("A1@DE", "B2@DE", False, True, id="another number"),
        pytest.param("A1@DE", "A1@FR", False, True, id="another State"),
        pytest.param("A1@DE", None, False, False, id="one without"),
        pytest.param(None, None, False, False, id="both without"),
    ],
)
def test_documents(kit, one, other, same, differ):
    ordered = two(kit, ("A/B", None, one), ("A/B", None, other))
    assert same_document(ordered, 0, 1) is same_document(ordered, 1, 0) is same
    assert documents_differ(ordered, 0, 1) is documents_differ(ordered, 1, 0) is differ


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(("ADAM/ANNA", "1980-01-01"), ("ADAM/ANNA B", "1990-01-01"), True, id="names that agree"),
        pytest.param(("ADAM/ANNA", None), ("EVANS/ANNA", None), True, id="the same given names: married"),
        pytest.param(("ADAM/ANNA", "1980-01-01"), ("EVANS/ANNA", "1990-01-01"), False, id="and another birth date"),
        pytest.param(("ADAM/ANNA", "1980-01-01"), ("EVANS/BELA", "1980-01-01"), True, id="the same birth date"),
        pytest.param(("ADAM/ANNA", None), ("ADAM/BELA", None), False, id="a surname is not enough"),
        pytest.param(("ADAM", None), ("EVANS", None), False, id="no given names are not the same ones"),
    ],
)  # fmt: skip
def test_what_says_beside_a_document_that_it_is_one_person(kit, one, other, expected):
    ordered = two(kit, one, other)
    assert touches(ordered, 0, 1) is touches(ordered, 1, 0) is expected


NAMES, LOOSE = {Tier.NAME, Tier.SURNAME}, {Tier.DOCUMENT, Tier.REFERENCE}
STRICT = {Tier.ALL, Tier.NAME_AND_BIRTH_DATE}


@pytest.mark.parametrize(
    ("one", "other", "tiers"),
    [
        pytest.param(("ADAM/ANNA",), ("ADAM/ANNA",), set(Tier), id="equal names"),
        pytest.param(("ADAM/ANNA", None, "A1@DE"), ("ADAM/ANNA", None, "A1@DE"), set(Tier), id="and one document"),
        pytest.param(("ADAM/ANNA", None, "A1@DE"), ("ADAM/ANNA", None, "B2@DE"), set(Tier) - NAMES,
                     id="documents differ: a name alone does not do"),
        pytest.param(("ADAM/ANNA",), ("BERG/BELA",), set(Tier) - NAMES - LOOSE, id="nothing in common"),
        pytest.param(("ADAM/ANNA", "1980-01-01"), ("ADAM/ANNA", "1990-01-01"), STRICT,
                     id="father and son of one name"),
        pytest.param(("ADAM/ANNA", "1980-01-01", "A1@DE"), ("ADAM/ANNA", "1990-01-01", "A1@DE"), set(Tier),
                     id="name and document say that it is one"),
        pytest.param(("ADAM/ANNA", "1980-01-01", "A1@DE"), ("BERG/BELA", "1990-01-01", "A1@DE"), STRICT,
                     id="the document alone does not"),
        pytest.param(("ADAM/ANNA", None), ("EVANS/ANNA", None), set(Tier) - NAMES, id="married"),
    ],
)  # fmt: skip
def test_at_which_keys_two_statements_may_be_one_person(kit, one, other, tiers):
    ordered = two(kit, one, other)
    assert {tier for tier in Tier if fits(ordered, tier, 0, 1)} == tiers
    assert {tier for tier in Tier if fits(ordered, tier, 1, 0)} == tiers
