"""The Word document: it opens, says everything, and looks the same on every machine."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from docx import Document
from docx.oxml.ns import qn

from kamlib.customer_analysis import read_analysis
from kamlib.customer_report import customer_report
from kamlib.customer_report_word import word_report
from kamlib.report_blocks import clean
from kamlib.words import LANGUAGES
from tests.analyses import Parts, example
from tests.customers import LONG, NASTY, begun, forty, hostile, typed

TODAY = date(2026, 6, 9)


def made(parts: Parts, lang: str = "en") -> bytes:
    return word_report(customer_report(read_analysis(parts), TODAY, lang, "A07"))


def opened(data: bytes) -> object:
    return Document(io.BytesIO(data))


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return file.read(name).decode()


def said(data: bytes) -> str:
    """Return all that stands in the body, a paragraph a line."""
    body = Document(io.BytesIO(data)).element.body
    lines = []
    for paragraph in body.iter(qn("w:p")):
        ends = {qn("w:br"): "\n", qn("w:tab"): " "}
        lines.append("".join(ends.get(each.tag) or each.text or "" for each in paragraph.iter(qn("w:t"), *ends)))  # fmt: skip
    return "\n".join(lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_opens_again_and_says_all_that_was_typed(lang: str) -> None:
    parts = example(lang)
    whole = said(made(parts, lang))
    assert [
        text for text in typed(parts) if " ".join(text.split()) not in whole and text not in whole
    ] == []
    assert parts["customer"]["sign"] in whole


@pytest.mark.parametrize("text", [NASTY, LONG, "x" * 40 + "\n" * 60, ""])
def test_nothing_that_was_typed_breaks_it(text: str) -> None:
    whole = said(made(hostile(text)))
    lines = [line.strip() for line in clean(text).split("\n") if line.strip()]
    assert all(line in whole for line in lines)


def test_the_same_report_gives_the_same_bytes_without_a_time_or_a_name() -> None:
    data = made(example())
    assert data == made(example())
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert {each.date_time for each in file.infolist()} == {(2026, 6, 8, 0, 0, 0)}
        assert not any("thumbnail" in name for name in file.namelist())
    core = Document(io.BytesIO(data)).core_properties
    assert (core.author, core.last_modified_by, core.comments) == ("", "", "")
    assert core.created.date() == date(2026, 6, 8)  # type: ignore[union-attr]
    assert "A07" not in part(data, "docProps/core.xml")


def test_a_day_that_no_zip_file_can_hold_is_no_obstacle() -> None:
    parts = {"customer": {"on": "1896-02-29"}}
    assert said(made(parts)).startswith("Customer analysis\nCustomer without a cover name")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_a_document_as_a_person_would_make_it(lang: str) -> None:
    """Headings are headings, tables repeat their heads, pages are numbered, pictures are told."""
    data = made(example(lang), lang)
    document = Document(io.BytesIO(data))
    names = {each.style.name for each in document.paragraphs}  # type: ignore[union-attr]
    assert {"Title", "Heading 1", "Heading 2", "Caption"} <= names
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)  # type: ignore[union-attr]
    heads = [table for table in document.tables if table._tbl.findall(f".//{qn('w:tblHeader')}")]
    assert len(heads) >= 8
    for table in heads:
        first = table.rows[0]._tr
        assert first.find(f".//{qn('w:tblHeader')}") is not None
    for foot in (section.footer, section.first_page_footer):
        fields = [each.get(qn("w:instr")) for each in foot._element.iter(qn("w:fldSimple"))]
        assert fields == ["PAGE", "NUMPAGES"]
    pictures = list(document.element.body.iter(qn("wp:docPr")))
    assert len(pictures) == 5
    assert all(len(each.get("descr", "")) > 30 for each in pictures)
    styles = part(data, "word/styles.xml")
    assert styles.count('w:eastAsia="Microsoft YaHei"') > 10
    language = "zh-CN" if lang == "zh" else "en-GB"
    assert document.core_properties.language == language


def test_a_heads_row_is_repeated_with_forty_people_and_the_file_stays_small() -> None:
    data = made(forty("en"))
    assert len(data) < 1_500_000
    people = next(t for t in Document(io.BytesIO(data)).tables if len(t.rows) == 41)
    assert people.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
    for picture in Document(io.BytesIO(data)).inline_shapes:
        assert picture.width.mm <= 170.1
        assert picture.height.mm <= 227


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_that_has_hardly_begun_is_a_document_too(lang: str) -> None:
    assert len(said(made(begun(lang), lang))) > 200
    assert said(made({}, lang))
