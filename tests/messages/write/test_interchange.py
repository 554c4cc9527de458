"""The writer: what is written is read again as it was said, whatever the host's habits."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.messages.model import Booking, Document, Leg, Message, Traveller
from screening.messages.read import read_input
from screening.messages.syntax.segments import Separators
from screening.messages.write.interchange import Interchange, write
from screening.messages.write.pnrgov import VERSIONS as PNRGOV_VERSIONS
from screening.messages.write.segments import DocsPlace, Titles, WriteOptions
from screening.profile.model import Intake
from screening.tables.codes import Action, DocumentType, Function, MessageType, Role, Sex, Source

SENT = datetime.fromisoformat("2026-11-23T08:30")
LEG = Leg(
    "Q0",
    "412",
    "CAI",
    "BRU",
    datetime.fromisoformat("2026-11-23T09:05"),
    datetime.fromisoformat("2026-11-23T13:00"),
)
STARS = Separators(component=".", element="*", decimal=",", release="?", repetition=" ", terminator="$")
BACKSLASH = Separators(component=":", element="+", decimal=".", release="\\", repetition="*", terminator="'")
# Letters that end no title (MR, MRS, MSTR, MISS, CHD, INF, DR): a title in a name is another rule's test
# (nor do TIMS, NIMR and other whole names that a glued title makes), and no word that stands in for a name
TOKENS = st.text("AEIOUKLNTBPVW", min_size=2, max_size=9).filter(
    lambda text: text not in {"TBA", "TBN", "NI", "TI"}
)
SIGNED = st.tuples(TOKENS, st.sampled_from(["'", "+", ":", "?", "*", "??", ""]), TOKENS).map("".join)
GIVEN = st.lists(TOKENS, min_size=1, max_size=2).map(" ".join)
BORN = st.dates(date(1927, 1, 1), date(2012, 12, 31))
EXPIRY = st.dates(date(2020, 1, 1), date(2040, 12, 31))
STATES = st.sampled_from(["DE", "GB", "CO", "XXB", "XK", "KR", "US"])
NUMBERS = st.from_regex(r"[A-Z0-9]{6,9}", fullmatch=True)
DOCUMENTS = st.builds(
    Document,
    type=st.sampled_from([DocumentType.PASSPORT, DocumentType.NATIONAL_ID]),
    number=NUMBERS,
    issuing_state=STATES,
    expiry=EXPIRY,
)
SEATS = st.from_regex(r"[1-9][0-9]?[A-F]", fullmatch=True)


@st.composite
def travellers(draw, surnames=SIGNED, documents=1):
    """People of one message with documents that differ."""
    count = draw(st.integers(1, 5))
    people = []
    for ordinal in range(count):
        people.append(
            Traveller(
                ordinal=ordinal,
                offset=0,
                surname=f"{draw(surnames)}{'AEIOU'[ordinal]}",
                given_names=draw(GIVEN),
                date_of_birth=draw(BORN),
                sex=draw(st.sampled_from([Sex.MALE, Sex.FEMALE])),
                nationality=draw(STATES),
                seats={0: draw(SEATS)},
                locator="ABC234",
                traveller_reference=f"REF{ordinal}",
                booking_reference=str(ordinal + 1),
                embarkation="CAI",
                debarkation="BRU",
                documents=[
                    replace(document, number=f"{ordinal}{place}{document.number}"[:9])
                    for place, document in enumerate(
                        draw(st.lists(DOCUMENTS, min_size=1, max_size=documents))
                    )
                ],
            )
        )
    return people


def paxlst(people, version="D:12B", function=Function.PASSENGERS, legs=(LEG,)):
    return Message(
        0,
        0,
        0,
        MessageType.PAXLST,
        version,
        "",
        Source.API,
        function,
        legs=list(legs),
        travellers=people,
        sender="Q0",
    )


def pnrgov(people, version, *, action=Action.FULL, elements=None, **booking):
    party = Booking(
        "ABC234",
        "Q0",
        datetime.fromisoformat("2026-10-01T03:04"),
        itinerary=[LEG],
        elements=elements or {},
        **booking,
    )
    return Message(
        0, 0, 0, MessageType.PNRGOV, version, "", Source.PNR, action=action, legs=[LEG], travellers=people,
        bookings=[party],
    )  # fmt: skip


def read_back(message, options):
    data = write([Interchange("Q0DCS", "BEBORDER", SENT, "2611230001", [message], options)])
    reading = read_input(data, Intake())
    assert not reading.quarantined
    [found] = reading.messages
    return found


def facts(traveller, *, nationality=True, api=True):
    return {
        "surname": traveller.surname,
        "given": traveller.given_names,
        "born": traveller.date_of_birth,
        "sex": traveller.sex,
        "nationality": traveller.nationality if nationality else None,
        "documents": sorted((str(d.type), d.number, d.issuing_state, d.expiry) for d in traveller.documents),
        "locator": traveller.locator if api else None,
        "seats": dict(traveller.seats) if api else None,
    }


def leg_facts(legs):
    return [(leg.flight_id, leg.departure, leg.arrival) for leg in legs]


PAXLST_HABITS = st.builds(
    WriteOptions,
    una=st.just(True),
    separators=st.sampled_from([WriteOptions().separators, STARS, BACKSLASH]),
    syntax=st.sampled_from(["UNOA:4", "UNOC:3", "UNOY:4"]),
    line_end=st.sampled_from(["", "\n", "\r\n", " \n"]),
    qualifier=st.sampled_from(["", "ZZ"]),
    group=st.booleans(),
    full_years=st.booleans(),
    verified=st.booleans(),
    legs_under_one_tdt=st.booleans(),
)


@pytest.mark.parametrize("version", ["D:02B", "D:05B", "D:12B", "D:15B"])
@settings(max_examples=25, deadline=None)
@given(people=travellers(documents=2), options=PAXLST_HABITS)
def test_paxlst_is_read_as_it_was_written(version, people, options):
    found = read_back(paxlst(people, version), options)
    assert (found.version, found.function, found.complete) == (version, Function.PASSENGERS, True)
    assert leg_facts(found.legs) == leg_facts([LEG])
    assert [facts(t) for t in found.travellers] == [facts(t) for t in people]


@settings(max_examples=25, deadline=None)
@given(people=travellers(), line_end=st.sampled_from(["", "\n", "\r\n"]), group=st.booleans())
def test_us_paxlst_is_read_as_it_was_written(people, line_end, group):
    for traveller in people:
        for document in traveller.documents:
            document.type = DocumentType.PASSPORT  # the dialect has P, V and A only
    options = WriteOptions(
        line_end=line_end, group=group, syntax="UNOA:1", locodes={"CAI": "EGCAI", "BRU": "BEBRU"}
    )
    found = read_back(paxlst(people, "001:000"), options)
    assert leg_facts(found.legs) == leg_facts([LEG])
    assert [facts(t, nationality=False, api=False) for t in found.travellers] == [
        facts(t, nationality=False, api=False) for t in people
    ]


PNRGOV_HABITS = st.builds(
    WriteOptions,
    syntax=st.just("IATA:1"),
    separators=st.sampled_from([WriteOptions().separators, BACKSLASH]),
    line_end=st.sampled_from(["", "\n", "\r\n", " \n"]),
    titles=st.sampled_from(Titles),
    docs=st.sampled_from(DocsPlace),
    check_in=st.booleans(),
)


@pytest.mark.parametrize("version", PNRGOV_VERSIONS)
@settings(max_examples=25, deadline=None)
@given(people=travellers(surnames=TOKENS), options=PNRGOV_HABITS)
def test_pnrgov_is_read_as_it_was_written(version, people, options):
    message = pnrgov(people, version, elements={"former_name": "BOAT/ANNAMRS", "contact": "32 2 555 0100"})
    found = read_back(message, options)
    assert (found.version, found.action, found.stated) == (version, Action.FULL, 1)
    assert leg_facts(found.legs) == leg_facts([LEG])
    assert [booking.locator for booking in found.bookings] == ["ABC234"]
    assert [facts(t) for t in found.travellers] == [facts(t) for t in people]


@settings(max_examples=25, deadline=None)
@given(people=travellers(surnames=TOKENS), columns=st.integers(40, 80))
def test_folds_lose_nobody(people, columns):
    found = read_back(paxlst(people), WriteOptions(fold=columns))
    assert [facts(t) for t in found.travellers] == [facts(t) for t in people]


@pytest.mark.parametrize("action", [Action.FULL, Action.UPDATE])
def test_pnrgov_says_whether_it_is_the_whole_flight(action):
    traveller = Traveller(0, 0, surname="BOAT", given_names="ANNA", locator="ABC234")
    assert (
        read_back(pnrgov([traveller], "13:1", action=action), WriteOptions(syntax="IATA:1")).action is action
    )


def test_infant_is_a_traveller_of_his_own_with_or_without_tif():
    adult = Traveller(0, 0, surname="BOAT", given_names="ANNA", sex=Sex.FEMALE, locator="ABC234",
                      date_of_birth=date(1990, 1, 2), documents=[Document(DocumentType.PASSPORT, number="P1234567")])  # fmt: skip
    infant = Traveller(1, 0, role=Role.INFANT, surname="BOAT", given_names="ZOE", sex=Sex.FEMALE, locator="ABC234",
                       date_of_birth=date(2026, 2, 1), documents=[Document(DocumentType.PASSPORT, number="P7654321")])  # fmt: skip
    for with_tif in (True, False):
        found = read_back(pnrgov([adult, infant], "13:1"), WriteOptions(syntax="IATA:1", infant_tif=with_tif))
        by_name = {t.given_names: t for t in found.travellers}
        assert set(by_name) == {"ANNA", "ZOE"}
        assert by_name["ZOE"].role is Role.INFANT
        assert by_name["ZOE"].date_of_birth == infant.date_of_birth
        assert [d.number for d in by_name["ANNA"].documents] == ["P1234567"]


@pytest.mark.parametrize("one_tdt", [True, False])
@pytest.mark.parametrize("border", [0, 1])
def test_every_leg_of_a_flight_is_told(one_tdt, border):
    onward = Leg(
        "Q0",
        "412",
        "BRU",
        "DUB",
        datetime.fromisoformat("2026-11-23T14:00"),
        datetime.fromisoformat("2026-11-23T14:40"),
    )
    traveller = Traveller(0, 0, surname="BOAT", given_names="ANNA", embarkation="CAI", debarkation="DUB")
    options = WriteOptions(legs_under_one_tdt=one_tdt, border_leg=border)
    found = read_back(paxlst([traveller], legs=(LEG, onward)), options)
    assert leg_facts(found.legs) == leg_facts([LEG, onward])
    assert found.travellers[0].legs == (0, 1)


@pytest.mark.parametrize(
    ("syntax", "name", "read"),
    [
        pytest.param("UNOA:4", "MÜLLER", "MULLER", id="ASCII host transliterates"),
        pytest.param("UNOC:3", "MÜLLER", "MÜLLER", id="Latin-1 host keeps it"),
        pytest.param("UNOC:3", "DVOŘÁK", "DVORÁK", id="Latin-1 host keeps what it has"),
        pytest.param("UNOY:4", "DVOŘÁK", "DVOŘÁK", id="UTF-8 host keeps all"),
    ],
)
def test_a_host_writes_its_own_charset_only(syntax, name, read):
    found = read_back(paxlst([Traveller(0, 0, surname=name, given_names="JAN")]), WriteOptions(syntax=syntax))
    assert found.travellers[0].surname == read


def test_counts_and_references_are_right():
    data = write(
        [
            Interchange(
                "Q0DCS",
                "BEBORDER",
                SENT,
                "77",
                [paxlst([Traveller(0, 0, surname="BOAT")])],
                WriteOptions(group=True, line_end="\n"),
            )
        ]
    )
    lines = data.decode().splitlines()
    [unt] = [line for line in lines if line.startswith("UNT")]
    first = next(place for place, line in enumerate(lines) if line.startswith("UNH"))
    assert unt == f"UNT+{lines.index(unt) - first + 1}+1'"
    assert "CNT+42:1'" in lines
    assert lines[-2:] == ["UNE+1+77'", "UNZ+1+77'"]


def test_no_fault_is_found_in_what_is_written_plainly():
    traveller = Traveller(0, 0, surname="BOAT", given_names="ANNA", sex=Sex.FEMALE, date_of_birth=date(1980, 2, 1),
                          nationality="DE", documents=[Document(DocumentType.PASSPORT, number="C1234567", issuing_state="DE")])  # fmt: skip
    found = read_back(paxlst([traveller]), WriteOptions())
    assert [finding.code for finding in found.findings] == []
    assert found.travellers[0].findings == []


def test_unknown_version_is_refused_without_naming_anybody():
    with pytest.raises(ValueError, match="no writer for PNRGOV 99:1"):
        write([Interchange("Q0", "BE", SENT, "1", [pnrgov([], "99:1")])])
