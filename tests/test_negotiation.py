"""The point game: the case's numbers, the definitions at their edges, and any other game."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.negotiation import Game, GameError, Outcome
from kamlib.words import Words

UNIT = Path(__file__).parents[1] / "units" / "07_case1_negotiation"
CASE = UNIT / "case" / "game.json"
CASE_B = UNIT / "case_1b" / "game.json"
ENGLISH = Words("en")


@pytest.fixture(scope="module")
def case() -> Game:
    return Game.load(CASE)


# The numbers of the case


def test_the_case_has_its_packages(case: Game) -> None:
    """136,080 packages in all, 54,432 within authority."""
    assert case.size == 136_080
    assert case.within_authority().size == 54_432


@pytest.mark.parametrize(
    ("within", "frontier", "rational", "nash", "kalai", "smorodinsky", "ideal"),
    [
        (False, 57, 32, (68, 63), (68, 63), (66, 64), (85, 86)),
        (True, 44, 22, (67, 62), (67, 62), (67, 62), (85, 78)),
    ],
)
def test_the_case_has_its_frontier_and_solutions(
    case: Game, within: bool, frontier: int, rational: int,
    nash: Outcome, kalai: Outcome, smorodinsky: Outcome, ideal: Outcome,
) -> None:  # fmt: skip
    """Frontier, rational part, Nash, Kalai, Kalai–Smorodinsky and the ideal are the case's."""
    game = case.within_authority() if within else case
    assert len(game.frontier()) == len(set(game.frontier())) == frontier
    assert len(game.rational_frontier()) == rational
    assert game.nash().utilities == nash
    assert game.kalai().utilities == kalai
    assert game.kalai_smorodinsky().utilities == smorodinsky
    assert game.ideal().utilities == ideal


@pytest.mark.parametrize(
    ("name", "points", "ours", "theirs", "dominating"),
    [
        ("status_quo", (36, 44), False, True, None),
        ("hard_line", (58, 24), True, False, None),
        ("distributor_opening", (0, 92), False, True, None),
        ("split_the_difference", (62, 57), True, True, (1653, 315)),
        ("traded_package", (70, 59), True, True, (2, 0)),
    ],
)
def test_the_named_deals_are_worth_what_the_case_says(
    case: Game, name: str, points: Outcome, ours: bool, theirs: bool,
    dominating: tuple[int, int] | None,
) -> None:  # fmt: skip
    """Points, who had rather walk away, and how many packages beat the deal, in all and within."""
    found, within = case.assess(name), case.within_authority().assess(name)
    assert found.utilities == within.utilities == points
    assert (found.company_rational, found.distributor_rational) == (ours, theirs)
    assert found.rational == (ours and theirs)
    if dominating:
        assert (found.dominating, within.dominating) == dominating
    else:
        assert (found.radial_efficiency, found.nash_ratio, found.surplus_share) == (0, 0, None)


def test_the_distributors_opening_is_beyond_our_authority(case: Game) -> None:
    """It promises more than allowed on three issues, and each is said with its limit."""
    found = case.assess("distributor_opening")
    assert found.exceeds == ("rebate_per_unit", "joint_promotion_krmb", "promoters")
    assert not found.within_authority
    assert case.assess("traded_package").within_authority
    assert [ENGLISH.say(said) for said in found.messages][:3] == [
        "This needs approval: rebate per unit, 40 RMB; the limit is 30 RMB.",
        "This needs approval: joint promotion, RMB 60,000; the limit is RMB 40,000.",
        "This needs approval: promoters, 4 people; the limit is 2 people.",
    ]


def test_the_traded_package_is_measured_by_hand(case: Game) -> None:
    """Gains 28 and 21: 588 of Nash's 600, our share 28/49, and a corner of the hull within."""
    within = case.within_authority().assess("traded_package")
    assert within.gains == (28, 21)
    assert within.nash_ratio == pytest.approx(588 / 600)
    assert within.surplus_share == pytest.approx(28 / 49)
    assert within.radial_efficiency == 1
    assert (70, 59) in case.within_authority().frontier()
    assert case.assess("traded_package").nash_ratio == pytest.approx(588 / 650)


def test_a_solution_shows_packages_that_are_worth_it(case: Game) -> None:
    """Each example of a solution has the solution's points and stays within its game."""
    for game in (case, case.within_authority()):
        for found in (game.nash(), game.kalai(), game.kalai_smorodinsky()):
            assert found.deals
            assert found.why is None
            assert {game.assess(deal).utilities for deal in found.deals} == {found.utilities}
    assert all(case.assess(deal).within_authority for deal in case.within_authority().nash().deals)
    assert case.ideal().deals == ()


def test_models_carried_is_the_issue_that_relaying_never_finds(case: Game) -> None:
    """From the split, the first step helps both on one issue alone; the others are exchanges."""
    first, *others = case.trade("split_the_difference")
    assert first.changes == (("models_carried", 2, 3),)
    assert first.gains == (3, 3)
    assert others
    assert all(len(trade.changes) == 2 for trade in others)
    said = [ENGLISH.say(one) for one in case.advice("split_the_difference")]
    assert said[0] == (
        "Change our models carried from 2 models to 3 models. "
        "Points: +3 for us, +3 for the distributor."
    )
    assert said[1].startswith("Give: ")


def test_both_games_are_said_in_both_languages() -> None:
    """Every issue, named deal and option has its own words, in English and in Chinese."""
    for path in (CASE, CASE_B):
        game = Game.load(path)
        chinese = Words("zh", game.sheets.texts("zh"))
        called = [game.sheets.issue(issue.name) for issue in game.sheets.issues]
        called += [game.sheets.deal(name) for name in game.sheets.deals]
        for said in called:
            assert "_" not in ENGLISH.say(said)
            assert chinese.say(said) != ENGLISH.say(said)
        for issue in game.sheets.issues:
            for option in issue.options:
                said = game.sheets.option(issue.name, option)
                assert ENGLISH.say(said) not in {"3d", "7d", "2/wk", "3/wk", "on-order"}
                assert chinese.say(said) not in {"cash", *map(str, issue.options)}


def test_case_1b_has_the_structure_with_other_numbers(case: Game) -> None:
    """Same issues, limits and named deals; other options, points and reservations; as instructive.

    Status quo below ours, hard line below theirs, an issue both want the same on, a traded package
    near the frontier, a split that many packages beat, and rules of fairness that differ.
    """
    other = Game.load(CASE_B)
    assert [i.name for i in other.sheets.issues] == [i.name for i in case.sheets.issues]
    assert [len(i.options) for i in other.sheets.issues] == [
        len(i.options) for i in case.sheets.issues
    ]
    assert set(other.sheets.authority) == set(case.sheets.authority)
    assert set(other.sheets.deals) == set(case.sheets.deals)
    for one, two in zip(other.sheets.issues, case.sheets.issues, strict=True):
        assert (one.company, one.distributor) != (two.company, two.distributor)
    assert other.reservation.company != case.reservation.company
    assert other.reservation.distributor != case.reservation.distributor
    assert not other.assess("status_quo").company_rational
    assert not other.assess("hard_line").distributor_rational
    assert not other.assess("distributor_opening").within_authority
    within = other.within_authority()
    traded, split = within.assess("traded_package"), within.assess("split_the_difference")
    assert traded.within_authority
    assert traded.dominating <= 2
    assert (traded.radial_efficiency or 0) > 0.95
    assert split.rational
    assert split.dominating > 100
    assert other.trade("split_the_difference")[0].changes[0][0] == "models_carried"
    rules = [game.utilities for game in (other.nash(), other.kalai(), other.kalai_smorodinsky())]
    assert len(set(rules)) > 1


# Any game against going through every package


def points() -> st.SearchStrategy[float]:
    """Points as a person or a program may write them: whole, negative, with decimals."""
    return st.one_of(
        st.integers(-6, 12),
        st.integers(-30, 60).map(lambda tenths: tenths / 10),
        st.floats(-9, 9),
    )


@st.composite
def games(draw: st.DrawFn) -> dict[str, Any]:
    """Return a small game, with ties, mostly with limits, and often nothing to agree on."""
    issues = {}
    authority = {}
    of_points = draw(st.sampled_from([st.integers(0, 4), points()]))
    for number in range(draw(st.integers(1, 4))):
        size = draw(st.integers(1, 4))
        scores = st.lists(of_points, min_size=size, max_size=size)
        issues[f"i{number}"] = {
            "options": list(range(size)), "company": draw(scores), "distributor": draw(scores),
        }  # fmt: skip
        if draw(st.booleans()):
            authority[f"i{number}"] = draw(st.integers(0, size))
    reservation = {"company": draw(of_points), "distributor": draw(of_points)}
    return {"issues": issues, "reservation": reservation, "authority": authority}


def exact(points: float) -> Fraction:
    return Fraction(repr(points))


class Brute:
    """The definitions, word for word, over every package."""

    def __init__(self, data: Mapping[str, Any], within: bool) -> None:
        issues = data["issues"]
        self.floor = tuple(exact(data["reservation"][side]) for side in ("company", "distributor"))
        self.deals = {}
        for deal in itertools.product(*(issue["options"] for issue in issues.values())):
            limits = zip(issues, deal, strict=True)
            if not within or all(
                option <= data["authority"].get(name, option) for name, option in limits
            ):
                self.deals[deal] = self.worth(data, deal)
        worths = set(self.deals.values())
        self.frontier = {one for one in worths if not any(beats(other, one) for other in worths)}
        self.rational = {one for one in self.frontier if min(self.gain(one)) >= 0}

    @staticmethod
    def worth(data: Mapping[str, Any], deal: tuple[int, ...]) -> tuple[Fraction, Fraction]:
        chosen = list(zip(data["issues"].values(), deal, strict=True))
        ours = sum((exact(issue["company"][option]) for issue, option in chosen), Fraction(0))
        theirs = sum((exact(issue["distributor"][option]) for issue, option in chosen), Fraction(0))
        return (ours, theirs)

    def gain(self, worth: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
        return (worth[0] - self.floor[0], worth[1] - self.floor[1])

    def radial(self, worth: tuple[Fraction, Fraction]) -> float | None:
        """Return the efficiency by trying every pair of frontier points as the hull's edge.

        The furthest point along the ray that a mixture of two frontier points, or giving away,
        reaches: the hull is the outermost of all mixtures.
        """
        ours, theirs = self.gain(worth)
        if ours < 0 or theirs < 0 or ours == theirs == 0:
            return 0.0
        furthest = None
        for one, two in itertools.product(self.frontier, repeat=2):
            (a, b), (c, d) = self.gain(one), self.gain(two)
            # where the mixture lies on the ray, and at both ends what giving away still reaches
            shares = [Fraction(0), Fraction(1)]
            cross = (c - a) * theirs - (d - b) * ours
            if cross:
                shares.append((b * ours - a * theirs) / cross)
            for share in shares:
                if 0 <= share <= 1:
                    x, y = a + share * (c - a), b + share * (d - b)
                    along = ((x, ours), (y, theirs))
                    reached = min(there / step for there, step in along if step)
                    # along an upright or level ray the other side must still get its floor
                    if (ours == 0 and x < 0) or (theirs == 0 and y < 0):
                        continue
                    furthest = reached if furthest is None else max(furthest, reached)
        return float(1 / furthest) if furthest is not None and furthest > 0 else None


def beats(one: tuple[Fraction, Fraction], other: tuple[Fraction, Fraction]) -> bool:
    return one != other and one[0] >= other[0] and one[1] >= other[1]


def close(found: tuple[float, float], worth: tuple[Fraction, Fraction]) -> bool:
    return found == tuple(float(one) for one in worth)


@settings(max_examples=150, deadline=None)
@given(games(), st.booleans(), st.data())
def test_any_game_is_answered_as_by_going_through_every_package(
    data: dict[str, Any], within: bool, more: st.DataObject
) -> None:
    """Frontier, solutions and the assessment of any deal are exact for any additive sheets."""
    game = Game.parse(data)
    game = game.within_authority() if within else game
    brute = Brute(data, within)
    assert game.size == len(brute.deals)
    assert game.frontier() == tuple(
        Outcome(float(ours), float(theirs)) for ours, theirs in sorted(brute.frontier)
    )
    assert len(game.rational_frontier()) == len(brute.rational)
    assert game.rational_packages() == sum(
        min(brute.gain(worth)) >= 0 for worth in brute.deals.values()
    )
    rules = {
        "nash": lambda gain: gain[0] * gain[1],
        "kalai": min,
        "kalai_smorodinsky": lambda gain: min(
            gain[0] * max(brute.gain(one)[1] for one in brute.rational),
            gain[1] * max(brute.gain(one)[0] for one in brute.rational),
        ),
    }
    for name, merit in rules.items():
        found = getattr(game, name)()
        if not brute.rational:
            assert found.utilities is None
            assert found.why is not None
            continue
        best = max(merit(brute.gain(worth)) for worth in brute.rational)
        equal = [worth for worth in brute.rational if merit(brute.gain(worth)) == best]
        assert any(close(found.utilities, worth) for worth in equal)
        assert found.ties == len(equal) - 1
        assert all(close(found.utilities, brute.deals[deal]) for deal in found.deals)
        assert found.deals
    deal = more.draw(
        st.tuples(*(st.sampled_from(issue["options"]) for issue in data["issues"].values()))
    )
    worth = Brute.worth(data, deal)
    found = game.assess(deal)
    assert close(found.utilities, worth)
    assert found.company_rational == (brute.gain(worth)[0] >= 0)
    assert found.distributor_rational == (brute.gain(worth)[1] >= 0)
    assert found.dominating == sum(beats(other, worth) for other in brute.deals.values())
    expected = brute.radial(worth)
    assert found.radial_efficiency == (
        None if expected is None else pytest.approx(expected, rel=1e-9)
    )
    limited = data["authority"]
    assert found.exceeds == tuple(
        name
        for name, option in zip(data["issues"], deal, strict=True)
        if option > limited.get(name, option)
    )
    for trade in game.trade(deal):
        changed = dict(zip(data["issues"], deal, strict=True))
        for issue, now, instead in trade.changes:
            assert changed[issue] == now
            changed[issue] = instead
        assert beats(Brute.worth(data, tuple(changed.values())), worth)


# The definitions at their edges


def small(**changes: Any) -> dict[str, Any]:
    """Return a game of two issues, with parts of it changed."""
    game = {
        "reservation": {"company": 2, "distributor": 2},
        "issues": {
            "price": {"options": [9, 10], "company": [0, 4], "distributor": [3, 0]},
            "credit": {"options": ["cash", "7d"], "company": [2, 0], "distributor": [0, 5]},
        },
    }
    return game | changes


def one_issue(ours: list[float], theirs: list[float], **reservation: float) -> Game:
    """Return a game of one issue, without reservations unless they are given."""
    issue = {"options": list(range(len(ours))), "company": ours, "distributor": theirs}
    return Game.parse(
        {
            "reservation": {"company": 0, "distributor": 0} | reservation,
            "issues": {"price": issue},
        }
    )


def test_where_nothing_is_rational_the_game_says_so() -> None:
    """No solution, no error: a sentence, and a deal that is simply not rational."""
    game = one_issue([0, 1], [1, 0], company=5, distributor=5)
    for found in (game.nash(), game.kalai(), game.kalai_smorodinsky(), game.ideal()):
        assert found.utilities is None
        assert found.deals == ()
        assert found.why is not None
        assert "No package" in ENGLISH.say(found.why)
    assert game.rational_frontier() == ()
    assert game.rational_packages() == 0
    found = game.assess([0])
    assert (found.rational, found.radial_efficiency, found.nash_ratio) == (False, 0, 0)
    assert any("No package gives both" in ENGLISH.say(said) for said in found.messages)


def test_below_both_reservations_the_product_does_not_count() -> None:
    """Two losses make no positive Nash ratio."""
    found = one_issue([0, 9], [0, 9], company=3, distributor=3).assess([0])
    assert found.gains == (-3, -3)
    assert found.nash_ratio == 0


def test_a_deal_exactly_at_both_reservations_is_rational_and_gains_nothing() -> None:
    """At least as good as no deal is rational; nothing is gained, so nothing is shared."""
    found = one_issue([0, 5], [0, 5]).assess([0])
    assert found.rational
    assert (found.radial_efficiency, found.nash_ratio, found.surplus_share) == (0, 0, None)


def test_where_only_one_side_can_gain_there_is_no_nash_ratio() -> None:
    """A largest product of 0 is no yardstick; the solutions still name the one point left."""
    game = one_issue([0, 0], [1, 4])
    assert game.assess([0]).nash_ratio is None
    assert game.nash().utilities == game.kalai_smorodinsky().utilities == (0, 4)
    assert game.assess([0]).radial_efficiency == pytest.approx(0.25)


def test_efficiency_is_measured_against_the_upper_hull() -> None:
    """A frontier point in a dent of the hull, which nothing beats, is still short of 1."""
    game = one_issue([0, 2, 10], [10, 2, 0])
    found = game.assess([1])
    assert (2, 2) in game.frontier()
    assert found.dominating == 0
    assert found.radial_efficiency == pytest.approx(4 / 10)
    assert game.assess([0]).radial_efficiency == 1


def test_beside_the_frontiers_end_one_may_always_give_away() -> None:
    """Beyond its last point the hull goes on level: a worse deal there is short of 1."""
    game = one_issue([5, 1], [5, 4])
    assert game.frontier() == ((5, 5),)
    assert game.assess([1]).radial_efficiency == pytest.approx(4 / 5)


def test_a_deal_beyond_authority_is_measured_against_what_we_may_promise() -> None:
    """It may be better than all that is allowed, and it counts only what beats it within."""
    game = one_issue([1, 2, 4], [1, 2, 4])
    data = small(
        issues={"price": {"options": [0, 1, 2], "company": [1, 2, 4], "distributor": [1, 2, 4]}},
        reservation={"company": 0, "distributor": 0},
        authority={"price": 1},
    )
    within = Game.parse(data).within_authority()
    found = within.assess([2])
    assert (found.radial_efficiency, found.nash_ratio, found.dominating) == (2, 4, 0)
    assert found.exceeds == ("price",)
    assert game.assess([2]).radial_efficiency == 1


def test_within_authority_may_leave_nothing_in_a_deals_direction() -> None:
    """Where all that we may promise lies below a reservation, efficiency has no yardstick."""
    data = small(
        issues={"price": {"options": [0, 1], "company": [-2, 0], "distributor": [9, 5]}},
        reservation={"company": 0, "distributor": 0},
        authority={"price": 0},
    )
    found = Game.parse(data).within_authority().assess([1])
    assert found.rational
    assert found.radial_efficiency is None
    assert found.nash_ratio is None


def test_packages_that_are_worth_the_same_count_each() -> None:
    """Dominating deals are packages, not points."""
    assert one_issue([1, 2, 2, 2], [1, 2, 2, 1]).assess([0]).dominating == 3


def test_equal_points_do_not_beat_each_other_and_stand_once_on_the_frontier() -> None:
    """Two packages of the same worth are one point, with both as examples."""
    game = one_issue([2, 2, 3], [2, 2, 0])
    assert game.frontier() == ((2, 2), (3, 0))
    assert game.nash().deals == ((0,), (1,))
    assert game.assess([0]).dominating == 0


def test_among_equal_products_the_more_equal_points_are_picked() -> None:
    """4×9 and 6×6 and 9×4 are one product: Nash takes 6×6 and says that two are as good."""
    found = one_issue([4, 6, 9], [9, 6, 4]).nash()
    assert found.utilities == (6, 6)
    assert found.ties == 2


def test_decimals_are_added_as_they_are_written(tmp_path: Path) -> None:
    """0.1 and 0.2 make 0.3, from a file and from numbers, so such a deal is not below 0.3."""
    issues = {
        name: {"options": [0], "company": [points], "distributor": [points]}
        for name, points in (("price", 0.1), ("credit", 0.2))
    }
    data = {"reservation": {"company": 0.3, "distributor": 0.3}, "issues": issues}
    path = tmp_path / "game.json"
    path.write_text(json.dumps(data), "utf-8")
    for game in (Game.parse(data), Game.load(path)):
        assert game.assess([0, 0]).rational
        assert game.nash().utilities == (0.3, 0.3)


def test_points_of_any_size_are_exact() -> None:
    """Numbers that no machine word holds are compared exactly, not rounded together."""
    game = one_issue([1e300, 1e-300], [1e-300, 2e-300])
    assert len(game.frontier()) == 2
    assert game.assess([1]).dominating == 0
    assert one_issue([10**30, 10**30 + 1], [1, 1]).assess([0]).dominating == 1


def test_a_deal_beyond_authority_may_be_worth_more_than_a_machine_word() -> None:
    """What we may not promise is compared exactly with the small numbers that we may."""
    data = small(
        issues={
            "price": {"options": [0, 1], "company": [1, 10**30], "distributor": [1, -(10**30)]}
        },
        authority={"price": 0},
    )
    found = Game.parse(data).within_authority().assess([1])
    assert found.utilities == (10**30, -(10**30))
    assert found.dominating == 0


def test_yes_is_not_the_option_one() -> None:
    """A truth value in a deal is a slip, even where the options hold 1."""
    with pytest.raises(GameError, match="“True” is no option of price"):
        one_issue([0, 1], [1, 0]).assess([True])


def test_a_large_game_is_answered_without_going_through_it() -> None:
    """Twenty issues, ten thousand million packages: every count is exact."""
    issues = {
        f"i{number}": {"options": [0, 1, 2], "company": [0, 1, 2], "distributor": [2, 1, 0]}
        for number in range(20)
    }
    game = Game.parse({"reservation": {"company": 10, "distributor": 10}, "issues": issues})
    assert game.size == 3**20
    assert len(game.frontier()) == 41
    assert game.nash().utilities == (20, 20)
    assert game.assess([0] * 20).dominating == 0


def test_a_game_without_limits_is_wholly_within_authority() -> None:
    """Authority and named deals may be left out of the file."""
    game = Game.parse(small())
    assert game.within_authority().size == game.size == 4
    assert game.assess([10, "7d"]).within_authority


def test_a_limit_may_be_a_list_of_options() -> None:
    """Where options are words, authority lists those that we may promise."""
    game = Game.parse(small(authority={"credit": ["cash"]}))
    assert game.within_authority().frontier() == ((2, 3), (6, 0))
    assert game.assess([9, "7d"]).exceeds == ("credit",)


def test_a_deal_may_be_given_by_issue() -> None:
    """The options by their issues' names, in any order, are the same deal."""
    game = Game.parse(small())
    assert game.assess({"credit": "7d", "price": 10}) == game.assess([10, "7d"])


# Steps that help both


def test_an_exchange_gives_on_one_issue_and_gets_on_another() -> None:
    """What we give is said first, and both gain."""
    (trade,) = Game.parse(small()).trade([9, "cash"])
    assert trade.changes == (("credit", "cash", "7d"), ("price", 9, 10))
    assert trade.gains == (2, 2)
    assert ENGLISH.say(trade.message) == (
        "Give: credit from cash to 7d. Get: price from 9 to 10. "
        "Points: +2 for us, +2 for the distributor."
    )


def test_a_step_never_takes_two_options_on_one_issue() -> None:
    """What one option gives and another gets on the same issue is no exchange."""
    assert one_issue([5, 4, 9], [5, 9, 4]).trade([0]) == ()


def test_where_no_step_helps_that_is_said() -> None:
    """On the frontier there is no step, and one sentence says so."""
    game = Game.parse(small())
    assert game.trade([10, "7d"]) == ()
    (said,) = game.advice([10, "7d"])
    assert "No change on one issue" in ENGLISH.say(said)


def test_steps_stay_within_the_game() -> None:
    """Within authority no step asks for more than we may promise."""
    game = Game.parse(small(authority={"credit": ["cash"]}))
    assert game.trade([9, "cash"])
    assert game.within_authority().trade([9, "cash"]) == ()


# Bad files and bad deals


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"issues": {}}, "no issue"),
        ({"issues": []}, "“issues”"),
        ({"reservation": {"company": 2}}, "“distributor” walks away"),
        ({"reservation": {"company": "two", "distributor": 1}}, "“two” is not a number of points"),
        ({"reservation": {"company": True, "distributor": 1}}, "“True” is not a number"),
        ({"authority": {"rebate": 3}}, "on rebate, which is no issue; the issues are price, credit"),
        ({"authority": {"credit": 3}}, "on credit fits none of its options"),
        ({"authority": {"credit": ["cash", "30d"]}}, "on credit fits none of its options"),
        ({"authority": {"price": 3}}, "on price fits none of its options"),
        ({"named_deals": {"x": [9, "30d"]}}, "In the deal “x”, “30d” is no option of credit"),
        ({"named_deals": {"x": [9]}}, "each of the 2 issues needs one option; options found: 1"),
        ({"named_deals": {"x": {"rebate": 1}}}, "there is no issue rebate"),
        ({"named_deals": {"x": {"price": 9}}}, "nothing is agreed on credit"),
        ({"words": {"issues": {"price": {"en": "price"}}}}, "“price” is not there in every language"),
    ],
)  # fmt: skip
def test_a_bad_game_is_refused_with_a_sentence(changes: dict[str, Any], said: str) -> None:
    """What is wrong, where, and what stands there instead."""
    with pytest.raises(GameError) as found:
        Game.parse(small(**changes))
    assert isinstance(found.value, ValueError)
    assert said in str(found.value)
    assert ENGLISH.say(found.value.message) == str(found.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"company": [1]}, "options: 2, points under “company”: 1"),
        ({"distributor": None}, "“distributor” is missing"),
        ({"options": [1, 1]}, "the option 1 stands twice"),
        ({"options": [1, None]}, "“None” is neither a number nor a word"),
        ({"company": [1, float("nan")]}, "“nan” is not a number of points"),
        ({"company": [1, float("inf")]}, "“inf” is not a number of points"),
    ],
)
def test_a_bad_issue_is_refused_with_its_name(changes: dict[str, Any], said: str) -> None:
    """The sentence names the issue."""
    issue = {"options": [1, 2], "company": [0, 1], "distributor": [1, 0]} | changes
    with pytest.raises(GameError) as found:
        Game.parse(small(issues={"price": issue}))
    assert said in str(found.value)
    assert "ssue price" in str(found.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "damaged in line 1"),
        ('{"issues": {"a": {}, "a": {}}}', "“a” stands twice"),
        ('{"reservation": NaN}', "NaN, which is no number"),
        ("[]", "the game: a list of names"),
        ("[" * 100_000, "too many brackets"),
        ("[" + "1" * 5000 + "]", "a number that is too long"),
    ],
)
def test_a_damaged_file_is_refused_with_its_name_or_place(
    tmp_path: Path, text: str, said: str
) -> None:
    """Whatever stands in the file, a person reads one sentence."""
    path = tmp_path / "game.json"
    path.write_text(text, "utf-8")
    with pytest.raises(GameError) as found:
        Game.load(path)
    assert said in str(found.value)


def test_a_file_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    """Neither ends in a traceback of the operating system's."""
    with pytest.raises(GameError, match=r"game\.json cannot be read"):
        Game.load(tmp_path / "game.json")
    (tmp_path / "game.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(GameError, match="not text"):
        Game.load(tmp_path / "game.json")


@pytest.mark.parametrize(
    ("deal", "said"),
    [
        ("handshake", "no deal named “handshake” in the game; it names none"),
        ([9], "each of the 2 issues needs one option; options found: 1"),
        ([9, True], "“True” is no option of credit; the options are cash, 7d"),
        ([9, ["cash"]], "is no option of credit"),
        ([9, "cash", 1], "each of the 2 issues needs one option"),
        (7, "the deal is not a list of options"),
    ],
)
def test_a_bad_deal_is_refused_with_a_sentence(deal: Any, said: str) -> None:
    """A deal that is none is named, with what may stand there."""
    with pytest.raises(GameError) as found:
        Game.parse(small()).assess(deal)
    assert said in str(found.value)
