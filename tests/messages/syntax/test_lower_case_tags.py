"""A sender that lowers its tags loses nobody."""

import pytest

from screening.messages.read import read_input
from screening.messages.syntax.lower_case_tags import raise_tags
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
    assert raise_tags(pieces, b"+") == ([0] if sent != read else [])
    assert pieces == [read]


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
