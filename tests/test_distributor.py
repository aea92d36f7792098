"""The hidden distributor: the case's numbers, what it believes, and the policies over many."""

from __future__ import annotations

import copy
import json
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.case_facts import CASE, CaseError, load_facts
from kamlib.distributor import (
    NO_DEAL,
    POLICIES,
    Beliefs,
    Estimate,
    Packages,
    believe,
    draw,
    load,
    months,
    room,
    run,
    simulate,
)
from kamlib.distributor_file import ISSUES, Parameters
from kamlib.negotiation import Game

CASES = [CASE, CASE.parent / "case_1b"]
ORACLE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "data" / "case1_simulation.json").read_text("utf-8")
)


PARAMETERS = load()
PACKAGES = Packages.of(PARAMETERS)


@pytest.fixture
def packages() -> Packages:
    return PACKAGES


@pytest.fixture(params=CASES, ids=["case", "case_1b"])
def each(request: pytest.FixtureRequest) -> Packages:
    return Packages.of(load(request.param))


# What the case says --------------------------------------------------------------------------


def test_capacities_are_the_cases(packages: Packages) -> None:
    """Today's, with B's terms, with every lever, and with every lever in the first month."""
    assert len(packages) == ORACLE["outcomes"]
    today = packages.index({})
    with_terms = packages.index(
        {"dealer_terms": "7d", "deliveries": "on-order", "minimum_order": 1, "models_carried": 3}
    )
    assert packages.capacity[today] == pytest.approx(ORACLE["capacity_status_quo"])
    assert round(packages.capacity[with_terms]) == ORACLE["capacity_B_terms_same_stores"]
    assert round(packages.capacity.max()) == ORACLE["capacity_maximum"]
    assert round(packages.within_reach.max()) == ORACLE["capacity_maximum_month_1"]


def test_what_can_be_met_in_the_first_month_is_the_cases(packages: Packages) -> None:
    """21.7 % of the packages, and none with a target of 4,500."""
    assert round(float(packages.feasible.mean()), 3) == ORACLE["feasible_share"]
    at_the_top = packages.feasible & (packages.target == 4500)
    assert int(at_the_top.sum()) == ORACLE["feasible_with_target_4500"]


def test_room_to_agree_and_nash_deal_are_the_cases(packages: Packages) -> None:
    """11,616 packages suit both, and the best product is the case's deal with its values."""
    found = room(packages, 118)
    assert found.packages == ORACLE["zopa_feasible_authority_true_demand_reservation_118"]
    assert found.nash is not None
    assert [found.nash[name] for name in ISSUES] == ORACLE["nash_true_demand"]["deal"]
    assert round(found.company or 0) == ORACLE["nash_true_demand"]["company"]
    assert round(found.distributor or 0) == ORACLE["nash_true_demand"]["distributor"]


def test_where_nobody_can_meet_there_is_no_deal(packages: Packages) -> None:
    """A distributor that has more without any deal leaves no room."""
    assert room(packages, 1000.0).packages == 0
    assert room(packages, 1000.0).nash is None


@pytest.mark.parametrize("shown", ["E1", "E2", "E3", "E4", "E5", "E6", "E7"])
def test_each_evidence_moves_belief_as_the_case_says(shown: str) -> None:
    """From 0.80 at trust 0.75, to three digits."""
    moved = believe(PARAMETERS, np.array([0.8]), np.array([0.75]), [shown])
    assert round(float(moved[0]), 3) == ORACLE["belief_at_trust_0.75"][shown]


def test_all_evidence_together_moves_belief_as_the_case_says() -> None:
    """E1 to E7 in order, later ones of a family counting a quarter, make 0.943."""
    every = list(PARAMETERS.evidence_by_id())
    moved = believe(PARAMETERS, np.array([0.8]), np.array([0.75]), every)
    assert round(float(moved[0]), 3) == ORACLE["belief_at_trust_0.75"]["E1..E7 in order"]


@pytest.mark.parametrize("policy", list(ORACLE["300_types"]))
def test_policies_do_over_300_types_as_the_case_says(policy: str) -> None:
    """Every figure of the case's table, within three standard errors of the difference.

    The case's own table is a sample of 300 too, so a difference has the error of two samples;
    half of its last digit is its rounding.
    """
    found = simulate(PARAMETERS, policy, types=300, seed=7)
    for name, expected in ORACLE["300_types"][policy].items():
        estimate: Estimate = getattr(found, name)
        assert estimate.error is not None
        digits = len(str(expected).partition(".")[2])
        tolerance = 3 * sqrt(2) * estimate.error + 0.5 / 10**digits
        assert estimate.mean == pytest.approx(expected, abs=tolerance + 1e-9), name


def test_the_case_is_read_honestly(each: Packages) -> None:
    """Packages create the value, facts save days and concessions, squeezing leaves A little."""
    found = {name: simulate(each.parameters, name) for name in POLICIES}
    assert found["consultant"].deals.mean == found["consultant_without_facts"].deals.mean == 1
    for name in ("shirker", "pigeon", "old_ox", "over_claimer"):
        assert found[name].deals.mean < 0.65
        assert found["consultant_without_facts"].company.mean > 1.5 * found[name].company.mean
    assert found["shirker"].deals.mean < found["pigeon"].deals.mean
    assert found["over_claimer"].stuck.mean > 100
    with_facts, without = found["consultant"], found["consultant_without_facts"]
    assert with_facts.days.mean < without.days.mean
    assert with_facts.company.mean > without.company.mean
    assert with_facts.distributor.mean < without.distributor.mean


def test_the_old_ox_works_and_touches_no_terms(packages: Packages) -> None:
    """945 stores and promoters at our cost, three offers at most, and nothing else moves."""
    types = draw(packages.parameters, 300, 7)
    runs = run(packages, "old_ox", types)
    today = packages.parameters.status_quo.deal
    signed = {int(one) for one in runs.package[runs.signed]}
    assert 0 < len(signed) <= 3
    for one in signed:
        deal = packages.deal(one)
        changed = {name for name in ISSUES if deal[name] != today[name]}
        assert changed <= {"monthly_target", "stores_covered", "promoters"}
        assert deal["stores_covered"] == 945
        assert deal["promoters"] == 2
    assert set(runs.day) <= {5.0, 7.0, 9.0}


# The file ------------------------------------------------------------------------------------


def raw(folder: Path = CASE) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / "simulation.json").read_text("utf-8"))
    return data


def test_given_and_derived_numbers_are_those_of_the_facts(each: Packages) -> None:
    """What the file takes from the case is what the case's facts say, in both cases."""
    parameters = each.parameters
    folder = CASES[0] if parameters.capacity.base_stores == 835 else CASES[1]
    facts = load_facts(folder)
    known = facts.numbers
    capacity = parameters.capacity
    assert (capacity.base_units, capacity.base_stores) == (known["A"], known["stA"])
    assert (capacity.comparable_units, capacity.comparable_stores) == (known["B"], known["stB"])
    assert parameters.month_1.salespeople == known["SA"]
    assert parameters.issues.minimum_order[0] == known["MOQ"]
    assert parameters.issues.models_carried[-1] == known["models_B"]
    assert parameters.stores_at_most in parameters.issues.stores_covered
    assert all(fact in facts for one in parameters.evidence.list for fact in one.facts)
    said = {one.id: one.text.en for one in parameters.evidence.list}
    assert f"{known['B'] / known['stB'] * known['stA']:,.0f}" in said["E2"]
    assert f"{known['B'] / known['SB'] * known['SA']:,.0f}" in said["E3"]
    assert f"{known['B'] / known['A']:.3f}" in said["E1"]
    assert f"{known['T'] / 30:.0f} a day" in said["E4"]
    days = known["MOQ"] / (known["A"] / known["stA"] / 30)
    assert f"{known['MOQ']:.0f} is {days:.0f} days" in said["E7"]


@pytest.mark.parametrize("folder", CASES, ids=["case", "case_1b"])
def test_point_game_and_simulation_are_about_the_same_things(folder: Path) -> None:
    """Issues, authority and options are those of the point game, which has one target fewer."""
    sheets = Game.load(folder / "game.json").sheets
    parameters = load(folder)
    assert tuple(issue.name for issue in sheets.issues) == ISSUES
    for issue in sheets.issues:
        assert set(issue.options) <= set(parameters.issues.options(issue.name))
    for name, limit in sheets.limits.items():
        assert getattr(parameters.authority, name) == limit


def test_every_parameter_says_where_it_comes_from(each: Packages) -> None:
    """No row of the table of sources is without one, and what is made up is called invented."""
    rows = each.parameters.sources()
    assert len(rows) > 40
    assert all(value and source for _, value, source in rows)
    assert sum("invented" in source for _, _, source in rows) > len(rows) / 2


def test_a_parameter_without_a_source_is_refused() -> None:
    """Taking the source of one parameter away makes the file unusable."""
    data = raw()
    del data["capacity"]["source"]["*"]
    with pytest.raises(ValueError, match="no source for"):
        Parameters.model_validate(data)


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (("capacity", "base_units"), -1, "greater than 0"),
        (("capacity", "base_units"), float("nan"), "finite"),
        (("capacity", "fraction_by_option"), [0, 1], "number of values"),
        (("capacity", "split_of_log_lift", "deliveries"), 0.9, "add up to 1"),
        (("status_quo", "deal", "dealer_terms"), "30d", "none of its options"),
        (("issues", "promoters"), [0, 2, 2], "twice"),
        (("hidden_type", "trust"), {"lowest": 1, "highest": 0}, "above the highest"),
        (("policies", "pigeon", "relays", 0, "issue"), "price", "no issue"),
        (("table", "head_office"), {}, "head office needs"),
        (("evidence", "list", 0, "id"), "E2", "stands twice"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(
    tmp_path: Path, where: tuple[Any, ...], value: object, said: str
) -> None:
    """A file that does not add up raises `CaseError`, which says where and what."""
    data = copy.deepcopy(raw())
    part: Any = data
    for name in where[:-1]:
        part = part[name]
    part[where[-1]] = value
    text = json.dumps(data).replace("NaN", ".nan")
    (tmp_path / "simulation.json").write_text(text, "utf-8")
    with pytest.raises(CaseError) as refused:
        load(tmp_path)
    assert said in str([dict(one.values) for one in refused.value.problems])


def test_both_languages_say_everything_in_the_file(each: Packages) -> None:
    """Each sentence has its Chinese, and no two English ones are the same."""
    chinese = each.parameters.texts("zh")
    assert len(chinese) == 1 + 2 * len(each.parameters.evidence.list) + 3 * 3
    assert all(any("\u4e00" <= char <= "\u9fff" for char in text) for text in chinese.values())


# Packages and beliefs, for anything ------------------------------------------------------------


def test_index_and_deal_are_each_others_inverse(packages: Packages) -> None:
    """Every package has its own place."""
    for index in range(0, len(packages), 997):
        assert packages.index(packages.deal(index)) == index


@pytest.mark.parametrize(
    "deal", [{"price": 1}, {"promoters": 3}, {"promoters": True}, {"dealer_terms": []}]
)
def test_what_is_no_package_is_refused(packages: Packages, deal: Any) -> None:
    """An unknown issue or option raises `ValueError`."""
    with pytest.raises(ValueError, match=r"no such issue|none of the options"):
        packages.index(deal)


@given(belief=st.floats(0, 1), start=st.integers(0, 155_000))
@settings(max_examples=30, deadline=None)
def test_no_package_seems_worth_more_than_it_is(belief: float, start: int) -> None:
    """A distributor that believes too little sees too little, and every value is finite."""
    which = np.arange(start, min(start + 300, len(PACKAGES)))
    seen, true = PACKAGES.distributor(belief, which), PACKAGES.distributor(1.0, which)
    assert np.isfinite(seen).all()
    assert (seen <= true + 1e-9).all()
    assert (PACKAGES.sold(which) <= PACKAGES.target[which]).all()


anything = st.lists(st.sampled_from([f"E{n}" for n in range(9)] + ["R1", "F02", ""]), max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=True)


@given(belief=numbers, trust=st.floats(), shown=anything, by=st.floats())
@settings(max_examples=300, deadline=None)
def test_belief_never_leaves_its_bounds(
    belief: float, trust: float, shown: list[str], by: float
) -> None:
    """Whatever belief, trust, evidence and shift: always in [0.6, 1]."""
    beliefs = Beliefs.first(PARAMETERS, np.array([belief]))
    for one in shown:
        beliefs = beliefs.hear(one, trust)
        assert 0.6 <= float(beliefs.mean[0]) <= 1.0
    assert 0.6 <= float(beliefs.moved(by).mean[0]) <= 1.0
    assert np.isfinite(beliefs.precision).all()


def test_what_is_not_a_number_is_no_belief() -> None:
    """Nothing can be believed from there on, so it is refused."""
    with pytest.raises(ValueError, match="not a number"):
        Beliefs.first(PARAMETERS, np.array([np.nan]))


@given(trust=st.floats(0, 1), shown=st.permutations([f"E{n}" for n in range(1, 8)]))
@settings(max_examples=50, deadline=None)
def test_the_same_again_adds_nothing(trust: float, shown: list[str]) -> None:
    """Evidence said twice, in any order, counts once; without trust nothing moves."""
    once = believe(PARAMETERS, np.array([0.7]), np.array([trust]), shown)
    twice = believe(PARAMETERS, np.array([0.7]), np.array([trust]), [*shown, *shown])
    assert float(once[0]) == float(twice[0])
    assert float(believe(PARAMETERS, np.array([0.7]), np.array([0.0]), shown)[0]) == 0.7


def test_a_family_counts_in_full_only_once() -> None:
    """The second of a family moves belief less than it would have alone."""
    parameters, before, trust = PARAMETERS, np.array([0.8]), np.array([0.75])
    alone = believe(parameters, before, trust, ["E2"])[0] - 0.8
    after_e3 = (
        believe(parameters, before, trust, ["E3", "E2"])[0]
        - believe(parameters, before, trust, ["E3"])[0]
    )
    assert 0 < after_e3 < alone / 2


# Common random numbers ---------------------------------------------------------------------------


def test_the_types_are_the_same_for_every_policy(packages: Packages) -> None:
    """Playing one policy leaves the next one's distributors as they were, to the last bit."""
    types = draw(packages.parameters, 50, 7)
    before = [
        values.copy() for values in (types.belief, types.reservation, types.trust, types.luck)
    ]
    for policy in POLICIES:
        run(packages, policy, types)
    again = draw(packages.parameters, 50, 7)
    for kept, now, new in zip(
        before,
        (types.belief, types.reservation, types.trust, types.luck),
        (again.belief, again.reservation, again.trust, again.luck),
        strict=True,
    ):
        assert (kept == now).all()
        assert (kept == new).all()


def test_another_seed_is_another_sample() -> None:
    """Seeds differ in types; the same seed gives the same figures."""
    one, same, other = (simulate(PARAMETERS, "pigeon", 100, seed) for seed in (1, 1, 2))
    assert one.company == same.company
    assert one.company != other.company


@given(types=st.integers(1, 400), seed=st.integers(0, 2**40))
@settings(max_examples=25, deadline=None)
def test_types_lie_within_what_the_file_says(types: int, seed: int) -> None:
    """Belief and trust stay in their bounds, everything is finite, for any number and seed."""
    drawn = draw(PARAMETERS, types, seed)
    assert len(drawn) == types
    assert ((drawn.belief >= 0.6) & (drawn.belief <= 1)).all()
    assert ((drawn.trust >= 0.5) & (drawn.trust <= 1)).all()
    assert ((drawn.luck >= 0) & (drawn.luck < 1)).all()
    assert np.isfinite(drawn.reservation).all()


@pytest.mark.parametrize(("types", "seed"), [(0, 7), (-1, 7), (5, -1)])
def test_no_types_and_no_seed_are_refused(types: int, seed: int) -> None:
    """At least one type and a seed from 0."""
    with pytest.raises(ValueError, match="at least"):
        draw(PARAMETERS, types, seed)


# Policies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", list(POLICIES))
def test_nobody_signs_below_what_it_needs(each: Packages, policy: str) -> None:
    """What is signed is worth the reservation and the margin at what the distributor believes."""
    parameters = each.parameters
    types = draw(parameters, 120, 3)
    runs = run(each, policy, types)
    shown = list(parameters.evidence_by_id()) if policy == "consultant" else []
    belief = believe(parameters, types.belief, types.trust, shown)
    if policy == "shirker":
        belief = belief + parameters.policies.shirker.belief
    needed = types.reservation + parameters.hidden_type.accepts_above_reservation_krmb
    signed = runs.signed
    value = each.distributor(belief[signed], runs.package[signed])
    assert (value >= needed[signed] - 1e-6).all()
    assert ((runs.day > 0) & (runs.day <= parameters.month_1.days)).all()


@pytest.mark.parametrize(
    "policy", ["consultant", "consultant_without_facts", "over_claimer", "old_ox"]
)
def test_who_may_promise_promises_no_more(each: Packages, policy: str) -> None:
    """These stay within authority; the consultant also within what the month can deliver."""
    runs = run(each, policy, draw(each.parameters, 120, 3))
    signed = runs.package[runs.signed]
    assert len(signed)
    assert each.within_authority[signed].all()
    if policy.startswith("consultant"):
        assert each.feasible[signed].all()


def test_what_is_signed_late_brings_less(packages: Packages) -> None:
    """A day's delay costs a thirtieth of the gain on both sides; without a deal nothing changes."""
    types = draw(packages.parameters, 200, 7)
    runs = run(packages, "pigeon", types)
    month = months(packages, runs, types)
    left = (30 - runs.day) / 30
    gain = packages.company[runs.package] - packages.no_deal
    expected = np.where(runs.signed, packages.no_deal + left * gain, packages.no_deal)
    assert month.company == pytest.approx(expected)
    assert (month.distributor[~runs.signed] == types.reservation[~runs.signed]).all()
    assert (month.sold[runs.package == NO_DEAL] == 0).all()


def test_an_unknown_policy_is_named(packages: Packages) -> None:
    """The sentence lists those there are."""
    with pytest.raises(ValueError, match="shirker, pigeon"):
        simulate(packages.parameters, "tiger")


def test_one_type_has_no_error() -> None:
    """From one distributor nobody can tell how far the next one lies."""
    assert simulate(PARAMETERS, "consultant", types=1).company.error is None
