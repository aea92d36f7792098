"""The notation for what is played in a lesson: what it becomes, where it may stand, what is sealed."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from kamlib.course import pack
from kamlib.course.build import artefacts, read_unit
from kamlib.course.pack import Edition, pack_files
from kamlib.course.source import read_source
from kamlib.course.syllabus import Course, CourseError
from kamlib.forms.activity import WAITING, activity_names
from kamlib.forms.activity_negotiation import desk
from kamlib.forms.place import StillClosed, here
from kamlib.grading.nbgrader_course import release
from kamlib.words import Words
from tests.course.conftest import Write, english
from tests.course.test_pack import WHEEL
from tests.course.test_staging import unpack
from tests.staged import UNIT
from tests.talks import FOLDER, STAGE, with_table

CODE = f'from kamlib.forms import activity\nactivity("case.negotiation", "{FOLDER}")'
WORDS = {UNIT: {"S1": "KAMRTX", "S2": "BDFGHJ"}}


@pytest.fixture
def talk(staged_course: Course) -> Course:
    return with_table(staged_course)


def refused(course: Course, file: str, line: str) -> list[str]:
    """Add a line to a source of the case, and return what is said about it."""
    path = course.root / "units" / UNIT / file
    path.write_text(f"{path.read_text('utf-8')}\n{line}\n", "utf-8")
    with pytest.raises(CourseError) as caught:
        read_unit(course.unit(UNIT))
    return english(list(caught.value.problems))


def test_it_becomes_a_cell_without_prose(talk: Course) -> None:
    """In both languages the lesson has the same cell, hidden like a question's, in its stage."""
    built = {one.path: one.data for one in artefacts(talk, release)}
    for lang in ("en", "zh"):
        notebook = nbformat.reads(built[talk.unit(UNIT).lesson(lang)].decode(), 4)
        (cell,) = [one for one in notebook.cells if one.id == "activity-negotiation-case-talk"]
        assert cell.source == CODE
        assert cell.metadata["kam_stage"] == STAGE
        assert cell.metadata["tags"] == ["kam-form", "hide-input"]


def test_the_units_own_case_needs_no_name(tmp_path: Path) -> None:
    """Without a folder it is played with the unit's `case`."""
    path = tmp_path / "lesson.md"
    path.write_text("---\ntitle: T\n---\n\n`{activity} negotiation`\n", "utf-8")
    assert [cell.activity for cell in read_source(path).cells] == [("negotiation", "case")]


def test_the_trainers_edition_says_what_is_there(talk: Course) -> None:
    """It is never run, so it shows the sentence that stands for the table, in its language."""
    built = {one.path: one.data for one in artefacts(talk, release)}
    for lang in ("en", "zh"):
        notebook = nbformat.reads(built[talk.unit(UNIT).solution(lang, "trainer")].decode(), 4)
        (cell,) = [one for one in notebook.cells if one.source == CODE]
        assert Words(lang).translate(WAITING) in cell.outputs[0]["data"]["text/html"]


def test_an_activity_that_is_not_there_is_named(talk: Course) -> None:
    """A misspelt name is told with those there are."""
    (said,) = refused(talk, "lesson.md", "`{activity} dancing`")
    known = ", ".join(activity_names())
    assert said == f"lesson.md: there is no activity “dancing”; there are {known}."


def test_it_belongs_into_the_lesson(talk: Course) -> None:
    """In an exercise all is marked, and this is not."""
    said = refused(talk, "exercise.md", "`{activity} negotiation`")
    assert said == [
        "exercise.md: the activity “negotiation” belongs into the lesson; nothing of it is marked."
    ]


@pytest.mark.parametrize("line", ["`{activity}`", "`{activity} Talk`", "`{activity} talk other`",
                                  "`{activity} talk ../case`"])  # fmt: skip
def test_a_misspelt_notation_is_told(talk: Course, line: str) -> None:
    """What looks like one and is none never reaches a trainee."""
    (said,) = refused(talk, "lesson.md", line)
    assert f"“{line}” is no notation of ours" in said


def test_it_cannot_stand_among_the_trainers_notes(talk: Course) -> None:
    """Trainees would not get it."""
    (said,) = refused(
        talk, "lesson.md", '+++ {"tags": ["trainer"]}\n\nA note.\n\n`{activity} negotiation`'
    )
    assert "cannot stand among the trainer's notes" in said


def test_a_pack_seals_what_it_is_played_with(
    talk: Course, write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No file of a pack holds the game before its stage opens; then the table is there."""
    write(talk)
    monkeypatch.setattr(pack, "build_wheel", lambda: WHEEL)
    files = pack_files(talk, Edition("en", "spring", words=WORDS))
    assert not [name for name, data in files.items() if b"hidden_type" in data]
    folder = unpack(files, tmp_path / "book")
    lesson = json.loads((folder / "lesson.en.ipynb").read_text("utf-8"))
    (cell,) = [one for one in lesson["cells"] if "".join(one["source"]) == CODE]
    assert cell["outputs"] == []
    place = here(folder / "lesson.en.ipynb")
    with pytest.raises(StillClosed):
        desk(place, "case", FOLDER)
    stages = place.stages("case")
    assert stages is not None
    stages.open(STAGE, "BDFGHJ")
    assert len(desk(place, "case", FOLDER).page()["facts"]) == 21
