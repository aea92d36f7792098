"""The verb that hands marks on: `kam export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kamlib.cli.console import CohortPath, out, plainly
from kamlib.words import LANGUAGES, message

export_app = typer.Typer()


@export_app.command("export")
@plainly
def export(
    cohort: CohortPath,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="A file ending in .xlsx or .csv."),
    ] = None,
    lang: Annotated[str, typer.Option(help="en or zh; your own language unless said.")] = "",
) -> None:
    """Write the marks as a spreadsheet or as CSV."""
    from kamlib.grading.cohort import CohortError, open_cohort
    from kamlib.grading.export import write_marks
    from kamlib.grading.pipeline import look

    if lang and lang not in LANGUAGES:
        raise CohortError(
            message("There is no language “{lang}”; there are {known}.", lang=lang, known=LANGUAGES)
        )
    group = open_cohort(cohort)
    out.print(f"✓ {write_marks(group, look(group), output, lang)}", markup=False)
