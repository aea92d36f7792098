"""An answer in words, for whoever reads it: whatever was typed, and in either language."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.forms.answer import answer_html
from kamlib.items import model
from kamlib.items.display import shown
from kamlib.items.keys import Key
from kamlib.items.model import INTERACTIONS, Item
from kamlib.items.solution import solution
from kamlib.words import Words

Samples = dict[str, tuple[Item, Key]]

IN_WORDS: dict[str, list[tuple[str, str]]] = {
    "choice": [("", "First <option>"), ("Reason", "First reason")],
    "choices": [("", "First <option>"), ("", "Third option")],
    "match": [("First stem", "Second option"), ("Second stem", "First option")],
    "order": [("1", "Early"), ("2", "Later"), ("3", "Last")],
    "classify": [("First line", "Service"), ("Second line", "Price")],
    "spot_error": [("Where", "Wrong words."), ("What kind", "Against the law")],
    "number": [
        ("Share reached", "90 per cent"), ("Reading", "What was bought"), ("How sure", "90 %"),
    ],
    "recall": [("1", "uses authority"), ("2", "bears duty")],
    "evidence": [
        ("A claim with facts", "First fact"), ("A claim with facts", "Second fact"),
    ],
    "structured": [
        ("Owner", "Lin"), ("Goal", "70"), ("Start", "2026-11-09"), ("Reason", "Late trucks"),
    ],
    "plan": [
        ("Doors a head", "4"), ("First month", "9153"), ("Second month", "9605"),
        ("Third month", "10058"), ("Visits", "1957.5"), ("From", "Nothing"),
    ],
    "table": [("Who", "Lin"), ("Share", "60"), ("Who", "Mei"), ("Share", "40")],
    "text": [("", "Because the truck came late.")],
    "scene": [
        ("By two days.", "Which shops are open now"), ("Nine shops.", "I look and call at four."),
        ("How it ended", "The truck comes."),
    ],
    "reflect": [
        ("A sentence of yours (1)", "the shirker of work"),
        ("Found in it", "It names who is at fault"),
        ("A sentence of yours (2)", "the consultant"),
        ("Found in it", "It holds a figure"), ("Found in it", "It names the next step"),
    ],
}  # fmt: skip


def in_words(item: Item, response: object, words: Words) -> list[tuple[str, str]]:
    """Return the rows of an answer as a person reads them."""
    return [(words.say(label), words.say(value)) for label, value in shown(item, response)]


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_an_answer_is_shown_by_its_labels(samples: Samples, interaction: str) -> None:
    """Options are shown by what they say, in the order of the question, not by their keys."""
    item, key = samples[interaction]
    wanted = [(a, b.replace("First <option>", "First option")) for a, b in IN_WORDS[interaction]]
    rows = in_words(item, solution(item, key), Words("en"))
    assert [(a, b.replace("First <option>", "First option")) for a, b in rows] == wanted


def test_labels_are_translated_and_typing_is_not(samples: Samples) -> None:
    """In Chinese the labels are Chinese; what a person typed stays as it is, even a word we know."""
    words = Words(
        "zh", {"First option": "甲", "First stem": "题", "correct": "对", "Where": "哪里"}
    )
    item, _ = samples["match"]
    assert in_words(item, {"pairs": {"x": "a"}}, words) == [("题", "甲")]
    item, _ = samples["text"]
    assert in_words(item, {"text": "correct"}, words) == [("", "correct")]


@pytest.mark.parametrize("interaction", INTERACTIONS)
@pytest.mark.parametrize("response", [None, {}, {"unknown": 1}])
def test_no_answer_has_no_rows(samples: Samples, interaction: str, response: object) -> None:
    """A question that was left alone shows nothing, rather than empty labels."""
    assert shown(samples[interaction][0], response) == []


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_an_unknown_option_is_shown_as_typed(samples: Samples, interaction: str) -> None:
    """What fits no option is shown as it came, so that a marker sees what there is."""
    item, _ = samples[interaction]
    for response in ("just a word", ["just a word"], 3):
        assert str(response) in in_words(item, response, Words("en"))[0][1]


@pytest.mark.parametrize(
    ("interaction", "response", "row"),
    [
        ("choice", {"choice": "zzz"}, ("", "zzz")),
        (
            "number",
            {"value": "about 90", "unit": "percent"},
            ("Share reached", "about 90 per cent"),
        ),
        ("number", {"value": 36000, "unit": "boxes"}, ("Share reached", "36000 boxes")),
        ("number", {"value": 0, "unit": "cases"}, ("Share reached", "0 cases")),
        ("order", {"order": ["c", "zzz"]}, ("2", "zzz")),
        ("structured", {"fields": {"goal": "many"}}, ("Goal", "many")),
        ("evidence", {"facts": {"x": ["zzz"]}}, ("A claim with facts", "zzz")),
        ("scene", {"path": ["ask", "zzz"]}, ("", "zzz")),
        (
            "scene",
            {"plays": [["deny", "promise"], ["zzz"], 3]},
            ("Played before (1)", "The shelves stay empty."),
        ),
        ("reflect", {"entries": {"2": "zzz"}}, ("A sentence of yours (2)", "zzz")),
        ("reflect", {"entries": {"1": {"ticks": ["zzz"]}}}, ("Found in it", "zzz")),
    ],
)
def test_odd_answers_are_shown_as_they_are(
    samples: Samples, interaction: str, response: object, row: tuple[str, str]
) -> None:
    """A wrong key, words instead of a number or an unknown fact are shown, not dropped."""
    assert row in in_words(samples[interaction][0], response, Words("en"))


@pytest.mark.parametrize("typed", ["{n}", "{0}", "{", "}", "%s", "{text}", "{file.x}", "{{n}}"])
def test_typed_braces_are_no_placeholders(samples: Samples, typed: str) -> None:
    """Braces in an answer stand as they were typed and fill nothing in."""
    assert in_words(samples["text"][0], {"text": typed}, Words("zh")) == [("", typed)]
    assert in_words(samples["recall"][0], {"lines": [typed]}, Words("en")) == [("1", typed)]


def test_an_endless_answer_is_cut(samples: Samples) -> None:
    """A page stays a page, whatever was pasted into a field."""
    rows = in_words(samples["text"][0], {"text": "x" * 1_000_000}, Words("en"))
    assert len(rows[0][1]) == 5000


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(10**400)
    | st.sampled_from(["a", "x", "f", "percent", "{n}", "<b>", "\ud800", "ask", "deny", "check"])
)  # fmt: skip
names = (
    st.sampled_from(["x", "y", "p", "owner", "goal", "who", "share", "1", "text", "ticks"])
    | st.text()
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
shapes = [
    "choice", "reason", "choices", "pairs", "order", "classes", "where", "kind", "value", "unit",
    "reading", "confidence", "lines", "facts", "fields", "rows", "text", "path", "plays", "entries",
]  # fmt: skip
responses = json_values | st.fixed_dictionaries({}, optional=dict.fromkeys(shapes, json_values))


@given(response=responses, lang=st.sampled_from(["en", "zh"]))
def test_showing_never_fails(samples: Samples, response: Any, lang: str) -> None:
    """Any JSON can be shown for any question, in words and as a page, and obeys no mark in it."""
    words = Words(lang)
    for item, _ in samples.values():
        rows = in_words(item, response, words)
        page = answer_html(item, response, words)
        assert "<b>" not in page
        if item.interaction != "table":  # a table has its own way with numbers
            assert all(value in unescape(page) for _, value in rows)


def wide_table(rows: int) -> tuple[model.Item, dict[str, Any]]:
    """Return a table of nine columns and an answer with so many rows."""
    columns = {f"c{n}": {"label": f"Column {n}"} for n in range(9)}
    item = model.parse_item({
        "id": "u.t", "interaction": "table", "title": "T", "prompt": "P", "columns": columns,
    })  # fmt: skip
    return item, {
        "rows": [{f"c{n}": f"<i>cell {row}.{n}" for n in range(9)} for row in range(rows)]
    }


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("rows", [1, 4, 5])
def test_a_wide_table_fits_a_page_and_says_all(rows: int, lang: str) -> None:
    """With few rows it is turned over, with many it is a list; no cell is lost and none is obeyed."""
    item, response = wide_table(rows)
    page = answer_html(item, response, Words(lang))
    assert "<i>" not in page
    for row in range(rows):
        for n in range(9):
            assert f"cell {row}.{n}" in unescape(page)
    heads = page.count("<th ")
    assert heads == (rows + 1 if rows <= 4 else 0)
    assert page.count("<li") == (rows if rows > 4 else 0)
