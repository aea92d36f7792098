"""What is built is what the sources say, the same in both languages, and nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from kamlib.course import build, translation
from kamlib.course.build import Artefact, bundle, read_unit, stale
from kamlib.course.bundle import from_json, to_json
from kamlib.course.notebook import grade_id, item_of
from kamlib.course.syllabus import Course, CourseError, open_course
from kamlib.forms.activity import WAITING
from kamlib.grading.nbgrader_course import release
from kamlib.jupyter.hooks import FORM_CELL
from kamlib.words import Words
from tests.conftest import translate
from tests.course.conftest import Write, english


def notebooks(built: list[Artefact], folder: str, name: str) -> dict[str, NotebookNode]:
    """Return a built notebook in each language."""
    return {
        lang: nbformat.reads(artefact.data.decode(), 4)
        for artefact in built
        for lang in ("en", "zh")
        if artefact.path.as_posix().endswith(f"/{folder}/{lang}/{name}.ipynb")
    }


def rewrite(path: Path, old: str, new: str) -> None:
    """Change a source at one place."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


# The same sources, the same files.


def test_building_twice_gives_the_same_bytes(course: Course, built: list[Artefact]) -> None:
    """The build depends on nothing but its sources: not on time, chance or an earlier build."""
    again = build.artefacts(course, release)
    assert [(a.path, a.data) for a in again] == [(a.path, a.data) for a in built]


def test_a_copy_elsewhere_gives_the_same_bytes(tiny_course: Course, tmp_path: Path) -> None:
    """The folder in which the course lies leaves no trace in what is built."""
    shutil.copytree(tiny_course.root, tmp_path / "another place")
    moved = open_course(tmp_path / "another place")
    here, there = (
        {
            a.path.name: a.data
            for a in build.artefacts(each, release)
            if "locale" not in a.path.parts
        }
        for each in (tiny_course, moved)
    )
    assert here == there
    assert not any(str(tmp_path).encode() in data for data in here.values())


def test_a_second_build_changes_nothing(tiny_course: Course, write: Write) -> None:
    """After a build everything is as its source says, and the next build writes no file."""
    assert write(tiny_course) > 0
    assert build.check(tiny_course, release) == []
    assert write(tiny_course) == 0


def test_the_repository_is_built(course: Course, built: list[Artefact]) -> None:
    """What lies in the repository is what its sources say, with nothing beside it."""
    assert [a.path.name for a in built if stale(a)] == []
    assert build.strays(course, built) == []


def test_the_repository_is_translated(course: Course) -> None:
    """Every text of the course and of kamlib has a Chinese one with the same figures and links."""
    assert english(build.translation_problems(course)) == []


# What check finds.


@pytest.mark.parametrize(
    ("source", "old", "new", "found"),
    [
        ("lesson.md", "Ask once, then go.", "Ask twice.", {
            "notebooks/en/01_tiny.ipynb", "notebooks/zh/01_tiny.ipynb",
            "solutions/01_tiny/01_tiny.trainer.ipynb", "solutions/01_tiny/01_tiny.trainer.zh.ipynb",
        }),
        ("exercise.md", "from top to bottom", "from the top", {
            "exercises/en/01_tiny/01_tiny.ipynb", "exercises/zh/01_tiny/01_tiny.ipynb",
            "solutions/01_tiny/01_tiny.ipynb", "solutions/01_tiny/01_tiny.zh.ipynb",
        }),
        ("items.yaml", "mei: The account manager", "mei: Mei", {
            "exercises/en/01_tiny/01_tiny.items.json", "exercises/zh/01_tiny/01_tiny.items.json",
            "solutions/01_tiny/01_tiny.ipynb", "solutions/01_tiny/01_tiny.zh.ipynb",
            "notebooks/en/01_tiny.ipynb", "notebooks/zh/01_tiny.ipynb",
        }),
        ("key.yaml", "was never asked about", "never heard of", {
            "solutions/01_tiny/01_tiny.ipynb", "solutions/01_tiny/01_tiny.zh.ipynb",
        }),
        ("zh/lesson.po", "中文:Ask once", "只问一次:Ask once", {
            "notebooks/zh/01_tiny.ipynb", "solutions/01_tiny/01_tiny.trainer.zh.ipynb",
            "notebooks/en/01_tiny.ipynb",
        }),
    ],
)  # fmt: skip
def test_check_finds_a_changed_source(
    tiny_course: Course, write: Write, source: str, old: str, new: str, found: set[str]
) -> None:
    """A changed sentence makes the files that hold it stale, in both languages, and no others."""
    write(tiny_course)
    rewrite(tiny_course.units[0].folder / source, old, new)
    if not source.endswith(".po"):
        translate(tiny_course)
    said = english(build.check(tiny_course, release))
    assert set(said) == {
        f"{name} is not what its source says; run kam course build." for name in found
    }
    assert write(tiny_course) == len(found)
    assert build.check(tiny_course, release) == []


def edited(data: bytes) -> bytes:
    """Change a built file by one character, as an editor would."""
    return data.replace(b"truck", b"train", 1).replace(b"Lin", b"Li", 1).replace(b"0.1", b"0.2", 1)


def dropped_cell(data: bytes) -> bytes:
    """Take one cell away."""
    notebook = json.loads(data)
    del notebook["cells"][-1]
    return json.dumps(notebook).encode()


def other_points(data: bytes) -> bytes:
    """Change what an item is worth."""
    return data.replace(b'"points": 2.0', b'"points": 20.0')


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("notebooks/en/01_tiny.ipynb", edited),
        ("notebooks/zh/01_tiny.ipynb", edited),
        ("notebooks/en/01_tiny.ipynb", dropped_cell),
        ("notebooks/en/01_tiny.ipynb", lambda data: b"[]"),
        ("notebooks/en/01_tiny.ipynb", lambda data: b"\xff"),
        ("notebooks/en/01_tiny.ipynb", lambda data: b'{"cells": 3, "nbformat": 4}'),
        ("notebooks/en/kam.json", edited),
        ("exercises/en/01_tiny/01_tiny.ipynb", other_points),
        ("exercises/zh/01_tiny/01_tiny.items.json", edited),
        ("exercises/zh/01_tiny/kam.json", edited),
        ("solutions/01_tiny/01_tiny.ipynb", edited),
    ],
)
def test_check_finds_a_hand_edited_file(
    tiny_course: Course, write: Write, name: str, edit: Callable[[bytes], bytes]
) -> None:
    """A built file that somebody edited is named, and the next build puts it right."""
    write(tiny_course)
    path = tiny_course.root / name
    before = path.read_bytes()
    path.write_bytes(edit(before))
    assert path.read_bytes() != before
    assert english(build.check(tiny_course, release)) == [
        f"{name} is not what its source says; run kam course build."
    ]
    assert write(tiny_course) == 1
    assert path.read_bytes() == before


def test_check_finds_missing_and_stray_files(tiny_course: Course, write: Write) -> None:
    """Every file that is missing, and every file that nothing builds, is named at once."""
    write(tiny_course)
    (tiny_course.root / "notebooks/zh/01_tiny.ipynb").unlink()
    (tiny_course.root / "exercises/en/01_tiny/kam.json").unlink()
    (tiny_course.root / "solutions/01_tiny/old.ipynb").write_text("{}", "utf-8")
    (tiny_course.root / "notebooks/en/09_gone.ipynb").write_text("{}", "utf-8")
    assert sorted(english(build.check(tiny_course, release))) == [
        "exercises/en/01_tiny/kam.json is not what its source says; run kam course build.",
        "notebooks/en/09_gone.ipynb is built from nothing; remove it.",
        "notebooks/zh/01_tiny.ipynb is not what its source says; run kam course build.",
        "solutions/01_tiny/old.ipynb is built from nothing; remove it.",
    ]


def test_an_authors_own_answers_are_left_alone(tiny_course: Course, write: Write) -> None:
    """Answers and checkpoints of somebody who works in the lessons are no strays and stay."""
    write(tiny_course)
    mine = tiny_course.root / "notebooks" / "en" / "01_tiny.answers.json"
    mine.write_text("{}", "utf-8")
    assert build.check(tiny_course, release) == []
    assert write(tiny_course) == 0
    assert mine.exists()


def test_a_lesson_that_has_not_run_is_stale(tiny_course: Course, write: Write) -> None:
    """A lesson without its outputs is not what a reader should get."""
    write(tiny_course)
    path = tiny_course.units[0].lesson("en")
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, path)
    assert len(build.check(tiny_course, release)) == 1


def test_other_outputs_of_a_run_are_not_stale(tiny_course: Course, write: Write) -> None:
    """What a run prints may differ from machine to machine; only the sources are compared."""
    write(tiny_course)
    path = tiny_course.units[0].lesson("en")
    path.write_bytes(path.read_bytes().replace(b"run\\n", b"another run\\n"))
    assert build.check(tiny_course, release) == []


def test_all_problems_of_all_sources_at_once(tiny_course: Course) -> None:
    """An author reads every problem of a unit in one go, not one a build."""
    folder = tiny_course.units[0].folder
    rewrite(folder / "exercise.md", "`{item} tiny.why`", "`{item} tiny.nobody`")
    rewrite(folder / "exercise.md", "minutes: 10", "minutes: soon")
    rewrite(
        folder / "lesson.md",
        "`{item} tiny.warm_up`",
        "`{item} tiny.warm_up`\n\n`{item} tiny.warm_up`",
    )
    rewrite(folder / "key.yaml", "read: opening", "read: closing")
    rewrite(
        folder / "key.yaml",
        "  model_answer:",
        "  comments: {c: {criterion: reason, text: Say when., read: nowhere}}\n  model_answer:",
    )
    rewrite(folder / "lesson.md", "teaching: 5\n", "")
    assert english(build.check(tiny_course, release)) == [
        "lesson.md does not say in its front matter how many minutes “teaching” are.",
        "exercise.md does not say in its front matter how many minutes “minutes” are.",
        "lesson.md places tiny.warm_up twice.",
        "tiny.why is graded but exercise.md does not place it.",
        "exercise.md places tiny.nobody, which is no graded item.",
        "The key of tiny.who points to “closing”, which lesson.md does not have.",
        "The key of tiny.why points to “nowhere”, which lesson.md does not have.",
    ]


def test_broken_sources_are_told_together(tiny_course: Course) -> None:
    """Mistakes that keep a source from being read are reported for all its sources together."""
    folder = tiny_course.units[0].folder
    rewrite(folder / "lesson.md", "[!rule]", "[!ruel]")
    rewrite(folder / "key.yaml", "tiny.why:", "tiny.whi:")
    (folder / "exercise.md").unlink()
    said = english(build.check(tiny_course, release))
    assert len(said) == 4
    assert said[0] == "tiny.why has no key."
    assert "tiny.whi" in said[1]
    assert "there is no callout “ruel”" in said[2]
    assert said[3].startswith("exercise.md cannot be read")


# Lessons that have run.


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_built_lessons_have_run(course: Course, lang: str) -> None:
    """Every code cell of a lesson in the repository has run, shows something and shows no error."""
    for unit in course.units:
        cells = [c for c in nbformat.read(unit.lesson(lang), 4).cells if c.cell_type == "code"]
        assert cells
        for cell in cells:
            assert cell.execution_count
            assert cell.outputs
            kinds = {out.output_type for out in cell.outputs}
            assert "error" not in kinds
            assert not any(out.get("name") == "stderr" for out in cell.outputs)
            if "kam-form" in cell.metadata.tags:
                shown = cell.outputs[0].data["text/html"]
                assert "✗" not in shown
                played = "import activity" in cell.source
                # the worked example of the homework stands there, whoever reads
                standing = '.homework", "example"' in cell.source
                live = "kam-homework" if standing else Words(lang).translate(WAITING)
                assert (live if played else "kam-question") in shown


def test_a_kernel_runs_a_lesson(tiny_course: Course) -> None:
    """A run fills in what the code prints and the question of a form, and leaves no trace of time."""
    built = {a.path: a for a in build.artefacts(tiny_course, release)}
    path = tiny_course.units[0].lesson("zh")
    beside = {near.name: a.data for near, a in built.items() if near.parent == path.parent}
    notebook = build.execute(nbformat.reads(beside.pop(path.name).decode(), 4), beside)
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    printed, form = (
        next(c for c in notebook.cells if c.cell_type == "code" and word in c.source)
        for word in ("print", "form")
    )
    assert printed.outputs[0].text == "12 per cent\n"
    assert "How much is 12 per cent of 36,000?" in form.outputs[0].data["text/html"]
    assert "中文:" in form.outputs[0].data["text/html"]
    assert not any("execution" in cell.metadata for cell in notebook.cells)
    assert not stale(built[path])


def test_a_failing_cell_stops_the_build(tiny_course: Course) -> None:
    """A lesson whose code fails is an error of the build, not an output for trainees to find."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        build.execute(notebook, {})


# One notebook in two languages.


@pytest.mark.parametrize("folder", ["notebooks", "exercises"])
def test_both_languages_have_the_same_cells(
    course: Course, built: list[Artefact], folder: str
) -> None:
    """Chinese and English have the same cells under the same ids, with the same code."""
    for unit in course.units:
        name = unit.name if folder == "notebooks" else f"{unit.name}/{unit.name}"
        editions = notebooks(built, folder, name)
        english_cells, chinese_cells = (editions[lang].cells for lang in ("en", "zh"))
        assert [c.id for c in english_cells] == [c.id for c in chinese_cells]
        assert len({c.id for c in english_cells}) == len(english_cells)
        for ours, theirs in zip(english_cells, chinese_cells, strict=True):
            assert ours.cell_type == theirs.cell_type
            assert ours.metadata == theirs.metadata
            if ours.cell_type == "code":
                assert ours.source == theirs.source


def test_the_chinese_edition_is_chinese(tiny_course: Course) -> None:
    """Every text of the Chinese edition comes from the translation, headings and callouts included."""
    built = build.artefacts(tiny_course, release)
    for folder, name in (("notebooks", "01_tiny"), ("exercises", "01_tiny/01_tiny")):
        for cell in notebooks(built, folder, name)["zh"].cells:
            if cell.cell_type == "markdown" and not cell.source.startswith("<!--"):
                assert "中文:" in cell.source


def nbgrader_cells(notebook: NotebookNode) -> list[dict[str, Any]]:
    """Return what nbgrader knows of a notebook's cells, in their order."""
    return [dict(c.metadata.nbgrader) for c in notebook.cells if "nbgrader" in c.metadata]


def test_one_gradebook_serves_both_languages(course: Course, built: list[Artefact]) -> None:
    """Ids, points and checksums of the scored cells are the same in both languages."""
    for unit in course.units:
        editions = notebooks(built, "exercises", f"{unit.name}/{unit.name}")
        cells = nbgrader_cells(editions["en"])
        assert cells == nbgrader_cells(editions["zh"])
        assert all(cell["checksum"] for cell in cells if cell["grade"])


def test_cell_ids_survive_an_edit_elsewhere(tiny_course: Course) -> None:
    """An edited sentence changes the id of its own cell at most; places and items keep theirs."""

    def ids(folder: str, name: str) -> list[str]:
        built = build.artefacts(tiny_course, release)
        return [cell.id for cell in notebooks(built, folder, name)["en"].cells]

    lesson, exercise = ids("notebooks", "01_tiny"), ids("exercises", "01_tiny/01_tiny")
    rewrite(tiny_course.units[0].source("lesson"), "You are late", "You are two days late")
    rewrite(tiny_course.units[0].source("exercise"), "Work from", "Please work from")
    assert ids("notebooks", "01_tiny") == lesson  # the edited sentence stands under an anchor
    exercise_after = ids("exercises", "01_tiny/01_tiny")
    changed = [a for a, b in zip(exercise, exercise_after, strict=True) if a != b]
    assert len(changed) == 1
    assert changed[0].startswith("text-")
    assert {"title", "opening", "item-tiny-warm-up", "figures"} <= set(lesson)
    assert {"item-tiny-who", "item-tiny-why", "task-tiny-why"} <= set(exercise)


# Items and their cells.


def test_every_item_is_placed(course: Course, built: list[Artefact]) -> None:
    """Each practice item has a form in the lesson, each graded item one in the exercise."""
    for unit in course.units:
        items = read_unit(unit).questions.items
        for folder, name, use in (
            ("notebooks", unit.name, "practice"),
            ("exercises", f"{unit.name}/{unit.name}", "graded"),
        ):
            wanted = {f'form("{item.id}")' for item in items if item.use == use}
            for notebook in notebooks(built, folder, name).values():
                forms = [c for c in notebook.cells if FORM_CELL.fullmatch(c.source)]
                assert all("kam-form" in cell.metadata["tags"] for cell in forms)
                assert {cell.source.split("\n")[-1] for cell in forms} == wanted
                assert len(forms) == len(wanted)


def test_graded_cells_are_locked_and_prose_has_a_task_cell(
    course: Course, built: list[Artefact]
) -> None:
    """An item's points stand once: on its locked form, or for prose on a task cell for the desk."""
    for unit in course.units:
        items = {item.id: item for item in read_unit(unit).graded()}
        cells = nbgrader_cells(notebooks(built, "exercises", f"{unit.name}/{unit.name}")["en"])
        worth = [(item_of(c["grade_id"]), c["points"]) for c in cells if "points" in c]
        assert worth == [(name, item.points) for name, item in items.items()]
        for cell in cells:
            item = items[item_of(cell["grade_id"])]
            scored = "points" in cell
            prose = item.interaction == "text"
            assert not cell["solution"]
            assert cell["grade"] == (scored and not prose)
            assert cell["task"] == (scored and prose)
            assert cell["locked"]
            assert cell["cell_type"] == ("markdown" if cell["task"] else "code")
            if scored:
                assert cell["grade_id"] == grade_id(item.id)


def test_trainer_notes_are_in_the_trainers_edition_only(tiny_course: Course) -> None:
    """A note for the trainer is in the trainer's lesson of its language, and in no other file."""
    holding = {
        a.path.name: "中文:Let the room" in a.data.decode()
        for a in build.artefacts(tiny_course, release)
        if b"Let the room guess" in a.data
    }
    assert holding == {"01_tiny.trainer.ipynb": False, "01_tiny.trainer.zh.ipynb": True}


def test_an_exercises_trainer_note_is_for_the_instructor(tiny_course: Course) -> None:
    """A note in the exercise's source shows in the instructor's copy and is not released."""
    source = tiny_course.units[0].source("exercise")
    note = '+++ {"tags": ["trainer"]}\n\nCollect the papers.\n\n+++\n\n## To begin with'
    rewrite(source, "## To begin with", note)
    holding = {
        a.path.name
        for a in build.artefacts(tiny_course, release)
        if b"Collect the papers" in a.data
    }
    assert holding == {"01_tiny.ipynb", "01_tiny.zh.ipynb"}
    assert all(
        a.path.is_relative_to(tiny_course.root / "solutions")
        for a in build.artefacts(tiny_course, release)
        if b"Collect the papers" in a.data
    )


# Translations and what a cohort keeps.


def test_extract_keeps_the_translations_in_step(tiny_course: Course) -> None:
    """A changed sentence waits for its translator once; all others keep their translation."""
    assert build.extract(tiny_course) == 0
    rewrite(tiny_course.units[0].source("lesson"), "Ask once, then go.", "Ask once, and then go.")
    assert build.extract(tiny_course) == 1
    assert english(build.translation_problems(tiny_course)) == [
        "units/01_tiny/zh/lesson.po: the English of “[!rule]\nAsk once, and then go.” has changed; "
        "look at the Chinese and remove the word fuzzy."
    ]
    assert build.extract(tiny_course) == 1


def test_an_untranslated_text_stands_in_english(tiny_course: Course) -> None:
    """A text that waits for its translator is shown in English until then, and named by check."""
    path = tiny_course.units[0].po("exercise", "zh")
    catalog = translation.read_catalog(path, "zh")
    catalog.get("Work from top to bottom.").string = ""
    path.write_bytes(translation.po_bytes(catalog))
    built = build.artefacts(tiny_course, release)
    chinese_text = "".join(
        c.source for c in notebooks(built, "exercises", "01_tiny/01_tiny")["zh"].cells
    )
    assert "\nWork from top to bottom." in chinese_text
    assert "中文:To begin with" in chinese_text


def test_a_bundle_holds_what_grading_needs(tiny_course: Course) -> None:
    """A cohort keeps items, keys, texts and the place to read up, in both languages, in one file."""
    made = bundle(read_unit(tiny_course.units[0]), tiny_course.version)
    assert from_json(to_json(made)) == made
    assert [item.id for item in made.items] == ["tiny.who", "tiny.why"]
    assert set(made.keys) == {"tiny.who", "tiny.why"}
    assert made.max == 5
    assert made.places("en")["opening"] == "How it opens"
    assert made.places("zh")["opening"] == "中文:How it opens"
    assert made.words("zh").translate("Who answers?") == "中文:Who answers?"


def test_an_unknown_unit_is_named_with_those_there_are(tiny_course: Course) -> None:
    """Who asks for a unit that there is not learns which there are."""
    with pytest.raises(CourseError) as error:
        tiny_course.unit("02_big")
    assert english(error.value.problems) == ["There is no unit “02_big”. The units are: 01_tiny."]
