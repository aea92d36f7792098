"""The marks of a cohort as a table: who stands where, for a spreadsheet or another system."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from kamlib.course.bundle import Bundle
from kamlib.grading.cells import fit_row, put_text
from kamlib.grading.cohort import Cohort, CohortError
from kamlib.grading.pipeline import Graded
from kamlib.grading.results import Result
from kamlib.words import N_, Words, message

FOLDER = "export"
"""In the cohort's folder: where a table goes that is given no other place."""

FORMATS = (".xlsx", ".csv")

Value = str | float | int | datetime | None

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]")
_HEAD = PatternFill("solid", fgColor="F5F7FA")
_WAITS = PatternFill("solid", fgColor="FFF3D6")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    head: str
    width: float
    """In characters, as spreadsheets measure it."""
    form: str = "@"
    """How a spreadsheet shows its numbers; `@` where it holds text."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    """One for each trainee, in the order of the roster; None where there is nothing."""
    waiting: frozenset[tuple[int, int]] = frozenset()
    """Row and column, from 0, of what a person has still to look at."""


def overview(cohort: Cohort, graded: Graded, lang: str) -> Sheet:
    """Return a line for each trainee with score, lateness and state for every unit.

    Times are those of the cohort's zone.
    """
    words = Words(lang)
    columns = [
        Column(words.translate(N_("code")), 10),
        Column(words.translate(N_("name")), 22),
    ]
    several = len(graded.results) > 1
    for unit in graded.results:
        for head, width, form in (
            (N_("score"), 10, "General"),
            (N_("maximum"), 12, "General"),
            (N_("per cent"), 12, "0.0"),
            (N_("received"), 21, "yyyy-mm-dd hh:mm"),
            (N_("hours late"), 11, "0.0"),
            (N_("attempt that counts"), 13, "0"),
            (N_("attempts"), 12, "0"),
            (N_("waiting"), 11, "0"),
            (N_("state"), 26, "@"),
        ):
            said = words.translate(head)
            if form.startswith("yyyy"):
                said += f"\n{cohort.settings.tz}"
            columns.append(Column(f"{unit}\n{said}" if several else said, width, form))
    rows = []
    for code, trainee in cohort.roster.items():
        row: list[Value] = [code, trainee.name]
        for results in graded.results.values():
            result = next(one for one in results if one.trainee.code == code)
            row += _place(result, words)
        rows.append(tuple(row))
    return Sheet(words.translate(N_("Overview")), tuple(columns), tuple(rows))


def _place(result: Result, words: Words) -> list[Value]:
    if not result.counted or not result.items:
        state = N_("could not be read") if result.attempts else N_("not handed in")
        attempts = result.attempts or None
        return [None, None, None, None, None, None, attempts, None, words.translate(state)]
    score = round(result.score, 2)
    return [
        score,
        result.max,
        round(100 * score / result.max, 1) if result.max else None,
        result.received.replace(tzinfo=None, second=0, microsecond=0) if result.received else None,
        round(result.late.total_seconds() / 3600, 1),
        result.counted,
        result.attempts,
        result.waiting,
        words.translate(N_("waits for a person") if result.waiting else N_("marked")),
    ]


def items_of(cohort: Cohort, bundle: Bundle, results: Sequence[Result], lang: str) -> Sheet:
    """Return a line for each trainee with the points for every item of a unit."""
    words, own = bundle.words(lang), Words(lang)
    columns = [Column(own.translate(N_("code")), 10), Column(own.translate(N_("name")), 22)]
    for item in bundle.items:
        most = own.say(message("of {max}", max=item.points))
        columns.append(Column(f"{words.translate(item.title)}\n{most}", 16, "General"))
    columns += [
        Column(own.translate(N_("taken off for lateness")), 13, "General"),
        Column(own.translate(N_("score")), 10, "General"),
    ]
    waits = own.translate(N_("waits"))
    rows = []
    waiting = set()
    for line, result in enumerate(results):
        row: list[Value] = [result.trainee.code, result.trainee.name]
        by_item = {one.mark.item: one for one in result.items}
        for item in bundle.items:
            one = by_item.get(item.id)
            if one and one.waiting:
                waiting.add((line, len(row)))
            if one is None:
                row.append(None)
            else:
                row.append(waits if one.score is None else round(float(one.score), 2))
        counted = bool(result.counted and result.items)
        row += [
            round(result.penalty, 2) if counted else None,
            round(result.score, 2) if counted else None,
        ]
        rows.append(tuple(row))
    return Sheet(bundle.unit, tuple(columns), tuple(rows), frozenset(waiting))


def csv_bytes(sheet: Sheet) -> bytes:
    """Write a table as CSV: UTF-8 with the mark by which Excel knows it.

    Text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow([_safe(column.head.replace("\n", " ")) for column in sheet.columns])
    for row in sheet.rows:
        lines.writerow([_plain(value) for value in row])
    return out.getvalue().encode("utf-8-sig", "replace")


def _plain(value: Value) -> Value:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return _safe(value) if isinstance(value, str) else value


def _safe(text: str) -> str:
    """Return text that no spreadsheet takes for a formula.

    >>> _safe("=1+1"), _safe("Lin")
    ("'=1+1", 'Lin')
    """
    text = _CONTROL.sub(" ", text)
    return f"'{text}" if _FORMULA.match(text) else text


def xlsx_bytes(sheets: Sequence[Sheet], made: str = "") -> bytes:
    """Write tables as an Excel file, a sheet each; numbers are numbers, times are times.

    Text is always text: nothing that a person typed becomes a formula.
    """
    book = Workbook()
    for number, sheet in enumerate(sheets):
        page = book.active if number == 0 else book.create_sheet()
        assert isinstance(page, Worksheet)
        page.title = re.sub(r"[\[\]:*?/\\]", "_", sheet.title)[:31]
        _fill(page, sheet)
    if made:
        book.properties.title = made
    book.properties.creator = "kam"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(page: Worksheet, sheet: Sheet) -> None:
    for place, column in enumerate(sheet.columns, 1):
        cell = page.cell(1, place)
        _put(cell, column.head)
        cell.font = Font(bold=True)
        cell.fill = _HEAD
        cell.alignment = Alignment(
            wrap_text=True, vertical="top", horizontal="left" if place < 3 else "center"
        )
        page.column_dimensions[get_column_letter(place)].width = column.width
    fit_row(page, 1)
    for line, row in enumerate(sheet.rows, 2):
        for place, (value, column) in enumerate(zip(row, sheet.columns, strict=True), 1):
            cell = page.cell(line, place)
            _put(cell, value)
            if isinstance(value, (int, float, datetime)):
                cell.number_format = column.form
            elif isinstance(value, str) and column.form != "@":
                cell.alignment = Alignment(horizontal="right")
            if (line - 2, place - 1) in sheet.waiting:
                cell.fill = _WAITS
    page.freeze_panes = "C2"
    page.auto_filter.ref = page.dimensions
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"


def _put(cell: Cell, value: Value) -> None:
    if isinstance(value, str):
        put_text(cell, value)
    else:
        cell.value = value


def write_marks(cohort: Cohort, graded: Graded, path: Path | None = None, lang: str = "") -> Path:
    """Write the marks as `.xlsx` or `.csv`, by the name's ending, and return where they are.

    Without a path it is `export/marks.LANG.xlsx` in the cohort's folder; without a language it is
    the instructor's. The CSV holds the overview only. Raises `CohortError` for another ending and
    where the file cannot be written.
    """
    lang = lang or cohort.settings.instructor_lang
    path = path or cohort.root / FOLDER / f"marks.{lang}.xlsx"
    if path.suffix.lower() not in FORMATS:
        raise CohortError(
            message("{file} ends neither in .xlsx nor in .csv, so it was not written.", file=str(path))
        )  # fmt: skip
    first = overview(cohort, graded, lang)
    if path.suffix.lower() == ".csv":
        data = csv_bytes(first)
    else:
        rest = [
            items_of(cohort, cohort.bundles[unit], results, lang)
            for unit, results in graded.results.items()
        ]
        data = xlsx_bytes([first, *rest], cohort.settings.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        raise CohortError(
            message(
                "{file} cannot be written ({why}). Is it open in another program?",
                file=str(path),
                why=error.strerror or type(error).__name__,
            )
        ) from None
    return path
