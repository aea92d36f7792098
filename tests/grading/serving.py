"""Running the marking desk for a test."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from kamlib.grading import desk
from kamlib.grading.cohort import Cohort

TOKEN = "t"


@contextmanager
def serving(cohort: Cohort) -> Iterator[str]:
    """Run the marking desk on this machine only, with Jupyter folders of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = cohort.root.parent / "jupyter"
    environment = desk.environment(cohort) | {
        name: str(own / name)
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    server = subprocess.Popen(
        desk.command(cohort, port, browser=False, token=TOKEN),
        cwd=cohort.root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}/formgrader"
    try:
        for _ in range(120):
            with suppress(OSError):
                call(url, "/api/assignments")
                break
            time.sleep(0.25)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def call(url: str, path: str, data: dict[str, Any] | None = None) -> Any:
    """Ask the desk, or with data put something there."""
    request = urllib.request.Request(
        url + path,
        data=None if data is None else json.dumps(data).encode(),
        method="GET" if data is None else "PUT",
        headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = answer.read().decode()
    return json.loads(body) if path.startswith("/api") and body else body
