"""Names of files may name people: outside landing and the operator's own screen an input is called by its id."""

import io
import json
import shutil
import zipfile

import pytest

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


@pytest.fixture
def planted(by_hand, written):
    """An inbox in which every name is a person's: folder, file, archive, member, alert list, mended file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{PLANTED}_MEMBER.edi", written.paxlst(written.fillers, flight="XQ0402"))
        archive.writestr(f"{PLANTED}_NOTE.txt", "the host is down\n")
        archive.writestr(f"{PLANTED}_FOLDER/{PLANTED}_INNER.txt", "the host is up\n")
    by_hand.send(f"{PLANTED}.edi", written.paxlst([written.ylva]))
    by_hand.send(f"{PLANTED}_NOTE.txt", "no messages tonight\n")
    by_hand.send(f"{PLANTED}_FOLDER/{PLANTED}_NOTE.txt", "none either\n")
    by_hand.send(f"{PLANTED}.zip", packed.getvalue())
    (by_hand.folder / "inbox" / f"{PLANTED}_LINK.edi").symlink_to("/nowhere")
    profile = by_hand.folder / "profile.toml"
    (by_hand.folder / "watch.jsonl").rename(by_hand.folder / f"{PLANTED}_watch.jsonl")
    profile.write_text(profile.read_text().replace("watch.jsonl", f"{PLANTED}_watch.jsonl"))
    return by_hand


def test_no_name_of_a_file_member_or_argument_stands_outside_landing(planted, written):
    mended = planted.folder / f"{PLANTED}_MENDED.edi"
    mended.write_text(written.paxlst([written.ylva], flight="XQ0403", reference="7"))
    own = planted.folder / f"{PLANTED}_own.jsonl"
    own.write_text(json.dumps(written.sought | {"alert_id": "own:A1", "list": "own"}) + "\n")
    told = [
        planted.run(NIGHT, check=1),
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


def test_a_killed_run_goes_on_with_the_names_that_lie_in_landing(planted, promised, tmp_path):
    straight = shutil.copytree(planted.folder, tmp_path / "straight", symlinks=True)
    planted.run(NIGHT, check=-9, KILL_AT="revisions.before_current")
    named = planted.store / "landing" / "named" / f"{NIGHT}-0001.json"
    assert f"{PLANTED}.edi" in json.loads(named.read_text())
    path = planted.store / "nights" / NIGHT / "runs" / "0001" / "night.json"
    frozen = path.read_text()
    planted.run(NIGHT, check=1)
    assert path.read_text() == frozen
    assert not named.exists()
    planted._screening(straight, "run", "--night", NIGHT, "--inbox", "inbox", check=1)
    assert promised(planted.store).keys() == promised(straight / "store").keys()
    assert planted.status(NIGHT).keys() >= {f"input:{PLANTED}_NOTE.txt", f"input:{PLANTED}_LINK.edi"}


def test_a_run_whose_names_came_to_the_end_of_their_term_is_frozen_anew(planted):
    planted.run(NIGHT, check=-9, KILL_AT="revisions.before_current")
    planted("retention", "purge", "--as", "officer", check=0, CLOCK_AT="2036-11-25T03:00+00:00")
    assert not list((planted.store / "landing" / "named").iterdir())
    planted.run(NIGHT, check=1)
    assert planted.status(NIGHT).keys() >= {f"input:{PLANTED}_NOTE.txt"}


@pytest.mark.parametrize("damage", ["[]", "[", '{"no": "list"}', "other names"])
def test_names_that_are_not_those_frozen_are_refused_with_a_remedy_that_works(planted, damage):
    planted.run(NIGHT, check=-9, KILL_AT="revisions.before_current")
    path = planted.store / "landing" / "named" / f"{NIGHT}-0001.json"
    path.write_text(path.read_text().replace("NOTE", "NOTA") if damage == "other names" else damage)
    refused = planted.run(NIGHT, check=3)
    assert f"`rm {path.relative_to(planted.folder)}`, then `screening run --night {NIGHT}`" in refused.stderr
    path.unlink()
    planted.run(NIGHT, check=1)


def test_a_frozen_set_that_earlier_code_wrote_with_names_is_read(planted):
    from datetime import date

    from screening.night.frozen import published_frozen
    from screening.store.revisions import current
    from screening.store.zones import Store

    planted.run(NIGHT, check=-9, KILL_AT="revisions.before_current")
    named = json.loads((planted.store / "landing" / "named" / f"{NIGHT}-0001.json").read_text())
    planted.run(NIGHT, check=1)
    path = planted.store / "nights" / NIGHT / "runs" / "0001" / "night.json"
    plain = json.loads(path.read_text())
    del plain["sealed"]
    for entry, name in zip(plain["inputs"], named, strict=True):
        entry["name"] = name
    path.write_text(json.dumps(plain))
    store = Store(planted.store)
    now = current(store, date.fromisoformat(NIGHT))
    found = published_frozen(store, now.night, now.revision)
    assert found.hash == now.frozen
    assert [entry.name for entry in found.inputs] == named
    planted("run", "--night", NIGHT, "--again", "--inbox", "inbox", check=1)
