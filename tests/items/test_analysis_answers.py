"""Answers become what an analysis is read from, whatever stands in them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.customer_analysis import PARTS, read_analysis
from kamlib.items.analysis_answers import written_of
from tests.forms.homeworks import SLUG, example, questions, response

ITEMS = tuple(questions().values())
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["fields", "rows", "text", "id", "on", "year", "circle"]), inner, max_size=3
    ),
    max_leaves=8,
)  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_example_comes_back_as_it_was_written(lang: str) -> None:
    """What the forms send of a whole analysis is read as the same record."""
    mine = example(lang)
    sent = {f"{SLUG}.{part}": response(part, value) for part, value in mine.items()}
    assert read_analysis(written_of(ITEMS, sent)) == read_analysis(mine)


def test_every_part_has_its_question() -> None:
    """The questions ask for each part of each section, and for nothing else."""
    assert set(questions()) == {part for parts in PARTS.values() for part in parts}


def test_blank_and_misfit_fields_are_left_out() -> None:
    """A row keeps its place among the rows that are not blank; words where a number goes are no number."""
    rows = [{}, {"year": "soon", "sales": "1,200"}, {"year": "2025"}]
    sent = {f"{SLUG}.statement": {"rows": rows}, f"{SLUG}.culture": {"text": "  "},
            f"{SLUG}.customer": {"fields": {"sign": " K ", "on": "2026-06-08", "unit": "pounds"}}}  # fmt: skip
    assert written_of(ITEMS, sent) == {
        "statement": ({"sales": 1200.0}, {"year": 2025.0}),
        "customer": {"sign": "K", "on": date(2026, 6, 8)},
    }


@given(st.dictionaries(st.sampled_from([item.id for item in ITEMS]), JSON, max_size=4))
def test_no_answer_raises(sent: dict[str, Any]) -> None:
    """Any JSON may stand in an answers file, and it is always read."""
    assert read_analysis(written_of(ITEMS, sent)) is not None
