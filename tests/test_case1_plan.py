"""A plan for case 1 as its forms state it: what it means, what it is worth, and what is said to it."""

from __future__ import annotations

import json

import pytest

from kamlib.case1_plan import (
    FALLS,
    FULL,
    TYPES,
    chance,
    conduct,
    deals,
    levers,
    said,
    stated_plan,
    tried,
)
from kamlib.distributor import Packages, load
from kamlib.feasibility import Plan as Levers
from kamlib.feasibility import run
from kamlib.plan_quality import plan_score
from kamlib.words import Words
from tests.plans import UNIT

SIMULATION = {"simulation": (UNIT / "case" / "simulation.json").read_text("utf-8")}
FACTS = {"facts": (UNIT / "case" / "facts.yaml").read_text("utf-8")}
CASES = ("case", "case_1b")

GOOD = {
    "monthly_target": "3500", "rebate_per_unit": "30", "joint_promotion_krmb": "40",
    "dealer_terms": "7d", "deliveries": "3wk", "minimum_order": "1", "models_carried": "3",
    "stores_covered": "945", "promoters": "2", "approval": "none",
}  # fmt: skip
CARRIED = {
    "fact_1": "e7", "fact_2": "e4", "fact_3": "e2", "walk_target": 2830.0, "walk_rebate": "30",
    "give_1": "monthly_target", "for_1": "more_models", "give_2": "promoters", "for_2": "nothing",
}  # fmt: skip
PARAMETERS = load()


def told(measured: object) -> str:
    """Return all that is said, in English."""
    words = Words("en")
    return " ".join(words.say(one) for one in (*measured.notes, *measured.wrong))  # type: ignore[attr-defined]


# What the fields mean.


def test_the_options_of_a_form_are_those_of_the_case() -> None:
    """A name in a form cannot hold a slash or a hyphen; it means the same option."""
    plan = stated_plan(GOOD | {"deliveries": "on_order"}, PARAMETERS)
    assert plan.opening["deliveries"] == "on-order"
    assert plan.opening["dealer_terms"] == "7d"
    assert plan.opening["monthly_target"] == 3500
    assert set(plan.opening) == set(GOOD) - {"approval"}


def test_a_free_target_counts_as_the_nearest_step() -> None:
    """A first version may name any number; stores may be named in words."""
    plan = stated_plan({"monthly_target": 3190.0, "shops": "many"}, PARAMETERS)
    assert plan.opening == {"monthly_target": 3250, "stores_covered": 1100}


def test_an_option_that_the_case_does_not_have_is_left_as_it_is_today() -> None:
    """Nothing that a trainee can type raises."""
    assert stated_plan({"monthly_target": "9999", "rebate_per_unit": "x"}, PARAMETERS).opening == {}


def test_an_exchange_moves_one_step_each_way_from_the_package_before() -> None:
    """What is given goes towards A, what is asked for towards us; at the end of the options it stays."""
    first, second = stated_plan(GOOD | CARRIED, PARAMETERS).concessions
    assert (first["monthly_target"], first["models_carried"]) == (3250, 3)
    assert second == {**first, "promoters": 4}


def test_an_exchange_without_a_give_is_none() -> None:
    """Asking alone is no concession."""
    assert stated_plan(
        {"for_1": "target_up", "give_2": "rebate_per_unit"}, PARAMETERS
    ).concessions == ({"rebate_per_unit": 10},)


def test_what_is_marked_for_approval() -> None:
    """“All” means everything that has a limit, and “none” nothing."""
    marked = [
        stated_plan({"approval": word}, PARAMETERS).approval for word in ("none", "rebate", "all")
    ]
    assert marked == [
        frozenset(),
        {"rebate_per_unit"},
        {"rebate_per_unit", "joint_promotion_krmb", "promoters"},
    ]


def test_the_walk_away_point_is_what_the_package_is_worth_there() -> None:
    """Nothing below it is offered: getting up above every offer signs nothing."""
    packages = Packages.of(PARAMETERS)
    plan = stated_plan(GOOD | {"walk_target": 2830.0, "walk_rebate": "20"}, PARAMETERS)
    at = packages.index({**plan.opening, "monthly_target": 2830, "rebate_per_unit": 20})
    assert plan.walk_away == packages.company[at]
    assert stated_plan(GOOD, PARAMETERS).walk_away is None
    stubborn = tried(
        {**GOOD, "monthly_target": "2400", "walk_target": 4500.0, "walk_rebate": "0"}, SIMULATION
    )
    assert stubborn is not None
    assert stubborn.score.signed.mean == 0


# Deals.


def test_deal_quality_is_that_of_the_simulation() -> None:
    """The share is the mean over the hidden owners, of what earns full marks."""
    score = plan_score(stated_plan(GOOD | CARRIED, PARAMETERS), PARAMETERS, TYPES)
    measured = deals(GOOD | CARRIED, SIMULATION)
    assert measured.share == pytest.approx(min(1.0, score.points.mean / FULL))
    assert conduct(GOOD | CARRIED, SIMULATION).share == measured.share
    assert f"Tried on {TYPES} possible owners" in told(measured)


@pytest.mark.parametrize(
    ("change", "fall", "words"),
    [
        ({"monthly_target": "4500"}, "beyond_reach", "about 3,"),
        ({"rebate_per_unit": "40"}, "void", "head office would void"),
        ({"minimum_order": "10", "models_carried": "1", "stores_covered": "835", "dealer_terms": "cash",
          "deliveries": "2wk", "monthly_target": "2400"}, "left_lying", "Both sides could still have more"),
        ({"rebate_per_unit": "0", "joint_promotion_krmb": "0", "promoters": "0",
          "monthly_target": "4000"}, "unsigned", "Most owners of A do not sign"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_package_is_said(
    change: dict[str, str], fall: str, words: str
) -> None:
    """Each known fault has its sentence, and costs."""
    measured = deals({**GOOD, **change}, SIMULATION)
    assert fall in measured.falls
    assert words in told(measured)
    assert measured.share < deals(GOOD, SIMULATION).share


@pytest.mark.parametrize(
    ("facts", "fall"),
    [
        ({}, "no_facts"),
        ({"fact_1": "proof"}, "refutable"),
        ({"fact_1": "e1", "fact_2": "e2"}, "same_family"),
    ],
)
def test_what_is_wrong_with_how_it_is_carried_through_is_said(
    facts: dict[str, str], fall: str
) -> None:
    """Facts, claims and repetitions are told with the conduct, not with the package."""
    assert fall in conduct({**GOOD, **facts}, SIMULATION).falls
    assert fall not in deals({**GOOD, **facts}, SIMULATION).falls


def test_without_a_package_there_is_nothing_to_try() -> None:
    """Conduct alone earns nothing, and says why."""
    for measure in (deals, conduct, chance):
        measured = measure(dict(CARRIED), SIMULATION)
        assert (measured.share, measured.falls) == (0.0, ("nothing_to_try",))
        assert measured.wrong


def test_what_needs_approval_and_is_marked_may_be_granted() -> None:
    """Head office grants some of it, so that some sign; unmarked, nobody does."""
    unmarked = tried(GOOD | {"promoters": "4"}, SIMULATION)
    marked = tried(GOOD | {"promoters": "4", "approval": "promoters"}, SIMULATION)
    assert unmarked is not None
    assert marked is not None
    assert unmarked.score.signed.mean == 0 < marked.score.signed.mean < 1


@pytest.mark.parametrize("case", CASES)
def test_both_cases_are_tried_by_the_same_code(case: str) -> None:
    """The other case has other numbers, and a good package in it earns much there too."""
    text = (UNIT / case / "simulation.json").read_text("utf-8")
    issues = json.loads(text)["issues"]
    middle = {
        name: str(options[place]) for name, options in issues.items() if isinstance(options, list)
        for place in [{"monthly_target": 4, "rebate_per_unit": 2, "joint_promotion_krmb": 2,
                       "dealer_terms": 1, "deliveries": 1, "minimum_order": 2, "models_carried": 2,
                       "stores_covered": 1, "promoters": 1}[name]]
    }  # fmt: skip
    measured = deals({**middle, "fact_1": "e7", "fact_2": "e4"}, {"simulation": text})
    assert 0.75 < measured.share <= 1


# Three months.

BASE = {
    "growth_a": 8.0, "growth_b": 4.0, "doors_per_head": 4.0, "retailers": 1.0, "wholesalers": 2.0,
    "lift_source": "promoters", "month_1": 10349.0, "month_2": 12072.0, "month_3": 13874.0,
    "visits_3": 1957.5,
}  # fmt: skip


def test_a_plan_that_can_be_kept_has_all_points() -> None:
    """The base plan with its own numbers, to the unit."""
    measured = levers(BASE, FACTS)
    assert (measured.share, measured.falls) == (pytest.approx(1.0), ())


@pytest.mark.parametrize(
    ("change", "fall", "lost"),
    [
        ({"month_3": 36000.0}, "promised", 5 / 3),
        ({"month_3": 12000.0}, "not_worked_out", 5 / 6),
        ({"visits_3": 900.0}, "not_worked_out", 0.5),
        ({"doors_per_head": 9.0}, "doors", 4.0),  # even five a head take too many visits
        ({"retailers": 12.0}, "dealers", 1.0),
        ({"growth_a": 12.0, "growth_b": 8.0, "doors_per_head": 5.0, "retailers": 3.0,
          "wholesalers": 4.0}, "visits", 2.0),
        ({"growth_a": 20.0, "lift_source": "none"}, "source", 5.0),
        ({"growth_a": 0.0, "growth_b": 0.0, "doors_per_head": 0.0, "retailers": 0.0,
          "wholesalers": 0.0}, "no_growth", 5.0),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_costs_its_points(
    change: dict[str, float | str], fall: str, lost: float
) -> None:
    """With the other numbers brought in step, exactly the points of the part are gone."""
    changed = {**BASE, **change}
    if not {"month_3", "visits_3"} & set(change):
        changed |= in_step(changed)
    measured = levers(changed, FACTS)
    assert fall in measured.falls
    assert 11 * (1 - measured.share) == pytest.approx(lost)


def in_step(fields: dict[str, float | str]) -> dict[str, float]:
    """Return the months and visits that the levers come to."""
    plan = Levers(
        growth_a=float(fields["growth_a"]), growth_b=float(fields["growth_b"]),
        doors_per_head=float(fields["doors_per_head"]), retailers=min(3.0, float(fields["retailers"])),
        wholesalers=float(fields["wholesalers"]),
    )  # fmt: skip
    months = run(plan).months
    stated = {f"month_{month.number}": month.volume.total for month in months}
    return {**stated, "visits_3": months[-1].visits}


def test_a_wish_without_levers_earns_nothing() -> None:
    """36,000 in August and no lever: neither doors nor visits are given away for free."""
    assert levers({"month_1": 9000.0, "month_2": 20000.0, "month_3": 36000.0}, FACTS).share == 0


def test_any_number_can_be_worked_out() -> None:
    """What nobody would write still has a mark between nothing and everything."""
    for number in (-1e9, -100.0, 0.0, 1e9):
        wild = levers(dict.fromkeys(BASE, number), FACTS)
        assert 0 <= wild.share <= 1


# The stated chance.


@pytest.mark.parametrize("stated", [0.0, 40.0, 75.0, 100.0])
def test_a_chance_is_held_against_the_share_that_signs(stated: float) -> None:
    """One less the squared difference, by a quarter; never below nothing."""
    found = tried(GOOD | CARRIED, SIMULATION)
    assert found is not None
    gap = stated / 100 - found.score.signed.mean
    measured = chance({**GOOD, **CARRIED, "chance": stated}, SIMULATION)
    assert measured.share == pytest.approx(max(0.0, 1 - gap * gap / 0.25))


def test_too_sure_and_too_timid_are_told_apart() -> None:
    """The sentence fits the side on which the number was wrong."""
    hard = {**GOOD, "rebate_per_unit": "0", "joint_promotion_krmb": "0", "promoters": "0",
            "monthly_target": "4500"}  # fmt: skip
    assert chance({**hard, "chance": 95.0}, SIMULATION).falls == ("too_sure",)
    assert chance({**GOOD, **CARRIED, "chance": 20.0}, SIMULATION).falls == ("too_timid",)


def test_every_fall_has_a_name_in_both_languages() -> None:
    """What a report counts is said in words."""
    chinese = Words("zh")
    assert all(chinese.say(one) != one.text for one in FALLS.values())


# Free words.


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        ("B passes on 4,500 a month, and serves 1,256 stores.", 2),
        ("B 有 1,256 家店。", 1),
        ("A comparable distributor passes on 4,500 a month. What do your dealers say?", 0),
        ("", 0),
    ],
)
def test_what_looks_like_a_figure_of_bs_is_pointed_out(text: str, hints: int) -> None:
    """A person reads the text; the machine only says where to look."""
    data = FACTS | {"claims": (UNIT / "case" / "claims.yaml").read_text("utf-8")}
    measured = said({"text": text}, data)
    assert len(measured.notes) == hints
    assert all("looks like a number of B's" in Words("en").say(one) for one in measured.notes)
