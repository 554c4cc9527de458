"""The large file of the benchmark: messages that differ, the same bytes however packed."""

import pytest

from screening.lab import benchmark_large
from screening.messages.read import read_input
from screening.messages.syntax.unpack import unpack
from screening.profile.model import Intake

MESSAGE = (
    b"UNA:+.? 'UNB+UNOA:4+XY+GOV+261123:1545+REF77'UNH+1+PAXLST:D:12B:UN:IATA'BGM+745'TDT+20+XY12+++XY'"
    b"LOC+125+FRA'DTM+189:2611231730:201'LOC+87+IAD'NAD+FL+++DOE:JANE'UNT+8+1'UNZ+1+REF77'"
)


@pytest.mark.parametrize("packing", benchmark_large.PACKINGS)
def test_a_large_file_repeats_a_night_under_other_references(tmp_path, monkeypatch, packing):
    monkeypatch.setattr(benchmark_large, "_MB", 1000)
    (tmp_path / "night").mkdir()
    (tmp_path / "night" / "a.edi").write_bytes(MESSAGE)
    path = benchmark_large._write(tmp_path / "night", tmp_path / "inbox", 1, packing)
    (member,) = unpack(path.read_bytes(), path.name, Intake()).members
    messages = read_input(member.data, Intake()).messages
    assert [one.control_reference for one in messages] == [
        "REF77",
        "00177",
        "00277",
        "00377",
        "00477",
        "00577",
    ]
    assert {len(one.findings) for one in messages} == {len(messages[0].findings)}


def test_memory_and_time_of_a_command_are_measured_and_a_failure_is_none():
    seconds, peak = benchmark_large._measured(["sleep", "0.2"])
    assert seconds >= 0.2
    assert peak > 0
    with pytest.raises(RuntimeError, match="exit code 1"):
        benchmark_large._measured(["false"])
