"""Whether an answer is complete and well-formed, told without knowing what is right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kamlib.filler import plausible
from kamlib.items import model
from kamlib.items import responses as r
from kamlib.items.scene import walk
from kamlib.words import N_, Message, message


class State(StrEnum):
    """How far an answer is; each has a word, to be translated where it is shown."""

    BLANK = "blank"
    INCOMPLETE = "incomplete"
    COMPLETE = "complete"

    @property
    def word(self) -> str:
        """The English word."""
        return _WORDS[self]


_WORDS = {
    State.BLANK: N_("not answered"),
    State.INCOMPLETE: N_("not complete"),
    State.COMPLETE: N_("complete"),
}


@dataclass(frozen=True, slots=True)
class Completeness:
    """How far an answer is and what it lacks."""

    state: State
    messages: tuple[Message, ...] = ()
    """What is missing or not well-formed; a complete answer may still have a remark."""


def completeness(item: model.Item, response: object) -> Completeness:
    """Tell how complete `response`, any JSON value, is as an answer to `item`; never raises.

    >>> item = model.parse_item({"interaction": "number", "id": "u.n", "title": "", "prompt": "",
    ...     "quantity": "Stock", "units": {"pcs": "pieces", "ctn": "cartons"}})
    >>> completeness(item, {"value": "36,000", "unit": "pcs"})
    Completeness(state=<State.COMPLETE: 'complete'>, messages=())
    >>> [m.text for m in completeness(item, {"value": "many"}).messages][0][:31]
    '“{typed}” cannot be read as a n'
    >>> str(completeness(item, {}).state)
    'blank'
    """
    answer = r.read_response(item, response)
    if isinstance(answer, r.Blank):
        return Completeness(State.BLANK, (message("Not answered yet."),))
    if isinstance(answer, r.Unreadable):
        return Completeness(State.INCOMPLETE, (answer.why,))
    lacks = tuple(_LACKING[item.interaction](item, answer, response))
    if lacks:
        return Completeness(State.INCOMPLETE, lacks)
    remarks = tuple(_unbacked(item, answer)) if isinstance(answer, r.EvidenceAnswer) else ()
    return Completeness(State.COMPLETE, remarks)


def _labels(labels: Mapping[str, str], given: Iterable[str]) -> tuple[Message, ...]:
    return tuple(Message(text) for name, text in labels.items() if name not in set(given))


def _open(labels: Mapping[str, str], given: Iterable[str]) -> Iterable[Message]:
    lacking = _labels(labels, given)
    if lacking:
        yield message(
            "{n} of {total} still open: {lines}.",
            n=len(lacking),
            total=len(labels),
            lines=_few(lacking),
        )


def _few(labels: Sequence[Message], shown: int = 3) -> tuple[Message | str, ...]:
    return (*labels[:shown], "…") if len(labels) > shown else tuple(labels)


def _choice(item: model.Choice, answer: r.ChoiceAnswer, _: object) -> Iterable[Message]:
    if answer.option is None:
        yield message("Choose an option.")
    if item.reasons and answer.reason is None:
        yield message("Choose the reason, too.")


def _nothing(item: model.Item, answer: r.Answer, _: object) -> Iterable[Message]:
    return ()


def _match(item: model.Match, answer: r.MatchAnswer, _: object) -> Iterable[Message]:
    return _open(item.stems, answer.pairs)


def _order(item: model.Order, answer: r.OrderAnswer, _: object) -> Iterable[Message]:
    return _open(item.options, answer.options)


def _classify(item: model.Classify, answer: r.ClassifyAnswer, _: object) -> Iterable[Message]:
    return _open(item.lines, answer.classes)


def _spot_error(item: model.SpotError, answer: r.SpotErrorAnswer, _: object) -> Iterable[Message]:
    if answer.where is None:
        yield message("Choose the place that is wrong.")
    if answer.kind is None:
        yield message("Choose what kind of error it is.")


def _number(
    item: model.Number, answer: r.NumberAnswer, response: Mapping[str, Any]
) -> Iterable[Message]:
    if answer.unit is None:
        yield message("Choose the unit.")
    if item.readings and answer.reading is None:
        yield message("Choose how you read the question.")
    if item.confidence and answer.confidence is None:
        if response.get("confidence") in (None, ""):
            yield message("Say how sure you are.")
        else:
            yield message("How sure you are is a number from 0 to 100.")


def _recall(item: model.Recall, answer: r.RecallAnswer, _: object) -> Iterable[Message]:
    if answer.ignored:
        yield message(
            "Only the first {lines} lines count; {n} more are not read.",
            lines=item.lines,
            n=answer.ignored,
        )
    empty = item.lines - len(answer.lines)
    if empty:
        yield message("{n} of {total} lines are still empty.", n=empty, total=item.lines)


def _unbacked(item: model.Item, answer: r.EvidenceAnswer) -> Iterable[Message]:
    if isinstance(item, model.Evidence) and (lacking := _labels(item.claims, answer.facts)):
        yield message(
            "No fact is given for: {claims}. Leave it so if you think that none backs it.",
            claims=_few(lacking),
        )


def _fields(
    spec: Mapping[str, model.TypedField], values: Mapping[str, r.Value]
) -> Iterable[Message]:
    missing = r.missing_fields(spec, values)
    if missing:
        yield message("Still to fill in: {fields}.", fields=tuple(missing))
    yield from r.ill_formed(spec, values)
    for name, field in spec.items():
        value = values.get(name)
        if field.kind == "text" and isinstance(value, str) and not plausible(value):
            yield message("{field}: “{typed}” says nothing yet.",
                          field=Message(field.label), typed=r.short(value))  # fmt: skip


def _structured(item: model.Structured, answer: r.StructuredAnswer, _: object) -> Iterable[Message]:
    return _fields(item.fields, answer.fields)


def _table(item: model.Table, answer: r.TableAnswer, _: object) -> Iterable[Message]:
    if len(answer.rows) < item.min_rows:
        yield message(
            "{n} of at least {wanted} rows are filled in.",
            n=len(answer.rows),
            wanted=item.min_rows,
        )
    if answer.ignored:
        yield message(
            "Only the first {rows} rows count; {n} more are not read.",
            rows=item.max_rows,
            n=answer.ignored,
        )
    for i, row in enumerate(answer.rows, 1):
        for why in _fields(item.columns, row):
            yield message("Row {row}: {why}", row=i, why=why)


def _text(item: model.Prose, answer: r.TextAnswer, _: object) -> Iterable[Message]:
    if not plausible(answer.text):
        yield message("“{typed}” says nothing yet.", typed=r.short(answer.text))


def _scene(item: model.Scene, answer: r.SceneAnswer, _: object) -> Iterable[Message]:
    if not walk(item, answer.path).finished:
        yield message("The conversation is not at its end yet.")


def _reflect(item: model.Reflect, answer: r.ReflectAnswer, _: object) -> Iterable[Message]:
    written = [entry for entry in answer.entries.values() if entry.text]
    if len(written) < item.entries:
        yield message(
            "{n} of {total} texts are still empty.",
            n=item.entries - len(written),
            total=item.entries,
        )
    for entry in written:
        if not entry.ticks:
            yield message("“{words}”: tick what you find in it.", words=r.short(entry.text))


_LACKING: Mapping[str, Callable[[Any, Any, Any], Iterable[Message]]] = {
    "choice": _choice,
    "choices": _nothing,
    "match": _match,
    "order": _order,
    "classify": _classify,
    "spot_error": _spot_error,
    "number": _number,
    "recall": _recall,
    "evidence": _nothing,
    "structured": _structured,
    "plan": _structured,
    "table": _table,
    "text": _text,
    "scene": _scene,
    "reflect": _reflect,
}
