"""How a second marker's Excel sheet is laid out."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kamlib.course.bundle import Bundle
from kamlib.grading.cells import fit_row, put_text
from kamlib.grading.cohort import CohortError
from kamlib.grading.rubric import LEVELS
from kamlib.items import keys, model
from kamlib.items.display import shown
from kamlib.words import LANGUAGES, N_, Words, message, number

NUMBER, QUESTION, ANSWER = N_("Blind number"), N_("Question"), N_("Answer")
SCORE, COMMENT = N_("Score"), N_("Comment")

LONGEST = 32_000
"""Characters of an answer that a cell holds; Excel takes 32,767."""
HINT = 255
"""Characters that Excel shows beside a cell that is being filled in."""
BIGGEST = 20_000_000
"""Bytes of a file that is read."""

_INK, _ACCENT, _WASH, _PANEL, _LINE = "1F2933", "0B6E6E", "E6F2F1", "E4E9EE", "D9E2EC"


@dataclass(frozen=True, slots=True)
class Answer:
    """One line to be marked."""

    number: str
    item: model.Item
    response: Any


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, and where."""

    value: object
    at: str
    """As Excel calls it, such as F7."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it came back; a column that is gone is an empty cell."""

    number: Cell
    score: Cell
    comment: Cell
    others: Mapping[str, Cell]
    """All other cells by the heading of their column, as `folded` writes it."""


def folded(text: object) -> str:
    r"""Return a heading as it is compared: spaces, capitals and full-width signs count alike.

    >>> folded(" Blind\n number "), folded("Ｓｃｏｒｅ")
    ('blind number', 'score')
    """
    return " ".join(unicodedata.normalize("NFKC", str(text)).split()).casefold()


def layout(items: Iterable[model.Item], words: Words) -> dict[str, dict[str, str]]:
    """Return the columns for levels: by heading, which criterion it is of which item.

    Criteria that are called the same share a column.

    >>> item = model.parse_item({"id": "u.why", "interaction": "text", "title": "Why?",
    ...     "prompt": "Why?", "criteria": {"reason": "Names a reason"}})
    >>> layout([item], Words("en"))
    {'Names a reason': {'u.why': 'reason'}}
    """
    columns: dict[str, dict[str, str]] = {}
    for item in items:
        if isinstance(item, model.Prose):
            for name, label in item.criteria.items():
                heading = words.translate(label)
                while item.id in columns.get(heading, {}):
                    heading += " *"
                columns.setdefault(heading, {})[item.id] = name
    return columns


def criteria(bundle: Bundle) -> dict[str, dict[str, str]]:
    """Return by folded heading, in any language, which criterion it is of which item."""
    found: dict[str, dict[str, str]] = {}
    for lang in LANGUAGES:
        for heading, of in layout(bundle.items, bundle.words(lang)).items():
            found.setdefault(folded(heading), {}).update(of)
    return found


def write(bundle: Bundle, lang: str, title: str, answers: Sequence[Answer]) -> bytes:
    """Return the sheet as an Excel file: the answers to mark, and the questions with their rubric.

    `title` is already in the language. Answers stand as they were typed, always as text: what
    begins with = or + is never computed.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = "kam"
    words = bundle.words(lang)
    asked = {answer.item.id for answer in answers}
    items = [(no, item) for no, item in enumerate(bundle.items, 1) if item.id in asked]
    _marks(book.active, bundle, words, title, answers, items)
    _rubric(book.create_sheet(), bundle, words, items)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _marks(
    sheet: Any,
    bundle: Bundle,
    words: Words,
    title: str,
    answers: Sequence[Answer],
    items: Sequence[tuple[int, model.Item]],
) -> None:
    from openpyxl.utils import get_column_letter

    sheet.title = words.translate(N_("Marks"))
    levels = layout((item for _, item in items), words)
    heads = [*map(words.translate, (NUMBER, QUESTION, ANSWER)), *levels,
             *map(words.translate, (SCORE, COMMENT))]  # fmt: skip
    widths = [12, 22, 70, *[19] * len(levels), 9, 36]
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    _text(sheet.cell(1, 1), title, bold=True, size=14, wrap=False)
    for row, said in enumerate(_notes(words), 2):
        _text(sheet.cell(row, 1), said, wrap=False)
    head = sheet.max_row + 2
    for place, text in enumerate(heads, 1):
        _text(sheet.cell(head, place), text, bold=True, colour="FFFFFF", fill=_ACCENT)
    titles = {item.id: _title(no, item, words) for no, item in items}
    for row, answer in enumerate(answers, head + 1):
        _text(sheet.cell(row, 1), answer.number, bold=True)
        _text(sheet.cell(row, 2), titles[answer.item.id])
        _text(sheet.cell(row, 3), _answer(answer, words))
        for place, of in enumerate(levels.values(), 4):
            asked = answer.item.id in of
            _text(sheet.cell(row, place), "", fill=_WASH if asked else _PANEL, centre=True)
        score, comment = sheet.cell(row, len(heads) - 1), sheet.cell(row, len(heads))
        _text(score, "", bold=True, fill=_WASH, centre=True)
        score.number_format = "General"
        _text(comment, "", fill=_WASH)
    for row in range(head, sheet.max_row + 1):
        fit_row(sheet, row)
    _validate(sheet, bundle, words, answers, levels, head + 1)
    sheet.freeze_panes = sheet.cell(head + 1, 2)
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(heads))}{head + len(answers)}"
    sheet.print_title_rows = f"{head}:{head}"
    _paper(sheet, "landscape")


def _title(no: int, item: model.Item, words: Words) -> str:
    return words.say(
        message(
            "{no} {title} ({points} points)",
            no=no,
            title=words.translate(item.title),
            points=item.points,
        )
    )


def _notes(words: Words) -> list[str]:
    return [
        words.translate(text)
        for text in (
            N_("Mark every line without asking whose it is: choose a level where there is one, then "
               "write the score as a number. The second sheet has the questions with all levels."),
            N_("The answers stand as they were typed. Names and telephone numbers in them are not "
               "removed: keep this file to yourself, and delete it when the marks are in."),
            N_("Leave the blind numbers and the headings as they are. You may sort the lines. "
               "Send the file back as .xlsx."),
        )
    ]  # fmt: skip


def _answer(answer: Answer, words: Words) -> str:
    lines = []
    for label, said in shown(answer.item, answer.response):
        name, text = words.say(label), words.say(said)
        lines.append(f"{name}: {text}" if name else text)
    # only what waits because its trainee disagrees has this, and it is the reason to look
    disagree = answer.response.get("disagree") if isinstance(answer.response, Mapping) else None
    if isinstance(disagree, str) and disagree.strip():
        lines.append(words.say(message("The trainee disagrees: “{text}”", text=disagree.strip())))
    text = "\n".join(lines)
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST] + words.say(message(" … (the answer goes on)"))


def _validate(
    sheet: Any,
    bundle: Bundle,
    words: Words,
    answers: Sequence[Answer],
    levels: Mapping[str, Mapping[str, str]],
    first: int,
) -> None:
    """Offer the levels to choose from, and say what a score may be."""
    from openpyxl.worksheet.datavalidation import DataValidation

    named = ",".join(f"{level} {words.translate(said)}" for level, said in enumerate(LEVELS))
    made: dict[object, DataValidation] = {}
    for row, answer in enumerate(answers, first):
        item, key = answer.item, bundle.keys.get(answer.item.id)
        for place, of in enumerate(levels.values(), 4):
            name = of.get(item.id)
            if name is None:
                continue
            if (item.id, name) not in made:
                # a typed 2 is as good as the chosen line, so nothing is refused here
                rule = DataValidation(type="list", formula1=f'"{named}"', allow_blank=True)
                rule.showErrorMessage = False
                if isinstance(key, keys.ProseKey) and name in key.levels:
                    rule.promptTitle = words.translate(N_("Levels"))
                    rule.prompt = _hint([words.translate(text) for text in key.levels[name]])
                    rule.showInputMessage = True
                made[item.id, name] = rule
            made[item.id, name].add(sheet.cell(row, place))
        if item.points not in made:
            rule = DataValidation(
                type="decimal",
                operator="between",
                formula1="0",
                formula2=repr(item.points),
                allow_blank=True,
            )
            rule.errorTitle = words.translate(SCORE)
            rule.error = words.say(
                message("Write a number from 0 to {max}.", max=number(item.points))
            )
            rule.showErrorMessage = True
            made[item.points] = rule
        made[item.points].add(sheet.cell(row, 4 + len(levels)))
    for rule in made.values():
        sheet.add_data_validation(rule)


def _hint(texts: Sequence[str]) -> str:
    """Put the levels into the few characters that Excel shows; the second sheet has them whole."""
    room = HINT // len(texts) - 4
    cut = [text if len(text) <= room else text[: room - 1].rstrip() + "…" for text in texts]
    return "\n".join(f"{level} {text}" for level, text in enumerate(cut))


def _rubric(
    sheet: Any, bundle: Bundle, words: Words, items: Sequence[tuple[int, model.Item]]
) -> None:
    sheet.title = words.translate(N_("Questions and levels"))
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 100
    rows: list[tuple[str, str, str]] = []
    for no, item in items:
        key = bundle.keys.get(item.id)
        rows.append(("", _title(no, item, words), "head"))
        rows.append((words.translate(QUESTION), words.translate(item.prompt).strip(), ""))
        if isinstance(item, model.Prose) and isinstance(key, keys.ProseKey):
            for name, label in item.criteria.items():
                rows.append((words.translate(N_("Criterion")), words.translate(label), "criterion"))
                for level, text in enumerate(key.levels.get(name, ())):
                    said = f"{level} {words.translate(LEVELS[level])}"
                    rows.append((said, words.translate(text), ""))
            rows.append(
                (words.translate(N_("Model answer")), words.translate(key.model_answer), "model")
            )
        elif key:
            rows.append((words.translate(N_("Why")), words.translate(key.explanation), "model"))
        rows.append(("", "", ""))
    for row, (label, text, kind) in enumerate(rows, 1):
        fill = {"head": _ACCENT, "criterion": _WASH}.get(kind)
        colour = "FFFFFF" if kind == "head" else _INK
        bold = kind in ("head", "criterion")
        _text(sheet.cell(row, 1), label, bold=True, colour=colour, fill=fill, line=bool(text))
        _text(sheet.cell(row, 2), text, bold=bold, colour=colour, fill=fill, line=bool(text))
        fit_row(sheet, row)
    _paper(sheet, "portrait")


def _paper(sheet: Any, orientation: str) -> None:
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = orientation
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _text(
    cell: Any,
    text: str,
    *,
    bold: bool = False,
    size: int = 11,
    colour: str = _INK,
    fill: str | None = None,
    wrap: bool = True,
    centre: bool = False,
    line: bool | None = None,
) -> None:
    """Write a text that stays text, whatever it begins with."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    if text:
        put_text(cell, text)
    cell.number_format = "@"
    cell.font = Font(name="Microsoft YaHei", size=size, bold=bold, color=colour)
    cell.alignment = Alignment(
        wrap_text=wrap, vertical="top", horizontal="center" if centre else "left"
    )
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    if line if line is not None else wrap:
        side = Side(style="thin", color=_LINE)
        cell.border = Border(top=side, bottom=side, left=side, right=side)


def read(name: str, data: bytes) -> list[Line]:
    """Return the lines of a sheet that came back, in its order; those without any mark too.

    `name` is the file's, for what is said about it. Columns may have moved, lines may be sorted or
    gone. Raises `CohortError` where this is no such sheet.
    """
    from openpyxl import load_workbook

    if len(data) > BIGGEST:
        raise CohortError(
            message("{file} is larger than {n} MB; that is no sheet of kam second draw.",
                    file=name, n=BIGGEST // 1_000_000)
        )  # fmt: skip
    try:
        book = load_workbook(io.BytesIO(data), data_only=True)
    # a damaged or foreign file ends in whatever its parts made openpyxl stumble over
    except Exception:
        raise CohortError(
            message("{file} cannot be read as an Excel file. Save it as .xlsx and take it again.",
                    file=name)
        ) from None  # fmt: skip
    for sheet in book.worksheets:
        rows = [list(row) for row in sheet.iter_rows()]
        for place, row in enumerate(rows):
            heads = {folded(cell.value): number for number, cell in enumerate(row)
                     if cell.value is not None}  # fmt: skip
            if _head(heads, NUMBER) is not None and _head(heads, SCORE) is not None:
                return list(_lines(rows[place + 1 :], heads))
    raise CohortError(
        message(
            "{file} has no line with the headings “{number}” and “{score}”, so it is no sheet of "
            "kam second draw, or its headings were changed.",
            file=name, number=message(NUMBER), score=message(SCORE),
        )
    )  # fmt: skip


def _head(heads: Mapping[str, int], text: str) -> int | None:
    known = (folded(Words(lang).translate(text)) for lang in LANGUAGES)
    return next((heads[name] for name in known if name in heads), None)


def _lines(rows: Iterable[Sequence[Any]], heads: Mapping[str, int]) -> Iterable[Line]:
    special = {text: _head(heads, text) for text in (NUMBER, SCORE, COMMENT)}
    for row in rows:
        cells = [Cell(cell.value, getattr(cell, "coordinate", "")) for cell in row]
        number, score, comment = (
            Cell(None, "") if place is None else cells[place] for place in special.values()
        )
        others = {
            name: cells[place] for name, place in heads.items() if place not in special.values()
        }
        yield Line(number, score, comment, others)
