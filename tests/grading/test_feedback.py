"""Feedback pages: what a trainee is told, in which order, and that nothing typed is obeyed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from itertools import cycle
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kamlib.forms.answer import answer_html
from kamlib.grading.feedback import FeedbackPage, first_sentence, render_feedback
from kamlib.grading.results import ItemResult, Result, Trainee
from kamlib.items.keys import parse_key
from kamlib.items.mark import Mark, MetGate, Outcome
from kamlib.items.model import INTERACTIONS, PRACTICE_ONLY, Item, parse_item
from kamlib.words import Words, message

ENGLISH = Words("en")
SHANGHAI = ZoneInfo("Asia/Shanghai")
TRAINEE = Trainee("A07", "Li Na", "en")
READING = {"types": "Three types", "ratio": "Counting coverage"}

GRADED = [name for name in INTERACTIONS if name not in PRACTICE_ONLY]
PARTS: dict[str, dict[str, Any]] = {
    "choice": {"options": {"a": "Sell-in", "b": "Sell-out"}, "reasons": {"r": "Shops count"}},
    "choices": {"options": {"a": "Plan", "b": "Load stock"}},
    "match": {"stems": {"s": "He waits", "t": "He asks"}, "options": {"a": "Shirker", "b": "Other"}},
    "order": {"options": {"a": "First", "b": "Second", "c": "Third"}},
    "classify": {"lines": {"l": "Drove there", "m": "Called"}, "classes": {"v": "Value", "n": "None"}},
    "spot_error": {"segments": {"a": "We sell 40.", "b": "Add 200."}, "kinds": {"k": "Logic", "f": "Fact"}},
    "number": {"quantity": "Coverage", "units": {"pct": "%"}, "confidence": True},
    "recall": {"lines": 3},
    "evidence": {"claims": {"c": "A sells less"}, "facts": {"F1": {"text": "A: 20"}, "F2": {"text": "B: 25"}}},
    "structured": {"fields": {"who": {"label": "Who", "kind": "choice", "options": {"x": "Buyer"}}}},
    "plan": {"fields": {"who": {"label": "Who", "kind": "choice", "options": {"x": "Buyer"}}}},
    "table": {"columns": {"day": {"label": "Day"}, "kind": {"label": "Kind", "kind": "choice", "options": {"v": "Visit"}}}},
    "text": {"criteria": {"a": "Names the gain"}},
}  # fmt: skip
RESPONSES: dict[str, tuple[Any, list[str]]] = {
    "choice": ({"choice": "b", "reason": "r"}, ["Sell-out", "Shops count"]),
    "choices": ({"choices": ["a", "b"]}, ["Plan", "Load stock"]),
    "match": ({"pairs": {"s": "a"}}, ["He waits", "Shirker"]),
    "order": ({"order": ["c", "a", "b"]}, ["Third", "First", "Second"]),
    "classify": ({"classes": {"l": "v"}}, ["Drove there", "Value"]),
    "spot_error": ({"where": "b", "kind": "k"}, ["Add 200.", "Logic"]),
    "number": ({"value": 12.5, "unit": "pct", "confidence": 80}, ["Coverage", "12.5 %", "80 %"]),
    "recall": ({"lines": ["planner", "coach"]}, ["planner", "coach"]),
    "evidence": ({"facts": {"c": ["F1", "F2"]}}, ["A sells less", "A: 20", "B: 25"]),
    "structured": ({"fields": {"who": "x"}}, ["Who", "Buyer"]),
    "plan": ({"fields": {"who": "x"}}, ["Who", "Buyer"]),
    "table": ({"rows": [{"day": "2026-06-01", "kind": "v"}]}, ["Day", "Kind", "2026-06-01", "Visit"]),
    "text": ({"text": "Because.\nIndeed."}, ["Because.\nIndeed."]),
}  # fmt: skip


def make_item(interaction: str, name: str = "", **more: Any) -> Item:
    """Return a small item of an interaction."""
    return parse_item(
        {
            "id": f"u.{name or interaction}",
            "title": f"Title {name or interaction}",
            "prompt": "What is **meant**?",
            "interaction": interaction,
            **PARTS[interaction],
            **more,
        }
    )


def choice(name: str, points: float = 1, **key: Any) -> tuple[Item, Any]:
    """Return a choice item with its key."""
    item = make_item("choice", name, points=points)
    data = {"answer": "b", "explanation": f"Because of {name}. And more.", "read": "types", **key}
    return item, parse_key("choice", data)


def marked(item: Item, share: float | None, response: Any = None, **more: Any) -> ItemResult:
    """Return an item with a mark of this share of its points."""
    outcomes = {None: Outcome.CANNOT_BE_CHECKED, 1: Outcome.CORRECT, 0: Outcome.INCORRECT}
    mark = Mark(
        item=item.id,
        score=None if share is None else share * item.points,
        max=item.points,
        outcome=outcomes.get(share, Outcome.PARTLY),
        feedback=(message("Reason for {name}.", name=item.title),),
        needs_human=share is None,
    )
    mark = replace(mark, **{k: v for k, v in more.items() if k in Mark.__slots__})
    rest = {k: v for k, v in more.items() if k not in Mark.__slots__}
    return ItemResult(mark, response if response is not None else {"choice": "a"}, **rest)


def hand_in(*items: ItemResult, **more: Any) -> Result:
    """Return a counted hand-in."""
    received = datetime(2026, 6, 15, 18, 20, tzinfo=SHANGHAI)
    return Result(
        TRAINEE, "u", items, **{"received": received, "attempts": 1, "counted": 1, **more}
    )


def page(result: Result, *pairs: tuple[Item, Any], words: Words = ENGLISH) -> str:
    """Return the page of a result over items and keys."""
    items = [item for item, _ in pairs]
    keys = {item.id: key for item, key in pairs}
    return render_feedback(result, items, keys, words, "Types of account managers", READING)


def text_of(html: str) -> str:
    """Return a page's text without its tags and styles, spaces folded."""
    body = html[html.index("<body") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).strip()


class Tags(HTMLParser):
    """Collects every tag with its attributes and checks that they nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in {"meta", "img", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def every_interaction() -> list[tuple[Item, None]]:
    """Return one item of each interaction that is graded, without keys."""
    return [(make_item(name), None) for name in GRADED]


@pytest.mark.parametrize("interaction", GRADED)
def test_answers_are_shown_by_label(interaction: str) -> None:
    """The answer to each interaction is readable: labels, not keys, in the order answered."""
    response, expected = RESPONSES[interaction]
    shown = answer_html(make_item(interaction), response, ENGLISH)
    text = re.sub(r"<[^>]+>", "|", str(shown))
    places = [text.index(part) for part in expected]
    if interaction in {"order", "recall", "table"}:
        assert places == sorted(places)
    if interaction in {"match", "classify", "evidence", "structured"}:
        assert 'th scope="row"' in shown
    if interaction == "table":
        assert 'th scope="col"' in shown


@pytest.mark.parametrize("interaction", GRADED)
@pytest.mark.parametrize(
    "junk", [7, "text", [1, {"a": 2}], {"order": 3}, {"rows": [1]}, {"x": None}, True]
)
def test_an_answer_of_any_shape_is_shown_without_failing(interaction: str, junk: Any) -> None:
    """Whatever JSON stands in an answers file, the page is made."""
    item = make_item(interaction)
    html = page(hand_in(marked(item, 0, junk)), (item, None))
    assert "Question by question" in html


def test_nothing_a_trainee_typed_is_obeyed() -> None:
    """Tags, handlers and script links stay text, wherever a trainee can type, and no page links out."""
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)> [a](javascript:alert(1)) \"'>"
    pairs = every_interaction()
    typed = [
        bad,
        {"choice": bad, "reason": bad}, {"choices": [bad]}, {"pairs": {"s": bad, bad: bad}},
        {"order": [bad]}, {"classes": {"l": bad}}, {"where": bad, "kind": bad},
        {"value": bad, "unit": bad, "reading": bad, "confidence": bad}, {"lines": [bad]},
        {"facts": {"c": [bad]}}, {"fields": {"who": bad}}, {"rows": [{"day": bad, "kind": bad}]},
        {"text": bad},
    ]  # fmt: skip
    for response in typed:
        said = (message("You wrote {what}.", what=bad),)
        items = [marked(item, 0, response, feedback=said, comment=bad) for item, _ in pairs]
        result = hand_in(*items, notes=(message("File {name}.", name=bad),))
        result = replace(result, trainee=Trainee("A07", bad, "en"))
        seen = Tags(page(result, *pairs)).seen
        assert {tag for tag, _ in seen}.isdisjoint({"script", "img", "iframe", "link", "object"})
        for _, attributes in seen:
            assert not [name for name in attributes if name.startswith("on")]
            assert (attributes.get("href") or "#").startswith("#")


def test_tags_in_an_authors_text_are_shown_not_obeyed() -> None:
    """Prompts and explanations are Markdown; raw HTML, script links and pictures in them are not."""
    text = "**Bold** <b>raw</b> [x](javascript:alert(1)) ![alt](http://far.example/p.png)"
    item = make_item("choice", prompt=text)
    key = parse_key("choice", {"answer": "b", "explanation": text})
    html = page(hand_in(marked(item, 0)), (item, key))
    assert "<strong>Bold</strong>" in html
    assert "&lt;b&gt;raw" in html
    assert "far.example" not in html
    assert 'href="javascript' not in html.lower()


def test_page_is_self_contained_and_says_its_language() -> None:
    """A page has a charset and a language, no script, and nothing to fetch."""
    item, key = choice("one")
    html = page(hand_in(marked(item, 1)), (item, key))
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">')
    assert "http://" not in html
    assert "https://" not in html
    assert "url(" not in html
    assert "default-src 'none'" in html
    tags = Tags(html).seen
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {(a.get("href") or "#")[1:] for t, a in tags if t == "a"}
    assert targets <= set(ids)


def test_parts_come_in_the_order_of_use() -> None:
    """What went well, what to change, the score, then each question."""
    pairs = [choice(name) for name in ("one", "two", "three")]
    (one, _), (two, _), (three, _) = pairs
    text = text_of(page(hand_in(marked(one, 1), marked(two, 0), marked(three, 0.5)), *pairs))
    heads = [
        "Hello, Li Na",
        "What went well",
        "What to change",
        "Your score",
        "Question by question",
    ]
    places = [text.index(head) for head in heads]
    assert places == sorted(places)


def test_what_went_well_says_why() -> None:
    """A right answer is praised by its title, with the first sentence of its explanation."""
    item, key = choice("one")
    text = text_of(page(hand_in(marked(item, 1)), (item, key)))
    well = text[text.index("What went well") : text.index("Your score")]
    assert "Title one" in well
    assert "Because of one." in well
    assert "And more" not in well
    assert "All 1 questions are right" in text


def test_what_to_change_puts_the_most_points_first() -> None:
    """Wrong answers stand by points lost, each with its reason and the place to read."""
    pairs = [choice("small"), choice("big", 5, read="ratio"), choice("middle", 4)]
    (small, _), (big, _), (middle, _) = pairs
    result = hand_in(marked(small, 0), marked(big, 0), marked(middle, 0.5))
    text = text_of(page(result, *pairs))
    change = text[text.index("What to change") : text.index("Your score")]
    order = [change.index(f"Reason for Title {name}.") for name in ("big", "middle", "small")]
    assert order == sorted(order)
    assert "Read: Counting coverage" in change
    assert "points to gain: 5" in change


def test_weak_trainee_gets_three_next_steps() -> None:
    """With everything wrong there are three steps: the places that bring most, with their questions."""
    places = {"a": "Place A", "b": "Place B", "c": "Place C", "d": "Place D"}
    pairs = [choice(f"q{i}", 1 + i % 4, read="abcd"[i % 4]) for i in range(8)]
    items = [item for item, _ in pairs]
    keys = {item.id: key for item, key in pairs}
    made = FeedbackPage(items, keys, ENGLISH, "T", places)
    text = text_of(made.render(hand_in(*[marked(item, 0) for item in items])))
    steps = text[text.index("What to do next") : text.index("Your score")]
    first = "Read “Place D”, then work on question 4, question 8 (points to gain: 8)."
    assert first in steps
    assert "Read “Place C”" in steps
    assert "Read “Place B”" in steps
    assert "Read “Place A”, then" not in steps
    assert "Nothing is right yet, and that can change soon" in text


def test_blank_hand_in_is_told_what_to_do() -> None:
    """Without any answer the page lists no reasons but the questions and the first steps."""
    pairs = [choice(f"q{i}") for i in range(4)]
    blank = [marked(i, 0, outcome=Outcome.NOT_ATTEMPTED) for i, _ in pairs]
    text = text_of(page(hand_in(*blank), *pairs))
    assert "there is no answer in it yet" in text
    assert "Not answered yet: “Title q0”, “Title q1”, “Title q2”, “Title q3”" in text
    assert "then work on question 1, question 2, question 3, question 4" in text


def test_no_outcome_stands_alone() -> None:
    """Every outcome is a sign and a word, and every mark comes with a reason."""
    pairs = [choice(f"q{i}") for i in range(5)]
    ones = [
        marked(pairs[0][0], 1),
        marked(pairs[1][0], 0.5),
        marked(pairs[2][0], 0),
        marked(pairs[3][0], 0, outcome=Outcome.NOT_ATTEMPTED),
        marked(pairs[4][0], None),
    ]
    text = text_of(page(hand_in(*ones), *pairs))
    for said in (
        "✓ correct",
        "◐ partly right",
        "✗ not yet",
        "○ not attempted",
        "waits for a person",
    ):
        assert said in text
    lower = text[text.index("Question by question") :]
    assert all(f"Reason for Title q{i}." in lower for i in range(5))


def test_explanation_is_said_once() -> None:
    """Where the marking already gave the explanation, the page shows it only as the author wrote it."""
    item, key = choice("one", explanation="Because of **this**.")
    said = (message("Wrong option."), message("Because of **this**."))
    html = page(hand_in(marked(item, 0, feedback=said)), (item, key))
    lower = html[html.index('class="why"') :]
    assert lower.count("Because of") == 1
    assert "<strong>this</strong>" in lower
    assert "Wrong option." in lower


def test_score_shows_what_waits_and_what_lateness_cost() -> None:
    """The score names open points, the penalty and its reason, the attempt, and whose time it is."""
    pairs = [choice("one", 4), choice("two", 3)]
    (one, _), (two, _) = pairs
    result = hand_in(
        marked(one, 1), marked(two, None), late=timedelta(days=1, hours=3), penalty=0.5,
        attempts=3, counted=2, self_reported=True,
    )  # fmt: skip
    text = text_of(page(result, *pairs))
    assert "3.5 of 7 points so far" in text
    assert "Answers that wait for a person: 1. Up to 3 points can still come." in text
    assert "Points taken off: 0.5, because the hand-in came 1 day 3 hours late." in text
    assert "You handed in 3 times; attempt 2 counts." in text
    assert "Received 15 June 2026, 18:20, a time that your own computer reported." in text


def test_score_in_time_and_final_says_no_more_than_that() -> None:
    """Nothing about waiting, lateness or attempts stands where there is nothing to say."""
    item, key = choice("one")
    text = text_of(page(hand_in(marked(item, 1)), (item, key)))
    score = text[text.index("Your score") : text.index("Question by question")]
    assert score == "Your score 1 of 1 points Received 15 June 2026, 18:20. "


def test_late_without_penalty_says_so() -> None:
    """A late hand-in that costs nothing is still called late."""
    item, key = choice("one")
    text = text_of(page(hand_in(marked(item, 1), late=timedelta(minutes=20)), (item, key)))
    assert "came 20 minutes late; no points were taken off" in text


def test_persons_mark_and_comment_are_shown() -> None:
    """A person's mark replaces the machine's, says so, and brings the comment along."""
    item, key = choice("one", 4)
    one = marked(item, 0, human_score=3.0, comment="Good example.\nMore of it.")
    text = text_of(page(hand_in(one), (item, key)))
    assert "A person has looked at this answer and set the mark." in text
    assert "3 of 4 points" in text
    assert "From your trainer Good example. More of it." in text


def test_open_answers_are_neither_praised_nor_blamed() -> None:
    """What waits for a person stands in neither list above the score."""
    item, key = choice("one")
    text = text_of(page(hand_in(marked(item, None)), (item, key)))
    assert "What to change" not in text
    assert "A person has still to read your answers." in text


def test_border_case_keeps_its_score_but_is_not_held_against_anybody() -> None:
    """A provisional score counts and is called open; its question is not among what to change."""
    item, key = choice("one", 4)
    text = text_of(page(hand_in(marked(item, 0.5, needs_human=True)), (item, key)))
    assert "2 of 4 points so far" in text
    assert "Answers that a person will look at again: 1. The score may change." in text
    assert "What to change" not in text


# Gates


GATE = MetGate(message("What B told you is not yours to pass on."), cap=4.5, most=9)


def gated_hand_in(own: float | None) -> tuple[Result, list[tuple[Item, Any]]]:
    """Return a hand-in whose second answer met a gate; its first is right, its third is not."""
    pairs = [choice("right", 4), choice("leak", 3, read="ratio"), choice("wrong", 2)]
    (one, _), (two, _), (three, _) = pairs
    half = own and own / 2
    items = [
        replace(marked(one, 1), mark=replace(marked(one, 1).mark, score=half or 4.0, own=own)),
        marked(two, 1, gate=GATE, needs_human=True, outcome=Outcome.CORRECT),
        marked(three, 0),
    ]
    return hand_in(*items), pairs


def test_a_gate_stands_once_on_top_with_what_it_does() -> None:
    """Which answer, what the gate says, what counts until a person has looked, before all else."""
    result, pairs = gated_hand_in(4.0)
    html = page(result, *pairs)
    text = text_of(html)
    box = text[text.index("Read this first") : text.index("What went well")]
    assert box.startswith("Read this first 2 Title leak What B told you is not yours to pass on.")
    assert "all that the machine has marked counts as 4.5 of 9 points." in box
    assert 'href="#q2"' in html[: html.index('id="well"')]
    assert text.count("Until a person has looked") == 1
    assert "All that the machine has marked is held at 4.5 of 9 points, by question 2." in text


def test_a_held_answer_shows_what_it_is_worth_by_itself() -> None:
    """The score is the held one; each question has its own points, sign and reasons, and no other."""
    result, pairs = gated_hand_in(4.0)
    html = page(result, *pairs)
    text = text_of(html)
    score = text[text.index("Your score") : text.index("Question by question")]
    assert score.startswith("Your score 5 of 9 points so far")
    first = text_of("<body" + html[html.index('id="q1"') : html.index('id="q2"')])
    assert "✓ correct 4 of 4 points" in first
    assert "gate" not in first
    assert "Title right" in text[text.index("What went well") : text.index("What to change")]
    assert "points to gain: 2 " in text


def test_what_met_a_gate_is_the_first_thing_to_change() -> None:
    """It stands before what lost points, though it waits and lost none, and is the first step."""
    result, pairs = gated_hand_in(4.0)
    text = text_of(page(result, *pairs))
    change = text[text.index("What to change") : text.index("Your score")]
    assert "1." not in change
    assert change.index("find what has to change in question 2") < change.index(
        "work on question 3"
    )
    assert change.index("! Title leak a person has to look at this first") < change.index(
        "✗ Title wrong"
    )
    assert "Read: Counting coverage" in change


def test_a_held_score_promises_no_number_of_points() -> None:
    """What may still come is not only the prose that waits, so only that it may change is said."""
    result, pairs = gated_hand_in(4.0)
    text_item = (make_item("text", points=2), None)
    result = replace(result, items=(*result.items, marked(text_item[0], None, {"text": "So."})))
    text = text_of(page(result, *pairs, text_item))
    assert "Answers that a person will look at again: 2. The score may change." in text
    assert "can still come" not in text


def test_a_gate_above_the_marks_says_that_it_takes_nothing() -> None:
    """Who lies below what the gate allows reads that, and no score is called held."""
    result, pairs = gated_hand_in(None)
    text = text_of(page(result, *pairs))
    assert "counts as 4.5 of 9 points at most. That takes nothing from your marks." in text
    assert "is held at" not in text


def test_without_a_gate_the_page_says_nothing_of_one() -> None:
    """No box, no word of holding."""
    item, key = choice("one")
    text = text_of(page(hand_in(marked(item, 0)), (item, key)))
    assert "Read this first" not in text
    assert "held" not in text


def test_titles_in_a_row_stand_in_quotation_marks() -> None:
    """A title may end in a question mark, and the next begins after a comma."""
    pairs = [(make_item("choice", f"q{i}", title=f"Why {i}?"), None) for i in range(8)]
    text = text_of(page(hand_in(*(marked(item, 1) for item, _ in pairs)), *pairs))
    assert "Also right: “Why 5?”, “Why 6?”, “Why 7?”" in text


def test_refused_hand_in_gets_its_own_page() -> None:
    """A file that could not be read brings its reason and the steps, and no score."""
    why = (message("The answers file ends in line {n}.", n=12),)
    result = Result(TRAINEE, "u", (), None, attempts=1, notes=why)
    text = text_of(page(result, choice("one")))
    assert "could not be marked" in text
    assert "The answers file ends in line 12." in text
    assert "hand in again" in text
    assert "Your score" not in text


def test_missing_hand_in_gets_its_own_page() -> None:
    """Who handed in nothing is told so, with the steps to do it."""
    text = text_of(page(Result(TRAINEE, "u", (), None), choice("one")))
    assert "No hand-in of yours has arrived" in text
    assert "every answer gets feedback" in text
    assert "Your code is A07." in text


class Marked(Words):
    """Words that show what went through translation."""

    def translate(self, text: str) -> str:
        return f"«{super().translate(text)}»" if text else text


def test_every_sentence_can_be_translated() -> None:
    """Titles, prompts, options, messages and the page's own sentences all go through the words."""
    pairs = every_interaction()
    items = [
        marked(item, share, RESPONSES[item.interaction][0])
        for share, (item, _) in zip(cycle([0, 0.5, 1, None]), pairs, strict=False)
    ]
    words = Marked("en")
    text = text_of(page(hand_in(*items, attempts=2, late=timedelta(hours=2)), *pairs, words=words))
    free = re.sub(r"«[^«»]*»", "", text)
    while free != (free := re.sub(r"«[^«»]*»", "", free)):
        pass
    typed = {"planner", "coach", "Because.", "Indeed."}
    left = set(re.findall(r"[A-Za-z]{3,}\.?", free)) - typed
    assert left == set()


def test_chinese_page_says_so_and_writes_dates_its_way() -> None:
    """A Chinese page has its language and dates as they are written there."""
    item, key = choice("one")
    words = Words("zh", {"Title one": "题目一", "Types of account managers": "客户经理的类型"})
    result = hand_in(marked(item, 0))
    html = page(result, (item, key), words=words)
    assert '<html lang="zh-CN">' in html
    assert "题目一" in html
    assert "客户经理的类型" in html
    assert "2026年6月15日 18:20" in html


def test_page_can_be_written_whatever_was_typed() -> None:
    """Half a character, as broken software writes it, does not stop the page from being written."""
    item = make_item("text")
    html = page(hand_in(marked(item, None, {"text": "a\ud800b"})), (item, None))
    assert "a?b" in html.encode("utf-8").decode("utf-8")


def test_pages_of_one_exercise_do_not_mix() -> None:
    """A page object holds nothing of the trainee before."""
    pairs = [choice("one"), choice("two")]
    items, keys = [i for i, _ in pairs], {i.id: k for i, k in pairs}
    made = FeedbackPage(items, keys, ENGLISH, "T", READING)
    first = hand_in(marked(items[0], 1, {"choice": "b"}), marked(items[1], 0, comment="secret"))
    second = replace(
        first, trainee=Trainee("B01", "Wang", "en"), items=tuple(marked(i, 1) for i in items)
    )
    before = made.render(first)
    assert "secret" not in made.render(second)
    assert made.render(first) == before


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        ("One. Two.", "One."),
        ("2.5 times 10 is 25. So there.", "2.5 times 10 is 25."),
        ("No stop", "No stop"),
        ("一句。两句。", "一句。"),
        ("Is it? yes. Right.", "Is it? yes."),
    ],
)
def test_first_sentence_ends_at_a_full_stop(text: str, begin: str) -> None:
    """A figure's point or a question inside a sentence does not end it."""
    assert first_sentence(text) == begin


PROSE = make_item("text", "prose", points=3, criteria={"a": "Names the gain", "b": "Names a limit"})
RUBRIC = parse_key(
    "text",
    {
        "explanation": "A gain and a limit.", "model_answer": "MODEL", "read": "types",
        "levels": {"a": ["no gain", "a gain", "two gains", "all gains"],
                   "b": ["no limit", "a limit", "two limits", "all limits"]},
        "comments": {"day": {"criterion": "a", "text": "UNUSED COMMENT"}},
    },
)  # fmt: skip


def prose(comment: str, score: float | None = 1.5, **more: Any) -> str:
    """Return the page of one prose answer with a person's score and comment."""
    one = marked(PROSE, None, {"text": "Mine."}, human_score=score, comment=comment, **more)
    return page(hand_in(one), (PROSE, RUBRIC))


def test_a_rubric_says_the_level_of_each_criterion_in_words() -> None:
    """Level, its name and what it looks like, then the trainer's own words, and no bracket line."""
    said = text_of(prose("[b 1/3 · a 3/3]\nWell begun."))
    assert "Names the gain 3/3 · excellent all gains" in said
    assert "Names a limit 1/3 · begun a limit" in said
    assert said.index("Names the gain 3/3") < said.index("Names a limit 1/3")
    assert "From your trainer Well begun." in said
    assert "1/3 ·" in said
    assert "[b" not in said
    assert "UNUSED COMMENT" not in said
    assert "MODEL" not in said


def test_what_to_change_in_prose_is_one_level_up() -> None:
    """The top of the page says of the weakest criterion what the next level looks like."""
    said = text_of(prose("[a 2/3 · b 1/3]"))
    top = said[: said.index("Your score")]
    assert "Names a limit. One level up: two limits" in top
    assert "Reason for" not in said


def test_prose_marked_without_a_rubric_shows_none() -> None:
    """A score by hand needs no levels."""
    html = prose("Fine [a ten]")
    assert 'class="rubric"' not in html
    assert "A person has read your text and set the mark." in text_of(html)
    assert "From your trainer Fine [a ten]" in text_of(html)


def test_levels_wait_for_the_score() -> None:
    """Half a rubric is not shown as if it were the mark."""
    html = prose("[a 2/3]", score=None)
    assert 'class="rubric"' not in html
    assert "waits for a person" in html
    assert "[a 2/3]" not in html


@pytest.mark.parametrize("comment", ["[a 1/3 · <b>x</b>]", "<script>alert(1)</script>\n[a 1/3]"])
def test_a_trainers_comment_is_text(comment: str) -> None:
    """What stands in the comment is never obeyed."""
    tags = {tag for tag, _ in Tags(prose(comment)).seen}
    assert "script" not in tags
    assert ("<b>x</b>" in prose(comment)) is False


@pytest.mark.parametrize(
    ("interaction", "response", "traps", "right", "wrong"),
    [
        ("match", {"pairs": {"s": "a", "t": "a"}}, ("t:a",), "He waits", "He asks"),
        ("classify", {"classes": {"l": "v", "m": "v"}}, ("m:v",), "Drove there", "Called"),
    ],
)
def test_each_line_of_a_pairing_says_whether_it_is_right(
    interaction: str, response: Any, traps: tuple[str, ...], right: str, wrong: str
) -> None:
    """With its mark, a pairing shows a sign on each line; without one, or with a person's, none."""
    item = make_item(interaction)
    mark = Mark(item.id, 1.0, 2.0, Outcome.PARTLY, traps=traps)
    rows = {
        row.split("</th>")[0]: row
        for row in answer_html(item, response, ENGLISH, mark).split('<th scope="row">')[1:]
    }
    assert "✓" in rows[right]
    assert "✗" in rows[wrong]
    assert "✓" not in answer_html(item, response, ENGLISH)


def test_each_tick_says_whether_it_belongs() -> None:
    """With its mark, each option that was ticked bears its own sign."""
    item = make_item("choices")
    mark = Mark(item.id, 1.0, 2.0, Outcome.PARTLY, traps=("b",))
    shown = answer_html(item, {"choices": ["a", "b"]}, ENGLISH, mark)
    assert re.search(r"✓</span> Plan.*✗</span> Load stock", shown)
