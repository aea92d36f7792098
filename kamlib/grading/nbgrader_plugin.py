"""What nbgrader runs in a cohort instead of a trainee's code: marks worked out from the answers file."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import NbGraderPreprocessor

from kamlib.grading import gradebook
from kamlib.grading.autograded import cell_item, outputs
from kamlib.grading.cohort import Cohort, open_cohort
from kamlib.grading.corrections import marked
from kamlib.items.answers import SUFFIX, parse_answers
from kamlib.items.commitments import counted
from kamlib.items.mark import Mark

_cohort = cache(open_cohort)


def configure(config: Any, folder: Path) -> None:
    """Set nbgrader's configuration for the cohort in `folder`; its `nbgrader_config.py` calls this.

    Autograding keeps nbgrader's own steps for scores and penalties, and runs no kernel.
    """
    from nbgrader.preprocessors import AssignLatePenalties, CheckCellMetadata

    cohort = _cohort(folder)
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.course_id = cohort.settings.name
    config.CourseDirectory.db_url = cohort.database
    config.Autograde.sanitize_preprocessors = [FromRelease]
    config.Autograde.autograde_preprocessors = [
        WriteMarks,
        SaveMarks,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    config.AssignLatePenalties.plugin_class = LatePolicyPlugin
    config.Autograde.exclude_overwriting = {unit: [unit + SUFFIX] for unit in cohort.bundles}
    config.ClearSolutions.enabled = False


class FromRelease(NbGraderPreprocessor):
    """Takes every cell, flag, tag and point from the release: a hand-in brings only its answers."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the released notebook in the trainee's language instead of the one handed in."""
        cohort, unit, code = _where(resources)
        trainee = cohort.roster.get(code)
        lang = trainee.lang if trainee else cohort.settings.lang
        return nbformat.read(cohort.exercise(unit, lang), as_version=4), resources


class WriteMarks(NbGraderPreprocessor):
    """Writes each mark as its cell's output, as a cell that ran would have."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Mark the answers that lie beside the hand-in; without any, nothing is attempted."""
        cohort, unit, code = _where(resources)
        path = cohort.root / "submitted" / code / unit / (unit + SUFFIX)
        bundle = cohort.bundles[unit]
        responses = (
            counted(bundle.items, parse_answers(path.read_bytes())).responses
            if path.is_file()
            else {}
        )
        trainee = cohort.roster.get(code)
        words = bundle.words(trainee.lang if trainee else cohort.settings.lang)
        human = gradebook.read(cohort.database, unit).get(code, {})
        marks = marked(bundle, code, responses, gradebook.decided(human))
        items = {item.id: item for item in bundle.items}
        for cell in nb.cells:
            name = cell_item(cell)
            if name in items and cell.cell_type == "code":
                cell.outputs = [
                    nbformat.from_dict(output)
                    for output in outputs(items[name], responses.get(name), marks[name], words)
                ]
        resources["kam"] = {"marks": marks}
        return nb, resources


class SaveMarks(NbGraderPreprocessor):
    """Saves each mark into the gradebook, read back from the cell's output as nbgrader reads it.

    nbgrader's own step would ask for a person's look at every mark ever changed by hand, and at
    prose that is blank; here a person is asked where the mark says so.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Write the scores; what a person wrote stays."""
        from nbgrader.utils import determine_grade, is_grade, is_task

        names = resources["nbgrader"]
        marks: dict[str, Mark] = resources["kam"]["marks"]
        with Gradebook(names["db_url"]) as book:
            for cell in nb.cells:
                if not (is_grade(cell) or is_task(cell)):
                    continue
                mark = marks[cell_item(cell)]
                score = determine_grade(cell, self.log)[0] if is_grade(cell) else mark.score
                grade = book.find_grade(
                    cell.metadata.nbgrader.grade_id,
                    names["notebook"],
                    names["assignment"],
                    names["student"],
                )
                decided = grade.manual_score is not None
                same = grade.auto_score == score
                grade.auto_score = score
                grade.needs_manual_grade = (
                    bool(grade.needs_manual_grade) or not same if decided else mark.needs_human
                )
            book.db.commit()
        return nb, resources


class LatePolicyPlugin(LateSubmissionPlugin):
    """The cohort's late policy, for nbgrader."""

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Return the points to take off."""
        cohort = _cohort(Path.cwd())
        return cohort.settings.late.penalty(score, timedelta(seconds=total_seconds_late)) or None


def _where(resources: Any) -> tuple[Cohort, str, str]:
    names = resources["nbgrader"]
    # nbgrader works in the course's folder; the gradebook's address need not lie there.
    cohort = _cohort(Path.cwd())
    return cohort, names["assignment"], names["student"]
