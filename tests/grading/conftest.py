"""A cohort to grade: made once, copied for each test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from kamlib.course.syllabus import Course, open_course
from kamlib.grading.cohort import Cohort, Settings, open_cohort
from kamlib.grading.enrol import new_cohort
from kamlib.grading.sample import HandIn, Person, sample_files

UNIT = "01_am_types"
SHANGHAI = timezone(timedelta(hours=8))
IN_TIME = datetime(2026, 6, 12, 18, 20, tzinfo=SHANGHAI)
LATE = datetime(2026, 6, 17, 9, 0, tzinfo=SHANGHAI)
ROSTER = "code,name,lang\nA01,林晓,zh\nA02,Jordan Pell,en\nA03,周明,zh\nA04,Robin Vale,en\n"

Send = Callable[..., Path]


@pytest.fixture(scope="session")
def repository() -> Course:
    """The course of this repository."""
    return open_course(Path(__file__).parent)


@pytest.fixture(scope="session")
def pristine(repository: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh cohort's folder, not to be changed."""
    folder = tmp_path_factory.mktemp("pristine")
    roster = folder / "roster.csv"
    roster.write_text(ROSTER, "utf-8")
    settings = Settings.model_validate({
        "name": "spring", "lang": "zh", "instructor_lang": "en", "tz": "Asia/Shanghai",
        "due": {UNIT: "2026-06-15"}, "late": {"policy": "percent_per_day"},
    })  # fmt: skip
    return new_cohort(repository, folder / "spring", settings, roster).root


@pytest.fixture
def cohort(pristine: Path, tmp_path: Path) -> Cohort:
    """A cohort of four that a test may grade."""
    shutil.copytree(pristine, tmp_path / "spring")
    return open_cohort(tmp_path / "spring")


@pytest.fixture
def send(repository: Course, tmp_path: Path) -> Send:
    """Put a hand-in into the drop folder, as the sample's trainees do; return the drop folder."""

    def put(
        code: str = "A01", *tricks: str, at: datetime = IN_TIME, like: str = "right",
        lang: str = "zh", number: int = 0, **answers: Any,
    ) -> Path:  # fmt: skip
        one = HandIn(at=at, like=like, answers=answers, tricks=tricks)  # type: ignore[arg-type]
        person = Person(code=code, name=code, lang=lang, story="", sent=(one,))  # type: ignore[arg-type]
        drop = tmp_path / "drop"
        for name, data in sample_files(repository.unit(UNIT), [person], repository.version).items():
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


def answers_of(cohort: Cohort, code: str) -> dict[str, Any]:
    """Read the answers that lie at the marking desk for a trainee."""
    path = cohort.root / "submitted" / code / UNIT / f"{UNIT}.answers.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
