"""How long a trainee waits: for the workbook, for a lesson's first question, for “saved”.

    python -m benchmarks.forms [--no-first]

Prints times on the clock and writes them as JSON too. What this machine has no Chromium or no
package index for is left out, and said.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from rich.console import Console
from rich.table import Table

from kamlib.course.pack import Edition, write_pack
from kamlib.course.syllabus import open_course
from kamlib.items.answers import AnswersFile, answers_name
from tests.browser.conftest import (
    PATIENCE,
    ROOT,
    UNIT,
    Server,
    kernel_of,
    make_workbook,
    open_notebook,
    serving,
    wait_for_idle,
)
from tests.jupyter_server import FLAGS, chromium, free_port, stop

FOLDER = "my workbook 练习册"
LESSON = f"units/{UNIT}/lesson.en.ipynb"
EXERCISE = f"units/{UNIT}/exercise.en.ipynb"
PROSE = "am_types.always_right"

FIRST_START = 1200.0
"""Seconds that a first start may take, with everything to be downloaded."""
LATER_START = 120.0

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/notebooks/start\.ipynb\?token=\w+")
"""What the start file prints as soon as the server answers."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Waits:
    """One thing a trainee waits for, several times."""

    name: str
    seconds: tuple[float, ...]
    """Time on the clock, run by run."""

    @property
    def median(self) -> float:
        """The middle one, in seconds."""
        return median(self.seconds)

    @property
    def worst(self) -> float:
        """The longest one, in seconds."""
        return max(self.seconds)


# A control can be used where it is drawn, enabled, and nothing lies over it. The page itself looks,
# before each picture that it paints: asking from outside would round every time up.
USABLE = """([box, control]) => {
  const found = [...document.querySelectorAll(box)].find((one) => one.checkVisibility());
  const node = found?.querySelector(control);
  if (!node || node.disabled) return false;
  const at = node.getBoundingClientRect();
  if (!at.width || !at.height) return false;
  if (at.top < 0 || at.bottom > innerHeight) {
    node.scrollIntoView({block: "center"});
    return false;
  }
  const top = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);
  return node.contains(top) || !!top?.closest("label")?.contains(node);
}"""

START_FORM = (".kam-start", "input[data-key=code]")
# A question as it was built into the lesson has no status line; only a live form does.
FIRST_FORM = (".kam-form:has(.kam-status[data-state])", "input, textarea, select, button")

# From the key's own event to the moment when the status line says so.
WATCH = """(item) => {
  const form = [...document.querySelectorAll(`.kam-form[data-item='${item}']`)]
    .find((one) => one.checkVisibility());
  const status = form.querySelector(".kam-status");
  const watch = window.kamWatch = {pressed: 0, left: false, took: null};
  addEventListener("keydown", () => {
    Object.assign(watch, {pressed: performance.now(), left: false, took: null});
  }, true);
  new MutationObserver(() => {
    if (status.dataset.state !== "saved") watch.left = true;
    else if (watch.left && watch.took === null) watch.took = performance.now() - watch.pressed;
  }).observe(status, {attributes: true, childList: true, characterData: true, subtree: true});
}"""


def opened(browser: Browser) -> BrowserContext:
    """Open a browser of one person; waits are bounded."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    return context


def until_usable(page: Page, address: str, box_and_control: tuple[str, str]) -> float:
    """Open a page and return the seconds until the first such control can be used."""
    begun = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_function(USABLE, arg=list(box_and_control), polling="raf")
    return time.perf_counter() - begun


# The start.


def package_index() -> bool:
    """Whether pip gets a small package from somewhere."""
    with tempfile.TemporaryDirectory(prefix="kam-benchmark-") as scratch:
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
            "--no-input", "--no-deps", "--no-cache-dir", "--retries", "0", "--timeout", "15",
            "--dest", scratch, "traitlets",
        ]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, timeout=90, check=False)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def unpack_edition(folder: Path) -> Path:
    """Pack the trainee's edition, unpack it, and return the folder that a trainee has."""
    packed = folder / "edition.zip"
    write_pack(open_course(), Edition(lang="zh"), packed)
    workbook = folder / FOLDER
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(workbook)
    return workbook


def start_once(workbook: Path, log: Path, browser: Browser, patience: float) -> tuple[float, float]:
    """Run the start file as a double click does, and end it again.

    Returns the seconds until the server answered, and until the start page's form could be used.
    Raises `RuntimeError` with the end of what was printed where it does not come to that.
    """
    name = "START-macOS.command" if sys.platform == "darwin" else "START-Linux.sh"
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "JPY_", "IPYTHON", "KAM_", "VIRTUAL_ENV", "PYTHON"))
    }
    # A trainee's computer has no parts of earlier downloads.
    environment["PIP_NO_CACHE_DIR"] = "1"
    command = ["sh", str(workbook / name), "--no-browser", "--port", str(free_port())]
    with opened(browser) as context, log.open("wb") as said:
        page = context.new_page()
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, cwd=workbook.parent, stdout=said, stderr=said,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            address = None
            while address is None:
                if process.poll() is not None or time.perf_counter() - begun > patience:
                    raise RuntimeError(log.read_text("utf-8", "replace")[-4000:])
                time.sleep(0.05)
                address = ADDRESS.search(log.read_text("utf-8", "replace"))
            answered = time.perf_counter() - begun
            until_usable(page, address.group(), START_FORM)
            return answered, time.perf_counter() - begun
        finally:
            end_with_children(process)


def end_with_children(process: subprocess.Popen[bytes]) -> None:
    """End a process as closing its window does, and then whatever it left behind."""
    try:
        children = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        children = []
    stop(process)
    for child in psutil.wait_procs(children, timeout=10)[1]:
        child.kill()


def starts(folder: Path, browser: Browser, say: Say) -> list[Waits]:
    """Measure a first start, which makes the environment, and three later ones."""
    workbook = unpack_edition(folder)
    say("first start: the environment is made; this takes minutes")
    first = start_once(workbook, folder / "first.log", browser, FIRST_START)
    later = []
    for number in range(3):
        say(f"later start {number + 1} of 3")
        later.append(start_once(workbook, folder / "later.log", browser, LATER_START))
    return [
        Waits("first start: the server answers", first[:1]),
        Waits("first start: the form can be used", first[1:]),
        Waits("later start: the server answers", tuple(one[0] for one in later)),
        Waits("later start: the form can be used", tuple(one[1] for one in later)),
    ]


# The forms.


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Run a server on a workbook in a folder with a space and Chinese characters."""
    root, jupyter = folder / "served" / FOLDER, folder / "jupyter"
    root.mkdir(parents=True)
    make_workbook(root)
    with serving(root, jupyter, end=end_with_children) as server:
        yield server


def lessons(server: Server, browser: Browser, say: Say) -> list[Waits]:
    """Measure from opening a lesson to its first form, without a kernel and with one, three times."""
    cold: list[float] = []
    again: list[float] = []
    for number in range(3):
        say(f"lesson {number + 1} of 3")
        with opened(browser) as context:
            # A trainee comes from the start page, so the browser knows Jupyter's own files.
            page = context.new_page()
            until_usable(page, server.url("notebook", "start.ipynb"), START_FORM)
            wait_for_idle(server, "start.ipynb")
            page.close()
            for times in (cold, again):
                page = context.new_page()
                times.append(until_usable(page, server.url("notebook", LESSON), FIRST_FORM))
                wait_for_idle(server, LESSON)
                page.close()
        end_kernels(server)
    return [
        Waits("lesson to first form: new kernel", tuple(cold)),
        Waits("lesson to first form: opened again", tuple(again)),
    ]


def end_kernels(server: Server) -> None:
    """End every kernel, as none of them belongs to an open page any more."""
    for path in ("start.ipynb", LESSON, EXERCISE):
        if kernel := kernel_of(server, path):
            server.ask("DELETE", f"api/kernels/{kernel['id']}")


def keystrokes(server: Server, browser: Browser, say: Say, runs: int = 10) -> Waits:
    """Measure from a key pressed in a text field to “saved”, and look whether the file has it.

    Raises `RuntimeError` where the page says “saved” and the file does not hold what was typed.
    """
    say(f"{runs} keystrokes")
    answers = server.root / "units" / UNIT / answers_name(UNIT)
    times = []
    with opened(browser) as context:
        page = context.new_page()
        open_notebook(page, server, EXERCISE)
        form = page.locator(f".kam-form[data-item='{PROSE}']:visible")
        field = form.locator("textarea").first
        field.click()
        wait_for_idle(server, EXERCISE)
        page.evaluate(WATCH, PROSE)
        # The first save makes the file, and is not counted.
        for number in range(runs + 1):
            page.keyboard.press("abcdefghijklmnopqrstuvwxyz"[number % 26])
            page.wait_for_function("window.kamWatch.took !== null", polling="raf")
            typed = field.input_value()
            stored = json.loads(answers.read_text("utf-8"))["responses"][PROSE]["response"]
            if len(typed) != number + 1 or stored.get("text") != typed:
                raise RuntimeError(f"“saved”, but {typed!r} is not in the file: {stored!r}")
            if number:
                times.append(page.evaluate("window.kamWatch.took") / 1000)
            page.wait_for_timeout(300)
    end_kernels(server)
    return Waits("keystroke to “saved”", tuple(times))


def saves(folder: Path, sample: Path, say: Say, runs: int = 200) -> Waits:
    """Measure one save of one answer into a unit's file that holds all its answers."""
    say(f"{runs} saves")
    path = folder / answers_name(UNIT)
    shutil.copyfile(min(sample.rglob(answers_name(UNIT))), path)
    file = AnswersFile(path)
    entry = file.load().entry(PROSE)
    seen = entry.revision if entry else 0
    times = []
    for number in range(runs):
        begun = time.perf_counter()
        saved = file.save(PROSE, {"text": f"A sentence, {number}."}, seen=seen, window="bench")
        times.append(time.perf_counter() - begun)
        seen = saved.revision
    return Waits("AnswersFile.save alone", tuple(times))


def show(found: list[Waits], left_out: list[str], out: Console) -> None:
    """Print the figures, and what is left out."""
    table = Table("what a trainee waits for", box=None, pad_edge=False)
    for head in ("runs", "median", "worst"):
        table.add_column(head, justify="right")
    for one in found:
        table.add_row(one.name, f"{len(one.seconds)}", in_words(one.median), in_words(one.worst))
    out.print(table)
    load = os.getloadavg()[0]
    out.print(
        f"\ntime on the clock, on {os.cpu_count()} processors with a load of {load:.1f} at the end"
    )
    for line in left_out:
        out.print(f"left out: {line}", markup=False)


def in_words(seconds: float) -> str:
    """Write a time with its unit.

    >>> in_words(75.25), in_words(0.2504), in_words(0.0031)
    ('75.2 s', '250 ms', '3.1 ms')
    """
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{1000 * seconds:.0f} ms" if seconds >= 0.02 else f"{1000 * seconds:.1f} ms"


def as_json(found: list[Waits], left_out: list[str]) -> str:
    """Write the figures as JSON, with what they were measured on."""
    waits = {
        one.name: {"median_s": one.median, "worst_s": one.worst, "seconds": one.seconds}
        for one in found
    }
    machine = {
        "python": platform.python_version(),
        "cpus": os.cpu_count() or 0,
        "load": os.getloadavg()[0],
    }
    data = {"waits": waits, "left_out": left_out, "machine": machine}
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Run the benchmark, print and write its figures; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--first", action=argparse.BooleanOptionalAction, default=True,
        help="measure the start too; the first one downloads some 100 MB",
    )  # fmt: skip
    parser.add_argument("--sample", type=Path, default=ROOT / "data" / "sample_cohort")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench" / "forms.json")
    given = parser.parse_args()
    progress = Console(stderr=True, highlight=False)
    say: Say = progress.print
    found: list[Waits] = []
    left_out: list[str] = []
    with tempfile.TemporaryDirectory(prefix="kam-benchmark-") as name:
        scratch = Path(name)
        found.append(saves(scratch, given.sample, say))
        program = chromium()
        if program is None:
            left_out.append("everything in a browser; there is no Chromium here")
        else:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
                with served(scratch) as server:
                    found = [
                        *lessons(server, browser, say),
                        keystrokes(server, browser, say),
                        *found,
                    ]
                if not given.first:
                    left_out.append("the starts, as --no-first asks")
                elif not package_index():
                    left_out.append("the starts; no package index can be reached from here")
                else:
                    found = [*starts(scratch, browser, say), *found]
                browser.close()
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(as_json(found, left_out), "utf-8")
    show(found, left_out, Console(width=100, highlight=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
