"""The `kam` command: what an instructor types and reads."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kamlib.cli import NEEDS_A_LOOK, app
from kamlib.grading.pipeline import PREVIEW

ROOT = Path(__file__).parent.parent
UNIT = "01_am_types"
SAMPLE = "data/sample_cohort"
NOW = "2026-07-20"
"""A day after all of the sample is due, as `make demo` has it."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cohort made by the command from the sample's roster."""
    folder = tmp_path_factory.mktemp("cli") / "demo"
    arguments = ["cohort", "new", str(folder), "--lang", "zh", "--tz", "Asia/Shanghai",
                 "--dates", f"{SAMPLE}/dates.csv", "--roster", f"{SAMPLE}/roster.csv"]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return folder


def test_grading_the_sample_lists_every_bad_hand_in_and_says_so_in_the_exit_code(
    run: CliRunner, sample: Path
) -> None:
    """Bad hand-ins stop nothing: each is a line, the table is whole, and the exit code is 3."""
    done = run.invoke(
        app, ["grade", str(sample), f"{SAMPLE}/hand_ins", "--no-report", "--now", NOW]
    )
    assert done.exit_code == NEEDS_A_LOOK, done.output
    refused = [line for line in done.output.splitlines() if line.startswith("✗")]
    assert len(refused) >= 2
    assert any(
        "is not in the roster" in line and "Perhaps it is that of" in line for line in refused
    )
    assert any("breaks off in line" in line for line in refused)
    assert sum(line.startswith("?") for line in done.output.splitlines()) >= 5
    roster, dates = (
        (ROOT / SAMPLE / name).read_text("utf-8").splitlines()[1:]
        for name in ("roster.csv", "dates.csv")
    )
    for unit in (line.split(",")[0] for line in dates):
        assert f"demo · {unit}" in done.output
    for name in (line.split(",")[1] for line in roster):
        assert done.output.count(name) >= len(dates)
    released = run.invoke(app, ["feedback", "release", str(sample)])
    pages = len(list((sample / PREVIEW).glob("*/*/*.html")))
    assert pages >= len(roster) * len(dates)
    assert f"✓ {pages} pages" in released.output


def test_a_clean_run_exits_with_0(run: CliRunner, sample: Path, tmp_path: Path) -> None:
    """With nothing to look at, the exit code is 0."""
    folder = tmp_path / "clean"
    roster = tmp_path / "roster.csv"
    roster.write_text("code,name\nA01,Lin\n", "utf-8")
    run.invoke(app, ["cohort", "new", str(folder), "--roster", str(roster)])
    assert run.invoke(app, ["grade", str(folder), "--no-report"]).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["grade", "nowhere"], "nowhere is no cohort"),
        (["cohort", "new", "x", "--roster", "none.csv"], "The roster none.csv cannot be read"),
        (["cohort", "new", "x", "--roster", "r", "--due", "June"], "“June” is no due date"),
        (
            ["cohort", "new", "x", "--roster", "r", "--lang", "fr"],
            "lang: Input should be 'en' or 'zh'",
        ),
        (["cohort", "new", "x", "--roster", "r", "--tz", "Mars"], "there is no time zone 'Mars'"),
        (["course", "coverage", "--unit", "77_none"], "There is no unit “77_none”"),
    ],
)
def test_a_mistake_ends_in_a_sentence_not_in_a_traceback(
    run: CliRunner, arguments: list[str], sentence: str
) -> None:
    """Exit code 1 and one sentence that says what is wrong."""
    done = run.invoke(app, arguments)
    assert done.exit_code == 1
    assert sentence in done.output
    assert "Traceback" not in done.output


def test_marking_by_hand_is_bounded_by_the_items_points(run: CliRunner, sample: Path) -> None:
    """A score above the item's points and an unknown item are refused with the bounds."""
    high = run.invoke(app, ["mark", str(sample), "A01", "am_types.conflict", "--score", "99"])
    assert high.exit_code == 1
    assert "is worth 0 to 3 points" in high.output
    unknown = run.invoke(app, ["mark", str(sample), "A01", "am_types.nothing", "--score", "1"])
    assert "There is no item am_types.nothing" in unknown.output


def test_a_key_is_corrected_with_a_preview_first_and_remembered(
    run: CliRunner, sample: Path, tmp_path: Path
) -> None:
    """The preview names who moves and the way on; applying says what to do next; history tells."""
    folder, file = tmp_path / "demo", tmp_path / "key.yaml"
    shutil.copytree(sample, folder)
    grading = ["grade", str(folder), f"{SAMPLE}/hand_ins", "--no-report"]
    run.invoke(app, [*grading, "--now", NOW])
    text = (ROOT / "units" / UNIT / "key.yaml").read_text("utf-8")
    file.write_text(text.replace("misunderstanding: teams", "misunderstanding: terms"), "utf-8")
    where = [str(folder), UNIT, "--from", str(file)]
    before = (folder / "course" / UNIT / "bundle.json").read_bytes()
    shown = run.invoke(app, ["key", "preview", *where])
    assert shown.exit_code == 0, shown.output
    assert "Marks that go up" in shown.output
    assert "add --keep-higher" in shown.output
    assert "Trainees’ points: 2 up, 14 down, 9 the same." in shown.output
    assert "Nothing was written." in shown.output
    assert (folder / "course" / UNIT / "bundle.json").read_bytes() == before
    empty = run.invoke(app, ["key", "history", str(folder)])
    assert "No key of this cohort was ever corrected." in empty.output
    now = ["--why", "A slip.", "--no-report", "--now", NOW]
    done = run.invoke(app, ["key", "apply", *where, "--keep-higher", *now])
    assert done.exit_code == 0, done.output
    assert f"course/{UNIT}/keys/001.json" in done.output
    assert "kam feedback release" in done.output
    again = run.invoke(app, ["key", "apply", *where, *now])
    assert "This key is in force already" in again.output
    told = run.invoke(app, ["key", "history", str(folder)])
    assert "20 July 2026" in told.output
    assert "Reason: A slip." in told.output
    assert "Marks up: 2, down: 0, kept: 14." in told.output


def test_a_file_that_is_no_key_ends_in_a_sentence(
    run: CliRunner, sample: Path, tmp_path: Path
) -> None:
    """A file that is not there or no key is told apart, and the exit code is 1."""
    file = tmp_path / "key.yaml"
    missing = run.invoke(app, ["key", "preview", str(sample), UNIT, "--from", str(file)])
    assert missing.exit_code == 1
    assert "key.yaml cannot be read" in missing.output
    file.write_text("- a list\n", "utf-8")
    no_key = run.invoke(app, ["key", "apply", str(sample), UNIT, "--from", str(file), "--why", "x"])
    assert no_key.exit_code == 1
    assert "key.yaml has to hold one key under each item’s id." in no_key.output


def test_coverage_shows_the_unit_row_by_row(run: CliRunner) -> None:
    """Every row of unit 01 has its state and its place."""
    done = run.invoke(app, ["course", "coverage", "--unit", UNIT])
    assert done.exit_code == 0, done.output
    assert "K002" in done.output
    assert "missing" not in done.output
