"""A question as plain HTML: what a print, a preview and a marker see."""

from __future__ import annotations

from functools import lru_cache
from html import escape

import mistune

from kamlib.forms.answer import answer_html
from kamlib.forms.scene_html import opening_html
from kamlib.items import keys, model
from kamlib.items.display import entry_label
from kamlib.items.solution import solution
from kamlib.words import N_, Message, Words, message

_BOX = (
    "border:1px solid #d9e2ec;border-left:4px solid #0b6e6e;border-radius:4px;"
    "padding:10px 16px;margin:8px 0;max-width:736px;color:#1f2933"
)
_MUTED = "color:#52606d"

PRIVATE = N_("Only for you: this stays on your machine and is never part of what you hand in.")
"""What stands under a look at one's own words."""


FIGURES = {
    "given": N_("figures: given"),
    "derived": N_("figures: derived"),
    "invented": N_("figures: invented"),
}
"""Where the figures in a question come from."""


class _Renderer(mistune.HTMLRenderer):
    """Markdown without pictures: a page that travels alone cannot hold a link to one."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return str(mistune.escape(text))


_RENDER = mistune.create_markdown(escape=True, renderer=_Renderer(), plugins=["table"])
_RENDER_BUILT = mistune.create_markdown(
    escape=False, renderer=_Renderer(escape=False), plugins=["table"]
)


@lru_cache(maxsize=4096)
def rendered(text: str) -> str:
    """Turn an author's Markdown into HTML; tags and links to scripts in it are shown, not obeyed."""
    return str(_RENDER(text)).strip()


def rendered_cell(text: str) -> str:
    """Turn a Markdown cell that our build made into HTML; the boxes and tags it made stay as they are."""
    return str(_RENDER_BUILT(text)).strip()


def worth(item: model.Item, words: Words) -> str:
    """Return what stands beside a question's title: its points, and where its figures come from."""
    points = words.say(
        message("1 point") if item.points == 1 else message("{points} points", points=item.points)
    )
    return f"{points} · {words.translate(FIGURES[item.numbers])}" if item.numbers else points


def question_html(item: model.Item, words: Words) -> str:
    """Return the question with what there is to choose from, escaped and self-contained."""
    points = worth(item, words)
    return (
        f'<div class="kam-question" style="{_BOX}">'
        f"<div><strong>{escape(words.translate(item.title))}</strong> "
        f'<span style="{_MUTED}">· {escape(points)}</span></div>'
        f"{rendered(words.translate(item.prompt))}{_choices_html(item, words)}</div>"
    )


def solution_html(item: model.Item, key: keys.Key, words: Words) -> str:
    """Return the right answer with its reasons, for the instructor or for after practice."""
    if isinstance(item, model.Reflect):
        title, said_to = N_("Nothing is right or wrong here"), N_("What is said to a text")
    else:
        title, said_to = N_("Right answer"), N_("What the feedback says to other answers")
    parts = [
        f"<div><strong>{escape(words.translate(title))}</strong></div>",
        _right_answer(item, key, words),
        rendered(words.translate(key.explanation)),
    ]
    said = _messages(item, key)
    if said:
        rows = "".join(
            f'<li style="margin:6px 0"><span style="{_MUTED}">{escape(words.say(label))}</span><br>'
            f"{escape(words.translate(text))}</li>"
            for label, text in said
        )
        heading = escape(words.translate(said_to))
        parts.append(f"<details open><summary>{heading}</summary><ul>{rows}</ul></details>")
    return (
        f'<div class="kam-solution" style="{_BOX};background-color:#f5f7fa">{"".join(parts)}</div>'
    )


def _right_answer(item: model.Item, key: keys.Key, words: Words) -> str:
    if isinstance(key, keys.RecallKey):
        # The points themselves, in the reader's language, rather than one accepted wording.
        return _list({name: point.name for name, point in key.points.items()}, "✓", words)
    if isinstance(item, model.Reflect):
        return ""
    return answer_html(item, solution(item, key), words)


def _messages(item: model.Item, key: keys.Key) -> list[tuple[Message | str, str]]:
    """List what a key says to other answers, each under the answer it is said to."""
    match item, key:
        case model.Number(), keys.NumberKey():
            return [(message("{value}", value=trap.value), trap.message) for trap in key.traps]
        case model.Prose(), keys.ProseKey():
            return [
                *(
                    (Message(item.criteria[name]), text)
                    for name, levels in key.levels.items()
                    for text in levels
                ),
                *(
                    (Message(item.criteria.get(one.criterion, one.criterion)), one.text)
                    for one in key.comments.values()
                ),
            ]
        case _, keys.StructuredKey() | keys.PlanKey() | keys.TableKey():
            return [(N_("If this does not hold"), check.message) for check in key.checks]
        case _, keys.ReflectKey():
            return [
                (message("If it sounds like {label}", label=Message(manner.label)), manner.message)
                for manner in key.verdicts
            ]
    labels: dict[str, str] = {}
    for name in ("options", "lines", "segments", "stems", "measures"):
        choices = getattr(item, name, None)
        labels |= choices if isinstance(choices, dict) else {}
    labels |= {name: fact.text for name, fact in getattr(item, "facts", {}).items()}
    found = [
        (Message(labels.get(name, name)), text)
        for name, text in getattr(key, "messages", {}).items()
    ]
    reasons = getattr(key, "reason_messages", {})
    return [
        *found,
        *((Message(getattr(item, "reasons", {}).get(n, n)), t) for n, t in reasons.items()),
    ]


def _choices_html(item: model.Item, words: Words) -> str:
    match item:
        case model.Choice():
            return _list(item.options, "○", words) + (
                _label(words.translate("Reason"), words) + _list(item.reasons, "○", words)
                if item.reasons
                else ""
            )
        case model.Choices():
            return _list(item.options, "☐", words)
        case model.Order():
            return _list(item.options, "↕", words)
        case model.Match():
            return _columns(item.stems, item.options, words)
        case model.Classify():
            return _columns(item.lines, item.classes, words)
        case model.SpotError():
            return _list(item.segments, "¶", words) + _list(item.kinds, "○", words)
        case model.Number():
            units = " / ".join(words.translate(unit) for unit in item.units.values())
            blank = _label(f"{words.translate(item.quantity)}: ______ {units}", words)
            return blank + _list(item.readings, "○", words)
        case model.Recall():
            return "<ol>" + "<li>______</li>" * item.lines + "</ol>"
        case model.Evidence():
            facts = {name: fact.text for name, fact in item.facts.items()}
            return _columns(item.claims, facts, words)
        case model.Structured():
            return _fields(item.fields, words)
        case model.Table():
            return _fields(item.columns, words)
        case model.Prose():
            return _list(item.criteria, "–", words)
        case model.Scene():
            return opening_html(item, words)
        case model.Reflect():
            texts = [words.say(entry_label(item, n + 1)) for n in range(item.entries)]
            return (
                "".join(_label(f"{text}: ______", words) for text in texts)
                + _list(item.criteria, "☐", words)
                + _label(PRIVATE, words)
            )
    raise TypeError(item)


def _label(text: str, words: Words) -> str:
    return f'<div style="{_MUTED}">{escape(words.translate(text))}</div>'


def _list(options: dict[str, str], sign: str, words: Words) -> str:
    rows = "".join(f"<li>{sign} {escape(words.translate(text))}</li>" for text in options.values())
    return f'<ul style="list-style:none;padding-left:4px">{rows}</ul>' if rows else ""


def _columns(left: dict[str, str], right: dict[str, str], words: Words) -> str:
    cells = [_list(left, "□", words), _list(right, "–", words)]
    inner = "".join(f'<div style="flex:1 1 16rem">{cell}</div>' for cell in cells)
    return f'<div style="display:flex;flex-wrap:wrap;gap:16px">{inner}</div>'


def _fields(fields: dict[str, model.TypedField], words: Words) -> str:
    return "<ul>" + "".join(
        f"<li>{escape(words.translate(field.label))}: ______"
        + (f" ({' / '.join(escape(words.translate(text)) for text in field.options.values())})" if field.options else "")
        + "</li>"
        for field in fields.values()
    ) + "</ul>"  # fmt: skip
