"""Who uses a workbook: the code and name typed once on the start page."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from kamlib.items.answers import replace_file
from kamlib.words import LANGUAGES

FILE = "me.json"
"""In the workbook's folder; no pack ships it, so a newer edition never overwrites it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A trainee as the workbook knows him."""

    code: str = ""
    """As in the roster; empty until it is typed."""
    name: str = ""
    lang: str = ""
    """The language chosen, empty where the workbook's own is meant."""

    @property
    def known(self) -> bool:
        """Whether the code has been typed and confirmed."""
        return bool(self.code)


def clean_code(typed: str) -> str:
    """Return a code as it is kept: ordinary letters, capital, no blanks.

    >>> clean_code(" ａ 07 ")
    'A07'
    """
    return "".join(unicodedata.normalize("NFKC", typed).split()).upper()[:32]


def read_identity(root: Path) -> Identity:
    """Return who the workbook belongs to; nobody yet where the file is missing or damaged."""
    try:
        data = json.loads((root / FILE).read_text("utf-8"))
        lang = str(data.get("lang", ""))
        return Identity(
            clean_code(str(data.get("code", ""))),
            str(data.get("name", ""))[:100],
            lang if lang in LANGUAGES else "",
        )
    except (OSError, ValueError, AttributeError, RecursionError):
        return Identity()


def write_identity(root: Path, identity: Identity) -> None:
    """Keep who the workbook belongs to; raises `NotSaved` where the folder cannot be written."""
    data = {"code": identity.code, "name": identity.name, "lang": identity.lang}
    replace_file(root / FILE, (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode())
