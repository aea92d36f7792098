"""What grading costs: `kam grade` and stock nbgrader on the same hand-ins, in one run.

    python -m benchmarks.grading [--hand-ins 2000] [--stock 12]

Prints CPU seconds, fixed and for each further hand-in, and peak memory; writes them as JSON too.
Ends with exit code 1 where the two do not give the same scores item by item.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import linear_regression

from rich.console import Console
from rich.table import Table

from benchmarks import hand_ins, measured, stock
from benchmarks.hand_ins import UNIT
from kamlib.course.syllabus import open_course
from kamlib.grading.cohort import Cohort

Scores = Mapping[tuple[str, str], float | None]
"""By trainee and item; None where a person decides."""

Copies = Sequence[hand_ins.Copy]


@dataclass(frozen=True, slots=True)
class Way:
    """What one way of grading costs."""

    name: str
    sizes: tuple[int, ...]
    """How many hand-ins were graded, run by run."""
    cpu: tuple[float, ...]
    """CPU seconds of each run, all processes together."""
    system: tuple[float, ...]
    """The part of them that the operating system took, run by run."""
    peak: float
    """Megabytes (MiB) of the largest process of the largest run."""

    @property
    def fixed(self) -> float:
        """CPU seconds before the first hand-in, by least squares over the runs."""
        return linear_regression(self.sizes, self.cpu).intercept

    @property
    def marginal(self) -> float:
        """CPU milliseconds of each further hand-in, by least squares over the runs."""
        return 1000 * linear_regression(self.sizes, self.cpu).slope

    @property
    def marginal_system(self) -> float:
        """The part of `marginal` that the operating system took: files and folders, mostly."""
        return 1000 * linear_regression(self.sizes, self.system).slope


class Bench:
    """One run of the benchmark, in a scratch folder."""

    def __init__(self, scratch: Path, sample: Path, count: int) -> None:
        """Take an empty folder, the sample cohort's folder and how many hand-ins to make of it."""
        self.scratch = scratch
        self.sample = hand_ins.sample_cohort(
            open_course(), sample / "roster.csv", scratch / "sample"
        )
        attempts = hand_ins.sample_attempts(self.sample, sample / "hand_ins")
        self.distinct = len(attempts)
        self.made = hand_ins.copies(attempts, count)
        self._environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}

    def ours(self, size: int, name: str, *options: str) -> tuple[Cohort, measured.Cost]:
        """Grade the first hand-ins in a new cohort and a new process."""
        folder = self.scratch / f"{name}-{size}"
        cohort = hand_ins.cohort_of(self.made[:size], self.sample, folder / "cohort")
        hand_ins.write_hand_ins(folder / "hand_ins", self.made[:size])
        command = [sys.executable, "-m", "benchmarks.one_run", *options]
        places = [str(cohort.root), str(folder / "hand_ins")]
        cost = measured.run(command + places, folder, self._environment, folder / "log.txt")
        return cohort, cost

    def stock(self, size: int) -> tuple[Path, list[measured.Cost]]:
        """Grade the first hand-ins with stock nbgrader."""
        folder = self.scratch / f"stock-{size}"
        stock.course(folder, self.sample.bundles[UNIT], self.made[:size])
        return folder, stock.grade(folder, UNIT)


def machine_scores(database: str) -> Scores:
    """Return every machine score in a gradebook, as nbgrader itself reads it."""
    from nbgrader.api import Gradebook

    with Gradebook(database) as book:
        return {
            (submission.student.id, grade.name): grade.auto_score
            for submission in book.assignment_submissions(UNIT)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def differences(ours: Scores, theirs: Scores) -> list[str]:
    """Return each score of `theirs` that is not ours, in words."""
    missing = object()
    return [
        f"{code} {item}: ours {ours.get((code, item), 'missing')}, stock {score}"
        for (code, item), score in theirs.items()
        if ours.get((code, item), missing) != score
    ]


@dataclass(frozen=True, slots=True)
class Found:
    """Everything the benchmark found out."""

    ours: Way
    stock: Way
    steps: dict[str, float]
    """CPU milliseconds of each further hand-in, by step of `kam grade`."""
    report: float
    """CPU seconds of the cohort report."""
    report_size: int
    """How many hand-ins that report is about."""
    distinct: int
    """How many different hand-ins the many were made of."""
    compared: int
    """How many scores were compared between the two."""
    wrong: list[str]
    """Each score that differs."""

    @property
    def ratio(self) -> float:
        """How many times more a further hand-in costs with stock nbgrader."""
        return self.stock.marginal / self.ours.marginal


def measure(
    bench: Bench, hand_in_count: int, stock_count: int, say: Callable[[str], None]
) -> Found:
    """Grade in both ways at several sizes and compare; `say` is told what is being done."""
    sizes = _sizes(hand_in_count, 20, 4)
    few = _sizes(stock_count, 6)

    runs = []
    for size in sizes:
        say(f"kam grade, {size} hand-ins")
        runs.append(bench.ours(size, "ours"))
    say("kam grade, step by step, and the cohort report")
    low = json.loads(bench.ours(sizes[0], "steps", "--steps")[1].said)["steps"]
    high = json.loads(bench.ours(sizes[1], "steps", "--steps", "--report")[1].said)
    steps = {
        step: 1000 * (spent - low.get(step, 0.0)) / (sizes[1] - sizes[0])
        for step, spent in high["steps"].items()
    }

    batches = []
    for size in few:
        say(f"stock nbgrader, {size} hand-ins")
        batches.append(bench.stock(size))
    say("comparing the scores")
    theirs = machine_scores(f"sqlite:///{batches[-1][0] / 'gradebook.db'}")
    # Every run grades the first so many hand-ins, so the smallest that has all of stock's will do.
    same = next(cohort for cohort, _ in runs if len(cohort.roster) >= few[-1])
    wrong = differences(machine_scores(same.database), theirs)
    expected = few[-1] * len(bench.sample.bundles[UNIT].items)
    if len(theirs) != expected:
        wrong.append(f"stock nbgrader wrote {len(theirs)} scores instead of {expected}")

    return Found(
        ours=_way("kam grade", sizes, [[cost] for _, cost in runs]),
        stock=_way("stock nbgrader", few, [costs for _, costs in batches]),
        steps=steps,
        report=high["report"],
        report_size=sizes[1],
        distinct=bench.distinct,
        compared=len(theirs),
        wrong=wrong,
    )


def _way(name: str, sizes: tuple[int, ...], runs: Sequence[Sequence[measured.Cost]]) -> Way:
    """Gather the runs of one way, each of one command or of several in a row."""
    return Way(
        name,
        sizes,
        cpu=tuple(sum(cost.cpu for cost in costs) for costs in runs),
        system=tuple(sum(cost.system for cost in costs) for costs in runs),
        peak=max(cost.peak for cost in runs[-1]),
    )


def _sizes(largest: int, *parts: int) -> tuple[int, ...]:
    """Return the sizes to measure at: the largest and these parts of it, all different."""
    return tuple(sorted({*(max(1, largest // part) for part in parts), largest}))


def show(found: Found, out: Console) -> None:
    """Print the figures."""
    table = Table("way", "hand-ins", title_justify="left", box=None, pad_edge=False)
    for head in ("fixed CPU s", "marginal CPU ms", "of it system", "peak MB"):
        table.add_column(head, justify="right")
    for way in (found.ours, found.stock):
        sizes = ", ".join(map(str, way.sizes))
        figures = (way.fixed, way.marginal, way.marginal_system)
        table.add_row(way.name, sizes, *(f"{figure:.2f}" for figure in figures), f"{way.peak:.0f}")
    out.print(table)
    out.print(f"\nratio of the marginal costs: {found.ratio:.0f}")
    same = "all the same" if not found.wrong else f"{len(found.wrong)} differ"
    out.print(f"scores compared item by item: {found.compared}, {same}")
    for line in found.wrong:
        out.print(f"  {line}", markup=False)
    out.print(f"cohort report on {found.report_size} hand-ins: {found.report:.1f} CPU s")

    out.print("\nwhere a further hand-in's milliseconds go in kam grade")
    parts = Table(box=None, pad_edge=False, show_header=False)
    parts.add_column(justify="right")
    for step, spent in sorted(found.steps.items(), key=lambda entry: -entry[1]):
        parts.add_row(f"{spent:.2f}", step)
    out.print(parts)


def as_json(found: Found) -> str:
    """Write the figures as JSON, with what they were measured on."""
    ways = {
        name: {
            **asdict(way),
            "fixed_cpu_s": way.fixed,
            "marginal_cpu_ms": way.marginal,
            "marginal_system_ms": way.marginal_system,
        }
        for name, way in (("ours", found.ours), ("stock", found.stock))
    }
    machine = {"python": platform.python_version(), "cpus": os.cpu_count() or 0}
    data = {**asdict(found), **ways, "ratio": found.ratio, "machine": machine}
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Run the benchmark, print and write its figures; return the exit code."""
    root = Path(__file__).parents[1]
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--hand-ins", type=_several, default=2000, help="how many kam grade gets")
    parser.add_argument("--stock", type=_several, default=12, help="how many stock nbgrader gets")
    parser.add_argument("--sample", type=Path, default=root / "data" / "sample_cohort")
    parser.add_argument("--json", type=Path, default=root / "build" / "bench" / "grading.json")
    given = parser.parse_args()
    if given.stock > given.hand_ins:
        parser.error("kam grade needs at least as many hand-ins as stock nbgrader")
    progress = Console(stderr=True, highlight=False)
    with tempfile.TemporaryDirectory(prefix="kam-benchmark-") as scratch:
        bench = Bench(Path(scratch), given.sample, given.hand_ins)
        found = measure(bench, given.hand_ins, given.stock, progress.print)
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(as_json(found), "utf-8")
    show(found, Console(width=100, highlight=False))
    return 1 if found.wrong else 0


def _several(text: str) -> int:
    """Read a number of hand-ins from which a cost for each further one can be told."""
    count = int(text)
    if count < 2:
        raise argparse.ArgumentTypeError("at least 2")
    return count


if __name__ == "__main__":
    sys.exit(main())
