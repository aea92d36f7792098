"""The homework in its page: a panel for each section follows what is written in the questions around it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kamlib.customer_analysis import CALLED, SECTIONS, CustomerAnalysis, Section, read_analysis
from kamlib.customer_analysis_check import look_through
from kamlib.findings import Finding
from kamlib.forms.activity import FILES, acknowledged, said_of
from kamlib.forms.homework_pictures import Shown, drawn_of, pictures
from kamlib.forms.homework_report import KINDS, Made, put_report, report_bytes, report_name
from kamlib.forms.homework_view import (
    APPEARS,
    HOMEWORK_WORDS,
    Asked,
    Block,
    asked_of,
    clip,
    findings_blocks,
    of_section,
    open_lines,
    page_html,
    page_text,
    progress,
    section_blocks,
)
from kamlib.forms.identity import read_identity
from kamlib.forms.place import NotHere, Place, damaged, interactive
from kamlib.forms.start import cell_of, read_start
from kamlib.forms.start_view import HTML_LANG, due_in_words
from kamlib.items import personal_data as privacy
from kamlib.items.analysis_answers import written_of
from kamlib.items.answers import answers_name, glance
from kamlib.items.completeness import State
from kamlib.words import Message, Words, message

SCRIPT, STYLE = "homework.js", "homework.css"

EXAMPLE = "case/example.yaml"
"""The worked example."""

PARTS: Mapping[str, str] = {
    "progress": "exercise",
    **{section: "exercise" for section in SECTIONS if section != "additions"},
    "report": "exercise",
    "example": "lesson",
}
"""The panels there are, and the page of the unit that each belongs to."""

SHOWN: Mapping[str, str] = {"example": EXAMPLE}

_TITLES: Mapping[str, Message] = {
    "progress": message("How far you are"),
    "report": message("Your report"),
    "example": message("The worked example"),
}


def _now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class Look:
    """What stands in the answers file, as far as it can be read."""

    responses: Mapping[str, Any]
    asked: tuple[Asked, ...]
    analysis: CustomerAnalysis
    problem: Message | None


class HomeworkDesk:
    """A trainee's end of one panel; it reads the answers and never writes one.

    Every few seconds its page asks whether something has changed; it is told so without a page
    where nothing has. Pictures are drawn when the page asks for them, so that nobody who is writing
    waits for them.
    """

    def __init__(
        self, place: Place, slug: str, panel: str, clock: Callable[[], datetime] = _now
    ) -> None:
        """Take the place, the unit's short name, and the panel of `PARTS`; `clock` has a zone."""
        self.place, self.slug, self.panel = place, slug, panel
        self._unit = place.unit(slug)
        self._items = [item for item in place.items(slug) if item.use == "graded"]
        if not self._items:
            raise NotHere(message("There is no homework in this unit."))
        self._path = place.folder / answers_name(self._unit)
        self._clock = clock
        self._words = Words(place.lang)
        self._state: object = None
        self._made_of: dict[str, Any] = {}
        self._drawn: tuple[str, list[Shown]] = ("", [])
        self._file: Made | None = None

    # What is shown ---------------------------------------------------------------------------

    def page(self) -> dict[str, Any]:
        """Return the panel as it is now, in words, with the pictures drawn last."""
        state = self._signature()
        if state != self._state:
            self._made_of = self._made()
            self._state = state
        wanted = self._made_of["drawn_of"]
        page = {
            **self._made_of,
            "pictures": self._drawn[1] if wanted else [],
            "drawing": wanted != self._drawn[0],
        }
        text = json.dumps([page, self._drawn[0]], sort_keys=True)
        return page | {"stamp": hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()}

    def neutral(self) -> tuple[str, str] | None:
        """Return the panel as text and as HTML; with its pictures only where nobody waits for them."""
        if not interactive():
            self._draw({})
        page = self.page()
        return page_text(page), page_html(page)

    def _signature(self) -> object:
        """Return what tells one state of the panel from another, at next to no cost."""
        try:
            file = self._path.stat()
            written: object = (file.st_ino, file.st_mtime_ns, file.st_size)
        except OSError:
            written = None
        return written, self._clock().date()

    def _look(self) -> Look:
        answers, problem = glance(self._path)
        responses = answers.responses
        return Look(
            responses,
            asked_of(self._items, responses),
            read_analysis(written_of(self._items, responses)),
            problem,
        )

    def _made(self) -> dict[str, Any]:
        say, look = self._words.say, self._look()
        section = next((one for one in SECTIONS if one == self.panel), None)
        title = (
            message("{section}: what it adds up to", section=CALLED[section])
            if section
            else _TITLES[self.panel]
        )
        made: dict[str, Any] = {
            "lang": self.place.lang,
            "html_lang": HTML_LANG[self.place.lang],
            "panel": self.panel,
            "play": None,
            "words": {name: say(text) for name, text in HOMEWORK_WORDS.items()},
            "title": say(title),
            "problem": say(look.problem) if look.problem else "",
            "empty": "",
            "blocks": [],
            "drawn_of": "",
        }
        try:
            if section:
                return made | self._section(section, look)
            return made | (self._progress(look) if self.panel == "progress" else self._report(look))
        except Exception as error:  # whatever it is, the questions around it go on
            return made | {"problem": say(said_of(error))}

    def _section(self, section: Section, look: Look) -> dict[str, Any]:
        if all(one.state is State.BLANK for one in of_section(look.asked, section) if one.part != "customer"):  # fmt: skip
            return {"empty": self._words.say(APPEARS[section])}
        found = self._findings(section, look)
        findings = findings_blocks(found, look.asked, self._words) if found else [self._sound()]
        blocks = section_blocks(section, look.analysis, look.asked, self._words)
        drawn = drawn_of(section, look.analysis)
        return {"blocks": [*findings, *blocks], "drawn_of": _digest(drawn) if drawn else ""}

    def _sound(self) -> Block:
        said = self._words.say(message("✓ Nothing was found that does not fit together."))
        return {"kind": "lines", "title": "", "lines": [said]}

    def _findings(self, section: Section, look: Look) -> tuple[Finding, ...]:
        return look_through(look.analysis, section, self._clock().date())

    def _progress(self, look: Look) -> dict[str, Any]:
        start = read_start(self.place.root, self._clock(), self.place.lang)
        unit = next((one for one in start.units if one.name == self._unit), None)
        due = unit.due if unit else None
        return {
            "progress": {
                **progress(look.asked, self._words),
                "due": self._words.say(due_in_words(due, start)) if due else "",
                "urgent": bool(due and due.days_left <= 1),
            }
        }

    def _report(self, look: Look) -> dict[str, Any]:
        say = self._words.say
        found = self._personal(look)
        blocked = privacy.blocks(found)
        blocks = [
            block
            for severity, sign, title in (
                ("block", "✗", message("This has to go before a report or a hand-in can be made")),
                ("warn", "△", message("Is this a name? Write the role instead")),
            )
            if (block := self._private(found, severity, sign, title))
        ]
        if opens := self._opens(look):
            title = message("Still open or still to settle")
            blocks.append({"kind": "list", "tone": "left", "sign": "○", "title": say(title), "items": opens})  # fmt: skip
        written = any(one.state is not State.BLANK for one in look.asked)
        lead = message("The report has all seven sections with their charts. What is not written yet is said in one line.")  # fmt: skip
        return {
            "blocks": blocks,
            "report": {
                "lead": say(lead if written else message("Nothing is written yet, so there is no report to make.")),
                "can": written and not blocked and look.problem is None,
                "blocked": say(_BLOCKED) if blocked else "",
            },
        }  # fmt: skip

    def _personal(self, look: Look) -> tuple[privacy.Found, ...]:
        found = privacy.personal_data(self._items, look.responses)
        return tuple(one for one in found if one.seen)

    def _private(
        self, found: tuple[privacy.Found, ...], severity: str, sign: str, title: Message
    ) -> Block | None:
        say, mine = self._words.say, [one for one in found if one.severity == severity]
        items = [
            {"place": say(one.where), "href": "#cell-id=" + cell_of(one.item) if one.item else "",
             "text": clip(f"“{one.shown}”"), "more": say(one.why)}
            for one in mine[: privacy.SHOWN]
        ]  # fmt: skip
        if len(mine) > len(items):
            more = message("and {n} more", n=len(mine) - len(items))
            items.append({"place": "", "href": "", "text": say(more), "more": ""})
        tone = "wrong" if severity == "block" else "doubtful"
        return {"kind": "list", "tone": tone, "sign": sign, "title": say(title), "items": items} if items else None  # fmt: skip

    def _opens(self, look: Look) -> list[dict[str, str]]:
        items = []
        for section in SECTIONS:
            mine = of_section(look.asked, section)
            opens = [one for one in mine if one.state is not State.COMPLETE]
            wrong = sum(one.severity == "wrong" for one in self._findings(section, look))
            wrong *= any(one.state is not State.BLANK for one in mine)
            lines = open_lines(opens, self._words)[:1] if opens else []
            if wrong:
                lines.append(self._words.say(message("Things that cannot be so: {n}.", n=wrong)))
            if lines:
                cell = cell_of((opens or mine)[0].item.id)
                items.append({"place": self._words.say(CALLED[section]), "href": f"#cell-id={cell}",
                              "text": " ".join(lines), "more": ""})  # fmt: skip
        return items

    # What is done ----------------------------------------------------------------------------

    def answer(self, asked: object) -> dict[str, Any]:
        """Do what the page asked and return the reply; never raises.

        A page that says by the stamp `seen` what it shows gets none where that is still so.
        """
        seen = asked.get("seen") if isinstance(asked, Mapping) else None
        self._file = None
        told = acknowledged(
            asked, {"draw": self._draw, "make": self._make}, lambda: self._unless(seen), self._words
        )
        if self._file is not None:
            told |= {
                "file": self._file.path.name,
                "said": self._words.say(
                    message("Saved in the workbook's folder {folder}: {file}",
                            folder=self._file.path.parent.name, file=self._file.path.name)
                ),
                FILES: [self._file.data],
            }  # fmt: skip
        return told

    def _unless(self, seen: object) -> dict[str, Any] | None:
        page = self.page()
        return None if page["stamp"] == seen else page

    def _draw(self, asked: Mapping[str, Any]) -> None:
        wanted = self.page()["drawn_of"]
        section = next((one for one in SECTIONS if one == self.panel), None)
        if wanted and section and wanted != self._drawn[0]:
            look = self._look()
            drawn = _digest(drawn_of(section, look.analysis))
            try:
                made = pictures(section, look.analysis, self.place.lang)
            except Exception as error:  # once told, it is not tried again until something changes
                made = [{"title": "", "note": self._words.say(said_of(error)), "html": ""}]
            self._drawn = drawn, made

    def _make(self, asked: Mapping[str, Any]) -> None:
        kind = next((one for one in KINDS if one == asked.get("as")), None)
        if kind is None or self.panel != "report":
            return
        look = self._look()
        if look.problem:
            raise NotHere(look.problem)
        if all(one.state is State.BLANK for one in look.asked):
            raise NotHere(message("Nothing is written yet, so there is no report to make."))
        found = privacy.blocking(self._personal(look))
        if found:
            raise NotHere(
                message("No report was made. In it would stand: {places}. Write the role instead, and make it again.",
                        places=privacy.places(found))
            )  # fmt: skip
        today, analysis = self._clock().date(), look.analysis
        opens = {section: self._open_points(section, look) for section in SECTIONS}
        writer = read_identity(self.place.root).code
        data = report_bytes(kind, analysis, today, self.place.lang, writer, opens)
        name = report_name(self.slug, analysis.customer.sign, analysis.customer.on or today, kind)
        self._file = put_report(self.place.root, name, data)

    def _open_points(self, section: Section, look: Look) -> tuple[Finding, ...]:
        if all(one.state is State.BLANK for one in of_section(look.asked, section)):
            return ()
        return self._findings(section, look)


_BLOCKED = message(
    "No report and no hand-in is made while this stands in your answers. Take it out and write the role instead."
)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


class ExampleDesk:
    """The worked example's report in the lesson; it never changes."""

    def __init__(self, place: Place, text: str) -> None:
        """Take the place and the text of the example's file; raises `ValueError` for no such file."""
        from kamlib import customer_report, customer_report_html  # draws, which takes a second
        from kamlib.customer_analysis_file import read_written

        lang, words, title = place.lang, Words(place.lang), _TITLES["example"]
        analysis = read_analysis(read_written(text, lang))
        day = analysis.customer.on or _now().date()
        report = customer_report.customer_report(analysis, day, lang)
        self._words = words
        self._body = customer_report_html.html_body(report, folded=True)
        self._page: dict[str, Any] = {
            "lang": lang,
            "html_lang": HTML_LANG[lang],
            "panel": "example",
            "play": None,
            "words": {name: words.translate(said) for name, said in HOMEWORK_WORDS.items()},
            "title": words.say(title),
            "problem": "",
            "empty": "",
            "blocks": [],
            "pictures": [],
            "drawing": False,
            "body": self._body,
            "style": customer_report_html.html_style(),
            "stamp": _digest(self._body),
        }

    def page(self) -> dict[str, Any]:
        """Return the report with its style."""
        return self._page

    def answer(self, asked: object) -> dict[str, Any]:
        """Return the page, unless it is shown already; never raises."""
        seen = asked.get("seen") if isinstance(asked, Mapping) else None
        same = seen == self._page["stamp"]
        return acknowledged(asked, {}, lambda: None if same else self._page, self._words)

    def neutral(self) -> tuple[str, str]:
        """Return the title, and the report as HTML that needs no script."""
        html = f'<div class="kam-homework" lang="{self._page["html_lang"]}">{self._body}</div>'
        return self._page["title"], html


def desk(place: Place, slug: str, panel: str) -> HomeworkDesk | ExampleDesk:
    """Return one panel of a unit's homework; raises `NotHere` where there is none."""
    if panel != "example":
        return HomeworkDesk(place, slug, panel)
    try:
        return ExampleDesk(place, place.case_file(slug, EXAMPLE))
    except ValueError:
        raise damaged(EXAMPLE) from None
