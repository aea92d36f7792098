"""The sample cohort: made from readable lists, one of people and one of each unit."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

from kamlib.course.syllabus import Course, CourseError, Unit, open_course
from kamlib.grading import sample
from kamlib.grading.sample import (
    PEOPLE,
    SENT,
    Person,
    Way,
    cohort_files,
    read_people,
    read_sent,
    sample_files,
)
from kamlib.items.answers import Answers, parse_answers
from kamlib.items.commitments import commitments
from kamlib.words import LANGUAGES, Words

from .conftest import UNIT

PERSON = "- {code: A01, name: 林晓, lang: zh, story: Strong.}\n- {code: A02, name: Robin, lang: en, story: Away.}\n"
SENT_TEXT = """\
due: 2026-07-01
sent:
  A01:
    - {at: "2026-06-28T10:00:00+08:00", like: right}
    - {at: "2026-07-02T10:00:00+08:00", answers: {promise: {where: s1}}, tricks: [bare]}
"""


@pytest.fixture
def copied(one_unit: Course, tmp_path: Path) -> Course:
    """A sample of two people and the sources of one unit, where a test may change them."""
    root = tmp_path / "course"
    unit = one_unit.unit(UNIT)
    for folder in (unit.folder, *(unit.release(lang) for lang in LANGUAGES)):
        shutil.copytree(folder, root / folder.relative_to(one_unit.root))
    (root / "data" / "sample_cohort").mkdir(parents=True)
    shutil.copyfile(one_unit.root / "course.yaml", root / "course.yaml")
    (root / "data" / "sample_cohort" / PEOPLE).write_text(PERSON, "utf-8")
    (root / "units" / UNIT / SENT).write_text(SENT_TEXT, "utf-8")
    return open_course(root)


def told(course: Course) -> str:
    """Return what an author is told when the sample is made."""
    with pytest.raises(CourseError) as error:
        sample.write(course)
    (problem,) = error.value.problems
    return Words("en").say(problem)


def test_the_repository_holds_what_its_lists_say(course: Course) -> None:
    """Roster, due days, hand-ins and their times are built from the lists, and nothing else is there."""
    assert sample.check(course) == []


def test_a_unit_says_what_is_sent_of_it(copied: Course) -> None:
    """Each hand-in lies in a folder of the unit's name, with its time under the same name."""
    assert sample.write(copied) > 0
    assert sample.check(copied) == []
    folder = copied.root / "data" / "sample_cohort"
    listed = (folder / "hand_ins" / "received.csv").read_text("utf-8")
    times = list(csv.DictReader(io.StringIO(listed)))
    assert times == [
        {"file": f"{UNIT}/A01-1", "received_at": "2026-06-28T10:00:00+08:00"},
        {"file": f"{UNIT}/A01-2.answers.json", "received_at": "2026-07-02T10:00:00+08:00"},
    ]
    assert all((folder / "hand_ins" / time["file"]).exists() for time in times)
    assert (folder / "dates.csv").read_text("utf-8") == f"unit,due\n{UNIT},2026-07-01\n"
    assert (folder / "roster.csv").read_text(
        "utf-8"
    ) == "code,name,lang\nA01,林晓,zh\nA02,Robin,en\n"


def test_several_units_share_one_roster_and_one_list_of_times(
    copied: Course, one_unit: Course
) -> None:
    """What two units send lies side by side, each file as its own unit makes it."""
    people = read_people(copied.root / "data" / "sample_cohort" / PEOPLE)
    unit, other = copied.unit(UNIT), one_unit.unit(UNIT)
    sent = read_sent(unit, people)
    assert sent is not None
    there = sent.model_copy(update={"folder": "."})
    files = cohort_files(people, {unit: sent, other: there}, "0.1")
    rows = csv.DictReader(io.StringIO(files["hand_ins/received.csv"].decode()))
    assert [row["file"] for row in rows] == [
        f"{UNIT}/A01-1", f"{UNIT}/A01-2.answers.json", "A01-1", "A01-2.answers.json",
    ]  # fmt: skip
    sender: Person = people[0].model_copy(update={"sent": sent.sent["A01"]})
    alone = sample_files(unit, [sender], "0.1")
    name = f"A01-1/{UNIT}.answers.json"
    assert files[f"hand_ins/{UNIT}/{name}"] == files[f"hand_ins/{name}"] == alone[f"hand_ins/{name}"]  # fmt: skip


def test_a_text_that_a_comma_tore_is_told(copied: Course) -> None:
    """Half a text would otherwise be handed in, and nobody would miss the other half."""
    torn = SENT_TEXT.replace(
        "answers: {promise: {where: s1}}", "answers: {promise: {where: s1, of us}}"
    )
    (copied.unit(UNIT).folder / SENT).write_text(torn, "utf-8")
    assert "of us stands there without a value" in told(copied)


def test_a_unit_need_not_be_in_the_sample(copied: Course) -> None:
    """Without a list of what is sent, the people stand on the roster and nobody hands in."""
    (copied.unit(UNIT).folder / SENT).unlink()
    sample.write(copied)
    folder = copied.root / "data" / "sample_cohort"
    assert (folder / "dates.csv").read_text("utf-8") == "unit,due\n"
    assert [path.name for path in (folder / "hand_ins").iterdir()] == ["received.csv"]


def test_a_course_without_sample_has_none(copied: Course) -> None:
    """Where there are no people, nothing is built."""
    shutil.rmtree(copied.root / "data" / "sample_cohort")
    assert sample.write(copied) == 0


def test_what_nothing_builds_is_removed(copied: Course) -> None:
    """A hand-in whose line is gone goes too, and is named before."""
    sample.write(copied)
    stray = copied.root / "data" / "sample_cohort" / "hand_ins" / "A09" / "old.json"
    stray.parent.mkdir()
    stray.write_text("{}", "utf-8")
    (problem,) = sample.check(copied)
    assert "A09/old.json" in Words("en").say(problem)
    assert sample.write(copied) == 1
    assert not stray.exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  A01:", "  B77:", f"{UNIT}/sample.yaml: B77 is not among the sample's trainees in trainees.yaml."),
        ("promise", "promises", f"{UNIT}/sample.yaml: A01 answers promises, which the exercise does not ask."),
        ("due: 2026-07-01", "due: soon", f"{UNIT}/sample.yaml: due: "),
        ("tricks: [bare]", "tricks: [magic]", f"{UNIT}/sample.yaml: sent.A01.1.tricks.0: "),
        ("sent:", "folder: ../up\nsent:", f"{UNIT}/sample.yaml: folder: "),
        ("sent:", "ways: {right: {story: S.}}\nsent:", f"{UNIT}/sample.yaml: a way of answering cannot be called right,"),
        ("sent:", "ways: {blank: {story: S.}}\nsent:", f"{UNIT}/sample.yaml: a way of answering cannot be called blank,"),
    ],
)  # fmt: skip
def test_a_slip_in_a_list_is_told(copied: Course, old: str, new: str, said: str) -> None:
    """What an author mistypes ends in a sentence with its file and place."""
    path = copied.unit(UNIT).folder / SENT
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    assert told(copied).startswith(said)


def test_a_slip_among_the_people_is_told(copied: Course) -> None:
    """A field that nobody knows is named with its file."""
    path = copied.root / "data" / "sample_cohort" / PEOPLE
    path.write_text(path.read_text("utf-8").replace("lang: en", "language: en"), "utf-8")
    assert told(copied).startswith("trainees.yaml: ")


def test_units_name_their_own_folders(course: Course) -> None:
    """No two units of the sample would put their hand-ins into the same place."""
    people = read_people(course.root / "data" / "sample_cohort" / PEOPLE)
    sent: dict[Unit, sample.Sent] = {
        unit: found for unit in course.units if (found := read_sent(unit, people))
    }
    folders = [one.folder or unit.name for unit, one in sent.items()]
    assert len(set(folders)) == len(folders)


# Ways of answering, and stages.

STAGED = "07_case1_negotiation"
PRICE = {"value": "6900", "unit": "month"}
WAYS = {
    "sure": Way(story="Right but for a slip.", like="right", answers={"total": {"value": "8700", "unit": "month"}}),
    "wordy": Way(
        story="Like the sure one, with words of each language.", like="sure",
        in_language={"en": {"q1_words": {"text": "I ask first."}}, "zh": {"q1_words": {"text": "先问。"}}},
    ),
    "round": Way(story="Points at itself.", like="round"),
}  # fmt: skip


def handed(course: Course, lang: str, **sent: object) -> Answers:
    """Return what one trainee hands in of the case, read again."""
    entry = {"at": "2026-06-20T10:00:00+08:00", **sent}
    person = Person.model_validate(
        {"code": "A01", "name": "Lin", "lang": lang, "story": "S.", "sent": [entry]}
    )
    files = sample_files(course.unit(STAGED), [person], "0.1", WAYS)
    return parse_answers(files[f"hand_ins/A01/{STAGED}.answers.json"])


@pytest.mark.parametrize(("lang", "words"), [("en", "I ask first."), ("zh", "先问。")])
def test_a_hand_in_may_be_like_a_way_that_is_like_another(
    course: Course, lang: str, words: str
) -> None:
    """Its own answers come first, then the way's, then those of the way it is like, then the right ones."""
    answers = handed(course, lang, like="wordy", answers={"credit": "blank"}).responses
    assert answers["case1_negotiation.q1_words"] == {"text": words}
    assert answers["case1_negotiation.total"] == {"value": "8700", "unit": "month"}
    assert answers["case1_negotiation.b_head"]["value"] == pytest.approx(128.5714, abs=1e-3)
    assert "case1_negotiation.credit" not in answers


@pytest.mark.parametrize("like", ["round", "nobody"])
def test_a_way_that_leads_nowhere_is_told(course: Course, like: str) -> None:
    """A way that is not there, or that is only like itself, has its sentence."""
    with pytest.raises(CourseError) as error:
        handed(course, "en", like=like)
    assert Words("en").say(error.value.problems[0]) == (
        f"{STAGED}/sample.yaml: there is no way of answering “{like}”."
    )


def test_what_was_answered_was_committed_stage_by_stage(course: Course) -> None:
    """Each record is sound, its time lies before the next one's, and it holds the stage's answers."""
    records = commitments(handed(course, "en", like="sure"))
    assert list(records) == ["S0", "S1", "S2", "S3", "S4", "S5"]
    assert all(one.sound and one.trainee == "A01" for one in records.values())
    times = [one.at for one in records.values()]
    assert times == sorted(times, key=str)
    assert set(records["S0"].responses) == {
        "case1_negotiation.total", "case1_negotiation.province_share",
    }  # fmt: skip


def test_some_stages_may_not_be_committed_and_answers_may_change_afterwards(
    course: Course,
) -> None:
    """What is written after the commit stands in the file, and the record keeps what counted."""
    answers = handed(course, "en", like="sure", committed=["S0"], afterwards={"total": PRICE})
    (record,) = commitments(answers).values()
    assert answers.responses["case1_negotiation.total"] == PRICE
    assert record.responses["case1_negotiation.total"]["value"] == "8700"
    assert record.sound
