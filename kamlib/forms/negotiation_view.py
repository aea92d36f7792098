"""How a talk at the table looks: what was said, what can be said, and the offer, as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from kamlib.distributor_file import ISSUES, Option
from kamlib.forms.activity import PLAY_WORDS
from kamlib.forms.start_view import HTML_LANG
from kamlib.haggling import Line, Table
from kamlib.haggling_words import QUESTIONS
from kamlib.words import N_, Message, Words, message

TABLE_WORDS = {
    **PLAY_WORDS,
    "transcript": N_("What was said"),
    "left": N_("What you can say"),
    "offer": N_("Your offer"),
    "facts": N_("Facts to show"),
    "facts_help": N_("Choose one, or several that prove something together."),
    "show": N_("Show what is chosen ({n})"),
    "sentences": N_("Say it in one sentence"),
    "questions": N_("Ask"),
    "used": N_("used"),
    "today": N_("today"),
    "approval": N_("Say that this still needs approval"),
    "make": N_("Offer this"),
    "office": N_("Ask head office"),
    "agreed": N_("What would be signed now"),
    "take_over": N_("Take it into my offer"),
    "sign": N_("Sign"),
    "leave": N_("Get up"),
    "leave_sure": N_("Get up without a deal? The month is over for this play then."),
    "leave_now": N_("Yes, get up"),
    "back": N_("Stay at the table"),
    "another": N_("Another distributor"),
    "same": N_("The same one again"),
    "before_scores": N_("Before the scores"),
    "before_scores_help": N_("Three questions about this play, for you alone. You may leave them open."),
    "reveal": N_("Show how it stands"),
    "colleagues": N_("Watch the colleagues"),
}  # fmt: skip
"""What the page says by itself."""


def money(thousands: float) -> Message:
    """Return an amount as it is said, from thousands of RMB."""
    return message("RMB {n}", n=round(thousands * 1000))


def days(count: float) -> float:
    """Return days with at most two decimals."""
    return round(count, 2)


def distributor_name(table: Table, lang: str) -> Message | str:
    """Return what the distributor at the table is called."""
    name = table.parameters.table.name
    return name.in_(lang) if name else message("Distributor A")


def speaker(table: Table, who: str, words: Words) -> str:
    """Return the name of who speaks."""
    if who == "A":
        name = distributor_name(table, words.lang)
        return name if isinstance(name, str) else words.say(name)
    return words.translate(N_("You") if who == "you" else N_("Head office"))


def spoken(table: Table, line: Line, words: Words) -> dict[str, Any]:
    """Return a line of the talk."""
    return {
        "who": line.who,
        "name": speaker(table, line.who, words),
        "day": words.say(message("day {n}", n=days(line.day))),
        "text": words.say(line.text),
    }


def changed(table: Table, deal: Mapping[str, Option]) -> list[Message]:
    """Return the issues on which a package differs from today, with what it says there."""
    today = table.parameters.status_quo.deal
    return [
        message("{issue}: {option}",
                issue=table.names.issue(name), option=table.names.option(name, deal[name]))
        for name in ISSUES if deal[name] != today[name]
    ] or [message("all as it is today")]  # fmt: skip


def ended(table: Table) -> Message | None:
    """Return how a talk ended, None while it goes on."""
    match table.status:
        case "signed":
            return message("Signed on day {day}.", day=days(table.day))
        case "left":
            return message("You got up on day {day}; nothing was signed.", day=days(table.day))
        case "over":
            return message("The month is over; nothing was signed.")
        case _:
            return None


def named_play(number: int, table: Table) -> Message:
    """Return what a play is called in a list: how it ended, or where it stands."""
    match table.status:
        case "signed":
            return message("Play {n}, signed on day {day}", n=number, day=days(table.day))
        case "left" | "over":
            return message("Play {n}, without a deal", n=number)
        case _:
            return message("Play {n}, day {day}", n=number, day=days(table.day))


def table_page(
    table: Table, draft: Mapping[str, Option], approval: bool, lang: str
) -> dict[str, Any]:
    """Return a table as the browser draws it: the talk, what can be said, the offer, the days.

    `draft` is the package being put together, `approval` whether it is to be called pending.
    What the distributor thinks is not in it.
    """
    words = table.words(lang)
    month = table.parameters.month_1.days
    over = ended(table)
    return {
        "lang": lang,
        "html_lang": HTML_LANG[lang],
        "words": {name: words.translate(text) for name, text in TABLE_WORDS.items()},
        "title": words.say(message("Opposite you: {name}", name=distributor_name(table, lang))),
        "note": words.say(
            message("Everything at this table is invented: the person, the money, the days.")
        ),
        "days": words.say(
            message("Day {day} of {month} · days left: {left}",
                    day=days(table.day), month=days(month), left=days(table.days_left))
        ),
        "passed": min(1.0, table.day / month),
        "open": table.status == "open",
        "ended": words.say(over) if over else "",
        "moves": len(table.moves),
        "lines": [spoken(table, line, words) for line in table.lines],
        "facts": list(_facts(table, words)),
        "sentences": list(_sentences(table, words)),
        "questions": [
            {"id": name, "text": words.translate(text), "used": name in table.seat.asked}
            for name, text in QUESTIONS.items()
        ],
        "issues": list(_issues(table, draft, words)),
        "approval": approval,
        "costs": _costs(table, draft, words),
        "beyond": _beyond(table, draft, words),
        "granted": [
            words.say(message("✓ Head office agreed: {issue}, {option}",
                              issue=table.names.issue(issue), option=table.names.option(issue, one)))
            for issue, one in table.granted
        ],
        "agreed": _agreed(table, words),
    }  # fmt: skip


def _facts(table: Table, words: Words) -> Iterator[dict[str, Any]]:
    evidence = table.parameters.evidence_by_id()
    used = {*table.shown}
    used |= {fact for name in table.shown if name in evidence for fact in evidence[name].facts}
    for fact in table.facts or ():
        yield {"id": fact.id, "text": fact.text.in_(words.lang), "used": fact.id in used}


def _sentences(table: Table, words: Words) -> Iterator[dict[str, Any]]:
    """Yield what can be said in a sentence; what can be refuted stands among the rest, unmarked."""
    known = [("show", "evidence", each) for each in table.parameters.evidence.list]
    loose = [("claim", "claim", each) for each in table.parameters.refutable.list]
    step = max(1, len(known) // max(1, len(loose)))
    mixed: list[tuple[str, str, Any]] = []
    for place, one in enumerate(known):
        mixed.append(one)
        if place % step == step - 1 and loose:
            mixed.append(loose.pop(0))
    for do, name, each in (*mixed, *loose):
        used = each.id in (table.shown if do == "show" else table.seat.claimed)
        yield {"id": each.id, "move": {"do": do, name: each.id}, "used": used,
               "text": each.text.in_(words.lang)}  # fmt: skip


def _issues(table: Table, draft: Mapping[str, Option], words: Words) -> Iterator[dict[str, Any]]:
    today = table.parameters.status_quo.deal
    for name in ISSUES:
        options = table.parameters.issues.options(name)
        yield {
            "id": name,
            "label": words.say(table.names.issue(name)),
            "options": [words.say(table.names.option(name, one)) for one in options],
            "today": options.index(today[name]),
            "chosen": options.index(draft[name]),
        }


def _costs(table: Table, draft: Mapping[str, Option], words: Words) -> list[dict[str, Any]]:
    """Return what the offer costs us and what a month of it is worth, row by row."""
    ours = table.parameters.company_value
    rebate = float(draft["rebate_per_unit"]) * float(draft["monthly_target"]) / 1000
    promotion = float(draft["joint_promotion_krmb"]) * ours.promotion_share
    people = float(draft["promoters"]) * ours.promoter_krmb
    rows = [
        (message("Rebates, if the target is sold"), rebate, False),
        (message("Joint promotion, our part"), promotion, False),
        (message("Promoters"), people, False),
        (message("Support in all, a month"), rebate + promotion + people, True),
        (message("What a month is worth to us"), table.worth_to_us(draft), True),
        (message("The same without a deal"), table.packages.no_deal, False),
    ]
    return [
        {"label": words.say(label), "value": words.say(money(value)), "strong": strong}
        for label, value, strong in rows
    ]


def _beyond(table: Table, draft: Mapping[str, Option], words: Words) -> dict[str, Any]:
    """Return what in the offer is beyond our authority; what head office refused, with that."""
    issues = table.needs_approval(draft)
    refused = [name for name in issues if (name, draft[name]) in table.seat.refused]
    office = table.parameters.table.head_office
    rows = []
    for name in issues:
        named = {"issue": table.names.issue(name), "option": table.names.option(name, draft[name])}
        told = (
            message("{issue}, {option}: refused by head office.", **named)
            if name in refused
            else message("{issue}, {option}: needs approval, an answer takes days: {days}.",
                         days=office[name].days, **named)
        )  # fmt: skip
        rows.append({"issue": name, "text": words.say(told)})
    wishes = {name: draft[name] for name in issues if name not in refused}
    return {"rows": rows, "wishes": wishes}


def _agreed(table: Table, words: Words) -> dict[str, Any] | None:
    deal = table.on_the_table
    if deal is None:
        return None
    beyond = table.needs_approval(deal)
    pending = message("This still needs approval: {issues}.",
                      issues=[table.names.issue(name) for name in beyond])  # fmt: skip
    return {
        "package": deal,
        "rows": [words.say(one) for one in changed(table, deal)],
        "worth": words.say(
            message("A month of it is worth {money} to us.", money=money(table.worth_to_us(deal)))
        ),
        "pending": words.say(pending) if beyond else "",
    }


def transcript_text(table: Table, lang: str) -> str:
    """Return a talk as lines of text."""
    words = table.words(lang)
    lines = (spoken(table, line, words) for line in table.lines)
    return "\n".join(f"{one['name']} ({one['day']}): {one['text']}" for one in lines)


def transcript_html(table: Table, title: str, lang: str) -> str:
    """Return a talk as HTML that needs no script, with a heading of its own."""
    words = table.words(lang)
    over = ended(table)
    said = "".join(
        f'<p style="margin:4px 0"><strong>{escape(one["name"])}</strong> '
        f'<small style="color:#52606d">{escape(one["day"])}</small><br>{escape(one["text"])}</p>'
        for one in (spoken(table, line, words) for line in table.lines)
    )
    end = f"<p><strong>{escape(words.say(over))}</strong></p>" if over else ""
    return f'<div class="kam-played"><p><strong>{escape(title)}</strong></p>{said}{end}</div>'
