"""Landing keeps bytes with sensitive text blanked: reading those gives the same tables as the bytes as sent."""

import gzip
import io
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.messages.read import read_input
from screening.messages.scrub import blank
from screening.messages.tabulate import tabulate
from screening.profile.model import Intake

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.edi"))
INTAKE = Intake()
SENSITIVE = [
    b"SSR+KSML:HK:1:XY:::::STRICTLY PLEASE+A::1", b"SSR+VGML", b"SSR+MEDA:HK:1:XY:::::\xe9\xff",
    b"SSR+OTHS:HK:1:XY:::::IN NEED OF OXYGEN", b"SSR+OTHS:HK:1:XY:::::A?'B?+C?\r\n:D??", b"SSR+BLND:HK:1:XY+2A::1",
    b"IFT+4:28::XY+CHAIR AND PRAYER+MORE", b"IFT+4:28::XY+CTCM 32 2 555 0100+DIABETIC", b"IFT+4:28+FOL\r\nDED?'X",
    b"IFT+4:28::XY+TIF?+DOE?:I TVL", b"LTS+1.1SMITH/JANE MRS 2.SSR MEDA", b"LTS+DOE?", b"SSR+OTHS:HK:1:XY::::: ",
]  # fmt: skip


def assert_same_tables(data):
    reading = read_input(data, INTAKE, input_id="0")
    shown = blank(data, reading)
    again = read_input(shown, INTAKE, input_id="0")
    assert len(shown) == len(data)
    assert again.sensitive == reading.sensitive
    assert not any(shown[offset : offset + length].strip() for offset, length in reading.sensitive)
    before, after = tabulate([reading]), tabulate([again])
    for name, table in before.items():
        assert table.equals(after[name]), name
    return reading


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_messages(path):
    assert_same_tables(path.read_bytes())


def _contents(inbox):
    for path in sorted(inbox.iterdir()):
        data = path.read_bytes()
        if path.suffix == ".zip":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield from (archive.read(name) for name in archive.namelist())
        else:
            yield gzip.decompress(data) if path.suffix == ".gz" else data


def test_a_generated_night(made_night):
    found = [assert_same_tables(data) for data in _contents(made_night / "inbox")]
    assert sum(len(reading.sensitive) for reading in found) > 5


@pytest.fixture(scope="module")
def pushes(made_night):
    return [data for data in _contents(made_night / "inbox") if b"PNRGOV" in data[:400]]


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    texts=st.lists(st.sampled_from(SENSITIVE), min_size=1, max_size=4),
    glue=st.booleans(),
    cut=st.booleans(),
)
def test_sensitive_texts_anywhere_in_a_push(pushes, seed, texts, glue, cut):
    chance = random.Random(seed)
    segments = chance.choice(pushes).split(b"'")
    start = chance.randrange(max(1, len(segments) - 60))
    segments = [*segments[:8], *segments[start : start + 60], *segments[-3:]]
    for text in texts:
        segments.insert(chance.randrange(8, len(segments)), text)
    data = b"'".join(segments)
    if glue:
        place = chance.randrange(200, len(data))
        data = data[:place] + chance.choice([b"", b"\n", b"\x92", b"?"]) + data[place + 1 :]
    if cut:
        data = data[: chance.randrange(200, len(data))]
    assert_same_tables(data)


def test_findings_of_bytes_do_not_tell_of_sensitive_texts():
    data = GOLDEN[0].parent.joinpath("pnrgov_version_13_1.edi").read_bytes()
    data = data.replace(b"TVL+231126:1730:231126:2030+FRA+IAD+XY+123:Y'", b"SSR+MEDA:HK:1:XY:::::\xe9\xff'")
    reading = assert_same_tables(data)
    codes = {found.code for message in reading.messages for found in message.findings}
    assert "sensitive_text_dropped" in codes
    assert "undecodable_byte" not in codes


def test_what_was_read_before_changes_nothing():
    """Facts are kept by their bytes: one that has a finding must have it each time."""
    path = next(path for path in GOLDEN if path.stem == "paxlst_version_12b")
    data = path.read_bytes().replace(b"DTM+36:300101", b"DTM+36:30 0101")
    first, again = (read_input(data, INTAKE, input_id="0") for _ in range(2))
    assert first == again
    assert "space_in_date" in {one.code for person in again.messages[0].travellers for one in person.findings}


@pytest.mark.parametrize(
    "segment",
    [
        pytest.param(b"SSR+MEDA:HK:1:XY:DIABETIC", id="where a host's own field stands"),
        pytest.param(b"SSR+OTHS:HK:1:XY:::ALLERGIC TO NUTS", id="where an airport stands"),
        pytest.param(b"SSR+OTHS:HK+231126/1125/ASTHMA", id="in an element of its own"),
    ],
)
def test_sensitive_text_that_stands_too_early_is_blanked(segment):
    data = GOLDEN[0].parent.joinpath("pnrgov_version_13_1.edi").read_bytes()
    data = data.replace(b"TIF+DOE", segment + b"'\nTIF+DOE")
    shown = blank(data, assert_same_tables(data))
    assert not any(word in shown for word in (b"DIABETIC", b"ALLERGIC", b"ASTHMA"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(rb"LTS+DOE?", id="host text"),
        pytest.param(rb"LTS+DOE???", id="three in a row"),
        pytest.param(rb"LTS+DOE??", id="the sign itself, released: the segment ends"),
        pytest.param(rb"IFT+4:28::XY+CHAIR AND PRAYER?", id="remark"),
        pytest.param(rb"SSR+OTHS:HK:1:XY:::::OXYGEN?", id="service"),
    ],
)
def test_a_text_whose_end_is_released_before_a_service_segment(text):
    """UNT is parted from what swallowed it; the text gone, the release sign must still swallow the terminator."""
    data = GOLDEN[0].parent.joinpath("pnrgov_version_13_1.edi").read_bytes()
    head, _, tail = data.rpartition(b"UNT+")
    shown = blank(
        head + text + b"'" + b"UNT+" + tail, assert_same_tables(head + text + b"'" + b"UNT+" + tail)
    )
    assert not any(word in shown for word in (b"DOE?", b"CHAIR", b"OXYGEN"))
