"""What rehearsing is worth: a scene that was played, or one's own words looked at."""

from __future__ import annotations

from kamlib.items import keys as k
from kamlib.items import model
from kamlib.items import responses as r
from kamlib.items.mark import Outcome
from kamlib.items.scene import signed, walk
from kamlib.items.verdict import Verdict
from kamlib.words import Message, message


def staged(item: model.Scene, key: k.SceneKey, answer: r.SceneAnswer, _: object) -> Verdict:
    """Return how a play compares with the key: the share of the measures that were reached.

    A play that has not come to an ending is not judged yet.
    """
    walked = walk(item, answer.path)
    if not walked.finished:
        return Verdict(
            0.0,
            [message("The conversation is not at its end yet.")],
            outcome=Outcome.NOT_ATTEMPTED,
        )
    missed = [name for name, wanted in key.enough.items() if walked.measures[name] < wanted]
    reached = [Message(item.measures[name]) for name in key.enough if name not in missed]
    notes = [message("Reached: {measures}.", measures=tuple(reached))] if reached else []
    wrong = [
        Message(key.messages[name])
        if key.messages.get(name)
        else message(
            "“{measure}” ended at {n}; it can come to {wanted}.",
            measure=Message(item.measures[name]),
            n=signed(walked.measures[name]),
            wanted=signed(key.enough[name]),
        )
        for name in missed
    ]
    return Verdict(len(reached) / len(key.enough), wrong, notes, traps=missed)


def reflected(
    item: model.Reflect, key: k.ReflectKey, answer: r.ReflectAnswer, _: object
) -> Verdict:
    """Return what each text sounds like by what was ticked in it; nothing is right or wrong."""
    heard, asked = [], []
    for entry in answer.entries.values():
        if not entry.text:
            continue
        words = r.short(entry.text)
        if not entry.ticks:
            asked.append(message("“{words}”: tick what you find in it.", words=words))
            continue
        manner = next((one for one in key.verdicts if one.fits(entry.ticks)), key.verdicts[-1])
        heard.append(
            message(
                "“{words}”: sounds like {label}. {why}",
                words=words,
                label=Message(manner.label),
                why=Message(manner.message),
            )
        )
    if not heard:
        asked = asked or [message("Write down what you said first.")]
        return Verdict(0.0, notes=asked, outcome=Outcome.NOT_ATTEMPTED)
    return Verdict(1.0, notes=[*heard, *asked], outcome=Outcome.REVIEWED)
