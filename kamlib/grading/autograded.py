"""What the marking desk shows of a hand-in: the released notebook with answers and marks as outputs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from kamlib.course.notebook import item_of
from kamlib.forms.answer import answer_html
from kamlib.forms.page import question_html
from kamlib.items.mark import Mark
from kamlib.items.model import Item
from kamlib.words import Words, message

_SLOT = "@@kam-outputs:{}@@"
_ENCODER = json.JSONEncoder(ensure_ascii=False)


def outputs(item: Item, response: object, mark: Mark, words: Words) -> list[dict[str, Any]]:
    """Return the outputs of an item's cell: the question with its answer, then the score.

    The score is one plain float in [0, max], the only form of result that nbgrader reads as
    partial credit; prose has none.
    """
    page = question_html(item, words) + reply_html(item, response, mark, words)
    shown: list[dict[str, Any]] = [
        {"output_type": "display_data", "data": {"text/html": page}, "metadata": {}}
    ]
    if mark.score is not None and item.interaction != "text":
        shown.append(
            {"output_type": "execute_result", "execution_count": 1, "metadata": {},
             "data": {"text/plain": repr(float(mark.score))}}
        )  # fmt: skip
    return shown


def reply_html(item: Item, response: object, mark: Mark, words: Words) -> str:
    """Return the answer with its mark and the reasons for it."""
    head = f"{mark.outcome.sign} {words.translate(mark.outcome.word)}"
    if mark.earned is not None:
        head += " · " + words.say(message("{score} of {max}", score=mark.earned, max=mark.max))
    if mark.own is not None:
        counts = message("counts as {score} until the gate is looked at", score=mark.score)
        head += " · " + words.say(counts)
    reasons = [words.say(reason) for reason in mark.reasons]
    if mark.gate is not None:
        lift = message(
            "This answer meets a gate: it holds all that the machine has marked at {cap} of {most} "
            "points. Give it a score, another one or the same, and the other answers count in full.",
            cap=round(mark.gate.cap, 2), most=mark.gate.most,
        )  # fmt: skip
        reasons.insert(1, words.say(lift))
    why = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
    none = words.translate("No answer")
    answer = answer_html(item, response, words, mark) or f"<p>{escape(none)}</p>"
    return (
        f'<div class="kam-reply">{answer}<p><strong>{escape(head)}</strong></p><ul>{why}</ul></div>'
    )


class Template:
    """A released notebook in one language, cut so that a hand-in's outputs are only put in.

    Made once for many hand-ins: the questions are rendered and the notebook is written as JSON
    once, and each hand-in costs the rendering of its answers.
    """

    def __init__(self, notebook: str, items: Sequence[Item], words: Words) -> None:
        """Take the released notebook's JSON text, the exercise's items and the language."""
        document = json.loads(notebook)
        self._items = {item.id: item for item in items}
        self._words = words
        for cell in document["cells"]:
            name = cell_item(cell)
            if name in self._items and cell["cell_type"] == "code":
                cell["outputs"] = _SLOT.format(name)
                cell["execution_count"] = 1
        text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        self._parts: list[str] = []
        self._slots: list[str] = []
        while '"@@kam-outputs:' in text:
            before, _, rest = text.partition('"@@kam-outputs:')
            name, _, text = rest.partition('@@"')
            self._parts.append(before)
            self._slots.append(name)
        self._tail = text
        self._questions = {
            item.id: _ENCODER.encode(question_html(item, words))[:-1] for item in items
        }

    def fill(self, responses: Mapping[str, object], marks: Mapping[str, Mark]) -> str:
        """Return the notebook's JSON with each answer, its mark and its reasons."""
        out: list[str] = []
        for part, name in zip(self._parts, self._slots, strict=True):
            item, mark = self._items[name], marks[name]
            reply = _ENCODER.encode(reply_html(item, responses.get(name), mark, self._words))
            out += [
                part,
                '[{"output_type":"display_data","metadata":{},"data":{"text/html":',
                self._questions[name],
                reply[1:],
                "}}",
            ]
            if mark.score is not None and item.interaction != "text":
                out.append(
                    ',{"output_type":"execute_result","execution_count":1,"metadata":{},'
                    f'"data":{{"text/plain":"{float(mark.score)!r}"}}}}'
                )
            out.append("]")
        out.append(self._tail)
        return "".join(out)


def cell_item(cell: Mapping[str, Any]) -> str:
    """Return the item a notebook cell belongs to; empty for other cells."""
    return item_of(str(cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", "")))
