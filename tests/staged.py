"""A tiny unit that opens step by step, with a text at every place that nobody writes by chance."""

from __future__ import annotations

import hashlib

from kamlib.course.syllabus import Course, open_course

UNIT = "02_case"
STAGES = ("S0", "S1", "S2")

FACT_TEXT = {
    "S0": ("Distributor A passes on 80 a day.", "省代 A 每天出货 80 台。"),
    "S1": ("A complains that 17 shops sent 4321 back.", "A 抱怨 17 家店退了 4321 台。"),
    "S2": ("A has 3 branches and 22 salespeople today.", "A 现在有 3 个分公司、22 个业务员。"),
}


def secret(place: str, stage: str) -> str:
    """Return the text that stands at a place of a stage and nowhere else."""
    return f"canary {hashlib.sha256(f'{place} {stage}'.encode()).hexdigest()[:12]}"


PLACES = (
    "task", "heading", "page", "callout", "lesson", "figure", "title", "prompt", "option", "hint",
    "criterion", "practice", "explanation", "message", "data",
)  # fmt: skip
"""Where a stage says something that trainees may read once it is open."""


def _stage(stage: str, lesson: bool) -> str:
    if lesson:
        return f"""\
`{{stage}} {stage}`

## {secret("heading", stage)}

Read this first: {secret("lesson", stage)}. {{given}}

`{{facts}} {stage}`

> [!dialogue] On the telephone
> **Lin:** {secret("callout", stage)}

```{{code-cell}} ipython3
print("{secret("figure", stage)}")
```

`{{item}} case.try_{stage.lower()}`
"""
    return f"""\
`{{stage}} {stage}`

## Then

{secret("page", stage)}

| one | two |
|---|---|
| 1 | {{derived}} 2 |

`{{item}} case.pick_{stage.lower()}`

`{{item}} case.why_{stage.lower()}`
"""


LESSON = "\n".join(
    [
        "---",
        "title: A tiny case",
        "teaching: 5",
        "exercises: 3",
        "stages:",
        *(f"  {stage}: '{secret('task', stage)}'" for stage in STAGES),
        "files:",
        "  S2: [case/game.json]",
        "---",
        "",
        "`{anchor} case K004`",
        "",
        "## The case",
        "",
        "Always open.",
        "",
        *(_stage(stage, lesson=True) for stage in STAGES),
        "",
    ]
)
EXERCISE = "\n".join(
    [
        "---",
        "title: The case, marked",
        "minutes: 10",
        "---",
        "",
        "What is always there.",
        "",
        *(_stage(stage, lesson=False) for stage in STAGES),
        "",
    ]
)


def _items(stage: str) -> str:
    low = stage.lower()
    return f"""\
- id: case.try_{low}
  interaction: choice
  use: practice
  stage: {stage}
  title: Try
  prompt: "{secret("practice", stage)}"
  options: {{a: One, b: Two}}
  key: {{answer: a, explanation: "{secret("explanation", stage)}", messages: {{b: "{secret("message", stage)}"}}}}

- id: case.pick_{low}
  interaction: choice
  use: graded
  stage: {stage}
  title: "{secret("title", stage)}"
  prompt: "{secret("prompt", stage)}"
  points: 2
  covers: [K004]
  hints: ["{secret("hint", stage)}"]
  options: {{a: "{secret("option", stage)}", b: Another}}

- id: case.why_{low}
  interaction: text
  use: graded
  stage: {stage}
  title: Why
  prompt: Say why.
  points: 3
  criteria: {{reason: "{secret("criterion", stage)}"}}

"""


def _keys(stage: str) -> str:
    low = stage.lower()
    return f"""\
case.pick_{low}:
  explanation: Because of what was said at {stage}.
  read: case
  answer: a
  messages: {{b: Not that one at {stage}.}}

case.why_{low}:
  explanation: A reason can be checked by somebody else.
  levels:
    reason: [None., In passing., One that can be checked., One that was checked.]
  model_answer: Because she was asked.

"""


FACTS = "provenance: given\nstory: {en: A tiny case., zh: 一个小案例。}\nfacts:\n" + "".join(
    f"""\
  - id: F0{number}
    stage: {stage}
    measure: sell_through
    disclosure: ours
    values: [{{name: F0{number}, value: {number}, unit: units}}]
    text: {{en: "{FACT_TEXT[stage][0]}", zh: "{FACT_TEXT[stage][1]}"}}
"""
    for number, stage in enumerate(STAGES, 1)
)

SOURCES = {
    "lesson.md": LESSON,
    "exercise.md": EXERCISE,
    "items.yaml": "".join(map(_items, STAGES)),
    "key.yaml": "".join(map(_keys, STAGES)),
    "case/facts.yaml": FACTS,
    "case/game.json": '{"reservation": "' + secret("data", "S2") + '"}\n',
}


def with_case(course: Course) -> Course:
    """Add the unit to a course; its Chinese is still to be written."""
    folder = course.root / "units" / UNIT
    for name, text in SOURCES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    rows = course.root / "data" / "curriculum.csv"
    row = "K004,02_case,000,案例,case,A case opens step by step,,clear,,\n"
    rows.write_text(rows.read_text("utf-8") + row, "utf-8")
    return open_course(course.root)


def secrets_of(stage: str) -> set[str]:
    """Return every text that belongs to a stage alone, in both languages."""
    at = [place for place in PLACES if place != "data" or stage == "S2"]
    return {secret(place, stage) for place in at} | set(FACT_TEXT[stage])
