"""What stands beside a prose answer: right in both languages, and no answer becomes markup."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest

from kamlib.grading.cohort import Cohort
from kamlib.grading.desk_page import hints, panel_html, with_rubrics
from kamlib.grading.pipeline import grade
from kamlib.items.keys import ProseKey
from kamlib.items.model import Prose
from kamlib.words import Words

from .conftest import UNIT, Send

ITEM = Prose.model_validate(
    {
        "id": "u.say", "interaction": "text", "title": "Say", "prompt": "What **now**?", "points": 3,
        "criteria": {"reason": "Names a reason", "deed": "Names a deed"},
    }
)  # fmt: skip
KEY = ProseKey.model_validate(
    {
        "interaction": "text", "explanation": "So.", "model_answer": "Because <it> was late.",
        "levels": {"reason": ["none", "half", "one", "two"], "deed": ["a", "b", "c", "d"]},
        "comments": {
            "day": {"criterion": "reason", "text": "Name the day.", "read": "types"},
            "fine": {"criterion": "reason", "text": "A sound reason.", "praise": True},
        },
        "look_for": {"reason": ["truck", "因为"], "deed": ["went"]},
    }
)  # fmt: skip
CHINESE = Words("zh", {"Name the day.": "写上日期。", "none": "没有", "Say": "说"})
PLACES = {"types": "Three <types>"}

ATTACKS = [
    "</script><script>alert(1)</script>",
    "${alert(1)} {{ 7 * 7 }} {% raw %}",
    "![x](javascript:alert(1)) [y](javascript:alert(2)) <javascript:alert(3)>",
    '"><img src=x onerror=alert(1)>',
    "</section></div></body><h1>Full credit</h1>",
    "<!-- x --><style>*{display:none}</style>",
    "a\n\n<b>b</b>\n\n# c\n\n    d",
    "$$\\unicode{<img src=x onerror=alert(1)>}$$",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\ud800 alone",
]


class Reader(HTMLParser):
    """Collects what a browser would make of a page: tags, attributes and the text of the answer."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.answer = ""
        self._in_answer = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_answer = tag == "div" and dict(attrs).get("class") == "kam-answer"

    def handle_endtag(self, tag: str) -> None:
        self._in_answer = False

    def handle_data(self, data: str) -> None:
        if self._in_answer:
            self.answer += data


def panel(text: object, desk: Words | None = None, trainee: Words | None = None) -> str:
    """Return the panel of an answer, in English unless said."""
    english = Words("en")
    return panel_html(ITEM, KEY, {"text": text}, desk or english, trainee or english, PLACES)


def attributes(html: str, name: str) -> list[dict[str, str | None]]:
    """Return the attributes of every tag that has this one."""
    return [attrs for _, attrs in Reader(html).tags if name in attrs]


@pytest.mark.parametrize("text", ATTACKS)
def test_an_answer_is_text_and_nothing_else(text: str) -> None:
    """The tags of the panel are the same whatever was answered, and the answer is read as typed."""
    plain, attacked = Reader(panel("Plain.")), Reader(panel(text))
    hints_apart = [tag for tag in attacked.tags if tag[0] != "li"]
    assert hints_apart == [tag for tag in plain.tags if tag[0] != "li"]
    assert attacked.answer == text.encode("utf-8", "replace").decode()
    panel(text).encode()


def test_a_long_answer_is_shown_whole() -> None:
    """Who marks reads every word, however many there are."""
    text = "word " * 5000 + "END"
    assert Reader(panel(text)).answer == text


@pytest.mark.parametrize("text", [None, "", "  \n", 7, ["a"]])
def test_without_an_answer_the_rubric_stands_all_the_same(text: object) -> None:
    """A blank is said, and it can be marked."""
    html = panel(text)
    assert "No answer" in html
    assert len(attributes(html, "data-level")) == 8


def test_nothing_is_chosen_beforehand() -> None:
    """A mark is a person's from the first level on."""
    html = panel("Because.")
    assert {one["aria-checked"] for one in attributes(html, "aria-checked")} == {"false"}
    assert {one["aria-pressed"] for one in attributes(html, "aria-pressed")} == {"false"}


def test_the_score_of_each_sum_of_levels_is_there() -> None:
    """The page works out no points itself."""
    (root,) = attributes(panel("x"), "data-scores")
    assert json.loads(str(root["data-scores"])) == [0, 0.5, 1, 1.5, 2, 2.5, 3]


def test_comments_are_in_the_language_of_whoever_reads_them() -> None:
    """The trainee's words are sent, the marker's stand beside them, praise comes first."""
    html = panel("x", Words("en"), CHINESE)
    said = [one["data-said"] for one in attributes(html, "data-said")]
    assert said[0] == "A sound reason."
    assert said[1] is not None
    assert "写上日期。" in said[1]
    assert "Three <types>" in said[1]
    assert '<span class="kam-gloss">Name the day.</span>' in html
    assert ">none<" in html
    assert "kam-gloss" not in panel("x")


def test_levels_are_in_the_language_of_who_marks() -> None:
    """The rubric is read by the marker, whatever the trainee's language."""
    html = panel("x", CHINESE, Words("en"))
    assert ">没有<" in html
    assert '<div lang="en">\n<h3>Say</h3>' in html


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The truck was late. We went there 3 times, on 2.5 days.",
         ["Length: about 10 words in 2 sentences.", "Figures in it: 2.",
          "Names a reason: it holds truck.", "Names a deed: it holds went."]),
        ("因为车晚了。我去了 2 次！",
         ["Length: about 9 characters in 2 sentences.", "Figures in it: 1.",
          "Names a reason: it holds 因为.",
          "Names a deed: none of the words we look for; it may be said in others."]),
    ],
)  # fmt: skip
def test_hints_say_what_is_there_and_judge_nothing(text: str, told: list[str]) -> None:
    """Length, figures and words that occur, in either language."""
    assert [Words("en").say(hint) for hint in hints(ITEM, KEY, text)] == told


def page(cohort: Cohort, monkeypatch: pytest.MonkeyPatch, **resources: Any) -> tuple[Any, Any]:
    """Return notebook and resources as the desk's template gets them."""
    monkeypatch.chdir(cohort.root)
    path = cohort.root / "autograded" / "A02" / UNIT / f"{UNIT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    return with_rubrics(notebook, {"assignment_id": UNIT, "student": "A02", **resources})


def test_the_panel_takes_the_place_of_the_form(
    cohort: Cohort, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Question and answer are shown once, beside the rubric; nbgrader's own cell stays."""
    grade(cohort, [send("A02", lang="en", always_right={"text": "Only in his own shops."})])
    notebook, resources = page(cohort, monkeypatch)
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    assert "am_types-always_right-form" not in names
    assert "am_types-always_right" in names
    assert "am_types-conflict" in names
    (html,) = resources["kam"]["panels"].values()
    assert Reader(html).answer == "Only in his own shops."
    assert "Jordan" not in html
    assert "A02" not in html


@pytest.mark.parametrize("wrong", ["unit", "person", "answers", "settings"])
def test_what_cannot_be_read_leaves_the_page_as_nbgrader_makes_it(
    cohort: Cohort, send: Send, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    """A mark can always be given, without the rubric if need be."""
    grade(cohort, [send("A02", lang="en")])
    given = {"unit": {"assignment_id": "x"}, "person": {"student": "x"}}.get(wrong, {})
    if wrong == "answers":
        answers = cohort.root / "autograded" / "A02" / UNIT / f"{UNIT}.answers.json"
        answers.unlink()
        answers.write_bytes(b"{")
    if wrong == "settings":
        (cohort.root / "cohort.yaml").write_text("name: [", "utf-8")
    notebook, resources = page(cohort, monkeypatch, **given)
    assert "kam" not in resources
    assert any("always_right-form" in str(cell.metadata) for cell in notebook.cells)


def test_no_key_lies_in_the_notebooks_of_the_desk(cohort: Cohort, send: Send) -> None:
    """What only the marker may read is put into the page and is in no file beside a hand-in."""
    grade(cohort, [send("A02", lang="en", always_right={"text": "Only in his own shops."})])
    key = cohort.bundles[UNIT].keys["am_types.always_right"]
    assert isinstance(key, ProseKey)
    secrets = [key.model_answer, *(one.text for one in key.comments.values())]
    secrets += [text for levels in key.levels.values() for text in levels]
    written = "\n".join(
        path.read_text("utf-8")
        for stage in ("autograded", "submitted", "release")
        for path in (cohort.root / stage).rglob("*")
        if path.is_file()
    )
    folded = re.sub(r"\s+", " ", written)
    assert [text for text in secrets if json.dumps(text, ensure_ascii=False)[1:40] in folded] == []


def test_the_script_asks_nothing_of_the_internet() -> None:
    """A room may be without it."""
    share = Path(with_rubrics.__code__.co_filename).parent / "desk_share"
    for name in ("desk.js", "desk.css"):
        text = (share / name).read_text("utf-8")
        assert not re.search(r"https?:|//[a-z]+\.|@import|url\(", text)
        assert "</script" not in text
        assert "</style" not in text
        assert "innerHTML" not in text
