"""What a question is: an item, by interaction, as a trainee's machine may hold it (no keys here)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    field_validator,
    model_validator,
)

from kamlib.words import N_

ItemId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
"""`unit.name`, as in `am_types.coverage_ratio`."""

OptionKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
"""The stable name of an option; labels are translated, these are not."""


class Translatable:
    """Marks a field whose text is translated."""

    def __init__(self, wordy: bool = False) -> None:
        """Take whether only texts of several words are, since others may be keys or dates."""
        self.wordy = wordy

    def applies(self, text: str) -> bool:
        """Whether this text is translated.

        >>> Translatable(wordy=True).applies("2026-11-09"), Translatable().applies("Price")
        (False, True)
        """
        return not self.wordy or " " in text


Text = Annotated[str, Translatable()]
Options = dict[OptionKey, Text]


class Record(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BaseItem(Record):
    """What every item has, whatever its interaction."""

    id: ItemId
    use: Literal["practice", "graded"] = "practice"
    """Practice answers at once; graded is marked after the hand-in."""
    title: Text
    prompt: Text
    """The question, in Markdown."""
    points: float = Field(default=1, gt=0, le=100)
    covers: tuple[str, ...] = ()
    """The curriculum rows this item practises or grades."""
    hints: tuple[Text, ...] = ()
    numbers: Literal["given", "derived", "invented"] | None = None
    """Where the figures in the prompt come from."""
    stage: str = ""
    """The stage of its unit at which it is asked; empty where it is open from the beginning.

    For claims and facts: a fact of a later stage never counts.
    """
    personal_data: bool = False
    """Whether the answer is about people outside the course, so that it is looked through for what
    tells who they are before it is handed in."""

    @model_validator(mode="after")
    def _can_be_taken_out(self) -> BaseItem:
        if self.personal_data and self.stage:
            raise ValueError(
                N_("an answer about people has no stage: what is committed cannot be taken out")
            )
        return self


class Choice(BaseItem):
    """One option, optionally with the reason for it (2/3 for the option, 1/3 for the reason)."""

    interaction: Literal["choice"]
    options: Options = Field(min_length=2)
    reasons: Options = Field(default_factory=dict)


class Choices(BaseItem):
    """Any number of options."""

    interaction: Literal["choices"]
    options: Options = Field(min_length=2)


class Match(BaseItem):
    """Each stem gets one option; an option may serve several stems."""

    interaction: Literal["match"]
    stems: Options = Field(min_length=2)
    options: Options = Field(min_length=2)


class Order(BaseItem):
    """All options in the right order."""

    interaction: Literal["order"]
    options: Options = Field(min_length=3)


class Classify(BaseItem):
    """Each of many lines gets one class."""

    interaction: Literal["classify"]
    lines: Options = Field(min_length=2)
    classes: Options = Field(min_length=2)


class SpotError(BaseItem):
    """A text in segments, one of which is wrong: where, and what kind of error."""

    interaction: Literal["spot_error"]
    segments: Options = Field(min_length=2)
    kinds: Options = Field(min_length=2)


class Number(BaseItem):
    """One quantity: a value, its unit, and where it matters the reading taken and a confidence."""

    interaction: Literal["number"]
    quantity: Text
    """What is asked for, as the label of the field."""
    units: Options = Field(min_length=1)
    """The units to choose from; with one, it is shown and not asked."""
    readings: Options = Field(default_factory=dict)
    """Ways to read an ambiguous question, each accepted if stated."""
    confidence: bool = False
    """Whether to ask how sure the trainee is, in per cent."""


class Recall(BaseItem):
    """A list from memory, one point a line."""

    interaction: Literal["recall"]
    lines: int = Field(ge=1, le=12)
    """How many lines the form offers."""


class Fact(Record):
    """A fact that can back a claim."""

    text: Text
    stage: str = ""
    """The stage at which it becomes known; empty where all is known."""


class Evidence(BaseItem):
    """Each claim gets the facts that back it."""

    interaction: Literal["evidence"]
    claims: Options = Field(min_length=1)
    facts: dict[OptionKey, Fact] = Field(min_length=2)
    stages: tuple[str, ...] = ()
    """The stages in order, where the facts have any."""


class TypedField(Record):
    """A named field of a structured answer or a column of a table."""

    label: Text
    kind: Literal["text", "number", "date", "choice"] = "text"
    options: Options = Field(default_factory=dict)
    required: bool = True
    help: Text = ""
    lines: int = Field(default=2, ge=1, le=12)
    """How many lines of a text the form shows at once."""

    @model_validator(mode="after")
    def _options_fit_kind(self) -> TypedField:
        if (self.kind == "choice") != bool(self.options):
            raise ValueError(N_("a field of kind choice has options, and only such a field"))
        return self


class Structured(BaseItem):
    """Named typed fields: checked against each other, or a plan that its subject works out."""

    interaction: Literal["structured", "plan"]
    fields: dict[OptionKey, TypedField] = Field(min_length=1)


class Table(BaseItem):
    """Rows of typed fields."""

    interaction: Literal["table"]
    columns: dict[OptionKey, TypedField] = Field(min_length=1)
    min_rows: int = Field(default=1, ge=1)
    max_rows: int = Field(default=12, ge=1, le=60)


class Prose(BaseItem):
    """A text that a person marks with a rubric; the machine gives no mark."""

    interaction: Literal["text"]
    criteria: Options = Field(min_length=1)
    """What the reader looks for; shown to the trainee too."""


class PracticeItem(BaseItem):
    """An item that is never graded: it has no right or wrong, or it gives its key away in play."""

    @field_validator("use")
    @classmethod
    def _practice_only(cls, use: str) -> str:
        if use != "practice":
            raise ValueError(N_("a question of this kind is for practice only"))
        return use


YOU = "you"
"""Who speaks where the trainee does; everybody else is in the cast."""


class Line(Record):
    """What one person says, in one go."""

    who: OptionKey
    """A key of the cast, or `you`."""
    says: Text


class Saying(Record):
    """Something the trainee may say next, and what it does."""

    says: Text
    effects: dict[OptionKey, Annotated[int, Field(ge=-3, le=3)]] = Field(default_factory=dict)
    """By how much it moves each measure that it moves."""
    because: Text = ""
    """Why it does so, said once it has been chosen."""
    to: OptionKey
    """The turn that follows."""


class Turn(Record):
    """A moment of a scene: what is said, then what there is to choose from, or how it ends."""

    lines: tuple[Line, ...] = ()
    """Shown one after the other."""
    choices: dict[OptionKey, Saying] = Field(default_factory=dict)
    """None at an ending."""
    ending: Text = ""
    """How the scene went out, told at an ending."""


class Play(Record):
    """The scene as somebody else played it."""

    name: Text
    path: tuple[OptionKey, ...] = Field(min_length=1)
    """The choices in order, from the start to an ending."""


class Scene(PracticeItem):
    """A conversation, line by line: the trainee chooses what to say and sees what it does."""

    interaction: Literal["scene"]
    measures: Options = Field(min_length=2, max_length=4)
    """What the conversation moves; each begins at 0."""
    cast: Options = Field(min_length=1)
    """Who speaks, the trainee left out."""
    start: OptionKey
    """The turn it begins with."""
    turns: dict[OptionKey, Turn] = Field(min_length=2)
    others: dict[OptionKey, Play] = Field(default_factory=dict)
    """How others played it, shown beside the trainee's own way at the end."""


class Reflect(PracticeItem):
    """The trainee's own words, looked at by criteria; they stay on his machine."""

    interaction: Literal["reflect"]
    entries: int = Field(default=1, ge=1, le=6)
    """How many texts the form offers."""
    entry: Text
    """What each text is, as the label of its field."""
    criteria: Options = Field(min_length=1)
    """What he may find in a text of his, and tick."""


Item = Annotated[
    Choice | Choices | Match | Order | Classify | SpotError | Number | Recall | Evidence
    | Structured | Table | Prose | Scene | Reflect,
    Field(discriminator="interaction"),
]  # fmt: skip

INTERACTIONS = (
    "choice", "choices", "match", "order", "classify", "spot_error", "number", "recall",
    "evidence", "structured", "plan", "table", "text", "scene", "reflect",
)  # fmt: skip

PRACTICE_ONLY = ("scene", "reflect")
"""The interactions that no graded item has."""

_ITEM: TypeAdapter[Item] = TypeAdapter(Item)


def parse_item(data: Any) -> Item:
    """Make the item that `data` describes, or raise `pydantic.ValidationError`."""
    return _ITEM.validate_python(data)
