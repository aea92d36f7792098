"""How a message reads through four lenses, by the words that stand in it.

A rough reading of a text, and of nothing else: it never says what somebody who wrote or reads it is
like, and a sentence without a sign is left undecided.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import model_validator

from kamlib import unique_yaml
from kamlib.case_facts import Bilingual, Provenance, Record
from kamlib.words import LANGUAGES, message
from kamlib.written import TIMES, Figure, written_dates, written_figures

LENS_IDS = ("numbers", "plan", "people", "possibilities")
"""The lenses in the order in which they are always shown."""


NOT_A_PERSON = message(
    "A picture of a message, not of a person. It counts words and figures, roughly; what the message means, "
    "only a person can tell."
)  # fmt: skip
"""What stands under every profile."""


class Lens(Record):
    """One way to read a message."""

    id: str
    name: Bilingual
    asks: Bilingual
    """What somebody who asks for it wants to know."""
    figures: bool = False
    """Whether numbers with their units are signs of it."""
    dates: bool = False
    """Whether days, weeks and the like are."""
    signs: dict[str, tuple[str, ...]]
    """For each language the words that are; * stands for any ending."""


class Lenses(Record):
    """The four lenses with their signs."""

    provenance: Provenance
    lenses: tuple[Lens, ...]

    @model_validator(mode="after")
    def _are_the_four(self) -> Lenses:
        if tuple(one.id for one in self.lenses) != LENS_IDS:
            raise ValueError(f"the lenses are {', '.join(LENS_IDS)}, in this order")
        for one in self.lenses:
            if not all(one.signs.get(lang) for lang in LANGUAGES):
                raise ValueError(f"{one.id} has signs in {' and '.join(LANGUAGES)}")
        for lang in LANGUAGES:
            signs = [sign for one in self.lenses for sign in one.signs[lang]]
            if twice := sorted({sign for sign in signs if signs.count(sign) > 1}):
                raise ValueError(f"a sign of one lens only: {', '.join(twice)}")
        return self

    def __getitem__(self, name: str) -> Lens:
        """Return a lens by its id; raises `KeyError` where there is none."""
        return {one.id: one for one in self.lenses}[name]


def read_lenses(text: str) -> Lenses:
    """Read a file of lenses; raises `ValueError` where it is not as it has to be."""
    return Lenses.model_validate(unique_yaml.load(text))


LENSES = "lenses.yaml"
"""In the folder of a case."""

CASE = Path(__file__).parents[1] / "units" / "06_thinking_preferences" / "case"
"""The repository's own; a trainee's machine has it elsewhere."""


def load_lenses(folder: Path = CASE) -> Lenses:
    """Return the lenses of a folder; raises `OSError` where the file is missing, else as `read_lenses`."""
    return read_lenses((folder / LENSES).read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of a lens as it stands in a text."""

    lens: str
    written: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with the signs found in it."""

    text: str
    signs: tuple[Sign, ...]

    def share(self, lens: str) -> float:
        """Return how much of the sentence is of a lens, in [0, 1], by the number of signs."""
        mine = sum(sign.lens == lens for sign in self.signs)
        return mine / len(self.signs) if self.signs else 0.0

    @property
    def leading(self) -> tuple[str, ...]:
        """The lenses with the most signs; none where there is no sign."""
        return _leading({lens: self.share(lens) for lens in LENS_IDS})


@dataclass(frozen=True, slots=True)
class MessageProfile:
    """How a message reads: a picture of a text, never of a person."""

    sentences: tuple[Sentence, ...]

    def share(self, lens: str) -> float:
        """Return how much of the message is of a lens, in [0, 1]; every sentence counts the same."""
        return sum(one.share(lens) for one in self.sentences) / max(1, len(self.sentences))

    @property
    def shares(self) -> Mapping[str, float]:
        """The share of each lens, in their order; with `undecided` they sum to 1."""
        return {lens: self.share(lens) for lens in LENS_IDS}

    @property
    def undecided(self) -> float:
        """The share of the sentences without any sign."""
        return sum(not one.signs for one in self.sentences) / max(1, len(self.sentences))

    @property
    def leading(self) -> tuple[str, ...]:
        """The lenses with the largest share; more than one where they are equal."""
        return _leading(self.shares)


def _leading(shares: Mapping[str, float]) -> tuple[str, ...]:
    top = max(shares.values())
    return tuple(lens for lens, share in shares.items() if top and share > top - 1e-9)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text in either language.

    >>> sentences("It is 6.5 % more. Order now!  第一步：下单。然后到货。")
    ['It is 6.5 % more.', 'Order now!', '第一步：下单。', '然后到货。']
    """
    parts = re.split(r"(?<=[。！？])|(?<=[.!?])(?=\s)|(?<=[.!?][”\"’])(?=\s)|\n", text)
    return [part.strip() for part in parts if re.search(r"\w", part)]


def profile(text: str, lenses: Lenses) -> MessageProfile:
    """Return how a text reads: for each of its sentences the signs that are found, in any language.

    Signs that overlap count once, the longest first.

    >>> found = profile("Delivery by 27 February. It costs 60 yuan more. Well.", load_lenses())
    >>> [one.leading for one in found.sentences]
    [('plan',), ('numbers',), ()]
    >>> {lens: round(share, 2) for lens, share in found.shares.items() if share}
    {'numbers': 0.33, 'plan': 0.33}
    >>> round(found.undecided, 2)
    0.33
    """
    return MessageProfile(
        tuple(Sentence(one, tuple(_signs(one, lenses))) for one in sentences(text))
    )


def _signs(sentence: str, lenses: Lenses) -> Iterator[Sign]:
    text = unicodedata.normalize("NFKC", sentence)
    found = [
        (start, end, lens.id)
        for lens in lenses.lenses
        for start, end in (*_spans(lens, text), *_written(lens, text))
    ]
    taken: list[tuple[int, int]] = []
    for start, end, lens_id in sorted(found, key=lambda one: (one[0] - one[1], one[0])):
        if all(end <= other or start >= until for other, until in taken):
            taken.append((start, end))
            yield Sign(lens_id, text[start:end])


def _spans(lens: Lens, text: str) -> Iterator[tuple[int, int]]:
    for signs in lens.signs.values():
        yield from (match.span() for match in _pattern(signs).finditer(text))


@lru_cache(maxsize=32)
def _pattern(signs: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(signs, key=len, reverse=True)
    return re.compile("|".join(_sign(one) for one in longest), re.I)


def _sign(sign: str) -> str:
    """Return the pattern of a sign: whole words in Latin letters, anywhere in 汉字."""
    if not sign.isascii():
        return re.escape(sign)
    word = re.escape(sign.removesuffix("*")).replace(r"\ ", r"\s+")
    return rf"\b{word}" + (r"\w*" if sign.endswith("*") else r"\b")


def _written(lens: Lens, text: str) -> Iterator[tuple[int, int]]:
    """Yield where days and figures stand that are signs of a lens."""
    if lens.dates:
        yield from ((day.start, day.end) for day in written_dates(text))
    if lens.figures or lens.dates:
        for figure in written_figures(text):
            if _is_sign(figure, lens):
                yield figure.start, figure.end


def _is_sign(figure: Figure, lens: Lens) -> bool:
    if not (figure.unit and figure.counts):
        return False
    return lens.dates if figure.unit in TIMES else lens.figures
