"""What each part of a customer analysis is worth, and what each fault costs."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.course.syllabus import read_yaml
from kamlib.customer_analysis import SECTIONS, read_analysis
from kamlib.customer_analysis_check import look_through
from kamlib.customer_analysis_measures import FALLS, kind
from kamlib.findings import only_wrong
from kamlib.items.keys import Key, parse_key
from kamlib.items.marking import mark_exercise
from kamlib.items.measures import fall, measure
from kamlib.items.model import Item, parse_item
from kamlib.items.solution import solution
from kamlib.measured import Measured
from kamlib.words import Words
from tests.analyses import UNIT, Parts, changed, example

EN, ZH = Words("en"), Words("zh")

MEASURED = (
    "customer", "power", "people", "statement", "finance", "territory", "network", "claims",
    "execution", "goals", "actions",
)  # fmt: skip
TABLES = ("people", "statement", "network", "claims", "execution", "actions")


def worth(written: Parts, part: str) -> Measured:
    """Measure one part as the marking does: rows as tuples, no blanks."""
    fields = {
        name: tuple(each) if isinstance(each, list) else each for name, each in written.items()
    }
    return measure(f"customer_analysis.{part}")(fields, {})


def shares(written: Parts) -> dict[str, float]:
    """Return what each part is worth."""
    return {part: worth(written, part).share for part in MEASURED}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_worked_example_earns_everything(lang: str) -> None:
    """In both languages, without a fault, and with something that came out."""
    for part in MEASURED:
        found = worth(example(lang), part)
        assert (found.share, found.wrong, found.falls) == (1.0, (), ()), part
        assert found.notes, part


def test_what_comes_out_is_said_in_numbers() -> None:
    """Whoever reads his marks sees what his own figures say."""
    said = " ".join(EN.say(note) for part in MEASURED for note in worth(example(), part).notes)
    for number in (
        "1,058 a month less",
        "75 % of the gap",
        "76 days of sales",
        "11 people",
        "10 of them",
    ):
        assert number in said


SMALL = {
    "people": 4, "statement": 2, "claims": 0, "execution": 3, "actions": 3, "network": 0,
}  # fmt: skip
"""Of how many rows at the beginning a small analysis consists; 0 where they are chosen."""


def small() -> Parts:
    """Return an analysis with no more than what is asked for, and no optional figure."""
    written = example()
    for part, rows in SMALL.items():
        written[part] = written[part][-rows:] if part == "statement" else written[part][:rows]
    written["claims"] = [example()["claims"][n] for n in (0, 1, 3, 4)]
    written["network"] = [example()["network"][n] for n in (0, 1, 3, 4)]
    for row in written["statement"]:
        for name in (
            "operating_cost",
            "payables",
            "sold_of_ours",
            "margin_on_ours",
            "stock_of_ours",
        ):
            row.pop(name)
    for row in written["network"]:
        row.pop("share")
    for row in written["people"]:
        row["influences"] = "" if row["id"] == "P1" else "P1 3"
    return written


def test_a_small_honest_analysis_earns_everything() -> None:
    """Four people, two years with blanks, two groups on either side."""
    assert shares(small()) == dict.fromkeys(MEASURED, 1.0)


def test_a_tidy_analysis_is_not_accused() -> None:
    """One source of one day and round figures cost nothing; what would make them safer is said."""
    written = small()
    for row in written["claims"]:
        row |= {"source": "A talk with the owner", "source_on": "2026-05-04", "on": "2026-05-04"}
    for row in written["people"]:
        row |= {"source": "A talk with the owner", "on": "2026-05-04"}
    for row, sales in zip(written["statement"], (9000.0, 10000.0), strict=True):
        row |= {"sales": sales, "cost_of_goods": 0.9 * sales, "stock": 1500.0, "receivables": 800.0}
    assert shares(written) == dict.fromkeys(MEASURED, 1.0)
    assert "A second source" in EN.say(worth(written, "claims").notes[-1])


NO_REFERENCE = [row for row in example()["network"] if row["where"] == "here"]
RENAMED = [{**row, "name": row["name"] + "!"} if n == 4 else row
           for n, row in enumerate(example()["network"])]  # fmt: skip
COPIED = {**example()["people"][0], "id": "P12", "function": "decides", "source": "The same"}

THIN = {"id": "P13"}
REPEATED = [row if n != 1 else {**example()["statement"][2], "year": 2024.0}
            for n, row in enumerate(example()["statement"])]  # fmt: skip

FAULTS: tuple[tuple[str, Any, str, str], ...] = (
    ("customer.sign", None, "customer", "blank"),
    ("customer.unit", None, "customer", ""),
    ("customer.on", None, "customer", "blank"),
    ("customer.earns", "...", "customer", "blank"),
    ("power.circle", "P1, P77", "power", "circle"),
    ("power.political", None, "power", "blank"),
    ("power.source", None, "power", "source"),
    ("power.source_on", "2026-07-01", "power", "dates"),
    ("people.0.function", "uses", "people", "no_decider"),
    ("people.9.id", "P9", "people", "signs"),
    ("people.2.source", None, "people", "source"),
    ("people.2.on", "2026-07-01", "people", "dates"),
    ("people.3.by", None, "people", "access"),
    ("people.4.reports_to", "P99", "people", "boss"),
    ("people.0.reports_to", "P9", "people", "boss"),
    ("people.3.influences", "the boss", "people", "influence"),
    ("people.3.influences", "P99 3", "people", "influence"),
    ("people.3.cares", None, "people", "blank"),
    ("people.3.level", None, "people", "blank"),
    ("people.+", COPIED, "people", "copies"),
    ("people.+", THIN, "people", "thin"),
    ("people", small()["people"][:3], "people", "few"),
    ("statement.1.year", 2022.0, "statement", "years"),
    ("statement.1.year", None, "statement", "years"),
    ("statement.2.sales", 10_400_000.0, "statement", "unit"),
    ("statement.2.bought_from_us", 20_000.0, "statement", "figures"),
    ("statement.2.stock", -5.0, "statement", "figures"),
    ("statement.2.year", None, "statement", "years"),
    ("statement", REPEATED, "statement", "copies"),
    ("finance.source_on", "2025-05-01", "finance", "dates"),
    ("finance.ask", None, "finance", "blank"),
    ("territory.reference", "distributor K", "territory", "itself"),
    ("territory.ends", "2026-02-01", "territory", "dates"),
    ("territory.reading", None, "territory", "blank"),
    ("network.0.covered", 500.0, "network", "figures"),
    ("network.3.active", 300.0, "network", "figures"),
    ("network.0.share", 60.0, "network", "shares"),
    ("network.1.source", None, "network", "source"),
    ("network.1.covered", None, "network", "blank"),
    ("network", NO_REFERENCE, "network", "no_reference"),
    ("network", RENAMED, "network", "groups"),
    ("claims.0.source_on", "2026-06-01", "claims", "dates"),
    ("claims.0.source", None, "claims", "source"),
    ("claims.0.text", None, "claims", "blank"),
    ("claims", example()["claims"][:4], "claims", "few"),
    ("execution.1.criterion", "plans", "execution", "twice"),
    ("execution.1.evidence_on", "2026-06-06", "execution", "dates"),
    ("execution.1.level", None, "execution", "blank"),
    ("goals.goal", "More shops than last year", "goals", "no_figure"),
    ("goals.goal", "288 shops", "goals", "no_day"),
    ("goals.review", None, "goals", "blank"),
    ("actions.0.due", "2026-05-01", "actions", "dates"),
    ("actions.0.owner", None, "actions", "blank"),
    ("actions", example()["actions"][:2], "actions", "few"),
)  # fmt: skip


@pytest.mark.parametrize(("place", "value", "part", "name"), FAULTS)
def test_a_fault_costs_where_it_is_and_is_named(
    place: str, value: Any, part: str, name: str
) -> None:
    """It lowers its own part and no other, is told with advice, and has a name for the cohort."""
    written = changed(place, value)
    found = worth(written, part)
    assert 0.25 < found.share < 1
    assert name in (*found.falls, "")
    assert len(found.falls) <= (3 if name in ("thin", "no_reference") else 1)
    assert found.wrong or name in ("few", "")
    lowered = {each for each, share in shares(written).items() if share < 1}
    assert lowered == {part}


def test_a_reading_without_a_statement_is_told() -> None:
    """The statement is missed once where it stands, and once where it is spoken of."""
    found = worth(changed("statement", []), "finance")
    assert (found.share, found.falls) == (0.8, ("no_statement",))


def test_every_known_fault_is_met_and_called_something_in_both_languages() -> None:
    """No name is left over, and a report can say each of them."""
    met = {name for _, _, _, name in FAULTS} | {"no_statement", "other", ""}
    assert met == {*FALLS, ""}
    for name, called in FALLS.items():
        assert fall("customer_analysis.people", name) == called


def test_every_finding_has_a_kind() -> None:
    """What a check says is counted under a name of its own, whichever module says it."""
    for place, value, _, _ in FAULTS:
        analysis = read_analysis(changed(place, value))
        for section in SECTIONS:
            for each in only_wrong(look_through(analysis, section)):
                assert kind(each) != "other", EN.say(each.said)


@pytest.mark.parametrize("part", TABLES)
def test_the_order_of_rows_changes_nothing(part: str) -> None:
    """With faults or without."""
    for place, value in ((f"{part}.0.source", None), (f"{part}.+", example()[part][1])):
        written = changed(place, value)
        before = worth(written, part)
        for seed in range(5):
            random.Random(seed).shuffle(written[part])
            after = worth(written, part)
            assert after.share == before.share
            assert set(after.falls) == set(before.falls)


def test_of_two_rows_that_say_the_same_the_fuller_one_counts() -> None:
    """Wherever it stands."""
    written = small()
    poor = {name: value for name, value in written["actions"][0].items() if name != "resource"}
    first = changed("actions", [poor, *written["actions"]])
    last = changed("actions", [*written["actions"], poor])
    assert worth(first, "actions").share == worth(last, "actions").share
    assert worth(first, "actions").share > worth(changed("actions", [poor]), "actions").share


def test_a_gap_is_told_only_of_the_same_groups() -> None:
    """Figures that cannot be give no number that somebody might believe."""
    assert worth(changed("network.0.covered", 500.0), "network").notes == ()
    assert worth(changed("network", RENAMED), "network").notes == ()


@pytest.mark.parametrize("part", TABLES)
@pytest.mark.parametrize("rows", [0, 1, 2, 3, 10])
def test_padding_and_copies_never_help(part: str, rows: int) -> None:
    """However few rows there are: empty-ish ones and repeated ones add nothing."""
    written = example()
    source = written[part]
    written[part] = source[:rows]
    before = worth(written, part).share
    first = next(iter(source[0]))
    for more in (
        [{first: source[0][first]}] * 3,
        [dict(list(source[0].items())[:2])] * 20,
        source[:rows] * 3,
        [{**row, "id": f"P{50 + n}"} for n, row in enumerate(source[:rows])],
    ):
        padded = changed(part, [*source[:rows], *more])
        assert worth(padded, part).share <= before


def test_more_rows_than_asked_for_hide_no_fault() -> None:
    """Each further fault of a kind still costs, however many good rows stand beside it."""
    one = changed("people.3.by", None)
    two = changed("people.4.by", None, one)
    few = changed("people", one["people"][:5])
    full, less, least = (worth(each, "people").share for each in (example(), one, two))
    assert full > less > least
    assert worth(few, "people").share <= less


VALUES = st.one_of(
    st.text(max_size=30), st.floats(allow_nan=False, allow_infinity=False),
    st.dates().map(str), st.sampled_from(["P1", "P2 9", "one", "here", "l3", "decides", "{n}"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_written_has_a_share(data: st.DataObject) -> None:
    """Between nothing and all, said in both languages, and never raises."""
    written = example()
    for _ in range(data.draw(st.integers(1, 8))):
        part = data.draw(st.sampled_from(MEASURED))
        rows = written[part]
        row = data.draw(st.sampled_from(rows)) if isinstance(rows, list) else rows
        row[data.draw(st.sampled_from(sorted(row)))] = data.draw(VALUES)
    for part in MEASURED:
        found = worth(written, part)
        assert 0 <= found.share <= 1
        assert set(found.falls) <= set(FALLS)
        for each in (*found.notes, *found.wrong):
            assert EN.say(each)
            assert ZH.say(each)


@pytest.mark.parametrize("part", MEASURED)
def test_nothing_at_all_is_worth_nothing(part: str) -> None:
    """Also where other parts are there, or where something else stands in its place."""
    assert worth({}, part).share == 0
    assert worth({part: {} if part in TABLES else []}, part).share == 0


# The key of the unit --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exercise() -> tuple[list[Item], dict[str, Key]]:
    """Read the graded items of the unit with their keys."""
    items = [
        parse_item(entry)
        for entry in read_yaml(Path(UNIT / "items.yaml"))
        if entry.get("use") == "graded"
    ]
    keys = read_yaml(Path(UNIT / "key.yaml"))
    return items, {item.id: parse_key(item.interaction, keys[item.id]) for item in items}


def response(item: Item, part: Any) -> dict[str, Any]:
    """Put a part into the shape of an answers file."""
    if item.interaction == "text":
        return dict(part)
    return {"rows": part} if isinstance(part, list) else {"fields": part}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_example_earns_full_marks_in_the_exercise(
    exercise: tuple[list[Item], dict[str, Key]], lang: str
) -> None:
    """As a hand-in, in both languages; the texts wait for a person."""
    items, keys = exercise
    written = example(lang)
    answers = {item.id: response(item, written[item.id.split(".")[1]]) for item in items}
    marks = mark_exercise(items, keys, answers)
    for item in items:
        wanted = None if item.interaction == "text" else item.points
        assert marks[item.id].score == wanted, item.id


def test_the_keys_own_answers_are_the_example(exercise: tuple[list[Item], dict[str, Key]]) -> None:
    """So that nobody corrects one of the two and forgets the other."""
    items, keys = exercise
    written = example()
    for item in items:
        own = solution(item, keys[item.id])
        assert own == response(item, written[item.id.split(".")[1]]), item.id


def test_each_part_is_marked_with_what_it_is_compared_with(
    exercise: tuple[list[Item], dict[str, Key]],
) -> None:
    """A fault between two parts costs in the exercise what it costs by the measure."""
    items, keys = exercise
    for place, value, part, _ in FAULTS:
        written = changed(place, value)
        answers = {item.id: response(item, written[item.id.split(".")[1]]) for item in items}
        marks = mark_exercise(items, keys, answers)
        for item in items:
            name = item.id.split(".")[1]
            if name in MEASURED:
                share = worth(written, name).share
                assert marks[item.id].score == pytest.approx(share * item.points, abs=1e-3)
                assert (share < 1) is (name == part)


def test_each_text_has_a_whole_rubric(exercise: tuple[list[Item], dict[str, Key]]) -> None:
    """Remarks for every criterion, praise among them, and words to look for in both languages."""
    items, keys = exercise
    for item in items:
        if item.interaction == "text":
            key = keys[item.id]
            about = [remark.criterion for remark in key.comments.values()]  # type: ignore[union-attr]
            praise = [remark for remark in key.comments.values() if remark.praise]  # type: ignore[union-attr]
            assert 6 <= len(about) <= 8
            assert set(about) == set(item.criteria)  # type: ignore[union-attr]
            assert len(praise) * 2 == len(about)
            for words in key.look_for.values():  # type: ignore[union-attr]
                assert any(word.isascii() for word in words)
                assert not all(word.isascii() for word in words)
