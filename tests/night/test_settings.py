"""Where things lie: the environment above the profile, the profile above the current folder."""

from pathlib import Path

import pytest

from screening.night.settings import load_settings

NAMED = '[places]\nstore = "kept"\ninbox = "/srv/inbox"\n'


@pytest.mark.parametrize(
    ("text", "variables", "store", "inbox"),
    [
        ("", {}, "here/store", "here/inbox"),
        (NAMED, {}, "agency/kept", "/srv/inbox"),
        (NAMED, {"SCREENING_STORE": "/mnt/store"}, "/mnt/store", "/srv/inbox"),
        (NAMED, {"SCREENING_INBOX": "arrived"}, "agency/kept", "here/arrived"),
        ('[places]\nstore = "s3://agency/store"\n', {"SCREENING_STORE": "/mnt/store"}, "/mnt/store", "here/inbox"),
    ],
)  # fmt: skip
def test_the_environment_stands_above_the_profile(text, variables, store, inbox, tmp_path, monkeypatch):
    for folder in ("here", "agency"):
        (tmp_path / folder).mkdir()
    (tmp_path / "agency" / "profile.toml").write_text(text)
    monkeypatch.chdir(tmp_path / "here")
    for name in ("SCREENING_STORE", "SCREENING_INBOX"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (variables | {"SCREENING_PROFILE": str(tmp_path / "agency" / "profile.toml")}).items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.store.root.absolute() == tmp_path / store
    assert settings.inbox.absolute() == tmp_path / inbox


def test_a_store_on_object_storage_may_stand_in_the_profile(tmp_path, monkeypatch):
    from screening.night.settings import _beside

    assert _beside(tmp_path, "s3://agency/store") == "s3://agency/store"


def test_where_things_lie_decides_no_row():
    from screening.profile.load import parse_profile

    placed, plain = (parse_profile(text, name="x") for text in (NAMED, ""))
    assert placed.deciding() == plain.deciding()
    assert placed.places.store == "kept"
    assert Path(placed.places.inbox or "").is_absolute()
