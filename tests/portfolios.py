"""Portfolios made up for tests: of any size, on all platforms, with parameters of their own."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from kamlib.platforms import Allocation
from kamlib.platforms_file import PLATFORMS, RISKS, SIZES, Customer, Parameters, Portfolio, load

TEXT = {"en": "a shop", "zh": "一家店"}
WAYS = (0.0, 0.5, 1.5, 3.0)


def customer(number: int, platform: str, **known: Any) -> Customer:
    """Return a customer; what his platform asks and is not given is of the middle."""
    middling: dict[str, dict[str, Any]] = {
        "market": {"likelihood": 70},
        "working": {"warmth": 70},
        "buying": {"risk": "medium", "fence": "keep", "buys": TEXT},
    }
    fields = {"id": f"C{number:02}", "name": TEXT, "platform": platform, "size": "medium",
              "travel_hours": 0.5, **middling[platform], **known}  # fmt: skip
    return Customer.model_validate(fields)


def portfolio(*customers: Customer, **months: float) -> Portfolio:
    """Return a portfolio with the unit's parameters, some of the month's changed."""
    parameters = load().parameters
    month = parameters.month.model_copy(update=months)
    return Portfolio(customers, parameters.model_copy(update={"month": month}))


@st.composite
def parameters(draw: st.DrawFn) -> Parameters:
    """Draw parameters within what a unit would use."""
    raw = load().parameters.model_dump(mode="json")
    chances = st.floats(0.05, 0.95)
    raw["month"] |= {"months": draw(st.integers(1, 3)), "weeks": draw(st.integers(2, 5))}
    raw["market"] |= {"lost_a_month": draw(st.floats(0, 0.2)), "half_hours": draw(st.floats(2, 12))}
    raw["working"] |= {
        "chance": sorted(draw(st.lists(chances, min_size=3, max_size=3))),
        "lost_a_month": draw(st.floats(0, 0.2)),
        "half_hours": draw(st.floats(2, 12)),
    }
    raw["buying"] |= {
        "lost_a_month": {risk: draw(st.floats(0, 0.15)) for risk in RISKS},
        "kept": draw(st.floats(0, 1)),
        "extra_chance": draw(st.floats(0, 0.9)),
    }
    raw["ordinary"]["effect"] = draw(st.floats(0, 0.5))
    return Parameters.model_validate(raw)


@st.composite
def customers(draw: st.DrawFn, number: int) -> Customer:
    """Draw a customer."""
    platform = draw(st.sampled_from(PLATFORMS))
    known: dict[str, Any] = {
        "market": {"likelihood": draw(st.sampled_from((50, 70, 90)))},
        "working": {"warmth": draw(st.sampled_from((50, 70, 90)))},
        "buying": {
            "risk": draw(st.sampled_from(RISKS)),
            "fence": draw(st.sampled_from(("keep", "grow"))),
        },
    }[platform]
    return customer(
        number,
        platform,
        size=draw(st.sampled_from(SIZES)),
        travel_hours=draw(st.sampled_from(WAYS)),
        **known,
    )


@st.composite
def portfolios(draw: st.DrawFn, most: int = 12) -> Portfolio:
    """Draw a portfolio of at most so many customers."""
    count = draw(st.integers(1, most))
    return Portfolio(
        tuple(draw(customers(number)) for number in range(1, count + 1)), draw(parameters())
    )


@st.composite
def spread(draw: st.DrawFn, given: Portfolio) -> Allocation:
    """Draw hours for a portfolio, within the month."""
    each = given.parameters.month.hours / len(given)
    count = len(given)
    return Allocation(tuple(draw(st.lists(st.floats(0, each), min_size=count, max_size=count))))
