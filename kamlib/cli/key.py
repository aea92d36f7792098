"""The verbs that correct a key in a running cohort: `kam key preview, apply, history`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from kamlib.cli.console import CohortPath, fail, in_zone, out, plainly, say, table
from kamlib.words import N_, Message, Words, message, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kamlib.course.syllabus import Unit
    from kamlib.grading.cohort import Cohort
    from kamlib.grading.new_key import Corrected
    from kamlib.grading.rekey import Move, Preview

key_app = typer.Typer(no_args_is_help=True, help="Correct a key after hand-ins were marked.")

UnitName = Annotated[str, typer.Argument(help="The unit, as in 01_am_types.")]
KeyFile = Annotated[
    Path | None,
    typer.Option("--from", help="A corrected copy of key.yaml; the course's own unless said."),
]
KeepHigher = Annotated[
    bool, typer.Option("--keep-higher", help="Nobody loses: a higher mark of before stays.")
]


@key_app.command("preview")
@plainly
def key_preview(
    cohort: CohortPath, unit: UnitName, from_: KeyFile = None, keep_higher: KeepHigher = False
) -> None:
    """Show what a corrected key changes, whose marks move and why; nothing is written."""
    from kamlib.grading.cohort import open_cohort
    from kamlib.grading.rekey import preview

    group = open_cohort(cohort)
    file, course = _key_file(unit, from_)
    found = preview(group, unit, file, course, keep_higher)
    words = _words(group, unit)
    if found.problems:
        raise fail(found.problems, words)
    show(found, words)
    if found.corrected:
        say(
            message("Nothing was written. Put it into force with: kam key apply {cohort} {unit} "
                    "--why \"…\"", cohort=str(cohort), unit=unit),
            words,
        )  # fmt: skip


@key_app.command("apply")
@plainly
def key_apply(
    cohort: CohortPath,
    unit: UnitName,
    why: Annotated[
        str, typer.Option(help="Why, in a sentence; the trainees whose mark moves read it.")
    ],
    why_zh: Annotated[str, typer.Option(help="The same in Chinese.")] = "",
    from_: KeyFile = None,
    keep_higher: KeepHigher = False,
    report: Annotated[bool, typer.Option(help="Write the cohort report too.")] = True,
    now: Annotated[
        datetime | None, typer.Option(help="The time to correct at, instead of the clock's.")
    ] = None,
) -> None:
    """Put a corrected key into force, keep the old one, and grade the cohort again."""
    from kamlib.grading.cohort import open_cohort
    from kamlib.grading.pipeline import write_reports
    from kamlib.grading.rekey import apply

    group = open_cohort(cohort)
    file, course = _key_file(unit, from_)
    moment = in_zone(now, group)
    done = apply(
        group, unit, file, why,
        course=course, keep_higher=keep_higher, why_in={"zh": why_zh}, now=moment,
    )  # fmt: skip
    words = _words(group, unit)
    if done.graded is None:
        raise fail(done.preview.problems, words)
    show(done.preview, words)
    if done.fix:
        say(
            message("✓ The key is in force, and the cohort is graded again. The key before is kept: "
                    "{file}", file=f"course/{unit}/keys/{done.fix.number:03}.json"),
            words,
        )  # fmt: skip
    group = open_cohort(cohort)
    if report:
        for path in write_reports(group, done.graded, moment):
            say(message("Report: {path}", path=str(path)), words)
    if done.fix and done.fix.moved:
        say(
            message("The feedback that trainees have is still the one before. Look at the new one, "
                    "then: kam feedback release {cohort}", cohort=str(cohort)),
            words,
        )  # fmt: skip


@key_app.command("history")
@plainly
def key_history(cohort: CohortPath) -> None:
    """List every correction of a key in this cohort: when, why, what, and who moved."""
    from kamlib.grading.cohort import open_cohort
    from kamlib.grading.pages import moment
    from kamlib.grading.rekey import history

    group = open_cohort(cohort)
    past = history(group)
    if not past:
        say(message("No key of this cohort was ever corrected."), _words(group))
    for one in past:
        words = _words(group, one.unit)
        when = moment(one.fix.at, words.lang)
        up, down, kept = one.fix.counts
        out.print(f"{one.unit} · {one.fix.number} · {when}", markup=False, style="bold")
        say(message("Reason: {why}", why=Message(one.fix.why)), words)
        _changes(one.corrected, words)
        say(
            message("Marks up: {up}, down: {down}, kept: {kept}.", up=up, down=down, kept=kept),
            words,
        )
        no = {item.id: n for n, item in enumerate(group.bundles[one.unit].items, 1)}
        for moved in one.fix.moved:
            after = moved.before if moved.kept is not None else moved.after
            line = f"  {moved.code}  {no[moved.item]}  {_points(moved.before)} → {_points(after)}"
            out.print(line, markup=False)


def show(found: Preview, words: Words) -> None:
    """Print what a corrected key changes, then whose marks move, then the counts."""
    if not found.corrected:
        say(message("This key is in force already; nothing is to be changed."), words)
        return
    _changes(found.corrected, words)
    for warning in found.warnings:
        say(warning, words, "?")
    lower = [move for move in found.down if not move.kept]
    kept = [move for move in found.down if move.kept]
    higher = [move for move in found.moves if move.after > move.before]
    _table(message("Marks that go up"), higher, found, words)
    _table(message("Marks that go down"), lower, found, words)
    if lower:
        say(message("Should nobody lose by this, add --keep-higher: these marks stay then."), words)
    _table(message("Marks that would go down and stay as they are"), kept, found, words)
    for one in found.stands:
        say(
            message(
                "{name} ({code}), question {no}: a person set {score} points, and they stand. The "
                "machine’s mark goes from {before} to {after}. Look again?",
                name=one.trainee.name, code=one.trainee.code, no=one.no, score=_round(one.score),
                before=_round(one.before), after=_round(one.after),
            ),
            words,
        )  # fmt: skip
    up, down, same = found.counts
    say(message("Trainees’ points: {up} up, {down} down, {same} the same.",
                 up=up, down=down, same=same), words)  # fmt: skip
    before, after = found.waiting
    if before != after:
        say(message("Answers that wait for a person: {before} before, {after} after.",
                     before=before, after=after), words)  # fmt: skip


def _table(title: Message, moves: Sequence[Move], found: Preview, words: Words) -> None:
    if not moves:
        return
    heads = (N_("code"), N_("name"), N_("question"), N_("points"), N_("total"), N_("why"))
    shown = table(
        [words.translate(head) for head in heads],
        words.say(title),
        right=range(2, 5),
        whole=range(5),
    )
    totals = {total.trainee.code: total for total in found.totals}
    for move in moves:
        total = totals[move.trainee.code]
        why = words.say(move.why)
        if move.follows:
            why = words.say(message("follows from another question: {why}", why=move.why))
        # names and reasons hold brackets that are no markup
        shown.add_row(
            move.trainee.code,
            Text(move.trainee.name),
            str(move.no),
            f"{_points(move.before)} → {_points(move.after)}",
            f"{_points(total.before)} → {_points(total.after)}",
            Text(why),
        )
    out.print(shown)


def _changes(corrected: Iterable[Corrected], words: Words) -> None:
    for one in corrected:
        out.print(f"{one.no}  {words.say(one.title)}  ({one.item})", markup=False)
        for change in one.how:
            out.print(f"   {words.say(change)}", markup=False)


def _key_file(unit: str, given: Path | None) -> tuple[Path, Unit | None]:
    """Return the corrected key's file, and the unit of the course where there is one."""
    from kamlib.course.syllabus import CourseError, open_course

    if given is None:
        course = open_course().unit(unit)
        return course.folder / "key.yaml", course
    try:
        return given, open_course().unit(unit)
    except CourseError:
        return given, None


def _words(group: Cohort, unit: str = "") -> Words:
    return group.words(unit, group.settings.instructor_lang)


def _round(points: float) -> float:
    return round(points, 2)


def _points(points: float) -> str:
    return number(_round(points))
