"""A new unit stands on its own from the first minute, and is no trainee's before it is finished."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kamlib.cli import app
from kamlib.course import build, pack
from kamlib.course import new_unit as module
from kamlib.course.build import read_unit
from kamlib.course.coverage import MISSING, coverage
from kamlib.course.new_unit import left_over, new_unit
from kamlib.course.pack import Edition, pack_files
from kamlib.course.syllabus import PARTS, Course, CourseError, open_course
from kamlib.grading.cohort import Settings
from kamlib.grading.enrol import new_cohort
from kamlib.grading.nbgrader_course import release
from kamlib.grading.pipeline import grade
from kamlib.grading.sample import HandIn, Person, sample_files
from kamlib.testing import cases, prove, sentences
from tests.course.conftest import Write, english

NAME = "02_next_step"
ROWS = "K004,02_next_step,000,异议,objection,A no has a reason,,clear,,\nK005,02_next_step,000,提问,question,Ask for a fact,,clear,,\n"
SENT = datetime(2026, 6, 12, 10, 0, tzinfo=UTC)


@pytest.fixture
def course(tiny_course: Course) -> Course:
    """A course of one unit, whose curriculum has two rows for the next."""
    path = tiny_course.root / "data" / "curriculum.csv"
    path.write_text(path.read_text("utf-8") + ROWS, "utf-8")
    return tiny_course


@pytest.fixture
def with_new(course: Course) -> Course:
    """The same course with a new unit in it."""
    new_unit(course, NAME)
    return open_course(course.root)


def finish(course: Course) -> Course:
    """Take the word that makes the new unit a draft out of its lesson."""
    path = course.unit(NAME).source("lesson")
    path.write_text(path.read_text("utf-8").replace("draft: true\n", ""), "utf-8")
    return course


def test_a_new_unit_builds_and_is_translated(with_new: Course, write: Write) -> None:
    """It needs no edit anywhere else: the build takes it in, nothing is stale and all is Chinese."""
    assert [unit.name for unit in with_new.units] == ["01_tiny", NAME]
    write(with_new)
    assert english(build.check(with_new, release)) == []
    chinese = (with_new.root / "notebooks" / "zh" / f"{NAME}.ipynb").read_text("utf-8")
    assert "采购说" in chinese
    assert "To be replaced" not in chinese


def test_its_translation_is_as_extract_would_leave_it(with_new: Course) -> None:
    """Bringing the translation files in step changes none of them, and nothing waits."""
    paths = [with_new.unit(NAME).po(part, "zh") for part in PARTS]
    before = [path.read_bytes() for path in paths]
    assert build.extract(with_new) == 0
    assert [path.read_bytes() for path in paths] == before


def test_its_questions_are_proved(with_new: Course) -> None:
    """The practice and the graded question that it begins with are sound in both languages."""
    found = cases(with_new.unit(NAME))
    assert [case.item.use for case in found] == ["practice", "graded"]
    assert sentences(prove(found)) == []


def test_a_hand_in_of_it_is_graded(with_new: Course, write: Write, tmp_path: Path) -> None:
    """In a cohort that names its due day, a right answer earns everything and a trap its message."""
    write(with_new)
    unit = with_new.unit(NAME)
    wrong = {"example_delivery": {"value": "150", "unit": "cases"}}
    people = [
        Person(code="A01", name="林晓", lang="zh", story="", sent=(HandIn(at=SENT, like="right"),)),
        Person(code="A02", name="Robin", lang="en", story="", sent=(HandIn(at=SENT, answers=wrong),)),
    ]  # fmt: skip
    for name, data in sample_files(unit, people, with_new.version).items():
        path = tmp_path / "sample" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "roster.csv").write_text("code,name,lang\nA01,林晓,zh\nA02,Robin,en\n", "utf-8")
    settings = Settings.model_validate({"name": "pilot", "due": {NAME: "2026-06-15"}})
    cohort = new_cohort(with_new, tmp_path / "pilot", settings, tmp_path / "roster.csv")
    results = grade(cohort, [tmp_path / "sample" / "hand_ins"]).results[NAME]
    assert [result.items[0].mark.score for result in results] == [2.0, 0.0]
    assert results[1].items[0].mark.traps == ("one_day_more",)


def test_the_author_finds_the_rows_to_teach(with_new: Course, course: Course) -> None:
    """Its curriculum rows stand in the lesson, in both languages, and are missing but not owed."""
    text = with_new.unit(NAME).source("lesson").read_text("utf-8")
    assert "#   K004  objection · 异议\n#   K005  question · 提问\n" in text
    rows = [row for row in coverage(with_new) if row.unit == NAME]
    assert [(row.state, row.owed) for row in rows] == [(MISSING, False)] * 2
    assert [row.owed for row in coverage(finish(with_new)) if row.unit == NAME] == [True] * 2


def test_without_rows_it_says_so(course: Course) -> None:
    """A unit that the curriculum does not know may be written all the same."""
    made = new_unit(course, "03_spare")
    assert made.rows == ()
    assert "# The curriculum has no rows" in made.unit.source("lesson").read_text("utf-8")


def test_coverage_passes_for_a_draft_and_not_after_it(
    with_new: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a draft has not taught yet is listed; of a finished unit it is a mistake."""
    monkeypatch.chdir(with_new.root)
    listed = CliRunner().invoke(app, ["course", "coverage", "--unit", NAME])
    assert listed.exit_code == 0
    assert f"{NAME} is a draft; still to be taught: K004, K005." in listed.output
    finish(with_new)
    failed = CliRunner().invoke(app, ["course", "coverage"])
    assert failed.exit_code == 1
    assert "These rows have no place in their lesson: K004, K005." in failed.output


def test_no_trainee_gets_a_draft(
    with_new: Course, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pack leaves it out until it is finished."""
    monkeypatch.setattr(pack, "build_wheel", lambda: ("kamlib-0.1.0-py3-none-any.whl", b"PK"))
    write(with_new)
    names = "\n".join(pack_files(with_new, Edition("en")))
    assert "units/01_tiny/" in names
    assert NAME not in names
    assert f"units/{NAME}/" in "\n".join(pack_files(finish(with_new), Edition("en")))


def test_a_cohort_takes_a_draft_only_by_name(
    with_new: Course, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pilot names a due day for it; then its pack has it too."""
    monkeypatch.setattr(pack, "build_wheel", lambda: ("kamlib-0.1.0-py3-none-any.whl", b"PK"))
    write(with_new)
    roster = tmp_path / "roster.csv"
    roster.write_text("code,name\nA01,Robin\n", "utf-8")
    usual = new_cohort(with_new, tmp_path / "usual", Settings(name="usual"), roster)
    assert list(usual.bundles) == ["01_tiny"]
    settings = Settings.model_validate({"name": "pilot", "due": {NAME: "2026-06-15"}})
    pilot = new_cohort(with_new, tmp_path / "pilot", settings, roster)
    assert list(pilot.bundles) == ["01_tiny", NAME]
    files = pack_files(with_new, Edition("en", frozen=pilot.root / "course"))
    assert [unit["name"] for unit in json.loads(files["kam.json"])["units"]] == ["01_tiny", NAME]


def test_examples_are_told_once_it_is_no_draft(with_new: Course) -> None:
    """Every example part of lesson and exercise, and both questions, are named with their place."""
    assert left_over(read_unit(with_new.unit(NAME))) == []
    unit = finish(with_new).unit(NAME)
    said = sentences(left_over(read_unit(unit)))
    assert len(said) == 6
    assert re.fullmatch(rf"{NAME}/lesson\.md, line \d+: this is still the example .*", said[0])
    assert len(prove(cases(unit))) == 2


def test_the_title_may_hold_anything(course: Course) -> None:
    """Quotes, colons and dollars in a title break neither source nor translation."""
    made = new_unit(course, NAME, '"No": 3 sides of $5 \\ more', "“不”的 3 个侧面 5")
    sources = read_unit(made.unit)
    assert sources.lesson.title == '"No": 3 sides of $5 \\ more'
    assert sources.translations("zh", ("lesson",))[sources.lesson.title] == "“不”的 3 个侧面 5"
    assert sources.exercise.title == 'Graded exercise: "No": 3 sides of $5 \\ more'


def test_without_a_title_the_name_serves(with_new: Course) -> None:
    """The title is made of the name, and its Chinese says that it waits for a translator."""
    sources = read_unit(with_new.unit(NAME))
    assert sources.lesson.title == "Next step"
    assert sources.translations("zh", ("lesson",))["Next step"] == "待译：Next step"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("5_short", "“5_short” is no name for a unit"),
        ("05-dash", "“05-dash” is no name for a unit"),
        ("05_Capital", "“05_Capital” is no name for a unit"),
        ("05_客户", "“05_客户” is no name for a unit"),
        ("../05_up", "“../05_up” is no name for a unit"),
        ("05_", "“05_” is no name for a unit"),
        ("01_tiny", "There is a folder units/01_tiny already."),
        ("01_other", "The number 01 is taken by units/01_tiny."),
        ("03_tiny", "units/01_tiny is called “tiny” already; the questions of two units would be mixed up."),
        ("02_last_step", "The curriculum calls unit 02 “02_next_step”; take that name, or its rows would not be found."),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_is_refused(course: Course, name: str, said: str) -> None:
    """The sentence says what is wrong, and nothing is written."""
    before = sorted(course.root.rglob("*"))
    with pytest.raises(CourseError) as error:
        new_unit(course, name)
    assert english(error.value.problems)[0].startswith(said)
    assert sorted(course.root.rglob("*")) == before


def test_an_unfinished_folder_is_not_written_over(course: Course) -> None:
    """A folder with somebody's notes in it is taken, even if it is no unit yet."""
    (course.root / "units" / NAME).mkdir()
    with pytest.raises(CourseError):
        new_unit(course, NAME)


def test_what_breaks_off_leaves_nothing(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit is there as a whole or not at all."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_translate", stop)
    before = sorted(course.root.rglob("*"))
    with pytest.raises(KeyboardInterrupt):
        new_unit(course, NAME)
    assert sorted(course.root.rglob("*")) == before


def test_the_command_says_what_to_do_next(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """`kam course new-unit` names the folder and the next commands; `prove` finds nothing wrong."""
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(app, ["course", "new-unit", NAME, "--title", "The next step"])
    assert done.exit_code == 0, done.output
    assert f"units/{NAME}/ is laid out" in done.output
    assert "2 rows of the curriculum" in done.output
    proved = CliRunner().invoke(app, ["course", "prove", "--unit", NAME])
    assert "2 questions are proved" in proved.output
    again = CliRunner().invoke(app, ["course", "new-unit", NAME])
    assert again.exit_code == 1
    assert "There is a folder" in again.output


def test_prove_ends_in_sentences(with_new: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that is not proved is named, and the command fails."""
    monkeypatch.chdir(with_new.root)
    path = with_new.unit(NAME).folder / "key.yaml"
    path.write_text(path.read_text("utf-8").replace("value: 120", "value: 150"), "utf-8")
    failed = CliRunner().invoke(app, ["course", "prove"])
    assert failed.exit_code == 1
    assert "next_step.example_delivery: the trap “one_day_more”" in failed.output


def test_a_draft_is_true_or_false(with_new: Course) -> None:
    """Another word would hand a draft out, or hold a finished unit back."""
    path = with_new.unit(NAME).source("lesson")
    path.write_text(path.read_text("utf-8").replace("draft: true", "draft: maybe"), "utf-8")
    with pytest.raises(CourseError) as error:
        read_unit(with_new.unit(NAME))
    assert english(error.value.problems) == ["lesson.md: “draft” is true or false."]


def test_the_trainers_minutes_fill_the_lesson(with_new: Course) -> None:
    """The notes begin at 0, follow each other, and end with the lesson."""
    lesson = read_unit(with_new.unit(NAME)).lesson
    text = with_new.unit(NAME).source("lesson").read_text("utf-8")
    spans = re.findall(r"\*\*Minutes (\d+)–(\d+)\.", text)
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
    assert (spans[0][0], int(spans[-1][1])) == (
        "0", lesson.front["teaching"] + lesson.front["exercises"],
    )  # fmt: skip
