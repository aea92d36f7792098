"""The table of marks: numbers are numbers, times are times, and no text becomes a formula."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from kamlib.grading import gradebook
from kamlib.grading.cohort import Cohort, CohortError, open_cohort
from kamlib.grading.export import (
    Column,
    Sheet,
    csv_bytes,
    items_of,
    overview,
    write_marks,
    xlsx_bytes,
)
from kamlib.grading.pipeline import Graded, grade, look
from kamlib.words import Words

from .conftest import LATE, UNIT, Send

EN = Words("en")


@pytest.fixture
def graded(cohort: Cohort, send: Send) -> Graded:
    """A01 handed in late, A02's file is torn, A03 is marked, A04 handed in nothing."""
    send("A01", at=LATE)
    send("A02", "bad_json", lang="en")
    grade(cohort, [send("A03")])
    gradebook.override(cohort.database, UNIT, "A03", "am_types.always_right", 2.5, "")
    return look(cohort)


def test_each_trainee_has_a_line_with_numbers_and_state(cohort: Cohort, graded: Graded) -> None:
    """Score, per cent, lateness, attempts and state stand as they are in the marks."""
    sheet = overview(cohort, graded, "en")
    heads = [column.head for column in sheet.columns]
    rows = [dict(zip(heads, row, strict=True)) for row in sheet.rows]
    late, torn, done, nothing = rows
    assert (late["code"], late["name"], late["hours late"]) == ("A01", "林晓", 33.0)
    assert late["received\nAsia/Shanghai"] == datetime(2026, 6, 17, 9, 0)
    assert (late["state"], late["waiting"]) == ("waits for a person", 1)
    assert (torn["state"], torn["attempts"], torn["score"]) == ("could not be read", 1, None)
    assert (done["state"], done["waiting"], done["hours late"]) == ("marked", 0, 0)
    assert done["per cent"] == round(100 * done["score"] / done["maximum"], 1)
    assert (nothing["state"], nothing["score"], nothing["attempts"]) == (
        "not handed in",
        None,
        None,
    )


def test_each_unit_has_a_sheet_with_its_questions(cohort: Cohort, graded: Graded) -> None:
    """The points of all questions, less what lateness costs, are the score; what waits says so."""
    bundle = cohort.bundles[UNIT]
    sheet = items_of(cohort, bundle, graded.results[UNIT], "en")
    assert [column.head for column in sheet.columns[2:-2]] == [
        f"{item.title}\nof {item.points:g}" for item in bundle.items
    ]
    late, _, done, _ = sheet.rows
    points = [value for value in late[2:-2] if isinstance(value, float)]
    assert sum(points) - late[-2] == pytest.approx(late[-1], abs=0.02)
    assert list(late).count("waits") == 1
    assert sheet.waiting == {(0, late.index("waits"))}
    assert sum(done[2:-2]) == pytest.approx(done[-1], abs=0.02)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_file_opens_as_a_spreadsheet(
    cohort: Cohort, graded: Graded, tmp_path: Path, lang: str
) -> None:
    """Two sheets with a frozen head, a filter and widths; numbers and times are no text."""
    path = write_marks(cohort, graded, tmp_path / "deep" / "marks.xlsx", lang)
    book = load_workbook(path)
    first, second = book.worksheets
    item = cohort.bundles[UNIT].items[0]
    assert second["C1"].value.startswith(cohort.bundles[UNIT].words(lang).translate(item.title))
    assert second.title == UNIT
    for page in (first, second):
        assert page.freeze_panes == "C2"
        assert page.auto_filter.ref == page.dimensions
        assert page.column_dimensions["B"].width == 22
    assert first["C2"].data_type == "n"
    assert first["F2"].is_date
    assert first["F2"].value == datetime(2026, 6, 17, 9, 0)
    assert first["B2"].value == "林晓"


def test_csv_opens_in_excel_with_its_chinese(
    cohort: Cohort, graded: Graded, tmp_path: Path
) -> None:
    """UTF-8 with the mark, one line a trainee, times to the minute."""
    data = write_marks(cohort, graded, tmp_path / "marks.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [line["name"] for line in lines] == ["林晓", "Jordan Pell", "周明", "Robin Vale"]
    assert lines[0]["received Asia/Shanghai"] == "2026-06-17 09:00"
    assert lines[3]["score"] == ""


NASTY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "＝1+1",
    "=cmd|' /C calc'!A0",
    "\x00=1",
]


@settings(deadline=None, max_examples=60)
@given(st.one_of(st.sampled_from(NASTY), st.text(max_size=20)))
def test_no_text_becomes_a_formula(text: str) -> None:
    """Whatever a name is, it is text in both files, and both can be read."""
    sheet = Sheet("a/b", (Column(text, 5), Column("n", 5)), ((text, -1.5),))
    page = load_workbook(io.BytesIO(xlsx_bytes([sheet]))).worksheets[0]
    assert page["A1"].data_type != "f"
    assert page["A2"].data_type != "f"
    assert page["B2"].value == -1.5
    rows = list(csv.reader(io.StringIO(csv_bytes(sheet).decode("utf-8-sig"), newline="")))
    assert (
        not rows[1][0]
        .lstrip("\x00 \t\r\n")
        .startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    )
    assert rows[1][1] == "-1.5"


def test_a_roster_with_a_formula_for_a_name_is_exported_as_text(
    cohort: Cohort, tmp_path: Path
) -> None:
    """The name stands in the cell as it was written."""
    (cohort.root / "roster.csv").write_text("code,name\nA01,=HYPERLINK(1)\n", "utf-8")
    group = open_cohort(cohort.root)
    path = write_marks(group, look(group), tmp_path / "m.xlsx")
    cell = load_workbook(path).worksheets[0]["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=HYPERLINK(1)", "s", True)
    data = write_marks(group, look(group), tmp_path / "m.csv").read_text("utf-8-sig")
    assert "A01,'=HYPERLINK(1)" in data


def test_another_ending_and_a_place_that_cannot_be_written_are_told(
    cohort: Cohort, tmp_path: Path
) -> None:
    """One sentence each, and no file."""
    (tmp_path / "file").write_text("", "utf-8")
    for name, sentence in (
        ("m.ods", "ends neither in .xlsx nor in .csv"),
        ("file/m.csv", "cannot be written"),
    ):
        with pytest.raises(CohortError) as caught:
            write_marks(cohort, look(cohort), tmp_path / name)
        assert sentence in EN.say(caught.value.message)
    assert not list(tmp_path.rglob("m.*"))


def test_without_a_place_the_table_lies_in_the_cohort(cohort: Cohort) -> None:
    """In `export/`, where forgetting a person finds it, in the instructor's language."""
    assert write_marks(cohort, look(cohort)) == cohort.root / "export" / "marks.en.xlsx"
