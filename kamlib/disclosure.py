"""Which confidential facts reach someone who is not to hear them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kamlib.case1 import values
from kamlib.case_facts import Facts
from kamlib.evidence import FORMS, Claims
from kamlib.words import Message, message
from kamlib.written import written_numbers


@dataclass(frozen=True, slots=True)
class Leak:
    """A confidential fact on its way to A."""

    fact: str
    """The fact's id."""
    sure: bool
    """True where the trainee put the fact there; False where a number in free text looks like it."""
    message: Message
    written: str = ""
    """The number as it stands in the text."""


def disclosed(
    said: str | Mapping[str, str] | Iterable[str], facts: Facts, claims: Claims
) -> tuple[Leak, ...]:
    """Return which of B's confidential facts reach A outside the allowed forms.

    `said` is what a field *say to A* holds: fact ids, each with its form of `FORMS` where it is a
    mapping; or free text, in which B's numbers and its rates per head and store are looked for,
    in digits and in Chinese numerals, as a hint for a person.

    >>> from kamlib.case_facts import CASE, load_facts
    >>> from kamlib.evidence import load_claims
    >>> table, case = load_claims(CASE), load_facts(CASE)
    >>> [leak.fact for leak in disclosed(["F03", "F04", "F20"], case, table)]
    ['F03', 'F20']
    >>> [leak.fact for leak in disclosed({"F03": "comparable", "F13": ""}, case, table)]
    ['F13']
    >>> [(leak.fact, leak.written) for leak in disclosed("B serves 1,256 stores.", case, table)]
    [('F20', '1,256')]
    >>> disclosed("A comparable distributor passes on 4,500 a month.", case, table)
    ()
    """
    if isinstance(said, str):
        return tuple(_hints(said, facts, claims))
    forms = said if isinstance(said, Mapping) else dict.fromkeys(said, "")
    return tuple(
        Leak(
            fact, True, _rule(message("{fact} is about B.", fact=fact), claims.allowed_forms(fact))
        )
        for fact, form in forms.items()
        if fact in facts
        and facts[fact].disclosure == "B_confidential"
        and form not in claims.allowed_forms(fact)
    )


def _rule(what: Message, forms: Sequence[str]) -> Message:
    if not forms:
        return message("{what} Leave it out of what you say to A.", what=what)
    allowed = tuple(FORMS[form] for form in forms)
    return message("{what} To A it may only be said in this form: {forms}.",
                   what=what, forms=allowed)  # fmt: skip


_RATES = {
    "hB": "F16",
    "D51": "F16",
    "D53": "F16",
    "rB": "F20",
    "dB": "F20",
    "D58": "F16",
    "D66": "F20",
}
"""B's rates per head, store and branch, with the fact that they give away."""

_B = re.compile(r"(?<![A-Za-z])B(?![A-Za-z])")
_OTHER = re.compile(
    r"comparable|(?:an)?other distributor|similar market|同类|可比|另一家|(?:别的|其他)(?:经销商|省代)|同行",
    re.I,
)
_NOUNS: Mapping[str, re.Pattern[str]] = {
    "days": re.compile(r"\s*(?:-?\s*days?|天|日)", re.I),
    "branches": re.compile(r"\s*(?:branch|[家个]?分公司|[家个]?分店)", re.I),
    "people": re.compile(r"\s*(?:sales|people|staff|heads?\b|[名个位]?(?:销售|业务|人))", re.I),
    "models": re.compile(r"\s*(?:of our |of your )?(?:models?|款|[个种]?机型)", re.I),
}
"""What has to follow a small number for it to be B's."""
SMALL = 100
"""Below this a number is only B's where its noun follows and another distributor is spoken of."""


def _hints(text: str, facts: Facts, claims: Claims) -> Iterator[Leak]:
    text = unicodedata.normalize("NFKC", text)
    known = values(facts)
    secret = [
        (float(value.value), value.unit, fact.id)
        for fact in facts
        if fact.disclosure == "B_confidential"
        for value in fact.values
        if not isinstance(value.value, str)
    ]
    rates = [(known[name], fact) for name, fact in _RATES.items() if name in known]
    seen: set[tuple[str, str]] = set()
    for sentence in re.split(r"(?<=[。！？；!?;\n])|(?<=\.)(?=\s|$)", text):
        names_b, others = bool(_B.search(sentence)), bool(_OTHER.search(sentence))
        for found in written_numbers(sentence):
            rest = sentence[found.end :]
            hits = [
                fact
                for value, unit, fact in secret
                if found.is_(value)
                and (value >= SMALL or ((names_b or others) and _follows(unit, rest)))
            ]
            if (found.digits >= 2 and found.value != int(found.value)) or found.value >= SMALL:
                hits += [fact for value, fact in rates if found.is_(value)]
            for fact in hits:
                forms = claims.allowed_forms(fact)
                if "comparable" in forms and others and not names_b:
                    continue
                if (fact, found.written) not in seen:
                    seen.add((fact, found.written))
                    what = message("“{number}” looks like a number of B's.", number=found.written)
                    yield Leak(fact, False, _rule(what, forms), found.written)


def _follows(unit: str, rest: str) -> bool:
    noun = _NOUNS.get(unit)
    return noun is None or bool(noun.match(rest))
