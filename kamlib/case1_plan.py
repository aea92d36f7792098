"""What a trainee's plan for case 1 is worth: its deals, its three months, its stated chance."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kamlib import feasibility, unique_yaml
from kamlib.case_facts import Facts
from kamlib.disclosure import disclosed
from kamlib.distributor import Deal, Packages
from kamlib.distributor_file import ISSUES, Option, Parameters
from kamlib.evidence import Claims
from kamlib.measured import Data, Fields, Measured, flat
from kamlib.plan_quality import EFFICIENCY, NASH, SHARE, Plan, PlanScore, plan_score
from kamlib.words import Message, message

TYPES = 200
"""Over how many hidden owners of A a plan is tried."""

SEED = 7
"""The same owners for every plan."""

FULL = 19.5
"""The deal quality, of 20, that earns full marks; *invented*. Owners differ, and no one package is the
best for each of them."""

STEP_FOR_A: Mapping[str, int] = {
    "monthly_target": -1,
    "rebate_per_unit": 1,
    "joint_promotion_krmb": 1,
    "dealer_terms": -1,
    "deliveries": -1,
    "minimum_order": -1,
    "models_carried": -1,
    "stores_covered": -1,
    "promoters": 1,
}
"""In which direction of its options an issue is given in to A."""

ASKED: Mapping[str, str] = {
    "target_up": "monthly_target",
    "later_pay": "dealer_terms",
    "more_deliveries": "deliveries",
    "smaller_order": "minimum_order",
    "more_models": "models_carried",
    "more_stores": "stores_covered",
}
"""What can be asked of A in return, each one step up the options of its issue."""

FACTS: Mapping[str, str] = {"proof": "R1", "c1": "E4", "c3": "E6", "lazy": "R2"}
"""What a plan shows under a name of its own; the others are called as in the file."""

ABOVE: Mapping[str, tuple[str, ...]] = {
    "rebate": ("rebate_per_unit",),
    "promotion": ("joint_promotion_krmb",),
    "promoters": ("promoters",),
    "all": ("rebate_per_unit", "joint_promotion_krmb", "promoters"),
}
"""What a plan may mark as “needs approval”."""

STORES = ("same", "more", "many")
"""How many stores are meant where their numbers are not known yet: the first, second, third option."""

CAPACITY, DOORS, VISITS = 5.0, 3.0, 3.0
"""The points for each part of what three months can carry."""

CLOSE = 0.02
"""Within this share a stated number is the computed one."""

GROWTH = 1.05
"""What a plan has to bring in the last month at least, measured by today; *invented*."""

MOST_RETAILERS, MOST_WHOLESALERS = 3, 4
"""How many can be found in three months; *invented*."""

FALLS: Mapping[str, Message] = {
    "nothing_to_try": message("There is no package to try"),
    "unsigned": message("Most owners of A do not sign"),
    "beyond_reach": message("The target is more than can be sold in the first month"),
    "void": message("Head office has to be asked first, and was not"),
    "refutable": message("Something is claimed that A can refute"),
    "no_facts": message("No fact is shown that A can check"),
    "same_family": message("Two facts say the same"),
    "lopsided": message("The deal leaves one side almost nothing"),
    "left_lying": message("Both sides could still have more"),
    "no_growth": message("The levers bring hardly more than today"),
    "promised": message("More is promised than the levers bring"),
    "not_worked_out": message("A number is not what the levers come to"),
    "source": message("The growth per store has no source"),
    "doors": message("More new doors than people can open"),
    "dealers": message("More new retailers or wholesalers than can be found"),
    "visits": message("More visits than people can make"),
    "too_sure": message("Surer than the deals allow"),
    "too_timid": message("Less sure than the deals allow"),
}
"""The ways of going wrong that the measures know, by name."""


# Deals ---------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _parameters(text: str) -> Parameters:
    return Parameters.model_validate(json.loads(text))


@lru_cache(maxsize=8)
def _packages(text: str) -> Packages:
    return Packages.of(_parameters(text))


@lru_cache(maxsize=8)
def _facts(text: str) -> Facts:
    return Facts.model_validate(unique_yaml.load(text))


@lru_cache(maxsize=8)
def _claims(text: str) -> Claims:
    return Claims.model_validate(unique_yaml.load(text))


def stated_plan(fields: Fields, parameters: Parameters, packages: Packages | None = None) -> Plan:
    """Return the plan that the fields state; issues that are left blank stay as they are today.

    A target that is no step of the case counts as the nearest one, and where stores are stated in
    words, the option that they stand for. Each exchange moves the issue given one step towards A
    and the one asked for one step towards us, from the package before it.

    >>> from kamlib.distributor import load
    >>> plan = stated_plan({"monthly_target": "2990", "give_1": "promoters", "for_1": "more_stores",
    ...                     "fact_1": "e7", "fact_2": "proof"}, load())
    >>> plan.opening, plan.evidence, plan.concessions[0]["promoters"]
    ({'monthly_target': 2990}, ('E7', 'R1'), 2)
    """
    opening = {
        name: option for name in ISSUES if (option := _option(name, fields, parameters)) is not None
    }
    said = [str(fields[name]) for name in _numbered(fields, "fact") + _numbered(fields, "argument")]
    concessions = []
    current: Deal = opening
    for number in ("1", "2", "3"):
        given, asked = str(fields.get(f"give_{number}", "")), str(fields.get(f"for_{number}", ""))
        if given not in STEP_FOR_A:
            continue
        current = _moved(current, given, STEP_FOR_A[given], parameters)
        if asked in ASKED:
            current = _moved(current, ASKED[asked], 1, parameters)
        concessions.append(current)
    return Plan(
        opening,
        tuple(FACTS.get(one, one.upper()) for one in said),
        tuple(concessions),
        _walk_away(opening, fields, parameters, packages),
        frozenset(ABOVE.get(str(fields.get("approval")), ())),
    )


def _numbered(fields: Fields, name: str) -> list[str]:
    return sorted(field for field in fields if re.fullmatch(rf"{name}_\d", field))


def _option(issue: str, fields: Fields, parameters: Parameters) -> Option | None:
    options = parameters.issues.options(issue)
    if issue == "stores_covered" and str(fields.get("shops")) in STORES:
        return options[min(STORES.index(str(fields["shops"])), len(options) - 1)]
    given = fields.get(issue)
    if given is None:
        return None
    if isinstance(given, float):
        return _nearest(given, options)
    wanted = _bare(str(given))
    return next((one for one in options if _bare(str(one)) == wanted), None)


def _bare(text: str) -> str:
    """Leave out what a name in a form cannot hold: 2/wk and 2wk, on-order and on_order."""
    return re.sub(r"[\W_]", "", text)


def _nearest(given: float, options: Sequence[Option]) -> Option:
    return min(options, key=lambda one: abs(float(one) - given))


def _moved(deal: Deal, issue: str, steps: int, parameters: Parameters) -> Deal:
    options = parameters.issues.options(issue)
    now = options.index(deal.get(issue, parameters.status_quo.deal[issue]))
    return {**deal, issue: options[min(max(now + steps, 0), len(options) - 1)]}


def _walk_away(
    opening: Deal, fields: Fields, parameters: Parameters, packages: Packages | None
) -> float | None:
    """Return what the opening is worth to us at the target and rebate where its author gets up."""
    target, rebate = fields.get("walk_target"), fields.get("walk_rebate")
    if target is None and rebate is None:
        return None
    last = dict(opening)
    if isinstance(target, float):
        last["monthly_target"] = _nearest(target, parameters.issues.options("monthly_target"))
    if rebate is not None:
        last["rebate_per_unit"] = _nearest(
            float(str(rebate)), parameters.issues.options("rebate_per_unit")
        )
    packages = packages or Packages.of(parameters)
    return float(packages.company[packages.index(last)])


@dataclass(frozen=True, slots=True)
class Tried:
    """A plan, tried on the hidden owners of A."""

    plan: Plan
    score: PlanScore


@lru_cache(maxsize=64)
def _tried(fields: tuple[tuple[str, str | float], ...], simulation: str) -> Tried:
    """Try a plan; the same one is asked for by its deals and by its stated chance."""
    parameters = _parameters(simulation)
    plan = stated_plan(dict(fields), parameters, _packages(simulation))
    return Tried(plan, plan_score(plan, parameters, TYPES, SEED, _packages(simulation)))


def tried(fields: Fields, data: Data) -> Tried | None:
    """Return how a plan does with the hidden owners of A; None where it holds no package."""
    if not any(issue in fields for issue in ISSUES):
        return None
    return _tried(tuple(sorted(flat(fields).items())), data["simulation"])


def deals(fields: Fields, data: Data) -> Measured:
    """Return how good the deals are that a package brings, carried through as stated.

    `data` has the `simulation`. Raises `KeyError` without it, `ValueError` where it is not one.
    """
    found = tried(fields, data)
    if found is None:
        return _NO_PACKAGE
    score = found.score
    notes = (
        message(
            "Tried on {types} possible owners of A: {signed} of 100 sign. Deal quality {points} of {most}, "
            "give or take {error}.",
            types=score.types, signed=round(100 * score.signed.mean),
            points=round(score.points.mean, 1), most=round(EFFICIENCY + NASH + SHARE),
            error=max(0.1, round(score.points.error or 0.0, 1)),
        ),
        message(
            "Of it {efficiency} of {a} for leaving nothing lying on the table, {nash} of {b} for the gain "
            "of both, {share} of {c} for how it is shared.",
            efficiency=round(score.efficiency, 1), a=round(EFFICIENCY), nash=round(score.nash, 1),
            b=round(NASH), share=round(score.share, 1), c=round(SHARE),
        ),
    )  # fmt: skip
    return _measured(found, notes, _of_package(found, _packages(data["simulation"])))


def conduct(fields: Fields, data: Data) -> Measured:
    """Return the same for how a package is carried through, with what is wrong in that.

    `data` has the `simulation`. Raises `KeyError` without it, `ValueError` where it is not one.
    """
    found = tried(fields, data)
    if found is None:
        return _NO_PACKAGE
    notes = (
        message(
            "It was tried together with your package, which says how it went: on average it was over on day "
            "{day}.",
            day=round(found.score.days, 1),
        ),
    )  # fmt: skip
    return _measured(found, notes, _of_conduct(found, _parameters(data["simulation"])))


Faults = list[tuple[str, Message]]
"""What is wrong: by the name of `FALLS` the sentence that says it."""


def _measured(found: Tried, notes: tuple[Message, ...], faults: Faults) -> Measured:
    return Measured(
        min(1.0, found.score.points.mean / FULL),
        notes,
        tuple(why for _, why in faults),
        tuple(dict.fromkeys(name for name, _ in faults)),
    )


_NO_PACKAGE = Measured(
    0.0,
    wrong=(message("There is no package yet, so nothing could be put on the table."),),
    falls=("nothing_to_try",),
)


def _of_package(found: Tried, packages: Packages) -> Faults:
    plan, score = found.plan, found.score
    faults: Faults = []
    index = packages.index(plan.opening)
    target, reach = packages.target[index], packages.within_reach[index]
    if target > reach * (1 + CLOSE):
        faults.append(("beyond_reach", message(
            "With these terms, models and stores A can sell about {reach} in the first month, and you ask "
            "for {target}. The rest would lie in the warehouse and cost both of you.",
            reach=round(float(reach), -1), target=round(float(target)),
        )))  # fmt: skip
    unasked = [issue for issue in packages.beyond_authority(index) if issue not in plan.approval]
    if unasked:
        faults.append(("void", message(
            "Part of it is above your authority and not marked so: head office would void what was "
            "signed."
        )))  # fmt: skip
    signed = score.signed.mean
    if signed < 0.5 and not unasked:
        faults.append(("unsigned", message(
            "Most owners of A do not sign: by what they believe they can sell, the package leaves them less "
            "than they have without you. Show facts that they can check, or trade more for what you ask."
        )))  # fmt: skip
    if signed and score.share < 0.75 * SHARE * signed:
        faults.append(("lopsided", message(
            "One side keeps nearly all that both gain. Such a deal is taken back as soon as somebody can."
        )))  # fmt: skip
    if signed and score.efficiency < 0.85 * EFFICIENCY * signed:
        faults.append(("left_lying", message(
            "Both sides could still have more. Terms, models and new stores sell more phones; rebate, "
            "promotion and promoters within your authority pay A for them."
        )))  # fmt: skip
    return faults


def _of_conduct(found: Tried, parameters: Parameters) -> Faults:
    said = found.plan.evidence
    faults: Faults = []
    if any(one.id in said for one in parameters.refutable.list):
        faults.append(("refutable", message(
            "Something you show can be refuted by A. It costs trust, and after it your other facts move less."
        )))  # fmt: skip
    known = parameters.evidence_by_id()
    families = [known[one].family for one in dict.fromkeys(said) if one in known]
    if not families:
        faults.append(("no_facts", message(
            "Nothing you show can be checked by A, so he goes on believing what he believed before."
        )))  # fmt: skip
    if len(set(families)) < len(families):
        faults.append(("same_family", message(
            "Two of your facts say about the same. The second one moves little; take one of another kind."
        )))  # fmt: skip
    return faults


# What is said to A in free words ------------------------------------------------------------------


def said(fields: Fields, data: Data) -> Measured:
    """Return what in a text for A looks like a confidential figure of B's: a hint, and no mark.

    `data` has the `facts` and the `claims` of the case. Raises `KeyError` without them.
    """
    leaks = disclosed(str(fields.get("text", "")), _facts(data["facts"]), _claims(data["claims"]))
    return Measured(1.0, tuple(dict.fromkeys(leak.message for leak in leaks)))


# Three months ----------------------------------------------------------------------------------


def levers(fields: Fields, data: Data) -> Measured:
    """Return what the levers of three months carry, of the points for capacity, doors and visits.

    `data` has the `facts` of the case. Raises `KeyError` without them.
    """
    facts = _facts(data["facts"])

    def number(name: str) -> float:
        value = fields.get(name, 0.0)
        return value if isinstance(value, float) else 0.0

    source = str(fields.get("lift_source", "none"))
    plan = feasibility.Plan(
        growth_a=max(-50.0, min(number("growth_a"), 1000.0)),
        growth_b=max(-50.0, min(number("growth_b"), 1000.0)),
        doors_per_head=max(0.0, number("doors_per_head")),
        retailers=max(0.0, min(number("retailers"), MOST_RETAILERS)),
        wholesalers=max(0.0, min(number("wholesalers"), MOST_WHOLESALERS)),
        sources=frozenset({source} & set(feasibility.SOURCES)),
    )
    run = feasibility.run(plan, facts)
    faults: Faults = []
    capacity = _capacity(fields, run, faults)
    doors = 2 / 3 * (number("doors_per_head") <= feasibility.DOORS_AT_MOST)
    if number("retailers") <= MOST_RETAILERS and number("wholesalers") <= MOST_WHOLESALERS:
        doors += 1 / 3
    else:
        faults.append(("dealers", message(
            "In three months at most {retailers} direct retailers and {wholesalers} wholesalers can be found "
            "and served; more are not counted.",
            retailers=MOST_RETAILERS, wholesalers=MOST_WHOLESALERS,
        )))  # fmt: skip
    for finding in run.findings:
        faults.append(("source" if finding.part == "capacity" else finding.part, finding.message))
    visits = 2 / 3 * (not any(finding.part == "visits" for finding in run.findings))
    visits += _stated(fields, "visits_3", run.months[-1].visits, faults) / 3
    if not any(
        name in fields
        for name in ("growth_a", "growth_b", "doors_per_head", "retailers", "wholesalers")
    ):
        doors = visits = 0.0
    share = (CAPACITY * capacity + DOORS * doors + VISITS * visits) / (CAPACITY + DOORS + VISITS)
    notes = (
        message(
            "Your levers bring {one} phones in the first month, {two} in the second, {three} in the third, "
            "and take {visits} visits in the third.",
            one=round(run.months[0].volume.total), two=round(run.months[1].volume.total),
            three=round(run.total), visits=round(run.months[-1].visits, 1),
        ),
    )  # fmt: skip
    return Measured(
        share, notes, tuple(why for _, why in faults), tuple(dict.fromkeys(n for n, _ in faults))
    )


def _capacity(fields: Fields, run: feasibility.Run, faults: Faults) -> float:
    """Return the part of the points for what the channel can sell, month by month."""
    today = run.today
    if run.total < GROWTH * today:
        faults.append(("no_growth", message(
            "By these levers the third month brings {total}, hardly more than today's {today}. A plan for "
            "three months has to bring something.", total=round(run.total), today=round(today),
        )))  # fmt: skip
        return 0.0
    if any(finding.part == "capacity" for finding in run.findings):
        return 0.0
    parts = [
        _stated(fields, f"month_{month.number}", month.volume.total, faults) for month in run.months
    ]
    return sum(parts) / len(parts)


def _stated(fields: Fields, name: str, computed: float, faults: Faults) -> float:
    """Return what a stated number earns beside the computed one: too high nothing, too low half."""
    stated = fields.get(name)
    if not isinstance(stated, float):
        return 0.0
    if abs(stated - computed) <= CLOSE * computed:
        return 1.0
    high = stated > computed
    faults.append(("promised" if high and name != "visits_3" else "not_worked_out", message(
        "You write {stated}; your own levers come to {computed}.",
        stated=stated, computed=round(computed, 1),
    )))  # fmt: skip
    return 0.0 if high else 0.5


# The stated chance -----------------------------------------------------------------------------


def chance(fields: Fields, data: Data) -> Measured:
    """Return how well a stated chance, in per cent, agrees with the share of owners that sign.

    1 where they agree, less by the square of the difference, 0 from a difference of one half on.
    """
    found = tried(fields, data)
    stated = fields.get("chance")
    if found is None:
        return Measured(0.0, wrong=(
            message("There is no package that your number could be compared with."),
        ), falls=("nothing_to_try",))  # fmt: skip
    if not isinstance(stated, float) or not 0 <= stated <= 100:
        return Measured(0.0)
    rate = found.score.signed.mean
    gap = stated / 100 - rate
    share = max(0.0, 1 - gap * gap / 0.25)
    notes = (
        message("You said {stated} of 100, and {signed} of 100 sign.",
                stated=stated, signed=round(100 * rate)),
    )  # fmt: skip
    if abs(gap) <= 0.1:
        return Measured(share, notes)
    if gap > 0:
        return Measured(share, notes, (
            message("You were surer than the deals allow. Ask next time what would make him say no."),
        ), ("too_sure",))  # fmt: skip
    return Measured(share, notes, (
        message("You were less sure than the deals allow. What you had prepared carries further than you "
                "thought."),
    ), ("too_timid",))  # fmt: skip
