"""What a notebook's form cell shows: the question, or one sentence that says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kamlib.course.syllabus import Course
from kamlib.forms import form
from kamlib.forms.place import NotHere, here, notebook_path
from kamlib.items.model import parse_item
from kamlib.words import Message, Words

ITEM = {
    "id": "tiny.who", "interaction": "choice", "title": "Who <answers>?", "prompt": "Who?",
    "options": {"a": "A", "b": "B"},
}  # fmt: skip
KEY = {"answer": "a", "explanation": "E"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lay out a folder as a trainee unpacks it, in Chinese."""
    put(tmp_path, "kam.json", {"lang": "zh", "version": "0.1"})
    put(tmp_path, "01_tiny.items.json", {"items": [ITEM], "keys": {"tiny.who": KEY}})
    return tmp_path


def put(folder: Path, name: str, data: Any) -> None:
    """Write a JSON file, or the bytes as they are."""
    (folder / name).write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())


def shown(name: str, folder: Path) -> tuple[str, str]:
    """Return what a text-only and an HTML front end show."""
    bundle = form(name, folder / "none.ipynb")._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    return bundle["text/plain"], bundle["text/html"]


def said(text: str, lang: str, **values: object) -> str:
    """Return one of kamlib's sentences in a language."""
    return Words(lang).say(Message(text, tuple(values.items())))


def test_a_form_shows_its_question(folder: Path) -> None:
    """The question is shown with its item's id for a marker, escaped for a page."""
    plain, page = shown("tiny.who", folder)
    assert plain == "[tiny.who] Who <answers>?"
    assert "Who &lt;answers&gt;?" in page
    assert "kam-question" in page


def test_every_item_of_the_course_has_a_form(course: Course) -> None:
    """Each item of the repository's lessons and releases is shown, in both languages."""
    count = 0
    for unit in course.units:
        for lang in ("en", "zh"):
            for place in (unit.lesson(lang).parent, unit.release(lang)):
                items = json.loads((place / f"{unit.name}.items.json").read_text("utf-8"))["items"]
                for item in items:
                    assert "kam-question" in shown(item["id"], place)[1]
                    count += 1
    assert count >= 24


MISSING = (
    "The questions of this page are missing: no file …_{slug}.items.json in {folder}. "
    "Unpack the workbook again; your answers stay."
)
UNKNOWN = "There is no question “{item}” in {file}. Unpack the workbook again; your answers stay."
DAMAGED = "{file} is damaged. Unpack the workbook again; your answers stay."


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_wrong_is_one_sentence_in_the_pages_language(folder: Path, lang: str) -> None:
    """A missing file, an unknown question and a damaged file are told in the trainee's language."""
    put(folder, "kam.json", {"lang": lang})
    put(folder, "02_broken.items.json", b"{")
    for name, sentence in (
        ("other.who", said(MISSING, lang, slug="other", folder=str(folder))),
        ("tiny.whom", said(UNKNOWN, lang, item="tiny.whom", file="01_tiny.items.json")),
        ("broken.who", said(DAMAGED, lang, file="02_broken.items.json")),
    ):
        plain, page = shown(name, folder)
        assert plain == sentence
        assert page.startswith('<p style="color:#9b2226">✗ ')
        assert "Traceback" not in page


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"3", b'"zh"', b"null", b"[1]"])
def test_damaged_settings_are_told_in_every_language(folder: Path, data: bytes) -> None:
    """Where the language itself cannot be read, the sentence stands in all of them."""
    put(folder, "kam.json", data)
    plain, _ = shown("tiny.who", folder)
    for lang in ("en", "zh"):
        assert said(DAMAGED, lang, file="kam.json") in plain


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"\xff", b"[]", b"null", b"{}", {"items": 3}, {"items": [3]}, {"items": [{}]},
        {"items": [{"id": "tiny.who"}]}, {"items": [ITEM | {"new_field": 1}]},
        {"items": [ITEM], "keys": {"tiny.who": {"answer": "a"}}}, {"items": [ITEM], "keys": 3},
        {"items": [ITEM], "keys": {"tiny.who": 3}},
    ],
)  # fmt: skip
def test_damaged_items_are_told_and_never_raise(folder: Path, data: Any) -> None:
    """Whatever stands in an items file, a trainee reads a sentence and no traceback."""
    put(folder, "01_tiny.items.json", data)
    plain, _ = shown("tiny.who", folder)
    assert plain == said(DAMAGED, "zh", file="01_tiny.items.json")


@pytest.mark.parametrize(
    "name", ["", ".", "who", "tiny", "**.who", "[.who", "../tiny.who", "*.who"]
)
def test_a_name_that_is_none_is_told(folder: Path, name: str) -> None:
    """A question's name that nothing can have is told like one that there is not."""
    plain, page = shown(name, folder)
    assert plain
    assert page.startswith('<p style="color:#9b2226">✗ ')


def test_a_name_is_not_obeyed_as_html(folder: Path) -> None:
    """A name with marks in it is shown as it is."""
    assert "<b>" not in shown("tiny.<b>", folder)[1]


# The place.


def test_a_place_without_settings_is_english(tmp_path: Path) -> None:
    """Without a kam.json a form still works, in English and of no version."""
    place = here(tmp_path / "none.ipynb")
    assert (place.lang, place.version) == ("en", "")


@pytest.mark.parametrize("lang", ["de", 3, None, ["zh"], {}])
def test_a_language_that_there_is_not_is_english(folder: Path, lang: object) -> None:
    """A language that the workbook does not have falls back to English."""
    put(folder, "kam.json", {"lang": lang})
    assert here(folder / "none.ipynb").lang == "en"


def test_practice_comes_with_its_key_and_graded_without(folder: Path) -> None:
    """A place hands out a key only where one lies in the items file."""
    place = here(folder / "none.ipynb")
    assert place.item("tiny.who")[1] is not None
    put(folder, "01_tiny.items.json", {"items": [ITEM]})
    assert place.item("tiny.who")[1] is None


def test_answers_lie_beside_the_notebook(folder: Path) -> None:
    """Practice and graded answers lie in two files, named after the unit, for all languages."""
    place = here(folder / "none.ipynb")
    item = parse_item(ITEM)
    assert place.answers(item) == folder / "01_tiny.practice.json"
    assert place.answers(parse_item(ITEM | {"use": "graded"})) == folder / "01_tiny.answers.json"
    with pytest.raises(NotHere):
        place.answers(parse_item(ITEM | {"id": "other.who"}))


def test_the_notebooks_name_decides_its_language(folder: Path) -> None:
    """In a packed workbook both languages lie in one folder, each with its own questions."""
    put(folder, "01_tiny.items.en.json", {"items": [ITEM | {"title": "English"}]})
    assert here(folder / "lesson.en.ipynb").lang == "en"
    assert (
        "English" in form("tiny.who", folder / "lesson.en.ipynb")._repr_mimebundle_()["text/plain"]
    )
    assert here(folder / "lesson.zh.ipynb").lang == "zh"
    assert (
        "answers" in form("tiny.who", folder / "lesson.zh.ipynb")._repr_mimebundle_()["text/plain"]
    )


def test_settings_above_the_notebook_count(folder: Path) -> None:
    """A unit's folder in a workbook takes its settings from the workbook."""
    unit = folder / "units" / "01_tiny"
    unit.mkdir(parents=True)
    place = here(unit / "lesson.ipynb")
    assert (place.folder, place.root, place.lang) == (unit, folder, "zh")


def test_the_folder_is_the_notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notebook's own folder counts, wherever its kernel was started."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert notebook_path().parent == Path.cwd()
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "course" / "01_tiny.ipynb"))
    assert notebook_path() == tmp_path / "course" / "01_tiny.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", "b7a1-not-a-path")
    assert notebook_path().parent == Path.cwd()
