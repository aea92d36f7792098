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
from kamlib.words import N_, Message, Words, number

MAX_TYPED = 5000
"""Characters of a typed table cell that are shown."""


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
    """Return a table answer as a table with its own columns."""
    if not isinstance(rows, list | tuple):
        return ""
    filled = [row for row in rows if isinstance(row, Mapping) and any(row.values())]
    if not filled:
        return ""
    columns = item.columns.items()
    head = "".join(f'<th scope="col">{escape(words.say(field.label))}</th>' for _, field in columns)
    body = "".join(
        "<tr>{}</tr>".format(
            "".join(
                f'<td class="typed">{escape(_typed(field, row.get(name), words))}</td>'
                for name, field in columns
            )
        )
        for row in filled
    )
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="answer grid">{table}</div>'


def _typed(field: model.TypedField, value: object, words: Words) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and value in field.options:
        return words.say(field.options[value])
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return str(value)[:MAX_TYPED]
