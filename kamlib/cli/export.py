"""The verb that hands marks on: `kam export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kamlib.cli.console import CohortPath, OwnLanguage, known, out, plainly

export_app = typer.Typer()


@export_app.command("export")
@plainly
def export(
    cohort: CohortPath,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="A file ending in .xlsx or .csv."),
    ] = None,
    lang: OwnLanguage = "",
) -> None:
    """Write the marks as a spreadsheet or as CSV."""
    from kamlib.grading.cohort import open_cohort
    from kamlib.grading.export import write_marks
    from kamlib.grading.pipeline import look

    lang = known(lang)
    group = open_cohort(cohort)
    out.print(f"✓ {write_marks(group, look(group), output, lang)}", markup=False)
