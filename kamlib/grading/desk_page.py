"""What the marking desk shows beside a prose answer: rubric, comment bank, model answer and hints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from kamlib.course.notebook import grade_id
from kamlib.forms.page import question_html
from kamlib.grading import rubric
from kamlib.grading.autograded import cell_item
from kamlib.grading.cohort import CohortError, open_cohort
from kamlib.grading.desk import SHARE
from kamlib.grading.pages import HTML_LANG, environment, storable
from kamlib.items.answers import SUFFIX, DamagedAnswers, parse_answers
from kamlib.items.commitments import counted
from kamlib.items.keys import ProseKey
from kamlib.items.marking import occurring
from kamlib.items.model import Prose
from kamlib.words import N_, Message, Words, message

_CJK = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_SENTENCE = re.compile(r"[.!?](?=\s|$)|[。！？]|\n\s*\n")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def panel_html(
    item: Prose,
    key: ProseKey,
    response: object,
    desk: Words,
    trainee: Words,
    places: Mapping[str, str],
) -> str:
    """Return what stands above the score and the comment of one prose answer.

    `desk` holds the words of the person who marks, `trainee` those of whoever reads the comments,
    `places` the heading of each lesson anchor in the trainee's language. Everything that came
    with the answer is escaped.
    """
    text = response.get("text") if isinstance(response, Mapping) else None
    answered = isinstance(text, str) and bool(text.strip())
    say = desk.say
    view = {
        "cell": grade_id(item.id),
        "lang": HTML_LANG[desk.lang],
        "trainee_lang": HTML_LANG[trainee.lang],
        "title": trainee.translate(item.title),
        "question": Markup(question_html(item, trainee)),
        # whole, however long it is: this is the place where it is read
        "answer": text if answered else "",
        "no_answer": say(N_("No answer")),
        "hints": [say(hint) for hint in hints(item, key, text)] if answered else [],
        "model": desk.translate(key.model_answer),
        "criteria": [
            {
                "name": name,
                "label": desk.translate(label),
                "levels": [
                    {"word": desk.translate(word), "text": desk.translate(described)}
                    for word, described in zip(rubric.LEVELS, key.levels[name], strict=True)
                ],
                "remarks": _remarks(key, name, desk, trainee, places),
            }
            for name, label in item.criteria.items()
        ],
        "scores": [
            rubric.score([total], len(item.criteria), item.points)
            for total in range(rubric.TOP * len(item.criteria) + 1)
        ],
        "rules": {"line": rubric.LINE, "parts": rubric.PARTS, "entry": rubric.ENTRY},
        "top": rubric.TOP,
        "words": {name: desk.translate(text) for name, text in _LABELS.items()},
    }
    return storable(environment().get_template("desk_panel.html.j2").render(view))


_LABELS = {
    "answer": N_("Answer"),
    "question": N_("The question"),
    "model": N_("A model answer"),
    "hints": N_("Hints from the machine; they carry no mark"),
    "unset": N_("clear"),
    "bank": N_("Comments for the trainee"),
    "typing": N_("Arrow keys move, the digits 0 to 3 choose, Delete clears."),
    "jump": N_("For you to read:"),
    "wait": N_("The marks are being fetched."),
    "none": N_("Choose a level for each criterion; the score follows."),
    "some": N_("Levels chosen: {n} of {total}. The score follows when all are chosen."),
    "all": N_("Levels chosen: {n} of {total}. They give {score} of {points} points."),
    "differs": N_(
        "Levels chosen: {n} of {total}. They give {score} of {points} points; {own} were set by hand."
    ),
    "saved": N_("saved {time}"),
    "unsaved": N_(
        "Not saved. See whether the window in which you typed kam formgrader is still open."
    ),
    "again": N_("Save again"),
}
"""What the page says; the script fills the braces."""


def _remarks(
    key: ProseKey, criterion: str, desk: Words, trainee: Words, places: Mapping[str, str]
) -> list[dict[str, object]]:
    """Return the comments on one criterion, what was done well first."""
    found: list[dict[str, object]] = []
    for remark in sorted(key.comments.values(), key=lambda remark: not remark.praise):
        if remark.criterion != criterion:
            continue
        said = trainee.translate(remark.text)
        place = places.get(remark.read)
        if place:
            said = trainee.say(message("{comment} Read: {place}", comment=said, place=place))
        found.append(
            {
                "said": said,
                "gloss": desk.translate(remark.text) if desk.lang != trainee.lang else "",
                "praise": remark.praise,
            }
        )
    return found


def hints(item: Prose, key: ProseKey, text: object) -> list[Message]:
    """Return what a machine can say of an answer without judging it: length and words that occur."""
    whole = str(text)
    characters, words = len(_CJK.findall(whole)), len(_WORD.findall(_CJK.sub(" ", whole)))
    sentences = len([part for part in _SENTENCE.split(whole) if part.strip()])
    figures = len(_FIGURE.findall(whole))
    found = [
        message(
            "Length: about {n} characters in {sentences} sentences.",
            n=characters + words,
            sentences=sentences,
        )
        if characters > words
        else message("Length: about {n} words in {sentences} sentences.", n=words + characters,
                     sentences=sentences),
        message("Figures in it: {n}.", n=figures),
    ]  # fmt: skip
    for name, label in item.criteria.items():
        wanted = key.look_for.get(name, ())
        there = occurring(wanted, whole)
        if there:
            found.append(message("{criterion}: it holds {words}.",
                                 criterion=Message(label), words=there))  # fmt: skip
        elif wanted:
            found.append(message("{criterion}: none of the words we look for; it may be said "
                                 "in others.", criterion=Message(label)))  # fmt: skip
    return found


@cache
def _head() -> str:
    """Return the style sheet and the script, for the page's head."""
    style, script = ((SHARE / name).read_text("utf-8") for name in ("desk.css", "desk.js"))
    return f"<style>\n{style}</style>\n<script>\n{script}</script>\n"


def with_rubrics(notebook: Any, resources: Any) -> tuple[Any, Any]:
    """Put the panels of a hand-in's prose beside its cells; the desk calls this for each page.

    Works in the cohort's folder, as the desk does. What it cannot read leaves the page as nbgrader
    made it, so that a mark can always be given.
    """
    unit, code = resources.get("assignment_id", ""), resources.get("student", "")
    panels: dict[str, str] = {}
    try:
        cohort = open_cohort(Path.cwd())
        bundle, person = cohort.bundles[unit], cohort.roster[code]
        path = cohort.root / "autograded" / person.code / unit / (unit + SUFFIX)
        responses = counted(bundle.items, parse_answers(path.read_bytes())).responses
    except (CohortError, DamagedAnswers, OSError, KeyError):
        return notebook, resources
    desk, trainee = bundle.words(cohort.settings.instructor_lang), bundle.words(person.lang)
    for item in bundle.items:
        key = bundle.keys.get(item.id)
        if isinstance(item, Prose) and isinstance(key, ProseKey):
            panels[grade_id(item.id)] = panel_html(
                item, key, responses.get(item.id), desk, trainee, bundle.places(person.lang)
            )
    # the panel shows question and answer itself, side by side with the rubric
    notebook.cells = [
        cell
        for cell in notebook.cells
        if not (cell.cell_type == "code" and grade_id(cell_item(cell)) in panels)
    ]
    resources["kam"] = {"head": _head(), "panels": panels}
    return notebook, resources
