"""What a trainee sees when a talk is over: the record, the pictures, and the colleagues' months."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from kamlib.debriefing import OTHERS, DealView, Side, debrief
from kamlib.forms.negotiation_case import Case
from kamlib.forms.negotiation_view import changed, days, money
from kamlib.forms.panel import Cell
from kamlib.forms.panel import Table as Rows
from kamlib.haggling import Table
from kamlib.words import Message, Words, message

COLLEAGUES = (*OTHERS[:2], "old_ox", *OTHERS[2:])
"""Whose months stand beside one's own."""

NAMED = ("status_quo", "hard_line", "split_the_difference", "traded_package")
"""The deals of the point game that stand beside one's own, where its file has them."""


def debrief_questions(table: Table, lang: str) -> list[str]:
    """Return the three questions that a finished talk asks."""
    words = table.words(lang)
    return [words.say(one) for one in debrief(table, ()).questions]


def debrief_page(case: Case, table: Table, lang: str) -> dict[str, Any]:
    """Return what may be seen of a finished talk, as plain data with its pictures as HTML."""
    words = table.words(lang)
    seen = debrief(table, COLLEAGUES)
    evidence = table.parameters.evidence_by_id()
    unused = [evidence[name].text.in_(lang) for name in seen.unused]
    return {
        "deal": [words.say(one) for one in _deal(table, seen.deal, seen.no_deal)],
        "pictures": _pictures(case, table, lang),
        "unused_title": words.say(message("What you did not say, what would have moved A most first")),
        "unused": unused,
        "all_used": "" if unused else words.say(message("You said everything that could be said.")),
        "sides_title": words.say(message("The same distributor, with others at your place")),
        "sides": asdict(_sides(table, seen.sides, words)),
        "careful": words.say(message(
            "One play is one draw and says little about you. Packages make the gain; facts save days "
            "and concessions."
        )),
    }  # fmt: skip


def _deal(table: Table, deal: DealView | None, no_deal: tuple[float, float]) -> list[Message]:
    ours, theirs = no_deal
    without = message("Without a deal a month is worth {ours} to us and {theirs} to A.",
                      ours=money(ours), theirs=money(theirs))  # fmt: skip
    if deal is None:
        return [message("Nothing was signed."), without]
    found = [
        message("Signed: {package}.", package=changed(table, deal.package)),
        message("A month of it is worth {ours} to us and {theirs} to A.",
                ours=money(deal.company), theirs=money(deal.distributor)),
        without,
        message("Sold a month: {n} units.", n=round(deal.sold)),
    ]  # fmt: skip
    if deal.stuck > 0.5:
        found.append(message("Of the target {n} units stay in A's warehouse; they cost you both.",
                             n=round(deal.stuck)))  # fmt: skip
    found.append(
        message("Of the way to the best within your authority you went {n} per cent.",
                n=round(100 * deal.efficiency))
    )  # fmt: skip
    if deal.our_share is not None:
        found.append(message("Of what you both gained, your company has {n} per cent.",
                             n=round(100 * deal.our_share)))  # fmt: skip
    return found


def _sides(table: Table, sides: tuple[Side, ...], words: Words) -> Rows:
    rows = []
    for side in sides:
        package, when = message("nothing signed"), "–"
        if side.package is not None:
            package = message("{n}", n=changed(table, side.package))
            when = words.say(message("{n}", n=days(side.day)))
        rows.append(
            [
                Cell(words.say(side.name)),
                Cell(words.say(package)),
                Cell(when, number=True),
                Cell(words.say(message("{n}", n=round(side.sold))), number=True),
                Cell(words.say(money(side.company)), number=True),
                Cell(words.say(money(side.distributor)), number=True),
            ]
        )
    heads = (
        message("Who"), message("What was signed"), message("Day"),
        message("Sold this month"), message("Worth to us"), message("Worth to A"),
    )  # fmt: skip
    return Rows([words.say(head) for head in heads], rows)


def _pictures(case: Case, table: Table, lang: str) -> list[dict[str, str]]:
    from kamlib import negotiation_plots, plots  # a second, which nobody waits for at the table

    words = table.words(lang)
    seen = debrief(table, ())
    between = ""
    played = table.signed
    game = case.game if played is None else case.game_for(played)
    if game.sheets != case.game.sheets:
        between = words.say(
            message("Your target lies between two steps of the point sheet; so do its points.")
        )
    with plots.style(lang):
        named = [name for name in NAMED if name in game.sheets.deals]
        frontier = negotiation_plots.frontier_plot(
            game, words, played=played, named=named, beyond=True
        )
        belief = negotiation_plots.belief_plot(seen.path, seen.names, words)
        points = message("Where your deal lies, in points")
        if played is None:
            points = message("Where deals lie, in points")
        return [
            {"title": words.say(title), "note": note, "html": plots.svg(one.figure, one.alt, name)}
            for title, note, one, name in (
                (points, between, frontier, "kam-frontier"),
                (message("What A believed, and how far it trusted you"), "", belief, "kam-belief"),
            )
        ]
