"""What a trainee sets on the funnel page: screening rules and hours, as kept data and as fields."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kamlib.platforms_file import ACTIVITIES, RISKS, SIZES, Activity, Portfolio
from kamlib.platforms_hours import ORDERS, Rules
from kamlib.words import N_, Message, Words, message

MOST = 999.0
"""No field holds more hours than this; whoever types more has mistyped."""

CHOICES: dict[str, tuple[str | float, ...]] = {
    "smallest": SIZES,
    "likelihood": (50, 70, 90),
    "warmth": (50, 70, 90),
    "risk": RISKS,
    "farthest": (0.5, 1.5, 3.0),
    "order": ORDERS,
}
"""The rules that are chosen from a list, with what can be chosen."""

SIZE_NAMES = {"small": N_("small"), "medium": N_("medium"), "large": N_("large")}
RISK_NAMES = {"low": N_("low"), "medium": N_("medium"), "high": N_("high")}
ACTIVITY_NAMES: dict[Activity, str] = {
    "research": N_("Market: find out and screen"),
    "develop": N_("Working: visits and proposals"),
    "keep": N_("Buying: prevent loss"),
    "grow": N_("Buying: keep and sell more"),
}
"""What the hours of a month go into, each with its platform."""

_LABELS = {
    "smallest": N_("Smallest size (margin a quarter)"),
    "likelihood": N_("Market: lowest likelihood"),
    "warmth": N_("Working: lowest warmth"),
    "risk": N_("Buying: lowest risk of loss"),
    "farthest": N_("Farthest way there"),
    "order": N_("Who comes first"),
}
_ORDERS = {
    "worth": N_("size times chance"),
    "size": N_("the largest"),
    "chance": N_("the best chance"),
    "near": N_("the nearest"),
}


class NoNumber(Exception):
    """A field holds what is no number of hours; carries the sentence that says so."""

    def __init__(self, what: Message) -> None:
        """Take the sentence."""
        super().__init__(what.text)
        self.message = what


def first_rules(portfolio: Portfolio) -> Rules:
    """Return what stands there at first: nobody screened out, a quarter of the hours each."""
    share = portfolio.parameters.month.hours / len(ACTIVITIES)
    return Rules(
        likelihood=50,
        warmth=50,
        farthest=3.0,
        hours=dict.fromkeys(ACTIVITIES, share),
        each=dict.fromkeys(ACTIVITIES, 0.0),
    )


def rules_data(rules: Rules) -> dict[str, Any]:
    """Return rules as they are kept."""
    return {
        **{name: getattr(rules, name) for name in CHOICES},
        "hours": {name: rules.hours.get(name, 0.0) for name in ACTIVITIES},
        "each": {name: rules.each.get(name, 0.0) for name in ACTIVITIES},
    }


def rules_of(kept: object, otherwise: Rules) -> Rules:
    """Return rules that were kept; what is none of ours is as in `otherwise`."""
    kept = kept if isinstance(kept, Mapping) else {}
    chosen: dict[str, Any] = {name: kept[name] for name, options in CHOICES.items() if _is_one(kept.get(name), options)}  # fmt: skip
    for name in ("hours", "each"):
        found = kept.get(name)
        found = found if isinstance(found, Mapping) else {}
        chosen[name] = {
            one: float(found[one]) if _is_amount(found.get(one)) else getattr(otherwise, name).get(one, 0.0)
            for one in ACTIVITIES
        }  # fmt: skip
    return replace(otherwise, **chosen)


def _is_one(value: object, options: tuple[str | float, ...]) -> bool:
    return not isinstance(value, bool) and value in options


def _is_amount(value: object) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST
    )  # never for nan


def changed_rules(rules: Rules, values: object) -> Rules:
    """Return rules with what a page says was set, by the ids of its fields.

    A choice comes as its place, an amount as it was typed. Raises `NoNumber` where that is no
    number of hours; what no field is called changes nothing.
    """
    kept = rules_data(rules)
    for name, value in (values if isinstance(values, Mapping) else {}).items():
        if name in CHOICES:
            if (
                isinstance(value, int)
                and not isinstance(value, bool)
                and 0 <= value < len(CHOICES[name])
            ):
                kept[name] = CHOICES[name][value]
        else:
            kind, _, activity = str(name).partition(".")
            if kind in ("hours", "each") and activity in ACTIVITIES:
                kept[kind][activity] = hours_typed(str(value))
    return rules_of(kept, rules)


def hours_typed(text: str) -> float:
    """Return the hours that somebody typed; nothing typed is none.

    >>> hours_typed("12"), hours_typed(" １２,5 "), hours_typed("")
    (12.0, 12.5, 0.0)
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", ".")
    try:
        found = float(plain or 0)
    except ValueError:
        found = math.nan
    if not 0 <= found <= MOST:
        raise NoNumber(
            message("“{text}” is no number of hours. Type one from 0 to {most}.", text=text.strip()[:40], most=MOST)
        )  # fmt: skip
    return round(found, 2)


def rule_fields(rules: Rules, portfolio: Portfolio, words: Words) -> list[dict[str, Any]]:
    """Return the rules to choose, as the browser draws them."""
    krmb = portfolio.parameters.krmb
    named = {
        "smallest": [
            message("{size}, RMB {n}", size=message(SIZE_NAMES[one]), n=round(1000 * krmb(one)))
            for one in SIZES
        ],
        "likelihood": [message("{n} %", n=one) for one in CHOICES["likelihood"]],
        "warmth": [message("{n} °C", n=one) for one in CHOICES["warmth"]],
        "risk": [message(RISK_NAMES[str(one)]) for one in CHOICES["risk"]],
        "farthest": [message("{n} hours' travel", n=one) for one in CHOICES["farthest"]],
        "order": [message(_ORDERS[str(one)]) for one in CHOICES["order"]],
    }  # fmt: skip
    return [
        {
            "id": name,
            "label": words.translate(_LABELS[name]),
            "options": [words.say(one) for one in named[name]],
            "chosen": options.index(getattr(rules, name)),
        }
        for name, options in CHOICES.items()
    ]


def hour_fields(rules: Rules, kind: str, words: Words) -> list[dict[str, Any]]:
    """Return the fields for the hours of the month, or with `each` for those of one customer."""
    amounts = rules.each if kind == "each" else rules.hours
    return [
        {
            "id": f"{kind}.{name}",
            "label": words.translate(label),
            "value": f"{amounts.get(name, 0.0):g}",  # as it would be typed
        }
        for name, label in ACTIVITY_NAMES.items()
    ]
