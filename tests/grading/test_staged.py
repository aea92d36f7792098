"""A case that opens step by step, from the cohort's words to the marks: what was committed counts."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from kamlib.cli import NEEDS_A_LOOK, app
from kamlib.course import pack
from kamlib.course.pack import Edition, pack_files
from kamlib.course.syllabus import Course
from kamlib.forms.handin import build_hand_in
from kamlib.forms.place import here
from kamlib.forms.stage import COMMIT, StageDesk
from kamlib.grading import people
from kamlib.grading.cohort import (
    Cohort,
    CohortError,
    NotedReceipt,
    Settings,
    open_cohort,
    read_receipts,
    write_settings,
)
from kamlib.grading.enrol import new_cohort
from kamlib.grading.nameless import write_nameless
from kamlib.grading.pipeline import PREVIEW, Graded, grade, look, write_reports
from kamlib.items.answers import AnswersFile
from kamlib.words import Words
from tests.course.conftest import Write, write  # noqa: F401
from tests.course.test_staging import WHEEL, unpack
from tests.forms.workbooks import put
from tests.grading.test_nbgrader import nbgrader
from tests.staged import UNIT

ROSTER = "code,name,lang\nA01,Lin Xiao,en\nA02,Jordan Pell,en\n"
PICK, WHY = "case.pick_s0", "case.why_s0"
LATER = {"case.pick_s1": {"choice": "b"}}


@pytest.fixture
def spring(
    staged_course: Course, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> Cohort:  # fmt: skip
    """Make a cohort on the tiny case."""
    write(staged_course)
    monkeypatch.setattr(pack, "build_wheel", lambda: WHEEL)
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8")
    return new_cohort(
        staged_course, tmp_path / "spring", Settings(name="spring"), tmp_path / "roster.csv"
    )


Sends = Callable[..., Path]


@pytest.fixture
def sends(staged_course: Course, spring: Cohort, tmp_path: Path) -> Sends:
    """Answer, commit and hand in as a trainee does, in a workbook of the cohort; return the file."""
    edition = Edition(
        "en", "spring", frozen=spring.root / "course", words=spring.settings.stage_words
    )

    def send(
        code: str,
        choice: str,
        then: str = "",
        commit: bool = True,
        later: dict[str, object] | None = None,
    ) -> Path:
        root = tmp_path / f"book {code}"
        folder = unpack(pack_files(staged_course, edition), root)
        put(root / "me.json", {"code": code, "name": "Somebody", "lang": ""})
        file = AnswersFile(folder / f"{UNIT}.answers.json")
        file.save(PICK, {"choice": choice}, seen=0, window="w")
        file.save(WHY, {"text": "Lin Xiao says so, and I checked it."}, seen=0, window="w")
        place = here(folder / "exercise.en.ipynb")
        if commit:
            StageDesk(place, "S0", COMMIT).answer({"kind": "commit"})
            word = spring.settings.stage_words[UNIT]["S1"]
            assert StageDesk(place, "S1").answer({"kind": "open", "word": word})["changed"]
        if then:
            file.save(PICK, {"choice": then}, seen=9, window="w")
        for item, response in (later or {}).items():
            file.save(item, response, seen=9, window="w")
        return build_hand_in(root, UNIT).path

    return send


def receipt(cohort: Cohort, code: str) -> str:
    """Return the receipt in what lies at the marking desk."""
    path = cohort.root / "submitted" / code / UNIT / f"{UNIT}.answers.json"
    return str(json.loads(path.read_text("utf-8"))["stages"][0]["receipt"])


def score(graded: Graded, code: str, item: str = PICK) -> float | None:
    (result,) = [one for one in graded.results[UNIT] if one.trainee.code == code]
    (found,) = [one for one in result.items if one.mark.item == item]
    return found.score


def said(graded: Graded) -> list[str]:
    return [Words("en").say(note) for _, note in graded.remarks]


def test_a_cohort_has_words(spring: Cohort, staged_course: Course) -> None:
    """A new cohort has a word for each stage but the first, of units with stages only; they stay."""
    words = open_cohort(spring.root).settings.stage_words
    assert {unit: list(own) for unit, own in words.items()} == {UNIT: ["S1", "S2"]}
    assert len({*words[UNIT].values()}) == 2


def test_kam_cohort_words(
    spring: Cohort, run: CliRunner, staged_course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verb shows the words, makes those that are missing, and changes none that is there."""
    monkeypatch.chdir(staged_course.root)
    words = spring.settings.stage_words[UNIT]
    write_settings(
        spring.root, spring.settings.model_copy(update={"stage_words": {UNIT: {"S1": words["S1"]}}})
    )
    shown = run.invoke(app, ["cohort", "words", str(spring.root)])
    assert shown.exit_code == 0
    now = open_cohort(spring.root).settings.stage_words[UNIT]
    assert now["S1"] == words["S1"]
    assert set(now) == {"S1", "S2"}
    assert all(word in shown.stdout for word in now.values())
    assert run.invoke(app, ["cohort", "words", str(spring.root)]).stdout == shown.stdout


def test_the_pack_opens_with_the_cohorts_words(
    spring: Cohort,
    staged_course: Course,
    run: CliRunner,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """`kam course pack --cohort` seals with these words; no word is in the pack."""
    monkeypatch.chdir(staged_course.root)
    done = run.invoke(
        app, ["course", "pack", "--cohort", str(spring.root), "-o", str(tmp_path / "a.zip")]
    )
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    words = spring.settings.stage_words[UNIT]
    assert not any(word.encode() in data for word in words.values() for data in files.values())
    stages = here(unpack(files, tmp_path / "book") / "lesson.en.ipynb").stages("case")
    assert stages is not None
    for stage, word in words.items():
        assert stages.open(stage, word).stage == stage


def test_what_was_committed_counts(spring: Cohort, sends: Sends) -> None:
    """An answer made right, or wrong, after its stage was committed changes no mark; both are told."""
    graded = grade(spring, [sends("A01", "b", then="a"), sends("A02", "a", then="b")])
    assert (score(graded, "A01"), score(graded, "A02")) == (0, 2)
    assert len(said(graded)) == 2
    assert all("Answered otherwise after that: “" in one for one in said(graded))
    page = (spring.root / PREVIEW / "A01" / UNIT / f"{UNIT}.html").read_text("utf-8")
    assert "what was committed counts." in page
    assert look(spring).results == graded.results


def test_without_a_commitment_the_answers_count(spring: Cohort, sends: Sends) -> None:
    """Who never committed is marked by what stands there, and nothing is said about it."""
    graded = grade(spring, [sends("A01", "b", then="a", commit=False)])
    assert score(graded, "A01") == 2
    assert graded.remarks == ()


def test_a_stage_answered_and_never_committed_is_told(spring: Cohort, sends: Sends) -> None:
    """Where another was committed: to the instructor and, plainly, to the trainee; a blank form is none."""
    graded = grade(spring, [sends("A01", "a", later=LATER), sends("A02", "a")])
    (note,) = said(graded)
    assert note.startswith("Stage S1 was answered but never committed, while other stages were.")
    page = (spring.root / PREVIEW / "A01" / UNIT / f"{UNIT}.html").read_text("utf-8")
    assert "You answered stage S1 but did not commit it." in page
    page = (spring.root / PREVIEW / "A02" / UNIT / f"{UNIT}.html").read_text("utf-8")
    assert "did not commit" not in page
    assert look(spring).results == graded.results


def test_an_emptied_form_was_not_answered(spring: Cohort, sends: Sends) -> None:
    """A question that was opened and left empty again makes no stage an answered one."""
    assert said(grade(spring, [sends("A01", "a", later={"case.why_s1": {"text": " "}})])) == []


def test_a_receipt_noted_of_a_stage_left_open_is_told_once(spring: Cohort, sends: Sends) -> None:
    """The trainer's note says more than that nothing was committed, so it alone is said."""
    (spring.root / "receipts.csv").write_text("code,stage,receipt\nA01,S1,K7M3QD\n", "utf-8")
    (note,) = said(grade(open_cohort(spring.root), [sends("A01", "a", later=LATER)]))
    assert "holds no commitment" in note


def test_a_noted_receipt_that_fits_is_silent(spring: Cohort, sends: Sends) -> None:
    """The trainer's list may be typed in small letters, with blanks, or have lines still empty."""
    file = sends("A01", "a")
    grade(spring, [file])
    number = receipt(spring, "A01")
    typed = f"code,stage,receipt\na01,s0, {number[:3].lower()} {number[3:]}\nA02,S0,\n"
    (spring.root / "receipts.csv").write_text(typed, "utf-8")
    assert grade(open_cohort(spring.root)).remarks == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_noted_receipts_come_as_spreadsheets_write_them(tmp_path: Path, encoding: str) -> None:
    """A column of names in Chinese does no harm in any encoding."""
    path = tmp_path / "receipts.csv"
    rows = " Code,姓名,STAGE,Receipt\na01,林晓,s0,k7m 3qd\n\nA02,周明,S0,\n"
    path.write_bytes(rows.encode(encoding))
    assert read_receipts(path) == (NotedReceipt("A01", "S0", "K7M3QD"),)


def test_a_receipt_that_differs_is_reported(
    spring: Cohort, sends: Sends, run: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who commits again in a fresh workbook has another receipt: command, report and exit code say so."""
    drop = sends("A01", "a")
    (spring.root / "receipts.csv").write_text(
        "code,stage,receipt\nA01,S0,K7M3QD\nA02,S0,ABCDEF\n", "utf-8"
    )
    other = sends("A02", "a", commit=False)
    done = run.invoke(app, ["grade", str(spring.root), str(drop), str(other), "--no-report"])
    assert done.exit_code == NEEDS_A_LOOK
    number = receipt(spring, "A01")
    assert (
        f"you noted receipt K7M3QD, but the hand-in was committed with receipt {number}"
        in done.stdout
    )
    assert "you noted receipt ABCDEF, but the hand-in holds no commitment" in done.stdout
    cohort = open_cohort(spring.root)
    assert len(said(look(cohort))) == 2


def test_the_report_tells_of_it(spring: Cohort, sends: Sends) -> None:
    """The cohort report has a line for a receipt that differs."""
    (spring.root / "receipts.csv").write_text("code,stage,receipt\nA01,S0,K7M3QD\n", "utf-8")
    graded = grade(spring, [sends("A01", "a")])
    report = next(path for path in write_reports(spring, graded) if UNIT in path.name)
    assert "K7M3QD" in report.read_text("utf-8")


def test_a_forged_record_is_reported(spring: Cohort, sends: Sends, tmp_path: Path) -> None:
    """A record that was changed in the file does not match its receipt any more, and is told."""
    with zipfile.ZipFile(sends("A01", "b")) as archive:
        data = json.loads(archive.read(f"{UNIT}.answers.json"))
    data["stages"][0]["responses"][PICK] = {"choice": "a"}
    put(tmp_path / "drop" / "A01" / f"{UNIT}.answers.json", data)
    graded = grade(spring, [tmp_path / "drop"])
    assert any("does not match its receipt" in one for one in said(graded))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("code,receipt\nA01,K7M3QD\n", "receipts.csv needs the columns code, stage and receipt"),
        ("code,stage,receipt\nA01,,K7M3QD\n", "receipts.csv, line 2: a code and a stage belong"),
    ],
)
def test_a_list_of_receipts_with_a_mistake_is_told(tmp_path: Path, text: str, why: str) -> None:
    """A column or a code that is missing ends in a sentence with file and line."""
    (tmp_path / "receipts.csv").write_text(text, "utf-8")
    with pytest.raises(CohortError) as caught:
        read_receipts(tmp_path / "receipts.csv")
    assert Words("en").say(caught.value.message).startswith(why)


def test_our_stage_cells_are_no_foreign_code(spring: Cohort, sends: Sends) -> None:
    """The notebook of a pack has cells that the released one has not; they are ours all the same."""
    graded = grade(spring, [sends("A01", "a")])
    assert graded.remarks == ()


def test_nbgrader_gives_the_same_scores(spring: Cohort, sends: Sends) -> None:
    """`nbgrader autograde` counts what was committed too."""
    grade(spring, [sends("A01", "b", then="a"), sends("A02", "a", then="b")])

    def grades() -> dict[tuple[str, str], float | None]:
        with Gradebook(spring.database) as book:
            return {
                (one.student.id, mark.name): mark.auto_score
                for one in book.assignment_submissions(UNIT)
                for notebook in one.notebooks
                for mark in notebook.grades
            }

    ours = grades()
    assert {ours["A01", "case-pick_s0"], ours["A02", "case-pick_s0"]} == {0, 2}
    done = nbgrader(spring, "autograde", UNIT, "--force")
    assert done.returncode == 0, done.stderr[-2000:]
    assert grades() == ours


def test_forgetting_a_person_takes_the_receipts_too(spring: Cohort, sends: Sends) -> None:
    """After a person's data was deleted, the trainer's list has the others' lines only."""
    grade(spring, [sends("A01", "a")])
    path = spring.root / "receipts.csv"
    path.write_text("code,stage,receipt\nA01,S0,K7M3QD\nA02,S0,ABCDEF\nA01,S1,ABCDEG\n", "utf-8")
    people.forget(open_cohort(spring.root), "A01", preview=False)
    assert path.read_text("utf-8") == "code,stage,receipt\nA02,S0,ABCDEF\n"


def test_an_archive_without_names_grades_the_same(
    spring: Cohort, sends: Sends, tmp_path: Path
) -> None:
    """Though a name in a committed answer is replaced, the record stays sound and the marks the same."""
    graded = grade(spring, [sends("A01", "b", then="a")])
    write_nameless(spring, tmp_path / "nameless")
    again = look(open_cohort(tmp_path / "nameless"))
    assert score(again, "A01") == score(graded, "A01") == 0
    assert [one for one in said(again) if "Stage" in one] == said(graded)
