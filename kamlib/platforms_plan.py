"""What a trainee's rules for one month of hours are worth: how far they come from no choice to the best."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from kamlib.measured import Data, Fields, Measured
from kamlib.platforms import Allocation, Expected, expected
from kamlib.platforms_file import ACTIVITIES, RISKS, SIZES, Activity, Portfolio, parse
from kamlib.platforms_hours import ORDERS, Gain, Rules, allocate, best, even, gains
from kamlib.words import Message, message

FULL = 0.85
"""How far of the way from no choice to the best plan earns full marks; *invented*. Rules cannot treat
each customer by himself, so they hardly get further than nine tenths."""

ONE_SIDED = 0.7
"""From this share of the hours on, the market platform takes too much of them."""

NEGLIGIBLE = 4.0
"""Fewer hours a month than this are as good as none for a platform or a fence rule."""

WASTED = 0.1
"""From this share of the hours on it is said where they bring less than they cost."""

IDLE = 0.1
"""From this share of the month on it is said that hours are left over."""

SHUT_OUT = 0.25
"""From this share of the best plan's hours on it is said who is shut out."""

CROWDED = 36
"""From so many customers on a month is spread too thin; in the best plan there are some two dozen."""

MOST_OF_ONE = 1.75
"""From so many times the best plan's hours for the customer with the most, one gets too many."""

APART = 10.0
"""From so many hours a month on, an activity differs from the best plan's."""

CALLED: Mapping[Activity, Message] = {
    "research": message("research on the market platform"),
    "develop": message("developing prospects"),
    "keep": message("preventing loss"),
    "grow": message("selling more to customers"),
}
"""What hours are spent on, in words."""

PLACES: Mapping[str, float] = {"near": 0.5, "middle": 1.5, "far": 3.0}
"""How far a form's words for a distance reach, in hours there and back."""

FALLS: Mapping[str, Message] = {
    "no_hours": message("No hours are spent"),
    "too_many": message("More hours than the month has"),
    "all_market": message("Nearly all hours go to the market platform"),
    "no_work": message("No hours for prospects"),
    "no_fence": message("No hours to prevent loss"),
    "far_small": message("Hours on small customers far away"),
    "cannot_pay": message("Hours on customers that bring less than the hours cost"),
    "shut_out": message("The rules shut out those who bring most"),
    "too_thin": message("The month is spread over too many"),
    "too_thick": message("Too many hours on a single customer"),
    "idle": message("Hours are left over"),
    "shares": message("Another share of the hours for each platform would bring more"),
    "who": message("The hours would bring more with other customers"),
}
"""The ways of going wrong that the measure knows, by name."""


@lru_cache(maxsize=8)
def _portfolio(portfolio: str, parameters: str) -> Portfolio:
    return parse(portfolio, parameters)


@dataclass(frozen=True, eq=False)
class _Marks:
    """What a plan is compared with."""

    even: Expected
    best: Expected
    plan: Allocation
    """The best one."""


@lru_cache(maxsize=8)
def _marks(portfolio: str, parameters: str) -> _Marks:
    read = _portfolio(portfolio, parameters)
    plan = best(read)
    return _Marks(expected(read, even(read)), expected(read, plan), plan)


def stated_rules(fields: Fields, hours: float) -> Rules:
    """Return the rules that the fields state; whatever is left blank lets everybody in.

    Where the hours of the activities are more than the `hours` of a month, all of them are cut in
    proportion. Hours below 0 count as none. A grade may be written as an option: `l70`, `w90`.

    >>> rules = stated_rules({"smallest": "medium", "likelihood": "l70", "hours_develop": 90.0}, 160)
    >>> rules.smallest, rules.likelihood, rules.hours["develop"], rules.hours["keep"]
    ('medium', 70.0, 90.0, 0.0)
    """
    wanted = {each: _number(fields.get(f"hours_{each}")) for each in ACTIVITIES}
    total = sum(wanted.values())
    cut = min(1.0, hours / total) if total else 1.0
    order = str(fields.get("order"))
    distance = fields.get("farthest")
    smallest, risk = fields.get("smallest"), fields.get("risk")
    return Rules(
        smallest if smallest in SIZES else SIZES[0],
        _number(fields.get("likelihood")),
        _number(fields.get("warmth")),
        risk if risk in RISKS else RISKS[0],
        24.0 if distance is None else PLACES.get(str(distance)) or _number(distance),
        {each: value * cut for each, value in wanted.items()},
        {each: _number(fields.get(f"each_{each}")) for each in ACTIVITIES},
        order if order in ORDERS else ORDERS[0],
    )


def _number(value: object) -> float:
    if isinstance(value, float):
        return max(0.0, value)
    found = re.search(r"\d+(?:\.\d+)?", str(value or ""))
    return float(found[0]) if found else 0.0


def quarter(fields: Fields, data: Data) -> Measured:
    """Return how far a plan's rules come on the way from an even spread to the best plan.

    `data` has the `portfolio` and the `parameters`. Raises `KeyError` without them, `CaseError` where
    they are none.
    """
    texts = data["portfolio"], data["parameters"]
    portfolio, marks = _portfolio(*texts), _marks(*texts)
    most = portfolio.parameters.month.hours
    wanted = sum(_number(fields.get(f"hours_{each}")) for each in ACTIVITIES)
    if not wanted:
        return Measured(0.0, wrong=(
            message("There are no hours yet, so nobody is worked on."),
        ), falls=("no_hours",))  # fmt: skip
    allocation = allocate(portfolio, stated_rules(fields, most))
    found = expected(portfolio, allocation)
    way = (found.value - marks.even.value) / (marks.best.value - marks.even.value)
    share = min(1.0, max(0.0, way / FULL)) * min(1.0, most / wanted)
    faults: dict[str, Message] = {}
    if wanted > most + 1e-6:
        faults["too_many"] = message(
            "You spend {hours} hours, and a month has {most}. All of them were cut in proportion, and the "
            "marks with them: whoever plans more hours than there are lets luck choose who goes without.",
            hours=round(wanted, 1), most=most,
        )  # fmt: skip
    faults |= _of_shares(allocation.by_activity(portfolio), allocation.total, most)
    faults |= _of_customers(portfolio, gains(portfolio, allocation), marks, allocation)
    if way >= FULL:
        # what brings nearly as much as the best plan need not look like it
        faults = {name: why for name, why in faults.items() if name == "too_many"}
    elif not faults:
        faults = _otherwise(allocation.by_activity(portfolio), marks.plan.by_activity(portfolio))
    return Measured(share, _notes(found, marks, allocation), tuple(faults.values()), tuple(faults))


def _notes(found: Expected, marks: _Marks, allocation: Allocation) -> tuple[Message, ...]:
    return (
        message(
            "Your rules bring {value} thousand yuan on average, by the margin of the quarter and what "
            "customers and prospects at its end count for. An even spread brings {even}, the best plan {best}.",
            value=round(found.value), even=round(marks.even.value), best=round(marks.best.value),
        ),
        message(
            "{hours} hours a month go to {n} customers. What follows on average: new prospects {prospects}, "
            "new customers {won}, customers lost {lost}.",
            hours=round(allocation.total), n=sum(each > 0 for each in allocation.hours),
            prospects=round(found.prospects, 1), won=round(found.won, 1),
            lost=round(found.lost["buying"], 1),
        ),
    )  # fmt: skip


def _of_shares(spent: Mapping[Activity, float], total: float, most: float) -> dict[str, Message]:
    """Return what is wrong with how the hours are shared over the platforms."""
    faults: dict[str, Message] = {}
    if spent["research"] > ONE_SIDED * max(total, 1e-9):
        faults["all_market"] = message(
            "{hours} of your {total} hours go to the market platform. It fills the working platform, and "
            "there nobody has time for those who come.",
            hours=round(spent["research"]), total=round(total),
        )  # fmt: skip
    elif spent["develop"] < NEGLIGIBLE:
        faults["no_work"] = message(
            "Prospects get no hours. They are the nearest to buying, and without you some of them leave "
            "every month."
        )  # fmt: skip
    if spent["keep"] < NEGLIGIBLE:
        faults["no_fence"] = message(
            "Nobody looks after the fence: customers at high risk get no hours. To keep one of them costs "
            "less than to win another."
        )  # fmt: skip
    if total < (1 - IDLE) * most:
        faults["idle"] = message(
            "Your rules leave {left} of {most} hours over. Let more customers in, or give each one more "
            "hours.", left=round(most - total), most=round(most),
        )  # fmt: skip
    return faults


def _otherwise(
    spent: Mapping[Activity, float], wanted: Mapping[Activity, float]
) -> dict[str, Message]:
    """Return what sets rules without a fault apart from the best plan."""
    activity = max(ACTIVITIES, key=lambda each: abs(spent[each] - wanted[each]))
    if abs(spent[activity] - wanted[activity]) < APART:
        return {"who": message(
            "Your hours are about right for each platform. What is left lies in who gets them: more for the "
            "large and likely ones, and none for the last in the row."
        )}  # fmt: skip
    return {"shares": message(
        "The largest difference to the best plan: {activity} has {hours} hours with you and {best} there.",
        activity=CALLED[activity], hours=round(spent[activity]), best=round(wanted[activity]),
    )}  # fmt: skip


def _of_customers(
    portfolio: Portfolio, each_gain: tuple[Gain, ...], marks: _Marks, allocation: Allocation
) -> dict[str, Message]:
    """Return what is wrong with who gets hours."""
    faults: dict[str, Message] = {}
    total = allocation.total
    farthest = max(each.travel_hours for each in portfolio.customers)

    def is_far_and_small(gain: Gain) -> bool:
        customer = gain.customer
        visited = customer.activity != "research"
        return visited and customer.size == SIZES[0] and customer.travel_hours >= farthest

    lost = [each for each in each_gain if each.hours and not each.pays]
    far = [each for each in each_gain if each.hours and is_far_and_small(each)]
    far_hours = sum(each.hours for each in far)
    if far_hours >= WASTED / 2 * max(total, 1e-9):
        faults["far_small"] = message(
            "{hours} hours go to small customers far away ({names}). Of {visit} hours for a visit there, "
            "{way} are spent on the road.",
            hours=round(far_hours, 1), names=_ids(far),
            visit=portfolio.parameters.month.visit_hours + farthest, way=farthest,
        )  # fmt: skip
    rest = [each for each in lost if not is_far_and_small(each)]
    if sum(each.hours for each in rest) >= WASTED * max(total, 1e-9):
        faults["cannot_pay"] = message(
            "{hours} hours go to customers that bring less than the hours cost ({names}). Screen by size and "
            "chance together.",
            hours=round(sum(each.hours for each in rest), 1), names=_ids(rest),
        )  # fmt: skip
    shut = [
        (hours, gain)
        for hours, gain in zip(marks.plan.hours, each_gain, strict=True)
        if hours and not gain.hours
    ]
    if sum(hours for hours, _ in shut) >= SHUT_OUT * marks.plan.total:
        shut.sort(key=lambda pair: -pair[0])
        faults["shut_out"] = message(
            "Your rules give nothing to customers on whom the best plan spends {hours} hours ({names}).",
            hours=round(sum(hours for hours, _ in shut)), names=_ids([gain for _, gain in shut]),
        )  # fmt: skip
    served = [each for each in each_gain if each.hours]
    if len(served) >= CROWDED:
        faults["too_thin"] = message(
            "{n} customers share your hours, {hours} each on average. The best plan works on {best} and "
            "leaves the others to the ordinary service.",
            n=len(served), hours=round(total / len(served), 1),
            best=sum(hours > 0 for hours in marks.plan.hours),
        )  # fmt: skip
    top = max(each_gain, key=lambda each: each.hours)
    if top.hours >= MOST_OF_ONE * max(marks.plan.hours):
        faults["too_thick"] = message(
            "{name} alone gets {hours} hours a month. Each further hour there brings less than the one before.",
            name=top.customer.id, hours=round(top.hours, 1),
        )  # fmt: skip
    return faults


def _ids(found: list[Gain]) -> tuple[str, ...] | Message:
    """Name at most four customers by their ids."""
    names = tuple(each.customer.id for each in found)
    if len(names) <= 4:
        return names
    return message("{names} and {n} more of them", names=names[:4], n=len(names) - 4)
