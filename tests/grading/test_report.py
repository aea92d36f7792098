"""The cohort report: its numbers, its silence where there are too few, and the page it becomes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kamlib.course.bundle import KeyFix, Moved
from kamlib.grading import cohort_numbers as numbers
from kamlib.grading import report as report_module
from kamlib.grading.cohort_numbers import TooFew
from kamlib.grading.report import (
    Refused,
    Report,
    ReportData,
    ReportError,
    from_json,
    open_report,
    to_json,
    write_report,
)
from kamlib.grading.results import ItemResult, Result, SecondMark, Trainee
from kamlib.items.keys import Key, named_checks, parse_key
from kamlib.items.mark import Mark, MetGate, Outcome
from kamlib.items.model import Item, parse_item
from kamlib.words import Words, message

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPTIONS = {"a": "Load the warehouse", "b": "Count the shelves", "c": "Ask the factory"}


def choice(name: str, points: float = 1) -> tuple[Item, Key]:
    """Return a choice item with its key."""
    item = parse_item(
        {"id": f"u.{name}", "title": f"Title {name}", "prompt": "?", "interaction": "choice",
         "points": points, "options": OPTIONS}
    )  # fmt: skip
    data = {"answer": "b", "explanation": "Because.", "read": "stock",
            "messages": {"a": "Loading comes back as returns."}}  # fmt: skip
    return item, parse_key("choice", data)


PAIRS = [choice("one", 2), choice("two"), choice("three")]
ITEMS = tuple(item for item, _ in PAIRS)
KEYS = {item.id: key for item, key in PAIRS}


def marked(item: Item, share: float | None, **more: Any) -> ItemResult:
    """Return an item with a mark; a wrong one chose option `a`."""
    outcome = Outcome.CANNOT_BE_CHECKED if share is None else Outcome.PARTLY
    outcome = {1: Outcome.CORRECT, 0: Outcome.INCORRECT}.get(share, outcome)  # type: ignore[call-overload]
    mark = Mark(
        item.id,
        None if share is None else share * item.points,
        item.points,
        outcome,
        (message("Said of {n} parts.", n=2),),
        needs_human=share is None,
        traps=("a",) if share == 0 else (),
    )
    return ItemResult(mark, {"choice": "a" if share == 0 else "b"}, **more)


def person(no: int, *shares: float | None, lang: str = "zh", **more: Any) -> Result:
    """Return the result of trainee number `no` with these shares, item by item."""
    received = datetime(2026, 6, 14, 12, 0, tzinfo=SHANGHAI)
    items = tuple(marked(item, share) for item, share in zip(ITEMS, shares, strict=False))
    rest = {"received": received, "attempts": 1, "counted": 1, **more}
    return Result(Trainee(f"A{no:03d}", f"Name {no}", lang), "u", items, **rest)


def missing(no: int) -> Result:
    """Return the result of a trainee who handed in nothing."""
    return Result(Trainee(f"A{no:03d}", f"Name {no}", "zh"), "u", (), None)


def group(size: int) -> list[Result]:
    """Return a group in which the first item is missed by a third and scores spread."""
    return [person(i, float(i % 3 > 0), float(i % 4 > 0), i % 5 / 4) for i in range(size)]


def data(results: list[Result], **more: Any) -> ReportData:
    """Return report data over the three items."""
    fixed: dict[str, Any] = {
        "cohort": "Spring <class>",
        "unit": "u",
        "title": "Stock and shelves",
        "lang": "zh",
        "items": ITEMS,
        "keys": KEYS,
        "results": tuple(results),
        "due": datetime(2026, 6, 15, 23, 59, tzinfo=SHANGHAI),
        "reading": {"stock": "Why loading backfires"},
    }
    return ReportData(**{**fixed, **more})


PARTS = (
    "front", "again", "distribution", "strip", "people", "waiting", "late_and_missing", "refused",
    "remarks", "items", "trust", "methods",
)  # fmt: skip


def text_of(html: str) -> str:
    """Return the text of a page or part, spaces folded."""
    html = re.sub(r"<style>.*?</style>|<svg.*?</svg>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def part(name: str, results: list[Result], lang: str = "en", **more: Any) -> str:
    """Return the text of one part of the report."""
    return text_of(getattr(Report(data(results, **more), lang), name)().html)


# The numbers


def test_summary_counts_who_handed_in_and_what_waits() -> None:
    """The four numbers leave out who is missing, and the median what still waits."""
    late = person(1, 0, 0, 0, late=timedelta(hours=1))
    found = numbers.summary([person(0, 1, 1, None), late, missing(2)])
    assert (found.handed_in, found.people, found.late) == (2, 3, 1)
    assert (found.waiting, found.waiting_people) == (1, 1)
    assert found.median == 0.5


def test_median_leaves_out_the_late_penalty() -> None:
    """The share is of the points marked so far, before anything is taken off."""
    assert numbers.share(person(0, 1, None, 0, penalty=1.0, late=timedelta(days=1))) == 2 / 3


def test_item_numbers_count_missed_blank_and_traps() -> None:
    """Difficulty, misses and wrong turns are counted over who handed in."""
    results = [person(i, 0, 1, 1) for i in range(3)] + [person(3, 0.5, 1, 1), missing(4)]
    one = numbers.item_numbers(ITEMS, KEYS, results)[0]
    assert (one.people, one.missed, one.share) == (4, 3, 0.125)
    assert [(fall.name, fall.count) for fall in one.falls] == [("a", 3)]
    assert one.chosen == (
        ("Load the warehouse", 3, False),
        ("Count the shelves", 1, True),
        ("Ask the factory", 0, False),
    )


def test_an_item_that_mostly_waits_is_not_called_hard() -> None:
    """One blank answer among texts that nobody has read yet says nothing about the question."""
    results = [person(i, None, 1, 1) for i in range(9)] + [person(9, 0, 0, 0)]
    one = numbers.item_numbers(ITEMS, KEYS, results)[0]
    assert one.share is None
    assert one not in numbers.teach_again(numbers.item_numbers(ITEMS, KEYS, results))


def test_choices_in_any_shape_are_counted_or_passed_over() -> None:
    """Distractor counts survive whatever stands in an answers file."""
    odd: list[Any] = [None, 3, "a", ["a"], {"choice": ["a"]}, {"choice": None}, {"choice": "zz"}]
    results = [
        Result(Trainee(f"A{n}", "", "en"), "u", (ItemResult(marked(ITEMS[0], 0).mark, response),),
               None, attempts=1, counted=1)
        for n, response in enumerate(odd)
    ]  # fmt: skip
    one = numbers.item_numbers(ITEMS, KEYS, results)[0]
    assert [count for _, count, _ in one.chosen] == [0, 0, 0]


def test_flags_need_a_group_large_enough() -> None:
    """Three people who all miss an item prove nothing; thirty do."""
    few = numbers.item_numbers(ITEMS, KEYS, [person(i, 0, 1, 1) for i in range(3)])
    many = numbers.item_numbers(ITEMS, KEYS, [person(i, 0, 1, 0.5) for i in range(60)])
    assert [one.flags for one in few] == [(), (), ()]
    assert [[flag.text for flag in one.flags] for one in many] == [["too hard"], ["too easy"], []]


def test_item_rest_needs_more_than_fifty_people() -> None:
    """At fifty people there is no correlation, at fifty-one there is."""
    assert numbers.item_rest("u.one", group(50)) == TooFew(50, 51)
    assert isinstance(numbers.item_rest("u.one", group(51)), float)


def test_item_rest_is_the_correlation_with_the_others_alone() -> None:
    """An item that goes with the rest has 1, one that goes against it −1 and a flag on its key."""
    along = [person(i, i % 2, i % 2, i % 2) for i in range(60)]
    against = [person(i, i % 2, 1 - i % 2, 1 - i % 2) for i in range(60)]
    assert numbers.item_rest("u.one", along) == pytest.approx(1)
    assert numbers.item_rest("u.one", against) == pytest.approx(-1)
    flags = numbers.item_numbers(ITEMS, KEYS, against)[0].flags
    assert [flag.text for flag in flags] == ["check the key: the better people miss it"]


def test_item_rest_without_spread_is_no_number() -> None:
    """Where everybody has the same mark there is nothing to correlate."""
    assert numbers.item_rest("u.one", [person(i, 1, i % 2, 1) for i in range(60)]) is None


def test_alpha_needs_more_than_fifty_people() -> None:
    """Fifty hand-ins are too few; with more, items that agree fully have an alpha near 1."""
    along = [person(i, i % 2, i % 2, i % 2) for i in range(80)]
    assert numbers.alpha(along[:50]) == TooFew(50, 51)
    # Cronbach's formula by hand: 3/2 · (1 − (4 + 1 + 1)·v / 16·v)
    assert numbers.alpha(along) == pytest.approx(1.5 * (1 - 6 / 16))


def test_kappa_needs_a_hundred_answers() -> None:
    """Below a hundred answers marked by both there is no kappa at all."""
    both = [marked(ITEMS[0], i % 5 / 4, human_score=i % 5 / 2) for i in range(100)]
    results = [
        Result(Trainee(f"A{n}", "", "en"), "u", (one,), None, attempts=1, counted=1)
        for n, one in enumerate(both)
    ]
    assert numbers.agreement(results[:99]) == TooFew(99, 100)
    found = numbers.agreement(results)
    assert isinstance(found, numbers.Agreement)
    assert (found.exact, found.kappa, found.smd) == (1.0, 1.0, 0.0)
    assert found.low <= found.kappa <= found.high


def test_two_markers_are_compared_on_the_first_marks() -> None:
    """Human–human kappa uses the marks before the two spoke, not the score they settled on."""
    both = [
        marked(ITEMS[0], None, human_score=2.0,
               second=SecondMark(score=i % 5 / 2, first=(i + i % 2) % 5 / 2))
        for i in range(100)
    ]  # fmt: skip
    without = marked(ITEMS[0], None, second=SecondMark(score=1.0, first=None))
    results = [
        Result(Trainee(f"A{n}", "", "en"), "u", (one,), None, attempts=1, counted=1)
        for n, one in enumerate([*both, without])
    ]
    assert numbers.two_markers(results[1:]) == TooFew(99, 100)
    found = numbers.two_markers(results)
    assert isinstance(found, numbers.Agreement)
    assert found.answers == 100
    assert 0 < found.kappa < 1


def test_agreement_survives_marks_that_never_vary() -> None:
    """Two who each give everybody the same mark have no kappa, alike or not."""
    assert numbers.agreed([(0.5, 0.5)] * 100) is None
    assert numbers.agreed([(0.5, 1.0)] * 100) is None


def test_kappa_is_quadratic_weighted() -> None:
    """The closed form equals the usual one over a table of weights."""
    import numpy as np

    chance = np.random.default_rng(1)
    first = chance.integers(0, 5, 300)
    second = np.clip(first + chance.integers(-1, 2, 300), 0, 4)
    table = np.zeros((5, 5))
    np.add.at(table, (first, second), 1)
    weights = (np.arange(5)[:, None] - np.arange(5)[None, :]) ** 2
    expected = np.outer(table.sum(1), table.sum(0)) / 300
    usual = 1 - (weights * table).sum() / (weights * expected).sum()
    assert numbers.kappa(np.column_stack([first, second])) == pytest.approx(usual)


def test_language_difference_needs_enough_in_both() -> None:
    """One language has nothing to compare; a small second one is too few; a large one is judged."""
    chinese = [person(i, i % 2, 1, 1) for i in range(40)]
    english = [person(100 + i, i % 2, 0, 1, lang="en") for i in range(40)]
    assert numbers.by_language(chinese) is None
    assert numbers.by_language(chinese + english[:29]) == TooFew(29, 30)
    found = numbers.by_language(chinese + english)
    assert isinstance(found, numbers.Difference)
    assert {found.first, found.second} == {"zh", "en"}
    assert found.low < found.value < found.high


def test_teach_again_takes_what_a_quarter_missed() -> None:
    """An item missed by fewer than a quarter is not worth the time of all."""
    results = [person(i, float(i >= 2), float(i >= 3), 1) for i in range(12)]
    again = numbers.teach_again(numbers.item_numbers(ITEMS, KEYS, results))
    assert [one.item.id for one in again] == ["u.two"]


FALLS: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    ("choice", {"options": OPTIONS}, {"answer": "b", "messages": {"a": "Returns."}},
     "a", "Load the warehouse | Returns."),
    ("choice", {"options": OPTIONS, "reasons": {"r": "It looks good", "s": "It sells"}},
     {"answer": "b", "reason": "s", "reason_messages": {"r": "Looks do not sell."}},
     "reason:r", "It looks good | Looks do not sell."),
    ("match", {"stems": {"s": "He waits", "t": "He asks"}, "options": OPTIONS},
     {"answer": {"s": "b", "t": "c"}, "messages": {"s": "Waiting is no count."}},
     "s:a", "“He waits” with “Load the warehouse” | Waiting is no count."),
    ("order", {"options": OPTIONS}, {"answer": ["b", "c", "a"]},
     "a:b", "“Load the warehouse” before “Count the shelves” | "),
    ("evidence", {"claims": {"c1": "A is short"}, "facts": {"F1": {"text": "20"}, "F2": {"text": "25"}}},
     {"answer": {"c1": [{"all_of": ["F1"]}]}, "messages": {"F2": "That is B."}},
     "c1:F2", "“A is short” with “25” | That is B."),
    ("spot_error", {"segments": {"x": "We sell", "y": "We buy"}, "kinds": {"k": "Logic", "f": "Fact"}},
     {"where": "x", "kind": "k"}, "kind:f", "Fact | "),
    ("number", {"quantity": "Q", "units": {"p": "%"}},
     {"value": 20, "unit": "p", "traps": [{"name": "base", "value": 80, "message": "Wrong base."}]},
     "base", " | Wrong base."),
    ("recall", {"lines": 3}, {"points": {"p": {"name": "P", "accept": ["p"]}}}, "odd:one", "odd:one | "),
]  # fmt: skip


@pytest.mark.parametrize(("interaction", "item", "key", "name", "expected"), FALLS)
def test_wrong_turns_are_named_in_words(
    interaction: str, item: dict[str, Any], key: dict[str, Any], name: str, expected: str
) -> None:
    """A wrong turn reads as labels with the author's message, never as keys."""
    whole = parse_item(
        {"id": "u.q", "title": "T", "prompt": "?", "interaction": interaction, **item}
    )
    called, said = numbers.fall_text(
        whole, parse_key(interaction, {"explanation": "E", **key}), name
    )
    assert f"{Words('en').say(called)} | {said}" == expected


def test_a_failed_check_is_named_by_its_message() -> None:
    """A check of a structured answer has no label; its message says what is wrong."""
    fields = {"low": {"label": "Low", "kind": "number"}}
    item = parse_item(
        {"id": "u.q", "title": "T", "prompt": "?", "interaction": "structured", "fields": fields}
    )
    check = {"rule": "between", "fields": ["low"], "low": 1, "message": "At least one."}
    key = parse_key("structured", {"explanation": "E", "checks": [check]})
    (name,) = named_checks(key.checks)  # type: ignore[union-attr]
    assert numbers.fall_text(item, key, name) == ("", "At least one.")


# The parts


FIX = KeyFix(
    number=1, at=datetime(2026, 6, 20, 9, 30, tzinfo=SHANGHAI), why="A slip.",
    items=(ITEMS[1].id,),
    moved=(
        Moved(code="A000", answers="0", item=ITEMS[1].id, before=0, after=1),
        Moved(code="A001", answers="1", item=ITEMS[1].id, before=1, after=0),
        Moved(code="A002", answers="2", item=ITEMS[1].id, before=1, after=0, kept=1),
    ),
)  # fmt: skip
"""A correction of the second question's key: one mark up, one down, one kept."""


def test_front_says_that_a_key_was_corrected() -> None:
    """Question, day and how many marks moved; a correction of words alone is not worth a line."""
    text = part("front", group(3), fixes=(FIX,))
    assert "Key of question 2 corrected on 20 June; marks up: 1, down: 1, kept: 1" in text
    words = FIX.model_copy(update={"items": (), "wording": FIX.items, "moved": ()})
    assert "corrected" not in part("front", group(3), fixes=(words,))


def test_front_shows_the_four_numbers() -> None:
    """The top says how many handed in, how many late, the median, and what waits."""
    results = [*group(3), person(3, 1, 1, None, late=timedelta(hours=2)), missing(4)]
    text = part("front", results)
    assert "Handed in 4 of 5 missing: 1" in text
    assert "Late 1 of those handed in" in text
    assert "Waiting for a person 1 answers from 1 trainees" in text
    assert "Ask for the hand-ins of Name 4." in text


def test_teach_again_names_the_trap_the_count_and_the_page() -> None:
    """Each item to teach again has its wrong turns with counts and the page to open."""
    text = part("again", [person(i, 0, 1, 1) for i in range(4)])
    assert "1 Title one 4 of 4 got less than half of the points" in text
    assert "4 × Load the warehouse – Loading comes back as returns." in text
    assert "Open: Why loading backfires" in text


def test_wrong_turns_that_read_the_same_count_together() -> None:
    """Two known wrong values with one explanation are one line with both counts."""
    traps = [{"name": n, "value": v, "message": "Wrong way."} for n, v in (("x", 1), ("y", 2))]
    item = parse_item(
        {"id": "u.one", "title": "T", "prompt": "?", "interaction": "number", "quantity": "Q",
         "units": {"p": "%"}}
    )  # fmt: skip
    key = parse_key("number", {"explanation": "E", "value": 3, "unit": "p", "traps": traps})
    results = [
        Result(Trainee(f"A{n}", "", "en"), "u", (ItemResult(Mark(
            "u.one", 0.0, 1.0, Outcome.INCORRECT, (message("Wrong."),), traps=(name,)), {}),),
            None, attempts=1, counted=1)
        for n, name in enumerate("xxy")
    ]  # fmt: skip
    text = part("again", results, items=(item,), keys={"u.one": key})
    assert "3 × Wrong way." in text
    assert text.count("Wrong way.") == 1


def test_small_group_reads_too_few_instead_of_a_number() -> None:
    """A workshop of 24 gets no correlation, no alpha, no kappa and no difference by language."""
    mixed = group(20) + [person(100 + i, 1, 0, 1, lang="en") for i in range(4)]
    text = part("trust", mixed)
    assert text.count("too few to judge") == 4
    assert "alpha" not in text
    assert "kappa" not in text
    assert "too few to judge (24; 51 are needed)" in part("items", mixed)


def test_large_group_gets_its_numbers() -> None:
    """With two hundred trainees reliability and correlations are said."""
    text = part("trust", group(200))
    assert "Cronbach’s alpha" in text
    assert "too few" not in part("items", group(200))


def test_table_to_act_on_starts_with_who_needs_something() -> None:
    """Missing hand-ins come first, then the weakest; each row says what to do."""
    broken = Result(Trainee("A008", "Broken", "zh"), "u", (), None, attempts=1)
    results = [person(0, 1, 1, 1), person(1, 0, 0, 0.5), person(2, 1, 1, None), missing(9), broken]
    text = part("people", results)
    places = [text.index(name) for name in ("Broken", "Name 9", "Name 1", "Name 0")]
    assert places == sorted(places)
    assert "ask for it" in text
    assert "help with the file" in text
    assert "talk it through" in text
    assert "mark 1" in text
    assert "1 Title one" in text


GATE = MetGate(message("Row {rows}: {why}", rows=(2,), why=message("Not yours to promise.")), 2, 4)


def gated(no: int) -> Result:
    """Return a hand-in whose third answer met a gate, which halves its other marks."""
    result = person(no, 1, 1, 0.5)
    one, two, three = result.items
    return replace(
        result,
        items=(
            replace(one, mark=replace(one.mark, score=1.0, own=2.0)),
            replace(two, mark=replace(two.mark, score=0.5, own=1.0)),
            replace(
                three, mark=replace(three.mark, score=0.25, own=0.5, gate=GATE, needs_human=True)
            ),
        ),
    )


def test_who_met_a_gate_stands_on_top_with_what_to_do() -> None:
    """Person, question, what the gate says and the command with the answer's own points."""
    text = part("front", [person(0, 1, 1, 1), gated(1)], cohort="spring")
    assert "Name 1 · 3 Title three Row 2: Not yours to promise." in text
    assert "kam mark spring A001 u.three --score 0.5" in text
    assert "Name 0 ·" not in text
    assert "met a gate" not in part("front", [person(0, 1, 1, 1)])


def test_a_held_score_is_called_held_and_the_gate_is_what_to_do() -> None:
    """The table counts the held points, and sends to the question that met the gate."""
    text = part("people", [gated(1), person(2, 0, 0, 0)])
    assert "1.75 / 4 held" in text
    assert "look at question 3" in text
    assert text.count("held") == 1


def test_a_gate_makes_no_other_question_harder() -> None:
    """Numbers of questions go by what each answer is worth by itself, and the methods say so."""
    results = [gated(no) for no in range(4)]
    one, two, three = numbers.item_numbers(ITEMS, KEYS, results)
    assert (one.share, two.share, three.share) == (1, 1, 0.5)
    assert numbers.teach_again([one, two, three]) == []
    assert numbers.share(results[0]) == 1.75 / 4
    assert numbers.weakest(results[0]) == "u.three"
    assert "its exercise counts with the score" in part("methods", results)
    assert "its exercise counts with the score" not in part("methods", [person(1, 1, 1, 1)])


@pytest.mark.parametrize(
    ("shares", "name"),
    [
        ((0.4, 0.1, 1), "u.two"),  # 1.2 points lost of the first, 0.9 of the second
        ((0, 0, 0.5), "u.one"),
        ((1, 0.5, 0.5), "u.two"),
        ((1, 1, 1), None),
        ((None, 1, 0.9), "u.three"),
    ],
)
def test_the_weakest_question_has_the_smallest_share_of_its_points(
    shares: tuple[float | None, ...], name: str | None
) -> None:
    """Not the one worth most; of equal ones it is the one with more points, then the first."""
    assert numbers.weakest(person(1, *shares)) == name


def test_late_and_missing_say_how_late_and_at_what_cost() -> None:
    """A late hand-in shows its delay, whose time it is and its cost; a missing one is named."""
    late = person(1, 1, 1, 1, late=timedelta(days=1, hours=3), penalty=0.5, self_reported=True)
    text = part("late_and_missing", [person(0, 1, 1, 1), late, missing(2)])
    assert "Name 1 A001 1 day 3 hours late 14 June 2026, 12:00 (self-reported) −0.5" in text
    assert "Name 2 A002 missing" in text
    assert "Name 0" not in text


def test_refused_files_bring_their_one_sentence() -> None:
    """Every refused file stands with its sender and its reason."""
    why = message("The file ends in line {n}.", n=3)
    text = part("refused", [person(0, 1, 1, 1)], refused=(Refused("x.zip", why, "A000"),))
    assert "x.zip Name 0 The file ends in line 3." in text


def test_remarks_on_marked_hand_ins_are_listed() -> None:
    """What is worth a word stands apart from what was refused."""
    one = Refused("y.zip", message("It holds code that was not run."), "A000")
    text = part("remarks", [person(0, 1, 1, 1)], remarks=(one,))
    assert "y.zip Name 0 It holds code that was not run." in text
    assert "Every file could be taken" in part("refused", [person(0, 1, 1, 1)], remarks=(one,))


def test_waiting_answers_are_listed_by_question() -> None:
    """What waits is listed with its points and its trainees."""
    text = part("waiting", [person(0, None, 1, 1), person(1, None, 1, 1)])
    assert "1 Title one 2 4 Name 0, Name 1" in text


def test_machine_and_person_stand_beside_two_persons() -> None:
    """Both agreements are there, and each says for itself when there are too few."""
    both = [person(i, 1, 1, None) for i in range(120)]
    both = [
        Result(one.trainee, "u", (
            *one.items[:2],
            marked(ITEMS[2], None, human_score=float(i % 2), second=SecondMark(float(i % 2), float(i % 2))),
        ), None, attempts=1, counted=1)
        for i, one in enumerate(both)
    ]  # fmt: skip
    text = part("trust", both)
    assert (
        "Machine and person Answers that both marked: too few to judge (0; 100 are needed)." in text
    )
    assert "Two persons 120 answers marked by both: the same in 100 %" in text
    assert "kappa 1.00 (95 % interval 1.00 to 1.00); second marker minus first 0.00" in text
    assert "drawn at random" in text


SURE = parse_item(
    {"id": "u.sure", "title": "How many", "prompt": "?", "interaction": "number",
     "quantity": "Stores", "units": {"s": "stores"}, "confidence": True}
)  # fmt: skip


def sure(no: int, stated: int, right: bool) -> Result:
    """Return the result of somebody who was so sure, in per cent."""
    mark = Mark("u.sure", float(right), 1, Outcome.PARTLY, (message("x"),))
    one = ItemResult(mark, {"value": "3", "confidence": stated})
    return Result(Trainee(f"A{no:03d}", "", "en"), "u", (one,), None, attempts=1, counted=1)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_confidence_curve_has_its_brier_score_and_alt_text(lang: str) -> None:
    """From fifty answers on there is a curve, with the finding in its alt text."""
    results = [sure(i, 90 if i % 3 else 60, i % 2 == 0) for i in range(60)]
    html = Report(data(results, items=(SURE,), keys={}), lang).confidence().html
    assert html.count('role="img"') == 1
    if lang == "en":
        assert "Surer than right: 80\u00a0% sure, 50\u00a0% right. Answers: 60." in html
        assert "Brier score 0.36 over 60 answers" in text_of(html)
        assert "Right is an answer with all of its points" in part(
            "methods", results, items=(SURE,)
        )


def test_a_workshops_confidence_is_too_few_to_judge() -> None:
    """Twenty-four answers have no curve and no Brier score."""
    text = part("confidence", [sure(i, 90, True) for i in range(24)], items=(SURE,), keys={})
    assert "too few to judge (24; 50 are needed)" in text
    assert "Brier" not in text


def test_answers_where_few_were_as_sure_are_counted() -> None:
    """What the curve leaves out is said beside it."""
    results = [sure(i, 90, True) for i in range(50)] + [sure(60 + i, 10, False) for i in range(4)]
    text = part("confidence", results, items=(SURE,), keys={})
    assert "4 answers lie where there are too few to judge." in text


def test_an_exercise_that_asks_nobody_how_sure_has_no_such_part() -> None:
    """The part is left out, in the page and in the methods."""
    assert part("confidence", group(60)) == ""
    assert "How sure" not in part("methods", group(60))


@pytest.mark.parametrize("size", [0, 1, 5, 24, 200])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_report_can_be_made_for_a_group_of_any_size(size: int, lang: str) -> None:
    """From nobody to two hundred every part has a heading and no failure."""
    report = Report(data(group(size)), lang)
    for name in PARTS:
        html = getattr(report, name)().html
        assert re.search(r"<h[12]", html), name
        assert "nan" not in text_of(html).lower().split()


def test_report_can_be_made_where_nobody_handed_in() -> None:
    """A roster without any hand-in reads as such."""
    results = [missing(0), missing(1)]
    assert "Nothing has been marked yet" in part("distribution", results)
    assert "Handed in 0 of 2" in part("front", results)
    assert "–" in part("items", results)


def test_report_escapes_names_and_files() -> None:
    """A name or a file name with tags in it stays text."""
    bad = "<script>alert(1)</script>"
    one = Result(Trainee("A1", bad, "zh"), "u", (), None, attempts=1)
    why = message("Because of {what}.", what=bad)
    report = Report(data([one], refused=(Refused(bad, why, "A1"),), cohort=bad), "en")
    html = "".join(getattr(report, name)().html for name in PARTS)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_tables_are_accessible() -> None:
    """Every table has column headings and row headings with their scope, and a name."""
    one = (Refused("x", message("Why.")),)
    report = Report(data(group(5), refused=one, remarks=one), "en")
    html = "".join(getattr(report, name)().html for name in PARTS)
    assert html.count("<table") == html.count('role="region" aria-label=')
    assert not re.findall(r"<th(?! scope=)[ >]", html.replace("<thead", ""))
    assert html.count('role="img"') == html.count("<svg")


def test_chinese_report_uses_the_units_texts() -> None:
    """Titles, options and trap messages come from the unit's Chinese texts."""
    texts = {"Title one": "题目一", "Load the warehouse": "压货", "Stock and shelves": "库存与货架"}
    results = [person(i, 0, 1, 1) for i in range(4)]
    assert "1 题目一" in part("again", results, "zh", texts=texts)
    assert "压货" in part("again", results, "zh", texts=texts)
    assert "库存与货架" in part("front", results, "zh", texts=texts)


# The data file


def test_data_survive_the_way_through_json() -> None:
    """Results, messages within messages, moments, items and keys come back as they went."""
    inner = message("the unit {u}", u="%")
    note = message("{a} and {b}, {c}", a=inner, b=2.5, c=("x", inner))
    results = [
        person(0, 1, 0, None, late=timedelta(hours=30), penalty=0.25, notes=(note,),
               corrections=(FIX,)),
        missing(1),
        gated(2),
    ]  # fmt: skip
    before = data(
        results,
        refused=(Refused("f.zip", note, "A000"),),
        remarks=(Refused("g.zip", note),),
        texts={"a": "甲"},
        fixes=(FIX,),
    )
    assert from_json(to_json(before)) == before


def test_half_a_character_survives_the_way_through_json() -> None:
    """What broken software typed does not stop the data file from being written and read."""
    bad = "a\ud800b"
    one = person(0, 1, 1, 1, notes=(message("You wrote {what}.", what=bad),))
    before = data([one])
    assert from_json(to_json(before).encode("utf-8").decode("utf-8")) == before


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"items": 3}', "null"])
def test_a_damaged_data_file_says_so(text: str) -> None:
    """A text that is no report data ends in one sentence, not in a traceback."""
    with pytest.raises(ReportError, match="data file of the report cannot be read"):
        from_json(text)


# The page


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the folder and the page of one report, run from a folder with hostile files in it."""
    folder = tmp_path_factory.mktemp("report")
    notebooks = folder / "notebooks"
    notebooks.mkdir()
    for name in ("kamlib", "ipykernel_launcher", "matplotlib", "papermill"):
        (notebooks / f"{name}.py").write_text("raise SystemExit('this ran')\n", "utf-8")
    results = [*group(6), person(6, 1, 1, None, notes=(message("x {t}", t="\ud800"),)), missing(7)]
    made = data(
        results,
        cohort="Spring <class>\udcb5",
        refused=(Refused("homework\udcb5.zip", message("It holds no answers.")),),
    )
    path = write_report(made, folder / "out" / "report.html", "zh", notebooks)
    return notebooks, path.read_text("utf-8")


def test_report_is_one_page_without_code_or_links(written: tuple[Path, str]) -> None:
    """The page holds no input, no script, no widget and nothing to fetch."""
    _, page = written
    assert "open_report" not in page
    assert "<script" not in page
    assert "application/vnd.jupyter" not in page
    assert not re.findall(r'(?:src|href)="(?!#|data:)', page)
    assert "url(http" not in page
    assert "cdn" not in page.lower()
    assert "default-src 'none'" in page


def test_report_page_says_its_language_and_holds_every_part(written: tuple[Path, str]) -> None:
    """The page has a language, a charset, a title, every part once and its figures."""
    _, page = written
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="zh-CN">' in page
    assert '<meta charset="utf-8">' in page
    assert "Spring &lt;class&gt;?</title>" in page
    assert "homework?.zip" in page
    sections = re.findall(r'<section aria-labelledby="(\w+)">', page)
    assert len(sections) == len(set(sections)) == len(PARTS) - 1
    assert page.count("<svg") == 3
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_hostile_files_beside_the_notebook_never_run(written: tuple[Path, str]) -> None:
    """A module lying in the work folder does not shadow ours, and the run notebook is kept."""
    notebooks, page = written
    run = json.loads((notebooks / "u.report.ipynb").read_text("utf-8"))
    assert "this ran" not in json.dumps(run)
    assert (notebooks / "kamlib.py").exists()
    assert "Name 0" in page


def test_notebook_kept_is_run_without_complaint(written: tuple[Path, str]) -> None:
    """No cell of the run notebook wrote to stderr: no warning, no missing glyph."""
    notebooks, _ = written
    run = json.loads((notebooks / "u.report.ipynb").read_text("utf-8"))
    outputs = [output for cell in run["cells"] for output in cell.get("outputs", [])]
    assert len(outputs) == len(PARTS) + 1  # the confidence curve, empty here
    assert {output["output_type"] for output in outputs} == {"execute_result"}


def test_unknown_language_is_refused_before_the_notebook_runs(tmp_path: Path) -> None:
    """A language we do not have is said in one sentence, and no page appears."""
    with pytest.raises(ReportError, match="no language xx; choose one of en, zh"):
        write_report(data([]), tmp_path / "r.html", "xx", tmp_path / "nb")
    assert not (tmp_path / "r.html").exists()


def test_a_parameter_the_notebook_does_not_take_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A misspelt parameter, which papermill takes silently, is an error."""
    other = tmp_path / "other.md"
    text = report_module.NOTEBOOK.read_text("utf-8")
    other.write_text(text.replace('lang = "en"', 'language = "en"'), "utf-8")
    monkeypatch.setattr(report_module, "NOTEBOOK", other)
    with pytest.raises(ReportError, match="takes data_file, language, not data_file, lang"):
        write_report(data([]), tmp_path / "r.html", "en", tmp_path / "nb")


def test_a_failing_notebook_ends_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a cell fails, the error names it and the notebook to look at, and no page appears."""
    other = tmp_path / "other.md"
    text = report_module.NOTEBOOK.read_text("utf-8")
    other.write_text(text.replace("report.front()", "report.nothing()"), "utf-8")
    monkeypatch.setattr(report_module, "NOTEBOOK", other)
    with pytest.raises(ReportError, match=r"could not be made: .*nothing.* u\.report\.ipynb"):
        write_report(data([]), tmp_path / "r.html", "en", tmp_path / "nb")
    assert not (tmp_path / "r.html").exists()


def test_open_report_reads_what_write_report_hands_over(tmp_path: Path) -> None:
    """The notebook's first cell finds the data it was given."""
    file = tmp_path / "data.json"
    file.write_text(to_json(data(group(2))), "utf-8")
    assert "Handed in 2 of 2" in text_of(open_report(str(file), "en").front().html)
