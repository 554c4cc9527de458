"""`screening audit` and `screening keys` as a person calls them."""

import json

import pytest
from typer.testing import CliRunner

from screening.cli.audit import audit_app
from screening.cli.keys import keys_app
from screening.protection.audit import append, head
from screening.store.zones import Store
from screening.tables.errors import UsageError


@pytest.fixture
def call(store, monkeypatch):
    monkeypatch.setenv("SCREENING_STORE", str(store.root))
    monkeypatch.delenv("SCREENING_KEYS", raising=False)

    def run(app, *words):
        return CliRunner().invoke(app, list(words))

    return run


def test_verify_tells_whether_the_record_holds_by_its_exit(call, store):
    append(store, "a", "act", ["x"])
    anchor = head(store)
    done = call(audit_app, "verify", "--format", "json", "--anchor", f"1:{anchor.hash}")
    assert done.exit_code == 0
    assert json.loads(done.stdout)[0]["records"] == 1
    path = next((store.root / "audit").glob("*.jsonl"))
    path.write_bytes(path.read_bytes().replace(b'"a"', b'"b"'))
    done = call(audit_app, "verify")
    assert done.exit_code == 1
    assert "its hash does not fit its content" in done.stdout


def test_head_prints_what_verify_takes_as_anchor(call, store):
    append(store, "a", "act", ["x"])
    printed = call(audit_app, "head").stdout.strip()
    assert printed == f"1:{head(store).hash}"
    assert call(audit_app, "verify", "--anchor", printed).exit_code == 0
    assert isinstance(call(audit_app, "verify", "--anchor", "1841").exception, UsageError)


def test_mend_goes_on_behind_a_damaged_end(call, store):
    append(store, "a", "act", ["x"])
    path = next((store.root / "audit").glob("*.jsonl"))
    path.write_bytes(path.read_bytes().replace(b'"a"', b'"b"'))
    done = call(audit_app, "mend", "--as", "officer1", "--reason", "looked at it")
    assert done.exit_code == 0
    assert call(audit_app, "verify").exit_code == 0


def test_a_new_key_is_made_outside_the_store_and_recorded(call, store, tmp_path, monkeypatch):
    folder = tmp_path / "keys"
    done = call(keys_app, "new", "--folder", str(folder), "--as", "officer1")
    assert done.exit_code == 0, done.exception
    key_id = (folder / "current").read_text().strip()
    assert key_id in done.stdout
    assert (folder / key_id).read_text().strip() not in done.stdout
    line = json.loads(next((store.root / "audit").glob("*.jsonl")).read_bytes())
    assert (line["act"], line["objects"], line["actor"]) == ("keys.new", [key_id], "officer1")
    assert "demonstration" in call(keys_app, "show").stdout
    monkeypatch.setenv("SCREENING_KEYS", str(folder))
    assert call(keys_app, "show").stdout.strip() == key_id


@pytest.mark.parametrize("inside", [True, False], ids=["in the store", "not named"])
def test_no_key_is_made_without_a_folder_outside_the_store(call, store, inside):
    words = ["--folder", str(store.root / "keys")] if inside else []
    done = call(keys_app, "new", *words)
    assert isinstance(done.exception, UsageError)
    assert not (store.root / "keys").exists()
    assert Store(store.root) == store
