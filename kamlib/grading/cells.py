"""How a text gets into a spreadsheet's cell and stays a text there."""

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
