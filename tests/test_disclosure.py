"""What we know of B does not reach A, except in the forms that do not show B."""

from __future__ import annotations

import pytest

from kamlib.case_facts import CASE, load_facts
from kamlib.disclosure import disclosed
from kamlib.evidence import load_claims
from kamlib.words import Words

FACTS, CLAIMS = load_facts(CASE), load_claims(CASE)
CASE_1B = CASE.parent / "case_1b"


def leaks(said: object) -> list[str]:
    """Return the facts that leak."""
    return [leak.fact for leak in disclosed(said, FACTS, CLAIMS)]  # type: ignore[arg-type]


def test_only_bs_own_facts_are_secret() -> None:
    """Of all facts put to A, B's five are found, and for sure."""
    found = disclosed([fact.id for fact in FACTS], FACTS, CLAIMS)
    assert [leak.fact for leak in found] == ["F03", "F13", "F14", "F16", "F20"]
    assert all(leak.sure for leak in found)


@pytest.mark.parametrize(
    ("fact", "form", "allowed"),
    [("F03", "comparable", True), ("F03", "total", True), ("F03", "seen_in_shops", False),
     ("F14", "seen_in_shops", True), ("F14", "comparable", False), ("F20", "total", True),
     ("F20", "comparable", False), ("F16", "total", True), ("F13", "total", False),
     ("F03", "", False), ("F03", "anything", False)],
)  # fmt: skip
def test_a_form_allows_its_own_facts(fact: str, form: str, allowed: bool) -> None:
    """Each confidential fact may be said in the forms that the table gives it, and in no other."""
    assert (leaks({fact: form}) == []) is allowed


def test_a_leak_is_told_with_the_way_out() -> None:
    """The trainee reads what is wrong and in what form it would be right, in either language."""
    (leak,) = disclosed(["F03"], FACTS, CLAIMS)
    assert "comparable distributor" in Words("en").say(leak.message)
    (leak,) = disclosed(["F13"], FACTS, CLAIMS)
    assert "Leave it out" in Words("en").say(leak.message)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("B sells 4,500 a month.", ["F03"]),
        ("Others here sell 150 a day.", ["F03"]),
        ("B 每月出 0.45 万台", ["F03"]),
        ("人家每月四千五百台", ["F03"]),
        ("有人做了 1256 家店", ["F20"]),
        ("对方有一千二百五十六家店", ["F20"]),
        ("They make １，２５６ stores.", ["F20"]),
        ("The benchmark is 3.58 a store.", ["F20"]),
        ("每人每月 128.6 台", ["F16"]),
        ("129 for each of your people", ["F16"]),
        ("B has 35 salespeople.", ["F16"]),
        ("另一家省代给 7 天账期", ["F13"]),
        ("B 做我们三款机型", ["F14"]),
    ],
)
def test_bs_numbers_are_found_in_free_text(text: str, facts: list[str]) -> None:
    """In digits of any width, in 万, in Chinese numerals, as a fact or as a rate: always a hint."""
    assert leaks(text) == facts
    assert not any(leak.sure for leak in disclosed(text, FACTS, CLAIMS))


@pytest.mark.parametrize(
    "text",
    [
        "A comparable distributor passes on 4,500 a month.",
        "一家可比的省代每月卖 4,500 台。",
        "2,829 or 2,992 a month is within your reach.",
        "Ten units are 104 days of an average store of yours.",
        "We could think about 7 days of credit for your dealers.",
        "你的 3 家分公司，22 名销售，835 家店",
        "A retailer sells 60 a day; the province takes 600,000.",
        "Three steps, five weeks, 35 %.",
        "Another distributor called: 5 calls, 7 visits, 3 trucks, 35 %.",
        "Your 7 days, your 5 branches.",
        "",
    ],
)
def test_what_a_may_hear_is_left_alone(text: str) -> None:
    """A's own numbers, public ones, totals and offers are no leak."""
    assert leaks(text) == []


def test_naming_b_spoils_the_allowed_form() -> None:
    """A comparable distributor that is called B is B."""
    assert leaks("A comparable distributor, B, sells 4,500.") == ["F03"]
    assert leaks("B 这样可比的省代卖 4,500 台") == ["F03"]


def test_the_second_case_keeps_its_own_secrets() -> None:
    """In case 1b other numbers are secret."""
    facts, claims = load_facts(CASE_1B), load_claims(CASE_1B)
    assert [leak.fact for leak in disclosed("They serve 1,010 stores.", facts, claims)] == ["F20"]
    assert disclosed("They serve 1,256 stores.", facts, claims) == ()
