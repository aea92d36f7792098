"""Whether a key fits its item: what an author mistyped, found before a trainee meets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kamlib.items import keys, model
from kamlib.words import Message, message


def misfits(item: model.Item, key: keys.Key) -> list[Message]:
    """Return a sentence for every name in the key that the item does not have, or the other way."""
    return [problem for problem in _misfits(item, key) if problem]


def _misfits(item: model.Item, key: keys.Key) -> Iterable[Message | None]:
    told = set(getattr(key, "messages", {}))
    match item, key:
        case model.Choice(), keys.ChoiceKey():
            yield from _unknown(item, {key.answer, *told}, item.options)
            reasons = {*key.reason_messages, *([key.reason] if key.reason else [])}
            yield from _unknown(item, reasons, item.reasons)
            if item.reasons and not key.reason:
                yield message("{item} asks for a reason, but its key has none.", item=item.id)
        case model.Choices(), keys.ChoicesKey():
            yield from _unknown(item, {*key.answer, *told}, item.options)
        case model.Match(), keys.MatchKey():
            rights = [(one,) if isinstance(one, str) else one for one in key.answer.values()]
            yield from _unknown(
                item, {option for right in rights for option in right}, item.options
            )
            yield from _same(item, key.answer, item.stems)
            yield from _unknown(item, told, item.stems)
        case model.Order(), keys.OrderKey():
            yield from _same(item, key.answer, item.options)
            yield from _unknown(item, told, item.options)
        case model.Classify(), keys.ClassifyKey():
            yield from _unknown(item, key.answer.values(), item.classes)
            yield from _same(item, key.answer, item.lines)
            yield from _unknown(item, told, item.lines)
        case model.SpotError(), keys.SpotErrorKey():
            yield from _unknown(item, {key.where, *told}, item.segments)
            yield from _unknown(item, {key.kind}, item.kinds)
        case model.Number(), keys.NumberKey():
            units = {key.unit, *key.equivalents, *(way.unit for way in key.readings.values())}
            units |= {trap.unit for trap in key.traps}
            yield from _unknown(item, units - {None}, item.units)
            yield from _unknown(item, key.readings, item.readings or key.readings)
            if key.value is None and not key.readings and not key.formula:
                yield message("{item}: its key has no value.", item=item.id)
        case model.Evidence(), keys.EvidenceKey():
            yield from _same(item, key.answer, item.claims)
            facts = {
                fact
                for variants in key.answer.values()
                for way in variants
                for fact in way.all_of | way.any_of | way.optional
            }
            yield from _unknown(item, facts | told, item.facts)
        case model.Structured(), keys.StructuredKey():
            yield from _checks(item, key.checks, item.fields)
            yield from _unknown(item, key.example, item.fields)
        case model.Table(), keys.TableKey():
            yield from _checks(item, key.checks, item.columns)
            yield from _unknown(item, {name for row in key.example for name in row}, item.columns)
        case model.Prose(), keys.ProseKey():
            yield from _same(item, key.levels, item.criteria)


def _checks(
    item: model.Item, checks: Iterable[keys.Check], fields: Mapping[str, model.TypedField]
) -> Iterable[Message]:
    for check in checks:
        yield from _unknown(item, check.fields, fields)
        for name in check.fields:
            if name in fields and check.rule == "one_of":
                yield from _unknown(item, check.options, fields[name].options or check.options)


def _unknown(
    item: model.Item, named: Iterable[str | None], known: Iterable[str]
) -> Iterable[Message]:
    there = set(known)
    for name in sorted({name for name in named if name is not None} - there):
        yield message(
            "{item}: its key names “{name}”, which the item does not have.", item=item.id, name=name
        )


def _same(item: model.Item, answered: Iterable[str], asked: Iterable[str]) -> Iterable[Message]:
    yield from _unknown(item, answered, asked)
    for name in sorted(set(asked) - set(answered)):
        yield message("{item}: its key says nothing of “{name}”.", item=item.id, name=name)
