"""Counts and thresholds of earlier nights: proposed, put in use by a person, pinned by nights, purged at their term."""

import json
import shutil
from itertools import product

import pyarrow.parquet as pq
import pytest

from tests.messages_by_hand import Agency

FIRST, SECOND = "2026-11-23", "2026-11-24"
SURNAMES = [f"{a}{b}{c}" for a, b, c in product(("QUEN", "VARL", "TOSK", "MIRB"), ("ZE", "OMA", "IDU", "EKA"), ("BRAND", "LING", "ROV", "TANI"))]  # fmt: skip
GIVEN = ["ALDO", "BRISA", "CORIN", "DELMA", "ELVAN", "FARIS", "GALENA", "HADRI", "ISMA", "JORUN"]


def crowd(many, at=0):
    """Invented people whose surnames the shipped shares do not know, the first of them borne by a fifth."""
    found = []
    for n in range(at, at + many):
        surname = SURNAMES[0] if n % 5 == 0 else SURNAMES[n % len(SURNAMES)]
        given = f"{GIVEN[n % 10]} {GIVEN[(n // 10) % 10]}"
        born = f"{50 + n % 50:02}{n % 12 + 1:02}{n % 28 + 1:02}"
        found.append((surname, given, born, "MF"[n % 2], "KAZ", f"N{n:07}"))
    return found


@pytest.fixture(scope="module")
def published(screening, written, tmp_path_factory):
    """A night of 1,050 people, published once; read only."""
    agency = Agency(tmp_path_factory.mktemp("counted") / "agency", screening)
    for flight in range(3):
        people = crowd(350, 350 * flight)
        agency.send(f"{flight}.edi", written.paxlst(people, flight=f"XQ040{flight}", reference=str(flight)))
    done = agency.run(FIRST)
    assert "Promise     false alerts per 1,000 not yet measured here" in done.stdout
    return agency.folder


@pytest.fixture
def counted(by_hand, published):
    """A copy of that agency."""
    shutil.copytree(published, by_hand.folder, symlinks=True, dirs_exist_ok=True)
    return by_hand


def frozen(agency, night, revision=1):
    return json.loads(
        (agency.store / "nights" / night / "runs" / f"{revision:04}" / "night.json").read_text()
    )


def acts(agency):
    lines = [path.read_text().splitlines() for path in sorted((agency.store / "audit").glob("audit-*.jsonl"))]
    return [record for of in lines for line in of if (record := json.loads(line))["act"].startswith("model.")]


def test_a_person_puts_a_proposal_in_use_and_nights_pin_it(counted, written, promised):
    agency = counted
    done = agency("model", "propose", "--from", FIRST, "--to", FIRST, "--as", "anna", check=0)
    version = done.stdout.split()[0]
    assert "is stored" in done.stdout
    again = agency("model", "propose", "--from", FIRST, "--to", FIRST, "--as", "anna", check=0)
    assert f"{version} was stored before" in again.stdout
    (row,) = agency.json("model", "versions")
    assert (row["version"], row["active"], row["travellers"]) == (version, False, 1050)
    assert (row["from"], row["to"], row["current"]) == (FIRST, FIRST, True)

    alike = ("QUENZEBRAND", "YLVALINN", "840317", "F", "SWE", "ZZ1111111")  # another surname, else alike
    agency.send(
        "next.edi", written.paxlst([written.ylva, alike], flight="XQ0409", day="261124", sent="261123:1800")
    )
    agency("model", "activate", version[:6], "--reason", "a first night", "--as", "ben", check=0)
    told = agency.run(SECOND, check=None).stdout
    assert f"measured on traffic model {version}" in told
    pins = frozen(agency, SECOND)["pins"]
    assert pins["traffic"] == version
    assert pins["model"] != frozen(agency, FIRST)["pins"]["model"]
    assert "traffic" not in frozen(agency, FIRST)["pins"]
    assert [(act["act"], act["actor"], act["reason"]) for act in acts(agency)] == [
        ("model.count", "anna", None),
        ("model.propose", "anna", None),
        ("model.count", "anna", None),
        ("model.activate", "ben", "a first night"),
    ]
    assert {act["objects"][0] for act in acts(agency)} == {FIRST, version}

    # out of use: the next night goes without, a re-run of this one keeps its pin and its bytes
    before = promised(agency.store)
    agency("model", "deactivate", "--reason", "on trial", "--as", "ben", check=0)
    same = agency("rerun", "--night", SECOND, "--flight", "XQ409", check=None).stdout
    assert "the result is the same" in same
    assert promised(agency.store) == before
    hit, *_ = agency.json("hits", "--night", SECOND)
    why = agency.json("why", hit["traveller_id"], hit["alert_id"], "--night", SECOND)
    assert next(step for step in why if step["step"] == "code")["result"] == "same"


def test_counts_and_thresholds_come_from_held_nights_and_too_few_are_refused(counted):
    agency = counted
    agency("model", "count", "--from", FIRST, "--to", SECOND, "--out", "counts.parquet", check=0)
    rows = pq.read_table(agency.folder / "counts.parquet").to_pylist()
    assert {"kind": "travellers", "state": "*", "token": None, "count": 1050} in rows
    assert min(row["count"] for row in rows if row["kind"] == "token") >= 5
    shipped = agency.json("thresholds", "--list", "watch")
    assert {row["measured_on"] for row in shipped} == {"not yet measured here"}
    few = agency("model", "count", "--from", SECOND, "--to", SECOND, "--out", "few.parquet", check=2)
    assert "0 different travellers are too few" in few.stderr
    assert not (agency.folder / "few.parquet").exists()


def test_a_version_out_of_use_goes_at_the_end_of_its_term_and_the_one_in_use_stays(counted):
    agency = counted
    profile = agency.folder / "profile.toml"
    profile.write_text(profile.read_text() + "[retention]\napi = 1\npnr = 1\nhit = 1\nmodel = 1\n")
    version = agency("model", "propose", "--from", FIRST, "--to", FIRST).stdout.split()[0]
    agency("model", "activate", version, "--reason", "on trial", check=0)
    place, active = agency.store / "individual" / "model", "ACTIVE.json"
    state = json.loads((place / active).read_text())
    assert not [path for path in due(agency) if "individual/model" in path]
    agency("model", "deactivate", "--reason", "on trial", check=0)
    state = json.loads((place / active).read_text())
    state["history"][-1]["at"] = "2026-01-01T00:00:00+00:00"  # out of use for long
    (place / active).write_text(json.dumps(state))
    assert [path.rpartition("/")[2] for path in due(agency) if "individual/model" in path] == [
        "traffic_counts.parquet",
        "version.json",
    ]
    agency("retention", "purge", check=0)
    assert agency.json("model", "versions") == []
    refused = agency("model", "activate", version, "--reason", "again", check=2)
    assert "0 versions" in refused.stderr


def due(agency):
    return [row["path"] for row in agency.json("retention", "due") if row["class"] == "model"]


def test_changed_counts_screen_nobody(counted):
    agency = counted
    version = agency("model", "propose", "--from", FIRST, "--to", FIRST).stdout.split()[0]
    place = agency.store / "individual" / "model" / f"version={version}"
    path = place / "traffic_counts.parquet"
    pq.write_table(pq.read_table(path).slice(1), path)
    done = agency("model", "activate", version, "--reason", "on trial", check=3)
    assert "damaged or was changed" in done.stderr
    assert not (place.parent / "ACTIVE.json").exists()
