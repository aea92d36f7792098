"""Which measure of a subject works out which answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from kamlib.measured import Data, Fields, Measured
from kamlib.words import Message

MEASURES: Mapping[str, str] = {
    "case1.deals": "kamlib.case1_plan:deals",
    "case1.conduct": "kamlib.case1_plan:conduct",
    "case1.said": "kamlib.case1_plan:said",
    "case1.levers": "kamlib.case1_plan:levers",
    "case1.chance": "kamlib.case1_plan:chance",
    "customer_analysis.customer": "kamlib.customer_analysis_measures:customer",
    "customer_analysis.power": "kamlib.customer_analysis_measures:power",
    "customer_analysis.people": "kamlib.customer_analysis_measures:people",
    "customer_analysis.statement": "kamlib.customer_analysis_measures:statement",
    "customer_analysis.finance": "kamlib.customer_analysis_measures:finance",
    "customer_analysis.territory": "kamlib.customer_analysis_measures:territory",
    "customer_analysis.network": "kamlib.customer_analysis_measures:network",
    "customer_analysis.claims": "kamlib.customer_analysis_measures:claims",
    "customer_analysis.execution": "kamlib.customer_analysis_measures:execution",
    "customer_analysis.goals": "kamlib.customer_analysis_measures:goals",
    "customer_analysis.actions": "kamlib.customer_analysis_measures:actions",
    "platforms.quarter": "kamlib.platforms_plan:quarter",
    "preferences.kept": "kamlib.rewriting:kept",
}
"""For each measure the module and the function; loaded when an answer is marked by it, not before, since
most pages need none."""


def measure(name: str) -> Callable[[Fields, Data], Measured]:
    """Return a measure by its name; `KeyError` where there is none.

    >>> measure("case1.chance")({"chance": 50.0}, {}).share
    0.0
    """
    module, _, function = MEASURES[name].partition(":")
    found: Callable[[Fields, Data], Measured] = getattr(import_module(module), function)
    return found


def fall(name: str, of: str) -> Message | None:
    """Return how a measure calls a way of going wrong; None where it does not know it.

    >>> fall("case1.deals", "lopsided").text
    'The deal leaves one side almost nothing'
    """
    module = MEASURES[name].partition(":")[0]
    falls: Mapping[str, Message] = import_module(module).FALLS
    return falls.get(of)
