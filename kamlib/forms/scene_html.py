"""A scene as HTML that needs no script: how it begins, and a conversation as it was played."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from kamlib.items import model
from kamlib.items.display import as_typed, played_before
from kamlib.items.scene import Spoken, signed, transcript, walk
from kamlib.words import N_, Message, Words

_MUTED = "color:#52606d"
_LINE = "margin:4px 0"
_OWN = "margin:4px 0 4px 2em;padding-left:10px;border-left:3px solid #0b6e6e"


def moves(item: model.Scene, saying: model.Saying, words: Words) -> str:
    """Return what a choice does to the measures, and why, in one line; a sign never ends a line."""
    moved = [
        f"{'▲' if by > 0 else '▼'}\u00a0{words.translate(label)}\u00a0{signed(by)}"
        for name, label in item.measures.items()
        if (by := saying.effects.get(name, 0))
    ]
    return " · ".join(filter(None, [*moved, words.translate(saying.because)]))


def speaker(item: model.Scene, who: str, words: Words) -> str:
    """Return the name of who speaks."""
    return words.translate(item.cast.get(who, who) if who != model.YOU else N_("You"))


def opening_html(item: model.Scene, words: Words) -> str:
    """Return how a scene begins, and what there is to choose from first."""
    first = walk(item, ())
    measures = " · ".join(escape(words.translate(label)) for label in item.measures.values())
    choices = "".join(
        f"<li>○ {escape(words.translate(saying.says))}</li>"
        for saying in first.turn.choices.values()
    )
    stake = escape(words.translate(N_("At stake:")))
    label = escape(words.translate(N_("What do you say?")))
    return (
        f'<p style="{_MUTED}">{stake} {measures}</p>'
        + "".join(_spoken(item, line, words) for line in transcript(first))
        + f'<div style="{_MUTED}">{label}</div>'
        + f'<ul style="list-style:none;padding-left:4px">{choices}</ul>'
    )


def conversation_html(item: model.Scene, response: Mapping[str, Any], words: Words) -> str:
    """Return a conversation as far as it was played, and how earlier plays went out.

    Empty where nothing was played. What is no choice of the scene is shown as it is stored.
    """
    parts = [_row(label, value, words) for label, value in played_before(item, response)]
    path = response.get("path")
    walked = walk(item, path if isinstance(path, list | tuple) else ())
    if walked.steps:
        parts += [_spoken(item, line, words) for line in transcript(walked)]
    parts += [_row("", value, words) for choice in walked.lost if (value := as_typed(choice))]
    if walked.steps:
        if walked.turn.ending:
            parts.append(_row(N_("How it ended"), walked.turn.ending, words))
        stand = " · ".join(
            f"{escape(words.translate(label))} {signed(walked.measures[name])}"
            for name, label in item.measures.items()
        )
        parts.append(f'<p style="{_LINE}"><strong>{stand}</strong></p>')
    return f'<div class="answer">{"".join(parts)}</div>' if parts else ""


def _row(label: str | Message, value: str | Message, words: Words) -> str:
    name = f"<strong>{escape(words.say(label))}:</strong> " if label else ""
    return f'<p class="typed" style="{_LINE}">{name}{escape(words.say(value))}</p>'


def _spoken(item: model.Scene, line: Spoken, words: Words) -> str:
    who = escape(speaker(item, line.who, words))
    says = escape(words.translate(line.says))
    style = _OWN if line.who == model.YOU else _LINE
    moved = ""
    if line.step:
        told = escape(moves(item, line.step.saying, words))
        moved = f'<br><span style="{_MUTED}">{told}</span>' if told else ""
    return f'<p style="{style}"><strong>{who}:</strong> {says}{moved}</p>'
