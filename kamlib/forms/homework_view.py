"""How the homework's panels look: what each section adds up to, as plain data in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from kamlib.claims_check import Section as Claimed
from kamlib.claims_check import check
from kamlib.customer_analysis import CALLED, PARTS, SECTIONS, CustomerAnalysis, Section
from kamlib.customer_finance import RATIOS, Ratio, analysed
from kamlib.findings import Finding
from kamlib.forms.activity import PLAY_WORDS
from kamlib.forms.panel import Cell
from kamlib.forms.panel import Table as Rows
from kamlib.forms.start import cell_of
from kamlib.items import model
from kamlib.items import responses as r
from kamlib.items.analysis_answers import part_of
from kamlib.items.completeness import State, completeness
from kamlib.power_map_advice import advice
from kamlib.power_map_partial import as_far_as
from kamlib.sales_network import compare
from kamlib.words import N_, Message, Words, message

HOMEWORK_WORDS = {
    **PLAY_WORDS,
    "gone": N_("not connected: start the workbook again. What was saved stays."),
    "drawing": N_("working… the picture follows what you write in a moment"),
    "go": N_("Go to this section"),
    "place": N_("Go there"),
    "word": N_("Make the Word document"),
    "html": N_("Make the page for the browser"),
    "download": N_("Download {file}"),
}
"""What the panels say by themselves."""

APPEARS: Mapping[str, Message] = {
    "power": message(
        "Nothing is written here yet. As you fill in how a decision comes about, it is read back here, with what does not fit together."
    ),
    "organisation": message(
        "Nobody is in the table yet. With the first people, their chart, the map of who influences whom and what to do next appear here."
    ),
    "finance": message(
        "No year is filled in yet. With the first one, its ratios, warning signs with what to ask, and a chart appear here."
    ),
    "network": message(
        "No outlets are filled in yet. With the same groups for both territories, a comparison and a chart appear here."
    ),
    "direction": message(
        "Nothing is written here yet. As you write, it is told here how complete it is, and which sentence lacks a source."
    ),
    "execution": message(
        "Nothing is written here yet. As you write, it is told here how complete it is, and what lacks evidence, a day or a person."
    ),
}
"""What is said of a section in which nothing is written yet."""

GROUPS: Mapping[str, tuple[str, Message]] = {
    "wrong": ("✗", message("This cannot be so")),
    "doubtful": ("△", message("Look at this again")),
}
"""The two kinds of findings: the sign and the heading of each."""

_STATES: Mapping[State, tuple[str, Message]] = {
    State.BLANK: ("○", message("not begun")),
    State.INCOMPLETE: ("◐", message("begun")),
    State.COMPLETE: ("✓", message("complete")),
}
_COUNTED: Mapping[Claimed, Message] = {
    "direction": message("Where it wants to go"),
    "strategy": message("How it means to get there"),
    "execution": message("How well they do what they say"),
    "actions": message("What is going to be done"),
}

LONG = 3
"""So many open points of a section are told; further ones are counted."""

MOST = 600
"""So many characters of one sentence are shown: it may quote a text of any length."""

Block = dict[str, Any]
"""A part of a panel: its `kind` is `lines`, `list` or `table`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the homework with how far its answer is."""

    item: model.Item
    state: State
    share: float
    """How much of it is filled in, in [0, 1]; 1 only where it is complete."""
    lacks: tuple[Message, ...]
    rows: tuple[Mapping[str, r.Value], ...] = ()
    """Of a table, the rows that are not blank."""

    @property
    def part(self) -> str:
        """Which part of the analysis it asks for."""
        return part_of(self.item.id)


def asked_of(items: Iterable[model.Item], responses: Mapping[str, object]) -> tuple[Asked, ...]:
    """Return how far the answer to each question is; never raises."""
    found = []
    for item in items:
        response = responses.get(item.id)
        told, answer = completeness(item, response), r.read_response(item, response)
        whole = told.state is State.COMPLETE
        share = 1.0 if whole else min(0.95, _filled(item, answer))
        rows = answer.rows if isinstance(answer, r.TableAnswer) else ()
        found.append(Asked(item, told.state, share, () if whole else told.messages, rows))
    return tuple(found)


def _filled(item: model.Item, answer: object) -> float:
    """Return how much of what a question needs is filled in, in [0, 1]."""
    match item, answer:
        case model.Structured(), r.StructuredAnswer():
            wanted = [name for name, field in item.fields.items() if field.required]
            return _part(sum(name in answer.fields for name in wanted), len(wanted))
        case model.Table(), r.TableAnswer():
            wanted = [name for name, field in item.columns.items() if field.required]
            there = sum(name in row for row in answer.rows for name in wanted)
            return _part(there, len(wanted) * max(item.min_rows, len(answer.rows)))
    return 0.0 if isinstance(answer, r.Blank) else 0.5


def _part(there: int, wanted: int) -> float:
    return there / wanted if wanted else 0.0


def of_section(asked: Iterable[Asked], section: Section) -> tuple[Asked, ...]:
    """Return the questions of a section, in the order of its parts."""
    parts = PARTS[section]
    return tuple(
        sorted((one for one in asked if one.part in parts), key=lambda one: parts.index(one.part))
    )


# Progress ----------------------------------------------------------------------------------------


def progress(asked: Sequence[Asked], words: Words) -> dict[str, Any]:
    """Return the whole and each section with how far it is, and what is still open there."""
    rows = []
    for number, section in enumerate(SECTIONS, 1):
        mine = of_section(asked, section)
        if not mine:
            continue
        state = _together(mine)
        sign, word = _STATES[state]
        opens = [one for one in mine if one.state is not State.COMPLETE]
        per_cent = _per_cent(mine)
        rows.append(
            {
                "name": section,
                "title": words.say(
                    message("{n} {section}", n=number, section=CALLED[section])
                ),
                "sign": sign,
                "word": words.say(word),
                "share": per_cent,
                "said": words.say(message("{n} % filled in", n=per_cent)),
                "open": open_lines(mine, words) if state is not State.BLANK else [],
                "href": "#cell-id=" + cell_of((opens or mine)[0].item.id),
            }
        )  # fmt: skip
    whole = _per_cent(asked)
    done = sum(one["share"] == 100 for one in rows)
    return {
        "sections": rows,
        "share": whole,
        "said": words.say(
            message("{n} % filled in; sections complete: {done} of {all}", n=whole, done=done, all=len(rows))
        ),
    }  # fmt: skip


def _together(asked: Sequence[Asked]) -> State:
    states = {one.state for one in asked}
    return states.pop() if len(states) == 1 else State.INCOMPLETE


def _per_cent(asked: Sequence[Asked]) -> int:
    """Return how much is filled in, in whole per cent, each question as heavy as its points."""
    points = sum(one.item.points for one in asked)
    return (
        int(100 * sum(one.share * one.item.points for one in asked) / points + 1e-9)
        if points
        else 0
    )


def open_lines(asked: Iterable[Asked], words: Words) -> list[str]:
    """Return what is still open in these questions, a few lines and how many more there are."""
    lines = [
        clip(words.say(message("{question}: {why}", question=one.item.title, why=why)))
        for one in asked
        for why in one.lacks
    ]
    more = len(lines) - LONG
    return [*lines[:LONG], words.say(message("{n} more", n=more))] if more > 0 else lines


# Findings ----------------------------------------------------------------------------------------


def findings_blocks(
    findings: Iterable[Finding], asked: Sequence[Asked], words: Words
) -> list[Block]:
    """Return the findings in two groups, each with its place, the reason and what to do."""
    found = tuple(findings)
    blocks = []
    for severity, (sign, title) in GROUPS.items():
        mine = [each for each in found if each.severity == severity]
        if mine:
            blocks.append(
                {
                    "kind": "list",
                    "tone": severity,
                    "sign": sign,
                    "title": words.say(message("{title} ({n})", title=title, n=len(mine))),
                    "items": [_found(each, asked, words) for each in mine],
                }
            )
    return blocks


def _found(finding: Finding, asked: Sequence[Asked], words: Words) -> dict[str, str]:
    item, place = place_of(finding.field, asked)
    return {
        "place": words.say(place) if place else "",
        "href": "#cell-id=" + cell_of(item.id) if item else "",
        "text": clip(words.say(finding.reason)),
        "more": clip(words.say(finding.advice)),
    }


def clip(text: str) -> str:
    """Return a sentence that a panel can hold, whatever long text was typed into it."""
    return text if len(text) <= MOST else text[: MOST - 1] + "…"


def place_of(field: str, asked: Iterable[Asked]) -> tuple[model.Item | None, Message | None]:
    """Return the question that a finding's field is in, and the place as the trainee sees it.

    A field is the part, then for a table the row from 0, then the field or column; each may be
    missing. Where rows are counted within one choice of a column, its key stands before the row, as
    in `network.here.2.covered`. Both are None where the field is in no question.
    """
    part, *rest = field.split(".")
    one = next((one for one in asked if one.part == part), None)
    if one is None:
        return None, None
    item = one.item
    fields: Mapping[str, model.TypedField] = (
        item.columns if isinstance(item, model.Table)
        else item.fields if isinstance(item, model.Structured) else {}
    )  # fmt: skip
    row = _row(one, fields, rest) if isinstance(item, model.Table) else None
    label = Message(fields[rest[-1]].label) if rest and rest[-1] in fields else None
    said: dict[str, object] = {"question": item.title, "row": row, "field": label}
    if row is not None and label:
        return item, message("{question}, row {row}, {field}", **said)
    if row is not None:
        return item, message("{question}, row {row}", **said)
    return item, message("{question}, {field}", **said) if label else Message(item.title)


def _row(one: Asked, fields: Mapping[str, model.TypedField], rest: Sequence[str]) -> int | None:
    """Return the row from 1 that a finding names; None where it names none."""
    places = list(range(len(one.rows)))
    if rest and not rest[0].isdecimal():
        column = next((name for name, spec in fields.items() if rest[0] in spec.options), None)
        places = [n for n in places if column and one.rows[n].get(column) == rest[0]]
        rest = rest[1:]
    number = int(rest[0]) if rest and rest[0].isdecimal() else len(places)
    return places[number] + 1 if number < len(places) else None


# What each section adds up to --------------------------------------------------------------------


def section_blocks(
    section: Section, analysis: CustomerAnalysis, asked: Sequence[Asked], words: Words
) -> list[Block]:
    """Return what a section adds up to, without its findings and pictures."""
    match section:
        case "power":
            return _power(analysis, asked, words)
        case "organisation":
            return _organisation(analysis, words)
        case "finance":
            return _finance(analysis, words)
        case "network":
            return _network(analysis, words)
        case "direction":
            return [_complete(analysis, ("direction", "strategy"), words)]
        case "execution":
            return [_complete(analysis, ("execution", "actions"), words)]
    return []


def _lines(lines: Iterable[Message | str], words: Words, title: Message | None = None) -> Block:
    said = [clip(words.say(line)) for line in lines]
    return {"kind": "lines", "title": words.say(title) if title else "", "lines": said}


def _power(analysis: CustomerAnalysis, asked: Sequence[Asked], words: Words) -> list[Block]:
    power = next((one.item for one in asked if one.part == "power"), None)
    if not isinstance(power, model.Structured):
        return []
    lines = []
    for name, value in (("who", analysis.power.who), ("speed", analysis.power.speed)):
        field = power.fields.get(name)
        if field and value in field.options:
            lines.append(message("{label}: {value}", label=field.label, value=field.options[value]))
    if analysis.power.circle:
        roles = {each.id: each for each in analysis.persons if each.role}
        circle = tuple(
            roles[sign].named if sign in roles else message("{sign} (not in the table of people)", sign=sign)
            for sign in analysis.power.circle
        )  # fmt: skip
        lines.append(message("Asked before a yes: {people}", people=circle))
    return [_lines(lines, words)] if lines else []


def _organisation(analysis: CustomerAnalysis, words: Words) -> list[Block]:
    found = as_far_as(analysis.persons)
    people = found.people
    blocks = []
    if found.left_out:
        blocks.append(_lines([
            message("Not in the charts yet, since something is missing in the row or stands twice: {who}.", who=found.left_out)
        ], words))  # fmt: skip
    if people.persons:
        blocks.append(
            {
                "kind": "list",
                "tone": "next",
                "sign": "",
                "title": words.say(message("What to do next, the most useful first")),
                "items": [
                    {"place": "", "href": "", "text": clip(words.say(each.do)), "more": clip(words.say(each.why))}
                    for each in advice(people, analysis.customer.on)
                ],
            }
        )  # fmt: skip
    return blocks


def _finance(analysis: CustomerAnalysis, words: Words) -> list[Block]:
    found = analysed(analysis.statement)
    years = sorted({each.year for each in found.ratios})
    by: dict[str, dict[int, Ratio]] = {}
    for each in found.ratios:
        by.setdefault(each.name, {})[each.year] = each
    blocks: list[Block] = []
    if years:
        heads = [words.say(message("Ratio")), *map(str, years), words.say(message("What it means"))]
        rows = [
            [
                Cell(words.translate(RATIOS[name])),
                *(Cell(_ratio(mine.get(year), words), number=True) for year in years),
                Cell(words.say(mine[max(mine)].reading)),
            ]
            for name, mine in by.items()
        ]
        blocks.append({"kind": "table", **asdict(Rows(heads, rows, words.say(message("Ratios"))))})
    if found.signs:
        blocks.append(
            {
                "kind": "list",
                "tone": "doubtful",
                "sign": "!",
                "title": words.say(message("Warning signs, and what to ask")),
                "items": [
                    {"place": "", "href": "", "text": words.say(each.reason), "more": words.say(each.ask)}
                    for each in found.signs
                ],
            }
        )  # fmt: skip
    return blocks


def _ratio(ratio: Ratio | None, words: Words) -> str:
    if ratio is None or ratio.value is None:
        return "–"
    if ratio.unit == "percent":
        return words.say(message("{n} %", n=round(ratio.value, 1)))
    return words.say(message("{n} days", n=round(ratio.value)))


def _network(analysis: CustomerAnalysis, words: Words) -> list[Block]:
    if not analysis.network.groups or not analysis.reference.groups:
        return []
    found = compare(analysis.network, analysis.reference)
    readings = [each.reading for each in ((found.total,) if found.total else ()) + found.groups]
    title = message("What the comparison says")
    return [_lines(readings, words, title)] if readings else []


def _complete(analysis: CustomerAnalysis, sections: Sequence[Claimed], words: Words) -> Block:
    found = check(analysis.claims).complete
    return _lines(
        [
            message("{section}: {there} of {needed} fields filled in",
                    section=_COUNTED[name], there=found[name].there, needed=found[name].needed)
            for name in sections
        ],
        words, message("How complete it is"),
    )  # fmt: skip


# Without a script --------------------------------------------------------------------------------


def page_text(page: Mapping[str, Any]) -> str:
    """Return a panel as lines of text."""
    lines = [page["title"], *_said(page)]
    for block in page["blocks"]:
        lines.append(block.get("title") or block.get("caption") or "")
        lines += block.get("lines", [])
        for one in block.get("items", []):
            lines.append(" · ".join(filter(None, (one["place"], one["text"], one["more"]))))
        for row in [[{"text": text} for text in block.get("head", [])], *block.get("rows", [])]:
            lines.append(" | ".join(cell["text"] for cell in row))
    return "\n".join(filter(None, lines))


def page_html(page: Mapping[str, Any]) -> str:
    """Return a panel as HTML that needs no script, all that was typed in it escaped."""
    parts = [f"<p><strong>{escape(page['title'])}</strong></p>"]
    parts += [f"<p>{escape(line)}</p>" for line in _said(page)]
    for block in page["blocks"]:
        if title := block.get("title") or block.get("caption"):
            parts.append(f"<p><strong>{escape(title)}</strong></p>")
        parts += [f"<p>{escape(line)}</p>" for line in block.get("lines", [])]
        if block["kind"] == "list":
            parts.append("<ul>" + "".join(map(_item_html, block["items"])) + "</ul>")
        if block["kind"] == "table":
            head = "".join(f'<th scope="col">{escape(text)}</th>' for text in block["head"])
            rows = "".join(
                "<tr>" + "".join(f"<td>{escape(cell['text'])}</td>" for cell in row) + "</tr>"
                for row in block["rows"]
            )
            parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
    for one in page["pictures"]:
        parts.append(one["html"] + (f"<p>{escape(one['note'])}</p>" if one["note"] else ""))
    return f'<div class="kam-homework" lang="{page["html_lang"]}">{"".join(parts)}</div>'


def _said(page: Mapping[str, Any]) -> list[str]:
    lines = [page["problem"] and f"✗ {page['problem']}", page["empty"]]
    if told := page.get("progress"):
        lines += [told["due"], told["said"]]
        for one in told["sections"]:
            lines.append(f"{one['sign']} {one['title']} · {one['word']} · {one['said']}")
            lines += [f"– {line}" for line in one["open"]]
    if told := page.get("report"):
        lines += [told["lead"], told["blocked"]]
    return [line for line in lines if line]


def _item_html(one: Mapping[str, str]) -> str:
    place = f"<em>{escape(one['place'])}</em><br>" if one["place"] else ""
    return f"<li>{place}{escape(one['text'])} {escape(one['more'])}</li>"
