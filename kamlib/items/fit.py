"""Whether a key fits its item: what an author mistyped, found before a trainee meets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kamlib.items import keys, model
from kamlib.items.measures import MEASURES
from kamlib.items.scene import walk
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
        case model.Structured(), keys.StructuredKey() | keys.PlanKey():
            yield from _measure(item, getattr(key, "measure", ""))
            yield from _checks(item, key.checks, item.fields)
            yield from _unknown(item, key.example, item.fields)
        case model.Table(), keys.TableKey():
            yield from _measure(item, key.measure)
            yield from _checks(item, key.checks, item.columns)
            yield from _unknown(item, {name for row in key.example for name in row}, item.columns)
        case model.Prose(), keys.ProseKey():
            yield from _same(item, key.levels, item.criteria)
            yield from _measure(item, key.measure)
            about = {remark.criterion for remark in key.comments.values()}
            yield from _unknown(item, about | set(key.look_for), item.criteria)
        case model.Scene(), keys.SceneKey():
            yield from _unknown(item, {*key.enough, *told}, item.measures)
            yield from _turns(item)
            yield from _ways(item)
            for name, play in item.others.items():
                yield from _path(item, name, play.path)
            yield from _path(item, "best", key.best)
            reached = walk(item, key.best).measures
            for measure, wanted in key.enough.items():
                if reached.get(measure, wanted) < wanted:
                    yield message(
                        "{item}: its best path ends with “{measure}” at {n}, and {wanted} is asked "
                        "for.",
                        item=item.id,
                        measure=measure,
                        n=reached[measure],
                        wanted=wanted,
                    )
        case model.Reflect(), keys.ReflectKey():
            yield from _manners(item, key)


def _measure(item: model.Item, name: str) -> Iterable[Message]:
    if name and name not in MEASURES:
        yield message(
            "{item}: there is no measure “{measure}”; there are {known}.",
            item=item.id,
            measure=name,
            known=tuple(MEASURES),
        )


def _checks(
    item: model.Item, checks: Iterable[keys.Check], fields: Mapping[str, model.TypedField]
) -> Iterable[Message]:
    for check in checks:
        yield from _unknown(item, check.fields, fields)
        for condition in filter(None, (check.when, check.unless)):
            yield from _unknown(item, (condition.field,), fields)
            if condition.field in fields and fields[condition.field].options:
                yield from _unknown(item, condition.options, fields[condition.field].options)
        for name in check.fields:
            if name in fields and check.rule == "one_of":
                yield from _unknown(item, check.options, fields[name].options or check.options)


def _turns(item: model.Scene) -> Iterable[Message]:
    """Tell what is amiss within a turn of a scene."""
    if model.YOU in item.cast:
        yield message("{item}: “you” is the trainee, and does not stand in the cast.", item=item.id)
    if item.start not in item.turns:
        yield message("{item}: its start “{turn}” is no turn.", item=item.id, turn=item.start)
    for name, turn in item.turns.items():
        if turn.choices and turn.ending:
            yield message(
                "{item}: the turn “{turn}” has choices and an ending; it can have only one of them.",
                item=item.id, turn=name,
            )  # fmt: skip
        elif turn.choices and not 2 <= len(turn.choices) <= 4:
            yield message(
                "{item}: the turn “{turn}” has {n} choices; give it 2 to 4, or none at an ending.",
                item=item.id, turn=name, n=len(turn.choices),
            )  # fmt: skip
        elif not turn.choices and not turn.ending:
            yield message(
                "{item}: the turn “{turn}” has neither choices nor an ending.",
                item=item.id, turn=name,
            )  # fmt: skip
        if turn.choices and not turn.lines:
            yield message(
                "{item}: in the turn “{turn}” nobody says anything.", item=item.id, turn=name
            )
        for who in sorted({line.who for line in turn.lines} - {*item.cast, model.YOU}):
            yield message(
                "{item}: in the turn “{turn}” speaks “{who}”, who is not in the cast.",
                item=item.id, turn=name, who=who,
            )  # fmt: skip
        for choice, saying in turn.choices.items():
            if saying.to not in item.turns:
                yield message(
                    "{item}: the choice “{choice}” of the turn “{turn}” leads to “{to}”, which is "
                    "no turn.",
                    item=item.id, choice=choice, turn=name, to=saying.to,
                )  # fmt: skip
            for measure in sorted(set(saying.effects) - set(item.measures)):
                yield message(
                    "{item}: the choice “{choice}” of the turn “{turn}” moves “{measure}”, which "
                    "is not measured.",
                    item=item.id, choice=choice, turn=name, measure=measure,
                )  # fmt: skip


def _ways(item: model.Scene) -> Iterable[Message]:
    """Tell which turns nothing leads to, and which lead back to themselves."""
    after = {
        name: {saying.to for saying in turn.choices.values()} for name, turn in item.turns.items()
    }
    for name in sorted(set(after) - _reached(after, {item.start})):
        yield message("{item}: nothing leads to the turn “{turn}”.", item=item.id, turn=name)
    for name in after:
        if name in _reached(after, after[name]):
            yield message(
                "{item}: the turn “{turn}” leads back to itself, so that the scene need not end.",
                item=item.id, turn=name,
            )  # fmt: skip


def _reached(after: Mapping[str, set[str]], start: set[str]) -> set[str]:
    """Return what can be reached from `start`, itself included."""
    found: set[str] = set()
    open_: set[str] = set(start)
    while open_:
        found |= open_
        open_ = {to for name in open_ for to in after.get(name, ())} - found
    return found


def _path(item: model.Scene, name: str, path: tuple[str, ...]) -> Iterable[Message]:
    walked = walk(item, path)
    if walked.lost:
        yield message(
            "{item}: the path of “{name}” cannot be walked: the turn “{turn}” has no choice "
            "“{choice}”.",
            item=item.id, name=name, turn=walked.at, choice=walked.lost[0],
        )  # fmt: skip
    elif not walked.finished:
        yield message(
            "{item}: the path of “{name}” stops at the turn “{turn}”, which is no ending.",
            item=item.id, name=name, turn=walked.at,
        )  # fmt: skip


def _manners(item: model.Reflect, key: keys.ReflectKey) -> Iterable[Message]:
    named = {tick for manner in key.verdicts for tick in manner.all_of | manner.none_of}
    yield from _unknown(item, named, item.criteria)
    *before, last = key.verdicts
    if last.all_of or last.none_of:
        yield message(
            "{item}: its last verdict, “{name}”, must be without conditions, so that there is one "
            "for every sentence.",
            item=item.id, name=last.name,
        )  # fmt: skip
    for manner in before:
        if not (manner.all_of or manner.none_of):
            yield message(
                "{item}: the verdict “{name}” is without conditions, so those after it are never "
                "given.",
                item=item.id, name=manner.name,
            )  # fmt: skip
    names = [manner.name for manner in key.verdicts]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield message("{item}: the verdict “{name}” stands twice.", item=item.id, name=name)


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
