"""Designators of legs: airlines, registrations, call signs, ships; what names no flight stays unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.messages.designators import airport, designator
from screening.messages.read import read_input
from screening.profile.model import Intake


@pytest.mark.parametrize(
    ("written", "carrier", "read"),
    [
        ("QX0412", "QX", ("QX", "412")),
        ("QX0412A", "", ("QX", "412A")),
        ("0412", "QX", ("QX", "412")),
        ("qx 412", "qx", ("QX", "412")),
        ("QX-412", "QX", ("QX", "412")),
        ("QX412AB", "QX", ("QX", "412AB")),
        ("QX123456", "QX", ("QX", "123456")),
        ("QX412/413", "QX", ("QX", "412")),
        ("5X0012", "", ("5X", "12")),
        ("QXA41AB", "", ("QXA", "41AB")),
        ("G-ABCD", "", ("", "GABCD")),
        ("9H-XYZ", "", ("", "9HXYZ")),
        ("N123AB", "", ("", "N123AB")),
        ("OOTST", "", ("", "OOTST")),
        ("GLEX01", "", ("", "GLEX01")),
        ("412", "", ("", "412")),
        ("", "QX", ("QX", "")),
        ("OPEN", "QX", ("QX", "")),
        ("QX412", "#!", ("QX", "412")),
        ("A TRAVELLER 19800201", "", ("", "")),
    ],
)
def test_what_flies_is_named_however_it_is_written(written, carrier, read):
    assert designator(written, carrier)[:2] == read


@given(written=st.text(max_size=30), carrier=st.text(max_size=5))
def test_an_identifier_holds_letters_and_figures_of_a_code_alone(written, carrier):
    sold_by, number, codes = designator(written, carrier)
    assert not (sold_by + number) or ((sold_by + number).isascii() and (sold_by + number).isalnum())
    assert len(number) <= 16
    assert number or codes
    assert len(airport(written)) <= 5


@pytest.mark.parametrize(
    ("tdt", "flight_id"),
    [
        ("TDT+20++1+++++9210220:146::OCEAN TESTER", "IMO9210220-20261123-AMS-BEZEE"),
        ("TDT+20+0026+1+++++9210220:146::OCEAN TESTER", "IMO9210220V26-20261123-AMS-BEZEE"),
        ("TDT+20+VOY26B+1+++++9210220:146::OCEAN TESTER", "VOY26B-20261123-AMS-BEZEE"),
        ("TDT+20++4+++++OOTST", "OOTST-20261123-AMS-BEZEE"),
    ],
)
def test_a_craft_names_the_voyage_that_has_no_name(tdt, flight_id):
    text = (
        "UNA:+.? 'UNB+UNOA:4+XYAPIS+GOV+261123:1545+77'UNH+1+PAXLST:D:12B:UN:IATA'BGM+745'"
        f"{tdt}'LOC+125+NLAMS'DTM+189:2611231010:201'LOC+87+BEZEE'NAD+FL+++DOE:JANE'UNT+8+1'UNZ+1+77'"
    )
    [message] = read_input(text.encode(), Intake()).messages
    expected = flight_id if "+4+" not in tdt else flight_id.replace("BEZEE", "ZEE")
    assert [leg.flight_id for leg in message.legs] == [expected]
