"""Archives with colliding members in a night: every member is received once and screened."""

import gzip
import io
import warnings
import zipfile
from hashlib import sha256

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"


def zipped(*members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # zipfile warns of a doubled name and writes it
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def received(agency):
    """Sha256 of each input of the night."""
    path = agency.store / "landing" / "current" / f"night={NIGHT}" / "inputs.parquet"
    return set(pq.read_table(path)["input_id"].to_pylist())


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            lambda one, two: dict.fromkeys(("a.zip", "b.zip"), zipped(("x.edi", one), ("y.edi", two))),
            id="an archive sent again under another name",
        ),
        pytest.param(
            lambda one, two: {"a.zip": zipped(("x.edi", one), ("x.edi", two))}, id="two members of one name"
        ),
        pytest.param(
            lambda one, two: {"a.zip": zipped(("x.edi", one), ("x.edi", one), ("y.edi", two))},
            id="a member twice with its bytes",
        ),
        pytest.param(
            lambda one, two: {"a.zip": zipped(("x.edi", one)), "a.zip!x.edi": two},
            id="a file named as a member of the archive beside it",
        ),
        pytest.param(
            lambda one, two: {"a.zip": zipped(("x.edi", one), ("y.edi", two)), "a.zip!x.edi": one},
            id="a file named as a member, with its bytes",
        ),
        pytest.param(
            lambda one, two: {"a.zip": zipped(("x.edi", one), ("x.edi", two)), "b.edi": one},
            id="two members of one name, the first also beside the archive",
        ),
        pytest.param(
            lambda one, two: {"a.zip": zipped(("x.edi", one), ("x/", two))}, id="a member named as a folder"
        ),
    ],
)
def test_a_night_receives_every_member_once(files, by_hand, written):
    one = written.paxlst(written.fillers).encode()
    two = written.paxlst([written.ylva], flight="XQ0402", reference="2").encode()
    for name, data in files(one, two).items():
        by_hand.send(name, data)
    by_hand.run(NIGHT, check=0)
    assert {leg: row["travellers"] for leg, row in by_hand.status(NIGHT).items()} == {
        "XQ401-20261123-ARN-VIE": 3,
        "XQ402-20261123-ARN-VIE": 1,
    }
    assert {sha256(one).hexdigest(), sha256(two).hexdigest()} <= received(by_hand)


def test_a_resent_archive_of_one_name_is_taken_in_beside_the_first(by_hand, written):
    one = written.paxlst(written.fillers).encode()
    two = written.paxlst([written.ylva], flight="XQ0402", reference="2").encode()
    by_hand.send("a.zip", zipped(("x.edi", one)))
    by_hand.run(NIGHT, check=0)
    by_hand.send("a.zip", zipped(("x.edi", one), ("x.edi", two)))
    by_hand.run(NIGHT, check=0)
    assert [row["travellers"] for row in by_hand.status(NIGHT).values()] == [3, 1]
    by_hand.send("b.zip", zipped(("x.edi", two)))
    by_hand("rerun", "--night", NIGHT, "--flight", "XQ402", check=0)
    by_hand.send("c.edi", two)
    by_hand("rerun", "--night", NIGHT, "--flight", "XQ402", check=0)
    by_hand.run(NIGHT, check=0)
    assert [row["travellers"] for row in by_hand.status(NIGHT).values()] == [3, 1]
    path = by_hand.store / "landing" / "current" / f"night={NIGHT}" / "inputs.parquet"
    files = [row["name"] for row in pq.read_table(path).to_pylist() if row["container"] is None]
    assert sorted(files) == ["a.zip", "a.zip", "b.zip", "c.edi"]


def overlapping(one, two):
    """Two entries of the directory that lead to the first one's bytes."""
    data = bytearray(zipped(("x.edi", one), ("x.edi", two)))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = bytes(4)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(overlapping, "archive_unreadable", id="members that share bytes"),
        pytest.param(
            lambda one, two: zipped(("x.edi", two)) + zipped(("x.edi", one)),
            "archive_unreadable",
            id="two archives one behind the other: the first is listed nowhere",
        ),
        pytest.param(
            lambda one, two: zipped(("x.edi", one), ("x.edi", b"a note"), ("x.edi", b"another")),
            "unb_missing",
            id="two notes of one name",
        ),
    ],
)
def test_what_of_an_archive_is_not_read_needs_a_person_and_the_rest_is_screened(by_hand, written, data, code):
    one = written.paxlst(written.fillers).encode()
    two = written.paxlst([written.ylva], flight="XQ0402", reference="2").encode()
    by_hand.send("a.zip", data(one, two))
    by_hand.run(NIGHT, check=1)
    status = by_hand.status(NIGHT)
    assert status.pop("XQ401-20261123-ARN-VIE")["travellers"] == 3
    assert [row["reason_code"] for row in status.values()] == [code]


def test_an_archive_without_a_member_needs_a_person(by_hand, written):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    by_hand.send("a.zip", zipped())
    by_hand.run(NIGHT, check=1)
    assert by_hand.status(NIGHT)["input:a.zip"]["reason_code"] == "archive_empty"


def test_an_archive_in_an_archive_is_set_aside_and_the_rest_of_the_night_is_screened(by_hand, written):
    inner = zipped(("x.edi", gzip.compress(written.paxlst([written.ylva], flight="XQ0402").encode())))
    by_hand.send("a.zip", zipped(("in.zip", inner), ("y.edi", written.paxlst(written.fillers))))
    by_hand.run(NIGHT, check=1)
    status = by_hand.status(NIGHT)
    assert status["XQ401-20261123-ARN-VIE"]["travellers"] == 3
    assert status["input:a.zip!in.zip"]["outcome"] == "quarantined"
