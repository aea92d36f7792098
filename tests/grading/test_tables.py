"""Lists from a spreadsheet: the same lines whatever the encoding."""

from __future__ import annotations

from pathlib import Path

import pytest

from kamlib.grading.tables import read_table, read_text

TEXT = ' Code ,NAME,\r\na01, 林晓 ,x\r\n\r\n , \r\nA02\r\n"周\r\n明",A03,y,z\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_comes_as_spreadsheets_write_it(tmp_path: Path, encoding: str) -> None:
    """Blanks, empty lines, short and long lines and the encoding make no difference."""
    path = tmp_path / "list.csv"
    path.write_bytes(TEXT.encode(encoding))
    table = read_table(path)
    assert table.columns == ["code", "name", ""]
    assert table.has("code", "name")
    assert not table.has("code", "lang")
    assert [(line.number, line["code"], line["name"], line["lang"]) for line in table] == [
        (2, "a01", "林晓", ""),
        (5, "A02", "", ""),
        (7, "周明", "A03", ""),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_can_be_written_back_as_it_was(tmp_path: Path, encoding: str) -> None:
    """The text and the encoding together are the file."""
    path = tmp_path / "list.csv"
    path.write_bytes(TEXT.encode(encoding))
    text, found = read_text(path)
    assert (text, found) == (TEXT, encoding)
    assert text.encode(found) == path.read_bytes()


def test_an_empty_file_has_no_columns(tmp_path: Path) -> None:
    """Nothing in it is nothing read, not an error."""
    path = tmp_path / "list.csv"
    path.write_bytes(b"")
    assert (read_table(path).columns, list(read_table(path))) == ([], [])
