"""How a lesson or exercise is written: Markdown cells with items, anchors, callouts and notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jupytext
import jupytext.myst
from nbformat import ValidationError
from yaml import YAMLError

from kamlib.course.syllabus import CourseError, parse_yaml, read_text
from kamlib.words import message

ITEM = re.compile(r"^`\{item\} ([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)`$")
ANCHOR = re.compile(r"^`\{anchor\} ([a-z0-9-]+)((?: K\d{3}(?:\.\d\d)?)*)`$")
STAGE_NAME = re.compile(r"[A-Z][A-Z0-9]{0,7}")
"""What the name of a stage looks like, as in `S1`."""
STAGE = re.compile(r"^`\{stage\} ([A-Z][A-Z0-9]{0,7})`$")
FACTS = re.compile(r"^`\{facts\} ([A-Z][A-Z0-9]{0,7})(?: (case[a-z0-9_]*))?`$")
ACTIVITY = re.compile(r"^`\{activity\} ([a-z][a-z0-9_]*)(?: ([a-z][a-z0-9_]*))?`$")
FIGURE = re.compile(r"^`\{figure\} ([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)(?: (case[a-z0-9_]*))?`$")
NOTATIONS = (ITEM, ANCHOR, STAGE, FACTS, ACTIVITY, FIGURE)
"""What stands in a block of its own."""
FOREIGN = re.compile(r"^`\{|^[`~]{3,}\{|\{[a-z:-]+\}`|<!--|^% ", re.M)
"""What looks like a notation and is none: it would stand as it is before a trainee's eyes."""
CASE = "case"
"""The folder of a unit's case, where `{facts}`, `{activity}` or `{figure}` names no other."""
TRAINER = "trainer"
"""The tag of notes that only the trainer's edition shows."""
CALLOUT = re.compile(r"^\[!([a-z]+)\] ?(.*)$")
KINDS = ("note", "story", "dialogue", "rule", "caution", "summary", "example")
"""The kinds of callout an author may write."""
STATED = ("reframed", "omitted")
"""How an author may say that a row of the curriculum stands."""


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list, table or heading: the unit of translation."""

    text: str
    """Markdown, without the `>` of a callout."""
    quoted: bool = False
    """Whether it stands in a callout or quotation."""
    opens: bool = True
    """Whether it begins a callout or quotation, rather than going on in one."""
    line: int = 0
    """Its number in the source, from 1, for messages."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A named place that teaches curriculum rows."""

    name: str
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of the source that becomes one cell of the notebook."""

    kind: str
    """`markdown`, `code`, `item`, `stage` (one begins here), `facts`, `activity` or `figure`."""
    blocks: tuple[Block, ...] = ()
    """Of a Markdown cell."""
    anchors: tuple[Anchor, ...] = ()
    """The places named at its beginning."""
    code: str = ""
    item: str = ""
    facts: tuple[str, str] = ("", "")
    """The stage whose facts are shown here, and the folder of the case they are of."""
    activity: tuple[str, str] = ("", "")
    """What is live here, and the folder of the case it is played with, or which part of it this is."""
    figure: tuple[str, str] = ("", "")
    """The figure shown here by module and name, and the folder of the case it is drawn of."""
    stage: str = ""
    """The stage it belongs to; empty where it is open from the beginning."""
    tags: tuple[str, ...] = ()

    @property
    def for_trainer(self) -> bool:
        """Whether only the trainer's edition shows it."""
        return TRAINER in self.tags


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed text source."""

    path: Path
    front: dict[str, Any]
    """The front matter: title, minutes and what else it says."""
    cells: tuple[Cell, ...]

    @property
    def title(self) -> str:
        """The title, in the source language."""
        return str(self.front["title"])

    @property
    def items(self) -> tuple[str, ...]:
        """The ids of the items it places, in order."""
        return tuple(cell.item for cell in self.cells if cell.item)

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """All its anchors, in order."""
        return tuple(anchor for cell in self.cells for anchor in cell.anchors)

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages that begin in it, in order."""
        return tuple(cell.stage for cell in self.cells if cell.kind == "stage")

    def texts(self) -> Iterator[tuple[str, int]]:
        """Yield every text to translate with its line, front matter first."""
        for name in ("title", "summary"):
            if name in self.front:
                yield str(self.front[name]), 1
        for reason in self.front.get("states", {}).values():
            yield str(reason["why"]), 1
        for title in self.front.get("stages", {}).values():
            yield str(title), 1
        for cell in self.cells:
            for block in cell.blocks:
                if is_prose(block.text):
                    yield block.text, block.line


def is_prose(text: str) -> bool:
    """Whether a block holds words to translate (a rule or an image does not)."""
    return bool(re.search(r"[^\W\d_]", text))


def read_source(path: Path) -> Source:
    """Parse a text source, or raise `CourseError` for a notation that does not exist."""
    text = read_text(path)
    head = re.match(r"---\n(.*?)^---$", text, re.S | re.M)
    if head:
        parse_yaml(head[1], path.name)
    try:
        notebook = jupytext.reads(text, fmt="md:myst")
    except (YAMLError, ValidationError, jupytext.myst.MystMetadataParsingError) as error:
        why = str(error).split("\n")[0]
        raise CourseError(
            message("{file} cannot be read: {why}", file=path.name, why=why)
        ) from None
    front = {name: value for name, value in notebook.metadata.items() if name != "jupytext"}
    lines = text.split("\n")
    cells: list[Cell] = []
    at = 0
    for cell in notebook.cells:
        tags = tuple(cell.metadata.get("tags", ()))
        first = cell.source.split("\n")[0]
        at = next((i for i in range(at, len(lines)) if lines[i].strip() == first.strip()), at)
        # A misspelt tag would hand the trainer's notes to the trainees.
        if cell.cell_type == "code":
            known = TRAINER not in tags
        else:
            known = tags in ((), (TRAINER,)) and not set(cell.metadata) - {"tags"}
        if not known:
            raise CourseError(
                message("{file}, line {line}: text may have the tag “trainer”, and no other; code may have "
                        "any other.", file=path.name, line=at + 1)
            )  # fmt: skip
        if cell.cell_type == "code":
            cells.append(Cell("code", code=cell.source, tags=tags))
        else:
            cells += _markdown_cells(cell.source, tags, at, path)
        at += cell.source.count("\n") + 1
    if "title" not in front:
        raise CourseError(message("{file} has no title in its front matter.", file=path.name))
    stated = front.get("states", {})
    if not isinstance(stated, dict) or not all(map(_has_reason, stated.values())):
        raise CourseError(
            message("{file}: under “states” each row needs a state ({known}) and, under “why”, a reason.",
                    file=path.name, known=STATED)
        )  # fmt: skip
    titles = front.get("stages", {})
    if not isinstance(titles, dict) or not all(
        STAGE_NAME.fullmatch(str(name)) and isinstance(title, str) and title.strip()
        for name, title in titles.items()
    ):
        raise CourseError(
            message("{file}: under “stages” each stage, such as S1, needs its task in a few words.",
                    file=path.name)
        )  # fmt: skip
    return Source(path, front, tuple(_in_stages(cells)))


def _in_stages(cells: Iterable[Cell]) -> Iterator[Cell]:
    """Yield the cells, each with the stage that began before it."""
    stage = ""
    for cell in cells:
        if cell.kind == "stage":
            stage = cell.stage
        yield replace(cell, stage=stage)


def _has_reason(stated: object) -> bool:
    return isinstance(stated, dict) and stated.get("state") in STATED and bool(stated.get("why"))


def _markdown_cells(source: str, tags: tuple[str, ...], at: int, path: Path) -> Iterator[Cell]:
    """Split one Markdown cell at items and at anchors, so that each place has a cell of its own."""
    blocks: list[Block] = []
    anchors: list[Anchor] = []
    for block in _blocks(source, at + 1):
        item, anchor, stage, facts, activity, figure = (
            notation.match(block.text) for notation in NOTATIONS
        )
        ours = item or anchor or stage or facts or activity or figure
        if ours and TRAINER in tags:
            raise CourseError(
                message("{file}, line {line}: an item, anchor, stage, activity, figure or facts cannot stand among the trainer's "
                        "notes, since trainees do not get them.", file=path.name, line=block.line)
            )  # fmt: skip
        if ours and blocks:
            yield Cell("markdown", tuple(blocks), tuple(anchors), tags=tags)
            blocks, anchors = [], []
        if ours and anchors and not anchor:
            raise _misplaced(path, block)
        if item:
            yield Cell("item", item=item[1], tags=tags)
        elif stage:
            yield Cell("stage", stage=stage[1], tags=tags)
        elif facts:
            yield Cell("facts", facts=(facts[1], facts[2] or CASE), tags=tags)
        elif activity:
            yield Cell("activity", activity=(activity[1], activity[2] or CASE), tags=tags)
        elif figure:
            yield Cell("figure", figure=(figure[1], figure[2] or CASE), tags=tags)
        elif anchor:
            anchors.append(Anchor(anchor[1], tuple(anchor[2].split())))
        elif foreign := _foreign(block):
            line, text = foreign
            raise CourseError(
                message("{file}, line {line}: “{text}” is no notation of ours; there are `{{item}} unit.name`, "
                        "`{{anchor}} name K001`, `{{stage}} S1`, `{{facts}} S1`, `{{activity}} name` and `{{figure}} module.name`.",
                        file=path.name, line=line, text=text)
            )  # fmt: skip
        else:
            kind = CALLOUT.match(block.text.split("\n")[0]) if block.quoted else None
            if kind and kind[1] not in KINDS:
                raise CourseError(
                    message("{file}, line {line}: there is no callout “{kind}”; there are {kinds}.",
                            file=path.name, line=block.line, kind=kind[1], kinds=KINDS)
                )  # fmt: skip
            blocks.append(block)
    if blocks:
        yield Cell("markdown", tuple(blocks), tuple(anchors), tags=tags)
    elif anchors:
        raise CourseError(
            message("{file}: the anchor “{name}” names nothing; put it before a heading or paragraph.",
                    file=path.name, name=anchors[-1].name)
        )  # fmt: skip


def _foreign(block: Block) -> tuple[int, str] | None:
    """Find a line that looks like a notation and is none; what stands in a fence is code."""
    fenced = re.match(r"[`~]{3,}", block.text)
    found = FOREIGN.match(block.text) if fenced else FOREIGN.search(block.text)
    if not found:
        return None
    before = block.text.count("\n", 0, found.start())
    return block.line + before, block.text.split("\n")[before]


def _misplaced(path: Path, block: Block) -> CourseError:
    return CourseError(
        message("{file}, line {line}: an anchor stands before a heading or paragraph, and before nothing else.",
                file=path.name, line=block.line)
    )  # fmt: skip


def _blocks(source: str, line: int) -> Iterator[Block]:
    """Split Markdown at blank lines, a callout also at its lone `>`; fences stay whole."""
    current: list[str] = []
    start = line
    fence = ""
    opens = True

    def flush() -> Iterator[Block]:
        if not current:
            return
        quoted = all(text.startswith(">") for text in current)
        body = [re.sub(r"^> ?", "", text) for text in current] if quoted else current
        yield Block("\n".join(body), quoted, opens, start)
        current.clear()

    for number, text in enumerate(source.split("\n"), line):
        mark = re.match(r"^(```+|~~~+)", text)
        if mark:
            fence = "" if fence and text.startswith(fence) else (fence or mark[1])
        if not fence and not mark and text.strip() in ("", ">"):
            yield from flush()
            # A blank line ends a callout; a lone `>` only ends its paragraph.
            opens = text.strip() == ""
            continue
        if not fence and not mark and any(notation.match(text) for notation in NOTATIONS):
            yield from flush()
            yield Block(text, line=number)
            continue
        if not fence and re.match(r"^#{1,6} ", text):
            yield from flush()
            yield Block(text, line=number)
            continue
        if not current:
            start = number
        current.append(text)
    yield from flush()
