"""A sender that lowers its tags, or a wrong sign in one, loses nobody."""

import pytest

from screening.messages.read import read_input
from screening.messages.syntax.damaged_tags import mend_tags
from screening.profile.model import Intake
from tests.messages_by_hand import FILLERS, paxlst, pnrgov


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        pytest.param(b"nad+fl+++DOE:jane", b"NAD+FL+++DOE:jane", id="tag and code"),
        pytest.param(b"tif+doe+jane:A:1", b"TIF+DOE+jane:A:1", id="a short name behind it is no worse in upper case"),
        pytest.param(b" nad+FL", b" NAD+FL", id="indented"),
        pytest.param(b"NAD+fl", b"NAD+fl", id="tag as it should be"),
        pytest.param(b"nadine", b"nadine", id="no tag"),
        pytest.param(b"free text", b"free text", id="prose"),
        pytest.param(b"", b"", id="empty"),
    ],
)  # fmt: skip
def test_a_tag_is_raised_with_the_code_behind_it(sent, read):
    pieces = [sent]
    assert mend_tags(pieces, b"+", b":") == ([0] if sent != read else [], [])
    assert pieces == [read]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        pytest.param(b"N#D+FL+++DOE:JANE", b"NAD+FL+++DOE:JANE", id="within"),
        pytest.param(b"?AD+DDT+++DOE", b"NAD+DDT+++DOE", id="first, transit crew"),
        pytest.param(b"NA\x00+FM+++DOE", b"NAD+FM+++DOE", id="last"),
        pytest.param(b"N#D+MS+++DESK", b"N#D+MS+++DESK", id="no traveller"),
        pytest.param(b"N##+FL+++DOE", b"N##+FL+++DOE", id="two signs"),
        pytest.param(b"T#F+DOE+JANE:A:1", b"TIF+DOE+JANE:A:1", id="booking"),
        pytest.param(b"XIF+DOE+BABY:IN", b"TIF+DOE+BABY:IN", id="infant"),
        pytest.param(b"TIX+12345", b"TIX+12345", id="another segment"),
        pytest.param(b"IFT+4:28+T.F:A", b"IFT+4:28+T.F:A", id="text"),
    ],
)
def test_a_wrong_sign_in_the_tag_of_a_person_is_mended(sent, read):
    pieces = [sent]
    assert mend_tags(pieces, b"+", b":") == ([], [0] if sent != read else [])
    assert pieces == [read]


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize(("tag", "whole"), [("NAD", paxlst(FILLERS)), ("TIF", pnrgov({"ABC123": FILLERS}))])
def test_people_are_read_whatever_one_sign_of_their_tag_is(place, tag, whole):
    lead = {"NAD": "NAD+FL", "TIF": "TIF"}[tag]
    damaged = whole.replace(f"\n{lead}+", f"\n{lead[:place]}%{lead[place + 1 :]}+")
    assert damaged != whole
    told, plain = (read_input(text.encode(), Intake()).messages[0] for text in (damaged, whole))
    assert [(one.surname, one.given_names, one.date_of_birth) for one in told.travellers] == [
        (one.surname, one.given_names, one.date_of_birth) for one in plain.travellers
    ]
    assert "tag_mended" in {found.code for found in told.findings}


@pytest.mark.parametrize("tags", [("NAD+FL", "DOC", "ATT"), ("TIF", "SSR"), ("TVL", "SRC")], ids=str)
def test_people_are_read_whatever_the_case_of_tags(tags):
    for whole in (paxlst(FILLERS), pnrgov({"ABC123": FILLERS})):
        lowered = whole
        for tag in tags:
            lowered = lowered.replace(f"\n{tag}+", f"\n{tag.lower()}+")
        told, plain = (read_input(text.encode(), Intake()).messages for text in (lowered, whole))
        people = [
            [
                (one.surname, one.given_names, one.date_of_birth, len(one.documents))
                for one in message.travellers
            ]
            for message in (*told, *plain)
        ]
        assert people[0] == people[1]
        assert any(found.code == "tag_lower_case" for found in told[0].findings) is (lowered != whole)


@pytest.mark.parametrize("lead", ["NAD+FL+#+", "NAD++L+++", "NAD+FL++", "NAD+FL++++"])
def test_a_name_is_found_beside_its_place(lead):
    """A separator that is lost, too many, or another sign moves it."""
    told = read_input(
        paxlst(FILLERS).replace("NAD+FL+++OKONJO", f"{lead}OKONJO").encode(), Intake()
    ).messages[0]
    assert [one.surname for one in told.travellers] == [surname for surname, *_ in FILLERS]
