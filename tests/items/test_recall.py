"""Recall lists: what a line names, and what does not fool the matching."""

import random

import pytest

from kamlib.items.keys import Key, parse_key
from kamlib.items.mark import Mark, Outcome
from kamlib.items.marking import check
from kamlib.items.model import Item, parse_item
from kamlib.items.recall import Doubt, recalled
from kamlib.words import Words

POINTS = {
    "self": ["start with yourself", "从自我开始"],
    "market": ["know the market", "了解市场变化"],
    "use": ["use resources and information", "利用资源和信息"],
    "customer": ["understand the customer", "了解客户需求"],
    "influence": ["negotiate and influence", "谈判与影响力"],
}
ENGLISH = [accept[0] for accept in POINTS.values()]
CHINESE = [accept[1] for accept in POINTS.values()]


def question(lines: int = 5) -> Item:
    return parse_item(
        {"interaction": "recall", "id": "u.r", "title": "", "prompt": "", "use": "graded",
         "points": 10, "lines": lines}
    )  # fmt: skip


def answer_key(enough: int | None = None) -> Key:
    points = {name: {"name": name.title(), "accept": ways} for name, ways in POINTS.items()}
    return parse_key("recall", {"explanation": "Why.", "points": points, "enough": enough})


def marked(lines: list[str], enough: int | None = None) -> Mark:
    return check(question(), answer_key(enough), {"lines": lines})


def refused(mark: Mark) -> bool:
    """Whether an attack earned little, or was flagged."""
    return mark.score is not None and (mark.score < 3.5 or mark.needs_human)


@pytest.mark.parametrize("lines", [ENGLISH, CHINESE, CHINESE[::-1], [*ENGLISH[:2], *CHINESE[2:]]])
def test_every_accepted_phrase_counts_in_any_order_and_language(lines: list[str]) -> None:
    """The key's own words earn full marks, mixed as one likes."""
    assert (marked(lines).score, marked(lines).outcome) == (10.0, Outcome.CORRECT)


@pytest.mark.parametrize(
    ("line", "point"),
    [
        ("Knowing the markets well", "market"),
        ("we should understand customers", "customer"),
        ("negotiating, influencing", "influence"),
        ("使用并利用好资源和信息", "use"),
        ("了解客户的需求", "customer"),
        ("谈判和影响力", "influence"),
        ("ＫＮＯＷ the market!", "market"),
        ("not only know the market", "market"),
        ("不断了解客户需求", "customer"),
    ],
)
def test_other_forms_and_words_around_do_not_matter(line: str, point: str) -> None:
    """Endings, particles, width of letters and a few more words leave a point a point."""
    assert list(recalled([line], POINTS).found) == [point]


@pytest.mark.parametrize(
    "line",
    [
        "sell more boxes",
        "marketing",
        "the",
        "了解",
        "卖更多的货",
        "consumer",
        "self",
        "",
        "!!!",
        "x",
    ],
)
def test_unrelated_words_earn_nothing_and_trouble_nobody(line: str) -> None:
    """Neither a word that only looks alike nor one that all points share counts."""
    result = recalled([line], POINTS)
    assert not result.found
    assert not result.doubts


@pytest.mark.parametrize(
    "line",
    [
        "do not know the market", "don’t know the market", "never know the market",
        "know the market? no", "know the market without doubt", "不了解市场变化", "没有了解市场变化",
        "别了解市场变化", "无需了解市场变化", "dont understand the customer", "了解市场变化是错误的",
        "沒了解市场变化", "未了解市场变化", "非了解市场变化", "fail to understand the customer",
    ],
)  # fmt: skip
def test_a_negated_point_is_not_counted_and_goes_to_a_person(line: str) -> None:
    """The words alone do not make a point that is denied."""
    result = recalled([line], POINTS)
    assert not result.found
    assert result.doubts[0][0] is Doubt.TURNED


def test_a_point_that_is_a_negation_needs_its_negation() -> None:
    """Where the point itself says not, a line without it says the opposite."""
    points = {"blame": ["do not blame the agent", "不推卸责任"], "plan": ["prepare the visit"]}
    assert list(recalled(["we do not blame agents"], points).found) == ["blame"]
    assert list(recalled(["不推卸责任"], points).found) == ["blame"]
    assert recalled(["blame the agent"], points).doubts[0][0] is Doubt.TURNED
    assert recalled(["推卸责任"], points).doubts[0][0] is Doubt.TURNED


@pytest.mark.parametrize(
    ("phrase", "line"),
    [
        ("increase the number of customers", "reduce the number of customers"),
        ("增加重点客户数量", "减少重点客户数量"),
        ("look after the long term gain", "look after the short term gain"),
    ],
)
def test_an_opposite_is_not_counted(phrase: str, line: str) -> None:
    """More for less shares most words and is still wrong."""
    assert recalled([line], {"p": [phrase]}).doubts[0][0] is Doubt.TURNED
    assert recalled([phrase], {"p": [phrase]}).found == {"p": 0}


def test_a_border_case_goes_to_a_person_and_the_score_stands() -> None:
    """Some of the words are not enough, but may be meant."""
    mark = marked(["negotiate", *ENGLISH[:2]])
    assert (mark.score, mark.needs_human) == (4.0, True)
    assert any("may mean “Influence”" in Words("en").say(part) for part in mark.feedback)


def test_neither_a_rare_word_alone_nor_a_shared_one_makes_a_point() -> None:
    """Half of a phrase is half of it, and a word that points share tells none of them."""
    points = {"market": ["know the market"], "customer": ["know the customer"]}
    assert recalled(["customer"], points).doubts == {0: (Doubt.NEAR, "customer")}
    assert not recalled(["know"], points).doubts
    long = {verb: [f"{verb} key customers often"] for verb in ("visit", "rank", "ask")}
    assert recalled(["key customers often"], long).doubts[0][0] is Doubt.NEAR


def test_a_slip_of_spelling_is_no_word_of_its_own() -> None:
    """A misspelt word helps but never carries a point alone: contact is not contract."""
    assert recalled(["use resorces and information"], POINTS).found == {"use": 0}
    assert recalled(["contact"], {"p": ["contract"]}).doubts[0][0] is Doubt.NEAR


def test_each_point_and_each_line_counts_once_in_the_way_best_for_the_trainee() -> None:
    """Saying one thing twice is one thing; lines are given to points so that most count."""
    assert marked([ENGLISH[0]] * 5).score == 2.0
    points = {"visit": ["plan the visit"], "time": ["plan the visit in time"]}
    lines = ["plan the visit in time", "plan visits"]
    assert recalled(lines, points).found == {"visit": 1, "time": 0}


def test_a_line_with_two_points_earns_one_and_says_so() -> None:
    """One point a line is the rule, and it is told."""
    mark = marked([f"{ENGLISH[1]} and {ENGLISH[2]}"])
    assert mark.score == 2.0
    assert "A line counts for one point" in " ".join(Words("en").say(m) for m in mark.feedback)


@pytest.mark.parametrize("reference", [ENGLISH, CHINESE])
def test_the_key_pasted_into_each_line_earns_nothing(reference: list[str]) -> None:
    """A line that would fit anything fits nothing."""
    for glue in (" ", ", ", "，"):
        mark = marked([glue.join(reference)] * 5)
        assert (mark.score, mark.needs_human) == (0.0, True)
        pair = recalled([glue.join(reference[:2])] * 2, dict(list(POINTS.items())[:2]))
        assert not pair.found


@pytest.mark.parametrize(("reference", "no"), [(ENGLISH, "not {}"), (CHINESE, "不是{}")])
def test_the_negated_reference_earns_nothing(reference: list[str], no: str) -> None:
    """The known attack on such matching: every line of the key, denied."""
    mark = marked([no.format(line) for line in reference])
    assert (mark.score, mark.needs_human) == (0.0, True)


def in_words(line: str) -> list[str]:
    """Words of English, pairs of characters of Chinese."""
    return line.split() if line.isascii() else [line[i : i + 2] for i in range(0, len(line), 2)]


@pytest.mark.parametrize("reference", [ENGLISH, CHINESE])
def test_shuffled_keywords_are_refused(reference: list[str]) -> None:
    """The key's words dealt out at random earn little or are flagged, and on average a fifth."""
    total, refusals = 0.0, 0
    for seed in range(40):
        words = [word for line in reference for word in in_words(line)]
        random.Random(seed).shuffle(words)
        size = -(-len(words) // 5)
        mark = marked([" ".join(words[i : i + size]) for i in range(0, len(words), size)])
        total += mark.score or 0.0
        refusals += refused(mark)
    assert refusals >= 39
    assert total / 40 < 2.0


def test_a_list_that_is_mostly_dealt_out_words_counts_for_nothing() -> None:
    """One point made by chance among lines of mixed words waits for a person, too."""
    lines = ["know market use", "information start customer", "negotiate resources understand",
             "use influence customer and"]  # fmt: skip
    result = recalled(lines, POINTS)
    assert not result.found
    assert result.doubts[0] == (Doubt.DUMP, "market")


def test_much_irrelevant_text_is_not_a_point() -> None:
    """A keyword in a page of words, or in a long list of guesses, goes to a person."""
    noise = "every day there is something new to do for all of us " * 4
    assert recalled([noise + ENGLISH[1]], POINTS).doubts[0][0] is Doubt.DUMP
    guesses = "sell, pay, call, visit, wait, know the market"
    assert recalled([guesses], POINTS).doubts[0][0] is Doubt.DUMP


def test_enough_points_are_full_marks_whatever_else_stands_there() -> None:
    """Where three of five are asked, three are full marks and nobody has to look."""
    mark = marked([*ENGLISH[:3], "not " + ENGLISH[3]], enough=3)
    assert (mark.score, mark.needs_human) == (10.0, False)


def test_lines_beyond_those_offered_are_not_read() -> None:
    """A longer list than the form offers gains nothing; line breaks divide lines."""
    mark = check(question(2), answer_key(2), {"lines": ["dogs\ncats", *ENGLISH]})
    assert mark.score == 0.0
    assert "Only the first 2 lines count; 5 more were not read." in [
        Words("en").say(part) for part in mark.feedback
    ]
    assert check(question(2), answer_key(), {"lines": ENGLISH[:2]}).score == 10.0


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("not only the present gain", True), ("not just the present gain", True),
        ("only the present gain", False), ("the present gain", False),
        ("不光看眼前", True), ("光看眼前", False),
    ],
)  # fmt: skip
def test_a_phrase_may_live_by_its_not_only(line: str, counts: bool) -> None:
    """Where *not only* is the point of a phrase, a line without it says the opposite."""
    points = {"horizon": ["not only the present gain", "不光看眼前"]}
    assert bool(recalled([line], points).found) == counts


def test_not_only_but_also_stays_harmless() -> None:
    """A phrase that goes on with *but also* is met by a line that says both plainly."""
    points = {"both": ["not only sells but also advises", "不仅卖货还做顾问"]}
    assert recalled(["卖货还做顾问"], points).found == {"both": 0}
    assert recalled(["not only sells but advises too"], {"p": ["sells and advises"]}).found
