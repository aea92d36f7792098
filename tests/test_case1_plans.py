"""Case 1 plans of known quality: how the marking scheme ranks them, and which of them it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.case1_plan import SEED, TYPES, stated_plan
from kamlib.course.build import read_unit
from kamlib.course.syllabus import open_course
from kamlib.distributor import load
from kamlib.grading.sample import PEOPLE, Answering, Person, Sent, read_people, read_sent
from kamlib.items import model
from kamlib.items.mark import Mark, Outcome
from kamlib.items.marking import mark_exercise
from kamlib.items.responses import StructuredAnswer, read_response
from kamlib.plan_quality import PlanScore, apart, plan_score
from kamlib.words import Words

UNIT = open_course(Path(__file__).parent).unit("07_case1_negotiation")
SOURCES = read_unit(UNIT)
ITEMS = tuple(item for item in SOURCES.questions.items if item.use == "graded")
KEYS = SOURCES.questions.graded
TRAINEES = read_people(UNIT.root / "data" / "sample_cohort" / PEOPLE)

BY_MACHINE = tuple(item for item in ITEMS if item.interaction != "text")
MOST = sum(item.points for item in BY_MACHINE)
"""What the machine can give in all."""
CAP = 0.49 * MOST
"""What it gives at most behind a gate."""

LANGUAGES = ("en", "zh")
GATED = ("leaking", "above_authority", "untagged")
"""The ways that a gate holds down, however good the rest is."""
RANKED = ("excellent", "no_facts", "pigeon", "over_claiming", "hardly_begun")
"""The ways without a gate, the best first.

Facts carry a quarter of the points, so a good offer without them comes second and not near the
first. The pigeon's deals are poor and are signed; the over-claimer's cannot be filled and nobody
signs them, and nothing that his levers come to is what he promises. Whoever wrote nothing is last.
"""

Answers = dict[str, Any]


@cache
def sent() -> Sent:
    """Return what the sample's trainees send of the unit."""
    found = read_sent(UNIT, TRAINEES)
    assert found is not None
    return found


@cache
def answering() -> Answering:
    """Return what the unit asks and the ways of answering it."""
    return Answering.of(UNIT, sent().ways)


def way(name: str, lang: str = "en", **changed: Mapping[str, Any]) -> Answers:
    """Return the responses of a way by item id; `changed` are fields of an item's form."""
    person = Person.model_validate({"code": "X", "name": "X", "lang": lang, "story": "Any."})
    found = answering().responses(person, name, {})
    for item, fields in changed.items():
        whole = f"case1_negotiation.{item}"
        found[whole] = {"fields": {**found[whole]["fields"], **fields}}
    return found


@dataclass(frozen=True)
class Marked:
    """The marks of an exercise."""

    marks: Mapping[str, Mark]

    def __getitem__(self, item: str) -> Mark:
        return self.marks[f"case1_negotiation.{item}"]

    @property
    def total(self) -> float:
        """The points that the machine gave."""
        return sum(self.marks[item.id].score or 0.0 for item in BY_MACHINE)

    @property
    def held(self) -> set[str]:
        """The items whose own gate was met, without the unit's name."""
        return {name.split(".")[1] for name, mark in self.marks.items() if mark.gate}


def marked(answers: Answers, lifted: Iterable[str] = ()) -> Marked:
    """Return the marks of these responses."""
    whole = [f"case1_negotiation.{item}" for item in lifted]
    return Marked(mark_exercise(ITEMS, KEYS, answers, whole))


# The ranking.


@pytest.mark.parametrize("lang", LANGUAGES)
def test_plans_of_known_quality_are_ranked(lang: str) -> None:
    """Each is better than the next by more than one question is worth, in both languages."""
    totals = [marked(way(name, lang)).total for name in RANKED]
    assert all(one > two + 5 for one, two in pairwise(totals))
    assert totals[0] > 0.9 * MOST
    assert totals[-1] < 0.01 * MOST


def test_what_sets_the_ranked_apart_is_what_the_scheme_pays_for() -> None:
    """The deals of the first two are as good; of the last, none is signed and none of it is kept."""
    excellent, no_facts, over = (marked(way(RANKED[at])) for at in (0, 1, 3))
    evidence = [item.id.split(".")[1] for item in ITEMS if item.interaction == "evidence"]
    assert sum(no_facts[item].score or 0 for item in evidence) == 0
    assert sum(excellent[item].score or 0 for item in evidence) > 22
    assert no_facts["package"].score == pytest.approx(excellent["package"].score, abs=0.4)
    assert "no_facts" in no_facts["conduct"].traps
    assert (over["package"].score, over["chance"].score) == (0, 0)
    assert {"beyond_reach", "unsigned"} <= set(over["package"].traps)
    assert "refutable" in over["conduct"].traps
    assert {"doors", "visits", "source"} <= set(over["levers"].traps)
    assert (over["levers"].score or 0) < 1


@pytest.mark.parametrize("name", RANKED)
def test_what_is_only_poor_meets_no_gate(name: str) -> None:
    """A gate is for what must not be said or promised, not for what is weak."""
    assert marked(way(name)).held == set()


def test_who_wrote_nothing_is_not_sent_to_a_person() -> None:
    """One field of the whole exercise earns nothing and waits for nobody."""
    found = marked(way("hardly_begun"))
    assert found.total == 0
    assert not any(mark.needs_human for mark in found.marks.values())
    attempted = [n for n, m in found.marks.items() if m.outcome is not Outcome.NOT_ATTEMPTED]
    assert attempted == ["case1_negotiation.q2_target"]


# The gates.


HELD = {
    "leaking": {
        "may_say": "This sentence gives B's figures to A.",
        "plan_v2": "What rests on B's people may not be said to A as it is.",
        "conduct": "This tells Lei what B told us in confidence.",
    },
    "above_authority": {"package": "40 yuan rebate are above your 30, and you do not mark them."},
    "untagged": {"action_plan": "Here stands a number and nobody can see where it comes from."},
}
"""By way the items that hold it down, and how their first sentence begins."""


@pytest.mark.parametrize("name", GATED)
def test_a_gate_holds_a_good_plan_at_under_half(name: str) -> None:
    """The total meets the cap, the item waits for a person, and its first sentence says why."""
    found = marked(way(name))
    assert found.total == pytest.approx(CAP, abs=0.01)
    assert found.total <= CAP + 1e-9
    assert found.held == set(HELD[name])
    for item, begins in HELD[name].items():
        assert found[item].needs_human
        assert begins in Words("en").say(found[item].reasons[0])
    others = [m for n, m in found.marks.items() if n.split(".")[1] not in HELD[name] and m.score]
    assert all(mark.score < (mark.own or 0) for mark in others)
    free = marked(way(name), HELD[name])
    assert all(mark.feedback == free.marks[mark.item].feedback for mark in others)
    assert all(mark.own == free.marks[mark.item].score for mark in others)


@pytest.mark.parametrize("name", GATED)
def test_a_lifted_gate_gives_the_marks_back(name: str) -> None:
    """Once a person has looked at each, nothing is held; as long as one is left, all of it is."""
    items = sorted(HELD[name])
    free = marked(way(name), items)
    assert free.held == set()
    assert free.total > CAP + 20
    like_excellent = marked(way("excellent"))
    same = [i.id for i in ITEMS if way(name).get(i.id) == way("excellent").get(i.id)]
    together = {
        "case1_negotiation.package",
        "case1_negotiation.conduct",
        "case1_negotiation.chance",
    }
    for item in set(same) - together:
        assert free.marks[item].score == like_excellent.marks[item].score
    for kept in items:
        rest = marked(way(name), [item for item in items if item != kept])
        assert rest.held == {kept}
        assert rest.total <= CAP + 1e-9


def test_a_gate_does_not_raise_what_lies_below_it() -> None:
    """An over-claimer who also promises what is not his keeps his few points, and waits."""
    plain = marked(way("over_claiming"))
    bold = marked(way("over_claiming", package={"rebate_per_unit": "40", "promoters": "4"}))
    assert bold.held == {"package"}
    assert bold["package"].needs_human
    assert bold.total <= min(plain.total, CAP)


def test_leaking_costs_more_than_having_no_facts() -> None:
    """Held, it lies below the plan without facts; looked at and lifted, it may lie above it."""
    leaking = way("leaking")
    no_facts = marked(way("no_facts")).total
    assert marked(leaking).total < no_facts < marked(leaking, HELD["leaking"]).total


def test_a_pigeon_is_held_only_where_it_promises_what_it_does_not_mark() -> None:
    """Asking head office for all is poor; promising it without asking is a gate."""
    asked = way("pigeon", package={"rebate_per_unit": "40", "approval": "all"})
    promised = way("pigeon", package={"rebate_per_unit": "40", "approval": "none"})
    assert marked(asked).held == set()
    assert marked(promised).held == {"package"}


# The two readings of the 6 per cent.


READ = ("rival_volume", "parity", "q2_target")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_readings_earn_the_same(lang: str) -> None:
    """With right arithmetic, of the province or of the band: full marks, item by item."""
    literal, band = (marked(way(name, lang)) for name in ("literal", "band"))
    for item in READ:
        assert literal[item].score == band[item].score == literal[item].max
        assert literal[item].outcome is band[item].outcome is Outcome.CORRECT
    assert literal.total == band.total


def test_a_mixed_reading_does_not() -> None:
    """14,400 under the province reading earns nothing, and hears to which reading it belongs."""
    mixed = way("literal")
    mixed["case1_negotiation.rival_volume"] = way("band")["case1_negotiation.rival_volume"] | {
        "reading": "province"
    }
    mark = marked(mixed)["rival_volume"]
    assert (mark.score, mark.traps) == (0.0, ("reading:province",))
    assert "belongs to the reading" in mark.feedback[0].text


# Deal quality, with its error.


def score(answers: Answers) -> PlanScore:
    """Return the deal quality of a package as it is carried through."""
    fields: dict[str, str | float] = {}
    for name in ("package", "conduct"):
        (item,) = (one for one in ITEMS if one.id == f"case1_negotiation.{name}")
        read = read_response(item, answers[item.id])
        assert isinstance(read, StructuredAnswer)
        fields |= {n: v for n, v in read.fields.items() if isinstance(v, (str, float))}
    return plan_score(stated_plan(fields, load()), load(), TYPES, SEED)


def test_plans_within_their_errors_are_not_ranked() -> None:
    """What differs by less than chance would make it differ is as good; what differs more is not."""
    one = score(way("no_facts"))
    two = score(way("no_facts", package={"joint_promotion_krmb": "40", "deliveries": "3wk"}))
    assert two.points.mean > one.points.mean + 0.1
    assert not apart(one, two)
    assert not apart(two, one)
    assert apart(score(way("excellent")), one)
    assert apart(score(way("excellent")), score(way("pigeon")))
    assert apart(score(way("pigeon")), score(way("over_claiming")))


# Whatever is filled in.


FORMS = tuple(item for item in ITEMS if isinstance(item, model.Structured)
              and item.interaction == "plan")  # fmt: skip
WILD = st.one_of(
    st.floats(allow_nan=False), st.integers(-(10**9), 10**9),
    st.sampled_from(["", "3,500", "3.5k", "many", "-1", "1e300", "100 %"]),
)  # fmt: skip


def filled(item: model.Structured) -> st.SearchStrategy[Answers]:
    """Draw a form with any of its options, any number, and any field left out."""
    drawn = {
        name: st.sampled_from(sorted(field.options)) if field.options else WILD
        for name, field in item.fields.items()
    }
    return st.fixed_dictionaries({}, optional=drawn).map(lambda fields: {"fields": fields})


@given(answers=st.fixed_dictionaries({item.id: filled(item) for item in FORMS}))
@settings(max_examples=30, deadline=None)
def test_no_plan_is_too_strange_to_be_marked(answers: Answers) -> None:
    """Nothing is raised, each mark lies in its bounds, and it says something."""
    found = marked(answers)
    for item in FORMS:
        mark = found.marks[item.id]
        assert 0 <= (mark.score or 0) <= mark.max
        assert mark.feedback
    assert found.total <= (CAP if found.held else MOST) + 1e-9


# The sample.


def test_everybody_hands_in_and_writes_for_himself() -> None:
    """All 28 send something; no two send the same prose, nor prose of the key's."""
    assert {person.code for person in TRAINEES} == set(sent().sent)
    written: dict[str, str] = {}
    for person in TRAINEES:
        hand_ins = sent().sent.get(person.code, ())
        for one in hand_ins[-1:]:
            given = answering().responses(person, one.like, one.answers)
            for name in ("q1_words", "q3_way"):
                if text := given.get(f"case1_negotiation.{name}", {}).get("text"):
                    assert text not in written, (person.code, written.get(text))
                    written[text] = person.code
    assert len(set(written.values())) >= 26
    model_answers = {answering().right[f"case1_negotiation.{name}"]["text"]
                     for name in ("q1_words", "q3_way")}  # fmt: skip
    assert not model_answers & set(written)


def test_the_sample_is_wide() -> None:
    """Some have nearly everything, some hardly anything, and most lie between."""
    shares = []
    for person in TRAINEES:
        for one in sent().sent.get(person.code, ())[-1:]:
            given = answering().responses(person, one.like, one.answers)
            shares.append(marked(given).total / MOST)
    assert sum(share > 0.85 for share in shares) >= 4
    assert sum(share < 0.45 for share in shares) >= 4
    assert sum(0.45 <= share <= 0.85 for share in shares) >= 12
