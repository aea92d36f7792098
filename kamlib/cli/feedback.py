"""The verbs that publish feedback: `kam feedback preview, release`."""

from __future__ import annotations

from typing import Annotated

import typer

from kamlib.cli.console import CohortPath, out, plainly

feedback_app = typer.Typer(no_args_is_help=True, help="Look at feedback, then release it.")


@feedback_app.command()
@plainly
def preview(cohort: CohortPath) -> None:
    """Say where the feedback pages are, before any trainee sees them."""
    from kamlib.grading.cohort import open_cohort
    from kamlib.grading.pipeline import PREVIEW

    group = open_cohort(cohort)
    pages = sorted((group.root / PREVIEW).glob("*/*/*.html"))
    for page in pages:
        out.print(str(page), markup=False)
    out.print(f"{len(pages)} pages. Release them with: kam feedback release {cohort}")


@feedback_app.command("release")
@plainly
def feedback_release(
    cohort: CohortPath,
    only: Annotated[
        list[str], typer.Option(help="Only this trainee's code; repeat for more.")
    ] = [],  # noqa: B006
) -> None:
    """Publish the previewed pages into the cohort's feedback folder."""
    from kamlib.grading.cohort import fold, open_cohort
    from kamlib.grading.pipeline import release_feedback

    group = open_cohort(cohort)
    count = release_feedback(group, group.bundles, map(fold, only))
    out.print(f"✓ {count} pages are in {group.root / 'feedback'}.", markup=False)
