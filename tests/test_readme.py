"""What README shows is what a person gets."""

import re
import shutil

import pytest


@pytest.fixture(scope="module")
def blocks(root):
    return re.findall(
        r"```(?:text|sh)\n(.*?)```", (root / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )


@pytest.mark.slow
def test_the_output_shown_is_that_of_the_sample_night(root, blocks, tmp_path, screening):
    for name in ("inbox", "alerts"):
        shutil.copytree(root / "sample_data" / name, tmp_path / name)
    shutil.copy(root / "sample_data" / "profile.toml", tmp_path)
    done = screening(tmp_path, "run", "--night", "2026-11-23", check=1)
    shown = next(block for block in blocks if block.startswith("Night 2026-11-23"))
    told = [" ".join(line.split()) for line in done.stdout.splitlines()]  # thin blanks group digits
    for line in shown.splitlines():
        if "…" not in line and line.strip():
            assert " ".join(line.split()) in told, line


def test_the_two_commands_are_targets_of_the_makefile(root, blocks):
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(), re.MULTILINE))
    named = {word for block in blocks for word in re.findall(r"^make ([a-z]+)", block, re.MULTILINE)}
    assert {"run", "test"} <= named <= targets


def test_ci_runs_the_readmes_own_test_command(root):
    assert re.search(r"^make test$", (root / ".ci" / "run").read_text(), re.MULTILINE)


def test_the_lock_names_hashes_and_no_address(root):
    lock = (root / "requirements.lock").read_text()
    assert "--index-url" not in lock
    assert "://" not in lock
    pinned = re.findall(r"^[a-zA-Z0-9._-]+(?:\[[a-z,]+\])?==", lock, re.MULTILINE)
    assert len(pinned) > 100
    assert lock.count("--hash=sha256:") >= len(pinned)
