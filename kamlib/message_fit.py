"""What a message lacks, and what is too much in it, beside what its reader asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, model_validator

from kamlib import unique_yaml
from kamlib.case_facts import Bilingual, Provenance, Record
from kamlib.preferences import CASE, LENS_IDS, Lenses, MessageProfile, load_lenses, profile
from kamlib.rewriting import Kept, Rewriting, StatedFact, facts_kept, lost_message, rewriting
from kamlib.words import LANGUAGES, Message, message

MESSAGE = "message.yaml"
"""In the folder of a case, beside the lenses."""

EARLY = 2
"""News that nobody likes stands among the first sentences, at the latest here."""

SPARED = 0.3
"""From here on, of what a reader asked to be spared, there is too much."""


class Phrase(Record):
    """A sentence to make the message of."""

    id: str
    lens: str
    """The lens it is written for."""
    short: Bilingual
    """What it is about, for a figure."""
    text: Bilingual
    colours: Bilingual | None = None
    """Why it is no fact, where it says more than anybody knows."""


class Reader(Record):
    """Somebody to write to, known by nothing but what was said."""

    id: str
    name: Bilingual
    said: Bilingual
    """The wish, word for word."""
    wants: str
    """The lens of that wish."""
    spares: str = ""
    """The lens that was not wished for, in so many words; mostly none."""
    asked: tuple[StatedFact, ...] = ()
    """What the wish asks to be told beside the facts that everybody gets."""


class SharedMessage(Record):
    """A message with its facts, its sentences and its readers."""

    provenance: Provenance
    title: Bilingual
    story: Bilingual
    """The message itself, plainly."""
    news: str
    """The fact that is the news."""
    at_most: int = Field(ge=3)
    """So many sentences are still read."""
    facts: tuple[StatedFact, ...]
    phrases: tuple[Phrase, ...]
    readers: tuple[Reader, ...]
    versions: dict[str, tuple[str, ...]]
    """For each reader a message that has all of it, by its phrases in order."""

    @model_validator(mode="after")
    def _hangs_together(self) -> SharedMessage:
        for what in (self.facts, self.phrases, self.readers):
            ids = Counter(one.id for one in what)
            if twice := [name for name, n in ids.items() if n > 1]:
                raise ValueError(f"given twice: {', '.join(twice)}")
        lenses = {*(one.lens for one in self.phrases), *(one.wants for one in self.readers)}
        if unknown := lenses - set(LENS_IDS):
            raise ValueError(f"no such lens: {', '.join(sorted(unknown))}")
        if self.news not in {one.id for one in self.facts}:
            raise ValueError(f"no such fact: {self.news}")
        known = {one.id for one in self.phrases}
        if unknown := {one for order in self.versions.values() for one in order} - known:
            raise ValueError(f"no such phrase: {', '.join(sorted(unknown))}")
        if {one.id for one in self.readers} != set(self.versions):
            raise ValueError("each reader has a version")
        return self

    def phrase(self, name: str) -> Phrase:
        """Return a phrase by its id; raises `KeyError` where there is none."""
        return {one.id: one for one in self.phrases}[name]

    def reader(self, name: str) -> Reader:
        """Return a reader by its id; raises `KeyError` where there is none."""
        return {one.id: one for one in self.readers}[name]

    def made_of(self, phrases: Sequence[str], lang: str) -> str:
        """Return the message that these phrases make, in their order."""
        return ("" if lang == "zh" else " ").join(
            self.phrase(one).text.in_(lang) for one in phrases
        )


def read_message(text: str) -> SharedMessage:
    """Read a file with a message; raises `ValueError` where it is not as it has to be."""
    return SharedMessage.model_validate(unique_yaml.load(text))


def read_case(folder: Path = CASE) -> tuple[Lenses, SharedMessage]:
    """Return the lenses and the message of a folder.

    Raises `OSError` where a file is missing, `ValueError` where it is not as it has to be.
    """
    return load_lenses(folder), read_message((folder / MESSAGE).read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Reply:
    """What there is to say about a message to a reader; no mark."""

    profile: MessageProfile
    facts: Rewriting
    good: tuple[Message, ...]
    """What is as it was asked for."""
    change: tuple[Message, ...]
    """What is missing, or too much, the most important first."""


def reply(text: str, reader: Reader, shared: SharedMessage, lenses: Lenses) -> Reply:
    """Return what there is to say about a message, beside what its reader asked for.

    >>> lenses, shared = read_case()
    >>> owner = shared.reader("owner")
    >>> whole = shared.made_of(shared.versions["owner"], "en")
    >>> reply(whole, owner, shared, lenses).change
    ()
    >>> reply("The phone costs 1,160 yuan.", owner, shared, lenses).change[0].text
    'Lost: {what}'
    """
    read = profile(text, lenses)
    found = rewriting(shared.facts, text, _known(shared))
    asked = facts_kept(reader.asked, text)
    change = [
        *_lost(found),
        *_coloured(text, shared),
        *_added(found),
        *_not_answered(asked),
        *_order(read, shared),
        *_lens(read, reader, lenses),
        *_length(read, shared),
    ]
    return Reply(read, found, tuple(_good(read, found, asked, reader, lenses)), tuple(change))


def _known(shared: SharedMessage) -> str:
    """Return all that the message's author said, whose numbers are no additions."""
    texts = (shared.story, *(one.text for one in shared.phrases))
    return " ".join(text.in_(lang) for text in texts for lang in LANGUAGES)


def _good(
    read: MessageProfile,
    found: Rewriting,
    asked: Sequence[Kept],
    reader: Reader,
    lenses: Lenses,
) -> Iterator[Message]:
    if not found.lost:
        yield message(
            "All {n} facts arrive: {facts}.",
            n=len(found.facts), facts=tuple(one.fact.name for one in found.facts),
        )  # fmt: skip
    answered = tuple(one.fact.name for one in asked if one.survives)
    if answered:
        yield message("It answers what was asked: {what}.", what=answered)
    if read.leading == (reader.wants,):
        yield message("Most of it is about “{lens}”, as asked for.", lens=lenses[reader.wants].name)


def _lost(found: Rewriting) -> Iterator[Message]:
    for one in found.lost:
        yield message("Lost: {what}", what=lost_message(one))


def _coloured(text: str, shared: SharedMessage) -> Iterator[Message]:
    for one in shared.phrases:
        if one.colours and any(one.text.in_(lang) in text for lang in LANGUAGES):
            yield message("“{phrase}” {why}", phrase=one.text, why=one.colours)


def _added(found: Rewriting) -> Iterator[Message]:
    if found.added:
        yield message(
            "Not in the message you were given: {numbers}. Where does it come from?",
            numbers=found.added,
        )


def _not_answered(asked: Sequence[Kept]) -> Iterator[Message]:
    for one in asked:
        if not one.survives:
            yield message("Asked for, and missing: {what}.", what=one.fact.name)


def _order(read: MessageProfile, shared: SharedMessage) -> Iterator[Message]:
    news = next(fact for fact in shared.facts if fact.id == shared.news)
    places = [
        place
        for place, one in enumerate(read.sentences, 1)
        if all(each.survives for each in facts_kept([news], one.text))
    ]
    if places and places[0] > EARLY:
        yield message(
            "The news itself, {fact}, comes only in sentence {n}. What nobody likes to hear is said early; "
            "else it looks hidden.",
            fact=news.name, n=places[0],
        )  # fmt: skip
    if len(places) > 1:
        yield message("Said {n} times: {fact}. Once is enough.", n=len(places), fact=news.name)


def _lens(read: MessageProfile, reader: Reader, lenses: Lenses) -> Iterator[Message]:
    if not read.sentences:
        return
    wanted = lenses[reader.wants]
    share = read.share(wanted.id)
    if read.leading != (wanted.id,):
        yield message(
            "The wish was to hear {asks}. About that is {share} % of your message.",
            asks=wanted.asks, share=round(100 * share),
        )  # fmt: skip
    if share and wanted.id not in read.sentences[0].leading:
        yield message(
            "It does not begin with what was asked for. Put a sentence about “{lens}” first.",
            lens=wanted.name,
        )
    if reader.spares and read.share(reader.spares) > SPARED:
        yield message(
            "Too much of what this reader asked to be spared: “{lens}” is {share} % of your message.",
            lens=lenses[reader.spares].name, share=round(100 * read.share(reader.spares)),
        )  # fmt: skip


def _length(read: MessageProfile, shared: SharedMessage) -> Iterator[Message]:
    if len(read.sentences) > shared.at_most:
        yield message(
            "{n} sentences are many for a message that is read on a phone; {most} are enough. Leave out what "
            "was not asked for.",
            n=len(read.sentences), most=shared.at_most,
        )  # fmt: skip
