"""How the marks on a second marker's sheet come into the cohort."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

from kamlib.grading import rubric, second_record, second_sheet
from kamlib.grading.cohort import Cohort, CohortError, alone, fold
from kamlib.grading.pipeline import standing
from kamlib.grading.second_record import Drawing, Drawn, Given
from kamlib.grading.second_sheet import Cell, Line
from kamlib.items.model import Item, Prose
from kamlib.items.responses import clean, read_number, short
from kamlib.words import Message, message, number


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sheet brought."""

    new: int
    """Answers that have a second mark now and had none before."""
    same: int
    """Answers whose second mark was there already."""
    changed: tuple[Message, ...]
    """One sentence for each second mark that is another one now."""
    problems: tuple[Message, ...]
    """One sentence for each cell that wants a look."""
    unmarked: tuple[str, ...]
    """The blind numbers on the sheet that have no second mark yet."""


def take(cohort: Cohort, sheet: Path) -> Taken:
    """Read a sheet that came back, and keep its marks; what is good is taken, the rest is said.

    A mark that differs from one taken before replaces it and is said; the one before is kept too.
    What is empty now replaces nothing. Raises `CohortError` where the file is no such sheet, or
    none of its numbers is known.
    """
    cohort.check_open()
    try:
        data = sheet.read_bytes()
    except OSError:
        raise CohortError(
            message("{file} is not there, or cannot be read.", file=str(sheet))
        ) from None
    lines = second_sheet.read(sheet.name, data)
    with alone(cohort.root):
        taking = _Taking(cohort)
        for line in lines:
            taking.line(line)
        if not taking.seen:
            raise CohortError(
                message(
                    "None of the blind numbers in {file} belongs to {cohort}. Is it the sheet of "
                    "another cohort?",
                    file=sheet.name, cohort=cohort.settings.name,
                )
            )  # fmt: skip
        return taking.keep()


@dataclass(slots=True)
class _Taking:
    """One sheet being taken."""

    cohort: Cohort
    drawings: dict[str, Drawing] = field(init=False)
    known: dict[str, tuple[str, Drawn]] = field(init=False)
    """By blind number the unit and the answer."""
    columns: dict[str, dict[str, dict[str, str]]] = field(init=False)
    """By unit and folded heading, which criterion it is of which item."""
    seen: dict[str, tuple[Given | None, str]] = field(default_factory=dict)
    """By blind number what was read, and the cell of the number."""
    problems: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        bundles = self.cohort.bundles
        self.drawings = {unit: second_record.read(self.cohort, unit) for unit in bundles}
        self.known = {
            line.number: (unit, line)
            for unit, drawing in self.drawings.items()
            for line in drawing.lines
        }
        self.columns = {unit: second_sheet.criteria(bundle) for unit, bundle in bundles.items()}

    def line(self, line: Line) -> None:
        """Take one line of the sheet."""
        name = fold(str(line.number.value or ""))
        if not name:
            if not _empty(line.score):
                self.problems.append(
                    message("{cell}: a score without a blind number; it was not taken.",
                            cell=line.score.at)
                )  # fmt: skip
            return
        if name not in self.known:
            self.problems.append(
                message(
                    "{cell}: there is no answer with the blind number “{number}” in this cohort.",
                    cell=line.number.at, number=_shown(line.number),
                )
            )  # fmt: skip
            return
        unit, drawn = self.known[name]
        item = next(each for each in self.cohort.bundles[unit].items if each.id == drawn.item)
        given = self._given(line, item, name, self.columns[unit])
        there, at = self.seen.get(name, (None, ""))
        if there is None:
            self.seen[name] = given, line.number.at
        elif given is not None and given != there:
            self.problems.append(
                message(
                    "{cell}: {number} stands a second time with other marks; those beside {first} "
                    "were taken.",
                    cell=line.number.at, number=name, first=at,
                )
            )  # fmt: skip

    def _given(
        self, line: Line, item: Item, name: str, columns: dict[str, dict[str, str]]
    ) -> Given | None:
        """Return what a line gives, or None where it gives no mark."""
        levels = self._levels(line, item, name, columns)
        comment = clean(str(line.comment.value)) if not _empty(line.comment) else ""
        asked = len(item.criteria) if isinstance(item, Prose) else 0
        if _empty(line.score):
            if levels and len(levels) == asked:
                score = rubric.score(levels.values(), asked, item.points)
                self.problems.append(
                    message(
                        "{cell}: {number} has no score. Its levels make {score} points, which were "
                        "taken.",
                        cell=line.score.at, number=name, score=score,
                    )
                )  # fmt: skip
                return Given(score=score, levels=levels, comment=comment)
            if levels or comment:
                self.problems.append(
                    message(
                        "{cell}: {number} has no score, so nothing of its line was taken. Write a "
                        "number from 0 to {max}.",
                        cell=line.score.at or line.number.at, number=name, max=item.points,
                    )
                )  # fmt: skip
            return None
        read = read_number(line.score.value)
        if read is None:
            self.problems.append(
                message(
                    "{cell}: “{value}” is no score for {number}, so nothing of its line was taken. "
                    "Write a number from 0 to {max}.",
                    cell=line.score.at, value=_shown(line.score), number=name, max=item.points,
                )
            )  # fmt: skip
            return None
        if not 0 <= read <= item.points:
            self.problems.append(
                message(
                    "{cell}: {number} is worth 0 to {max} points; {score} is outside, so nothing of "
                    "its line was taken.",
                    cell=line.score.at, number=name, max=item.points, score=read,
                )
            )  # fmt: skip
            return None
        return Given(score=read, levels=levels, comment=comment)

    def _levels(
        self, line: Line, item: Item, name: str, columns: dict[str, dict[str, str]]
    ) -> dict[str, int]:
        levels: dict[str, int] = {}
        for heading, cell in line.others.items():
            criterion = columns.get(heading, {}).get(item.id)
            if criterion is None or _empty(cell):
                continue
            level = _level(cell)
            if level is not None:
                levels[criterion] = level
                continue
            self.problems.append(
                message(
                    "{cell}: “{value}” is no level for {number}; the levels are 0 to {top}. The "
                    "line was taken without it.",
                    cell=cell.at, value=_shown(cell), number=name, top=rubric.TOP,
                )
            )  # fmt: skip
        return levels

    def keep(self) -> Taken:
        """Keep what was read, and return what came of it."""
        new = same = 0
        changed: list[Message] = []
        unmarked: list[str] = []
        lines: dict[str, list[Drawn]] = {}
        for name, (given, _) in self.seen.items():
            unit, drawn = self.known[name]
            if given is None:
                if drawn.second is None:
                    unmarked.append(name)
            elif drawn.second == given:
                same += 1
            else:
                update: dict[str, object] = {"second": given}
                if drawn.second is None:
                    new += 1
                else:
                    changed.append(_change(drawn, drawn.second, given))
                    update["earlier"] = (*drawn.earlier, drawn.second)
                lines.setdefault(unit, []).append(drawn.model_copy(update=update))
        for unit, mine in lines.items():
            self._write(unit, mine)
        return Taken(new, same, tuple(changed), tuple(self.problems), tuple(unmarked))

    def _write(self, unit: str, lines: list[Drawn]) -> None:
        """Write the lines, each with the first mark as it stands before both see each other's."""
        drawing = self.drawings[unit].changed(lines)
        items = self.cohort.bundles[unit].items
        fixed = [
            line.model_copy(update={"first": second_record.first_of(line, item, one)})
            for line, item, one in second_record.current(
                drawing, items, standing(self.cohort, unit)
            )
            if line.second
        ]
        second_record.write(self.cohort, drawing.changed(fixed))


def _change(drawn: Drawn, before: Given, after: Given) -> Message:
    values = {"number": drawn.number, "before": before.score, "after": after.score}
    if before.score == after.score:
        said = message("{number}: other levels or another comment than before; the score is still "
                       "{after}.", **values)  # fmt: skip
    else:
        said = message("{number}: the second score was {before} and is {after} now.", **values)
    if drawn.agreed is None:
        return said
    return message(
        "{said} You had settled at {agreed}; look at it again.", said=said, agreed=drawn.agreed
    )


def _empty(cell: Cell) -> bool:
    return cell.value is None or not str(cell.value).strip()


def _level(cell: Cell) -> int | None:
    """Return the level in a cell: as typed, or as chosen from the list, where a word follows it."""
    if isinstance(cell.value, str):
        found = re.match(r"\s*(\d+)(?![\d.,])", cell.value)
        level = float(found[1]) if found else None
    else:
        level = read_number(cell.value)
    if level is None or not level.is_integer() or not 0 <= level <= rubric.TOP:
        return None
    return int(level)


def _shown(cell: Cell) -> str:
    value = cell.value
    if isinstance(value, float | int) and not isinstance(value, bool):
        return number(value)
    return short(value.isoformat() if isinstance(value, date | time) else str(value), 40)
