"""Data files of a unit without stages: named in the lesson, open in a pack, never a key or a claim."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kamlib.course import pack
from kamlib.course.build import read_unit
from kamlib.course.pack import Edition, pack_files
from kamlib.course.syllabus import Course, CourseError
from kamlib.forms.place import NotHere, here
from tests.course.conftest import Write, english
from tests.course.test_pack import WHEEL
from tests.course.test_staging import unpack
from tests.staged import UNIT as STAGED

UNIT = "01_tiny"
TEXT = "id,name\nC01,科技园家电商店\n"


def with_files(course: Course, files: str, unit: str = UNIT) -> Course:
    """Name files in the front matter of a lesson whose folder has a case."""
    folder = course.root / "units" / unit
    (folder / "case").mkdir(exist_ok=True)
    for name in ("portfolio.csv", "claims.json", "answer_key.csv", "notes.md"):
        (folder / "case" / name).write_text(TEXT, "utf-8")
    lesson = folder / "lesson.md"
    text = lesson.read_text("utf-8").replace("files:\n  S2: [case/game.json]\n", "")
    lesson.write_text(text.replace("---\n", f"---\nfiles: {files}\n", 1), "utf-8")
    return course


def refused(course: Course, unit: str = UNIT) -> list[str]:
    with pytest.raises(CourseError) as caught:
        read_unit(course.unit(unit))
    return english(list(caught.value.problems))


def test_what_is_named_is_packed_and_nothing_else(
    tiny_course: Course, write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The file lies beside the lesson as it is, and the page reads it; the rest of the case stays."""
    write(with_files(tiny_course, "[case/portfolio.csv]"))
    monkeypatch.setattr(pack, "build_wheel", lambda: WHEEL)
    files = pack_files(tiny_course, Edition("en"))
    assert [name for name in files if "/case" in name] == [f"units/{UNIT}/case/portfolio.csv"]
    assert files[f"units/{UNIT}/case/portfolio.csv"].decode() == TEXT
    book = tmp_path / "book"
    unpack(files, book)
    for lang in ("en", "zh"):
        place = here(book / "units" / UNIT / f"lesson.{lang}.ipynb")
        assert place.case_file("tiny", "case/portfolio.csv") == TEXT
        with pytest.raises(NotHere, match="missing"):
            place.case_file("tiny", "case/claims.json")


@pytest.mark.parametrize("name", ["case/claims.json", "case/answer_key.csv", "key.yaml", "items.yaml",
                                  "case/notes.md", "case/none.csv", "case/../key.yaml", "/etc/hosts"])  # fmt: skip
def test_what_trainees_may_not_get_is_named(tiny_course: Course, name: str) -> None:
    """Only data of a case may lie open; keys, claims, sources and files that are not there are told."""
    assert refused(with_files(tiny_course, f"[case/portfolio.csv, {name}]")) == [
        f"lesson.md: under “files”, {name} is no file that trainees may get."
    ]


def test_files_fit_the_unit(staged_course: Course) -> None:
    """A list is for a unit without stages, stages are for one that has them."""
    assert refused(with_files(staged_course, "{S1: [case/portfolio.csv]}")) == [
        "lesson.md: under “files” a unit without stages has a list of files that lie open for trainees."
    ]
    assert refused(with_files(staged_course, "[case/portfolio.csv]", STAGED), STAGED) == [
        "lesson.md: under “files” each stage has a list of files that come with it."
    ]


@pytest.mark.parametrize("name", ["units/01_x/case/claims.json", "units/01_x/case/a_key.csv",
                                  "units/01_x/key.yaml", "units/01_x/case/a.ipynb", "units/01_x/case/../b.csv"])  # fmt: skip
def test_a_pack_takes_no_other_file_of_a_case(
    tiny_course: Course, write: Write, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """However it got there, what is no open data of a case stops the packing."""
    write(tiny_course)
    monkeypatch.setattr(pack, "build_wheel", lambda: WHEEL)
    monkeypatch.setattr(pack, "_open_files", lambda _: {name: b""})
    with pytest.raises(CourseError) as caught:
        pack_files(tiny_course, Edition("en"))
    assert "A pack may not hold" in english(list(caught.value.problems))[0]


def test_in_the_courses_own_folder_it_is_read_from_the_unit(tiny_course: Course) -> None:
    """A trainer's notebook finds the case where the author keeps it."""
    with_files(tiny_course, "[case/portfolio.csv]")
    folder = tiny_course.root / "notebooks" / "en"
    folder.mkdir(parents=True)
    (folder / f"{UNIT}.items.json").write_text(json.dumps({"items": [], "keys": {}}), "utf-8")
    place = here(folder / f"{UNIT}.ipynb")
    assert place.case_file("tiny", "case/portfolio.csv") == TEXT


def test_a_file_that_a_spreadsheet_saved_is_read_or_told(tmp_path: Path) -> None:
    """A mark before UTF-8 does no harm; another code page ends in a sentence, not in wrong names."""
    (tmp_path / "case").mkdir()
    (tmp_path / f"{UNIT}.items.json").write_text('{"items": [], "keys": {}}', "utf-8")
    place, path = here(tmp_path / "lesson.zh.ipynb"), tmp_path / "case" / "portfolio.csv"
    path.write_text(TEXT, "utf-8-sig")
    assert place.case_file("tiny", "case/portfolio.csv") == TEXT
    path.write_text(TEXT, "gb18030")
    with pytest.raises(NotHere, match="is damaged"):
        place.case_file("tiny", "case/portfolio.csv")
