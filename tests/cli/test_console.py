"""What every verb prints with: sentences as they are, times in the cohort's zone, tables alike."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from kamlib.cli.console import in_zone, say, table
from kamlib.grading.cohort import Cohort, Settings
from kamlib.words import Words, message


@pytest.mark.parametrize(("sign", "begins"), [("", "[bold]"), ("✓", "✓ [bold]"), ("?", "? [bold]")])
def test_a_sentence_is_printed_as_it_is(
    capsys: pytest.CaptureFixture[str], sign: str, begins: str
) -> None:
    """Brackets that a person typed are no markup, and a long sentence stays on one line."""
    say(message("{name} is in the room.", name="[bold]Lin[/] " + "x" * 200), Words("en"), sign)
    printed = capsys.readouterr().out
    assert printed.startswith(begins + "Lin[/] xxx")
    assert printed.endswith("x is in the room.\n")
    assert printed.count("\n") == 1


def test_a_time_without_a_zone_is_the_cohorts() -> None:
    """A zone that was given counts, no time stays no time."""
    group = Cohort(Path("spring"), Settings(name="spring", tz="Asia/Shanghai"), {})
    noon = datetime(2026, 6, 15, 12)
    found = in_zone(noon, group)
    assert found is not None
    assert found.isoformat() == "2026-06-15T12:00:00+08:00"
    assert in_zone(noon.replace(tzinfo=UTC), group) == noon.replace(tzinfo=UTC)
    assert in_zone(None, group) is None


def test_a_table_has_its_numbers_to_the_right() -> None:
    """With a title there is a line below the heads; columns said to be whole are never broken."""
    plain = table(("unit", "rows"), right=(1,))
    titled = table(("unit", "why", "rows"), "Spring", right=(2,), whole=(0,))
    plain.add_row("01_am_types", "7")
    titled.add_row("01 am types", "as long as it is", "7")
    console = Console(width=30)
    with console.capture() as shown:
        console.print(plain)
        console.print(titled)
    assert [line.rstrip() for line in shown.get().splitlines()] == [
        "unit         rows",
        "01_am_types     7",
        "Spring",
        "",
        " unit          why       rows",
        " ────────────────────────────",
        " 01 am types   as long      7",
        "               as it",
        "               is",
        "",
    ]
