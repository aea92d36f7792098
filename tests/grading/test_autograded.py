"""The marking desk's notebook: what the fast template writes is what a notebook library would."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import nbformat
import pytest

from kamlib.grading.autograded import Template, cell_item, outputs, reply_html
from kamlib.grading.cohort import Cohort
from kamlib.items.marking import mark_exercise
from kamlib.items.solution import solution

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
