"""Compressed files: members, and limits that hold while unpacking."""

import gzip
import io
import random
import tracemalloc
import zipfile

import pytest

from screening.messages.syntax.unpack import members, unpack
from screening.profile.model import Intake

PLAIN = b"UNA:+.? 'UNB+UNOA:4+A+B+261123:1545+77'UNZ+0+77'"
TIGHT = Intake(max_unpacked_bytes=2_000_000, max_members=3)


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


DENSE = [pytest.param(zipfile.ZIP_BZIP2, id="bzip2"), pytest.param(zipfile.ZIP_LZMA, id="lzma")]


def packed(method, *members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for number, data in enumerate(members):
            archive.writestr(f"m{number}", data)
    return bytearray(out.getvalue())


@pytest.mark.parametrize("method", DENSE)
def test_dense_members_come_out_whole(method):
    given = (b"", b"x", PLAIN * 999, random.Random(1).randbytes(99_999))
    unpacked = unpack(bytes(packed(method, *given)), "a.zip", Intake())
    assert tuple(one.data for one in unpacked.members) == given
    assert unpacked.findings == []


@pytest.mark.parametrize("method", DENSE)
def test_a_dense_member_never_unpacks_far_beyond_its_limit(method):
    """4 kB of it may become 80 MB: what is given at once is bounded, not what is read at once."""
    data = bytes(packed(method, bytes(80_000_000)))
    tracemalloc.start()
    try:
        found = unpack(data, "x", TIGHT).findings
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [one.code for one in found] == ["unpacked_too_large"]
    assert most < 16_000_000


@pytest.mark.parametrize("method", DENSE)
@pytest.mark.parametrize("place", ["checksum", "length", "first byte", "middle"])
def test_a_damaged_dense_member_is_a_finding(method, place):
    data = packed(method, PLAIN * 99)
    entry = data.rindex(b"PK\x01\x02")
    at = {"checksum": entry + 16, "length": entry + 24, "first byte": 36, "middle": entry // 2}[place]
    data[at] ^= 0x55
    assert [one.code for one in unpack(bytes(data), "x", Intake()).findings] == ["archive_unreadable"]


def test_a_plain_file_is_its_own_only_member():
    unpacked = unpack(PLAIN, "a.edi", TIGHT)
    assert (unpacked.kind.value, [(one.name, one.data) for one in unpacked.members]) == (
        "edifact",
        [("a.edi", PLAIN)],
    )


def test_gzip_members_are_joined_as_the_format_says():
    unpacked = unpack(gzip.compress(PLAIN) + gzip.compress(PLAIN) + b"\0\0", "in/a.edi.gz", TIGHT)
    assert [(one.name, one.data) for one in unpacked.members] == [("in/a.edi.gz!a.edi", PLAIN * 2)]
    assert unpacked.findings == []


def test_zip_members_are_inputs_of_their_own():
    unpacked = unpack(zipped(one=PLAIN, two=b"x"), "a.zip", TIGHT)
    assert [(one.name, one.data) for one in unpacked.members] == [("a.zip!one", PLAIN), ("a.zip!two", b"x")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(gzip.compress(bytes(3_000_000)), "unpacked_too_large", id="gzip bomb"),
        pytest.param(zipped(one=bytes(3_000_000)), "unpacked_too_large", id="zip bomb"),
        pytest.param(zipped(one=bytes(1_500_000), two=bytes(1_500_000)), "unpacked_too_large", id="together"),
        pytest.param(zipped(a=b"", b=b"", c=b"", d=b""), "too_many_members", id="members"),
        pytest.param(gzip.compress(PLAIN)[:-9], "archive_unreadable", id="gzip cut off"),
        pytest.param(b"\x1f\x8b" + b"junk" * 9, "archive_unreadable", id="gzip junk"),
        pytest.param(b"PK\x03\x04" + b"junk" * 9, "archive_unreadable", id="zip junk"),
        pytest.param(
            zipped(one=PLAIN * 9).replace(b"UNB", b"UNC")[:-30], "archive_unreadable", id="zip cut off"
        ),
    ],
)
def test_what_cannot_be_unpacked_is_a_finding(data, code):
    assert [found.code for found in unpack(data, "x", TIGHT).findings] == [code]


def test_members_before_the_limit_are_kept():
    unpacked = unpack(zipped(one=PLAIN, two=bytes(3_000_000)), "a.zip", TIGHT)
    assert [one.name for one in unpacked.members] == ["a.zip!one"]
    assert [found.code for found in unpacked.findings] == ["unpacked_too_large"]


def test_a_file_above_the_limit_is_not_read():
    unpacked = unpack(PLAIN, "a", Intake(max_file_bytes=10))
    assert (unpacked.members, [found.code for found in unpacked.findings]) == ([], ["file_too_large"])


def test_members_come_one_by_one_and_what_cannot_be_read_whole_is_closed():
    rooms, findings = [], []

    def room():
        rooms.append(io.BytesIO())
        return rooms[-1]

    data = zipped(one=PLAIN, two=bytes(3_000_000), three=PLAIN)
    walk = members(data, "a.zip", TIGHT, room, findings)
    _, name, first = next(walk)
    assert (name, first.getvalue(), len(rooms), findings) == ("a.zip!one", PLAIN, 1, [])
    assert list(walk) == []
    assert [one.closed for one in rooms] == [False, True]
    assert [found.code for found in findings] == ["unpacked_too_large"]


@pytest.mark.parametrize("padding", [0, 1, 3_000_000])
def test_gzip_members_may_be_padded_with_zeros(padding):
    large = random.Random(1).randbytes(3_000_000)  # more than one stretch
    data = gzip.compress(PLAIN) + bytes(padding) + gzip.compress(large) + bytes(padding)
    unpacked = unpack(data, "a.gz", Intake())
    assert [one.data for one in unpacked.members] == [PLAIN + large]


def test_a_gzip_member_followed_by_other_bytes_is_not_read():
    unpacked = unpack(gzip.compress(PLAIN) + b"tail", "a.gz", TIGHT)
    assert ([found.code for found in unpacked.findings], unpacked.members) == (["archive_unreadable"], [])
