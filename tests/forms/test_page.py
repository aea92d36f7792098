"""A question, an answer and a solution as a page: complete, in one language, and harmless."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from kamlib.course.build import read_unit
from kamlib.course.syllabus import Course
from kamlib.forms.answer import answer_html
from kamlib.forms.page import PRIVATE, question_html, rendered, solution_html
from kamlib.items.keys import Key, parse_key
from kamlib.items.model import INTERACTIONS, Item, Scene, parse_item
from kamlib.items.solution import solution
from kamlib.items.texts import map_texts, texts_of
from kamlib.words import Words
from tests.conftest import chinese

Samples = dict[str, tuple[Item, Key]]

EVIL = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>'&{n}"


class Page(HTMLParser):
    """What a browser makes of a page: its words, its elements, and whether they are nested right."""

    VOID = ("br", "img", "hr", "input")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words = ""
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.sound = True
        self.feed(page)
        self.close()
        self.sound = self.sound and not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.sound = self.sound and bool(self.open) and self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def words_of(page: str) -> str:
    """Return the words a reader sees, with spaces as one."""
    return re.sub(r"\s+", " ", Page(page).words)


def to_be_seen(item: Item) -> list[str]:
    """Return the texts of an item that stand on its page: all, or how a scene begins."""
    texts = [text for text in texts_of(item) if text != "Today it is 49."]  # help is the form's
    if not isinstance(item, Scene):
        return texts
    first = item.turns[item.start]
    opening = [*first.lines, *first.choices.values()]
    return [item.title, item.prompt, *item.measures.values(), *(one.says for one in opening)]


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_a_question_shows_all_there_is_to_choose_from(samples: Samples, interaction: str) -> None:
    """Title, prompt, points and every label of each interaction stand on the page."""
    item, _ = samples[interaction]
    page = question_html(item, Words("en"))
    seen = words_of(page)
    for text in to_be_seen(item):
        assert text in seen
    assert "1 point" in seen
    assert Page(page).sound


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_a_question_does_not_tell_its_answer(samples: Samples, interaction: str) -> None:
    """Nothing of the key is on a question's page but what the question says itself."""
    item, key = samples[interaction]
    seen = words_of(question_html(item, Words("en")))
    for text in set(texts_of(key)) - set(texts_of(item)):
        assert text not in seen


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_a_question_stands_in_the_pages_language(samples: Samples, interaction: str) -> None:
    """Every text of the question comes from the translation."""
    item, _ = samples[interaction]
    words = Words("zh", {text: chinese(text) for text in texts_of(item)})
    seen = words_of(question_html(item, words))
    for text in to_be_seen(item):
        assert chinese(text) in seen


def test_a_fact_is_shown_as_its_author_wrote_it() -> None:
    """A number that a fact's text begins with stands there once, and its key nowhere."""
    facts = {"F02": {"text": "F02 · A sells 80 a day."}, "hearsay": {"text": "Lin says so."}}
    base = {"interaction": "evidence", "id": "u.e", "title": "Prove", "prompt": "?"}
    item = parse_item({**base, "claims": {"c": "A sells little"}, "facts": facts})
    key = parse_key(
        "evidence",
        {
            "explanation": "So.",
            "answer": {"c": [{"all_of": ["F02"]}]},
            "messages": {"hearsay": "No."},
        },
    )
    question = words_of(question_html(item, Words("en")))
    solved = words_of(solution_html(item, key, Words("en")))
    assert question.count("F02") == solved.count("F02") == 1
    assert "hearsay" not in question + solved
    assert "Lin says so." in question
    assert "Lin says so." in solved


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_a_solution_shows_answer_and_reasons(samples: Samples, interaction: str) -> None:
    """The instructor reads the right answer, why it is right, and what is said to other answers."""
    item, key = samples[interaction]
    page = solution_html(item, key, Words("en"))
    seen = words_of(page)
    title = "Nothing is right or wrong here" if interaction == "reflect" else "Right answer"
    assert title in seen
    assert "So." in seen
    for text in texts_of(key):
        if text != "Far off.":  # the message of a gate is said with the marks
            assert text in seen
    assert Page(page).sound


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_what_is_typed_is_escaped(samples: Samples, interaction: str) -> None:
    """No tag, attribute or placeholder in an answer is obeyed, wherever it was typed."""
    item, key = samples[interaction]
    plain = answer_html(item, solution(item, key), Words("en"))
    assert Page(plain).sound

    def spoil(value: object) -> object:
        if isinstance(value, dict):
            return {name: spoil(part) for name, part in value.items()}
        return [spoil(part) for part in value] if isinstance(value, list) else EVIL

    for response in (spoil(solution(item, key)), EVIL, [EVIL], {"value": EVIL, "text": EVIL}):
        page = Page(answer_html(item, response, Words("zh")))
        assert not {"script", "img"} & set(page.elements)
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert page.sound
    spoilt = spoil(solution(item, key))
    if any(solution(item, key).values()):
        assert EVIL in Page(answer_html(item, spoilt, Words("en"))).words


@pytest.mark.parametrize("interaction", INTERACTIONS)
def test_what_an_author_writes_is_not_obeyed_either(samples: Samples, interaction: str) -> None:
    """Raw HTML in an item or a key is shown as it is written."""
    item, key = (map_texts(r, lambda text: text and text + EVIL) for r in samples[interaction])
    for html in (question_html(item, Words("en")), solution_html(item, key, Words("en"))):
        page = Page(html)
        assert not {"script", "img"} & set(page.elements)
        assert page.sound
        assert "alert(1)" in page.words


def test_prompts_are_markdown() -> None:
    """Emphasis, lists and tables in a prompt are shown as such."""
    assert "<strong>Lin</strong>" in rendered("**Lin** calls.")
    assert "<li>one</li>" in rendered("- one\n- two")
    assert "<td>1</td>" in rendered("| a |\n|---|\n| 1 |")


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](https://example.com/p.png)"],
)
def test_markdown_brings_in_nothing(text: str) -> None:
    """A prompt can neither run a script nor load a picture from elsewhere."""
    page = Page(rendered(text))
    assert not {"script", "img"} & set(page.elements)
    assert not [v for _, v in page.attributes if v and v.lower().startswith("javascript:")]


@pytest.mark.parametrize(
    ("points", "said"), [(1, "1 point"), (2.5, "2.5 points"), (6.0, "6 points")]
)
def test_points_are_said_as_people_say_them(points: float, said: str) -> None:
    """One point is a point, and six are not 6.0."""
    data = {"id": "a.b", "interaction": "choice", "title": "T", "prompt": "P", "points": points}
    item = parse_item(data | {"options": {"a": "A", "b": "B"}})
    assert words_of(question_html(item, Words("en"))).split("·")[1].strip().startswith(said)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_page_of_the_course_is_sound(course: Course, lang: str) -> None:
    """Each question and solution of the repository is a well-formed page in either language."""
    for unit in course.units:
        sources = read_unit(unit)
        words = Words(lang, sources.translations(lang))
        keys = sources.questions.graded | sources.questions.practice
        for item in sources.questions.items:
            for page in (question_html(item, words), solution_html(item, keys[item.id], words)):
                assert Page(page).sound, item.id
                assert "http" not in page


def test_a_scene_on_paper_gives_nothing_away_before_it_is_played(samples: Samples) -> None:
    """Its page shows the opening; what choices do and how it ends comes with the play."""
    item, _ = samples["scene"]
    seen = words_of(question_html(item, Words("en")))
    assert "Lin: You are late." in seen
    for later in ("He counted them.", "Nine shops.", "The truck comes.", "Jun of our team", "▲"):
        assert later not in seen


def test_a_stored_path_is_shown_as_the_conversation_so_far(samples: Samples) -> None:
    """Who said what, what each choice did, where the measures stand, and how it ended."""
    item, _ = samples["scene"]
    words = Words("zh", {text: chinese(text) for text in texts_of(item)})
    open_, over = {"path": ["deny"]}, {"path": ["deny", "check"], "plays": [["deny", "promise"]]}
    seen = words_of(answer_html(item, open_, Words("en")))
    assert seen.startswith("Lin: You are late.Lin: By two days.You: We are not.▼")
    assert "▼ Trust −2 · He counted them.Lin: Nine shops.This month 0 · Trust −2" in seen
    seen = words_of(answer_html(item, over, Words("en")))
    assert seen.startswith("Played before (1): The shelves stay empty.Lin: You are late.")
    assert seen.endswith("How it ended: The truck comes.This month +1 · Trust −2")
    seen = words_of(answer_html(item, over, words))
    for text in ("Lin", "We are not.", "He counted them.", "The truck comes.", "Trust"):
        assert chinese(text) in seen


def test_the_look_at_ones_own_words_says_that_it_is_private(samples: Samples) -> None:
    """Where there is a place to write, there stands who reads it: nobody else."""
    page = question_html(samples["reflect"][0], Words("en"))
    assert PRIVATE in words_of(page)
    assert all(PRIVATE not in question_html(samples[i][0], Words("en")) for i in ("text", "scene"))
