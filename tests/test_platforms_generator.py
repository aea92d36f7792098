"""The generator makes the committed portfolio."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kamlib.platforms_file import CASE, PORTFOLIO
from kamlib.platforms_generator import SEED, text


def test_the_committed_portfolio_is_what_the_generator_writes(tmp_path: Path) -> None:
    """The documented command writes it again, to the byte."""
    done = [sys.executable, "-m", "kamlib.platforms_generator", str(tmp_path)]
    subprocess.run(done, check=True)
    assert (tmp_path / PORTFOLIO).read_bytes() == (CASE / PORTFOLIO).read_bytes()


def test_another_seed_makes_another_portfolio() -> None:
    assert text(SEED + 1) != text(SEED) == text()
