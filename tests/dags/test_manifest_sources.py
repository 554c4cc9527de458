"""Manifests come from places of the profile: whole, once, nothing written over, nothing changed at the source."""

import pytest

from screening.night.settings import load_settings
from screening.orchestration.manifest_sources import UnreachableError, _copy, _Offered, fetch, unreachable
from screening.profile.load import parse_profile
from screening.tables.errors import ProfileError

pytestmark = pytest.mark.slow  # it imports Airflow


@pytest.fixture
def agency(tmp_path, monkeypatch):
    """A place with files, and the settings of an agency that fetches from it."""
    drop = tmp_path / "drop"
    for name in ("a.edi", "night=2026-11-23/b.edi", ".on_its_way.edi", ".part/c.edi"):
        (drop / name).parent.mkdir(parents=True, exist_ok=True)
        (drop / name).write_text(f"bytes of {name}")
    monkeypatch.setenv("SCREENING_STORE", str(tmp_path / "store"))

    def settings(*places):
        profile = tmp_path / "profile.toml"
        profile.write_text(f"[intake]\nfetch_from = {[str(place) for place in places or (drop.as_uri(),)]}\n")
        return load_settings(inbox=tmp_path / "inbox", profile=profile)

    return settings, drop, tmp_path / "inbox"


def held(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()
    }


def test_a_file_comes_once_also_when_it_was_taken_out_of_the_inbox_since(agency):
    settings, drop, inbox = agency
    before = held(drop)
    whole = {name: f"bytes of {name}" for name in ("a.edi", "night=2026-11-23/b.edi")}
    assert fetch(settings()).files == 2
    assert held(inbox) == whole
    (inbox / "a.edi").unlink()
    (drop / "late.edi").write_text("late")
    assert fetch(settings()).files == 1
    assert set(held(inbox)) == {"night=2026-11-23/b.edi", "late.edi"}
    assert held(drop) == before | {"late.edi": "late"}


def test_other_bytes_under_a_name_that_is_taken_stand_beside(agency):
    settings, drop, inbox = agency
    fetch(settings())
    (drop / "a.edi").write_text("corrected, longer than before")
    assert fetch(settings()).files == 1
    [other] = set(held(inbox)) - {"a.edi", "night=2026-11-23/b.edi"}
    assert other.startswith("a-")
    assert held(inbox)["a.edi"] == "bytes of a.edi"
    assert held(inbox)[other] == "corrected, longer than before"


def test_a_fetch_that_was_killed_after_a_file_had_come_doubles_nothing(agency):
    settings, _, inbox = agency
    fetch(settings())
    [known] = (settings().store.root / "landing" / "fetched").iterdir()
    known.unlink()
    (inbox / ".0123456789abcdef.part").write_text("half")
    before = held(inbox)
    fetch(settings())
    assert held(inbox) == before


def test_a_place_that_fails_stops_no_other_and_is_named_by_its_connection(agency):
    settings, drop, inbox = agency
    gone = "file:///no/such/SOMEBODYSNAME"
    foreign = "gopher://carriers@host.example.org/outgoing"
    done = fetch(settings(gone, foreign, drop.as_uri()))
    assert (done.files, done.failed) == (2, ("file", "carriers"))
    told = str(unreachable(done.failed))
    assert "intake.fetch_from: file, carriers" in told
    assert "SOMEBODYSNAME" not in told
    assert "host.example.org" not in told
    assert len(held(inbox)) == 2


def test_a_place_that_cannot_be_read_is_told_once_and_so_is_that_it_can_be_read_again(agency, monkeypatch):
    import json

    from airflow.sdk.exceptions import AirflowSkipException

    from screening.orchestration import notifier, tasks

    settings, drop, inbox = agency
    profile = settings().profile_folder / "profile.toml"
    monkeypatch.setenv("SCREENING_PROFILE", str(profile))
    monkeypatch.setenv("SCREENING_INBOX", str(inbox))
    profile.write_text(profile.read_text() + '[notify]\nfile = "notices.jsonl"\n')
    assert tasks.fetch_manifests() == 2
    notifier.FetchingNotifier(failed=False).notify({})
    moved = drop.rename(drop.with_name("elsewhere"))
    for _ in range(2):
        with pytest.raises(UnreachableError, match=r"1 place\(s\)"):  # waiting may help: it is tried again
            tasks.fetch_manifests()
        notifier.FetchingNotifier(failed=True).notify({})
    moved.rename(drop)
    assert tasks.fetch_manifests() == 0
    notifier.FetchingNotifier(failed=False).notify({})
    told = [json.loads(line) for line in profile.with_name("notices.jsonl").read_text().splitlines()]
    assert [(one["about"], one["state"]) for one in told] == [
        ("fetching", "failed"),
        ("fetching", "recovered"),
    ]
    profile.write_text("")
    with pytest.raises(AirflowSkipException, match="no place to fetch from"):
        tasks.fetch_manifests()


class Growing:
    """A source whose file is written on while it is read."""

    def open(self, path, mode):
        return path.open(mode)

    def invalidate_cache(self):
        """Nothing is cached."""

    def info(self, path):
        return {"size": path.stat().st_size + 1}


def test_a_file_that_changes_while_it_is_fetched_is_left_for_the_next_time(tmp_path):
    (tmp_path / "a.edi").write_text("half of it")
    offered = _Offered(tmp_path / "a.edi", tmp_path / "a.edi", "0" * 64)
    assert (
        _copy(
            Growing(),
            _Offered(offered.name.relative_to(tmp_path), offered.path, offered.mark),
            tmp_path / "inbox",
        )
        is None
    )
    assert held(tmp_path / "inbox") == {}


@pytest.mark.parametrize(
    "place",
    [
        "/mnt/drop",
        "sftp://host/outgoing",
        "sftp://user:secret@host/outgoing",
        "s3://carriers@bucket",
        "file://",
    ],
)
def test_a_place_without_a_connection_or_with_a_password_is_refused(place):
    with pytest.raises(ProfileError) as refused:
        parse_profile(f'[intake]\nfetch_from = ["{place}"]\n', name="profile.toml")
    assert "secret" not in str(refused.value)
