"""The table: what each move does, what A says to it, and that a play can be played again."""

from __future__ import annotations

import json
from collections.abc import Callable
from string import Formatter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.case_facts import CASE, load_facts
from kamlib.distributor import Packages, load
from kamlib.distributor_file import ISSUES
from kamlib.haggling import MoveRefused, Table, replay
from kamlib.haggling_words import QUESTIONS, WORDINGS, say
from kamlib.negotiation import Game
from kamlib.words import Words

PARAMETERS = load()
PACKAGES = Packages.of(PARAMETERS)
NAMES = Game.load(CASE / "game.json").sheets
FACTS = load_facts(CASE)
ENGLISH = Words("en")
TERMS = {"dealer_terms": "7d", "deliveries": "on-order", "minimum_order": 1, "models_carried": 3}
GENEROUS = {**TERMS, "dealer_terms": "3d", "stores_covered": 945, "rebate_per_unit": 30,
            "joint_promotion_krmb": 40, "monthly_target": 2830}  # fmt: skip


def a_table(seed: int = 3) -> Table:
    return Table(PARAMETERS, seed, NAMES, FACTS, PACKAGES)


def said(table: Table, lang: str = "en") -> list[str]:
    words = table.words(lang)
    return [words.say(line.text) for line in table.lines]


def last(table: Table) -> str:
    return table.lines[-1].text.text


# Showing, claiming, asking ------------------------------------------------------------------------


def test_a_opens_with_its_complaint() -> None:
    """The first line is A's, on the first day."""
    table = a_table()
    assert [line.who for line in table.lines] == ["A"]
    assert last(table) in WORDINGS["opening"]
    assert (table.day, table.status, table.days_left) == (1.0, "open", 29.0)


def test_evidence_moves_belief_and_takes_time() -> None:
    """What was shown is noted, belief rises, trust stays, a quarter of a day passes."""
    before = a_table()
    after = before.show("E7")
    assert after.shown == ("E7",)
    assert after.seat.beliefs.mean[0] > before.seat.beliefs.mean[0]
    assert after.seat.trust == before.seat.trust
    assert after.day == before.day + 0.25
    assert last(after) in WORDINGS["shown_strong"]


def test_a_table_never_changes() -> None:
    """A move returns the next table and leaves this one as it was."""
    table = a_table()
    table.show("E7")
    assert table.moves == ()
    assert len(table.lines) == 1


def test_the_same_evidence_again_adds_nothing() -> None:
    """A says that it has heard it, and belief stays; time passes all the same."""
    once = a_table().show("E7")
    twice = once.show("E7")
    assert twice.seat.beliefs is once.seat.beliefs
    assert last(twice) in WORDINGS["shown_again"]
    assert twice.day > once.day


def test_facts_are_evidence_only_where_they_are_all_it_takes() -> None:
    """F02, F11 and F19 are E7; one of them alone proves nothing."""
    whole = a_table().show_facts(["F19", "F02", "F11"])
    part = a_table().show_facts(["F11"])
    assert whole.seat.beliefs.heard == ("E7",)
    assert part.seat.beliefs.heard == ()
    assert last(part) in WORDINGS["shown_no_evidence"]
    assert part.shown == ("F11",)


def test_anothers_confidential_figures_cost_trust() -> None:
    """Showing what B sells is answered sharply and remembered."""
    before = a_table()
    after = before.show_facts(["F03"])
    assert after.seat.leaked == ("F03",)
    assert after.seat.trust == pytest.approx(before.seat.trust - 0.3)
    assert last(after) in WORDINGS["confidential"]


def test_what_can_be_refuted_lowers_trust_and_not_below_0() -> None:
    """Each claim costs 0.3, and with no trust left evidence moves nothing."""
    table = a_table()
    trust = table.seat.trust
    table = table.claim("R1")
    assert table.seat.trust == pytest.approx(trust - 0.3)
    for _ in range(4):
        table = table.claim("R2")
    assert table.seat.trust == 0
    after = table.show("E2")
    assert after.seat.beliefs.mean[0] == table.seat.beliefs.mean[0]
    assert last(after) in WORDINGS["shown_distrust"]


def test_questions_are_answered_without_hidden_numbers() -> None:
    """Every question has its answer; none holds a number."""
    table = a_table()
    for about in QUESTIONS:
        table = table.ask(about)
        assert last(table) in WORDINGS[f"answer_{about}"]
        assert not any(char.isdigit() for char in said(table)[-1])


def test_asked_again_what_helps_a_names_the_next_thing() -> None:
    """Two questions, two issues."""
    table = a_table().ask("help").ask("help")
    answers = [dict(line.text.values) for line in table.lines if line.who == "A"][1:]
    assert answers[0]["issue"] != answers[1]["issue"]


# Offers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_a_accepts_what_is_worth_enough_to_it(seed: int) -> None:
    """A is ready to sign exactly where value at its belief reaches what it needs."""
    table = a_table(seed)
    for offer in ({"monthly_target": 4500}, {"monthly_target": 2830}, GENEROUS):
        table = table.offer(offer)
        index = PACKAGES.index(offer)
        value = float(PACKAGES.distributor(float(table.seat.beliefs.mean[0]), np.array([index]))[0])
        needs = float(table.mind.reservation[0]) + 2
        accepted = table.on_the_table == PACKAGES.deal(index)
        assert accepted == (value >= needs)
    assert table.on_the_table is not None


def test_what_a_asks_for_it_signs() -> None:
    """A’s own offers, first and later ones, are worth enough to it, near to ours, and feasible."""
    greedy, modest = 0, 0
    for seed in range(40):
        table = a_table(seed).show("E7").show("E4")
        for offer in (
            {"monthly_target": 2990, "minimum_order": 1, "models_carried": 2},
            {"monthly_target": 2990, "minimum_order": 1, "dealer_terms": "3d", "rebate_per_unit": 10},
            {"monthly_target": 3250, "minimum_order": 1, "models_carried": 3, "rebate_per_unit": 20},
            {"monthly_target": 2990, "minimum_order": 5, "rebate_per_unit": 10},
            {"monthly_target": 2990, "minimum_order": 5, "models_carried": 2},
        ):  # fmt: skip
            counters = table.seat.counters
            table = table.offer(offer)
            wanted = table.on_the_table
            if table.seat.counters == counters or wanted is None:
                continue
            greedy, modest = greedy + (counters == 0), modest + (counters >= 3)
            assert last(table) in WORDINGS["counter"]
            which = np.array([PACKAGES.index(wanted)])
            value = PACKAGES.distributor(float(table.seat.beliefs.mean[0]), which)
            assert value[0] >= float(table.mind.reservation[0]) + 2 - 1e-9
            mine = PACKAGES.deal(PACKAGES.index(offer))
            assert 1 <= sum(mine[name] != wanted[name] for name in ISSUES) <= 2
            assert float(wanted["stores_covered"]) <= 945
    assert greedy > 10
    assert modest > 1


def test_no_to_seven_days_is_about_cash_and_softens_at_three() -> None:
    """Offered the longest credit, A names three days, once."""
    softened = 0
    for seed in range(20):
        table = a_table(seed).offer({"monthly_target": 2830, "dealer_terms": "7d"})
        if last(table) in (*WORDINGS["soften"], *WORDINGS["soften_agrees"]):
            softened += 1
            values = dict(table.lines[-1].text.values)
            assert ENGLISH.say(values["softer"]) == "3 days’ credit"  # type: ignore[arg-type]
            again = table.offer({"monthly_target": 2990, "dealer_terms": "7d"})
            assert last(again) not in (*WORDINGS["soften"], *WORDINGS["soften_agrees"])
    assert softened >= 15


def test_facts_turn_a_no_into_a_yes() -> None:
    """The same package refused before the evidence is accepted after it, and A says so."""
    offer = {**TERMS, "dealer_terms": "3d", "stores_covered": 945, "monthly_target": 2990,
             "rebate_per_unit": 10}  # fmt: skip
    turned = 0
    for seed in range(30):
        table = a_table(seed).offer(offer)
        if table.on_the_table == PACKAGES.deal(PACKAGES.index(offer)):
            continue
        for name in PARAMETERS.evidence_by_id():
            table = table.show(name)
        table = table.offer(offer)
        if table.on_the_table == PACKAGES.deal(PACKAGES.index(offer)):
            turned += 1
            texts = [line.text.text for line in table.lines]
            assert set(texts) & set(WORDINGS["same_offer_new_mind"])
    assert turned >= 5


def test_an_offer_that_was_accepted_and_comes_again_is_no_change_of_mind() -> None:
    """Who said yes to it does not say that he sees it differently now."""
    offer = {**TERMS, "stores_covered": 945, "monthly_target": 2830, "rebate_per_unit": 30,
             "joint_promotion_krmb": 40, "promoters": 2}  # fmt: skip
    accepted = 0
    for seed in range(20):
        table = a_table(seed).offer(offer)
        if table.on_the_table != PACKAGES.deal(PACKAGES.index(offer)):
            continue
        accepted += 1
        texts = {line.text.text for line in table.offer(offer).lines}
        assert not texts & set(WORDINGS["same_offer_new_mind"])
        assert table.offer(offer).on_the_table == table.on_the_table
    assert accepted >= 5


def test_a_far_offer_gets_no_counter_offer() -> None:
    """4,500 on today's terms: nothing is on the table after it."""
    table = a_table().offer({"monthly_target": 4500})
    assert table.on_the_table is None
    assert last(table) in WORDINGS["far"]


# Head office, signing, ending ----------------------------------------------------------------------


def test_signing_ends_the_talk() -> None:
    """The signed package stays, and no further move is possible."""
    table = a_table().offer(GENEROUS).sign()
    assert table.status == "signed"
    assert table.signed == PACKAGES.deal(PACKAGES.index(GENEROUS))
    with pytest.raises(MoveRefused, match="over"):
        table.show("E1")


def test_what_is_beyond_authority_and_not_marked_is_voided() -> None:
    """Head office voids it, two days and trust are lost, and the talk goes on."""
    before = a_table().offer({**GENEROUS, "rebate_per_unit": 40})
    after = before.sign()
    assert after.status == "open"
    assert after.signed is None
    assert after.on_the_table is None
    assert after.day == before.day + 2
    assert after.seat.trust == pytest.approx(before.seat.trust * 0.6)
    assert [line.who for line in after.lines[-3:]] == ["you", "head_office", "A"]


def test_what_is_marked_waits_for_head_office() -> None:
    """It cannot be signed before head office agreed; once it has, it can."""
    granted = refused = 0
    for seed in range(12):
        table = a_table(seed).offer({**GENEROUS, "promoters": 4}, approval=["promoters"])
        assert table.needs_approval({**GENEROUS, "promoters": 4}) == ("promoters",)
        with pytest.raises(MoveRefused, match="approval"):
            table.sign()
        asked = table.ask_head_office({"promoters": 4})
        assert asked.day == table.day + 2
        assert asked.lines[-1].who == "head_office"
        if asked.granted:
            granted += 1
            assert asked.granted == (("promoters", 4),)
            assert asked.sign().status == "signed"
        else:
            refused += 1
            with pytest.raises(MoveRefused, match="approval"):
                asked.sign()
    assert granted
    assert refused


@pytest.mark.parametrize(
    ("wishes", "why"),
    [({"rebate_per_unit": 20}, "yourself"), ({}, "head office"), ({"promoters": 3}, "agreed")],
)
def test_head_office_is_asked_only_for_what_it_decides(wishes: dict[str, Any], why: str) -> None:
    """What is within authority, nothing at all, and no option at all are refused."""
    with pytest.raises(MoveRefused, match=why):
        a_table().ask_head_office(wishes)


def test_head_office_answers_once() -> None:
    """The same wish again is refused, so nobody asks until it says yes."""
    table = a_table().ask_head_office({"rebate_per_unit": 40})
    with pytest.raises(MoveRefused, match="already"):
        table.ask_head_office({"rebate_per_unit": 40})


def test_walking_away_ends_the_talk() -> None:
    """Nothing is signed."""
    table = a_table().offer(GENEROUS).leave()
    assert (table.status, table.signed) == ("left", None)


def test_the_month_ends() -> None:
    """After thirty days the talk is over, whatever lies on the table."""
    table = a_table()
    while table.status == "open":
        table = table.show("E1")
    assert (table.status, table.day, table.days_left) == ("over", 30.0, 0.0)
    assert last(table) in WORDINGS["month_over"]


@pytest.mark.parametrize(
    "move",
    [
        None, [], "sign", {}, {"do": "fly"}, {"do": []}, {"do": "show"}, {"do": "show", "evidence": 7},
        {"do": "show", "evidence": "E99"}, {"do": "show", "facts": "F02"}, {"do": "show", "facts": []},
        {"do": "show", "facts": ["F99"]}, {"do": "show", "facts": [["F02"]]}, {"do": "claim"},
        {"do": "claim", "claim": {}}, {"do": "ask", "about": "belief"}, {"do": "ask", "about": None},
        {"do": "offer"}, {"do": "offer", "package": {"price": 1}}, {"do": "sign"},
        {"do": "offer", "package": {"minimum_order": True}}, {"do": "offer", "package": {1: 2}},
        {"do": "offer", "package": {}, "approval": "promoters"},
        {"do": "offer", "package": {}, "approval": ["price"]},
        {"do": "offer", "package": {}, "approval": [[]]},
        {"do": "head_office"}, {"do": "head_office", "wishes": {"promoters": float("nan")}},
    ],
)  # fmt: skip
def test_what_is_no_move_is_refused_in_a_sentence(move: Any) -> None:
    """Each has its sentence, which can be said in both languages."""
    table = a_table()
    with pytest.raises(MoveRefused) as refused:
        table.play(move)
    for lang in ("en", "zh"):
        assert len(table.words(lang).say(refused.value.message)) > 4


# Replays --------------------------------------------------------------------------------------------

packages = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(PARAMETERS.issues.options(name)) for name in ISSUES}
)
moves = st.one_of(
    st.builds(lambda one: {"do": "show", "evidence": one}, st.sampled_from([f"E{n}" for n in range(1, 8)])),
    st.builds(lambda some: {"do": "show", "facts": some},
              st.lists(st.sampled_from(["F02", "F03", "F04", "F11", "F19"]), min_size=1)),
    st.builds(lambda one: {"do": "claim", "claim": one}, st.sampled_from(["R1", "R2", "R3"])),
    st.builds(lambda one: {"do": "ask", "about": one}, st.sampled_from(list(QUESTIONS))),
    st.builds(lambda one, marked: {"do": "offer", "package": one, "approval": marked},
              packages, st.lists(st.sampled_from(ISSUES), unique=True)),
    st.builds(lambda one: {"do": "head_office", "wishes": {"promoters": one}}, st.sampled_from([2, 4])),
    st.sampled_from([{"do": "sign"}, {"do": "sign"}, {"do": "leave"}]),
)  # fmt: skip


def played(seed: int, some: list[dict[str, Any]]) -> Table:
    table = Table(PARAMETERS, seed, NAMES, FACTS, PACKAGES)
    for move in some:
        try:
            table = table.play(move)
        except MoveRefused:
            continue
    return table


@given(seed=st.integers(0, 2**62), some=st.lists(moves, max_size=12))
@settings(max_examples=60, deadline=None)
def test_any_play_can_be_played_again_to_the_word(seed: int, some: list[dict[str, Any]]) -> None:
    """From its seed and its moves as JSON: the same lines, days, mind and end."""
    table = played(seed, some)
    again = replay(PARAMETERS, json.dumps(table.log()), NAMES, FACTS)
    assert again.problem is None
    assert again.table is not None
    assert again.table.lines == table.lines
    assert again.table.seat.path == table.seat.path
    assert (again.table.day, again.table.status) == (table.day, table.status)
    assert again.table.signed == table.signed
    assert again.table.log() == table.log()


@given(seed=st.integers(0, 2**62), some=st.lists(moves, max_size=12))
@settings(max_examples=60, deadline=None)
def test_belief_trust_and_days_stay_in_bounds(seed: int, some: list[dict[str, Any]]) -> None:
    """Whatever is played: belief in [0.6, 1], trust in [0, 1], days in order within the month."""
    table = played(seed, some)
    for point in table.seat.path:
        assert 0.6 <= point.belief <= 1
        assert 0 <= point.trust <= 1
    days = [line.day for line in table.lines]
    assert days == sorted(days)
    assert 1 <= table.day <= 30
    for lang in ("en", "zh"):
        assert all(line and "{" not in line for line in said(table, lang))


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(junk | st.binary(max_size=30) | st.builds(
    lambda some: {"version": 1, "seed": 3, "moves": some}, st.lists(junk | moves, max_size=4)
))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_a_damaged_log_is_answered_with_a_sentence(log: Any) -> None:
    """Nothing is raised; either all of it was played, or a sentence says what is wrong."""
    found = replay(PARAMETERS, log, NAMES, FACTS)
    if found.problem is None:
        assert found.table is not None
    else:
        assert len(ENGLISH.say(found.problem)) > 10


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda log: log | {"version": 2}, "version"),
        (lambda log: log | {"version": True}, "version"),
        (lambda log: log | {"seed": -1}, "seed"),
        (lambda log: log | {"seed": 1.5}, "seed"),
        (lambda log: log | {"moves": None}, "list of moves"),
        (lambda log: log | {"moves": [*log["moves"], {"do": "sign"}]}, "Move 2"),
        (lambda log: json.dumps(log)[:-5], "damaged"),
        (lambda log: "[" * 100_000, "damaged"),
        (lambda log: b"\xff\xfe\x00", "damaged"),
    ],
)
def test_what_is_wrong_with_a_log_is_named(change: Callable[[Any], Any], why: str) -> None:
    """Version, seed, moves, or the move that cannot be made; what could be played was."""
    found = replay(PARAMETERS, change(a_table().show("E1").log()), NAMES, FACTS)
    assert found.problem is not None
    assert why in ENGLISH.say(found.problem)
    if why == "Move 2":
        assert found.table is not None
        assert found.table.shown == ("E1",)


# Words ----------------------------------------------------------------------------------------------


def test_no_two_plays_need_to_be_equal() -> None:
    """Over twenty seeds the same moves give many different talks."""
    talks = set()
    for seed in range(20):
        table = a_table(seed).ask("cash").show("E7").offer({"monthly_target": 2830})
        talks.add(tuple(said(table)))
    assert len(talks) >= 19


def test_a_does_not_repeat_itself_while_it_has_other_words() -> None:
    """Three questions of one kind get three different answers."""
    table = a_table().ask("cash").ask("cash").ask("cash")
    answers = [line.text.text for line in table.lines if line.who == "A"][1:]
    assert len(set(answers)) == 3


@pytest.mark.parametrize("situation", list(WORDINGS))
def test_all_wordings_of_a_situation_fill_the_same_braces(situation: str) -> None:
    """So any of them can be drawn; and each situation has at least two."""
    names = [
        {name for _, name, _, _ in Formatter().parse(text) if name} for text in WORDINGS[situation]
    ]
    assert len(names) >= 2
    assert all(one == names[0] for one in names)


def test_an_unknown_situation_has_no_words() -> None:
    """It raises `KeyError`."""
    with pytest.raises(KeyError):
        say("sneeze", np.random.default_rng(1))


def test_case_1b_is_played_at_the_same_table() -> None:
    """Other terms, other sums, the same moves; longest credit softens to the middle one."""
    folder = CASE.parent / "case_1b"
    table = Table(load(folder), 5, Game.load(folder / "game.json").sheets, load_facts(folder))
    table = table.show("E7").offer({"monthly_target": 2090, "dealer_terms": "10d"})
    assert len(table.lines) == 5
    assert "10 days" in said(table)[3]
    assert all(said(table, "zh"))
