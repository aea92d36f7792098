"""A unit with a table to play at: the tiny case, with the real case's game behind its last stage."""

from __future__ import annotations

from kamlib.case_facts import CASE
from kamlib.course.syllabus import Course
from kamlib.forms.negotiation_case import FACTS, GAME, SIMULATION
from tests.staged import UNIT

FOLDER = "case_talk"
STAGE = "S2"


def with_table(course: Course) -> Course:
    """Put a table into the last stage of the tiny case, and what is played with beside it."""
    folder = course.root / "units" / UNIT
    (folder / FOLDER).mkdir()
    for name in (FACTS, GAME, SIMULATION):
        (folder / FOLDER / name).write_bytes((CASE / name).read_bytes())
    lesson = folder / "lesson.md"
    text = lesson.read_text("utf-8")
    files = ", ".join(f"{FOLDER}/{name}" for name in (FACTS, GAME, SIMULATION))
    text = text.replace("[case/game.json]", f"[case/game.json, {files}]")
    lesson.write_text(f"{text}\n`{{activity}} negotiation {FOLDER}`\n", "utf-8")
    return course
