"""A trainee's own answers to a unit as one page that needs nothing else and prints on A4."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path

from kamlib.forms.answer import answer_html
from kamlib.forms.handin import unit_folder
from kamlib.forms.page import question_html
from kamlib.forms.place import PRACTICE, NotHere, Place
from kamlib.forms.start import Start
from kamlib.forms.start_view import HTML_LANG, moment_in_words
from kamlib.items.answers import answers_name, glance
from kamlib.items.model import Item
from kamlib.words import N_, Words, message

CSS = """
@page { size: A4; margin: 18mm 16mm }
body { font: 16px/1.55 "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans SC", sans-serif;
  color: #1f2933; background: #fff; max-width: 46rem; margin: 0 auto; padding: 16px;
  overflow-wrap: anywhere }
:lang(zh) { line-height: 1.7 }
h1 { font-size: 1.95rem; line-height: 1.25 } h2 { font-size: 1.56rem; margin-top: 2em }
.by, .none { color: #52606d }
section { margin: 0 0 28px; break-inside: avoid-page }
.kam-question { box-sizing: border-box; max-width: none !important }
.answer, .none { border-left: 4px solid #52606d; padding: 4px 16px; margin: 8px 0 }
.answer table { border-collapse: collapse; width: 100% }
.answer th, .answer td { border: 1px solid #d9e2ec; padding: 6px 10px; text-align: left;
  vertical-align: top }
.typed { white-space: pre-wrap }
h3 { font-size: 1rem; margin: 8px 0 }
@media print { body { font-size: 10.5pt; padding: 0 } h2 { break-after: avoid } }
"""


@dataclass(frozen=True, slots=True)
class Export:
    """A page of answers."""

    name: str
    """A name for the file."""
    html: str


def answers_page(start: Start, unit: str, now: datetime) -> Export:
    """Return all questions of a unit with the trainee's own answers, in the page's language.

    Raises `NotHere` where the unit's questions are missing or damaged. A damaged answers file is
    told in its place on the page.
    """
    words = Words(start.lang)
    folder = unit_folder(start.root, unit)
    slug = unit.partition("_")[2] or unit
    items = Place(folder, start.root, start.lang, {}).items(slug)
    known = next((one for one in start.units if one.name == unit), None)
    if known is None:
        raise NotHere(message("There is no unit {unit} in this workbook.", unit=unit[:60]))
    title = words.say(message("My answers: {title}", title=known.title))
    me = start.me
    by = ", ".join(filter(None, (me.name, me.code)))
    when = moment_in_words(now, start.today.replace(year=1), start.lang)  # always with the year
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="by">{escape(" · ".join(filter(None, (start.title, by, when))))}</p>',
    ]
    for use, heading in (("practice", N_("Practice")), ("graded", N_("Exercise"))):
        chosen = [item for item in items if item.use == use]
        if chosen:
            name = answers_name(unit) if use == "graded" else f"{unit}{PRACTICE}"
            parts.append(f"<h2>{escape(words.translate(heading))}</h2>")
            parts += _answered(chosen, folder / name, words)
    page = (
        f'<!doctype html>\n<html lang="{HTML_LANG[start.lang]}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{CSS}</style>\n</head>\n"
        f"<body>\n<main>\n{''.join(parts)}\n</main>\n</body>\n</html>\n"
    )
    stem = "_".join(filter(None, (unit, me.code, "answers")))
    return Export(f"{stem}.{start.lang}.html", page)


def _answered(items: list[Item], path: Path, words: Words) -> list[str]:
    answers, problem = glance(path)
    responses = answers.responses
    parts = [f"<p>✗ {escape(words.say(problem))}</p>"] if problem else []
    mine = escape(words.translate(N_("My answer")))
    none = escape(words.translate(N_("not answered")))
    for item in items:
        answer = answer_html(item, responses.get(item.id), words)
        parts.append(
            f"<section>{question_html(item, words)}<h3>{mine}</h3>"
            + (answer or f'<p class="none">○ {none}</p>')
            + "</section>"
        )
    return parts
