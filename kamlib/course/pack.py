"""The trainee's edition: one zip with lessons, exercises, and all that a double click needs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import kamlib
from kamlib.course.build import CASE_FILE, UnitSources, read_unit
from kamlib.course.bundle import from_json
from kamlib.course.notebook import page_notebook
from kamlib.course.staging import sealed_unit
from kamlib.course.syllabus import Course, CourseError, Unit
from kamlib.items.answers import replace_file
from kamlib.items.manifest import sha256
from kamlib.items.texts import map_texts
from kamlib.words import LANGUAGES, Message, message

START_FILES = Path(__file__).parent / "start_files"
"""Templates of what is started by a double click, and of the script that they run."""

LOCK = "requirements-trainee.lock"
"""What the start files install: names, versions and hashes."""

EXECUTABLE = ("START-macOS.command", "START-Linux.sh")
_CRLF = (".bat", ".txt")
_FIXED = (1980, 1, 1, 0, 0, 0)

_ALLOWED = re.compile(
    r"kam\.json|start\.ipynb|README\.txt|START-(Windows\.bat|macOS\.command|Linux\.sh)"
    r"|app/(bootstrap\.py|no-python\.txt|edition\.json|requirements-trainee\.lock|kamlib-[\w.+-]+\.whl)"
    r"|app/wheels/[\w.+-]+\.whl"
    r"|units/(?P<unit>\d\d_\w+)/((lesson|exercise)\.(en|zh)\.ipynb|(?P=unit)\.items\.(en|zh)\.json"
    r"|(?P=unit)\.stages\.json|(?P=unit)\.[A-Z][A-Z0-9]{0,7}\.sealed"
    rf"|{CASE_FILE.pattern})"
)
"""Every name that a pack may hold. None of them is one that a trainee's own files bear."""


@dataclass(frozen=True, slots=True)
class Edition:
    """For whom the workbook is packed."""

    lang: str
    cohort: str = ""
    tz: str = "UTC"
    due: Mapping[str, str] = field(default_factory=dict)
    """The last day by unit, as in `2026-06-15`."""
    send_to: str = ""
    """Where to send a hand-in: an address or a place."""
    frozen: Path | None = None
    """The cohort's copy of the exercises, so that trainees get what will be marked."""
    words: Mapping[str, Mapping[str, str]] | None = None
    """The words that open later stages, by unit and stage; None for an honour edition, where a
    stage opens once the one before is committed."""

    @property
    def file_name(self) -> str:
        """The pack's usual name; without version, so that a newer one unpacks over the old."""
        safe = re.sub(r"[^\w-]+", "_", self.cohort) or self.lang
        return f"kam_workbook_{safe}.zip"


def pack_files(course: Course, edition: Edition, wheels: Path | None = None) -> dict[str, bytes]:
    """Return every file of a trainee's workbook by its path in it, in order.

    Raises `CourseError` where something is not built or missing.
    """
    files: dict[str, bytes] = {}
    entries = []
    for sources in packed_units(course, edition):
        entries.append(_entry(sources))
        of_unit: dict[str, bytes] = {}
        for lang in LANGUAGES:
            of_unit |= _unit_files(sources.unit, lang, edition)
        words = None if edition.words is None else edition.words.get(sources.unit.name, {})
        files |= sealed_unit(of_unit, sources, words) | _open_files(sources)
    files["kam.json"] = _json(
        {
            "title": course.title,
            "lang": edition.lang,
            "version": course.version,
            "cohort": edition.cohort,
            "tz": edition.tz,
            "due": dict(edition.due),
            "send_to": edition.send_to,
            "units": entries,
        }
    )
    files["start.ipynb"] = page_notebook(
        "start", "from kamlib.forms import start\nstart()", edition.lang
    )
    wheel_name, wheel = build_wheel()
    files[f"app/{wheel_name}"] = wheel
    files[f"app/{LOCK}"] = _read(_project() / LOCK)
    notebooks = {name: sha256(data) for name, data in files.items() if name.endswith(".ipynb")}
    files["app/edition.json"] = _json({"wheel": wheel_name, "notebooks": notebooks})
    for name in ("bootstrap.py", "no-python.txt"):
        files[f"app/{name}"] = _template(name)
    for name in ("README.txt", "START-Windows.bat", *EXECUTABLE):
        files[name] = _template(name)
    for path in sorted(wheels.glob("*.whl")) if wheels else ():
        files[f"app/wheels/{path.name}"] = _read(path)
    if wheels and not any(name.startswith("app/wheels/") for name in files):
        raise CourseError(
            message("There are no wheels in {folder}. Fill it with: pip download --require-hashes -r {lock} -d {folder}",
                    folder=str(wheels), lock=LOCK)
        )  # fmt: skip
    strange = [name for name in files if not _ALLOWED.fullmatch(name)]
    if strange:
        raise CourseError(message("A pack may not hold {files}.", files=strange))
    return dict(sorted(files.items()))


def packed_units(course: Course, edition: Edition) -> list[UnitSources]:
    """Return the units of an edition: those of its cohort, else all that are no drafts."""
    found = [read_unit(unit) for unit in course.units]
    if edition.frozen is None:
        return [one for one in found if not one.draft]
    return [one for one in found if (edition.frozen / one.unit.name / "bundle.json").is_file()]


def write_pack(course: Course, edition: Edition, path: Path, wheels: Path | None = None) -> int:
    """Write the trainee's edition as one zip and return its size in bytes.

    The same course gives the same bytes, but for sealed stages, whose seal is new each time. Raises `CourseError` as `pack_files` does, and
    `NotSaved` where the file cannot be written.
    """
    files = pack_files(course, edition, wheels)
    with tempfile.TemporaryDirectory(prefix="kam-pack-") as scratch:
        part = Path(scratch) / "pack.zip"
        with zipfile.ZipFile(part, "w") as archive:
            for name, data in files.items():
                member = zipfile.ZipInfo(name, _FIXED)
                member.create_system = 3  # so that the mode below is read as that of a file
                member.external_attr = (0o100755 if name in EXECUTABLE else 0o100644) << 16
                packed = name.endswith(".whl")
                member.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
                archive.writestr(member, data)
        replace_file(path.absolute(), part.read_bytes())
    return path.stat().st_size


def _entry(sources: UnitSources) -> dict[str, Any]:
    """Return what the start page knows of a unit."""
    english = sources.lesson.title
    title = {LANGUAGES[0]: english}
    for lang in LANGUAGES[1:]:
        title[lang] = sources.translations(lang, ("lesson",)).get(english, english)
    return {
        "name": sources.unit.name,
        "title": title,
        "teaching": sources.lesson.front["teaching"],
        "exercises": sources.lesson.front["exercises"],
        "minutes": sources.exercise.front["minutes"],
    }


def _unit_files(unit: Unit, lang: str, edition: Edition) -> dict[str, bytes]:
    lesson = unit.lesson(lang)
    exercise = unit.release(lang) / f"{unit.name}.ipynb"
    released = unit.release(lang) / f"{unit.name}.items.json"
    practice = json.loads(_read(lesson.with_suffix(".items.json")))
    if edition.frozen:
        exercise = edition.frozen / unit.name / f"exercise.{lang}.ipynb"
        kept = from_json(_read(edition.frozen / unit.name / "bundle.json").decode())
        words = kept.words(lang)
        graded = [
            map_texts(item, words.translate).model_dump(mode="json", exclude_defaults=True)
            for item in kept.items
        ]
    else:
        graded = json.loads(_read(released))["items"]
    open_keys = set(practice["keys"]) & {item["id"] for item in graded}
    if open_keys or any(item.get("use") == "graded" for item in practice["items"]):
        raise CourseError(
            message("{file} holds graded questions or their keys; run kam course build.",
                    file=lesson.with_suffix(".items.json").name)
        )  # fmt: skip
    folder = f"units/{unit.name}"
    return {
        f"{folder}/lesson.{lang}.ipynb": _read(lesson),
        f"{folder}/exercise.{lang}.ipynb": _read(exercise),
        f"{folder}/{unit.name}.items.{lang}.json": _json(
            {"items": [*practice["items"], *graded], "keys": practice["keys"]}
        ),
    }


def _open_files(sources: UnitSources) -> dict[str, bytes]:
    """Return the data files of a case that lie open for trainees; none where all come by stages."""
    folder = sources.unit.folder
    names = sources.files.get("", ())
    return {f"units/{folder.name}/{name}": _read(folder / name) for name in names}


def _project() -> Path:
    """Return the folder of this project, from which the wheel is built."""
    root = Path(kamlib.__file__).parents[1]
    if not (root / "pyproject.toml").is_file():
        raise CourseError(
            message("A workbook is packed from the course's own folder: install kamlib from there, with pip install -e .")
        )  # fmt: skip
    return root


def build_wheel() -> tuple[str, bytes]:
    """Build kamlib as a wheel from a clean copy, without the internet; return its name and bytes."""
    root = _project()
    with tempfile.TemporaryDirectory(prefix="kam-wheel-") as scratch:
        copy = Path(scratch) / "project"
        copy.mkdir()
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copyfile(root / name, copy / name)
        ignored = shutil.ignore_patterns(
            "__pycache__", "*.pyc", ".*", "*~", "*.bak", "*.orig", "*.answers.json",
            "*.practice.json", "[kK]ey.y*ml*", "unit_files", "me.json", "handed_in", "reports",
        )  # fmt: skip
        shutil.copytree(root / "kamlib", copy / "kamlib", ignore=ignored)
        run = subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", scratch],
            cwd=copy, capture_output=True, text=True, check=False,
        )  # fmt: skip
        found = sorted(Path(scratch).glob("*.whl"))
        if run.returncode or not found:
            last = (run.stderr or run.stdout).strip().splitlines() or [""]
            raise CourseError(message("kamlib could not be packed as a wheel: {why}", why=last[-1]))
        return found[0].name, found[0].read_bytes()


def _template(name: str) -> bytes:
    """Return a start file as its system wants it: Windows needs its own line ends."""
    data = _read(START_FILES / name)
    if name.endswith(_CRLF):
        data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return data


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise CourseError(_missing(path.name)) from None


def _missing(name: str) -> Message:
    return message("{file} is not built yet; run kam course build.", file=name)


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
