"""The verbs on a cohort's people and its life, as an instructor types and reads them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kamlib.cli import app
from kamlib.grading.cohort import open_cohort

UNIT = "01_am_types"


def kam(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cohort of two, made by the command, not to be changed."""
    folder = tmp_path_factory.mktemp("cli")
    roster = folder / "roster.csv"
    roster.write_text("code,name\nA01,Lin\nA02,Mei\n", "utf-8")
    due = f"{UNIT}=2026-06-15"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(Path(__file__).parents[2])
        made = kam("cohort", "new", folder / "spring", "--roster", roster, "--due", due)
    assert made.exit_code == 0, made.output
    return folder / "spring"


@pytest.fixture
def cohort(pristine: Path, tmp_path: Path, run: CliRunner) -> Path:
    """A cohort of two for a test to change."""
    return Path(shutil.copytree(pristine, tmp_path / "spring"))


def test_extend_and_take_back(cohort: Path) -> None:
    """A preview changes nothing; the extension stands in the settings until it is taken back."""
    asked = ("cohort", "extend", cohort, "a01", "2026-06-20", "--unit", UNIT, "--why", "ill")
    seen = kam(*asked, "--preview")
    assert "○ A01, Lin: the last day for 01_am_types is 2026-06-20" in seen.output
    assert "Nothing was changed." in seen.output
    assert not open_cohort(cohort).settings.extensions
    assert "✓ A01, Lin" in kam(*asked).output
    assert open_cohort(cohort).settings.reasons == {"A01": {UNIT: "ill"}}
    assert "again, as for everybody" in kam("cohort", "extend", cohort, "A01", "--take-back").output
    assert not open_cohort(cohort).settings.extensions


def test_correct(cohort: Path) -> None:
    """A mistyped code is written into the settings."""
    assert "count as those of A02, Mei" in kam("cohort", "correct", cohort, "A20", "A02").output
    assert open_cohort(cohort).settings.codes == {"A20": "A02"}


def test_forget_needs_a_yes(cohort: Path) -> None:
    """Without --yes it only lists, and says how to go on."""
    seen = kam("cohort", "forget", cohort, "A02")
    assert "This would be deleted of A02, Mei:" in seen.output
    assert "give the command again with --yes" in seen.output
    assert "A02" in open_cohort(cohort).roster
    assert "This was deleted of A02" in kam("cohort", "forget", cohort, "A02", "--yes").output
    assert list(open_cohort(cohort).roster) == ["A01"]


def test_close_archive_reopen(cohort: Path, tmp_path: Path) -> None:
    """Grading, marking and the desk say that it is closed; archive, export and report work."""
    target = tmp_path / "kept.zip"
    assert kam("cohort", "archive", cohort).exit_code == 1
    assert kam("cohort", "close", cohort).exit_code == 0
    for verb in (
        ("grade", cohort), ("formgrader", cohort), ("cohort", "correct", cohort, "A20", "A02"),
        ("mark", cohort, "A01", "am_types.conflict", "--score", 1),
    ):  # fmt: skip
        done = kam(*verb)
        assert done.exit_code == 1
        assert "is closed since" in done.output
        assert "kam cohort reopen spring" in done.output
    assert kam("cohort", "archive", cohort, "-o", target, "--without-names").exit_code == 0
    assert target.is_file()
    assert kam("report", cohort).exit_code == 0
    assert kam("feedback", "release", cohort).exit_code == 0
    assert "marks.zh.xlsx" in kam("export", cohort, "--lang", "zh").output
    assert kam("export", cohort, "-o", tmp_path / "m.csv").exit_code == 0
    assert (tmp_path / "m.csv").is_file()
    assert kam("cohort", "reopen", cohort).exit_code == 0
    assert kam("grade", cohort, "--no-report").exit_code == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("cohort", "extend", "{}", "A01", "June"), "“June” is no day; write it as 2026-06-20."),
        (("cohort", "extend", "{}", "A01", "2026-06-15"), "is not later than the last day"),
        (("cohort", "correct", "{}", "A01", "A02"), "Both are on the roster"),
        (("cohort", "forget", "{}", "Q99"), "There is no “Q99” on the roster."),
        (("export", "{}", "--lang", "fr"), "There is no language “fr”"),
        (("export", "{}", "-o", "x.ods"), "ends neither in .xlsx nor in .csv"),
    ],
)
def test_mistakes_end_in_a_sentence(cohort: Path, words: tuple[str, ...], sentence: str) -> None:
    """Exit code 1, one sentence, no traceback."""
    done = kam(*(word.format(cohort) for word in words))
    assert done.exit_code == 1
    assert sentence in done.output
    assert "Traceback" not in done.output
