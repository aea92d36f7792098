"""Personal data in answers: found wherever it travels, named as the trainee sees it, never shown whole."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from kamlib.items.answers import Answers, encode, parse_answers
from kamlib.items.model import Item, parse_item
from kamlib.items.personal_data import (
    Found,
    asked_for,
    blanked,
    blocking,
    blocks,
    in_answers,
    personal_data,
    places,
)
from kamlib.words import Words

EN = Words("en")
PHONE = "13812345678"


def item(interaction: str, name: str, **more: Any) -> Item:
    """Return a question about people."""
    base = {"interaction": interaction, "id": f"u.{name}", "title": name.title(), "prompt": "",
            "use": "graded", "personal_data": True}  # fmt: skip
    return parse_item(base | more)


POWER = item("plan", "power", fields={
    "who": {"label": "Who says yes", "kind": "choice", "options": {"one": "One", "few": "Few"}},
    "limit": {"label": "What our contact may decide"},
    "source_on": {"label": "When that was", "kind": "date"},
})  # fmt: skip
PEOPLE = item("table", "people", max_rows=2, columns={
    "role": {"label": "Role"}, "sales": {"label": "Sales", "kind": "number"},
    "level": {"label": "Level", "kind": "choice", "options": {"l1": "1", "l2": "2"}},
})  # fmt: skip
PROSE = item("text", "culture", criteria={"seen": "Seen"})
COUNT = item("number", "count", quantity="Stock", units={"pcs": "pieces"})
RECALL = item("recall", "lines", lines=3)
ITEMS = (POWER, PEOPLE, PROSE, COUNT, RECALL)
ROWS: list[dict[str, Any]] = [{"role": "Buyer"}, {"role": "Owner"}]


def said(responses: dict[str, Any], items: tuple[Item, ...] = ITEMS) -> list[str]:
    """Return where personal data stands, in words."""
    return [EN.say(found.where) for found in personal_data(items, responses)]


@pytest.mark.parametrize(
    ("name", "response", "where"),
    [
        ("power", {"fields": {"limit": f"Ask {PHONE}"}}, "“Power”, What our contact may decide"),
        ("power", {"fields": {"source_on": PHONE}}, "“Power”, When that was"),
        ("people", {"rows": [*ROWS, {"role": f"Buyer {PHONE}"}]}, "“People”, row 3, Role"),
        ("people", {"rows": [None, {"sales": PHONE}]}, "“People”, row 2, Sales"),
        ("people", {"rows": [{"sales": int(PHONE)}]}, "“People”, row 1, Sales"),
        ("people", {"rows": [{"sales": float(PHONE)}]}, "“People”, row 1, Sales"),
        ("culture", {"text": "１３８ １２３４ ５６７８"}, "“Culture”"),
        ("culture", {"text": "１３８１２３４５６７８"}, "“Culture”"),
        ("culture", {"text": "1 3 8 1 2 3 4 5 6 7 8"}, "“Culture”"),
        ("count", {"value": PHONE, "unit": "pcs"}, "“Count”, Stock"),
        ("lines", {"lines": ["one", f"{PHONE}"]}, "“Lines”, line 2"),
        ("culture", {"text": "", "disagree": f"Ask {PHONE}"},
         "“Culture”, what you wrote under “I disagree”"),
    ],
)  # fmt: skip
def test_what_the_form_shows_is_named_as_it_is_labelled_there(
    name: str, response: Any, where: str
) -> None:
    """Question, field and row are said in the trainee's words, and rows beyond the last count."""
    (found,) = personal_data(ITEMS, {f"u.{name}": response})
    assert EN.say(found.where) == where
    assert (found.item, found.severity, found.kind, found.seen) == (
        f"u.{name}", "block", "phone", True
    )  # fmt: skip


HIDDEN = "a part of the answer that the question does not show"


@pytest.mark.parametrize(
    ("responses", "where"),
    [
        ({"u.power": {"fields": {"gone": PHONE}}}, f"“Power”, {HIDDEN}"),
        ({"u.power": {"fields": {PHONE: "x"}}}, f"“Power”, {HIDDEN}"),
        ({"u.power": {"fields": {"who": PHONE}}}, f"“Power”, {HIDDEN}"),
        ({"u.power": PHONE}, f"“Power”, {HIDDEN}"),
        ({"u.power": [[PHONE]]}, f"“Power”, {HIDDEN}"),
        ({"u.people": {"rows": {"a": PHONE}}}, f"“People”, {HIDDEN}"),
        ({"u.people": {"rows": [{"role": {"deep": PHONE}}]}}, f"“People”, {HIDDEN}"),
        ({"u.old": {"text": PHONE}}, "a part of the answers file that belongs to no question of this exercise"),
        ({f"u.{PHONE}": {}}, "a part of the answers file that belongs to no question of this exercise"),
    ],
)  # fmt: skip
def test_what_no_form_shows_is_found_all_the_same(responses: Any, where: str) -> None:
    """Fields and questions of another edition, and answers of another shape, travel too."""
    (found,) = personal_data(ITEMS, responses)
    assert EN.say(found.where) == where
    assert not found.seen
    assert PHONE not in EN.say(found.said)


def whole(**more: Any) -> Answers:
    """Return an answers file in which only what no form shows is about a person."""
    entry = {
        "response": {"text": "x"},
        "revision": 3,
        "saved_at": "2026-06-12T10:00:00+00:00",
        "window": "w",
    }
    document = {"format": 1, "course": "", "unit": "10_u", "language": "en", "trainee": "A07", "revision": 3,
                "responses": {"u.culture": entry | more.pop("entry", {})}, "stages": []}  # fmt: skip
    return Answers(document | more)


@pytest.mark.parametrize(
    ("answers", "where"),
    [
        (whole(entry={"history": [{"text": PHONE}]}), "“Culture”, an earlier version of the answer"),
        (whole(entry={"note": PHONE}), "“Culture”, an earlier version of the answer"),
        (whole(stages=[{"stage": "S1", "responses": {"u.culture": {"text": PHONE}}}]),
         "the record of a committed stage"),
        (whole(remark={PHONE: 1}), "a part of the answers file that belongs to no question of this exercise"),
    ],
)  # fmt: skip
def test_the_whole_file_is_looked_through(answers: Answers, where: str) -> None:
    """Earlier versions, records of stages and whatever else the file holds are part of a hand-in."""
    (found,) = in_answers(ITEMS, answers)
    assert EN.say(found.where) == where
    clean = blanked(answers, [found])
    assert PHONE not in json.dumps(clean.document)
    assert PHONE in json.dumps(answers.document)
    assert in_answers(ITEMS, parse_answers(encode(clean.document))) == ()
    assert clean.responses == answers.responses


def test_emptying_takes_names_with_what_they_hold_and_nothing_else() -> None:
    """A field named like a phone number goes whole, a text becomes empty, the rest stays."""
    responses = {
        "u.power": {"response": {"fields": {PHONE: PHONE, "gone": PHONE, "limit": "the buyer"}}},
        "u.people": {"response": {"rows": [], "old": [PHONE, "stays"]}},
    }
    answers = Answers({"responses": responses})
    clean = blanked(answers, in_answers(ITEMS, answers))
    assert clean.responses == {
        "u.power": {"fields": {"gone": "", "limit": "the buyer"}},
        "u.people": {"rows": [], "old": ["", "stays"]},
    }


def test_what_the_workbook_writes_itself_is_no_personal_data() -> None:
    """A digest, a window's name or a code may look like a phone number and is none."""
    record = {"stage": "S1", "committed_at": "", "trainee": PHONE, "digest": f"a{PHONE}b", "receipt": PHONE,
              "responses": {}}  # fmt: skip
    answers = whole(trainee=PHONE, course=PHONE, stages=[record], entry={"window": PHONE})
    assert in_answers(ITEMS, answers) == ()


def test_ordinary_units_are_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no question is about people, no text is scanned; where one is, every text is."""
    plain = PROSE.model_copy(update={"personal_data": False})
    scanned: list[object] = []
    monkeypatch.setattr(
        "kamlib.items.personal_data.scan", lambda texts: scanned.append(texts) or ()
    )
    assert personal_data([plain], {"u.culture": {"text": PHONE}}) == ()
    assert scanned == []
    assert not asked_for([plain])
    personal_data([plain, POWER], {"u.culture": {"text": PHONE}})
    assert {"": PHONE} in scanned


def test_a_name_only_warns() -> None:
    """Names are shown with their given part masked and do not block."""
    (found,) = personal_data(ITEMS, {"u.people": {"rows": [{"role": "王小明经理"}]}})
    assert found.severity == "warn"
    assert not blocks([found])
    assert blocking([found]) == ()
    assert EN.say(found.told) == "In row 1, Role: perhaps a person’s name (“王••经理”)."
    assert "This looks like a person’s name." in EN.say(found.said)


def many(n: int) -> tuple[Found, ...]:
    """Return findings in so many rows."""
    return personal_data(
        ITEMS, {"u.people": {"rows": [{"role": f"1381234567{row}"} for row in range(n)]}}
    )


def test_the_first_places_are_named_and_the_others_counted() -> None:
    """Five places stand in a sentence; of more it is said how many."""
    assert len(places(many(5))) == 5
    six = places(many(7))
    assert len(six) == 6
    assert EN.say(six[-1]) == "and 2 more"
    assert EN.say(six[1]) == "“People”, row 2, Role: a phone number (“13•••••••71”)"


def test_findings_stand_in_the_order_of_the_questions_and_of_their_fields() -> None:
    """However the file is sorted, the form's order is the order in which they are told."""
    file = {
        "u.people": {"rows": [{"sales": PHONE, "role": PHONE}]},
        "u.power": {"fields": {"limit": PHONE}},
    }
    assert said(file) == ["“Power”, What our contact may decide", "“People”, row 1, Role", "“People”, row 1, Sales"]  # fmt: skip


def test_both_languages_name_the_field() -> None:
    """With the unit's texts, question and field are said in the trainee's language."""
    zh = Words("zh", {"People": "关键的人", "Role": "角色"})
    (found,) = personal_data(ITEMS, {"u.people": {"rows": [{"role": PHONE}]}})
    for sentence in (found.where, found.brief, found.told, found.said):
        assert "角色" in zh.say(sentence)
        assert PHONE not in zh.say(sentence)
    assert "关键的人" in zh.say(found.where)


def test_an_answer_about_people_is_never_committed() -> None:
    """What is committed cannot be taken out again, so such a question has no stage."""
    with pytest.raises(ValidationError, match="has no stage"):
        item("text", "x", criteria={"a": "A"}, stage="S1")
