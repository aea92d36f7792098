"""How customers move over the platforms in a quarter, by the hours that are spent on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from kamlib.platforms_file import (
    ACTIVITIES,
    PLATFORMS,
    Activity,
    Customer,
    Parameters,
    Platform,
    Portfolio,
    rate,
)
from kamlib.words import Message, Words, message

Floats = NDArray[np.float64]

PLACES = (*PLATFORMS, *(f"lost_{platform}" for platform in PLATFORMS))
"""Where a customer can be: on a platform, or lost from one of them (K251)."""

MARKET, WORKING, BUYING, LOST = 0, 1, 2, 3
"""The places by number; from `LOST` on those who are lost, in the platforms' order."""

FAN = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The quantiles that a fan chart shows."""

SEED = 7
"""The same luck for every allocation."""


class PlatformError(ValueError):
    """Hours cannot be spent like this; carries a sentence that says what is wrong."""

    def __init__(self, what: Message) -> None:
        """Take the sentence."""
        super().__init__(Words("en").say(what))
        self.message = what


@dataclass(frozen=True, slots=True)
class Allocation:
    """How many hours a month each customer gets, the way included, in the portfolio's order."""

    hours: tuple[float, ...]

    @classmethod
    def of(cls, portfolio: Portfolio, hours: Mapping[str, float]) -> Allocation:
        """Return the hours by customers' ids; whoever is not named gets none.

        Raises `PlatformError` for an id that is not in the portfolio.

        >>> from kamlib.platforms_file import load
        >>> Allocation.of(load(), {"C02": 8}).hours[:3]
        (0.0, 8.0, 0.0)
        """
        if unknown := sorted(set(hours) - portfolio.by_id().keys()):
            raise PlatformError(message("There is no customer {names}.", names=unknown))
        return cls(tuple(float(hours.get(each.id, 0)) for each in portfolio.customers))

    @property
    def total(self) -> float:
        """All hours of a month."""
        return sum(self.hours)

    def by_activity(self, portfolio: Portfolio) -> dict[Activity, float]:
        """Return the hours a month by what they are spent on.

        >>> from kamlib.platforms_file import load
        >>> Allocation((1.0,) * 60).by_activity(load())["research"]
        30.0
        """
        found = dict.fromkeys(ACTIVITIES, 0.0)
        for customer, hours in zip(portfolio.customers, self.hours, strict=True):
            found[customer.activity] += hours
        return found

    def checked(self, portfolio: Portfolio) -> Floats:
        """Return the hours as numbers to reckon with.

        Raises `PlatformError` where they are not one number, not below 0, for each customer, or more
        in sum than a month has.
        """
        hours = np.asarray(self.hours, dtype=float)
        if hours.shape != (len(portfolio),):
            raise PlatformError(message(
                "Hours are given for {n} customers, and there are {all}.",
                n=len(self.hours), all=len(portfolio),
            ))  # fmt: skip
        if not np.isfinite(hours).all() or (hours < 0).any():
            raise PlatformError(message("Hours are numbers from 0 on."))
        most = portfolio.parameters.month.hours
        if hours.sum() > most + 1e-6:
            raise PlatformError(message(
                "{hours} hours are more than the {most} of a month.",
                hours=round(float(hours.sum()), 1), most=most,
            ))  # fmt: skip
        return hours


def contact_hours(parameters: Parameters, customer: Customer, hours: float) -> float:
    """Return how many of the hours are spent with the customer, or on him at the desk.

    The way to a visit counts as an hour that is spent, and moves nobody. Research is done from the
    desk.

    >>> from kamlib.platforms_file import load
    >>> portfolio = load()
    >>> far = next(each for each in portfolio.on("working") if each.travel_hours == 3)
    >>> contact_hours(portfolio.parameters, far, 10)
    4.0
    """
    if customer.activity == "research":
        return hours
    visit = parameters.month.visit_hours
    return hours * visit / (visit + customer.travel_hours)


def effect(parameters: Parameters, activity: Activity, hours: float) -> float:
    """Return what contact hours a month bring, of what hours can bring at all, in [0, 1).

    Each further hour brings less: the half hours bring half of it, twice as many three quarters.

    >>> from kamlib.platforms_file import load
    >>> parameters = load().parameters
    >>> effect(parameters, "research", 4), effect(parameters, "research", 8)
    (0.5, 0.75)
    """
    half = {
        "research": parameters.market.half_hours,
        "develop": parameters.working.half_hours,
        "keep": parameters.buying.keep_half_hours,
        "grow": parameters.buying.grow_half_hours,
    }[activity]
    return float(1 - 0.5 ** (hours / half))


@dataclass(frozen=True, eq=False)
class Chances:
    """What can happen to each customer in a week; one row a customer, one column a platform."""

    up: Floats
    """To move up a platform; on the buying platform, to place an extra order."""
    lost: Floats
    """To be lost."""
    win: Floats
    """To buy within a quarter as a prospect, if worked on; one number a customer."""
    margin: Floats
    """What he brings a quarter as a customer, in thousand RMB; one number a customer."""


def chances(portfolio: Portfolio, allocation: Allocation) -> Chances:
    """Return the weekly chances of every customer, on his own platform with his hours.

    A plan is for where a customer stands today. Whoever moves up gets the ordinary service there
    until the next plan. Raises `PlatformError` as `Allocation.checked` does.
    """
    hours = allocation.checked(portfolio)
    parameters = portfolio.parameters
    rows = [
        _of(parameters, customer, each)
        for customer, each in zip(portfolio.customers, hours.tolist(), strict=True)
    ]
    return Chances(
        np.array([row[0] for row in rows]),
        np.array([row[1] for row in rows]),
        np.array([row[2] for row in rows]),
        np.array([parameters.krmb(customer.size) for customer in portfolio.customers]),
    )


def _of(
    parameters: Parameters, customer: Customer, hours: float
) -> tuple[tuple[float, ...], tuple[float, ...], float]:
    ordinary = parameters.ordinary.effect
    reached = effect(parameters, customer.activity, contact_hours(parameters, customer, hours))

    def worked_on(platform: Platform) -> float:
        return ordinary + (1 - ordinary) * reached * (platform == customer.platform)

    def weekly(a_quarter: float, part: float) -> float:
        return float(1 - np.exp(-rate(a_quarter) * part / parameters.weeks))

    win = parameters.buying_chance(customer.warmth or parameters.working.new_warmth)
    grows = worked_on("buying") if customer.fence == "grow" else 0.0
    up = (
        weekly((customer.likelihood or 0) / 100, worked_on("market")),
        weekly(win, worked_on("working")),
        weekly(parameters.buying.extra_chance, grows),
    )
    kept = parameters.buying.kept * reached * (customer.fence == "keep")
    at_buying = parameters.buying.lost_a_month[customer.risk or parameters.buying.new_risk]
    lost_a_month = (
        parameters.market.lost_a_month,
        parameters.working.lost_a_month,
        at_buying * (1 - kept),
    )
    lost = tuple(1 - (1 - each) ** (1 / parameters.month.weeks) for each in lost_a_month)
    return up, lost, win


@dataclass(frozen=True, eq=False)
class Expected:
    """A quarter as it comes out on average, without any drawing of lots."""

    places: Floats
    """How many customers are at each place; a row for the start and for the end of each week."""
    flows: Floats
    """From where customers stood (rows, by platform) to where they are at the end (by place)."""
    prospects: float
    """How many suspects became prospects."""
    won: float
    """How many prospects became customers."""
    lost: Mapping[Platform, float]
    """How many were lost, by the platform they were lost from."""
    extra_orders: float
    margin: float
    """What the quarter brings, in thousand RMB."""
    run_rate: float
    """What next year brings if those who buy at the end stay, in thousand RMB."""
    value: float
    """The quarter's margin, and what customers and prospects at the end count for."""
    cost: float
    """What the hours cost, in thousand RMB."""
    by_customer: Floats
    """The value of each customer."""

    @property
    def net(self) -> float:
        """The value less what the hours cost."""
        return self.value - self.cost


def expected(portfolio: Portfolio, allocation: Allocation) -> Expected:
    """Return a quarter's exact expectation: each customer's chances, week by week, by matrices.

    Raises `PlatformError` as `Allocation.checked` does.

    >>> from kamlib.platforms_file import load
    >>> portfolio = load()
    >>> alone = expected(portfolio, Allocation((0.0,) * len(portfolio)))
    >>> float(round(alone.places.sum(axis=1).max(), 9)), alone.cost
    (60.0, 0.0)
    """
    week = chances(portfolio, allocation)
    size, weeks = len(portfolio), portfolio.parameters.weeks
    step = np.zeros((size, len(PLACES), len(PLACES)))
    for platform in (MARKET, WORKING, BUYING):
        up = week.up[:, platform] if platform < BUYING else 0.0
        step[:, platform, platform] = 1 - up - week.lost[:, platform]
        step[:, platform, LOST + platform] = week.lost[:, platform]
        if platform < BUYING:
            step[:, platform, platform + 1] = up
    for place in range(LOST, len(PLACES)):
        step[:, place, place] = 1.0
    start = np.array([PLATFORMS.index(each.platform) for each in portfolio.customers])
    at = np.zeros((weeks + 1, size, len(PLACES)))
    at[0, np.arange(size), start] = 1.0
    for n in range(weeks):
        at[n + 1] = np.matmul(at[n][:, None, :], step)[:, 0, :]
    stood = at[:-1].sum(axis=0)  # in how many weeks, by customer and place
    later = portfolio.parameters.later
    orders = stood[:, BUYING] * week.up[:, BUYING]
    margin = week.margin * (
        stood[:, BUYING] / weeks + orders * portfolio.parameters.buying.extra_order
    )
    end = at[-1]
    a_year = later.quarters * week.margin
    value = margin + a_year * (
        end[:, BUYING] + later.prospect * week.win * end[:, WORKING]
    )  # fmt: skip
    flows = np.zeros((len(PLATFORMS), len(PLACES)))
    np.add.at(flows, start, end)
    return Expected(
        at.sum(axis=1),
        flows,
        float((stood[:, MARKET] * week.up[:, MARKET]).sum()),
        float((stood[:, WORKING] * week.up[:, WORKING]).sum()),
        {each: float(end[:, LOST + n].sum()) for n, each in enumerate(PLATFORMS)},
        float(orders.sum()),
        float(margin.sum()),
        float((a_year * end[:, BUYING]).sum()),
        float(value.sum()),
        cost(portfolio, allocation),
        value,
    )


def cost(portfolio: Portfolio, allocation: Allocation) -> float:
    """Return what the hours of a quarter cost, in thousand RMB.

    >>> from kamlib.platforms_file import load
    >>> cost(load(), Allocation((1.0,) * 60))
    54.0
    """
    month = portfolio.parameters.month
    return allocation.total * month.months * month.hour_krmb


@dataclass(frozen=True, slots=True)
class Spread:
    """How a number comes out over many quarters."""

    mean: float
    error: float
    """The standard error of the mean: how far chance alone moves it."""
    low: float
    """In one of ten quarters it is not above this."""
    middle: float
    high: float
    """In nine of ten quarters it is not above this."""

    @classmethod
    def of(cls, values: Sequence[float] | NDArray[np.generic]) -> Spread:
        """Return how values come out; one alone has no error.

        >>> Spread.of([1.0, 2.0, 3.0]).middle
        2.0
        """
        all_ = np.asarray(values, dtype=float)
        error = float(np.std(all_, ddof=1)) / sqrt(len(all_)) if len(all_) > 1 else 0.0
        low, middle, high = np.quantile(all_, (0.1, 0.5, 0.9)).tolist()
        return cls(float(all_.mean()), error, low, middle, high)


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Many quarters, drawn by lot, with one and the same allocation."""

    places: Floats
    """As in `Expected`, on average over the quarters."""
    flows: Floats
    """As in `Expected`, on average over the quarters."""
    prospects: Spread
    won: Spread
    lost: Mapping[Platform, Spread]
    extra_orders: Spread
    margin: Spread
    """In thousand RMB, as all money."""
    run_rate: Spread
    value: Spread
    cost: float
    run_rates: NDArray[np.float32]
    """What next year brings by those who buy, at the start and after each week; a row a week, a
    column a quarter."""
    values: Floats
    """The value of each quarter; the same column is the same luck for every allocation."""

    @property
    def net(self) -> float:
        """The mean value less what the hours cost."""
        return self.value.mean - self.cost

    @property
    def quarters(self) -> int:
        """How many quarters were drawn."""
        return len(self.values)

    @cached_property
    def fan(self) -> Floats:
        """The quantiles of `FAN` of the run rate, in thousand RMB a year; a row a week."""
        return np.quantile(self.run_rates, FAN, axis=1).T.astype(np.float64)


def simulate(
    portfolio: Portfolio, allocation: Allocation, quarters: int = 10_000, seed: int = SEED
) -> Outcomes:
    """Draw many quarters by lot.

    One number is drawn for each quarter, week and customer, whatever the allocation is, and the
    same seed draws the same ones: two allocations differ by what they do, not by their luck. A
    customer with more hours never does worse by the same luck.

    Raises `PlatformError` as `Allocation.checked` does, `ValueError` without a quarter.

    >>> from kamlib.platforms_file import load
    >>> portfolio = load()
    >>> outcomes = simulate(portfolio, Allocation((2.0,) * len(portfolio)), quarters=500)
    >>> outcomes.quarters, outcomes.places.shape
    (500, (13, 6))
    """
    if quarters < 1:
        raise ValueError("at least one quarter has to be drawn")
    week = chances(portfolio, allocation)
    size, weeks = len(portfolio), portfolio.parameters.weeks
    later, buying = portfolio.parameters.later, portfolio.parameters.buying
    start = np.array([PLATFORMS.index(each.platform) for each in portfolio.customers])
    # one row a customer, one column a quarter: chances then are one number a row
    on = [np.repeat((start == platform)[:, None], quarters, axis=1) for platform in range(LOST)]
    up = [week.up[:, platform, None].astype(np.float32) for platform in range(LOST)]
    stay = [1 - week.lost[:, platform, None].astype(np.float32) for platform in range(LOST)]
    margin = week.margin.astype(np.float32)
    a_year = later.quarters * margin
    luck = np.random.default_rng(seed)

    lost = [np.zeros((size, quarters), dtype=bool) for _ in range(LOST)]
    moved = np.zeros((LOST, quarters))  # up from each platform; an extra order on the last
    earned = np.zeros(quarters)
    places = np.zeros((weeks + 1, len(PLACES)))
    run_rates = np.empty((weeks + 1, quarters), dtype=np.float32)
    for n in range(weeks + 1):
        buys = on[BUYING].astype(np.float32)
        run_rates[n] = a_year @ buys
        places[n] = [np.count_nonzero(each) / quarters for each in (*on, *lost)]
        if n == weeks:
            break
        drawn = luck.random((size, quarters), dtype=np.float32)
        gone = [on[platform] & (drawn >= stay[platform]) for platform in range(LOST)]
        rises = [on[platform] & (drawn < up[platform]) for platform in range(LOST)]
        for platform in range(LOST):
            moved[platform] += np.count_nonzero(rises[platform], axis=0)
            lost[platform] |= gone[platform]
        earned += run_rates[n] / (later.quarters * weeks)
        earned += buying.extra_order * (margin @ rises[BUYING].astype(np.float32))
        on[BUYING] = (on[BUYING] & ~gone[BUYING]) | rises[WORKING]
        on[WORKING] = (on[WORKING] & ~gone[WORKING] & ~rises[WORKING]) | rises[MARKET]
        on[MARKET] &= ~(gone[MARKET] | rises[MARKET])
    prospects_count = (later.prospect * week.win).astype(np.float32) * a_year
    values = earned + run_rates[-1] + prospects_count @ on[WORKING].astype(np.float32)
    end = np.array([np.count_nonzero(each, axis=1) / quarters for each in (*on, *lost)]).T
    flows = np.zeros((LOST, len(PLACES)))
    np.add.at(flows, start, end)
    return Outcomes(
        places,
        flows,
        Spread.of(moved[MARKET]),
        Spread.of(moved[WORKING]),
        {
            each: Spread.of(np.count_nonzero(lost[platform], axis=0))
            for platform, each in enumerate(PLATFORMS)
        },
        Spread.of(moved[BUYING]),
        Spread.of(earned),
        Spread.of(run_rates[-1]),
        Spread.of(values),
        cost(portfolio, allocation),
        run_rates,
        values,
    )
