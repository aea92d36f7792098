"""How a report becomes a Word document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Inches, Mm, Pt, RGBColor

from kamlib.plots import ACCENT, INK, LINE, MUTED, PANEL, png
from kamlib.report_blocks import (
    COLOURS,
    Block,
    Cell,
    Chart,
    Facts,
    Heading,
    Line,
    Paragraph,
    Part,
    Points,
    Report,
    Row,
    Table,
    Tiles,
    clean,
    drawing,
)

LATIN, EAST_ASIAN = "Segoe UI", "Microsoft YaHei"
"""The fonts, which every Windows has; others show their own."""

LANGUAGE = {"en": "en-GB", "zh": "zh-CN"}

PAGE = (Mm(210), Mm(297))
SIDE, TOP, FOOT = Mm(20), Mm(20), Mm(18)
WIDE = PAGE[0] - 2 * SIDE
"""How wide text is."""
TALLEST = Inches(8.9)
"""So tall may a picture be, that its caption still stands on its page."""

_AMBER = "#fdf3e1"
_LOOKS: dict[str, dict[str, Any]] = {"strong": {"bold": True}, "quiet": {"colour": MUTED}}
_FIRST_DAY = 1980
"""No zip file can hold an earlier year."""

_STYLES: dict[str, dict[str, Any]] = {
    "Normal": {"size": 10.5, "after": 5},
    "Title": {"size": 25, "bold": True, "after": 4},
    "Heading 1": {"size": 16.5, "bold": True, "colour": ACCENT, "before": 20, "after": 6, "keep": True},
    "Heading 2": {"size": 12, "bold": True, "before": 12, "after": 4, "keep": True},
    "Caption": {"size": 8.5, "colour": MUTED, "after": 9},
    "Header": {"size": 8.5, "colour": MUTED},
    "Footer": {"size": 8.5, "colour": MUTED},
    "Kicker": {"size": 10.5, "bold": True, "colour": ACCENT, "after": 2},
    "Lead": {"size": 12.5, "after": 6},
    "Quiet": {"size": 9.5, "colour": MUTED, "after": 5},
    "In a table": {"size": 9, "after": 1},
    "Head of a table": {"size": 8, "bold": True, "colour": MUTED, "after": 1, "keep": True},
    "Name of a fact": {"size": 9.5, "colour": MUTED, "after": 2},
    "Number that matters": {"size": 21, "bold": True, "colour": ACCENT, "after": 0},
    "Point": {"size": 10.5, "after": 4},
}  # fmt: skip
"""The styles of the document: size in points, space before and after, colour."""


def word_report(report: Report) -> bytes:
    """Return a report as a Word document; the same report gives the same bytes."""
    document = Document()
    _styles(document, report.lang)
    _page(document, report)
    with drawing(report.lang):
        _cover(document, report)
        _part(document, report.summary, first=True)
        for n, part in enumerate(report.parts):
            _part(document, part, on_new_page=not n)
    _properties(document, report)
    _as_new_words_read(document)
    found = BytesIO()
    document.save(found)
    return _without_times(found.getvalue(), report)


# What everything looks like --------------------------------------------------------------------------


def _styles(document: Any, lang: str) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    run = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    _fonts(run)
    for language in run.findall(qn("w:lang")):
        run.remove(language)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LANGUAGE["en"] if lang == "zh" else LANGUAGE[lang])
    language.set(qn("w:eastAsia"), LANGUAGE["zh"])
    run.append(language)
    names = {each.name for each in document.styles}
    for name, look in _STYLES.items():
        style = (
            document.styles[name]
            if name in names
            else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        )
        _fonts(style.element.get_or_add_rPr())
        style.font.size = Pt(look["size"])
        style.font.bold = look.get("bold", False)
        style.font.italic = False
        style.font.color.rgb = _colour(look.get("colour", INK))
        space = style.paragraph_format
        space.space_before = Pt(look.get("before", 0))
        space.space_after = Pt(look.get("after", 0))
        space.line_spacing = 1.15
        space.keep_with_next = look.get("keep", False)
        space.widow_control = True
        for border in style.element.findall(f".//{qn('w:pBdr')}"):
            border.getparent().remove(border)


def _fonts(run: Any) -> None:
    """Set the fonts of a run or style, and take away those of the theme, which would win."""
    for old in run.findall(qn("w:rFonts")):
        run.remove(old)
    fonts = OxmlElement("w:rFonts")
    for which in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{which}"), LATIN)
    fonts.set(qn("w:eastAsia"), EAST_ASIAN)
    run.insert(0, fonts)


def _colour(text: str) -> Any:
    return RGBColor.from_string(text.lstrip("#").upper())


def _page(document: Any, report: Report) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = PAGE
    section.left_margin = section.right_margin = SIDE
    section.top_margin, section.bottom_margin = TOP, FOOT
    section.header_distance = section.footer_distance = Mm(9)
    section.different_first_page_header_footer = True
    head = section.header.paragraphs[0]
    head.text = clean(f"{report.kicker} · {report.title}"[:110])
    for foot in (section.footer, section.first_page_footer):
        line = foot.paragraphs[0]
        line.style = document.styles["Footer"]
        stops = line.paragraph_format.tab_stops
        stops.add_tab_stop(Emu(WIDE), WD_TAB_ALIGNMENT.RIGHT)
        line.add_run(clean(report.note) + "\t")
        for piece in re.split(r"(\{pages?\})", report.pages):
            if piece in {"{page}", "{pages}"}:
                _field(line, "PAGE" if piece == "{page}" else "NUMPAGES")
            else:
                line.add_run(piece)
    for name in ("Header", "Footer"):
        tabs = document.styles[name].element.find(f".//{qn('w:tabs')}")
        if tabs is not None:
            tabs.getparent().remove(tabs)


def _field(paragraph: Any, code: str) -> None:
    """Add a number that Word fills in."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _properties(document: Any, report: Report) -> None:
    """Say what the document is, by nobody's name."""
    core = document.core_properties
    core.author = core.last_modified_by = core.comments = core.keywords = ""
    core.title = clean(f"{report.kicker}: {report.title}")[:200]
    core.subject = clean(report.kicker)
    core.language = LANGUAGE[report.lang]
    core.revision = 1
    core.created = core.modified = _moment(report)
    # the template brings a picture of its own first page
    relations = document.part.package.rels
    for name in [
        key for key, each in relations.items() if each.reltype == RELATIONSHIP_TYPE.THUMBNAIL
    ]:
        del relations[name]


def _as_new_words_read(document: Any) -> None:
    """Say that the document is one of today's Word; without it, Word opens it in an old way."""
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    for fonts in document.settings.element.iter(qn("w:themeFontLang")):
        fonts.set(qn("w:eastAsia"), LANGUAGE["zh"])


def _moment(report: Report) -> datetime:
    day = report.on
    return datetime.combine(day.replace(year=max(_FIRST_DAY, min(day.year, 2107))), time())


def _without_times(data: bytes, report: Report) -> bytes:
    """Return a zip file whose parts bear the day of the report, and no other time."""
    moment = _moment(report)
    stamp = (moment.year, moment.month, moment.day, 0, 0, 0)
    found = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(found, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = ZipInfo(name, stamp)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 0
            new.writestr(entry, old.read(name))
    return found.getvalue()


# What stands in it -----------------------------------------------------------------------------------


def _cover(document: Any, report: Report) -> None:
    _say(document, report.kicker, "Kicker")
    title = _say(document, report.title, "Title")
    _line_below(title, ACCENT, 12)
    _facts(document, Facts(tuple((name, (Line(value),)) for name, value in report.cover)))


def _part(document: Any, part: Part, first: bool = False, on_new_page: bool = False) -> None:
    heading = _say(document, part.title, "Heading 1")
    if first:
        heading.paragraph_format.space_before = Pt(8)
    heading.paragraph_format.page_break_before = on_new_page or None
    for block in part.blocks:
        _block(document, block)


def _block(document: Any, block: Block) -> None:
    match block:
        case Heading():
            _say(document, block.text, "Heading 2")
        case Paragraph():
            style = {"lead": "Lead", "quiet": "Quiet"}.get(block.look, "Normal")
            _say(document, block.text, style)
        case Facts():
            _facts(document, block)
        case Table():
            _table(document, block)
        case Chart():
            _chart(document, block)
        case Points():
            _points(document, block)
        case Tiles():
            _tiles(document, block)


def _say(document: Any, text: str, style: str) -> Any:
    paragraph = _styled(document.add_paragraph(), style)
    _runs(paragraph, text)
    return paragraph


def _styled(paragraph: Any, style: str) -> Any:
    """Give a paragraph its style by id, as python-docx looks through all styles for a name."""
    paragraph._p.style = style.replace(" ", "")
    return paragraph


def _runs(paragraph: Any, text: str, **look: Any) -> None:
    """Add a text to a paragraph; its ends of line stay."""
    for n, line in enumerate(clean(text).split("\n")):
        run = paragraph.add_run()
        if n:
            run.add_break()
        run.add_text(line)
        run.bold = look.get("bold")
        if "colour" in look:
            run.font.color.rgb = _colour(look["colour"])


def _line_below(paragraph: Any, colour: str, eighths: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    borders.append(_border("bottom", colour, eighths, space=4))
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
    )


def _border(side: str, colour: str, eighths: int, space: int = 0) -> Any:
    border = OxmlElement(f"w:{side}")
    border.set(qn("w:val"), "single" if eighths else "nil")
    border.set(qn("w:sz"), str(eighths))
    border.set(qn("w:space"), str(space))
    border.set(qn("w:color"), colour.lstrip("#"))
    return border


def _chart(document: Any, block: Chart) -> None:
    picture = block.picture
    wide, tall = picture.figure.get_size_inches()
    scale = min(WIDE / Inches(wide), TALLEST / Inches(tall))
    paragraph = _styled(document.add_paragraph(), "Normal")
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(8)
    paragraph.paragraph_format.line_spacing = 1.0
    if wide * scale * 914400 < WIDE * 0.98:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    shape = paragraph.add_run().add_picture(
        BytesIO(png(picture.figure, COLOURS)), width=Inches(wide * scale)
    )
    for side in "TBLR":  # some readers leave a gap where nothing is said
        shape._inline.set(f"dist{side}", "0")
    said = shape._inline.docPr
    said.set("descr", clean(picture.alt))
    said.set("name", f"Figure {said.get('id')}")
    _say(document, picture.caption, "Caption")


def _points(document: Any, block: Points) -> None:
    if block.look == "open":
        _open_points(document, block)
        return
    ordered = any(more for _, more in block.points)
    for n, (point, more) in enumerate(block.points, 1):
        paragraph = _hanging(_styled(document.add_paragraph(), "Point"))
        paragraph.add_run(f"{n}\t" if ordered else "•\t").font.color.rgb = _colour(ACCENT)
        _runs(paragraph, point, bold=ordered)
        if more:
            paragraph.add_run().add_break()
            _runs(paragraph, more, colour=MUTED)


def _hanging(paragraph: Any) -> Any:
    paragraph.paragraph_format.left_indent = Mm(7)
    paragraph.paragraph_format.first_line_indent = Mm(-7)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(7))
    return paragraph


def _open_points(document: Any, block: Points) -> None:
    """Add what is still to settle, as a box that no reader takes for a part of the analysis."""
    table = _grid(document, (1.0,), len(block.points) + bool(block.title))
    rows = list(table.rows)
    if block.title:
        _fill(rows[0].cells[0], (Line(block.title, "strong"),), shade=_AMBER)
        rows[0].cells[0].paragraphs[0].paragraph_format.keep_with_next = True
    for row, (point, more) in zip(rows[bool(block.title) :], block.points, strict=True):
        cell: Cell = (Line(point), *((Line(more, "quiet"),) if more else ()))
        _fill(row.cells[0], cell, shade=_AMBER)
    _after(document)


def _tiles(document: Any, block: Tiles) -> None:
    table = _grid(document, (1.0,) * len(block.tiles), 1)
    for cell, (value, name) in zip(table.rows[0].cells, block.tiles, strict=True):
        _fill(cell, (Line(value),), style="Number that matters", shade=PANEL)
        _runs(_styled(cell.add_paragraph(), "In a table"), name)
    _after(document)


def _facts(document: Any, block: Facts) -> None:
    table = _grid(document, (0.3, 0.7), len(block.rows))
    for row, (name, cell) in zip(table.rows, block.rows, strict=True):
        left, right = row.cells
        _fill(left, (Line(name),), style="Name of a fact", below=(LINE, 4))
        _fill(right, cell, below=(LINE, 4), style="In a table")
    _after(document)


def _table(document: Any, block: Table) -> None:
    table = _grid(document, [each.width for each in block.columns], len(block.rows) + 1)
    head, *rows = list(table.rows)
    for cell, column in zip(head.cells, block.columns, strict=True):
        _fill(cell, (Line(column.title),), style="Head of a table", shade=PANEL, below=(MUTED, 8),
              right=column.numbers)  # fmt: skip
    _row_is(head, "w:tblHeader")
    for row, said in zip(rows, block.rows, strict=True):
        _row(row, said, block)
    _described(table, block.title)
    if block.note:
        _say(document, block.note, "Caption").paragraph_format.space_before = Pt(3)
    else:
        _after(document)


def _row(row: Any, said: Row, block: Table) -> None:
    cells = row.cells
    if said.look == "band":
        _fill(cells[0].merge(cells[-1]), said.cells[0], below=(LINE, 4), shade=PANEL)
        for paragraph in cells[0].paragraphs:
            paragraph.paragraph_format.keep_with_next = True
        return
    for cell, lines, column in zip(cells, said.cells, block.columns, strict=True):
        shown = (
            tuple(
                Line(each.text, "strong" if each.look == "plain" else each.look) for each in lines
            )
            if said.look == "total"
            else lines
        )
        _fill(cell, shown, below=(LINE, 4), right=column.numbers)


def _grid(document: Any, widths: Sequence[float], rows: int) -> Any:
    """Return an empty table over the whole width of the text, with its columns in proportion."""
    table = document.add_table(rows=rows, cols=len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    properties = table._tbl.tblPr
    margins = OxmlElement("w:tblCellMar")
    for side, points in (("top", 3), ("left", 4), ("bottom", 3), ("right", 4)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(points * 20))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    _before_look(properties, margins)
    whole = sum(widths)
    shares = [Emu(int(WIDE * each / whole)) for each in widths]
    for column, share in zip(table.columns, shares, strict=True):
        column.width = share
    for row in table.rows:
        _row_is(row, "w:cantSplit")
        for cell, share in zip(row.cells, shares, strict=True):
            cell.width = share
    return table


def _before_look(properties: Any, element: Any) -> None:
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(element)
    else:
        look.addprevious(element)


def _described(table: Any, title: str) -> None:
    caption = OxmlElement("w:tblCaption")
    caption.set(qn("w:val"), clean(title))
    table._tbl.tblPr.append(caption)


def _row_is(row: Any, what: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(what))


def _fill(
    cell: Any,
    lines: Cell,
    style: str = "In a table",
    shade: str = "",
    below: tuple[str, int] | None = None,
    right: bool = False,
) -> None:
    """Write lines into a cell."""
    paragraph = cell.paragraphs[0]
    for n, line in enumerate(lines or (Line(""),)):
        if n:
            paragraph = cell.add_paragraph()
        _styled(paragraph, style)
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        look = _LOOKS.get(line.look, {})
        _runs(paragraph, line.text, **look)
    properties = cell._tc.get_or_add_tcPr()
    if below:
        borders = OxmlElement("w:tcBorders")
        borders.append(_border("bottom", *below))
        properties.append(borders)
    if shade:
        fill = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", shade.lstrip("#"))):
            fill.set(qn(f"w:{name}"), value)
        properties.append(fill)


def _after(document: Any) -> None:
    """Leave some space below a table."""
    gap = _styled(document.add_paragraph(), "In a table")
    gap.paragraph_format.line_spacing = Pt(6)
