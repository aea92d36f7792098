"""`kam second`: what an instructor types and reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kamlib.cli import NEEDS_A_LOOK, app
from kamlib.grading.cohort import Cohort
from tests.grading.conftest import (  # noqa: F401 - fixtures
    PROSE,
    marked_pristine,
    marked_twice,
    one_unit,
)
from tests.grading.sheets import fill, rows


def said(run: CliRunner, code: int, *arguments: str) -> str:
    """Run a command, see that it ends with this code, and return what it printed."""
    done = run.invoke(app, ["second", *arguments])
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done.output


def test_the_whole_way(run: CliRunner, marked_twice: Cohort) -> None:  # noqa: F811
    """Draw, fill in, take, compare, settle: every step says what it did and what comes next."""
    folder = str(marked_twice.root)
    output = said(run, 0, "draw", folder, "--marker", "Wang", "--share", "0.1", "--seed", "4")
    assert "13 answers were drawn for Wang" in output
    path = Path(re.findall(r"The sheet: (\S+\.xlsx)", output)[0])
    numbers = [row["Blind number"] for row in rows(path) if "always right" in row["Question"]]
    fill(path, {number: {"Score": 1.5} for number in numbers})
    fill(path, {numbers[0]: {"Score": 9}})
    output = said(run, NEEDS_A_LOOK, "take", folder, str(path))
    assert f"{numbers[0]} is worth 0 to 3 points; 9 is outside" in output
    assert f"{len(numbers) - 1} new, 0 changed, 0 as before" in output
    assert numbers[0] in output.split("Not marked yet: ")[1]
    fill(path, {numbers[0]: {"Score": 1.5}})
    assert "1 new" in said(run, 0, "take", folder, str(path))
    output = said(run, 0, "show", folder)
    assert "too few to judge: 12 of 100" in output
    assert "⚑ talk about it" in output
    code = re.findall(r"(T\d{3})", output)[0]
    output = said(run, 0, "settle", folder, code, PROSE, "--score", "2", "--comment", "Agreed.")
    assert f"✓ {code} {PROSE}: settled at 2 of 3 points." in output
    assert "settled at 2" in said(run, 0, "show", folder)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["show", "{}"], "Nothing was drawn for a second marker yet"),
        (["take", "{}", "none.xlsx"], "none.xlsx is not there"),
        (["draw", "{}", "--share", "20"], "The share to draw is above 0"),
        (["draw", "{}", "--unit", "77_none"], "There is no unit “77_none”"),
        (["settle", "{}", "T001", PROSE, "--score", "2"], "was not drawn for a second marker"),
        (["show", "nowhere"], "nowhere is no cohort"),
    ],
)
def test_a_mistake_ends_in_a_sentence(
    run: CliRunner,
    marked_twice: Cohort,  # noqa: F811
    arguments: list[str],
    sentence: str,
) -> None:
    """Exit code 1 and one sentence that says what is wrong."""
    filled = [part.format(marked_twice.root) for part in arguments]
    assert sentence in said(run, 1, *filled)
