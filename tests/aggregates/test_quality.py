"""Quality of a carrier is published, its travellers are not."""

from datetime import date
from fractions import Fraction

import pytest

from screening.aggregates.quality import protect_quality
from screening.tables.aggregate import CARRIER_QUALITY

TRAVELLERS, LEGS, MESSAGES = "share of travellers", "legs", "messages"
IN_PNR = "share of travellers in PNR, legs with both"


def measured(carrier, measure, value, unit):
    return {
        "carrier": carrier,
        "night": date(2026, 11, 23),
        "measure": measure,
        "value": float(value),
        "unit": unit,
    }


def protected(*rows, threshold=5):
    exact = CARRIER_QUALITY.table(measured(*row) for row in rows)
    kept = protect_quality(exact, {"pnr_without_api": "travellers_in_pnr"}, threshold=threshold)
    return {(row["carrier"], row["measure"]): row["value"] for row in kept.to_pylist()}


def possible(published, whole):
    """Who knows the whole of a share: which numbers the rounded one may have been made of."""
    return [
        part
        for part in range(whole + 1)
        if protected(("XQ", "travellers", whole, "travellers"), ("XQ", "with_sex", part / whole, TRAVELLERS))
        == published
    ]


def small(numbers, threshold=5):
    return bool(numbers) and min(numbers) >= 1 and max(numbers) < threshold


@pytest.mark.parametrize("whole", [1, 4, 5, 9, 10, 11, 13, 20, 30, 41])
def test_no_small_number_follows_from_a_share_and_the_carriers_travellers(whole):
    naive = 0
    for part in range(whole + 1):
        exact = Fraction(part, whole)
        two_decimals = [
            other for other in range(whole + 1) if round(Fraction(other, whole), 2) == round(exact, 2)
        ]
        naive += small(two_decimals) or small([whole - other for other in two_decimals])
        published = protected(
            ("XQ", "travellers", whole, "travellers"), ("XQ", "with_sex", exact, TRAVELLERS)
        )
        found = possible(published, whole)
        assert not small(found)
        assert not small([whole - other for other in found])
    assert naive > 0


def test_a_share_that_is_left_out_tells_no_small_carrier():
    """A carrier whose travellers are withheld in the traffic tables: it may have nine as well as three."""
    silent = [
        whole
        for whole in range(1, 40)
        if not protected(("XQ", "travellers", whole, "travellers"), ("XQ", "with_sex", 1, TRAVELLERS))
    ]
    assert silent == list(range(1, 10))


def test_each_share_is_of_its_own_whole():
    found = protected(
        ("XQ", "travellers", 200, "travellers"),
        ("XQ", "travellers_in_pnr", 8, "travellers"),
        ("XQ", "with_document", Fraction(191, 200), TRAVELLERS),
        ("XQ", "pnr_without_api", Fraction(1, 8), IN_PNR),
    )
    assert found == {("XQ", "with_document"): 0.95}


def test_legs_are_exact_and_messages_are_not():
    found = protected(
        ("XQ", "legs", 3, LEGS),
        ("XQ", "messages", 61, MESSAGES),
        ("XQ", "finding:birth_date_unreadable", 2, MESSAGES),
        ("XQ", "finding:unt_count_differs", 4, MESSAGES),
        ("XQ", "pnr_final", Fraction(2, 3), "share of legs with PNR"),
    )
    assert found == {
        ("XQ", "legs"): 3,
        ("XQ", "messages"): 60,
        ("XQ", "finding:unt_count_differs"): 5,
        ("XQ", "pnr_final"): 0.67,
    }
