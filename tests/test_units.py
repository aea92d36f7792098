"""Every unit of this course keeps what a unit promises; a new unit is tested as soon as it is there."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from kamlib.course.build import read_unit
from kamlib.course.new_unit import left_over
from kamlib.course.syllabus import Unit, open_course
from kamlib.testing import Case, cases, prove, sentences

UNITS = open_course(Path(__file__).parent).units
CASES = [case for unit in UNITS for case in cases(unit)]

each_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_question_is_proved(case: Case) -> None:
    """In both languages a blank earns nothing, the key everything, and each wrong turn its sentence."""
    assert sentences(prove(case)) == []


@each_unit
def test_a_finished_unit_holds_no_example(unit: Unit) -> None:
    """What a new unit begins with is gone when the unit is no draft any more."""
    assert sentences(left_over(read_unit(unit))) == []


@each_unit
def test_the_trainers_minutes_add_up(unit: Unit) -> None:
    """The notes for the trainer follow each other without a gap and fill the time of the lesson."""
    lesson = read_unit(unit).lesson
    notes = "\n".join(
        block.text for cell in lesson.cells if cell.for_trainer for block in cell.blocks
    )
    spans = [(int(a), int(b)) for a, b in re.findall(r"\*\*Minutes (\d+)–(\d+)\.", notes)]
    assert spans[0][0] == 0
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert spans[-1][1] == lesson.front["teaching"] + lesson.front["exercises"]
