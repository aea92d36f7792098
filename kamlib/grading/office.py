"""What the instructor's page shows: how a cohort stands, what to do next, and what can be done."""

from __future__ import annotations

import filecmp
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kamlib.forms.panel import Action, Cell, Field, Link, Page, Section, Table
from kamlib.grading import second_record
from kamlib.grading.cohort import Cohort
from kamlib.grading.cohort_numbers import summary
from kamlib.grading.moderation import Moderation
from kamlib.grading.pages import moment, span
from kamlib.grading.pipeline import PREVIEW, Graded
from kamlib.grading.rekey import Preview
from kamlib.grading.results import Result
from kamlib.words import LANGUAGES, N_, Message, Words, message, number

LANGUAGE_NAMES = {"en": "English", "zh": "中文"}
SHARES = ("0.1", "0.2", "0.5", "1")
"""The parts of the answers that a second marker may be given."""


@dataclass(frozen=True)
class State:
    """A cohort as it stands."""

    cohort: Cohort
    graded: Graded
    lang: str
    moderations: Sequence[Moderation] = ()

    @cached_property
    def words(self) -> Words:
        """The sentences of the page."""
        return Words(self.lang)

    @cached_property
    def titles(self) -> dict[str, str]:
        """The title of each unit's exercise."""
        return {
            unit: bundle.words(self.lang).translate(bundle.title)
            for unit, bundle in self.cohort.bundles.items()
        }

    @cached_property
    def results(self) -> list[Result]:
        """Everybody's results in all units."""
        return [result for unit in self.graded.results.values() for result in unit]

    @property
    def waiting(self) -> int:
        """How many answers wait for a person."""
        return sum(result.waiting for result in self.results)

    @cached_property
    def unreleased(self) -> list[str]:
        """The codes of those whose newest feedback they have not got."""
        found = []
        for result in self.results:
            if not result.attempts:
                continue
            below = f"{result.trainee.code}/{result.unit}/{result.unit}.html"
            page, out = self.cohort.root / PREVIEW / below, self.cohort.root / "feedback" / below
            if page.is_file() and not (out.is_file() and filecmp.cmp(page, out, shallow=False)):
                found.append(result.trainee.code)
        return list(dict.fromkeys(found))

    def say(self, what: Message | str) -> str:
        """Put a sentence into the page's language."""
        return self.words.say(what)


def page(state: State) -> Page:
    """Return the whole page."""
    there = sum(bool(result.counted) for result in state.results)
    facts = [
        (f"{there} / {len(state.results)}", state.say(N_("handed in"))),
        (str(len(state.graded.refusals)), state.say(N_("could not be read"))),
        (str(state.waiting), state.say(N_("answers wait for you"))),
        (str(len(state.unreleased)), state.say(N_("feedback not released"))),
    ]
    settings = state.cohort.settings
    lead = state.say(
        message("Closed since {day}.", day=moment(settings.closed.astimezone(state.cohort.zone), state.lang))
        if settings.closed
        else message("{n} trainees · due days end at midnight in {zone}", n=len(state.cohort.roster), zone=settings.tz)
    )  # fmt: skip
    return Page(
        lang=state.lang,
        title=settings.name,
        lead=lead,
        facts=facts,
        languages=[(lang, LANGUAGE_NAMES[lang]) for lang in LANGUAGES],
        sections=list(_sections(state)),
    )


def _sections(state: State) -> Iterable[Section]:
    closed = bool(state.cohort.settings.closed)
    yield _next(state)
    if not closed:
        yield _take_in(state)
    yield _units(state)
    yield _people(state, closed)
    if not closed:
        yield _second(state)
        yield _key(state)
    yield _end(state, closed)


def _next(state: State) -> Section:
    say, steps, actions, links = state.say, [], [], []
    if state.cohort.settings.closed:
        steps.append(
            say(N_("This cohort is closed. Its marks can be read, exported and archived."))
        )
    else:
        if not any(result.attempts for result in state.results) and not state.graded.refusals:
            steps.append(say(N_("No hand-in is here yet. Take them in below.")))
        if state.waiting:
            steps.append(
                say(message("{n} answers wait for you. Mark them at the marking desk, then mark again here.", n=state.waiting))
            )  # fmt: skip
            links.append(Link(say(N_("Open the marking desk")), "/formgrader", main=True))
        if state.graded.refusals:
            steps.append(
                say(message("{n} files could not be read. The list below says why, and what to do.", n=len(state.graded.refusals)))
            )  # fmt: skip
        apart = sum(one.to_settle for one in state.moderations)
        if apart:
            steps.append(
                say(message("On {n} answers the second marker sees it differently. Talk, then settle them below.", n=apart))
            )  # fmt: skip
        if state.unreleased:
            steps.append(
                say(message("{n} trainees have not got their newest feedback. Look at some pages, then release it.", n=len(state.unreleased)))
            )  # fmt: skip
            actions.append(Action("release", say(N_("Release the feedback")), weight="plain"))
        if not steps:
            steps.append(say(N_("All is marked, and everybody has the newest feedback.")))
    return Section("next", say(N_("What to do next")), lines=steps, links=links, actions=actions)


def _take_in(state: State) -> Section:
    say = state.say
    tables = []
    refused = [
        [
            Cell(one.received.name),
            Cell(state.cohort.words(one.unit, state.lang).say(one.told), sign="✗", tone="bad"),
        ]
        for one in state.graded.refusals
    ] + [
        [Cell(one.received.name), Cell(say(remark), sign="?", tone="warn")]
        for one, remark in state.graded.remarks
    ]
    if refused:
        tables.append(Table([say(N_("File")), say(N_("What is the matter"))], refused))
    return Section(
        "take",
        say(N_("Hand-ins")),
        tables=tables,
        actions=[
            Action(
                "take_in",
                say(N_("Take in and mark")),
                [
                    Field(
                        "files", say(N_("Hand-in files")), "files",
                        accept=".zip,.json,.csv",
                        help=say(N_("Zip files as trainees sent them, also many at once, or one zip of many. A list received.csv may come along.")),
                    )
                ],
                weight="main",
            ),
            Action(
                "grade", say(N_("Mark again")),
                note=say(N_("After you marked at the marking desk: brings your marks into feedback and report.")),
            ),
        ],
    )  # fmt: skip


def _units(state: State) -> Section:
    say = state.say
    rows, links = [], []
    for unit, results in state.graded.results.items():
        numbers = summary(results)
        due = state.cohort.due(unit)
        rows.append(
            [
                Cell(state.titles[unit]),
                Cell(moment(due, state.lang) if due else "–"),
                Cell(f"{numbers.handed_in} / {numbers.people}", number=True),
                Cell(str(numbers.late or ""), number=True),
                Cell(
                    "–" if numbers.median is None else f"{100 * numbers.median:.0f} %", number=True
                ),
                Cell(str(numbers.waiting or ""), number=True),
            ]
        )
        written = state.cohort.root / "report"
        in_langs = [written / f"{unit}.{lang}.html" for lang in (state.lang, *LANGUAGES)]
        report = next(filter(Path.is_file, in_langs), None)
        if report:
            links.append(
                Link(
                    say(message("Report: {title}", title=state.titles[unit])),
                    f"report/{report.name}",
                )
            )
    heads = (N_("Exercise"), N_("Due"), N_("Handed in"), N_("Late"), N_("Median"), N_("Waiting"))
    return Section(
        "units",
        say(N_("Exercises and reports")),
        tables=[Table([say(head) for head in heads], rows)],
        links=links,
        actions=[
            Action("report", say(N_("Write the reports again"))),
            Action("export_xlsx", say(N_("Marks for Excel"))),
            Action("export_csv", say(N_("Marks as CSV"))),
        ],
    )


def standing(result: Result, state: State) -> Cell:
    """Return how one trainee stands in one unit, in a few signs, with the way to the feedback."""
    if not result.counted or not result.items:
        if result.attempts:
            return Cell(state.say(N_("not readable")), sign="✗", tone="bad")
        return Cell("–", tone="muted")
    text = f"{number(round(result.score, 1))} / {number(result.max)}"
    if result.late:
        text += " · " + state.say(message("{time} late", time=span(result.late, state.lang)))
    below = f"{PREVIEW}/{result.trainee.code}/{result.unit}/{result.unit}.html"
    return Cell(
        text,
        sign="…" if result.waiting else "✓",
        href=below if (state.cohort.root / below).is_file() else "",
        tone="warn" if result.waiting else "",
    )


def _people(state: State, closed: bool) -> Section:
    say, units = state.say, list(state.graded.results)
    by_code: dict[str, dict[str, Result]] = {}
    for result in state.results:
        by_code.setdefault(result.trainee.code, {})[result.unit] = result
    extensions = state.cohort.settings.extensions
    rows = []
    for code, trainee in state.cohort.roster.items():
        own = [
            f"{day.isoformat()}" + (f" ({unit[:2]})" if len(units) > 1 else "")
            for unit, day in extensions.get(code, {}).items()
        ]
        row = [Cell(code), Cell(trainee.name)]
        row += [standing(by_code[code][unit], state) for unit in units]
        rows.append([*row, Cell(", ".join(own))])
    heads = [say(N_("Code")), say(N_("Name"))]
    heads += [state.titles[unit] if len(units) == 1 else unit[:2] for unit in units]
    return Section(
        "people",
        say(N_("People")),
        lines=[say(N_("A score opens the feedback as it would be released. “…” means that an answer still waits for a person."))],
        tables=[Table([*heads, say(N_("Own due day"))], rows)],
        actions=list(_on_people(state, closed)),
    )  # fmt: skip


def _on_people(state: State, closed: bool) -> Iterable[Action]:
    say = state.say
    who = Field("code", say(N_("Who")), "choice", options=_names(state, state.cohort.roster))
    if not closed:
        yield Action(
            "extend", say(N_("Give one person more time")),
            [
                who,
                Field("unit", say(N_("Exercise")), "choice", options=[("", say(N_("all with a due day"))), *state.titles.items()]),
                Field("day", say(N_("Last day")), "date"),
                Field("why", say(N_("Reason")), required=False, help=say(N_("Kept for you; no trainee sees it."))),
            ],
            folded=True,
        )  # fmt: skip
        extended = state.cohort.settings.extensions
        if extended:
            yield Action(
                "take_back", say(N_("Take more time back")),
                [Field("code", say(N_("Who")), "choice", options=_names(state, extended))],
                folded=True,
            )  # fmt: skip
        yield Action(
            "correct", say(N_("Correct a misspelt code")),
            [
                Field("wrong", say(N_("The wrong code")), help=say(N_("As it stands in the hand-in, or on the roster."))),
                Field("right", say(N_("The right code"))),
            ],
            folded=True,
        )  # fmt: skip
    yield Action(
        "forget", say(N_("Delete one person's data")), [who],
        note=say(N_("You see what would go before anything is deleted.")),
        weight="danger", folded=True,
    )  # fmt: skip


def _names(state: State, codes: Iterable[str]) -> list[tuple[str, str]]:
    roster = state.cohort.roster
    return [(code, f"{code} · {roster[code].name}" if code in roster else code) for code in codes]


def _second(state: State) -> Section:
    say = state.say
    tables, lines, actions = [], [], []
    marked = [
        unit for unit, results in state.graded.results.items() if any(r.counted for r in results)
    ]
    for one in state.moderations:
        tables.append(moderation_table(one, state))
        lines.append(say(one.stricter))
    if marked:
        actions.append(
            Action(
                "draw", say(N_("Draw answers for a second marker")),
                [
                    Field("unit", say(N_("Exercise")), "choice", options=[(unit, state.titles[unit]) for unit in marked]),
                    Field("share", say(N_("How many")), "choice", value="0.2",
                          options=[(share, say(message("{n} per cent of the answers", n=f"{100 * float(share):.0f}"))) for share in SHARES]),
                    Field("marker", say(N_("Who marks them")), required=False),
                ],
                note=say(N_("You get a sheet for Excel without names or marks. Send it to your colleague.")),
                folded=True,
            )
        )  # fmt: skip
    drawn = any(
        second_record.path_of(state.cohort, unit).is_file() for unit in state.cohort.bundles
    )
    if drawn:
        actions.append(
            Action(
                "take_sheet", say(N_("Take a marked sheet back")),
                [Field("sheet", say(N_("The sheet")), "file", accept=".xlsx")], folded=True,
            )
        )  # fmt: skip
    open_rows = [
        (f"{row.code} {row.item.id}", f"{row.code} · {bundle_title(state, one.unit, row.item.title)}")
        for one in state.moderations
        for row in one.rows
        if row.second is not None
    ]  # fmt: skip
    if open_rows:
        actions.append(
            Action(
                "settle", say(N_("Settle on a score")),
                [
                    Field("answer", say(N_("Answer")), "choice", options=open_rows),
                    Field("score", say(N_("Agreed score")), "number"),
                    Field("comment", say(N_("Comment; the trainee reads it")), required=False),
                ],
                folded=True,
            )
        )  # fmt: skip
    return Section(
        "second", say(N_("Second marking")),
        lines=lines or [say(N_("Have a colleague mark some answers again, blind, to see whether you two agree."))],
        tables=tables, actions=actions,
    )  # fmt: skip


def bundle_title(state: State, unit: str, title: str) -> str:
    """Return an item's title in the page's language."""
    return state.cohort.bundles[unit].words(state.lang).translate(title)


def moderation_table(one: Moderation, state: State) -> Table:
    """Return how two markers compare, the furthest apart first."""
    say = state.say
    heads = (N_("Who"), N_("Question"), N_("First"), N_("Second"), N_("Difference"), N_("State"))
    rows = [
        [
            Cell(row.code),
            Cell(bundle_title(state, one.unit, row.item.title)),
            Cell(points(row.first), number=True),
            Cell(points(row.second), number=True),
            Cell(
                "–" if row.difference is None else f"{row.difference:+.2g}".replace("-", "−"),
                number=True,
            ),
            Cell(say(row.state), sign="!" if row.flagged and row.agreed is None else "", tone="warn" if row.flagged and row.agreed is None else ""),
        ]
        for row in one.rows
    ]  # fmt: skip
    return Table([say(head) for head in heads], rows, caption=state.titles[one.unit])


def points(score: float | None) -> str:
    """Return points as they are written; a dash where there are none."""
    return "–" if score is None else number(round(score, 2))


def _key(state: State) -> Section:
    say = state.say
    return Section(
        "key", say(N_("A wrong key")),
        lines=[say(N_("Correct the key in a copy of key.yaml. You see whose marks would move, and why, before anything changes."))],
        actions=[
            Action(
                "rekey", say(N_("Correct a key")),
                [
                    Field("unit", say(N_("Exercise")), "choice", options=list(state.titles.items())),
                    Field("file", say(N_("The corrected key.yaml")), "file", accept=".yaml,.yml"),
                    Field("why", say(N_("Reason; the trainees whose mark moves read it"))),
                    Field("why_zh", say(N_("The same in Chinese")), required=False),
                    Field("keep", say(N_("Nobody loses: a higher mark of before stays")), "check", value="yes", required=False),
                ],
                folded=True,
            )
        ],
    )  # fmt: skip


def key_tables(found: Preview, state: State) -> list[Table]:
    """Return what a corrected key changes, and whose marks move."""
    words = state.cohort.bundles[found.unit].words(state.lang)
    say = state.say
    changes = [
        [Cell(str(one.no), number=True), Cell(words.say(one.title)), Cell("; ".join(map(words.say, one.how)))]
        for one in found.corrected
    ]  # fmt: skip
    totals = {total.trainee.code: total for total in found.totals}
    moves = [
        [
            Cell(move.trainee.code),
            Cell(move.trainee.name),
            Cell(str(move.no), number=True),
            Cell(f"{points(move.before)} → {points(move.before if move.kept else move.after)}",
                 sign="=" if move.kept else "▲" if move.after > move.before else "▼",
                 tone="" if move.kept else "good" if move.after > move.before else "bad"),
            Cell(f"{points(totals[move.trainee.code].before)} → {points(totals[move.trainee.code].after)}"),
            Cell(words.say(move.why)),
        ]
        for move in found.moves
    ]  # fmt: skip
    tables = [
        Table([say(N_("No.")), say(N_("Question")), say(N_("What changes"))], changes),
        Table(
            [say(head) for head in (N_("Code"), N_("Name"), N_("No."), N_("Points"), N_("Total"), N_("Why"))],
            moves,
            caption=say(N_("Whose marks move")),
        ),
    ]  # fmt: skip
    return [table for table in tables if table.rows]


def _end(state: State, closed: bool) -> Section:
    say = state.say
    if closed:
        return Section(
            "end", say(N_("Archive")),
            actions=[
                Action(
                    "archive", say(N_("Write the archive")),
                    [Field("nameless", say(N_("Without names: for statistics, without hand-ins and comments")), "check", required=False)],
                    folded=True,
                ),
                Action("reopen", say(N_("Open the cohort again"))),
            ],
        )  # fmt: skip
    return Section(
        "end", say(N_("Close the cohort")),
        lines=[say(N_("A closed cohort takes no hand-ins and marks nothing. It can be read, exported, archived and opened again."))],
        actions=[
            Action(
                "close", say(N_("Close the cohort")),
                [Field("anyway", say(N_("Even if answers wait or feedback is not released")), "check", required=False)],
                folded=True,
            )
        ],
    )  # fmt: skip
