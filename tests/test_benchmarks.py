"""The benchmark runs, compares what it measures, and names every figure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.grading import differences
from benchmarks.platforms import plain
from kamlib.platforms import expected, simulate
from kamlib.platforms_file import load
from kamlib.platforms_hours import even

ROOT = Path(__file__).parents[1]


def measured(
    folder: Path, module: str, *args: str, env: Mapping[str, str] | None = None
) -> tuple[str, dict[str, Any]]:
    """Run a benchmark that has to succeed; return what it printed and the figures it wrote."""
    written = folder / "bench" / f"{module}.json"
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *args, "--json", str(written)],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, json.loads(written.read_text("utf-8"))


def test_the_benchmark_compares_both_ways_and_names_every_figure(tmp_path: Path) -> None:
    """`kam grade` and stock nbgrader agree on every item, and each figure can be found by name."""
    printed, found = measured(tmp_path, "grading", "--hand-ins", "20", "--stock", "2")
    for name in (
        "kam grade", "stock nbgrader", "fixed CPU s", "marginal CPU ms", "of it system", "peak MB",
        "ratio of the marginal costs", "scores compared item by item", "all the same",
        "cohort report on 5 hand-ins", "intake", "reading answers", "marking desk: notebook",
        "marking desk: files", "gradebook", "feedback: page", "feedback: files", "the rest",
    ):  # fmt: skip
        assert name in printed

    assert found["wrong"] == []
    assert found["compared"] >= 2 * 12
    assert found["ours"]["sizes"] == [1, 5, 20]
    assert found["stock"]["sizes"] == [1, 2]
    for way in ("ours", "stock"):
        assert {"fixed_cpu_s", "marginal_cpu_ms", "marginal_system_ms", "peak"} <= set(found[way])
        assert len(found[way]["cpu"]) == len(found[way]["sizes"])
    assert {"ratio", "report", "report_size", "distinct", "steps", "machine"} <= set(found)


def test_a_score_that_differs_is_found() -> None:
    """One item of one trainee with another score, or without one, does not pass as the same."""
    theirs = {("R1", "u-a"): 2.0, ("R1", "u-b"): None}
    assert differences(theirs, theirs) == []
    assert differences({**theirs, ("R1", "u-a"): 1.5}, theirs) == ["R1 u-a: ours 1.5, stock 2.0"]
    assert differences({("R1", "u-a"): 2.0}, theirs) == ["R1 u-b: ours missing, stock None"]


def test_without_a_browser_the_save_is_measured_and_the_rest_is_said_to_be_left_out(
    tmp_path: Path,
) -> None:
    """Where there is no Chromium the benchmark of the forms gives no figure that it did not measure."""
    nothing = {name: value for name, value in os.environ.items() if name != "KAM_CHROMIUM"}
    printed, found = measured(tmp_path, "forms", env=nothing | {"PATH": str(tmp_path)})
    assert "left out: everything in a browser" in printed

    assert list(found["waits"]) == ["AnswersFile.save alone"]
    (save,) = found["waits"].values()
    assert len(save["seconds"]) == 200
    assert min(save["seconds"]) <= save["median_s"] <= save["worst_s"] == max(save["seconds"])
    assert found["left_out"]


def test_the_point_game_is_answered_as_by_listing_every_package(tmp_path: Path) -> None:
    """Both ways give the same answers on both games, and each figure can be found by name."""
    _, found = measured(tmp_path, "negotiation", "--runs", "1")
    assert [game["packages"] for game in found["games"]] == [136_080, 3_402_000]
    assert all(game["same"] for game in found["games"])
    assert all(game["ratio"] > 0 for game in found["games"])
    assert found["new_process_cpu_s"] > 0


def test_the_simulated_month_is_measured(tmp_path: Path) -> None:
    """Every policy is run, with its cost and its figures by name."""
    _, found = measured(tmp_path, "simulation", "--runs", "1", "--types", "20")
    assert [one["policy"] for one in found["results"]][-1] == "consultant"
    assert {one["name"] for one in found["costs"]} >= {one["policy"] for one in found["results"]}
    assert all(0 <= one["deals"]["mean"] <= 1 for one in found["results"])
    assert found["all_policies_cpu_s"] > 0


def test_the_simulated_quarter_is_measured_beside_a_plain_loop(tmp_path: Path) -> None:
    """Each figure can be found by name, and both ways draw the same quarter on average."""
    _, found = measured(tmp_path, "platforms", "--runs", "1", "--quarters", "500")
    assert set(found["costs"]) == {"simulate", "own", "exact", "best", "plain"}
    assert found["customers"] == 200
    assert found["ratio"] > 0
    assert abs(found["standard_errors_off"]) < 5

    own = load()
    allocation = even(own)
    looped = plain(own, allocation, 2_000, seed=1)
    exact = expected(own, allocation)
    assert abs(looped - exact.run_rate) < 5 * simulate(own, allocation, 2_000).run_rate.error
