"""How a text gets into a spreadsheet's cell: it stays a text there, and there is room for it."""

from __future__ import annotations

import re
from typing import Any

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


def put_text(cell: Any, text: str) -> None:
    """Write a text into an openpyxl cell, as it is: "=1+1" is what somebody typed, and no formula.

    What no Excel file can hold goes: control characters become blanks, half characters `?`.
    """
    whole = text.encode("utf-8", "replace").decode("utf-8")
    cell.value = _UNFIT.sub(" ", whole.replace("\r\n", "\n").replace("\r", "\n"))
    # openpyxl would take "=…" for a formula, and Excel would when somebody edits the cell
    cell.data_type = "s"
    cell.quotePrefix = True


LINE = 16.0
"""Points that a line of 11-point text takes."""
TALLEST = 409.0
"""Points; Excel makes no row higher."""


def lines_of(text: str, width: float) -> int:
    """Return how many lines a text takes in a column of this width, a 汉字 being two letters wide.

    >>> lines_of("Says when the customer is right", 19), lines_of("客户说得对", 12)
    (2, 1)
    """
    room = max(1, int(width) - 2)
    wide = (sum(2 if ord(sign) > 0x2E7F else 1 for sign in line) for line in text.split("\n"))
    return sum(max(1, -(-length // room)) for length in wide)


def fit_row(sheet: Any, row: int) -> None:
    """Make an openpyxl row as high as its wrapped texts want; no program does so when it opens a file."""
    from openpyxl.utils import get_column_letter

    most = 1
    for cell in sheet[row]:
        if isinstance(cell.value, str) and cell.alignment.wrap_text:
            width = sheet.column_dimensions[get_column_letter(cell.column)].width
            most = max(most, lines_of(cell.value, width))
    sheet.row_dimensions[row].height = min(TALLEST, LINE * most)
