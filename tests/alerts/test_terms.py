"""Every format reads its codes by the list's table of terms: no row, no guess; a row, and it is ours."""

import json

import pytest

from screening.alerts.importers import IMPORTERS
from screening.alerts.model import ImportOptions
from screening.alerts.terms import WAITS
from screening.tables.codes import AlertStatus, FactKind
from tests.alerts.test_golden import CASES, files_of, options_of

OURS = {"state": "AQ", "sex": "F", "document_type": "visa", "category": "inquiry"}
CARRIED = [
    *((case, "state") for case in CASES if case != "opensanctions"),
    *((case, "sex") for case in CASES if case not in {"documents", "opensanctions"}),
    *((case, "document_type") for case in ("ofac", "ofac_xml", "un", "eu", "senzing", "documents")),
    *((case, "category") for case in ("ofac", "un", "uk_conlist", "uk_sanctions_list", "eu", "own")),
]


def read(case, rows):
    table = "field,code,ours,relation\n" + "".join(
        f'{field},"{code}",{ours},exact\n' for field, code, ours in rows
    )
    options = ImportOptions("list", mapping=options_of(case).mapping, terms=table.encode())
    return IMPORTERS[CASES[case]].read(files_of(case), options)


def waiting(imported, field):
    """Return the codes of a field that alerts wait for."""
    found = set()
    for alert in imported.alerts.to_pylist():
        codes = json.loads(alert["provenance"])["remarks"].get(WAITS, [])
        held = alert["status"] == AlertStatus.HELD
        assert held or not codes or alert["status"] == AlertStatus.WITHDRAWN
        found.update(code.removeprefix(f"{field}: ") for code in codes if code.startswith(f"{field}: "))
    return found


def said(imported, field):
    """Return our words for a field, of all alerts."""
    if field == "category":
        return set(imported.alerts["category"].to_pylist())
    if field == "document_type":
        return set(imported.documents["type"].to_pylist())
    kind = FactKind.SEX if field == "sex" else FactKind.NATIONALITY
    facts = {row["value"] for row in imported.facts.to_pylist() if row["kind"] == kind}
    return facts | (set(imported.documents["issuing_state"].to_pylist()) if field == "state" else set())


@pytest.mark.parametrize(("case", "field"), CARRIED)
def test_a_code_waits_for_its_row_and_is_ours_with_it(case, field):
    codes = waiting(read(case, [(field, "no code of anybody", OURS[field])]), field)
    assert codes
    rows = [(field, code.replace('"', '""'), OURS[field]) for code in sorted(codes)]
    mapped = read(case, rows)
    assert waiting(mapped, field) == set()
    assert OURS[field] in said(mapped, field)


def test_codes_of_several_categories_are_not_chosen_among():
    found = read("eu", [("category", "ZZZ", "inquiry"), ("category", "YYY", "wanted")])
    assert not any(code.startswith("codes of") for code in waiting(found, "category"))
    both = read("ofac", [("category", "ZZZ", "inquiry"), ("category", "YYY", "wanted")])
    assert "codes of inquiry, wanted" in waiting(both, "category")
