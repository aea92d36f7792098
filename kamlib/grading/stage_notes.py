"""What an instructor should know of the stages that a trainee committed, or did not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kamlib.course.bundle import Bundle
from kamlib.items.answers import Answers
from kamlib.items.commitments import Counted, commitments
from kamlib.items.responses import Blank, read_response
from kamlib.words import Message, message


def stage_notes(
    bundle: Bundle, answers: Answers, counted: Counted, noted: Mapping[str, str]
) -> Iterator[Message]:
    """Yield a sentence for each stage whose record is not as it should be.

    `noted` holds the receipts that the trainer noted from this trainee, by stage.
    """
    done = commitments(answers)
    for stage in dict.fromkeys(item.stage for item in bundle.items if item.stage):
        one = done.get(stage)
        theirs = noted.get(stage, "")
        if one is None:
            if not theirs and stage in left_open(bundle, answers):
                yield message(
                    "Stage {stage} was answered but never committed, while other stages were. Its answers "
                    "were marked as they were handed in.",
                    stage=stage,
                )  # fmt: skip
            if theirs:
                yield message(
                    "Stage {stage}: you noted receipt {noted}, but the hand-in holds no commitment of "
                    "this stage. The answers were marked as they stand; ask the trainee.",
                    stage=stage, noted=theirs,
                )  # fmt: skip
            continue
        if not one.sound:
            yield message(
                "Stage {stage}: the record of what was committed was changed by another program or by "
                "hand: it does not match its receipt {receipt}. What it holds now was marked; ask the trainee.",
                stage=stage, receipt=one.receipt[:20],
            )  # fmt: skip
        elif theirs and theirs != one.receipt:
            yield message(
                "Stage {stage}: you noted receipt {noted}, but the hand-in was committed with receipt "
                "{receipt}. The committed answers were marked; ask the trainee.",
                stage=stage, noted=theirs, receipt=one.receipt,
            )  # fmt: skip
    yield from changed_notes(bundle, counted)


def changed_notes(bundle: Bundle, counted: Counted) -> Iterator[Message]:
    """Yield a sentence, for trainee and instructor, for each stage with answers changed since."""
    # in quotation marks, since a title may end in a mark of its own
    titles = {item.id: message("“{title}”", title=Message(item.title)) for item in bundle.items}
    for stage, names in counted.changed.items():
        yield message(
            "Stage {stage}: what was committed counts. Answered otherwise after that: {titles}.",
            stage=stage, titles=[titles[name] for name in names],
        )  # fmt: skip


def left_open(bundle: Bundle, answers: Answers) -> tuple[str, ...]:
    """Return the stages that were answered but not committed, where others were, in their order."""
    done = commitments(answers)
    if not done:
        return ()
    given = answers.responses
    answered = {
        item.stage for item in bundle.items
        if not isinstance(read_response(item, given.get(item.id)), Blank)
    }  # fmt: skip
    stages = dict.fromkeys(item.stage for item in bundle.items if item.stage)
    return tuple(stage for stage in stages if stage in answered and stage not in done)


def trainee_notes(bundle: Bundle, answers: Answers, counted: Counted) -> Iterator[Message]:
    """Yield what the trainee should know of the stages of a hand-in that was marked."""
    yield from changed_notes(bundle, counted)
    for stage in left_open(bundle, answers):
        yield message(
            "You answered stage {stage} but did not commit it. Your answers count as you handed them "
            "in.",
            stage=stage,
        )  # fmt: skip
