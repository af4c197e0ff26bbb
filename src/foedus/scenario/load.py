"""How does a file become a scenario?"""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from foedus.scenario.faults import Fault, ScenarioError, closest
from foedus.scenario.schema import Scenario
from foedus.scenario.text import plain, read


def load(source: str | Path) -> Scenario:
    """Scenario of a file, or one that comes with the package.

    Args:
        source: Path of a YAML file, or the name of a shipped scenario.

    Raises:
        ScenarioError: With every fault that was found.
    """
    file = _find(source)
    data = file.read_bytes()
    root, faults = read(data, str(source))
    faults.refuse()
    return Scenario.model_validate(plain(root) if root else {})


def _shipped() -> dict[str, Traversable]:
    """Files of the scenarios that come with the package, by name."""
    folder = files("foedus").joinpath("scenarios")
    found = {file.name.removesuffix(".yaml"): file for file in folder.iterdir()}
    return {name: found[name] for name in sorted(found) if found[name].name.endswith(".yaml")}


def _find(source: str | Path) -> Traversable:
    """File that a path or name means."""
    path = Path(source)
    if path.is_file():
        return path
    shipped = _shipped()
    if str(source) in shipped:
        return shipped[str(source)]
    fault = Fault(
        str(source), 1, 1, "", "no such file and no such scenario",
        "a path, or one of " + ", ".join(shipped), closest(str(source), shipped),
    )  # fmt: skip
    raise ScenarioError([fault])
