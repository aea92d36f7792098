"""What a cohort keeps of its second marking: the answers drawn, with the marks that came back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from kamlib.grading.cohort import Cohort, CohortError
from kamlib.grading.corrections import answers_digest
from kamlib.grading.results import ItemResult, Result, SecondMark
from kamlib.grading.rubric import read_levels
from kamlib.items.model import Item, Prose, Record
from kamlib.words import message

FOLDER = "second"
"""In the cohort's folder: one file a unit, and the sheets that were written."""


class Given(Record):
    """What one person gave to one answer."""

    score: float
    """Points in [0, the item's points]."""
    levels: dict[str, int] = Field(default_factory=dict)
    """By criterion the level, 0 to 3, of those that have one."""
    comment: str = ""


class Drawn(Record):
    """One answer that was drawn."""

    number: str
    """The blind number under which the second marker knows it."""
    code: str
    """Whose; the roster code and no name."""
    item: str
    answer: str
    """The digest of the answer: a later hand-in with another answer is not meant."""
    first: Given | None = None
    """The first mark as it stood before both could see each other's; None while there is none."""
    second: Given | None = None
    earlier: tuple[Given, ...] = ()
    """What the second marker gave before he changed it, oldest first."""
    agreed: float | None = None
    """The score that both settled on."""


class Draw(Record):
    """One draw, and so one sheet."""

    token: str
    """With what its numbers begin."""
    seed: int
    """The same seed over the same answers and first marks draws the same."""
    share: float
    at_least: int
    marker: str = ""
    made: datetime
    lines: tuple[Drawn, ...]
    """In the order of the sheet."""


class Drawing(Record):
    """Everything drawn of one unit."""

    version: Literal[1] = 1
    unit: str
    draws: tuple[Draw, ...] = ()

    @property
    def lines(self) -> Iterator[Drawn]:
        """Every answer drawn, in the order of the sheets."""
        return (line for draw in self.draws for line in draw.lines)

    def changed(self, lines: Iterable[Drawn]) -> Drawing:
        """Return this with these lines in the place of those with the same number."""
        new = {line.number: line for line in lines}
        draws = tuple(
            draw.model_copy(
                update={"lines": tuple(new.get(line.number, line) for line in draw.lines)}
            )
            for draw in self.draws
        )
        return self.model_copy(update={"draws": draws})


def path_of(cohort: Cohort, unit: str) -> Path:
    """Return where a unit's drawing is kept."""
    return cohort.root / FOLDER / f"{unit}.json"


def read(cohort: Cohort, unit: str) -> Drawing:
    """Return what was drawn of a unit, without draws where nothing was.

    Raises `CohortError` where the file is damaged: it is never taken for empty, since marks that
    people gave stand in it.
    """
    path = path_of(cohort, unit)
    try:
        return Drawing.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Drawing(unit=unit)
    except ValidationError:
        raise CohortError(
            message("{file} is damaged. Put back the last good copy; the second marks stand in it.",
                    file=f"{FOLDER}/{path.name}")
        ) from None  # fmt: skip


def write(cohort: Cohort, drawing: Drawing) -> None:
    """Keep a unit's drawing, all of it or nothing."""
    path = path_of(cohort, drawing.unit)
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(drawing.model_dump_json(indent=1, exclude_defaults=True) + "\n", "utf-8")
    part.replace(path)


def digest(item: Item, response: object) -> str:
    """Return what tells an answer to an item from another one."""
    return answers_digest([item], {item.id: response})


def first_given(item: Item, one: ItemResult) -> Given | None:
    """Return what the first marker gave to this very answer, with levels where they were noted."""
    if one.human_score is None or one.review:
        return None
    judged = read_levels(one.comment, item.criteria if isinstance(item, Prose) else ())
    return Given(score=one.human_score, levels=dict(judged.levels), comment=judged.comment)


def first_of(line: Drawn, item: Item, one: ItemResult) -> Given | None:
    """Return the first mark of a drawn answer.

    What was kept when the second mark came in counts, then what stands in the gradebook; once
    both have settled, the gradebook holds their score and not the first one's.
    """
    if line.first is not None or line.agreed is not None:
        return line.first
    return first_given(item, one)


def current(
    drawing: Drawing, items: Iterable[Item], results: Iterable[Result]
) -> Iterator[tuple[Drawn, Item, ItemResult]]:
    """Yield the drawn answers that still count, each with its item and how it stands."""
    by_id = {item.id: item for item in items}
    there = {
        (result.trainee.code, one.mark.item): one for result in results for one in result.items
    }
    for line in drawing.lines:
        one = there.get((line.code, line.item))
        if one and line.item in by_id and digest(by_id[line.item], one.response) == line.answer:
            yield line, by_id[line.item], one


def with_second(cohort: Cohort, unit: str, results: Sequence[Result]) -> tuple[Result, ...]:
    """Return the results of a unit, each answer with its second mark where it has one."""
    drawing = read(cohort, unit)
    found: dict[tuple[str, str], SecondMark] = {}
    for line, item, one in current(drawing, cohort.bundles[unit].items, results):
        if line.second:
            first = first_of(line, item, one)
            mark = SecondMark(line.second.score, first.score if first else None)
            found[line.code, line.item] = mark
    if not found:
        return tuple(results)
    return tuple(
        replace(
            result,
            items=tuple(
                replace(one, second=found.get((result.trainee.code, one.mark.item)))
                for one in result.items
            ),
        )
        for result in results
    )


def forget(cohort: Cohort, code: str) -> None:
    """Delete what is kept of a trainee's answers, and every sheet that holds one of them."""
    for unit in cohort.bundles:
        drawing = read(cohort, unit)
        draws = []
        for draw in drawing.draws:
            left = tuple(line for line in draw.lines if line.code != code)
            if len(left) < len(draw.lines):
                sheet_of(cohort, unit, draw.token).unlink(missing_ok=True)
            draws.append(draw.model_copy(update={"lines": left}))
        if tuple(draws) != drawing.draws:
            write(cohort, drawing.model_copy(update={"draws": tuple(draws)}))


def rename(cohort: Cohort, code: str, to: str) -> None:
    """Put another code to what is kept of a trainee; the sheets hold no code."""
    for unit in cohort.bundles:
        drawing = read(cohort, unit)
        mine = [line for line in drawing.lines if line.code == code]
        if mine:
            write(cohort, drawing.changed(line.model_copy(update={"code": to}) for line in mine))


def sheet_of(cohort: Cohort, unit: str, token: str) -> Path:
    """Return where the sheet of a draw is written."""
    return cohort.root / FOLDER / f"{unit}.{token}.xlsx"
