"""Which answers a key has something to say to: for each question the answers that prove its key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from itertools import combinations, islice
from typing import Any

from kamlib.arithmetic import evaluate
from kamlib.items import keys as k
from kamlib.items import model
from kamlib.items.marking import check as marked
from kamlib.items.marking import is_late
from kamlib.items.responses import is_per_cent, read_date
from kamlib.items.scene import walk
from kamlib.items.solution import solution
from kamlib.words import Message, message

Response = dict[str, Any]


class Earns(StrEnum):
    """What an answer is worth."""

    ALL = "all"
    LESS = "less"
    PERSON = "person"
    """No mark before a person has read it."""


@dataclass(frozen=True, slots=True)
class Probe:
    """An answer with what its mark has to be and which of the key's messages it has to say."""

    about: Message
    """What the answer is, within a sentence to the author: *the option “relay”*."""
    response: Response
    earns: Earns
    says: tuple[str, ...] | None = ()
    """The messages of the key, by the names of `told`, that it draws, no more and no fewer; None
    where that is left open. A name that the key does not have is a message that is missing."""
    others: Mapping[str, Response] = field(default_factory=dict)
    """What was answered to other questions, by item id."""


def probes(
    item: model.Item, key: k.Key, others: Mapping[str, tuple[model.Item, k.Key]]
) -> Iterator[Probe]:
    """Yield the answers that prove an item, its own solution first.

    `others` are the questions of the same exercise by item id, on whose answers a number may
    build. Raises `KeyError` for an interaction that no answers are known for.

    >>> item = model.parse_item({"interaction": "choice", "id": "u.q", "title": "", "prompt": "",
    ...     "options": {"a": "Sell-in", "b": "Sell-out"}})
    >>> key = k.parse_key("choice", {"answer": "b", "explanation": "", "messages": {"a": "No."}})
    >>> [(probe.response, str(probe.earns), probe.says) for probe in probes(item, key, {})]
    [({'choice': 'b'}, 'all', ()), ({'choice': 'a'}, 'less', ('messages.a',))]
    """
    of_interaction = PROBES[item.interaction]
    if not isinstance(item, model.Reflect):  # which has no right or wrong
        earns = Earns.PERSON if isinstance(item, model.Prose) else Earns.ALL
        parts = [name for name in getattr(key, "together", ()) if name in others]
        yield Probe(
            message("the key's own answer"),
            solution(item, key),
            earns,
            others={name: solution(*others[name]) for name in parts},
        )
    yield from of_interaction(item, key, others)


def told(key: k.Key) -> dict[str, str]:
    """Return what a key says to single answers, by the place in the key where it stands.

    >>> key = k.parse_key("choice", {"answer": "b", "explanation": "", "messages": {"a": "No."}})
    >>> told(key)
    {'messages.a': 'No.'}
    """
    found = {
        f"{part}.{name}": text
        for part in ("messages", "reason_messages")
        for name, text in getattr(key, part, {}).items()
    }
    if gate := getattr(key, "gate", None):
        found["gate"] = gate.message
    match key:
        case k.NumberKey():
            found |= {f"traps.{trap.name}": trap.message for trap in key.traps}
        case k.StructuredKey() | k.PlanKey() | k.TableKey():
            checks = k.named_checks(key.checks)
            found |= {f"checks.{name}": check.message for name, check in checks.items()}
        case k.ReflectKey():
            found |= {f"verdicts.{manner.name}": manner.message for manner in key.verdicts}
    return found


def same_mistake(key: k.Key, one: str, other: str) -> bool:
    """Tell whether two messages of a key, by the names of `told`, answer one and the same mistake.

    Two traps do where the name of one goes on from the other's (`inverted`, `inverted_rounded`),
    two checks where they look at a field in common.
    """
    part, _, name = one.partition(".")
    other_part, _, other_name = other.partition(".")
    if part != other_part:
        return False
    if part == "traps":
        short, long = sorted((name, other_name), key=len)
        return long.startswith(f"{short}_")
    if part == "checks" and isinstance(key, (k.StructuredKey, k.PlanKey, k.TableKey)):
        checks = k.named_checks(key.checks)
        return not set(checks[name].fields).isdisjoint(checks[other_name].fields)
    return False


def _known(key: k.Key, *names: str) -> tuple[str, ...]:
    """Return those of the names under which the key says something."""
    there = told(key)
    return tuple(name for name in names if name in there)


# Options ------------------------------------------------------------------------------------


def _choice(item: model.Choice, key: k.ChoiceKey, _: object) -> Iterator[Probe]:
    right = solution(item, key)
    for option in item.options:
        if option != key.answer:
            says = (f"messages.{option}", *_gated(key, option))
            yield Probe(_option(option), {**right, "choice": option}, Earns.LESS, says)
    for reason in item.reasons:
        if reason != key.reason:
            about = message("the reason “{name}”", name=reason)
            says = (f"reason_messages.{reason}",)
            yield Probe(about, {**right, "reason": reason}, Earns.LESS, says)


def _option(name: str) -> Message:
    return message("the option “{name}”", name=name)


def _gated(key: k.ChoiceKey | k.ChoicesKey, option: str) -> tuple[str, ...]:
    return ("gate",) if key.gate and option in key.gate.options else ()


def _choices(item: model.Choices, key: k.ChoicesKey, _: object) -> Iterator[Probe]:
    right = [option for option in item.options if option in key.answer]
    wrong = [option for option in item.options if option not in key.answer]
    for option in wrong:
        says = (f"messages.{option}", *_gated(key, option))
        yield Probe(_option(option), {"choices": [*right, option]}, Earns.LESS, says)
    for option in right:
        left = [other for other in right if other != option]
        about = message("an answer without “{name}”", name=option)
        says = _known(key, f"messages.{option}")
        if left:
            yield Probe(about, {"choices": left}, Earns.LESS, says)
        elif wrong:
            # Nothing ticked would be no answer, so a wrong option stands in its place.
            says += (f"messages.{wrong[0]}", *_gated(key, wrong[0]))
            yield Probe(about, {"choices": wrong[:1]}, Earns.LESS, says)


def _match(item: model.Match, key: k.MatchKey, _: object) -> Iterator[Probe]:
    right = solution(item, key)["pairs"]
    for stem, accepted in key.answer.items():
        options = (accepted,) if isinstance(accepted, str) else accepted
        for option in item.options:
            good = option in options
            yield Probe(
                _pair(stem, option),
                {"pairs": {**right, stem: option}},
                Earns.ALL if good else Earns.LESS,
                () if good else _known(key, f"messages.{stem}"),
            )


def _pair(left: str, right: str) -> Message:
    return message("“{left}” with “{right}”", left=left, right=right)


def _classify(item: model.Classify, key: k.ClassifyKey, _: object) -> Iterator[Probe]:
    for line, group in key.answer.items():
        for other in item.classes:
            if other != group:
                yield Probe(
                    _pair(line, other),
                    {"classes": {**key.answer, line: other}},
                    Earns.LESS,
                    _known(key, f"messages.{line}"),
                )


def _order(item: model.Order, key: k.OrderKey, _: object) -> Iterator[Probe]:
    for place in range(1, len(key.answer)):
        order = list(key.answer)
        order[place - 1], order[place] = order[place], order[place - 1]
        early, late = order[place - 1], order[place]
        yield Probe(
            message("“{early}” before “{late}”", early=early, late=late),
            {"order": order},
            Earns.LESS,
            _known(key, f"messages.{early}"),
        )


def _spot_error(item: model.SpotError, key: k.SpotErrorKey, _: object) -> Iterator[Probe]:
    for segment in item.segments:
        if segment != key.where:
            says = _known(key, f"messages.{segment}")
            answer = {"where": segment, "kind": key.kind}
            yield Probe(message("the place “{name}”", name=segment), answer, Earns.LESS, says)
    for kind in item.kinds:
        if kind != key.kind:
            answer = {"where": key.where, "kind": kind}
            yield Probe(message("the kind “{name}”", name=kind), answer, Earns.LESS)


# Numbers ------------------------------------------------------------------------------------

_FULL_WIDTH = str.maketrans("0123456789.-", "０１２３４５６７８９．－")


def written(value: float) -> tuple[str, ...]:
    """Write a number as a program does, as people type it in English, and as they do in Chinese.

    >>> written(-15000.0), written(2.15)
    (('-15000', '−15,000', '-1.5万'), ('2.15', '２．１５'))
    """
    plain = f"{value:.12g}"
    whole, point, rest = plain.partition(".")
    grouped = f"{int(whole):,}{point}{rest}" if re.fullmatch(r"-?\d{4,}", whole) else plain
    chinese = f"{value / 1e4:.12g}万" if abs(value) >= 1e4 else plain.translate(_FULL_WIDTH)
    return tuple(dict.fromkeys((plain, grouped.replace("-", "−"), chinese)))


def _number(
    item: model.Number, key: k.NumberKey, others: Mapping[str, tuple[model.Item, k.Key]]
) -> Iterator[Probe]:
    for reading, value, unit in _right_values(item, key):
        answer: Response = {"reading": reading} if reading else {}
        for typed in written(value):
            yield Probe(_typed(typed), {**answer, "value": typed, "unit": unit}, Earns.ALL)
        if is_per_cent(unit, item.units[unit]):
            typed = f"{value:.12g} %"
            yield Probe(_typed(typed), {**answer, "value": typed, "unit": unit}, Earns.ALL)
        for other in item.units:
            if other == unit:
                continue
            if factor := key.equivalents.get(other):
                typed = f"{value / factor:.12g}"
                right = {**answer, "value": typed, "unit": other}
                yield Probe(_in_unit(typed, other), right, Earns.ALL)
            elif key.unit or reading:
                typed = f"{value:.12g}"
                wrong = {**answer, "value": typed, "unit": other}
                yield Probe(_in_unit(typed, other), wrong, Earns.LESS, None)
    for trap in key.traps:
        yield from _trapped(item, key, trap)
    yield from _followed(item, key, others)


def _right_values(item: model.Number, key: k.NumberKey) -> Iterator[tuple[str | None, float, str]]:
    """Yield each right value with the reading that has to be stated and the unit to choose."""
    first = key.unit or next(iter(item.units))
    if key.value is not None:
        yield None, key.value, first
    for name, reading in key.readings.items():
        yield (name if item.readings else None), reading.value, reading.unit


def _typed(text: str) -> Message:
    return message("the number “{text}”", text=text)


def _in_unit(text: str, unit: str) -> Message:
    return message("the number “{text}” in the unit “{unit}”", text=text, unit=unit)


def _trapped(item: model.Number, key: k.NumberKey, trap: k.Trap) -> Iterator[Probe]:
    for unit in _units_of(item, key, trap):
        for reading in item.readings or {"": ""}:
            for typed in written(trap.value):
                answer: Response = {"value": typed, "unit": unit}
                if reading:
                    answer["reading"] = reading
                about = message("the trap “{name}”, typed “{text}”", name=trap.name, text=typed)
                yield Probe(about, answer, Earns.LESS, (f"traps.{trap.name}",))


def _units_of(item: model.Number, key: k.NumberKey, trap: k.Trap) -> list[str]:
    """Return the units in which a trap is looked for: its own, or any that it stands in as it is."""
    if trap.unit:
        return [trap.unit]
    special = {
        other.unit
        for other in key.traps
        if other.unit and abs(other.value - trap.value) <= 0.005 * abs(trap.value)
    }
    return [unit for unit in item.units if unit not in {*key.equivalents, *special}]


def _followed(
    item: model.Number, key: k.NumberKey, others: Mapping[str, tuple[model.Item, k.Key]]
) -> Iterator[Probe]:
    """Yield the number that follows from a wrong one before it, which counts."""
    sources = [source for source in key.inputs.values() if isinstance(source, str)]
    for source in dict.fromkeys(sources):
        if (
            not key.formula
            or source not in others
            or not isinstance(others[source][1], k.NumberKey)
        ):
            continue
        answers = {name: solution(*others[name]) for name in sources if name in others}
        right = answers[source]["value"]
        answers[source]["value"] = own = round(right * 1.37, 4)
        values = {
            name: float(answers[given]["value"]) if isinstance(given, str) else given
            for name, given in key.inputs.items()
            if not isinstance(given, str) or given in answers
        }
        follows = evaluate(key.formula, values) if len(values) == len(key.inputs) else None
        if not follows or (key.value is not None and abs(follows / (key.value or 1) - 1) < 0.03):
            continue
        about = message("what follows from {own} in {source}", own=own, source=source)
        unit = key.unit or next(iter(item.units))
        yield Probe(about, {"value": f"{follows:.12g}", "unit": unit}, Earns.ALL, (), answers)


# Lists, facts, fields, prose ----------------------------------------------------------------


def _nothing_more(item: model.Item, key: k.Key, _: object) -> Iterator[Probe]:
    yield from ()


def _evidence(item: model.Evidence, key: k.EvidenceKey, _: object) -> Iterator[Probe]:
    right = solution(item, key)["facts"]
    for claim, variants in key.answer.items():
        backing: set[str] = set()
        for variant in variants:
            backing |= variant.all_of | variant.any_of | variant.optional
            for one in sorted(variant.any_of) or [""]:
                chosen = sorted(variant.all_of) + ([one] if one else [])
                yield Probe(
                    message("“{claim}” with {facts}", claim=claim, facts=tuple(chosen)),
                    {"facts": {**right, claim: chosen}},
                    Earns.ALL,
                )
        for fact in item.facts:
            if fact not in backing:
                late = is_late(item, fact)
                yield Probe(
                    _pair(claim, fact),
                    {"facts": {**right, claim: [*right.get(claim, []), fact]}},
                    Earns.LESS,
                    None if late else _known(key, f"messages.{fact}"),
                )


def _structured(
    item: model.Structured, key: k.StructuredKey | k.PlanKey, _: object
) -> Iterator[Probe]:
    def answers(check: k.Check) -> Iterator[Response]:
        for fields in _breaking(check, key.example, item.fields, key.checks):
            yield {"fields": fields}

    yield from _checked(item, key, answers)


def _table(item: model.Table, key: k.TableKey, _: object) -> Iterator[Probe]:
    def answers(check: k.Check) -> Iterator[Response]:
        rows = [dict(row) for row in key.example]
        if check.rule == "distinct":
            for other in range(1, len(rows)):
                same = {name: rows[0][name] for name in check.fields if name in rows[0]}
                yield {"rows": [*rows[:other], {**rows[other], **same}, *rows[other + 1 :]]}
            yield {"rows": [*rows, *rows[:1]]}
        for place, row in enumerate(rows):
            for broken in _breaking(check, row, item.columns, key.checks):
                yield {"rows": [*rows[:place], broken, *rows[place + 1 :]]}

    yield from _checked(item, key, answers)


def _checked(
    item: model.Structured | model.Table,
    key: k.StructuredKey | k.PlanKey | k.TableKey,
    answers: Callable[[k.Check], Iterator[Response]],
) -> Iterator[Probe]:
    """Yield for each check an answer that breaks it and as few others as can be."""
    checks = k.named_checks(key.checks)
    for name, check in checks.items():
        tried: list[tuple[int, set[str], Response]] = []
        for response in answers(check):
            # what else a measure has to say of such an answer is no message of the key
            failed = set(marked(item, key, response).traps) & checks.keys()
            if name in failed:
                tried.append((len(failed), failed, response))
            if failed == {name}:
                break
        about = message("an answer that breaks “{check}”", check=name)
        if not tried:
            # What no answer breaks is proved by none; that its message is never said is told.
            continue
        _, failed, response = min(tried, key=lambda one: one[0])
        alone = failed == {name} or check.rule == "filled"
        says = tuple(f"checks.{each}" for each in sorted(failed if alone else {name}))
        yield Probe(about, response, Earns.LESS, says)


def _breaking(
    check: k.Check,
    full: Mapping[str, str | float],
    spec: Mapping[str, model.TypedField],
    checks: Sequence[k.Check],
) -> Iterator[dict[str, Any]]:
    """Yield full answers changed in a field or two, so that the rule should no longer hold."""
    looked_at = {**full, **_looked_at(check, full, spec)}
    for name in check.fields:
        for value in _wrong_values(check, name, looked_at, spec.get(name), checks):
            changed: dict[str, Any] = {**looked_at, name: value}
            yield {field: value for field, value in changed.items() if value is not None}


def _looked_at(
    check: k.Check, full: Mapping[str, str | float], spec: Mapping[str, model.TypedField]
) -> dict[str, str | float]:
    """Return the field that has to be another one for the rule to be looked at."""
    if check.when and check.when.above is not None:
        own = full.get(check.when.field)
        more = isinstance(own, (int, float)) and own > check.when.above
        return {} if more else {check.when.field: check.when.above + 1}
    if check.when and full.get(check.when.field) not in check.when.options:
        return {check.when.field: check.when.options[0]} if check.when.options else {}
    if check.unless and full.get(check.unless.field) in check.unless.options:
        others = spec[check.unless.field].options if check.unless.field in spec else {}
        free = [name for name in others if name not in check.unless.options]
        return {check.unless.field: free[0]} if free else {}
    return {}


def _wrong_values(
    check: k.Check,
    name: str,
    full: Mapping[str, str | float],
    spec: model.TypedField | None,
    checks: Sequence[k.Check],
) -> Iterator[str | float | None]:
    own = full.get(name)
    rest = [full[other] for other in check.fields if other != name and other in full]
    match check.rule:
        case "one_of":
            yield from (one for one in (spec.options if spec else {}) if one not in check.options)
            yield from ("Qwx zyv", 987654.0)
        case "between":
            for bound, sign in ((check.low, -1), (check.high, 1)):
                if bound is not None:
                    yield from (bound + sign * step for step in (1, 0.01 * abs(bound), 1e6))
        case "sum":
            if isinstance(own, (int, float)):
                yield from (own + step for step in (0.1 * abs(own) + 1, 1e6, -0.1 * abs(own) - 1))
        case "less":
            yield from (other + 1 for other in rest if isinstance(other, (int, float)))
            yield from (other - 1 for other in rest if isinstance(other, (int, float)))
        case "before":
            days = [read_date(other) for other in rest] + [read_date(check.date)]
            for day in (day for day in days if day):
                yield from ((day + timedelta(days=step)).isoformat() for step in (1, -1, 500))
        case "distinct":
            yield from rest
        case "says":
            yield from _silent_texts(check, name, str(own or ""), checks)
    yield None


def _silent_texts(check: k.Check, name: str, own: str, checks: Sequence[k.Check]) -> Iterator[str]:
    """Yield texts that say what the other checks of a field ask for, and not what this one does."""
    others = [each for each in checks if each.rule == "says" and name in each.fields]
    picked = [
        next((word for word in other.words if not _holds_any(word, check.words)), "")
        for other in others
        if other is not check
    ]
    yield " ".join(["Qwx zyv", *picked])
    without = own
    for word in check.words:
        without = re.sub(re.escape(word), "", without, flags=re.IGNORECASE)
    yield without


def _holds_any(text: str, words: Iterable[str]) -> bool:
    return any(word.casefold() in text.casefold() for word in words)


# Conversations, and the trainee's own words ---------------------------------------------------

WAYS = 4000
"""How many ways through a scene are walked at most; four choices in six turns are as many."""


def _scene(item: model.Scene, key: k.SceneKey, _: object) -> Iterator[Probe]:
    for path in islice(_ways(item, ()), WAYS):
        ends = walk(item, path).measures
        short = [name for name, wanted in key.enough.items() if ends.get(name, wanted) < wanted]
        yield Probe(
            message("the way {path}", path=path),
            {"path": list(path)},
            Earns.LESS if short else Earns.ALL,
            tuple(f"messages.{name}" for name in short),
        )


def _ways(item: model.Scene, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield each way from here to an ending; one that goes round in circles is not followed."""
    here = walk(item, path)
    if here.finished:
        yield path
    elif here.at not in {step.at for step in here.steps}:
        for choice in here.turn.choices:
            yield from _ways(item, (*path, choice))


def _reflect(item: model.Reflect, key: k.ReflectKey, _: object) -> Iterator[Probe]:
    """Yield for each verdict the fewest criteria with which a sentence draws it."""
    reached: set[str] = set()
    for many in range(1, len(item.criteria) + 1):
        for ticks in combinations(item.criteria, many):
            manner = next(one for one in key.verdicts if one.fits(frozenset(ticks)))
            if manner.name not in reached:
                reached.add(manner.name)
                yield Probe(
                    message("a sentence with {ticks}", ticks=ticks),
                    {"entries": {"1": {"text": "Qwx zyv.", "ticks": list(ticks)}}},
                    Earns.ALL,
                    (f"verdicts.{manner.name}",),
                )


PROBES: Mapping[str, Callable[[Any, Any, Any], Iterator[Probe]]] = {
    "choice": _choice,
    "choices": _choices,
    "match": _match,
    "order": _order,
    "classify": _classify,
    "spot_error": _spot_error,
    "number": _number,
    "recall": _nothing_more,
    "evidence": _evidence,
    "structured": _structured,
    "plan": _structured,
    "table": _table,
    "text": _nothing_more,
    "scene": _scene,
    "reflect": _reflect,
}
"""For each interaction the answers that prove an item, beside its own solution."""
