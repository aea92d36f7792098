"""What nbgrader's gradebook holds: machine marks written in bulk, human marks read back."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import bindparam, create_engine, delete, insert, select, update
from sqlalchemy.engine import Connection

from kamlib.course.notebook import item_of
from kamlib.grading.results import Trainee
from kamlib.items.mark import Mark

# The tables themselves: nbgrader maps its classes on them, and reads back what is written here.
_ASSIGNMENT, _NOTEBOOK, _CELL = Assignment.__table__, Notebook.__table__, BaseCell.__table__
_TASK, _STUDENT = TaskCell.__table__, Student.__table__
_SUBMISSION, _SUBMITTED = SubmittedAssignment.__table__, SubmittedNotebook.__table__
_GRADE, _COMMENT = Grade.__table__, Comment.__table__


@dataclass(frozen=True, slots=True)
class Row:
    """One trainee's marks for one unit, to be written."""

    code: str
    marks: Mapping[str, Mark]
    """By item."""
    received: datetime
    late: timedelta
    extension: timedelta | None
    """How much longer this trainee had than the others."""
    changed: bool
    """Whether the answers are not those that were graded before, so that a person's mark on them
    has to be looked at again."""
    held: Mapping[str, float | None] = field(default_factory=dict)
    """The scores, by item, while gates were shut that a person has opened since."""


@dataclass(frozen=True, slots=True)
class Human:
    """What a person decided about one item."""

    score: float | None
    extra: float = 0.0
    """Extra credit, on top of whichever score counts."""
    comment: str = ""
    waiting: bool = False
    """Whether the marking desk still lists the item."""

    @property
    def decided(self) -> bool:
        """Whether a person has put a score here, for these answers."""
        return self.score is not None and not self.waiting


def create(url: str, course: str, due: Mapping[str, datetime | None]) -> None:
    """Set the due dates of a course whose assignments nbgrader has already made."""
    with Gradebook(url, course) as book:
        for unit, moment in due.items():
            book.update_or_create_assignment(unit, duedate=_utc(moment) if moment else None)


def write_students(url: str, course: str, trainees: Iterable[Trainee]) -> None:
    """Put the roster into the gradebook; a trainee who is already there gets the roster's name."""
    with _connection(url) as db, db.begin():
        rows = db.execute(select(_STUDENT.c.id, _STUDENT.c.first_name))
        there = {row.id: row.first_name for row in rows}
        new, renamed = [], []
        for trainee in trainees:
            if trainee.code not in there:
                new.append({"id": trainee.code, "first_name": trainee.name})
            elif there[trainee.code] != trainee.name:
                renamed.append({"row": trainee.code, "first_name": trainee.name})
        if new:
            db.execute(insert(_STUDENT), new)
        _change(db, _STUDENT, renamed)


@dataclass(frozen=True, slots=True)
class Held:
    """How much a gradebook holds of one trainee."""

    units: int = 0
    marks: int = 0
    """Scores of items, the machine's and people's."""
    decided: int = 0
    """Of these, scores that a person gave."""
    comments: int = 0
    """Comments that a person wrote."""


def held(url: str, code: str) -> Held | None:
    """Return how much the gradebook holds of a trainee; None where it does not know the code."""
    with _connection(url) as db:
        if code not in set(db.execute(select(_STUDENT.c.id)).scalars()):
            return None
        mine = _notebooks(db, code)
        grades = db.execute(
            select(_GRADE.c.auto_score, _GRADE.c.manual_score).where(_GRADE.c.notebook_id.in_(mine))
        ).all()
        comments = db.execute(
            select(_COMMENT.c.manual_comment).where(_COMMENT.c.notebook_id.in_(mine))
        ).scalars()
        return Held(
            units=len(mine),
            marks=sum(auto is not None or own is not None for auto, own in grades),
            decided=sum(own is not None for _, own in grades),
            comments=sum(bool(comment) for comment in comments),
        )


def rename(url: str, code: str, to: str) -> None:
    """Give a trainee another code, with all marks and comments; does nothing where it is done.

    Raises `LookupError` where marks stand under both codes, so that one would have to go.
    """
    with _connection(url) as db, db.begin():
        rows = {row.id: row for row in db.execute(select(_STUDENT)).all()}
        if code not in rows:
            return
        if to in rows and _notebooks(db, code) and _notebooks(db, to):
            raise LookupError(to)
        if to not in rows:
            db.execute(insert(_STUDENT).values({**rows[code]._mapping, "id": to}))
        db.execute(
            update(_SUBMISSION).where(_SUBMISSION.c.student_id == code).values(student_id=to)
        )
        db.execute(delete(_STUDENT).where(_STUDENT.c.id == code))


def forget(url: str, code: str) -> None:
    """Delete a trainee with all marks and comments, so that the file no longer holds them."""
    with _connection(url) as db:
        with db.begin():
            mine = _notebooks(db, code)
            for table in (_GRADE, _COMMENT):
                db.execute(delete(table).where(table.c.notebook_id.in_(mine)))
            db.execute(delete(_SUBMITTED).where(_SUBMITTED.c.id.in_(mine)))
            db.execute(delete(_SUBMISSION).where(_SUBMISSION.c.student_id == code))
            db.execute(delete(_STUDENT).where(_STUDENT.c.id == code))
        _squeeze(db)


def scrub(url: str, clean: Callable[[str], str]) -> None:
    """Put codes in the place of the trainees' names, and every comment through `clean`."""
    with _connection(url) as db:
        with db.begin():
            nothing = {
                name: None for name in ("last_name", "email", "lms_user_id") if name in _STUDENT.c
            }
            db.execute(update(_STUDENT).values(first_name=_STUDENT.c.id, **nothing))
            rows = db.execute(
                select(_COMMENT.c.id, _COMMENT.c.auto_comment, _COMMENT.c.manual_comment)
            ).all()
            changes = [
                {"row": row.id, "auto_comment": auto, "manual_comment": own}
                for row in rows
                for auto, own in [[text and clean(text) for text in row[1:]]]
                if (auto, own) != tuple(row[1:])
            ]
            _change(db, _COMMENT, changes)
        _squeeze(db)


def copy(path: Path, target: Path) -> None:
    """Copy an SQLite gradebook whole, even while the marking desk writes to it."""
    with closing(sqlite3.connect(path)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)


def _notebooks(db: Connection, code: str) -> list[str]:
    rows = db.execute(
        select(_SUBMITTED.c.id)
        .join(_SUBMISSION, _SUBMITTED.c.assignment_id == _SUBMISSION.c.id)
        .where(_SUBMISSION.c.student_id == code)
    )
    return list(rows.scalars())


def _squeeze(db: Connection) -> None:
    """Write an SQLite file anew: what was deleted would else stay in its unused pages."""
    if db.dialect.name == "sqlite":
        db.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM")


def write(url: str, unit: str, rows: Sequence[Row], cleared: Iterable[str]) -> None:
    """Write the machine marks of a unit in one transaction; what a person wrote stays.

    `cleared` are trainees whose hand-in was refused: the marks of an earlier one go.
    Raises `LookupError` where the gradebook does not know the unit.
    """
    with _connection(url) as db, db.begin():
        book = _Unit(db, unit)
        book.clear(cleared)
        book.write(rows)


def read(url: str, unit: str) -> dict[str, dict[str, Human]]:
    """Return what people decided about a unit: by trainee and item, only where there is something."""
    with _connection(url) as db:
        book = _Unit(db, unit)
        names = {cell: name for name, cell in book.cells.items()}
        found: dict[str, dict[str, Human]] = {}
        grades = db.execute(
            select(_SUBMISSION.c.student_id, _GRADE.c.cell_id, _GRADE.c.manual_score,
                   _GRADE.c.extra_credit, _GRADE.c.needs_manual_grade)
            .join(_SUBMITTED, _SUBMITTED.c.assignment_id == _SUBMISSION.c.id)
            .join(_GRADE, _GRADE.c.notebook_id == _SUBMITTED.c.id)
            .where(_SUBMISSION.c.assignment_id == book.assignment)
            .where(_GRADE.c.manual_score.is_not(None) | (_GRADE.c.extra_credit != 0)
                   | _GRADE.c.needs_manual_grade)
        )  # fmt: skip
        for code, cell, score, extra, waiting in grades:
            found.setdefault(code, {})[names[cell]] = Human(score, extra or 0.0, "", bool(waiting))
        comments = db.execute(
            select(_SUBMISSION.c.student_id, _COMMENT.c.cell_id, _COMMENT.c.manual_comment)
            .join(_SUBMITTED, _SUBMITTED.c.assignment_id == _SUBMISSION.c.id)
            .join(_COMMENT, _COMMENT.c.notebook_id == _SUBMITTED.c.id)
            .where(_SUBMISSION.c.assignment_id == book.assignment)
            .where(_COMMENT.c.manual_comment.is_not(None))
        )
        for code, cell, comment in comments:
            if comment:
                there = found.get(code, {}).get(names[cell], Human(None))
                found.setdefault(code, {})[names[cell]] = replace(there, comment=comment)
        return found


def decided(human: Mapping[str, Human]) -> frozenset[str]:
    """Return the items of one trainee on which a person has decided."""
    return frozenset(item for item, one in human.items() if one.decided)


def write_penalties(url: str, unit: str, penalties: Mapping[str, float]) -> None:
    """Set the points taken off for lateness, by trainee; all others have none."""
    with _connection(url) as db, db.begin():
        book = _Unit(db, unit)
        submitted = book.submitted()
        changes = [
            {"row": submitted[code][1], "late_submission_penalty": points or None}
            for code, points in penalties.items()
            if code in submitted
        ]
        _change(db, _SUBMITTED, changes)


def override(url: str, unit: str, code: str, item: str, score: float | None, comment: str) -> None:
    """Set a person's score and comment on one item of one trainee, as the marking desk would.

    Raises `LookupError` where there is no such hand-in or item.
    """
    with _connection(url) as db, db.begin():
        book = _Unit(db, unit)
        submitted = book.submitted()
        if code not in submitted:
            raise LookupError(code)
        notebook, cell = submitted[code][1], book.cells[item]
        here = {"notebook_id": notebook, "cell_id": cell}
        if score is not None:
            where = (_GRADE.c.notebook_id == notebook) & (_GRADE.c.cell_id == cell)
            db.execute(
                update(_GRADE).where(where).values(manual_score=score, needs_manual_grade=False)
            )
        if comment:
            where = (_COMMENT.c.notebook_id == notebook) & (_COMMENT.c.cell_id == cell)
            done = db.execute(update(_COMMENT).where(where).values(manual_comment=comment))
            if done.rowcount == 0:
                db.execute(insert(_COMMENT).values(id=_id(), manual_comment=comment, **here))


class _Unit:
    """A unit in the gradebook: its ids, looked up once."""

    def __init__(self, db: Connection, unit: str) -> None:
        self.db = db
        row = db.execute(
            select(_ASSIGNMENT.c.id, _NOTEBOOK.c.id)
            .join(_NOTEBOOK, _NOTEBOOK.c.assignment_id == _ASSIGNMENT.c.id)
            .where(_ASSIGNMENT.c.name == unit)
        ).first()
        if row is None:
            raise LookupError(unit)
        self.assignment, self.notebook = row
        cells = db.execute(
            select(_CELL.c.name, _CELL.c.id).where(_CELL.c.notebook_id == self.notebook)
        )
        self.cells: dict[str, str] = {item_of(name): cell for name, cell in cells}
        self.tasks = set(db.execute(select(_TASK.c.id)).scalars())

    def submitted(self) -> dict[str, tuple[str, str]]:
        """Return by trainee the ids of the submission and of its notebook."""
        rows = self.db.execute(
            select(_SUBMISSION.c.student_id, _SUBMISSION.c.id, _SUBMITTED.c.id)
            .join(_SUBMITTED, _SUBMITTED.c.assignment_id == _SUBMISSION.c.id)
            .where(_SUBMISSION.c.assignment_id == self.assignment)
        )
        return {code: (submission, notebook) for code, submission, notebook in rows}

    def clear(self, codes: Iterable[str]) -> None:
        """Remove the submissions of these trainees with all that hangs on them."""
        there = self.submitted()
        for code in codes:
            if code in there:
                submission, notebook = there[code]
                self.db.execute(delete(_GRADE).where(_GRADE.c.notebook_id == notebook))
                self.db.execute(delete(_COMMENT).where(_COMMENT.c.notebook_id == notebook))
                self.db.execute(delete(_SUBMITTED).where(_SUBMITTED.c.id == notebook))
                self.db.execute(delete(_SUBMISSION).where(_SUBMISSION.c.id == submission))

    def write(self, rows: Sequence[Row]) -> None:
        there = self.submitted()
        submissions, notebooks, grades, comments = [], [], [], []
        moved, changes = [], []
        grades_there = self._grades() if there else {}
        for row in rows:
            stamp = {"timestamp": _utc(row.received), "extension": row.extension}
            if row.code in there:
                submission, notebook = there[row.code]
                moved.append({"row": submission, **stamp})
                known = grades_there.get(notebook, {})
                for item, mark in row.marks.items():
                    before = row.held.get(item, mark.score)
                    changes += self._change(mark, known[self.cells[item]], row.changed, before)
                continue
            submission, notebook = _id(), _id()
            submissions.append(
                {
                    "id": submission,
                    "assignment_id": self.assignment,
                    "student_id": row.code,
                    **stamp,
                }
            )
            notebooks.append(
                {"id": notebook, "assignment_id": submission, "notebook_id": self.notebook}
            )
            for item, mark in row.marks.items():
                cell = self.cells[item]
                grades.append(
                    {"id": _id(), "notebook_id": notebook, "cell_id": cell, "auto_score": mark.score,
                     "needs_manual_grade": mark.needs_human}
                )  # fmt: skip
                if cell in self.tasks:
                    comments.append({"id": _id(), "notebook_id": notebook, "cell_id": cell})
        for table, values in (
            (_SUBMISSION, submissions), (_SUBMITTED, notebooks), (_GRADE, grades), (_COMMENT, comments),
        ):  # fmt: skip
            if values:
                self.db.execute(insert(table), values)
        _change(self.db, _SUBMISSION, moved)
        _change(self.db, _GRADE, changes)

    def _grades(self) -> dict[str, dict[str, Any]]:
        rows = self.db.execute(
            select(_GRADE.c.notebook_id, _GRADE.c.cell_id, _GRADE.c.id, _GRADE.c.auto_score,
                   _GRADE.c.manual_score, _GRADE.c.needs_manual_grade)
            .join(_SUBMITTED, _SUBMITTED.c.id == _GRADE.c.notebook_id)
            .where(_SUBMITTED.c.notebook_id == self.notebook)
        )  # fmt: skip
        found: dict[str, dict[str, Any]] = {}
        for row in rows:
            found.setdefault(row.notebook_id, {})[row.cell_id] = row
        return found

    @staticmethod
    def _change(mark: Mark, there: Any, changed: bool, held: float | None) -> list[dict[str, Any]]:
        """Return the change of one grade: a person's decision stands, but on a new answer it is asked again.

        `held` is the machine's score while its gate was shut: that it opened is no new mark.
        """
        waits = mark.needs_human
        if there.manual_score is not None:
            moved = there.auto_score not in (mark.score, held)
            waits = there.needs_manual_grade or changed or moved
        if there.auto_score == mark.score and there.needs_manual_grade == waits:
            return []
        return [{"row": there.id, "auto_score": mark.score, "needs_manual_grade": waits}]


def _change(db: Connection, table: Any, changes: Sequence[Mapping[str, Any]]) -> None:
    """Update rows by their id, all with the same columns, in one go."""
    if changes:
        columns: dict[str, Any] = {name: bindparam(name) for name in changes[0] if name != "row"}
        db.execute(
            update(table).where(table.c.id == bindparam("row")).values(columns), list(changes)
        )


def _connection(url: str) -> Any:
    return closing(create_engine(url).connect())


def _utc(moment: datetime) -> datetime:
    """Return a moment as nbgrader keeps it: UTC, without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _id() -> str:
    return uuid.uuid4().hex
