"""Which stages of a unit are open on this machine, and what the open ones hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kamlib.items.answers import AnswersError, replace_file
from kamlib.items.manifest import sha256
from kamlib.items.sealing import DAMAGED, BrokenSeal, SealError, unseal
from kamlib.words import LANGUAGES, message

FORMAT = 1
"""The format of the list of a unit's stages."""


def stages_name(unit: str) -> str:
    """Return the name of the list of a unit's stages.

    >>> stages_name("07_case")
    '07_case.stages.json'
    """
    return f"{unit}.stages.json"


def sealed_name(unit: str, stage: str) -> str:
    """Return the name of a sealed stage's file.

    >>> sealed_name("07_case", "S1")
    '07_case.S1.sealed'
    """
    return f"{unit}.{stage}.sealed"


def opened_name(unit: str, stage: str) -> str:
    """Return the name of the file that keeps a stage open on this machine; no pack ships one.

    >>> opened_name("07_case", "S1")
    '07_case.S1.opened.json'
    """
    return f"{unit}.{stage}.opened.json"


@dataclass(frozen=True, slots=True)
class Closed:
    """A question of a stage that is not open yet."""

    id: str
    use: str
    """`practice` or `graded`."""
    stage: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What an open stage holds, in every language."""

    stage: str
    content: Mapping[str, Any]

    def title(self, lang: str) -> str:
        """Return the stage's task."""
        return str(_in(self.content.get("title"), lang, ""))

    def chunk(self, lang: str, number: int) -> str:
        """Return a chunk of its pages as HTML, counted from 1; empty where there is none."""
        chunks = _in(self.content.get("chunks"), lang, [])
        return str(chunks[number - 1]) if 1 <= number <= len(chunks) else ""

    def items(self, lang: str) -> list[dict[str, Any]]:
        """Return its questions as they stand in an items file."""
        return list(_in(self.content.get("items"), lang, []))

    def keys(self, lang: str) -> dict[str, Any]:
        """Return the keys of its practice questions."""
        return dict(_in(self.content.get("keys"), lang, {}))

    @property
    def facts(self) -> Mapping[str, list[Mapping[str, Any]]]:
        """Its facts as their file has them, by the case's folder."""
        return self.content.get("facts") or {}

    @property
    def files(self) -> Mapping[str, str]:
        """The data files that come with it, by name."""
        return self.content.get("files") or {}


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages of a unit in a workbook."""

    folder: Path
    unit: str
    order: tuple[str, ...]
    """All of them; the first is open from the beginning."""
    closed: tuple[Closed, ...] = ()
    """The questions of the sealed stages, open by now or not, in order."""
    honour: Mapping[str, str] = field(default_factory=dict)
    """In an honour edition, the word of each sealed stage; else empty."""
    first: Opened | None = None
    """What the first stage holds beside what lies open: its facts and data files."""
    files: Mapping[str, str] = field(default_factory=dict)
    """With which stage each data file comes, by its name."""

    def is_open(self, stage: str) -> bool:
        """Whether a stage's content can be read on this machine."""
        return stage not in self.order[1:] or self.opened(stage) is not None

    def data(self, name: str) -> str | None:
        """Return the text of a data file that comes with an open stage, None where no open one has it."""
        if self.first and name in self.first.files:
            return self.first.files[name]
        opened = self.opened(self.files[name]) if name in self.files else None
        return opened.files.get(name) if opened else None

    def facts(self, case: str = "case") -> list[Mapping[str, Any]]:
        """Return the facts of the open stages as their file has them, by the case's folder, in order."""
        known = [self.first, *(self.opened(stage) for stage in self.order[1:])]
        return [fact for one in known if one for fact in one.facts.get(case, [])]

    def before(self, stage: str) -> str:
        """Return the stage before one; empty for the first."""
        place = self.order.index(stage) if stage in self.order else 0
        return self.order[place - 1] if place else ""

    def opened(self, stage: str) -> Opened | None:
        """Return what a stage holds, None where it is not open yet; never raises.

        Where a newer edition has brought the stage again, its content counts if the word that was
        typed then opens it too.
        """
        kept = self._kept(stage)
        if kept is None:
            return None
        try:
            sealed = (self.folder / sealed_name(self.unit, stage)).read_bytes()
            if sha256(sealed) != kept["sealed"]:
                return self._open(stage, sealed, kept["word"])
        except (OSError, SealError, AnswersError):
            pass  # what was opened once stays open, whatever became of the seal
        return Opened(stage, kept["content"])

    def open(self, stage: str, word: str) -> Opened:
        """Open a stage with its word, and keep it open.

        Raises `SealError` where it cannot be opened and `NotSaved` where that cannot be kept;
        nothing has changed then.
        """
        try:
            sealed = (self.folder / sealed_name(self.unit, stage)).read_bytes()
        except OSError:
            raise BrokenSeal(
                message("The file of this stage is missing: {file}. Unpack the workbook again; your answers stay.",
                        file=sealed_name(self.unit, stage))
            ) from None  # fmt: skip
        return self._open(stage, sealed, word)

    def _open(self, stage: str, sealed: bytes, word: str) -> Opened:
        content = unseal(sealed, word)
        if not isinstance(content, dict) or content.get("stage") != stage:
            raise BrokenSeal(DAMAGED)
        kept = {"format": FORMAT, "sealed": sha256(sealed), "word": word, "content": content}
        text = json.dumps(kept, ensure_ascii=False) + "\n"
        replace_file(self.folder / opened_name(self.unit, stage), text.encode())
        return Opened(stage, content)

    def _kept(self, stage: str) -> dict[str, Any] | None:
        try:
            kept = json.loads((self.folder / opened_name(self.unit, stage)).read_text("utf-8"))
            sound = isinstance(kept["content"], dict) and isinstance(kept["word"], str)
            return dict(kept) if sound and isinstance(kept["sealed"], str) else None
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return None


class DamagedStages(Exception):
    """The list of a unit's stages cannot be read."""


def read_stages(folder: Path, unit: str) -> Stages | None:
    """Return the stages of a unit in a workbook, None where nothing of it opens step by step.

    Raises `DamagedStages` where their list cannot be read.
    """
    path = folder / stages_name(unit)
    try:
        found = json.loads(path.read_text("utf-8"))
        return Stages(
            folder=folder,
            unit=unit,
            order=tuple(map(str, found["stages"])),
            closed=tuple(
                Closed(str(one["id"]), str(one["use"]), str(one["stage"]))
                for one in found["closed"]
            ),
            honour={str(stage): str(word) for stage, word in found["honour"].items()},
            first=Opened(
                str(next(iter(found["stages"]), "")),
                {"title": found["titles"], "facts": found["facts"], "files": found["data"]},
            ),
            files={str(name): str(stage) for name, stage in found["files"].items()},
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise DamagedStages(path.name) from None


def _in(by_lang: Any, lang: str, none: Any) -> Any:
    if not isinstance(by_lang, Mapping):
        return none
    return by_lang.get(lang, by_lang.get(LANGUAGES[0], none))
