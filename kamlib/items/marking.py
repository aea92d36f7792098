"""What answers are worth: the marks of an exercise from its items, keys and responses.

Pure functions over records: nothing is executed, nothing is raised for any JSON value as a
response, and every mark says why. Rules that the keys leave open are decided here:

- an answer that names an option the question does not have is unreadable and goes to a person;
- a reason counts whether or not the option is right, a kind of error only at the right place;
- in an incomplete order only the pairs that were placed can earn;
- a check over a field that may be left blank holds when it is blank.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations, pairwise
from typing import Any

from kamlib.arithmetic import evaluate
from kamlib.backing import backing
from kamlib.filler import plausible
from kamlib.items import keys as k
from kamlib.items import model
from kamlib.items import responses as r
from kamlib.items.mark import Mark, MetGate, Outcome
from kamlib.items.measures import measure
from kamlib.items.recall import Doubt, recalled
from kamlib.items.rehearsal import reflected, staged
from kamlib.items.verdict import Verdict
from kamlib.measured import Measured, Row
from kamlib.words import Message, message

HABIT = 2
"""So many times as often as it is right, a class that an answer names is a habit."""
LINES_FOR_HABIT = 3
"""With fewer wrong lines than this in one class it may be chance."""

SHOWN = 4
"""How many wrong lines of one answer are named; the rest are counted."""


@dataclass(frozen=True, slots=True)
class _Exercise:
    """Everything marking one item may look at: the whole exercise, for follow-on errors."""

    keys: Mapping[str, k.Key]
    answers: Mapping[str, r.Answer | r.Blank | r.Unreadable]
    carried: dict[str, float | None] = field(default_factory=dict)
    """The trainee's own number for an item, once worked out; None while being worked out."""


def mark_exercise(
    items: Sequence[model.Item],
    keys: Mapping[str, k.Key],
    responses: Mapping[str, object],
    lifted: Collection[str] = (),
) -> dict[str, Mark]:
    """Return the mark of each item by its id, in the order of `items`.

    `responses` holds any JSON value by item id; a missing one counts as not attempted.
    `lifted` names items whose gate a person has looked at and taken away.

    >>> item = model.parse_item({"interaction": "choice", "id": "u.q", "title": "Stock",
    ...     "prompt": "?", "points": 3, "options": {"a": "Sell-in", "b": "Sell-out"}})
    >>> key = k.parse_key("choice", {"answer": "b", "explanation": "Shops sold it.",
    ...     "messages": {"a": "That filled the warehouse."}})
    >>> mark = mark_exercise([item], {"u.q": key}, {"u.q": {"choice": "a"}})["u.q"]
    >>> mark.score, str(mark.outcome), [m.text for m in mark.feedback]
    (0.0, 'incorrect', ['That filled the warehouse.', 'Shops sold it.'])
    """
    exercise = _Exercise(
        keys, {item.id: r.read_response(item, responses.get(item.id)) for item in items}
    )
    marks = {item.id: _mark(item, exercise) for item in items}
    marks = _gated(items, exercise, marks, lifted)
    return {name: _contested(mark, responses.get(name)) for name, mark in marks.items()}


def _contested(mark: Mark, response: object) -> Mark:
    """Send to a person what the trainee disagrees with; the mark stands until then."""
    text = response.get("disagree") if isinstance(response, Mapping) else None
    if not isinstance(text, str) or not r.clean(text):
        return mark
    why = message("You disagree: “{text}” A person looks at it.", text=r.short(r.clean(text), 400))
    return replace(mark, needs_human=True, feedback=(why, *mark.feedback))


def check(item: model.Item, key: k.Key, response: object) -> Mark:
    """Return the mark of one practice item, answered by itself.

    >>> item = model.parse_item({"interaction": "number", "id": "u.n", "title": "", "prompt": "",
    ...     "quantity": "Coverage", "units": {"pct": "%"}})
    >>> key = k.parse_key("number", {"value": 15, "explanation": "3 of 20 shops."})
    >>> check(item, key, {"value": "15 %"}).score, check(item, key, None).score
    (1.0, 0.0)
    """
    return _mark(item, _Exercise({item.id: key}, {item.id: r.read_response(item, response)}))


def _mark(item: model.Item, exercise: _Exercise) -> Mark:
    key = exercise.keys.get(item.id)
    answer = exercise.answers[item.id]
    graded = item.use == "graded"
    if isinstance(answer, r.Blank):
        said = [message("You have not answered this question.")]
        if graded and key:
            said += _said(key.explanation)
        return Mark(item.id, 0.0, item.points, Outcome.NOT_ATTEMPTED, tuple(said))
    if isinstance(answer, r.Unreadable):
        return Mark(
            item.id, 0.0, item.points, Outcome.CANNOT_BE_CHECKED,
            (answer.why, *_person(item)), needs_human=True,
        )  # fmt: skip
    if key is None or key.interaction != item.interaction:
        return Mark(
            item.id, None, item.points, Outcome.CANNOT_BE_CHECKED,
            (message("This question has no key that fits it, so a person has to mark it."),),
            needs_human=True,
        )  # fmt: skip
    verdict = _MARKERS[item.interaction](item, key, answer, exercise)
    score, outcome = _score(verdict.share, item.points)
    outcome = verdict.outcome or outcome
    feedback = [*verdict.notes, *_limited(verdict.wrong)]
    if verdict.closing and not feedback and outcome is Outcome.PARTLY:
        # else what came out in numbers would stand where people look for what to change
        feedback = [message("No fault was found here; what came out can still be better.")]
    feedback += verdict.closing
    if verdict.human and verdict.share is not None:
        feedback += _person(item)
    if graded or outcome is not Outcome.NOT_ATTEMPTED:
        feedback += _said(key.explanation)
    if not feedback:
        feedback = [message("This is right.") if outcome is Outcome.CORRECT else _not_right()]
    return Mark(
        item.id, score, item.points, outcome, tuple(feedback), verdict.human, tuple(verdict.traps)
    )


def _score(share: float | None, points: float) -> tuple[float | None, Outcome]:
    if share is None:
        return None, Outcome.CANNOT_BE_CHECKED
    if share > 1 - 1e-9:
        return float(points), Outcome.CORRECT
    if share <= 0:
        return 0.0, Outcome.INCORRECT
    return min(round(share * points, 4), float(points)), Outcome.PARTLY


def _said(text: str) -> list[Message]:
    """Return an authored text as a message, to be translated where it is shown."""
    return [Message(text)] if text else []


def _not_right() -> Message:
    return message("This is not right yet.")


def _person(item: model.Item) -> list[Message]:
    if item.use == "graded":
        return [message("A person will look at this answer before its mark is final.")]
    return [message("The machine cannot be sure here: compare with the explanation.")]


def _limited(messages: Sequence[Message]) -> Sequence[Message]:
    """Keep feedback readable: the first few, then how many more."""
    if len(messages) <= SHOWN:
        return messages
    return [*messages[:SHOWN], message("And {n} more like this.", n=len(messages) - SHOWN)]


def _label(labels: Mapping[str, str], key: str) -> Message:
    return Message(labels.get(key) or key)


# Options ------------------------------------------------------------------------------------


def _choice(item: model.Choice, key: k.ChoiceKey, answer: r.ChoiceAnswer, _: object) -> Verdict:
    wrong, traps = [], []
    option_right = answer.option == key.answer
    if not option_right:
        wrong.append(_wrong_option(item.options, key.messages, answer.option))
        if answer.option:
            traps.append(answer.option)
    if not (item.reasons and key.reason):
        return Verdict(float(option_right), wrong, traps=traps)
    reason_right = answer.reason == key.reason
    if not reason_right:
        wrong.append(_wrong_reason(item, key, answer.reason))
        if answer.reason:
            traps.append(f"reason:{answer.reason}")
    return Verdict((2 * option_right + reason_right) / 3, wrong, traps=traps)


def _wrong_option(labels: Mapping[str, str], told: k.Messages, option: str | None) -> Message:
    if option is None:
        return message("No option was chosen.")
    if told.get(option):
        return Message(told[option])
    return message("“{option}” is not the right answer here.", option=_label(labels, option))


def _wrong_reason(item: model.Choice, key: k.ChoiceKey, reason: str | None) -> Message:
    if reason is None:
        return message("No reason was chosen; it is worth a third of the points.")
    if key.reason_messages.get(reason):
        return Message(key.reason_messages[reason])
    return message("“{reason}” is not the reason.", reason=_label(item.reasons, reason))


def _choices(item: model.Choices, key: k.ChoicesKey, answer: r.ChoicesAnswer, _: object) -> Verdict:
    taken = [option for option in item.options if option in answer.options - key.answer]
    missed = [option for option in item.options if option in key.answer - answer.options]
    right = len(key.answer & answer.options)
    share = max(0.0, (right - len(taken)) / len(key.answer))
    wrong = [_about(key, item, option, taken=True) for option in taken]
    if right and share == 0:
        wrong.append(message("Each wrong option takes away what a right one earns."))
    wrong += [_about(key, item, option, taken=False) for option in missed]
    return Verdict(share, wrong, traps=taken)


def _about(key: k.ChoicesKey, item: model.Choices, option: str, taken: bool) -> Message:
    if key.messages.get(option):
        return Message(key.messages[option])
    label = _label(item.options, option)
    if taken:
        return message("“{option}” does not belong here.", option=label)
    return message("“{option}” belongs here too.", option=label)


def _match(item: model.Match, key: k.MatchKey, answer: r.MatchAnswer, _: object) -> Verdict:
    wrong, traps, right = [], [], 0
    for stem, accepted in key.answer.items():
        options = (accepted,) if isinstance(accepted, str) else accepted
        given = answer.pairs.get(stem)
        if given in options:
            right += 1
            continue
        wrong.append(_wrong_pair(item.stems, item.options, key.messages, stem, given, options[:1]))
        if given:
            traps.append(f"{stem}:{given}")
    return Verdict(_mean(right, len(key.answer)), wrong, traps=traps)


def _wrong_pair(
    left: Mapping[str, str],
    right: Mapping[str, str],
    told: k.Messages,
    name: str,
    given: str | None,
    wanted: Sequence[str],
) -> Message:
    if given and told.get(name):
        return Message(told[name])
    line, proper = _label(left, name), tuple(_label(right, option) for option in wanted)
    if given is None:
        return message("“{line}” was left open; it goes with “{right}”.", line=line, right=proper)
    return message(
        "“{line}” goes with “{right}”, not with “{given}”.",
        line=line,
        right=proper,
        given=_label(right, given),
    )


def _mean(total: float, count: float) -> float:
    return total / count if count else 0.0


def _order(item: model.Order, key: k.OrderKey, answer: r.OrderAnswer, _: object) -> Verdict:
    place = {option: i for i, option in enumerate(answer.options)}
    pairs = list(combinations(key.answer, 2))
    kept = sum(a in place and b in place and place[a] < place[b] for a, b in pairs)
    rank = {option: i for i, option in enumerate(key.answer)}
    wrong, traps = [], []
    for early, late in pairwise(option for option in answer.options if option in rank):
        if rank[early] < rank[late]:
            continue
        traps.append(f"{early}:{late}")
        wrong.append(
            Message(key.messages[early])
            if key.messages.get(early)
            else message(
                "“{early}” comes after “{late}”.",
                early=_label(item.options, early),
                late=_label(item.options, late),
            )
        )
    missing = [option for option in key.answer if option not in place]
    if missing:
        wrong.append(
            message(
                "Not placed, so nothing could be earned for them: {options}.",
                options=tuple(_label(item.options, option) for option in missing),
            )
        )
    return Verdict(_mean(kept, len(pairs)), list(dict.fromkeys(wrong)), traps=traps)


def _classify(
    item: model.Classify, key: k.ClassifyKey, answer: r.ClassifyAnswer, _: object
) -> Verdict:
    lines: dict[str, int] = {}
    right: dict[str, int] = {}
    wrong, traps = [], []
    for line, group in key.answer.items():
        lines[group] = lines.get(group, 0) + 1
        given = answer.classes.get(line)
        if given == group:
            right[group] = right.get(group, 0) + 1
            continue
        wrong.append(_wrong_pair(item.lines, item.classes, key.messages, line, given, (group,)))
        if given:
            traps.append(f"{line}:{given}")
    share = _mean(sum(right.get(group, 0) / n for group, n in lines.items()), len(lines))
    return Verdict(share, wrong, notes=_habit(item, answer, lines), traps=traps)


def _habit(
    item: model.Classify, answer: r.ClassifyAnswer, lines: Mapping[str, int]
) -> Sequence[Message]:
    """Name the class that was seen everywhere: a habit says more than its single lines do."""
    given = Counter(answer.classes.values())
    group, count = max(given.items(), key=lambda one: one[1] - lines.get(one[0], 0))
    proper = lines.get(group, 0)
    if count < HABIT * max(proper, 1) or count - proper < LINES_FOR_HABIT:
        return []
    return [
        message(
            "You put {count} of {total} under “{group}”; {proper} belong there. Ask what made you see it so often.",
            count=count, total=sum(lines.values()), group=_label(item.classes, group), proper=proper,
        )
    ]  # fmt: skip


def _spot_error(
    item: model.SpotError, key: k.SpotErrorKey, answer: r.SpotErrorAnswer, _: object
) -> Verdict:
    if answer.where != key.where:
        if answer.where is None:
            return Verdict(0.0, [message("No place was chosen: which part is wrong?")])
        told = key.messages.get(answer.where)
        why = (
            Message(told)
            if told
            else message(
                "“{part}” can stand as it is; the error is elsewhere, so its kind was not counted.",
                part=_label(item.segments, answer.where),
            )
        )
        return Verdict(0.0, [why], traps=[answer.where])
    if answer.kind == key.kind:
        return Verdict(1.0)
    found = message("The place is right.")
    if answer.kind is None:
        return Verdict(0.5, [message("No kind of error was chosen.")], closing=[found])
    return Verdict(
        0.5,
        [
            message(
                "The kind of error is “{right}”, not “{given}”.",
                right=_label(item.kinds, key.kind),
                given=_label(item.kinds, answer.kind),
            )
        ],
        closing=[found],
        traps=[f"kind:{answer.kind}"],
    )


# Numbers ------------------------------------------------------------------------------------


def _near(value: float, target: float, share: float) -> bool:
    """Tell whether a value is within a share of its target; a target of 0 must be met."""
    return abs(value - target) <= share * abs(target) + 1e-9 * abs(target) + 1e-12


def _number(
    item: model.Number, key: k.NumberKey, answer: r.NumberAnswer, exercise: _Exercise
) -> Verdict:
    reading = key.readings.get(answer.reading or "")
    if key.readings and answer.reading and not reading and item.readings:
        return Verdict(
            0.0,
            [
                message(
                    "The question cannot be read as “{reading}”.",
                    reading=_label(item.readings, answer.reading),
                )
            ],
            traps=[f"reading:{answer.reading}"],
        )
    right = reading.value if reading else _right_value(item.id, exercise)
    unit = reading.unit if reading else key.unit
    if key.readings and not item.readings:
        # The question does not ask for the reading, so each is as good.
        met = [way for way in key.readings.values() if _near(answer.value, way.value, key.full)]
        if met or right is None:
            reading = met[0] if met else next(iter(key.readings.values()))
            right, unit = reading.value, reading.unit
    if right is None and not key.readings:
        why = message("The key gives no value here, so a person has to mark it.")
        return Verdict(None, [why], human=True)
    value = answer.value
    if unit and answer.unit != unit:
        if answer.unit in key.equivalents:
            value *= key.equivalents[answer.unit]
        elif right is not None:
            return _wrong_unit(item, key, answer, unit)
    if not _trap(key, answer, value):
        value /= _scale_said_twice(item, answer)
    if right is None:
        return _without_reading(item, key, answer)
    if _near(value, right, key.full):
        return Verdict(1.0)
    amount = _amount(item, right, unit)
    follows = None if reading else _follow_on(item.id, key, right, exercise)
    if follows is not None and _near(value, follows, key.full):
        return Verdict(1.0, notes=[_followed(amount)])
    trap = _trap(key, answer, value)
    if trap:
        return Verdict(0.0, [Message(trap.message)], traps=[trap.name])
    close = message(
        "{value} is close: within {share} % it earns half. The exact value is {right}.",
        value=answer.typed,
        share=key.half * 100,
        right=amount,
    )
    if _near(value, right, key.half):
        return Verdict(0.5, [close])
    if follows is not None and _near(value, follows, key.half):
        return Verdict(0.5, [close], [_followed(amount)])
    other = _other_reading(item, key, answer)
    if other:
        return other
    return Verdict(0.0, [_off(value, right, key.full, answer.typed, amount)])


def _without_reading(item: model.Number, key: k.NumberKey, answer: r.NumberAnswer) -> Verdict:
    """Judge a value whose reading was not stated though every right value depends on it."""
    fits = _other_reading(item, key, answer)
    if fits:
        return fits
    if trap := _trap(key, answer, answer.value):
        return Verdict(0.0, [Message(trap.message)], traps=[trap.name])
    why = message(
        "{value} is right under none of the ways to read the question; say which one you take.",
        value=answer.typed,
    )
    return Verdict(0.0, [why])


_SCALES_OF_UNITS = ("thousand", "million", "billion")


def _scale_said_twice(item: model.Number, answer: r.NumberAnswer) -> float:
    """Return what a value is to be divided by where its writing says the unit's own scale once more.

    In thousands, somebody who types “210 thousand” or 21 万 means 210.
    """
    label = item.units.get(answer.unit or next(iter(item.units)), "").casefold()
    scale = next((r.SCALES[word] for word in _SCALES_OF_UNITS if word in label), 1.0)
    return scale if scale > 1 and r.scale_said(answer.typed) >= r.SCALES["thousand"] else 1.0


def _amount(item: model.Number, value: float, unit: str | None) -> Message | float:
    if unit is None and len(item.units) == 1:
        unit = next(iter(item.units))
    if unit is None:
        return value
    return message("{value} {unit}", value=value, unit=_label(item.units, unit))


def _followed(right: Message | float) -> Message:
    return message(
        "This follows from your own earlier number, so it counts. "
        "With the right one it would be {right}.",
        right=right,
    )


def _wrong_unit(item: model.Number, key: k.NumberKey, answer: r.NumberAnswer, unit: str) -> Verdict:
    trap = _trap(key, answer, answer.value)
    wrong = []
    if trap:
        wrong.append(Message(trap.message))
    if not (trap and trap.unit):
        wrong.append(
            message("No unit was chosen; it has to be {right}.", right=_label(item.units, unit))
            if answer.unit is None
            else message(
                "The unit has to be {right}, not {given}.",
                right=_label(item.units, unit),
                given=_label(item.units, answer.unit),
            )
        )
    traps = [trap.name] if trap else [f"unit:{answer.unit}"] if answer.unit else []
    return Verdict(0.0, wrong, traps=traps)


def _trap(key: k.NumberKey, answer: r.NumberAnswer, value: float) -> k.Trap | None:
    """Return the known wrong value that was met: the nearest, then one in the unit chosen."""
    met = [
        (round(abs(typed - trap.value) / (abs(trap.value) or 1), 9), trap.unit != answer.unit, i)
        for i, trap in enumerate(key.traps)
        for typed in _in_unit(key, answer, value, trap.unit)
        if _near(typed, trap.value, min(key.full, 0.005))
    ]
    return key.traps[min(met)[-1]] if met else None


def _in_unit(
    key: k.NumberKey, answer: r.NumberAnswer, value: float, unit: str | None
) -> tuple[float, ...]:
    """Return the answer in a trap's unit, or nothing where it cannot be put into it."""
    if unit is None or unit == key.unit:
        # `value` is in the key's unit already.
        return (value,) if unit is None or answer.unit in (unit, None, *key.equivalents) else ()
    return (answer.value,) if answer.unit == unit else ()


def _other_reading(item: model.Number, key: k.NumberKey, answer: r.NumberAnswer) -> Verdict | None:
    """Tell whether the value is right under a reading that was not the one stated."""
    for name, reading in key.readings.items():
        if name == answer.reading or not _near(answer.value, reading.value, key.full):
            continue
        if answer.unit not in (None, reading.unit):
            continue
        label = _label(item.readings, name)
        if answer.reading is None:
            why = message(
                "{value} is right if the question is read as “{reading}”, "
                "but you did not say so: half the points.",
                value=answer.typed,
                reading=label,
            )
            return Verdict(0.5, [why])
        why = message(
            "{value} belongs to the reading “{reading}”, not to the one you chose.",
            value=answer.typed,
            reading=label,
        )
        return Verdict(0.0, [why], traps=[f"reading:{answer.reading}"])
    return None


def _off(value: float, right: float, full: float, typed: str, amount: Message | float) -> Message:
    """Say how a value is wrong, in general where it shows a known pattern."""
    shown: dict[str, object] = {"value": typed, "right": amount}
    if right and value:
        if _near(-value, right, full):
            return message("The sign is the wrong way round: {value} instead of {right}.", **shown)
        power = round(math.log10(abs(value)) - math.log10(abs(right)))
        if power and abs(power) <= 9 and _near(abs(value) / 10.0**power, abs(right), full):
            if power > 0:
                return message(
                    "The digits are right but {value} is {factor} times too large: "
                    "count the zeros, and look at the unit. It is {right}.",
                    factor=10.0**power,
                    **shown,
                )
            return message(
                "The digits are right but {value} is {factor} times too small: "
                "count the zeros, and look at the unit. It is {right}.",
                factor=10.0**-power,
                **shown,
            )
    return message("{value} is not the value; it is {right}.", **shown)


def _right_value(
    item: str, exercise: _Exercise, above: frozenset[str] = frozenset()
) -> float | None:
    """Return an item's right value: its key's, else what follows by its formula."""
    key = exercise.keys.get(item)
    if not isinstance(key, k.NumberKey):
        return None
    if key.value is not None:
        return key.value
    if key.formula and item not in above:
        deeper = above | {item}
        return _by_formula(key, lambda source: _right_source(source, exercise, deeper))
    return None


def _right_source(item: str, exercise: _Exercise, above: frozenset[str]) -> float | None:
    """Return the right value that another item builds on, under its first reading if need be."""
    value = _right_value(item, exercise, above)
    if value is not None:
        return value
    key = exercise.keys.get(item)
    readings = key.readings.values() if isinstance(key, k.NumberKey) else ()
    return next((reading.value for reading in readings), None)


def _by_formula(key: k.NumberKey, value_of: Callable[[str], float | None]) -> float | None:
    values: dict[str, float] = {}
    for name, source in key.inputs.items():
        value = value_of(source) if isinstance(source, str) else source
        if value is None:
            return None
        values[name] = value
    return evaluate(key.formula, values)


def _follow_on(item: str, key: k.NumberKey, right: float, exercise: _Exercise) -> float | None:
    """Return what follows from the trainee's own earlier numbers, where that differs.

    A result of 0 is left out: nothing can be seen from a number times nothing.
    """
    if not key.formula or not any(isinstance(source, str) for source in key.inputs.values()):
        return None
    exercise.carried.setdefault(item, None)
    value = _by_formula(key, lambda source: _own_value(source, exercise))
    if not value or _near(value, right, key.full):
        return None
    return value


def _own_value(item: str, exercise: _Exercise) -> float | None:
    """Return the number the trainee carried on from an item, in the key's unit.

    His own where he gave one; for a blank or unreadable one what follows from his numbers
    before it, which is the right value where he gave none.
    """
    key = exercise.keys.get(item)
    answer = exercise.answers.get(item)
    if not isinstance(key, k.NumberKey):
        return None
    if isinstance(answer, r.NumberAnswer):
        return answer.value * key.equivalents.get(answer.unit or "", 1.0)
    if item not in exercise.carried:
        exercise.carried[item] = None
        carried = None
        if key.formula:
            carried = _by_formula(key, lambda source: _own_value(source, exercise))
        if carried is None:
            carried = _right_source(item, exercise, frozenset())
        exercise.carried[item] = carried
    return exercise.carried[item]


# Lists, facts, fields, prose ----------------------------------------------------------------


def _recall(item: model.Recall, key: k.RecallKey, answer: r.RecallAnswer, _: object) -> Verdict:
    result = recalled(answer.lines, {name: point.accept for name, point in key.points.items()})
    enough = min(key.enough or len(key.points), len(key.points), item.lines)
    share = min(1.0, len(result.found) / enough)
    notes, wrong = [], []
    if share < 1:
        notes.append(message("{n} of {total} points are there.", n=len(result.found), total=enough))
        missing = tuple(
            Message(point.name) for name, point in key.points.items() if name not in result.found
        )
        wrong.append(message("Not found in your list: {points}.", points=missing))
        for place, (doubt, name) in sorted(result.doubts.items()):
            wrong.append(_doubted(doubt, r.short(answer.lines[place]), key.points[name].name))
        if result.crowded:
            wrong.append(message("A line counts for one point: write each on a line of its own."))
        if answer.ignored:
            wrong.append(
                message(
                    "Only the first {lines} lines count; {n} more were not read.",
                    lines=item.lines,
                    n=answer.ignored,
                )
            )
    # A whole list in which nothing was found is more likely said in other words than all wrong.
    tried = sum(len(line) > 3 for line in answer.lines) * 2 >= enough
    unheard = not result.found and tried
    return Verdict(share, wrong, notes=notes, human=share < 1 and (bool(result.doubts) or unheard))


def _doubted(doubt: Doubt, line: str, point: str) -> Message:
    match doubt:
        case Doubt.TURNED:
            return message(
                "“{line}” seems to say the opposite of “{point}”, so it is not counted.",
                line=line,
                point=Message(point),
            )
        case Doubt.NEAR:
            return message(
                "“{line}” may mean “{point}”; it is not counted yet.",
                line=line,
                point=Message(point),
            )
        case Doubt.DUMP:
            return message(
                "“{line}” holds words of several points or too many words to tell which point "
                "it makes, so it is not counted.",
                line=line,
            )


def _evidence(
    item: model.Evidence, key: k.EvidenceKey, answer: r.EvidenceAnswer, _: object
) -> Verdict:
    total = 0.0
    wrong, missed, traps = [], [], []
    late = {fact for fact in item.facts if is_late(item, fact)}
    for claim, variants in key.answer.items():
        given = answer.facts.get(claim, frozenset())
        label = _label(item.claims, claim)
        if not variants:
            total += not given
            bad: Iterable[str] = given
        else:
            share, bad, lacking = max(
                (_backing(variant, given, late) for variant in variants), key=lambda found: found[0]
            )
            total += share
            if lacking:
                missed.append(
                    message("“{claim}” needs more facts to stand on.", claim=label)
                    if given
                    else message("“{claim}” was given no fact.", claim=label)
                )
        for fact in sorted(bad):
            traps.append(f"{claim}:{fact}")
            wrong.append(_wrong_fact(item, key, label, fact, fact in late, bool(variants)))
    wrong = list(dict.fromkeys(wrong + missed))
    return Verdict(_mean(total, len(key.answer)), wrong, traps=traps)


def is_late(item: model.Evidence, fact: str) -> bool:
    """Tell whether a fact becomes known only after the stage that the claims are made at.

    A fact or a question without a stage, or of one that is not among the question's `stages`, is
    never late.
    """
    stage = item.facts[fact].stage
    if stage not in item.stages or item.stage not in item.stages:
        return False
    return item.stages.index(stage) > item.stages.index(item.stage)


def _backing(
    variant: k.Variant, given: frozenset[str], late: set[str]
) -> tuple[float, frozenset[str], bool]:
    """Return the F1 of the facts given against one sufficient set, the bad facts, what lacks."""
    found = backing(given, variant.all_of, [variant.any_of], variant.optional, late)
    return found.f1, found.bad, found.hits < found.needed


def _wrong_fact(
    item: model.Evidence, key: k.EvidenceKey, claim: Message, fact: str, late: bool, backed: bool
) -> Message:
    text = Message(item.facts[fact].text)
    if late:
        return message("“{fact}” was not yet known when the claim was made.", fact=text)
    if key.messages.get(fact):
        return Message(key.messages[fact])
    if not backed:
        return message("No fact backs “{claim}”, not even “{fact}”.", claim=claim, fact=text)
    return message("“{fact}” does not back “{claim}”.", claim=claim, fact=text)


def _structured(
    item: model.Structured, key: k.StructuredKey, answer: r.StructuredAnswer, _: object
) -> Verdict:
    held = _over_fields(item, key.checks, answer)
    return Verdict(
        _mean(held.earned, held.weight),
        _once(held.wrong),
        notes=_limited(held.notes),
        traps=held.traps,
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """What came of the checks on an answer's fields."""

    earned: float
    """The weights of the checks that hold."""
    weight: float
    """Those of all checks that count."""
    wrong: list[Message]
    traps: list[str]
    notes: list[Message]
    """What is missing, and what is not of its kind."""


def _over_fields(
    item: model.Structured, checks: Sequence[k.Check], answer: r.StructuredAnswer
) -> _Held:
    earned = weight = 0.0
    wrong, traps = [], []
    for name, check in k.named_checks(tuple(checks)).items():
        if not _counts(check, answer.fields):
            continue
        weight += check.weight
        if _holds(check, answer.fields, item.fields):
            earned += check.weight
        elif _broken(check, answer.fields, item.fields):
            wrong += _said(check.message) or [_not_right()]
            traps.append(name)
    notes = list(r.ill_formed(item.fields, answer.fields))
    missing = r.missing_fields(item.fields, answer.fields)
    if missing:
        notes.insert(0, message("Not filled in: {fields}.", fields=tuple(missing)))
    return _Held(earned, weight, wrong, traps, notes)


def _plan(
    item: model.Structured, key: k.PlanKey, answer: r.StructuredAnswer, exercise: _Exercise
) -> Verdict:
    found = _worked_out(item, key, answer, exercise)
    held = _over_fields(item, key.checks, answer)
    share = (key.weight * found.share + held.earned) / (key.weight + held.weight)
    return Verdict(
        share,
        _once([*held.wrong, *found.wrong]),
        notes=_limited(held.notes),
        closing=found.notes,
        traps=[*held.traps, *found.falls],
    )


def _worked_out(
    item: model.Item,
    key: k.WorkedKey,
    answer: r.StructuredAnswer | r.TableAnswer,
    exercise: _Exercise,
) -> Measured:
    """Return what a key's measure finds in an answer, with the parts that belong to it."""
    parts: dict[str, Row | tuple[Row, ...]] = {}
    flat: dict[str, str | float] = {}
    for name in (*key.together, item.id):
        part = answer if name == item.id else exercise.answers.get(name)
        if isinstance(part, r.StructuredAnswer):
            flat |= (plain := _plain(part.fields))
            parts[_part(name)] = plain
        elif isinstance(part, r.TableAnswer):
            parts[_part(name)] = tuple(map(_plain, part.rows))
        elif isinstance(part, r.TextAnswer):
            parts[_part(name)] = {"text": part.text}
    return measure(key.measure)({**parts, **flat}, key.data)


def _part(item: str) -> str:
    """Return what a question's answer is called beside those of others: its id without the unit."""
    return item.partition(".")[2]


def _plain(fields: Mapping[str, r.Value]) -> dict[str, str | float]:
    """Leave out what is not of its field's kind; a measure knows options, texts and numbers."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in fields.items()
        if not isinstance(value, r.IllFormed)
    }


def _table(
    item: model.Table, key: k.TableKey, answer: r.TableAnswer, exercise: _Exercise
) -> Verdict:
    rows = answer.rows
    earned = weight = 0.0
    wrong, traps = [], []
    for name, check in k.named_checks(key.checks).items():
        counting = [i for i, row in enumerate(rows, 1) if _counts(check, row)]
        if rows and not counting:
            continue
        weight += check.weight
        wanted = max(len(counting), item.min_rows - (len(rows) - len(counting)))
        if check.rule in ("sum", "distinct"):
            share = float(_holds_over_rows(check, rows))
            bad: list[int] = []
        else:
            held = sum(_holds(check, rows[i - 1], item.columns) for i in counting)
            bad = [i for i in counting if _broken(check, rows[i - 1], item.columns)]
            share = held / wanted
        earned += check.weight * share
        if share < 1 and (bad or check.rule in ("sum", "distinct")):
            traps.append(name)
        if share < 1 and (bad or check.rule in ("sum", "distinct")):
            wrong.append(_in_rows(bad, len(rows), check))
    found = _worked_out(item, key, answer, exercise) if key.measure else Measured(0.0)
    if key.measure:
        earned, weight = earned + key.weight * found.share, weight + key.weight
    return Verdict(
        _mean(earned, weight),
        _once([*wrong, *found.wrong]),
        notes=_limited(_row_notes(item, answer)),
        closing=found.notes,
        traps=[*traps, *found.falls],
    )


def _in_rows(bad: list[int], rows: int, check: k.Check) -> Message:
    why = Message(check.message) if check.message else _not_right()
    if not bad or len(bad) == rows:
        return why
    return message("Row {rows}: {why}", rows=tuple(bad), why=why)


def _row_notes(item: model.Table, answer: r.TableAnswer) -> list[Message]:
    notes = []
    if len(answer.rows) < item.min_rows:
        notes.append(
            message(
                "{n} rows are filled in; at least {wanted} are asked for.",
                n=len(answer.rows),
                wanted=item.min_rows,
            )
        )
    if answer.ignored:
        notes.append(
            message(
                "Only the first {rows} rows count; {n} more were not read.",
                rows=item.max_rows,
                n=answer.ignored,
            )
        )
    for i, row in enumerate(answer.rows, 1):
        missing = r.missing_fields(item.columns, row)
        if missing:
            notes.append(
                message("Row {row}, not filled in: {fields}.", row=i, fields=tuple(missing))
            )
        notes += [
            message("Row {row}: {why}", row=i, why=why) for why in r.ill_formed(item.columns, row)
        ]
    return notes


def _once(messages: Iterable[Message]) -> list[Message]:
    return list(dict.fromkeys(messages))


def _holds(
    check: k.Check, fields: Mapping[str, r.Value], spec: Mapping[str, model.TypedField]
) -> bool:
    """Tell whether one rule holds over one set of fields that it is looked at in."""
    given = [fields.get(name) for name in check.fields]
    blank = [name for name in check.fields if name not in fields]
    if check.rule == "filled":
        return not blank and all(_filled(fields[name], spec.get(name)) for name in check.fields)
    if check.rule == "sum":
        return _adds_up(check, [value for value in given if value is not None])
    if blank:
        may_be_blank = all(name in spec and not spec[name].required for name in blank)
        if not may_be_blank or check.rule != "distinct":
            return may_be_blank
    match check.rule:
        case "one_of":
            accepted = {_as_option(option) for option in check.options}
            return all(_as_option(value) in accepted for value in given)
        case "between":
            return all(isinstance(value, float) and _within(check, value) for value in given)
        case "less":
            figures = [value for value in given if isinstance(value, float)]
            return len(figures) == len(given) and all(a <= b for a, b in pairwise(figures))
        case "before":
            return _in_time(check, given)
        case "distinct":
            said = [_as_option(value) for value in given if value is not None]
            return len(set(said)) == len(said)
        case "says":
            return _says(check, given)


def _broken(
    check: k.Check, fields: Mapping[str, r.Value], spec: Mapping[str, model.TypedField]
) -> bool:
    """Tell whether a rule is broken by what was filled in.

    A blank breaks only what asks for something to be filled in: that it is missing is told by
    itself, and no other sentence of the key would be true of it.
    """
    if check.rule not in ("filled", "sum"):
        filled = tuple(name for name in check.fields if name in fields)
        if not filled:
            return False
        check = check.model_copy(update={"fields": filled})
    return not _holds(check, fields, spec)


def _counts(check: k.Check, fields: Mapping[str, r.Value]) -> bool:
    """Tell whether a rule is looked at in these fields."""
    looked_at = check.when is None or _met(check.when, fields)
    return looked_at and not (check.unless and _met(check.unless, fields))


def _met(condition: k.Condition, fields: Mapping[str, r.Value]) -> bool:
    value = fields.get(condition.field)
    if value is None or isinstance(value, r.IllFormed):
        return False
    above = condition.above
    if above is not None and not (isinstance(value, float) and value > above):
        return False
    accepted = {_as_option(option) for option in condition.options}
    return not accepted or _as_option(value) in accepted


def _filled(value: r.Value, spec: model.TypedField | None) -> bool:
    if isinstance(value, r.IllFormed):
        return False
    return not isinstance(value, str) or bool(spec and spec.options) or plausible(value)


def _as_option(value: r.Value | None) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    return value.casefold() if isinstance(value, str) else str(value)


def _within(check: k.Check, value: float) -> bool:
    return (check.low is None or value >= check.low) and (check.high is None or value <= check.high)


def _adds_up(check: k.Check, values: Sequence[r.Value]) -> bool:
    """Tell whether the figures add up, but for rounding: 3 times 33.3 is 100."""
    figures = [value for value in values if isinstance(value, float)]
    if not figures or len(figures) < len(values):
        return False
    total = sum(figures)
    slack = 0.001 * max(abs(check.low or 0), abs(check.high or 0)) + 1e-9
    return (check.low is None or total >= check.low - slack) and (
        check.high is None or total <= check.high + slack
    )


def _in_time(check: k.Check, given: Sequence[r.Value | None]) -> bool:
    days = [value for value in given if isinstance(value, date)]
    if len(days) < len(given):
        return False
    last = r.read_date(check.date)
    return all(day <= last for day in days) if last else all(a <= b for a, b in pairwise(days))


def _says(check: k.Check, given: Sequence[r.Value | None]) -> bool:
    said = " ".join(value for value in given if isinstance(value, str))
    return bool(occurring(check.words, said))


def occurring(words: Iterable[str], text: str) -> list[str]:
    """Return those of the words that begin somewhere in a text, whatever their case and width.

    >>> occurring(["limit", "事实", "why"], "Two ＬＩＭＩＴＳ and 一个事实, anyway")
    ['limit', '事实']
    """
    folded = _folded(text)
    return [word for word in words if _occurs(_folded(word), folded)]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _occurs(word: str, text: str) -> bool:
    """Tell whether a word begins somewhere in a text; Chinese is not divided into words."""
    if not word.isascii() or not word[:1].isalnum():
        return word in text
    return re.search(rf"\b{re.escape(word)}", text, re.ASCII) is not None


def _holds_over_rows(check: k.Check, rows: Sequence[Mapping[str, r.Value]]) -> bool:
    """Tell whether a rule over all rows together holds."""
    if check.rule == "sum":
        return _adds_up(check, [row[name] for row in rows for name in check.fields if name in row])
    said = [
        tuple(_as_option(row.get(name)) for name in check.fields)
        for row in rows
        if any(name in row for name in check.fields)
    ]
    return bool(said) and len(set(said)) == len(said)


def _text(item: model.Prose, key: k.ProseKey, answer: r.TextAnswer, _: object) -> Verdict:
    noticed = measure(key.measure)({"text": answer.text}, key.data).notes if key.measure else ()
    return Verdict(
        None,
        notes=[
            *noticed,
            message(
                "A person reads this text and marks it for: {criteria}.",
                criteria=tuple(Message(criterion) for criterion in item.criteria.values()),
            ),
        ],
        human=True,
    )


_MARKERS: Mapping[str, Callable[[Any, Any, Any, _Exercise], Verdict]] = {
    "choice": _choice,
    "choices": _choices,
    "match": _match,
    "order": _order,
    "classify": _classify,
    "spot_error": _spot_error,
    "number": _number,
    "recall": _recall,
    "evidence": _evidence,
    "structured": _structured,
    "plan": _plan,
    "table": _table,
    "text": _text,
    "scene": staged,
    "reflect": reflected,
}


# Gates --------------------------------------------------------------------------------------


def _gated(
    items: Sequence[model.Item],
    exercise: _Exercise,
    marks: dict[str, Mark],
    lifted: Collection[str],
) -> dict[str, Mark]:
    """Hold the machine's marks at the lowest cap of the gates that were met."""
    met = {
        item.id: gate
        for item in items
        if item.id not in lifted and (gate := _gate_met(item, exercise)) is not None
    }
    if not met:
        return marks
    by_machine = {
        item.id for item in items
        if item.interaction != "text" and marks[item.id].score is not None
    }  # fmt: skip
    most = sum(marks[name].max for name in by_machine)
    cap = min(gate.cap for gate in met.values()) * most
    total = sum(marks[name].score or 0.0 for name in by_machine)
    factor = min(1.0, cap / total) if total else 1.0
    held = dict(marks)
    for name in by_machine if factor < 1 else ():
        if own := marks[name].score:
            # Rounded down, so that the sum meets the cap.
            score = math.floor(own * factor * 1e4 + 1e-6) / 1e4
            held[name] = replace(held[name], score=score, own=own)
    for name, gate in met.items():
        held[name] = replace(
            held[name], gate=MetGate(gate.message, cap=cap, most=most), needs_human=True
        )
    return held


@dataclass(frozen=True, slots=True)
class _Met:
    """A gate that an answer met."""

    cap: float
    message: Message


def _gate_met(item: model.Item, exercise: _Exercise) -> _Met | None:
    key, answer = exercise.keys.get(item.id), exercise.answers[item.id]
    match key, answer:
        case k.ChoiceKey(gate=k.Gate() as gate), r.ChoiceAnswer():
            return _Met(gate.cap, Message(gate.message)) if answer.option in gate.options else None
        case k.ChoicesKey(gate=k.Gate() as gate), r.ChoicesAnswer():
            taken = not answer.options.isdisjoint(gate.options)
            return _Met(gate.cap, Message(gate.message)) if taken else None
        case k.StructuredKey() | k.PlanKey(), r.StructuredAnswer():
            return _checked_gate(key.checks, [answer.fields], item)
        case k.TableKey(), r.TableAnswer():
            return _checked_gate(key.checks, answer.rows, item)
    return None


def _checked_gate(
    checks: Iterable[k.Check], rows: Sequence[Mapping[str, r.Value]], item: model.Item
) -> _Met | None:
    """Return the gate of the first check that some row breaks."""
    spec = item.fields if isinstance(item, model.Structured) else getattr(item, "columns", {})
    for check in checks:
        if check.gate is None:
            continue
        bad = [
            i for i, row in enumerate(rows, 1) if _counts(check, row) and _broken(check, row, spec)
        ]
        if bad:
            return _Met(check.gate, _in_rows(bad, len(rows), check))
    return None
