"""Where a form is: the notebook's folder, its language, and the items that lie beside it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

from kamlib.forms.stages import DamagedStages, Stages, read_stages
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


class StillClosed(NotHere):
    """What is asked for belongs to a stage that is not open yet."""

    def __init__(self, stage: str) -> None:
        """Take the stage."""
        super().__init__(message("This question opens with stage {stage}.", stage=stage))
        self.stage = stage


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

    def unit(self, slug: str) -> str:
        """Return the name of a unit that lies here, given by the first part of its items' ids."""
        return self.questions(slug).name.split(".")[0]

    def stages(self, slug: str) -> Stages | None:
        """Return the stages of a unit, None where all of it is open."""
        try:
            return read_stages(self.folder, self.unit(slug))
        except DamagedStages as problem:
            raise damaged(str(problem)) from None

    def item(self, name: str) -> tuple[Item, Key | None]:
        """Return an item in the language of the place, and its key if it is for practice.

        Raises `StillClosed` for an item of a stage that is not open yet.
        """
        slug = name.split(".")[0]
        path = self.questions(slug)
        try:
            data = json.loads(path.read_text("utf-8"))
            found = _found(name, data["items"], data.get("keys", {}))
            if found:
                return found
            stages = self.stages(slug)
            closed = (
                next((one for one in stages.closed if one.id == name), None) if stages else None
            )
            if stages and closed:
                opened = stages.opened(closed.stage)
                if opened is None:
                    raise StillClosed(closed.stage)
                found = _found(name, opened.items(self.lang), opened.keys(self.lang))
                if found:
                    return found
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            raise damaged(path.name) from None
        raise NotHere(
            message(
                "There is no question “{item}” in {file}. Unpack the workbook again; your answers stay.",
                item=name,
                file=path.name,
            )
        )

    def items(self, slug: str) -> list[Item]:
        """Return all items of a unit that are open here, in the order of file and stages."""
        path = self.questions(slug)
        try:
            entries = list(json.loads(path.read_text("utf-8"))["items"])
            stages = self.stages(slug)
            for stage in stages.order[1:] if stages else ():
                opened = stages.opened(stage) if stages else None
                entries += opened.items(self.lang) if opened else []
            return [parse_item(entry) for entry in entries]
        except (OSError, ValueError, LookupError, TypeError):
            raise damaged(path.name) from None

    def case_file(self, slug: str, name: str) -> str:
        """Return the text of a case's data file, such as `case/game.json`.

        It came with an open stage, or lies open beside the lesson where the unit has no stages. In
        the course's own folder everything is open. Raises `StillClosed` before its stage is open,
        `NotHere` where there is no such file or it cannot be read.
        """
        stages = self.stages(slug)
        if stages is not None:
            text = stages.data(name)
            if text is not None:
                return text
            if name in stages.files:
                raise StillClosed(stages.files[name])
        else:
            own = [
                root / "units" / self.unit(slug) / name
                for root in (self.folder, *self.folder.parents[:4])
                if (root / "course.yaml").is_file()
            ]
            found = next((path for path in (self.folder / name, *own) if path.is_file()), None)
            if found is not None:
                try:
                    return found.read_text("utf-8-sig")
                except (OSError, ValueError):
                    raise damaged(name) from None
        raise NotHere(
            message("The file {file} is missing. Unpack the workbook again; your answers stay.", file=name)
        )  # fmt: skip

    def answers(self, item: Item) -> Path:
        """Return the file that keeps the answer to an item.

        What is handed in and what is practice lie in two files, so that practice never travels.
        One pair serves all languages.
        """
        unit = self.unit(item.id.split(".")[0])
        return self.folder / (answers_name(unit) if item.use == "graded" else f"{unit}{PRACTICE}")


def _found(
    name: str, entries: Iterable[Mapping[str, Any]], keys: Mapping[str, Any]
) -> tuple[Item, Key | None] | None:
    """Return the item of this name among these with its key, None where it is not among them."""
    for entry in entries:
        if entry["id"] == name:
            item = parse_item(entry)
            key = keys.get(name)
            return item, parse_key(item.interaction, key) if key else None
    return None


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
            raise damaged(SETTINGS) from None
    named = notebook.stem.rpartition(".")[2]
    lang = named if named in LANGUAGES else settings.get("lang", LANGUAGES[0])
    return Place(folder, root, lang if lang in LANGUAGES else LANGUAGES[0], settings)


def damaged(file: str) -> NotHere:
    """Return what to raise where a file of the workbook cannot be read."""
    return NotHere(
        message("{file} is damaged. Unpack the workbook again; your answers stay.", file=file)
    )
