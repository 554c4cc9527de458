"""A few steps of the random walk (`make walk` does two thousand): nothing is stuck, the end is the straight one."""

import pytest

from tests.walk import walk_once

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", [8, 9], ids=["no term ends", "terms end on the way"])
def test_any_order_of_steps_comes_to_the_end_of_the_straight_way(seed, tmp_path, screening):
    assert walk_once(seed, tmp_path, screening, steps=6).total() == 6
