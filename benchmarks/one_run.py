"""Grades one cohort in a process of its own, as `kam grade` does; what the benchmark measures."""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kamlib.grading import gradebook, intake, pipeline
from kamlib.grading.autograded import Template
from kamlib.grading.cohort import open_cohort
from kamlib.grading.feedback import FeedbackPage

NOW = datetime(2026, 6, 20, tzinfo=UTC)
"""When the grading takes place; fixed, so that every run does the same."""


class Stopwatch:
    """CPU seconds by step; a step inside another one is not counted twice."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._open = ["the rest"]
        self._since = time.process_time()

    def _book(self) -> None:
        now = time.process_time()
        self.spent[self._open[-1]] += now - self._since
        self._since = now

    def start(self, step: str) -> None:
        """Count from now on towards this step."""
        self._book()
        self._open.append(step)

    def stop(self) -> None:
        """Count from now on towards the step that this one is a part of."""
        self._book()
        self._open.pop()

    def watch(self, owner: Any, name: str, step: str) -> None:
        """Count the time of a function, or of the steps of a generator function, towards a step."""
        original = getattr(owner, name)

        def timed(*given: Any, **named: Any) -> Any:
            self.start(step)
            try:
                result = original(*given, **named)
            finally:
                self.stop()
            return self._steps(result, step) if isinstance(result, Iterator) else result

        setattr(owner, name, timed)

    def _steps(self, made: Iterator[Any], step: str) -> Iterator[Any]:
        while True:
            self.start(step)
            try:
                one = next(made)
            except StopIteration:
                return
            finally:
                self.stop()
            yield one


def watched() -> Stopwatch:
    """Put a stopwatch on every step of the pipeline."""
    watch = Stopwatch()
    watch.watch(intake, "everything", "intake: find, read, keep in the inbox")
    watch.watch(pipeline, "read", "reading answers and cells")
    watch.watch(pipeline, "marked", "marking")
    watch.watch(pipeline._MarkingDesk, "put", "marking desk: files")
    watch.watch(Template, "fill", "marking desk: notebook")
    for name in ("write_students", "write", "read", "write_penalties"):
        watch.watch(gradebook, name, "gradebook")
    watch.watch(pipeline, "write_feedback", "feedback: files")
    watch.watch(FeedbackPage, "render", "feedback: page")
    return watch


def _used() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def main() -> None:
    """Grade, and where asked print as JSON what the steps or the report cost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cohort", type=Path)
    parser.add_argument("hand_ins", type=Path)
    parser.add_argument("--steps", action="store_true")
    parser.add_argument("--report", action="store_true")
    given = parser.parse_args()
    watch = watched() if given.steps else None
    cohort = open_cohort(given.cohort)
    graded = pipeline.grade(cohort, [given.hand_ins], NOW)
    if graded.refusals:
        raise SystemExit(f"{len(graded.refusals)} hand-ins were refused")
    found: dict[str, object] = {}
    if watch:
        watch.stop()
        found["steps"] = watch.spent
    if given.report:
        before = _used()
        pipeline.write_reports(cohort, graded, NOW)
        found["report"] = _used() - before
    print(json.dumps(found))


if __name__ == "__main__":
    main()
