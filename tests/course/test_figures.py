"""Figures in pages: how they are found, what stands in the page, and that a closed stage keeps them."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

import kamlib
from kamlib import case1_plots, plots
from kamlib.course import pack
from kamlib.course.build import artefacts, check
from kamlib.course.figures import Figures, Wanted, figure_names
from kamlib.course.pack import pack_files
from kamlib.course.syllabus import Course, CourseError
from kamlib.grading.nbgrader_course import release
from kamlib.items.sealing import unseal
from kamlib.words import Words
from tests.conftest import chinese, translate
from tests.course.conftest import Write, english
from tests.course.test_pack import WHEEL
from tests.course.test_staging import COHORT, write_outputs
from tests.staged import UNIT

ASKED: list[tuple[Path, str, str]] = []
"""What the figure below was drawn from: folder, stage, language."""


def canary(folder: Path, stage: str, words: Words) -> plots.Picture:
    """Draw a figure that tells its stage and language."""
    ASKED.append((folder, stage, words.lang))
    alt = f"Canary {stage} {words.lang} says 1 < 2."
    return plots.Picture(plots.canvas(alt), alt, "Nothing & more.", ("given", "invented"))


@pytest.fixture(autouse=True)
def _with_canary(monkeypatch: pytest.MonkeyPatch) -> None:
    ASKED.clear()
    monkeypatch.setitem(case1_plots.FIGURES, "canary", canary)  # type: ignore[arg-type]


def with_figure(
    course: Course, stage: str, notation: str = "`{figure} case1_plots.canary`"
) -> None:
    """Put a figure after the facts of a stage of the case."""
    path = course.root / "units" / UNIT / "lesson.md"
    text = path.read_text("utf-8")
    card = f"`{{facts}} {stage}`"
    assert text.count(card) == 1
    path.write_text(text.replace(card, f"{card}\n\n{notation}"), "utf-8")
    translate(course)


def cells(data: bytes) -> dict[str, dict[str, object]]:
    """Return the cells of a notebook by id."""
    return {cell["id"]: cell for cell in json.loads(data)["cells"]}


def picture_in(text: str) -> str:
    """Return the picture that a text holds, as SVG."""
    (found,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', text)
    return base64.b64decode(found).decode()


def test_a_figure_stands_in_the_page_as_text(staged_course: Course) -> None:
    """No code: an image with alt text, and below it a caption with where the numbers come from."""
    with_figure(staged_course, "S1")
    built = {a.path: a.data for a in artefacts(staged_course, release)}
    for lang, tags in (
        ("en", "[given] [invented]"),
        ("zh", f"[{chinese('given')}] [{chinese('invented')}]"),
    ):
        for path in (staged_course.unit(UNIT).lesson(lang),
                     staged_course.unit(UNIT).solution(lang, "trainer")):  # fmt: skip
            cell = cells(built[path])["figure-case1-plots-canary-case"]
            text = "".join(cell["source"])  # type: ignore[arg-type]
            assert cell["cell_type"] == "markdown"
            assert f'alt="Canary S1 {lang} says 1 &lt; 2."' in text
            assert "\n" not in text
            assert picture_in(text).startswith("<svg ")
            caption = text[text.index("<figcaption") :]
            assert re.sub(r"<[^>]+>", "", caption) == f"Nothing &amp; more. {tags}"


def test_a_figure_is_drawn_once_in_a_language(staged_course: Course) -> None:
    """Lesson and trainer's edition share it; it is told its folder, stage and language."""
    with_figure(staged_course, "S1")
    artefacts(staged_course, release)
    folder = staged_course.root / "units" / UNIT / "case"
    assert len(ASKED) == 2
    assert set(ASKED) == {(folder, "S1", "en"), (folder, "S1", "zh")}


def test_a_figure_of_a_closed_stage_is_sealed(
    staged_course: Course, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a pack it is nowhere but in its stage, and there it is whole, with its caption."""
    with_figure(staged_course, "S2")
    write_outputs(staged_course, write)
    monkeypatch.setattr(pack, "build_wheel", lambda: WHEEL)
    files = pack_files(staged_course, COHORT)
    for lang in ("en", "zh"):
        lesson = staged_course.unit(UNIT).lesson(lang).read_bytes()
        text = "".join(cells(lesson)["figure-case1-plots-canary-case"]["source"])  # type: ignore[arg-type]
        picture = re.findall(r"base64,([^\"]+)", text)[0]
        assert not [name for name, data in files.items() if picture.encode() in data]
        assert not [name for name, data in files.items() if b"Canary S2" in data]
        content = unseal(files[f"units/{UNIT}/{UNIT}.S2.sealed"], "BDFGHJ")
        said = "".join(content["chunks"][lang])
        assert picture in said
        assert "Nothing &amp; more." in said


def test_a_built_course_with_figures_is_not_stale(staged_course: Course, write: Write) -> None:
    """The same sources draw the same bytes, so nothing is to be built again."""
    with_figure(
        staged_course, "S1", "`{figure} case1_plots.canary`\n\n`{figure} case1_plots.canary case`"
    )
    write(staged_course)
    assert [one for one in english(check(staged_course, release)) if "lesson" in one] == []
    assert [one for one in english(check(staged_course, release)) if "is not what" in one] == []


@pytest.mark.parametrize(
    ("notation", "said"),
    [
        ("`{figure} case1_plots.nothing`", "lesson.md: There is no figure “case1_plots.nothing”; there are "),
        ("`{figure} os.path`", "lesson.md: There is no figure “os.path”; there are "),
        ("`{figure} case1_plots.gap_split`", "needs a fact that is not known by then."),
        ("`{figure} case1_plots.canary_of case_2`", "There is no figure"),
    ],
)  # fmt: skip
def test_a_figure_that_cannot_be_drawn_is_refused(
    staged_course: Course, notation: str, said: str
) -> None:
    """An unknown name, and facts of a later stage, end in a sentence with the file and what there is."""
    with_figure(staged_course, "S1", notation)
    with pytest.raises(CourseError) as caught:
        artefacts(staged_course, release)
    problems = english(list(caught.value.problems))
    assert problems
    assert all(said in problem and problem.startswith("lesson.md: ") for problem in problems)


def test_another_module_needs_no_entry_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A unit's author adds one module, and its figures can be named; without a case it gets the unit's folder."""
    (tmp_path / "shelf_plots.py").write_text(
        "from kamlib import plots\n\n"
        "def shelf(folder, stage, words):\n"
        "    return plots.Picture(plots.canvas(folder.name), folder.name)\n\n"
        'FIGURES = {"shelf": shelf}\n',
        "utf-8",
    )
    monkeypatch.setattr(kamlib, "__path__", [*kamlib.__path__, str(tmp_path)])
    assert "shelf_plots.shelf" in figure_names()
    unit = tmp_path / "05_shelf"
    unit.mkdir()
    html = Figures(unit).html(Wanted("shelf_plots.shelf", "case"), Words("en"))
    assert 'alt="05_shelf"' in html
