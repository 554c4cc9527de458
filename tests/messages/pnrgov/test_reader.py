"""PNRGOV: rules that hold whatever the place, order and repetition of segments."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.messages.pnrgov.ssr_docs import parse_doco, parse_docs, parse_inft
from screening.messages.pnrgov.tables import PNRGOV, At
from screening.messages.read import read_input
from screening.profile.model import Intake

LEG = "TVL+231126:1730:231126:2030+FRA+IAD+XY+123:Y'RPI+1+HK'"
OTHER_LEG = "TVL+231126:0800:231126:0900+BER+FRA+XY+45:Y'"
TEXTS = {
    "1": "/P/GBR/X1234567/GBR/01FEB80/F/01JAN30/DOE/JANE",
    "2": "/P/USA/Y7654321/USA/03MAR75/M/05MAY31/ROE/RICHARD",
    "3": "/P/FRA/Z1111111/FRA/04APR90/M/06JUN32/MARTIN/PAUL",
}
NAMES = {"1": ("DOE", "JANE"), "2": ("ROE", "RICHARD"), "3": ("MARTIN", "PAUL")}


def told(pnrs, *, function="22", intake=None, separators=None):
    """Read a message of bookings given as text."""
    body = f"MSG+:{function}'ORG+XY:FRA'TVL+231126:1730:231126:2030+FRA+IAD+XY+0123'EQN+{pnrs.count('SRC')}'{pnrs}"
    text = f"UNB+IATA:1+XY+GOV+261122:1545+77'UNH+1+PNRGOV:13:1:IA+XY'{body}UNT+{body.count(chr(39)) + 2}+1'UNZ+1+77'"
    una = "UNA:+.? '"
    if separators:
        una = f"UNA{separators[0]}{separators[1]}.? {separators[2]}"
        text = text.translate(str.maketrans(":+'", separators))
    reading = read_input((una + text).encode(), intake or Intake())
    (message,) = reading.messages
    return message


def pnr(*parts, locator="ABC123"):
    return f"SRC'RCI+XY:{locator}'" + "".join(parts)


def tif(reference, *, title="", kind="A"):
    surname, given = NAMES[reference]
    return f"TIF+{surname}+{given}{title}:{kind}:{reference}'"


def docs(reference, *, refer=True, text=None):
    return f"SSR+DOCS:HK:1:XY:::::{text or TEXTS[reference]}{f'+::{reference}' if refer else ''}'"


def facts(message):
    """What is screened of each traveller, whatever his place in the message."""
    return sorted(
        (
            person.surname,
            person.given_names,
            person.date_of_birth,
            str(person.sex),
            person.nationality,
            person.locator,
            person.booking_reference,
            tuple(person.seats.items()),
            tuple(
                (document.number, document.issuing_state, document.expiry) for document in person.documents
            ),
        )
        for person in message.travellers
    )


def codes(message):
    return {found.code for found in message.findings} | {
        found.code for person in message.travellers for found in person.findings
    }


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_facts_do_not_depend_on_where_docs_stand_nor_how_often(data):
    people = ["1", "2", "3"]
    expected = facts(told(pnr(*(tif(one) + docs(one) for one in people), LEG)))
    place = {one: data.draw(st.sampled_from(["booking", "traveller", "leg", "all"])) for one in people}
    refer = {one: data.draw(st.booleans()) for one in people}

    def written(one, where):
        return docs(one, refer=refer[one]) if place[one] in {where, "all"} else ""

    before = "".join(written(one, "booking") for one in data.draw(st.permutations(people)))
    named = "".join(tif(one) + written(one, "traveller") for one in people)
    after = "".join(written(one, "leg") for one in data.draw(st.permutations(people)))
    message = told(pnr(before, named, LEG, after))
    assert facts(message) == expected
    assert codes(message) == set()


@settings(max_examples=60, deadline=None)
@given(
    order=st.permutations(["1", "2", "3"]),
    repeats=st.integers(0, 3),
    title=st.sampled_from(["", "MR", " MR"]),
)
def test_check_in_repeats_count_once(order, repeats, title):
    plain = pnr(*(tif(one, title=title) + docs(one) for one in "123"), LEG)
    again = "".join("DAT+2:221126:1700'" + "".join(f"TRI++1:::{one}'" + tif(one, title=title) for one in order)
                    for _ in range(repeats))  # fmt: skip
    assert facts(told(plain + again)) == facts(told(plain))


@settings(max_examples=40, deadline=None)
@given(order=st.permutations(["A", "B", "C"]))
def test_bookings_do_not_touch_each_other(order):
    bookings = {
        "A": pnr(tif("1"), docs("1"), LEG, locator="AAA111"),
        "B": pnr(docs("2"), tif("2"), OTHER_LEG, LEG, locator="BBB222"),
        "C": pnr(tif("3"), LEG, docs("3"), "ABI+1'SAC+++X'TIF+OLD+NAME:A:1'", locator="CCC333"),
    }
    whole = told("".join(bookings[one] for one in order))
    alone = [fact for one in order for fact in facts(told(bookings[one]))]
    assert facts(whole) == sorted(alone)


@pytest.mark.parametrize("separators", ["/-*", ":+$", "#|~"], ids=str)
def test_separators_change_nothing_where_values_do_not_hold_them(separators):
    booking = pnr(tif("1"), "REF+:ABO1'", LEG, "SSR+SEAT:HK:1:XY:::FRA:IAD+2B::1'")
    assert facts(told(booking, separators=separators)) == facts(told(booking))


def test_seat_of_check_in_stands_over_the_booked_one_and_only_on_the_reported_leg():
    booking = pnr(
        tif("1"), OTHER_LEG, "SSR+SEAT:HK:1:XY:::BER:FRA+3C::1'", LEG, "SSR+SEAT:HK:1:XY:::FRA:IAD+21A::1'",
        "DAT+2:221126:1700'TRI++1:::1'", tif("1"), "SSD+022B'",
    )  # fmt: skip
    (person,) = told(booking).travellers
    assert person.seats == {0: "22B"}
    assert (person.embarkation, person.debarkation) == ("BER", "IAD")


def test_nothing_is_read_from_host_text_history_or_hotels():
    quiet = pnr(tif("1"), docs("1"), LEG)
    loud = quiet + (
        "MSG+8'TVL+231126:1500:251126+WAS:HOTEL++HT+1'LTS+0/O/NM/OTHER/NAMEMR'"
        "ABI+1+:FRARR'SAC+++A'TIF+OTHER+NAME:A:2'SSR+DOCS:HK:1:XY:::::/P/GBR/Q1/GBR/01FEB80/F//OTHER/NAME'"
    )
    assert facts(told(loud)) == facts(told(quiet))
    assert told(loud).bookings[0].itinerary == told(quiet).bookings[0].itinerary


@pytest.mark.parametrize(
    ("element", "texts"),
    [
        pytest.param("agency", "ORG+1A:MUC+12345678'", id="agency"),
        pytest.param("contact", "IFT+4:28::XY+CTCM 4917012345'", id="contact in a remark"),
        pytest.param("contact", "SSR+CTCE:HK:1:XY:::::JANE//EXAMPLE.COM'", id="contact in SSR"),
        pytest.param("contact", "ADD++700:MAIN ST:BERLIN'", id="address"),
        pytest.param("payment", "TKT+1230004567890'FOP+CC::1.00:VI:4235792300387826:0813'", id="payment"),
        pytest.param("frequent_flyer", "FTI+XY:99887766'", id="frequent flyer"),
        pytest.param("ticket", "TKT+1230004567890'", id="ticket"),
        pytest.param("split", f"{LEG}EQN+1'RCI+XY:SPL1T9'", id="split"),
        pytest.param(
            "baggage", f"{LEG}DAT+2:'TRI++1:::1'{tif('1')}TBD++1:9:700+++XY:77:1:IAD'", id="baggage"
        ),
        pytest.param("seat", f"{LEG}SSR+SEAT:HK:1:XY:::FRA:IAD+2B::1'", id="seat"),
        pytest.param("codeshare", "TVL+231126:1730+FRA+IAD+QQ+8:Y'TRA+XY+123'", id="codeshare"),
    ],
)
def test_an_element_is_kept_only_where_the_profile_permits_it(element, texts):
    booking = pnr(tif("1"), texts) if element not in {"agency"} else pnr(texts, tif("1"))
    every = Intake()
    without = Intake(booking_elements=tuple(name for name in every.booking_elements if name != element))
    assert told(booking).bookings[0].elements[element]
    assert element not in told(booking, intake=without).bookings[0].elements


def test_a_card_number_is_masked_and_its_expiry_dropped():
    booking = pnr(tif("1"), "TKT+1230004567890'FOP+CC::1.00:VI:4235792300387826:0813'")
    assert told(booking).bookings[0].elements["payment"] == "CC:1.00:VI:XXXXXXXXXXXX7826"


def test_findings_carry_no_value_of_the_message():
    booking = pnr(
        tif("1", title="MR"), docs("1", text="/P/QQQ/X1234567/QQQ/31FEB80/Q//DOE/JOHN"), tif("2"), LEG
    )
    for found in [
        *told(booking).findings,
        *(one for person in told(booking).travellers for one in person.findings),
    ]:
        assert not any(word in found.text for word in ("DOE", "JANE", "JOHN", "X1234567", "31FEB80", "QQQ"))


@pytest.mark.parametrize(
    ("text", "birth", "number", "surname"),
    [
        pytest.param("/P/GBR/1/GBR/12JUL64/M/23AUG19/DOE/JO", "12JUL64", "1", "DOE", id="as written"),
        pytest.param("P/GBR/1/GBR/12JUL64/M/23AUG19/DOE/JO", "12JUL64", "1", "DOE", id="first slash lost"),
        pytest.param("//P/GBR/1/GBR/12JUL64/M/23AUG19/DOE/JO", "12JUL64", "1", "DOE", id="a slash too many"),
        pytest.param("/////12JUL64/M//DOE/JO", "12JUL64", "", "DOE", id="birth and name only"),
        pytest.param("/P/GBR/1/GBR//M/23AUG19/DOE/JO", "", "1", "DOE", id="no date of birth"),
        pytest.param("/P/GBR/1/GBR/1 2JUL64/M/23AUG19/DO E/JO/H", "1 2JUL64", "1", "DO E", id="folded"),
    ],
)
def test_parts_of_docs(text, birth, number, surname):
    found = parse_docs(text)
    assert (found.birth, found.number, found.surname) == (birth, number, surname)


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet="/PVA1 JUL26", max_size=40))
def test_texts_of_documents_never_raise(text):
    for parse in (parse_docs, parse_doco, parse_inft):
        parse(text)


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        pytest.param("24NOV26", date(1926, 11, 24), id="born tomorrow is a centenarian"),
        pytest.param("22NOV26", date(2026, 11, 22), id="born on the day of the message"),
        pytest.param("29FEB00", date(2000, 2, 29), id="leap day"),
    ],
)
def test_century_of_a_birth_date(born, expected):
    text = f"/P/GBR/X1/GBR/{born}/F/01JAN30/DOE/JANE"
    (person,) = told(pnr(tif("1"), docs("1", text=text))).travellers
    assert person.date_of_birth == expected


def test_every_group_but_history_takes_a_traveller():
    takes = {at for at in At if PNRGOV[at, "TIF"].action in {"name", "boarding_name"}}
    assert takes == set(At) - {At.HISTORY}


def test_codes_that_nobody_knows_are_kept_as_sent():
    text = "/P/QQZ/X1/QQQ/01FEB80/F/01JAN30/DOE/JANE"
    (person,) = told(pnr(tif("1"), docs("1", text=text))).travellers
    assert (person.nationality, person.nationality_as_sent) == (None, "QQQ")
    assert [(one.issuing_state, one.state_as_sent) for one in person.documents] == [(None, "QQZ")]
