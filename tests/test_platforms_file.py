"""The files of a portfolio: what they hold, and what is said when they are damaged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kamlib.case_facts import CaseError
from kamlib.platforms_file import (
    CASE,
    COLUMNS,
    PARAMETERS,
    PLATFORMS,
    PORTFOLIO,
    Parameters,
    load,
    parse,
    rate,
)

TABLE = (CASE / PORTFOLIO).read_text("utf-8")
NUMBERS = (CASE / PARAMETERS).read_text("utf-8")


def changed(row: str, **fields: str) -> str:
    """Return a portfolio of one customer."""
    values = dict(zip(COLUMNS, row.split(","), strict=True)) | fields
    return ",".join(COLUMNS) + "\n" + ",".join(values.values()) + "\n"


SUSPECT = "C01,A shop,一家店,market,small,50,,,,0.5,,"
PROSPECT = "C01,A shop,一家店,working,small,,50,,,0.5,,"


def refused(table: str, numbers: str = NUMBERS) -> str:
    with pytest.raises(CaseError) as caught:
        parse(table, numbers)
    return str(caught.value)


def test_the_portfolio_has_60_customers_on_three_platforms() -> None:
    """Each with a name of its own in both languages, and a source for every parameter."""
    portfolio = load()
    assert [len(portfolio.on(each)) for each in PLATFORMS] == [30, 18, 12]
    for lang in ("en", "zh"):
        assert len({each.name.in_(lang) for each in portfolio.customers}) == 60
    assert {each.activity for each in portfolio.on("buying")} == {"keep", "grow"}
    assert parse(TABLE, NUMBERS) == portfolio


def test_a_customer_says_what_his_platform_asks_and_nothing_else() -> None:
    """A likelihood belongs to the market, a warmth to the working platform."""
    assert len(parse(changed(SUSPECT), NUMBERS)) == 1
    assert "line 2: Value error, a customer on the market platform needs likelihood" in refused(
        changed(SUSPECT, likelihood="")
    )
    assert "on the market platform has no warmth" in refused(changed(SUSPECT, warmth="50"))
    assert "on the working platform needs warmth" in refused(changed(PROSPECT, warmth=""))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"likelihood": "60"}, "line 2: a likelihood of 60 is not on the grid"),
        ({"size": "huge"}, "line 2: size: "),
        ({"travel_hours": "-1"}, "line 2: travel_hours: "),
        ({"name_zh": ""}, "line 2: name: zh: "),
    ],
)
def test_a_wrong_cell_is_named_with_its_line(fields: dict[str, str], said: str) -> None:
    assert said in refused(changed(SUSPECT, **fields))


def test_a_warmth_off_the_grid_is_refused() -> None:
    assert "a warmth of 60 is not on the grid" in refused(changed(PROSPECT, warmth="60"))


def test_twice_the_same_id_a_missing_column_and_an_empty_file_are_refused() -> None:
    assert "C01 stands there twice" in refused(changed(SUSPECT) + SUSPECT + "\n")
    assert "lacks the columns: travel_hours" in refused(TABLE.replace("travel_hours", "way"))
    assert "holds no customer" in refused(",".join(COLUMNS) + "\n")


def test_a_missing_folder_and_damaged_parameters_are_told(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="not there"):
        load(tmp_path)
    damaged = json.loads(NUMBERS)
    damaged["month"]["hours"] = 0
    assert "parameters.json, at month > hours: " in refused(TABLE, json.dumps(damaged))
    assert "parameters.json" in refused(TABLE, "{")


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("size_krmb", "small", 1000),
        ("market", "likelihood", [50, 100]),
        ("working", "chance", [0.3, 0.5]),
        ("working", "chance", [0.3, 0.5, 1]),
        ("working", "new_warmth", 60),
        ("buying", "lost_a_month", {"low": 0.1}),
        ("buying", "extra_chance", 1),
    ],
)
def test_parameters_that_do_not_fit_each_other_are_refused(
    section: str, name: str, value: object
) -> None:
    raw = json.loads(NUMBERS)
    raw[section][name] = value
    with pytest.raises(ValueError, match=section):
        Parameters.model_validate(raw)


def test_a_rate_makes_its_chance() -> None:
    """In twelve equal parts of a quarter the same chance comes out as in one."""
    stays = (2.718281828459045 ** (-rate(0.7) / 12)) ** 12
    assert stays == pytest.approx(0.3)
