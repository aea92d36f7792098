"""What the simulated quarter costs, beside a plain loop over a piece of it, on one core."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from statistics import median

from rich.console import Console
from rich.table import Table

from kamlib.platforms import BUYING, PLATFORMS, Allocation, chances, expected, simulate
from kamlib.platforms_file import Portfolio, load
from kamlib.platforms_hours import best, even

ROOT = Path(__file__).parents[1]

CUSTOMERS = 200
"""Those of the unit's portfolio, again and again, until there are so many."""

PIECE = 20
"""The plain loop draws so many quarters, and its cost is taken up to all."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one thing costs."""

    name: str
    cpu_s: float
    """CPU seconds of this process, the median of the runs."""


def larger(portfolio: Portfolio, size: int) -> Portfolio:
    """Return a portfolio of so many customers."""
    times = -(-size // len(portfolio))
    return Portfolio((portfolio.customers * times)[:size], portfolio.parameters)


def plain(portfolio: Portfolio, allocation: Allocation, quarters: int, seed: int) -> float:
    """Return the mean run rate by drawing one customer, week and quarter after the other."""
    week, luck = chances(portfolio, allocation), Random(seed)
    up, lost = week.up.tolist(), week.lost.tolist()
    margin = week.margin.tolist()
    start = [PLATFORMS.index(each.platform) for each in portfolio.customers]
    total = 0.0
    for _ in range(quarters):
        for who, place in enumerate(start):
            for _ in range(portfolio.parameters.weeks):
                drawn = luck.random()
                if drawn >= 1 - lost[who][place]:
                    break
                if place < BUYING and drawn < up[who][place]:
                    place += 1
            else:
                if place == BUYING:
                    total += portfolio.parameters.later.quarters * margin[who]
    return total / quarters


def spent(job: Callable[[], object], runs: int) -> float:
    """Return the CPU seconds of a job, the median of its runs."""
    found = []
    for _ in range(runs):
        start = time.process_time()
        job()
        found.append(time.process_time() - start)
    return median(found)


def main() -> int:
    """Run the benchmark, print and write its figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quarters", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench" / "platforms.json")
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    own = load()
    many = larger(own, CUSTOMERS)
    hours, some = even(own), even(many)
    names = {
        "simulate": f"simulate: {given.quarters:,} quarters of {len(many)} customers",
        "own": f"the same of the unit's {len(own)}",
        "exact": f"the exact quarter of {len(many)}",
        "best": f"the best plan for {len(own)}, proved by a flow",
        "plain": f"a plain loop: {PIECE} quarters of {len(many)}",
    }
    jobs: dict[str, Callable[[], object]] = {
        "simulate": lambda: simulate(many, some, given.quarters, given.seed),
        "own": lambda: simulate(own, hours, given.quarters, given.seed),
        "exact": lambda: expected(many, some),
        "best": lambda: best(own),
        "plain": lambda: plain(many, some, PIECE, given.seed),
    }
    costs = {name: Cost(names[name], spent(job, given.runs)) for name, job in jobs.items()}
    ratio = costs["plain"].cpu_s / PIECE * given.quarters / costs["simulate"].cpu_s
    exact, found = expected(many, some), simulate(many, some, given.quarters, given.seed)
    off = (found.value.mean - exact.value) / found.value.error

    out = Console(width=100, highlight=False)
    table = Table("what", "CPU s")
    for one in costs.values():
        table.add_row(one.name, f"{one.cpu_s:.3f}")
    out.print(table)
    out.print(f"the plain loop would take {ratio:,.0f} times as long for all quarters")
    out.print(f"value {found.value.mean:,.0f} ± {found.value.error:,.1f}, exactly {exact.value:,.0f}: "
              f"{off:+.1f} standard errors")  # fmt: skip
    given.json.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "quarters": given.quarters,
        "customers": len(many),
        "costs": {name: asdict(one) for name, one in costs.items()},
        "ratio": ratio,
        "standard_errors_off": off,
        "machine": {"python": platform.python_version(), "cpus": os.cpu_count() or 0},
    }
    given.json.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
