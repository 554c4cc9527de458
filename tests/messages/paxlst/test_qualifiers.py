"""Qualifiers of a traveller's facts by their code lists; an unknown one is told and gives no value."""

import pytest

from screening.messages.read import read_input
from screening.profile.model import Intake


def read(segments, sent="261123:0700", departure="2611231730:201"):
    text = (
        f"UNA:+.? 'UNB+UNOA:4+A+B+{sent}+1'UNH+1+PAXLST:D:12B:UN:IATA'BGM+745'TDT+20+XY1+++XY'LOC+125+FRA'"
        f"DTM+189:{departure}'LOC+87+IAD'NAD+FL+++DOE:JO'{segments}UNT+1+1'UNZ+1+1'"
    )
    (message,) = read_input(text.encode(), Intake()).messages
    (one,) = message.travellers
    return one, {found.code for found in one.findings} - {"birth_date_missing"}


@pytest.mark.parametrize(
    ("segments", "nationality", "others", "codes"),
    [
        pytest.param("NAT+2+TUN'", "TN", (), set(), id="current"),
        pytest.param("NAT++TUN'", "TN", (), set(), id="no qualifier"),
        pytest.param("NAT+2+TUNISIA'", "TN", (), set(), id="name in the code's place"),
        pytest.param("NAT+2+:::TUNISIA'", "TN", (), set(), id="name in its place"),
        pytest.param("NAT+3+FRA'NAT+2+TUN'", "TN", ("FR",), {"fact_repeated_differs"}, id="previous, then current"),
        pytest.param("NAT+1+TUN'NAT+2+TUN'", "TN", (), set(), id="the same at birth"),
        pytest.param("NAT+3+SYR'NAT+1+IRQ'", "IQ", ("SY",), {"fact_repeated_differs", "nationality_not_current"},
                     id="at birth before previous"),
        pytest.param("NAT+7+SYR'", None, (), {"qualifier_unknown"}, id="unknown"),
    ],
)  # fmt: skip
def test_nationality(segments, nationality, others, codes):
    one, found = read(segments)
    assert (one.nationality, one.other_nationalities, found) == (nationality, others, codes)


@pytest.mark.parametrize(
    "segment", ["ATT+1++M'", "ATT+2+:::BUILD+:::SLIM'", "DTM+999:710412'", "LOC+999+FRA'", "RFF+QQQ:X1'"]
)
def test_an_unknown_qualifier_is_told_and_gives_no_value(segment):
    one, found = read(segment)
    assert found == {"qualifier_unknown"}
    assert (one.sex, one.date_of_birth, one.residence, one.locator) == (None, None, None, None)


@pytest.mark.parametrize(
    ("sent", "departure", "born"),
    [
        pytest.param("261123:0700", "2611231730:201", 1926, id="born tomorrow"),
        pytest.param("261120:0700", "2611251730:201", 2026, id="born between the message and the flight"),
        pytest.param("700101:0000", "2611251730:201", 2026, id="a clock that was reset"),
        pytest.param("490101:0000", "202611231730:203", 1926, id="a clock ahead by years"),
    ],
)
def test_the_century_of_a_birth_follows_the_flight(sent, departure, born):
    one, _ = read("DTM+329:261124'", sent, departure)
    assert one.date_of_birth.year == born


def test_a_birth_told_before_its_flight_waits_for_it():
    text = (
        "UNA:+.? 'UNB+UNOA:4+A+B+261120:0700+1'UNH+1+PAXLST:D:12B:UN:IATA'BGM+745'NAD+FL+++DOE:JO'DTM+329:261124'"
        "TDT+20+XY1+++XY'LOC+125+FRA'DTM+189:2611251730:201'LOC+87+IAD'UNT+1+1'UNZ+1+1'"
    )
    (message,) = read_input(text.encode(), Intake()).messages
    assert [one.date_of_birth.isoformat() for one in message.travellers] == ["2026-11-24"]
