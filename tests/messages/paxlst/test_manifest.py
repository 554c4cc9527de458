"""A PAXLST manifest: one traveller's deviation is their own, and what was read before decides nothing."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.messages.paxlst import reader
from screening.messages.read import read_input
from screening.messages.tabulate import tabulate
from screening.profile.model import Intake
from screening.tables.codes import Sex

TWO_LEGS = (
    "TDT+20+XY0123+++XY'LOC+125+NBO'DTM+189:2611231730:201'LOC+92+FRA'DTM+232:2611240510:201'"
    "DTM+189:2611240700:201'LOC+92+IAD'DTM+232:2611241030:201'"
)
PERSON = (
    "NAD+FL+++DOE{n}:JANE{n}'ATT+2++F'DTM+329:80020{n}'GEI+4+173'FTX+BAG+++XY10020{n}'LOC+178+NBO'LOC+179+IAD'"
    "NAT+2+GBR'RFF+AVF:ABC12{n}'RFF+ABO:R{n}'RFF+SEA:1{n}C'RFF+SEA:2{n}D'DOC+P:110:111+X123456{n}'DTM+36:300101'"
    "LOC+91+GBR'DOC+V+V{n}'LOC+91+USA'"
)
USUAL = 7
# What may stand between two usual travellers; what is found in it and in the message
STRANGE = {
    "released sign": ("NAD+FL+++O?'DOE:ANN'DTM+329:800101'", []),
    "hyphen": ("NAD+FL+++POE-ROE:ANN MAY:Q'DTM+329:19800101:102'", []),
    "lower case": ("NAD+FL+++Poe:Ann'DTM+329:800101'", ["lower_case"]),
    "no birth": ("NAD+FL+++ROE:ANN'ATT+2++F'", ["birth_date_missing"]),
    "born on no day": ("NAD+FL+++ROE:ANN'DTM+329:801301'", ["birth_date_impossible"]),
    "no name": ("NAD+FL+++:'DTM+329:800101'DOC+P+Y1'LOC+91+GBR'", ["traveller_without_name"]),
    "given names alone": ("NAD+FL+++:ANN'DTM+329:800101'", ["surname_missing"]),
    "placeholder": ("NAD+FL+++TBA:TBA'DTM+329:800101'", ["placeholder_name"]),
    "role unknown": ("NAD+ZZ+++POE:ANN'DTM+329:800101'", ["role_unknown"]),
    "name in another element": ("NAD+FL+POE:ANN'DTM+329:800101'", ["name_out_of_place"]),
    "one part": ("NAD+FL+++POE/ANN'DTM+329:800101'", []),
    "document without state": ("NAD+FL+++POE:ANN'DTM+329:800101'DOC+P+Y3'", ["document_without_state"]),
    "state before its document": (
        "NAD+FL+++POE:ANN'DTM+329:800101'LOC+91+GBR'DOC+P+Y4'LOC+91+GBR'",
        ["segment_out_of_place"],
    ),
    "document without number": (
        "NAD+FL+++POE:ANN'DTM+329:800101'DOC+P'LOC+91+GBR'",
        ["document_without_number"],
    ),
    "same document": (
        "NAD+FL+++POE:ANN'DTM+329:800101'DOC+P+X1234561'LOC+91+GBR'",
        ["document_number_shared"],
    ),
    "state unknown": ("NAD+FL+++POE:ANN'DTM+329:800101'NAT+2+QQQ'", ["nationality_unknown"]),
    "sex unknown": ("NAD+FL+++POE:ANN'DTM+329:800101'ATT+2++Q'", ["sex_unknown"]),
    "off the legs": ("NAD+FL+++POE:ANN'DTM+329:800101'LOC+178+SVO'LOC+179+CDG'", []),
    "unknown segment": ("NAD+FL+++POE:ANN'DTM+329:800101'LT'", ["unknown_segment"]),
    "empty segment": ("NAD+FL+++POE:ANN''DTM+329:800101'", []),
    "tag with a blank": ("NAD +FL+++POE:ANN'DTM+329:800101'", ["space_after_tag"]),
    "fold": ("NAD+FL+++PO\r\nE:ANN'DTM+329:800\r\n101'", ["line_break_in_value"]),
    "lost terminator": ("NAD+FL+++POE:ANNATT+2++F'DTM+329:800101'", ["terminator_lost"]),
    "bytes of another character set": ("NAD+FL+++PÖE:ANN'DTM+329:800101'", ["undecodable_byte"]),
    "blanks about": ("NAD+FL+++ POE : ANN  MAY '  DTM+329:80 0101'", ["space_in_date"]),
    "count between": ("CNT+42:8'NAD+FL+++POE:ANN'DTM+329:800101'", ["cnt_differs"]),
}


def manifest(*strange, line_end="", action="", una="UNA:+.?*'"):
    """Write seven usual travellers, strange ones behind the second."""
    people = [PERSON.format(n=n) for n in range(1, USUAL + 1)]
    people[2:2] = strange
    text = (
        f"{una}UNB+UNOA:4+XYAPIS+GOV+261123:1545+77'UNH+1+PAXLST:D:12B:UN:IATA'BGM+745{action}'RFF+TN:T1'"
        f"{TWO_LEGS}{''.join(people)}CNT+42:{len(people)}'UNT+99+1'UNZ+1+77'"
    )
    return text.replace("'", f"'{line_end}").replace(f"?'{line_end}", "?'").encode("latin_1")


def read(data):
    (message,) = read_input(data, Intake()).messages
    return message


def facts(travellers):
    """Return what is stated of travellers, without their places."""
    return [replace(one, ordinal=0, offset=0, length=0) for one in travellers]


@pytest.mark.parametrize("line_end", ["", "\r\n", "\n"], ids=["none", "crlf", "lf"])
@pytest.mark.parametrize(("strange", "codes"), STRANGE.values(), ids=list(STRANGE))
def test_what_deviates_in_one_traveller_leaves_the_others_as_they_are(strange, codes, line_end):
    message = read(manifest(strange, line_end=line_end))
    usual = read(manifest())
    own = message.travellers.pop(2)
    found = {one.code for one in [*message.findings, *own.findings]} - {"unt_count_differs"}
    assert sorted(found) == codes
    assert facts(message.travellers) == facts(usual.travellers)


def test_a_terminator_lost_between_two_travellers_loses_neither():
    message = read(manifest("NAD+FL+++POE:ANN'DTM+329:800101NAD+FL+++QOE:ANN'DTM+329:800101'"))
    assert [one.surname for one in message.travellers[2:4]] == ["POE", "QOE"]
    assert len(message.travellers) == USUAL + 2


def test_the_first_of_two_statements_about_a_traveller_holds_and_the_other_is_kept():
    twice = "NAD+FL+++POE:ANN'DTM+329:800101'DTM+329:810101'ATT+2++F'ATT+2++M'RFF+AVF:A'RFF+AVF:B'"
    one = read(manifest(twice)).travellers[2]
    assert (one.birth_as_sent, str(one.sex), one.locator) == ("800101", "F", "A")
    assert (one.other_births, one.other_sexes) == (("1981-01-01",), (Sex.MALE,))
    assert [found.text.rpartition("Fact: ")[2] for found in one.findings] == [
        "date of birth.",
        "sex.",
        "locator.",
    ]


def test_a_flight_between_travellers_adds_legs():
    more = "TDT+20+XY0124+++XY'LOC+125+IAD'DTM+189:2611241730:201'LOC+87+ORD'NAD+FL+++POE:ANN'DTM+329:800101'"
    message = read(manifest(more))
    assert len(message.legs) == 3
    assert (message.travellers[0].legs, message.travellers[2].legs) == ((0, 1), (0, 1, 2))


@pytest.mark.parametrize("action", ["", "+XR", "+CLOB"])
def test_what_a_message_does_holds_for_all_its_travellers(action):
    travellers = read(manifest(STRANGE["no birth"][0], action=action)).travellers
    assert len({(one.says, one.on_board) for one in travellers}) == 1


def test_seats_go_with_the_legs_in_order():
    rows = tabulate([read_input(manifest(), Intake())])["statements"].to_pylist()
    seats = {(row["surname"], row["flight_id"][-7:]): row["seat"] for row in rows}
    assert (seats["DOE1", "NBO-FRA"], seats["DOE1", "FRA-IAD"]) == ("11C", "21D")
    assert len(rows) == 2 * USUAL


def test_separators_may_be_signs_that_names_hold():
    message = read(manifest().replace(b"+", b"-"))
    assert facts(message.travellers) == facts(read(manifest()).travellers)


def test_a_fold_within_a_character_leaves_the_character():
    data = manifest().replace(b"LOC+178+NBO", "LOC+178+É".encode(), 1).replace("É".encode(), b"\xc3\r\n\x89")
    assert read(data).travellers[0].embarkation == "É"


def damaged(chance):
    """Damage a manifest with two strange travellers behind its header."""
    strange = [text for text, _ in chance.sample(list(STRANGE.values()), 2)]
    out = bytearray(manifest(*strange, line_end=chance.choice(["", "\r\n"])))
    for _ in range(chance.randint(1, 3)):
        place, kind = chance.randrange(200, len(out)), chance.randrange(3)
        if kind == 0:
            out[place] = chance.randrange(256)
        elif kind == 1:
            del out[place : place + chance.randint(1, 30)]
        else:
            out[place:place] = chance.choice([b"?", b"'", b"+", b":", b"\n", b" ", b"UNA", b"\x1b", b"-"])
    return bytes(out)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_what_is_remembered_of_other_messages_changes_nothing(seed):
    data = damaged(random.Random(seed))
    reader.compiled.cache_clear()
    alone = read_input(data, Intake())
    read_input(manifest(), Intake())
    read_input(damaged(random.Random(seed + 1)), Intake())
    assert read_input(data, Intake()) == alone


def test_more_values_than_are_remembered_are_read_alike(monkeypatch):
    reader.compiled.cache_clear()
    usual = read(manifest())
    monkeypatch.setattr(reader, "_VALUES_KEPT", 3)
    reader.compiled.cache_clear()
    assert read(manifest()) == usual


def test_each_repetition_of_a_fact_is_read_where_the_syntax_repeats_elements():
    one = read(manifest("NAD+FL+++POE:ANN'DTM+329:800101*329:810101'NAT+2+IRN*CAN'")).travellers[2]
    assert (one.birth_as_sent, one.other_births) == ("800101", ("1981-01-01",))
    assert (one.nationality, one.other_nationalities) == ("IR", ("CA",))
