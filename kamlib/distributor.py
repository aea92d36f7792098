"""The hidden distributor: what packages are worth, what it believes, and when it signs.

All parameters come from a case's `simulation.json`, where each says whether it is given, derived
or invented; so every value here is *invented* unless it says otherwise. Money is in thousands of
RMB a month.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log, sqrt
from statistics import NormalDist
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kamlib.distributor_file import ISSUES, TERMS, Bell, Option, Parameters, load

__all__ = [
    "POLICIES",
    "Beliefs",
    "Estimate",
    "Packages",
    "Result",
    "Room",
    "Runs",
    "Types",
    "believe",
    "draw",
    "load",
    "room",
    "run",
    "simulate",
]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

Deal = Mapping[str, Option]
"""A package: for every issue one of its options."""

NO_DEAL = -1
"""Stands for a package where nothing was signed."""

CHUNK = 50
"""How many distributors are looked at together: enough to be quick, few enough to fit a cache."""

EQUAL = 1e-9
"""Values closer than this are the same; sums of decimals differ in their last digits."""


# Packages ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Packages:
    """Every package of the nine issues, in one order, with what it can deliver and is worth.

    All arrays have one entry for each package, shape (packages,).
    """

    parameters: Parameters
    shape: tuple[int, ...]
    """How many options each issue has."""
    target: Floats
    """Units a month."""
    capacity: Floats
    """Units a month that the terms, the range and all promised stores can sell; *derived* and
    *invented*."""
    within_reach: Floats
    """The same with the stores that can be covered by the end of the first month."""
    company: Floats
    """What a month is worth to us; thousands of RMB."""
    feasible: Flags
    """Whether target and stores can be met in the first month."""
    within_authority: Flags
    """Whether we may promise it without asking head office."""
    _slope: Floats
    _stuck: float
    _fixed: Floats

    @classmethod
    def of(cls, parameters: Parameters) -> Packages:
        """Return all packages of a case.

        >>> packages = Packages.of(load())
        >>> len(packages), float(packages.capacity.max().round()), int(packages.feasible.sum())
        (155520, 4482.0, 33815)
        """
        issues = {name: parameters.issues.options(name) for name in ISSUES}
        shape = tuple(len(options) for options in issues.values())
        size = int(np.prod(shape))

        def spread(issue: str, values: Sequence[object]) -> Floats:
            """Lay one value for each option of an issue over all packages, as a view."""
            along = [1] * len(ISSUES)
            along[ISSUES.index(issue)] = len(values)
            return np.asarray(values, dtype=np.float64).reshape(along)

        def flat(values: NDArray[Any]) -> NDArray[Any]:
            return np.broadcast_to(values, shape).reshape(size)

        option = {
            name: spread(name, values)
            for name, values in issues.items()
            if not isinstance(values[0], str)
        }
        target = option["monthly_target"]
        capacity = parameters.capacity
        lead = log(
            (capacity.comparable_units / capacity.comparable_stores)
            / (capacity.base_units / capacity.base_stores)
        )
        lift = spread("joint_promotion_krmb", capacity.log_lift_joint_promotion) + spread(
            "promoters", capacity.log_lift_promoters
        )
        for term in TERMS:
            part = lead * capacity.split_of_log_lift[term]
            lift = lift + part * spread(term, capacity.fraction_by_option)
        a_store = capacity.base_units / capacity.base_stores

        def units(stores: Floats) -> Floats:
            doors = capacity.base_stores + capacity.new_store_rate * (stores - capacity.base_stores)
            return np.asarray(a_store * doors * np.exp(lift))

        stores = option["stores_covered"]
        opened = np.minimum(stores, parameters.stores_at_most)
        within_reach = units(opened)
        sold = np.minimum(target, within_reach)

        ours = parameters.company_value
        company = (
            sold * (ours.margin_rmb + ours.share_value_rmb - option["rebate_per_unit"]) / 1000
            + (target - sold) * ours.stuck_unit_rmb / 1000
            - option["joint_promotion_krmb"] * ours.promotion_share
            - option["promoters"] * ours.promoter_krmb
        )

        theirs = parameters.distributor_value
        credit = theirs.credit
        cost_of_credit = [
            share * credit.price_krmb * (days * credit.interest_a_month / 30 + credit.bad_debt)
            for share, days in zip(credit.share_of_sales_on_credit, credit.days, strict=True)
        ]
        slope = (theirs.margin_rmb + option["rebate_per_unit"]) / 1000 - spread(
            "dealer_terms", cost_of_credit
        )
        fixed = (
            option["joint_promotion_krmb"] * theirs.promotion_benefit_share
            + spread("models_carried", theirs.models_krmb)
            + spread("promoters", theirs.promoters_krmb)
            + spread("deliveries", theirs.deliveries_krmb)
            + spread("minimum_order", theirs.minimum_order_krmb)
            + (opened - capacity.base_stores) * theirs.new_store_krmb
        )
        allowed = parameters.authority
        return cls(
            parameters,
            shape,
            flat(target),
            flat(units(stores)),
            flat(within_reach),
            flat(company),
            flat((stores <= parameters.stores_at_most) & (target <= within_reach)).astype(bool),
            flat(
                (option["rebate_per_unit"] <= allowed.rebate_per_unit)
                & (option["joint_promotion_krmb"] <= allowed.joint_promotion_krmb)
                & (option["promoters"] <= allowed.promoters)
            ).astype(bool),
            flat(slope),
            theirs.stuck_unit_rmb / 1000,
            flat(fixed),
        )

    def __len__(self) -> int:
        return len(self.target)

    def index(self, deal: Deal) -> int:
        """Return where a package stands; issues that it leaves out are as they are today.

        Raises `ValueError` where an issue or an option is not one of the case.

        >>> packages = Packages.of(load())
        >>> packages.deal(packages.index({"monthly_target": 2830}))["dealer_terms"]
        'cash'
        """
        issues = self.parameters.issues
        if unknown := [name for name in deal if name not in ISSUES]:
            raise ValueError(f"no such issue: {unknown[0]!r}")
        whole = {**self.parameters.status_quo.deal, **deal}
        places = []
        for name in ISSUES:
            options = issues.options(name)
            if isinstance(whole[name], bool) or whole[name] not in options:
                raise ValueError(f"{whole[name]!r} is none of the options of {name}")
            places.append(options.index(whole[name]))
        return int(np.ravel_multi_index(places, self.shape))

    def deal(self, index: int) -> dict[str, Option]:
        """Return the options of a package by issue.

        >>> packages = Packages.of(load())
        >>> packages.deal(0)["stores_covered"], packages.deal(len(packages) - 1)["promoters"]
        (835, 4)
        """
        places = np.unravel_index(index, self.shape)
        return {
            name: self.parameters.issues.options(name)[int(place)]
            for name, place in zip(ISSUES, places, strict=True)
        }

    def beyond_authority(self, index: int) -> tuple[str, ...]:
        """Return the issues on which a package promises more than we may.

        >>> packages = Packages.of(load())
        >>> packages.beyond_authority(packages.index({"rebate_per_unit": 40, "promoters": 2}))
        ('rebate_per_unit',)
        """
        limits = self.parameters.authority
        return tuple(
            name
            for name, option in self.deal(index).items()
            if hasattr(limits, name) and option > getattr(limits, name)
        )

    def sold(self, which: Integers | int) -> Floats:
        """Return the units a month that these packages really sell: target or reach."""
        return np.minimum(self.target[which], self.within_reach[which])

    def distributor(self, belief: Floats | float, which: Integers | slice = slice(None)) -> Floats:
        """Return what packages are worth to a distributor that believes it sells so much of them.

        `belief` is a part of what it really could sell; 1 is the truth. It is one number, one a
        package, or, as a column of shape (n, 1), one a distributor: the result is then
        (n, packages).

        >>> packages = Packages.of(load())
        >>> today = np.array([packages.index({})])
        >>> packages.distributor(1.0, today), packages.distributor(0.8, today).round(1)
        (array([144.]), array([76.8]))
        """
        target = self.target[which]
        sold = np.minimum(target, self.within_reach[which] * belief)
        # what is bought and not sold costs; so a unit sold brings its slope and saves that
        return np.asarray(
            sold * (self._slope[which] - self._stuck) + (self._fixed[which] + target * self._stuck)
        )

    @property
    def no_deal(self) -> float:
        """What a month without a deal is worth to us."""
        left = self.parameters.company_value.no_deal
        return left.share * left.units * left.rmb / 1000


@dataclass(frozen=True, slots=True)
class Room:
    """Where both sides could meet."""

    packages: int
    """How many packages leave neither side below what it has without a deal."""
    nash: dict[str, Option] | None
    """The one with the largest product of both gains; None where there is no such package."""
    company: float | None
    distributor: float | None


def room(packages: Packages, reservation: float) -> Room:
    """Return where both sides could meet, at what can really be sold.

    Only packages that are within our authority and can be met in the first month count;
    `reservation` is what the distributor has without a deal.

    >>> found = room(Packages.of(load()), 118)
    >>> found.packages, found.company, found.nash["monthly_target"]
    (11616, 372.0, 3500)
    """
    open_ = np.flatnonzero(packages.feasible & packages.within_authority)
    ours = packages.company[open_] - packages.no_deal
    value = packages.distributor(1.0, open_)
    both = (ours >= -EQUAL) & (value >= reservation - EQUAL)
    if not both.any():
        return Room(0, None, None, None)
    product = np.where(both, ours * (value - reservation), -np.inf)
    best = int(np.argmax(product))
    return Room(
        int(both.sum()),
        packages.deal(int(open_[best])),
        float(packages.company[open_[best]]),
        float(value[best]),
    )


# Hidden types and beliefs ---------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Types:
    """Distributors that differ in what they do not show; arrays of shape (types,)."""

    belief: Floats
    """What each thinks it can sell, as a part of what it really could."""
    reservation: Floats
    """What each has without a deal; thousands of RMB a month."""
    trust: Floats
    """How far each trusts what we say, in [0, 1]."""
    luck: Floats
    """What head office answers each time it is asked, in [0, 1); shape (types, `ASKED`)."""

    def __len__(self) -> int:
        return len(self.belief)


ASKED = 16
"""How often at most head office is asked in one month by a policy or a plan."""


def draw(parameters: Parameters, types: int, seed: int) -> Types:
    """Draw hidden distributors: the same ones for the same number and seed, whoever talks to them.

    Every quantity is drawn evenly, one value from each of `types` equally likely parts of its
    distribution in random order: so a few hundred stand well for all, and the errors given with
    results, which take them as independent, are on the safe side. Raises `ValueError` for fewer
    than one, or a seed below 0.

    >>> few = draw(load(), 300, seed=7)
    >>> round(float(few.belief.mean()), 2), round(float(few.reservation.mean()), 1)
    (0.8, 118.0)
    >>> bool((few.luck == draw(load(), 300, seed=7).luck).all())
    True
    """
    if types < 1 or seed < 0:
        raise ValueError(f"{types} types with seed {seed}: at least 1 and 0 are needed")
    hidden = parameters.hidden_type
    # a stream for each quantity, so that none depends on how many are drawn of another
    chances = [_evenly(np.random.default_rng([seed, number]), types) for number in range(3)]
    belief = _normal(chances[0], hidden.belief)
    low, high = hidden.trust.lowest, hidden.trust.highest
    answers = np.random.default_rng([seed, 3])
    return Types(
        np.clip(belief, hidden.belief.lowest, hidden.belief.highest),
        _normal(chances[1], hidden.reservation_krmb),
        low + (high - low) * chances[2],
        np.column_stack([_evenly(answers, types) for _ in range(ASKED)]),
    )


def _evenly(generator: np.random.Generator, count: int) -> Floats:
    """Return numbers in [0, 1), one from each of as many equal parts, in random order."""
    return (generator.permutation(count) + generator.random(count)) / count


def _normal(chances: Floats, bell: Bell) -> Floats:
    """Return the values below which a normal distribution has these chances."""
    standard = NormalDist()
    inside = np.clip(chances, 1e-12, 1 - 1e-12)
    return bell.mean + bell.sd * np.array([standard.inv_cdf(float(one)) for one in inside])


@dataclass(frozen=True, eq=False)
class Beliefs:
    """What distributors think they can sell, and what they have heard; arrays of shape (types,)."""

    parameters: Parameters
    weighted: Floats
    """The mean before it is held within its bounds."""
    precision: Floats
    """How sure they are: one over the variance."""
    heard: tuple[str, ...] = ()
    """The ids of the evidence, in the order in which it was heard."""

    @classmethod
    def first(cls, parameters: Parameters, belief: Floats) -> Beliefs:
        """Return what they think before anything is shown.

        Raises `ValueError` for what is not a number.
        """
        if np.isnan(belief).any():
            raise ValueError("a belief is not a number")
        bounds = parameters.hidden_type.belief
        belief = np.clip(belief, bounds.lowest, bounds.highest)
        precision = np.full(belief.shape, 1 / parameters.hidden_type.belief_sd**2)
        return cls(parameters, belief, precision)

    @property
    def mean(self) -> Floats:
        """What they think they can sell, as a part of what they really could.

        It never leaves the bounds of the hidden type, whatever they hear.
        """
        bounds = self.parameters.hidden_type.belief
        return np.clip(self.weighted, bounds.lowest, bounds.highest)

    def hear(self, evidence: str, trust: Floats | float) -> Beliefs:
        """Return what they think after one piece of evidence.

        The mean moves by precision times trust: the first of a family counts in full, later ones
        a part; the same again adds nothing, nor does anything that is no evidence.

        >>> parameters = load()
        >>> before = Beliefs.first(parameters, np.array([0.8]))
        >>> after = before.hear("E7", 0.75)
        >>> after.mean.round(3), after.hear("E7", 0.75) is after
        (array([0.868]), True)
        """
        known = self.parameters.evidence_by_id()
        shown = known.get(evidence)
        if shown is None or evidence in self.heard:
            return self
        again = any(known[each].family == shown.family for each in self.heard)
        part = self.parameters.evidence.later_of_a_family if again else 1.0
        added = np.clip(np.nan_to_num(trust), 0.0, 1.0) * part / shown.sd**2
        precision = self.precision + added
        weighted = (self.precision * self.weighted + added * shown.signal) / precision
        return replace(self, weighted=weighted, precision=precision, heard=(*self.heard, evidence))

    def moved(self, by: float) -> Beliefs:
        """Return what they think when something shifts the mean without evidence."""
        return replace(self, weighted=self.mean + float(np.nan_to_num(by)))


def believe(parameters: Parameters, belief: Floats, trust: Floats, shown: Sequence[str]) -> Floats:
    """Return what distributors think they can sell after this evidence, in this order.

    `belief` and `trust` have one entry for each distributor, and so has the result.

    >>> parameters = load()
    >>> every = list(parameters.evidence_by_id())
    >>> believe(parameters, np.array([0.8]), np.array([0.75]), every).round(3)
    array([0.943])
    """
    beliefs = Beliefs.first(parameters, belief)
    for evidence in shown:
        beliefs = beliefs.hear(evidence, trust)
    return beliefs.mean


# Policies -------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Runs:
    """How the month went with each distributor; arrays of shape (types,)."""

    package: Integers
    """Where the signed package stands, `NO_DEAL` where none was signed."""
    day: Floats
    """When it was signed, or when the talk ended without a deal."""

    @property
    def signed(self) -> Flags:
        """Whether something was signed."""
        return np.asarray(self.package != NO_DEAL)


def accepts(packages: Packages, which: Integers, beliefs: Floats, types: Types) -> Flags:
    """Return whether each distributor accepts the package offered to it."""
    margin = packages.parameters.hidden_type.accepts_above_reservation_krmb
    value = packages.distributor(beliefs, which)
    return np.asarray(value >= types.reservation + margin - EQUAL)


def _concede(
    packages: Packages, open_: Integers, beliefs: Floats, types: Types, first_day: float
) -> Runs:
    """Come down from the best own value step by step, offering what the distributor likes most."""
    rule = packages.parameters.policies.concession
    signed = np.full(len(types), NO_DEAL, dtype=np.int64)
    day = np.full(len(types), first_day + rule.steps * rule.days_a_step)
    if not len(open_):
        return Runs(signed, day)
    order = open_[np.argsort(-packages.company[open_], kind="stable")]
    worth = packages.company[order]
    floors = worth[0] - abs(worth[0]) * rule.step * np.arange(rule.steps) - EQUAL
    cuts = np.searchsorted(-worth, -floors, side="right")
    for start in range(0, len(types), CHUNK):
        part = slice(start, start + CHUNK)
        believed = beliefs[part, None]
        least = types.reservation[part] + (
            packages.parameters.hidden_type.accepts_above_reservation_krmb - EQUAL
        )
        best = np.full(len(least), -np.inf)
        offer = np.full(len(least), NO_DEAL, dtype=np.int64)
        done = 0
        for step, cut in enumerate(cuts):
            waiting = np.flatnonzero(signed[part] == NO_DEAL)
            if not len(waiting):
                break
            if cut > done:
                new = order[done:cut]
                value = packages.distributor(believed[waiting], new)
                at = value.argmax(axis=1)
                found = value[np.arange(len(waiting)), at]
                better = found > best[waiting]
                best[waiting[better]] = found[better]
                offer[waiting[better]] = new[at[better]]
                done = int(cut)
            agreed = waiting[best[waiting] >= least[waiting]]
            signed[start + agreed] = offer[agreed]
            day[start + agreed] = first_day + (step + 1) * rule.days_a_step
    return Runs(signed, day)


def _shirker(packages: Packages, types: Types) -> Runs:
    rule = packages.parameters.policies.shirker
    beliefs = Beliefs.first(packages.parameters, types.belief).moved(rule.belief).mean
    which = np.full(len(types), packages.index({"monthly_target": rule.target}))
    swallowed = types.luck[:, 0] < rule.swallowed
    signed = swallowed & accepts(packages, which, beliefs, types)
    return Runs(np.where(signed, which, NO_DEAL), np.full(len(types), rule.day))


def _pigeon(packages: Packages, types: Types) -> Runs:
    rule = packages.parameters.policies.pigeon
    issues = packages.parameters.issues
    today = np.unravel_index(packages.index({}), packages.shape)
    places = np.tile(np.array(today)[:, None], len(types))
    signed = np.full(len(types), NO_DEAL, dtype=np.int64)
    day = np.full(len(types), float(rule.days_a_relay * len(rule.relays)))
    for turn, relay in enumerate(rule.relays):
        at = ISSUES.index(relay.issue)
        towards = issues.options(relay.issue).index(relay.towards)
        granted = types.luck[:, turn] < relay.chance
        places[at] += np.where(granted, np.sign(towards - places[at]), 0)
        which = np.ravel_multi_index(tuple(places), packages.shape)
        agreed = (signed == NO_DEAL) & accepts(packages, which, types.belief, types)
        signed[agreed] = which[agreed]
        day[agreed] = (turn + 1) * rule.days_a_relay
    return Runs(signed, day)


def _over_claimer(packages: Packages, types: Types) -> Runs:
    rule = packages.parameters.policies.over_claimer
    # the claim can be refuted: it moves no belief, and trust moves nothing where nothing is shown
    stores = packages.parameters.issues.options("stores_covered")
    place = np.unravel_index(np.arange(len(packages)), packages.shape)[
        ISSUES.index("stores_covered")
    ]
    few = np.array([float(one) for one in stores])[place] <= rule.stores_at_most
    open_ = np.flatnonzero(packages.within_authority & few & (packages.target == rule.target))
    return _concede(packages, open_, types.belief, types, rule.first_day)


def _consultant(packages: Packages, types: Types) -> Runs:
    shown = list(packages.parameters.evidence_by_id())
    beliefs = believe(packages.parameters, types.belief, types.trust, shown)
    return _packages_that_can_be_kept(packages, types, beliefs)


def _consultant_without_facts(packages: Packages, types: Types) -> Runs:
    return _packages_that_can_be_kept(packages, types, types.belief)


def _packages_that_can_be_kept(packages: Packages, types: Types, beliefs: Floats) -> Runs:
    open_ = np.flatnonzero(packages.feasible & packages.within_authority)
    first_day = packages.parameters.policies.consultant.first_day
    return _concede(packages, open_, beliefs, types, first_day)


def _old_ox(packages: Packages, types: Types) -> Runs:
    rule = packages.parameters.policies.old_ox
    signed = np.full(len(types), NO_DEAL, dtype=np.int64)
    day = np.full(len(types), rule.first_day + rule.days_a_step * len(rule.offers))
    for turn, offer in enumerate(rule.offers):
        which = np.full(len(types), packages.index({"stores_covered": rule.stores, **offer}))
        agreed = (signed == NO_DEAL) & accepts(packages, which, types.belief, types)
        signed[agreed] = which[agreed]
        day[agreed] = rule.first_day + rule.days_a_step * (turn + 1)
    return Runs(signed, day)


POLICIES: Mapping[str, Callable[[Packages, Types], Runs]] = MappingProxyType(
    {
        "shirker": _shirker,
        "pigeon": _pigeon,
        "old_ox": _old_ox,
        "over_claimer": _over_claimer,
        "consultant_without_facts": _consultant_without_facts,
        "consultant": _consultant,
    }
)
"""How each sort of account manager goes through a month."""


def run(packages: Packages, policy: str, types: Types) -> Runs:
    """Return how the month goes for one policy with each of these distributors.

    Raises `ValueError` for a policy that is not in `POLICIES`.

    >>> packages = Packages.of(load())
    >>> run(packages, "consultant", draw(packages.parameters, 4, seed=7)).day
    array([1.5, 1.5, 1.5, 1.5])
    """
    if policy not in POLICIES:
        raise ValueError(f"no such policy: {policy!r}; there are {', '.join(POLICIES)}")
    return POLICIES[policy](packages, types)


# Results --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over hidden types."""

    mean: float
    error: float | None
    """Its standard error over types; None where there is only one type."""

    @classmethod
    def of(cls, values: Floats | Flags) -> Estimate:
        """Return the mean of values with its standard error.

        >>> Estimate.of(np.array([1.0, 3.0]))
        Estimate(mean=2.0, error=1.0)
        """
        mean = float(np.mean(values))
        if len(values) < 2:
            return cls(mean, None)
        return cls(mean, float(np.std(values, ddof=1)) / sqrt(len(values)))


@dataclass(frozen=True, eq=False)
class Result:
    """How a policy does over hidden types.

    What is signed on a day counts for the rest of the month; before that day both sides have what
    they have without a deal.
    """

    policy: str
    types: int
    deals: Estimate
    """The share of distributors that sign, in [0, 1]."""
    days: Estimate
    """Until it was signed, or the talk ended without a deal."""
    sold: Estimate
    """Units in what was left of the month."""
    stuck: Estimate
    """Units of the signed monthly target beyond what can be sold."""
    company: Estimate
    """What the month was worth to us; thousands of RMB."""
    distributor: Estimate
    """What the month was worth to the distributor; thousands of RMB."""


@dataclass(frozen=True, eq=False)
class Month:
    """What the month brought with each distributor; arrays of shape (types,)."""

    sold: Floats
    stuck: Floats
    company: Floats
    distributor: Floats


def months(packages: Packages, runs: Runs, types: Types) -> Month:
    """Return what the month brought: the deal from the day it was signed, before it no deal.

    >>> packages = Packages.of(load())
    >>> everyone = draw(packages.parameters, 2, seed=7)
    >>> nothing = Runs(np.full(2, NO_DEAL), np.full(2, 10.0))
    >>> months(packages, nothing, everyone).company
    array([108., 108.])
    """
    days = packages.parameters.month_1.days
    left = np.where(runs.signed, np.clip((days - runs.day) / days, 0.0, 1.0), 0.0)
    which = np.where(runs.signed, runs.package, 0)
    sold = packages.sold(which)
    return Month(
        left * sold,
        np.where(runs.signed, packages.target[which] - sold, 0.0),
        left * packages.company[which] + (1 - left) * packages.no_deal,
        left * packages.distributor(1.0, which) + (1 - left) * types.reservation,
    )


def simulate(parameters: Parameters, policy: str, types: int = 300, seed: int = 7) -> Result:
    """Return how a policy does over hidden types, each figure with its standard error.

    The types are the same for every policy. Raises `ValueError` for a policy that is not in
    `POLICIES`, for fewer than one type, or for a seed below 0.

    >>> found = simulate(load(), "consultant")
    >>> found.deals.mean, round(found.sold.mean), round(found.company.mean)
    (1.0, 3087, 461)
    """
    packages = Packages.of(parameters)
    drawn = draw(parameters, types, seed)
    runs = run(packages, policy, drawn)
    month = months(packages, runs, drawn)
    return Result(
        policy,
        types,
        Estimate.of(runs.signed),
        Estimate.of(runs.day),
        Estimate.of(month.sold),
        Estimate.of(month.stuck),
        Estimate.of(month.company),
        Estimate.of(month.distributor),
    )
