"""How a portfolio of customers on three platforms is written in files."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any, Literal, Self, get_args

from pydantic import Field, ValidationError, model_validator

from kamlib.case_facts import CASE as CASE1
from kamlib.case_facts import Bilingual, CaseError, Record, read_record
from kamlib.sourced import NotNegative, Positive, Section, Share, Sourced
from kamlib.words import message

Platform = Literal["market", "working", "buying"]
Size = Literal["small", "medium", "large"]
Risk = Literal["low", "medium", "high"]
Activity = Literal["research", "develop", "keep", "grow"]

PLATFORMS: tuple[Platform, ...] = get_args(Platform)
"""Where customers stand: opportunities and suspects, prospects, customers (K245, K247, K249)."""

SIZES: tuple[Size, ...] = get_args(Size)
RISKS: tuple[Risk, ...] = get_args(Risk)

ACTIVITIES: tuple[Activity, ...] = get_args(Activity)
"""What hours are spent on: research at the market platform, development at the working one, and the
two fence rules of the buying one, to prevent loss and to sell more (K249)."""

CASE = CASE1.parents[1] / "03_platform_strategy" / "case"
"""The folder of the repository's own portfolio."""

PORTFOLIO, PARAMETERS = "portfolio.csv", "parameters.json"
"""The files in the folder of a portfolio."""

COLUMNS = (
    "id",
    "name_en",
    "name_zh",
    "platform",
    "size",
    "likelihood",
    "warmth",
    "risk",
    "fence",
    "travel_hours",
    "buys_en",
    "buys_zh",
)
"""The columns of a portfolio; those that say nothing of a customer's platform are left blank."""

SAID_OF: Mapping[Platform, frozenset[str]] = {
    "market": frozenset({"likelihood"}),
    "working": frozenset({"warmth"}),
    "buying": frozenset({"risk", "fence", "buys"}),
}
"""What is known of a customer on each platform, and of no other."""


class Customer(Record):
    """One customer, where he stands today, and what is known of him there."""

    id: str = Field(pattern=r"^C\d{2,3}$")
    name: Bilingual
    """A kind of shop and a place; no shop of that name is meant."""
    platform: Platform
    size: Size
    likelihood: int | None = None
    """The chance in per cent to become a prospect within a quarter, if worked on; on the market."""
    warmth: int | None = None
    """In °C; on the working platform."""
    risk: Risk | None = None
    """Of being lost; on the buying platform."""
    fence: Literal["keep", "grow"] | None = None
    """What hours are for: to prevent loss, or to sell more; on the buying platform."""
    travel_hours: NotNegative
    """There and back, for one visit."""
    buys: Bilingual | None = None
    """On the buying platform."""

    @model_validator(mode="after")
    def _says_what_its_platform_asks(self) -> Self:
        for platform, names in SAID_OF.items():
            for name in sorted(names):
                if (getattr(self, name) is None) == (platform == self.platform):
                    verb = "needs" if platform == self.platform else "has no"
                    raise ValueError(f"a customer on the {self.platform} platform {verb} {name}")
        return self

    @property
    def activity(self) -> Activity:
        """What hours on this customer are spent on."""
        if self.platform == "market":
            return "research"
        return "develop" if self.platform == "working" else self.fence or "keep"


class Month(Section):
    """What one account manager has in a month."""

    hours: Positive
    months: int = Field(gt=0)
    """In a quarter."""
    weeks: int = Field(gt=0)
    """In a month."""
    visit_hours: Positive
    """How long a visit lasts, without the way."""
    hour_krmb: NotNegative
    """What an hour costs us."""
    most_hours: Positive
    """More than this is spent on no customer."""


class SizeValues(Section):
    """What a customer of each size brings in a quarter, in thousand RMB of margin."""

    small: Positive
    medium: Positive
    large: Positive

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if not self.small < self.medium < self.large:
            raise ValueError("the values have to grow from small to large")
        return self


class Market(Section):
    """The market platform."""

    likelihood: tuple[int, ...] = Field(min_length=1)
    """The grid, in per cent; each above 0 and below 100."""
    half_hours: Positive
    """The contact hours a month that bring half of what hours can bring."""
    lost_a_month: Share

    @model_validator(mode="after")
    def _is_a_chance(self) -> Self:
        if not all(0 < each < 100 for each in self.likelihood):
            raise ValueError("a likelihood lies between 0 and 100 %")
        return self


class Working(Section):
    """The working platform."""

    warmth: tuple[int, ...] = Field(min_length=1)
    """The grid, in °C."""
    chance: tuple[Share, ...]
    """For each warmth the chance to buy within a quarter, if worked on without limit."""
    half_hours: Positive
    lost_a_month: Share
    new_warmth: int
    """How warm somebody is who has just come up from the market."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.chance) != len(self.warmth):
            raise ValueError("each warmth needs one chance")
        if not all(0 < each < 1 for each in self.chance):
            raise ValueError("a chance lies between 0 and 1")
        if self.new_warmth not in self.warmth:
            raise ValueError("new prospects have a warmth of the grid")
        return self


class Buying(Section):
    """The buying platform."""

    lost_a_month: dict[Risk, Share]
    """Without hours, by risk."""
    new_risk: Risk
    """The risk of somebody who has just bought for the first time."""
    keep_half_hours: Positive
    kept: Share
    """The part of the loss that hours can prevent at most."""
    grow_half_hours: Positive
    extra_chance: Share
    """The chance of an extra order within a quarter, if worked on without limit."""
    extra_order: Share
    """What it brings, as a part of a quarter's margin."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if set(self.lost_a_month) != set(RISKS):
            raise ValueError(f"a loss is needed for each of: {', '.join(RISKS)}")
        if not 0 <= self.extra_chance < 1:
            raise ValueError("the chance of an extra order is below 1")
        return self


class Ordinary(Section):
    """What the firm does for every customer without the account manager."""

    effect: Share
    """As a part of what hours can bring at most; of research, development and selling more."""


class Later(Section):
    """What the end of the quarter counts for."""

    quarters: Positive
    """So many quarters of his margin for each customer who buys."""
    prospect: Share
    """For a prospect this part of the same, times the chance that he buys."""


class Parameters(Sourced):
    """Everything that the simulated quarter is computed from."""

    note: Bilingual
    month: Month
    size_krmb: SizeValues
    market: Market
    working: Working
    buying: Buying
    ordinary: Ordinary
    later: Later

    @property
    def weeks(self) -> int:
        """The weeks of a quarter."""
        return self.month.months * self.month.weeks

    def krmb(self, size: Size) -> float:
        """Return what a customer of a size brings in a quarter, in thousand RMB of margin.

        >>> load().parameters.krmb("medium")
        60.0
        """
        return float(getattr(self.size_krmb, size))

    def buying_chance(self, warmth: int) -> float:
        """Return the chance to buy within a quarter at a warmth, if worked on without limit.

        >>> load().parameters.buying_chance(70)
        0.5
        """
        return self.working.chance[self.working.warmth.index(warmth)]

    def misfit(self, customer: Customer) -> str:
        """Say what of a customer these parameters do not know; "" where all is known."""
        if customer.likelihood is not None and customer.likelihood not in self.market.likelihood:
            return f"a likelihood of {customer.likelihood} is not on the grid"
        if customer.warmth is not None and customer.warmth not in self.working.warmth:
            return f"a warmth of {customer.warmth} is not on the grid"
        return ""


def rate(chance: float) -> float:
    """Return the rate a quarter that makes a chance a quarter: its events come like buses.

    >>> round(rate(0.5), 4)
    0.6931
    """
    return -log(1 - chance)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Customers on three platforms, with what their quarter is computed from."""

    customers: tuple[Customer, ...]
    parameters: Parameters

    def __len__(self) -> int:
        return len(self.customers)

    def by_id(self) -> dict[str, Customer]:
        """Return the customers by their ids, in the file's order.

        >>> next(iter(load().by_id()))
        'C01'
        """
        return {each.id: each for each in self.customers}

    def on(self, platform: Platform) -> tuple[Customer, ...]:
        """Return the customers that stand on a platform today.

        >>> [len(load().on(platform)) for platform in PLATFORMS]
        [30, 18, 12]
        """
        return tuple(each for each in self.customers if each.platform == platform)


def load(folder: Path = CASE) -> Portfolio:
    """Read a portfolio's folder, the repository's own unless said otherwise.

    Raises `CaseError` with plain sentences where a file is missing or not as it has to be.

    >>> len(load())
    60
    """
    path = folder / PORTFOLIO
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise CaseError(
            message("{file} of the case is not there. Is this the right folder?", file=str(path))
        ) from error
    return _portfolio(text, read_record(folder / PARAMETERS, Parameters))


def parse(portfolio: str, parameters: str) -> Portfolio:
    """Read a portfolio from the texts of its two files.

    Raises `CaseError` with plain sentences where one is not as it has to be.
    """
    try:
        return _portfolio(portfolio, Parameters.model_validate_json(parameters))
    except ValidationError as error:
        raise CaseError(
            *(
                message("{file}, at {place}: {problem}", file=PARAMETERS,
                        place=" > ".join(map(str, each["loc"])) or PARAMETERS, problem=each["msg"])
                for each in error.errors()
            )
        ) from error  # fmt: skip


def _portfolio(text: str, parameters: Parameters) -> Portfolio:
    reader = csv.DictReader(io.StringIO(text))
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        raise CaseError(
            message("{file} lacks the columns: {names}.", file=PORTFOLIO, names=missing)
        )
    customers, problems = [], []
    for row in reader:
        try:
            customer = Customer.model_validate(_fields(row))
            if misfit := parameters.misfit(customer):
                raise ValueError(misfit)
        except ValidationError as error:
            problems += [
                _problem(reader.line_num, each["msg"], each["loc"]) for each in error.errors()
            ]
        except ValueError as error:
            problems.append(_problem(reader.line_num, str(error)))
        else:
            customers.append(customer)
    for name, times in Counter(each.id for each in customers).items():
        if times > 1:
            problems.append(
                message("{file}: {name} stands there twice.", file=PORTFOLIO, name=name)
            )
    if not customers and not problems:
        problems.append(message("{file} holds no customer.", file=PORTFOLIO))
    if problems:
        raise CaseError(*problems)
    return Portfolio(tuple(customers), parameters)


def _problem(line: int, problem: str, place: tuple[int | str, ...] = ()) -> Any:
    return message(
        "{file}, line {line}: {problem}", file=PORTFOLIO, line=line,
        problem=": ".join([*map(str, place), problem]),
    )  # fmt: skip


def _fields(row: Mapping[str, str]) -> dict[str, Any]:
    """Return what a row says: blanks are left out, texts are put together by language."""
    filled = {name: value.strip() for name, value in row.items() if name in COLUMNS and value}
    fields: dict[str, Any] = {}
    for name, value in filled.items():
        text, _, lang = name.rpartition("_")
        if lang in ("en", "zh"):
            fields.setdefault(text, {})[lang] = value
        elif value:
            fields[name] = value
    return fields
