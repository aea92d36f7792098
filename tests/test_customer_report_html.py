"""The page for a browser: it holds all it needs, and nothing that was typed is obeyed."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from html.parser import HTMLParser

import pytest

from kamlib.customer_analysis import read_analysis
from kamlib.customer_report import customer_report
from kamlib.customer_report_html import html_body, html_report, html_style
from kamlib.report_blocks import clean
from kamlib.words import LANGUAGES
from tests.analyses import Parts, example
from tests.customers import LONG, NASTY, begun, forty, hostile, typed

TODAY = date(2026, 6, 9)

KNOWN = {
    "html", "head", "meta", "title", "style", "body", "main", "div", "header", "footer", "section", "h1", "h2",
    "h3", "p", "br", "ol", "ul", "li", "strong", "span", "table", "colgroup", "col", "thead",
    "tbody", "tr", "th", "td", "figure", "figcaption", "img",
}  # fmt: skip


def made(parts: Parts, lang: str = "en") -> str:
    return html_report(customer_report(read_analysis(parts), TODAY, lang, "A07"))


class Page(HTMLParser):
    """Collects tags and attributes, and sees that every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "col", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def said(text: str) -> str:
    lines = re.sub(r"<br>|</(?:p|li|dt|dd|h\d)>", "\n", text[text.index("<body>") :])
    return unescape(re.sub(r"<[^>]*>", "", lines))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_says_all_that_was_typed(lang: str) -> None:
    parts = example(lang)
    whole = said(made(parts, lang))
    assert [
        text for text in typed(parts) if " ".join(text.split()) not in whole and text not in whole
    ] == []


@pytest.mark.parametrize("text", [NASTY, LONG, "</style><script>alert(1)</script>", '"><img src=x onerror=y>', ""])  # fmt: skip
def test_nothing_that_was_typed_is_obeyed(text: str) -> None:
    found = made(hostile(text))
    page = Page(found)
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= KNOWN
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert found.encode()
    assert all(line.strip() in said(found) for line in clean(text).split("\n"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_holds_all_it_needs(lang: str) -> None:
    """No script, no address outside; pictures are in it, each told in words."""
    found = made(example(lang), lang)
    page = Page(found)
    assert page.open == []
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(pictures) == 5
    for each in pictures:
        assert (each["src"] or "").startswith("data:image/")
        assert len(each["alt"] or "") > 30
    addresses = [a.get("href") or a.get("src") or "" for _, a in page.tags]
    assert all(each.startswith("data:") for each in addresses if each)
    assert "url(" not in html_style()
    assert "@import" not in html_style()
    assert dict(page.tags[0][1])["lang"] == ("zh-CN" if lang == "zh" else "en")


def test_the_same_report_gives_the_same_page_and_forty_people_a_small_one() -> None:
    found = made(forty("zh"), "zh")
    assert found == made(forty("zh"), "zh")
    assert len(found.encode()) < 1_500_000


def test_it_is_made_for_paper_too() -> None:
    style = html_style()
    assert "size: A4" in style
    assert "display: table-header-group" in style
    assert "break-inside: avoid" in style


@pytest.mark.parametrize("lang", LANGUAGES)
def test_its_body_can_stand_in_another_page(lang: str) -> None:
    body = html_body(customer_report(read_analysis(begun(lang)), TODAY, lang))
    assert body.startswith('<div class="report"')
    assert Page(body).open == []
    assert body in made_without_writer(lang)


def made_without_writer(lang: str) -> str:
    return html_report(customer_report(read_analysis(begun(lang)), TODAY, lang))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_inside_a_lesson_its_parts_are_folded_below_the_lessons_headings(lang: str) -> None:
    """The summary shows and each part opens with a click; it says the same, with no heading above h4."""
    report = customer_report(read_analysis(example(lang)), TODAY, lang)
    folded = html_body(report, folded=True)
    page = Page(folded)
    tags = [tag for tag, _ in page.tags]
    assert page.open == []
    assert tags.count("details") == tags.count("summary") == len(report.parts)
    assert {tag for tag in tags if tag in {"h1", "h2", "h3", "h4", "h5"}} == {"h4", "h5"}
    assert folded.index("<details") > folded.index(clean(report.summary.title))
    for part in report.parts:
        assert f"<summary>{clean(part.title)}</summary>" in folded
    assert len(folded) < 350_000
