"""A second marker at work: fills in a sheet as a person would, by its headings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openpyxl import load_workbook


def table(path: Path) -> tuple[Any, dict[str, int], int]:
    """Return the first sheet, its columns by heading, and the row of the headings."""
    sheet = load_workbook(path).worksheets[0]
    for row in sheet.iter_rows():
        heads = {str(cell.value): cell.column for cell in row if cell.value is not None}
        if "Score" in heads:
            return sheet, heads, row[0].row
    raise AssertionError("no headings")


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a sheet by heading."""
    sheet, heads, head = table(path)
    return [
        {name: sheet.cell(row, column).value for name, column in heads.items()}
        for row in range(head + 1, sheet.max_row + 1)
    ]


def fill(path: Path, marks: Mapping[str, Mapping[str, object]]) -> dict[str, int]:
    """Write marks into a sheet, by blind number and heading; return the row of each number."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    _, heads, head = table(path)
    places = {}
    for row in range(head + 1, sheet.max_row + 1):
        number = str(sheet.cell(row, heads["Blind number"]).value)
        places[number] = row
        for name, value in marks.get(number, {}).items():
            sheet.cell(row, heads[name]).value = value  # type: ignore[assignment]
    book.save(path)
    return places
