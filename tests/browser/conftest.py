"""A packed workbook, a Jupyter server on it, and a browser that clicks as a person does."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from playwright.sync_api import Browser, Error, Locator, Page, expect

import kamlib
from kamlib.course import pack
from kamlib.course.pack import Edition, pack_files
from kamlib.course.syllabus import Course
from kamlib.jupyter.settings import write_user_settings
from tests import jupyter_server
from tests.course.test_pack import WHEEL
from tests.course.test_staging import unpack
from tests.jupyter_server import chromium, free_port, stop

PACKAGE = Path(kamlib.__file__).parent
ROOT = PACKAGE.parent
UNIT = "01_am_types"
LANGUAGES = ("en", "zh")

PATIENCE = 60_000
"""How long, in milliseconds, a page may take on a busy machine; none of our sentences depend on it."""

REDRAWN = 10
"""How often an element is looked for again that a page has just drawn anew."""

FORMS = ".kam-question, .kam-form"
"""What a form shows, whether anyone can answer in it or not."""


def make_workbook(folder: Path) -> Path:
    """Lay out one unit in a folder as the packed workbook has it, in both languages."""
    unit = folder / "units" / UNIT
    unit.mkdir(parents=True)
    titles: dict[str, str] = {}
    for lang in LANGUAGES:
        lessons, exercises = ROOT / "notebooks" / lang, ROOT / "exercises" / lang / UNIT
        lesson = json.loads((lessons / f"{UNIT}.ipynb").read_text("utf-8"))
        titles[lang] = "".join(lesson["cells"][0]["source"]).splitlines()[0].lstrip("# ")
        shutil.copy(lessons / f"{UNIT}.ipynb", unit / f"lesson.{lang}.ipynb")
        shutil.copy(exercises / f"{UNIT}.ipynb", unit / f"exercise.{lang}.ipynb")
        practice = json.loads((lessons / f"{UNIT}.items.json").read_text("utf-8"))
        graded = json.loads((exercises / f"{UNIT}.items.json").read_text("utf-8"))
        both = {**practice, "items": [*practice["items"], *graded["items"]]}
        (unit / f"{UNIT}.items.{lang}.json").write_text(json.dumps(both), "utf-8")
    settings = {
        "title": {"en": "Key account management", "zh": "大客户管理"},
        "lang": "en", "version": "0.1", "cohort": "spring", "tz": "Asia/Shanghai",
        "due": {UNIT: "2026-06-15"}, "send_to": "",
        "units": [{"name": UNIT, "title": titles, "teaching": 35, "exercises": 25, "minutes": 45}],
    }  # fmt: skip
    (folder / "kam.json").write_text(json.dumps(settings), "utf-8")
    write_notebook(
        folder / "start.ipynb", ["from kamlib.forms import start\nstart()"], kam={"kind": "start"}
    )
    return folder


def write_notebook(path: Path, sources: list[str], kam: dict[str, str] | None = None) -> None:
    """Write a notebook with one text and these code cells."""
    cells: list[dict[str, object]] = [
        {"cell_type": "markdown", "id": "text", "metadata": {}, "source": "# Some text"}
    ]
    cells += [
        {"cell_type": "code", "id": f"code{number}", "metadata": {}, "source": source,
         "outputs": [], "execution_count": None}
        for number, source in enumerate(sources)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata: dict[str, object] = {"kernelspec": kernel, **({"kam": kam} if kam else {})}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), "utf-8")


def lesson_with(root: Path, unit: str, source: str, case: Mapping[str, bytes]) -> str:
    """Lay out a workbook of one lesson with this code cell and these files of its case; return its path."""
    folder = root / "units" / unit
    (folder / "case").mkdir(parents=True)
    for name, data in case.items():
        (folder / "case" / name).write_bytes(data)
    (root / "kam.json").write_text(json.dumps({"lang": "en", "version": "0.1"}), "utf-8")
    (folder / f"{unit}.items.en.json").write_text('{"items": [], "keys": {}}', "utf-8")
    write_notebook(folder / "lesson.en.ipynb", [source], {"kind": "lesson"})
    return f"units/{unit}/lesson.en.ipynb"


@contextmanager
def activity_server(
    tmp_path: Path, unit: str, source: str, case: Path, names: Iterable[str]
) -> Iterator[Server]:
    """Start a server on a workbook of one lesson with an activity and these files of its case."""
    root = tmp_path / "my workbook 练习册"
    lesson_with(root, unit, source, {name: (case / name).read_bytes() for name in names})
    with serving(root, tmp_path / "jupyter") as server:
        yield server


def unpacked(
    course: Course, edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Pack an edition of a built course, unpack it for trainee A07, and return the workbook's folder.

    The wheel in it is a stand-in: kamlib is run from its source here.
    """
    monkeypatch.setattr(pack, "build_wheel", lambda: WHEEL)
    root = tmp_path / "my workbook 练习册"
    unpack(pack_files(course, edition), root)
    (root / "me.json").write_text('{"code": "A07", "name": "Lin Mei", "lang": ""}', "utf-8")
    return root


def add_code(path: Path, source: str) -> None:
    """Put a code cell of somebody's own at the end of a notebook."""
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"].append(
        {"cell_type": "code", "id": "foreign", "metadata": {}, "source": source,
         "outputs": [], "execution_count": None}
    )  # fmt: skip
    path.write_text(json.dumps(notebook), "utf-8")


@dataclass(frozen=True)
class Server:
    """A running Jupyter server, which shows a notebook in Notebook 7 and in JupyterLab."""

    root: Path
    """The workbook's folder."""
    port: int
    token: str
    jupyter: Path
    """The server's own folder of settings, data and runtime files."""
    pid: int

    def url(self, front_end: str, path: str = "") -> str:
        """Return the address of a notebook in `notebook` or in `lab`."""
        kind = "notebooks" if front_end == "notebook" else "doc/tree"
        query = f"token={self.token}" + ("" if front_end == "notebook" else "&reset")
        return f"http://127.0.0.1:{self.port}/{kind}/{quote(path)}?{query}"

    def ask(self, method: str, path: str, body: object = None) -> bytes:
        """Call the server's own interface, such as `POST api/kernels/…/restart`."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}",
            json.dumps(body).encode() if body is not None else None,
            {"Authorization": f"token {self.token}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: bytes = answer.read()
            return found


def start_server(root: Path, jupyter: Path, port: int, token: str) -> subprocess.Popen[bytes]:
    """Start a server on a workbook, with the browser's part as it is in the source.

    The one that came with the package may be older.
    """
    shared = {
        "JUPYTER_PATH": str(PACKAGE / "jupyter" / "share" / "jupyter"),
        "JUPYTER_CONFIG_PATH": str(PACKAGE / "jupyter" / "etc" / "jupyter"),
        "PYTHONPATH": str(ROOT),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={root}",
    ]  # fmt: skip
    return jupyter_server.start(
        command,
        root,
        jupyter_server.environment(jupyter) | shared,
        f"http://127.0.0.1:{port}/api?token={token}",
        jupyter / "server.log",
    )


def serve(root: Path, jupyter: Path, lang: str) -> tuple[Server, subprocess.Popen[bytes]]:
    """Start a server for a reader of this language on a workbook, with a folder of its own.

    Where there is no browser to look at it, the test is left out.
    """
    if chromium() is None:
        pytest.skip("no Chromium here: the browser tests are left out")
    write_user_settings(jupyter / "lab" / "settings", lang)
    port, token = free_port(), secrets.token_hex(8)
    process = start_server(root, jupyter, port, token)
    return Server(root, port, token, jupyter, process.pid), process


@contextmanager
def serving(
    root: Path,
    jupyter: Path,
    lang: str = "en",
    end: Callable[[subprocess.Popen[bytes]], None] = stop,
) -> Iterator[Server]:
    """Run a server as `serve` starts it, and end it afterwards."""
    server, process = serve(root, jupyter, lang)
    try:
        yield server
    finally:
        end(process)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run one server for all tests, on a workbook in a folder with a space and Chinese characters."""
    root = tmp_path_factory.mktemp("workbook") / "my workbook 练习册"
    root.mkdir()
    make_workbook(root)
    with serving(root, tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a window of its own, with no memory of other tests; waits are bounded."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield context.new_page()
    context.close()


def open_notebook(page: Page, server: Server, path: str, front_end: str = "notebook") -> None:
    """Open a notebook and wait until its text is there; forms may still be missing."""
    page.goto(server.url(front_end, path))
    expect(page.locator(".jp-NotebookPanel:visible .jp-Cell").first).to_be_visible()


def kernel_of(server: Server, path: str) -> dict[str, str] | None:
    """Return the kernel that belongs to a notebook, with its `id` and `execution_state`."""
    for session in json.loads(server.ask("GET", "api/sessions")):
        if session["path"] == path:
            found: dict[str, str] = session["kernel"]
            return found
    return None


def wait_for_idle(server: Server, path: str) -> str:
    """Wait until a notebook's kernel has nothing to do, and return its id."""
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline:
        kernel = kernel_of(server, path)
        if kernel and kernel["execution_state"] == "idle":
            return kernel["id"]
        time.sleep(0.2)
    raise AssertionError(f"the kernel of {path} did not come to rest")


def kill_kernel(server: Server, kernel: str) -> None:
    """End a kernel's process as a machine that has no memory left does; the server starts another."""
    for process in psutil.Process(server.pid).children(recursive=True):
        if any(kernel in part for part in process.cmdline()):
            process.kill()
            return
    raise AssertionError(f"no process of kernel {kernel}")


def click_at(page: Page, locator: Locator, x: float | None = None, y: float | None = None) -> None:
    """Press the mouse where an element is, so that what lies over it gets the click.

    Args:
        page: the window.
        locator: the element; it is scrolled into view.
        x: how far from its left edge, in pixels; its middle if left out.
        y: how far from its top edge, in pixels; its middle if left out.

    """
    for left in range(REDRAWN, -1, -1):
        try:
            locator.scroll_into_view_if_needed()
            box = locator.bounding_box()
        except Error:
            if not left:
                raise
            box = None
        if box:
            break
        page.wait_for_timeout(100)
    assert box is not None
    page.mouse.click(
        box["x"] + (box["width"] / 2 if x is None else x),
        box["y"] + (box["height"] / 2 if y is None else y),
    )


def press(box: Locator, key: str) -> None:
    """Press a button of an activity with the mouse when it is free."""
    button = box.locator(f"[data-key='{key}']")
    expect(button).to_be_enabled()
    click_at(box.page, button)
