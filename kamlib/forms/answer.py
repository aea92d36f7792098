"""An answer as HTML, for feedback, the marking desk and print: labels, never keys, all escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import Literal

from kamlib.forms.scene_html import conversation_html
from kamlib.items import model
from kamlib.items.display import shown
from kamlib.items.mark import Mark, Outcome
from kamlib.words import N_, Message, Words, message, number

MAX_TYPED = 5000
"""Characters of a typed table cell that are shown."""

WIDE = 8
"""More columns than this do not stand beside each other on a page."""

FEW = 4
"""So many rows may stand beside each other instead."""


def answer_html(item: model.Item, response: object, words: Words, mark: Mark | None = None) -> str:
    """Return an answer as HTML, labels instead of keys; empty where nothing was answered.

    With its mark, each line of a pairing and each tick bears the sign of right or wrong.
    """
    if isinstance(item, model.Table) and isinstance(response, Mapping):
        return _grid(item, response.get("rows"), words)
    if isinstance(item, model.Scene) and isinstance(response, Mapping):
        return conversation_html(item, response, words)
    rows = shown(item, response)
    if not rows:
        return ""
    signs = _signs(item, response, mark) if mark and mark.score is not None else {}
    if isinstance(item, model.Order | model.Recall) and isinstance(response, Mapping):
        inner = list_html("ol", (words.say(value) for _, value in rows), "typed")
    elif any(label for label, _ in rows):
        unnamed = N_("Answer")
        body = "".join(
            f'<tr><th scope="row">{escape(words.say(label or unnamed))}</th>'
            f"<td>{signs.get(label, '')}{_cell([words.say(value) for _, value in group])}</td></tr>"
            for label, group in groupby(rows, key=itemgetter(0))
        )
        inner = f"<table><tbody>{body}</tbody></table>"
    elif signs:
        lines = (f"<li>{signs.get(value, '')}{escape(words.say(value))}</li>" for _, value in rows)
        inner = f'<ul class="typed signed">{"".join(lines)}</ul>'
    else:
        inner = _cell([words.say(value) for _, value in rows])
    return f'<div class="answer">{inner}</div>'


def _signs(item: model.Item, response: object, mark: Mark) -> dict[str | Message, str]:
    """Return the sign of each line by its text, for the answers whose lines are right or wrong."""
    if isinstance(response, Mapping):
        match item:
            case model.Match() | model.Classify():
                lines = item.stems if isinstance(item, model.Match) else item.lines
                given = response.get("pairs" if isinstance(item, model.Match) else "classes")
                chosen = given if isinstance(given, Mapping) else {}
                return {
                    text: _sign(f"{name}:{chosen.get(name)}" in mark.traps)
                    for name, text in lines.items()
                }
            case model.Choices():
                return {
                    Message(text): _sign(name in mark.traps) for name, text in item.options.items()
                }
    return {}


def _sign(wrong: bool) -> str:
    outcome = Outcome.INCORRECT if wrong else Outcome.CORRECT
    return f'<span class="sign {outcome.value}">{outcome.sign}</span> '


# In what follows every text goes through `escape`: a template would do the same at ten times the
# cost, which counts over thousands of pages.


def _cell(values: Sequence[str]) -> str:
    if len(values) == 1:
        return f'<p class="typed">{escape(values[0])}</p>'
    return list_html("ul", values, "typed")


def list_html(kind: Literal["ul", "ol"], texts: Iterable[str], style: str) -> str:
    """Return the texts, escaped, as a list of this kind and style class."""
    lines = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f'<{kind} class="{style}">{lines}</{kind}>'


def _grid(item: model.Table, rows: object, words: Words) -> str:
    """Return a table answer as a table with its own columns.

    One that is too wide for a page is turned over where it has few rows, and is else a list with a
    paragraph a row.
    """
    if not isinstance(rows, list | tuple):
        return ""
    filled = [row for row in rows if isinstance(row, Mapping) and any(row.values())]
    if not filled:
        return ""
    labels = [words.say(field.label) for field in item.columns.values()]
    cells = [
        [_typed(field, row.get(name), words) for name, field in item.columns.items()]
        for row in filled
    ]
    if len(labels) <= WIDE:
        shown = _table(labels, cells)
    elif len(filled) <= FEW:
        numbered = [words.say(message("Row {n}", n=n)) for n in range(1, len(filled) + 1)]
        shown = _table(["", *numbered], [[label, *rest] for label, *rest in zip(labels, *cells, strict=True)])  # fmt: skip
    else:
        shown = _paragraphs(labels, cells)
    return f'<div class="answer grid">{shown}</div>'


def _table(labels: Iterable[str], cells: Iterable[Iterable[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(label)}</th>' for label in labels)
    body = "".join(
        "<tr>{}</tr>".format("".join(f'<td class="typed">{escape(cell)}</td>' for cell in row))
        for row in cells
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _paragraphs(labels: Sequence[str], cells: Iterable[Sequence[str]]) -> str:
    """Return each row as who it is, by its first two columns, and what is said of it."""
    lines = []
    for row in cells:
        who = escape(" · ".join(filter(None, row[:2])))
        rest = zip(labels[2:], row[2:], strict=True)
        said = " · ".join(f"{escape(label)}: {escape(cell)}" for label, cell in rest if cell)
        lines.append(f'<li class="typed"><strong>{who}</strong><br>{said}</li>')
    return f'<ol class="rows">{"".join(lines)}</ol>'


def _typed(field: model.TypedField, value: object, words: Words) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and value in field.options:
        return words.say(field.options[value])
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return str(value)[:MAX_TYPED]
