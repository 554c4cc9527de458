"""Messages of our own, one file a version, group or deviation, beside what must be read of them.

UPDATE_GOLDEN=1 rewrites the expectations; the difference is reviewed like code.
"""

import json
import os
from pathlib import Path

import pytest

from screening.messages.describe import describe
from screening.messages.read import read_input
from screening.messages.scrub import blank
from screening.profile.model import Intake

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*.edi"))


def facts(data):
    """Everything that is read of an input, as JSON."""
    reading = read_input(data, Intake(), input_id="0" * 64)
    if not reading.messages:
        (described,) = describe(reading, "-")
        return {"messages": [described], **_set_aside(data, reading)}
    return {
        "messages": [
            {
                **described,
                "findings": sorted({found["code"] for found in described["findings"]}),
                "people": [
                    {
                        "as_sent": traveller.name_as_sent,
                        "other_names": traveller.other_names,
                        "reference": traveller.booking_reference,
                        "seats": traveller.seats,
                        "journey": [traveller.embarkation, traveller.debarkation],
                        "bags": traveller.bags,
                        "residence": traveller.residence,
                        "says": str(traveller.says),
                        "findings": sorted(found.code for found in traveller.findings),
                    }
                    for traveller in message.travellers
                ],
                "marketing": [leg.marketing for leg in message.legs],
                "bookings": [
                    {
                        "locator": booking.locator,
                        "others": booking.other_locators,
                        "split": booking.split_from,
                        "booked": booking.booked.isoformat() if booking.booked else None,
                        "party": booking.party_size,
                        "itinerary": [
                            [leg.carrier, leg.number, leg.origin, leg.destination, *leg.marketing]
                            for leg in booking.itinerary
                        ],
                        "elements": booking.elements,
                    }
                    for booking in message.bookings
                ],
            }
            for described, message in zip(describe(reading, "-"), reading.messages, strict=True)
        ],
        **_set_aside(data, reading),
    }


def _set_aside(data, reading):
    return {
        "quarantined": [
            [str(unit.unit), unit.offset, unit.length, *unit.codes] for unit in reading.quarantined
        ],
        "sensitive": [data[offset : offset + length].decode() for offset, length in reading.sensitive],
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_golden_message_gives_its_facts(path):
    expected = path.with_suffix(".json")
    told = json.loads(json.dumps(facts(path.read_bytes())))
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(json.dumps(told, indent=1) + "\n")
    assert told == json.loads(expected.read_text())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_blanked_bytes_give_the_same_facts(path):
    data = path.read_bytes()
    blanked = blank(data, read_input(data, Intake()))
    first, again = facts(data), facts(blanked)
    assert len(blanked) == len(data)
    assert {**again, "sensitive": None} == {**first, "sensitive": None}
    assert [len(text) for text in again["sensitive"]] == [len(text) for text in first["sensitive"]]
    assert "".join(again["sensitive"]).strip() == ""


# Deviations of section 7 of the readers' reference, by the code that tells of each
DEVIATIONS = """
una_missing white_space_before_una space_after_tag una_too_short una_terminator_not_used una_other_characters
unt_count_differs unt_reference_differs unt_reference_missing unz_reference_differs une_without_ung
tdt_without_carrier tvl_arrival_time_in_date_place docs_without_number pdt_components_missing cnt_differs
sequence_without_last_part unt_missing eqn_differs last_segment_unterminated traveller_cut_off text_after_unz
text_before_interchange terminator_lost terminator_typographic_or_lost unknown_segment line_break_in_value
lower_case undecodable_byte dangling_release title_glued group_name_tif placeholder_name birth_date_missing
birth_date_impossible sex_unknown space_in_date document_without_type document_without_state
document_without_number document_number_shared name_varies_within_pnr document_name_differs
docs_reference_names_other_traveller legs_far_apart arrival_before_departure hour_above_23 infant_without_tif
docs_without_traveller traveller_without_name pnr_without_traveller msg_missing org_missing no_leg_with_date
unh_unreadable leg_without_date other_message_type unb_missing
""".split()


@pytest.mark.parametrize("code", DEVIATIONS)
def test_each_known_deviation_has_a_golden_message(code):
    """`text_after_unz` and its like stand in quarantine, the others among findings."""
    assert any(f'"{code}"' in path.with_suffix(".json").read_text() for path in FILES)
