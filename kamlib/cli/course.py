"""The verbs of authors: `kam course new-unit, build, extract, prove, coverage, pack`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kamlib.cli.console import fail, out, plainly, say, table
from kamlib.words import LANGUAGES, Words, message

course_app = typer.Typer(no_args_is_help=True, help="Write, build and check the course.")


@course_app.command("new-unit")
@plainly
def lay_out(
    name: Annotated[str, typer.Argument(help="As in 05_customer_viewpoints.")],
    title: Annotated[
        str, typer.Option(help="The lesson's title; the name's words unless said.")
    ] = "",
    title_zh: Annotated[str, typer.Option(help="The title in Chinese.")] = "",
) -> None:
    """Lay out a new unit: lesson, exercise, questions, keys and their Chinese, all to be replaced."""
    from kamlib.course.new_unit import new_unit
    from kamlib.course.syllabus import open_course

    made = new_unit(open_course(), name, title, title_zh)
    words = Words(LANGUAGES[0])
    for what in (
        message("✓ units/{unit}/ is laid out, with one question for practice and one graded one.",
                unit=name),
        message("{n} rows of the curriculum are to be taught; they stand at the top of lesson.md.",
                n=len(made.rows)),
        message("It is a draft: trainees get it when you take “draft: true” out of lesson.md. "
                "Now run kam course build, then kam course prove --unit {unit}.", unit=name),
    ):  # fmt: skip
        say(what, words)


@course_app.command()
@plainly
def prove(
    unit: Annotated[str, typer.Option(help="Only this unit.")] = "",
) -> None:
    """Prove every question from its key: each answer earns what it should, and hears its message."""
    from kamlib import testing
    from kamlib.course.build import read_unit
    from kamlib.course.new_unit import left_over
    from kamlib.course.syllabus import open_course

    course = open_course()
    units = [course.unit(unit)] if unit else list(course.units)
    problems, count = [], 0
    for sources in map(read_unit, units):
        cases = testing.cases(sources)
        count += len(cases)
        problems += [*testing.prove(cases), *left_over(sources)]
    if problems:
        raise fail(problems, Words(LANGUAGES[0]))
    out.print(f"✓ {count} questions are proved, in both languages.")


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
    if unit:
        course.unit(unit)
        shown = table(("row", "term", "术语", "state", "anchor"))
        for row in rows:
            if row.unit == unit:
                shown.add_row(row.id, row.term["en"], row.term["zh"], row.state, row.anchor)
    else:
        heads = ("unit", "rows", *counting.STATES)
        shown = table(heads, right=range(1, len(heads)))
        for name in sorted({row.unit for row in rows}):
            states = [row.state for row in rows if row.unit == name]
            counts = [str(states.count(state) or "") for state in counting.STATES]
            shown.add_row(name, str(len(states)), *counts)
    out.print(shown)
    written = {each.name for each in course.units}
    words = Words(LANGUAGES[0])
    missing = [row for row in rows if row.state == counting.MISSING and row.unit in written]
    for name in dict.fromkeys(row.unit for row in missing if not row.owed):
        if unit in ("", name):
            ids = [row.id for row in missing if row.unit == name]
            what = message("{unit} is a draft; still to be taught: {rows}.", unit=name, rows=ids)
            say(what, words)
    owed = [row.id for row in rows if row.owed]
    if owed:
        raise fail([message("These rows have no place in their lesson: {rows}.", rows=owed)], words)


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
    from kamlib.course.pack import Edition, packed_units, write_pack
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
            words=group.settings.stage_words,
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
    taken = {sources.unit.name for sources in packed_units(course, edition)}
    left = [each.name for each in course.units if each.name not in taken]
    if left:
        what = message("Not in it, since drafts or not the cohort's: {units}.", units=left)
        say(what, Words(LANGUAGES[0]))
