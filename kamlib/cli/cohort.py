"""The verbs that look after a cohort: `kam cohort …`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kamlib.cli.console import CohortPath, out, plainly, say, table
from kamlib.words import N_, Message, Words, message

if TYPE_CHECKING:
    from kamlib.grading.cohort import Cohort

cohort_app = typer.Typer(no_args_is_help=True, help="Make cohorts and look after them.")


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
    dates: Annotated[
        Path | None, typer.Option(help="A CSV file with the columns unit and due, for many units.")
    ] = None,
    instructor_lang: Annotated[str, typer.Option(help="Your own language: en or zh.")] = "en",
    late: Annotated[
        str, typer.Option(help="What lateness costs: none, percent_per_day or zero.")
    ] = "none",
) -> None:
    """Make a cohort: its exercises and keys frozen, its roster in a gradebook."""
    from pydantic import ValidationError

    from kamlib.course.syllabus import open_course
    from kamlib.grading.cohort import CohortError, Settings
    from kamlib.grading.enrol import new_cohort, read_dates

    days: dict[str, date] = read_dates(dates) if dates else {}
    for entry in due:
        unit, _, day = entry.partition("=")
        try:
            days[unit] = date.fromisoformat(day)
        except ValueError:
            raise CohortError(
                message("“{text}” is no due date; write it as 01_am_types=2026-06-15.", text=entry)
            ) from None
    try:
        settings = Settings.model_validate(
            {"name": name.name, "lang": lang, "instructor_lang": instructor_lang, "tz": tz,
             "due": days, "late": {"policy": late}}
        )  # fmt: skip
    except ValidationError as error:
        first = error.errors()[0]
        raise CohortError(
            message("{field}: {why}", field=".".join(map(str, first["loc"])), why=first["msg"])
        ) from None
    made = new_cohort(open_course(), name, settings, roster)
    out.print(f"✓ {made.root.name}: {len(made.roster)} trainees, {len(made.bundles)} exercises.")


@cohort_app.command("words")
@plainly
def cohort_words(cohort: CohortPath) -> None:
    """Show the words that open the stages of a case; make those that are missing."""
    from kamlib.course.pack import Edition, packed_units
    from kamlib.course.syllabus import open_course
    from kamlib.grading.cohort import alone, open_cohort, write_settings
    from kamlib.grading.enrol import with_words

    group = open_cohort(cohort)
    words = Words(group.settings.instructor_lang)
    course = open_course()
    edition = Edition(lang=group.settings.lang, frozen=group.root / "course")
    with alone(group.root):
        settings = with_words(open_cohort(cohort).settings, packed_units(course, edition))
        write_settings(group.root, settings)
    if not settings.stage_words:
        say(message("No unit of this cohort opens step by step."), words)
        return
    shown = table([words.translate(head) for head in (N_("unit"), N_("stage"), N_("word"))])
    for unit, own in settings.stage_words.items():
        for stage, word in own.items():
            shown.add_row(unit, stage, word)
    out.print(shown)
    say(message("Tell a stage's word when it is time. Trainees cannot open it without."), words)


Preview = Annotated[bool, typer.Option("--preview", help="Only say what would change.")]


def tell(group: Cohort, said: Iterable[Message], done: bool = True) -> None:
    """Print sentences in the instructor's language: what was done, or what would be."""
    words = Words(group.settings.instructor_lang)
    for sentence in said:
        say(sentence, words, "✓" if done else "○")
    if not done:
        say(message("Nothing was changed."), words)


@cohort_app.command("extend")
@plainly
def cohort_extend(
    cohort: CohortPath,
    code: Annotated[str, typer.Argument(help="The trainee's code.")],
    day: Annotated[str, typer.Argument(help="The new last day, as in 2026-06-20.")] = "",
    unit: Annotated[
        list[str], typer.Option(help="Only this unit; repeat for more. All with a last day else.")
    ] = [],  # noqa: B006
    why: Annotated[str, typer.Option(help="The reason; only you see it.")] = "",
    take_back: Annotated[
        bool, typer.Option("--take-back", help="End the extension; everybody's day counts again.")
    ] = False,
    preview: Preview = False,
) -> None:
    """Give one trainee a later last day."""
    from kamlib.grading import people
    from kamlib.grading.cohort import CohortError, open_cohort

    group = open_cohort(cohort)
    if take_back:
        said = people.take_back(group, code, unit, preview=preview)
    else:
        try:
            last = date.fromisoformat(day)
        except ValueError:
            raise CohortError(
                message("“{text}” is no day; write it as 2026-06-20.", text=day)
            ) from None
        said = people.extend(group, code, last, unit, why, preview=preview)
    tell(group, said, not preview)


@cohort_app.command("correct")
@plainly
def cohort_correct(
    cohort: CohortPath,
    wrong: Annotated[str, typer.Argument(help="The code that is wrong.")],
    right: Annotated[str, typer.Argument(help="The code that is right.")],
    preview: Preview = False,
) -> None:
    """Correct a code that a trainee mistyped, or that the roster has wrong."""
    from kamlib.grading import people
    from kamlib.grading.cohort import open_cohort

    group = open_cohort(cohort)
    tell(group, people.correct(group, wrong, right, preview=preview), not preview)


@cohort_app.command("forget")
@plainly
def cohort_forget(
    cohort: CohortPath,
    code: Annotated[str, typer.Argument(help="The trainee's code.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Delete it. Without this, only say what would go.")
    ] = False,
) -> None:
    """Delete everything the cohort holds of one trainee; it cannot be brought back."""
    from kamlib.grading import people
    from kamlib.grading.cohort import open_cohort

    group = open_cohort(cohort)
    tell(group, people.forget(group, code, preview=not yes), yes)
    if not yes:
        words = Words(group.settings.instructor_lang)
        say(message("To delete it for good, give the command again with --yes."), words)


@cohort_app.command("close")
@plainly
def cohort_close(
    cohort: CohortPath,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Even where answers wait or feedback is unreleased.")
    ] = False,
    preview: Preview = False,
) -> None:
    """Close a cohort: nothing more is taken in or marked; reading goes on."""
    from kamlib.grading import lifecycle
    from kamlib.grading.cohort import open_cohort

    group = open_cohort(cohort)
    tell(group, lifecycle.close(group, anyway=anyway, preview=preview), not preview)


@cohort_app.command("reopen")
@plainly
def cohort_reopen(cohort: CohortPath) -> None:
    """Open a closed cohort again."""
    from kamlib.grading import lifecycle
    from kamlib.grading.cohort import open_cohort

    group = open_cohort(cohort)
    tell(group, lifecycle.reopen(group))


@cohort_app.command("archive")
@plainly
def cohort_archive(
    cohort: CohortPath,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The zip file to write.")
    ] = None,
    without_names: Annotated[
        bool,
        typer.Option("--without-names", help="Codes for names; answers and marks only."),
    ] = False,
) -> None:
    """Put a closed cohort into one zip, read back and checked after writing."""
    from kamlib.grading import lifecycle
    from kamlib.grading.cohort import open_cohort

    group = open_cohort(cohort)
    tell(group, lifecycle.archive(group, output, without_names=without_names))
