"""Whether a text says anything at all."""

import pytest

from kamlib.filler import plausible


@pytest.mark.parametrize("text", ["K1", "客户", "Ask the buyer.", "n/a until the visit"])
def test_a_text_that_says_something_counts(text: str) -> None:
    """However short it is."""
    assert plausible(text)


@pytest.mark.parametrize("text", ["", "  ", "...", "a", "哈哈哈", "TBD.", "待定。"])
def test_a_filler_counts_for_nothing(text: str) -> None:
    """In either language."""
    assert not plausible(text)
