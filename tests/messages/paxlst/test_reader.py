"""PAXLST: what each segment says, deviations of travellers and legs, actions."""

import re
from datetime import date

import pytest

from screening.messages.read import read_input
from screening.profile.model import Intake

LEG = "TDT+20+XY0123+++XY'LOC+125+FRA'DTM+189:2611231730:201'LOC+87+IAD'DTM+232:2611232030:201'"
DOE = "NAD+FL+++DOE:JANE'ATT+2++F'DTM+329:800201'NAT+2+GBR'DOC+P+X1234567'DTM+36:300101'LOC+91+GBR'"


def told(legs=LEG, people=DOE, bgm="BGM+745'", end="", version="D:12B:UN:IATA"):
    body = bgm + legs + people + end
    text = (
        "UNA:+.? 'UNB+UNOA:4+XYAPIS+GOV+261123:1545+77'"
        f"UNH+1+PAXLST:{version}'{body}UNT+{body.count(chr(39)) + 2}+1'UNZ+1+77'"
    )
    reading = read_input(text.encode("latin_1"), Intake())
    (message,) = reading.messages
    return message


def codes(message):
    return {found.code for found in message.findings} | {
        found.code for person in message.travellers for found in person.findings
    }


def first(message):
    return message.travellers[0]


@pytest.mark.parametrize("version", ["D:02B:UN:IATA", "D:05B:UN:IATA", "D:12B:UN:IATA", "D:15B:UN:IATA"])
def test_every_version_gives_the_same_facts(version):
    message = told(version=version)
    person = first(message)
    assert codes(message) == set()
    assert (
        person.surname,
        person.given_names,
        person.date_of_birth,
        str(person.sex),
        person.nationality,
    ) == (
        "DOE",
        "JANE",
        date(1980, 2, 1),
        "F",
        "GB",
    )
    (document,) = person.documents
    assert (document.type_as_sent, document.number, document.issuing_state, document.expiry) == (
        "P",
        "X1234567",
        "GB",
        date(2030, 1, 1),
    )


@pytest.mark.parametrize(
    ("people", "code"),
    [
        pytest.param(DOE.replace("DTM+329:800201'", ""), "birth_date_missing", id="no birth"),
        pytest.param(DOE.replace("800201", "800231"), "birth_date_impossible", id="30 February and later"),
        pytest.param(DOE.replace("800201", "802001"), "birth_date_impossible", id="month 20"),
        pytest.param(DOE.replace("800201", "80 0201"), "space_in_date", id="blank in date"),
        pytest.param(DOE.replace("++F'", "++Q'"), "sex_unknown", id="sex"),
        pytest.param(DOE.replace("NAT+2+GBR", "NAT+2+QQQ"), "nationality_unknown", id="nationality"),
        pytest.param(DOE.replace("DOC+P+", "DOC++"), "document_without_type", id="type"),
        pytest.param(DOE.replace("LOC+91+GBR", "LOC+91+"), "document_without_state", id="empty state"),
        pytest.param(DOE.replace("LOC+91+GBR'", ""), "document_without_state", id="no state"),
        pytest.param(DOE.replace("LOC+91+GBR", "LOC+91+QQQ"), "document_state_unknown", id="state"),
        pytest.param(DOE.replace("X1234567", ""), "document_without_number", id="number"),
        pytest.param(DOE.replace("300101", "301301"), "expiry_impossible", id="expiry"),
        pytest.param(DOE.replace("JANE", "Jane"), "lower_case", id="lower case"),
        pytest.param(DOE.replace("DOE:JANE", ":JANE"), "surname_missing", id="surname"),
        pytest.param(DOE.replace("DOE:JANE", "TBA:TBA"), "placeholder_name", id="placeholder"),
        pytest.param(DOE.replace("NAD+FL", "NAD+ZZ"), "role_unknown", id="role"),
        pytest.param(
            DOE.replace("FL+++DOE:JANE", "FL++DOE:JANE"), "name_out_of_place", id="name one element early"
        ),
        pytest.param(
            DOE + DOE.replace("DOE:JANE", "ROE:JOHN"), "document_number_shared", id="shared document"
        ),
        pytest.param(DOE + "CNT+42:7'", "cnt_differs", id="count"),
        pytest.param(DOE + "CNT+42:X'", "cnt_unreadable", id="count no number"),
        pytest.param(
            DOE.replace("ATT", "DTM+36:300101'ATT"), "segment_out_of_place", id="expiry without document"
        ),
    ],
)
def test_a_deviation_of_a_traveller_is_found_and_the_traveller_stays(people, code):
    message = told(people=people)
    assert code in codes(message)
    assert str(message.status) == "repaired"
    assert not first(message).quarantined
    assert first(message).legs == (0,)


def test_a_traveller_without_name_is_set_aside_and_keeps_his_document():
    person = first(told(people=DOE.replace("DOE:JANE", "")))
    assert person.quarantined
    assert [document.number for document in person.documents] == ["X1234567"]


@pytest.mark.parametrize(
    ("legs", "code"),
    [
        pytest.param(LEG.replace("+++XY", ""), "tdt_without_carrier", id="no carrier"),
        pytest.param(LEG.replace("+++XY", "+++ZX"), "carrier_differs_from_flight_number", id="carrier"),
        pytest.param(LEG.replace("2611231730", "2611232530"), "hour_above_23", id="hour"),
        pytest.param(LEG.replace("2611231730", "26 11231730"), "space_in_date", id="blank"),
        pytest.param(LEG.replace("2611232030", "2613232030"), "leg_date_impossible", id="month"),
        pytest.param(LEG.replace("2611232030", "2611202030"), "arrival_before_departure", id="backwards"),
        pytest.param(LEG + LEG.replace("2611", "2709"), "legs_far_apart", id="months"),
        pytest.param(LEG + re.sub("DTM[^']*'", "", LEG), "leg_without_date", id="undated"),
        pytest.param(LEG + "TDT+20+XY4'LOC+125+IAD'", "leg_airport_missing", id="half a leg"),
    ],
)
def test_a_deviation_of_a_leg_is_found_and_the_message_stays(legs, code):
    message = told(legs=legs)
    assert code in codes(message)
    assert str(message.status) == "repaired"
    assert (
        message.legs[0].flight_id == "XY123-20261123-FRA-IAD" or code == "carrier_differs_from_flight_number"
    )


def place(qualifier, port, departure="", arrival=""):
    return (
        f"LOC+{qualifier}+{port}'"
        + (f"DTM+232:{arrival}:201'" if arrival else "")
        + (f"DTM+189:{departure}:201'" if departure else "")
    )


@pytest.mark.parametrize(
    "legs",
    [
        pytest.param(
            "TDT+20+XY1'" + place("92", "AAA", "2611230800") + place("92", "BBB", "", "2611231000")
            + place("125", "BBB", "2611231100") + place("87", "CCC", "", "2611231500"),
            id="each leg with both ends",
        ),
        pytest.param(
            "TDT+20+XY1'" + place("125", "AAA", "2611230800") + place("92", "BBB", "2611231100", "2611231000")
            + place("130", "CCC", "", "2611231500"),
            id="the stop told once",
        ),
        pytest.param(
            "TDT+20+XY1'" + place("92", "AAA", "2611230800") + place("92", "BBB", "", "2611231000")
            + "TDT+20+XY1'" + place("125", "BBB", "2611231100") + place("87", "CCC", "", "2611231500"),
            id="a TDT each",
        ),
    ],
)  # fmt: skip
def test_legs_are_the_same_however_they_are_told(legs):
    people = DOE.replace("ATT", "LOC+178+AAA'LOC+179+CCC'RFF+SEA:01A'RFF+SEA:02B'ATT") + DOE.replace(
        "ATT", "LOC+178+BBB'LOC+179+XXX'RFF+SEA:03C'ATT"
    )
    message = told(legs=legs, people=people)
    assert [leg.flight_id for leg in message.legs] == ["XY1-20261123-AAA-BBB", "XY1-20261123-BBB-CCC"]
    assert [f"{leg.arrival:%H%M}" for leg in message.legs] == ["1000", "1500"]
    assert [person.legs for person in message.travellers] == [(0, 1), (1,)]
    assert [person.seats for person in message.travellers] == [{0: "01A", 1: "02B"}, {1: "03C"}]


@pytest.mark.parametrize(
    ("bgm", "function", "action", "says", "on_board"),
    [
        ("BGM+745", "passengers", "full", "present", None),
        ("BGM+745+CP", "passengers", "update", "present", None),
        ("BGM+745+XR", "passengers", "cancel", "withdrawn", None),
        ("BGM+745+CNL", "passengers", "cancel", "withdrawn", None),
        ("BGM+745+RP", "passengers", "cancel", "withdrawn", None),
        ("BGM+745++1", "passengers", "cancel", "withdrawn", None),
        ("BGM+250+C", "crew", "full", "present", None),
        ("BGM+250+CC", "crew", "update", "present", None),
        ("BGM+336+G", "master_crew_list", "update", "present", None),
        ("BGM+336+H", "master_crew_list", "cancel", "withdrawn", None),
        ("BGM+655", "gate_pass", "full", "present", None),
        ("BGM+266+CL", "flight_status", "close", "present", None),
        ("BGM+266+CLOB", "flight_status", "close_on_board", "present", True),
        ("BGM+266+CLNB", "flight_status", "close_not_boarded", "present", False),
        ("BGM+266+XF", "flight_status", "cancel_flight", "withdrawn", None),
        ("BGM+266+CF", "flight_status", "change_flight", "present", None),
    ],
)
def test_bgm_says_what_a_message_does(bgm, function, action, says, on_board):
    message = told(bgm=f"{bgm}'")
    person = first(message)
    assert (str(message.function), str(message.action)) == (function, action)
    assert (str(person.says), person.on_board) == (says, on_board)
    assert codes(message) == set()


@pytest.mark.parametrize(
    ("code", "role"),
    [("FL", "passenger"), ("FM", "crew"), ("DDU", "transit_passenger"), ("DDT", "transit_crew")],
)
def test_nad_says_the_role(code, role):
    assert str(first(told(people=DOE.replace("NAD+FL", f"NAD+{code}"))).role) == role


def test_references_bags_and_residence_are_read():
    more = "FTX+BAG+++XY0098:3'LOC+174+FRA'RFF+AVF:ABC123'RFF+ABO:Z9'LOC+180+:::SOMEWHERE'GEI+4+173'"
    person = first(told(people=DOE.replace("NAT", more + "NAT")))
    assert person.bags == ("XY0098", "XY0099", "XY0100")
    assert (person.residence, person.locator, person.traveller_reference) == ("FR", "ABC123", "Z9")


def test_documents_stand_in_any_number_and_keep_their_own_facts():
    person = first(told(people=DOE + "DOC+V:110:111+57-1 31424'LOC+91+USA'DTM+36:20290101:102'"))
    assert [(one.type.value, one.number, one.issuing_state, one.expiry) for one in person.documents] == [
        ("passport", "X1234567", "GB", date(2030, 1, 1)),
        ("visa", "57131424", "US", date(2029, 1, 1)),
    ]


@pytest.mark.parametrize("count", ["CNT+42:1'", "CNT+41:1'", "CNT+3:1'", "CNT+41+1'"])
def test_the_count_is_read_in_all_its_forms(count):
    message = told(end=count)
    assert (message.stated, codes(message)) == (1, set())


def test_parts_that_add_up_to_the_count_are_complete():
    def part(number, last, people, end=""):
        body = "BGM+745'" + LEG + people + end
        count = body.count("'") + 2
        return f"UNH+{number}+PAXLST:D:12B:UN:IATA+REF+0{number}:{last}'{body}UNT+{count}+{number}'"

    text = (
        "UNA:+.? 'UNB+UNOA:4+XYAPIS+GOV+261123:1545+77'"
        + part(1, "C", DOE)
        + part(2, "F", DOE.replace("DOE", "ROE").replace("X1", "X2"), "CNT+42:2'")
        + "UNZ+2+77'"
    )
    reading = read_input(text.encode(), Intake())
    assert [(one.part, one.last_part, one.complete, str(one.status)) for one in reading.messages] == [
        (1, False, True, "ok"),
        (2, True, True, "ok"),
    ]


US = (
    "UNA:+.? 'UNB+UNOA:1+XYAPIS:NZ+GOV:US+020131:2359+77'UNH+1+PAXLST:001:000:NZ'CTA+IC+:DESK'"
    "TDT++XY812+40+XY'LOC+005+NZAKL:50'DTM+136+020131+1030+M05'LOC+PT+USHNL:50'DTM+132+020131+1200'"
    "DTM+136+020131+1400'LOC+008+USLAX:50'DTM+132+020131+2200+M05'UNS+D'"
    "{people}UNT+{count}+1'UNZ+1+77'"
)


def us(*people):
    body = "".join(f"PDT+{person}'" for person in people)
    text = US.format(people=body, count=12 + len(people))
    (message,) = read_input(text.encode(), Intake()).messages
    return message


@pytest.mark.parametrize(
    ("pdt", "missing"),
    [
        pytest.param("P/12:300101:US+DOE:JANE:Q:800201:F+PAX+NZAKL:USLAX", False, id="whole"),
        pytest.param("P/12:300101:US+DOE:JANE Q:800201:F+PAX+NZAKL:USLAX", True, id="no middle name's place"),
        pytest.param("P/12:US+DOE:JANE:Q:800201:F+PAX+NZAKL:USLAX", True, id="no expiry's place"),
    ],
)
def test_us_components_that_are_missing_are_read_by_shape(pdt, missing):
    message = us(pdt)
    person = first(message)
    assert (person.surname, person.given_names, person.date_of_birth, str(person.sex)) == (
        "DOE",
        "JANE Q",
        date(1980, 2, 1),
        "F",
    )
    assert [(one.number, one.issuing_state) for one in person.documents] == [("12", "US")]
    assert codes(message) == ({"pdt_components_missing"} if missing else set())
    assert [leg.flight_id for leg in message.legs] == ["XY812-20020131-AKL-HNL", "XY812-20020131-HNL-LAX"]
    assert person.legs == (0, 1)


def test_a_code_that_nobody_knows_is_kept_as_sent():
    people = DOE.replace("NAT+2+GBR", "NAT+2+QQQ").replace("LOC+91+GBR", "LOC+91+QQZ")
    person = first(told(people=people))
    assert (person.nationality, person.nationality_as_sent) == (None, "QQQ")
    assert [(one.issuing_state, one.state_as_sent) for one in person.documents] == [(None, "QQZ")]
