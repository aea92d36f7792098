"""The verbs of double marking: `kam second draw, take, show, settle`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kamlib.cli.console import CohortPath, out, plainly, say, table
from kamlib.cli.grading import NEEDS_A_LOOK
from kamlib.words import N_, Message, Words, message, number

if TYPE_CHECKING:
    from rich.table import Table

    from kamlib.grading.moderation import Compared, Moderation

second_app = typer.Typer(
    no_args_is_help=True, help="Have a sample marked by a second person, and compare."
)

UnitOption = Annotated[str, typer.Option(help="The unit, as in 01_am_types.")]


@second_app.command()
@plainly
def draw(
    cohort: CohortPath,
    unit: UnitOption = "",
    share: Annotated[
        float, typer.Option(help="How much of each question's answers: 0.2 is a fifth.")
    ] = 0.2,
    at_least: Annotated[int, typer.Option(help="At least so many of each question.")] = 5,
    marker: Annotated[str, typer.Option(help="Who marks them, for the sheet's title.")] = "",
    seed: Annotated[
        int | None, typer.Option(help="The seed of an earlier draw, to draw the same again.")
    ] = None,
) -> None:
    """Draw answers at random and write an Excel sheet for a second marker, without names or marks."""
    from kamlib.grading.cohort import open_cohort
    from kamlib.grading.second import draw as run

    group = open_cohort(cohort)
    words = Words(group.settings.instructor_lang)
    made = run(group, unit, share, at_least, marker, seed)
    for said in made.said:
        say(said, words)
    say(message("✓ The sheet: {path}", path=str(made.path)), words)


@second_app.command()
@plainly
def take(
    cohort: CohortPath,
    sheet: Annotated[Path, typer.Argument(help="The Excel sheet that came back.")],
) -> None:
    """Read the second marks from a sheet that came back.

    Exit code 0: all is well; 3: what is good was taken, and some cells want a look.
    """
    from kamlib.grading.cohort import open_cohort
    from kamlib.grading.second_taking import take as run

    group = open_cohort(cohort)
    words = Words(group.settings.instructor_lang)
    taken = run(group, sheet)
    for problem in taken.problems:
        say(problem, words, "?")
    for change in taken.changed:
        say(change, words, "!")
    if taken.unmarked:
        say(message("Not marked yet: {numbers}.", numbers=taken.unmarked), words)
    said = message(
        "✓ Second marks: {new} new, {changed} changed, {same} as before. See how they compare with: "
        "kam second show {folder}",
        new=taken.new, changed=len(taken.changed), same=taken.same, folder=str(cohort),
    )  # fmt: skip
    say(said, words)
    if taken.problems:
        raise typer.Exit(NEEDS_A_LOOK)


@second_app.command()
@plainly
def show(cohort: CohortPath, unit: UnitOption = "") -> None:
    """Show first and second marks beside each other, the furthest apart first."""
    from kamlib.grading.cohort import open_cohort
    from kamlib.grading.second import moderations

    group = open_cohort(cohort)
    for found in moderations(group, unit):
        bundle = group.bundles[found.unit]
        words = bundle.words(group.settings.instructor_lang)
        numbers = {item.id: no for no, item in enumerate(bundle.items, 1)}
        out.print(_table(found, f"{group.settings.name} · {found.unit}", numbers, words))
        for said in _summary(found):
            say(said, words)


def _table(found: Moderation, title: str, numbers: dict[str, int], words: Words) -> Table:
    heads = (
        N_("blind number"), N_("code"), N_("question"), N_("first"), N_("second"),
        N_("difference"), N_("levels apart"), N_("how it stands"),
    )  # fmt: skip
    # The item's name is needed whole, to settle.
    shown = table(
        [words.translate(head) for head in heads], title, right=range(3, 6), whole=range(3)
    )
    for row in found.rows:
        apart = row.difference
        shown.add_row(
            row.number,
            row.code,
            f"{numbers[row.item.id]} {row.item.id}",
            _score(row.first),
            _score(row.second),
            "" if apart is None else _signed(apart),
            _levels(row, words),
            ("⚑ " if row.flagged and row.agreed is None else "") + words.say(row.state),
        )
    return shown


def _levels(row: Compared, words: Words) -> str:
    apart = [level for level in row.levels if level.first != level.second]
    return "\n".join(
        f"{words.translate(level.criterion)}: {level.first} → {level.second}" for level in apart
    )


def _score(score: float | None) -> str:
    return "–" if score is None else number(round(score, 2))


def _signed(value: float) -> str:
    text = number(round(abs(value), 2))
    return text if text == "0" else f"{'−' if value < 0 else '+'}{text}"


def _summary(found: Moderation) -> list[Message]:
    from kamlib.grading.cohort_numbers import TooFew

    said = [
        message(
            "Answers drawn: {drawn}; with both marks: {n}. The same score, in quarters of the "
            "points: {exact} of {n}; at most a quarter apart: {adjacent} of {n}.",
            drawn=len(found.rows), n=found.pairs, exact=found.exact, adjacent=found.adjacent,
        ),
        found.stricter,
    ]  # fmt: skip
    match found.agreement:
        case TooFew(have, need):
            said.append(
                message("Quadratic weighted kappa: too few to judge: {have} of {need}.",
                        have=have, need=need)
            )  # fmt: skip
        case None:
            said.append(message("All marks are the same, so agreement cannot be measured."))
        case agreement:
            said.append(
                message(
                    "Quadratic weighted kappa {kappa} (95 % interval {low} to {high}); second minus "
                    "first {smd} standard deviations.",
                    kappa=round(agreement.kappa, 2), low=round(agreement.low, 2),
                    high=round(agreement.high, 2), smd=round(agreement.smd, 2),
                )
            )  # fmt: skip
    if found.outdated:
        said.append(
            message("{n} answers drawn do not count any more: their trainees handed in others.",
                    n=found.outdated)
        )  # fmt: skip
    if found.to_settle:
        said.append(
            message("To talk about: {n}. Then put in what you agree on, with: kam second settle",
                    n=found.to_settle)
        )  # fmt: skip
    return said


@second_app.command()
@plainly
def settle(
    cohort: CohortPath,
    code: Annotated[str, typer.Argument(help="The trainee's code.")],
    item: Annotated[str, typer.Argument(help="The item, as in am_types.always_right.")],
    score: Annotated[float, typer.Option(help="The score that both agree on.")],
    comment: Annotated[str, typer.Option(help="A comment; the trainee reads it.")] = "",
) -> None:
    """Put the score that both markers agree on into the gradebook."""
    from kamlib.grading.cohort import open_cohort
    from kamlib.grading.second import settle as run

    group = open_cohort(cohort)
    words = Words(group.settings.instructor_lang)
    say(run(group, code, item, score, comment), words, "✓")
    said = message("Bring it into feedback and report with: kam grade {folder}", folder=str(cohort))
    say(said, words)
