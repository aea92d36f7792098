"""What customers are worth by size and chance."""

from __future__ import annotations

import pytest

from kamlib.platforms import Allocation, expected
from kamlib.platforms_file import load
from kamlib.platforms_grid import fence, grid, left_after, warmth_grid
from tests.portfolios import customer, portfolio

PORTFOLIO = load()


def test_the_grid_counts_every_suspect_once_and_multiplies_size_by_chance() -> None:
    """A large one at 50 % is worth more than a medium one at 90 %."""
    found = grid(PORTFOLIO)
    assert len(found) == 9
    assert sum(cell.count for cell in found.values()) == len(PORTFOLIO.on("market"))
    assert found["large", 50].each == 75 > found["medium", 90].each == 54
    assert found["small", 50].all == 8 * 10


def test_the_warmth_grid_counts_every_prospect_once_by_the_chance_of_his_warmth() -> None:
    found = warmth_grid(PORTFOLIO)
    assert sum(cell.count for cell in found.values()) == len(PORTFOLIO.on("working"))
    assert [found["large", warmth].chance for warmth in (50, 70, 90)] == [0.3, 0.5, 0.7]
    assert found["large", 90].each == pytest.approx(105)


def test_keeping_beats_winning_with_the_same_hours() -> None:
    """And it takes several prospects to replace one lost customer."""
    for size in ("small", "medium", "large"):
        found = fence(PORTFOLIO.parameters, size)
        assert found.kept > found.won > found.more > found.researched > 0
        assert found.to_replace == 4
    twice = fence(PORTFOLIO.parameters, "medium", 16)
    assert twice.kept > fence(PORTFOLIO.parameters, "medium").kept
    assert twice.to_replace < 4


def test_the_fence_is_reckoned_as_a_quarter_is() -> None:
    one = portfolio(customer(1, "buying", risk="high", travel_hours=0.5))
    gained = expected(one, Allocation((8.0,))).value - expected(one, Allocation((0.0,))).value
    assert fence(PORTFOLIO.parameters).kept == pytest.approx(gained)


def test_a_small_leak_empties_the_platform_in_time() -> None:
    assert left_after(12, 0.12, 12) == pytest.approx(12 * 0.88**12)
    assert left_after(12, 0, 12) == 12
    assert left_after(10, 0.5, 1) == 5
