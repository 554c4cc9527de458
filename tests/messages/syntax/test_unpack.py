"""Compressed files: members, and limits that hold while unpacking."""

import gzip
import io
import random
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
