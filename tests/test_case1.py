"""The figures of case 1 follow from its facts, as do the known errors."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from string import Formatter

import pytest

from kamlib import case1
from kamlib.arithmetic import names_in
from kamlib.case1_errors import wrong_ways
from kamlib.case1_figures import CALENDAR, NODES
from kamlib.case_facts import CASE, UNITS, Facts, load_facts

CASE_1B = CASE.parent / "case_1b"
ORACLE = Path(__file__).parent / "data" / "case1_figures.csv"

each_case = pytest.mark.parametrize("folder", [CASE, CASE_1B], ids=["1", "1b"])


def oracle() -> list[dict[str, str]]:
    """Read the 129 figures that were worked out elsewhere."""
    with ORACLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# The figures.


def test_every_figure_is_right_to_six_digits() -> None:
    """All 129, in order, each with its stage."""
    frame = case1.figures()
    wanted = oracle()
    assert list(frame.index) == [row["id"] for row in wanted]
    assert len(frame) == 129
    assert list(frame.columns) == ["stage", "quantity", "value", "unit", "formula"]
    assert list(frame["stage"]) == [row["stage"] for row in wanted]
    for row in wanted:
        assert frame["value"][row["id"]] == pytest.approx(float(row["value"]), rel=1e-6, abs=5e-7)


def test_a_figures_formula_is_in_names() -> None:
    """Whoever looks a name up finds what it stands for, and every name is used."""
    used: set[str] = set()
    for formula in [*NODES.values(), *(each.formula for each in case1.FIGURES)]:
        used |= names_in(formula)
    figures = {each.id for each in case1.FIGURES}
    assert used - figures <= case1.NAMES.keys()
    assert set(case1.NAMES) == set(load_facts(CASE).numbers) | set(CALENDAR) | set(NODES)
    for_errors = {"models_A", "models_B"}  # what no figure needs, but a fact gives
    assert set(case1.NAMES) - used <= for_errors


@pytest.mark.parametrize(
    ("figure", "unit"),
    [("D01", "units a day"), ("D05", "times"), ("D17", "%"), ("D45", "RMB"), ("D54", "units a month"),
     ("D65", "units a month per store"), ("D81", "stores"), ("D95", "days"), ("D112", "retailers"),
     ("D115", "salespeople"), ("D125", "% a month")],
)  # fmt: skip
def test_a_figure_has_its_unit(figure: str, unit: str) -> None:
    """A figure is never a bare number."""
    assert case1.figures()["unit"][figure] == unit


def test_units_fit_the_formulas() -> None:
    """A share is taken of a hundred, and a figure per day, month, head or store is called so."""
    for each in case1.FIGURES:
        assert each.unit in UNITS
        assert (each.unit.startswith("percent")) == (
            "* 100" in each.formula or each.formula.startswith("100 -")
        ), each
        if "per day" in each.quantity:
            assert "/day" in each.unit, each
        if "per month" in each.quantity:
            assert "/month" in each.unit, each


@pytest.mark.parametrize("stage", ["S0", "S1", "S2", "S3", "S4", "S5"])
@each_case
def test_an_early_stage_gives_its_figures_and_no_more(folder: Path, stage: str) -> None:
    """With the facts of a stage come just the figures that can be worked out by then."""
    case = load_facts(folder)
    early = case1.figures(case.up_to(stage))
    whole = case1.figures(case)
    assert early.equals(whole[whole["stage"] <= stage])


def test_the_code_holds_no_number_of_a_later_stage() -> None:
    """What travels to trainees as code does not say what a later stage will tell."""
    texts = [each.quantity + " " + each.formula for each in case1.FIGURES]
    texts += [*NODES.values(), *case1.NAMES.values()]
    texts += [formula for trap, _, formula in wrong_ways() if trap != "T19"]
    texts += [said.text for said in case1.TRAPS.values()]
    found = {number for text in texts for number in re.findall(r"(?<![A-Za-z0-9])\d+", text)}
    assert found <= {"1", "2", "100"}, found


def test_a_sentence_names_only_what_its_figure_rests_on() -> None:
    """A number in a figure's sentence is known whenever the figure is."""
    case = load_facts(CASE)
    for each in case1.FIGURES:
        basis = case1.rests_on(each.id)
        for _, name, _, _ in Formatter().parse(each.quantity):
            if name and name not in case.words:
                assert case1.rests_on(name) <= basis, (each.id, name)


def test_figures_are_told_in_the_readers_language() -> None:
    """A sentence takes its numbers from the case at hand."""
    second = case1.figures(load_facts(CASE_1B))
    assert second["quantity"]["D103"].endswith("as a share of 33,600")
    assert "R20" in second["quantity"]["D97"]
    first = load_facts(CASE)
    for lang in ("en", "zh"):
        assert not case1.figures(first, lang)["quantity"].str.contains("{", regex=False).any()


# Case 1b.


def test_the_arguments_hold_in_the_second_case() -> None:
    """What case 1 teaches can be seen in case 1b too: no argument turns into its opposite."""
    for folder in (CASE, CASE_1B):
        d = case1.values(load_facts(folder))
        assert d["d"] == 30
        assert all(d[per_day] * d["d"] == d[month] for per_day, month in
                   (("F02", "A"), ("F03", "B"), ("F04", "T")))  # fmt: skip
        assert 1.5 < d["ratio"] < 2.5
        # The ladder of targets: today, A at B's level, the band reading, the literal reading.
        assert d["tot"] < d["level"] < d["Al"] < d["L"]
        assert d["Al"] / d["tot"] < 2 < 4 < d["L"] / d["tot"]
        # Most of the gap is people and doors, and a third is A's own way of selling.
        assert 60 < d["D70"] < 70 < d["D72"] < 80
        assert 30 < d["D71"] < 40
        assert d["D77"] < 0
        assert d["D72"] + d["D77"] + d["D78"] == pytest.approx(100)
        # Nobody new is needed for a fifth more.
        assert 1.1 < d["headA"] / d["A"] < d["storeA"] / d["A"] < 1.3
        # The minimum order hurts: more than a quarter of a year of an average store.
        assert d["D95"] > 90
        # Coverage: bounds in order, visits a little short, doors left to open.
        assert d["D84"] < d["D82"] < 65
        assert 0 < d["D91"] < 0.05 * d["U"]
        # Coverage alone brings parity in neither reading, and nearly in one.
        assert 0.85 * d["Al"] < d["ce"] < d["Al"] < 0.5 * d["L"]
        assert 30 < d["D99"] * 3 < 50  # the wholesaler is a small help


# A trainee's own numbers.


def test_what_follows_is_worked_out_from_a_trainees_own_number() -> None:
    """A wrong total is wrong once: the gap to parity is right if it follows from it."""
    mine = case1.recompute({"D04": 6900})
    assert mine["D34"] == 36000 - 6900
    assert mine["D35"] == pytest.approx(36000 / 6900)
    assert mine["D112"] == pytest.approx((36000 - 6900) / 1800)
    assert mine["D25"] == pytest.approx(6900 / 240000 * 100)
    assert mine["D28"] == 36000
    assert case1.recompute({}) == case1.values()


def test_a_reading_of_the_share_is_followed_to_the_end() -> None:
    """Whoever takes the rival's volume for 14,400 gets all that follows from it."""
    mine, known = case1.recompute({"D28": 14400}), case1.values()
    assert mine["gap_L"] == known["gap_Al"]
    assert mine["D103"] == known["D104"]
    assert mine["D125"] == pytest.approx(known["D126"])


def test_facts_and_nodes_can_be_replaced_too() -> None:
    """A number of the calendar, of a fact or of a node stands for itself."""
    assert case1.recompute({"stA": 1000})["D81"] == 2256
    assert case1.recompute({"short_month": 25})["D127"] == 2000
    assert case1.recompute({"rB": 4})["D67"] == 3340
    with pytest.raises(KeyError):
        case1.recompute({"D130": 1})


def test_a_number_that_leads_nowhere_leaves_out_what_follows() -> None:
    """Dividing by a trainee's 0 is no error."""
    mine = case1.recompute({"D04": 0})
    assert "D35" not in mine
    assert mine["D34"] == 36000


# What goes wrong.


def errors(name: str, facts: Facts | None = None) -> dict[str, list[float]]:
    """Return the wrong values by trap."""
    found: dict[str, list[float]] = {}
    for each in case1.known_errors(name, facts):
        found.setdefault(each.trap, []).append(round(each.value, 3))
    return found


@pytest.mark.parametrize(
    ("name", "trap", "value"),
    [
        ("D02", "T1", 8700), ("D04", "T4", 7540), ("D04", "T4", 8990), ("D109", "T5", 1800),
        ("D28", "T6", 18000), ("D28", "T7", 14400), ("D34", "T7", 5700), ("D120", "T8", 36000),
        ("D05", "T11", 0.625), ("D83", "T12", 2091), ("D82", "T13", 59.386), ("D89", "T14", 60.574),
        ("D04", "T15", 9000), ("D109", "T16", 3.229), ("D70", "T17", 57.622), ("V", "T19", 2000),
        ("D02", "T19", 4300), ("D28", "T19", 30000),
    ],
)  # fmt: skip
def test_a_known_error_comes_out_as_people_get_it(name: str, trap: str, value: float) -> None:
    """The wrong value is the one that the wrong way leads to."""
    assert value in errors(name)[trap]


@each_case
def test_a_known_error_is_wrong_and_said_in_words(folder: Path) -> None:
    """No wrong way comes out right, none is named twice, and each has its sentence."""
    case = load_facts(folder)
    known = case1.values(case)
    for name in [*case1.NAMES, *(each.id for each in case1.FIGURES)]:
        found = case1.known_errors(name, case)
        for each in found:
            assert abs(each.value - known[name]) > case1.NEAR * abs(known[name])
            assert each.message == case1.TRAPS[each.trap]
        assert len({round(each.value, 6) for each in found}) == len(found)


def test_a_wrong_way_that_comes_out_right_is_no_error() -> None:
    """Where both distributors sell alike per store, the average of averages is the average."""
    data = load_facts(CASE).model_dump()
    stores = next(fact for fact in data["facts"] if fact["id"] == "F20")
    stores["values"][0]["value"] = 835 * 1.875
    assert set(errors("D109")) == {"T1", "T5", "T16"}
    assert set(errors("D109", Facts.model_validate(data))) == {"T1", "T5"}


@each_case
def test_the_traps_with_a_number_are_all_met(folder: Path) -> None:
    """Both cases lead into each trap that shows in a number."""
    case = load_facts(folder)
    names = {name for _, name, _ in wrong_ways()}
    met = {each.trap for name in names for each in case1.known_errors(name, case)}
    assert met == {"T1", "T4", "T5", "T6", "T7", "T8", *(f"T{n}" for n in range(11, 18)), "T19"}


def test_a_split_that_does_not_add_up_is_recognised() -> None:
    """The wrong parts of the gap miss the whole."""
    assert errors("D70")["T17"][0] + errors("D71")["T17"][0] < 90
    assert errors("D72")["T17"][0] + errors("D73")["T17"][0] < 90


def test_all_21_traps_have_their_own_sentence() -> None:
    """T1 to T21, each said differently."""
    assert list(case1.TRAPS) == [f"T{n}" for n in range(1, 22)]
    assert len({said.text for said in case1.TRAPS.values()}) == 21


def test_an_early_stage_knows_only_its_own_errors() -> None:
    """An error that takes a later fact is not told before; an unknown name is no question."""
    early = load_facts(CASE).up_to("S0")
    assert "T15" not in errors("D04", early)
    assert "T15" in errors("D04")
    assert case1.known_errors("D109", early) == ()
    with pytest.raises(KeyError):
        case1.known_errors("D130")


def test_every_wrong_way_leads_from_names_to_a_name() -> None:
    """A slip of the pen in the table of errors would be seen."""
    known = case1.values()
    for trap, name, formula in wrong_ways():
        assert trap in case1.TRAPS
        assert name in known
        assert names_in(formula) <= known.keys()
        assert not set(CALENDAR) & {name}
