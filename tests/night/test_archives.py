"""Archives with colliding members in a night: every member is received once and screened."""

import gzip
import io
import warnings
import zipfile
from hashlib import sha256

import pyarrow.parquet as pq
import pytest

from tests.messages_by_hand import Agency

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"


def zipped(*members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # zipfile warns of a doubled name and writes it
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def overlapping(one, two):
    """Two entries of the directory that lead to the first one's bytes."""
    data = bytearray(zipped(("x.edi", one), ("x.edi", two)))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = bytes(4)
    return bytes(data)


EVERY_MEMBER_ONCE = {
    "an archive sent again under another name": lambda one, two: dict.fromkeys(
        ("a.zip", "b.zip"), zipped(("x.edi", one), ("y.edi", two))
    ),
    "two members of one name": lambda one, two: {"a.zip": zipped(("x.edi", one), ("x.edi", two))},
    "a member twice with its bytes": lambda one, two: {
        "a.zip": zipped(("x.edi", one), ("x.edi", one), ("y.edi", two))
    },
    "a file named as a member of the archive beside it": lambda one, two: {
        "a.zip": zipped(("x.edi", one)),
        "a.zip!x.edi": two,
    },
    "a file named as a member, with its bytes": lambda one, two: {
        "a.zip": zipped(("x.edi", one), ("y.edi", two)),
        "a.zip!x.edi": one,
    },
    "two members of one name, the first also beside the archive": lambda one, two: {
        "a.zip": zipped(("x.edi", one), ("x.edi", two)),
        "b.edi": one,
    },
    "a member named as a folder": lambda one, two: {"a.zip": zipped(("x.edi", one), ("x/", two))},
}
NEEDS_A_PERSON = {  # the files, and the code of the one thing that is told of them
    "members that share bytes": (
        lambda one, two: {"a.zip": overlapping(one, two)},
        {"a.zip": "archive_unreadable"},
    ),
    "two archives one behind the other, the first is listed nowhere": (
        lambda one, two: {"a.zip": zipped(("x.edi", two)) + zipped(("x.edi", one))},
        {"a.zip": "archive_unreadable"},
    ),
    "two notes of one name": (
        lambda one, two: {"a.zip": zipped(("x.edi", one), ("x.edi", b"a note"), ("x.edi", b"another"))},
        {"a.zip!x.edi": "unb_missing"},
    ),
    "an archive without a member": (
        lambda one, two: {"a.zip": zipped(), "b.edi": one},
        {"a.zip": "archive_empty"},
    ),
    "an archive in an archive": (
        lambda one, two: {"a.zip": zipped(("in.zip", zipped(("x.edi", gzip.compress(two)))), ("y.edi", one))},
        {"a.zip!in.zip": "unb_missing"},
    ),
}
CASES = [*EVERY_MEMBER_ONCE, *NEEDS_A_PERSON, "sent again"]


def leg(case, which):
    return f"XQ{CASES.index(case) * 2 + 10 + which}-20261123-ARN-VIE"


@pytest.fixture(scope="module")
def messages(written):
    """Two messages a case, each of a flight of its own: of three people, and of the one who is sought."""

    def sent(number, people):
        return written.paxlst(people, flight=f"XQ{number:04}", reference=f"{number}").encode()

    return {
        case: (sent(place * 2 + 10, written.fillers), sent(place * 2 + 11, [written.ylva]))
        for place, case in enumerate(CASES)
    }


@pytest.fixture(scope="module")
def night(tmp_path_factory, screening, messages):
    """A night with the files of every case in a folder of its own; read only, copy it."""
    agency = Agency(tmp_path_factory.mktemp("archives") / "agency", screening)
    made = EVERY_MEMBER_ONCE | {case: files for case, (files, _) in NEEDS_A_PERSON.items()}
    for case, files in made.items():
        for name, data in files(*messages[case]).items():
            agency.send(f"{case}/{name}", data)
    agency.send("sent again/a.zip", zipped(("x.edi", messages["sent again"][0])))
    agency.run(NIGHT, check=1)
    agency.rows = agency.json("status", "--night", NIGHT)
    return agency


def inputs(agency):
    path = agency.store / "landing" / "current" / f"night={NIGHT}" / "inputs.parquet"
    return pq.read_table(path).to_pylist()


def told(night, case):
    """Codes of what is told of a case's files that name no leg, by their names."""
    return {
        row["file"].removeprefix(f"{case}/"): row["reason_code"]
        for row in night.rows
        if (row["file"] or "").startswith(f"{case}/")
    }


@pytest.mark.parametrize("case", EVERY_MEMBER_ONCE)
def test_a_night_receives_every_member_once(night, messages, case):
    rows = {row["flight_id"]: row for row in night.rows}
    both = [rows[leg(case, which)] for which in (0, 1)]
    assert [(row["travellers"], row["quarantined"], row["mend"]) for row in both] == [
        (3, 0, None),
        (1, 0, None),
    ]
    assert told(night, case) == {}
    assert {sha256(one).hexdigest() for one in messages[case]} <= {row["input_id"] for row in inputs(night)}


@pytest.mark.parametrize("case", NEEDS_A_PERSON)
def test_what_of_an_archive_is_not_read_needs_a_person_and_the_rest_is_screened(night, case):
    travellers = {row["flight_id"]: row["travellers"] for row in night.rows}
    assert travellers[leg(case, 0)] == 3
    assert leg(case, 1) not in travellers
    assert told(night, case) == NEEDS_A_PERSON[case][1]


def test_a_resent_archive_of_one_name_is_taken_in_beside_the_first(night, messages, tmp_path):
    agency, (one, two) = night.copy(tmp_path / "agency"), messages["sent again"]
    agency.send("sent again/a.zip", zipped(("x.edi", one), ("x.edi", two)))
    agency.run(NIGHT, check=1)
    status = agency.status(NIGHT)
    legs = (leg("sent again", 0), leg("sent again", 1))
    assert [status[name]["travellers"] for name in legs] == [3, 1]
    agency.send("sent again/b.zip", zipped(("x.edi", two)))
    agency.send("sent again/c.edi", two)
    agency("rerun", "--night", NIGHT, "--flight", legs[1], check=1)
    agency.run(NIGHT, check=1)
    assert agency.status(NIGHT) == status
    files = [row["name"] for row in inputs(agency) if row["container"] is None]
    assert sorted(name.removeprefix("sent again/") for name in files if name.startswith("sent again/")) == [
        "a.zip",
        "a.zip",
        "b.zip",
        "c.edi",
    ]
