"""A customer's outlets: coverage, rate and gap worked out by hand, and what cannot be so is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamlib.findings import only_wrong
from kamlib.sales_network import Group, Network, check, compare
from kamlib.words import LANGUAGES, Words

DAYS = {
    "counted": date(2026, 4, 10),
    "begins": date(2026, 2, 1),
    "ends": date(2026, 4, 30),
    "stated": date(2026, 5, 20),
}
GROUP = Group("shops", 200, 50, 40, 500, 100, "count of April")
GOOD = Network("East", (GROUP,), "phones", **DAYS)
ENGLISH = Words("en")


def network(*groups: Group, name: str = "East") -> Network:
    return replace(GOOD, name=name, groups=groups)


def fields(of: Network, today: date | None = None) -> list[str]:
    return [each.field for each in check(of, today)]


def test_coverage_and_rate_are_those_of_the_trade() -> None:
    """50 of 200 outlets, 40 of the 50 buy, 500 sales by 50 outlets, or by 200."""
    assert (GROUP.coverage, GROUP.activity, GROUP.rate, GROUP.level) == (0.25, 0.8, 10, 2.5)


@pytest.mark.parametrize("group", [Group("a"), Group("a", 0, 0, 0, 5), Group("a", 5, 6, 7, 8),
                                   Group("a", float("nan"), -1, float("inf"), -3)])  # fmt: skip
def test_what_cannot_be_is_none(group: Group) -> None:
    """No coverage above the universe, and nothing by outlets that are not there."""
    assert group.coverage is None
    assert group.activity is None
    assert group.level is None


def test_the_total_is_known_only_where_every_group_is() -> None:
    total = network(GROUP, Group("stalls", 100, 10)).total
    assert (total.universe, total.covered, total.active, total.sales) == (300, 60, None, None)
    assert network().total.universe is None


def test_the_gap_of_one_group_by_hand() -> None:
    """Universe 100: 40 × 2 = 80; reference 80 % and 4: 320. Coverage 160, rate 160; ln 2 each of ln 4."""
    north = network(Group("shops", 100, 40, sales=80), name="North")
    found = compare(north, network(Group("shops", 50, 40, sales=160), name="Reference")).total
    assert found is not None
    assert (found.whole, found.by_coverage, found.by_rate) == (240, 80, 80)
    assert found.coverage_part == pytest.approx(50)
    assert found.rate_part == pytest.approx(50)


def test_a_mix_of_groups_is_no_gap_of_rate() -> None:
    """Group by group the rate is the reference's and the coverage a half; so is the whole.

    Two sums would say otherwise: 60 outlets sell 150 here, which is 2.5 an outlet, and 120 sell
    660 there, which is 5.5.
    """
    here = network(Group("small", 100, 50, sales=50), Group("big", 20, 10, sales=100))
    there = network(Group("small", 60, 60, sales=60), Group("big", 60, 60, sales=600))
    found = compare(here, there)
    assert found.like_with_like
    assert found.total is not None
    assert found.total.coverage_part == pytest.approx(100)
    assert found.total.rate_part == pytest.approx(0)
    assert (found.total.whole, found.total.by_coverage, found.total.by_rate) == (150, 150, 0)


def test_parts_of_two_groups_are_weighed_by_their_gaps() -> None:
    """Shops lack 100, all coverage; stalls lack 300, all rate: 25 % and 75 %."""
    here = network(Group("shops", 100, 50, sales=100), Group("stalls", 100, 100, sales=100))
    there = network(Group("shops", 10, 10, sales=20), Group("stalls", 10, 10, sales=40))
    found = compare(here, there).total
    assert found is not None
    assert found.coverage_part == pytest.approx(25)
    assert found.rate_part == pytest.approx(75)
    assert "25 % of the gap is coverage, 75 % the rate" in ENGLISH.say(found.reading)


@pytest.mark.parametrize(("covered", "sales", "says"), [
    (40, 80, "320 a month less than at the level of R: 43 % of the gap is coverage, 57 % the rate"),
    (90, 360, "40 a month less than at the level of R: the gap is all rate"),
    (50, 350, "50 a month less than at the level of R: the gap is all coverage"),
    (80, 480, "80 a month more than at the level of R."),
    (80, 400, "sells as much as at the level of R."),
])  # fmt: skip
def test_the_reading_says_which_way_the_gap_goes(covered: int, sales: int, says: str) -> None:
    """The reference: 80 of 100 covered, 5 an outlet, 400 in all. First: ln 2 to ln 2.5."""
    reference = network(Group("shops", 100, 80, sales=400), name="R")
    found = compare(network(Group("shops", 100, covered, sales=sales)), reference).total
    assert found is not None
    assert says in ENGLISH.say(found.reading)


def test_what_cannot_be_compared_is_said() -> None:
    """Another unit, a group that the reference lacks, and one without sales."""
    other = replace(GOOD, unit="thousand yuan")
    assert [each.field for each in compare(GOOD, other).missing] == ["unit"]
    found = compare(network(GROUP, Group("stalls", 9, 3, sales=1)), GOOD)
    assert [each.field for each in found.missing] == ["groups.1.name"]
    assert len(found.groups) == 1
    assert found.total is not None
    assert not found.like_with_like
    found = compare(network(replace(GROUP, sales=0)), GOOD)
    assert found.total is None
    assert [each.field for each in found.missing] == ["groups.0", ""]


def test_a_good_network_has_no_finding() -> None:
    assert check(GOOD, date(2026, 5, 20)) == ()


@pytest.mark.parametrize(("change", "field"), [
    ({"covered": 201, "active": None}, "groups.0.covered"),
    ({"active": 51}, "groups.0.active"),
    ({"active": 0}, "groups.0.sales"),
    ({"universe": 0, "covered": 0, "active": 0, "sales": 0}, "groups.0.universe"),
    ({"universe": None}, "groups.0.universe"),
    ({"sales": float("nan")}, "groups.0.sales"),
    ({"covered": -1}, "groups.0.covered"),
    ({"covered": 10**400}, "groups.0.covered"),
    ({"name": " "}, "groups.0.name"),
    ({"source": ""}, "groups.0.source"),
])  # fmt: skip
def test_a_number_that_cannot_be_is_named_with_its_place(
    change: dict[str, object], field: str
) -> None:
    found = fields(network(replace(GROUP, **change)))  # type: ignore[arg-type]
    assert found == [field]


def test_covering_every_outlet_is_only_doubtful() -> None:
    (found,) = check(network(replace(GROUP, covered=200)))
    assert found.field == "groups.0.universe"
    assert only_wrong([found]) == ()


def test_shares_add_up_to_100_and_are_those_of_the_sales() -> None:
    """30 + 60 makes 90; written 50 and 50 while sales are 100 and 300; one group without."""
    one, two = replace(GROUP, sales=100), replace(GROUP, name="stalls", sales=300)

    def with_(first: float | None, second: float | None) -> list[str]:
        return fields(network(replace(one, share=first), replace(two, share=second)))

    assert with_(25, 75) == []
    assert with_(None, None) == []
    assert with_(24.5, 75.4) == []
    assert "groups" in with_(30, 60)
    assert with_(50, 50) == ["groups.0.share", "groups.1.share"]
    assert with_(25, None) == ["groups.1.share"]


def test_a_group_stands_there_once() -> None:
    assert "groups.0.name" in fields(network(GROUP, replace(GROUP, share=None)))
    assert fields(network()) == ["groups"]


@pytest.mark.parametrize(("change", "field"), [
    ({"begins": date(2026, 5, 1)}, "begins"),
    ({"ends": date(2026, 5, 21)}, "ends"),
    ({"counted": date(2026, 5, 21)}, "counted"),
    ({"counted": None}, "counted"),
    ({"counted": date(2026, 1, 1)}, "counted"),
    ({"stated": date(2026, 5, 22)}, "stated"),
])  # fmt: skip
def test_dates_are_in_order(change: dict[str, date | None], field: str) -> None:
    """Sales begin, end, then comes the analysis, not after today; outlets are counted each quarter."""
    assert fields(replace(GOOD, **change), date(2026, 5, 21)) == [field]  # type: ignore[arg-type]


NUMBERS = st.none() | st.floats() | st.integers() | st.integers(10**300, 10**400)
DATES = st.none() | st.dates()
GROUPS = st.builds(Group, st.text(max_size=5), *[NUMBERS] * 5, st.text(max_size=5))
NETWORKS = st.builds(Network, st.text(max_size=5), st.lists(GROUPS, max_size=4).map(tuple),
                     st.sampled_from(["", "{n}"]), DATES, DATES, DATES, DATES)  # fmt: skip


@given(NETWORKS, NETWORKS, DATES)
def test_no_network_stops_a_check_or_a_comparison(
    here: Network, there: Network, today: date | None
) -> None:
    """Whatever was typed, there are sentences in both languages."""
    found = compare(here, there)
    for lang in LANGUAGES:
        words = Words(lang)
        for each in (*check(here, today), *found.missing):
            assert words.say(each.said)
        for gap in (found.total, *found.groups):
            assert gap is None or words.say(gap.reading)
