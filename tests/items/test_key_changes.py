"""How two keys differ is told in words that an instructor knows, and nothing is passed over."""

from __future__ import annotations

from typing import Any

import pytest

from kamlib.items.key_changes import differences, marks_alike
from kamlib.items.keys import Key, parse_key
from kamlib.items.model import INTERACTIONS, Item
from kamlib.words import Words

EN = Words("en")

Samples = dict[str, tuple[Item, Key]]


def changed(key: Key, change: dict[str, Any]) -> Key:
    """Return the key with some fields changed, as if it had been read from a file."""
    data = key.model_dump(mode="json", exclude={"interaction"}) | change
    return parse_key(key.interaction, data)


CHANGES: list[tuple[str, dict[str, Any], str]] = [
    ("choice", {"answer": "b"}, "The right answer: First <option> → Second option"),
    ("choice", {"reason": "s"}, "The right reason: First reason → Second reason"),
    ("choice", {"messages": {}}, "What is said to “Second option”: “Not the second.” → nothing"),
    ("choice", {"gate": None},
     "Choosing “Second option” no longer holds down the whole exercise."),
    ("choice", {"gate": {"options": ["b"], "cap": 0.25, "message": "Far off."}},
     "Choosing “Second option” now holds the whole exercise at 25 % of its points; before it was "
     "“Second option” at 50 %."),
    ("choice", {"gate": {"options": ["b"], "cap": 0.5, "message": "No."}},
     "What is said to who is held down: “Far off.” → “No.”"),
    ("choice", {"read": "there"}, "The place to read: nothing → there"),
    ("choice", {"explanation": "So {x}."}, "The explanation: “So.” → “So {x}.”"),
    ("choice", {"at_work": "Call."}, "What to try with a customer: nothing → “Call.”"),
    ("choices", {"answer": ["a"]}, "“Third option” is no longer right."),
    ("choices", {"answer": ["a", "b", "c"]}, "“Second option” is right now."),
    ("choices", {"gate": {"options": ["b"], "cap": 0.5, "message": "No."}},
     "New: choosing “Second option” holds the whole exercise at 50 % of its points until a person "
     "has looked."),
    ("match", {"answer": {"x": ["b", "a", "c"], "y": "c"}},
     "“Second stem”: First option → Third option"),
    ("match", {"answer": {"x": "b", "y": "a"}},
     "“First stem”: Second option, First option, Third option → Second option"),
    ("order", {"answer": ["b", "a", "c"]},
     "The right order: Early, Later, Last → Later, Early, Last"),
    ("classify", {"answer": {"x": "p", "y": "p"}}, "“First line”: Service → Price"),
    ("spot_error", {"where": "one"}, "The wrong part: Wrong words. → Right words."),
    ("spot_error", {"kind": "fact"}, "The kind of error: Against the law → No fact"),
    ("number", {"full": 0.02}, "Full marks within 2 % of the value; before within 0.5 %."),
    ("number", {"half": 0.05}, "Half marks within 5 % of the value; before within 2 %."),
    ("number", {"value": 5}, "The right value: nothing → 5"),
    ("number", {"unit": "cases"}, "The unit: nothing → cases"),
    ("number", {"formula": "a * 2"}, "The formula: nothing → a * 2"),
    ("number", {"inputs": {"a": 3}}, "“a” in the formula: nothing → 3"),
    ("number", {"equivalents": {"cases": 2}}, "Accepted in “cases”, times: nothing → 2"),
    ("number", {"readings": {"sell_in": {"value": 91, "unit": "percent"},
                             "sell_out": {"value": 62, "unit": "percent"}}},
     "Read as “What was bought”: 90 per cent → 91 per cent"),
    ("number", {"traps": []}, "The wrong value 3,000 any unit is no longer known."),
    ("number", {"traps": [{"name": "gap", "value": 30, "unit": "cases", "message": "That is the gap."}]},
     "A known wrong value: 3,000 any unit → 30 cases"),
    ("number", {"traps": [{"name": "gap", "value": 3000, "message": "No."}]},
     "What is said to 3,000 any unit: “That is the gap.” → “No.”"),
    ("recall", {"points": {"p": {"name": "Authority", "accept": ["uses authority"]},
                           "q": {"name": "Duty", "accept": ["bears duty", "owes"]}}},
     "“Authority” may no longer be said as: 使用授权|“Duty” may now be said as: owes|"
     "The point “Gain” is no longer asked for."),
    ("recall", {"enough": 2}, "How many points are enough: all of them → 2"),
    ("evidence", {"answer": {"x": [{"all_of": ["f"]}], "y": [{"any_of": ["g"], "optional": ["h"]}]}},
     "What backs “A claim with facts”: (all of: “First fact”; one of: “Second fact”, “Third fact”) "
     "→ (all of: “First fact”)|"
     "What backs “A claim without”: no fact → (one of: “Second fact”; allowed too: “Third fact”)"),
    ("structured", {"checks": [{"rule": "filled", "fields": ["owner"], "message": "Name one.", "weight": 2}]},
     "The weight of “Name one.”: 1 → 2"),
    ("structured", {"checks": [{"rule": "filled", "fields": ["why"], "message": "Why?"}]},
     "No longer looked at: “Name one.”|Looked at from now on: “Why?”"),
    ("structured", {"example": {"owner": "mei"}}, "The example of a full answer is another one."),
    ("table", {"checks": [{"rule": "sum", "fields": ["share"], "low": 90, "high": 100,
                           "message": "Not a hundred."}]},
     "“Not a hundred.” is looked at by another measure."),
    ("text", {"levels": {"reason": ["0", "1", "2", "3"]}},
     "What is looked for under “Names a reason” is described in other words."),
    ("text", {"model_answer": "No."},
     "The model answer: “Because the truck came late.” → “No.”"),
    ("scene", {"best": ["deny"]}, "“best” of the key is different."),
]  # fmt: skip


@pytest.mark.parametrize(("interaction", "change", "words"), CHANGES)
def test_a_difference_is_told_by_labels(
    samples: Samples, interaction: str, change: dict[str, Any], words: str
) -> None:
    """Each sentence names what was and what is, in the words of the question."""
    item, key = samples[interaction]
    told = [EN.say(one) for one in differences(item, key, changed(key, change))]
    assert "|".join(told) == words


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_equal_keys_differ_in_nothing(samples: Samples, interaction: str) -> None:
    """A key that was written and read again is the same key."""
    item, key = samples[interaction]
    assert differences(item, key, changed(key, {})) == []
    assert marks_alike(key, changed(key, {}))


@pytest.mark.parametrize(
    ("interaction", "change", "alike"),
    [
        ("choice", {"answer": "b"}, False),
        ("choice", {"gate": None}, False),
        ("choice", {"messages": {}}, True),
        ("choice", {"messages": {"b": "Another one."}}, True),
        ("choice", {"explanation": "X.", "at_work": "Y.", "read": "z"}, True),
        ("choice", {"gate": {"options": ["b"], "cap": 0.5, "message": "Other words."}}, True),
        ("number", {"traps": []}, False),
        ("number", {"traps": [{"name": "gap", "value": 3000, "message": "No."}]}, True),
        ("structured", {"example": {"owner": "mei"}}, True),
        ("text", {"levels": {"reason": ["0", "1", "2", "3"]}}, True),
    ],
)
def test_only_what_marks_depend_on_counts_as_marking(
    samples: Samples, interaction: str, change: dict[str, Any], alike: bool
) -> None:
    """Other words are told apart from another marking."""
    _, key = samples[interaction]
    assert marks_alike(key, changed(key, change)) is alike
