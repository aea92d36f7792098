"""How a form in a live notebook talks: what it shows, and what it does with what is typed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import anywidget
import traitlets

from kamlib.forms.assets import joined
from kamlib.forms.handin import receipts
from kamlib.forms.identity import read_identity
from kamlib.forms.page import PRIVATE, rendered, worth
from kamlib.forms.place import Place
from kamlib.forms.scene_html import moves, speaker
from kamlib.items import keys, model
from kamlib.items import responses as r
from kamlib.items.answers import AnswersError, AnswersFile, ChangedElsewhere, Entry
from kamlib.items.completeness import State, completeness
from kamlib.items.display import entry_label, shown
from kamlib.items.mark import Mark, Outcome
from kamlib.items.marking import check
from kamlib.items.scene import reach
from kamlib.items.solution import solution
from kamlib.words import N_, Words, message

SCRIPTS = ("elements.js", "scene.js", "form.js")
STYLES = ("form.css", "scene.css")
"""What the page is given, one after the other."""

HINTS_BEFORE_ANSWER = 2
"""After how many hints, or one try, the answer to a practice question is shown on request."""

# What the page itself says. The braces are filled there.
PAGE_WORDS = {
    "blank": N_("What you write here is saved by itself."),
    "saving": N_("saving…"),
    "saved": N_("saved {time}"),
    "lost": N_("not saved: start the workbook again"),
    "lost_more": N_("What you wrote stays here and comes back once the workbook runs again."),
    "offline": N_("not connected: start the workbook again. What is here was saved {time}."),
    "offline_blank": N_("not connected: start the workbook again. What you write now is not saved."),
    "restored": N_("What you had typed and was not saved yet has been put back."),
    "conflict": N_("This question was answered differently in another window. Which answer is to stay?"),
    "theirs": N_("In the other window"),
    "mine": N_("In this window"),
    "keep_mine": N_("Keep mine"),
    "take_theirs": N_("Take the other"),
    "bring_back": N_("Bring my own answer back"),
    "nothing": N_("(nothing)"),
    "choose": N_("– choose –"),
    "optional": N_("may stay empty"),
    "up": N_("Move up: {label}"),
    "down": N_("Move down: {label}"),
    "moved": N_("{label}: now place {n} of {total}"),
    "unordered": N_("Not ordered yet. Move a line, or keep the order as it stands."),
    "keep_order": N_("Keep this order"),
    "row": N_("Row {n}"),
    "add_row": N_("Add a row"),
    "remove_row": N_("Remove row {n}"),
    "open_row": N_("Open row {n}"),
    "fold_row": N_("Fold row {n}"),
    "open_rows": N_("Open all rows"),
    "rows_full": N_("There is room for {n} rows."),
    "check": N_("Check"),
    "hint": N_("Hint"),
    "hint_n": N_("Hint {n} of {total}"),
    "hint_next": N_("Hint ({n} left)"),
    "solution": N_("Show the answer"),
    "solution_title": N_("The right answer"),
    "earlier": N_("You have changed your answer since; check it again."),
    "disagree": N_("I disagree"),
    "disagree_label": N_("What do you see differently? Your trainer reads it."),
    "go_on": N_("Go on"),
    "what_now": N_("What do you say?"),
    "step_back": N_("Step back"),
    "play_again": N_("Play again"),
    "ended": N_("How it ended"),
    "side_by_side": N_("Your way beside that of others"),
    "who": N_("Who"),
    "this_play": N_("You, this time"),
    "earlier_play": N_("You, play {n}"),
    "most": N_("★ the most in its column"),
}  # fmt: skip


def page_words(words: Words) -> dict[str, str]:
    """Return what the page says by itself, in one language."""
    return {name: words.translate(text) for name, text in PAGE_WORDS.items()}


# What the page draws ------------------------------------------------------------------------


def question(item: model.Item, words: Words) -> dict[str, Any]:
    """Return all that the page needs to draw a question, in one language and without any key."""
    marked = not isinstance(item, model.Reflect)
    return {
        "id": item.id,
        "use": item.use,
        "title": words.translate(item.title),
        "points": worth(item, words),
        "prompt": rendered(words.translate(item.prompt)),
        "hints": len(item.hints) if item.use == "practice" else 0,
        "disagree": "after_check" if item.use == "practice" and marked else "never",
        "note": "" if marked else words.translate(PRIVATE),
        "parts": list(parts(item, words)),
    }


def parts(item: model.Item, words: Words) -> Iterator[dict[str, Any]]:
    """Yield the controls of a question in the order of tabbing.

    Each has a kind, a label, and the path in the response under which its value is kept.
    """
    say = words.translate
    match item:
        case model.Choice():
            yield _choosing("radio", ["choice"], say(N_("Your answer")), item.options, words)
            if item.reasons:
                yield _choosing("radio", ["reason"], say(N_("Your reason")), item.reasons, words)
        case model.Choices():
            label = say(N_("Tick all that fit"))
            yield _choosing("checks", ["choices"], label, item.options, words)
        case model.Match():
            for name, text in item.stems.items():
                yield _choosing("pick", ["pairs", name], say(text), item.options, words)
        case model.Order():
            label = say(N_("Put these in order, the first on top"))
            yield _choosing("order", ["order"], label, item.options, words)
        case model.Classify():
            for name, text in item.lines.items():
                yield _choosing("pick", ["classes", name], say(text), item.classes, words)
        case model.SpotError():
            yield _choosing(
                "radio", ["where"], say(N_("Which part is wrong?")), item.segments, words
            )
            yield _choosing("radio", ["kind"], say(N_("What is wrong with it?")), item.kinds, words)
        case model.Number():
            yield from _number(item, words)
        case model.Recall():
            counted = [message("Line {n}", n=n + 1) for n in range(item.lines)]
            yield {
                "kind": "lines",
                "path": ["lines"],
                "label": say(N_("One point a line")),
                "lines": [words.say(line) for line in counted],
            }
        case model.Evidence():
            facts = {name: fact.text for name, fact in item.facts.items()}
            for name, text in item.claims.items():
                yield _choosing("checks", ["facts", name], say(text), facts, words) | {
                    "help": say(N_("Tick the facts that back this; none, if none does."))
                }
        case model.Structured():
            for name, field in item.fields.items():
                yield _field(["fields", name], field, words)
        case model.Table():
            yield {
                "kind": "table", "path": ["rows"], "label": say(N_("Your rows")),
                "columns": [_field([name], field, words) for name, field in item.columns.items()],
                "min": item.min_rows, "max": item.max_rows,
            }  # fmt: skip
        case model.Prose():
            label = say(N_("Your answer"))
            yield {"kind": "long", "path": ["text"], "label": label, "rows": 6} | {
                "criteria": [say(text) for text in item.criteria.values()],
                "criteria_label": say(N_("What the reader looks for")),
            }
        case model.Scene():
            yield _scene(item, words)
        case model.Reflect():
            for n in range(1, item.entries + 1):
                path = ["entries", str(n)]
                label = words.say(entry_label(item, n))
                yield {"kind": "long", "path": [*path, "text"], "label": label, "rows": 2}
                label = say(N_("What do you find in it?"))
                ticks = _choosing("checks", [*path, "ticks"], label, item.criteria, words)
                yield ticks | {"dense": True, "ends": True}  # one text ends here


def _choosing(
    kind: str, path: list[str], label: str, options: Mapping[str, str], words: Words
) -> dict[str, Any]:
    choices = [[name, words.translate(text)] for name, text in options.items()]
    return {"kind": kind, "path": path, "label": label, "options": choices}


def _number(item: model.Number, words: Words) -> Iterator[dict[str, Any]]:
    field = {"kind": "number", "path": ["value"], "label": words.translate(item.quantity)}
    if len(item.units) == 1:
        yield field | {"suffix": words.translate(next(iter(item.units.values())))}
    else:
        yield field
        yield _choosing("pick", ["unit"], words.translate(N_("Unit")), item.units, words)
    if item.readings:
        label = words.translate(N_("How do you read the question?"))
        yield _choosing("radio", ["reading"], label, item.readings, words)
    if item.confidence:
        label = words.translate(N_("How sure are you, from 0 to 100?"))
        yield {"kind": "number", "path": ["confidence"], "label": label, "suffix": "%"}


def _scene(item: model.Scene, words: Words) -> dict[str, Any]:
    """Return a scene as the page plays it: who says what, and what each choice does."""
    say = words.translate
    return {
        "kind": "scene",
        "path": ["path"],
        "label": say(N_("The conversation")),
        "measures": [[name, say(label)] for name, label in item.measures.items()],
        "reach": reach(item),
        "you": speaker(item, model.YOU, words),
        "start": item.start,
        "turns": {
            name: {
                "lines": [
                    {"who": speaker(item, line.who, words), "mine": line.who == model.YOU,
                     "says": say(line.says)}
                    for line in turn.lines
                ],
                "choices": [
                    {"name": choice, "says": say(saying.says), "effects": saying.effects,
                     "moves": moves(item, saying, words), "to": saying.to}
                    for choice, saying in turn.choices.items()
                ],
                "ending": say(turn.ending),
            }
            for name, turn in item.turns.items()
        },
        "others": [{"name": say(play.name), "path": list(play.path)}
                   for play in item.others.values()],
    }  # fmt: skip


def _field(path: list[str], field: model.TypedField, words: Words) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "kind": {"text": "long", "number": "number", "date": "date", "choice": "pick"}[field.kind],
        "path": path,
        "label": words.translate(field.label),
        "help": words.translate(field.help),
        "optional": not field.required,
        "rows": field.lines,
    }
    if field.kind == "choice":
        drawn["options"] = [[name, words.translate(text)] for name, text in field.options.items()]
    if field.kind == "date" and not field.help:
        drawn["help"] = words.translate(N_("Year, month and day, such as 2026-06-15"))
    return drawn


# What is said about an answer ---------------------------------------------------------------


def progress(item: model.Item, response: object, words: Words) -> dict[str, Any]:
    """Return how complete an answer is, in words; nothing about whether it is right."""
    found = completeness(item, response)
    return {
        "state": str(found.state),
        "sign": "✓" if found.state is State.COMPLETE else "○",
        "word": words.translate(found.state.word),
        "lacks": [words.say(what) for what in found.messages if found.state is not State.BLANK],
    }


def field_errors(item: model.Item, response: object, words: Words) -> dict[str, str]:
    """Return a sentence for each field that cannot be read, by its path joined with slashes."""
    if not isinstance(response, Mapping):
        return {}
    found: dict[str, str] = {}
    match item:
        case model.Number():
            answer = r.read_response(item, {name: response.get(name) for name in ("value", "unit")})
            if isinstance(answer, r.Unreadable):
                found["value"] = words.say(answer.why)
            sure = response.get("confidence")
            if item.confidence and sure not in (None, ""):
                number = r.read_number(sure, per_cent=True)
                if number is None or not 0 <= number <= 100:
                    found["confidence"] = words.say(
                        message("How sure you are is a number from 0 to 100.")
                    )
        case model.Structured():
            answer = r.read_response(item, response)
            if isinstance(answer, r.StructuredAnswer):
                found = _ill_formed(item.fields, answer.fields, "fields", words)
        case model.Table():
            rows = response.get("rows")
            for place, row in enumerate(rows if isinstance(rows, list) else []):
                answer = r.read_response(item, {"rows": [row]})
                if isinstance(answer, r.TableAnswer):
                    found |= _ill_formed(item.columns, answer.rows[0], f"rows/{place}", words)
    return found


def _ill_formed(
    spec: Mapping[str, model.TypedField], values: Mapping[str, r.Value], prefix: str, words: Words
) -> dict[str, str]:
    return {
        f"{prefix}/{name}": words.say(why)
        for name, value in values.items()
        for why in r.ill_formed(spec, {name: value})
    }


def told(item: model.Item, response: object, words: Words) -> list[list[str]]:
    """Return an answer as rows of label and value, in words."""
    return [[words.say(label), words.say(value)] for label, value in shown(item, response)]


def result(mark: Mark, words: Words) -> dict[str, Any]:
    """Return what the page says about a checked answer: sign, word and every reason."""
    return {
        "outcome": str(mark.outcome),
        "sign": mark.outcome.sign,
        "word": words.translate(mark.outcome.word),
        "why": [words.say(why) for why in mark.feedback],
    }


def right_answer(item: model.Item, key: keys.Key, words: Words) -> dict[str, Any]:
    """Return the right answer to a practice question with its explanation."""
    if isinstance(key, keys.RecallKey):  # the points themselves, rather than one accepted wording
        rows = [["✓", words.translate(point.name)] for point in key.points.values()]
    else:
        rows = told(item, solution(item, key), words)
    return {"rows": rows, "why": rendered(words.translate(key.explanation))}


def clock_time(moment: datetime | None, now: datetime) -> str:
    """Return a moment as the machine's clock showed it; with its day where that is not today's.

    >>> noon = datetime(2026, 6, 15, 12).astimezone()
    >>> clock_time(noon, noon), clock_time(noon, datetime(2026, 6, 16).astimezone())
    ('12:00', '2026-06-15 12:00')
    """
    if moment is None:
        return ""
    local = moment.astimezone()
    today = local.date() == now.astimezone().date()
    return f"{local:%H:%M}" if today else f"{local:%Y-%m-%d %H:%M}"


# What happens to what is typed --------------------------------------------------------------


def _now() -> datetime:
    return datetime.now(UTC)


class Sheet:
    """One question with its stored answer; takes the page's messages and answers each."""

    def __init__(
        self,
        place: Place,
        item: model.Item,
        key: keys.Key | None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """Take where the answer is kept, and the key where the question is for practice."""
        self.place = place
        self.item = item
        self.words = Words(place.lang)
        self._key = key if item.use == "practice" else None
        self._clock = clock
        self._file = AnswersFile(place.answers(item), clock)
        self._tried = False
        self._hints = 0

    @property
    def keep(self) -> str:
        """The name under which the browser keeps what is not saved yet: this workbook's alone."""
        path = str(self._file.path.resolve()).encode("utf-8", "replace")
        return f"kam:{hashlib.sha256(path).hexdigest()[:12]}:{self.item.id}"

    def objection(self) -> dict[str, str]:
        """Return when “I disagree” is offered: once the exercise was handed in, so that a mark may be there."""
        unit = self._file.path.name.split(".")[0]
        graded = self.item.use == "graded"
        return {"disagree": "always"} if graded and receipts(self.place.root, unit) else {}

    def stored(self) -> dict[str, Any]:
        """Return the answer as it stands in the file with what is said about it; never raises."""
        try:
            answers = self._file.load()
            told = {"notice": self.words.say(answers.notice)} if answers.notice else {}
            return self._told(answers.entry(self.item.id)) | told
        except AnswersError as error:
            return self._told(None) | {"error": self.words.say(error.message)}
        except Exception as error:
            return self._told(None) | {"error": self._unexpected(error)}

    def receive(self, said: Any) -> dict[str, Any]:
        """Do what a message from the page asks, and return the answer to it; never raises."""
        if not isinstance(said, Mapping):
            return {}
        answer: dict[str, Any] = {"ack": said.get("seq"), "window": said.get("window")}
        try:
            match said.get("kind"):
                case "save" | "keep":
                    answer |= self._save(said)
                case "check":
                    if said.get("response"):  # who has not touched anything has nothing to keep
                        answer |= self._save(said)
                    if "conflict" not in answer:
                        answer |= self._check(said.get("response"))
                case "hint":
                    answer |= self._hint(said.get("n"))
                case "solution":
                    answer |= self._solution()
                case "ping":
                    answer |= self._newer(said)
        except AnswersError as error:
            answer["error"] = self.words.say(error.message)
        except Exception as error:
            answer["error"] = self._unexpected(error)
        return answer

    def _unexpected(self, error: Exception) -> str:
        return self.words.say(
            message(
                "Not saved: something went wrong that should not ({kind}). Start the workbook "
                "again; if it happens again, tell your trainer.",
                kind=type(error).__name__,
            )
        )

    def _told(self, entry: Entry | None) -> dict[str, Any]:
        response = entry.response if entry and isinstance(entry.response, Mapping) else None
        return {
            "response": response,
            "revision": entry.revision if entry else 0,
            "saved": clock_time(entry.saved_at, self._clock()) if entry else "",
            "window": entry.window if entry else "",
            "may_show": self._may_show(),
            **self._remarks(response),
        }

    def _remarks(self, response: object) -> dict[str, Any]:
        remarks: dict[str, Any] = {"errors": field_errors(self.item, response, self.words)}
        if self.item.use == "graded":
            remarks["complete"] = progress(self.item, response, self.words)
        return remarks

    def _save(self, said: Mapping[str, Any]) -> dict[str, Any]:
        response = said.get("response")
        if not isinstance(response, Mapping):
            raise TypeError(response)
        response = dict(response)
        remarks = self._remarks(response)
        identity = read_identity(self.place.root)
        try:
            self._file.set_identity(
                trainee=identity.code or None,
                language=self.place.lang,
                course=self.place.version or None,
            )
            saved = self._file.save(
                self.item.id,
                response,
                seen=int(said.get("seen") or 0),
                window=str(said.get("window") or ""),
                keep_mine=said.get("kind") == "keep",
            )
        except ChangedElsewhere as other:
            return remarks | {
                "error": self.words.say(other.message),
                "conflict": self._told(other.stored)
                | {
                    "theirs": told(self.item, other.stored_response, self.words),
                    "mine": told(self.item, response, self.words),
                },
            }
        except AnswersError as error:
            return remarks | {"error": self.words.say(error.message)}
        when = clock_time(saved.saved_at, self._clock())
        notice = {"notice": self.words.say(saved.notice)} if saved.notice else {}
        return {"saved": when, "revision": saved.revision, **remarks, **notice}

    def _newer(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Look whether another window has saved since, so that an idle one can show it."""
        answers = self._file.load()
        entry = answers.entry(self.item.id)
        found = {"notice": self.words.say(answers.notice)} if answers.notice else {}
        if entry and entry.revision > int(said.get("seen") or 0):
            return found | {"newer": self._told(entry)}
        return found

    def _check(self, response: object) -> dict[str, Any]:
        if self._key is None:
            return {}
        mark = check(self.item, self._key, response)
        self._tried = self._tried or mark.outcome is not Outcome.NOT_ATTEMPTED
        return {"result": result(mark, self.words), "may_show": self._may_show()}

    def _hint(self, n: object) -> dict[str, Any]:
        if (
            self.item.use != "practice"
            or not isinstance(n, int)
            or not 0 <= n < len(self.item.hints)
        ):
            return {}
        self._hints = max(self._hints, n + 1)
        html = rendered(self.words.translate(self.item.hints[n]))
        return {"hint": {"n": n + 1, "html": html}, "may_show": self._may_show()}

    def _may_show(self) -> bool:
        if isinstance(self.item, model.Reflect):  # his own words have no right answer
            return False
        return self._tried or self._hints >= HINTS_BEFORE_ANSWER

    def _solution(self) -> dict[str, Any]:
        if self._key is None or not self._may_show():
            return {}
        return {"solution": right_answer(self.item, self._key, self.words)}


class FormWidget(anywidget.AnyWidget):
    """The page's end of a sheet: what it draws, and the messages back and forth."""

    _esm = joined(*SCRIPTS)
    _css = joined(*STYLES)
    lang = traitlets.Unicode().tag(sync=True)
    keep = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    question = traitlets.Dict().tag(sync=True)
    stored = traitlets.Dict().tag(sync=True)

    def __init__(self, sheet: Sheet) -> None:
        """Show a sheet."""
        super().__init__(
            lang={"zh": "zh-CN"}.get(sheet.place.lang, sheet.place.lang),
            keep=sheet.keep,
            words=page_words(sheet.words),
            question=question(sheet.item, sheet.words) | sheet.objection(),
            stored=sheet.stored(),
        )
        self._sheet = sheet
        self.on_msg(self._receive)

    def _receive(self, _widget: object, said: Any, _buffers: object) -> None:
        answer = self._sheet.receive(said)
        if "revision" in answer:
            # A page that is loaded again starts from what this holds.
            self.stored = self._sheet.stored()
        if answer:
            self.send(answer)
