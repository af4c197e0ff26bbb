"""Numbers as people read them: words of estimative probability, whole per cents, ranges."""

# Office of the Director of National Intelligence (2015), Intelligence Community Directive 203.
_WORDS = (
    (0.01, "all but ruled out"),
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "about even"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (0.99, "almost certain"),
)


def chance(p: float) -> str:
    """Words for a probability, after Intelligence Community Directive 203.

    Examples:
        >>> chance(0.3), chance(0.999)
        ('unlikely', 'all but certain')
    """
    return next((word for limit, word in _WORDS if p < limit), "all but certain")


def percent(p: float) -> str:
    """Whole per cent; the ends are never stated as certain.

    Examples:
        >>> percent(0.004), percent(0.256), percent(0.998)
        ('<1 %', '26 %', '>99 %')
    """
    if p < 0.005:
        return "<1 %"
    return ">99 %" if p > 0.995 else f"{100 * p:.0f} %"


def percents(low: float, high: float) -> str:
    """A range of per cents.

    Examples:
        >>> percents(0.1, 0.253)
        '10-25 %'
    """
    return f"{percent(low).removesuffix(' %')}-{percent(high)}"


def number(x: float) -> str:
    """A quantity to two figures, or a share to two decimals.

    Examples:
        >>> number(0.456), number(44.2), number(5321.0)
        ('0.46', '44', '5,300')
    """
    if abs(x) < 1:
        return f"{x:.2f}"
    digits = max(0, len(f"{abs(x):.0f}") - 2)
    return f"{round(x, -digits):,.0f}"
