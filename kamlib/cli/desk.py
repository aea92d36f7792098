"""The verb that opens the instructor's page: `kam desk`."""

from __future__ import annotations

import typer

from kamlib.cli.console import CohortPath, InBrowser, Port, plainly

desk_app = typer.Typer()


@desk_app.command("desk")
@plainly
def desk(
    cohort: CohortPath,
    port: Port = 8888,
    browser: InBrowser = True,
) -> None:
    """Open the instructor's page: take in, mark, look after people, release, close."""
    from kamlib.grading.cohort import open_cohort
    from kamlib.grading.desk import serve, write_page

    group = open_cohort(cohort)
    raise typer.Exit(serve(group, port, browser, write_page(group)))
