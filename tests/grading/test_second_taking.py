"""Taking a second marker's sheet back: what is good is taken, the rest is a sentence with its cell."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kamlib.grading import gradebook, second_record
from kamlib.grading.cohort import Cohort, CohortError
from kamlib.grading.second import draw, settle
from kamlib.grading.second_record import Drawn, Given
from kamlib.grading.second_taking import Taken, take
from kamlib.words import Words
from tests.grading.conftest import CRITERIA, PROSE, UNIT, first_mark
from tests.grading.sheets import fill, table

Case = tuple[Cohort, Path, list[str]]


@pytest.fixture
def case(marked_twice: Cohort) -> Case:
    """A cohort, a drawn sheet, and the blind numbers of its prose answers with a first mark."""
    made = draw(marked_twice, seed=5)
    lines = [one for one in made.draw.lines if one.item == PROSE and one.code != "T119"]
    return marked_twice, made.path, [one.number for one in lines]


def kept(cohort: Cohort, number: str) -> Drawn:
    """Return what the record holds of an answer."""
    return next(
        line for line in second_record.read(cohort, UNIT).lines if line.number == number
    )  # fmt: skip


def said(taken: Taken) -> list[str]:
    """Return the problems in English."""
    return [Words("en").say(problem) for problem in taken.problems]


def levels(path: Path) -> list[str]:
    """Return the headings of the three criteria."""
    _, heads, _ = table(path)
    names = list(heads)
    return names[3:6]


def test_marks_levels_and_comments_are_taken(case: Case) -> None:
    """Chosen and typed levels, a score and a comment all reach the record."""
    cohort, path, numbers = case
    a, b, c = levels(path)
    fill(path, {numbers[0]: {a: "2 good", b: 3, c: "1", "Score": 2, "Comment": "Fine."}})
    taken = take(cohort, path)
    assert (taken.new, taken.same, taken.changed, taken.problems) == (1, 0, (), ())
    assert len(taken.unmarked) == 24
    second = Given(score=2, levels=dict(zip(CRITERIA, (2, 3, 1), strict=True)), comment="Fine.")
    assert kept(cohort, numbers[0]).second == second


def test_the_first_mark_is_kept_as_it_stood(case: Case) -> None:
    """What the first marker changes after seeing the second mark does not change the comparison."""
    cohort, path, numbers = case
    fill(path, {numbers[0]: {"Score": 1}})
    take(cohort, path)
    line = kept(cohort, numbers[0])
    score, comment = first_mark(int(line.code[1:]))
    gradebook.override(cohort.database, UNIT, line.code, PROSE, 1.25, "")
    fill(path, {numbers[0]: {"Score": 2}})
    take(cohort, path)
    first = kept(cohort, numbers[0]).first
    assert first is not None
    assert first.score == score
    assert set(first.levels) == set(CRITERIA)
    assert first.comment == comment.splitlines()[1]


@pytest.mark.parametrize(
    ("typed", "score"),
    [(2, 2), (0, 0), ("2.5", 2.5), ("２", 2), (" 1,5 ", 1.5), (3.0, 3)],
)  # fmt: skip
def test_scores_are_read_as_people_write_them(case: Case, typed: object, score: float) -> None:
    """Numbers, numbers as text, full-width digits and a decimal comma all count."""
    cohort, path, numbers = case
    fill(path, {numbers[0]: {"Score": typed}})
    assert take(cohort, path).problems == ()
    second = kept(cohort, numbers[0]).second
    assert second is not None
    assert second.score == score


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (4, "is worth 0 to 3 points; 4 is outside"),
        (-1, "is worth 0 to 3 points; -1 is outside"),
        ("good", "“good” is no score"),
        (datetime(2026, 5, 3), "“2026-05-03T00:00:00” is no score"),
        (True, "“True” is no score"),
        ("#REF!", "“#REF!” is no score"),
        ("nan", "“nan” is no score"),
        (float("1e300"), "is outside"),
    ],
)
def test_a_score_that_is_none_is_said_with_its_cell_and_the_rest_is_taken(
    case: Case, typed: object, why: str
) -> None:
    """One bad cell costs its own line and no other."""
    cohort, path, numbers = case
    rows = fill(path, {numbers[0]: {"Score": typed}, numbers[1]: {"Score": 1}})
    _, heads, _ = table(path)
    taken = take(cohort, path)
    (problem,) = said(taken)
    assert problem.startswith(f"{'ABCDEFGHIJ'[heads['Score'] - 1]}{rows[numbers[0]]}: ")
    assert why in problem
    assert taken.new == 1
    assert kept(cohort, numbers[0]).second is None
    assert numbers[0] in taken.unmarked


@pytest.mark.parametrize("typed", [4, "x", "2.5", -1, 1.5, "12", True])
def test_a_level_that_is_none_is_said_and_the_score_is_taken(case: Case, typed: object) -> None:
    """A bad level leaves the line's score and other levels alone."""
    cohort, path, numbers = case
    a, b, _ = levels(path)
    fill(path, {numbers[0]: {a: typed, b: 2, "Score": 1}})
    (problem,) = said(take(cohort, path))
    assert "is no level" in problem
    assert kept(cohort, numbers[0]).second == Given(score=1, levels={CRITERIA[1]: 2})


def test_a_missing_score_follows_from_all_levels_and_is_said(case: Case) -> None:
    """Where all levels are there, the score is theirs; with one missing nothing is guessed."""
    cohort, path, numbers = case
    a, b, c = levels(path)
    fill(path, {numbers[0]: {a: 2, b: 2, c: 3}, numbers[1]: {a: 2}, numbers[2]: {"Comment": "Hm"}})
    problems = said(take(cohort, path))
    assert len(problems) == 3
    found = {number: problem for number in numbers for problem in problems if number in problem}
    assert "Its levels make 2.3 points" in found[numbers[0]]
    assert "nothing of its line was taken" in found[numbers[1]]
    assert "nothing of its line was taken" in found[numbers[2]]
    assert kept(cohort, numbers[1]).second is None


def test_unknown_and_missing_numbers_and_doubled_lines_are_said(case: Case) -> None:
    """A number that is not ours, a score without one, and a line twice: one sentence each."""
    cohort, path, numbers = case
    fill(path, {numbers[0]: {"Score": 1}})
    book = load_workbook(path)
    sheet, heads, _ = table(path)
    number, score = heads["Blind number"], heads["Score"]
    last = sheet.max_row
    for row, values in enumerate(
        [("ZZZ-09", 2), (None, 3), (numbers[0], 2), (f" {numbers[0].lower()} ", 1)], last + 1
    ):
        book.worksheets[0].cell(row, number).value = values[0]
        book.worksheets[0].cell(row, score).value = values[1]
    book.save(path)
    taken = take(cohort, path)
    unknown, nameless, doubled = said(taken)
    assert f"A{last + 1}: there is no answer with the blind number “ZZZ-09”" in unknown
    assert f"{last + 2}: a score without a blind number" in nameless
    assert f"A{last + 3}: {numbers[0]} stands a second time" in doubled
    second = kept(cohort, numbers[0]).second
    assert (taken.new, second and second.score) == (1, 1)


def test_a_second_take_says_what_changed_and_keeps_what_was(case: Case) -> None:
    """The same sheet again changes nothing; another mark replaces the first and is said."""
    cohort, path, numbers = case
    fill(path, {numbers[0]: {"Score": 1}, numbers[1]: {"Score": 2}, numbers[2]: {"Score": 0}})
    take(cohort, path)
    settle(cohort, kept(cohort, numbers[2]).code, PROSE, 1)
    before = second_record.path_of(cohort, UNIT).read_bytes()
    again = take(cohort, path)
    assert (again.new, again.same, again.changed) == (0, 3, ())
    assert second_record.path_of(cohort, UNIT).read_bytes() == before
    fill(path, {numbers[0]: {"Score": 3}, numbers[1]: {"Comment": "Now I see."}, numbers[2]: {"Score": 2}})  # fmt: skip
    third = take(cohort, path)
    changed = [Words("en").say(one) for one in third.changed]
    assert f"{numbers[0]}: the second score was 1 and is 3 now." in changed
    assert any(one.startswith(f"{numbers[1]}: other levels or another comment") for one in changed)
    assert any(one.endswith("You had settled at 1; look at it again.") for one in changed)
    assert kept(cohort, numbers[0]).earlier == (Given(score=1),)


def test_an_empty_cell_takes_no_mark_away(case: Case) -> None:
    """A sheet in which a line is empty now leaves the mark that was taken before."""
    cohort, path, numbers = case
    fill(path, {numbers[0]: {"Score": 2}})
    take(cohort, path)
    fill(path, {numbers[0]: {"Score": None}, numbers[1]: {"Score": 1}})
    taken = take(cohort, path)
    assert (taken.new, taken.changed) == (1, ())
    assert numbers[0] not in taken.unmarked
    assert kept(cohort, numbers[0]).second == Given(score=2)


def test_another_cohorts_sheet_is_refused(case: Case) -> None:
    """Where no number is known, nothing is taken and the sentence asks what it is."""
    cohort, path, _ = case
    book = load_workbook(path)
    sheet, heads, head = table(path)
    for row in range(head + 1, sheet.max_row + 1):
        book.worksheets[0].cell(row, heads["Blind number"]).value = f"QQQ-{row}"
    book.save(path)
    with pytest.raises(CohortError, match="None of the blind numbers"):
        take(cohort, path)
    with pytest.raises(CohortError, match="is not there"):
        take(cohort, path.with_name("none.xlsx"))
