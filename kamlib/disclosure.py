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


@dataclass(frozen=True, slots=True)
class Written:
    """A number as it stands in a text."""

    value: float
    written: str
    step: float
    """What its last digit counts."""
    digits: int
    """How many digits it is written with, leading zeros apart."""
    end: int
    """Where it ends."""

    def is_(self, value: float) -> bool:
        """Tell whether this is how someone may have written a value, rounded to the digits shown."""
        return abs(self.value - value) <= self.step / 2 * (1 + 1e-9) and (
            self.step <= 1 or abs(self.value - value) <= 0.005 * value
        )


_DIGITS = re.compile(
    r"(?<![\d.,A-Za-z])(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(\.\d+)?\s*([万千百]|[kK](?![a-z])|thousand)?"
)
_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百千万]+")
_TIMES = {"万": 1e4, "千": 1e3, "百": 1e2, "k": 1e3, "thousand": 1e3, "": 1.0}
_ONES = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}


def written_numbers(text: str) -> list[Written]:
    """Return the numbers of a text: 1,256 and 1256, 4.5 千 and 0.45 万, 一千二百五十六.

    >>> [found.value for found in written_numbers("卖 4,500 台，或 0.45 万台；四千五；F03")]
    [4500.0, 4500.0, 4500.0]
    >>> [found.value for found in written_numbers("3.58 a store, 十二家店, 两百零五")]
    [3.58, 12.0, 205.0]
    """
    found = []
    for match in _DIGITS.finditer(text):
        whole, part, times = match[1].replace(",", ""), match[2] or "", match[3] or ""
        factor = _TIMES[times.lower()]
        shown = (whole + part[1:]).lstrip("0")
        step = factor / 10 ** max(0, len(part) - 1)
        value = float(whole + part) * factor
        found.append(Written(value, match[0].strip(), step, len(shown), match.end()))
    for match in _NUMERAL.finditer(text):
        value = float(_chinese(match[0]))
        if value:
            found.append(Written(value, match[0], 1.0, len(str(int(value))), match.end()))
    return found


def _chinese(numeral: str) -> int:
    total, section, one, unit = 0, 0, 0, 1
    for sign in numeral:
        if sign in _ONES:
            one = _ONES[sign] if unit != 1 or one == 0 else one * 10 + _ONES[sign]
            if sign in "零〇":
                unit = 1  # 两千零五: what follows counts ones
        elif sign == "万":
            total, section, one, unit = (section + one) * 10_000, 0, 0, 10_000
        else:
            unit = _TENS[sign]
            section, one = section + (one or 1) * unit, 0
    # 四千五 is 4,500: a last digit without its unit counts tenths of the one before.
    return total + section + one * (unit // 10 if unit > 1 else 1)
