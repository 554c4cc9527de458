"""Legs of the field cases: which leg each manifest is on, and what is told of it; skipped where they are not at hand."""

from pathlib import Path

import pytest

from screening.messages.read import read_input
from screening.profile.model import Intake

CASES = Path(__file__).parents[2] / "../shared/data/field-cases/messages"
pytestmark = pytest.mark.skipif(not CASES.exists(), reason="the field cases are not at hand")

USUAL = "QX412-20261123-DOH-BRU"
SILENT = ()


@pytest.mark.parametrize(
    ("case", "legs", "told"),
    [
        ("01a-dtm-under-tdt", [USUAL], ("leg_date_out_of_place",)),
        ("01b-dtm-133-132", [USUAL], ("leg_time_not_scheduled",)),
        ("01d-arrival-only", [USUAL], ("leg_by_arrival",)),
        ("01e-format-205-zone", [USUAL], ("leg_time_with_zone",)),
        ("01g-dtm-137-hdr", [USUAL], SILENT),
        ("02a-icao-airports", ["GLEX01-20261123-FAB-BRU"], ("flight_without_airline",)),
        ("02b-ferry", ["DV815-20261123-GBDVR-CQF"], ("leg_airport_unknown", "tdt_without_carrier")),
        ("02c-cruise-voyage", ["VOY26B-20261123-AMS-BEZEE"], ("leg_airport_unknown", "tdt_without_carrier")),
        ("02d-train", ["9I9110-20261123-GBSPX-BEBMI"], ("leg_airport_unknown", "tdt_without_carrier")),
        ("02e-registration", ["OOTST-20261123-FAB-BRU"], ("flight_is_a_registration",)),
        ("02f-icao-carrier", ["QXA412-20261123-DOH-BRU"], SILENT),
        ("09a-codeshare-tra", [USUAL], SILENT),
        ("09b-header-other-number", [USUAL], SILENT),
        ("09c-segment-a-day-off", [USUAL], SILENT),
        ("18a-tdt-after-pax", [USUAL], SILENT),
        (
            "18b-three-tdt-legs",
            ["QX412-20261123-KUL-DOH", USUAL, "QX412-20261123-BRU-JFK"],
            SILENT,
        ),
        ("22b-reg-n", ["N123QX-20261123-DOH-BRU"], ("flight_is_a_registration",)),
        ("22d-callsign", ["GLEX01-20261123-DOH-BRU"], ("flight_without_airline",)),
        ("22f-icao-callsign", ["QXA41AB-20261123-DOH-BRU"], ("tdt_without_carrier",)),
        ("22g-suffix-2", ["QX412AB-20261123-DOH-BRU"], SILENT),
        ("22h-hash", [USUAL], ("flight_number_repaired",)),
        ("22i-slash", [USUAL], ("flight_number_repaired",)),
        ("22k-carrier-only", ["QX-20261123-DOH-BRU-…"], ("flight_number_unreadable", "leg_incomplete")),
        ("22m-six", ["QX123456-20261123-DOH-BRU"], SILENT),
        ("22n-op-carrier-3035", [USUAL], SILENT),
        ("22p-train", ["9110-20261123-DOH-BRU-…"], ("flight_without_carrier", "leg_incomplete")),
        ("22q-charter", [USUAL], ("flight_number_repaired",)),
        ("23a-102", [USUAL], SILENT),
        ("23b-101", [USUAL], SILENT),
        ("23c-203", [USUAL], SILENT),
        ("23d-204", [USUAL], SILENT),
        ("23e-201-z", [USUAL], ("leg_date_against_format", "leg_time_with_zone")),
        ("23f-201-colon", [USUAL], ("leg_date_against_format",)),
        ("23i-303", [USUAL], ("leg_time_with_zone",)),
        ("23k-2", [USUAL], SILENT),
        ("23l-10", [USUAL], ("leg_date_against_format", "space_in_date")),
        ("23m-2400", [USUAL], SILENT),
        ("23n-2460", [USUAL], ("hour_above_23",)),
        ("27-tvl-mixed-date-order", ["QX6-20261123-JFK-BRU"], ("leg_date_against_format",)),
    ],
)
def test_the_leg_that_is_there_is_read_and_what_deviates_is_told(case, legs, told):
    [message] = read_input((CASES / f"{case}.edi").read_bytes(), Intake()).messages
    found = [leg.flight_id if leg.is_complete else leg.flight_id[:-12] + "…" for leg in message.legs]
    assert found == legs
    codes = {found.code for found in message.findings}
    assert codes >= set(told)
    assert told or not {code for code in codes if code.startswith(("leg_", "flight_", "carrier_", "tdt_"))}
    assert message.travellers
