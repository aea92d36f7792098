"""What the gradebook does to one person's line: new names, another code, nothing left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kamlib.grading import gradebook
from kamlib.grading.cohort import Cohort
from kamlib.grading.pipeline import grade

from .conftest import UNIT, Send

PROSE = "am_types.always_right"


@pytest.fixture
def graded(cohort: Cohort, send: Send) -> Cohort:
    """A01 and A03 handed in, and a person marked A01's prose."""
    send("A03")
    grade(cohort, [send("A01")])
    gradebook.override(cohort.database, UNIT, "A01", PROSE, 2.0, "Good.")
    return cohort


def test_it_tells_how_much_it_holds_of_a_person(graded: Cohort) -> None:
    """Marks, a person's marks and comments are counted; who is unknown is told from who has none."""
    held = gradebook.held(graded.database, "A01")
    items = len(graded.bundles[UNIT].items)
    assert held == gradebook.Held(units=1, marks=items, decided=1, comments=1)
    assert gradebook.held(graded.database, "A02") == gradebook.Held()
    assert gradebook.held(graded.database, "X9") is None


def test_a_renamed_trainee_keeps_all_marks(graded: Cohort) -> None:
    """Marks and comments move; a second time does nothing; onto somebody else's it is refused."""
    before = gradebook.read(graded.database, UNIT)["A01"]
    for _ in range(2):
        gradebook.rename(graded.database, "A01", "B01")
    assert gradebook.held(graded.database, "A01") is None
    assert gradebook.read(graded.database, UNIT)["B01"] == before
    with pytest.raises(LookupError):
        gradebook.rename(graded.database, "B01", "A03")


def test_a_name_mended_in_the_roster_reaches_the_gradebook(graded: Cohort) -> None:
    """The next grading writes the roster's name, so that the marking desk shows it."""
    renamed = [replace(graded.roster["A01"], name="林小")]
    gradebook.write_students(graded.database, "spring", renamed)
    assert "林小".encode() in (graded.root / "gradebook.db").read_bytes()


def test_cleaning_leaves_marks_and_no_names(graded: Cohort) -> None:
    """Codes stand for names, comments go through the brush, scores stay."""
    gradebook.scrub(graded.database, lambda text: text.replace("Good", "Fine"))
    human = gradebook.read(graded.database, UNIT)["A01"][PROSE]
    assert (human.score, human.comment) == (2.0, "Fine.")
    data = (graded.root / "gradebook.db").read_bytes()
    assert not any(one.name.encode() in data for one in graded.roster.values())
