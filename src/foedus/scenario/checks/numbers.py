"""Does each number lie where it can, and does it say where it comes from?"""

from collections.abc import Iterator

from foedus.scenario.checks.problem import Problem
from foedus.scenario.entry import Tie
from foedus.scenario.quantity import Quantity, Support, numbers_of
from foedus.scenario.walk import Found, Steps


def support(found: Found) -> Support:
    """Values that a number may take: those of its kind, or of the kind of tie."""
    if isinstance(found.around, Tie) and found.name == "value":
        return found.around.support
    return found.value.support if isinstance(found.value, Quantity) else Support.REAL


def check_number(found: Found) -> Iterator[Problem]:
    """Numbers outside what they measure, ranges upside down, numbers without source."""
    quantity = found.value
    if not isinstance(quantity, Quantity):
        return
    yield from _bounds(found, quantity, support(found))
    sourced = bool(quantity.src) or found.sourced
    judged = quantity.unsourced or found.judged
    if not sourced and not judged:
        yield Problem(found.steps, "a number without source", "src, or unsourced: true")
    elif not sourced and quantity.certain:
        yield Problem(found.steps, "an unsourced number that is not a range", "[low, high]")
    if not quantity.certain and _is_fixed(found):
        yield Problem(found.steps, "a range", "one value: this number is the same in all draws")


def _is_fixed(found: Found) -> bool:
    """Whether a number has no draws."""
    tie = isinstance(found.around, Tie) and found.around.fixed
    return tie or found.steps[0] in ("trust", "events")


def _bounds(found: Found, quantity: Quantity, support: Support) -> Iterator[Problem]:
    """Numbers outside what is measured, and distributions that are none."""
    written = numbers_of(quantity)
    for name in ("value", "low", "high"):
        if name in written and not support.holds(written[name]):
            yield Problem((*found.steps, name), f"{written[name]:g}", support.value)
    for name in ("a", "b", "sd", "median", "sigma"):
        if written.get(name, 1.0) <= 0:
            yield Problem((*found.steps, name), f"{written[name]:g}", "a number above 0")
    low, high = quantity.range or (quantity.low, quantity.high)
    if low is not None and high is not None and low > high:
        yield Problem(found.steps, f"low {low:g} above high {high:g}", "the lower end first")
    for i, end in enumerate(quantity.range or ()):
        yield from _end((*found.steps, "range", i), end, support)
    shapes = _SHAPES.get(support, ())
    if quantity.dist and shapes and quantity.dist not in shapes:
        wanted = f"{' or '.join(shapes)} for {support.value}"
        yield Problem(found.steps, f"dist {quantity.dist}", wanted)


_SHAPES = {
    Support.SHARE: ("beta", "uniform"),
    Support.POSITIVE: ("lognormal", "uniform", "beta"),
    Support.AMOUNT: ("lognormal", "uniform", "beta"),
}


def _end(steps: Steps, end: float, support: Support) -> Iterator[Problem]:
    """An end of a range that the shape between the ends cannot reach."""
    if not support.holds(end):
        yield Problem(steps, f"{end:g}", support.value)
    elif not support.inside(end):
        what = f"a range that ends at {end:g}"
        yield Problem(steps, what, f"an end within {support.value}, or dist: uniform")
