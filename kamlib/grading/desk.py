"""How nbgrader's marking desk is opened on one cohort."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

from kamlib.grading.cohort import Cohort

SHARE = Path(__file__).parent / "desk_share"
"""Parts of the desk's pages that stand in for those that need the internet."""


def command(cohort: Cohort, port: int, browser: bool, token: str) -> list[str]:
    """Return the command that starts Jupyter in the cohort's folder, reachable from here only."""
    return [
        sys.executable, "-m", "jupyterlab",
        f"--ServerApp.root_dir={cohort.root}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.default_url=/formgrader",
        f"--ServerApp.open_browser={browser}",
        f"--IdentityProvider.token={token}",
        # The desk's pages set the cookie for their own path only, and then are not let in elsewhere.
        "--IdentityProvider.cookie_options={'path': '/'}",
        "--allow-root",
    ]  # fmt: skip


def environment(cohort: Cohort) -> dict[str, str]:
    """Return the environment of the desk: our programs and our page parts before all others.

    The page parts make the desk work without the internet.
    """
    programs = str(Path(sys.executable).parent)
    return os.environ | {
        "PATH": os.pathsep.join([programs, os.environ.get("PATH", "")]),
        "JUPYTER_PATH": os.pathsep.join(filter(None, [str(SHARE), os.environ.get("JUPYTER_PATH")])),
    }


def serve(cohort: Cohort, port: int, browser: bool) -> int:
    """Start the marking desk and wait until it is closed; return its exit code."""
    token = secrets.token_hex(16)
    print(f"http://127.0.0.1:{port}/formgrader?token={token}")
    return subprocess.run(
        command(cohort, port, browser, token), cwd=cohort.root, env=environment(cohort), check=False
    ).returncode
