"""The verbs of authors: `kam course build, extract, coverage, pack`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from kamlib.cli.console import fail, out, plainly
from kamlib.words import LANGUAGES, Words, message

course_app = typer.Typer(no_args_is_help=True, help="Build and check the course.")


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
