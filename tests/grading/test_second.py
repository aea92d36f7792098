"""Drawing answers for a second marker, and settling what both then agree on."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from zipfile import ZipFile

import pytest

from kamlib.grading import gradebook, report, second, second_record
from kamlib.grading.by_person import put_mark
from kamlib.grading.cohort import Cohort, CohortError
from kamlib.grading.pipeline import grade, standing, write_reports
from kamlib.grading.report_data import ReportData
from kamlib.grading.results import ItemResult, Result, SecondMark, Trainee
from kamlib.grading.second import draw, moderations, sample, settle
from kamlib.grading.second_taking import take
from kamlib.items.mark import Mark, Outcome
from kamlib.items.model import Item, parse_item
from kamlib.words import Words, message
from tests.grading.conftest import PROSE, UNIT, Send, first_mark
from tests.grading.sheets import fill

CHOICE = parse_item(
    {"id": "u.pick", "interaction": "choice", "title": "Pick", "prompt": "?", "points": 4,
     "options": {"a": "One", "b": "Two"}}
)  # fmt: skip
WHY = parse_item(
    {"id": "u.why", "interaction": "text", "title": "Why", "prompt": "?", "points": 4,
     "criteria": {"reason": "Names a reason"}}
)  # fmt: skip


def answered(item: Item, no: int, human: float | None = None, **more: object) -> Result:
    """Return a result with one answer: prose of its own, or a choice, marked by nobody else."""
    prose = item is WHY
    response = {"text": f"Answer {no}"} if prose else {"choice": "a"}
    mark = Mark(
        item.id, None if prose else 0.0, item.points,
        Outcome.CANNOT_BE_CHECKED if prose else Outcome.INCORRECT, (message("x"),),
        **{"needs_human": prose, **more},  # type: ignore[arg-type]
    )  # fmt: skip
    one = ItemResult(mark, response, human)
    return Result(Trainee(f"A{no:03d}", "", "en"), "u", (one,), None, attempts=1, counted=1)


def group(size: int, **more: object) -> list[Result]:
    """Return prose of so many people; a quarter has each of the first marks 0, 1, 2 and 4."""
    return [answered(WHY, no, (0, 1, 2, 4)[no % 4], **more) for no in range(size)]


def codes(results: list[Result], share: float, at_least: int = 1, seed: int = 1) -> list[str]:
    """Return whose answers are drawn."""
    return [one.code for one in sample([WHY, CHOICE], results, share, at_least, seed)]


# Drawing


def test_the_same_seed_draws_the_same_and_another_another() -> None:
    """A draw can be repeated from its seed, whatever the order in which the results come."""
    results = group(40)
    shuffled = random.Random(3).sample(results, len(results))
    assert codes(results, 0.5) == codes(shuffled, 0.5)
    assert codes(results, 0.5) != codes(results, 0.5, seed=2)


@pytest.mark.parametrize(
    ("size", "share", "at_least", "expected"),
    [(40, 0.2, 5, 8), (12, 0.2, 5, 5), (3, 0.2, 5, 3), (10, 1, 1, 10), (11, 0.2, 1, 3), (0, 1, 5, 0)],
)  # fmt: skip
def test_as_many_are_drawn_as_asked_for(
    size: int, share: float, at_least: int, expected: int
) -> None:
    """The share rounded up, at least the least, at most all, and nobody twice."""
    drawn = codes(group(size), share, at_least)
    assert len(drawn) == len(set(drawn)) == expected


@pytest.mark.parametrize("seed", range(8))
def test_high_and_low_first_marks_come_in_their_proportion(seed: int) -> None:
    """Of four first marks that are equally common, a draw of eight holds each twice."""
    results = group(40)
    scores = {result.trainee.code: result.items[0].human_score for result in results}
    drawn = codes(results, 0.2, seed=seed)
    assert Counter(scores[code] for code in drawn) == {0: 2, 1: 2, 2: 2, 4: 2}


def test_everybody_has_the_same_chance() -> None:
    """Over many seeds nobody is drawn much more often than anybody else."""
    results = group(20)
    counts = Counter(code for seed in range(600) for code in codes(results, 0.25, seed=seed))
    assert len(counts) == 20
    assert all(100 < count < 200 for count in counts.values())


def test_the_order_on_the_sheet_does_not_follow_the_first_marks() -> None:
    """Sorted drawing does not leak: the order of the sheet is random."""
    results = group(40)
    scores = {result.trainee.code: result.items[0].human_score or 0 for result in results}
    orders = [[scores[code] for code in codes(results, 0.5, seed=seed)] for seed in range(5)]
    assert not any(order == sorted(order) for order in orders)


def test_what_waited_for_a_person_is_drawn_and_all_else_is_not() -> None:
    """A choice that was sent to a person can be drawn; a plain one and a blank prose cannot."""
    plain = answered(CHOICE, 1)
    contested = answered(CHOICE, 2, needs_human=True)
    nothing = Mark(WHY.id, 0.0, 4, Outcome.NOT_ATTEMPTED, (message("x"),))
    blank = Result(
        Trainee("A003", "", "en"), "u", (ItemResult(nothing, None),), None, attempts=1, counted=1
    )
    assert codes([plain, contested, blank, answered(WHY, 4)], 1) == ["A004", "A002"]


def test_answers_drawn_before_are_left_out() -> None:
    """A second draw takes others; a new answer of the same person may be drawn."""
    results = group(10)
    before = {(one.code, one.item, one.answer) for one in sample([WHY], results, 0.5, 1, 1)}
    again = sample([WHY], results, 1, 1, 2, before)
    assert not before & {(one.code, one.item, one.answer) for one in again}
    assert len(again) == 5


def test_a_draw_is_kept_with_its_seed(marked_twice: Cohort) -> None:
    """The record says who marks, how much was asked for, and with which seed."""
    made = draw(marked_twice, marker="Wang", seed=11)
    (kept,) = second_record.read(marked_twice, UNIT).draws
    assert (kept.seed, kept.marker, kept.share, kept.at_least) == (11, "Wang", 0.2, 5)
    assert kept == made.draw
    assert Counter(line.item for line in kept.lines) == {PROSE: 24, "am_types.compare_regions": 1}


def test_the_sheet_is_blind(marked_twice: Cohort) -> None:
    """No code, no name, no first comment and no first mark stands anywhere in the file."""
    made = draw(marked_twice, share=1)
    with ZipFile(made.path) as file:
        whole = "".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())
    assert "prose number 7 " in whole
    assert "SECRET-COMMENT" not in whole
    assert "Nobody" not in whole
    assert not any(f"T{no:03d}" in whole for no in range(1, 121))
    assert "holds 2/3" not in whole


def test_a_second_draw_has_its_own_sheet_and_numbers(marked_twice: Cohort) -> None:
    """Both sheets can be out at the same time; when all is drawn, a sentence says so."""
    first, second = draw(marked_twice, seed=1), draw(marked_twice, share=1, seed=2)
    assert first.path != second.path
    assert first.path.exists()
    numbers = [line.number for line in second_record.read(marked_twice, UNIT).lines]
    assert len(set(numbers)) == len(numbers) == 120
    assert any("drawn earlier were left out" in said.text for said in second.said)
    with pytest.raises(CohortError, match="nothing left to draw"):
        draw(marked_twice)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"share": 0}, "The share to draw"),
        ({"share": 1.5}, "The share to draw"),
        ({"share": float("nan")}, "The share to draw"),
        ({"at_least": 0}, "At least one answer"),
        ({"unit": "77_none"}, "There is no unit"),
    ],
)
def test_a_draw_that_makes_no_sense_is_refused(
    marked_twice: Cohort, more: dict[str, object], why: str
) -> None:
    """Each mistake is one sentence, and nothing is written."""
    with pytest.raises(CohortError, match=why):
        draw(marked_twice, **more)  # type: ignore[arg-type]
    assert not (marked_twice.root / "second").exists()


def test_without_answers_there_is_nothing_to_draw(cohort: Cohort) -> None:
    """An empty cohort says so, and so does the table before anything was drawn."""
    with pytest.raises(CohortError, match="nothing to draw in"):
        draw(cohort)
    with pytest.raises(CohortError, match="Nothing was drawn"):
        moderations(cohort)


# The record


def test_a_damaged_record_is_never_taken_for_empty(marked_twice: Cohort) -> None:
    """Second marks stand in the file: a damaged one stops everything with a sentence."""
    draw(marked_twice)
    path = second_record.path_of(marked_twice, UNIT)
    path.write_text(path.read_text("utf-8")[:200], "utf-8")
    with pytest.raises(CohortError, match="is damaged"):
        draw(marked_twice)
    assert len(path.read_text("utf-8")) == 200


def test_a_trainee_is_forgotten_or_renamed_in_the_record(marked_twice: Cohort) -> None:
    """Forgetting takes the lines and every sheet with the answer; renaming keeps the marks."""
    made = draw(marked_twice, share=1)
    second_record.rename(marked_twice, "T002", "X002")
    second_record.forget(marked_twice, "T003")
    left = {line.code for line in second_record.read(marked_twice, UNIT).lines}
    assert "X002" in left
    assert not left & {"T002", "T003"}
    assert len(left) == 118
    assert not made.path.exists()


def one_taken(cohort: Cohort, score: float = 3, seed: int = 1) -> second_record.Drawn:
    """Draw, give one prose answer a second mark, take the sheet, and return its line."""
    made = draw(cohort, seed=seed)
    line = next(one for one in made.draw.lines if one.item == PROSE and one.code != "T119")
    fill(made.path, {line.number: {"Score": score}})
    take(cohort, made.path)
    kept = second_record.read(cohort, UNIT).lines
    return next(one for one in kept if one.number == line.number)


def test_results_carry_the_second_mark_beside_the_first(marked_twice: Cohort) -> None:
    """The answer that was marked twice has both; no other has a second mark."""
    line = one_taken(marked_twice)
    results = second_record.with_second(marked_twice, UNIT, standing(marked_twice, UNIT))
    found = {
        (result.trainee.code, one.mark.item): one.second
        for result in results
        for one in result.items
        if one.second
    }
    first = first_mark(int(line.code[1:]))[0]
    assert found == {(line.code, PROSE): SecondMark(3, first)}


def test_the_report_is_made_from_second_marks_too(
    marked_twice: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `kam report` hands to the report holds the answer's second mark."""
    line = one_taken(marked_twice)
    made: list[ReportData] = []

    def keep(data: ReportData, path: Path, *_: object) -> Path:
        made.append(data)
        return path

    monkeypatch.setattr(report, "write_report", keep)
    write_reports(marked_twice, grade(marked_twice))
    found = [
        result.trainee.code for result in made[0].results for one in result.items if one.second
    ]
    assert found == [line.code]


def test_a_later_answer_is_not_the_one_that_was_marked(cohort: Cohort, send: Send) -> None:
    """When a trainee hands in another text, the second mark on the first one counts no more."""
    grade(cohort, [send("A01", always_right={"text": "He is right about his shops."})])
    made = draw(cohort)
    fill(made.path, {line.number: {"Score": 1} for line in made.draw.lines})
    take(cohort, made.path)
    (before,) = moderations(cohort)
    grade(cohort, [send("A01", number=2, always_right={"text": "He is never right, I think."})])
    (after,) = moderations(cohort)
    assert (len(before.rows), before.outdated) == (1, 0)
    assert (len(after.rows), after.outdated) == (0, 1)
    with pytest.raises(CohortError, match="was not drawn"):
        settle(cohort, "A01", PROSE, 1)


# Settling


def test_settling_is_a_persons_mark_in_the_gradebook(marked_twice: Cohort) -> None:
    """The agreed score and comment count; the first mark stays what it was in the table."""
    line = one_taken(marked_twice)
    first = first_mark(int(line.code[1:]))[0]
    said = settle(marked_twice, line.code.lower(), PROSE, 2.5, "We talked about it.")
    assert Words("en").say(said) == f"{line.code} {PROSE}: settled at 2.5 of 3 points."
    human = gradebook.read(marked_twice.database, UNIT)[line.code][PROSE]
    assert human.score == 2.5
    assert "We talked about it." in human.comment
    (table,) = moderations(marked_twice)
    row = next(row for row in table.rows if row.number == line.number)
    assert (row.first, row.second, row.agreed, row.now) == (first, 3, 2.5, 2.5)
    assert Words("en").say(row.state) == "settled at 2.5"
    results = second_record.with_second(marked_twice, UNIT, standing(marked_twice, UNIT))
    (one,) = [one for result in results for one in result.items if one.second]
    assert one.second == SecondMark(3, first)


def test_without_a_first_mark_the_agreed_one_is_not_taken_for_it(
    marked_twice: Cohort,
) -> None:
    """Where nobody else had marked, settling does not make the agreed score the first one."""
    made = draw(marked_twice, share=1)
    line = next(one for one in made.draw.lines if one.code == "T119")
    fill(made.path, {line.number: {"Score": 1}})
    take(marked_twice, made.path)
    settle(marked_twice, "T119", PROSE, 2)
    row = next(row for row in moderations(marked_twice)[0].rows if row.code == "T119")
    assert (row.first, row.second, row.agreed) == (None, 1, 2)


@pytest.mark.parametrize("killed", [False, True])
def test_a_late_first_mark_is_kept_before_the_agreed_one_replaces_it(
    marked_twice: Cohort, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    """A first mark given after the sheet came back survives settling, even one that was killed."""
    made = draw(marked_twice, share=1)
    line = next(one for one in made.draw.lines if one.code == "T119")
    fill(made.path, {line.number: {"Score": 3}})
    take(marked_twice, made.path)
    gradebook.override(marked_twice.database, UNIT, "T119", PROSE, 1, "")
    if killed:

        def put_and_die(*arguments: object) -> None:
            put_mark(*arguments)  # type: ignore[arg-type]
            raise KeyboardInterrupt

        monkeypatch.setattr(second, "put_mark", put_and_die)
        with pytest.raises(KeyboardInterrupt):
            settle(marked_twice, "T119", PROSE, 2)
    else:
        settle(marked_twice, "T119", PROSE, 2)
    row = next(row for row in moderations(marked_twice)[0].rows if row.code == "T119")
    assert (row.first, row.second, row.now) == (1, 3, 2)


def test_what_was_changed_after_settling_is_said(marked_twice: Cohort) -> None:
    """The table shows when the gradebook no longer holds what was agreed."""
    line = one_taken(marked_twice)
    settle(marked_twice, line.code, PROSE, 2)
    gradebook.override(marked_twice.database, UNIT, line.code, PROSE, 0, "")
    row = next(one for one in moderations(marked_twice)[0].rows if one.number == line.number)
    assert Words("en").say(row.state) == "settled at 2, changed since to 0"


def test_only_what_was_marked_twice_can_be_settled(marked_twice: Cohort) -> None:
    """What is not back, not drawn, no item or worth less is refused, and no mark moves."""
    made = draw(marked_twice)
    drawn = next(one for one in made.draw.lines if one.item == PROSE)
    others = {f"T{no:03d}" for no in range(1, 119)} - {one.code for one in made.draw.lines}
    before = gradebook.read(marked_twice.database, UNIT)
    for arguments, why in (
        ((drawn.code, PROSE, 2), "has no second mark yet"),
        ((min(others), PROSE, 2), "was not drawn"),
        ((drawn.code, "am_types.none", 2), "There is no item"),
        ((drawn.code, PROSE, 3.5), "is worth 0 to"),
        ((drawn.code, PROSE, float("nan")), "is worth 0 to"),
    ):
        with pytest.raises(CohortError, match=why):
            settle(marked_twice, *arguments)
    assert gradebook.read(marked_twice.database, UNIT) == before


def test_a_closed_cohort_is_left_alone(marked_twice: Cohort, tmp_path: Path) -> None:
    """Nothing is drawn, taken or settled in a cohort that is closed."""
    from datetime import UTC, datetime

    shut = Cohort(
        marked_twice.root,
        marked_twice.settings.model_copy(update={"closed": datetime.now(UTC)}),
        marked_twice.roster,
    )
    for verb in (
        lambda: draw(shut),
        lambda: take(shut, tmp_path / "x.xlsx"),
        lambda: settle(shut, "T001", PROSE, 1),
    ):
        with pytest.raises(CohortError, match="is closed"):
            verb()
