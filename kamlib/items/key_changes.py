"""How two keys of one item differ, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from kamlib.items import keys, model
from kamlib.items.texts import map_texts
from kamlib.words import N_, Message, message

T = TypeVar("T")

_ONE = {
    "explanation": N_("The explanation"),
    "at_work": N_("What to try with a customer"),
    "read": N_("The place to read"),
    "model_answer": N_("The model answer"),
    "formula": N_("The formula"),
    "value": N_("The right value"),
    "unit": N_("The unit"),
    "enough": N_("How many points are enough"),
}
"""What a field that holds one thing is called."""

_NOTHING = N_("nothing")


def differences(item: model.Item, old: keys.Key, new: keys.Key) -> list[Message]:
    """Return a sentence for each thing that differs; none only where the keys are equal.

    >>> item = model.parse_item({"interaction": "choice", "id": "u.q", "title": "", "prompt": "?",
    ...     "options": {"a": "Sell-in", "b": "Sell-out"}})
    >>> def key(answer):
    ...     return keys.parse_key("choice", {"answer": answer, "explanation": "Shops sold it."})
    >>> [dict(one.values) for one in differences(item, key("a"), key("b"))]
    ... # doctest: +NORMALIZE_WHITESPACE
    [{'what': Message(text='The right answer', values=()),
      'before': Message(text='Sell-in', values=()), 'after': Message(text='Sell-out', values=())}]
    """
    found: list[Message] = []
    for field in type(new).model_fields:
        before, after = getattr(old, field, None), getattr(new, field)
        if before != after:
            told = list(_of_field(item, field, before, after))
            # A field that nobody has put into words yet is still named.
            found += told or [message("“{field}” of the key is different.", field=field)]
    return found


def marks_alike(old: keys.Key, new: keys.Key) -> bool:
    """Return whether two keys mark every answer alike, so that only texts differ between them."""
    return _without_texts(old) == _without_texts(new)


_ASIDE = ("read", "example", "figure", "messages", "reason_messages", "comments", "look_for")
"""Fields that no mark depends on, beside the texts."""


def _without_texts(key: keys.Key) -> keys.Key:
    bare = map_texts(key, lambda text: "")
    return bare.model_copy(update={name: () for name in _ASIDE if name in type(key).model_fields})


def _of_field(item: model.Item, field: str, before: Any, after: Any) -> Iterable[Message]:
    match item, field:
        case _, "explanation" | "at_work" | "model_answer":
            return [_changed(message(_ONE[field]), _text(before), _text(after))]
        case _, "read" | "formula":
            return [_changed(message(_ONE[field]), before or _NOTHING, after or _NOTHING)]
        case _, "messages" | "reason_messages":
            return _messages(item, before or {}, after or {})
        case _, "gate":
            return [_gate(item, before, after)]
        case _, "checks":
            return _checks(before, after)
        case model.Choice(), "answer":
            return [_changed(message("The right answer"), *_both(item.options, before, after))]
        case model.Choice(), "reason":
            return [_changed(message("The right reason"), *_both(item.reasons, before, after))]
        case model.Choices(), "answer":
            return _taken(item.options, before, after)
        case model.Match(), "answer":
            return _lines(item.stems, item.options, before, after)
        case model.Classify(), "answer":
            return _lines(item.lines, item.classes, before, after)
        case model.Order(), "answer":
            return [_changed(message("The right order"), *_both(item.options, before, after))]
        case model.Evidence(), "answer":
            return _evidence(item, before, after)
        case model.SpotError(), "where":
            return [_changed(message("The wrong part"), *_both(item.segments, before, after))]
        case model.SpotError(), "kind":
            return [_changed(message("The kind of error"), *_both(item.kinds, before, after))]
        case model.Number(), _:
            return _number(item, field, before, after)
        case model.Recall(), "points":
            return _points(before, after)
        case model.Recall(), "enough":
            every = message("all of them")
            return [_changed(message(_ONE[field]), before or every, after or every)]
        case model.Prose(), "levels":
            return [
                message("What is looked for under “{name}” is described in other words.",
                        name=_label(item.criteria, name))
                for name, _, _ in _by_name(before, after)
            ]  # fmt: skip
        case model.Prose(), "comments":
            return [message("The comments to choose from are others.")]
        case model.Prose(), "look_for":
            return [message("The words that are pointed out to who marks are others.")]
        case _, "example":
            return [message("The example of a full answer is another one.")]
    return []


def _changed(what: Message, before: object, after: object) -> Message:
    return message("{what}: {before} → {after}", what=what, before=_or_nothing(before),
                   after=_or_nothing(after))  # fmt: skip


def _or_nothing(value: object) -> object:
    if isinstance(value, str):
        return Message(value)
    return Message(_NOTHING) if value is None or value == () else value


def _text(text: str) -> Message:
    return message("“{text}”", text=Message(text)) if text else Message(_NOTHING)


def _label(labels: Mapping[str, str], name: str) -> Message:
    return Message(labels.get(name) or name)


def _both(
    labels: Mapping[str, str], before: str | Sequence[str] | None, after: str | Sequence[str] | None
) -> tuple[object, object]:
    return _named(labels, before), _named(labels, after)


def _named(labels: Mapping[str, str], names: str | Iterable[str] | None) -> object:
    if names is None or isinstance(names, str):
        return _label(labels, names) if names else None
    return tuple(_label(labels, name) for name in names)


def _by_name(before: Mapping[str, T], after: Mapping[str, T]) -> Iterator[tuple[str, Any, Any]]:
    """Yield each name under which the two hold something different; None where it is missing."""
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield name, before.get(name), after.get(name)


def _all_labels(item: model.Item) -> dict[str, str]:
    """Return every label that a key's messages may be filed under."""
    found: dict[str, str] = {}
    for field in ("reasons", "kinds", "classes", "options", "stems", "lines", "segments"):
        labels = getattr(item, field, {})
        found |= labels if isinstance(labels, dict) else {}
    if isinstance(item, model.Evidence):
        found |= {name: fact.text for name, fact in item.facts.items()}
    return found


def _messages(
    item: model.Item, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterable[Message]:
    labels = _all_labels(item)
    for name, old, new in _by_name(before, after):
        what = message("What is said to “{option}”", option=_label(labels, name))
        yield _changed(what, _text(old or ""), _text(new or ""))


def _gate(item: model.Item, before: keys.Gate | None, after: keys.Gate | None) -> Message:
    labels = _all_labels(item)
    if after is None:
        assert before is not None
        return message("Choosing {options} no longer holds down the whole exercise.",
                       options=_quoted(labels, before.options))  # fmt: skip
    if before and before.options == after.options and before.cap == after.cap:
        what = message("What is said to who is held down")
        return _changed(what, _text(before.message), _text(after.message))
    values = {"options": _quoted(labels, after.options), "cap": 100 * after.cap}
    if before is None:
        return message("New: choosing {options} holds the whole exercise at {cap} % of its points "
                       "until a person has looked.", **values)  # fmt: skip
    return message(
        "Choosing {options} now holds the whole exercise at {cap} % of its points; before it was "
        "{others} at {old} %.",
        **values, others=_quoted(labels, before.options), old=100 * before.cap,
    )  # fmt: skip


def _quoted(labels: Mapping[str, str], names: Iterable[str]) -> tuple[Message, ...]:
    return tuple(message("“{text}”", text=_label(labels, name)) for name in names)


def _taken(
    options: Mapping[str, str], before: frozenset[str], after: frozenset[str]
) -> Iterable[Message]:
    for name, label in options.items():
        if name in before - after:
            yield message("“{option}” is no longer right.", option=Message(label))
        elif name in after - before:
            yield message("“{option}” is right now.", option=Message(label))


def _lines(
    left: Mapping[str, str],
    right: Mapping[str, str],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> Iterable[Message]:
    for name, old, new in _by_name(before, after):
        what = message("“{text}”", text=_label(left, name))
        yield _changed(what, *_both(right, old, new))


def _evidence(
    item: model.Evidence,
    before: Mapping[str, tuple[keys.Variant, ...]],
    after: Mapping[str, tuple[keys.Variant, ...]],
) -> Iterable[Message]:
    facts = {name: fact.text for name, fact in item.facts.items()}
    for name, old, new in _by_name(before, after):
        what = message("What backs “{claim}”", claim=_label(item.claims, name))
        yield _changed(what, *(_ways(facts, variants or ()) for variants in (old, new)))


def _ways(facts: Mapping[str, str], variants: Sequence[keys.Variant]) -> object:
    if not variants:
        return message("no fact")
    ways = []
    for way in variants:
        parts = []
        if way.all_of:
            parts.append(message("all of: {facts}", facts=_quoted(facts, sorted(way.all_of))))
        if way.any_of:
            parts.append(message("one of: {facts}", facts=_quoted(facts, sorted(way.any_of))))
        if way.optional:
            parts.append(
                message("allowed too: {facts}", facts=_quoted(facts, sorted(way.optional)))
            )
        ways.append(message("({parts})", parts=tuple(parts)))
    return tuple(ways)


def _number(item: model.Number, field: str, before: Any, after: Any) -> Iterable[Message]:
    match field:
        case "value":
            yield _changed(message(_ONE[field]), before, after)
        case "unit":
            yield _changed(message(_ONE[field]), *_both(item.units, before, after))
        case "full":
            yield message("Full marks within {after} % of the value; before within {before} %.",
                          before=100 * before, after=100 * after)  # fmt: skip
        case "half":
            yield message("Half marks within {after} % of the value; before within {before} %.",
                          before=100 * before, after=100 * after)  # fmt: skip
        case "traps":
            yield from _traps(item, before, after)
        case "readings":
            for name, old, new in _by_name(before, after):
                what = message("Read as “{reading}”", reading=_label(item.readings, name))
                yield _changed(what, *(way and _amount(item, way) for way in (old, new)))
        case "equivalents":
            for name, old, new in _by_name(before, after):
                what = message("Accepted in “{unit}”, times", unit=_label(item.units, name))
                yield _changed(what, old, new)
        case "inputs":
            for name, old, new in _by_name(before, after):
                what = message("“{name}” in the formula", name=name)
                yield _changed(what, old, new)


def _amount(item: model.Number, of: keys.Reading | keys.Trap) -> Message:
    unit: object = _label(item.units, of.unit) if of.unit else message("any unit")
    return message("{value} {unit}", value=of.value, unit=unit)


def _traps(
    item: model.Number, before: Sequence[keys.Trap], after: Sequence[keys.Trap]
) -> Iterable[Message]:
    for _, old, new in _by_name({t.name: t for t in before}, {t.name: t for t in after}):
        if new is None:
            yield message("The wrong value {amount} is no longer known.", amount=_amount(item, old))
        elif old is None:
            yield message("A known wrong value is new, {amount}: “{text}”",
                          amount=_amount(item, new), text=Message(new.message))  # fmt: skip
        elif (old.value, old.unit) != (new.value, new.unit):
            yield _changed(message("A known wrong value"), _amount(item, old), _amount(item, new))
        if old and new and old.message != new.message:
            what = message("What is said to {amount}", amount=_amount(item, new))
            yield _changed(what, _text(old.message), _text(new.message))
    if len(before) == len(after) and all(trap in after for trap in before):
        yield message("The known wrong values stand in another order.")


def _points(before: Mapping[str, keys.Point], after: Mapping[str, keys.Point]) -> Iterable[Message]:
    for _, old, new in _by_name(before, after):
        if new is None:
            yield message("The point “{name}” is no longer asked for.", name=Message(old.name))
            continue
        name = Message(new.name)
        if old is None:
            yield message("The point “{name}” is new.", name=name)
            continue
        if old.name != new.name:
            yield _changed(message("The name of a point"), _text(old.name), _text(new.name))
        more = [way for way in new.accept if way not in old.accept]
        less = [way for way in old.accept if way not in new.accept]
        if more:
            yield message("“{name}” may now be said as: {ways}", name=name, ways=more)
        if less:
            yield message("“{name}” may no longer be said as: {ways}", name=name, ways=less)
        if not (more or less) and old.accept != new.accept:
            yield message("The ways to say “{name}” stand in another order.", name=name)


def _checks(before: tuple[keys.Check, ...], after: tuple[keys.Check, ...]) -> Iterable[Message]:
    for _, old, new in _by_name(keys.named_checks(before), keys.named_checks(after)):
        if new is None:
            yield message("No longer looked at: “{text}”", text=Message(old.message))
            continue
        text = Message(new.message)
        if old is None:
            yield message("Looked at from now on: “{text}”", text=text)
            continue
        if old.message != new.message:
            yield _changed(message("What is said"), _text(old.message), _text(new.message))
        if old.weight != new.weight:
            yield message("The weight of “{text}”: {before} → {after}",
                          text=text, before=old.weight, after=new.weight)  # fmt: skip
        same = {"message": new.message, "weight": new.weight}
        if old.model_copy(update=same) != new:
            yield message("“{text}” is looked at by another measure.", text=text)
