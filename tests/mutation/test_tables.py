"""What the mutation run reads names modules, tests and lines that are there."""

import tomllib
from pathlib import Path

import pytest

ROOT, HERE = Path(__file__).parents[2], Path(__file__).parent
MODULES = tomllib.loads((HERE / "modules.toml").read_text(encoding="utf-8"))["tests"]
EQUIVALENT = tomllib.loads((HERE / "equivalent.toml").read_text(encoding="utf-8")).get("equivalent", [])


@pytest.mark.parametrize("module", MODULES)
def test_a_module_and_its_tests_are_there(module):
    assert (ROOT / f"screening/{module}.py").is_file()
    for argument in MODULES[module]:
        path, _, name = argument.removeprefix("--deselect=").partition("::")
        assert f"def {name}" in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("row", EQUIVALENT, ids=lambda row: f"{row['module']} {row['within']}")
def test_an_equivalent_mutant_changes_a_line_that_is_there(row):
    source = (ROOT / f"screening/{row['module']}.py").read_text(encoding="utf-8")
    assert " ".join(row["line"].split()) in " ".join(source.split())
    assert row["changed"] != row["line"]
    assert len(row["reason"]) > 20
