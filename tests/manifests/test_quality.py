"""Data quality by carrier and night."""

from datetime import date

import pytest

from screening.manifests.quality import carrier_quality

FINDING = {"code": "unt_count_differs", "level": "info", "segment": 3, "offset": 9, "text": "x"}


def measured(kit, night, day=date(2026, 11, 24)):
    settled = night.settle()
    messages, legs, _, _ = night.tables()
    table = carrier_quality(
        messages, legs, settled.flights, settled.travellers, night=day, documents=settled.documents
    )
    return {(row["carrier"], row["measure"]): row["value"] for row in table.to_pylist()}, table


@pytest.fixture
def night(kit):
    night = kit.Night()
    night.pnr(
        "2026-11-21T11:00", kit.person("ADAM/ANNA", locator="L1"), kit.person("CERNY/CARL", locator="L2")
    )
    night.pnr(
        "2026-11-23T11:00", kit.person("ADAM/ANNA", locator="L1"), kit.person("CERNY/CARL", locator="L2")
    )
    night.api("08:00", kit.person("ADAM/ANNA", "1980-01-01", "A1@DE", locator="L1", sex="F"),
              kit.person("BERG/BELA"), findings=[FINDING, FINDING])  # fmt: skip
    night.api("12:30", kit.person("DORN/DORA"), leg="QY1-20261124-QQQ-FRA", findings=[FINDING])
    return night


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("legs", 1),
        ("legs_with_api", 1),
        ("travellers", 3),
        ("api_final", 1),
        ("with_date_of_birth", 1 / 3),
        ("with_document", 1 / 3),
        ("with_sex", 1 / 3),
        ("with_nationality", 0),
        ("api_without_pnr", 1 / 2),
        ("pnr_without_api", 1 / 2),
        ("api_last_sent", 3.0),  # departure 12:00 Berlin = 11:00 UTC
        ("pnr_last_sent", 24.0),
        ("api_after_departure", 0),
        ("pnr_pushes", 2),
        ("pnr_push_at_72h", 1),
        ("pnr_push_at_48h", 0),
        ("pnr_push_at_24h", 1),
        ("pnr_push_at_0h", 0),
        ("messages", 3),
        ("finding:unt_count_differs", 1),
        ("status:ok", 3),
    ],
)
def test_measures_of_a_carrier(kit, night, measure, value):
    found, _ = measured(kit, night)
    assert found["QX", measure] == pytest.approx(value)


def test_a_leg_of_an_unknown_airport_counts_in_everything_but_lateness(kit, night):
    found, _ = measured(kit, night)
    assert found["QY", "legs"] == 1
    assert ("QY", "api_last_sent") not in found


def test_pushes_are_measured_only_when_the_leg_has_departed(kit, night):
    found, _ = measured(kit, night, date(2026, 11, 23))
    assert ("QX", "pnr_push_at_72h") not in found


def test_the_unit_says_how_sent_times_are_read(kit, night):
    _, table = measured(kit, night)
    units = {row["measure"]: row["unit"] for row in table.to_pylist()}
    assert "UTC" in units["api_last_sent"]
