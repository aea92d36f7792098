"""The pictures of a message in four versions: they say what is in it, in both languages, of no person."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from matplotlib.colors import to_hex

from kamlib import plots
from kamlib.course.figures import figure_names
from kamlib.message_fit import MESSAGE, read_case, reply
from kamlib.preferences import CASE, LENS_IDS, LENSES, NOT_A_PERSON
from kamlib.preferences_plots import FACT, FIGURES
from kamlib.words import LANGUAGES, Words
from tests.pictures import on_page, title

LENS_FILE, SHARED = read_case()


def picture(name: str, lang: str = "en", folder: Path = CASE) -> plots.Picture:
    """Draw a picture of a case and put it into a page."""
    return on_page(lambda words: FIGURES[name](folder, "", words), lang)


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """Copy the case, with a version for the owner that lost the price."""
    data = yaml.safe_load((CASE / MESSAGE).read_text("utf-8"))
    data["versions"]["owner"] = ["n_month", "n_returns"]
    (tmp_path / MESSAGE).write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    (tmp_path / LENSES).write_bytes((CASE / LENSES).read_bytes())
    return tmp_path


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_a_picture_says_its_finding_and_what_it_is_of(name: str, lang: str) -> None:
    """Title, alt text and caption agree; every reader stands in the alt text; all is invented."""
    drawn = picture(name, lang)
    words = Words(lang)
    assert words.say(NOT_A_PERSON) == drawn.caption
    assert drawn.sources == ("invented",)
    if lang == "en":
        assert drawn.alt.startswith(f"{title(drawn)}. ")
    for reader in SHARED.readers:
        assert reader.name.in_(lang) in drawn.alt
    assert f"preferences_plots.{name}" in figure_names()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_bars_are_the_shares(lang: str) -> None:
    """Each panel has the four lenses from zero on, and its numbers stand beside them and in the alt text."""
    drawn = picture("four_versions", lang)
    assert len(drawn.figure.axes) == len(SHARED.readers)
    for axes, reader in zip(drawn.figure.axes, SHARED.readers, strict=True):
        text = SHARED.made_of(SHARED.versions[reader.id], lang)
        shares = reply(text, reader, SHARED, LENS_FILE).profile.shares
        assert [bar.get_width() for bar in axes.patches] == list(shares.values())
        assert all(bar.get_x() == 0 for bar in axes.patches)
        colours = {bar.get_facecolor() for bar in axes.patches}
        assert len(colours) == 2
        for lens in LENS_IDS:
            said = f"{LENS_FILE[lens].name.in_(lang)} {plots.percent(shares[lens], lang)}"
            assert re.sub(r"\s", " ", said) in re.sub(r"\s", " ", drawn.alt)


def test_a_frame_is_a_fact_that_everybody_gets() -> None:
    """The price stands framed in the first place of each row, and each row has all three facts framed."""
    (axes,) = picture("four_orders").figure.axes
    rows: dict[float, list[bool]] = {}
    for box in axes.patches:
        rows.setdefault(round(box.get_y(), 2), []).append(box.get_linewidth() > 1)
    assert len(rows) == 4
    assert all(framed[0] and sum(framed) == 2 for framed in rows.values())


def test_a_lens_has_no_colour() -> None:
    """A ground marks a fact that everybody gets, whatever its lens: no four colours for four ways to think."""
    (axes,) = picture("four_orders").figure.axes
    grounds = {to_hex(box.get_facecolor()): box.get_linewidth() > 1 for box in axes.patches}
    assert grounds == {FACT: True, plots.PANEL: False}


@pytest.mark.parametrize(
    ("name", "why"),
    [("four_versions", "not what was asked for, or lost a fact"), ("four_orders", "does not come first")],
)  # fmt: skip
def test_a_picture_that_would_not_be_true_is_not_drawn(changed: Path, name: str, why: str) -> None:
    """Where a version lost the price, the title would be wrong; its author is told."""
    with pytest.raises(plots.CannotDraw, match=why):
        picture(name, folder=changed)


@pytest.mark.parametrize("name", FIGURES)
def test_a_missing_file_is_said(tmp_path: Path, name: str) -> None:
    """A folder without the data is refused with a sentence that names the file."""
    with pytest.raises(plots.CannotDraw, match=r"lenses\.yaml"):
        picture(name, folder=tmp_path)
