"""Whether every question of a unit is proved by its key, in both languages, for authors and for CI.

>>> from kamlib.items.keys import parse_key
>>> from kamlib.items.model import parse_item
>>> item = parse_item({"interaction": "choice", "id": "u.q", "title": "Stock", "prompt": "Which?",
...     "options": {"a": "What came in", "b": "What was sold"}})
>>> key = parse_key("choice", {"answer": "b", "explanation": "Sold is sold."})
>>> chinese = {"Stock": "库存", "Which?": "哪一个？", "What came in": "进了多少",
...     "What was sold": "卖了多少", "Sold is sold.": "卖出才算卖出。"}
>>> sentences(prove(Case(item, key, texts={"zh": chinese})))
['u.q: the option “a” has no message of its own in the key (messages.a).']
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from pydantic import BaseModel

from kamlib.arithmetic import evaluate
from kamlib.course.build import UnitSources, read_unit
from kamlib.course.syllabus import Unit
from kamlib.items import keys as k
from kamlib.items import model
from kamlib.items.completeness import State, completeness
from kamlib.items.display import shown
from kamlib.items.fit import misfits
from kamlib.items.mark import Mark, Outcome
from kamlib.items.marking import SHOWN, check, mark_exercise
from kamlib.items.probes import PROBES, Earns, Probe, probes, same_mistake, told
from kamlib.items.recall import recalled
from kamlib.items.responses import is_per_cent
from kamlib.items.solution import solution
from kamlib.items.texts import map_texts, texts_of
from kamlib.words import LANGUAGES, N_, Message, Words, message

Problem = Message
"""A sentence that tells an author what is wrong with a question and where."""

EXAMPLE = "example_"
"""How the questions are named that a new unit begins with, after the unit's own name."""

_NEGATED = {"en": "never {phrase}", "zh": "没有{phrase}"}
_HAN = re.compile(r"[㐀-鿿]")
_ENGLISH = re.compile(r"[a-z]{3}")


@dataclass(frozen=True, slots=True)
class Case:
    """One question with all that proving it takes."""

    item: model.Item
    key: k.Key
    exercise: Mapping[str, tuple[model.Item, k.Key]] = field(default_factory=dict)
    """The questions of the graded exercise by item id, in its order; none for practice."""
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By language beside English: translations by English text."""
    draft: bool = False
    """Whether the unit still is a draft, which may hold the examples it began with."""

    def __str__(self) -> str:
        """Return the item's id, which names the case in a test run."""
        return self.item.id

    def words(self, lang: str) -> Words:
        """Return the sentences of this question's unit and of kamlib in a language."""
        return Words(lang, self.texts.get(lang))


def cases(unit: Unit | UnitSources) -> list[Case]:
    """Return a unit's questions, one case each, in the order of `items.yaml`.

    Raises `CourseError` where the unit's sources cannot be read.
    """
    sources = read_unit(unit) if isinstance(unit, Unit) else unit
    texts = {lang: sources.translations(lang, ("items", "key")) for lang in LANGUAGES[1:]}
    questions = sources.questions
    exercise = {item.id: (item, questions.graded[item.id]) for item in sources.graded()}
    return [
        Case(
            item,
            questions.practice[item.id] if item.use == "practice" else questions.graded[item.id],
            exercise if item.use == "graded" else {},
            texts,
            sources.draft,
        )
        for item in questions.items
    ]


def prove(questions: Case | Iterable[Case]) -> list[Problem]:
    """Return what is wrong with one question or with several; nothing where all is proved.

    A question is proved in each language: a blank is not attempted; the key's own answer earns
    everything, or waits for a person; every trap, wrong option, broken rule and lacking fact
    draws its own message and no other; no message is never said; what differs is said
    differently; every text is translated; and the answer shown holds labels only.
    """
    if isinstance(questions, Case):
        return list(dict.fromkeys(_proved(questions)))
    return [problem for case in questions for problem in prove(case)]


def sentences(problems: Iterable[Problem], lang: str = LANGUAGES[0]) -> list[str]:
    """Put problems into plain words, English unless said, for an assertion that can be read."""
    words = Words(lang)
    return [words.say(problem) for problem in problems]


def _proved(case: Case) -> Iterator[Problem]:
    if case.item.interaction not in PROBES:
        yield _about(case, message("there is no proof yet of a question of its kind"))
        return
    yield from misfits(case.item, case.key)
    seen: set[object] = set()
    for lang in LANGUAGES:
        words = case.words(lang)
        translated = Case(
            map_texts(case.item, words.translate),
            map_texts(case.key, words.translate),
            {
                name: (map_texts(item, words.translate), map_texts(key, words.translate))
                for name, (item, key) in case.exercise.items()
            },
        )
        for place, what in _in_one_language(translated, words):
            # What is wrong in English is not told again of its translation.
            if place not in seen:
                seen.add(place)
                yield _about(case, what if lang == LANGUAGES[0] else _only_in(lang, what))
    for what in (*_translated(case), *_unfinished(case)):
        yield _about(case, what)


def _about(case: Case, what: Message) -> Problem:
    return message("{item}: {what}.", item=case.item.id, what=what)


_LANGUAGE = {"en": N_("English"), "zh": N_("Chinese")}


def _only_in(lang: str, what: Message) -> Message:
    return message("in {language}, {what}", language=Message(_LANGUAGE[lang]), what=what)


Found = Iterator[tuple[object, Message]]
"""What is wrong, each with its place, by which it is known again in the other language."""


def _in_one_language(case: Case, words: Words) -> Found:
    yield from _blank(case)
    yield from _marks(case)
    yield from _alike(case)
    yield from _shown(case, words)
    match case.item, case.key:
        case model.Number(), k.NumberKey():
            yield from _formula(case.key, case.exercise)
        case model.Recall(), k.RecallKey():
            yield from _recall(case.item, case.key)
        case model.Prose(), k.ProseKey():
            yield from _levels(case.key)
    yield from _gates(case)


# Marks --------------------------------------------------------------------------------------


def _mark(case: Case, response: object, others: Mapping[str, object] | None = None) -> Mark:
    """Mark an answer as it is marked in the lesson or after the hand-in."""
    item, key = case.item, case.key
    if item.use == "practice":
        return check(item, key, response)
    near = {name: case.exercise[name] for name in _needed(case) if name in case.exercise}
    near[item.id] = (item, key)
    return mark_exercise(
        [one for one, _ in near.values()],
        {name: one for name, (_, one) in near.items()},
        {**(others or {}), item.id: response},
    )[item.id]


def _needed(case: Case) -> list[str]:
    """Return the questions on whose answers this one builds, itself left out."""
    found: list[str] = []
    waiting = [case.key]
    while waiting:
        key = waiting.pop()
        for source in (*getattr(key, "inputs", {}).values(), *getattr(key, "together", ())):
            if isinstance(source, str) and source not in (*found, case.item.id):
                found.append(source)
                waiting += [case.exercise[source][1]] if source in case.exercise else []
    return found


def _blank(case: Case) -> Found:
    blanks: tuple[object, ...] = (None, {})
    for response in blanks:
        mark = _mark(case, response)
        fair = mark.score == 0 and mark.outcome is Outcome.NOT_ATTEMPTED and not mark.needs_human
        if not fair:
            yield "blank", message("a blank answer is not marked as not attempted")
        if case.item.use == "practice" and case.key.explanation in _texts_said(mark):
            yield "blank told", message("a blank answer is told the explanation")
        if completeness(case.item, response).state is not State.BLANK:
            yield "blank state", message("a blank answer is not called “not answered”")


def _marks(case: Case) -> Found:
    """Mark each answer that the key has something to say to, and compare."""
    known = told(case.key)
    reached: set[str] = set()
    for place, probe in enumerate(probes(case.item, case.key, case.exercise)):
        mark = _mark(case, probe.response, probe.others)
        if place == 0 and not isinstance(case.item, model.Reflect):
            lacking = completeness(case.item, probe.response)
            if lacking.state is not State.COMPLETE:
                yield "incomplete", message(
                    "{answer} is not called complete ({why})", answer=probe.about,
                    why=lacking.messages or Message(lacking.state.word),
                )  # fmt: skip
        yield from _worth(probe, mark)
        if probe.says is None:
            continue
        reached |= set(probe.says)
        for name in probe.says:
            if not known.get(name):
                yield ("missing", name), message(
                    "{answer} has no message of its own in the key ({name})",
                    answer=probe.about, name=name,
                )  # fmt: skip
        wanted = {known[name] for name in probe.says if known.get(name)}
        said = _texts_said(mark) & set(known.values())
        if said != wanted and len(probe.says) <= SHOWN:
            yield ("said", probe.about), message(
                "{answer} should be told {own}, and is told {said}",
                answer=probe.about, own=_quoted(wanted), said=_quoted(said),
            )  # fmt: skip
    for name, text in known.items():
        if name not in reached:
            yield (
                ("dead", name),
                message(
                    "no answer is ever told “{text}” ({name} in the key)", text=text, name=name
                ),
            )


def _worth(probe: Probe, mark: Mark) -> Found:
    place = ("worth", probe.about)
    match probe.earns:
        case Earns.ALL if mark.score is None or mark.score < mark.max:
            yield place, message(
                "{answer} should earn full marks, and earns {got} of {max} ({said})",
                answer=probe.about, got=mark.score or 0, max=mark.max, said=mark.reasons,
            )  # fmt: skip
        case Earns.LESS if mark.score is None or mark.score >= mark.max:
            yield place, message("{answer} should not earn full marks", answer=probe.about)
        case Earns.PERSON if mark.score is not None or not mark.needs_human:
            yield (
                place,
                message("{answer} is marked without a person having read it", answer=probe.about),
            )


def _texts_said(mark: Mark) -> set[str]:
    """Return every text of a mark's feedback, also those within other sentences."""
    found: set[str] = set()

    def gather(value: object) -> None:
        if isinstance(value, Message):
            found.add(value.text)
            gather([part for _, part in value.values])
        elif isinstance(value, (list, tuple)):
            for part in value:
                gather(part)

    gather(mark.reasons)
    return found


def _quoted(texts: Iterable[str]) -> Message | tuple[Message, ...]:
    return tuple(message("“{text}”", text=text) for text in sorted(texts)) or message(
        "nothing of its own"
    )


def _alike(case: Case) -> Found:
    """Tell of messages that two different mistakes share."""
    known = {**told(case.key), "explanation": case.key.explanation}
    for one, other in combinations(known, 2):
        if known[one] and known[one] == known[other] and not same_mistake(case.key, one, other):
            yield ("alike", one, other), message(
                "{one} and {other} in the key say the same: “{text}”",
                one=one, other=other, text=known[one],
            )  # fmt: skip


def _gates(case: Case) -> Found:
    """Tell whether an answer that meets a gate leaves more than its cap to the exercise."""
    met = list(_meeting_gates(case))
    if not met or case.item.use == "practice":
        return  # of practice, that its message is never said is told already
    whole = {**case.exercise, case.item.id: (case.item, case.key)}
    items = [item for item, _ in whole.values()]
    keys = {name: key for name, (_, key) in whole.items()}
    right = {name: solution(item, key) for name, (item, key) in whole.items()}
    most = sum(item.points for item in items if item.interaction != "text")
    for about, cap, answer in met:
        marks = mark_exercise(items, keys, {**right, case.item.id: answer})
        if sum(mark.score or 0 for mark in marks.values()) > cap * most + 1e-6:
            yield (
                ("gate", about),
                message("with {answer} the exercise earns more than its gate allows", answer=about),
            )


def _meeting_gates(case: Case) -> Iterator[tuple[Message, float, Mapping[str, object]]]:
    """Yield answers that meet a gate: what each is, the gate's cap, the answer."""
    match case.key:
        case k.ChoiceKey(gate=k.Gate() as gate) | k.ChoicesKey(gate=k.Gate() as gate):
            for option in gate.options:
                name = "choice" if isinstance(case.key, k.ChoiceKey) else "choices"
                taken = {name: option if name == "choice" else [option]}
                about = message("the option “{option}”", option=option)
                yield about, gate.cap, {**solution(case.item, case.key), **taken}
        case k.StructuredKey() | k.PlanKey() | k.TableKey():
            guards = {
                f"checks.{name}": check.gate
                for name, check in k.named_checks(case.key.checks).items()
                if check.gate is not None
            }
            for probe in probes(case.item, case.key, case.exercise):
                for name in set(probe.says or ()) & guards.keys():
                    yield probe.about, guards[name], probe.response


# What single interactions have of their own ---------------------------------------------------


def _formula(key: k.NumberKey, exercise: Mapping[str, tuple[model.Item, k.Key]]) -> Found:
    """Tell where the formula gives another value than the key."""
    if not key.formula or key.value is None:
        return
    values: dict[str, float] = {}
    for name, source in key.inputs.items():
        if isinstance(source, str):
            if source not in exercise or "value" not in (given := solution(*exercise[source])):
                yield (
                    "formula",
                    message(
                        "its formula builds on {source}, which is no number of this exercise",
                        source=source,
                    ),
                )
                return
            values[name] = float(given["value"])
        else:
            values[name] = source
    value = evaluate(key.formula, values)
    if value is None or abs(value - key.value) > key.full * abs(key.value) + 1e-9:
        yield "formula", message(
            "its formula gives {value} and its key says {right}",
            value=Message("–") if value is None else value, right=key.value,
        )  # fmt: skip


def _recall(item: model.Recall, key: k.RecallKey) -> Found:
    """Tell of accepted phrases that name no point, or the wrong one, or one they deny."""
    points = {name: point.accept for name, point in key.points.items()}
    if key.enough is not None and not 1 <= key.enough <= min(len(points), item.lines):
        yield "enough", message(
            "{n} points are asked for full marks; there are {points} points and {lines} lines",
            n=key.enough, points=len(points), lines=item.lines,
        )  # fmt: skip
    for name, phrases in points.items():
        for lang in LANGUAGES:
            if not any(_language_of(phrase) == lang for phrase in phrases):
                yield ("phrases", name, lang), message(
                    "the point “{name}” accepts no phrase in {language}",
                    name=name, language=Message(_LANGUAGE[lang]),
                )  # fmt: skip
        rest = [phrases[0] for other, phrases in points.items() if other != name]
        for phrase in phrases:
            # A line that fits two points serves the one that no other line names.
            if not recalled([phrase], points).found or (
                recalled([phrase, *rest], points).found.get(name) != 0
            ):
                yield (
                    ("phrase", phrase),
                    message(
                        "“{phrase}” does not earn the point “{name}” that accepts it",
                        phrase=phrase,
                        name=name,
                    ),
                )
            turned = _turned(phrase)
            if turned and recalled([turned], points).found:
                yield (
                    ("turned", phrase),
                    message(
                        "“{phrase}” says the opposite of the point “{name}”, and earns it",
                        phrase=turned,
                        name=name,
                    ),
                )


_DENIAL = re.compile(r"(?:do not|don't|not|no|never|不要|不能|不|别|没有?)(?![a-z]) ?", re.I)
_DENIED = re.compile(r"n't\b|\b(?:not|no|never|without)\b|[不没别无非]", re.I)


def _turned(phrase: str) -> str:
    """Return the opposite of a phrase, empty where it cannot be made by a word more or less."""
    begins = _DENIAL.match(phrase)
    if begins:
        rest = phrase[begins.end() :]
        return "" if _DENIED.search(rest) else rest
    return "" if _DENIED.search(phrase) else _NEGATED[_language_of(phrase)].format(phrase=phrase)


def _language_of(phrase: str) -> str:
    return "zh" if _HAN.search(phrase) else "en"


def _levels(key: k.ProseKey) -> Found:
    for name, levels in key.levels.items():
        if len(set(levels)) < len(levels):
            yield (
                ("levels", name),
                message("two levels of “{name}” in the rubric say the same", name=name),
            )


def _shown(case: Case, words: Words) -> Found:
    """Tell of names of the key that a reader of the right answer would see instead of a label."""
    if isinstance(case.item, model.Reflect):
        return  # which has no right answer
    rows = shown(case.item, solution(case.item, case.key))
    said = [words.say(part) for row in rows for part in row if part]
    labels = " ".join([*texts_of(case.item), *texts_of(case.key)])
    for name in dict.fromkeys(_names(case.item)):
        word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
        if not word.search(labels) and any(word.search(text) for text in said):
            yield (
                ("shown", name),
                message(
                    "the right answer is shown with the name “{name}” instead of its label",
                    name=name,
                ),
            )


def _names(record: BaseModel) -> Iterator[str]:
    """Yield the names that an author gave to options, fields, turns and the like."""
    for name in type(record).model_fields:
        part = getattr(record, name)
        if isinstance(part, dict):
            yield from part
            for inner in part.values():
                if isinstance(inner, BaseModel):
                    yield from _names(inner)


# Translations ---------------------------------------------------------------------------------


def _translated(case: Case) -> Iterator[Message]:
    """Tell of texts that the other language lacks, or has in English."""
    texts = list(dict.fromkeys([*texts_of(case.item), *texts_of(case.key)]))
    for lang in LANGUAGES[1:]:
        for text in texts:
            there = case.texts.get(lang, {}).get(text, "")
            language = Message(_LANGUAGE[lang])
            if not there:
                yield message("“{text}” has no {language}", text=_start(text), language=language)
            elif _ENGLISH.search(text) and _ENGLISH.search(there) and not _HAN.search(there):
                yield message(
                    "“{text}” is not in {language}: “{there}”",
                    text=_start(text), language=language, there=_start(there),
                )  # fmt: skip
    if isinstance(case.item, model.Number):
        for unit, label in case.item.units.items():
            for lang in LANGUAGES[1:]:
                other = case.words(lang).translate(label)
                if is_per_cent(unit, label) != is_per_cent(unit, other):
                    yield message(
                        "the unit “{unit}” is per cent in one language only; call it percent",
                        unit=unit,
                    )
    if isinstance(case.key, (k.StructuredKey, k.PlanKey, k.TableKey)):
        for name, rule in k.named_checks(case.key.checks).items():
            if rule.rule == "says" and not _in_both(rule.words):
                yield message(
                    "“{check}” accepts no word in one of the languages: {words}",
                    check=name, words=rule.words,
                )  # fmt: skip


def _in_both(words: Sequence[str]) -> bool:
    """Tell whether some word can be said in either language; a sign such as ? is of both."""
    signs = any(not re.search(r"\w", word) for word in words)
    return signs or {_language_of(word) for word in words} == set(LANGUAGES)


def _start(text: str, length: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


def _unfinished(case: Case) -> Iterator[Message]:
    if not case.draft and case.item.id.split(".")[1].startswith(EXAMPLE):
        yield message("this is the example that a new unit begins with; put your own question here")
