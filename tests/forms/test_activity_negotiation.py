"""The table in a notebook: every move is kept, refusals are sentences, and the mind stays hidden."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kamlib.case_facts import CASE, load_facts
from kamlib.debriefing import debrief
from kamlib.forms import activity
from kamlib.forms.activity import LONGEST, WAITING, activity_names
from kamlib.forms.activity_negotiation import TableDesk, desk
from kamlib.forms.negotiation_case import FACTS, GAME, SIMULATION, read_case
from kamlib.forms.place import NotHere, Place, StillClosed, here
from kamlib.forms.plays import Plays
from kamlib.forms.stages import sealed_name, stages_name
from kamlib.haggling_words import QUESTIONS
from kamlib.items.sealing import seal
from kamlib.negotiation import Game
from kamlib.words import LANGUAGES, Words
from tests.forms.activities import DeskPage
from tests.forms.workbooks import put

UNIT = "07_case"
WORD = "KAMRTX"
FINE = {
    "monthly_target": 2830, "rebate_per_unit": 30, "joint_promotion_krmb": 40, "dealer_terms": "3d",
    "minimum_order": 1, "models_carried": 3, "stores_covered": 945,
}  # fmt: skip
"""A package that every distributor of these tests signs."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Unpack a workbook whose table comes with a stage that is not open yet."""
    folder = tmp_path / "units" / UNIT
    put(tmp_path / "kam.json", {"lang": "en", "version": "0.1"})
    for lang in LANGUAGES:
        put(folder / f"{UNIT}.items.{lang}.json", {"items": [], "keys": {}})
    files = {f"case/{name}": (CASE / name).read_text("utf-8") for name in (SIMULATION, GAME)}
    facts = [one.model_dump(mode="json") for one in load_facts(CASE)]
    put(folder / stages_name(UNIT), {
        "format": 1, "stages": ["S0", "S6"], "titles": {}, "facts": {"case": facts[:7]}, "data": {},
        "files": dict.fromkeys(files, "S6"), "closed": [], "honour": {},
    })  # fmt: skip
    content = {"stage": "S6", "facts": {"case": facts[7:]}, "files": files}
    put(folder / sealed_name(UNIT, "S6"), seal(content, WORD))
    return folder


@pytest.fixture
def open_folder(folder: Path) -> Path:
    """Open the stage of the table."""
    stages = place(folder).stages("case")
    assert stages is not None
    stages.open("S6", WORD)
    return folder


def place(folder: Path, lang: str = "en") -> Place:
    return here(folder / f"lesson.{lang}.ipynb")


class Page(DeskPage):
    """A page that asks a desk, as the browser does."""

    def __init__(self, folder: Path, lang: str = "en", seed: int = 5) -> None:
        where = place(folder, lang)
        seeds = iter(range(seed, seed + 100))
        plays = Plays(folder / f"{UNIT}.practice.json", "case.negotiation.case")
        self.desk = TableDesk(where, "case", read_case(where, "case", "case"), plays, lambda: next(seeds))  # fmt: skip
        super().__init__(self.desk)

    def move(self, **move: Any) -> dict[str, Any]:
        return self.ask("move", at=self.now["moves"], move=move)

    def offer(self, deal: dict[str, Any], approval: bool = False) -> dict[str, Any]:
        options = self.desk.case.parameters.issues.options
        self.ask("draft", approval=approval,
                 places={name: options(name).index(one) for name, one in deal.items()})  # fmt: skip
        return self.move(do="offer")


@pytest.fixture
def at_table(open_folder: Path) -> Page:
    """Sit down."""
    return Page(open_folder)


@pytest.fixture
def signed(at_table: Page) -> Page:
    """Play until something is signed."""
    at_table.move(do="show", evidence="E7")
    at_table.offer(FINE)
    at_table.move(do="sign")
    assert at_table.now["ended"] == "Signed on day 1.75."
    return at_table


def leaves(page: Any) -> Iterator[str]:
    """Yield every text of a page."""
    if isinstance(page, dict):
        for one in page.values():
            yield from leaves(one)
    elif isinstance(page, list):
        for one in page:
            yield from leaves(one)
    elif isinstance(page, str):
        yield page


def test_the_table_is_closed_before_its_stage(folder: Path) -> None:
    """Before its stage is open there is one sentence, and nothing of the game."""
    with pytest.raises(StillClosed):
        desk(place(folder), "case", "case")
    shown = activity("case.negotiation", notebook=folder / "lesson.en.ipynb")._repr_mimebundle_()
    assert shown["text/plain"] == "This opens with stage S6."
    assert "This opens with stage S6." in shown["text/html"]


def test_a_live_page_comes_by_itself_when_its_stage_opens(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where somebody can answer, the sentence becomes the table once the stage is open."""
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / "lesson.en.ipynb"))
    for name in ("NBGRADER_EXECUTION", "KAM_BATCH"):
        monkeypatch.delenv(name, raising=False)
    waiting = activity("case.negotiation")._live
    assert waiting._look({"seq": 1}) == {"ack": 1}
    assert waiting.children[0].page["kind"] == "closed"
    stages = place(folder).stages("case")
    assert stages is not None
    stages.open("S6", WORD)
    waiting._look({"seq": 2})
    assert waiting.children[0].page["title"] == "Opposite you: Lei"


@pytest.mark.parametrize(
    "name", ["case.nothing", "case", "case.negotiation.x", "other.negotiation"]
)
def test_what_cannot_be_played_is_a_sentence(open_folder: Path, name: str) -> None:
    """An activity or unit that is not there is told in words, live as in a print; nothing raises."""
    shown = activity(name, notebook=open_folder / "lesson.en.ipynb")._repr_mimebundle_()
    assert "Traceback" not in shown["text/plain"]
    assert shown["text/plain"].endswith(".")


def test_without_a_front_end_it_says_where_to_play(open_folder: Path) -> None:
    """A print of a lesson that nobody played has one sentence, in its language."""
    for lang in LANGUAGES:
        shown = activity("case.negotiation", notebook=open_folder / f"lesson.{lang}.ipynb")
        assert shown._repr_mimebundle_()["text/plain"] == Words(lang).translate(WAITING)


def test_a_run_of_the_lesson_alone_needs_no_case(tmp_path: Path) -> None:
    """Where a lesson is built, its folder has the questions only; the sentence stands there then."""
    put(tmp_path / f"{UNIT}.items.json", {"items": [], "keys": {}})
    shown = activity("case.negotiation", notebook=tmp_path / "lesson.en.ipynb")
    assert shown._repr_mimebundle_()["text/plain"] == WAITING


def test_without_a_front_end_the_last_play_is_there(signed: Page, open_folder: Path) -> None:
    """A print shows what was said, to the last line, and harms nobody by what stands in it."""
    shown = activity("case.negotiation", notebook=open_folder / "lesson.en.ipynb")
    bundle = shown._repr_mimebundle_()
    assert "Play 1, signed on day 1.75" in bundle["text/plain"]
    assert signed.now["lines"][-1]["text"] in bundle["text/plain"]
    assert "Signed on day 1.75." in bundle["text/html"]


def test_nothing_hidden_is_on_the_page_before_the_debrief(at_table: Page) -> None:
    """Neither what A needs nor what it believes or trusts is sent before the talk is over."""
    at_table.move(do="show", evidence="E7")
    at_table.offer({**FINE, "monthly_target": 3500})
    mind, seat = at_table.desk._at.table.mind, at_table.desk._at.table.seat
    hidden = [float(mind.reservation[0]), float(mind.trust[0]), seat.trust, *seat.beliefs.mean]
    said = " ".join(leaves(at_table.now)) + json.dumps(at_table.now)
    for number in hidden:
        assert f"{number:.3f}" not in said
        assert f"{number * 1000:,.0f}" not in said
    assert at_table.now["debrief"] is None


def test_every_move_is_on_the_disk(at_table: Page, open_folder: Path) -> None:
    """After each move another window finds the same talk, to the word, and goes on from there."""
    for move in ({"do": "ask", "about": "cash"}, {"do": "show", "facts": ["F02", "F11", "F19"]},
                 {"do": "claim", "claim": "R2"}):  # fmt: skip
        at_table.move(**move)
        again = Page(open_folder, seed=99)
        assert again.now["lines"] == at_table.now["lines"]
    assert [one["used"] for one in at_table.now["facts"] if one["id"] in ("F02", "F11", "F01")] == [
        False,
        True,
        True,
    ]


def test_a_draft_is_kept(at_table: Page, open_folder: Path) -> None:
    """What was put together and not offered yet is there again."""
    options = at_table.desk.case.parameters.issues.options
    at_table.ask("draft", places={"promoters": 2, "dealer_terms": 1}, approval=True)
    again = Page(open_folder).now
    chosen = {one["id"]: one["chosen"] for one in again["issues"]}
    assert (chosen["promoters"], chosen["dealer_terms"], again["approval"]) == (2, 1, True)
    assert again["beyond"]["wishes"] == {"promoters": options("promoters")[2]}


def test_what_is_no_option_is_left_out_of_a_draft(at_table: Page) -> None:
    """Places that no issue has change nothing."""
    before = at_table.now["issues"]
    at_table.ask("draft", places={"promoters": 9, "price": 1, "deliveries": -1, "rebate_per_unit": True})  # fmt: skip
    assert at_table.now["issues"] == before
    at_table.ask("draft", places=[1])
    assert (at_table.error, at_table.now["issues"]) == ("", before)


def test_the_offer_says_what_it_costs(at_table: Page) -> None:
    """Rebate times target, promotion and promoters add up to the support a month."""
    at_table.ask("draft", places={"monthly_target": 2, "rebate_per_unit": 3, "joint_promotion_krmb": 2,
                                  "promoters": 1}, approval=False)  # fmt: skip
    costs = {one["label"]: one["value"] for one in at_table.now["costs"]}
    assert costs["Rebates, if the target is sold"] == "RMB 84,900"
    assert costs["Support in all, a month"] == "RMB 132,900"
    assert costs["The same without a deal"] == "RMB 108,000"


def test_head_office_is_asked_before_signing(at_table: Page) -> None:
    """What is beyond our authority is said with the days it takes; asked, it is granted or refused."""
    at_table.offer({**FINE, "promoters": 4}, approval=True)
    assert at_table.now["beyond"]["rows"][0]["text"] == (
        "promoters, 4 people: needs approval, an answer takes days: 2."
    )
    assert at_table.now["agreed"]["pending"] == "This still needs approval: promoters."
    at_table.move(do="sign")
    assert at_table.error.startswith("This still needs approval (promoters: 4 people).")
    at_table.move(do="head_office", wishes=at_table.now["beyond"]["wishes"])
    assert at_table.now["granted"] or "refused" in at_table.now["beyond"]["rows"][0]["text"]
    assert at_table.now["lines"][-1]["who"] == "head_office"


def test_signing_beyond_authority_is_voided(at_table: Page) -> None:
    """Who promises more than is his without saying so signs for nothing, and the talk goes on."""
    at_table.offer({**FINE, "promoters": 4})
    at_table.move(do="sign")
    assert [line["who"] for line in at_table.now["lines"][-3:]] == ["you", "head_office", "A"]
    assert at_table.now["open"]
    assert at_table.now["agreed"] is None


def test_a_refused_move_changes_nothing(at_table: Page, open_folder: Path) -> None:
    """What cannot be done is a sentence; neither the talk nor the file differs."""
    at_table.move(do="ask", about="cash")
    before = (open_folder / f"{UNIT}.practice.json").read_bytes(), at_table.now["lines"]
    for move in ({"do": "sign"}, {"do": "show", "evidence": "E99"}, {"do": "fly"}, {}):
        at_table.move(**move)
        assert at_table.error
        assert ((open_folder / f"{UNIT}.practice.json").read_bytes(), at_table.now["lines"]) == before  # fmt: skip


def test_a_move_asked_twice_is_made_once(at_table: Page) -> None:
    """A second press that had not seen the first one's answer does nothing."""
    for _ in range(2):
        at_table.ask("move", at=0, move={"do": "ask", "about": "cash"})
    assert at_table.now["moves"] == 1


@pytest.mark.parametrize("asked", [None, 7, {}, {"kind": "fly"}, {"kind": "move", "move": 3, "at": 0, "play": 1},
                                   {"kind": "say", "place": "x"}, {"kind": "choose", "to": [1]}])  # fmt: skip
def test_whatever_a_page_asks_is_answered(at_table: Page, asked: object) -> None:
    """No request raises, and none makes a move."""
    told = at_table.desk.answer(asked)
    assert "ack" in told
    assert at_table.desk.page()["moves"] == 0


def test_two_windows_do_not_undo_each_other(at_table: Page, open_folder: Path) -> None:
    """A window that has not seen the other's move is told, sees it, and goes on from there."""
    at_table.move(do="ask", about="cash")
    other = Page(open_folder)
    other.move(do="ask", about="stock")
    at_table.move(do="ask", about="range")
    assert at_table.error.startswith("This play went on in another window.")
    assert at_table.now["lines"] == other.now["lines"]
    at_table.move(do="ask", about="range")
    assert (at_table.error, at_table.now["moves"]) == ("", 3)


def test_what_cannot_be_kept_is_not_done(at_table: Page, open_folder: Path) -> None:
    """Where the file cannot be written the move is not made, and the sentence says why."""
    at_table.move(do="ask", about="cash")
    lines = at_table.now["lines"]
    path = open_folder / f"{UNIT}.practice.json"
    path.chmod(0o444)
    at_table.move(do="ask", about="stock")
    assert at_table.error.startswith("Not saved: ")
    assert at_table.now["lines"] == lines
    path.chmod(0o644)
    at_table.move(do="ask", about="stock")
    assert at_table.now["moves"] == 2


def test_another_distributor_and_the_same_one_again(signed: Page) -> None:
    """New plays are listed beside the old ones; the old ones can be looked at again."""
    first = signed.now["lines"]
    signed.ask("new", same=True)
    assert signed.now["lines"] == first[:1]
    signed.ask("new")
    signed.ask("new")
    seeds = [one.table.seed for one in signed.desk._all()]
    assert seeds[0] == seeds[1] != seeds[2]
    assert [one["label"] for one in signed.now["plays"]] == [
        "Play 1, signed on day 1.75",
        "Play 2, day 1",
        "Play 3, day 1",
        "Play 4, day 1",
    ]
    signed.ask("choose", to=1)
    assert signed.now["lines"] == first


def test_the_questions_come_before_the_scores(signed: Page) -> None:
    """Right after the talk there are three questions and no number yet; then the scores on request."""
    assert len(signed.now["debrief"]["questions"]) == 3
    assert signed.now["debrief"]["scores"] is None
    signed.ask("reveal")
    assert signed.now["debrief"]["scores"]["deal"][0].startswith("Signed: monthly target: 2,830")


def test_what_is_typed_in_the_debrief_stays(signed: Page, open_folder: Path) -> None:
    """Each answer is kept with its question, also when another play is shown by then."""
    signed.ask("say", place=1, text="Because he could check it.\n因为他查得到。")
    signed.ask("new")
    signed.ask("say", play=1, place=2, text="Monday.")
    kept = Plays(open_folder / f"{UNIT}.practice.json", "case.negotiation.case").all()
    table = signed.desk._stored(1)
    assert table is not None
    assert [one["text"] for one in kept[1].record["said"]] == [
        "",
        "Because he could check it.\n因为他查得到。",
        "Monday.",
    ]
    assert kept[1].record["said"][2]["question"] == table.table.words("en").say(
        debrief(table.table).questions[2]
    )
    assert "said" not in kept[2].record


def test_too_long_an_answer_is_refused_and_the_last_one_stays(signed: Page) -> None:
    """A sentence says how long it may be; what was kept before is still there."""
    signed.ask("say", place=0, text="Short.")
    signed.ask("say", place=0, text="x" * (LONGEST + 1))
    assert signed.error == "Not saved: this is longer than 4,000 characters. Shorten it."
    assert signed.now["debrief"]["questions"][0]["said"] == "Short."


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_debrief_shows_the_deal_among_the_others(
    signed: Page, open_folder: Path, lang: str
) -> None:
    """Two pictures with words for who cannot see them, what was not said, and five months in rows."""
    page = Page(open_folder, lang)
    page.ask("reveal")
    scores = page.now["debrief"]["scores"]
    assert [one["html"].split(" ")[0] for one in scores["pictures"]] == ["<svg", "<svg"]
    assert all('role="img"' in one["html"] for one in scores["pictures"])
    assert len(scores["sides"]["rows"]) == 5
    assert len(scores["unused"]) == 6
    assert len({len(row) for row in scores["sides"]["rows"]} | {len(scores["sides"]["head"])}) == 1


def test_a_target_between_two_steps_has_points_between_them(open_folder: Path) -> None:
    """The simulated month has a target that the point sheet lacks; the picture says so."""
    case = read_case(place(open_folder), "case", "case")
    deal = {**case.parameters.status_quo.deal, "monthly_target": 3250}
    with pytest.raises(ValueError, match="3250"):
        case.game.assess(deal)
    between = case.game_for(deal).assess(deal).utilities.company
    low, high = (case.game.assess({**deal, "monthly_target": one}).utilities.company for one in (2990, 3500))  # fmt: skip
    assert low < between < high
    assert case.game_for(dict(case.parameters.status_quo.deal)).sheets == case.game.sheets
    page = Page(open_folder)
    page.offer({**FINE, "monthly_target": 3250, "rebate_per_unit": 30, "stores_covered": 835})
    page.move(do="sign")
    page.ask("reveal")
    assert "between two steps" in page.now["debrief"]["scores"]["pictures"][0]["note"]


def test_a_damaged_play_is_told_and_left_alone(signed: Page, open_folder: Path) -> None:
    """A play whose log cannot be read is said to be so; it stays as it is, and a new one can begin."""
    path = open_folder / f"{UNIT}.practice.json"
    document = json.loads(path.read_text("utf-8"))
    entry = document["responses"]["case.negotiation.case-1"]
    entry["response"]["log"] = {"version": 99}
    entry["revision"] += 1
    path.write_text(json.dumps(document), "utf-8")
    page = Page(open_folder)
    assert "version 99" in page.now["problem"]
    page.move(do="ask", about="cash")
    assert page.error
    page.ask("new")
    assert page.now["problem"] == ""
    kept = json.loads(path.read_text("utf-8"))["responses"]["case.negotiation.case-1"]
    assert kept["response"]["log"] == {"version": 99}


@pytest.mark.parametrize(("name", "damage"), [(SIMULATION, "{"), (SIMULATION, "{}"), (GAME, "[]"),
                                              (GAME, '{"issues": 7}'), (FACTS, "facts: [1]")])  # fmt: skip
def test_a_damaged_case_is_a_sentence(tmp_path: Path, name: str, damage: str) -> None:
    """Whichever file of the case is damaged, it is named."""
    course = tmp_path / "course"
    files = {one: (CASE / one).read_text("utf-8") for one in (SIMULATION, GAME, FACTS)}
    for one, text in {**files, name: damage}.items():
        put(course / "units" / UNIT / "case" / one, text.encode())
    put(course / "course.yaml", b"")
    put(course / "notebooks" / "en" / f"{UNIT}.items.json", {"items": [], "keys": {}})
    with pytest.raises(NotHere) as caught:
        desk(here(course / "notebooks" / "en" / f"{UNIT}.ipynb"), "case", "case")
    assert Words("en").say(caught.value.message).startswith(f"case/{name} is damaged.")


@pytest.mark.parametrize("case", ["case", "case_1b"])
def test_in_the_courses_own_folder_everything_is_open(tmp_path: Path, case: str) -> None:
    """In a course's own lessons the table of either case can be played, with all its facts."""
    course = tmp_path / "course"
    source = CASE.with_name(case)
    for one in (SIMULATION, GAME, FACTS):
        put(course / "units" / UNIT / case / one, (source / one).read_bytes())
    put(course / "course.yaml", b"")
    put(course / "notebooks" / "zh" / f"{UNIT}.items.json", {"items": [], "keys": {}})
    put(course / "notebooks" / "zh" / "kam.json", {"lang": "zh"})
    made = desk(here(course / "notebooks" / "zh" / f"{UNIT}.ipynb"), "case", case)
    page = made.page()
    assert len(page["facts"]) == len(load_facts(source))
    assert len(page["questions"]) == len(QUESTIONS)
    assert {"show", "claim"} == {one["move"]["do"] for one in page["sentences"]}
    assert Game.load(source / GAME).size > 100


def test_every_activity_can_be_made() -> None:
    """Each activity's module names a script and a style that are there, and makes a desk."""
    from importlib import import_module

    from kamlib.forms.assets import STATIC

    assert "negotiation" in activity_names()
    for name in activity_names():
        module = import_module(f"kamlib.forms.activity_{name}")
        assert (STATIC / module.SCRIPT).is_file()
        assert (STATIC / module.STYLE).is_file()
        assert callable(module.desk)
