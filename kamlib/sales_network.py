"""What the outlets of a customer say: how many he reaches, and how much each of them sells."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kamlib.findings import Finding, late
from kamlib.gap_split import split
from kamlib.words import Message, message

COUNTS = ("universe", "covered", "active", "sales", "share")
"""The numbers of a group, by field."""

CALLED = {
    "universe": message("all outlets there are"),
    "covered": message("outlets covered"),
    "active": message("active outlets"),
    "sales": message("sales a month"),
    "share": message("share of sales"),
}
"""The numbers of a group in words."""

ROUNDING = 1.0
"""By so many points may shares miss 100, or what the sales say, in per cent."""

MOST = 1e12
"""No number of a network is as large as this."""

QUARTER = timedelta(days=92)
"""After this time outlets are counted again (K149)."""

MANY = 20
"""Of so many outlets nobody covers every one, unless only known ones were counted."""

LEVEL = 0.5
"""A difference of less than this, in per cent, is none."""


@dataclass(frozen=True, slots=True)
class Group:
    """The outlets of one type or area; what is not known is None."""

    name: str
    universe: float | None = None
    """All outlets there are, whoever serves them."""
    covered: float | None = None
    """Outlets that the customer serves."""
    active: float | None = None
    """Outlets of these that bought in the last month."""
    sales: float | None = None
    """What the covered outlets sell a month, in the network's unit."""
    share: float | None = None
    """The group's share of all sales as it was written down, in per cent."""
    source: str = ""
    """Who counted, or where it stands."""

    @property
    def coverage(self) -> float | None:
        """Covered outlets by all, in [0, 1]; None where that cannot be."""
        return _part(self.covered, self.universe)

    @property
    def activity(self) -> float | None:
        """Active outlets by covered ones, in [0, 1]; None where that cannot be."""
        return _part(self.active, self.covered)

    @property
    def rate(self) -> float | None:
        """Sales a month by covered outlet; None without any."""
        return _ratio(self.sales, self.covered)

    @property
    def level(self) -> float | None:
        """Sales a month by outlet of the universe, which is coverage × rate; None as those."""
        return None if self.coverage is None else _ratio(self.sales, self.universe)


@dataclass(frozen=True, slots=True)
class Network:
    """The outlets of a customer, or of a territory to compare him with."""

    name: str
    groups: tuple[Group, ...] = ()
    unit: str = ""
    """What sales are counted in, such as phones."""
    counted: date | None = None
    """When the universe was counted."""
    begins: date | None = None
    """The first day of the sales."""
    ends: date | None = None
    """The last day of the sales."""
    stated: date | None = None
    """The day of the analysis."""

    @property
    def total(self) -> Group:
        """All groups as one; a number that one group lacks is None.

        >>> Network("East", (Group("shops", 300, 120), Group("stalls", 100, 80, 40))).total
        Group(name='East', universe=400, covered=200, active=None, sales=None, share=None, source='')
        """
        return Group(
            self.name,
            _sum(each.universe for each in self.groups),
            _sum(each.covered for each in self.groups),
            _sum(each.active for each in self.groups),
            _sum(each.sales for each in self.groups),
        )

    def by_name(self) -> dict[str, Group]:
        """Return the groups by their names, the first where a name stands twice."""
        found: dict[str, Group] = {}
        for each in self.groups:
            found.setdefault(each.name.strip(), each)
        return found


def _known(value: float | None) -> bool:
    return value is not None and 0 <= value < MOST


def _ratio(above: float | None, below: float | None) -> float | None:
    if above is None or below is None or not (_known(above) and _known(below)) or not below:
        return None
    found = above / below
    return found if math.isfinite(found) else None


def _part(above: float | None, below: float | None) -> float | None:
    found = _ratio(above, below)
    return found if found is not None and found <= 1 else None


def _sum(values: Iterable[float | None]) -> float | None:
    found = list(values)
    known = [each for each in found if each is not None and _known(each)]
    total = sum(known)
    return total if found and len(known) == len(found) and math.isfinite(total) else None


# The gap to a reference ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gap:
    """What a group would sell if it were as far as the reference, in units a month."""

    here: Group
    reference: Group
    """With the name of the reference territory."""
    whole: float
    """With the coverage and the rate of the reference; below 0 where we are ahead."""
    by_coverage: float
    """With its coverage and our own rate per outlet."""
    by_rate: float
    """With its rate and our own coverage; both are not added up, each new outlet has the new rate."""
    coverage_part: float | None
    """Of the gap, by logarithms, in per cent; None where there is no gap to share."""
    rate_part: float | None

    @property
    def reading(self) -> Message:
        """The gap in one sentence.

        >>> from kamlib.words import Words
        >>> east = Network("East", (Group("shops", 200, 50, sales=500),))
        >>> best = Network("Reference", (Group("shops", 400, 200, sales=4000),))
        >>> Words("en").say(compare(east, best).total.reading)
        'East sells 1,500 a month less than at the level of Reference: 50 % of the gap is coverage, 50 % the rate per outlet.'
        """
        said = {"name": self.here.name, "reference": self.reference.name}
        if self.coverage_part is None or self.rate_part is None:
            return message("{name} sells as much as at the level of {reference}.", **said)
        amount = _rounded(abs(self.whole))
        if self.whole < 0:
            return message("{name} sells {n} a month more than at the level of {reference}.",
                           n=amount, **said)  # fmt: skip
        if self.rate_part < 0:
            return message(
                "{name} sells {n} a month less than at the level of {reference}: the gap is all "
                "coverage, the rate per outlet is ahead.", n=amount, **said,
            )  # fmt: skip
        if self.coverage_part < 0:
            return message(
                "{name} sells {n} a month less than at the level of {reference}: the gap is all "
                "rate per outlet, the coverage is ahead.", n=amount, **said,
            )  # fmt: skip
        coverage = round(self.coverage_part)
        return message(
            "{name} sells {n} a month less than at the level of {reference}: {coverage} % of the gap "
            "is coverage, {rate} % the rate per outlet.",
            n=amount, coverage=coverage, rate=100 - coverage, **said,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparison:
    """A network beside a reference territory."""

    total: Gap | None
    """None where it cannot be worked out; then `missing` says why."""
    groups: tuple[Gap, ...]
    """The groups that both have, in the network's order."""
    missing: tuple[Finding, ...]
    """What stands in the way of a comparison, and for which group."""
    like_with_like: bool
    """Whether the total is the sum over groups; else a mix of other groups may pass for a gap."""


def compare(network: Network, reference: Network) -> Comparison:
    """Return where a network lies behind a reference territory; never raises.

    Territories differ in size, so sales per outlet of the universe are compared: coverage × rate.
    Group by group, where the reference has each; the total is then their sum.

    >>> north = Network("North", (Group("shops", 100, 40, sales=80),))
    >>> found = compare(north, Network("Reference", (Group("shops", 50, 40, sales=160),)))
    >>> found.total.whole, found.total.by_coverage, found.total.by_rate
    (240.0, 80.0, 80.0)
    """
    if network.unit.strip() != reference.unit.strip():
        reason = message("Sales are counted in different units, {one} and {other}.",
                         one=network.unit.strip() or "?", other=reference.unit.strip() or "?")  # fmt: skip
        advice = message("Bring both to one unit before you compare.")
        return Comparison(None, (), (Finding("unit", reason, advice),), False)
    gaps, missing = [], []
    theirs = reference.by_name()
    for row, group in enumerate(network.groups):
        other = theirs.get(group.name.strip())
        if other is None:
            missing.append(Finding(
                f"groups.{row}.name",
                message("The reference has no group “{name}”.", name=group.name),
                message("Divide both territories into the same groups."), "doubtful",
            ))  # fmt: skip
        elif (found := _gap(group, other, reference.name)) is not None:
            gaps.append(found)
        else:
            missing.append(_cannot(f"groups.{row}", group.name))
    alike = bool(gaps) and not missing
    total = (
        _together(gaps, network.total, reference)
        if alike
        else _gap(network.total, reference.total, reference.name)
    )
    if total is None:
        missing.append(_cannot("", network.name))
    return Comparison(total, tuple(gaps), tuple(missing), alike and total is not None)


def _together(gaps: Sequence[Gap], here: Group, reference: Network) -> Gap:
    """Return the gaps of all groups as one, whatever part of the outlets each group is.

    Two sums would call it a gap of coverage or of rate when the groups are only mixed otherwise.
    """
    whole = sum(each.whole for each in gaps)
    coverage, rate = (
        sum(each.whole * (getattr(each, what) or 0.0) for each in gaps)
        for what in ("coverage_part", "rate_part")
    )
    none = abs(whole) <= (here.sales or 0.0) * LEVEL / 100
    return Gap(
        here, replace(reference.total, name=reference.name), whole,
        sum(each.by_coverage for each in gaps), sum(each.by_rate for each in gaps),
        None if none else coverage / whole, None if none else rate / whole,
    )  # fmt: skip


def _cannot(field: str, name: str) -> Finding:
    return Finding(
        field,
        message("“{name}” cannot be compared.", name=name),
        message("Here and in the reference it needs all outlets, outlets covered, not more than all, and sales a month."),
    )  # fmt: skip


def _gap(here: Group, there: Group, called: str) -> Gap | None:
    mine, theirs = (here.coverage, here.rate), (there.coverage, there.rate)
    universe, sales = here.universe, here.sales
    if None in mine or None in theirs or universe is None or sales is None:
        return None
    (coverage, rate), (other, faster) = (
        tuple(each or 0.0 for each in mine),
        tuple(each or 0.0 for each in theirs),
    )
    amounts = (
        universe * other * faster - sales,
        universe * other * rate - sales,
        universe * coverage * faster - sales,
    )
    if not all(map(math.isfinite, amounts)):
        return None
    parts = split({"coverage": coverage, "rate": rate}, {"coverage": other, "rate": faster})
    if parts is None and not math.isclose(coverage * rate, other * faster, rel_tol=LEVEL / 100):
        return None  # nothing is sold in one of them: there is no ratio to share out
    shared = parts or {}
    return Gap(here, replace(there, name=called), *amounts,
               shared.get("coverage"), shared.get("rate"))  # fmt: skip


def _rounded(value: float) -> float:
    return round(value) if value >= 10 else round(value, 1)


# Checks ------------------------------------------------------------------------------------------


def check(network: Network, today: date | None = None) -> tuple[Finding, ...]:
    """Return what cannot be so in a network, or should be looked at again; never raises.

    >>> from kamlib.words import Words
    >>> found = check(Network("East", (Group("shops", 100, 120, sales=9, source="list"),)))
    >>> Words("en").say(found[0].reason)
    '“shops” has 120 covered outlets, and there are only 100.'
    """
    if not network.groups:
        nothing = message("There is no group of outlets yet.")
        return (Finding("groups", nothing, message("Divide the outlets by type or by area.")),)
    found: list[Finding] = []
    for row, group in enumerate(network.groups):
        found.extend(_of_group(f"groups.{row}", row, group))
    found.extend(_names(network.groups))
    found.extend(_shares(network))
    found.extend(dates(network, today))
    return tuple(found)


def _of_group(field: str, row: int, group: Group) -> Iterator[Finding]:
    name: object = group.name if group.name.strip() else message("group {n}", n=row + 1)
    if not group.name.strip():
        yield Finding(f"{field}.name", message("Group {n} has no name.", n=row + 1),
                      message("Give it the type of outlet or the area."))  # fmt: skip
    for what in COUNTS:
        value = getattr(group, what)
        if value is None and what in {"universe", "covered", "sales"}:
            yield Finding(f"{field}.{what}", message("“{name}”: {what} is not filled in.", name=name,
                          what=CALLED[what]), message("Ask the customer, or count."))  # fmt: skip
        elif value is not None and not _known(value):
            yield Finding(f"{field}.{what}", message("“{name}”: {what} is no number that can be right.",
                          name=name, what=CALLED[what]), message("Write a number from 0 on."))  # fmt: skip
        elif what == "universe" and value == 0:
            yield Finding(f"{field}.{what}", message("“{name}” has no outlets at all.", name=name),
                          message("Count all outlets there are, or take the group out."))  # fmt: skip
    yield from _within(field, name, group)
    if not group.source.strip():
        yield Finding(f"{field}.source", message("“{name}” has no source.", name=name),
                      message("Say who counted, or where the numbers stand."))  # fmt: skip


def _within(field: str, name: object, group: Group) -> Iterator[Finding]:
    """Yield what of a group's numbers is more than what it is part of."""
    universe, covered, active, sales = (
        value if _known(value := getattr(group, what)) else None
        for what in ("universe", "covered", "active", "sales")
    )
    if universe is not None and covered is not None and covered > universe:
        yield Finding(
            f"{field}.covered",
            message("“{name}” has {covered} covered outlets, and there are only {universe}.",
                    name=name, covered=covered, universe=universe),
            message("Count all outlets again, or leave out those served twice or not in the area."),
        )  # fmt: skip
    elif universe is not None and covered == universe and universe >= MANY:
        yield Finding(
            f"{field}.universe",
            message("“{name}” covers every one of {n} outlets.", name=name, n=universe),
            message("Look whether outlets that nobody serves were counted, too."), "doubtful",
        )  # fmt: skip
    if covered is not None and active is not None and active > covered:
        yield Finding(
            f"{field}.active",
            message("“{name}” has {active} active outlets, and only {covered} are covered.",
                    name=name, active=active, covered=covered),
            message("Active are outlets that are covered and bought in the last month."),
        )  # fmt: skip
    if sales and (covered == 0 or active == 0):
        yield Finding(
            f"{field}.sales",
            message("“{name}” sells {n} a month, and no outlet buys.", name=name, n=sales),
            message("Say which outlets the sales come from."),
        )  # fmt: skip


def _names(groups: tuple[Group, ...]) -> Iterator[Finding]:
    counted = Counter(each.name.strip() for each in groups)
    for row, group in enumerate(groups):
        name = group.name.strip()
        if name and counted[name] > 1:
            counted[name] = 0  # said once
            yield Finding(f"groups.{row}.name", message("“{name}” stands there twice.", name=name),
                          message("Make one group of both, or say what differs."))  # fmt: skip


def _shares(network: Network) -> Iterator[Finding]:
    """Yield where written shares do not add up, or are not what the sales say."""
    shares = [each.share for each in network.groups]
    if all(each is None for each in shares):
        return
    for row, group in enumerate(network.groups):
        if group.share is None:
            yield Finding(f"groups.{row}.share",
                          message("“{name}” has no share, and others have.", name=group.name),
                          message("Fill in the share of every group, or of none."))  # fmt: skip
    together = _sum(shares)
    if together is None:
        return
    if abs(together - 100) > ROUNDING:
        yield Finding("groups", message("The shares add up to {n} %, and not to 100 %.",
                      n=round(together, 1)),
                      message("Look for a group that is missing or counted twice."))  # fmt: skip
    for row, group in enumerate(network.groups):
        part = _part(group.sales, network.total.sales)
        if (
            part is not None
            and group.share is not None
            and abs(part * 100 - group.share) > ROUNDING
        ):
            yield Finding(
                f"groups.{row}.share",
                message("“{name}” is written with {share} % of the sales, and its sales are {part} %.",
                        name=group.name, share=group.share, part=round(part * 100, 1)),
                message("Correct the share or the sales."),
            )  # fmt: skip


def dates(network: Network, today: date | None = None) -> Iterator[Finding]:
    """Yield what is wrong or doubtful in the days of a network, whatever its groups are."""
    begins = (message("The first day of the sales"), network.begins)
    ends = (message("the last day of the sales"), network.ends)
    stated = (message("the day of the analysis"), network.stated)
    yield from late("begins", begins, ends)
    yield from late("ends", (message("The last day of the sales"), network.ends), stated)
    counted = (message("The count of the outlets"), network.counted)
    yield from late("counted", counted, stated)
    yield from late("stated", (message("The day of the analysis"), network.stated),
                    (message("today"), today))  # fmt: skip
    if network.counted is None:
        yield Finding("counted", message("Nobody can see when all outlets were counted."),
                      message("Fill in the day of the count."))  # fmt: skip
    elif network.stated is not None and network.stated - network.counted > QUARTER:
        yield Finding(
            "counted",
            message("The outlets were counted on {day}, more than three months before the analysis.",
                    day=network.counted.isoformat()),
            message("Outlets open and close: have them counted every three months."), "doubtful",
        )  # fmt: skip
