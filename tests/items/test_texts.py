"""Which strings of an item or a key are translated, and which are not."""

from __future__ import annotations

import pytest

from kamlib.items.keys import Key, parse_key
from kamlib.items.model import INTERACTIONS, Item
from kamlib.items.texts import map_texts, texts_of

Samples = dict[str, tuple[Item, Key]]

SAID = {
    "choice": (
        ["Choose", "What?", "First <option>", "Second option", "First reason", "Second reason"],
        ["So.", "Not the second.", "Not that reason.", "Far off."],
    ),
    "choices": (
        ["Tick", "What?", "First option", "Second option", "Third option"],
        ["So.", "Not this one."],
    ),
    "match": (
        ["Match", "What?", "First stem", "Second stem", "First option", "Second option", "Third option"],
        ["So.", "Look again."],
    ),
    "order": (["Order", "What?", "Early", "Later", "Last"], ["So.", "That is the end."]),
    "classify": (
        ["Sort", "What?", "First line", "Second line", "Price", "Service"], ["So.", "It was late."],
    ),
    "spot_error": (
        ["Find", "What?", "Right words.", "Wrong words.", "No fact", "Against the law"],
        ["So.", "This is right."],
    ),
    "number": (
        ["Count", "What?", "Share reached", "per cent", "cases", "What was bought", "What was sold"],
        ["So.", "That is the gap."],
    ),
    "recall": (["Recall", "What?"], ["So.", "Authority", "Duty", "Gain"]),
    "evidence": (
        ["Prove", "What?", "A claim with facts", "A claim without", "First fact", "Second fact",
         "Third fact"],
        ["So.", "It proves nothing."],
    ),
    "structured": (
        ["Plan", "What?", "Owner", "Lin", "Mei", "Goal", "Today it is 49.", "Start", "Reason"],
        ["So.", "Name one.", "Late trucks"],
    ),
    "plan": (
        ["Work out", "What?", "Doors a head", "First month", "Second month", "Third month",
         "Visits", "From", "Nothing", "Range"],
        ["So.", "No range yet."],
    ),
    "table": (["List", "What?", "Who", "Share"], ["So.", "Not a hundred."]),
    "text": (
        ["Say", "What?", "Names a reason"],
        ["So.", "Because the truck came late.", "Nothing", "In passing", "One",
         "One that was checked", "Name the day."],
    ),
    "scene": (
        ["Play", "What?", "This month", "Trust", "Lin", "You are late.", "By two days.",
         "We are not.", "He counted them.", "Which shops are open now", "Now it is work.",
         "Nine shops.", "Tomorrow for sure.", "Nobody checked.", "I look and call at four.",
         "He can plan.", "Well then.", "The shelves stay empty.", "At four.", "The truck comes.",
         "Jun of our team"],
        ["So.", "He must feel heard."],
    ),
    "reflect": (
        ["Look", "What?", "A sentence of yours", "It names who is at fault", "It holds a figure",
         "It names the next step"],
        ["So.", "the shirker of work", "Leave out who did it.", "the consultant", "Keep it so.",
         "none of them yet", "Add a figure and a step."],
    ),
}  # fmt: skip


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_all_that_is_read_is_translated(samples: Samples, interaction: str) -> None:
    """Titles, labels, hints, messages and levels reach the translator, in their order."""
    item, key = samples[interaction]
    assert (texts_of(item), texts_of(key)) == SAID[interaction]


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_what_names_something_stays(samples: Samples, interaction: str) -> None:
    """Ids, option keys, numbers, formulas and phrases to accept are the same in all languages."""
    for record in samples[interaction]:
        changed = map_texts(record, lambda text: text and f"«{text}»")
        assert texts_of(changed) == [f"«{text}»" for text in texts_of(record)]
        assert map_texts(changed, lambda text: text[1:-1]) == record
        assert type(record).model_validate(changed.model_dump()) == changed


def test_the_same_change_makes_the_same_record(samples: Samples) -> None:
    """Leaving every text as it is leaves the record as it is."""
    for item, key in samples.values():
        assert map_texts(item, str) == item
        assert map_texts(key, str) == key


@pytest.mark.parametrize("accepted", [["x"], ["x", "y"], ["x", "y", "z"], "x"])
def test_several_accepted_options_are_no_texts(accepted: object) -> None:
    """A stem with any number of accepted options keeps them as they are."""
    key = parse_key("match", {"explanation": "So.", "answer": {"a": accepted, "b": "y"}})
    assert texts_of(key) == ["So."]
    assert map_texts(key, str.upper).answer == key.answer


def test_empty_texts_are_not_for_a_translator(samples: Samples) -> None:
    """A text that is left empty is nothing to translate."""
    item, _ = samples["structured"]
    assert "" not in texts_of(item)
