"""What customers are worth by size and chance, before an hour is spent on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from kamlib.case_facts import Bilingual
from kamlib.platforms import Allocation, expected
from kamlib.platforms_file import SIZES, Customer, Parameters, Portfolio, Size

NOBODY = Bilingual(en="an example", zh="举例")
"""The name of a customer who is only reckoned with."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid of size by chance."""

    size: Size
    grade: int
    """The likelihood in per cent, or the warmth in °C."""
    count: int
    """How many customers stand there."""
    chance: float
    each: float
    """What one of them is worth a quarter by his chance, in thousand RMB: size times chance."""

    @property
    def all(self) -> float:
        """What all of them are worth together, in thousand RMB a quarter."""
        return self.count * self.each


def grid(portfolio: Portfolio) -> dict[tuple[Size, int], Cell]:
    """Return the market platform by size and likelihood (K246): value times chance.

    The likelihoods are given, the values of the sizes invented.

    >>> from kamlib.platforms_file import load
    >>> cell = grid(load())["medium", 90]
    >>> cell.count, cell.each, cell.all
    (3, 54.0, 162.0)
    """
    of = {each: each / 100 for each in portfolio.parameters.market.likelihood}
    return _cells(portfolio, of, "likelihood")


def warmth_grid(portfolio: Portfolio) -> dict[tuple[Size, int], Cell]:
    """Return the working platform by size and warmth (K248): value times chance to buy.

    The degrees are given, the chances and the values of the sizes invented.

    >>> from kamlib.platforms_file import load
    >>> cell = warmth_grid(load())["large", 50]
    >>> cell.count, cell.each
    (2, 45.0)
    """
    parameters = portfolio.parameters
    of = {each: parameters.buying_chance(each) for each in parameters.working.warmth}
    return _cells(portfolio, of, "warmth")


def _cells(
    portfolio: Portfolio, chances: Mapping[int, float], name: str
) -> dict[tuple[Size, int], Cell]:
    def count(size: Size, grade: int) -> int:
        return sum(
            each.size == size and getattr(each, name) == grade for each in portfolio.customers
        )

    return {
        (size, grade): Cell(
            size,
            grade,
            count(size, grade),
            chance,
            round(portfolio.parameters.krmb(size) * chance, 9),
        )
        for size in SIZES
        for grade, chance in chances.items()
    }


@dataclass(frozen=True, slots=True)
class Fence:
    """What the same hours bring on each platform, for customers of one size, all of them near."""

    kept: float
    """Spent on a customer at high risk of being lost; in thousand RMB of value, as all four."""
    more: float
    """Spent on a customer who could take more."""
    won: float
    """Spent on a prospect of middling warmth."""
    researched: float
    """Spent on a suspect of middling likelihood."""
    chance: float
    """How likely that prospect buys within the quarter, with these hours."""
    warmth: int
    """How warm he is, in °C."""
    likelihood: int
    """How likely the suspect is to become one, in per cent."""

    @property
    def to_replace(self) -> int:
        """How many such prospects one has to work on, so that on average one lost customer is
        replaced.
        """
        return ceil(1 / self.chance - 1e-9)


def fence(parameters: Parameters, size: Size = "medium", hours: float = 8) -> Fence:
    """Compare keeping, selling more, winning and researching with the same hours a month (K249).

    >>> from kamlib.platforms_file import load
    >>> found = fence(load().parameters)
    >>> found.kept > found.won > found.researched
    True
    """
    middle = {
        "likelihood": sorted(parameters.market.likelihood)[len(parameters.market.likelihood) // 2],
        "warmth": sorted(parameters.working.warmth)[len(parameters.working.warmth) // 2],
    }
    way = 0.5

    def alone(**known: object) -> tuple[float, float]:
        """Return what the hours bring with one such customer, and how likely he is won."""
        fields = {"id": "C00", "name": NOBODY, "size": size, "travel_hours": way, **known}
        one = Portfolio((Customer.model_validate(fields),), parameters)
        spent, idle = (expected(one, Allocation((each,))) for each in (float(hours), 0.0))
        return spent.value - idle.value, spent.won

    won, chance = alone(platform="working", warmth=middle["warmth"])
    return Fence(
        alone(platform="buying", risk="high", fence="keep", buys=NOBODY)[0],
        alone(platform="buying", risk="low", fence="grow", buys=NOBODY)[0],
        won,
        alone(platform="market", likelihood=middle["likelihood"])[0],
        chance,
        middle["warmth"],
        middle["likelihood"],
    )


def left_after(customers: float, lost_a_month: float, months: int) -> float:
    """Return how many of today's customers are left, when a share of them is lost each month.

    >>> round(left_after(100, 0.04, 12), 1)
    61.3
    """
    return customers * (1 - lost_a_month) ** months
