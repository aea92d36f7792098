"""What to do next with a customer's people: as worked out by hand, and never about anybody else."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from kamlib.power_map import acquaintances, deciders, introduction, our_ways, single_way, ways
from kamlib.power_map_advice import Kind, advice
from kamlib.power_map_people import ACCESSES, FUNCTIONS, LEVELS, People, Person
from kamlib.words import LANGUAGES, Words

DAY = date(2026, 4, 2)


def person(id: str, function: str = "uses", relation: int = 0, access: str = "none", **more: object) -> Person:  # fmt: skip
    """Return somebody with a source; whoever is met is met by me, if nobody else is named."""
    told = {"role": f"Role {id}", "level": "managers", "by": "" if access == "none" else "me"}
    told |= {"source": "visit", "on": DAY} | more  # type: ignore[assignment]
    return Person(id=id, function=function, relation=relation, access=access, **told)  # type: ignore[arg-type]


def short(people: People, today: date | None = None) -> list[tuple[str, ...]]:
    return [(each.kind, each.person, each.by, each.about) for each in advice(people, today)]


def test_one_buyer_between_us_and_the_chief() -> None:
    """The commonest case, worked by hand.

    The chief P1 decides and is not known. Only the buyer P2 is, is for us and reports to the chief, so
    the buyer introduces us (1) and is a single way (2). The accountant P3 has a way to the chief of
    their own and works for nobody on the map, but is worked with by the chief, who is neither for us
    nor against us, so no open way leads to P3, and the buyer is asked with whom else to work. P3 is
    against us and listens to nobody; nobody of us has met P3: there is nothing to do yet. The chief
    listens to the buyer (2): facts for the buyer (3). There is one contact: nothing to share.
    """
    people = People.of([
        person("P1", "decides", level="decision"),
        person("P2", "buys", 1, "regular", influences=(("P1", 2),), reports_to="P1", level="buying"),
        person("P3", "influences", -1, influences=(("P1", 3),), level="support"),
    ])  # fmt: skip
    assert short(people) == [
        ("meet", "P2", "me", "P1"),
        ("second_way", "P2", "me", "P1"),
        ("equip", "P2", "me", "P1"),
    ]
    assert advice(people)[0].path == ("P2", "P1")
    said = Words("en").say(advice(people)[0].why)
    assert said == ("Role P1 (P1) decides, nobody of us has met this person, and our only way there is "
                    "over Role P2 (P2).")  # fmt: skip


def test_a_sceptic_is_not_gone_around() -> None:
    """Worked by hand.

    The chief P1 is not known. Our regular contact P2 is neither for us nor against us and reports to
    the chief; the user P3 is for us, has been met by our technician and works for P2. P3 works with P2
    only, so the open way to the chief would lead over P2, who is not for us: none. P2 is nearest to the
    chief and is won over first (1). P2 and P3 both reach the chief, P3 only over P2: P2 is a single way
    and nobody else has a say: P2 is asked with whom else to work (2). P2 is not against us: nothing to
    listen to. The chief listens to P2 only, who is not for us: nothing to equip. Two of us hold the
    contacts: nothing to share.
    """
    people = People.of([
        person("P1", "decides", level="decision"),
        person("P2", "buys", 0, "regular", influences=(("P1", 3),), reports_to="P1"),
        person("P3", "uses", 2, "met", by="technician", influences=(("P2", 2),), reports_to="P2"),
    ])  # fmt: skip
    assert introduction(people, "P1") is None
    assert short(people) == [("win_over", "P2", "me", "P1"), ("second_way", "P2", "me", "P1")]


def test_a_decider_we_have_met_and_an_opponent_who_listens_to_a_friend() -> None:
    """Worked by hand.

    The chief P1 has been met by me, is against nobody (0) and listens to the finance head P2 (3), who is
    against us (−2), is not met and listens to the controller P3, who is for us and trusted by me. So:
    nobody to meet. The way over P3 and P2 is a second one beside the chief's own: no single way. P3 is
    asked what speaks against us for P2 (1). The chief is only met: a regular talk (2). P3 does not
    influence the chief directly: nothing to equip. Both contacts are mine: a colleague comes along to
    P3, whom we know best (3). All judgements are of 2 April; on 1 December they are older than 180
    days, and the first from the top is looked at again (4).
    """
    people = People.of([
        person("P1", "decides", 0, "met", level="decision"),
        person("P2", "influences", -2, influences=(("P1", 3),)),
        person("P3", "influences", 2, "trusted", influences=(("P2", 2),), level="experts"),
    ])  # fmt: skip
    assert single_way(people, "P1") is None
    assert short(people, date(2026, 12, 1)) == [
        ("listen", "P3", "me", "P2"),
        ("deepen", "P1", "me", ""),
        ("share", "P3", "me", ""),
        ("renew", "P1", "me", ""),
    ]
    assert "renew" not in [kind for kind, *_ in short(people, date(2026, 9, 1))]


def test_a_second_way_is_found_where_there_is_one() -> None:
    """A buyer is the only way; a planner whom the buyer knows has a way of their own."""
    people = People.of([
        person("P1", "decides", level="decision"),
        person("P2", "buys", 1, "met", influences=(("P1", 2), ("P3", 1))),
        person("P3", "influences", influences=(("P1", 1),)),
    ])  # fmt: skip
    assert ("second_way", "P2", "me", "P3") in short(people)


def test_a_table_without_people_or_deciders_is_told_how_to_go_on() -> None:
    assert short(People()) == [("begin", "", "", "")]
    assert short(People.of([person("P1")])) == [("find_decider", "P1", "", "")]
    met = People.of([person("P1"), person("P2", "uses", 1, "met")])
    assert short(met)[0] == ("find_decider", "P2", "me", "")


def test_a_decider_whom_nobody_knows_is_asked_openly() -> None:
    """Without anybody between, the front door is left, and said."""
    people = People.of([person("P1", "decides")])
    assert short(people) == [("meet", "P1", "", "")]


@st.composite
def peoples(draw: st.DrawFn) -> People:
    n = draw(st.integers(0, 12))
    rows = []
    for row in range(n):
        others = [f"P{each}" for each in range(n) if each != row]
        influenced = (
            draw(st.lists(st.sampled_from(others), unique=True, max_size=3)) if others else []
        )
        rows.append(person(
            f"P{row}", draw(st.sampled_from(FUNCTIONS)), draw(st.integers(-2, 2)),
            draw(st.sampled_from(ACCESSES)), level=draw(st.sampled_from(LEVELS)),
            influences=tuple((each, draw(st.integers(1, 3))) for each in influenced),
            reports_to=f"P{draw(st.integers(0, row - 1))}" if row and draw(st.booleans()) else "",
        ))  # fmt: skip
    return People.of(rows)


@settings(max_examples=80, deadline=None)
@given(peoples())
def test_advice_names_nobody_outside_the_table_and_every_path_exists(people: People) -> None:
    """Also: whoever introduces us is for us, the first is met, and both languages can say it."""
    ids = {each.id for each in people.persons}
    pairs = {frozenset((one.id, other.id)) for one, other in acquaintances(people)}
    found = advice(people, date(2027, 1, 1))
    kinds = [each.kind for each in found]
    order = [each for each in get_args(Kind) if each != "win_over"]
    ranks = [order.index("meet" if each == "win_over" else each) for each in kinds]
    assert ranks == sorted(ranks)
    for each in found:
        assert {each.person, each.about, *each.path, *each.tell} - {""} <= ids
        assert bool(each.person) == bool(ids)
        assert each.by == (people[each.person].by if each.person else "")
        assert not set(each.tell) & set(each.path)
        for lang in LANGUAGES:
            assert Words(lang).say(each.do)
            assert Words(lang).say(each.why)
        if each.path:
            assert people[each.path[0]].known
            assert each.path[-1] == each.about
            assert not people[each.about].known
            assert all(people[id].relation > 0 for id in each.path[:-1])
            assert all(frozenset(pair) in pairs for pair in pairwise(each.path))
    for decider in deciders(people):
        for way in ways(people, decider.id):
            steps = [dict(people[one].influences)[other] for one, other in pairwise(way.people)]
            assert way.strength == min(steps)
            assert way.people[-1] == decider.id
        single = single_way(people, decider.id)
        if single and single.person != decider.id:
            assert all(single.person in way.people for way in our_ways(people, decider.id))
