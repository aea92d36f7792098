"""The debrief: the deal, A's mind, what was left unused, and what others had made of it."""

from __future__ import annotations

import pytest

from kamlib.case_facts import CASE, load_facts
from kamlib.debriefing import OTHERS, debrief
from kamlib.distributor import Packages, load, run
from kamlib.distributor_file import ISSUES
from kamlib.haggling import Table
from kamlib.negotiation import Game

PARAMETERS = load()
PACKAGES = Packages.of(PARAMETERS)
NASH = {"monthly_target": 3500, "rebate_per_unit": 30, "joint_promotion_krmb": 40,
        "dealer_terms": "7d", "deliveries": "on-order", "minimum_order": 1, "models_carried": 3,
        "stores_covered": 945, "promoters": 2}  # fmt: skip


def a_table(seed: int = 3) -> Table:
    names = Game.load(CASE / "game.json").sheets
    return Table(PARAMETERS, seed, names, load_facts(CASE), PACKAGES)


def test_the_nash_deal_is_as_good_as_deals_get() -> None:
    """Its values are the case's, it can be delivered, and nothing is better for both."""
    table = a_table()
    for name in PARAMETERS.evidence_by_id():
        table = table.show(name)
    seen = debrief(table.offer(NASH).sign())
    assert seen.deal is not None
    assert round(seen.deal.company) == 372
    assert round(seen.deal.distributor) == 298
    assert seen.deal.feasible
    assert seen.deal.stuck == 0
    assert seen.deal.beyond_authority == ()
    assert seen.deal.efficiency == pytest.approx(1, abs=1e-3)
    assert seen.deal.nash_ratio > 0.99
    ours, theirs = seen.deal.company - seen.no_deal[0], seen.deal.distributor - seen.no_deal[1]
    assert seen.deal.our_share == pytest.approx(ours / (ours + theirs))
    assert seen.unused == ()


def test_a_target_that_cannot_be_sold_leaves_stock_and_a_question() -> None:
    """The debrief says how many units stick and asks who pays for them."""
    offer = {**NASH, "minimum_order": 10, "dealer_terms": "cash", "deliveries": "2/wk"}
    table = a_table()
    for name in PARAMETERS.evidence_by_id():
        table = table.show(name)
    table = table.offer(offer)
    assert table.on_the_table == PACKAGES.deal(PACKAGES.index(offer))
    seen = debrief(table.sign())
    assert seen.deal is not None
    assert not seen.deal.feasible
    assert seen.deal.stuck > 100
    assert any("units above" in one.text for one in seen.questions)


def test_without_a_deal_both_have_what_they_had() -> None:
    """One's own month is worth the same as no deal, and the first question is about it."""
    table = a_table().show("E7").leave()
    seen = debrief(table)
    assert seen.deal is None
    assert (seen.sides[0].company, seen.sides[0].distributor) == pytest.approx(seen.no_deal)
    assert "Nothing was signed" in seen.questions[0].text


def test_what_was_left_unused_is_listed_by_what_it_would_have_moved() -> None:
    """Shown evidence is not in it, and the strongest comes first."""
    table = a_table().show("E4").leave()
    seen = debrief(table)
    assert set(seen.unused) == set(PARAMETERS.evidence_by_id()) - {"E4"}
    moved = [float(table.seat.beliefs.hear(name, table.seat.trust).mean[0]) for name in seen.unused]
    assert moved == sorted(moved, reverse=True)


def test_the_path_holds_everything_that_moved_a() -> None:
    """Evidence, claims, another's figures and what was voided, in order, each with a name."""
    table = a_table().show("E7").claim("R1").show_facts(["F03"])
    seen = debrief(table.offer({**NASH, "rebate_per_unit": 40}).sign().leave())
    assert [point.cause for point in seen.path] == ["", "E7", "R1", "F03", "voided"]
    assert all(point.cause in seen.names for point in seen.path[1:])
    assert [point.day for point in seen.path] == sorted(point.day for point in seen.path)


def test_three_questions_fit_what_happened() -> None:
    """Voided, another's figures, a refutable claim: these are asked about, in this order."""
    table = a_table().claim("R1").show_facts(["F03"]).offer({**NASH, "rebate_per_unit": 40}).sign()
    texts = [one.text for one in debrief(table.leave()).questions]
    assert ["voided" in texts[0], "figures" in texts[1], "refute" in texts[2]] == [True] * 3
    calm = debrief(a_table().ask("cash").show("E7").offer(NASH).sign()).questions
    assert not set(texts) & {one.text for one in calm}
    assert len({one.text for one in calm}) == 3


@pytest.mark.parametrize("seed", range(6))
def test_the_others_meet_the_same_distributor(seed: int) -> None:
    """Shirker, pigeon and consultant play against the same hidden type, whatever one did."""
    one = debrief(a_table(seed).leave())
    two = debrief(a_table(seed).show("E7").show("E1").claim("R2").leave())
    assert one.sides[1:] == two.sides[1:]
    assert [side.policy for side in one.sides] == ["you", *OTHERS]
    for side in one.sides[1:]:
        runs = run(PACKAGES, side.policy, a_table(seed).mind)
        expected = PACKAGES.deal(int(runs.package[0])) if runs.signed[0] else None
        assert side.package == expected
        assert side.day == runs.day[0]


def test_everything_is_said_in_both_languages() -> None:
    """Questions and names can be put into either language without a brace left."""
    table = a_table().claim("R1").show("E7").offer(NASH).sign()
    seen = debrief(table)
    for lang in ("en", "zh"):
        words = table.words(lang)
        for text in (*seen.questions, *seen.names.values(), *(side.name for side in seen.sides)):
            assert words.say(text)
            assert "{" not in words.say(text)


def test_a_granted_promise_is_shown_as_beyond_authority() -> None:
    """Head office agreed, so it stands, and the debrief says what it was."""
    bold = {**NASH, "promoters": 4}
    for seed in range(30):
        table = a_table(seed).show("E7").ask_head_office({"promoters": 4})
        if table.granted:
            seen = debrief(table.offer(bold).sign())
            assert seen.deal is not None
            assert seen.deal.beyond_authority == ("promoters",)
            assert [seen.deal.package[name] for name in ISSUES] == [bold[name] for name in ISSUES]
            return
    pytest.fail("head office never agrees")
