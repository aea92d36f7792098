"""The lists that people bring from a spreadsheet as CSV: their lines by column, in any encoding."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list that is not empty."""

    number: int
    """Where it ends in the file, the line with the columns being 1."""
    cells: Mapping[str, str]
    """By column, without blanks around them; an empty text where the line is too short."""

    def __getitem__(self, column: str) -> str:
        """Return what stands in a column, and an empty text where the list has no such column."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A list with its columns."""

    columns: list[str]
    """As the first line has them, in small letters and without blanks around them."""
    lines: tuple[Line, ...]

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def has(self, *columns: str) -> bool:
        """Tell whether the list has all of these columns."""
        return set(columns) <= set(self.columns)


def read_table(path: Path) -> Table:
    """Read a list with commas between its columns, as `read_text` decodes it.

    Raises `OSError` where the file cannot be read. Lines without anything in them are passed over.
    """
    rows = csv.DictReader(read_text(path)[0].splitlines())
    columns = [column_name(name) for name in rows.fieldnames or ()]
    rows.fieldnames = columns
    lines = []
    for row in rows:
        cells = {name: (row[name] or "").strip() for name in columns}
        if any(cells.values()):
            lines.append(Line(rows.line_num, cells))
    return Table(columns, tuple(lines))


def column_name(written: str) -> str:
    """Return a column's name as it is compared.

    >>> column_name(" Code ")
    'code'
    """
    return written.strip().lower()


def read_text(path: Path) -> tuple[str, str]:
    """Return the text of a list and its encoding, both as Python has them.

    Spreadsheets write UTF-8, with or without mark, and in China GB 18030. Raises `OSError` where
    the file cannot be read.
    """
    data = path.read_bytes()
    encoding = "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace"), "gb18030"
