"""Every parameter of a file says where it comes from."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from kamlib.distributor_file import load as load_month
from kamlib.platforms_file import load
from kamlib.sourced import NotNegative, Section


class Part(Section):
    one: NotNegative
    two: NotNegative


def test_a_parameter_without_a_source_is_refused() -> None:
    """Each needs a source of its own or the one for all others."""
    Part.model_validate({"source": {"one": "given F01", "*": "invented"}, "one": 1, "two": 2})
    with pytest.raises(ValidationError, match="no source for: two"):
        Part.model_validate({"source": {"one": "given F01"}, "one": 1, "two": 2})


def test_a_source_says_given_derived_or_invented_first_and_of_what_is_there() -> None:
    """Any other word, and a source for a parameter that is not there, is refused."""
    with pytest.raises(ValidationError, match="a source begins with one of"):
        Part.model_validate({"source": "from a book", "one": 1, "two": 2})
    with pytest.raises(ValidationError, match="a source for what is not there: three"):
        Part.model_validate({"source": {"three": "given", "*": "invented"}, "one": 1, "two": 2})


def test_both_units_list_their_parameters_in_one_way() -> None:
    """A table shows name, value and source, and a list of entries by their ids."""
    rows = {name: (value, source) for name, value, source in load().parameters.sources()}
    assert rows["market.likelihood"] == ("50, 70, 90", "given K246")
    assert rows["working.chance"] == ("0.3, 0.5, 0.7", "invented")
    assert rows["buying.lost_a_month"] == ("low 0.01, medium 0.04, high 0.12", "invented")
    month = {name: value for name, value, _ in load_month().sources()}
    assert month["evidence.list"].startswith("E1, E2, E3")
