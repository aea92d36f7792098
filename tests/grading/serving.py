"""Running the marking desk for a test."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kamlib.grading import desk
from kamlib.grading.cohort import Cohort
from tests import jupyter_server

TOKEN = "t"


@contextmanager
def serving(cohort: Cohort, page: str = desk.MARKING) -> Iterator[str]:
    """Run one of the instructor's pages on this machine only, with Jupyter folders of its own."""
    port = jupyter_server.free_port()
    own = cohort.root.parent / "jupyter"
    given = desk.environment(cohort)
    server = jupyter_server.start(
        desk.command(cohort, port, browser=False, token=TOKEN, page=page),
        cohort.root,
        jupyter_server.environment(own, given) | {"JUPYTER_PATH": given["JUPYTER_PATH"]},
        f"http://127.0.0.1:{port}/formgrader/api/assignments?token={TOKEN}",
        own / "server.log",
    )
    try:
        yield f"http://127.0.0.1:{port}{page}"
    finally:
        jupyter_server.stop(server)


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
