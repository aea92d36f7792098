"""Two courses to test with: the one in this repository, and a tiny one that a test may change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser, sync_playwright
from typer.testing import CliRunner

from kamlib.cli import console
from kamlib.course import translation
from kamlib.course.build import read_unit
from kamlib.course.syllabus import PARTS, Course, open_course
from kamlib.items.keys import Key, parse_key
from kamlib.items.model import INTERACTIONS, Item, parse_item
from tests import plans
from tests.jupyter_server import FLAGS, chromium
from tests.staged import with_case

LESSON = """\
---
title: A tiny lesson
teaching: 5
exercises: 3
summary: What a lesson is made of.
---

`{anchor} opening K002`

## How it opens

Lin sells 36,000 cases a year. {given} We sell 12 per cent of them. {derived}

> [!dialogue] Lin on the telephone
> **Lin:** You are late.
>
> **Mei:** By two days, and here is why.

+++ {"tags": ["trainer"]}

Let the room guess for a minute.

+++

`{item} tiny.warm_up`

`{anchor} figures K003`

## What the figures say

```{code-cell} ipython3
print("12 per cent")
```

> [!rule]
> Ask once, then go.
"""

EXERCISE = """\
---
title: A tiny exercise
minutes: 10
---

## To begin with

Work from top to bottom.

`{item} tiny.who`

`{item} tiny.why`
"""

ITEMS = """\
- id: tiny.warm_up
  interaction: number
  use: practice
  title: Warm up
  prompt: How much is 12 per cent of 36,000?
  covers: [K003]
  quantity: Cases
  units: {cases: cases}
  key: {explanation: Divide by a hundred and take it twelve times., value: 4320, unit: cases, read: figures}

- id: tiny.who
  interaction: choice
  use: graded
  title: Who answers?
  prompt: Who answers **Lin** about the late truck?
  points: 2
  covers: [K002]
  hints: [Look at who was asked.]
  options: {mei: The account manager, boss: The boss}

- id: tiny.why
  interaction: text
  use: graded
  title: Why so?
  prompt: Say why, in three sentences.
  points: 3
  covers: [K002]
  criteria: {reason: Names a reason}
"""

KEY = """\
tiny.who:
  explanation: Lin asked the account manager, who therefore owes the answer.
  read: opening
  answer: mei
  messages: {boss: The boss was never asked about the truck.}

tiny.why:
  explanation: A reason can be checked by somebody else.
  levels:
    reason: [Names none at all., Names one only in passing., Names one that can be checked., Names one and checks it.]
  model_answer: Because she was asked and nobody else was in the room.
"""

CURRICULUM = """\
id,unit,source,term_zh,term_en,statement_en,numbers,certainty,exercise,grading
K001,00_before,000,前言,before,Comes before,,clear,,
K002,01_tiny,000,迟到,lateness,A late truck has an answer,,clear,,
K003,01_tiny,000,数字,figures,Figures have a base,12,clear,,
"""

SAMPLES = """\
- interaction: choice
  title: Choose
  options: {a: First <option>, b: Second option}
  reasons: {r: First reason, s: Second reason}
  key:
    answer: a
    reason: r
    messages: {b: Not the second.}
    reason_messages: {s: Not that reason.}
    gate: {options: [b], cap: 0.5, message: Far off.}
- interaction: choices
  title: Tick
  options: {a: First option, b: Second option, c: Third option}
  key: {answer: [c, a], messages: {b: Not this one.}}
- interaction: match
  title: Match
  stems: {x: First stem, y: Second stem}
  options: {a: First option, b: Second option, c: Third option}
  key: {answer: {x: [b, a, c], y: a}, messages: {x: Look again.}}
- interaction: order
  title: Order
  options: {a: Early, b: Later, c: Last}
  key: {answer: [a, b, c], messages: {c: That is the end.}}
- interaction: classify
  title: Sort
  lines: {x: First line, y: Second line}
  classes: {p: Price, s: Service}
  key: {answer: {x: s, y: p}, messages: {x: It was late.}}
- interaction: spot_error
  title: Find
  segments: {one: Right words., two: Wrong words.}
  kinds: {fact: No fact, law: Against the law}
  key: {where: two, kind: law, messages: {one: This is right.}}
- interaction: number
  title: Count
  quantity: Share reached
  units: {percent: per cent, cases: cases}
  readings: {sell_in: What was bought, sell_out: What was sold}
  confidence: true
  key:
    readings: {sell_in: {value: 90, unit: percent}, sell_out: {value: 62, unit: percent}}
    traps: [{name: gap, value: 3000, message: That is the gap.}]
- interaction: recall
  title: Recall
  lines: 2
  key:
    points:
      p: {name: Authority, accept: [uses authority, 使用授权]}
      q: {name: Duty, accept: [bears duty]}
      r: {name: Gain, accept: [win-win]}
- interaction: evidence
  title: Prove
  claims: {x: A claim with facts, y: A claim without}
  facts: {f: {text: First fact}, g: {text: Second fact}, h: {text: Third fact}}
  key: {answer: {x: [{all_of: [f], any_of: [g, h]}], y: []}, messages: {h: It proves nothing.}}
- interaction: structured
  title: Plan
  fields:
    owner: {label: Owner, kind: choice, options: {lin: Lin, mei: Mei}}
    goal: {label: Goal, kind: number, help: Today it is 49.}
    start: {label: Start, kind: date}
    why: {label: Reason, required: false}
  key:
    checks: [{rule: filled, fields: [owner], message: Name one.}]
    example: {owner: lin, goal: 70, start: "2026-11-09", why: Late trucks}
- interaction: table
  title: List
  columns: {who: {label: Who}, share: {label: Share, kind: number}}
  key:
    checks: [{rule: sum, fields: [share], low: 100, high: 100, message: Not a hundred.}]
    example: [{who: Lin, share: 60}, {who: Mei, share: 40}]
- interaction: text
  title: Say
  criteria: {reason: Names a reason}
  key:
    model_answer: Because the truck came late.
    levels: {reason: [Nothing, In passing, One, One that was checked]}
    comments: {day: {criterion: reason, text: Name the day.}}
    look_for: {reason: [truck, because, 因为]}
- interaction: scene
  title: Play
  measures: {target: This month, trust: Trust}
  cast: {lin: Lin}
  start: t1
  turns:
    t1:
      lines: [{who: lin, says: You are late.}, {who: lin, says: By two days.}]
      choices:
        deny: {says: We are not., effects: {trust: -2}, because: He counted them., to: t2}
        ask: {says: Which shops are open now, effects: {trust: 1, target: 1}, because: Now it is work., to: t2}
    t2:
      lines: [{who: lin, says: Nine shops.}]
      choices:
        promise: {says: Tomorrow for sure., effects: {trust: -1}, because: Nobody checked., to: empty}
        check: {says: I look and call at four., effects: {target: 1}, because: He can plan., to: full}
    empty: {lines: [{who: you, says: Well then.}], ending: The shelves stay empty.}
    full: {lines: [{who: lin, says: At four.}], ending: The truck comes.}
  others:
    jun: {name: Jun of our team, path: [deny, promise]}
  key:
    enough: {target: 2, trust: 1}
    best: [ask, check]
    messages: {trust: He must feel heard.}
- interaction: reflect
  title: Look
  entries: 2
  entry: A sentence of yours
  criteria: {blame: It names who is at fault, fact: It holds a figure, step: It names the next step}
  key:
    verdicts:
      - {name: shirker, all_of: [blame], none_of: [fact], label: the shirker of work, message: Leave out who did it.}
      - {name: consultant, all_of: [fact, step], label: the consultant, message: Keep it so.}
      - {name: open, label: none of them yet, message: Add a figure and a step.}
"""
"""An item with its key for each interaction."""

COURSE = 'title: {en: A tiny course, zh: 小课程}\nversion: "0.1"\n'


@pytest.fixture(scope="session")
def course() -> Course:
    """Open the course of this repository."""
    return open_course(Path(__file__).parent)


@pytest.fixture(scope="session")
def own_sentences() -> list[tuple[str, str, int]]:
    """Look up once what kamlib itself says."""
    return translation.own_sentences()


@pytest.fixture
def tiny_course(
    tmp_path: Path, own_sentences: list[tuple[str, str, int]], monkeypatch: pytest.MonkeyPatch
) -> Course:
    """Write a course of one unit with one practice and two graded items, translated but not built.

    Building it leaves the repository's own translation alone.
    """
    own = tmp_path / "locale" / "kamlib.po"
    own.parent.mkdir()
    own.write_bytes(translated(own, own_sentences))
    monkeypatch.setattr(translation, "OWN", own)
    monkeypatch.setattr(translation, "own_sentences", lambda: own_sentences)
    root = tmp_path / "tiny"
    folder = root / "units" / "01_tiny"
    folder.mkdir(parents=True)
    (root / "data").mkdir()
    (root / "data" / "curriculum.csv").write_text(CURRICULUM, "utf-8")
    (root / "course.yaml").write_text(COURSE, "utf-8")
    texts = {"lesson.md": LESSON, "exercise.md": EXERCISE, "items.yaml": ITEMS, "key.yaml": KEY}
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    tiny = open_course(root)
    translate(tiny)
    return tiny


@pytest.fixture
def staged_course(tiny_course: Course) -> Course:
    """Add to the tiny course a unit that opens step by step, translated but not built."""
    whole = with_case(tiny_course)
    translate(whole)
    return whole


Sample = tuple[Item, Key]


@pytest.fixture(scope="session")
def samples() -> dict[str, Sample]:
    """Make an item and its key for each interaction, with all that each can have."""
    found = {}
    plan = {"interaction": "plan", "title": "Work out", **plans.SHAPE, "key": plans.KEY}
    entries = [*yaml.safe_load(SAMPLES), plan]
    for entry in sorted(entries, key=lambda one: INTERACTIONS.index(one["interaction"])):
        shape = {name: value for name, value in entry.items() if name != "key"}
        key = entry["key"]
        item = parse_item({"id": f"sample.{entry['interaction']}", "prompt": "What?", **shape})
        found[item.interaction] = item, parse_key(item.interaction, {"explanation": "So.", **key})
    assert set(found) == set(INTERACTIONS)
    return found


def chinese(text: str) -> str:
    """Stand in for a translator: the same marks and figures, and words that are plainly not English."""
    return re.sub(r"^((?:\[![a-z]+\][ \n]?|#+ |\*\*|> )*)", r"\1中文:", text, count=1)


def translated(path: Path, texts: Iterable[tuple[str, str, int]]) -> bytes:
    """Bring a PO file in step with the texts, and translate what is new or has changed."""
    catalog = translation.updated(path, "zh", texts)
    for entry in catalog:
        if entry.id and (entry.fuzzy or not entry.string):
            entry.string = chinese(str(entry.id))
            entry.flags.discard("fuzzy")
    return translation.po_bytes(catalog)


def translate(course: Course) -> None:
    """Write the Chinese of every text that a course has now."""
    for unit in course.units:
        sources = read_unit(unit)
        for part in PARTS:
            path = unit.po(part, "zh")
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(translated(path, sources.texts(part)))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A runner of `kam`, started in the repository with room for a table whatever the window's width."""
    monkeypatch.chdir(Path(__file__).parents[1])
    for one in (console.out, console.problems_out):
        monkeypatch.setattr(
            one, "_width", 200
        )  # set when it was made, by the window it was made in
    return CliRunner()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Open one browser for all tests; it asks nothing of the internet by itself."""
    found = chromium()
    if found is None:
        pytest.skip("no Chromium here: the browser tests are left out")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=FLAGS, headless=True)
        yield opened
        opened.close()
