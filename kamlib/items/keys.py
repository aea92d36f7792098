"""What the right answer is: one key an item, held by the instructor or, for practice, shipped with it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainSerializer, TypeAdapter, model_validator

from kamlib.items.model import ItemId, OptionKey, Record, Text, Translatable
from kamlib.words import N_

Messages = dict[OptionKey, Text]


Typed = Annotated[str, Translatable(wordy=True)]
"""What a person might type into a field: a sentence is translated, an option or a date is not."""

OptionSet = Annotated[frozenset[OptionKey], PlainSerializer(sorted)]
"""A set of options, always written in the same order."""


class Gate(Record):
    """An answer so wrong that it caps the whole exercise until a person has looked."""

    options: tuple[OptionKey, ...] = Field(min_length=1)
    cap: float = Field(ge=0, lt=1)
    """The most the exercise's machine marks may sum to, as a share of their maximum."""
    message: Text


class BaseKey(Record):
    """What every key has."""

    explanation: Text
    """Why the right answer is right, said after the answer."""
    read: str = ""
    """The lesson anchor that teaches it."""
    shows: Text = ""
    """What a right answer shows that somebody can do; feedback says it first."""
    at_work: Text = ""
    """What to try with a customer next, for whoever missed it; feedback says it."""


class ChoiceKey(BaseKey):
    """The right option and reason; each wrong option has its own message."""

    interaction: Literal["choice"]
    answer: OptionKey
    reason: OptionKey | None = None
    messages: Messages = Field(default_factory=dict)
    """What to say to each wrong option."""
    reason_messages: Messages = Field(default_factory=dict)
    gate: Gate | None = None


class ChoicesKey(BaseKey):
    """The set of right options; a wrong one takes away what a right one gives, not below 0."""

    interaction: Literal["choices"]
    answer: OptionSet = Field(min_length=1)
    messages: Messages = Field(default_factory=dict)
    """What to say to a wrong option taken, or a right one missed."""
    gate: Gate | None = None


class MatchKey(BaseKey):
    """For each stem the accepted options."""

    interaction: Literal["match"]
    answer: dict[OptionKey, OptionKey | tuple[OptionKey, ...]]
    messages: Messages = Field(default_factory=dict)
    """What to say about a stem that was matched wrongly."""


class OrderKey(BaseKey):
    """The right order."""

    interaction: Literal["order"]
    answer: tuple[OptionKey, ...] = Field(min_length=3)
    messages: Messages = Field(default_factory=dict)
    """What to say when this option stands before one that it should follow."""


class ClassifyKey(BaseKey):
    """The class of each line; the mark is the mean over classes of the share right."""

    interaction: Literal["classify"]
    answer: dict[OptionKey, OptionKey]
    messages: Messages = Field(default_factory=dict)
    """What to say about a line that was classified wrongly."""


class SpotErrorKey(BaseKey):
    """The wrong segment and the kind of its error, half each."""

    interaction: Literal["spot_error"]
    where: OptionKey
    kind: OptionKey
    messages: Messages = Field(default_factory=dict)
    """What to say to each segment that is not the wrong one."""


class Trap(Record):
    """A known wrong value."""

    name: OptionKey
    value: float
    message: Text
    unit: OptionKey | None = None
    """Only with this unit; without one, with any."""


class Reading(Record):
    """The right value under one stated reading."""

    value: float
    unit: OptionKey
    figure: str = ""
    """The figure of the unit's case that it is, such as D28; the build compares the two."""


class NumberKey(BaseKey):
    """The right value in its unit, for each accepted reading, and the known wrong values."""

    interaction: Literal["number"]
    value: float | None = None
    unit: OptionKey | None = None
    figure: str = ""
    """The figure of the unit's case that the value is, such as D02; the build compares the two."""
    readings: dict[OptionKey, Reading] = Field(default_factory=dict)
    formula: str = ""
    """How the value follows from `inputs`, as arithmetic: `south / east * 100`."""
    inputs: dict[str, ItemId | float] = Field(default_factory=dict)
    """The names in the formula: an earlier number item, or a given figure."""
    full: float = Field(default=0.005, ge=0)
    """Within this share of the value: full marks."""
    half: float = Field(default=0.02, ge=0)
    """Within this share of the value: half marks."""
    traps: tuple[Trap, ...] = ()
    equivalents: dict[OptionKey, float] = Field(default_factory=dict)
    """Other accepted units, each with the factor that turns its value into the key's unit."""


class Point(Record):
    """One thing to recall, with the ways to say it in either language."""

    name: Text
    accept: tuple[str, ...] = Field(min_length=1)


class RecallKey(BaseKey):
    """The points to recall, each worth the same."""

    interaction: Literal["recall"]
    points: dict[OptionKey, Point] = Field(min_length=1)
    enough: int | None = None
    """How many points earn full marks; all, unless said."""


class Variant(Record):
    """One sufficient set of facts: all of these, and one of those."""

    all_of: OptionSet = frozenset()
    any_of: OptionSet = frozenset()
    optional: OptionSet = frozenset()
    """Neither helps nor hurts."""


class EvidenceKey(BaseKey):
    """For each claim the sets of facts that back it; a claim with none is not backed by any fact."""

    interaction: Literal["evidence"]
    answer: dict[OptionKey, tuple[Variant, ...]]
    messages: Messages = Field(default_factory=dict)
    """What to say about a fact that backs no claim it was put to."""


class Condition(Record):
    """What one field may hold; a blank meets none."""

    field: OptionKey
    options: tuple[OptionKey, ...] = ()
    """One of these options."""
    above: float | None = None
    """A number above this."""


class Check(Record):
    """One rule over fields; in a table it holds for every row, `sum` and `distinct` over all rows."""

    rule: Literal["filled", "one_of", "between", "sum", "before", "less", "distinct", "says"]
    fields: tuple[OptionKey, ...] = Field(min_length=1)
    options: tuple[OptionKey, ...] = ()
    """`one_of`: the accepted options."""
    low: float | None = None
    high: float | None = None
    """`between`: the bounds, either may be open. `sum`: both the same."""
    date: str = ""
    """`before`: the last accepted date, where it is not another field."""
    words: tuple[str, ...] = ()
    """`says`: at least one of these, in either language, must occur in the text."""
    when: Condition | None = None
    """Where it is looked at; elsewhere it does not count."""
    unless: Condition | None = None
    """Where it is not looked at, and does not count."""
    weight: float = Field(default=1, ge=0)
    """0 for a rule that only guards."""
    gate: Annotated[float, Field(ge=0, lt=1)] | None = None
    """Where set, an answer that breaks the rule caps the whole exercise until a person has looked:
    the most that its machine marks may sum to, as a share of their maximum."""
    message: Text
    """What to say when it does not hold."""


def named_checks(checks: tuple[Check, ...]) -> dict[str, Check]:
    """Name each check by its rule and fields, numbered where that is not enough.

    The names stand in `Mark.traps`, so that a report can count which checks failed.
    """
    named: dict[str, Check] = {}
    for check in checks:
        name = f"{check.rule}:{'+'.join(check.fields)}"
        count = sum(there.split("#")[0] == name for there in named)
        named[f"{name}#{count + 1}" if count else name] = check
    return named


def _some_weigh(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    if not any(check.weight for check in checks):
        raise ValueError(N_("at least one check has a weight above 0"))
    return checks


Checks = Annotated[tuple[Check, ...], Field(min_length=1), AfterValidator(_some_weigh)]
"""What all marks of an answer come from."""


class StructuredKey(BaseKey):
    """The checks on the fields, by weight."""

    interaction: Literal["structured"]
    checks: Checks
    example: dict[OptionKey, Typed | float] = Field(default_factory=dict)
    """A full answer, for the instructor and for proving the item."""


class WorkedKey(BaseKey):
    """How a subject's own measure works an answer out, and the checks beside it."""

    measure: str = ""
    """The measure, by a name of `kamlib.items.measures.MEASURES`."""
    data: dict[str, str] = Field(default_factory=dict)
    """The files that it reckons with, whole, by the names it knows; an author names their paths."""
    together: tuple[ItemId, ...] = ()
    """The other questions of the exercise that hold parts of the same whole."""
    weight: float = Field(default=1, gt=0)
    """What the measure weighs against the checks."""
    checks: tuple[Check, ...] = ()


class PlanKey(WorkedKey):
    """How a measure works a plan out, and the checks on its fields beside it."""

    interaction: Literal["plan"]
    measure: str
    example: dict[OptionKey, Typed | float] = Field(default_factory=dict)


class TableKey(WorkedKey):
    """The checks on the rows, by weight, or a measure that works them out, or both."""

    interaction: Literal["table"]
    example: tuple[dict[OptionKey, Typed | float], ...] = ()

    @model_validator(mode="after")
    def _marks_come_from_something(self) -> TableKey:
        if not self.measure:
            _some_weigh(self.checks)
        return self


class Remark(Record):
    """One sentence of the comment bank, ready to be said to a trainee."""

    criterion: OptionKey
    """What it is about."""
    text: Text
    """What is missing, or what was done well, and what to do next."""
    praise: bool = False
    """Whether it says what was done well."""
    read: str = ""
    """The lesson anchor that teaches it."""


class ProseKey(BaseKey):
    """The rubric: four levels for each criterion, a model answer, and a bank of comments."""

    interaction: Literal["text"]
    model_answer: Text
    levels: dict[OptionKey, tuple[Text, Text, Text, Text]]
    """For each criterion what levels 0 to 3 look like."""
    comments: dict[OptionKey, Remark] = Field(default_factory=dict)
    """The comment bank, to choose from at the marking desk."""
    look_for: dict[OptionKey, tuple[str, ...]] = Field(default_factory=dict)
    """For each criterion words, in either language, that an answer may hold; told to the person
    who marks as a hint, and never a mark."""
    measure: str = ""
    """A measure that reads the text for what a person should look at; it gives no mark."""
    data: dict[str, str] = Field(default_factory=dict)
    """As in a plan."""


class SceneKey(BaseKey):
    """How far each measure of a scene should have come, and a way that brings them there."""

    interaction: Literal["scene"]
    enough: dict[OptionKey, int] = Field(min_length=1)
    """From what value at the end each of these measures counts as reached."""
    best: tuple[OptionKey, ...] = Field(min_length=1)
    """The choices, in order, of a way that reaches all."""
    messages: Messages = Field(default_factory=dict)
    """What to say about a measure that was not reached."""


class Manner(Record):
    """A manner of speaking, known by what a sentence holds."""

    name: OptionKey
    all_of: OptionSet = frozenset()
    """The criteria that all have to be ticked."""
    none_of: OptionSet = frozenset()
    """The criteria of which none may be."""
    label: Text
    """Whom or what the sentence sounds like."""
    message: Text
    """What to change in it, or to keep."""

    def fits(self, ticks: frozenset[str]) -> bool:
        """Tell whether a sentence with these criteria ticked is spoken in this manner.

        >>> blaming = Manner(name="b", all_of={"blame"}, none_of={"fact"}, label="", message="")
        >>> blaming.fits(frozenset({"blame"})), blaming.fits(frozenset({"blame", "fact"}))
        (True, False)
        """
        return self.all_of <= ticks and self.none_of.isdisjoint(ticks)


class ReflectKey(BaseKey):
    """What a trainee's own sentence sounds like: the first manner that it fits."""

    interaction: Literal["reflect"]
    verdicts: tuple[Manner, ...] = Field(min_length=1)
    """The last is without conditions, so that every sentence fits one."""


Key = Annotated[
    ChoiceKey | ChoicesKey | MatchKey | OrderKey | ClassifyKey | SpotErrorKey | NumberKey
    | RecallKey | EvidenceKey | StructuredKey | PlanKey | TableKey | ProseKey | SceneKey | ReflectKey,
    Field(discriminator="interaction"),
]  # fmt: skip

_KEY: TypeAdapter[Key] = TypeAdapter(Key)


def parse_key(interaction: str, data: dict[str, Any]) -> Key:
    """Make the key that `data` describes for an item of this interaction."""
    return _KEY.validate_python({**data, "interaction": interaction})
