"""What the instructor's page does: each action by its name, from what was typed to what is said."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath

from kamlib.course.syllabus import CourseError, Unit, open_course
from kamlib.forms.panel import Asked, Reply, Upload
from kamlib.grading import lifecycle, people, rekey, second, second_taking
from kamlib.grading.cohort import Cohort
from kamlib.grading.export import write_marks
from kamlib.grading.office import State, key_tables
from kamlib.grading.pipeline import Graded, grade, look, release_feedback, write_reports
from kamlib.words import N_, Message, message


def release(state: State, asked: Asked) -> Reply:
    """Publish the feedback, after saying how much."""
    count = len(state.unreleased)
    if not asked.confirmed:
        return Reply(
            sure=state.say(
                message("Give {n} trainees their newest feedback? What waits for a person is shown as waiting.", n=count)
            )
        )  # fmt: skip
    # what was marked at the desk since the pages were written goes along
    grade(state.cohort)
    done = release_feedback(state.cohort, state.cohort.bundles, replace(state).unreleased)
    return _said(state, [message("Pages released: {n}. They are in the folder “feedback”, one folder a trainee.", n=done)])  # fmt: skip


def take_in(state: State, asked: Asked) -> Reply:
    """Take uploaded hand-ins in, mark everything, and write the reports."""
    files = asked.files.get("files", ())
    if not files:
        return _not(state, message("Choose the files first."))
    with _folder(files) as folder:
        return _marked(state, grade(state.cohort, [folder]))


def mark_again(state: State, asked: Asked) -> Reply:
    """Mark everything that was taken in once more, with what people marked meanwhile."""
    return _marked(state, grade(state.cohort))


def _marked(state: State, graded: Graded) -> Reply:
    there = sum(bool(r.counted) for results in graded.results.values() for r in results)
    said = [message("Marked: {n} hand-ins. Feedback and report are up to date.", n=there)]
    if graded.refusals:
        said.append(
            message("Files that could not be read: {n}. The page says why.", n=len(graded.refusals))
        )
    write_reports(state.cohort, graded, lang=state.lang)
    return _said(state, said)


def report(state: State, asked: Asked) -> Reply:
    """Write the reports again, in the page's language."""
    paths = write_reports(state.cohort, look(state.cohort), lang=state.lang)
    if not paths:
        return _not(state, message("Nothing was handed in yet, so there is nothing to report on."))
    return _said(state, [message("Reports written: {n}. Open them from the page.", n=len(paths))])


def export_xlsx(state: State, asked: Asked) -> Reply:
    """Hand the marks on as a spreadsheet."""
    return _export(state, "xlsx")


def export_csv(state: State, asked: Asked) -> Reply:
    """Hand the marks on as CSV."""
    return _export(state, "csv")


def _export(state: State, ending: str) -> Reply:
    name = f"{state.cohort.settings.name}.{ending}"
    with tempfile.TemporaryDirectory(prefix="kam-export-") as folder:
        path = write_marks(state.cohort, state.graded, Path(folder) / f"marks.{ending}", state.lang)
        data = path.read_bytes()
    return Reply([state.say(N_("The file is ready."))], files=[(name, data)])


def extend(state: State, asked: Asked) -> Reply:
    """Give one person more time."""
    try:
        day = date.fromisoformat(asked.values.get("day", ""))
    except ValueError:
        return _not(state, message("Choose the last day."))
    unit = asked.values.get("unit", "")
    why = asked.values.get("why", "")

    def change(preview: bool) -> list[Message]:
        return people.extend(
            state.cohort, _code(asked), day, [unit] if unit else [], why, preview=preview
        )

    return _previewed(state, asked, change, again=True)


def take_back(state: State, asked: Asked) -> Reply:
    """Take back what one person had more."""
    return _previewed(
        state,
        asked,
        lambda preview: people.take_back(state.cohort, _code(asked), preview=preview),
        again=True,
    )


def correct(state: State, asked: Asked) -> Reply:
    """Make a wrong code count as the right one."""
    wrong, right = asked.values.get("wrong", ""), asked.values.get("right", "")
    return _previewed(
        state,
        asked,
        lambda preview: people.correct(state.cohort, wrong, right, preview=preview),
        again=True,
    )


def forget(state: State, asked: Asked) -> Reply:
    """Delete all of one person, after showing what goes."""
    return _previewed(
        state, asked, lambda preview: people.forget(state.cohort, _code(asked), preview=preview)
    )


def draw(state: State, asked: Asked) -> Reply:
    """Draw answers for a second marker and hand out the sheet."""
    sheet = second.draw(
        state.cohort,
        asked.values.get("unit", ""),
        float(asked.values.get("share") or 0.2),
        marker=asked.values.get("marker", ""),
    )
    return Reply(_say(state, sheet.said), files=[(sheet.path.name, sheet.path.read_bytes())])


def take_sheet(state: State, asked: Asked) -> Reply:
    """Take a second marker's sheet back."""
    files = asked.files.get("sheet", ())
    if not files:
        return _not(state, message("Choose the sheet first."))
    with _folder(files) as folder:
        taken = second_taking.take(state.cohort, next(folder.iterdir()))
    said = [
        message("New second marks: {new}; the same as before: {same}.", new=taken.new, same=taken.same),
        *taken.changed,
        *taken.problems,
    ]  # fmt: skip
    if taken.unmarked:
        said.append(message("Not marked yet: {numbers}.", numbers=list(taken.unmarked)))
    return _said(state, said)


def settle(state: State, asked: Asked) -> Reply:
    """Put the score that both markers agreed on into the gradebook."""
    code, _, item = asked.values.get("answer", "").partition(" ")
    try:
        score = float(asked.values.get("score", "").replace(",", "."))
    except ValueError:
        return _not(state, message("Write the agreed score as a number."))
    said = second.settle(state.cohort, code, item, score, asked.values.get("comment", ""))
    grade(state.cohort)
    return _said(state, [said])


def correct_key(state: State, asked: Asked) -> Reply:
    """Correct a key, after showing whose marks move and why."""
    files, unit = asked.files.get("file", ()), asked.values.get("unit", "")
    if not files:
        return _not(state, message("Choose the corrected key.yaml first."))
    why, keep = asked.values.get("why", ""), asked.values.get("keep") == "yes"
    words = state.cohort.bundles[unit].words(state.lang)
    course = _course_unit(unit)
    with _folder(files) as folder:
        file = next(folder.iterdir())
        if asked.confirmed:
            done = rekey.apply(
                state.cohort, unit, file, why,
                course=course, keep_higher=keep, why_in={"zh": asked.values.get("why_zh", "")},
            )  # fmt: skip
            if done.graded is None:
                return Reply([words.say(one) for one in done.preview.problems], bad=True)
            write_reports(state.cohort, done.graded, lang=state.lang)
            return _said(state, [message("The key is in force, and everything is marked again. The new feedback waits to be released.")])  # fmt: skip
        found = rekey.preview(state.cohort, unit, file, course, keep)
    if found.problems:
        return Reply([words.say(one) for one in found.problems], bad=True)
    if not found.corrected:
        return _not(state, message("This key is in force already; nothing is to be changed."))
    if not why.strip():
        return _not(
            state,
            message("Say why the key is corrected: the trainees whose mark moves read it."),
        )
    up, down, same = found.counts
    said = [words.say(one) for one in found.warnings]
    said += _say(
        state,
        [
            message("Trainees’ points: {up} up, {down} down, {same} the same.", up=up, down=down, same=same),
            *(
                message("{name} ({code}), question {no}: a person set {score} points, and they stand. The "
                        "machine’s mark goes from {before} to {after}. Look again?",
                        name=one.trainee.name, code=one.trainee.code, no=one.no, score=round(one.score, 2),
                        before=round(one.before, 2), after=round(one.after, 2))
                for one in found.stands
            ),
        ],
    )  # fmt: skip
    return Reply(
        said,
        tables=key_tables(found, state),
        sure=state.say(N_("Put this key into force and mark everything again?")),
    )


def _course_unit(unit: str) -> Unit | None:
    """Return the unit of the course above, for its translations, where there is one."""
    try:
        return open_course().unit(unit)
    except CourseError:
        return None


def close(state: State, asked: Asked) -> Reply:
    """Close the cohort."""
    anyway = asked.values.get("anyway") == "yes"
    left = lifecycle.unfinished(state.cohort, state.graded)
    if left and not anyway:
        return _not(
            state,
            message("Not closed. Unfinished: {what}. Finish it, or tick the box and close it all the same.", what=left),
        )  # fmt: skip
    return _previewed(
        state,
        asked,
        lambda preview: lifecycle.close(state.cohort, anyway=anyway, preview=preview),
    )


def reopen(state: State, asked: Asked) -> Reply:
    """Open the cohort again."""
    return _said(state, lifecycle.reopen(state.cohort))


def archive(state: State, asked: Asked) -> Reply:
    """Write the archive beside the cohort's folder."""
    nameless = asked.values.get("nameless") == "yes"
    return _said(state, lifecycle.archive(state.cohort, without_names=nameless))


ACTIONS: Mapping[str, Callable[[State, Asked], Reply]] = {
    "release": release, "take_in": take_in, "grade": mark_again, "report": report,
    "export_xlsx": export_xlsx, "export_csv": export_csv,
    "extend": extend, "take_back": take_back, "correct": correct, "forget": forget,
    "draw": draw, "take_sheet": take_sheet, "settle": settle, "rekey": correct_key,
    "close": close, "reopen": reopen, "archive": archive,
}  # fmt: skip
"""Every action of the page."""


def _code(asked: Asked) -> str:
    return asked.values.get("code", "")


def _say(state: State, messages: Iterable[Message]) -> list[str]:
    return [state.say(one) for one in messages]


def _said(state: State, messages: Iterable[Message]) -> Reply:
    return Reply(_say(state, messages))


def _not(state: State, why: Message) -> Reply:
    return Reply([state.say(why)], bad=True)


def _previewed(
    state: State, asked: Asked, change: Callable[[bool], list[Message]], again: bool = False
) -> Reply:
    """Say what would be done and ask; once confirmed, do it, and mark `again` where marks may move."""
    if not asked.confirmed:
        return Reply(_say(state, change(True)), sure=state.say(N_("Do this?")))
    said = _say(state, change(False))
    if again and not state.cohort.settings.closed:
        _regrade(state.cohort)
    return Reply(said)


def _regrade(cohort: Cohort) -> None:
    from kamlib.grading.cohort import open_cohort  # the settings have just changed

    grade(open_cohort(cohort.root))


@contextmanager
def _folder(files: Iterable[Upload]) -> Iterator[Path]:
    """Lay uploaded files into a folder of their own for as long as they are read.

    A file keeps the time its owner's machine gave it, which tells when a hand-in was made.
    """
    with tempfile.TemporaryDirectory(prefix="kam-upload-") as name:
        for number, file in enumerate(files):
            safe = PurePosixPath(file.name.replace("\\", "/")).name or f"file{number}"
            path = Path(name) / safe
            if path.exists():
                path = path.with_name(f"{number}-{safe}")
            path.write_bytes(file.data)
            if file.modified:
                at = file.modified.timestamp()
                os.utime(path, (at, at))
        yield Path(name)
