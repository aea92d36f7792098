"""Customers on three platforms: the exact quarter, the drawn ones, and that both agree."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kamlib.platforms import (
    FAN,
    PLACES,
    Allocation,
    PlatformError,
    Spread,
    chances,
    contact_hours,
    cost,
    effect,
    expected,
    simulate,
)
from kamlib.platforms_file import PLATFORMS, Portfolio, load
from kamlib.platforms_hours import even
from tests.portfolios import customer, portfolio, portfolios, spread

QUARTERS = 4_000
SURE = 5
"""So many standard errors apart chance alone does not bring two figures."""


# The exact quarter ---------------------------------------------------------------------------


def test_one_customer_by_hand() -> None:
    """A prospect in one week: buys, leaves or stays, with the chances of his warmth and his hours."""
    one = portfolio(customer(1, "working", warmth=90, size="large"), months=1, weeks=1)
    found = expected(one, Allocation((10.0,)))
    contact = 10 * 2 / 2.5
    worked = 0.1 + 0.9 * (1 - 0.5 ** (contact / 8))
    buys, lost = 1 - 0.3**worked, 0.06
    assert found.places[1] == pytest.approx([0, 1 - buys - lost, buys, 0, lost, 0])
    assert found.won == pytest.approx(buys)
    assert found.lost["working"] == pytest.approx(lost)
    assert found.margin == 0
    assert found.run_rate == pytest.approx(buys * 4 * 150)
    assert found.value == pytest.approx(600 * (buys + 0.5 * 0.7 * (1 - buys - lost)))
    assert found.cost == pytest.approx(10 * 0.3)
    assert found.net == pytest.approx(found.value - 3)


def test_a_customer_who_buys_earns_while_he_stays_and_may_order_more() -> None:
    """Two weeks: the margin of the first is sure, that of the second if he has not left."""
    safe = customer(1, "buying", size="small", risk="medium", fence="grow", travel_hours=0)
    two = portfolio(safe, months=1, weeks=2)
    found = expected(two, Allocation((6.0,)))
    stays = (1 - 0.04) ** (1 / 2)
    order = 1 - 0.4 ** ((0.1 + 0.9 * 0.5) / 2)
    assert found.margin == pytest.approx(20 * (1 + stays) * (1 / 2 + order * 0.8))
    assert found.extra_orders == pytest.approx(order * (1 + stays))
    assert found.lost["buying"] == pytest.approx(0.04)


def test_hours_on_the_fence_take_away_up_to_four_fifths_of_the_loss() -> None:
    """With no end of hours a monthly loss of 12 % becomes one of 2.4 %."""
    held = portfolio(customer(1, "buying", risk="high", travel_hours=0), months=1, hours=1e6)
    assert expected(held, Allocation((0.0,))).lost["buying"] == pytest.approx(0.12)
    assert expected(held, Allocation((1e5,))).lost["buying"] == pytest.approx(0.024)


def test_a_likelihood_is_the_chance_in_a_quarter_before_leakage() -> None:
    """With no end of hours and no leakage 70 % of those at 70 % become prospects, or more."""
    base = portfolio(customer(1, "market", likelihood=70), hours=1e6)
    market = base.parameters.market.model_copy(update={"lost_a_month": 0.0})
    sealed = Portfolio(base.customers, base.parameters.model_copy(update={"market": market}))
    assert expected(sealed, Allocation((1e5,))).prospects == pytest.approx(0.7)


def test_who_moves_up_gets_the_ordinary_service_there() -> None:
    """Hours on a suspect change nothing about what a prospect or a customer meets."""
    suspect = portfolio(customer(1, "market"))
    idle, busy = (chances(suspect, Allocation((hours,))) for hours in (0.0, 20.0))
    assert busy.up[0, 0] > idle.up[0, 0]
    assert busy.up[0, 1:] == pytest.approx(idle.up[0, 1:])
    assert busy.lost == pytest.approx(idle.lost)


def test_only_what_is_spent_with_the_customer_moves_him() -> None:
    """Two hours of a visit of five when the way takes three; at the desk every hour counts."""
    parameters = load().parameters
    assert contact_hours(parameters, customer(1, "working", travel_hours=3), 10) == 4
    assert contact_hours(parameters, customer(1, "market", travel_hours=3), 10) == 10
    assert effect(parameters, "develop", 8) == 0.5
    assert effect(parameters, "keep", 8) == effect(parameters, "research", 8) == 0.75
    assert effect(parameters, "grow", 6) == 0.5


@given(portfolios().flatmap(lambda each: st.tuples(st.just(each), spread(each))))
def test_nobody_gets_lost_in_the_count(drawn: tuple[Portfolio, Allocation]) -> None:
    """Every week all customers are somewhere, flows end where places do, values add up."""
    given_, allocation = drawn
    found = expected(given_, allocation)
    assert found.places.sum(axis=1) == pytest.approx(len(given_))
    assert found.flows.sum(axis=0) == pytest.approx(found.places[-1])
    assert found.flows.sum(axis=1) == pytest.approx(found.places[0, :3])
    assert sum(found.lost.values()) == pytest.approx(found.places[-1, 3:].sum())
    assert found.by_customer.sum() == pytest.approx(found.value)
    assert (found.places >= -1e-12).all()


# Hours that cannot be spent -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ((1.0,), "given for 1 customers, and there are 2"),
        ((-1.0, 0.0), "from 0 on"),
        ((float("nan"), 0.0), "from 0 on"),
        ((100.0, 61.0), "161 hours are more than the 160"),
    ],
)
def test_hours_that_no_month_has_are_refused(hours: tuple[float, ...], said: str) -> None:
    two = portfolio(customer(1, "market"), customer(2, "buying"))
    for run in (expected, simulate):
        with pytest.raises(PlatformError, match=said):
            run(two, Allocation(hours))


def test_an_unknown_customer_gets_no_hours() -> None:
    with pytest.raises(PlatformError, match="no customer C99"):
        Allocation.of(load(), {"C99": 1, "C01": 1})


def test_hours_are_counted_by_what_they_are_spent_on() -> None:
    """An hour for everyone is 30 of research, 18 of developing, 6 each at the fence."""
    spent = Allocation((1.0,) * 60).by_activity(load())
    assert spent == {"research": 30, "develop": 18, "keep": 6, "grow": 6}
    assert cost(load(), Allocation((1.0,) * 60)) == pytest.approx(60 * 3 * 0.3)


# Drawn quarters ----------------------------------------------------------------------------------


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    portfolios(20).flatmap(lambda each: st.tuples(st.just(each), spread(each))),
    st.integers(0, 2**32 - 1),
)
def test_drawn_quarters_agree_with_the_exact_one(
    drawn: tuple[Portfolio, Allocation], seed: int
) -> None:
    """Every mean lies within its own stated error of the exact expectation."""
    given_, allocation = drawn
    exact, found = expected(given_, allocation), simulate(given_, allocation, QUARTERS, seed)
    most = max(given_.parameters.krmb(each.size) for each in given_.customers)
    pairs: list[tuple[Spread, float, float]] = [
        (found.prospects, exact.prospects, 1),
        (found.won, exact.won, 1),
        (found.extra_orders, exact.extra_orders, 1),
        (found.margin, exact.margin, most),
        (found.run_rate, exact.run_rate, 4 * most),
        (found.value, exact.value, 6 * most),
        *((found.lost[each], exact.lost[each], 1) for each in PLATFORMS),
    ]
    for one, mean, unit in pairs:
        # what is too rare to be drawn at all has no error of its own: a few events more or less
        rare = 12 * unit / QUARTERS
        assert abs(one.mean - mean) <= SURE * one.error + rare + 1e-5 * abs(mean)
    for mine, theirs in ((found.places, exact.places), (found.flows, exact.flows)):
        assert mine.shape == theirs.shape
        # a count of customers varies at most like so many coins
        assert np.abs(mine - theirs).max() <= SURE * sqrt(len(given_) / QUARTERS) / 2 + 1e-9


def test_the_error_that_is_stated_is_the_one_that_is_made() -> None:
    """Over a hundred seeds the means scatter as the standard error says."""
    given_ = load()
    allocation = even(given_)
    exact = expected(given_, allocation).value
    runs = [simulate(given_, allocation, 300, seed).value for seed in range(100)]
    off = np.array([(one.mean - exact) / one.error for one in runs])
    assert abs(off.mean()) < 0.4
    assert 0.8 < off.std() < 1.25


def test_the_same_seed_draws_the_same_luck_for_every_allocation() -> None:
    """A customer with more hours never does worse, quarter by quarter, and the others do the same."""
    given_ = load()
    some = Allocation.of(given_, {"C48": 5, "C60": 5})
    more = Allocation.of(given_, {"C48": 20, "C60": 5})
    less, luckier = (simulate(given_, each, 2_000) for each in (some, more))
    assert (luckier.run_rates >= less.run_rates).all()
    assert (luckier.run_rates > less.run_rates).any()
    other = simulate(given_, some, 2_000)
    assert (other.values == less.values).all()
    assert (simulate(given_, some, 2_000, seed=8).values != less.values).any()


def test_two_plans_are_told_apart_with_less_error_than_two_lots_of_luck() -> None:
    """The difference by common luck scatters much less than each of the two does."""
    given_ = load()
    one, two = (simulate(given_, Allocation.of(given_, {"C48": hours}), 2_000) for hours in (5, 20))
    assert np.std(two.values - one.values) < 0.5 * np.std(one.values)


def test_the_fan_opens_from_today() -> None:
    """At the start all quarters are the same; later the quantiles lie in order."""
    found = simulate(load(), even(load()), 1_000)
    assert found.fan.shape == (13, len(FAN))
    assert len(set(found.fan[0])) == 1
    assert (np.diff(found.fan, axis=1) >= 0).all()
    assert found.fan[-1, 0] < found.fan[-1, -1]
    assert found.places.shape == (13, len(PLACES))
    assert found.net == pytest.approx(found.value.mean - 144)


def test_a_single_quarter_is_drawn_too_and_none_is_refused() -> None:
    found = simulate(load(), even(load()), 1)
    assert found.quarters == 1
    assert found.value.error == 0
    assert found.won.mean == int(found.won.mean)
    with pytest.raises(ValueError, match="at least one"):
        simulate(load(), even(load()), 0)
