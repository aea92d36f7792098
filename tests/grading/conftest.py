"""A cohort to grade: made once, copied for each test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from kamlib.course.syllabus import Course
from kamlib.grading import gradebook
from kamlib.grading.cohort import Cohort, Settings, open_cohort
from kamlib.grading.enrol import new_cohort
from kamlib.grading.pipeline import grade
from kamlib.grading.sample import HandIn, Person, sample_files

UNIT = "01_am_types"
SHANGHAI = timezone(timedelta(hours=8))
IN_TIME = datetime(2026, 6, 12, 18, 20, tzinfo=SHANGHAI)
LATE = datetime(2026, 6, 17, 9, 0, tzinfo=SHANGHAI)
ROSTER = "code,name,lang\nA01,林晓,zh\nA02,Jordan Pell,en\nA03,周明,zh\nA04,Robin Vale,en\n"

Send = Callable[..., Path]


@pytest.fixture(scope="session")
def one_unit(course: Course) -> Course:
    """The course as it would be with one unit only, which no unit that comes later changes."""
    return replace(course, units=(course.unit(UNIT),))


@pytest.fixture(scope="session")
def pristine(one_unit: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh cohort's folder, not to be changed."""
    folder = tmp_path_factory.mktemp("pristine")
    roster = folder / "roster.csv"
    roster.write_text(ROSTER, "utf-8")
    settings = Settings.model_validate({
        "name": "spring", "lang": "zh", "instructor_lang": "en", "tz": "Asia/Shanghai",
        "due": {UNIT: "2026-06-15"}, "late": {"policy": "percent_per_day"},
    })  # fmt: skip
    return new_cohort(one_unit, folder / "spring", settings, roster).root


@pytest.fixture
def cohort(pristine: Path, tmp_path: Path) -> Cohort:
    """A cohort of four that a test may grade."""
    shutil.copytree(pristine, tmp_path / "spring")
    return open_cohort(tmp_path / "spring")


def about(cohort: Cohort, item: str) -> Cohort:
    """Return the cohort with this question frozen as one about people."""
    path = cohort.root / "course" / UNIT / "bundle.json"
    bundle = json.loads(path.read_text("utf-8"))
    for entry in bundle["items"]:
        entry["personal_data"] = entry["id"] == item
    path.write_text(json.dumps(bundle, ensure_ascii=False), "utf-8")
    return open_cohort(cohort.root)


@pytest.fixture
def send(one_unit: Course, tmp_path: Path) -> Send:
    """Put a hand-in into the drop folder, as the sample's trainees do; return the drop folder."""
    return sender(one_unit, tmp_path)


def sender(one_unit: Course, folder: Path) -> Send:
    """Make what puts hand-ins into a drop folder within `folder`."""

    def put(
        code: str = "A01", *tricks: str, at: datetime = IN_TIME, like: str = "right",
        lang: str = "zh", number: int = 0, **answers: Any,
    ) -> Path:  # fmt: skip
        one = HandIn(at=at, like=like, answers=answers, tricks=tricks)  # type: ignore[arg-type]
        person = Person(code=code, name=code, lang=lang, story="", sent=(one,))  # type: ignore[arg-type]
        drop = folder / "drop"
        for name, data in sample_files(one_unit.unit(UNIT), [person], one_unit.version).items():
            if not name.startswith("hand_ins/"):
                continue
            name = name.removeprefix("hand_ins/")
            path = drop / (f"{number}-{name}" if number and name != "received.csv" else name)
            path.parent.mkdir(parents=True, exist_ok=True)
            if name == "received.csv" and path.exists():
                line = data.decode().splitlines()[1]
                data = path.read_bytes() + (f"{number}-{line}" if number else line).encode() + b"\n"
            elif name == "received.csv" and number:
                data = data.replace(code.encode(), f"{number}-{code}".encode())
            path.write_bytes(data)
        return drop

    return put


PROSE = "am_types.always_right"
CRITERIA = ("holds", "limits", "acts")
MANY = 120


def first_mark(number: int) -> tuple[int, str]:
    """Return the first marker's score and comment for trainee `number` of the large cohort."""
    levels = [(number + place) % 4 for place in range(3)]
    noted = " · ".join(f"{name} {level}/3" for name, level in zip(CRITERIA, levels, strict=True))
    return number % 4, f"[{noted}]\nSECRET-COMMENT {number}"


@pytest.fixture(scope="session")
def marked_pristine(one_unit: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graded cohort of 120 whose prose a first person has marked, not to be changed.

    T001 to T118 wrote something and have a mark, T119 wrote and waits, T120 left the prose blank.
    T001 disagrees with a machine mark.
    """
    folder = tmp_path_factory.mktemp("marked")
    drop = folder / "drop"
    people = []
    for number in range(1, MANY + 1):
        answers: dict[str, Any] = {
            "always_right": {
                "text": f"=1+1 is what prose number {number} says, and Ms Fang agrees."
            }
        }
        if number == MANY:
            answers = {"always_right": "blank"}
        if number == 1:
            answers["compare_regions"] = {
                "choices": ["boss_years"],
                "disagree": "In my region it did.",
            }
        people.append(
            Person(code=f"T{number:03d}", name=f"Nobody {number}", lang="en", story="",
                   sent=(HandIn(at=IN_TIME, like="right", answers=answers, tricks=("bare",)),))
        )  # fmt: skip
    for name, data in sample_files(one_unit.unit(UNIT), people, one_unit.version).items():
        if name.startswith("hand_ins/"):
            path = drop / name.removeprefix("hand_ins/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    roster = folder / "roster.csv"
    lines = [f"{one.code},{one.name},{one.lang}\n" for one in people]
    roster.write_text("code,name,lang\n" + "".join(lines), "utf-8")
    settings = Settings.model_validate(
        {"name": "spring", "lang": "en", "instructor_lang": "en", "tz": "Asia/Shanghai"}
    )
    made = new_cohort(one_unit, folder / "spring", settings, roster)
    grade(made, [drop])
    for number in range(1, MANY - 1):
        score, comment = first_mark(number)
        gradebook.override(made.database, UNIT, f"T{number:03d}", PROSE, score, comment)
    return made.root


@pytest.fixture
def marked_twice(marked_pristine: Path, tmp_path: Path) -> Cohort:
    """The large cohort with first marks, which a test may change."""
    shutil.copytree(marked_pristine, tmp_path / "large")
    return open_cohort(tmp_path / "large")


def answers_of(cohort: Cohort, code: str) -> dict[str, Any]:
    """Read the answers that lie at the marking desk for a trainee."""
    path = cohort.root / "submitted" / code / UNIT / f"{UNIT}.answers.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
