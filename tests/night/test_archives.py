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
COLLIDE = pytest.mark.xfail(
    strict=True,
    raises=AssertionError,
    reason="two inputs of one name and one content end the run in a SchemaError of the inputs' table",
)


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
            marks=COLLIDE,
        ),
        pytest.param(
            lambda one, two: {"a.zip": zipped(("x.edi", one)), "a.zip!x.edi": two},
            id="a file named as a member of the archive beside it",
        ),
        pytest.param(
            lambda one, two: {"a.zip": zipped(("x.edi", one), ("y.edi", two)), "a.zip!x.edi": one},
            id="a file named as a member, with its bytes",
            marks=COLLIDE,
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


def test_an_archive_in_an_archive_is_set_aside_and_the_rest_of_the_night_is_screened(by_hand, written):
    inner = zipped(("x.edi", gzip.compress(written.paxlst([written.ylva], flight="XQ0402").encode())))
    by_hand.send("a.zip", zipped(("in.zip", inner), ("y.edi", written.paxlst(written.fillers))))
    by_hand.run(NIGHT, check=1)
    status = by_hand.status(NIGHT)
    assert status["XQ401-20261123-ARN-VIE"]["travellers"] == 3
    assert status["input:a.zip!in.zip"]["outcome"] == "quarantined"
