"""Many hand-ins from few: the readable ones of the sample cohort, copied under new codes."""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from kamlib.course.syllabus import Course
from kamlib.grading import intake
from kamlib.grading.cohort import Cohort, Settings, open_cohort
from kamlib.grading.enrol import new_cohort
from kamlib.grading.handin import Attempt, read
from kamlib.items.answers import SUFFIX

UNIT = "01_am_types"
"""The unit whose hand-ins are measured."""

DUE = date(2026, 6, 15)
"""As in the demonstration, so that the same hand-ins are late."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One hand-in under a new code."""

    code: str
    lang: str
    received: datetime
    files: dict[str, bytes]
    """By path; exactly one is the answers file."""

    @property
    def answers(self) -> bytes:
        """The answers file."""
        return next(data for name, data in self.files.items() if name.endswith(SUFFIX))


def sample_attempts(cohort: Cohort, folder: Path) -> list[tuple[Attempt, str]]:
    """Return the hand-ins of a folder that can be marked, each with its trainee's language."""
    found = []
    for received in intake.everything(cohort, [folder], datetime.now(cohort.zone)):
        for one in read(received, cohort, {}):
            if isinstance(one, Attempt) and one.unit == UNIT:
                found.append((one, cohort.roster[one.code].lang))
    return found


def copies(attempts: Sequence[tuple[Attempt, str]], count: int) -> list[Copy]:
    """Return `count` hand-ins with the codes R0001 and on, the same ones in every run.

    They take turns through the sample in a shuffled order, so that any few of them are a mixture.
    """
    order = list(attempts)
    random.Random(1).shuffle(order)
    made = []
    for number in range(count):
        attempt, lang = order[number % len(order)]
        code = f"R{number + 1:04}"
        document = {**attempt.answers.document, "trainee": code}
        answers = json.dumps(document, ensure_ascii=False, indent=1).encode()
        files = {
            name: answers if name.endswith(SUFFIX) else data
            for name, data in attempt.received.files.items()
        }
        made.append(Copy(code, lang, attempt.received.at, files))
    return made


def write_roster(path: Path, made: Sequence[Copy]) -> None:
    """Write the list of trainees who sent these."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["code", "name", "lang"])
        rows.writerows([copy.code, f"Trainee {copy.code}", copy.lang] for copy in made)


def write_hand_ins(folder: Path, made: Sequence[Copy]) -> None:
    """Write each hand-in as a folder of its own, with the platform's list of arrival times."""
    folder.mkdir(parents=True)
    with (folder / intake.TIMES).open("w", encoding="utf-8", newline="") as file:
        times = csv.writer(file)
        times.writerow(["file", "received_at"])
        times.writerows([copy.code, copy.received.isoformat()] for copy in made)
    for copy in made:
        for name, data in copy.files.items():
            path = folder / copy.code / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def sample_cohort(course: Course, roster: Path, folder: Path) -> Cohort:
    """Make the cohort that all others of the benchmark are copies of."""
    settings = Settings.model_validate({
        "name": "benchmark", "lang": "zh", "tz": "Asia/Shanghai", "due": {UNIT: DUE},
        "late": {"policy": "percent_per_day"},
    })  # fmt: skip
    return new_cohort(course, folder, settings, roster)


def cohort_of(made: Sequence[Copy], sample: Cohort, folder: Path) -> Cohort:
    """Make a cohort of the trainees who sent these, from the untouched one of the sample."""
    leave = shutil.ignore_patterns("inbox")
    shutil.copytree(sample.root, folder, ignore=leave)
    write_roster(folder / "roster.csv", made)
    return open_cohort(folder)
