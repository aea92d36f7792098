"""Where a form is: the notebook's folder, its language, and the items that lie beside it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

from kamlib.items.answers import answers_name
from kamlib.items.keys import Key, parse_key
from kamlib.items.model import Item, parse_item
from kamlib.words import LANGUAGES, Message, message

SETTINGS = "kam.json"
"""The file beside a notebook, or above it, that says its language and course version."""

PRACTICE = ".practice.json"
"""How the name of the file with the answers to practice items ends, after its unit."""


BATCH = ("NBGRADER_EXECUTION", "KAM_BATCH")
"""Set in the environment where a notebook runs with nobody before it."""


class NotHere(Exception):
    """A form cannot work where it is; carries a sentence that says why and what to do."""

    def __init__(self, what: Message) -> None:
        """Take the sentence."""
        super().__init__(what.text)
        self.message = what


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with notebooks, items and answers, in a workbook or in the course itself."""

    folder: Path
    """The notebook's."""
    root: Path
    """The workbook's: the nearest folder, here or above, with a `kam.json`."""
    lang: str
    settings: Mapping[str, Any]
    """What `kam.json` says; empty where there is none."""

    @property
    def version(self) -> str:
        """The course's version, empty where it is not known."""
        return str(self.settings.get("version", ""))

    def questions(self, slug: str) -> Path:
        """Return the file with the items of a unit, given by the first part of their ids."""
        for pattern in (f"items.{self.lang}.json", "items.json"):
            found = sorted(self.folder.glob(f"[0-9][0-9]_{escape(slug)}.{pattern}"))
            if found:
                return found[0]
        raise NotHere(
            message(
                "The questions of this page are missing: no file …_{slug}.items.json in {folder}. "
                "Unpack the workbook again; your answers stay.",
                slug=slug,
                folder=str(self.folder),
            )
        )

    def item(self, name: str) -> tuple[Item, Key | None]:
        """Return an item in the language of the place, and its key if it is for practice."""
        path = self.questions(name.split(".")[0])
        try:
            data = json.loads(path.read_text("utf-8"))
            for entry in data["items"]:
                if entry["id"] == name:
                    item = parse_item(entry)
                    key = data.get("keys", {}).get(name)
                    return item, parse_key(item.interaction, key) if key else None
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            raise _damaged(path.name) from None
        raise NotHere(
            message(
                "There is no question “{item}” in {file}. Unpack the workbook again; your answers stay.",
                item=name,
                file=path.name,
            )
        )

    def items(self, slug: str) -> list[Item]:
        """Return all items of a unit that lie here, in the order of their file."""
        path = self.questions(slug)
        try:
            return [parse_item(entry) for entry in json.loads(path.read_text("utf-8"))["items"]]
        except (OSError, ValueError, LookupError, TypeError):
            raise _damaged(path.name) from None

    def answers(self, item: Item) -> Path:
        """Return the file that keeps the answer to an item.

        What is handed in and what is practice lie in two files, so that practice never travels.
        One pair serves all languages.
        """
        unit = self.questions(item.id.split(".")[0]).name.split(".")[0]
        return self.folder / (answers_name(unit) if item.use == "graded" else f"{unit}{PRACTICE}")


def notebook_path() -> Path:
    """Return the running notebook as the front end names it, or a file that is not in this folder."""
    session = Path(os.environ.get("JPY_SESSION_NAME", ""))
    return session if session.is_absolute() else Path.cwd() / "none.ipynb"


def interactive() -> bool:
    """Whether somebody can answer: only on a positive sign of a live front end, never in a batch."""
    if any(os.environ.get(name) for name in BATCH):
        return False
    return (
        bool(os.environ.get("JPY_SESSION_NAME"))
        or os.environ.get("SERVER_SOFTWARE", "").startswith("voila")
        or "__vsc_ipynb_file__" in _kernel_names()
    )


def _kernel_names() -> Mapping[str, Any]:
    """Return what the running kernel knows by name; nothing where there is none."""
    ipython = sys.modules.get("IPython")  # where it was never loaded, there is no kernel
    shell = ipython.get_ipython() if ipython else None
    return shell.user_ns if shell else {}


def here(notebook: Path | None = None) -> Place:
    """Read the place a notebook is in; without a `kam.json` it is English and of no version.

    The notebook's name may end in a language, as in `lesson.zh.ipynb`; else `kam.json` decides.
    """
    notebook = notebook or notebook_path()
    folder = notebook.parent
    root = next(
        (near for near in (folder, *folder.parents[:3]) if (near / SETTINGS).is_file()), folder
    )
    settings: dict[str, Any] = {}
    if (root / SETTINGS).is_file():
        try:
            settings = dict(json.loads((root / SETTINGS).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            raise _damaged(SETTINGS) from None
    named = notebook.stem.rpartition(".")[2]
    lang = named if named in LANGUAGES else settings.get("lang", LANGUAGES[0])
    return Place(folder, root, lang if lang in LANGUAGES else LANGUAGES[0], settings)


def _damaged(file: str) -> NotHere:
    return NotHere(
        message("{file} is damaged. Unpack the workbook again; your answers stay.", file=file)
    )
