"""Completeness: what a graded form may say without knowing what is right."""

from typing import Any

import pytest

from kamlib.items.completeness import State, completeness
from kamlib.items.model import PRACTICE_ONLY, Item, parse_item
from kamlib.words import Words

OPTIONS = {"a": "Alpha", "b": "Beta", "c": "Gamma"}
FIELDS = {"who": {"label": "Who"}, "share": {"label": "Share", "kind": "number"}}
SHAPES: dict[str, dict[str, Any]] = {
    "choice": {"options": OPTIONS, "reasons": {"r": "Reason"}},
    "choices": {"options": OPTIONS},
    "match": {"stems": {"s": "Stem", "t": "Trunk"}, "options": OPTIONS},
    "order": {"options": OPTIONS},
    "classify": {"lines": {"s": "Stem", "t": "Trunk"}, "classes": OPTIONS},
    "spot_error": {"segments": OPTIONS, "kinds": {"k": "Kind", "l": "Lind"}},
    "number": {"quantity": "Q", "units": {"p": "pieces", "c": "cartons"},
               "readings": {"r": "Reading"}, "confidence": True},
    "recall": {"lines": 2},
    "evidence": {"claims": {"c": "Claim", "d": "Dictum"},
                 "facts": {"F1": {"text": "f"}, "F2": {"text": "g"}}},
    "structured": {"fields": FIELDS},
    "plan": {"fields": FIELDS},
    "table": {"columns": FIELDS, "min_rows": 2, "max_rows": 2},
    "text": {"criteria": {"c": "Clarity"}},
    "scene": {
        "measures": {"m": "Money", "t": "Trust"}, "cast": {"lin": "Lin"}, "start": "t1",
        "turns": {
            "t1": {"lines": [{"who": "lin", "says": "Well?"}],
                   "choices": {"a": {"says": "Yes.", "to": "t2"}, "b": {"says": "No.", "to": "e"}}},
            "t2": {"lines": [{"who": "lin", "says": "And?"}],
                   "choices": {"a": {"says": "Yes.", "to": "e"}, "b": {"says": "No.", "to": "e"}}},
            "e": {"ending": "Over."},
        },
    },
    "reflect": {"entries": 2, "entry": "Sentence", "criteria": OPTIONS},
}  # fmt: skip


def item(interaction: str) -> Item:
    use = "practice" if interaction in PRACTICE_ONLY else "graded"
    base = {"id": "u.q", "title": "", "prompt": "", "use": use, "interaction": interaction}
    return parse_item({**base, **SHAPES[interaction]})


OWN = {"text": "I ask.", "ticks": ["a"]}
ROW = {"who": "Anna", "share": "5%"}
COMPLETE: list[tuple[str, Any]] = [
    ("choice", {"choice": "a", "reason": "r"}),
    ("choices", {"choices": ["a"]}),
    ("match", {"pairs": {"s": "a", "t": "a"}}),
    ("order", {"order": ["c", "b", "a"]}),
    ("classify", {"classes": {"s": "a", "t": "b"}}),
    ("spot_error", {"where": "a", "kind": "k"}),
    ("number", {"value": "3.6万", "unit": "p", "reading": "r", "confidence": "80%"}),
    ("recall", {"lines": ["one", "two"]}),
    ("evidence", {"facts": {"c": ["F1"], "d": ["F2"]}}),
    ("structured", {"fields": ROW}),
    ("plan", {"fields": ROW}),
    ("table", {"rows": [ROW, ROW]}),
    ("text", {"text": "I would ask."}),
    ("scene", {"path": ["b"]}),
    ("scene", {"path": ["a", "b"], "plays": [["b"]]}),
    ("reflect", {"entries": {"1": OWN, "2": OWN}}),
]


@pytest.mark.parametrize(("interaction", "response"), COMPLETE)
def test_a_full_answer_is_complete(interaction: str, response: object) -> None:
    """Nothing is missing, so nothing is said."""
    result = completeness(item(interaction), response)
    assert (result.state, result.messages) == (State.COMPLETE, ())


@pytest.mark.parametrize("interaction", SHAPES)
def test_no_answer_is_blank(interaction: str) -> None:
    """An empty response, of whatever emptiness, is blank and says so in one sentence."""
    empty = {"choice": None, "lines": [" "], "rows": [{}], "text": "", "path": [], "plays": []}
    entries = {"entries": {"1": {"text": " ", "ticks": []}}}
    for response in (None, {}, empty | entries):
        result = completeness(item(interaction), response)
        assert (result.state, len(result.messages)) == (State.BLANK, 1)


@pytest.mark.parametrize(
    ("interaction", "response", "part"),
    [
        ("choice", {"choice": "a"}, "Choose the reason"),
        ("choice", {"reason": "r"}, "Choose an option"),
        ("choice", {"choice": "z"}, "“z”, which is not among the options"),
        ("choices", "a", "a form that this question does not have"),
        ("match", {"pairs": {"s": "a"}}, "1 of 2 still open: Trunk."),
        ("order", {"order": ["a"]}, "2 of 3 still open: Beta, Gamma."),
        ("classify", {"classes": {"t": "a"}}, "still open: Stem."),
        ("spot_error", {"kind": "k"}, "Choose the place"),
        ("spot_error", {"where": "a"}, "what kind of error"),
        ("number", {"value": "many"}, "“many” cannot be read as a number"),
        ("number", {"value": 1, "reading": "r", "confidence": 5}, "Choose the unit."),
        ("number", {"value": 1, "unit": "p", "confidence": 5}, "how you read the question"),
        ("number", {"value": 1, "unit": "p", "reading": "r"}, "Say how sure you are."),
        ("number", {"value": 1, "unit": "p", "reading": "r", "confidence": 101}, "from 0 to 100"),
        ("recall", {"lines": ["one"]}, "1 of 2 lines are still empty."),
        ("recall", {"lines": ["1", "2", "3"]}, "Only the first 2 lines count; 1 more"),
        ("structured", {"fields": {"who": "Anna"}}, "Still to fill in: Share."),
        ("structured", {"fields": {**ROW, "share": "x"}}, "Share: “x” cannot be read"),
        ("structured", {"fields": {**ROW, "who": "..."}}, "Who: “...” says nothing yet."),
        ("table", {"rows": [ROW]}, "1 of at least 2 rows"),
        ("table", {"rows": [ROW] * 3}, "Only the first 2 rows count"),
        ("table", {"rows": [ROW, {"who": "Bo"}]}, "Row 2: Still to fill in: Share."),
        ("text", {"text": "xxx"}, "says nothing yet"),
        ("scene", {"path": ["a"]}, "The conversation is not at its end yet."),
        ("scene", {"path": [], "plays": [["b"]]}, "The conversation is not at its end yet."),
        ("scene", {"path": ["z"]}, "“z”, which is not among the options"),
        ("scene", {"path": ["b", "a"]}, "“a”, which is not among the options"),
        ("scene", {"path": "a"}, "a form that this question does not have"),
        ("reflect", {"entries": {"1": OWN}}, "1 of 2 texts are still empty."),
        ("reflect", {"entries": {"1": OWN, "2": {"text": "Yes."}}}, "“Yes.”: tick what you find"),
        ("reflect", {"entries": {"1": OWN, "2": {"ticks": ["a"]}}}, "1 of 2 texts are still"),
        ("reflect", {"entries": {"1": {"text": 3}}}, "a form that this question does not have"),
        ("reflect", {"entries": {"1": {"ticks": ["z"]}}}, "“z”, which is not among the options"),
    ],
)
def test_what_is_missing_or_ill_formed_is_named(
    interaction: str, response: object, part: str
) -> None:
    """An incomplete answer is told what it lacks, in a sentence."""
    result = completeness(item(interaction), response)
    assert result.state is State.INCOMPLETE
    assert part in " ".join(Words("en").say(why) for why in result.messages)


def test_a_claim_without_facts_is_a_remark_only() -> None:
    """That no fact backs a claim may be the answer."""
    result = completeness(item("evidence"), {"facts": {"c": ["F1"]}})
    assert result.state is State.COMPLETE
    assert "No fact is given for: Dictum." in Words("en").say(result.messages[0])


def test_each_state_has_a_word() -> None:
    """The form shows a word, never a bare colour."""
    assert {state.word for state in State} == {"not answered", "not complete", "complete"}
