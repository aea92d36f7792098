"""What stands in a report: all that was written, what it adds up to, and what is still to settle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kamlib.customer_analysis import PARTS, SECTIONS, read_analysis
from kamlib.customer_report import TILES, customer_report
from kamlib.findings import Finding
from kamlib.report_blocks import (
    Block,
    Chart,
    Facts,
    Heading,
    Paragraph,
    Points,
    Report,
    Table,
    Tiles,
)
from kamlib.words import LANGUAGES, message
from tests.analyses import Parts, example
from tests.customers import begun, forty, typed

TODAY = date(2026, 6, 9)


def report(parts: Parts, lang: str = "en") -> Report:
    return customer_report(read_analysis(parts), TODAY, lang, "A07")


def words_of(block: Block) -> Iterator[str]:
    match block:
        case Heading() | Paragraph():
            yield block.text
        case Facts():
            for name, cell in block.rows:
                yield from (name, *(line.text for line in cell))
        case Table():
            yield from (each.title for each in block.columns)
            yield from (line.text for row in block.rows for cell in row.cells for line in cell)
            yield block.note
        case Chart():
            yield from (block.picture.alt, block.picture.caption)
        case Points():
            yield from (block.title, *(text for point in block.points for text in point))
        case Tiles():
            yield from (text for tile in block.tiles for text in tile)


def said(found: Report) -> str:
    texts = [found.title, *(text for row in found.cover for text in row)]
    for part in found.all_parts:
        texts += [part.title, *(text for block in part.blocks for text in words_of(block))]
    return "\n".join(texts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_that_was_typed_stands_in_it(lang: str) -> None:
    parts = example(lang)
    whole = said(report(parts, lang))
    missing = [
        text for text in typed(parts) if text not in whole and " ".join(text.split()) not in whole
    ]
    assert missing == []


def test_it_has_a_summary_seven_sections_and_the_sources() -> None:
    found = report(example())
    assert [part.title[:2] for part in found.parts[:7]] == [f"{n} " for n in range(1, 8)]
    assert found.parts[7].title == "Sources, by date"
    assert found.cover[-2:] == (
        ("Written by", "A07"),
        ("Where the facts come from", "Our own customer"),
    )
    assert found.on == date(2026, 6, 8)
    tiles = [block for block in found.summary.blocks if isinstance(block, Tiles)]
    assert len(tiles[0].tiles) == TILES
    charts = [block for part in found.parts for block in part.blocks if isinstance(block, Chart)]
    assert len(charts) == 5


def test_sources_stand_in_order_of_their_dates_each_once() -> None:
    (table,) = (block for block in report(example()).parts[7].blocks if isinstance(block, Table))
    rows = [
        tuple("".join(line.text for line in cell) for cell in row.cells[:2]) for row in table.rows
    ]
    assert len(set(rows)) == len(rows)
    zh = report(example("zh"), "zh").parts[7].blocks[0]
    assert isinstance(zh, Table)
    dated = [row.cells[0][0].text for row in zh.rows if row.cells[0][0].text[:2] == "20"]
    assert dated == sorted(dated)
    assert len(dated) > 5


@pytest.mark.parametrize("lang", LANGUAGES)
def test_of_nothing_it_says_so_in_one_line_a_section_and_has_no_empty_table(lang: str) -> None:
    found = report({}, lang)
    for part in found.parts:
        (block,) = part.blocks
        assert isinstance(block, Paragraph)
        assert block.look == "quiet"
    tables = [
        block for each in (found, report(begun(lang), lang)) for part in each.all_parts
        for block in part.blocks if isinstance(block, Table) and not block.rows
    ]  # fmt: skip
    assert tables == []


def test_names_that_are_not_written_stand_in_one_quiet_line() -> None:
    found = report({"goals": {"goal": "200 shops by May"}})
    lines = [block.text for block in found.parts[5].blocks if isinstance(block, Paragraph)]
    assert (
        "Not written yet: Last year, Now, What is strong, What is weak, Looked at with the customer."
        in lines
    )


def test_what_is_open_stands_in_its_section_and_counted_in_the_summary() -> None:
    finding = Finding("x", message("One thing is missing."), message("Ask for it."))
    found = customer_report(read_analysis({}), TODAY, "en", open_points={"finance": [finding]})
    assert "Still to settle\nOne thing is missing.\nAsk for it." in said(found)
    assert "Open points by section: Finance 1." in said(found)
    assert "Finance: One thing is missing." in said(found)
    assert "P9" in said(
        report({"power": {"who": "one", "circle": "P9"}, "people": [{"id": "P1", "role": "Owner"}]})
    )


def test_forty_people_are_all_in_the_table_and_their_charts_fit_a_page() -> None:
    found = report(forty("en"))
    blocks = found.parts[1].blocks
    (people,) = (
        block for block in blocks if isinstance(block, Table) and block.columns[0].title == "Who"
    )
    assert [row.cells[0][0].text.split()[0] for row in people.rows] == [
        f"P{n}" for n in range(1, 41)
    ]
    for block in blocks:
        if isinstance(block, Chart):
            assert block.picture.figure.get_figheight() / block.picture.figure.get_figwidth() < 1.5


def test_a_table_that_does_not_hold_together_is_drawn_as_far_as_it_does() -> None:
    parts = example()
    parts["people"] = [
        *parts["people"],
        {"id": "", "role": "Nobody"},
        {**parts["people"][0], "level": ""},
    ]
    found = said(report(parts))
    assert (
        "Rows that are not drawn, as the sign, the level or the part in a decision is not clear: 2."
        in found
    )
    assert "Nobody" in found


def test_a_language_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no such language"):
        customer_report(read_analysis({}), TODAY, "fr")


FIELDS = sorted({name for part in example().values() for row in (part if isinstance(part, list) else [part]) for name in row})  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=20), st.floats(allow_nan=False, allow_infinity=False), st.none(),
    st.dates(), st.sampled_from(["P1", "P1 3, P2", "here", "reference", "direction", "decides", "decision", "thousand", "l3", "l9"]),
)  # fmt: skip
ROWS = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=12)
NAMES = [name for section in SECTIONS for name in PARTS[section]]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(NAMES), st.one_of(ROWS, st.lists(ROWS, max_size=4))))
def test_whatever_was_written_it_never_raises(written: Parts) -> None:
    assert len(report(written).parts) == 8
