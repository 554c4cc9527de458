"""Names of files may name people: outside landing and the operator's own screen an input is called by its id."""

import io
import json
import zipfile
from datetime import date

import pytest

from screening.night.frozen import published_frozen
from screening.store.current_json import current
from screening.store.zones import Store
from tests.messages_by_hand import Agency

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
PLANTED = "ZYXPLANTED"


def holding(agency) -> set[str]:
    """Files that hold a planted name in their bytes or their own name, but for landing, and for versions of lists.

    A version says what its file was called, beside the names of the people who stand in it.
    """
    return {
        name
        for path in agency.store.rglob("*")
        if not (name := str(path.relative_to(agency.store))).startswith(("landing/", "alerts/"))
        and (PLANTED in name or (path.is_file() and PLANTED.encode() in path.read_bytes()))
    }


@pytest.fixture(scope="module")
def planted(tmp_path_factory, screening, written):
    """An inbox in which every name is a person's: folder, file, archive, member, alert list, mended file.

    Not run yet; copy it, as the two below.
    """
    agency = Agency(tmp_path_factory.mktemp("planted") / "agency", screening)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{PLANTED}_MEMBER.edi", written.paxlst(written.fillers, flight="XQ0402"))
        archive.writestr(f"{PLANTED}_NOTE.txt", "the host is down\n")
        archive.writestr(f"{PLANTED}_FOLDER/{PLANTED}_INNER.txt", "the host is up\n")
    agency.send(f"{PLANTED}.edi", written.paxlst([written.ylva]))
    agency.send(f"{PLANTED}_NOTE.txt", "no messages tonight\n")
    agency.send(f"{PLANTED}_FOLDER/{PLANTED}_NOTE.txt", "none either\n")
    agency.send(f"{PLANTED}.zip", packed.getvalue())
    (agency.folder / "inbox" / f"{PLANTED}_LINK.edi").symlink_to("/nowhere")
    profile = agency.folder / "profile.toml"
    (agency.folder / "watch.jsonl").rename(agency.folder / f"{PLANTED}_watch.jsonl")
    profile.write_text(profile.read_text().replace("watch.jsonl", f"{PLANTED}_watch.jsonl"))
    return agency


@pytest.fixture(scope="module")
def straight(planted, tmp_path_factory):
    agency = planted.copy(tmp_path_factory.mktemp("straight") / "agency")
    agency.told = agency.run(NIGHT, check=1)
    return agency


@pytest.fixture(scope="module")
def killed(planted, tmp_path_factory):
    agency = planted.copy(tmp_path_factory.mktemp("killed") / "agency")
    agency.run(NIGHT, check=-9, KILL_AT="revisions.before_current")
    return agency


def test_no_name_of_a_file_member_or_argument_stands_outside_landing(straight, tmp_path, written):
    planted = straight.copy(tmp_path / "agency")
    mended = planted.folder / f"{PLANTED}_MENDED.edi"
    mended.write_text(written.paxlst([written.ylva], flight="XQ0403", reference="7"))
    own = planted.folder / f"{PLANTED}_own.jsonl"
    own.write_text(json.dumps(written.sought | {"alert_id": "own:A1", "list": "own"}) + "\n")
    told = [
        straight.told,
        planted("rerun", "--night", NIGHT, "--failed", "--inbox", "inbox"),
        planted("alerts", "import", "canonical", own.name, "--list", "own", check=0),
        planted(
            "lookup", "--name", f"{PLANTED} ANNA", "--born", "1990", "--reason", "case 14", "--as", "anna"
        ),
    ]
    entry = next(
        row["id"]
        for row in planted.json("quarantine", "list")
        if row["length"] == len("no messages tonight\n")
    )
    told += [
        planted(
            "quarantine", "replay", entry, "--file", mended.name, "--as", "anna", "--reason", "sent again"
        ),
        planted("run", "--night", NIGHT, "--again", "--inbox", "inbox", check=1),
        planted("report", "--night", NIGHT, check=0),
    ]
    assert f"{PLANTED}_NOTE.txt" in planted("status", "--night", NIGHT, "--format", "json").stdout
    assert {row["flight_id"][:5] for row in planted.json("status", "--night", NIGHT)} >= {
        "XQ401",
        "XQ402",
        "XQ403",
    }
    assert holding(planted) == set()
    assert PLANTED not in "".join(done.stdout + done.stderr for done in told[:2] + told[-2:])


def test_a_killed_run_goes_on_with_the_names_that_lie_in_landing(killed, straight, tmp_path, promised):
    planted = killed.copy(tmp_path / "agency")
    named = planted.store / "landing" / "named" / f"{NIGHT}-0001.json"
    names = json.loads(named.read_text())
    assert f"{PLANTED}.edi" in names
    path = planted.store / "nights" / NIGHT / "runs" / "0001" / "night.json"
    frozen = path.read_text()
    planted.run(NIGHT, check=1)
    assert path.read_text() == frozen
    assert not named.exists()
    assert promised(planted.store).keys() == promised(straight.store).keys()
    assert planted.status(NIGHT).keys() >= {f"input:{PLANTED}_NOTE.txt", f"input:{PLANTED}_LINK.edi"}

    # earlier code wrote a frozen set with its names
    plain = json.loads(frozen)
    del plain["sealed"]
    for entry, name in zip(plain["inputs"], names, strict=True):
        entry["name"] = name
    path.write_text(json.dumps(plain))
    store = Store(planted.store)
    now = current(store, date.fromisoformat(NIGHT))
    found = published_frozen(store, now.night, now.revision)
    assert found.hash == now.frozen
    assert [entry.name for entry in found.inputs] == names
    planted("run", "--night", NIGHT, "--again", "--inbox", "inbox", check=1)


def test_a_run_whose_names_came_to_the_end_of_their_term_is_frozen_anew(killed, tmp_path):
    planted = killed.copy(tmp_path / "agency")
    planted("retention", "purge", "--as", "officer", check=0, CLOCK_AT="2036-11-25T03:00+00:00")
    assert not list((planted.store / "landing" / "named").iterdir())
    planted.run(NIGHT, check=1)
    assert planted.status(NIGHT).keys() >= {f"input:{PLANTED}_NOTE.txt"}


def test_names_that_are_not_those_frozen_are_refused_with_a_remedy_that_works(killed, tmp_path):
    planted = killed.copy(tmp_path / "agency")
    path = planted.store / "landing" / "named" / f"{NIGHT}-0001.json"
    other_names = path.read_text().replace("NOTE", "NOTA")
    for damage in ("[]", "[", '{"no": "list"}', other_names):
        path.write_text(damage)
        refused = planted.run(NIGHT, check=3).stderr
        remedy = f"`rm {path.relative_to(planted.folder)}`, then `screening run --night {NIGHT}`"
        assert remedy in refused, damage
    path.unlink()
    planted.run(NIGHT, check=1)
