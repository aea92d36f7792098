"""The funnel as a page: rules that a trainee sets, every try kept, and what came of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kamlib.case_facts import CaseError
from kamlib.forms.activity import acknowledged
from kamlib.forms.funnel_outcome import (
    Run,
    money,
    outcome_html,
    outcome_page,
    outcome_pictures,
    outcome_text,
    ready_to_draw,
)
from kamlib.forms.funnel_rules import changed_rules, first_rules, rules_data, rules_of
from kamlib.forms.funnel_view import funnel_page
from kamlib.forms.place import Place, damaged
from kamlib.forms.plays import Play, Plays, Settings, plays_of
from kamlib.forms.start_view import HTML_LANG
from kamlib.platforms import SEED, Allocation, PlatformError
from kamlib.platforms_file import PARAMETERS, PORTFOLIO, Portfolio, parse
from kamlib.platforms_hours import Rules, allocate, best, even
from kamlib.words import Message, Words, message

SCRIPT, STYLE = "funnel.js", "funnel.css"
TRIES_FIRST = 3
"""After so many tries the best month is shown unasked."""


@dataclass(frozen=True, eq=False)
class Try:
    """One quarter that was run."""

    play: Play
    run: Run

    @property
    def year(self) -> int:
        """The number of the year's luck, as trainees count it."""
        return _year(self.play.record)


def _year(record: Mapping[str, Any]) -> int:
    year = record.get("year")
    return year if isinstance(year, int) and not isinstance(year, bool) and year > 0 else 1


def _seed(record: Mapping[str, Any]) -> int:
    seed = record.get("seed")
    fits = isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed < 2**31
    return (
        int(str(seed)) if fits else SEED
    )  # the same first year for everybody, so that a room can compare


class FunnelDesk:
    """A trainee's end of the funnel page; takes the page's messages and answers each.

    A try is kept before it is shown, as its rules and its luck; what came of it follows from these.
    """

    def __init__(
        self,
        place: Place,
        portfolio: Portfolio,
        plays: Plays,
        settings: Settings,
        seed: Callable[[], int] = lambda: secrets.randbelow(2**31),
    ) -> None:
        """Take the place, the portfolio, and where tries and settings are kept; `seed` draws luck."""
        self.place, self.portfolio = place, portfolio
        self._plays, self._settings, self._draw = plays, settings, seed
        self._shown: dict[int, dict[str, Any]] = {}
        self._runs: dict[tuple[str, int], Run] = {}
        self._at = max(plays.all(), default=0)

    @cached_property
    def _best(self) -> Allocation:
        return best(self.portfolio)

    # What is shown ---------------------------------------------------------------------------

    def page(self) -> dict[str, Any]:
        """Return what is set, and what came of the try that is looked at, in words."""
        lang, words = self.place.lang, Words(self.place.lang)
        settings = self._settings.record
        rules = self._rules(settings)
        try:
            allocation, over = allocate(self.portfolio, rules), ""
        except PlatformError as refused:
            allocation, over = None, words.say(refused.message)
        kept = self._plays.all()
        looked = kept.get(self._at)
        problem = words.say(self._plays.notice) if self._plays.notice else ""
        outcome = None
        if looked:
            try:
                outcome = self._outcome(kept, settings)
            except PlatformError as impossible:  # a record that no page of ours has written
                problem = words.say(impossible.message)
        return {
            "lang": lang,
            "html_lang": HTML_LANG[lang],
            **funnel_page(self.portfolio, rules, allocation, lang),
            "refused": over,
            "year": words.say(message("Every try has the luck of year {n}, so that only your hours differ.", n=_year(settings))),
            "play": self._at,
            "plays": [{"number": one.number, "label": words.say(_named(one))} for one in kept.values()],
            "same": looked is not None and rules_data(rules) == rules_data(self._rules(looked.record)),
            "problem": problem,
            "outcome": outcome,
        }  # fmt: skip

    def neutral(self) -> tuple[str, str] | None:
        """Return what came of the last try as text and as HTML, None where nothing was run."""
        kept = self._plays.all()
        if self._at not in kept:
            return None
        title = Words(self.place.lang).say(_named(kept[self._at]))
        try:
            shown = self._outcome(kept, self._settings.record)
        except PlatformError:
            return None
        return outcome_text(title, shown), outcome_html(title, shown)

    def _outcome(self, kept: Mapping[int, Play], settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return what came of the try that is looked at."""
        with_best = settings.get("best") is True or len(kept) >= TRIES_FIRST
        number = self._at
        if self._shown.get(number, {}).get("with_best") is not with_best:
            seed = _seed(kept[number].record)
            own = self._run(kept[number], seed)
            words = Words(self.place.lang)
            self._shown[number] = {
                "with_best": with_best,
                "title": words.say(
                    message("Try {n}, with the luck of year {year}", n=number, year=_year(kept[number].record))
                ),
                **outcome_page(
                    own,
                    # beside it with this year's luck, whatever it had then
                    self._before(kept, seed),
                    self._played(even(self.portfolio), seed),
                    self._played(self._best, seed) if with_best else None,
                    self.place.lang,
                ),
                "pictures": outcome_pictures(own, self.place.lang),
            }  # fmt: skip
        return self._shown[number]

    def _before(self, kept: Mapping[int, Play], seed: int) -> Run | None:
        """Return the try before the one looked at, with another luck; None where there is none."""
        number = max((one for one in kept if one < self._at), default=None)
        try:
            return None if number is None else self._run(kept[number], seed)
        except PlatformError:
            return None

    def _run(self, play: Play, seed: int) -> Run:
        return self._played(allocate(self.portfolio, self._rules(play.record)), seed)

    def _played(self, allocation: Allocation, seed: int) -> Run:
        which = (repr(allocation.hours), seed)
        if which not in self._runs:
            self._runs[which] = Run(self.portfolio, allocation, seed)
        return self._runs[which]

    # What is done ----------------------------------------------------------------------------

    def answer(self, asked: object) -> dict[str, Any]:
        """Do what the page asked and return the reply; never raises."""
        return acknowledged(
            asked,
            {
                "look": lambda _: ready_to_draw(),
                "set": self._set_rules,
                "run": self._begin,
                "luck": self._other_luck,
                "best": self._look_at_best,
                "choose": self._choose,
                "take": self._take,
            },
            self.page,
            Words(self.place.lang),
        )

    def _set_rules(self, asked: Mapping[str, Any]) -> None:
        self._change(asked)

    def _change(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        rules = changed_rules(self._rules(self._settings.record), asked.get("values"))
        return self._settings.set(rules=rules_data(rules))

    def _begin(self, asked: Mapping[str, Any]) -> None:
        self._try(self._change(asked))

    def _other_luck(self, asked: Mapping[str, Any]) -> None:
        settings = self._change(asked)
        allocate(self.portfolio, self._rules(settings))  # refused before the year is over
        year = max(map(_year, (settings, *(one.record for one in self._plays.all().values()))))
        self._try(self._settings.set(seed=self._draw(), year=year + 1))

    def _try(self, settings: Mapping[str, Any]) -> None:
        """Run what is set, and keep it as a try."""
        rules = self._rules(settings)
        run = self._played(allocate(self.portfolio, rules), _seed(settings))
        self._at = self._plays.add(
            {
                "rules": rules_data(rules),
                "seed": run.seed,
                "year": _year(settings),
                "value": round(run.outcomes.value.mean, 3),
            }
        ).number

    def _look_at_best(self, asked: Mapping[str, Any]) -> None:
        self._settings.set(best=True)

    def _choose(self, asked: Mapping[str, Any]) -> None:
        if asked.get("to") in self._plays.all():
            self._at = int(asked["to"])

    def _take(self, asked: Mapping[str, Any]) -> None:
        found = self._plays.all().get(self._at)
        if found is not None:
            self._settings.set(rules=rules_data(self._rules(found.record)))

    # What is kept ----------------------------------------------------------------------------

    def _rules(self, record: Mapping[str, Any]) -> Rules:
        return rules_of(record.get("rules"), first_rules(self.portfolio))


def _named(play: Play) -> Message:
    """Return what a try is called in a list: its number, and what came of it."""
    value = play.record.get("value")
    if isinstance(value, int | float):
        return message("Try {n}, year {year}: {value}", n=play.number, year=_year(play.record), value=money(value))  # fmt: skip
    return message("Try {n}, year {year}", n=play.number, year=_year(play.record))


def desk(place: Place, slug: str, case: str) -> FunnelDesk:
    """Return the funnel of a unit's case; raises `StillClosed` or `NotHere` where there is none."""
    texts = [place.case_file(slug, f"{case}/{name}") for name in (PORTFOLIO, PARAMETERS)]
    try:
        portfolio = parse(*texts)
    except CaseError as error:
        file = dict(error.problems[0].values).get("file", PORTFOLIO)
        raise damaged(f"{case}/{file}") from None
    tries, settings = (plays_of(place, slug, f"funnel.{case}{of}") for of in ("", ".settings"))
    return FunnelDesk(place, portfolio, tries, Settings(settings))
