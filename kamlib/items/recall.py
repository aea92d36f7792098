"""Which points a list from memory names, in Chinese and English, and what a person must read.

A line names a point when it holds enough of the words of one accepted way to say it: stemmed
words in English, pairs of neighbouring characters in Chinese. Words that several points of the
key share count for less. Such matching is easily fooled, so a line that turns a point round, or
holds so much that it would fit anything, earns nothing and goes to a person.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

ENOUGH = 0.6
"""Share of an accepted phrase that a line must hold to name the point."""
PERHAPS = 0.4
"""From this share on a person looks."""
CLEAR = 0.8
"""From this share on, and in the phrase's order, words of other points beside it do not matter."""
FOREIGN = 1 / 3
"""Share of a line's known words that may belong to other points where the match is not clear."""
SLIP = 0.5
"""What a word with one slip of spelling counts for: never enough alone, since contact is not
contract."""
DUMP = 3
"""A line that names this many points is a dump."""
ROOM = 12
"""Words of its own that a line may hold, beside four for each word of the phrase."""
PARTS = 4
"""How many more parts, divided by commas, a line may have than the phrase it matches."""
MAX_LINE = 300
"""Characters of a line that are looked at."""


class Doubt(StrEnum):
    """Why a line earns nothing until a person has read it."""

    TURNED = "turned"
    """It says the opposite: a negation, or high for low."""
    DUMP = "dump"
    """It holds the words of several points, or far too many words."""
    NEAR = "near"
    """It holds some of a point's words, not enough."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a list of lines names."""

    found: Mapping[str, int]
    """The points named, each with the place of the line that earns it."""
    doubts: Mapping[int, tuple[Doubt, str]]
    """By place, the lines that earn nothing and need a person, and the point each comes nearest."""
    crowded: tuple[int, ...] = ()
    """The places of the lines that name two points and earn one."""


# Words ---------------------------------------------------------------------------------------

_HAN = "㐀-鿿豈-﫿"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+(?:'[^\W_{_HAN}]+)*")
_GAP = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_PARTS = re.compile(r"[,、;/|·•。]+|\.\s")
_STOP = frozenset((
    "a", "an", "the", "of", "to", "and", "or", "for", "with", "on", "at", "by", "from", "as",
    "is", "are", "be", "was", "were", "been", "it", "its", "this", "that", "these", "those",
    "he", "she", "they", "we", "you", "i", "his", "her", "their", "our", "your", "my", "them",
    "do", "does", "did", "has", "have", "had", "will", "would", "can", "could", "should",
    "must",
))  # fmt: skip
_ENDINGS = (
    ("ements", 4), ("ement", 4), ("ments", 4), ("ment", 4), ("ships", 4), ("ship", 4),
    ("ness", 4), ("ities", 4), ("ity", 4), ("ings", 3), ("ing", 3), ("ions", 4), ("ion", 4),
    ("ives", 4), ("ive", 4), ("ances", 4), ("ance", 4), ("ences", 4), ("ence", 4), ("enc", 4), ("anc", 4), ("ants", 4),
    ("ant", 4), ("ents", 4), ("ent", 4), ("ers", 3), ("er", 3),
    ("ors", 4), ("or", 4), ("al", 4), ("edly", 4), ("ed", 3), ("ely", 4), ("ly", 4), ("es", 3),
    ("s", 3), ("e", 3),
)  # fmt: skip
"""Endings of English words, each with the fewest letters that must stand before it."""
_IRREGULAR = {
    "using": "use", "used": "use", "user": "use", "users": "use", "uses": "use",
    "sold": "sell", "sale": "sell", "sales": "sell", "paid": "pay", "bought": "buy",
    "met": "meet", "won": "win", "lost": "lose", "loss": "lose", "built": "build",
    "knew": "know", "known": "know", "kept": "keep", "made": "make", "gave": "give",
    "given": "give", "took": "take", "taken": "take", "found": "find", "sent": "send",
    "told": "tell", "said": "say", "thought": "think", "understood": "understand",
    "chose": "choose", "chosen": "choose", "led": "lead", "held": "hold", "grew": "grow",
    "people": "person",
}  # fmt: skip


_WHOLE = frozenset({"marketing", "accounting", "business"})
"""Words that mean something else than their stem."""


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Return what an English word, in small letters, shares with its kin.

    >>> {stem(w) for w in ("negotiate", "negotiates", "negotiation", "negotiating")}
    {'negoti'}
    >>> stem("planning") == stem("plan"), stem("organise") == stem("organization")
    (True, True)
    >>> stem("policy") == stem("police"), stem("contact") == stem("contract")
    (False, False)
    """
    word = word.removesuffix("'s").removesuffix("'")
    if word in _WHOLE or not (word.isascii() and word.isalpha()):
        return word
    word = _IRREGULAR.get(word, word)
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    for _ in range(3):
        if word.endswith(("ss", "us", "is", "ee", "eed")):
            break
        for ending, least in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= least:
                word = word[: -len(ending)]
                break
        else:
            break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    if word.endswith("bil"):
        word = word[:-2] + "l"
    if word.endswith("at") and len(word) >= 6:
        word = word[:-2]
    return word[:-1] + "s" if word.endswith("iz") else word


# Negation and opposites ----------------------------------------------------------------------

_HARMLESS = re.compile(
    "不同|不管|不论|不错|不少|不久|不得不|不妨|差不多|非常|非凡|不断|"
    "无论|无數|无数|无限|无疑|未来|别人|特别|分别|区别|级别|识别|个别|类别|性别|差别|辨别|"
    "鉴别|判别|派别|告别|是否|能否|否则|除非|"
    r"\bno doubt\b|\bnot least\b"
)
_NOT_ONLY = re.compile(r"不仅|不但|不只|不光|\bnot only\b|\bnot just\b")
"""Harmless, too, but for a phrase that lives by it: *not only the present gain*."""
_BUT_ALSO = re.compile(r"\bbut\b|[而还也]")
_NEGATION = re.compile(
    "不|没有?|沒有?|无|無|非|别|別|未|勿|莫|否|甭|拒绝|避免|禁止|停止|缺乏|缺少|反对|相反|错误|"
    r"n't\b|\b(?:not|no|never|none|nor|neither|without|cannot|nothing|nobody|nowhere|hardly|"
    r"barely|rarely|seldom|except|false|wrong|opposite|contrary|instead of|rather than|"
    r"avoid\w*|refus\w*|fail\w*|lack\w*|stop\w*|neglect\w*|ignor\w*|"
    r"dont|doesnt|didnt|isnt|arent|wasnt|werent|wont|cant|couldnt|shouldnt|wouldnt|havent|"
    r"hasnt)\b"
)
_OPPOSITES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("increase", "raise", "rise", "grow"), ("decrease", "reduce", "lower", "fall", "shrink")),
    (("增加", "提高", "上升", "增长", "扩大", "提升"), ("减少", "降低", "下降", "缩小", "缩减")),
    (("more",), ("less", "fewer")),
    (("high", "higher"), ("low", "lower")),
    (("internal",), ("external",)),
    (("内部",), ("外部",)),
    (("before",), ("after",)),
    (("之前", "售前", "事前"), ("之后", "售后", "事后")),
    (("long",), ("short",)),
    (("长期", "长远"), ("短期", "眼前")),
    (("strong", "strength"), ("weak", "weakness")),
    (("win", "gain"), ("lose",)),
    (("赢得", "获得"), ("失去", "丢失")),
    (("active",), ("passive",)),
    (("主动",), ("被动",)),
    (("direct",), ("indirect",)),
    (("直接",), ("间接",)),
    (("新客户",), ("老客户",)),
    (("accept",), ("reject",)),
)
_SIDES: Mapping[str, frozenset[tuple[int, int]]] = {
    term: frozenset(
        (pair, side)
        for pair, sides in enumerate(_OPPOSITES)
        for side in (0, 1)
        if term in {t if not t.isascii() else stem(t) for t in sides[side]}
    )
    for sides in _OPPOSITES
    for side in sides
    for term in (t if not t.isascii() else stem(t) for t in side)
}
_HAN_SIDES = re.compile("|".join(term for term in _SIDES if not term.isascii()))


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text taken apart."""

    tokens: frozenset[str]
    """Stemmed words and pairs of Han characters; single ones where a run has but one, and in a
    typed line always, so that it can fit a phrase of one."""
    long_words: tuple[tuple[str, str], ...]
    """Words of six letters and more with their stems: these may hold a slip of spelling."""
    size: float
    """Words; two Han characters count as one."""
    parts: int
    """Parts between commas and the like."""
    order: Mapping[str, int]
    """Where each of the tokens stands first."""
    negations: int
    """Words that deny."""
    limits: int
    """How often it says *not only*; for a phrase that goes on with *but also*, never."""
    sides: frozenset[tuple[int, int]]
    """Which sides of `_OPPOSITES` it takes."""


_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def _read(text: str, phrase: bool = False) -> _Reading:
    text = text[:MAX_LINE]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).replace("’", "'")
    text = text.casefold()
    sides: set[tuple[int, int]] = set()
    tokens: dict[str, int] = {}
    words: list[str] = []
    size = 0.0
    for run in _RUN.findall(_GAP.sub("", text)):
        if "㐀" <= run[0] <= "鿿" or "豈" <= run[0] <= "﫿":
            run = run.replace("的", "") or run
            size += len(run) / 2
            at = len(tokens)
            for i, sign in enumerate(run):
                if len(run) == 1 or not phrase:
                    tokens.setdefault(sign, at + i)
                if i:
                    tokens.setdefault(run[i - 1 : i + 1], at + i)
        else:
            words.append(run)
    if size:
        for term in _HAN_SIDES.findall(text):
            sides |= _SIDES[term]
    content = [word for word in words if word not in _STOP] or words
    long_words = []
    for word in content:
        root = stem(word)
        tokens.setdefault(root, len(tokens))
        if root in _SIDES:
            sides |= _SIDES[root]
        if len(word) >= 6:
            long_words.append((word, root))
    return _Reading(
        tokens=frozenset(tokens),
        long_words=tuple(long_words),
        size=size + len(content),
        parts=1 + len(_PARTS.findall(text.strip(" .。"))),
        order=tokens,
        negations=len(_NEGATION.findall(_HARMLESS.sub(" ", _NOT_ONLY.sub(" ", text)))),
        limits=0 if phrase and _BUT_ALSO.search(text) else len(_NOT_ONLY.findall(text)),
        sides=frozenset(sides),
    )


def _one_slip(a: str, b: str) -> bool:
    """Tell whether two words differ by one letter too many, missing, wrong or swapped inside."""
    if abs(len(a) - len(b)) > 1 or a[0] != b[0]:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    a, b = a[start:], b[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


@dataclass(frozen=True, slots=True)
class _Key:
    """The points of a key taken apart."""

    phrases: tuple[tuple[int, _Reading], ...]
    """Each accepted phrase with the place of its point."""
    words: tuple[frozenset[str], ...]
    """For each point the tokens of all its phrases."""
    weights: Mapping[str, float]
    """A token counts one over the number of points that use it."""
    totals: tuple[float, ...]
    """For each phrase the weight of all its tokens."""
    having: Mapping[str, tuple[int, ...]]
    """For each token the phrases that hold it."""
    long_words: tuple[tuple[str, str], ...]
    """The words of all phrases in which a slip of spelling is looked for."""


@lru_cache(maxsize=256)
def _read_key(points: tuple[tuple[str, ...], ...]) -> _Key:
    phrases = tuple((p, _read(way, phrase=True)) for p, ways in enumerate(points) for way in ways)
    words = tuple(
        frozenset().union(*(phrase.tokens for at, phrase in phrases if at == p))
        for p in range(len(points))
    )
    used = Counter(token for own in words for token in own)
    weights = {token: 1 / times for token, times in used.items()}
    return _Key(
        phrases=phrases,
        words=words,
        weights=weights,
        totals=tuple(sum(weights[token] for token in phrase.tokens) for _, phrase in phrases),
        having={
            token: tuple(i for i, (_, phrase) in enumerate(phrases) if token in phrase.tokens)
            for token in weights
        },
        long_words=tuple({pair: None for _, phrase in phrases for pair in phrase.long_words}),
    )


# Matching ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a line fits a point, by the phrase that suits it best."""

    share: float
    evidence: frozenset[str]
    turned: bool
    phrase: _Reading


def _slipped(line: _Reading, key: _Key) -> frozenset[str]:
    """Return the tokens of the key that a word of the line is one slip away from."""
    strange = [word for word, root in line.long_words if root not in key.weights]
    if not strange:
        return frozenset()
    return frozenset(
        root
        for right, root in key.long_words
        if root not in line.tokens and any(_one_slip(right, word) for word in strange)
    )


def _fit(line: _Reading, slips: frozenset[str], phrase: _Reading, total: float, key: _Key) -> _Fit:
    held = phrase.tokens & line.tokens
    plain = float(len(held))
    weight = sum(key.weights[token] for token in held)
    if slips and (bent := (phrase.tokens & slips)):
        plain += SLIP * len(bent)
        weight += SLIP * sum(key.weights[token] for token in bent)
        held |= bent
    # A line that leaves out the "not only" of a phrase says the opposite; one that has it where
    # the phrase has none says no more than the phrase.
    limits = line.limits if phrase.limits else 0
    denied = line.negations + limits != phrase.negations + phrase.limits
    turned = denied or (
        bool(phrase.sides)
        and any(
            (pair, 1 - side) in line.sides and (pair, side) not in line.sides
            for pair, side in phrase.sides
        )
    )
    # A rare word alone must not carry a phrase, nor may words that all points share.
    share = min(plain / len(phrase.tokens), weight / total)
    return _Fit(share, held, turned, phrase)


def _fits(line: _Reading, key: _Key) -> dict[int, _Fit]:
    """Return how the line fits each point that it comes near, by the phrase that suits it best."""
    slips = _slipped(line, key)
    near = {i for token in (line.tokens | slips) & key.having.keys() for i in key.having[token]}
    fits: dict[int, _Fit] = {}
    for i in sorted(near):
        point, phrase = key.phrases[i]
        fit = _fit(line, slips, phrase, key.totals[i], key)
        if fit.share >= PERHAPS and (point not in fits or _rank(fit) > _rank(fits[point])):
            fits[point] = fit
    return fits


def _rank(fit: _Fit) -> tuple[bool, bool, int, float]:
    meets = fit.share >= ENOUGH
    return (meets and not fit.turned, meets, len(fit.evidence), fit.share)


def _judge(
    line: _Reading, key: _Key, names: Sequence[str]
) -> tuple[tuple[int, ...], int, tuple[Doubt, str] | None]:
    """Return the points a line may earn, how many it names, and the doubt where it earns none."""
    fits = _fits(line, key)
    if not fits:
        return (), 0, None
    best = max(fits, key=lambda p: _rank(fits[p]))
    dump = (Doubt.DUMP, names[best])
    said = _distinct([fit for fit in fits.values() if fit.share >= ENOUGH])
    if said >= min(DUMP, max(2, len(names))):
        return (), said, dump
    top = fits[best]
    if line.size > 4 * top.phrase.size + ROOM or line.parts > top.phrase.parts + PARTS:
        return (), said, dump
    met = tuple(p for p, fit in fits.items() if fit.share >= ENOUGH and not fit.turned)
    if not met:
        if top.share >= ENOUGH:
            return (), 0, (Doubt.TURNED, names[best])
        mixed = _mixed(line, key, best, top)
        return (), 0, dump if mixed else (Doubt.NEAR, names[best])
    clean = tuple(p for p in met if not _mixed(line, key, p, fits[p]))
    return (clean, said, None) if clean else ((), said, dump)


def _distinct(fits: Iterable[_Fit]) -> int:
    """Count the points named by words of their own."""
    used: set[str] = set()
    count = 0
    for fit in sorted(fits, key=lambda fit: -len(fit.evidence)):
        if not fit.evidence <= used:
            count += 1
            used |= fit.evidence
    return count


def _mixed(line: _Reading, key: _Key, point: int, fit: _Fit) -> bool:
    """Tell whether words of other points stand beside a match that is not clear: shuffled words."""
    if fit.share >= CLEAR:
        places = [line.order[token] for token in fit.phrase.order if token in line.order]
        if places == sorted(places):
            return False
    own = key.words[point]
    foreign = sum(1 for token in line.tokens if token in key.weights and token not in own)
    return foreign >= FOREIGN * (foreign + len(fit.evidence))


def recalled(lines: Sequence[str], points: Mapping[str, Sequence[str]]) -> Recalled:
    """Tell which `points` the `lines` name, given the accepted phrases of each point.

    Each line earns at most one point and each point is earned once, in the way that is best
    for the trainee.

    >>> points = {"need": ["find the need", "了解客户需求"], "pay": ["collect payment", "收回货款"]}
    >>> recalled(["finding needs", "收回货款"], points).found
    {'need': 0, 'pay': 1}
    >>> recalled(["never collect payments"], points).doubts
    {0: (<Doubt.TURNED: 'turned'>, 'pay')}
    """
    names = list(points)
    key = _read_key(tuple(tuple(accept) for accept in points.values()))
    earns: dict[int, tuple[int, ...]] = {}
    doubts: dict[int, tuple[Doubt, str]] = {}
    crowded: list[int] = []
    for place, text in enumerate(lines):
        may, said, doubt = _judge(_read(text), key, names)
        if may:
            earns[place] = may
            if said > 1:
                crowded.append(place)
        elif doubt:
            doubts[place] = doubt
    dumps = sum(doubt is Doubt.DUMP for doubt, _ in doubts.values())
    if dumps > 1 and 2 * dumps >= len(lines):
        # Words dealt out at random make up some points by chance: nothing counts before a
        # person has read the list.
        doubts |= {place: (Doubt.DUMP, names[may[0]]) for place, may in earns.items()}
        earns.clear()
    holder = _assign(earns)
    found = {names[point]: holder[point] for point in range(len(names)) if point in holder}
    return Recalled(
        found=found,
        doubts={
            place: (doubt, point)
            for place, (doubt, point) in doubts.items()
            if doubt is not Doubt.NEAR or point not in found
        },
        crowded=tuple(crowded),
    )


def _assign(earns: Mapping[int, tuple[int, ...]]) -> dict[int, int]:
    """Give as many points as possible to a line each (augmenting paths)."""
    holder: dict[int, int] = {}

    def place_line(line: int, tried: set[int]) -> bool:
        for point in earns[line]:
            if point not in tried:
                tried.add(point)
                if point not in holder or place_line(holder[point], tried):
                    holder[point] = line
                    return True
        return False

    for line in earns:
        place_line(line, set())
    return holder
