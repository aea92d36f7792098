"""The verbs that mark: `kam grade, report, mark, formgrader`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from kamlib.cli.console import (
    CohortPath,
    InBrowser,
    OwnLanguage,
    Port,
    in_zone,
    known,
    out,
    plainly,
    problems_out,
    say,
    table,
)
from kamlib.words import N_, Words, message, number

if TYPE_CHECKING:
    from kamlib.grading.cohort import Cohort
    from kamlib.grading.pipeline import Graded

grading_app = typer.Typer()

NEEDS_A_LOOK = 3
"""The exit code of `kam grade` when all is graded but some hand-ins want a look."""

STEPS = {
    "intake": N_("taking in"),
    "marks": N_("marking"),
    "feedback": N_("writing feedback"),
}


@grading_app.command()
@plainly
def grade(
    cohort: CohortPath,
    hand_ins: Annotated[
        list[Path] | None, typer.Argument(help="Folders or files with hand-ins to take in.")
    ] = None,
    report: Annotated[bool, typer.Option(help="Write the cohort report too.")] = True,
    now: Annotated[
        datetime | None, typer.Option(help="The time to grade at, instead of the clock's.")
    ] = None,
) -> None:
    """Take in hand-ins, mark everything, and write gradebook, marking desk, feedback and report.

    Exit code 0: all is well; 3: all is graded, and some hand-ins want a look.
    """
    from kamlib.grading.cohort import CohortError, open_cohort
    from kamlib.grading.pipeline import grade as run
    from kamlib.grading.pipeline import write_reports

    group = open_cohort(cohort)
    words = Words(group.settings.instructor_lang)
    for path in hand_ins or ():
        if not path.exists():
            raise CohortError(
                message("{path} is not there, so no hand-in was taken.", path=str(path))
            )
    moment = in_zone(now, group)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=problems_out, transient=True) as progress:
        tasks = {
            name: progress.add_task(words.translate(text), total=None)
            for name, text in STEPS.items()
        }

        def step(name: str, done: int, of: int) -> None:
            if done % 10 == 0 or done == of:
                progress.update(tasks[name], completed=done, total=of)

        graded = run(group, hand_ins or (), moment, step)
    show(group, graded, words)
    if report:
        for path in write_reports(group, graded, moment):
            say(message("Report: {path}", path=str(path)), words)
    if graded.refusals or graded.remarks:
        raise typer.Exit(NEEDS_A_LOOK)


@grading_app.command("report")
@plainly
def report_again(
    cohort: CohortPath,
    lang: OwnLanguage = "",
) -> None:
    """Write the cohort report again, after marks were changed or in the other language."""
    from kamlib.grading.cohort import open_cohort
    from kamlib.grading.pipeline import look, write_reports

    lang = known(lang)
    group = open_cohort(cohort)
    for path in write_reports(group, look(group), lang=lang):
        out.print(str(path), markup=False)


def show(group: Cohort, graded: Graded, words: Words) -> None:
    """Print a table for each unit, then every hand-in that wants a look."""
    for unit, results in graded.results.items():
        heads = (N_("code"), N_("name"), N_("score"), N_("waiting"), N_("late"), N_("attempt"))
        shown = table(
            [words.translate(head) for head in heads],
            title=f"{group.settings.name} · {unit}",
            right=range(2, len(heads)),
        )
        for result in results:
            if not result.counted or not result.items:
                shown.add_row(
                    result.trainee.code,
                    result.trainee.name,
                    "–",
                    "",
                    "",
                    str(result.attempts or ""),
                )
                continue
            late = f"{result.late.total_seconds() / 3600:.0f} h" if result.late else ""
            shown.add_row(
                result.trainee.code,
                result.trainee.name,
                f"{number(round(result.score, 1))} / {number(result.max)}",
                str(result.waiting or ""),
                late,
                f"{result.counted}/{result.attempts}",
            )
        out.print(shown)
    for refusal in graded.refusals:
        told = group.words(refusal.unit, words.lang).say(refusal.told)
        out.print(f"✗ {refusal.received.name}: {told}", markup=False)
    for attempt, remark in graded.remarks:
        out.print(f"? {attempt.received.name}: {words.say(remark)}", markup=False)
    preview = group.root / "feedback_preview"
    say(message("Feedback to look at before you release it: {path}", path=str(preview)), words)


@grading_app.command()
@plainly
def mark(
    cohort: CohortPath,
    code: Annotated[str, typer.Argument(help="The trainee's code.")],
    item: Annotated[str, typer.Argument(help="The item, as in am_types.conflict.")],
    score: Annotated[
        float | None, typer.Option(help="Your score, in place of the machine's.")
    ] = None,
    comment: Annotated[str, typer.Option(help="Your comment; the trainee reads it.")] = "",
) -> None:
    """Put your own score or comment on one answer; it stays when the cohort is graded again."""
    from kamlib.grading.by_person import put_mark
    from kamlib.grading.cohort import fold, open_cohort

    put_mark(open_cohort(cohort), code, item, score, comment)
    out.print(
        f"✓ {fold(code)} {item}. Run kam grade {cohort} to bring it into feedback and report."
    )


@grading_app.command()
@plainly
def formgrader(
    cohort: CohortPath,
    port: Port = 8888,
    browser: InBrowser = True,
) -> None:
    """Open nbgrader's marking desk on this cohort, to mark prose and to change marks."""
    from kamlib.grading.cohort import open_cohort
    from kamlib.grading.desk import serve

    group = open_cohort(cohort)
    group.check_open()
    raise typer.Exit(serve(group, port, browser))
