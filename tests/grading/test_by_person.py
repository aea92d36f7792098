"""A person's mark: the same road for a command, a page, and what two markers settled."""

from __future__ import annotations

import pytest

from kamlib.grading import gradebook
from kamlib.grading.by_person import put_mark, unit_of
from kamlib.grading.cohort import Cohort, CohortError
from tests.grading.conftest import PROSE, UNIT


def test_a_mark_reaches_the_gradebook(marked_twice: Cohort) -> None:
    """Score and comment stand there; without a score only the comment changes."""
    put_mark(marked_twice, "t002", PROSE, 1.5, "Name a day.")
    put_mark(marked_twice, "T002", PROSE, None, "Name two days.")
    human = gradebook.read(marked_twice.database, UNIT)["T002"][PROSE]
    assert human.score == 1.5
    assert "Name two days." in human.comment


@pytest.mark.parametrize(
    ("code", "item", "score", "why"),
    [
        ("T002", "am_types.none", 1, "There is no item"),
        ("T002", PROSE, 4, "is outside"),
        ("T002", PROSE, -0.5, "is outside"),
        ("T002", PROSE, float("nan"), "is outside"),
        ("X999", PROSE, 1, "has no graded hand-in"),
    ],
)
def test_a_mark_that_cannot_be_is_refused(
    marked_twice: Cohort, code: str, item: str, score: float, why: str
) -> None:
    """Each mistake is one sentence, and no mark moves."""
    before = gradebook.read(marked_twice.database, UNIT)
    with pytest.raises(CohortError, match=why):
        put_mark(marked_twice, code, item, score, "")
    assert gradebook.read(marked_twice.database, UNIT) == before


def test_an_item_knows_its_unit(marked_twice: Cohort) -> None:
    """The unit is found by the item's id."""
    assert unit_of(marked_twice, PROSE) == UNIT
