"""The notation for what is played in a lesson: what it becomes, where it may stand, what is sealed."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from kamlib.course import pack
from kamlib.course.build import Artefact, artefacts, execute, read_unit
from kamlib.course.notebook import activity_code
from kamlib.course.pack import Edition, pack_files
from kamlib.course.source import read_source
from kamlib.course.syllabus import Course, CourseError
from kamlib.forms.activity import WAITING, activity_names
from kamlib.forms.activity_homework import EXAMPLE
from kamlib.forms.activity_negotiation import desk
from kamlib.forms.place import StillClosed, here
from kamlib.grading.nbgrader_course import release
from kamlib.jupyter.hooks import is_ours
from kamlib.words import Words
from tests.course.conftest import Write, english
from tests.course.test_pack import WHEEL
from tests.course.test_staging import unpack
from tests.forms.homeworks import SOURCE
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


@pytest.mark.parametrize(
    ("line", "page", "why"),
    [
        ("negotiation talk", "lesson", "has no part “talk”."),
        ("homework case", "exercise", "has no part “case”."),
        ("homework additions", "exercise", "has no part “additions”."),
        ("homework power", "lesson", "belongs into the exercise, whose answers it reads."),
        ("homework example", "exercise", "belongs into the lesson; nothing of it is marked."),
    ],
)
def test_a_part_stands_where_it_belongs(talk: Course, line: str, page: str, why: str) -> None:
    """What there is not, and what stands on the wrong page, is told by file and name."""
    (said,) = refused(talk, f"{page}.md", f"`{{activity}} {line}`")
    assert said.startswith(f"{page}.md: ")
    assert f"“{line.split()[0]}”" in said
    assert said.endswith(why)


def test_a_part_is_named_in_the_cell(tmp_path: Path) -> None:
    """The second word is a folder of a case or a part, and becomes the second argument."""
    path = tmp_path / "exercise.md"
    path.write_text("---\ntitle: T\n---\n\n`{activity} homework power`\n", "utf-8")
    (cell,) = read_source(path).cells
    assert cell.activity == ("homework", "power")
    code = activity_code("u", *cell.activity)
    assert code.endswith('activity("u.homework", "power")')
    assert is_ours(code)


@pytest.mark.parametrize("line", ["`{activity}`", "`{activity} Talk`", "`{activity} talk Other`",
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


def test_a_lesson_runs_with_what_it_shows(tiny_course: Course) -> None:
    """The worked example lies beside the lesson while it runs, stands in it, and makes it new when it changes."""
    unit = tiny_course.units[0]
    (unit.folder / "case").mkdir()
    example = unit.folder / EXAMPLE
    example.write_bytes((SOURCE / EXAMPLE).read_bytes())
    lesson = unit.source("lesson")
    lesson.write_text(f"{lesson.read_text('utf-8')}\n`{{activity}} homework example`\n", "utf-8")

    def built() -> Artefact:
        return next(one for one in artefacts(tiny_course, release) if one.path == unit.lesson("en"))

    made = built()
    assert dict(made.beside) == {EXAMPLE: example.read_bytes()}
    notebook = nbformat.reads(made.data.decode(), 4)
    notebook.cells = [one for one in notebook.cells if "activity" in one.source]
    slug = unit.name.partition("_")[2]
    questions = {f"{unit.name}.items.json": b'{"items": [], "keys": {}}'}
    assert f'activity("{slug}.homework", "example")' in notebook.cells[0].source
    ran = execute(notebook, questions | dict(made.beside))
    assert "Distributor K" in ran.cells[0].outputs[0]["data"]["text/html"]
    example.write_text(
        example.read_text("utf-8").replace("Distributor K", "Distributor Z"), "utf-8"
    )
    assert built().data != made.data
