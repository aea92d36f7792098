"""The `kam` command: what each verb is called with, and what it prints."""

from __future__ import annotations

import shutil
import sys

import typer

from kamlib.cli.cohort import cohort_app
from kamlib.cli.console import out, problems_out
from kamlib.cli.course import course_app
from kamlib.cli.desk import desk_app
from kamlib.cli.export import export_app
from kamlib.cli.feedback import feedback_app
from kamlib.cli.grading import NEEDS_A_LOOK, grading_app
from kamlib.cli.key import key_app
from kamlib.cli.second import second_app
from kamlib.cli.submit import submit_app

__all__ = ["NEEDS_A_LOOK", "app", "main"]

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(course_app, name="course")
app.add_typer(cohort_app, name="cohort")
app.add_typer(submit_app)
app.add_typer(grading_app)
app.add_typer(desk_app)
app.add_typer(export_app)
app.add_typer(feedback_app, name="feedback")
app.add_typer(second_app, name="second")
app.add_typer(key_app, name="key")


def main() -> None:
    """Run `kam`."""
    if shutil.get_terminal_size().columns < 100:
        out.width = problems_out.width = 120
    if sys.stdout.encoding and sys.stdout.encoding.lower() not in ("utf-8", "utf8"):
        # A Windows console in an old code page would stop at the first Chinese name.
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        sys.stderr.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    app()
