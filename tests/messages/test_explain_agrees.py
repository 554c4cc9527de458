"""What `screening explain` says of a segment is what the reader does with it."""

import json
from pathlib import Path

import pytest

from screening.messages.describe import describe
from screening.messages.explain import explain
from screening.messages.read import read_input
from screening.messages.syntax.envelope import RawMessage, frames
from screening.profile.model import Intake

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("paxlst_*.edi"))
PASSED = ("(not kept)", "(not read here)")
LEG = {
    "flight": "TDT+20+XY0123+++XY'{}LOC+125+FRA'LOC+87+IAD'",
    "from": "TDT+20+XY0123+++XY'LOC+125+FRA'{}LOC+87+IAD'",
    "to": "TDT+20+XY0123+++XY'LOC+125+FRA'LOC+87+IAD'{}",
    "before": "{}TDT+20+XY0123+++XY'LOC+125+FRA'LOC+87+IAD'",
}


def manifest(legs, version="D:12B:UN"):
    body = f"UNH+1+PAXLST:{version}'BGM+745'{legs}NAD+FL+++DOE:JANE'DTM+329:800201'UNT+9+1'"
    return f"UNA:+.? 'UNB+UNOA:4+XYAPIS+GOV+261123:1545+77'{body}UNZ+1+77'".encode()


@pytest.mark.parametrize("place", LEG)
@pytest.mark.parametrize("qualifier", ["189", "133", "136", "232", "132", "178", "137", "200", "999", "329"])
def test_a_date_is_called_a_departure_where_it_is_the_legs_departure(qualifier, place):
    data = manifest(LEG[place].format(f"DTM+{qualifier}:2611231730:201'"))
    reading = read_input(data, Intake())
    [leg] = reading.messages[0].legs
    line = next(one for one in explain(data, reading).splitlines() if f"DTM {qualifier}" in one)
    assert ("departure" in line) == (leg.departure is not None)
    assert ("arrival" in line) == (leg.arrival is not None)
    assert (leg.departure or leg.arrival) or line.endswith(PASSED)


@pytest.mark.parametrize(
    ("qualifier", "word"), [("136", "departure"), ("132", "arrival"), ("189", "departure")]
)
def test_the_us_dialect_has_its_own_dates(qualifier, word):
    data = manifest(f"TDT++XY123'LOC+005+FRA'DTM+{qualifier}+261123+1730+GMT'", "001:000:UN")
    line = next(one for one in explain(data, read_input(data, Intake())).splitlines() if "DTM" in one)
    assert word in line


def facts(data):
    told = describe(read_input(data, Intake(), input_id="0"), "-")
    for message in told:
        for key in ("findings", "status", "complete"):
            message.pop(key, None)
    return json.dumps(told)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_said_to_be_passed_over_changes_nothing_that_is_read(path):
    data = path.read_bytes()
    lines = [
        line for line in explain(data, read_input(data, Intake())).splitlines() if line[:8].strip().isdigit()
    ]
    before = facts(data)
    spans = {
        segment.offset: segment.length
        for frame in frames(data)
        if isinstance(frame, RawMessage)
        for segment in frame.segments
    }
    for line in lines:
        start = int(line[:8])
        if line.endswith(PASSED) and " LTS " not in line:
            assert facts(data[:start] + data[start + spans[start] :]) == before, line[14:20]
