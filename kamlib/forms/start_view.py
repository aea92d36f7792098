"""The start page in the words of one language: plain data for the browser, and plain HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any
from urllib.parse import quote

from babel.dates import format_date, format_datetime, get_timezone, get_timezone_location

from kamlib.forms import handin
from kamlib.forms.start import Due, Handed, Question, Stage, Start, Todo, Unit, Who, cell_of
from kamlib.privacy_scan import Severity
from kamlib.words import N_, Message, Words, message

HTML_LANG = {"en": "en", "zh": "zh-CN"}
LANGUAGE_NAMES = {"en": "English", "zh": "中文"}
"""Each in its own language, so that everybody finds his."""

_LOCALE = {"en": "en_GB", "zh": "zh_Hans_CN"}
_DAY = {"en": "EEEE, d MMMM", "zh": "M月d日EEEE"}
_DAY_AND_YEAR = {"en": "EEEE, d MMMM y", "zh": "y年M月d日EEEE"}
_MOMENT = {"en": "d MMMM HH:mm", "zh": "M月d日 HH:mm"}
_MOMENT_AND_YEAR = {"en": "d MMMM y HH:mm", "zh": "y年M月d日 HH:mm"}


def day_in_words(day: date, today: date, lang: str) -> str:
    """Write a day, with its year where that is not this one.

    >>> day_in_words(date(2026, 6, 15), date(2026, 6, 10), "en")
    'Monday, 15 June'
    >>> day_in_words(date(2027, 1, 4), date(2026, 12, 30), "zh")
    '2027年1月4日星期一'
    """
    pattern = (_DAY if day.year == today.year else _DAY_AND_YEAR)[lang]
    said: str = format_date(day, pattern, locale=_LOCALE[lang])
    return said


def moment_in_words(when: datetime, today: date, lang: str) -> str:
    """Write a moment in its own zone, with its year where that is not this one.

    >>> moment_in_words(datetime(2026, 6, 12, 18, 20), date(2026, 6, 15), "en")
    '12 June 18:20'
    """
    pattern = (_MOMENT if when.year == today.year else _MOMENT_AND_YEAR)[lang]
    said: str = format_datetime(when, pattern, locale=_LOCALE[lang])
    return said


def place_of(zone: str, lang: str) -> str:
    """Return the city whose time a zone is, in a language; the zone's own name where none is known.

    >>> place_of("Asia/Shanghai", "en"), place_of("Asia/Shanghai", "zh"), place_of("", "en")
    ('Shanghai', '上海', '')
    """
    if not zone:
        return ""
    try:
        city: str = get_timezone_location(
            get_timezone(zone), locale=_LOCALE[lang], return_city=True
        )
    except LookupError:
        return zone
    return city


def due_in_words(due: Due, start: Start) -> Message:
    """Say until when, and how long that still is or was."""
    lang = start.lang
    day = day_in_words(due.day, start.today, lang)
    city = place_of(start.zone, lang)
    left = due.days_left
    if left < -1:
        return message("Was due {n} days ago, on {day}", n=-left, day=day)
    if left == -1:
        return message("Was due yesterday, {day}", day=day)
    until: Message = (
        message("{day}, end of the day ({city} time)", day=day, city=city)
        if city
        else message("{day}, end of the day", day=day)
    )
    if left == 0:
        return message("Due today: {until}", until=until)
    if left == 1:
        return message("Due tomorrow: {until}", until=until)
    return message("Due {until}; {n} days left", until=until, n=left)


def handed_in_words(one: Handed, unit: Unit, start: Start) -> tuple[Message, Message]:
    """Say when a hand-in was made, under which receipt, and whether it counts."""
    when = moment_in_words(one.made, start.today, start.lang) if one.made else "–"
    what = message("Attempt {n}, {when}, receipt {receipt}",
                   n=one.attempt, when=when, receipt=one.receipt)  # fmt: skip
    counting = unit.counting
    if counting is not one and counting is not None:
        if one.in_time:
            return what, message("Attempt {n} counts instead, once it has been sent.", n=counting.attempt)  # fmt: skip
        return what, message("Made after the due day: attempt {n}, made in time, counts, once it has been sent.", n=counting.attempt)  # fmt: skip
    if not one.in_time:
        return what, message("Made after the due day: it counts as late, once it has been sent.")
    if unit.due:
        return what, message("This one counts, if the file was sent in time.")
    return what, message("This one counts, once the file has been sent.")


def address(path: str, item: str = "") -> str:
    """Return a notebook's address relative to the workbook's folder, at a question where given.

    >>> address("units/01_am_types/lesson.zh.ipynb", "am_types.why")
    'units/01_am_types/lesson.zh.ipynb#cell-id=item-am-types-why'
    """
    return quote(path) + (f"#cell-id={cell_of(item)}" if item else "")


def commit_address(unit: Unit, stage: Stage) -> str:
    """Return the address of the place where a stage is committed."""
    return f"{address(unit.exercise)}#cell-id=commit-{stage.name.lower()}"


def view(start: Start, folder: str = "") -> dict[str, Any]:
    """Return the page as plain data for the browser, all in words.

    `folder` is the way from the notebook to the workbook's folder, empty where it is the same.
    """
    words = Words(start.lang)
    say = words.say
    me = start.me
    return {
        "lang": start.lang,
        "html_lang": HTML_LANG[start.lang],
        "folder": folder,
        "title": start.title or say(message("Key account management workbook")),
        "cohort": say(message("Group: {cohort}", cohort=start.cohort)) if start.cohort else "",
        "greeting": say(message("Hello, {name}", name=me.name)) if me.name else say(message("Welcome")),
        "who": {
            "known": me.known,
            "code": me.code,
            "name": me.name,
            "line": say(message("Your code: {code}", code=me.code)) if me.known else "",
        },
        "languages": [
            {"lang": lang, "html_lang": HTML_LANG[lang], "name": name, "on": lang == start.lang}
            for lang, name in LANGUAGE_NAMES.items()
        ],
        "problems": [say(one) for one in start.problems],
        "next": _next(start, words),
        "units": [_card(unit, start, words) for unit in start.units],
        "words": {name: words.translate(text) for name, text in _LABELS.items()},
    }  # fmt: skip


_LABELS = {
    "language": N_("Language"),
    "change": N_("Change code or name"),
    "who_heading": N_("Who are you?"),
    "who_why": N_("You are asked once. The code is what your trainer gave you."),
    "code": N_("Your code"),
    "name": N_("Your name"),
    "go_on": N_("Go on"),
    "cancel": N_("Cancel"),
    "is_this_you": N_("Is this you?"),
    "yes": N_("Yes, this is me"),
    "no": N_("No, go back and correct"),
    "next": N_("What next"),
    "units": N_("Units"),
    "lesson": N_("Lesson"),
    "exercise": N_("Exercise"),
    "open_lesson": N_("Open the lesson"),
    "open_exercise": N_("Open the exercise"),
    "hand_in": N_("Hand in"),
    "hand_in_again": N_("Hand in again"),
    "my_answers": N_("Save my answers as a page to print"),
    "still_open": N_("Before you hand in: this is still open"),
    "anyway": N_("Hand in anyway"),
    "take_out": N_("Before you hand in: take this out"),
    "take_out_why": N_(
        "Personal data must not leave this computer. Open each question, take out what is named "
        "here, write the role of the person instead, then hand in."
    ),
    "look_again": N_("Look at these once more"),
    "look_again_why": N_(
        "Each may be a person’s name. If it is one, write the role instead. This does not stop the "
        "hand-in."
    ),
    "back": N_("Go back"),
    "handing_in": N_("Making your file …"),
    "all_complete": N_("Every question is complete."),
    "make_file": N_("Hand in now"),
    "made": N_("Your file is ready. Now send it."),
    "receipt": N_("Receipt number, to read out"),
    "download": N_("Download the file"),
    "close": N_("Close"),
    "collecting": N_("Collecting your answers …"),
    "answers_ready": N_("Your answers are in your downloads folder, as {file}."),
    "gone": N_(
        "This page has lost the workbook. Close it and start the workbook again as you always do; "
        "your saved answers stay."
    ),
    "restart": N_("Start the workbook again"),
}
"""What the browser says by itself: it knows no sentence of its own."""


def _next(start: Start, words: Words) -> dict[str, Any]:
    step = start.step
    unit, question = step.unit, step.question
    number = unit.name.split("_")[0] if unit else ""
    text: Message | str = ""
    label: Message | str = ""
    href = kind = ""
    match step.todo:
        case Todo.CODE:
            return {"kind": "code", "text": "", "label": "", "href": "", "unit": ""}
        case Todo.LESSON if unit and question:
            kind, href = "link", address(unit.lesson, question.id)
            text = message("You are in lesson {unit}: {title}", unit=number, title=unit.title)
            label = message("Go on with lesson {unit}", unit=number)
        case Todo.LESSON if unit:
            kind, href = "link", address(unit.lesson)
            text = (
                message(
                    "Lesson {unit}: {title}, about {n} minutes",
                    unit=number,
                    title=unit.title,
                    n=unit.lesson_minutes,
                )
                if unit.lesson_minutes
                else message("Lesson {unit}: {title}", unit=number, title=unit.title)
            )
            label = message("Open lesson {unit}", unit=number)
        case Todo.EXERCISE if unit and question:
            kind, href = "link", address(unit.exercise, question.id)
            text = message("{n} of {total} questions of the exercise are complete.",
                           n=unit.complete, total=len(unit.graded))  # fmt: skip
            label = message("Go on with question {n} of the exercise", n=question.number)
        case Todo.EXERCISE if unit:
            kind, href = "link", address(unit.exercise)
            text = message("Now comes the exercise of unit {unit}, which is marked.", unit=number)
            label = message("Begin exercise {unit}", unit=number)
        case Todo.COMMIT if unit and step.stage:
            kind, href = (
                "link",
                commit_address(unit, step.stage),
            )
            text = message("Every question of stage {stage} is complete.", stage=step.stage.name)
            label = message("Commit stage {stage}", stage=step.stage.name)
        case Todo.STAGE if unit and step.stage:
            kind, href = "link", f"{address(unit.exercise)}#cell-id=stage-{step.stage.name.lower()}"
            text = (
                message("Stage {stage} can be opened now.", stage=step.stage.name)
                if unit.honour
                else message("Stage {stage} is next. Your trainer tells you the word that opens it.",
                             stage=step.stage.name)
            )  # fmt: skip
            label = message("Go to stage {stage}", stage=step.stage.name)
        case Todo.HAND_IN if unit and unit.handed:
            kind = "hand_in"
            text = message(
                "You changed an answer after you handed in. Hand in again if that is to count."
            )
            label = message("Hand in exercise {unit} again", unit=number)
        case Todo.HAND_IN if unit:
            kind = "hand_in"
            text = message("Every question of the exercise is complete.")
            label = message("Hand in exercise {unit}", unit=number)
        case Todo.WAIT:
            text = message(
                "Your exercises are handed in. Once the files are sent, your feedback comes from your trainer."
            )
        case _:
            text = message("There is nothing to do here at the moment.")
    return {
        "kind": kind,
        "text": words.say(text),
        "label": words.say(label),
        "href": href,
        "unit": unit.name if unit else "",
    }  # fmt: skip


def _about(minutes: int, words: Words) -> str:
    return words.say(message("about {n} minutes", n=minutes)) if minutes else ""


def _card(unit: Unit, start: Start, words: Words) -> dict[str, Any]:
    say = words.say
    late = bool(unit.due and unit.due.days_left < 0 and not unit.handed)
    notes = [say(one) for one in unit.problems]
    if unit.changed:
        notes.append(say(message("You changed an answer after your last hand-in.")))
    return {
        "name": unit.name,
        "number": unit.name.split("_")[0],
        "title": unit.title,
        "due": say(due_in_words(unit.due, start)) if unit.due else "",
        "urgent": late or bool(unit.due and unit.due.days_left <= 1 and not unit.handed),
        "lesson": {
            "minutes": _about(unit.lesson_minutes, words),
            "href": address(unit.lesson) if unit.lesson else "",
            "text": say(
                message("{n} of {total} practice questions tried",
                        n=unit.tried, total=len(unit.practice))
            ) if unit.practice else "",
            "done": unit.tried,
            "total": len(unit.practice),
        },
        "exercise": {
            "minutes": _about(unit.exercise_minutes, words),
            "href": address(unit.exercise) if unit.exercise else "",
            "text": " · ".join(map(say, _answered(unit))) if unit.graded else "",
            "done": unit.complete,
            "total": len(unit.graded),
        },
        "handed": [
            dict(zip(("what", "counts"), map(say, handed_in_words(one, unit, start)), strict=True))
            for one in reversed(unit.handed)
        ],
        "not_handed": say(message("Not handed in yet")) if unit.graded and not unit.handed else "",
        "open": [
            {
                "title": say(_asked(one)),
                "lacks": [" ".join(say(why) for why in one.lacks)],
                "href": address(unit.exercise, one.id) if unit.exercise else "",
            }
            for one in unit.still_open
        ] + [
            {
                "title": say(message("Stage {stage}", stage=one.name)),
                "lacks": [say(message("It is not committed yet."))],
                "href": commit_address(unit, one) if unit.exercise else "",
            }
            for one in unit.stages if one.open and one.asks and not one.committed
        ],
        "take_out": list(_personal(unit, "block", words)),
        "look_again": list(_personal(unit, "warn", words)),
        "late": say(
            message("The due day is over. You can still hand in; your trainer decides how it counts.")
        ) if unit.due and unit.due.days_left < 0 else "",
        "can_hand_in": bool(unit.graded),
        "notes": notes,
    }  # fmt: skip


def _personal(unit: Unit, severity: Severity, words: Words) -> Iterator[dict[str, Any]]:
    """Yield each question in which such personal data stands, with all its places."""
    for question in unit.graded:
        mine = [one for one in unit.personal if (one.item, one.severity) == (question.id, severity)]
        if mine:
            yield {
                "title": words.say(_asked(question)),
                "places": [words.say(one.told) for one in mine],
                "lacks": list(dict.fromkeys(words.say(one.why) for one in mine)),
                "href": address(unit.exercise, question.id) if unit.exercise else "",
            }


def _asked(question: Question) -> Message:
    return message("Question {n}: {title}", n=question.number, title=question.title)


def _answered(unit: Unit) -> Iterator[Message]:
    if unit.closed:
        yield message("{n} of {total} questions complete; {closed} more come with later stages",
                      n=unit.complete, total=len(unit.graded), closed=unit.closed)  # fmt: skip
    else:
        yield message("{n} of {total} questions complete", n=unit.complete, total=len(unit.graded))
    yield from map(_stage, unit.stages)


def _stage(stage: Stage) -> Message:
    if stage.committed:
        return message("{stage} committed", stage=stage.name)
    if stage.open:
        return message("{stage} open", stage=stage.name)
    return message("{stage} not open yet", stage=stage.name)


def who_view(who: Who, words: Words) -> dict[str, Any]:
    """Return a typed code and name as plain data, with what is wrong about them in words."""
    return {
        "code": who.code,
        "name": who.name,
        "problems": {field: words.say(why) for field, why in who.problems.items()},
        "warning": words.say(who.warning) if who.warning else "",
    }


@dataclass(frozen=True, slots=True)
class Made:
    """A hand-in that was made, as the page tells of it."""

    hand_in: handin.HandIn
    said: tuple[Message, ...]
    folder: str
    """Where the file lies."""


def made_view(made: Made, words: Words) -> dict[str, Any]:
    """Return a hand-in that was made as plain data."""
    return {
        "receipt": made.hand_in.receipt,
        "file": made.hand_in.path.name,
        "said": [words.say(one) for one in made.said],
        "folder": words.say(message("The file also lies in the folder {folder}.", folder=made.folder)),
    }  # fmt: skip


# Where there is no browser to answer: print, preview, a notebook that was run by a program.


def page_html(page: Mapping[str, Any]) -> str:
    """Return the page without its buttons as HTML, all escaped."""
    parts = [f'<h1 style="font-size:1.6em">{escape(page["title"])}</h1>']
    parts += [f"<p>✗ {escape(one)}</p>" for one in page["problems"]]
    step = page["next"]
    said = " ".join(filter(None, (step["text"], step["label"])))
    if said:
        parts.append(f"<p><strong>{escape(page['words']['next'])}</strong>: {escape(said)}</p>")
    for card in page["units"]:
        lines = [card["due"], card["lesson"]["text"], card["exercise"]["text"], card["not_handed"]]
        lines += [text for one in card["handed"] for text in one.values()] + card["notes"]
        rows = "".join(f"<li>{escape(line)}</li>" for line in lines if line)
        parts.append(f"<h2>{escape(card['number'])} {escape(card['title'])}</h2><ul>{rows}</ul>")
    return f'<div class="kam-start" lang="{page["html_lang"]}">{"".join(parts)}</div>'


def page_text(page: Mapping[str, Any]) -> str:
    """Return the page in one line of text."""
    step = page["next"]
    return " · ".join(filter(None, (page["title"], *page["problems"], step["text"], step["label"])))
