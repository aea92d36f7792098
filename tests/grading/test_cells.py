"""Text in spreadsheet cells."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from kamlib.grading.cells import put_text


@pytest.mark.parametrize("text", ["=1+1", "+1", "plain", "a\nb", "客户"])
def test_a_text_stays_a_text(text: str) -> None:
    """Nothing that is put as text is ever a formula or a number."""
    cell = Workbook().active["A1"]  # type: ignore[index]
    put_text(cell, text)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_what_no_file_holds_goes() -> None:
    """Control characters and half characters become something that can be written."""
    cell = Workbook().active["A1"]  # type: ignore[index]
    put_text(cell, "a\x00b\ud800c\r\nd\ufffe")
    assert cell.value == "a b?c\nd "
