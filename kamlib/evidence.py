"""Which claims of a case stand on which facts, stage by stage."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Literal

import yaml
from pydantic import Field

from kamlib import unique_yaml
from kamlib.backing import Backing, backing
from kamlib.case1 import values
from kamlib.case_facts import Bilingual, CaseError, Facts, Record, read_record
from kamlib.words import Message, message, number

Form = Literal["comparable", "seen_in_shops", "total"]

FORMS: Mapping[str, Message] = {
    "comparable": message("as “a comparable distributor”, without name and area"),
    "seen_in_shops": message("as something seen in shops"),
    "total": message("as the total that it would mean for A, not as a rate of B's"),
}
"""In what forms a confidential figure may be said, in words."""


# The table of claims ------------------------------------------------------------------------


class Variant(Record):
    """One sufficient set of facts: all of these, and one of those."""

    all_of: frozenset[str] = frozenset()
    any_of: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    """Neither helps nor hurts."""
    requests_any_of: frozenset[str] = frozenset()
    """One of these data has to be asked for."""
    from_: str = Field(alias="from")
    """The stage from which it is open."""


class Say(Record):
    """Whether and how a claim may be said to A."""

    may: Literal["open", "inside", "total", "later"]
    """To anyone; not at all; only the resulting total; only when a request has been answered."""
    leave_out: frozenset[str] = frozenset()
    """Facts that back it and are not said."""
    how: Bilingual


class Claim(Record):
    """Something that facts can back."""

    text: Bilingual
    """With names of figures in braces, as in `{D54}`."""
    say: Say
    variants: tuple[Variant, ...] = Field(min_length=1)


class DataRequest(Record):
    """Something that the case does not give and one may ask for."""

    text: Bilingual
    rank: int | None = None
    """Its place among the six most useful ones; *invented*, a judgement of the workbook."""


class Claims(Record):
    """The instructor's table: claims, what may be asked for, and in what form secrets may be said."""

    forms: dict[Form, frozenset[str]]
    """For each allowed form the confidential facts that may be said in it."""
    requests: dict[str, DataRequest]
    claims: dict[str, Claim]

    def open_at(self, stage: str) -> dict[str, tuple[Variant, ...]]:
        """Return each claim that can be backed at a stage, with its variants open by then.

        >>> from kamlib.case_facts import CASE
        >>> list(load_claims(CASE).open_at("S0"))
        ['C1', 'C2', 'C3', 'C13']
        """
        known = {
            name: tuple(each for each in claim.variants if each.from_ <= stage)
            for name, claim in self.claims.items()
        }
        return {name: variants for name, variants in known.items() if variants}

    def text(self, claim: str, lang: str, known: Mapping[str, float]) -> str:
        """Return a claim in a language, its figures filled in from `kamlib.case1.values`.

        >>> from kamlib.case_facts import CASE
        >>> load_claims(CASE).text("C10", "en", values())
        '2,829 to 2,992 a month need no new people and no new doors'
        """
        return _filled(self.claims[claim].text.in_(lang), known)

    def how(self, claim: str, lang: str, known: Mapping[str, float]) -> str:
        """Return how a claim may be said to A, in a language, its figures filled in."""
        return _filled(self.claims[claim].say.how.in_(lang), known)

    def allowed_forms(self, fact: str) -> tuple[Form, ...]:
        """Return the forms in which a confidential fact may be said; none where it stays inside."""
        return tuple(form for form, facts in self.forms.items() if fact in facts)

    @property
    def most_useful(self) -> tuple[str, ...]:
        """The six most useful requests, the best first; *invented*."""
        ranked = {name: each.rank for name, each in self.requests.items() if each.rank}
        return tuple(sorted(ranked, key=ranked.__getitem__))


def _filled(text: str, known: Mapping[str, float]) -> str:
    shown = {name: number(round(known[name], 0 if known[name] >= 100 else 1)) for name in _in(text)}
    return text.format(**shown)


def _in(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


def load_claims(folder: Path, facts: Facts | None = None) -> Claims:
    """Read `claims.yaml` of a case and hold it against all its facts (read too, unless given).

    A file that says `like: ../case` takes over the table of that folder, with its own facts.
    Raises `CaseError` with one sentence for each thing that does not fit.

    >>> from kamlib.case_facts import CASE
    >>> len(load_claims(CASE).claims), len(load_claims(CASE).requests)
    (14, 15)
    """
    facts = facts or read_record(folder / "facts.yaml", Facts)
    path = folder / "claims.yaml"
    try:
        like = unique_yaml.load(path.read_text("utf-8"))["like"]
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        like = "."
    path = folder / like / "claims.yaml"
    claims = read_record(path, Claims)
    if problems := tuple(_misfits(claims, facts)):
        raise CaseError(*problems)
    return claims


def _misfits(claims: Claims, facts: Facts) -> Iterator[Message]:
    """Yield what in the table does not fit the facts."""
    secret = {fact.id for fact in facts if fact.disclosure == "B_confidential"}
    known = values(facts)
    for form, of in claims.forms.items():
        for fact in sorted(of - secret):
            yield message("The form “{form}” is for {fact}, which is not confidential.",
                          form=form, fact=fact)  # fmt: skip
    for name, claim in claims.claims.items():
        used: set[str] = set()
        for variant in claim.variants:
            mine = variant.all_of | variant.any_of | variant.optional
            used |= mine
            for fact in sorted(fact for fact in mine if fact not in facts):
                yield message("{claim} stands on {fact}, which the case does not give.",
                              claim=name, fact=fact)  # fmt: skip
            for request in sorted(variant.requests_any_of - claims.requests.keys()):
                yield message("{claim} asks for {request}, which is not in the list of requests.",
                              claim=name, request=request)  # fmt: skip
            late = [each for each in variant.all_of if each in facts
                    and facts[each].stage > variant.from_]  # fmt: skip
            if late:
                yield message("{claim} is open from {stage}, before {facts} is known.",
                              claim=name, stage=variant.from_, facts=sorted(late))  # fmt: skip
        unsaid = claim.say.leave_out.union(*claims.forms.values())
        if claim.say.may == "open" and (loose := sorted((used & secret) - unsaid)):
            yield message("{claim} may be said, but not how {facts} can be said with it.",
                          claim=name, facts=loose)  # fmt: skip
        for text in (claim.text.en, claim.text.zh, claim.say.how.en, claim.say.how.zh):
            if lost := [each for each in _in(text) if each not in known]:
                yield message("{claim} names {figures}, which is no figure of the case.",
                              claim=name, figures=lost)  # fmt: skip


# How well claims are backed -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Backed:
    """How the claims of one stage are backed."""

    by_claim: Mapping[str, Backing]
    """Against the variant that fits best."""
    late: frozenset[tuple[str, str]]
    """Pairs of claim and fact whose fact was not known yet; they are wrong pairs."""

    @property
    def f1(self) -> float:
        """F1 over all pairs of claim and fact together, from 0 to 1."""
        hits = sum(each.hits for each in self.by_claim.values())
        pairs = hits + sum(each.needed + len(each.bad) for each in self.by_claim.values())
        return 2 * hits / pairs if pairs else 1.0

    @property
    def wrong(self) -> frozenset[tuple[str, str]]:
        """All pairs that hurt."""
        return frozenset((name, fact) for name, each in self.by_claim.items() for fact in each.bad)


def score(
    pairs: Mapping[str, Iterable[str]],
    claims: Claims,
    facts: Facts,
    stage: str,
    offered: Collection[str] | None = None,
) -> Backed:
    """Return how a trainee's facts back the claims that are open at a stage.

    `pairs` has for each claim the ids of facts and the keys of requests put to it; `facts` are
    all facts of the case, and `offered` the claims that the question shows, where not all open
    ones. A fact of a later stage, and any fact put to a claim that is not open, is a wrong pair.

    >>> from kamlib.case_facts import CASE, load_facts
    >>> table, case = load_claims(CASE), load_facts(CASE)
    >>> best = {"C1": ["F04", "F07"], "C2": ["F02", "F03", "F05"], "C3": ["F07"], "C13": ["sell_in"]}
    >>> score(best, table, case, "S0").f1
    1.0
    >>> score({**best, "C3": ["F07", "F10"]}, table, case, "S0").late
    frozenset({('C3', 'F10')})
    """
    known = facts.up_to(stage)
    open_ = claims.open_at(stage)
    by_claim, late = {}, set()
    for name in claims.claims:
        given = frozenset(pairs.get(name, ()))
        if offered is not None and name not in offered:
            continue
        too_late = {fact for fact in given if fact in facts and fact not in known}
        late |= {(name, fact) for fact in too_late}
        variants = [
            backing(
                given,
                variant.all_of,
                [variant.any_of, variant.requests_any_of],
                variant.optional,
                too_late,
            )
            for variant in open_.get(name, ())
        ] or [Backing(0, 0, given)]
        by_claim[name] = max(variants, key=lambda each: (each.f1, -each.needed))
    return Backed(by_claim, frozenset(late))
