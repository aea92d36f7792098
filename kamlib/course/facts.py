"""The facts of a case as a page shows them: what is known from which stage on, and where from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from kamlib.course.syllabus import CourseError, mistake, read_yaml
from kamlib.words import LANGUAGES, N_, Message, message

FILE = "facts.yaml"
"""In the folder of a case."""

MEASURES: Mapping[str, str] = {
    "sell_in": N_("sell-in: what he buys from us"),
    "sell_through": N_("sell-through: what he sells on to shops"),
    "sell_out": N_("sell-out: what consumers buy"),
    "count": N_("a count"),
    "share": N_("a share"),
    "terms": N_("terms"),
    "text": "",
}
"""What a figure measures, in words; a text measures nothing."""


class CaseFact(BaseModel):
    """One fact of a case; what else its file says of it is left to those who reckon with it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    """As in `F11`."""
    stage: str
    text: dict[str, str]
    """By language."""
    measure: Literal["sell_in", "sell_through", "sell_out", "count", "share", "terms", "text"] = (
        "text"
    )
    provenance: Literal["given", "derived", "invented"] = "given"

    def said(self, lang: str) -> str:
        """Return the fact in a language."""
        return self.text.get(lang) or self.text[LANGUAGES[0]]


class Facts:
    """The facts of one case, by stage."""

    def __init__(self, records: Mapping[str, Mapping[str, Any]], facts: tuple[CaseFact, ...]):
        """Take the facts as their file has them, by id, and as a page shows them."""
        self.records = records
        self.all = facts

    def of(self, stage: str) -> tuple[CaseFact, ...]:
        """Return the facts that become known at a stage, in the order of their file."""
        return tuple(fact for fact in self.all if fact.stage == stage)

    def as_written(self, stage: str) -> list[Mapping[str, Any]]:
        """Return these facts as their file has them, for those who reckon with them."""
        return [self.records[fact.id] for fact in self.of(stage)]


def read_facts(folder: Path) -> Facts:
    """Read the facts of a case, or raise `CourseError` with every mistake found.

    The file has the list under `facts`, and under `provenance` where those come from that do not
    say it themselves.
    """
    path = folder / FILE
    found = read_yaml(path)
    entries = found.get("facts") if isinstance(found, dict) else None
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise CourseError(
            message("{file} has a list of facts under “facts”, each with id, stage and text.",
                    file=path.name)
        )  # fmt: skip
    general = {"provenance": found["provenance"]} if "provenance" in found else {}
    facts: list[CaseFact] = []
    problems: list[Message] = []
    for one in entries:
        try:
            fact = CaseFact.model_validate(general | one)
        except ValidationError as error:
            problems.append(mistake(f"{path.name}, {one.get('id')}", error))
            continue
        problems += [
            message("{file}: the text of {fact} is missing in “{lang}”.",
                    file=path.name, fact=fact.id, lang=lang)
            for lang in LANGUAGES if not fact.text.get(lang)
        ]  # fmt: skip
        if any(fact.id == other.id for other in facts):
            problems.append(
                message("{file}: {fact} stands there twice.", file=path.name, fact=fact.id)
            )
        facts.append(fact)
    if problems:
        raise CourseError(*problems)
    return Facts({fact.id: one for fact, one in zip(facts, entries, strict=True)}, tuple(facts))
