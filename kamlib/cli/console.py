"""What every verb shares: where it prints, and how its problems end in plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer
from rich.console import Console

from kamlib.words import LANGUAGES, Message, Words, message

P = ParamSpec("P")
R = TypeVar("R")

out = Console(highlight=False, soft_wrap=True)
problems_out = Console(stderr=True, highlight=False, soft_wrap=True)

CohortPath = Annotated[Path, typer.Argument(help="The cohort's folder.")]


OwnLanguage = Annotated[str, typer.Option(help="en or zh; your own language unless said.")]


def known(lang: str) -> str:
    """Return the language that was asked for, empty for one's own, or raise `CohortError`."""
    from kamlib.grading.cohort import CohortError

    if lang and lang not in LANGUAGES:
        raise CohortError(
            message("There is no language “{lang}”; there are {known}.", lang=lang, known=LANGUAGES)
        )
    return lang


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
