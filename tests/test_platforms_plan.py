"""A trainee's rules for a month: what the fields mean, what they are worth, and what is said to them."""

from __future__ import annotations

import pytest

from kamlib.case_facts import CaseError
from kamlib.items.keys import parse_key
from kamlib.items.marking import mark_exercise
from kamlib.items.measures import fall, measure
from kamlib.items.model import parse_item
from kamlib.measured import Measured
from kamlib.platforms import expected
from kamlib.platforms_file import CASE, PARAMETERS, PORTFOLIO, load
from kamlib.platforms_hours import best, even
from kamlib.platforms_plan import FALLS, FULL, quarter, stated_rules
from kamlib.words import Words

DATA = {
    "portfolio": (CASE / PORTFOLIO).read_text("utf-8"),
    "parameters": (CASE / PARAMETERS).read_text("utf-8"),
}

GOOD: dict[str, str | float] = {
    "smallest": "medium", "likelihood": "l70", "warmth": "w50", "risk": "low", "farthest": "far",
    "order": "worth", "hours_research": 40.0, "hours_develop": 90.0, "hours_keep": 20.0,
    "hours_grow": 10.0, "each_research": 4.0, "each_develop": 12.0, "each_keep": 10.0,
    "each_grow": 7.0,
}  # fmt: skip

BLUNDERS: dict[str, dict[str, str | float]] = {
    "no_hours": {"smallest": "medium"},
    "too_many": GOOD | {"hours_research": 80.0, "hours_develop": 180.0},
    "all_market": {"smallest": "medium", "hours_research": 130.0, "hours_develop": 30.0},
    "no_work": {"smallest": "medium", "hours_research": 100.0, "hours_keep": 60.0},
    "no_fence": {"smallest": "medium", "hours_research": 50.0, "hours_develop": 110.0},
    "far_small": {"hours_research": 10.0, "hours_develop": 90.0, "hours_keep": 40.0,
                  "hours_grow": 20.0},
    "cannot_pay": {"hours_research": 100.0, "hours_develop": 40.0, "hours_keep": 20.0},
    "shut_out": GOOD | {"farthest": "near"},
    "too_thin": {"hours_research": 40.0, "hours_develop": 90.0, "hours_keep": 20.0,
                 "hours_grow": 10.0},
    "too_thick": GOOD | {"warmth": "w90", "each_develop": 40.0},
    "idle": GOOD | {"hours_develop": 40.0},
    "shares": GOOD | {"hours_research": 70.0, "hours_develop": 40.0, "hours_keep": 40.0,
                      "each_keep": 0.0, "each_research": 0.0, "each_develop": 0.0},
    "who": GOOD | {"smallest": "small", "order": "chance", "each_develop": 8.0},
}  # fmt: skip


def told(measured: Measured) -> str:
    words = Words("en")
    return " ".join(words.say(one) for one in (*measured.notes, *measured.wrong))


def test_blank_limits_let_everybody_in() -> None:
    """And a number, a word or an option with digits say the same."""
    rules = stated_rules({}, 160)
    assert all(rules.keeps(each) for each in load().customers)
    assert rules.order == "worth"
    for likelihood in ("l70", "70", 70.0):
        assert stated_rules({"likelihood": likelihood}, 160).likelihood == 70
    for way in ("middle", 1.5, "1.5"):
        assert stated_rules({"farthest": way}, 160).farthest == 1.5


@pytest.mark.parametrize(
    "fields",
    [{"smallest": "huge", "order": "luck", "risk": "?"}, {"hours_develop": -5.0}, {"warmth": ""}],
)
def test_nothing_that_can_be_typed_raises(fields: dict[str, str | float]) -> None:
    assert stated_rules(fields, 160).hours["develop"] == 0
    assert quarter(fields, DATA).falls == ("no_hours",)


def test_good_rules_earn_full_marks_and_hear_no_fault() -> None:
    """They come nine tenths of the way from an even spread to the best plan."""
    found = quarter(GOOD, DATA)
    assert (found.share, found.wrong, found.falls) == (1.0, (), ())
    portfolio = load()
    for value in (expected(portfolio, plan(portfolio)).value for plan in (even, best)):
        assert f"{round(value):,}" in told(found)


def test_the_share_is_how_much_of_the_way_is_gone() -> None:
    """Nothing for what an even spread brings or less, and all from `FULL` on."""
    evenly = {f"hours_{name}": hours for name, hours in
              (("research", 80.0), ("develop", 48.0), ("keep", 16.0), ("grow", 16.0))}  # fmt: skip
    assert quarter(evenly, DATA).share == pytest.approx(0, abs=1e-9)
    portfolio = load()
    worst, most = (expected(portfolio, plan(portfolio)).value for plan in (even, best))
    part = quarter(BLUNDERS["who"], DATA)
    assert 0 < part.share < 1
    assert f"{round(worst + part.share * FULL * (most - worst)):,}" in told(part)


@pytest.mark.parametrize("name", FALLS)
def test_every_known_fault_is_met_and_said(name: str) -> None:
    """Each has a sentence of its own, and costs marks."""
    found = quarter(BLUNDERS[name], DATA)
    assert name in found.falls
    assert len(found.falls) == len(found.wrong) == len({one.text for one in found.wrong})
    assert found.share < 1
    assert Words("zh").say(FALLS[name]) != FALLS[name].text
    assert fall("platforms.quarter", name) == FALLS[name]


@pytest.mark.parametrize("name", FALLS)
def test_every_fault_can_be_marked(name: str) -> None:
    """Its sentence goes through the marking as any other: put once, shown, and kept."""
    fields = {field: {"label": field, "kind": "number" if isinstance(value, float) else "text"}
              for field, value in BLUNDERS[name].items()}  # fmt: skip
    item = parse_item({"id": "u.q", "interaction": "plan", "title": "", "prompt": "",
                       "use": "graded", "fields": fields})  # fmt: skip
    key = parse_key("plan", {"explanation": "", "measure": "platforms.quarter", "data": dict(DATA)})
    answer = {"fields": {field: str(value) for field, value in BLUNDERS[name].items()}}
    mark = mark_exercise([item], {"u.q": key}, {"u.q": answer})["u.q"]
    assert name in mark.traps
    assert [Words("zh").say(one) for one in mark.feedback]


@pytest.mark.parametrize("name", ["no_hours", "too_many", "no_fence", "shares", "who"])
def test_some_faults_can_be_made_alone(name: str) -> None:
    assert quarter(BLUNDERS[name], DATA).falls == (name,)


def test_more_hours_than_there_are_cost_marks_in_proportion() -> None:
    """What would be a full plan, promised twice, earns half."""
    twice = {
        name: value * 2 if isinstance(value, float) and name.startswith("hours") else value
        for name, value in GOOD.items()
    }
    found = quarter(twice, DATA)
    assert found.share == pytest.approx(0.5)
    assert found.falls == ("too_many",)
    assert "You spend 320 hours, and a month has 160" in told(found)


def test_the_messages_name_customers_and_hours() -> None:
    said = told(quarter(BLUNDERS["shut_out"], DATA))
    assert "C31" in said
    said = told(quarter(BLUNDERS["far_small"], DATA))
    assert "Of 5 hours for a visit there, 3 are spent on the road" in said
    said = told(quarter(BLUNDERS["too_thick"], DATA))
    assert "alone gets 40 hours a month" in said


def test_the_measure_is_registered_and_needs_its_files() -> None:
    found = measure("platforms.quarter")
    assert found is quarter
    with pytest.raises(KeyError):
        found(GOOD, {})
    with pytest.raises(CaseError):
        found(GOOD, DATA | {"portfolio": "id\n"})
