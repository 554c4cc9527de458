"""PNRGOV: what is worked out once for many segments is what each of them alone would give."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.identity.dates import local_time
from screening.messages.pnrgov.history import moment_of
from screening.messages.read import read_input
from screening.profile.model import Intake

HEADER = "MSG+:22'ORG+XY:FRA'TVL+231126:1730:231126:2030+FRA+IAD+XY+123'"
REPORTED = "TVL+231126:1730:231126:2030+FRA+IAD+XY+123:Y'"
ITINERARIES = {
    "reported": f"{REPORTED}RPI+1+HK'",
    "held no more": f"{REPORTED}RPI+1+HX'",
    "held no more, in words of another spelling": f"{REPORTED}RPI+1+ hx'",
    "without status": REPORTED,
    "flown by another": f"{REPORTED}TRA+QZ+77'RPI+1+HK'",
    "flown by another, told in a TVL": f"{REPORTED}TVL+++++77:Y'RPI+1+HK'",
    "sold by another": "TVL+231126:1730:231126:2030+FRA+IAD+QZ:XY+456:Y'TVL+++++123:Y'",
    "connecting": f"TVL+231126:1200:231126:1300+BER+FRA+XY+45:Y'{REPORTED}",
    "there and back, twice the same": f"{REPORTED}{REPORTED}TVL+241126:0900:241126:2100+IAD+FRA+XY+124:Y'",
    "of another year": "TVL+010326:1730:010326:2030+FRA+IAD+XY+123:Y'",
    "open": "TVL+++++ARNK'TVL+OPEN+FRA+IAD+XY+123'",
    "none": "",
}
CHECK_IN = "DAT+2:231126:0900'TRI++001:::1'TIF+DOE+JANE:A:1'SSD+12A'"


def read(*bookings):
    """Read one message of these bookings; give it with its travellers."""
    body = f"{HEADER}EQN+{len(bookings)}'{''.join(bookings)}"
    text = f"UNB+IATA:1+XY+GOV+261122:1545+77'UNH+1+PNRGOV:13:1:IA+XY'{body}UNT+{body.count(chr(39)) + 2}+1'UNZ+1+77'"
    (message,) = read_input(f"UNA:+.? '{text}".encode(), Intake()).messages
    return message


def booking(locator, itinerary, *, name="TIF+DOE+JANE:A:1'", seat="12A", check_in=""):
    """Give the segments of a booking."""
    seats = f"SSR+SEAT:HK:1:XY:::FRA:IAD+{seat}::1'" if itinerary else ""
    return f"SRC'RCI+XY:{locator}::101126:1200'DAT+700:111126:0830'{name}{itinerary}{seats}{check_in}"


def facts(message, place):
    """Give what is said of one booking and its travellers, without places of bytes."""
    found = message.bookings[place]
    people = [one for one in message.travellers if one.locator == found.locator]
    told = [
        (one.surname, one.given_names, one.embarkation, one.debarkation, one.seats, one.other_names, one.bags)
        for one in people
    ]
    return found.itinerary, found.elements, told, [[known.code for known in one.findings] for one in people]


@pytest.mark.parametrize("first", ITINERARIES)
@pytest.mark.parametrize("second", ITINERARIES)
def test_a_booking_is_read_alike_whatever_booking_stands_before_it(first, second):
    itinerary = ITINERARIES[second]
    alone = read(booking("AAA111", itinerary, seat="30C"))
    behind = read(booking("BBB222", ITINERARIES[first]), booking("AAA111", itinerary, seat="30C"))
    assert facts(behind, 1) == facts(alone, 0)


@pytest.mark.parametrize("first", ITINERARIES)
def test_a_flight_that_was_cancelled_is_told_of_each_booking(first):
    cancelled = ITINERARIES["held no more"]
    alone = read(booking("AAA111", ITINERARIES[first]))
    message = read(
        *(booking(f"AAA11{n}", cancelled) for n in range(3)), booking("AAA119", ITINERARIES[first])
    )
    codes = [found.code for found in message.findings]
    own = [found.code for found in alone.findings]
    assert codes.count("reported_flight_cancelled") == 3 + own.count("reported_flight_cancelled")
    withdrawn = [one.locator for one in message.travellers if one.says == "withdrawn"]
    assert withdrawn == [f"AAA11{n}" for n in range(3)] + ["AAA119"] * own.count("reported_flight_cancelled")


def test_a_name_of_the_check_in_part_that_stands_in_another_booking_is_new_there():
    other = booking("BBB222", ITINERARIES["reported"], name="TIF+ROE+RICHARD:A:2'", check_in=CHECK_IN)
    message = read(booking("AAA111", ITINERARIES["reported"], check_in=CHECK_IN), other)
    assert [(one.locator, one.surname) for one in message.travellers] == [
        ("AAA111", "DOE"),
        ("BBB222", "ROE"),
        ("BBB222", "DOE"),
    ]


@pytest.mark.parametrize("tag", ["SRC", "SRC ", "SRC+"])
def test_what_stands_behind_a_tag_decides_nothing(tag):
    plain = read(booking("AAA111", ITINERARIES["reported"]))
    written = read(booking("AAA111", ITINERARIES["reported"]).replace("SRC", tag))
    assert facts(written, 0) == facts(plain, 0)
    assert "unknown_segment" not in {found.code for found in written.findings}


@given(
    st.one_of(st.text("0123456789 -/", max_size=9), st.dates().map(lambda day: f"{day:%d%m%y}"), st.text()),
    st.one_of(st.text("0123456789 ", max_size=6), st.text()),
    st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2090, 1, 1))),
)
def test_a_moment_is_the_local_time_of_its_day_and_clock(day, clock, sent):
    assert moment_of(day, clock, sent) == local_time(day, clock, day_first=True, sent=sent)
