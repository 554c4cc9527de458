"""Stores that older code wrote (tests/data/stores): refused by name, migrated, then read and run like our own."""

import csv
import json
import re
import shutil
import tarfile
from pathlib import Path

import pytest

from screening import __version__
from screening.store.format import FILE, FORMAT, check_format
from screening.store.zones import Store, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import FormatError
from tests.cli.conftest import NIGHT, call
from tests.killed import dies_at

STORES = sorted((Path(__file__).parents[1] / "data" / "stores").glob("format-*.tar.xz"))
OLD = {path.name.removesuffix(".tar.xz"): path for path in STORES}
MIGRATE = ("store", "migrate", "--as", "olga")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """Each older store as it was kept; read only, copy it."""
    folder = tmp_path_factory.mktemp("older")
    for name, path in OLD.items():
        with tarfile.open(path) as archive:
            archive.extractall(folder / name, filter="tar")
    return folder


@pytest.fixture(scope="module")
def migrated(unpacked, tmp_path_factory):
    """Each older store after the command that the refusal names; read only."""
    folder = tmp_path_factory.mktemp("migrated")
    shutil.copytree(unpacked, folder, symlinks=True, dirs_exist_ok=True)
    for name in OLD:
        assert call(folder / name, *MIGRATE).code == 0
    return folder


def promised(folder: Path) -> dict[str, list]:
    """What CURRENT.json of each night names, by night."""
    found = sorted((folder / "store" / "nights").glob("*/CURRENT.json"))
    return {path.parent.name: json.loads(path.read_text()) for path in found}


def acts(folder: Path, act: str) -> list[dict]:
    paths = sorted((folder / "store" / "audit").glob("audit-*.jsonl"))
    made = [json.loads(line) for path in paths for line in path.read_text().splitlines()]
    return [one for one in made if one["act"] == act]


@pytest.mark.parametrize("name", OLD)
def test_an_older_store_is_refused_until_the_printed_command_has_migrated_it(name, unpacked, tmp_path):
    folder = tmp_path / name
    shutil.copytree(unpacked / name, folder, symlinks=True)
    before = promised(folder)
    for line in ("status", "audit verify", f"run --night {NIGHT} --inbox inbox"):
        refused = call(folder, *line.split())
        assert (refused.code, refused.out) == (3, ""), line
        assert "the store has format 1" in refused.err
    first, then = re.findall(r"`screening ([^`]+)`", refused.err)
    looked = call(folder, *then.split(), "--format", "json")
    assert (looked.code, looked.err) == (1, "")
    assert (promised(folder), (folder / "store" / FILE).exists()) == (before, False)  # it changes nothing
    done = call(folder, *first.split(), "--as", "olga")
    assert (done.code, done.err) == (0, "")
    moved = sorted({row["night"] for row in looked.json()})
    assert f"same rows: {', '.join(moved) or 'no night'}." in done.out
    after = promised(folder)
    assert [night for night in before if after[night]["revision"] != before[night]["revision"]] == moved
    assert {night: held["frozen"] for night, held in after.items()} == {
        n: h["frozen"] for n, h in before.items()
    }
    [act] = acts(folder, "store.migrate")
    assert (act["actor"], act["objects"]) == ("olga", ["format:1", f"format:{FORMAT}"])
    assert json.loads((folder / "store" / FILE).read_text()) == {"format": FORMAT, "written_by": __version__}
    again = call(folder, *MIGRATE)
    assert (again.code, "nothing to migrate" in again.out, len(acts(folder, "store.migrate"))) == (0, True, 1)
    assert call(folder, *then.split()).code == 0


def test_a_table_of_an_earlier_name_lies_under_todays_with_the_same_rows(unpacked, migrated):
    name = "format-1-tiles"
    before, after = promised(unpacked / name), promised(migrated / name)
    for night in before:
        was = {file["table"]: file for file in before[night]["files"]}
        now = {file["table"]: file for file in after[night]["files"]}
        assert was.keys() - now.keys() == {"tiles"}
        assert now.keys() - was.keys() == {"byte_ranges"}
        assert now["byte_ranges"]["rows"] == was["tiles"]["rows"] > 0
        assert (was["night_health"]["zone"], now["night_health"]["zone"]) == ("aggregate", "individual")
        assert now["hits"]["sha256"] == was["hits"]["sha256"]


SOONEST = (
    "",
    "nights",
    f"status --night {NIGHT}",
    "hit {hit}",
    "trace {hit}",
    "audit verify",
)  # of all others
READING = {
    "": "Night 2026-11-24",
    "nights": NIGHT,
    f"status --night {NIGHT}": "screened",
    f"hits --night {NIGHT}": "refuse-entry",
    "hit {hit}": "bits",
    "trace {hit}": "sha256",
    f"report --night {NIGHT}": "report.html",
    f"tables --night {NIGHT}": "byte_ranges",
    "quarantine list --all": "released",
    "audit verify": "true",
    "audit head": ":",
    "statistics show --period 2026-11-23": "",
    "clearances list --all": "",
    "hold list": "",
    "alerts list": "refuse-entry",
    "alerts versions --list inform": "true",
    "alerts check --list inform --limit 1 --no-load": "",
    "model versions": "",
    "thresholds": "inform",
    "keys list": "",
    "retention due": "",
}


def first_hit(folder: Path) -> dict[str, str]:
    return next(csv.DictReader(call(folder, "hits", "--night", NIGHT, "--format", "csv").out.splitlines()))


@pytest.mark.parametrize("name", OLD)
def test_every_command_that_reads_works_on_a_migrated_store(name, migrated):
    folder = migrated / name
    ids = {"hit": first_hit(folder)["hit_id"]}
    lines = READING if name == "format-1" else {line: READING[line] for line in SOONEST}
    for line, words in lines.items():
        done = call(folder, *line.format(**ids).split())
        assert done.code in {0, 1}, (line, done.err)
        assert words in done.out, (line, done.out)


def test_a_night_of_a_migrated_store_is_run_again(migrated, screening, tmp_path):
    folder = tmp_path / "format-1-tiles"  # the oldest: all others are nearer to what runs
    shutil.copytree(migrated / folder.name, folder, symlinks=True)
    hit = first_hit(folder)
    why = screening(folder, "why", hit["traveller_id"], hit["alert_id"], "--night", NIGHT, check=0)
    assert "bits" in why.stdout
    again = screening(folder, "rerun", "--night", NIGHT, "--flight", hit["flight_id"], "--inbox", "inbox")
    assert again.returncode in {0, 1}, again.stderr
    assert "The code differs" in again.stdout
    held = call(folder, "hits", "--night", NIGHT, "--format", "json").json()
    assert hit["hit_id"] in {row["hit_id"] for row in held}
    [verified] = call(folder, "audit", "verify", "--format", "json").json()
    assert (verified["holds"], verified["differences"]) == (True, [])


@pytest.mark.parametrize("point", ["revisions.after_current"])
def test_a_killed_migration_is_taken_up(point, unpacked, migrated, tmp_path):
    name = "format-1-tiles"
    folder = tmp_path / name
    shutil.copytree(unpacked / name, folder, symlinks=True)
    assert dies_at(point, lambda: call(folder, *MIGRATE)) == -9
    assert call(folder, "status").code == 3
    assert call(folder, *MIGRATE).code == 0
    assert promised(folder) == promised(migrated / name)
    assert call(folder, "audit", "verify").code == 0


def test_a_damaged_store_keeps_its_format_and_the_check_names_each_file(unpacked, tmp_path):
    name = "format-1-tiles"
    folder = tmp_path / name
    shutil.copytree(unpacked / name, folder, symlinks=True)
    (folder / "store" / "analyst" / "current" / "night=2026-11-24" / "hits.parquet").unlink()
    newer = folder / "store" / "nights" / NIGHT / "CURRENT.json"
    newer.write_text(newer.read_text().replace('"schema_version": "1.0"', '"schema_version": "9.0"'))
    refused = call(folder, *MIGRATE)
    assert refused.code == 3
    assert not (folder / "store" / FILE).exists()
    states = {row["path"]: row["state"] for row in call(folder, "store", "check", "--format", "json").json()}
    assert "damaged" in states.values()
    assert "unknown" in states.values()


@pytest.mark.parametrize(
    "stands", ["nights/2026-11-23/notices.json", "nights/.retention", "audit/audit-2026.jsonl"]
)
def test_what_stands_there_before_a_store_begins_is_no_older_store(stands, tmp_path):
    store = Store(tmp_path / "store")
    (store.root / stands).parent.mkdir(parents=True, mode=0o700)
    (store.root / stands).write_text("")
    for folder in store.root.rglob(""):
        folder.chmod(0o700)
    check_format(store.root)
    open_zones(store, [Zone.WORK])
    assert json.loads((store.root / FILE).read_text())["format"] == FORMAT


# What stands in the file, and the words of the refusal.
NOT_OURS = {
    "newer": ('{"format": 99, "written_by": "9.1.0"}', "install release 9.1.0"),
    "no number": ('{"format": "2", "written_by": "0.2.0"}', "does not say which format"),
    "not JSON": ("{", "restore it from the backup"),
    "no object": ("[2]", "does not say which format"),
}


@pytest.mark.parametrize("case", NOT_OURS)
def test_a_store_of_another_form_is_refused(case, tmp_path):
    text, words = NOT_OURS[case]
    store = Store(tmp_path / "store")
    open_zones(store, [Zone.WORK])
    check_format(store.root)
    (store.root / FILE).write_text(text)
    for line in ("status", "run --night 2026-11-23 --inbox .", "store migrate", "store check"):
        done = call(tmp_path, *line.split())
        assert (done.code, done.out) == (3, ""), line
        assert words in done.err, line
    (store.root / FILE).unlink()  # as the remedy of a damaged one says
    with pytest.raises(FormatError, match="format 1"):
        check_format(store.root)
    assert call(tmp_path, *MIGRATE).code == 0
    check_format(store.root)
