"""What tests of activities share: an unpacked unit with its case, and a page that asks a desk."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kamlib.forms.activity import ActivityDesk
from kamlib.words import LANGUAGES
from tests.forms.workbooks import put


def unpacked(root: Path, unit: str, case: Path, names: Iterable[str]) -> Path:
    """Unpack a workbook whose unit has these files of a case; return the unit's folder."""
    folder = root / "units" / unit
    put(root / "kam.json", {"lang": "en", "version": "0.1"})
    for lang in LANGUAGES:
        put(folder / f"{unit}.items.{lang}.json", {"items": [], "keys": {}})
    for name in names:
        put(folder / "case" / name, (case / name).read_bytes())
    return folder


class DeskPage:
    """A page that asks a desk, as the browser does."""

    def __init__(self, desk: ActivityDesk) -> None:
        """Open the page."""
        self._asked = desk
        self.now = desk.page()
        self.error = ""

    def ask(self, kind: str, **more: Any) -> dict[str, Any]:
        """Ask for something; every reply has its number and can be sent."""
        told = self._asked.answer({"kind": kind, "seq": 7, "play": self.now["play"], **more})
        assert told["ack"] == 7
        json.dumps(told)
        self.error, self.now = told.get("error", ""), told.get("page", self.now)
        return self.now
