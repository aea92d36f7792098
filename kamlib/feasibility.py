"""What a three-month plan can deliver, and which of its promises the channel cannot keep."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kamlib.case1 import values
from kamlib.case_facts import Facts
from kamlib.words import Message, message

MONTHS = 3
"""How many months a plan has."""

# All invented for the workbook, and to be shown as invented.
DOORS_AT_MOST = 5
"""New doors that one salesperson can open in a month."""
NEW_DOOR = 0.6
"""What a new door sells, as a part of its distributor's rate per store at that time."""
VISITS_PER_NEW_DOOR = 3
VISITS_PER_DOOR = 0.5
"""Visits a month that a served store needs."""

SOURCES = ("promotion", "promoters", "range")
"""What a rate per store beyond B's lead over A has to come from."""

Part = Literal["capacity", "doors", "visits", "authority"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a trainee wants to do in three months; lifts and costs are the trainee's assumptions."""

    growth_a: float = 0.0
    """By how much A's rate per store grows a month, in per cent."""
    growth_b: float = 0.0
    """By how much B's rate per store grows a month, in per cent."""
    doors_per_head: float = 0.0
    """New doors a month that each salesperson of A and B opens."""
    retailers: float = 0.0
    """Further direct retailers by month 3; a third of them starts each month."""
    wholesalers: float = 0.0
    """Wholesalers by month 3; a third of them starts each month."""
    sources: frozenset[str] = frozenset()
    """Which of `SOURCES` the plan names for the growth of the rates."""
    promised: tuple[float, ...] = ()
    """Units that the plan promises for each month, where it states them."""
    asks: Mapping[str, float] | None = None
    """What head office is asked for, by issue: rebate_per_unit, joint_promotion_krmb, promoters."""
    for_approval: frozenset[str] = frozenset()
    """The issues that the plan marks as “needs approval”."""

    def __post_init__(self) -> None:
        levers = (self.doors_per_head, self.retailers, self.wholesalers)
        numbers = (*levers, self.growth_a, self.growth_b, *self.promised)
        if not all(math.isfinite(number) for number in numbers) or min(levers) < 0:
            raise ValueError(
                "a plan's levers are finite numbers, and doors and dealers not below 0"
            )
        if min(self.growth_a, self.growth_b) <= -100:
            raise ValueError("a rate cannot shrink by 100 per cent a month or more")
        if unknown := self.sources - set(SOURCES):
            raise ValueError(f"no such source: {', '.join(sorted(unknown))}")
        if len(self.promised) > MONTHS:
            raise ValueError(f"a plan has {MONTHS} months")


@dataclass(frozen=True, slots=True)
class Volume:
    """Units in one month, by lever."""

    a: float
    """A's stores of today, at its grown rate."""
    b: float
    """B's stores of today, at its grown rate."""
    new_doors_a: float
    new_doors_b: float
    direct: float
    """The direct retailers, today's included; sell-out, so the total stays mixed."""
    wholesale: float

    @property
    def total(self) -> float:
        """All levers together, measures mixed as in D04."""
        own = self.a + self.new_doors_a + self.b + self.new_doors_b
        return own + self.direct + self.wholesale


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a plan as the channel can deliver it; every number is derived with invented rates."""

    number: int
    """1 to 3."""
    volume: Volume
    new_doors: float
    """Stores opened in this month."""
    doors: float
    """Stores served at its end, if A and B share none."""
    visits: float
    """Visits that it takes."""
    visits_beyond: float
    """Visits beyond what our people can make; 0 where they are enough."""
    rate_a: float
    """A's units per store and month."""
    rate_b: float


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a plan that cannot be kept as it stands."""

    part: Part
    """Which points it takes: capacity, doors, visits or authority."""
    month: int | None
    """The first month that it is true for; None where it is true for all."""
    message: Message


@dataclass(frozen=True, slots=True)
class Run:
    """A plan put to the test."""

    months: tuple[Month, ...]
    findings: tuple[Finding, ...]
    today: float
    """Units in a month of today, measures mixed."""

    @property
    def feasible(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def total(self) -> float:
        """Units in the last month, measures mixed."""
        return self.months[-1].volume.total


def run(
    plan: Plan, facts: Facts | None = None, authority: Mapping[str, float] | None = None
) -> Run:
    """Return what the plan delivers month by month, and what in it cannot be kept.

    `facts` are those of the last stage, the repository's own case when none are given; `authority`
    is what may be promised without approval, by issue, as in the point game. Doors beyond what a
    salesperson can open are found, and not counted. Raises KeyError where a fact is not known yet.

    >>> base = run(Plan(8, 4, 4, 1, 2, sources=frozenset({"promotion"})))
    >>> [round(month.volume.total) for month in base.months], base.feasible
    ([10349, 12072, 13874], True)
    >>> stretch = run(Plan(12, 8, 5, 3, 4, sources=frozenset({"promoters"})))
    >>> [month.visits for month in stretch.months], [found.part for found in stretch.findings]
    ([1900.5, 2043.0, 2185.5], ['visits'])
    """
    known = values(facts)
    months = tuple(_month(plan, known, number) for number in range(1, MONTHS + 1))
    findings = (
        *_beyond_capacity(plan, known, months),
        *_too_many_doors(plan),
        *_too_many_visits(known, months),
        *_beyond_authority(plan, authority or {}),
    )
    return Run(months, findings, known["tot"])


def _month(plan: Plan, known: Mapping[str, float], number: int) -> Month:
    per_head = min(plan.doors_per_head, DOORS_AT_MOST)
    doors_a, doors_b = per_head * known["SA"], per_head * known["SB"]
    rate_a = known["rA"] * (1 + plan.growth_a / 100) ** number
    rate_b = known["rB"] * (1 + plan.growth_b / 100) ** number
    started = number / MONTHS
    earlier = (doors_a + doors_b) * (number - 1)
    visits = VISITS_PER_NEW_DOOR * (doors_a + doors_b) + VISITS_PER_DOOR * (known["U"] + earlier)
    return Month(
        number=number,
        volume=Volume(
            a=known["stA"] * rate_a,
            b=known["stB"] * rate_b,
            new_doors_a=NEW_DOOR * doors_a * number * rate_a,
            new_doors_b=NEW_DOOR * doors_b * number * rate_b,
            direct=known["T"] * (1 + plan.retailers * started),
            wholesale=known["Wm"] * plan.wholesalers * started,
        ),
        new_doors=doors_a + doors_b,
        doors=known["U"] + earlier + doors_a + doors_b,
        visits=visits,
        visits_beyond=max(0.0, visits - known["VIS"]),
        rate_a=rate_a,
        rate_b=rate_b,
    )


def _beyond_capacity(
    plan: Plan, known: Mapping[str, float], months: tuple[Month, ...]
) -> list[Finding]:
    found = []
    lead = known["rB"] / known["rA"]
    for month, promised in zip(months, plan.promised, strict=False):
        if promised > month.volume.total * (1 + _ROUNDING):
            found.append(
                Finding("capacity", month.number, message(
                    "Month {month}: {promised} are promised, and the plan's own levers bring "
                    "{volume}. Say where the rest comes from, or promise less.",
                    month=month.number, promised=promised, volume=round(month.volume.total),
                ))
            )  # fmt: skip
            break
    for name, growth in (("A", plan.growth_a), ("B", plan.growth_b)):
        factors = {month.number: (1 + growth / 100) ** month.number for month in months}
        beyond = [number for number, factor in factors.items() if factor > lead]
        if beyond and not plan.sources:
            found.append(
                Finding("capacity", beyond[0], message(
                    "Month {month}: {distributor} would sell {times} times as much per store as "
                    "today, more than B is ahead of A ({lead}). Name what brings it: promotion, "
                    "promoters or range.",
                    month=beyond[0], distributor=name, times=round(factors[beyond[0]], 3),
                    lead=round(lead, 3),
                ))
            )  # fmt: skip
    return found


_ROUNDING = 0.005
"""How far a stated volume may lie above the computed one, as a share: numbers are rounded."""


def _too_many_doors(plan: Plan) -> list[Finding]:
    if plan.doors_per_head <= DOORS_AT_MOST:
        return []
    return [
        Finding("doors", None, message(
            "{doors} new doors a month for each salesperson are too many: {most} are what one can "
            "open, and only those are counted.",
            doors=plan.doors_per_head, most=DOORS_AT_MOST,
        ))
    ]  # fmt: skip


def _too_many_visits(known: Mapping[str, float], months: tuple[Month, ...]) -> list[Finding]:
    for month in months:
        if month.visits_beyond:
            return [
                Finding("visits", month.number, message(
                    "Month {month}: the plan takes {visits} store visits, and our people can make "
                    "{most}. Open fewer doors, or say who makes the other {beyond}.",
                    month=month.number, visits=month.visits, most=known["VIS"],
                    beyond=month.visits_beyond,
                ))
            ]  # fmt: skip
    return []


def _beyond_authority(plan: Plan, authority: Mapping[str, float]) -> list[Finding]:
    return [
        Finding("authority", None, message(
            "{issue}: {asked} is more than you may promise ({limit}). Stay within, or mark it "
            "as “needs approval”.",
            issue=_ISSUES.get(issue, issue), asked=asked, limit=authority[issue],
        ))
        for issue, asked in (plan.asks or {}).items()
        if issue in authority and asked > authority[issue] and issue not in plan.for_approval
    ]  # fmt: skip


_ISSUES: Mapping[str, Message] = {
    "rebate_per_unit": message("Rebate per unit, RMB"),
    "joint_promotion_krmb": message("Joint promotion, thousand RMB"),
    "promoters": message("Promoters"),
}
