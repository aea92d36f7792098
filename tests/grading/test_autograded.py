"""The marking desk's notebook: what the fast template writes is what a notebook library would."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

import nbformat
import pytest

from kamlib.grading.autograded import Template, cell_item, outputs, reply_html
from kamlib.grading.cohort import Cohort
from kamlib.items.mark import Mark, MetGate, Outcome
from kamlib.items.marking import mark_exercise
from kamlib.items.solution import solution
from kamlib.words import message

from .conftest import UNIT
from .test_desk_page import ATTACKS


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_template_writes_what_outputs_says(cohort: Cohort, lang: str) -> None:
    """A filled template is a valid notebook whose form cells hold exactly `outputs`."""
    bundle = cohort.bundles[UNIT]
    words = bundle.words(lang)
    responses: dict[str, object] = {
        item.id: solution(item, bundle.keys[item.id]) for item in bundle.items[:6]
    }
    responses[bundle.items[6].id] = '@@kam-outputs:x@@"\\ \u2028 <script>'
    marks = mark_exercise(bundle.items, bundle.keys, responses)
    released = cohort.exercise(UNIT, lang).read_text("utf-8")
    text = Template(released, bundle.items, words).fill(responses, marks)
    nbformat.validate(nbformat.reads(text, as_version=4))
    items = {item.id: item for item in bundle.items}
    seen = []
    for cell in json.loads(text)["cells"]:
        name = cell_item(cell)
        if name in items and cell["cell_type"] == "code":
            assert cell["outputs"] == outputs(items[name], responses.get(name), marks[name], words)
            seen.append(name)
    assert seen == [item.id for item in bundle.items]


def test_a_marker_reads_what_a_gate_does_and_how_it_is_lifted(cohort: Cohort) -> None:
    """The answer that met it says so with its own points; another one says for what it counts."""
    bundle = cohort.bundles[UNIT]
    item = next(item for item in bundle.items if item.interaction == "choice")
    words = bundle.words("en")
    gate = MetGate(message("That is a breach of trust."), cap=4.5, most=18)
    held = Mark(item.id, 0.5, 2, Outcome.CORRECT, (message("So it is."),), own=2.0)
    text = Answer(reply_html(item, None, held, words)).text
    assert "✓ correct · 2 of 2 · counts as 0.5 until the gate is looked at" in text
    assert "breach" not in text
    text = Answer(reply_html(item, None, replace(held, gate=gate), words)).text
    assert text.index("That is a breach of trust.") < text.index("holds all that the machine")
    assert "at 4.5 of 18 points" in text
    assert outputs(item, None, held, words)[1]["data"]["text/plain"] == "0.5"


class Answer(HTMLParser):
    """Collects the tags of a cell's output and the text of the answer in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_typed_is_no_markup_in_the_notebook(cohort: Cohort, attack: str) -> None:
    """An answer adds no tag to the desk's notebook, and stands there as it was typed."""
    bundle = cohort.bundles[UNIT]
    (item,) = (item for item in bundle.items if item.interaction == "text")
    words = bundle.words("en")

    def shown(text: str) -> Answer:
        marks = mark_exercise(bundle.items, bundle.keys, {item.id: {"text": text}})
        return Answer(reply_html(item, {"text": text}, marks[item.id], words))

    assert shown(attack).tags == shown("Plain.").tags
    assert attack in shown(attack).text
