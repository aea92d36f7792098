"""Marks for each interaction: the score, and the sentence that says why."""

import math
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from kamlib.arithmetic import evaluate
from kamlib.items import marking, model
from kamlib.items.keys import (
    Check,
    Key,
    NumberKey,
    Point,
    RecallKey,
    StructuredKey,
    Trap,
    parse_key,
)
from kamlib.items.mark import Mark, Outcome
from kamlib.items.marking import SHOWN, check, is_late, mark_exercise
from kamlib.items.model import Item, parse_item
from kamlib.items.responses import read_date, read_number
from kamlib.measured import Measured
from kamlib.words import Words, message
from tests import plans

WHY = "This is the explanation."
OPTIONS = {"a": "Alpha", "b": "Beta", "c": "Gamma", "d": "Delta"}


def item(interaction: str, name: str = "q", **more: Any) -> Item:
    base = {"id": f"u.{name}", "title": name, "prompt": "?", "use": "graded", "points": 6}
    return parse_item({**base, "interaction": interaction, **more})


def key(interaction: str, **more: Any) -> Key:
    return parse_key(interaction, {"explanation": WHY, **more})


def said(mark: Mark) -> list[str]:
    return [Words("en").say(part) for part in mark.feedback]


CHOICE = item("choice", options=OPTIONS, reasons={"r1": "One", "r2": "Two"})
CHOICE_KEY = key("choice", answer="b", reason="r1", messages={"a": "That is the trap."})


def test_a_right_choice_earns_two_thirds_and_its_reason_one_third() -> None:
    """Option and reason earn apart from each other."""
    assert check(CHOICE, CHOICE_KEY, {"choice": "b", "reason": "r1"}).score == 6.0
    assert check(CHOICE, CHOICE_KEY, {"choice": "b", "reason": "r2"}).score == 4.0
    assert check(CHOICE, CHOICE_KEY, {"choice": "b"}).score == 4.0
    assert check(CHOICE, CHOICE_KEY, {"choice": "c", "reason": "r1"}).score == 2.0


def test_a_wrong_option_answers_with_its_own_message_before_the_explanation() -> None:
    """The authored message comes first, the explanation last, the option is a trap."""
    mark = check(CHOICE, CHOICE_KEY, {"choice": "a", "reason": "r2"})
    assert said(mark) == ["That is the trap.", "“Two” is not the reason.", WHY]
    assert mark.traps == ("a", "reason:r2")
    assert mark.outcome is Outcome.INCORRECT


def test_a_right_answer_says_the_explanation() -> None:
    """Nothing but the explanation is said to who is right."""
    mark = check(CHOICE, CHOICE_KEY, {"choice": "b", "reason": "r1"})
    assert said(mark) == [WHY]
    assert mark.outcome is Outcome.CORRECT


@pytest.mark.parametrize("response", [None, {}, {"choice": None}, {"choice": "", "other": 1}])
def test_a_blank_is_not_attempted(response: object) -> None:
    """Nothing answered is 0 points, not attempted, and nobody has to look."""
    mark = check(CHOICE, CHOICE_KEY, response)
    assert (mark.score, mark.outcome) == (0.0, Outcome.NOT_ATTEMPTED)
    assert not mark.needs_human


def test_a_blank_practice_item_does_not_give_its_answer_away() -> None:
    """The explanation of a practice item waits for an answer."""
    practice = parse_item({**CHOICE.model_dump(), "use": "practice"})
    assert WHY not in said(check(practice, CHOICE_KEY, None))
    assert WHY in said(check(CHOICE, CHOICE_KEY, None))


@pytest.mark.parametrize(
    "response", ["b", 7, ["b"], {"choice": "z"}, {"choice": ["b"]}, {"choice": float("nan")}]
)
def test_an_answer_that_does_not_fit_goes_to_a_person(response: object) -> None:
    """What cannot be read is 0 points for now and flagged."""
    mark = check(CHOICE, CHOICE_KEY, response)
    assert (mark.score, mark.outcome) == (0.0, Outcome.CANNOT_BE_CHECKED)
    assert mark.needs_human


def test_broken_text_can_still_be_quoted() -> None:
    """Half a character, as some systems write it, does not break the feedback page."""
    mark = check(CHOICE, CHOICE_KEY, {"choice": "b\ud800"})
    assert said(mark)[0].encode().startswith("The answer holds “b?”".encode())


def test_a_missing_or_foreign_key_leaves_the_mark_to_a_person() -> None:
    """Marking never stops at an item without its key."""
    marks = mark_exercise([CHOICE], {}, {"u.q": {"choice": "b"}})
    assert marks["u.q"].score is None
    assert marks["u.q"].needs_human
    foreign = key("choices", answer=["b"])
    assert mark_exercise([CHOICE], {"u.q": foreign}, {"u.q": {"choice": "b"}})["u.q"].needs_human


def test_several_choices_subtract_wrong_ones_down_to_nothing() -> None:
    """A wrong option takes away what a right one gives, never below 0, and is named."""
    many = item("choices", options=OPTIONS)
    rule = key("choices", answer=["a", "b", "c"], messages={"d": "Never."})
    assert check(many, rule, {"choices": ["a", "b", "c"]}).score == 6.0
    assert check(many, rule, {"choices": ["a", "b"]}).score == 4.0
    assert check(many, rule, {"choices": ["a", "b", "d"]}).score == 2.0
    mark = check(many, rule, {"choices": ["d"]})
    assert (mark.score, mark.traps, said(mark)[0]) == (0.0, ("d",), "Never.")


def test_what_has_no_authored_message_is_said_in_general() -> None:
    """A wrong option is never answered with a bare "wrong"."""
    assert said(check(CHOICE, CHOICE_KEY, {"choice": "c"}))[:2] == [
        "“Gamma” is not the right answer here.",
        "No reason was chosen; it is worth a third of the points.",
    ]
    assert said(check(CHOICE, CHOICE_KEY, {"reason": "r1"}))[0] == "No option was chosen."
    many = item("choices", options=OPTIONS)
    mark = check(many, key("choices", answer=["a", "b"]), {"choices": ["a", "c", "d"]})
    assert said(mark)[:4] == [
        "“Gamma” does not belong here.",
        "“Delta” does not belong here.",
        "Each wrong option takes away what a right one earns.",
        "“Beta” belongs here too.",
    ]
    bare = parse_key("choice", {"answer": "b", "explanation": ""})
    assert said(check(item("choice", options=OPTIONS), bare, {"choice": "b"})) == ["This is right."]


def test_match_earns_the_share_of_right_pairs_and_takes_several_options() -> None:
    """Each stem earns the same; a stem left open is named with what it goes with."""
    match = item("match", stems={"s": "Stock", "t": "Time", "u": "Unit"}, options=OPTIONS)
    rule = key("match", answer={"s": "a", "t": ["b", "c"], "u": "d"})
    assert check(match, rule, {"pairs": {"s": "a", "t": "c", "u": "d"}}).score == 6.0
    mark = check(match, rule, {"pairs": {"s": "b", "t": "c"}})
    assert (mark.score, mark.traps) == (2.0, ("s:b",))
    assert said(mark)[:2] == [
        "“Stock” goes with “Alpha”, not with “Beta”.",
        "“Unit” was left open; it goes with “Delta”.",
    ]


ORDER = item("order", options=OPTIONS)
ORDER_KEY = key("order", answer=["a", "b", "c", "d"], messages={"d": "Delta needs the rest."})


@pytest.mark.parametrize(
    ("order", "share"),
    [("abcd", 1), ("abdc", 5 / 6), ("dcba", 0), ("abc", 3 / 6), ("a", 0), ("aabcd", 1)],
)
def test_an_order_earns_one_less_its_kendall_distance(order: str, share: float) -> None:
    """Of all pairs the share in the right order counts; pairs not placed earn nothing."""
    mark = check(ORDER, ORDER_KEY, {"order": list(order)})
    assert mark.score == pytest.approx(6 * share, abs=1e-4)


def test_an_order_says_what_stands_before_what_it_should_follow() -> None:
    """The neighbours that are the wrong way round are named, and what was not placed."""
    assert said(check(ORDER, ORDER_KEY, {"order": ["a", "b", "d", "c"]}))[0] == (
        "Delta needs the rest."
    )
    mark = check(ORDER, ORDER_KEY, {"order": ["b", "a"]})
    assert said(mark)[0] == "“Beta” comes after “Alpha”."
    assert "Gamma, Delta" in said(mark)[1]


def test_classify_averages_over_classes_and_keeps_feedback_short() -> None:
    """One big class cannot carry the mark, and at most a few wrong lines are named."""
    lines = {f"l{i}": f"Line {i}" for i in range(10)}
    rule = key("classify", answer={n: "y" if n in ("l0", "l1") else "x" for n in lines})
    sort = item("classify", lines=lines, classes={"x": "Ex", "y": "Why"})
    assert check(sort, rule, {"classes": dict.fromkeys(lines, "x")}).score == 3.0
    mark = check(sort, rule, {"classes": {"l0": "x", "l2": "y"}})
    assert mark.traps == ("l0:x", "l2:y")
    assert len(mark.feedback) == SHOWN + 2
    assert said(mark)[SHOWN] == "And 6 more like this."


def test_a_class_seen_everywhere_is_named_first() -> None:
    """Who puts most lines under one class hears of the habit before the lines; a slip or two is none."""
    lines = {f"l{i}": f"Line {i}" for i in range(8)}
    rule = key("classify", answer={n: "y" if i < 3 else "x" for i, n in enumerate(lines)})
    sort = item("classify", lines=lines, classes={"x": "Ex", "y": "Why"})
    habit = "You put 8 of 8 under “Why”; 3 belong there. Ask what made you see it so often."
    assert said(check(sort, rule, {"classes": dict.fromkeys(lines, "y")}))[0] == habit
    slips = {n: "y" if i < 5 else "x" for i, n in enumerate(lines)}
    assert "You put" not in said(check(sort, rule, {"classes": slips}))[0]


def test_a_kind_of_error_counts_only_at_the_right_place() -> None:
    """Half for the place, half for the kind named there."""
    spot = item("spot_error", segments={"s1": "One", "s2": "Two"}, kinds={"k1": "A", "k2": "B"})
    rule = key("spot_error", where="s2", kind="k1", messages={"s1": "One is sound."})
    assert check(spot, rule, {"where": "s2", "kind": "k1"}).score == 6.0
    assert check(spot, rule, {"where": "s2", "kind": "k2"}).score == 3.0
    mark = check(spot, rule, {"where": "s1", "kind": "k1"})
    assert (mark.score, mark.traps, said(mark)[0]) == (0.0, ("s1",), "One is sound.")


# Numbers


NUMBER = item("number", quantity="Sales", units={"pcs": "pieces", "ctn": "cartons", "pct": "%"})
TRAPS = [
    {"name": "sell_in", "value": 40000, "message": "That is sell-in."},
    {"name": "close", "value": 36500, "message": "That is last year."},
    {"name": "cartons", "value": 3000, "unit": "ctn", "message": "Cartons are not pieces."},
]
NUMBER_KEY = key("number", value=36000, unit="pcs", traps=TRAPS)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("36,000", 36000), ("36 000", 36000), ("36'000", 36000), ("3.6万", 36000),
        ("３６，０００", 36000), ("1.2亿", 1.2e8), ("1亿2000万", 1.2e8), ("3万6000", 36000),
        ("−3", -3), ("-3", -3), ("+3", 3), ("¥1,200.50", 1200.5), ("2,5", 2.5), ("15%", 0.15),
        ("36k", 36000), ("1.2 million", 1.2e6), ("1.5e3", 1500), (".5", 0.5), ("约 5", 5),
        (36000, 36000), (2.5, 2.5), ("36\u00a0000", 36000), ("百万", None), ("", None),
        ("nan", None), ("inf", None), ("1e999", None), ("１/２", None), ("1_000", None),
        ("3,6000", None), ("1.234.567", None), ("five", None), (True, None), (None, None),
        (10**400, None), (math.inf, None), (math.nan, None), ([1], None), ("9" * 61, None),
        ("٣٦", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_type_them(typed: object, value: float | None) -> None:
    """Any usual way to write a number is read, and what may be read in two ways is not."""
    assert read_number(typed) == (None if value is None else pytest.approx(value))


def test_a_per_cent_sign_means_hundredths_unless_the_unit_is_per_cent() -> None:
    """15 % is 15 in per cent and 0.15 elsewhere."""
    rule = key("number", value=15, unit="pct")
    assert check(NUMBER, rule, {"value": "15 %", "unit": "pct"}).score == 6.0
    share = item("number", quantity="Share", units={"share": "of all shops"})
    assert check(share, key("number", value=0.15), {"value": "15%"}).score == 6.0


@pytest.mark.parametrize(
    ("typed", "bad"), [("2026-02-30", True), ("2026/6/5", False), ("2026.6.5", False), (5, True)]
)
def test_dates_are_read_year_first(typed: object, bad: bool) -> None:
    """A date that does not exist, or starts with the day, is no date."""
    assert (read_date(typed) is None) == bad


@pytest.mark.parametrize(
    ("value", "score"),
    [(36000, 6.0), (36180, 6.0), (35820, 6.0), (36181, 3.0), (35280, 3.0), (35279, 0.0)],
)
def test_tolerance_gives_full_within_half_a_per_cent_and_half_within_two(
    value: float, score: float
) -> None:
    """The bounds belong to the better side."""
    rule = key("number", value=36000, unit="pcs")
    assert check(NUMBER, rule, {"value": value, "unit": "pcs"}).score == score


def test_a_value_is_not_lost_to_the_last_binary_digit() -> None:
    """Three times 0.1 is 0.3, even where no tolerance is given."""
    assert check(NUMBER, key("number", value=0.3, full=0), {"value": 0.1 * 3}).score == 6.0


def test_a_wrong_unit_is_nothing_and_says_so() -> None:
    """The unit is looked at first; a missing one is named."""
    mark = check(NUMBER, NUMBER_KEY, {"value": 36000, "unit": "pct"})
    assert (mark.score, said(mark)[0]) == (0.0, "The unit has to be pieces, not %.")
    mark = check(NUMBER, NUMBER_KEY, {"value": 36000})
    assert (mark.score, said(mark)[0]) == (0.0, "No unit was chosen; it has to be pieces.")


def test_a_trap_in_any_unit_is_named_beside_the_wrong_unit() -> None:
    """Two wrong turns are both told."""
    mark = check(NUMBER, NUMBER_KEY, {"value": 40000, "unit": "pct"})
    assert mark.traps == ("sell_in",)
    assert said(mark)[:2] == ["That is sell-in.", "The unit has to be pieces, not %."]


def test_an_equivalent_unit_is_converted() -> None:
    """3,000 cartons of 12 are 36,000 pieces where the key says so."""
    rule = key("number", value=36000, unit="pcs", equivalents={"ctn": 12})
    assert check(NUMBER, rule, {"value": "3,000", "unit": "ctn"}).score == 6.0
    assert check(NUMBER, rule, {"value": "36,000", "unit": "ctn"}).score == 0.0


@pytest.mark.parametrize(
    ("value", "unit", "name", "text"),
    [
        (40000, "pcs", "sell_in", "That is sell-in."),
        ("3.65万", "pcs", "close", "That is last year."),
        (3000, "ctn", "cartons", "Cartons are not pieces."),
    ],
)
def test_a_trap_answers_with_its_message(value: object, unit: str, name: str, text: str) -> None:
    """A known wrong value earns nothing, even within the half band or in a wrong unit."""
    mark = check(NUMBER, NUMBER_KEY, {"value": value, "unit": unit})
    assert (mark.score, mark.traps, said(mark)[0]) == (0.0, (name,), text)


def test_a_trap_in_the_very_unit_goes_before_a_converted_one() -> None:
    """46.51 per cent and 0.4651 times are one number; the trap that names the unit answers."""
    units = item("number", quantity="Ratio", units={"times": "times", "pct": "%"})
    traps = [
        {"name": "inverted", "value": 0.4651, "unit": "times", "message": "Upside down."},
        {"name": "in_pct", "value": 46.51, "unit": "pct", "message": "That is a share."},
    ]
    rule = key("number", value=2.15, unit="times", equivalents={"pct": 0.01}, traps=traps)
    assert check(units, rule, {"value": "46.51", "unit": "pct"}).traps == ("in_pct",)
    assert check(units, rule, {"value": "0.4651", "unit": "times"}).traps == ("inverted",)


def test_a_trap_does_not_take_a_right_value() -> None:
    """Within the full tolerance of the right value an answer is right, trap or not."""
    trap = {"name": "near", "value": 36100, "message": "Trap."}
    rule = key("number", value=36000, unit="pcs", traps=[trap])
    assert check(NUMBER, rule, {"value": 36100, "unit": "pcs"}).score == 6.0


@pytest.mark.parametrize(
    ("value", "score", "traps"),
    [
        (300, 6.0, ()),  # within the full band of what follows, though a trap is near
        (301.4, 6.0, ()),
        (303, 0.0, ("twice",)),
        (304.4, 0.0, ("twice",)),  # the end of the trap's band, within 2 % of 300
        (304.6, 3.0, ()),  # past the trap, and still within 2 % of 300
        (204, 0.0, ("rounded",)),  # within 2 % of the right 200
        (202, 3.0, ()),
    ],
)
def test_a_trap_within_the_half_band_is_told_before_half_marks(
    value: float, score: float, traps: tuple[str, ...]
) -> None:
    """It is named before half marks of the right value or of one that follows, never before full."""
    items, keys = exercise_of_numbers(a=(100, "", {}), b=(200, "a * 2", {"a": "u.a"}))
    known = [
        {"name": "twice", "value": 303, "message": "Twice."},
        {"name": "rounded", "value": 204, "message": "Rounded too early."},
    ]
    trapped = key("number", value=200, unit="n", formula="a * 2", inputs={"a": "u.a"}, traps=known)
    responses = {"u.a": {"value": 150}, "u.b": {"value": value}}
    mark = mark_exercise(items, {**keys, "u.b": trapped}, responses)["u.b"]
    assert (mark.score, mark.traps) == (score, traps)


@pytest.mark.parametrize(
    ("value", "part"),
    [("3,600", "10 times too small"), (3.6e7, "1,000 times too large"), ("-36000", "sign")],
)
def test_a_slip_of_zeros_or_sign_gets_a_hint(value: object, part: str) -> None:
    """A value right but for a power of ten or its sign is told so, for nothing."""
    mark = check(NUMBER, NUMBER_KEY, {"value": value, "unit": "pcs"})
    assert mark.score == 0.0
    assert part in said(mark)[0]


READ = item(
    "number",
    quantity="Coverage",
    units={"pct": "%"},
    readings={"band": "of the band", "all": "of all", "odd": "of the moon"},
)
READ_KEY = key(
    "number", readings={"band": {"value": 40, "unit": "pct"}, "all": {"value": 25, "unit": "pct"}}
)


def test_each_accepted_reading_counts_where_it_is_stated() -> None:
    """Full marks for the stated reading's value, half where none is stated, else none."""
    assert check(READ, READ_KEY, {"value": 40, "reading": "band"}).score == 6.0
    assert check(READ, READ_KEY, {"value": 25, "reading": "all"}).score == 6.0
    assert check(READ, READ_KEY, {"value": 25}).score == 3.0
    mark = check(READ, READ_KEY, {"value": 25, "reading": "band"})
    assert (mark.score, mark.traps) == (0.0, ("reading:band",))
    mark = check(READ, READ_KEY, {"value": 40, "reading": "odd"})
    assert (mark.score, said(mark)[0]) == (0.0, "The question cannot be read as “of the moon”.")


def test_a_reading_that_is_not_asked_for_need_not_be_stated() -> None:
    """Where the form does not ask how the question is read, each right value counts."""
    plain = item("number", quantity="Coverage", units={"pct": "%"})
    assert check(plain, READ_KEY, {"value": 40}).score == 6.0
    assert check(plain, READ_KEY, {"value": 25}).score == 6.0
    assert said(check(plain, READ_KEY, {"value": 7}))[0] == "7 is not the value; it is 40 %."


def test_a_value_that_fits_no_reading_is_told_so_or_its_trap() -> None:
    """Without a stated reading a known wrong value still has its own message."""
    traps = [{"name": "half", "value": 20, "message": "That is half of it."}]
    rule = key("number", readings=READ_KEY.model_dump()["readings"], traps=traps)
    mark = check(READ, rule, {"value": 20})
    assert (mark.score, mark.traps, said(mark)[0]) == (0.0, ("half",), "That is half of it.")
    assert "none of the ways to read" in said(check(READ, rule, {"value": 7}))[0]


def exercise_of_numbers(
    **formulas: tuple[float | None, str, dict[str, Any]],
) -> tuple[list[Item], dict[str, Key]]:
    """Return number items by name, each with its value, formula and inputs."""
    items = [item("number", name, quantity=name, units={"n": "pieces"}) for name in formulas]
    keys = {
        f"u.{name}": key("number", value=value, unit="n", formula=formula, inputs=inputs)
        for name, (value, formula, inputs) in formulas.items()
    }
    return items, keys


CHAIN = exercise_of_numbers(
    a=(100, "", {}),
    b=(200, "a * 2", {"a": "u.a"}),
    c=(50, "b / k", {"b": "u.b", "k": 4}),
)


def scores(numbers: tuple[list[Item], dict[str, Key]], **values: object) -> dict[str, object]:
    responses = {f"u.{name}": {"value": value} for name, value in values.items()}
    marks = mark_exercise(*numbers, responses)
    return {name: marks[f"u.{name}"].score for name in values}


def test_a_follow_on_error_is_marked_from_the_trainees_own_number() -> None:
    """A wrong number costs once; what follows correctly from it earns everything."""
    assert scores(CHAIN, a=150, b=300, c=75) == {"a": 0.0, "b": 6.0, "c": 6.0}
    assert scores(CHAIN, a=150, b=200, c=50) == {"a": 0.0, "b": 6.0, "c": 6.0}
    assert scores(CHAIN, a=100, b=999, c=260) == {"a": 6.0, "b": 0.0, "c": 0.0}
    assert scores(CHAIN, a=100, b=999, c=254) == {"a": 6.0, "b": 0.0, "c": 3.0}
    assert scores(CHAIN, a=100, b=999, c=249.75) == {"a": 6.0, "b": 0.0, "c": 6.0}
    marks = mark_exercise(*CHAIN, {"u.a": {"value": 150}, "u.b": {"value": 300}})
    assert "follows from your own earlier number" in said(marks["u.b"])[0]


@pytest.mark.parametrize("middle", ["", "many"])
def test_a_blank_or_unreadable_link_carries_what_came_before(middle: str) -> None:
    """Where a number in between is missing, what follows from the one before it counts."""
    assert scores(CHAIN, a=150, b=middle, c=75) == {"a": 0.0, "b": 0.0, "c": 6.0}
    assert scores(CHAIN, a=100, b=middle, c=50) == {"a": 6.0, "b": 0.0, "c": 6.0}
    assert scores(CHAIN, a="", b=middle, c=75) == {"a": 0.0, "b": 0.0, "c": 0.0}


def test_nothing_follows_from_nothing() -> None:
    """A later 0 out of an own 0 is not credited."""
    assert scores(CHAIN, a=0, b=0) == {"a": 0.0, "b": 0.0}


def test_formulas_without_a_value_and_cycles_end_in_a_mark() -> None:
    """Division by 0 and keys that build on each other neither raise nor hang."""
    circle = exercise_of_numbers(
        a=(None, "b + 1", {"b": "u.b"}), b=(None, "a + 1", {"a": "u.a"}), c=(7, "1 / z", {"z": 0})
    )
    assert scores(circle, a=1, b=2, c=7) == {"a": None, "b": None, "c": 6.0}
    assert scores(circle, a="", b="", c=8) == {"a": 0.0, "b": 0.0, "c": 0.0}
    ring = exercise_of_numbers(
        a=(1, "b + 1", {"b": "u.b"}),
        b=(2, "a + 1", {"a": "u.a"}),
        c=(3, "a + b", {"a": "u.a", "b": "u.b"}),
    )
    assert scores(ring, a="", b="", c=9) == {"a": 0.0, "b": 0.0, "c": 0.0}
    derived = exercise_of_numbers(a=(5, "", {}), b=(None, "a * 3", {"a": "u.a"}))
    assert scores(derived, a=5, b=15) == {"a": 6.0, "b": 6.0}


@pytest.mark.parametrize(
    "formula",
    ["__import__('os')", "a.real", "a if a else 1", "[a][0]", "f(a)", "a **", "", "zz", "a + 'b'"],
)
def test_formulas_do_arithmetic_only(formula: str) -> None:
    """Anything but arithmetic over the given names has no value."""
    assert evaluate(formula, {"a": 4.0}) is None
    assert evaluate("-a ** 2 + (a - 1) / 2", {"a": 4.0}) == -14.5


@pytest.mark.parametrize("formula", ["1 / (a - a)", "a ** a ** a", "a * 1e308 * 10"])
def test_formulas_without_a_finite_value_have_none(formula: str) -> None:
    """Dividing by nothing and growing beyond bounds end in no value, not in an error."""
    assert evaluate(formula, {"a": 500.0}) is None


# Facts, fields, prose


EVIDENCE = item(
    "evidence",
    claims={"c1": "Stock is high", "c2": "All is well"},
    facts={f"F{i}": {"text": f"fact {i}", "stage": "s1" if i < 5 else "s2"} for i in range(1, 7)},
    stage="s1",
    stages=["s1", "s2"],
)
EVIDENCE_KEY = key(
    "evidence",
    answer={
        "c1": [
            {"all_of": ["F1"], "any_of": ["F2", "F3"], "optional": ["F4"]},
            {"all_of": ["F1", "F5"]},
        ],
        "c2": [],
    },
    messages={"F6": "Six is hearsay."},
)


@pytest.mark.parametrize(
    ("facts", "score"),
    [
        ({"c1": ["F1", "F2"]}, 6.0),
        ({"c1": ["F1", "F3", "F4"]}, 6.0),
        ({"c1": ["F1", "F2", "F3"]}, 6.0),
        ({"c1": ["F1"]}, 5.0),
        ({"c1": ["F4"]}, 3.0),
        ({"c1": ["F1", "F2"], "c2": ["F1"]}, 3.0),
        ({"c1": ["F1", "F2", "F5"]}, 5.4),
    ],
)
def test_evidence_earns_f1_against_the_best_set_of_facts(
    facts: dict[str, list[str]], score: float
) -> None:
    """Required facts help, others hurt, optional ones do neither; an empty claim may be right."""
    mark = check(EVIDENCE, EVIDENCE_KEY, {"facts": facts})
    assert mark.score == pytest.approx(score, abs=1e-4)


def test_evidence_says_which_fact_does_not_back_which_claim() -> None:
    """A wrong fact has its own message or a general one; what lacks is said, too."""
    mark = check(EVIDENCE, EVIDENCE_KEY, {"facts": {"c1": ["F1", "F4"], "c2": ["F3"]}})
    assert said(mark)[:2] == [
        "No fact backs “All is well”, not even “fact 3”.",
        "“Stock is high” needs more facts to stand on.",
    ]
    later = parse_item({**EVIDENCE.model_dump(), "stage": "s2"})
    mark = check(later, EVIDENCE_KEY, {"facts": {"c1": ["F6"]}})
    assert said(mark)[0] == "Six is hearsay."


def test_a_fact_of_a_later_stage_never_counts_and_is_named() -> None:
    """Even a fact of a right set does not back a claim made before it was known."""
    mark = check(EVIDENCE, EVIDENCE_KEY, {"facts": {"c1": ["F1", "F5"]}})
    assert mark.score == pytest.approx(6 * (0.5 + 0.5 * 2 / 4), abs=1e-4)
    assert "“fact 5” was not yet known when the claim was made." in said(mark)
    assert "c1:F5" in mark.traps


@pytest.mark.parametrize(
    ("stage", "known_at", "late"),
    [
        ("s1", "s2", True),
        ("s1", "s1", False),
        ("s2", "s1", False),
        ("s1", "", False),
        ("", "s2", False),
        ("s1", "s9", False),
        ("s9", "s2", False),
    ],
)
def test_a_fact_is_late_only_where_its_stage_comes_after_the_claims(
    stage: str, known_at: str, late: bool
) -> None:
    """The order of the question's stages decides; a stage that it does not have is never late."""
    facts = {"F1": {"text": "one", "stage": known_at}, "F2": {"text": "two", "stage": "s1"}}
    question = parse_item({**EVIDENCE.model_dump(), "stage": stage, "facts": facts})
    assert isinstance(question, model.Evidence)
    assert is_late(question, "F1") is late


@pytest.mark.parametrize(
    ("typed", "score"),
    [("210", 6.0), ("21 万", 6.0), ("21萬", 6.0), ("21万元", 6.0), ("210 thousand", 6.0), ("210千元", 6.0),
     ("210k", 6.0), ("0.21m", 6.0), ("210 thousand yuan", 6.0), ("210,000", 0.0), ("210 万", 0.0), ("42 thousand", 0.0)],
)  # fmt: skip
def test_a_scale_that_the_unit_has_already_may_be_said_again(typed: str, score: float) -> None:
    """In thousands of yuan, 210 thousand and 21 万 are 210; a trap is known so as well."""
    worth = item("number", quantity="Worth", units={"thousand": "thousand yuan", "n": "names"})
    trap = {"name": "one", "value": 42, "unit": "thousand", "message": "That is one."}
    right = key("number", value=210, unit="thousand", traps=[trap])
    mark = check(worth, right, {"value": typed, "unit": "thousand"})
    assert mark.score == score
    assert ("one" in mark.traps) is typed.startswith("42")


FORM = item(
    "structured",
    fields={
        "who": {"label": "Who"},
        "share": {"label": "Share (%)", "kind": "number"},
        "rest": {"label": "Rest (%)", "kind": "number"},
        "by": {"label": "By", "kind": "date"},
        "why": {"label": "Why", "kind": "choice", "options": {"a": "A", "b": "B"}},
        "note": {"label": "Note", "required": False},
    },
)
GOOD = {"who": "The buyer", "share": "60%", "rest": 40, "by": "2026-06-15", "why": "a"}


@pytest.mark.parametrize(
    ("rule", "breaks"),
    [
        ({"rule": "filled", "fields": ["who", "why"]}, {"who": "..."}),
        ({"rule": "one_of", "fields": ["why"], "options": ["a"]}, {"why": "b"}),
        ({"rule": "between", "fields": ["share"], "low": 0, "high": 60}, {"share": 61}),
        ({"rule": "sum", "fields": ["share", "rest"], "low": 100, "high": 100}, {"rest": 41}),
        ({"rule": "before", "fields": ["by"], "date": "2026-06-15"}, {"by": "2026年6月16日"}),
        ({"rule": "less", "fields": ["rest", "share"]}, {"rest": 61}),
        ({"rule": "distinct", "fields": ["share", "rest"]}, {"rest": 60}),
        ({"rule": "says", "fields": ["who"], "words": ["buy", "采购"]}, {"who": "rebuying"}),
    ],
)
def test_each_rule_holds_and_breaks(rule: dict[str, Any], breaks: dict[str, object]) -> None:
    """A rule that holds earns its weight; one that does not says its message."""
    rules = [{**rule, "weight": 2, "message": "Look again."}]
    rules.append({"rule": "filled", "fields": ["share"], "message": "Share?"})
    checks = key("structured", checks=rules)
    assert check(FORM, checks, {"fields": GOOD}).score == 6.0
    mark = check(FORM, checks, {"fields": {**GOOD, **breaks}})
    assert mark.score == 2.0
    assert "Look again." in said(mark)
    assert mark.traps[0].startswith(rule["rule"])


@pytest.mark.parametrize("option", ["Lin", "lin", "LIN"])
def test_an_accepted_option_is_met_in_any_case(option: str) -> None:
    """Answer and key are folded alike, so an option that the key writes with a capital counts."""
    rule = {"rule": "one_of", "fields": ["who"], "options": [option], "message": "Name Lin."}
    checks = key("structured", checks=[rule])
    for typed in ("Lin", "lin", "lIN"):
        assert check(FORM, checks, {"fields": {**GOOD, "who": typed}}).score == 6.0
    assert check(FORM, checks, {"fields": {**GOOD, "who": "Ling"}}).score == 0.0


@pytest.mark.parametrize(
    ("condition", "answer", "looked_at"),
    [
        ({"when": {"field": "why", "options": ["b"]}}, {}, False),
        ({"when": {"field": "why", "options": ["a"]}}, {}, True),
        ({"when": {"field": "rest", "above": 39}}, {}, True),
        ({"when": {"field": "rest", "above": 40}}, {}, False),
        ({"when": {"field": "rest", "above": 1}}, {"rest": "many"}, False),
        ({"when": {"field": "note"}}, {}, False),
        ({"unless": {"field": "why", "options": ["a"]}}, {}, False),
        ({"unless": {"field": "why", "options": ["b"]}}, {}, True),
        ({"unless": {"field": "note", "options": ["x"]}}, {}, True),
    ],
)
def test_a_rule_may_be_looked_at_only_in_some_answers(
    condition: dict[str, Any], answer: dict[str, object], looked_at: bool
) -> None:
    """A blank or ill-formed field meets no condition; what is not looked at neither earns nor costs."""
    rule = {"rule": "one_of", "fields": ["who"], "options": ["lei"], "message": "Name Lei."}
    other = {"rule": "filled", "fields": ["share", "note"], "message": "Share and note?"}
    third = {"rule": "filled", "fields": ["share"], "message": "Share?"}
    checks = key("structured", checks=[{**rule, **condition}, other, third])
    mark = check(FORM, checks, {"fields": {**GOOD, **answer}})
    assert ("Name Lei." in said(mark)) is looked_at
    assert mark.score == (2.0 if looked_at else 3.0)


@pytest.mark.parametrize(
    "rule",
    [
        {"rule": "between", "fields": ["share"], "low": 70},
        {"rule": "distinct", "fields": ["share", "rest"]},
        {"rule": "one_of", "fields": ["why"], "options": ["b"]},
        {"rule": "says", "fields": ["who"], "words": ["采购", "buy"]},
        {"rule": "before", "fields": ["by"], "date": "2026-06-01"},
    ],
)
def test_a_blank_draws_no_sentence_about_what_it_would_hold(rule: dict[str, Any]) -> None:
    """That it is missing is said; it earns nothing, and no other sentence would be true."""
    checks = key("structured", checks=[{**rule, "message": "That is wrong."}])
    mark = check(FORM, checks, {"fields": {"note": "Later"}})
    assert mark.score == 0
    assert "That is wrong." not in said(mark)
    assert said(mark)[0].startswith("Not filled in:")


def test_checks_of_a_form_have_to_weigh_something() -> None:
    """A key whose checks are all without weight could mark nothing."""
    rule = {"rule": "filled", "fields": ["who"], "message": "Who?", "weight": 0}
    with pytest.raises(ValidationError, match="weight"):
        key("structured", checks=[rule])


PLAN = item("plan", **plans.SHAPE)


def test_a_plan_is_worked_out_by_its_subject_and_its_checks_count_beside_it() -> None:
    """The measure has its weight, a check its own; what each says is said."""
    checks = [{**plans.KEY["checks"][0], "weight": 1}]
    worked = key("plan", **{**plans.KEY, "checks": checks, "weight": 2})
    assert check(PLAN, worked, {"fields": plans.EXAMPLE}).score == 6.0
    mark = check(PLAN, worked, {"fields": {**plans.EXAMPLE, "lift_source": "range"}})
    assert mark.score == 4.0
    assert "No range yet." in said(mark)
    assert said(mark)[1].startswith("Your levers bring")
    promised = check(PLAN, worked, {"fields": {**plans.EXAMPLE, "month_3": 36000}})
    assert promised.score == pytest.approx(6 * (1 / 3 + 2 / 3 * (1 - 5 / 3 / 11)), abs=1e-3)
    assert promised.traps == ("promised",)


def test_a_plan_without_a_fault_is_told_so_before_what_came_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Numbers are no reason for a mark, so who lost points by degree alone reads that first."""
    found = Measured(0.9, notes=(message("It came to {n}.", n=9),))
    monkeypatch.setattr(marking, "measure", lambda name: lambda fields, data: found)
    bare = key("plan", **{**plans.KEY, "checks": []})
    mark = check(PLAN, bare, {"fields": plans.EXAMPLE})
    assert said(mark)[:2] == [
        "No fault was found here; what came out can still be better.",
        "It came to 9.",
    ]
    full = Measured(1.0, notes=found.notes)
    monkeypatch.setattr(marking, "measure", lambda name: lambda fields, data: full)
    assert said(check(PLAN, bare, {"fields": plans.EXAMPLE}))[0] == "It came to 9."


def test_a_plan_may_stand_in_several_questions() -> None:
    """What the others hold counts as if it stood in the same form; its own field comes first."""
    levers = {name: value for name, value in plans.EXAMPLE.items() if name != "doors_per_head"}
    other = item("plan", "part", fields={"doors_per_head": plans.SHAPE["fields"]["doors_per_head"]})
    whole = key("plan", **{**plans.KEY, "together": ["u.part"]})
    keys = {"u.q": whole, "u.part": key("plan", measure="case1.chance")}
    for doors, right in ((4, True), (2, False)):
        given = {"u.q": {"fields": levers}, "u.part": {"fields": {"doors_per_head": doors}}}
        assert (mark_exercise([PLAN, other], keys, given)["u.q"].score == 6.0) is right


def test_missing_and_ill_formed_fields_are_named() -> None:
    """What is blank or of the wrong kind is said by its label, before the rules."""
    checks = key(
        "structured", checks=[{"rule": "filled", "fields": ["share", "note"], "message": "m"}]
    )
    mark = check(FORM, checks, {"fields": {"who": "Anna", "share": "much", "by": "June"}})
    assert mark.score == 0.0
    assert said(mark)[0] == "Not filled in: Rest (%), Why."
    assert "“much” cannot be read as a number" in said(mark)[1]
    assert "“June” cannot be read as a date" in said(mark)[2]


def test_a_rule_over_a_blank_optional_field_holds() -> None:
    """What may be left blank is not checked when it is."""
    rule = {"rule": "says", "fields": ["note"], "words": ["risk"], "message": "m"}
    checks = key("structured", checks=[rule])
    assert check(FORM, checks, {"fields": GOOD}).score == 6.0
    assert check(FORM, checks, {"fields": {**GOOD, "note": "fine"}}).score == 0.0


TABLE = item(
    "table",
    columns={"name": {"label": "Name"}, "share": {"label": "Share", "kind": "number"}},
    min_rows=2,
    max_rows=3,
)
TABLE_KEY = key(
    "table",
    checks=[
        {"rule": "between", "fields": ["share"], "low": 0, "high": 90, "message": "Too big."},
        {"rule": "sum", "fields": ["share"], "low": 100, "high": 100, "message": "Not 100."},
        {"rule": "distinct", "fields": ["name"], "message": "Twice."},
    ],
)


def rows(*pairs: tuple[str, object]) -> dict[str, Any]:
    return {"rows": [{"name": name, "share": share} for name, share in pairs]}


def test_rounding_never_lifts_a_score_over_its_maximum() -> None:
    """Nearly everything of 0.66666 points is not 0.6667."""
    rules = [
        {"rule": "filled", "fields": ["who"], "message": "m", "weight": 1e6},
        {"rule": "filled", "fields": ["note"], "message": "m"},
    ]
    small = parse_item({**FORM.model_dump(), "points": 0.66666})
    score = check(small, key("structured", checks=rules), {"fields": GOOD}).score
    assert score is not None
    assert score <= 0.66666


def test_a_table_checks_each_row_and_all_rows_together() -> None:
    """Row rules earn the share of rows that hold; sums and repeats look at the whole."""
    assert check(TABLE, TABLE_KEY, rows(("One", 60), ("Two", "40"))).score == 6.0
    mark = check(TABLE, TABLE_KEY, rows(("One", 95), ("One", 5)))
    assert mark.score == 3.0
    assert said(mark) == ["Row 1: Too big.", "Twice.", WHY]
    assert check(TABLE, TABLE_KEY, rows(("One", 33.3), ("Two", 33.3), ("Six", 33.3))).score == 6.0


def test_a_table_counts_rows_that_lack_and_ignores_those_too_many() -> None:
    """Missing rows earn nothing, rows beyond the table's room are not read, and both are said."""
    mark = check(TABLE, TABLE_KEY, rows(("One", 50)))
    assert mark.score == 3.0
    assert "at least 2 are asked for" in said(mark)[0]
    many = check(TABLE, TABLE_KEY, rows(("A1", 20), ("A2", 20), ("A3", 60), ("A4", 99)))
    assert many.score == 6.0
    assert "1 more were not read" in said(many)[0]


def measured(monkeypatch: pytest.MonkeyPatch, found: Measured) -> list[Mapping[str, Any]]:
    """Let any measure return `found`, and return the list of what it is given."""
    given: list[Mapping[str, Any]] = []

    def of(name: str) -> Any:
        return lambda fields, data: given.append(fields) or found

    monkeypatch.setattr(marking, "measure", of)
    return given


def test_a_table_is_worked_out_by_its_subject_as_a_plan_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """With checks beside it or alone; its numbers come last, its falls after the checks'."""
    found = Measured(0.5, (message("It came to {n}.", n=9),), (message("Too few."),), ("few",))
    measured(monkeypatch, found)
    alone = key("table", measure="case1.deals")
    mark = check(TABLE, alone, rows(("One", 60), ("Two", 40)))
    assert (mark.score, mark.traps) == (3.0, ("few",))
    assert said(mark) == ["Too few.", "It came to 9.", WHY]
    checks = [{"rule": "distinct", "fields": ["name"], "message": "Twice."}]
    both = key("table", measure="case1.deals", weight=2, checks=checks)
    assert check(TABLE, both, rows(("One", 60), ("Two", 40))).score == pytest.approx(4.0)
    mark = check(TABLE, both, rows(("One", 60), ("One", 40)))
    assert (mark.score, mark.traps) == (2.0, ("distinct:name", "few"))
    assert said(mark) == ["Twice.", "Too few.", "It came to 9.", WHY]


def test_a_table_without_a_measure_needs_a_check_that_weighs() -> None:
    """Else nothing could be earned."""
    only = {"rule": "filled", "fields": ["name"], "message": "m", "weight": 0}
    for checks in ([], [only]):
        with pytest.raises(ValidationError):
            key("table", checks=checks)
        assert key("table", checks=checks, measure="case1.deals")


def test_a_measure_is_given_every_part_under_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fields flat and under their part, rows and texts under theirs, days as ISO texts."""
    given = measured(monkeypatch, Measured(1.0))
    form = item(
        "plan", "frame",
        fields={"sign": {"label": "S"}, "on": {"label": "D", "kind": "date"},
                "table": {"label": "T"}, "much": {"label": "M", "kind": "number"}},
    )  # fmt: skip
    prose = item("text", "prose", criteria={"a": "A"})
    columns = {"name": {"label": "Name"}, "day": {"label": "Day", "kind": "date"},
               "n": {"label": "N", "kind": "number"}}  # fmt: skip
    table = item("table", "table", columns=columns)
    worked = {"measure": "case1.deals", "together": ["u.frame", "u.prose", "u.missing"]}
    keys = {
        "u.frame": key("plan", **worked | {"together": ["u.table"]}),
        "u.table": key("table", **worked),
        "u.prose": key("text", model_answer="M", levels={"a": ["0", "1", "2", "3"]}),
    }
    frame = {"sign": "K", "on": "2026年6月8日", "table": "round", "much": "many"}
    line = {"name": "One", "day": "2026-06-01", "n": "３"}
    answers = {"u.frame": {"fields": frame}, "u.prose": {"text": "So."},
               "u.table": {"rows": [line, {}]}}  # fmt: skip
    mark_exercise([form, prose, table], keys, answers)
    of_frame, of_table = given
    plain = {"sign": "K", "on": "2026-06-08", "table": "round"}
    assert of_frame == {**plain, "frame": plain}  # a field goes before a part of its name
    assert of_table["frame"] == plain
    assert (of_table["sign"], of_table["on"]) == ("K", "2026-06-08")
    assert of_table["prose"] == {"text": "So."}
    alone = mark_exercise([table], {"u.table": key("table", measure="m")}, answers)
    assert alone["u.table"].score == 6.0
    assert given[-1] == {"table": ({"name": "One", "day": "2026-06-01", "n": 3.0},)}


def test_prose_is_left_to_a_person() -> None:
    """The machine gives a text no mark; a blank one is not attempted."""
    prose = item("text", criteria={"clear": "Clarity"})
    rubric = key("text", model_answer="M", levels={"clear": ["0", "1", "2", "3"]})
    mark = check(prose, rubric, {"text": "I would ask first."})
    assert (mark.score, mark.needs_human) == (None, True)
    assert "Clarity" in said(mark)[0]
    blank = check(prose, rubric, {"text": " \n"})
    assert (blank.score, blank.needs_human) == (0.0, False)


# Gates


def gated(cap: float = 0.5) -> tuple[list[Item], dict[str, Key]]:
    items = [
        item("choice", "gate", options=OPTIONS),
        item("choice", "one", options=OPTIONS),
        item("choice", "two", options=OPTIONS),
        item("text", "prose", criteria={"a": "A"}),
    ]
    gate = {"options": ["a"], "cap": cap, "message": "This breaks the law."}
    keys = {
        "u.gate": key("choice", answer="b", gate=gate),
        "u.one": key("choice", answer="b"),
        "u.two": key("choice", answer="b"),
        "u.prose": key("text", model_answer="M", levels={"a": ["0", "1", "2", "3"]}),
    }
    return items, keys


TEXT = {"u.prose": {"text": "Words of mine."}}


def test_a_gate_holds_the_machines_marks_at_its_cap_and_says_so() -> None:
    """All machine marks are scaled to the cap and keep what they earned; only the gating item is told."""
    responses = {
        "u.gate": {"choice": "a"},
        "u.one": {"choice": "b"},
        "u.two": {"choice": "b"},
        **TEXT,
    }
    marks = mark_exercise(*gated(0.3), responses)
    assert [marks[f"u.{n}"].score for n in ("gate", "one", "two", "prose")] == [0, 2.7, 2.7, None]
    assert marks["u.gate"].needs_human
    assert not marks["u.one"].needs_human
    gate = marks["u.gate"].gate
    assert gate is not None
    assert (gate.says.text, gate.cap, gate.most) == ("This breaks the law.", 0.3 * 18, 18)
    assert marks["u.gate"].reasons[0] == gate.says
    one = marks["u.one"]
    assert (one.own, one.earned, one.gate, one.outcome) == (6, 6, None, Outcome.CORRECT)
    assert one.feedback == mark_exercise(*gated(0.3), {"u.one": {"choice": "b"}})["u.one"].feedback
    total = sum(mark.score or 0 for mark in marks.values())
    assert total <= 0.3 * 18 + 1e-6


GUARD = {"rule": "one_of", "fields": ["who"], "options": ["lei"], "message": "Not to him.",
         "weight": 0, "gate": 0.49}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "answer", "met"),
    [
        (GUARD, {"who": "b"}, True),
        (GUARD, {"who": "lei"}, False),
        (GUARD, {"who": ""}, False),
        ({**GUARD, "fields": ["who", "note"]}, {"who": "lei"}, False),
        ({**GUARD, "fields": ["who", "note"]}, {"who": "lei", "note": "b"}, True),
        ({**GUARD, "when": {"field": "share", "above": 90}}, {"who": "b"}, False),
        ({**GUARD, "rule": "filled", "fields": ["note"], "when": {"field": "share", "above": 1}}, {}, True),
        ({**GUARD, "rule": "filled", "fields": ["note"], "when": {"field": "share", "above": 1}},
         {"note": "From the list"}, False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("as_table", [False, True])
def test_a_check_may_be_a_gate(
    rule: dict[str, Any], answer: dict[str, object], met: bool, as_table: bool
) -> None:
    """What breaks it caps the exercise and goes to a person; a blank breaks only “filled”."""
    checks = [{"rule": "between", "fields": ["share"], "low": 0, "message": "Share?"}, rule]
    fields = {**GOOD, **answer}
    if as_table:
        question, response = item("table", columns=FORM.model_dump()["fields"]), {"rows": [fields]}
    else:
        question, response = FORM, {"fields": fields}
    items = [question, item("choice", "other", options=OPTIONS)]
    keys = {"u.q": key(question.interaction, checks=checks), "u.other": key("choice", answer="b")}
    responses = {"u.q": response, "u.other": {"choice": "b"}}
    marks = mark_exercise(items, keys, responses)
    total = sum(mark.score or 0 for mark in marks.values())
    assert (total, marks["u.q"].needs_human) == (
        pytest.approx(0.49 * 12 if met else 12.0, abs=1e-3),
        met,
    )
    assert ("Not to him." in [reason.text for reason in marks["u.q"].reasons]) is met
    assert (marks["u.q"].gate is not None) is met
    lifted = mark_exercise(items, keys, responses, lifted={"u.q"})
    assert sum(mark.score or 0 for mark in lifted.values()) == 12.0


def test_a_gate_leaves_alone_who_did_not_meet_it_or_is_below_its_cap() -> None:
    """Without the gating option, or once a person lifted it, nothing is scaled."""
    right = {f"u.{name}": {"choice": "b"} for name in ("gate", "one", "two")}
    assert mark_exercise(*gated(), right)["u.one"].score == 6.0
    bad = {**right, "u.gate": {"choice": "a"}}
    assert mark_exercise(*gated(), bad, lifted={"u.gate"})["u.one"].score == 6.0
    low = mark_exercise(*gated(0.9), bad)
    assert (low["u.one"].score, low["u.one"].own) == (6.0, None)
    assert low["u.gate"].needs_human
    assert low["u.gate"].gate is not None


def test_a_gate_of_a_table_names_its_rows_and_is_said_once() -> None:
    """What the gate says is the first reason, with the rows that met it, and stands nowhere again."""
    question = item("table", columns=FORM.model_dump()["fields"])
    keys = {"u.q": key("table", checks=[{**GUARD, "weight": 1}])}
    rows = [{**GOOD, "who": "lei"}, {**GOOD, "who": "b"}]
    mark = mark_exercise([question], keys, {"u.q": {"rows": rows}})["u.q"]
    lines = [Words("en").say(reason) for reason in mark.reasons]
    assert lines[0] == "Row 2: Not to him."
    assert sum("Not to him." in line for line in lines) == 1


def _structured(words: list[str]) -> tuple[model.Structured, StructuredKey]:
    item = model.Structured(
        id="u.q", interaction="structured", title="t", prompt="p",
        fields={"question": model.TypedField(label="Question")},
    )  # fmt: skip
    checks = tuple(
        Check(rule="says", fields=("question",), words=(word,), message=f"say {word}")
        for word in words
    )
    return item, StructuredKey(interaction="structured", explanation="e", checks=checks)


@pytest.mark.parametrize("text", ["约定每周二准时送到？", "Can we fix a day (both)?", "Shall we ?"])
def test_a_question_mark_is_found_after_anything(text: str) -> None:
    """A sign is looked for as it is, full-width or not, whatever stands before it."""
    item, key = _structured(["？"])
    assert check(item, key, {"fields": {"question": text}}).score == item.points


def test_checks_of_one_rule_are_told_apart() -> None:
    """Each failed check has a name of its own in the mark, so that a report can count it."""
    item, key = _structured(["shall we", "truck"])
    mark = check(item, key, {"fields": {"question": "No."}})
    assert mark.traps == ("says:question", "says:question#2")


def test_a_trap_is_met_in_an_equivalent_unit() -> None:
    """-5 thousand yuan is the same known wrong value as -5,000 yuan."""
    item = model.Number(
        id="u.n", interaction="number", title="t", prompt="p", quantity="q",
        units={"yuan": "yuan", "thousand": "thousand yuan"},
    )  # fmt: skip
    trap = Trap(name="one_case", value=-5000, unit="yuan", message="That is one case.")
    key = NumberKey(
        interaction="number", explanation="e", value=-15000, unit="yuan",
        equivalents={"thousand": 1000}, traps=(trap,),
    )  # fmt: skip
    for response in ({"value": "-5", "unit": "thousand"}, {"value": "-5000", "unit": "yuan"}):
        assert check(item, key, response).traps == ("one_case",)


def test_a_whole_list_in_which_nothing_was_found_goes_to_a_person() -> None:
    """Four real lines and no point found: more likely said in other words than all wrong."""
    item = model.Recall(id="u.r", interaction="recall", title="t", prompt="p", lines=2)
    key = RecallKey(
        interaction="recall", explanation="e",
        points={"a": Point(name="facts", accept=("manage on facts",)), "b": Point(name="win", accept=("win-win",))},
    )  # fmt: skip
    tried = check(item, key, {"lines": ["凭数据说话", "两家都不吃亏"]})
    assert (tried.score, tried.needs_human) == (0.0, True)
    assert not check(item, key, {"lines": ["?", "x"]}).needs_human


def test_what_a_trainee_disagrees_with_goes_to_a_person() -> None:
    """An objection changes no mark; it is quoted first and the item waits for a person."""
    item = parse_item(
        {
            "interaction": "choice",
            "id": "u.q",
            "title": "t",
            "prompt": "p",
            "options": {"a": "A", "b": "B"},
        }
    )
    key = parse_key("choice", {"answer": "b", "explanation": "Because."})
    plain = mark_exercise([item], {"u.q": key}, {"u.q": {"choice": "a"}})["u.q"]
    objected = mark_exercise(
        [item], {"u.q": key}, {"u.q": {"choice": "a", "disagree": "In my shops it was so."}}
    )["u.q"]
    assert (objected.score, objected.outcome) == (plain.score, plain.outcome)
    assert (plain.needs_human, objected.needs_human) == (False, True)
    assert "In my shops it was so." in Words("en").say(objected.feedback[0])
    for nothing in ("", "  ", 7, ["x"], None):
        response = {"choice": "a", "disagree": nothing}
        assert not mark_exercise([item], {"u.q": key}, {"u.q": response})["u.q"].needs_human
