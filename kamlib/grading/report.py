"""What an instructor reads about a cohort's exercise: who to help, what to teach again, and how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from markupsafe import Markup

from kamlib.course.bundle import KeyFix
from kamlib.grading import cohort_numbers as numbers
from kamlib.grading import confidence as confident
from kamlib.grading.cohort_numbers import Agreement, TooFew
from kamlib.grading.pages import (
    HTML_LANG,
    TEMPLATES,
    css,
    day,
    environment,
    moment,
    span,
    storable,
)
from kamlib.grading.report_data import Refused, ReportData, ReportError, from_json, to_json
from kamlib.grading.results import Result, Trainee
from kamlib.words import LANGUAGES, N_, Message, Words, message, number

__all__ = [
    "Refused", "Report", "ReportData", "ReportError", "from_json", "open_report", "to_json",
    "write_report",
]  # fmt: skip

NOTEBOOK = TEMPLATES / "report_notebook.md"
FALLS = 3
"""How many wrong turns are named for an item to teach again."""
NAMES = 12
"""How many names a line of the report holds before it counts the rest."""

_LANGUAGE_NAMES = {"en": N_("English"), "zh": N_("Chinese")}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the report, as a notebook shows it."""

    html: str

    def _repr_html_(self) -> str:
        # a file name in another encoding holds half characters, which no notebook can store
        return storable(self.html)


@dataclass(frozen=True, slots=True)
class _Column:
    text: str
    number: bool = False


class Report:
    """The parts of one cohort's report in one language, each a piece of HTML."""

    def __init__(self, data: ReportData, lang: str) -> None:
        """Take the data and the instructor's language; raises `ValueError` for an unknown one."""
        # matplotlib takes a second to import; who only runs the notebook does not need it
        from kamlib import plots
        from kamlib.grading import report_plots

        self._plots = plots
        self._draw = report_plots
        self.data = data
        self.words = Words(lang, data.texts)
        self._macros: Any = environment().get_template("report_parts.html.j2").module

    @cached_property
    def _numbers(self) -> list[numbers.ItemNumbers]:
        return numbers.item_numbers(self.data.items, self.data.keys, self.data.results)

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {
            item.id: f"{no} {self.words.say(item.title)}"
            for no, item in enumerate(self.data.items, 1)
        }

    def _say(self, text: str, /, **values: object) -> str:
        return self.words.say(message(text, **values))

    def _percent(self, value: float) -> str:
        return self._plots.percent(value, self.words.lang)

    def front(self) -> Part:
        """Return the heading, the four numbers, and what to do first."""
        data, lang = self.data, self.words.lang
        top = numbers.summary(data.results)
        facts = [
            self._say(
                N_("Trainees’ language: {name}"),
                name=self._say(_LANGUAGE_NAMES.get(data.lang, data.lang)),
            )
        ]
        if data.due:
            facts.append(self._say(N_("Due {when}"), when=moment(data.due, lang)))
        if data.made:
            facts.append(self._say(N_("Report made {when}"), when=moment(data.made, lang)))
        facts += [self._fix(fix) for fix in data.fixes if fix.items]
        missing = top.people - top.handed_in
        tiles = [
            {
                "label": self._say(N_("Handed in")),
                "value": number(top.handed_in),
                "of": self._say(N_("of {n}"), n=top.people),
                "under": self._say(N_("missing: {n}"), n=missing),
                "act": bool(missing),
            },
            {
                "label": self._say(N_("Late")),
                "value": number(top.late),
                "of": "",
                "under": self._say(N_("of those handed in")),
                "act": bool(top.late),
            },
            {
                "label": self._say(N_("Median score")),
                "value": "–" if top.median is None else self._percent(top.median),
                "of": "",
                "under": self._say(N_("of the points marked so far")),
                "act": False,
            },
            {
                "label": self._say(N_("Waiting for a person")),
                "value": number(top.waiting),
                "of": self._say(N_("answers")),
                "under": self._say(N_("from {n} trainees"), n=top.waiting_people),
                "act": bool(top.waiting),
            },
        ]
        sentences = {
            "kicker": self._say(N_("Cohort report · {name}"), name=data.cohort),
            "heading": self.words.say(data.title),
            "todo": self._say(N_("What to do first")),
        }
        return Part(
            self._macros.front(sentences, facts, tiles, self._todo(top), self._gates_lead(),
                               self._gates())
        )  # fmt: skip

    def _fix(self, fix: KeyFix) -> str:
        """Return one correction of the key in a line."""
        number_of = {item.id: no for no, item in enumerate(self.data.items, 1)}
        up, down, kept = fix.counts
        return self._say(
            N_("Key of {questions} corrected on {day}; marks up: {up}, down: {down}, kept: {kept}"),
            questions=[message("question {n}", n=number_of[name]) for name in fix.items],
            day=day(fix.at, self.words.lang), up=up, down=down, kept=kept,
        )  # fmt: skip

    def _todo(self, top: numbers.Summary) -> list[str]:
        """Return the three or four things an instructor should do first."""
        lines = []
        if top.waiting:
            lines.append(self._say(N_("Mark the {n} answers that wait."), n=top.waiting))
        silent = [one.trainee for one in self.data.results if not one.attempts]
        if silent:
            lines.append(
                self._say(N_("Ask for the hand-ins of {names}."), names=self._names(silent))
            )
        if self.data.refused:
            lines.append(
                self._say(
                    N_("Look at the files that could not be taken: {n}."), n=len(self.data.refused)
                )
            )
        again = numbers.teach_again(self._numbers, most=1)
        if again:
            title = self.words.say(again[0].item.title)
            lines.append(
                self._say(
                    N_("Teach “{title}” again: {count} of {people} missed it."),
                    title=title, count=again[0].missed, people=again[0].people,
                )
            )  # fmt: skip
        return lines

    def _gates_lead(self) -> str:
        return self._say(
            N_("Look at the answers that met a gate. Each may hold its whole exercise down until you "
               "give it a score, another one or the same, at the marking desk or with the command "
               "below it.")
        )  # fmt: skip

    def _gates(self) -> list[dict[str, str]]:
        """Return who met which gate, with what it says and the command that lifts it."""
        return [
            {
                "who": f"{result.trainee.name or result.trainee.code} · "
                f"{self._titles[one.mark.item]}",
                "says": self.words.say(one.mark.gate.says),
                "command": self._say(
                    N_("kam mark {cohort} {code} {item} --score {points}"),
                    cohort=self.data.cohort, code=result.trainee.code, item=one.mark.item,
                    points=number(round(one.earned or 0.0, 2)),
                ),
            }
            for result in self.data.results
            for one in result.gated
            if one.mark.gate is not None
        ]  # fmt: skip

    def _names(self, trainees: Sequence[Trainee]) -> object:
        names = [one.name or one.code for one in trainees]
        if len(names) <= NAMES:
            return names
        return message("{names} and {n} more", names=names[:NAMES], n=len(names) - NAMES)

    def again(self) -> Part:
        """Return what to teach again: the items most missed, their traps, the page to open."""
        worst = numbers.teach_again(self._numbers)
        rows = []
        for one in worst:
            key = self.data.keys.get(one.item.id)
            place = (self.data.reading or {}).get(key.read, "") if key else ""
            rows.append(
                {
                    "title": self._titles[one.item.id],
                    "count": self._say(
                        N_("{count} of {people} got less than half of the points; "
                           "{share} of the points were reached; left blank: {blank}."),
                        count=one.missed, people=one.people,
                        share=self._percent(one.share or 0.0), blank=one.blank,
                    ),
                    "falls": self._falls(one),
                    "read": self._say(N_("Open: {place}"), place=self.words.say(place))
                    if place
                    else "",
                }
            )  # fmt: skip
        sentences = {
            "heading": self._say(N_("Teach again")),
            "lead": self._say(
                N_("Questions that at least a quarter of the group missed, with the wrong turns "
                   "most people took.")
            ),
            "nothing": self._say(
                N_("No question was missed by a quarter of the group.")
                if any(one.people for one in self._numbers)
                else N_("Nothing has been marked yet.")
            ),
        }  # fmt: skip
        picture = ""
        if worst:
            picture = self._picture(
                "again",
                lambda: self._draw.teach_again(
                    [self._draw.Missed(self._titles[o.item.id], o.missed, o.people) for o in worst],
                    self.words,
                ),
            )
        return Part(self._macros.again(sentences, picture, rows))

    def _falls(self, one: numbers.ItemNumbers) -> list[dict[str, object]]:
        """Return the wrong turns most people took; those that read the same count together."""
        key = self.data.keys.get(one.item.id)
        counts: Counter[tuple[str, str]] = Counter()
        for fall in one.falls:
            called, said = numbers.fall_text(one.item, key, fall.name)
            counts[self.words.say(called), self.words.say(said)] += fall.count
        return [
            {"count": f"{count} ×", "name": called, "said": said}
            for (called, said), count in counts.most_common(FALLS)
        ]

    def _picture(self, name: str, draw: Any) -> Markup:

        with self._plots.style(self.words.lang):
            picture = draw()
            # the alt text is escaped by `svg`, all else is drawn
            return Markup(self._plots.svg(picture.figure, picture.alt, name))

    def distribution(self) -> Part:
        """Return how the scores spread."""
        reached = numbers.shares(self.data.results)
        sentences = {
            "heading": self._say(N_("How the scores spread")),
            "lead": self._say(
                N_("Of the points marked so far, before anything is taken off for being late.")
            ),
            "nothing": self._say(N_("Nothing has been marked yet.")),
        }
        picture = ""
        if reached:
            picture = self._picture(
                "spread", lambda: self._draw.score_distribution(reached, self.words)
            )
        return Part(self._macros.picture("spread", sentences, picture))

    def strip(self) -> Part:
        """Return how hard each item was and how it goes with the rest."""
        known = [one for one in self._numbers if one.share is not None]
        sentences = {
            "heading": self._say(N_("How hard each question was")),
            "lead": self._rest_lead(),
            "nothing": self._say(N_("Nothing has been marked yet.")),
        }
        picture = ""
        if known:
            points = [
                self._draw.ItemPoint(
                    self._titles[one.item.id],
                    one.share or 0.0,
                    one.rest if isinstance(one.rest, float) else None,
                )
                for one in known
            ]
            picture = self._picture("strip", lambda: self._draw.item_strip(points, self.words))
        return Part(self._macros.picture("strip", sentences, picture))

    def confidence(self) -> Part:
        """Return how sure people were and how right; nothing where no item asks how sure."""
        found = confident.calibration(self.data.items, self.data.results)
        if found is None:
            return Part("")
        heading = self._say(N_("How sure, and how right"))
        if isinstance(found, TooFew):
            nothing = self._say(
                N_("Answers with a stated confidence: {judged}."), judged=_few(found)
            )
            sentences = {"heading": heading, "lead": "", "nothing": nothing}
            return Part(self._macros.picture("confidence", sentences, ""))
        sentences = {"heading": heading, "lead": self._brier(found), "nothing": ""}
        return Part(self._macros.picture("confidence", sentences, self._curve(found)))

    def _brier(self, found: confident.Calibration) -> str:
        said = self._say(
            N_("Brier score {brier} over {n} answers: 0 is best, and who always says 50 % gets "
               "0.25."),
            brier=_two(found.brier), n=found.answers,
        )  # fmt: skip
        few = sum(band.answers for band in found.bands if isinstance(band.right, TooFew))
        if not few:
            return said
        more = self._say(N_("{n} answers lie where there are too few to judge."), n=few)
        return f"{said} {more}"

    def _curve(self, found: confident.Calibration) -> Markup:
        bands = [
            self._draw.ConfidenceBand(
                band.sure,
                band.answers,
                None if isinstance(band.right, TooFew) else band.right,
                band.bounds,
            )
            for band in found.bands
        ]
        clear = not found.low <= 0 <= found.high
        return self._picture(
            "confidence",
            lambda: self._draw.confidence_curve(bands, found.sure, found.right, clear, self.words),
        )

    def _rest_lead(self) -> str:
        judged = [one.rest for one in self._numbers if one.people]
        few = [rest for rest in judged if isinstance(rest, TooFew)]
        if not few or len(few) < len(judged):
            return ""
        return self._say(
            N_("Whether a question tells strong and weak apart: {judged}."), judged=_few(few[0])
        )

    def people(self) -> Part:
        """Return the table to act on, one row a trainee, who needs something first."""
        results = sorted(self.data.results, key=_urgency)
        columns = [
            _Column(self._say(N_("Trainee"))),
            _Column(self._say(N_("Code"))),
            _Column(self._say(N_("Points")), True),
            _Column(self._say(N_("Of those marked"))),
            _Column(self._say(N_("Late"))),
            _Column(self._say(N_("Waiting")), True),
            _Column(self._say(N_("Weakest question"))),
            _Column(self._say(N_("Attempts")), True),
            _Column(self._say(N_("What to do"))),
        ]
        sentences = {
            "heading": self._say(N_("Who needs what")),
            "lead": self._say(
                N_("One row for each trainee: first who has not handed in, then by score.")
            ),
            "nothing": self._say(N_("There is nobody on the roster.")),
        }
        rows = [self._person(result) for result in results]
        return Part(self._macros.listing("people", sentences, columns, rows))

    def _person(self, result: Result) -> list[object]:
        name = result.trainee.name or result.trainee.code
        if not result.counted:
            what = self._macros.strong(self._action(result))
            return [name, result.trainee.code, "–", "", "", "", "", result.attempts, what]
        reached = numbers.share(result)
        weakest = numbers.weakest(result)
        action = self._action(result)
        return [
            name,
            result.trainee.code,
            self._points(result),
            "" if reached is None else self._macros.meter(reached, self._percent(reached)),
            span(result.late, self.words.lang) if result.late else "",
            result.waiting or "",
            self._titles.get(weakest, weakest) if weakest else "",
            result.attempts,
            self._macros.strong(action) if action else "",
        ]

    def _points(self, result: Result) -> Markup:
        points = Markup.escape(f"{number(round(result.score, 2))} / {number(result.max)}")
        if not result.held:
            return points
        flag: Markup = self._macros.flag(self._say(N_("held")))
        return points + Markup(" ") + flag

    def _action(self, result: Result) -> str:
        if not result.counted:
            return self._say(N_("help with the file") if result.attempts else N_("ask for it"))
        if result.gated:
            number_of = {item.id: no for no, item in enumerate(self.data.items, 1)}
            return self._say(
                N_("look at {questions}"),
                questions=[message("question {n}", n=number_of[one.mark.item])
                           for one in result.gated],
            )  # fmt: skip
        reached = numbers.share(result)
        if reached is not None and reached < numbers.MISSED:
            return self._say(N_("talk it through"))
        return self._say(N_("mark {n}"), n=result.waiting) if result.waiting else ""

    def waiting(self) -> Part:
        """Return what waits for a person, by item."""
        rows = []
        for one in self._numbers:
            if not one.waiting:
                continue
            who = [
                result.trainee
                for result in numbers.handed_in(self.data.results)
                if any(i.waiting and i.mark.item == one.item.id for i in result.items)
            ]
            rows.append(
                [
                    self._titles[one.item.id],
                    one.waiting,
                    number(one.waiting * one.item.points),
                    self._say("{names}", names=self._names(who)),
                ]
            )
        columns = [
            _Column(self._say(N_("Question"))),
            _Column(self._say(N_("Answers")), True),
            _Column(self._say(N_("Points open")), True),
            _Column(self._say(N_("From"))),
        ]
        sentences = {
            "heading": self._say(N_("Waiting for a person")),
            "lead": self._say(N_("Texts, border cases and answers that the machine cannot read.")),
            "nothing": self._say(N_("Nothing waits.")),
        }
        return Part(self._macros.listing("waiting", sentences, columns, rows))

    def late_and_missing(self) -> Part:
        """Return who was late, by how much and at what cost, and who is missing."""
        lang = self.words.lang
        rows: list[list[object]] = []
        for result in self.data.results:
            if not result.counted:
                said = (
                    N_("handed in, but it could not be read") if result.attempts else N_("missing")
                )
                rows.append([result.trainee.name, result.trainee.code, self._say(said), "", ""])
            elif result.late:
                when = moment(result.received, lang) if result.received else ""
                if result.self_reported:
                    when = self._say(N_("{when} (self-reported)"), when=when)
                rows.append(
                    [
                        result.trainee.name,
                        result.trainee.code,
                        self._say(N_("{time} late"), time=span(result.late, lang)),
                        when,
                        f"−{number(round(result.penalty, 2))}" if result.penalty else "0",
                    ]
                )
        columns = [
            _Column(self._say(N_("Trainee"))),
            _Column(self._say(N_("Code"))),
            _Column(self._say(N_("How it stands"))),
            _Column(self._say(N_("Received"))),
            _Column(self._say(N_("Points off")), True),
        ]
        sentences = {
            "heading": self._say(N_("Late and missing")),
            "lead": "",
            "nothing": self._say(
                N_("Everybody handed in on time.")
                if self.data.results
                else N_("There is nobody on the roster.")
            ),
        }
        return Part(self._macros.listing("late", sentences, columns, rows))

    def refused(self) -> Part:
        """Return the files that could not be taken, each with its reason."""
        sentences = {
            "heading": self._say(N_("Files that could not be taken")),
            "lead": "",
            "nothing": self._say(N_("Every file could be taken.")),
        }
        return self._files("refused", sentences, self.data.refused)

    def remarks(self) -> Part:
        """Return what is worth a word about hand-ins that were marked."""
        sentences = {
            "heading": self._say(N_("Worth a word")),
            "lead": self._say(
                N_("These hand-ins were marked from their answers; nothing else in them counted.")
            ),
            "nothing": self._say(N_("There was nothing unusual in any hand-in.")),
        }
        return self._files("remarks", sentences, self.data.remarks)

    def _files(self, name: str, sentences: Mapping[str, str], files: Sequence[Refused]) -> Part:
        names = {one.trainee.code: one.trainee.name for one in self.data.results}
        columns = [
            _Column(self._say(N_("File"))),
            _Column(self._say(N_("From"))),
            _Column(self._say(N_("What happened"))),
        ]
        rows = [
            [
                one.file,
                self._macros.whole(names.get(one.code, one.code) or "–"),
                self.words.say(one.why),
            ]
            for one in files
        ]
        return Part(self._macros.listing(name, sentences, columns, rows))

    def items(self) -> Part:
        """Return the numbers of each item, and who chose which option."""
        columns = [
            _Column(self._say(N_("Question"))),
            _Column(self._say(N_("Points")), True),
            _Column(self._say(N_("Marked")), True),
            _Column(self._say(N_("Reached"))),
            _Column(self._say(N_("Missed")), True),
            _Column(self._say(N_("Blank")), True),
            _Column(self._say(N_("Item–rest")), True),
            _Column(self._say(N_("Flag"))),
        ]
        rows: list[list[object]] = []
        for one in self._numbers:
            rows.append(
                [
                    self._titles[one.item.id],
                    number(one.item.points),
                    one.people,
                    "–"
                    if one.share is None
                    else self._macros.meter(one.share, self._percent(one.share)),
                    one.missed,
                    one.blank,
                    f"{one.rest:.2f}" if isinstance(one.rest, float) else "–",
                    Markup(" ").join(self._macros.flag(self.words.say(f)) for f in one.flags),
                ]
            )
        chosen = [
            {
                "title": self._titles[one.item.id],
                "options": [
                    {"text": self.words.say(text), "count": count, "right": right}
                    for text, count, right in one.chosen
                ],
            }
            for one in self._numbers
            if one.people and one.chosen
        ]
        sentences = {
            "heading": self._say(N_("Every question")),
            "lead": self._rest_lead(),
            "chosen": self._say(N_("Who chose what (✓ is right)")),
        }
        return Part(self._macros.items(sentences, columns, rows, chosen))

    def trust(self) -> Part:
        """Return how far the marks can be trusted, or that there are too few to judge."""
        results = self.data.results
        rows = [
            (self._say(N_("Machine and person")), self._say("{said}", said=self._agreement())),
            (self._say(N_("Two persons")), self._say("{said}", said=self._two_markers())),
            (self._say(N_("Reliability")), self._say("{said}", said=self._alpha())),
            (self._say(N_("Between languages")), self._say("{said}", said=self._difference())),
        ]
        sentences = {
            "heading": self._say(N_("How far to trust these marks")),
            "lead": self._say(N_("Hand-ins: {n}."), n=len(numbers.handed_in(results))),
        }
        return Part(self._macros.trust(sentences, rows))

    def _agreement(self) -> Message:
        found = numbers.agreement(self.data.results)
        if not isinstance(found, Agreement):
            return _unjudged(found, N_("Answers that both marked: {judged}."))
        return message(
            "{agreement}; machine minus person {smd} standard deviations. These answers were not "
            "drawn at random.",
            agreement=_agreement(found), smd=_two(found.smd),
        )  # fmt: skip

    def _two_markers(self) -> Message:
        found = numbers.two_markers(self.data.results)
        if not isinstance(found, Agreement):
            return _unjudged(found, N_("Answers that two persons marked: {judged}."))
        return message(
            "{agreement}; second marker minus first {smd} standard deviations. These answers were "
            "drawn at random, and the second marker did not know the first mark.",
            agreement=_agreement(found), smd=_two(found.smd),
        )  # fmt: skip

    def _alpha(self) -> Message:
        found = numbers.alpha(self.data.results)
        if found is None:
            return message("Everybody has the same score, so reliability cannot be measured.")
        if isinstance(found, TooFew):
            return message("Hand-ins: {judged}.", judged=_few(found))
        return message("Cronbach’s alpha {alpha}.", alpha=_two(found))

    def _difference(self) -> Message:
        found = numbers.by_language(self.data.results)
        if found is None:
            return message("All hand-ins are in one language.")
        if isinstance(found, TooFew):
            return message("In the smaller language: {judged}.", judged=_few(found))
        return message(
            "{first} minus {second}: {value} standard deviations (95 % interval {low} to {high}). "
            "The groups were not drawn at random.",
            first=message(_LANGUAGE_NAMES.get(found.first, found.first)),
            second=message(_LANGUAGE_NAMES.get(found.second, found.second)),
            value=_two(found.value), low=_two(found.low), high=_two(found.high),
        )  # fmt: skip

    def methods(self) -> Part:
        """Return how everything above was worked out."""
        rest, kappa = numbers.ENOUGH_FOR_REST, numbers.ENOUGH_FOR_KAPPA
        rows = [
            (
                N_("Scores"),
                message(
                    "Marks follow from the answers file alone; nothing that came with a hand-in "
                    "was run. A person’s mark replaces the machine’s. Shares leave out what waits "
                    "for a person and what is taken off for being late; points include both."
                ),
            ),
            (
                N_("Missed"),
                message(
                    "Less than half of a question’s points; a blank answer counts. A question is "
                    "worth teaching again when a quarter of those who handed in missed it."
                ),
            ),
            (
                N_("Too hard, too easy"),
                message(
                    "Wanted is a mean between {low} % and {high} % of the points. A flag is only "
                    "raised when the whole 95 % interval (Wilson) lies outside.",
                    low=round(100 * numbers.WANTED[0]), high=round(100 * numbers.WANTED[1]),
                ),
            ),
            (
                N_("Item–rest"),
                message(
                    "How the marks of a question go with those of all others (Pearson), from {n} "
                    "people on. Below {weak} it tells little apart; below 0 the key may be wrong.",
                    n=rest, weak=numbers.WEAK_REST,
                ),
            ),
            (
                N_("Machine and person"),
                message(
                    "Answers that both marked, in quarters of the points, from {n} answers on; "
                    "interval by bootstrap (1,000 draws).",
                    n=kappa,
                ),
            ),
            (
                N_("Two persons"),
                message(
                    "Answers drawn at random for a second marker, who saw neither name nor first "
                    "mark; measured like machine and person, on the marks before the two spoke."
                ),
            ),
            (
                N_("Reliability"),
                message(
                    "Cronbach’s alpha over the questions marked for everybody, from {n} hand-ins "
                    "on.",
                    n=numbers.ENOUGH_FOR_ALPHA,
                ),
            ),
            (
                N_("Between languages"),
                message(
                    "Difference of the mean shares in pooled standard deviations, from {n} "
                    "hand-ins in each language on; interval by Welch.",
                    n=numbers.ENOUGH_FOR_LANGUAGE,
                ),
            ),
        ]  # fmt: skip
        if any(result.gated for result in self.data.results):
            rows.append(
                (
                    N_("Gates"),
                    message(
                        "Where an answer met a gate, its exercise counts with the score at which "
                        "the gate holds it. What is said of single questions goes by what each "
                        "answer is worth by itself."
                    ),
                )
            )
        if confident.asking(self.data.items):
            rows.append(
                (
                    N_("How sure, and how right"),
                    message(
                        "Right is an answer with all of its points. Drawn from {n} answers on, a "
                        "band from {few} on; the lines are 95 % intervals (Wilson).",
                        n=confident.ENOUGH_FOR_CURVE, few=confident.ENOUGH_FOR_BAND,
                    ),
                )
            )  # fmt: skip
        sentences = {
            "heading": self._say(N_("Methods")),
            "lead": "",
            "footer": self._say(
                N_("Made from {n} results of {unit}."),
                n=len(self.data.results), unit=self.data.unit,
            ),
        }  # fmt: skip
        said = [(self._say(name), self.words.say(text)) for name, text in rows]
        return Part(self._macros.methods(sentences, said))


def _few(found: TooFew) -> Message:
    return message("too few to judge ({have}; {need} are needed)", have=found.have, need=found.need)


def _unjudged(found: TooFew | None, few: str) -> Message:
    if found is None:
        return message("All marks are the same, so agreement cannot be measured.")
    return message(few, judged=_few(found))


def _agreement(found: Agreement) -> Message:
    return message(
        "{n} answers marked by both: the same in {exact} %, at most a quarter of the points apart "
        "in {adjacent} %; quadratic weighted kappa {kappa} (95 % interval {low} to {high})",
        n=found.answers, exact=round(100 * found.exact), adjacent=round(100 * found.adjacent),
        kappa=_two(found.kappa), low=_two(found.low), high=_two(found.high),
    )  # fmt: skip


def _two(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _urgency(result: Result) -> tuple[bool, float, str]:
    reached = numbers.share(result)
    return (bool(result.counted), -1.0 if reached is None else reached, result.trainee.code)


def open_report(data_file: str, lang: str) -> Report:
    """Return the report on a data file that `write_report` wrote; for the notebook's first cell."""
    return Report(from_json(Path(data_file).read_text("utf-8")), lang)


def write_report(data: ReportData, path: Path, lang: str, notebook_dir: Path) -> Path:
    """Run the report's notebook by papermill and write it to `path` as one self-contained page.

    `notebook_dir` keeps the data file and the notebook as it was run. Returns `path`; raises
    `ReportError` where the report cannot be made.
    """
    notebook_dir.mkdir(parents=True, exist_ok=True)
    data_file = notebook_dir.resolve() / f"{data.unit}.report.json"
    data_file.write_text(to_json(data), "utf-8")
    run = _run(notebook_dir.resolve(), data.unit, {"data_file": str(data_file), "lang": lang})
    words = Words(lang, data.texts)
    page = {
        "lang": HTML_LANG[lang],
        "title": f"{words.say(data.title)} · {data.cohort}",
        "css": css("house.css", "report.css"),
    }
    part = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    part.write_text(storable(_export(run, page)), "utf-8")
    part.replace(path)
    return path


def _run(folder: Path, unit: str, parameters: Mapping[str, str]) -> Path:
    """Run the notebook in a folder of ours, with a kernel that looks nowhere else for code."""
    # both take a second to import, and only who writes a report needs them
    import jupytext
    import papermill
    from papermill.exceptions import PapermillException

    from kamlib.grading.kernel import CleanKernelManager

    if parameters["lang"] not in LANGUAGES:
        raise ReportError(
            message(
                "There is no language {lang}; choose one of {languages}.",
                lang=parameters["lang"], languages=LANGUAGES,
            )
        )  # fmt: skip
    source, run = folder / f"{unit}.source.ipynb", folder / f"{unit}.report.ipynb"
    jupytext.write(jupytext.read(NOTEBOOK), source)
    try:
        known = set(papermill.inspect_notebook(str(source)))
        if known != set(parameters):
            # papermill takes a misspelt parameter without a word and runs with the default
            raise ReportError(
                message("The report’s notebook takes {known}, not {given}.",
                        known=sorted(known), given=sorted(parameters))
            )  # fmt: skip
        papermill.execute_notebook(
            str(source),
            str(run),
            parameters=dict(parameters),
            kernel_name="python3",
            kernel_manager_class=CleanKernelManager,
            cwd=str(folder),
            progress_bar=False,
        )
    # a kernel that dies is a RuntimeError
    except (PapermillException, RuntimeError) as error:
        raise ReportError(
            message(
                "The report could not be made: {why}. The notebook {name} shows where.",
                why=(str(error).strip() or repr(error)).splitlines()[-1][:300], name=run.name,
            )
        ) from error  # fmt: skip
    finally:
        source.unlink(missing_ok=True)
    return run


def _export(run: Path, page: Mapping[str, object]) -> str:
    """Return the outputs of the run notebook as one page, without code and without links."""
    import nbformat
    from nbconvert.exporters.templateexporter import TemplateExporter

    exporter = TemplateExporter(raw_template=(TEMPLATES / "report.html.j2").read_text("utf-8"))
    notebook = nbformat.read(run, as_version=4)
    text: str = exporter.from_notebook_node(notebook, resources={"page": dict(page)})[0]
    return text
