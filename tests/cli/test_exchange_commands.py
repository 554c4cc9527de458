"""`screening keys signing` and `screening alerts conformance`: what is printed and how a command ends."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from screening.cli.exchange import app as exchange
from screening.cli.signing import signing_app
from screening.tables.errors import UsageError

EXAMPLES = Path(__file__).parents[2] / "schemas" / "exchange"


def run(app, *words):
    result = CliRunner().invoke(app, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def keys(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCREENING_KEYS", str(tmp_path / "keys"))
    return lambda *words: run(signing_app, *words)


def test_a_key_rotates_in_two_steps_and_its_private_half_is_never_printed(keys, tmp_path):
    first = keys("new")
    second = keys("new")
    rows = json.loads(keys("list", "--format", "json").stdout)
    used = next(row for row in rows if row["in_use"])
    other = next(row for row in rows if not row["in_use"])
    assert used["public"] in first.stdout
    assert other["public"] in second.stdout
    assert f"signing use {other['key']}" in second.stdout
    with pytest.raises(UsageError, match="reason"):
        keys("use", other["key"], "--reason", " ")
    keys("use", other["key"], "--reason", "partners have it")
    shown = keys("show").stdout
    assert other["public"] in shown
    assert other["fingerprint"] in shown
    private = (tmp_path / "keys" / other["key"]).read_text().splitlines()[1]
    assert private not in first.stdout + second.stdout + shown + json.dumps(rows)
    chain = next((tmp_path / "store" / "audit").glob("*.jsonl")).read_text()
    acts = [json.loads(line)["act"] for line in chain.splitlines()]
    assert acts == ["keys.signing.new", "keys.signing.new", "keys.signing.use"]


def test_a_key_folder_in_the_store_is_refused(keys, tmp_path, monkeypatch):
    monkeypatch.setenv("SCREENING_KEYS", str(tmp_path / "store" / "keys"))
    with pytest.raises(UsageError, match="lies in the store"):
        keys("new")


@pytest.mark.parametrize(
    ("name", "ends"), [("first.zip", 0), ("receipt.jws", 0), ("tampered.zip", 1), ("cut.zip", 1)]
)
def test_conformance_needs_no_store_and_ends_as_the_file_keeps_the_format(name, ends, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run(exchange, "conformance", str(EXAMPLES / "examples" / name), "--format", "json")
    assert done.exit_code == ends
    assert ("failed" in {one["result"] for one in json.loads(done.stdout)}) == bool(ends)
    assert list(tmp_path.iterdir()) == []
