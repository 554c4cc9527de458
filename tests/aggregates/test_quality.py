"""Quality of a carrier is published, its travellers are not."""

from datetime import date

from screening.aggregates.quality import protect_quality
from screening.tables.aggregate import CARRIER_QUALITY


def measured(carrier, measure, value, unit):
    return {"carrier": carrier, "night": date(2026, 11, 23), "measure": measure, "value": value, "unit": unit}


def test_small_carriers_show_nothing_about_travellers_and_shares_name_nobody():
    table = CARRIER_QUALITY.table(
        [
            measured("XQ", "travellers", 30.0, "travellers"),
            measured("XQ", "with_document", 29 / 30, "share of travellers"),
            measured("XQ", "legs", 1.0, "legs"),
            measured("YA", "with_document", 0.5, "share of travellers"),
            measured("YA", "pnr_without_api", 0.5, "share of travellers in PNR, legs with both"),
            measured("YA", "legs", 1.0, "legs"),
        ]
    )
    kept = protect_quality(table, {"XQ": 30, "YA": 4}, threshold=5).to_pylist()
    assert [(row["carrier"], row["measure"], row["value"]) for row in kept] == [
        ("XQ", "legs", 1.0),
        ("XQ", "with_document", 0.97),
        ("YA", "legs", 1.0),
    ]
