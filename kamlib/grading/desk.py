"""How nbgrader's marking desk is opened on one cohort."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

from kamlib.grading.cohort import Cohort


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
        "--allow-root",
    ]  # fmt: skip


def environment(cohort: Cohort) -> dict[str, str]:
    """Return the environment of the desk: the environment's programs first, the extension switched on.

    nbgrader reads its configuration from the folder it is started in, and a trainee's folder of
    answers can hold no program that this would pick up, since nothing is added to Python's path.
    """
    programs = str(Path(sys.executable).parent)
    return os.environ | {"PATH": programs + os.pathsep + os.environ.get("PATH", "")}


def serve(cohort: Cohort, port: int, browser: bool) -> int:
    """Start the marking desk and wait until it is closed; return its exit code."""
    token = secrets.token_hex(16)
    print(f"http://127.0.0.1:{port}/formgrader?token={token}")
    return subprocess.run(
        command(cohort, port, browser, token), cwd=cohort.root, env=environment(cohort), check=False
    ).returncode
