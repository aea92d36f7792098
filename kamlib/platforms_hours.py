"""How an account manager can spread a month's hours over a portfolio."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import networkx as nx
import numpy as np

from kamlib.platforms import (
    Allocation,
    Floats,
    PlatformError,
    contact_hours,
    expected,
)
from kamlib.platforms_file import (
    ACTIVITIES,
    RISKS,
    SIZES,
    Activity,
    Customer,
    Parameters,
    Portfolio,
    Risk,
    Size,
)
from kamlib.words import message

ORDERS = ("worth", "size", "chance", "near")
"""Who comes first: what he is worth by his chance, how large he is, how likely, how near."""

EXACT = 1_000_000
"""A solver of flows wants whole numbers: money is counted in thousandths of a yuan."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Whom to work on, and how the hours go round."""

    smallest: Size = "small"
    """The smallest size that gets hours."""
    likelihood: float = 0
    """The lowest likelihood on the market platform that gets hours, in per cent."""
    warmth: float = 0
    """The lowest warmth on the working platform that does, in °C."""
    risk: Risk = "low"
    """The lowest risk on the buying platform that is worth preventing."""
    farthest: float = 24
    """The longest way there and back, in hours."""
    hours: Mapping[Activity, float] = field(default_factory=dict)
    """The hours a month for each activity."""
    each: Mapping[Activity, float] = field(default_factory=dict)
    """The hours a month that one customer gets, the first ones in the order before the others;
    where an activity has none, or 0, its hours go round evenly."""
    order: str = "worth"
    """Who comes first, of `ORDERS`."""

    def keeps(self, customer: Customer) -> bool:
        """Tell whether a customer is to be worked on.

        >>> from kamlib.platforms_file import load
        >>> [each.id for each in load().customers if Rules("large", likelihood=90).keeps(each)][:3]
        ['C11', 'C13', 'C31']
        """
        return (
            SIZES.index(customer.size) >= SIZES.index(self.smallest)
            and customer.travel_hours <= self.farthest
            and (customer.likelihood is None or customer.likelihood >= self.likelihood)
            and (customer.warmth is None or customer.warmth >= self.warmth)
            and (
                customer.fence != "keep"
                or RISKS.index(customer.risk or "low") >= RISKS.index(self.risk)
            )
        )


def prospect_of(parameters: Parameters, customer: Customer) -> float:
    """Return the chance that hours on a customer are about: of moving up, of leaving, of an order.

    >>> from kamlib.platforms_file import load
    >>> portfolio = load()
    >>> prospect_of(portfolio.parameters, portfolio.by_id()["C01"])
    0.5
    """
    if customer.likelihood is not None:
        return customer.likelihood / 100
    if customer.warmth is not None:
        return parameters.buying_chance(customer.warmth)
    if customer.fence == "keep":
        return parameters.buying.lost_a_month[customer.risk or "low"]
    return parameters.buying.extra_chance


def _first(parameters: Parameters, order: str) -> Callable[[Customer], tuple[float, ...]]:
    """Return what sorts customers, the first ones lowest."""

    def place(customer: Customer) -> tuple[float, ...]:
        size, chance = parameters.krmb(customer.size), prospect_of(parameters, customer)
        near = customer.travel_hours
        return {
            "worth": (-size * chance, near),
            "size": (-size, -chance, near),
            "chance": (-chance, -size, near),
            "near": (near, -size * chance),
        }[order]

    return place


def allocate(portfolio: Portfolio, rules: Rules) -> Allocation:
    """Spread a month's hours by rules; what they leave over stays unspent.

    Raises `PlatformError` where the activities have more hours than the month, or an order is none
    of `ORDERS`.

    >>> from kamlib.platforms_file import load
    >>> portfolio = load()
    >>> given = allocate(portfolio, Rules("large", hours={"develop": 20}, each={"develop": 12}))
    >>> {each.id: hours for each, hours in zip(portfolio.customers, given.hours) if hours}
    {'C35': 8.0, 'C48': 12.0}
    """
    parameters = portfolio.parameters
    if rules.order not in ORDERS:
        raise PlatformError(message("There is no order “{name}”; there are {known}.",
                                    name=rules.order, known=ORDERS))  # fmt: skip
    wanted = sum(rules.hours.values())
    if wanted > parameters.month.hours + 1e-6:
        raise PlatformError(message(
            "{hours} hours are more than the {most} of a month.",
            hours=round(wanted, 1), most=parameters.month.hours,
        ))  # fmt: skip
    most = parameters.month.most_hours
    hours: dict[str, float] = {}
    for activity in ACTIVITIES:
        left = max(0.0, rules.hours.get(activity, 0.0))
        kept = [
            each for each in portfolio.customers if each.activity == activity and rules.keeps(each)
        ]
        kept.sort(key=_first(parameters, rules.order))
        fixed = max(0.0, rules.each.get(activity, 0.0))
        a_head = fixed or (left / len(kept) if kept else 0.0)
        for customer in kept:
            hours[customer.id] = min(a_head, most, left)
            left -= hours[customer.id]
    return Allocation.of(portfolio, hours)


def even(portfolio: Portfolio, hours: float | None = None) -> Allocation:
    """Spread a month evenly over all customers: what comes of not choosing.

    >>> from kamlib.platforms_file import load
    >>> round(even(load()).hours[0], 2)
    2.67
    """
    hours = portfolio.parameters.month.hours if hours is None else hours
    return Allocation((hours / len(portfolio),) * len(portfolio))


def nothing(portfolio: Portfolio) -> Allocation:
    """Return the quarter without the account manager, in which there is ordinary service only.

    >>> from kamlib.platforms_file import load
    >>> nothing(load()).total
    0.0
    """
    return Allocation((0.0,) * len(portfolio))


def worth(portfolio: Portfolio, most: int) -> Floats:
    """Return what each customer is worth with 0 to `most` hours a month, in thousand RMB.

    One row a customer, one column an hour. Customers do not get into each other's way, so each is
    looked at alone.

    >>> from kamlib.platforms_file import load
    >>> worth(load(), 2).shape
    (60, 3)
    """
    parameters = portfolio.parameters
    # so many copies of the portfolio as there are columns, each with the same hours for all
    roomy = parameters.month.model_copy(update={"hours": float("inf")})
    free = Portfolio(portfolio.customers, parameters.model_copy(update={"month": roomy}))
    return np.array([
        expected(free, Allocation((float(hours),) * len(portfolio))).by_customer
        for hours in range(most + 1)
    ]).T  # fmt: skip


def best(portfolio: Portfolio, hours: int | None = None) -> Allocation:
    """Return the whole hours a month that bring the most value, exactly.

    Each further hour on a customer brings less than the one before, so the best use of all hours is
    a cheapest flow: from the month through the customers, one hour an edge. Raises `PlatformError`
    where the parameters make a later hour bring more.

    >>> from kamlib.platforms_file import load
    >>> round(best(load()).total)
    160
    """
    month = portfolio.parameters.month
    hours = int(month.hours) if hours is None else hours
    most = min(int(month.most_hours), hours)
    brings = np.diff(worth(portfolio, most), axis=1)
    if (np.diff(brings, axis=1) > 1e-9).any():
        raise PlatformError(message(
            "By these parameters a later hour on a customer can bring more than the one before it, so "
            "the best plan is not found this way."
        ))  # fmt: skip
    flow = nx.MultiDiGraph()
    flow.add_node("month", demand=-hours)
    flow.add_node("spent", demand=hours)
    flow.add_edge("month", "spent", capacity=hours, weight=0)  # an hour may stay unspent
    for place, row in enumerate(brings.tolist()):
        for each in row:
            flow.add_edge("month", place, capacity=1, weight=-round(each * EXACT))
        flow.add_edge(place, "spent", capacity=most, weight=0)
    _, found = nx.network_simplex(flow)
    return Allocation(
        tuple(float(sum(found[place]["spent"].values())) for place in range(len(portfolio)))
    )


@dataclass(frozen=True, slots=True)
class Gain:
    """What the hours on one customer bring."""

    customer: Customer
    hours: float
    """A month, the way included."""
    contact: float
    """Of them, with the customer or on him at the desk."""
    gain: float
    """What they bring in a quarter beside none, in thousand RMB of value."""
    cost: float
    """What they cost in a quarter, in thousand RMB."""

    @property
    def pays(self) -> bool:
        """Whether they bring what they cost."""
        return self.gain >= self.cost


def gains(portfolio: Portfolio, allocation: Allocation) -> tuple[Gain, ...]:
    """Return what the hours on each customer bring, in the portfolio's order.

    Raises `PlatformError` as `Allocation.checked` does.

    >>> from kamlib.platforms_file import load
    >>> portfolio = load()
    >>> gains(portfolio, Allocation.of(portfolio, {"C22": 10}))[21].pays
    False
    """
    with_hours = expected(portfolio, allocation).by_customer
    without = expected(portfolio, nothing(portfolio)).by_customer
    return tuple(_gains(portfolio, allocation, with_hours - without))


def _gains(portfolio: Portfolio, allocation: Allocation, more: Floats) -> Iterator[Gain]:
    month = portfolio.parameters.month
    for customer, hours, gain in zip(
        portfolio.customers, allocation.hours, more.tolist(), strict=True
    ):
        yield Gain(
            customer,
            hours,
            contact_hours(portfolio.parameters, customer, hours),
            gain,
            hours * month.months * month.hour_krmb,
        )
