"""PNRGOV messages of our own, one file a version, group or deviation, beside what must be read of them.

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
FILES = sorted(GOLDEN.glob("pnrgov_*.edi"))


def facts(data):
    """Everything that is read of an input, as JSON."""
    reading = read_input(data, Intake(), input_id="0" * 64)
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
        "quarantined": [
            [str(unit.unit), unit.offset, unit.length, *unit.codes] for unit in reading.quarantined
        ],
        "sensitive": [data[offset : offset + length].decode() for offset, length in reading.sensitive],
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem.removeprefix("pnrgov_"))
def test_a_golden_message_gives_its_facts(path):
    expected = path.with_suffix(".json")
    told = json.loads(json.dumps(facts(path.read_bytes())))
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(json.dumps(told, indent=1) + "\n")
    assert told == json.loads(expected.read_text())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem.removeprefix("pnrgov_"))
def test_blanked_bytes_give_the_same_facts(path):
    data = path.read_bytes()
    blanked = blank(data, read_input(data, Intake()))
    first, again = facts(data), facts(blanked)
    assert len(blanked) == len(data)
    assert {**again, "sensitive": None} == {**first, "sensitive": None}
    assert [len(text) for text in again["sensitive"]] == [len(text) for text in first["sensitive"]]
    assert "".join(again["sensitive"]).strip() == ""
