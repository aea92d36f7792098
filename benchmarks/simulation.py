"""What the simulated month costs: every policy and a plan over hidden types, on one core."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from kamlib.case_facts import CASE
from kamlib.distributor import POLICIES, Estimate, Packages, Result, load, room, simulate
from kamlib.haggling import Table as Talk
from kamlib.plan_quality import Plan, plan_score

ROOT = Path(__file__).parents[1]

FIGURES = ("deals", "days", "sold", "stuck", "company", "distributor")
"""What is told of each policy."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one thing costs."""

    name: str
    cpu_s: float
    """CPU seconds of this process, the median of the runs."""


def costs(types: int, seed: int, runs: int) -> tuple[list[Cost], list[Result]]:
    """Measure loading, every policy, a plan and a talk; return what the policies brought too."""
    parameters = load(CASE)
    plan = Plan(room(Packages.of(parameters), 118).nash or {}, tuple(parameters.evidence_by_id()))
    results = [simulate(parameters, policy, types, seed) for policy in POLICIES]

    def talk() -> None:
        table = Talk(parameters, seed)
        for name in parameters.evidence_by_id():
            table = table.show(name)
        for target in parameters.issues.monthly_target:
            table = table.offer({"monthly_target": int(target)})

    jobs = {
        "the file, read and checked": lambda: load(CASE),
        "all packages": lambda: Packages.of(parameters),
        **{policy: lambda policy=policy: simulate(parameters, policy, types, seed)
           for policy in POLICIES},
        "a plan over 200 types": lambda: plan_score(plan, parameters, 200, seed),
        "a talk of 15 moves": talk,
    }  # fmt: skip
    found = []
    for name, job in jobs.items():
        spent = []
        for _ in range(runs):
            start = time.process_time()
            job()
            spent.append(time.process_time() - start)
        found.append(Cost(name, median(spent)))
    return found, results


def _said(one: Estimate) -> str:
    digits = 2 if one.mean < 20 else 0
    return f"{one.mean:,.{digits}f} ± {one.error or 0:,.{max(digits, 1)}f}"


def main() -> int:
    """Run the benchmark, print and write its figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--types", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench" / "simulation.json")
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    found, results = costs(given.types, given.seed, given.runs)
    out = Console(width=100, highlight=False)
    table = Table("what", "CPU s")
    for one in found:
        table.add_row(one.name, f"{one.cpu_s:.3f}")
    every = sum(one.cpu_s for one in found if one.name in POLICIES)
    table.add_row("all policies together", f"{every:.3f}")
    out.print(table)
    shown = Table("policy", *FIGURES, title=f"{given.types} types, seed {given.seed}: mean ± error")
    for result in results:
        estimates = [getattr(result, name) for name in FIGURES]
        shown.add_row(
            result.policy,
            *(_said(one) for one in estimates),
        )
    out.print(shown)
    given.json.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "types": given.types,
        "costs": [asdict(one) for one in found],
        "all_policies_cpu_s": every,
        "results": [
            {"policy": one.policy} | {name: asdict(getattr(one, name)) for name in FIGURES}
            for one in results
        ],
        "machine": {"python": platform.python_version(), "cpus": os.cpu_count() or 0},
    }
    given.json.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
