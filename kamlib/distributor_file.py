"""How the simulated month is written in a file: every parameter, with the source of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from kamlib.case_facts import CASE, Bilingual, Record, read_record
from kamlib.sourced import NotNegative, Number, Positive, Section, Share, Sourced

Option = int | float | str
"""What can be agreed on one issue, as the file writes it: 2400, "3d"."""

ISSUES = (
    "monthly_target",
    "rebate_per_unit",
    "joint_promotion_krmb",
    "dealer_terms",
    "deliveries",
    "minimum_order",
    "models_carried",
    "stores_covered",
    "promoters",
)
"""What is agreed, in the order of a package."""

Term = Literal["dealer_terms", "deliveries", "minimum_order", "models_carried"]

TERMS: tuple[Term, ...] = ("dealer_terms", "deliveries", "minimum_order", "models_carried")
"""The issues on which the comparable distributor does more: its terms and its range."""


class Issues(Section):
    """What can be agreed: for each issue its options, today's or the mildest first."""

    monthly_target: tuple[Positive, ...] = Field(min_length=1)
    """Units a month."""
    rebate_per_unit: tuple[NotNegative, ...] = Field(min_length=1)
    """RMB."""
    joint_promotion_krmb: tuple[NotNegative, ...] = Field(min_length=1)
    dealer_terms: tuple[str, ...] = Field(min_length=1)
    deliveries: tuple[str, ...] = Field(min_length=1)
    minimum_order: tuple[Positive, ...] = Field(min_length=1)
    models_carried: tuple[Positive, ...] = Field(min_length=1)
    stores_covered: tuple[Positive, ...] = Field(min_length=1)
    promoters: tuple[NotNegative, ...] = Field(min_length=1)

    def options(self, issue: str) -> tuple[Option, ...]:
        """Return the options of an issue; a whole number is an `int`."""
        found: tuple[Option, ...] = getattr(self, issue)
        return tuple(
            int(one) if isinstance(one, float) and one.is_integer() else one for one in found
        )


class StatusQuo(Section):
    """What holds today."""

    deal: dict[str, Option]


class Capacity(Section):
    """How many units a month the distributor can pass on."""

    base_units: Positive
    """Units a month today."""
    base_stores: Positive
    comparable_units: Positive
    """Units a month of the comparable distributor."""
    comparable_stores: Positive
    new_store_rate: NotNegative
    """What a new store sells, as a part of what an old one does."""
    split_of_log_lift: dict[Term, Share]
    """How the comparable distributor's lead per store is split over its terms and range."""
    fraction_by_option: tuple[Share, ...]
    """How much of its lead each option of such an issue brings."""
    log_lift_joint_promotion: tuple[Number, ...]
    log_lift_promoters: tuple[Number, ...]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if set(self.split_of_log_lift) != set(get_args(Term)):
            raise ValueError(f"the split needs a part for each of: {', '.join(TERMS)}")
        if abs(sum(self.split_of_log_lift.values()) - 1) > 1e-9:
            raise ValueError("the parts of the split do not add up to 1")
        return self


class Month(Section):
    """What the first month allows."""

    new_doors_per_salesperson: NotNegative
    salespeople: NotNegative
    days: Positive


class Authority(Section):
    """The most that we may promise without asking head office."""

    rebate_per_unit: NotNegative
    """RMB."""
    joint_promotion_krmb: NotNegative
    promoters: NotNegative


class NoDeal(Record):
    """What we still sell elsewhere when there is no deal."""

    share: Share
    units: NotNegative
    rmb: Number
    """What one of these units is worth to us."""


class CompanyValue(Section):
    """What a month is worth to us."""

    margin_rmb: Number
    share_value_rmb: Number
    """What a unit more in the market is worth beyond its margin."""
    stuck_unit_rmb: Number
    promotion_share: NotNegative
    """Our part of the joint promotion's cost."""
    promoter_krmb: NotNegative
    no_deal: NoDeal


class Credit(Record):
    """What giving its dealers time to pay costs the distributor."""

    share_of_sales_on_credit: tuple[Share, ...]
    days: tuple[NotNegative, ...]
    price_krmb: NotNegative
    interest_a_month: NotNegative
    bad_debt: NotNegative


class DistributorValue(Section):
    """What a month is worth to the distributor."""

    margin_rmb: Number
    stuck_unit_rmb: Number
    promotion_benefit_share: Number
    models_krmb: tuple[Number, ...]
    promoters_krmb: tuple[Number, ...]
    credit: Credit
    deliveries_krmb: tuple[Number, ...]
    minimum_order_krmb: tuple[Number, ...]
    new_store_krmb: Number


class Bell(Record):
    """A normal distribution."""

    mean: Number
    sd: NotNegative


class Clipped(Bell):
    """A normal distribution between two bounds."""

    lowest: Number
    highest: Number

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.lowest > self.highest:
            raise ValueError("the lowest is above the highest")
        return self


class Between(Record):
    """A uniform distribution."""

    lowest: Share
    highest: Share

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.lowest > self.highest:
            raise ValueError("the lowest is above the highest")
        return self


class HiddenType(Section):
    """How distributors differ in what they do not show."""

    belief: Clipped
    """What it thinks it can sell, as a part of what it really could."""
    belief_sd: Positive
    """How unsure it is of that."""
    reservation_krmb: Bell
    """What it has without a deal."""
    trust: Between
    accepts_above_reservation_krmb: Number


class Evidence(Record):
    """A statement that rests on facts which the distributor can check."""

    id: str = Field(pattern=r"^E\d+$")
    name: Bilingual
    """What it is called in a few words."""
    text: Bilingual
    facts: tuple[str, ...] = Field(min_length=1)
    family: str
    """Evidence of one family says about the same; the second time it counts less."""
    signal: Positive
    sd: Positive


class EvidenceList(Section):
    """All evidence there is."""

    list: tuple[Evidence, ...] = Field(min_length=1)
    later_of_a_family: Share
    """How much evidence counts after another of its family."""


class Refutable(Record):
    """Something one can say and the distributor can refute."""

    id: str = Field(pattern=r"^R\d+$")
    name: Bilingual
    text: Bilingual
    answer: Bilingual
    """What the distributor says to it."""


class RefutableList(Section):
    """What had better not be said."""

    trust: Number
    """What it adds to trust: less than 0."""
    list: tuple[Refutable, ...]


class Shirker(Record):
    """Agrees with everything and promises what head office then voids."""

    belief: Number
    """What agreeing with the complaint adds to belief: less than 0."""
    trust: Share
    """What is left of trust."""
    target: Option
    swallowed: Share
    """How often head office swallows that target on today's terms."""
    day: Positive


class Relay(Record):
    """One wish passed on to head office."""

    issue: str
    towards: Option
    """One step from what holds now towards this option."""
    chance: Share
    """How often head office grants it."""


class Pigeon(Record):
    """Passes on the distributor's wishes, one at a time."""

    days_a_relay: Positive
    relays: tuple[Relay, ...]


class OverClaimer(Record):
    """Claims too much and asks for it."""

    target: Option
    stores_at_most: Positive
    first_day: NotNegative


class Consultant(Record):
    """Offers packages that can be kept."""

    first_day: NotNegative


class Concession(Record):
    """How one comes down from one's best package, step by step."""

    step: Positive
    """Of the best own value."""
    steps: int = Field(ge=1, le=100)
    days_a_step: NotNegative


class OldOx(Record):
    """Does the distributor's work and changes nothing else."""

    stores: Positive
    first_day: NotNegative
    days_a_step: NotNegative
    offers: tuple[dict[str, Option], ...] = Field(min_length=1)


class Policies(Section):
    """How the sorts of account manager go about it."""

    shirker: Shirker
    pigeon: Pigeon
    over_claimer: OverClaimer
    consultant: Consultant
    concession: Concession
    old_ox: OldOx


class Days(Record):
    """How long each thing takes at the table."""

    show: NotNegative
    claim: NotNegative
    ask: NotNegative
    offer: NotNegative
    sign: NotNegative


class HeadOffice(Record):
    """How head office answers when asked for more than we may promise."""

    chance: Share
    days: NotNegative


class Voided(Record):
    """What it costs to have signed what head office then voids."""

    days: NotNegative
    trust: Share
    """What is left of trust."""


class TableRules(Section):
    """How a month goes at the table that a trainee plays."""

    name: Bilingual | None = None
    """Who sits there, where the case gives a name."""
    first_day: NotNegative
    days: Days
    head_office: dict[str, HeadOffice]
    """For every issue on which our authority is limited."""
    voided: Voided
    confidential_trust: Number
    """What showing another distributor's confidential figure adds to trust: less than 0."""


class Parameters(Sourced):
    """Everything that the simulated month is computed from."""

    note: Bilingual
    issues: Issues
    status_quo: StatusQuo
    capacity: Capacity
    month_1: Month
    authority: Authority
    company_value: CompanyValue
    distributor_value: DistributorValue
    hidden_type: HiddenType
    evidence: EvidenceList
    refutable: RefutableList
    policies: Policies
    table: TableRules

    @model_validator(mode="after")
    def _fits(self) -> Parameters:
        for problem in self._misfits():
            raise ValueError(problem)
        return self

    def _misfits(self) -> Iterator[str]:
        """Yield what in one part does not fit another."""
        lists = {
            "dealer_terms": [self.distributor_value.credit.days,
                             self.distributor_value.credit.share_of_sales_on_credit],
            "deliveries": [self.distributor_value.deliveries_krmb],
            "minimum_order": [self.distributor_value.minimum_order_krmb],
            "models_carried": [self.distributor_value.models_krmb],
            "promoters": [self.distributor_value.promoters_krmb, self.capacity.log_lift_promoters],
            "joint_promotion_krmb": [self.capacity.log_lift_joint_promotion],
        }  # fmt: skip
        for term in TERMS:
            lists[term] = [*lists[term], self.capacity.fraction_by_option]
        for issue in ISSUES:
            options = self.issues.options(issue)
            if len(set(options)) < len(options):
                yield f"{issue}: an option stands twice"
            if any(len(values) != len(options) for values in lists.get(issue, [])):
                yield f"{issue}: {len(options)} options, but another number of values for them"
        if set(self.status_quo.deal) != set(ISSUES):
            yield f"the status quo needs one option for each of: {', '.join(ISSUES)}"
        policies = self.policies
        named = [*self.status_quo.deal.items(), ("monthly_target", policies.shirker.target)]
        named += [(relay.issue, relay.towards) for relay in policies.pigeon.relays]
        named += [("monthly_target", policies.over_claimer.target)]
        named += [item for offer in policies.old_ox.offers for item in offer.items()]
        named += [("stores_covered", policies.old_ox.stores)]
        for issue, option in named:
            if issue not in ISSUES:
                yield f"there is no issue {issue}"
            elif option not in self.issues.options(issue):
                yield f"{issue}: {option} is none of its options"
        limited = type(self.authority).model_fields.keys() - {"source"}
        if self.table.head_office.keys() != limited:
            yield f"head office needs an answer for each of: {', '.join(sorted(limited))}"
        ids = [each.id for each in self.evidence.list]
        ids += [each.id for each in self.refutable.list]
        if len(set(ids)) < len(ids):
            yield "an id stands twice in the evidence or in what can be refuted"

    @property
    def stores_at_most(self) -> float:
        """The stores that can be covered by the end of the first month; *derived*.

        >>> load().stores_at_most
        945.0
        """
        new = self.month_1.new_doors_per_salesperson * self.month_1.salespeople
        return self.capacity.base_stores + new

    def evidence_by_id(self) -> dict[str, Evidence]:
        """Return the evidence by its id, in the file's order.

        >>> list(load().evidence_by_id())
        ['E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7']
        """
        return {each.id: each for each in self.evidence.list}

    def texts(self, lang: str) -> dict[str, str]:
        """Return the file's own sentences in a language, by their English: what `Words` takes.

        >>> load().texts("zh")["It is your people. They are lazy."]
        '问题出在你的人身上，他们太懒。'
        """
        said = [self.note]
        said += [text for each in self.evidence.list for text in (each.name, each.text)]
        for each in self.refutable.list:
            said += [each.name, each.text, each.answer]
        return {one.en: one.in_(lang) for one in said}


def load(folder: Path = CASE) -> Parameters:
    """Read `simulation.json` in a case's folder, the repository's own case unless said otherwise.

    Raises `CaseError` with plain sentences where it is missing, damaged or does not add up.

    >>> load().authority.rebate_per_unit
    30.0
    """
    return read_record(folder / "simulation.json", Parameters)
