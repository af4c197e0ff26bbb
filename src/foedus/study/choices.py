"""What a user changes of a run: `--set` and `--without`, applied by one function."""

from collections.abc import Sequence

from foedus.core import params
from foedus.scenario.change import change
from foedus.scenario.schema import Scenario
from foedus.study import switches

Fixed = dict[str, float]
"""Parameters held at a value, by dotted name."""


def configured(
    scenario: Scenario, changes: Sequence[str], without: Sequence[str]
) -> tuple[Scenario, tuple[str, ...], tuple[tuple[str, float], ...]]:
    """A scenario as the user wants it.

    Args:
        scenario: A checked scenario.
        changes: Texts of `--set`.
        without: Ids of switches to turn off.

    Returns:
        The scenario; what was changed, in words; parameters held at a value.

    Raises:
        ValueError: Bad input, in one clear message.
    """
    scenario, said, fixed = changed(scenario, changes)
    words = switches.said(scenario, without)
    scenario, fixed = switches.apply(scenario, fixed, without)
    words += tuple(f"{path}={value}" for path, value in sorted(said.items()))
    return scenario, words, tuple(sorted(fixed.items()))


def changed(scenario: Scenario, changes: Sequence[str]) -> tuple[Scenario, dict[str, str], Fixed]:
    """Apply `--set`: numbers of the scenario, or parameters held fixed.

    Returns:
        The scenario; what was changed in it, by path; parameters held, by name.

    Raises:
        ValueError: A path or value that cannot be.
    """
    fixed: Fixed = {}
    said: dict[str, str] = {}
    for text in changes:
        path, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            raise ValueError(f"--set {text}: expected path=value")
        if path.split(".")[0] in params.GROUPS:
            fixed[path] = parameter(path, value)
        else:
            said[path] = value
    return change(scenario, said), said, fixed


def parameter(path: str, text: str) -> float:
    """The value that a parameter is held at.

    Raises:
        ValueError: No such parameter, no number, or one outside what its prior allows.

    Examples:
        >>> parameter("war.truce", "0.5")
        0.5
    """
    stored = params.load()
    try:
        params.fix(stored.params, {path: 0.0})
    except ValueError as unknown:
        raise ValueError(f"--set {path}: {unknown}") from None
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    group, field = path.split(".")
    low, high = _support(stored.table[group][field]["dist"])
    if not (low <= number <= high and abs(number) < float("inf")):
        between = {float("inf"): f"a number from {low:g} on", 1.0: "a number from 0 to 1"}
        wanted = between[high] if low == 0 else "a number"
        raise ValueError(f"--set {path}: expected {wanted}; got {text!r}")
    return number


def _support(dist: object) -> tuple[float, float]:
    """Ends of what a parameter may be, by the family of its prior."""
    infinity = float("inf")
    ((family, arguments),) = (dist[0] if isinstance(dist, list) else dist).items()  # pyright: ignore
    if family == "beta" or (family == "uniform" and min(arguments) >= 0 and max(arguments) <= 1):
        return 0.0, 1.0
    positive = family in ("lognormal", "half", "positive")
    positive = positive or (family == "uniform" and min(arguments) >= 0)
    return (0.0 if positive else -infinity), infinity
