"""nbgrader on a cohort: the same scores by its own command, and its marking desk on our hand-ins."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from kamlib.course.notebook import grade_id
from kamlib.course.syllabus import Course
from kamlib.grading import desk
from kamlib.grading.cohort import Cohort, Settings, open_cohort
from kamlib.grading.enrol import new_cohort, read_dates
from kamlib.grading.pipeline import PREVIEW, grade, look
from kamlib.grading.rekey import apply
from kamlib.grading.sample import CANARY, DATES
from kamlib.items.answers import parse_answers
from kamlib.items.commitments import commitments, counted

from .conftest import UNIT, Send
from .serving import call, serving

Scores = dict[tuple[str, str, str], tuple[float | None, float | None, bool]]
"""By unit, trainee and question: the score, the most there is, and whether a person is waited for."""


def scores(cohort: Cohort) -> Scores:
    """Read every grade the way nbgrader's own programs do."""
    found = {}
    with Gradebook(cohort.database) as book:
        for unit in cohort.bundles:
            for submission in book.assignment_submissions(unit):
                code = submission.student.id
                for notebook in submission.notebooks:
                    for one in notebook.grades:
                        found[unit, code, one.name] = (
                            one.auto_score, one.max_score, one.needs_manual_grade,
                        )  # fmt: skip
                    found[unit, code, "penalty"] = (
                        notebook.late_submission_penalty, submission.score, False,
                    )  # fmt: skip
    return found


def nbgrader(cohort: Cohort, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run nbgrader's command in the cohort, with the configuration of this machine out of the way."""
    environment = desk.environment(cohort) | {
        "JUPYTER_CONFIG_DIR": str(cohort.root.parent / "no-config"),
        "IPYTHONDIR": str(cohort.root.parent / "no-ipython"),
    }
    program = str(Path(sys.executable).parent / "nbgrader")
    return subprocess.run(
        [program, *arguments],
        cwd=cohort.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def two(course: Course, tmp_path_factory: pytest.TempPathFactory) -> tuple[Cohort, Cohort]:
    """The sample cohort graded by us, and its hand-ins graded by `nbgrader autograde`.

    Of every unit that the sample has, all that everybody sent.
    """
    folder = tmp_path_factory.mktemp("two")
    sample = course.root / "data" / "sample_cohort"
    due = read_dates(sample / DATES)
    sampled = replace(course, units=tuple(unit for unit in course.units if unit.name in due))
    settings = Settings.model_validate({
        "name": "ours", "lang": "zh", "tz": "Asia/Shanghai", "due": due,
        "late": {"policy": "percent_per_day"},
    })  # fmt: skip
    ours = new_cohort(sampled, folder / "ours", settings, sample / "roster.csv")
    shutil.copytree(ours.root, folder / "theirs")
    theirs = open_cohort(folder / "theirs")
    grade(ours, [sample / "hand_ins"])
    shutil.copytree(ours.root / "submitted", theirs.root / "submitted")
    # Side files that a hand-placed submission could bring; none may be run.
    for submitted in (theirs.root / "submitted").glob("*/*"):
        for name in ("kamlib.py", "ipykernel_launcher.py", "sitecustomize.py"):
            (submitted / name).write_text(f'open("{folder}/{CANARY}", "w").write("ran")\n', "utf-8")
        file = submitted / f"{submitted.name}.ipynb"
        notebook = json.loads(file.read_text("utf-8"))
        notebook["cells"].append({
            "cell_type": "code", "id": "mine", "metadata": {}, "execution_count": None, "outputs": [],
            "source": f'open("{folder}/{CANARY}", "w").write("ran")',
        })  # fmt: skip
        file.write_text(json.dumps(notebook), "utf-8")
    for unit in theirs.bundles:
        done = nbgrader(theirs, "autograde", unit)
        assert done.returncode == 0, done.stderr[-3000:]
    return ours, theirs


def test_nbgrader_autograde_gives_the_same_scores_item_by_item(two: tuple[Cohort, Cohort]) -> None:
    """Every grade, penalty and waiting flag of every sample trainee is equal on both paths."""
    ours, theirs = map(scores, two)
    for unit in two[0].bundles:
        assert len([place for place in ours if place[0] == unit]) > 100
    assert ours == theirs


def test_the_equal_scores_are_of_every_kind(two: tuple[Cohort, Cohort]) -> None:
    """Among what both paths agree on are a plan, gates, late hand-ins, several attempts and stages."""
    ours, _ = two
    staged = {
        unit: bundle
        for unit, bundle in ours.bundles.items()
        if any(item.stage for item in bundle.items)
    }
    assert "plan" in {item.interaction for bundle in staged.values() for item in bundle.items}
    results = [one for unit in staged for one in look(ours).results[unit]]
    assert any(one.held for one in results)
    assert any(one.late and one.penalty for one in results)
    assert any(one.counted > 1 for one in results)
    sheets = [
        (staged[path.parent.name], parse_answers(path.read_bytes()))
        for path in (ours.root / "submitted").glob("*/*/*.answers.json")
        if path.parent.name in staged
    ]
    assert any(counted(bundle.items, answers).changed for bundle, answers in sheets)
    assert any(
        {item.stage for item in bundle.items if item.stage and item.id in answers.responses}
        - set(commitments(answers))
        for bundle, answers in sheets
    )


def test_nbgrader_autograde_keeps_the_score_that_a_corrected_key_left(
    cohort: Cohort, send: Send, tmp_path: Path
) -> None:
    """A mark that nobody was to lose is the same on both paths."""
    grade(cohort, [send("A01")])
    key = cohort.bundles[UNIT].keys["am_types.outcomes"].model_dump(mode="json")
    key["answer"]["target"] = "agent"
    file = tmp_path / "key.yaml"
    file.write_text(json.dumps({"am_types.outcomes": key}), "utf-8")
    apply(cohort, UNIT, file, "A slip.", keep_higher=True)
    ours = scores(cohort)
    assert ours[UNIT, "A01", grade_id("am_types.outcomes")][0] == 3.0
    with Gradebook(cohort.database) as book:
        book.find_grade(grade_id("am_types.outcomes"), UNIT, UNIT, "A01").auto_score = 0
        book.db.commit()
    shutil.rmtree(cohort.root / "autograded")
    done = nbgrader(cohort, "autograde", UNIT, "--force")
    assert done.returncode == 0, done.stderr[-3000:]
    assert scores(cohort) == ours


def test_no_code_of_a_hand_in_runs_on_either_path(
    two: tuple[Cohort, Cohort], course: Course
) -> None:
    """Neither cells nor side files were run, whoever graded."""
    assert not list(two[0].root.parent.rglob(CANARY))
    assert not (course.root / CANARY).exists()
    assert not Path(CANARY).exists()


def test_the_desks_notebooks_hold_one_plain_float_for_each_machine_item(
    two: tuple[Cohort, Cohort],
) -> None:
    """A scored cell's last output is a float in [0, max] and nothing went to stderr, on both paths."""
    for cohort in two:
        seen = 0
        for path in (cohort.root / "autograded").glob("*/*/*.ipynb"):
            for cell in json.loads(path.read_text("utf-8"))["cells"]:
                meta = cell["metadata"].get("nbgrader", {})
                if not meta.get("grade"):
                    continue
                (result,) = [
                    out for out in cell["outputs"] if out["output_type"] == "execute_result"
                ]
                assert 0 <= float("".join(result["data"]["text/plain"])) <= meta["points"]
                assert not [out for out in cell["outputs"] if out["output_type"] == "stream"]
                seen += 1
        assert seen > 200 * len(cohort.bundles)


def test_nbgraders_export_names_every_trainee(two: tuple[Cohort, Cohort]) -> None:
    """The stock exporter reads what we wrote: one line a trainee and unit, with score and penalty."""
    ours = two[0]
    done = nbgrader(ours, "export")
    assert done.returncode == 0, done.stderr[-2000:]
    lines = (ours.root / "grades.csv").read_text("utf-8").splitlines()
    assert len(lines) == 1 + len(ours.roster) * len(ours.bundles)


def test_prose_is_marked_at_the_desk_and_flows_into_feedback(cohort: Cohort, send: Send) -> None:
    """The desk shows the answers; a score and a comment given there reach the page and stay."""
    drop = send("A02", lang="en", always_right={"text": "It holds for wishes, not for facts."})
    grade(cohort, [drop])
    with serving(cohort) as url:
        (submission,) = call(url, f"/api/submitted_notebooks/{UNIT}/{UNIT}")
        page = call(url, f"/submissions/{submission['id']}/")
        assert "It holds for wishes, not for facts." in page
        assert page.count("kam-reply") >= 14
        grades = call(url, f"/api/grades?submission_id={submission['id']}")
        (prose,) = [one for one in grades if one["auto_score"] is None]
        call(url, f"/api/grade/{prose['id']}", {"manual_score": 2.5, "extra_credit": 0})
        (comment,) = call(url, f"/api/comments?submission_id={submission['id']}")
        call(url, f"/api/comment/{comment['id']}", {"manual_comment": "Say what you do on Monday."})
    for _ in range(2):
        graded = grade(cohort, [drop])
        result = next(one for one in graded.results[UNIT] if one.trainee.code == "A02")
        marked = next(one for one in result.items if one.mark.item == "am_types.always_right")
        assert (marked.score, marked.comment, result.waiting) == (
            2.5,
            "Say what you do on Monday.",
            0,
        )
    shown = (cohort.root / PREVIEW / "A02" / UNIT / f"{UNIT}.html").read_text("utf-8")
    assert "Say what you do on Monday." in shown


def test_a_cohort_can_be_renamed(cohort: Cohort, send: Send) -> None:
    """Nothing in a cohort's folder holds its path, so it can be moved, archived and opened again."""
    drop = send("A01")
    grade(cohort, [drop])
    moved = cohort.root.rename(cohort.root.with_name("summer"))
    text = b"".join(path.read_bytes() for path in moved.rglob("*") if path.is_file())
    assert os.fsencode(str(cohort.root)) not in text
    assert grade(open_cohort(moved)).results[UNIT][0].counted == 1
