"""What a trainee reads about a hand-in: what went well, what to change, the score, each item."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from markupsafe import Markup, escape

from kamlib.course.bundle import KeyFix, Moved
from kamlib.forms.answer import answer_html, list_html
from kamlib.forms.page import FIGURES
from kamlib.grading import rubric
from kamlib.grading.pages import HTML_LANG, css, day, environment, markdown, moment, span, storable
from kamlib.grading.results import ItemResult, Result
from kamlib.items import model
from kamlib.items.keys import Key, ProseKey
from kamlib.items.mark import MetGate, Outcome
from kamlib.words import N_, Message, Words, message, number

WELL = 5
"""How many right answers are praised with their reason; the others by their title."""
CHANGE = 6
"""How many wrong answers are explained at the top; the others by their title."""
STEPS = 3
"""How many next steps a person can keep in mind until Monday."""


UNREADABLE = (
    N_("Read above what was wrong with the file."),
    N_("Open your workbook, see that your answers are there, and hand in again."),
    N_("If that does not work, send your trainer the file and this page."),
)
NOTHING_CAME = (
    N_("If you have handed in, ask your trainer; the file may bear a wrong code."),
    N_("If you have not, open your workbook and answer what you can."),
    N_("Hand in even if it is not complete: every answer gets feedback."),
)


@dataclass(frozen=True, slots=True)
class _Part:
    """What is the same on every page of one exercise and language: one item's fixed text."""

    item: model.Item
    no: int
    title: str
    question: Markup
    explanation: Markup
    explained: str
    """The explanation as the author wrote it, to see whether the marking has said it already."""
    praise: Markup
    """What a right answer shows, or else the explanation's first sentence."""
    read: str
    place: str
    at_work: str
    """What to try with a customer, for whoever missed it."""
    criteria: Mapping[str, str]
    """What a person marks prose for, by name; empty for all else."""
    levels: Mapping[str, tuple[str, ...]]
    """What each level of a criterion looks like, from 0."""


@dataclass(frozen=True, slots=True)
class _Reached:
    """The level that a person gave for one criterion."""

    criterion: str
    level: int
    word: str
    text: str
    up: str
    """What the next level looks like; empty at the top."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One thing to do next."""

    what: str
    at_work: str = ""
    """What to try with a customer; empty where the step is not about the subject."""


class FeedbackPage:
    """The feedback pages of one exercise in one language; made once, rendered for each trainee."""

    def __init__(
        self,
        items: Sequence[model.Item],
        keys: Mapping[str, Key],
        words: Words,
        title: str,
        reading: Mapping[str, str],
    ) -> None:
        """Prepare the fixed parts.

        `keys` holds the key of each item by its id, `words` the trainee's language with the
        unit's texts, `reading` the heading of the place that a key's `read` points to.
        """
        self._words = words
        self._template = environment().get_template("feedback.html.j2")
        self._parts = {
            item.id: self._part(no, item, keys.get(item.id), reading)
            for no, item in enumerate(items, 1)
        }
        say = words.say
        self._page = {
            "lang": HTML_LANG[words.lang],
            "title": say(message("Feedback: {title}", title=say(title))),
            "kicker": say(message("Feedback · {title}", title=say(title))),
            "css": css("house.css", "feedback.css"),
            "well": say(N_("What went well")),
            "change": say(N_("What to change")),
            "next": say(N_("What to do next")),
            "at_work": say(N_("With a customer:")),
            "gate": say(N_("Read this first")),
            "score": say(N_("Your score")),
            "each": say(N_("Question by question")),
            "answer": say(N_("Your answer")),
            "why": say(N_("Why")),
            "comment": say(N_("From your trainer")),
            "rubric": say(N_("What the mark is made of")),
            "criterion": say(N_("Looked for")),
            "level": say(N_("Level reached")),
            "top": rubric.TOP,
        }
        # a sentence inside an f-string is not found by who collects them for translation
        none = say(N_("No answer"))
        self._unanswered = Markup(f'<p class="answer muted">{escape(none)}</p>')
        self._waits = say(N_("waits for a person"))
        self._outcomes = {outcome: say(outcome.word) for outcome in Outcome}

    def render(self, result: Result) -> str:
        """Return the page of one trainee: HTML that needs nothing beside it and runs nothing.

        Raises `KeyError` where the result holds an item that this exercise does not have.
        """
        say = self._words.say
        view: dict[str, Any] = {
            "page": self._page,
            "trainee": result.trainee,
            "greeting": say(
                message("Hello, {name}", name=result.trainee.name)
                if result.trainee.name
                else N_("Hello")
            ),
            "notes": [say(note) for note in result.notes],
            "corrections": [self._correction(fix) for fix in result.corrections],
            "items": [],
            "steps": [],
            "gated": [self._gated(one) for one in result.gated],
            "holds": self._holds(result),
        }
        if result.counted:
            view |= self._graded(result)
        elif result.received or result.attempts:
            view["lead"] = say(N_("Your hand-in arrived, but it could not be marked."))
            view["steps"] = [_Step(say(step)) for step in UNREADABLE]
        else:
            view["lead"] = say(N_("No hand-in of yours has arrived so far."))
            view["steps"] = [_Step(say(step)) for step in NOTHING_CAME]
        view["footer"] = say(
            message(
                "Do you think a mark is wrong? Tell your trainer the number of the question and "
                "your code, {code}; a person will look at it.",
                code=result.trainee.code,
            )
            if result.counted
            else message("Your code is {code}.", code=result.trainee.code)
        )
        return storable(self._template.render(view))

    def _graded(self, result: Result) -> dict[str, Any]:
        """Return what the page of a marked hand-in shows."""
        say = self._words.say
        well = [one for one in result.items if one.outcome is Outcome.CORRECT and not one.waiting]
        well.sort(key=lambda one: -one.mark.max)
        partly = [one for one in result.items if one.outcome is Outcome.PARTLY and not one.waiting]
        to_gain = sorted((one for one in result.items if _lost(one) > 0), key=_lost, reverse=True)
        attempted = [one for one in to_gain if one.outcome is not Outcome.NOT_ATTEMPTED]
        change = [*result.gated, *(one for one in attempted if one.mark.gate is None)]
        missing = [one for one in to_gain if one.outcome is Outcome.NOT_ATTEMPTED]
        answered = sum(one.outcome is not Outcome.NOT_ATTEMPTED for one in result.items)
        counts: dict[str, object] = {
            "answered": answered,
            "total": len(result.items),
            "right": len(well),
            "partly": len(partly),
        }
        if not answered:
            lead = message("Your hand-in arrived, but there is no answer in it yet.")
        elif len(well) == len(result.items):
            lead = message("All {total} questions are right. Well done!", **counts)
        elif well:
            lead = message(
                "Questions answered: {answered} of {total}; fully right: {right}.", **counts
            )
        elif partly:
            lead = message(
                "Questions answered: {answered} of {total}; partly right: {partly}.", **counts
            )
        else:
            lead = message("Questions answered: {answered} of {total}.", **counts)
        more = ""
        if len(well) > WELL:
            more = say(message("Also right: {titles}", titles=self._titles(well[WELL:])))
        elif not well and partly:
            more = say(
                message("You are part of the way in: {titles}", titles=self._titles(partly[:WELL]))
            )
        elif not well and answered and to_gain:
            more = say(
                N_("Nothing is right yet, and that can change soon: start with the steps below.")
            )
        elif not well and answered:
            more = say(N_("A person has still to read your answers."))
        elif not well:
            more = say(N_("You have handed in, so the way works. Now it needs your answers."))
        return {
            "lead": say(lead),
            "well": [self._line(one) for one in well[:WELL]],
            "well_more": more,
            "change": [self._line(one) for one in change[:CHANGE]],
            "change_more": say(message("Then: {titles}", titles=self._titles(change[CHANGE:])))
            if len(change) > CHANGE
            else "",
            "missing": say(message("Not answered yet: {titles}", titles=self._titles(missing)))
            if missing
            else "",
            "steps": self._steps(result.gated, to_gain),
            "score": self._score(result),
            "items": [self._item(one) for one in result.items],
        }

    def _part(
        self, no: int, item: model.Item, key: Key | None, reading: Mapping[str, str]
    ) -> _Part:
        say = self._words.say
        question = [markdown(say(item.prompt))]
        match item:
            case model.Choice() | model.Choices():
                question.append(Markup(list_html("ul", map(say, item.options.values()), "options")))
            case model.SpotError():
                gap = "" if self._words.lang == "zh" else " "
                quoted = gap.join(map(say, item.segments.values()))
                question.append(Markup(f"<blockquote>{escape(quoted)}</blockquote>"))
            case model.Prose():
                question.append(
                    Markup(list_html("ul", map(say, item.criteria.values()), "options"))
                )
        if item.numbers:
            tag = escape(say(FIGURES[item.numbers]))
            question.append(Markup(f'<p><span class="tag">{tag}</span></p>'))
        explained = say(key.explanation) if key else ""
        place = say(reading.get(key.read, "")) if key else ""
        return _Part(
            item=item,
            no=no,
            title=say(item.title),
            question=Markup("\n").join(question),
            explanation=markdown(explained) if explained else Markup(""),
            explained=explained,
            praise=markdown((key.shows and say(key.shows)) or first_sentence(explained))
            if key and explained
            else Markup(""),
            read=say(message("Read: {place}", place=place)) if place else "",
            place=place,
            at_work=say(key.at_work) if key else "",
            criteria={name: say(label) for name, label in item.criteria.items()}
            if isinstance(item, model.Prose)
            else {},
            levels={name: tuple(map(say, texts)) for name, texts in key.levels.items()}
            if isinstance(key, ProseKey)
            else {},
        )

    def _correction(self, fix: KeyFix) -> list[str]:
        """Say what a corrected key did to this trainee's marks, a sentence each."""
        say = self._words.say
        when = day(fix.at, self._words.lang)
        questions = [self._no(name) for name in fix.items if name in self._parts]
        one = fix.moved[0]
        if len(fix.moved) == 1 and one.kept is None and fix.items == (one.item,):
            said = [
                message(
                    "The key of {question} was corrected on {day}. Your mark for it went from "
                    "{before} to {after} points.",
                    question=self._no(one.item), day=when, before=_round(one.before),
                    after=_round(one.after),
                )
            ]  # fmt: skip
        else:
            said = [
                message("The key of {questions} was corrected on {day}.",
                        questions=questions, day=when),
                *self._moves(fix.moved),
            ]  # fmt: skip
        if fix.why:
            said.append(message("Reason: {why}", why=Message(fix.why)))
        return [say(sentence) for sentence in said]

    def _moves(self, moved: Sequence[Moved]) -> list[Message]:
        if len(moved) <= STEPS or any(one.kept is not None for one in moved):
            return [self._moved(one) for one in moved]
        return [
            message(
                "Your marks for {questions} moved with it, together from {before} to {after} "
                "points.",
                questions=[self._no(one.item) for one in moved],
                before=_round(sum(one.before for one in moved)),
                after=_round(sum(one.after for one in moved)),
            )
        ]

    def _moved(self, one: Moved) -> Message:
        values: dict[str, object] = {
            "question": self._no(one.item),
            "before": _round(one.before),
            "after": _round(one.after),
        }
        if one.kept is None:
            return message(
                "Your mark for {question} went from {before} to {after} points.", **values
            )
        return message(
            "Your mark for {question} stays at {before} points; by the corrected key it would be "
            "{after}.",
            **values,
        )

    def _gated(self, one: ItemResult) -> dict[str, object]:
        """Return an answer that met a gate, as the box on top shows it."""
        part = self._parts[one.mark.item]
        return {"no": part.no, "title": part.title, "says": self._why(one)[0]}

    def _holds(self, result: Result) -> list[str]:
        """Say what the gates that were met do to the marks of the exercise."""
        gate = _gate(result)
        if gate is None:
            return []
        values: dict[str, object] = {"cap": _round(gate.cap), "most": _round(gate.most)}
        if not result.held:
            said = [
                message(
                    "Until a person has looked, all that the machine has marked counts as {cap} of "
                    "{most} points at most. That takes nothing from your marks.",
                    **values,
                )
            ]
        else:
            said = [
                message(
                    "Until a person has looked, all that the machine has marked counts as {cap} of "
                    "{most} points.",
                    **values,
                ),
                message("Below, each question shows what its answer is worth by itself."),
            ]
        return [self._words.say(sentence) for sentence in said]

    def _no(self, item: str) -> Message:
        return message("question {n}", n=self._parts[item].no)

    def _titles(self, items: Iterable[ItemResult]) -> list[Message]:
        """Return titles in quotation marks, since one may end in a question mark."""
        titles = [self._parts[one.mark.item].title for one in items]
        return [message("“{title}”", title=title) for title in titles]

    def _line(self, one: ItemResult) -> dict[str, object]:
        """Return one line of what went well or what to change."""
        part = self._parts[one.mark.item]
        lost = _lost(one)
        if one.mark.gate is not None:
            return {
                "no": part.no,
                "title": part.title,
                "outcome": Outcome.INCORRECT.value,
                "sign": "!",
                "why": self._why(one)[0],
                "praise": "",
                "read": part.read,
                "lost": self._words.say(N_("a person has to look at this first")),
            }
        return {
            "no": part.no,
            "title": part.title,
            "outcome": one.outcome.value,
            "sign": one.outcome.sign,
            "why": self._why(one)[0] if lost or not part.praise else "",
            "praise": "" if lost else part.praise,
            "read": part.read if lost else "",
            "lost": self._words.say(message("points to gain: {points}", points=_round(lost)))
            if lost
            else "",
        }

    def _reached(self, one: ItemResult) -> list[_Reached]:
        """Return the levels that a person gave, where the mark is a person's."""
        part = self._parts[one.mark.item]
        levels = rubric.read_levels(one.comment, part.levels).levels
        if one.human_score is None:
            return []
        return [
            _Reached(
                criterion=label,
                level=levels[name],
                word=self._words.say(rubric.LEVELS[levels[name]]),
                text=part.levels[name][levels[name]],
                up="".join(part.levels[name][levels[name] + 1 :][:1]),
            )
            for name, label in part.criteria.items()
            if name in levels
        ]

    def _why(self, one: ItemResult) -> list[str]:
        """Return the reasons for a mark, a person's before the machine's where there is one."""
        if one.human_score is not None and self._parts[one.mark.item].criteria:
            # what the machine says of prose is that a person will read it
            lowest = min(self._reached(one), key=lambda reached: reached.level, default=None)
            if lowest is None or not lowest.up:
                return [self._words.say(N_("A person has read your text and set the mark."))]
            return [
                self._words.say(
                    message(
                        "{criterion}. One level up: {level}",
                        criterion=Message(lowest.criterion),
                        level=Message(lowest.up),
                    )
                )
            ]
        said = [self._words.say(reason) for reason in one.mark.reasons]
        if one.human_score is not None and one.mark.score is not None:
            said = [
                self._words.say(N_("A person has looked at this answer and set the mark.")),
                *said,
            ]
        return said or [self._words.say(one.outcome.word)]

    def _steps(self, gated: Sequence[ItemResult], change: Sequence[ItemResult]) -> list[_Step]:
        """Return the next steps: what holds all down, then the places to read that bring most."""
        steps = [self._lift(group) for group in self._by_place(gated)]
        say = self._words.say
        most = sorted(self._by_place(change), key=lambda group: -sum(map(_lost, group)))
        for group in most:
            values = {
                "place": self._parts[group[0].mark.item].place,
                "questions": [
                    message("question {n}", n=no)
                    for no in sorted(self._parts[one.mark.item].no for one in group)
                ],
                "points": _round(sum(map(_lost, group))),
            }
            what = (
                message(
                    "Read “{place}”, then work on {questions} (points to gain: {points}).", **values
                )
                if values["place"]
                else message(
                    "Read the explanation of {questions} below (points to gain: {points}).",
                    **values,
                )
            )
            # one thing to try a step, that of the question where most was lost
            steps.append(_Step(say(what), self._parts[group[0].mark.item].at_work))
        return steps[:STEPS]

    def _by_place(self, items: Iterable[ItemResult]) -> list[list[ItemResult]]:
        """Return items in groups that send to the same place to read."""
        places: dict[str, list[ItemResult]] = {}
        for one in items:
            part = self._parts[one.mark.item]
            places.setdefault(part.place or part.item.id, []).append(one)
        return list(places.values())

    def _lift(self, group: Sequence[ItemResult]) -> _Step:
        """Return the step for answers that met a gate and send to the same place."""
        part = self._parts[group[0].mark.item]
        values = {
            "place": part.place,
            "questions": [self._no(one.mark.item) for one in group],
        }
        what = (
            message("Read “{place}” and find what has to change in {questions}.", **values)
            if part.place
            else message(
                "Read the explanation of {questions} below and find what has to change.", **values
            )
        )
        return _Step(self._words.say(what), part.at_work)

    def _score(self, result: Result) -> dict[str, object]:
        """Return the score, with everything that bears on it in lines."""
        say, lang = self._words.say, self._words.lang
        open_points = sum(
            one.mark.max for one in result.items if one.waiting and one.mark.score is None
        )
        lines = []
        gate = _gate(result)
        if gate is not None and result.held:
            lines.append(
                message(
                    "All that the machine has marked is held at {cap} of {most} points, by "
                    "{questions}.",
                    cap=_round(gate.cap), most=_round(gate.most),
                    questions=[self._no(one.mark.item) for one in result.gated],
                )
            )  # fmt: skip
        if result.waiting:
            lines.append(
                message(
                    "Answers that wait for a person: {n}. Up to {points} points can still come.",
                    n=result.waiting,
                    points=_round(open_points),
                )
                if open_points and not result.held
                else message(
                    "Answers that a person will look at again: {n}. The score may change.",
                    n=result.waiting,
                )
            )
        if result.penalty > 0:
            lines.append(
                message(
                    "Points taken off: {points}, because the hand-in came {time} late.",
                    points=_round(result.penalty),
                    time=span(result.late, lang),
                )
            )
        elif result.late > timedelta(0):
            lines.append(
                message(
                    "The hand-in came {time} late; no points were taken off.",
                    time=span(result.late, lang),
                )
            )
        if result.attempts > 1:
            lines.append(
                message(
                    "You handed in {n} times; attempt {counted} counts.",
                    n=result.attempts,
                    counted=result.counted,
                )
            )
        if result.received:
            when = moment(result.received, lang)
            lines.append(
                message("Received {when}, a time that your own computer reported.", when=when)
                if result.self_reported
                else message("Received {when}.", when=when)
            )
        if result.receipt:
            lines.append(message("Receipt {receipt}.", receipt=result.receipt))
        whole = result.max or 1.0
        return {
            "points": number(_round(result.score)),
            "of": say(
                message("of {max} points so far", max=_round(result.max))
                if result.waiting
                else message("of {max} points", max=_round(result.max))
            ),
            "got": f"{100 * result.score / whole:.1f}",
            "open": f"{100 * open_points / whole:.1f}",
            "lines": [say(line) for line in lines],
        }

    def _item(self, one: ItemResult) -> dict[str, object]:
        """Return one item as the lower part of the page shows it."""
        part = self._parts[one.mark.item]
        # the marking may say the explanation too, but as plain text
        why = [line for line in self._why(one) if line != part.explained]
        if one.earned is None:
            points = message("of {max} points", max=_round(one.mark.max))
        else:
            points = message(
                "{score} of {max} points", score=_round(one.earned), max=_round(one.mark.max)
            )
        waits = one.waiting
        return {
            "part": part,
            "outcome": "waiting" if waits and one.score is None else one.outcome.value,
            "sign": "…" if waits else one.outcome.sign,
            "word": self._waits if waits else self._outcomes[one.outcome],
            "points": self._words.say(points),
            "answer": Markup(
                # a person may see it otherwise than the machine does line by line
                answer_html(
                    part.item,
                    one.response,
                    self._words,
                    None if one.human_score is not None else one.mark,
                )
            )
            or self._unanswered,
            "why": why,
            "rubric": self._reached(one),
            "comment": rubric.read_levels(one.comment, part.levels).comment,
        }


def render_feedback(
    result: Result,
    items: Sequence[model.Item],
    keys: Mapping[str, Key],
    words: Words,
    title: str,
    reading: Mapping[str, str],
) -> str:
    """Return one trainee's page; for many, make one `FeedbackPage` and render each from it."""
    return FeedbackPage(items, keys, words, title, reading).render(result)


def first_sentence(text: str) -> str:
    """Return how a text begins, up to its first full stop.

    >>> first_sentence("25 is 2.5 × 10. More follows."), first_sentence("他只传话。别的没有。")
    ('25 is 2.5 × 10.', '他只传话。')
    """
    begin = re.match(r".*?(?:[.!?](?=\s+[^\sa-z]|\s*$)|[。\uff01\uff1f])", text, re.DOTALL)
    return begin.group() if begin else text


def _gate(result: Result) -> MetGate | None:
    """Return a gate that was met; what it says of the whole exercise, each of them says."""
    return next((one.mark.gate for one in result.gated), None)


def _lost(one: ItemResult) -> float:
    """Return the points that are still to gain; 0 where a person has still to look."""
    return 0.0 if one.waiting or one.earned is None else max(0.0, one.mark.max - one.earned)


def _round(points: float) -> float:
    return round(points, 2)
