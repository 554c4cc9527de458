"""The wheel brings all that the program reads, and the DAG files beside it; what is generated comes by command."""

import subprocess
import sys
import zipfile
from email.parser import Parser

import pytest


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    """The wheel as hatchling builds it, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(words, cwd=root, check=True, capture_output=True, timeout=120)
    [built] = folder.glob("*.whl")
    with zipfile.ZipFile(built) as opened:
        yield opened


def _files(folder):
    skipped = {"__pycache__", ".mypy_cache", ".ruff_cache"}
    return {path for path in folder.rglob("*") if path.is_file() and not skipped & set(path.parts)}


def test_every_file_of_the_package_and_every_dag_is_in_the_wheel(root, wheel):
    held = set(wheel.namelist())
    package = {path.relative_to(root).as_posix() for path in _files(root / "screening")}
    dags = {f"screening_dags/{path.name}" for path in _files(root / "dags")}
    assert {name.rpartition(".")[2] for name in package} == {"py", "json", "j2", "toml", "csv", "css", "js"}
    assert "screening_dags/nightly_screening.py" in dags
    meta = {name for name in held if ".dist-info/" in name}
    assert held - meta == package | dags


def test_the_wheel_asks_for_this_python_and_brings_the_command(wheel):
    [meta] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    told = Parser().parsestr(wheel.read(meta).decode())
    assert told["Requires-Python"].replace(" ", "") == "<3.12,>=3.11"
    entry = wheel.read(meta.replace("METADATA", "entry_points.txt")).decode()
    assert "screening = screening.cli.main:app" in entry
