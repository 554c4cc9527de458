"""What `make supply` lets pass: licences by expression, packages that no service knows."""

import re
import tomllib

import pytest

from tests.supply.run import ALLOWED, ROOT, refused, told_of

FINE = {"MIT": "", "Apache-2.0": "", "Zlib": ""}
EXPRESSIONS = {
    "MIT": True,
    "MIT AND Zlib": True,
    "MIT AND GPL-3.0": False,
    "GPL-3.0 OR MIT": True,
    "GPL-3.0 OR MIT AND Zlib": True,
    "GPL-3.0 OR MIT AND LGPL-3.0": False,
    "Artistic License; GPLv2+": False,
    "DFSG approved; MIT": True,
    "UNKNOWN": False,
}


@pytest.mark.parametrize("licence", EXPRESSIONS)
def test_a_licence_passes_where_a_choice_of_it_is_allowed_whole(licence):
    assert (refused([{"Name": "a", "License": licence}], FINE, {}) == []) is EXPRESSIONS[licence]


def test_an_exception_holds_for_its_package_alone_and_goes_with_it():
    found = [{"Name": "a", "License": "LGPL"}, {"Name": "b", "License": "LGPL"}]
    assert refused(found, FINE, {"a": "why"}) == ["b: LGPL"]
    assert refused(found[1:], FINE, {"a": "why", "b": "why"}) == ["a: stands in licences.toml for nothing"]


def test_every_allowed_licence_has_its_reason_and_every_exception_is_a_package_of_a_lock():
    rules = tomllib.loads(ALLOWED.read_text())
    assert all(reason.strip() for part in rules.values() for reason in part.values())
    locks = "".join(path.read_text() for path in sorted(ROOT.glob("requirements*.lock")))
    locked = set(re.findall(r"^([\w.-]+)(?:\[\w+\])?==", locks, re.MULTILINE))
    assert rules["packages"].keys() <= locked


def test_who_cannot_be_asked_for_is_not_called_free_of_faults():
    report = {"dependencies": [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "x"}]}
    assert told_of(report) == ([], ["b"])
