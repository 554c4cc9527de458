"""An input read part by part is the input read at once: same tables whatever the parts, in bounded memory."""

import gc
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.lab.fuzz_mutations import mutated
from screening.messages.describe import describe, describe_parts
from screening.messages.explain import explain, explain_parts
from screening.messages.model import Traveller
from screening.messages.read import number_of_messages, read_input, read_parts
from screening.messages.scrub import blank, blanked_ranges
from screening.messages.syntax import service_string
from screening.messages.syntax.service_string import interchange_starts
from screening.messages.tabulate import tabulate
from screening.profile.model import Intake

INTAKE = Intake()
GOLDEN = [path.read_bytes() for path in sorted((Path(__file__).parent / "golden").glob("*.edi"))]
SIZES = (1, 500, 5_000)


def message(
    number, *, people=1, stated=None, part="01:F", transaction="T", sender="XY", kind="PAXLST", end=True
):
    """One interchange of one message; `part` is UNH's status of transfer."""
    listed = "".join(f"NAD+FL+++DOE{number}X{one}:JANE'DTM+329:800201'" for one in range(people))
    body = (
        f"UNH+{number}+{kind}:D:05B:UN:IATA+R{transaction}{'+' + part if part else ''}'BGM+745'"
        f"RFF+TN:{transaction}'TDT+20+XY12+++XY'LOC+125+FRA'DTM+189:2611231730:201'LOC+87+IAD'{listed}"
        f"CNT+42:{people if stated is None else stated}'"
    )
    if end:
        body += f"UNT+{body.count(chr(39)) + 1}+{number}'"
    return f"UNA:+.? 'UNB+UNOA:4+{sender}+GOV+261123:1545+{number}'{body}UNZ+1+{number}'".encode()


MESSAGES = st.builds(
    message,
    st.integers(0, 9),
    people=st.integers(0, 3),
    stated=st.none() | st.integers(0, 5),
    part=st.sampled_from(["", "01:C", "01:F", "02:C", "02:F", "02"]),
    transaction=st.sampled_from("TU"),
    sender=st.sampled_from(["XY", "QQ"]),
    kind=st.sampled_from(["PAXLST", "PAXLST", "PAXLST", "IFTMIN"]),
    end=st.booleans(),
)
LOOSE = st.sampled_from([b"", b"\r\n", b"TELEX 1'", b"\x00\x1a", b"UNZ+1+1'"])
FILES = st.lists(MESSAGES | LOOSE | st.sampled_from(GOLDEN), max_size=8).map(b"".join)


def check(data):
    """Hold parts of several sizes to the whole."""
    whole = read_input(data, INTAKE, input_id="in")
    tables = tabulate([whole])
    for size in SIZES:
        parts = list(read_parts(data, INTAKE, input_id="in", bytes_at_once=size))
        assert [one for part in parts for one in part.messages] == whole.messages
        assert [one for part in parts for one in part.byte_ranges] == whole.byte_ranges
        assert [one for part in parts for one in part.sensitive] == whole.sensitive
        assert [one for part in parts for one in part.findings] == whole.findings
        for name, table in tabulate(parts).items():
            assert table.equals(tables[name]), (size, name)
        assert list(describe_parts(parts, "in")) == describe(whole, "in")
        scrubbed = [one for part in parts for _, one in blanked_ranges(data, part)]
        assert b"".join(scrubbed) == blank(data, whole)
    lines = explain_parts(data, parts, messages=number_of_messages(data))
    assert "\n".join(lines) + "\n" == explain(data, whole)


@settings(max_examples=80, deadline=None)
@given(data=FILES)
def test_parts_of_any_size_give_the_tables_of_the_whole(data):
    check(data)


@settings(max_examples=60, deadline=None)
@given(data=FILES, seed=st.integers(0, 1 << 32))
def test_so_do_those_of_damaged_files(data, seed):
    check(mutated(random.Random(seed), data, GOLDEN))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param(
            [{"part": "01:C", "people": 2, "stated": 5}, {"part": "02:F", "people": 3, "stated": 5}],
            [(True, []), (True, [])],
            id="a count of all parts is no deviation of one",
        ),
        pytest.param(
            [{"part": "01:C", "people": 2, "stated": 2}, {"part": "02:C", "people": 3, "stated": 3}],
            [(True, []), (False, ["sequence_without_last_part"])],
            id="the latest part tells that the last one is missing",
        ),
        pytest.param(
            [{"part": "01:F", "people": 2, "stated": 5}, {"part": "02:C", "people": 3, "stated": 5}],
            [(True, []), (True, [])],
            id="the last part may come first",
        ),
        pytest.param(
            [{"part": "01:C", "people": 2, "stated": 4}, {"part": "02:F", "people": 3, "stated": 4}],
            [(False, ["cnt_differs"]), (False, ["cnt_differs"])],
            id="a count that fits neither",
        ),
        pytest.param(
            [{"part": "01:F", "people": 2, "stated": 5}],
            [(False, ["cnt_differs"])],
            id="one part alone must fit its count",
        ),
    ],
)
@pytest.mark.parametrize("between", [0, 1, 9], ids=lambda number: f"{number} manifests between")
def test_a_manifest_in_parts_is_judged_by_all_of_them(parts, expected, between):
    others = b"".join(message(100 + one, transaction=f"O{one}") for one in range(between))
    data = others.join([b"", *(message(place, **one) for place, one in enumerate(parts)), b""])
    for size in (1, 1 << 20):
        read = [one for part in read_parts(data, INTAKE, bytes_at_once=size) for one in part.messages]
        own = [one for one in read if one.transaction == "T"]
        assert [(one.complete, [found.code for found in one.findings]) for one in own] == expected
        assert [one.index for one in read] == list(range(len(read)))


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(message(0), id="nothing stays open"),
        pytest.param(message(0, part="01:C", transaction="open"), id="a manifest open from first to last"),
    ],
)
def test_no_more_people_are_held_than_a_few_parts_have(first):
    data = first + b"".join(message(one, people=20, transaction=f"T{one}") for one in range(1, 100))

    def held():
        return sum(type(one) is Traveller for one in gc.get_objects())

    most = 0
    gc.freeze()  # what was there before, as other tests' travellers, is not looked through each time
    try:
        for part in read_parts(data, INTAKE, bytes_at_once=5_000):
            del part
            most = max(most, held())
    finally:
        gc.unfreeze()
    assert 0 < most < 400, "of 1,980"


@pytest.mark.parametrize("stretch", [1, 7, 64])
def test_where_interchanges_begin_does_not_depend_on_how_far_is_looked_at_once(stretch, monkeypatch):
    data = b"".join(GOLDEN) + b" UNB UNB+UNOA:4UNBUNB+A+BUNB?+UNOA UNB"
    expected = list(interchange_starts(data))
    monkeypatch.setattr(service_string, "STRETCH", stretch)
    assert list(interchange_starts(data)) == expected


def test_reading_leaves_no_cycles_that_only_the_collector_would_find():
    data = b"".join(GOLDEN)
    list(read_parts(data, INTAKE, bytes_at_once=5_000))  # what is made once
    was_on = gc.isenabled()
    gc.disable()
    try:
        gc.collect()
        list(read_parts(data, INTAKE, bytes_at_once=5_000))
        assert gc.collect() == 0, "the collector stands still while an input is read: they would pile up"
    finally:
        if was_on:
            gc.enable()
