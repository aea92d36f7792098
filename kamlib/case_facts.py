"""What a case gives, fact by fact, and the stage at which each becomes known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kamlib import unique_yaml
from kamlib.words import LANGUAGES, N_, Message, Words, message

Measure = Literal["sell_in", "sell_through", "sell_out", "count", "share", "terms", "text"]
Disclosure = Literal["ours", "public", "A", "B_confidential"]
Provenance = Literal["given", "derived", "invented"]

MEASURES: Mapping[Measure, str] = {
    "sell_in": N_("sell-in: what he buys from us"),
    "sell_through": N_("sell-through: what he sells on to shops"),
    "sell_out": N_("sell-out: what consumers buy"),
    "count": N_("a count"),
    "share": N_("a share"),
    "terms": N_("terms"),
    "text": "",
}
"""What a fact's figures measure, in words; a text measures nothing."""

UNITS: Mapping[str, str] = {
    "text": "",
    "rmb": N_("RMB"),
    "percent": N_("%"),
    "percent/month": N_("% a month"),
    "ratio": N_("times"),
    "days": N_("days"),
    "times/week": N_("times a week"),
    "units": N_("units"),
    "units/day": N_("units a day"),
    "units/month": N_("units a month"),
    "units/person/day": N_("units a day per salesperson"),
    "units/person/month": N_("units a month per salesperson"),
    "units/branch/day": N_("units a day per branch"),
    "units/store/day": N_("units a day per store"),
    "units/store/month": N_("units a month per store"),
    "markets": N_("markets"),
    "models": N_("models"),
    "branches": N_("branches"),
    "people": N_("salespeople"),
    "people/branch": N_("salespeople per branch"),
    "stores": N_("stores"),
    "stores/month": N_("stores a month"),
    "stores/person": N_("stores per salesperson"),
    "stores/branch": N_("stores per branch"),
    "visits/month": N_("visits a month"),
    "retailers": N_("retailers"),
    "wholesalers": N_("wholesalers"),
}
"""Each unit's key with its words."""


class CaseError(Exception):
    """A file of a case is not as it has to be; carries plain sentences for its author."""

    def __init__(self, *problems: Message) -> None:
        """Take one message for each problem."""
        super().__init__(*map(Words("en").say, problems))
        self.problems = problems


class Record(BaseModel):
    """A part of a case: it never changes, and nothing that it does not know may stand in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Record):
    """One text in both languages."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    def in_(self, lang: str) -> str:
        """Return the text in `lang`, English where there is no other.

        >>> Bilingual(en="stock", zh="库存").in_("zh")
        '库存'
        """
        return self.zh if lang == "zh" else self.en


class Value(Record):
    """One number or word of a fact."""

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    """What formulas call it."""
    value: float | str
    unit: str
    """A key of `UNITS`."""

    @model_validator(mode="after")
    def _is_known(self) -> Value:
        if self.unit not in UNITS:
            raise ValueError(f"no such unit: {self.unit}")
        if isinstance(self.value, str) != (self.unit == "text"):
            raise ValueError(f"{self.name} is a word or a number, not both")
        return self


class Fact(Record):
    """Something that the case gives."""

    id: str = Field(pattern=r"^F\d\d$")
    stage: str = Field(pattern=r"^S\d$")
    """When it becomes known: S0 is the opening."""
    measure: Measure
    disclosure: Disclosure
    """Whose it is: `B_confidential` is not for A's ears."""
    values: tuple[Value, ...] = ()
    text: Bilingual


class Facts(Record):
    """The facts of a case, or those of its first stages."""

    provenance: Provenance
    """Whether the case's source gives them, or the workbook invented them."""
    story: Bilingual
    facts: tuple[Fact, ...]

    @model_validator(mode="after")
    def _is_consistent(self) -> Facts:
        ids = Counter(fact.id for fact in self.facts)
        names = Counter(value.name for fact in self.facts for value in fact.values)
        if twice := [name for counts in (ids, names) for name, n in counts.items() if n > 1]:
            raise ValueError(f"given twice: {', '.join(twice)}")
        return self

    def up_to(self, stage: str) -> Facts:
        """Return what is known at a stage: its own facts and those of all before it.

        >>> case = load_facts(CASE)
        >>> [fact.id for fact in case.up_to("S1")][-2:], len(case.up_to("S5"))
        (['F07', 'F08'], 21)
        """
        return self._where(lambda fact: fact.stage <= stage)

    def at(self, stage: str) -> Facts:
        """Return only what becomes known at a stage.

        >>> [fact.id for fact in load_facts(CASE).at("S4")]
        ['F15', 'F16']
        """
        return self._where(lambda fact: fact.stage == stage)

    def joined(self, later: Facts) -> Facts:
        """Return these facts and those of a stage that has just been opened, in order of id.

        >>> case = load_facts(CASE)
        >>> case.up_to("S3").joined(case.at("S4")) == case.up_to("S4")
        True
        """
        both = {fact.id: fact for fact in (*self, *later)}
        return self.model_copy(update={"facts": tuple(both[name] for name in sorted(both))})

    def _where(self, wanted: Callable[[Fact], bool]) -> Facts:
        return self.model_copy(update={"facts": tuple(fact for fact in self if wanted(fact))})

    def __iter__(self) -> Iterator[Fact]:  # type: ignore[override]  # facts, not field names
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)

    def __contains__(self, fact: object) -> bool:
        return any(there.id == fact for there in self.facts)

    def __getitem__(self, fact: str) -> Fact:
        """Return one fact by its id; raises KeyError where it is not known yet, or at all."""
        for there in self.facts:
            if there.id == fact:
                return there
        raise KeyError(fact)

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages that these facts come from, in order."""
        return tuple(sorted({fact.stage for fact in self.facts}))

    @property
    def numbers(self) -> dict[str, float]:
        """Every number of the facts by the name that formulas know it by.

        >>> load_facts(CASE).numbers["stA"]
        835.0
        """
        return {
            value.name: value.value
            for fact in self.facts
            for value in fact.values
            if not isinstance(value.value, str)
        }

    @property
    def words(self) -> dict[str, str]:
        """Every value that is a word, such as the model's name, by its name."""
        return {
            value.name: value.value
            for fact in self.facts
            for value in fact.values
            if isinstance(value.value, str)
        }

    @property
    def source(self) -> dict[str, Fact]:
        """The fact that each named value comes from."""
        return {value.name: fact for fact in self.facts for value in fact.values}


CASE = Path(__file__).parents[1] / "units" / "07_case1_negotiation" / "case"
"""The repository's own case; a trainee's machine has its facts elsewhere, stage by stage."""


FILE = "facts.yaml"
"""In the folder of a case."""


def load_facts(folder: Path) -> Facts:
    """Read `facts.yaml` in a case's folder.

    Raises `CaseError` with every mistake found where it is missing or not as it has to be.

    >>> load_facts(CASE)["F20"].disclosure
    'B_confidential'
    """
    path = folder / FILE
    data = _read_yaml(path)
    if slips := tuple(_slips(data)):
        raise CaseError(*slips)
    return _record(data, Facts, path)


def _slips(data: Any) -> Iterator[Message]:
    """Say what an author most easily forgets, by the fact and not by its place in the file."""
    entries = data.get("facts") if isinstance(data, dict) else None
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        yield message(
            "{file} has a list of facts under “facts”, each with id, stage and text.", file=FILE
        )
        return
    counted = Counter(str(one.get("id")) for one in entries)
    for name in (name for name, n in counted.items() if n > 1):
        yield message("{file}: {fact} stands there twice.", file=FILE, fact=name)
    for one in entries:
        text = one.get("text")
        for lang in LANGUAGES:
            if not (isinstance(text, dict) and text.get(lang)):
                yield message("{file}: the text of {fact} is missing in “{lang}”.",
                              file=FILE, fact=str(one.get("id")), lang=lang)  # fmt: skip


R = TypeVar("R", bound=Record)


def read_record(path: Path, kind: type[R]) -> R:
    """Read one file of a case; raises `CaseError` where it is missing or not as it has to be.

    >>> read_record(CASE / "facts.yaml", Facts).provenance
    'given'
    """
    return _record(_read_yaml(path), kind, path)


def _read_yaml(path: Path) -> Any:
    try:
        return unique_yaml.load(path.read_text("utf-8"))
    except OSError as error:
        raise CaseError(
            message("{file} of the case is not there. Is this the right folder?", file=str(path))
        ) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise CaseError(
            message("{file} cannot be read as YAML: {problem}", file=str(path), problem=str(error))
        ) from error


def _record(data: Any, kind: type[R], path: Path) -> R:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise CaseError(
            *(
                message(
                    "{file}, at {place}: {problem}",
                    file=str(path),
                    place=" > ".join(_named(data, each["loc"])) or path.stem,
                    problem=each["msg"],
                )
                for each in error.errors()
            )
        ) from error


def _named(data: Any, place: tuple[int | str, ...]) -> Iterator[str]:
    """Yield the parts of a place in a file, an entry of a list by its id where it has one."""
    for part in place:
        known = isinstance(data, dict) or (isinstance(part, int) and isinstance(data, list))
        data = data[part] if known and (isinstance(part, int) or part in data) else None
        is_entry = isinstance(part, int) and isinstance(data, dict)
        yield str(data["id"] if is_entry and "id" in data else part)
