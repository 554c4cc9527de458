"""Two of one booking are sought: each page leads to the other, where its reader may see it."""

import copy
import json
from datetime import UTC, date, datetime

import pytest

from screening.night.settings import load_settings
from screening.review.accounts import add_account
from screening.review.desk import desk_of
from screening.store.once import night_table
from screening.tables import analyst
from screening.tables.codes import ReviewRole
from tests.review.conftest import PASSWORD, Agency

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"
FEW = """
[[visibility.roles]]
name = "few"
actors = ["cleo"]
contact = "the duty officer"
"""


@pytest.fixture
def agency(by_hand, written, monkeypatch):
    other = copy.deepcopy(written.sought) | {"alert_id": "watch:A2", "source_id": "A2"}
    surname, given, born, sex, _, number = written.fillers[0]
    other["names"][0] |= {"full": f"{surname}, {given}", "surname": surname, "given_names": given}
    iso = f"19{born[:2]}-{born[2:4]}-{born[4:]}"
    other["dates_of_birth"][0] |= {"value": iso, "from": iso, "to": iso}
    other |= {"sex": [sex], "nationalities": ["NG"], "visibility": "few"}
    other["documents"][0] |= {"number": number, "issuing_state": "NG"}
    (by_hand.folder / "watch.jsonl").write_text(
        "".join(json.dumps(one) + "\n" for one in (written.sought, other))
    )
    profile = by_hand.folder / "profile.toml"
    profile.write_text(f"{profile.read_text()}{FEW}")
    by_hand.send("a.edi", written.paxlst([written.ylva, *written.fillers]))
    by_hand.send("b.edi", written.pnrgov({"LOC123": [written.ylva, written.fillers[0]]}))
    by_hand.run(NIGHT)
    monkeypatch.setenv("SCREENING_STORE", str(by_hand.store))
    monkeypatch.setenv("SCREENING_PROFILE", str(by_hand.folder / "profile.toml"))
    made = Agency(by_hand.folder, load_settings())
    for name in ("anna", "cleo"):
        add_account(
            desk_of(made.store),
            name,
            [ReviewRole.ANALYST],
            PASSWORD,
            datetime(2026, 11, 24, tzinfo=UTC),
            cost=2**4,
        )
    return made


def test_the_hits_of_fellow_travellers_are_linked_where_they_may_be_seen(agency):
    rows = night_table(agency.store, date.fromisoformat(NIGHT), analyst.HITS).to_pylist()
    ylva, other = (row["hit_id"] for row in sorted(rows, key=lambda row: row["surname"], reverse=True))

    def leads(name: str, one: str, to: str) -> bool:
        text = agency.log_in(name).get(f"/hits/{one}").text
        assert "Same booking on this leg" in text
        return f'href="/hits/{to}#hit-{to}"' in text

    assert leads("cleo", ylva, other)
    assert leads("cleo", other, ylva)
    assert not leads("anna", ylva, other), "it is shown to few, and she is none of them"
