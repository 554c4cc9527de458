"""What a larger night costs is told from smaller ones, and what cannot be shared is not shared."""

import pytest

from screening.lab.benchmark import Cost, StageCost
from screening.lab.capacity import Size, fitted

SIZES = [Size(travellers, names) for travellers in (10_000, 50_000, 150_000) for names in (10_000, 100_000)]


def cost_of(size: Size) -> Cost:
    """A machine that keeps the form of the model to the letter."""
    travellers, names = size.travellers / 1000, size.alerts / 1000
    screen = 2 + 0.1 * travellers + 0.05 * names + 0.002 * travellers * names
    publish = 1 + 0.01 * travellers
    stages = (StageCost("screen", screen, 300 + 2 * travellers), StageCost("publish", publish, 100.0))
    return Cost(stages, screen + publish, 300 + 2 * travellers)


@pytest.fixture(scope="module")
def model():
    return fitted({size: cost_of(size) for size in SIZES})


def test_a_machine_of_that_form_is_found_again(model):
    large = Size(1_000_000, 1_000_000)
    assert model.whole(large) == pytest.approx(cost_of(large).seconds, rel=1e-6)
    assert model.peak(large) == pytest.approx(cost_of(large).peak_mib, rel=1e-6)
    assert model.largest_miss == pytest.approx(1.0)


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_only_what_grows_with_travellers_is_shared(model, workers):
    size = Size(100_000, 100_000)
    alone, shared = 2 + 5 + 1 + 1, 10 + 20
    assert model.whole(size, workers) == pytest.approx(alone + shared / workers, rel=1e-6)


def test_one_night_off_is_told():
    told = {size: cost_of(size) for size in SIZES}
    odd = SIZES[3]
    told[odd] = Cost(tuple(StageCost(one.stage, one.seconds * 2, one.peak_mib) for one in told[odd].stages), told[odd].seconds * 2, 1.0)  # fmt: skip
    assert not 0.9 < fitted(told).largest_miss < 1.1


@pytest.mark.parametrize("sizes", [SIZES[:2], [size for size in SIZES if size.alerts == 10_000]])
def test_one_number_of_travellers_or_of_names_is_too_few(sizes):
    with pytest.raises(ValueError, match="two numbers"):
        fitted({size: cost_of(size) for size in sizes})
