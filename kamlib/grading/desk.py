"""How the instructor's pages are opened on one cohort: our own, and nbgrader's marking desk."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

from kamlib.course.notebook import page_notebook
from kamlib.grading.cohort import Cohort

SHARE = Path(__file__).parent / "desk_share"
"""Our parts of the desk's pages, with their script and style sheet."""


MARKING = "/formgrader"
"""Where nbgrader's marking desk is."""

NOTEBOOK = "desk.ipynb"
"""The instructor's page, in the cohort's folder."""


def command(cohort: Cohort, port: int, browser: bool, token: str, page: str = MARKING) -> list[str]:
    """Return the command that starts Jupyter in the cohort's folder, reachable from here only."""
    return [
        sys.executable, "-m", "jupyterlab",
        f"--ServerApp.root_dir={cohort.root}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--ServerApp.default_url={page}",
        f"--ServerApp.open_browser={browser}",
        f"--IdentityProvider.token={token}",
        # The desk's pages set the cookie for their own path only, and then are not let in elsewhere.
        "--IdentityProvider.cookie_options={'path': '/'}",
        # What stands beside a prose answer; only here, since nbgrader's other pages use the same class.
        "--HTMLExporter.template_file=kam_desk.html.j2",
        "--HTMLExporter.preprocessors=['kamlib.grading.desk_page.with_rubrics']",
        "--allow-root",
    ]  # fmt: skip


def environment(cohort: Cohort) -> dict[str, str]:
    """Return the environment of the desk: our programs and our page parts before all others.

    The page parts make the desk work without the internet and show the rubric beside prose.
    """
    programs = str(Path(sys.executable).parent)
    return os.environ | {
        # a file in the cohort's folder never stands in for a module
        "PYTHONSAFEPATH": "1",
        "PATH": os.pathsep.join([programs, os.environ.get("PATH", "")]),
        "JUPYTER_PATH": os.pathsep.join(filter(None, [str(SHARE), os.environ.get("JUPYTER_PATH")])),
    }


def write_page(cohort: Cohort) -> str:
    """Write the notebook that shows the instructor's page, and return its address."""
    notebook = page_notebook(
        "office", "from kamlib.grading.office_page import office\noffice()",
        cohort.settings.instructor_lang,
    )  # fmt: skip
    (cohort.root / NOTEBOOK).write_bytes(notebook)
    return f"/notebooks/{NOTEBOOK}"


def serve(cohort: Cohort, port: int, browser: bool, page: str = MARKING) -> int:
    """Open one of the pages and wait until Jupyter is closed; return its exit code."""
    token = secrets.token_hex(16)
    print(f"http://127.0.0.1:{port}{page}?token={token}")
    return subprocess.run(
        command(cohort, port, browser, token, page),
        cwd=cohort.root,
        env=environment(cohort),
        check=False,
    ).returncode
