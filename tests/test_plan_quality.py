"""Deal quality: what a stated plan earns over many hidden distributors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.case_facts import CASE
from kamlib.distributor import Estimate, Packages, draw, load, room
from kamlib.distributor_file import ISSUES
from kamlib.plan_quality import (
    Plan,
    Yardstick,
    apart,
    minds,
    plan_score,
    play_plan,
    share_points,
)

PARAMETERS = load()
PACKAGES = Packages.of(PARAMETERS)
YARDSTICK = Yardstick.of(PACKAGES)
EVERYTHING = tuple(PARAMETERS.evidence_by_id())
NASH = room(PACKAGES, 118).nash or {}
TERMS = {"dealer_terms": "7d", "deliveries": "on-order", "minimum_order": 1, "models_carried": 3}
GOOD = {**TERMS, "stores_covered": 945, "monthly_target": 3500, "joint_promotion_krmb": 40,
        "promoters": 2}  # fmt: skip


def test_plans_of_known_quality_are_ranked() -> None:
    """Excellent, then without facts, then squeezing, pigeon-like, blank; over-claiming earns 0."""
    plans = [
        Plan(NASH, EVERYTHING),
        Plan({**GOOD, "rebate_per_unit": 20}, (), ({**GOOD, "rebate_per_unit": 30},)),
        Plan({**TERMS, "stores_covered": 945, "monthly_target": 3250}, EVERYTHING),
        Plan({"monthly_target": 2000, "rebate_per_unit": 10}),
        Plan({}),
    ]
    points = [plan_score(plan, PARAMETERS).points.mean for plan in plans]
    assert points == sorted(points, reverse=True)
    assert points[0] > 19
    assert points[-1] < 1
    over = plan_score(Plan({"monthly_target": 4500, "stores_covered": 945}, ("R1",)), PARAMETERS)
    assert over.points.mean == 0
    assert over.signed.mean == 0


def test_facts_bring_signatures() -> None:
    """The same offer is signed by more distributors once they have seen the evidence."""
    offer = {**TERMS, "stores_covered": 945, "monthly_target": 3250}
    without = plan_score(Plan(offer), PARAMETERS)
    with_facts = plan_score(Plan(offer, EVERYTHING), PARAMETERS)
    assert with_facts.signed.mean > without.signed.mean + 0.2
    assert with_facts.points.mean > without.points.mean


def test_what_can_be_refuted_costs_what_facts_would_bring() -> None:
    """After three refutable claims the same evidence moves beliefs less."""
    types = draw(PARAMETERS, 100, 7)
    clean, _ = minds(PARAMETERS, EVERYTHING, types)
    spoilt, trust = minds(PARAMETERS, ("R1", "R2", "R3", *EVERYTHING), types)
    assert (spoilt < clean).all()
    assert ((trust >= 0) & (trust <= 0.1 + 1e-9)).all()


def test_common_random_numbers_are_common() -> None:
    """What adds nothing to a plan changes nothing in its score, to the last bit."""
    one = plan_score(Plan(NASH, EVERYTHING), PARAMETERS)
    same = plan_score(Plan(NASH, (*EVERYTHING, "F02", "E1")), PARAMETERS)
    later = plan_score(Plan(NASH, EVERYTHING, ({"promoters": 2},)), PARAMETERS)
    assert one == same
    assert later.points == one.points


def test_a_promise_above_authority_is_void_unless_head_office_was_asked() -> None:
    """Unmarked it signs nobody; marked it takes days and is granted to some."""
    bold = {**NASH, "rebate_per_unit": 40}
    unmarked = plan_score(Plan(bold, EVERYTHING), PARAMETERS)
    marked = plan_score(Plan(bold, EVERYTHING, approval=frozenset({"rebate_per_unit"})), PARAMETERS)
    assert unmarked.signed.mean == 0
    chance = PARAMETERS.table.head_office["rebate_per_unit"].chance
    assert marked.signed.mean == pytest.approx(chance, abs=0.05)
    assert marked.days > unmarked.days
    assert marked.points.mean <= 20


def test_head_office_is_asked_once_for_one_wish() -> None:
    """A second package with the same wish costs no further days and has the same answer."""
    bold = {**NASH, "rebate_per_unit": 40}
    marked = frozenset({"rebate_per_unit"})
    types = draw(PARAMETERS, 100, 7)
    one = play_plan(PACKAGES, Plan(bold, (), (), None, marked), types)
    two = play_plan(PACKAGES, Plan(bold, (), ({**bold, "promoters": 0},), None, marked), types)
    assert (one.signed <= two.signed).all()
    assert two.day.max() == one.day.max() + PARAMETERS.policies.concession.days_a_step


def test_no_deal_is_no_failure_where_the_walk_away_point_lies_above_what_a_accepts() -> None:
    """Such types do not count; where all are such, nothing was earned."""
    stubborn = {**TERMS, "stores_covered": 945, "monthly_target": 3250}
    low = plan_score(Plan(stubborn), PARAMETERS)
    high = plan_score(Plan(stubborn, walk_away=478.0), PARAMETERS)
    assert low.excused == 0
    assert 0 < high.excused < 1
    assert high.points.mean > low.points.mean
    beyond = plan_score(Plan(NASH, EVERYTHING, walk_away=1e9), PARAMETERS)
    assert beyond.excused == 1
    assert beyond.points.mean == 0


def test_nothing_below_the_walk_away_point_is_offered() -> None:
    """A package worth less to us than the walk-away point signs nobody."""
    assert plan_score(Plan(NASH, EVERYTHING, walk_away=373.0), PARAMETERS).signed.mean == 0
    assert plan_score(Plan(NASH, EVERYTHING, walk_away=372.0), PARAMETERS).signed.mean == 1


def test_a_walk_away_point_that_is_no_number_is_none() -> None:
    """What is worth less to us than no deal is then not offered either."""
    giving = {"monthly_target": 2000, "rebate_per_unit": 30, "joint_promotion_krmb": 40,
              "promoters": 2, "stores_covered": 945, "minimum_order": 1}  # fmt: skip
    poor = {**giving, "joint_promotion_krmb": 60, "promoters": 4, "rebate_per_unit": 40}
    marked = frozenset(poor)
    assert PACKAGES.company[PACKAGES.index(poor)] < PACKAGES.company[PACKAGES.index(giving)]
    parameters = PARAMETERS.model_copy(
        update={
            "company_value": PARAMETERS.company_value.model_copy(update={"promoter_krmb": 30.0})
        }
    )
    assert Packages.of(parameters).company[PACKAGES.index(poor)] < PACKAGES.no_deal
    for walk_away in (None, float("nan")):
        plan = Plan(poor, walk_away=walk_away, approval=marked)
        assert plan_score(plan, parameters).signed.mean == 0


def test_the_error_is_that_of_the_mean() -> None:
    """The bootstrap agrees with the usual formula, and shrinks with more types."""
    plan = Plan({**GOOD, "rebate_per_unit": 10, "monthly_target": 3250})
    few, many = (plan_score(plan, PARAMETERS, types).points.error for types in (200, 1800))
    assert few is not None
    assert many is not None
    assert many == pytest.approx(few / 3, rel=0.35)


@pytest.mark.parametrize(
    ("points", "error", "ranked"),
    [(13.0, 1.0, True), (11.5, 1.0, True), (11.4, 1.0, False), (8.7, 1.0, False), (8.5, 1.0, True),
     (10.0, 0.0, False), (11.1, 0.0, True), (10.9, 0.0, False), (19.0, None, False)],
)  # fmt: skip
def test_plans_are_ranked_only_beyond_their_joint_error(
    points: float, error: float | None, ranked: bool
) -> None:
    """Beside 10 give or take 1, in either order; a score without error is never ranked."""
    some = plan_score(Plan({}), PARAMETERS, types=5)
    one = replace(some, points=Estimate(10.0, 1.0))
    other = replace(some, points=Estimate(points, error))
    assert apart(one, other) is ranked
    assert apart(other, one) is ranked


def test_the_frontier_is_what_no_package_beats() -> None:
    """Against every package within authority and the month: none is better for both."""
    ours = PACKAGES.company[YARDSTICK.open_]
    theirs = PACKAGES.distributor(1.0, YARDSTICK.open_)
    for one, two in YARDSTICK.frontier:
        assert not ((ours > one + 1e-6) & (theirs > two + 1e-6)).any()
    for one, two in YARDSTICK.hull:
        assert any(np.allclose((one, two), point, atol=1e-3) for point in YARDSTICK.frontier)


@given(st.integers(0, len(PACKAGES) - 1), st.floats(60, 250), st.floats(0, 500), st.floats(0, 500))
@settings(max_examples=100, deadline=None)
def test_the_parts_stay_between_0_and_1(
    index: int, reservation: float, ours: float, theirs: float
) -> None:
    """For any package, reservation and gains, feasible or not."""
    least = np.array([reservation] * 2)
    which = np.array([index])
    real = [PACKAGES.company[index] - PACKAGES.no_deal,
            float(PACKAGES.distributor(1.0, which)[0]) - reservation]  # fmt: skip
    gains = np.array([real, [ours, theirs]])
    for part in (
        YARDSTICK.efficiency(gains, least), YARDSTICK.nash(gains, least), share_points(gains)
    ):  # fmt: skip
        assert ((part >= 0) & (part <= 1)).all()
    if min(real) < -1e-6:
        assert YARDSTICK.efficiency(gains, least)[0] == 0
        assert YARDSTICK.nash(gains, least)[0] == 0


def test_corners_of_the_hull_are_fully_efficient() -> None:
    """From any reservation below them; half-way there is half as efficient."""
    for reservation in (100.0, 118.0, 140.0):
        corners = YARDSTICK.hull - [PACKAGES.no_deal, reservation]
        least = np.full(len(corners), reservation)
        assert YARDSTICK.efficiency(corners, least) == pytest.approx(1.0, abs=1e-3)
        assert YARDSTICK.efficiency(corners / 2, least) == pytest.approx(0.5, abs=1e-3)
        assert YARDSTICK.nash(corners, least).max() == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(
    ("share", "points"), [(0.15, 0), (0.275, 0.5), (0.4, 1), (0.5, 1), (0.6, 1), (0.85, 0), (1, 0)]
)
def test_the_share_has_a_plateau(share: float, points: float) -> None:
    """Full between 0.40 and 0.60, linear to nothing at 0.15 and 0.85."""
    assert share_points(np.array([[share, 1 - share]]))[0] == pytest.approx(points)


options = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(PARAMETERS.issues.options(name)) for name in ISSUES}
)


@given(
    opening=options,
    concessions=st.lists(options, max_size=3),
    evidence=st.lists(st.sampled_from([*EVERYTHING, "R1", "nonsense"]), max_size=9),
    walk_away=st.none() | st.floats(),
    approval=st.frozensets(st.sampled_from(ISSUES)),
)
@settings(max_examples=40, deadline=None)
def test_any_plan_has_a_finite_score(
    opening: dict[str, Any],
    concessions: list[dict[str, Any]],
    evidence: list[str],
    walk_away: float | None,
    approval: frozenset[str],
) -> None:
    """Points lie in 0 to 20, shares in 0 to 1, whatever the plan."""
    plan = Plan(opening, tuple(evidence), tuple(concessions), walk_away, approval)
    score = plan_score(plan, PARAMETERS, types=30)
    assert 0 <= score.points.mean <= 20
    assert score.points.mean == pytest.approx(score.efficiency + score.nash + score.share)
    assert 0 <= score.signed.mean <= 1
    assert 0 <= score.excused <= 1 - score.signed.mean + 1e-9
    assert score.points.error is None or np.isfinite(score.points.error)


def test_case_1b_is_scored_by_the_same_code() -> None:
    """Its Nash deal earns nearly everything, today's terms nothing."""
    parameters = load(CASE.parent / "case_1b")
    packages = Packages.of(parameters)
    nash = room(packages, parameters.hidden_type.reservation_krmb.mean).nash or {}
    assert plan_score(Plan(nash, EVERYTHING), parameters).points.mean > 18
    assert plan_score(Plan({}), parameters).points.mean < 2


def test_what_is_no_package_is_refused() -> None:
    """An option that the case does not have raises `ValueError`."""
    with pytest.raises(ValueError, match="none of the options"):
        plan_score(Plan({"promoters": 7}), PARAMETERS)
