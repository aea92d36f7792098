"""The point game: what a package is worth to both sides, beside the best they could agree on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice, pairwise
from math import lcm, prod
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kamlib import game_file
from kamlib.game_file import GameError, Option, Sheets
from kamlib.score_pairs import Frontier, Halves, Pair, reach, upper_hull
from kamlib.words import Message, message

__all__ = ["Assessment", "Game", "GameError", "Outcome", "Solution", "Trade"]

Deal = str | Sequence[Option] | Mapping[str, Option]
"""A deal by the name the file gives it, as options in the order of the issues, or by issue."""

EXAMPLES = 3
"""How many packages a solution shows for its points."""

_NOTHING = message("No package gives both sides at least what they have without a deal.")


class Outcome(NamedTuple):
    """What a package is worth, in points."""

    company: float
    distributor: float

    @property
    def utilities(self) -> tuple[float, float]:
        """The points of the company and of the distributor."""
        return (self.company, self.distributor)


@dataclass(frozen=True, slots=True)
class Solution:
    """The points that a rule of fairness picks, with packages that reach them."""

    utilities: Outcome | None
    """Points of the company and of the distributor; None where nothing is rational for both."""
    deals: tuple[tuple[Option, ...], ...] = ()
    """A few of the packages worth exactly that; none for the ideal, which no package reaches."""
    ties: int = 0
    """How many other points of the frontier the rule finds just as good."""
    why: Message | None = None
    """Where there is no solution: the sentence that says so."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """How good a deal is, measured against the packages of one game."""

    deal: tuple[Option, ...]
    utilities: Outcome
    gains: Outcome
    """Points above the reservation, negative below it."""
    company_rational: bool
    """Whether the deal is worth no less to us than none."""
    distributor_rational: bool
    """Whether the deal is worth no less to the distributor than none."""
    radial_efficiency: float | None
    """How far from the reservation point towards the frontier's upper hull, 1 on the hull; 0 for a
    deal below a reservation; None where the game offers nothing in the deal's direction."""
    dominating: int
    """How many packages are at least as good for both sides and better for one."""
    nash_ratio: float | None
    """The product of both gains, of the best product in the game; 0 for a deal below a
    reservation; None where no package lets both gain."""
    surplus_share: float | None
    """Our part of both gains, in [0, 1]; None for a deal below a reservation or without gains."""
    exceeds: tuple[str, ...]
    """The issues on which it promises more than our authority allows."""
    messages: tuple[Message, ...]
    """The same in sentences: authority, reservations, better packages."""

    @property
    def rational(self) -> bool:
        """Whether the deal is worth no less than none to both sides."""
        return self.company_rational and self.distributor_rational

    @property
    def within_authority(self) -> bool:
        """Whether we may promise it without asking."""
        return not self.exceeds


@dataclass(frozen=True, slots=True)
class Trade:
    """A change on one issue, or an exchange of two, that leaves nobody worse off."""

    changes: tuple[tuple[str, Option, Option], ...]
    """Issue, option now and option instead; in an exchange, what we give comes first."""
    gains: Outcome
    """How many points it brings each side."""
    message: Message


@dataclass(frozen=True, eq=False)
class Game:
    """An agreement on several issues, each worth points to both sides; points add up."""

    sheets: Sheets
    """Issues, points, reservations, authority and named deals."""
    allowed: tuple[tuple[int, ...], ...]
    """For every issue, the places of the options that are in play."""

    @classmethod
    def load(cls, path: str | Path) -> Game:
        """Return the game of a file, with all its packages.

        Raises `GameError`, a `ValueError`, with a plain sentence where the file is of no use.
        """
        return cls._of(game_file.read(Path(path)))

    @classmethod
    def parse(cls, data: object) -> Game:
        """Return the game of what its file would hold.

        Raises `GameError` where it does not add up.

        >>> game = Game.parse({
        ...     "reservation": {"company": 2, "distributor": 2},
        ...     "issues": {
        ...         "price": {"options": [9, 10], "company": [0, 4], "distributor": [3, 0]},
        ...         "credit": {"options": ["cash", "7d"], "company": [2, 0], "distributor": [0, 5]},
        ...     },
        ... })
        >>> [tuple(outcome) for outcome in game.frontier()]
        [(0, 8), (4, 5), (6, 0)]
        >>> game.nash().utilities, game.nash().deals
        (Outcome(company=4, distributor=5), ((10, '7d'),))
        """
        return cls._of(game_file.parse(data))

    @classmethod
    def _of(cls, sheets: Sheets) -> Game:
        return cls(sheets, tuple(tuple(range(len(issue.options))) for issue in sheets.issues))

    def within_authority(self) -> Game:
        """Return the game of the packages that we may promise without asking head office.

        Without limits in the file that is the whole game.

        >>> game = Game.parse({
        ...     "reservation": {"company": 0, "distributor": 0}, "authority": {"rebate": 10},
        ...     "issues": {"rebate": {"options": [0, 10, 20], "company": [4, 2, 0],
        ...                           "distributor": [0, 2, 4]}},
        ... })
        >>> game.size, game.within_authority().size
        (3, 2)
        """
        limits = self.sheets.authority
        allowed = tuple(
            tuple(place for place in places if place in limits.get(issue.name, places))
            for issue, places in zip(self.sheets.issues, self.allowed, strict=True)
        )
        return Game(self.sheets, allowed)

    @property
    def size(self) -> int:
        """How many packages there are."""
        return prod(map(len, self.allowed))

    @property
    def reservation(self) -> Outcome:
        """The points below which the company and the distributor had rather have no deal."""
        return Outcome(_plain(self.sheets.company), _plain(self.sheets.distributor))

    def frontier(self) -> tuple[Outcome, ...]:
        """Return the distinct points that no package beats, our worst first.

        A package beats points if it is at least as good for both sides and better for one.
        """
        return tuple(self._outcome(pair) for pair in self._frontier.pairs)

    def rational_frontier(self) -> tuple[Outcome, ...]:
        """Return the frontier's points where neither side is below its reservation."""
        return tuple(self._outcome(pair) for pair in self._rational)

    def rational_packages(self) -> int:
        """Return how many packages leave neither side below its reservation: the room to agree."""
        return self._halves.at_least(self._floor)

    def outcomes(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return every distinct pair of points, shape (n, 2), and how many packages reach it."""
        found = reach(self._scores)
        pairs = np.column_stack([found.first, found.second]) / self._scale
        return pairs.astype(np.float64), found.ways

    def ideal(self) -> Solution:
        """Return the best that each side could have while the other gets its reservation."""
        if not self._rational:
            return Solution(None, why=_NOTHING)
        best = (max(pair[0] for pair in self._rational), max(pair[1] for pair in self._rational))
        return Solution(self._outcome(best))

    def nash(self) -> Solution:
        """Return the points with the largest product of both gains.

        Among equals, here and for the other rules: the larger smaller gain, then the larger sum,
        then our larger gain.
        """
        return self._best(lambda ours, theirs: ours * theirs)

    def kalai(self) -> Solution:
        """Return the points at which the side that gains less gains most."""
        return self._best(min)

    def kalai_smorodinsky(self) -> Solution:
        """Return the points at which the smaller part of a side's ideal gain is largest."""
        if not self._rational:
            return Solution(None, why=_NOTHING)
        gains = [self._gain(pair) for pair in self._rational]
        ours_at_best = max(gain[0] for gain in gains)
        theirs_at_best = max(gain[1] for gain in gains)
        # both parts times both ideal gains: the order is the same, and nothing is divided
        return self._best(lambda ours, theirs: min(ours * theirs_at_best, theirs * ours_at_best))

    def assess(self, deal: Deal) -> Assessment:
        """Return how good a deal is among the packages of this game.

        A deal beyond our authority is valued all the same; against `within_authority()` its
        efficiency and its Nash ratio may then be above 1. Raises `GameError` where the deal is
        not one option for every issue.

        >>> game = Game.parse({
        ...     "reservation": {"company": 2, "distributor": 2},
        ...     "issues": {
        ...         "price": {"options": [9, 10], "company": [0, 4], "distributor": [3, 0]},
        ...         "credit": {"options": ["cash", "7d"], "company": [2, 0], "distributor": [0, 5]},
        ...     },
        ... })
        >>> found = game.assess([9, "cash"])
        >>> tuple(found.utilities), found.rational, found.dominating, found.nash_ratio
        ((2, 3), True, 1, 0.0)
        """
        places = self._places(deal)
        pair = self._pair(places)
        gain = self._gain(pair)
        exceeds = tuple(
            issue.name
            for issue, place in zip(self.sheets.issues, places, strict=True)
            if place not in self.sheets.authority.get(issue.name, (place,))
        )
        rational = min(gain) >= 0
        dominating = self._halves.at_least(pair) - self._halves.exactly(pair)
        return Assessment(
            self._options(places),
            self._outcome(pair),
            self._outcome(gain),
            gain[0] >= 0,
            gain[1] >= 0,
            self._radial(gain) if rational else 0.0,
            dominating,
            self._nash_ratio(gain) if rational else 0.0,
            gain[0] / (gain[0] + gain[1]) if rational and any(gain) else None,
            exceeds,
            tuple(self._sentences(places, gain, dominating, exceeds)),
        )

    def trade(self, deal: Deal, most: int = 3) -> tuple[Trade, ...]:
        """Return the best few steps from a deal that leave nobody worse off, the best first.

        A step is a change on one issue, or an exchange: we give on one issue and get on another.
        Best is where the side that gains less gains most; every set of issues comes once. Only
        options of this game are tried. Raises `GameError` where the deal is none.

        >>> game = Game.parse({
        ...     "reservation": {"company": 2, "distributor": 2},
        ...     "issues": {
        ...         "price": {"options": [9, 10], "company": [0, 4], "distributor": [3, 0]},
        ...         "credit": {"options": ["cash", "7d"], "company": [2, 0], "distributor": [0, 5]},
        ...     },
        ... })
        >>> [(trade.changes, tuple(trade.gains)) for trade in game.trade([9, "cash"])]
        [((('credit', 'cash', '7d'), ('price', 9, 10)), (2, 2))]
        """
        places = self._places(deal)
        steps = list(self._steps(places))
        found: dict[frozenset[int], tuple[Pair, tuple[tuple[int, int], ...]]] = {}

        def offer(gain: Pair, changes: tuple[tuple[int, int], ...]) -> None:
            issues = frozenset(at for at, _ in changes)
            if issues not in found or _rank(found[issues][0]) < _rank(gain):
                found[issues] = (gain, changes)

        for at, place, gain in steps:
            if min(gain) >= 0 and max(gain) > 0:
                offer(gain, ((at, place),))
        giving = [step for step in steps if step[2][0] < 0 < step[2][1]]
        getting = [step for step in steps if step[2][1] < 0 < step[2][0]]
        for give_at, give, lost in giving:
            for get_at, get, won in getting:
                both = (lost[0] + won[0], lost[1] + won[1])
                if give_at != get_at and min(both) >= 0 and max(both) > 0:
                    offer(both, ((give_at, give), (get_at, get)))
        best = sorted(found.values(), key=lambda one: _rank(one[0]), reverse=True)
        return tuple(self._trade(places, gain, changes) for gain, changes in best[:most])

    def advice(self, deal: Deal, most: int = 3) -> tuple[Message, ...]:
        """Return the sentences of `trade`, or the one that says that there is no such step."""
        trades = self.trade(deal, most)
        if trades:
            return tuple(trade.message for trade in trades)
        return (message("No change on one issue, and no exchange of two, helps one side without "
                        "hurting the other."),)  # fmt: skip

    # The scores as whole numbers: all points times one number, so that sums are exact.

    @cached_property
    def _scale(self) -> int:
        points = [self.sheets.company, self.sheets.distributor]
        for issue in self.sheets.issues:
            points += [*issue.company, *issue.distributor]
        return lcm(*(point.denominator for point in points))

    @cached_property
    def _all_scores(self) -> tuple[tuple[Pair, ...], ...]:
        return tuple(
            tuple(
                (int(ours * self._scale), int(theirs * self._scale))
                for ours, theirs in zip(issue.company, issue.distributor, strict=True)
            )
            for issue in self.sheets.issues
        )

    @cached_property
    def _scores(self) -> tuple[tuple[Pair, ...], ...]:
        return tuple(
            tuple(scores[place] for place in places)
            for scores, places in zip(self._all_scores, self.allowed, strict=True)
        )

    @cached_property
    def _floor(self) -> Pair:
        return (int(self.sheets.company * self._scale), int(self.sheets.distributor * self._scale))

    @cached_property
    def _frontier(self) -> Frontier:
        return Frontier(self._scores)

    @cached_property
    def _halves(self) -> Halves:
        return Halves(self._scores)

    @cached_property
    def _rational(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self._frontier.pairs if min(self._gain(pair)) >= 0)

    def _outcome(self, pair: Pair) -> Outcome:
        return Outcome(*(_plain(Fraction(score, self._scale)) for score in pair))

    def _gain(self, pair: Pair) -> Pair:
        return (pair[0] - self._floor[0], pair[1] - self._floor[1])

    def _places(self, deal: Deal) -> tuple[int, ...]:
        if not isinstance(deal, str):
            return game_file.places(self.sheets, deal)
        named = self.sheets.deals.get(deal)
        if named is None:
            raise GameError(
                message("There is no deal named “{name}” in the game; it names {known}.",
                        name=deal[:60], known=list(self.sheets.deals) or message("none"))
            )  # fmt: skip
        return named

    def _options(self, places: Sequence[int]) -> tuple[Option, ...]:
        return tuple(
            issue.options[place] for issue, place in zip(self.sheets.issues, places, strict=True)
        )

    def _pair(self, places: Sequence[int]) -> Pair:
        chosen = [scores[place] for scores, place in zip(self._all_scores, places, strict=True)]
        return (sum(pair[0] for pair in chosen), sum(pair[1] for pair in chosen))

    def _best(self, merit: Callable[[int, int], int]) -> Solution:
        """Return the rational points of the frontier with the largest merit of both gains.

        No package off the frontier has more: the merits never fall when a side gets more.
        """
        if not self._rational:
            return Solution(None, why=_NOTHING)
        merits = {pair: merit(*self._gain(pair)) for pair in self._rational}
        most = max(merits.values())
        equal = [pair for pair in self._rational if merits[pair] == most]
        best = max(equal, key=lambda pair: _rank(self._gain(pair)))
        deals = tuple(
            tuple(
                issue.options[places[place]]
                for issue, places, place in zip(self.sheets.issues, self.allowed, way, strict=True)
            )
            for way in islice(self._frontier.ways_to(best), EXAMPLES)
        )
        return Solution(self._outcome(best), deals, len(equal) - 1)

    def _radial(self, gain: Pair) -> float | None:
        """Return the distance to the deal, of that along the same ray to the upper hull.

        Beyond its ends the hull goes on level and upright: one may always give more away.
        """
        if gain == (0, 0):
            return 0.0
        hull = upper_hull(self._frontier.pairs)
        edges: list[tuple[Pair, Pair]] = [((0, 1), hull[0]), ((1, 0), hull[-1])]
        for left, right in pairwise(hull):
            edges.append(((left[1] - right[1], right[0] - left[0]), left))
        nearest: Fraction | None = None
        for (across, up), corner in edges:
            towards = across * gain[0] + up * gain[1]
            room = self._gain(corner)
            wide = across * room[0] + up * room[1]
            if towards > 0:
                reached = Fraction(wide, towards)
                nearest = reached if nearest is None else min(nearest, reached)
            elif wide < 0:
                return None  # the whole ray runs beside all that the game offers
        return float(1 / nearest) if nearest is not None and nearest > 0 else None

    def _nash_ratio(self, gain: Pair) -> float | None:
        products = [ours * theirs for ours, theirs in map(self._gain, self._rational)]
        best = max(products, default=0)
        return gain[0] * gain[1] / best if best else None

    def _steps(self, places: Sequence[int]) -> list[tuple[int, int, Pair]]:
        """Return every change on one issue: where, to which place, and what it brings each side."""
        found = []
        for at, (now, options) in enumerate(zip(places, self.allowed, strict=True)):
            here = self._all_scores[at][now]
            for place in options:
                there = self._all_scores[at][place]
                if place != now:
                    found.append((at, place, (there[0] - here[0], there[1] - here[1])))
        return found

    def _trade(
        self, places: Sequence[int], gain: Pair, changes: tuple[tuple[int, int], ...]
    ) -> Trade:
        named, said = [], []
        for at, place in changes:
            issue = self.sheets.issues[at]
            now, instead = issue.options[places[at]], issue.options[place]
            named.append((issue.name, now, instead))
            said.append(
                message("{issue} from {now} to {instead}",
                        issue=self.sheets.issue(issue.name),
                        now=self.sheets.option(issue.name, now),
                        instead=self.sheets.option(issue.name, instead))
            )  # fmt: skip
        gains = self._outcome(gain)
        if len(said) == 1:
            sentence = message(
                "Change {change}. Points: +{ours} for us, +{theirs} for the distributor.",
                change=said[0], ours=gains.company, theirs=gains.distributor,
            )  # fmt: skip
        else:
            sentence = message(
                "Give: {give}. Get: {get}. Points: +{ours} for us, +{theirs} for the distributor.",
                give=said[0], get=said[1], ours=gains.company, theirs=gains.distributor,
            )  # fmt: skip
        return Trade(tuple(named), gains, sentence)

    def _sentences(
        self, places: Sequence[int], gain: Pair, dominating: int, exceeds: Sequence[str]
    ) -> list[Message]:
        found = []
        for issue, place in zip(self.sheets.issues, places, strict=True):
            if issue.name in exceeds:
                found.append(
                    message("This needs approval: {issue}, {option}; the limit is {limit}.",
                            issue=self.sheets.issue(issue.name),
                            option=self.sheets.option(issue.name, issue.options[place]),
                            limit=self.sheets.option(issue.name, self.sheets.limits[issue.name]))
                )  # fmt: skip
        short = self._outcome((-gain[0], -gain[1]))
        if gain[0] < 0:
            found.append(
                message(
                    "We had rather have no deal: points short of our reservation: {n}.",
                    n=short.company,
                )
            )
        if gain[1] < 0:
            found.append(
                message("The distributor had rather have no deal: points short of its reservation: {n}.",
                        n=short.distributor)
            )  # fmt: skip
        if not self._rational:
            found.append(_NOTHING)
        if dominating == 1:
            found.append(message("One package is better for one side and no worse for the other."))
        elif dominating:
            found.append(
                message("{n} packages are better for one side and no worse for the other.",
                        n=dominating)
            )  # fmt: skip
        else:
            found.append(
                message("No package is better for one side without being worse for the other.")
            )
        return found


def _rank(gain: Pair) -> tuple[int, int, int]:
    """Order gains: by the smaller one, by their sum, by ours."""
    return (min(gain), sum(gain), gain[0])


def _plain(points: Fraction) -> float:
    """Return points as a whole number where they are one."""
    return points.numerator if points.denominator == 1 else float(points)
