"""A month's hours: by rules, evenly, and in the best way there is."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kamlib.platforms import Allocation, PlatformError, expected
from kamlib.platforms_file import Portfolio, load
from kamlib.platforms_hours import Rules, allocate, best, even, gains, nothing, worth
from tests.portfolios import customer, portfolio, portfolios

PORTFOLIO = load()


def hours(allocation: Allocation) -> dict[str, float]:
    return {
        each.id: given_
        for each, given_ in zip(PORTFOLIO.customers, allocation.hours, strict=True)
        if given_
    }


# By rules ------------------------------------------------------------------------------------------


def test_rules_let_in_who_reaches_every_limit() -> None:
    """Size, likelihood, warmth, risk and way; a limit of one platform leaves the others alone."""
    rules = Rules("medium", likelihood=70, warmth=90, risk="high", farthest=1.5)
    kept = [each for each in PORTFOLIO.customers if rules.keeps(each)]
    assert all(each.size != "small" and each.travel_hours <= 1.5 for each in kept)
    assert {each.likelihood for each in kept} == {70, 90, None}
    assert {each.warmth for each in kept} == {90, None}
    assert {each.risk for each in kept if each.fence == "keep"} == {"high"}
    assert any(each.fence == "grow" for each in kept)
    assert all(Rules().keeps(each) for each in PORTFOLIO.customers)


def test_without_a_number_for_each_the_hours_go_round_evenly() -> None:
    found = allocate(PORTFOLIO, Rules("large", hours={"develop": 40, "keep": 10}))
    assert hours(found) == {"C31": 10, "C35": 10, "C46": 10, "C48": 10, "C60": 10}


def test_with_a_number_for_each_the_first_ones_get_it_until_the_hours_are_gone() -> None:
    """The second gets what is left, and all others nothing."""
    found = allocate(PORTFOLIO, Rules(hours={"develop": 20}, each={"develop": 12}))
    assert hours(found) == {"C48": 12, "C35": 8}


def test_the_orders_differ_by_what_they_put_first() -> None:
    two = portfolio(
        customer(1, "working", size="large", warmth=50, travel_hours=3),
        customer(2, "working", size="small", warmth=90, travel_hours=1.5),
        customer(3, "working", size="medium", warmth=70, travel_hours=0.5),
    )
    first = {
        order: allocate(two, Rules(order=order, hours={"develop": 5}, each={"develop": 5})).hours
        for order in ("worth", "size", "chance", "near")
    }
    assert first == {
        "worth": (5, 0, 0), "size": (5, 0, 0), "chance": (0, 5, 0), "near": (0, 0, 5),
    }  # fmt: skip


def test_nobody_gets_more_than_a_customer_can_take_and_the_rest_stays_unspent() -> None:
    found = allocate(PORTFOLIO, Rules("large", risk="high", hours={"keep": 100}))
    assert hours(found) == {"C60": 40}


def test_more_hours_than_a_month_has_and_unknown_orders_are_refused() -> None:
    with pytest.raises(PlatformError, match="161 hours are more than the 160"):
        allocate(PORTFOLIO, Rules(hours={"develop": 161}))
    with pytest.raises(PlatformError, match="no order “luck”"):
        allocate(PORTFOLIO, Rules(order="luck"))


def test_an_even_spread_spends_the_month() -> None:
    assert even(PORTFOLIO).total == pytest.approx(160)
    assert even(PORTFOLIO, 60).hours == (1.0,) * 60
    assert nothing(PORTFOLIO).total == 0


# The best ---------------------------------------------------------------------------------------------


def by_trying(given_: Portfolio, month: int) -> float:
    """Return the best value by trying every way to spend whole hours."""
    most = int(given_.parameters.month.most_hours)
    table = worth(given_, most)
    return max(
        sum(table[who, each] for who, each in enumerate(ways))
        for ways in product(range(min(most, month) + 1), repeat=len(given_))
        if sum(ways) <= month
    )


def by_stages(given_: Portfolio, month: int) -> float:
    """Return the best value customer by customer, which needs no falling returns."""
    most = min(int(given_.parameters.month.most_hours), month)
    reached = np.zeros(month + 1)
    for row in worth(given_, most):
        reached = np.array([
            max(reached[spent - each] + row[each] for each in range(min(most, spent) + 1))
            for spent in range(month + 1)
        ])  # fmt: skip
    return float(reached[-1])


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(portfolios(3), st.integers(1, 8))
def test_the_solver_finds_what_trying_everything_finds(given_: Portfolio, month: int) -> None:
    found = best(given_, month)
    assert found.total <= month
    assert all(each == int(each) for each in found.hours)
    assert expected(given_, found).value == pytest.approx(by_trying(given_, month), abs=1e-4)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(portfolios(15), st.integers(10, 60))
def test_the_solver_is_exact_on_larger_portfolios(given_: Portfolio, month: int) -> None:
    """A dynamic programme, which needs no falling returns, finds no better plan."""
    found = expected(given_, best(given_, month)).value
    assert found == pytest.approx(by_stages(given_, month), abs=1e-3)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(portfolios(10))
def test_each_further_hour_on_a_customer_brings_less(given_: Portfolio) -> None:
    """That is what makes the cheapest flow the best plan."""
    table = worth(given_, 40)
    assert (np.diff(table, axis=1) >= -1e-9).all()
    assert (np.diff(table, 2, axis=1) <= 1e-9).all()


def test_the_portfolios_best_plan_is_exact_and_beats_the_even_spread_by_far() -> None:
    """It adds two thirds more value than an even spread does, with the same hours."""
    plan = best(PORTFOLIO)
    value = {
        name: expected(PORTFOLIO, each).value
        for name, each in (
            ("best", plan), ("even", even(PORTFOLIO)), ("alone", nothing(PORTFOLIO)),
        )
    }  # fmt: skip
    assert plan.total == 160
    assert value["best"] == pytest.approx(by_stages(PORTFOLIO, 160), abs=1e-3)
    assert value["best"] - value["alone"] > 1.6 * (value["even"] - value["alone"])
    assert min(plan.by_activity(PORTFOLIO).values()) > 10
    assert all(each.pays for each in gains(PORTFOLIO, plan))


def test_parameters_that_make_a_later_hour_bring_more_are_refused() -> None:
    """Where losing a prospect is nearly sure, a suspect who moves up late is worth more."""
    doomed = portfolio(customer(1, "market", likelihood=90))
    parameters = doomed.parameters
    working = parameters.working.model_copy(update={"lost_a_month": 0.999})
    odd = Portfolio(doomed.customers, parameters.model_copy(update={"working": working}))
    with pytest.raises(PlatformError, match="a later hour"):
        best(odd, 40)


# What it brings ----------------------------------------------------------------------------------------


def test_gains_add_up_to_what_the_hours_bring() -> None:
    """Beside none, customer by customer; the cost is that of the hours."""
    allocation = even(PORTFOLIO)
    found = gains(PORTFOLIO, allocation)
    exact = expected(PORTFOLIO, allocation)
    alone = expected(PORTFOLIO, nothing(PORTFOLIO))
    assert sum(each.gain for each in found) == pytest.approx(exact.value - alone.value)
    assert sum(each.cost for each in found) == pytest.approx(exact.cost)
    idle = gains(PORTFOLIO, nothing(PORTFOLIO))
    assert all(each.gain == 0 and each.pays for each in idle)


def test_a_small_customer_far_away_does_not_pay_for_a_visit() -> None:
    far = portfolio(customer(1, "working", size="small", warmth=50, travel_hours=3))
    assert not gains(far, Allocation((5.0,)))[0].pays
    assert gains(far, Allocation((5.0,)))[0].contact == 2
