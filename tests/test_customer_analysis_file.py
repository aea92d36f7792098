"""How a whole customer analysis is written in a file."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from kamlib import customer_finance, power_map_people, sales_network
from kamlib import unique_yaml as uy
from kamlib.claims_check import check as check_claims
from kamlib.customer_analysis import CRITERIA, PARTS, RELATIONS, CustomerAnalysis, read_analysis
from kamlib.customer_analysis_file import read_written
from kamlib.privacy_scan import scan
from kamlib.words import LANGUAGES

UNIT = Path(__file__).parents[1] / "units" / "10_customer_analysis"
EXAMPLE = (UNIT / "case" / "example.yaml").read_text(encoding="utf-8")


def analysis(lang: str) -> CustomerAnalysis:
    """Return the worked example in a language."""
    return read_analysis(read_written(EXAMPLE, lang))


def texts(lang: str) -> dict[str, str]:
    """Return every text of the worked example by its place."""
    found = {}
    for part, content in read_written(EXAMPLE, lang).items():
        for n, row in enumerate([content] if isinstance(content, dict) else content):
            found |= {f"{part}.{n}.{k}": v for k, v in row.items() if isinstance(v, str)}
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
class TestExample:
    """The worked example is an analysis in which nothing is wrong."""

    def test_has_every_part(self, lang: str) -> None:
        """All fourteen parts of the homework are there."""
        assert list(read_written(EXAMPLE, lang)) == [p for parts in PARTS.values() for p in parts]

    def test_has_the_fields_of_the_homework(self, lang: str) -> None:
        """Each part is filled in as its item asks: its fields, its options, its number of rows."""
        for item in uy.load((UNIT / "items.yaml").read_text(encoding="utf-8")):
            part = item["id"].split(".")[1]
            content = read_written(EXAMPLE, lang).get(part)
            if content is None:
                continue
            if item["interaction"] == "text":
                assert list(content) == ["text"]
                continue
            rows = content if item["interaction"] == "table" else [content]
            fields = item.get("columns") or item["fields"]
            if item["interaction"] == "table":
                assert item["min_rows"] <= len(rows) <= item["max_rows"]
            for row in rows:
                assert set(row) <= set(fields)
                must = {name for name, each in fields.items() if each.get("required", True)}
                assert must <= set(row)
                for name, value in row.items():
                    kind = fields[name].get("kind", "text")
                    if kind == "choice":
                        assert value in fields[name]["options"]
                    else:
                        wanted = {"text": str, "date": date, "number": (int, float)}[kind]
                        assert isinstance(value, wanted), (part, name)

    def test_people_hold_together(self, lang: str) -> None:
        """The table of people has no problem, and no influence that cannot be read."""
        found = analysis(lang)
        assert len(found.persons) == 11
        assert power_map_people.problems(found.persons, found.customer.on) == ()
        assert found.unread == ()
        assert set(found.power.circle) <= {each.id for each in found.persons}

    def test_statement_holds_together(self, lang: str) -> None:
        """No figure is doubted, every ratio but the first growth is there, and one problem shows."""
        statement = analysis(lang).statement
        assert customer_finance.findings(statement) == ()
        blank = [each.name for each in customer_finance.ratios(statement) if each.value is None]
        assert blank == ["growth"]
        signs = {(each.name, each.year) for each in customer_finance.signs(statement)}
        about_stock = {
            ("stock_ahead", 2025), ("stock_days_long", 2025), ("cash_cycle_long", 2025),
        }  # fmt: skip
        assert signs == about_stock

    def test_network_can_be_compared(self, lang: str) -> None:
        """Both networks have nothing wrong, and every group has its like."""
        found = analysis(lang)
        for each in (found.network, found.reference):
            assert sales_network.check(each, found.customer.on) == ()
        compared = sales_network.compare(found.network, found.reference)
        assert compared.missing == ()
        assert compared.like_with_like

    def test_claims_lack_nothing(self, lang: str) -> None:
        """Statements, scores and actions have all they need, on days in order."""
        found = analysis(lang)
        checked = check_claims(found.claims, found.customer.on)
        assert checked.findings == ()
        assert all(each.share == 1 for each in checked.complete.values())
        named = [each.criterion for each in found.claims.execution]
        assert len(set(named)) == len(named) == 5
        assert set(named) <= set(CRITERIA)

    def test_names_nobody(self, lang: str) -> None:
        """No text has what is, or looks like, personal data."""
        assert scan(texts(lang)) == ()

    def test_days_are_in_order(self, lang: str) -> None:
        """Nothing is judged or cited after the day of the analysis."""
        found = analysis(lang)
        rests_on = [found.power.source.on, found.finance.source.on, found.network.counted]
        judged = [each.on for each in found.persons]
        assert found.customer.on == date(2026, 6, 8)
        assert all(day is not None and day <= found.customer.on for day in (*rests_on, *judged))
        assert all(each.relation in RELATIONS.values() for each in found.persons)


def test_example_is_one_analysis_in_both_languages() -> None:
    """What is no text is the same in both languages, and the same texts stand in both."""
    english, chinese = texts("en"), texts("zh")
    assert english.keys() == chinese.keys()
    assert analysis("en").statement == analysis("zh").statement
    assert analysis("en").goals.review == analysis("zh").goals.review
    for place in ("strategy.0.text", "culture.0.text", "additions.0.text"):
        assert english[place].count("\n") == chinese[place].count("\n")


def test_figures_of_the_example_are_reckoned_from_its_tables() -> None:
    """The figures named in the texts are those of the statement and of the network."""
    found = analysis("en")
    values = {(r.name, r.year): r.value for r in customer_finance.ratios(found.statement)}
    assert [round(values["stock_days", year] or 0) for year in (2024, 2025)] == [54, 76]
    before, last = found.statement.years[1:]
    assert (last.stock or 0) - (before.stock or 0) == 634
    assert (last.stock_of_ours or 0) - (before.stock_of_ours or 0) == 280
    compared = sales_network.compare(found.network, found.reference)
    assert compared.total is not None
    whole = [round(each.whole) for each in (compared.total, *compared.groups)]
    assert whole == [1058, 416, 79, 563]
    for figure in ("1,058", "563", "54 to 76 days", "6.34", "79 phones"):
        assert figure in found.strategy


def test_what_is_blank_is_left_out() -> None:
    """A figure that is not known is not there."""
    assert read_written("statement: [{year: 2025, payables: }]", "en") == {
        "statement": [{"year": 2025}]
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [", "cannot be read as YAML"),
        ("customer: {'on': 2026-02-31}", "cannot be read as YAML"),
        ("customer: {sign: K, sign: L}", "stands twice"),
        ("", "no parts"),
        ("- 1", "no parts"),
        ("money: {}", "no part 'money'"),
        ("3: {}", "no part 3"),
        ("culture: text", "culture: here stand neither"),
        ("people: [P1]", "people, row 1: here stand no fields"),
        ("people: [{on: 2026-01-01}]", "people, row 1: a name of a field is True"),
        ("culture: {text: {en: only}}", "culture, text: a text stands in en and zh"),
        ("culture: {text: {en: one, zh: ' '}}", "culture, text: a text is blank"),
        ("culture: {text: {en: one, zh: 3}}", "culture, text: a text is blank"),
        ("customer: {unit: yes}", "customer, unit: True is no text"),
        ("customer: {unit: [yuan]}", "customer, unit: ['yuan'] is no text"),
        ("customer: {'on': 2026-06-08 10:00:00}", "customer, on: 2026-06-08 10:00:00 has a time"),
    ],
)
def test_what_is_no_analysis_is_refused(text: str, reason: str) -> None:
    """A file that is none is refused with the place and the reason."""
    with pytest.raises(ValueError, match=re.escape(reason)):
        read_written(text, "en")


def test_a_language_that_there_is_not_is_refused() -> None:
    """Only the workbook's languages can be asked for."""
    with pytest.raises(ValueError, match="no such language"):
        read_written(EXAMPLE, "fr")
