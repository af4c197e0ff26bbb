"""Log densities of the distributions that `core/priors.toml` names, on an unbounded scale."""

import numpy as np

SCALES = {"normal": "as is", "positive": "log", "half": "log", "lognormal": "log"}


def location(dist: dict[str, list[float]]) -> tuple[float, float]:
    """About where a distribution lies on its unbounded scale, and how wide it is.

    Examples:
        >>> location({"lognormal": [1.0, 0.5]})
        (0.0, 0.5)
    """
    ((name, arguments),) = dist.items()
    match name:
        case "normal":
            return float(arguments[0]), float(arguments[1])
        case "lognormal":
            return float(np.log(arguments[0])), float(arguments[1])
        case "positive":
            mean, sd = arguments
            middle = max(mean, 0.5 * sd)
            return float(np.log(middle)), min(1.0, sd / middle)
        case "half":
            return float(np.log(0.67 * arguments[0])), 1.0
        case _:
            raise ValueError(f"expected one of {', '.join(SCALES)}; got {name!r}")


def density(dist: dict[str, list[float]], x: float) -> tuple[float, float]:
    """Log density and its slope at `x` on the unbounded scale, up to a constant.

    A quantity above zero is known by its log, so its density carries that change of scale.

    Examples:
        >>> density({"normal": [0.0, 2.0]}, 2.0)
        (-0.5, -0.5)
    """
    ((name, arguments),) = dist.items()
    if name in ("normal", "lognormal"):
        mean, sd = location(dist)
        return -(((x - mean) / sd) ** 2) / 2, -(x - mean) / sd**2
    mean, sd = (0.0, *arguments) if name == "half" else arguments
    value = float(np.exp(x))
    off = (value - mean) / sd
    return -(off**2) / 2 + x, -off * value / sd + 1.0
