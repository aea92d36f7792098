"""How a person's mark gets into the gradebook from a command or a page."""

from __future__ import annotations

from kamlib.grading import gradebook
from kamlib.grading.cohort import Cohort, CohortError, alone, fold
from kamlib.grading.rubric import replaced
from kamlib.items.keys import ProseKey
from kamlib.words import message


def unit_of(cohort: Cohort, item: str) -> str:
    """Return the unit that has this item; raises `CohortError` where none has."""
    for unit, bundle in cohort.bundles.items():
        if any(each.id == item for each in bundle.items):
            return unit
    raise CohortError(message("There is no item {item} in this cohort.", item=item))


def check_score(cohort: Cohort, item: str, score: float) -> None:
    """Raise `CohortError` where the item is not worth so many points, or there is no such item."""
    items = cohort.bundles[unit_of(cohort, item)].items
    points = next(each.points for each in items if each.id == item)
    if not 0 <= score <= points:
        raise CohortError(
            message(
                "{item} is worth 0 to {max} points; {score} is outside.",
                item=item,
                max=points,
                score=score,
            )
        )


def put_mark(cohort: Cohort, code: str, item: str, score: float | None, comment: str) -> None:
    """Set a person's score and comment on one answer, as the marking desk would.

    None leaves the score as it is, an empty comment the comment; the levels of a rubric that stand
    in the comment stay, unless the new one gives others. Raises `CohortError` where there
    is no such item or graded hand-in, the score lies outside the item's points, or the cohort is
    closed.
    """
    cohort.check_open()
    unit = unit_of(cohort, item)
    if score is not None:
        check_score(cohort, item, score)
    try:
        with alone(cohort.root):
            if comment:
                there = gradebook.read(cohort.database, unit).get(fold(code), {}).get(item)
                comment = replaced(there.comment if there else "", comment, _criteria(cohort, item))
            gradebook.override(cohort.database, unit, fold(code), item, score, comment)
    except LookupError:
        raise CohortError(
            message("{code} has no graded hand-in of {unit}.", code=code, unit=unit)
        ) from None


def _criteria(cohort: Cohort, item: str) -> tuple[str, ...]:
    """Return the names of what a person marks an answer for; none where a machine marks."""
    key = cohort.bundles[unit_of(cohort, item)].keys.get(item)
    return tuple(key.levels) if isinstance(key, ProseKey) else ()
