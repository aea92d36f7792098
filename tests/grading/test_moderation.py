"""The moderation table: what two markers' scores say, and when there are too few to say it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kamlib.grading import second_record
from kamlib.grading.cohort import Cohort
from kamlib.grading.cohort_numbers import Agreement, TooFew
from kamlib.grading.moderation import Moderation, moderated, stricter
from kamlib.grading.results import ItemResult, Result, Trainee
from kamlib.grading.second import draw, moderations
from kamlib.grading.second_record import Draw, Drawing, Drawn, Given, digest
from kamlib.grading.second_taking import take
from kamlib.items.mark import Mark, Outcome
from kamlib.items.model import parse_item
from kamlib.words import Words, message
from tests.grading.conftest import PROSE, first_mark
from tests.grading.sheets import fill

WHY = parse_item(
    {"id": "u.why", "interaction": "text", "title": "Why", "prompt": "?", "points": 4,
     "criteria": {"reason": "Names a reason", "deed": "Names a deed"}}
)  # fmt: skip
Pair = tuple[float | None, float | None]


def table(pairs: list[Pair], levels: str = "", second_levels: dict[str, int] | None = None) -> Moderation:  # fmt: skip
    """Return the table of answers with these first and second scores, of 4 points."""
    results, lines = [], []
    for no, (first, second) in enumerate(pairs, 1):
        mark = Mark(WHY.id, None, 4, Outcome.CANNOT_BE_CHECKED, (message("x"),), needs_human=True)
        one = ItemResult(mark, {"text": f"Answer {no}"}, first, levels)
        results.append(
            Result(Trainee(f"A{no:03d}", "", "en"), "u", (one,), None, attempts=1, counted=1)
        )
        given = None if second is None else Given(score=second, levels=second_levels or {})
        lines.append(
            Drawn(number=f"KXM-{no:02d}", code=f"A{no:03d}", item=WHY.id, second=given,
                  answer=digest(WHY, one.response))
        )  # fmt: skip
    drawing = Draw(token="KXM", seed=1, share=1, at_least=1, made=datetime.now(UTC), lines=tuple(lines))  # fmt: skip
    return moderated(Drawing(unit="u", draws=(drawing,)), [WHY], results)


def test_the_furthest_apart_come_first_and_what_is_missing_last() -> None:
    """Rows go by the size of the difference; without a first mark, then without a second, last."""
    found = table([(2, 2), (4, 1), (1, 3), (None, 2), (3, None)])
    assert [row.number for row in found.rows] == ["KXM-02", "KXM-03", "KXM-01", "KXM-04", "KXM-05"]
    assert [row.difference for row in found.rows] == [-3, 2, 0, None, None]
    said = [Words("en").say(row.state) for row in found.rows]
    assert said == ["talk about it", "talk about it", "close enough", "no first mark yet", "not back yet"]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "flagged"), [(2, 3, True), (3, 2, True), (2, 2.9, False), (2, 2, False)]
)
def test_a_quarter_of_the_points_apart_is_flagged(
    first: float, second: float, flagged: bool
) -> None:
    """One of four points is a flag, in either direction; less is none."""
    (row,) = table([(first, second)]).rows
    assert row.flagged is flagged


def test_a_level_apart_is_flagged_even_with_the_same_score() -> None:
    """Levels of both are compared by criterion; those that only one gave are not."""
    found = table([(2, 2)], "[reason 2/3 · deed 1/3]\nGood.", {"reason": 1})
    (row,) = found.rows
    assert row.flagged
    assert [(one.criterion, one.first, one.second) for one in row.levels] == [("Names a reason", 2, 1)]  # fmt: skip
    assert not table([(2, 2)], "[reason 2/3]", {"reason": 2}).rows[0].flagged


def test_exact_and_adjacent_are_counted_in_quarters() -> None:
    """Of four answers two are the same and one is a quarter apart."""
    found = table([(2, 2), (3, 3), (2, 3), (0, 4), (1, None)])
    assert (found.pairs, found.exact, found.adjacent, found.to_settle) == (4, 2, 3, 2)


def test_kappa_is_only_said_from_a_hundred_answers_on() -> None:
    """Ninety-nine are too few to judge; a hundred have kappa, an interval and a difference."""
    pairs: list[Pair] = [(no % 5, min(4, no % 5 + no % 2)) for no in range(100)]
    assert table(pairs[:99]).agreement == TooFew(99, 100)
    found = table(pairs).agreement
    assert isinstance(found, Agreement)
    assert found.low < found.kappa < found.high
    assert found.smd > 0


def test_markers_who_never_vary_have_no_kappa() -> None:
    """Constant marks end in no number, not in a division by nothing."""
    assert table([(2, 2)] * 100).agreement is None
    assert table([(2, 3)] * 100).agreement is None


@pytest.mark.parametrize(
    ("less", "more", "same", "said"),
    [
        (9, 1, 2, "The second marker is stricter: less in 9 of 12 answers, more in 1; on average 17 % of the points less."),
        (1, 9, 0, "The first marker is stricter: the second gave more in 9 of 10 answers, less in 1; on average 20 % of the points more."),
        (5, 0, 0, "Nobody is clearly stricter: of 5 answers the second marker gave less in 5 and more in 0."),
        (6, 4, 90, "Nobody is clearly stricter: of 100 answers the second marker gave less in 6 and more in 4."),
        (0, 0, 0, "No answer has both marks yet."),
    ],
)  # fmt: skip
def test_who_is_stricter_is_only_said_where_it_is_no_chance(
    less: int, more: int, same: int, said: str
) -> None:
    """A sign test decides; five answers, all one way, could still be a coin."""
    pairs = [(0.5, 0.75)] * less + [(0.75, 0.5)] * more + [(0.5, 0.5)] * same
    assert Words("en").say(stricter(pairs)) == said


def test_a_whole_cohort_marked_twice_has_its_figures(marked_twice: Cohort) -> None:
    """From gradebook to table: 118 first marks against a second marker who gives half a point less."""
    made = draw(marked_twice, share=1)
    marks = {
        line.number: {"Score": max(0, first_mark(int(line.code[1:]))[0] - 0.5)}
        for line in made.draw.lines
        if line.item == PROSE
    }
    fill(made.path, marks)
    assert take(marked_twice, made.path).problems == ()
    (found,) = moderations(marked_twice)
    assert (len(found.rows), found.pairs) == (120, 118)
    assert isinstance(found.agreement, Agreement)
    assert found.agreement.smd < 0
    assert (
        Words("en").say(found.stricter).startswith("The second marker is stricter: less in 89 of")
    )
    assert not second_record.read(marked_twice, found.unit).draws[0].lines[0].earlier
