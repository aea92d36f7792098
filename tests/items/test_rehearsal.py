"""What a played scene earns, and what is said to a trainee's own words."""

from __future__ import annotations

from typing import Any

import pytest

from kamlib.items.keys import Key, parse_key
from kamlib.items.mark import Mark, Outcome
from kamlib.items.marking import check, mark_exercise
from kamlib.items.model import Item, parse_item
from kamlib.items.responses import SceneAnswer, read_response
from kamlib.words import Words

Samples = dict[str, tuple[Item, Key]]


def said(mark: Mark) -> list[str]:
    return [Words("en").say(why) for why in mark.feedback]


@pytest.mark.parametrize(
    ("path", "score", "outcome", "traps"),
    [
        (["ask", "check"], 1.0, Outcome.CORRECT, ()),
        (["ask", "promise"], 0.0, Outcome.INCORRECT, ("target", "trust")),
        (["deny", "promise"], 0.0, Outcome.INCORRECT, ("target", "trust")),
    ],
)
def test_a_scene_earns_the_share_of_the_measures_reached(
    samples: Samples, path: list[str], score: float, outcome: Outcome, traps: tuple[str, ...]
) -> None:
    """What ends at or above enough is reached; the rest is named."""
    mark = check(*samples["scene"], {"path": path})
    assert (mark.score, mark.outcome, mark.traps) == (score, outcome, traps)
    assert not mark.needs_human


def test_each_measure_that_was_missed_has_its_own_words(samples: Samples) -> None:
    """First what was reached, then the author's message, or where it ended, then the reason."""
    item, key = samples["scene"]
    told = {"explanation": "So.", "messages": {"trust": "He must feel heard."}, "best": ["x"]}
    low = parse_key("scene", told | {"enough": {"target": 1, "trust": 1}})
    mark = check(item, low, {"path": ["deny", "check"]})
    assert (mark.score, mark.outcome) == (0.5, Outcome.PARTLY)
    assert said(mark) == ["Reached: This month.", "He must feel heard.", "So."]
    assert said(check(item, key, {"path": ["deny", "check"]})) == [
        "“This month” ended at +1; it can come to +2.", "He must feel heard.", "So.",
    ]  # fmt: skip


@pytest.mark.parametrize("response", [{"path": ["ask"]}, {"path": [], "plays": [["ask", "check"]]}])
def test_a_conversation_that_goes_on_is_not_judged(samples: Samples, response: Any) -> None:
    """Neither right nor wrong is said before the end, and nothing is explained."""
    mark = check(*samples["scene"], response)
    assert (mark.score, mark.outcome) == (0.0, Outcome.NOT_ATTEMPTED)
    assert said(mark) == ["The conversation is not at its end yet."]


def test_plays_put_aside_do_not_count(samples: Samples) -> None:
    """Only the play that goes on is looked at; an old one from another edition hurts nothing."""
    plays: list[Any] = [["ask", "check"], ["gone"], "x", 3, [[]]]
    mark = check(*samples["scene"], {"path": ["deny", "promise"], "plays": plays})
    assert mark.outcome is Outcome.INCORRECT


def test_only_plays_of_this_edition_that_came_to_an_end_are_read(samples: Samples) -> None:
    """What was put aside under another edition, or stands there by mistake, is left alone."""
    plays = [["deny", "promise"], ["deny"], ["deny", "gone"], [], "x", None]
    answer = read_response(samples["scene"][0], {"path": [], "plays": plays})
    assert answer == SceneAnswer((), (("deny", "promise"),))


def test_each_text_is_told_what_it_sounds_like(samples: Samples) -> None:
    """The first manner whose conditions hold speaks to it, and nothing is right or wrong."""
    entries = {
        "1": {"text": "It was\nlogistics.", "ticks": ["blame"]},
        "2": {"text": "Nine shops; I call at four.", "ticks": ["step", "fact"]},
    }
    item, key = samples["reflect"]
    mark = check(item, key, {"entries": entries})
    assert (mark.score, mark.outcome, mark.traps) == (1.0, Outcome.REVIEWED, ())
    assert said(mark) == [
        "“It was logistics.”: sounds like the shirker of work. Leave out who did it.",
        "“Nine shops; I call at four.”: sounds like the consultant. Keep it so.",
        "So.",
    ]
    entries["1"]["ticks"] = ["blame", "fact"]
    assert "sounds like none of them yet" in said(check(item, key, {"entries": entries}))[0]
    assert (Outcome.REVIEWED.sign, Outcome.REVIEWED.word) == ("✎", "looked at")


def test_a_text_without_ticks_is_asked_for_them(samples: Samples) -> None:
    """It is he who looks at his words: without a tick there is nothing to say."""
    item, key = samples["reflect"]
    mark = check(
        item, key, {"entries": {"1": {"text": "I see."}, "2": {"text": "x", "ticks": ["fact"]}}}
    )
    assert said(mark)[1] == "“I see.”: tick what you find in it."
    assert mark.outcome is Outcome.REVIEWED
    mark = check(item, key, {"entries": {"1": {"text": "I see."}}})
    assert said(mark) == ["“I see.”: tick what you find in it."]
    assert mark.outcome is Outcome.NOT_ATTEMPTED
    mark = check(item, key, {"entries": {"2": {"ticks": ["fact"]}}})
    assert said(mark) == ["Write down what you said first."]


def test_a_long_text_is_quoted_short(samples: Samples) -> None:
    """The sentence names the text without repeating all of it."""
    item, key = samples["reflect"]
    mark = check(item, key, {"entries": {"1": {"text": "word " * 100, "ticks": ["blame"]}}})
    assert len(said(mark)[0]) < 150


def test_braces_in_ones_own_words_fill_nothing_in(samples: Samples) -> None:
    """What was typed is shown as it is."""
    item, key = samples["reflect"]
    mark = check(item, key, {"entries": {"1": {"text": "{label} {0}", "ticks": ["blame"]}}})
    assert said(mark)[0].startswith("“{label} {0}”: sounds like the shirker")


def test_an_item_after_an_unfinished_scene_is_marked_all_the_same(samples: Samples) -> None:
    """A scene among other questions changes none of their marks."""
    other = parse_item({"interaction": "choice", "id": "sample.q", "title": "T", "prompt": "?",
                        "options": {"a": "A", "b": "B"}})  # fmt: skip
    keys = {
        "sample.q": parse_key("choice", {"answer": "a", "explanation": ""}),
        "sample.scene": samples["scene"][1],
    }
    marks = mark_exercise(
        [samples["scene"][0], other],
        keys,
        {"sample.q": {"choice": "a"}, "sample.scene": {"path": 3}},
    )
    assert marks["sample.q"].score == 1.0
    assert marks["sample.scene"].outcome is Outcome.CANNOT_BE_CHECKED
