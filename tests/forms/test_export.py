"""The page of a trainee's own answers: all of them, in his language, needing nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kamlib.forms.export import Export, answers_page
from kamlib.forms.place import NotHere
from kamlib.forms.start import read_start

from . import workbooks
from .workbooks import NOW


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return workbooks.known(workbooks.make(tmp_path))


def export(root: Path, lang: str = "en", unit: str = "01_one") -> Export:
    """Return the page of a unit."""
    return answers_page(read_start(root, NOW, lang), unit, NOW)


def test_practice_and_exercise_are_both_there(root: Path) -> None:
    """Every question stands on the page in its order, with its answer or that there is none."""
    workbooks.save(root, "try_one", workbooks.RIGHT)
    workbooks.save(root, "why", {"choice": "b", "reason": "s"})
    page = export(root).html
    places = [page.index(f"Which {name}?") for name in ("try_one", "try_two", "who", "why")]
    assert places == sorted(places)
    assert page.count("not answered") == 2
    assert page.count('<div class="answer">') == 2
    assert "Lin Mei, A07" in page
    assert "10 June 2026 09:30" in page


def test_the_page_needs_nothing_else(root: Path) -> None:
    """No link, no script, no picture from elsewhere; texts are escaped; it prints on A4."""
    workbooks.save(root, "who", {"choice": "<script>alert(1)</script>"})
    page = export(root).html
    assert not re.search(r"<script|<link|<img|src=|href=|url\(|@import", page)
    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;who&lt;/b&gt;" in page
    assert "size: A4" in page


def test_the_page_is_in_the_language_asked_for(root: Path) -> None:
    """Titles and language mark are Chinese on a Chinese page, and its name says so."""
    made = export(root, "zh")
    assert 'lang="zh-CN"' in made.html
    assert "第一课" in made.html
    assert made.name == "01_one_A07_answers.zh.html"


def test_a_damaged_file_is_told_in_its_place(root: Path) -> None:
    """The other answers are still there."""
    workbooks.save(root, "try_one", workbooks.RIGHT)
    workbooks.put(root / "units" / "01_one" / "01_one.answers.json", b"{")
    page = export(root).html
    assert "✗ The answers file" in page
    assert page.count('<div class="answer">') == 1


def test_a_unit_that_there_is_not_is_a_sentence(root: Path) -> None:
    """An unknown unit, or one without its questions, is refused with a sentence."""
    (root / "units" / "02_two" / "02_two.items.en.json").unlink()
    for unit in ("09_nine", "02_two"):
        with pytest.raises(NotHere):
            export(root, unit=unit)
