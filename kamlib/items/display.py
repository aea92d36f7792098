"""An answer in words: labels instead of option keys, for feedback, marking desk and print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kamlib.items import model
from kamlib.items.scene import walk
from kamlib.words import N_, Message, message

Row = tuple[str | Message, str | Message]
"""A label (may be empty) and what was answered under it, both still to be put into a language."""

TYPED = N_("{text}")
"""Stands around what a person typed, so that it is shown as it is and never translated."""


def shown(item: model.Item, response: object) -> list[Row]:
    """Return the rows of an answer in the order of the question; empty where nothing is answered.

    It takes any JSON value: what does not fit the item is shown as it was typed.
    """
    if response is None:
        return []
    if not isinstance(response, Mapping):
        return [("", as_typed(response))]
    return [(label, value) for label, value in _rows(item, response) if value != ""]


def _rows(item: model.Item, response: Mapping[str, Any]) -> Iterable[Row]:
    match item:
        case model.Choice():
            yield "", _label(item.options, response.get("choice"))
            yield N_("Reason"), _label(item.reasons, response.get("reason"))
        case model.Choices():
            for option in _several(response.get("choices")):
                yield "", _label(item.options, option)
        case model.Match():
            yield from _pairs(item.stems, item.options, response.get("pairs"))
        case model.Order():
            for place, option in enumerate(_several(response.get("order")), 1):
                yield str(place), _label(item.options, option)
        case model.Classify():
            yield from _pairs(item.lines, item.classes, response.get("classes"))
        case model.SpotError():
            yield N_("Where"), _label(item.segments, response.get("where"))
            yield N_("What kind"), _label(item.kinds, response.get("kind"))
        case model.Number():
            unit = _label(item.units, response.get("unit"))
            value = response.get("value")
            if value not in (None, ""):
                # Who typed a unit or a sign after the number has said it already.
                bare = not isinstance(value, str) or value[-1:].isdigit()
                typed = as_typed(value)
                yield (
                    item.quantity,
                    message("{value} {unit}", value=typed, unit=unit) if bare else typed,
                )
            yield N_("Reading"), _label(item.readings, response.get("reading"))
            if response.get("confidence") not in (None, ""):
                yield N_("How sure"), message("{n} %", n=as_typed(response["confidence"]))
        case model.Recall():
            for place, line in enumerate(_several(response.get("lines")), 1):
                yield str(place), as_typed(line)
        case model.Evidence():
            facts = {name: fact.text for name, fact in item.facts.items()}
            backed = response.get("facts")
            for claim, text in item.claims.items():
                chosen = _several(backed.get(claim)) if isinstance(backed, Mapping) else []
                for name in chosen:
                    yield text, _label(facts, name)
        case model.Structured():
            yield from _fields(item.fields, response.get("fields"))
        case model.Table():
            for row in _several(response.get("rows")):
                yield from _fields(item.columns, row)
        case model.Prose():
            yield "", as_typed(response.get("text"))
        case model.Scene():
            yield from _played(item, response)
        case model.Reflect():
            yield from _own_words(item, response.get("entries"))


def played_before(item: model.Scene, response: Mapping[str, Any]) -> Iterable[Row]:
    """Yield how each play of a scene that was put aside went out."""
    for n, play in enumerate(_several(response.get("plays")), 1):
        ended = walk(item, _several(play))
        if ended.steps and ended.turn.ending:
            yield message("Played before ({n})", n=n), Message(ended.turn.ending)


def _played(item: model.Scene, response: Mapping[str, Any]) -> Iterable[Row]:
    yield from played_before(item, response)
    walked = walk(item, _several(response.get("path")))
    for step in walked.steps:
        said = step.turn.lines[-1].says if step.turn.lines else ""
        yield said, Message(step.saying.says)
    for choice in walked.lost:
        yield "", as_typed(choice)
    if walked.steps and walked.turn.ending:
        yield N_("How it ended"), Message(walked.turn.ending)


def _own_words(item: model.Reflect, entries: object) -> Iterable[Row]:
    if not isinstance(entries, Mapping):
        return
    for n in range(1, item.entries + 1):
        entry = entries.get(str(n))
        if not isinstance(entry, Mapping):
            yield entry_label(item, n), as_typed(entry)
            continue
        yield entry_label(item, n), as_typed(entry.get("text"))
        for tick in _several(entry.get("ticks")):
            yield N_("Found in it"), _label(item.criteria, tick)


def entry_label(item: model.Reflect, n: int) -> Message:
    """Return what the `n`th text of a look at one's own words is called, with its number."""
    if item.entries == 1:
        return Message(item.entry)
    return message("{entry} ({n})", entry=Message(item.entry), n=n)


def _pairs(left: Mapping[str, str], right: Mapping[str, str], chosen: object) -> Iterable[Row]:
    if not isinstance(chosen, Mapping):
        return
    for name, text in left.items():
        if name in chosen:
            yield text, _label(right, chosen[name])


def _fields(fields: Mapping[str, model.TypedField], values: object) -> Iterable[Row]:
    if not isinstance(values, Mapping):
        return
    for name, field in fields.items():
        value = values.get(name)
        yield field.label, _label(field.options, value) if field.options else as_typed(value)


def _label(options: Mapping[str, str], key: object) -> str | Message:
    if key is None or key == "":
        return ""
    if isinstance(key, str) and key in options:
        return Message(options[key])
    return as_typed(key)


def as_typed(value: object) -> str | Message:
    """Return what a person typed, to be shown as it is; empty where it is nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    try:
        return message(TYPED, text=str(value)[:5000])
    except (RecursionError, ValueError):
        # Nested too deep, or a whole number of more digits than Python writes.
        return message(TYPED, text="…")


def _several(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else []
