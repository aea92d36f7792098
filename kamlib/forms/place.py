"""Where a form is: the notebook's folder, its language, and the items that lie beside it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

from kamlib.items.keys import Key, parse_key
from kamlib.items.model import Item, parse_item
from kamlib.words import LANGUAGES, Message, message

SETTINGS = "kam.json"
"""The file beside a notebook that says its language and course version."""


class NotHere(Exception):
    """A form cannot work where it is; carries a sentence that says why and what to do."""

    def __init__(self, what: Message) -> None:
        """Take the sentence."""
        super().__init__(what.text)
        self.message = what


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with notebooks, items and answers."""

    folder: Path
    lang: str
    version: str
    """Of the course."""

    def questions(self, slug: str) -> Path:
        """Return the file with the items of a unit, given by the first part of their ids."""
        found = sorted(self.folder.glob(f"[0-9][0-9]_{escape(slug)}.items.json"))
        if not found:
            raise NotHere(
                message(
                    "The questions of this page are missing: no file …_{slug}.items.json in {folder}. "
                    "Unpack the workbook again; your answers stay.",
                    slug=slug,
                    folder=str(self.folder),
                )
            )
        return found[0]

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

    def answers(self, name: str) -> Path:
        """Return the path of the answers file for an item."""
        unit = self.questions(name.split(".")[0]).name.removesuffix(".items.json")
        return self.folder / f"{unit}.answers.json"


def notebook_folder() -> Path:
    """Return the folder of the running notebook, whatever the kernel's own folder is."""
    session = os.environ.get("JPY_SESSION_NAME", "")
    if session and Path(session).is_absolute():
        return Path(session).parent
    return Path.cwd()


def here(folder: Path | None = None) -> Place:
    """Read the place a notebook is in; without a `kam.json` it is English and of no version."""
    folder = folder or notebook_folder()
    settings: dict[str, Any] = {}
    path = folder / SETTINGS
    if path.is_file():
        try:
            settings = dict(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            raise _damaged(SETTINGS) from None
    lang = settings.get("lang", LANGUAGES[0])
    return Place(
        folder, lang if lang in LANGUAGES else LANGUAGES[0], str(settings.get("version", ""))
    )


def _damaged(file: str) -> NotHere:
    return NotHere(
        message("{file} is damaged. Unpack the workbook again; your answers stay.", file=file)
    )
