"""One number: the package's, the program's and the changelog's; and what the changelog promises of the store."""

import re
import tomllib

import screening
from screening.store.format import FORMAT
from tests.supply.run import ROOT


def test_one_number_stands_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    heads = re.findall(
        r"^## \[(.+?)\](?: - \d{4}-\d\d-\d\d)?$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert (heads[0], heads[1]) == ("Unreleased", screening.__version__)
    assert project["version"] == screening.__version__


def test_each_form_of_the_store_has_its_row_and_each_older_one_a_store_that_it_wrote():
    rows = re.findall(r"^\| (\d+) \|", (ROOT / "docs" / "releases.md").read_text(), re.MULTILINE)
    assert rows == [str(number) for number in range(1, FORMAT + 1)]
    kept = {path.name.split(".")[0].split("-")[1] for path in (ROOT / "tests/data/stores").glob("*.tar.xz")}
    assert kept == {str(number) for number in range(1, FORMAT)}
