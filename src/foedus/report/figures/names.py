"""What states, entities and sides are called in figures."""

from foedus.core import states
from foedus.scenario.schema import Scenario


def called(scenario: Scenario, code: str) -> str:
    """Short name of a state on the first day, or what the scenario calls an entity."""
    entity = scenario.entities.get(code)
    return entity.name if entity and entity.name else states.called(code, scenario.start)
