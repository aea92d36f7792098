"""What a part of a stage shows, and what is done there: opening it with a word, committing it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from kamlib.forms.identity import read_identity
from kamlib.forms.output import Output, sentence
from kamlib.forms.place import NotHere, Place, here, interactive, notebook_path
from kamlib.forms.stages import Stages
from kamlib.forms.start import cell_of
from kamlib.forms.start_view import HTML_LANG, moment_in_words
from kamlib.items.answers import (
    MAX_BYTES,
    Answers,
    AnswersError,
    AnswersFile,
    DamagedAnswers,
    answers_name,
    parse_answers,
)
from kamlib.items.commitments import as_record, commitment, commitments, counted
from kamlib.items.completeness import State, completeness
from kamlib.items.model import Item
from kamlib.items.sealing import SealError, clean_word
from kamlib.words import LANGUAGES, N_, Message, Words, message

COMMIT = "commit"
"""The part at the end of a stage, where its answers are committed."""

PAGE_WORDS = {
    "word": N_("The word your trainer gives"),
    "receipt": N_("Receipt, to read out or write down"),
    "still_open": N_("This is still open:"),
    "all_complete": N_("Every question of this stage is complete."),
    "sure": N_("What stands here now is what counts when it is marked. You can still change your answers "
               "afterwards, but the page then says that they differ from what you committed."),
    "commit_now": N_("Commit now"),
    "back": N_("Go back"),
    "working": N_("working…"),
    "gone": N_("not connected: start the workbook again. Your saved answers stay."),
}  # fmt: skip
"""What the page says by itself."""


def _now() -> datetime:
    return datetime.now(UTC)


class StageDesk:
    """One part of a stage; takes the page's messages and answers each, without knowing of any browser."""

    def __init__(
        self, place: Place, name: str, part: int | str = "", clock: Callable[[], datetime] = _now
    ) -> None:
        """Take where it is, the stage and the part of it: its gate, a chunk's number, or `COMMIT`.

        Raises `NotHere` where the folder has no unit, or more than one.
        """
        self.place, self.name, self.part = place, name, part
        self.words = Words(place.lang)
        self.unit = unit_here(place)
        self._slug = self.unit.partition("_")[2]
        self._clock = clock

    def page(self) -> dict[str, Any]:
        """Return what this part shows now, in words.

        Raises `NotHere` where the workbook is damaged.
        """
        stages = self.place.stages(self._slug)
        if isinstance(self.part, int):
            shown = self._chunk(stages)
        elif self.part == COMMIT:
            shown = self._commit_page(stages)
        else:
            shown = self._gate(stages)
        return {
            "stage": self.name,
            "html_lang": HTML_LANG[self.place.lang],
            "words": {name: self.words.translate(text) for name, text in PAGE_WORDS.items()},
            **shown,
        }

    def answer(self, asked: object) -> dict[str, Any]:
        """Do what was asked and return the reply; never raises.

        The reply has the number `ack` of what was asked and the new `page`; besides, `error` with
        a sentence where it was not done, and `changed` where other parts of the page look new now.
        """
        asked = asked if isinstance(asked, Mapping) else {}
        told: dict[str, Any] = {"ack": asked.get("seq")}
        try:
            match asked.get("kind"):
                case "open":
                    told["changed"] = self._open(asked.get("word"))
                case "commit":
                    told["changed"] = self._commit(told)
            told["page"] = self.page()
        except (AnswersError, NotHere, SealError) as problem:
            told["error"] = self.words.say(problem.message)
        except Exception as error:
            # Whatever it is, a trainee reads a sentence and goes on.
            told["error"] = self.words.say(
                message(
                    "This did not work ({what}). Your saved answers stay. Start the workbook "
                    "again; if it happens again, tell your trainer.",
                    what=type(error).__name__,
                )
            )
        return told

    # The pages of a stage.

    def _chunk(self, stages: Stages | None) -> dict[str, Any]:
        opened = stages.opened(self.name) if stages else None
        html = opened.chunk(self.place.lang, int(self.part)) if opened else ""
        return {"kind": "chunk", "html": html}

    # Its gate.

    def _gate(self, stages: Stages | None) -> dict[str, Any]:
        say = self.words.say
        label = say(message("Stage {stage}", stage=self.name))
        shown: dict[str, Any] = {
            "kind": "gate", "label": label, "title": "", "text": "", "href": "", "link": "",
            "button": say(message("Open stage {stage}", stage=self.name)),
        }  # fmt: skip
        if stages is None or stages.is_open(self.name):
            opened = stages.opened(self.name) if stages else None
            title = opened.title(self.place.lang) if opened else ""
            return shown | {"state": "open", "title": title}
        before = self._uncommitted(stages)
        if before:
            text: Message = message(
                "This stage opens once stage {before} is committed, at the end of its questions in the exercise.",
                before=before,
            )
            link = message("To the end of stage {before}", before=before)
            return shown | {
                "state": "wait", "text": say(text), "link": say(link),
                "href": f"exercise.{self.place.lang}.ipynb#cell-id=commit-{before.lower()}",
            }  # fmt: skip
        if stages.honour:
            text = message(
                "You may open this stage now. Nobody checks that you have not looked before: this edition "
                "trusts your word of honour, so that your answers show what one could know at that time."
            )
            return shown | {"state": "honour", "text": say(text)}
        text = message(
            "Your trainer tells you the word when it is time. Capitals and blanks do not matter."
        )
        return shown | {"state": "word", "text": say(text)}

    def _uncommitted(self, stages: Stages) -> str:
        """Return the stage before this one that asked something and is not committed; empty if none."""
        asking = {one.stage for one in stages.closed if one.use == "graded"}
        asking |= {item.stage for item in self.place.items(self._slug) if item.use == "graded"}
        before = stages.before(self.name)
        while before and before not in asking:
            before = stages.before(before)
        return before if before and before not in commitments(self._read()) else ""

    def _open(self, word: object) -> bool:
        stages = self.place.stages(self._slug)
        if stages is None or stages.is_open(self.name):
            return True
        if self._uncommitted(stages):
            return False  # the page says so
        typed = stages.honour.get(self.name) or (clean_word(word) if isinstance(word, str) else "")
        if not typed:
            raise NotHere(message("Type the word first."))
        stages.open(self.name, typed)
        return True

    # Where it is committed.

    def _items(self) -> list[Item]:
        return [
            item
            for item in self.place.items(self._slug)
            if item.use == "graded" and item.stage == self.name
        ]

    def _commit_page(self, stages: Stages | None) -> dict[str, Any]:
        say = self.words.say
        shown: dict[str, Any] = {"kind": COMMIT, "state": "closed", "problem": ""}
        if stages is not None and not stages.is_open(self.name):
            return shown
        items = self._items()
        try:
            answers = self._read(strict=True)
        except DamagedAnswers as damaged:
            answers, shown["problem"] = Answers({}), say(damaged.message)
        shown["label"] = say(message("Commit stage {stage}", stage=self.name))
        done = commitments(answers).get(self.name)
        if done is None:
            text = message(
                "When you are done with stage {stage}, commit it. You get a receipt; what you committed is "
                "what counts.", stage=self.name,
            )  # fmt: skip
            return shown | {
                "state": "ready", "text": say(text), "open": list(self._lacking(items, answers)),
            }  # fmt: skip
        changed = counted(items, answers).changed.get(self.name, ())
        titles = [item.title for item in items if item.id in changed]
        when = ""
        if done.at:
            now = self._clock()
            when = moment_in_words(done.at.astimezone(), now.astimezone().date(), self.place.lang)
        differs = message(
            "Differs from what you committed: {titles}. What you committed counts.", titles=titles
        )
        return shown | {
            "state": "committed",
            "text": say(message("Stage {stage} was committed on {when}.", stage=self.name, when=when)
                        if when else message("Stage {stage} is committed.", stage=self.name)),
            "receipt": done.receipt,
            "differs": say(differs) if titles else "",
            "same": "" if titles else say(message("Your answers are as you committed them.")),
        }  # fmt: skip

    def _lacking(self, items: list[Item], answers: Answers) -> Any:
        responses = answers.responses
        for item in items:
            told = completeness(item, responses.get(item.id))
            if told.state is not State.COMPLETE:
                lacks = " ".join(self.words.say(why) for why in told.messages)
                yield {"title": item.title, "lacks": lacks, "href": f"#cell-id={cell_of(item.id)}"}

    def _commit(self, told: dict[str, Any]) -> bool:
        stages = self.place.stages(self._slug)
        items = [item.id for item in self._items()]
        if not items or (stages is not None and not stages.is_open(self.name)):
            return False
        me = read_identity(self.place.root)
        file = AnswersFile(self._path, self._clock)
        known = file.set_identity(
            trainee=me.code or None, language=self.place.lang, course=self.place.version or None
        )
        kept = file.commit(
            self.name,
            lambda answers: as_record(
                commitment(self.name, items, answers, me.code, self._clock())
            ),
        )
        notice = known.notice or kept.notice  # that a damaged file was set aside
        if notice:
            told["error"] = self.words.say(notice)
        return True

    @property
    def _path(self) -> Path:
        return self.place.folder / answers_name(self.unit)

    def _read(self, strict: bool = False) -> Answers:
        """Read the answers without moving a damaged file; a form that saves next does that."""
        try:
            with self._path.open("rb") as file:
                return parse_answers(file.read(MAX_BYTES + 1))
        except OSError:
            return Answers({})
        except DamagedAnswers:
            if strict:
                raise
            return Answers({})


def unit_here(place: Place) -> str:
    """Return the one unit whose questions lie beside the notebook; raises `NotHere` where it is not one."""
    found = {
        path.name.split(".")[0]
        for path in place.folder.glob("[0-9][0-9]_*.items*.json")
        if re.fullmatch(r"\d\d_\w+\.items(\.[a-z]+)?\.json", path.name)
    }
    if len(found) != 1:
        raise NotHere(
            message("The questions of this page are missing in {folder}. Unpack the workbook again; your answers stay.",
                    folder=str(place.folder))
        )  # fmt: skip
    return found.pop()


def page_text(page: Mapping[str, Any]) -> str:
    """Return a part in one line of text."""
    names = ("label", "title", "text", "receipt", "differs", "problem", "error")
    return " · ".join(str(page[name]) for name in names if page.get(name))


def page_html(page: Mapping[str, Any]) -> str:
    """Return a part without its buttons as HTML, for print and preview."""
    if page.get("kind") == "chunk":
        return f'<div class="kam-chunk">{page["html"]}</div>' if page["html"] else ""
    if page.get("error"):
        return f'<p style="color:#9b2226">✗ {escape(page["error"])}</p>'
    if page.get("state") == "closed":
        return ""
    head = " · ".join(filter(None, (page["label"], page.get("title"))))
    lines = [page.get(name) for name in ("text", "receipt", "differs", "problem")]
    said = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return f'<div class="kam-stage-part"><p><strong>{escape(head)}</strong></p>{said}</div>'


def stage(name: str, part: int | str = "", notebook: Path | None = None) -> Output:
    """Show a part of a stage of the unit that the notebook belongs to; never raises.

    Without a part it is the stage's gate, with a number that chunk of its pages, with `"commit"`
    the place where its answers are committed.
    """
    langs: tuple[str, ...] = LANGUAGES
    try:
        place = here(notebook or notebook_path())
        langs = (place.lang,)
        desk = StageDesk(place, name, part)
        page = desk.page()
        shown = page_text(page), page_html(page)
        if not interactive():
            return Output(*shown)
        from kamlib.forms.stage_widget import live

        return Output(*shown, live(desk))
    except NotHere as problem:
        return sentence(problem.message, langs)
