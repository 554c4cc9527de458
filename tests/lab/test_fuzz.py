"""The fuzzer: its cases repeat, what it checks is really checked, and the readers stand a bounded number."""

import pytest

from screening.lab import fuzz
from screening.messages.model import ByteRange, Quarantined, Reading
from screening.messages.read import read_input
from screening.profile.model import Intake
from screening.tables.codes import QuarantineUnit, Source


@pytest.fixture(scope="module")
def files():
    return fuzz.pool(1)


def test_all_dialects_are_damaged(files):
    kinds = {
        version
        for data in files
        for version in (
            b"PAXLST:D:02B", b"PAXLST:D:05B", b"PAXLST:D:12B", b"PAXLST:D:15B", b"PAXLST:001:000",
            b"PNRGOV:10:1", b"PNRGOV:11:1", b"PNRGOV:13:1", b"PNRGOV:17:1", b"PNRGOV:21:1",
        )
        if version in data.replace(b"*", b"+").replace(b".", b":")
    }  # fmt: skip
    assert len(kinds) == 10
    assert max(map(len, files)) <= fuzz.LARGEST


def test_a_case_depends_on_seed_and_number_alone(files):
    again = fuzz.pool(1)
    assert [fuzz.case(files, 3, number) for number in (0, 7, 500)] == [
        fuzz.case(again, 3, number) for number in (0, 7, 500)
    ]
    assert fuzz.case(files, 3, 0) != fuzz.case(files, 4, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12])
def test_damaged_messages_are_read_or_accounted_for(seed):
    told = []
    done = fuzz.fuzz(2500, seed, told.append)
    assert done.failures == []
    assert (done.cases, done.failed) == (2500, 0)
    assert done.reread > 100
    assert told


DATA = b"UNA:+.? 'UNB+UNOA:4+A+B+261123:1545+1'UNH+1+PAXLST:D:12B:UN'BGM+745'UNT+3+1'UNZ+1+1'"


def _changed(change):
    reading = read_input(DATA, Intake(), input_id="0")
    change(reading)
    return list(fuzz.wrongs(DATA, reading))


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        pytest.param(lambda one: one.byte_ranges.pop(), "cover", id="no last byte range"),
        pytest.param(lambda one: one.byte_ranges.pop(0), "follow", id="no first byte range"),
        pytest.param(lambda one: one.quarantined.clear(), "without an entry", id="no entry"),
        pytest.param(lambda one: one.sensitive.append((80, 99)), "sensitive place", id="place outside"),
        pytest.param(
            lambda one: one.quarantined.append(Quarantined(QuarantineUnit.BYTES, 0, 9, (), "")),
            "without a code",
            id="no code",
        ),
        pytest.param(
            lambda one: one.byte_ranges.__setitem__(1, ByteRange(38, 46, "envelope", Source.API)),
            "a message without a byte range",
            id="a message as envelope",
        ),
    ],
)
def test_what_does_not_hold_is_told(change, wrong):
    assert _changed(lambda one: None) == []
    assert any(wrong in text for text in _changed(change))


def test_a_fault_is_told_by_kind_and_place_alone(monkeypatch):
    def broken(data: bytes, intake: Intake, *, input_id: str) -> Reading:
        raise KeyError("SMITH")

    monkeypatch.setattr(fuzz, "read_input", broken)
    done = fuzz.fuzz(3, 1, lambda text: None)
    assert done.failed == 3
    assert {failure.what.partition(" at ")[0] for failure in done.failures} == {"KeyError"}
    assert "SMITH" not in str(done.failures)


def test_a_hang_is_ended(monkeypatch):
    def endless(data: bytes, intake: Intake, *, input_id: str) -> Reading:
        while True:
            pass

    monkeypatch.setattr(fuzz, "read_input", endless)
    monkeypatch.setattr(fuzz, "LIMIT", 0.05)
    done = fuzz.fuzz(1, 1, lambda text: None)
    assert [failure.what.partition(" at ")[0] for failure in done.failures] == ["TooSlowError"]


def _forgets_an_entry(data: bytes, intake: Intake, *, input_id: str) -> Reading:
    reading = read_input(data, intake, input_id=input_id)
    reading.quarantined[:1] = []
    return reading


def _forgets_the_end(data: bytes, intake: Intake, *, input_id: str) -> Reading:
    reading = read_input(data, intake, input_id=input_id)
    reading.byte_ranges[-1:] = []
    return reading


@pytest.mark.parametrize(
    ("reader", "what"),
    [
        (_forgets_an_entry, "set aside without an entry"),
        (_forgets_the_end, "byte ranges do not cover the input"),
    ],
)
def test_a_reader_that_loses_something_is_found_out_in_few_cases(monkeypatch, files, reader, what):
    monkeypatch.setattr(fuzz, "pool", lambda seed: files)
    assert fuzz.fuzz(60, 1, lambda text: None).failures == []
    monkeypatch.setattr(fuzz, "read_input", reader)
    done = fuzz.fuzz(60, 1, lambda text: None)
    assert any(what in failure.what for failure in done.failures)
