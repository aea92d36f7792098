"""How answers are drawn for a second marker, and how what both then agree on becomes the mark."""

from __future__ import annotations

import math
import random
import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kamlib.grading import second_record, second_sheet
from kamlib.grading.by_person import check_score, put_mark, unit_of
from kamlib.grading.cohort import Cohort, CohortError, alone, fold
from kamlib.grading.moderation import Moderation, moderated
from kamlib.grading.pipeline import standing
from kamlib.grading.results import ItemResult, Result
from kamlib.grading.second_record import Draw, Drawing, Drawn
from kamlib.items.mark import Outcome
from kamlib.items.model import Item, Prose
from kamlib.words import Message, message

CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"
"""What a sheet's token is made of: no vowel, so that Excel never takes it for a month or a word."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a draw made."""

    unit: str
    path: Path
    """The Excel file for the second marker."""
    draw: Draw
    said: tuple[Message, ...]


def eligible(
    items: Iterable[Item], results: Iterable[Result]
) -> Iterator[tuple[str, Item, ItemResult]]:
    """Yield code, item and result of every answer in prose and every other that waited for a person.

    A blank answer is left out: two people cannot differ about it.
    """
    by_id = {item.id: item for item in items}
    for result in results:
        for one in result.items:
            item = by_id.get(one.mark.item)
            if item is None or one.mark.outcome is Outcome.NOT_ATTEMPTED:
                continue
            if isinstance(item, Prose) or one.mark.needs_human:
                yield result.trainee.code, item, one


def sample(
    items: Sequence[Item],
    results: Iterable[Result],
    share: float,
    at_least: int,
    seed: int,
    before: Collection[tuple[str, str, str]] = (),
) -> list[Drawn]:
    """Draw answers of each item at random, and return them by item with numbers from 1.

    Of each item that `share` of its answers is drawn, at least `at_least` of them, or all.
    Answers are put in the order of their first mark, ties at random, and every n-th is taken from
    a random start: so each has the same chance, and low and high marks come in the proportion
    they have. `before` holds code, item and digest of the answers drawn earlier, which are left
    out. The same seed over the same answers draws the same.
    """
    chance = random.Random(seed)
    found: dict[str, list[tuple[float, float, Drawn]]] = {item.id: [] for item in items}
    there = sorted(eligible(items, results), key=lambda one: (one[1].id, one[0]))
    for code, item, one in there:
        answer = second_record.digest(item, one.response)
        if (code, item.id, answer) in before:
            continue
        first = second_record.first_given(item, one)
        score = first.score if first else math.inf
        line = Drawn(number="", code=code, item=item.id, answer=answer)
        found[item.id].append((score, chance.random(), line))
    drawn: list[Drawn] = []
    for answers in found.values():
        if not answers:
            continue
        answers.sort(key=lambda one: one[:2])
        wanted = min(len(answers), max(at_least, math.ceil(share * len(answers) - 1e-9)))
        step = len(answers) / wanted
        start = chance.random() * step
        taken = [answers[min(len(answers) - 1, int(start + step * n))][2] for n in range(wanted)]
        # the order on the sheet must not tell the first marks
        drawn += sorted(taken, key=lambda line: chance.random())
    return drawn


def draw(
    cohort: Cohort,
    unit: str = "",
    share: float = 0.2,
    at_least: int = 5,
    marker: str = "",
    seed: int | None = None,
    now: datetime | None = None,
) -> Sheet:
    """Draw answers for a second marker and write the sheet to mark them in, blind.

    Without a unit the only one with answers to draw from is taken. Raises `CohortError` where
    there is nothing to draw, or a setting makes no sense.
    """
    cohort.check_open()
    if not 0 < share <= 1:
        raise CohortError(
            message("The share to draw is above 0 and at most 1, as in 0.2; {share} is not.", share=share)
        )  # fmt: skip
    if at_least < 1:
        raise CohortError(message("At least one answer has to be drawn; {n} is none.", n=at_least))
    unit, results = _to_draw_from(cohort, unit)
    bundle = cohort.bundles[unit]
    with alone(cohort.root):
        drawing = second_record.read(cohort, unit)
        before = {(line.code, line.item, line.answer) for line in drawing.lines}
        seed = secrets.randbelow(2**31) if seed is None else seed
        lines = sample(bundle.items, results, share, at_least, seed, before)
        if not lines:
            raise CohortError(
                message("There is nothing left to draw in {unit}: all {n} answers were drawn before.",
                        unit=unit, n=len(before))
                if before else _nothing(unit)
            )  # fmt: skip
        token = _token(cohort, seed)
        lines = [
            line.model_copy(update={"number": f"{token}-{no:02d}"})
            for no, line in enumerate(lines, 1)
        ]
        made = Draw(
            token=token, seed=seed, share=share, at_least=at_least, marker=marker,
            made=(now or datetime.now(UTC)).astimezone(cohort.zone), lines=tuple(lines),
        )  # fmt: skip
        path = second_record.sheet_of(cohort, unit, token)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(_sheet(cohort, unit, made, results))
        second_record.write(cohort, drawing.model_copy(update={"draws": (*drawing.draws, made)}))
    return Sheet(unit, path, made, tuple(_said(made, bool(before), bundle.items)))


def _to_draw_from(cohort: Cohort, unit: str) -> tuple[str, Sequence[Result]]:
    if unit and unit not in cohort.bundles:
        raise CohortError(_no_unit(cohort, unit))
    found = {}
    for name in [unit] if unit else cohort.bundles:
        results = standing(cohort, name)
        if any(True for _ in eligible(cohort.bundles[name].items, results)):
            found[name] = results
    if not found:
        raise CohortError(_nothing(unit or ", ".join(cohort.bundles)))
    if len(found) > 1:
        raise CohortError(
            message("Several units have answers to draw from. Say which, with --unit: {names}.",
                    names=list(found))
        )  # fmt: skip
    return next(iter(found.items()))


def _no_unit(cohort: Cohort, unit: str) -> Message:
    return message(
        "There is no unit “{name}”. The units are: {names}.", name=unit, names=list(cohort.bundles)
    )


def _nothing(unit: str) -> Message:
    return message(
        "There is nothing to draw in {unit}: nobody has handed in an answer in prose or one that "
        "waits for a person.",
        unit=unit,
    )


def _said(made: Draw, again: bool, items: Sequence[Item]) -> Iterator[Message]:
    no = {item.id: place for place, item in enumerate(items, 1)}
    counts = {item: sum(line.item == item for line in made.lines) for item in no}
    yield message(
        "{n} answers were drawn for {marker}: {counts}.",
        n=len(made.lines),
        marker=made.marker or message("a second marker"),
        counts=[
            message("question {no}: {n}", no=no[item], n=count)
            for item, count in counts.items() if count
        ],
    )  # fmt: skip
    if again:
        yield message("Answers drawn earlier were left out.")
    yield message(
        "The sheet shows neither names nor first marks. What trainees typed stands in it as it is, "
        "names and telephone numbers too: send it by a way you would send those."
    )


def _token(cohort: Cohort, seed: int) -> str:
    """Return three letters that no other sheet of the cohort begins its numbers with."""
    used = {
        made.token for unit in cohort.bundles for made in second_record.read(cohort, unit).draws
    }
    chance = random.Random(f"token {seed}")
    while (token := "".join(chance.choice(CONSONANTS) for _ in range(3))) in used:
        pass
    return token


def _sheet(cohort: Cohort, unit: str, made: Draw, results: Sequence[Result]) -> bytes:
    bundle, lang = cohort.bundles[unit], cohort.settings.instructor_lang
    words = bundle.words(lang)
    title = words.say(
        message(
            "Second marking · {cohort} · {title} · {marker}",
            cohort=cohort.settings.name,
            title=message(bundle.title),
            marker=made.marker or message("a second marker"),
        )
    )
    drawing = Drawing(unit=unit, draws=(made,))
    answers = [
        second_sheet.Answer(line.number, item, one.response)
        for line, item, one in second_record.current(drawing, bundle.items, results)
    ]
    return second_sheet.write(bundle, lang, title, answers)


def moderations(cohort: Cohort, unit: str = "") -> list[Moderation]:
    """Return the moderation table of each unit of which something was drawn, or of this one.

    Raises `CohortError` where nothing was drawn.
    """
    if unit and unit not in cohort.bundles:
        raise CohortError(_no_unit(cohort, unit))
    found = []
    for name in [unit] if unit else cohort.bundles:
        drawing = second_record.read(cohort, name)
        if drawing.draws:
            items = cohort.bundles[name].items
            found.append(moderated(drawing, items, standing(cohort, name)))
    if not found:
        raise CohortError(
            message("Nothing was drawn for a second marker yet. Begin with: kam second draw {folder}",
                    folder=cohort.root.name)
        )  # fmt: skip
    return found


def settle(cohort: Cohort, code: str, item: str, score: float, comment: str = "") -> Message:
    """Put the score that both markers agree on into the gradebook, and return what was done.

    It is a person's mark like any other; an empty comment leaves the one that is there. Raises
    `CohortError` where the answer has no second mark, or the item is not worth so much.
    """
    cohort.check_open()
    unit, code = unit_of(cohort, item), fold(code)
    check_score(cohort, item, score)
    with alone(cohort.root):
        drawing = second_record.read(cohort, unit)
        current = second_record.current(drawing, cohort.bundles[unit].items, standing(cohort, unit))
        found = [one for one in current if one[0].code == code and one[0].item == item]
        if not found:
            raise CohortError(
                message(
                    "{code}’s answer to {item} was not drawn for a second marker; "
                    "kam mark changes its score.",
                    code=code, item=item,
                )
            )  # fmt: skip
        line, which, one = found[0]
        if line.second is None:
            raise CohortError(
                message("{code}’s answer to {item} has no second mark yet: take the sheet first.",
                        code=code, item=item)
            )  # fmt: skip
        # the first mark is kept before the gradebook loses it to the agreed one
        line = line.model_copy(update={"first": second_record.first_of(line, which, one)})
        second_record.write(cohort, drawing.changed([line]))
        put_mark(cohort, code, item, score, comment)
        line = line.model_copy(update={"agreed": score})
        second_record.write(cohort, drawing.changed([line]))
    return message(
        "{code} {item}: settled at {score} of {max} points.",
        code=code, item=item, score=score, max=which.points,
    )  # fmt: skip
