"""Figures: the house style, the shipped font, and what each figure says."""

from __future__ import annotations

import itertools
import re
import warnings
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pytest
from fontTools.ttLib import TTFont

from kamlib import plots
from kamlib.haggling import BeliefPoint
from kamlib.items.mark import Outcome
from kamlib.negotiation import Game
from kamlib.words import Words, message

ENGLISH = Words("en")


def drawn(picture: plots.Picture, name: str = "figure") -> str:
    """Return a picture as it stands in a page; a missing glyph or font is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return plots.svg(picture.figure, picture.alt, name)


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
        page = drawn(plots.Picture(figure, "alt"))
    assert page.startswith("<svg")


def test_two_prices_in_a_title_are_not_mathematics() -> None:
    """A dollar sign is drawn as it is: five characters are five glyphs."""
    with plots.style("en"):
        page = drawn(plots.Picture(plots.canvas("$5–$6"), "alt"))
    assert page.count("<use ") == 5


def test_same_figure_gives_same_bytes() -> None:
    """Drawing a figure twice gives the same text, without a date."""
    pages = []
    for _ in range(2):
        with plots.style("en"):
            pages.append(drawn(plots.score_distribution([0.2, 0.5, 0.9] * 4, ENGLISH)))
    assert pages[0] == pages[1]
    assert "<metadata" not in pages[0]
    assert "<!--" not in pages[0]


def test_svg_needs_no_font_and_carries_alt_text() -> None:
    """A figure holds its letters as outlines, its alt text escaped, and is well-formed."""
    with plots.style("en"):
        picture = plots.Picture(plots.canvas("Title"), 'A < B "twice"')
        page = drawn(picture)
    root = ElementTree.fromstring(page)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == 'A < B "twice"'
    assert "<text" not in page
    assert "font-family" not in page


def test_ids_of_two_figures_on_a_page_do_not_meet() -> None:
    """Every id, and every reference to one, carries the figure's own name."""
    with plots.style("en"):
        pages = [
            drawn(plots.score_distribution([0.2, 0.5], ENGLISH), name) for name in ("one", "two")
        ]
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
        page = drawn(plots.Picture(figure, "many"))
    assert page.startswith('<img class="figure" alt="many" src="data:image/png;base64,')


def test_saving_outside_the_style_is_refused() -> None:
    """Fonts are looked up when saving, so saving outside the style cannot slip through."""
    with plots.style("en"):
        picture = plots.score_distribution([0.5], ENGLISH)
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


@pytest.mark.parametrize(
    ("shares", "title"),
    [
        ([0.64], "One hand-in, with 64\u00a0% of the points"),
        ([0.25, 0.75], "2 hand-ins, from 25\u00a0% to 75\u00a0% of the points"),
        ([0.2, 0.4, 0.6, 0.8, 1.0], "Half of the group has 60\u00a0% of the points or more"),
        ([0.1] * 40 + [1.0] * 60, "Half of the group has 100\u00a0% of the points or more"),
    ],
)
def test_distribution_states_its_finding(shares: list[float], title: str) -> None:
    """The title and the alt text say how the group did, whatever its size."""
    with plots.style("en"):
        picture = plots.score_distribution(shares, ENGLISH)
    assert picture.figure.get_suptitle() == title
    assert picture.alt.startswith(title)
    assert f"Hand-ins: {len(shares)}" in picture.alt


def test_every_person_is_one_dot_up_to_sixty() -> None:
    """No hand-in is lost between the data and the dots, the full score included."""
    shares = [i / 59 for i in range(60)]
    with plots.style("en"):
        axes = plots.score_distribution(shares, ENGLISH).figure.axes[0]
    assert len(axes.collections[0].get_offsets()) == 60


def test_bars_count_everybody_and_start_at_zero() -> None:
    """Above sixty people the bars sum to the group and stand on zero."""
    shares = [i / 99 for i in range(100)]
    with plots.style("en"):
        axes = plots.score_distribution(shares, ENGLISH).figure.axes[0]
    heights = [bar.get_height() for bar in axes.patches]
    assert sum(heights) == 100
    assert axes.get_ylim()[0] == 0


def test_item_strip_names_the_hardest_and_counts_the_wanted() -> None:
    """The strip's title names the hardest item; the alt text counts those in range."""
    points = [plots.ItemPoint("1 Roles", 0.2), plots.ItemPoint("2 Steps", 0.7)]
    with plots.style("en"):
        picture = plots.item_strip(points, ENGLISH)
        assert len(picture.figure.axes) == 1
    assert picture.figure.get_suptitle().startswith("Hardest: “1 Roles”, 20\u00a0%")
    assert "1 of 2 items" in picture.alt


def test_item_strip_shows_correlations_only_where_known() -> None:
    """A second panel appears once an item has a correlation, with as many marks as are known."""
    points = [
        plots.ItemPoint("1", 0.4, -0.1),
        plots.ItemPoint("2", 0.7),
        plots.ItemPoint("3", 0.5, 0.4),
    ]
    with plots.style("en"):
        axes = plots.item_strip(points, ENGLISH).figure.axes
    assert len(axes) == 2
    assert len(axes[1].collections[0].get_offsets()) == 2


def test_teach_again_says_how_many_missed() -> None:
    """The bars' title says of how many people how many missed the worst item."""
    with plots.style("en"):
        picture = plots.teach_again([plots.Missed("3 Ratio", 17, 24)], ENGLISH)
    assert picture.figure.get_suptitle() == "17 of 24 missed “3 Ratio”"
    assert "3 Ratio: 17 of 24" in picture.alt


BANDS = [
    plots.ConfidenceBand(0.3, 4, None),
    plots.ConfidenceBand(0.55, 20, 0.5, (0.3, 0.7)),
    plots.ConfidenceBand(0.92, 40, 0.7, (0.55, 0.82)),
]


@pytest.mark.parametrize(
    ("sure", "right", "clear", "title"),
    [
        (0.8, 0.6, True, "Surer than right: 80\u00a0% sure, 60\u00a0% right"),
        (0.5, 0.7, True, "Better than they thought: 50\u00a0% sure, 70\u00a0% right"),
        (0.8, 0.75, False, "About as sure as right: 80\u00a0% sure, 75\u00a0% right"),
    ],
)
def test_confidence_curve_states_its_finding(
    sure: float, right: float, clear: bool, title: str
) -> None:
    """The title says what the group is, and only claims a gap where it is clear."""
    with plots.style("en"):
        picture = plots.confidence_curve(BANDS, sure, right, clear, ENGLISH)
    assert picture.figure.get_suptitle() == title
    assert picture.alt.startswith(f"{title}. Answers: 64.")
    assert "92\u00a0% sure: 70\u00a0% of 40 answers right" in picture.alt


def test_confidence_curve_leaves_out_thin_bands() -> None:
    """A band with too few answers has no point and no interval; no answer at all is refused."""
    with plots.style("en"):
        axes = plots.confidence_curve(BANDS, 0.8, 0.6, True, ENGLISH).figure.axes[0]
        assert len(axes.collections) == 4
        with pytest.raises(ValueError, match="to draw"):
            plots.confidence_curve([plots.ConfidenceBand(0.5, 0, None)], 0, 0, False, ENGLISH)


@pytest.mark.parametrize("draw", [plots.score_distribution, plots.item_strip, plots.teach_again])
def test_nothing_to_draw_is_refused(draw: object) -> None:
    """An empty figure is never drawn by accident."""
    assert callable(draw)
    with plots.style("en"), pytest.raises(ValueError, match="to draw"):
        draw([], ENGLISH)


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


def a_game(**changes: object) -> Game:
    """Return a game of two issues with a named deal, with parts of it changed."""
    data = {
        "reservation": {"company": 2, "distributor": 2},
        "issues": {
            "price": {"options": [9, 10], "company": [0, 4], "distributor": [3, 0]},
            "credit": {"options": [0, 7, 14], "company": [2, 1, 0], "distributor": [0, 5, 6]},
        },
        "authority": {"credit": 7},
        "named_deals": {"opening": [9, 0]},
        "words": {"deals": {"opening": {"en": "Opening", "zh": "开价"}}},
    }
    return Game.parse(data | changes)


TWICE = {
    "price": {"options": [9, 10, 11], "company": [0, 4, 4], "distributor": [3, 0, 0]},
    "credit": {"options": [0, 7, 14], "company": [2, 1, 0], "distributor": [0, 5, 6]},
}
"""The game's issues, with one price that is worth the same as another."""


@pytest.mark.parametrize(
    ("deal", "changes", "title"),
    [
        (None, {}, "What we may promise reaches 5 points for us with 5 for the distributor"),
        ([9, 0], {}, "One package within our authority is better for one side and no worse for the other"),
        ([9, 0], {"issues": TWICE},
         "2 packages within our authority are better for one side and no worse for the other"),
        ([10, 7], {}, "No package that we may promise beats this deal"),
        ([10, 14], {}, "This deal promises more than we may without approval"),
        ([9, 7], {}, "We had rather have no deal: this one brings 1 of the 2 points we need"),
        ([10, 0], {}, "The distributor had rather have no deal: this one brings 0 of the 2 points it needs"),
        ([9, 0], {"reservation": {"company": 9, "distributor": 9}},
         "Both sides had rather have no deal than this one"),
        (None, {"reservation": {"company": 9, "distributor": 9}},
         "Nothing that we may promise is better for both than no deal"),
    ],
)  # fmt: skip
def test_frontier_plot_states_its_finding(
    deal: list[int] | None, changes: dict[str, object], title: str
) -> None:
    """The title says how the deal stands, or without one how far we may get; so does the alt text."""
    with plots.style("en"):
        picture = plots.frontier_plot(a_game(**changes), ENGLISH, played=deal)
        page = drawn(picture)
    assert picture.figure.get_suptitle().replace("\n", " ") == title
    assert picture.alt.startswith(f"{title}. ")
    assert ("This deal: " in picture.alt) == (deal is not None)
    assert page.startswith("<svg")


def test_frontier_plot_hides_what_needs_approval_until_after_the_game() -> None:
    """Only `beyond` draws the outcomes and the frontier above our authority."""
    with plots.style("en"):
        before, after = (
            plots.frontier_plot(a_game(), ENGLISH, beyond=beyond).figure.axes[0]
            for beyond in (False, True)
        )
    assert len(before.collections[0].get_offsets()) == 4
    assert len(after.collections[0].get_offsets()) == 6
    said = [[text.get_text() for text in axes.texts] for axes in (before, after)]
    assert "with head office’s approval" not in said[0]
    assert "with head office’s approval" in said[1]


def test_frontier_plot_names_its_points_in_the_games_own_words() -> None:
    """Named deals carry the file's words in the reader's language, and the deal is marked."""
    with plots.style("zh"):
        axes = plots.frontier_plot(
            a_game(), Words("zh"), played=[10, 7], named=["opening"]
        ).figure.axes[0]
    said = [text.get_text() for text in axes.texts]
    assert "开价" in said
    assert len(axes.collections) == 4


def test_frontier_plot_keeps_names_apart() -> None:
    """In the case's game with every named deal no name covers another, in either language."""
    path = Path(__file__).parents[1] / "units" / "07_case1_negotiation" / "case" / "game.json"
    game = Game.load(path)
    for lang in ("en", "zh"):
        with plots.style(lang):
            figure = plots.frontier_plot(
                game, Words(lang), named=list(game.sheets.deals), beyond=True
            ).figure
            boxes = [text.get_window_extent() for text in figure.axes[0].texts]
        assert len(boxes) == 10
        assert not any(one.overlaps(two) for one, two in itertools.combinations(boxes, 2))


A_MONTH = [
    BeliefPoint(1.0, 0.76, 0.9, ""),
    BeliefPoint(1.25, 0.85, 0.9, "E7"),
    BeliefPoint(1.5, 0.85, 0.6, "R1"),
    BeliefPoint(1.75, 0.88, 0.6, "E2"),
]
CAUSES = {
    "E7": message("minimum order in days"), "E2": message("per store"), "R1": message("lazy"),
}  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_belief_plot_says_what_moved_a_most(lang: str) -> None:
    """Title and alt name the strongest cause, start and end; each step is in the alt text."""
    with plots.style(lang):
        picture = plots.belief_plot(A_MONTH, CAUSES, Words(lang))
        page = drawn(picture)
    assert "aria-label" in page
    title = picture.figure.get_suptitle()
    for said in ("minimum order in days", plots.percent(0.76, lang), plots.percent(0.88, lang)):
        assert said in title
    for said in ("per store", "lazy", "1.25", plots.percent(0.6, lang)):
        assert said in picture.alt


def test_belief_plot_marks_each_step_and_keeps_names_apart() -> None:
    """One mark and one name a step, also for a dozen steps on two days."""
    many = [BeliefPoint(1 + 0.25 * n, 0.7 + 0.01 * n, 0.9, f"E{n}") for n in range(11)]
    with plots.style("en"):
        figure = plots.belief_plot(many, {}, ENGLISH).figure
        figure.draw_without_rendering()
        axes = figure.axes[0]
    assert len(axes.collections) == 10
    places = sorted(text.xy[0] for text in axes.texts if text.get_text().startswith("E"))
    assert len(places) == 10
    room = (many[-1].day - many[0].day) / 14
    assert all(two - one > room for one, two in itertools.pairwise(places))


def test_belief_plot_where_nothing_was_shown() -> None:
    """A level line is drawn and said; lost trust is the finding where nothing else moved."""
    fell = [BeliefPoint(1.0, 0.8, 0.9, ""), BeliefPoint(1.5, 0.8, 0.6, "R1")]
    with plots.style("en"):
        alone = plots.belief_plot(A_MONTH[:1], {}, ENGLISH)
        lost = plots.belief_plot(fell, CAUSES, ENGLISH)
        drawn(alone)
    assert "Nothing was shown" in alone.alt
    assert "trust fell to 60" in lost.figure.get_suptitle()
    with pytest.raises(ValueError, match="no belief"):
        plots.belief_plot([], {}, ENGLISH)
