"""How good the deals of a stated plan are, over many hidden distributors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

import numpy as np

from kamlib.distributor import (
    EQUAL,
    NO_DEAL,
    Beliefs,
    Deal,
    Estimate,
    Flags,
    Floats,
    Integers,
    Packages,
    Runs,
    Types,
    accepts,
    draw,
)
from kamlib.distributor_file import Parameters
from kamlib.score_pairs import Pair, upper_hull

EFFICIENCY, NASH, SHARE = 8.0, 8.0, 4.0
"""The points for each part of deal quality."""

FULL = (0.40, 0.60)
"""Our part of both gains within which the points for the share are full."""

NOTHING = (0.15, 0.85)
"""Our part of both gains at which there are no points left for the share."""

RESAMPLES = 1000
"""How often the types are drawn anew for the standard error."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What someone means to do with a distributor whose mind is not known."""

    opening: Deal
    """The first package; issues that it leaves out stay as they are today."""
    evidence: tuple[str, ...] = ()
    """What is shown, in order: ids of evidence; what can be refuted costs trust; what is neither
    adds nothing."""
    concessions: tuple[Deal, ...] = ()
    """The packages that are offered next, one after the other, where the one before is refused."""
    walk_away: float | None = None
    """What a month with a deal has to be worth to us at least, in thousands of RMB; None for what
    we have without a deal."""
    approval: frozenset[str] = frozenset()
    """The issues marked “needs approval”: head office is asked before the offer is made."""


@dataclass(frozen=True, slots=True)
class PlanScore:
    """How good a plan's deals are."""

    points: Estimate
    """Deal quality, 0 to 20, with its bootstrap standard error over types."""
    efficiency: float
    """Of the points, those for radial efficiency, 0 to 8."""
    nash: float
    """Of the points, those for the Nash product, 0 to 8."""
    share: float
    """Of the points, those for the share of the gains, 0 to 4."""
    signed: Estimate
    """The share of distributors that sign, in [0, 1]: what a stated chance is held against."""
    excused: float
    """The share of distributors where no deal is no failure, in [0, 1]."""
    days: float
    """Until it was signed, or the talk ended; the mean over types."""
    types: int


def play_plan(packages: Packages, plan: Plan, types: Types) -> Runs:
    """Return how the month goes when a plan is carried out with each of these distributors.

    Everything is shown on the first day; each offer takes as long as a step of concession. A
    package below the walk-away point is not offered. What needs approval and is marked so is put
    to head office first, which takes its days and grants it or not; what needs approval and is not
    marked is void. Raises `ValueError` where a package or an issue is not one of the case.
    """
    parameters = packages.parameters
    beliefs, _ = minds(parameters, plan.evidence, types)
    rule = parameters.policies
    offices = parameters.table.head_office
    day = np.full(len(types), float(rule.consultant.first_day))
    signed = np.full(len(types), NO_DEAL, dtype=np.int64)
    granted: dict[tuple[str, object], Flags] = {}
    for deal in (plan.opening, *plan.concessions):
        index = packages.index(deal)
        if packages.company[index] < _least(packages, plan) - EQUAL:
            continue
        open_ = signed == NO_DEAL
        beyond = packages.beyond_authority(index)
        allowed = np.full(len(types), all(issue in plan.approval for issue in beyond))
        for issue in beyond if allowed.any() else ():
            wish = (issue, packages.deal(index)[issue])
            if wish not in granted:
                office = offices.get(issue)
                luck = types.luck[:, len(granted) % types.luck.shape[1]]
                granted[wish] = luck < (office.chance if office else 0.0)
                day[open_] += office.days if office else 0.0
            allowed &= granted[wish]
        day[open_] += rule.concession.days_a_step
        which = np.full(len(types), index, dtype=np.int64)
        agreed = open_ & allowed & accepts(packages, which, beliefs, types)
        signed[agreed] = index
    return Runs(signed, day)


def minds(parameters: Parameters, said: Sequence[str], types: Types) -> tuple[Floats, Floats]:
    """Return belief and trust of each distributor after what was said, in this order."""
    refutable = {each.id for each in parameters.refutable.list}
    beliefs, trust = Beliefs.first(parameters, types.belief), types.trust
    for each in said:
        if each in refutable:
            trust = np.clip(trust + parameters.refutable.trust, 0.0, 1.0)
        else:
            beliefs = beliefs.hear(each, trust)
    return beliefs.mean, trust


def _least(packages: Packages, plan: Plan) -> float:
    least = packages.no_deal if plan.walk_away is None else plan.walk_away
    return float(np.nan_to_num(least, nan=packages.no_deal))


@dataclass(frozen=True, eq=False)
class Yardstick:
    """What deals are measured against: the best that both sides could agree on.

    These are the packages within our authority that can be met in the first month, valued at what
    is really sold.
    """

    packages: Packages
    open_: Integers
    """The packages that count, shape (n,)."""
    frontier: Floats
    """The values (ours, theirs) that no package beats, our worst first, shape (m, 2)."""
    hull: Floats
    """The corners of its upper hull, shape (h, 2)."""

    @classmethod
    def of(cls, packages: Packages) -> Yardstick:
        """Return the yardstick of a case.

        >>> from kamlib.distributor import load
        >>> yardstick = Yardstick.of(Packages.of(load()))
        >>> len(yardstick.open_), yardstick.frontier[0].round(), yardstick.frontier[-1].round()
        (12236, array([372., 298.]), array([480., 172.]))
        """
        open_ = np.flatnonzero(packages.feasible & packages.within_authority)
        ours, theirs = packages.company[open_], packages.distributor(1.0, open_)
        order = np.lexsort((theirs, ours))[::-1]
        ours, theirs = ours[order], theirs[order]
        best_before = np.maximum.accumulate(theirs)[:-1]
        kept = np.concatenate([[True], theirs[1:] > best_before + EQUAL])
        frontier = np.column_stack([ours[kept], theirs[kept]])[::-1]
        # in whole RMB: corners of a hull are found without rounding
        pairs: list[Pair] = [(round(1000 * one), round(1000 * two)) for one, two in frontier]
        return cls(packages, open_, frontier, np.array(upper_hull(pairs)) / 1000)

    def efficiency(self, gains: Floats, reservation: Floats) -> Floats:
        """Return how far deals lie towards the hull, seen from what both have without a deal.

        `gains` has shape (types, 2), ours first, `reservation` (types,). 1 is on the hull or
        beyond it, 0 a deal that leaves one side worse off. Beyond its ends the hull goes on level
        and upright.
        """
        room = (
            self.hull[None]
            - np.column_stack([np.full(len(reservation), self.packages.no_deal), reservation])[
                :, None
            ]
        )
        edges = [((0.0, 1.0), 0), ((1.0, 0.0), len(self.hull) - 1)]
        for at, (left, right) in enumerate(pairwise(self.hull)):
            edges.append(((left[1] - right[1], right[0] - left[0]), at))
        nearest = np.full(len(gains), np.inf)
        for (across, up), corner in edges:
            towards = across * gains[:, 0] + up * gains[:, 1]
            wide = across * room[:, corner, 0] + up * room[:, corner, 1]
            reached = np.full(len(gains), np.inf)
            np.divide(wide, towards, out=reached, where=towards > EQUAL)
            nearest = np.minimum(nearest, reached)
        good = (gains.min(axis=1) >= -EQUAL) & np.isfinite(nearest) & (nearest > EQUAL)
        return np.where(good, 1 / np.where(good, np.maximum(nearest, 1.0), 1.0), 0.0)

    def nash(self, gains: Floats, reservation: Floats) -> Floats:
        """Return the product of both gains, of the best that is to be had; shapes as above.

        At most 1, and 0 for a deal that leaves one side worse off.
        """
        ours = np.maximum(self.frontier[:, 0] - self.packages.no_deal, 0.0)
        theirs = np.maximum(self.frontier[None, :, 1] - reservation[:, None], 0.0)
        best = (ours * theirs).max(axis=1)
        product = np.where(gains.min(axis=1) >= 0, gains.prod(axis=1), 0.0)
        of_best = np.divide(product, best, out=np.zeros_like(best), where=best > EQUAL)
        return np.asarray(np.clip(of_best, 0.0, 1.0))

    def most_accepted(self, beliefs: Floats, types: Types) -> Floats:
        """Return the most that each distributor would leave us in a package that counts.

        Thousands of RMB a month, shape (types,); -inf where it accepts none of them.
        """
        margin = self.packages.parameters.hidden_type.accepts_above_reservation_krmb
        order = self.open_[np.argsort(-self.packages.company[self.open_], kind="stable")]
        found = np.full(len(types), -np.inf)
        for one in range(len(types)):
            value = self.packages.distributor(float(beliefs[one]), order)
            fits = value >= types.reservation[one] + margin - EQUAL
            at = int(fits.argmax())
            if fits[at]:
                found[one] = self.packages.company[order[at]]
        return found


def share_points(gains: Floats) -> Floats:
    """Return the part of the points for how the gains are shared; (n, 2), ours first, to (n,).

    >>> share_points(np.array([[1.0, 1.0], [3.0, 1.0], [1.0, 0.0], [0.0, 0.0]]))
    array([1. , 0.4, 0. , 0. ])
    """
    gains = np.asarray(gains, dtype=np.float64)
    both = gains.sum(axis=1)
    good = (gains.min(axis=1) >= 0) & (both > EQUAL)
    ours = np.divide(gains[:, 0], both, out=np.zeros_like(both), where=good)
    part = np.interp(ours, [NOTHING[0], *FULL, NOTHING[1]], [0.0, 1.0, 1.0, 0.0])
    return np.where(good, part, 0.0)


def plan_score(
    plan: Plan,
    parameters: Parameters,
    types: int = 200,
    seed: int = 7,
    packages: Packages | None = None,
) -> PlanScore:
    """Return the deal quality of a plan over hidden distributors, the same ones for every plan.

    `packages` are those of the parameters, where they are at hand.

    Deals are measured in the money of the simulated month, against its packages within our
    authority, and not against the point game: only there has each hidden distributor its own
    reservation and belief, so that a mean over them says something, and only there does a target
    that the channel cannot sell count as what it is. What counts is the month's deal as agreed;
    the days it took are told apart.

    Where nothing is signed, a type counts 0; it does not count at all where everything that this
    distributor would accept lies below the walk-away point, for then no deal is no failure. Where
    no type counts, there are no points: a walk-away point beyond everybody earns nothing.

    Raises `ValueError` where a package is not one of the case, or for fewer than one type.

    >>> from kamlib.distributor import load
    >>> good = Plan(
    ...     {"monthly_target": 3250, "rebate_per_unit": 10, "dealer_terms": "7d",
    ...      "deliveries": "on-order", "minimum_order": 1, "models_carried": 3,
    ...      "stores_covered": 945, "joint_promotion_krmb": 20},
    ...     evidence=("E7", "E2", "E4"),
    ... )
    >>> score = plan_score(good, load())
    >>> score.signed.mean, score.points.mean > 12
    (1.0, True)
    """
    packages = packages or Packages.of(parameters)
    drawn = draw(parameters, types, seed)
    runs = play_plan(packages, plan, drawn)
    yardstick = Yardstick.of(packages)
    which = np.where(runs.signed, runs.package, 0)
    gains = np.column_stack(
        [
            packages.company[which] - packages.no_deal,
            packages.distributor(1.0, which) - drawn.reservation,
        ]
    )
    signed = runs.signed.astype(float)
    parts = np.column_stack(
        [
            EFFICIENCY * signed * yardstick.efficiency(gains, drawn.reservation),
            NASH * signed * yardstick.nash(gains, drawn.reservation),
            SHARE * signed * share_points(gains),
        ]
    )
    excused = np.zeros(types, dtype=bool)
    if not runs.signed.all():  # only then it is worth the time to ask what each would accept
        beliefs, _ = minds(parameters, plan.evidence, drawn)
        most = yardstick.most_accepted(beliefs, drawn)
        excused = ~runs.signed & (_least(packages, plan) > most + EQUAL)
    counted = parts[~excused]
    means = counted.mean(axis=0) if len(counted) else np.zeros(3)
    points = Estimate(float(means.sum()), _bootstrap(counted.sum(axis=1), seed))
    return PlanScore(
        points,
        float(means[0]),
        float(means[1]),
        float(means[2]),
        Estimate.of(runs.signed),
        float(excused.mean()),
        float(runs.day.mean()),
        types,
    )


def apart(one: PlanScore, other: PlanScore) -> bool:
    """Tell whether one plan's deals can be called better than another's.

    They can where their points differ by more than the standard error of that difference, taken as
    if each plan had met distributors of its own; nearer than that they are not ranked. Nothing can
    be told from a score over one type.

    >>> from kamlib.distributor import load
    >>> terms = {"dealer_terms": "7d", "minimum_order": 1, "models_carried": 3}
    >>> short = plan_score(Plan({**terms, "rebate_per_unit": 30}, ("E4",)), load())
    >>> today = plan_score(Plan({}), load())
    >>> apart(short, today), apart(short, short)
    (True, False)
    """
    if one.points.error is None or other.points.error is None:
        return False
    difference = abs(one.points.mean - other.points.mean)
    return difference > hypot(one.points.error, other.points.error) + EQUAL


def _bootstrap(values: Floats, seed: int) -> float | None:
    """Return the standard error of a mean by drawing the values anew."""
    if len(values) < 2:
        return None
    generator = np.random.default_rng([seed, 4])
    drawn = generator.integers(len(values), size=(RESAMPLES, len(values)))
    return float(values[drawn].mean(axis=1).std(ddof=1))
