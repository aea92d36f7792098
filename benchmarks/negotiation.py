"""What the point game costs: kamlib's answers against going through every package, same answers."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks import measured
from kamlib.negotiation import Game

ROOT = Path(__file__).parents[1]
CASE = ROOT / "units" / "07_case1_negotiation" / "case" / "game.json"

MORE = {
    "payment_days": {"options": [0, 3, 7, 10, 14], "company": [9, 8, 5, 2, 0],
                     "distributor": [0, 3, 7, 9, 10]},
    "display_places": {"options": [0, 5, 10, 15, 20], "company": [0, 3, 6, 8, 9],
                       "distributor": [6, 5, 3, 1, 0]},
}  # fmt: skip
"""Two issues more, invented for the benchmark: 25 times as many packages."""

ALONE = """
import sys
from kamlib.negotiation import Game
game = Game.load(sys.argv[1])
for one in (game, game.within_authority()):
    one.frontier(), one.rational_frontier(), one.ideal()
    one.nash(), one.kalai(), one.kalai_smorodinsky()
    [one.assess(deal) for deal in game.sheets.deals]
"""
"""The same answers, with nothing imported that they do not need."""

Answers = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """One game, answered in two ways."""

    name: str
    packages: int
    ours_ms: float
    """CPU milliseconds, median: load, all solutions, every named deal, in all and within."""
    brute_ms: float
    """The same for going through every package with numpy."""
    same: bool
    """Whether every answer was the same."""

    @property
    def ratio(self) -> float:
        """How many times more the brute way costs."""
        return self.brute_ms / self.ours_ms


def ours(path: Path) -> Answers:
    """Answer a game's file with kamlib."""
    game = Game.load(path)
    return {
        name: {
            "packages": one.size,
            "frontier": [tuple(point) for point in one.frontier()],
            "rational": len(one.rational_frontier()),
            "nash": tuple(one.nash().utilities or ()),
            "kalai": tuple(one.kalai().utilities or ()),
            "kalai_smorodinsky": tuple(one.kalai_smorodinsky().utilities or ()),
            "ideal": tuple(one.ideal().utilities or ()),
            "dominating": {deal: one.assess(deal).dominating for deal in game.sheets.deals},
        }
        for name, one in (("all", game), ("within", game.within_authority()))
    }


def brute(path: Path) -> Answers:
    """Answer a game's file of whole points by listing every package's points."""
    data = json.loads(path.read_text("utf-8"))
    return {"all": _brute(data, False), "within": _brute(data, True)}


def _brute(data: dict[str, Any], within: bool) -> Answers:
    first = second = np.zeros(1, dtype=np.int64)
    for name, issue in data["issues"].items():
        limit = data["authority"].get(name) if within else None
        kept = [limit is None or option <= limit for option in issue["options"]]
        first = np.add.outer(first, np.array(issue["company"])[kept]).ravel()
        second = np.add.outer(second, np.array(issue["distributor"])[kept]).ravel()
    order = np.lexsort((second, first))[::-1]
    up = second[order]
    before = np.concatenate([[up[0] - 1], np.maximum.accumulate(up)[:-1]])
    best = order[up > before]
    frontier = sorted(zip(first[best].tolist(), second[best].tolist(), strict=True))
    floor = (data["reservation"]["company"], data["reservation"]["distributor"])
    gains = [(ours - floor[0], theirs - floor[1]) for ours, theirs in frontier]
    rational = [gain for gain in gains if min(gain) >= 0]
    ideal = (max(gain[0] for gain in rational), max(gain[1] for gain in rational))

    def points(merit: Callable[[tuple[int, int]], float]) -> tuple[int, int]:
        ours, theirs = max(rational, key=lambda gain: (merit(gain), min(gain), sum(gain), gain[0]))
        return (ours + floor[0], theirs + floor[1])

    return {
        "packages": len(first),
        "frontier": frontier,
        "rational": len(rational),
        "nash": points(lambda gain: gain[0] * gain[1]),
        "kalai": points(min),
        "kalai_smorodinsky": points(lambda gain: min(gain[0] * ideal[1], gain[1] * ideal[0])),
        "ideal": (ideal[0] + floor[0], ideal[1] + floor[1]),
        "dominating": {
            name: _dominating(data, deal, first, second)
            for name, deal in data["named_deals"].items()
        },
    }


def _dominating(
    data: dict[str, Any], deal: list[Any], first: NDArray[np.int64], second: NDArray[np.int64]
) -> int:
    chosen = [
        (issue["company"][at], issue["distributor"][at])
        for issue, option in zip(data["issues"].values(), deal, strict=True)
        for at in [issue["options"].index(option)]
    ]
    here = (sum(pair[0] for pair in chosen), sum(pair[1] for pair in chosen))
    no_worse = (first >= here[0]) & (second >= here[1])
    return int((no_worse & ((first > here[0]) | (second > here[1]))).sum())


def timed(answer: Callable[[Path], Answers], path: Path, runs: int) -> tuple[float, Answers]:
    """Return the median CPU milliseconds of answering a file, and the answers."""
    spent = []
    for _ in range(runs):
        start = time.process_time()
        found = answer(path)
        spent.append(1000 * (time.process_time() - start))
    return median(spent), found


def compared(name: str, path: Path, runs: int) -> Compared:
    """Answer a game's file in both ways."""
    ours_ms, found = timed(ours, path, runs)
    brute_ms, expected = timed(brute, path, runs)
    return Compared(name, found["all"]["packages"], ours_ms, brute_ms, found == expected)


def larger(path: Path, target: Path) -> Path:
    """Write the game with two issues more."""
    data = json.loads(path.read_text("utf-8"))
    data["issues"] |= MORE
    data["named_deals"] = {
        name: [*deal, *(issue["options"][0] for issue in MORE.values())]
        for name, deal in data["named_deals"].items()
    }
    target.write_text(json.dumps(data), "utf-8")
    return target


def main() -> int:
    """Run the benchmark, print and write its figures; return 1 where an answer differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench" / "negotiation.json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kam-benchmark-") as name:
        scratch = Path(name)
        found = [
            compared("the case’s game", CASE, given.runs),
            compared("two issues more", larger(CASE, scratch / "larger.json"), given.runs),
        ]
        alone = [sys.executable, "-c", ALONE, str(CASE)]
        whole = [measured.run(alone, ROOT, os.environ, scratch / "log").cpu for _ in range(3)]
    out = Console(width=100, highlight=False)
    table = Table("game", "packages", "kamlib, CPU ms", "every package, CPU ms", "ratio", "answers")
    for one in found:
        table.add_row(
            one.name, f"{one.packages:,}", f"{one.ours_ms:.1f}", f"{one.brute_ms:.1f}",
            f"{one.ratio:.1f}", "the same" if one.same else "DIFFER",
        )  # fmt: skip
    out.print(table)
    out.print(f"the case’s game in a new Python, with numpy’s start: {median(whole):.2f} CPU s")
    given.json.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "games": [asdict(one) | {"ratio": one.ratio} for one in found],
        "new_process_cpu_s": median(whole),
        "machine": {"python": platform.python_version(), "cpus": os.cpu_count() or 0},
    }
    given.json.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0 if all(one.same for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
