"""What a place has of a case to negotiate: the simulated month, the point game, the known facts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from kamlib.case_facts import Facts
from kamlib.distributor import Packages
from kamlib.distributor_file import Option, Parameters
from kamlib.forms.place import NotHere, Place, damaged
from kamlib.haggling import Replay, Table, replay
from kamlib.negotiation import Game, GameError

SIMULATION, GAME, FACTS = "simulation.json", "game.json", "facts.yaml"
"""The files in a case's folder."""


@dataclass(frozen=True, eq=False)
class Case:
    """Everything that a play of a case is computed from."""

    parameters: Parameters
    packages: Packages
    sheet: dict[str, Any]
    """The point game as its file has it."""
    game: Game
    facts: Facts
    """Those that are known at the table."""

    def table(self, seed: int) -> Table:
        """Sit down with the distributor of a seed."""
        return Table(self.parameters, seed, self.game.sheets, self.facts, self.packages)

    def replay(self, log: object) -> Replay:
        """Play a log again."""
        return replay(self.parameters, log, self.game.sheets, self.facts)

    def game_for(self, deal: dict[str, Option]) -> Game:
        """Return the point game in which a package has its points.

        The simulated month has steps between those of the point sheet. Such a step gets the points
        between its two neighbours', in proportion.
        """
        issues = {name: dict(issue) for name, issue in self.sheet["issues"].items()}
        for name, option in deal.items():
            known = issues[name]["options"]
            if isinstance(option, str) or option in known or not known[0] < option < known[-1]:
                continue
            at = next(place for place, one in enumerate(known) if one > option)
            part = (option - known[at - 1]) / (known[at] - known[at - 1])
            for side in ("company", "distributor"):
                low, high = issues[name][side][at - 1 : at + 1]
                between = round(low + part * (high - low), 2)
                issues[name][side] = [*issues[name][side][:at], between, *issues[name][side][at:]]
            issues[name]["options"] = [*known[:at], option, *known[at:]]
        return Game.parse({**self.sheet, "issues": issues})


def read_case(place: Place, slug: str, case: str) -> Case:
    """Return a unit's case with the facts of its open stages.

    Raises `StillClosed` before its stage is open, `NotHere` where a file is missing or damaged.
    """
    simulation = place.case_file(slug, f"{case}/{SIMULATION}")
    sheet = place.case_file(slug, f"{case}/{GAME}")
    file = SIMULATION
    try:
        parameters = Parameters.model_validate_json(simulation)
        file = GAME
        data = json.loads(sheet)
        game = Game.parse(data)
        file = FACTS
        facts = _facts(place, slug, case)
    except (ValidationError, GameError, ValueError, TypeError, LookupError, yaml.YAMLError):
        raise damaged(f"{case}/{file}") from None
    return Case(parameters, Packages.of(parameters), data, game, facts)


def _facts(place: Place, slug: str, case: str) -> Facts:
    stages = place.stages(slug)
    known = stages.facts(case) if stages else []
    if not known:
        try:
            return Facts.model_validate(yaml.safe_load(place.case_file(slug, f"{case}/{FACTS}")))
        except NotHere:
            pass  # the sentences of the simulation can be said without the facts behind them
    # of a story a workbook keeps the facts alone
    story = {"en": case, "zh": case}
    return Facts.model_validate({"provenance": "given", "story": story, "facts": known})
