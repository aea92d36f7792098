"""How a course, its items and its keys are found, and what their author is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kamlib.course.syllabus import (
    Course,
    CourseError,
    Unit,
    open_course,
    read_questions,
    read_yaml,
)
from tests.course.conftest import english


def change(unit: Unit, name: str, old: str, new: str) -> None:
    """Change a unit's items or keys at one place."""
    path = unit.folder / name
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def problems(unit: Unit) -> list[str]:
    """Return what the author of a unit is told."""
    with pytest.raises(CourseError) as error:
        read_questions(unit)
    return english(error.value.problems)


def item(name: str, **more: Any) -> dict[str, Any]:
    """Return a practice item as it stands in the file."""
    data = {
        "id": name, "interaction": "choice", "title": "T", "prompt": "P",
        "options": {"a": "A", "b": "B"}, "key": {"answer": "a", "explanation": "E"},
    }  # fmt: skip
    return data | more


def with_items(unit: Unit, *items: object) -> Unit:
    """Give a unit these items, and no graded keys."""
    (unit.folder / "items.yaml").write_text(yaml.safe_dump(list(items)), "utf-8")
    (unit.folder / "key.yaml").write_text("{}\n", "utf-8")
    return unit


@pytest.fixture
def unit(tiny_course: Course) -> Unit:
    """Return the tiny course's one unit."""
    return tiny_course.units[0]


def test_a_course_is_found_from_any_folder_in_it(tiny_course: Course) -> None:
    """Who calls kam deep in the workbook means the workbook."""
    assert open_course(tiny_course.units[0].folder) == tiny_course
    assert tiny_course.title == {"en": "A tiny course", "zh": "小课程"}
    assert [unit.name for unit in tiny_course.units] == ["01_tiny"]


def test_outside_a_course_the_way_back_is_told(tmp_path: Path) -> None:
    """Who calls kam elsewhere is told where to go."""
    with pytest.raises(CourseError) as error:
        open_course(tmp_path)
    (said,) = english(error.value.problems)
    assert "There is no course here" in said
    assert "Go to the workbook's folder" in said


def test_items_and_keys_come_together(unit: Unit) -> None:
    """Practice keys ship with the lesson; graded keys are held apart."""
    questions = read_questions(unit)
    assert [item.id for item in questions.items] == ["tiny.warm_up", "tiny.who", "tiny.why"]
    assert set(questions.practice) == {"tiny.warm_up"}
    assert set(questions.graded) == {"tiny.who", "tiny.why"}


def test_a_yaml_key_that_stands_twice_is_told(unit: Unit) -> None:
    """A second entry of the same name would silently replace the first; it is an error instead."""
    path = unit.folder / "key.yaml"
    path.write_text("tiny.who: {}\ntiny.why: {}\ntiny.who: {}\n", "utf-8")
    (said,) = problems(unit)
    assert "key.yaml is not valid YAML" in said
    assert "'tiny.who' stands twice" in said
    assert "line 3" in said


@pytest.mark.parametrize(
    "text", ["a: [", "a: b: c", "{[a]: 1", "\tx: 1", "? [a]\n: 1\n? [a]\n: 2\n"]
)
def test_broken_yaml_is_told_and_never_a_traceback(tmp_path: Path, text: str) -> None:
    """What is no YAML, or has a list for a name, is an error that names the file."""
    path = tmp_path / "items.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(CourseError) as error:
        read_yaml(path)
    assert english(error.value.problems)[0].startswith("items.yaml is not valid YAML")


def test_a_missing_file_is_told(unit: Unit) -> None:
    """A unit without its key.yaml is an error that names the file."""
    (unit.folder / "key.yaml").unlink()
    (said,) = problems(unit)
    assert said.startswith("key.yaml cannot be read")


def test_a_missing_key_is_told(unit: Unit) -> None:
    """An item without a key cannot be marked, so it is an error, graded or not."""
    with_items(unit, item("tiny.a", key=None), item("tiny.b", use="graded") | {"key": None})
    assert problems(unit) == ["tiny.a has no key.", "tiny.b has no key."]


def test_a_key_for_nobody_is_told(unit: Unit) -> None:
    """A key whose item there is not, or is for practice, is an error."""
    with_items(unit, item("tiny.a"))
    (unit.folder / "key.yaml").write_text("tiny.a: {}\ntiny.gone: {}\n", "utf-8")
    assert problems(unit) == [
        "key.yaml has a key for tiny.gone, which items.yaml does not have as a graded item.",
        "key.yaml has a key for tiny.a, which items.yaml does not have as a graded item.",
    ]


def test_a_graded_key_among_the_items_is_told(unit: Unit) -> None:
    """The items file goes to trainees, so a graded item's key in it is an error."""
    with_items(unit, item("tiny.a", use="graded"))
    assert problems(unit) == ["tiny.a is graded, so its key belongs into key.yaml."]


def test_a_wrong_prefix_is_told(unit: Unit) -> None:
    """An item of another unit's name is an error that says how the name has to begin."""
    with_items(unit, item("small.a"))
    assert problems(unit) == ["small.a stands in the unit 01_tiny; its id must begin with “tiny.”."]


def test_an_item_that_stands_twice_is_told(unit: Unit) -> None:
    """Two items of one name are an error, graded or not, and told once."""
    with_items(unit, item("tiny.a"), item("tiny.a", title="Other"))
    assert problems(unit) == ["tiny.a stands twice in items.yaml."]
    graded = item("tiny.b", use="graded")
    del graded["key"]
    with_items(unit, graded, graded)
    (unit.folder / "key.yaml").write_text("tiny.b: {answer: a, explanation: E}\n", "utf-8")
    assert problems(unit) == ["tiny.b stands twice in items.yaml."]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (item("tiny.a", interaction="guess"), "tiny.a: "),
        (item("tiny.a", options={"a": "A"}), "tiny.a: choice.options: "),
        (item("tiny.a", optoins={}), "tiny.a: choice.optoins: "),
        (item("tiny.a", points=0), "tiny.a: choice.points: "),
        (item("tiny.a", key={"answer": "a"}), "tiny.a: choice.explanation: "),
        (item("tiny.a", key={"answer": "a", "explanation": "E", "x": 1}), "tiny.a: choice.x: "),
        (item("No name"), "No name: choice.id: "),
        ({"interaction": "choice"}, "None: choice.id: "),
        ("tiny.a", "“tiny.a” in items.yaml is no item."),
        (None, "“None” in items.yaml is no item."),
    ],
)
def test_a_slip_in_an_item_is_told_with_its_field(unit: Unit, entry: object, said: str) -> None:
    """A field that is missing, unknown or wrong is told with the item it stands in."""
    with_items(unit, entry)
    (told,) = problems(unit)
    assert told.startswith(said)


@pytest.mark.parametrize(("name", "text"), [("items.yaml", "a: b\n"), ("key.yaml", "- a\n")])
def test_files_of_another_shape_are_told(unit: Unit, name: str, text: str) -> None:
    """A file that is no list of items, or no table of keys, is an error."""
    (unit.folder / name).write_text(text, "utf-8")
    assert problems(unit) == [
        "items.yaml is a list of items, and key.yaml has one key under each item's id."
    ]


def test_all_problems_are_told_at_once(unit: Unit) -> None:
    """An author reads every problem of a unit's questions in one go."""
    change(unit, "items.yaml", "tiny.warm_up", "small.warm_up")
    change(unit, "items.yaml", "quantity: Cases", "quantty: Cases")
    change(unit, "items.yaml", "options: {mei: The account manager, boss: The boss}", "options: {}")
    change(unit, "key.yaml", "tiny.why:", "tiny.whi:")
    said = problems(unit)
    assert [text.split(":")[0] for text in said[:2]] == ["small.warm_up", "tiny.who"]
    assert said[2:] == [
        "tiny.why has no key.",
        "key.yaml has a key for tiny.whi, which items.yaml does not have as a graded item.",
    ]


def test_paths_of_a_unit_name_edition_and_language(unit: Unit) -> None:
    """Every built part has its place, and no two parts share one."""
    places = [unit.lesson(lang) for lang in ("en", "zh")]
    places += [unit.release(lang) for lang in ("en", "zh")]
    places += [unit.solution(lang, edition) for lang in ("en", "zh") for edition in ("", "trainer")]
    places += [unit.po(part, "zh") for part in ("lesson", "key")]
    assert len(set(places)) == len(places)
    assert unit.solution("zh", "trainer").name == "01_tiny.trainer.zh.ipynb"
    assert unit.slug == "tiny"
