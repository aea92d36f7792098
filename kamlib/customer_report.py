"""What stands in the report on a customer, from the summary to the sources."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from babel.dates import format_date

from kamlib.claims_check import SCORES, Score, Source, Statement
from kamlib.customer_analysis import CALLED, CRITERIA, SECTIONS, CustomerAnalysis, Section
from kamlib.customer_analysis_check import look_through
from kamlib.customer_finance import FIELDS, RATIOS, analysed
from kamlib.customer_finance_plots import UNITS, statement_plot
from kamlib.findings import Finding
from kamlib.plots import CannotDraw, Picture, percent, shorten
from kamlib.power_map import deciders, single_way
from kamlib.power_map_advice import advice
from kamlib.power_map_partial import as_far_as, one_line
from kamlib.power_map_people import CALLED as OF_PEOPLE
from kamlib.power_map_people import People, Person
from kamlib.power_map_plots import chart_plot, influence_plot
from kamlib.report_blocks import (
    Block,
    Cell,
    Chart,
    Column,
    Facts,
    Heading,
    Line,
    Paragraph,
    Part,
    Points,
    Report,
    Row,
    Table,
    Tiles,
    drawing,
)
from kamlib.sales_network import Group, Network, compare
from kamlib.sales_network_plots import coverage_plot, gap_plot
from kamlib.words import LANGUAGES, Message, Words, message, number

KINDS: Mapping[str, Message] = {
    "distributor": message("Distributor"),
    "retail": message("Retail account that we deliver to directly"),
    "wholesaler": message("Key wholesaler"),
}
OWNERSHIPS: Mapping[str, Message] = {
    "state": message("state-owned"),
    "private": message("private"),
    "mixed": message("part state, part private"),
}
ORIGINS: Mapping[str, Message] = {
    "own": message("Our own customer"),
    "room": message("The data room of the course (invented)"),
}
WHO: Mapping[str, Message] = {
    "one": message("One person alone"),
    "few": message("Two or three together"),
    "committee": message("A committee"),
    "group": message("Somebody above the firm, such as its group"),
}
SPEEDS: Mapping[str, Message] = {
    "days": message("Days"),
    "weeks": message("Weeks"),
    "months": message("Months"),
}
REVIEWS: Mapping[str, Message] = {
    "month": message("Every month"),
    "quarter": message("Every quarter"),
    "both": message("The figures every month, the goal every quarter"),
    "year": message("Once a year"),
}
RELATIONS: Mapping[int, Message] = {
    2: message("supporter"),
    1: message("open to us"),
    0: message("neutral"),
    -1: message("sceptic"),
    -2: message("opponent"),
}
LEVELS: Mapping[int, Message] = {
    1: message("no sign of it"),
    2: message("now and then"),
    3: message("mostly"),
    4: message("seen again and again"),
}
"""What each level of a score means."""

SHORT = 180
"""So many Latin columns of a text stand in the summary, which is one page; its section has all of it."""
TILES = 3
"""So many numbers stand in the summary."""
FIRST = 3
"""So many open points stand in the summary; their sections have all."""
NONE = "–"

_DAY = {"en": "d MMM y", "zh": "y-MM-dd"}
_WHOLE_DAY = {"en": "d MMMM y", "zh": "y年M月d日"}
_LOCALE = {"en": "en_GB", "zh": "zh_Hans_CN"}

OpenPoints = Mapping[Section, Sequence[Finding]]


def customer_report(
    analysis: CustomerAnalysis,
    today: date,
    lang: str,
    writer: str = "",
    open_points: OpenPoints | None = None,
) -> Report:
    """Return the report on a customer in a language; never raises for what somebody typed.

    `writer` is the trainee's code, and `open_points` what is still to settle in each section; what
    the checks find, where it is not given. Raises `ValueError` for a language the workbook does not
    have.

    >>> report = customer_report(CustomerAnalysis(), date(2026, 6, 1), "en")
    >>> report.title, [part.title for part in report.parts][:2]
    ('Customer without a cover name', ['1 Power', '2 Organisation'])
    """
    if lang not in LANGUAGES:
        raise ValueError(f"no such language: {lang!r}; there are {', '.join(LANGUAGES)}")
    if open_points is None:
        open_points = {each: look_through(analysis, each, today) for each in SECTIONS}
    with drawing(lang):
        return _Writer(analysis, today, lang, writer, open_points).report()


class _Writer:
    """Writes one report."""

    def __init__(
        self,
        analysis: CustomerAnalysis,
        today: date,
        lang: str,
        writer: str,
        open_points: OpenPoints,
    ) -> None:
        self.all = analysis
        self.today = today
        self.words = Words(lang)
        self.writer = writer
        self.open_points = open_points
        partial = as_far_as(analysis.persons)
        self.people, self.left_out = partial.people, partial.left_out
        self.advice = advice(self.people, today) if len(self.people) else ()
        self.finance = analysed(analysis.statement)
        self.gap = compare(analysis.network, analysis.reference)

    def report(self) -> Report:
        """Put the report together."""
        say, customer = self.words.say, self.all.customer
        on = customer.on or self.today
        cover = (
            (
                message("What it is"),
                self.joined(
                    (self.option(KINDS, customer.kind), self.option(OWNERSHIPS, customer.ownership))
                ),
            ),
            (message("Holds as of"), self.day(customer.on, _WHOLE_DAY)),
            (message("Written by"), self.writer.strip()),
            (message("Where the facts come from"), self.option(ORIGINS, customer.source)),
        )
        inside: Mapping[Section, Callable[[], list[Block]]] = {
            "power": self.power,
            "organisation": self.organisation,
            "finance": self.finances,
            "network": self.network,
            "direction": self.direction,
            "execution": self.execution,
            "additions": lambda: self.prose(self.all.additions),
        }
        parts = [
            Part(
                say(message("{n} {section}", n=n, section=CALLED[section])),
                (*(tuple(inside[section]()) or (self.nothing(),)), *self.open(section)),
            )
            for n, section in enumerate(SECTIONS, 1)
        ]
        sources = tuple(self.sources())
        parts.append(Part(say(message("Sources, by date")), sources or (self.nothing(),)))
        return Report(
            lang=self.words.lang,
            title=one_line(customer.sign, 120) or say(message("Customer without a cover name")),
            kicker=say(message("Customer analysis")),
            cover=tuple((say(name), value) for name, value in cover if value),
            note=say(message("Drawn up with the workbook on {day}. Roles and cover names only.",
                             day=self.day(self.today, _WHOLE_DAY))),
            on=on,
            summary=Part(say(message("Summary")), tuple(self.summary())),
            parts=tuple(parts),
            pages=say(message("Page {page} of {pages}", page="{page}", pages="{pages}")),
        )  # fmt: skip

    # What everything is written with -------------------------------------------------------------

    def day(self, day: date | None, how: Mapping[str, str] = _DAY) -> str:
        """Write a day, short as in a table; empty where there is none."""
        if day is None:
            return ""
        said: str = format_date(day, how[self.words.lang], locale=_LOCALE[self.words.lang])
        return said

    def option(self, options: Mapping[str, Message], chosen: str) -> str:
        """Return a choice in words, or as it stands there."""
        return self.words.say(options[chosen]) if chosen in options else chosen

    def joined(self, parts: Iterable[Message | str]) -> str:
        there = [each for each in parts if each]
        return self.words.say(message("{parts}", parts=there)) if there else ""

    def columns(
        self, *columns: tuple[Message, float] | tuple[Message, float, bool]
    ) -> tuple[Column, ...]:
        return tuple(Column(self.words.say(name), *rest) for name, *rest in columns)  # type: ignore[arg-type]

    def share(self, value: float | None) -> str:
        return NONE if value is None else percent(value, self.words.lang)

    def quiet(self, text: Message) -> Paragraph:
        return Paragraph(self.words.say(text), "quiet")

    def nothing(self) -> Paragraph:
        return self.quiet(message("Nothing is written here yet."))

    def heading(self, text: Message) -> Heading:
        return Heading(self.words.say(text))

    def prose(self, text: str) -> list[Block]:
        """Return a text as its paragraphs."""
        return [Paragraph(each.strip()) for each in text.split("\n") if each.strip()]

    def sourced(self, source: Source) -> Cell:
        """Return what something rests on, with its day."""
        return _cell(source.text, self.day(source.on))

    def facts(self, *rows: tuple[Message, str | Cell]) -> list[Block]:
        """Return what is said under short names, and in one line what is not."""
        cells = [(name, _cell(said) if isinstance(said, str) else said) for name, said in rows]
        there = tuple((self.words.say(name), cell) for name, cell in cells if cell)
        if not there:
            return []
        blank = [name for name, cell in cells if not cell]
        found: list[Block] = [Facts(there)]
        if blank:
            found.append(self.quiet(message("Not written yet: {names}.", names=blank)))
        return found

    def chart(self, draw: object, *of: object) -> list[Block]:
        """Return a picture, or nothing where it cannot be drawn of what is there."""
        assert callable(draw)
        try:
            picture: Picture = draw(*of, self.words)
        except CannotDraw:
            return []
        return [Chart(picture)]

    def open(self, section: Section) -> list[Block]:
        """Return what is still to settle in a section."""
        found = self.open_points.get(section, ())
        if not found:
            return []
        points = tuple((self.words.say(each.reason), self.words.say(each.advice)) for each in found)
        return [Points(points, "open", self.words.say(message("Still to settle")))]

    # The summary ---------------------------------------------------------------------------------

    def summary(self) -> Iterator[Block]:
        goal = shorten(_on_one_line(self.all.goals.goal), SHORT)
        yield self.heading(message("What we want in a year"))
        yield (
            Paragraph(goal, "lead") if goal else self.quiet(message("The goal is not written yet."))
        )
        tiles = tuple(self.tiles())[:TILES]
        yield self.heading(message("Numbers that matter"))
        if tiles:
            yield Tiles(tiles)
        else:
            yield self.quiet(message("There are no numbers yet."))
        yield self.heading(message("What to do first"))
        first = tuple(self.first())
        yield Points(first) if first else self.quiet(message("Nothing is planned yet."))
        yield self.heading(message("Still to settle"))
        yield from self.all_open()

    def tiles(self) -> Iterator[tuple[str, str]]:
        """Yield numbers with what they are, those that matter most first."""
        say, known = (
            self.words.say,
            [each for each in self.finance.ratios if each.value is not None],
        )
        latest = {each.name: each for each in known}
        if share := latest.get("our_share"):
            yield self.unit(share.value, "percent"), say(message(
                "of what the customer buys came from us in {year}", year=_year(share.year)
            ))  # fmt: skip
        total = self.all.network.total
        if total.coverage is not None:
            yield self.share(total.coverage), say(message(
                "of all outlets are covered: {covered} of {all}", covered=_n(total.covered), all=_n(total.universe)
            ))  # fmt: skip
        gap = self.gap.total
        if gap is not None and gap.coverage_part is not None:
            unit = one_line(self.all.customer.sales_unit, 24)
            reference = one_line(gap.reference.name, 40)
            value = f"{'+' if gap.whole > 0 else '−'}{_n(_plain(abs(gap.whole)))}"
            yield (
                value,
                say(
                    message(
                        "{unit} a month at the level of {reference}", unit=unit, reference=reference
                    )
                    if unit
                    else message("sales a month at the level of {reference}", reference=reference)
                ),
            )
        held = deciders(self.people)
        if held:
            met = sum(each.known for each in held)
            yield (
                say(message("{met} of {n}", met=met, n=len(held))),
                say(message("of the people who decide have been met")),
            )
        if growth := latest.get("growth"):
            sign = "+" if (growth.value or 0.0) > 0 else ""
            yield (
                sign + self.unit(growth.value, "percent"),
                say(message("growth of the customer’s sales in {year}", year=_year(growth.year))),
            )
        if cycle := latest.get("cash_cycle"):
            yield (
                self.unit(cycle.value, "days"),
                say(
                    message("the customer’s own money was bound in {year}", year=_year(cycle.year))
                ),
            )

    def unit(self, value: float | None, unit: str) -> str:
        """Write a ratio with its unit."""
        if unit == "days":
            return self.words.say(message("{n} days", n=_n(round(value or 0.0))))
        space = "" if self.words.lang == "zh" else "\N{NO-BREAK SPACE}"
        return f"{_n(round(value or 0.0, 1))}{space}%"

    def first(self) -> Iterator[tuple[str, str]]:
        """Yield the most useful advice, the step that the figures ask for, and the next action."""
        say = self.words.say
        if self.advice:
            yield shorten(say(self.advice[0].do), SHORT), shorten(say(self.advice[0].why), SHORT)
        finance = self.all.finance
        if finance.step:
            yield (
                shorten(_on_one_line(finance.step), SHORT),
                shorten(_on_one_line(finance.sign), SHORT),
            )
        actions = [each for each in self.all.claims.actions if each.text]
        if actions:
            soon = min(actions, key=lambda each: each.due or date.max)
            when = [each for each in (one_line(soon.owner, 60), self.day(soon.due)) if each]
            yield shorten(_on_one_line(soon.text), SHORT), self.joined(when)

    def all_open(self) -> Iterator[Block]:
        """Yield how much is open where, and what weighs most."""
        found = [
            (section, each) for section in SECTIONS for each in self.open_points.get(section, ())
        ]
        if not found:
            yield self.quiet(message("No check has found anything that is open."))
            return
        counted = [
            message("{section} {n}", section=CALLED[section], n=len(self.open_points[section]))
            for section in SECTIONS
            if self.open_points.get(section)
        ]
        said = message("Open points by section: {sections}.", sections=counted)
        wrong = [(section, each) for section, each in found if each.severity == "wrong"]
        yield Paragraph(self.words.say(said))
        most = (wrong or found)[:FIRST]
        yield Points(
            tuple(
                (self.words.say(message("{section}: {reason}", section=CALLED[section],
                                        reason=shorten(self.words.say(each.reason), SHORT))), "")
                for section, each in most
            ),
            "open",
        )  # fmt: skip

    # 1 Power -------------------------------------------------------------------------------------

    def power(self) -> list[Block]:
        power = self.all.power
        roles = {each.id: each.role for each in self.all.persons}
        circle = [
            message("{role} ({id})", role=one_line(roles[id], 60), id=id) if roles.get(id) else id
            for id in power.circle
        ]
        found = self.facts(
            (message("How the customer earns its money"), self.all.customer.earns),
            (message("Who says yes in the end"), self.option(WHO, power.who)),
            (message("How long a yes usually takes"), self.option(SPEEDS, power.speed)),
            (message("What our contact may decide alone"), power.limit),
            (message("Who is asked before a yes"), self.joined(circle) if circle else power.asked),
            (message("What presses in the business"), power.operating),
            (message("What presses from above"), power.political),
            (message("What the deciding role wants to achieve"), power.personal),
            (message("What this rests on"), self.sourced(power.source)),
        )
        culture = self.prose(self.all.culture)
        if not found and not culture:
            return []
        return [
            *(found or [self.quiet(message("How a decision comes about is not written yet."))]),
            self.heading(message("How the house behaves")),
            *(culture or [self.nothing()]),
        ]

    # 2 Organisation ------------------------------------------------------------------------------

    def organisation(self) -> list[Block]:
        if not self.all.persons:
            return []
        found: list[Block] = []
        if len(self.people):
            found += self.chart(chart_plot, self.people)
        if self.left_out:
            found.append(self.quiet(message(
                "Rows that are not drawn, as the sign, the level or the part in a decision is not clear: {n}.",
                n=len(self.left_out),
            )))  # fmt: skip
        found += [self.heading(message("People by role")), self.persons()]
        if len(self.people):
            found += [*self.chart(influence_plot, self.people), *self.ways()]
        return found

    def persons(self) -> Table:
        say = self.words.say
        strange: dict[int, list[str]] = {}
        for row, text in self.all.unread:
            strange.setdefault(row, []).append(text)
        return Table(
            say(message("People by role")),
            self.columns(
                (message("Who"), 25), (message("In a decision"), 13), (message("To us"), 18),
                (message("Cares about"), 18), (message("Reports to, influences"), 16),
                (message("Rests on"), 19),
            ),
            tuple(
                Row((
                    (*_lines(" ".join(filter(None, (each.id, each.role))), "strong"),
                     *_lines(self.called(each.level), "quiet")),
                    _cell(self.called(each.function)),
                    _cell(self.relation(each), self.joined([self.called(each.access), each.by])),
                    _cell(self.all.cares.get(each.id, "")),
                    self.lines_of(each, strange.get(n, ())),
                    _cell(each.source, self.day(each.on)),
                ))
                for n, each in enumerate(self.all.persons, 1)
            ),
            say(message("Behind a sign in the last column but one: 1 listens now and then, 2 often, 3 nearly always.")),
        )  # fmt: skip

    def called(self, what: str) -> str:
        return self.option(OF_PEOPLE, what)

    def relation(self, person: Person) -> str:
        sign = f"{person.relation:+d}".replace("-", "−") if person.relation else "0"
        if person.relation not in RELATIONS:
            return sign
        said = message("{relation} ({sign})", relation=RELATIONS[person.relation], sign=sign)
        return self.words.say(said)

    def lines_of(self, person: Person, strange: Sequence[str]) -> Cell:
        """Return whom somebody reports to and influences, with what could not be read."""
        say, found = self.words.say, []
        if person.reports_to:
            found.append(say(message("reports to {id}", id=person.reports_to)))
        if person.influences:
            heard = [
                f"{other}\N{NO-BREAK SPACE}{strength}" for other, strength in person.influences
            ]
            found.append(say(message("influences {ids}", ids=heard)))
        if strange:
            found.append(say(message("not read: {texts}", texts=list(strange))))
        return tuple(line for each in found for line in _lines(each))

    def ways(self) -> Iterator[Block]:
        say, people = self.words.say, self.people
        yield self.heading(message("What to do next, the most useful first"))
        if self.advice:
            yield Table(
                say(message("Advice")),
                self.columns((message("Order"), 9), (message("What to do"), 43), (message("Reason"), 40),
                             (message("Who of us"), 16)),
                tuple(
                    Row((_cell(str(n)), _lines(say(each.do), "strong"), _lines(say(each.why), "quiet"),
                         _cell(each.by)))
                    for n, each in enumerate(self.advice, 1)
                ),
            )  # fmt: skip
        else:
            yield self.quiet(message("The table asks for nothing at present."))
        yield self.heading(message("Where one person is our only way"))
        single = tuple(self.single(people))
        yield (
            Points(single)
            if single
            else self.quiet(
                message(
                    "Nobody who decides hangs on one contact of ours alone, as far as the table says."
                )
            )
        )

    def single(self, people: People) -> Iterator[tuple[str, str]]:
        for decider in deciders(people):
            found = single_way(people, decider.id)
            if found is None:
                continue
            who, over = decider.named, people[found.person].named
            if found.person == decider.id:
                said = message("We know {who}, and nobody else who has a say there", who=who)
            else:
                said = message("Our only way to {who} is over {person}", who=who, person=over)
            yield self.words.say(said), ""

    # 3 Finance -----------------------------------------------------------------------------------

    def finances(self) -> list[Block]:
        say, statement, reading = self.words.say, self.all.statement, self.all.finance
        found: list[Block] = []
        if statement.years and not any(
            getattr(each, name) is not None for each in statement.years for name in FIELDS
        ):
            found.append(self.quiet(message("The statement has no figures yet.")))
        elif statement.years:
            found += [self.statement(), *self.chart(statement_plot, statement), *self.ratios()]
            if signs := sorted(self.finance.signs, key=lambda each: -each.year):
                found += [self.heading(message("Warning signs")), Table(
                    say(message("Warning signs")),
                    self.columns((message("What the figures show"), 1.0), (message("What to ask the customer"), 1.0)),
                    tuple(Row((_lines(say(each.reason)), _lines(say(each.ask), "strong"))) for each in signs),
                    say(message("Signs are found by working rules (invented): a person has to ask.")),
                )]  # fmt: skip
            elif any(each.value is not None for each in self.finance.ratios):
                found.append(self.quiet(message("The figures show no warning sign.")))
        said = self.facts(
            (message("The sign that matters most"), reading.sign),
            (message("What we ask the customer"), reading.ask),
            (message("What we do, whatever the answer is"), reading.step),
            (message("Where the statement comes from"), self.sourced(reading.source)),
        )
        if said:
            found += [self.heading(message("What we make of it")), *said]
        elif found:
            found.append(self.quiet(message("What we make of the figures is not written yet.")))
        if said and not statement.years:
            found.insert(0, self.quiet(message("The statement is not written yet.")))
        return found

    def statement(self) -> Table:
        say, statement = self.words.say, self.all.statement
        years = sorted(statement.years, key=lambda each: each.year)
        unit = UNITS[statement.unit]
        return Table(
            say(message("Statement")),
            self.columns((message("Statement"), 40),
                         *((message("{year}", year=_year(each.year)), 20, True) for each in years)),
            tuple(
                Row((_cell(_capital(say(Message(called)))),
                     *(_cell(_n(getattr(each, name))) for each in years)))
                for name, called in FIELDS.items()
                if any(getattr(each, name) is not None for each in years)
            ),
            say(message("In {unit}. Given.", unit=unit)),
        )  # fmt: skip

    def ratios(self) -> Iterator[Block]:
        say, found = self.words.say, self.finance.ratios
        years = [found[n : n + len(RATIOS)] for n in range(0, len(found), len(RATIOS))]
        rows, missing = [], []
        for place in range(len(RATIOS)):
            of_years = [year[place] for year in years]
            last = of_years[-1]
            if all(each.value is None for each in of_years):
                missing.append(last.title)
                continue
            values = [
                NONE if each.value is None else self.unit(each.value, each.unit)
                for each in of_years
            ]
            rows.append(Row((
                (*_lines(say(last.title), "strong"), *_lines(say(last.formula), "quiet")),
                *(_cell(each) for each in values), _lines(say(last.reading)),
            )))  # fmt: skip
        if rows:
            last_year = _year(years[-1][0].year)
            yield self.heading(message("Ratios"))
            yield Table(
                say(message("Ratios")),
                self.columns(
                    (message("Ratio"), 36),
                    *((message("{year}", year=_year(year[0].year)), 14, True) for year in years),
                    (message("What {year} says", year=last_year), 40),
                ),
                tuple(rows),
                say(message("Derived from the statement above.")),
            )
        if missing:
            yield self.quiet(
                message("Not to be worked out from what is written: {names}.", names=missing)
            )

    # 4 Sales network -----------------------------------------------------------------------------

    def network(self) -> list[Block]:
        here, there, say = self.all.network, self.all.reference, self.words.say
        found: list[Block] = []
        frame = self.facts(
            (message("Compared with"), there.name),
            (message("All outlets counted on"), self.day(here.counted)),
            (message("Sales from"), self.day(here.begins)),
            (message("Sales to"), self.day(here.ends)),
        )
        if here.groups or there.groups:
            found += [
                self.outlets(here, there),
                *(self.chart(coverage_plot, here) if here.groups else []),
                *(self.chart(gap_plot, here, there) if here.groups and there.groups else []),
            ]
        elif frame or self.all.network_reading:
            found.append(self.quiet(message("The outlets are not written yet.")))
        readings = [each.reading for each in (*filter(None, [self.gap.total]), *self.gap.groups)]
        if readings:
            points = tuple((say(each), "") for each in dict.fromkeys(readings))
            found += [self.heading(message("What the comparison says")), Points(points)]
        if here.groups and there.groups and not readings:
            found.append(
                self.quiet(message("The two territories cannot be compared with what is written."))
            )
        found += frame
        if text := self.prose(self.all.network_reading):
            found += [self.heading(message("What we read from it")), *text]
        elif found:
            found.append(self.quiet(message("What we read from it is not written yet.")))
        return found

    def outlets(self, here: Network, there: Network) -> Table:
        say, unit = self.words.say, self.all.customer.sales_unit
        rows: list[Row] = []
        for network, name in (
            (here, here.name or say(message("This customer"))),
            (there, there.name or say(message("The territory to compare with"))),
        ):
            if network.groups:
                rows.append(Row((_lines(name, "strong"),), "band"))
                rows += [self.group(each) for each in network.groups]
                if len(network.groups) > 1:
                    rows.append(self.group(network.total, say(message("Together")), "total"))
        amount = (
            message("Sales a month, {unit}", unit=one_line(unit, 30))
            if unit
            else message("Sales a month")
        )
        return Table(
            say(message("Outlets by group")),
            self.columns(
                (message("Group"), 23), (message("All outlets"), 12, True), (message("Covered"), 13, True),
                (message("Coverage"), 14, True), (message("Active"), 11, True), (amount, 14, True),
                (message("An outlet a month"), 13, True), (message("Share of sales, %"), 12, True),
            ),
            tuple(rows),
            say(message("Outlets, sales and shares are given; coverage and sales of an outlet are derived.")),
        )  # fmt: skip

    def group(self, group: Group, name: str = "", look: str = "plain") -> Row:
        rate = None if group.rate is None else _plain(group.rate)
        cells = (
            (*_lines(name or group.name or NONE), *_lines(group.source, "quiet")),
            *(_cell(_n(each)) for each in (group.universe, group.covered)),
            _cell(self.share(group.coverage)),
            *(_cell(_n(each)) for each in (group.active, group.sales, rate, group.share)),
        )
        return Row(cells, "total" if look == "total" else "plain")

    # 5 Direction and strategy --------------------------------------------------------------------

    def direction(self) -> list[Block]:
        claims, say = self.all.claims, self.words.say
        rows: list[Row] = []
        for name, statements in (
            (message("Where it wants to go"), claims.direction),
            (message("How it means to get there"), claims.strategy),
        ):
            written = [each for each in statements if not each.blank]
            if written:
                rows.append(Row((_lines(say(name), "strong"),), "band"))
                rows += [self.claim(each) for each in written]
        text = self.prose(self.all.strategy)
        if not rows and not text:
            return []
        found: list[Block] = [
            self.quiet(message("What we know of its direction is not written yet."))
        ]
        if rows:
            found = [Table(
                say(message("What we know")),
                self.columns((message("What we know"), 52), (message("As of"), 16), (message("Rests on"), 32)),
                tuple(rows),
            )]  # fmt: skip
        return [*found, self.heading(message("What follows for us")), *(text or [self.nothing()])]

    def claim(self, claim: Statement) -> Row:
        return Row((_cell(claim.text), _cell(self.day(claim.on)), self.several(claim.sources)))

    def several(self, sources: Iterable[Source]) -> Cell:
        return tuple(line for each in sources for line in self.sourced(each))

    # 6 Execution ---------------------------------------------------------------------------------

    def execution(self) -> list[Block]:
        say, goals = self.words.say, self.all.goals
        scores = [each for each in self.all.claims.execution if not each.blank]
        actions = [each for each in self.all.claims.actions if not each.blank]
        said = self.facts(
            (message("Last year"), goals.last_year),
            (message("Now"), goals.now),
            (message("What is strong"), goals.strengths),
            (message("What is weak"), goals.weaknesses),
            (message("The goal for the year"), tuple(_lines(goals.goal, "strong"))),
            (message("Looked at with the customer"), self.option(REVIEWS, goals.review)),
        )
        if not scores and not actions and not said:
            return []
        found: list[Block] = [self.heading(message("How well the customer does what it says"))]
        if scores:
            found.append(Table(
                say(message("Scorecard")),
                self.columns((message("What"), 34), (message("Level"), 22), (message("What shows it"), 44)),
                tuple(self.score(each) for each in scores),
                say(message("Levels: 1 no sign of it, 2 now and then, 3 mostly, 4 seen again and again.")),
            ))  # fmt: skip
        else:
            found.append(self.nothing())
        found += [self.heading(message("One year ahead")), *(said or [self.nothing()])]
        found.append(self.heading(message("What is going to be done")))
        if actions:
            found.append(Table(
                say(message("Actions")),
                self.columns((message("Order"), 9), (message("What is done"), 30), (message("Who does it"), 16),
                             (message("By"), 19), (message("What it takes"), 17),
                             (message("What is different then"), 23)),
                tuple(
                    Row((_cell(str(n)), _lines(each.text, "strong"), _cell(each.owner),
                         _cell(self.day(each.due)), _cell(each.resource), _cell(each.result)))
                    for n, each in enumerate(actions, 1)
                ),
            ))  # fmt: skip
        else:
            found.append(self.nothing())
        return found

    def score(self, score: Score) -> Row:
        level: Cell = ()
        if score.level is not None:
            pips = "".join("●" if score.level >= each else "○" for each in SCORES)
            if score.level in LEVELS:
                level = (
                    Line(pips, "strong"),
                    *_lines(self.words.say(LEVELS[score.level]), "quiet"),
                )
            else:
                level = _cell(_n(score.level))
        return Row((
            _cell(self.option(CRITERIA, score.criterion), self.day(score.on)),
            level,
            self.several(score.evidence),
        ))  # fmt: skip

    # Sources -------------------------------------------------------------------------------------

    def sources(self) -> Iterator[Block]:
        """Yield all that the report rests on, the earliest first."""
        used: dict[tuple[date | None, str], list[Section]] = {}
        for section, source in self.cited():
            text = _on_one_line(source.text)
            if text or source.on:
                used.setdefault((source.on, text), []).append(section)
        if not used:
            return
        ordered = sorted(used.items(), key=lambda each: each[0][0] or date.max)
        say = self.words.say
        yield Table(
            say(message("Sources, by date")),
            self.columns((message("Date"), 16), (message("Source"), 54), (message("Used for"), 30)),
            tuple(
                Row((
                    _cell(self.day(on) or say(message("no date"))),
                    _cell(text or NONE),
                    _lines(self.joined([CALLED[each] for each in dict.fromkeys(sections)]), "quiet"),
                ))
                for (on, text), sections in ordered
            ),
        )  # fmt: skip

    def cited(self) -> Iterator[tuple[Section, Source]]:
        """Yield every source with where it is cited."""
        yield "power", self.all.power.source
        for person in self.all.persons:
            yield "organisation", Source(person.source, person.on if person.source else None)
        yield "finance", self.all.finance.source
        for network in (self.all.network, self.all.reference):
            for group in network.groups:
                yield "network", Source(group.source, network.counted if group.source else None)
        for each in (*self.all.claims.direction, *self.all.claims.strategy):
            for source in each.sources:
                yield "direction", source
        for score in self.all.claims.execution:
            for source in score.evidence:
                yield "execution", source


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _lines(text: str, look: str = "plain") -> Cell:
    shown = look if look in {"strong", "quiet"} else "plain"
    return tuple(Line(each.strip(), shown) for each in text.split("\n") if each.strip())  # type: ignore[arg-type]


def _cell(text: str, quiet: str = "") -> Cell:
    """Return a text with a quieter one below it; nothing where both are blank."""
    return (*_lines(text), *_lines(quiet, "quiet"))


def _n(value: float | None) -> str:
    """Write a number as in a table; too large ones by their power of ten.

    >>> _n(36000.0), _n(-1.5), _n(None), _n(1e300)
    ('36,000', '−1.5', '–', '1e+300')
    """
    if value is None:
        return NONE
    if not math.isfinite(value):
        return str(value)
    text = number(value) if abs(value) < 1e15 else f"{value:.4g}"
    return text.replace("-", "−") if abs(value) < 1e15 else text


def _plain(value: float) -> float:
    return round(value) if abs(value) >= 10 else round(value, 1)


def _year(year: int) -> str:
    return str(year) if abs(year) < 100_000 else f"{float(year):.4g}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
