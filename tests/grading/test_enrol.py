"""How a cohort is made: its due days from a list."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kamlib.cli import app
from kamlib.course.syllabus import Course
from kamlib.grading.cohort import CohortError, open_cohort
from kamlib.grading.enrol import read_dates
from kamlib.words import Words

from .conftest import ROSTER, UNIT


def listed(tmp_path: Path, text: str) -> Path:
    """Write a list of due days."""
    path = tmp_path / "dates.csv"
    path.write_text(text, "utf-8")
    return path


def test_due_days_come_from_a_list(tmp_path: Path) -> None:
    """Each line has a unit and its last day; a mark at the file's beginning and empty lines do no harm."""
    path = listed(tmp_path, "\ufeffunit,due\n01_am_types, 2026-06-15\n\n,\n02_more,2026-07-01\n")
    assert read_dates(path) == {"01_am_types": date(2026, 6, 15), "02_more": date(2026, 7, 1)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_due_days_come_as_spreadsheets_write_them(tmp_path: Path, encoding: str) -> None:
    """A column of remarks in Chinese does no harm in any encoding, nor do capitals and blanks."""
    path = tmp_path / "dates.csv"
    path.write_bytes("Unit, DUE ,备注\n01_am_types,2026-06-15,第一周\n".encode(encoding))
    assert read_dates(path) == {"01_am_types": date(2026, 6, 15)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("unit,due\n01_am_types,15.6.2026\n",
         "The due days in dates.csv, line 2: “15.6.2026” is no day of “01_am_types”; write it as 2026-06-15."),
        ("unit;due\n01_am_types;2026-06-15\n",
         "The due days in dates.csv need the columns unit and due; its first line has: unit;due."),
    ],
)  # fmt: skip
def test_a_mistake_in_the_list_is_told(tmp_path: Path, text: str, said: str) -> None:
    """The sentence names the file, the line and how a day is written."""
    with pytest.raises(CohortError) as error:
        read_dates(listed(tmp_path, text))
    assert Words("en").say(error.value.message) == said


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A missing file ends in a sentence."""
    with pytest.raises(CohortError, match="cannot be read"):
        read_dates(tmp_path / "nowhere.csv")


def test_a_cohort_is_made_with_a_list(
    one_unit: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--dates` gives many units their last day, and `--due` may change one."""
    monkeypatch.chdir(one_unit.root)
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8")
    dates = listed(tmp_path, f"unit,due\n{UNIT},2026-06-15\n")
    for name, more, day in (
        ("as_listed", [], date(2026, 6, 15)),
        ("changed", ["--due", f"{UNIT}=2026-06-20"], date(2026, 6, 20)),
    ):
        arguments = ["cohort", "new", str(tmp_path / name), "--roster", str(tmp_path / "roster.csv"),
                     "--dates", str(dates), *more]  # fmt: skip
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, done.output
        assert open_cohort(tmp_path / name).settings.due == {UNIT: day}
