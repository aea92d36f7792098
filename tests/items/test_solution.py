"""The response that a key calls right."""

from __future__ import annotations

from typing import Any

import pytest

from kamlib.items.keys import Key
from kamlib.items.model import INTERACTIONS, Item
from kamlib.items.solution import solution
from tests import plans

Samples = dict[str, tuple[Item, Key]]

RIGHT: dict[str, dict[str, Any]] = {
    "choice": {"choice": "a", "reason": "r"},
    "choices": {"choices": ["a", "c"]},
    "match": {"pairs": {"x": "b", "y": "a"}},
    "order": {"order": ["a", "b", "c"]},
    "classify": {"classes": {"x": "s", "y": "p"}},
    "spot_error": {"where": "two", "kind": "law"},
    "number": {"value": 90, "unit": "percent", "reading": "sell_in", "confidence": 90},
    "recall": {"lines": ["uses authority", "bears duty"]},
    "evidence": {"facts": {"x": ["f", "g"], "y": []}},
    "structured": {
        "fields": {"owner": "lin", "goal": 70, "start": "2026-11-09", "why": "Late trucks"}
    },
    "plan": {"fields": plans.EXAMPLE},
    "table": {"rows": [{"who": "Lin", "share": 60}, {"who": "Mei", "share": 40}]},
    "text": {"text": "Because the truck came late."},
    "scene": {"path": ["ask", "check"]},
    "reflect": {
        "entries": {
            "1": {"text": "the shirker of work", "ticks": ["blame"]},
            "2": {"text": "the consultant", "ticks": ["fact", "step"]},
        }
    },
}


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_the_right_response_of_each_interaction(samples: Samples, interaction: str) -> None:
    """A solution has the shape of the answers file, with one right answer where there are several."""
    assert solution(*samples[interaction]) == RIGHT[interaction]


def test_a_number_without_readings_takes_the_first_unit(samples: Samples) -> None:
    """Where nothing is to be read in two ways, the value stands with its unit and nothing else."""
    item, key = samples["number"]
    plain = item.model_copy(update={"readings": {}, "confidence": False})
    assert solution(plain, key.model_copy(update={"readings": {}, "value": 3.0})) == {
        "value": 3.0,
        "unit": "percent",
    }


def test_a_key_of_another_interaction_is_refused(samples: Samples) -> None:
    """A key that does not fit its item is a mistake in the program, said with both names."""
    with pytest.raises(TypeError, match=r"order key does not fit the choice item sample\.choice"):
        solution(samples["choice"][0], samples["order"][1])
