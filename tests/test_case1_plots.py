"""The pictures of case 1: each says what its figures say, in both languages and for both cases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kamlib import case1_plots, plots
from kamlib.case1 import values
from kamlib.case1_plots import FIGURES, PLANS
from kamlib.case_facts import CASE, load_facts
from kamlib.feasibility import run
from kamlib.negotiation import Game
from kamlib.words import LANGUAGES, Message, Words, number
from tests.pictures import on_page, texts, title

CASES = (CASE, CASE.parent / "case_1b")
ENGLISH = Words("en")
OF_FACTS = {
    "channels": ("S0", ["A", "B", "T"]),
    "ladder": ("S2", ["tot", "level", "Al", "L", "seg"]),
    "gap_split": ("S5", ["D70", "D71", "D76", "D77"]),
    "coverage": ("S5", ["stB", "U", "V", "VIS", "D84", "D82"]),
    "ceiling": ("S5", ["ce", "D104", "D103", "tot", "Al", "L"]),
    "visits": ("S5", ["VIS"]),
}
"""For each picture of the facts, the first stage it can stand in and the numbers it has to say."""


def picture(name: str, folder: Path = CASE, stage: str = "", lang: str = "en") -> plots.Picture:
    """Draw a picture of a case and put it into a page."""
    return on_page(lambda words: FIGURES[name](folder, stage, words), lang)


def written(name: str, value: float) -> str:
    """Write a number as the pictures do: percents of the split and coverage with one digit."""
    if name in ("D103", "D104"):
        return case1_plots.share(value, "en", 0)
    if name.startswith("D"):
        return case1_plots.share(value, "en")
    return number(round(value))


def shown(drawn: plots.Picture) -> set[str]:
    """Return what is written inside the axes."""
    return set(texts(drawn))


def widths(drawn: plots.Picture) -> list[float]:
    """Return how long the horizontal bars are, in the order in which they were drawn."""
    return [bar.get_width() for axes in drawn.figure.axes for bar in axes.patches]


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
@pytest.mark.parametrize("name", OF_FACTS)
def test_the_alt_text_says_finding_and_numbers(name: str, folder: Path) -> None:
    """Title and alt agree, and each number that matters is the one that follows from the facts."""
    drawn = picture(name, folder)
    known = values(load_facts(folder))
    assert drawn.alt.startswith(f"{title(drawn)}. ")
    for wanted in OF_FACTS[name][1]:
        assert written(wanted, known[wanted]) in drawn.alt
    assert drawn.caption.endswith(".")


@pytest.mark.parametrize("name", FIGURES)
def test_every_picture_draws_in_chinese(name: str) -> None:
    """The Chinese picture has no box for a character, stays small, and has the English one's numbers."""
    chinese, english = picture(name, lang="zh"), picture(name)
    numbers = [
        sorted(re.findall(r"\d[\d,.]*\d|\d", drawn.alt.replace("Day ", "")))
        for drawn in (chinese, english)
    ]
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize(
    ("name", "stage"), [(name, stage) for name, (stage, _) in OF_FACTS.items()]
)
def test_a_picture_waits_for_its_facts(name: str, stage: str) -> None:
    """It can be drawn from its stage on; at the stage before, it refuses instead of telling early."""
    assert picture(name, stage=stage).alt == picture(name).alt
    if stage != "S0":
        before = f"S{int(stage[1]) - 1}"
        with pytest.raises(plots.CannotDraw, match="not known by then"):
            picture(name, stage=before)


def test_two_measures_are_not_stacked() -> None:
    """Each channel has a row of its own from zero, and no bar or text is the sum."""
    drawn = picture("channels")
    known = values(load_facts(CASE))
    assert sorted(widths(drawn)) == sorted([known["A"], known["B"], known["T"]])
    assert all(bar.get_x() == 0 for bar in drawn.figure.axes[0].patches)
    assert number(known["tot"]) not in drawn.alt + " ".join(shown(drawn))
    hatched = [bar for bar in drawn.figure.axes[0].patches if bar.get_hatch()]
    assert [bar.get_width() for bar in hatched] == [known["T"]]


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_the_parts_of_the_gap_add_up(folder: Path) -> None:
    """Both splits begin at 0 and end at 100, and what takes away goes back and is hatched."""
    bars = picture("gap_split", folder).figure.axes[0].patches
    ends = [bar.get_x() + bar.get_width() for bar in bars]
    assert [round(ends[1], 6), round(ends[4], 6)] == [100, 100]
    assert [bar.get_x() for bar in (bars[0], bars[2])] == [0, 0]
    assert [bool(bar.get_hatch()) for bar in bars] == [False, False, False, True, False]


def test_coverage_leaves_its_middle_open() -> None:
    """Between the least and the most the bar is hatched, and visits have a bar of their own."""
    drawn = picture("coverage")
    known = values(load_facts(CASE))
    upper, lower = drawn.figure.axes
    assert [bar.get_width() for bar in upper.patches] == [
        known["stB"], known["U"] - known["stB"], known["V"] - known["U"],
    ]  # fmt: skip
    assert [bool(bar.get_hatch()) for bar in upper.patches] == [False, True, False]
    assert [bar.get_width() for bar in lower.patches] == [known["VIS"]]


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_visits_are_those_of_the_plans(folder: Path) -> None:
    """The lines are what the three plans need, and the title names the first month that has too few."""
    drawn = picture("visits", folder)
    facts = load_facts(folder)
    runs = [run(plan, facts) for _, plan in PLANS.values()]
    lines = [list(line.get_ydata()) for line in drawn.figure.axes[0].lines[:3]]
    assert lines == [[month.visits for month in each.months] for each in runs]
    months = [month.number for month in runs[-1].months if month.visits_beyond]
    assert title(drawn).endswith(f"run out in month {months[0]}")
    assert not any(month.visits_beyond for month in runs[1].months)


def test_a_plan_within_the_visits_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where even the last plan has visits enough, the title claims nothing else."""
    careful = PLANS["careful"]
    monkeypatch.setattr(case1_plots, "PLANS", dict.fromkeys(PLANS, careful))
    assert title(picture("visits")).startswith("Even the boldest plan stays within")


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_deals_are_those_of_the_game_within_authority(folder: Path) -> None:
    """Every named deal stands there by its name, and nothing beyond our authority."""
    drawn = picture("deals", folder)
    sheets = Game.load(folder / "game.json").sheets
    assert {ENGLISH.say(sheets.deal(name)) for name in sheets.deals} <= shown(drawn)
    assert "with head office’s approval" not in shown(drawn)
    assert drawn.sources == ("invented",)


def test_the_example_of_a_talk_shows_what_too_large_a_sentence_does() -> None:
    """Its log can be played; one claim costs trust, and the first fact moved A most."""
    drawn = picture("a_talk")
    assert "“minimum order in days” moved A most" in title(drawn)
    assert "“equal: sell the same”" in drawn.alt


def test_where_the_numbers_come_from() -> None:
    """Facts are given in the case of the source and invented in the other; the rest is derived."""
    assert picture("channels").sources == ("given",)
    assert picture("channels", CASES[1]).sources == ("invented",)
    assert picture("visits").sources == ("given", "derived", "invented")
    assert picture("visits", CASES[1]).sources == ("invented", "derived")


@pytest.mark.parametrize(
    ("name", "file"),
    [("ladder", "facts.yaml"), ("deals", "game.json"), ("a_talk", "simulation.json")],
)
def test_a_missing_file_is_said(tmp_path: Path, name: str, file: str) -> None:
    """A folder without the data is refused with a sentence that names the file."""
    with pytest.raises(plots.CannotDraw, match=file):
        picture(name, tmp_path)


def test_a_talk_that_cannot_be_played_is_said(tmp_path: Path) -> None:
    """Without its log, or with a damaged one, the picture is refused and not drawn halfway."""
    (tmp_path / "simulation.json").write_bytes((CASE / "simulation.json").read_bytes())
    with pytest.raises(plots.CannotDraw, match=r"example_talk\.json"):
        picture("a_talk", tmp_path)
    (tmp_path / "example_talk.json").write_text("{}", "utf-8")
    with pytest.raises(plots.CannotDraw, match="version"):
        picture("a_talk", tmp_path)


def test_nothing_is_written_in_two_languages() -> None:
    """What a picture says inside is in the page's language, the names of measures aside."""
    for name in OF_FACTS:
        english = {text for text in shown(picture(name)) if re.search(r"[A-Za-z]{3}", text)}
        assert english
        assert not english & shown(picture(name, lang="zh")) - {"sell-out", "sell-through"}


def test_plans_are_named_in_words() -> None:
    """Each plan to compare has a name that can be put into both languages."""
    assert all(isinstance(name, Message) for name, _ in PLANS.values())
    assert {lang: len({Words(lang).say(name) for name, _ in PLANS.values()}) for lang in LANGUAGES} == {
        "en": 3, "zh": 3,
    }  # fmt: skip
