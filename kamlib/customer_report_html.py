"""How a report becomes one page for a browser that holds all it needs."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from kamlib.plots import image
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

LANGUAGE = {"en": "en", "zh": "zh-CN"}

_HERE = Path(__file__).parent
SHEETS = (_HERE / "grading" / "templates" / "house.css", _HERE / "customer_report.css")
"""The house style, and what a report has beside it."""


def html_report(report: Report) -> str:
    """Return a report as a page without scripts and without any address outside itself.

    The same report gives the same text.
    """
    return Markup(
        '<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{kicker}: {title}</title>\n<style>\n{css}\n</style>\n</head>\n<body>\n"
        "<main>\n{body}</main>\n</body>\n</html>\n"
    ).format(
        lang=LANGUAGE[report.lang],
        kicker=_text(report.kicker),
        title=_text(report.title),
        css=Markup(html_style()),
        body=Markup(html_body(report)),
    )


def html_body(report: Report, folded: bool = False) -> str:
    """Return what stands inside a report's page, to be shown in another one with `html_style`.

    Where it is `folded`, its headings come below those of a lesson, and each part after the summary
    opens with a click.
    """
    with drawing(report.lang):
        cover = _facts(
            tuple((name, Markup("<p>{}</p>").format(_text(said))) for name, said in report.cover)
        )
        show = _folded if folded else _part
        summary = _plain(report.summary) if folded else report.summary
        parts = [_part(summary, "summary"), *(show(part, "part") for part in report.parts)]
        whole = Markup(
            '<div class="report" lang="{lang}">\n<header>\n<p class="kicker">{kicker}</p>\n<h1>{title}</h1>\n'
            "{cover}</header>\n{parts}<footer><p>{note}</p></footer>\n</div>\n"
        ).format(
            lang=LANGUAGE[report.lang],
            kicker=_text(report.kicker),
            title=_text(report.title),
            cover=cover,
            parts=Markup("").join(parts),
            note=_text(report.note),
        )
    return _lowered(whole) if folded else whole


def _lowered(page: Markup) -> Markup:
    """Put headings below those of a lesson; what was typed has no tags left to be taken for one."""
    return Markup(
        re.sub(r"(</?h)([123])>", lambda tag: f"{tag[1]}{4 if tag[2] == '1' else 5}>", page)
    )


def _plain(part: Part) -> Part:
    """Show numbers as a list under short names, for a page that has no style sheet."""
    blocks = (
        Facts(tuple((name, (Line(value, "strong"),)) for value, name in block.tiles))
        if isinstance(block, Tiles)
        else block
        for block in part.blocks
    )
    return Part(part.title, tuple(blocks))


@cache
def html_style() -> str:
    """Return the style sheet of a report's page."""
    return "\n".join(path.read_text("utf-8") for path in SHEETS)


def _text(text: str) -> Markup:
    """Return a text that is shown as it was typed, its ends of line too."""
    return Markup("<br>").join(escape(line) for line in clean(text).split("\n"))


def _part(part: Part, name: str) -> Markup:
    blocks = Markup("").join(_block(block) for block in part.blocks)
    return Markup('<section class="{}">\n<h2>{}</h2>\n{}</section>\n').format(
        name, _text(part.title), blocks
    )


def _folded(part: Part, name: str) -> Markup:
    blocks = Markup("").join(_block(block) for block in part.blocks)
    return Markup('<details class="{}">\n<summary>{}</summary>\n{}</details>\n').format(
        name, _text(part.title), blocks
    )


def _block(block: Block) -> Markup:
    match block:
        case Heading():
            return Markup("<h3>{}</h3>\n").format(_text(block.text))
        case Paragraph():
            look = {"quiet": ' class="quiet"', "lead": ' class="lead"'}.get(block.look, "")
            return Markup(f"<p{look}>{{}}</p>\n").format(_text(block.text))
        case Facts():
            return _facts(tuple((name, _cell(cell)) for name, cell in block.rows))
        case Table():
            return _table(block)
        case Chart():
            return _chart(block)
        case Points():
            return _points(block)
        case Tiles():
            tiles = (
                Markup('<div><p class="big">{}</p><p>{}</p></div>').format(
                    _text(value), _text(name)
                )
                for value, name in block.tiles
            )
            return Markup('<div class="tiles">{}</div>\n').format(Markup("").join(tiles))


def _chart(block: Chart) -> Markup:
    picture = block.picture
    wide, tall = picture.figure.get_size_inches()
    return Markup('<figure{}>{}<figcaption>{}</figcaption></figure>\n').format(
        Markup(' class="tall"') if tall > wide else "",
        Markup(image(picture.figure, clean(picture.alt), COLOURS)),
        _text(picture.caption),
    )  # fmt: skip


def _facts(rows: tuple[tuple[str, Markup], ...]) -> Markup:
    lines = (
        Markup('<tr><th scope="row">{}</th><td>{}</td></tr>\n').format(_text(name), said)
        for name, said in rows
    )
    return Markup('<table class="facts">\n{}</table>\n').format(Markup("").join(lines))


def _points(block: Points) -> Markup:
    ordered = any(more for _, more in block.points)
    lines = (
        Markup("<li><strong>{}</strong>{}</li>\n" if ordered else "<li>{}{}</li>\n").format(
            _text(point),
            Markup(' <span class="quiet">{}</span>').format(_text(more)) if more else "",
        )
        for point, more in block.points
    )
    title = Markup("<h3>{}</h3>\n").format(_text(block.title)) if block.title else ""
    if block.look == "open":
        return Markup('<div class="open">\n{}<ul>\n{}</ul></div>\n').format(
            title, Markup("").join(lines)
        )
    list_ = "ol" if ordered else "ul"
    return Markup(f'{{}}<{list_} class="points">\n{{}}</{list_}>\n').format(
        title, Markup("").join(lines)
    )


def _table(block: Table) -> Markup:
    whole = sum(each.width for each in block.columns)
    widths = (
        Markup(f'<col style="width:{100 * each.width / whole:.1f}%">') for each in block.columns
    )
    heads = (
        Markup('<th scope="col"{}>{}</th>').format(
            Markup(' class="n"') if each.numbers else "", _text(each.title)
        )
        for each in block.columns
    )
    note = Markup('<p class="note">{}</p>\n').format(_text(block.note)) if block.note else ""
    return Markup(
        '<div class="table"><table aria-label="{}">\n<colgroup>{}</colgroup>\n<thead><tr>{}</tr></thead>\n'
        "<tbody>\n{}</tbody></table></div>\n{}"
    ).format(
        clean(block.title).replace("\n", " "),
        Markup("").join(widths),
        Markup("").join(heads),
        Markup("").join(_row(row, block) for row in block.rows),
        note,
    )


def _row(row: Row, block: Table) -> Markup:
    if row.look == "band":
        return Markup('<tr class="band"><th scope="colgroup" colspan="{}">{}</th></tr>\n').format(
            len(block.columns), _cell(row.cells[0])
        )
    cells = (
        Markup("<td{}>{}</td>").format(Markup(' class="n"') if column.numbers else "", _cell(cell))
        for cell, column in zip(row.cells, block.columns, strict=True)
    )
    look = Markup(' class="total"') if row.look == "total" else ""
    return Markup("<tr{}>{}</tr>\n").format(look, Markup("").join(cells))


def _cell(cell: Cell) -> Markup:
    looks = {"strong": ' class="strong"', "quiet": ' class="quiet"'}
    return Markup("").join(
        Markup(f"<p{looks.get(line.look, '')}>{{}}</p>").format(_text(line.text)) for line in cell
    )
