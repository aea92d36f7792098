"""What the corrections of a key mean for one hand-in: its marks, and what its owner is told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from kamlib.course.bundle import Bundle, KeyFix
from kamlib.items.mark import Mark, Outcome
from kamlib.items.marking import mark_exercise
from kamlib.items.model import Item
from kamlib.words import message


def marked(
    bundle: Bundle, code: str, responses: Mapping[str, object], lifted: Collection[str] = ()
) -> dict[str, Mark]:
    """Return the marks of a hand-in by item: those of the keys, and none below a kept score.

    `code` is the trainee's, `responses` holds the answers by item id, `lifted` the items on which a
    person has decided: their gates hold nothing down any more.
    """
    marks = mark_exercise(bundle.items, bundle.keys, responses, lifted)
    kept: dict[str, float] = {}
    for fix in corrections_of(bundle, code, responses):
        for one in fix.moved:
            if one.kept is not None:
                kept[one.item] = max(one.kept, kept.get(one.item, 0.0))
    return marks | {
        name: _kept(marks[name], score)
        for name, score in kept.items()
        if name in marks and (marks[name].score or 0.0) < score
    }


def _kept(mark: Mark, score: float) -> Mark:
    why = message(
        "The key of this question was corrected after your answer was marked. "
        "Your earlier mark of {points} points stays.",
        points=score,
    )
    own = mark.own if mark.own is not None and mark.own > score else None
    outcome = Outcome.CORRECT if (own or score) >= mark.max else Outcome.PARTLY
    return replace(mark, score=score, own=own, outcome=outcome, feedback=(why, *mark.feedback))


def corrections_of(
    bundle: Bundle, code: str, responses: Mapping[str, object]
) -> tuple[KeyFix, ...]:
    """Return the corrections that bear on these answers of this trainee, with nobody else's marks."""
    if not any(one.code == code for fix in bundle.fixes for one in fix.moved):
        return ()
    mine = answers_digest(bundle.items, responses)
    own = [
        fix.model_copy(
            update={
                "moved": tuple(one for one in fix.moved if one.code == code and one.answers == mine)
            }
        )
        for fix in bundle.fixes
    ]
    return tuple(fix for fix in own if fix.moved)


def answers_digest(items: Iterable[Item], responses: Mapping[str, object]) -> str:
    """Return 16 hexadecimal digits that tell the answers to these items from other answers."""
    answers = {item.id: responses.get(item.id) for item in items}
    return hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).hexdigest()[:16]
