"""What a page of things to do is told and tells: read safely, answered always, plain where nobody clicks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from kamlib.forms.panel import (
    Action,
    Asked,
    Cell,
    Field,
    Page,
    Reply,
    Section,
    Table,
    answer,
    asked_of,
    page_html,
    view,
)


@dataclass
class Shop:
    """A page that remembers what it was asked."""

    lang: str = "en"
    heard: list[Asked] = field(default_factory=list)

    def page(self) -> Page:
        """Return a small page."""
        table = Table(["Who"], [[Cell("<b>Lin</b>", sign="✓")]], caption="People")
        section = Section("a", "One", lines=["A < B"], tables=[table])
        return Page(self.lang, "Spring", facts=[("3", "handed in")], sections=[section])

    def act(self, asked: Asked) -> Reply:
        """Ask once before it is done."""
        self.heard.append(asked)
        if not asked.confirmed:
            return Reply(["This would go."], sure="Do this?")
        return Reply(["Gone."], files=[("marks.xlsx", b"1")])

    def choose(self, lang: str) -> None:
        """Change the language."""
        self.lang = lang


def test_an_action_is_asked_for_and_then_confirmed() -> None:
    """The first asking brings a question and changes nothing; the second is told to be confirmed."""
    shop = Shop()
    told, files = answer(
        shop, {"kind": "act", "seq": 4, "action": "forget", "values": {"code": "A07"}}
    )
    assert told["ack"] == 4
    assert told["reply"]["sure"] == "Do this?"
    assert files == []
    told, files = answer(shop, {"kind": "act", "seq": 5, "action": "forget", "confirmed": True})
    assert told["reply"]["files"] == ["marks.xlsx"]
    assert files == [b"1"]
    assert [one.confirmed for one in shop.heard] == [False, True]
    assert shop.heard[0].values == {"code": "A07"}
    assert told["page"]["title"] == "Spring"


def test_a_sign_of_life_draws_nothing() -> None:
    """A ping is answered with its number alone, so that a page somebody fills in stays as it is."""
    assert answer(Shop(), {"kind": "ping", "seq": 9}) == ({"ack": 9}, [])


def test_the_language_is_chosen_on_the_page() -> None:
    """After choosing Chinese the page comes in Chinese, with the page's own words."""
    told, _ = answer(Shop(), {"kind": "language", "seq": 1, "lang": "zh"})
    assert told["page"]["html_lang"] == "zh-CN"
    assert told["page"]["words"] == view(Page("zh", ""))["words"]


def test_an_upload_keeps_its_name_and_its_time() -> None:
    """Each file belongs to its field, with the time that its owner's machine gave it."""
    sent = {"files": [{"field": "files", "name": "A07.zip", "at": 1781280000000}]}
    [one] = asked_of(sent, [memoryview(b"PK")]).files["files"]
    assert (one.name, one.data) == ("A07.zip", b"PK")
    assert one.modified == datetime(2026, 6, 12, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    "message",
    [
        None, [], "act", {"kind": "act"}, {"kind": "act", "values": [1], "files": {"a": 1}},
        {"kind": "act", "values": {"a": {"b": 1}}, "files": [1, {"field": 3}, {"field": "f", "at": "x"}]},
        {"kind": "language", "lang": ["zh"]},
    ],
)  # fmt: skip
def test_whatever_is_sent_is_answered(message: Any) -> None:
    """No message from the browser raises, and what does not fit is left out."""
    told, _ = answer(Shop(), message, [b"", b"", b""])
    assert "page" in told


def test_a_print_shows_the_page_and_nothing_as_markup() -> None:
    """As plain HTML the page has its text and tables, and typed signs stay signs."""
    html = page_html(Shop().page())
    assert "A &lt; B" in html
    assert "✓ &lt;b&gt;Lin&lt;/b&gt;" in html
    assert "<caption>People</caption>" in html


def test_a_page_is_plain_data() -> None:
    """What the browser gets is text, lists and mappings only, fields and options with it."""
    choice = Field("code", "Who", "choice", options=[("A07", "A07 · Lin")])
    page = Page("en", "", sections=[Section("a", "b", actions=[Action("go", "Go", [choice])])])
    [section] = view(page)["sections"]
    assert section["actions"][0]["fields"][0]["options"] == [("A07", "A07 · Lin")]
