"""People in bytes that could not be used are counted, else as stated, else unknown: never nobody by mistake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.messages.people import people_in
from screening.tables.codes import Counted

HEAD = b"UNB+UNOA:4+XQAIR+AGENCY+261122:1800+1'UNH+1+PAXLST:D:12B:UN:IATA'BGM+745'TDT+20+XQ0401'"
MANY = b"".join(b"NAD+FL+++DOE:JANE'DTM+329:800101'" for _ in range(80))


@pytest.mark.parametrize(
    ("data", "people", "counted", "flight"),
    [
        pytest.param(HEAD + MANY, 80, Counted.COUNTED, "XQ401", id="passengers"),
        pytest.param(HEAD + b"NAD+FM+++A:B'NAD+DDU+++C:D'NAD+DDT+++E:F'", 3, Counted.COUNTED, "XQ401", id="crew and transit"),
        pytest.param(HEAD + b"NAD+MS+++OPS DESK'NAD+FL+++DOE:JANE'", 1, Counted.COUNTED, "XQ401", id="a desk is no traveller"),
        pytest.param(HEAD + MANY + b"CNT+42:82'", 80, Counted.COUNTED, "XQ401", id="counted before stated"),
        pytest.param(HEAD + b"N#D#FL#DOE'CNT+42:80'UNT+9+1'", 80, Counted.STATED, "XQ401", id="stated where none can be counted"),
        pytest.param(HEAD + b"CNT+42:0'", 0, Counted.STATED, "XQ401", id="stated as empty"),
        pytest.param(HEAD + b"UNT+900+1'", None, Counted.UNKNOWN, "XQ401", id="a number of segments is no number of people"),
        pytest.param(HEAD.replace(b"'", b"\n") + MANY.replace(b"'", b"\n"), 80, Counted.COUNTED, "XQ401", id="other terminator"),
        pytest.param(MANY.replace(b"+", b"*"), 80, Counted.COUNTED, None, id="other separator"),
        pytest.param(
            b"UNH+1+PNRGOV:13:1'TVL+231126:0915+ARN+VIE+XQ+401'TIF+DOE+JANE:A:1'TIF+ROE+RICHARDMR:A:2'",
            2, Counted.COUNTED, "XQ401", id="bookings",
        ),
        pytest.param(b"UNH+1+PNRGOV:13:1'EQN+3'", None, Counted.UNKNOWN, None, id="bookings without travellers"),
        pytest.param(b"UNH+1+CUSRES:D:05B'BGM+962'ERP+2'", 0, Counted.NOBODY, None, id="an answer of an agency"),
        pytest.param(b"", 0, Counted.NOBODY, None, id="no byte"),
        pytest.param(b" \r\n", 0, Counted.NOBODY, None, id="white space"),
        pytest.param(b"transfer host restarted at 02:10 on 2026-11-23\n", 0, Counted.NOBODY, None, id="a note"),
        pytest.param(b"QU BRUBCXH\r\n.BRUOPXH 231200\r\n", 0, Counted.NOBODY, None, id="lines of a telex"),
        pytest.param(b"DOE JANE\nROE RICHARD\nPOE EDGAR\n", None, Counted.UNKNOWN, None, id="names line by line"),
        pytest.param(b"1. Doe, Jane\n2. Roe, Richard\n3. Poe, Edgar\n", None, Counted.UNKNOWN, None, id="a numbered list"),
        pytest.param(b"surname;given;born\nDoe;Jane;1980\n", None, Counted.UNKNOWN, None, id="a table"),
        pytest.param(b"x" * 30_000, None, Counted.UNKNOWN, None, id="too long for a note"),
        pytest.param(b"%PDF-1.7\x00\xff", None, Counted.UNKNOWN, None, id="no text"),
        pytest.param(b"UNA:+.? '\r\n", None, Counted.UNKNOWN, None, id="the head of something"),
        pytest.param(b"A traveller stands in TIF, in NAD-FL or in DOC.\n", None, Counted.UNKNOWN, None, id="prose about segments"),
    ],
)  # fmt: skip
def test_people_are_counted_else_stated_else_unknown(data, people, counted, flight):
    found = people_in(data)
    assert (found.people, found.counted, found.flight) == (people, counted, flight)


@given(before=st.binary(max_size=40), after=st.binary(max_size=40), people=st.integers(1, 9))
def test_whatever_stands_around_them_people_are_never_nobody(before, after, people):
    data = before + b"'" + b"NAD+FL+++DOE:JANE'" * people + after
    found = people_in(data)
    assert found.people is not None
    assert found.people >= people
    assert people_in(data, len(before) + 1, len(data) - len(after)).people == people
