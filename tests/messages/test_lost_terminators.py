"""A segment that loses its terminator takes no other segment's facts with it, whatever stands in its place."""

import pytest

from screening.messages.describe import all_findings
from screening.messages.read import read_input
from screening.profile.model import Intake

PAXLST = (
    "UNA:+.? '", "UNB+UNOA:4+QXDCS+BEGOV+261123:0700+901'", "UNH+1+PAXLST:D:05B:UN:IATA'", "BGM+745'", "NAD+MS+++OPS DESK'",
    "TDT+20+QX0412+++QX'", "LOC+125+DOH'", "DTM+189:2611231010:201'", "LOC+87+BRU'", "DTM+232:2611231540:201'",
    "NAD+FL+++HADDAD:SAMIR'", "ATT+2++M'", "DTM+329:710412'", "LOC+178+DOH'", "LOC+179+BRU'", "NAT+2+TUN'", "RFF+AVF:ABC123'",
    "DOC+P+T2000001'", "DTM+36:310101'", "LOC+91+TUN'", "NAD+FL+++MANSOUR:LEILA'", "ATT+2++F'", "DTM+329:19800303:102'",
    "NAT+2+CHE'", "EMP+1+CR1:110:111'", "DOC+I+X7654321'", "LOC+91+CHE'", "CNT+42:2'", "UNT+28+1'", "UNZ+1+901'",
)  # fmt: skip
PNRGOV = (
    "UNA:+.? '", "UNB+IATA:1+QX+BEGOV+261122:1545+77'", "UNH+1+PNRGOV:17:1:IA+QX412/231126'", "MSG+:22'", "ORG+QX:DOH'",
    "TVL+231126:1010:231126:1540+DOH+BRU+QX+412'", "EQN+1'", "SRC'", "RCI+QX:ABC123::011026:0910'", "TIF+HADDAD+SAMIRMR:A:1'",
    "SSR+DOCS:HK:1:QX:::::/P/TUN/T2000001/TUN/12APR71/M/01JAN31/HADDAD/SAMIR+::1'", "TIF+MANSOUR+LEILAMS:A:2'",
    "SSR+DOCS:HK:1:QX:::::/P/CHE/X7654321/CHE/03MAR80/F/01JAN31/MANSOUR/LEILA+::2'",
    "TVL+231126:1010:231126:1540+DOH+BRU+QX+412:Y'", "RPI+2+HK'", "UNT+14+1'", "UNZ+1+77'",
)  # fmt: skip
BENT = ("", "\n", ",", ";", '"', "|", "`", "’", "´\n", ",\r\n")


def facts(text):
    reading = read_input(text.encode(), Intake())
    legs = {leg.flight_id for message in reading.messages for leg in message.legs}
    people = [
        (
            one.name_as_sent, one.date_of_birth, one.sex, one.nationality, one.locator,
            tuple((document.number, document.issuing_state) for document in one.documents),
        )
        for message in reading.messages
        for one in message.travellers
    ]  # fmt: skip
    codes = {found.code for message in reading.messages for found in all_findings(message)}
    return legs, people, codes


@pytest.mark.parametrize("line_end", ["", "\n", "\r\n"], ids=["one line", "lines", "CRLF"])
@pytest.mark.parametrize("bent", BENT, ids=ascii)
@pytest.mark.parametrize("segments", [PAXLST, PNRGOV], ids=["PAXLST", "PNRGOV"])
def test_one_lost_terminator_loses_nothing(segments, bent, line_end):
    legs, people, _ = facts(line_end.join(segments))
    assert len(people) == 2
    for place in range(1, len(segments) - 1):
        damaged = [*segments[:place], segments[place].removesuffix("'") + bent, *segments[place + 1 :]]
        found = facts(line_end.join(damaged))
        assert found[:2] == (legs, people), segments[place]


@pytest.mark.parametrize("segments", [PAXLST, PNRGOV], ids=["PAXLST", "PNRGOV"])
@pytest.mark.parametrize("lost", [1, 2], ids=["UNB", "UNH"])
def test_one_lost_service_segment_sets_nobody_aside(segments, lost):
    _, people, codes = facts("\n".join(segments[:lost] + segments[lost + 1 :]))
    assert people == facts("\n".join(segments))[1]
    assert codes & {"unb_damaged", "unh_damaged"}


@pytest.mark.parametrize("place", range(1, 10))
def test_no_sign_of_a_header_segment_decides_for_the_file(place):
    """Each character of each header segment is lost, or becomes another sign or letter, in turn."""
    _, people, _ = facts("\n".join(PAXLST))
    known = [(one[0], one[-1]) for one in people]
    segment = PAXLST[place]
    for at in range(len(segment)):
        for sign in ("", "~", "Z", "+"):
            damaged = [*PAXLST[:place], segment[:at] + sign + segment[at + 1 :], *PAXLST[place + 1 :]]
            _, found, _ = facts("\n".join(damaged))
            assert [(one[0], one[-1]) for one in found] == known, (segment, at, sign)
