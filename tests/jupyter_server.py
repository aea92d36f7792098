"""A Jupyter server and a browser for a test: neither knows anything of this machine's settings."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

PATIENCE = 90
"""How long, in seconds, a server may take to answer for the first time on a busy machine."""

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
]  # fmt: skip
"""What a browser is started with: it asks nothing of the internet by itself."""


def chromium() -> str | None:
    """Return the Chromium of this machine, if it has one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("KAM_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def free_port() -> int:
    """Return a port on which nothing listens now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def environment(folder: Path, before: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment whose Jupyter keeps settings, data and runtime files in `folder`.

    `before` is what it is made from, the test's own environment unless said. Its `JUPYTER_PATH`
    and all else of Jupyter's is left out; who needs it puts it in again.
    """
    kept = {
        name: value
        for name, value in (os.environ if before is None else before).items()
        if not name.startswith(("JUPYTER", "JPY_", "IPYTHON", "KAM_", "NBGRADER", "PYTEST"))
    }
    return kept | {
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "lab" / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "lab" / "workspaces"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }


def start(
    command: Sequence[str], root: Path, environment: Mapping[str, str], url: str, log: Path
) -> subprocess.Popen[bytes]:
    """Start a server in `root` and wait until `url` answers.

    Raises `RuntimeError` with the end of what it wrote where it does not.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        server = subprocess.Popen(
            list(command), cwd=root, env=dict(environment), stdout=out, stderr=out
        )
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.2)
        else:
            return server
    stop(server)
    raise RuntimeError(log.read_text("utf-8", "replace")[-4000:])


def stop(server: subprocess.Popen[bytes]) -> None:
    """End a server and wait until it is gone."""
    server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait(20)
