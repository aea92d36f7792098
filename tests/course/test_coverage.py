"""Which rows of the curriculum are taught, practised and graded."""

from __future__ import annotations

import csv

import pytest

from kamlib.course.coverage import MISSING, STATES, coverage
from kamlib.course.syllabus import Course, CourseError
from tests.course.conftest import english


def change(course: Course, name: str, old: str, new: str) -> None:
    """Change a source of the tiny course at one place."""
    path = course.units[0].folder / name
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def states(course: Course) -> dict[str, str]:
    """Return the state of each row."""
    return {row.id: row.state for row in coverage(course)}


def told(course: Course) -> list[str]:
    """Return what the author is told of rows that do not fit."""
    with pytest.raises(CourseError) as error:
        coverage(course)
    return english(error.value.problems)


def test_graded_goes_before_practised(tiny_course: Course) -> None:
    """A row is graded if a graded item covers it, else practised; one of no unit here is missing."""
    assert states(tiny_course) == {"K001": MISSING, "K002": "graded", "K003": "practised"}


def test_a_row_without_items_is_taught_only(tiny_course: Course) -> None:
    """A row that has a place and no item is taught only."""
    change(tiny_course, "items.yaml", "covers: [K003]", "covers: []")
    assert states(tiny_course)["K003"] == "taught only"


def test_a_row_without_a_place_is_missing(tiny_course: Course) -> None:
    """An item alone does not teach: a row without a place in the lesson is missing."""
    change(tiny_course, "lesson.md", "figures K003", "figures")
    assert states(tiny_course)["K003"] == MISSING


@pytest.mark.parametrize("state", ["reframed", "omitted"])
def test_an_author_may_state_why(tiny_course: Course, state: str) -> None:
    """A row that is reframed or omitted says so with the author's reason."""
    stated = f"states:\n  K003: {{state: {state}, why: It would break the law.}}\n"
    change(tiny_course, "lesson.md", "teaching: 5\n", f"teaching: 5\n{stated}")
    row = coverage(tiny_course)[2]
    assert (row.state, row.why) == (state, "It would break the law.")


def test_rows_come_with_place_and_term(tiny_course: Course) -> None:
    """Each row tells its term in both languages and the place that teaches it, in the file's order."""
    rows = coverage(tiny_course)
    assert [row.id for row in rows] == ["K001", "K002", "K003"]
    assert rows[1].anchor == "opening"
    assert rows[1].term == {"en": "lateness", "zh": "迟到"}


def test_an_unknown_row_is_told(tiny_course: Course) -> None:
    """A row that the curriculum does not have is an error, whoever names it."""
    change(tiny_course, "lesson.md", "opening K002", "opening K002 K998")
    change(tiny_course, "items.yaml", "covers: [K003]", "covers: [K003, K999]")
    assert told(tiny_course) == [
        "01_tiny names K998, which is not in the curriculum.",
        "01_tiny names K999, which is not in the curriculum.",
    ]


def test_a_row_of_another_unit_is_told(tiny_course: Course) -> None:
    """A lesson teaches its own unit's rows; items may come back to those of others."""
    change(tiny_course, "items.yaml", "covers: [K003]", "covers: [K003, K001]")
    assert states(tiny_course)["K001"] == MISSING
    change(tiny_course, "lesson.md", "opening K002", "opening K002 K001")
    assert told(tiny_course) == ["01_tiny teaches K001, which belongs to 00_before."]


def test_a_row_at_two_places_is_told(tiny_course: Course) -> None:
    """A row has one place, so that a reader who is sent there finds it."""
    change(tiny_course, "lesson.md", "figures K003", "figures K003 K002")
    assert told(tiny_course) == ["01_tiny teaches K002 at two places; choose one."]


def test_unit_01_is_complete(course: Course) -> None:
    """Every row of unit 01 has its place, and all but a few are practised or graded."""
    rows = [row for row in coverage(course) if row.unit == "01_am_types"]
    assert len(rows) >= 60
    assert [row.id for row in rows if row.state == MISSING] == []
    assert all(row.anchor or row.why for row in rows)
    worked = [row for row in rows if row.state in ("graded", "practised")]
    assert len(worked) >= 0.9 * len(rows)


def test_the_curriculum_is_whole(course: Course) -> None:
    """All 715 rows are there, each once and with a term in both languages, and each has a state."""
    with (course.root / "data" / "curriculum.csv").open(encoding="utf-8-sig", newline="") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    rows = coverage(course)
    assert [row.id for row in rows] == ids
    assert len(set(ids)) == 715
    assert all(row.term["en"] and row.term["zh"] and row.state in STATES for row in rows)
