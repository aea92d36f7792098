"""The `kam` command: what each verb is called with, and what it prints."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console

from kamlib.words import Message, Words

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
course_app = typer.Typer(no_args_is_help=True, help="Build and check the course.")
app.add_typer(course_app, name="course")
out = Console(highlight=False, soft_wrap=True)


def fail(problems: Iterable[Message], words: Words) -> typer.Exit:
    """Print the problems, one plain sentence each, and return the exit to raise."""
    for problem in problems:
        print(f"✗ {words.say(problem)}", file=sys.stderr)
    return typer.Exit(1)


@course_app.command()
def build(
    check: Annotated[bool, typer.Option(help="Only say what differs from its source.")] = False,
) -> None:
    """Build notebooks, releases and instructor copies in both languages from the sources."""
    from kamlib.course import build as builder
    from kamlib.course.syllabus import CourseError, open_course
    from kamlib.grading.nbgrader_course import release

    words = Words("en")
    try:
        course = open_course()
        if check:
            problems = builder.check(course, release)
            if problems:
                raise fail(problems, words)
            out.print("✓ Everything is what its source says, in both languages.")
            return
        changed = builder.write(course, release, lambda name: out.print(f"running {name}"))
        out.print(f"✓ {changed} files changed.")
    except CourseError as error:
        raise fail(error.problems, words) from None


@course_app.command()
def extract() -> None:
    """Bring the translation files in step with the sources."""
    from kamlib.course import build as builder
    from kamlib.course.syllabus import CourseError, open_course

    try:
        waiting = builder.extract(open_course())
    except CourseError as error:
        raise fail(error.problems, Words("en")) from None
    out.print(f"{waiting} texts wait for a translator.")


def main() -> None:
    """Run `kam`."""
    app()
