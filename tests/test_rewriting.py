"""A fact survives another wording, in either language, and every loss is named."""

from __future__ import annotations

import pytest
import yaml
from pydantic import ValidationError

from kamlib.case_facts import Bilingual
from kamlib.items.measures import fall, measure
from kamlib.message_fit import read_case
from kamlib.preferences import CASE
from kamlib.rewriting import (
    BLIND,
    FALLS,
    Rewritten,
    StatedFact,
    facts_kept,
    facts_of,
    kept,
    lost_message,
    rewriting,
)
from kamlib.words import LANGUAGES, Message, Words

PRICE = StatedFact(id="price", name=Bilingual(en="the price", zh="新价"), number=1060, unit="yuan")
RISE = StatedFact(id="rise", name=Bilingual(en="the rise", zh="涨幅"), number=6, unit="percent")
START = StatedFact(id="start", name=Bilingual(en="the day", zh="日期"), date="03-01")
WINDOW = StatedFact(
    id="window", name=Bilingual(en="the old price", zh="原价"), date="02-20", number=600, unit="phones",
    words=("old price", "原价", "as…before"),
)  # fmt: skip
FACTS = """
provenance: invented
versions:
  numbers: {en: The version for Guo, zh: 给郭总的版本}
  plan: {en: The version for Shi, zh: 给石主管的版本}
facts:
- {id: price, name: {en: "the price, 1,060 yuan", zh: "新价 1,060 元"}, number: 1060, unit: yuan}
- {id: start, name: {en: from 1 March, zh: 从 3 月 1 日起}, date: 03-01}
"""
WHOLE = "From 1 March it costs 1,060 yuan."
ENGLISH, CHINESE = Words("en"), Words("zh")


def said(messages: tuple[Message, ...], words: Words = ENGLISH) -> list[str]:
    return [words.say(one) for one in messages]


@pytest.mark.parametrize(
    ("fact", "version"),
    [(PRICE, "It is at 1060 RMB."), (PRICE, "新价是一千零六十元"), (PRICE, "about 1.06 千"),
     (PRICE, "one thousand and sixty yuan"), (RISE, "Six per cent, that is all."), (RISE, "涨幅 6%"),
     (RISE, "六个百分点"), (START, "on March 1st"), (START, "三月一号起"),
     (WINDOW, "Until 20 February and for 600 phones the old price holds."),
     (WINDOW, "As ever before: 600 phones by Feb 20."), (WINDOW, "2 月 20 日前 600 台仍按 原价")],
)  # fmt: skip
def test_a_fact_survives_in_other_words(fact: StatedFact, version: str) -> None:
    """Digits, numerals and words, either language, and the usual ways to write a day."""
    assert facts_kept([fact], version)[0].survives


@pytest.mark.parametrize(
    ("fact", "version", "missing", "instead"),
    [(PRICE, "It gets a little dearer.", ("number",), ""),
     (PRICE, "It costs 1,160 yuan.", ("number",), "1,160 yuan"),
     (PRICE, "There are 1,060 phones.", ("number",), ""),
     (PRICE, "It costs 0 yuan.", ("number",), "0 yuan"),
     (RISE, "In 6 days 6 people come.", ("number",), ""),
     (RISE, "8 % more", ("number",), "8 %"),
     (START, "from 1 May", ("date",), "1 May"), (START, "in spring", ("date",), ""),
     (WINDOW, "Order by 20 February, up to 600 phones.", ("words",), ""),
     (WINDOW, "The old price holds until 20 February.", ("number",), ""),
     (WINDOW, "Sold price: 600 phones by 20 February.", ("words",), ""),
     (WINDOW, "Old priceless: 600 phones by 20 February.", ("words",), ""),
     (WINDOW, "Gold pricey.", ("number", "date", "words"), "")],
)  # fmt: skip
def test_what_is_lost_is_known_by_its_part(
    fact: StatedFact, version: str, missing: tuple[str, ...], instead: str
) -> None:
    """A missing part is told, and what stands in its place; another unit is another fact."""
    (found,) = facts_kept([fact], version)
    assert (found.missing, found.instead) == (missing, instead)


def test_each_loss_has_its_own_sentence() -> None:
    """Changed, half there, said without its sense, and gone altogether are four things."""
    texts = ["1,160 yuan", "old price until 20 February", "600 phones by 20 February", "Dear all"]
    pairs = zip([PRICE, WINDOW, WINDOW, WINDOW], texts, strict=True)
    told = [ENGLISH.say(lost_message(facts_kept([fact], text)[0])) for fact, text in pairs]
    assert told == [
        "“the price” is changed; it says “1,160 yuan”.",
        "“the old price” is only there in part.",
        "“the old price” is not said clearly; its number stands there alone.",
        "“the old price” is not in it.",
    ]


def test_a_number_from_nowhere_is_named() -> None:
    """What neither the facts nor the original say is an addition; what they say is none."""
    version = "1,060 yuan and no longer 1,000 yuan: 60 yuan, on 5 May, for two reasons."
    assert rewriting([PRICE], version).added == ("1,000 yuan", "60 yuan", "5 May")
    assert rewriting([PRICE], version, "1,000 yuan until 5 May").added == ("60 yuan",)
    assert rewriting([PRICE], "It costs 1,160 yuan.").added == ()


def test_an_original_states_its_own_figures() -> None:
    """Of a text its numbers and days are the facts, each once."""
    found = facts_of("From 1 March 6 % more: 1,060 yuan. On 1 March, for two reasons.")
    assert [(one.number, one.date) for one in found] == [(6, ""), (1060, ""), (None, "03-01")]
    assert all(one.survives for one in facts_kept(WHOLE, "三月一日起 1060 元"))


@pytest.mark.parametrize(
    "fields",
    [{}, {"number": 3, "unit": "parsecs"}, {"date": "1 March"}, {"id": "No Name", "number": 3}],
)
def test_a_fact_that_cannot_be_looked_for_is_refused(fields: dict[str, object]) -> None:
    """Without number, day or words, or with a unit that nobody knows, there is nothing to find."""
    whole = {"id": "one", "name": {"en": "one", "zh": "一"}, **fields}
    with pytest.raises(ValidationError):
        StatedFact.model_validate(whole)


def test_an_original_without_its_facts_is_refused() -> None:
    """An author who states another number than the message is told which fact it is."""
    data = yaml.safe_load(FACTS)
    with pytest.raises(ValidationError, match=r"not in the original \(zh\): start"):
        Rewritten.model_validate({**data, "original": {"en": WHOLE, "zh": "1,060 元"}})


def test_every_version_is_looked_at() -> None:
    """The share is that of whole versions; what is missing is said of the version it is missing in."""
    found = kept({"numbers": WHOLE, "plan": "From 1 March 1,160 yuan."}, {"facts": FACTS})
    assert found.share == 0.5
    assert said(found.wrong) == [
        "The version for Shi: “the price, 1,060 yuan” is changed; it says “1,160 yuan”."
    ]
    assert said(found.notes) == ["All 2 facts are in 1 of 2 versions."]
    assert found.falls == ("changed",)
    assert "给石主管的版本" in CHINESE.say(found.wrong[0])
    assert "新价 1,060 元" in CHINESE.say(found.wrong[0])


def test_whole_versions_earn_everything_and_blanks_nothing() -> None:
    """Every fact in every version is full; a version that is not written is told."""
    assert kept({"numbers": WHOLE, "plan": WHOLE}, {"facts": FACTS}).share == 1
    blank = kept({"numbers": " ", "other": WHOLE}, {"facts": FACTS})
    assert blank.share == 0
    assert blank.falls == ("blank",)
    assert said(blank.wrong)[1] == "The version for Shi: nothing is written yet."
    gone = kept({"numbers": WHOLE, "plan": "Dear Shi"}, {"facts": FACTS})
    assert gone.falls == ("missing",)


def test_a_number_from_nowhere_costs_nothing() -> None:
    """It is for a person to look at, since it may be worked out rightly."""
    found = kept({"numbers": WHOLE + " 60 yuan more.", "plan": WHOLE}, {"facts": FACTS})
    assert found.share == 1
    assert said(found.notes)[1] == (
        "The version for Guo: not in the original, look where it comes from: 60 yuan."
    )


@pytest.mark.parametrize("gap", ["\n\n", "\n", "\n\nFor Shi:\n\n"])
def test_the_paragraphs_of_a_prose_are_its_versions(gap: str) -> None:
    """As many paragraphs as versions are read one by one, headings with what follows them."""
    found = kept({"text": f"{WHOLE}{gap}From 1 March."}, {"facts": FACTS})
    assert "The version for Shi: “the price, 1,060 yuan” is not in it." in said(found.notes)
    assert not any("for Guo" in one for one in said(found.notes))
    assert (found.share, found.wrong, found.falls) == (1, (), ())


def test_other_prose_is_read_as_one() -> None:
    """Where the paragraphs are no versions, the whole is read, and that is said."""
    told = said(kept({"text": "From 1 March 5 yuan."}, {"facts": FACTS}).notes)
    assert told[0] == "“the price, 1,060 yuan” is changed; it says “5 yuan”."
    assert told[-2].startswith("The text does not fall into 2 paragraphs")
    for text in (WHOLE, f"{WHOLE}\n\nDear Shi\n\nYours"):
        assert said(kept({"text": text}, {"facts": FACTS}).notes) == told[-2:]
    nothing = said(kept({"text": "Dear all"}, {"facts": FACTS}).notes)
    assert nothing[0] == "None of the 2 facts is in it."
    alone = FACTS.replace("  plan: {en: The version for Shi, zh: 给石主管的版本}\n", "")
    assert kept({"text": WHOLE}, {"facts": alone}).notes == (BLIND,)
    added = said(kept({"text": WHOLE + " 60 yuan."}, {"facts": alone}).notes)
    assert added[:-1] == ["Not in the original, look where it comes from: 60 yuan."]


def test_a_marker_is_told_what_the_machine_cannot_see() -> None:
    """The last line of what is said about prose, however it was read, names the limit."""
    for text in (WHOLE, "Dear all", f"{WHOLE}\n\n{WHOLE}", f"{WHOLE}\n\nDear Shi"):
        assert kept({"text": text}, {"facts": FACTS}).notes[-1] == BLIND
    assert BLIND not in kept({"numbers": WHOLE, "plan": WHOLE}, {"facts": FACTS}).notes


def test_a_version_has_one_line_for_all_that_it_lacks() -> None:
    """Facts that are gone share a sentence; what is changed or half there stands beside it."""
    data = yaml.safe_load(FACTS)
    window = {**WINDOW.model_dump(mode="json"), "name": {"en": "the old price", "zh": "原价"}}
    three = yaml.safe_dump({**data, "facts": [*data["facts"], window]}, allow_unicode=True)
    found = kept({"numbers": "1,060 yuan", "plan": "Dear Shi"}, {"facts": three})
    assert said(found.wrong) == [
        "The version for Guo: “from 1 March” and “the old price” are not in it.",
        "The version for Shi: none of the 3 facts is in it.",
    ]
    mixed = "600 phones at 1,160 yuan"
    (line,) = kept({"numbers": WHOLE, "plan": mixed}, {"facts": FACTS}).wrong
    assert ENGLISH.say(line) == (
        "The version for Shi: “from 1 March” is not in it; "
        "“the price, 1,060 yuan” is changed; it says “1,160 yuan”."
    )
    prose = kept({"text": f"1,060 yuan\n\n{mixed}"}, {"facts": three})
    assert len(prose.notes) == 4  # how many are whole, a line for each, and the limit


@pytest.mark.parametrize(
    ("version", "instead"),
    [("The guarantee is two years.", None), ("保修两年", None), ("a 2-year guarantee", None),
     ("保修2年", None), ("twenty-four months", None),
     ("三年", "三年"), ("两年半", ""), ("第二年", ""), ("2 months", "2 months"),
     ("2.1 years", "2.1 years"), ("2024 年", ""), ("24 days", "")],
)  # fmt: skip
def test_a_duration_survives_in_years(version: str, instead: str | None) -> None:
    """24 months are two years exactly; the second year, half a year more and a year's number are not."""
    guarantee = StatedFact(id="g", name=Bilingual(en="24", zh="24"), number=24, unit="months")
    (found,) = facts_kept([guarantee], version)
    assert (found.survives, found.instead) == (instead is None, instead or "")


def test_an_original_knows_its_numbers_in_other_units() -> None:
    """One year for its 12 months and 14 days for its two weeks are no additions."""
    assert rewriting([], "1 year, 14 days, 3 weeks", "12 months, 2 weeks").added == ("3 weeks",)


@pytest.mark.parametrize("version", ["21号到", "on the 21st", "二十一号", "21 日"])
def test_a_day_without_its_month_replaces_no_number(version: str) -> None:
    """What is missing is missing, and the day is no addition."""
    phones = StatedFact(id="p", name=Bilingual(en="400", zh="400"), number=400)
    found = rewriting([phones], version)
    assert (found.facts[0].missing, found.facts[0].instead, found.added) == (("number",), "", ())


@pytest.mark.parametrize(
    ("version", "survives"),
    [("Exit until 25 June, at no cost", True), ("They can walk out until 25 June at no cost.", True),
     ("They may walk away by 25 June.", True), ("Pull out by 25 June", True),
     ("Until 25 June it costs nothing.", True), ("Free until 25 June", True), ("6月25日前免费", True),
     ("6月25日前不收钱", True), ("6月25日前一分钱不花", True),
     ("On 25 June we talk.", False), ("6月25日开会", False), ("Walk out at no cost", False)],
)  # fmt: skip
def test_a_way_out_is_heard_in_many_words(version: str, survives: bool) -> None:
    """Whoever says exit, walk out or free has said that one may still cancel, with its day."""
    facts = Rewritten.model_validate(yaml.safe_load((CASE / "kept_rooms.yaml").read_text("utf-8")))
    (cancel,) = (one for one in facts.facts if one.id == "cancel")
    assert facts_kept([cancel], version)[0].survives is survives


def test_the_measure_is_known_by_its_name() -> None:
    """A key names it, and a report can name every way of going wrong."""
    assert measure("preferences.kept") is kept
    assert [fall("preferences.kept", one) for one in FALLS] == list(FALLS.values())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_cases_own_files_hold(lang: str) -> None:
    """Every file of facts of the unit can be read, and the message of the page keeps its own facts."""
    for path in sorted(CASE.glob("kept*.yaml")):
        assert kept({}, {"facts": path.read_text("utf-8")}).share == 0
    _, shared = read_case()
    assert not rewriting(shared.facts, shared.story.in_(lang)).lost
