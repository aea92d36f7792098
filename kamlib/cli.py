"""The `kam` command: what each verb is called with, and what it prints."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from kamlib.words import LANGUAGES, N_, Message, Words, message, number

if TYPE_CHECKING:
    from kamlib.grading.cohort import Cohort
    from kamlib.grading.pipeline import Graded

P = ParamSpec("P")
R = TypeVar("R")

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
course_app = typer.Typer(no_args_is_help=True, help="Build and check the course.")
cohort_app = typer.Typer(no_args_is_help=True, help="Make cohorts.")
feedback_app = typer.Typer(no_args_is_help=True, help="Look at feedback, then release it.")
app.add_typer(course_app, name="course")
app.add_typer(cohort_app, name="cohort")
app.add_typer(feedback_app, name="feedback")
out = Console(highlight=False, soft_wrap=True)
problems_out = Console(stderr=True, highlight=False, soft_wrap=True)

NEEDS_A_LOOK = 3
"""The exit code of `kam grade` when all is graded but some hand-ins want a look."""

STEPS = {
    "intake": N_("taking in"),
    "marks": N_("marking"),
    "feedback": N_("writing feedback"),
}

CohortPath = Annotated[Path, typer.Argument(help="The cohort's folder.")]


def fail(problems: Iterable[Message], words: Words) -> typer.Exit:
    """Print the problems, one plain sentence each, and return the exit to raise."""
    for problem in problems:
        problems_out.print(f"✗ {words.say(problem)}", markup=False)
    return typer.Exit(1)


def plainly(verb: Callable[P, R]) -> Callable[P, R]:
    """Let what goes wrong in a verb end in plain sentences instead of a traceback."""

    @wraps(verb)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        from kamlib.course.syllabus import CourseError
        from kamlib.forms.place import NotHere
        from kamlib.grading.cohort import CohortError
        from kamlib.items.answers import AnswersError

        try:
            return verb(*args, **kwargs)
        except CourseError as error:
            raise fail(error.problems, Words(LANGUAGES[0])) from None
        except (CohortError, AnswersError, NotHere) as error:
            raise fail([error.message], Words(LANGUAGES[0])) from None

    return wrapped


@course_app.command()
@plainly
def build(
    check: Annotated[
        bool, typer.Option("--check", help="Only say what differs from its source.")
    ] = False,
) -> None:
    """Build notebooks, releases and instructor copies in both languages from the sources."""
    from kamlib.course import build as builder
    from kamlib.course.syllabus import open_course
    from kamlib.grading import sample
    from kamlib.grading.nbgrader_course import release

    course = open_course()
    if check:
        problems = builder.check(course, release) or sample.check(course)
        if problems:
            raise fail(problems, Words("en"))
        out.print("✓ Everything is what its source says, in both languages.")
        return
    changed = builder.write(course, release, lambda name: out.print(f"running {name}"))
    changed += sample.write(course)
    out.print(f"✓ {changed} files changed.")


@course_app.command()
@plainly
def extract() -> None:
    """Bring the translation files in step with the sources."""
    from kamlib.course import build as builder
    from kamlib.course.syllabus import open_course

    out.print(f"{builder.extract(open_course())} texts wait for a translator.")


@course_app.command()
@plainly
def coverage(
    unit: Annotated[str, typer.Option(help="Only this unit, row by row.")] = "",
) -> None:
    """Show which rows of the curriculum are taught, practised and graded, and where."""
    from kamlib.course import coverage as counting
    from kamlib.course.syllabus import open_course

    course = open_course()
    rows = counting.coverage(course)
    table = Table(box=None, pad_edge=False)
    if unit:
        course.unit(unit)
        for name in ("row", "term", "术语", "state", "anchor"):
            table.add_column(name)
        for row in rows:
            if row.unit == unit:
                table.add_row(row.id, row.term["en"], row.term["zh"], row.state, row.anchor)
    else:
        for name in ("unit", "rows", *counting.STATES):
            table.add_column(name, justify="left" if name == "unit" else "right")
        for name in sorted({row.unit for row in rows}):
            states = [row.state for row in rows if row.unit == name]
            counts = [str(states.count(state) or "") for state in counting.STATES]
            table.add_row(name, str(len(states)), *counts)
    out.print(table)
    built = {each.name for each in course.units}
    missing = [row.id for row in rows if row.state == counting.MISSING and row.unit in built]
    if missing:
        raise fail(
            [message("These rows have no place in their lesson: {rows}.", rows=missing)],
            Words("en"),
        )


@course_app.command()
@plainly
def pack(
    cohort: Annotated[
        Path | None, typer.Option(help="The cohort's folder: its language, due days and exercises.")
    ] = None,
    lang: Annotated[str, typer.Option(help="Without a cohort: en or zh.")] = "",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The zip file to write.")
    ] = None,
    send_to: Annotated[
        str, typer.Option(help="Where trainees send their hand-ins: an address or a place.")
    ] = "",
    wheels: Annotated[
        Path | None, typer.Option(help="A folder of wheels, for a room without internet.")
    ] = None,
) -> None:
    """Pack the trainee's edition: lessons, exercises and start files in one zip."""
    from kamlib.course.pack import Edition, write_pack
    from kamlib.course.syllabus import CourseError, open_course
    from kamlib.grading.cohort import open_cohort

    course = open_course()
    if cohort:
        group = open_cohort(cohort)
        edition = Edition(
            lang=group.settings.lang,
            cohort=group.settings.name,
            tz=group.settings.tz,
            due={unit: day.isoformat() for unit, day in group.settings.due.items()},
            send_to=send_to,
            frozen=group.root / "course",
        )
    elif lang in LANGUAGES:
        edition = Edition(lang=lang, send_to=send_to)
    else:
        raise CourseError(
            message("Say for whom to pack: --cohort with a cohort's folder, or --lang en or zh.")
        )
    path = output or Path(edition.file_name)
    size = write_pack(course, edition, path, wheels)
    out.print(f"✓ {path} ({size / 1e6:.1f} MB)", markup=False)


@app.command()
@plainly
def submit(
    unit: Annotated[str, typer.Argument(help="The exercise, as in 01_am_types.")] = "",
    workbook: Annotated[
        Path | None, typer.Option(help="The workbook's folder, unless you are in it.")
    ] = None,
) -> None:
    """Make the file to hand in, as the button on the start page does."""
    from kamlib.forms import handin
    from kamlib.forms.identity import read_identity
    from kamlib.forms.place import here
    from kamlib.items.answers import NotSaved

    root = handin.workbook(workbook or Path.cwd())
    units = [unit] if unit else handin.units_answered(root)
    if len(units) != 1:
        raise handin.NotHandedIn(
            message("Say which exercise to hand in: {units}.", units=units)
            if units
            else message("Nothing was handed in: there is no answer in this workbook yet.")
        )
    lang = read_identity(root).lang or here(root / "start.ipynb").lang
    words = Words(lang)
    try:
        left = handin.still_open(root, units[0], lang)
        made = handin.build_hand_in(root, units[0])
    except NotSaved as error:
        raise fail([error.message], words) from None
    for one in left:
        out.print(f"○ {handin.say_open(one, words)}", markup=False)
    out.print(f"✓ {made.path}", markup=False)
    for sentence in handin.what_now(made, root):
        out.print(words.say(sentence), markup=False)


@cohort_app.command("new")
@plainly
def cohort_new(
    name: Annotated[Path, typer.Argument(help="The cohort's name, or the path of its new folder.")],
    roster: Annotated[Path, typer.Option(help="A CSV file with the columns code and name.")],
    lang: Annotated[str, typer.Option(help="The trainees' language: en or zh.")] = "en",
    tz: Annotated[
        str, typer.Option(help="The zone in which a due day ends, as in Asia/Shanghai.")
    ] = "UTC",
    due: Annotated[list[str], typer.Option(help="UNIT=YYYY-MM-DD; repeat for more units.")] = [],  # noqa: B006
    instructor_lang: Annotated[str, typer.Option(help="Your own language: en or zh.")] = "en",
    late: Annotated[
        str, typer.Option(help="What lateness costs: none, percent_per_day or zero.")
    ] = "none",
) -> None:
    """Make a cohort: its exercises and keys frozen, its roster in a gradebook."""
    from pydantic import ValidationError

    from kamlib.course.syllabus import open_course
    from kamlib.grading.cohort import CohortError, Settings
    from kamlib.grading.enrol import new_cohort

    dates: dict[str, date] = {}
    for entry in due:
        unit, _, day = entry.partition("=")
        try:
            dates[unit] = date.fromisoformat(day)
        except ValueError:
            raise CohortError(
                message("“{text}” is no due date; write it as 01_am_types=2026-06-15.", text=entry)
            ) from None
    try:
        settings = Settings.model_validate(
            {"name": name.name, "lang": lang, "instructor_lang": instructor_lang, "tz": tz,
             "due": dates, "late": {"policy": late}}
        )  # fmt: skip
    except ValidationError as error:
        first = error.errors()[0]
        raise CohortError(
            message("{field}: {why}", field=".".join(map(str, first["loc"])), why=first["msg"])
        ) from None
    made = new_cohort(open_course(), name, settings, roster)
    out.print(f"✓ {made.root.name}: {len(made.roster)} trainees, {len(made.bundles)} exercises.")


@app.command()
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
    moment = now.replace(tzinfo=now.tzinfo or group.zone) if now else None
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
            out.print(words.say(message("Report: {path}", path=str(path))), markup=False)
    if graded.refusals or graded.remarks:
        raise typer.Exit(NEEDS_A_LOOK)


@app.command("report")
@plainly
def report_again(
    cohort: CohortPath,
    lang: Annotated[str, typer.Option(help="en or zh; your own language unless said.")] = "",
) -> None:
    """Write the cohort report again, after marks were changed or in the other language."""
    from kamlib.grading.cohort import CohortError, open_cohort
    from kamlib.grading.pipeline import grade as run
    from kamlib.grading.pipeline import write_reports

    if lang and lang not in LANGUAGES:
        raise CohortError(
            message("There is no language “{lang}”; there are {known}.", lang=lang, known=LANGUAGES)
        )
    group = open_cohort(cohort)
    for path in write_reports(group, run(group), lang=lang):
        out.print(str(path), markup=False)


def show(group: Cohort, graded: Graded, words: Words) -> None:
    """Print a table for each unit, then every hand-in that wants a look."""
    for unit, results in graded.results.items():
        table = Table(
            title=f"{group.settings.name} · {unit}",
            title_justify="left",
            box=SIMPLE_HEAD,
            pad_edge=False,
        )
        heads = (N_("code"), N_("name"), N_("score"), N_("waiting"), N_("late"), N_("attempt"))
        for place, head in enumerate(heads):
            table.add_column(words.translate(head), justify="left" if place < 2 else "right")
        for result in results:
            if not result.counted or not result.items:
                table.add_row(
                    result.trainee.code,
                    result.trainee.name,
                    "–",
                    "",
                    "",
                    str(result.attempts or ""),
                )
                continue
            late = f"{result.late.total_seconds() / 3600:.0f} h" if result.late else ""
            table.add_row(
                result.trainee.code,
                result.trainee.name,
                f"{number(round(result.score, 1))} / {number(result.max)}",
                str(result.waiting or ""),
                late,
                f"{result.counted}/{result.attempts}",
            )
        out.print(table)
    for refusal in graded.refusals:
        out.print(f"✗ {refusal.received.name}: {words.say(refusal.why)}", markup=False)
    for attempt, remark in graded.remarks:
        out.print(f"? {attempt.received.name}: {words.say(remark)}", markup=False)
    preview = group.root / "feedback_preview"
    out.print(
        words.say(message("Feedback to look at before you release it: {path}", path=str(preview))),
        markup=False,
    )


@app.command()
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
    from kamlib.grading import gradebook
    from kamlib.grading.cohort import CohortError, fold, open_cohort

    group = open_cohort(cohort)
    for unit, bundle in group.bundles.items():
        points = {each.id: each.points for each in bundle.items}
        if item not in points:
            continue
        if score is not None and not 0 <= score <= points[item]:
            raise CohortError(
                message(
                    "{item} is worth 0 to {max} points; {score} is outside.",
                    item=item,
                    max=points[item],
                    score=score,
                )
            )
        try:
            gradebook.override(group.database, unit, fold(code), item, score, comment)
        except LookupError:
            raise CohortError(
                message("{code} has no graded hand-in of {unit}.", code=code, unit=unit)
            ) from None
        out.print(
            f"✓ {fold(code)} {item}. Run kam grade {cohort} to bring it into feedback and report."
        )
        return
    raise CohortError(message("There is no item {item} in this cohort.", item=item))


@feedback_app.command()
@plainly
def preview(cohort: CohortPath) -> None:
    """Say where the feedback pages are, before any trainee sees them."""
    from kamlib.grading.cohort import open_cohort
    from kamlib.grading.pipeline import PREVIEW

    group = open_cohort(cohort)
    pages = sorted((group.root / PREVIEW).glob("*/*/*.html"))
    for page in pages:
        out.print(str(page), markup=False)
    out.print(f"{len(pages)} pages. Release them with: kam feedback release {cohort}")


@feedback_app.command("release")
@plainly
def feedback_release(
    cohort: CohortPath,
    only: Annotated[
        list[str], typer.Option(help="Only this trainee's code; repeat for more.")
    ] = [],  # noqa: B006
) -> None:
    """Publish the previewed pages into the cohort's feedback folder."""
    from kamlib.grading.cohort import fold, open_cohort
    from kamlib.grading.pipeline import release_feedback

    group = open_cohort(cohort)
    count = release_feedback(group, group.bundles, map(fold, only))
    out.print(f"✓ {count} pages are in {group.root / 'feedback'}.", markup=False)


@app.command()
@plainly
def formgrader(
    cohort: CohortPath,
    port: Annotated[int, typer.Option(help="The port on this machine.")] = 8888,
    browser: Annotated[bool, typer.Option(help="Open it in the browser.")] = True,
) -> None:
    """Open nbgrader's marking desk on this cohort, to mark prose and to change marks."""
    from kamlib.grading.cohort import open_cohort
    from kamlib.grading.desk import serve

    group = open_cohort(cohort)
    raise typer.Exit(serve(group, port, browser))


def main() -> None:
    """Run `kam`."""
    if shutil.get_terminal_size().columns < 100:
        out.width = problems_out.width = 120
    if sys.stdout.encoding and sys.stdout.encoding.lower() not in ("utf-8", "utf8"):
        # A Windows console in an old code page would stop at the first Chinese name.
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        sys.stderr.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    app()
