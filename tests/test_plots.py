"""Figures: the house style, the shipped font, and what a page gets of a figure."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree

import matplotlib
import pytest
from fontTools.ttLib import TTFont

from kamlib import plots
from kamlib.items.mark import Outcome
from kamlib.words import Words
from tests.pictures import as_svg

ENGLISH = Words("en")


def a_picture() -> plots.Picture:
    """Return a small figure with a line in it, drawn inside the style."""
    figure = plots.canvas("A line")
    figure.subplots().plot([0.1, 0.3, 0.7], [2, 4, 3])
    return plots.Picture(figure, "A line.")


def chinese() -> str:
    """Return every character of GB 2312's two levels."""
    rows = range(0xB0, 0xF8)
    cells = range(0xA1, 0xFF)
    raw = (bytes((row, cell)).decode("gb2312", "ignore") for row in rows for cell in cells)
    return "".join(raw)


def test_font_covers_gb2312_and_stays_small() -> None:
    """The shipped font holds all 6,763 characters of GB 2312 and weighs under 2.5 MB."""
    cmap = TTFont(plots.FONT_FILE).getBestCmap()
    assert len(chinese()) == 6763
    assert not [char for char in chinese() if ord(char) not in cmap]
    assert plots.FONT_FILE.stat().st_size < 2_500_000


def test_font_licence_lies_beside_it() -> None:
    """The licence travels with the font, and the font says under which it stands."""
    assert "SIL OPEN FONT LICENSE Version 1.1" in (plots.FONT_FILE.parent / "OFL.txt").read_text()
    names = TTFont(plots.FONT_FILE)["name"]
    assert names.getDebugName(1) == plots.FONTS[0]
    assert "SIL Open Font License" in names.getDebugName(13)


def test_no_sign_or_chinese_character_becomes_a_box() -> None:
    """Chinese, the outcome signs, arrows and an ellipsis draw without a warning."""
    signs = "".join(outcome.sign for outcome in Outcome)
    with plots.style("zh"):
        figure = plots.canvas(f"覆盖率:一半的客户 {signs} → “ok” … −1")
        page = as_svg(plots.Picture(figure, "alt"))
    assert page.startswith("<svg")


def test_two_prices_in_a_title_are_not_mathematics() -> None:
    """A dollar sign is drawn as it is: five characters are five glyphs."""
    with plots.style("en"):
        page = as_svg(plots.Picture(plots.canvas("$5–$6"), "alt"))
    assert page.count("<use ") == 5


def test_same_figure_gives_same_bytes() -> None:
    """Drawing a figure twice gives the same text, without a date."""
    pages = []
    for _ in range(2):
        with plots.style("en"):
            pages.append(as_svg(a_picture()))
    assert pages[0] == pages[1]
    assert "<metadata" not in pages[0]
    assert "<!--" not in pages[0]


def test_svg_needs_no_font_and_carries_alt_text() -> None:
    """A figure holds its letters as outlines, its alt text escaped, and is well-formed."""
    with plots.style("en"):
        picture = plots.Picture(plots.canvas("Title"), 'A < B "twice"')
        page = as_svg(picture)
    root = ElementTree.fromstring(page)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == 'A < B "twice"'
    assert "<text" not in page
    assert "font-family" not in page


def test_ids_of_two_figures_on_a_page_do_not_meet() -> None:
    """Every id, and every reference to one, carries the figure's own name."""
    with plots.style("en"):
        pages = [as_svg(a_picture(), name) for name in ("one", "two")]
    ids = [set(re.findall(r'\bid="([^"]+)"', page)) for page in pages]
    assert ids[0]
    assert not ids[0] & ids[1]
    for page, known in zip(pages, ids, strict=True):
        used = set(re.findall(r'href="#([^"]+)"', page)) | set(re.findall(r"url\(#([^)]+)\)", page))
        assert used <= known


def test_a_figure_too_big_for_svg_becomes_a_picture() -> None:
    """Above the limit a figure is a PNG inside the page, with the same alt text."""
    with plots.style("en"):
        figure = plots.canvas("Many points")
        axes = figure.subplots()
        axes.scatter([i / 7 % 1 for i in range(3000)], [i / 11 % 1 for i in range(3000)])
        page = as_svg(plots.Picture(figure, "many"))
    assert page.startswith('<img class="figure" alt="many" src="data:image/png;base64,')


def test_an_image_holds_all_it_needs() -> None:
    """A figure for a page's text is one image with its alt text, and holds what the inline one holds."""
    with plots.style("en"):
        picture = a_picture()
        found = re.fullmatch(
            r'<img class="figure" alt="A &lt; line." src="data:image/svg\+xml;base64,([^"]+)">',
            plots.image(picture.figure, "A < line."),
        )
    assert found is not None
    root = ElementTree.fromstring(base64.b64decode(found[1]))
    assert root.attrib["viewBox"] == "0 0 504 288"
    assert "width" not in root.attrib


def test_places_are_rounded_and_letters_are_not() -> None:
    """No place has more than two digits behind the point, so that two machines draw the same bytes."""
    with plots.style("en"):
        page = as_svg(a_picture())
    scales = re.findall(r"scale\([^)]*\)", page)
    assert "scale(0.015625)" in scales
    assert not re.search(r"\d\.\d{3,}", re.sub(r"scale\([^)]*\)", "", page))
    assert not re.search(r'id="figure-[a-z][0-9a-f]{10}"', page)


def test_saving_outside_the_style_is_refused() -> None:
    """Fonts are looked up when saving, so saving outside the style cannot slip through."""
    with plots.style("en"):
        picture = a_picture()
    with pytest.raises(RuntimeError, match=r"plots\.style"):
        plots.svg(picture.figure, picture.alt)


def test_style_leaves_no_trace() -> None:
    """After the block matplotlib's settings are as they were."""
    before = dict(matplotlib.rcParams)
    with plots.style("zh"):
        assert matplotlib.rcParams["font.family"] == list(plots.FONTS)
    assert dict(matplotlib.rcParams) == before


def test_style_refuses_an_unknown_language() -> None:
    """A language the workbook does not have is an error at once."""
    with pytest.raises(ValueError, match="no such language"), plots.style("xx"):
        pass


def test_wrap_breaks_chinese_without_spaces() -> None:
    """Long Chinese titles break inside, and no line starts with a closing mark."""
    text = "各省覆盖率不同," * 8
    lines = plots.wrap(text, 40).splitlines()
    assert "".join(lines) == text
    assert len(lines) > 2
    assert all(plots.columns(line) <= 42 for line in lines)
    assert not any(line.startswith(",") for line in lines)


def test_wrap_keeps_english_words_whole() -> None:
    """English titles break at spaces only."""
    text = "A sells 20 % less per store than B, and half of its stores reorder"
    assert plots.wrap(text, 30).replace("\n", " ") == text


def test_actors_keep_colours_that_show_on_paper() -> None:
    """Every actor has a colour of its own with a contrast of at least 3:1 on paper."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    colours = list(plots.ACTORS.values())
    assert len(set(colours)) == len(colours)
    assert all(1.05 / (light(colour) + 0.05) >= 3 for colour in colours)


def test_of_a_page_of_many_pictures_each_is_the_smaller_of_two_kinds() -> None:
    """With few colours allowed, neither kind of picture would have been smaller than the one taken."""
    with plots.style("en"):
        picture = a_picture()
        drawn = plots.image(picture.figure, picture.alt)
        pixels = plots.png(picture.figure, 96)
        taken = plots.image(picture.figure, picture.alt, 96)
    found = [re.search(r"base64,([^\"]*)", each) for each in (drawn, taken)]
    svg, chosen = (base64.b64decode(each[1]) for each in found if each)
    assert len(chosen) == min(len(svg), len(pixels))
    assert chosen in (svg, pixels)
