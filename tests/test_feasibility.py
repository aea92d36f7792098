"""A plan of three months is put to what the channel can deliver."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kamlib.case1 import values
from kamlib.case_facts import CASE, load_facts
from kamlib.feasibility import MONTHS, Plan, run
from kamlib.words import Words

CASE_1B = CASE.parent / "case_1b"

CONSERVATIVE = Plan(5, 2, 2, 0, 1)
BASE = Plan(8, 4, 4, 1, 2, sources=frozenset({"promotion"}))
STRETCH = Plan(12, 8, 5, 3, 4, sources=frozenset({"promotion", "promoters"}))


def parts(plan: Plan, **more: dict[str, float]) -> list[str]:
    """Return what is found, by the points it takes."""
    return [found.part for found in run(plan, **more).findings]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("plan", "volume"),
    [(CONSERVATIVE, 10396), (BASE, 13874), (STRETCH, 19662)],
    ids=["conservative", "base", "stretch"],
)
def test_the_reference_plans_deliver_their_volumes(plan: Plan, volume: int) -> None:
    """Month 3 of the three plans of reference."""
    assert round(run(plan).total) == volume


def test_the_stretch_goes_beyond_our_visits() -> None:
    """It takes 1,900.5, 2,043 and 2,185.5 visits, and month 3 is too much; the others fit."""
    months = run(STRETCH).months
    assert [month.visits for month in months] == [1900.5, 2043, 2185.5]
    assert [month.visits_beyond for month in months] == [0, 0, 135.5]
    assert [(found.part, found.month) for found in run(STRETCH).findings] == [("visits", 3)]
    assert run(CONSERVATIVE).feasible
    assert run(BASE).feasible


def test_each_lever_brings_its_own() -> None:
    """Volumes by lever add up to the total, and each can be followed by hand."""
    third = run(BASE).months[2]
    assert third.volume.a == pytest.approx(2400 * 1.08**3)
    assert third.volume.b == pytest.approx(4500 * 1.04**3)
    assert third.volume.new_doors_a == pytest.approx(3 * 4 * 22 * 0.6 * 2400 / 835 * 1.08**3)
    assert third.volume.new_doors_b == pytest.approx(3 * 4 * 35 * 0.6 * 4500 / 1256 * 1.04**3)
    assert (third.volume.direct, third.volume.wholesale) == (3600, 600)
    assert third.volume.total == pytest.approx(13874.322, abs=1e-3)
    assert (third.new_doors, third.doors) == (228, 2091 + 3 * 228)


def test_dealers_start_by_thirds() -> None:
    """Direct retailers and wholesalers are totals reached in month 3."""
    volumes = [month.volume for month in run(Plan(retailers=3, wholesalers=6)).months]
    assert [volume.direct for volume in volumes] == [3600, 5400, 7200]
    assert [volume.wholesale for volume in volumes] == [600, 1200, 1800]


def test_no_plan_is_today() -> None:
    """Without a lever each month is today's 8,700."""
    assert [round(month.volume.total, 6) for month in run(Plan()).months] == [8700] * MONTHS
    assert run(Plan()).feasible


def test_a_rate_beyond_bs_lead_names_its_source() -> None:
    """A rate per store above today's × 1.2465 needs promotion, promoters or range."""
    bare = replace(BASE, sources=frozenset())
    assert [(found.part, found.month) for found in run(bare).findings] == [("capacity", 3)]
    assert "1.26" in Words("en").say(run(bare).findings[0].message)
    limit = (values()["rB"] / values()["rA"]) ** (1 / 3)
    assert run(Plan(growth_a=(limit - 1) * 100 - 1e-9)).feasible
    assert parts(Plan(growth_a=(limit - 1) * 100 + 1e-6)) == ["capacity"]
    assert parts(Plan(growth_b=8)) == ["capacity"]


def test_a_promise_stands_on_the_plans_levers() -> None:
    """36,000 in month 3 is found; a promise rounded to the plan's own volume is not."""
    assert run(replace(BASE, promised=(10300, 12000, 13900))).feasible
    found = run(replace(BASE, promised=(10300, 12000, 36000))).findings
    assert [(each.part, each.month) for each in found] == [("capacity", 3)]
    said = Words("en").say(found[0].message)
    assert "36,000" in said
    assert "13,874" in said


def test_doors_have_a_limit() -> None:
    """More than five doors a head are found, and the sixth is not counted."""
    six = replace(STRETCH, doors_per_head=6)
    assert parts(six) == ["doors", "visits"]
    assert run(six).months == run(STRETCH).months


def test_visits_are_told_for_the_first_month_that_lacks_them() -> None:
    """One sentence, not three."""
    facts = load_facts(CASE_1B)
    found = [each for each in run(STRETCH, facts).findings if each.part == "visits"]
    assert [each.month for each in found] == [2]


def test_what_head_office_has_to_allow_is_marked() -> None:
    """A promise above authority is found unless it is marked as needing approval."""
    authority = {"rebate_per_unit": 30.0, "promoters": 2.0}
    asks = replace(BASE, asks={"rebate_per_unit": 40, "promoters": 2})
    assert [each.part for each in run(asks, authority=authority).findings] == ["authority"]
    marked = replace(asks, for_approval=frozenset({"rebate_per_unit"}))
    assert run(marked, authority=authority).feasible
    assert run(asks).feasible


def test_the_second_case_runs_through_the_same_code() -> None:
    """Case 1b tells the same story: the base plan fits, the stretch does not."""
    facts = load_facts(CASE_1B)
    assert run(CONSERVATIVE, facts).feasible
    assert run(BASE, facts).feasible
    assert not run(STRETCH, facts).feasible
    known = values(facts)
    assert known["tot"] < run(BASE, facts).total < known["L"]
    assert run(Plan(), facts).total == pytest.approx(known["tot"])


@pytest.mark.parametrize(
    "wrong",
    [{"doors_per_head": -1}, {"retailers": float("nan")}, {"growth_a": -100}, {"wholesalers": -2},
     {"sources": frozenset({"luck"})}, {"promised": (1, 2, 3, 4)}],
)  # fmt: skip
def test_a_plan_is_made_of_possible_numbers(wrong: dict[str, object]) -> None:
    """What no form would let through is no plan."""
    with pytest.raises(ValueError, match=r"lever|rate|source|months"):
        Plan(**wrong)  # type: ignore[arg-type]


def test_a_plan_needs_the_last_stage() -> None:
    """Before the stores are known nothing can be run."""
    with pytest.raises(KeyError):
        run(BASE, load_facts(CASE).up_to("S4"))
