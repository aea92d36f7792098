"""How a lesson or exercise is written: Markdown cells with items, anchors, callouts and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext

from kamlib.course.syllabus import CourseError
from kamlib.words import message

ITEM = re.compile(r"^`\{item\} ([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)`$")
ANCHOR = re.compile(r"^`\{anchor\} ([a-z0-9-]+)((?: K\d{3}(?:\.\d\d)?)*)`$")
CALLOUT = re.compile(r"^\[!([a-z]+)\] ?(.*)$")
KINDS = ("note", "story", "dialogue", "rule", "caution", "summary", "example")
"""The kinds of callout an author may write."""


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
    """`markdown`, `code` or `item`."""
    blocks: tuple[Block, ...] = ()
    """Of a Markdown cell."""
    anchors: tuple[Anchor, ...] = ()
    """The places named at its beginning."""
    code: str = ""
    item: str = ""
    tags: tuple[str, ...] = ()

    @property
    def for_trainer(self) -> bool:
        """Whether only the trainer's edition shows it."""
        return "trainer" in self.tags


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

    def texts(self) -> Iterator[tuple[str, int]]:
        """Yield every text to translate with its line, front matter first."""
        for name in ("title", "summary"):
            if name in self.front:
                yield str(self.front[name]), 1
        for reason in self.front.get("states", {}).values():
            yield str(reason["why"]), 1
        for cell in self.cells:
            for block in cell.blocks:
                if is_prose(block.text):
                    yield block.text, block.line


def is_prose(text: str) -> bool:
    """Whether a block holds words to translate (a rule or an image does not)."""
    return bool(re.search(r"[^\W\d_]", text))


def read_source(path: Path) -> Source:
    """Parse a text source, or raise `CourseError` for a notation that does not exist."""
    text = path.read_text("utf-8")
    notebook = jupytext.reads(text, fmt="md:myst")
    front = {name: value for name, value in notebook.metadata.items() if name != "jupytext"}
    lines = text.split("\n")
    cells: list[Cell] = []
    at = 0
    for cell in notebook.cells:
        tags = tuple(cell.metadata.get("tags", ()))
        if cell.cell_type == "code":
            cells.append(Cell("code", code=cell.source, tags=tags))
            continue
        first = cell.source.split("\n")[0]
        at = next((i for i in range(at, len(lines)) if lines[i].strip() == first.strip()), at)
        cells += _markdown_cells(cell.source, tags, at, path)
    if "title" not in front:
        raise CourseError(message("{file} has no title in its front matter.", file=path.name))
    return Source(path, front, tuple(cells))


def _markdown_cells(source: str, tags: tuple[str, ...], at: int, path: Path) -> Iterator[Cell]:
    """Split one Markdown cell at items and at anchors, so that each place has a cell of its own."""
    blocks: list[Block] = []
    anchors: list[Anchor] = []
    for block in _blocks(source, at + 1):
        item, anchor = ITEM.match(block.text), ANCHOR.match(block.text)
        if (item or anchor) and blocks:
            yield Cell("markdown", tuple(blocks), tuple(anchors), tags=tags)
            blocks, anchors = [], []
        if item:
            if anchors:
                raise _misplaced(path, block)
            yield Cell("item", item=item[1], tags=tags)
        elif anchor:
            anchors.append(Anchor(anchor[1], tuple(anchor[2].split())))
        elif re.match(r"^`\{", block.text):
            raise CourseError(
                message("{file}, line {line}: “{text}” is no notation of ours; there are `{{item}} unit.name` "
                        "and `{{anchor}} name K001`.", file=path.name, line=block.line, text=block.text)
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


def _misplaced(path: Path, block: Block) -> CourseError:
    return CourseError(
        message("{file}, line {line}: an anchor stands before a heading or paragraph, not before an item.",
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
        if not fence and not mark and (ITEM.match(text) or ANCHOR.match(text)):
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
