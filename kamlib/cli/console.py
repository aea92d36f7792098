"""What every verb shares: where it prints, and how its problems end in plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec, TypeVar

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from kamlib.words import LANGUAGES, Message, Words, message

if TYPE_CHECKING:
    from kamlib.grading.cohort import Cohort

P = ParamSpec("P")
R = TypeVar("R")

out = Console(highlight=False, soft_wrap=True)
problems_out = Console(stderr=True, highlight=False, soft_wrap=True)

CohortPath = Annotated[Path, typer.Argument(help="The cohort's folder.")]
OwnLanguage = Annotated[str, typer.Option(help="en or zh; your own language unless said.")]
Port = Annotated[int, typer.Option(help="The port on this machine.")]
InBrowser = Annotated[bool, typer.Option("--browser/--no-browser", help="Open it in the browser.")]


def known(lang: str) -> str:
    """Return the language that was asked for, empty for one's own, or raise `CohortError`."""
    from kamlib.grading.cohort import CohortError

    if lang and lang not in LANGUAGES:
        raise CohortError(
            message("There is no language “{lang}”; there are {known}.", lang=lang, known=LANGUAGES)
        )
    return lang


def in_zone(moment: datetime | None, group: Cohort) -> datetime | None:
    """Return a time that was given by its zone or, where it names none, by the cohort's."""
    return moment and moment.replace(tzinfo=moment.tzinfo or group.zone)


def say(what: Message | str, words: Words, sign: str = "") -> None:
    """Print one sentence after its sign, where it has one; brackets in it are no markup."""
    out.print(f"{sign} {words.say(what)}" if sign else words.say(what), markup=False)


def table(
    heads: Sequence[str],
    title: str = "",
    right: Collection[int] = (),
    whole: Collection[int] = (),
) -> Table:
    """Return a table to be filled, with a line under its heads where it has a title.

    Args:
        heads: what stands above the columns, in the reader's language.
        title: what stands above it all.
        right: the places of the columns that are set to the right, the first being 0.
        whole: the places of those that are never broken over lines.

    """
    made = Table(
        title=title or None,
        title_justify="left",
        box=SIMPLE_HEAD if title else None,
        pad_edge=False,
    )
    for place, head in enumerate(heads):
        made.add_column(head, justify="right" if place in right else "left", no_wrap=place in whole)
    return made


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
