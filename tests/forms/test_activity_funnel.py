"""The funnel in a notebook: rules and tries are kept, refusals are sentences, luck is the same for all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kamlib.forms import activity
from kamlib.forms.activity import WAITING
from kamlib.forms.activity_funnel import TRIES_FIRST, FunnelDesk, desk
from kamlib.forms.funnel_outcome import DIFFERENT, Run
from kamlib.forms.funnel_rules import NoNumber, changed_rules, first_rules, hours_typed, rules_of
from kamlib.forms.place import NotHere, here
from kamlib.forms.plays import Plays
from kamlib.platforms import SEED
from kamlib.platforms_file import CASE, PARAMETERS, PORTFOLIO, Portfolio, load
from kamlib.platforms_hours import allocate, best, even
from kamlib.words import LANGUAGES, Words
from tests.forms.activities import DeskPage, unpacked
from tests.forms.workbooks import put

UNIT = "03_platforms"
GOOD = {
    "hours.research": "30",
    "hours.develop": "70",
    "hours.keep": "40",
    "hours.grow": "20",
    "smallest": 1,
}
"""Better than spreading the hours evenly."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Unpack a workbook whose unit has the course's own portfolio."""
    return unpacked(tmp_path, UNIT, CASE, (PORTFOLIO, PARAMETERS))


class Page(DeskPage):
    """A page that asks a desk, as the browser does."""

    def __init__(self, folder: Path, lang: str = "en", seed: int = 40) -> None:
        made = desk(here(folder / f"lesson.{lang}.ipynb"), "platforms", "case")
        seeds = iter(range(seed, seed + 100))
        self.desk = FunnelDesk(
            made.place, made.portfolio, made._plays, made._settings, lambda: next(seeds)
        )
        super().__init__(self.desk)

    def set(self, **values: Any) -> dict[str, Any]:
        return self.ask(
            "set", values={name.replace("__", "."): one for name, one in values.items()}
        )

    @property
    def hours(self) -> list[str]:
        return [one["value"] for one in self.now["hours"]]

    @property
    def tries(self) -> dict[str, list[str]]:
        """The rows of the comparison by who they are."""
        return {
            row[0]["text"]: [cell["text"] for cell in row[1:]]
            for row in self.now["outcome"]["tries"]["rows"]
        }


@pytest.fixture
def page(folder: Path) -> Page:
    return Page(folder)


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    return load()


def dots(page: dict[str, Any]) -> list[bool]:
    """Return for every customer on the grids whether he is worked on."""
    return [
        dot["on"]
        for grid in page["grids"]
        for row in grid["rows"]
        for cell in row["cells"]
        for dot in cell["dots"]
    ]


def test_it_opens_with_everybody_and_nothing_run(page: Page, portfolio: Portfolio) -> None:
    """All customers stand on the three grids, the month is spread, and no number of a quarter is there."""
    assert dots(page.now) == [True] * len(portfolio)
    assert page.hours == ["40"] * 4
    assert (page.now["month"], page.now["outcome"], page.now["plays"]) == (160, None, [])
    assert page.now["title"] == "60 names, one account manager, 160 hours a month"


def test_rules_say_who_is_worked_on(page: Page, portfolio: Portfolio) -> None:
    """What is set shows at once who gets hours, with name and hours, as the subject reckons it."""
    page.set(
        **{
            "smallest": 2,
            "likelihood": 2,
            "each.develop": "12",
            "hours.keep": "60",
            "hours.grow": "20",
        }
    )
    rules = changed_rules(first_rules(portfolio), {"smallest": 2, "likelihood": 2, "each.develop": "12",
                                                  "hours.keep": "60", "hours.grow": "20"})  # fmt: skip
    given = allocate(portfolio, rules).hours
    assert sum(dots(page.now)) == sum(one > 0 for one in given)
    named = {row[0]["text"]: float(row[3]["text"]) for row in page.now["named"]["rows"]}
    assert named == pytest.approx(
        {
            one.name.en: hours
            for one, hours in zip(portfolio.customers, given, strict=True)
            if hours
        },
        abs=0.05,
    )
    assert page.now["reached"].startswith(f"Customers worked on: {len(named)}, with ")


def test_hours_that_find_nobody_are_told(page: Page) -> None:
    """Where rules let in too few for the hours, it says how many hours are left over."""
    page.set(warmth=2, each__develop="4")
    assert page.now["reached"].endswith(
        "with 140 hours a month. By your rules 20 hours find nobody."
    )


def test_what_is_set_is_kept(page: Page, folder: Path) -> None:
    """Another window, and the same one after a restart, has the settings as they were left."""
    page.set(warmth=1, order=3, **{"hours.research": "12,5", "each.keep": "６"})
    again = Page(folder)
    assert again.now["rules"] == page.now["rules"]
    assert (again.hours[0], again.now["each"][2]["value"]) == ("12.5", "6")
    assert [one["chosen"] for one in again.now["rules"]] == [0, 0, 1, 0, 2, 3]


def test_two_windows_set_different_fields(page: Page, folder: Path) -> None:
    """What another window set meanwhile is not undone by a field it does not touch."""
    other = Page(folder)
    page.set(smallest=1)
    other.set(warmth=2)
    page.ask("look")
    assert [one["chosen"] for one in page.now["rules"]][:3] == [1, 0, 2]


def test_a_setting_that_crosses_another_is_kept(page: Page, folder: Path) -> None:
    """Where two windows set something in the same moment, what was set last counts; none is refused."""
    page.set(smallest=1)
    stale, fresh = iter([page.desk._settings._kept.all()]), page.desk._settings._kept.all
    Page(folder).set(smallest=2)
    page.desk._settings._kept.all = lambda: next(stale, None) or fresh()  # type: ignore[method-assign]
    page.set(smallest=0)
    assert page.error == ""
    assert Page(folder).now["rules"][0]["chosen"] == 0


@pytest.mark.parametrize("typed", ["much", "-3", "1e9", "nan", "12 h"])
def test_what_is_no_number_is_told_and_changes_nothing(page: Page, typed: str) -> None:
    """The sentence names what was typed; the hours stay."""
    page.set(hours__research=typed)
    assert page.error == f"“{typed}” is no number of hours. Type one from 0 to 999."
    assert page.hours == ["40"] * 4


def test_more_hours_than_the_month_has_are_refused_in_words(page: Page) -> None:
    """They can be typed on the way to something else, but no quarter is run with them."""
    page.set(hours__keep="60")
    assert (page.error, page.hours[2]) == ("", "60")
    assert page.now["refused"] == "180 hours are more than the 160 of a month."
    assert page.now["named"] is None
    for kind in ("run", "luck"):
        page.ask(kind, values={})
        assert page.error == "180 hours are more than the 160 of a month."
    assert page.now["plays"] == []


def test_a_run_tells_what_happened_and_why(page: Page, portfolio: Portfolio) -> None:
    """Three sentences, this year's luck, pictures with alt text, and the hours spread evenly beside it."""
    page.ask("run", values=GOOD)
    outcome = page.now["outcome"]
    run = Run(portfolio, allocate(portfolio, changed_rules(first_rules(portfolio), GOOD)), SEED)
    plain = Run(portfolio, even(portfolio), SEED)
    assert outcome["title"] == "Try 1, with the luck of year 1"
    assert outcome["sentences"][0].startswith(
        f"On average {run.outcomes.won.mean:.1f} prospects became customers"
    )
    assert f"RMB {round(run.outcomes.value.mean) * 1000:,}" in outcome["sentences"][0]
    assert len(outcome["sentences"]) == 3
    assert outcome["year"].startswith(
        f"With this year's luck: became customers {run.year.won.mean:.0f},"
    )
    assert list(page.tries) == ["This try", "Hours spread evenly"]
    more = round((run.outcomes.values - plain.outcomes.values).mean())
    assert more > 0
    assert page.tries["This try"][4] == f"+RMB {more * 1000:,}"
    assert len(outcome["pictures"]) == 2
    assert all("aria-label" in one["html"] or "alt=" in one["html"] for one in outcome["pictures"])


def test_a_run_is_kept_before_it_is_shown(page: Page, folder: Path) -> None:
    """A try is its rules and its luck; another window shows the same numbers from them."""
    page.ask("run", values=GOOD)
    kept = Plays(folder / f"{UNIT}.practice.json", "platforms.funnel.case").all()[1].record
    assert (kept["seed"], kept["year"], kept["rules"]["smallest"]) == (SEED, 1, "medium")
    again = Page(folder)
    assert again.now["outcome"]["sentences"] == page.now["outcome"]["sentences"]
    assert again.tries == page.tries


def test_what_cannot_be_kept_is_not_run(page: Page, folder: Path) -> None:
    """Where the file cannot be written, the sentence says so and no try appears."""
    page.set(smallest=1)
    path = folder / f"{UNIT}.practice.json"
    path.chmod(0o444)
    page.ask("run", values=GOOD)
    assert page.error.startswith("Not saved: ")
    assert page.now["plays"] == []
    path.chmod(0o644)


def test_every_try_has_the_same_luck_until_another_year_is_asked_for(page: Page) -> None:
    """The same rules twice come out the same; another year is drawn once, and stays for what follows."""
    page.ask("run", values=GOOD)
    first = page.tries["This try"]
    page.ask("run", values={})
    assert page.tries["This try"] == page.tries["Your try before"] == first
    page.ask("luck", values={})
    assert page.now["outcome"]["title"] == "Try 3, with the luck of year 2"
    assert page.tries["This try"] == page.tries["Your try before"] != first
    page.ask("run", values={})
    assert page.now["outcome"]["title"] == "Try 4, with the luck of year 2"
    assert [one["label"].split(":")[0] for one in page.now["plays"]] == [
        "Try 1, year 1", "Try 2, year 1", "Try 3, year 2", "Try 4, year 2",
    ]  # fmt: skip


def test_old_tries_can_be_looked_at_and_taken_up(page: Page) -> None:
    """Choosing a try shows it and leaves what is set; taking its rules puts them into the fields."""
    page.ask("run", values=GOOD)
    first = page.now["outcome"]
    page.ask("run", values={"hours.research": "0", "smallest": 0})
    page.ask("choose", to=1)
    assert page.now["outcome"]["sentences"] == first["sentences"]
    assert (page.hours[0], page.now["same"]) == ("0", False)
    page.ask("take")
    assert (page.hours[0], page.now["same"]) == ("30", True)
    assert len(page.now["plays"]) == 2


def test_the_best_month_comes_on_demand_or_after_three_tries(page: Page, folder: Path) -> None:
    """Before that nothing of it is on the page; then it is beside the try, with who differs most."""
    for number in range(1, TRIES_FIRST):
        page.ask("run", values={"hours.research": str(10 * number)})
        assert page.now["outcome"]["best"] is None
        assert "Best month" not in page.tries
    page.ask("run", values=GOOD)
    assert "Best month" in page.tries
    asked = Page(folder)
    asked.ask("choose", to=1)
    assert asked.now["outcome"]["best"] is not None


def test_the_best_month_is_the_solvers(page: Page, portfolio: Portfolio) -> None:
    """The five who differ most stand there with both numbers of hours, the furthest apart first."""
    page.ask("run", values=GOOD)
    page.ask("best")
    rows = page.now["outcome"]["best"]["rows"]
    assert len(rows) == DIFFERENT
    plan = {
        one.name.en: hours
        for one, hours in zip(portfolio.customers, best(portfolio).hours, strict=True)
    }
    apart = [abs(float(row[3]["text"]) - float(row[2]["text"])) for row in rows]
    assert [float(row[3]["text"]) for row in rows] == [plan[row[0]["text"]] for row in rows]
    assert apart == sorted(apart, reverse=True)
    worth = {
        name: int(row[3].removeprefix("RMB ").replace(",", "")) for name, row in page.tries.items()
    }
    assert worth["Best month"] > worth["This try"] > worth["Hours spread evenly"]


@pytest.mark.parametrize("asked", [None, 7, {}, {"kind": "fly"}, {"kind": "set", "values": 3},
                                   {"kind": "set", "values": {"smallest": 9, "price": 1, "hours.fly": "3", "order": True}},
                                   {"kind": "choose", "to": [1]}, {"kind": "take"}])  # fmt: skip
def test_whatever_a_page_asks_is_answered(page: Page, asked: object) -> None:
    """No request raises, runs a quarter or changes a rule."""
    before = page.now
    told = page.desk.answer(asked)
    assert "ack" in told
    now = page.desk.page()
    assert (now["rules"], now["hours"], now["plays"]) == (before["rules"], before["hours"], [])


def test_a_damaged_record_is_no_harm(folder: Path, portfolio: Portfolio) -> None:
    """What no edition wrote counts as not set; the page opens, and the record stays as it is."""
    plays = Plays(folder / f"{UNIT}.practice.json", "platforms.funnel.case")
    plays.add(
        {"rules": {"smallest": "huge", "hours": {"keep": -4, "grow": True}}, "seed": "x", "year": 0}
    )
    plays.add({"rules": 3})
    page = Page(folder)
    assert page.now["plays"][0]["label"] == "Try 1, year 1"
    assert page.now["outcome"]["title"] == "Try 2, with the luck of year 1"
    assert rules_of({"smallest": "huge", "order": 4}, first_rules(portfolio)) == first_rules(
        portfolio
    )


def test_a_try_with_too_many_hours_by_hand_is_told(folder: Path) -> None:
    """A record that no page would write ends in a sentence, and the page can be used."""
    plays = Plays(folder / f"{UNIT}.practice.json", "platforms.funnel.case")
    plays.add({"rules": {"hours": {"keep": 500}}})
    page = Page(folder)
    assert page.now["outcome"] is None
    assert page.now["problem"] == "620 hours are more than the 160 of a month."
    page.ask("run", values={})
    assert page.now["outcome"]["title"] == "Try 2, with the luck of year 1"


@pytest.mark.parametrize("name", [PORTFOLIO, PARAMETERS])
def test_a_damaged_case_is_a_sentence(folder: Path, name: str) -> None:
    """A file that somebody changed ends in one sentence with its name, not in wrong numbers."""
    put(folder / "case" / name, b"id,name\n1,2\n")
    with pytest.raises(NotHere) as caught:
        desk(here(folder / "lesson.en.ipynb"), "platforms", "case")
    said = Words("en").say(caught.value.message)
    assert said == f"case/{name} is damaged. Unpack the workbook again; your answers stay."


def test_without_a_front_end_the_last_try_is_there(page: Page, folder: Path) -> None:
    """A print has what came of the last try in words and rows, or says where it is played."""
    for lang in LANGUAGES:
        shown = activity(
            "platforms.funnel", notebook=folder / f"lesson.{lang}.ipynb"
        )._repr_mimebundle_()
        assert shown["text/plain"] == Words(lang).translate(WAITING)
    page.ask("run", values=GOOD)
    shown = activity("platforms.funnel", notebook=folder / "lesson.en.ipynb")._repr_mimebundle_()
    assert shown["text/plain"].startswith("Try 1, year 1: RMB ")
    assert page.now["outcome"]["sentences"][0] in shown["text/plain"]
    assert "<td>Hours spread evenly</td>" in shown["text/html"]


def test_the_same_page_in_both_languages(folder: Path) -> None:
    """Numbers, dots and tries are the same in Chinese; customers have their Chinese names."""
    english = Page(folder)
    english.ask("run", values=GOOD)
    chinese = Page(folder, "zh")
    assert dots(chinese.now) == dots(english.now)
    assert chinese.hours == english.hours
    names = [row[0]["text"] for row in chinese.now["named"]["rows"]]
    assert names != [row[0]["text"] for row in english.now["named"]["rows"]]
    assert all(not name.isascii() for name in names)


def test_hours_are_read_as_people_type_them() -> None:
    """Full-width digits and a comma are fine; nothing typed is no hour."""
    typed = ("12", "１２．５", "2，5", " 3.25 ", "")
    assert [hours_typed(one) for one in typed] == [12, 12.5, 2.5, 3.25, 0]
    with pytest.raises(NoNumber):
        hours_typed("inf")
