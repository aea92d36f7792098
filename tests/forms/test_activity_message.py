"""The message page in a notebook: drafts and tries are kept, nothing is marked, and nobody is judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kamlib.forms import activity
from kamlib.forms.activity import LONGEST, WAITING, activity_names
from kamlib.forms.activity_message import MessageDesk, desk
from kamlib.forms.message_view import MESSAGE_WORDS
from kamlib.forms.place import NotHere, here
from kamlib.message_fit import MESSAGE, read_case
from kamlib.preferences import CASE, LENSES, NOT_A_PERSON
from kamlib.words import LANGUAGES, Words
from tests.forms.activities import DeskPage, unpacked

UNIT = "06_thinking"
_, SHARED = read_case()
GOOD = list(SHARED.versions["owner"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Unpack a workbook whose unit has the course's own message."""
    return unpacked(tmp_path, UNIT, CASE, (MESSAGE, LENSES))


def desk_in(folder: Path, lang: str = "en") -> MessageDesk:
    return desk(here(folder / f"lesson.{lang}.ipynb"), "thinking", "case")


class Page(DeskPage):
    """A page that asks a desk, as the browser does."""

    def __init__(self, folder: Path, lang: str = "en") -> None:
        self.desk = desk_in(folder, lang)
        super().__init__(self.desk)


@pytest.fixture
def page(folder: Path) -> Page:
    return Page(folder)


def test_it_begins_with_a_reader_and_nothing_chosen(page: Page) -> None:
    """The first reader's wish is there, all sentences, and no outcome."""
    now = page.now
    assert now["reader"] == now["readers"][0]["id"]
    assert (now["chosen"], now["own"], now["mode"], now["outcome"]) == ([], "", "cards", None)
    assert len(now["cards"]) == len(SHARED.phrases)
    assert not {"lens", "colours"} & set(now["cards"][0])
    assert "message" in activity_names()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_try_shows_the_message_beside_the_wish(folder: Path, lang: str) -> None:
    """Four bars, the one that was asked for marked, what arrives, and nothing to change."""
    page = Page(folder, lang)
    page.ask("see", **{"for": "owner", "cards": GOOD})
    shown = page.now["outcome"]
    assert shown["text"] == SHARED.made_of(GOOD, lang)
    assert shown["said"] == SHARED.reader("owner").said.in_(lang)
    assert [one["asked"] for one in shown["bars"]] == [True, False, False, False]
    assert 98 <= sum(one["width"] for one in shown["bars"]) <= 102
    assert shown["change"] == []
    assert len(shown["good"]) == 3
    assert shown["note"] == Words(lang).say(NOT_A_PERSON)
    assert page.now["same"] is True


def test_what_is_missing_is_heard(page: Page) -> None:
    """A message without its facts is told which, and the undecided has a bar of its own."""
    page.ask("see", **{"for": "owner", "mode": "own", "own": "Dear Guo. It costs 1,160 yuan."})
    shown = page.now["outcome"]
    assert (
        shown["change"][0] == "Lost: “the new price, 1,060 yuan” is changed; it says “1,160 yuan”."
    )
    assert shown["bars"][-1] == {"name": "undecided", "width": 50, "share": "50 %", "asked": False}


def test_every_reader_has_a_draft(page: Page) -> None:
    """What is put together for one stays while another is written to."""
    page.ask("set", **{"for": "owner", "cards": GOOD})
    page.ask("reader", to="stock")
    assert page.now["chosen"] == []
    page.ask("set", **{"for": "stock", "own": "By 20 February", "mode": "own"})
    page.ask("reader", to="owner")
    assert (page.now["chosen"], page.now["own"]) == (GOOD, "")
    page.ask("reader", to="stock")
    assert (page.now["own"], page.now["mode"]) == ("By 20 February", "own")


def test_a_text_that_comes_late_is_kept_for_its_reader(page: Page) -> None:
    """What was typed for one reader and sent when another is chosen stands with the first."""
    page.ask("reader", to="branch")
    page.ask("set", **{"for": "owner", "own": "typed for Guo"})
    assert (page.now["reader"], page.now["own"]) == ("branch", "")
    page.ask("reader", to="owner")
    assert page.now["own"] == "typed for Guo"


def test_tries_are_found_again(folder: Path, page: Page) -> None:
    """A page drawn again shows the last try, lists all, and an old one can be gone on from."""
    page.ask("see", **{"for": "owner", "cards": GOOD})
    page.ask("reader", to="founder")
    page.ask("see", **{"for": "founder", "own": "Imagine 1,060 yuan.", "mode": "own"})
    again = Page(folder)
    assert again.now["play"] == 2
    assert [one["label"] for one in again.now["plays"]] == [
        "Try 1: Guo, owner of 12 shops",
        "Try 2, own words: Teng, founder, now on the board",
    ]
    again.ask("set", **{"for": "owner", "cards": []})
    again.ask("choose", to=1)
    assert again.now["outcome"]["text"] == SHARED.made_of(GOOD, "en")
    assert again.now["same"] is False
    again.ask("take")
    assert (again.now["reader"], again.now["chosen"], again.now["same"]) == ("owner", GOOD, True)


def test_going_on_from_a_try_loses_nothing_that_was_typed(page: Page) -> None:
    """One's own words that no try holds yet become one before they are written over; once."""
    page.ask("see", **{"for": "owner", "cards": GOOD})
    page.ask("set", **{"for": "owner", "own": "A whole evening's work", "mode": "own"})
    page.ask("take")
    assert page.now["own"] == ""
    assert [one["number"] for one in page.now["plays"]] == [1, 2]
    page.ask("choose", to=2)
    assert page.now["outcome"]["text"] == "A whole evening's work"
    page.ask("take")
    assert page.now["own"] == "A whole evening's work"
    page.ask("choose", to=1)
    page.ask("take")
    assert len(page.now["plays"]) == 2


def test_an_empty_message_is_no_try(page: Page) -> None:
    """Without a sentence there is nothing to see, and that is said."""
    page.ask("see", **{"for": "owner"})
    assert page.error == "There is no sentence yet. Choose some, or write your own."
    assert page.now["plays"] == []


def test_a_text_too_long_is_refused_and_the_old_one_stays(page: Page) -> None:
    """Nothing is cut without a word."""
    page.ask("set", **{"for": "owner", "own": "short"})
    page.ask("set", **{"for": "owner", "own": "x" * (LONGEST + 1)})
    assert f"longer than {LONGEST:,} characters" in page.error
    assert page.now["own"] == "short"


@pytest.mark.parametrize(
    "asked",
    [None, 3, {}, {"kind": "no such"}, {"kind": "reader", "to": ["owner"]},
     {"kind": "set", "for": 7, "cards": [1, None, "n_cost", "n_cost", "nothing"]},
     {"kind": "set", "for": "nobody", "mode": "loud", "own": 5}, {"kind": "choose", "to": 99},
     {"kind": "take"}],
)  # fmt: skip
def test_whatever_a_page_asks_is_answered(page: Page, asked: object) -> None:
    """What does not fit changes nothing that could not be drawn."""
    told = page.desk.answer(asked)
    assert "page" in told
    assert told["page"]["chosen"] in ([], ["n_cost"])
    assert told["page"]["mode"] == "cards"


def test_two_windows_do_not_stop_each_other(folder: Path) -> None:
    """What was set last counts, and both windows see it."""
    one, other = Page(folder), Page(folder)
    one.ask("set", **{"for": "owner", "cards": ["n_cost"]})
    other.ask("set", **{"for": "owner", "own": "from the other"})
    one.ask("look")
    assert (one.now["chosen"], one.now["own"]) == (["n_cost"], "from the other")


def test_only_what_was_written_is_kept(folder: Path, page: Page) -> None:
    """A record holds sentences and the reader's name in the file, no share, no word about anybody."""
    page.ask("see", **{"for": "owner", "cards": GOOD})
    kept = json.loads((folder / f"{UNIT}.practice.json").read_text("utf-8"))["responses"]
    records = [entry["response"] for entry in kept.values()]
    assert len(records) == 2
    tried = next(one for one in records if "cards" in one)
    assert set(tried) == {"reader", "cards", "own", "mode"}


def test_it_stands_in_print(folder: Path, page: Page) -> None:
    """Without a browser there is what was played last as text, and before that one sentence."""
    waiting = activity("thinking.message", notebook=folder / "lesson.en.ipynb")._repr_mimebundle_()
    assert waiting["text/plain"] == WAITING
    page.ask("see", **{"for": "owner", "own": "<b>1,060 yuan</b>", "mode": "own"})
    shown = activity("thinking.message", notebook=folder / "lesson.en.ipynb")._repr_mimebundle_()
    assert shown["text/plain"].startswith("Try 1, own words: Guo")
    assert "Numbers: 100 %" in shown["text/plain"]
    assert "<b>1,060" not in shown["text/html"]
    assert "&lt;b&gt;1,060 yuan" in shown["text/html"]


@pytest.mark.parametrize("name", [MESSAGE, LENSES])
def test_a_damaged_file_is_said(folder: Path, name: str) -> None:
    """Where the message or the lenses cannot be read, the page says which file it is."""
    (folder / "case" / name).write_text("news: [", "utf-8")
    with pytest.raises(NotHere) as refused:
        desk_in(folder)
    assert f"case/{name}" in Words("en").say(refused.value.message)
    (folder / "case" / name).unlink()
    with pytest.raises(NotHere, match="missing"):
        desk_in(folder)


def test_every_word_of_the_page_has_its_chinese() -> None:
    """Nothing on the page is left in English, the words of the case and of kamlib alike."""
    chinese = Words("zh")
    assert [
        one for one in (*MESSAGE_WORDS.values(), NOT_A_PERSON.text) if chinese.translate(one) == one
    ] == []
