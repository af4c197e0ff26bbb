"""Which dispute is meant where none is named."""

import pytest

from foedus.scenario.layout import begun, where
from foedus.scenario.load import parse, scaffold
from tests.scenario.texts import WIDE

LATER = "  - id: inland\n"
ALSO = f"{LATER}    ignites: 2019-06-01\n"


def wide(*changes):
    text = WIDE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse(text.encode())


def test_it_is_where_alone_fighting_has_begun():
    assert where(wide()).id == begun(wide()) == "north"
    assert where(wide(), "coast").id == "coast"


def test_it_is_the_only_one_where_none_has_begun():
    scenario = parse(scaffold("case").encode())
    assert begun(scenario) is None
    assert (where(scenario),) == scenario.disputes


@pytest.mark.parametrize("change", [(LATER, ALSO), ("    ignites: 2019-06-01\n", "")])
def test_where_several_have_begun_or_none_of_several_one_must_be_named(change):
    scenario = wide(change)
    assert begun(scenario) is None
    with pytest.raises(ValueError, match="one of coast, inland, north; got none"):
        where(scenario)
    assert where(scenario, "inland").id == "inland"
