"""How a point game is written in a file: issues with both sides' points, limits, named deals."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite, prod
from numbers import Integral, Rational, Real
from pathlib import Path
from typing import Any

from kamlib.words import LANGUAGES, Message, Words, message

Option = str | int | float
"""What can be agreed on one issue, as the file writes it: 2400, "3d"."""

SIDES = ("company", "distributor")
"""The two sides, always in this order."""

MOST_PACKAGES = 2**62
"""More combinations than this are not counted."""


class GameError(ValueError):
    """A game, or a deal in it, cannot be used; carries a sentence that says what is wrong."""

    def __init__(self, what: Message) -> None:
        """Take the sentence."""
        super().__init__(Words("en").say(what))
        self.message = what


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to agree on, with what each option is worth to both sides."""

    name: str
    options: tuple[Option, ...]
    company: tuple[Fraction, ...]
    """Our points, one for each option."""
    distributor: tuple[Fraction, ...]
    """The distributor's points, one for each option."""

    def place(self, option: object) -> int | None:
        """Return where an option stands among the options, None where it does not.

        >>> half = Fraction(1, 2)
        >>> issue = Issue("minimum_order", (10, 5), (half, half), (half, half))
        >>> issue.place(5), issue.place(5.0), issue.place("5")
        (1, 1, None)
        """
        if isinstance(option, bool):
            return None
        return next((place for place, one in enumerate(self.options) if one == option), None)


@dataclass(frozen=True, slots=True)
class Sheets:
    """What a game's file says."""

    issues: tuple[Issue, ...]
    company: Fraction
    """Below this we had rather have no deal."""
    distributor: Fraction
    """Below this the distributor had rather have no deal."""
    claims: Fraction | None = None
    """What the distributor says its limit is, where it says so."""
    authority: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """For an issue where head office sets a limit: the places of the options we may promise."""
    limits: Mapping[str, Option] = field(default_factory=dict)
    """For such an issue: the last option that we may promise."""
    deals: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Deals with a name, each as the place of its option on every issue."""
    words: Mapping[str, Any] = field(default_factory=dict)
    """How issues, options and named deals are called, in both languages."""

    def issue(self, name: str) -> Message:
        """Return how an issue is called, its name with spaces where the file says nothing."""
        called = self.words.get("issues", {}).get(name, {}).get("en")
        return Message(called or name.replace("_", " "))

    def option(self, name: str, option: Option) -> Message:
        """Return how an option of an issue is called, with its unit."""
        words = self.words.get("issues", {}).get(name, {})
        called = words.get("options", {}).get(str(option), {}).get("en")
        unit = words.get("unit", {}).get("en")
        if called:
            return Message(called)
        if unit:
            return message("{n} {unit}", n=option, unit=Message(unit))
        return message("{n}", n=option)

    def deal(self, name: str) -> Message:
        """Return how a named deal is called, its name with spaces where the file says nothing."""
        called = self.words.get("deals", {}).get(name, {}).get("en")
        return Message(called or name.replace("_", " "))

    def texts(self, lang: str) -> dict[str, str]:
        """Return the file's own words in a language, by their English: what `Words` takes."""
        return {pair["en"]: pair[lang] for pair in _pairs(self.words) if lang in pair}


def read(path: Path) -> Sheets:
    """Read a game's file.

    Raises `GameError` where it is missing, damaged or does not add up.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError:
        raise GameError(
            message("The game {file} cannot be read: is it there?", file=path.name)
        ) from None
    except UnicodeDecodeError:
        raise GameError(message("The game {file} is not text (UTF-8).", file=path.name)) from None
    try:
        data = json.loads(text, parse_constant=_no_number, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise GameError(
            message("The game {file} is damaged in line {line}.", file=path.name, line=error.lineno)
        ) from None
    except GameError:
        raise
    except ValueError:  # Python reads no whole number of more than some thousand digits
        raise GameError(
            message("The game {file} holds a number that is too long.", file=path.name)
        ) from None
    except RecursionError:
        raise GameError(
            message("The game {file} is damaged: too many brackets within brackets.",
                    file=path.name)
        ) from None  # fmt: skip
    return parse(data)


def parse(data: object) -> Sheets:
    """Read a game from what its file holds: the issues, both reservations and, optional, the rest.

    Raises `GameError` where it does not add up.

    >>> game = parse({
    ...     "reservation": {"company": 1, "distributor": 0.5},
    ...     "issues": {"price": {"options": [1, 2], "company": [0, 3], "distributor": [2, 0]}},
    ... })
    >>> game.issues[0].options, game.distributor
    ((1, 2), Fraction(1, 2))
    """
    whole = _record(data, message("the game"))
    issues = tuple(
        _issue(name, _record(said, message("issue {issue}", issue=name)))
        for name, said in _part(whole, "issues").items()
    )
    if not issues:
        raise GameError(message("The game has no issue to agree on; add one under “issues”."))
    if prod(len(issue.options) for issue in issues) > MOST_PACKAGES:
        raise GameError(
            message("The game has more packages than can be counted; leave issues out.")
        )
    by_name = {issue.name: issue for issue in issues}
    reservation = _part(whole, "reservation")
    for side in SIDES:
        if side not in reservation:
            raise GameError(
                message("The game does not say below what “{side}” walks away; add it under "
                        "“reservation”.", side=side)
            )  # fmt: skip
    where = message("the reservations")
    claims = reservation.get("distributor_claims")
    authority, limits = _authority(_part(whole, "authority"), by_name)
    sheets = Sheets(
        issues,
        _points(reservation["company"], where),
        _points(reservation["distributor"], where),
        None if claims is None else _points(claims, where),
        authority,
        limits,
        words=_words(_part(whole, "words")),
    )
    deals = {
        name: places(sheets, deal, message("the deal “{name}”", name=name))
        for name, deal in _part(whole, "named_deals").items()
    }
    return Sheets(
        issues, sheets.company, sheets.distributor, sheets.claims,
        authority, limits, deals, sheets.words,
    )  # fmt: skip


def places(sheets: Sheets, deal: object, where: Message | None = None) -> tuple[int, ...]:
    """Return the place of a deal's option on every issue.

    A deal lists its options in the order of the issues, or gives them by the issue's name.
    Raises `GameError` where an issue is missing or unknown, or an option is none of the issue's.

    >>> game = parse({
    ...     "reservation": {"company": 1, "distributor": 0.5},
    ...     "issues": {"price": {"options": [1, 2], "company": [0, 3], "distributor": [2, 0]}},
    ... })
    >>> places(game, [2]), places(game, {"price": 1})
    ((1,), (0,))
    """
    where = where or message("the deal")
    names = [issue.name for issue in sheets.issues]
    if isinstance(deal, Mapping):
        strange = [str(name)[:60] for name in deal if name not in names]
        missing = [name for name in names if name not in deal]
        if strange:
            raise GameError(
                message("In {where} there is no issue {names}; the issues are {known}.",
                        where=where, names=strange, known=names)
            )  # fmt: skip
        if missing:
            raise GameError(
                message("In {where} nothing is agreed on {names}.", where=where, names=missing)
            )
        chosen = [deal[name] for name in names]
    elif isinstance(deal, Sequence) and not isinstance(deal, str):
        chosen = list(deal)
        if len(chosen) != len(names):
            raise GameError(
                message("In {where} each of the {total} issues needs one option; options found: {n}.",
                        where=where, n=len(chosen), total=len(names))
            )  # fmt: skip
    else:
        raise GameError(
            message("{where} is not a list of options, one for each issue.", where=where)
        )
    found = []
    for issue, option in zip(sheets.issues, chosen, strict=True):
        place = issue.place(option)
        if place is None:
            raise GameError(
                message("In {where}, “{option}” is no option of {issue}; the options are {known}.",
                        where=where, option=str(option)[:60], issue=issue.name,
                        known=list(issue.options))
            )  # fmt: skip
        found.append(place)
    return tuple(found)


def _no_number(text: str) -> float:
    raise GameError(message("The game holds {text}, which is no number.", text=text))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a record of its pairs; a second issue of the same name would hide the first."""
    record = dict(pairs)
    for name in record:
        if sum(name == one for one, _ in pairs) > 1:
            raise GameError(
                message("In the game “{name}” stands twice; take one out.", name=name[:60])
            )
    return record


def _record(data: object, where: Message) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise GameError(message("{where}: a list of names with what belongs to each is needed.",
                                where=where))  # fmt: skip
    return data


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return one part of the game, empty where it is left out."""
    part = whole.get(name)
    return {} if part is None else _record(part, message("“{name}” in the game", name=name))


def _list(said: Mapping[str, Any], name: str, issue: str) -> list[Any]:
    part = said.get(name)
    if isinstance(part, Sequence) and not isinstance(part, str) and len(part):
        return list(part)
    raise GameError(
        message("Issue {issue}: “{name}” is missing or is not a list.", issue=issue, name=name)
    )


def _issue(name: str, said: Mapping[str, Any]) -> Issue:
    options = tuple(_option(option, name) for option in _list(said, "options", name))
    twice = [option for place, option in enumerate(options) if option in options[:place]]
    if twice:
        raise GameError(
            message("Issue {issue}: the option {option} stands twice.", issue=name, option=twice[0])
        )
    where = message("issue {issue}", issue=name)
    points = []
    for side in SIDES:
        listed = _list(said, side, name)
        if len(listed) != len(options):
            raise GameError(
                message("Issue {issue}: options: {n}, points under “{side}”: {points}; "
                        "each option needs its points.",
                        issue=name, n=len(options), points=len(listed), side=side)
            )  # fmt: skip
        points.append(tuple(_points(one, where) for one in listed))
    return Issue(name, options, *points)


def _option(option: object, issue: str) -> Option:
    if isinstance(option, Real) and not isinstance(option, bool):
        return int(option) if isinstance(option, Integral) else float(option)
    if isinstance(option, str):
        return option
    raise GameError(
        message("Issue {issue}: “{option}” is neither a number nor a word.",
                issue=issue, option=str(option)[:60])
    )  # fmt: skip


def _points(value: object, where: Message) -> Fraction:
    """Return points as an exact number, as they are written in decimals."""
    if isinstance(value, Rational) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, Real) and not isinstance(value, bool) and isfinite(value):
        # as it is written, not as a float holds it, so that 0.1 + 0.2 is 0.3
        return Fraction(repr(float(value)))
    raise GameError(
        message("{where}: “{value}” is not a number of points.", where=where, value=str(value)[:60])
    )


def _authority(
    said: Mapping[str, Any], issues: Mapping[str, Issue]
) -> tuple[dict[str, tuple[int, ...]], dict[str, Option]]:
    """Return for each limited issue the places of the options within it, and the last of them."""
    allowed: dict[str, tuple[int, ...]] = {}
    limits: dict[str, Option] = {}
    for name, limit in said.items():
        if name not in issues:
            raise GameError(
                message("There is a limit of authority on {issue}, which is no issue; the issues "
                        "are {known}.", issue=name[:60], known=list(issues))
            )  # fmt: skip
        options = issues[name].options
        if isinstance(limit, (int, float)) and not isinstance(limit, bool):
            within = tuple(
                place
                for place, option in enumerate(options)
                if not isinstance(option, str) and option <= limit
            )
        elif isinstance(limit, Sequence) and not isinstance(limit, str):
            listed = [issues[name].place(option) for option in limit]
            within = tuple(sorted({place for place in listed if place is not None}))
            if None in listed:
                within = ()
        else:
            within = ()
        if not within:
            raise GameError(
                message("The limit of authority on {issue} fits none of its options: give the "
                        "highest number we may promise, or a list of options we may promise.",
                        issue=name)
            )  # fmt: skip
        allowed[name] = within
        # numbers may stand in any order, words stand as the file lists them
        limits[name] = max((options[place] for place in within), key=_rank(options))
    return allowed, limits


def _rank(options: tuple[Option, ...]) -> Any:
    if any(isinstance(option, str) for option in options):
        return options.index
    return float


def _words(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the words after a look that each has both languages."""
    for pair in _pairs(said):
        if not all(isinstance(pair.get(lang), str) and pair[lang] for lang in LANGUAGES):
            raise GameError(
                message("In the words of the game, “{text}” is not there in every language.",
                        text=str(next(iter(pair.values()), ""))[:60])
            )  # fmt: skip
    return said


def _pairs(said: Any) -> Iterator[Mapping[str, str]]:
    """Yield every record that holds a text by language."""
    if isinstance(said, Mapping):
        if any(lang in said for lang in LANGUAGES):
            yield said
        for name, part in said.items():
            if name not in LANGUAGES:
                yield from _pairs(part)
