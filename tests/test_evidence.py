"""The claims of a case stand on facts that were known at the stage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kamlib.case1 import values
from kamlib.case_facts import CASE, CaseError, load_facts
from kamlib.evidence import Claims, load_claims, score
from kamlib.words import Words

CASE_1B = CASE.parent / "case_1b"
STAGES = ("S0", "S1", "S2", "S3", "S4", "S5")

each_case = pytest.mark.parametrize("folder", [CASE, CASE_1B], ids=["1", "1b"])


def best(claims: Claims, stage: str) -> dict[str, list[str]]:
    """Return a perfect answer: for each open claim the first variant, nothing optional."""
    return {
        name: sorted(variants[0].all_of)
        + [min(group) for group in (variants[0].any_of, variants[0].requests_any_of) if group]
        for name, variants in claims.open_at(stage).items()
    }


@each_case
def test_the_table_is_whole(folder: Path) -> None:
    """Fourteen claims, fifteen requests, six of them ranked, in both languages, fitting the facts."""
    claims, facts = load_claims(folder), load_facts(folder)
    assert list(claims.claims) == [f"C{n}" for n in range(1, 15)]
    assert len(claims.requests) == 15
    assert len(claims.most_useful) == 6
    known = values(facts)
    for name in claims.claims:
        for lang in ("en", "zh"):
            assert "{" not in claims.text(name, lang, known) + claims.how(name, lang, known)


def test_a_line_that_stands_twice_is_no_silent_choice(tmp_path: Path) -> None:
    """Which table a case takes over is said once, or an error names the line."""
    (tmp_path / "claims.yaml").write_text(f"like: {CASE_1B}\nlike: {CASE}\n", "utf-8")
    with pytest.raises(CaseError) as caught:
        load_claims(tmp_path, load_facts(CASE))
    assert "stands twice" in Words("en").say(caught.value.problems[0])


def test_claims_open_with_their_stage() -> None:
    """What can be claimed at a stage, as the case says it."""
    claims = load_claims(CASE)
    opened = {stage: set(claims.open_at(stage)) for stage in STAGES}
    assert opened["S0"] == opened["S1"] == {"C1", "C2", "C3", "C13"}
    assert opened["S2"] - opened["S1"] == {"C4"}
    assert opened["S3"] - opened["S2"] == {"C5", "C6"}
    assert opened["S4"] - opened["S3"] == {"C7", "C10"}
    assert opened["S5"] - opened["S4"] == {"C8", "C9", "C11", "C12", "C14"}
    assert [len(claims.open_at(stage)["C5"]) for stage in ("S3", "S5")] == [1, 2]


@pytest.mark.parametrize("stage", STAGES)
@each_case
def test_a_perfect_answer_earns_all_and_none_nothing(folder: Path, stage: str) -> None:
    """At every stage of both cases."""
    claims, facts = load_claims(folder), load_facts(folder)
    answer = best(claims, stage)
    assert score(answer, claims, facts, stage).f1 == 1
    assert score({}, claims, facts, stage).f1 == 0


def test_optional_facts_neither_help_nor_hurt() -> None:
    """C3 at S2 is as good with the market's figures as without."""
    claims, facts = load_claims(CASE), load_facts(CASE)
    answer = best(claims, "S2")
    more = {**answer, "C3": ["F07", "F09", "F10"], "C1": ["F04", "F03", "F07"]}
    assert score(more, claims, facts, "S2").f1 == 1


def test_a_later_stages_fact_never_counts() -> None:
    """The optional F10 of C3 is a wrong pair while it is not known."""
    claims, facts = load_claims(CASE), load_facts(CASE)
    found = score({**best(claims, "S0"), "C3": ["F07", "F10"]}, claims, facts, "S0")
    assert found.late == {("C3", "F10")} == found.wrong
    assert found.f1 == pytest.approx(2 * 7 / (7 + 7 + 1))


def test_either_variant_will_do() -> None:
    """2,829 by heads or 2,992 by stores: C10 stands on one of them."""
    claims, facts = load_claims(CASE), load_facts(CASE)
    by_heads = best(claims, "S5")
    by_stores = {**by_heads, "C10": ["F02", "F03", "F19", "F20"], "C5": ["F02", "F11", "F19"]}
    assert score(by_heads, claims, facts, "S5").f1 == 1
    assert score(by_stores, claims, facts, "S5").f1 == 1
    assert score(by_stores, claims, facts, "S4").f1 < 1


def test_requests_back_a_claim_too() -> None:
    """Support after verified sell-through needs A's stock or the sell-in to be asked for."""
    claims, facts = load_claims(CASE), load_facts(CASE)
    only = {"C13"}
    assert score({"C13": ["stock_A"]}, claims, facts, "S0", only).f1 == 1
    assert score({"C13": ["history"]}, claims, facts, "S0", only).f1 == 0
    assert score({"C14": ["F21"]}, claims, facts, "S5", {"C14"}).f1 == pytest.approx(2 / 3)


def test_facts_for_a_claim_that_is_not_open_are_wrong() -> None:
    """Who says at S0 that A sells less per head has nothing to show for it."""
    claims, facts = load_claims(CASE), load_facts(CASE)
    found = score({**best(claims, "S0"), "C7": ["F02", "F03"]}, claims, facts, "S0")
    assert found.wrong == {("C7", "F02"), ("C7", "F03")}
    assert found.f1 < 1


def test_all_facts_for_all_claims_is_no_way() -> None:
    """Whoever ticks everything gets little."""
    claims, facts = load_claims(CASE), load_facts(CASE)
    known = [fact.id for fact in facts]
    assert score(dict.fromkeys(claims.claims, known), claims, facts, "S5").f1 < 0.4


def edited(tmp_path: Path, change: Any) -> Path:
    """Return a folder with the case's claims changed."""
    data = yaml.safe_load((CASE / "claims.yaml").read_text("utf-8"))
    change(data)
    (tmp_path / "claims.yaml").write_text(yaml.safe_dump(data), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("claims", "C1", "variants", 0, "all_of"), ["F44"], "C1 stands on F44"),
        (("claims", "C1", "variants", 0, "all_of"), ["F20"], "C1 is open from S0, before F20"),
        (("claims", "C13", "variants", 0, "requests_any_of"), ["gossip"], "C13 asks for gossip"),
        (("forms", "comparable"), ["F04"], "F04, which is not confidential"),
        (("claims", "C8", "say", "leave_out"), [], ""),
        (("claims", "C5", "variants", 0, "all_of"), ["F13"], "C5 may be said, but not how F13"),
        (("claims", "C10", "text", "en"), "{D999} a month", "C10 names D999"),
        (("claims", "C10", "say", "may"), "perhaps", "may"),
    ],
    ids=["fact", "stage", "request", "form", "total", "secret", "figure", "may"],
)
def test_a_slip_in_the_table_is_named(
    tmp_path: Path, path: tuple[Any, ...], value: Any, says: str
) -> None:
    """What does not fit the facts is said; F20 stays sayable as a total."""

    def change(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    folder = edited(tmp_path, change)
    if not says:
        assert len(load_claims(folder, load_facts(CASE)).claims) == 14
        return
    with pytest.raises(CaseError) as caught:
        load_claims(folder, load_facts(CASE))
    assert says in str(caught.value)
