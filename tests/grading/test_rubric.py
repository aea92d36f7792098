"""Levels in a comment: they come back as they were given, whatever a hand did to the line."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.grading.rubric import TOP, Judged, read_levels, replaced, score, write_levels

CRITERIA = ("holds", "limits", "acts")

CASES: list[tuple[str, dict[str, int], str]] = [
    ("", {}, ""),
    ("Name a day.", {}, "Name a day."),
    ("[holds 2/3 · limits 3/3 · acts 0/3]", {"holds": 2, "limits": 3, "acts": 0}, ""),
    ("[holds 2/3]\nName a day.", {"holds": 2}, "Name a day."),
    ("Name a day.\n[acts 1/3]\nAnd a place.", {"acts": 1}, "Name a day.\nAnd a place."),
    ("［holds ２／３，limits：３］\n好", {"holds": 2, "limits": 3}, "好"),
    ("【Holds 2、ACTS=1】", {"holds": 2, "acts": 1}, ""),
    ("  [ holds 2 / 3 | limits: 1 ]  ", {"holds": 2, "limits": 1}, ""),
    ("[holds 2/3 · see me]", {"holds": 2}, "[see me]"),
    ("[holds 2/3] good work", {"holds": 2}, "good work"),
    ("[holds 2/3 · holds 1/3]", {"holds": 1}, ""),
    ("[holds 4/3]", {}, "[holds 4/3]"),
    ("[holds 2/5]", {}, "[holds 2/5]"),
    ("[holds 23]", {}, "[holds 23]"),
    ("[other 2/3]", {}, "[other 2/3]"),
    ("[constructor 2/3]", {}, "[constructor 2/3]"),
    ("[see page 3]\n[holds 1/3]", {"holds": 1}, "[see page 3]"),
    ("[holds 1/3]\n[limits 2/3]", {"holds": 1}, "[limits 2/3]"),
    ("holds 2/3", {}, "holds 2/3"),
    ("[holds 2/3", {}, "[holds 2/3"),
    ("[holds 2/3]\r\nOne.\r\nTwo.", {"holds": 2}, "One.\nTwo."),
    ("[holds 2/3]\u2028x <script>alert(1)</script>", {"holds": 2}, "x <script>alert(1)</script>"),
]
"""A comment, the levels in it, and what else stands there; the desk's script is held to the same."""


@pytest.mark.parametrize(("text", "levels", "comment"), CASES)
def test_levels_are_read_and_nothing_else_is_lost(
    text: str, levels: dict[str, int], comment: str
) -> None:
    """What is a level counts, what is not stays in the comment."""
    assert read_levels(text, CRITERIA) == Judged(levels, comment)


@given(
    levels=st.dictionaries(st.sampled_from(CRITERIA), st.integers(0, TOP)),
    comment=st.text(st.characters(exclude_characters="[［【", exclude_categories=["Cs"])),
)
def test_what_was_written_is_read_again(levels: dict[str, int], comment: str) -> None:
    """Levels and comment survive the way through one comment box."""
    found = read_levels(write_levels(levels, comment), CRITERIA)
    assert found.levels == levels
    assert found.comment.split() == comment.split()


def test_a_new_comment_keeps_the_levels() -> None:
    """Only levels replace levels."""
    assert replaced("[holds 2/3]\nOld.", "New.", CRITERIA) == "[holds 2/3]\nNew."
    assert replaced("[holds 2/3]\nOld.", "[holds 1/3]\nNew.", CRITERIA) == "[holds 1/3]\nNew."
    assert replaced("Old.", "New.", CRITERIA) == "New."


@pytest.mark.parametrize("points", [1.0, 2.0, 2.25, 3.0, 10.0])
def test_every_step_up_counts(points: float) -> None:
    """One level more is worth more, the top is worth all, and nothing is worth more than that."""
    worth = [score([total], 3, points) for total in range(3 * TOP + 1)]
    assert worth[0] == 0
    assert worth[-1] == points
    assert all(low < high for low, high in pairwise(worth))
