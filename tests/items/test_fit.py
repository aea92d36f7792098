"""A key that does not fit its item is found when the course is built."""

from __future__ import annotations

from typing import Any

import pytest

from kamlib.items.fit import misfits
from kamlib.items.keys import Key, parse_key
from kamlib.items.model import INTERACTIONS, Item
from kamlib.words import Words

EN = Words("en")


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_the_samples_fit(samples: dict[str, tuple[Item, Key]], interaction: str) -> None:
    """A sound pair of every interaction has nothing to mend."""
    assert misfits(*samples[interaction]) == []


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("choice", {"answer": "typo"}),
    ("choice", {"messages": {"typo": "m"}}),
    ("choices", {"answer": ["typo"]}),
    ("match", {"answer": {"typo": "typo"}}),
    ("order", {"answer": ["typo", "typo2", "typo3"]}),
    ("classify", {"messages": {"typo": "m"}}),
    ("spot_error", {"where": "typo"}),
    ("spot_error", {"kind": "typo"}),
    ("number", {"unit": "typo"}),
    ("evidence", {"messages": {"typo": "m"}}),
    ("structured", {"example": {"typo": "x"}}),
    ("table", {"example": [{"typo": "x"}]}),
    ("text", {"levels": {"typo": ["0", "1", "2", "3"]}}),
]


@pytest.mark.parametrize(("interaction", "change"), CHANGES)
def test_a_name_that_the_item_does_not_have_is_told(
    samples: dict[str, tuple[Item, Key]], interaction: str, change: dict[str, Any]
) -> None:
    """The sentence names the item and the mistyped name."""
    item, key = samples[interaction]
    data = key.model_dump(mode="json", exclude_defaults=True, exclude={"interaction"}) | change
    said = [EN.say(problem) for problem in misfits(item, parse_key(interaction, data))]
    assert any(item.id in sentence and "typo" in sentence for sentence in said), said


def test_a_stem_without_an_answer_is_told(samples: dict[str, tuple[Item, Key]]) -> None:
    """A line that the key forgot could never be right."""
    item, key = samples["classify"]
    answer = dict(list(key.answer.items())[1:])  # type: ignore[union-attr]
    data = key.model_dump(mode="json", exclude_defaults=True, exclude={"interaction"}) | {
        "answer": answer
    }
    (problem,) = misfits(item, parse_key("classify", data))
    assert "says nothing of" in EN.say(problem)
