"""Lost terminators: parted where the grammar and the bytes prove it, and nowhere else."""

import pytest

from screening.messages.pnrgov.lost_terminators import Splitter
from screening.messages.pnrgov.tables import At
from screening.messages.syntax.segments import DEFAULT, Segment, Syntax

SYNTAX = Syntax(DEFAULT, "utf_8", 1)
SPLITTER = Splitter(b"+")


def parted(text, at):
    """Give the two halves of a segment and the finding's code, or None."""
    raw = text.encode()
    assert SPLITTER.suspicious([b"SRC", raw, b"UNT+3+1"]) <= {1}
    if not SPLITTER.suspicious([raw]):
        return None
    found = SPLITTER.part(Segment(raw, 10, len(raw), 4, SYNTAX), at)
    if found is None:
        return None
    first, second, finding = found
    assert second.offset == 10 + raw.index(second.raw)
    assert second.offset + second.length == 10 + len(raw)
    return first.raw.decode(), second.raw.decode(), finding.code


@pytest.mark.parametrize(
    ("text", "at", "second", "code"),
    [
        pytest.param("ORG+1A:MUC+9TIF+KIM:I+SU MRS:A:3", At.BOOKING, "TIF+KIM:I+SU MRS:A:3", "terminator_lost",
                     id="a name by its shape"),
        pytest.param("SSR+DOCS:HK:1:XY:::::/P/A/LEETVL+231126:1730+FRA+IAD+XY+1", At.NAME,
                     "TVL+231126:1730+FRA+IAD+XY+1", "terminator_lost", id="a leg by its shape"),
        pytest.param("RCI+1A:ABC123DAT+700:231126:1010", At.BOOKING, "DAT+700:231126:1010", "terminator_lost",
                     id="a date by its shape"),
        pytest.param("RCI+1A:ABC123’DAT+700", At.BOOKING, "DAT+700", "terminator_typographic_or_lost",
                     id="a typographic apostrophe"),
        pytest.param("RCI+1A:ABC123’\nTVL+++++7", At.LEG, "TVL+++++7", "terminator_typographic_or_lost",
                     id="a typographic apostrophe and a line break"),
        pytest.param("TIF+LEE+KIM:A:1’REF+:X", At.NAME, "REF+:X", "terminator_typographic_or_lost",
                     id="an apostrophe proves it even behind a name"),
        pytest.param("REF+:ABO1\nSSR+DOCS", At.NAME, "SSR+DOCS", "terminator_lost", id="a line break"),
    ],
)  # fmt: skip
def test_a_swallowed_segment_is_parted(text, at, second, code):
    first, found, finding = parted(text, at)
    assert (found, finding) == (second, code)
    assert text.startswith(first)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param("TIF+LATIF+AHMED:A:1", At.NAME, id="LATIF"),
        pytest.param("TIF+LATIF+AHMED:A:1+SARA:A:2", At.NAME, id="LATIF twice"),
        pytest.param("TIF+GHAFFAR+OMAR:A:1", At.NAME, id="GHAFFAR"),
        pytest.param("TIF+SADAT+ANWAR:A:1", At.NAME, id="SADAT"),
        pytest.param("SSR+DOCS:HK:1:XY:::::/P/A/1/A//M//AHMED/LATIF+::1", At.NAME, id="LATIF in DOCS"),
        pytest.param("IFT+4:43+AHMED LATIF+MAIN ST 2:A:1+555", At.NAME, id="LATIF who pays"),
        pytest.param(
            "TBD++3:33:700++HP:SIN- 168+618:01:722356:IC DAT", At.BOARDING, id="a bare tag at the end"
        ),
        pytest.param("LTS+4/Z/1AINV RM SQ\nLTS+0/5/C", At.LEG, id="host text"),
        pytest.param("EQN+9TIF+KIM:I+SU MRS:A:3", At.HEADER, id="where the grammar has none"),
        pytest.param("SSR+SEAT:HK:1:XY:::FRA:IAD+TVL+1", At.LEG, id="a value that is a tag"),
    ],
)
def test_everything_else_stays_text(text, at):
    assert parted(text, at) is None
