"""Archives whose members collide in name or place: each comes out with its own bytes."""

import io
import warnings
import zipfile

import pytest

from screening.messages.syntax.unpack import unpack
from screening.profile.model import Intake

FIRST, SECOND = b"UNB+UNOA:4+A+B+261123:1545+1'UNZ+0+1'", b"UNB+UNOA:4+A+B+261123:1545+2'UNZ+0+2'"


def zipped(*members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # zipfile warns of a doubled name and writes it
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def overlapping():
    """A directory whose second entry points at the first one's bytes, as an overlap bomb does."""
    data = bytearray(zipped(("x.edi", FIRST), ("y.edi", SECOND)))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = bytes(4)
    return bytes(data)


def names_of(data, name="a.zip"):
    found = unpack(data, name, Intake())
    return [(member.name, member.data) for member in found.members], [one.code for one in found.findings]


@pytest.mark.parametrize(
    ("data", "members", "codes"),
    [
        pytest.param(
            zipped(("x.edi", FIRST), ("y.edi", FIRST)),
            [("a.zip!x.edi", FIRST), ("a.zip!y.edi", FIRST)],
            [],
            id="one content under two names",
        ),
        pytest.param(
            zipped(("d/x.edi", FIRST), ("e/x.edi", SECOND)),
            [("a.zip!d/x.edi", FIRST), ("a.zip!e/x.edi", SECOND)],
            [],
            id="one name in two folders",
        ),
        pytest.param(
            zipped(("x.edi", FIRST), ("x.edi", SECOND)),
            [("a.zip!x.edi", FIRST), ("a.zip!x.edi", SECOND)],
            [],
            id="one name twice: both contents come out",
        ),
        pytest.param(
            overlapping(), [("a.zip!x.edi", FIRST)], ["archive_unreadable"], id="members that overlap"
        ),
        pytest.param(
            zipped(("in.zip", zipped(("x.edi", FIRST)))),
            [("a.zip!in.zip", zipped(("x.edi", FIRST)))],
            [],
            id="an archive in an archive is a member as it is",
        ),
    ],
)
def test_members_come_out_with_their_own_bytes(data, members, codes):
    assert names_of(data) == (members, codes)


def test_members_are_known_by_their_place_in_the_directory():
    found = unpack(zipped(("d/", b""), ("x.edi", FIRST), ("x.edi", SECOND)), "a.zip", Intake())
    assert [(member.ordinal, member.data) for member in found.members] == [(1, FIRST), (2, SECOND)]


def test_a_member_that_the_directory_does_not_list_is_a_finding():
    members, codes = names_of(zipped(("x.edi", FIRST)) + zipped(("x.edi", SECOND)))
    assert (members, codes) == ([("a.zip!x.edi", SECOND)], ["archive_unreadable"])


def test_what_broken_members_unpack_to_counts_against_the_limit():
    """A bomb may hide its size behind checksums that do not fit."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(9):
            archive.writestr(f"{number}", bytes(300_000))
    crc = archive.infolist()[0].CRC.to_bytes(4, "little")
    broken = packed.getvalue().replace(crc, b"none")
    found = unpack(broken, "a.zip", Intake(max_unpacked_bytes=1_000_000)).findings
    assert [one.code for one in found] == ["archive_unreadable"] * 4 + ["unpacked_too_large"]
