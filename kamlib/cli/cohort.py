"""The verbs that look after a cohort: `kam cohort …`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kamlib.cli.console import out, plainly
from kamlib.words import message

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
