"""The homework of the sample cohort: eight customer analyses, from the drop folder to the feedback."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from kamlib.course.syllabus import Course
from kamlib.grading.cohort import Cohort, Settings, open_cohort
from kamlib.grading.enrol import new_cohort
from kamlib.grading.pipeline import PREVIEW, Graded, grade
from kamlib.grading.results import Result
from kamlib.words import Words

from .serving import call, serving

UNIT = "10_customer_analysis"
NOW = datetime.fromisoformat("2026-07-20T12:00:00+08:00")
PHONE = "138 0000 0000"
TEXTS = ("culture", "strategy", "additions")


@pytest.fixture(scope="module")
def homework(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """A cohort to which only the homework was given, due on 15 June with six hours' grace."""
    folder = tmp_path_factory.mktemp("homework")
    sample = course.root / "data" / "sample_cohort"
    settings = Settings.model_validate({
        "name": "spring", "lang": "zh", "instructor_lang": "en", "tz": "Asia/Shanghai",
        "due": {UNIT: "2026-06-15"}, "grace_minutes": 360, "late": {"policy": "percent_per_day"},
    })  # fmt: skip
    only = replace(course, units=(course.unit(UNIT),))
    return new_cohort(only, folder / "spring", settings, sample / "roster.csv")


@pytest.fixture(scope="module")
def hand_ins(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's hand-ins of the homework, with the times at which they came."""
    sample = course.root / "data" / "sample_cohort" / "hand_ins"
    drop = tmp_path_factory.mktemp("drop")
    shutil.copytree(sample / UNIT, drop / UNIT)
    shutil.copyfile(sample / "received.csv", drop / "received.csv")
    return drop


@pytest.fixture(scope="module")
def graded(homework: Cohort, hand_ins: Path) -> Graded:
    """The homework as the machine has marked it."""
    return grade(homework, [hand_ins], now=NOW)


def of(graded: Graded, code: str) -> Result:
    """Return one trainee's result."""
    return next(one for one in graded.results[UNIT] if one.trainee.code == code)


def machine(result: Result) -> float:
    """Return what the machine gave, of its own questions' points, before anything is taken off."""
    marks = [one for one in result.items if one.mark.item.split(".")[1] not in TEXTS]
    return sum(one.score or 0 for one in marks) / sum(one.mark.max for one in marks)


def test_eight_hand_ins_of_different_quality_and_customer_came(graded: Graded) -> None:
    """Seven are marked and one is refused; what the machine gives spreads from weak to full."""
    marked = {one.trainee.code: machine(one) for one in graded.results[UNIT] if one.counted}
    refused = {one.code for one in graded.refusals}
    assert len(marked.keys() | refused) == 8
    assert refused == {"A21"}
    assert marked["A01"] > 0.95
    assert marked["A02"] > 0.95
    assert marked["A05"] < 0.45
    assert marked["A05"] < marked["A10"] < marked["A24"] < marked["A01"]


def test_a_telephone_number_is_refused_and_reaches_nothing(
    homework: Cohort, graded: Graded
) -> None:
    """The instructor reads where it stands, masked; the number itself is in no file but the raw one."""
    (refusal,) = graded.refusals
    for lang in ("en", "zh"):
        said = Words(lang).say(refusal.told)
        assert "P1" in said or "1" in said
        assert PHONE not in said
        assert "0000 0000" not in said
    for path in homework.root.rglob("*"):
        if path.is_file() and "inbox" not in path.relative_to(homework.root).parts:
            assert PHONE.encode() not in path.read_bytes(), path


def test_lateness_is_reckoned_from_the_cohorts_day_and_grace(graded: Graded) -> None:
    """Who comes in the last minute of the day is in time; who comes two days after loses per day."""
    assert of(graded, "A05").penalty == 0
    late = of(graded, "A14")
    assert late.late.days == 1
    assert late.penalty > 0


def test_what_does_not_fit_together_is_told_with_its_place(graded: Graded) -> None:
    """The inconsistent analysis is told of unit, shares, coverage, dates and the circle of bosses."""
    said = {
        one.mark.item.split(".")[1]: " ".join(map(Words("en").say, one.mark.feedback))
        for one in of(graded, "A10").items
    }
    assert "factor near 1000" in said["statement"].replace(",", "")
    assert "165 covered outlets" in said["network"]
    assert "115" in said["network"]
    assert "circle" in said["people"]
    assert "the bank" in said["people"]
    assert "P9" in said["power"]
    assert "later than" in said["claims"]


def test_a_person_marks_the_judgement_at_the_desk_and_it_reaches_the_feedback(
    homework: Cohort, graded: Graded, hand_ins: Path, tmp_path: Path
) -> None:
    """Three texts are marked in formgrader with a comment each; feedback shows them, and they stay."""
    assert of(graded, "A01").waiting == len(TEXTS)
    shutil.copytree(homework.root, tmp_path / "spring")
    cohort = open_cohort(tmp_path / "spring")
    given = {"culture": 6.0, "strategy": 11.0, "additions": 5.0}
    with serving(cohort) as url:
        found = call(url, f"/api/submitted_notebooks/{UNIT}/{UNIT}")
        # the desk hides who wrote it: she is known by what she wrote
        mine = next(
            one for one in found
            if "货不是钱" in call(url, f"/submissions/{one['id']}/")
        )  # fmt: skip
        grades = call(url, f"/api/grades?submission_id={mine['id']}")
        comments = call(url, f"/api/comments?submission_id={mine['id']}")
        for part, score in given.items():
            (one,) = [each for each in grades if each["name"].endswith(part)]
            call(url, f"/api/grade/{one['id']}", {"manual_score": score, "extra_credit": 0})
            (one,) = [each for each in comments if each["name"].endswith(part)]
            text = {"manual_comment": f"{part}: 依据写得清楚。"}
            call(url, f"/api/comment/{one['id']}", text)
    for _ in range(2):
        result = of(grade(cohort, [hand_ins], now=NOW), "A01")
        by_part = {one.mark.item.split(".")[1]: one for one in result.items}
        assert {part: by_part[part].score for part in TEXTS} == given
        assert result.waiting == 0
    page = (cohort.root / PREVIEW / "A01" / UNIT / f"{UNIT}.html").read_text("utf-8")
    for part in TEXTS:
        assert f"{part}: 依据写得清楚。" in page
