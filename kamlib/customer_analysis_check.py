"""What in the analysis of a customer does not fit together, or lacks what it rests on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from kamlib import claims_check, customer_finance, power_map_people, sales_network
from kamlib.claims_check import Claims, Source
from kamlib.customer_analysis import CustomerAnalysis, Section
from kamlib.filler import plausible
from kamlib.findings import Finding, late, only_wrong
from kamlib.power_map_people import LEVELS, Person
from kamlib.words import N_, Message, message
from kamlib.written import written_dates, written_numbers

OLD = timedelta(days=365)
"""What a judgement rests on is old from this time on; *invented*."""

MONTH, YEAR = timedelta(days=27), timedelta(days=370)
"""Sales of fewer or more days than this are hardly sales a month."""

SENTENCES: Mapping[str, int] = {"culture": 6, "strategy": 10, "additions": 2}
"""How many sentences are asked for in each text at least."""

NEEDED_OF_A_YEAR = ("sales", "cost_of_goods", "stock", "receivables", "bought_from_us")
"""The figures of a year without which hardly any ratio can be computed."""

ELSEWHERE = N_("Territory to compare with: {reason}")
"""How a finding in the other territory begins."""

SHOWN = 60
"""So many characters of a text that makes no sense are repeated."""


def look_through(
    analysis: CustomerAnalysis, section: Section, today: date | None = None
) -> tuple[Finding, ...]:
    """Return all findings of one section; never raises.

    A finding's field begins with its part, a name of `customer_analysis.PARTS`, such as
    `power.circle`, `people` or `claims.direction.0.on`; rows are counted from 0 within what follows
    the part. A part in which nothing is written has no findings: that it is missing is told by how
    complete it is.

    >>> from kamlib.customer_analysis import read_analysis
    >>> written = {"power": {"who": "one", "circle": "P7"}, "people": [{"id": "P1", "role": "Owner"}]}
    >>> found = look_through(read_analysis(written), "power")
    >>> [each.field for each in found if each.severity == "wrong"][-2:]
    ['power.source_on', 'power.circle']
    >>> look_through(read_analysis({}), "power")
    ()
    """
    return tuple(_LOOK[section](analysis, today))


def _wrong(field: str, reason: Message, advice: Message) -> Finding:
    return Finding(field, reason, advice)


def _doubtful(field: str, reason: Message, advice: Message) -> Finding:
    return Finding(field, reason, advice, "doubtful")


Told = Mapping[str, tuple[Message, Message]]
"""What to say of a field that is blank, and what to do."""


def _blanks(part: str, values: Mapping[str, object], told: Told) -> Iterator[Finding]:
    """Yield a finding for each blank field of a part in which something is written."""
    if not any(map(_there, values.values())):
        return
    for name, (reason, advice) in told.items():
        value = values[name]
        says_something = plausible(value) if isinstance(value, str) else _there(value)
        if not (says_something or (f"{part}.{name}" in _NAMES and _there(value))):
            yield _wrong(f"{part}.{name}", reason, advice)


_NAMES = frozenset({"customer.sign", "territory.reference"})
"""What may be a single letter."""


def _there(value: object) -> bool:
    return value not in (None, "", ())


def _with_source(source: Source) -> dict[str, object]:
    return {"source": source.text, "source_on": source.on}


def _stated(analysis: CustomerAnalysis) -> tuple[Message, date | None]:
    return message("the day of the analysis"), analysis.customer.on


def _sentences(part: str, text: str) -> Iterator[Finding]:
    n = len(re.findall(r"[.!?]+(?=[\s”’\")]|$)|[。！？]+", text)) or 1
    if text and n < SENTENCES[part]:
        yield _doubtful(
            part,
            message("{n} of at least {wanted} sentences are there.", n=n, wanted=SENTENCES[part]),
            message("Say what you have seen, and what follows from it."),
        )


def _old(field: str, what: Message, source: date | None, on: date | None) -> Iterator[Finding]:
    if source is not None and on is not None and on - source > OLD:
        yield _doubtful(
            field,
            message("{what} is of {day}, more than a year before.", what=what, day=source.isoformat()),
            message("Ask whether it still holds."),
        )  # fmt: skip


# Power ---------------------------------------------------------------------------------------------

_CUSTOMER: Told = {
    "sign": (message("The customer has no cover name."), message("Give it one, such as Distributor K.")),
    "kind": (message("It is not said what the customer is."),
             message("Choose distributor, retail account or key wholesaler.")),
    "ownership": (message("It is not said whose the customer is."),
                  message("Choose state-owned, private or both.")),
    "source": (message("It is not said where the facts come from."),
               message("Choose your own customer or the data room.")),
    "on": (message("The analysis has no date."), message("Fill in the day for which it holds.")),
    "sales_unit": (message("It is not said what the customer’s sales are counted in."),
                   message("Name it, such as phones.")),
    "earns": (message("It is not said how the customer earns its money."),
              message("Say who pays it, for what, and what it keeps of it.")),
}  # fmt: skip

_POWER: Told = {
    "who": (message("It is not said who says yes in the end."), message("Choose one of the four.")),
    "speed": (message("It is not said how long a yes takes."), message("Choose days, weeks or months.")),
    "limit": (message("It is not said what our contact may decide alone."),
              message("Name the amount or the kind of thing.")),
    "circle": (message("Nobody is named who is asked before a yes."),
               message("Write their signs from the table of people, such as P1, P3.")),
    "operating": (message("The pressure of the business is blank."),
                  message("Name targets, cash, stock or rivals, for this quarter and this year.")),
    "political": (message("The pressure from above is blank."),
                  message("Name by role who expects what: group, owner, authorities or the house.")),
    "personal": (message("What the deciding role wants to achieve is blank."),
                 message("Name something about work, such as a region to build.")),
    "source": (message("Nothing says what this picture of power rests on."),
               message("Name a visit or a talk and who was there, by role.")),
    "source_on": (message("The source of this picture of power has no date."),
                  message("Fill in the day of the visit or the talk.")),
}  # fmt: skip


def _power(analysis: CustomerAnalysis, today: date | None) -> Iterator[Finding]:
    customer, power = analysis.customer, analysis.power
    yield from _blanks("customer", {name: getattr(customer, name) for name in _CUSTOMER}, _CUSTOMER)
    first = (message("The day of the analysis"), customer.on)
    yield from late("customer.on", first, (message("today"), today))
    own = {name: getattr(power, name) for name in _POWER if not name.startswith("source")}
    yield from _blanks("power", {**own, **_with_source(power.source)}, _POWER)
    source = message("The source of this picture of power")
    yield from late("power.source_on", (source, power.source.on), _stated(analysis))
    yield from _old("power.source_on", source, power.source.on, customer.on)
    yield from _circle(analysis)
    yield from _sentences("culture", analysis.culture)


def _circle(analysis: CustomerAnalysis) -> Iterator[Finding]:
    """Compare who is asked before a yes with the table of people."""
    power, there = analysis.power, {each.id for each in analysis.persons}
    if not power.circle or not there:
        return
    if unknown := _outside(analysis):
        yield _wrong(
            "power.circle",
            message("Asked before a yes, and not in the table of people: {ids}.", ids=unknown),
            message("Add a row for each of them, or correct the sign."),
        )
    deciders = [each for each in analysis.persons if each.function == "decides"]
    if deciders and not any(each.id in power.circle for each in deciders):
        yield _doubtful(
            "power.circle",
            message("Nobody who decides is among those who are asked: {ids}.",
                    ids=tuple(each.id for each in deciders[:4])),
            message("Look whether the decider is missing, or somebody else decides."),
        )  # fmt: skip
    if deciders and (power.who == "one") != (len(deciders) == 1) and power.who in _SEVERAL:
        yield _doubtful(
            "power.who",
            message("The power chart says “{who}”, and the number of people who decide is {n} in the table.",
                    who=_SEVERAL[power.who], n=len(deciders)),
            message("Say the same in both places, or in a sentence why they differ."),
        )  # fmt: skip


_SEVERAL: Mapping[str, Message] = {
    "one": message("one person alone"),
    "few": message("two or three together"),
    "committee": message("a committee"),
}


def _outside(analysis: CustomerAnalysis) -> tuple[str, ...]:
    """Return who is asked before a yes and has no row, at most six of them."""
    there = {each.id for each in analysis.persons}
    return tuple(each for each in analysis.power.circle if each not in there)[:6]


# Organisation --------------------------------------------------------------------------------------


def _organisation(analysis: CustomerAnalysis, today: date | None) -> Iterator[Finding]:
    # a row of blanks only is none yet
    rows = [(row, each) for row, each in enumerate(analysis.persons) if each != _NOBODY]
    persons = tuple(each for _, each in rows)
    if not persons:
        return
    stated = analysis.customer.on
    for problem in power_map_people.problems(persons, None if stated else today):
        yield _wrong("people", problem, message("The chart follows the table."))
    for row, person in rows:
        who = person.named
        if not plausible(analysis.cares.get(person.id, "")):
            yield _wrong(
                f"people.{row}.cares",
                message("{who}: nothing says what the role cares about.", who=who),
                message(
                    "Ask the person, or somebody who works there, what counts as a good month."
                ),
            )
        judged = message("The judgement on {who}", who=who)
        yield from late(f"people.{row}.on", (judged, person.on), _stated(analysis))
        yield from _old(f"people.{row}.on", judged, person.on, stated)
    for n, text in analysis.unread:
        yield _wrong(
            f"people.{n - 1}.influences",
            message("Row {row}: nobody can read whom “{text}” means.", row=n, text=text[:SHOWN]),
            message("Write signs, each with 1, 2 or 3, such as P1 3, P4 1."),
        )
    yield from _structure(persons)
    if missing := _outside(analysis):
        yield _doubtful(
            "people",
            message("Asked before a yes, and without a row here: {ids}.", ids=missing),
            message("Add a row for each of them."),
        )


_NOBODY = Person("", "", "", "")  # type: ignore[arg-type]  # as a row of blanks is read


def _structure(persons: tuple[Person, ...]) -> Iterator[Finding]:
    if not any(each.function == "decides" for each in persons):
        yield _wrong(
            "people",
            message("Nobody in the table decides."),
            message("Find out who says yes in the end, and give that role a row."),
        )
    if len(persons) > 1 and not any(each.influences for each in persons):
        yield _doubtful(
            "people",
            message("Nobody influences anybody."),
            message(
                "Write for each person who listens to that person; without it the chart has no ways."
            ),
        )
    if len({each.level for each in persons if each.level in LEVELS}) == 1 < len(persons):
        yield _doubtful(
            "people",
            message("Everybody stands on one level."),
            message("Ask who is above them, and who uses what is bought."),
        )


# Finance -------------------------------------------------------------------------------------------

_FINANCE: Told = {
    "sign": (message("No sign is chosen."), message("Take one from the ratios or the warning signs.")),
    "ask": (message("Nothing is asked of the customer."),
            message("Write the question as you would say it.")),
    "step": (message("It is not said what we do."),
             message("Name one thing that we do whatever the answer is.")),
    "source": (message("Nothing says where the statement comes from."),
               message("Say who gave it to us, by role, or where it is published.")),
    "source_on": (message("Nobody can see when the statement was received."),
                  message("Fill in that day.")),
}  # fmt: skip


def _finance(analysis: CustomerAnalysis, today: date | None) -> Iterator[Finding]:
    placed = sorted(enumerate(analysis.statement.years), key=lambda each: each[1].year)
    years = tuple(year for _, year in placed)
    if years:
        for each in customer_finance.findings(replace(analysis.statement, years=years)):
            way = each.field.split(".")[1:]  # the row is told as it stands in the table
            place = [str(placed[int(way[0])][0]), *way[1:]] if way else []
            yield replace(each, field=".".join(["statement", *place]))
    for row, year in placed:
        for name in NEEDED_OF_A_YEAR:
            if getattr(year, name) is None:
                yield _doubtful(
                    f"statement.{row}.{name}",
                    message(
                        "{name} of {year} is not filled in.",
                        name=Message(customer_finance.FIELDS[name]),
                        year=_called(year.year),
                    ),
                    message("Ask for it openly; a blank is better than a guess."),
                )
        ends = _end(year.year)
        if ends is not None and analysis.customer.on is not None and ends > analysis.customer.on:
            yield _wrong(
                f"statement.{row}.year",
                message("{year} was not over on the day of the analysis.", year=_called(year.year)),
                message("Take years that are over; a plan stands under direction and strategy."),
            )
    reading = analysis.finance
    values = {"sign": reading.sign, "ask": reading.ask, "step": reading.step}
    yield from _blanks("finance", {**values, **_with_source(reading.source)}, _FINANCE)
    received = message("The day on which the statement was received")
    yield from late("finance.source_on", (received, reading.source.on), _stated(analysis))
    yield from _old("finance.source_on", message("The statement"), reading.source.on,
                    analysis.customer.on)  # fmt: skip
    last = _end(years[-1].year) if years else None
    if last is not None and reading.source.on is not None and reading.source.on < last:
        yield _wrong(
            "finance.source_on",
            message("The statement was received on {day}, before {year} was over.",
                    day=reading.source.on.isoformat(), year=_called(last.year)),
            message("Correct the day, or take out the year that was only planned."),
        )  # fmt: skip
    if any(values.values()) and not years:
        yield _wrong(
            "finance.sign",
            message("The statement that this speaks of is not there yet."),
            message("Fill in two years above first."),
        )


def _end(year: int) -> date | None:
    return date(year, 12, 31) if 1900 <= year <= 9999 else None


def _called(year: int) -> str:
    """Return a year as text, not as an amount; one that nobody means is cut."""
    return str(year)[:8]


# Sales network -------------------------------------------------------------------------------------

_TERRITORY: Told = {
    "reference": (message("It is not said with which territory you compare."),
                  message("Choose one that does well, and give it a cover name.")),
    "begins": (message("The sales have no first day."), message("Fill in from when they are.")),
    "ends": (message("The sales have no last day."), message("Fill in until when they are.")),
    "reading": (message("Nothing is read from the comparison yet."),
                message("Say where most of the gap lies, and what that asks of the customer and of us.")),
}  # fmt: skip


def _sales_network(analysis: CustomerAnalysis, _: date | None) -> Iterator[Finding]:
    here, other = analysis.network, analysis.reference
    frame = {"reference": other.name, "begins": here.begins, "ends": here.ends,
             "reading": analysis.network_reading, "counted": here.counted}  # fmt: skip
    yield from _blanks("territory", frame, _TERRITORY)
    if any(map(_there, frame.values())):
        for each in sales_network.dates(here):
            yield replace(each, field=f"territory.{each.field}")
    if other.name and other.name.casefold() == here.name.casefold():
        yield _wrong(
            "territory.reference",
            message("The customer is compared with itself."),
            message("Choose another territory, one that does well."),
        )
    if here.begins and here.ends and not MONTH <= here.ends - here.begins <= YEAR:
        days = (here.ends - here.begins).days + 1
        if days > 0:  # else the two days stand in the wrong order, which is said
            yield _doubtful(
                "territory.ends",
                message("The sales are those of {n} days.", n=days),
                message("Take whole months, up to a year, and divide by their number."),
            )
    yield from _groups(analysis)


def _groups(analysis: CustomerAnalysis) -> Iterator[Finding]:
    here, other = analysis.network, analysis.reference
    if not here.groups and not other.groups:
        return
    if not here.groups:
        yield _wrong(
            "network",
            message("There are no outlets of this customer yet."),
            message("Fill in the same groups for it as for the territory to compare with."),
        )
    if not other.groups:
        yield _wrong(
            "network",
            message("There is nothing to compare with yet."),
            message("Fill in the same groups for a territory that does well."),
        )
    found = [*_of_groups("here", here), *_of_groups("reference", other)]
    yield from found
    if not here.groups or not other.groups:
        return
    mine, theirs = ({name for name in each.by_name() if name} for each in (here, other))
    if only := sorted(mine ^ theirs):
        yield _wrong(
            "network",
            message("Only one of the two territories has the group: {names}.",
                    names=tuple(name[:SHOWN] for name in only[:6])),
            message("Divide both territories into the same groups, by the same names."),
        )  # fmt: skip
    if not only_wrong(found):  # else it is said already why
        for each in sales_network.compare(here, other).missing:
            if each.severity == "wrong":
                yield replace(each, field="network.here")


def _of_groups(where: str, network: sales_network.Network) -> Iterator[Finding]:
    if not network.groups:
        return
    undated = replace(network, counted=None, begins=None, ends=None, stated=None)
    days = set(sales_network.dates(undated))
    for each in sales_network.check(undated):
        if each not in days:
            reason = (
                each.reason if where == "here" else Message(ELSEWHERE, (("reason", each.reason),))
            )
            field = each.field.replace("groups", f"network.{where}", 1)
            yield replace(each, field=field, reason=reason)


# Direction and strategy ----------------------------------------------------------------------------


def _direction(analysis: CustomerAnalysis, _: date | None) -> Iterator[Finding]:
    claims = analysis.claims
    said = {name: getattr(claims, name) for name in ("direction", "strategy")}
    written = [each for entries in said.values() for each in entries if not each.blank]
    if written:
        yield from _of_claims(analysis, Claims(claims.on, **said), tuple(said), "claims")
    for name, entries in said.items():
        for row, each in enumerate(entries):
            for source in each.sources:
                what = message("What “{text}” rests on", text=each.text[:SHOWN])
                yield from _old(f"claims.{name}.{row}.source_on", what, source.on, each.on)
    sources = {(source.text.casefold(), source.on) for each in written for source in each.sources}
    if len(written) > 2 and len(sources) == 1:
        yield _doubtful(
            "claims",
            message("All {n} sentences rest on one source of one day.", n=len(written)),
            message("A second source, of another day or another role, makes them safer."),
        )
    yield from _sentences("strategy", analysis.strategy)


def _of_claims(
    analysis: CustomerAnalysis, claims: Claims, sections: tuple[str, ...], part: str = ""
) -> Iterator[Finding]:
    """Yield what the check of claims finds in these sections, each with its part before its field."""
    for each in claims_check.check(claims).findings:
        section = each.field.partition(".")[0]
        if section in sections:  # the day of the analysis is looked at with the customer
            field = _SOURCES.sub(_in_row, each.field)
            yield replace(each, field=".".join(filter(None, (part, field))))


_SOURCES = re.compile(r"\.(source|evidence)s?(?:\.\d+(?:\.(text|on))?)?$")


def _in_row(found: re.Match[str]) -> str:
    """Return where the one source of a row stands: `.sources.0.on` in the column `source_on`."""
    return f".{found[1]}_on" if found[2] == "on" else f".{found[1]}"


# Execution -----------------------------------------------------------------------------------------

_GOALS: Told = {
    "last_year": (message("Last year is blank."), message("Say in figures how it went.")),
    "now": (message("Where we are now is blank."), message("Say it in the same figures as last year.")),
    "strengths": (message("What is strong is blank."), message("Name what has been seen.")),
    "weaknesses": (message("What is weak is blank."), message("Name what has been seen, ours too.")),
    "goal": (message("There is no goal for the year."), message("Name one, with its figure and its day.")),
    "review": (message("It is not said how often you look at it with the customer."),
               message("Choose one of the four.")),
}  # fmt: skip

_PERIOD = re.compile(
    r"\b(?:months?|quarters?|years?|weeks?|monthly|weekly|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov"
    r"|dec)[a-z]*\b|\b(?:19|20)\d\d\b|[0-9一二三四五六七八九十底每半上下本今明全]\s*(?:个)?[年月周日季]|季度|年底|月底",
    re.IGNORECASE,
)
"""How a goal says until when, or in which time."""


def _execution(analysis: CustomerAnalysis, _: date | None) -> Iterator[Finding]:
    claims, stated = analysis.claims, analysis.customer.on
    scores = [each for each in claims.execution if not each.blank]
    if scores:
        only = Claims(claims.on, execution=claims.execution)
        yield from _of_claims(analysis, only, ("execution",))
    for criterion, n in Counter(each.criterion for each in scores).items():
        if criterion and n > 1:
            yield _wrong(
                "execution",
                message("One and the same thing is scored {n} times.", n=n),
                message("Keep one row for it, with the stronger evidence."),
            )
    for row, each in enumerate(claims.execution):
        for source in each.evidence:
            what = message("The evidence in row {row}", row=row + 1)
            yield from _old(f"execution.{row}.evidence_on", what, source.on, each.on)
    yield from _goals(analysis)
    if any(not each.blank for each in claims.actions):
        yield from _of_claims(analysis, Claims(claims.on, actions=claims.actions), ("actions",))
    for row, action in enumerate(claims.actions):
        if action.due and stated and action.due - stated > YEAR:
            yield _doubtful(
                f"actions.{row}.due",
                message("Step {row} is due on {day}, more than a year from now.",
                        row=row + 1, day=action.due.isoformat()),
                message("Name the part of it that is done in the next months."),
            )  # fmt: skip


def _goals(analysis: CustomerAnalysis) -> Iterator[Finding]:
    goals = analysis.goals
    yield from _blanks("goals", {name: getattr(goals, name) for name in _GOALS}, _GOALS)
    if plausible(goals.goal):
        if not figures(goals.goal):
            yield _wrong(
                "goals.goal",
                message("The goal has no figure."),
                message("Say how many of what, so that anybody can see whether it was reached."),
            )
        if not (_PERIOD.search(goals.goal) or written_dates(goals.goal)):
            yield _wrong(
                "goals.goal",
                message("The goal has no day."),
                message("Say until when it is to be reached."),
            )
    if goals.now and goals.now.casefold() == goals.last_year.casefold():
        yield _doubtful(
            "goals.now",
            message("Last year and now say the same."),
            message("Write what has changed since, or that nothing has."),
        )
    if goals.review == "year":
        yield _doubtful(
            "goals.review",
            message("Once a year is too late to steer."),
            message("Look at the figures every month, or at least every quarter."),
        )


def figures(goal: str) -> tuple[str, ...]:
    """Return what can be counted in a goal, as it is written there: numbers beside days and years.

    >>> figures("288 shops by 31 May 2027, of which 70 %"), figures("better by 31 May 2027")
    (('288', '70'), ())
    >>> figures("到 2027 年 5 月 31 日，新增五十家")
    ('五十',)
    """
    text = goal
    for day in reversed(written_dates(goal)):
        begins = _YEAR_BEFORE.search(text[: day.start])
        ends = _YEAR_AFTER.match(text, day.end)
        start, end = begins.start() if begins else day.start, ends.end() if ends else day.end
        text = f"{text[:start]};{text[end:]}"
    text = _YEAR_ALONE.sub(";", text)
    return tuple(each.written for each in written_numbers(text) if each.value)


_YEAR_BEFORE = re.compile(r"20\d\d\s*年\s*$")
_YEAR_AFTER = re.compile(r"[\s,]*20\d\d(?!\d)")
_YEAR_ALONE = re.compile(r"(?<![\d.,])20\d\d(?=\s*(?:年|[.;，。；]|$))|\d\d?\s*[月季]")
"""A number of about two thousand with nothing after it that could be counted."""


# Own additions -------------------------------------------------------------------------------------


def _additions(analysis: CustomerAnalysis, _: date | None) -> Iterator[Finding]:
    yield from _sentences("additions", analysis.additions)


_LOOK: Mapping[Section, Callable[[CustomerAnalysis, date | None], Iterator[Finding]]] = {
    "power": _power,
    "organisation": _organisation,
    "finance": _finance,
    "network": _sales_network,
    "direction": _direction,
    "execution": _execution,
    "additions": _additions,
}
